//! What an answer that says no looks like (RFC 9457): one value, one mapping, for every resource.
//!
//! Clients branch on `type` and on the codes in `errors`. Never here: SQL, stack traces, or anything that was sent.

use std::fmt;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;

use crate::app::reporting::{NoTurn, NotGranted};
use crate::auth::AuthError;
use crate::domain::finding::Findings;
use crate::domain::rule::Rule;
use crate::registrations::Refusal;
use crate::registrations::view::{self, FindingView};
use crate::storage::StorageError;

/// The media type of every answer that says no.
pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! kinds {
    ($($variant:ident $status:literal $code:literal $sv:literal $en:literal;)*) => {
        /// Every kind of problem once.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is described by its row")]
        pub enum Kind { $($variant),* }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            const fn row(self) -> (u16, &'static str, &'static str, &'static str) {
                match self { $(Self::$variant => ($status, $code, $sv, $en)),* }
            }
        }
    };
}

kinds! {
    FrageparameterFel 400 "frageparameter_fel" "Frågan kan inte läsas" "The query can't be read";
    JsonFel 400 "json_fel" "Innehållet är inte giltig JSON" "The body is not valid JSON";
    EjInloggad 401 "ej_inloggad" "Giltig åtkomst saknas" "There is no valid access token";
    EjBehorig 403 "ej_behorig" "Behörighet saknas" "Not allowed";
    FinnsInte 404 "finns_inte" "Finns inte" "Not found";
    MetodEjTillaten 405 "metod_ej_tillaten" "Metoden är inte tillåten här" "The method is not allowed here";
    FormatSaknas 406 "format_saknas" "Begärt format finns inte" "The format asked for is not available";
    ForLangsamt 408 "for_langsamt" "Innehållet kom inte i tid" "The body did not come in time";
    Borttaget 410 "borttaget" "Det som det sparade svaret gällde är gallrat" "What the kept answer told of has been erased";
    InaktuellVersion 412 "inaktuell_version" "Ärendet har ändrats sedan det lästes" "The case has changed since it was read";
    InaktuelltPaket 412 "inaktuellt_paket" "Paketet har ändrats sedan det lästes" "The package has changed since it was read";
    ForStort 413 "for_stort" "Innehållet är för stort" "The body is too large";
    ForLangAdress 414 "for_lang_adress" "Adressen är för lång" "The address is too long";
    FelMedietyp 415 "fel_medietyp" "Innehållets medietyp stöds inte" "The media type of the body is not supported";
    Regelbrott 422 "regelbrott" "Innehållet bryter mot en eller flera regler" "The content breaks one or more rules";
    NyckelAteranvand 422 "nyckel_ateranvand" "Idempotency-Key är redan använd med annat innehåll" "The Idempotency-Key was used with other content";
    VersionSaknas 428 "version_saknas" "If-Match saknas" "If-Match is missing";
    ForMangaAnrop 429 "for_manga_anrop" "För många anrop" "Too many requests";
    ForMangaUrval 429 "for_manga_urval" "För många olika urval av rapporten" "Too many different selections of the report";
    ForStoraHuvuden 431 "for_stora_huvuden" "Anropets huvudfält är för många eller för stora" "The header fields of the request are too many or too large";
    InterntFel 500 "internt_fel" "Internt fel" "Internal error";
    NycklarBytta 503 "nycklar_bytta" "Nycklarna har bytts sedan tjänsten startades; personer kan inte sökas eller registreras förrän den startas om" "The keys were exchanged after the service was started; persons can't be searched or registered until it is started anew";
    LagringFull 503 "lagring_full" "Lagringen är full; inget har sparats och inget kan visas som ska loggas förrän det finns plats" "The storage is full; nothing was stored, and nothing can be shown that is to be logged until there is room";
    Upptagen 503 "upptagen" "Tjänsten är upptagen, försök igen om en stund" "The service is busy, try again in a while";
}

impl Kind {
    /// Status code.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().0
    }

    /// The stable address of the kind.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("urn:sus:problem:{}", self.row().1)
    }

    /// Swedish and English title.
    #[must_use]
    pub const fn titles(self) -> (&'static str, &'static str) {
        (self.row().2, self.row().3)
    }
}

/// An answer that says no.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    detail: Option<(String, String)>,
    errors: Vec<FindingView>,
    headers: Vec<(&'static str, String)>,
}

