//! What an export holds: every table and every column once. The Parquet files, `schema.json` and the answer of
//! `/v1/exports` are made from this list, so that none can say what the others don't.
//!
//! Never here: how a case becomes rows ([`super::rows`]).

use std::sync::OnceLock;

use polars::prelude::{DataType, Field, Schema};
use serde_json::{Map, Value, json};

use crate::domain::answers::{AnswerKind, Choice, QUESTIONS, QuestionRow};
use crate::domain::step::{Agency, StepKind};
use crate::reports::catalogue::variable_labels;
use crate::reports::request::Lang;
use crate::reports::variables::{SAKNAS, Variable};

/// The version of the tables; raised when a column changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Flag,
    Day,
    Texts,
    Days,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Number => "int64",
            Self::Text => "string",
            Self::Flag => "boolean",
            Self::Day => "date",
            Self::Texts => "list<string>",
            Self::Days => "list<date>",
        }
    }

    pub(super) fn dtype(self) -> DataType {
        match self {
            Self::Number => DataType::Int64,
            Self::Text => DataType::String,
            Self::Flag => DataType::Boolean,
            Self::Day => DataType::Date,
            Self::Texts => DataType::List(Box::new(DataType::String)),
            Self::Days => DataType::List(Box::new(DataType::Date)),
        }
    }
}

/// A code with its labels.
type Labelled = (String, String, String);

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name; those of answers are the names on the wire.
    pub name: &'static str,
    pub(super) kind: Kind,
    nullable: bool,
    unit: Option<&'static str>,
    sv: String,
    en: String,
    codes: Vec<Labelled>,
    source: &'static str,
}

impl Column {
    const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    fn codes(mut self, codes: Vec<Labelled>) -> Self {
        self.codes = codes;
        self
    }

    fn told(&self) -> Value {
        let mut told = Map::new();
        let mut put = |name: &str, value: Value| told.insert(name.to_owned(), value);
        put("name", json!(self.name));
        put("type", json!(self.kind.name()));
        put("nullable", json!(self.nullable));
        if let Some(unit) = self.unit {
            put("unit", json!(unit));
        }
        put("sv", json!(self.sv));
        put("en", json!(self.en));
        if !self.codes.is_empty() {
            let code = |(code, sv, en): &Labelled| json!({"code": code, "sv": sv, "en": en});
            put("codes", self.codes.iter().map(code).collect());
        }
        put("source", json!(self.source));
        Value::Object(told)
    }
}

fn column(name: &'static str, kind: Kind, source: &'static str, sv: &str, en: &str) -> Column {
    let (sv, en) = (sv.to_owned(), en.to_owned());
    Column { name, kind, nullable: false, unit: None, sv, en, codes: Vec::new(), source }
}

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableId {
    /// One row a case.
    Cases,
    /// One row a step.
    Steps,
    /// One row a step that has answers.
    Answers,
    /// The offices of a case in time.
    CaseOffices,
    /// Anonymous cases, apart from the others.
    Anonymous,
    /// The register of offices.
    Offices,
    /// The register of areas.
    Areas,
    /// The register of steering groups.
    SteeringGroups,
    /// Kommuner with their län.
    Municipalities,
}

impl TableId {
    /// All, in the order in which they are read.
    pub const ALL: [Self; 9] = [
        Self::Cases,
        Self::Steps,
        Self::Answers,
        Self::CaseOffices,
        Self::Anonymous,
        Self::Offices,
        Self::Areas,
        Self::SteeringGroups,
        Self::Municipalities,
    ];

    /// Its name, in SQL, in an address and before `.parquet`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Steps => "steps",
            Self::Answers => "answers",
            Self::CaseOffices => "case_offices",
            Self::Anonymous => "anonymous",
            Self::Offices => "offices",
            Self::Areas => "areas",
            Self::SteeringGroups => "steering_groups",
            Self::Municipalities => "municipalities",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// Whether its rows come from the cases, and not from a register.
    #[must_use]
    pub const fn is_of_cases(self) -> bool {
        matches!(self, Self::Cases | Self::Steps | Self::Answers | Self::CaseOffices | Self::Anonymous)
    }

