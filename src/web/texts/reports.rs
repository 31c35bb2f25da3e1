//! The texts of the pages for steering groups and chiefs.

texts! {
    /// The texts of the pages for steering groups and chiefs.
    ReportTexts;

    title: "Rapporter", "Reports";
    lead: "Varje rapport visar ditt urval bredvid länet och riket, som diagram och tabell. Välj den som svarar på din fråga.",
        "Every report shows your selection beside the county and the country, as a diagram and a table. Choose the one that \
         answers your question.";
    open: "Öppna rapporten", "Open the report";

    // Controls.
    choose: "Välj period och område", "Choose period and place";
    from: "Från och med", "From";
    to: "Till och med", "To";
    place: "Område", "Place";
    package: "Delar som kommer först", "Parts that come first";
    usual_package: "Styrgruppens egna, om de finns", "The steering group's own, if there are any";
    no_package: "Ingen, i nummerordning", "None, in order of number";
    every: "Utveckling", "Development";
    every_none: "Hela perioden", "The whole period";
    every_month: "Månad för månad", "Month by month";
    every_quarter: "Kvartal för kvartal", "Quarter by quarter";
    every_year: "År för år", "Year by year";
    tables: "Tabeller", "Tables";
    tables_all: "Alla tillsammans", "All together";
    tables_by_sex: "Fördelade på kön", "Split by sex";
    show: "Visa", "Show";
    presets: "Visa i stället", "Show instead";
    half_year: "Det här halvåret", "This half-year";
    last_half_year: "Förra halvåret", "Last half-year";
    last_quarter: "Förra kvartalet", "Last quarter";
    this_year: "I år", "This year";
    last_year: "Förra året", "Last year";
    more: "Fler urval och fördelningar", "More selections and splits";
    split: "Dela varje rad på", "Split every row by";
    split_hint: "Högst tre.", "Three at most.";
    any: "Alla", "All";
    required_first: "Rapporten gäller dem med ett valt värde. Välj det nedan och tryck sedan Visa.",
        "The report is about those with a chosen value. Choose it below and then press Show.";
    own_places: "Mina styrgrupper och kontor", "My steering groups and offices";
    with_predecessors: "med föregångare", "with predecessors";
    country: "Riket", "Sweden";
    steering_groups: "Styrgrupper", "Steering groups";
    counties: "Län", "Counties";
    municipalities: "Kommuner", "Municipalities";
    fk_areas: "Försäkringskassans verksamhetsområden", "Areas of Försäkringskassan";
    af_areas: "Arbetsförmedlingens marknadsområden", "Areas of Arbetsförmedlingen";
    fk_offices: "Försäkringskassans kontor", "Offices of Försäkringskassan";
    af_offices: "Arbetsförmedlingens kontor", "Offices of Arbetsförmedlingen";

    // What is wrong.
    date_missing: "Ange ett datum, till exempel 2026-01-15.", "Give a date, such as 2026-01-15.";
    date_wrong: "Det är inget datum. Skriv till exempel 2026-01-15.", "That is no date. Write for instance 2026-01-15.";
    date_reversed: "Den sista dagen är före den första. Välj tidigast", "The last day is before the first. Choose at the earliest";
    place_wrong: "Området finns inte. Välj ett i listan.", "There is no such place. Choose one in the list.";
    choose_from_list: "Välj ett av valen i listan.", "Choose one of the list.";
    version_wrong: "Rapporten har ingen sådan version.", "The report has no such version.";
    as_of_wrong: "Tidpunkten som siffrorna ska vara kända vid går inte att läsa. Skriv ett datum, till exempel 2026-01-15.",
        "The instant on which the figures are to be known can't be read. Write a date, such as 2026-01-15.";
    counted_to_wrong: "Registreringen som det ska räknas till är inget heltal från 0.",
        "The registration to count to is no whole number from 0.";
    counted_to_ahead: "Så många registreringar finns inte än. Den senaste är nummer",
        "There are not so many registrations yet. The latest is number";
    no_numbers: "Skriv inget personnummer här. Det du skrev har tagits bort.",
        "Write no personnummer here. What you wrote has been taken away.";
    no_package_here: "Rapporten har inget sådant paket. Välj ett i listan.",
        "The report has no such package. Choose one in the list.";
    too_many: "För många olika urval i dag", "Too many different selections today";
    too_many_why: "Siffrorna är skyddade med brus, och då visas bara ett visst antal olika urval av en rapport per dygn. Det \
                   du redan har sett i dag kan du se igen. Nya urval går att göra i morgon.",
        "The figures are protected by noise, and then only so many different selections of a report are shown in a day. What \
         you have seen today you can see again. New selections can be made tomorrow.";

    // What a page shows.
    period: "Period", "Period";
    known: "Som känt", "As known";
    counted_to: "Räknat till registrering", "Counted to registration";
    protection: "Skydd av enskilda", "Protection of individuals";
    exact: "Exakta siffror", "Exact figures";
    cell_key: "Små avvikelser (brus) i alla siffror", "Small deviations (noise) in every figure";
    threshold: "Små tal visas inte", "Small numbers are not shown";
    selection: "Urval", "Selection";
    all_rows: "Samtliga", "All";
    one_measure: "Antal", "Number";
    anonymous: "Anonyma ärenden, utanför alla siffror", "Anonymous cases, outside every figure";
    earlier: "Du ser siffrorna som de var kända vid en tidigare tidpunkt.", "You see the figures as they were known earlier.";
    earlier_now: "Visa dem som de är nu", "Show them as they are now";
    summary: "Samlat läge", "Where things stand";
    summary_about: "Varje siffra står också i sin del längre ned.", "Every figure stands in its part below, too.";
    key_figure: "Nyckeltal", "Key figure";
    key_new: "Nya i gemensam kartläggning", "New in joint mapping";
    key_started: "Nya i insats", "New in measures";
    key_active: "I aktiv insats på periodens sista dag", "In an active measure on the last day of the period";
    key_none: "Inte gått vidare till insats efter kartläggning", "Not gone on to a measure after mapping";
    key_wait: "Dagar i väntan på insats, i medeltal", "Days of waiting for a measure, on average";
    key_time: "Dagar från begäran till avslut, i medeltal", "Days from request to end, on average";
    key_work: "I arbete utan subvention efter insats", "In unsubsidised work after a measure";
    contents: "Innehåll", "Contents";
    chosen_first: "Delarna i paketet kommer först:", "The parts of the package come first:";
    diagram: "Diagram", "Diagram";
    table: "Tabell", "Table";
    notes: "Att tänka på", "To bear in mind";
    left_out: "Fler rader finns i filerna att hämta:", "More rows are in the files to download:";
    files_of_part: "Hämta delen", "Download the part";
    follow_up: "Arbeta vidare", "Go on";
    since: "Vad har ändrats sedan förra mötet?", "What has changed since the last meeting?";
    since_about: "Siffror ändras när något registreras sent eller rättas. Ange dagen för förra mötet så visas vad varje siffra \
                  var då, vad den är nu och varför.",
        "Figures change when something is registered late or corrected. Give the day of the last meeting to see what each \
         figure was then, what it is now and why.";
    since_day: "Förra mötets dag", "Day of the last meeting";
    since_show: "Visa ändringarna", "Show the changes";
    since_missing: "Ange dagen för förra mötet, till exempel 2026-01-15.", "Give the day of the last meeting, such as 2026-01-15.";
    since_ahead: "Dagen har inte varit än. Ange en tidigare.", "That day has not been yet. Give an earlier one.";
    since_reversed: "Dagen är efter den tidpunkt som siffrorna visas vid. Ange en tidigare.",
        "That day is after the instant at which the figures are shown. Give an earlier one.";
    bottlenecks: "Flaskhalsar: var ärenden väntar längst", "Bottlenecks: where cases wait longest";
    trend: "Utveckling kvartal för kvartal", "Development quarter by quarter";
    quality: "Hur säkra siffrorna är: datakvalitet", "How reliable the figures are: data quality";
    baspaket: "Baspaketet för samma period och område", "The baspaket for the same period and place";
    permanent: "Länk till just de här siffrorna", "Link to exactly these figures";
    permanent_about: "Visar samma siffror för alltid, också när något registreras sent eller rättas.",
        "Shows the same figures for ever, also when something is registered late or corrected.";
    download: "Hämta hela rapporten", "Download the whole report";
    about_figures: "Om siffrorna", "About the figures";
    nothing: "Inget att visa än", "Nothing to show yet";

    // Changes.
    changes: "Ändringar sedan", "Changes since";
    changes_none: "Ingen siffra i urvalet har ändrats sedan dess.", "No figure of the selection has changed since then.";
    changes_about: "Bara rader som ändrats i urvalet visas. Orsakerna förklarar ändringen av varje antal.",
        "Only rows that changed in the selection are shown. The causes explain the change of every count.";
    was: "Var", "Was";
    is: "Är", "Is";
    change: "Ändring", "Change";
    points: "procentenheter", "percentage points";
    why: "Varför", "Why";
    row: "Rad", "Row";
    measure: "Mått", "Measure";
    causes: "Orsakerna", "The causes";
    behind: "Registreringarna bakom", "The registrations behind";
    behind_about: "De som ligger i ärenden som du får läsa, i den ordning de blev kända.",
        "Those of cases that you may read, in the order in which they became known.";
    back: "Tillbaka till rapporten", "Back to the report";
    anonymised: "Ärenden vars identitet skyddats sedan dess", "Cases whose identity was protected since";

    // The cases behind a figure.
    cases: "Ärendena bakom siffran", "The cases behind the figure";
    cases_about: "Det äldsta först. Bara ärenden vid kontor där du har uppdrag visas, så listan kan vara kortare än siffran.",
        "The oldest first. Only cases at offices where you have an assignment are shown, so the list may be shorter than the \
         figure.";
    cases_none: "Inget av ärendena ligger vid ett kontor där du har uppdrag.",
        "None of the cases is at an office where you have an assignment.";
    figure: "Siffran i rapporten", "The figure of the report";
    case: "Ärende", "Case";
    what: "Vad som räknats", "What was counted";
    day: "Dag", "Day";
    state_since: "Sedan", "Since";
    step: "Steg nu", "Step now";
    offices: "Kontor", "Offices";
    case_number: "Ärende", "Case";
    count_one: "träff", "hit";
    count_many: "träffar", "hits";

    // Packages.
    packages: "Rapportpaket", "Report packages";
    packages_lead: "Ett paket är de delar av en rapport som en styrgrupp följer, i den ordning den vill ha dem. De delarna kommer \
                    först när rapporten visas för gruppen.",
        "A package is the parts of a report that a steering group follows, in the order in which it wants them. Those parts \
         come first when the report is shown for the group.";
    packages_none: "Inga paket finns än.", "There are no packages yet.";
    packages_own: "Paket som du kan ändra", "Packages that you can change";
    packages_others: "Andras paket", "Packages of others";
    package_new: "Nytt paket", "New package";
    package_new_of: "Gör ett nytt paket av", "Make a new package of";
    package_change: "Ändra paketet", "Change the package";
    package_name: "Namn", "Name";
    package_name_hint: "Till exempel ”Det vi följer i Gävleborg”.", "For instance “What we follow in Gävleborg”.";
    package_group: "Styrgrupp", "Steering group";
    package_no_group: "Ingen styrgrupp", "No steering group";
    package_report: "Rapport", "Report";
    package_parts: "Delar", "Parts";
    package_parts_about: "Välj plats för varje del som ska komma först: 1 kommer först. Delar utan plats kommer efter, i \
                          nummerordning.",
        "Choose a place for each part that is to come first: 1 comes first. Parts without a place come after, in order of \
         number.";
    package_not: "Ingen plats", "No place";
    package_place: "Plats för", "Place of";
    package_save: "Spara paketet", "Save the package";
    package_saved: "Paketet är sparat.", "The package is saved.";
    package_removed: "Paketet är borttaget. Tidigare versioner finns kvar i historiken.",
        "The package is taken away. Earlier versions stay in the history.";
    package_remove: "Ta bort paketet", "Take the package away";
    package_remove_about: "Det går inte längre att välja. Tidigare versioner finns kvar i historiken.",
        "It can't be chosen any more. Earlier versions stay in the history.";
    package_share: "Länk att dela", "Link to share";
    package_share_about: "Öppnar rapporten för förra halvåret med paketets delar först, för den som får se rapporter.",
        "Opens the report for the last half-year with the package's parts first, for those who may see reports.";
    package_theirs: "En styrgrupps paket ändras av den som har uppdrag som samverkansansvarig vid ett av gruppens kontor.",
        "A steering group's package is changed by those who have an assignment as responsible for the cooperation at one of its \
         offices.";
    package_stale: "Paketet har ändrats av någon annan sedan du öppnade det. Det du skrev står kvar nedan. Spara igen om det \
                    ska ersätta den andras ändring.",
        "Somebody else has changed the package since you opened it. What you wrote stands below. Save again if it is to \
         replace their change.";
    package_two: "Två delar har samma plats. Ge varje del en egen.", "Two parts have the same place. Give each one of its own.";
    package_no_parts: "Ge minst en del en plats.", "Give at least one part a place.";
    package_key_used: "Formuläret har redan använts till ett annat paket. Spara igen.",
        "The form was already used for another package. Save again.";
    changed_at: "Ändrat", "Changed";
}

