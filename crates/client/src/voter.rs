//! A voter's states. What all of them have lies here; how tokens are had in `asking`, what is cast in `casting`, and what the
//! board says about it in `recorded`.

pub(crate) mod asking;
pub(crate) mod casting;
#[cfg(test)]
mod crashes;
pub(crate) mod recorded;

use core::fmt;

use urna_crypto::{BallotContext, Identifier, Pseudonym, PseudonymKey, Seed};
use urna_election::Id;
use urna_election::manifest::ClassIndex;
use urna_log::Hash;

use crate::saved::{SavedForm, StateName};
use crate::{AnchoredElection, ClientError, Entitlement, RecoveryCode};

pub use asking::{Asked, ChallengeRequest, Seeded, SessionRequest};
pub use casting::{BrokenPromise, Cast, HoldsToken, Kept, May, Promised, Receipted, WithToken};
pub use recorded::{BoardEntry, Recorded};

pub(crate) use asking::{Asking, Move, Progress};
pub(crate) use casting::{Record, Spending};

/// A voter in one election, in the state `S`: [`Seeded`], [`Asked`], [`WithToken`], [`Cast`], [`Promised`] or [`Receipted`].
///
/// It holds the seed and what was cast: wiped when dropped, neither copied nor printed; what is kept goes through
/// [`Voter::save`].
pub struct Voter<S> {
    pub(crate) core: Core,
    pub(crate) state: S,
}

/// What every state has.
pub(crate) struct Core {
    pub(crate) election: AnchoredElection,
    pub(crate) class: ClassIndex,
    pub(crate) class_id: Id,
    pub(crate) seed: Seed,
    pub(crate) key: PseudonymKey,
    /// The revision of the stored copy, 0 before there is one.
    pub(crate) revision: u64,
    /// How many changes there were since this value was made, and how many of them are stored.
    pub(crate) changes: u64,
    pub(crate) stored: u64,
}

impl Core {
    pub(crate) fn new(election: AnchoredElection, class: ClassIndex, seed: Seed) -> Option<Self> {
        let class_id = election.manifest().class(class)?.id.clone();
        let key = seed.pseudonym_key(election.id());
        Some(Self { election, class, class_id, seed, key, revision: 0, changes: 0, stored: 0 })
    }

    pub(crate) fn changed(&mut self) {
        self.changes += 1;
    }

    /// CLI-11: nothing leaves a state that is not stored.
    pub(crate) fn check_stored(&self) -> Result<(), ClientError> {
        if self.revision > 0 && self.changes == self.stored { Ok(()) } else { Err(ClientError::NotSaved) }
    }

    pub(crate) fn pseudonym(&self) -> Pseudonym {
        self.key.pseudonym()
    }

    pub(crate) fn ballots(&self) -> BallotContext {
        let manifest = self.election.manifest();
        BallotContext::new(manifest.id(), self.class_id.as_str(), manifest.election_key())
    }
}

/// A state of a [`Voter`].
pub trait State: sealed::Parts {
    /// Its name in the saved form.
    const NAME: StateName;
}

pub(crate) mod sealed {
    use super::{Asked, Asking, Spending};

    /// What of a state is saved.
    pub trait Parts {
        /// What is needed until there are tokens.
        #[doc(hidden)]
        fn asking(&self) -> Option<(&Asking, Option<&Asked>)> {
            None
        }

        /// Tokens and what was done with them.
        #[doc(hidden)]
        fn spending(&self) -> Option<&Spending> {
            None
        }
    }
}

impl<S> Voter<S> {
    /// The election, anchored.
    pub fn election(&self) -> &AnchoredElection {
        &self.core.election
    }

    /// The voter's class.
    pub fn class(&self) -> ClassIndex {
        self.core.class
    }

    /// The voter's pseudonym pk (BAL-1).
    pub fn pseudonym(&self) -> Pseudonym {
        self.core.pseudonym()
    }

    /// The identifier under which people find the voter's entries on the board (BAL-2).
    pub fn identifier(&self) -> Identifier {
        Identifier::new(self.core.election.id(), &self.core.pseudonym())
    }

    /// The seed as something to write down.
    pub fn recovery_code(&self) -> RecoveryCode {
        RecoveryCode::of(&self.core.seed)
    }

    /// The revision of the stored copy that this state was made from or was last marked as; 0 before there is one.
    pub fn revision(&self) -> u64 {
        self.core.revision
    }

    /// Whether the state has changed since it was stored, so that nothing can be sent before it is (CLI-11).
    pub fn is_unsaved(&self) -> bool {
        self.core.check_stored().is_err()
    }

    /// Says that this form lies where a crash does not reach it (CLI-11). Nothing is sent before.
    ///
    /// # Errors
    /// [`ClientError::NotSaved`] if the form is not one of this state as it is now.
    pub fn mark_saved(&mut self, form: &SavedForm) -> Result<(), ClientError> {
        let core = &mut self.core;
        let own = form.pseudonym == core.pseudonym() && form.election == *core.election.id();
        if !own || form.changes != core.changes || form.revision != core.revision + 1 {
            return Err(ClientError::NotSaved);
        }
        core.revision = form.revision;
        core.stored = form.changes;
        Ok(())
    }

    /// Takes a checkpoint that was seen later, or earlier, with the consistency proof between it and
    /// [`AnchoredElection::checkpoint`] (CLI-8). The larger one is kept. Of equal size the proof is empty.
    ///
    /// # Errors
    /// [`ClientError::Checkpoint`] if the log's key did not sign it; [`ClientError::Forked`] and
    /// [`ClientError::NotContinued`], which hold both checkpoints.
    pub fn follow(&mut self, checkpoint: &[u8], proof: &[Hash]) -> Result<(), ClientError> {
        self.core.election.follow(checkpoint, proof)?;
        self.core.changed();
        Ok(())
    }
}

impl<S: State> Voter<S> {
    /// The state's saved form (CLI-22), one revision above the stored one. It holds seed and plaintexts.
    pub fn save(&self) -> SavedForm {
        SavedForm::of(self)
    }
}

impl Voter<Seeded> {
    /// A voter who has done nothing yet (CLI-10). `seed` is drawn on the voter's device, [`Seed::generate`], and never
    /// comes from the invitation.
    ///
    /// # Errors
    /// [`ClientError::OtherElection`] if the entitlement was found in another election's register.
    pub fn new(
        election: AnchoredElection,
        entitlement: Entitlement,
        seed: Seed,
    ) -> Result<Self, ClientError> {
        if entitlement.election != *election.id() {
            return Err(ClientError::OtherElection);
        }
        let core = Core::new(election, entitlement.class, seed).ok_or(ClientError::OtherElection)?;
        let state = Seeded(Asking::new(core.election.id(), entitlement.handle, entitlement.secret));
        Ok(Self { core, state })
    }
}

/// A step that was not done, with the voter as before.
pub struct Refused<S> {
    /// The voter, unchanged.
    pub voter: Box<Voter<S>>,
    /// Why.
    pub error: ClientError,
}

impl<S> Refused<S> {
    pub(crate) fn new(voter: Voter<S>, error: impl Into<ClientError>) -> Self {
        Self { voter: Box::new(voter), error: error.into() }
    }
}

impl<S> fmt::Debug for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<S> fmt::Display for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<S> core::error::Error for Refused<S> {}
