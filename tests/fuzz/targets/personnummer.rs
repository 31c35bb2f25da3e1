//! Any text as a personnummer, and as a text that may hold one.
#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use sus::domain::person::{IdentityNumber, contains_identity_number};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    if let Ok(number) = IdentityNumber::parse(text, today) {
        let digits = number.as_digits();
        assert!(digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(IdentityNumber::parse(digits, today).as_ref(), Ok(&number), "what was read is read again");
        assert!(contains_identity_number(digits, today));
        assert!(!format!("{number:?}").contains(digits), "never shown");
    }
    let _ = contains_identity_number(text, today);
});
