//! The texts of the page of assignments.

texts! {
    /// The texts of the page of assignments.
    AssignmentTexts;
    title: "Uppdrag", "Assignments";
    about: "Uppdraget säger vid vilket kontor någon har en roll. Ingen ger sig själv ett uppdrag, och varje uppdrag intygas \
            en gång om året.",
        "An assignment says at which office somebody has a role. Nobody gives one to themselves, and each is confirmed once \
         a year.";
    list: "Uppdrag som gäller eller ska gälla", "Assignments that are valid or will be";
    person: "Person", "Person";
    office: "Kontor", "Office";
    role: "Roll", "Role";
    valid: "Gäller", "Valid";
    until_further: "tills vidare", "until further notice";
    review: "Intygas senast", "Confirm by";
    review_late: "Ska intygas", "To be confirmed";
    confirmed: "Senast intygat", "Last confirmed";
    what: "Gör", "Do";
    confirm: "Intyga", "Confirm";
    end: "Avsluta", "End";
    last_day: "Sista dag", "Last day";
    give: "Ge ett uppdrag", "Give an assignment";
    handler: "Handläggar-id", "Handläggare id";
    handler_hint: "Myndighetens eget id, inte personnummer.", "The agency's own id, not a personal identity number.";
    name: "Namn", "Name";
    name_hint: "Behövs bara för den som är ny i registret.", "Needed only for who is new in the register.";
    from: "Gäller från", "Valid from";
    to: "Gäller till", "Valid to";
    to_hint: "Tomt betyder tills vidare.", "Empty means until further notice.";
    send: "Ge uppdraget", "Give the assignment";
    all: "Alla", "All";
    only_due: "Bara de som ska intygas inom 30 dagar", "Only those to be confirmed within 30 days";
    show: "Visa", "Show";
    none: "Inga uppdrag att visa.", "No assignments to show.";
    given: "Uppdraget är givet.", "The assignment is given.";
    ended: "Uppdraget är avslutat.", "The assignment is ended.";
    confirmed_now: "Uppdraget är intygat.", "The assignment is confirmed.";
    refused: "Ingenting har ändrats", "Nothing was changed";
    not_yours: "Uppdrag som den rollen ges, intygas och avslutas av andra, eller av dig bara vid dina egna kontor.",
        "Assignments as that role are given, confirmed and ended by others, or by you only at your own offices.";
    found: "uppdrag", "assignments";
}
