//! The blobs that entries name: read where a check needs them, each judged once (V-16).

use std::collections::BTreeMap;
use std::sync::Mutex;

use urna_election::blob::BlobRef;

use crate::reading::Unreadable;
use crate::record::{Content, File, Record};

/// Why a check has not got a blob.
#[derive(Debug)]
pub(crate) enum Lack<E: core::error::Error + 'static> {
    /// It is missing without having been erased, or is not the one that the entry names: V-16 has failed.
    Wrong,
    /// It was erased by this entry.
    Erased(u64),
    /// The board does not show it yet.
    Withheld,
    /// Nobody knows.
    Unreadable(Unreadable<E>),
}

/// How a blob is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is not there.
    Missing,
    /// Its length or hash are others than the entry says.
    Other,
}

/// What became of a blob that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Present,
    Wrong(Wrong),
    Erased(u64),
    Withheld,
}

/// The blobs of a record.
pub(crate) struct Blobs<'r, R> {
    record: &'r R,
    erased: BTreeMap<[u8; 32], u64>,
    standings: Mutex<BTreeMap<BlobRef, Standing>>,
}

impl<'r, R: Record> Blobs<'r, R> {
    pub(crate) fn new(record: &'r R, erased: BTreeMap<[u8; 32], u64>) -> Self {
        Self { record, erased, standings: Mutex::default() }
    }

    /// The bytes of a blob, which are those that the entry names.
    pub(crate) fn read(&self, blob: &BlobRef) -> Result<Vec<u8>, Lack<R::Error>> {
        // Before anything is read: what is longer than its kind allows is none.
        let limit = usize::try_from(blob.length.value()).unwrap_or(usize::MAX).min(blob.kind.limit());
        let file = File::Blob(blob.sha256.0);
        let source = |error| Lack::Unreadable(Unreadable::Source { file: file.to_string(), error });
        let answer = match self.record.read(&file, limit).map_err(source)? {
            Content::Bytes(bytes) if blob.check(&bytes).is_ok() => Ok(bytes),
            Content::Bytes(_) => Err(Standing::Wrong(Wrong::Other)),
            Content::Withheld => Err(Standing::Withheld),
            Content::Missing => Err(match self.erased.get(&blob.sha256.0) {
                Some(entry) => Standing::Erased(*entry),
                None => Standing::Wrong(Wrong::Missing),
            }),
        };
        let standing = answer.as_ref().err().copied().unwrap_or(Standing::Present);
        self.standings.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(*blob, standing);
        answer.map_err(|standing| match standing {
            Standing::Erased(entry) => Lack::Erased(entry),
            Standing::Withheld => Lack::Withheld,
            Standing::Wrong(_) | Standing::Present => Lack::Wrong,
        })
    }

    /// What became of the blob, if it was looked for.
    pub(crate) fn standing(&self, blob: &BlobRef) -> Option<Standing> {
        self.standings.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(blob).copied()
    }
}
