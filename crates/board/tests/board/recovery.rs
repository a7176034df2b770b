//! The thread of a writer whose store fails: what it tells to whom, and that it goes on by itself.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot::Receiver;
use urna_api::server::Clock;
use urna_board::{Answer, Reply, Submission, Writer};

use crate::memory::{Failure, Fault, MemoryStore};
use crate::observer::Observer;
use crate::sample::{MANUAL, PATIENT, Sample, submission};

/// Before anything is due that is held back.
const NOW: u64 = 510;
/// How long a writer may take. Its first pauses are one second and two; nothing waits for this to pass.
const PATIENCE: Duration = Duration::from_secs(60);

/// A clock that stands still, and lets nobody look at it while its gate is closed: whoever looks has taken what was queued.
#[derive(Default)]
struct Gate {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    is_closed: bool,
    looking: usize,
}

impl Clock for Gate {
    fn now(&self) -> u64 {
        let mut state = self.state.lock().unwrap();
        state.looking += 1;
        self.changed.notify_all();
        let mut state = self.changed.wait_while(state, |state| state.is_closed).unwrap();
        state.looking -= 1;
        NOW
    }
}

impl Gate {
    fn set(&self, is_closed: bool) {
        self.state.lock().unwrap().is_closed = is_closed;
        self.changed.notify_all();
    }

    fn wait_for_somebody(&self) {
        let state = self.state.lock().unwrap();
        let looks = self.changed.wait_timeout_while(state, PATIENCE, |state| state.looking == 0).unwrap();
        assert!(!looks.1.timed_out(), "the writer does not look at the clock");
    }
}

/// A writer whose log has everything until voting is open.
struct Run {
    sample: &'static Sample,
    store: MemoryStore,
    gate: Arc<Gate>,
    writer: Writer<MemoryStore>,
    observer: Observer,
}

impl Run {
    fn new(sample: &'static Sample) -> Self {
        let store = MemoryStore::default();
        drop(sample.voting(store.clone()));
        let gate = Arc::<Gate>::default();
        let opener = {
            let store = store.clone();
            Box::new(move || Ok((store.clone(), sample.settings())))
        };
        let clock = Arc::clone(&gate);
        let (writer, failure) = Writer::start("small-2027", opener, None, clock).unwrap();
        assert!(failure.is_none() && writer.is_running());
        Self { sample, store, gate, writer, observer: Observer::default() }
    }

    fn ballot(&self, voter: usize) -> Submission {
        submission(&self.sample.voters[voter].ballots[0], NOW)
    }

    fn send(&self, voter: usize) -> Receiver<Reply> {
        self.writer.submit(self.ballot(voter)).unwrap()
    }

    /// What is said to the ballot of this voter, which must be good; whether it was accepted before.
    fn accepts(&mut self, voter: usize, reply: Receiver<Reply>) -> bool {
        let Ok(Reply::Answer(answer)) = reply.blocking_recv() else { panic!("the ballot of {voter}") };
        let repeated = match &answer {
            Answer::Logged { repeated, .. } | Answer::Promised { repeated, .. } => *repeated,
            Answer::Refused(refusal) => panic!("the ballot of {voter}: {refusal}"),
        };
        self.observer.hear(&[self.ballot(voter)], &[answer]).unwrap();
        repeated
    }

    /// Sends ballots that are taken together, behind one that is accepted.
    fn send_together(&mut self, first: usize, together: &[usize]) -> Vec<Receiver<Reply>> {
        self.gate.set(true);
        let accepted = self.send(first);
        self.gate.wait_for_somebody();
        let replies = together.iter().map(|voter| self.send(*voter)).collect();
        self.gate.set(false);
        self.accepts(first, accepted);
        replies
    }

    fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !condition(self) {
            assert!(started.elapsed() < PATIENCE, "{what}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn is_unknown(reply: Receiver<Reply>) -> bool {
    matches!(reply.blocking_recv(), Ok(Reply::Unknown))
}

fn is_stopped(reply: Receiver<Reply>) -> bool {
    matches!(reply.blocking_recv(), Ok(Reply::Stopped))
}

/// The disk fails at the second call of a step and stays away; then it comes back.
fn fails_and_comes_back(step: &'static str, failure: Failure) {
    let mut run = Run::new(&MANUAL);
    run.store.break_at(Fault { step, call: 1, failure });
    let together = [1, 2, 5];
    for reply in run.send_together(0, &together) {
        assert!(is_unknown(reply), "{step}, {failure:?}");
    }
    assert!(!run.writer.is_running());
    assert!(run.writer.read(|_| ()).is_none(), "readers hold the store, which could not be opened again");

    // Until it has tried to open the store again, in vain: nobody is told anything else, and nothing is written.
    let tries = |run: &Run| run.store.calls()["sync"];
    let before = tries(&run);
    while tries(&run) == before {
        assert!(is_stopped(run.send(3)), "{step}, {failure:?}");
        thread::sleep(Duration::from_millis(5));
    }
    assert!(!run.writer.is_running());
    run.store.mend();
    run.until("the writer does not go on", |run| run.writer.is_running());

    let committed = match step {
        "stage" => false,
        "swap_checkpoint" => failure == Failure::Written,
        _ => true,
    };
    for voter in together {
        let reply = run.send(voter);
        let repeated = run.accepts(voter, reply);
        assert_eq!(repeated, committed, "{step}, {failure:?}");
    }
    for voter in [0, 1, 2, 5] {
        let reply = run.send(voter);
        assert!(run.accepts(voter, reply), "the same ballot again");
    }
    // Of this one nothing was kept.
    let reply = run.send(3);
    assert!(!run.accepts(3, reply), "{step}, {failure:?}");
    run.observer.look(&run.store).unwrap();
    let entries = run.observer.check(&run.store).unwrap();
    assert_eq!(entries.len(), MANUAL.opening.len() + 5, "{step}, {failure:?}");
}

#[test]
fn goes_on_by_itself_whatever_failed() {
    let failures = [Failure::Failed, Failure::Written, Failure::Torn, Failure::Panicked];
    thread::scope(|scope| {
        for step in ["stage", "swap_checkpoint", "put_tiles", "publish"] {
            for failure in failures {
                scope.spawn(move || fails_and_comes_back(step, failure));
            }
        }
    });
}

/// Who was promised something before keeps the promise, and who was told nothing is promised it when asking again.
#[test]
fn keeps_its_promises_when_the_next_one_fails() {
    for failure in [Failure::Failed, Failure::Written, Failure::Panicked] {
        let mut run = Run::new(&PATIENT);
        let reply = run.send(0);
        assert!(!run.accepts(0, reply));
        run.store.break_at(Fault { step: "promise", call: 0, failure });
        assert!(is_unknown(run.send(1)), "{failure:?}");
        assert!(is_stopped(run.send(2)), "{failure:?}");
        run.store.mend();
        run.until("the writer does not go on", |run| run.writer.is_running());
        for (voter, kept) in [(0, true), (1, failure == Failure::Written), (2, false)] {
            let reply = run.send(voter);
            assert_eq!(run.accepts(voter, reply), kept, "{voter}, {failure:?}");
        }
        let closed = run.writer.submit(submission(&PATIENT.closed, NOW)).unwrap();
        assert!(matches!(closed.blocking_recv(), Ok(Reply::Answer(Answer::Logged { .. }))), "{failure:?}");
        let entries = run.observer.check(&run.store).unwrap();
        assert_eq!(entries.len(), PATIENT.opening.len() + 3 + 1, "{failure:?}");
    }
}

/// A store that somebody else has changed is not opened again and again, and is read on.
#[test]
fn stays_stopped_where_trying_again_cannot_help() {
    let run = Run::new(&MANUAL);
    run.store
        .tamper(|disk| disk.checkpoint = disk.published.clone().map(|bytes| [bytes, b"x".to_vec()].concat()));
    assert!(is_unknown(run.send(0)));
    assert!(is_stopped(run.send(0)));
    assert!(!run.writer.is_running());
    assert!(run.writer.read(|reading| reading.log.checkpoint().is_ok()).unwrap());
    let syncs = run.store.calls()["sync"];
    assert!(is_stopped(run.send(0)));
    assert_eq!(run.store.calls()["sync"], syncs);
}

/// Whoever comes after the end is told that nothing was kept, and not left without an answer.
#[test]
fn rejects_what_comes_after_the_end() {
    let run = Run::new(&MANUAL);
    run.writer.stop();
    let reply = run.writer.submit(submission(&MANUAL.voters[0].ballots[0], NOW)).unwrap().blocking_recv();
    assert!(matches!(reply, Ok(Reply::Stopped)), "{reply:?}");
}
