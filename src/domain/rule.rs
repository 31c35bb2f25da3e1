//! Every rule once: its code, severity, texts and an example. Problem answers, `/v1/rules`, the command line's
//! `sus rules` and the documentation derive from this table.
//!
//! Never here: how a rule is decided; that stands in the file of its subject.

/// Whether a broken rule stops the registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Refused.
    Error,
    /// Accepted, but said.
    Notice,
}

impl Severity {
    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Notice => "notice",
        }
    }
}

/// One row of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct RuleRow {
    /// Which rule.
    pub rule: Rule,
    /// Stable code; clients branch on it.
    pub code: &'static str,
    /// Raised when the rule's meaning changes.
    pub version: i32,
    /// Error or notice.
    pub severity: Severity,
    /// Swedish text; `{allowed}` is what would be right instead.
    pub sv: &'static str,
    /// English text.
    pub en: &'static str,
    /// What breaks it.
    pub example: &'static str,
}

macro_rules! rules {
    ($($variant:ident $code:literal $severity:ident $sv:literal $en:literal $example:literal;)*) => {
        /// A rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant is described by its row in RULES")]
        pub enum Rule { $($variant),* }

        /// Every rule once.
        pub const RULES: &[RuleRow] = &[$(RuleRow {
            rule: Rule::$variant, code: $code, version: 1, severity: Severity::$severity,
            sv: $sv, en: $en, example: $example,
        }),*];
    };
}

/// The version of the rule set as a whole; kept with each registration.
pub const RULE_SET: i32 = 1;

