//! The trustee's program, without input and output: what a trustee makes, checks, signs and keeps, from its enrolment to its
//! part of the opening. The pages are `spec/trustees.md` and `spec/entries.md`.
//!
//! ```text
//! Plan ─ Trustee::enrol ─▶ advance (packages of the others) ─▶ … ─▶ holds its share
//! Manifest, the announced election id ─ agree ─▶ `ceremony`         backup ─ rehearse ─▶ `rehearsal`
//! own verification of the log up to the close ─ VerifiedClose ─ agree_to_open ─▶ `agreed`
//! `agreed` of enough trustees ─ quorum ─▶ open_chunk, in order ─▶ `opening` …
//! ```
//!
//! **Saved before sent.** A [`Trustee`] that has changed hands out nothing until its key file is written and
//! [`Trustee::mark_saved`] says so ([`TrusteeError::Unsaved`]). What was sent is sent again as it was, byte for byte.
//!
//! **Once.** A key file belongs to one plan, then to one election, then to one agreement. Each of them is in the file before
//! anything about it leaves, and the file can leave none of them again. Partial decryptions are of the counted list that the
//! agreement names, and of nothing else.
//!
//! **Whose doing.** A package that breaks a rule is refused with the name of its sender, and nothing is lost: what was there
//! before still is.
//!
//! | module | what | rules |
//! |---|---|---|
//! | `trustee` | the states, from enrolment to opening | TRU-1 to TRU-16 |
//! | `content` | what the key file holds | TRU-17 |
//! | `key_file` | the key file under its passphrase | TRU-17 |
//! | `error` | why something is not done | |
//! | `driver`, of the feature `driver` | storage, authority, board | TRU-17 |
//!
//! Time and randomness are arguments; files and addresses are the caller's, but for the driver of the feature `native`.

mod content;
#[cfg(feature = "driver")]
pub mod driver;
mod error;
mod key_file;
mod trustee;

pub use error::{KeyFileError, TrusteeError};
pub use key_file::{Cost, KeyFile, Sealed};
pub use trustee::{
    Advanced, Outcome, OwnVerification, Posting, PublicKeys, Quorum, Sharing, Stage, Standing, Trustee,
    VerifiedClose, signer, small_classes,
};
