//! The two steps of a new request as forms, with what most likely is right filled in: the own office and its usual partner,
//! today, oneself.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::super::ask::Asking;
use super::super::body::{object, put};
use super::super::forms::{Stop, reaching};
use super::super::lists;
use super::super::sheet::{Part, Row, Sheet};
use super::super::typed::Typed;
use super::super::words::{Words, lower};
use crate::auth::policy::{self, Reach};
use crate::domain::answers::{Answers, asked};
use crate::domain::code::OfficeCode;
use crate::domain::command::Consent;
use crate::domain::organisation::{OfficePair, Organisation, Role};
use crate::domain::step::{Agency, StepKind};
use crate::web::door::Visit;
use crate::web::form::{Choice, Field, Group, Kind};

/// Whether the participant is named.
pub const WHO: &str = "deltagare";
/// By number, with a consent.
pub const NAMED: &str = "namngiven";
/// Without identity.
pub const ANONYMOUS: &str = "anonym";
/// Where the number is typed.
pub const NUMBER: &str = "participant.personnummer";
/// Where the sex of somebody anonymous is chosen.
pub const SEX: &str = "participant.anonymous.sex";

/// Who makes a request, and what most likely is right for them.
pub struct Desk<'a> {
    visit: &'a Visit,
    /// In which words.
    pub words: Words,
    agency: Agency,
    today: NaiveDate,
    own: BTreeSet<OfficeCode>,
    pair: OfficePair,
}

impl<'a> Desk<'a> {
    /// Of a visitor, where they may make a request at all: who has an assignment, at FK or by a local agreement.
    pub fn of(visit: &'a Visit) -> Result<Self, Stop> {
        let words = Words::of_language(visit.frame.language);
        let (t, today) = (words.t, visit.app.service.today());
        let none = || Stop { title: t.no_office_title, text: t.no_office_why.to_owned() };
        let agency = visit.caller.agency.ok_or_else(none)?;
        let Reach::Offices(own) = policy::reach(&visit.caller, &visit.organisation, today) else { return Err(none()) };
        let mine = own.iter().next().ok_or_else(none)?;
        let by_agreement = || {
            visit.organisation.agreements.values().find(|agreement| {
                agreement.agency == agency
                    && agreement.steps.contains(&StepKind::Begaran)
                    && agreement.validity.contains(today)
                    && [&agreement.fk, &agreement.af].into_iter().any(|office| own.contains(office))
            })
        };
        let pair = if agency == Agency::Fk {
            let other = lists::partner(&visit.organisation, mine, Agency::Af, today);
            other.map(|af| OfficePair { fk: mine.clone(), af })
        } else {
            let agreement = by_agreement()
                .ok_or_else(|| Stop { title: t.fk_requests_title, text: t.fk_requests_why.to_owned() })?;
            Some(OfficePair { fk: agreement.fk.clone(), af: agreement.af.clone() })
        };
        let pair = pair.ok_or_else(none)?;
        Ok(Self { visit, words, agency, today, own, pair })
    }

    fn organisation(&self) -> &Organisation {
        &self.visit.organisation
    }

    /// That there is a consent, and who it is about.
    pub fn first(&self) -> Sheet {
        let t = self.words.t;
        let who = vec![
            Choice { hint: t.named_hint.to_owned(), ..Choice::new(NAMED, t.named) },
            Choice { hint: t.anonymous_hint.to_owned(), ..Choice::new(ANONYMOUS, t.anonymous) },
        ];
        let sexes = vec![Choice::new("kvinna", t.woman), Choice::new("man", t.man)];
        let follows = |field| Row { field, follows: true };
        let rows = vec![
            Row { field: Field::new(WHO, t.who, Kind::Radios(who)).required(), follows: false },
            follows(self.number(t.number_if_named)),
            follows(Field::new(SEX, t.sex_if_anonymous, Kind::Radios(sexes))),
        ];
        Sheet {
            title: t.request_title.to_owned(),
            warning: vec![t.consent_first.to_owned(), t.consent_where.to_owned()],
            parts: vec![Part { legend: String::new(), text: Vec::new(), rows }],
            button: t.go_on,
            ..Sheet::default()
        }
    }

