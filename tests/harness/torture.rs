//! Kills a board under load, again and again, and checks that it keeps its word.
//!
//! ```text
//! open three elections ─┬─> start ─> is everything there? ─> cast ─> SIGKILL ─┐
//!                       └──────────────────────── kills ─────────────────────┘
//!   ─> cast, SIGTERM under load ─> cast the rest, close ─> SIGTERM ─> start ─> check everything
//! ```
//!
//! Moments are drawn from a seed: how many acknowledgements to wait for, and then how many microseconds; or how long
//! after the start, when the board still reads its log. Everything else waits for what it needs, never for time to pass.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use urna::load::{Batch, ServiceFolder, ServiceProcess, Shape};
use urna_api::client::BoardClient;
use urna_crypto::Ed25519SigningKey;
use urna_election::manifest::InterimFigures;
use urna_log::SignedCheckpoint;

use crate::casting::{Queue, cast, cast_ballot};
use crate::checking::{Checked, check};
use crate::election_files::ElectionUnderLoad;
use crate::ledger::{Acknowledgement, Said};

/// How hard.
#[derive(Clone, Debug)]
pub struct Torture {
    /// The board's program, which is asked for `board`.
    pub program: PathBuf,
    /// Where the board's data lie.
    pub folder: PathBuf,
    /// How often the board is killed.
    pub kills: usize,
    /// Ballots of each election.
    pub ballots: usize,
    /// Requests under way in each election.
    pub in_flight: usize,
    /// Draws the moments.
    pub seed: u64,
}

/// An election of the torture, and what is known of it.
pub struct Victim {
    election: Arc<ElectionUnderLoad>,
    /// How its board holds ballots back, in words.
    pub policy: &'static str,
    queue: Queue,
    acknowledgements: Vec<Acknowledgement>,
    checkpoints: Vec<SignedCheckpoint>,
    /// How often a ballot had no answer because the board was killed.
    pub in_doubt: usize,
    /// How often a ballot that had had no answer turned out to have been accepted.
    pub accepted_unheard: usize,
    /// What the end brought.
    pub checked: Checked,
}

/// What happened.
pub struct Outcome {
    /// The elections.
    pub victims: Vec<Victim>,
    /// Kills of a board that served.
    pub under_load: usize,
    /// Kills of a board that was starting.
    pub starting: usize,
    /// Everything that is wrong.
    pub failures: Vec<String>,
    /// How long the last start took until the board listened, in microseconds.
    pub start_took: u64,
    /// How long everything took.
    pub took: Duration,
}

/// How the board ends.
enum End {
    /// So long after the last acknowledgement that was waited for.
    Killed(Duration),
    /// As an operator does it.
    Stopped,
}

/// The longest that is waited after the last acknowledgement, in microseconds: a few batches.
const LONGEST_AFTER: u64 = 20_000;
/// One of so many starts is killed.
const STARTS_KILLED: u64 = 6;
/// How many acknowledged ballots are sent again after each start.
const AGAIN: usize = 8;

const POLICIES: [(&str, &str, Batch, InterimFigures, usize); 3] = [
    ("receipts", "at once", Batch { min: 1, wait: 1 }, InterimFigures::Turnout, 1),
    ("promises", "32 together, 2 s", Batch { min: 32, wait: 2 }, InterimFigures::Turnout, 1),
    ("withheld", "200 together, 600 s, 2 classes", Batch { min: 200, wait: 600 }, InterimFigures::None, 2),
];

impl Victim {
    /// The election's name.
    pub fn name(&self) -> &str {
        self.election.slug.as_str()
    }

    /// How many receipts and promises came at first; what was sent again for the check is not in it.
    pub fn acknowledged(&self) -> (usize, usize) {
        let receipts = self.acknowledgements.iter().filter(|a| matches!(a.said, Said::Logged { .. })).count();
        (receipts, self.acknowledgements.len() - receipts)
    }