    /// Its file.
    #[must_use]
    pub fn file(self) -> String {
        format!("{}.parquet", self.name())
    }

    /// What it holds.
    #[must_use]
    pub fn table(self) -> &'static Table {
        // A table each, in the order of the enum; a test says so.
        &tables()[self as usize]
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which.
    pub id: TableId,
    key: &'static [&'static str],
    sv: &'static str,
    en: &'static str,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
}

impl Table {
    pub(super) fn schema(&self) -> Schema {
        self.columns.iter().map(|c| Field::new(c.name.into(), c.kind.dtype())).collect()
    }

    /// The table as `schema.json` tells it.
    #[must_use]
    pub fn told(&self) -> Value {
        json!({
            "name": self.id.name(), "file": self.id.file(), "key": self.key, "sv": self.sv, "en": self.en,
            "columns": self.columns.iter().map(Column::told).collect::<Vec<_>>(),
        })
    }
}

fn choices(all: &[Choice]) -> Vec<Labelled> {
    all.iter().map(|c| (c.code.to_owned(), c.sv.to_owned(), c.en.to_owned())).collect()
}

fn of_variable(variable: Variable) -> Vec<Labelled> {
    let (sv, en) = (variable_labels(variable, Lang::Sv), variable_labels(variable, Lang::En));
    let both = sv.codes.into_iter().zip(en.codes);
    both.filter(|(sv, _)| sv.code != SAKNAS).map(|(sv, en)| (sv.code.to_string(), sv.label, en.label)).collect()
}

fn steps() -> Vec<Labelled> {
    let told = |k: StepKind| (k.code().to_owned(), k.label_sv().to_owned(), k.label_en().to_owned());
    StepKind::ALL.into_iter().map(told).collect()
}

fn agencies() -> Vec<Labelled> {
    let name = |agency| if agency == Agency::Fk { "Försäkringskassan" } else { "Arbetsförmedlingen" };
    Agency::ALL.into_iter().map(|a| (a.code().to_owned(), name(a).to_owned(), name(a).to_owned())).collect()
}

fn case_number() -> Column {
    let sv = "Ärendets nummer i denna export och ingen annan; numren har ingen ordning";
    let en = "The case's number in this export and no other; the numbers have no order";
    column("caseNumber", Kind::Number, "made for the export", sv, en)
}

fn step_number() -> Column {
    let (sv, en) = ("Stegets plats i kedjan, från 1", "Place of the step in the chain, from 1");
    column("stepNumber", Kind::Number, "the chain as it stands after corrections", sv, en)
}

fn sex() -> Column {
    column("sex", Kind::Text, "the identity number, or given where there is none", "Kön", "Sex")
        .codes(of_variable(Variable::Kon))
}

fn offices(when_sv: &str, when_en: &str) -> [Column; 2] {
    let of = |name, agency: &str| {
        let (sv, en) = (format!("{agency}:s kontor {when_sv}"), format!("Office of {agency} {when_en}"));
        column(name, Kind::Text, "begaran and changes of office", &sv, &en)
    };
    [of("fkOffice", "FK"), of("afOffice", "AF")]
}

fn until(name: &'static str, sv: &str, en: &str) -> Column {
    column(name, Kind::Day, "the chain and changes of office", sv, en).nullable()
}

