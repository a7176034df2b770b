//! The exchange of a key ceremony: which packages are there, whose are awaited, and whether a package may join them. The
//! authority that carries packages and every trustee that receives them keep one, and so judge by the same rules (TRU-16).
//!
//! ```text
//! enrolments of all ─▶ round 1 of all ─▶ round 2 of all ─▶ confirmations of all ─▶ the keys of the manifest
//!        └──────────────── restart: the next attempt, with fresh randomness ◀───────────┘
//! ```
//!
//! A package that is refused changes nothing and names its sender. One that is there already is welcome again, byte for
//! byte; another in its place is refused, so that nobody's package is replaced unseen.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use urna_crypto::{
    Ceremony, CeremonyError, ElectionKey, PlanId, Round1, Round1Package, SealedShare, ShareConfirmation,
    ShareKey, Signature, TrusteeKey, TrusteePossession,
};

use super::{Package, PackageKind};
use crate::id::Id;
use crate::json::{Base64, JsonError};
use crate::plan::Plan;

/// A trustee as people know it: index, id and name of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its place in the plan's list, from 1.
    pub index: u16,
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trustee {} ({})", self.index, self.name)
    }
}

/// Why a package is refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The bytes are no package.
    #[error("this is no package of a key ceremony: {0}")]
    Json(#[from] JsonError),
    /// It was made for another plan.
    #[error("the package is for another plan, {found}; this one is {expected}")]
    OtherPlan {
        /// The plan at hand.
        expected: PlanId,
        /// The plan of the package.
        found: PlanId,
    },
    /// It is of nobody in the plan.
    #[error("the package is of {id}, and the plan has no such trustee")]
    UnknownTrustee {
        /// Who it says it is of.
        id: Id,
    },
    /// Its parts are not those of its kind.
    #[error("{from}: the {kind} does not decode")]
    Form {
        /// Whose it says it is.
        from: Member,
        /// What it says it is.
        kind: PackageKind,
    },
    /// It is of an attempt that has ended, or has not begun here.
    #[error("{from}: the {kind} is of attempt {attempt}, and this is attempt {current}")]
    OtherAttempt {
        /// Whose it is.
        from: Member,
        /// What it is.
        kind: PackageKind,
        /// The attempt it names.
        attempt: u32,
        /// The attempt at hand.
        current: u32,
    },
    /// It was sent in an attempt that has ended, and its number was changed since.
    #[error("{from}: the package of round 1 is the one of an attempt that has ended")]
    Stale {
        /// Whose it is.
        from: Member,
    },
    /// Something that it needs is not there yet.
    #[error("{from}: the {kind} has come before {awaited}; give it again then")]
    TooEarly {
        /// Whose it is.
        from: Member,
        /// What it is.
        kind: PackageKind,
        /// What has to come first.
        awaited: Awaited,
    },
    /// Another one of the same trustee is there.
    #[error("{from}: another {kind} is there already, and only one of the two can stand")]
    Another {
        /// Whose they are.
        from: Member,
        /// What they are.
        kind: PackageKind,
    },
    /// The enrolment does not prove possession of its key (TRU-1).
    #[error("{from}: the enrolment does not prove that its maker has the key")]
    Unproved {
        /// Whose it says it is.
        from: Member,
    },
    /// Two trustees enrol with one key (TRU-1).
    #[error("{from} has the enrolment key of {other}")]
    RepeatedKey {
        /// Who came later.
        from: Member,
        /// Who came first.
        other: Member,
    },
    /// A rule of the ceremony (TRU-2 to TRU-5).
    #[error("{from}: {error}")]
    Ceremony {
        /// Whose package it is.
        from: Member,
        /// Which rule.
        error: CeremonyError,
    },
    /// The confirmation is not signed with the trustee's share of this ceremony (TRU-15).
    #[error("{from}: the confirmation is not signed with its share of this ceremony's key")]
    Unconfirmed {
        /// Whose it says it is.
        from: Member,
    },
}

impl ExchangeError {
    /// Whose package it is, as it says itself. None where it names nobody in the plan.
    pub const fn from(&self) -> Option<&Member> {
        match self {
            Self::Json(_) | Self::OtherPlan { .. } | Self::UnknownTrustee { .. } => None,
            Self::Form { from, .. }
            | Self::OtherAttempt { from, .. }
            | Self::Stale { from }
            | Self::TooEarly { from, .. }
            | Self::Another { from, .. }
            | Self::Unproved { from }
            | Self::RepeatedKey { from, .. }
            | Self::Ceremony { from, .. }
            | Self::Unconfirmed { from } => Some(from),
        }
    }

