//! Pages, by whoever is logged in: any address, form and header fields. Never a 5xx, never a panic, and a number that
//! was typed is never in a page but where it was typed.
#![no_main]

mod served;

use std::cell::OnceCell;

use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;
use libfuzzer_sys::fuzz_target;
use served::{NUMBER, Served};

/// Whom to be: every kind of page has somebody who reaches it.
const PEOPLE: [&str; 6] = [
    "handler=fk-h-017",
    "handler=af-h-201",
    "role=rapportlasare",
    "role=samverkansadministrator",
    "role=systemforvaltare",
    "",
];

/// The service, and for each of the people the cookie and the form's token.
type Begun = (Served, Vec<(String, String)>);

thread_local! {
    static SERVED: OnceCell<&'static Begun> = const { OnceCell::new() };
}

fn start() -> Begun {
    let served = Served::start();
    let people = PEOPLE.iter().map(|field| if field.is_empty() { Default::default() } else { served.log_in(field) });
    let people = people.collect();
    (served, people)
}

/// A byte for who asks; then lines: the address, three header fields, and a form.
fn asked(data: &[u8]) -> Option<(usize, Vec<&str>)> {
    let (who, rest) = data.split_first()?;
    Some((usize::from(*who) % PEOPLE.len(), std::str::from_utf8(rest).ok()?.splitn(5, '\n').collect()))
}

fuzz_target!(|data: &[u8]| {
    let Some((who, lines)) = asked(data) else { return };
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    let address = format!("/{}", line(0));
    if address.parse::<actix_web::http::Uri>().is_err() {
        return;
    }
    SERVED.with(|begun| {
        let (served, people) = begun.get_or_init(|| Box::leak(Box::new(start())));
        let (cookie, token) = &people[who];
        let form = lines.get(4).copied();
        let mut request = if form.is_some() { TestRequest::post() } else { TestRequest::get() };
        request = request.uri(&address).insert_header(("cookie", cookie.as_str()));
        for (name, n) in [("accept-language", 1), ("accept", 2), ("forwarded", 3)] {
            if let Ok(value) = HeaderValue::from_str(line(n)) {
                request = request.insert_header((name, value));
            }
        }
        if let Some(form) = form {
            // Who logs out, or in as somebody else, asks nothing more.
            if address.starts_with("/log") {
                return;
            }
            request = request
                .insert_header(("content-type", "application/x-www-form-urlencoded"))
                .set_payload(format!("token={token}&{form}"));
        }
        let (status, body) = served.ask(request);
        assert!(status < 500, "{status}");
        let typed = address.contains(NUMBER) || form.is_some_and(|form| form.contains(NUMBER));
        assert!(typed || !body.contains(NUMBER), "a page tells a number");
    });
});