/// The members on the wire.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    r#type: String,
    title: &'a str,
    title_en: &'a str,
    status: u16,
    detail: &'a str,
    detail_en: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FindingView],
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, detail: None, errors: Vec::new(), headers: Vec::new() }
    }

    /// With a sentence of its own, in both languages; never with what was sent.
    #[must_use]
    pub fn detail(mut self, sv: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail = Some((sv.into(), en.into()));
        self
    }

    /// With all that was found.
    #[must_use]
    pub fn errors(mut self, findings: &Findings) -> Self {
        self.errors = view::findings(findings);
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same method is not allowed here; these are.
    #[must_use]
    pub fn method(allowed: &str) -> Self {
        Self::new(Kind::MetodEjTillaten)
            .detail(format!("Tillåtna metoder: {allowed}."), format!("Allowed methods: {allowed}."))
            .header(ALLOW.as_str(), allowed)
    }

    /// What findings on one thing amount to: not there, not allowed, changed meanwhile, or against the rules.
    #[must_use]
    pub fn of_findings(findings: &Findings) -> Self {
        let kind = match kind_of(findings) {
            404 => Kind::FinnsInte,
            403 => Kind::EjBehorig,
            412 => Kind::InaktuellVersion,
            _ => Kind::Regelbrott,
        };
        Self::new(kind).errors(findings)
    }

    /// Its status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.kind.status()
    }

    /// Headers beside the body's.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The body; `trace` makes the occurrence findable in the logs.
    #[must_use]
    pub fn body(&self, trace: Option<&str>) -> String {
        let (title, title_en) = self.kind.titles();
        let (detail, detail_en) = match &self.detail {
            Some((sv, en)) => (sv.as_str(), en.as_str()),
            None => (title, title_en),
        };
        let wire = Wire {
            r#type: self.kind.type_uri(),
            title,
            title_en,
            status: self.status(),
            detail,
            detail_en,
            instance: trace.map(|t| format!("urn:sus:trace:{t}")),
            errors: &self.errors,
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// The whole answer.
    #[must_use]
    pub fn answer(&self, trace: Option<&str>) -> HttpResponse {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = HttpResponse::build(status);
        answer.content_type(MEDIA_TYPE).insert_header((CACHE_CONTROL, "no-store"));
        for (name, value) in &self.headers {
            answer.insert_header((*name, value.as_str()));
        }
        answer.body(self.body(trace))
    }
}

/// The status code that findings on one thing amount to.
#[must_use]
pub fn kind_of(findings: &Findings) -> u16 {
    if findings.contains(Rule::ArendeOkant) {
        404
    } else if findings.contains(Rule::KontoretInteDitt) || findings.contains(Rule::KandFranEjTillaten) {
        403
    } else if findings.contains(Rule::VersionInaktuell) {
        412
    } else {
        422
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.row().1)
    }
}

impl actix_web::ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(None)
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        if error.is_about_the_grant() {
            return Self::new(Kind::EjBehorig)
                .detail("Rollerna i åtkomsten går inte ihop eller saknar det de kräver.", sentence(&error));
        }
        if matches!(error, AuthError::NoKeys(_)) {
            return busy().detail(
                "Utfärdarens nycklar kan inte hämtas just nu, så åtkomsten kan inte prövas.",
                sentence(&error),
            );
        }
        // RFC 6750: without a token no error code is given.
        let challenge = match error {
            AuthError::Missing => "Bearer realm=\"sus\"",
            _ => "Bearer realm=\"sus\", error=\"invalid_token\"",
        };
        let sv = match error {
            AuthError::Missing => "Ingen åtkomst (bearer token) skickades.",
            AuthError::Expired => "Åtkomsten har gått ut.",
            AuthError::NotYetValid => "Åtkomsten gäller inte än.",
            AuthError::WrongCertificate => "Åtkomsten gäller inte för anslutningens klientcertifikat.",
            _ => "Åtkomsten gäller inte här.",
        };
        Self::new(Kind::EjInloggad).detail(sv, sentence(&error)).header(WWW_AUTHENTICATE.as_str(), challenge)
    }
}

/// An error's words as a sentence.
fn sentence(error: &AuthError) -> String {
    let words = error.to_string();
    let mut chars = words.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy | Refusal::Stopping => busy(),
            Refusal::KeyReused => Self::new(Kind::NyckelAteranvand),
            Refusal::Erased => Self::new(Kind::Borttaget),
            Refusal::NotFound => Self::new(Kind::FinnsInte),
            Refusal::Forbidden => Self::new(Kind::EjBehorig),
            Refusal::Stale(version) => {
                let (sv, en) = (format!("Nuvarande version: {version}."), format!("Present version: {version}."));
                Self::new(Kind::InaktuellVersion).detail(sv, en).header("etag", format!("\"{version}\""))
            }
            Refusal::Storage(error) => error.into(),
        }
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        log::error!("storage: {error}");
        match error {
            StorageError::Keys(_) => Self::new(Kind::NycklarBytta),
            StorageError::Full => Self::new(Kind::LagringFull).header(RETRY_AFTER.as_str(), "60"),
            StorageError::Unavailable(_) | StorageError::Conflict(_) => busy(),
            _ => Self::new(Kind::InterntFel),
        }
    }
}

impl From<NoTurn> for Problem {
    fn from(no_turn: NoTurn) -> Self {
        match no_turn {
            NoTurn::Waited => Self::new(Kind::Upptagen).header(RETRY_AFTER.as_str(), "5"),
            NoTurn::NoThread => Self::new(Kind::Upptagen),
        }
    }
}

impl From<NotGranted> for Problem {
    fn from(error: NotGranted) -> Self {
        match error {
            NotGranted::Storage(error) => error.into(),
            NotGranted::TooMany(refused) => refused.into(),
        }
    }
}

fn busy() -> Problem {
    Problem::new(Kind::Upptagen).header(RETRY_AFTER.as_str(), "1")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_full_disk_is_told_with_when_to_come_back() {
        let problem = Problem::from(StorageError::Full);
        assert_eq!(problem.headers(), [("retry-after", "60".to_owned())]);
        expect![[r#"{"type":"urn:sus:problem:lagring_full","title":"Lagringen är full; inget har sparats och inget kan visas som ska loggas förrän det finns plats","titleEn":"The storage is full; nothing was stored, and nothing can be shown that is to be logged until there is room","status":503,"detail":"Lagringen är full; inget har sparats och inget kan visas som ska loggas förrän det finns plats","detailEn":"The storage is full; nothing was stored, and nothing can be shown that is to be logged until there is room"}"#]].assert_eq(&problem.body(None));
    }
}
