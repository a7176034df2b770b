//! Kills an issuer under load, again and again, and checks that everybody gets one token and nobody two.
//!
//! ```text
//! board, keys, register, voting opened ─┬─> start ─> voters ask and cast ─> SIGKILL ─┐
//!                                       └───────────────── kills ───────────────────┘
//!   ─> everybody else ─> second devices are refused ─> closed ─> the issuance list, against all that was taken
//! ```
//!
//! The voters are the driver that `urna voter` runs, each with a storage of its own. They wait for an issuer that does not
//! answer, and go on where they were; some of them are dropped in the middle, as a phone that runs out of power, and begin
//! again from what is stored. The board is not harmed here.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_core::OsRng;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use urna::load::{
    Asker, Batch, IssuerElsewhere, Planned, PreparedIssuance, ServiceFolder, ServiceProcess, Shape, post,
};
use urna_api::client::BoardClient;
use urna_client::SavedForm;
use urna_client::driver::{
    Driver, DriverError, ElectionAddress, Failure, Patience, Storage, StorageError, SystemClock,
};
use urna_crypto::Ed25519SigningKey;
use urna_election::entry::{Entry, Issuance};
use urna_election::issuance;
use urna_election::manifest::InterimFigures;
use urna_election::selection::Choice;
use urna_election::{Id, Slug};
use urna_issuer::{IssuerFolder, Served};
use zeroize::Zeroizing;

/// How hard.
#[derive(Clone, Debug)]
pub struct IssuerTorture {
    /// The program, which is asked for `board` and `issuer`.
    pub program: PathBuf,
    /// Where their data lie.
    pub folder: PathBuf,
    /// How often the issuer is killed.
    pub kills: usize,
    /// How many voters come.
    pub voters: usize,
    /// How many of them at once.
    pub in_flight: usize,
    /// Draws the moments.
    pub seed: u64,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Kills of an issuer that served.
    pub under_load: usize,
    /// Kills of an issuer that was starting.
    pub starting: usize,
    /// How often a voter's device was dropped and began again from what it had stored.
    pub dropped: usize,
    /// Voters who have a token and have cast.
    pub served: usize,
    /// Second devices that were refused.
    pub refused: usize,
    /// Rows of the issuance list.
    pub rows: u64,
    /// Everything that is wrong.
    pub failures: Vec<String>,
    /// How long everything took.
    pub took: Duration,
}

/// The longest that is waited after the last token, in microseconds.
const LONGEST_AFTER: u64 = 20_000;
/// One of so many starts is killed.
const STARTS_KILLED: u64 = 6;
/// One of so many devices is dropped, after at most so many microseconds, and perhaps again and again.
const DROPPED: u64 = 3;
const LONGEST_UNTIL_DROPPED: u64 = 60_000;
/// How many voters come with a second device in the end.
const SECOND_DEVICES: usize = 25;
/// Voters wait for the next start.
const PATIENCE: Patience = Patience {
    tries: 10_000,
    first: Duration::from_millis(5),
    longest: Duration::from_millis(100),
    total: Duration::from_secs(120),
};
/// How long the issuer may take to post its list before something is wrong, and how often the board is asked for it.
const END: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(100);

/// One device's storage; it outlives the program that uses it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Files>>);

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
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(self.with(|files| files.form.clone()))
    }

    fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        self.with(|files| {
            form.check_replaces(files.form.as_ref().map(|stored| stored.as_slice()))?;
            files.form = Some(Zeroizing::new(form.as_bytes().to_vec()));
            Ok(())
        })
    }

    fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.with(|files| files.manifest.clone()))
    }

    fn keep_manifest(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.with(|files| files.manifest = Some(bytes.to_vec()));
        Ok(())
    }
}

/// A voter, and after how long each time the device is dropped.
struct Guest {
    asker: Asker,
    drops: Vec<Duration>,
}

impl Guest {
    fn new(asker: Asker, rng: &mut ChaCha20Rng) -> Self {
        let mut drops = Vec::new();
        while draw(rng, DROPPED) == 0 {
            drops.push(Duration::from_micros(draw(rng, LONGEST_UNTIL_DROPPED)));
        }
        Self { asker, drops }
    }
}

/// The election that voters come to.
#[derive(Clone)]
struct Polls {
    address: ElectionAddress,
    choices: Arc<Zeroizing<Vec<Choice>>>,
}

impl Polls {
    fn driver(&self, storage: Kept) -> Driver<Kept, SystemClock> {
        Driver::new(storage, SystemClock).at(Some(self.address.clone())).patience(PATIENCE)
    }

    /// Takes the token and casts.
    async fn vote(&self, guest: &Guest, storage: Kept) -> Result<(), Failure> {
        let mut driver = self.driver(storage);
        driver.open(Some(guest.asker.invitation())).await?;
        driver.tokens().await?;
        driver.cast(&self.choices).await?;
        Ok(())
    }

