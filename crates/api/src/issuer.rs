//! The issuer's bodies (`spec/http.md`, Issuer).

use serde::{Deserialize, Serialize};
use urna_crypto::{Challenge, Handle, Signature};
use urna_election::Id;
use urna_election::json::Base64;
use utoipa::ToSchema;

/// Where issuance stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The election id, hexadecimal.
    pub election_id: String,
    /// Which of the manifest's issuers this is.
    pub issuer: String,
    /// Unix second; null of a schedule by hand.
    pub issuance_opens: Option<u64>,
    /// Unix second from which nothing is issued any more; null of a schedule by hand.
    pub issuance_closes: Option<u64>,
    /// For how many seconds a session is answered.
    pub session_seconds: u64,
    /// Whether a session may be opened now.
    pub open: bool,
    /// The issuer's clock, which decides; Unix seconds.
    pub now: u64,
}

/// The first move: a voter asks for a session (TOK-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// The voter's class.
    #[schema(value_type = String)]
    pub class: Id,
    /// Who asks, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub handle: Base64<Handle>,
    /// The credential's signature on the request, 64 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub signature: Base64<Signature>,
    /// Unix seconds on the voter's clock.
    pub time: u64,
}

/// A session is open: the issuer's first move (TOK-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionOpened {
    /// The session's id, 32 hexadecimal digits.
    pub session: String,
    /// A, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub a: Base64<[u8; 32]>,
    /// B, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub b: Base64<[u8; 32]>,
    /// The last Unix second at which the session is answered.
    pub expires: u64,
}

impl SessionOpened {
    /// The session's id as bytes; none if it is not 32 lower-case hexadecimal digits.
    pub fn id(&self) -> Option<[u8; 16]> {
        let digits: &[u8; 32] = self.session.as_bytes().try_into().ok()?;
        let mut session = [0; 16];
        for (byte, pair) in session.iter_mut().zip(digits.as_chunks::<2>().0) {
            for digit in pair {
                let value = char::from(*digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
                *byte = *byte << 4 | u8::try_from(value).ok()?;
            }
        }
        Some(session)
    }
}

/// The second move: a voter sends the challenge (TOK-4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskAnswer {
    /// c, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub c: Base64<Challenge>,
    /// Who asks, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub handle: Base64<Handle>,
    /// The credential's signature on the challenge, 64 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub signature: Base64<Signature>,
}

/// The issuer's answer (TOK-5). Its row is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionAnswered {
    /// b, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub b: Base64<[u8; 32]>,
    /// y, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub y: Base64<[u8; 32]>,
    /// z, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub z: Base64<[u8; 32]>,
}

/// The authority asks who has taken a token (HTTP-7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskIssued {
    /// The last handle of the page before; null for the first page.
    #[schema(value_type = Option<String>, content_encoding = "base64")]
    pub after: Option<Base64<Handle>>,
    /// The authority's signature on election, issuer and time, 64 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub signature: Base64<[u8; 64]>,
    /// Unix seconds on the authority's clock.
    pub time: u64,
}

/// Who has taken a token, as of a moment at most one batch's `wait` ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Issued {
    /// Handles, ascending, at most 16,384.
    #[schema(value_type = Vec<String>)]
    pub handles: Vec<Base64<Handle>>,
    /// Whether there are more: ask again with `after` the last one.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_rejects_the_text_of_a_session() {
        let opened = |session: &str| {
            let (a, b) = (Base64([0; 32]), Base64([0; 32]));
            SessionOpened { session: session.to_owned(), a, b, expires: 0 }
        };
        let session = [7, 0, 255, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        assert_eq!(opened("0700ff100102030405060708090a0b0c").id(), Some(session));
        for wrong in ["", "07", "0700FF100102030405060708090a0b0c", "0700ff10010203040506070809 a0b0c", "ä"]
        {
            assert_eq!(opened(wrong).id(), None, "{wrong}");
        }
    }
}
