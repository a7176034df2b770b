//! A trustee: what it has, where it stands, and what it hands out.

mod ceremony;
mod opening;
mod published;
mod standing;

use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_crypto::{
    ElectionId, ElectionKey, ShareKey, Signature, SignedBlob, TrusteeKey, TrusteePossession,
    TrusteeSecretKey, TrusteeShare,
};
use urna_election::blob::BlobKind;
use urna_election::ceremony::{Exchange, Member, Package, PackageKind};
use urna_election::entry::{Agreed, Ceremony, Entry, Kind, Opening, RehearsalDone, Signed};
use urna_election::json::Base64;
use urna_election::{Id, Plan};
use zeroize::Zeroizing;

use crate::error::TrusteeError;
use crate::key_file::Sealed;

pub use ceremony::Advanced;
pub use opening::{Outcome, OwnVerification, Quorum, VerifiedClose, small_classes};
pub use standing::{Standing, signer};

/// Whether the key is shared. Solo is asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Several trustees, any t of whom can open.
    Shared,
    /// One trustee holds the whole key (TRU-8).
    Solo,
}

/// How far the key ceremony is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// There is an enrolment key.
    Enrolled,
    /// The package of round 1 is made.
    Round1,
    /// The sealed shares for the others are made.
    Round2,
    /// There is a share of the election key.
    HoldsShare,
}

/// The secret of a stage. What is saved is what is used: the states of the rounds are read from these bytes when the next
/// step needs them.
pub(crate) enum Secret {
    None,
    Round1(Zeroizing<Vec<u8>>),
    Round2(Zeroizing<Vec<u8>>),
    Share(Box<TrusteeShare>),
}

/// What was signed under a manifest. It is kept for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bound {
    pub(crate) agreed: Option<Signed<Agreed>>,
    pub(crate) ceremony: Signed<Ceremony>,
    pub(crate) election: Base64<ElectionId>,
    /// The last chunk's.
    pub(crate) opening: Option<Signed<Opening>>,
    pub(crate) rehearsal: Option<Signed<RehearsalDone>>,
}

/// An entry for the board, and the blob that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The entry's canonical bytes.
    pub entry: Vec<u8>,
    /// The blob, which the board must have first.
    pub blob: Option<(BlobKind, Vec<u8>)>,
}

/// What the organiser needs for the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    /// The election key Y.
    pub election_key: ElectionKey,
    /// Of each trustee, in the plan's order: id, enrolment key, its proof of possession (TRU-1), Y_i.
    pub members: Vec<(Id, TrusteeKey, Signature, ShareKey)>,
}

/// A trustee of one plan, and later of one election.
pub struct Trustee {
    /// The address of the authority that carries packages.
    pub(crate) authority: Option<String>,
    pub(crate) exchange: Exchange,
    pub(crate) index: u16,
    pub(crate) key: TrusteeSecretKey,
    pub(crate) secret: Secret,
    pub(crate) bound: Option<Bound>,
    /// Counts the changes.
    pub(crate) revision: u64,
    /// The revision that is in the file.
    pub(crate) saved: Option<u64>,
    /// The blob of the last opening: the same points whenever it is computed.
    pub(crate) chunk: Option<Vec<u8>>,
}

impl Trustee {
    /// Makes an enrolment key for the trustee `id` of the plan (TRU-1).
    ///
    /// # Errors
    /// [`TrusteeError::NotATrustee`], [`TrusteeError::SoloNotAsked`], [`TrusteeError::NotSolo`].
    pub fn enrol(
        plan: Plan,
        id: &Id,
        sharing: Sharing,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, TrusteeError> {
        let place = (1..).zip(&plan.trustees).find(|(_, party)| party.id == *id);
        let (index, _) = place.ok_or_else(|| TrusteeError::NotATrustee(id.clone()))?;
        match (plan.trustees.len(), sharing) {
            (1, Sharing::Shared) => return Err(TrusteeError::SoloNotAsked),
            (2.., Sharing::Solo) => return Err(TrusteeError::NotSolo),
            _ => {}
        }
        let key = TrusteeSecretKey::generate(rng);
        let statement = TrusteePossession { plan: &plan.id(), trustee: id.as_str() };
        let proof = key.prove_possession(&statement, rng);
        let parts = vec![Base64(key.public().to_bytes().to_vec()), Base64(proof.to_bytes().to_vec())];
        let exchange = Exchange::new(plan);
        let mut trustee = Self {
            authority: None,
            exchange,
            index,
            key,
            secret: Secret::None,
            bound: None,
            revision: 0,
            saved: None,
            chunk: None,
        };
        trustee.send(PackageKind::Enrolment, parts)?;
        Ok(trustee)
    }

    /// The address of the authority that carries packages; none where they travel as files.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Says where the authority is that carries packages.
    pub fn set_authority(&mut self, authority: Option<String>) {
        if self.authority != authority {
            self.authority = authority;
            self.change();
        }
    }

    /// The plan.
    pub const fn plan(&self) -> &Plan {
        self.exchange.plan()
    }

    /// The packages that are there, and what is awaited of whom.
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// This trustee, as the plan names it.
    pub fn member(&self) -> Option<Member> {
        self.exchange.member(self.index)
    }

    /// Its id in the plan.
    pub fn id(&self) -> Option<&Id> {
        let party = self.plan().trustees.get(usize::from(self.index).checked_sub(1)?)?;
        Some(&party.id)
    }

    /// Its index, from 1.
    pub const fn index(&self) -> u16 {
        self.index
    }

    /// How far the ceremony is.
    pub const fn stage(&self) -> Stage {
        match self.secret {
            Secret::None => Stage::Enrolled,
            Secret::Round1(_) => Stage::Round1,
            Secret::Round2(_) => Stage::Round2,
            Secret::Share(_) => Stage::HoldsShare,
        }
    }

    /// The election that it has agreed to the manifest of.
    pub fn election(&self) -> Option<&ElectionId> {
        self.bound.as_ref().map(|bound| &bound.election.0)
    }

    /// What it has agreed to open.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.bound.as_ref()?.agreed.as_ref().map(|entry| &entry.body)
    }

