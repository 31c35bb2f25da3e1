//! The tables of an export over HTTP: for whom, how they belong together, and that the reading is written down.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use actix_web::http::Method;
use polars::prelude::DataFrame;
use polars_io::SerReader as _;
use polars_io::parquet::read::ParquetReader;
use serde_json::json;
use sus::domain::organisation::Role;
use sus::domain::step::Agency;
use sus::reports::export::schema::TableId;
use sus::server::serve;

use super::{ANNA, Api, Told, bearer, begaran};
use crate::support::on_both;
use crate::support::tables::Raw;

const TABLE: &str = "/v1/exports/cases";

fn frame(told: &Told) -> DataFrame {
    assert_eq!(told.status, 200, "{}", told.text);
    ParquetReader::new(Cursor::new(told.bytes.clone())).finish().unwrap()
}

fn numbers(told: &Told) -> BTreeSet<i64> {
    let frame = frame(told);
    let column = frame.column("caseNumber").unwrap();
    (0..column.len()).map(|row| column.get(row).unwrap().try_extract().unwrap()).collect()
}

fn with_cases(api: &Api) -> Vec<String> {
    let second = sus::domain::person::test_number("1990-01-01".parse().unwrap(), 981);
    [("FK-1", ANNA), ("FK-2", second.as_digits())].map(|(reference, number)| api.opened(reference, number)).to_vec()
}

#[test]
fn tables_of_one_export_belong_together_and_hold_no_identity() {
    on_both(|_, database| {
        let api = Api::over(database);
        let cases = with_cases(&api);
        let first = api.get(TABLE, &api.fk());
        let (name, position) = (first.header("sus-export").unwrap(), first.header("sus-counted-to").unwrap());
        assert_eq!(first.header("content-type"), Some("application/vnd.apache.parquet"));
        assert_eq!(first.header("content-disposition"), Some("attachment; filename=\"cases.parquet\""));
        assert_eq!(first.header("cache-control"), Some("no-store"));
        // What is registered meanwhile is counted in none of them.
        let third = sus::domain::person::test_number("1991-01-01".parse().unwrap(), 981);
        api.opened("FK-3", third.as_digits());
        for table in TableId::ALL {
            let told = api.get(&format!("/v1/exports/{}?countedTo={position}", table.name()), &api.fk());
            assert_eq!(told.header("sus-export"), Some(name), "{}", table.name());
            assert_eq!(frame(&told).width(), table.table().columns.len());
            // Nothing is answered in these cases, and none is anonymous.
            if table.is_of_cases() && ![TableId::Anonymous, TableId::Answers].contains(&table) {
                assert_eq!(numbers(&told), numbers(&first), "{}", table.name());
            }
            let ids = cases.iter().map(|link| link.rsplit('/').next().unwrap());
            for secret in [ANNA, &ANNA[2..], "FK-1", "fk-h-017"].into_iter().chain(ids) {
                assert!(!told.bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
            }
        }
        assert_eq!(numbers(&first).len(), 2);
        assert_eq!(numbers(&api.get(TABLE, &api.fk())).len(), 3);
        let logged =
            "action = 'get_export' AND client = 'fk-system' AND agency = 'FK' AND kind = 'export' AND counted > 0";
        assert_eq!(Raw::of(database).count("access_log", logged), 2 + TableId::ALL.len() as i64);
    });
}

#[test]
fn numbers_are_others_for_another_client_or_position_and_after_a_protection() {
    on_both(|_, database| {
        let api = Api::over(database);
        let cases = with_cases(&api);
        let first = api.get(TABLE, &api.fk());
        let position = first.header("sus-counted-to").unwrap().to_owned();
        let again = format!("{TABLE}?countedTo={position}");
        assert_eq!(numbers(&api.get(&again, &api.fk())), numbers(&first));
        let others = [api.get(&again, &api.af()), api.get(&format!("{again}&asOf=2016-10-12T20:00:00Z"), &api.fk())];
        for other in &others {
            assert!(numbers(other).is_disjoint(&numbers(&first)));
        }
        let told = api.post_with(
            &format!("{}/protections", cases[0]),
            &api.fk(),
            &[("if-match", "\"1\"")],
            &json!({"date": "2016-10-12"}),
        );
        assert_eq!(told.status, 201, "{}", told.text);
        // Else what has gone from the table, and come in the other, would tell whose identity was protected.
        let after = api.get(&again, &api.fk());
        assert_eq!(numbers(&after).len(), 1);
        assert!(numbers(&after).is_disjoint(&numbers(&first)));
        let anonymous = api.get(&format!("/v1/exports/anonymous?countedTo={position}"), &api.fk());
        assert_eq!(anonymous.header("sus-export"), after.header("sus-export"));
        assert!(numbers(&anonymous).is_disjoint(&numbers(&first)) && numbers(&anonymous).len() == 1);
    });
}

#[test]
fn only_an_agencys_system_may_export_and_everyone_may_read_what_is_in_it() {
    on_both(|_, database| {
        let api = Api::over(database);
        with_cases(&api);
        for role in Role::ALL {
            let token = api.token("client", Some(Agency::Fk), &[role], Some("fk-h-017"));
            let told = api.get(TABLE, &token);
            assert_eq!(told.status, if role == Role::System { 200 } else { 403 }, "{}", role.code());
            let list = api.get("/v1/exports?limit=100", &token).json();
            let names: Vec<&str> =
                list["items"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap()).collect();
            assert_eq!(names, TableId::ALL.map(TableId::name));
        }
        assert_eq!(api.get_public(TABLE).status, 401);
    });
}

#[test]
fn a_wrong_question_is_told_before_anything_is_logged() {
    on_both(|_, database| {
        let api = Api::over(database);
        api.post("/v1/registrations", &api.fk(), &begaran("FK-1", ANNA));
        let logged = || Raw::of(database).count("access_log", "action = 'get_export'");
        assert_eq!(api.get("/v1/exports/persons", &api.fk()).status, 404);
        assert_eq!(api.get(&format!("{TABLE}?asOf=yesterday"), &api.fk()).status, 400);
        let ahead = api.get(&format!("{TABLE}?countedTo=4711"), &api.fk());
        assert_eq!(ahead.status, 400);
        assert_eq!(ahead.json()["errors"][0]["allowed"], json!({"values": ["0–2"]}), "{}", ahead.text);
        let both = api.get(&format!("{TABLE}?countedTo=4711&mars=1"), &api.fk()).json();
        let pointers = both["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap());
        assert_eq!(pointers.collect::<Vec<_>>(), ["/query/mars", "/query/countedTo"], "{both}");
        assert_eq!(logged(), 0);
        let head = api.call(Method::HEAD, TABLE, &[("authorization", &bearer(&api.fk()))], None);
        assert_eq!((head.status, head.bytes.len(), head.header("sus-counted-to")), (200, 0, Some("2")));
        // Both turns are taken: nobody waits in line.
        let turns = api.app.export_turns.try_acquire_many(2).unwrap();
        let busy = api.get(TABLE, &api.fk());
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("30")), "{}", busy.text);
        drop(turns);
        assert_eq!(api.get(TABLE, &api.fk()).status, 200);
    });
}

