//! The texts of the lists of cases, of a case and of search. `{…}` is filled in by a value.

texts! {
    /// The texts of the lists of cases, of a case and of search.
    CaseTexts;
    // The list.
    my_cases: "Mina ärenden", "My cases";
    office_cases: "Kontorets ärenden", "The office's cases";
    colleague_cases: "Ärenden hos {name}", "Cases of {name}";
    counts: "Pågående ärenden i korthet", "Open cases in brief";
    count_open: "Pågående", "Open";
    count_overdue: "Försenade", "Overdue";
    count_soon: "Inom en vecka", "Within a week";
    count_other: "Väntar på {agency}", "Waiting for {agency}";
    count_missing: "Svar saknas", "Answers missing";
    choose: "Välj ärenden", "Choose cases";
    whose: "Vems ärenden", "Whose cases";
    mine: "Mina", "Mine";
    everyone: "Alla på mina kontor", "Everyone's at my offices";
    office: "Kontor", "Office";
    all_offices: "Alla mina kontor", "All my offices";
    step: "Står i", "Stands at";
    all_steps: "Alla steg", "All steps";
    turn: "Nästa registrering görs av", "Next registration is made by";
    both_agencies: "Båda myndigheterna", "Both agencies";
    time: "Tid", "Time";
    any_time: "Alla", "Any";
    overdue: "Försenade", "Overdue";
    soon: "Inom en vecka", "Within a week";
    status: "Status", "Status";
    status_open: "Pågående", "Open";
    status_ended: "Avslutat", "Ended";
    status_felregistrering: "Felregistrering", "Registered in error";
    any_answers: "Alla", "Any";
    only_missing: "Svar saknas", "Answers missing";
    colleagues: "Kollegor", "Colleagues";
    show: "Visa", "Show";
    clear: "Rensa urvalet", "Clear the choices";
    found_one: "1 ärende", "1 case";
    found: "{n} ärenden", "{n} cases";
    most_urgent_first: "De mest brådskande först", "The most urgent first";
    in_order_of_request: "I den ordning de begärdes", "In the order of their requests";
    table_region: "Lista över ärenden", "List of cases";
    col_case: "Ärende", "Case";
    col_step: "Står i", "Stands at";
    col_next: "Nästa registrering", "Next registration";
    col_due: "Tid", "Time";
    col_other: "Hos {agency}", "At {agency}";
    col_own: "Hos oss", "With us";
    without_number: "Utan ärendenummer ({id})", "Without case number ({id})";
    anonymous_number: "Anonymt ärende ({id})", "Anonymous case ({id})";
    since: "sedan", "since";
    our_turn: "Er tur", "Your turn";
    their_turn: "Väntar på {agency}", "Waiting for {agency}";
    none_missing: "Inga saknas", "None missing";
    empty_title: "Inga ärenden att visa", "No cases to show";
    empty_mine: "Du är inte handläggare för något pågående ärende. Se kontorets ärenden, sök efter en person eller registrera en ny begäran.",
        "You are not the handläggare of any open case. See the office's cases, search for a person or register a new request.";
    empty_filter: "Inget ärende stämmer med det du har valt. Rensa urvalet eller välj något annat.",
        "No case fits your choices. Clear the choices or choose something else.";
    empty_office: "Det finns inga pågående ärenden här. Registrera en ny begäran när samtycke har lämnats.",
        "There are no open cases here. Register a new request when a consent has been given.";
    empty_colleague: "Kollegan är inte handläggare för något pågående ärende på dina kontor.",
        "The colleague is not the handläggare of any open case at your offices.";
    empty_page: "Listan är kortare än så. Gå till första sidan.", "The list is shorter than that. Go to the first page.";
    no_offices: "Du har inget uppdrag som deltagaransvarig i dag, så här finns inga ärenden att visa. Be den som är insatsansvarig på ditt kontor om ett uppdrag.",
        "You have no assignment as responsible for participants today, so there are no cases to show here. Ask whoever is responsible for measures at your office for an assignment.";
    see_office: "Se kontorets ärenden", "See the office's cases";
    new_request: "Registrera en ny begäran", "Register a new request";
    first_page: "Första", "First";

    // Words of a case.
    fk_and_af: "{fk} och {af}", "{fk} and {af}";
    woman: "Kvinna", "Woman";
    man: "Man", "Man";
    no_handler: "Ingen utsedd", "Nobody appointed";
    handler_removed: "Borttagen", "Removed";
    one_day: "{n}\u{a0}dag", "{n}\u{a0}day";
    days: "{n}\u{a0}dagar", "{n}\u{a0}days";
    today: "i dag", "today";
    in_days: "om {days}", "in {days}";
    days_over: "{days} försenad", "{days} overdue";
    registered_by: "{what} registreras av {owner} senast", "{what}: to be registered by {owner} by";
    next_gk: "Gemensam kartläggning", "Joint mapping";
    next_planned: "Planerad insats", "Planned measure";
    next_insats: "Start av insats", "Start of measure";
    next_follow_up: "Uppföljning av insatsen", "Follow-up of the measure";
    one_answer_missing: "{n}\u{a0}svar saknas", "{n}\u{a0}answer is missing";
    answers_missing: "{n}\u{a0}svar saknas", "{n}\u{a0}answers are missing";
    yes: "Ja", "Yes";
    no: "Nej", "No";
    none_of_them: "Ingen", "None";

    // A case.
    was_registered: "Registrerat: {what}.", "Registered: {what}.";
    back_to_list: "Till mina ärenden", "To my cases";
    was_known: "Så här var ärendet känt den {day}.", "This is the case as it was known on {day}.";
    was_known_why: "Det du ser är en tidigare bild. Det som har registrerats eller rättats därefter visas inte, och inget kan registreras härifrån.",
        "What you see is an earlier view. What has been registered or corrected since is not shown, and nothing can be registered from here.";
    show_now: "Visa ärendet som det är nu", "Show the case as it is now";
    next_heading: "Att göra härnäst", "What to do next";
    register: "Registrera nästa steg", "Register the next step";
    your_turn: "Det är er tur: registreringen görs av {agency}.", "It is your turn: {agency} registers.";
    wait_for: "Ni väntar på {agency}, som gör registreringen.", "You are waiting for {agency}, who registers.";
    wait_but_agreed: "{agency} äger registreringen, men ni får göra den enligt lokal överenskommelse.",
        "{agency} owns the registration, but you may make it by a local agreement.";
    may_follow: "Det kan bli", "It may be";
    ended_nothing: "Samarbetet är avslutat. Det finns inget mer att registrera.", "The cooperation has ended. There is nothing more to register.";
    error_nothing: "Ärendet är markerat som felregistrering. Det finns inget att registrera förrän markeringen hävs.",
        "The case is marked as registered in error. There is nothing to register until that is undone.";
    instead: "Ärendet som gäller i stället", "The case that stands instead";
    notices: "Att uppmärksamma", "Worth noticing";
    notice_felregistrering: "Ärendet är markerat som felregistrering och räknas inte i några rapporter.",
        "The case is marked as registered in error and is counted in no report.";
    notice_anonymous: "Ärendet är anonymt: personuppgifter, kommun och de flesta svar registreras inte, och det redovisas på en egen rad i rapporterna.",
        "The case is anonymous: personal data, kommun and most answers are not registered, and reports count it in a row of its own.";
    notice_removed: "Personuppgifterna är borttagna. Ärendet räknas som förut.", "Personal data has been removed. The case counts as before.";
    notice_overdue: "Nästa registrering är {late}. Den görs av {owner}.", "The next registration is {late}. {owner} makes it.";
    notice_no_handler: "Ingen handläggare är utsedd hos {agency}.", "No handläggare is appointed at {agency}.";
    notice_office_closed: "{office} är inte öppet i dag. Byt kontor på ärendet.", "{office} is not open today. Change the office of the case.";
    notice_old_consent: "Samtycket blev äldre än {months} månader den {day}. Kontrollera att det fortfarande gäller.",
        "The consent became older than {months} months on {day}. Check that it still holds.";
    notice_on_behalf: "Minst ett steg registrerades för den andra myndighetens räkning, enligt lokal överenskommelse.",
        "At least one step was registered on behalf of the other agency, by a local agreement.";
    process: "Var i processen", "Where in the process";
    place_request: "Begäran", "Request";
    place_mapping: "Gemensam kartläggning", "Joint mapping";
    place_planned: "Planerad insats", "Planned measure";
    place_insats: "Insats", "Measure";
    place_ending: "Avslut", "Ending";
    place_here: "Här nu", "Here now";
    place_done: "Klart", "Done";
    place_skipped: "Inte med", "Left out";
    place_ahead: "Återstår", "To come";
    place_by: "{agency} registrerar", "{agency} registers";
    timeline: "Tidslinje", "Timeline";
    now: "Nu", "Now";
    expected: "Väntas", "Expected";
    registered: "Registrerades av {who} {when}", "Registered by {who} {when}";
    registered_on_behalf: "Registrerades av {who} {when}, för den andra myndighetens räkning", "Registered by {who} {when}, on behalf of the other agency";
    lasted: "Varade {days}", "Lasted {days}";
    has_lasted: "Har varat {days}", "Has lasted {days}";
    begins: "Börjar {day}", "Begins {day}";
    answers: "Svar", "Answers";
    missing: "Svar saknas", "Answers missing";
    nothing_asked: "Här ställs inga frågor.", "No questions are asked here.";
    about: "Om ärendet", "About the case";
    personnummer: "Personnummer", "Personnummer";
    anonymous_case: "Anonymt ärende", "Anonymous case";
    identity_removed: "Borttaget", "Removed";
    sex: "Kön", "Sex";
    age_at_request: "Ålder vid begäran", "Age at the request";
    years: "{n} år", "{n} years";
    years_or_older: "{n} år eller äldre", "{n} years or older";
    years_or_younger: "{n} år eller yngre", "{n} years or younger";
    municipality: "Kommun vid begäran", "Kommun at the request";
    number_at_fk: "Ärendenummer hos Försäkringskassan", "Case number at Försäkringskassan";
    number_at_af: "Ärendenummer hos Arbetsförmedlingen", "Case number at Arbetsförmedlingen";
    requested_on: "Begärt", "Requested";
    staff: "Kontor och handläggare", "Offices and handläggare";
    from_day: "Från", "From";
    present: "gäller nu", "present";
    consent: "Samtycke", "Consent";
    no_consent: "Inget samtycke är registrerat: ärendet är anonymt.", "No consent is registered: the case is anonymous.";
    obtained_on: "Lämnat", "Given";
    obtained_by: "Inhämtat av", "Obtained by";
    consent_form: "Blankett", "Form";
    withdrawn_on: "Återkallat", "Withdrawn";
    history: "Historik", "History";
    history_about: "Allt som har registrerats och rättats, det senaste först. Inget skrivs över.",
        "Everything that was registered and corrected, the latest first. Nothing is overwritten.";
    col_when: "När det blev känt", "When it was known";
    col_what: "Vad", "What";
    col_who: "Av vem", "By whom";
    col_why: "Varför", "Why";
    correction: "Rättelse", "Correction";
    told_step: "{step} den {day}", "{step} on {day}";
    told_withdrawal: "Samtycket återkallades den {day}; samarbetet avbrutet den {ending}", "The consent was withdrawn on {day}; the cooperation broken off on {ending}";
    told_answers: "Svar i efterhand till {step}: {questions}", "Late answers to {step}: {questions}";
    told_offices: "Kontor från {day}: {offices}", "Offices from {day}: {offices}";
    told_handlers: "Handläggare från {day}: {handlers}", "Handläggare from {day}: {handlers}";
    told_protection: "Skyddade personuppgifter från {day}: ärendet blev anonymt", "Protected identity from {day}: the case became anonymous";
    told_coarsening: "Det som ingen statistik behöver togs bort den {day}", "What no figure needs was removed on {day}";
    told_removal: "Personuppgifterna togs bort den {day}", "Personal data was removed on {day}";
    told_reference: "Ärendenummer hos {agency}: {number}", "Case number at {agency}: {number}";
    told_undo: "{step} togs bort", "{step} was taken away";
    told_move: "{step} fick datumet {day}", "{step} got the date {day}";
    told_replace: "{step} ändrades till {to}", "{step} was changed to {to}";
    told_corrected_answers: "Svar till {step} rättades: {questions}", "Answers to {step} were corrected: {questions}";
    told_municipality: "Kommun rättades till {name}", "The kommun was corrected to {name}";
    told_consent: "Uppgifterna om samtycket rättades", "The data of the consent was corrected";
    told_office_change: "Kontor rättades: {what}", "Offices were corrected: {what}";
    told_from: "från {day}", "from {day}";
    told_felregistrering: "Hela ärendet markerades som felregistrering", "The whole case was marked as registered in error";
    told_undo_felregistrering: "Markeringen som felregistrering hävdes", "The mark as registered in error was undone";
    on_behalf: ", för den andra myndighetens räkning", ", on behalf of the other agency";
    by_system: "systemet {name}", "the system {name}";
    a_step: "ett steg", "a step";
    taken_away: "borttaget", "removed";
    actions: "Gör något annat", "Do something else";
    do_answer: "Lämna svar som saknas", "Give missing answers";
    do_hand_over: "Byt handläggare", "Change handläggare";
    do_change_office: "Byt kontor", "Change office";
    do_correct: "Rätta eller ångra", "Correct or undo";
    do_consent: "Återkallat samtycke eller skyddade uppgifter", "Consent withdrawn or protected identity";
    as_known: "Se ärendet som det var känt en viss dag", "See the case as it was known on a day";
    as_known_hint: "Till exempel {day}", "Such as {day}";
    day: "Dag", "Day";
    show_day: "Visa den dagen", "Show that day";
    bad_day: "Dagen är inget datum. Skriv den som {day}.", "The day is not a date. Write it as {day}.";
    not_known_then: "Ärendet var inte känt den {day}. Välj en senare dag.", "The case was not known on {day}. Choose a later day.";
    future_day: "Dagen har inte varit än. Välj en dag till och med {day}.", "That day has not been yet. Choose a day up to {day}.";

    // Search.
    search: "Sök person eller ärende", "Search for a person or a case";
    search_about: "Sök på personnummer eller på er myndighets ärendenummer. Varje sökning loggas.",
        "Search by personnummer or by your agency's case number. Every search is logged.";
    search_field: "Personnummer eller ärendenummer", "Personnummer or case number";
    search_hint: "Personnummer skrivs ÅÅÅÅMMDD-NNNN. Samordningsnummer går också bra.",
        "A personnummer is written YYYYMMDD-NNNN. A coordination number will do as well.";
    do_search: "Sök", "Search";
    error_empty: "Skriv ett personnummer eller ett ärendenummer.", "Write a personnummer or a case number.";
    error_shape: "Det här är inget helt personnummer. Skriv tolv siffror, som ÅÅÅÅMMDD-NNNN, eller tio, som ÅÅMMDD-NNNN.",
        "This is not a whole personnummer. Write twelve digits, as YYYYMMDD-NNNN, or ten, as YYMMDD-NNNN.";
    error_date: "Siffrorna börjar inte med ett datum som ett personnummer kan ha. Kontrollera år, månad och dag: ÅÅÅÅMMDD.",
        "The digits do not begin with a date that a personnummer can have. Check year, month and day: YYYYMMDD.";
    error_check: "Kontrollsiffran stämmer inte: den sista siffran passar inte till de andra. Kontrollera varje siffra.",
        "The check digit is wrong: the last digit does not fit the others. Check every digit.";
    error_future: "Födelsedagen ligger i framtiden. Kontrollera år, månad och dag: ÅÅÅÅMMDD.",
        "The birth date lies in the future. Check year, month and day: YYYYMMDD.";
    error_within: "Skriv personnumret för sig, utan annan text.", "Write the personnummer by itself, without other text.";
    error_reference: "Ett ärendenummer har {allowed}.", "A case number has {allowed}.";
    results_person: "Ärenden för personen", "Cases of the person";
    results_reference: "Ärenden med numret {number}", "Cases with the number {number}";
    elsewhere: "Personen har ett öppet ärende vid ett annat kontor.", "The person has an open case at another office.";
    elsewhere_why: "Mer än så får inte visas här. En ny begäran kan inte registreras så länge ärendet är öppet. Kontakta den du samverkar med, eller be om ett uppdrag vid kontoret.",
        "More than that may not be shown here. A new request can't be registered while that case is open. Contact whom you cooperate with, or ask for an assignment at the office.";
    nothing_person: "Inget ärende hittades för personen på dina kontor.", "No case was found for the person at your offices.";
    nothing_reference: "Inget ärende med det numret hittades på dina kontor.", "No case with that number was found at your offices.";
    nothing_reference_why: "Kontrollera numret, eller sök på personnummer.", "Check the number, or search by personnummer.";
    may_request: "Personen har inget öppet ärende. En ny begäran kan registreras när samtycke har lämnats.",
        "The person has no open case. A new request can be registered when a consent has been given.";
    may_request_anyway: "Gäller det en person som inte har något öppet ärende kan en ny begäran registreras när samtycke har lämnats.",
        "If it is about a person who has no open case, a new request can be registered when a consent has been given.";
}
