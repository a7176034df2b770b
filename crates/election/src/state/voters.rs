//! Voters' entries: ballots, withdrawals, returned tokens; and the list of counted ballots.

use sha2::{Digest, Sha256};
use urna_crypto::{ElectionId, Point};

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
        let known =
            PseudonymState { class, entries: ballot.sequence.saturating_add(1), is_cast: true, last: index };
        self.pseudonyms.insert(pseudonym, known);
        let nonce = NonceState { index, ballot: ballot_digest(ballot) };
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
        let known = self.pseudonyms.get(&pseudonym).ok_or(Rejected::NothingToWithdraw)?;
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
        let mut last: Vec<u64> =
            self.pseudonyms.values().filter(|known| known.is_cast).map(|known| known.last).collect();
        last.sort_unstable();
        let mut counted: Vec<_> = self
            .nonces
            .iter()
            .filter(|(_, nonce)| last.binary_search(&nonce.index).is_ok())
            .map(|(ephemeral, nonce)| CountedBallot { index: nonce.index, ephemeral: *ephemeral })
            .collect();
        counted.sort_unstable_by_key(|ballot| ballot.index);
        counted
    }

    /// Fixes the counted list when voting closes.
    pub(super) fn close(&mut self) {
        let counted = self.counted();
        self.closed = Some(Closed {
            size: self.size.saturating_add(1),
            counted: u64::try_from(counted.len()).unwrap_or(u64::MAX),
            digest: CountedBallot::digest(self.manifest.id(), &counted),
        });
    }
}

impl CountedBallot {
    /// The hash of a counted list: SHA-256 of label, election id, and for each ballot its index (8 bytes, big-endian) and
    /// R (STA-18).
    pub fn digest(election: &ElectionId, counted: &[Self]) -> [u8; 32] {
        let mut hash = Sha256::new().chain_update(COUNTED_LABEL).chain_update(election.as_bytes());
        for ballot in counted {
            hash.update(ballot.index.to_be_bytes());
            hash.update(ballot.ephemeral);
        }
        hash.finalize().into()
    }

    /// R as a point. `None` never happens: only decoded points are admitted.
    pub fn point(&self) -> Option<Point> {
        Point::from_bytes(&self.ephemeral).ok()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use urna_crypto::Seed;

    use super::super::sample::{COLLECTIVE, Election, NORTH, Voter, marks};
    use super::*;
    use crate::entry::{Entry, Kind, VotingClosed};
    use crate::phase::Phase;

    /// An election in which voting is open under these rules, and three voters of `north` and one of `collective`.
    pub(crate) fn voting(revote: Revote, limit: u32) -> (Election, Vec<Voter>) {
        let mut election = Election::publish(|draft| {
            draft.policy.revote = revote;
            // By MAN rules `never` has a limit of 1.
            draft.policy.revote_limit = if revote == Revote::Never { 1 } else { limit }.into();
        });
        election.hold_ceremony();
        election.rehearse();
        election.publish_register();
        election.open_voting();
        let voters = [0, 1, 2, 7].map(|person| election.voter(person)).into();
        (election, voters)
    }

    fn valid_ballot(election: &mut Election, voter: &Voter, sequence: u32) -> crate::entry::Ballot {
        let choices = [marks(&[1]), marks(&[0])];
        let contests = election.manifest.ballot_style(voter.class).count();
        election.ballot(voter, sequence, &choices[..contests])
    }

    pub(crate) fn cast(election: &mut Election, voter: &Voter, sequence: u32) -> Result<u64, Rejected> {
        let ballot = valid_ballot(election, voter, sequence);
        election.post(ballot)
    }

    fn withdraw(election: &mut Election, voter: &Voter, sequence: u32) -> Result<u64, Rejected> {
        let withdrawal = election.withdrawal(voter, sequence);
        election.post(withdrawal)
    }

    #[test]
    fn rejects_gaps_and_repetitions_of_sequence_numbers_sta_6() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        let sequence = |expected, actual| Err(Rejected::Sequence { expected, actual });
        for actual in [1, 2, u32::MAX] {
            assert_eq!(cast(&mut election, &voters[0], actual), sequence(0, actual));
        }
        cast(&mut election, &voters[0], 0).unwrap();
        for actual in [2, u32::MAX] {
            assert_eq!(cast(&mut election, &voters[0], actual), sequence(1, actual));
            assert_eq!(withdraw(&mut election, &voters[0], actual), sequence(1, actual));
        }
        // Another ballot with a number that is taken.
        let other = election.ballot(&voters[0], 0, &[marks(&[2]), marks(&[2])]);
        assert_eq!(election.post(other), sequence(1, 0));
        cast(&mut election, &voters[0], 1).unwrap();
        withdraw(&mut election, &voters[0], 2).unwrap();
        assert_eq!(cast(&mut election, &voters[0], 2), sequence(3, 2));
        // Another pseudonym has numbers of its own.
        cast(&mut election, &voters[1], 0).unwrap();
    }

