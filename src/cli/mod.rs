//! The commands. Each reads its arguments, builds what it needs as `serve` does, and says what it did.
//!
//! Never here: a rule, SQL, or a figure.

mod access;
mod assignments;
mod backup;
mod data;
mod demo;
mod export;
mod extract;
mod keys;
mod report;
mod retention;
mod serve;
mod texts;
mod token;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use crate::app;
use crate::chance::Generator;
use crate::clock::SystemClock;
use crate::config::{Config, VARIABLES};
use crate::registrations::Service;

/// Cross-agency follow-up of the cooperation between Försäkringskassan and Arbetsförmedlingen.
#[derive(Parser)]
#[command(name = "sus", version, about, after_help = texts::EXAMPLES, after_long_help = after_long_help(), max_term_width = 110)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

fn after_long_help() -> String {
    let mut text = format!("{}\n\n{}\n\nEnvironment:\n", texts::EXAMPLES, texts::EXIT_STATUS);
    for variable in VARIABLES {
        text.push_str(&format!(
            "  {}\n      {} Expected: {}. Default: {}.\n",
            variable.name, variable.about, variable.expected, variable.default
        ));
    }
    text
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API
    #[command(after_help = texts::SERVE, after_long_help = texts::serve_long())]
    Serve(ServeArgs),
    /// Make a fresh database with the pilot and a synthetic national history, show a baspaket, and serve
    #[command(after_help = texts::DEMO)]
    Demo(DemoArgs),
    /// Load or show the registers of offices, handläggare, agreements and definitions
    #[command(subcommand, after_help = texts::ORGANISATION)]
    Organisation(OrganisationCommand),
    /// Show, give, end and confirm assignments (uppdrag)
    #[command(subcommand, after_help = assignments::HELP)]
    Assignments(assignments::AssignmentsCommand),
    /// Import a file of registrations, one JSON object a line
    #[command(after_help = texts::IMPORT)]
    Import(ImportArgs),
    /// Pull a report
    #[command(after_help = texts::REPORT)]
    Report(Box<ReportArgs>),
    /// Write all cases without identity as Parquet, for DuckDB, Spark and the like
    #[command(after_help = texts::EXPORT)]
    Export(ExportArgs),
    /// Who has read about a person or a case, and what the handläggare of an office have read
    #[command(subcommand, after_help = texts::ACCESS)]
    Access(access::AccessCommand),
    /// Prove that no row of the access log was removed, altered or moved
    #[command(after_help = texts::VERIFY_AUDIT)]
    VerifyAudit(access::VerifyArgs),
    /// Print a development token for a role
    #[command(after_help = texts::TOKEN)]
    Token(TokenArgs),
    /// Bring the database's schema up to date and say where it stands
    #[command(after_help = texts::MIGRATE)]
    Migrate,
    /// Copy the database without the keys of persons, and write those to a file that replaces the former one
    #[command(after_help = texts::BACKUP)]
    Backup(BackupArgs),
    /// Put a backup and the newest keys of persons together, and take away again what was erased since
    #[command(after_help = texts::RESTORE)]
    Restore(RestoreArgs),
    /// Everything that is kept about a person, for the person (registerutdrag)
    #[command(after_help = texts::EXTRACT)]
    Extract(ExtractArgs),
    /// Take away what the rules of retention (gallring) say, or count it
    #[command(after_help = texts::RETENTION)]
    Retention(RetentionArgs),
    /// Exchange the master key, and on request the look-up key, while the service runs
    #[command(after_help = texts::ROTATE)]
    RotateKeys(RotateArgs),
    /// Write synthetic registrations, to look at or to import
    #[command(after_help = texts::GENERATE)]
    Generate(GenerateArgs),
    /// Show the rules, all or one by its code
    #[command(after_help = texts::RULES_HELP)]
    Rules(RulesArgs),
}

#[derive(Args)]
struct ServeArgs {
    /// Accept tokens from the program's own development issuer; loopback only
    #[arg(long)]
    dev_auth: bool,
}

#[derive(Args)]
struct DemoArgs {
    /// How many synthetic cases
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(0..=2_000_000))]
    cases: u32,
    /// The same seed gives the same history on the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Show the baspaket and end, without serving
    #[arg(long)]
    no_serve: bool,
}

#[derive(Subcommand)]
enum OrganisationCommand {
    /// Load a file: entries with a known code are replaced, others added, none removed
    #[command(after_help = texts::ORGANISATION)]
    Import {
        /// The organisation file (JSON)
        file: PathBuf,
    },
    /// Print the registers as an organisation file
    #[command(after_help = texts::ORGANISATION)]
    Export,
}