    fn number(&self, label: &str) -> Field {
        Field::new(NUMBER, label, Kind::Line("text"))
            .hint(self.words.t.number_hint)
            .attribute("inputmode", "numeric")
            .attribute("autocomplete", "off")
            .attribute("class", "middle")
    }

    /// What the first step knows, with what most likely is right for the rest: enough to try.
    pub fn offered(&self, typed: &Typed) -> Value {
        let anonymous = typed.one(WHO) == Some(ANONYMOUS);
        let mut body = object(typed, &[if anonymous { SEX } else { NUMBER }]);
        put(&mut body, "step", json!(StepKind::Begaran.code()));
        put(&mut body, "date", json!(self.today));
        put(&mut body, "offices", json!({"fk": self.pair.fk.as_str(), "af": self.pair.af.as_str()}));
        if body.get("participant").is_none() {
            let nobody = if anonymous { json!({"anonymous": {}}) } else { json!({}) };
            put(&mut body, "participant", nobody);
        }
        if !anonymous {
            let office = self.pair.of(self.agency).as_str();
            let consent = json!({
                "obtainedOn": self.today, "obtainedBy": self.agency.code(), "office": office, "form": "-",
            });
            put(&mut body, "consent", consent);
        }
        body
    }

    /// All the rest; `fresh` right after the first step, when what most likely is right is filled in.
    pub fn rest(&self, typed: &Typed, fresh: bool) -> Sheet {
        let t = self.words.t;
        let named = typed.one(WHO) != Some(ANONYMOUS);
        let mut parts = vec![self.participant(named), self.offices(typed)];
        if named {
            parts.push(Part::new(t.consent, self.consent()));
            parts.push(self.questions());
        }
        let sheet = Sheet {
            title: t.request_title.to_owned(),
            lead: vec![if named { t.number_is_free.to_owned() } else { t.anonymous_lead.to_owned() }],
            parts,
            hidden: vec![(WHO, if named { NAMED } else { ANONYMOUS }.to_owned())],
            button: t.request_button,
            again: t.update_lists,
            ..Sheet::default()
        };
        if !fresh {
            return sheet.filled(typed);
        }
        // What was typed in the first step stands there, and what is offered in the rest.
        let mut all = Typed::default();
        for field in sheet.fields() {
            let given = typed.all(&field.name);
            for value in if given.is_empty() { &field.values[..] } else { given } {
                all.add(&field.name, value);
            }
        }
        sheet.filled(&all)
    }

    fn participant(&self, named: bool) -> Part {
        let t = self.words.t;
        let last = crate::domain::dates::later(self.today, self.visit.app.service.settings.waiting_days_ahead);
        let date = Field::new("date", t.request_day, Kind::Line("date"))
            .holding(self.today.to_string())
            .hint(format!("{} {last}.", t.request_day_hint))
            .attribute("max", last.to_string())
            .required();
        let fields = if named {
            let places =
                lists::municipalities(self.organisation(), &[&self.pair.fk, &self.pair.af], self.today, &self.words);
            vec![
                self.number(t.number).required(),
                Field::new("municipality", t.municipality, Kind::Select(places)).hint(t.municipality_hint).required(),
                Field::new("district", t.district, Kind::Line("text")).hint(t.district_hint),
                date,
                Field::new("caseReference", t.reference, Kind::Line("text"))
                    .hint(t.reference_hint)
                    .attribute("autocomplete", "off"),
            ]
        } else {
            let sexes = vec![Choice::new("kvinna", t.woman), Choice::new("man", t.man)];
            vec![Field::new(SEX, t.sex, Kind::Radios(sexes)).required(), date]
        };
        Part::new(t.participant_part, fields)
    }

