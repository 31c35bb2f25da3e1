//! What the API and the pages share when figures are asked for: what the caller may see, how many different selections a
//! day, and a turn among those who count. So a page shows nobody more than the API does.
//!
//! Never here: how a question is read, and how an answer looks.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::time::{sleep, timeout};
use actix_web::web;
use uuid::Uuid;

use super::App;
use crate::auth::Caller;
use crate::clock::Stopwatch;
use crate::domain::dates::swedish_day;
use crate::http::rates::{TooManySelections, name};
use crate::reports::disclosure::{Grant, Policy, grant};
use crate::reports::follow::{Counted, FollowError};
use crate::reports::{Lang, Report, Request};
use crate::storage::StorageError;
use crate::storage::kept;

/// Why nothing was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTurn {
    /// Others counted for too long.
    Waited,
    /// No thread was free.
    NoThread,
}

/// Does what takes a while when its turn has come, away from the threads that answer.
///
/// # Errors
/// What `work` said, or that there was no turn for it.
pub async fn in_turn<T: Send + 'static, E: From<NoTurn> + Send + 'static>(
    app: &web::Data<App>,
    work: impl FnOnce(&App) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let watch = Stopwatch::start();
    let longest = Duration::from_secs(app.config.edge.bounds.turn_seconds);
    let turn = timeout(longest, async {
        let turn = Arc::clone(&app.report_turns).acquire_owned().await;
        sleep(app.pace.wait()).await;
        turn
    });
    let turn = turn.await.map_err(|_| NoTurn::Waited)?.map_err(|_| NoTurn::Waited)?;
    let waited = watch.elapsed();
    let worker = app.clone();
    let working = web::block(move || {
        // Held until the work ends, also where the client has gone away.
        let _turn = turn;
        let watch = Stopwatch::start();
        let load = worker.service.load();
        let before = load.worked();
        let made = work(&worker);
        let took = watch.elapsed();
        worker.pace.counted(took, load.worked().saturating_sub(before));
        if let Some(metrics) = &worker.metrics {
            metrics.counted(waited, took);
        }
        made
    });
    working.await.map_err(|_| NoTurn::NoThread)?
}

/// What the caller may see of a report of the present.
///
/// # Errors
/// When the database fails.
fn granted(app: &App, caller: &Caller, wanted: &Request) -> Result<Grant, StorageError> {
    let (_, organisation) = app.service.organisation()?;
    Ok(grant(caller, wanted, &organisation, swedish_day(app.now())))
}

/// Why a report is not granted now.
#[derive(Debug)]
pub enum NotGranted {
    /// The database failed.
    Storage(StorageError),
    /// There have been too many different ones today.
    TooMany(TooManySelections),
}

impl From<StorageError> for NotGranted {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// The same for a report that is asked for now: a caller whose figures have noise asks for so many different ones a day.
///
/// # Errors
/// When there have been too many of them, or the database fails.
pub fn granted_now(
    app: &App,
    caller: &Caller,
    wanted: &Request,
    counted: impl std::fmt::Debug,
) -> Result<Grant, NotGranted> {
    let grant = granted(app, caller, wanted)?;
    // The levels beside an own office, too: of any period and selection.
    if [grant.own, grant.beside].contains(&Policy::CellKey) {
        let question = format!("{:?} {counted:?}", wanted.plainest());
        let selected = app.rates.select(&name(caller), &wanted.report, question, app.now());
        selected.map_err(NotGranted::TooMany)?;
    }
    Ok(grant)
}

/// A question that is about these parts only, by id or number; about all when there are none.
#[must_use]
pub fn only(wanted: Request, parts: &[String]) -> Request {
    let parts = wanted.definition().map(|definition| definition.ids(parts)).unwrap_or_default();
    Request { parts, ..wanted }
}

/// Pulls a report.
///
/// # Errors
/// When the question is wrong, the log has not come so far, or the database fails.
pub fn pulled(app: &App, wanted: &Request, counted: Counted, shown: (Lang, Grant)) -> Result<Report, FollowError> {
    let service = &app.service;
    app.reports.pull(&service.db, &service.registers, wanted, counted, &*service.clock, shown)
}

/// The parts of a package of this report that the report still has; `None` when it has no such package.
///
/// # Errors
/// When the database fails.
pub fn package(app: &App, id: Uuid, wanted: &Request) -> Result<Option<Vec<String>>, StorageError> {
    let found = kept::package(&mut app.service.db.read()?.link(), id.as_bytes())?;
    let there = |id: &&str| wanted.definition().is_ok_and(|d| d.part(id).is_some());
    let of_report = found.filter(|package| package.report == wanted.report);
    Ok(of_report.map(|package| package.parts.split(',').filter(there).map(str::to_owned).collect()))
}
