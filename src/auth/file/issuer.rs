//! Reads one `[[issuer]]`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;

use super::place::Place;
use crate::auth::fetch::is_allowed;
use crate::auth::keys::{Keys, Source};
use crate::auth::mapping::{Claim, FixedClient, Mapping};
use crate::auth::tokens::Issuer;
use crate::domain::code::ClientId;
use crate::domain::organisation::Role;
use crate::domain::step::Agency;

const ADDRESS: &str = "an https address (http on this machine only) without a fragment or a password";
const AGENCY: &str = "FK or AF";
const ALGORITHMS: &str = "a list of RS256, PS256 and ES256";

/// One issuer. What is wrong is told, and something harmless stands in its place.
pub fn issuer(place: Place<'_>) -> Issuer {
    let name =
        place.needed("name", "a name of letters, digits, '-', '_' and '.'", |text| ClientId::parse(text).is_ok());
    let url = place.needed("issuer", ADDRESS, is_allowed);
    let audiences = place.texts("audiences", "a list of texts").unwrap_or_default();
    let algorithms = place.words("algorithms", ALGORITHMS, algorithm);
    let keys = place.has("keys").then(|| place.needed("keys", ADDRESS, is_allowed));
    let source = Source {
        issuer: url.clone(),
        keys,
        discover: false,
        refresh: TimeDelta::minutes(place.number("refresh_minutes", 1..=1440, 60)),
        keep: TimeDelta::hours(place.number("keep_hours", 1..=168, 24)),
    };
    if audiences.iter().any(|audience| audience.trim().is_empty()) {
        place.refuse("audiences", "texts that are not empty");
    }
    let issuer = Issuer {
        keys: Keys::fetched(&name, algorithms, source),
        name,
        url,
        audiences: audiences.into_iter().map(ToOwned::to_owned).collect(),
        leeway: TimeDelta::seconds(place.number("leeway_seconds", 0..=60, 30)),
        certificate_required: place.flag("certificate_required"),
        mapping: mapping(&place),
    };
    place.end();
    issuer
}

/// Never `none`, and no secret shared with the issuer.
fn algorithm(text: &str) -> Option<Algorithm> {
    match text {
        "RS256" => Some(Algorithm::RS256),
        "PS256" => Some(Algorithm::PS256),
        "ES256" => Some(Algorithm::ES256),
        _ => None,
    }
}

fn mapping(place: &Place<'_>) -> Mapping {
    let plain = Mapping::plain();
    let prefix = place.text("client_prefix", "letters, digits, '-', '_' and '.'").unwrap_or_default();
    if !prefix.is_empty() && ClientId::parse(prefix).is_err() {
        place.refuse("client_prefix", "letters, digits, '-', '_' and '.'");
    }
    let speaks_for =
        place.words("speaks_for", "a list of FK and AF: for whom this issuer may speak", Agency::from_code);
    let mut mapping = Mapping { prefix: prefix.to_owned(), speaks_for, ..plain };
    if let Some(claims) = place.table("claims") {
        for (name, claim) in [
            ("client", &mut mapping.client),
            ("agency", &mut mapping.agency),
            ("roles", &mut mapping.roles),
            ("handler", &mut mapping.handler),
        ] {
            if let Some(text) = claims.text(name, "the name of a claim, or a path that begins with /") {
                *claim = Claim(text.to_owned());
            }
        }
        claims.end();
    }
    if let Some(words) = place.table("agencies") {
        mapping.agencies = words.entries(AGENCY, Agency::from_code).into_iter().collect();
        if mapping.agencies.values().any(|agency| !mapping.speaks_for.contains(agency)) {
            place.refuse("agencies", "only agencies that stand in speaks_for");
        }
    }
    if let Some(words) = place.table("roles") {
        mapping.role_names = words.entries(&roles(), Role::from_code).into_iter().collect();
    }
    if let Some(clients) = place.table("clients") {
        mapping.clients = clients.named_tables().into_iter().filter_map(|(id, place)| client(id, place)).collect();
        if mapping.clients.values().any(|client| !mapping.speaks_for.contains(&client.agency)) {
            place.refuse("clients", "only agencies that stand in speaks_for");
        }
    }
    check_names(place, &mapping.clients);
    mapping
}

fn client(id: String, place: Place<'_>) -> Option<(String, FixedClient)> {
    let agency = Agency::from_code(&place.needed("agency", AGENCY, |text| Agency::from_code(text).is_some()));
    let name = place.text("name", "letters, digits, '-', '_' and '.'").map(ToOwned::to_owned);
    if ClientId::parse(name.as_deref().unwrap_or(&id)).is_err() {
        place.refuse("name", "at most 80 letters, digits, '-', '_' and '.'; needed where the client's id is no such");
    }
    let given = if place.has("roles") { place.words("roles", &roles(), Role::from_code) } else { Vec::new() };
    place.end();
    Some((id, FixedClient { name, agency: agency?, roles: given.into_iter().collect::<BTreeSet<Role>>() }))
}

/// Two clients under one name would be one client.
fn check_names(place: &Place<'_>, clients: &BTreeMap<String, FixedClient>) {
    let mut names = BTreeSet::new();
    let all_differ = clients.iter().all(|(id, client)| names.insert(client.name.as_deref().unwrap_or(id)));
    if !all_differ {
        place.refuse("clients", "each client under a name of its own");
    }
}

fn roles() -> String {
    let all: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    format!("one of {}", all.join(", "))
}
