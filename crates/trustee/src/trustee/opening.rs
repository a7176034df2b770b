//! What is opened, on whose word, and once (TRU-9 to TRU-11).

use std::collections::BTreeSet;
use std::sync::Arc;

use rand_core::CryptoRngCore;
use urna_crypto::{ElectionId, Point};
use urna_election::entry::{Agreed, Entry};
use urna_election::manifest::{Manifest, Schedule};
use urna_election::opening::{chunks, open_chunk, points_to_bytes};
use urna_election::{CountedBallot, EntryVerifier, Id};
use urna_verifier::{Check, Finding, Status, Verified};

use super::Trustee;
use super::published::{AGREED, FIRST_OPENING};
use crate::error::TrusteeError;

/// How a check of the verifier ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was evaluated, and holds.
    Passed,
    /// There is nothing to check in this election.
    NotApplicable,
    /// Anything else; what the report says of it.
    Other(String),
}

/// What this trustee's own program has found out about the whole log, read and verified on its own machine.
#[derive(Clone, Debug)]
pub struct OwnVerification {
    /// The election whose id the verification was made against.
    pub anchor: Option<ElectionId>,
    /// The number of each check, from 1, and how it ended.
    pub checks: Vec<(u8, Outcome)>,
    /// What trustees must agree on: size and root at `voting_closed`, issuance lists, counted list.
    pub agreement: Agreed,
    /// The counted list itself.
    pub counted: Vec<CountedBallot>,
}

/// What must have passed: V-01 to V-11, every blob is there, every signature holds.
const NEEDED: [u8; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17];
/// What there may be nothing to check of: witnesses and older checkpoints.
const MAY_BE_EMPTY: u8 = 2;

/// The log up to the close, verified by this trustee's own program. Nothing else leads to an agreement.
#[derive(Clone, Debug)]
pub struct VerifiedClose {
    agreement: Agreed,
    points: Vec<Point>,
}

impl VerifiedClose {
    /// Takes a verification in which V-01 to V-11 passed (TRU-9).
    ///
    /// # Errors
    /// [`TrusteeError::NotAnchored`], [`TrusteeError::NotVerified`], [`TrusteeError::OtherList`].
    pub fn new(election: &ElectionId, verification: OwnVerification) -> Result<Self, TrusteeError> {
        let OwnVerification { anchor, checks, agreement, counted } = verification;
        check(election, anchor.as_ref(), &checks)?;
        if CountedBallot::digest(election, &counted) != agreement.counted.0 {
            return Err(TrusteeError::OtherList);
        }
        let points: Option<Vec<_>> = counted.iter().map(CountedBallot::point).collect();
        Ok(Self { agreement, points: points.ok_or(TrusteeError::OtherList)? })
    }

    /// The same of a verification that the verifier has made in this program.
    ///
    /// # Errors
    /// As [`VerifiedClose::new`], and [`TrusteeError::NotClosed`].
    pub fn of(election: &ElectionId, verified: &Verified) -> Result<Self, TrusteeError> {
        let Verified { report, state, root_at_close, .. } = verified;
        let anchor = report.anchored.then_some(report.election);
        let outcome = |finding: &Finding| match finding.status {
            Status::Passed => Outcome::Passed,
            Status::NotApplicable => Outcome::NotApplicable,
            other => Outcome::Other(format!("{}: {}", other.as_str(), finding.reason)),
        };
        let checks = (1..)
            .zip(Check::ALL)
            .filter_map(|(number, check)| report.finding(check).map(|finding| (number, outcome(finding))));
        let checks: Vec<_> = checks.collect();
        // What the log says is worth something only if it holds.
        check(election, anchor.as_ref(), &checks)?;
        let (state, root) = state.as_ref().zip(*root_at_close).ok_or(TrusteeError::NotClosed)?;
        let agreement = state.agreement(root).map_err(|_| TrusteeError::NotClosed)?;
        Self::new(election, OwnVerification { anchor, checks, agreement, counted: state.counted() })
    }

    /// How many ballots are counted.
    pub fn ballots(&self) -> usize {
        self.points.len()
    }

    /// How many chunks they are opened in.
    pub fn chunks(&self) -> u32 {
        u32::try_from(chunks(&self.points).count()).unwrap_or(u32::MAX)
    }
}

/// Classes in which fewer have cast than the manifest's `smallest class`, with how many: their votes may be told apart once they
/// are open.
pub fn small_classes(manifest: &Manifest, verified: &Verified) -> Vec<(Id, u64)> {
    let Some(state) = &verified.state else { return Vec::new() };
    let smallest = manifest.policy().smallest_class();
    let classes = manifest.class_indices().map(|(index, class)| (class.id.clone(), state.cast_in(index)));
    classes.filter(|(_, cast)| (1..smallest).contains(cast)).collect()
}

/// Everything that is needed has passed, in a verification of this election by its id.
fn check(
    election: &ElectionId,
    anchor: Option<&ElectionId>,
    checks: &[(u8, Outcome)],
) -> Result<(), TrusteeError> {
    if anchor != Some(election) {
        return Err(TrusteeError::NotAnchored);
    }
    for check in NEEDED {
        let reason = match checks.iter().find(|(number, _)| *number == check) {
            Some((_, Outcome::Passed)) => continue,
            Some((MAY_BE_EMPTY, Outcome::NotApplicable)) => continue,
            Some((_, Outcome::Other(reason))) => reason.clone(),
            Some(_) | None => String::new(),
        };
        return Err(TrusteeError::NotVerified { check, reason });
    }
    Ok(())
}

