//! The times of an electoral roll (S3-22, S3-28): for each handle the second in which it was answered, where the manifest says that
//! tokens are taken with the ballot (`issuance: with_ballot`). Everywhere else no time is kept.
//!
//! The second is the one in which the second move was complete, by the issuer's clock; who repeats the move does not change it. It
//! leaves the issuer in one way: as the file `roll.csv` in the election's folder, after the close. Whoever runs the issuer gives it
//! to the organiser, who alone can say whose handles these are.

use std::fmt::Write;

use urna_election::manifest::Issuance;

use crate::error::IssuerError;
use crate::issuer::Issuer;
use crate::store::{Store, StoreError};

impl<S: Store> Issuer<S> {
    /// Whether this election's roll has times.
    pub(crate) fn keeps_seconds(&self) -> bool {
        self.manifest.policy().issuance == Issuance::WithBallot
    }

    /// Every handle that has a row, in hexadecimal digits and ascending, with this issuer's id and the Unix second of its answer, as
    /// CSV; none where tokens are taken ahead.
    ///
    /// # Errors
    /// [`IssuerError::NotClosed`] before the log has this issuer's list; [`IssuerError::Stopped`].
    pub fn roll(&self) -> Result<Option<String>, IssuerError> {
        if !self.keeps_seconds() {
            return Ok(None);
        }
        self.running()?;
        if !self.is_posted() {
            return Err(IssuerError::NotClosed);
        }
        self.read_roll().map(Some).map_err(|error| self.failed(error))
    }

    fn read_roll(&self) -> Result<String, StoreError> {
        let mut roll = "handle,issuer,second\n".to_owned();
        for handle in self.read_handles()?.iter() {
            let second = self.store.second(handle)?.ok_or(StoreError::Damaged("the second of an answer"))?;
            // Writing to a String does not fail.
            let _ = writeln!(roll, "{handle},{},{second}", self.id);
        }
        Ok(roll)
    }
}