/// What each report answers, in Swedish and English.
const QUESTIONS: [(&str, &str, &str); 14] = [
    (
        "baspaket",
        "Hur går samverkan? Tio delar som räcker för de flesta styrgruppers möten.",
        "How is the cooperation going? Ten parts that are enough for most steering groups' meetings.",
    ),
    (
        "status",
        "Hur många deltagare finns i varje steg, och hur många har avslutats?",
        "How many participants are in each step, and how many have ended?",
    ),
    (
        "resultat-fortsatt-efter-gk",
        "Vad hände efter den gemensamma kartläggningen: stöd tillsammans, hos en myndighet eller inget?",
        "What happened after the joint mapping: support together, at one agency or none?",
    ),
    (
        "resultat-arbete-studier",
        "Hur många gick till arbete eller studier när samarbetet avslutades?",
        "How many went to work or studies when the cooperation ended?",
    ),
    (
        "resultat-fortsatt-fk",
        "Hur många hade fortsatt handläggning hos Försäkringskassan efteråt?",
        "How many were handled further by Försäkringskassan afterwards?",
    ),
    (
        "deltagare-sysselsattning",
        "Vad gjorde deltagarna före samarbetet, och vad gör de efter?",
        "What did participants do before the cooperation, and what do they do after?",
    ),
    (
        "deltagare-arbete-studier",
        "Vilka deltagare har nytt arbete eller nya studier, eller mer än före?",
        "Which participants have new work or studies, or more than before?",
    ),
    (
        "deltagare-forman",
        "Vilka ersättningar hade deltagarna före, efter och båda gångerna?",
        "Which benefits did participants have before, after and both times?",
    ),
    (
        "deltagare-forman-efter",
        "Vilka ersättningar har de efter som hade en viss ersättning före?",
        "Which benefits do those have after who had a certain one before?",
    ),
    (
        "deltagare-bakgrund",
        "Vilka är deltagarna: ålder, utbildning, anställning och tid i offentlig försörjning?",
        "Who are the participants: age, education, employment and time in public support?",
    ),
    (
        "deltagare-tider",
        "Hur lång tid tar varje steg och hela samarbetet, och hur stor är spridningen?",
        "How long do each step and the whole cooperation take, and how much does it vary?",
    ),
    ("deltagare-floden", "Hur rör sig deltagarna mellan stegen?", "How do participants move between the steps?"),
    (
        "flaskhalsar",
        "Var väntar ärendena längst, och blir det bättre eller sämre?",
        "Where do cases wait longest, and is it getting better or worse?",
    ),
    (
        "datakvalitet",
        "Går siffrorna att lita på: registreras det i tid, fullständigt och av rätt myndighet?",
        "Can the figures be trusted: is it registered in time, completely and by the right agency?",
    ),
];

/// The question that a report answers, in words; empty where nobody has said.
#[must_use]
pub fn question(report: &str, language: super::Language) -> &'static str {
    QUESTIONS.iter().find(|(id, ..)| *id == report).map_or("", |(_, sv, en)| language.pick(sv, en))
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;
    use crate::reports::catalogue::catalogue;

    #[test]
    fn every_report_says_what_it_answers() {
        for report in catalogue().reports() {
            for language in [Language::Swedish, Language::English] {
                assert!(question(&report.id, language).ends_with(['?', '.']), "{}", report.id);
            }
        }
        assert_eq!(QUESTIONS.len(), catalogue().reports().len());
    }
}
