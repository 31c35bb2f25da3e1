//! A person in a real browser, at a real provider: logging in, the own start page, logging out, and what must not work.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::place::{BY_KEY, BY_SECRET, Place};
use crate::support::tables::Raw;
use crate::support::{Backend, Database, on_both};

#[test]
fn a_person_logs_in_sees_who_and_logs_out() {
    on_both(|_, database| {
        let Some(mut place) = Place::new(database, BY_KEY) else { return };
        let seen = place.go("/");
        assert_eq!(seen.0["status"], 200);
        assert!(seen.shows("Logga in") && seen.html().contains("lang=\"sv\""), "{seen:?}");
        assert!(place.go("/?lang=en").shows("Log in"));
        assert!(place.go("/").shows("Log in"), "a language that was chosen is kept");

        place.go("/?lang=sv");
        let away = place.click("a.login");
        let attempt = away.value("sus-login");
        let query = away.visited("/auth?");
        for part in ["response_type=code", "code_challenge_method=S256", "nonce=", "state=", "client_id=web-key"] {
            assert!(query.contains(part), "{query}");
        }
        let seen = place.at_provider("siv");
        assert_eq!(seen.url(), format!("{}/?lang=sv", place.base), "in the language in which it began");
        for text in ["Du är inloggad", "Siv Lind (fk-h-017)", "Försäkringskassan", "Deltagaransvarig", "FK Gävle"] {
            assert!(seen.shows(text), "{text}: {seen:?}");
        }
        assert_eq!(seen.forbidden(), Vec::<&str>::new());
        assert!(!seen.html().contains("ends-soon"));
        let cookie = seen.cookie("sus").unwrap();
        assert_eq!((&cookie["httpOnly"], &cookie["sameSite"]), (&json!(true), &json!("Lax")));
        assert!(seen.cookie("sus-login").is_none(), "the attempt is over");
        let session = seen.value("sus");

        // The provider's answer once more: without the attempt's cookie, and with it.
        let answer = seen.visited("/login/callback?");
        let again = place.go(&answer);
        assert!(again.0["status"] == 400 && again.shows("Inloggningen kunde inte slutföras"), "{again:?}");
        place.cookie("sus-login", &attempt);
        let again = place.go(&answer);
        assert!(again.0["status"] == 400 && again.shows("Inloggningen kunde inte slutföras"), "{again:?}");

        // A form that another site made.
        for fields in [json!({}), json!({"token": ""}), json!({"token": session})] {
            let told = place.post("/logout", &fields);
            assert_eq!(told["status"], 403, "{told}");
            assert!(told["text"].as_str().unwrap().contains("Formuläret gäller inte längre"));
        }
        let seen = place.go("/");
        assert!(seen.shows("Du är inloggad") && seen.value("sus") == session, "nothing was changed by all that");

        // Out: here, and at the provider.
        let seen = place.click("form button");
        assert!(seen.visited("/session/end").contains("client_id=web-key"), "{seen:?}");
        assert_eq!(Raw::of(database).count("sessions", "true"), 0);
        let seen = place.click("button[name=logout]");
        assert!(seen.shows("Du är utloggad") && seen.cookie("sus").is_none(), "{seen:?}");
        assert_eq!(seen.forbidden(), Vec::<&str>::new(), "going to the provider by a form is allowed");
        place.cookie("sus", &session);
        let seen = place.go("/");
        assert!(seen.shows("Din inloggning har avslutats") && !seen.shows("Du är inloggad"), "{seen:?}");
        assert!(seen.cookie("sus").is_none(), "what is of no use is taken away");
    });
}

#[test]
fn a_session_warns_before_its_end_and_is_extended_by_logging_in_again() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::new(&database, BY_SECRET) else { return };
    let first = place.log_in("siv").value("sus");
    place.advance(TimeDelta::minutes(29));
    assert!(place.go("/").shows("Du är inloggad"));
    place.advance(TimeDelta::minutes(31));
    let seen = place.go("/");
    assert!(seen.shows("Din inloggning har avslutats"), "not used for half an hour: {seen:?}");

    // The provider still knows the person, so logging in again is one click.
    let seen = place.click("a.login");
    assert!(seen.shows("Du är inloggad"), "{seen:?}");
    let second = seen.value("sus");
    assert_ne!(first, second);
    for _ in 0..19 {
        place.advance(TimeDelta::minutes(25));
        assert!(place.go("/").shows("Du är inloggad"));
    }
    let seen = place.go("/");
    assert!(seen.shows("Din inloggning avslutas snart"), "five minutes are left: {seen:?}");
    let seen = place.click("#ends-soon a");
    assert!(seen.shows("Du är inloggad") && !seen.shows("Din inloggning avslutas snart"), "{seen:?}");
    let third = seen.value("sus");
    assert_ne!(second, third, "a new session under a new secret");
    place.cookie("sus", &second);
    assert!(place.go("/").shows("Din inloggning har avslutats"), "the older one has ended");
    place.cookie("sus", &third);
    assert!(place.go("/").shows("Du är inloggad"));
    place.advance(TimeDelta::hours(9));
    assert!(place.go("/").shows("Din inloggning har avslutats"));
}

#[test]
fn who_may_not_be_let_in_is_told_why_and_nobody_is_logged_in_by_somebody_else() {
    let Some(database) = Database::new(Backend::Sqlite) else { return };
    let Some(mut place) = Place::new(&database, BY_KEY) else { return };
    let seen = place.log_in("both");
    assert!(seen.shows("Dina roller går inte ihop") && seen.cookie("sus").is_none(), "{seen:?}");
    place.browser.order(&json!({"do": "forget"}));
    let seen = place.log_in("other");
    assert!(seen.shows("Du kan inte släppas in") && seen.cookie("sus").is_none(), "{seen:?}");

    // An answer that this browser never asked for, and one that has been altered.
    for answer in ["/login/callback?code=x&state=y", "/login/callback", "/login/callback?error=access_denied"] {
        let seen = place.go(answer);
        assert!(seen.0["status"] == 400 && seen.cookie("sus").is_none(), "{seen:?}");
    }
    place.browser.order(&json!({"do": "forget"}));
    place.go("/");
    place.click("a.login");
    let seen = place.go("/login/callback?code=x&state=y");
    assert!(seen.0["status"] == 400 && seen.shows("Inloggningen kunde inte slutföras"), "another state: {seen:?}");

    // A session that somebody put into the browser before is not the one that the person gets.
    place.browser.order(&json!({"do": "forget"}));
    let planted = "q".repeat(42) + "A";
    place.go("/");
    place.click("a.login");
    place.cookie("sus", &planted);
    let seen = place.at_provider("siv");
    assert!(seen.shows("Du är inloggad") && seen.value("sus") != planted, "{seen:?}");

    // Ten minutes are enough to log in.
    place.browser.order(&json!({"do": "forget"}));
    place.go("/");
    place.click("a.login");
    place.advance(TimeDelta::minutes(11));
    let seen = place.at_provider("siv");
    assert!(seen.shows("Inloggningen kunde inte slutföras"), "{seen:?}");
}
