//! Why a page has no figures, and what is shown then: what is wrong with the question goes back to its fields, the rest
//! is a page of its own.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;

use super::question::{Asked, Wrong, counted_ahead, says};
use crate::app::reporting::{NoTurn, NotGranted};
use crate::reports::PullError;
use crate::reports::follow::FollowError;
use crate::storage::StorageError;
use crate::web::door::Visit;
use crate::web::page::Message;
use crate::web::texts::reports::ReportTexts;

/// Why there are no figures.
#[derive(Debug)]
pub enum Refused {
    /// Others counted for too long.
    NoTurn,
    /// The database failed.
    Storage(StorageError),
    /// Too many different selections today: so many seconds until there may be others.
    TooMany(i64),
    /// The report could not be pulled.
    Follow(FollowError),
    /// The service failed.
    Failed(String),
}

impl From<NoTurn> for Refused {
    fn from(_: NoTurn) -> Self {
        Self::NoTurn
    }
}

impl From<NotGranted> for Refused {
    fn from(error: NotGranted) -> Self {
        match error {
            NotGranted::Storage(error) => Self::Storage(error),
            NotGranted::TooMany(error) => Self::TooMany(error.seconds),
        }
    }
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<FollowError> for Refused {
    fn from(error: FollowError) -> Self {
        Self::Follow(error)
    }
}

impl Refused {
    /// Whether it is the question that is wrong.
    pub const fn is_of_question(&self) -> bool {
        matches!(self, Self::Follow(error) if error.is_of_question())
    }

    /// What is wrong with the question, all of it, where it is the question.
    ///
    /// # Errors
    /// Itself, where it is not.
    pub fn of_question(self, asked: &Asked, visit: &Visit) -> Result<Vec<Wrong>, Self> {
        let language = visit.frame.language;
        let t = ReportTexts::of(language);
        match self {
            Self::Follow(FollowError::Ahead { head }) => {
                let beside = asked.unknown(visit);
                Ok([counted_ahead(head, language)].into_iter().chain(beside).collect())
            }
            Self::Follow(FollowError::Reversed) => {
                Ok(vec![Wrong { field: "sedan".to_owned(), text: t.since_reversed.to_owned() }])
            }
            Self::Follow(FollowError::Pull(PullError::Request(errors))) => {
                Ok(errors.iter().map(|error| says(error, language)).collect())
            }
            other => Err(other),
        }
    }

    /// The page that says so.
    pub fn answer(self, visit: &Visit) -> HttpResponse {
        let (app, frame) = (&visit.app, visit.frame.clone());
        match self {
            Self::NoTurn => Message::busy(app, frame),
            Self::TooMany(seconds) => {
                let t = ReportTexts::of(frame.language);
                let mut answer =
                    Message::answer(app, frame, StatusCode::TOO_MANY_REQUESTS, |_| (t.too_many, t.too_many_why));
                answer.headers_mut().insert(RETRY_AFTER, seconds.into());
                answer
            }
            Self::Storage(error) | Self::Follow(FollowError::Storage(error)) => {
                log::error!("storage: {error}");
                Message::busy(app, frame)
            }
            Self::Follow(error) => failed(visit, &error.to_string()),
            Self::Failed(error) => failed(visit, &error),
        }
    }
}

fn failed(visit: &Visit, why: &str) -> HttpResponse {
    log::error!("reports: {why}");
    Message::answer(&visit.app, visit.frame.clone(), StatusCode::INTERNAL_SERVER_ERROR, |t| (t.failed, t.failed_why))
}
