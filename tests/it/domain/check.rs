//! One `check` for every scenario: a text file that says who registers what on which day, and what is answered.
//!
//! ```text
//! # A comment says why.
//! today 2016-10-27                      the clock stands there until it is set again; `today follows` lets it go with
//!                                       the dates that are registered (so it begins)
//! FK 2016-10-03 begaran named 1985-03-12 kvinna ref=FK-1        opens a case; what is not said is the usual
//! FK 2016-10-27 planerad_afi moten=2016-10-12 by=agreement      questions by their names, codes with commas, `-` = none
//!     ! datum_ordning /date from 2016-10-13                     refused: every finding, in order
//!     ~ svar_saknas /answers values a, b                        accepted with exactly these notices
//!     ok                                                        accepted without notices
//! AF answers @1 utbildning=gymnasium
//! FK 2016-11-01 offices fk=FK-SANDVIKEN af=AF-SANDVIKEN handlers.af=af-h-305
//! AF 2016-11-01 handlers af=af-h-201 fk=-
//! AF 2016-11-02 withdrawal · FK 2016-11-02 protection · AF reference AF-77
//! FK undo @3 · FK move @2 2016-10-20 · FK replace @3 planerad_ali · FK correct-answers @1 program=nej utbildning=?
//! FK correct-kommun 2181 · FK correct-consent 2016-09-20 · FK correct-offices @4 date=2016-11-03 af=AF-SANDVIKEN
//! FK felregistrering · FK felregistrering replacedBy=other · FK undo-felregistrering
//! chain = begaran 2016-10-03, gk 2016-10-12 | 9 days           a question of the case, and its answer
//! due = AF 2016-11-24 · missing = @1 utbildning · offices on 2016-11-01 = … · known on 2016-10-20 = …
//! ```
//!
//! A command without expectations is to be accepted, whatever the notices. `@3` is the third registration of the case.
//! Each accepted command is put in a journal, and the journal replayed must give the case that was decided.
//! `UPDATE_EXPECT=1` writes what happened into the file, to be read in the diff.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Stockholm;
use sus::domain::answers::Answer;
use sus::domain::case::{Case, IdentityState};
use sus::domain::code::{CaseId, CaseReference, ClientId, Position, RegistrationId};
use sus::domain::command::{Command, Registrar, Request};
use sus::domain::finding::{Allowed, Finding};
use sus::domain::journal::{Entry, Event};
use sus::domain::organisation::Organisation;
use sus::domain::step::Agency;
use sus::domain::transition::{Facts, PROVISIONAL, Settings, decide};
use sus::domain::{dates, due};
use uuid::Uuid;

use super::difference::difference;
use super::line::{Line, date, place};
use super::organisation::organisation;

/// Runs the scenario file and compares what happened with what it says. Gives the codes of the rules that spoke.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so, not whoever runs the service")]
pub fn check(path: &Path) -> Result<BTreeSet<&'static str>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let mut world = World::new();
    let mut happened = String::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        let mut expected = Vec::new();
        while let Some((_, next)) = lines.next_if(|(_, next)| is_expectation(next)) {
            expected.push(next);
        }
        let actual = world.line(line, &expected).map_err(|e| format!("{}:{}: {e}", path.display(), number + 1))?;
        for line in actual {
            let _ = writeln!(happened, "{line}");
        }
    }
    if happened == text {
        return Ok(world.spoke);
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, happened).map_err(|e| e.to_string())?;
        return Ok(world.spoke);
    }
    Err(difference(path, &text, &happened))
}

fn is_expectation(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("! ") || line.starts_with("~ ") || line == "ok"
}

/// One case with its journal, the clock and the registers.
pub struct World {
    organisation: Organisation,
    settings: Settings,
    now: Option<DateTime<Utc>>,
    follows: bool,
    case: Option<Case>,
    reference: Option<(Agency, CaseReference)>,
    journal: Vec<Entry>,
    spoke: BTreeSet<&'static str>,
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

impl World {
    fn new() -> Self {
        Self {
            organisation: organisation(),
            settings: Settings::default(),
            now: None,
            follows: true,
            case: None,
            reference: None,
            journal: Vec::new(),
            spoke: BTreeSet::new(),
        }
    }

