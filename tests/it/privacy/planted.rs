//! That the search for numbers in all that tests see and leave behind would find one, wherever it was put.

use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::df;
use polars_io::parquet::write::ParquetWriter;
use rust_xlsxwriter::Workbook;

use crate::cli::Place;
use crate::http::{ANNA, Api};
use crate::support::leaks::{numbers, typed_in, without_typed};
use crate::support::tables::Raw;
use crate::support::{Backend, Database};

#[test]
fn a_number_is_found_in_every_spelling_and_what_only_looks_like_one_is_not() {
    for text in [
        "198503129804",
        "8503129804",
        "19850312-9804",
        "850312-9804",
        "850312+9804",
        "19850312 9804",
        "850312\u{a0}9804",
        "850312–9804",
        "/sok?q=850312-9804&x=1",
        "/sok?q=850312%2D9804",
        "%22198503129804%22",
        "{\"number\":198503129804}",
        "\"first\\n198503129804\"",
        "198503729801",
    ] {
        assert_eq!(numbers(text.as_bytes()).len(), 1, "{text}");
    }
    for text in [
        "1985••••-••••",
        "198503129805",
        "1985031298041",
        "2021005521",
        "01a20061-bf40-7bcd-8ec0-40655335e033",
        "1479641400000000",
        "2016-10-12T11:00:00Z",
        "a198503129804f",
        "18 503 129 804",
    ] {
        assert_eq!(numbers(text.as_bytes()), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_somebody_typed_is_shown_again_in_its_own_field_alone() {
    let field = |name: &str| format!("<form><input type=\"text\" name=\"{name}\" value=\"{ANNA}\" required></form>");
    let typed = typed_in(&format!("token=x&number=Anna+{ANNA}&office=FK-GAVLE"));
    assert_eq!(typed, ["number"]);
    assert_eq!(numbers(without_typed(&field("number"), &typed).as_bytes()), Vec::<String>::new());
    for page in [field("caseReference"), format!("{}<p>{ANNA}</p>", field("number"))] {
        assert_eq!(numbers(without_typed(&page, &typed).as_bytes()), [ANNA]);
    }
}

#[test]
fn a_number_is_found_in_what_is_packed() {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(3, 2, format!("född {ANNA}")).unwrap();
    let book = book.save_to_buffer().unwrap();
    let mut columns = Vec::new();
    let mut frame = df!("case" => [1_i64, 2], "told" => ["", "850312-9804"]).unwrap();
    ParquetWriter::new(&mut columns).finish(&mut frame).unwrap();
    let mut whole = Vec::new();
    ParquetWriter::new(&mut whole).finish(&mut df!("number" => [198_503_129_804_i64]).unwrap()).unwrap();
    for (bytes, told) in [(book, ANNA), (columns, "850312-9804"), (whole, ANNA)] {
        assert_eq!(numbers(&bytes), [told]);
    }
}

#[test]
fn a_number_in_any_column_fails_the_test_that_left_it_there() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        for planted in [
            "UPDATE due_basis SET lead_times = 'gk 850312-9804'",
            "UPDATE key_head SET generation = 198503129804",
            "INSERT INTO used_logins (hash, used) VALUES ({bytes}, 1)",
        ] {
            let Some(database) = Database::new(backend) else { continue };
            drop(Api::over(&database));
            let bytes: String = ANNA.bytes().map(|b| format!("{b:02x}")).collect();
            let bytes = if backend == Backend::Sqlite { format!("X'{bytes}'") } else { format!("'\\x{bytes}'::bytea") };
            Raw::of(&database).run(&planted.replace("{bytes}", &bytes)).unwrap();
            assert!(catch_unwind(AssertUnwindSafe(|| drop(database))).is_err(), "{backend:?}: {planted}");
        }
    }
}

#[test]
fn a_number_in_a_file_or_in_what_a_command_says_fails_the_test() {
    let place = Place::new();
    place.file("own.txt", ANNA);
    std::fs::create_dir(place.folder.path().join("out")).unwrap();
    std::fs::write(place.folder.path().join("out/steps.parquet.part"), format!("PAR\n{ANNA}\n")).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(place))).is_err());
    let place = Place::new();
    place.file("own.txt", ANNA);
    // A code that isn't there is told again.
    let wrong = catch_unwind(AssertUnwindSafe(|| place.run(&format!("rules {ANNA}"))));
    assert!(wrong.is_err(), "{wrong:?}");
}
