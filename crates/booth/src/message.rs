//! What goes in and comes out. The shapes are those of `spec/booth.md`.

use core::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use zeroize::Zeroizing;

/// A text that is wiped when dropped, and not printed.
pub(crate) struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The head of a message; the body that follows it is the answer's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    /// Unix seconds.
    pub(crate) now: u64,
    #[serde(default)]
    pub(crate) start: Option<Start>,
    #[serde(default)]
    pub(crate) answer: Option<Answer>,
}

/// An operation, with what `urna voter` takes as options.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    pub(crate) what: What,
    /// The personal link.
    #[serde(default)]
    pub(crate) link: Option<Secret>,
    /// Where the state is kept, as an earlier answer said.
    #[serde(default)]
    pub(crate) place: Option<String>,
    /// The election's address on its board.
    #[serde(default)]
    pub(crate) board: Option<String>,
    /// The election id, 64 digits; of `recover` without a link.
    #[serde(default)]
    pub(crate) election: Option<String>,
    /// The recovery code.
    #[serde(default)]
    pub(crate) code: Option<Secret>,
    /// Of `cast`, by contest.
    #[serde(default)]
    pub(crate) choices: Option<Value>,
    /// How many seconds to wait for the receipt after a promise.
    #[serde(default)]
    pub(crate) wait: Option<u64>,
}

/// What a voter can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    Show,
    Manifest,
    Saved,
    Token,
    Cast,
    Check,
    Withdraw,
    Return,
    Recovery,
    Recover,
    Receipt,
    Qr,
}

/// What became of what was wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) id: u32,
    pub(crate) is: Is,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Is {
    /// Of `fetch`: the answer, whose body is the message's; of one that is longer than the limit there is none.
    Answered { status: u16, headers: Vec<(String, String)>, complete: bool },
    /// Of `fetch`: there is no answer.
    Unreachable { reason: String },
    /// Of `wait`.
    Waited,
    /// Of `load`: what is kept is the message's body, empty if there is nothing. The version of a place at which nothing was ever
    /// kept is 0.
    Loaded { version: u64 },
    /// Of `store`: it is durable, and has this version.
    Stored { version: u64 },
    /// Of `load` and `store`: another window has the place, or has stored there in the meantime. Nothing was stored.
    OtherWindow,
    /// Of `load` and `store`: it went wrong; what was to be stored is there or not.
    Failed { reason: String },
}

/// What comes out of a turn.
#[derive(Default, Serialize)]
pub(crate) struct Said {
    /// How the operation ended.
    pub(crate) ended: Option<Ended>,
    /// What it is doing, for a person who waits.
    pub(crate) notices: Vec<Value>,
    /// Why the message was not taken: a mistake of the page.
    pub(crate) refused: Option<&'static str>,
    /// What is to be done outside, all of it at once.
    pub(crate) wants: Vec<Wanted>,
    /// What is not wanted any more.
    pub(crate) withdrawn: Vec<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ended {
    /// With its document, and the place where the state is kept.
    Done { document: Value, place: String },
    /// With a failure's document.
    Failed { document: Value, place: Option<String> },
}

#[derive(Serialize)]
pub(crate) struct Wanted {
    pub(crate) id: u32,
    pub(crate) want: Want,
}

/// What the program wants from outside. Not printed: a form holds the voter's secrets.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Want {
    /// A request, without credentials, referrer and redirects.
    Fetch {
        body: Option<Secret>,
        headers: Vec<(&'static str, Secret)>,
        /// The most bytes of the answer's body.
        limit: usize,
        method: &'static str,
        /// How long it may take in all.
        milliseconds: u64,
        url: String,
    },
    Wait {
        milliseconds: u64,
    },
    Load {
        place: String,
        record: Record,
    },
    /// To be answered when neither a crash nor the loss of power undoes it.
    Store {
        place: String,
        record: Record,
        text: Secret,
        /// The version that is kept now, else nothing is stored; null of what may be overwritten.
        version: Option<u64>,
    },
}

/// What is kept at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Record {
    /// The voter's saved form.
    Form,
    /// The election's manifest, which is public.
    Manifest,
}

/// A message's head and body: the length of the head in four bytes, least first, the head, the body.
pub(crate) fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = message.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}
