//! Lines as files and clients send them: read or refused, never more; and no answer repeats a number.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use sus::domain::code::CaseId;
use sus::domain::finding::Findings;
use sus::registrations::view;
use sus::registrations::wire::{self, Kind, Reading};

const NUMBER: &str = "198503129804";

fuzz_target!(|data: &[u8]| {
    let reading = Reading { today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap() };
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(value) = serde_json::from_slice::<Value>(line) else { continue };
        refused(wire::line(&value, reading).err());
        refused(wire::registration(&value, reading).err());
        let case = CaseId(uuid::Uuid::nil());
        for kind in [
            Kind::Correction,
            Kind::Answers,
            Kind::OfficeChange,
            Kind::Handlers,
            Kind::ConsentWithdrawal,
            Kind::Protection,
            Kind::Reference,
        ] {
            refused(wire::on_case(&value, kind, case, reading).err());
        }
    }
});

fn refused(findings: Option<Findings>) {
    let Some(findings) = findings else { return };
    assert!(findings.has_errors(), "refused without a reason");
    let told = serde_json::to_string(&view::findings(&findings)).unwrap();
    assert!(!told.contains(NUMBER), "{told}");
}
