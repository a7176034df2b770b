//! The phases of an election, and which entries each admits.
//!
//! ```text
//! announced ─ last rehearsal ─> rehearsed ─ voting_opened ─> voting ─ voting_closed ─> closed
//!     closed ─ result ─> tallied ─ certified ─> certified
//!     announced, rehearsed, voting, closed ─ cancelled ─> cancelled
//! ```

use crate::entry::Kind;

/// Where an election stands, by its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The manifest is published; trustees prove that they can open.
    Announced,
    /// All trustees have; tokens may be issued once the register is there.
    Rehearsed,
    /// Ballots are admitted.
    Voting,
    /// Nothing is admitted to the ballot box any more; issuers and trustees finish.
    Closed,
    /// The result is published.
    Tallied,
    /// The result is certified.
    Certified,
    /// The election was cancelled.
    Cancelled,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 7] = [
        Self::Announced,
        Self::Rehearsed,
        Self::Voting,
        Self::Closed,
        Self::Tallied,
        Self::Certified,
        Self::Cancelled,
    ];

    /// The phase's name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Rehearsed => "rehearsed",
            Self::Voting => "voting",
            Self::Closed => "closed",
            Self::Tallied => "tallied",
            Self::Certified => "certified",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether an entry of this kind may stand in this phase (STA-1, V-03). What else it needs is the state's to say.
    pub const fn admits(self, kind: Kind) -> bool {
        use Phase::{Announced, Cancelled, Certified, Closed, Rehearsed, Tallied, Voting};
        match kind {
            Kind::Manifest => false, // entry 0 only, before there is a phase
            Kind::Ceremony | Kind::Rehearsal => matches!(self, Announced),
            Kind::Register => matches!(self, Announced | Rehearsed | Voting),
            Kind::VotingOpened => matches!(self, Rehearsed),
            Kind::Ballot | Kind::Withdrawal | Kind::VotingClosed => matches!(self, Voting),
            Kind::Issuance | Kind::Agreed | Kind::Opening | Kind::Result => matches!(self, Closed),
            Kind::Returned => matches!(self, Closed | Tallied),
            Kind::Certified => matches!(self, Tallied),
            Kind::Cancelled => matches!(self, Announced | Rehearsed | Voting | Closed),
            Kind::Erased => matches!(self, Certified | Cancelled),
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Cancelled, Cause, Certified, Entry, VotingClosed, VotingOpened};
    use crate::rejected::Rejected;
    use crate::state::sample::{Election, marks};
    use crate::state::whole_election::whole_election;

    /// The table of `spec/entries.md`, by hand: a column for each phase in the order of [`Phase::ALL`].
    const TABLE: [(Kind, &str); 16] = [
        //                     announced
        //                     |rehearsed
        //                     ||voting
        //                     |||closed
        //                     ||||tallied
        //                     |||||certified
        //                     ||||||cancelled
        (Kind::Manifest, "-------"),
        (Kind::Ceremony, "x------"),
        (Kind::Rehearsal, "x------"),
        (Kind::Register, "xxx----"),
        (Kind::VotingOpened, "-x-----"),
        (Kind::Ballot, "--x----"),
        (Kind::Withdrawal, "--x----"),
        (Kind::VotingClosed, "--x----"),
        (Kind::Issuance, "---x---"),
        (Kind::Returned, "---xx--"),
        (Kind::Agreed, "---x---"),
        (Kind::Opening, "---x---"),
        (Kind::Result, "---x---"),
        (Kind::Certified, "----x--"),
        (Kind::Cancelled, "xxxx---"),
        (Kind::Erased, "-----xx"),
    ];

    fn may_stand(kind: Kind, phase: Phase) -> bool {
        let (_, row) = TABLE.iter().find(|(of, _)| *of == kind).unwrap();
        let column = Phase::ALL.iter().position(|of| *of == phase).unwrap();
        row.as_bytes()[column] == b'x'
    }

    /// An entry of each kind, signed for the election in any phase; no ballot of it is in the log.
    fn entries(election: &mut Election) -> Vec<Entry> {
        let (other, _) = whole_election();
        let body = |kind: Kind| other.log.iter().find(|(_, entry)| entry.kind() == kind).unwrap().1.clone();
        let voter = election.voter(4);
        let ballot = election.ballot(&voter, 0, &[marks(&[1]), marks(&[1])]);
        let mut entries = vec![election.log[0].1.clone(), ballot.into()];
        entries.push(election.withdrawal(&voter, 0).into());
        entries.push(election.returned(&voter).into());
        entries.push(election.ceremony(0).into());
        entries.push(election.rehearsal(0).into());
        entries.push(election.authority(VotingOpened { details: None }).into());
        entries.push(election.authority(VotingClosed { details: None }).into());
        entries.push(election.authority(Cancelled { details: None }).into());
        entries.push(election.authority(Certified { details: None }).into());
        entries.push(election.erase(vec![[1; 32]]).into());
        entries.push(election.issuance(0).into());
        let rows = election.register_rows();
        entries.push(election.register(Cause::Manual, rows).into());
        // What cannot be made before its time says what it says in another election.
        if let Entry::Agreed(signed) = body(Kind::Agreed) {
            entries.push(election.trustee(0, signed.body).into());
        }
        if let Entry::Opening(signed) = body(Kind::Opening) {
            entries.push(election.trustee(0, signed.body).into());
        }
        if let Entry::Result(signed) = body(Kind::Result) {
            entries.push(election.authority(signed.body).into());
        }
        entries
    }

    #[test]
    fn admits_each_kind_in_its_phases_only_sta_1() {
        for phase in Phase::ALL {
            let mut election = Election::at(phase);
            let entries = entries(&mut election);
            assert_eq!(entries.len(), Kind::ALL.len());
            for entry in entries {
                let kind = entry.kind();
                let verified = election.verify(entry).unwrap();
                let mut state = election.state.clone();
                let answer = state.apply(verified);
                let refused = answer == Err(Rejected::Phase { kind, phase });
                assert_eq!(refused, !may_stand(kind, phase), "{kind} while {phase}: {answer:?}");
                assert_eq!(phase.admits(kind), may_stand(kind, phase), "{kind} while {phase}");
                assert_eq!(state == election.state, answer.is_err(), "{kind} while {phase}");
            }
        }
    }

    #[test]
    fn moves_on_by_the_entries_that_move_it_only() {
        let (election, _) = whole_election();
        let phases: Vec<(Kind, Phase)> = election
            .log
            .iter()
            .zip(election.log.iter().skip(1))
            .map(|((before, entry), (after, _))| (entry.kind(), before.phase(), after.phase()))
            .filter(|(_, before, after)| before != after)
            .map(|(kind, _, after)| (kind, after))
            .collect();
        assert_eq!(
            phases,
            [
                (Kind::Rehearsal, Phase::Rehearsed),
                (Kind::VotingOpened, Phase::Voting),
                (Kind::VotingClosed, Phase::Closed),
                (Kind::Result, Phase::Tallied),
                (Kind::Certified, Phase::Certified),
            ]
        );
    }

    #[test]
    fn cancels_from_any_phase_before_tallied() {
        for phase in [Phase::Announced, Phase::Rehearsed, Phase::Voting, Phase::Closed] {
            let mut election = Election::at(phase);
            election.cancel();
            assert_eq!(election.state.phase(), Phase::Cancelled);
        }
    }
}
