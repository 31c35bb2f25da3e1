//! Columns kept in a file between two runs: read with what came since, and never with what was taken away.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use sus::app::reports_at;
use sus::chance::Generator;
use sus::domain::code::Position;
use sus::domain::transition::Settings;
use sus::registrations::Service;
use sus::reports::disclosure::{Grant, Policy, RecordKeys};
use sus::reports::follow::{Counted, Reports};
use sus::reports::saved::keeper::{self, Parts};
use sus::reports::saved::{NotSaved, Shelf};
use sus::reports::{Geography, Lang, Period, Report, Request};
use sus::storage::vault::Vault;

use crate::http::{ANNA, Api};
use crate::support::posting::{begaran, gk, number};
use crate::support::tables::Raw;
use crate::support::{Database, noon, on_both, organisation, service};

struct Place {
    folder: tempfile::TempDir,
    api: Api,
}

impl Place {
    /// One case with its mapping.
    fn over(database: &Database) -> Self {
        let api = Api::over(database);
        for body in [begaran("FK-1", ANNA, "2016-10-03"), gk("FK-1", "2016-10-12")] {
            assert_eq!(api.post("/v1/registrations", &api.fk(), &body).status, 201);
        }
        Self { folder: tempfile::tempdir().unwrap(), api }
    }

    /// Protects whom the case is of, two days later.
    fn take_away(&self) {
        self.api.clock.advance(TimeDelta::days(2));
        let case = self.api.post("/v1/case-searches", &self.api.fk(), &json!({"personnummer": ANNA})).json();
        let link = format!("{}/protections", case["items"][0]["link"].as_str().unwrap());
        let day = json!({"date": "2016-10-13"});
        assert_eq!(self.api.post_with(&link, &self.api.fk(), &[("if-match", "\"2\"")], &day).status, 201);
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("columns")
    }

    /// The reports of a process that begins now.
    fn begun(&self) -> Reports {
        reports_at(self.api.service(), Some(self.file()))
    }

    /// Why the file isn't read, or up to where it counts.
    fn read(&self) -> Result<Position, NotSaved> {
        read(self.api.service(), &self.file(), Settings::default())
    }

    /// Has the columns made, and saves them.
    fn save(&self) -> Result<Option<i64>, NotSaved> {
        let (reports, service) = (self.begun(), self.api.service());
        reports.fresh(&service.db, 0).unwrap();
        save(&reports, service)
    }

    /// What a process that begins now tells is what one without a file tells.
    fn tells_the_truth(&self) {
        let service = self.api.service();
        assert_eq!(told_of(&self.begun(), service), told_of(&reports_at(service, None), service));
    }

    fn keys(&self, database: &Database) -> i64 {
        Raw::of(database).count("saved_columns", "1 = 1")
    }
}

fn read(service: &Service, file: &Path, settings: Settings) -> Result<Position, NotSaved> {
    let shelf = Shelf::new(file.to_owned(), Arc::clone(&service.vault));
    let keys = Arc::new(RecordKeys::live(&service.vault));
    let facts = shelf.read(&mut service.db.read().unwrap().link(), &keys, &Arc::new(settings));
    facts.map(|facts| facts.counted_to())
}

fn save(reports: &Reports, service: &Service) -> Result<Option<i64>, NotSaved> {
    reports.save(&service.db, 1, &mut Generator::seeded(5), service.clock.now())
}

fn told_of(reports: &Reports, service: &Service) -> Report {
    let period = Period::new("2016-10-01".parse().unwrap(), "2016-12-31".parse().unwrap()).unwrap();
    let request = Request::plain("baspaket", period, Geography::parse("riket").unwrap());
    let shown = (Lang::Sv, Grant::all(Policy::CellKey));
    reports.pull(&service.db, &service.registers, &request, Counted::default(), &*service.clock, shown).unwrap()
}

#[test]
fn columns_are_saved_and_read_with_what_came_since() {
    on_both(|_, database| {
        let place = Place::over(database);
        assert!(matches!(place.read(), Err(NotSaved::NoFile)));
        let reports = place.begun();
        let service = place.api.service();
        assert!(matches!(save(&reports, service), Ok(None)), "there is nothing to save yet");
        let before = reports.fresh(&service.db, 0).unwrap().counted_to();
        assert!(matches!(reports.save(&service.db, 2, &mut Generator::seeded(5), service.clock.now()), Ok(None)));
        assert_eq!(save(&reports, service).unwrap(), Some(before.0));
        assert_eq!(save(&reports, service).unwrap(), None, "it is saved already");
        assert_eq!(place.read().unwrap(), before);

        for body in [begaran("FK-2", &number("1990-01-01"), "2016-10-03"), gk("FK-2", "2016-10-12")] {
            assert_eq!(place.api.post("/v1/registrations", &place.api.fk(), &body).status, 201);
        }
        place.tells_the_truth();
        let after = reports.fresh(&service.db, 0).unwrap().counted_to();
        assert_eq!(save(&reports, service).unwrap(), Some(after.0));
        assert_eq!((place.read().unwrap(), place.keys(database)), (after, 1));
        place.tells_the_truth();
    });
}

