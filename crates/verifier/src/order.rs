//! The order of the entries that change the phase (V-03), which needs nothing but their kinds.

use urna_election::Phase;
use urna_election::entry::Kind;

/// The kinds so far that change the phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    opened: bool,
    closed: bool,
    result: bool,
    certified: bool,
    cancelled: bool,
}

impl Order {
    /// Takes the next entry's kind.
    ///
    /// # Errors
    /// What is wrong with its place.
    pub(crate) fn take(&mut self, index: u64, kind: Kind) -> Result<(), &'static str> {
        if (kind == Kind::Manifest) != (index == 0) {
            return Err("entry 0, and no other, is the manifest");
        }
        let ordered =
            [Kind::VotingOpened, Kind::VotingClosed, Kind::Result, Kind::Certified, Kind::Cancelled];
        if self.cancelled && ordered.contains(&kind) {
            return Err("the election was cancelled before");
        }
        let (done, before) = match kind {
            Kind::VotingOpened => (&mut self.opened, true),
            Kind::VotingClosed => (&mut self.closed, self.opened),
            Kind::Result => (&mut self.result, self.closed),
            Kind::Certified => (&mut self.certified, self.result),
            Kind::Cancelled => (&mut self.cancelled, !self.result),
            _ => return Ok(()),
        };
        if *done {
            return Err("it stands here a second time");
        }
        if !before {
            return Err(if kind == Kind::Cancelled {
                "there is a result"
            } else {
                "the phase before it is missing"
            });
        }
        *done = true;
        Ok(())
    }

    /// Whether voting has closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether blobs may be erased.
    pub(crate) fn is_over(&self) -> bool {
        self.certified || self.cancelled
    }

    /// The phase, as far as these entries tell it.
    pub(crate) fn phase(&self) -> Phase {
        match self {
            Self { cancelled: true, .. } => Phase::Cancelled,
            Self { certified: true, .. } => Phase::Certified,
            Self { result: true, .. } => Phase::Tallied,
            Self { closed: true, .. } => Phase::Closed,
            Self { opened: true, .. } => Phase::Voting,
            _ => Phase::Announced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kinds: &[Kind]) -> Option<(u64, &'static str)> {
        let mut order = Order::default();
        (0..).zip(kinds).find_map(|(index, kind)| order.take(index, *kind).err().map(|why| (index, why)))
    }

    #[test]
    fn accepts_the_phases_in_their_order_only() {
        use Kind::{Ballot, Cancelled, Certified, Manifest, Result, VotingClosed, VotingOpened};
        for good in [
            vec![Manifest, VotingOpened, Ballot, VotingClosed, Result, Certified],
            vec![Manifest, Cancelled, Ballot],
            vec![Manifest, VotingOpened, VotingClosed, Cancelled],
        ] {
            assert_eq!(refused(&good), None);
        }
        for (bad, at) in [
            (vec![VotingOpened], 0),
            (vec![Manifest, Manifest], 1),
            (vec![Manifest, VotingClosed], 1),
            (vec![Manifest, VotingOpened, VotingOpened], 2),
            (vec![Manifest, VotingOpened, VotingClosed, VotingClosed], 3),
            (vec![Manifest, VotingOpened, Result], 2),
            (vec![Manifest, VotingOpened, VotingClosed, Certified], 3),
            (vec![Manifest, VotingOpened, VotingClosed, Result, Cancelled], 4),
            (vec![Manifest, Cancelled, VotingOpened], 2),
            (vec![Manifest, Cancelled, Cancelled], 2),
        ] {
            assert_eq!(refused(&bad).map(|(index, _)| index), Some(at), "{bad:?}");
        }
    }
}
