//! The process guide: who registers what, and when – made from the table of transitions, the questions, the lead times and
//! the catalogue of rules, so that it says what the service does.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::page::{Frame, Message};
use super::texts::Language;
use super::texts::guide::GuideTexts;
use super::visitor::Visitor;
use crate::app::App;
use crate::domain::answers::{Occasion, QUESTIONS, QuestionRow};
use crate::domain::rule::{RULES, RuleRow, Severity};
use crate::domain::step::{Agency, Form, StepKind, TRANSITIONS, owner};
use crate::domain::transition::Settings;

#[derive(Template)]
#[template(path = "guide.html", config = "src/web/askama.toml")]
struct Guide {
    frame: Frame,
    t: &'static GuideTexts,
    steps: Vec<Step>,
    columns: Vec<&'static str>,
    rows: Vec<TableRow>,
    rules: Vec<RuleShown>,
    notices: Vec<RuleShown>,
}

/// A step of the process.
struct Step {
    code: &'static str,
    name: &'static str,
    /// `waiting`, `activity` or `ending`, for its looks.
    form: &'static str,
    /// Who registers it, after what.
    owners: Vec<String>,
    dated: Vec<String>,
    next: Option<String>,
    questions: Vec<String>,
    leaving: Vec<String>,
}

/// A row of the table of what follows what.
struct TableRow {
    from: &'static str,
    cells: Vec<Option<&'static str>>,
}

struct RuleShown {
    code: &'static str,
    text: String,
}

/// `GET /guide`, for everybody.
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let frame = match Visitor::of(&app, &request).await {
        Ok(Visitor::Person(person)) => Frame::for_person(&app, &request, &person),
        Ok(_) => Frame::of(&app, &request),
        Err(_) => return Message::busy(&app, Frame::of(&app, &request)),
    };
    let language = frame.language;
    let targets: Vec<StepKind> = StepKind::ALL.into_iter().filter(|kind| *kind != StepKind::Begaran).collect();
    let of = |severity: Severity| {
        RULES.iter().filter(move |row| row.severity == severity).map(move |row| rule(row, language))
    };
    let page = Guide {
        t: GuideTexts::of(language),
        steps: StepKind::ALL.into_iter().map(|kind| step(kind, language, &app.service.settings)).collect(),
        columns: targets.iter().map(|kind| name(*kind, language)).collect(),
        rows: StepKind::ALL
            .into_iter()
            .filter(|kind| !kind.is_ending())
            .map(|from| TableRow {
                from: name(from, language),
                cells: targets.iter().map(|to| owner(Some(from), *to).map(|agency| agency.code())).collect(),
            })
            .collect(),
        rules: of(Severity::Error).collect(),
        notices: of(Severity::Notice).collect(),
        frame,
    };
    page.frame.answer(&app, StatusCode::OK, &page)
}

const fn name(kind: StepKind, language: Language) -> &'static str {
    language.pick(kind.label_sv(), kind.label_en())
}

fn step(kind: StepKind, language: Language, settings: &Settings) -> Step {
    let t = GuideTexts::of(language);
    let by = |agency: Agency| {
        let own: Vec<_> = TRANSITIONS.into_iter().filter(|t| t.to == kind && t.owner == agency).collect();
        let from: Vec<String> = own.iter().filter_map(|t| t.from).map(|from| lower(name(from, language))).collect();
        match (own.is_empty(), from.is_empty()) {
            (true, _) => None,
            (false, true) => Some(format!("{} {}", agency.name(), t.first)),
            (false, false) => Some(format!("{} {} {}", agency.name(), t.after, from.join(", "))),
        }
    };
    Step {
        code: kind.code(),
        name: name(kind, language),
        form: match kind.form() {
            Form::Waiting => "waiting",
            Form::Activity => "activity",
            Form::Ending => "ending",
        },
        owners: Agency::ALL.into_iter().filter_map(by).collect(),
        dated: dated(kind, t, settings),
        next: next(kind, t, settings),
        questions: questions(language, |occasion| is_at(occasion, kind)),
        leaving: if kind == StepKind::Gk { questions(language, |o| o == Occasion::LeavingGk) } else { Vec::new() },
    }
}

