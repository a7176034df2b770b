//! Voters whose devices are dropped in the middle, as a phone that runs out of power, and go on from what they have stored.
//!
//! They are the driver that `urna voter` runs, each with a storage of its own, and wait for services that do not answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use tokio::time::timeout;
use urna_api::client::Native;
use urna_client::SavedForm;
use urna_client::driver::{
    Driver, DriverError, ElectionAddress, Failure, Patience, Storage, StorageError, SystemClock,
};
use urna_election::invitation::{Invitation, InvitationError};
use urna_election::selection::Choice;
use zeroize::Zeroizing;

use crate::torture::draw;

/// One of so many devices is dropped, after at most so many microseconds, and perhaps again and again.
const DROPPED: u64 = 3;
const LONGEST_UNTIL_DROPPED: u64 = 60_000;
/// Voters wait for the next start.
const PATIENCE: Patience = Patience {
    tries: 10_000,
    first: Duration::from_millis(5),
    longest: Duration::from_millis(100),
    total: Duration::from_secs(120),
};

/// One device's storage; it outlives the program that uses it.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Files>>);

#[derive(Default)]
struct Files {
    form: Option<Zeroizing<Vec<u8>>>,
    manifest: Option<Vec<u8>>,
}

impl Kept {
    fn with<T>(&self, act: impl FnOnce(&mut Files) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Storage for Kept {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(self.with(|files| files.form.clone()))
    }

    async fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        self.with(|files| {
            form.check_replaces(files.form.as_ref().map(|stored| stored.as_slice()))?;
            files.form = Some(Zeroizing::new(form.as_bytes().to_vec()));
            Ok(())
        })
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.with(|files| files.manifest.clone()))
    }

    async fn keep_manifest(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.with(|files| files.manifest = Some(bytes.to_vec()));
        Ok(())
    }
}

/// What a voter does, after taking the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Casts a ballot with this mark in the only contest, or a blank one.
    Cast(Option<u16>),
    /// Takes back what was cast last.
    Withdraw,
}

/// A voter: what they were sent, what they do, and after how long each time the device is dropped.
pub struct Guest {
    /// What they were sent.
    pub invitation: Invitation,
    /// What they do, one after the other.
    pub steps: Vec<Step>,
    drops: Vec<Duration>,
    kept: Kept,
}

impl Guest {
    /// A voter with a copy of this invitation.
    ///
    /// # Errors
    /// None of an invitation.
    pub fn new(
        invitation: &Invitation,
        steps: Vec<Step>,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self, InvitationError> {
        let mut drops = Vec::new();
        while draw(rng, DROPPED) == 0 {
            drops.push(Duration::from_micros(draw(rng, LONGEST_UNTIL_DROPPED)));
        }
        Ok(Self { invitation: invitation.to_link().parse()?, steps, drops, kept: Kept::default() })
    }
}

/// Where voters come to: an address of an election on its board, or, without, what their links lead to.
#[derive(Clone, Default)]
pub struct Polls(pub Option<ElectionAddress>);

impl Polls {
    /// The program on a device.
    fn driver(&self, storage: Kept) -> Driver<Kept, SystemClock> {
        Driver::new(storage, SystemClock, Native::new()).at(self.0.clone()).patience(PATIENCE)
    }

    /// The voter's program on the voter's device, started anew.
    pub fn device(&self, guest: &Guest) -> Driver<Kept, SystemClock> {
        self.driver(guest.kept.clone())
    }

    /// Takes the token and goes through the voter's steps, with all that happens to the device. Tells what is acknowledged, the
    /// token first; answers how often the device was dropped.
    ///
    /// # Errors
    /// What no waiting and repeating helps against.
    pub async fn come(&self, guest: &Guest, acknowledged: impl Fn()) -> Result<usize, Failure> {
        let mut drops = guest.drops.iter();
        let (mut dropped, mut done) = (0, 0);
        loop {
            let acts = self.act(guest, &mut done, &acknowledged);
            let Some(moment) = drops.next() else { return acts.await.map(|()| dropped) };
            // Not to wait for something: this is the moment.
            match timeout(*moment, acts).await {
                Ok(acted) => return acted.map(|()| dropped),
                Err(_) => dropped += 1,
            }
        }
    }

    /// Goes on after so many things, of which the first is the token.
    async fn act(&self, guest: &Guest, done: &mut usize, acknowledged: &impl Fn()) -> Result<(), Failure> {
        let mut driver = self.device(guest);
        driver.open(Some(&guest.invitation)).await?;
        driver.tokens().await?;
        if *done == 0 {
            *done = 1;
            acknowledged();
        }
        while let Some(step) = guest.steps.get(*done - 1) {
            match step {
                Step::Cast(mark) => {
                    let choices = Zeroizing::new(vec![Choice::Marks(mark.iter().copied().collect())]);
                    driver.cast(&choices).await?;
                }
                Step::Withdraw => drop(driver.withdraw().await?),
            }
            *done += 1;
            acknowledged();
        }
        Ok(())
    }

    /// With a device that has nothing of the first one: no second token is given.
    ///
    /// # Errors
    /// What is wrong with that.
    pub async fn come_again(&self, guest: &Guest) -> Result<(), String> {
        let mut driver = self.driver(Kept::default());
        let opened = driver.open(Some(&guest.invitation)).await.map(|_| ());
        opened.map_err(|failure| failure.to_string())?;
        match driver.tokens().await {
            Err(failure) if matches!(failure.error, DriverError::IssuedElsewhere { .. }) => Ok(()),
            Err(failure) => Err(failure.to_string()),
            Ok(()) => Err("a second device was given a second token: TWO TOKENS".to_owned()),
        }
    }
}
