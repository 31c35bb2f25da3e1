//! One schema for both backends, as diesel sees it. The SQL stands in `migrations/`.

#![expect(missing_docs, reason = "the columns are described in migrations/*/up.sql")]

diesel::table! {
    change_head (one) {
        one -> SmallInt,
        position -> BigInt,
    }
}

diesel::table! {
    changes (position) {
        position -> BigInt,
        case_number -> Nullable<BigInt>,
        subject -> Text,
    }
}

diesel::table! {
    persons (id) {
        id -> Binary,
        sealed_number -> Binary,
    }
}

diesel::table! {
    person_keys (person) {
        person -> Binary,
        master_key -> Text,
        sealed_key -> Binary,
    }
}

diesel::table! {
    secrets (name) {
        name -> Text,
        master_key -> Text,
        sealed -> Binary,
        since -> BigInt,
    }
}

diesel::table! {
    key_head (one) {
        one -> SmallInt,
        generation -> BigInt,
    }
}

diesel::table! {
    person_lookups (key_id, hash) {
        key_id -> Text,
        hash -> Binary,
        person -> Binary,
    }
}

diesel::table! {
    cases (number) {
        number -> BigInt,
        id -> Binary,
        person -> Nullable<Binary>,
        identity -> Text,
        sex -> Text,
        version -> BigInt,
        state -> SmallInt,
        step -> Text,
        step_date -> Integer,
        next_owner -> Nullable<Text>,
        due -> Nullable<Integer>,
        missing -> Integer,
        fk_office -> Text,
        af_office -> Text,
        fk_handler -> Nullable<Text>,
        af_handler -> Nullable<Text>,
    }
}

diesel::table! {
    due_basis (one) {
        one -> SmallInt,
        lead_times -> Text,
        reached -> Nullable<BigInt>,
    }
}

