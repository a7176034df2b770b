//! Sends ballots as voters would, many at once, and takes the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::ProgressBar;
use tokio::task::JoinSet;
use urna_api::client::{BoardClient, ClientError, Outcome};
use urna_election::Slug;

/// How ballots come in. Each request waits for its answer, on a connection that stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many at once; the next so many when all of them are answered.
    Waves(usize),
    /// So many under way at every moment: the next one starts when one is answered.
    InFlight(usize),
}

/// What became of the ballots.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// How long each took that was answered with a receipt or a promise; in no order.
    pub latencies: Vec<Duration>,
    /// How many of these were promises.
    pub promised: usize,
    /// The first words with which one was not accepted, and how many were not.
    pub refused: Option<(String, usize)>,
    /// From the first request to the last answer.
    pub took: Duration,
}

impl Pace {
    /// How many requests are under way at most.
    pub const fn at_once(self) -> usize {
        match self {
            Self::Waves(at_once) | Self::InFlight(at_once) => at_once,
        }
    }
}

/// Sends every ballot once.
///
/// # Errors
/// The board cannot be reached before the first ballot; what comes of the ballots is in the answer.
pub async fn send(
    board: &BoardClient,
    slug: &Slug,
    ballots: &[Vec<u8>],
    pace: Pace,
    progress: &ProgressBar,
) -> anyhow::Result<Sent> {
    open_connections(board, slug, pace.at_once()).await?;
    let started = Instant::now();
    let mut sent = Sent::default();
    match pace {
        Pace::Waves(at_once) => {
            for wave in ballots.chunks(at_once.max(1)) {
                let mut tasks = JoinSet::new();
                for ballot in wave {
                    tasks.spawn(cast(board.clone(), slug.clone(), ballot.clone()));
                }
                while let Some(answer) = tasks.join_next().await {
                    sent.take(answer?);
                }
                progress.inc(wave.len().try_into()?);
            }
        }
        Pace::InFlight(at_once) => {
            let (ballots, next) = (Arc::new(ballots.to_vec()), Arc::new(AtomicUsize::new(0)));
            let mut tasks = JoinSet::new();
            for _ in 0..at_once {
                let (board, slug, progress) = (board.clone(), slug.clone(), progress.clone());
                let (ballots, next) = (Arc::clone(&ballots), Arc::clone(&next));
                tasks.spawn(async move {
                    let mut answers = Vec::new();
                    while let Some(ballot) = ballots.get(next.fetch_add(1, Ordering::Relaxed)) {
                        answers.push(cast(board.clone(), slug.clone(), ballot.clone()).await);
                        progress.inc(1);
                    }
                    answers
                });
            }
            while let Some(answers) = tasks.join_next().await {
                answers?.into_iter().for_each(|answer| sent.take(answer));
            }
        }
    }
    sent.took = started.elapsed();
    Ok(sent)
}

/// So that no ballot waits for a connection.
async fn open_connections(board: &BoardClient, slug: &Slug, at_once: usize) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..at_once {
        let (board, slug) = (board.clone(), slug.clone());
        tasks.spawn(async move { board.status(&slug).await });
    }
    while let Some(answer) = tasks.join_next().await {
        answer?.context("before the first ballot")?;
    }
    Ok(())
}

type Timed = (Duration, Result<Outcome, ClientError>);

async fn cast(board: BoardClient, slug: Slug, ballot: Vec<u8>) -> Timed {
    let started = Instant::now();
    let answer = board.post_ballot(&slug, ballot).await;
    (started.elapsed(), answer.map(|accepted| accepted.outcome))
}

impl Sent {
    fn take(&mut self, (latency, answer): Timed) {
        match answer {
            Ok(outcome) => {
                self.latencies.push(latency);
                self.promised += usize::from(matches!(outcome, Outcome::Promised(_)));
            }
            Err(error) => {
                let (_, count) = self.refused.get_or_insert_with(|| (error.to_string(), 0));
                *count += 1;
            }
        }
    }

    /// How many were accepted in a second.
    #[expect(clippy::as_conversions, reason = "a figure for people; no count of ballots loses a digit of it")]
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }
}
