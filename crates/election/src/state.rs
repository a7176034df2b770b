//! The state of an election: the only copy of the board's rules (STA-1 to STA-26).
//!
//! The board admits entries through [`ElectionState::apply`] and the verifier replays the log through it. It is pure:
//! no clock, no storage, and the same entries give the same state. An entry that is rejected changes nothing.
//!
//! What an entry says by itself has been verified before ([`crate::EntryVerifier`]); here is what it must be in its
//! place: phase, running number, sequence, what was there before. Rules that need the bytes of blobs are checks of
//! their own: [`crate::ceremony`], [`crate::register`], [`crate::issuance`], [`crate::opening`], [`crate::count`]. The
//! clock is the board's: [`crate::manifest::Manifest`] says when ballots may come.

#[cfg(test)]
mod after_close;
mod follow;
#[cfg(test)]
mod rejections;
#[cfg(any(test, feature = "sample"))]
pub(crate) mod sample;
mod signed;
mod voters;
#[cfg(any(test, feature = "sample"))]
pub(crate) mod whole_election;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use urna_crypto::Pseudonym;

use crate::blob::BlobRef;
use crate::entry::{Agreed, Ballot, Entry, Role};
use crate::json::Integer;
use crate::manifest::{ClassIndex, Manifest};
use crate::phase::Phase;
use crate::rejected::Rejected;
use crate::verify::{Place, VerifiedEntry};

pub use voters::CountedBallot;

/// An election as its log has made it.
#[derive(Clone, Debug)]
pub struct ElectionState {
    manifest: Arc<Manifest>,
    size: u64,
    phase: Phase,
    /// Running numbers.
    authority: u64,
    issuers: Vec<IssuerState>,
    trustees: Vec<TrusteeState>,
    round_1: Option<BlobRef>,
    /// The entitled, per class, of the last version of the register.
    entitled: Option<Vec<u64>>,
    classes: Vec<ClassState>,
    pseudonyms: HashMap<[u8; 32], PseudonymState>,
    nonces: HashMap<[u8; 32], NonceState>,
    /// Returned pseudonyms, each with its entry's index.
    returned: HashMap<[u8; 32], u64>,
    closed: Option<Closed>,
    erased: BTreeSet<[u8; 32]>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct IssuerState {
    number: u64,
    issued: Option<Issued>,
}

/// What an issuer says it issued.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Issued {
    digest: [u8; 32],
    per_class: Vec<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct TrusteeState {
    number: u64,
    ceremony: bool,
    rehearsed: bool,
    agreed: Option<[u8; 32]>,
    /// Chunks opened so far.
    chunks: u64,
}

/// Voters and pseudonyms of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ClassState {
    /// Whether some version of the register has voters of it: small classes are refused only before (STA-26).
    had_voters: bool,
    /// Ever seen on the board, withdrawn ones too.
    seen: u64,
    /// Whose last entry is a ballot.
    cast: u64,
    /// Returned unused.
    returned: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct PseudonymState {
    class: ClassIndex,
    /// How many entries there are, which is the next sequence number.
    entries: u32,
    /// Whether the last one is a ballot, which is then counted.
    is_cast: bool,
    /// The index of the last one.
    last: u64,
}

/// Where an R stands, and what ballot it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NonceState {
    index: u64,
    /// The first half of SHA-256 over pk, sequence, R and ct: what makes a ballot the same ballot. Only who knows r
    /// could make a second ballot with this R, and would need 2^64 tries to be told a wrong index of its own.
    ballot: [u8; 16],
}

/// What stands fixed since `voting_closed`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Closed {
    /// The log's size with `voting_closed` as its last entry.
    size: u64,
    /// How many ballots are counted.
    counted: u64,
    /// The hash of the counted list.
    digest: [u8; 32],
}

