//! Kills all roles at random while a whole election is held, and checks that it comes to the count of its voters.
//!
//! ```text
//! draft ─> plan ─> keys ─> register ─> manifest ─> rehearsal ─> voters take tokens, cast, again, withdraw ─> close ─> lists
//!   ─> unused tokens returned ─> agreed, opened ─> result, certified ─> everybody checks ─> mirror, all checks, the count
//!   └───── all the while: SIGKILL to one service or all, sometimes while it starts; commands and devices broken off too ─────┘
//! ```
//!
//! What is killed is `urna serve`, or authority, issuer and board, a process each. Organiser and trustees give the commands of
//! `urna` again until they are done; a refusal is a failure. What the voters were told is the model: in the end the record
//! verifies with all checks, has the entries of every voter and no other, holds every receipt and promise, and its result is
//! what the voters did last.

mod commands;
mod model;
mod organising;
mod services;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_core::OsRng;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use urna_api::client::BoardClient;
use urna_client::driver::{Clock, SystemClock};
use urna_crypto::ElectionId;
use urna_election::invitation::Invitation;
use urna_verifier::source::{Directory, Prefix, mirror};
use urna_verifier::{Given, Verdict, verify};

use crate::torture::draw;
use crate::voters::{Guest, Polls, Step};
use commands::Commands;
pub use model::Model;
use model::{come, entries_of, give_back, look};
use organising::{OPTIONS, Organisation, SLUG};
use services::{Acknowledged, Pace, Services};

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `urna serve`: all roles in one process.
    Installation,
    /// `urna authority`, `urna issuer`, `urna board`: any of them.
    Roles,
}

/// How hard.
#[derive(Clone, Debug)]
pub struct InstallationTorture {
    /// What is killed.
    pub form: Form,
    /// The program, which is `urna`.
    pub program: PathBuf,
    /// Where the data lie.
    pub folder: PathBuf,
    /// How often something is killed.
    pub kills: usize,
    /// How many are entitled.
    pub voters: usize,
    /// How many voters come at once.
    pub in_flight: usize,
    /// Draws the moments.
    pub seed: u64,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Kills of services that served.
    pub under_load: usize,
    /// Kills of services that were starting.
    pub starting: usize,
    /// Commands of organiser and trustees that were broken off.
    pub broken_off: usize,
    /// How often a voter's device was dropped and began again from what it had stored.
    pub dropped: usize,
    /// What the voters were told, which is what the result must be.
    pub model: Model,
    /// Receipts and promises that hold.
    pub words: usize,
    /// Second devices that were refused.
    pub refused: usize,
    /// Everything that is wrong.
    pub failures: Vec<String>,
    /// How long everything took.
    pub took: Duration,
}

/// The longest that is waited after what a kill waits for, while commands are given and while voters come.
const AMONG_COMMANDS: Duration = Duration::from_millis(300);
const AMONG_VOTERS: Duration = Duration::from_millis(20);
/// How many voters come with a second device.
const SECOND_DEVICES: usize = 10;
/// One of so many voters takes no token, and one of so many others only that.
const ABSENT: u64 = 12;
const ABSTAINING: u64 = 8;

impl InstallationTorture {
    /// Does it. `progress` is told how often something was killed.
    ///
    /// # Errors
    /// A service does not start; a command is refused; nothing comes of what is waited for.
    pub async fn run(&self, progress: impl Fn(usize)) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut another = || ChaCha20Rng::seed_from_u64(rng.next_u64());
        let (mut services, acknowledged) = Services::new(another());
        let commands =
            Commands::new(self.program.clone(), self.folder.clone(), another(), acknowledged.clone());
        std::fs::create_dir_all(&self.folder)?;
        let (program, mut rng) = (self.program.clone(), another());
        let it =
            Organisation::found(self.form, program, &self.folder, commands, &mut services, &mut rng).await?;
        let mut outcome = Outcome::default();
        // Made before anything is killed: given again, it says that there is such an election.
        it.commands.done(&["election", "new", SLUG, "--from", "meeting"]).await?;

