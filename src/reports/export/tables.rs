//! Every table of an export with its columns: names, meanings, codes, sources.
//!
//! Never here: a column that holds identity, or more than figures are made of.

use std::sync::OnceLock;

use super::schema::{Column, Kind, Labelled, Table, TableId, column};
use crate::domain::answers::{AnswerKind, Choice, QUESTIONS, QuestionRow};
use crate::domain::step::{Agency, StepKind};
use crate::reports::catalogue::variable_labels;
use crate::reports::request::Lang;
use crate::reports::variables::{SAKNAS, Variable};

fn labelled(code: &str, sv: &str, en: &str) -> Labelled {
    (code.to_owned(), sv.to_owned(), en.to_owned())
}

fn choices(all: &[Choice]) -> Vec<Labelled> {
    all.iter().map(|c| labelled(c.code, c.sv, c.en)).collect()
}

fn of_variable(variable: Variable) -> Vec<Labelled> {
    let (sv, en) = (variable_labels(variable, Lang::Sv), variable_labels(variable, Lang::En));
    let both = sv.codes.into_iter().zip(en.codes);
    both.filter(|(sv, _)| sv.code != SAKNAS).map(|(sv, en)| (sv.code.to_string(), sv.label, en.label)).collect()
}

fn steps() -> Vec<Labelled> {
    StepKind::ALL.into_iter().map(|k| labelled(k.code(), k.label_sv(), k.label_en())).collect()
}

fn agencies() -> Vec<Labelled> {
    let name = |agency| if agency == Agency::Fk { "Försäkringskassan" } else { "Arbetsförmedlingen" };
    Agency::ALL.into_iter().map(|a| labelled(a.code(), name(a), name(a))).collect()
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
        .codes(vec![labelled("kvinna", "Kvinna", "Woman"), labelled("man", "Man", "Man")])
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
                registered("validTo", Kind::Day, "Sista dagen; null = tills vidare", "Last day; null = open")
                    .nullable(),
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
