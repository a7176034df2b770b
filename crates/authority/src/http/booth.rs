//! The booth: pages on which people vote, and the bundle that they belong to (`spec/booth.md`).
//!
//! A voter's link is `/vote/<slug>#…`; what follows `#` stays in the browser. Nothing here reads who asks, or sets a cookie.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, Query, RawQuery, State};
use axum::http::header::{
    ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName,
    LOCATION, VARY,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::Url;
use urna_api::authority::{Booth, BoothFile};
use urna_api::server::{FOR_EVER, HTML, JSON, cacheable, tagged};
use urna_api::{Problem, ProblemType};
use urna_bundle::{Bundle, parse_name};
use urna_election::Slug;
use urna_election::manifest::Manifest;
use urna_pages::Language;

use super::{Service, fresh};
use crate::error::AuthorityError;

/// A browser asks each time whether a page is still the same.
pub(super) const NO_CACHE: &str = "no-cache";
pub(super) const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// What a page that votes has no use for, nor anything that could get into it.
pub(super) const NO_SENSORS: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
);

/// The newest bundle
///
/// What elections will name that are approved now. Its files are at `/booth/<sha256>/<name>`.
#[utoipa::path(
    get, path = "/v1/booth", tag = "Booth",
    responses((status = 200, body = Booth))
)]
pub(super) async fn newest(State(service): State<Service>) -> Response {
    let bundle = service.authority.bundles.newest();
    let hexadecimal = |hash: &[u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let files = bundle.files().map(|(name, file)| {
        let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        (name.to_owned(), BoothFile { sha256: hexadecimal(&file.sha256), size })
    });
    fresh(Booth { files: files.collect(), sha256: bundle.name() })
}

/// The language that was chosen on a page.
#[derive(Deserialize)]
pub(super) struct Chosen {
    lang: Option<String>,
}

impl Chosen {
    pub(super) fn language(&self, headers: &HeaderMap) -> Language {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::wanted(self.lang.as_deref(), accepted)
    }
}

/// Where people vote in an election.
pub(super) async fn vote(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = chosen.language(&headers);
    let known = match election.parse::<Slug>() {
        Ok(slug) => service.on_disk(move |authority| authority.booth_of(&slug)).await.map(Some),
        Err(_) => Ok(None),
    };
    match known {
        Ok(Some((bundle, manifest))) => page(&headers, &bundle, "vote", language, manifest.as_deref()),
        Err(problem) if problem.kind != ProblemType::UnknownElection => Err(problem),
        _ => unknown(&service, &headers, language),
    }
}

/// What is said to people of an address that leads to no election.
fn unknown(service: &Service, headers: &HeaderMap, language: Language) -> Result<Response, Problem> {
    let mut response = page(headers, service.authority.bundles.newest(), "unknown", language, None)?;
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}

/// `/vote/<slug>/`, where people add a slash.
pub(super) async fn with_slash(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(chosen): Query<Chosen>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let without = election.parse().map(|slug: Slug| HeaderValue::from_str(&format!("/vote/{slug}{query}")));
    match without {
        Ok(Ok(location)) => Ok((StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response()),
        _ => unknown(&service, &headers, chosen.language(&headers)),
    }
}

/// The elections that a device knows.
pub(super) async fn elections(
    State(service): State<Service>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = chosen.language(&headers);
    page(&headers, service.authority.bundles.newest(), "elections", language, None)
}

/// A file of a bundle, for ever.
pub(super) async fn file(
    State(service): State<Service>,
    Path((bundle, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemType::UnknownRoute, "No bundle that is kept here has such a file.");
    let sha256 = parse_name(&bundle).ok_or_else(unknown)?;
    let bundle = service.authority.bundles.find(&sha256).ok_or_else(unknown)?;
    let file = bundle.file(&name).ok_or_else(unknown)?;
    let compressed = bundle.file(&format!("{name}.br"));
    let sent = compressed.filter(|_| accepts_brotli(&headers));
    let bytes = sent.unwrap_or(file).bytes.clone();
    let mut response = tagged(&headers, content_type(&name), FOR_EVER, &file.sha256, bytes);
    if sent.is_some() {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if compressed.is_some() {
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    Ok(response)
}

/// A page of a bundle. It may ask its own origin, and those of the election's board and issuers.
fn page(
    headers: &HeaderMap,
    bundle: &Bundle,
    name: &str,
    language: Language,
    manifest: Option<&Manifest>,
) -> Result<Response, Problem> {
    let page = bundle.page(name, language.tag()).ok_or_else(|| {
        Problem::new(ProblemType::Stopped, format!("The bundle {} has no such page.", bundle.name()))
    })?;
    let mut response = cacheable(headers, HTML, NO_CACHE, page.into_bytes());
    let own = response.headers_mut();
    // Only origins are in it, and those are in ASCII.
    let addresses = manifest.into_iter().flat_map(|manifest| {
        let issuers = manifest.issuers().iter().map(|issuer| issuer.url.as_str());
        issuers.chain([manifest.board().url.as_str()])
    });
    if let Ok(policy) = HeaderValue::from_str(&policy(addresses)) {
        own.insert(CONTENT_SECURITY_POLICY, policy);
    }
    own.insert(PERMISSIONS_POLICY, NO_SENSORS);
    own.insert(VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}

/// What a page may load, and ask beside its own origin: services at these addresses.
pub(super) fn policy<'a>(addresses: impl Iterator<Item = &'a str>) -> String {
    let origins: BTreeSet<String> = addresses
        .filter_map(|address| Url::parse(address).ok())
        .map(|url| url.origin())
        .filter(url::Origin::is_tuple)
        .map(|origin| format!(" {}", origin.ascii_serialization()))
        .collect();
    let origins: String = origins.into_iter().collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'{origins}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// By the ending of its name. A page that lies among the files is shown as a text: it is a page at its own address only.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("wasm") => "application/wasm",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => JSON,
        Some("svg") => "image/svg+xml",
        Some("html") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether `br` stands in Accept-Encoding, and not with a weight of nothing.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_nothing = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("br") && !is_nothing
    })
}

impl crate::service::Authority {
    /// The bundle in which an election is voted, and its manifest once it is published: what the manifest names, else the newest.
    /// When the election is over and the bundle is not kept any more, the newest shows what there is to see.
    fn booth_of(&self, slug: &Slug) -> crate::service::Result<(Arc<Bundle>, Option<Arc<Manifest>>)> {
        let newest = || Arc::clone(self.bundles.newest());
        let manifest = match self.manifest_of(slug) {
            Ok(manifest) => manifest,
            Err(AuthorityError::NotPublished) => {
                self.election(slug)?;
                return Ok((newest(), None));
            }
            Err(error) => return Err(error),
        };
        let bundle = match self.bundles.find(manifest.booth()) {
            Some(bundle) => Arc::clone(bundle),
            None if self.election(slug)?.published.is_some_and(|published| published.is_over()) => newest(),
            None => return Err(AuthorityError::NoBooth(slug.clone())),
        };
        Ok((bundle, Some(manifest)))
    }
}