impl ElectionState {
    /// The state of an empty log: the first entry must be the manifest.
    ///
    /// # Errors
    /// [`Rejected`] if `entry` is not the authority's publication of this manifest (STA-2).
    pub fn begin(manifest: Arc<Manifest>, entry: VerifiedEntry) -> Result<Self, Rejected> {
        let (entry, _) = entry.into_parts(manifest.id())?;
        signed::check_manifest(&manifest, &entry)?;
        Ok(Self::empty(manifest))
    }

    /// The state behind entry 0.
    fn empty(manifest: Arc<Manifest>) -> Self {
        Self {
            size: 1,
            phase: Phase::Announced,
            authority: 1,
            issuers: vec![IssuerState::default(); manifest.issuers().len()],
            trustees: vec![TrusteeState::default(); manifest.trustees().members.len()],
            round_1: None,
            entitled: None,
            classes: vec![ClassState::default(); manifest.classes().len()],
            pseudonyms: HashMap::new(),
            nonces: HashMap::new(),
            returned: HashMap::new(),
            closed: None,
            erased: BTreeSet::new(),
            manifest,
        }
    }

    /// Appends an entry, if it may stand here. Returns its index in the log.
    ///
    /// # Errors
    /// [`Rejected`]; the state is then as it was.
    pub fn apply(&mut self, entry: VerifiedEntry) -> Result<u64, Rejected> {
        let (entry, place) = entry.into_parts(self.manifest.id())?;
        // A retry of what is there is told so, even after the close.
        if let Some(index) = self.logged(&entry) {
            return Err(Rejected::AlreadyLogged { index });
        }
        let phase = Rejected::Phase { kind: entry.kind(), phase: self.phase };
        if !self.phase.admits(entry.kind()) {
            return Err(phase);
        }
        match (&entry, place) {
            (Entry::Ballot(ballot), Place::Class(class)) => self.apply_ballot(ballot, class)?,
            (Entry::Withdrawal(withdrawal), Place::Class(class)) => {
                self.apply_withdrawal(withdrawal, class)?
            }
            (Entry::Returned(returned), Place::Class(class)) => self.apply_returned(returned, class)?,
            (signed, Place::Signer(signer)) => self.apply_signed(signed, signer)?,
            (_, Place::Class(_)) => return Err(phase),
        }
        let index = self.size;
        self.size += 1;
        Ok(index)
    }

    /// The manifest.
    pub fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// How many entries the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where the election stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Where this very entry of a voter stands already, whatever its proof or signature (STA-9): a ballot of the same
    /// pk, sequence, R and ct; a withdrawal that is its pseudonym's last entry; a returned token of the same pk.
    pub fn logged(&self, entry: &Entry) -> Option<u64> {
        match entry {
            Entry::Ballot(ballot) => {
                let known = self.nonces.get(ballot.ephemeral().as_bytes())?;
                (known.ballot == ballot_digest(ballot)).then_some(known.index)
            }
            Entry::Withdrawal(withdrawal) => {
                let known = self.pseudonyms.get(&withdrawal.pseudonym.0.to_bytes())?;
                let is_last = !known.is_cast && known.entries.checked_sub(1) == Some(withdrawal.sequence);
                is_last.then_some(known.last)
            }
            Entry::Returned(returned) => self.returned.get(&returned.pseudonym.0.to_bytes()).copied(),
            _ => None,
        }
    }

    /// The number of the pseudonym's next entry.
    pub fn next_sequence(&self, pseudonym: &Pseudonym) -> u32 {
        self.pseudonyms.get(&pseudonym.to_bytes()).map_or(0, |known| known.entries)
    }

    /// The signer's next running number: of the authority, or of an issuer or trustee by its place in the manifest.
    pub fn next_number(&self, role: Role, place: usize) -> Option<Integer> {
        let number = match role {
            Role::Authority => self.authority,
            Role::Issuer => self.issuers.get(place)?.number,
            Role::Trustee => self.trustees.get(place)?.number,
        };
        Integer::try_from(number).ok()
    }

    /// Entitled voters per class by the last version of the register, if there is one.
    pub fn entitled(&self) -> Option<&[u64]> {
        self.entitled.as_deref()
    }

