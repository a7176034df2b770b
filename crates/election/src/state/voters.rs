//! Voters' entries: ballots, withdrawals, returned tokens; and the list of counted ballots.

use sha2::{Digest, Sha256};
use urna_crypto::Point;

use super::{Closed, ElectionState, NonceState, PseudonymState, ballot_digest};
use crate::entry::{Ballot, Returned, Withdrawal};
use crate::manifest::{ClassIndex, Revote};
use crate::rejected::Rejected;

/// Starts what is hashed of the counted list.
const COUNTED_LABEL: &[u8] = b"urna/v1/counted";

/// A ballot that is counted: the last entry of its pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedBallot {
    /// Its index in the log.
    pub index: u64,
    /// The encoding of its R; what trustees decrypt.
    pub ephemeral: [u8; Point::LENGTH],
}

impl ElectionState {
    /// A ballot: a new R, and the pseudonym's next entry (STA-6, STA-7, STA-10, STA-11, STA-25).
    pub(super) fn apply_ballot(&mut self, ballot: &Ballot, class: ClassIndex) -> Result<(), Rejected> {
        if let Some(NonceState { index, .. }) = self.nonces.get(ballot.ephemeral().as_bytes()) {
            return Err(Rejected::ReusedNonce { index: *index });
        }
        let pseudonym = ballot.pseudonym.0.to_bytes();
        let known = self.pseudonyms.get(&pseudonym);
        if known.is_some() && self.manifest.policy().revote == Revote::Never {
            return Err(Rejected::RevoteNotAllowed);
        }
        self.check_sequence(known, class, ballot.sequence)?;
        let (is_new, was_cast) = (known.is_none(), known.is_some_and(|known| known.is_cast));

        let index = self.size;
        if let Some(class) = self.classes.get_mut(class.position()) {
            class.seen += u64::from(is_new);
            class.cast += u64::from(!was_cast);
        }
        let known = PseudonymState {
            class,
            entries: ballot.sequence.saturating_add(1),
            is_cast: true,
            last: index,
        };
        self.pseudonyms.insert(pseudonym, known);
        let nonce = NonceState {
            index,
            ballot: ballot_digest(ballot),
        };
        self.nonces.insert(ballot.ephemeral().to_bytes(), nonce);
        Ok(())
    }

    /// A withdrawal of a ballot that is the pseudonym's last entry (STA-6 to STA-8, STA-11, STA-25).
    pub(super) fn apply_withdrawal(
        &mut self,
        withdrawal: &Withdrawal,
        class: ClassIndex,
    ) -> Result<(), Rejected> {
        if self.manifest.policy().revote != Revote::ReplaceAndWithdraw {
            return Err(Rejected::WithdrawalNotAllowed);
        }
        let pseudonym = withdrawal.pseudonym.0.to_bytes();
        let known = self
            .pseudonyms
            .get(&pseudonym)
            .ok_or(Rejected::NothingToWithdraw)?;
        self.check_sequence(Some(known), class, withdrawal.sequence)?;
        if !known.is_cast {
            return Err(Rejected::NothingToWithdraw);
        }

        if let Some(class) = self.classes.get_mut(class.position()) {
            class.cast = class.cast.saturating_sub(1);
        }
        let known = PseudonymState {
            class,
            entries: withdrawal.sequence.saturating_add(1),
            is_cast: false,
            last: self.size,
        };
        self.pseudonyms.insert(pseudonym, known);
        Ok(())
    }

    /// A token whose pseudonym never stood on the board (STA-12); that it was not returned before is STA-9.
    pub(super) fn apply_returned(&mut self, returned: &Returned, class: ClassIndex) -> Result<(), Rejected> {
        let pseudonym = returned.pseudonym.0.to_bytes();
        if let Some(PseudonymState { last, .. }) = self.pseudonyms.get(&pseudonym) {
            return Err(Rejected::TokenUsed { index: *last });
        }

        self.returned.insert(pseudonym, self.size);
        if let Some(class) = self.classes.get_mut(class.position()) {
            class.returned += 1;
        }
        Ok(())
    }

    /// The pseudonym's next number, within the limit, in its one class (STA-6, STA-7, STA-11).
    fn check_sequence(
        &self,
        known: Option<&PseudonymState>,
        class: ClassIndex,
        actual: u32,
    ) -> Result<(), Rejected> {
        if known.is_some_and(|known| known.class != class) {
            return Err(Rejected::OtherClass);
        }
        let expected = known.map_or(0, |known| known.entries);
        if actual != expected {
            return Err(Rejected::Sequence { expected, actual });
        }
        let limit = self.manifest.policy().revote_limit;
        if expected >= limit {
            return Err(Rejected::RevoteLimit { limit });
        }
        Ok(())
    }

    /// The ballots that are counted as the log stands, in log order: each pseudonym's last entry, if it is a ballot.
    pub fn counted(&self) -> Vec<CountedBallot> {
        let mut last: Vec<u64> = self
            .pseudonyms
            .values()
            .filter(|known| known.is_cast)
            .map(|known| known.last)
            .collect();
        last.sort_unstable();
        let mut counted: Vec<_> = self
            .nonces
            .iter()
            .filter(|(_, nonce)| last.binary_search(&nonce.index).is_ok())
            .map(|(ephemeral, nonce)| CountedBallot {
                index: nonce.index,
                ephemeral: *ephemeral,
            })
            .collect();
        counted.sort_unstable_by_key(|ballot| ballot.index);
        counted
    }

    /// Fixes the counted list when voting closes. Its hash is SHA-256 of label, election id, and for each counted ballot
    /// its index (8 bytes, big-endian) and R (STA-18).
    pub(super) fn close(&mut self) {
        let counted = self.counted();
        let mut hash = Sha256::new()
            .chain_update(COUNTED_LABEL)
            .chain_update(self.manifest.id().as_bytes());
        for ballot in &counted {
            hash.update(ballot.index.to_be_bytes());
            hash.update(ballot.ephemeral);
        }
        self.closed = Some(Closed {
            size: self.size.saturating_add(1),
            counted: u64::try_from(counted.len()).unwrap_or(u64::MAX),
            digest: hash.finalize().into(),
        });
    }
}

impl CountedBallot {
    /// R as a point. `None` never happens: only decoded points are admitted.
    pub fn point(&self) -> Option<Point> {
        Point::from_bytes(&self.ephemeral).ok()
    }
}
