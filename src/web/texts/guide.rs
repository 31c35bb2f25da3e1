//! The texts of the process guide, the help and the accessibility statement. Rules and questions have their own words.

texts! {
    /// The texts of the process guide.
    GuideTexts;
    title: "Processguide", "Process guide";
    lead: "Vem registrerar vad, och när? Guiden är gjord av samma regler som tjänsten prövar registreringar mot.",
        "Who registers what, and when? The guide is made from the very rules that the service holds registrations against.";
    glance: "Processen i korthet", "The process at a glance";
    who: "Registreras av", "Registered by";
    first: "som det första steget i ett ärende", "as the first step of a case";
    dated: "Datum", "Date";
    dated_first: "Tidigast den dag då samtycket hämtades in.", "At the earliest on the day when the consent was obtained.";
    dated_after: "Tidigast dagen efter det steg det följer på.", "At the earliest the day after the step that it follows.";
    dated_planned: "Tidigast dagen efter gemensam kartläggning: de två får aldrig ha samma datum.",
        "At the earliest the day after the joint mapping: the two never share a date.";
    dated_ahead: "Får dateras högst {days} dagar framåt.", "May be dated at most {days} days ahead.";
    dated_past: "Får inte dateras framåt.", "May not be dated ahead.";
    next: "Nästa registrering", "The next registration";
    next_days: "Inom {days} dagar.", "Within {days} days.";
    next_gk: "Inom {days} dagar efter mötet; efter flera möten dagen efter det sista.",
        "Within {days} days after the meeting; after several meetings the day after the last.";
    next_follow_up: "Uppföljning efter {days} dagar; vid aktivitetsersättning efter {longer}.",
        "Follow-up after {days} days; with aktivitetsersättning after {longer}.";
    after: "efter", "after";
    ends: "Avslutar ärendet.", "Ends the case.";
    asked: "Frågor", "Questions";
    asked_leaving_gk: "Frågor när kartläggningen lämnas", "Questions when the mapping is left";
    only_if: "om ja på", "if yes to";
    table: "Vilket steg kan följa på vilket", "Which step can follow which";
    from_to: "Från \u{2193} till \u{2192}", "From \u{2193} to \u{2192}";
    start_of_case: "(nytt ärende)", "(new case)";
    not_allowed: "Går inte", "Not possible";
    wrong: "När en registrering inte godtas", "When a registration is refused";
    wrong_lead: "Alla fel visas på en gång, med vad som vore rätt. Här är reglerna; koden står också i svaret till ett system.",
        "All mistakes are shown at once, with what would be right. These are the rules; a system is told the code, too.";
    rule: "Regel", "Rule";
    code: "Kod", "Code";
    notices: "Påpekanden", "Notices";
    notices_lead: "Registreringen godtas, men det här sägs.", "The registration is accepted, but this is said.";
    consent: "Samtycke", "Consent";
    consent_text: "Skriftligt samtycke hämtas in innan något om personen registreras. Det gäller tills samarbetet upphör och kan \
                   återtas när som helst, hos vilken som helst av myndigheterna; samarbetet avbryts då samma dag. En begäran \
                   bör nå Arbetsförmedlingen med samtycket minst en vecka före första mötet.",
        "Written consent is obtained before anything about the person is registered. It holds until the cooperation ends and can \
         be withdrawn any day, at either agency; the cooperation is then broken off the same day. A request should reach \
         Arbetsförmedlingen with the consent at least a week before the first meeting.";
    practise: "Öva", "Practise";
    practise_here: "Det här är en övningsdatabas: pröva fritt, inget är på riktigt.",
        "This is a practice database: try freely, nothing is for real.";
    practise_elsewhere: "I en övningsdatabas kan allt prövas utan att något registreras på riktigt. Den som driver tjänsten \
                         startar en med kommandot sus demo.",
        "In a practice database everything can be tried and nothing is registered for real. Whoever runs the service starts \
         one by the command sus demo.";
}

