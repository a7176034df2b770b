//! The driver: a trustee with input and output (feature `driver`). Where it is kept, and what carries requests, the program brings
//! that it is in: a browser's, or, with the feature `native`, one on the trustee's own machine.
//!
//! ```text
//! key file, passphrase ─ Driver::open ─> change: work, then the form, then the form in its storage ─> packages, entries
//! ```
//!
//! Every change goes through [`Driver::change`], which returns only when it is kept, durably; what is sent is asked for
//! afterwards. A driver that is dropped or killed anywhere is opened again from its file and goes on.
//!
//! **Whom it trusts.** Nobody: the authority carries packages, each of which is checked; the board takes entries and proves
//! with a receipt that they stand; agreements are believed by their signatures, wherever they were read.
//!
//! | module | what |
//! |---|---|
//! | `services` | packages over the authority, entries on the board |
//! | `files`, of the feature `native` | key file, backup, packages in files |

#[cfg(feature = "native")]
mod files;
mod services;

use rand_core::CryptoRngCore;
use urna_api::client::ClientError;

use crate::{KeyFile, Sealed, Trustee, TrusteeError};

#[cfg(feature = "native")]
pub use files::{Backup, File, FileDriver, FileError, read_packages, write_packages};
pub use services::{Held, Opened, Stands};

/// Why the driver does not do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// A rule.
    #[error(transparent)]
    Trustee(#[from] TrusteeError),
    /// A file of this machine.
    #[cfg(feature = "native")]
    #[error(transparent)]
    File(#[from] FileError),
    /// What the program brings to keep the key file does not keep it.
    #[error(transparent)]
    Storage(#[from] StorageError),
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

/// Why a form is not known to be kept.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// What is kept there is not what this was made from.
    #[error("another window has this key open, or has gone on with it meanwhile")]
    OtherWindow,
    /// It went wrong, and the form is there or not.
    #[error("the key cannot be kept: {0}")]
    Keeper(String),
}

/// Where a trustee's key file is kept.
pub trait Storage {
    /// Puts this form in the place of the one that it was made from, and returns when neither a crash nor the loss of power undoes
    /// that.
    ///
    /// # Errors
    /// [`DriverError`]; after one it is either there or not.
    fn replace(&mut self, form: &Sealed) -> impl Future<Output = Result<(), DriverError>>;
}

/// A trustee with its file. `R` makes what is random.
pub struct Driver<S, R> {
    storage: S,
    file: KeyFile,
    trustee: Trustee,
    rng: R,
}

impl<S: Storage, R: CryptoRngCore> Driver<S, R> {
    /// A trustee that was read from this storage; or a new one, which is there from the first [`Driver::change`].
    pub const fn new(storage: S, file: KeyFile, trustee: Trustee, rng: R) -> Self {
        Self { storage, file, trustee, rng }
    }

    /// The trustee, as it is in the file.
    pub const fn trustee(&self) -> &Trustee {
        &self.trustee
    }

    /// Changes the trustee, and returns when that is in the file.
    ///
    /// # Errors
    /// Those of the storage: it may be in the file or not, and nothing about it can be sent.
    pub async fn change<T>(
        &mut self,
        work: impl FnOnce(&mut Trustee, &mut R) -> T,
    ) -> Result<T, DriverError> {
        let came = work(&mut self.trustee, &mut self.rng);
        if self.trustee.is_unsaved() {
            let sealed = self.file.seal(&self.trustee, &mut self.rng);
            self.storage.replace(&sealed).await?;
            self.trustee.mark_saved(&sealed);
        }
        Ok(came)
    }
}
