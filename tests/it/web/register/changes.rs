//! Other offices, other handläggare, own numbers, withdrawn consents and protected identities.

use super::{Desk, Page, case, done, requested};
use crate::http::Api;
use crate::support::on_both;

#[test]
fn a_case_changes_offices_and_the_handlaggare_of_the_changed_one_is_cleared_or_given() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let path = format!("{address}/kontor");
        let same = [("offices.fk", "FK-GAVLE"), ("offices.af", "AF-GAVLE"), ("date", "2016-10-10")];
        let told = Page::of(siv.fill(&path, &same));
        assert_eq!(told.status, 422);
        assert!(told.wrong("offices.fk").unwrap().contains("Bytet ändrar inget"), "{}", told.text);
        let wrong = [("offices.fk", "FK-SANDVIKEN"), ("offices.af", ""), ("date", "2016-10-01")];
        let told = Page::of(siv.send(&told, &path, &wrong));
        assert!(told.wrong("offices.af").is_some());
        assert_eq!(told.value("offices.fk").as_deref(), Some("FK-SANDVIKEN"), "nothing typed is lost");
        let wrong = [("offices.fk", "FK-SANDVIKEN"), ("offices.af", "AF-GAVLE"), ("date", "2016-10-01")];
        let told = Page::of(siv.send(&told, &path, &wrong));
        assert!(told.wrong("date").unwrap().contains("2016-10-03 – 2016-10-12"), "{}", told.text);
        told.holds(&["Ove Berg (fk-h-018)"]);
        let right = [
            ("offices.fk", "FK-SANDVIKEN"),
            ("offices.af", "AF-GAVLE"),
            ("date", "2016-10-10"),
            ("handlers.fk", "fk-h-018"),
        ];
        done(&siv.send(&told, &path, &right));
        let case = case(&api, &address);
        assert_eq!((&case["offices"]["fk"], &case["handlers"]["fk"]), (&"FK-SANDVIKEN".into(), &"fk-h-018".into()));
        assert_eq!(siv.open(&path).status, 404, "access follows the present offices");
    });
}

#[test]
fn a_case_is_handed_over_and_only_what_changed_is_sent() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let path = format!("{address}/handlaggare");
        let told = Page::of(siv.fill(&path, &[("fk", "fk-h-017"), ("date", "2016-10-12")]));
        assert_eq!(told.status, 422);
        assert!(told.wrong("fk").unwrap().contains("Välj en annan"), "{}", told.text);
        let told = Page::of(siv.send(&told, &path, &[("fk", "fk-h-018"), ("af", "af-h-201"), ("date", "2016-10-12")]));
        assert!(told.wrong("fk").unwrap().contains("inget uppdrag som deltagaransvarig"), "{}", told.text);
        assert_eq!(told.value("af").as_deref(), Some("af-h-201"));
        done(&siv.send(&told, &path, &[("fk", ""), ("af", "af-h-201"), ("date", "2016-10-12")]));
        assert_eq!(case(&api, &address)["handlers"], serde_json::json!({"af": "af-h-201"}));
    });
}

#[test]
fn each_agency_adds_its_own_number_and_never_a_persons() {
    on_both(|_, database| {
        let api = Api::over(database);
        let address = requested(&Desk::of(&api, "fk-h-017"));
        let asa = Desk::of(&api, "af-h-201");
        let path = format!("{address}/arendenummer");
        let told = Page::of(asa.fill(&path, &[("caseReference", &super::anna())]));
        assert!(told.wrong("caseReference").unwrap().contains("får inte innehålla personnummer"), "{}", told.text);
        let told = Page::of(asa.send(&told, &path, &[("caseReference", "")]));
        assert!(told.wrong("caseReference").is_some());
        done(&asa.send(&told, &path, &[("caseReference", "AF-77")]));
        assert_eq!(case(&api, &address)["references"][1]["caseReference"], "AF-77");
    });
}

#[test]
fn a_withdrawal_says_what_happens_and_is_said_twice() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        siv.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-05")]);
        siv.register(&format!("{address}/registrera/planerad_afi"), &[("date", "2016-10-10")]);
        // Either agency may, whoever owns the case.
        siv.open(&format!("{address}/samtycke")).holds(&["Samtycke inhämtat 2016-09-26, FK Gävle (gk-affk-1)."]);
        let path = format!("{address}/samtycke/aterkalla");
        let form = siv.open(&path);
        form.holds(&["Samarbetet avbryts den dagen", "Steg som är daterade senare"]);
        let told = Page::of(siv.send(&form, &path, &[("date", "2016-10-13")]));
        assert!(told.wrong("date").unwrap().contains("2016-10-03 – 2016-10-12"), "{}", told.text);
        let sure = Page::of(siv.send(&told, &path, &[("date", "2016-10-07")]));
        assert_eq!(sure.status, 200);
        sure.holds(&[
            "Bekräfta att samtycket är återkallat",
            "Samarbetet avbryts 2016-10-07.",
            "Det här steget ersätts: Planerad arbetsförberedande insats 2016-10-10.",
        ]);
        assert_eq!(case(&api, &address)["version"], 3, "nothing is registered yet");
        done(&siv.send(&sure, &path, &[]));
        let case = case(&api, &address);
        assert_eq!((&case["step"], &case["consentWithdrawn"]), (&"avbrutet".into(), &"2016-10-07".into()));
        siv.open(&path).holds(&["Samtycket är redan återkallat"]);
    });
}

#[test]
fn a_protected_identity_is_taken_away_when_it_was_said_twice() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let path = format!("{address}/samtycke/skydda");
        let form = siv.open(&path);
        form.holds(&["Det kan inte ångras", "1985••••-••••"]);
        let told = Page::of(siv.send(&form, &path, &[("date", "2016-10-13")]));
        assert!(told.wrong("date").is_some());
        let sure = Page::of(siv.send(&told, &path, &[("date", "2016-10-12")]));
        sure.holds(&["Bekräfta att identiteten är skyddad", "class=\"danger\""]);
        assert_eq!(case(&api, &address)["identity"], "named");
        done(&siv.send(&sure, &path, &[]));
        assert_eq!(case(&api, &address)["identity"], "anonymous");
        siv.open(&path).holds(&["Ärendet har ingen identitet"]);
        siv.open(&format!("{address}/samtycke/aterkalla")).holds(&["Ärendet har inget samtycke"]);
    });
}
