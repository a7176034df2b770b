//! The organiser's desk: pages for people, in the place of the interface for programs. `spec/desk.md` is the page.
//!
//! ```text
//! request ─ words (language) ─ own_site (nothing that another site sends) ─ Visit (whose browser) ─ Fields ─ act ─▶ page, or 303 to one
//! ```
//!
//! **Who is let in.** A sign-in link or an API key becomes a session, a secret in a cookie that scripts cannot read and that browsers
//! send for this site's own pages only. What a session may is what its account may: every act goes through the very methods that
//! the interface for programs has, and so into the same audit trail.
//!
//! **Forged requests.** A request that changes something says of itself that it comes from this site's own pages (Fetch Metadata;
//! else `Origin`), or nothing is done.

mod access;
mod audit;
mod elections;
mod fields;
mod invitations;
mod making;
mod preview;
mod refused;
mod running;
mod session;
mod upload;
mod voters;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE,
    HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN, SET_COOKIE,
};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use url::form_urlencoded;
use urna_api::server::HTML;
use urna_election::Slug;
use urna_pages::desk::{self, Around, At, DESK_POLICY, Why};
use urna_pages::{Language, Words};
use zeroize::Zeroizing;

use super::Service;
use crate::access::{Caller, Right};
use crate::error::AuthorityError;
use crate::phases::title;
use crate::service::Authority;
use fields::Fields;
use refused::refused;

const CSV: &str = "text/csv; charset=utf-8";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Remembers which language was chosen, and nothing else.
const LANGUAGE: &str = "urna-language";

/// The pages of the desk.
pub(super) fn routes(service: Service) -> Router<Service> {
    Router::new()
        .route("/sign-in", get(session::page).post(session::sign_in))
        .route("/desk", get(elections::list))
        .route("/desk/account", get(session::account))
        .route("/desk/sign-out", post(session::sign_out))
        .route("/desk/accounts", get(access::accounts).post(access::let_in))
        .route("/desk/accounts/revoke", post(access::revoke))
        .route("/desk/new", get(elections::asked).post(elections::make))
        .route("/desk/{election}", get(running::overview))
        .route("/desk/{election}/preset.json", get(elections::preset_file))
        .route("/desk/{election}/open", post(running::open))
        .route("/desk/{election}/close", post(running::close))
        .route("/desk/{election}/cancel", post(running::cancel))
        .route("/desk/{election}/tally", post(running::tally))
        .route("/desk/{election}/certify", post(running::certify))
        .route("/desk/{election}/result", get(running::result))
        .route("/desk/{election}/result.txt", get(running::result_file))
        .route("/desk/{election}/result.json", get(running::result_file))
        .route("/desk/{election}/result.csv", get(running::result_file))
        .route("/desk/{election}/access", get(access::members).post(access::give))
        .route("/desk/{election}/access/remove", post(access::remove))
        .route("/desk/{election}/audit", get(audit::page))
        .route("/desk/{election}/audit.csv", get(audit::csv))
        .merge(voters::routes())
        .merge(invitations::routes())
        .merge(making::routes())
        .merge(preview::routes())
        .layer(middleware::from_fn_with_state(service, own_site))
        .layer(middleware::from_fn(words))
}

/// Whose browser asks.
struct Visit {
    caller: Caller,
    words: Words,
}

impl FromRequestParts<Service> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Refusal> {
        let words = parts.extensions.get().copied().unwrap_or(Words::new(Language::English));
        let shown = cookie(&parts.headers, cookie_name(&service.authority));
        let session = match shown.map(|secret| Zeroizing::new(secret.to_owned())) {
            None => Err(AuthorityError::NoSession),
            Some(secret) => service.authority.on_disk(move |authority| authority.session(&secret)).await,
        };
        match session {
            Ok((caller, _)) => Ok(Self { caller, words }),
            Err(AuthorityError::NoSession) => {
                let is_first = parts.method == Method::GET && shown.is_none();
                let why = if is_first { Why::Asked } else { Why::NoSession };
                Err(Refusal::of(session::asked(words, StatusCode::UNAUTHORIZED, why)))
            }
            Err(error) => Err(refused(&around(words, "/desk", None), "/desk", error)),
        }
    }
}

impl Visit {
    /// What stands around a page that is about no election.
    fn around(&self, path: &str) -> Around<'_> {
        around(self.words, path, Some(self.caller.account()))
    }
}

