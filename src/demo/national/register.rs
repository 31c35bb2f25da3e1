//! The made-up national organisation: every kommun has an AF office, groups of kommuner share an FK office.
//!
//! Lives here: about 100 FK and 300 AF offices, areas, about 4 000 handläggare, a steering group per län, and who
//! serves which kommun. Codes of Gävleborg agree with the pilot's. Never here: participants.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::demo::wording::name;
use crate::domain::geography::{counties_on, municipalities_on, swedish_key};

/// Kommuner with more people than others, in hundreds of cases; the rest have [`SMALL`].
const LARGE: [(&str, u32); 34] = [
    ("0180", 95),
    ("1480", 58),
    ("1280", 34),
    ("0380", 23),
    ("0580", 16),
    ("1880", 15),
    ("1980", 15),
    ("1283", 14),
    ("0581", 14),
    ("0680", 14),
    ("2480", 13),
    ("1281", 12),
    ("1490", 11),
    ("0126", 11),
    ("0484", 11),
    ("2180", 10),
    ("0182", 10),
    ("0181", 10),
    ("1380", 10),
    ("2281", 10),
    ("0780", 9),
    ("1780", 9),
    ("0127", 9),
    ("1290", 8),
    ("1384", 8),
    ("2580", 8),
    ("2482", 7),
    ("0880", 7),
    ("1080", 7),
    ("2080", 6),
    ("2380", 6),
    ("0980", 6),
    ("1488", 6),
    ("2284", 6),
];
const SMALL: u32 = 2;
const SINCE: &str = "2005-01-01";
/// The areas: code, name, its län.
const FK_AREAS: [(&str, &str, &[&str]); 6] = [
    ("FK-STOCKHOLM", "Verksamhetsområde Stockholm", &["01", "09"]),
    ("FK-OST", "Verksamhetsområde Öst", &["04", "05", "06", "08"]),
    ("FK-SYD", "Verksamhetsområde Syd", &["07", "10", "12"]),
    ("FK-VAST", "Verksamhetsområde Väst", &["13", "14", "17", "18"]),
    ("FK-MITT", "Verksamhetsområde Mitt", &["03", "19", "20", "21"]),
    ("FK-NORD", "Verksamhetsområde Nord", &["22", "23", "24", "25"]),
];
const AF_AREAS: [(&str, &str, &[&str]); 10] = [
    ("AF-STOCKHOLM-GOTLAND", "Marknadsområde Stockholm Gotland", &["01", "09"]),
    ("AF-UPPSALA-VASTMANLAND", "Marknadsområde Uppsala Västmanland", &["03", "19"]),
    ("AF-SORMLAND-OSTERGOTLAND", "Marknadsområde Sörmland Östergötland", &["04", "05"]),
    ("AF-SMALAND", "Marknadsområde Småland", &["06", "07", "08"]),
    ("AF-SYD", "Marknadsområde Syd", &["10", "12"]),
    ("AF-VAST", "Marknadsområde Väst", &["13", "14"]),
    ("AF-BERGSLAGEN", "Marknadsområde Bergslagen", &["17", "18", "20"]),
    ("AF-SODRA-NORRLAND", "Marknadsområde Södra Norrland", &["21"]),
    ("AF-MELLERSTA-NORRLAND", "Marknadsområde Mellersta Norrland", &["22", "23"]),
    ("AF-NORRA-NORRLAND", "Marknadsområde Norra Norrland", &["24", "25"]),
];

/// A kommun and the offices that serve it, as places in [`Register::offices`].
#[derive(Debug)]
pub(super) struct Kommun {
    pub code: &'static str,
    pub fk: usize,
    pub af: Vec<usize>,
    /// Weight of this and all before.
    up_to: u32,
}

/// An office and its handläggare, numbered from 0.
#[derive(Debug)]
pub(super) struct Office {
    pub code: String,
    agency: &'static str,
    name: String,
    kommuner: Vec<&'static str>,
    pub handlers: u32,
}

