//! What the checks need of the log once it has been read: faults by check, and what entries say of blobs.

use core::fmt::Display;
use std::collections::{BTreeMap, BTreeSet};

use urna_crypto::Identifier;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Agreed, Entry, Issuance, Kind, Opening, Register, ResultPublished};
use urna_election::{CountedBallot, EntryFault, Id, Rejected};
use urna_log::Hash;

use crate::check::Check;
use crate::given::Given;

/// A rule that does not hold.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) entry: Option<u64>,
    pub(crate) reason: String,
}

/// The first fault of each check.
#[derive(Debug, Default)]
pub(crate) struct Faults(BTreeMap<Check, Fault>);

impl Faults {
    /// Notes a fault, unless the check has one at an earlier entry.
    pub(crate) fn note(&mut self, check: Check, entry: Option<u64>, reason: impl Display) {
        let earlier = self.0.get(&check).is_some_and(|first| match (first.entry, entry) {
            (Some(first), Some(entry)) => first <= entry,
            (None, Some(_)) => false,
            (_, None) => true,
        });
        if !earlier {
            self.0.insert(check, Fault { entry, reason: reason.to_string() });
        }
    }

    pub(crate) fn of(&self, check: Check) -> Option<&Fault> {
        self.0.get(&check)
    }

    /// Notes what is wrong with an entry by itself.
    pub(crate) fn note_entry(&mut self, index: u64, entry: &Entry, fault: &EntryFault) {
        let check = match fault {
            EntryFault::Token { .. } => Check::Tokens,
            EntryFault::Proof => Check::Proofs,
            EntryFault::Rejected(rejected) => return self.note_rejected(index, entry, rejected),
        };
        self.note(check, Some(index), fault);
    }

    /// Notes the rule of the state that an entry breaks, under the check that asks it.
    pub(crate) fn note_rejected(&mut self, index: u64, entry: &Entry, rejected: &Rejected) {
        let kind = entry.kind();
        let check = owner(kind, rejected);
        self.note(check, Some(index), rejected);
        if matches!(rejected, Rejected::Phase { .. }) && entry.signed_by().is_some() {
            self.note(Check::Signatures, Some(index), rejected);
        }
    }
}

/// Which check asks the rule.
const fn owner(kind: Kind, rejected: &Rejected) -> Check {
    match rejected {
        Rejected::UnknownSigner { .. } | Rejected::Signature { .. } | Rejected::RunningNumber { .. } => {
            return Check::Signatures;
        }
        Rejected::OtherManifest | Rejected::OtherElection => return Check::Manifest,
        Rejected::Possession { .. } | Rejected::Rehearsal { .. } => return Check::Ceremony,
        Rejected::RegisterMissing => return Check::Register,
        Rejected::TokenCount { .. } => return Check::Tokens,
        Rejected::CiphertextLength { .. } => return Check::Proofs,
        _ => {}
    }
    match kind {
        Kind::Manifest => Check::Manifest,
        Kind::Ceremony | Kind::Rehearsal => Check::Ceremony,
        Kind::Register => Check::Register,
        Kind::Ballot | Kind::Withdrawal | Kind::Returned => match rejected {
            Rejected::UnknownClass(_) if matches!(kind, Kind::Withdrawal) => Check::Proofs,
            Rejected::UnknownClass(_) => Check::Tokens,
            Rejected::Phase { .. } => Check::Voting,
            _ => Check::Sequences,
        },
        // Voting opens where all trustees have rehearsed.
        Kind::VotingOpened if matches!(rejected, Rejected::Phase { .. }) => Check::Ceremony,
        Kind::VotingOpened | Kind::VotingClosed | Kind::Certified | Kind::Cancelled | Kind::Erased => {
            Check::Blobs
        }
        Kind::Issuance => Check::Issuance,
        Kind::Agreed | Kind::Opening => Check::Openings,
        Kind::Result => match rejected {
            Rejected::BlobKind { expected: BlobKind::Result, .. }
            | Rejected::BlobLength { kind: BlobKind::Result, .. } => Check::Count,
            _ => Check::Plaintexts,
        },
    }
}

/// A blob that an entry names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedBlob {
    pub(crate) entry: u64,
    pub(crate) blob: BlobRef,
}

/// What stands fixed since `voting_closed`.
#[derive(Debug)]
pub(crate) struct Close {
    /// The log's root with `voting_closed` as its last entry.
    pub(crate) root: Hash,
    /// The counted list.
    pub(crate) counted: Vec<CountedBallot>,
}

