//! What the claims of an issuer mean: its names and values in our words. The same for access tokens and for logins.
//!
//! Never here: whether a token is genuine ([`tokens`](super::tokens)), and what roles may do
//! ([`policy`](super::policy)).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::caller::{AuthError, Caller};
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::organisation::Role;
use crate::domain::step::Agency;

/// Where a claim stands: a name, or a path of names when it begins with `/` (a JSON Pointer).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim(pub String);

impl Claim {
    fn of<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let found = match self.0.strip_prefix('/') {
            None => claims.get(&self.0),
            Some(path) => {
                let plain = |part: &str| part.replace("~1", "/").replace("~0", "~");
                let mut parts = path.split('/').map(plain);
                let first = claims.get(&parts.next()?)?;
                parts.try_fold(first, |value, part| value.get(part))
            }
        };
        found.filter(|value| !value.is_null())
    }

    /// A claim that is one text; [`AuthError::Invalid`] when it is something else.
    fn text<'a>(&self, claims: &'a Map<String, Value>) -> Result<Option<&'a str>, AuthError> {
        self.of(claims).map(|value| value.as_str().ok_or(AuthError::Invalid)).transpose()
    }

    /// A claim of several texts: a list, or one text with spaces between.
    fn texts<'a>(&self, claims: &'a Map<String, Value>) -> Result<Vec<&'a str>, AuthError> {
        match self.of(claims) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(text.split_whitespace().collect()),
            Some(Value::Array(all)) => all.iter().map(|one| one.as_str().ok_or(AuthError::Invalid)).collect(),
            Some(_) => Err(AuthError::Invalid),
        }
    }
}

/// A client whose agency, and maybe roles, are set here, whatever its tokens say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedClient {
    /// What it is called here, when not by its own id.
    pub name: Option<String>,
    /// For which agency it acts.
    pub agency: Agency,
    /// Its roles; empty for those of its tokens.
    pub roles: BTreeSet<Role>,
}

/// How the claims of one issuer are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Which client the token was given to.
    pub client: Claim,
    /// The agency.
    pub agency: Claim,
    /// The roles.
    pub roles: Claim,
    /// The handläggare's id.
    pub handler: Claim,
    /// For whom the issuer may speak at all. With one, that is the agency of callers whose token names none.
    pub speaks_for: Vec<Agency>,
    /// The issuer's words for agencies; empty when it uses ours.
    pub agencies: BTreeMap<String, Agency>,
    /// The issuer's words for roles; empty when it uses ours.
    pub role_names: BTreeMap<String, Role>,
    /// Clients that are told apart here.
    pub clients: BTreeMap<String, FixedClient>,
    /// Stands before every client id, so that clients of two issuers are never taken for each other.
    pub prefix: String,
}

impl Mapping {
    /// Names and values as the development issuer writes them.
    #[must_use]
    pub fn plain() -> Self {
        let claim = |name: &str| Claim(name.to_owned());
        Self {
            client: claim("client_id"),
            agency: claim("agency"),
            roles: claim("roles"),
            handler: claim("handler"),
            speaks_for: Agency::ALL.to_vec(),
            agencies: BTreeMap::new(),
            role_names: BTreeMap::new(),
            clients: BTreeMap::new(),
            prefix: String::new(),
        }
    }

    /// Who calls, by the claims of a token that was checked.
    ///
    /// # Errors
    /// [`AuthError::IncompatibleRoles`] and [`AuthError::IncompleteRole`], which are about the grant and not the
    /// token; [`AuthError::Invalid`] when a claim has a value that can't be one of ours.
    pub fn caller(&self, claims: &Map<String, Value>) -> Result<Caller, AuthError> {
        let client = self.client.text(claims)?.ok_or(AuthError::Invalid)?;
        self.caller_of(client, claims)
    }

    /// The same for a client that is known otherwise: a login's own.
    ///
    /// # Errors
    /// As [`caller`](Self::caller).
    pub fn caller_of(&self, client: &str, claims: &Map<String, Value>) -> Result<Caller, AuthError> {
        let fixed = self.clients.get(client);
        let name = fixed.and_then(|f| f.name.as_deref()).unwrap_or(client);
        let client = ClientId::parse(&format!("{}{name}", self.prefix)).map_err(|_| AuthError::Invalid)?;
        let agency = match (fixed, self.agency.text(claims)?) {
            (Some(fixed), _) => Some(fixed.agency),
            (None, Some(word)) => Some(self.agency_of(word)?),
            (None, None) => match self.speaks_for.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
        };
        let roles = match fixed.filter(|f| !f.roles.is_empty()) {
            Some(fixed) => fixed.roles.clone(),
            None => self.roles.texts(claims)?.into_iter().filter_map(|word| self.role_of(word)).collect(),
        };
        let handler = self.handler.text(claims)?.map(HandlerId::parse).transpose().map_err(|_| AuthError::Invalid)?;
        Caller { client, agency, roles, handler }.checked()
    }

