//! Every variable once: its name, what holds without it, what a value looks like and what it is for.

/// One variable, as documented.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name in the environment.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What a value looks like.
    pub expected: &'static str,
    /// What it is for.
    pub about: &'static str,
}

const fn variable(name: &'static str, default: &'static str, expected: &'static str, about: &'static str) -> Variable {
    Variable { name, default, expected, about }
}

/// Every variable once.
pub const VARIABLES: &[Variable] = &[
    variable("SUS_DATA_DIR", "./data", "a folder", "Where the embedded database and the keys made at first start lie."),
    variable("SUS_DATABASE_URL", "sqlite://SUS_DATA_DIR/sus.db", "sqlite://PATH or postgres://…", "The database."),
    variable("SUS_LISTEN", "127.0.0.1:8080", "ADDRESS:PORT", "Where the service listens."),
    variable(
        "SUS_PUBLIC_URL",
        "http:// and SUS_LISTEN",
        "http(s)://HOST without a path",
        "The address that clients use.",
    ),
    variable(
        "SUS_MASTER_KEY",
        "–",
        "64 hexadecimal digits",
        "The key that seals every person's key. Never together with SUS_MASTER_KEY_FILE.",
    ),
    variable(
        "SUS_MASTER_KEY_FILE",
        "made at first start in SUS_DATA_DIR (embedded database and loopback only)",
        "a file holding 64 hexadecimal digits",
        "The same key in a file.",
    ),
    variable(
        "SUS_LOG",
        "info",
        "error, warn, info, debug, trace or env_logger's filters",
        "How much is logged. Never personal data.",
    ),
    variable(
        "SUS_AUTH_FILE",
        "none: no token is accepted",
        "a TOML file",
        "Which issuers' tokens are accepted; `sus serve --help` shows one. Never together with --dev-auth.",
    ),
    variable("SUS_WORKERS", "one per processor", "1–256", "Threads that answer requests."),
    variable("SUS_MAX_BODY_BYTES", "16777216", "1024–1073741824", "Longest request body."),
    variable("SUS_MAX_BATCH", "10000", "1–100000", "Most registrations in one request."),
    variable("SUS_QUEUE", "4096", "1–1000000", "Most registrations waiting to be written; beyond it 503."),
    variable("SUS_STOP_SECONDS", "30", "1–600", "Longest time that requests get to finish when the service stops."),
    variable("SUS_DEV_TOKEN_HOURS", "8", "1–12", "How long a development token lasts (--dev-auth)."),
    variable("SUS_WAITING_DAYS_AHEAD", "31", "0–366", "How many days ahead a waiting step may be dated."),
    variable("SUS_LATE_AFTER_DAYS", "10", "0–366", "A registration more than this many days after its event is late."),
    variable("SUS_DUE_AFTER_BEGARAN", "28", "1–366", "Days until the next registration is due after begaran."),
    variable("SUS_DUE_AFTER_GK", "14", "1–366", "… after gk's only meeting."),
    variable("SUS_DUE_AFTER_PLANNED", "28", "1–366", "… after a planned insats."),
    variable("SUS_FOLLOW_UP_DAYS", "90", "1–3660", "Days between follow-ups of an insats."),
    variable("SUS_FOLLOW_UP_AKTIVITETSERSATTNING_DAYS", "365", "1–3660", "… with aktivitetsersättning."),
    variable("SUS_CONSENT_MONTHS", "no limit", "1–120", "Age of a consent, in months, beyond which a notice is given."),
];
