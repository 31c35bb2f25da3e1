//! Who calls an operation: the token and the connection's certificate, through the one door for tokens. Where the
//! token's key isn't known, the issuer is asked first – on a thread that may wait, one question at a time.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web;

use super::problem::{Kind, Problem};
use crate::app::App;
use crate::auth::binding::ClientCertificate;
use crate::auth::{self, AuthError, Caller};

/// The caller.
///
/// # Errors
/// 401, 403 where the grant doesn't hold together, 503 where the issuer's keys can't be had.
pub async fn caller(request: &ServiceRequest) -> Result<Arc<Caller>, Problem> {
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Problem::new(Kind::InterntFel))?;
    let header = request.headers().get(AUTHORIZATION).map(|h| h.to_str().unwrap_or_default());
    let certificate = request.conn_data::<ClientCertificate>();
    let ask = || auth::caller(header, certificate, &app.verifier, app.now());
    match ask() {
        Err(AuthError::UnknownKey(place) | AuthError::NoKeys(place)) => {
            fetch_keys(app, place).await;
            let asked = ask();
            if let (Err(AuthError::UnknownKey(_)), Some(issuer)) = (&asked, app.verifier.issuer(place)) {
                log::info!("a token of issuer {} was refused: its key is not one of the issuer's", issuer.name);
            }
            Ok(asked?)
        }
        asked => Ok(asked?),
    }
}

/// Waits for whoever is asking the issuer already, and asks it then if that is of use.
async fn fetch_keys(app: &web::Data<App>, place: usize) {
    let Some(issuer) = app.verifier.issuer(place) else { return };
    let Ok(_turn) = issuer.keys.turn.acquire().await else { return };
    let asking = app.clone();
    if web::block(move || asking.verifier.refresh(place, asking.now())).await.is_err() {
        log::warn!("no thread was free to ask an issuer for its keys");
    }
}
