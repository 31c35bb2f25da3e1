//! The file: its example is read whole, and every mistake is told at once without what stands there.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::domain::organisation::Role;
use crate::domain::step::Agency;

fn wrong(text: &str) -> Vec<String> {
    read_text(text, Path::new("/nowhere")).map(|_| ()).unwrap_err()
}

const LEAST: &str = "[[issuer]]\nname = \"a\"\nissuer = \"https://a.example\"\naudiences = [\"x\"]\n\
                     algorithms = [\"ES256\"]\nspeaks_for = [\"FK\", \"AF\"]\n";

#[test]
fn the_example_is_a_whole_file() {
    let file = read_text(EXAMPLE, Path::new("/nowhere")).unwrap();
    let [issuer] = file.issuers.as_slice() else { panic!("one issuer") };
    assert_eq!((issuer.name.as_str(), issuer.url.as_str()), ("fk", "https://login.fk.example"));
    assert_eq!(issuer.leeway, TimeDelta::seconds(30));
    assert_eq!(issuer.mapping.speaks_for, [Agency::Fk]);
    assert_eq!(issuer.mapping.role_names["SUS_Handlaggare"], Role::Deltagaransvarig);
    assert_eq!(issuer.mapping.clients["0f0e7c22"].roles, [Role::System].into());
}

#[test]
fn the_least_that_must_be_said_is_enough() {
    let file = read_text(LEAST, Path::new("/nowhere")).unwrap();
    assert_eq!(file.issuers[0].leeway, TimeDelta::seconds(30));
    let now = DateTime::<Utc>::UNIX_EPOCH;
    assert_eq!(file.parts().0.standing(now), Some(crate::auth::keys::Standing::Missing));
}

#[test]
fn every_mistake_is_told_at_once_by_place_and_without_the_value() {
    let told = wrong(
        "hemlig = 1\nroots_file = \"hemlig.pem\"\n\
         [[issuer]]\nname = \"hem lig\"\nissuer = \"http://hemlig.example\"\naudiences = \"hemlig\"\n\
         algorithms = [\"none\", \"ES256\"]\nspeaks_for = []\nleeway_seconds = 61\nkeys = \"hemlig\"\n\
         certificate_required = \"hemlig\"\n\
         [issuer.claims]\nrole = \"hemlig\"\nagency = 1\n[issuer.agencies]\nhemlig = \"SKV\"\n\
         [issuer.roles]\nhemlig = \"chef\"\n[issuer.clients.hemlig]\nagency = \"XX\"\nroles = [\"chef\"]\n\
         [[issuer]]\nname = \"b\"\nissuer = \"https://b.example\"\nalgorithms = [\"HS256\"]\nspeaks_for = [\"FK\"]\n",
    );
    let all = told.join("\n");
    for place in [
        "the file: 1 unknown names",
        "roots_file",
        "issuer[1].name",
        "issuer[1].issuer",
        "issuer[1].audiences",
        "issuer[1].algorithms",
        "issuer[1].speaks_for",
        "issuer[1].leeway_seconds: expected a whole number 0–60",
        "issuer[1].keys",
        "issuer[1].certificate_required",
        "issuer[1].claims: 1 unknown names; known are agency, client, handler, roles",
        "issuer[1].claims.agency",
        "issuer[1].agencies.entry 1",
        "issuer[1].roles.entry 1",
        "issuer[1].clients.entry 1.agency",
        "issuer[1].clients.entry 1.roles",
        "issuer[2].algorithms",
        "issuer[2].client_prefix",
    ] {
        assert!(told.iter().any(|one| one.starts_with(place)), "{place} is not told:\n{all}");
    }
    assert!(!all.contains("hemlig"), "{all}");
}

#[test]
fn issuers_and_their_clients_are_told_apart() {
    let two = |first: &str, second: &str| {
        let prefixed = |prefix: &str, name: &str| {
            LEAST.replace("\"a\"", &format!("\"{name}\"\nclient_prefix = \"{prefix}\"")).replace("a.example", name)
        };
        read_text(&format!("{}{}", prefixed(first, "a.x"), prefixed(second, "b.x")), Path::new("/nowhere")).is_ok()
    };
    assert!(two("fk.", "af."));
    assert!(!two("fk.", "fk."));
    assert!(!two("fk.", "fk.x."));
    assert!(!two("fk.x.", "fk."));
    let same = wrong(&format!("{LEAST}{LEAST}")).join("\n");
    assert!(same.contains("issuer[2].issuer") && same.contains("issuer[2].name") && same.contains("client_prefix"));
}

#[test]
fn an_issuer_has_no_agency_or_client_beyond_those_it_speaks_for() {
    let fk = LEAST.replace("[\"FK\", \"AF\"]", "[\"FK\"]");
    assert!(wrong(&format!("{fk}[issuer.agencies]\nx = \"AF\"\n")).join("").contains("issuer[1].agencies"));
    assert!(wrong(&format!("{fk}[issuer.clients.x]\nagency = \"AF\"\n")).join("").contains("issuer[1].clients"));
    let one_name = "[issuer.clients.x]\nagency = \"FK\"\n[issuer.clients.y]\nname = \"x\"\nagency = \"FK\"\n";
    assert!(wrong(&format!("{fk}{one_name}")).join("").contains("a name of its own"));
    assert!(
        wrong(&format!("{fk}[issuer.clients.\"x y\"]\nagency = \"FK\"\n")).join("").contains("clients.entry 1.name")
    );
}

#[test]
fn a_login_is_at_a_known_issuer_and_proves_itself_in_one_way() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("web.secret"), "hemlig\n").unwrap();
    let read = |login: &str| read_text(&format!("{LEAST}[[login]]\n{login}"), folder.path());
    let good = read("issuer = \"a\"\nclient_id = \"web\"\nclient_secret_file = \"web.secret\"\n").unwrap();
    assert_eq!((good.logins[0].name.as_str(), good.logins[0].scope.as_str()), ("a", "openid"));
    assert!(!format!("{good:?}").contains("hemlig"));
    for (login, place) in [
        ("issuer = \"b\"\nclient_id = \"web\"\nclient_secret_file = \"web.secret\"\n", "login[1].issuer"),
        ("issuer = \"a\"\nclient_secret_file = \"web.secret\"\n", "login[1].client_id"),
        ("issuer = \"a\"\nclient_id = \"web\"\n", "login[1].private_key_file"),
        ("issuer = \"a\"\nclient_id = \"web\"\nprivate_key_file = \"web.secret\"\n", "login[1].private_key_file"),
        ("issuer = \"a\"\nclient_id = \"web\"\nclient_secret_file = \"none\"\n", "login[1].client_secret_file"),
        ("issuer = \"a\"\nclient_id = \"web\"\nclient_secret_file = \"web.secret\"\nscopes = []\n", "login[1].scopes"),
    ] {
        let told = read(login).unwrap_err();
        assert!(told.iter().any(|one| one.starts_with(place)), "{login}: {told:?}");
        assert!(!told.join("").contains("hemlig"), "{told:?}");
    }
    let told = wrong(&format!("{LEAST}[session]\nidle_minutes = 0\nhours = 13\n"));
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn what_is_no_toml_is_told_by_line_alone() {
    assert_eq!(wrong("[[issuer]]\nname = \"a\"\nhemlig = = 1\n"), ["line 3: not TOML"]);
    assert_eq!(wrong(""), ["issuer: expected at least one [[issuer]]"]);
    let told = read(Path::new("/nowhere/auth.toml")).unwrap_err().to_string();
    assert!(told.starts_with("/nowhere/auth.toml: it can't be read"), "{told}");
}
