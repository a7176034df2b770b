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