#[derive(Args)]
struct ImportArgs {
    /// The file; - for standard input
    file: PathBuf,
    /// Where refused lines go, each with its findings [default: FILE.refused.ndjson]
    #[arg(long)]
    refused: Option<PathBuf>,
    /// The client under which lines are registered; the same for a file that is imported anew
    #[arg(long, default_value = "import")]
    client: String,
}

#[derive(Args)]
struct ReportArgs {
    /// Which report
    #[arg(default_value = "baspaket")]
    report: String,
    /// First day
    #[arg(long)]
    from: String,
    /// Last day
    #[arg(long)]
    to: String,
    /// riket, lan:21, kommun:2180, fk-kontor:CODE, af-kontor:CODE, fk-kontor-med-foregangare:CODE,
    /// af-kontor-med-foregangare:CODE (with the offices that it took over), fk-omrade:CODE, af-omrade:CODE or styrgrupp:CODE
    #[arg(long, default_value = "riket")]
    geography: String,
    /// As known on a day (its end) or an instant
    #[arg(long)]
    as_of: Option<String>,
    /// Counting registrations up to this position only
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..))]
    counted_to: Option<i64>,
    /// Select by a variable: NAME=CODE or NAME=CODE,CODE; once for each (GET /v1/reports lists them)
    #[arg(long, value_name = "NAME=CODES")]
    select: Vec<String>,
    /// Split by variables, separated by commas: at most three, beside sex
    #[arg(long, value_name = "NAMES")]
    split: Option<String>,
    /// How figures develop: the period cut into months, quarters or years, which stand beside each other
    #[arg(long, value_parser = ["month", "quarter", "year"])]
    every: Option<String>,
    /// By which version of the report's definitions [default: the newest]
    #[arg(long, value_name = "NUMBER")]
    report_version: Option<u32>,
    /// Only this part, by its number or id; may be given several times, or as 1,2. px, svg and png hold exactly one
    #[arg(long)]
    part: Vec<String>,
    /// The form
    #[arg(long, default_value = "table", value_parser = ["table", "json", "csv", "xlsx", "html", "json-stat2", "px", "parquet", "svg", "png"])]
    format: String,
    /// Where it is written [default: standard output]
    #[arg(long)]
    output: Option<PathBuf>,
    /// Between the columns of CSV
    #[arg(long, default_value = "comma", value_parser = ["comma", "semicolon"])]
    separator: String,
    /// The decimal sign of CSV
    #[arg(long, default_value = "point", value_parser = ["point", "comma"])]
    decimal: String,
    /// Begin CSV with a byte order mark
    #[arg(long)]
    bom: bool,
    /// The language
    #[arg(long, default_value = "sv", value_parser = ["sv", "en"])]
    lang: String,
    /// How figures are protected: as counted, small counts withheld, or with noise
    #[arg(long, default_value = "exact", value_parser = ["exact", "threshold", "cell-key"])]
    disclosure: String,
}

#[derive(Args)]
struct ExportArgs {
    /// The folder that is made; what stands beside the tables is schema.json
    folder: PathBuf,
    /// As known on a day (its end) or an instant
    #[arg(long)]
    as_of: Option<String>,
    /// Counting registrations up to this position only
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..))]
    counted_to: Option<i64>,
    /// Put the new export in the place of one that is there
    #[arg(long)]
    replace: bool,
}

#[derive(Args)]
struct TokenArgs {
    /// deltagaransvarig, insatsansvarig, samverkansadministrator, rapportlasare, samverkansansvarig, systemforvaltare or
    /// system
    role: String,
    /// FK or AF, for a role that acts for an agency
    #[arg(long)]
    agency: Option<String>,
    /// The handläggare, for deltagaransvarig and insatsansvarig
    #[arg(long)]
    handler: Option<String>,
    /// The client's name
    #[arg(long, default_value = "dev")]
    client: String,
}

#[derive(Args)]
struct BackupArgs {
    /// The folder that the copy of an embedded database goes to
    #[arg(required_unless_present = "keys_only")]
    folder: Option<PathBuf>,
    /// The file of the person keys [default: person-keys beside FOLDER]
    #[arg(long)]
    keys: Option<PathBuf>,
    /// Only the person keys: after a pg_dump without them
    #[arg(long, conflicts_with = "folder", requires = "keys")]
    keys_only: bool,
}

