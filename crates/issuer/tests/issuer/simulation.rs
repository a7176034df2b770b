//! Seeded lists of operations against an issuer that is killed, loses power and has a failing store: no two answers for a
//! session and no two tokens for a handle ever leave, and who keeps the saved form ends with a valid token.

use std::sync::mpsc::Receiver;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_crypto::Seed;
use urna_issuer::{AnswerRequest, Answered, Issuer, Refusal};

use crate::memory::{Failure, Fault, MemoryStore};
use crate::observer::Observer;
use crate::sample::{Device, Hours, NOW, Posted, Sample, Saved, open_session, send};

const PEOPLE: usize = 3;

#[derive(Clone, Debug)]
enum Operation {
    /// A person opens a session.
    Open(usize),
    /// A person sends the challenge of one of their sessions, from the device or, with the same credential, another one.
    Ask { person: usize, session: usize, other_device: bool },
    /// A person sends the challenge of somebody else's session.
    Steal(usize),
    /// The writer makes durable what waits.
    Commit,
    /// Seconds pass.
    Wait(u64),
    /// The next call of this step of the store fails.
    Fail(&'static str, Failure),
    /// The process is killed and started again.
    Kill,
    /// The power fails.
    LosePower,
}

fn operation() -> impl Strategy<Value = Operation> {
    let failure = prop_oneof![Just(Failure::Failed), Just(Failure::Written), Just(Failure::Torn)];
    let step = prop_oneof![Just("put_answered"), Just("answered"), Just("sync"), Just("set_start")];
    prop_oneof![
        4 => (0..PEOPLE).prop_map(Operation::Open),
        8 => (0..PEOPLE, 0..4_usize, prop::bool::weighted(0.3))
            .prop_map(|(person, session, other_device)| Operation::Ask { person, session, other_device }),
        1 => (0..PEOPLE).prop_map(Operation::Steal),
        4 => Just(Operation::Commit),
        1 => prop_oneof![Just(1_u64), Just(299), Just(301)].prop_map(Operation::Wait),
        2 => (step, failure).prop_map(|(step, failure)| Operation::Fail(step, failure)),
        1 => Just(Operation::Kill),
        1 => Just(Operation::LosePower),
    ]
}

struct World<'a> {
    sample: &'a Sample,
    posted: Vec<Posted>,
    devices: Vec<Device>,
    store: MemoryStore,
    issuer: Issuer<MemoryStore>,
    /// Of each person, all sessions ever opened.
    saved: Vec<Vec<Saved>>,
    asked: Vec<(AnswerRequest, Receiver<Answered>)>,
    observer: Observer,
    now: u64,
    rng: ChaCha20Rng,
}

impl<'a> World<'a> {
    fn new(sample: &'a Sample) -> Self {
        let devices = sample.devices(PEOPLE);
        let posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
        let store = MemoryStore::default();
        let issuer = sample.open(store.clone(), &posted).unwrap();
        let saved = vec![Vec::new(); PEOPLE];
        let (asked, observer) = (Vec::new(), Observer::default());
        let rng = ChaCha20Rng::seed_from_u64(1);
        Self { sample, posted, devices, store, issuer, saved, asked, observer, now: NOW, rng }
    }

    fn run(&mut self, operation: &Operation) -> Result<(), String> {
        match operation {
            Operation::Open(person) => {
                let opened = open_session(&self.issuer, &self.devices[*person], self.now, &mut self.rng);
                match opened {
                    Ok(saved) => self.saved[*person].push(saved),
                    Err(Refusal::AlreadyIssued | Refusal::TooManySessions { .. } | Refusal::Stopped) => {}
                    Err(refusal) => return Err(format!("a session is refused: {refusal}")),
                }
            }
            Operation::Ask { person, session, other_device } => {
                let Some(saved) = self.saved[*person].iter().rev().nth(*session).copied() else {
                    return Ok(());
                };
                let request = if *other_device {
                    let mut other = self.sample.device(*person, person % 2);
                    other.seed = Seed::from_bytes([0xee; 32]);
                    other.challenge(&saved)
                } else {
                    self.devices[*person].challenge(&saved)
                };
                self.asked.push((request.clone(), send(&self.issuer, request, self.now)));
            }
            Operation::Steal(person) => {
                let Some(saved) = self.saved[(person + 1) % PEOPLE].last().copied() else { return Ok(()) };
                let request = self.devices[*person].challenge(&saved);
                let answered = send(&self.issuer, request, self.now);
                let _ = self.issuer.commit();
                if matches!(answered.try_recv(), Ok(Ok(_))) {
                    return Err("another handle's session was answered".into());
                }
            }
            Operation::Commit => drop(self.issuer.commit()),
            Operation::Wait(seconds) => self.now += seconds,
            Operation::Fail(step, failure) => {
                self.store.fail_next(Some(Fault { step, call: 0, failure: *failure }));
            }
            Operation::Kill => self.restart(false)?,
            Operation::LosePower => self.restart(true)?,
        }
        self.look()?;
        if self.issuer.is_stopped() {
            self.restart(false)?;
        }
        Ok(())
    }