#[test]
fn what_is_taken_away_can_be_read_out_of_no_file() {
    on_both(|_, database| {
        let place = Place::over(database);
        place.save().unwrap();
        let (reports, service) = (place.begun(), place.api.service());
        reports.fresh(&service.db, 0).unwrap();
        place.take_away();
        assert_eq!(place.keys(database), 0);
        assert!(matches!(place.read(), Err(NotSaved::NoKey)));
        place.tells_the_truth();

        // Columns from before it aren't saved either.
        assert!(matches!(save(&reports, service), Err(NotSaved::Overtaken)));
        assert_eq!(place.keys(database), 0);
        assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0, "what was written is gone");
        reports.fresh(&service.db, 0).unwrap();
        assert!(matches!(save(&reports, service), Ok(Some(_))));
        assert!(place.read().is_ok());
        place.tells_the_truth();
    });
}

#[test]
fn no_other_file_is_read() {
    on_both(|backend, database| {
        let place = Place::over(database);
        place.save().unwrap();
        let whole = fs::read(place.file()).unwrap();
        for altered in [16 + 8 + 3, 16 + 8 + 40, whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[altered] ^= 1;
            fs::write(place.file(), bytes).unwrap();
            assert!(matches!(place.read(), Err(NotSaved::Altered)), "{altered}");
        }
        for cut in [3, 16 + 2, 16 + 8 + 40, whole.len() - 1] {
            fs::write(place.file(), &whole[..cut]).unwrap();
            let told = place.read();
            assert!(matches!(told, Err(NotSaved::Altered | NotSaved::Columns(_))), "{cut}: {told:?}");
            place.tells_the_truth();
        }
        fs::write(place.file(), &whole).unwrap();
        assert!(place.read().is_ok());
        let settings = Settings { due_after_gk: 15, ..Settings::default() };
        assert!(matches!(read(place.api.service(), &place.file(), settings), Err(NotSaved::Other)));
        let shelf = Shelf::new(place.file(), Arc::new(Vault::new([8; 32])));
        let mut reader = place.api.service().db.read().unwrap();
        let told = shelf.read(&mut reader.link(), &Arc::default(), &Arc::default());
        assert!(matches!(told, Err(NotSaved::Storage(_))), "by another master key");

        let another = Database::new(backend).unwrap();
        let (service, _) = service(&another, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        assert!(matches!(read(&service, &place.file(), Settings::default()), Err(NotSaved::NoKey)));
        let with_file = reports_at(&service, Some(place.file()));
        assert_eq!(told_of(&with_file, &service), told_of(&reports_at(&service, None), &service));
    });
}

#[test]
fn what_cannot_be_written_leaves_nothing_half_written() {
    on_both(|_, database| {
        let place = Place::over(database);
        fs::create_dir_all(place.file().join("in the way")).unwrap();
        assert!(matches!(place.save(), Err(NotSaved::File(_))));
        assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
        place.tells_the_truth();
        let elsewhere = reports_at(place.api.service(), Some(place.folder.path().join("made").join("columns")));
        elsewhere.fresh(&place.api.service().db, 0).unwrap();
        assert!(matches!(save(&elsewhere, place.api.service()), Ok(Some(_))));
    });
}

#[test]
fn a_file_is_its_owners_only_and_tells_nothing() {
    on_both(|_, database| {
        let place = Place::over(database);
        place.save().unwrap();
        let bytes = fs::read(place.file()).unwrap();
        for readable in ["FK-GAVLE", "2180", "countedTo", "PAR1"] {
            assert!(!bytes.windows(readable.len()).any(|some| some == readable.as_bytes()), "{readable}");
        }
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(place.file()).unwrap().permissions()) & 0o777,
            0o600
        );
    });
}

/// What the keeper works with.
fn parts(place: &Place, reports: &Arc<Reports>) -> Parts {
    let service = place.api.service();
    let (db, clock, chance) = (service.db.clone(), Arc::clone(&service.clock), Box::new(Generator::seeded(6)));
    Parts { reports: Arc::clone(reports), db, clock, chance, fewest: 1 }
}

#[test]
fn the_service_has_its_columns_ready_and_saves_them_when_it_stops() {
    on_both(|_, database| {
        let place = Place::over(database);
        let reports = Arc::new(place.begun());
        drop(keeper::start(parts(&place, &reports), Duration::from_secs(3600)).unwrap());
        let counted_to = reports.counted_to();
        assert!(counted_to.is_some());
        assert_eq!(place.read().ok().map(|position| position.0), counted_to);
    });
}

#[test]
fn after_an_import_they_are_saved_once_for_the_next_start() {
    on_both(|_, database| {
        let place = Place::over(database);
        let reports = Arc::new(place.begun());
        assert!(parts(&place, &reports).save_now());
        assert_eq!(place.read().ok().map(|position| position.0), reports.counted_to());
        assert!(!parts(&place, &reports).save_now(), "they stand there already");
        assert!(!Parts { fewest: 2, ..parts(&place, &Arc::new(place.begun())) }.save_now(), "they are too few");
    });
}

#[test]
fn they_are_saved_at_the_end_also_where_something_was_taken_away_since() {
    on_both(|_, database| {
        let place = Place::over(database);
        let reports = Arc::new(place.begun());
        let columns = keeper::start(parts(&place, &reports), Duration::from_secs(3600)).unwrap();
        while reports.counted_to().is_none() {
            std::thread::yield_now();
        }
        place.take_away();
        drop(columns);
        assert_eq!(place.read().ok().map(|position| position.0), reports.counted_to());
        place.tells_the_truth();
    });
}
