//! Everything that can happen to a case, through storage and back: what another process reads is what was decided.

use std::sync::Arc;

use serde_json::{Value, json};
use sus::domain::case::Case;
use sus::domain::code::{CaseId, RegistrationId};
use sus::domain::command::CorrectionKind;
use sus::domain::journal::Event;
use sus::domain::step::Agency::{self, Af, Fk};
use sus::registrations::job::{Done, Outcome, Refusal};
use sus::registrations::service::Service;
use sus::registrations::wire::Kind;
use sus::storage::changes::EVERYTHING;
use sus::storage::journal::{Loaded, Selection, load, load_counted};

use super::concurrency::two_processes;
use crate::support::on_both;
use crate::support::posting::{Ask, begaran, gk, number};

/// One case, written by two processes in turn: each decides on what the other wrote last.
struct Round {
    services: [Arc<Service>; 2],
    turn: usize,
    case: Option<CaseId>,
    seen: Vec<&'static str>,
}

impl Round {
    /// The case as a reader without any memory finds it.
    fn loaded(&self) -> Loaded {
        let mut reader = self.services[0].db.read().unwrap();
        let all = load(&mut reader.link(), Selection::Range(0, i64::MAX)).unwrap();
        let counted = load_counted(&mut reader.link(), Selection::Range(0, i64::MAX), EVERYTHING).unwrap();
        for (loaded, counted) in all.iter().zip(&counted) {
            let without_references = Case { references: Vec::new(), ..loaded.case().unwrap() };
            assert_eq!(
                counted.case().unwrap(),
                without_references,
                "what figures are counted from is the whole case else"
            );
        }
        all.into_iter().find(|loaded| Some(loaded.row.case_id()) == self.case).unwrap()
    }

    fn stored(&self) -> Case {
        self.loaded().case().unwrap()
    }

    fn done(&mut self, what: &str, outcome: Result<Outcome, Refusal>) -> Done {
        let outcome = outcome.unwrap();
        let done = outcome.results[0].as_ref().unwrap_or_else(|findings| panic!("{what}: {findings:?}")).clone();
        self.case = Some(done.case.id);
        self.turn += 1;
        let loaded = self.loaded();
        let stored = loaded.case().unwrap();
        // A position is given last, after the decision.
        let decided = Case { last_position: stored.last_position, ..(*done.case).clone() };
        assert_eq!(stored, decided, "{what}");
        assert_eq!(stored.last_position, done.position, "{what}");
        assert_eq!(loaded.row.version, stored.version, "{what}");
        let last = loaded.entries.last().unwrap();
        assert_eq!((last.id, last.position), (done.registration, done.position), "{what}");
        if let Event::Correction(correction) = &last.event {
            self.seen.push(correction.kind.code());
        }
        done
    }

    fn service(&self) -> Arc<Service> {
        Arc::clone(&self.services[self.turn % 2])
    }

    fn register(&mut self, by: Agency, body: &Value) -> RegistrationId {
        let outcome = Ask::of(by).post(&self.service(), std::slice::from_ref(body));
        self.done(&body.to_string(), outcome).registration
    }

    fn change(&mut self, by: Agency, kind: Kind, body: &Value) -> RegistrationId {
        let outcome = Ask::of(by).change(&self.service(), self.case.unwrap(), kind, None, body);
        self.done(&body.to_string(), outcome).registration
    }

    fn correct(&mut self, by: Agency, kind: &str, fields: Value) -> RegistrationId {
        let mut body = json!({"kind": kind, "reason": {"code": "fel_uppgift", "text": "så stod det inte i akten"}});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.change(by, Kind::Correction, &body)
    }

    fn chain(&self) -> Vec<String> {
        self.stored().steps.iter().map(|s| format!("{} {}", s.kind.code(), s.date)).collect()
    }
}

