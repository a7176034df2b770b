//! Headers that tell browsers what an answer is not: a page, a script, or anybody else's.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_SECURITY_POLICY, HOST, HeaderName,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
/// Of an answer for pages of the service's own origin only.
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// Of an answer for everybody's pages.
const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
/// Nothing in an answer is run, shown or sent: it is data.
const DATA_ONLY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// For two years, this host is reached by https only.
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Marks an answer as one for pages of the service's own origin only: pages of others cannot read it.
pub async fn kept_to_its_origin(mut response: Response) -> Response {
    response.headers_mut().insert(RESOURCE_POLICY, SAME_ORIGIN);
    response
}

/// Puts these headers on every answer; a handler that has set one of them knows better, but for those that are alike for all.
pub(super) async fn protected(request: Request, next: Next) -> Response {
    let is_reached_by_https = is_public(request.uri().authority(), request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(DATA_ONLY);
    headers.entry(OPENER_POLICY).or_insert(SAME_ORIGIN);
    if headers.get(RESOURCE_POLICY) == Some(&SAME_ORIGIN) {
        headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
        headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
    }
    let is_for_all = headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
    headers.entry(RESOURCE_POLICY).or_insert(if is_for_all { CROSS_ORIGIN } else { SAME_ORIGIN });
    if is_reached_by_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    response
}

/// Whether whoever asks has reached the service by https, at a name: only loopback may do without, and browsers keep the promise
/// for names only. The service itself speaks to a proxy, and knows no more than the name that was asked for.
fn is_public(authority: Option<&Authority>, headers: &HeaderMap) -> bool {
    let named = || headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok();
    let Some(authority) = authority.cloned().or_else(named) else { return false };
    let host = authority.host().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    !host.is_empty() && !is_local && host.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_https_for_public_names_only() {
        for (host, expected) in [
            ("vote.union.example", true),
            ("vote.union.example:8443", true),
            ("localhost", false),
            ("LOCALHOST:8080", false),
            ("vote.localhost", false),
            ("127.0.0.1:8080", false),
            ("203.0.113.7", false),
            ("[::1]:8080", false),
            ("", false),
            ("two hosts", false),
        ] {
            let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
            assert_eq!(is_public(None, &headers), expected, "{host}");
        }
        assert!(!is_public(None, &HeaderMap::new()));
        // Of HTTP/2.
        let authority = Authority::from_static("vote.union.example");
        assert!(is_public(Some(&authority), &HeaderMap::new()));
    }
}