    async fn open(
        board: &BoardClient,
        seed: &[u8; 32],
        ballots: usize,
        (slug, policy, batch, interim_figures, classes): (&str, &'static str, Batch, InterimFigures, usize),
    ) -> anyhow::Result<Self> {
        let shape = Shape { voters: ballots, ballots_each: 1, classes, batch, interim_figures };
        let authority = Ed25519SigningKey::from_bytes(seed);
        let election = ElectionUnderLoad::open(board, authority, slug.parse()?, &shape).await?;
        Ok(Self {
            election: Arc::new(election),
            policy,
            queue: Queue::new(0..ballots),
            acknowledgements: Vec::new(),
            checkpoints: Vec::new(),
            in_doubt: 0,
            accepted_unheard: 0,
            checked: Checked::default(),
        })
    }

    /// What a board must know of this election right after its start.
    async fn look(&mut self, board: &BoardClient, rng: &mut ChaCha20Rng) -> anyhow::Result<Vec<String>> {
        let mut failures = Vec::new();
        let name = self.election.slug.clone();
        let checkpoint = board.checkpoint(&name).await?;
        let size = checkpoint.verify(&self.election.log_key)?.head.size;
        let logged = self.acknowledgements.iter().filter_map(|acknowledgement| match acknowledgement.said {
            Said::Logged { index, .. } => Some(index),
            Said::Promised { .. } => None,
        });
        let needed = logged.max().map_or(0, |index| index + 1);
        let seen = self.checkpoints.last().map_or(0, |checkpoint| checkpoint.unverified().head.size);
        if size < needed.max(seen) {
            failures.push(format!(
                "{name} has {size} entries after a start; {} were acknowledged: LOST",
                needed.max(seen)
            ));
        }
        self.checkpoints.push(checkpoint);
        for _ in 0..AGAIN.min(self.acknowledgements.len()) {
            let known = draw(rng, self.acknowledgements.len().try_into()?);
            let Some(known) = self.acknowledgements.get(usize::try_from(known)?) else { continue };
            let again = match cast_ballot(board, &self.election, known.ballot).await {
                Err(error) if error.problem().is_some() => {
                    failures
                        .push(format!("{name}: ballot {}, sent again after a start: {error}", known.ballot));
                    continue;
                }
                again => again?,
            };
            let same = match (&known.said, &again.said) {
                (Said::Logged { index, .. }, Said::Logged { index: now, .. }) => index == now,
                (Said::Logged { .. }, Said::Promised { .. }) => false,
                (Said::Promised { .. }, _) => true,
            };
            if !same || !again.repeated {
                failures.push(format!(
                    "{name}: ballot {}, sent again after a start, has another answer",
                    known.ballot
                ));
            }
        }
        Ok(failures)
    }
}

/// A number below `limit`, or 0.
pub(crate) fn draw(rng: &mut ChaCha20Rng, limit: u64) -> u64 {
    rng.next_u64().checked_rem(limit).unwrap_or(0)
}

impl Torture {
    /// Does it. `progress` is told of every kill.
    ///
    /// # Errors
    /// The board does not start, or stops answering without having been killed.
    pub async fn run(&self, progress: impl Fn()) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let authority = Ed25519SigningKey::from_bytes(&seed).public();
        let folder = ServiceFolder::board(self.program.clone(), &self.folder, &authority)?;

        let process = folder.start()?.listening().await?;
        let board = BoardClient::new(process.url())?;
        let mut victims = Vec::new();
        for policy in POLICIES {
            victims.push(Victim::open(&board, &seed, self.ballots, policy).await?);
        }
        let mut outcome = Outcome {
            victims,
            under_load: 0,
            starting: 0,
            failures: Vec::new(),
            start_took: 0,
            took: Duration::ZERO,
        };

        let mut running = Some(process);
        while outcome.under_load + outcome.starting < self.kills {
            let process = match running.take() {
                Some(process) => process,
                None if draw(&mut rng, STARTS_KILLED) == 0 => {
                    let starting = folder.start()?;
                    // Not to wait for something: this is the moment, anywhere in what the last whole start took.
                    tokio::time::sleep(Duration::from_micros(draw(&mut rng, outcome.start_took))).await;
                    starting.kill().await?;
                    outcome.starting += 1;
                    progress();
                    continue;
                }
                None => self.start(&folder, &mut outcome, &mut rng).await?,
            };
            // On the average, all kills together use nine tenths of the ballots.
            let share = 2 * self.ballots * POLICIES.len() * 9 / 10 / self.kills;
            let acknowledged = draw(&mut rng, u64::try_from(share)? + 1);
            let end = End::Killed(Duration::from_micros(draw(&mut rng, LONGEST_AFTER)));
            self.cast_until(process, &mut outcome, usize::try_from(acknowledged)?, end).await?;
            outcome.under_load += 1;
            progress();
        }
        self.finish(&folder, &mut outcome, &mut rng).await?;
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    async fn start(
        &self,
        folder: &ServiceFolder,
        outcome: &mut Outcome,
        rng: &mut ChaCha20Rng,
    ) -> anyhow::Result<ServiceProcess> {
        let started = Instant::now();
        let process = folder.start()?.listening().await?;
        outcome.start_took = u64::try_from(started.elapsed().as_micros())?;
        let board = BoardClient::new(process.url())?;
        for victim in &mut outcome.victims {
            outcome.failures.extend(victim.look(&board, rng).await?);
        }
        Ok(process)
    }

