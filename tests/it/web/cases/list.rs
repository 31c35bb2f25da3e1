//! The list: whose cases, in which order, what is said of each, and what can be chosen.

use serde_json::json;
use sus::domain::person::test_number;

use super::{FAR, LATE, NOBODYS, SOON, between, four, open, read, register};
use crate::http::Api;
use crate::support::leaks::without_ids;
use crate::support::on_both;
use crate::support::posting::gk;
use crate::support::tables::Raw;
use crate::web::{log_in, log_in_as};

/// The names of the cases of a list, in its order.
fn names(page: &str) -> Vec<&str> {
    let rows = between(page, "role=\"rowheader\">", "</th>");
    rows.into_iter().map(|row| between(row, "\">", "</a>")[0]).collect()
}

#[test]
fn the_own_cases_come_most_urgent_first_with_what_to_do_by_whom_and_when() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        let told = log_in(&api, "fk-h-017").get("/arenden");
        assert_eq!((told.status, told.header("cache-control")), (200, Some("no-store")));
        assert_eq!(names(&told.text), [LATE, SOON]);
        let page = read(&told.text);
        for text in [
            "Mina ärenden",
            "2 ärenden. De mest brådskande först.",
            "Gemensam kartläggning registreras av Försäkringskassan senast 2016-09-29",
            "13 dagar försenad",
            "om 19 dagar",
            "Er tur",
            "10 svar saknas",
            "Åsa Holm Af Gävle",
            "Ingen utsedd Af Gävle",
            "Begäran om gemensam kartläggning sedan 2016-10-03",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        // Not whose they are, not even masked.
        assert!(!told.text.contains("••••"));
        let told = without_ids(&told.text);
        for text in ["1985", "9804"] {
            assert!(!told.contains(text), "{text}: {told}");
        }
        let english = read(&log_in(&api, "fk-h-017").get("/arenden?lang=en").text);
        for text in ["My cases", "Joint mapping: to be registered by Försäkringskassan by 2016-09-29", "Your turn"] {
            assert!(english.contains(text), "{text}: {english}");
        }
        // The same cases as the other agency sees them.
        let af = log_in(&api, "af-h-201").get("/arenden");
        let page = read(&af.text);
        assert!(page.contains("Väntar på Försäkringskassan") && page.contains("Siv Lind FK Gävle"), "{page}");
        assert!(page.contains("Utan ärendenummer") && !page.contains(SOON), "another agency's number: {page}");
    });
}

#[test]
fn what_is_counted_leads_to_just_those_cases() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        open(&api, "FK-AF", "1980-01-01", "2016-09-10", &json!({"fk": "fk-h-017"}));
        register(&api, &api.fk(), &gk("FK-AF", "2016-09-20"));
        let planned = json!({"caseReference": "FK-AF", "step": "planerad_afi", "date": "2016-09-21"});
        register(&api, &api.fk(), &planned);
        let siv = log_in(&api, "fk-h-017");
        let page = siv.get("/arenden").text;
        let tally = between(&page, "<ul class=\"tally\">", "</ul>")[0];
        let told: Vec<(String, String)> = between(tally, "<a href=", "</a>")
            .into_iter()
            .map(|link| (link.split('"').nth(1).unwrap().replace("&#38;", "&"), read(link)))
            .collect();
        let counts: Vec<&str> = told.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            counts,
            ["3 Pågående", "1 Försenade", "1 Inom en vecka", "1 Väntar på Arbetsförmedlingen", "3 Svar saknas"]
        );
        for (address, text) in &told {
            let page = siv.get(address).text;
            let expected: usize = text.split(' ').next().unwrap().parse().unwrap();
            assert_eq!(names(&page).len(), expected, "{address}");
            assert!(
                page.contains(&format!("<a href=\"{}\" aria-current=\"page\"", address.replace('&', "&#38;"))),
                "{address}: {tally}"
            );
        }
    });
}

