//! What goes in and comes out, as JSON. A message in is a head with its length in four bytes before it, least first, and a body.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use urna_election::json::Base64;
use zeroize::Zeroizing;

/// The head of a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    /// Unix seconds.
    pub(crate) now: u64,
    #[serde(default)]
    pub(crate) start: Option<Start>,
    #[serde(default)]
    pub(crate) answer: Option<Is>,
}

/// An operation.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    pub(crate) what: What,
    /// The authority's address.
    pub(crate) authority: String,
    /// The election's short name.
    pub(crate) slug: String,
    /// The trustee's id in the plan; none while nobody has said who one is.
    #[serde(default)]
    pub(crate) trustee: Option<String>,
    #[serde(default, deserialize_with = "secret")]
    pub(crate) passphrase: Option<Zeroizing<String>>,
    /// The announced election id, as a person copies it.
    #[serde(default)]
    pub(crate) election: Option<String>,
    /// The attempt that is gone along with.
    #[serde(default)]
    pub(crate) attempt: Option<u32>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Zeroizing<String>>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Zeroizing::new))
}

/// What a trustee can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Shows, and does nothing.
    Look,
    /// Makes the key and the key file.
    Enrol,
    /// Opens the key that is kept.
    Unlock,
    /// Keeps the key file that is the message's body, and opens it.
    Restore,
    /// Does whatever needs no decision.
    GoOn,
    /// Goes along with another attempt of the ceremony.
    Restart,
    /// Agrees to the published manifest.
    Agree,
    /// Rehearses, from the key file that is the message's body.
    Rehearse,
    /// Verifies the record up to the close.
    Verify,
    /// Agrees to open what was verified.
    Open,
    /// Hands out the key file.
    File,
}

/// What became of what was wanted.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Is {
    /// Of `fetch`: the answer, whose body is the message's; of one that is longer than the limit there is none.
    Answered { status: u16, headers: Vec<(String, String)>, complete: bool },
    /// Of `fetch`: there is no answer.
    Unreachable { reason: String },
    /// Of `load`: what is kept is the message's body, empty if there is nothing; then the version is that of what was there, or 0.
    Loaded { version: u64 },
    /// Of `store`: it is durable, and has this version.
    Stored { version: u64 },
    /// Of `load` and `store`: another window has the place, or has stored there meanwhile. Nothing was stored.
    OtherWindow,
    /// Of `load` and `store`: it went wrong; what was to be stored is there or not.
    Failed { reason: String },
}

/// What the program wants from outside. Not printed.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Want {
    /// A request, without credentials, referrer and redirects.
    Fetch {
        body: Option<Base64<Vec<u8>>>,
        headers: Vec<(&'static str, String)>,
        /// The most bytes of the answer's body.
        limit: usize,
        method: &'static str,
        /// How long it may take in all.
        milliseconds: u64,
        url: String,
    },
    /// What is kept at a place.
    Load { place: String, record: &'static str },
    /// To be answered when neither a crash nor the loss of power undoes it.
    Store {
        place: String,
        record: &'static str,
        text: String,
        /// The version that is kept now, else nothing is stored.
        version: u64,
    },
}

/// What comes out of a turn.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Said {
    Want(Want),
    /// The operation is over: what there is to see (`view`).
    Done(Value),
    /// It is not done (`failure`).
    Failed(Value),
    /// The message was not taken: a mistake of the page.
    Refused(&'static str),
}

/// A message's head and body.
pub(crate) fn split(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = message.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}