    /// The same, with all that happens to the device. Says how often it was dropped.
    async fn come(&self, guest: &Guest) -> Result<usize, Failure> {
        let storage = Kept::default();
        let mut dropped = 0;
        for moment in &guest.drops {
            // Not to wait for something: this is the moment.
            match timeout(*moment, self.vote(guest, storage.clone())).await {
                Ok(done) => return done.map(|()| dropped),
                Err(_) => dropped += 1,
            }
        }
        self.vote(guest, storage).await.map(|()| dropped)
    }

    /// With a device that has nothing of the first one.
    async fn come_again(&self, guest: &Guest) -> Result<(), String> {
        let mut driver = self.driver(Kept::default());
        let opened = driver.open(Some(guest.asker.invitation())).await.map(|_| ());
        opened.map_err(|failure| failure.to_string())?;
        match driver.tokens().await {
            Err(failure) if matches!(failure.error, DriverError::IssuedElsewhere { .. }) => Ok(()),
            Err(failure) => Err(failure.to_string()),
            Ok(()) => Err("a second device was given a second token: TWO TOKENS".to_owned()),
        }
    }
}

/// A number below `limit`, or 0.
fn draw(rng: &mut ChaCha20Rng, limit: u64) -> u64 {
    rng.next_u64().checked_rem(limit).unwrap_or(0)
}

impl IssuerTorture {
    /// Does it. `progress` is told of every kill.
    ///
    /// # Errors
    /// A service does not start, or stops answering without having been killed.
    pub async fn run(&self, progress: impl Fn()) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let authority = Ed25519SigningKey::from_bytes(&seed);
        let folder = self.folder.join("board");
        let board = ServiceFolder::board(self.program.clone(), &folder, &authority.public())?;
        let board = board.start()?.listening().await?;
        let client = BoardClient::new(board.url())?;
        let (slug, issuer, folder, prepared) = self.prepare(authority, &board, &client).await?;
        post(&client, &slug, &prepared.opening).await?;

        let guests = prepared.askers.into_iter().map(|asker| Arc::new(Guest::new(asker, &mut rng)));
        let guests: Vec<_> = guests.collect();
        let polls = Polls {
            address: ElectionAddress { board: board.url().to_owned(), slug: slug.clone() },
            choices: Arc::new(Zeroizing::new(vec![Choice::Marks(vec![0])])),
        };
        let mut outcome = Outcome::default();
        let issuing = self.kill(&folder, &polls, &guests, &mut rng, &mut outcome, progress).await?;
        for guest in guests.iter().take(SECOND_DEVICES) {
            match polls.come_again(guest).await {
                Ok(()) => outcome.refused += 1,
                Err(failure) => outcome.failures.push(failure),
            }
        }

        post(&client, &slug, &prepared.closing).await?;
        let list = wait_for_list(&client, &slug, &issuer).await?;
        let mut blobs = Vec::new();
        for named in &list.rows {
            blobs.push(client.blob(&slug, &named.sha256.0).await?);
        }
        // As every verifier does it (V-10): each answer, each request, nobody twice, nobody who is not on the register. So with
        // as many rows as voters everybody is on it.
        let listed = prepared.manifest.issuers().first().context("an election without issuers")?;
        let checked =
            issuance::check_list(&prepared.manifest, listed, &list, &blobs, &prepared.eligible, &mut OsRng);
        outcome.failures.extend(checked.err().map(|error| format!("the issuance list: {error}")));
        outcome.rows = list.issued.values().map(|issued| issued.value()).sum();
        let voters = u64::try_from(self.voters)?;
        if outcome.rows != voters {
            outcome.failures.push(format!("{} rows for {voters} voters with a token: LOST", outcome.rows));
        }
        let cast = client.status(&slug).await?.turnout.map(|turnout| turnout.cast);
        if cast != Some(voters) {
            outcome.failures.push(format!("{cast:?} ballots are on the board, of {voters} voters"));
        }
        stop(issuing).await?;
        stop(board).await?;
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    /// An election on this board up to its register, with the keys of an issuer that is not started yet.
    async fn prepare(
        &self,
        authority: Ed25519SigningKey,
        board: &ServiceProcess,
        client: &BoardClient,
    ) -> anyhow::Result<(Slug, Id, ServiceFolder, PreparedIssuance)> {
        let slug: Slug = "torture-2027".parse()?;
        let planned = Planned::new(authority, slug.clone())?;
        let shape = Shape {
            voters: self.voters,
            ballots_each: 1,
            classes: 2,
            batch: Batch { min: 1, wait: 1 },
            interim_figures: InterimFigures::Turnout,
        };
        let issuer = planned.plan().issuers.first().context("a plan without issuers")?.id.clone();
        let folder = self.folder.join("issuer");
        let own = IssuerFolder::of(&folder.join("data"), &slug);
        let keys = own.make_keys(planned.plan(), &issuer, &shape.class_ids()?, &mut OsRng)?;
        // Voters know the issuer by its address, so it is the same at every start.
        let listen: SocketAddr = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let elsewhere = IssuerElsewhere { url: format!("http://{listen}"), keys };
        let prepared = planned.open_issuance(client, &shape, &elsewhere).await?;
        let served = Served {
            slug: slug.clone(),
            issuer: issuer.clone(),
            board: board.url().parse()?,
            election: *prepared.manifest.id(),
        };
        let folder = ServiceFolder::issuer(self.program.clone(), &folder, listen, &[served])?;
        Ok((slug, issuer, folder, prepared))
    }

