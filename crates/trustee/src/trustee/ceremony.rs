//! The key ceremony, as far as the packages of the others allow.

use rand_core::CryptoRngCore;
use urna_crypto::{CeremonyError, Round1Secret, Round2Secret, SealedShare, ShareConfirmation, solo_share};
use urna_election::Id;
use urna_election::ceremony::{ExchangeError, Package, PackageKind};
use urna_election::json::Base64;

use super::{Secret, Stage, Trustee};
use crate::error::TrusteeError;

/// What came of a step of the ceremony.
#[derive(Debug, Default)]
pub struct Advanced {
    /// Packages that were refused, each with its sender. What was there before still is.
    pub refused: Vec<ExchangeError>,
    /// Packages in this trustee's own name that it did not make: somebody else enrolled in its name, or an older copy of the
    /// key file is in use.
    pub strangers: Vec<PackageKind>,
    /// What keeps the ceremony from going on in this attempt.
    pub failed: Option<TrusteeError>,
}

impl Advanced {
    /// Whether nothing was wrong with anything.
    pub fn is_clean(&self) -> bool {
        self.refused.is_empty() && self.strangers.is_empty() && self.failed.is_none()
    }
}

impl Trustee {
    /// Takes packages of the others, in whatever order they come, and goes on as far as they allow (TRU-2 to TRU-5, TRU-15).
    /// Own ones among them are welcome. Afterwards [`Trustee::packages`] has what is to be sent, once this is saved.
    pub fn advance(&mut self, packages: &[Package], rng: &mut impl CryptoRngCore) -> Advanced {
        let mut advanced = self.take(packages);
        loop {
            match self.step(rng) {
                Ok(true) => {}
                Ok(false) => return advanced,
                Err(error) => {
                    advanced.failed = Some(error);
                    return advanced;
                }
            }
        }
    }

    /// Takes packages of the others, and makes nothing of them yet.
    pub fn take(&mut self, packages: &[Package]) -> Advanced {
        let own = self.id().cloned();
        let (mine, others): (Vec<_>, Vec<_>) =
            packages.iter().cloned().partition(|package| Some(&package.trustee) == own.as_ref());
        let strangers = mine.iter().filter(|package| self.is_strange(package)).map(|package| package.kind);
        let strangers = strangers.collect();
        let (is_new, refused) = self.exchange.take_all(&others);
        if is_new {
            self.change();
        }
        Advanced { refused, strangers, failed: None }
    }

    /// Ends this attempt and begins another with fresh randomness. What was made in this one is gone: an explicit act. The
    /// trustees in `forgotten` enrol again.
    ///
    /// # Errors
    /// [`TrusteeError::Bound`] once a manifest is agreed to; [`TrusteeError::NotLater`].
    pub fn restart(&mut self, attempt: u32, forgotten: &[Id]) -> Result<(), TrusteeError> {
        if let Some(election) = self.election() {
            return Err(TrusteeError::Bound(*election));
        }
        let current = self.exchange.attempt();
        if attempt <= current {
            return Err(TrusteeError::NotLater { current, attempt });
        }
        let others: Vec<_> = forgotten.iter().filter(|id| Some(*id) != self.id()).cloned().collect();
        self.exchange.restart(attempt, &others);
        self.secret = Secret::None;
        self.change();
        Ok(())
    }

    /// Whether a package in this trustee's name is not its own. One of another attempt is nobody's business any more.
    fn is_strange(&self, package: &Package) -> bool {
        let made = self.exchange.package(self.index, package.kind);
        match package.kind {
            // Proofs are made with randomness; the key is what counts.
            PackageKind::Enrolment => made.map(|made| made.parts.first()) != Some(package.parts.first()),
            _ => package.attempt == self.exchange.attempt() && made != Some(package),
        }
    }

    /// One step, if its packages are there.
    fn step(&mut self, rng: &mut impl CryptoRngCore) -> Result<bool, TrusteeError> {
        match self.stage() {
            Stage::Enrolled if self.exchange.is_solo() => {
                self.secret = Secret::Share(Box::new(solo_share(&self.plan().id(), &self.key, rng)));
                self.change();
                Ok(true)
            }
            Stage::Enrolled => self.start(rng),
            Stage::Round1 => self.receive(rng),
            Stage::Round2 => self.finish(rng),
            Stage::HoldsShare => Ok(false),
        }
    }

    fn start(&mut self, rng: &mut impl CryptoRngCore) -> Result<bool, TrusteeError> {
        let Some(ceremony) = self.exchange.ceremony() else { return Ok(false) };
        let started = Round1Secret::start(ceremony, self.index, &self.key, rng);
        let (secret, package) = started.map_err(|error| self.broken(error))?;
        let secret = secret.to_bytes().map_err(|error| self.broken(error))?;
        self.send(PackageKind::Round1, vec![Base64(package.to_bytes())])?;
        self.secret = Secret::Round1(secret);
        Ok(true)
    }

    fn receive(&mut self, rng: &mut impl CryptoRngCore) -> Result<bool, TrusteeError> {
        let (Secret::Round1(bytes), Some(ceremony), Some(round_1)) =
            (&self.secret, self.exchange.ceremony(), self.exchange.round_1())
        else {
            return Ok(false);
        };
        let received = Round1Secret::from_bytes(ceremony, bytes)
            .and_then(|secret| secret.receive(round_1.clone(), &self.key, rng));
        let (secret, sealed) = received.map_err(|error| self.broken(error))?;
        let parts = sealed.iter().map(SealedShare::to_bytes).map(|share| Base64(share.to_vec())).collect();
        self.send(PackageKind::Round2, parts)?;
        self.secret = Secret::Round2(secret.to_bytes());
        Ok(true)
    }

    fn finish(&mut self, rng: &mut impl CryptoRngCore) -> Result<bool, TrusteeError> {
        let awaited = self.exchange.awaited();
        let (Secret::Round2(bytes), Some(ceremony), Some(round_1)) =
            (&self.secret, self.exchange.ceremony(), self.exchange.round_1())
        else {
            return Ok(false);
        };
        if awaited.is_some_and(|awaited| awaited.kind < PackageKind::Confirmation) {
            return Ok(false);
        }
        let sealed = self.exchange.shares_for(self.index);
        let finished =
            Round2Secret::from_bytes(ceremony, bytes).and_then(|secret| secret.finish(&sealed, &self.key));
        let share = finished.map_err(|error| self.broken(error))?;
        let statement =
            ShareConfirmation { plan: &self.plan().id(), ceremony: round_1.hash(), trustee: self.index };
        let signature = share.confirm(&statement, rng);
        self.send(PackageKind::Confirmation, vec![Base64(signature.to_bytes().to_vec())])?;
        self.secret = Secret::Share(Box::new(share));
        Ok(true)
    }

    fn broken(&self, error: CeremonyError) -> TrusteeError {
        TrusteeError::Ceremony { culprit: self.exchange.culprit(&error), error }
    }
}
