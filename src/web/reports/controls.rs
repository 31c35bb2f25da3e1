//! The controls of a report: period, place and package, and under them what else the report takes. Every report has the
//! same; what it doesn't take isn't there.
//!
//! Never here: what is made of what they hold ([`super::question`]).

use super::periods::Preset;
use super::places;
use super::question::{Asked, Wrong, lang};
use crate::domain::geography;
use crate::domain::organisation::Organisation;
use crate::domain::step::Agency;
use crate::reports::catalogue::variable_labels;
use crate::reports::forms::ReportForm;
use crate::reports::times::Every;
use crate::reports::variables::{Origin, Variable};
use crate::web::form::{Choice, Field, Group, Kind, Mistake, mistakes};
use crate::web::texts::Language;
use crate::web::texts::reports::ReportTexts;

/// The controls as a page shows them.
pub struct Controls {
    /// The earlier state that is shown, which stays until somebody asks for the present.
    pub state: Vec<(String, String)>,
    /// What every report takes.
    pub main: Vec<Field>,
    /// Buttons for periods: code and text.
    pub presets: Vec<(&'static str, &'static str)>,
    /// Whom the report is about, and how it is split.
    pub more: Vec<Field>,
    /// Whether some of those hold something, so that they are to be seen.
    pub more_is_used: bool,
    /// What is wrong.
    pub mistakes: Vec<Mistake>,
}

/// What the controls are made from.
pub struct Makings<'a> {
    /// The language of the page.
    pub language: Language,
    /// The places to choose among.
    pub places: Vec<Group>,
    /// Packages of the report, by id.
    pub packages: Vec<Choice>,
    /// What the report takes.
    pub form: &'static ReportForm,
    /// The registers.
    pub organisation: &'a Organisation,
}

/// The controls with what was asked in them, and what was wrong with it.
pub fn of(makings: Makings<'_>, asked: &Asked, wrong: &[Wrong]) -> Controls {
    let Makings { language, mut places, packages, form, organisation } = makings;
    let t = ReportTexts::of(language);
    let fields = Some(&asked.fields);
    let place = asked.fields.one("geography").unwrap_or(places::RIKET);
    if !places.iter().any(|group| group.choices.iter().any(|choice| choice.value == place)) {
        // What was asked for stays, whether it is there or not.
        places.insert(0, Group { label: String::new(), choices: vec![Choice::new(place, place)] });
    }
    let plain = |choices: Vec<Choice>| Kind::Select(vec![Group { label: String::new(), choices }]);
    let mut main = vec![
        Field::new("from", t.from, Kind::Line("date")).filled(fields),
        Field::new("to", t.to, Kind::Line("date")).filled(fields),
        Field::new("geography", t.place, Kind::Select(places)).filled(fields),
    ];
    if !packages.is_empty() {
        let usual = [Choice::new("", t.usual_package), Choice::new("alla", t.no_package)];
        let packages = usual.into_iter().chain(packages).collect();
        main.push(Field::new("package", t.package, plain(packages)).filled(fields));
    }
    let every = Every::ALL.map(|every| {
        let text = match every {
            Every::Month => t.every_month,
            Every::Quarter => t.every_quarter,
            Every::Year => t.every_year,
        };
        Choice::new(every.code(), text)
    });
    let every = [Choice::new("", t.every_none)].into_iter().chain(every).collect();
    main.push(Field::new("every", t.every, plain(every)).filled(fields));
    let tables = vec![Choice::new("", t.tables_all), Choice::new("kon", t.tables_by_sex)];
    main.push(Field::new("tabell", t.tables, plain(tables)).filled(fields));
    let mut more: Vec<Field> = form.selectable().map(|v| selection(t, language, v, organisation, asked)).collect();
    for field in &mut more {
        if form.requires.is_some_and(|wanted| wanted.row().name == field.name) {
            field.required = true;
        }
    }
    // A field set of boxes is never required by the browser: one of them is enough.
    let splits = form.splittable().map(|v| Choice::new(v.row().name, variable_labels(v, lang(language)).label));
    let mut split = Field::new("split", t.split, Kind::Checks(splits.collect())).hint(t.split_hint);
    split.values = listed(asked, "split");
    more.push(split);
    let mut whole = Vec::new();
    for Wrong { field, text } in wrong {
        match main.iter_mut().chain(&mut more).find(|there| there.name == *field) {
            Some(there) => there.errors.push(text.clone()),
            None => whole.push(text.clone()),
        }
    }
    let used = |field: &Field| field.required || !field.values.is_empty() || !field.errors.is_empty();
    Controls {
        state: asked.state(wrong),
        presets: Preset::ALL.map(|preset| (preset.code(), preset.text(t))).to_vec(),
        more_is_used: more.iter().any(used),
        mistakes: mistakes(whole, main.iter().chain(&more)),
        main,
        more,
    }
}

/// Everything that a name was given, in one list.
fn listed(asked: &Asked, name: &str) -> Vec<String> {
    let codes = asked.fields.all(name).flat_map(|text| text.split(','));
    codes.map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

fn selection(
    t: &ReportTexts,
    language: Language,
    variable: Variable,
    organisation: &Organisation,
    asked: &Asked,
) -> Field {
    let row = variable.row();
    let labels = variable_labels(variable, lang(language));
    let mut values = listed(asked, row.name);
    if row.origin != Origin::Place {
        let choices = labels.codes.iter().filter(|code| row.codes.contains(&&*code.code));
        let choices = choices.map(|code| Choice::new(code.code.clone(), code.label.clone())).collect();
        let mut field = Field::new(row.name, labels.label, Kind::Checks(choices));
        field.values = values;
        return field;
    }
    let mut choices = from_register(variable, organisation);
    choices.sort_by_cached_key(|choice| places::in_swedish_order(&choice.text));
    let joined = values.join(",");
    if values.len() > 1 {
        choices.push(Choice::new(joined.clone(), joined.clone()));
        values = vec![joined];
    }
    choices.insert(0, Choice::new("", t.any));
    let mut field = Field::new(row.name, labels.label, Kind::Select(vec![Group { label: String::new(), choices }]));
    field.values = values;
    field
}

fn from_register(variable: Variable, organisation: &Organisation) -> Vec<Choice> {
    let areas = |agency: Agency| {
        let areas = organisation.areas.values().filter(move |area| area.agency == agency);
        areas.map(|area| Choice::new(area.code.to_string(), area.name.clone())).collect()
    };
    let offices = |agency: Agency| {
        let offices = organisation.offices.values().filter(move |office| office.agency == agency);
        offices.map(|office| Choice::new(office.code.to_string(), office.name.clone())).collect()
    };
    match variable {
        Variable::Marknadsomrade => areas(Agency::Af),
        Variable::Verksamhetsomrade => areas(Agency::Fk),
        Variable::AfKontor => offices(Agency::Af),
        Variable::FkKontor => offices(Agency::Fk),
        _ => {
            let open = geography::municipalities().iter().filter(|kommun| kommun.validity.to.is_none());
            open.map(|kommun| Choice::new(kommun.code.to_string(), kommun.name.clone())).collect()
        }
    }
}
