//! Any JSON as an organisation file: a register, or all that is wrong with it.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    if let Err(wrong) = sus::organisation::read(&value, today) {
        assert!(!wrong.is_empty(), "refused without a reason");
    }
});