/// A label inside a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn dated(kind: StepKind, t: &'static GuideTexts, settings: &Settings) -> Vec<String> {
    let earliest = match kind {
        StepKind::Begaran => t.dated_first,
        _ if kind.is_planned() => t.dated_planned,
        _ => t.dated_after,
    };
    let ahead = match kind.form() {
        Form::Waiting => t.dated_ahead.replace("{days}", &settings.waiting_days_ahead.to_string()),
        Form::Activity | Form::Ending => t.dated_past.to_owned(),
    };
    vec![earliest.to_owned(), ahead]
}

/// By when the next registration is due while a case stands there.
fn next(kind: StepKind, t: &'static GuideTexts, settings: &Settings) -> Option<String> {
    let said = |text: &str, days: u64| text.replace("{days}", &days.to_string());
    match kind {
        StepKind::Begaran => Some(said(t.next_days, settings.due_after_begaran)),
        StepKind::Gk => Some(said(t.next_gk, settings.due_after_gk)),
        StepKind::PlaneradAfi | StepKind::PlaneradAli => Some(said(t.next_days, settings.due_after_planned)),
        StepKind::Afi | StepKind::Ali => {
            let longer = settings.follow_up_aktivitetsersattning.to_string();
            Some(said(t.next_follow_up, settings.follow_up).replace("{longer}", &longer))
        }
        StepKind::KonsultativtStod | StepKind::Avslutat | StepKind::Avbrutet => None,
    }
}

fn is_at(occasion: Occasion, kind: StepKind) -> bool {
    match occasion {
        Occasion::Begaran => kind == StepKind::Begaran,
        Occasion::AroundGk => kind == StepKind::Gk,
        Occasion::LeavingGk => false,
        Occasion::Insats => kind.is_insats(),
        Occasion::Avslutat | Occasion::AvslutatWithoutGk => kind == StepKind::Avslutat,
        Occasion::Avbrutet => kind == StepKind::Avbrutet,
    }
}

fn questions(language: Language, at: impl Fn(Occasion) -> bool) -> Vec<String> {
    let asked = QUESTIONS.iter().filter(|row| row.asked.iter().any(|occasion| at(*occasion)));
    asked.map(|row| question(row, language)).collect()
}

fn question(row: &QuestionRow, language: Language) -> String {
    let label = language.pick(row.sv, row.en);
    match row.only_if {
        Some(other) => {
            let other = language.pick(other.row().sv, other.row().en);
            format!("{label} ({} \u{201d}{other}\u{201d})", GuideTexts::of(language).only_if)
        }
        None => label.to_owned(),
    }
}

fn rule(row: &RuleRow, language: Language) -> RuleShown {
    let text = language.pick(row.sv, row.en);
    // What would be right depends on what was sent.
    RuleShown { code: row.code, text: text.replace("{allowed}", "…") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_says_of_every_step_who_registers_it_and_when() {
        let settings = Settings::default();
        let of = |kind| step(kind, Language::Swedish, &settings);
        let gk = of(StepKind::Gk);
        assert_eq!(gk.owners, ["Försäkringskassan efter begäran om gemensam kartläggning"]);
        assert!(gk.leaving.iter().any(|question| question.contains("handläggning")), "{:?}", gk.leaving);
        let planned = of(StepKind::PlaneradAfi);
        assert_eq!(planned.owners[0], "Försäkringskassan efter gemensam kartläggning");
        assert!(planned.owners[1].starts_with("Arbetsförmedlingen efter planerad"), "{:?}", planned.owners);
        assert!(planned.dated[0].contains("aldrig ha samma datum"), "{:?}", planned.dated);
        assert_eq!(planned.dated[1], "Får dateras högst 31 dagar framåt.");
        assert_eq!(of(StepKind::Afi).next.unwrap(), "Uppföljning efter 90 dagar; vid aktivitetsersättning efter 365.");
        assert_eq!(of(StepKind::Begaran).next.unwrap(), "Inom 28 dagar.");
        assert!(of(StepKind::Begaran).questions.iter().any(|q| q.contains("(om ja på ”")));
        assert!(of(StepKind::Avbrutet).next.is_none());
    }
}
