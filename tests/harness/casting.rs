//! Casts ballots, many at once, until the board stops answering or there are no more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use urna_api::ProblemType;
use urna_api::client::{BoardClient, ClientError};

use crate::election_files::ElectionUnderLoad;
use crate::ledger::Acknowledgement;

/// Numbers of ballots that are to be cast, shared by all that cast them.
#[derive(Clone, Default)]
pub struct Queue(Arc<Mutex<VecDeque<usize>>>);

impl Queue {
    /// A queue of these.
    pub fn new(ballots: impl IntoIterator<Item = usize>) -> Self {
        Self(Arc::new(Mutex::new(ballots.into_iter().collect())))
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<usize>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.with(|queue| queue.len())
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn next(&self) -> Option<usize> {
        self.with(VecDeque::pop_front)
    }

    /// Puts back one to which there was no answer, to be cast next.
    fn put_back(&self, ballot: usize) {
        self.with(|queue| queue.push_front(ballot));
    }
}

/// What came of casting, beside the acknowledgements.
#[derive(Debug, Default)]
pub struct Cast {
    /// Ballots to which there was no answer, or none that says whether it was accepted. They are back in the queue.
    pub in_doubt: Vec<usize>,
    /// What the board said to valid ballots that it refused.
    pub refused: Vec<String>,
    /// Why casting stopped, if ballots were left: what was said to the first that was in doubt.
    pub stopped: Option<String>,
}

/// Casts what is in the queue, `in_flight` at a time, and tells `acknowledged` of each acknowledgement when it is there.
///
/// Whoever casts stops at the first ballot that the board does not answer, since it may be gone.
pub async fn cast(
    board: &BoardClient,
    election: &Arc<ElectionUnderLoad>,
    queue: &Queue,
    in_flight: usize,
    acknowledged: impl Fn(Acknowledgement) + Clone + Send + Sync + 'static,
) -> Cast {
    let mut voters = JoinSet::new();
    for _ in 0..in_flight {
        let (board, election, queue) = (board.clone(), Arc::clone(election), queue.clone());
        let acknowledged = acknowledged.clone();
        voters.spawn(async move { cast_one_by_one(&board, &election, &queue, acknowledged).await });
    }
    let mut all = Cast::default();
    while let Some(voter) = voters.join_next().await {
        match voter {
            Ok(cast) => {
                all.in_doubt.extend(cast.in_doubt);
                all.refused.extend(cast.refused);
                all.stopped = all.stopped.or(cast.stopped);
            }
            Err(error) => all.refused.push(error.to_string()),
        }
    }
    all
}

async fn cast_one_by_one(
    board: &BoardClient,
    election: &ElectionUnderLoad,
    queue: &Queue,
    acknowledged: impl Fn(Acknowledgement),
) -> Cast {
    let mut cast = Cast::default();
    while let Some(number) = queue.next() {
        match cast_ballot(board, election, number).await {
            Ok(acknowledgement) => acknowledged(acknowledgement),
            Err(error) if says_nothing(&error) => {
                queue.put_back(number);
                cast.in_doubt.push(number);
                cast.stopped = Some(error.to_string());
                break;
            }
            Err(error) => cast.refused.push(format!("ballot {number} of {}: {error}", election.slug)),
        }
    }
    cast
}

/// Casts the ballot with this number.
///
/// # Errors
/// [`ClientError`].
pub async fn cast_ballot(
    board: &BoardClient,
    election: &ElectionUnderLoad,
    number: usize,
) -> Result<Acknowledgement, ClientError> {
    let ballot = election.ballots.get(number).cloned().unwrap_or_default();
    let sha256 = hexadecimal(&ballot);
    let accepted = board.post_ballot(&election.slug, ballot).await?;
    Ok(Acknowledgement { ballot: number, sha256, said: accepted.outcome.into(), repeated: accepted.repeated })
}

/// SHA-256 in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the ballot may be accepted or not for all that is known, or may be tried again.
fn says_nothing(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } => true,
        other => matches!(
            other.kind(),
            Some(
                ProblemType::UnknownOutcome
                    | ProblemType::Internal
                    | ProblemType::Busy
                    | ProblemType::Stopped
            )
        ),
    }
}
