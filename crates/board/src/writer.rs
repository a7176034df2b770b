//! One thread for each election's writer: what arrives while a batch is being written is the next batch.
//!
//! ```text
//! requests ─ queue of QUEUE entries, else busy ─> thread: Sequencer::admit, a batch at a time ─> answers
//!                                                  └ stopped by its store: open again, after a pause that grows
//! ```
//!
//! Readers share the store with the writer. When the store fails, they give it back, because it can be opened again only
//! when nobody holds it.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rand_core::OsRng;
use tokio::sync::oneshot;
use urna_disk::DiskError;
use urna_log::Checkpoint;

use crate::error::BoardError;
use crate::folder::FolderError;
use crate::index::Index;
use crate::read::LogReader;
use crate::sequencer::{Answer, BATCH, Sequencer, Settings, Submission};
use crate::store::Store;
use urna_api::server::Clock;

/// How many entries wait for the writer at most.
pub const QUEUE: usize = 4_096;
/// The longest that the writer sleeps while something is held back: the machine's clock may be set meanwhile.
const NAP: Duration = Duration::from_secs(1);
/// How long a writer whose store failed waits before it opens it again, at first and at last.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// What became of a submission.
#[derive(Debug)]
pub enum Reply {
    /// The writer has answered, and what it says is durable.
    Answer(Answer),
    /// The store failed meanwhile. Whether the entry is kept is known when it is sent again.
    Unknown,
    /// The writer had stopped before; nothing was kept.
    Stopped,
}

/// The queue is full; nothing was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {QUEUE} entries wait already")]
pub struct Busy;

/// Why a log cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Its folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Its contents.
    #[error(transparent)]
    Log(#[from] BoardError),
}

impl OpenError {
    /// Whether trying again can help: the disk may have room again, or answer again.
    const fn may_pass(&self) -> bool {
        match self {
            Self::Folder(FolderError::Disk(error)) => error.may_pass(),
            Self::Folder(FolderError::Store(error)) | Self::Log(BoardError::Store(error)) => error.may_pass(),
            _ => false,
        }
    }
}

/// Opens the store of an election, and says what its log was created with.
type Opener<S> = Box<dyn Fn() -> Result<(S, Settings), FolderError> + Send>;

/// The writer of one election and what readers read. Ends its thread when dropped, after what was queued is answered.
pub struct Writer<S: Store> {
    queue: Mutex<Option<SyncSender<Message>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared<S>>,
}

/// What readers read; none while the store is being opened again.
struct Shared<S> {
    reading: RwLock<Option<Reading<S>>>,
    is_running: RwLock<bool>,
}

/// A log that can be read.
pub struct Reading<S> {
    /// Its checkpoint, tiles, bundles and blobs.
    pub log: LogReader<S>,
    index: Option<Arc<RwLock<Index>>>,
}

impl<S> Reading<S> {
    /// What is known of it; nothing if its writer did not start. The writer waits for whoever holds this, so it is not
    /// held while the disk is read.
    pub fn index(&self) -> Option<RwLockReadGuard<'_, Index>> {
        self.index.as_ref().map(|index| index.read().unwrap_or_else(PoisonError::into_inner))
    }
}

enum Message {
    Submission(Box<Submission>, oneshot::Sender<Reply>),
    /// The clock was set.
    Wake,
}

struct Run<S: Store> {
    name: String,
    opener: Opener<S>,
    clock: Arc<dyn Clock>,
    queue: Receiver<Message>,
    shared: Arc<Shared<S>>,
    sequencer: Option<Sequencer<S>>,
    /// When the store is opened again, and the pause after that.
    again: Option<(Instant, Duration)>,
    /// The second of the last look at the clock.
    latest: u64,
}

