//! What a board's web server says besides a record's files: that something is not public yet, and the official entries by
//! themselves while their bundles are not (`spec/http.md`). For whoever reads a record from one, with whatever makes requests.

use serde::Deserialize;
use urna_election::json::Base64;

use crate::record::Content;

impl Content {
    /// What an answer of status 404 or 410 stands for, by the problem document that is its body; nothing else than such a document
    /// says that something is withheld.
    pub fn absent(body: &[u8]) -> Self {
        /// What a problem document says for programs.
        #[derive(Deserialize)]
        struct Problem {
            #[serde(rename = "type")]
            kind: String,
        }
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) if problem.kind == "urn:urna:problem:not-yet-public" => Self::Withheld,
            _ => Self::Missing,
        }
    }
}

/// The entries of authority, issuers and trustees, as a board lists them page by page at any time.
#[derive(Debug, Default)]
pub struct Official(Vec<(u64, Vec<u8>)>);

/// A page, of which only entries and places are wanted: proofs are made from tiles.
#[derive(Deserialize)]
struct Page {
    entries: Vec<PageEntry>,
    more: bool,
}

#[derive(Deserialize)]
struct PageEntry {
    entry: Base64<Vec<u8>>,
    index: u64,
}

impl Official {
    /// The most bytes of a page: 256 of the largest entries, in base64, with their proofs.
    pub const LIMIT: usize = 64 << 20;
    /// The most entries that are taken.
    const MOST: usize = 100_000;

    /// The address of the next page, seen from the election's prefix.
    pub fn next(&self, slug: &str) -> String {
        let after = self.0.last().map_or_else(String::new, |(last, _)| format!("?after={last}"));
        format!("../v1/elections/{slug}/official{after}")
    }

    /// Takes the next page, and says whether there are more.
    ///
    /// # Errors
    /// If it is none.
    pub fn take(&mut self, page: &[u8]) -> Result<bool, serde_json::Error> {
        let page: Page = serde_json::from_slice(page)?;
        let last = self.0.last().map(|(last, _)| *last);
        let ascends = page.entries.first().is_none_or(|first| last.is_none_or(|last| last < first.index));
        let more = page.more && !page.entries.is_empty() && ascends;
        self.0.extend(page.entries.into_iter().map(|PageEntry { entry, index }| (index, entry.0)));
        self.0.truncate(Self::MOST);
        Ok(more && self.0.len() < Self::MOST)
    }

    /// What was taken, each entry with its index.
    pub fn into_entries(self) -> Vec<(u64, Vec<u8>)> {
        self.0
    }
}
