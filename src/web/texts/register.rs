//! The texts of the forms by which people register.

texts! {
    /// The texts of the forms by which people register.
    RegisterTexts;
    title: "Registrera", "Register";
}