/// Begun, mapped, planned, moved to other offices, started, with answers of every kind.
fn under_way(database: &crate::support::Database) -> (Round, RegistrationId, RegistrationId, RegistrationId) {
    let services = two_processes(database);
    let mut round = Round { services, turn: 0, case: None, seen: Vec::new() };
    let mut request = begaran("FK-1", "198503129804", "2016-10-03");
    request["handlers"] = json!({"fk": "fk-h-017", "af": "af-h-201"});
    request["district"] = json!("Sätra");
    request["answers"] = json!({"initieradAv": "AF", "anstalld": true, "arbetsgivare": "2021005521",
        "anstallningstyp": "tillsvidare", "egetForetag": false, "inskrivenAf": true, "arbetar": true,
        "arbetstyper": ["subventionerat", "ej_subventionerat"], "arbetsandel": 25, "studerar": false, "program": false,
        "formaner": ["sjukpenning", "annan"]});
    let begun = round.register(Fk, &request);
    let mapped = round.register(Fk, &gk("FK-1", "2016-10-12"));
    let planned = json!({"caseReference": "FK-1", "step": "planerad_afi", "date": "2016-10-21",
        "answers": {"fortsattHandlaggning": "gemensamt_stod", "moten": ["2016-10-12", "2016-10-20"], "specialister": []}});
    round.register(Fk, &planned);
    let _ = mapped;
    round.change(Fk, Kind::Answers, &json!({"registration": begun.0, "answers": {"utbildning": "gymnasium"}}));
    round.change(Af, Kind::Reference, &json!({"caseReference": "AF-77"}));
    let moved = json!({"date": "2016-11-01", "offices": {"fk": "FK-SANDVIKEN", "af": "AF-GAVLE"},
        "handlers": {"fk": "fk-h-018"}});
    let moved = round.change(Fk, Kind::OfficeChange, &moved);
    round.change(Af, Kind::Handlers, &json!({"date": "2016-11-02", "af": null}));
    let started = json!({"caseReference": "AF-77", "step": "afi", "date": "2016-11-07",
        "answers": {"insats": "2180-afi-01"}});
    let started = round.register(Af, &started);
    (round, begun, moved, started)
}

#[test]
fn corrections_of_every_kind_are_read_back_as_they_were_decided() {
    on_both(|_, database| {
        let (mut round, begun, moved, started) = under_way(database);
        let planned = round.stored().steps[2].registration;
        round.correct(Af, "move", json!({"registration": started.0, "date": "2016-11-08"}));
        round.correct(Fk, "replace", json!({"registration": planned.0, "step": "planerad_ali"}));
        round.correct(
            Fk,
            "replace",
            json!({"registration": planned.0, "step": "planerad_afi", "answers":
            {"fortsattHandlaggning": "gemensamt_stod", "moten": ["2016-10-12"], "specialister": ["arbetsterapeut"]}}),
        );
        round.correct(
            Fk,
            "answers",
            json!({"registration": begun.0, "answers": {"utbildning": "grundskola", "anstalld": false,
            "arbetsgivare": null, "anstallningstyp": null, "formaner": []}}),
        );
        round.correct(Fk, "municipality", json!({"municipality": "2181", "district": "Norrsätra"}));
        round.correct(Fk, "municipality", json!({"municipality": "2180"}));
        round.correct(
            Fk,
            "consent",
            json!({"consent": {"obtainedOn": "2016-09-20", "obtainedBy": "AF",
            "office": "AF-GAVLE", "form": "gk-affk-2"}}),
        );
        round.correct(Af, "office_change", json!({"registration": moved.0, "date": "2016-11-02"}));
        round.correct(
            Fk,
            "office_change",
            json!({"registration": moved.0,
            "offices": {"fk": "FK-SANDVIKEN", "af": "AF-SANDVIKEN"}}),
        );
        round.correct(
            Fk,
            "office_change",
            json!({"registration": begun.0,
            "offices": {"fk": "FK-GAVLE", "af": "AF-SANDVIKEN"}}),
        );
        round.correct(Af, "undo", json!({"registration": started.0}));
        let other = begaran("FK-2", &number("1990-01-02"), "2016-10-03");
        let other = Ask::of(Fk).post(&round.service(), &[other]).unwrap().results[0].as_ref().unwrap().case_id();
        round.correct(Af, "felregistrering", json!({"replacedBy": other.0}));
        assert_eq!(round.stored().replaced_by, Some(other));
        round.correct(Fk, "undo_felregistrering", json!({}));
        assert_eq!(round.chain(), ["begaran 2016-10-03", "gk 2016-10-12", "planerad_afi 2016-10-21"]);
        let mut seen = round.seen.clone();
        seen.sort_unstable();
        seen.dedup();
        let mut all = CorrectionKind::CODES.to_vec();
        all.sort_unstable();
        assert_eq!(seen, all, "a kind of correction is missing from this test");
        let case = round.stored();
        assert_eq!(case.consent.unwrap().form.as_str(), "gk-affk-2");
        assert_eq!(case.corrections.len(), round.seen.len());
        assert_eq!(case.references.len(), 2);
    });
}