    /// The number of the broken rule.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Unproved { .. } | Self::RepeatedKey { .. } => "TRU-1",
            Self::Unconfirmed { .. } => "TRU-15",
            Self::Ceremony { error, .. } => match error {
                CeremonyError::ProofOfKnowledge { .. } => "TRU-3",
                CeremonyError::IdentityElectionKey
                | CeremonyError::IdentityShareKey { .. }
                | CeremonyError::EqualShareKeys { .. } => "TRU-4",
                CeremonyError::ShareSignature { .. }
                | CeremonyError::WrongRecipient { .. }
                | CeremonyError::ShareMismatch { .. } => "TRU-5",
                _ => "TRU-2",
            },
            _ => "TRU-16",
        }
    }
}

/// What comes next, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// What is awaited.
    pub kind: PackageKind,
    /// Whose, in the order of indices; at least one.
    pub from: Vec<Member>,
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} of ", self.kind)?;
        let last = self.from.len().saturating_sub(1);
        for (place, member) in self.from.iter().enumerate() {
            let joint = if place == 0 {
                ""
            } else if place == last {
                " and "
            } else {
                ", "
            };
            write!(f, "{joint}{member}")?;
        }
        Ok(())
    }
}

/// What an exchange is kept as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRecord {
    /// The attempt, from 1.
    pub attempt: u32,
    /// All packages by kind, then by index.
    pub packages: Vec<Package>,
    /// SHA-256 of the round-1 packages of attempts that have ended, ascending.
    pub past: Vec<Base64<[u8; 32]>>,
}

/// The public keys of a ceremony that all have confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CeremonyKeys {
    /// The election key Y.
    pub election_key: ElectionKey,
    /// Of each trustee, in the order of indices: enrolment key, its proof of possession (TRU-1), Y_i.
    pub members: Vec<(TrusteeKey, Signature, ShareKey)>,
}

/// The packages of one trustee.
#[derive(Clone, Debug, Default)]
struct Sent {
    enrolment: Option<(TrusteeKey, Signature, Package)>,
    round_1: Option<(Round1Package, Package)>,
    round_2: Option<(Vec<SealedShare>, Package)>,
    confirmation: Option<Package>,
}

impl Sent {
    const fn package(&self, kind: PackageKind) -> Option<&Package> {
        match kind {
            PackageKind::Enrolment => match &self.enrolment {
                Some((_, _, package)) => Some(package),
                None => None,
            },
            PackageKind::Round1 => match &self.round_1 {
                Some((_, package)) => Some(package),
                None => None,
            },
            PackageKind::Round2 => match &self.round_2 {
                Some((_, package)) => Some(package),
                None => None,
            },
            PackageKind::Confirmation => self.confirmation.as_ref(),
        }
    }
}

const KINDS: [PackageKind; 4] =
    [PackageKind::Enrolment, PackageKind::Round1, PackageKind::Round2, PackageKind::Confirmation];

/// The packages of a ceremony, each checked as far as anybody can who is not its recipient.
#[derive(Clone, Debug)]
pub struct Exchange {
    plan: Plan,
    attempt: u32,
    sent: Vec<Sent>,
    past: BTreeSet<[u8; 32]>,
    /// As soon as all are enrolled; never of a solo trustee.
    ceremony: Option<Ceremony>,
    /// As soon as all packages of round 1 are there.
    round_1: Option<Round1>,
}

impl Exchange {
    /// An exchange in which nothing is there yet.
    pub fn new(plan: Plan) -> Self {
        let sent = vec![Sent::default(); plan.trustees.len()];
        Self { plan, attempt: 1, sent, past: BTreeSet::new(), ceremony: None, round_1: None }
    }

    /// The exchange that was kept. Signatures of sealed shares are not verified again: there are n² of them.
    ///
    /// # Errors
    /// [`ExchangeError`] of the first package that cannot be where it is.
    pub fn restore(plan: Plan, record: &ExchangeRecord) -> Result<Self, ExchangeError> {
        let mut exchange = Self::new(plan);
        exchange.attempt = record.attempt;
        for package in &record.packages {
            exchange.place(package, true)?;
        }
        exchange.past = record.past.iter().map(|hash| hash.0).collect();
        Ok(exchange)
    }