#[test]
fn cases_are_chosen_by_what_the_form_offers_and_never_beyond_the_own_offices() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        open(&api, "FK-ENDED", "1980-01-01", "2016-09-10", &json!({"fk": "fk-h-017"}));
        let ending = json!({"caseReference": "FK-ENDED", "step": "avslutat", "date": "2016-10-01"});
        register(&api, &api.fk(), &ending);
        let siv = log_in(&api, "fk-h-017");
        for (query, expected) in [
            ("", vec![LATE, SOON]),
            ("?handler=me", vec![LATE, SOON]),
            ("?handler=all", vec![LATE, SOON, NOBODYS]),
            ("?handler=fk-h-018", vec![]),
            ("?handler=all&office=FK-GAVLE", vec![LATE, SOON, NOBODYS]),
            // An office that isn't one's own is not asked for.
            ("?handler=all&office=FK-SANDVIKEN", vec![LATE, SOON, NOBODYS]),
            ("?step=begaran", vec![LATE, SOON]),
            ("?step=gk", vec![]),
            ("?waiting=false", vec![LATE, SOON]),
            ("?waiting=true", vec![]),
            ("?due=overdue", vec![LATE]),
            ("?due=soon", vec![]),
            ("?missing=true&due=overdue", vec![LATE]),
            ("?status=ended", vec!["FK-ENDED"]),
            ("?status=felregistrering", vec![]),
            ("?status=nonsense&step=nonsense&page=nonsense", vec![LATE, SOON]),
        ] {
            let told = siv.get(&format!("/arenden{query}"));
            assert_eq!((told.status, names(&told.text)), (200, expected), "{query}");
            assert!(!told.text.contains(FAR), "{query}");
        }
        let ended = read(&siv.get("/arenden?status=ended").text);
        assert!(ended.contains("I den ordning de begärdes") && !ended.contains("registreras av"), "{ended}");
        let kept = siv.get("/arenden?handler=all&due=overdue&missing=true").text;
        for choice in ["value=\"all\" selected", "value=\"overdue\" selected", "value=\"true\" selected"] {
            assert!(kept.contains(choice), "{choice}");
        }
    });
}

#[test]
fn an_empty_list_says_what_to_do() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = log_in(&api, "fk-h-017");
        for (query, text, way) in [
            ("", "Du är inte handläggare för något pågående ärende", "href=\"/arenden?handler=all\""),
            ("?handler=all", "Det finns inga pågående ärenden här", "href=\"/arenden/ny\""),
            ("?step=gk", "Inget ärende stämmer med det du har valt", "href=\"/arenden\""),
            ("?handler=fk-h-099", "Kollegan är inte handläggare", "href=\"/arenden?handler=all\""),
        ] {
            let page = siv.get(&format!("/arenden{query}")).text;
            let main = between(&page, "<main", "</main>")[0];
            assert!(main.contains(text) && main.contains(way), "{query}: {main}");
        }
        four(&api);
        let page = siv.get("/arenden?page=7").text;
        assert!(page.contains("Listan är kortare än så"), "{page}");
    });
}

#[test]
fn a_page_holds_fifty_and_leads_on() {
    on_both(|_, database| {
        let api = Api::over(database);
        for n in 0..52 {
            let birth = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(n * 40);
            let mut body = crate::support::posting::begaran(
                &format!("FK-{n:02}"),
                test_number(birth, 980).as_digits(),
                "2016-10-03",
            );
            body["handlers"] = json!({"fk": "fk-h-017"});
            register(&api, &api.fk(), &body);
        }
        let siv = log_in(&api, "fk-h-017");
        let ways = |page: &str| -> Vec<String> {
            let paging = between(page, "<nav class=\"paging\"", "</nav>")[0].to_owned();
            between(&paging, "<a href=\"", "\"").into_iter().map(str::to_owned).collect()
        };
        let first = siv.get("/arenden?step=begaran").text;
        assert_eq!(names(&first).len(), 50);
        assert!(read(&first).contains("52 ärenden. De mest") && read(&first).contains("1–50 / 52"), "{first}");
        assert_eq!(ways(&first), ["/arenden?step=begaran&#38;page=2", "/arenden?step=begaran&#38;page=2"]);
        let second = siv.get("/arenden?step=begaran&page=2").text;
        assert_eq!(names(&second), ["FK-50", "FK-51"]);
        assert_eq!(ways(&second), ["/arenden?step=begaran&#38;page=1", "/arenden?step=begaran&#38;page=1"]);
    });
}

#[test]
fn who_may_see_a_list_is_decided_as_in_the_api_and_what_it_showed_is_in_the_access_log() {
    on_both(|_, database| {
        let api = Api::over(database);
        four(&api);
        for role in ["rapportlasare", "samverkansadministrator", "systemforvaltare"] {
            let told = log_in_as(&api, role).get("/arenden");
            assert!(told.status == 403 && !told.text.contains(SOON), "{role}: {}", told.text);
        }
        let told = api.get_public("/arenden");
        assert_eq!((told.status, told.header("location")), (303, Some("/?message=log-in")));
        let mut raw = Raw::of(database);
        let shown = "kind = 'list' AND action = 'list_cases' AND handler = 'fk-h-017'";
        assert_eq!(raw.count("access_log", shown), 0);
        log_in(&api, "fk-h-017").get("/arenden");
        assert_eq!(raw.count("access_log", &format!("{shown} AND counted = 2")), 1);
    });
}
