//! What reports are selected and split by, as parameters of a query.

use super::endpoint::Parameter;
use super::extract::Query;
use crate::domain::finding::Allowed;
use crate::reports::Request;
use crate::reports::forms::MOST_SPLITS_TEXT;
use crate::reports::request::RequestError;
use crate::reports::variables::{VARIABLES, Variable};

/// A variable as a parameter.
const fn of(variable: Variable, example: &'static str) -> Parameter {
    Parameter {
        name: variable.row().name,
        about: "Urval: en kod, eller flera åtskilda av komma; en av dem ska gälla. / A selection: one code, or several \
                separated by commas; one of them must hold.",
        kind: "string",
        example,
    }
}

/// `split`, and every variable.
pub const SPLIT: Parameter = Parameter { name: "split", about: MOST_SPLITS_TEXT, kind: "string", example: "alder" };

/// Every variable.
pub const SELECTIONS: [Parameter; VARIABLES.len()] = [
    of(Variable::Marknadsomrade, "AF-NORRA"),
    of(Variable::AfKontor, "AF-GAVLE"),
    of(Variable::Verksamhetsomrade, "FK-NORRA"),
    of(Variable::FkKontor, "FK-GAVLE"),
    of(Variable::Kommun, "2180"),
    of(Variable::Deltagarstatus, "aktuell,i_vantan"),
    of(Variable::Kon, "kvinna"),
    of(Variable::Alder, "25_29,30_39"),
    of(Variable::InitieradAv, "FK"),
    of(Variable::InskrivenAf, "ja"),
    of(Variable::Anstalld, "anstalld"),
    of(Variable::ArbetarFore, "nej"),
    of(Variable::StuderarFore, "nej"),
    of(Variable::ProgramFore, "ja"),
    of(Variable::FormanFore, "sjukpenning"),
    of(Variable::TidOffentligForsorjning, "1_2_ar"),
    of(Variable::Utbildning, "gymnasium"),
    of(Variable::Insatstyp, "ali"),
    of(Variable::UtfallGk, "planerad_afi"),
    of(Variable::SysselsattningEfter, "arbete"),
    of(Variable::FormanEfter, "ingen"),
];

/// These parameters, with `split` and every variable after them.
pub const fn with_variables<const N: usize, const ALL: usize>(own: [Parameter; N]) -> [Parameter; ALL] {
    assert!(ALL == N + 1 + SELECTIONS.len());
    let mut all = [SPLIT; ALL];
    let mut i = 0;
    while i < N {
        all[i] = own[i];
        i += 1;
    }
    let mut at = 0;
    while at < SELECTIONS.len() {
        all[N + 1 + at] = SELECTIONS[at];
        at += 1;
    }
    all
}

/// `split` and the variables.
pub const VARIABLES_AND_SPLIT: usize = 1 + SELECTIONS.len();

/// Reads selections and splits into a request; what the report doesn't take is refused by name.
pub fn read(query: &mut Query, request: &mut Request) {
    let given: Vec<(&'static str, String)> =
        VARIABLES.iter().filter_map(|row| Some((row.name, query.text(row.name)?.to_owned()))).collect();
    let split = query.text("split").map(ToOwned::to_owned);
    let selections = given.iter().map(|(name, codes)| (*name, codes.as_str()));
    if let Err(errors) = request.choose(selections, split.as_deref()) {
        errors.iter().for_each(|error| refuse(query, error));
    }
}

/// Refuses a parameter with what would be right and, where it isn't plain, why.
pub fn refuse(query: &mut Query, error: &RequestError) {
    query.refuse_because(error.parameter(), Allowed::Values(error.allowed()), error.sv(), error.en());
}
