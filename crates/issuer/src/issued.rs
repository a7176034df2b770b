//! Who has taken a token: told to the authority of the election and to nobody else, so that it can remind the others (S1-28)
//! and does not replace a credential that was used.
//!
//! Handles, no times. Whoever asked every second would learn the times nevertheless, and could lay them beside the growth of the
//! log. So what is told is as of a moment that can be as long ago as a ballot may wait for its batch (the manifest's `batch.wait`):
//! no finer than the log itself grows.

use std::sync::{Arc, PoisonError};

use serde::Deserialize;
use urna_crypto::{Handle, IssuedRequest};
use urna_election::json::Base64;

use crate::error::Refusal;
use crate::issuer::{CLOCK_TOLERANCE, Issuer};
use crate::store::{Store, StoreError};

/// The most handles of a page.
pub const PAGE: usize = 16_384;

/// What was told last.
#[derive(Default)]
pub(crate) struct Told(Option<(u64, Arc<[Handle]>)>);

/// A part of who has taken a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedPage {
    /// Ascending, at most [`PAGE`].
    pub handles: Vec<Handle>,
    /// Whether there are more.
    pub more: bool,
}

/// What is read of a row here.
#[derive(Deserialize)]
struct OnlyHandle {
    handle: Base64<Handle>,
}

impl<S: Store> Issuer<S> {
    /// Who has taken a token: the handles behind `after`, or the first ones. `time` and `signature` are the authority's, `now` the
    /// issuer's clock. Reads all rows now and then: not to be called from an asynchronous task.
    ///
    /// # Errors
    /// [`Refusal::WrongTime`]; [`Refusal::NotTheAuthority`]; [`Refusal::Stopped`].
    pub fn issued(
        &self,
        after: Option<&Handle>,
        time: u64,
        signature: &[u8; 64],
        now: u64,
    ) -> Result<IssuedPage, Refusal> {
        if time.abs_diff(now) > CLOCK_TOLERANCE {
            return Err(Refusal::WrongTime { time, now });
        }
        let statement = IssuedRequest { election: self.manifest.id(), issuer: self.id.as_str(), time };
        let verified = self.manifest.authority_key().verify(&statement, signature);
        verified.map_err(|_| Refusal::NotTheAuthority)?;
        let all = self.told(now)?;
        let first = after.map_or(0, |after| all.partition_point(|handle| handle <= after));
        let rest = all.get(first..).unwrap_or_default();
        let handles: Vec<Handle> = rest.iter().take(PAGE).copied().collect();
        Ok(IssuedPage { more: rest.len() > handles.len(), handles })
    }

    /// What was told last, unless that was longer ago than a ballot waits.
    fn told(&self, now: u64) -> Result<Arc<[Handle]>, Refusal> {
        let wait = self.manifest.policy().batch.wait.get();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, handles)) = &told.0
            && (*at..at.saturating_add(wait)).contains(&now)
        {
            return Ok(Arc::clone(handles));
        }
        if self.is_stopped() {
            return Err(Refusal::Stopped);
        }
        let handles: Arc<[Handle]> = self.read_handles().map_err(|error| {
            self.failed(error);
            Refusal::Stopped
        })?;
        told.0 = Some((now, Arc::clone(&handles)));
        Ok(handles)
    }

    /// All who have a row, ascending.
    pub(crate) fn read_handles(&self) -> Result<Arc<[Handle]>, StoreError> {
        let mut handles: Vec<Handle> = Vec::new();
        loop {
            let rows = self.store.answered_after(handles.last(), PAGE)?;
            if rows.is_empty() {
                return Ok(handles.into());
            }
            for row in rows {
                let row: OnlyHandle =
                    serde_json::from_slice(&row).map_err(|_| StoreError::Damaged("an answered row"))?;
                handles.push(row.handle.0);
            }
        }
    }
}