fn around<'a>(words: Words, path: &str, account: Option<&'a str>) -> Around<'a> {
    Around { words, path: path.to_owned(), account, election: None }
}

/// The page that says why something is not done.
struct Refusal(Box<Response>);

impl Refusal {
    fn of(page: Response) -> Self {
        Self(Box::new(page))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What a page of the desk comes to.
type Shown = Result<Response, Refusal>;

/// A page, which nobody keeps.
fn shown(status: StatusCode, page: String) -> Response {
    let headers = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(DESK_POLICY)),
    ];
    (status, headers, [(CONTENT_TYPE, HTML)], page).into_response()
}

/// A file to keep, which nobody else does.
fn file(name: &str, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")], body).into_response();
    // Names are slugs and what the service adds.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    response
}

/// The answer to a form that has done its work: look there.
fn look_at(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// In which language to answer: as chosen now, else as chosen before, else as the browser prefers.
async fn words(mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let chosen = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang");
    let chosen = chosen.and_then(|(_, tag)| Language::of(&tag));
    let headers = request.headers();
    let before = cookie(headers, LANGUAGE).and_then(Language::of);
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = chosen.or(before).unwrap_or_else(|| Language::wanted(None, accepted));
    request.extensions_mut().insert(Words::new(language));
    let mut response = next.run(request).await;
    let kept = format!("{LANGUAGE}={}; Path=/; Max-Age=31536000; SameSite=Strict", language.tag());
    if let (Some(_), Ok(kept)) = (chosen, HeaderValue::from_str(&kept)) {
        response.headers_mut().append(SET_COOKIE, kept);
    }
    response
}

/// Does nothing that another site's page has sent: a request that changes something comes from a page of this origin, as the browser
/// says, or from no page at all.
async fn own_site(
    State(service): State<Service>,
    Extension(words): Extension<Words>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() || is_own(request.headers(), &service.authority.config.url) {
        return next.run(request).await;
    }
    let page = desk::refused(&around(words, "/desk", None), desk::Wrong::Forged, None, "/desk");
    shown(StatusCode::FORBIDDEN, page)
}

/// Whether a request comes from a page of this origin (W3C Fetch Metadata; RFC 6454 for browsers that do not say).
fn is_own(headers: &HeaderMap, own: &str) -> bool {
    match (headers.get(FETCH_SITE), headers.get(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, origin) => origin.is_some_and(|origin| origin == own),
    }
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
}

/// Behind https no other site, not even a neighbour's subdomain, can set a cookie of this name.
fn cookie_name(authority: &Authority) -> &'static str {
    if authority.config.url.starts_with("https://") { "__Host-urna" } else { "urna" }
}

/// An election that a page is about.
struct Here {
    slug: Slug,
    /// In its first language; empty before there is one.
    title: String,
    is_owner: bool,
    may_manage: bool,
}

impl Here {
    /// The address of one of its pages: `""` is the overview.
    fn path(&self, part: &str) -> String {
        format!("/desk/{}{part}", self.slug)
    }
}

impl Visit {
    /// The election in an address, in which the account has a role.
    async fn election(&self, service: &Service, text: &str) -> Result<Here, Refusal> {
        let unknown = || {
            let short: String = text.chars().filter(|character| !character.is_control()).take(64).collect();
            refused(&self.around("/desk"), "/desk", AuthorityError::UnknownElection(short))
        };
        let slug: Slug = text.parse().map_err(|_| unknown())?;
        let caller = self.caller.clone();
        let found = service.authority.on_disk(move |authority| {
            let election = authority.allowed(&caller, Right::Read, &slug)?;
            let title = title(&authority.draft_of(&slug)?);
            let may = |right| caller.require(right, &slug, &election.owner).is_ok();
            let (is_owner, may_manage) = (may(Right::Own), may(Right::Manage));
            Ok(Here { slug, title, is_owner, may_manage })
        });
        found.await.map_err(|error| refused(&self.around("/desk"), "/desk", error))
    }

    /// What stands around one of the pages of an election.
    fn at<'a>(&'a self, here: &'a Here, at: At, path: &str) -> Around<'a> {
        let Here { slug, title, is_owner, may_manage } = here;
        let election =
            desk::Election { slug: slug.as_str(), title, at, is_owner: *is_owner, may_manage: *may_manage };
        Around { election: Some(election), ..self.around(&here.path(path)) }
    }
}
