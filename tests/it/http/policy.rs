//! The table of who may do what, printed whole and compared with the committed file.

use std::fmt::Write;

use expect_test::expect_file;
use sus::auth::Caller;
use sus::auth::policy::{Action, Object, may};
use sus::domain::code::{ClientId, HandlerId, OfficeCode};
use sus::domain::organisation::{Assignment, OfficePair, Organisation, Role, Validity};
use sus::domain::step::Agency;

use crate::support::organisation;

/// What is acted upon, and how it stands to the caller: handläggare fk-h-017 with an uppdrag at FK-GAVLE.
const SITUATIONS: [(&str, &str, &str, &str); 5] = [
    ("own office", "fk-h-017", "FK-GAVLE", "AF-GAVLE"),
    ("other office", "fk-h-017", "FK-SANDVIKEN", "AF-GAVLE"),
    ("uppdrag ended", "fk-h-old", "FK-GAVLE", "AF-GAVLE"),
    ("other role's uppdrag", "fk-h-insats", "FK-GAVLE", "AF-GAVLE"),
    ("not in the register", "fk-h-none", "FK-GAVLE", "AF-GAVLE"),
];

fn register() -> Organisation {
    let mut all = sus::organisation::read(&organisation(), day()).unwrap();
    let like = all.handlers[&HandlerId::parse("fk-h-017").unwrap()].clone();
    let mut add = |id: &str, role: Role, to: Option<&str>| {
        let validity = Validity { from: "2010-01-01".parse().unwrap(), to: to.map(|t| t.parse().unwrap()) };
        let mut handler = like.clone();
        handler.id = HandlerId::parse(id).unwrap();
        handler.assignments = vec![Assignment { office: code("FK-GAVLE"), role, validity, confirmed: None }];
        all.handlers.insert(handler.id.clone(), handler);
    };
    add("fk-h-old", Role::Deltagaransvarig, Some("2016-10-11"));
    add("fk-h-insats", Role::Insatsansvarig, None);
    all
}

fn day() -> chrono::NaiveDate {
    "2016-10-12".parse().unwrap()
}

fn code(text: &str) -> OfficeCode {
    OfficeCode::parse(text).unwrap()
}

fn caller(roles: &[Role], handler: &str) -> Caller {
    Caller {
        client: ClientId::parse("client").unwrap(),
        agency: Some(Agency::Fk),
        roles: roles.iter().copied().collect(),
        handler: Some(HandlerId::parse(handler).unwrap()),
    }
}

#[test]
fn the_whole_table_is_as_committed() {
    let register = register();
    let mut out = String::from("action, object: ");
    let mut callers: Vec<(&str, Vec<Role>)> = vec![("(no role)", Vec::new())];
    callers.extend(Role::ALL.iter().map(|r| (r.code(), vec![*r])));
    let width = |name: &str| name.len().max(5);
    out = format!("{:<52}", out.trim_end_matches(": "));
    for (name, _) in &callers {
        let _ = write!(out, " {name:>0$}", width(name));
    }
    out.push('\n');
    for action in Action::ALL {
        let mut row = |what: &str, handler: &str, object: &Object<'_>| {
            let _ = write!(out, "{:<52}", format!("{}, {what}", action.code()));
            for (name, roles) in &callers {
                let word = may(&caller(roles, handler), *action, object, &register, day()).word();
                let _ = write!(out, " {word:>0$}", width(name));
            }
            out.push('\n');
        };
        row("service", "fk-h-017", &Object::Service);
        if matches!(action, Action::OpenCase) || is_about_a_case(*action) {
            for (what, handler, fk, af) in SITUATIONS {
                let pair = OfficePair { fk: code(fk), af: code(af) };
                match action {
                    Action::OpenCase => row(&format!("new case, {what}"), handler, &Object::NewCase(&pair)),
                    _ => row(&format!("case, {what}"), handler, &Object::Case(&pair)),
                }
            }
        }
    }
    out.push_str(&assigning(&register));
    expect_file!["../policy.txt"].assert_eq(&out);
}

/// Who gives, ends and confirms which assignments, where the giver is insatsansvarig at FK-GAVLE.
fn assigning(register: &Organisation) -> String {
    let mut out = String::from("\nGiving, ending and confirming an assignment as a role\n");
    for role in Role::ALL {
        for (place, office) in
            [("own office", "FK-GAVLE"), ("other office", "FK-SANDVIKEN"), ("other agency", "AF-GAVLE")]
        {
            let office = code(office);
            let given_by = |giver: &Role| {
                let caller = caller(&[*giver], "fk-h-insats");
                let of = |action| may(&caller, action, &Object::Assignment(&office, role), register, day());
                let all = [Action::CreateAssignment, Action::CreateAssignmentEnding, Action::CreateAssignmentReview];
                assert!(all.iter().all(|action| of(*action) == of(all[0])), "one right for all three");
                of(all[0]) == sus::auth::policy::Decision::Allow
            };
            let givers: Vec<&str> = Role::ALL.iter().filter(|r| given_by(r)).map(|r| r.code()).collect();
            let by = if givers.is_empty() { "nobody".to_owned() } else { givers.join(", ") };
            let _ = writeln!(out, "{:<52} {by}", format!("{}, {place}", role.code()));
        }
    }
    out
}

/// An action is about a case when it makes a difference whose case it is.
fn is_about_a_case(action: Action) -> bool {
    let pair = OfficePair { fk: code("FK-SANDVIKEN"), af: code("AF-GAVLE") };
    let person = caller(&[Role::Deltagaransvarig], "fk-h-017");
    let of = |object: &Object<'_>| may(&person, action, object, &register(), day());
    of(&Object::Service) != of(&Object::Case(&pair))
}

#[test]
fn a_role_more_never_takes_anything_away() {
    let register = register();
    let pair = OfficePair { fk: code("FK-GAVLE"), af: code("AF-GAVLE") };
    for action in Action::ALL {
        for one in Role::ALL {
            for other in Role::ALL {
                let alone = may(&caller(&[one], "fk-h-017"), *action, &Object::Case(&pair), &register, day());
                let both = may(&caller(&[one, other], "fk-h-017"), *action, &Object::Case(&pair), &register, day());
                assert!(both >= alone, "{} with {} and {}", action.code(), one.code(), other.code());
            }
        }
    }
}
