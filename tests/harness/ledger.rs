//! What a board has said to ballots, kept where nothing that happens to the board can change it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use urna_api::client::Outcome;

/// The board's answer to a ballot that it accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The ballot's number.
    pub ballot: usize,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// What was said.
    #[serde(flatten)]
    pub said: Said,
    /// Whether the board said that it had accepted this ballot before.
    pub repeated: bool,
}

/// That a ballot is in the log, or that it will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "said")]
pub enum Said {
    /// It is, at this index.
    Logged {
        /// The index.
        index: u64,
        /// The whole receipt.
        receipt: String,
    },
    /// It will be.
    Promised {
        /// The whole promise.
        promise: String,
    },
}

impl From<Outcome> for Said {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Logged(receipt) => Self::Logged { index: receipt.index(), receipt: receipt.to_string() },
            Outcome::Promised(promise) => Self::Promised { promise: promise.to_string() },
        }
    }
}

/// A file of acknowledgements, one in each line.
pub struct Ledger {
    file: File,
    /// Those that were in the file when it was opened, and all since.
    pub acknowledgements: Vec<Acknowledgement>,
}

impl Ledger {
    /// Opens a ledger, new or not. A last line that was not finished is dropped: its answer was not noted.
    ///
    /// # Errors
    /// It cannot be read or written, or a line is none.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let what = || format!("the ledger {}", path.display());
        let bytes = match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.with_context(what)?,
        };
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let (lines, _) = bytes.split_at(whole);
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let acknowledgements =
            lines.map(serde_json::from_slice).collect::<Result<Vec<_>, _>>().with_context(what)?;
        let file = OpenOptions::new().create(true).append(true).open(path).with_context(what)?;
        file.set_len(whole.try_into()?).with_context(what)?;
        Ok(Self { file, acknowledgements })
    }

    /// Writes acknowledgements, and returns when they are on the disk.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&mut self, acknowledgements: Vec<Acknowledgement>) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        for acknowledgement in &acknowledgements {
            serde_json::to_writer(&mut lines, acknowledgement)?;
            lines.push(b'\n');
        }
        self.file.write_all(&lines).and_then(|()| self.file.sync_data()).context("writing the ledger")?;
        self.acknowledgements.extend(acknowledgements);
        Ok(())
    }

    /// The ballots that the board has said something to.
    pub fn ballots(&self) -> BTreeSet<usize> {
        self.acknowledgements.iter().map(|acknowledgement| acknowledgement.ballot).collect()
    }
}
