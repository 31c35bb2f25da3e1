//! The pilot's lines and files that were broken off.

use std::io::Cursor;

use serde_json::{Value, json};
use sus::domain::code::ClientId;
use sus::registrations::import::import;

use crate::support::posting::import_lines;
use crate::support::tables::Raw;
use crate::support::{Backend, Database, noon, on_both, organisation, service};

/// The example of the wire format, whole.
fn chain() -> Vec<Value> {
    vec![
        json!({"agency":"FK","clientReference":"fk-2016-0001-1","caseReference":"FK-2016-0001","step":"begaran","date":"2016-10-03",
            "participant":{"personnummer":"198503129804"},
            "offices":{"fk":"FK-GAVLE","af":"AF-GAVLE"},"municipality":"2180",
            "handlers":{"fk":"fk-h-017","af":"af-h-201"},
            "consent":{"obtainedOn":"2016-09-26","obtainedBy":"FK","office":"FK-GAVLE","form":"gk-affk-1"},
            "answers":{"initieradAv":"FK","anstalld":false,"egetForetag":false,"inskrivenAf":false,
                "arbetar":false,"studerar":false,"program":false,"formaner":["sjukpenning"],
                "tidOffentligForsorjning":"1_2_ar","utbildning":"gymnasium"},"recordedAt":"2016-10-03T12:00:00Z"}),
        json!({"agency":"FK","clientReference":"fk-2016-0001-2","caseReference":"FK-2016-0001","step":"gk","date":"2016-10-12","recordedAt":"2016-10-13T12:00:00Z"}),
        json!({"agency":"FK","clientReference":"fk-2016-0001-3","caseReference":"FK-2016-0001","step":"planerad_afi","date":"2016-10-27","recordedAt":"2016-10-27T12:00:00Z",
            "answers":{"fortsattHandlaggning":"gemensamt_stod","moten":["2016-10-12","2016-10-26"],"specialister":["arbetsterapeut"]}}),
        json!({"agency":"AF","clientReference":"af-77-1","caseReference":"FK-2016-0001","step":"afi","date":"2016-11-14","answers":{"insats":"2180-afi-01"}}),
        json!({"agency":"AF","clientReference":"af-77-2","caseReference":"FK-2016-0001","step":"avslutat","date":"2017-08-31",
            "answers":{"inskrivenAf":true,"arbetar":true,"arbetstyper":["subventionerat"],"arbetsandel":50,"studerar":false,
                "program":false,"oppetArbetslos":false,"formaner":["ingen"],"fortsattHosFk":false}}),
    ]
}

#[test]
fn a_whole_chain_is_imported_and_an_import_started_anew_passes_over_it() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let (summary, refused) = import_lines(&service, &chain());
        assert_eq!(refused, "");
        assert_eq!((summary.registered, summary.refused), (5, 0));
        let (again, _) = import_lines(&service, &chain());
        assert_eq!((again.registered, again.repeated), (0, 5));
    });
}

#[test]
fn refused_lines_come_back_with_their_findings_and_the_others_go_in() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let mut lines = chain();
        lines[1]["date"] = json!("2016-10-03");
        let (summary, refused) = import_lines(&service, &lines);
        // Without its GK the rest of the chain has nothing to stand on.
        assert_eq!((summary.registered, summary.refused), (1, 4));
        let first: Value = serde_json::from_str(refused.lines().next().unwrap()).unwrap();
        assert_eq!(first["line"], 2);
        assert_eq!(first["findings"][0]["code"], "datum_ordning");
        assert_eq!(first["findings"][0]["allowed"], json!({"from": "2016-10-04"}));
    });
}

