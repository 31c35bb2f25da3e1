//! Bodies that can't be read: all that is wrong, in both languages.

use actix_web::http::Method;
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use sus::domain::organisation::Role;

use super::{ANNA, Api, bearer, begaran};
use crate::support::on_both;

/// Each finding's place and sentences, Swedish above English, and what is allowed where it is a shape.
fn told(answer: &Value) -> String {
    let mut out = String::new();
    for finding in answer["errors"].as_array().unwrap() {
        let text = |name: &str| finding[name].as_str().unwrap();
        let pointer = Some(text("pointer")).filter(|p| !p.is_empty()).unwrap_or("-");
        out += &format!("{pointer}\n    {}\n    {}\n", text("sv"), text("en"));
        if let Some(shape) = finding["allowed"].get("shape") {
            for language in ["sv", "en"] {
                let words = shape[language].as_str().unwrap();
                assert!(text(language).contains(words), "{words} in {}", text(language));
            }
        }
    }
    out
}

#[test]
fn what_is_wrong_with_a_registration_is_told_in_either_language() {
    on_both(|_, database| {
        let api = Api::over(database);
        let body = json!({"clientReference": " x", "caseReference": 7, "step": "begaran", "date": "12 oktober",
            "participant": {"personnummer": "198503129805", "anonymous": {}}, "offices": {"fk": "FK GÄVLE"},
            "municipality": "Gävle", "district": "", "consent": {"obtainedBy": 1}, "caseVersion": "ett",
            "answers": {"arbetar": "ja", "arbetsandel": 101, "formaner": "sjukpenning", "arbetsgivare": "2021005522",
                "moten": "2016-10-12", "insats": "å", "utbildning": 3}});
        expect![[r#"
            /date
                Värdet är inte tillåtet. Tillåtet: ett datum som 2016-10-12, från 1900 till 2199.
                The value is not allowed. Allowed: a date such as 2016-10-12, from 1900 to 2199.
            /clientReference
                Värdet är inte tillåtet. Tillåtet: 1–100 skrivbara tecken, inget mellanslag först eller sist.
                The value is not allowed. Allowed: 1–100 printable characters, no space first or last.
            /caseVersion
                Värdet har fel typ. Väntat: ett heltal.
                The value has the wrong type. Expected: a whole number.
            /answers/arbetar
                Värdet har fel typ. Väntat: true eller false.
                The value has the wrong type. Expected: true or false.
            /answers/arbetsandel
                Andelen ska vara ett helt tal, 1–100 procent.
                The share must be a whole number, 1–100 per cent.
            /answers/formaner
                Värdet har fel typ. Väntat: en lista med koder.
                The value has the wrong type. Expected: a list of codes.
            /answers/arbetsgivare
                Organisationsnumret är inte giltigt. Väntat: tio siffror, den sista en kontrollsiffra.
                The organisation number is not valid. Expected: ten digits, the last a check digit.
            /answers/moten
                Värdet har fel typ. Väntat: en lista med datum.
                The value has the wrong type. Expected: a list of dates.
            /answers/insats
                Värdet är inte tillåtet. Tillåtet: 1–40 tecken: a–z, A–Z, 0–9, . - _.
                The value is not allowed. Allowed: 1–40 characters: a–z, A–Z, 0–9, . - _.
            /answers/utbildning
                Värdet har fel typ. Väntat: en kod.
                The value has the wrong type. Expected: a code.
            /caseReference
                Värdet har fel typ. Väntat: en text.
                The value has the wrong type. Expected: a text.
            /participant/personnummer
                Personnumret eller samordningsnumret är inte giltigt. Väntat: ÅÅÅÅMMDDNNNN, ett personnummer eller samordningsnummer med sin kontrollsiffra.
                The personal identity number or coordination number is not valid. Expected: YYYYMMDDNNNN, a personnummer or samordningsnummer with its check digit.
            /participant
                Värdet är inte tillåtet. Tillåtet: antingen personnummer eller anonymous.
                The value is not allowed. Allowed: either personnummer or anonymous.
            /offices/fk
                Värdet är inte tillåtet. Tillåtet: 1–40 tecken: a–z, A–Z, 0–9, . - _.
                The value is not allowed. Allowed: 1–40 characters: a–z, A–Z, 0–9, . - _.
            /offices/af
                Fältet saknas. Väntat värde: ett kontors kod.
                The field is missing. Expected: an office's code.
            /consent/obtainedOn
                Fältet saknas. Väntat värde: ett datum som 2016-10-12, från 1900 till 2199.
                The field is missing. Expected: a date such as 2016-10-12, from 1900 to 2199.
            /consent/obtainedBy
                Värdet har fel typ. Väntat: en text.
                The value has the wrong type. Expected: a text.
            /consent/office
                Fältet saknas. Väntat värde: 1–40 tecken: a–z, A–Z, 0–9, . - _.
                The field is missing. Expected: 1–40 characters: a–z, A–Z, 0–9, . - _.
            /consent/form
                Fältet saknas. Väntat värde: 1–40 tecken: a–z, A–Z, 0–9, . - _.
                The field is missing. Expected: 1–40 characters: a–z, A–Z, 0–9, . - _.
            /municipality
                Värdet är inte tillåtet. Tillåtet: fyra siffror.
                The value is not allowed. Allowed: four digits.
            /district
                Värdet är inte tillåtet. Tillåtet: 1–40 skrivbara tecken, inget mellanslag först eller sist.
                The value is not allowed. Allowed: 1–40 printable characters, no space first or last.
        "#]].assert_eq(&told(&api.post("/v1/registrations", &api.fk(), &body).json()));
        let body = json!({"step": "gk"});
        expect![[r#"
            /date
                Fältet saknas. Väntat värde: ett datum som 2016-10-12, från 1900 till 2199.
                The field is missing. Expected: a date such as 2016-10-12, from 1900 to 2199.
            /case
                Fältet saknas. Väntat värde: case, caseReference eller caseOf.
                The field is missing. Expected: case, caseReference or caseOf.
        "#]]
        .assert_eq(&told(&api.post("/v1/registrations", &api.fk(), &body).json()));
        let body = json!(7);
        expect![[r#"
            -
                Värdet har fel typ. Väntat: ett objekt.
                The value has the wrong type. Expected: an object.
        "#]]
        .assert_eq(&told(&api.post("/v1/registrations", &api.fk(), &body).json()));
    });
}

#[test]
fn what_is_wrong_with_a_change_of_a_case_is_told_in_either_language() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let check = |path: &str, body: Value, expected: Expect| {
            let answer = api.post_with(&format!("{case}/{path}"), &api.fk(), &[("if-match", "\"1\"")], &body);
            assert_eq!(answer.status, 422, "{}", answer.text);
            expected.assert_eq(&told(&answer.json()));
        };
        check(
            "corrections",
            json!({}),
            expect![[r#"
            /kind
                Fältet saknas. Väntat värde: ett slag av rättelse.
                The field is missing. Expected: a kind of correction.
            /reason
                Fältet saknas. Väntat värde: {"code":"…","text":"…"}.
                The field is missing. Expected: {"code":"…","text":"…"}.
        "#]],
        );
        check(
            "corrections",
            json!({"kind": "move", "registration": "x", "reason": {"text": "y".repeat(1001)}}),
            expect![[r#"
            /reason/code
                Fältet saknas. Väntat värde: en kort kod som fel_datum.
                The field is missing. Expected: a short code such as fel_datum.
            /reason/text
                Värdet är inte tillåtet. Tillåtet: högst 1 000 tecken, inga styrtecken utom radbrytning och tabb.
                The value is not allowed. Allowed: at most 1 000 characters, no control characters but line breaks and tabs.
            /registration
                Värdet är inte tillåtet. Tillåtet: ett UUID.
                The value is not allowed. Allowed: a UUID.
            /date
                Fältet saknas. Väntat värde: ett datum som 2016-10-12, från 1900 till 2199.
                The field is missing. Expected: a date such as 2016-10-12, from 1900 to 2199.
        "#]],
        );
        check(
            "corrections",
            json!({"kind": "answers", "reason": {"code": "å", "text": "a\u{0}b"}}),
            expect![[r#"
            /reason/code
                Värdet är inte tillåtet. Tillåtet: 1–60 tecken: a–z, A–Z, 0–9, . - _.
                The value is not allowed. Allowed: 1–60 characters: a–z, A–Z, 0–9, . - _.
            /reason/text
                Värdet är inte tillåtet. Tillåtet: högst 1 000 tecken, inga styrtecken utom radbrytning och tabb.
                The value is not allowed. Allowed: at most 1 000 characters, no control characters but line breaks and tabs.
            /registration
                Fältet saknas. Väntat värde: registreringens id.
                The field is missing. Expected: the registration's id.
            /answers
                Fältet saknas. Väntat värde: de rätta svaren; null tar tillbaka ett.
                The field is missing. Expected: the right answers; null withdraws one.
        "#]],
        );
        check(
            "corrections",
            json!({"kind": "consent", "reason": 1}),
            expect![[r#"
            /reason
                Värdet har fel typ. Väntat: ett objekt.
                The value has the wrong type. Expected: an object.
            /consent
                Fältet saknas. Väntat värde: det rätta samtycket.
                The field is missing. Expected: the right consent.
        "#]],
        );
        check(
            "handlers",
            json!({"date": "2016-10-05"}),
            expect![[r#"
            /fk
                Fältet saknas. Väntat värde: fk, af eller båda; null tar bort.
                The field is missing. Expected: fk, af or both; null clears.
        "#]],
        );
        check(
            "answers",
            json!({"answers": 1}),
            expect![[r#"
            /registration
                Fältet saknas. Väntat värde: registreringens id.
                The field is missing. Expected: the registration's id.
            /answers
                Värdet har fel typ. Väntat: ett objekt.
                The value has the wrong type. Expected: an object.
        "#]],
        );
        check(
            "answers",
            json!({"registration": "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10", "answers": {"arbetar": null}}),
            expect![[r#"
            /answers
                Värdet är inte tillåtet. Tillåtet: svaren, minst ett.
                The value is not allowed. Allowed: the answers, at least one.
        "#]],
        );
        check(
            "references",
            json!({}),
            expect![[r#"
            /caseReference
                Fältet saknas. Väntat värde: 1–100 skrivbara tecken, inget mellanslag först eller sist.
                The field is missing. Expected: 1–100 printable characters, no space first or last.
        "#]],
        );
    });
}

#[test]
fn a_case_that_is_not_the_callers_is_not_there_whatever_the_body_holds() {
    on_both(|_, database| {
        let api = Api::over(database);
        let case = api.opened("FK-1", ANNA);
        let ask = |case: &str, name: &str, token: &str, body: &str| {
            let bearer = bearer(token);
            let headers =
                [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", "\"1\"")];
            api.call(Method::POST, &format!("{case}/{name}"), &headers, Some(body))
        };
        let nowhere = "/v1/cases/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10";
        let too_large = format!("\"{}\"", "x".repeat(20_001));
        let wrong = [("{}", 422), ("[1]", 422), ("{\"date\":", 400), ("", 400), (&too_large, 413)];
        let names = [
            "corrections",
            "office-changes",
            "handlers",
            "answers",
            "consent-withdrawals",
            "protections",
            "references",
        ];
        for name in names {
            for (body, status) in wrong {
                let there = ask(&case, name, &api.person("fk-h-017"), body);
                assert_eq!(there.status, status, "{name} {there:?}");
                let out_of_reach = ask(&case, name, &api.person("fk-h-018"), body);
                assert_eq!(out_of_reach.status, 404, "{name} {out_of_reach:?}");
                assert_eq!(out_of_reach.whole(), ask(nowhere, name, &api.fk(), body).whole());
                assert_eq!(out_of_reach.whole(), ask("/v1/cases/nonsense", name, &api.fk(), body).whole());
            }
        }
        // A role that sees no personal data is told so first.
        let reader = api.token("rapport", None, &[Role::Rapportlasare], None);
        assert_eq!(ask(&case, "answers", &reader, "{}").status, 403);
        // And the body that can be read is answered as it always was.
        let right = json!({"date": "2016-10-12", "fk": "fk-h-017"}).to_string();
        assert_eq!(ask(&case, "handlers", &api.person("fk-h-018"), &right).status, 404);
        assert_eq!(ask(nowhere, "handlers", &api.fk(), &right).status, 404);
        assert_eq!(ask(&case, "handlers", &api.person("fk-h-017"), &right).status, 201);
    });
}

#[test]
fn what_is_wrong_with_a_question_is_told_in_either_language() {
    on_both(|_, database| {
        let api = Api::over(database);
        for (path, expected) in [
            (
                "/v1/cases?page=0&limit=1000&atLeast=x&handler=me&dueBefore=snart&missing=ja",
                expect![[r#"
                /query/page
                    Värdet är inte tillåtet. Tillåtet: ett heltal från 1.
                    The value is not allowed. Allowed: a whole number from 1.
                /query/limit
                    Värdet är inte tillåtet. Tillåtet: ett heltal, 1–100.
                    The value is not allowed. Allowed: a whole number, 1–100.
                /query/handler
                    Värdet är inte tillåtet. Tillåtet: ett handläggar-id: åtkomsten pekar inte ut någon person.
                    The value is not allowed. Allowed: a handläggare id: the token names no person.
                /query/dueBefore
                    Värdet är inte tillåtet. Tillåtet: ett datum som 2016-10-12, från 1900 till 2199.
                    The value is not allowed. Allowed: a date such as 2016-10-12, from 1900 to 2199.
                /query/missing
                    Värdet är inte tillåtet. Tillåtet: true eller false.
                    The value is not allowed. Allowed: true or false.
                /query/atLeast
                    Värdet är inte tillåtet. Tillåtet: en position: ett heltal från 0.
                    The value is not allowed. Allowed: a position: a whole number from 0.
            "#]],
            ),
            (
                "/v1/changes?after=-1",
                expect![[r#"
                /query/after
                    Värdet är inte tillåtet. Tillåtet: en position: ett heltal från 0.
                    The value is not allowed. Allowed: a position: a whole number from 0.
            "#]],
            ),
            (
                "/v1/reports/baspaket?asOf=snart&geography=x&format=docx",
                expect![[r#"
                /query/from
                    Fältet saknas. Väntat värde: ett datum som 2016-10-12, från 1900 till 2199.
                    The field is missing. Expected: a date such as 2016-10-12, from 1900 to 2199.
                /query/to
                    Fältet saknas. Väntat värde: ett datum som 2016-10-12, från 1900 till 2199.
                    The field is missing. Expected: a date such as 2016-10-12, from 1900 to 2199.
                /query/geography
                    Värdet är inte tillåtet. Tillåtet: riket, lan:NN, kommun:NNNN, fk-omrade:…, af-omrade:…, fk-kontor:…, af-kontor:…, fk-kontor-med-foregangare:…, af-kontor-med-foregangare:… eller styrgrupp:….
                    The value is not allowed. Allowed: riket, lan:NN, kommun:NNNN, fk-omrade:…, af-omrade:…, fk-kontor:…, af-kontor:…, fk-kontor-med-foregangare:…, af-kontor-med-foregangare:… or styrgrupp:….
                /query/asOf
                    Värdet är inte tillåtet. Tillåtet: en tidpunkt som 2016-12-31T10:00:00Z, eller ett datum.
                    The value is not allowed. Allowed: an instant such as 2016-12-31T10:00:00Z, or a date.
                /query/format
                    Värdet är inte tillåtet. Tillåtet: json, csv, xlsx, html, json-stat2, px, parquet, svg eller png.
                    The value is not allowed. Allowed: json, csv, xlsx, html, json-stat2, px, parquet, svg or png.
            "#]],
            ),
            (
                "/v1/cases?handler=%20&office=FK-GAVLE&office=FK-GAVLE",
                expect![[r#"
                /query/office
                    Värdet är inte tillåtet. Tillåtet: parametern en gång.
                    The value is not allowed. Allowed: the parameter once.
                /query/handler
                    Värdet är inte tillåtet. Tillåtet: 1–40 tecken: a–z, A–Z, 0–9, . - _.
                    The value is not allowed. Allowed: 1–40 characters: a–z, A–Z, 0–9, . - _.
            "#]],
            ),
        ] {
            expected.assert_eq(&told(&api.get(path, &api.fk()).json()));
        }
        let body = json!({"personnummer": ANNA, "caseReference": "FK-1"});
        expect![[r#"
            -
                Värdet har fel typ. Väntat: antingen personnummer eller caseReference.
                The value has the wrong type. Expected: either personnummer or caseReference.
        "#]]
        .assert_eq(&told(&api.post("/v1/case-searches", &api.fk(), &body).json()));
        for (name, value) in [("idempotency-key", "å"), ("if-match", "tre")] {
            let headers = [("if-match", "\"1\""), (name, value)];
            let headers = if name == "if-match" { &headers[1..] } else { &headers[..] };
            let case = "/v1/cases/0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b10/answers";
            let answer = api.post_with(case, &api.fk(), headers, &begaran("FK-1", ANNA));
            assert_eq!(told(&answer.json()).lines().count(), 3, "{}", answer.text);
        }
    });
}

#[test]
fn a_step_that_cannot_be_read_makes_nothing_beside_it_wrong() {
    on_both(|_, database| {
        let api = Api::over(database);
        let mut body = begaran("FK-1", ANNA);
        body["step"] = json!("begran");
        let pointers = |body: &Value| {
            let problem = api.post("/v1/registrations", &api.fk(), body).json();
            let errors = problem["errors"].as_array().unwrap();
            errors.iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(pointers(&body), ["/step"]);
        body["participant"]["personnummer"] = json!("198503129805");
        body["stegg"] = json!(1);
        assert_eq!(pointers(&body), ["/step", "/participant/personnummer", "/stegg"]);
        assert_eq!(pointers(&json!({"step": "gkk", "case": "x", "date": "2016-10-12"})), ["/step"]);
    });
}
