//! The texts of the register extract that is handed to a person.

texts! {
    /// The texts of the register extract.
    ExtractTexts;
    title: "Registerutdrag", "Register extract";
    about: "Det här är allt som finns sparat om dig i uppföljningen av Försäkringskassans och Arbetsförmedlingens samverkan.",
        "This is everything that is kept about you in the follow-up of the cooperation between Försäkringskassan and Arbetsförmedlingen.";
    number: "Personnummer", "Personnummer";
    made: "Utdraget gjordes", "The extract was made";
    count: "Antal ärenden", "Number of cases";
    nothing: "Det finns inget ärende om dig.", "There is no case about you.";
    case: "Ärende", "Case";
    case_number: "Ärendets id", "The case's id";
    birth: "Födelsedatum", "Date of birth";
    steps: "Steg och svar", "Steps and answers";
    beside: "Vad som sparas utöver ärendena", "What is kept beside the cases";
    beside_text: "Personnumret sparas krypterat under en egen nyckel, tillsammans med ett nyckelat sökvärde. Kvitton på myndigheternas anrop sparas i högst sju dagar. En logg säger vem som har läst uppgifterna; du kan få veta vad som står i den. Ditt namn sparas aldrig.",
        "The personnummer is kept encrypted under a key of its own, with a keyed value to find it by. Receipts of the agencies' requests are kept for seven days at most. A log says who has read the data; you can be told what it says. Your name is never kept.";
    right: "Om något är fel", "If something is wrong";
    right_text: "Kontakta handläggaren vid den myndighet som registrerade uppgiften. Datum, steg, svar, kommun, samtycke och kontor kan rättas, och ett ärende om fel person tas ur all statistik. Ingenting skrivs över: rättelsen läggs till, med skälet. Samtycket kan återkallas när som helst.",
        "Contact the handläggare at the agency that registered it. Dates, steps, answers, kommun, consent and offices can be put right, and a case about the wrong person is taken out of all figures. Nothing is overwritten: the correction is added, with its reason. The consent can be withdrawn any day.";
}