texts! {
    /// The texts of the help page.
    HelpTexts;
    title: "Hjälp", "Help";
    find: "Hitta dina ärenden", "Find your cases";
    find_text: "Mina ärenden visar dina öppna ärenden med det mest brådskande först: vad som ska registreras, av vem och senast \
                när. Filtret över listan visar till exempel bara försenade ärenden, eller kollegors ärenden vid ditt kontor.",
        "My cases shows your open cases, the most urgent first: what is to be registered, by whom and by when. The filter above \
         the list shows for example only overdue cases, or colleagues' cases at your office.";
    missing: "Jag hittar inte ett ärende", "I can't find a case";
    missing_text: "Du ser bara ärenden vid kontor där du har uppdrag. Sök på personnummer eller myndighetens ärendenummer; finns \
                   ett öppet ärende vid ett annat kontor får du veta det, men inte mer. Anonyma ärenden hittas genom sin adress.",
        "You see only cases at offices where you have an assignment. Search by personal identity number or by the agency's case \
         number; of an open case at another office you learn that there is one, and nothing else. Anonymous cases are found by \
         their address.";
    wrong: "Något blev fel", "Something went wrong";
    wrong_text: "Ingenting skrivs över. På ärendets sida kan den myndighet som registrerade rätta svar och datum, ångra det sista \
                 steget eller märka ärendet som felregistrerat; vad som stod förut går att se.",
        "Nothing is overwritten. On the page of the case, the agency that registered can correct answers and dates, undo the last \
         step or mark the case as registered in error; what stood before can still be seen.";
    turn: "Det är inte min tur", "It isn't my turn";
    turn_text: "Försäkringskassan registrerar till och med den planerade insatsen, sedan Arbetsförmedlingen. Ärendets sida säger \
                vems tur det är. En lokal överenskommelse kan låta den ena registrera åt den andra.",
        "Försäkringskassan registers up to and including the planned measure, then Arbetsförmedlingen. The page of the case says \
         whose turn it is. A local agreement can let one register for the other.";
    figures: "Siffror och rapporter", "Figures and reports";
    figures_text: "Rapporterna räknas på nytt varje gång, och säger vad de räknar och till vilken registrering. Länken under \
                   rapporten visar samma siffror för alltid. Små tal kan vara skyddade; fotnoten säger hur.",
        "Reports are counted anew each time, and say what they count and up to which registration. The link below a report shows \
         the same figures for ever. Small numbers may be protected; the footnote says how.";
    access: "Behörighet", "Access";
    access_text: "Din roll kommer från inloggningen, dina uppdrag från den som är insatsansvarig eller samverkansadministratör. \
                  Varje visning av personuppgifter skrivs i en logg som inte kan ändras.",
        "Your role comes from the login, your assignments from whoever is responsible for measures or administers the \
         cooperation. Every view of personal data is written in a log that can't be altered.";
    ends: "Inloggningen", "The login";
    ends_text: "Den avslutas efter en stund utan användning, och alltid efter några timmar; du varnas före.",
        "It ends after a while without use, and always after some hours; you are warned before.";
    systems: "För system", "For systems";
    systems_text: "Allt kan också göras av myndigheternas egna system, genom tjänstens programmeringsgränssnitt:",
        "Everything can be done by the agencies' own systems, too, by the service's programming interface:";
}

texts! {
    /// The texts of the accessibility statement.
    AccessibilityTexts;
    title: "Tillgänglighetsredogörelse", "Accessibility statement";
    lead: "Tjänsten ska kunna användas av alla. Här står hur tillgänglig den är, vad som brister och hur du säger till.",
        "Everyone should be able to use the service. This says how accessible it is, what is lacking and how to tell us.";
    how: "Hur tillgänglig tjänsten är", "How accessible the service is";
    how_text: "Sidorna är gjorda för att följa lagen om tillgänglighet till digital offentlig service: EN 301 549, som kräver WCAG \
               2.1 på nivå AA. Målet är WCAG 2.2 på nivå AA.",
        "The pages are made to follow the law on accessibility of digital public services: EN 301 549, which requires WCAG 2.1 at \
         level AA. The aim is WCAG 2.2 at level AA.";
    tested: "Hur det är prövat", "How it was tested";
    tested_text: "Tillverkaren prövar varje sida vid varje ändring i en webbläsare med verktyget axe-core och utan anmärkningar, \
                  vid full bredd och vid 320 bildpunkters bredd. Prövningen är tillverkarens egen; ingen utomstående har granskat \
                  tjänsten, och hjälpmedelsanvändare har ännu inte prövat den.",
        "The maker tests every page at every change in a browser with the tool axe-core and without findings, at full width and at \
         a width of 320 pixels. The test is the maker's own; nobody from outside has reviewed the service, and users of \
         assistive technology have not tried it yet.";
    lacking: "Kända brister", "Known shortcomings";
    lacking_text: "Breda tabeller i rapporter rullas i sidled i sin egen ruta på smala skärmar. Filer som hämtas (XLSX, PX och \
                   andra) är data och inte gjorda för uppläsning; samma siffror finns som tabell på sidan.",
        "Wide tables of reports scroll sideways in a box of their own on narrow screens. Files that are downloaded (XLSX, PX and \
         others) are data and not made to be read aloud; the same figures are there as a table on the page.";
    tell: "Säg till om något inte fungerar", "Tell us when something does not work";
    tell_text: "Kontakta den som driver tjänsten hos din myndighet, så får du hjälp och uppgifterna på ett annat sätt.",
        "Contact whoever runs the service at your agency, and you get help and the information in another way.";
    supervision: "Tillsyn", "Supervision";
    supervision_text: "Myndigheten för digital förvaltning, Digg, har tillsyn över lagen. Dit kan du anmäla brister som inte \
                       åtgärdas.",
        "The Agency for Digital Government, Digg, supervises the law. You can report shortcomings that are not mended there.";
}