/// What comes over the wire, to the end of the connection.
fn asked(address: SocketAddr, token: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    let head =
        format!("GET {TABLE} HTTP/1.1\r\nHost: sus\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut told = Vec::new();
    // A connection that is cut may be told as an error; what came before it is there.
    let _ = stream.read_to_end(&mut told);
    told
}

#[test]
fn a_table_that_can_not_be_read_to_its_end_is_never_taken_for_a_whole_one() {
    on_both(|_, database| {
        let api = Api::over(database);
        with_cases(&api);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, token) = (listener.local_addr().unwrap(), api.fk());
        let (whole, half) = api.system.block_on(async {
            let (send, started) = tokio::sync::oneshot::channel();
            let serving = actix_web::rt::spawn(serve(api.app.clone(), listener, |handle| drop(send.send(handle))));
            let handle = started.await.unwrap();
            let ask = || {
                let token = token.clone();
                actix_web::rt::task::spawn_blocking(move || asked(address, &token))
            };
            let whole = ask().await.unwrap();
            Raw::of(database).run("UPDATE cases SET identity = 'nonsense'").unwrap();
            let half = ask().await.unwrap();
            handle.stop(true).await;
            serving.await.unwrap().unwrap();
            (whole, half)
        });
        let last_chunk = b"\r\n0\r\n\r\n";
        assert!(whole.starts_with(b"HTTP/1.1 200") && whole.ends_with(last_chunk));
        assert!(!half.ends_with(last_chunk), "{}", String::from_utf8_lossy(&half));
    });
}
