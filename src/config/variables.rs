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
        "SUS_OLD_MASTER_KEY_FILES",
        "none",
        "files holding 64 hexadecimal digits each, separated by commas",
        "Master keys beside the current one, which open and don't seal: while `sus rotate-keys` has not come to its end.",
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
    variable(
        "SUS_TLS_CERT_FILE",
        "no TLS in the service itself",
        "a PEM file",
        "The server's certificate chain; read anew when it changes.",
    ),
    variable("SUS_TLS_KEY_FILE", "–", "a PEM file", "The private key of the certificate; read anew when it changes."),
    variable(
        "SUS_TLS_CLIENT_CA_FILE",
        "clients are not asked for certificates",
        "a PEM file",
        "Roots of clients' certificates. A client may come without one; a token bound to one is then refused.",
    ),
    variable("SUS_TLS_RELOAD_SECONDS", "60", "1–86400", "Seconds between two looks at whether the files have changed."),
    variable(
        "SUS_TRUSTED_PROXIES",
        "none",
        "addresses or networks (10.0.0.0/8) with commas between them",
        "Only from these are Forwarded and X-Forwarded-* believed, about the client's address and https.",
    ),
    variable(
        "SUS_PLAIN_HTTP",
        "refused",
        "yes",
        "Lets a listener that isn't loopback be without TLS and without a trusted proxy: tokens and personal data travel readable.",
    ),
    variable(
        "SUS_CORS_ORIGINS",
        "none",
        "origins (https://HOST) with commas between them",
        "Origins whose pages browsers let call the API.",
    ),
    variable(
        "SUS_ADMIN_LISTEN",
        "no such listener",
        "ADDRESS:PORT",
        "Where /metrics and /health are told, without TLS and without log-in: for the inside only.",
    ),
    variable(
        "SUS_MAX_CONNECTIONS",
        "4096",
        "1–1000000",
        "Connections at the same time; further ones wait to be accepted.",
    ),
    variable("SUS_MAX_IN_FLIGHT", "1024", "1–1000000", "Requests being answered at the same time; beyond it 503."),
    variable("SUS_HEAD_SECONDS", "10", "1–600", "Seconds until the head of a request must have come; then 408."),
    variable("SUS_BODY_SECONDS", "60", "1–3600", "Seconds until the body of a request must have come; then 408."),
    variable("SUS_TURN_SECONDS", "30", "1–3600", "Seconds that a report waits for its turn; then 503."),
    variable("SUS_RATE_READS", "12000", "0–100000000", "Reads a minute by one caller; 0 is no limit, here and below."),
    variable("SUS_RATE_WRITES", "120000", "0–100000000", "… posts that register or change, a batch being one."),
    variable("SUS_RATE_REPORTS", "600", "0–100000000", "… reports."),
    variable("SUS_RATE_EXPORTS", "60", "0–100000000", "… tables of an export."),
    variable("SUS_RATE_SEARCHES", "300", "0–100000000", "… searches by personnummer or reference."),
    variable("SUS_RATE_REFUSED", "300", "0–100000000", "… refused log-ins (401) from one network address."),
    variable(
        "SUS_RATE_SELECTIONS",
        "1000",
        "0–1000000",
        "Different selections of one report in a day by one whose figures are protected by noise.",
    ),
    variable(
        "SUS_COLUMNS_MINUTES",
        "15",
        "0–10080",
        "Minutes between two savings of what reports count, sealed, in SUS_DATA_DIR, so that a start is fast; 0 is never.",
    ),
    variable("SUS_DEV_TOKEN_HOURS", "8", "1–12", "How long a development token lasts (--dev-auth)."),
    variable("SUS_WAITING_DAYS_AHEAD", "31", "0–366", "How many days ahead a waiting step may be dated."),
    variable("SUS_LATE_AFTER_DAYS", "10", "0–366", "A registration more than this many days after its event is late."),
    variable("SUS_DUE_AFTER_BEGARAN", "28", "1–366", "Days until the next registration is due after begaran."),
    variable("SUS_DUE_AFTER_GK", "14", "1–366", "… after gk's only meeting."),
    variable("SUS_DUE_AFTER_PLANNED", "28", "1–366", "… after a planned insats."),
    variable("SUS_FOLLOW_UP_DAYS", "90", "1–3660", "Days between follow-ups of an insats."),
    variable("SUS_FOLLOW_UP_AKTIVITETSERSATTNING_DAYS", "365", "1–3660", "… with aktivitetsersättning."),
    variable(
        "SUS_WITHDRAWN_IDENTITY",
        "keep",
        "keep or remove",
        "What becomes of the identity in a case whose consent is withdrawn; the case counts as before.",
    ),
    variable(
        "SUS_ERASURE_JOURNAL",
        "beside an embedded database, its name with .erasures; none with postgres://",
        "a file, the same for all processes of a database",
        "Which identities were taken away, outside the database, so that a restored backup can't bring them back.",
    ),
    variable(
        "SUS_RETENTION_FILE",
        "none: nothing is taken away",
        "a file of rules (TOML)",
        "The rules of retention (gallring); `sus retention --help` shows one.",
    ),
    variable(
        "SUS_RETENTION_AT",
        "only by `sus retention`",
        "HH:MM, Swedish time",
        "When the service runs the rules each day.",
    ),
    variable("SUS_CONSENT_MONTHS", "no limit", "1–120", "Age of a consent, in months, beyond which a notice is given."),
];
