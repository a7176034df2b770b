//! After publication: agreement to the manifest, rehearsal from the backup, and what stands in the log already.

use rand_core::CryptoRngCore;
use urna_crypto::{ElectionId, Rehearsal, SharePossession, SignedEntry};
use urna_election::EntryVerifier;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::ceremony::check_key_ceremony;
use urna_election::entry::{Body, Ceremony, Entry, Kind, RehearsalDone, Signed};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;

use super::{Bound, Trustee};
use crate::error::TrusteeError;

/// The running numbers of a trustee's entries; chunks of the opening follow.
const CEREMONY: u32 = 0;
const REHEARSAL: u32 = 1;
pub(super) const AGREED: u32 = 2;
pub(super) const FIRST_OPENING: u32 = 3;

impl Trustee {
    /// Agrees to the published manifest: it is the announced one, made of this trustee's plan, and its keys are those of this
    /// trustee's ceremony, which it recomputes (V-05). Makes the `ceremony` entry; the file belongs to this election from now
    /// on. Again, it is the same entry.
    ///
    /// # Errors
    /// [`TrusteeError::NoShare`], [`TrusteeError::OtherElection`], [`TrusteeError::OtherPlan`],
    /// [`TrusteeError::OtherEnrolmentKey`], [`TrusteeError::OtherShareKey`], [`TrusteeError::OtherElectionKey`],
    /// [`TrusteeError::KeyCeremony`], [`TrusteeError::Bound`].
    pub fn agree(
        &mut self,
        announced: &ElectionId,
        manifest: &Manifest,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), TrusteeError> {
        let share = self.share()?;
        if manifest.id() != announced {
            return Err(TrusteeError::OtherElection { expected: *announced, found: *manifest.id() });
        }
        let (expected, found) = (self.plan().id(), *manifest.plan_id());
        if expected != found {
            return Err(TrusteeError::OtherPlan { expected, found });
        }
        let place = usize::from(self.index).checked_sub(1);
        let own = place.and_then(|place| manifest.trustees().members.get(place));
        match own {
            Some(own) if own.key != self.key.public() => return Err(TrusteeError::OtherEnrolmentKey),
            Some(own) if own.share_key != share.share_key() => return Err(TrusteeError::OtherShareKey),
            Some(_) => {}
            None => return Err(TrusteeError::OtherPlan { expected, found }),
        }
        if *manifest.election_key() != share.election_key() {
            return Err(TrusteeError::OtherElectionKey);
        }
        let round_1 = self.exchange.round_1().map(|round_1| round_1.to_bytes());
        check_key_ceremony(manifest, round_1.as_deref())?;
        match self.election() {
            Some(election) if election == announced => return Ok(()),
            Some(election) => return Err(TrusteeError::Bound(*election)),
            None => {}
        }
        let statement = SharePossession { election: announced, trustee: self.index };
        let body = Ceremony {
            possession: Base64(share.prove_possession(&statement, rng)),
            round_1: round_1.and_then(|packages| BlobRef::new(BlobKind::Round1, &packages)),
        };
        let ceremony = self.signed(announced, CEREMONY, body, rng)?;
        let election = Base64(*announced);
        self.bound = Some(Bound { agreed: None, ceremony, election, opening: None, rehearsal: None });
        self.change();
        Ok(())
    }

