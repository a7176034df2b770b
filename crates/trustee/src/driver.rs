//! The driver: a trustee with input and output, for programs on the trustee's own machine (feature `driver`).
//!
//! ```text
//! key file, passphrase ─ Driver::open ─> change: work, then the file, then the file on the disk ─> packages, entries
//! ```
//!
//! Every change goes through [`Driver::change`], which returns only when it is in the file, durably; what is sent is asked for
//! afterwards. A driver that is dropped or killed anywhere is opened again from its file and goes on.
//!
//! **Whom it trusts.** Nobody: the authority carries packages, each of which is checked; the board takes entries and proves
//! with a receipt that they stand; agreements are believed by their signatures, wherever they were read.
//!
//! | module | what |
//! |---|---|
//! | `files` | key file, backup, packages in files |
//! | `services` | packages over the authority, entries on the board |

mod files;
mod services;

use std::path::{Path, PathBuf};

use rand_core::OsRng;
use urna_api::client::ClientError;
use urna_disk::{DiskError, FileLock, read_file, secret};

use crate::{Cost, KeyFile, KeyFileError, Trustee, TrusteeError};

pub use files::{Backup, read_packages, write_packages};
pub use services::{Held, Opened, Stands};

/// Why the driver does not do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// A rule.
    #[error(transparent)]
    Trustee(#[from] TrusteeError),
    /// A file that is no usable key file.
    #[error("{}: {error}", .path.display())]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: KeyFileError,
    },
    /// A disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is no key file.
    #[error("{} does not exist: `urna trustee enrol` makes it", .0.display())]
    Missing(PathBuf),
    /// A file that would be lost.
    #[error("{} exists, and is not replaced: name another file", .0.display())]
    Exists(PathBuf),
    /// The backup is the key file.
    #[error("{} is the key file itself: a backup lies in another place, best on another disk", .0.display())]
    SameFile(PathBuf),
    /// A file or folder of packages that cannot be read.
    #[error("{}: {problem}", .path.display())]
    Package {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A service refuses, or does not answer.
    #[error(transparent)]
    Service(#[from] ClientError),
    /// The authority is at another attempt than this file.
    #[error("the ceremony has been begun again: it is at attempt {courier}, and your file at attempt {own}")]
    OtherAttempt {
        /// The file's.
        own: u32,
        /// The authority's.
        courier: u32,
    },
    /// What the board answered is not signed by the election's log.
    #[error(
        "the board's answer is not a receipt of this election's log: do not go on before somebody has looked"
    )]
    NoReceipt,
    /// What the board shows cannot be read.
    #[error("the board's list of official entries cannot be read: {0}")]
    Official(&'static str),
}

/// A trustee with its file.
pub struct Driver {
    path: PathBuf,
    _lock: FileLock,
    file: KeyFile,
    trustee: Trustee,
}

impl Driver {
    /// Writes the file of a new trustee. `cost` is [`Cost::default`] but in tests.
    ///
    /// # Errors
    /// [`DriverError::Exists`], [`DriverError::KeyFile`], [`DriverError::Disk`].
    pub fn create(path: &Path, passphrase: &str, cost: Cost, trustee: Trustee) -> Result<Self, DriverError> {
        let lock = FileLock::take(path, "program")?;
        if path.exists() {
            return Err(DriverError::Exists(path.to_owned()));
        }
        let file = KeyFile::new(passphrase, cost, &mut OsRng).map_err(at(path))?;
        let mut driver = Self { path: path.to_owned(), _lock: lock, file, trustee };
        driver.save()?;
        Ok(driver)
    }

    /// Opens a trustee's file.
    ///
    /// # Errors
    /// [`DriverError::Missing`], [`DriverError::KeyFile`], [`DriverError::Disk`].
    pub fn open(path: &Path, passphrase: &str) -> Result<Self, DriverError> {
        if !path.exists() {
            return Err(DriverError::Missing(path.to_owned()));
        }
        let lock = FileLock::take(path, "program")?;
        let (file, trustee) = load(path, passphrase)?;
        Ok(Self { path: path.to_owned(), _lock: lock, file, trustee })
    }

    /// The trustee, as it is in the file.
    pub const fn trustee(&self) -> &Trustee {
        &self.trustee
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes the trustee, and returns when that is in the file.
    ///
    /// # Errors
    /// [`DriverError::Disk`]: it may be in the file or not, and nothing about it can be sent.
    pub fn change<T>(&mut self, work: impl FnOnce(&mut Trustee, &mut OsRng) -> T) -> Result<T, DriverError> {
        let came = work(&mut self.trustee, &mut OsRng);
        self.save()?;
        Ok(came)
    }

    fn save(&mut self) -> Result<(), DriverError> {
        if self.trustee.is_unsaved() {
            let sealed = self.file.seal(&self.trustee, &mut OsRng);
            secret::replace(&self.path, sealed.as_bytes())?;
            self.trustee.mark_saved(&sealed);
        }
        Ok(())
    }
}

fn load(path: &Path, passphrase: &str) -> Result<(KeyFile, Trustee), DriverError> {
    let bytes = read_file(path)?.ok_or_else(|| DriverError::Missing(path.to_owned()))?;
    KeyFile::open(&bytes, passphrase).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(KeyFileError) -> DriverError {
    move |error| DriverError::KeyFile { path: path.to_owned(), error }
}
