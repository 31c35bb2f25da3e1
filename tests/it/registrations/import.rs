//! The pilot's lines and files that were broken off.

use serde_json::{Value, json};

use crate::support::posting::import_lines;
use crate::support::{noon, on_both, organisation, service};

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