    /// Casts in all elections; once there are so many acknowledgements, or no more ballots, ends the board.
    async fn cast_until(
        &self,
        process: ServiceProcess,
        outcome: &mut Outcome,
        acknowledgements: usize,
        end: End,
    ) -> anyhow::Result<()> {
        let board = BoardClient::new(process.url())?;
        let (sender, mut receiver) = unbounded_channel();
        let mut casting = JoinSet::new();
        for (place, victim) in outcome.victims.iter().enumerate() {
            let (board, election, queue) =
                (board.clone(), Arc::clone(&victim.election), victim.queue.clone());
            let (in_flight, sender) = (self.in_flight, sender.clone());
            casting.spawn(async move {
                // The receiver outlives whoever casts.
                let acknowledged = move |acknowledgement| drop(sender.send((place, acknowledgement)));
                (place, cast(&board, &election, &queue, in_flight, acknowledged).await)
            });
        }
        drop(sender);
        let mut heard = Vec::new();
        while heard.len() < acknowledgements {
            // None when all ballots are cast, or the board has stopped answering.
            let Some(next) = receiver.recv().await else { break };
            heard.push(next);
        }
        match end {
            End::Killed(after) => {
                // Not to wait for something: this is the moment.
                tokio::time::sleep(after).await;
                process.kill().await?;
            }
            End::Stopped => stop(process).await?,
        }
        while let Some(next) = receiver.recv().await {
            heard.push(next);
        }
        while let Some(ended) = casting.join_next().await {
            let (place, cast) = ended?;
            let Some(victim) = outcome.victims.get_mut(place) else { continue };
            victim.in_doubt += cast.in_doubt.len();
            outcome.failures.extend(cast.refused);
        }
        for (place, acknowledgement) in heard {
            let Some(victim) = outcome.victims.get_mut(place) else { continue };
            victim.accepted_unheard += usize::from(acknowledgement.repeated);
            victim.acknowledgements.push(acknowledgement);
        }
        Ok(())
    }

    /// Ends the board as an operator does, first under load; closes voting, and checks what a fresh start serves.
    async fn finish(
        &self,
        folder: &ServiceFolder,
        outcome: &mut Outcome,
        rng: &mut ChaCha20Rng,
    ) -> anyhow::Result<()> {
        let left: usize = outcome.victims.iter().map(|victim| victim.queue.len()).sum();
        let process = self.start(folder, outcome, rng).await?;
        self.cast_until(process, outcome, left / 2, End::Stopped).await?;
        let process = self.start(folder, outcome, rng).await?;
        self.cast_until(process, outcome, usize::MAX, End::Stopped).await?;
        let process = self.start(folder, outcome, rng).await?;
        let board = BoardClient::new(process.url())?;
        for victim in &outcome.victims {
            if !victim.queue.is_empty() {
                let left = victim.queue.len();
                outcome.failures.push(format!("{}: {left} ballots were never answered", victim.name()));
            }
            victim.election.close(&board).await.with_context(|| format!("closing {}", victim.name()))?;
        }
        stop(process).await?;

        let process = self.start(folder, outcome, rng).await?;
        let board = BoardClient::new(process.url())?;
        for victim in &mut outcome.victims {
            let name = victim.name().to_owned();
            let checked =
                check(&board, &victim.election, &victim.acknowledgements, &victim.checkpoints).await?;
            outcome.failures.extend(checked.failures.iter().map(|failure| format!("{name}: {failure}")));
            victim.checked = checked;
        }
        stop(process).await
    }
}

/// With SIGTERM, after which a service ends well.
pub(crate) async fn stop(process: ServiceProcess) -> anyhow::Result<()> {
    let status = process.stop().await?;
    ensure!(status.success(), "a service was asked to end and ended with {status}");
    Ok(())
}
