//! The texts of lists, the page of a case, and the search.

texts! {
    /// The texts of lists, the page of a case, and the search.
    CaseTexts;
    title: "Mina ärenden", "My cases";
}