#[derive(Args)]
struct RestoreArgs {
    /// The folder of a backup of an embedded database; none after pg_restore
    #[arg(required_unless_present = "keys")]
    folder: Option<PathBuf>,
    /// The newest file of the person keys [default: person-keys beside FOLDER]
    #[arg(long)]
    keys: Option<PathBuf>,
}

#[derive(Args)]
struct ExtractArgs {
    /// The file that holds the number [default: standard input]; never an argument, which others could see
    #[arg(long)]
    number_file: Option<PathBuf>,
    /// The form
    #[arg(long, default_value = "text", value_parser = ["text", "json", "html"])]
    format: String,
    /// The language of the page (html)
    #[arg(long, default_value = "sv", value_parser = ["sv", "en"])]
    lang: String,
}

#[derive(Args)]
struct RetentionArgs {
    /// Only count, by rule, what would be taken away
    #[arg(long)]
    dry_run: bool,
    /// Show the log of runs, and whether it is as it was written
    #[arg(long, conflicts_with = "dry_run")]
    log: bool,
}

#[derive(Args)]
struct RotateArgs {
    /// Also make a new look-up key, and hash everybody anew
    #[arg(long)]
    lookup: bool,
    /// Only say which keys there are and what is still to be done
    #[arg(long, conflicts_with = "lookup")]
    status: bool,
}

#[derive(Args)]
struct GenerateArgs {
    /// pilot or national
    #[arg(default_value = "national", value_parser = ["pilot", "national"])]
    what: String,
    /// How many synthetic cases
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(0..=20_000_000))]
    cases: u32,
    /// The same seed gives the same history on the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the organisation file instead of registrations
    #[arg(long)]
    organisation: bool,
    /// Print how the figures compare with the published ones instead of registrations
    #[arg(long)]
    targets: bool,
}

#[derive(Args)]
struct RulesArgs {
    /// A rule's code
    code: Option<String>,
    /// The language
    #[arg(long, default_value = "sv", value_parser = ["sv", "en"])]
    lang: String,
}

/// Why a command failed, in words for whoever typed it.
type Failure = Box<dyn std::error::Error>;

/// Runs the command line.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            // clap prints help to standard output and mistakes to standard error, each with its own exit code.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return error.print().map_or(ExitCode::FAILURE, |()| ExitCode::from(code));
        }
    };
    match carry_out(line.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sus: {error}");
            if error.is::<report::WrongArguments>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn carry_out(command: Command) -> Result<ExitCode, Failure> {
    let done = match command {
        Command::Serve(args) => serve::serve(&configured()?, args.dev_auth),
        Command::Demo(args) => demo::demo(configured()?, &args),
        Command::Organisation(OrganisationCommand::Import { file }) => data::import_organisation(&configured()?, &file),
        Command::Organisation(OrganisationCommand::Export) => data::export_organisation(&configured()?),
        Command::Assignments(command) => assignments::assignments(&configured()?, &command),
        Command::Import(args) => return data::import(&configured()?, &args),
        Command::Report(args) => report::report(&configured()?, &args),
        Command::Export(args) => export::export(&configured()?, &args),
        Command::Access(command) => access::access(&configured()?, &command),
        Command::VerifyAudit(args) => return access::verify_audit(&configured()?, &args),
        Command::Token(args) => token::token(&configured()?, &args),
        Command::Migrate => data::migrate(&configured()?),
        Command::Backup(args) => backup::backup(&configured()?, &args),
        Command::Restore(args) => backup::restore(&configured()?, &args),
        Command::Extract(args) => extract::extract(&configured()?, &args),
        Command::Retention(args) => retention::retention(&configured()?, &args),
        Command::RotateKeys(args) => keys::rotate(&configured()?, &args),
        Command::Generate(args) => data::generate(&args),
        Command::Rules(args) => texts::rules(&args),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn configured() -> Result<Config, Failure> {
    let config = Config::from_env()?;
    // A second call in one process (a test) finds a logger already there, and that is as well.
    let _ = env_logger::Builder::new().parse_filters(&config.log).try_init();
    Ok(config)
}

fn service(config: &Config) -> Result<Arc<Service>, Failure> {
    Ok(Arc::new(app::start_service(config, Arc::new(SystemClock), chance()?)?))
}

/// The service of a command that only reads.
fn reading_service(config: &Config) -> Result<Service, Failure> {
    Ok(app::open_service(config, Arc::new(SystemClock), chance()?)?)
}

fn chance() -> Result<Generator, Failure> {
    Generator::from_system().map_err(|e| format!("no random bytes from the system: {e}").into())
}