impl<S: Store + Clone + Send + Sync + 'static> Writer<S> {
    /// Opens a log and starts its thread. `name` is the election's, for messages.
    ///
    /// A log that contradicts itself, or is damaged, is not opened; if its store can be read, its readers are served
    /// nevertheless, and the error is returned beside the writer, which refuses everything.
    ///
    /// # Errors
    /// [`OpenError`] if not even the store can be opened.
    pub fn start(
        name: &str,
        opener: Opener<S>,
        at_least: Option<&Checkpoint>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<OpenError>), OpenError> {
        let (store, settings) = opener()?;
        let shared = Arc::new(Shared { reading: RwLock::default(), is_running: RwLock::new(false) });
        let (sequencer, failure) = match Sequencer::open(store.clone(), settings, at_least, &mut OsRng) {
            Ok(sequencer) => (Some(sequencer), None),
            Err(error) => (None, Some(OpenError::from(error))),
        };
        let index = sequencer.as_ref().map(Sequencer::index);
        shared.set(Some(Reading { log: LogReader::new(store), index }), sequencer.is_some());
        let (sender, queue) = sync_channel(QUEUE);
        let run = Run {
            name: name.to_owned(),
            opener,
            clock,
            queue,
            shared: Arc::clone(&shared),
            sequencer,
            again: None,
            latest: 0,
        };
        let thread = thread::Builder::new().name(format!("writer of {name}")).spawn(move || run.run());
        let thread =
            thread.map_err(|source| FolderError::Disk(DiskError::File { path: "thread".into(), source }))?;
        let writer = Self { queue: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), shared };
        Ok((writer, failure))
    }
}

impl<S: Store> Writer<S> {
    /// Queues an entry.
    ///
    /// # Errors
    /// [`Busy`].
    pub fn submit(&self, submission: Submission) -> Result<oneshot::Receiver<Reply>, Busy> {
        let (sender, receiver) = oneshot::channel();
        let message = Message::Submission(Box::new(submission), sender);
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = match queue.as_ref() {
            Some(queue) => queue.try_send(message),
            None => Err(TrySendError::Disconnected(message)),
        };
        match sent {
            Ok(()) => Ok(receiver),
            Err(TrySendError::Full(_)) => Err(Busy),
            Err(TrySendError::Disconnected(message)) => {
                // Nobody takes it, so nothing of it is kept. A queued one that nobody answers tells nothing.
                if let Message::Submission(_, sender) = message {
                    let _ = sender.send(Reply::Stopped);
                }
                Ok(receiver)
            }
        }
    }

    /// Has the writer look at the clock. A clock that runs by itself needs none of this.
    pub fn wake(&self) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queue.as_ref() {
            // A full queue wakes it too.
            let _ = queue.try_send(Message::Wake);
        }
    }

    /// Reads the log; none while its store is being opened again.
    pub fn read<T>(&self, read: impl FnOnce(&Reading<S>) -> T) -> Option<T> {
        self.shared.reading.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(read)
    }

    /// Whether entries are taken.
    pub fn is_running(&self) -> bool {
        *self.shared.is_running.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes nothing more, and returns when what was queued is answered.
    pub fn stop(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that panicked has answered nobody, and its callers know that.
            let _ = thread.join();
        }
        self.shared.set(None, false);
    }
}

impl<S: Store> Drop for Writer<S> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<S> Shared<S> {
    fn set(&self, reading: Option<Reading<S>>, is_running: bool) {
        *self.reading.write().unwrap_or_else(PoisonError::into_inner) = reading;
        *self.is_running.write().unwrap_or_else(PoisonError::into_inner) = is_running;
    }
}

impl<S: Store + Clone> Run<S> {
    fn run(mut self) {
        while let Some((submissions, senders)) = self.next_group() {
            let replies = catch_unwind(AssertUnwindSafe(|| {
                if self.again.is_some_and(|(at, _)| at <= Instant::now()) {
                    self.open_again();
                }
                self.admit(submissions)
            }));
            // sled panics where it cannot go on. Whatever state that left is given up, as after any other failure.
            let replies = replies.unwrap_or_else(|_| {
                self.give_back("its writer panicked");
                senders.iter().map(|_| Reply::Unknown).collect()
            });
            for (sender, reply) in senders.into_iter().zip(replies) {
                // Whoever asked may be gone; what was admitted stays.
                let _ = sender.send(reply);
            }
        }
    }