    /// Lets everybody come, and kills the issuer meanwhile; gives back the one that serves in the end.
    async fn kill(
        &self,
        folder: &ServiceFolder,
        polls: &Polls,
        guests: &[Arc<Guest>],
        rng: &mut ChaCha20Rng,
        outcome: &mut Outcome,
        progress: impl Fn(),
    ) -> anyhow::Result<ServiceProcess> {
        let mut started = Instant::now();
        let mut running = Some(folder.start()?.listening().await?);
        let mut start_took = started.elapsed();
        let waiting = Arc::new(Mutex::new(guests.to_vec()));
        let (sender, mut receiver) = unbounded_channel();
        let mut coming = JoinSet::new();
        for _ in 0..self.in_flight {
            let (waiting, sender, polls) = (Arc::clone(&waiting), sender.clone(), polls.clone());
            coming.spawn(async move {
                while let Some(guest) = next(&waiting) {
                    // The receiver outlives whoever comes.
                    drop(sender.send(polls.come(&guest).await));
                }
            });
        }
        drop(sender);
        while outcome.under_load + outcome.starting < self.kills {
            let process = match running.take() {
                Some(process) => process,
                None if draw(rng, STARTS_KILLED) == 0 => {
                    let starting = folder.start()?;
                    let took = u64::try_from(start_took.as_micros())?;
                    // Not to wait for something: this is the moment, anywhere in what the last whole start took.
                    sleep(Duration::from_micros(draw(rng, took))).await;
                    starting.kill().await?;
                    outcome.starting += 1;
                    progress();
                    continue;
                }
                None => {
                    started = Instant::now();
                    let process = folder.start()?.listening().await?;
                    start_took = started.elapsed();
                    process
                }
            };
            // On the average, all kills together see nine tenths of the voters.
            let share = 2 * self.voters * 9 / 10 / self.kills;
            for _ in 0..draw(rng, u64::try_from(share)? + 1) {
                let Some(came) = receiver.recv().await else { break };
                outcome.take(came);
            }
            // The moment again.
            sleep(Duration::from_micros(draw(rng, LONGEST_AFTER))).await;
            process.kill().await?;
            outcome.under_load += 1;
            progress();
        }
        let process = match running {
            Some(process) => process,
            None => folder.start()?.listening().await?,
        };
        while let Some(came) = receiver.recv().await {
            outcome.take(came);
        }
        while let Some(ended) = coming.join_next().await {
            ended?;
        }
        Ok(process)
    }
}

fn next(waiting: &Mutex<Vec<Arc<Guest>>>) -> Option<Arc<Guest>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

impl Outcome {
    fn take(&mut self, came: Result<usize, Failure>) {
        match came {
            Ok(dropped) => {
                self.served += 1;
                self.dropped += dropped;
            }
            Err(failure) => self.failures.push(format!("a voter has not voted: {failure}")),
        }
    }
}

/// The issuer posts its list by itself after the close.
async fn wait_for_list(board: &BoardClient, slug: &Slug, issuer: &Id) -> anyhow::Result<Issuance> {
    let mut waited = Duration::ZERO;
    let mut after = None;
    loop {
        let page = board.official(slug, after).await?;
        for official in &page.entries {
            after = Some(official.index);
            if let Entry::Issuance(signed) = Entry::parse(&official.entry.0)?
                && signed.signer == *issuer
            {
                return Ok(signed.body);
            }
        }
        if page.more {
            continue;
        }
        if waited >= END {
            bail!("the issuer does not post what it issued");
        }
        sleep(POLL).await;
        waited += POLL;
    }
}

/// With SIGTERM, after which a service ends well.
async fn stop(process: ServiceProcess) -> anyhow::Result<()> {
    let status = process.stop().await?;
    ensure!(status.success(), "a service was asked to end and ended with {status}");
    Ok(())
}
