//! The texts of the forms by which people register.

texts! {
    /// The texts of the forms by which people register.
    RegisterTexts;

    // Buttons and ways.
    register: "Registrera", "Register";
    register_button: "Registrera", "Register";
    save: "Spara", "Save";
    save_answers: "Spara svaren", "Save the answers";
    go_on: "Fortsätt", "Continue";
    cancel: "Avbryt", "Cancel";
    update_lists: "Uppdatera listorna efter valda kontor", "Update the lists to the chosen offices";
    to_case: "Till ärendet", "To the case";
    to_next: "Vad som kan registreras nu", "What can be registered now";
    to_cases: "Till mina ärenden", "To my cases";
    to_search: "Sök ett ärende", "Search for a case";
    case_label: "Ärende", "Case";
    yes: "Ja", "Yes";
    no: "Nej", "No";
    later: "Besvaras senare", "Answered later";
    if_yes: "Om ja:", "If yes:";
    to: "till", "to";
    due: "Senast", "At the latest";

    // Findings in words of their own.
    mistake: "Fel:", "Error:";
    not_right: "Värdet går inte att använda. Rätt är:", "The value can't be used. Right would be:";
    answer_any: "Besvara minst en fråga.", "Answer at least one question.";
    change_any: "Välj en annan handläggare än den som står.", "Choose another handläggare than the present one.";
    busy_try_again: "Det gick inte att spara just nu. Ingenting har gått förlorat; försök igen om en stund.",
        "It could not be saved just now. Nothing is lost; try again in a while.";

    // A form that was made from an earlier version of the case.
    stale_title: "Ärendet har ändrats sedan du öppnade formuläret", "The case has changed since you opened the form";
    stale_why: "Ingenting av det du fyllde i har registrerats, men det står kvar nedan. Se vad som hänt, kontrollera \
                uppgifterna och registrera igen om det fortfarande är rätt.",
        "Nothing of what you filled in has been registered, but it is still there below. See what has happened, check your \
         entries and register again if they are still right.";
    stale_no_more: "Ingenting av det du fyllde i har registrerats, och det går inte längre att registrera.",
        "Nothing of what you filled in has been registered, and it can't be registered any more.";
    stale_list: "Registrerat under tiden", "Registered meanwhile";
    sent_before: "Formuläret har redan registrerats en gång", "The form has already been registered once";
    sent_before_why: "En begäran från det här formuläret är registrerad, med andra uppgifter. Kontrollera bland dina ärenden \
                      innan du registrerar en till.",
        "A request from this form is registered, with other content. Look among your cases before you register another.";
    event_withdrawal: "samtycket återkallat", "consent withdrawn";
    event_answers: "svar i efterhand", "late answers";
    event_offices: "byte av kontor", "change of office";
    event_handlers: "byte av handläggare", "change of handläggare";
    event_protection: "skyddad identitet", "protected identity";
    event_coarsening: "uppgifter gallrade", "data removed by retention";
    event_removal: "identiteten borttagen", "identity removed";
    event_reference: "eget ärendenummer", "own case number";
    event_correction: "rättelse", "correction";

    // Why there is no form.
    marked_title: "Ärendet är markerat som felregistrering", "The case is marked as registered in error";
    marked_why: "Ingenting kan registreras i det. Markeringen kan hävas under Rätta.",
        "Nothing can be registered in it. The mark can be taken away under Correct.";
    ended_title: "Samarbetet har avslutats", "The cooperation has ended";
    ended_why: "Inget fler steg registreras. En person som kommer tillbaka får en ny begäran efter nytt samtycke.",
        "No further step is registered. A person who comes back gets a new request after a new consent.";
    others_title: "Registreringen hör till den andra myndigheten", "The registration belongs to the other agency";
    others_why: "Det här registreras av", "This is registered by";
    not_next_title: "Steget kan inte registreras nu", "The step can't be registered now";
    not_next_why: "Välj bland de steg som kan följa på det.", "Choose among the steps that may follow it.";
    stands_at: "Ärendet står i", "The case stands at";
    not_yet_title: "Steget kan inte registreras än", "The step can't be registered yet";
    gone_title: "Det finns inget att fylla i här", "There is nothing to fill in here";
    gone_why: "Registreringen gäller inte längre, eller går inte att rätta på det sättet.",
        "The registration no longer stands, or can't be corrected in that way.";
    no_identity_title: "Ärendet har ingen identitet", "The case has no identity";
    no_identity_why: "Ett ärende utan identitet bär inte den här uppgiften.", "A case without identity does not carry this.";
    no_consent_title: "Ärendet har inget samtycke", "The case has no consent";
    no_consent_why: "Ett anonymt ärende har inget samtycke.", "An anonymous case has no consent.";
    withdrawn_title: "Samtycket är redan återkallat", "The consent is withdrawn already";
    withdrawn_why: "Är dagen fel: ångra återkallelsen under Rätta och registrera den på nytt.",
        "If the day is wrong: undo the withdrawal under Correct and register it again.";
    no_office_title: "Du har inget kontor att registrera för", "You have no office to register for";
    no_office_why: "En begäran registreras av den som har uppdrag som deltagaransvarig vid ett av kontoren.",
        "A request is registered by somebody who is responsible for participants at one of the offices.";
    fk_requests_title: "Begäran registreras av Försäkringskassan", "The request is registered by Försäkringskassan";
    fk_requests_why: "Försäkringskassan registrerar begäran, vilken myndighet som än tog initiativet. Dina kontor har ingen \
                      lokal överenskommelse om något annat. Kontakta handläggaren hos Försäkringskassan.",
        "Försäkringskassan registers the request, whichever agency took the initiative. Your offices have no local agreement \
         on anything else. Contact the handläggare at Försäkringskassan.";
    by_agreement: "Du registrerar för den andra myndighetens räkning, enligt lokal överenskommelse",
        "You register on behalf of the other agency, by local agreement";

    // What may be next.
    next_title: "Registrera nästa steg", "Register the next step";
    your_turn: "Det är din myndighets tur. Nästa registrering ska göras senast", "It is your agency's turn. The next registration is due on";
    their_turn: "Nu registrerar", "The next to register is";
    registered_by: "Nästa steg registreras av", "The next step is registered by";
    overdue: "Den dagen har passerat.", "That day has passed.";
    you_may_by_agreement: "Du kan ändå registrera det här, för den andra myndighetens räkning:",
        "You may nevertheless register this, on the other agency's behalf:";
    counts_as: "Hit räknas bland annat", "This includes, among other things";
    for_example: "Till exempel:", "For example:";
    local_in: "Lokalt tillägg i", "Local addition in";
    other_ways: "Annat du kan göra", "Other things you can do";
    after_gk: "Planerad insats dateras tidigast dagen efter gemensam kartläggning",
        "A planned measure is dated at the earliest the day after the joint mapping";
    after_request: "Steget dateras tidigast dagen efter begäran", "The step is dated at the earliest the day after the request";
    after_step: "Steget dateras tidigast dagen efter steget före", "The step is dated at the earliest the day after the step before";
    opens_on: "Det kan därför registreras först", "It can therefore be registered only from";
    allowed_from: "Tillåtet datum:", "Allowed date:";
    last_ahead: "steg i väntan kan dateras framåt", "waiting steps can be dated ahead";
    last_today: "senast i dag", "at the latest today";
    at_the_latest: "Senast", "At the latest";

    // A step.
    when: "När", "When";
    date: "Datum", "Date";
    questions: "Frågor", "Questions";
    questions_why: "Du kan lämna frågor obesvarade och svara senare, men de står då som saknade i ärendet och i rapporterna.",
        "You may leave questions unanswered and answer later, but until then they are missing in the case and in reports.";
    questions_mapping: "Kartläggningen", "The joint mapping";
    questions_after: "Deltagarens situation när samarbetet avslutas", "The participant's situation when the cooperation ends";
    directly_before: "Frågorna gäller läget direkt före begäran, alltså inom en vecka innan den skickades.",
        "The questions are about the situation directly before the request, that is within a week before it was sent.";
    about_gk: "Datera kartläggningen den dag då det första mötet hålls.", "Date the joint mapping on the day of the first meeting.";
    about_planned: "Deltagaren går vidare till gemensamt stöd och väntar på att en insats ska börja. Därefter registrerar \
                    Arbetsförmedlingen.",
        "The participant goes on to joint support and waits for a measure to begin. From then on Arbetsförmedlingen registers.";
    about_insats: "Datera insatsen den dag då den börjar.", "Date the measure on the day it begins.";
    about_support: "Samarbetet avslutas med konsultativt stöd till arbetsgivaren.", "The cooperation ends with advisory support to the employer.";
    about_not_held: "Använd det här när den gemensamma kartläggningen aldrig genomfördes.", "Use this when the joint mapping was never held.";
    about_avslutat: "Samarbetet avslutas som planerat, eller för att det inte längre är aktuellt.",
        "The cooperation is concluded as planned, or since it is no longer relevant.";
    about_avbrutet: "Deltagaren avbryter samarbetet. Datera det den dagen.", "The participant breaks the cooperation off. Date it on that day.";
    benefits_before: "Förmåner före", "Benefits before";
    benefits_after: "Förmåner efter", "Benefits after";
    at_af_before: "Inskriven hos Arbetsförmedlingen före", "Registered with Arbetsförmedlingen before";
    at_af_after: "Inskriven hos Arbetsförmedlingen efter", "Registered with Arbetsförmedlingen after";
    meetings_booked: "Bokat möte", "Booked meeting";
    meetings_held: "Möte som hölls", "Meeting held";
    no_specialist: "Ingen specialist deltog", "No specialist took part";
    not_specified: "Anges inte", "Not specified";
    hint_before: "Direkt före begäran.", "Directly before the request.";
    hint_employer: "Tio siffror.", "Ten digits.";
    hint_works_before: "Faktiskt arbete direkt före begäran. Den som är anställd men sjukskriven på heltid arbetar inte.",
        "Actual work directly before the request. Somebody who is employed but on full sick leave does not work.";
    hint_works_after: "Faktiskt arbete när samarbetet avslutas.", "Actual work when the cooperation ends.";
    hint_share: "Procent, 1–100. 100 % är 40 timmar i veckan.", "Per cent, 1–100. 100 % is 40 hours a week.";
    hint_studies: "Arbetsmarknadsutbildning räknas som studier.", "Labour-market training counts as study.";
    hint_program: "Svara nej när det är en arbetsmarknadsutbildning; den räknas som studier.",
        "Answer no when it is labour-market training; that counts as study.";
    hint_benefits: "Välj alla som gäller.", "Choose all that apply.";
    hint_time: "Bortse från avbrott på upp till en månad.", "Ignore breaks of up to a month.";
    hint_booked: "Datum för de möten som är bokade. Lämna tomma fält tomma.", "Dates of the meetings that are booked. Leave empty fields empty.";
    hint_held: "Datum för de möten som hölls, det sista senast dagen före det här steget.",
        "Dates of the meetings that were held, the last at the latest the day before this step.";
    hint_reason: "Har deltagaren återkallat samtycket? Registrera det i stället under Samtycke: då ersätts också steg som daterats senare.",
        "Has the participant withdrawn the consent? Register that under Consent instead: then steps dated later are superseded, too.";
    hint_insats: "Det som räknas hit i länet och kommunen.", "What counts here in the county and municipality.";
    hint_not_held: "Anges när kartläggningen aldrig hölls.", "Given when the joint mapping was never held.";

    // A new request.
    request_title: "Ny begäran om gemensam kartläggning", "New request for joint mapping";
    consent_first: "Deltagaren ska ha lämnat sitt skriftliga samtycke innan några personuppgifter skrivs in här.",
        "The participant must have given consent in writing before any personal data is typed here.";
    consent_where: "Saknas samtycke, eller har personen skyddad identitet, registreras begäran anonymt.",
        "Without consent, or when the person has a protected identity, the request is registered anonymously.";
    who: "Skriftligt samtycke", "Consent in writing";
    named: "Ja, det finns: registrera med personnummer", "Yes, there is: register with the personal identity number";
    named_hint: "Numret kontrolleras i nästa steg. Ingenting sparas förrän du registrerar begäran.",
        "The number is checked in the next step. Nothing is stored until you register the request.";
    anonymous: "Nej, eller skyddad identitet: registrera anonymt", "No, or protected identity: register anonymously";
    anonymous_hint: "Bara kön, kontor och steg registreras. Ärendet hittas sedan bara bland ärendena, inte genom sökning.",
        "Only sex, offices and steps are registered. The case is then found only among the cases, not by searching.";
    number: "Personnummer eller samordningsnummer", "Personal identity number or coordination number";
    number_if_named: "Om ja: personnummer eller samordningsnummer", "If yes: personal identity number or coordination number";
    number_hint: "ÅÅÅÅMMDD-NNNN", "YYYYMMDD-NNNN";
    sex: "Kön", "Sex";
    sex_if_anonymous: "Om anonymt: kön", "If anonymous: sex";
    woman: "Kvinna", "Woman";
    man: "Man", "Man";
    number_is_free: "Numret är giltigt och personen har inget öppet ärende. Ingenting är sparat än.",
        "The number is valid and the person has no open case. Nothing is stored yet.";
    anonymous_lead: "Begäran registreras utan identitet: utan kommun, ärendenummer och svar på frågor.",
        "The request is registered without identity: without municipality, case number and answers to questions.";
    open_title: "Personen har redan ett öppet ärende", "The person already has an open case";
    open_here: "En person har högst ett öppet ärende. Fortsätt i det som finns.", "A person has at most one open case. Go on in the one there is.";
    open_elsewhere: "Ärendet finns vid kontor där du inte har uppdrag. Mer än att det finns visas inte.",
        "The case is at offices where you have no assignment. No more than that it exists is shown.";
    open_the_case: "Öppna ärendet", "Open the case";
    participant_part: "Deltagaren och begäran", "The participant and the request";
    municipality: "Folkbokföringskommun", "Municipality of registration";
    municipality_hint: "Kommunen där deltagaren är folkbokförd.", "The municipality where the participant is registered.";
    district: "Stadsdel", "District";
    district_hint: "Om kommunen följs upp per stadsdel. Annars tomt.", "Where the municipality is followed up by district. Else empty.";
    request_day: "Begäran skickad den", "Request sent on";
    request_day_hint: "Senast", "At the latest";
    reference: "Eget ärendenummer", "Own case number";
    reference_hint: "Myndighetens eget nummer på ärendet. Aldrig ett personnummer.", "The agency's own number of the case. Never a personal identity number.";
    offices_part: "Kontor och handläggare", "Offices and handläggare";
    office_fk: "Kontor hos Försäkringskassan", "Office of Försäkringskassan";
    office_af: "Kontor hos Arbetsförmedlingen", "Office of Arbetsförmedlingen";
    near_offices: "Dina kontor och deras samarbetskontor", "Your offices and those they cooperate with";
    other_offices: "Övriga kontor", "Other offices";
    lists_follow: "Handläggarna i listorna hör till de valda kontoren. Byter du kontor: uppdatera listorna längst ned.",
        "The handläggare of the lists belong to the chosen offices. If you change office: update the lists at the bottom.";
    handler: "Handläggare", "Handläggare";
    nobody_yet: "Ingen vald än", "Nobody chosen yet";
    consent: "Samtycke", "Consent";
    consent_day: "Samtycket inhämtat den", "Consent obtained on";
    consent_day_hint: "Dagen på den undertecknade blanketten, senast dagen då begäran skickades.",
        "The day on the signed form, at the latest the day the request was sent.";
    consent_office: "Inhämtat av kontor", "Obtained by office";
    consent_form: "Blankettens version", "Version of the form";
    consent_form_hint: "Står på blanketten, till exempel gk-affk-1.", "Stands on the form, for example gk-affk-1.";
    served_municipalities: "Kommuner som kontoren betjänar", "Municipalities that the offices serve";
    request_button: "Registrera begäran", "Register the request";

    // Late answers.
    late_title: "Besvara frågor i efterhand", "Answer questions afterwards";
    late_about: "Frågor som aldrig besvarats för", "Questions never answered for";
    late_lead: "De här stegen har obesvarade frågor.", "These steps have unanswered questions.";
    late_way: "Besvara obesvarade frågor", "Answer unanswered questions";
    unanswered: "Obesvarade frågor:", "Unanswered questions:";
    answer_now: "Besvara frågorna", "Answer the questions";
    all_answered_title: "Alla frågor är besvarade", "All questions are answered";
    all_answered_why: "Det finns inga obesvarade frågor. Ett svar som blev fel ändras under Rätta.",
        "There are no unanswered questions. An answer that was wrong is changed under Correct.";

    // Offices and handläggare.
    offices_title: "Byt kontor", "Change offices";
    offices_lead: "Bytet gäller från en dag och framåt. Det som hänt tidigare hör kvar hos de gamla kontoren.",
        "The change holds from a day on. What happened before stays with the old offices.";
    offices_button: "Byt kontor", "Change offices";
    handlers: "Handläggare", "Handläggare";
    handlers_at_change: "Vid det kontor som byts tas handläggaren bort om du inte anger en ny.",
        "At the changed office the handläggare is cleared unless you give a new one.";
    new_handler: "Ny handläggare", "New handläggare";
    as_it_follows: "Ingen ny anges", "No new one given";
    handlers_title: "Lämna över till en kollega", "Hand over to a colleague";
    handlers_lead: "Byt ansvarig handläggare från en dag och framåt.", "Change the responsible handläggare from a day on.";
    handlers_button: "Byt handläggare", "Change handläggare";
    handler_at: "Handläggare vid", "Handläggare at";
    nobody: "Ingen", "Nobody";
    from_day: "Från och med", "From";
    change_day: "Senast i dag, tidigast dagen för begäran,", "At the latest today, at the earliest the day of the request,";
    reference_title: "Lägg till eget ärendenummer", "Add your own case number";
    reference_lead: "Med myndighetens eget nummer går ärendet att söka fram.", "By the agency's own number the case can be found.";

    // Consent and protection.
    consent_title: "Samtycke och skydd", "Consent and protection";
    consent_way: "Samtycket återkallat, eller skyddad identitet", "Consent withdrawn, or protected identity";
    consent_obtained: "Samtycke inhämtat", "Consent obtained";
    withdraw_title: "Registrera återkallat samtycke", "Register a withdrawn consent";
    withdraw_lead: "Deltagaren kan återkalla sitt samtycke vilken dag som helst. Båda myndigheterna får registrera det.",
        "The participant may withdraw the consent on any day. Either agency may register it.";
    withdraw_day: "Återkallat den", "Withdrawn on";
    withdraw_hint: "Från dagen för begäran till i dag.", "From the day of the request to today.";
    withdraw_ends: "Samarbetet avbryts den dagen.", "The cooperation is broken off on that day.";
    withdraw_supersedes: "Steg som är daterade senare än återkallelsen ersätts och räknas inte längre.",
        "Steps dated later than the withdrawal are superseded and count no longer.";
    withdraw_removes: "Personens identitet tas bort ur ärendet och kommer aldrig tillbaka.",
        "The person's identity is taken out of the case and never comes back.";
    withdraw_sure: "Stämmer det? Bekräfta att samtycket är återkallat", "Is this right? Confirm that the consent is withdrawn";
    withdraw_ends_on: "Samarbetet avbryts", "The cooperation is broken off on";
    withdraw_takes: "Det här steget ersätts:", "This step is superseded:";
    withdraw_new: "Ett nytt samarbete kräver nytt samtycke och en ny begäran.", "A new cooperation needs a new consent and a new request.";
    withdraw_button: "Ja, samtycket är återkallat", "Yes, the consent is withdrawn";
    protect_title: "Registrera skyddad identitet", "Register a protected identity";
    protect_lead: "Använd det här när deltagaren fått sekretessmarkering, skyddad folkbokföring eller fingerade personuppgifter.",
        "Use this when the participant's identity has become protected.";
    protect_day: "Skyddad från och med", "Protected from";
    protect_hint: "Senast i dag.", "At the latest today.";
    protect_removes: "Personnummer, kommun, ärendenummer, samtycke och svar tas bort. Det kan inte ångras.",
        "Personal identity number, municipality, case numbers, consent and answers are taken away. That can't be undone.";
    protect_counts: "Ärendet blir anonymt och räknas därefter bara på de anonyma ärendenas egen rad.",
        "The case becomes anonymous and is from then on counted only in the row of anonymous cases.";
    protect_all: "Detsamma sker i personens alla andra ärenden.", "The same happens in all other cases of the person.";
    protect_sure: "Stämmer det? Bekräfta att identiteten är skyddad", "Is this right? Confirm that the identity is protected";
    protect_button: "Ja, ta bort identiteten", "Yes, take the identity away";
    dated: "Daterat", "Dated";

    // Corrections.
    correct_title: "Rätta", "Correct";
    correct_way: "Rätta något som blivit fel", "Correct something that is wrong";
    correct_lead: "Ingenting skrivs över. En rättelse läggs till med sitt skäl, och alla regler prövas på hela ärendet igen.",
        "Nothing is overwritten. A correction is added with its reason, and every rule is tried on the whole case again.";
    corrected_by: "Rättas av", "Corrected by";
    correct_button: "Rätta", "Correct";
    the_case: "Hela ärendet", "The whole case";
    offices_at_request: "Kontor vid begäran", "Offices at the request";
    offices_from: "Kontor från och med", "Offices from";
    correct_answers: "Rätta svaren", "Correct the answers";
    correct_answers_title: "Rätta svaren", "Correct the answers";
    correct_answers_why: "Ändra det som blev fel och låt resten stå. Ett svar som töms blir obesvarat.",
        "Change what was wrong and leave the rest. An answer that is emptied becomes unanswered.";
    correct_date: "Flytta datumet", "Move the date";
    correct_date_title: "Flytta datumet", "Move the date";
    right_date: "Rätt datum", "The right date";
    correct_step: "Byt till ett annat steg", "Change to another step";
    correct_step_title: "Byt till ett annat steg", "Change to another step";
    correct_step_lead: "Svar som ställs också vid det rätta steget står kvar; de andra tas bort.",
        "Answers that are asked at the right step, too, stay; the others are taken away.";
    right_step: "Rätt steg", "The right step";
    correct_undo: "Ångra steget", "Undo the step";
    correct_undo_title: "Ångra steget", "Undo the step";
    correct_undo_lead: "Steget hände aldrig. Ärendet står efter det i steget före.", "The step never happened. The case then stands at the step before.";
    correct_undo_withdrawal: "De steg som återkallelsen ersatte gäller igen.", "The steps that the withdrawal superseded stand again.";
    correct_offices: "Rätta kontoren", "Correct the offices";
    correct_offices_title: "Rätta kontoren", "Correct the offices";
    correct_offices_lead: "Rätta bara det som registrerades fel. Har ärendet flyttat till ett annat kontor: byt kontor i stället.",
        "Correct only what was registered wrongly. If the case has moved to another office: change offices instead.";
    correct_municipality: "Rätta kommunen", "Correct the municipality";
    correct_municipality_title: "Rätta folkbokföringskommunen", "Correct the municipality of registration";
    correct_municipality_lead: "Kommunen vid begäran. Den ändras inte när deltagaren flyttar.",
        "The municipality at the request. It does not change when the participant moves.";
    correct_consent: "Rätta samtyckets uppgifter", "Correct the consent's data";
    correct_consent_title: "Rätta samtyckets uppgifter", "Correct the consent's data";
    correct_consent_lead: "Dag, kontor och version som de står på blanketten.", "Day, office and version as they stand on the form.";
    correct_case: "Markera som felregistrering", "Mark as registered in error";
    correct_case_title: "Markera hela ärendet som felregistrering", "Mark the whole case as registered in error";
    correct_case_lead: "Ärendet skulle aldrig ha registrerats, eller gäller fel person. Det räknas inte längre i någon rapport.",
        "The case should never have been registered, or is about the wrong person. It counts in no report any more.";
    replaced_by: "Ärendet som gäller i stället", "The case that stands instead";
    replaced_by_hint: "Om personnumret var fel och ett nytt ärende är registrerat: klistra in adressen till det ärendets sida.",
        "If the number was wrong and a new case is registered: paste the address of that case's page.";
    correct_undo_case: "Häv markeringen", "Take the mark away";
    correct_undo_case_title: "Häv markeringen som felregistrering", "Take away the mark as registered in error";
    correct_undo_case_lead: "Ärendet räknas igen, som det stod.", "The case counts again, as it stood.";
    why: "Varför", "Why";
    reason: "Skäl", "Reason";
    reason_mistyped: "Fel vid registreringen", "Mistake when registering";
    reason_misinformed: "Uppgiften var fel när den lämnades", "The information was wrong when given";
    reason_person: "Fel person", "The wrong person";
    reason_twice: "Registrerat två gånger", "Registered twice";
    reason_other: "Annat", "Other";
    reason_text: "Förklaring", "Explanation";
    reason_hint: "Frivillig, högst 1 000 tecken. Inga personuppgifter.", "Optional, at most 1 000 characters. No personal data.";
}
