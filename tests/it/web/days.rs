//! Whole days in a real browser, logged in through the real provider: what the pages are for, from request to end and to
//! the steering group's meeting.

use chrono::{Days, NaiveDate};

use super::judged::register;
use crate::support::place::{BY_KEY, Place, Seen};
use crate::support::posting::number;
use crate::support::{Backend, on_both};

/// What is shown must hold these, and be for everybody; the last is judged once, whatever the database.
fn fine(place: &mut Place, seen: &Seen, name: &str, texts: &[&str]) {
    for text in texts {
        assert!(seen.shows(text), "{name}: {text}: {}", seen.0["text"]);
    }
    if place.backend == Backend::Postgres {
        return;
    }
    let found = place.judge();
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    place.picture(name);
}

fn day(today: NaiveDate, before: u64) -> String {
    (today - Days::new(before)).to_string()
}

#[test]
fn a_case_goes_from_request_to_end_in_the_hands_of_two_people() {
    on_both(|backend, database| {
        let Some(mut place) = Place::around(database, BY_KEY, &register()) else { return };
        place.backend = backend;
        let (today, anna) = (place.today(), number("1985-03-12"));
        let ago = |days| day(today, days);

        // At FK: a request, first with mistakes, then right.
        place.log_in("siv");
        place.click("nav a[href='/arenden/ny']");
        place.set(&[("deltagare", "namngiven"), ("participant.personnummer", "19850312-0000")]);
        let wrong = place.send();
        fine(&mut place, &wrong, "ny-fel", &["Det finns fel i formuläret", "är inte giltigt"]);
        place.set(&[("participant.personnummer", &anna)]);
        let rest = place.send();
        fine(&mut place, &rest, "ny-uppgifter", &["Samtycke"]);
        place.set(&[("date", &ago(30)), ("consent.obtainedOn", &ago(29)), ("answers.arbetar", "false")]);
        let wrong = place.send();
        fine(&mut place, &wrong, "ny-uppgifter-fel", &["Blankettens version: Fyll i", "Folkbokföringskommun: Fyll i"]);
        place.set(&[
            ("municipality", "2180"),
            ("date", &ago(30)),
            ("caseReference", "FK-2026-0001"),
            ("consent.obtainedOn", &ago(37)),
            ("consent.form", "gk-affk-1"),
            ("answers.initieradAv", "FK"),
            ("answers.formaner", "sjukpenning"),
        ]);
        let case = place.send();
        fine(&mut place, &case, "arende-begaran", &["Begäran om gemensam kartläggning"]);
        assert!(!case.url().contains(&anna) && !case.html().contains(&anna), "the number is nowhere");
        let address = case.url().split('?').next().unwrap().to_owned();

        // GK, and the planned insats: never on the same day.
        let ways = place.go(&format!("{address}/registrera"));
        fine(&mut place, &ways, "registrera", &["Gemensam kartläggning"]);
        place.click("main a[href$='/registrera/gk']");
        place.set(&[("date", &ago(20))]);
        place.send();
        place.go(&format!("{address}/registrera/planerad_afi"));
        place.set(&[("date", &ago(20))]);
        let wrong = place.send();
        fine(&mut place, &wrong, "planerad-fel", &["Det finns fel i formuläret", "dagen efter"]);
        place.set(&[("date", &ago(15))]);
        let case = place.send();
        fine(&mut place, &case, "arende-planerad", &["Planerad arbetsförberedande insats", "Arbetsförmedlingen"]);
        let list = place.go("/arenden");
        fine(&mut place, &list, "arenden", &["Planerad arbetsförberedande insats"]);

        // At AF: found by the number, started, ended.
        place.now("asa");
        place.click("nav a[href='/sok']");
        place.set(&[("number", &anna)]);
        let found = place.send();
        fine(&mut place, &found, "sok", &["Planerad arbetsförberedande insats"]);
        assert!(!found.url().contains(&anna), "the number is in no address");
        place.go(&format!("{address}/registrera/afi"));
        place.set(&[("date", &ago(10)), ("answers.insats", "2180-afi-01")]);
        let case = place.send();
        fine(&mut place, &case, "arende-afi", &["Arbetsförberedande insats", "Arbetsträning"]);
        place.go(&format!("{address}/registrera/avslutat"));
        place.set(&[("date", &ago(1)), ("answers.arbetar", "true"), ("answers.arbetsandel", "50")]);
        let case = place.send();
        fine(&mut place, &case, "arende-avslutat", &["Avslutat samarbete"]);
        // What was left unanswered is answered later, and a mistake put right.
        for (way, texts) in [("svar", ["Avslutat samarbete"]), ("ratta", ["Rätta"]), ("samtycke", ["samtycke"])] {
            let seen = place.go(&format!("{address}/{way}"));
            fine(&mut place, &seen, way, &texts);
        }
    });
}

#[test]
fn a_steering_groups_meeting_is_prepared() {
    on_both(|backend, database| {
        let Some(mut place) = Place::around(database, BY_KEY, &register()) else { return };
        place.backend = backend;
        place.log_in("ulla");
        let report = place.click("nav a[href='/rapporter/baspaket']");
        fine(&mut place, &report, "baspaket", &["Baspaket", "Riket", "Gävleborg"]);
        // The group's own choice of parts, and what has changed since the last meeting.
        place.go("/paket/nytt?rapport=baspaket");
        let form = place.send();
        fine(&mut place, &form, "paket-fel", &["Det finns fel i formuläret"]);
        let catalogue = place.go("/rapporter");
        fine(&mut place, &catalogue, "rapporter", &["Baspaket", "Standardrapport – status"]);
        // What the group saw is kept for ever.
        place.go("/rapporter/baspaket");
        place.click("main a[href^='/rapporter/frysta/ny']");
        let wrong = place.send();
        fine(&mut place, &wrong, "frys-fel", &["Det finns fel i formuläret", "kan varken ändras eller tas bort"]);
        place.set(&[("namn", "Mötet i november")]);
        let frozen = place.send();
        fine(&mut place, &frozen, "fryst", &["Mötet i november", "Rapporten är fryst"]);
        let list = place.go("/rapporter/frysta");
        fine(&mut place, &list, "frysta", &["Mötet i november", "Ulla Vik"]);
        let changes = place.go("/rapporter/baspaket/andringar");
        fine(&mut place, &changes, "andringar", &["ändra"]);
    });
}

#[test]
fn an_administrator_gives_an_assignment() {
    on_both(|backend, database| {
        let Some(mut place) = Place::around(database, BY_KEY, &register()) else { return };
        place.backend = backend;
        place.log_in("adam");
        place.click("nav a[href='/uppdrag']");
        let send = "main form[action='/uppdrag'][method=post] button[type=submit]";
        let wrong = place.click(send);
        fine(&mut place, &wrong, "uppdrag-fel", &["Det finns fel i formuläret"]);
        place.set(&[
            ("handler", "fk-h-020"),
            ("name", "Eva Ek"),
            ("office", "FK-GAVLE"),
            ("role", "insatsansvarig"),
            ("validFrom", &place.today().to_string()),
        ]);
        let given = place.click(send);
        fine(&mut place, &given, "uppdrag", &["Uppdraget är givet.", "Eva Ek"]);
    });
}
