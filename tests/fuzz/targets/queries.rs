//! Any address below `/v1` and its query, through the whole service: never a 5xx, and never a panic.
#![no_main]

mod served;

use std::cell::OnceCell;

use actix_web::test::TestRequest;
use libfuzzer_sys::fuzz_target;
use served::Served;

thread_local! {
    static SERVED: OnceCell<&'static Served> = const { OnceCell::new() };
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Half of the time below the reports, whose questions are the longest.
    let reports = data.first().is_some_and(|byte| byte % 2 == 0);
    let address = if reports { format!("/v1/reports/{text}") } else { format!("/v1/{text}") };
    if address.parse::<actix_web::http::Uri>().is_err() {
        return;
    }
    SERVED.with(|served| {
        let served = served.get_or_init(|| Box::leak(Box::new(Served::start())));
        let bearer = ("authorization", format!("Bearer {}", served.token));
        let (status, _) = served.ask(TestRequest::get().uri(&address).insert_header(bearer));
        assert!(status < 500, "{status}");
    });
});
