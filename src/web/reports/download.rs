//! `/rapporter/{report}/hamta`: a report as a file, in every form that the API answers, byte for byte the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::question::{address, lang};
use super::refused::Refused;
use super::show::{asked, sent};
use crate::app::App;
use crate::app::report_file::made;
use crate::app::reporting::{granted_now, in_turn, only, pulled};
use crate::auth::policy::Action;
use crate::reports::catalogue::{catalogue, part_ids};
use crate::reports::render::{Form, Options, RenderError};
use crate::web::door::{enter, to};

/// What people call a form.
const fn name(form: Form) -> &'static str {
    match form {
        Form::Json => "JSON",
        Form::Csv => "CSV",
        Form::Xlsx => "Excel",
        Form::Html => "HTML",
        Form::JsonStat => "JSON-stat",
        Form::Px => "PX",
        Form::Parquet => "Parquet",
        Form::Svg => "SVG",
        Form::Png => "PNG",
    }
}

/// The form that a query names.
pub fn named_form(asked: &BTreeMap<String, String>) -> Option<Form> {
    asked.get("format").map(String::as_str).and_then(Form::named)
}

/// Where the files of a report are.
pub struct Files {
    /// The address.
    pub path: String,
    /// The question.
    pub question: Vec<(String, String)>,
}

impl Files {
    fn address(&self, form: Form, part: Option<&str>) -> String {
        let part = part.map(|part| ("part".to_owned(), part.to_owned()));
        let form = ("format".to_owned(), form.code().to_owned());
        let pairs: Vec<(String, String)> = self.question.iter().cloned().chain(part).chain([form]).collect();
        address(&self.path, &pairs)
    }

    fn named(&self, forms: &[Form], part: Option<&str>) -> Vec<(String, String)> {
        forms.iter().map(|form| (name(*form).to_owned(), self.address(*form, part))).collect()
    }

    /// Those of the whole, those that people use first.
    pub fn of_all(&self) -> Vec<(String, String)> {
        self.named(&[Form::Xlsx, Form::Csv, Form::Html, Form::Json, Form::JsonStat, Form::Parquet], None)
    }

    /// Those of a part.
    pub fn of_part(&self, part: &str) -> Vec<(String, String)> {
        self.named(&[Form::Xlsx, Form::Csv, Form::Px, Form::Svg, Form::Png], Some(part))
    }
}

/// `GET /rapporter/{report}/hamta`. What can't be made leads back to the page, which says why.
pub async fn file(app: web::Data<App>, request: HttpRequest, report: web::Path<String>) -> HttpResponse {
    let visit = match enter(&app, &request, Action::GetReport).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let Some(definition) = catalogue().report(&report) else { return visit.not_found() };
    let sent = sent(&request);
    let asked = asked(&visit, &definition.id, sent.clone());
    let named = |name: &str| asked.fields.one(name).map(str::to_owned);
    let form = named("format").as_deref().and_then(Form::named);
    let parts: Vec<String> =
        named("part").iter().flat_map(|all| all.split(',')).map(|part| part.trim().to_owned()).collect();
    let page = || {
        let others = sent.iter().filter(|(name, _)| !["format", "part"].contains(&name.as_str()));
        to(&address(&format!("/rapporter/{}", definition.id), &others.cloned().collect::<Vec<_>>()))
    };
    let (Some(wanted), Some(form)) = (asked.request, form) else { return page() };
    let known = part_ids(&definition.id, wanted.version);
    if parts.iter().any(|part| !known.contains(&part.as_str())) {
        return visit.not_found();
    }
    let (caller, counted, lang) = (Arc::clone(&visit.caller), asked.counted, lang(visit.frame.language));
    let making = in_turn(&app, move |app| {
        let grant = granted_now(app, &caller, &wanted, counted)?;
        let report = pulled(app, &only(wanted, &parts), counted, (lang, grant))?;
        match made(report, &parts, (form, Options::default()), None, None) {
            Ok(made) => Ok(Some(made)),
            Err(RenderError::Failed(why)) => Err(Refused::Failed(why)),
            Err(RenderError::OnePart(_) | RenderError::NoPart(_)) => Ok(None),
        }
    });
    match making.await {
        Ok(Some(made)) => made.saved(),
        Ok(None) => page(),
        Err(refused) if refused.is_of_question() => page(),
        Err(refused) => refused.answer(&visit),
    }
}
