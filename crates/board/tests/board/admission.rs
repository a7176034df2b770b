//! Who gets in, in which order, and what is answered.

use urna_board::{Answer, BATCH, BoardError, GRACE, LogReader, Refusal, Sequencer, Store, Submission};
use urna_election::Rejected;
use urna_election::blob::BlobKind;
use urna_election::entry::Entry;

use crate::memory::{Failure, Fault, MemoryStore};
use crate::observer::{Observer, read_log};
use crate::sample::{
    CLOSES, LARGE, MANUAL, OPENS, PAIRS, PATIENT, TIMED, log_key, promise_key, rng, submission,
};

fn send<S: Store>(sequencer: &mut Sequencer<S>, time: u64, entries: &[&Vec<u8>]) -> Vec<Answer> {
    let submissions = entries.iter().map(|entry| submission(entry, time)).collect();
    sequencer.admit(submissions, time, &mut rng()).unwrap()
}

/// The index of an answer that has one.
fn index(answer: &Answer) -> Option<(u64, bool)> {
    match answer {
        Answer::Logged { receipt, repeated } => Some((receipt.index(), *repeated)),
        _ => None,
    }
}

#[test]
fn accepts_a_batch_in_an_order_that_does_not_depend_on_arrival() {
    let entries: Vec<_> = PATIENT.voters.iter().map(|voter| &voter.ballots[0]).collect();
    let more: Vec<_> = PATIENT.voters.iter().map(|voter| &voter.withdrawals[1]).collect();
    let mut logs = Vec::new();
    for backwards in [false, true] {
        let store = MemoryStore::default();
        let mut sequencer = PATIENT.voting(store.clone());
        let mut order: Vec<_> = entries.clone();
        if backwards {
            order.reverse();
        }
        order.extend(more.iter().copied());
        for entry in order {
            let answers = send(&mut sequencer, 100, &[entry]);
            assert!(matches!(answers[..], [Answer::Promised { repeated: false, .. }]), "{answers:?}");
        }
        assert_eq!((sequencer.held(), sequencer.next_due()), (16, Some(150)));
        sequencer.advance(149).unwrap();
        assert_eq!(sequencer.held(), 16);
        sequencer.advance(150).unwrap();
        assert_eq!((sequencer.held(), sequencer.next_due()), (0, None));
        logs.push(read_log(&store).unwrap());
    }
    assert_eq!(logs[0], logs[1]);
    assert_eq!(logs[0].len(), 5 + 16);
    // By identifier, then sequence.
    let identifiers: Vec<_> = logs[0][5..]
        .iter()
        .map(|entry| {
            let of =
                |voter: &&crate::sample::Voter| voter.ballots[0] == *entry || voter.withdrawals[1] == *entry;
            PATIENT.voters.iter().find(of).unwrap().identifier
        })
        .collect();
    assert!(identifiers.is_sorted());
}

#[test]
fn accepts_a_class_when_enough_are_together_and_promises_the_others() {
    let store = MemoryStore::default();
    let mut sequencer = PAIRS.voting(store.clone());
    let ballot = |voter: usize| &PAIRS.voters[voter].ballots[0];
    // Two of north, one of south.
    let answers = send(&mut sequencer, 1_000, &[ballot(0), ballot(5), ballot(1)]);
    let mut indices = [index(&answers[0]).unwrap(), index(&answers[2]).unwrap()];
    indices.sort_unstable();
    assert_eq!(indices, [(5, false), (6, false)]);
    let Answer::Promised { promise, repeated: false } = &answers[1] else { panic!("{answers:?}") };
    let promise = promise.verify(&promise_key().verifier()).unwrap();
    assert!(promise.is_for(ballot(5)));
    assert_eq!(promise.deadline(), 1_100 + GRACE);
    // Who comes later in the same 100 seconds is promised the same, so that nothing kept tells them apart.
    let later = send(&mut sequencer, 1_099, &[ballot(3)]);
    let Answer::Promised { promise: later, .. } = &later[0] else { panic!("{later:?}") };
    assert_eq!(later.unverified().deadline(), promise.deadline());
    let Answer::Logged { receipt, .. } = &answers[0] else { panic!("{answers:?}") };
    receipt.verify(ballot(0), &log_key().verifier()).unwrap();
    let found = sequencer.index();
    assert_eq!(found.read().unwrap().entries_of(&PAIRS.voters[0].identifier), [receipt.index()]);
    assert!(found.read().unwrap().entries_of(&PAIRS.voters[5].identifier).is_empty());

    // The same promise whenever it is asked for, and the same index whatever the proof.
    let again = send(&mut sequencer, 1_099, &[ballot(5), &PAIRS.voters[5].again, &PAIRS.voters[0].again]);
    for answer in &again[..2] {
        let Answer::Promised { promise: same, repeated: true } = answer else { panic!("{again:?}") };
        assert_eq!(same.unverified(), promise);
    }
    assert_eq!(index(&again[2]), Some((receipt.index(), true)));
    assert_eq!(read_log(&store).unwrap().len(), 7);
}

