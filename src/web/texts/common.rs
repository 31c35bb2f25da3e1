//! What all pages share: the frame, the start page, logging in, the first words of every refusal.

texts! {
    /// The texts that all pages share.
    Texts;

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
    log_in_first: "Logga in för att se sidan.", "Log in to see the page.";
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
    not_found: "Sidan finns inte", "There is no such page";
    not_found_why: "Kontrollera adressen. Ett ärende visas bara för den som har uppdrag vid något av ärendets kontor.",
        "Check the address. A case is shown only to those who have an assignment at one of its offices.";
    forbidden: "Du har inte behörighet till sidan", "You have no permission for this page";
    forbidden_why: "Din roll räcker inte. Kontakta den som delar ut roller och uppdrag om du behöver komma åt den.",
        "Your role is not enough. Contact whoever gives roles and assignments if you need it.";
    too_often: "För många försök på kort tid", "Too many attempts in a short time";
    too_often_why: "Vänta en minut och försök sedan igen.", "Wait for a minute and then try again.";
    failed: "Något gick fel hos oss", "Something went wrong here";
    failed_why: "Ingenting har ändrats. Försök igen om en stund.", "Nothing was changed. Try again in a while.";
    menu: "Meny", "Menu";
    menu_cases: "Mina ärenden", "My cases";
    menu_new: "Ny begäran", "New request";
    menu_search: "Sök", "Search";
    menu_baspaket: "Baspaket", "Baspaket";
    menu_reports: "Rapporter", "Reports";
    menu_packages: "Rapportpaket", "Report packages";
    menu_assignments: "Uppdrag", "Assignments";
    menu_guide: "Processguide", "Process guide";
    about_cases: "Dina öppna ärenden med det mest brådskande först: vad som ska registreras, av vem och senast när.",
        "Your open cases, the most urgent first: what is to be registered, by whom and by when.";
    about_new: "Registrera en begäran om gemensam kartläggning, med samtycke eller anonymt.",
        "Register a request for a joint mapping, with consent or anonymously.";
    about_search: "Hitta ett ärende på personnummer eller myndighetens ärendenummer.",
        "Find a case by personal identity number or by the agency's case number.";
    about_baspaket: "Styrgruppens tio delar: det egna området bredvid länet och riket.",
        "The steering group's ten parts: the own area beside the län and the country.";
    about_reports: "Alla rapporter, med den fråga som var och en svarar på.",
        "All reports, with the question that each of them answers.";
    about_packages: "Välj vilka delar din styrgrupp följer.", "Choose which parts your steering group follows.";
    about_assignments: "Vem som har vilket uppdrag vid vilket kontor, och vad som ska intygas.",
        "Who has which assignment at which office, and what is to be confirmed.";
    about_guide: "Vem som registrerar vad, och när.", "Who registers what, and when.";
    help: "Hjälp", "Help";
    accessibility: "Tillgänglighet", "Accessibility";
    practice: "Övning. Inga riktiga personer finns här, och vem som helst kan logga in.",
        "Practice. There are no real people here, and anyone can log in.";
    practice_log_in: "Logga in för att öva som", "Log in to practise as";
    practice_why: "Övningsdatabasens personer är påhittade. Välj vem du vill vara:",
        "The people of the practice database are made up. Choose whom you want to be:";
    problem_heading: "Det finns fel i formuläret", "There are mistakes in the form";
    missing: "Fyll i eller välj ett värde.", "Fill in or choose a value.";
    missing_date: "Ange ett datum, till exempel 2026-01-15.", "Give a date, for example 2026-01-15.";
    required: "(måste fyllas i)", "(required)";
    optional: "(frivilligt)", "(optional)";
    choose: "Välj", "Choose";
    yes: "Ja", "Yes";
    no: "Nej", "No";
    first_page: "Första", "First";
    previous_page: "Föregående", "Previous";
    next_page: "Nästa", "Next";
    last_page: "Sista", "Last";
    pages: "Sidor", "Pages";
}
