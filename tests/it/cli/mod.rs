//! The program itself, run as people run it, in a folder of its own and with nothing else in its environment.

mod access;
mod broken_off;
mod data;
mod export;
mod help;
mod report;
mod serve;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{Backend, Database, leaks};

/// A place to run in: a data folder, and a database of either kind.
pub struct Place {
    pub folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
    /// The files that the test wrote itself.
    own: RefCell<BTreeSet<PathBuf>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let own = self.own.borrow();
            // What was refused stands as it came in a file of the importer's own.
            let refused = |path: &Path| path.to_string_lossy().ends_with("refused.ndjson");
            leaks::none_in_folder(self.folder.path(), &|path| own.contains(path) || refused(path));
        }
    }
}

/// What a run said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub ok: bool,
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            ok: output.status.success(),
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// What a run that must go well printed.
    pub fn printed(self) -> String {
        assert!(self.ok, "{}\n{}", self.out, self.err);
        self.out
    }

    /// What a run printed that went to its end, but with refused lines.
    pub fn refused_some(self) -> String {
        assert_eq!(self.code, Some(3), "{}\n{}", self.out, self.err);
        self.out
    }

    /// What a run that must not go well complained of.
    pub fn complained(self) -> String {
        assert!(matches!(self.code, Some(1 | 2)), "{}\n{}", self.out, self.err);
        self.err
    }
}

impl Place {
    /// An embedded database, as without any configuration.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        let variables = vec![("SUS_DATA_DIR", data), ("SUS_LOG", "error".to_owned())];
        Self { folder, variables, own: RefCell::default() }
    }

    /// A database of the test's own, with the master key that tests use.
    pub fn over(database: &Database) -> Self {
        Self::new().with("SUS_DATABASE_URL", &database.url).with("SUS_MASTER_KEY", &"07".repeat(32))
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sus"));
        command.env_clear().envs(self.variables.iter().cloned()).current_dir(self.folder.path());
        command.args(line.split_whitespace()).stdin(Stdio::null());
        command
    }

    /// Runs a line of arguments to its end.
    pub fn run(&self, line: &str) -> Ran {
        let ran = Ran::of(&self.command(line).output().unwrap());
        for (name, text) in [("out", &ran.out), ("err", &ran.err)] {
            // What is made to be posted, and what is made for the person alone.
            if !["generate", "extract"].iter().any(|command| line.starts_with(command)) {
                leaks::none_in(|| format!("what `sus {line}` said ({name}): {text}"), text.as_bytes());
            }
        }
        ran
    }

    /// A file in the folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.own.borrow_mut().insert(path.clone());
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// The pilot's two files.
    pub fn pilot_files(&self) {
        self.file("organisation.json", &self.run("generate pilot --organisation").printed());
        self.file("pilot.ndjson", &self.run("generate pilot").printed());
    }

    pub fn exists(&self, name: &str) -> bool {
        Path::new(&self.folder.path().join(name)).exists()
    }
}

/// A place over each backend that can be had here.
pub fn places(test: impl Fn(Backend, &Database, &Place)) {
    crate::support::on_both(|backend, database| test(backend, database, &Place::over(database)));
}

pub fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
