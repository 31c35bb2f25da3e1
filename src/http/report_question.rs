//! The question that reports share: period, geography, what is counted, parts, form and language, as parameters of a
//! query; and what was wrong with it.
//!
//! Never here: which report, and the variables of one ([`super::report_variables`]).

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, web};
use uuid::Uuid;

use super::endpoint::{Parameter, preferred};
use super::extract::Query;
use super::problem::{Kind, Problem};
use super::report_variables;
use crate::app::App;
use crate::app::reporting::package;
use crate::domain::finding::Allowed;
use crate::domain::shape;
use crate::domain::step::Agency;
use crate::reports::catalogue::catalogue;
use crate::reports::cube::SAMTLIGA;
use crate::reports::follow::FollowError;
use crate::reports::quality::ENHET;
use crate::reports::render::{Form, Options, RenderError, csv, form};
use crate::reports::request::{GEOGRAPHY_FORMS, RequestError};
use crate::reports::times::Every;
use crate::reports::{Geography, Lang, Period, PullError, Request};
use crate::storage::{StorageError, changes};

const fn parameter(name: &'static str, about: &'static str, kind: &'static str, example: &'static str) -> Parameter {
    Parameter { name, about, kind, example }
}

/// `from`.
pub const FROM: Parameter =
    parameter("from", "Periodens första dag; krävs. / First day of the period; required.", "date", "2016-10-01");
/// `to`.
pub const TO: Parameter =
    parameter("to", "Periodens sista dag; krävs. / Last day of the period; required.", "date", "2016-12-31");
/// `geography`.
pub const GEOGRAPHY: Parameter = parameter(
    "geography",
    "riket (förval), lan:21, kommun:2180, fk-omrade:KOD, af-omrade:KOD, fk-kontor:KOD, af-kontor:KOD, fk-kontor-med-foregangare:KOD, af-kontor-med-foregangare:KOD, styrgrupp:KOD. / \
     riket is the default.",
    "string",
    "styrgrupp:gavleborg",
);
/// `every`.
pub const EVERY: Parameter = parameter(
    "every",
    "Hur siffrorna utvecklas: perioden delad i month, quarter eller year, som en sista dimension tid. / How figures \
     develop: the period cut into month, quarter or year, as a last dimension tid.",
    "string",
    "month",
);
/// `version`.
pub const VERSION: Parameter = parameter(
    "version",
    "Efter vilken version av rapportens definitioner; den nyaste när ingen nämns. / By which version of the report's \
     definitions; the newest when none is named.",
    "integer",
    "1",
);
/// `atLeast`.
pub const AT_LEAST: Parameter = parameter(
    "atLeast",
    "Minst till och med positionen, som en registrering svarade. / At least up to the position that a registration \
     answered.",
    "integer",
    "186",
);
/// `part`.
pub const PART: Parameter = parameter(
    "part",
    "Delar, med id eller nummer, åtskilda av komma, i den ordningen; alla när ingen nämns. px, svg och png rymmer en del. / \
     Parts, by id or number, separated by commas, in that order; all when none is named. px, svg and png hold one.",
    "string",
    "utfall_gk",
);
/// `package`.
pub const PACKAGE: Parameter = parameter(
    "package",
    "Bara delarna i ett rapportpaket, i dess ordning. / Only the parts of a report package, in its order.",
    "string",
    "0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b13",
);
/// `format`.
pub const FORMAT: Parameter = parameter(
    "format",
    "json, csv, xlsx, html, json-stat2, px, parquet, svg eller png; går före Accept. / json, csv, xlsx, html, \
     json-stat2, px, parquet, svg or png; goes before Accept.",
    "string",
    "xlsx",
);
/// `separator`.
pub const SEPARATOR: Parameter = parameter(
    "separator",
    "Mellan kolumnerna i csv: comma (förval) eller semicolon. / Between the columns of csv: comma (default) or \
     semicolon.",
    "string",
    "semicolon",
);
/// `decimal`.
pub const DECIMAL: Parameter = parameter(
    "decimal",
    "Decimaltecken i csv: point (förval) eller comma. / Decimal sign of csv: point (default) or comma.",
    "string",
    "comma",
);
/// `bom`.
pub const BOM: Parameter = parameter(
    "bom",
    "Om csv börjar med ett byte order mark. / Whether csv begins with a byte order mark.",
    "boolean",
    "true",
);
/// `lang`.
pub const LANG: Parameter = parameter("lang", "sv (förval) eller en. / sv (default) or en.", "string", "sv");

