//! What is exported of random cases says all that the baspaket counts, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use chrono::{Days, NaiveDate};
use polars::prelude::{AnyValue, Column, DataFrame};
use polars_io::SerReader as _;
use polars_io::parquet::read::ParquetReader;
use proptest::prelude::*;

use super::numbers::CaseNumbers;
use super::schema::TableId;
use super::values::Buffer;
use super::{Export, registers, rows};
use crate::domain::answers::{Answer, AnswerKind, Answers, Question};
use crate::domain::case::{Case, IdentityState, OfficePeriod, Step};
use crate::domain::code::{InsatsCode, MunicipalityCode, RegistrationId};
use crate::domain::person::Sex;
use crate::domain::step::StepKind;
use crate::reports::arbitrary::{any_case, case, date, geography, organisation, pair, period};
use crate::reports::plain;

fn frame(table: TableId, cases: &[Case], numbers: &CaseNumbers) -> DataFrame {
    let mut buffer = Buffer::new(table.table());
    for (number, case) in cases.iter().enumerate() {
        rows::add(case, number as i64, numbers, table, &mut buffer);
    }
    buffer.take().unwrap()
}

fn value<'a>(frame: &'a DataFrame, name: &str, row: usize) -> AnyValue<'a> {
    frame.column(name).unwrap().get(row).unwrap()
}

fn text(frame: &DataFrame, name: &str, row: usize) -> Option<String> {
    value(frame, name, row).get_str().map(str::to_owned)
}

fn day(value: &AnyValue<'_>) -> Option<NaiveDate> {
    match value {
        AnyValue::Date(days) => Some(date("1970-01-01") + Days::new(u64::try_from(*days).unwrap())),
        AnyValue::Null => None,
        other => panic!("no date: {other}"),
    }
}

fn number(frame: &DataFrame, row: usize) -> i64 {
    value(frame, "caseNumber", row).try_extract().unwrap()
}

fn read(row: &AnyValue<'_>, kind: AnswerKind) -> Option<Answer> {
    Some(match (row, kind) {
        (AnyValue::Null, _) => return None,
        (AnyValue::Boolean(yes), AnswerKind::Bool) => Answer::Bool(*yes),
        (code, AnswerKind::Code(all)) => {
            Answer::Code(all.iter().find(|c| Some(c.code) == code.get_str()).unwrap().code)
        }
        (AnyValue::List(codes), AnswerKind::Codes(all)) => {
            let chosen: Vec<String> = codes.iter().map(|c| c.get_str().unwrap().to_owned()).collect();
            Answer::Codes(all.iter().map(|c| c.code).filter(|c| chosen.iter().any(|given| given == c)).collect())
        }
        (share, AnswerKind::Percent) => Answer::Percent(share.try_extract().unwrap()),
        (AnyValue::List(days), AnswerKind::Dates) => {
            Answer::Dates(days.iter().map(|day| self::day(&day).unwrap()).collect())
        }
        (code, AnswerKind::InsatsCode) => Answer::Insats(InsatsCode::parse(code.get_str().unwrap()).unwrap(), None),
        (other, _) => panic!("{other}"),
    })
}

/// The cases as whoever has nothing but the tables can put them together, by their numbers.
fn put_together(cases: &[Case], numbers: &CaseNumbers) -> BTreeMap<i64, Case> {
    let tables: BTreeMap<&str, DataFrame> =
        TableId::ALL.into_iter().map(|table| (table.name(), frame(table, cases, numbers))).collect();
    let mut all = BTreeMap::new();
    let heads = &tables["cases"];
    for row in 0..heads.height() {
        let mut made = case(&[(StepKind::Begaran, "2016-01-01")]);
        made.sex = Sex::from_code(&text(heads, "sex", row).unwrap()).unwrap();
        made.municipality = text(heads, "municipality", row).map(|code| MunicipalityCode::parse(&code).unwrap());
        made.steps.clear();
        made.offices.clear();
        assert!(all.insert(number(heads, row), made).is_none(), "a number stands twice");
    }
    let steps = &tables["steps"];
    for row in 0..steps.height() {
        let made = all.get_mut(&number(steps, row)).unwrap();
        let place: usize = value(steps, "stepNumber", row).try_extract().unwrap();
        assert_eq!(place, made.steps.len() + 1);
        let on = day(&value(steps, "date", row)).unwrap();
        if let Some(before) = place.checked_sub(2) {
            assert_eq!(day(&value(steps, "until", row - 1)), Some(on), "{before}");
        }
        let mut step: Step = case(&[(StepKind::Begaran, "2016-01-01")]).steps.remove(0);
        step.kind = StepKind::from_code(&text(steps, "step", row).unwrap()).unwrap();
        step.date = on;
        made.steps.push(step);
    }
    let answers = &tables["answers"];
    for row in 0..answers.height() {
        let made = all.get_mut(&number(answers, row)).unwrap();
        let place: usize = value(answers, "stepNumber", row).try_extract().unwrap();
        let named = answers.columns().iter().skip(2);
        let given = named.filter_map(|column: &Column| {
            let question = Question::from_code(column.name()).unwrap();
            Some((question, read(&column.get(row).unwrap(), question.row().kind)?))
        });
        made.steps[place - 1].answers = Answers(given.collect());
    }
    let places = &tables["case_offices"];
    for row in 0..places.height() {
        let made = all.get_mut(&number(places, row)).unwrap();
        let offices = pair(&text(places, "fkOffice", row).unwrap(), &text(places, "afOffice", row).unwrap());
        let from = day(&value(places, "since", row)).unwrap();
        made.offices.push(OfficePeriod { registration: RegistrationId(uuid::Uuid::nil()), from, offices });
    }
    for row in 0..steps.height() {
        let made = &all[&number(steps, row)];
        let offices = pair(&text(steps, "fkOffice", row).unwrap(), &text(steps, "afOffice", row).unwrap());
        assert_eq!(made.offices_on(day(&value(steps, "date", row)).unwrap()), &offices);
    }
    all
}

