//! `sus export`: what is in the files and what isn't, and that they come to be all at once or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use polars::prelude::DataFrame;
use polars_io::SerReader as _;
use polars_io::parquet::read::ParquetReader;
use serde_json::{Value, json};
use sus::demo::pilot;
use sus::domain::case::{Case, IdentityState};
use sus::reports::export::schema::TableId;
use sus::storage::Db;
use sus::storage::journal::{Selection, load};

use super::{Place, places};
use crate::support::Database;
use crate::support::tables::Raw;

/// The pilot, with a case registered in error, one whose identity was protected, and one that changed offices.
fn loaded(place: &Place) {
    place.pilot_files();
    place.run("organisation import organisation.json").printed();
    let on = |line: &Value, more: Value| {
        let mut all = json!({"agency": "FK", "caseReference": line["caseReference"]});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all.to_string()
    };
    let requests: Vec<Value> =
        pilot::registrations().into_iter().filter(|line| line["step"] == "begaran").take(3).collect();
    let moved = json!({"kind": "office_change", "date": requests[2]["date"],
        "offices": {"fk": "FK-LJUSDAL", "af": "AF-LJUSDAL"}});
    let more = [
        on(&requests[0], json!({"kind": "felregistrering", "reason": {"code": "fel_person"}})),
        on(&requests[1], json!({"kind": "protection", "date": "2016-12-01"})),
        on(&requests[2], moved),
    ];
    place.file("all.ndjson", &(place.read("pilot.ndjson") + &more.join("\n") + "\n"));
    place.run("import all.ndjson").printed();
}

fn table(folder: &Path, table: TableId) -> DataFrame {
    ParquetReader::new(File::open(folder.join(table.file())).unwrap()).finish().unwrap()
}

fn schema(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("schema.json")).unwrap()).unwrap()
}

/// Every value of every table as text, and every byte as it lies there.
fn everything(folder: &Path) -> (BTreeSet<String>, Vec<u8>) {
    let mut values = BTreeSet::new();
    let mut bytes = Vec::new();
    for id in TableId::ALL {
        bytes.extend(std::fs::read(folder.join(id.file())).unwrap());
        let frame = table(folder, id);
        for column in frame.columns() {
            values.extend((0..frame.height()).map(|row| column.get(row).unwrap().to_string()));
        }
    }
    bytes.extend(std::fs::read(folder.join("schema.json")).unwrap());
    (values, bytes)
}