    fn agency_of(&self, word: &str) -> Result<Agency, AuthError> {
        let agency = if self.agencies.is_empty() { Agency::from_code(word) } else { self.agencies.get(word).copied() };
        agency.filter(|agency| self.speaks_for.contains(agency)).ok_or(AuthError::Invalid)
    }

    /// A role that belongs to another service of the same issuer says nothing here.
    fn role_of(&self, word: &str) -> Option<Role> {
        if self.role_names.is_empty() { Role::from_code(word) } else { self.role_names.get(word).copied() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(mapping: &Mapping, claims: &Value) -> Result<Caller, AuthError> {
        mapping.caller(claims.as_object().unwrap())
    }

    fn at_fk() -> Mapping {
        Mapping {
            agency: Claim("/org/number".to_owned()),
            roles: Claim("/realm_access/roles".to_owned()),
            handler: Claim("https://fk.example/user".to_owned()),
            speaks_for: vec![Agency::Fk],
            agencies: [("202100-5521".to_owned(), Agency::Fk), ("202100-2114".to_owned(), Agency::Af)].into(),
            role_names: [("SUS_HL".to_owned(), Role::Deltagaransvarig), ("SUS_SYS".to_owned(), Role::System)].into(),
            prefix: "fk.".to_owned(),
            ..Mapping::plain()
        }
    }

    #[test]
    fn names_and_values_of_an_issuer_become_ours() {
        let claims = json!({"client_id": "web", "org": {"number": "202100-5521"}, "https://fk.example/user": "fk-h-017",
            "realm_access": {"roles": ["offline", "SUS_HL"]}});
        let caller = read(&at_fk(), &claims).unwrap();
        assert_eq!((caller.client.as_str(), caller.agency), ("fk.web", Some(Agency::Fk)));
        assert_eq!(caller.roles, [Role::Deltagaransvarig].into());
        assert_eq!(caller.handler.unwrap().as_str(), "fk-h-017");
    }

    #[test]
    fn an_issuer_speaks_only_for_its_own_agencies() {
        let claims = |number: &str| json!({"client_id": "x", "org": {"number": number}, "realm_access": {"roles": []}});
        assert_eq!(read(&at_fk(), &claims("202100-2114")), Err(AuthError::Invalid));
        assert_eq!(read(&at_fk(), &claims("FK")), Err(AuthError::Invalid), "our own code is no word of theirs");
        let unnamed = json!({"client_id": "x", "realm_access": {"roles": "SUS_SYS other"}});
        assert_eq!(read(&at_fk(), &unnamed).unwrap().agency, Some(Agency::Fk), "the only one it speaks for");
        let both = Mapping { speaks_for: Agency::ALL.to_vec(), ..at_fk() };
        assert_eq!(read(&both, &unnamed), Err(AuthError::IncompleteRole));
    }

    #[test]
    fn our_code_of_a_role_is_no_role_where_the_issuer_has_words_of_its_own() {
        let claims = json!({"client_id": "x", "realm_access": {"roles": ["system", "deltagaransvarig"]}});
        assert!(read(&at_fk(), &claims).unwrap().roles.is_empty());
    }

    #[test]
    fn a_client_may_have_its_agency_and_roles_set_here() {
        let fixed = FixedClient { name: Some("batch".to_owned()), agency: Agency::Fk, roles: [Role::System].into() };
        let mapping = Mapping { clients: [("0f0e-7".to_owned(), fixed)].into(), ..at_fk() };
        let claims =
            json!({"client_id": "0f0e-7", "org": {"number": "202100-2114"}, "realm_access": {"roles": ["SUS_HL"]}});
        let caller = read(&mapping, &claims).unwrap();
        assert_eq!((caller.client.as_str(), caller.agency), ("fk.batch", Some(Agency::Fk)));
        assert_eq!(caller.roles, [Role::System].into());
    }

    #[test]
    fn claims_of_another_shape_are_refused() {
        for claims in [
            json!({}),
            json!({"client_id": 7}),
            json!({"client_id": "x y"}),
            json!({"client_id": "x", "org": {"number": 2021005521}}),
            json!({"client_id": "x", "realm_access": {"roles": {"a": 1}}}),
            json!({"client_id": "x", "realm_access": {"roles": [1]}}),
            json!({"client_id": "x", "https://fk.example/user": ["fk-h-017"]}),
            json!({"client_id": "x", "https://fk.example/user": "198503129804"}),
        ] {
            assert_eq!(read(&at_fk(), &claims), Err(AuthError::Invalid), "{claims}");
        }
        assert!(read(&at_fk(), &json!({"client_id": "x", "org": null})).is_ok(), "null is absent");
    }

    #[test]
    fn roles_that_exclude_each_other_are_told_as_such() {
        let claims = json!({"client_id": "x", "agency": "FK", "handler": "fk-h-017",
            "roles": ["samverkansadministrator", "deltagaransvarig"]});
        assert_eq!(read(&Mapping::plain(), &claims), Err(AuthError::IncompatibleRoles));
    }
}
