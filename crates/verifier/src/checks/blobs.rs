//! V-16: every blob that an entry names.

use std::collections::BTreeMap;

use rand_core::CryptoRngCore;
use urna_election::blob::BlobRef;

use super::{length, plural};
use crate::audit::{Answer, Audit, Halt, Outcome};
use crate::blobs::{Lack, Standing, Wrong};
use crate::parallel;
use crate::record::{File, Record};
use crate::watch::{Stage, Watch};

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-16: each is there with its length and hash, or erased by a logged `erased`. When that may stand was asked entry by
    /// entry.
    pub(crate) fn v_16(&mut self) -> Answer<R> {
        let mut named: BTreeMap<BlobRef, u64> = BTreeMap::new();
        for blob in &self.notes.blobs {
            named.entry(blob.blob).or_insert(blob.entry);
        }
        let unread: Vec<_> = named.keys().filter(|blob| self.blobs.standing(blob).is_none()).collect();
        self.watch.begin(Stage::Blobs, length(&unread));
        let read = |blob: &BlobRef| match self.blobs.read(blob) {
            Err(Lack::Unreadable(unreadable)) => Err(Halt::Unreadable(unreadable)),
            Ok(_) | Err(_) => {
                self.watch.advance(1);
                Ok(())
            }
        };
        parallel::map(unread, read).into_iter().collect::<Result<(), _>>()?;
        let (mut wrong, mut erased, mut withheld) = (Vec::new(), Vec::new(), 0_u64);
        for (blob, entry) in &named {
            match self.blobs.standing(blob) {
                Some(Standing::Present) => {}
                Some(Standing::Wrong(how)) => wrong.push((*entry, how, blob)),
                Some(Standing::Erased(by)) => erased.push(by),
                Some(Standing::Withheld) | None => withheld = withheld.saturating_add(1),
            }
        }
        if let Some((entry, how, blob)) = wrong.into_iter().min_by_key(|(entry, _, _)| *entry) {
            let file = File::Blob(blob.sha256.0);
            return Ok(match how {
                Wrong::Missing => {
                    Outcome::failed(entry, format_args!("{file} is missing and was not erased"))
                }
                Wrong::Other => Outcome::failed(entry, format_args!("{file} is not what the entry names")),
            });
        }
        if withheld > 0 {
            return Ok(Outcome::not_yet(format_args!(
                "{} withheld",
                plural(withheld, "blob is", "blobs are")
            )));
        }
        Ok(match erased.into_iter().min() {
            Some(entry) => Outcome::Erased(entry),
            None => Outcome::passed(plural(u64::try_from(named.len()).unwrap_or(0), "blob", "blobs")),
        })
    }
}
