//! `sus rotate-keys`.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, RotateArgs, chance, reading_service};
use crate::clock::Stopwatch;
use crate::config::Config;
use crate::registrations::rotation::{self, PIECE, Phase, Rotation};
use crate::storage::journal::instant;
use crate::storage::rotation::{Counted, Status};

pub fn rotate(config: &Config, args: &RotateArgs) -> Result<(), Failure> {
    let service = reading_service(config)?;
    if args.status {
        print!("{}", told(&rotation::status(&service.db)?, service.vault.key_id()));
        return Ok(());
    }
    let persons = rotation::status(&service.db)?.persons;
    let bar = progress_bar(persons);
    let watch = Stopwatch::start();
    let mut chance = chance()?;
    let mut rotation =
        Rotation { db: &service.db, vault: &service.vault, chance: &mut chance, clock: &*service.clock, piece: PIECE };
    let done = rotation.run(args.lookup, &mut |phase, count| {
        bar.set_message(match phase {
            Phase::Sealing => "sealed by the current master key",
            Phase::Hashing => "hashed by the new look-up key",
            Phase::Sweeping => "former hashes taken away",
        });
        bar.set_position(count as u64);
        true
    })?;
    bar.finish_and_clear();
    println!(
        "{} persons' keys sealed anew, {} persons looked at for look-ups, {} former hashes taken away, in {:.1} s.",
        done.sealed,
        done.hashed,
        done.swept,
        watch.elapsed().as_secs_f64()
    );
    print!("{}", told(&rotation::status(&service.db)?, service.vault.key_id()));
    Ok(())
}

/// Which keys there are, and what each is still needed for. Ids only: they tell nothing of the keys.
fn told(status: &Status, current: &str) -> String {
    let of = |counts: &[Counted], id: &str| counts.iter().find(|(key, _)| key == id).map_or(0, |(_, count)| *count);
    let mut out = format!("Persons: {}\n", status.persons);
    for master in &status.masters {
        let sealed = of(&status.sealed, &master.id);
        let state = match master.retired {
            _ if master.id == current => "current".to_owned(),
            Some(at) => {
                format!("out of use since {}; its file can be taken away", instant(at).format("%Y-%m-%d %H:%MZ"))
            }
            None => "in use; needed until `sus rotate-keys` has come to its end".to_owned(),
        };
        out.push_str(&format!("Master key {}: seals {sealed} persons' keys; {state}\n", master.id));
    }
    for (place, id) in status.lookups.iter().enumerate() {
        let state = if place == 0 { "newest" } else { "in use until everybody is found by the newest" };
        out.push_str(&format!("Look-up key {id}: finds {} persons; {state}\n", of(&status.found, id)));
    }
    for (id, count) in status.found.iter().filter(|(id, _)| !status.lookups.contains(id)) {
        out.push_str(&format!("Look-up key {id}: out of use; {count} hashes are still to be taken away\n"));
    }
    out
}

fn progress_bar(persons: i64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(persons.unsigned_abs());
    match ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta} {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
