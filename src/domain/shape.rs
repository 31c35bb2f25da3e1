//! What a value should look like, in words of both languages: every such phrase once, so that a Swedish sentence never
//! ends in English words or the other way round.
//!
//! Never here: whether a value looks so; that stands with its parser.

/// What a value should look like. Only the phrases of this file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    sv: &'static str,
    en: &'static str,
}

impl Shape {
    /// In Swedish words.
    #[must_use]
    pub const fn sv(self) -> &'static str {
        self.sv
    }

    /// In English words.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.en
    }
}

macro_rules! shapes {
    ($($name:ident $sv:literal $en:literal;)*) => {
        $(#[doc = concat!("“", $en, "”")] pub const $name: Shape = Shape { sv: $sv, en: $en };)*
        /// Every phrase once.
        pub const ALL: &[Shape] = &[$($name),*];
    };
}

shapes! {
    // Kinds of values.
    OBJECT "ett objekt" "an object";
    TEXT "en text" "a text";
    TRUE_OR_FALSE "true eller false" "true or false";
    WHOLE_NUMBER "ett heltal" "a whole number";
    WHOLE_NUMBER_FROM_1 "ett heltal från 1" "a whole number from 1";
    WHOLE_NUMBER_1_TO_100 "ett heltal, 1–100" "a whole number, 1–100";
    PER_CENT "1–100" "1–100";
    POSITION "en position: ett heltal från 0" "a position: a whole number from 0";
    DATE "ett datum som 2016-10-12, från 1900 till 2199" "a date such as 2016-10-12, from 1900 to 2199";
    DATES "en lista med datum" "a list of dates";
    PLAIN_DATE "ÅÅÅÅ-MM-DD" "YYYY-MM-DD";
    INSTANT "en tidpunkt som 2016-10-12T09:30:00Z" "an instant such as 2016-10-12T09:30:00Z";
    INSTANT_OR_DATE "en tidpunkt som 2016-12-31T10:00:00Z, eller ett datum" "an instant such as 2016-12-31T10:00:00Z, or a date";
    INSTANT_NOT_BEFORE "en tidpunkt som inte är före asOf" "an instant that is not before asOf";
    UUID "ett UUID" "a UUID";
    PACKAGE "id för ett paket av den här rapporten som finns" "the id of a package of this report that is there";
    PARTS_OR_PACKAGE "antingen part eller package" "either part or package";
    PARTS "en lista med delar av rapporten, var och en högst en gång" "a list of parts of the report, each at most once";
    CODE "en kod" "a code";
    CODES "en lista med koder" "a list of codes";
    ONE_OBJECT_A_LINE "ett JSON-objekt per rad, i UTF-8" "one JSON object a line, in UTF-8";

    // Codes and references.
    PLAIN_40 "1–40 tecken: a–z, A–Z, 0–9, . - _" "1–40 characters: a–z, A–Z, 0–9, . - _";
    PLAIN_60 "1–60 tecken: a–z, A–Z, 0–9, . - _" "1–60 characters: a–z, A–Z, 0–9, . - _";
    PLAIN_80 "1–80 tecken: a–z, A–Z, 0–9, . - _" "1–80 characters: a–z, A–Z, 0–9, . - _";
    PRINTABLE_40 "1–40 skrivbara tecken, inget mellanslag först eller sist" "1–40 printable characters, no space first or last";
    PRINTABLE_100 "1–100 skrivbara tecken, inget mellanslag först eller sist" "1–100 printable characters, no space first or last";
    LINE_200 "1–200 tecken på en rad" "1–200 characters on one line";
    LINE_2000 "1–2 000 tecken på en rad" "1–2 000 characters on one line";
    TEXT_1000 "högst 1 000 tecken, inga styrtecken utom radbrytning och tabb" "at most 1 000 characters, no control characters but line breaks and tabs";
    TWO_DIGITS "två siffror" "two digits";
    FOUR_DIGITS "fyra siffror" "four digits";
    TEN_DIGITS "tio siffror som text" "ten digits as text";
    TEN_DIGITS_WITH_CHECK "tio siffror, den sista en kontrollsiffra" "ten digits, the last a check digit";
    IDENTITY_NUMBER "ÅÅÅÅMMDDNNNN, ett personnummer eller samordningsnummer med sin kontrollsiffra" "YYYYMMDDNNNN, a personnummer or samordningsnummer with its check digit";
    AGENCY "FK eller AF" "FK or AF";
    SEX "kvinna eller man" "kvinna or man";
    INSATS_KIND "afi eller ali" "afi or ali";
    STEP_CODES "begaran, gk, planerad_afi, planerad_ali, afi, ali, konsultativt_stod, avslutat, avbrutet" "begaran, gk, planerad_afi, planerad_ali, afi, ali, konsultativt_stod, avslutat, avbrutet";
    ROLE_CODES "deltagaransvarig, insatsansvarig, samverkansadministrator, rapportlasare, samverkansansvarig, systemforvaltare, system" "deltagaransvarig, insatsansvarig, samverkansadministrator, rapportlasare, samverkansansvarig, systemforvaltare, system";

    // Parts of a body.
    STEP "ett steg" "a step";
    CASE_NAMED "case, caseReference eller caseOf" "case, caseReference or caseOf";
    PARTICIPANT r#"{"personnummer":"…"} eller {"anonymous":{"sex":"…"}}"# r#"{"personnummer":"…"} or {"anonymous":{"sex":"…"}}"#;
    NUMBER_OR_ANONYMOUS "personnummer eller anonymous" "personnummer or anonymous";
    EITHER_NUMBER_OR_ANONYMOUS "antingen personnummer eller anonymous" "either personnummer or anonymous";
    EITHER_NUMBER_OR_REFERENCE "antingen personnummer eller caseReference" "either personnummer or caseReference";
    OFFICES r#"{"fk":"…","af":"…"}"# r#"{"fk":"…","af":"…"}"#;
    OFFICE "ett kontors kod" "an office's code";
    HANDLER_CHANGE "fk, af eller båda; null tar bort" "fk, af or both; null clears";
    ANSWERS "svaren, minst ett" "the answers, at least one";
    CORRECTED_ANSWERS "de rätta svaren; null tar tillbaka ett" "the right answers; null withdraws one";
    DEFINITION "en kod i registret över definitioner" "a code of the register of definitions";
    REGISTRATION "registreringens id" "the registration's id";
    CORRECTION_KIND "ett slag av rättelse" "a kind of correction";
    CORRECTED_CONSENT "det rätta samtycket" "the right consent";
    REASON r#"{"code":"…","text":"…"}"# r#"{"code":"…","text":"…"}"#;
    REASON_CODE "en kort kod som fel_datum" "a short code such as fel_datum";

    // Queries and headers.
    ONCE "parametern en gång" "the parameter once";
    HANDLER_ID "ett handläggar-id: åtkomsten pekar inte ut någon person" "a handläggare id: the token names no person";
    IDEMPOTENCY_KEY "1–200 synliga ASCII-tecken, till exempel ett UUID" "1–200 visible ASCII characters, such as a UUID";
    CASE_ETAG "ärendets ETag, till exempel \"3\"" "one ETag of the case, such as \"3\"";
}