/// The column of a question; `None` where its answers say more than figures need: an organisation number is that of one
/// employer, and of a sole trader it is the personnummer.
fn answer(row: &QuestionRow) -> Option<Column> {
    let asked = "answers with the step, late and corrected ones included; null = unanswered";
    let of = |kind| column(row.code, kind, asked, row.sv, row.en).nullable();
    Some(match row.kind {
        AnswerKind::Bool => of(Kind::Flag),
        AnswerKind::Code(all) => of(Kind::Text).codes(choices(all)),
        AnswerKind::Codes(all) => of(Kind::Texts).codes(choices(all)),
        AnswerKind::Percent => of(Kind::Number).unit("per cent of full time, 1–100"),
        AnswerKind::InsatsCode => of(Kind::Text),
        AnswerKind::Dates => of(Kind::Days),
        AnswerKind::OrganisationNumber => return None,
    })
}

/// Every table.
pub(super) fn tables() -> &'static [Table] {
    static ALL: OnceLock<Vec<Table>> = OnceLock::new();
    ALL.get_or_init(|| TableId::ALL.into_iter().map(table).collect())
}

fn table(id: TableId) -> Table {
    let register = "the organisation register as it was when the export was made";
    let registered = |name, kind, sv, en| column(name, kind, register, sv, en);
    let (key, sv, en, columns): (&'static [&'static str], _, _, Vec<Column>) = match id {
        TableId::Cases => (
            &["caseNumber"],
            "Ärenden som räknas: varken felregistreringar eller anonyma",
            "Cases that are counted: neither registered in error nor anonymous",
            vec![
                case_number(),
                sex(),
                column(
                    "ageGroup",
                    Kind::Text,
                    "the birth date, which is not exported",
                    "Ålder på begärans dag; null = okänd",
                    "Age on the day of the request; null = not known",
                )
                .nullable()
                .unit("whole years, in groups")
                .codes(of_variable(Variable::Alder)),
                column(
                    "municipality",
                    Kind::Text,
                    "begaran, as corrected",
                    "Folkbokföringskommun vid begäran, SCB:s kod; null = okänd",
                    "Municipality of residence at the request, SCB's code; null = not known",
                )
                .nullable(),
            ],
        ),
        TableId::Steps => {
            let mut columns = vec![
                case_number(),
                step_number(),
                column("step", Kind::Text, "registrations", "Steg", "Step").codes(steps()),
                column("date", Kind::Day, "registrations", "Stegets datum", "Date of the step"),
                until(
                    "until",
                    "Nästa stegs datum: steget täcker dagarna före det; null = pågår, eller en avslutning",
                    "Date of the next step: the step covers the days before it; null = under way, or an ending",
                ),
            ];
            columns.extend(offices("på stegets datum", "on the date of the step"));
            columns.extend([
                column("agency", Kind::Text, "registrations", "Myndighet som registrerade", "Agency that registered")
                    .codes(agencies()),
                column(
                    "onBehalf",
                    Kind::Flag,
                    "registrations",
                    "Registrerat åt den andra myndigheten enligt lokal överenskommelse",
                    "Registered for the other agency by a local agreement",
                ),
                column(
                    "registeredOn",
                    Kind::Day,
                    "registrations",
                    "Dagen då steget blev känt, svensk tid",
                    "Day on which the step became known, Swedish time",
                ),
            ]);
            (
                &["caseNumber", "stepNumber"],
                "Kedjorna i ärendena, ett steg per rad",
                "The chains of the cases, a step a row",
                columns,
            )
        }
        TableId::Answers => {
            let mut columns = vec![case_number(), step_number()];
            columns.extend(QUESTIONS.iter().filter_map(answer));
            (
                &["caseNumber", "stepNumber"],
                "Svaren, en rad per steg som har något; en kolumn per fråga, tom lista = tillfrågad, inget",
                "The answers, a row for each step that has any; a column a question, empty list = asked, none",
                columns,
            )
        }
        TableId::CaseOffices => {
            let since = column(
                "since",
                Kind::Day,
                "begaran and changes of office",
                "Första dagen; den första raden är begärans dag",
                "First day; the first row's is the day of the request",
            );
            let last = until(
                "until",
                "Dagen då nästa kontorspar tar vid; null = inget",
                "Day on which the next pair takes over; null = none does",
            );
            let mut columns = vec![case_number(), since, last];
            columns.extend(offices("de dagarna", "on those days"));
            (
                &["caseNumber", "since"],
                "Ärendenas kontor över tid: för den som räknar dagar eller bestånd",
                "The offices of the cases in time: for whoever counts days or stock",
                columns,
            )
        }
        TableId::Anonymous => {
            let since = column("since", Kind::Day, "the chain", "Första dagen på kontoren", "First day at the offices");
            let last = until(
                "until",
                "Dagen efter den sista på kontoren, avslutningens dag inräknad; null = pågår",
                "Day after the last at the offices, the day of the ending included; null = under way",
            );
            let mut columns = vec![case_number(), sex(), since, last];
            columns.extend(offices("de dagarna", "on those days"));
            (
                &["caseNumber", "since"],
                "Anonyma ärenden, som står utanför alla siffror utom sin egen rad: bara det som den raden behöver",
                "Anonymous cases, which stand outside every figure but their own row: only what that row needs",
                columns,
            )
        }
        TableId::Offices => (
            &["office"],
            "Kontor: område, kommuner, giltighet och efterträdare",
            "Offices: area, municipalities, validity and successor",
            vec![
                registered("office", Kind::Text, "Kontorets kod", "Code of the office"),
                registered("agency", Kind::Text, "Myndighet", "Agency").codes(agencies()),
                registered("area", Kind::Text, "Områdets kod", "Code of the area"),
                registered("name", Kind::Text, "Namn", "Name"),
                registered("municipalities", Kind::Texts, "Kommuner som kontoret betjänar", "Municipalities served"),
                registered("validFrom", Kind::Day, "Första dagen", "First day"),
                registered("validTo", Kind::Day, "Sista dagen; null = tills vidare", "Last day; null = open").nullable(),
                registered("successor", Kind::Text, "Kontoret som tog över", "The office that took over").nullable(),
            ],
        ),
        TableId::Areas => (
            &["area"],
            "Områden: FK:s verksamhetsområden och AF:s marknadsområden",
            "Areas: verksamhetsområden of FK and marknadsområden of AF",
            vec![
                registered("area", Kind::Text, "Områdets kod", "Code of the area"),
                registered("agency", Kind::Text, "Myndighet", "Agency").codes(agencies()),
                registered("name", Kind::Text, "Namn", "Name"),
            ],
        ),
        TableId::SteeringGroups => (
            &["steeringGroup"],
            "Styrgrupper: av kontor (båda kontoren ska finnas i listan) eller av kommuner",
            "Steering groups: of offices (both offices must be listed) or of municipalities",
            vec![
                registered("steeringGroup", Kind::Text, "Styrgruppens kod", "Code of the steering group"),
                registered("name", Kind::Text, "Namn", "Name"),
                registered("offices", Kind::Texts, "Kontor; null = av kommuner", "Offices; null = of municipalities")
                    .nullable(),
                registered(
                    "municipalities",
                    Kind::Texts,
                    "Kommuner; null = av kontor",
                    "Municipalities; null = of offices",
                )
                .nullable(),
                registered("validFrom", Kind::Day, "Första dagen", "First day"),
            ],
        ),
        TableId::Municipalities => {
            let scb = |name, sv, en| column(name, Kind::Text, "SCB's codes in use since 1995", sv, en);
            (
                &["municipality"],
                "Kommuner och deras län, under sitt senaste namn",
                "Municipalities and their counties, under their latest name",
                vec![
                    scb("municipality", "Kommunens kod", "Code of the municipality"),
                    scb("name", "Namn", "Name"),
                    scb("county", "Länets kod", "Code of the county"),
                    scb("countyName", "Länets namn", "Name of the county"),
                ],
            )
        }
    };
    Table { id, key, sv, en, columns }
}
