//! The verifier in a browser: `urna-verifier`, the very same code as the command `urna-verify`, behind two functions. The section
//! "In a browser" of `spec/verification.md` is the page.
//!
//! ```text
//! board's page ─ verify.js ─ starts, shows ─▶ worker.js ─ question ─▶ verify ─▶ urna_verifier::verify
//!      ▲                                        ◀── read: checkpoint, tile/…, blob/…: a request to the board
//!      └──────── progress, at last the report ──────┘◀── say: how far, what came of it
//! ```
//!
//! It reads the record from the board while it verifies, file by file, and keeps none of it. Where it runs, in a worker, a request
//! may be waited for.
//!
//! | module | what |
//! |---|---|
//! | `count` | both counts, side by side, with titles in the reader's language |
//! | `raw` | what a browser calls, in wasm32 only |

mod count;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod raw;

use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_verifier::{Given, Report, Verified, parse_election};
use urna_worker::{Outside, Progress, Remote};

use count::Counts;

/// What is to be verified.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The election id that the reader has from elsewhere; empty if none.
    election: String,
    /// The reader's language, a tag of BCP 47.
    language: String,
    /// The election's short name on its board.
    slug: String,
}

/// What came of it.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Said<'a> {
    Verified {
        report: &'a Report,
        /// How many entries the log has.
        size: u64,
        counts: Option<Counts>,
    },
    /// The record cannot be read: why, in English.
    Unreadable(String),
    /// What was given is no election id.
    NotAnElection,
}

/// Verifies the record around the page, saying how far it is, and what came of it. `coins` makes sources of private randomness.
pub fn verify<G: CryptoRngCore>(question: &[u8], outside: &impl Outside, coins: &(impl Fn() -> G + Sync)) {
    let say = |said: &Said<'_>| outside.say(&serde_json::to_vec(said).unwrap_or_default());
    let question: Question = match serde_json::from_slice(question) {
        Ok(question) => question,
        Err(error) => return say(&Said::Unreadable(error.to_string())),
    };
    // As people copy it: in groups, or over the end of a line.
    let election: String = question.election.split_whitespace().collect();
    let given = Given { election: parse_election(&election), ..Given::default() };
    if given.election.is_none() && !election.is_empty() {
        return say(&Said::NotAnElection);
    }
    let record = Remote::new(outside, &question.slug);
    match urna_verifier::verify(&record, &given, coins, &Progress::new(outside)) {
        Ok(verified) => {
            let Verified { report, head, .. } = &verified;
            let counts = Counts::of(&verified, &question.language);
            say(&Said::Verified { report, size: head.size, counts });
        }
        Err(error) => say(&Said::Unreadable(error.to_string())),
    }
}

#[cfg(test)]
mod tests;
