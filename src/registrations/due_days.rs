//! The due days kept for lists, computed anew when the lead times were changed between two starts.
//!
//! What they were computed with is kept in the database, so a start notices. The open cases are taken in pieces, each
//! in a transaction of its own, so that registering goes on meanwhile; where it broke off it goes on at the next start.
//! Processes that start at once share the pieces. They are to be given the same lead times: what a process with others
//! registers is due by its own.

use super::service::Service;
use crate::domain::due;
use crate::domain::transition::Settings;
use crate::storage::cases::day_number;
use crate::storage::due::{self as rows, Basis};
use crate::storage::journal::{Selection, load};
use crate::storage::{Db, Link, StorageError};

/// Open cases in one transaction.
const PIECE: i64 = 500;

/// What this process did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refreshed {
    /// Open cases looked at.
    pub looked_at: usize,
    /// Of them, those that got another due day.
    pub changed: usize,
}

/// Computes the due days anew where other lead times hold than those they were computed with.
pub fn refresh(service: &Service) {
    match refresh_in_pieces(&service.db, &service.settings, PIECE) {
        Ok(Refreshed { looked_at: 0, .. }) => {}
        Ok(Refreshed { looked_at, changed }) => {
            log::info!("by today's lead times {changed} of {looked_at} open cases have another due day");
        }
        // Nothing is lost: lists show the older days until the next start goes on with it.
        Err(error) => log::error!("due days could not be computed anew: {error}"),
    }
}

/// The same, with pieces of one's own size.
///
/// # Errors
/// When the database fails; what was done before stays, and the rest is done at the next start.
pub fn refresh_in_pieces(db: &Db, settings: &Settings, piece: i64) -> Result<Refreshed, StorageError> {
    let mine = due::basis(settings);
    let done = Basis { lead_times: mine.clone(), reached: None };
    if rows::basis(&mut db.read()?.link())? == done {
        return Ok(Refreshed::default());
    }
    let mut connection = db.connect()?;
    let mut link = connection.link();
    link.written(|link| {
        // Where another process has begun with the same lead times, or broken off, this one goes on from there.
        if rows::lock(link)?.lead_times == mine {
            return Ok(());
        }
        rows::keep(link, &Basis { lead_times: mine.clone(), reached: Some(0) })
    })?;
    let mut all = Refreshed::default();
    loop {
        let next = link.written(|link| match rows::lock(link)? {
            Basis { reached: None, .. } => Ok(None),
            Basis { lead_times, .. } if lead_times != mine => {
                log::warn!("another process was started with other lead times; due days are now by those");
                Ok(None)
            }
            Basis { reached: Some(reached), .. } => one_piece(link, settings, &mine, reached, piece).map(Some),
        })?;
        let Some(next) = next else { return Ok(all) };
        if all.looked_at == 0 && next.looked_at > 0 {
            log::info!("other lead times hold than those the due days were computed with; they are computed anew");
        }
        all.looked_at += next.looked_at;
        all.changed += next.changed;
    }
}

fn one_piece(
    link: &mut Link<'_>,
    settings: &Settings,
    mine: &str,
    reached: i64,
    piece: i64,
) -> Result<Refreshed, StorageError> {
    let numbers = rows::open_after(link, reached, piece)?;
    // Locked in the order in which the writer locks, and read after that: nothing is registered in between.
    link.lock_cases(&[], &numbers)?;
    let mut changed = 0;
    for loaded in load(link, Selection::Numbers(&numbers))? {
        let day = due::next(&loaded.case()?, settings).map(|due| day_number(due.on));
        if day != loaded.row.due {
            rows::set(link, loaded.row.number, day)?;
            changed += 1;
        }
    }
    rows::keep(link, &Basis { lead_times: mine.to_owned(), reached: numbers.last().copied() })?;
    Ok(Refreshed { looked_at: numbers.len(), changed })
}