rules! {
    // The shape of what was sent.
    FaltOkant "falt_okant" Error
        "Fältet finns inte. Tillåtna fält: {allowed}." "There is no such field. Allowed fields: {allowed}."
        r#"{"steg":"gk"} – the field is called step"#;
    FaltSaknas "falt_saknas" Error
        "Fältet saknas. Väntat värde: {allowed}." "The field is missing. Expected: {allowed}."
        r#"{"step":"gk"} without date"#;
    FaltFelTyp "falt_fel_typ" Error
        "Värdet har fel typ. Väntat: {allowed}." "The value has the wrong type. Expected: {allowed}."
        r#"{"date":20161012}"#;
    FaltOgiltigtVarde "falt_ogiltigt_varde" Error
        "Värdet är inte tillåtet. Tillåtet: {allowed}." "The value is not allowed. Allowed: {allowed}."
        r#"{"step":"kartlaggning"}"#;
    PersonnummerOgiltigt "personnummer_ogiltigt" Error
        "Personnumret eller samordningsnumret är inte giltigt. Väntat: {allowed}." "The personal identity number or coordination number is not valid. Expected: {allowed}."
        "a number whose check digit is wrong";
    FritextPersonnummer "fritext_personnummer" Error
        "Fritext får inte innehålla personnummer eller samordningsnummer." "Free text must not hold a personal identity number."
        "a reason that quotes the participant's number";
    OrganisationsnummerOgiltigt "organisationsnummer_ogiltigt" Error
        "Organisationsnumret är inte giltigt. Väntat: {allowed}." "The organisation number is not valid. Expected: {allowed}."
        "2021005522, where the check digit should be 1";
    AndelUtanfor "andel_utanfor" Error
        "Andelen ska vara ett helt tal, {allowed} procent." "The share must be a whole number, {allowed} per cent."
        r#"{"arbetsandel":0}"#;

    // The process.
    ForstaStegBegaran "forsta_steg_begaran" Error
        "Ärendet finns inte. Ett nytt ärende börjar med {allowed}." "There is no such case. A new case begins with {allowed}."
        "a chain that begins with gk";
    OvergangEjTillaten "overgang_ej_tillaten" Error
        "Steget kan inte följa på det steg ärendet står i. Tillåtna nästa steg: {allowed}." "The step cannot follow the one the case stands at. Allowed next steps: {allowed}."
        "afi directly after gk";
    ArendetAvslutat "arendet_avslutat" Error
        "Samarbetet är avslutat. En ny begäran efter nytt samtycke öppnar ett nytt ärende." "The cooperation has ended. A new request after a new consent opens a new case."
        "afi after avslutat";
    ArendetFelregistrerat "arendet_felregistrerat" Error
        "Ärendet är markerat som felregistrering. Häv markeringen först." "The case is marked as registered in error. Undo that first."
        "gk on a case that was marked felregistrering";
    OppetArendeFinns "oppet_arende_finns" Error
        "Personen har redan ett öppet ärende." "The person already has an open case."
        "a second begaran for the same person";
    FelMyndighet "fel_myndighet" Error
        "Registreringen ägs av den andra myndigheten. Registreras av: {allowed}." "The other agency owns the registration. To be registered by: {allowed}."
        "AF registers gk without a local agreement";
    OverenskommelseGallerInte "overenskommelse_galler_inte" Error
        "Den lokala överenskommelsen täcker inte registreringen (kontor, steg, myndighet eller dag). Gällande: {allowed}." "The local agreement does not cover the registration (offices, step, agency or day). Valid here: {allowed}."
        "onBehalfOf an agreement that ended last year";

    // Dates.
    DatumOrdning "datum_ordning" Error
        "Varje steg dateras minst en dag efter steget före. Tillåtet: {allowed}." "Each step is dated at least one day after the one before. Allowed: {allowed}."
        "gk on the same day as begaran";
    GkPlaneradSammaDag "gk_planerad_samma_dag" Error
        "Gemensam kartläggning och planerad insats har aldrig samma datum: planerad insats dateras tidigast dagen efter. Tillåtet: {allowed}." "Joint mapping and the planned measure never share a date: the planned measure is dated at the earliest the day after. Allowed: {allowed}."
        "gk and planerad_afi both on 2016-10-12";
    DatumFramtid "datum_framtid" Error
        "Bara steg i väntan kan dateras i framtiden. Tillåtet: {allowed}." "Only waiting steps can be dated in the future. Allowed: {allowed}."
        "gk dated tomorrow";
    DatumLangtFram "datum_langt_fram" Error
        "Steg i väntan kan inte dateras så långt fram. Tillåtet: {allowed}." "Waiting steps cannot be dated that far ahead. Allowed: {allowed}."
        "planerad_ali dated in two months";
    DatumForeFodelse "datum_fore_fodelse" Error
        "Datumet ligger före personens födelse. Tillåtet: {allowed}." "The date lies before the person's birth. Allowed: {allowed}."
        "begaran dated 1950 for a person born in 1985";
    MotenUtanforGk "moten_utanfor_gk" Error
        "Mötesdatum ska ligga inom kartläggningen. Tillåtet: {allowed}." "Meeting dates must lie within the joint mapping. Allowed: {allowed}."
        "a meeting dated on the day of the planned measure";

    // Consent and identity.
    SamtyckeSaknas "samtycke_saknas" Error
        "Skriftligt samtycke krävs innan personuppgifter registreras. Ange consent, eller registrera ärendet anonymt." "Written consent is required before personal data is registered. Give consent, or register the case as anonymous."
        "begaran with a personnummer but no consent";
    SamtyckeEfterBegaran "samtycke_efter_begaran" Error
        "Samtycket ska vara inhämtat innan begäran skickas och registreras. Tillåtet: {allowed}." "Consent must be obtained before the request is sent and registered. Allowed: {allowed}."
        "consent obtained the day after begaran";
    AnonymMedUppgifter "anonym_med_uppgifter" Error
        "Ett anonymt ärende bär inte den här uppgiften." "An anonymous case does not carry this."
        "an anonymous participant with municipality";
    RedanAnonym "redan_anonym" Error
        "Ärendet är redan utan identitet." "The case has no identity already."
        "protection for an anonymous case";
    AterkallelseDatum "aterkallelse_datum" Error
        "Återkallelsen dateras från begäran till i dag. Tillåtet: {allowed}." "The withdrawal is dated from the request to today. Allowed: {allowed}."
        "a withdrawal dated tomorrow";
    AterkallelseUtanSamtycke "aterkallelse_utan_samtycke" Error
        "Ärendet har inget samtycke att återkalla." "The case has no consent to withdraw."
        "a withdrawal for an anonymous case";
    AterkallelseSomSteg "aterkallelse_som_steg" Error
        "Ett återtaget samtycke som är daterat före ett registrerat steg tar bort det steget, och registreras därför som återkallelse (/consent-withdrawals), inte som avbrutet." "A withdrawn consent that is dated before a registered step takes that step away, and so is registered as a withdrawal (/consent-withdrawals), not as avbrutet."
        "avbrutet because consent was withdrawn, while a wait is dated ahead";

    // Organisation.
    KontorOkant "kontor_okant" Error
        "Kontoret finns inte i registret." "There is no such office in the register."
        r#"{"offices":{"fk":"FK-NYSTAD"}}"#;
    KontorFelMyndighet "kontor_fel_myndighet" Error
        "Kontoret hör till den andra myndigheten. Väntad myndighet: {allowed}." "The office belongs to the other agency. Expected agency: {allowed}."
        r#"{"offices":{"fk":"AF-GAVLE"}}"#;
    KontorInteGiltigt "kontor_inte_giltigt" Error
        "Kontoret gäller inte på dagen. Tillåtet: {allowed}." "The office is not valid on that day. Allowed: {allowed}."
        "a step dated after the office closed";
    KontorsbyteUtanAndring "kontorsbyte_utan_andring" Error
        "Bytet ändrar inget: ärendet har redan dessa kontor på dagen." "The change alters nothing: the case already has these offices on that day."
        "an office change to the present offices";
    KontorsbyteDatum "kontorsbyte_datum" Error
        "Byte av kontor eller handläggare dateras från begäran till i dag, och en begäran flyttas inte förbi ett byte. Tillåtet: {allowed}." "A change of office or handläggare is dated from the request to today, and a request is not moved past a change. Allowed: {allowed}."
        "an office change before the request";
    KommunSaknas "kommun_saknas" Error
        "Folkbokföringskommun krävs för en namngiven deltagare." "The municipality of registration is required for a named participant."
        "begaran without municipality";
    KommunOkand "kommun_okand" Error
        "Kommunkoden finns inte på dagen för begäran." "There is no such municipality code on the day of the request."
        "2181 with a digit wrong";
    HandlaggareOkand "handlaggare_okand" Error
        "Handläggaren finns inte i registret." "There is no such handläggare in the register."
        "an id with a letter wrong";
    HandlaggareFelMyndighet "handlaggare_fel_myndighet" Error
        "Handläggaren hör till den andra myndigheten. Väntad myndighet: {allowed}." "The handläggare belongs to the other agency. Expected agency: {allowed}."
        r#"{"handlers":{"fk":"af-h-201"}}"#;
    HandlaggareUtanUppdrag "handlaggare_utan_uppdrag" Error
        "Handläggaren har inget uppdrag som deltagaransvarig vid kontoret den dagen." "The handläggare has no assignment as deltagaransvarig at the office on that day."
        "a handläggare of another office";

    // Assignments.
    UppdragGiltighet "uppdrag_giltighet" Error
        "Ett uppdrag börjar tidigast i dag och slutar tidigast dagen det börjar. Tillåtet: {allowed}." "An assignment begins today at the earliest and ends on the day it begins at the earliest. Allowed: {allowed}."
        "an assignment from last month";
    UppdragSlut "uppdrag_slut" Error
        "Ett uppdrag slutar tidigast i går och senast den dag det annars slutar. Tillåten sista dag: {allowed}." "An assignment ends yesterday at the earliest and at the latest on the day it would end anyway. Allowed last day: {allowed}."
        "an ending dated last month";
    UppdragFinns "uppdrag_finns" Error
        "Personen har redan uppdraget vid kontoret under en del av tiden. Avsluta det, eller välj dagar utanför." "The person has that assignment at the office for some of the days already. End it, or choose days outside."
        "the same role at the same office given twice";
    UppdragFinnsInte "uppdrag_finns_inte" Error
        "Personen har inget sådant uppdrag vid kontoret som gäller eller ska gälla." "The person has no such assignment at the office that is valid or will be."
        "a review of an assignment that ended";
    UppdragEget "uppdrag_eget" Error
        "Ingen ger sig själv ett uppdrag eller intygar sitt eget." "Nobody gives an assignment to themselves or confirms their own."
        "an insatsansvarig who makes herself deltagaransvarig";
    UppdragRollerKrockar "uppdrag_roller_krockar" Error
        "Samverkansadministratör är aldrig deltagaransvarig samtidigt." "A samverkansadministrator is never deltagaransvarig at the same time."
        "deltagaransvarig for the administrator of the registers";
    HandlaggareNamnSaknas "handlaggare_namn_saknas" Error
        "Personen finns inte i registret än; ange namnet i tjänsten." "The person is not in the register yet; give the name at work."
        "an assignment for a new employee without name";

    // Questions.
    FragaStallsInte "fraga_stalls_inte" Error
        "Frågan ställs inte vid den här registreringen. Frågor här: {allowed}." "The question is not asked at this registration. Questions here: {allowed}."
        "oppetArbetslos at begaran";
    FragaOkand "fraga_okand" Error
        "Frågan finns inte. Frågor: {allowed}." "There is no such question. Questions: {allowed}."
        r#"{"answers":{"arbete":true}}"#;
    FoljdfragaUtanGrund "foljdfraga_utan_grund" Error
        "Följdfrågan besvaras bara när grundfrågan besvarats med ja: {allowed}." "The follow-up question is answered only when its base question was answered yes: {allowed}."
        "arbetstyper when arbetar is false";
    IngenFormanUtesluter "ingen_forman_utesluter" Error
        "Svaret ingen utesluter andra förmåner." "The answer ingen excludes other benefits."
        r#"{"formaner":["ingen","sjukpenning"]}"#;
    ProgramArStudier "program_ar_studier" Error
        "Arbetsmarknadsutbildning räknas som studier; program besvaras då med {allowed}." "Labour-market training counts as study; program is then answered {allowed}."
        "studietyp arbetsmarknadsutbildning with program true";
    FortsattStammerInte "fortsatt_stammer_inte" Error
        "Fortsatt handläggning stämmer inte med nästa steg. Tillåtet: {allowed}." "The further handling does not agree with the next step. Allowed: {allowed}."
        "endast_fk with planerad_afi";
    InsatsOkand "insats_okand" Error
        "Insatsen finns inte i registret över definitioner för länet, kommunen, typen och dagen." "The measure is not in the register of definitions for the county, municipality, kind and day."
        "an insats of kind ali at step afi";
    SvarRedanGivet "svar_redan_givet" Error
        "Frågan är redan besvarad. Ett annat svar registreras som rättelse." "The question is already answered. Another answer is registered as a correction."
        "a late answer to utbildning when one stands";
    SamtyckeKontor "samtycke_kontor" Error
        "Samtyckets kontor ska finnas och höra till myndigheten som inhämtade det: {allowed}." "The office of the consent must exist and belong to the agency that obtained it: {allowed}."
        "obtainedBy FK at an AF office";

    // Corrections.
    RegistreringOkand "registrering_okand" Error
        "Registreringen finns inte i ärendet, eller är av ett annat slag än rättelsen gäller." "The registration is not in the case, or is not of the kind that the correction is for."
        "an id of another case";
    RegistreringErsatt "registrering_ersatt" Error
        "Registreringen gäller inte längre; den är redan ångrad eller ersatt." "The registration no longer stands; it has been undone or superseded."
        "undo of a step that was undone yesterday";
    AngraBaraSista "angra_bara_sista" Error
        "Bara det sista steget kan ångras. Sista steget: {allowed}." "Only the last step can be undone. The last step: {allowed}."
        "undo of gk when planerad_afi follows";
    BegaranAngrasInte "begaran_angras_inte" Error
        "En begäran ångras inte; markera hela ärendet som felregistrering." "A request is not undone; mark the whole case as registered in error."
        "undo of begaran";
    RattelseUtanAndring "rattelse_utan_andring" Error
        "Rättelsen ändrar inget." "The correction changes nothing."
        "a move to the date the step already has";
    RattelseAterkallelse "rattelse_aterkallelse" Error
        "Ett återkallat samtycke flyttas eller ersätts inte och får ingen annan orsak; ångra det och registrera om." "A withdrawal of consent is not moved or replaced and gets no other reason; undo it and register it again."
        "move of the avbrutet that a withdrawal made";
    RattelseFelMyndighet "rattelse_fel_myndighet" Error
        "Rättelsen hör till den myndighet som ägde registreringen: {allowed}." "The correction belongs to the agency that owned the registration: {allowed}."
        "AF corrects the answers of begaran";
    FelregistreringFinnsInte "felregistrering_finns_inte" Error
        "Ärendet är inte markerat som felregistrering." "The case is not marked as registered in error."
        "undo_felregistrering on an ordinary case";
    ErsattareOkand "ersattare_okand" Error
        "Ärendet som ska gälla i stället finns inte, eller är inte ditt att se." "There is no such case to stand instead, or it is not yours to see."
        "felregistrering with a mistyped replacedBy";
    ErsattareSammaArende "ersattare_samma_arende" Error
        "Ett ärende kan inte gälla i stället för sig självt." "A case cannot stand instead of itself."
        "felregistrering with the case's own id as replacedBy";

    // References and history.
    ReferensUpptagen "referens_upptagen" Error
        "Myndigheten har redan använt ärendereferensen." "The agency already uses the case reference."
        "the same caseReference at two requests";
    KlientreferensUpptagen "klientreferens_upptagen" Error
        "Klientreferensen är redan använd för en registrering med annat innehåll." "The client reference is already used for a registration with other content."
        "clientReference used twice";
    KandFranFramtid "kand_fran_framtid" Error
        "Tidpunkten då uppgiften blev känd kan inte ligga i framtiden. Senast: {allowed}." "The instant at which it became known cannot lie in the future. At the latest: {allowed}."
        "recordedAt tomorrow";
    KandFranFaller "kand_fran_faller" Error
        "Tidpunkten då uppgiften blev känd får inte ligga före ärendets senaste registrering. Tidigast: {allowed}." "The instant at which it became known must not lie before the case's latest registration. At the earliest: {allowed}."
        "recordedAt before that of the step before";
    KandFranEjTillaten "kand_fran_ej_tillaten" Error
        "Bara systemförvaltaren får ange när uppgiften blev känd." "Only the systemförvaltare may state when it became known."
        "recordedAt posted by an agency's system";
    VersionInaktuell "version_inaktuell" Error
        "Ärendet har ändrats sedan det lästes. Nuvarande version: {allowed}." "The case has changed since it was read. Present version: {allowed}."
        "caseVersion 3 when the case is at 4";
    ArendeOkant "arende_okant" Error
        "Ärendet finns inte, eller är inte ditt att se." "There is no such case, or it is not yours to see."
        "a mistyped case id";
    KontoretInteDitt "kontoret_inte_ditt" Error
        "Du saknar uppdrag som deltagaransvarig vid något av ärendets kontor." "You have no assignment as deltagaransvarig at any of the case's offices."
        "begaran for another city's offices";
    EttIPaketetFoll "ett_i_paketet_foll" Error
        "Paketet är odelbart och ett annat i det avvisades; inget är registrerat." "The batch is atomic and another item in it was refused; nothing is registered."
        "the second item of an atomic batch is wrong";

    // Notices.
    SenRegistrering "sen_registrering" Notice
        "Registreringen är sen: mer än {allowed} dagar efter händelsen." "The registration is late: more than {allowed} days after the event."
        "gk registered two weeks afterwards";
    ForAnnansRakning "for_annans_rakning" Notice
        "Registreringen gjordes för den andra myndighetens räkning enligt lokal överenskommelse. Ägare: {allowed}." "Registered on behalf of the other agency by local agreement. Owner: {allowed}."
        "AF registers gk under an agreement";
    SamtyckeGammalt "samtycke_gammalt" Notice
        "Samtycket är äldre än {allowed} månader; kontrollera att det gäller." "The consent is older than {allowed} months; check that it still holds."
        "consent from three years ago";
    BegaranSentTillAf "begaran_sent_till_af" Notice
        "Begäran bör nå Arbetsförmedlingen med samtycke minst en vecka före första mötet." "The request should reach Arbetsförmedlingen with the consent at least one week before the first meeting."
        "gk three days after begaran";
    SvarSaknas "svar_saknas" Notice
        "Frågor är obesvarade: {allowed}." "Questions are unanswered: {allowed}."
        "begaran without utbildning";
    HandlaggareRensad "handlaggare_rensad" Notice
        "Handläggaren vid det kontor som bytts är borttagen; ange en ny." "The handläggare at the changed office was cleared; give a new one."
        "an office change without handlers";
}

impl Rule {
    /// Its row of the catalogue.
    #[must_use]
    pub fn row(self) -> &'static RuleRow {
        // A row per variant, in the order of the enum: both come from one macro.
        &RULES[self as usize]
    }

    /// Its stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// The rule of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        RULES.iter().find(|row| row.code == code).map(|row| row.rule)
    }
}
