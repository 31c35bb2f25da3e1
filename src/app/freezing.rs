//! A report frozen: kept under an id for ever as it was told, protected so that everyone may read it.
//!
//! Never here: how what is to be frozen is read ([`frozen_question`](super::frozen_question)), and how an answer looks.

use std::sync::Arc;

use actix_web::web;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use super::App;
use super::frozen_question::{Wanted, beyond, finding, wanted};
use super::keeping::{Once, answered, keep};
use super::reporting::{NoTurn, NotGranted, granted_now, in_turn, pulled};
use crate::auth::Caller;
use crate::auth::policy::Action;
use crate::domain::finding::Findings;
use crate::domain::organisation::Organisation;
use crate::organisation::registers::Registers;
use crate::registrations::{Refusal, Rendered};
use crate::reports::disclosure::{self, Grant, Published};
use crate::reports::follow::{Counted, FollowError};
use crate::reports::{Geography, Period, PullError, Report, Request, render, stored};
use crate::storage::cases::{day_number, day_of};
use crate::storage::kept::{self, FrozenHead, FrozenRow};
use crate::storage::{Link, StorageError, changes};

/// What is locked while a report is frozen, so that each sees those before it.
const LOCK: &[u8] = b"frozen_reports";

/// Why a report is not frozen.
#[derive(Debug)]
pub enum NotFrozen {
    /// There was no turn to count.
    NoTurn(NoTurn),
    /// It is not granted now.
    NotGranted(NotGranted),
    /// Everything that is wrong with what is wanted.
    Wrong(Findings),
    /// It could not be pulled.
    Follow(FollowError),
    /// It could not be written.
    Refused(Refusal),
    /// It could not be made.
    Failed,
}

impl From<NoTurn> for NotFrozen {
    fn from(error: NoTurn) -> Self {
        Self::NoTurn(error)
    }
}

impl From<NotGranted> for NotFrozen {
    fn from(error: NotGranted) -> Self {
        Self::NotGranted(error)
    }
}

impl From<FollowError> for NotFrozen {
    fn from(error: FollowError) -> Self {
        Self::Follow(error)
    }
}

impl From<Refusal> for NotFrozen {
    fn from(error: Refusal) -> Self {
        Self::Refused(error)
    }
}

impl From<StorageError> for NotFrozen {
    fn from(error: StorageError) -> Self {
        Self::Refused(Refusal::Storage(error))
    }
}

/// Why a report was not frozen at the first go.
enum NotYet {
    /// What was frozen meanwhile makes that this one is to be protected otherwise.
    Overtaken,
    /// It won't be at the next one either.
    Never(NotFrozen),
}

impl<E> From<E> for NotYet
where
    NotFrozen: From<E>,
{
    fn from(error: E) -> Self {
        Self::Never(error.into())
    }
}

/// The registers of now, and the newest position.
fn known(app: &App) -> Result<(Arc<Organisation>, i64), StorageError> {
    let head = changes::head(&mut app.service.db.read()?.link())?;
    Ok((app.service.organisation()?.1, head))
}

/// Reads what is to be frozen.
///
/// # Errors
/// Everything that is wrong with it, what only the database can tell among it.
pub async fn read(app: &web::Data<App>, value: &Value) -> Result<Wanted, NotFrozen> {
    let today = app.service.today();
    if let Ok(wanted) = wanted(value, today, None) {
        return Ok(wanted);
    }
    let asking = app.clone();
    let (registers, head) = web::block(move || known(&asking)).await.map_err(|_| Refusal::Busy)??;
    wanted(value, today, Some((&registers, head))).map_err(NotFrozen::Wrong)
}

