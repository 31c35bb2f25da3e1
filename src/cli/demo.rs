//! `sus demo`: a fresh embedded database with the pilot and a synthetic national history, a baspaket to look at, and
//! a served API with tokens to try it with.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::Arc;

use serde_json::Value;

use super::{DemoArgs, Failure, ReportArgs, data, report, serve, service, token};
use crate::clock::{Clock, Stopwatch, SystemClock};
use crate::config::{Config, MasterKeySource, Secret};
use crate::demo::{national, pilot, targets};
use crate::domain::code::ClientId;
use crate::registrations::Service;
use crate::registrations::import::import;

pub fn demo(config: Config, args: &DemoArgs) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let config = fresh(config)?;
    let service = service(&config)?;
    println!("A fresh database in {}.\n", config.data_dir.display());
    load(&service, &pilot::organisation(), lines(pilot::registrations().into_iter()))?;
    let history = national::National { seed: args.seed, cases: args.cases.into(), until: SystemClock.today() };
    if args.cases > 0 {
        load(&service, &national::organisation(), lines(history.lines()))?;
        println!("\nThe synthetic history beside the published figures:\n");
        print!("{}", targets::table(&targets::compare(history.lines(), history.factor())));
    }
    println!("\nReady after {:.1} s. The pilot in Gävleborg, autumn 2016:\n", watch.elapsed().as_secs_f64());
    report::print(&service, &pilot_baspaket())?;
    if args.no_serve {
        service.stop();
        return Ok(());
    }
    let tokens = Tokens::issue(&config)?;
    serve::serve_with(&config, service, true, |address| tokens.say(&format!("http://{address}")))
}

/// The same configuration over a folder that is made anew; nothing outside it is touched.
fn fresh(mut config: Config) -> Result<Config, Failure> {
    let folder = config.data_dir.join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    config.database_url = Secret::new(format!("sqlite://{}", folder.join("sus.db").display()));
    config.master_key = MasterKeySource::MadeAtFirstStart(folder.join("master.key"));
    config.data_dir = folder;
    Ok(config)
}

fn pilot_baspaket() -> ReportArgs {
    ReportArgs {
        report: "baspaket".to_owned(),
        from: "2016-10-01".to_owned(),
        to: "2016-12-31".to_owned(),
        geography: "styrgrupp:gavleborg".to_owned(),
        as_of: None,
        counted_to: None,
        format: "table".to_owned(),
        lang: "sv".to_owned(),
    }
}

fn load(service: &Arc<Service>, organisation: &Value, lines: impl BufRead + Send + 'static) -> Result<(), Failure> {
    data::load_organisation(service, organisation)?;
    let watch = Stopwatch::start();
    let client = ClientId::parse("demo").map_err(|e| e.expected)?;
    let mut refused = Vec::new();
    let summary = import(service, &client, lines, &mut refused, &mut |_, _| {}).map_err(|e| e.to_string())?;
    let rate = summary.lines as f64 / watch.elapsed().as_secs_f64().max(0.001);
    println!("{} registrations imported, {} refused ({rate:.0}/s).", summary.registered, summary.refused);
    if let Some(first) = refused.split(|b| *b == b'\n').next().filter(|l| !l.is_empty()) {
        println!("The first refused: {}", String::from_utf8_lossy(first));
    }
    Ok(())
}

/// Lines as a file would give them, made while they are read.
fn lines(values: impl Iterator<Item = Value> + Send + 'static) -> impl BufRead + Send + 'static {
    BufReader::with_capacity(1 << 16, Lines { values, line: Cursor::new(Vec::new()) })
}

struct Lines<I> {
    values: I,
    line: Cursor<Vec<u8>>,
}

impl<I: Iterator<Item = Value>> Read for Lines<I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.line.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        let Some(value) = self.values.next() else { return Ok(0) };
        let mut text = value.to_string();
        text.push('\n');
        self.line = Cursor::new(text.into_bytes());
        self.line.read(buffer)
    }
}

struct Tokens {
    fk: String,
    af: String,
    handler: String,
    reader: String,
}

impl Tokens {
    fn issue(config: &Config) -> Result<Self, Failure> {
        let issue = |role, agency, handler| token::issue(config, role, agency, handler, "demo-client");
        Ok(Self {
            fk: issue("system", Some("FK"), None)?,
            af: issue("system", Some("AF"), None)?,
            handler: issue("deltagaransvarig", Some("FK"), Some("fk-h-017"))?,
            reader: issue("rapportlasare", None, None)?,
        })
    }

    fn say(&self, base: &str) {
        println!(
            "\nServing on {base}. Tokens for a few hours (anyone on this machine may use them):\n\n\
             FK={}\n\nAF={}\n\nHANDLER={}\n\nREADER={}\n\n\
             Try, with one of them pasted in:\n\n\
             \x20 curl -H \"Authorization: Bearer $READER\" '{base}/v1/reports/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg'\n\
             \x20 curl -H \"Authorization: Bearer $HANDLER\" '{base}/v1/cases?handler=me'\n\
             \x20 curl -H \"Authorization: Bearer $FK\" -H 'Content-Type: application/json' '{base}/v1/registrations?dryRun=true' \\\n\
             \x20   -d '{{\"caseReference\":\"X-1\",\"step\":\"gk\",\"date\":\"2016-10-12\"}}'\n\
             \x20 curl '{base}/v1/rules'\n\n\
             Stop with Ctrl-C.",
            self.fk, self.af, self.handler, self.reader
        );
    }
}
