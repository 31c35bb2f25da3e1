//! `sus demo`: a fresh embedded database with the pilot and a synthetic national history, a baspaket to look at, and
//! a served API with tokens to try it with, and pages to practise on.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::{DemoArgs, Failure, ReportArgs, data, report, serve, service, token};
use crate::auth::tokens::write_secret;
use crate::clock::Stopwatch;
use crate::config::{Config, MasterKeySource, Privacy, Secret};
use crate::demo::{national, pilot, targets};
use crate::domain::code::ClientId;
use crate::registrations::Service;
use crate::registrations::import::import;

pub fn demo(config: Config, args: &DemoArgs) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    // The address first: a demo that runs already must not lose its folder to a second one.
    let listener = if args.no_serve { None } else { Some(serve::listen(&config, true)?) };
    let config = fresh(config)?;
    let service = service(&config)?;
    println!("A fresh database in {}.\n", config.data_dir.display());
    let (pilot_ends, _) = load(&service, &pilot::organisation(), lines(pilot::registrations().into_iter()))?;
    let history = national::National { seed: args.seed, cases: args.cases.into(), until: data::yesterday() };
    if args.cases > 0 {
        let (_, registered) = load(&service, &national::organisation(), lines(history.lines()))?;
        if args.no_serve {
            // Else the service does so, while it serves.
            data::save_columns(&config, &service, registered)?;
        }
        println!("\nThe synthetic history beside the published figures:\n");
        print!("{}", targets::table(&targets::compare(history.lines(), history.factor())));
    }
    println!("\nReady after {:.1} s. The pilot in Gävleborg, autumn 2016:\n", watch.elapsed().as_secs_f64());
    report::print(&service, config.columns_file(), &pilot_baspaket(pilot_ends))?;
    println!(
        "\nAll ten parts:\n\n  SUS_DATA_DIR={} sus report {PILOT} --counted-to {pilot_ends}",
        config.data_dir.display()
    );
    let Some(listener) = listener else {
        service.stop();
        return Ok(());
    };
    let tokens = Tokens::issue(&config)?;
    let say = |address| tokens.say(&format!("http://{address}"), pilot_ends);
    serve::serve_with(&config, service, listener, serve::Who::Development, say)
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
    // Nothing of what else is kept here is touched.
    config.privacy = Privacy::default();
    config.data_dir = folder;
    Ok(config)
}

const PILOT: &str = "baspaket --from 2016-10-01 --to 2016-12-31 --geography styrgrupp:gavleborg";

/// The two parts that the pilot's published counts are about; all ten would fill many screens. Counted to the pilot's
/// end, since the synthetic history has cases in the same offices.
fn pilot_baspaket(pilot_ends: i64) -> ReportArgs {
    ReportArgs {
        select: Vec::new(),
        split: None,
        every: None,
        report_version: None,
        report: "baspaket".to_owned(),
        from: "2016-10-01".to_owned(),
        to: "2016-12-31".to_owned(),
        geography: "styrgrupp:gavleborg".to_owned(),
        as_of: None,
        counted_to: Some(pilot_ends),
        part: vec!["1".to_owned(), "2".to_owned()],
        format: "table".to_owned(),
        output: None,
        separator: "comma".to_owned(),
        decimal: "point".to_owned(),
        bom: false,
        lang: "sv".to_owned(),
        disclosure: "exact".to_owned(),
    }
}

/// Up to which position the lines are in, and how many were registered.
fn load(
    service: &Arc<Service>,
    organisation: &Value,
    lines: impl BufRead + Send + 'static,
) -> Result<(i64, usize), Failure> {
    data::load_organisation(service, organisation)?;
    let watch = Stopwatch::start();
    let client = ClientId::parse("demo").map_err(|e| e.expected.en())?;
    let mut refused = Vec::new();
    let summary = import(service, &client, lines, &mut refused, &mut |_, _| {}).map_err(|e| e.to_string())?;
    let rate = summary.lines as f64 / watch.elapsed().as_secs_f64().max(0.001);
    println!("{} registrations imported, {} refused ({rate:.0}/s).", summary.registered, summary.refused);
    if let Some(first) = refused.split(|b| *b == b'\n').next().filter(|l| !l.is_empty()) {
        println!("The first refused: {}", String::from_utf8_lossy(first));
    }
    Ok((summary.position, summary.registered))
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

/// The names under which tokens stand in the file, each with a role, and the agency and the person it is for.
type Grant = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

/// Both agencies' systems, and everybody else by role.
const ROLES: [Grant; 8] = [
    ("FK", "system", Some("FK"), None),
    ("AF", "system", Some("AF"), None),
    ("HANDLER", "deltagaransvarig", Some("FK"), Some("fk-h-017")),
    ("READER", "rapportlasare", None, None),
    ("INSATS", "insatsansvarig", Some("AF"), Some("af-i-001")),
    ("COORDINATOR", "samverkansadministrator", Some("FK"), Some("fk-a-001")),
    ("STEERING", "samverkansansvarig", Some("FK"), Some("fk-s-001")),
    ("ADMIN", "systemforvaltare", Some("FK"), Some("fk-f-001")),
];

/// One token a role, as lines that a shell reads, and the file they stand in.
struct Tokens {
    lines: String,
    file: PathBuf,
}

impl Tokens {
    fn issue(config: &Config) -> Result<Self, Failure> {
        let mut lines = String::new();
        for (name, role, agency, handler) in ROLES {
            let token = token::issue(config, role, agency, handler, "demo-client")?;
            lines += &format!("{name}={token}\n");
        }
        let file = config.data_dir.join("tokens");
        write_secret(&file, lines.as_bytes())?;
        Ok(Self { lines, file })
    }

    fn say(&self, base: &str, pilot_ends: i64) {
        println!(
            "\nServing on {base}: open it in a browser, and choose whom to be. Tokens for a few hours – both agencies' systems, and somebody of every other role:\n\n\
             {lines}\n\
             Try, in another terminal:\n\n\
             \x20 . {file}\n\
             \x20 curl -H \"Authorization: Bearer $READER\" '{base}/v1/reports/baspaket?from=2016-10-01&to=2016-12-31&geography=styrgrupp:gavleborg&countedTo={pilot_ends}&format=csv'\n\
             \x20 curl -H \"Authorization: Bearer $HANDLER\" '{base}/v1/cases?handler=me'\n\
             \x20 curl -H \"Authorization: Bearer $AF\" -H 'Content-Type: application/json' '{base}/v1/registrations?dryRun=true' \\\n\
             \x20   -d '{{\"step\":\"begaran\",\"date\":\"2016-10-03\",\"participant\":{{\"personnummer\":\"198503129804\"}},\"offices\":{{\"fk\":\"FK-GAVLE\",\"af\":\"AF-GAVLE\"}},\"municipality\":\"2180\",\"answers\":{{\"arbetar\":false,\"arbetsandel\":50}}}}'\n\
             \x20 curl '{base}/v1/rules/fel_myndighet'\n\n\
             The third is refused, with all that is wrong. Stop with Ctrl-C.",
            lines = self.lines,
            file = self.shell_path(),
        );
    }

    /// As a shell's `.` finds it: a name without a slash would be looked for elsewhere.
    fn shell_path(&self) -> String {
        let path = self.file.display().to_string();
        if path.contains('/') { path } else { format!("./{path}") }
    }
}