    /// The public keys for the manifest, when the ceremony is finished and all have confirmed.
    pub fn public_keys(&self) -> Option<PublicKeys> {
        let ids = self.plan().trustees.iter().map(|party| party.id.clone());
        if let (true, Secret::Share(share)) = (self.exchange.is_solo(), &self.secret) {
            let own = self.exchange.package(self.index, PackageKind::Enrolment)?;
            let proof = Signature::from_bytes(own.parts.get(1)?.0.as_slice().as_array()?).ok()?;
            let members = ids.map(|id| (id, self.key.public(), proof, share.share_key())).collect();
            return Some(PublicKeys { election_key: share.election_key(), members });
        }
        let keys = self.exchange.keys()?;
        let members = ids.zip(keys.members).map(|(id, (key, proof, share))| (id, key, proof, share));
        Some(PublicKeys { election_key: keys.election_key, members: members.collect() })
    }

    /// Counts the changes.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether there is something that is not in the file.
    pub fn is_unsaved(&self) -> bool {
        self.saved != Some(self.revision)
    }

    /// Says that this form is in the file, durably.
    pub fn mark_saved(&mut self, form: &Sealed) {
        self.saved = Some(form.revision);
    }

    /// The packages that this trustee has made in this attempt, the enrolment included: what is sent is these bytes, again
    /// and again until somebody has them.
    ///
    /// # Errors
    /// [`TrusteeError::Unsaved`].
    pub fn packages(&self) -> Result<Vec<Package>, TrusteeError> {
        self.must_be_saved()?;
        let own = self.id();
        Ok(self.exchange.packages().filter(|package| Some(&package.trustee) == own).cloned().collect())
    }

    /// The entry of this kind that this trustee has made, for the board; of openings the last one. None if there is none.
    ///
    /// # Errors
    /// [`TrusteeError::Unsaved`].
    pub fn posting(&self, kind: Kind) -> Result<Option<Posting>, TrusteeError> {
        self.must_be_saved()?;
        let Some(bound) = &self.bound else { return Ok(None) };
        let plain = |entry: Entry| Posting { entry: entry.to_bytes(), blob: None };
        Ok(match kind {
            Kind::Ceremony => {
                let round_1 = self.exchange.round_1().map(|round_1| (BlobKind::Round1, round_1.to_bytes()));
                Some(Posting { blob: round_1, ..plain(bound.ceremony.clone().into()) })
            }
            Kind::Rehearsal => bound.rehearsal.clone().map(|entry| plain(entry.into())),
            Kind::Agreed => bound.agreed.clone().map(|entry| plain(entry.into())),
            Kind::Opening => bound.opening.clone().zip(self.chunk.clone()).map(|(entry, chunk)| Posting {
                blob: Some((BlobKind::PartialDecryptions, chunk)),
                ..plain(entry.into())
            }),
            _ => None,
        })
    }

    /// Signs that a blob is this trustee's, for the board that is to keep it.
    pub fn sign_blob(&self, statement: &SignedBlob<'_>, rng: &mut impl CryptoRngCore) -> Signature {
        self.key.sign(statement, rng)
    }

    fn must_be_saved(&self) -> Result<(), TrusteeError> {
        if self.is_unsaved() { Err(TrusteeError::Unsaved) } else { Ok(()) }
    }

    pub(crate) fn change(&mut self) {
        self.revision = self.revision.saturating_add(1);
    }

    /// Puts an own package among the others, by the same rules.
    fn send(&mut self, kind: PackageKind, parts: Vec<Base64<Vec<u8>>>) -> Result<(), TrusteeError> {
        let attempt = if kind == PackageKind::Enrolment { 0 } else { self.exchange.attempt() };
        let trustee = self.plan().trustees.get(usize::from(self.index).saturating_sub(1));
        let Some(trustee) = trustee.map(|party| party.id.clone()) else { return Ok(()) };
        let package = Package { attempt, kind, parts, plan: Base64(self.plan().id()), trustee };
        self.exchange.take(&package)?;
        self.change();
        Ok(())
    }

    fn share(&self) -> Result<&TrusteeShare, TrusteeError> {
        match &self.secret {
            Secret::Share(share) => Ok(share),
            _ => Err(TrusteeError::NoShare(self.exchange.awaited())),
        }
    }
}
