//! The pilot's organisation: offices in Gävleborg, the steering groups, handläggare, agreements, definitions.
//!
//! Never here: anything that happens to a participant.

use serde_json::{Value, json};

use crate::demo::wording::name;

/// The towns with a pair of offices: code, name, kommuner, number of handläggare at each office.
pub(super) const TOWNS: [(&str, &str, &[&str], usize); 6] = [
    ("GAVLE", "Gävle", &["2180"], 4),
    ("SANDVIKEN", "Sandviken", &["2181", "2104", "2101"], 3),
    ("BOLLNAS", "Bollnäs", &["2183", "2121"], 2),
    ("SODERHAMN", "Söderhamn", &["2182"], 2),
    ("HUDIKSVALL", "Hudiksvall", &["2184", "2132"], 2),
    ("LJUSDAL", "Ljusdal", &["2161"], 1),
];

/// The steering groups of the pilot: code, name, the towns whose offices they follow.
const GROUPS: [(&str, &str, &[usize]); 6] = [
    ("gavleborg", "Gävleborg", &[0, 1, 2, 3, 4, 5]),
    ("gavle", "Gävle", &[0]),
    ("vastra-gastrikland", "Västra Gästrikland", &[1]),
    ("bollnas", "Bollnäs", &[2]),
    ("soderhamn", "Söderhamn", &[3]),
    ("norra-halsingland", "Norra Hälsingland", &[4, 5]),
];

/// The agreement by which FK in Söderhamn may register the start of an insats for AF.
pub(super) const AGREEMENT: &str = "lok-soderhamn-1";

const SINCE: &str = "2005-01-01";
const PILOT: &str = "2016-09-01";

/// The id of the `n`th handläggare (from 0) at a town's office of an agency. Gävle's first are `fk-h-017`, `af-h-201`.
pub(super) fn handler_id(agency: &str, town: usize, n: usize) -> String {
    let before: usize = TOWNS[..town].iter().map(|t| t.3).sum();
    match agency {
        "FK" => format!("fk-h-{:03}", 17 + before + n),
        _ => format!("af-h-{:03}", 201 + before + n),
    }
}

/// The organisation file of the pilot.
#[must_use]
pub fn organisation() -> Value {
    json!({
        "areas": [
            {"code": "FK-MITT", "agency": "FK", "name": "Verksamhetsområde Mitt"},
            {"code": "AF-SODRA-NORRLAND", "agency": "AF", "name": "Marknadsområde Södra Norrland"},
        ],
        "offices": offices(),
        "steeringGroups": groups(),
        "handlers": handlers(),
        "localAgreements": [
            {"id": AGREEMENT, "fk": "FK-SODERHAMN", "af": "AF-SODERHAMN", "agency": "FK", "steps": ["afi", "ali"],
             "validFrom": PILOT, "validTo": "2017-12-31"},
            {"id": "lok-ljusdal-1", "fk": "FK-LJUSDAL", "af": "AF-LJUSDAL", "agency": "AF",
             "steps": ["planerad_afi", "planerad_ali"], "validFrom": PILOT, "validTo": "2017-06-30"},
        ],
        "insatsDefinitions": insatser(),
    })
}

fn offices() -> Vec<Value> {
    let mut offices = Vec::new();
    for (agency, area, long) in
        [("FK", "FK-MITT", "Försäkringskassan"), ("AF", "AF-SODRA-NORRLAND", "Arbetsförmedlingen")]
    {
        for (code, town, kommuner, _) in TOWNS {
            offices.push(json!({
                "code": format!("{agency}-{code}"), "agency": agency, "area": area,
                "name": format!("{long} {town}"), "municipalities": kommuner, "validFrom": SINCE,
            }));
        }
    }
    // Merged long before the pilot, so that the register shows what a successor is.
    offices.push(json!({
        "code": "AF-VALBO", "agency": "AF", "area": "AF-SODRA-NORRLAND", "name": "Arbetsförmedlingen Valbo",
        "municipalities": ["2180"], "validFrom": SINCE, "validTo": "2012-12-31", "successor": "AF-GAVLE",
    }));
    offices
}

