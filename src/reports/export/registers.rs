//! The registers as rows: offices, areas, steering groups, kommuner. Never here: handläggare, agreements.

use super::schema::TableId;
use super::values::{Buffer, Value};
use crate::domain::code::MunicipalityCode;
use crate::domain::geography::{county, municipalities, municipality};
use crate::domain::organisation::{Members, Organisation};

/// Adds all rows of a register; none where the table is no register.
pub(super) fn add(organisation: &Organisation, table: TableId, rows: &mut Buffer) {
    match table {
        TableId::Offices => offices(organisation, rows),
        TableId::Areas => {
            for area in organisation.areas.values() {
                let values = [area.code.as_str(), area.agency.code(), area.name.as_str()];
                rows.push(values.map(Value::Text));
            }
        }
        TableId::SteeringGroups => steering_groups(organisation, rows),
        TableId::Municipalities => places(rows),
        TableId::Cases | TableId::Steps | TableId::Answers | TableId::CaseOffices | TableId::Anonymous => {}
    }
}

fn offices(organisation: &Organisation, rows: &mut Buffer) {
    for office in organisation.offices.values() {
        rows.push([
            Value::Text(office.code.as_str()),
            Value::Text(office.agency.code()),
            Value::Text(office.area.as_str()),
            Value::Text(&office.name),
            Value::Texts(office.municipalities.iter().map(MunicipalityCode::as_str).collect()),
            Value::Day(office.validity.from),
            Value::day_or_nothing(office.validity.to),
            Value::text_or_nothing(office.successor.as_ref().map(|s| s.as_str())),
        ]);
    }
}

fn steering_groups(organisation: &Organisation, rows: &mut Buffer) {
    for group in organisation.steering_groups.values() {
        let (offices, kommuner) = match &group.members {
            Members::Offices(codes) => (Value::Texts(codes.iter().map(|c| c.as_str()).collect()), Value::Nothing),
            Members::Municipalities(codes) => {
                (Value::Nothing, Value::Texts(codes.iter().map(MunicipalityCode::as_str).collect()))
            }
        };
        let (code, name) = (Value::Text(group.code.as_str()), Value::Text(&group.name));
        rows.push([code, name, offices, kommuner, Value::Day(group.valid_from)]);
    }
}

/// A code once, though it has a row for each name it had.
fn places(rows: &mut Buffer) {
    let mut codes: Vec<&MunicipalityCode> = municipalities().iter().map(|m| &m.code).collect();
    codes.dedup();
    for code in codes {
        let lan = code.county();
        if let (Some(kommun), Some(of)) = (municipality(code), county(&lan)) {
            rows.push([code.as_str(), &kommun.name, lan.as_str(), &of.name].map(Value::Text));
        }
    }
}