diesel::table! {
    registrations (case_number, position) {
        case_number -> BigInt,
        position -> BigInt,
        id -> Binary,
        kind -> Text,
        step -> Nullable<Text>,
        date -> Nullable<Integer>,
        known_from -> BigInt,
        agency -> Text,
        client -> Text,
        handler -> Nullable<Text>,
        agreement -> Nullable<Text>,
        rule_set -> Integer,
        supersedes -> Nullable<Binary>,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    client_references (hash) {
        hash -> Binary,
        case_number -> BigInt,
        position -> BigInt,
        registration -> Binary,
    }
}

diesel::table! {
    master_keys (id) {
        id -> Text,
        since -> BigInt,
        retired -> Nullable<BigInt>,
    }
}

diesel::table! {
    case_subjects (case_number, position) {
        case_number -> BigInt,
        position -> BigInt,
        birth -> Nullable<Integer>,
        municipality -> Nullable<Text>,
        district -> Nullable<Text>,
    }
}

diesel::table! {
    answers (case_number, position, question, place) {
        case_number -> BigInt,
        position -> BigInt,
        question -> Text,
        place -> SmallInt,
        value -> Text,
    }
}

diesel::table! {
    consents (case_number, position) {
        case_number -> BigInt,
        position -> BigInt,
        obtained_on -> Integer,
        obtained_by -> Text,
        office -> Text,
        form -> Text,
    }
}

diesel::table! {
    case_references (agency, reference, turn) {
        agency -> Text,
        reference -> Text,
        case_number -> BigInt,
        position -> BigInt,
        turn -> BigInt,
    }
}

diesel::table! {
    case_handlers (case_number, position, agency) {
        case_number -> BigInt,
        position -> BigInt,
        agency -> Text,
        handler -> Nullable<Text>,
        from_day -> Integer,
    }
}

diesel::table! {
    fingerprints (case_number, position) {
        case_number -> BigInt,
        position -> BigInt,
        fingerprint -> Binary,
    }
}

diesel::table! {
    reason_texts (case_number, position) {
        case_number -> BigInt,
        position -> BigInt,
        text -> Text,
    }
}

diesel::table! {
    meetings (case_number, position, date) {
        case_number -> BigInt,
        position -> BigInt,
        date -> Integer,
    }
}

diesel::table! {
    case_offices (case_number, position, agency) {
        case_number -> BigInt,
        position -> BigInt,
        agency -> Text,
        office -> Text,
        from_day -> Integer,
    }
}

diesel::table! {
    erasures (position) {
        position -> BigInt,
        case_number -> BigInt,
        person -> Nullable<Binary>,
        reason -> Text,
        erased_at -> BigInt,
    }
}

diesel::table! {
    erasure_journal (one) {
        one -> SmallInt,
        lines -> BigInt,
        mac -> Binary,
    }
}

diesel::table! {
    retention_runs (run) {
        run -> BigInt,
        at -> BigInt,
        rules -> Text,
        counts -> Text,
        mac -> Binary,
    }
}

diesel::table! {
    organisation_rows (kind, code, position) {
        kind -> Text,
        code -> Text,
        position -> BigInt,
        known_from -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    frozen_reports (id) {
        id -> Binary,
        frozen_at -> BigInt,
        client -> Text,
        agency -> Nullable<Text>,
        handler -> Nullable<Text>,
        name -> Text,
        report -> Text,
        version -> Integer,
        lang -> Text,
        geography -> Text,
        first_day -> Integer,
        last_day -> Integer,
        as_of -> BigInt,
        counted_to -> BigInt,
        body -> Text,
        question -> Nullable<Text>,
    }
}

diesel::table! {
    report_packages (id, version) {
        id -> Binary,
        version -> BigInt,
        changed_at -> BigInt,
        client -> Text,
        agency -> Nullable<Text>,
        handler -> Nullable<Text>,
        removed -> SmallInt,
        name -> Text,
        steering_group -> Nullable<Text>,
        report -> Text,
        parts -> Text,
    }
}

diesel::table! {
    receipts (client, idempotency_key) {
        client -> Text,
        idempotency_key -> Text,
        fingerprint -> Binary,
        status -> SmallInt,
        headers -> Text,
        body -> Nullable<Text>,
        case_number -> Nullable<BigInt>,
        created -> BigInt,
    }
}

diesel::table! {
    receipt_cases (client, idempotency_key) {
        client -> Text,
        idempotency_key -> Text,
        cases -> Text,
        created -> BigInt,
    }
}

// What was written before there were chains.
diesel::table! {
    access_log_unchained (sequence) {
        sequence -> BigInt,
        at -> BigInt,
        client -> Text,
        agency -> Nullable<Text>,
        handler -> Nullable<Text>,
        action -> Text,
        query -> Nullable<Binary>,
        cases -> Text,
        trace -> Nullable<Text>,
    }
}

diesel::table! {
    access_chains (number) {
        number -> BigInt,
        id -> Binary,
        key_id -> Text,
        began -> BigInt,
    }
}

diesel::table! {
    access_log (entry) {
        entry -> BigInt,
        at -> BigInt,
        kind -> Text,
        client -> Text,
        agency -> Nullable<Text>,
        handler -> Nullable<Text>,
        action -> Text,
        query -> Nullable<Binary>,
        cases -> Binary,
        counted -> BigInt,
        trace -> Nullable<Text>,
        salts -> Binary,
        erased -> Nullable<Binary>,
        hash -> Binary,
    }
}

diesel::table! {
    access_heads (signer, chain) {
        signer -> BigInt,
        chain -> BigInt,
        sequence -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    access_subjects (subject, day, piece) {
        subject -> Binary,
        day -> Integer,
        piece -> BigInt,
    }
}

diesel::table! {
    access_queries (query, entry) {
        query -> Binary,
        entry -> BigInt,
    }
}

diesel::table! {
    saved_columns (id) {
        id -> Binary,
        master_key -> Text,
        sealed_key -> Binary,
        position -> BigInt,
        saved_at -> BigInt,
    }
}

diesel::table! {
    sessions (hash) {
        hash -> Binary,
        login -> Text,
        client -> Text,
        agency -> Nullable<Text>,
        roles -> Text,
        handler -> Nullable<Text>,
        began -> BigInt,
        seen -> BigInt,
        ends -> BigInt,
    }
}

diesel::table! {
    used_logins (hash) {
        hash -> Binary,
        used -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    change_head,
    changes,
    persons,
    person_keys,
    person_lookups,
    secrets,
    key_head,
    cases,
    due_basis,
    registrations,
    client_references,
    master_keys,
    case_subjects,
    answers,
    consents,
    case_references,
    case_handlers,
    fingerprints,
    reason_texts,
    meetings,
    case_offices,
    erasures,
    erasure_journal,
    retention_runs,
    organisation_rows,
    frozen_reports,
    report_packages,
    receipt_cases,
    receipts,
    access_log_unchained,
    access_chains,
    access_log,
    access_heads,
    access_subjects,
    access_queries
);