fn groups() -> Vec<Value> {
    let of = |towns: &[usize]| -> Vec<String> {
        towns.iter().flat_map(|t| ["FK", "AF"].map(|a| format!("{a}-{}", TOWNS[*t].0))).collect()
    };
    GROUPS
        .iter()
        .map(|(code, name, towns)| json!({"code": code, "name": name, "offices": of(towns), "validFrom": PILOT}))
        .collect()
}

fn handlers() -> Vec<Value> {
    let mut handlers = Vec::new();
    let mut next = 0;
    let mut add = |id: String, agency: &str, roles: &[(String, &str)]| {
        let assignments: Vec<Value> = roles
            .iter()
            .map(|(office, role)| json!({"office": office, "role": role, "validFrom": "2016-01-01"}))
            .collect();
        handlers.push(json!({"id": id, "agency": agency, "name": name(next), "assignments": assignments}));
        next += 1;
    };
    for agency in ["FK", "AF"] {
        for (t, (code, _, _, count)) in TOWNS.iter().enumerate() {
            let office = format!("{agency}-{code}");
            for n in 0..*count {
                let mut roles = vec![(office.clone(), "deltagaransvarig")];
                // The only one in Ljusdal stands in at Hudiksvall.
                if t == 5 {
                    roles.push((format!("{agency}-HUDIKSVALL"), "deltagaransvarig"));
                }
                add(handler_id(agency, t, n), agency, &roles);
            }
        }
        let lower = agency.to_lowercase();
        let everywhere = |role| -> Vec<(String, &str)> {
            TOWNS.iter().map(|(code, ..)| (format!("{agency}-{code}"), role)).collect()
        };
        add(format!("{lower}-i-001"), agency, &everywhere("insatsansvarig"));
        add(format!("{lower}-s-001"), agency, &everywhere("samverkansansvarig"));
        add(format!("{lower}-r-001"), agency, &[(format!("{agency}-GAVLE"), "rapportlasare")]);
        add(format!("{lower}-a-001"), agency, &[(format!("{agency}-GAVLE"), "samverkansadministrator")]);
    }
    add("fk-f-001".to_owned(), "FK", &[("FK-GAVLE".to_owned(), "systemforvaltare")]);
    handlers
}

fn insatser() -> Vec<Value> {
    let whole = |code: &str, kind: &str, text: &str, examples: &[&str]| json!({"code": code, "kind": kind, "lan": "21", "text": text, "examples": examples, "validFrom": "2016-01-01"});
    vec![
        whole(
            "21-afi-01",
            "afi",
            "Arbetsträning utan krav på prestation, för att pröva och bygga upp tid och tempo.",
            &["Några timmar i veckan på en anpassad arbetsplats", "Upptrappning av arbetstid med veckovis uppföljning"],
        ),
        whole(
            "21-afi-02",
            "afi",
            "Förberedande och orienterande aktiviteter inför val av arbete eller studier.",
            &["Vägledning i grupp", "Studiebesök på arbetsplatser"],
        ),
        whole(
            "21-afi-03",
            "afi",
            "Kartläggning av arbetsförmåga med specialist.",
            &["Bedömning hos arbetsterapeut", "Samtal med arbetspsykolog"],
        ),
        whole(
            "21-ali-01",
            "ali",
            "Arbetspraktik på en ordinarie arbetsplats.",
            &["Praktik hos ny arbetsgivare", "Praktik i nytt yrke"],
        ),
        whole(
            "21-ali-02",
            "ali",
            "Anställning med stöd.",
            &["Lönebidrag för utveckling i anställning", "Särskild stödperson (SIUS)"],
        ),
        whole("21-ali-03", "ali", "Arbetsmarknadsutbildning.", &["Yrkesutbildning på hel- eller deltid"]),
        json!({"code": "2180-afi-01", "kind": "afi", "lan": "21", "municipality": "2180",
            "text": "Arbetsträning i Gävle kommuns arbetsintegrerande verksamheter.",
            "examples": ["Trädgård", "Återbruk", "Kök"], "validFrom": "2016-01-01"}),
        json!({"code": "2182-ali-01", "kind": "ali", "lan": "21", "municipality": "2182",
            "text": "Prova på-anställning hos företag som ingår i Söderhamns näringslivsnätverk.",
            "examples": ["Lager", "Verkstad"], "validFrom": "2016-01-01"}),
    ]
}
