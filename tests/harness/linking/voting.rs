//! An election with voters whose moments are drawn from a seed, and what somebody writes down who watches: when each person took a
//! token, in which order ballots came, when the log grew, what the head of each request said.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use urna_api::client::Native;
use urna_client::driver::{Driver, Storage, StorageError};
use urna_client::{Resumed, SavedForm};
use urna_crypto::{ElectionId, Handle};
use urna_election::invitation::Invitation;
use urna_election::selection::Choice;
use zeroize::Zeroizing;

use super::dump::Dump;
use super::log_lines::LogLines;
use super::services::{BEGIN, Head, Sender, Services, SetClock, class};

/// In which hours tokens are taken that are taken ahead, and in which ballots are cast.
const HOURS: u64 = 36_000;
/// How long the two moves and reading the ballot take somebody who casts at once, in seconds.
const READING: (u64, u64) = (20, 40);

/// What elections differ in here.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How many people vote.
    pub voters: usize,
    /// Into how many classes they are divided.
    pub classes: usize,
    /// The size that a batch waits for.
    pub batch: u32,
    /// How many of them vote a second time.
    pub revotes: usize,
    /// Whether tokens are taken hours before, in another order; if not, half a minute before the ballot.
    pub ahead: bool,
    /// Draws the moments.
    pub seed: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { voters: 240, classes: 3, batch: 20, revotes: 12, ahead: false, seed: 1 }
    }
}

/// A person who voted: what issuer and authority know, and in `pseudonym` what only the attack's judge does.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id on the organiser's list.
    pub id: String,
    /// The class, which is public with the handle.
    pub class: String,
    /// The handle.
    pub handle: Handle,
    /// When the token was taken, as the issuer could have written down.
    pub asked: u64,
    /// The truth.
    pub(super) pseudonym: [u8; 32],
}

/// An entry on its way, as it came in: what the product keeps nowhere, and the leaks are planted with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) pseudonym: [u8; 32],
    pub(super) sequence: u32,
    pub(super) time: u64,
}

/// An election that is over: all that is left of it.
#[derive(Clone)]
pub struct Recording {
    /// Who voted.
    pub people: Vec<Person>,
    /// When the log had grown to which size, as anybody can see.
    pub growth: Vec<(u64, u64)>,
    /// Everything that is stored and printed.
    pub dump: Dump,
    pub(super) election: ElectionId,
    pub(super) heads: Vec<Head>,
    pub(super) arrivals: Vec<Arrival>,
}

/// A device's storage that lives as long as the election.
#[derive(Default)]
struct Memory {
    form: Option<Vec<u8>>,
    manifest: Option<Vec<u8>>,
}

impl Storage for Memory {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(self.form.clone().map(Zeroizing::new))
    }

    async fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        form.check_replaces(self.form.as_deref())?;
        self.form = Some(form.as_bytes().to_vec());
        Ok(())
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.manifest.clone())
    }

    async fn keep_manifest(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.manifest = Some(bytes.to_vec());
        Ok(())
    }
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Ask,
    Cast { again: bool },
}

/// Who does what at which second, in the order of time.
fn acts(terms: &Terms) -> Vec<(u64, usize, Act)> {
    let mut rng = ChaCha20Rng::seed_from_u64(terms.seed);
    let mut below = move |limit: u64| rng.next_u64() % limit.max(1);
    let mut acts = Vec::new();
    // Drawn, because whoever comes first on the list comes first in much of what is stored.
    let mut voters: Vec<usize> = (0..terms.voters).collect();
    voters.sort_by_cached_key(|_| below(u64::MAX));
    for (number, person) in voters.into_iter().enumerate() {
        let asked = BEGIN + below(HOURS);
        let cast = if terms.ahead {
            BEGIN + HOURS + below(HOURS)
        } else {
            asked + READING.0 + below(READING.1 - READING.0)
        };
        acts.push((asked, person, Act::Ask));
        acts.push((cast, person, Act::Cast { again: false }));
        if number < terms.revotes {
            // Later than every first ballot began, so that the chains are whole.
            acts.push((cast + 60 + below(HOURS / 4), person, Act::Cast { again: true }));
        }
    }
    acts.sort_unstable();
    acts
}

/// A voter's device.
struct Device {
    link: Invitation,
    driver: Driver<Memory, SetClock>,
    pseudonym: Option<[u8; 32]>,
    asked: u64,
    sequence: u32,
}

impl Device {
    async fn act(&mut self, act: Act, now: u64, rng: &mut impl RngCore) -> Result<Option<Arrival>> {
        match act {
            Act::Ask => {
                let voter = self.driver.open(Some(&self.link)).await?;
                let Resumed::Seeded(voter) = voter else { bail!("a device that was used before") };
                self.pseudonym = Some(voter.pseudonym().to_bytes());
                self.driver.tokens().await?;
                self.asked = now;
                Ok(None)
            }
            Act::Cast { again } => {
                // The second ballot differs from the first in any case.
                let choice =
                    if again { Vec::new() } else { vec![u16::from(rng.next_u32().is_multiple_of(2))] };
                self.driver.cast(&Zeroizing::new(vec![Choice::Marks(choice)])).await?;
                let pseudonym = self.pseudonym.context("a token")?;
                let arrival = Arrival { pseudonym, sequence: self.sequence, time: now };
                self.sequence += 1;
                Ok(Some(arrival))
            }
        }
    }
}

/// Runs an election whose data lie in this folder, and takes everything that is left of it.
///
/// # Errors
/// Whatever of it fails.
pub async fn record(folder: &Path, terms: &Terms) -> Result<Recording> {
    let lines = LogLines::begin();
    let (services, links) = Services::start(folder, terms).await?;
    let mut rng = ChaCha20Rng::seed_from_u64(terms.seed ^ 1);
    let mut devices: Vec<Device> = links
        .into_iter()
        .map(|link| Device {
            link,
            driver: Driver::new(Memory::default(), services.clock.clone(), Native::new()),
            pseudonym: None,
            asked: 0,
            sequence: 0,
        })
        .collect();
    let (mut arrivals, mut growth) = (Vec::new(), Vec::new());
    for (now, person, act) in acts(terms) {
        services.clock.set(now);
        services.heads.of(Some(Sender { person, casts: matches!(act, Act::Cast { .. }) }));
        let device = devices.get_mut(person).context("a person without a link")?;
        arrivals.extend(device.act(act, now, &mut rng).await.with_context(|| format!("person {person}"))?);
        services.heads.of(None);
        let size = services.board.checkpoint(&services.slug).await?.unverified().head.size;
        if growth.last().is_none_or(|(_, last)| *last != size) {
            growth.push((now, size));
        }
    }
    services.close().await?;
    let (heads, entries) = (services.heads.take(), services.public_log().await?);
    let election = services.election;
    services.stop().await?;
    let person = |(place, device): (usize, Device)| {
        Ok(Person {
            id: format!("p{place:05}"),
            class: class(place, terms),
            handle: device.link.handle(),
            asked: device.asked,
            pseudonym: device.pseudonym.context("a person who took no token")?,
        })
    };
    let people = devices.into_iter().enumerate().map(person).collect::<Result<_>>()?;
    let dump = Dump::take(folder, lines.take(), entries)?;
    Ok(Recording { people, growth, dump, election, heads, arrivals })
}
