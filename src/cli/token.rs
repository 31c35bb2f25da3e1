//! `sus token`.

use super::{Failure, TokenArgs, serve};
use crate::auth::tokens::Grant;
use crate::chance::{Generator, uuid_v7};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::code::{ClientId, HandlerId};
use crate::domain::organisation::Role;
use crate::domain::step::Agency;

pub fn token(config: &Config, args: &TokenArgs) -> Result<(), Failure> {
    println!("{}", issue(config, &args.role, args.agency.as_deref(), args.handler.as_deref(), &args.client)?);
    Ok(())
}

/// A development token for a role.
pub fn issue(
    config: &Config,
    role: &str,
    agency: Option<&str>,
    handler: Option<&str>,
    client: &str,
) -> Result<String, Failure> {
    let mut chance = Generator::from_system().map_err(|e| format!("no random bytes from the system: {e}"))?;
    let role = Role::from_code(role).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|r| r.code()).collect();
        format!("no role is called {role}; the roles are {}", all.join(", "))
    })?;
    let agency = match agency {
        Some(code) => Some(Agency::from_code(code).ok_or("the agency is FK or AF")?),
        None => None,
    };
    if agency.is_none() && matches!(role, Role::System | Role::Deltagaransvarig) {
        return Err(format!("{} acts for an agency: give --agency FK or --agency AF", role.code()).into());
    }
    if handler.is_none() && matches!(role, Role::Deltagaransvarig | Role::Insatsansvarig) {
        return Err(format!("{} is a person: give --handler ID", role.code()).into());
    }
    let grant = Grant {
        client: ClientId::parse(client).map_err(|e| format!("the client: {}", e.expected.en()))?,
        agency,
        roles: vec![role],
        handler: handler.map(HandlerId::parse).transpose().map_err(|e| format!("the handler: {}", e.expected.en()))?,
    };
    let now = SystemClock.now();
    let id = uuid_v7(now, &mut chance);
    let issuer = serve::development_issuer(config, &mut chance)?;
    issuer.issue(&grant, now, id).map_err(|_| "the token could not be signed".into())
}
