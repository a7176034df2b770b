//! Sends ballots, or whatever else voters would, many at once, and takes the time.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::ProgressBar;
use tokio::task::JoinSet;
use urna_api::client::{BoardClient, Outcome};
use urna_election::Slug;

/// How ballots come in. Each request waits for its answer, on a connection that stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// So many at once; the next so many when all of them are answered.
    Waves(usize),
    /// So many under way at every moment: the next one starts when one is answered.
    InFlight(usize),
}

/// What became of the jobs.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// How long each took that was accepted; in no order.
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
    let (board, slug) = (board.clone(), slug.clone());
    let cast = move |ballot| {
        let (board, slug) = (board.clone(), slug.clone());
        async move {
            let answer = board.post_ballot(&slug, ballot).await;
            let accepted = answer.map_err(|error| error.to_string())?;
            Ok(matches!(accepted.outcome, Outcome::Promised(_)))
        }
    };
    paced(ballots.to_vec(), pace, progress, cast).await
}

/// Does every job once, and takes the time of each. `act` says whether one was only promised, or with which words it was
/// refused.
///
/// # Errors
/// A job panicked.
pub async fn paced<T, F, A>(jobs: Vec<T>, pace: Pace, progress: &ProgressBar, act: F) -> anyhow::Result<Sent>
where
    T: Send + 'static,
    F: Fn(T) -> A + Clone + Send + 'static,
    A: Future<Output = Result<bool, String>> + Send + 'static,
{
    let started = Instant::now();
    let mut sent = Sent::default();
    let mut jobs = jobs.into_iter();
    match pace {
        Pace::Waves(at_once) => loop {
            let mut tasks = JoinSet::new();
            for job in jobs.by_ref().take(at_once.max(1)) {
                tasks.spawn(timed(act(job)));
            }
            if tasks.is_empty() {
                break;
            }
            while let Some(answer) = tasks.join_next().await {
                sent.take(answer?);
                progress.inc(1);
            }
        },
        Pace::InFlight(at_once) => {
            let jobs = Arc::new(Mutex::new(jobs));
            let mut tasks = JoinSet::new();
            for _ in 0..at_once {
                let (jobs, act, progress) = (Arc::clone(&jobs), act.clone(), progress.clone());
                tasks.spawn(async move {
                    let mut answers = Vec::new();
                    while let Some(job) = next(&jobs) {
                        answers.push(timed(act(job)).await);
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

fn next<T>(jobs: &Mutex<std::vec::IntoIter<T>>) -> Option<T> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).next()
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

type Timed = (Duration, Result<bool, String>);

async fn timed(act: impl Future<Output = Result<bool, String>>) -> Timed {
    let started = Instant::now();
    let answer = act.await;
    (started.elapsed(), answer)
}

impl Sent {
    fn take(&mut self, (latency, answer): Timed) {
        match answer {
            Ok(promised) => {
                self.latencies.push(latency);
                self.promised += usize::from(promised);
            }
            Err(error) => {
                let (_, count) = self.refused.get_or_insert((error, 0));
                *count += 1;
            }
        }
    }

    /// How many were accepted in a second.
    #[expect(clippy::as_conversions, reason = "a figure for people; no count of jobs loses a digit of it")]
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }
}