/// Enough trustees have signed what this trustee has. Only [`Trustee::quorum`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    agreed: [u8; 32],
}

impl Trustee {
    /// Agrees to open what it has verified (TRU-9): its own clock, `now` in Unix seconds, is past `closes` and `opening not
    /// before`, and it has not agreed to anything else. Makes the `agreed` entry; again, it is the same one.
    ///
    /// # Errors
    /// [`TrusteeError::NotAgreed`], [`TrusteeError::TooEarly`], [`TrusteeError::AgreedOtherwise`].
    pub fn agree_to_open(
        &mut self,
        manifest: &Manifest,
        verified: &VerifiedClose,
        now: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), TrusteeError> {
        let election = self.bound_to(manifest)?;
        self.share()?;
        if let Schedule::Times(times) = manifest.schedule() {
            let not_before = times.closes.value().max(times.opening_not_before.value());
            if now < not_before {
                return Err(TrusteeError::TooEarly { now, not_before });
            }
        }
        match self.agreed() {
            Some(before) if *before == verified.agreement => return Ok(()),
            Some(before) => {
                let (before, now) = (before.size.value(), verified.agreement.size.value());
                return Err(TrusteeError::AgreedOtherwise { before, now });
            }
            None => {}
        }
        let entry = self.signed(&election, AGREED, verified.agreement.clone(), rng)?;
        if let Some(bound) = &mut self.bound {
            bound.agreed = Some(entry);
        }
        self.change();
        Ok(())
    }

    /// Whether max(t, ⌊n/2⌋ + 1) trustees, this one among them, have signed what this one has: by their signatures, wherever
    /// the entries come from.
    ///
    /// # Errors
    /// [`TrusteeError::NotAgreed`], [`TrusteeError::Unsaved`], [`TrusteeError::TooFewAgreed`].
    pub fn quorum(
        &self,
        manifest: &Manifest,
        logged: &[Entry],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Quorum, TrusteeError> {
        self.bound_to(manifest)?;
        self.must_be_saved()?;
        let own = self.agreed().ok_or(TrusteeError::NotAgreed)?;
        let agreements = logged.iter().filter(|entry| matches!(entry, Entry::Agreed(_))).cloned().collect();
        let verifier = EntryVerifier::new(Arc::new(manifest.clone()));
        let (mut same, mut others) = (BTreeSet::from([self.index]), BTreeSet::new());
        for verified in verifier.verify(agreements, rng).into_iter().flatten() {
            let Entry::Agreed(entry) = verified.entry() else { continue };
            let place = (1..).zip(&self.plan().trustees).find(|(_, party)| party.id == entry.signer);
            let Some((index, _)) = place else { continue };
            if entry.body == *own {
                same.insert(index);
            } else {
                others.insert(index);
            }
        }
        // Who has signed both is no support for either.
        let needed = manifest.trustees().agreement_threshold();
        let same: BTreeSet<_> = same.difference(&others).copied().collect();
        if same.len() >= needed && same.contains(&self.index) {
            return Ok(Quorum { agreed: own.digest() });
        }
        let members = |indices: &BTreeSet<u16>| {
            indices.iter().filter_map(|index| self.exchange.member(*index)).collect()
        };
        Err(TrusteeError::TooFewAgreed { needed, agreed: members(&same), otherwise: members(&others) })
    }

    /// Makes the `opening` entry of chunk `position`, from 0, with its blob (TRU-10, TRU-11): of the counted list that this
    /// trustee and enough others have agreed on, and of nothing else. Again, it is the same entry while it is the last one.
    ///
    /// # Errors
    /// [`TrusteeError::NotAgreed`], [`TrusteeError::OtherList`], [`TrusteeError::NoChunk`], [`TrusteeError::Opening`].
    pub fn open_chunk(
        &mut self,
        manifest: &Manifest,
        quorum: Quorum,
        verified: &VerifiedClose,
        position: u32,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), TrusteeError> {
        let election = self.bound_to(manifest)?;
        let own = self.agreed().ok_or(TrusteeError::NotAgreed)?;
        if *own != verified.agreement || own.digest() != quorum.agreed {
            return Err(TrusteeError::OtherList);
        }
        let chunk = chunks(&verified.points).find(|(place, _)| *place == position);
        let (_, points) = chunk.ok_or(TrusteeError::NoChunk(position))?;
        let share = self.share()?;
        let kept = self.bound.as_ref().and_then(|bound| bound.opening.as_ref());
        if kept.is_some_and(|entry| entry.body.position == position) {
            self.chunk = Some(points_to_bytes(&urna_crypto::partial_decrypt(share, points)));
            return Ok(());
        }
        let (body, blob) = open_chunk(manifest, share, &quorum.agreed, position, points, rng)?;
        let number = FIRST_OPENING.saturating_add(position);
        let entry = self.signed(&election, number, body, rng)?;
        if let Some(bound) = &mut self.bound {
            bound.opening = Some(entry);
        }
        self.chunk = Some(blob);
        self.change();
        Ok(())
    }

    fn bound_to(&self, manifest: &Manifest) -> Result<ElectionId, TrusteeError> {
        match self.election() {
            Some(election) if election == manifest.id() => Ok(*election),
            Some(election) => Err(TrusteeError::Bound(*election)),
            None => Err(TrusteeError::NotAgreed),
        }
    }
}
