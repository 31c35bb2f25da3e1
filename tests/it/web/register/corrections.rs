//! What can be put right: each by its form, with a reason, by the agency that it belongs to.

use serde_json::json;

use super::{Desk, Page, case, done, registration, requested};
use crate::http::Api;
use crate::support::on_both;

const WHY: (&str, &str) = ("reason.code", "fel_vid_registrering");

/// A case that stands at a planned insats: Siv's desk, and its address.
fn planned(api: &Api) -> (Desk<'_>, String) {
    let siv = Desk::of(api, "fk-h-017");
    let address = requested(&siv);
    siv.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-05"), ("answers.moten.0", "2016-10-05")]);
    siv.register(&format!("{address}/registrera/planerad_afi"), &[("date", "2016-10-10")]);
    (siv, address)
}

#[test]
fn everything_that_can_be_put_right_is_listed_for_the_agency_that_it_belongs_to() {
    on_both(|_, database| {
        let api = Api::over(database);
        let (siv, address) = planned(&api);
        let list = siv.open(&format!("{address}/ratta"));
        let [begaran, gk, plan] = ["begaran", "gk", "planerad_afi"].map(|step| registration(&api, &address, step));
        let there = [
            format!("/ratta/svar/{begaran}"),
            format!("/ratta/datum/{begaran}"),
            format!("/ratta/kontor/{begaran}"),
            format!("/ratta/datum/{gk}"),
            format!("/ratta/steg/{plan}"),
            format!("/ratta/angra/{plan}"),
            "/ratta/kommun".to_owned(),
            "/ratta/samtycke".to_owned(),
            "/ratta/felregistrering".to_owned(),
        ];
        list.holds(&there.each_ref().map(String::as_str));
        list.holds_not(&[&format!("/ratta/angra/{gk}"), &format!("/ratta/steg/{begaran}"), "inte-felregistrering"]);
        let others = Desk::of(&api, "af-h-201").open(&format!("{address}/ratta"));
        others.holds(&["Rättas av Försäkringskassan", "/ratta/felregistrering"]);
        others.holds_not(&["/ratta/kommun", &format!("/ratta/svar/{begaran}")]);
        let refused = Desk::of(&api, "af-h-201").open(&format!("{address}/ratta/kommun"));
        refused.holds(&["Registreringen hör till den andra myndigheten"]);
    });
}

#[test]
fn answers_are_put_right_one_by_one_and_can_be_taken_back() {
    on_both(|_, database| {
        let api = Api::over(database);
        let (siv, address) = planned(&api);
        let begaran = registration(&api, &address, "begaran");
        let path = format!("{address}/ratta/svar/{begaran}");
        let form = siv.open(&path);
        assert_eq!(form.ticked("answers.formaner"), ["sjukpenning"], "what stands is filled in");
        assert_eq!(form.value("answers.utbildning").as_deref(), Some("gymnasium"));
        let stands = [
            ("answers.initieradAv", "FK"),
            ("answers.arbetar", "false"),
            ("answers.formaner", "sjukpenning"),
            ("answers.utbildning", "gymnasium"),
        ];
        let told = Page::of(siv.send(&form, &path, &stands));
        assert_eq!(told.status, 422);
        assert!(told.wrong("reason.code").is_some(), "a reason is needed: {}", told.text);
        let mut same = stands.to_vec();
        same.push(WHY);
        let told = Page::of(siv.send(&told, &path, &same));
        assert_eq!(told.summary(), [(String::new(), "Rättelsen ändrar inget.".to_owned())]);
        let right = [("answers.initieradAv", "AF"), ("answers.arbetar", "false"), ("answers.formaner", "a_kassa"), WHY];
        done(&siv.send(&told, &path, &right));
        let answers = &case(&api, &address)["steps"][0]["answers"];
        assert_eq!(*answers, json!({"initieradAv": "AF", "arbetar": false, "formaner": ["a_kassa"]}));
        let id = address.strip_prefix("/arenden/").unwrap();
        let history = api.get(&format!("/v1/cases/{id}/histories"), &api.fk()).json();
        assert_eq!(history["entries"].as_array().unwrap().last().unwrap()["correction"], "answers");
    });
}