#[test]
fn a_line_of_no_kind_that_there_is_has_no_unknown_fields_that_some_kind_has() {
    let database = Database::new(Backend::Sqlite).unwrap();
    let (service, _) = service(&database, noon("2018-01-10"));
    service.import_organisation(&organisation()).unwrap();
    let of = |more: Value| {
        let mut line =
            json!({"agency": "FK", "kind": "flytt", "caseReference": "FK-2016-0001", "reason": {"code": "fel"}});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refused: Value = serde_json::from_str(&import_lines(&service, &[line]).1).unwrap();
        let told = refused["findings"].as_array().unwrap().iter();
        told.map(|finding| format!("{} {}", finding["code"], finding["pointer"])).collect::<Vec<_>>()
    };
    let no_kind = "\"falt_ogiltigt_varde\" \"/kind\"";
    assert_eq!(of(json!({"date": "2016-10-03", "handlers": {}, "replacedBy": null, "answers": {}})), [no_kind]);
    assert_eq!(of(json!({"flyttad": true})), [no_kind, "\"falt_okant\" \"/flyttad\""]);
}

#[test]
fn whoever_was_protected_may_be_requested_anew_in_the_same_piece() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let mut anew = chain().remove(0);
        (anew["clientReference"], anew["caseReference"]) = (json!("again"), json!("FK-2017-0001"));
        (anew["date"], anew["recordedAt"]) = (json!("2017-01-10"), json!("2017-01-10T12:00:00Z"));
        import_lines(&service, &chain()[..2]);
        let protection = json!({"agency": "FK", "kind": "protection", "caseReference": "FK-2016-0001", "date": "2017-01-09",
            "recordedAt": "2017-01-09T12:00:00Z"});
        let (summary, refused) = import_lines(&service, &[protection, anew]);
        assert_eq!((summary.registered, refused.as_str()), (2, ""), "{backend:?}");
    });
}

#[test]
fn an_import_with_a_protection_passes_over_its_lines_when_it_is_started_anew() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let protection = json!({"agency": "FK", "kind": "protection", "caseReference": "FK-2016-0001", "date": "2017-01-09",
            "clientReference": "protection-1", "recordedAt": "2017-01-09T12:00:00Z"});
        let lines: Vec<Value> = chain().into_iter().take(2).chain([protection]).collect();
        let (first, _) = import_lines(&service, &lines);
        let (again, refused) = import_lines(&service, &lines);
        assert_eq!((first.registered, again.registered, again.repeated), (3, 0, 3), "{backend:?}: {refused}");
    });
}

#[test]
fn a_line_that_is_no_text_is_refused_by_its_number_and_the_others_go_in() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let [first, second] = [0, 1].map(|at| chain()[at].to_string().into_bytes());
        // A byte order mark, and a line in another encoding.
        let file = [b"\xef\xbb\xbf", &first[..], b"\n{\"agency\": \"F\xf6r\"}\n", &second[..], b"\n"].concat();
        let mut refused = Vec::new();
        let client = ClientId::parse("import").unwrap();
        let summary = import(&service, &client, Cursor::new(file), &mut refused, &mut |_, _| {}).unwrap();
        assert_eq!((summary.lines, summary.registered, summary.refused), (3, 2, 1), "{backend:?}");
        let told: Value = serde_json::from_slice(&refused).unwrap();
        assert_eq!((&told["line"], &told["findings"][0]["code"]), (&json!(2), &json!("falt_fel_typ")));
    });
}

/// A request of the same person once more, known on its day.
fn request(own: &str, reference: &str, date: &str) -> Value {
    let mut line = chain().remove(0);
    (line["clientReference"], line["caseReference"]) = (json!(own), json!(reference));
    (line["date"], line["recordedAt"]) = (json!(date), json!(format!("{date}T12:00:00Z")));
    line
}

