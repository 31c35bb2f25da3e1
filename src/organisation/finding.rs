//! What can be wrong with an organisation file, each once, with its texts.
//!
//! Never here: the value that was wrong. A file may hold an identity number in the wrong place, and an answer must not
//! carry it on; the pointer says where to look.

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OrganisationFinding {
    /// JSON Pointer into the file; empty for what is in the register already and no longer fits.
    pub pointer: String,
    /// Stable code; clients branch on it.
    pub code: &'static str,
    /// What is wrong, in Swedish.
    pub sv: String,
    /// What is wrong, in English.
    pub en: String,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $sv:literal, $en:literal;)*) => {
        /// What can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Problem {
            $($(#[$doc])* $name,)*
        }

        impl Problem {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The Swedish text.
            #[must_use]
            pub const fn sv(self) -> &'static str {
                match self { $(Self::$name => $sv),* }
            }

            /// The English text.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en),* }
            }
        }
    };
}

problems! {
    /// Another JSON type than expected.
    Type, "org_type", "Värdet har fel form. Rätt är: ", "The value has the wrong form. Right is: ";
    /// A field nobody knows.
    UnknownField, "org_unknown_field", "Fältet finns inte.", "There is no such field.";
    /// A field that must be there.
    Missing, "org_missing", "Fältet saknas.", "The field is missing.";
    /// A value that is not of the wanted form.
    Format, "org_format", "Värdet är inte giltigt. Rätt är: ", "The value is not valid. Right is: ";
    /// The same code twice in the file.
    Duplicate, "org_duplicate", "Samma kod står redan tidigare.", "The same code stands earlier already.";
    /// A code that leads nowhere.
    UnknownReference, "org_unknown_reference", "Koden finns inte i registret: ", "The code is not in the register: ";
    /// Two entries of different agencies.
    Agency, "org_agency", "Myndigheterna stämmer inte överens: ", "The agencies do not agree: ";
    /// From after to.
    Validity, "org_validity", "Första dagen ligger efter sista dagen.", "The first day lies after the last day.";
    /// A successor that can't take over.
    Successor, "org_successor", "Efterträdaren kan inte ta över: ", "The successor can't take over: ";
    /// Roles that one person may not have at the same time.
    RoleCombination, "org_role_combination",
        "Samverkansadministratör får aldrig vara deltagaransvarig samtidigt.",
        "A samverkansadministrator may never be deltagaransvarig at the same time.";
    /// Members of a steering group.
    Members, "org_members", "Styrgruppens medlemmar är inte rätt angivna: ", "The group's members are not rightly given: ";
    /// Steps of an agreement.
    Steps, "org_steps",
        "Överenskommelsen får bara gälla steg som den andra myndigheten äger.",
        "The agreement may only be about steps that the other agency owns.";
    /// A kommun outside the län.
    OutsideCounty, "org_outside_lan", "Kommunen ligger inte i länet.", "The kommun does not lie in the län.";
    /// An identity number where none may be.
    IdentityNumber, "org_identity_number",
        "Texten ser ut att innehålla ett personnummer. Sådana får inte finnas här.",
        "The text seems to hold an identity number. None may stand here.";
}

impl Problem {
    /// The finding at a place.
    #[must_use]
    pub fn at(self, pointer: impl Into<String>) -> OrganisationFinding {
        self.with(pointer, "", "")
    }

    /// The finding at a place, with the end of its sentence in both languages.
    #[must_use]
    pub fn with(self, pointer: impl Into<String>, sv: &str, en: &str) -> OrganisationFinding {
        OrganisationFinding {
            pointer: pointer.into(),
            code: self.code(),
            sv: format!("{}{sv}", self.sv()),
            en: format!("{}{en}", self.en()),
        }
    }
}