/// Period and geography.
pub fn question(query: &mut Query) -> (Option<Period>, Option<Geography>) {
    let (from, to) = (query.date("from"), query.date("to"));
    for name in ["from", "to"] {
        if query.text(name).is_none() {
            query.missing(name, shape::DATE);
        }
    }
    let geography = match query.text("geography") {
        None => Some(Geography::Riket),
        Some(_) => query.choice("geography", &GEOGRAPHY_FORMS, |t| Geography::parse(t).ok()),
    };
    let period = from.zip(to).and_then(|(from, to)| {
        let period = Period::new(from, to).ok();
        if period.is_none() {
            query.refuse("to", Allowed::DateFrom(from));
        }
        period
    });
    (period, geography)
}

/// `every`.
pub fn every(query: &mut Query) -> Option<Every> {
    query.choice("every", &Every::ALL.map(Every::code), Every::from_code)
}

/// `version`: one that the report has.
pub fn version(query: &mut Query, report: &str) -> Option<u32> {
    let versions = catalogue().versions(report);
    let named: Vec<String> = versions.iter().map(u32::to_string).collect();
    let all: Vec<&str> = named.iter().map(String::as_str).collect();
    query.choice("version", &all, |text| versions.iter().copied().find(|version| version.to_string() == text))
}

/// `lang`.
pub fn lang(query: &mut Query) -> Option<Lang> {
    query.choice("lang", &["sv", "en"], |t| match t {
        "sv" => Some(Lang::Sv),
        "en" => Some(Lang::En),
        _ => None,
    })
}

/// The form that is wanted, by `format`, else by `Accept`; and how it is to look.
pub fn form(query: &mut Query, request: &HttpRequest) -> (Form, Options) {
    let named = query.choice("format", &Form::ALL.map(Form::code), Form::named);
    let one_of = |query: &mut Query, name: &str, all: [&str; 2]| {
        query.choice(name, &all, |t| all.contains(&t).then(|| t == all[1])).unwrap_or(false)
    };
    let csv = csv::Options {
        semicolon: one_of(query, "separator", ["comma", "semicolon"]),
        decimal_comma: one_of(query, "decimal", ["point", "comma"]),
        byte_order_mark: one_of(query, "bom", ["false", "true"]),
    };
    (named.unwrap_or_else(|| by_accept(request)), Options { csv })
}

/// What the client wants most; the door has refused those who want nothing that there is.
fn by_accept(request: &HttpRequest) -> Form {
    let accept = request.headers().get(ACCEPT).and_then(|h| h.to_str().ok());
    let wanted = preferred(accept, &Form::ALL.map(Form::media));
    Form::ALL.into_iter().find(|form| Some(form.media()) == wanted).unwrap_or(Form::Json)
}

/// Which parts of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// These, by id or number, in this order; all when there are none.
    Named(Vec<String>),
    /// Those of a package.
    Package(Uuid),
}

impl Parts {
    /// The package that is named.
    #[must_use]
    pub const fn package(&self) -> Option<Uuid> {
        match self {
            Self::Named(_) => None,
            Self::Package(id) => Some(*id),
        }
    }
}

/// `part` and `package`.
pub fn parts(query: &mut Query, report: (&str, Option<u32>), form: Form) -> Parts {
    let package = query.parsed("package", shape::UUID, |text| Uuid::parse_str(text).ok());
    let named = query.text("part");
    if query.text("package").is_some() {
        if named.is_some() {
            query.refuse("package", Allowed::Shape(shape::PARTS_OR_PACKAGE));
        }
        return package.map_or(Parts::Named(Vec::new()), Parts::Package);
    }
    let all: Vec<(u32, &str)> = catalogue()
        .version(report.0, report.1)
        .map_or(Vec::new(), |d| d.parts.iter().map(|p| (p.number, p.id.as_str())).collect());
    Parts::Named(named_parts(query, &all, form))
}

/// `part`: those of `all` that are named, or all; what the form can't hold is refused.
pub fn named_parts(query: &mut Query, all: &[(u32, &str)], form: Form) -> Vec<String> {
    let parts: Vec<String> =
        query.text("part").into_iter().flat_map(|t| t.split(',')).map(|name| name.trim().to_owned()).collect();
    if let Err(error) = form::chosen(all, &parts, Some(form)) {
        refuse_parts(query, error);
    }
    parts
}

/// Which parts there are, to a client who named others or not the one that a form holds.
pub fn refuse_parts(query: &mut Query, error: RenderError) {
    let ids = |parts: Vec<(u32, String)>| parts.into_iter().map(|(_, id)| id).collect();
    match error {
        RenderError::OnePart(parts) if query.text("part").is_none() => query.missing_one_of("part", ids(parts)),
        RenderError::OnePart(parts) | RenderError::NoPart(parts) => query.refuse("part", Allowed::Values(ids(parts))),
        RenderError::Failed(_) => {}
    }
}

