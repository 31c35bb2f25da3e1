//! What the list of reports tells a client that builds a form for any of them: what each takes, with labels and where the
//! codes of places are; and once for all, how every report is asked for.

use serde_json::{Value, json};

use super::endpoint::Parameter;
use crate::domain::step::Agency;
use crate::reports::Lang;
use crate::reports::catalogue::{Definition, catalogue, variable_labels};
use crate::reports::forms::{self, NotTaken, ReportForm};
use crate::reports::render::Form;
use crate::reports::request::{GEOGRAPHY_FORMS, MOST_ROWS, MOST_SPLITS};
use crate::reports::times::Every;
use crate::reports::variables::{VARIABLES, Variable};

/// A report of the list.
pub fn told(definition: &Definition) -> Value {
    let mut told = json!(definition);
    told["link"] = json!(format!("/v1/reports/{}", definition.id));
    told["versions"] = json!(catalogue().versions(&definition.id));
    told["every"] = json!(Every::ALL.map(Every::code));
    told["variables"] = forms::report(&definition.id).map_or(Value::Null, variables);
    told
}

/// How every report is asked for, whichever it is.
pub fn question(parameters: &[Parameter]) -> Value {
    let places = [
        None,
        Some("/v1/counties".to_owned()),
        Some("/v1/municipalities".to_owned()),
        Some(of_agency("areas", Agency::Fk)),
        Some(of_agency("areas", Agency::Af)),
        Some(of_agency("offices", Agency::Fk)),
        Some(of_agency("offices", Agency::Af)),
        Some(of_agency("offices", Agency::Fk)),
        Some(of_agency("offices", Agency::Af)),
        Some("/v1/steering-groups".to_owned()),
    ];
    let geographies = GEOGRAPHY_FORMS.iter().zip(places);
    let forms = Form::ALL.iter();
    let own = parameters.iter().filter(|parameter| Variable::from_name(parameter.name).is_none());
    json!({
        "parameters": own.map(parameter).collect::<Vec<_>>(),
        "geographies": geographies.map(|(form, register)| json!({"form": form, "register": register})).collect::<Vec<_>>(),
        "formats": forms.map(|f| json!({"format": f.code(), "media": f.media(), "onePart": f.one_part()})).collect::<Vec<_>>(),
        "mostSplits": MOST_SPLITS,
        "mostRows": MOST_ROWS,
    })
}

/// A parameter that every report takes, with its values where there are no others.
fn parameter(parameter: &Parameter) -> Value {
    let Parameter { name, about, kind, example } = *parameter;
    let required = ["from", "to"].contains(&name);
    let (sv, en) = about.split_once(" / ").unwrap_or((about, about));
    let mut told = json!({"name": name, "sv": sv, "en": en, "type": kind, "example": example, "required": required});
    if let Some(values) = values(name) {
        told["values"] = json!(values);
    }
    told
}

/// The values that a parameter may have; `None` where they are not a few fixed ones.
fn values(parameter: &str) -> Option<Vec<&'static str>> {
    match parameter {
        "every" => Some(Every::ALL.map(Every::code).to_vec()),
        "format" => Some(Form::ALL.map(Form::code).to_vec()),
        "separator" => Some(vec!["comma", "semicolon"]),
        "decimal" => Some(vec!["point", "comma"]),
        "bom" => Some(vec!["false", "true"]),
        "lang" => Some(vec!["sv", "en"]),
        _ => None,
    }
}

fn of_agency(register: &str, agency: Agency) -> String {
    format!("/v1/{register}?agency={}", agency.code())
}

/// Which variables a report takes, and why it doesn't take the others.
fn variables(form: &ReportForm) -> Value {
    let all = || VARIABLES.iter().map(|row| row.variable);
    let refused = |variable: Variable| {
        let used = [("selection", form.selects(variable)), ("split", form.splits(variable))];
        used.into_iter().filter_map(move |(used, taken): (_, Result<(), NotTaken>)| {
            let why = taken.err()?;
            Some(json!({"name": variable.row().name, "as": used, "sv": why.sv(), "en": why.en()}))
        })
    };
    json!({
        "selections": form.selectable().map(variable).collect::<Vec<_>>(),
        "splits": form.splittable().map(|v| v.row().name).collect::<Vec<_>>(),
        "requires": form.requires.map(|v| v.row().name),
        "refused": all().flat_map(refused).collect::<Vec<_>>(),
    })
}

/// A variable with its codes, or where they are.
fn variable(variable: Variable) -> Value {
    let row = variable.row();
    let [sv, en] = [Lang::Sv, Lang::En].map(|lang| variable_labels(variable, lang));
    let codes = row.codes.iter().map(|code| json!({"code": code, "sv": sv.label(code), "en": en.label(code)}));
    let register = match variable {
        Variable::Marknadsomrade => Some(of_agency("areas", Agency::Af)),
        Variable::AfKontor => Some(of_agency("offices", Agency::Af)),
        Variable::Verksamhetsomrade => Some(of_agency("areas", Agency::Fk)),
        Variable::FkKontor => Some(of_agency("offices", Agency::Fk)),
        Variable::Kommun => Some("/v1/municipalities".to_owned()),
        _ => None,
    };
    json!({"name": row.name, "number": row.number, "sv": sv.label, "en": en.label, "codes": row.codes,
        "labels": codes.collect::<Vec<_>>(), "register": register, "several": row.several})
}

#[cfg(test)]
mod tests {
    use super::super::report_question::{BOM, DECIMAL, EVERY, FORMAT, FROM, LANG, SEPARATOR};
    use super::*;

    #[test]
    fn a_parameter_with_a_few_values_tells_them() {
        for of in [EVERY, FORMAT, SEPARATOR, DECIMAL, BOM, LANG] {
            let told = parameter(&of);
            let values: Vec<&str> = told["values"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(values.contains(&of.example), "{told}");
            // The prose and the list say the same.
            assert!(of.name == "bom" || values.iter().all(|value| of.about.contains(value)), "{told}");
        }
        assert_eq!(parameter(&FROM).get("values"), None);
    }
}