/// Promises are kept by everybody else's clock, and not by one that was set back, whether the board runs or is started then.
#[test]
fn appends_what_waits_when_the_clock_is_set_back() {
    let store = MemoryStore::default();
    let mut sequencer = PATIENT.voting(store.clone());
    for (voter, back) in [(0, 60), (1, 7_200)] {
        let answers = send(&mut sequencer, 10_000, &[&PATIENT.voters[voter].ballots[0]]);
        assert!(matches!(answers[..], [Answer::Promised { .. }]), "{answers:?}");
        sequencer.advance(10_000).unwrap();
        assert_eq!(sequencer.held(), 1);
        sequencer.advance(10_000 - back).unwrap();
        assert_eq!(sequencer.held(), 0);
    }
    send(&mut sequencer, 10_000, &[&PATIENT.voters[2].ballots[0]]);
    drop(sequencer);
    let mut sequencer = Sequencer::open(store.clone(), PATIENT.settings(), None, &mut rng()).unwrap();
    assert_eq!(sequencer.held(), 1);
    sequencer.advance(10_000 - 7_200).unwrap();
    assert_eq!(sequencer.held(), 0);
    assert_eq!(read_log(&store).unwrap().len(), 5 + 3);
}

#[test]
fn accepts_what_follows_a_ballot_that_is_held_back() {
    let mut sequencer = PATIENT.voting(MemoryStore::default());
    let voter = &PATIENT.voters[0];
    let answers = send(&mut sequencer, 1_000, &[&voter.ballots[0], &voter.withdrawals[1]]);
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Promised { .. })), "{answers:?}");
    // A second ballot of the same number has missed its turn.
    let answers = send(&mut sequencer, 1_000, &[&voter.ballots[1], &voter.ballots[3], &voter.ballots[2]]);
    for (answer, expected) in answers.iter().zip([2, 2]) {
        let refused = matches!(answer, Answer::Refused(Refusal::Rejected(Rejected::Sequence { expected: next, .. })) if *next == expected);
        assert!(refused, "{answer:?}");
    }
    assert!(matches!(answers[2], Answer::Promised { .. }));
    // What is promised is told so, also where something follows it.
    for entry in [&voter.ballots[0], &voter.again, &voter.withdrawals[1], &voter.ballots[2]] {
        let answers = send(&mut sequencer, 1_001, &[entry]);
        assert!(matches!(answers[..], [Answer::Promised { repeated: true, .. }]), "{answers:?}");
    }
}