#[test]
fn what_was_taken_away_in_a_piece_is_gone_for_what_comes_after_it() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let lines = [
            request("first", "FK-1", "2016-10-03"),
            json!({"agency": "FK", "caseReference": "FK-1", "step": "avbrutet", "date": "2016-10-20",
                "answers": {"orsak": "eget_initiativ"}, "recordedAt": "2016-10-20T12:00:00Z"}),
            request("second", "FK-2", "2016-11-01"),
            json!({"agency": "FK", "kind": "protection", "caseOf": "first", "date": "2016-11-10",
                "recordedAt": "2016-11-10T12:00:00Z"}),
            // The person's other case was protected with it, known from the same day.
            json!({"agency": "FK", "caseOf": "second", "step": "gk", "date": "2016-11-20",
                "recordedAt": "2016-11-20T12:00:00Z"}),
            // Nobody knows any more that this person has a case, and the number of one may be used anew.
            request("third", "FK-1", "2017-02-01"),
        ];
        let (summary, refused) = import_lines(&service, &lines);
        assert_eq!((summary.registered, refused.as_str()), (6, ""), "{backend:?}");
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("cases", "identity = 'anonymous' AND person IS NULL"), 2, "{backend:?}");
        assert_eq!(raw.count("cases", "person IN (SELECT id FROM persons)"), 1, "{backend:?}");
        assert_eq!((raw.count("persons", "true"), raw.count("person_lookups", "true")), (1, 1), "{backend:?}");
        // The person's key as it was is gone, and nothing says whose the protected cases were.
        assert_eq!(raw.count("erasures", "person IN (SELECT id FROM persons)"), 0, "{backend:?}");
        assert_eq!(raw.count("case_references", "true"), 1, "{backend:?}");
        // As many lines at once, all or nothing.
        let after = [request("fourth", "FK-4", "2017-03-01")];
        let told: Value = serde_json::from_str(&import_lines(&service, &after).1).unwrap();
        assert_eq!(told["findings"][0]["code"], "oppet_arende_finns", "{backend:?}");
    });
}

/// The person's earlier case, in an import before, is found by the request alone.
#[test]
fn protection_in_the_piece_of_a_request_reaches_the_persons_earlier_cases() {
    on_both(|backend, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let ended = json!({"agency": "FK", "caseReference": "FK-1", "step": "avbrutet", "date": "2016-10-20",
            "answers": {"orsak": "eget_initiativ"}, "recordedAt": "2016-10-20T12:00:00Z"});
        import_lines(&service, &[request("first", "FK-1", "2016-10-03"), ended]);
        let protected = [
            request("second", "FK-2", "2016-11-01"),
            json!({"agency": "FK", "kind": "protection", "caseReference": "FK-2", "date": "2016-11-10",
                "recordedAt": "2016-11-10T12:00:00Z"}),
            request("third", "FK-3", "2017-02-01"),
        ];
        let (summary, refused) = import_lines(&service, &protected);
        assert_eq!((summary.registered, refused.as_str()), (3, ""), "{backend:?}");
        let mut raw = Raw::of(database);
        assert_eq!(raw.count("cases", "identity = 'anonymous' AND person IS NULL"), 2, "{backend:?}");
        assert_eq!(raw.count("cases", "person IN (SELECT id FROM persons)"), 1, "{backend:?}");
        assert_eq!((raw.count("persons", "true"), raw.count("person_lookups", "true")), (1, 1), "{backend:?}");
    });
}

#[test]
fn a_file_gives_the_other_agencys_number_to_a_case_that_it_opens() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let gives = json!({"agency": "AF", "kind": "reference", "clientReference": "af-77-0",
            "caseOf": "fk-2016-0001-1", "caseReference": "AF-77"});
        let by_it = json!({"agency": "AF", "kind": "handlers", "clientReference": "af-77-3", "caseReference": "AF-77",
            "date": "2016-10-20", "af": "af-h-201"});
        let (summary, refused) = import_lines(&service, &[chain()[0].clone(), gives, by_it]);
        assert_eq!((summary.registered, refused.as_str()), (3, ""));
    });
}

#[test]
fn a_line_of_an_agency_was_registered_by_nobody_of_the_other() {
    on_both(|_, database| {
        let (service, _) = service(database, noon("2018-01-10"));
        service.import_organisation(&organisation()).unwrap();
        let mut first = chain()[0].clone();
        first["registeredBy"] = json!("af-h-201");
        let (_, refused) = import_lines(&service, &[first.clone()]);
        let told: Value = serde_json::from_str(&refused).unwrap();
        assert_eq!(told["findings"][0]["code"], "handlaggare_fel_myndighet");
        assert_eq!(told["findings"][0]["pointer"], "/registeredBy");
        // Who isn't in the register any more may have been there then.
        first["registeredBy"] = json!("fk-h-gone");
        assert_eq!(import_lines(&service, &[first]).1, "");
    });
}
