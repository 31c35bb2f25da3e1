//! The program's log as it is written, from the first test on: every line is searched for numbers, and from the moment
//! on when a test asks for it, they are kept.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once};

use log::kv::{Error, Key, Value, VisitSource};
use log::{LevelFilter, Log, Metadata, Record};

use super::leaks;

struct Lines(Mutex<Vec<String>>);

static LINES: Lines = Lines(Mutex::new(Vec::new()));
static BEGUN: Once = Once::new();
static KEPT: AtomicBool = AtomicBool::new(false);

/// Begins to search every line of every level, of this program and of what it is built on.
pub fn search() {
    BEGUN.call_once(|| {
        log::set_logger(&LINES).unwrap();
        log::set_max_level(LevelFilter::Trace);
    });
}

/// Begins to keep the lines, too.
pub fn keep() {
    search();
    KEPT.store(true, Ordering::Relaxed);
}

/// The lines since then.
pub fn kept() -> Vec<String> {
    LINES.0.lock().unwrap().clone()
}

struct Pairs<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Pairs<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        write!(self.0, " {key}={value}").map_err(Error::from)
    }
}

impl Log for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut line = format!("{} {} {}", record.level(), record.target(), record.args());
        record.key_values().visit(&mut Pairs(&mut line)).unwrap();
        leaks::note(|| format!("the log: {line}"), line.as_bytes());
        if KEPT.load(Ordering::Relaxed) {
            self.0.lock().unwrap().push(line);
        }
    }

    fn flush(&self) {}
}