    /// Decrypts the canary with the share that was read from the **backup** (TRU-7). Makes the `rehearsal` entry; again, the
    /// backup is compared, and it is the same entry.
    ///
    /// # Errors
    /// [`TrusteeError::NotAgreed`], [`TrusteeError::BackupWithoutShare`], [`TrusteeError::OtherBackup`].
    pub fn rehearse(&mut self, backup: &Self, rng: &mut impl CryptoRngCore) -> Result<(), TrusteeError> {
        let share = self.share()?;
        if backup.plan() != self.plan() || backup.index != self.index {
            return Err(TrusteeError::OtherBackup("plan or trustee"));
        }
        // Opening is signed with it: a share alone would not do.
        if backup.key.public() != self.key.public() {
            return Err(TrusteeError::OtherBackup("enrolment key"));
        }
        let kept = backup.share().map_err(|_| TrusteeError::BackupWithoutShare)?;
        // Both were read with the check that Y_i = x_i G.
        if kept.share_key() != share.share_key() || kept.election_key() != share.election_key() {
            return Err(TrusteeError::OtherBackup("share"));
        }
        let election = *self.election().ok_or(TrusteeError::NotAgreed)?;
        if self.bound.as_ref().is_some_and(|bound| bound.rehearsal.is_some()) {
            return Ok(());
        }
        let rehearsal = Base64(Rehearsal::new(&election, kept, rng));
        let entry = self.signed(&election, REHEARSAL, RehearsalDone { rehearsal }, rng)?;
        if let Some(bound) = &mut self.bound {
            bound.rehearsal = Some(entry);
        }
        self.change();
        Ok(())
    }

    /// Takes for its own what stands in the log under its key: a file that was read back from a backup does not know what was
    /// sent since. Openings are counted, and not kept. Returns how many chunks of the opening stand.
    ///
    /// # Errors
    /// [`TrusteeError::NotAgreed`]; [`TrusteeError::Stranger`] if the log has another entry than this file, other than one
    /// that only differs in its randomness; [`TrusteeError::AgreedOtherwise`].
    pub fn adopt(
        &mut self,
        manifest: &Manifest,
        logged: &[Entry],
        rng: &mut impl CryptoRngCore,
    ) -> Result<u32, TrusteeError> {
        let election = *self.election().ok_or(TrusteeError::NotAgreed)?;
        if *manifest.id() != election {
            return Err(TrusteeError::Bound(election));
        }
        let own = self.id().cloned();
        let is_own = |entry: &&Entry| signer(entry) == own.as_ref();
        let mine: Vec<Entry> = logged.iter().filter(is_own).cloned().collect();
        let verifier = EntryVerifier::new(std::sync::Arc::new(manifest.clone()));
        // What this trustee did not sign is nothing to it.
        let verified: Vec<_> = verifier.verify(mine, rng).into_iter().flatten().collect();
        let (mut chunks, mut is_new) = (0, false);
        for entry in &verified {
            let Some(bound) = &mut self.bound else { break };
            match entry.entry() {
                Entry::Ceremony(entry) if bound.ceremony != *entry => {
                    if bound.ceremony.body.round_1 != entry.body.round_1 {
                        return Err(TrusteeError::Stranger(Kind::Ceremony));
                    }
                    bound.ceremony = entry.clone();
                    is_new = true;
                }
                Entry::Rehearsal(entry) if bound.rehearsal.as_ref() != Some(entry) => {
                    bound.rehearsal = Some(entry.clone());
                    is_new = true;
                }
                Entry::Agreed(entry) if bound.agreed.as_ref() != Some(entry) => {
                    if let Some(before) = bound.agreed.as_ref().filter(|before| before.body != entry.body) {
                        let (before, now) = (before.body.size.value(), entry.body.size.value());
                        return Err(TrusteeError::AgreedOtherwise { before, now });
                    }
                    bound.agreed = Some(entry.clone());
                    is_new = true;
                }
                Entry::Opening(_) => chunks += 1,
                _ => {}
            }
        }
        if is_new {
            self.change();
        }
        Ok(chunks)
    }

    pub(super) fn signed<B: Body + serde::Serialize>(
        &self,
        election: &ElectionId,
        number: u32,
        body: B,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Signed<B>, TrusteeError> {
        let id = self.id().ok_or(TrusteeError::NotAgreed)?;
        let sign = |statement: &SignedEntry<'_>| self.key.sign(statement, rng);
        Ok(Signed::by_party(election, id, Integer::from(number), body, sign))
    }
}

/// Who signs an entry of a trustee.
fn signer(entry: &Entry) -> Option<&urna_election::Id> {
    match entry {
        Entry::Ceremony(entry) => Some(&entry.signer),
        Entry::Rehearsal(entry) => Some(&entry.signer),
        Entry::Agreed(entry) => Some(&entry.signer),
        Entry::Opening(entry) => Some(&entry.signer),
        _ => None,
    }
}