fn cases(database: &Database) -> Vec<Case> {
    let db = Db::open(&database.url, 1).unwrap();
    let all = load(&mut db.read().unwrap().link(), Selection::Range(0, i64::MAX)).unwrap();
    all.iter().map(|loaded| loaded.case().unwrap()).collect()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[test]
fn the_tables_hold_the_cases_that_reports_count_and_say_so() {
    places(|_, database, place| {
        loaded(place);
        let told = place.run("export out").printed();
        let folder = place.folder.path().join("out");
        let all = cases(database);
        let counted: Vec<&Case> =
            all.iter().filter(|c| !c.felregistrering && c.identity != IdentityState::Anonymous).collect();
        assert_eq!((all.len() - counted.len(), all.iter().filter(|c| c.felregistrering).count()), (2, 1));
        let steps: usize = counted.iter().map(|c| c.steps.len()).sum();
        let answered = counted.iter().flat_map(|c| &c.steps).filter(|s| !s.answers.is_empty()).count();
        let rows: BTreeMap<&str, usize> =
            TableId::ALL.into_iter().map(|id| (id.name(), table(&folder, id).height())).collect();
        assert_eq!(rows["cases"], counted.len());
        assert_eq!((rows["steps"], rows["answers"], rows["anonymous"]), (steps, answered, 1));
        assert_eq!(rows["case_offices"], counted.len(), "an office change on the day of the request is no second row");
        assert_eq!((rows["offices"], rows["areas"], rows["steering_groups"], rows["municipalities"]), (13, 2, 6, 340));
        let schema = schema(&folder);
        for told in schema["tables"].as_array().unwrap() {
            assert_eq!(told["rows"], json!(rows[told["name"].as_str().unwrap()]), "{}", told["name"]);
        }
        let head = all.iter().map(|c| c.last_position.0).max().unwrap();
        assert_eq!((schema["countedTo"].as_i64(), schema["version"].as_i64()), (Some(head), Some(1)));
        assert!(told.contains(&format!("counted to position {head}.")), "{told}");
        let logged = "action = 'export' AND client = 'command line' AND kind = 'export' AND counted > 0";
        assert_eq!(Raw::of(database).count("access_log", logged), 1);
    });
}

#[test]
fn every_column_stands_in_the_schema_and_the_schema_is_as_committed() {
    let place = Place::new();
    loaded(&place);
    place.run("export out").printed();
    let folder = place.folder.path().join("out");
    let schema = schema(&folder);
    let tables = schema["tables"].as_array().unwrap();
    assert_eq!(tables.len(), TableId::ALL.len());
    for (id, told) in TableId::ALL.into_iter().zip(tables) {
        let types = |dtype: &str| match dtype {
            "str" => "string",
            "i64" => "int64",
            "bool" => "boolean",
            "list[str]" => "list<string>",
            "list[date]" => "list<date>",
            other => ["date"].into_iter().find(|known| *known == other).unwrap_or_else(|| panic!("{other}")),
        };
        let frame = table(&folder, id);
        let held: Vec<Value> =
            frame.columns().iter().map(|c| json!([c.name().as_str(), types(&c.dtype().to_string())])).collect();
        let columns = told["columns"].as_array().unwrap();
        let named: Vec<Value> = columns.iter().map(|c| json!([c["name"], c["type"]])).collect();
        assert_eq!((told["file"].as_str().unwrap(), named), (id.file().as_str(), held));
        for (column, held) in columns.iter().zip(frame.columns()) {
            let (name, nulls) = (&column["name"], held.null_count());
            assert!(column["nullable"] == true || nulls == 0, "{name}");
            assert!(column["sv"] != "" && column["en"] != "" && column["source"] != "", "{name}");
            let codes: Vec<&str> =
                column["codes"].as_array().into_iter().flatten().filter_map(|c| c["code"].as_str()).collect();
            let strange = |row: &usize| held.get(*row).unwrap().get_str().is_some_and(|code| !codes.contains(&code));
            assert!(codes.is_empty() || !(0..frame.height()).any(|row| strange(&row)), "{name}: a code without label");
        }
    }
    let contract: Vec<Value> = tables
        .iter()
        .map(|told| {
            let mut told = told.clone();
            told.as_object_mut().unwrap().remove("rows");
            told
        })
        .collect();
    expect_file!["../export.json"].assert_eq(&format!("{:#}\n", json!(contract)));
}

#[test]
fn nothing_in_the_files_says_who_it_is() {
    places(|_, database, place| {
        loaded(place);
        place.run("export out").printed();
        let folder = place.folder.path().join("out");
        let (values, bytes) = everything(&folder);
        let mut secrets: BTreeSet<String> = BTreeSet::new();
        let mut take = |value: &Value| secrets.extend(value.as_str().map(str::to_owned));
        let lines = pilot::registrations();
        for line in &lines {
            for pointer in [
                "/participant/personnummer",
                "/caseReference",
                "/clientReference",
                "/registeredBy",
                "/handlers/fk",
                "/handlers/af",
                "/consent/form",
                "/answers/arbetsgivare",
            ] {
                take(line.pointer(pointer).unwrap_or(&Value::Null));
            }
        }
        for handler in pilot::organisation()["handlers"].as_array().unwrap() {
            take(&handler["id"]);
            take(&handler["name"]);
        }
        let numbers: Vec<String> =
            lines.iter().filter_map(|l| Some(l["participant"]["personnummer"].as_str()?.to_owned())).collect();
        assert!(numbers.len() > 30, "the pilot has numbers to look for");
        for number in &numbers {
            // Birth dates too, also as Parquet's and people's way of writing them.
            secrets.extend([number[2..].to_owned(), format!("{}-{}", &number[2..8], &number[8..])]);
            secrets.insert(format!("{}-{}-{}", &number[..4], &number[4..6], &number[6..8]));
        }
        let all = cases(database);
        let mut ids: Vec<Vec<u8>> = Vec::new();
        for case in &all {
            secrets.insert(case.id.to_string());
            secrets.extend(case.steps.iter().map(|s| s.registration.0.to_string()));
            ids.extend([case.id.0.as_bytes().to_vec()]);
        }
        for secret in &secrets {
            let told = values.iter().find(|value| value.contains(secret.as_str()));
            assert!(told.is_none() && !holds(&bytes, secret.as_bytes()), "{secret} in {told:?}");
        }
        assert!(!ids.iter().any(|id| holds(&bytes, id)));
        // What a database keeps of a person: sealed numbers, look-ups, keyed hashes.
        for (place, value) in Raw::of(database).every_value() {
            let hidden = place.starts_with("person") && value.len() >= 16;
            assert!(!hidden || !holds(&bytes, &value), "{place}");
        }
        let names: BTreeSet<String> = TableId::ALL
            .into_iter()
            .flat_map(|id| table(&folder, id).get_column_names_owned())
            .map(|name| name.to_lowercase())
            .collect();
        for forbidden in [
            "person",
            "birth",
            "handler",
            "handlaggare",
            "reference",
            "client",
            "text",
            "consent",
            "identity",
            "arbetsgivare",
            "district",
        ] {
            assert!(!names.iter().any(|name| name.contains(forbidden)), "{forbidden} in {names:?}");
        }
    });
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

fn numbers(folder: &Path) -> BTreeSet<i64> {
    let column = table(folder, TableId::Cases);
    let column = column.column("caseNumber").unwrap();
    (0..column.len()).map(|row| column.get(row).unwrap().try_extract().unwrap()).collect()
}

#[test]
fn an_export_takes_the_place_of_another_only_when_told_to_and_has_numbers_of_its_own() {
    let place = Place::new();
    loaded(&place);
    let folder = place.folder.path().join("out");
    std::fs::create_dir(&folder).unwrap();
    place.run("export out").printed();
    let (first, held) = (numbers(&folder), names(&folder));
    assert_eq!(held.len(), TableId::ALL.len() + 1, "{held:?}");
    let told = place.run("export out").complained();
    assert_eq!(told, "sus: out holds an export already; --replace puts the new one in its place\n");
    assert_eq!(numbers(&folder), first);
    place.run("export out --replace").printed();
    assert!(numbers(&folder).is_disjoint(&first), "two exports can't be joined");
    assert_eq!(names(&folder), held);
    place.file("out/mine.txt", "mine");
    let told = place.run("export out --replace").complained();
    assert!(told.contains("out holds mine.txt, which is not of an export"), "{told}");
    assert!(place.run("export /").complained().contains("a folder with a name of its own is wanted"));
    assert!(place.run("export all.ndjson").complained().starts_with("sus: all.ndjson: "));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.clone()), mode(folder.join("cases.parquet"))), (0o700, 0o600));
    }
    let beside: Vec<String> = names(place.folder.path()).into_iter().filter(|name| name.starts_with("out")).collect();
    assert_eq!(beside, ["out"], "nothing is left beside it");
}