#[test]
fn accepts_the_same_ballot_twice_at_once() {
    for sample in [&MANUAL, &PATIENT] {
        let mut sequencer = sample.voting(MemoryStore::default());
        let voter = &sample.voters[0];
        let answers = send(&mut sequencer, 1_000, &[&voter.ballots[0], &voter.again]);
        match &answers[..] {
            [
                Answer::Logged { receipt: a, repeated: false },
                Answer::Logged { receipt: b, repeated: true },
            ] => {
                assert_eq!(a.index(), b.index());
            }
            [
                Answer::Promised { promise: a, repeated: false },
                Answer::Promised { promise: b, repeated: true },
            ] => {
                assert_eq!(a.unverified(), b.unverified());
                assert!(a.unverified().is_for(&voter.ballots[0]));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn accepts_everything_held_back_before_the_end_of_voting() {
    for end in [&PATIENT.closed, &PATIENT.cancelled] {
        let store = MemoryStore::default();
        let mut sequencer = PATIENT.voting(store.clone());
        let ballots: Vec<_> = PATIENT.voters.iter().map(|voter| &voter.ballots[0]).collect();
        let mut together = vec![end];
        together.extend(ballots);
        let mut observer = Observer::default();
        let submissions: Vec<_> = together.iter().map(|entry| submission(entry, 1_000)).collect();
        let answers = sequencer.admit(submissions.clone(), 1_000, &mut rng()).unwrap();
        observer.hear(&submissions, &answers).unwrap();
        assert_eq!(index(&answers[0]), Some((5 + 8, false)));
        let log = observer.check(&store).unwrap();
        assert_eq!(log.last(), Some(end));
        let refused = send(&mut sequencer, 1_001, &[&PATIENT.voters[0].ballots[1]]);
        assert!(matches!(refused[..], [Answer::Refused(Refusal::Rejected(Rejected::Phase { .. }))]));
        // The same signed entry has the same index.
        assert_eq!(index(&send(&mut sequencer, 1_001, &[end])[0]), Some((13, true)));
    }
}

#[test]
fn rejects_what_breaks_a_rule_and_writes_nothing() {
    let store = MemoryStore::default();
    let mut sequencer = MANUAL.voting(store.clone());
    send(&mut sequencer, 1_000, &[&MANUAL.voters[1].ballots[0]]);
    let writes = || {
        let calls = store.calls();
        ["stage", "swap_checkpoint", "put_tiles", "publish", "put_blob"].map(|step| calls[step])
    };
    let before = writes();
    let voter = &MANUAL.voters[0];
    let long = Submission::parse(vec![b' '; 65_536], 1_000);
    assert!(matches!(long, Err(Refusal::TooLong { length: 65_536 })), "{long:?}");
    let empty = Submission::parse(b"{}".to_vec(), 1_000);
    assert!(matches!(empty, Err(Refusal::Json(_))), "{empty:?}");
    let answers = send(
        &mut sequencer,
        1_000,
        &[
            &voter.false_proof,
            &voter.ballots[1],
            &voter.withdrawals[0],
            &voter.returned,
            &MANUAL.opening[0].clone(),
            &MANUAL.closed,
        ],
    );
    // `voting_closed` names a blob that is stored, and the manifest is there: those two are not refused.
    let refusals: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Answer::Refused(Refusal::Rejected(Rejected::Proof)) => "proof",
            Answer::Refused(Refusal::Rejected(Rejected::Sequence { .. })) => "sequence",
            Answer::Refused(Refusal::Rejected(Rejected::NothingToWithdraw)) => "nothing",
            Answer::Refused(Refusal::Rejected(Rejected::Phase { .. })) => "phase",
            Answer::Logged { repeated: true, .. } => "there",
            Answer::Logged { .. } => "logged",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(refusals, ["proof", "sequence", "nothing", "phase", "there", "logged"]);
    let [stage, swap, tiles, publish, blobs] = before;
    assert_eq!(
        writes(),
        [stage + 1, swap + 1, tiles + 1, publish + 1, blobs],
        "only voting_closed was written"
    );
    assert!(!store.calls().contains_key("promise"));
}

#[test]
fn rejects_blobs_that_are_missing_or_too_long() {
    let store = MemoryStore::default();
    let mut sequencer = Sequencer::open(store.clone(), MANUAL.settings(), None, &mut rng()).unwrap();
    let manifest = &MANUAL.opening[0];
    let refused = send(&mut sequencer, 1, &[manifest]);
    assert!(
        matches!(refused[..], [Answer::Refused(Refusal::BlobMissing { kind: BlobKind::Manifest, .. })]),
        "{refused:?}"
    );
    let refused = send(&mut sequencer, 1, &[&MANUAL.opening[1]]);
    assert!(matches!(refused[..], [Answer::Refused(Refusal::NoManifest)]), "{refused:?}");
    let long = vec![0; BlobKind::Details.limit() + 1];
    let refused = sequencer.put_blob(BlobKind::Details, &long).unwrap();
    assert!(matches!(refused, Err(Refusal::BlobTooLong { kind: BlobKind::Details, .. })), "{refused:?}");
    assert!(!store.calls().contains_key("put_blob"));
    assert_eq!(store.calls().get("stage"), None);
    // Once the blob is there, the same entry is taken.
    MANUAL.open_voting(&mut sequencer);
}

#[test]
fn rejects_a_manifest_of_another_log() {
    type Change = fn(&mut urna_board::Settings);
    let cases: [(&str, Change); 4] = [
        ("plan", |settings| settings.plan = urna_crypto::PlanId::from_bytes([7; 32])),
        ("board.origin", |settings| {
            settings.origin = "board.example/other".parse().unwrap();
        }),
        ("board.log_key", |settings| {
            settings.log_key = urna_log::SigningKey::from_seed(settings.origin.key_name().clone(), &[9; 32]);
        }),
        ("board.promise_key", |settings| {
            settings.promise_key =
                urna_log::SigningKey::from_seed(settings.origin.promise_key_name(), &[9; 32]);
        }),
    ];
    for (expected, change) in cases {
        let mut settings = MANUAL.settings();
        change(&mut settings);
        let mut sequencer = Sequencer::open(MemoryStore::default(), settings, None, &mut rng()).unwrap();
        for (kind, bytes) in &MANUAL.blobs {
            sequencer.put_blob(*kind, bytes).unwrap().unwrap();
        }
        let answers = send(&mut sequencer, 1, &[&MANUAL.opening[0]]);
        assert!(
            matches!(answers[..], [Answer::Refused(Refusal::OtherLog { field })] if field == expected),
            "{answers:?}"
        );
    }
}

#[test]
fn rejects_ballots_outside_the_hours_by_the_second_in_which_they_were_in() {
    let mut sequencer = TIMED.voting(MemoryStore::default());
    let ballot = |voter: usize| {
        submission(&TIMED.voters[voter].ballots[0], [OPENS - 1, OPENS, CLOSES - 1, CLOSES][voter])
    };
    // All are looked at after the close.
    let answers = sequencer.admit((0..4).map(ballot).collect(), CLOSES + 5, &mut rng()).unwrap();
    assert!(matches!(answers[0], Answer::Refused(Refusal::TooEarly { opens: OPENS })), "{answers:?}");
    assert!(matches!(answers[3], Answer::Refused(Refusal::TooLate { closes: CLOSES })), "{answers:?}");
    assert!(answers[1..3].iter().all(|answer| index(answer).is_some()), "{answers:?}");
    // What was admitted is told its index even then.
    let again = send(&mut sequencer, CLOSES + 5, &[&TIMED.voters[1].ballots[0]]);
    assert!(matches!(index(&again[0]), Some((_, true))));
}

#[test]
fn rejects_everything_once_it_has_stopped() {
    let fault = Fault { step: "stage", call: 5, failure: Failure::Failed };
    let store = MemoryStore::with_fault(Some(fault));
    let mut sequencer = MANUAL.voting(store.clone());
    let ballot = vec![submission(&MANUAL.voters[0].ballots[0], 5)];
    assert!(matches!(sequencer.admit(ballot.clone(), 5, &mut rng()), Err(BoardError::Store(_))));
    assert!(matches!(sequencer.admit(ballot.clone(), 5, &mut rng()), Err(BoardError::Stopped)));
    assert!(matches!(sequencer.advance(6), Err(BoardError::Stopped)));
    let store = sequencer.into_store();
    let mut sequencer = Sequencer::open(store, MANUAL.settings(), None, &mut rng()).unwrap();
    assert_eq!(index(&sequencer.admit(ballot, 5, &mut rng()).unwrap()[0]), Some((5, false)));
}

#[test]
fn accepts_ballots_into_the_state_at_their_index_in_the_log() {
    let store = MemoryStore::default();
    let mut sequencer = MANUAL.voting(store.clone());
    let ballots: Vec<_> = MANUAL.voters.iter().rev().map(|voter| &voter.ballots[0]).collect();
    send(&mut sequencer, 9, &ballots);
    let log = read_log(&store).unwrap();
    for counted in sequencer.state().unwrap().counted() {
        let Entry::Ballot(ballot) = Entry::parse(&log[usize::try_from(counted.index).unwrap()]).unwrap()
        else {
            panic!("a counted entry is no ballot")
        };
        assert_eq!(ballot.ephemeral().as_bytes(), &counted.ephemeral);
    }
    assert_eq!(sequencer.state().unwrap().counted().len(), 8);
}

/// Two batches of what came in together; the second one fails, and everybody asks again.
#[test]
fn accepts_more_than_a_batch_at_once_and_the_rest_after_a_failure() {
    let opening = LARGE.opening.len();
    for fails in [false, true] {
        let fault = Fault { step: "stage", call: opening + 1, failure: Failure::Written };
        let store = MemoryStore::with_fault(fails.then_some(fault));
        let mut sequencer = LARGE.voting(store.clone());
        let mut observer = Observer::default();
        let together: Vec<_> = LARGE.voters.iter().map(|voter| submission(&voter.ballots[0], 9)).collect();
        let mut outcome = sequencer.admit(together.clone(), 9, &mut rng());
        if fails {
            assert!(matches!(outcome, Err(BoardError::Store(_))), "{outcome:?}");
            assert_eq!(read_log(&store).unwrap().len(), opening + BATCH);
            store.lose_power();
            sequencer = Sequencer::open(store.clone(), LARGE.settings(), None, &mut rng()).unwrap();
            outcome = sequencer.admit(together.clone(), 9, &mut rng());
        }
        let answers = outcome.unwrap();
        observer.hear(&together, &answers).unwrap();
        let repeated = answers.iter().filter(|answer| matches!(index(answer), Some((_, true)))).count();
        assert_eq!(repeated, if fails { BATCH } else { 0 });
        let log = observer.check(&store).unwrap();
        assert_eq!(log.len(), opening + LARGE.voters.len());
        // Bundles and tiles are full by now; a start finds them all.
        let sequencer = Sequencer::open(store.clone(), LARGE.settings(), None, &mut rng()).unwrap();
        let checkpoint = sequencer.checkpoint().unwrap();
        let reader = LogReader::new(store.clone());
        // The last one is not in the log.
        let entries = reader.entries(checkpoint, &[0, 255, 256, 1_100, u64::MAX]).unwrap();
        assert_eq!(entries.len(), 4);
        for (entry, receipt) in entries {
            assert_eq!(entry, log[usize::try_from(receipt.index()).unwrap()]);
            receipt.verify(&entry, &log_key().verifier()).unwrap();
        }
    }
}
