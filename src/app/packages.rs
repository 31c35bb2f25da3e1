//! Packages of a report's parts, kept: what one is to be, who may keep it, and every version of it.
//!
//! Never here: how what was sent is read from a request, and how an answer leaves.

use actix_web::web;
use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::App;
use super::frozen_question::{name, report, some_parts};
use super::keeping::{Once, keep};
use crate::auth::Caller;
use crate::auth::policy::{Action, steers};
use crate::domain::code::SteeringGroupCode;
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::organisation::Organisation;
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::registrations::fields::Fields;
use crate::registrations::{Refusal, Rendered};
use crate::storage::kept::{self, PackageRow};
use crate::storage::{Link, StorageError};

/// What a package is to be.
pub struct Wanted {
    name: String,
    steering_group: Option<SteeringGroupCode>,
    report: String,
    parts: Vec<String>,
}

/// Why a package is not kept.
#[derive(Debug)]
pub enum NotKept {
    /// Everything that is wrong with it.
    Wrong(Findings),
    /// The steering group is not the caller's.
    NotTheirs,
    /// Somebody has changed it meanwhile: its present version.
    Stale(i64),
    /// There is no such package, or no longer.
    Gone,
    /// It could not be written.
    Refused(Refusal),
}

impl From<Refusal> for NotKept {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StorageError> for NotKept {
    fn from(error: StorageError) -> Self {
        Self::Refused(Refusal::Storage(error))
    }
}

impl Wanted {
    /// Reads what a package is to be.
    ///
    /// # Errors
    /// Everything that is wrong; a steering group that the registers don't know, too, where they are given.
    pub fn read(value: &Value, today: NaiveDate, known: Option<&Organisation>) -> Result<Self, Findings> {
        let mut findings = Findings::default();
        let Some(mut fields) = Fields::of(value, "", &mut findings) else { return Err(findings) };
        let name = name(&mut fields, today, &mut findings);
        let steering_group = fields.code("steeringGroup", SteeringGroupCode::parse, &mut findings);
        let report = report(&mut fields, &mut findings);
        let parts = fields.required("parts", shape::PARTS, &mut findings);
        let parts =
            parts.zip(report.as_deref()).map(|(value, report)| some_parts(value, (report, None), &mut findings));
        fields.finish(&mut findings);
        if let (Some(group), Some(organisation)) = (&steering_group, known) {
            findings.0.extend(no_such_group(group, organisation));
        }
        match (name, report, parts) {
            (Some(name), Some(report), Some(parts)) if !findings.has_errors() => {
                Ok(Self { name, steering_group, report, parts })
            }
            _ => Err(findings),
        }
    }
}

/// What is wrong with a group that there isn't.
fn no_such_group(group: &SteeringGroupCode, organisation: &Organisation) -> Option<Finding> {
    let known = || organisation.steering_groups.keys().map(ToString::to_string).collect();
    let is_known = organisation.steering_groups.contains_key(group);
    (!is_known).then(|| Finding::new(Rule::FaltOgiltigtVarde, "/steeringGroup").allowed(Allowed::Values(known())))
}

/// Reads what a package is to be.
///
/// # Errors
/// Everything that is wrong with it, what only the registers can tell among it.
pub async fn read(app: &web::Data<App>, value: &Value) -> Result<Wanted, NotKept> {
    let today = app.service.today();
    if let Ok(wanted) = Wanted::read(value, today, None) {
        return Ok(wanted);
    }
    let asking = app.clone();
    let known = web::block(move || asking.service.organisation());
    let (_, organisation) = known.await.map_err(|_| Refusal::Busy)??;
    Wanted::read(value, today, Some(&organisation)).map_err(NotKept::Wrong)
}

/// A steering group's package is the business of those who are responsible for its cooperation.
fn may_keep(app: &App, link: &mut Link<'_>, caller: &Caller, group: Option<&SteeringGroupCode>) -> Result<(), NotKept> {
    let Some(group) = group else { return Ok(()) };
    let organisation = app.service.registers.current(link)?;
    let Some(found) = organisation.steering_groups.get(group) else {
        return Err(NotKept::Wrong(Findings(no_such_group(group, &organisation).into_iter().collect())));
    };
    if steers(caller, found, &organisation, app.service.today()) { Ok(()) } else { Err(NotKept::NotTheirs) }
}

fn row(app: &App, caller: &Caller, id: Uuid, version: i64, wanted: Wanted) -> PackageRow {
    PackageRow {
        id: id.as_bytes().to_vec(),
        version,
        changed_at: app.now().timestamp_micros(),
        client: caller.client.to_string(),
        agency: caller.agency.map(|a| a.code().to_owned()),
        handler: caller.handler.as_ref().map(ToString::to_string),
        removed: 0,
        name: wanted.name,
        steering_group: wanted.steering_group.map(|g| g.to_string()),
        report: wanted.report,
        parts: wanted.parts.join(","),
    }
}

/// A package as JSON.
#[must_use]
pub fn told(row: &PackageRow) -> Value {
    let id = Uuid::from_slice(&row.id).map(|id| id.to_string()).unwrap_or_default();
    let at = DateTime::from_timestamp_micros(row.changed_at).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    json!({
        "id": id, "version": row.version, "name": row.name, "steeringGroup": row.steering_group, "report": row.report,
        "parts": row.parts.split(',').collect::<Vec<_>>(), "changedAt": at,
        "changedBy": {"client": row.client, "agency": row.agency, "handler": row.handler},
        "link": format!("/v1/report-packages/{id}"),
    })
}

fn rendered(status: u16, row: &PackageRow) -> Rendered {
    let told = told(row);
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("cache-control".to_owned(), "no-store".to_owned()),
        ("etag".to_owned(), format!("\"{}\"", row.version)),
    ];
    if status == 201 {
        headers.push(("location".to_owned(), told["link"].as_str().unwrap_or_default().to_owned()));
    }
    Rendered { status, headers, body: told.to_string() }
}