    /// The case as it stands.
    pub fn case(&self) -> Option<&Case> {
        self.case.as_ref()
    }

    /// Does what a line says; gives the line, or what it should be, with its expectations.
    fn line(&mut self, line: &str, expected: &[&str]) -> Result<Vec<String>, String> {
        let said = line.trim();
        let mut words = said.split_whitespace().peekable();
        match words.peek().copied() {
            None => Ok(vec![line.to_owned()]),
            Some(word) if word.starts_with('#') => Ok(vec![line.to_owned()]),
            Some("today" | "case" | "settings") => {
                self.surroundings(&mut words)?;
                Ok(vec![line.to_owned()])
            }
            Some("FK" | "AF") => {
                let actual = self.command(said, expected.is_empty())?;
                let same = expected.iter().map(|l| l.trim()).eq(actual.iter().map(String::as_str));
                let mut all = vec![line.to_owned()];
                if same {
                    all.extend(expected.iter().map(|l| (*l).to_owned()));
                } else {
                    all.extend(actual.iter().map(|l| format!("    {l}")));
                }
                Ok(all)
            }
            Some(_) => {
                let (question, _) = said.split_once('=').ok_or("neither a command nor a question")?;
                let answer = self.question(question.trim())?;
                Ok(vec![format!("{} = {answer}", question.trim())])
            }
        }
    }

    fn surroundings(&mut self, words: &mut Words<'_>) -> Result<(), String> {
        match (words.next(), words.next(), words.next()) {
            (Some("today"), Some("follows"), None) => self.follows = true,
            (Some("today"), Some(day), time) => {
                let time = match time {
                    Some(time) => NaiveTime::parse_from_str(time, "%H:%M").map_err(|e| e.to_string())?,
                    None => NOON,
                };
                self.follows = false;
                self.now = Some(instant(date(day)?, time)?);
            }
            (Some("case"), Some("new"), None) => {
                *self = Self { spoke: std::mem::take(&mut self.spoke), ..Self::new() };
            }
            (Some("settings"), Some("consent_months"), Some(months)) => {
                self.settings.consent_months = Some(months.parse().map_err(|_| "months")?);
            }
            _ => return Err("unknown surroundings".to_owned()),
        }
        Ok(())
    }

    /// Decides a command; gives its findings, or `ok`. Where nothing is expected, notices are let through.
    fn command(&mut self, said: &str, anything: bool) -> Result<Vec<String>, String> {
        let line = Line::parse(said, self)?;
        if self.follows
            && let Some(day) = line.day
        {
            let then = instant(day, NOON)?;
            self.now = Some(self.now.map_or(then, |now| now.max(then)));
        }
        let now = self.now.ok_or("say `today` first")?;
        let by = Registrar { agency: line.agency, client: ClientId::parse("scenario").unwrap(), handler: None };
        let facts = Facts {
            organisation: &self.organisation,
            settings: &self.settings,
            by: &by,
            known_from: now,
            today: dates::swedish_day(now),
            other_open_case: line.open_elsewhere,
            reference_taken: line.reference_taken,
            replacement_unknown: line.replacement_unknown,
        };
        let asked = self.case.clone();
        let request = Request { command: line.command, agreement: line.agreement };
        let decided = decide(asked.as_ref().map(|c| (c, c.id)), &request, &facts);
        let found = match &decided {
            Ok(decision) => &decision.notices,
            Err(findings) => findings,
        };
        self.spoke.extend(found.0.iter().map(|f| f.rule.code()));
        let mut answer: Vec<String> = found.0.iter().map(finding_line).collect();
        let Ok(decision) = decided else {
            assert!(found.has_errors(), "refused without an error");
            return Ok(answer);
        };
        if anything {
            answer.clear();
        } else if answer.is_empty() {
            answer.push("ok".to_owned());
        }
        if let Command::Register(new) = &request.command
            && let Some(opening) = &new.opening
        {
            self.reference = opening.reference.clone().map(|r| (by.agency, r));
        }
        let number = self.journal.len() + 1;
        let entry = Entry {
            id: registration(number),
            position: Position(i64::try_from(number).unwrap()),
            known_from: now,
            by,
            agreement: decision.agreement,
            event: decision.event,
        };
        let written = with_ids(decision.case, &entry);
        self.journal.push(entry);
        let replayed = self.replay(self.journal.len()).ok_or("the journal does not begin with a request")?;
        if replayed != written {
            return Err(format!("replayed and decided differ:\n{replayed:#?}\n{written:#?}"));
        }
        self.case = Some(replayed);
        Ok(answer)
    }

