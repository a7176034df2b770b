//! Signing in and out.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::response::Response;
use serde::Deserialize;
use urna_api::authority::parse_sign_in_link;
use urna_pages::Words;
use urna_pages::desk::{self, Why};
use zeroize::Zeroizing;

use super::{Fields, Shown, Visit, around, cookie_name, look_at, refused, shown};
use crate::access::SESSION_SECONDS;
use crate::error::AuthorityError;
use crate::http::Service;
use crate::service::Authority;

/// The page that asks for a link.
pub(super) fn asked(words: Words, status: StatusCode, why: Why) -> Response {
    shown(status, desk::sign_in(&around(words, "/sign-in", None), why))
}

/// What a page that one is sent to says first.
#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    signed_out: Option<String>,
}

/// `GET /sign-in`, to which sign-in links lead.
pub(super) async fn page(Extension(words): Extension<Words>, Query(said): Query<Said>) -> Response {
    let why = if said.signed_out.is_some() { Why::SignedOut } else { Why::Asked };
    asked(words, StatusCode::OK, why)
}

/// Makes a session of what a link carries, of a whole link, or of an API key.
pub(super) async fn sign_in(
    State(service): State<Service>,
    Extension(words): Extension<Words>,
    fields: Fields,
) -> Shown {
    let typed = fields.get("secret");
    let secret = Zeroizing::new(parse_sign_in_link(typed).map_or(typed, |(_, secret)| secret).to_owned());
    match service.authority.on_disk(move |authority| authority.sign_in(&secret)).await {
        Ok(made) => {
            let mut response = look_at("/desk");
            set(&mut response, &service.authority, &Zeroizing::new(made.key), SESSION_SECONDS);
            Ok(response)
        }
        Err(AuthorityError::NoLink) => Ok(asked(words, StatusCode::UNAUTHORIZED, Why::NoLink)),
        Err(error) => Err(refused(&around(words, "/sign-in", None), "/sign-in", error)),
    }
}

/// Ends this session, or all of the account.
pub(super) async fn sign_out(State(service): State<Service>, visit: Visit, fields: Fields) -> Shown {
    let everywhere = fields.get("where") == "everywhere";
    let caller = visit.caller.clone();
    let ended = service.authority.on_disk(move |authority| authority.sign_out(&caller, everywhere)).await;
    ended.map_err(|error| refused(&visit.around("/desk/account"), "/desk/account", error))?;
    let mut response = look_at("/sign-in?signed_out=yes");
    set(&mut response, &service.authority, "", 0);
    Ok(response)
}

/// The account: where it is signed in.
pub(super) async fn account(State(service): State<Service>, visit: Visit) -> Shown {
    let caller = visit.caller.clone();
    let sessions = service.authority.on_disk(move |authority| authority.sessions(&caller)).await;
    let around = visit.around("/desk/account");
    let sessions: Vec<_> = sessions
        .map_err(|error| refused(&around, "/desk", error))?
        .into_iter()
        .map(|(id, since, until)| desk::Session { own: id == visit.caller.key, since, until })
        .collect();
    Ok(shown(StatusCode::OK, desk::account(&around, &sessions)))
}

/// Scripts do not see it, other sites' pages do not send it; over https it is sent over nothing else.
fn set(response: &mut Response, authority: &Authority, secret: &str, seconds: u64) {
    let name = cookie_name(authority);
    let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
    let cookie = format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
        cookie.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
