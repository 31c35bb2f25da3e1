//! The texts of the pages of frozen reports.

texts! {
    /// The texts of the pages of frozen reports.
    FrozenTexts;

    title: "Frysta rapporter", "Frozen reports";
    one: "Fryst rapport", "Frozen report";
    lead: "En fryst rapport behålls för alltid som den var den dagen: senare registreringar, rättelser, definitioner och \
           kontor ändrar den inte.",
        "A frozen report is kept for ever as it was on that day: later registrations, corrections, definitions and offices \
         don't change it.";
    none: "Ingen rapport är fryst än. Öppna en rapport och välj Frys rapporten.",
        "No report is frozen yet. Open a report and choose Freeze the report.";
    name: "Namn", "Name";
    name_hint: "Till exempel: Underlag till styrgruppen i mars. Inga uppgifter om enskilda.",
        "For instance: For the steering group in March. Nothing about individuals.";
    report: "Rapport", "Report";
    selection: "Urval", "Selection";
    frozen_at: "Fryst", "Frozen";
    by: "Av", "By";
    by_nobody: "ett system", "a system";
    freeze: "Frys rapporten", "Freeze the report";
    freeze_about: "Behåller rapporten under ett namn, för alltid. Alla som läser rapporter kan läsa den.",
        "Keeps the report under a name, for ever. Everybody who reads reports can read it.";
    what: "Det här fryses", "This is frozen";
    protected: "Alla får läsa en fryst rapport. Därför skyddas siffrorna lika för alla: små tal döljs, och där en annan rapport, \
                period eller indelning av samma dagar redan är fryst får siffrorna små avvikelser (brus). De kan alltså skilja sig \
                från dem du ser nu.",
        "Everybody may read a frozen report. Its figures are therefore protected alike for all: small numbers are hidden, and \
         where another report, period or division of the same days is frozen already, figures get small deviations (noise). So they \
         may differ from those that you see now.";
    for_ever: "En fryst rapport kan varken ändras eller tas bort.", "A frozen report can neither be changed nor taken away.";
    key_used: "Formuläret har redan skickats med ett annat innehåll. Rapporten som frystes då finns bland de frysta rapporterna.",
        "The form has been sent already with other content. The report frozen then is among the frozen reports.";
    back: "Tillbaka till rapporten", "Back to the report";
    done: "Rapporten är fryst.", "The report is frozen.";
    by_sex: "Visa tabellerna fördelade på kön", "Show the tables split by sex";
    of_all: "Visa tabellerna utan fördelning på kön", "Show the tables without split by sex";
    now: "Samma fråga med de siffror som gäller nu", "The same question with the figures of today";
}