    /// How many pseudonyms of a class were ever seen, withdrawn ones too.
    pub fn seen(&self, class: ClassIndex) -> u64 {
        self.classes.get(class.position()).map_or(0, |class| class.seen)
    }

    /// How many pseudonyms' last entry is a ballot: the interim turnout, over all classes (S1-108).
    pub fn cast(&self) -> u64 {
        self.classes.iter().map(|class| class.cast).sum()
    }

    /// The same of one class.
    pub fn cast_in(&self, class: ClassIndex) -> u64 {
        self.classes.get(class.position()).map_or(0, |class| class.cast)
    }

    /// How many tokens of a class were returned unused.
    pub fn returned(&self, class: ClassIndex) -> u64 {
        self.classes.get(class.position()).map_or(0, |class| class.returned)
    }

    /// How many tokens the issuer at this place of the manifest says it issued for a class, once it has said so.
    pub fn issued(&self, issuer: usize, class: ClassIndex) -> Option<u64> {
        self.issuers.get(issuer)?.issued.as_ref()?.per_class.get(class.position()).copied()
    }

    /// The blob of round-1 packages that the trustees name, once one has.
    pub fn round_1(&self) -> Option<&BlobRef> {
        self.round_1.as_ref()
    }

    /// The hashes of blobs that were erased by a logged `erased` (V-16).
    pub fn erased(&self) -> &BTreeSet<[u8; 32]> {
        &self.erased
    }

    /// What trustees must agree on (STA-18). `root` is the log's at the size of `voting_closed`; the state does not know
    /// it, so a verifier compares it itself (V-12).
    ///
    /// # Errors
    /// [`Rejected::Phase`] before the close, [`Rejected::IssuanceMissing`] until every issuer has posted its list.
    pub fn agreement(&self, root: [u8; 32]) -> Result<Agreed, Rejected> {
        self.expected_agreement(root)
    }

    /// How many trustees must have signed the same `agreed` before any of them opens: max(t, floor(n/2) + 1) (STA-20).
    pub fn agreement_threshold(&self) -> usize {
        self.manifest.trustees().agreement_threshold()
    }

    /// The hash of the `agreed` that enough trustees signed, if they did. No two can have been: it takes a majority.
    pub fn agreed(&self) -> Option<[u8; 32]> {
        let signed = |digest: &[u8; 32]| {
            self.trustees.iter().filter(|trustee| trustee.agreed.as_ref() == Some(digest)).count()
        };
        let mut digests = self.trustees.iter().filter_map(|trustee| trustee.agreed);
        digests.find(|digest| signed(digest) >= self.agreement_threshold())
    }
}

/// Two states are equal if the same entries of the same election made them, or entries that leave the same.
impl PartialEq for ElectionState {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            manifest,
            size,
            phase,
            authority,
            issuers,
            trustees,
            round_1,
            entitled,
            classes,
            pseudonyms,
            nonces,
            returned,
            closed,
            erased,
        } = self;
        *manifest.id() == *other.manifest.id()
            && *size == other.size
            && *phase == other.phase
            && *authority == other.authority
            && *issuers == other.issuers
            && *trustees == other.trustees
            && *round_1 == other.round_1
            && *entitled == other.entitled
            && *classes == other.classes
            && *pseudonyms == other.pseudonyms
            && *nonces == other.nonces
            && *returned == other.returned
            && *closed == other.closed
            && *erased == other.erased
    }
}

impl Eq for ElectionState {}

/// The first half of SHA-256 over pk, sequence, R and ct.
fn ballot_digest(ballot: &Ballot) -> [u8; 16] {
    let hash = Sha256::new()
        .chain_update(ballot.pseudonym.0.to_bytes())
        .chain_update(ballot.sequence.to_be_bytes())
        .chain_update(ballot.ephemeral().as_bytes())
        .chain_update(ballot.text())
        .finalize();
    let mut half = [0; 16];
    half.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    half
}
