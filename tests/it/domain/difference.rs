//! Where what happened parts from what a scenario says.

use std::fmt::Write as _;
use std::path::Path;

/// Every place where the two texts part, with its line in the file.
pub fn difference(path: &Path, expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let mut text = String::new();
    let (mut here, mut there) = (0, 0);
    while here < expected.len() || there < actual.len() {
        if here < expected.len() && there < actual.len() && expected[here] == actual[there] {
            (here, there) = (here + 1, there + 1);
            continue;
        }
        // The nearest line after which both go on alike.
        let rest = |i: usize, all: &[&str]| all.len() - i;
        let (skip, add) = (0..=rest(here, &expected) + rest(there, &actual))
            .flat_map(|sum| (0..=sum).map(move |skip| (skip, sum - skip)))
            .find(|(skip, add)| match (expected.get(here + skip), actual.get(there + add)) {
                (Some(a), Some(b)) => a == b,
                (a, b) => a.is_none() && b.is_none(),
            })
            .unwrap_or((rest(here, &expected), rest(there, &actual)));
        let _ = writeln!(text, "{}:{}", path.display(), here + 1);
        for line in &expected[here..(here + skip).min(expected.len())] {
            let _ = writeln!(text, "  expected {line}");
        }
        for line in &actual[there..(there + add).min(actual.len())] {
            let _ = writeln!(text, "  actual   {line}");
        }
        (here, there) = (here + skip, there + add);
    }
    text
}
