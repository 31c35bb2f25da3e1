//! The little organisation that every scenario and property takes place in: Gävle and Sandviken, one office that
//! closed, one handläggare each, two local agreements and the definitions of Gävleborgs län.

use chrono::NaiveDate;
use sus::domain::code::{AgreementId, AreaCode, CountyCode, HandlerId, InsatsCode, MunicipalityCode, OfficeCode};
use sus::domain::organisation::{
    Assignment, Handler, InsatsDefinition, LocalAgreement, Office, Organisation, Role, Validity,
};
use sus::domain::step::{Agency, StepKind};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn valid(from: &str, to: &str) -> Validity {
    Validity { from: day(from), to: (!to.is_empty()).then(|| day(to)) }
}

fn office(code: &str) -> OfficeCode {
    OfficeCode::parse(code).unwrap()
}

/// code, agency, kommun, first day, last day, successor.
const OFFICES: &[(&str, Agency, &str, &str, &str, &str)] = &[
    ("FK-GAVLE", Agency::Fk, "2180", "2010-01-01", "", ""),
    ("AF-GAVLE", Agency::Af, "2180", "2010-01-01", "", ""),
    ("FK-SANDVIKEN", Agency::Fk, "2181", "2010-01-01", "", ""),
    ("AF-SANDVIKEN", Agency::Af, "2181", "2010-01-01", "", ""),
    // Closed at the end of 2016; Sandviken took over.
    ("AF-HOFORS", Agency::Af, "2104", "2012-03-01", "2016-12-31", "AF-SANDVIKEN"),
];

/// id, agency, office, role, last day of the assignment.
const HANDLERS: &[(&str, Agency, &str, Role, &str)] = &[
    ("fk-h-017", Agency::Fk, "FK-GAVLE", Role::Deltagaransvarig, ""),
    ("fk-h-044", Agency::Fk, "FK-SANDVIKEN", Role::Deltagaransvarig, ""),
    ("fk-h-090", Agency::Fk, "FK-GAVLE", Role::Insatsansvarig, ""),
    ("af-h-201", Agency::Af, "AF-GAVLE", Role::Deltagaransvarig, ""),
    ("af-h-305", Agency::Af, "AF-SANDVIKEN", Role::Deltagaransvarig, ""),
    ("af-h-118", Agency::Af, "AF-GAVLE", Role::Deltagaransvarig, "2016-06-30"),
];

/// code, version, kind, län, kommun of a local addition, first day, last day.
const INSATSER: &[(&str, i32, StepKind, &str, &str, &str, &str)] = &[
    ("21-afi-01", 1, StepKind::Afi, "21", "", "2015-01-01", "2017-06-30"),
    ("21-afi-01", 2, StepKind::Afi, "21", "", "2017-07-01", ""),
    ("21-ali-01", 1, StepKind::Ali, "21", "", "2015-01-01", ""),
    ("2180-afi-01", 1, StepKind::Afi, "21", "2180", "2015-01-01", ""),
    ("2181-afi-01", 1, StepKind::Afi, "21", "2181", "2015-01-01", ""),
    ("01-afi-01", 1, StepKind::Afi, "01", "", "2015-01-01", ""),
];

/// The organisation.
pub fn organisation() -> Organisation {
    let mut all = Organisation::default();
    for (code, agency, kommun, from, to, successor) in OFFICES {
        let entry = Office {
            code: office(code),
            agency: *agency,
            area: AreaCode::parse("MITT").unwrap(),
            name: (*code).to_owned(),
            municipalities: vec![MunicipalityCode::parse(kommun).unwrap()],
            validity: valid(from, to),
            successor: OfficeCode::parse(successor).ok(),
        };
        all.offices.insert(entry.code.clone(), entry);
    }
    for (id, agency, at, role, to) in HANDLERS {
        let id = HandlerId::parse(id).unwrap();
        let assignment =
            Assignment { office: office(at), role: *role, validity: valid("2014-01-01", to), confirmed: None };
        let name = format!("Handläggare {id}");
        let entry = Handler { id: id.clone(), agency: *agency, name, assignments: vec![assignment] };
        all.handlers.insert(id, entry);
    }
    for agreement in agreements() {
        all.agreements.insert(agreement.id.clone(), agreement);
    }
    for (code, version, kind, county, kommun, from, to) in INSATSER {
        let code = InsatsCode::parse(code).unwrap();
        let definition = InsatsDefinition {
            code: code.clone(),
            version: *version,
            kind: *kind,
            county: CountyCode::parse(county).unwrap(),
            municipality: MunicipalityCode::parse(kommun).ok(),
            text: "What it is".to_owned(),
            examples: Vec::new(),
            validity: valid(from, to),
        };
        all.insatser.entry(code).or_default().push(definition);
    }
    all
}

fn agreements() -> [LocalAgreement; 2] {
    use StepKind::{Afi, Ali, Avslutat, Begaran, Gk, PlaneradAfi, PlaneradAli};
    let agreement = |id: &str, at: (&str, &str), agency, steps: &[StepKind], validity| LocalAgreement {
        id: AgreementId::parse(id).unwrap(),
        fk: office(at.0),
        af: office(at.1),
        agency,
        steps: steps.to_vec(),
        validity,
    };
    [
        // In Gävle AF books the meetings, and so registers the mapping for FK.
        agreement(
            "gavle-af-for-fk",
            ("FK-GAVLE", "AF-GAVLE"),
            Agency::Af,
            &[Begaran, Gk, PlaneradAfi, PlaneradAli],
            valid("2016-01-01", "2017-12-31"),
        ),
        agreement(
            "sandviken-fk-for-af",
            ("FK-SANDVIKEN", "AF-SANDVIKEN"),
            Agency::Fk,
            &[Afi, Ali, Avslutat],
            valid("2016-01-01", ""),
        ),
    ]
}