    /// The case after the first `count` entries. The request's reference stands beside the journal.
    fn replay(&self, count: usize) -> Option<Case> {
        let Event::Step { opened: Some(opened), .. } = &self.journal.first()?.event else {
            return None;
        };
        let identity = if opened.anonymous { IdentityState::Anonymous } else { IdentityState::Named };
        let (first, rest) = self.journal[..count].split_first()?;
        let mut case = Case::begin(CASE, identity, first)?;
        case.references.extend(self.reference.clone());
        rest.iter().for_each(|entry| case.apply(entry));
        Some(case)
    }

    fn question(&self, question: &str) -> Result<String, String> {
        let case = self.case.as_ref().ok_or("there is no case yet")?;
        let words: Vec<&str> = question.split_whitespace().collect();
        Ok(match words[..] {
            ["chain"] => chain(case),
            ["person"] => summary(case),
            ["due"] => self.due(case),
            ["missing"] => self.missing(case),
            ["meetings"] => list(case.meetings().iter().map(ToString::to_string)),
            ["version"] => case.version.to_string(),
            ["offices", "on", day] => {
                let pair = case.offices_on(date(day)?);
                format!("{} {}", pair.fk, pair.af)
            }
            ["handlers", "on", day] => {
                let day = date(day)?;
                let name = |agency| case.handler_on(agency, day).map_or_else(|| "-".to_owned(), ToString::to_string);
                format!("{} {}", name(Agency::Fk), name(Agency::Af))
            }
            ["step", "on", day] => case.step_on(date(day)?).map_or("nothing", |s| s.kind.code()).to_owned(),
            ["answers", registration] => {
                let index = case.index_of(place(registration)?).ok_or("no such step")?;
                list(case.steps[index].answers.0.iter().map(|(q, a)| format!("{} {}", q.code(), answer_words(a))))
            }
            // A date as `asOf` means the end of that day.
            ["known", "on", day] => {
                let day = date(day)?;
                let count = self.journal.iter().take_while(|e| dates::swedish_day(e.known_from) <= day).count();
                self.replay(count).map_or_else(|| "nothing".to_owned(), |case| chain(&case))
            }
            _ => return Err(format!("no such question: {question}")),
        })
    }

    fn due(&self, case: &Case) -> String {
        let Some(next) = due::next(case, &self.settings) else { return "nothing".to_owned() };
        let today = self.now.map(dates::swedish_day).unwrap_or_default();
        let overdue = if next.is_overdue(today) { " overdue" } else { "" };
        format!("{} {}{overdue}", next.owner, next.on)
    }

    fn missing(&self, case: &Case) -> String {
        let number = |id| self.journal.iter().position(|e| e.id == id).map_or(0, |place| place + 1);
        list(case.missing_answers().into_iter().map(|(id, question)| format!("@{} {}", number(id), question.code())))
    }
}

pub const CASE: CaseId = CaseId(Uuid::from_u128(0xCA5E << 96));
const NOON: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).unwrap();

pub fn registration(number: usize) -> RegistrationId {
    RegistrationId(Uuid::from_u128((0x0F5E_u128 << 96) + number as u128))
}

fn instant(day: NaiveDate, time: NaiveTime) -> Result<DateTime<Utc>, String> {
    let local = Stockholm.from_local_datetime(&day.and_time(time)).earliest();
    Ok(local.ok_or("no such time in Stockholm")?.with_timezone(&Utc))
}