/// How many anonymous cases the rows of their own table count.
fn anonymous(frame: &DataFrame, period: crate::reports::Period, wanted: impl Fn(&str, &str) -> bool) -> u64 {
    let counted = (0..frame.height()).filter(|row| {
        let until = day(&value(frame, "until", *row));
        day(&value(frame, "since", *row)).unwrap() <= period.to()
            && until.is_none_or(|until| until > period.from())
            && wanted(&text(frame, "fkOffice", *row).unwrap(), &text(frame, "afOffice", *row).unwrap())
    });
    counted.map(|row| number(frame, row)).collect::<BTreeSet<_>>().len() as u64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn cases_put_together_from_the_rows_give_the_same_baspaket(
        cases in prop::collection::vec(any_case(), 1..40),
        period in period(),
        geography in geography(),
    ) {
        let numbers = CaseNumbers::new(&[3; 32]);
        let together = put_together(&cases, &numbers);
        let counted = |c: &&Case| !c.felregistrering && c.identity != IdentityState::Anonymous;
        prop_assert_eq!(together.len(), cases.iter().filter(counted).count());
        for (at, case) in cases.iter().enumerate().filter(|(_, case)| counted(case)) {
            let made = &together[&numbers.of(at as i64)];
            // A sole trader's organisation number is the personnummer, so no employer is exported.
            let exported = |answers: &Answers| {
                let mut all = answers.0.clone();
                all.remove(&Question::Arbetsgivare);
                all
            };
            let chain =
                |c: &Case| -> Vec<_> { c.steps.iter().map(|s| (s.kind, s.date, exported(&s.answers))).collect() };
            prop_assert_eq!(chain(made), chain(case));
        }
        for level in geography.resolve(&organisation()).unwrap().levels {
            let told = plain::baspaket(together.values(), period, &level);
            prop_assert_eq!(told, plain::baspaket(&cases, period, &level));
            let rows = frame(TableId::Anonymous, &cases, &numbers);
            let wanted = |fk: &str, af: &str| {
                let offices = pair(fk, af);
                level.selection.includes(&offices.fk, &offices.af, None)
            };
            prop_assert_eq!(anonymous(&rows, period, wanted), plain::anonymous(&cases, period, &level.selection));
        }
    }
}

#[test]
fn every_table_stands_in_the_place_of_its_name_and_has_its_columns_once() {
    for id in TableId::ALL {
        let table = id.table();
        assert_eq!((table.id, TableId::from_name(id.name())), (id, Some(id)));
        let names: BTreeSet<&str> = table.columns.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), table.columns.len(), "{}", id.name());
        assert!(table.key.iter().all(|name| names.contains(name)), "{}", id.name());
    }
}

#[test]
fn rows_of_registers_are_as_their_tables_say() {
    for id in TableId::ALL {
        let mut buffer = Buffer::new(id.table());
        registers::add(&organisation(), id, &mut buffer);
        assert_eq!(buffer.rows() == 0, id.is_of_cases(), "{}", id.name());
        buffer.take().unwrap();
    }
}

#[test]
fn a_row_that_is_not_as_its_table_says_is_refused() {
    let mut buffer = Buffer::new(TableId::Cases.table());
    buffer.push([super::values::Value::Text("1")]);
    assert!(buffer.take().is_err());
}

#[test]
fn a_table_without_rows_is_a_file_all_the_same() {
    let shared = Shared::default();
    let mut writing = export().writing(TableId::Anonymous, Box::new(shared.clone())).unwrap();
    writing.flush().unwrap();
    writing.writer.finish().unwrap();
    let read = ParquetReader::new(Cursor::new(shared.bytes())).finish().unwrap();
    assert_eq!((read.height(), read.width()), (0, TableId::Anonymous.table().columns.len()));
}

#[test]
fn row_groups_follow_each_other_and_hide_the_order_in_which_cases_came() {
    let (export, shared) = (export(), Shared::default());
    let mut writing = export.writing(TableId::Steps, Box::new(shared.clone())).unwrap();
    let one = case(&[(StepKind::Begaran, "2016-01-01"), (StepKind::Gk, "2016-02-01")]);
    for group in [0..500, 500..800] {
        for number in group {
            rows::add(&one, number, &export.numbers, TableId::Steps, &mut writing.buffer);
        }
        writing.flush().unwrap();
    }
    writing.writer.finish().unwrap();
    assert_eq!(writing.rows, 1600);
    let read = ParquetReader::new(Cursor::new(shared.bytes())).finish().unwrap();
    let told: Vec<i64> = (0..read.height()).map(|row| number(&read, row)).collect();
    let mut came: Vec<i64> = (0..800).flat_map(|n| [export.numbers.of(n); 2]).collect();
    assert_ne!(told, came);
    came[..1000].sort_unstable();
    came[1000..].sort_unstable();
    assert_eq!(told, came);
}

fn export() -> Export {
    Export {
        numbers: CaseNumbers::new(&[0; 32]),
        organisation: Arc::default(),
        known: None,
        as_of: chrono::DateTime::UNIX_EPOCH,
        counted_to: 0,
    }
}

/// Bytes that are looked at after they were written.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