/// The log, as far as checks that need more than an entry are concerned.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) faults: Faults,
    /// Whether some bundles are withheld.
    pub(crate) withheld: bool,
    /// Entries by kind.
    pub(crate) kinds: BTreeMap<Kind, u64>,
    pub(crate) blobs: Vec<NamedBlob>,
    /// Which entry erased what.
    pub(crate) erased: BTreeMap<[u8; 32], u64>,
    /// The first `ceremony`, and the packages that it names.
    pub(crate) ceremony: Option<(u64, Option<BlobRef>)>,
    pub(crate) registers: Vec<(u64, Register)>,
    pub(crate) close: Option<Close>,
    pub(crate) issuance: Vec<(u64, Id, Issuance)>,
    pub(crate) agreed: Vec<(u64, Id, Agreed)>,
    pub(crate) openings: Vec<(u64, Id, Opening)>,
    pub(crate) result: Option<(u64, ResultPublished)>,
    /// Where tokens were returned before the result was published.
    pub(crate) returned_before_result: Vec<u64>,
    /// First ballots, by identifier.
    pub(crate) identifiers: Vec<(Identifier, u64)>,
    /// The hash over the leaves of each bundle: what is read again later must be the same.
    pub(crate) bundles: Vec<Hash>,
    /// Roots at the sizes that older checkpoints and receipts have.
    pub(crate) roots: BTreeMap<u64, Option<Hash>>,
    /// Hashes of the leaves at the indices that receipts have.
    pub(crate) leaves: BTreeMap<u64, Option<Hash>>,
    /// The entries that were promised, each with the first index before the close.
    pub(crate) promised: BTreeMap<[u8; 32], Option<u64>>,
    /// Voters' entries whose pseudonym is wanted.
    pub(crate) wanted: Vec<u64>,
}

impl Notes {
    pub(crate) fn new(given: &Given) -> Self {
        let checkpoints = given.older.iter().map(|older| &older.item);
        let receipts = given.receipts.iter().map(|receipt| &receipt.item);
        let checkpoints = checkpoints.chain(receipts.clone().map(|receipt| receipt.checkpoint()));
        let sizes: BTreeSet<u64> = checkpoints.map(|checkpoint| checkpoint.unverified().head.size).collect();
        Self {
            roots: sizes.into_iter().map(|size| (size, None)).collect(),
            leaves: receipts.map(|receipt| (receipt.index(), None)).collect(),
            promised: given.promises.iter().map(|p| (*p.item.unverified().entry(), None)).collect(),
            ..Self::default()
        }
    }

    pub(crate) fn count(&self, kind: Kind) -> u64 {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    /// Takes what an entry says, whether it may stand where it stands or not.
    pub(crate) fn take(&mut self, index: u64, entry: &Entry) {
        *self.kinds.entry(entry.kind()).or_default() += 1;
        let mut name = |blobs: &[BlobRef]| {
            self.blobs.extend(blobs.iter().map(|blob| NamedBlob { entry: index, blob: *blob }));
        };
        match entry {
            Entry::Ballot(_) | Entry::Withdrawal(_) | Entry::Rehearsal(_) => {}
            Entry::Returned(_) if self.result.is_none() => self.returned_before_result.push(index),
            Entry::Returned(_) => {}
            Entry::Manifest(signed) => name(&[signed.body.manifest]),
            Entry::Ceremony(signed) => {
                name(signed.body.round_1.as_slice());
                self.ceremony.get_or_insert((index, signed.body.round_1));
            }
            Entry::Register(signed) => {
                name(&signed.body.rows);
                self.registers.push((index, signed.body.clone()));
            }
            Entry::VotingOpened(signed) => name(signed.body.details.as_slice()),
            Entry::VotingClosed(signed) => name(signed.body.details.as_slice()),
            Entry::Certified(signed) => name(signed.body.details.as_slice()),
            Entry::Cancelled(signed) => name(signed.body.details.as_slice()),
            Entry::Issuance(signed) => {
                name(&signed.body.rows);
                self.issuance.push((index, signed.signer.clone(), signed.body.clone()));
            }
            Entry::Agreed(signed) => self.agreed.push((index, signed.signer.clone(), signed.body.clone())),
            Entry::Opening(signed) => {
                name(&[signed.body.chunk]);
                self.openings.push((index, signed.signer.clone(), signed.body.clone()));
            }
            Entry::Result(signed) => {
                name(&signed.body.combined);
                name(&[signed.body.result]);
                self.result.get_or_insert_with(|| (index, signed.body.clone()));
            }
            Entry::Erased(signed) => {
                name(signed.body.details.as_slice());
                for hash in &signed.body.blobs {
                    self.erased.entry(hash.0).or_insert(index);
                }
            }
        }
    }
}
