//! What the issuer knows of its election from the board's log: the phase, and who is entitled.
//!
//! It reads the entries of authority, trustees and issuers in the log's order, with the blobs that register entries name.
//! They are verified and applied as the board and every verifier do it ([`EntryVerifier`], [`ElectionState`]); ballots are
//! none of the issuer's business. What comes after the issuance list changes nothing for it.

use std::sync::Arc;

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use urna_crypto::{CredentialKey, Handle};
use urna_election::entry::{Entry, Issuance, Kind, Role};
use urna_election::json::Integer;
use urna_election::manifest::{self, ClassIndex, Manifest, Schedule};
use urna_election::register::Register;
use urna_election::{ElectionState, EntryVerifier, Phase};

use crate::error::{IssuerError, Refusal};
use crate::store::RegisterVersion;

/// What was read so far.
#[derive(Clone, Default)]
pub(crate) struct Official {
    state: Option<ElectionState>,
    register: Arc<Register>,
    version: Option<RegisterVersion>,
    /// This issuer's own list, once it is in the log.
    posted: Option<Issuance>,
}

impl Official {
    /// This, and one more entry.
    pub(crate) fn and(
        &self,
        entry: &[u8],
        blobs: &[Vec<u8>],
        manifest: &Arc<Manifest>,
        issuer: &str,
        verifier: &EntryVerifier,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, IssuerError> {
        let parsed = Entry::parse(entry)?;
        if !is_followed(parsed.kind()) {
            return Ok(self.clone());
        }
        let verified =
            verifier.verify(vec![parsed.clone()], rng).pop().ok_or(IssuerError::OtherManifest)??;
        let mut next = self.clone();
        match &mut next.state {
            None => next.state = Some(ElectionState::begin(Arc::clone(manifest), verified)?),
            Some(state) => {
                state.apply(verified)?;
            }
        }
        match parsed {
            Entry::Register(signed) => {
                let register = Register::check_version(manifest, &signed.body, blobs)?;
                register.follows(&self.register)?;
                next.register = Arc::new(register);
                let sha256 = Sha256::digest(entry).into();
                next.version = Some(RegisterVersion { number: signed.number.value(), sha256 });
            }
            Entry::Issuance(signed) if signed.signer.as_str() == issuer => next.posted = Some(signed.body),
            _ => {}
        }
        Ok(next)
    }

    /// Where the election stands; none before the manifest was read.
    pub(crate) fn phase(&self) -> Option<Phase> {
        self.state.as_ref().map(ElectionState::phase)
    }

    /// The register in force.
    pub(crate) const fn version(&self) -> Option<&RegisterVersion> {
        self.version.as_ref()
    }

    /// The running number of a party's next entry; none before the manifest was read.
    pub(crate) fn next_number(&self, role: Role, place: usize) -> Option<Integer> {
        self.state.as_ref()?.next_number(role, place)
    }

    /// This issuer's own list, once it is in the log.
    pub(crate) const fn posted(&self) -> Option<&Issuance> {
        self.posted.as_ref()
    }

    /// Class and credential of a handle, if the register in force has both.
    pub(crate) fn entitled(&self, handle: &Handle) -> Option<(ClassIndex, [u8; 32])> {
        let entitled = self.register.entitled(handle)?;
        Some((entitled.class, entitled.credential?))
    }

    /// The credential in force of a handle whose session was opened in `class` under `credential`.
    ///
    /// One version of the register must have had handle, class and credential together, or V-10 would refuse the row: they
    /// may have changed since the first move, but not both.
    pub(crate) fn credential(
        &self,
        handle: &Handle,
        class: ClassIndex,
        credential: &CredentialKey,
    ) -> Option<CredentialKey> {
        let (class_now, credential_now) = self.entitled(handle)?;
        let is_listed = class_now == class || credential_now == credential.to_bytes();
        CredentialKey::from_bytes(&credential_now).ok().filter(|_| is_listed)
    }

    /// Whether sessions may be opened and answered at this second.
    pub(crate) fn is_open(&self, manifest: &Manifest, now: u64) -> Result<(), Refusal> {
        let times = match manifest.schedule() {
            Schedule::Manual => None,
            Schedule::Times(times) => Some(times),
        };
        if times.is_some_and(|times| now >= times.closes.value()) {
            return Err(Refusal::IssuanceClosed);
        }
        match self.phase() {
            None | Some(Phase::Announced) => return Err(Refusal::TooEarly { opens: None }),
            Some(Phase::Rehearsed) if manifest.policy().issuance == manifest::Issuance::WithBallot => {
                return Err(Refusal::TooEarly { opens: times.map(|times| times.opens.value()) });
            }
            Some(Phase::Rehearsed | Phase::Voting) => {}
            Some(Phase::Closed | Phase::Tallied | Phase::Certified | Phase::Cancelled) => {
                return Err(Refusal::IssuanceClosed);
            }
        }
        if self.version.is_none() {
            return Err(Refusal::TooEarly { opens: None });
        }
        let opens = times.map_or(0, |times| times.issuance_opens.value());
        if now < opens { Err(Refusal::TooEarly { opens: Some(opens) }) } else { Ok(()) }
    }
}

/// Whether an entry says something to an issuer.
const fn is_followed(kind: Kind) -> bool {
    match kind {
        Kind::Manifest
        | Kind::Ceremony
        | Kind::Rehearsal
        | Kind::Register
        | Kind::VotingOpened
        | Kind::VotingClosed
        | Kind::Issuance
        | Kind::Cancelled => true,
        Kind::Ballot
        | Kind::Withdrawal
        | Kind::Returned
        | Kind::Agreed
        | Kind::Opening
        | Kind::Result
        | Kind::Certified
        | Kind::Erased => false,
    }
}
