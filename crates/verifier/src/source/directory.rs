//! A record in a directory.

use std::fs::File as OpenFile;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use urna_log::TilePath;

use super::{SourceError, WITHHELD, Withheld};
use crate::record::{Content, File, Record};

/// A mirrored directory: the files of a record, as a board serves them.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    /// What the board withheld from whoever made the copy.
    withheld: Withheld,
}

impl Directory {
    /// The record in this directory.
    ///
    /// # Errors
    /// [`SourceError::Disk`] if it is no directory, or its list of what is withheld cannot be read.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let disk = |error| SourceError::Disk { path: path.to_owned(), error };
        if !std::fs::metadata(path).map_err(disk)?.is_dir() {
            return Err(disk(ErrorKind::NotADirectory.into()));
        }
        let list = path.join(WITHHELD);
        let withheld = match read(&list, usize::MAX >> 1)? {
            None => Withheld::default(),
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| SourceError::Disk { path: list, error: error.into() })?,
        };
        Ok(Self { path: path.to_owned(), withheld })
    }

    fn is_withheld(&self, file: &File) -> bool {
        match file {
            File::Tile(TilePath::Entries(_)) => self.withheld.bundles,
            File::Blob(sha256) => self.withheld.blobs.iter().any(|blob| blob.0 == *sha256),
            _ => false,
        }
    }
}

impl Record for Directory {
    type Error = SourceError;

    fn read(&self, file: &File, limit: usize) -> Result<Content, SourceError> {
        Ok(match read(&self.path.join(file.to_string()), limit)? {
            Some(bytes) => Content::Bytes(bytes),
            None if self.is_withheld(file) => Content::Withheld,
            None => Content::Missing,
        })
    }

    fn official(&self) -> Result<Vec<(u64, Vec<u8>)>, SourceError> {
        Ok(self.withheld.entries.iter().map(|official| (official.index, official.entry.0.clone())).collect())
    }
}

/// At most `limit` bytes of a file and one more; none if it is not there.
pub(super) fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
    let disk = |error| SourceError::Disk { path: path.to_owned(), error };
    let file = match OpenFile::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(disk(error)),
    };
    let length = file.metadata().map_err(disk)?.len();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(most)).unwrap_or(0));
    file.take(most).read_to_end(&mut bytes).map_err(disk)?;
    Ok(Some(bytes))
}
