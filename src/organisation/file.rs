//! The shape of the organisation file: from JSON to the register's types, entry by entry.
//!
//! Lives here: which fields an entry has. Never here: what must hold between entries ([`super::checks`]).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::finding::{OrganisationFinding, Problem};
use super::reader::{Object, Reader, date, name, paragraph};
use crate::domain::code::{
    AgreementId, AreaCode, CountyCode, HandlerId, InsatsCode, MunicipalityCode, NotACode, OfficeCode, SteeringGroupCode,
};
use crate::domain::organisation::{
    Area, Assignment, Confirmed, Handler, InsatsDefinition, LocalAgreement, Members, Office, Organisation, Role,
    SteeringGroup,
};
use crate::domain::shape;
use crate::domain::step::{Agency, StepKind};

/// Where the entries stand in the file, by the name of their list and their code. An entry that could not be read is
/// there too, so that a reference to it is not reported a second time.
#[derive(Debug, Default)]
pub struct Places(BTreeMap<(&'static str, String), String>);

impl Places {
    /// The pointer of an entry, or of a field of it (`"/area"`); empty when it is not in the file.
    #[must_use]
    pub fn of(&self, list: &'static str, code: &str, field: &str) -> String {
        self.0.get(&(list, code.to_owned())).map(|p| format!("{p}{field}")).unwrap_or_default()
    }

    /// Whether the file has an entry with this code, readable or not.
    #[must_use]
    pub fn has(&self, list: &'static str, code: &str) -> bool {
        self.0.contains_key(&(list, code.to_owned()))
    }
}

/// What could be read.
#[derive(Debug)]
pub struct Parsed {
    /// The readable entries.
    pub organisation: Organisation,
    /// Where all entries stand.
    pub places: Places,
    /// What the entries that could not be read refer to: that is checked all the same.
    pub beside: Vec<Reference>,
    /// What could not be read.
    pub findings: Vec<OrganisationFinding>,
}

/// A code of an entry in another list, or of a kommun.
#[derive(Debug)]
pub struct Reference {
    /// Where it stands.
    pub pointer: String,
    /// The list that should have it; [`MUNICIPALITIES`] is of the country.
    pub list: &'static str,
    /// The code.
    pub code: String,
}

/// What [`Reference::list`] says of a kommun.
pub const MUNICIPALITIES: &str = "municipalities";

/// Which fields of an entry refer to entries of which list: by list, path (`*` is each of a list's) and list.
const REFERENCES: [(&str, &[&str], &str); 8] = [
    ("offices", &["area"], "areas"),
    ("offices", &["municipalities", "*"], MUNICIPALITIES),
    ("offices", &["successor"], "offices"),
    ("steeringGroups", &["offices", "*"], "offices"),
    ("steeringGroups", &["municipalities", "*"], MUNICIPALITIES),
    ("handlers", &["assignments", "*", "office"], "offices"),
    ("localAgreements", &["fk"], "offices"),
    ("localAgreements", &["af"], "offices"),
];

/// The names of the six lists.
pub const LISTS: [&str; 6] = ["areas", "offices", "steeringGroups", "handlers", "localAgreements", "insatsDefinitions"];

/// Reads every entry that can be read, and says what is wrong with the others.
#[must_use]
pub fn parse(value: &Value, today: NaiveDate) -> Parsed {
    let reader = Reader { findings: Vec::new(), today };
    let mut file = File { reader, places: Places::default(), beside: Vec::new() };
    let mut organisation = Organisation::default();
    if let Some(root) = file.reader.object(value, String::new(), &LISTS) {
        organisation.areas = file.entries(&root, "areas", "code", AreaCode::parse, area);
        organisation.offices = file.entries(&root, "offices", "code", OfficeCode::parse, office);
        organisation.steering_groups =
            file.entries(&root, "steeringGroups", "code", SteeringGroupCode::parse, steering_group);
        organisation.handlers = file.entries(&root, "handlers", "id", HandlerId::parse, handler);
        organisation.agreements = file.entries(&root, "localAgreements", "id", AgreementId::parse, agreement);
        organisation.insatser = file.insatser(&root);
    }
    Parsed { organisation, places: file.places, beside: file.beside, findings: file.reader.findings }
}

struct File {
    reader: Reader,
    places: Places,
    beside: Vec<Reference>,
}

impl File {
    /// One list whose entries are known by one code each.
    fn entries<K: Ord, T>(
        &mut self,
        root: &Object<'_>,
        list: &'static str,
        key: &str,
        parse: fn(&str) -> Result<K, NotACode>,
        entry: fn(&mut Reader, &Value, String) -> Option<T>,
    ) -> BTreeMap<K, T> {
        let mut entries = BTreeMap::new();
        for (value, pointer) in self.reader.list(root, list) {
            let code = value.get(key).and_then(Value::as_str).unwrap_or_default();
            let read = entry(&mut self.reader, value, pointer.clone());
            if read.is_none() {
                let of_list = REFERENCES.iter().filter(|(of, ..)| *of == list);
                of_list.for_each(|(_, path, to)| referred(value, pointer.clone(), path, to, &mut self.beside));
            }
            if self.places.has(list, code) {
                self.reader.report(Problem::Duplicate.at(format!("{pointer}/{key}")));
                continue;
            }
            if let Ok(parsed) = parse(code) {
                self.places.0.insert((list, code.to_owned()), pointer);
                entries.extend(read.map(|r| (parsed, r)));
            }
        }
        entries
    }

    /// Definitions: a code may stand more than once, with different versions.
    fn insatser(&mut self, root: &Object<'_>) -> BTreeMap<InsatsCode, Vec<InsatsDefinition>> {
        let mut all: BTreeMap<InsatsCode, Vec<InsatsDefinition>> = BTreeMap::new();
        for (value, pointer) in self.reader.list(root, "insatsDefinitions") {
            let Some(read) = insats(&mut self.reader, value, pointer.clone()) else { continue };
            let versions = all.entry(read.code.clone()).or_default();
            if versions.iter().any(|v| v.version == read.version) {
                self.reader.report(Problem::Duplicate.at(format!("{pointer}/code")));
                continue;
            }
            // The newest version's place speaks for the code.
            if versions.iter().all(|v| v.version < read.version) {
                self.places.0.insert(("insatsDefinitions", read.code.to_string()), pointer);
            }
            versions.push(read);
            versions.sort_by_key(|v| v.version);
        }
        all
    }
}

/// The codes at a path within an entry, as far as they are codes.
fn referred(value: &Value, pointer: String, path: &[&str], list: &'static str, into: &mut Vec<Reference>) {
    match path {
        [] => {
            let is_code = |code: &&str| match list {
                "areas" => AreaCode::parse(code).is_ok(),
                MUNICIPALITIES => MunicipalityCode::parse(code).is_ok(),
                _ => OfficeCode::parse(code).is_ok(),
            };
            let code = value.as_str().filter(is_code);
            into.extend(code.map(|code| Reference { pointer, list, code: code.to_owned() }));
        }
        ["*", rest @ ..] => {
            for (at, value) in value.as_array().into_iter().flatten().enumerate() {
                referred(value, format!("{pointer}/{at}"), rest, list, into);
            }
        }
        [field, rest @ ..] => {
            if let Some(value) = value.get(field) {
                referred(value, format!("{pointer}/{field}"), rest, list, into);
            }
        }
    }
}

fn agency(text: &str) -> Result<Agency, NotACode> {
    Agency::from_code(text).ok_or(NotACode { expected: shape::AGENCY })
}

fn step(text: &str) -> Result<StepKind, NotACode> {
    StepKind::from_code(text).ok_or(NotACode { expected: shape::STEP_CODES })
}

fn insats_kind(text: &str) -> Result<StepKind, NotACode> {
    StepKind::from_code(text).filter(|s| s.is_insats()).ok_or(NotACode { expected: shape::INSATS_KIND })
}

fn role(text: &str) -> Result<Role, NotACode> {
    Role::from_code(text).ok_or(NotACode { expected: shape::ROLE_CODES })
}

// In each of these, every field is read before the first `?`, so that all that is wrong is said.

fn area(r: &mut Reader, value: &Value, pointer: String) -> Option<Area> {
    let o = r.object(value, pointer, &["code", "agency", "name"])?;
    let code = r.field(&o, "code", AreaCode::parse);
    let agency = r.field(&o, "agency", agency);
    let name = r.field(&o, "name", name);
    Some(Area { code: code?, agency: agency?, name: name? })
}

fn office(r: &mut Reader, value: &Value, pointer: String) -> Option<Office> {
    const FIELDS: [&str; 8] = ["code", "agency", "area", "name", "municipalities", "validFrom", "validTo", "successor"];
    let o = r.object(value, pointer, &FIELDS)?;
    let code = r.field(&o, "code", OfficeCode::parse);
    let agency = r.field(&o, "agency", agency);
    let area = r.field(&o, "area", AreaCode::parse);
    let name = r.field(&o, "name", name);
    let municipalities = r.all(&o, "municipalities", MunicipalityCode::parse);
    let validity = r.validity(&o);
    let successor = r.optional(&o, "successor", OfficeCode::parse);
    Some(Office {
        code: code?,
        agency: agency?,
        area: area?,
        name: name?,
        municipalities: municipalities?,
        validity: validity?,
        successor: successor?,
    })
}

fn steering_group(r: &mut Reader, value: &Value, pointer: String) -> Option<SteeringGroup> {
    let o = r.object(value, pointer, &["code", "name", "offices", "municipalities", "validFrom"])?;
    let code = r.field(&o, "code", SteeringGroupCode::parse);
    let name = r.field(&o, "name", name);
    let offices = r.all(&o, "offices", OfficeCode::parse);
    let municipalities = r.all(&o, "municipalities", MunicipalityCode::parse);
    let valid_from = r.field(&o, "validFrom", date);
    let (offices, municipalities) = (offices?, municipalities?);
    let members = match (offices.is_empty(), municipalities.is_empty()) {
        (false, true) => Members::Offices(offices),
        (true, false) => Members::Municipalities(municipalities),
        _ => {
            let (sv, en) =
                ("antingen offices eller municipalities, minst en", "either offices or municipalities, at least one");
            r.report(Problem::Members.with(o.pointer, sv, en));
            return None;
        }
    };
    Some(SteeringGroup { code: code?, name: name?, members, valid_from: valid_from? })
}

fn handler(r: &mut Reader, value: &Value, pointer: String) -> Option<Handler> {
    let o = r.object(value, pointer, &["id", "agency", "name", "assignments"])?;
    let id = r.field(&o, "id", HandlerId::parse);
    let agency = r.field(&o, "agency", agency);
    let name = r.field(&o, "name", name);
    let items = r.list(&o, "assignments");
    let wanted = items.len();
    let assignments: Vec<_> = items.into_iter().filter_map(|(v, p)| assignment(r, v, p)).collect();
    (assignments.len() == wanted).then_some(())?;
    Some(Handler { id: id?, agency: agency?, name: name?, assignments })
}

fn assignment(r: &mut Reader, value: &Value, pointer: String) -> Option<Assignment> {
    const FIELDS: [&str; 6] = ["office", "role", "validFrom", "validTo", "confirmedOn", "confirmedBy"];
    let o = r.object(value, pointer, &FIELDS)?;
    let office = r.field(&o, "office", OfficeCode::parse);
    let role = r.field(&o, "role", role);
    let validity = r.validity(&o);
    let on = r.optional(&o, "confirmedOn", date);
    let by = r.optional(&o, "confirmedBy", name);
    let confirmed = on?.zip(by?).map(|(on, by)| Confirmed { on, by });
    Some(Assignment { office: office?, role: role?, validity: validity?, confirmed })
}

fn agreement(r: &mut Reader, value: &Value, pointer: String) -> Option<LocalAgreement> {
    let o = r.object(value, pointer, &["id", "fk", "af", "agency", "steps", "validFrom", "validTo"])?;
    let id = r.field(&o, "id", AgreementId::parse);
    let fk = r.field(&o, "fk", OfficeCode::parse);
    let af = r.field(&o, "af", OfficeCode::parse);
    let agency = r.field(&o, "agency", agency);
    let steps = r.all(&o, "steps", step);
    let validity = r.validity(&o);
    Some(LocalAgreement { id: id?, fk: fk?, af: af?, agency: agency?, steps: steps?, validity: validity? })
}

fn insats(r: &mut Reader, value: &Value, pointer: String) -> Option<InsatsDefinition> {
    const FIELDS: [&str; 9] =
        ["code", "version", "kind", "lan", "municipality", "text", "examples", "validFrom", "validTo"];
    let o = r.object(value, pointer, &FIELDS)?;
    let code = r.field(&o, "code", InsatsCode::parse);
    let kind = r.field(&o, "kind", insats_kind);
    let county = r.field(&o, "lan", CountyCode::parse);
    let municipality = r.optional(&o, "municipality", MunicipalityCode::parse);
    let text = r.field(&o, "text", paragraph);
    let examples = r.all(&o, "examples", paragraph);
    let validity = r.validity(&o);
    // Written by an export that has several versions; a person who writes a file leaves it out.
    let version = match o.fields.get("version") {
        None | Some(Value::Null) => Some(1),
        Some(v) => v.as_i64().and_then(|v| i32::try_from(v).ok()).filter(|v| *v >= 1),
    };
    if version.is_none() {
        r.report(Problem::Type.with(o.at("version"), "ett heltal från 1", "a whole number from 1"));
    }
    Some(InsatsDefinition {
        code: code?,
        version: version?,
        kind: kind?,
        county: county?,
        municipality: municipality?,
        text: text?,
        examples: examples?,
        validity: validity?,
    })
}