        let quarter = self.kills.div_ceil(4);
        let among_commands = |kills| Pace { kills, apart: 2, longest: AMONG_COMMANDS };
        let election = services.killed_during(among_commands(quarter), it.publish(self.voters)).await?;
        it.start_issuer(&mut services, &election).await?;
        let invitations = services.killed_during(among_commands(quarter / 2), it.open(&election)).await?;
        progress(services.kills());
        ensure!(invitations.len() == self.voters, "{} links for {} voters", invitations.len(), self.voters);

        let guests =
            invitations.iter().filter_map(|invitation| self.invite(invitation, &mut rng).transpose());
        let guests = guests.map(|guest| guest.map(Arc::new)).collect::<anyhow::Result<Vec<_>>>()?;
        let until = self.kills.saturating_sub(quarter);
        self.vote(&mut services, &guests, &acknowledged, until, &mut outcome).await?;
        progress(services.kills());
        let returned = self.end(&mut services, &it, &guests, &acknowledged, &mut outcome).await?;
        progress(services.kills());
        let given = self.look(&mut services, &guests, &acknowledged, &mut outcome).await?;
        progress(services.kills());

        outcome.model = Model::of(&guests, returned)?;
        let board = BoardClient::new(&it.board)?;
        for guest in &guests {
            outcome.failures.extend(entries_of(&board, guest).await?);
        }
        let announced = *invitations.first().context("nobody is invited")?.election();
        ensure!(announced.to_string() == election, "the links are of another election");
        let failures = self.verify(&it.board, announced, given, &outcome.model).await?;
        outcome.failures.extend(failures);
        services.stop().await?;
        outcome.broken_off = it.commands.broken_off();
        (outcome.under_load, outcome.starting) = (services.under_load, services.starting);
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    /// Everybody comes, until there were so many kills in all; then some come with a second device.
    async fn vote(
        &self,
        services: &mut Services,
        guests: &[Arc<Guest>],
        acknowledged: &Acknowledged,
        until: usize,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        let apart = (2 * self.voters).div_ceil(self.kills);
        let pace = Pace { kills: until.saturating_sub(services.kills()), apart, longest: AMONG_VOTERS };
        for came in services.killed_during(pace, self.each(guests, acknowledged, come)).await? {
            match came {
                Ok(dropped) => outcome.dropped += dropped,
                Err(failure) => outcome.failures.push(format!("a voter has not voted: {failure}")),
            }
        }
        for guest in guests.iter().take(SECOND_DEVICES) {
            match Polls::default().come_again(guest).await {
                Ok(()) => outcome.refused += 1,
                Err(failure) => outcome.failures.push(failure),
            }
        }
        Ok(())
    }

    /// The close, every second unused token returned, the count. How many were returned.
    async fn end(
        &self,
        services: &mut Services,
        it: &Organisation,
        guests: &[Arc<Guest>],
        acknowledged: &Acknowledged,
        outcome: &mut Outcome,
    ) -> anyhow::Result<usize> {
        let left = |services: &Services| self.kills.saturating_sub(services.kills());
        let pace = Pace { kills: left(services).div_ceil(4), apart: 0, longest: AMONG_COMMANDS };
        services.killed_during(pace, it.close()).await?;
        let unused: Vec<_> =
            guests.iter().filter(|guest| guest.steps.is_empty()).step_by(2).cloned().collect();
        let returning = self.each(&unused, acknowledged, give_back);
        let pace = Pace { kills: left(services).div_ceil(4), apart: 1, longest: AMONG_VOTERS };
        for returned in services.killed_during(pace, returning).await? {
            outcome.failures.extend(returned.err().map(|error| format!("a token is not returned: {error}")));
        }
        let pace = Pace { kills: left(services).div_ceil(2), apart: 1, longest: AMONG_COMMANDS };
        services.killed_during(pace, it.count()).await?;
        Ok(unused.len())
    }