/// What of a question only the database can tell to be wrong.
#[derive(Debug, Clone)]
pub struct Rest {
    /// The question as far as it can be read: of a day, or of the country, where that can't.
    pub wanted: Request,
    /// The positions that were named.
    pub positions: Vec<(&'static str, Option<i64>)>,
    /// The package that was named.
    pub package: Option<Uuid>,
    /// The unit that was named: an office, an agency or all.
    pub unit: Option<String>,
}

/// What the database says of it.
struct Beyond {
    unknown: Vec<RequestError>,
    head: i64,
    has_package: bool,
    /// All units there are, where the one that was named is none of them.
    no_unit: Option<Vec<String>>,
}

impl Rest {
    fn beyond(&self, app: &App) -> Result<Beyond, StorageError> {
        let (_, registers) = app.service.organisation()?;
        let head = changes::head(&mut app.service.db.read()?.link())?;
        let found = self.package.map(|id| package(app, id, &self.wanted)).transpose()?;
        let units = || -> Vec<String> {
            let offices = registers.offices.keys().map(ToString::to_string);
            Agency::ALL
                .iter()
                .map(|agency| agency.code().to_owned())
                .chain(offices)
                .chain([SAMTLIGA.to_owned()])
                .collect()
        };
        let no_unit = self.unit.as_ref().map(|unit| (unit, units())).filter(|(unit, all)| !all.contains(unit));
        Ok(Beyond {
            unknown: self.wanted.unknown(&registers),
            head,
            has_package: !matches!(found, Some(None)),
            no_unit: no_unit.map(|(_, all)| all),
        })
    }

    fn tell(&self, beyond: &Beyond, query: &mut Query) {
        refuse_ahead(query, &self.positions, beyond.head);
        beyond.unknown.iter().for_each(|error| report_variables::refuse(query, error));
        if !beyond.has_package {
            query.refuse("package", Allowed::Shape(shape::PACKAGE));
        }
        if let Some(all) = &beyond.no_unit {
            query.refuse(ENHET, Allowed::Values(all.clone()));
        }
    }

    /// Everything of it that is wrong.
    ///
    /// # Errors
    /// That, when anything is, or a failure of the database.
    pub fn check(&self, app: &App) -> Result<(), Problem> {
        let mut query = Query::default();
        self.tell(&self.beyond(app)?, &mut query);
        query.finish()
    }
}

/// Everything that is wrong with a question, what only the database can tell among it. A question that is wrong doesn't wait
/// among those that are counted.
///
/// # Errors
/// When anything was.
pub async fn finish(app: &web::Data<App>, query: &mut Query, rest: &Rest) -> Result<(), Problem> {
    if query.finish().is_ok() {
        return Ok(());
    }
    let (app, asked) = (app.clone(), rest.clone());
    let beyond = web::block(move || asked.beyond(&app)).await.map_err(|_| Problem::new(Kind::Upptagen))??;
    rest.tell(&beyond, query);
    query.finish()
}

fn refuse_ahead(query: &mut Query, positions: &[(&'static str, Option<i64>)], head: i64) {
    for (name, _) in positions.iter().filter(|(_, given)| given.is_some_and(|position| position > head)) {
        query.refuse(name, Allowed::Values(vec![format!("0–{head}")]));
    }
}

/// The same of a question of nothing but positions.
///
/// # Errors
/// When anything was.
pub async fn finish_positions(
    app: &web::Data<App>,
    query: &mut Query,
    positions: &[(&'static str, Option<i64>)],
) -> Result<(), Problem> {
    if query.finish().is_ok() {
        return Ok(());
    }
    let app = app.clone();
    let head = web::block(move || changes::head(&mut app.service.db.read()?.link()));
    refuse_ahead(query, positions, head.await.map_err(|_| Problem::new(Kind::Upptagen))??);
    query.finish()
}

/// What was wrong with the question, all of it; its words are not repeated.
pub fn refused(app: &App, error: FollowError, rest: &Rest) -> Problem {
    let all = if error.is_of_question() { rest.check(app) } else { Ok(()) };
    // What only the registers of an earlier state didn't know is no more than that.
    all.map_or_else(|problem| problem, |()| alone(error, &rest.positions))
}

/// What was wrong with a question that named these positions, as far as the error says.
pub fn alone(error: FollowError, positions: &[(&'static str, Option<i64>)]) -> Problem {
    match error {
        FollowError::Storage(error) => error.into(),
        FollowError::Ahead { head } => {
            let mut query = Query::default();
            refuse_ahead(&mut query, positions, head);
            query.problem()
        }
        FollowError::Reversed => {
            let mut query = Query::default();
            query.refuse("and", Allowed::Shape(shape::INSTANT_NOT_BEFORE));
            query.problem()
        }
        FollowError::Pull(PullError::Request(errors)) => {
            let mut query = Query::default();
            errors.iter().for_each(|error| report_variables::refuse(&mut query, error));
            query.problem()
        }
        FollowError::Pull(PullError::Columns(error)) => {
            log::error!("reports: {error}");
            Problem::new(Kind::InterntFel)
        }
    }
}
