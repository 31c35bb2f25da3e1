//! `sus access` and `sus verify-audit`, on both databases.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;
use sus::storage::access::{Entry, Kind, Scope};

use super::places;
use crate::support::posting::{begaran, post};
use crate::support::tables::Raw;
use crate::support::{Backend, noon, organisation, service};

const ANNA: &str = "198503129804";

#[test]
fn who_has_read_is_told_and_the_log_is_proven_until_somebody_changes_it() {
    places(|backend, database, place| {
        let (service, clock) = service(database, noon("2016-10-12"));
        service.import_organisation(&organisation()).unwrap();
        let case =
            post(&service, vec![begaran("FK-1", ANNA, "2016-10-03")]).unwrap().results[0].clone().unwrap().case_id();
        let scope = Scope {
            client: "fk-web".to_owned(),
            agency: Some("FK".to_owned()),
            handler: Some("fk-h-017".to_owned()),
            action: "get_case",
            trace: None,
            at: clock_micros(&clock),
        };
        service.log_and_wait(vec![Entry::of(&scope, Kind::Read, &[case])]).unwrap();
        service.stop();

        let told = place.run(&format!("access case {case} --to 2016-10-12")).printed();
        assert!(told.contains("fk-h-017") && told.ends_with("2 accesses.\n"), "{told}");
        let mut child = place.command("access person").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{ANNA}").unwrap();
        let told = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        assert!(told.ends_with("3 accesses.\n") && told.contains("extract"), "{told}");
        assert!(!told.contains(ANNA) && !told.contains(&ANNA[2..]), "{told}");
        let told = place.run("access office FK-GAVLE --from 2016-10-01 --to 2016-10-31 --sample 5").printed();
        assert!(told.contains("fk-h-017") && told.ends_with("1 rows of 1, by 1 handläggare.\n"), "{told}");
        assert!(place.run("access office FK-NOWHERE").complained().contains("no office has the code FK-NOWHERE"));

        let told = place.run("verify-audit").printed();
        assert!(told.ends_with("All is as it was written.\n"), "{told}");
        let head = told.lines().find_map(|line| line.strip_prefix("head ")).unwrap().to_owned();
        let proof: Value =
            serde_json::from_str(&place.run(&format!("verify-audit --json --head {head}")).printed()).unwrap();
        assert_eq!((&proof["found"], &proof["chains"]), (&0.into(), &4.into()), "{proof}");
        assert!(place.run("verify-audit --head 1:2").complained().contains("1:2 is no head"));

        let mut raw = Raw::of(database);
        let unguard = match backend {
            Backend::Sqlite => "DROP TRIGGER access_rows_forget_only",
            Backend::Postgres => "ALTER TABLE access_log DISABLE TRIGGER USER",
        };
        raw.run(unguard).unwrap();
        raw.run("UPDATE access_log SET handler = 'fk-h-018' WHERE handler = 'fk-h-017'").unwrap();
        let ran = place.run("verify-audit");
        assert_eq!(ran.code, Some(1));
        assert!(ran.out.contains("altered           chain 1 row 2: it was altered or put in"), "{}", ran.out);
    });
}

fn clock_micros(clock: &sus::clock::ManualClock) -> i64 {
    sus::clock::Clock::now(clock).timestamp_micros()
}