    fn offices(&self, typed: &Typed) -> Part {
        let (t, organisation) = (self.words.t, self.organisation());
        let mut near = self.own.clone();
        near.extend(lists::partners(organisation, &self.own, self.agency.other()));
        let fields = reaching(organisation, &near, t.near_offices, Some(&self.pair), self.today, &self.words);
        let handlers = Agency::ALL.map(|agency| {
            let name = if agency == Agency::Fk { "fk" } else { "af" };
            let chosen = typed.one(&format!("offices.{name}")).and_then(|code| OfficeCode::parse(code).ok());
            let office = chosen.as_ref().unwrap_or(self.pair.of(agency));
            let groups = lists::handlers(organisation, office, self.today, None, t.nobody_yet);
            let label = format!("{} ({})", t.handler, agency.name());
            let field = Field::new(format!("handlers.{name}"), label, Kind::Select(groups));
            let me = self.visit.caller.handler.as_ref().filter(|_| agency == self.agency);
            let here = me.and_then(|id| organisation.handlers.get(id));
            match here.filter(|h| h.has_assignment(Role::Deltagaransvarig, office, self.today)) {
                Some(me) => field.holding(me.id.as_str()),
                None => field,
            }
        });
        let mut part = Part::new(t.offices_part, fields.into_iter().chain(handlers));
        part.text.push(t.lists_follow.to_owned());
        part
    }

    fn consent(&self) -> Vec<Field> {
        let mut near = self.own.clone();
        near.extend(lists::partners(self.organisation(), &self.own, self.agency.other()));
        let mut fields = consent_fields(self.organisation(), &near, None, self.today, &self.words);
        let own = format!("{}:{}", self.agency.code(), self.pair.of(self.agency));
        for field in fields.iter_mut().filter(|field| field.name == "consent.office") {
            field.values = vec![own.clone()];
        }
        fields
    }

    fn questions(&self) -> Part {
        let t = self.words.t;
        let held = Answers::default();
        let asking = Asking { to: StepKind::Begaran, insatser: Vec::new(), held: &held, words: self.words };
        let rows = asking.rows(asked(None, StepKind::Begaran));
        Part {
            legend: t.questions.to_owned(),
            text: vec![t.questions_why.to_owned(), t.directly_before.to_owned()],
            rows,
        }
    }
}

/// The fields of a consent. The office is chosen together with its agency.
pub fn consent_fields(
    organisation: &Organisation,
    near: &BTreeSet<OfficeCode>,
    standing: Option<&Consent>,
    day: NaiveDate,
    words: &Words,
) -> Vec<Field> {
    let t = words.t;
    let mut groups = vec![lists::blank(words.language.texts().choose)];
    for agency in Agency::ALL {
        let stands = standing.filter(|consent| consent.obtained_by == agency).map(|consent| &consent.office);
        let of_agency = lists::offices(organisation, agency, near, t.near_offices, stands, day, words);
        groups.extend(of_agency.into_iter().skip(1).map(|group| {
            Group {
                label: format!("{}: {}", agency.name(), lower(&group.label)),
                choices: group
                    .choices
                    .into_iter()
                    .map(|choice| Choice { value: format!("{}:{}", agency.code(), choice.value), ..choice })
                    .collect(),
            }
        }));
    }
    let held = |field: Field, value: Option<String>| Field { values: value.into_iter().collect(), ..field };
    let office = standing.map(|consent| format!("{}:{}", consent.obtained_by.code(), consent.office));
    vec![
        held(
            Field::new("consent.obtainedOn", t.consent_day, Kind::Line("date"))
                .hint(t.consent_day_hint)
                .attribute("max", day.to_string())
                .required(),
            standing.map(|consent| consent.obtained_on.to_string()),
        ),
        held(Field::new("consent.office", t.consent_office, Kind::Select(groups)).required(), office),
        held(
            Field::new("consent.form", t.consent_form, Kind::Line("text"))
                .hint(t.consent_form_hint)
                .attribute("class", "middle")
                .attribute("autocomplete", "off")
                .required(),
            standing.map(|consent| consent.form.to_string()),
        ),
    ]
}
