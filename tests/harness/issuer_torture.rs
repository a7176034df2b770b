//! Kills an issuer under load, again and again, and checks that everybody gets one token and nobody two.
//!
//! ```text
//! board, keys, register, voting opened ─┬─> start ─> voters ask and cast ─> SIGKILL ─┐
//!                                       └───────────────── kills ───────────────────┘
//!   ─> everybody else ─> second devices are refused ─> closed ─> the issuance list, against all that was taken
//! ```
//!
//! The [voters](crate::voters) wait for an issuer that does not answer, and go on where they were. The board is not harmed here.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_core::OsRng;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use tokio::time::sleep;
use urna::load::{
    Batch, IssuerElsewhere, Planned, PreparedIssuance, ServiceFolder, ServiceProcess, Shape, post,
};
use urna_api::client::BoardClient;
use urna_client::driver::{ElectionAddress, Failure};
use urna_crypto::Ed25519SigningKey;
use urna_election::entry::{Entry, Issuance};
use urna_election::issuance;
use urna_election::manifest::InterimFigures;
use urna_election::{Id, Slug};
use urna_issuer::{IssuerFolder, Served};

use crate::torture::{draw, stop};
use crate::voters::{Guest, Polls, Step};

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
/// How many voters come with a second device in the end.
const SECOND_DEVICES: usize = 25;
/// How long the issuer may take to post its list before something is wrong, and how often the board is asked for it.
const END: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(100);

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

        let askers = prepared.askers.iter();
        let guests = askers
            .map(|asker| Ok(Arc::new(Guest::new(asker.invitation(), vec![Step::Cast(Some(0))], &mut rng)?)));
        let guests: Vec<_> = guests.collect::<anyhow::Result<_>>()?;
        let polls = Polls(Some(ElectionAddress { board: board.url().to_owned(), slug: slug.clone() }));
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
                    drop(sender.send(polls.come(&guest, || ()).await));
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
