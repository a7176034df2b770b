//! Problem documents (RFC 9457): every answer from 400 up.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Starts every problem's `type`.
const PREFIX: &str = "urn:urna:problem:";

macro_rules! problem_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $title:literal;)*) => {
        /// What kind of problem it is: stable names for programs, as listed in `spec/http.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ProblemType {
            $($(#[$doc])* $variant,)*
        }

        impl ProblemType {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name after `urn:urna:problem:`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// The name in plain English.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

problem_types! {
    /// Not JSON, not canonical, an unknown field, a wrong type.
    Malformed = "malformed", 400, "The request cannot be read";
    /// No API key, or none that is known.
    Unauthenticated = "unauthenticated", 401, "This needs an API key";
    /// A signature by the wrong party, or an authority that this board does not serve.
    Forbidden = "forbidden", 403, "This party may not do this";
    /// No such path.
    UnknownRoute = "unknown-route", 404, "There is no such address";
    /// No log of this slug.
    UnknownElection = "unknown-election", 404, "There is no such election";
    /// No class of this id.
    UnknownClass = "unknown-class", 404, "There is no such class";
    /// No issuer or trustee of this id.
    UnknownSigner = "unknown-signer", 404, "There is no such party";
    /// No open session of this handle.
    UnknownSession = "unknown-session", 404, "There is no such session";
    /// Nobody of this id on the list of voters.
    UnknownPerson = "unknown-person", 404, "There is no such person on the register";
    /// No job of this id, or it ended with an earlier run of the service.
    UnknownJob = "unknown-job", 404, "There is no such job";
    /// No API key of this id.
    UnknownKey = "unknown-key", 404, "There is no such API key";
    /// Nothing stands in the log under this identifier.
    UnknownIdentifier = "unknown-identifier", 404, "Nothing stands under this identifier";
    /// No blob of this hash that an entry names.
    UnknownBlob = "unknown-blob", 404, "There is no such blob";
    /// No such tile or bundle, or not yet.
    UnknownTile = "unknown-tile", 404, "The log has no such tile";
    /// Withheld until the close.
    NotYetPublic = "not-yet-public", 404, "This is not public yet";
    /// Another method belongs to this path.
    Method = "method", 405, "This address takes another method";
    /// The request took too long to arrive.
    Timeout = "timeout", 408, "The request took too long";
    /// Before voting or issuance opens.
    TooEarly = "too-early", 409, "It has not opened yet";
    /// The clock or the phase says so.
    VotingClosed = "voting-closed", 409, "Voting is closed";
    /// The clock or the phase says so.
    IssuanceClosed = "issuance-closed", 409, "Issuance is closed";
    /// The phase does not admit this, or not yet.
    WrongPhase = "wrong-phase", 409, "The election's phase does not admit this";
    /// Not the pseudonym's next entry.
    Sequence = "sequence", 409, "This does not follow the voter's last entry";
    /// A returned token whose pseudonym has a ballot in the log.
    TokenUsed = "token-used", 409, "The token was used";
    /// The ciphertext's R stands in another ballot.
    ReusedR = "reused-r", 409, "The ciphertext repeats another one's randomness";
    /// The signer's running number is not the next one.
    Stale = "stale", 409, "The running number is not the next one";
    /// The handle has its token.
    AlreadyIssued = "already-issued", 409, "A token was issued to this handle";
    /// The session is not open any more.
    SessionExpired = "session-expired", 410, "The session is not open any more";
    /// The draft or the manifest has changed since it was read.
    EditedMeanwhile = "edited-meanwhile", 412, "It was edited meanwhile";
    /// Body, entry or blob above its limit.
    TooLarge = "too-large", 413, "The request is too large";
    /// Another content type belongs here.
    UnsupportedMediaType = "unsupported-media-type", 415, "The body has the wrong content type";
    /// A token, the proof or the signature of a voter's entry does not verify.
    InvalidProof = "invalid-proof", 422, "A token, the proof or the signature does not verify";
    /// A party's signature does not verify.
    InvalidSignature = "invalid-signature", 422, "The signature does not verify";
    /// A request's time is too far from the service's clock.
    WrongTime = "wrong-time", 422, "The request's time is wrong";
    /// Not the election's ciphertext length.
    InvalidCiphertextLength = "invalid-ciphertext-length", 422, "The ciphertext has the wrong length";
    /// A rule of the entry's kind does not hold; `check` names it.
    InvalidEntry = "invalid-entry", 422, "The entry breaks a rule";
    /// The plan breaks rules.
    InvalidPlan = "invalid-plan", 422, "The plan breaks a rule";
    /// The draft breaks rules, or is not complete; `problems` lists them.
    InvalidDraft = "invalid-draft", 422, "The draft breaks rules";
    /// The list of voters has bad lines; `problems` lists them.
    InvalidRegister = "invalid-register", 422, "The register cannot be loaded";
    /// A blob that the entry names is not stored.
    MissingBlob = "missing-blob", 422, "A blob that the entry names is not stored";
    /// Too many sessions of this handle are open.
    TooManySessions = "too-many-sessions", 429, "Too many sessions are open";
    /// Something failed in the service; nothing was changed.
    Internal = "internal", 500, "The service failed";
    /// It is not known whether this was accepted; the same again is safe and tells.
    UnknownOutcome = "unknown-outcome", 500, "It is not known whether this was accepted";
    /// The board cannot be reached or does not answer as one.
    BoardUnreachable = "board-unreachable", 502, "The board cannot be reached";
    /// An issuer cannot be reached, or does not say who has taken a token.
    IssuerUnreachable = "issuer-unreachable", 502, "An issuer cannot be asked";
    /// The mail server cannot be reached, or refused.
    MailFailed = "mail-failed", 502, "The mail was not accepted";
    /// The head of the request is above its limit.
    HeadTooLarge = "head-too-large", 431, "The head of the request is too large";
    /// Full queue, too many requests, or shutting down; nothing was kept.
    Busy = "busy", 503, "Too busy just now";
    /// The election's writer has stopped; nothing was kept.
    Stopped = "stopped", 503, "The election's log is not written to just now";
}

impl ProblemType {
    /// The type with this `type` member.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(PREFIX)?;
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{PREFIX}{}", self.name()))
    }
}

impl<'de> Deserialize<'de> for ProblemType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(deserializer)?;
        Self::from_uri(&uri).ok_or_else(|| D::Error::custom("not a problem type of Urna"))
    }
}

