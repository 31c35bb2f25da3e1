//! Questions as fields: what is asked where, what is said of wrong answers, and answers that come late.

use super::{Desk, Page, case, done, registration, requested};
use crate::http::Api;
use crate::support::{noon, on_both};

/// A case that stands at GK.
fn mapped(siv: &Desk<'_>) -> String {
    let address = requested(siv);
    siv.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-05")]);
    address
}

#[test]
fn only_the_questions_of_the_transition_are_asked() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let open = |step: &str| siv.open(&format!("{address}/registrera/{step}"));
        let ended = open("avslutat");
        ended.holds(&[
            "answers.ejGenomfordOrsak",
            "answers.oppetArbetslos",
            "answers.fortsattHosFk",
            "Om ja: typ av arbete",
        ]);
        ended.holds_not(&["answers.utbildning", "answers.fortsattHandlaggning"]);
        let broken = open("avbrutet");
        broken.holds(&["answers.orsak", "Registrera det i stället under Samtycke"]);
        broken.holds_not(&["answers.arbetar"]);
        siv.register(&format!("{address}/registrera/gk"), &[("date", "2016-10-05")]);
        let back = open("avslutat");
        back.holds(&["answers.fortsattHandlaggning", "Endast Försäkringskassan", "answers.moten.3"]);
        back.holds_not(&["answers.ejGenomfordOrsak", "Gemensamt stöd"]);
    });
}

#[test]
fn what_is_wrong_with_answers_and_dates_stands_at_each_field() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = mapped(&siv);
        let path = format!("{address}/registrera/planerad_afi");
        let filled = [
            ("date", "2016-10-05"),
            ("answers.moten.0", "2016-10-07"),
            ("answers.moten.1", "2016-10-05"),
            ("answers.moten.2", "2016-10-04"),
            ("answers.specialister", "-"),
            ("answers.specialister", "arbetsterapeut"),
        ];
        let told = Page::of(siv.fill(&path, &filled));
        assert_eq!(told.status, 422);
        assert!(told.wrong("answers.specialister").is_some(), "none and one exclude each other: {}", told.text);
        let form = told;
        let told = Page::of(siv.send(&form, &path, &filled[..4]));
        let order = told.wrong("date").unwrap();
        assert!(order.contains("tidigast dagen efter") && order.contains("från och med 2016-10-06"), "{order}");
        let held = ["0", "1", "2"].map(|n| told.value(&format!("answers.moten.{n}")).unwrap());
        assert_eq!(held, ["2016-10-04", "2016-10-05", "2016-10-07"], "in the order of their days");
        assert!(told.wrong("answers.moten.0").is_some() && told.wrong("answers.moten.2").is_some(), "{}", told.text);
    });
}

#[test]
fn an_insats_of_another_kind_or_place_is_refused_at_its_field() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = mapped(&siv);
        siv.register(&format!("{address}/registrera/planerad_ali"), &[("date", "2016-10-06")]);
        let asa = Desk::of(&api, "af-h-201");
        let path = format!("{address}/registrera/ali");
        let form = asa.open(&path);
        form.holds_not(&["answers.insats"]);
        let told = Page::of(asa.send(&form, &path, &[("date", "2016-10-07"), ("answers.insats", "2180-afi-01")]));
        assert_eq!(told.status, 422);
        assert!(told.summary().iter().any(|(_, text)| text.contains("inte i registret över definitioner")));
    });
}

#[test]
fn late_answers_are_given_by_the_agency_that_owned_the_step() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = requested(&siv);
        let begaran = registration(&api, &address, "begaran");
        let path = format!("{address}/svar/{begaran}");
        let straight = siv.person.get(&format!("{address}/svar"));
        assert_eq!((straight.status, straight.header("location")), (303, Some(path.as_str())));
        let form = siv.open(&path);
        form.holds(&["answers.anstalld", "answers.studerar", "Om ja: typ av studier"]);
        form.holds_not(&["answers.utbildning", "answers.arbetstyper"]);
        let nothing = Page::of(siv.send(&form, &path, &[]));
        assert_eq!((nothing.status, nothing.summary()[0].1.as_str()), (422, "Besvara minst en fråga."));
        let wrong = [("answers.studieandel", "50"), ("answers.anstalld", "false")];
        let told = Page::of(siv.send(&nothing, &path, &wrong));
        assert!(told.wrong("answers.studieandel").unwrap().contains("Studerar: Ja"), "{}", told.text);
        assert_eq!(told.ticked("answers.anstalld"), ["false"]);
        let right = [("answers.studerar", "true"), ("answers.studieandel", "50"), ("answers.anstalld", "false")];
        done(&siv.send(&told, &path, &right));
        let answers = &case(&api, &address)["steps"][0]["answers"];
        assert_eq!((&answers["studieandel"], &answers["anstalld"]), (&50.into(), &false.into()));
        let asa = Desk::of(&api, "af-h-201");
        asa.open(&path).holds(&["Det här registreras av Försäkringskassan"]);
        asa.open(&format!("{address}/svar")).holds(&["Det här registreras av Försäkringskassan"]);
        siv.open(&format!("{address}/svar/{}", uuid::Uuid::nil())).holds(&["Det finns inget att fylla i här"]);
    });
}

#[test]
fn a_planned_insats_may_be_dated_ahead_and_an_activity_may_not() {
    on_both(|_, database| {
        let api = Api::over(database);
        let siv = Desk::of(&api, "fk-h-017");
        let address = mapped(&siv);
        let path = format!("{address}/registrera/planerad_afi");
        let told = Page::of(siv.fill(&path, &[("date", "2016-11-13")]));
        assert!(told.wrong("date").unwrap().contains("till och med 2016-11-12"), "{}", told.text);
        done(&siv.send(&told, &path, &[("date", "2016-11-12")]));
        let asa = Desk::of(&api, "af-h-201");
        asa.open(&format!("{address}/registrera/afi")).holds(&["Det kan därför registreras först 2016-11-13"]);
        api.clock.set(noon("2016-11-13"));
        let asa = Desk::of(&api, "af-h-201");
        let told = Page::of(asa.fill(&format!("{address}/registrera/afi"), &[("date", "2016-11-14")]));
        assert!(told.wrong("date").unwrap().contains("Bara steg i väntan"), "{}", told.text);
    });
}
