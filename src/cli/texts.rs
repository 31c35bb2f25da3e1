//! What the command line says: examples, and the rules.

use super::{Failure, RulesArgs};
use crate::domain::rule::{RULES, Rule, RuleRow};

pub const EXAMPLES: &str = "\
Examples:
  sus demo                                   try everything, on a fresh embedded database
  sus organisation import organisation.json  load the registers
  sus import registrations.ndjson            import history
  sus serve                                  serve the API
  sus report baspaket --from 2016-10-01 --to 2016-12-31 --geography styrgrupp:gavleborg
  sus export follow-up                       all cases without identity, for DuckDB or Spark";

pub const EXIT_STATUS: &str = "\
Exit status:
  0  done
  1  failed, and said why; sus verify-audit: the access log is not as it was written
  2  the arguments are wrong
  3  sus import: done, but some lines were refused";

/// The long help shows a whole file of issuers.
pub fn serve_long() -> String {
    let file = crate::auth::file::EXAMPLE.lines().map(|line| format!("  {line}\n")).collect::<String>();
    format!("{SERVE}\n\nA file for SUS_AUTH_FILE, with everything that may stand in it:\n\n{file}")
}

pub const SERVE: &str = "\
Examples:
  sus serve
  sus serve --dev-auth        on your own machine, with tokens from `sus token`
  SUS_AUTH_FILE=auth.toml sus serve
  SUS_DATABASE_URL=postgres://sus@db/sus SUS_MASTER_KEY_FILE=/run/secrets/sus \
  SUS_AUTH_FILE=/etc/sus/auth.toml SUS_LISTEN=0.0.0.0:8443 SUS_TLS_CERT_FILE=cert.pem \
  SUS_TLS_KEY_FILE=key.pem sus serve
  SUS_LISTEN=0.0.0.0:8080 SUS_TRUSTED_PROXIES=10.0.0.0/8 sus serve      behind a proxy that has TLS

Without SUS_AUTH_FILE or --dev-auth no token is accepted. `sus serve --help` shows such a file; `sus --help` lists what can be set.";

pub const DEMO: &str = "\
Examples:
  sus demo
  sus demo --cases 100000 --no-serve

The database is made anew in SUS_DATA_DIR/demo each time; nothing else is touched.";

pub const ORGANISATION: &str = "\
Examples:
  sus organisation import organisation.json
  sus organisation export > organisation.json
  sus generate pilot --organisation          a whole file to look at

All that is wrong with a file is told at once, and then nothing of it is loaded.";

pub const IMPORT: &str = "\
Examples:
  sus import registrations.ndjson
  zcat history.ndjson.gz | sus import - --refused refused.ndjson

Each line is a registration as POST /v1/registrations takes it, with the agency
that made it, and for history the instant when it became known (recordedAt);
`sus generate pilot` writes some to look at. Refused lines are written with their
findings, and since they hold identity only you can read that file; the rest goes
in. Run again, lines that are in already are passed over, so an import that was
broken off is simply started anew. Where nothing is refused any more, the file of
an earlier run is taken away.

Exit status: 0 when every line is in, 3 when the rest is in but some lines were
refused, 1 when the import failed, 2 when the arguments are wrong.";

pub const REPORT: &str = "\
Examples:
  sus report baspaket --from 2016-10-01 --to 2016-12-31 --geography styrgrupp:gavleborg
  sus report baspaket --from 2021-01-01 --to 2021-12-31 --geography lan:21 --format xlsx --output baspaket.xlsx
  sus report baspaket --from 2021-01-01 --to 2021-12-31 --part utfall_gk --format png --output utfall.png
  sus report baspaket --from 2016-10-01 --to 2016-12-31 --as-of 2017-01-15 --format json
  sus report baspaket --from 2016-10-01 --to 2016-12-31 --part 2 --lang en
  sus report baspaket --from 2016-10-01 --to 2016-12-31 --geography styrgrupp:gavleborg --disclosure cell-key";

pub const EXPORT: &str = "\
Examples:
  sus export follow-up
  sus export follow-up --replace --as-of 2026-09-30
  duckdb -c \"select step, count(*) from 'follow-up/steps.parquet' group by all\"

Writes cases, steps, answers, case_offices, anonymous, offices, areas,
steering_groups and municipalities as .parquet, and schema.json, which says what
each column means and up to where the export counts. The folder appears when
everything is written; until then the files stand in FOLDER.part, which the next
run clears away should this one be broken off.

No identity is in it, but dates, offices and kommun together can point people
out: only you can read the files, and the export is written in the access log.";

pub const ACCESS: &str = "\
Examples:
  sus access person < number.txt             who has read about this person, or searched for the person
  sus access case 0193d7a0-2f4e-7c11-9a55-3f1c0a6e9b12 --from 2026-10-01
  sus access office FK-GAVLE --from 2026-10-01 --to 2026-10-31 --sample 20
  sus access office FK-GAVLE --flagged

The personnummer is read from standard input, since arguments stand in the list of
processes and in the shell's history. The same sample of the same period draws the
same rows; --seed draws others. What is asked for is itself in the log.";

pub const VERIFY_AUDIT: &str = "\
Examples:
  sus verify-audit
  sus verify-audit --json > proof.json
  sus verify-audit --head 1:4711:9f86d081884c7d659a2feaa0c55ad015

Every row is sealed to the one before it with a key made from the master key, which
the database does not hold; each process signs the newest rows of all others once a
minute. Found are rows that were removed, altered, moved or put in, chains that
lost their end or are gone, changed signatures, and look-up tables that would hide
something. A query that was forgotten in the allowed way is counted, not found.
The last lines name the newest row of each chain: kept where the database can't
reach and given with --head later, they find that a whole database was put back.

