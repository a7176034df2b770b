//! The folder of a copy: files come into being as a whole, and one process writes at a time.

use std::fs::{self, File as OpenFile, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use super::{SourceError, directory};
use crate::record::{File, Hexadecimal};

/// Files that are being written.
const PARTS: &str = ".parts";
/// Held while a process copies.
const LOCK: &str = ".lock";
/// Files that contradict each other.
const EVIDENCE: &str = "evidence";

pub(super) struct Folder {
    path: PathBuf,
    parts: AtomicU64,
    /// Held as long as the folder is open.
    _lock: OpenFile,
}

impl Folder {
    /// Opens the folder, makes it if need be, and removes what an interrupted copy left half written.
    pub(super) fn open(path: &Path) -> Result<Self, SourceError> {
        let parts = path.join(PARTS);
        fs::create_dir_all(&parts).map_err(|error| disk(&parts, error))?;
        let lock = path.join(LOCK);
        let file = OpenFile::create(&lock).map_err(|error| disk(&lock, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SourceError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(disk(&lock, error)),
        }
        for left in fs::read_dir(&parts).map_err(|error| disk(&parts, error))? {
            let left = left.map_err(|error| disk(&parts, error))?.path();
            fs::remove_file(&left).map_err(|error| disk(&left, error))?;
        }
        Ok(Self { path: path.to_owned(), parts: AtomicU64::new(0), _lock: file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn read(&self, file: &File, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
        directory::read(&self.path.join(file.to_string()), limit)
    }

    /// Writes a file as a whole: whoever looks sees the old one, or all of the new one.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SourceError> {
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let part = self.path.join(PARTS).join(number.to_string());
        fs::write(&part, bytes).map_err(|error| disk(&part, error))?;
        let path = self.path.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| disk(parent, error))?;
        }
        fs::rename(&part, &path).map_err(|error| disk(&path, error))
    }

    /// Writes the file that makes the copy one of a larger log: what it stands for is on the disk before.
    pub(super) fn commit(&self, name: &str, bytes: &[u8]) -> Result<(), SourceError> {
        self.write(name, bytes)?;
        let path = self.path.join(name);
        let synced = OpenFile::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|error| disk(&path, error))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), SourceError> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(disk(&path, error)),
            _ => Ok(()),
        }
    }

    /// Keeps files that contradict each other, and answers with the error that says so.
    pub(super) fn contradiction(&self, what: String, files: &[(&str, &[u8])]) -> SourceError {
        let mut hash = Sha256::new();
        files.iter().for_each(|(_, bytes)| hash.update(Sha256::digest(bytes)));
        let digest = hash.finalize();
        let name = Hexadecimal(digest.get(..8).unwrap_or(&digest)).to_string();
        for (file, bytes) in files {
            if let Err(error) = self.write(&format!("{EVIDENCE}/{name}/{file}"), bytes) {
                return error;
            }
        }
        SourceError::Contradiction { what, evidence: self.path.join(EVIDENCE).join(name) }
    }
}

fn disk(path: &Path, error: std::io::Error) -> SourceError {
    SourceError::Disk { path: path.to_owned(), error }
}
