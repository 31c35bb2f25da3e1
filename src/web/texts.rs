//! Every text of the pages, in Swedish and English.

use crate::domain::organisation::Role;
use crate::domain::step::Agency;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Swedish, first.
    Swedish,
    /// English.
    English,
}

macro_rules! texts {
    ($($name:ident: $sv:literal, $en:literal;)*) => {
        /// The texts of one language.
        pub struct Texts { $(pub $name: &'static str),* }

        const SWEDISH: Texts = Texts { $($name: $sv),* };
        const ENGLISH: Texts = Texts { $($name: $en),* };
    };
}

texts! {
    service: "Uppföljning av samverkan", "Follow-up of cooperation";
    skip: "Hoppa till innehåll", "Skip to content";
    other_language: "In English", "På svenska";
    start: "Start", "Start";
    about: "Här följer Försäkringskassan och Arbetsförmedlingen upp sin samverkan kring rehabilitering.",
        "Here Försäkringskassan and Arbetsförmedlingen follow up their cooperation on rehabilitation.";
    log_in: "Logga in", "Log in";
    log_in_by: "Logga in med", "Log in with";
    log_out: "Logga ut", "Log out";
    no_login: "Inloggning är inte inställd i den här tjänsten.", "Logging in is not set up in this service.";
    logged_in: "Du är inloggad", "You are logged in";
    handler: "Handläggare", "Handläggare";
    no_handler: "Ingen handläggare", "No handläggare";
    agency: "Myndighet", "Agency";
    no_agency: "Ingen myndighet", "No agency";
    roles: "Roller", "Roles";
    no_roles: "Inga roller", "No roles";
    assignments: "Uppdrag", "Assignments";
    no_assignments: "Inga uppdrag i dag", "No assignments today";
    session: "Inloggningen", "The login";
    ends_unused: "avslutas om den inte används till", "ends if it is not used until";
    ends: "och senast", "and at the latest";
    ends_soon: "Din inloggning avslutas snart", "Your login ends soon";
    extend: "Logga in igen för att fortsätta", "Log in again to go on";
    to_start: "Till startsidan", "To the start page";
    logged_out: "Du är utloggad.", "You are logged out.";
    expired: "Din inloggning har avslutats. Logga in igen för att fortsätta.", "Your login has ended. Log in again to go on.";
    no_attempt: "Inloggningen kunde inte slutföras", "The login could not be completed";
    no_attempt_why: "Den var för gammal, redan använd eller påbörjad i en annan webbläsare. Försök igen.",
        "It was too old, used already or begun in another browser. Try again.";
    refused: "Inloggningen avbröts", "The login was broken off";
    refused_why: "Du loggades inte in. Försök igen, eller kontakta supporten om du borde ha åtkomst.",
        "You were not logged in. Try again, or contact support if you should have access.";
    provider: "Inloggningstjänsten svarar inte rätt", "The login service does not answer as it should";
    provider_why: "Försök igen om en stund.", "Try again in a while.";
    incompatible: "Dina roller går inte ihop", "Your roles exclude each other";
    incompatible_why: "Samverkansadministratör kan inte förenas med deltagaransvarig eller system. Be den som delar ut \
                       roller att ta bort en av dem.",
        "Cooperation administrator can't be combined with responsible for participants or system. Ask whoever gives roles \
         to take one of them away.";
    incomplete: "Din behörighet är inte fullständig", "Your permission is not complete";
    incomplete_why: "En av dina roller kräver en myndighet eller ett handläggar-id som saknas. Kontakta den som delar ut \
                     roller.",
        "One of your roles needs an agency or a handläggare id that is missing. Contact whoever gives roles.";
    not_let_in: "Du kan inte släppas in", "You can't be let in";
    not_let_in_why: "Uppgifterna från inloggningstjänsten går inte att använda här.",
        "What the login service says can't be used here.";
    bad_form: "Formuläret gäller inte längre", "The form is no longer valid";
    bad_form_why: "Ingenting har ändrats. Gå tillbaka, ladda om sidan och försök igen.",
        "Nothing was changed. Go back, reload the page and try again.";
    busy: "Tjänsten är upptagen", "The service is busy";
}

impl Language {
    /// Its texts.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::Swedish => &SWEDISH,
            Self::English => &ENGLISH,
        }
    }

    /// As HTML and addresses have it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Swedish => Self::English,
            Self::English => Self::Swedish,
        }
    }

    /// An agency's name: the same in both languages.
    pub const fn agency(self, agency: Agency) -> &'static str {
        match agency {
            Agency::Fk => "Försäkringskassan",
            Agency::Af => "Arbetsförmedlingen",
        }
    }

    /// A role's name.
    pub const fn role(self, role: Role) -> &'static str {
        let (sv, en) = match role {
            Role::Deltagaransvarig => ("Deltagaransvarig", "Responsible for participants"),
            Role::Insatsansvarig => ("Insatsansvarig", "Responsible for measures"),
            Role::Samverkansadministrator => ("Samverkansadministratör", "Cooperation administrator"),
            Role::Rapportlasare => ("Rapportläsare", "Report reader"),
            Role::Samverkansansvarig => ("Samverkansansvarig", "Responsible for the cooperation"),
            Role::Systemforvaltare => ("Systemförvaltare", "System manager"),
            Role::System => ("System", "System"),
        };
        match self {
            Self::Swedish => sv,
            Self::English => en,
        }
    }

    /// The language that a reader asks for: by the address, else by the browser; Swedish when nothing is said.
    pub fn wanted(named: Option<&str>, accept: Option<&str>) -> Self {
        match named {
            Some("en") => return Self::English,
            Some("sv") => return Self::Swedish,
            _ => {}
        }
        let quality = |code: &str| {
            let ranges = accept.unwrap_or_default().split(',').map(str::trim);
            let of = ranges.filter_map(|range| {
                let (name, q) = range.split_once(";q=").unwrap_or((range, "1"));
                let fits = name.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(code));
                fits.then(|| q.trim().parse::<f32>().unwrap_or(0.0))
            });
            of.fold(0.0_f32, f32::max)
        };
        if quality("en") > quality("sv") { Self::English } else { Self::Swedish }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swedish_comes_first_and_english_by_choice() {
        for (named, accept, wanted) in [
            (None, None, Language::Swedish),
            (Some("en"), Some("sv"), Language::English),
            (Some("sv"), Some("en"), Language::Swedish),
            (Some("fi"), None, Language::Swedish),
            (None, Some("en-GB,en;q=0.9,sv;q=0.8"), Language::English),
            (None, Some("sv-SE,sv;q=0.9,en;q=0.8"), Language::Swedish),
            (None, Some("fi,*;q=0.1"), Language::Swedish),
            (None, Some("sv;q=nonsense,en;q=0.1"), Language::English),
        ] {
            assert_eq!(Language::wanted(named, accept), wanted, "{named:?} {accept:?}");
        }
    }
}
