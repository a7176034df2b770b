//! What an observer does with a log that breaks rules: says which, and goes on.
//!
//! A board admits nothing that breaks a rule ([`ElectionState::apply`]). Whoever verifies somebody's log wants to know of every
//! check whether it holds, not only of the first that does not: one wrong running number must not keep the ballots from being
//! counted again.

use std::sync::Arc;

use super::{ElectionState, signed};
use crate::entry::{Entry, Kind};
use crate::manifest::Manifest;
use crate::phase::Phase;
use crate::rejected::Rejected;
use crate::verify::{Place, RecordedEntry};

impl ElectionState {
    /// The state behind entry 0 of somebody's log, and the rules that the entry breaks. Of a log that breaks none it is
    /// that of [`ElectionState::begin`].
    pub fn begin_following(manifest: Arc<Manifest>, entry: &RecordedEntry) -> (Self, Vec<Rejected>) {
        let broken = signed::check_manifest(&manifest, &entry.entry).err().into_iter().collect();
        (Self::empty(manifest), broken)
    }

    /// Takes the next entry of somebody's log, and answers the rules that it breaks, none if [`ElectionState::apply`] would have
    /// admitted it. It counts as far as it can all the same: the running number is the signer's last, a phase is reached by the
    /// entry that says so, and a ballot that stands outside the voting has its place among its pseudonym's. What cannot be
    /// followed, such as a second `agreed` of one trustee, leaves the state as it was.
    pub fn follow(&mut self, entry: RecordedEntry) -> Vec<Rejected> {
        let RecordedEntry { entry, place } = entry;
        let mut broken = Vec::new();
        if let Some(index) = self.logged(&entry) {
            broken.push(Rejected::AlreadyLogged { index });
            self.size += 1;
            return broken;
        }
        let kind = entry.kind();
        let admitted = self.phase.admits(kind);
        if !admitted {
            broken.push(Rejected::Phase { kind, phase: self.phase });
        }
        match (&entry, place) {
            (Entry::Ballot(ballot), Place::Class(class)) => {
                broken.extend(self.apply_ballot(ballot, class).err());
            }
            (Entry::Withdrawal(withdrawal), Place::Class(class)) => {
                broken.extend(self.apply_withdrawal(withdrawal, class).err());
            }
            (Entry::Returned(returned), Place::Class(class)) => {
                broken.extend(self.apply_returned(returned, class).err());
            }
            (signed, Place::Signer(signer)) => self.follow_signed(signed, signer, admitted, &mut broken),
            (_, Place::Class(_)) => {}
        }
        self.size += 1;
        broken
    }