#[test]
fn a_step_is_moved_replaced_and_undone() {
    on_both(|_, database| {
        let api = Api::over(database);
        let (siv, address) = planned(&api);
        let [gk, plan] = ["gk", "planerad_afi"].map(|step| registration(&api, &address, step));
        let path = format!("{address}/ratta/datum/{gk}");
        let told = Page::of(siv.fill(&path, &[("date", "2016-10-10"), WHY]));
        assert!(told.wrong("date").unwrap().contains("2016-10-04 – 2016-10-09"), "{}", told.text);
        told.holds(&["Tillåtet datum: 2016-10-04 till 2016-10-09."]);
        done(&siv.send(&told, &path, &[("date", "2016-10-04"), WHY]));
        let path = format!("{address}/ratta/steg/{plan}");
        let told = Page::of(siv.fill(&path, &[WHY]));
        assert!(told.wrong("step").is_some(), "{}", told.text);
        done(&siv.send(&told, &path, &[("step", "planerad_ali"), WHY]));
        let path = format!("{address}/ratta/angra/{plan}");
        let told = Page::of(siv.fill(&path, &[("reason.text", "aldrig hänt")]));
        assert!(told.wrong("reason.code").is_some());
        told.holds(&["aldrig hänt"]);
        done(&siv.send(&told, &path, &[WHY, ("reason.text", "aldrig hänt")]));
        let case = case(&api, &address);
        assert_eq!((&case["step"], &case["stepDate"]), (&"gk".into(), &"2016-10-04".into()));
        siv.open(&path).holds(&["Det finns inget att fylla i här"]);
    });
}

#[test]
fn kommun_consent_and_offices_are_put_right() {
    on_both(|_, database| {
        let api = Api::over(database);
        let (siv, address) = planned(&api);
        let path = format!("{address}/ratta/kommun");
        let told = Page::of(siv.fill(&path, &[("municipality", ""), WHY]));
        assert!(told.wrong("municipality").is_some());
        done(&siv.send(&told, &path, &[("municipality", "2181"), WHY]));
        let path = format!("{address}/ratta/samtycke");
        let form = siv.open(&path);
        let stands = ["consent.obtainedOn", "consent.office", "consent.form"].map(|name| form.value(name).unwrap());
        assert_eq!(stands, ["2016-09-26", "FK:FK-GAVLE", "gk-affk-1"]);
        let wrong = [("consent.obtainedOn", "2016-10-04"), ("consent.office", ""), ("consent.form", "gk-affk-1"), WHY];
        let told = Page::of(siv.send(&form, &path, &wrong));
        assert!(told.wrong("consent.office").is_some(), "{}", told.text);
        let mut later = wrong;
        later[1].1 = "AF:AF-GAVLE";
        let told = Page::of(siv.send(&told, &path, &later));
        assert!(told.wrong("consent.obtainedOn").unwrap().contains("till och med 2016-10-03"), "{}", told.text);
        later[0].1 = "2016-09-27";
        done(&siv.send(&told, &path, &later));
        let begaran = registration(&api, &address, "begaran");
        let path = format!("{address}/ratta/kontor/{begaran}");
        let offices = [("offices.fk", "FK-GAVLE"), ("offices.af", "AF-SANDVIKEN"), WHY];
        siv.register(&path, &offices);
        let case = case(&api, &address);
        assert_eq!(case["municipality"], "2181");
        let consent = json!({
            "obtainedOn": "2016-09-27", "obtainedBy": "AF", "office": "AF-GAVLE", "form": "gk-affk-1"
        });
        assert_eq!(case["consent"], consent);
        assert_eq!(case["offices"]["af"], "AF-SANDVIKEN");
    });
}

#[test]
fn a_case_is_marked_as_registered_in_error_and_the_mark_taken_away() {
    on_both(|_, database| {
        let api = Api::over(database);
        let (siv, address) = planned(&api);
        let path = format!("{address}/ratta/felregistrering");
        let told = Page::of(siv.fill(&path, &[("replacedBy", "fel"), WHY]));
        assert!(told.wrong("replacedBy").is_some(), "{}", told.text);
        let itself = format!("https://sus.example{address}?lang=sv");
        let told = Page::of(siv.send(&told, &path, &[("replacedBy", &itself), WHY]));
        assert!(told.wrong("replacedBy").unwrap().contains("i stället för sig självt"), "{}", told.text);
        done(&siv.send(&told, &path, &[("replacedBy", ""), WHY]));
        assert_eq!(case(&api, &address)["status"], "felregistrering");
        for form in ["/registrera/afi", "/kontor", "/handlaggare", "/ratta/kommun", "/samtycke/aterkalla"] {
            siv.open(&format!("{address}{form}")).holds(&["Ärendet är markerat som felregistrering"]);
        }
        siv.open(&format!("{address}/ratta")).holds(&["inte-felregistrering"]);
        siv.register(&format!("{address}/ratta/inte-felregistrering"), &[WHY]);
        assert_eq!(case(&api, &address)["status"], "open");
    });
}
