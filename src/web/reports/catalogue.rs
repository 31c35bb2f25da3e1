//! `/rapporter`: every report there is, by the question that it answers.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::question::lang;
use crate::app::App;
use crate::auth::policy::Action;
use crate::reports::catalogue::catalogue;
use crate::web::door::enter;
use crate::web::page::Frame;
use crate::web::texts::frozen::FrozenTexts;
use crate::web::texts::reports::{ReportTexts, question};

#[derive(Template)]
#[template(path = "reports/catalogue.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    t: &'static ReportTexts,
    frozen: &'static str,
    cards: Vec<Card>,
}

struct Card {
    address: String,
    title: String,
    question: &'static str,
}

/// `GET /rapporter`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let visit = match enter(&app, &request, Action::ListReports).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let language = visit.frame.language;
    let card = |report: &crate::reports::catalogue::Definition| Card {
        address: format!("/rapporter/{}", report.id),
        title: report.title.get(lang(language)).to_owned(),
        question: question(&report.id, language),
    };
    let cards = catalogue().reports().iter().map(card).collect();
    let frozen = FrozenTexts::of(language).title;
    visit.answer(StatusCode::OK, &Page { frame: visit.frame.clone(), t: ReportTexts::of(language), frozen, cards })
}