impl Office {
    /// The id of the `n`th handläggare here.
    pub fn handler(&self, n: u32) -> String {
        // The office's code has the agency in front: FK-GAVLE → fk-gavle-03.
        format!("{}-{:02}", self.code.to_lowercase(), n % self.handlers + 1)
    }
}

/// Who serves what.
#[derive(Debug)]
pub(super) struct Register {
    pub offices: Vec<Office>,
    pub kommuner: Vec<Kommun>,
}

fn weight(code: &str) -> u32 {
    LARGE.iter().find(|(c, _)| *c == code).map_or(SMALL, |(_, w)| *w)
}

/// A name as part of a code.
fn ascii(name: &str) -> String {
    swedish_key(name)
        .chars()
        .map(|c| match c {
            '{' | '|' => 'A',
            '}' => 'O',
            ' ' => '-',
            c => c.to_ascii_uppercase(),
        })
        .collect()
}

impl Register {
    pub fn new() -> Self {
        let today = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap_or_default();
        let mut by_county: BTreeMap<&'static str, Vec<(&'static str, &'static str)>> = BTreeMap::new();
        for m in municipalities_on(today) {
            by_county.entry(&m.code.as_str()[..2]).or_default().push((m.code.as_str(), &m.name));
        }
        let mut register = Self { offices: Vec::new(), kommuner: Vec::new() };
        let mut total = 0;
        for kommuner in by_county.values() {
            let seats = seats(kommuner);
            let first_fk = register.offices.len();
            for (code, name) in &seats {
                register.add("FK", code, name, None);
            }
            for (place, (code, name)) in kommuner.iter().enumerate() {
                // Its own office where it has one; else the seats in turn, so that neighbours in code share.
                let seat = seats.iter().position(|s| s.0 == *code).unwrap_or(place * seats.len() / kommuner.len());
                let fk = first_fk + seat;
                register.offices[fk].kommuner.push(code);
                let several = (weight(code) / 12).clamp(1, 6);
                let first_af = register.offices.len();
                for n in 0..several {
                    register.add("AF", code, name, (n > 0).then_some(n + 1));
                    register.offices[first_af + n as usize].kommuner.push(code);
                }
                total += weight(code);
                let af = (first_af..first_af + several as usize).collect();
                register.kommuner.push(Kommun { code, fk, af, up_to: total });
            }
        }
        register.staff();
        register
    }

    fn add(&mut self, agency: &'static str, kommun: &str, name: &str, number: Option<u32>) {
        let mut code = format!("{agency}-{}", ascii(name));
        let mut name = format!("{} {name}", if agency == "FK" { "Försäkringskassan" } else { "Arbetsförmedlingen" });
        if let Some(n) = number {
            code = format!("{code}-{n}");
            name = format!("{name} {n}");
        } else if self.offices.iter().any(|o| o.code == code) {
            // Habo and Håbo.
            code = format!("{code}-{kommun}");
        }
        self.offices.push(Office { code, agency, name, kommuner: Vec::new(), handlers: 0 });
    }

    /// About 1 300 at FK and 2 700 at AF, where the cases are.
    fn staff(&mut self) {
        for office in &mut self.offices {
            let cases: u32 = office.kommuner.iter().map(|k| weight(k)).sum();
            office.handlers = match office.agency {
                "FK" => 2 + cases * 11 / 10,
                _ => 3 + cases * 3 / 2 / (weight(office.kommuner[0]) / 12).clamp(1, 6),
            };
        }
    }

    /// A kommun, the more people the likelier.
    pub fn kommun(&self, rng: &mut ChaCha8Rng) -> usize {
        let total = self.kommuner.last().map_or(1, |k| k.up_to);
        let drawn = rng.random_range(0..total);
        self.kommuner.partition_point(|k| k.up_to <= drawn).min(self.kommuner.len() - 1)
    }