/// The package as the caller saw it, which the caller may change.
fn present(app: &App, link: &mut Link<'_>, caller: &Caller, id: Uuid, version: i64) -> Result<PackageRow, NotKept> {
    let row = kept::package(link, id.as_bytes())?.ok_or(NotKept::Gone)?;
    let group = row.steering_group.as_deref().and_then(|code| SteeringGroupCode::parse(code).ok());
    may_keep(app, link, caller, group.as_ref())?;
    if row.version == version { Ok(row) } else { Err(NotKept::Stale(row.version)) }
}

/// Makes a package, once for each key; `value` is what was sent.
///
/// # Errors
/// Why not.
pub async fn create(
    app: &web::Data<App>,
    caller: &Caller,
    key: Option<String>,
    (wanted, value): (Wanted, &Value),
) -> Result<Rendered, NotKept> {
    let fingerprint = app.service.fingerprint(&json!([Action::CreateReportPackage.code(), value]));
    let once = Once::of(app, caller, key.map(|key| (key, fingerprint)));
    let caller = caller.clone();
    keep(app, once, move |link, app| {
        may_keep(app, link, &caller, wanted.steering_group.as_ref())?;
        let row = row(app, &caller, app.new_id(), 1, wanted);
        kept::add_package(link, &row)?;
        Ok(rendered(201, &row))
    })
    .await
}

fn alone(caller: &Caller, id: Uuid) -> Once {
    Once { client: caller.client.to_string(), key: None, lock: Some(id.as_bytes().to_vec()) }
}

/// Makes a package anew as `wanted`; `version` is the one that the caller saw.
///
/// # Errors
/// Why not.
pub async fn replace(
    app: &web::Data<App>,
    caller: &Caller,
    (id, version): (Uuid, i64),
    wanted: Wanted,
) -> Result<Rendered, NotKept> {
    let (once, caller) = (alone(caller, id), caller.clone());
    keep(app, once, move |link, app| {
        let before = present(app, link, &caller, id, version)?;
        may_keep(app, link, &caller, wanted.steering_group.as_ref())?;
        let row = row(app, &caller, id, before.version + 1, wanted);
        kept::add_package(link, &row)?;
        Ok(rendered(200, &row))
    })
    .await
}

/// Takes a package away; `version` is the one that the caller saw.
///
/// # Errors
/// Why not.
pub async fn remove(app: &web::Data<App>, caller: &Caller, (id, version): (Uuid, i64)) -> Result<Rendered, NotKept> {
    let (once, caller) = (alone(caller, id), caller.clone());
    keep(app, once, move |link, app| {
        let before = present(app, link, &caller, id, version)?;
        let by = Wanted { name: String::new(), steering_group: None, report: String::new(), parts: Vec::new() };
        let PackageRow { version, changed_at, client, agency, handler, .. } = row(app, &caller, id, version + 1, by);
        let gone = PackageRow { version, changed_at, client, agency, handler, removed: 1, ..before };
        kept::add_package(link, &gone)?;
        Ok(Rendered { status: 204, headers: Vec::new(), body: String::new() })
    })
    .await
}