    #[test]
    fn rejects_entries_above_the_revote_limit_withdrawals_included_sta_7() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 3);
        cast(&mut election, &voters[0], 0).unwrap();
        withdraw(&mut election, &voters[0], 1).unwrap();
        cast(&mut election, &voters[0], 2).unwrap();
        let limit = Err(Rejected::RevoteLimit { limit: 3 });
        assert_eq!(cast(&mut election, &voters[0], 3), limit);
        assert_eq!(withdraw(&mut election, &voters[0], 3), limit);
        assert_eq!(election.state.cast(), 1);
    }

    #[test]
    fn rejects_withdrawals_of_nothing_sta_8() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        assert_eq!(withdraw(&mut election, &voters[0], 0), Err(Rejected::NothingToWithdraw));
        assert_eq!(withdraw(&mut election, &voters[0], 1), Err(Rejected::NothingToWithdraw));
        cast(&mut election, &voters[0], 0).unwrap();
        withdraw(&mut election, &voters[0], 1).unwrap();
        assert_eq!(withdraw(&mut election, &voters[0], 2), Err(Rejected::NothingToWithdraw));
        assert_eq!(election.state.cast(), 0);
        cast(&mut election, &voters[0], 2).unwrap();
        assert_eq!(election.state.cast(), 1);
    }

    #[test]
    fn rejects_casting_again_where_it_is_never_allowed_sta_25() {
        let (mut election, voters) = voting(Revote::Never, 1);
        cast(&mut election, &voters[0], 0).unwrap();
        assert_eq!(cast(&mut election, &voters[0], 1), Err(Rejected::RevoteNotAllowed));
        assert_eq!(withdraw(&mut election, &voters[0], 1), Err(Rejected::WithdrawalNotAllowed));
        assert_eq!(cast(&mut election, &voters[1], 1), Err(Rejected::Sequence { expected: 0, actual: 1 }));
        cast(&mut election, &voters[1], 0).unwrap();
    }

    #[test]
    fn rejects_withdrawals_where_only_replacing_is_allowed_sta_25() {
        let (mut election, voters) = voting(Revote::Replace, 16);
        cast(&mut election, &voters[0], 0).unwrap();
        assert_eq!(withdraw(&mut election, &voters[0], 1), Err(Rejected::WithdrawalNotAllowed));
        cast(&mut election, &voters[0], 1).unwrap();
        assert_eq!(election.state.cast(), 1);
    }

    #[test]
    fn rejects_the_same_ballot_whatever_its_proof_and_says_where_it_is_sta_9() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        cast(&mut election, &voters[1], 0).unwrap();
        let first = valid_ballot(&mut election, &voters[0], 0);
        let again = valid_ballot(&mut election, &voters[0], 0);
        assert_eq!(first.ciphertext(), again.ciphertext());
        assert_ne!(first.proof, again.proof);
        let index = election.admit(first.clone());
        let logged = Err(Rejected::AlreadyLogged { index });
        assert_eq!(election.post(first.clone()), logged);
        assert_eq!(election.post(again.clone()), logged);
        // After others were cast and withdrawn, where casting again would not be allowed any more, and after the close.
        cast(&mut election, &voters[0], 1).unwrap();
        let withdrawn = withdraw(&mut election, &voters[0], 2).unwrap();
        assert_eq!(election.post(again.clone()), logged);
        assert_eq!(withdraw(&mut election, &voters[0], 2), Err(Rejected::AlreadyLogged { index: withdrawn }));
        election.close_voting();
        assert_eq!(election.post(again.clone()), logged);
        assert_eq!(withdraw(&mut election, &voters[0], 2), Err(Rejected::AlreadyLogged { index: withdrawn }));
        election.cancel();
        assert_eq!(election.post(again), logged);

        let (mut election, voters) = voting(Revote::Never, 1);
        let index = cast(&mut election, &voters[0], 0).unwrap();
        assert_eq!(cast(&mut election, &voters[0], 0), Err(Rejected::AlreadyLogged { index }));
    }

    #[test]
    fn takes_a_ballot_for_the_same_by_pseudonym_sequence_r_and_ciphertext_sta_9() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        let ballot = valid_ballot(&mut election, &voters[0], 0);
        let other = valid_ballot(&mut election, &voters[1], 0);
        let index = election.admit(ballot.clone());
        let logged = |change: &dyn Fn(&mut Ballot, &mut urna_crypto::Ciphertext)| {
            let (mut changed, mut ciphertext) = (ballot.clone(), ballot.ciphertext());
            change(&mut changed, &mut ciphertext);
            let (tokens, proof) = (changed.tokens(), changed.proof.0);
            let (class, pseudonym) = (changed.class, changed.pseudonym.0);
            let ballot = Ballot::new(class, pseudonym, changed.sequence, tokens, ciphertext, proof);
            election.state.logged(&ballot.into())
        };
        assert_eq!(logged(&|_, _| {}), Some(index));
        assert_eq!(logged(&|ballot, _| ballot.proof = other.proof), Some(index));
        assert_eq!(logged(&|ballot, _| ballot.pseudonym = other.pseudonym), None);
        assert_eq!(logged(&|ballot, _| ballot.sequence = 1), None);
        assert_eq!(logged(&|_, ciphertext| ciphertext.text[0] ^= 1), None);
        assert_eq!(logged(&|_, ciphertext| ciphertext.r = *other.ephemeral()), None);
    }

    #[test]
    fn rejects_a_withdrawal_under_the_number_of_a_ballot_sta_6() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        cast(&mut election, &voters[0], 0).unwrap();
        let taken = |actual| Err(Rejected::Sequence { expected: actual + 1, actual });
        assert_eq!(withdraw(&mut election, &voters[0], 0), taken(0));
        // Another device of the voter cast meanwhile: the vote was not taken back, and must not seem so.
        cast(&mut election, &voters[0], 1).unwrap();
        assert_eq!(withdraw(&mut election, &voters[0], 1), taken(1));
    }

    #[test]
    fn rejects_a_withdrawal_that_something_followed_sta_6() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        cast(&mut election, &voters[0], 0).unwrap();
        withdraw(&mut election, &voters[0], 1).unwrap();
        cast(&mut election, &voters[0], 2).unwrap();
        assert_eq!(
            withdraw(&mut election, &voters[0], 1),
            Err(Rejected::Sequence { expected: 3, actual: 1 })
        );
    }

    #[test]
    fn rejects_an_r_that_stands_in_another_ballot_sta_10() {
        let (mut election, mut voters) = voting(Revote::ReplaceAndWithdraw, 16);
        let index = cast(&mut election, &voters[0], 0).unwrap();
        // A client that derives r from the seed alone: the seed of one voter with the pseudonym of another. The statement
        // and the proof are right, as only who knows r can make them.
        let seed = Seed::from_bytes(*voters[0].seed.expose());
        let other = &mut voters[1];
        other.seed = seed;
        let reused = valid_ballot(&mut election, &voters[1], 0);
        assert_eq!(election.post(reused), Err(Rejected::ReusedNonce { index }));
        // Withdrawn or not.
        withdraw(&mut election, &voters[0], 1).unwrap();
        let reused = valid_ballot(&mut election, &voters[1], 0);
        assert_eq!(election.post(reused.clone()), Err(Rejected::ReusedNonce { index }));
        // After the close the phase is what is wrong with it.
        election.close_voting();
        assert_eq!(election.post(reused), Err(Rejected::Phase { kind: Kind::Ballot, phase: Phase::Closed }));
    }

    #[test]
    fn rejects_a_pseudonym_in_a_second_class_sta_11() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        cast(&mut election, &voters[0], 0).unwrap();
        let moved = Voter {
            class_id: voters[3].class_id.clone(),
            class: voters[3].class,
            seed: Seed::from_bytes(*voters[0].seed.expose()),
            key: voters[0].seed.pseudonym_key(election.manifest.id()),
            tokens: vec![],
        };
        assert_eq!(withdraw(&mut election, &moved, 1), Err(Rejected::OtherClass));
    }

    #[test]
    fn rejects_returns_of_used_and_returned_tokens_sta_12() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        cast(&mut election, &voters[0], 0).unwrap();
        cast(&mut election, &voters[1], 0).unwrap();
        let withdrawn = withdraw(&mut election, &voters[1], 1).unwrap();
        election.close_voting();
        let mut returned = |voter: &Voter| {
            let entry = election.returned(voter);
            election.post(entry)
        };
        let used = returned(&voters[0]).unwrap_err();
        assert!(matches!(used, Rejected::TokenUsed { .. }));
        assert_eq!(returned(&voters[1]), Err(Rejected::TokenUsed { index: withdrawn }));
        let index = returned(&voters[2]).unwrap();
        assert_eq!(returned(&voters[2]), Err(Rejected::AlreadyLogged { index }));
        returned(&voters[3]).unwrap();
        for class in [NORTH, COLLECTIVE] {
            let (class, _) = election.manifest.class_indices().nth(class).unwrap();
            assert_eq!(election.state.returned(class), 1);
        }
    }

    #[test]
    fn counts_the_last_entry_if_it_is_a_ballot() {
        let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
        let counted = |election: &Election| -> Vec<u64> {
            election.state.counted().iter().map(|ballot| ballot.index).collect()
        };
        let a = cast(&mut election, &voters[0], 0).unwrap();
        let b = cast(&mut election, &voters[1], 0).unwrap();
        assert_eq!(counted(&election), [a, b]);
        let a = cast(&mut election, &voters[0], 1).unwrap();
        assert_eq!(counted(&election), [b, a]);
        withdraw(&mut election, &voters[1], 1).unwrap();
        assert_eq!(counted(&election), [a]);
        let b = cast(&mut election, &voters[1], 2).unwrap();
        assert_eq!(counted(&election), [a, b]);
        assert_eq!(election.state.cast(), 2);
        let ephemerals = election.ephemerals();
        for (index, point) in [a, b].into_iter().zip(ephemerals) {
            let (_, Entry::Ballot(ballot)) = &election.log[usize::try_from(index).unwrap()] else {
                panic!("a ballot");
            };
            assert_eq!(*ballot.ephemeral(), point);
        }
    }

    /// What one of three voters, or the authority, may try.
    #[derive(Clone, Copy, Debug)]
    enum Attempt {
        Cast { voter: usize, sequence: u32 },
        Withdraw { voter: usize, sequence: u32 },
        Return { voter: usize },
        Close,
    }

    fn attempt() -> impl Strategy<Value = Attempt> {
        prop_oneof![
            8 => (0..3_usize, 0..5_u32).prop_map(|(voter, sequence)| Attempt::Cast { voter, sequence }),
            4 => (0..3_usize, 0..5_u32).prop_map(|(voter, sequence)| Attempt::Withdraw { voter, sequence }),
            2 => (0..3_usize).prop_map(|voter| Attempt::Return { voter }),
            1 => Just(Attempt::Close),
        ]
    }

    /// What is known of a voter: the entries, true for a ballot; and whether the token was returned.
    #[derive(Clone, Default)]
    struct Known {
        entries: Vec<bool>,
        returned: bool,
    }

    /// The rules once more, written as short as they are: whether an attempt is admitted.
    fn admits(revote: Revote, limit: usize, closed: bool, known: &Known, attempt: Attempt) -> bool {
        let next = |sequence: u32| usize::try_from(sequence) == Ok(known.entries.len());
        match attempt {
            Attempt::Cast { sequence, .. } => {
                let again = known.entries.is_empty() || revote != Revote::Never;
                !closed && again && next(sequence) && known.entries.len() < limit
            }
            Attempt::Withdraw { sequence, .. } => {
                let from = known.entries.last() == Some(&true);
                let allowed = revote == Revote::ReplaceAndWithdraw && known.entries.len() < limit;
                !closed && from && allowed && next(sequence)
            }
            Attempt::Return { .. } => closed && known.entries.is_empty() && !known.returned,
            Attempt::Close => !closed,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        /// Whatever voters try in whatever order: what is admitted is what the rules admit, what is rejected changes
        /// nothing ([`Election::post`] asserts it), and the figures are those of the entries.
        #[test]
        fn follows_the_rules_whatever_is_tried(
            policy in 0..3_usize,
            limit in 1..5_u32,
            attempts in prop::collection::vec(attempt(), 1..24),
        ) {
            let revote = [Revote::Never, Revote::Replace, Revote::ReplaceAndWithdraw][policy];
            let (mut election, voters) = voting(revote, limit);
            let mut known = vec![Known::default(); 3];
            let mut closed = false;
            for attempt in attempts {
                let (voter, entry) = match attempt {
                    Attempt::Cast { voter, sequence } => {
                        (voter, valid_ballot(&mut election, &voters[voter], sequence).into())
                    }
                    Attempt::Withdraw { voter, sequence } => {
                        (voter, election.withdrawal(&voters[voter], sequence).into())
                    }
                    Attempt::Return { voter } => (voter, election.returned(&voters[voter]).into()),
                    Attempt::Close => (0, Entry::from(election.authority(VotingClosed { details: None }))),
                };
                let expected = admits(revote, usize::try_from(limit).unwrap(), closed, &known[voter], attempt);
                let answer = election.post(entry);
                prop_assert_eq!(answer.is_ok(), expected, "{:?}: {:?}", attempt, answer);
                if expected {
                    match attempt {
                        Attempt::Cast { .. } => known[voter].entries.push(true),
                        Attempt::Withdraw { .. } => known[voter].entries.push(false),
                        Attempt::Return { .. } => known[voter].returned = true,
                        Attempt::Close => closed = true,
                    }
                }
            }
            let count = |condition: fn(&Known) -> bool| {
                u64::try_from(known.iter().filter(|known| condition(known)).count()).unwrap()
            };
            let (north, _) = election.manifest.class_indices().nth(NORTH).unwrap();
            prop_assert_eq!(election.state.cast(), count(|known| known.entries.last() == Some(&true)));
            prop_assert_eq!(u64::try_from(election.state.counted().len()).unwrap(), election.state.cast());
            prop_assert_eq!(election.state.seen(north), count(|known| !known.entries.is_empty()));
            prop_assert_eq!(election.state.returned(north), count(|known| known.returned));
        }
    }
}