    /// Another pair of offices in the same län, if there is one.
    pub fn neighbour(&self, kommun: usize, rng: &mut ChaCha8Rng) -> Option<usize> {
        let county = &self.kommuner[kommun].code[..2];
        let others: Vec<usize> = (0..self.kommuner.len())
            .filter(|k| &self.kommuner[*k].code[..2] == county && self.kommuner[*k].fk != self.kommuner[kommun].fk)
            .collect();
        (!others.is_empty()).then(|| others[rng.random_range(0..others.len() as u32) as usize])
    }

    /// As an organisation file.
    pub fn to_json(&self) -> Value {
        let today = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap_or_default();
        let areas = [("FK", &FK_AREAS[..]), ("AF", &AF_AREAS[..])].into_iter().flat_map(|(agency, areas)| {
            areas.iter().map(move |(code, name, _)| json!({"code": code, "agency": agency, "name": name}))
        });
        let offices = self.offices.iter().map(|o| {
            json!({"code": o.code, "agency": o.agency, "area": area(o), "name": o.name,
                "municipalities": o.kommuner, "validFrom": SINCE})
        });
        let groups = counties_on(today).map(|c| {
            let members: Vec<&str> = self
                .offices
                .iter()
                .filter(|o| o.kommuner.first().is_some_and(|k| k.starts_with(c.code.as_str())))
                .map(|o| o.code.as_str())
                .collect();
            json!({"code": format!("lan-{}", c.code), "name": c.name, "offices": members, "validFrom": "2014-01-01"})
        });
        let handlers = self.offices.iter().enumerate().flat_map(|(i, o)| {
            (0..o.handlers).map(move |n| {
                json!({"id": o.handler(n), "agency": o.agency, "name": name(i * 17 + n as usize),
                    "assignments": [{"office": o.code, "role": "deltagaransvarig", "validFrom": SINCE}]})
            })
        });
        json!({
            "areas": areas.collect::<Vec<_>>(),
            "offices": offices.collect::<Vec<_>>(),
            "steeringGroups": groups.collect::<Vec<_>>(),
            "handlers": handlers.collect::<Vec<_>>(),
            "localAgreements": [],
            "insatsDefinitions": counties_on(today).flat_map(|c| definitions(c.code.as_str())).collect::<Vec<_>>(),
        })
    }
}

/// Where a län's FK offices are: its largest kommuner, one office for about three kommuner; in Gävleborg the pilot's.
fn seats<'a>(kommuner: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    if kommuner.iter().any(|k| k.0 == "2180") {
        const PILOT: [&str; 6] = ["2180", "2181", "2183", "2182", "2184", "2161"];
        return kommuner.iter().filter(|k| PILOT.contains(&k.0)).copied().collect();
    }
    let mut largest = kommuner.to_vec();
    // Towns have codes from 80 in their län; the stable sort keeps the order of codes among equals.
    largest.sort_by_key(|k| std::cmp::Reverse((weight(k.0), &k.0[2..] >= "80")));
    largest.truncate(kommuner.len().div_ceil(3));
    largest.sort_unstable();
    largest
}

fn area(office: &Office) -> &'static str {
    let areas = if office.agency == "FK" { &FK_AREAS[..] } else { &AF_AREAS[..] };
    let county = office.kommuner.first().map_or("", |k| &k[..2]);
    areas.iter().find(|(_, _, counties)| counties.contains(&county)).map_or("", |(code, ..)| code)
}

fn definitions(county: &str) -> [Value; 4] {
    [
        ("afi-01", "afi", "Arbetsträning", "Upptrappning av tid och tempo på en anpassad arbetsplats"),
        ("afi-02", "afi", "Förberedande och orienterande aktiviteter", "Vägledning, studiebesök"),
        ("ali-01", "ali", "Arbetspraktik", "Praktik på en ordinarie arbetsplats"),
        ("ali-02", "ali", "Anställning med stöd", "Lönebidrag, särskild stödperson"),
    ]
    .map(|(code, kind, text, example)| {
        json!({"code": format!("{county}-{code}"), "kind": kind, "lan": county, "text": text, "examples": [example],
            "validFrom": "2013-01-01"})
    })
}
