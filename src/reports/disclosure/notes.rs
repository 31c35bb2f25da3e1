//! What a report says of how it is protected, in footnotes.

use super::policy::{Grant, Policy};
use crate::reports::request::Lang;

const CELL_KEY: [(&str, &str); 4] = [
    (
        "Siffrorna är skyddade med cellnyckelmetoden (cell-key, version 1): antal visas som vart tredje tal, närmast över eller under det räknade. Ingen visas alltid som noll, men det kan 1 och 2 också göra. Samma ärenden ger samma siffra i alla tabeller.",
        "Figures are protected by the cell key method (cell-key, version 1): counts are shown as every third number, the nearest above or below what was counted. None is always shown as zero, but 1 and 2 may be, too. The same cases give the same figure in every table.",
    ),
    (
        "Varje summa är skyddad för sig, så delarna behöver inte bli summan. Andelar är räknade på de visade antalen, högst 100 %, och undanhållna (..) där summan är under 5.",
        "Each total is protected for itself, so the parts need not add up to it. Shares are those of the counts shown, at most 100%, and withheld (..) where the total is below 5.",
    ),
    (
        "Medelvärden, medianer och percentiler är avrundade till jämna 1, 2, 5, 10, 20, 50 … dagar, grövre ju färre och längre de är. Medelvärden och medianer visas bara där minst 8 visas som antal, percentilerna 25 och 75 där minst 23 visas, 10 och 90 där minst 53 visas, annars undanhållna (..).",
        "Means, medians and percentiles are rounded to even 1, 2, 5, 10, 20, 50 … days, the more the fewer and the longer they are. Means and medians are shown only where the count shown is at least 8, percentiles 25 and 75 where it is at least 23, and 10 and 90 where it is at least 53; else they are withheld (..).",
    ),
    (
        "Samband som gäller räknade siffror gäller inte säkert här: delarnas andelar behöver inte bli 100 %, tiderna per steg inte tiden i samarbetet, och olika deltagare kan bli fler än summan av insatserna.",
        "What holds for counted figures may not hold here: shares need not be 100% together, times per step need not be the time in the cooperation, and distinct cases may exceed the sum of the measures.",
    ),
];

const THRESHOLD: [(&str, &str); 2] = [
    (
        "Antal på 1–4 är undanhållna (..), och så många till som behövs för att ingen av dem ska gå att räkna ut.",
        "Counts of 1–4 are withheld (..), and as many more as it takes that none of them can be worked out.",
    ),
    (
        "Andelar, medelvärden och medianer är undanhållna där deras antal är det; dagar visas hela, och bara av minst 5 (percentilerna 25 och 75 av minst 20, 10 och 90 av minst 50).",
        "Shares, means and medians are withheld where their counts are; days are shown whole, and of at least 5 only (percentiles 25 and 75 of at least 20, 10 and 90 of at least 50).",
    ),
];

const BESIDE: (&str, &str) = (
    "Nivåerna bredvid urvalet är skyddade på annat sätt än urvalet; följande gäller dem.",
    "The levels beside the selection are protected in another way than the selection; what follows is about them.",
);

/// The footnotes of a report; `further` says that levels beside the selection have another policy.
pub(super) fn of(grant: Grant, further: bool, lang: Lang) -> Vec<String> {
    let text = |(sv, en): &(&str, &str)| if lang == Lang::Sv { (*sv).to_owned() } else { (*en).to_owned() };
    let mut all: Vec<String> = about(grant.own).iter().map(text).collect();
    if further {
        all.push(text(&BESIDE));
        all.extend(about(grant.beside).iter().map(text));
    }
    all
}

#[cfg(test)]
#[test]
fn the_notes_tell_the_limits_that_hold() {
    use super::days::{enough, surely};
    use super::{THRESHOLD as LIMIT, p_table};
    let version = Policy::CellKey.version().unwrap_or_default();
    assert!(CELL_KEY[0].0.contains(&format!("cell-key, version {version})")) && p_table::LIVE.base == 3);
    assert!(CELL_KEY[1].0.contains(&format!("under {LIMIT}")));
    let [all, inner, outer] = [LIMIT, enough(25), enough(90)];
    let live = [all, inner, outer].map(|least| format!("minst {} visas", surely(least)));
    assert!(live.iter().all(|limit| CELL_KEY[2].0.contains(limit)), "{live:?}");
    assert!(
        THRESHOLD[1]
            .0
            .contains(&format!("minst {all} (percentilerna 25 och 75 av minst {inner}, 10 och 90 av minst {outer})"))
    );
    assert!(THRESHOLD[0].0.contains(&format!("1–{}", LIMIT - 1)));
}

const fn about(policy: Policy) -> &'static [(&'static str, &'static str)] {
    match policy {
        Policy::Exact => &[],
        Policy::Threshold => &THRESHOLD,
        Policy::CellKey => &CELL_KEY,
    }
}
