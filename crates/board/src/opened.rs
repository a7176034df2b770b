//! The counted ballots as they were opened, by identifier: for whoever looks for their own, or at everybody's.
//!
//! Made of the log once there is a result, when somebody first asks, and kept in memory: some 60 bytes a ballot.

use urna_crypto::Identifier;
use urna_election::entry::Entry;
use urna_election::manifest::{ClassIndex, Manifest};
use urna_election::opening::{BallotOpener, points_from_bytes};
use urna_election::selection::{Choice, OpenedBallot};

use crate::error::BoardError;
use crate::read::LogReader;
use crate::store::{Sha256Hash, Store};

/// An abstention among the marks. No option has this place: a contest has at most 65,535.
const ABSTAINS: u16 = u16::MAX;

/// All counted ballots, ascending by identifier.
#[derive(Debug, Default)]
pub(crate) struct OpenedBallots(Vec<Opened>);

/// A counted ballot.
#[derive(Debug)]
pub(crate) struct Opened {
    /// Whose it is.
    pub(crate) identifier: Identifier,
    /// The voter's class.
    pub(crate) class: ClassIndex,
    /// For each contest of the ballot style the number of marks and the marks, or [`ABSTAINS`]; none of a ballot that cannot be
    /// read. As small as it gets.
    marks: Option<Box<[u16]>>,
}

impl Opened {
    fn new(identifier: Identifier, ballot: &OpenedBallot) -> Self {
        let marks = ballot.choices().ok().map(|choices| {
            let mut packed = Vec::new();
            for choice in choices {
                match choice {
                    Choice::Abstain => packed.push(ABSTAINS),
                    Choice::Marks(marks) => {
                        packed.push(u16::try_from(marks.len()).unwrap_or(ABSTAINS - 1));
                        packed.extend(marks);
                    }
                }
            }
            packed.into()
        });
        Self { identifier, class: ballot.class(), marks }
    }

    /// The choices, one for each contest of the ballot style; none of a ballot that cannot be read.
    pub(crate) fn choices(&self) -> Option<Vec<Choice>> {
        let mut rest = self.marks.as_deref()?;
        let mut choices = Vec::new();
        while let Some((first, behind)) = rest.split_first() {
            let count = if *first == ABSTAINS { 0 } else { usize::from(*first) };
            let (marks, behind) = behind.split_at(count.min(behind.len()));
            choices.push(if *first == ABSTAINS { Choice::Abstain } else { Choice::Marks(marks.to_vec()) });
            rest = behind;
        }
        Some(choices)
    }
}

impl OpenedBallots {
    /// Reads the counted ballots, in the log's order, with their combined openings from the blobs of the result.
    pub(crate) fn read<S: Store>(
        log: &LogReader<S>,
        manifest: &Manifest,
        counted: &[u64],
        combined: &[Sha256Hash],
    ) -> Result<Self, BoardError> {
        let opener = BallotOpener::new(manifest);
        let mut ballots = Vec::with_capacity(counted.len());
        let mut left = counted.iter();
        for name in combined {
            let bytes = log.blob(name)?.unwrap_or_default();
            // The board has checked these bytes before it took the result.
            for opening in points_from_bytes(&bytes).unwrap_or_default() {
                let Some(index) = left.next() else { break };
                let Some(Entry::Ballot(ballot)) =
                    log.entry(*index)?.and_then(|bytes| Entry::parse(&bytes).ok())
                else {
                    return Err(BoardError::EntryMissing { index: *index, size: index.saturating_add(1) });
                };
                let identifier = Identifier::new(manifest.id(), &ballot.pseudonym.0);
                ballots.extend(opener.open(&ballot, &opening).map(|opened| Opened::new(identifier, &opened)));
            }
        }
        ballots.sort_unstable_by_key(|ballot| ballot.identifier);
        Ok(Self(ballots))
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Opened] {
        &self.0
    }

    /// Those whose identifier begins so, as people write it: in either case, with hyphens or spaces or without.
    pub(crate) fn beginning_with(&self, text: &str) -> &[Opened] {
        let wanted: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let wanted = wanted.to_ascii_uppercase().replace(['I', 'L'], "1").replace('O', "0");
        let plain = |ballot: &Opened| ballot.identifier.to_string().replace('-', "");
        let from = self.0.partition_point(|ballot| plain(ballot) < wanted);
        let behind = self.0.get(from..).unwrap_or_default();
        let count = behind.partition_point(|ballot| plain(ballot).starts_with(&wanted));
        behind.get(..count).unwrap_or_default()
    }
}
