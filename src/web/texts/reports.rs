//! The texts of the pages for steering groups and chiefs.

texts! {
    /// The texts of the pages for steering groups and chiefs.
    ReportTexts;
    title: "Rapporter", "Reports";
}
