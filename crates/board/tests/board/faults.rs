//! The fault table: every step of the store, failed in three ways at every kind of call, then tried again or behind a loss
//! of power. Whatever happens, nothing acknowledged or promised is lost, no two checkpoints disagree, and the log verifies.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use urna_board::{BoardError, Sequencer, Store, Submission};

use crate::memory::{Failure, Fault, MemoryStore, STEPS};
use crate::observer::Observer;
use crate::sample::{THREES, rng, submission};

/// What is done when the writer has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    /// It is opened again.
    Retry,
    /// The power fails first, and what was not durable is lost.
    LosePower,
}

/// Behind this step of the story the writer is opened again in every run: something is logged, and something promised.
const RESTART: usize = 9;

/// What comes in, together and one after the other, and when.
fn story() -> Vec<(u64, Vec<Submission>)> {
    let at = |time: u64, entries: &[&Vec<u8>]| {
        (time, entries.iter().map(|entry| submission(entry, time)).collect::<Vec<_>>())
    };
    let sample = &THREES;
    let voter = |number: usize| &sample.voters[number];
    let first = |number: usize| &voter(number).ballots[0];
    let mut story: Vec<_> = sample.opening.iter().map(|entry| at(1, &[entry])).collect();
    story.extend([
        // Held back and promised.
        at(1_000, &[first(0)]),
        at(1_010, &[first(5), first(1)]),
        // The third of its class: all three of it are appended.
        at(1_020, &[first(2)]),
        // What was lost on the way to a voter is asked for again.
        at(1_030, &[first(0), first(5)]),
        at(1_040, &[&voter(0).ballots[1]]),
        at(1_050, &[&voter(0).withdrawals[2]]),
        // Time has come for both classes.
        at(1_150, &[]),
        // Held back at the close.
        at(1_200, &[first(3), first(6)]),
        at(1_210, &[&sample.closed]),
        at(1_220, &[first(3), &voter(4).returned]),
    ]);
    story
}

/// What a run met.
struct Run {
    calls: BTreeMap<&'static str, usize>,
    promised: usize,
}

fn open(store: &MemoryStore) -> Result<Sequencer<MemoryStore>, BoardError> {
    Sequencer::open(store.clone(), THREES.settings(), None, &mut rng())
}

