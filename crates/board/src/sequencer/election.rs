//! What the writer knows of an election with a manifest: the two states, what is held back, where entries are.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use sha2::{Digest, Sha256};
use urna_crypto::Identifier;
use urna_election::entry::Entry;
use urna_election::manifest::{Manifest, Schedule};
use urna_election::{ElectionState, EntryVerifier, Id, Rejected, VerifiedEntry};

use crate::error::{BoardError, Refusal};
use crate::evidence::Evidence;
use crate::index::Note;
use crate::store::{Promised, Sha256Hash};

/// The order within a batch, which does not depend on arrival: identifier, then sequence. The pseudonym keeps those apart
/// that share an identifier.
pub(crate) type Place = (Identifier, [u8; 32], u32);

/// An entry that is admitted and not appended.
pub(super) struct Held {
    pub(super) verified: VerifiedEntry,
    /// The second by which it is promised.
    pub(super) deadline: u64,
    /// Whether it is durable already.
    pub(super) promised: bool,
}

/// What is known of an election once it has a manifest.
pub(super) struct Election {
    pub(super) verifier: EntryVerifier,
    /// Of the log.
    pub(super) log: ElectionState,
    /// Of the log and what is held back. Its indices mean nothing.
    pub(super) admitted: ElectionState,
    pub(super) evidence: Evidence,
    pub(super) held: BTreeMap<Place, Held>,
    /// Where each entry of a signer is, by SHA-256.
    pub(super) signed: HashMap<Sha256Hash, u64>,
}

/// The place of a voter's entry within a batch; none of a signer's.
pub(crate) fn place(manifest: &Manifest, entry: &Entry) -> Option<Place> {
    let (pseudonym, sequence) = match entry {
        Entry::Ballot(ballot) => (ballot.pseudonym.0, ballot.sequence),
        Entry::Withdrawal(withdrawal) => (withdrawal.pseudonym.0, withdrawal.sequence),
        Entry::Returned(returned) => (returned.pseudonym.0, 0),
        _ => return None,
    };
    Some((Identifier::new(manifest.id(), &pseudonym), pseudonym.to_bytes(), sequence))
}

/// Whether an entry is a voter's.
pub(super) const fn is_voters(entry: &Entry) -> bool {
    matches!(entry, Entry::Ballot(_) | Entry::Withdrawal(_) | Entry::Returned(_))
}

/// The class whose queue holds an entry back; none if nothing does.
pub(super) fn queue(entry: &Entry) -> Option<&Id> {
    match entry {
        Entry::Ballot(ballot) => Some(&ballot.class),
        Entry::Withdrawal(withdrawal) => Some(&withdrawal.class),
        _ => None,
    }
}

/// When an entry of a queue that came in at this second is appended at the latest: at the next multiple of the policy's
/// `wait`. All that come in between two multiples share it, so that neither the store nor a promise keeps when one of
/// them did.
pub(super) fn due(wait: NonZeroU64, received: u64) -> u64 {
    received.saturating_add(wait.get() - received % wait)
}

/// Whether the manifest's hours admit a ballot or withdrawal that was in at this second: [opens, closes).
pub(super) fn check_hours(manifest: &Manifest, entry: &Entry, received: u64) -> Result<(), Refusal> {
    let (Schedule::Times(times), Some(_)) = (manifest.schedule(), queue(entry)) else { return Ok(()) };
    let (opens, closes) = (times.opens.value(), times.closes.value());
    if received < opens {
        Err(Refusal::TooEarly { opens })
    } else if received >= closes {
        Err(Refusal::TooLate { closes })
    } else {
        Ok(())
    }
}

impl Held {
    /// What the store keeps of it; nothing of what no queue holds back.
    pub(super) fn to_promised(&self) -> Option<Promised> {
        let entry = self.verified.entry();
        let queue = queue(entry)?.clone();
        Some(Promised { queue, deadline: self.deadline, entry: entry.to_bytes() })
    }
}

impl Election {
    /// Applies an entry that is or will be in the log at this index; what readers are to know of it once it is published.
    pub(super) fn apply(&mut self, index: u64, verified: VerifiedEntry) -> Result<Note, BoardError> {
        let entry = verified.entry();
        self.evidence.note(entry);
        let note = Note::of(index, self.log.manifest(), entry);
        if matches!(note, Note::Official { .. }) {
            self.signed.insert(Sha256::digest(entry.to_bytes()).into(), index);
        }
        let refused =
            |rejected: Rejected| BoardError::EntryRefused { index, refusal: Box::new(rejected.into()) };
        self.log.apply(verified).map_err(refused)?;
        Ok(note)
    }
}