/// What was wrong with a question that could be read: at its places in the body, where it was the question.
fn told_whole(app: &App, error: FollowError, wanted: &Wanted) -> NotFrozen {
    let mut findings = Findings::default();
    if error.is_of_question() {
        match known(app) {
            Ok((registers, head)) => {
                beyond(Some(&wanted.request), wanted.counted, (&registers, head), &mut findings);
            }
            Err(error) => return error.into(),
        }
    }
    match error {
        // What only the registers of an earlier state didn't know.
        FollowError::Pull(PullError::Request(errors)) if !findings.has_errors() => {
            errors.iter().for_each(|error| findings.push(finding(error)));
            NotFrozen::Wrong(findings)
        }
        error if !findings.has_errors() => NotFrozen::Follow(error),
        _ => NotFrozen::Wrong(findings),
    }
}

/// How what is wanted is protected beside what is frozen of these days.
fn protection(link: &mut Link<'_>, registers: &Registers, wanted: &Wanted) -> Result<Grant, StorageError> {
    let already = published(link, registers, wanted.request.period)?;
    let counted_to = wanted.counted.counted_to.unwrap_or(i64::MAX);
    let organisation = registers.as_known(link, counted_to, wanted.counted.as_of)?;
    Ok(wanted.protected_beside(&already, &organisation))
}

/// What is frozen of these days.
fn published(link: &mut Link<'_>, registers: &Registers, period: Period) -> Result<Vec<Published>, StorageError> {
    let heads = kept::frozen_overlapping(link, day_number(period.from()), day_number(period.to()))?;
    let corrupt = || StorageError::Corrupt("frozen_reports");
    let read = |head: FrozenHead| {
        let period = Period::new(day_of(head.first_day), day_of(head.last_day)).map_err(|_| corrupt())?;
        let geography = Geography::parse(&head.geography).map_err(|_| corrupt())?;
        let as_of = DateTime::from_timestamp_micros(head.as_of).ok_or_else(corrupt)?;
        let version = u32::try_from(head.version).map_err(|_| corrupt())?;
        let (report, counted_to) = (head.report, head.counted_to);
        let place = disclosure::place(&geography, &*registers.as_known(link, counted_to, Some(as_of))?);
        Ok(Published { report, version, period, geography, place, as_of, counted_to })
    };
    heads.into_iter().map(read).collect()
}

