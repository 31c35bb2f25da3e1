//! What people answer, in shares that look like the real thing; some answers are missing.
//!
//! Never here: answers that contradict each other (the questions' rules are kept), or dates.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use crate::demo::wording::employer;

/// One of the values, each as likely as its share of the whole.
fn one<'a>(rng: &mut ChaCha8Rng, values: &[(&'a str, u32)]) -> &'a str {
    let total: u32 = values.iter().map(|v| v.1).sum();
    let mut drawn = rng.random_range(0..total);
    for (value, share) in values {
        if drawn < *share {
            return value;
        }
        drawn -= share;
    }
    values.first().map_or("", |v| v.0)
}

fn percent(rng: &mut ChaCha8Rng, share: u32) -> bool {
    rng.random_range(0..100_u32) < share
}

/// Now and then a whole page of questions is not filled in, or one question.
fn with_gaps(mut answers: Map<String, Value>, rng: &mut ChaCha8Rng) -> Value {
    if percent(rng, 3) {
        answers.clear();
    } else if percent(rng, 8) {
        // Questions on which no other hangs.
        let optional = ["utbildning", "tidOffentligForsorjning", "formaner", "fortsattHosFk", "inskrivenAf"];
        answers.shift_remove(optional[rng.random_range(0..5_u32) as usize]);
    }
    Value::Object(answers)
}

fn work_and_study(answers: &mut Map<String, Value>, works: bool, studies: bool, rng: &mut ChaCha8Rng) {
    answers.insert("arbetar".into(), json!(works));
    if works {
        let kind = one(rng, &[("subventionerat", 45), ("ej_subventionerat", 55)]);
        answers.insert("arbetstyper".into(), json!([kind]));
        answers.insert("arbetsandel".into(), json!([25, 50, 50, 75, 100, 100][rng.random_range(0..6_u32) as usize]));
    }
    answers.insert("studerar".into(), json!(studies));
    if studies {
        let kinds =
            [("grundlaggande", 15), ("gymnasial", 35), ("eftergymnasial", 25), ("arbetsmarknadsutbildning", 25)];
        answers.insert("studietyp".into(), json!(one(rng, &kinds)));
        answers.insert("studieandel".into(), json!([50, 75, 100, 100][rng.random_range(0..4_u32) as usize]));
    }
}

/// At the request.
pub(super) fn before(initiated_by: &str, rng: &mut ChaCha8Rng) -> Value {
    let employed = percent(rng, 34);
    let works = employed && percent(rng, 30);
    let studies = percent(rng, 4);
    let mut a = Map::new();
    a.insert("initieradAv".into(), json!(initiated_by));
    a.insert("anstalld".into(), json!(employed));
    if employed {
        a.insert("arbetsgivare".into(), json!(employer(rng.random_range(0..4_000))));
        a.insert(
            "anstallningstyp".into(),
            json!(one(rng, &[("tillsvidare", 80), ("tidsbegransad", 17), ("annan", 3)])),
        );
    }
    a.insert("egetForetag".into(), json!(!employed && percent(rng, 3)));
    a.insert("inskrivenAf".into(), json!(percent(rng, 32)));
    work_and_study(&mut a, works, studies, rng);
    a.insert("program".into(), json!(!studies && percent(rng, 6)));
    let benefit = one(
        rng,
        &[
            ("sjukpenning", 55),
            ("rehabiliteringspenning", 8),
            ("sjukersattning", 5),
            ("aktivitetsersattning", 20),
            ("aktivitetsstod", 5),
            ("a_kassa", 2),
            ("annan", 2),
            ("ingen", 3),
        ],
    );
    let mut benefits = vec![benefit];
    if benefit != "ingen" && percent(rng, 9) {
        benefits.push("forsorjningsstod");
    }
    a.insert("formaner".into(), json!(benefits));
    a.insert(
        "tidOffentligForsorjning".into(),
        json!(one(
            rng,
            &[
                ("ingen", 2),
                ("under_3_man", 6),
                ("3_6_man", 12),
                ("7_12_man", 19),
                ("1_2_ar", 27),
                ("3_5_ar", 18),
                ("6_9_ar", 9),
                ("minst_10_ar", 7),
            ]
        )),
    );
    a.insert(
        "utbildning".into(),
        json!(one(
            rng,
            &[
                ("ej_avslutad_grundskola", 4),
                ("grundskola", 21),
                ("gymnasium", 49),
                ("eftergymnasial_kort", 10),
                ("eftergymnasial_lang", 14),
                ("uppgift_saknas", 2),
            ]
        )),
    );
    with_gaps(a, rng)
}

/// At `avslutat`. After an insats about half work or study; after ali more than after afi.
pub(super) fn after(last_insats: Option<&str>, continues_at_fk: bool, rng: &mut ChaCha8Rng) -> Map<String, Value> {
    let share = match last_insats {
        Some("ali") => 64,
        Some(_) => 34,
        None => 10,
    };
    let works = !continues_at_fk && percent(rng, share);
    let studies = !works && !continues_at_fk && percent(rng, 14);
    let program = !works && !studies && !continues_at_fk && percent(rng, 25);
    let open = !works && !studies && !program && !continues_at_fk && percent(rng, 60);
    let mut a = Map::new();
    a.insert("inskrivenAf".into(), json!(open || program || percent(rng, 35)));
    work_and_study(&mut a, works, studies, rng);
    a.insert("program".into(), json!(program));
    a.insert("oppetArbetslos".into(), json!(open));
    let benefit = if continues_at_fk {
        one(rng, &[("sjukpenning", 60), ("sjukersattning", 20), ("aktivitetsersattning", 20)])
    } else if works || studies {
        one(rng, &[("ingen", 80), ("sjukpenning", 10), ("annan", 10)])
    } else {
        one(rng, &[("aktivitetsstod", 60), ("a_kassa", 15), ("forsorjningsstod", 15), ("annan", 10)])
    };
    a.insert("formaner".into(), json!([benefit]));
    a.insert("fortsattHosFk".into(), json!(continues_at_fk));
    match with_gaps(a, rng) {
        Value::Object(a) => a,
        _ => Map::new(),
    }
}