#[test]
fn a_run_that_breaks_leaves_nothing_half() {
    places(|_, database, place| {
        loaded(place);
        place.run("export out").printed();
        let folder = place.folder.path().join("out");
        let before = numbers(&folder);
        Raw::of(database).run("UPDATE cases SET identity = 'nonsense' WHERE number = 20").unwrap();
        place.run("export out --replace").complained();
        assert_eq!(numbers(&folder), before, "what was there is there");
        place.run("export other").complained();
        assert!(!place.exists("other") && !place.exists("other.part") && !place.exists("out.part"));
        Raw::of(database).run("UPDATE cases SET identity = 'named' WHERE number = 20").unwrap();
        // Killed: its files lie in the part, which nobody holds any more.
        std::fs::create_dir(place.folder.path().join("other.part")).unwrap();
        place.file("other.part/cases.parquet", "PAR1");
        place.file("other.part/lock", "");
        place.run("export other").printed();
        assert!(place.exists("other/schema.json") && !place.exists("other.part"));
        assert!(!place.exists("other/lock"));
        // Somebody's own folder of that name is left alone.
        std::fs::create_dir(place.folder.path().join("own.part")).unwrap();
        place.file("own.part/mine.txt", "mine");
        let told = place.run("export own").complained();
        assert!(told.contains("own.part holds mine.txt, which is not of an export"), "{told}");
        assert!(place.exists("own.part/mine.txt") && !place.exists("own"));
        // Under way: somebody holds it.
        std::fs::create_dir(place.folder.path().join("third.part")).unwrap();
        let held = File::create(place.file("third.part/lock", "")).unwrap();
        held.lock().unwrap();
        let told = place.run("export third").complained();
        assert_eq!(told, "sus: an export to third is under way already\n");
        assert!(place.exists("third.part") && !place.exists("third"));
    });
}

#[test]
fn an_earlier_state_is_exported_by_instant_and_position() {
    let place = Place::new();
    loaded(&place);
    let rows = |name: &str| table(&place.folder.path().join(name), TableId::Steps).height();
    place.run("export all").printed();
    place.run("export earlier --as-of 2016-11-15").printed();
    place.run("export first --counted-to 20").printed();
    assert!(rows("first") < rows("earlier") && rows("earlier") < rows("all"));
    let first = schema(&place.folder.path().join("first"));
    assert_eq!(first["countedTo"], 20);
    let earlier = schema(&place.folder.path().join("earlier"));
    assert_eq!(earlier["asOf"], "2016-11-15T22:59:59.999999Z");
    let told = place.run("export none --counted-to 999999").complained();
    assert!(told.starts_with("sus: the log has only come to position "), "{told}");
    assert!(place.run("export none --as-of yesterday").complained().starts_with("sus: --as-of: a date or an instant"));
    assert!(!place.exists("none") && !place.exists("none.part"));
}
