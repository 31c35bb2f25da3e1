//! The figures of benches/README.md. `cargo bench --bench figures -- writes server pages reports` runs the parts named, or
//! all; `SUS_BENCH_POSTGRES=postgres://…` adds the second backend, and `sqlite` or `postgres` leaves out the other. Each figure stands beside something measured in
//! the same run: the database's own limit for the same rows, or a plain loop over the same cases.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark may fail, and reads the clock")]

mod pages;
mod reports;
mod server;
mod writes;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let (of_backends, wanted): (Vec<String>, Vec<String>) =
        wanted.into_iter().partition(|word| ["sqlite", "postgres"].contains(&word.as_str()));
    let all = wanted.is_empty();
    let on = |name: &str| of_backends.is_empty() || of_backends.iter().any(|word| word == name);
    let mut backends: Vec<String> = Vec::new();
    backends.extend(on("sqlite").then(|| "sqlite".to_owned()));
    backends.extend(std::env::var("SUS_BENCH_POSTGRES").ok().filter(|_| on("postgres")));
    println!("{:<58} {:>14} {:>10}", "figure", "value", "ratio");
    for (name, run) in [("writes", writes::run as fn(&str)), ("server", server::run), ("pages", pages::run)] {
        if all || wanted.iter().any(|w| w == name) {
            for backend in &backends {
                run(backend);
            }
        }
    }
    if all || wanted.iter().any(|w| w == "reports") {
        // `reports 10` measures ten million cases instead.
        reports::run(wanted.iter().find_map(|w| w.parse().ok()));
    }
}

/// One line of the table.
pub fn figure(name: &str, value: f64, unit: &str, ratio: Option<f64>) {
    let ratio = ratio.map(|r| format!("{r:.2}")).unwrap_or_default();
    println!("{name:<58} {value:>9.1} {unit:<5} {ratio:>9}");
}