    /// As it is kept.
    pub fn record(&self) -> ExchangeRecord {
        ExchangeRecord {
            attempt: self.attempt,
            packages: self.packages().cloned().collect(),
            past: self.past.iter().map(|hash| Base64(*hash)).collect(),
        }
    }

    /// The plan.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The attempt, from 1.
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// All packages by kind, then by index: in this order another exchange can take them.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        KINDS.into_iter().flat_map(|kind| self.sent.iter().filter_map(move |sent| sent.package(kind)))
    }

    /// The package of this kind of trustee `index`, if it is there.
    pub fn package(&self, index: u16, kind: PackageKind) -> Option<&Package> {
        self.sent(index)?.package(kind)
    }

    /// Trustee `index` as the plan names it.
    pub fn member(&self, index: u16) -> Option<Member> {
        let party = self.plan.trustees.get(usize::from(index).checked_sub(1)?)?;
        Some(Member { index, id: party.id.clone(), name: party.name.clone() })
    }

    /// Whom a broken rule of the ceremony names.
    pub fn culprit(&self, error: &CeremonyError) -> Option<Member> {
        self.member(error.culprit()?)
    }

    /// The enrolment key of trustee `index`, if it is there.
    pub fn enrolled(&self, index: u16) -> Option<&TrusteeKey> {
        self.sent(index)?.enrolment.as_ref().map(|(key, ..)| key)
    }

    /// What all have agreed to hold a ceremony under, as soon as all are enrolled. None of a solo trustee.
    pub const fn ceremony(&self) -> Option<&Ceremony> {
        self.ceremony.as_ref()
    }

    /// The packages of round 1, as soon as all are there.
    pub const fn round_1(&self) -> Option<&Round1> {
        self.round_1.as_ref()
    }

    /// The sealed shares for trustee `index` that are there.
    pub fn shares_for(&self, index: u16) -> Vec<SealedShare> {
        let all = self.sent.iter().filter_map(|sent| sent.round_2.as_ref()).flat_map(|(shares, _)| shares);
        all.filter(|share| share.recipient() == index).cloned().collect()
    }

    /// What comes next, and of whom; none when all is there.
    pub fn awaited(&self) -> Option<Awaited> {
        let kinds = if self.is_solo() { &KINDS[..1] } else { &KINDS[..] };
        kinds.iter().find_map(|kind| self.awaited_of(*kind))
    }

    fn awaited_of(&self, kind: PackageKind) -> Option<Awaited> {
        let missing = (1..).zip(&self.sent).filter(|(_, sent)| sent.package(kind).is_none());
        let from: Vec<_> = missing.filter_map(|(index, _)| self.member(index)).collect();
        (!from.is_empty()).then_some(Awaited { kind, from })
    }

    /// Whether one trustee is to hold the whole key.
    pub fn is_solo(&self) -> bool {
        self.sent.len() == 1
    }

    /// The keys of the manifest, when all have confirmed. Of a solo trustee there are none here: only it knows Y.
    pub fn keys(&self) -> Option<CeremonyKeys> {
        if self.is_solo() || self.awaited().is_some() {
            return None;
        }
        let round_1 = self.round_1.as_ref()?;
        let share_keys = round_1.share_keys().ok()?;
        let member = |(sent, share_key): (&Sent, &ShareKey)| {
            sent.enrolment.as_ref().map(|(key, proof, _)| (*key, *proof, *share_key))
        };
        let members = self.sent.iter().zip(share_keys).map(member).collect::<Option<_>>()?;
        Some(CeremonyKeys { election_key: round_1.election_key(), members })
    }

    /// Takes a package, if it may join the others: whether it is new.
    ///
    /// # Errors
    /// [`ExchangeError`]; nothing has changed then.
    pub fn take(&mut self, package: &Package) -> Result<bool, ExchangeError> {
        self.place(package, false)
    }

    /// Takes what it can of several packages, in whatever order they come: whether anything was new, and what was refused.
    pub fn take_all(&mut self, packages: &[Package]) -> (bool, Vec<ExchangeError>) {
        let mut packages: Vec<_> = packages.iter().collect();
        packages.sort_by_key(|package| package.kind);
        let (mut is_new, mut refused) = (false, Vec::new());
        for package in packages {
            match self.take(package) {
                Ok(taken) => is_new |= taken,
                Err(error) => refused.push(error),
            }
        }
        (is_new, refused)
    }

    /// Begins attempt `attempt`: the packages of this one are gone, and will not be taken again. Who is in `forgotten` enrols
    /// again.
    pub fn restart(&mut self, attempt: u32, forgotten: &[Id]) {
        let ended = self.sent.iter().filter_map(|sent| sent.round_1.as_ref());
        self.past.extend(ended.map(|(package, _)| digest(&package.to_bytes())));
        self.attempt = attempt;
        for (party, sent) in self.plan.trustees.iter().zip(&mut self.sent) {
            let enrolment = sent.enrolment.take().filter(|_| !forgotten.contains(&party.id));
            *sent = Sent { enrolment, ..Sent::default() };
        }
        (self.ceremony, self.round_1) = (None, None);
        self.convene();
    }

    fn sent(&self, index: u16) -> Option<&Sent> {
        self.sent.get(usize::from(index).checked_sub(1)?)
    }

    /// The ceremony can be held as soon as all are enrolled. Their keys differ, and the plan has checked the numbers.
    fn convene(&mut self) {
        let keys = self.sent.iter().map(|sent| sent.enrolment.as_ref().map(|(key, ..)| *key));
        if let Some(keys) = keys.collect::<Option<Vec<_>>>() {
            self.ceremony = Ceremony::new(self.plan.id(), self.plan.threshold, keys).ok();
        }
    }

    fn place(&mut self, package: &Package, is_own_record: bool) -> Result<bool, ExchangeError> {
        let (expected, found) = (self.plan.id(), package.plan.0);
        if found != expected {
            return Err(ExchangeError::OtherPlan { expected, found });
        }
        let from = (1..)
            .zip(&self.plan.trustees)
            .find(|(_, party)| party.id == package.trustee)
            .and_then(|(index, _)| self.member(index))
            .ok_or_else(|| ExchangeError::UnknownTrustee { id: package.trustee.clone() })?;
        let kind = package.kind;
        let current = if kind == PackageKind::Enrolment { 0 } else { self.attempt };
        if package.attempt != current {
            return Err(ExchangeError::OtherAttempt { from, kind, attempt: package.attempt, current });
        }
        if self.package(from.index, kind) == Some(package) {
            return Ok(false);
        }
        match kind {
            PackageKind::Enrolment => self.enrol(from, package),
            PackageKind::Round1 => self.place_round_1(from, package),
            PackageKind::Round2 => self.place_round_2(from, package, is_own_record),
            PackageKind::Confirmation => self.confirm(from, package),
        }
    }

    /// TRU-1
    fn enrol(&mut self, from: Member, package: &Package) -> Result<bool, ExchangeError> {
        let form = || ExchangeError::Form { from: from.clone(), kind: PackageKind::Enrolment };
        let [key, proof] = package.parts.as_slice() else { return Err(form()) };
        let key = key.0.as_slice().as_array().and_then(|key| TrusteeKey::from_bytes(key).ok());
        let proof = signature(proof);
        let (key, proof) = key.zip(proof).ok_or_else(form)?;
        let statement = TrusteePossession { plan: &self.plan.id(), trustee: from.id.as_str() };
        if proof.verify(&key, &statement).is_err() {
            return Err(ExchangeError::Unproved { from });
        }
        if let Some(enrolled) = self.enrolled(from.index) {
            // Proofs are made with randomness; the key is what counts.
            let is_same = *enrolled == key;
            let another = ExchangeError::Another { from, kind: PackageKind::Enrolment };
            return if is_same { Ok(false) } else { Err(another) };
        }
        let mut others = (1..).zip(&self.sent);
        if let Some((other, _)) =
            others.find(|(_, sent)| sent.enrolment.as_ref().is_some_and(|(other, ..)| *other == key))
            && let Some(other) = self.member(other)
        {
            return Err(ExchangeError::RepeatedKey { from, other });
        }
        self.keep(&from, |sent| sent.enrolment = Some((key, proof, package.clone())));
        self.convene();
        Ok(true)
    }

    /// TRU-2, TRU-3
    fn place_round_1(&mut self, from: Member, package: &Package) -> Result<bool, ExchangeError> {
        let kind = PackageKind::Round1;
        let Some(ceremony) = &self.ceremony else {
            return Err(self.too_early(from, kind, PackageKind::Enrolment));
        };
        let [part] = package.parts.as_slice() else { return Err(ExchangeError::Form { from, kind }) };
        let decoded = Round1Package::from_bytes(&part.0);
        let Ok(decoded) = decoded else { return Err(ExchangeError::Form { from, kind }) };
        if decoded.trustee() != from.index {
            let error = CeremonyError::PackageOrder { place: from.index, trustee: decoded.trustee() };
            return Err(ExchangeError::Ceremony { from, error });
        }
        if let Err(error) = ceremony.check_package(&decoded) {
            return Err(ExchangeError::Ceremony { from, error });
        }
        if self.past.contains(&digest(&part.0)) {
            return Err(ExchangeError::Stale { from });
        }
        if self.package(from.index, kind).is_some() {
            return Err(ExchangeError::Another { from, kind });
        }
        let others = self.sent.iter().filter_map(|sent| Some(sent.round_1.as_ref()?.0.clone()));
        let all: Vec<_> = others.chain([decoded.clone()]).collect();
        let round_1 = if all.len() == self.sent.len() {
            let checked = ceremony.check(all);
            Some(checked.map_err(|error| ExchangeError::Ceremony { from: from.clone(), error })?)
        } else {
            None
        };
        self.keep(&from, |sent| sent.round_1 = Some((decoded, package.clone())));
        self.round_1 = round_1;
        Ok(true)
    }

    /// TRU-5, as far as anybody can check it who is not the recipient.
    fn place_round_2(
        &mut self,
        from: Member,
        package: &Package,
        is_own_record: bool,
    ) -> Result<bool, ExchangeError> {
        let kind = PackageKind::Round2;
        let Some(round_1) = &self.round_1 else {
            return Err(self.too_early(from, kind, PackageKind::Round1));
        };
        let share = |part: &Base64<Vec<u8>>| SealedShare::from_bytes(part.0.as_slice().as_array()?).ok();
        let shares: Option<Vec<_>> = package.parts.iter().map(share).collect();
        let Some(shares) = shares else { return Err(ExchangeError::Form { from, kind }) };
        let recipients = (1..=round_1.ceremony().count()).filter(|index| *index != from.index);
        let addressed = shares.iter().map(SealedShare::recipient).eq(recipients);
        if !addressed || shares.iter().any(|share| share.sender() != from.index) {
            return Err(ExchangeError::Form { from, kind });
        }
        if !is_own_record && let Some(error) = shares.iter().find_map(|share| share.verify(round_1).err()) {
            return Err(ExchangeError::Ceremony { from, error });
        }
        if self.package(from.index, kind).is_some() {
            return Err(ExchangeError::Another { from, kind });
        }
        self.keep(&from, |sent| sent.round_2 = Some((shares, package.clone())));
        Ok(true)
    }

    /// TRU-15
    fn confirm(&mut self, from: Member, package: &Package) -> Result<bool, ExchangeError> {
        let kind = PackageKind::Confirmation;
        let Some(round_1) = &self.round_1 else {
            return Err(self.too_early(from, kind, PackageKind::Round1));
        };
        let [part] = package.parts.as_slice() else { return Err(ExchangeError::Form { from, kind }) };
        let Some(signature) = signature(part) else { return Err(ExchangeError::Form { from, kind }) };
        let statement =
            ShareConfirmation { plan: &self.plan.id(), ceremony: round_1.hash(), trustee: from.index };
        let share_keys =
            round_1.share_keys().map_err(|error| ExchangeError::Ceremony { from: from.clone(), error })?;
        let share_key = usize::from(from.index).checked_sub(1).and_then(|place| share_keys.get(place));
        if share_key.is_none_or(|share_key| signature.verify(share_key, &statement).is_err()) {
            return Err(ExchangeError::Unconfirmed { from });
        }
        // Signatures are made with randomness; that it is confirmed is what counts.
        if self.package(from.index, kind).is_some() {
            return Ok(false);
        }
        self.keep(&from, |sent| sent.confirmation = Some(package.clone()));
        Ok(true)
    }

    fn too_early(&self, from: Member, kind: PackageKind, first: PackageKind) -> ExchangeError {
        let awaited = self.awaited_of(first).unwrap_or(Awaited { kind: first, from: Vec::new() });
        ExchangeError::TooEarly { from, kind, awaited }
    }

    fn keep(&mut self, from: &Member, change: impl FnOnce(&mut Sent)) {
        let place = usize::from(from.index).saturating_sub(1);
        if let Some(sent) = self.sent.get_mut(place) {
            change(sent);
        }
    }
}

fn signature(part: &Base64<Vec<u8>>) -> Option<Signature> {
    Signature::from_bytes(part.0.as_slice().as_array()?).ok()
}

fn digest(package: &[u8]) -> [u8; 32] {
    Sha256::digest(package).into()
}
