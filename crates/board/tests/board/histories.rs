//! Any order of requests, faults, restarts and losses of power, drawn from a seed: nothing acknowledged or promised is
//! lost, and no two checkpoints disagree.

use proptest::prelude::*;
use urna_board::{Answer, Sequencer};

use crate::memory::{Failure, Fault, MemoryStore, STEPS};
use crate::observer::Observer;
use crate::sample::{MANUAL, PAIRS, PATIENT, Sample, THREES, rng, submission};

#[derive(Clone, Debug)]
enum Operation {
    /// These voters' entries come in together: of a ballot or a withdrawal, by its sequence.
    Send(Vec<(usize, bool, usize)>),
    /// Seconds pass.
    Wait(u64),
    /// The writer is opened again.
    Restart,
    /// And what was not durable is lost.
    LosePower,
    Close,
}

fn operation() -> impl Strategy<Value = Operation> {
    let entry = (0..MANUAL.voters.len(), prop::bool::weighted(0.3), 0..4_usize);
    prop_oneof![
        6 => prop::collection::vec(entry, 1..4).prop_map(Operation::Send),
        2 => (0..80_u64).prop_map(Operation::Wait),
        1 => Just(Operation::Restart),
        1 => Just(Operation::LosePower),
        1 => Just(Operation::Close),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    let failure = prop_oneof![Just(Failure::Failed), Just(Failure::Written), Just(Failure::Torn)];
    (prop::sample::select(STEPS.to_vec()), 0..40_usize, failure).prop_map(|(step, call, failure)| Fault {
        step,
        call,
        failure,
    })
}

fn live(sample: &Sample, operations: &[Operation], fault: Option<Fault>) -> Result<(), String> {
    let store = MemoryStore::with_fault(fault);
    // A fault hits once.
    let open = || {
        let open = || Sequencer::open(store.clone(), sample.settings(), None, &mut rng());
        open().or_else(|_| open()).map_err(|error| format!("does not start: {error}"))
    };
    let mut observer = Observer::default();
    let mut sequencer = open()?;
    for (kind, bytes) in &sample.blobs {
        let put = sequencer.put_blob(*kind, bytes).or_else(|_| sequencer.put_blob(*kind, bytes));
        put.map_err(|error| error.to_string())?.map_err(|refusal| refusal.to_string())?;
    }
    let mut now = 1;
    let opening = sample.opening.iter().map(|entry| vec![entry]);
    let opening = opening.map(|entries| (entries, None)).collect::<Vec<_>>();
    let later = operations.iter().map(|operation| match operation {
        Operation::Send(sent) => {
            let of = |(voter, withdraws, sequence): &(usize, bool, usize)| {
                let voter = &sample.voters[*voter];
                if *withdraws { &voter.withdrawals[*sequence] } else { &voter.ballots[*sequence] }
            };
            (sent.iter().map(of).collect(), None)
        }
        Operation::Close => (vec![&sample.closed], None),
        other => (Vec::new(), Some(other.clone())),
    });
    for (entries, other) in opening.into_iter().chain(later) {
        match other {
            Some(Operation::Wait(seconds)) => {
                now += seconds;
                if sequencer.advance(now).is_err() {
                    sequencer = open()?;
                    sequencer.advance(now).map_err(|error| error.to_string())?;
                }
                continue;
            }
            Some(Operation::LosePower) => {
                store.lose_power();
                sequencer = open()?;
            }
            Some(_) => sequencer = open()?,
            None => {}
        }
        let submissions: Vec<_> = entries.iter().map(|entry| submission(entry, now)).collect();
        let answers = match sequencer.admit(submissions.clone(), now, &mut rng()) {
            Ok(answers) => answers,
            Err(_) => {
                sequencer = open()?;
                sequencer.admit(submissions.clone(), now, &mut rng()).map_err(|error| error.to_string())?
            }
        };
        // Refusals are for the sender to understand; what was taken is remembered.
        let taken = submissions.into_iter().zip(answers);
        let (taken, answers): (Vec<_>, Vec<_>) =
            taken.filter(|(_, answer)| !matches!(answer, Answer::Refused(_))).unzip();
        observer.hear(&taken, &answers)?;
        observer.look(&store).or_else(|_| observer.look(&store))?;
    }
    // What is promised is due in the end.
    now += 1_000;
    if sequencer.advance(now).is_err() {
        sequencer = open()?;
        sequencer.advance(now).map_err(|error| error.to_string())?;
    }
    store.lose_power();
    sequencer = open()?;
    let entries = observer.check(&store).or_else(|_| observer.check(&store))?;
    let size = sequencer.state().map_or(0, urna_election::ElectionState::size);
    if u64::try_from(entries.len()) == Ok(size) && sequencer.held() == 0 {
        Ok(())
    } else {
        Err(format!("{} entries read, {size} known, {} held", entries.len(), sequencer.held()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn loses_nothing_in_any_history(
        operations in prop::collection::vec(operation(), 1..24),
        together in 0..4_usize,
        fault in prop::option::weighted(0.8, fault()),
    ) {
        let sample: &Sample = [&*MANUAL, &*PAIRS, &*THREES, &*PATIENT][together];
        let lived = live(sample, &operations, fault);
        prop_assert!(lived.is_ok(), "{:?}", lived);
    }
}