/// The decided case with the ids that writing it gives.
pub fn with_ids(mut case: Case, entry: &Entry) -> Case {
    case.adopt(PROVISIONAL, entry.id, CASE);
    case.last_position = entry.position;
    case
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "nothing".to_owned() } else { items.join(", ") }
}

fn chain(case: &Case) -> String {
    let days = (0..case.steps.len()).filter_map(|i| case.days(i)).map(|d| d.to_string());
    let days: Vec<String> = days.collect();
    let days = if days.is_empty() { String::new() } else { format!(" | {} days", days.join(", ")) };
    let wrong = if case.felregistrering { " | felregistrering" } else { "" };
    let steps = case.steps.iter().map(|s| match &s.agreement {
        Some(agreement) => format!("{} {} by {agreement}", s.kind, s.date),
        None => format!("{} {}", s.kind, s.date),
    });
    format!("{}{days}{wrong}", list(steps))
}

fn summary(case: &Case) -> String {
    let mut facts = vec![case.identity.code().to_owned(), case.sex.code().to_owned()];
    facts.extend(case.birth.map(|b| format!("born {b}")));
    facts.extend(case.municipality.as_ref().map(|m| format!("kommun {m}")));
    facts.extend(case.district.as_ref().map(|d| format!("stadsdel {d}")));
    facts.extend(case.consent.as_ref().map(|c| format!("consent {}", c.obtained_on)));
    facts.extend(case.references.iter().map(|(agency, reference)| format!("{agency} {reference}")));
    facts.extend(case.withdrawal.as_ref().map(|w| format!("withdrawn {}", w.date)));
    facts.push(format!("{} corrections", case.corrections.len()));
    facts.join(", ")
}

fn answer_words(answer: &Answer) -> String {
    match answer {
        Answer::Bool(true) => "ja".to_owned(),
        Answer::Bool(false) => "nej".to_owned(),
        Answer::Code(code) => (*code).to_owned(),
        Answer::Codes(codes) if codes.is_empty() => "-".to_owned(),
        Answer::Codes(codes) => codes.join("+"),
        Answer::Percent(percent) => format!("{percent} %"),
        Answer::OrganisationNumber(number) => number.to_string(),
        Answer::Insats(code, version) => {
            version.map_or_else(|| code.to_string(), |version| format!("{code} version {version}"))
        }
        Answer::Dates(days) => days.iter().map(ToString::to_string).collect::<Vec<_>>().join("+"),
    }
}

fn finding_line(finding: &Finding) -> String {
    let mark = if finding.is_error() { "!" } else { "~" };
    let pointer = if finding.pointer.is_empty() { "-" } else { &finding.pointer };
    let mut line = format!("{mark} {} {pointer}", finding.rule.code());
    let allowed = finding.allowed.as_ref().map(|allowed| match allowed {
        Allowed::DateFrom(day) => format!("from {day}"),
        Allowed::DateTo(day) => format!("to {day}"),
        Allowed::DateBetween(first, last) => format!("{first}..{last}"),
        Allowed::Steps(steps) => {
            format!("steps {}", list(steps.iter().map(|(step, agency)| format!("{step} {agency}"))))
        }
        Allowed::Agency(agency) => format!("agency {agency}"),
        Allowed::Values(values) => format!("values {}", list(values.iter().map(|v| short(v)))),
        Allowed::Shape(shape) => format!("shape {}", shape.en()),
    });
    if let Some(allowed) = allowed {
        let _ = write!(line, " {allowed}");
    }
    // The sentences are filled in: nothing is left open where the finding says what is allowed.
    for text in [finding.sv(), finding.en()] {
        assert!(!text.contains("{allowed}"), "{line}: {text}");
        assert!(finding.allowed.is_some() || !text.contains(": –"), "{line} says nothing of what is allowed: {text}");
    }
    line
}

/// A registration's id by its number.
fn short(value: &str) -> String {
    let number = Uuid::parse_str(value).map(|id| id.as_u128() & 0xFFFF_FFFF);
    number.map_or_else(|_| value.to_owned(), |number| format!("@{number}"))
}
