//! An election under load, in a folder: what must be known to send its ballots and to check what became of them.
//!
//! | file | what |
//! |---|---|
//! | `election.json` | slug, verifier keys of log and promises |
//! | `ballots.jsonl` | a ballot in each line; a ballot's number is its line, from 0 |
//! | `voting_closed.json` | the entry that ends voting |

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use urna::load::{LogOfBoard, Planned, Shape};
use urna_api::client::{BoardClient, ClientError};
use urna_crypto::Ed25519SigningKey;
use urna_election::Slug;
use urna_log::VerifierKey;

/// An election whose voting is open.
pub struct ElectionUnderLoad {
    /// Its name on the board.
    pub slug: Slug,
    /// Verifies checkpoints.
    pub log_key: VerifierKey,
    /// Verifies promises.
    pub promise_key: VerifierKey,
    /// Valid ballots of different voters.
    pub ballots: Vec<Vec<u8>>,
    /// `voting_closed`.
    pub closing: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    slug: Slug,
    log_key: String,
    promise_key: String,
}

impl ElectionUnderLoad {
    /// Makes an election on this board and opens its voting.
    ///
    /// # Errors
    /// The board refuses something, or does not answer.
    pub async fn open(
        board: &BoardClient,
        authority: Ed25519SigningKey,
        slug: Slug,
        shape: &Shape,
    ) -> anyhow::Result<Self> {
        let planned = Planned::new(authority, slug.clone())?;
        let (log, prepared) = planned.open(board, shape).await?;
        let LogOfBoard { log_key, promise_key, .. } = log;
        let (ballots, closing) = (prepared.ballots, prepared.closing.entry);
        Ok(Self { slug, log_key, promise_key, ballots, closing })
    }

    /// Ends voting; once it has ended, this changes nothing.
    ///
    /// # Errors
    /// The board refuses, or does not answer.
    pub async fn close(&self, board: &BoardClient) -> Result<(), ClientError> {
        board.post_authority(&self.slug, self.closing.clone()).await.map(|_| ())
    }

    /// Writes the folder.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let what = || format!("cannot write the election to {}", folder.display());
        fs::create_dir_all(folder).with_context(what)?;
        let names = Names {
            slug: self.slug.clone(),
            log_key: self.log_key.to_string(),
            promise_key: self.promise_key.to_string(),
        };
        fs::write(folder.join("election.json"), serde_json::to_vec_pretty(&names)?).with_context(what)?;
        fs::write(folder.join("voting_closed.json"), &self.closing).with_context(what)?;
        // Canonical JSON has no line breaks.
        fs::write(folder.join("ballots.jsonl"), self.ballots.join(&b'\n')).with_context(what)
    }

    /// Reads the folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).with_context(|| format!("cannot read the election's {}", path.display()))
        };
        let names: Names = serde_json::from_slice(&read("election.json")?)?;
        let ballots = read("ballots.jsonl")?;
        Ok(Self {
            slug: names.slug,
            log_key: names.log_key.parse()?,
            promise_key: names.promise_key.parse()?,
            ballots: ballots.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect(),
            closing: read("voting_closed.json")?,
        })
    }
}
