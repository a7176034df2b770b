//! Where the saved form lies (CLI-24): compared and replaced in one step, durable before anything is sent.

use std::io;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::{ClientError, SavedForm};

/// Why something was not stored or not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The file or what is around it.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Another program has it.
    #[error("{0} is in use by another program: wait until that one has ended")]
    InUse(PathBuf),
    /// Another window of the voter's has it, or has gone on since it was read.
    #[error(
        "another window is at this vote, or was in the meantime: close the others, and load this one again"
    )]
    OtherWindow,
    /// What keeps it for the program, such as a browser, did not do it, or does not say so.
    #[error("what is saved cannot be kept or read here: {0}")]
    Keeper(String),
    /// Nothing is kept here.
    #[error("nothing is kept here")]
    Nowhere,
    /// The form does not replace what is stored (CLI-24).
    #[error(transparent)]
    Form(#[from] ClientError),
}

impl StorageError {
    /// What is wrong, in one word for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::InUse(_) => "in_use",
            Self::OtherWindow => "other_window",
            Self::Keeper(_) => "keeper",
            Self::Nowhere => "nowhere",
            Self::Form(error) => error.name(),
        }
    }
}

/// Keeps one voter's saved form.
///
/// Nobody but the voter reads it. [`Storage::replace`] compares and replaces in one step, and when it has returned, neither a crash nor
/// the loss of power brings the old form back.
pub trait Storage: Send {
    /// The form that is stored; none before the first.
    ///
    /// # Errors
    /// [`StorageError`].
    fn load(&mut self) -> impl Future<Output = Result<Option<Zeroizing<Vec<u8>>>, StorageError>> + Send;

    /// Puts this form in the place of the one that it was made from ([`SavedForm::check_replaces`]).
    ///
    /// # Errors
    /// [`StorageError`]; after one it is either there or not.
    fn replace(&mut self, form: &SavedForm) -> impl Future<Output = Result<(), StorageError>> + Send;

    /// The election's manifest, if it was kept. It is public, and checked by its id whenever it is read.
    ///
    /// # Errors
    /// [`StorageError`].
    fn manifest(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, StorageError>> + Send;

    /// Keeps the manifest, so that the next start needs nobody for it.
    ///
    /// # Errors
    /// [`StorageError`].
    fn keep_manifest(&mut self, bytes: &[u8]) -> impl Future<Output = Result<(), StorageError>> + Send;
}

/// Keeps nothing: for looking only.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStorage;

impl Storage for NoStorage {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(None)
    }

    async fn replace(&mut self, _: &SavedForm) -> Result<(), StorageError> {
        Err(StorageError::Nowhere)
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(None)
    }

    async fn keep_manifest(&mut self, _: &[u8]) -> Result<(), StorageError> {
        Ok(())
    }
}
