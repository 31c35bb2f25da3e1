//! The same form sent twice, and a form that was made before something else was registered.

use super::{Desk, Page, anna, case, done, request_fields, requested};
use crate::http::Api;
use crate::support::on_both;
use crate::support::tables::Raw;

#[test]
fn a_form_that_is_sent_twice_registers_once_and_leads_to_the_same_place() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let path = format!("{address}/registrera/gk");
        let form = siv.open(&path);
        let first = siv.send(&form, &path, &[("date", "2016-10-10")]);
        let second = siv.send(&form, &path, &[("date", "2016-10-10")]);
        assert_eq!((done(&first), first.header("location")), (done(&second), second.header("location")));
        assert_eq!(case(&api, &address)["version"], 2);
    });
}

#[test]
fn a_request_that_is_sent_twice_opens_one_case_also_when_it_is_anonymous() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let filled = [("deltagare", "anonym"), ("participant.anonymous.sex", "man")];
        let form = Page::of(siv.fill("/arenden/ny", &filled));
        let filled = [
            ("participant.anonymous.sex", "man"),
            ("date", "2016-10-03"),
            ("offices.fk", "FK-GAVLE"),
            ("offices.af", "AF-GAVLE"),
        ];
        let send = |filled: &[(&str, &str)]| siv.send(&form, "/arenden/ny/uppgifter", filled);
        assert_eq!(done(&send(&filled)), done(&send(&filled)));
        assert_eq!(Raw::of(database).count("cases", "true"), 1);
        // The browser's way back, and something else typed: that would be another request.
        let mut other = filled;
        other[1].1 = "2016-10-04";
        let told = Page::of(send(&other));
        assert_eq!(told.status, 409);
        told.holds(&["Formuläret har redan registrerats en gång"]);
        assert_eq!(told.value("date").as_deref(), Some("2016-10-04"));
        assert_eq!(Raw::of(database).count("cases", "true"), 1);
        done(&siv.send(&told, "/arenden/ny/uppgifter", &other));
        assert_eq!(Raw::of(database).count("cases", "true"), 2, "said again, it is another request");
    });
}

#[test]
fn a_form_that_was_shown_again_after_mistakes_can_be_sent() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let path = format!("{address}/registrera/gk");
        let form = siv.open(&path);
        let told = Page::of(siv.send(&form, &path, &[("date", "2016-10-03")]));
        assert_eq!(told.status, 422);
        assert!(told.wrong("date").unwrap().contains("minst en dag efter"), "{}", told.text);
        assert_ne!(told.hidden()["nyckel"], form.hidden()["nyckel"]);
        done(&siv.send(&told, &path, &[("date", "2016-10-04")]));
    });
}

#[test]
fn a_stale_form_says_what_was_registered_meanwhile_by_whom_and_keeps_what_was_typed() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let late = format!("{address}/ratta/kommun");
        let form = siv.open(&late);
        let asa = Desk::of(&api, "af-h-201");
        asa.register(&format!("{address}/arendenummer"), &[("caseReference", "AF-77")]);
        let filled = [("municipality", "2181"), ("reason.code", "fel_uppgift"), ("reason.text", "flyttat & tillbaka")];
        let told = Page::of(siv.send(&form, &late, &filled));
        assert_eq!(told.status, 412);
        told.holds(&[
            "Ärendet har ändrats sedan du öppnade formuläret",
            "eget ärendenummer (Åsa Holm, Arbetsförmedlingen)",
            "flyttat &#38; tillbaka",
        ]);
        assert_eq!(told.value("municipality").as_deref(), Some("2181"));
        assert_eq!(told.ticked("reason.code"), ["fel_uppgift"]);
        done(&siv.send(&told, &late, &filled));
        assert_eq!(case(&api, &address)["municipality"], "2181");
    });
}

#[test]
fn a_stale_form_of_a_step_that_is_taken_says_so() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let path = format!("{address}/registrera/gk");
        let form = siv.open(&path);
        siv.register(&path, &[("date", "2016-10-10")]);
        let told = Page::of(siv.send(&form, &path, &[("date", "2016-10-11")]));
        assert_eq!(told.status, 412);
        told.holds(&["Gemensam kartläggning 2016-10-10 (Siv Lind", "Steget kan inte registreras nu", &address]);
        assert_eq!(case(&api, &address)["version"], 2);
    });
}

#[test]
fn a_request_for_a_person_who_got_a_case_meanwhile_is_refused_at_the_number() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let form = siv.fill("/arenden/ny", &[("deltagare", "namngiven"), ("participant.personnummer", &anna())]);
        let form = Page::of(form);
        requested(&siv);
        let number = anna();
        let mut filled = request_fields(&number);
        filled.retain(|(name, _)| *name != "caseReference");
        let told = Page::of(siv.send(&form, "/arenden/ny/uppgifter", &filled));
        assert_eq!(told.status, 422);
        assert!(told.wrong("participant.personnummer").unwrap().contains("har redan ett öppet ärende"));
    });
}