    fn restart(&mut self, power: bool) -> Result<(), String> {
        self.store = if power { self.store.without_power() } else { self.store.killed() };
        let open = || self.sample.open(self.store.clone(), &self.posted);
        // The fault may hit the start, once.
        self.issuer = open().or_else(|_| open()).map_err(|error| format!("does not start: {error}"))?;
        Ok(())
    }

    /// Sees what has left.
    fn look(&mut self) -> Result<(), String> {
        for (request, receiver) in &self.asked {
            if let Ok(Ok(answer)) = receiver.try_recv() {
                self.observer.see(request, &answer)?;
                // It has left, so the power may fail at once.
                self.observer.check(&self.store.durable())?;
            }
        }
        Ok(())
    }

    /// Everybody who has no token yet gets one, from a saved session or a new one.
    fn finish(&mut self) -> Result<(), String> {
        self.store.fail_next(None);
        self.restart(true)?;
        self.now += 1_000;
        for person in 0..PEOPLE {
            let mut outcome = None;
            for saved in self.saved[person].clone() {
                let mut other = self.sample.device(person, person % 2);
                other.seed = Seed::from_bytes([0xee; 32]);
                // The person has two devices; the answer is for one of them.
                for device in [&self.devices[person], &other] {
                    let request = device.challenge(&saved);
                    let receiver = send(&self.issuer, request.clone(), self.now);
                    match receiver.try_recv() {
                        Ok(Ok(answer)) => {
                            device.finish(&saved, &answer);
                            self.observer.see(&request, &answer)?;
                            outcome = Some(());
                        }
                        Ok(Err(Refusal::SessionExpired | Refusal::AlreadyIssued)) => {}
                        other => return Err(format!("{other:?}")),
                    }
                }
            }
            let opened = open_session(&self.issuer, &self.devices[person], self.now, &mut self.rng);
            match (outcome, opened) {
                (Some(()), Err(Refusal::AlreadyIssued)) => {}
                (None, Ok(saved)) => {
                    let request = self.devices[person].challenge(&saved);
                    let receiver = send(&self.issuer, request.clone(), self.now);
                    self.issuer.commit().map_err(|error| error.to_string())?;
                    let answer = receiver.try_recv().map_err(|error| error.to_string())?;
                    let answer = answer.map_err(|refusal| refusal.to_string())?;
                    self.devices[person].finish(&saved, &answer);
                    self.observer.see(&request, &answer)?;
                }
                (outcome, opened) => return Err(format!("{outcome:?} and then {opened:?}")),
            }
        }
        self.observer.check(&self.store.durable())?;
        let rows = self.store.durable().rows.len();
        if (rows, self.store.doubled()) == (PEOPLE, 0) { Ok(()) } else { Err(format!("{rows} rows")) }
    }
}

fn run(operations: &[Operation]) -> Result<(), String> {
    let sample = Sample::new(Hours::Manual);
    let mut world = World::new(&sample);
    for operation in operations {
        world.run(operation)?;
    }
    world.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gives_one_token_to_each_whatever_happens(operations in prop::collection::vec(operation(), 0..40)) {
        prop_assert_eq!(run(&operations), Ok(()));
    }
}

/// The simulation can fail: a store that forgets to make rows durable is found out.
#[test]
fn finds_answers_that_left_before_their_rows_were_durable() {
    let sample = Sample::new(Hours::Manual);
    let mut world = World::new(&sample);
    world.store.break_sync(&["put_answered"]);
    world.run(&Operation::Open(0)).unwrap();
    let ask = Operation::Ask { person: 0, session: 0, other_device: false };
    world.run(&ask).unwrap();
    let found = world.run(&Operation::Commit);
    assert!(found.unwrap_err().contains("is lost"));
}

/// A row that is written and not durable yet is not shown to who repeats the second move.
#[test]
fn shows_nobody_a_row_that_is_not_durable() {
    let ask = Operation::Ask { person: 0, session: 0, other_device: false };
    let operations = [
        Operation::Open(0),
        ask.clone(),
        Operation::Fail("put_answered", Failure::Written),
        Operation::Commit,
        ask.clone(),
        Operation::LosePower,
        ask,
        Operation::Commit,
    ];
    run(&operations).unwrap();
}
