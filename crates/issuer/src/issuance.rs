//! After the close: the issuance list, and the end of the keys.
//!
//! The list follows from the stored rows alone, so a closing that was interrupted is begun again: blobs that the board has
//! are uploaded a second time, and whether the entry was posted is read from the board's log ([`Issuer::follow`]). Only
//! when the log has this issuer's list, and it is that of the stored rows, are the keys destroyed.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use rand_core::CryptoRngCore;
use urna_crypto::{Handle, SignedEntry, SigningKey};
use urna_election::blob::{BlobKind, BlobRef, ROWS_PER_BLOB};
use urna_election::entry::{Entry, Issuance, Role, Signed};
use urna_election::issuance::{Row, to_blobs};
use urna_election::json::Integer;
use urna_election::manifest::ENTRY_LIMIT;
use urna_election::{Id, Phase};

use crate::error::IssuerError;
use crate::issuer::{Issuer, parse_row};
use crate::store::Store;

/// What an issuer signed, to be posted after the close.
#[derive(Clone, Debug)]
pub struct IssuanceList {
    /// The body of the `issuance` entry: how many tokens of each class, and the blobs of rows.
    pub body: Issuance,
    /// For each blob, the last handle before its rows.
    behind: Vec<Option<Handle>>,
}

impl<S: Store> Issuer<S> {
    /// The list of everything that was signed, once voting is closed.
    ///
    /// # Errors
    /// [`IssuerError::NotClosed`]; [`IssuerError::StillAnswering`], to be asked again; [`IssuerError::Row`];
    /// [`IssuerError::Stopped`].
    pub fn issuance_list(&self) -> Result<IssuanceList, IssuerError> {
        if self.phase() != Some(Phase::Closed) {
            return Err(IssuerError::NotClosed);
        }
        {
            let desk = self.desk();
            if desk.stopped {
                return Err(IssuerError::Stopped);
            }
            if desk.is_answering() {
                return Err(IssuerError::StillAnswering);
            }
        }
        let mut issued: BTreeMap<Id, u64> =
            self.manifest.classes().iter().map(|class| (class.id.clone(), 0)).collect();
        let mut list =
            IssuanceList { body: Issuance { issued: BTreeMap::new(), rows: Vec::new() }, behind: Vec::new() };
        let mut last = None;
        loop {
            let rows = self.rows_behind(last.as_ref())?;
            let Some(next) = rows.last().map(|row| row.handle.0) else { break };
            for row in &rows {
                *issued.entry(row.class.clone()).or_default() += 1;
            }
            for blob in to_blobs(rows) {
                let named = BlobRef::new(BlobKind::IssuanceRows, &blob).ok_or(IssuerError::TooManyRows)?;
                list.body.rows.push(named);
                list.behind.push(last);
            }
            last = Some(next);
        }
        for (class, count) in issued {
            let count = Integer::try_from(count).map_err(|_| IssuerError::TooManyRows)?;
            list.body.issued.insert(class, count);
        }
        Ok(list)
    }

    /// The bytes of the list's blob at this place, from 0; none behind the last.
    ///
    /// # Errors
    /// As of [`Issuer::issuance_list`].
    pub fn issuance_blob(&self, list: &IssuanceList, place: usize) -> Result<Option<Vec<u8>>, IssuerError> {
        let Some(behind) = list.behind.get(place) else { return Ok(None) };
        Ok(to_blobs(self.rows_behind(behind.as_ref())?).pop())
    }

    /// The signed `issuance` entry, to be posted behind its blobs. Each call makes another signature.
    ///
    /// # Errors
    /// [`IssuerError::NoKeys`] once they are destroyed; [`IssuerError::TooManyRows`].
    pub fn issuance_entry(
        &self,
        list: &IssuanceList,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<u8>, IssuerError> {
        let number = self.official().next_number(Role::Issuer, self.place).ok_or(IssuerError::NotClosed)?;
        let signed = self.with_entry_key(|key| {
            let sign = |statement: &SignedEntry<'_>| key.sign(statement, rng);
            Signed::by_party(self.manifest.id(), &self.id, number, list.body.clone(), sign)
        })?;
        let entry = Entry::from(signed).to_bytes();
        if entry.len() > ENTRY_LIMIT { Err(IssuerError::TooManyRows) } else { Ok(entry) }
    }

    /// Lends the key that signs entries, and uploads of blobs.
    pub(crate) fn with_entry_key<T>(&self, act: impl FnOnce(&SigningKey) -> T) -> Result<T, IssuerError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        Ok(act(keys.as_ref().ok_or(IssuerError::NoKeys)?.entries()))
    }

    /// Whether the log has this issuer's list, so that nothing is left to post.
    pub fn is_posted(&self) -> bool {
        self.official().posted().is_some()
    }

    /// Ends the keys: marks them as destroyed, durably, and wipes them from memory. The caller destroys the key file then;
    /// an issuer that is opened with the mark takes no keys. Nothing happens if it was done before.
    ///
    /// # Errors
    /// [`IssuerError::NotClosed`] before the log has this issuer's list or is cancelled; [`IssuerError::OtherIssuance`] if the
    /// log's list is not that of the stored rows; [`IssuerError::Stopped`].
    pub fn destroy_keys(&self) -> Result<(), IssuerError> {
        self.running()?;
        let official = self.official();
        match (official.phase(), official.posted()) {
            (Some(Phase::Cancelled), _) => {}
            (_, Some(posted)) if *posted == self.issuance_list()?.body => {}
            (_, Some(_)) => return Err(IssuerError::OtherIssuance),
            (_, None) => return Err(IssuerError::NotClosed),
        }
        self.store.set_keys_destroyed().map_err(|error| self.failed(error))?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// Whether the keys are gone for good.
    pub fn are_keys_destroyed(&self) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// The rows of one blob.
    fn rows_behind(&self, last: Option<&Handle>) -> Result<Vec<Row>, IssuerError> {
        let rows = self.store.answered_after(last, ROWS_PER_BLOB).map_err(|error| self.failed(error))?;
        rows.iter().map(|row| parse_row(row).map_err(IssuerError::Row)).collect()
    }
}