    /// Everybody looks on the board, while whatever kills are left come. All that the board ever said to them.
    async fn look(
        &self,
        services: &mut Services,
        guests: &[Arc<Guest>],
        acknowledged: &Acknowledged,
        outcome: &mut Outcome,
    ) -> anyhow::Result<Given> {
        let kills = self.kills.saturating_sub(services.kills());
        let pace = Pace { kills, apart: guests.len() / 20, longest: AMONG_VOTERS };
        let looked = services.killed_during(pace, self.each(guests, acknowledged, look)).await?;
        while services.kills() < self.kills {
            services.kill(self.kills).await?;
        }
        services.restart().await?;
        let mut given = Given { now: SystemClock.now(), ..Given::default() };
        for looked in looked {
            match looked {
                Ok(words) => {
                    given.receipts.extend(words.receipts);
                    given.promises.extend(words.promises);
                }
                Err(failure) => outcome.failures.push(failure),
            }
        }
        outcome.words = given.receipts.len() + given.promises.len();
        Ok(given)
    }

    /// What a voter will do, if they come.
    fn invite(&self, invitation: &Invitation, rng: &mut ChaCha20Rng) -> anyhow::Result<Option<Guest>> {
        if draw(rng, ABSENT) == 0 {
            return Ok(None);
        }
        let mut steps = Vec::new();
        if draw(rng, ABSTAINING) > 0 {
            let options = u64::try_from(OPTIONS.len())?;
            // The same again would be the same ballot, so a revote is for another one.
            let mut mark = draw(rng, options + 1);
            for _ in 0..=draw(rng, 8).saturating_sub(5) {
                if steps.last().is_some_and(|step| *step != Step::Withdraw) && draw(rng, 4) == 0 {
                    steps.push(Step::Withdraw);
                    continue;
                }
                let chosen = u16::try_from(mark)?;
                steps.push(Step::Cast((mark < options).then_some(chosen)));
                mark = (mark + 1) % (options + 1);
            }
        }
        Ok(Some(Guest::new(invitation, steps, rng)?))
    }

    /// Has everybody do something, so many at once; the answers in the order of the guests.
    async fn each<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        guests: &[Arc<Guest>],
        acknowledged: &Acknowledged,
        act: impl Fn(Arc<Guest>, Acknowledged) -> F,
    ) -> anyhow::Result<Vec<T>> {
        let places = Arc::new(Semaphore::new(self.in_flight));
        let mut acting = JoinSet::new();
        for guest in guests {
            let (act, places) = (act(Arc::clone(guest), acknowledged.clone()), Arc::clone(&places));
            acting.spawn(async move {
                let _place = places.acquire().await;
                act.await
            });
        }
        let mut acted = Vec::new();
        while let Some(ended) = acting.join_next().await {
            acted.push(ended?);
        }
        Ok(acted)
    }

    /// Copies the record, makes all checks, and compares the result with what the voters were told.
    async fn verify(
        &self,
        board: &str,
        election: ElectionId,
        mut given: Given,
        model: &Model,
    ) -> anyhow::Result<Vec<String>> {
        let folder = self.folder.join("record");
        mirror(&Prefix::new(&format!("{board}/{SLUG}/"))?, &folder, &()).await?;
        given.election = Some(election);
        let record = Directory::open(&folder)?;
        let verified = tokio::task::block_in_place(|| verify(&record, &given, &|| OsRng, &()))?;
        let mut failures = Vec::new();
        if verified.report.verdict() != Verdict::Verified {
            failures.push(format!("the record does not verify:\n{}", verified.report));
        }
        let result = verified.result.context("the record has no result")?;
        let counted = Model::published(&result);
        if counted != *model {
            failures.push(format!("the result is {counted:?}, and the voters did {model:?}: COUNT DIFFERS"));
        }
        Ok(failures)
    }
}
