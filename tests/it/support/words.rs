//! Whether a sentence is wholly in its language, by the small words that no sentence does without.

use serde_json::Value;

const SWEDISH: &str = "och eller som med av är inte från ett den det på till högst bara har för om kan finns ska \
                       antingen exempel lista fyra siffror tecken datum heltal";
const ENGLISH: &str = "the and or such as of with must not is are was no from only at most by which this that a \
                       either each digits characters number whole";

fn found<'a>(text: &'a str, words: &str) -> Vec<&'a str> {
    let apart = text.split(|c: char| c.is_whitespace() || c == '/');
    let plain = apart.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    plain.filter(|word| words.split_whitespace().any(|small| small == word.to_lowercase())).collect()
}

/// What of a Swedish and of an English sentence is in the other language. A name is the same in both.
pub fn foreign(sv: &str, en: &str) -> Vec<String> {
    let mut all = Vec::new();
    if sv == en {
        return all;
    }
    for (text, words) in [(sv, found(sv, ENGLISH)), (en, found(en, SWEDISH))] {
        if !words.is_empty() {
            all.push(format!("{words:?} in “{text}”"));
        }
    }
    all
}

/// The same for every pair of sentences in an answer: `sv` and `en`, `title` and `titleEn`, `detail` and `detailEn`.
pub fn foreign_in(answer: &Value) -> Vec<String> {
    match answer {
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let pairs = [("sv", "en"), ("title", "titleEn"), ("detail", "detailEn")];
            let mut all: Vec<String> = Vec::new();
            for (sv, en) in pairs.into_iter().filter_map(|(sv, en)| text(sv).zip(text(en))) {
                all.extend(foreign(sv, en));
            }
            all.extend(fields.values().flat_map(foreign_in));
            all
        }
        Value::Array(items) => items.iter().flat_map(foreign_in).collect(),
        _ => Vec::new(),
    }
}