    /// What came in together, or nothing when it is time to look at the clock; none at the end.
    fn next_group(&self) -> Option<(Vec<Submission>, Vec<oneshot::Sender<Reply>>)> {
        let patience = match (&self.sequencer, self.again) {
            (_, Some((at, _))) => Some(at.saturating_duration_since(Instant::now())),
            (Some(sequencer), None) => {
                let left = |due: u64| Duration::from_secs(due.saturating_sub(self.clock.now())).min(NAP);
                sequencer.next_due().map(left)
            }
            (None, None) => None,
        };
        let first = match patience {
            None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(patience) => self.queue.recv_timeout(patience),
        };
        let (mut submissions, mut senders) = (Vec::new(), Vec::new());
        let mut take = |message| {
            if let Message::Submission(submission, sender) = message {
                submissions.push(*submission);
                senders.push(sender);
            }
        };
        match first {
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
            Ok(first) => {
                take(first);
                self.queue.try_iter().take(BATCH - 1).for_each(take);
            }
        }
        Some((submissions, senders))
    }

    fn admit(&mut self, submissions: Vec<Submission>) -> Vec<Reply> {
        let count = submissions.len();
        let Some(sequencer) = &mut self.sequencer else {
            return std::iter::repeat_with(|| Reply::Stopped).take(count).collect();
        };
        let now = self.clock.now();
        if now < self.latest {
            let back = self.latest - now;
            tracing::warn!(election = %self.name, "the clock was set back by {back} s: set it right; ballots are taken by what it says, and what waits is appended now");
        }
        self.latest = now;
        match sequencer.admit(submissions, now, &mut OsRng) {
            Ok(answers) => answers.into_iter().map(Reply::Answer).collect(),
            Err(error) => {
                self.stop(&error.into());
                std::iter::repeat_with(|| Reply::Unknown).take(count).collect()
            }
        }
    }

    /// Stops writing. If the reason may pass, the store is given back by everybody, to be opened again.
    fn stop(&mut self, error: &OpenError) {
        if error.may_pass() {
            self.give_back(error);
        } else {
            self.sequencer = None;
            tracing::error!(election = %self.name, %error, "the log is not written to any more");
            *self.shared.is_running.write().unwrap_or_else(PoisonError::into_inner) = false;
            self.again = None;
        }
    }

    /// Gives the store back, to be opened again.
    fn give_back(&mut self, error: impl Display) {
        self.sequencer = None;
        let pause = self.again.map_or(PAUSES.0, |(_, pause)| (pause * 2).min(PAUSES.1));
        tracing::error!(election = %self.name, %error, "the log is not written to; trying again in {} s", pause.as_secs());
        self.shared.set(None, false);
        self.again = Some((Instant::now() + pause, pause));
    }

    fn open_again(&mut self) {
        let (store, settings) = match (self.opener)() {
            Ok(opened) => opened,
            Err(error) => return self.stop(&error.into()),
        };
        match Sequencer::open(store.clone(), settings, None, &mut OsRng) {
            Ok(sequencer) => {
                tracing::info!(election = %self.name, "the log is written to again");
                let index = Some(sequencer.index());
                self.shared.set(Some(Reading { log: LogReader::new(store), index }), true);
                self.sequencer = Some(sequencer);
                self.again = None;
            }
            Err(error) => {
                let error = OpenError::from(error);
                if !error.may_pass() {
                    self.shared.set(Some(Reading { log: LogReader::new(store), index: None }), false);
                }
                self.stop(&error);
            }
        }
    }
}
