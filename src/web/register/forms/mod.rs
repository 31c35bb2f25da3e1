//! The forms of a case, each as a [`Sheet`] made from how the case stands; or why there is none to fill in.

mod change;
mod consent;
mod correct;
mod late;
mod reason;
mod step;

use super::context::{Context, Right};
use super::sheet::Sheet;
use super::typed::Typed;
use super::which::Which;
use crate::domain::step::Agency;

pub use change::reaching;
pub use correct::ways as ways_to_correct;
pub use late::waiting as late_steps;
pub use step::opening_words;

/// Why there is nothing to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// In a few words.
    pub title: &'static str,
    /// What is so, and what can be done.
    pub text: String,
}

/// The form of a case as it stands, its lists made by what was typed.
///
/// # Errors
/// Why there is none.
pub fn sheet(which: &Which, context: &Context, typed: Option<&Typed>) -> Result<Sheet, Stop> {
    match which {
        Which::Step(step) => step::sheet(context, *step),
        Which::Late(registration) => late::sheet(context, *registration),
        Which::Correct(what) => correct::sheet(context, *what),
        Which::Offices => change::offices(context, typed),
        Which::Handlers => change::handlers(context),
        Which::Withdraw => consent::withdraw(context),
        Which::Protect => consent::protect(context),
        Which::Reference => change::reference(context),
    }
}

impl Context {
    /// Why a marked case has no other form than the one that takes the mark away.
    fn felregistrerad(&self) -> Result<(), Stop> {
        let t = self.words.t;
        if self.case.felregistrering {
            return Err(Stop { title: t.marked_title, text: t.marked_why.to_owned() });
        }
        Ok(())
    }

    /// Why the other agency makes a registration.
    fn others(&self, owner: Agency) -> Stop {
        let t = self.words.t;
        let text = format!("{} {}.", t.others_why, owner.name());
        Stop { title: t.others_title, text }
    }
}

impl Sheet {
    /// With the agreement by which it is made for the other agency, said where it is so.
    fn by(mut self, right: &Right, context: &Context) -> Result<Self, Stop> {
        match right {
            Right::Owner => {}
            Right::By(agreement) => {
                self.lead.push(format!("{} {agreement}.", context.words.t.by_agreement));
                self.hidden.push(("onBehalfOf", agreement.to_string()));
            }
            Right::Not(owner) => return Err(context.others(*owner)),
        }
        Ok(self)
    }
}