#[test]
fn a_withdrawal_supersedes_what_came_after_and_undone_brings_it_back_after_reading_anew() {
    on_both(|_, database| {
        let (mut round, ..) = under_way(database);
        let before = round.chain();
        let withdrawn = round.change(Fk, Kind::ConsentWithdrawal, &json!({"date": "2016-10-21"}));
        // A step stands on the day, so the ending is dated the day after.
        assert_eq!(
            round.chain(),
            ["begaran 2016-10-03", "gk 2016-10-12", "planerad_afi 2016-10-21", "avbrutet 2016-10-22"]
        );
        assert!(!round.stored().is_open());
        round.correct(Af, "undo", json!({"registration": withdrawn.0}));
        assert_eq!(round.chain(), before);
        assert!(round.stored().is_open());
        let ended = json!({"caseReference": "FK-1", "step": "avslutat", "date": "2016-11-15",
            "answers": {"inskrivenAf": true, "arbetar": false, "studerar": true, "studietyp": "gymnasial",
                "studieandel": 100, "program": false, "oppetArbetslos": false, "formaner": ["ingen"],
                "fortsattHosFk": false}});
        round.register(Af, &ended);
        assert_eq!(round.stored().steps.len(), before.len() + 1);
    });
}

#[test]
fn a_protected_case_is_read_back_anonymous_with_its_chain_and_its_meetings() {
    on_both(|_, database| {
        let (mut round, begun, ..) = under_way(database);
        let chain = round.chain();
        round.correct(Fk, "answers", json!({"registration": begun.0, "answers": {"utbildning": "grundskola"}}));
        round.correct(Fk, "municipality", json!({"municipality": "2181", "district": "Nordost"}));
        round.change(Af, Kind::Protection, &json!({"date": "2016-11-20"}));
        let case = round.stored();
        assert_eq!(round.chain(), chain);
        assert_eq!(case.meetings().len(), 2);
        assert_eq!((case.birth, case.municipality, case.consent), (None, None, None));
        assert!(case.references.is_empty());
        // It goes on by its id.
        let id = case.id.0;
        round.register(
            Af,
            &json!({"case": id, "step": "avbrutet", "date": "2016-11-20", "answers": {"orsak": "eget_initiativ"}}),
        );
    });
}

#[test]
fn an_anonymous_case_is_read_back_as_it_was_opened() {
    on_both(|_, database| {
        let services = two_processes(database);
        let mut round = Round { services, turn: 0, case: None, seen: Vec::new() };
        let request = json!({"step": "begaran", "date": "2016-10-03", "participant": {"anonymous": {"sex": "man"}},
            "offices": {"fk": "FK-GAVLE", "af": "AF-GAVLE"}, "handlers": {"af": "af-h-201"}});
        round.register(Fk, &request);
        let id = round.case.unwrap().0;
        round.register(Fk, &json!({"case": id, "step": "gk", "date": "2016-10-12"}));
        round.register(
            Fk,
            &json!({"case": id, "step": "avslutat", "date": "2016-10-14", "answers": {"moten": ["2016-10-12"]}}),
        );
        assert_eq!(round.chain(), ["begaran 2016-10-03", "gk 2016-10-12", "avslutat 2016-10-14"]);
    });
}