fn instant(micros: i64) -> Value {
    json!(DateTime::from_timestamp_micros(micros).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
}

/// The id of a frozen report.
#[must_use]
pub fn id(head: &FrozenHead) -> Uuid {
    Uuid::from_slice(&head.id).unwrap_or_default()
}

/// A frozen report as JSON, without its figures.
#[must_use]
pub fn told(head: &FrozenHead) -> Value {
    json!({
        "id": id(head), "name": head.name, "frozenAt": instant(head.frozen_at),
        "frozenBy": {"client": head.client, "agency": head.agency, "handler": head.handler},
        "report": head.report, "version": head.version, "lang": head.lang, "geography": head.geography,
        "period": {"from": day_of(head.first_day), "to": day_of(head.last_day)},
        "asOf": instant(head.as_of), "countedTo": head.counted_to, "question": head.question,
        "link": format!("/v1/frozen-reports/{}", id(head)),
    })
}

/// Freezes a report, once for each key; `value` is what was sent.
///
/// Several may be frozen at once, and each is protected as what is frozen before it demands. What is frozen stays frozen,
/// so that this only ever goes from withholding to noise: whoever is overtaken once isn't overtaken again.
///
/// # Errors
/// Why not.
pub async fn freeze(
    app: &web::Data<App>,
    caller: &Arc<Caller>,
    key: Option<String>,
    (wanted, value): (Wanted, &Value),
) -> Result<Rendered, NotFrozen> {
    let fingerprint = app.service.fingerprint(&json!([Action::CreateFrozenReport.code(), value]));
    let wanted = Arc::new(wanted);
    let once = || {
        let key = key.clone().map(|key| (key, fingerprint.clone()));
        Once { lock: Some(LOCK.to_vec()), ..Once::of(app, caller, key) }
    };
    // What was frozen is answered again whatever has changed since, and nothing is counted for it.
    let (asking, of) = (app.clone(), once());
    let before = web::block(move || answered(&mut asking.service.db.read()?.link(), &of));
    if let Some(rendered) = before.await.map_err(|_| Refusal::Busy)?? {
        return Ok(rendered);
    }
    loop {
        let once = once();
        match freeze_beside(app, caller, once, &wanted).await {
            Ok(rendered) => return Ok(rendered),
            Err(NotYet::Overtaken) => {}
            Err(NotYet::Never(why)) => return Err(why),
        }
    }
}

/// Freezes a report as what is frozen now demands, unless another one is frozen meanwhile that demands more.
async fn freeze_beside(
    app: &web::Data<App>,
    caller: &Arc<Caller>,
    once: Once,
    wanted: &Arc<Wanted>,
) -> Result<Rendered, NotYet> {
    let (asking, of) = (Arc::clone(caller), Arc::clone(wanted));
    let pulling = in_turn(app, move |app| {
        granted_now(app, &asking, &of.request, Counted { at_least: None, ..of.counted })?;
        let grant = protection(&mut app.service.db.read()?.link(), &app.service.registers, &of)?;
        let report = pulled(app, &of.request, of.counted, (of.lang, grant));
        let mut report = report.map_err(|error| told_whole(app, error, &of))?;
        // The parts are there: they were read against the catalogue.
        let _ = render::form::keep(&mut report, &of.parts, None);
        Ok::<_, NotFrozen>((report, grant))
    });
    let (report, grant) = pulling.await?;
    let registers = Arc::clone(&app.service.registers);
    let head = head(app, caller, wanted, &report);
    let row = FrozenRow { body: stored::write(&report).map_err(|_| NotFrozen::Failed)?, head };
    let (of, disclosure) = (Arc::clone(wanted), report.disclosure);
    keep(app, once, move |link, _| {
        if protection(link, &registers, &of)? != grant {
            return Err(NotYet::Overtaken);
        }
        kept::freeze(link, &row)?;
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("cache-control", "no-store".to_owned()),
            ("location", format!("/v1/frozen-reports/{}", id(&row.head))),
            // Whoever freezes is to know at once whether small counts are withheld or all have noise: it stays so.
            ("sus-disclosure", disclosure.to_owned()),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Rendered { status: 201, headers, body: told(&row.head).to_string() })
    })
    .await
}

fn head(app: &App, caller: &Caller, wanted: &Wanted, report: &Report) -> FrozenHead {
    // By the version that was the newest then.
    let of = Request { version: Some(report.version), ..wanted.request.clone() };
    let parts = (!wanted.parts.is_empty()).then(|| ("part".to_owned(), wanted.parts.join(",")));
    let question: Vec<(String, String)> = of.pairs().into_iter().chain(parts).collect();
    FrozenHead {
        id: app.new_id().as_bytes().to_vec(),
        frozen_at: app.now().timestamp_micros(),
        client: caller.client.to_string(),
        agency: caller.agency.map(|a| a.code().to_owned()),
        handler: caller.handler.as_ref().map(ToString::to_string),
        name: wanted.name.clone(),
        report: report.report.clone(),
        version: i32::try_from(report.version).unwrap_or(i32::MAX),
        lang: report.lang.to_owned(),
        geography: report.geography.0.clone(),
        first_day: day_number(report.period.0),
        last_day: day_number(report.period.1),
        as_of: report.as_of.timestamp_micros(),
        counted_to: report.counted_to,
        question: serde_urlencoded::to_string(question).ok(),
    }
}

/// A frozen report as it was told, with what it is called; `None` where there is none.
///
/// # Errors
/// When the database fails, or what is kept can't be read.
pub fn frozen(app: &App, id: Uuid) -> Result<Option<(FrozenHead, Report)>, StorageError> {
    let found = kept::frozen(&mut app.service.db.read()?.link(), id.as_bytes())?;
    let read = |(head, body): (FrozenHead, String)| Some((head, stored::read(&body)?));
    found.map(|found| read(found).ok_or(StorageError::Corrupt("frozen_reports"))).transpose()
}