/// Runs the story with one fault; `cut` fails the power behind the step of the story with this number.
fn run(
    fault: Option<Fault>,
    recovery: Recovery,
    cut: Option<usize>,
    careless: &[&'static str],
) -> Result<Run, String> {
    tell(fault, recovery, cut, careless, true)
}

/// Runs the story for somebody who finds an uploaded blob, although the upload is said to have failed.
fn run_without_uploading_again(fault: Fault, careless: &[&'static str]) -> Result<Run, String> {
    tell(Some(fault), Recovery::Retry, None, careless, false)
}

fn tell(
    fault: Option<Fault>,
    recovery: Recovery,
    cut: Option<usize>,
    careless: &[&'static str],
    uploads_again: bool,
) -> Result<Run, String> {
    let store = MemoryStore::with_fault(fault);
    store.break_sync(careless);
    let mut observer = Observer::default();
    let recover = || -> Result<Sequencer<MemoryStore>, String> {
        if recovery == Recovery::LosePower {
            store.lose_power();
        }
        // The fault may hit the start, once.
        open(&store).or_else(|_| open(&store)).map_err(|error| format!("does not start: {error}"))
    };
    let mut sequencer = open(&store).or_else(|_| recover())?;
    // A blob is uploaded until it is said to be there.
    for (kind, bytes) in &THREES.blobs {
        let put = sequencer.put_blob(*kind, bytes);
        if !uploads_again {
            continue;
        }
        let put = put.or_else(|_| {
            if recovery == Recovery::LosePower {
                store.lose_power();
            }
            sequencer.put_blob(*kind, bytes)
        });
        put.map_err(|error| error.to_string())?.map_err(|refusal| refusal.to_string())?;
    }
    for (number, (time, submissions)) in story().into_iter().enumerate() {
        let answers = match sequencer.admit(submissions.clone(), time, &mut rng()) {
            Ok(answers) => answers,
            Err(_) => {
                assert!(sequencer.is_stopped());
                // Readers do not stop.
                observer.look(&store).or_else(|_| observer.look(&store))?;
                sequencer = recover()?;
                sequencer.admit(submissions.clone(), time, &mut rng()).map_err(|error| error.to_string())?
            }
        };
        observer.hear(&submissions, &answers)?;
        if cut == Some(number) {
            store.lose_power();
            sequencer = open(&store).map_err(|error| format!("does not start: {error}"))?;
        }
        if number == RESTART {
            sequencer = open(&store).or_else(|_| recover())?;
        }
        observer.look(&store).or_else(|_| observer.look(&store))?;
    }
    // Whatever is only in memory by now is lost.
    store.lose_power();
    open(&store).or_else(|_| open(&store)).map_err(|error| format!("does not start in the end: {error}"))?;
    let calls = store.calls();
    for (_, bytes) in &THREES.blobs {
        let sha256 = Sha256::digest(bytes).into();
        let kept = store.blob(&sha256).or_else(|_| store.blob(&sha256));
        if kept.map_err(|error| error.to_string())?.as_ref() != Some(bytes) {
            return Err("a blob that an entry names is lost".into());
        }
    }
    let entries = observer.check(&store).or_else(|_| observer.check(&store))?;
    let expected = THREES.opening.len() + 9 + 1;
    if entries.len() == expected {
        Ok(Run { calls, promised: observer.promised() })
    } else {
        Err(format!("{} entries, not {expected}", entries.len()))
    }
}

/// The calls of a step at which it fails: all of a few, and some of many.
fn sampled(calls: usize) -> impl Iterator<Item = usize> {
    let every = calls.div_ceil(12).max(1);
    (0..calls).step_by(every).chain(calls.checked_sub(1))
}

fn table(failure: Failure, recovery: Recovery) {
    let clean = run(None, recovery, None, &[]).unwrap();
    assert!(clean.promised >= 8, "{} promises", clean.promised);
    for step in STEPS {
        let calls = clean.calls.get(step).copied().unwrap_or_default();
        assert!(calls > 0, "the story never comes to {step}");
        for call in sampled(calls) {
            let fault = Fault { step, call, failure };
            if let Err(what) = run(Some(fault), recovery, None, &[]) {
                panic!("{fault:?}, {recovery:?}: {what}");
            }
        }
    }
}

/// Whoever adds a step adds its row.
#[test]
fn has_a_row_for_every_step_of_the_store() {
    let source = include_str!("../../src/store.rs");
    let (_, after) = source.split_once("pub trait Store {").unwrap();
    let (body, _) = after.split_once("\n}\n").unwrap();
    let methods: Vec<_> = body
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("fn "))
        .filter_map(|line| line.split(['(', '<']).next())
        .collect();
    assert_eq!(methods, STEPS);
}

#[test]
fn loses_nothing_when_a_step_fails_and_is_tried_again() {
    table(Failure::Failed, Recovery::Retry);
}

#[test]
fn loses_nothing_when_a_step_fails_and_then_the_power() {
    table(Failure::Failed, Recovery::LosePower);
}

#[test]
fn loses_nothing_when_a_step_only_seems_to_fail_and_is_tried_again() {
    table(Failure::Written, Recovery::Retry);
}

#[test]
fn loses_nothing_when_a_step_only_seems_to_fail_and_then_the_power() {
    table(Failure::Written, Recovery::LosePower);
}

#[test]
fn loses_nothing_when_half_of_a_step_is_done_and_it_is_tried_again() {
    table(Failure::Torn, Recovery::Retry);
}

#[test]
fn loses_nothing_when_half_of_a_step_is_done_and_then_the_power_fails() {
    table(Failure::Torn, Recovery::LosePower);
}

#[test]
fn loses_nothing_when_the_power_fails_between_two_requests() {
    for cut in 0..story().len() {
        if let Err(what) = run(None, Recovery::LosePower, Some(cut), &[]) {
            panic!("behind step {cut} of the story: {what}");
        }
    }
}

/// The table can fail: where nothing is synced, every loss of power is found.
#[test]
fn finds_what_is_lost_without_a_sync() {
    for cut in 0..story().len() {
        assert!(run(None, Recovery::LosePower, Some(cut), &STEPS).is_err(), "behind step {cut}");
    }
    // And where a single step is careless, at some place of the story.
    for step in ["swap_checkpoint", "promise", "put_blob"] {
        let loses = |cut| run(None, Recovery::LosePower, Some(cut), &[step]).is_err();
        assert!((0..story().len()).any(loses), "{step}");
    }
    // A blob whose upload only seemed to fail is made durable by the entry that names it.
    let calls = run(None, Recovery::Retry, None, &[]).unwrap().calls["put_blob"];
    let loses = |call| {
        let fault = Fault { step: "put_blob", call, failure: Failure::Written };
        run_without_uploading_again(fault, &["keep_blobs"]).is_err()
    };
    assert!((0..calls).any(loses));
    let fault = |call| Fault { step: "put_blob", call, failure: Failure::Written };
    for call in 0..calls {
        run_without_uploading_again(fault(call), &[]).unwrap();
    }
}
