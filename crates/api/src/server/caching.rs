//! What browsers and caches may keep of an answer, and how they ask whether it is still the same.

use axum::body::Bytes;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Of what never changes: it is kept for a year, and not asked for again.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A file whose name changes with what is in it, and what it may do where it runs apart from a page.
pub fn for_ever(content_type: &'static str, policy: Option<&'static str>, bytes: &'static [u8]) -> Response {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, FOR_EVER)];
    let policy = policy.map(|policy| [(CONTENT_SECURITY_POLICY, policy)]);
    (headers, policy, bytes).into_response()
}

/// An answer with a tag of its body: who has the body already gets none.
pub fn cacheable(
    headers: &HeaderMap,
    content_type: &'static str,
    cache: &'static str,
    body: Vec<u8>,
) -> Response {
    let digest = Sha256::digest(&body).into();
    tagged(headers, content_type, cache, &digest, body.into())
}

/// The same of a body whose SHA-256 is known.
pub fn tagged(
    headers: &HeaderMap,
    content_type: &'static str,
    cache: &'static str,
    sha256: &[u8; 32],
    body: Bytes,
) -> Response {
    let tag: String = sha256.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    // Weak, because the same tag goes with the compressed body.
    let tag = format!("W/\"{tag}\"");
    let has_it = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim() == tag || value.trim() == "*");
    let mut response = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}
