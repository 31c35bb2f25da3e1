//! The pages that lead to forms: what may be registered next and by whom, which questions are unanswered, what can be put
//! right, and what can be done about a consent.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::context::{Context, Right};
use super::forms::{late_steps, opening_words, ways_to_correct};
use super::lists;
use super::which::Which;
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::case::IdentityState;
use crate::domain::due;
use crate::domain::questions::definitions;
use crate::domain::step::{Agency, StepKind};
use crate::domain::window::Window;
use crate::registrations::wire;
use crate::web::door::{Visit, enter, to};
use crate::web::form::Choice;
use crate::web::page::Frame;
use crate::web::texts::register::RegisterTexts;

/// A page of ways on.
#[derive(Template)]
#[template(path = "register/ways.html", config = "src/web/askama.toml")]
struct WaysPage {
    frame: Frame,
    r: &'static RegisterTexts,
    about: String,
    back: String,
    title: &'static str,
    lead: Vec<String>,
    /// Whose turn it is, when it isn't the visitor's.
    turn: Option<Turn>,
    sections: Vec<Section>,
    others: Vec<(String, &'static str)>,
}

/// Whose turn it is.
struct Turn {
    title: String,
    text: String,
}

/// Some ways on, about one thing.
#[derive(Default)]
struct Section {
    title: String,
    text: Vec<String>,
    /// What counts as the insats, where one is chosen.
    counts: Vec<Choice>,
    /// What the list of them is called.
    counts_title: String,
    ways: Vec<(String, String)>,
    /// Whether the ways don't say by themselves what they are about.
    named: bool,
}

/// `GET /arenden/{id}/registrera`, `/svar`, `/ratta`, `/samtycke`
pub async fn show(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    shown(&app, &request).await.unwrap_or_else(|told| told)
}

async fn shown(app: &web::Data<App>, request: &HttpRequest) -> Result<HttpResponse, HttpResponse> {
    let path = request.path().strip_prefix("/arenden/").and_then(|rest| rest.split_once('/'));
    let (id, what) = path.unwrap_or_default();
    let action = match what {
        "registrera" => Action::RegisterStep,
        "svar" => Action::AnswerLate,
        "ratta" => Action::CorrectCase,
        _ => Action::WithdrawConsent,
    };
    let visit = enter(app, request, action).await?;
    let id = wire::case_id(id).ok_or_else(|| visit.not_found())?;
    let context = Context::read(&visit, action, id).await?.ok_or_else(|| visit.not_found())?;
    Ok(match what {
        "registrera" => answer(&visit, next(&visit, &context)),
        "svar" => late(&visit, &context),
        "ratta" => answer(&visit, corrections(&visit, &context)),
        _ => answer(&visit, consent(&visit, &context)),
    })
}

fn answer(visit: &Visit, page: WaysPage) -> HttpResponse {
    visit.answer(StatusCode::OK, &page)
}

fn page(visit: &Visit, context: &Context, title: &'static str, lead: Vec<String>) -> WaysPage {
    WaysPage {
        frame: visit.frame.clone(),
        r: context.words.t,
        about: context.line(),
        back: context.address(""),
        title,
        lead,
        turn: None,
        sections: Vec::new(),
        others: Vec::new(),
    }
}

/// The allowed next steps that the visitor may register, each with the days it may be dated on; else whose turn it is.
fn next(visit: &Visit, context: &Context) -> WaysPage {
    let (case, t) = (&context.case, context.words.t);
    let mut page = page(visit, context, t.next_title, Vec::new());
    let Some(due) = due::next(case, &context.settings) else {
        let (title, text) =
            if case.felregistrering { (t.marked_title, t.marked_why) } else { (t.ended_title, t.ended_why) };
        page.turn = Some(Turn { title: title.to_owned(), text: text.to_owned() });
        page.others = others(context);
        return page;
    };
    let late = if due.is_overdue(context.today) { t.overdue } else { "" };
    let owner = due.owner.name();
    if due.owner == context.agency {
        page.lead.push(format!("{} {}. {late}", t.your_turn, due.on).trim_end().to_owned());
    } else {
        let who = case.present_handler(due.owner).map(|id| lists::handler_name(&context.organisation, id));
        let office = lists::office_name(&context.organisation, case.present_offices().of(due.owner));
        let who = who.map_or_else(|| office.to_owned(), |name| format!("{name}, {office}"));
        page.turn = Some(Turn {
            title: format!("{} {owner}", t.their_turn),
            text: format!("{} {who}. {} {}. {late}", t.registered_by, t.due, due.on).trim_end().to_owned(),
        });
    }
    page.sections = due.steps.iter().filter_map(|(step, owner)| section(context, *step, *owner)).collect();
    if page.turn.is_some() && !page.sections.is_empty() {
        page.lead.push(t.you_may_by_agreement.to_owned());
    }
    page.others = others(context);
    page
}

fn section(context: &Context, step: StepKind, owner: Agency) -> Option<Section> {
    let t = context.words.t;
    let window = Window::of_next(&context.case, step, &context.organisation, &context.settings, context.today);
    let mut text = vec![opening_words(context, step, window)];
    match context.right(owner, step, &[context.today, window.first, window.last]) {
        Right::Owner => {}
        Right::By(agreement) => text.push(format!("{} {agreement}.", t.by_agreement)),
        Right::Not(_) => return None,
    }
    let kind = match step {
        StepKind::PlaneradAfi | StepKind::Afi => Some(StepKind::Afi),
        StepKind::PlaneradAli | StepKind::Ali => Some(StepKind::Ali),
        _ => None,
    };
    let day = window.first.max(context.today);
    let counts = kind.map(|kind| {
        let those = definitions(&context.case, kind, day, &context.organisation);
        those.map(|definition| lists::definition(definition, &context.words)).collect()
    });
    let label = context.words.step(step);
    let way = (context.address(&Which::Step(step).path()), format!("{} {}", t.register, super::words::lower(label)));
    Some(Section {
        title: label.to_owned(),
        text,
        counts: counts.unwrap_or_default(),
        counts_title: t.counts_as.to_owned(),
        ways: if window.is_open() { vec![way] } else { Vec::new() },
        named: false,
    })
}

/// What else can be done with the case.
fn others(context: &Context) -> Vec<(String, &'static str)> {
    let t = context.words.t;
    let all = [
        ("/svar", t.late_way, !late_steps(context).is_empty()),
        ("/samtycke", t.consent_way, context.case.is_open() && context.case.identity != IdentityState::Anonymous),
        ("/handlaggare", t.handlers_title, true),
        ("/kontor", t.offices_title, true),
        ("/arendenummer", t.reference_title, context.case.identity == IdentityState::Named),
        ("/ratta", t.correct_way, true),
    ];
    all.into_iter().filter(|(_, _, there)| *there).map(|(path, text, _)| (context.address(path), text)).collect()
}

/// The steps with unanswered questions; straight to the form where there is one.
fn late(visit: &Visit, context: &Context) -> HttpResponse {
    let t = context.words.t;
    let steps = late_steps(context);
    let mine: Vec<_> = steps.iter().filter(|(_, _, right)| !matches!(right, Right::Not(_))).collect();
    if let ([_], [(registration, _, _)]) = (&steps[..], &mine[..]) {
        return to(&context.address(&Which::Late(*registration).path()));
    }
    let lead = if steps.is_empty() { t.all_answered_why } else { t.late_lead };
    let mut page = page(visit, context, t.late_title, vec![lead.to_owned()]);
    for (registration, count, right) in steps {
        let Some((_, label)) = context.step_of(registration) else { continue };
        let mut section = Section {
            title: label,
            text: vec![format!("{} {count}.", t.unanswered)],
            named: true,
            ..Section::default()
        };
        match right {
            Right::Not(owner) => section.text.push(format!("{} {}.", t.others_why, owner.name())),
            Right::Owner | Right::By(_) => {
                section.ways.push((context.address(&Which::Late(registration).path()), t.answer_now.to_owned()));
            }
        }
        page.sections.push(section);
    }
    answer(visit, page)
}

fn corrections(visit: &Visit, context: &Context) -> WaysPage {
    let t = context.words.t;
    let mut page = page(visit, context, t.correct_title, vec![t.correct_lead.to_owned()]);
    for way in ways_to_correct(context) {
        let mut section = Section { title: way.about, named: true, ..Section::default() };
        match way.others {
            Some(owner) => {
                section.text.push(format!("{} {}.", t.corrected_by, owner.name()));
            }
            None => {
                let links = way.corrections.into_iter();
                section
                    .ways
                    .extend(links.map(|(what, text)| (context.address(&Which::Correct(what).path()), text.to_owned())));
            }
        }
        page.sections.push(section);
    }
    page
}

fn consent(visit: &Visit, context: &Context) -> WaysPage {
    let (case, t) = (&context.case, context.words.t);
    let mut page = page(visit, context, t.consent_title, Vec::new());
    page.lead.push(match &case.consent {
        Some(consent) => format!(
            "{} {}, {} ({}).",
            t.consent_obtained,
            consent.obtained_on,
            lists::office_name(&context.organisation, &consent.office),
            consent.form
        ),
        None => t.no_consent_why.to_owned(),
    });
    let withdraw = case.identity != IdentityState::Anonymous && case.withdrawal.is_none() && !case.felregistrering;
    let sections = [
        (Which::Withdraw, t.withdraw_title, t.withdraw_ends, withdraw),
        (Which::Protect, t.protect_title, t.protect_removes, case.identity == IdentityState::Named),
    ];
    for (which, title, text, _) in sections.into_iter().filter(|(.., there)| *there) {
        page.sections.push(Section {
            title: title.to_owned(),
            text: vec![text.to_owned()],
            ways: vec![(context.address(&which.path()), title.to_owned())],
            ..Section::default()
        });
    }
    page
}