Exit status: 0 when all is as it was written, 1 when something was found or the
proof failed, 2 when the arguments are wrong.";

pub const TOKEN: &str = "\
Examples:
  sus token system --agency FK
  sus token deltagaransvarig --agency AF --handler af-h-201
  sus token rapportlasare

The token is accepted by `sus serve --dev-auth` with the same SUS_DATA_DIR, for a few hours.";

pub const MIGRATE: &str = "\
Examples:
  sus migrate
  SUS_DATABASE_URL=postgres://sus@db/sus sus migrate

Every command that opens a database does so first; on its own it is for a release that is put in place by hand.";

pub const BACKUP: &str = "\
Examples:
  sus backup /backup/2026-11-23 --keys /keys/person-keys
  pg_dump -Fc --exclude-table-data=person_keys --exclude-table-data=person_lookups \\
    --exclude-table-data=secrets --exclude-table-data=master_keys \\
    --exclude-table-data=key_head --exclude-table-data=saved_columns -f sus.dump, then
  sus backup --keys-only --keys /keys/person-keys

The service goes on meanwhile. The copy holds everything but the keys of persons and
what they are found by. Those go to the file of the person keys, which replaces the
former one: keep the newest only, apart from the backups, and never an older one.
Then nobody who was erased can be named from any backup, however old. Beside it lies
a copy of the journal of erasures. All keys in it are sealed by the master key, which
is in neither: keep that apart from both.";

pub const RESTORE: &str = "\
Examples:
  sus restore /backup/2026-11-23 --keys /keys/person-keys
  pg_restore -d sus sus.dump, then
  sus restore --keys /keys/person-keys

The database named by SUS_DATABASE_URL must not be there yet (embedded), or must have
been restored by pg_restore a moment ago. What the journal of erasures says is taken
away again before the command ends, and at every start of the service.";

pub const EXTRACT: &str = "\
Examples:
  sus extract < number.txt > utdrag.txt
  sus extract --number-file number.txt --format json
  sus extract --number-file number.txt --format html > utdrag.html

Every case of the person at whatever office, with each registration as it was made, and
how data is put right; html is a page to print and hand over, with --lang en in English. The number is read from a file or standard input, never from an
argument. The extract is written in the access log, and holds personal data.";

pub const RETENTION: &str = "\
Examples:
  sus retention --dry-run
  sus retention
  sus retention --log

SUS_RETENTION_FILE names the rules. The first that applies to a case decides:

  receipts_days = 3            # answers kept for repeated requests; at most 7

  [[rule]]
  id = \"felregistrerade\"
  trigger = \"felregistrering\"  # age from its latest registration
  months = 6
  action = \"delete\"           # the whole case; figures change, frozen reports stay

  [[rule]]
  id = \"identitet\"
  trigger = \"case_ended\"       # age from the day of the ending
  years = 2                    # last_registration: from the latest registration
  action = \"strip_identity\"    # no figure changes

  [[rule]]
  id = \"grovre\"
  trigger = \"case_ended\"
  years = 5
  action = \"coarsen\"          # no figure changes

strip_identity takes away the number, the agencies' references, who was handläggare,
stadsdel and free text, and makes the birth date an age band. coarsen takes away what
no figure needs as well: the employer's number, the local definition of an insats, who
registered, and the clients' own references (what is sent again after that is not known
again). Runs beside the service;
broken off, it is started anew. SUS_RETENTION_AT has the service do it each day. The
log of runs holds counts and the rules' digest, and is chained by a keyed hash.";

pub const ROTATE: &str = "\
Examples:
  sus rotate-keys --status
  sus rotate-keys             everything is sealed by the current master key
  sus rotate-keys --lookup    and everybody is found by a new look-up key

To exchange the master key:
  1. make a new one: head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' > new.key
  2. name it in SUS_OLD_MASTER_KEY_FILES of every process, and start each anew: now all know it
  3. make it SUS_MASTER_KEY_FILE, put the former one in SUS_OLD_MASTER_KEY_FILES, and
     start each anew
  4. run sus rotate-keys with the same; it may be broken off and started again
  5. take the former away where --status says that it is out of use

The service goes on registering meanwhile. A process that was not given a key that is
in use registers and finds no persons, and says so, until it is started anew with it.
Figures, exports and receipts stay as they were. Backups of the person keys from
before are sealed by the former key: make a new one (sus backup) and throw them away.";

pub const GENERATE: &str = "\
Examples:
  sus generate pilot > pilot.ndjson
  sus generate national --cases 100000 > national.ndjson
  sus generate national --organisation > organisation.json
  sus generate national --cases 100000 --targets";

pub const RULES_HELP: &str = "\
Examples:
  sus rules
  sus rules gk_planerad_samma_dag --lang en";

pub fn rules(args: &RulesArgs) -> Result<(), Failure> {
    match &args.code {
        None => {
            for row in RULES {
                // What would be allowed depends on the case, so the list leaves it open.
                let text = text(row, &args.lang).replace("{allowed}", "…");
                println!("{:<32} {:<7} {text}", row.code, row.severity.code());
            }
        }
        Some(code) => {
            let rule =
                Rule::from_code(code).ok_or_else(|| format!("no rule is called {code}; `sus rules` lists them"))?;
            let row = rule.row();
            println!("{} (version {}, {})\n", row.code, row.version, row.severity.code());
            println!("sv: {}\nen: {}\n\nExample: {}", row.sv, row.en, row.example);
        }
    }
    Ok(())
}

fn text(row: &RuleRow, lang: &str) -> &'static str {
    if lang == "en" { row.en } else { row.sv }
}
