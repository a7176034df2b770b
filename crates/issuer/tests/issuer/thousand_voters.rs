//! A thousand voters in parallel, over a network that loses and repeats, at an issuer that is killed and loses power.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use urna_crypto::{Answer, Token};
use urna_election::issuance::Row;
use urna_election::json;
use urna_issuer::{AnswerRequest, Issuer, MAX_VALUE, Refusal};

use crate::memory::MemoryStore;
use crate::observer::Observer;
use crate::sample::{Device, Hours, NOW, Sample, Saved, open_session, send};

const VOTERS: usize = 1_000;
const THREADS: usize = 8;

/// The process that runs just now.
type Running = RwLock<Arc<Issuer<MemoryStore>>>;

/// What a voter's device has over all crashes of everything else.
struct Voter<'a> {
    device: &'a Device,
    /// Stored before the challenge is sent: the last session, and the ones before it.
    saved: Vec<Saved>,
    rng: ChaCha20Rng,
}

impl Voter<'_> {
    /// Whether this, in so many cases of a hundred, happens now.
    fn happens(&mut self, cases: u32) -> bool {
        self.rng.next_u32() % 100 < cases
    }

    /// Sends a second move, once or twice; the answers may be lost on the way.
    fn ask(
        &mut self,
        running: &Running,
        observer: &Mutex<Observer>,
        request: &AnswerRequest,
    ) -> Option<Result<Answer, Refusal>> {
        if self.happens(10) {
            return None;
        }
        let issuer = Arc::clone(&running.read().unwrap());
        let mut answers = vec![send(&issuer, request.clone(), NOW)];
        if self.happens(20) {
            answers.push(send(&issuer, request.clone(), NOW));
        }
        drop(issuer);
        let mut last = None;
        for answer in answers {
            // A process that was killed never answers.
            let Ok(answered) = answer.recv_timeout(Duration::from_secs(60)) else { continue };
            if let Ok(answer) = &answered {
                observer.lock().unwrap().see(request, answer).unwrap();
            }
            last = (!self.happens(15)).then_some(answered);
        }
        last
    }

    /// Goes on until there is a token.
    fn vote(&mut self, running: &Running, observer: &Mutex<Observer>) -> Token {
        loop {
            // What is saved comes first: only its answer can be the one that was given.
            for saved in self.saved.clone().into_iter().rev() {
                let request = self.device.challenge(&saved);
                loop {
                    match self.ask(running, observer, &request) {
                        Some(Ok(answer)) => return self.device.finish(&saved, &answer),
                        // Lost, or the issuer is just starting.
                        None | Some(Err(Refusal::Stopped | Refusal::UnknownOutcome | Refusal::Busy)) => {
                            thread::yield_now()
                        }
                        Some(Err(Refusal::SessionExpired | Refusal::AlreadyIssued)) => break,
                        Some(Err(refusal)) => panic!("{refusal}"),
                    }
                }
            }
            let issuer = Arc::clone(&running.read().unwrap());
            let opened = open_session(&issuer, self.device, NOW, &mut self.rng);
            drop(issuer);
            match opened {
                // The first move's answer may be lost as well.
                Ok(saved) if !self.happens(10) => self.saved.push(saved),
                Ok(_) | Err(Refusal::Stopped | Refusal::Busy | Refusal::AlreadyIssued) => thread::yield_now(),
                // Those that were lost stay open until the issuer stops; here time stands still.
                Err(Refusal::TooManySessions { .. }) => thread::sleep(Duration::from_millis(5)),
                Err(refusal) => panic!("{refusal}"),
            }
        }
    }
}

#[test]
fn accepts_one_token_each_of_a_thousand_voters() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(VOTERS);
    let posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
    let store = MemoryStore::default();
    let start = |store: MemoryStore| {
        let issuer = Arc::new(sample.open(store, &posted).unwrap());
        let writer = issuer.start_writer().unwrap();
        (issuer, writer)
    };
    let (issuer, writer) = start(store.clone());
    let running: Running = RwLock::new(issuer);
    let observer = Mutex::new(Observer::default());
    let done = AtomicBool::new(false);
    let crashes = AtomicUsize::new(0);
    let mut tokens = HashMap::new();

    thread::scope(|scope| {
        let (running, observer, done, crashes, start) = (&running, &observer, &done, &crashes, &start);
        let killer = scope.spawn(move || {
            let mut rng = ChaCha20Rng::seed_from_u64(99);
            let (mut store, mut writer) = (store, writer);
            while !done.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(u64::from(rng.next_u32() % 40)));
                // Killed first, so that what it still does has no effect; the next process has the store.
                store = if rng.next_u32().is_multiple_of(2) { store.killed() } else { store.without_power() };
                let (next, next_writer) = start(store.clone());
                let old = std::mem::replace(&mut *running.write().unwrap(), next);
                old.end();
                drop(old);
                writer.join().unwrap();
                writer = next_writer;
                crashes.fetch_add(1, Ordering::SeqCst);
            }
            running.read().unwrap().end();
            writer.join().unwrap();
            store
        });
        let threads: Vec<_> = devices
            .chunks(VOTERS / THREADS)
            .enumerate()
            .map(|(thread, devices)| {
                scope.spawn(move || {
                    let tokens = devices.iter().enumerate().map(|(number, device)| {
                        let seed = u64::try_from(thread * VOTERS + number).unwrap();
                        let rng = ChaCha20Rng::seed_from_u64(seed);
                        let token = Voter { device, saved: Vec::new(), rng }.vote(running, observer);
                        (device.handle, token)
                    });
                    tokens.collect::<Vec<_>>()
                })
            })
            .collect();
        for thread in threads {
            tokens.extend(thread.join().unwrap());
        }
        done.store(true, Ordering::SeqCst);
        let store = killer.join().unwrap();

        // Each has one token, and one row for it, which is the one that was answered.
        let disk = store.durable();
        observer.lock().unwrap().check(&disk).unwrap();
        assert_eq!(
            (tokens.len(), disk.rows.len(), observer.lock().unwrap().handles(), store.doubled()),
            (VOTERS, VOTERS, VOTERS, 0)
        );
        for row in disk.rows.values() {
            let row: Row = json::parse(row, MAX_VALUE).unwrap();
            assert!(tokens.contains_key(&row.handle.0));
        }
    });
    assert!(crashes.into_inner() > 3, "the issuer was hardly killed");
}