/// A problem document. Its words are for people, `type` and `check` for programs; no secret is ever in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// `urn:urna:problem:` and a name.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "urn:urna:problem:voting-closed")]
    pub kind: ProblemType,
    /// The type in plain English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, where, and what to do.
    pub detail: String,
    /// The number of the broken rule, such as `STA-6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Everything that is wrong, of what can have several mistakes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Item>,
    /// In how many seconds to try again; sent as `Retry-After`.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

/// One of several things that are wrong, in a field of a document or a line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Item {
    /// The field, as in `contests[2].max`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

impl Item {
    /// Something in a field.
    pub fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: Some(field.into()), line: None, problem: problem.into() }
    }

    /// Something in a line.
    pub fn line(line: u64, problem: impl Into<String>) -> Self {
        Self { field: None, line: Some(line), problem: problem.into() }
    }
}

/// The most characters of a detail.
const DETAIL: usize = 1_000;

impl Problem {
    /// A problem of this type. Of a detail that is longer than people read, since it quotes what was sent, the middle is left out.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: without_middle(detail.into()),
            check: None,
            problems: Vec::new(),
            retry_after: None,
        }
    }

    /// Names the broken rule.
    #[must_use]
    pub fn with_check(mut self, check: &'static str) -> Self {
        self.check = Some(check.to_owned());
        self
    }

    /// Lists everything that is wrong.
    #[must_use]
    pub fn with_problems(mut self, problems: Vec<Item>) -> Self {
        self.problems = problems;
        self
    }

    /// Says when to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

fn without_middle(text: String) -> String {
    let length = text.chars().count();
    if length <= DETAIL {
        return text;
    }
    let kept = DETAIL / 2 - 1;
    let (first, last) = (text.chars().take(kept), text.chars().skip(length - kept));
    first.chain(['…']).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_no_more_than_people_read() {
        let short = "ö".repeat(DETAIL);
        assert_eq!(Problem::new(ProblemType::Malformed, short.clone()).detail, short);
        let long = format!("begins {} ends", "ö".repeat(100_000));
        let detail = Problem::new(ProblemType::Malformed, long).detail;
        assert!(
            detail.chars().count() <= DETAIL && detail.starts_with("begins ö") && detail.ends_with("ö ends")
        );
    }

    #[test]
    fn accepts_what_it_writes() {
        for kind in ProblemType::ALL {
            let items = vec![Item::field("title", "is empty"), Item::line(3, "has no name")];
            let problem = Problem::new(*kind, "what to do").with_check("STA-6").with_problems(items);
            let json = serde_json::to_string(&problem).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
        }
        assert!(
            serde_json::from_str::<Problem>(
                r#"{"type":"urn:urna:problem:no","title":"","status":4,"detail":""}"#
            )
            .is_err()
        );
    }

    /// The page lists every type with its status, and no other.
    #[test]
    fn names_every_type_on_the_page() {
        let page = include_str!("../../../spec/http.md");
        for kind in ProblemType::ALL {
            let name = format!("`{}`", kind.name());
            let row = page.lines().find(|line| line.starts_with('|') && line.contains(&name));
            let row = row.unwrap_or_else(|| panic!("{name} is not on the page"));
            assert!(row.contains(&kind.status().to_string()), "{name}: {row}");
        }
    }
}
