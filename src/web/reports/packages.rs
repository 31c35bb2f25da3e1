//! `/paket`: the packages that steering groups follow, and which of them comes first in a report.
//!
//! Never here: making and changing one ([`super::package`]).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, NaiveDate};
use uuid::Uuid;

use super::question::{Package, address, lang};
use super::refused::Refused;
use super::show;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::{Action, role_allows, steers};
use crate::domain::code::SteeringGroupCode;
use crate::domain::organisation::Organisation;
use crate::reports::Request;
use crate::reports::catalogue::catalogue;
use crate::storage::StorageError;
use crate::storage::kept::{self, PackageRow};
use crate::web::door::{Visit, enter};
use crate::web::form::Choice;
use crate::web::page::{Frame, query};
use crate::web::texts::instant;
use crate::web::texts::reports::ReportTexts;
use crate::web::visitor::in_database;

/// Packages, in the order in which they were made.
pub struct Known(Vec<PackageRow>);

/// The id of a package.
pub fn id(row: &PackageRow) -> Uuid {
    Uuid::from_slice(&row.id).unwrap_or_default()
}

/// Those that there are.
pub async fn known(visit: &Visit) -> Result<Known, StorageError> {
    let app = visit.app.clone();
    in_database(move || kept::packages(&mut app.service.db.read()?.link())).await.map(Known)
}

impl Known {
    /// Those of a report.
    pub fn of_report(mut self, report: &str) -> Self {
        self.0.retain(|row| row.report == report);
        self
    }

    /// To choose among.
    pub fn choices(&self, organisation: &Organisation) -> Vec<Choice> {
        let text = |row: &PackageRow| match group_name(row, organisation) {
            group if group.is_empty() => row.name.clone(),
            group => format!("{} ({group})", row.name),
        };
        self.0.iter().map(|row| Choice::new(id(row).to_string(), text(row))).collect()
    }

    /// The one that is meant: the one named, else the newest of the steering group that the report is about.
    fn meant(&self, package: Package, wanted: &Request) -> Option<&PackageRow> {
        match package {
            Package::None => None,
            Package::Named(named) => self.0.iter().find(|row| id(row) == named),
            Package::Usual => {
                let group = show::group(wanted)?;
                self.0.iter().rev().find(|row| row.steering_group.as_ref() == Some(&group))
            }
        }
    }

    /// Whether the one that is named is there.
    pub fn has(&self, package: Package) -> bool {
        !matches!(package, Package::Named(named) if !self.0.iter().any(|row| id(row) == named))
    }

    /// The parts that come first, and the name of their package.
    pub fn first(&self, package: Package, wanted: &Request) -> (Vec<String>, String) {
        let meant = self.meant(package, wanted);
        meant.map_or_else(Default::default, |row| (row.parts.split(',').map(str::to_owned).collect(), row.name.clone()))
    }
}

/// The name of a package's steering group; empty where it is of none.
pub fn group_name(row: &PackageRow, organisation: &Organisation) -> String {
    let Some(code) = &row.steering_group else { return String::new() };
    let group = SteeringGroupCode::parse(code).ok().and_then(|code| organisation.steering_groups.get(&code));
    group.map_or_else(|| code.clone(), |group| group.name.clone())
}

/// Whether somebody may change a package: one of no group, or of a group of theirs.
pub fn may_change(row: &PackageRow, caller: &Caller, organisation: &Organisation, today: NaiveDate) -> bool {
    let Some(code) = &row.steering_group else { return role_allows(caller, Action::ReplaceReportPackage) };
    let group = SteeringGroupCode::parse(code).ok().and_then(|code| organisation.steering_groups.get(&code));
    group.is_some_and(|group| steers(caller, group, organisation, today))
}

#[derive(Template)]
#[template(path = "reports/packages.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static ReportTexts,
    done: &'static str,
    may_make: bool,
    reports: Vec<(String, String)>,
    lists: Vec<List>,
}

/// Packages that are changed by the same people.
struct List {
    heading: &'static str,
    /// Whether the reader is one of them.
    mine: bool,
    packages: Vec<Shown>,
}

struct Shown {
    name: String,
    group: String,
    report: String,
    parts: Vec<String>,
    changed: String,
    share: String,
    change: String,
}

impl Shown {
    fn of(row: &PackageRow, visit: &Visit) -> Self {
        let lang = lang(visit.frame.language);
        let definition = catalogue().report(&row.report);
        let title = |part: &str| {
            let part = definition.and_then(|definition| definition.part(part));
            part.map(|part| format!("{}. {}", part.number, part.title.get(lang)))
        };
        let group = row.steering_group.as_ref().map(|code| ("geography".to_owned(), format!("styrgrupp:{code}")));
        let pairs: Vec<(String, String)> = [("period".to_owned(), "forra-halvaret".to_owned())]
            .into_iter()
            .chain(group)
            .chain([("package".to_owned(), id(row).to_string())])
            .collect();
        Self {
            name: row.name.clone(),
            group: group_name(row, &visit.organisation),
            report: definition.map_or_else(|| row.report.clone(), |of| of.title.get(lang).to_owned()),
            parts: row.parts.split(',').filter_map(title).collect(),
            changed: DateTime::from_timestamp_micros(row.changed_at).map(instant).unwrap_or_default(),
            share: address(&format!("/rapporter/{}", row.report), &pairs),
            change: format!("/paket/{}", id(row)),
        }
    }
}

/// `GET /paket`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ListReportPackages).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let known = match known(&visit).await {
        Ok(known) => known,
        Err(error) => return Refused::Storage(error).answer(&visit),
    };
    let t = ReportTexts::of(visit.frame.language);
    let today = app.service.today();
    let may = |row: &&PackageRow| may_change(row, &visit.caller, &visit.organisation, today);
    let (own, others): (Vec<&PackageRow>, Vec<&PackageRow>) = known.0.iter().partition(may);
    let done = match query(&request).get("klart").map(String::as_str) {
        Some("sparat") => t.package_saved,
        Some("borttaget") => t.package_removed,
        _ => "",
    };
    let titles = catalogue().reports().iter();
    let lang = lang(visit.frame.language);
    let shown = |rows: Vec<&PackageRow>| rows.into_iter().map(|row| Shown::of(row, &visit)).collect();
    let lists = [
        List { heading: t.packages_own, mine: true, packages: shown(own) },
        List { heading: t.packages_others, mine: false, packages: shown(others) },
    ];
    let page = Page {
        frame: visit.frame.clone(),
        t,
        done,
        may_make: role_allows(&visit.caller, Action::CreateReportPackage),
        reports: titles.map(|report| (report.id.clone(), report.title.get(lang).to_owned())).collect(),
        lists: lists.into_iter().filter(|list| !list.packages.is_empty()).collect(),
    };
    visit.answer(StatusCode::OK, &page)
}