    fn follow_signed(&mut self, entry: &Entry, place: usize, admitted: bool, broken: &mut Vec<Rejected>) {
        if let Some((role, signer, number)) = entry.signed_by()
            && let Some(next) = self.number_mut(role, place)
        {
            broken.extend(signed::check_number(signer, number, *next).err());
            *next = number.value().saturating_add(1);
        }
        let kind = entry.kind();
        // The last rehearsal makes a phase, to which a late one must not lead back.
        if admitted || !matches!(kind, Kind::Ceremony | Kind::Rehearsal) {
            broken.extend(self.apply_body(entry, place).err());
        }
        self.phase = match kind {
            Kind::VotingOpened => Phase::Voting,
            Kind::VotingClosed => Phase::Closed,
            Kind::Result => Phase::Tallied,
            Kind::Certified => Phase::Certified,
            Kind::Cancelled => Phase::Cancelled,
            _ => self.phase,
        };
        if kind == Kind::VotingClosed && self.closed.is_none() {
            self.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Certified, Signed, VotingOpened};
    use crate::manifest::sample::ed25519;
    use crate::state::sample::{Election, marks};
    use crate::state::whole_election::whole_election;
    use crate::verify::EntryFault;

    fn recorded(election: &Election, entry: &Entry) -> RecordedEntry {
        let (faults, recorded) = election.verifier.examine(entry.clone());
        assert_eq!(faults, []);
        recorded.unwrap()
    }

    #[test]
    fn follows_what_a_board_admits_without_a_word() {
        let (election, _) = whole_election();
        let mut entries = election.log.iter().map(|(_, entry)| recorded(&election, entry));
        let first = entries.next().unwrap();
        let (mut state, broken) = ElectionState::begin_following(Arc::clone(&election.manifest), &first);
        assert_eq!(broken, []);
        for entry in entries {
            assert_eq!(state.follow(entry), []);
        }
        assert!(state == election.state);
    }

    #[test]
    fn goes_on_after_a_wrong_running_number() {
        let mut election = Election::at(Phase::Tallied);
        let certified = |number: u32| {
            let body = Certified { details: None };
            Entry::from(Signed::by_authority(election.manifest.id(), &ed25519(1), number.into(), body))
        };
        let signer = crate::entry::authority();
        let expected = election.state.next_number(crate::entry::Role::Authority, 0).unwrap().value();
        let broken = election.force(certified(9));
        assert_eq!(broken, [Rejected::RunningNumber { signer, expected, actual: 9 }]);
        assert_eq!(election.state.phase(), Phase::Certified);
        let erased = election.erase(vec![[1; 32]]);
        assert_eq!(erased.number.value(), 10);
        assert_eq!(election.force(erased), []);
    }

    #[test]
    fn opens_voting_where_the_log_does_and_counts_what_stands_outside() {
        let mut election = Election::publish(|_| {});
        election.hold_ceremony();
        election.publish_register();
        let opened = election.authority(VotingOpened { details: None });
        let phase = Rejected::Phase { kind: Kind::VotingOpened, phase: Phase::Announced };
        assert_eq!(election.force(opened), [phase]);
        let voter = election.voter(0);
        let ballot = election.ballot(&voter, 0, &[marks(&[1]), marks(&[0])]);
        election.admit(ballot);
        // A late rehearsal does not lead back.
        let late = election.rehearsal(0);
        assert!(matches!(election.force(late)[..], [Rejected::Phase { .. }]));
        assert_eq!(election.state.phase(), Phase::Voting);
        election.close_voting();
        let counted = election.state.counted();
        let again = election.ballot(&voter, 1, &[marks(&[2]), marks(&[0])]);
        let size = election.state.size();
        assert!(matches!(election.force(again.clone())[..], [Rejected::Phase { .. }]));
        assert_eq!(election.force(again), [Rejected::AlreadyLogged { index: size }]);
        assert_eq!(election.state.size(), size + 2);
        assert_eq!((election.state.next_sequence(&voter.key.pseudonym()), counted.len()), (2, 1));
    }

    #[test]
    fn names_every_fault_of_an_entry() {
        let mut election = Election::at(Phase::Voting);
        let voters = [0, 1].map(|person| election.voter(person));
        let good = election.ballot(&voters[0], 0, &[marks(&[1]), marks(&[0])]);
        // The tokens of another voter: neither they nor the proof, which covers them, hold.
        let other = election.ballot(&voters[1], 0, &[marks(&[1]), marks(&[0])]);
        let mixed = crate::entry::Ballot::new(
            good.class.clone(),
            good.pseudonym.0,
            good.sequence,
            other.tokens(),
            good.ciphertext(),
            good.proof.0,
        );
        let token = |issuer: &str| EntryFault::Token { issuer: issuer.parse().unwrap() };
        let (faults, entry) = election.verifier.examine(mixed.into());
        assert_eq!(faults, [token("office"), token("senate"), EntryFault::Proof]);
        assert_eq!(election.state.follow(entry.unwrap()), []);
        // A ceremony under another's name: neither signature nor possession.
        let mut foreign = election.ceremony(0);
        foreign.signer = "boris".parse().unwrap();
        let signer = foreign.signer.clone();
        let (faults, _) = election.verifier.examine(foreign.clone().into());
        let faults_of = |signer: &crate::id::Id| {
            let (signature, possession) = (signer.clone(), signer.clone());
            [Rejected::Signature { signer: signature }, Rejected::Possession { trustee: possession }]
                .map(EntryFault::from)
        };
        assert_eq!(faults, faults_of(&signer));
        foreign.signer = "nobody".parse().unwrap();
        let (faults, entry) = election.verifier.examine(foreign.into());
        assert!(matches!(faults[..], [EntryFault::Rejected(Rejected::UnknownSigner { .. })]));
        assert_eq!(entry, None);
    }
}
