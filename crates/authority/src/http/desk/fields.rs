//! What a form sends.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use url::form_urlencoded;
use urna_api::server::read_body;
use urna_pages::{Language, Words};
use zeroize::Zeroizing;

use super::Refusal;
use super::refused::not_read;
use crate::http::Service;

/// The most bytes of a form: a long list of candidates in four languages has room.
const LIMIT: usize = 1 << 20;
const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a form, in its order. They are wiped: one of them may be a secret.
pub(super) struct Fields(Vec<(String, Zeroizing<String>)>);

impl FromRequest<Service> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, service: &Service) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let words = parts.extensions.get().copied().unwrap_or(Words::new(Language::English));
        match read_body(&parts.headers, body, FORM, LIMIT, service.patience).await {
            Ok(bytes) => Ok(Self::parse(&bytes)),
            Err(problem) => Err(not_read(words, problem)),
        }
    }
}

impl Fields {
    fn parse(bytes: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(bytes);
        // Browsers send two characters where somebody went to the next line.
        let plain = |value: &str| Zeroizing::new(value.replace("\r\n", "\n"));
        Self(pairs.map(|(name, value)| (name.into_owned(), plain(&value))).collect())
    }

    /// The first field of this name, without blanks around it; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The first field of this name, without blanks around it; none where the form has none, such as a box that is not ticked.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// All fields, by their names.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_browsers_send() {
        let fields = Fields::parse(b"title.en=+A+%26+B+&list=one%0D%0Atwo&box=on&box=off");
        assert_eq!(
            (fields.get("title.en"), fields.get("list"), fields.get("box")),
            ("A & B", "one\ntwo", "on")
        );
        assert_eq!((fields.find("none"), fields.get("none")), (None, ""));
        assert_eq!(fields.all().count(), 4);
    }
}
