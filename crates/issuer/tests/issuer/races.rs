//! Threads that race for one session, one handle, and the close.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_crypto::Seed;
use urna_issuer::{AnswerRequest, Issuer, IssuerError, Refusal};

use crate::memory::MemoryStore;
use crate::sample::{Hours, NOW, Sample, Saved, open_session, rng, send};

const THREADS: usize = 8;

/// Eight devices with eight seeds and one credential, so eight challenges for one (A, B): one of them is answered, and
/// everybody who asks with that challenge gets that answer.
#[test]
fn rejects_all_but_one_challenge_for_a_session_tok_5() {
    let sample = Sample::new(Hours::Manual);
    for round in 0..40_u8 {
        let device = sample.device(0, 0);
        let issuer = Arc::new(sample.issuing(MemoryStore::default(), &[&device]));
        let writer = issuer.start_writer().unwrap();
        let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
        let requests: Vec<_> = (0..THREADS)
            .map(|thread| {
                let mut device = sample.device(0, 0);
                // Two of each challenge.
                device.seed =
                    Seed::from_bytes([round.wrapping_mul(8) + u8::try_from(thread / 2).unwrap(); 32]);
                device.challenge(&saved)
            })
            .collect();
        let barrier = Barrier::new(THREADS);
        let race = |request: &AnswerRequest| {
            barrier.wait();
            (request.challenge.to_bytes(), send(&issuer, request.clone(), NOW).recv().unwrap())
        };
        let race = &race;
        let outcomes: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = requests.iter().map(|request| scope.spawn(move || race(request))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let answered: HashSet<_> = outcomes
            .iter()
            .filter_map(|(challenge, answer)| Some((*challenge, answer.clone().ok()?.to_bytes())))
            .collect();
        assert_eq!(answered.len(), 1, "{outcomes:?}");
        let (challenge, _) = answered.into_iter().next().unwrap();
        for (other, outcome) in &outcomes {
            assert_eq!(outcome.is_ok(), *other == challenge, "{outcomes:?}");
            assert!(matches!(outcome, Ok(_) | Err(Refusal::AlreadyIssued)), "{outcomes:?}");
        }
        issuer.end();
        writer.join().unwrap();
    }
}

/// Three sessions of one handle are answered at once: one gets the token.
#[test]
fn rejects_all_but_one_session_of_a_handle_tok_5() {
    let sample = Sample::new(Hours::Manual);
    for round in 0..40 {
        let device = sample.device(0, 0);
        let store = MemoryStore::default();
        let issuer = Arc::new(sample.issuing(store.clone(), &[&device]));
        let writer = issuer.start_writer().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(round);
        let saved: Vec<Saved> =
            (0..3).map(|_| open_session(&issuer, &device, NOW, &mut rng).unwrap()).collect();
        let requests: Vec<_> = saved.iter().map(|saved| device.challenge(saved)).collect();
        let barrier = Barrier::new(3);
        let answered = AtomicUsize::new(0);
        thread::scope(|scope| {
            for (saved, request) in saved.iter().zip(requests) {
                scope.spawn(|| {
                    let request = request;
                    barrier.wait();
                    match send(&issuer, request, NOW).recv().unwrap() {
                        Ok(answer) => {
                            device.finish(saved, &answer);
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(refusal) => assert_eq!(refusal, Refusal::AlreadyIssued),
                    }
                });
            }
        });
        assert_eq!(answered.into_inner(), 1);
        assert_eq!((store.durable().rows.len(), store.doubled()), (1, 0));
        issuer.end();
        writer.join().unwrap();
    }
}

/// A second move at the close is in the list, with its answer, or it is refused: never half.
#[test]
fn accepts_or_rejects_whole_answers_at_the_close() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(24);
    let all: Vec<_> = devices.iter().collect();
    for round in 0..8 {
        let store = MemoryStore::default();
        let issuer: Arc<Issuer<_>> = Arc::new(sample.issuing(store.clone(), &all));
        let writer = issuer.start_writer().unwrap();
        let (entry, blobs) = sample.opened(2);
        issuer.follow(&entry, &blobs, &mut rng()).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(round);
        let saved: Vec<_> =
            devices.iter().map(|device| open_session(&issuer, device, NOW, &mut rng).unwrap()).collect();
        let requests: Vec<_> =
            devices.iter().zip(&saved).map(|(device, saved)| device.challenge(saved)).collect();
        let answered = AtomicUsize::new(0);
        let listed = thread::scope(|scope| {
            for requests in requests.chunks(6) {
                let (issuer, answered) = (&issuer, &answered);
                scope.spawn(move || {
                    for request in requests {
                        match send(issuer, request.clone(), NOW).recv().unwrap() {
                            Ok(_) => drop(answered.fetch_add(1, Ordering::SeqCst)),
                            Err(refusal) => assert_eq!(refusal, Refusal::IssuanceClosed),
                        }
                    }
                });
            }
            let closing = scope.spawn(|| {
                let (entry, blobs) = sample.closed(3);
                issuer.follow(&entry, &blobs, &mut crate::sample::rng()).unwrap();
                loop {
                    match issuer.issuance_list() {
                        Ok(list) => return list.body.issued.values().map(|count| count.value()).sum::<u64>(),
                        Err(IssuerError::StillAnswering) => thread::yield_now(),
                        Err(error) => panic!("{error}"),
                    }
                }
            });
            closing.join().unwrap()
        });
        let answered = u64::try_from(answered.into_inner()).unwrap();
        assert_eq!((listed, u64::try_from(store.durable().rows.len()).unwrap()), (answered, answered));
        issuer.end();
        writer.join().unwrap();
    }
}

/// Whoever waits when the issuer ends is told so, and nobody waits for ever.
#[test]
fn finishes_what_waits_when_it_ends() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(20);
    let issuer = Arc::new(sample.issuing(MemoryStore::default(), &devices.iter().collect::<Vec<_>>()));
    let mut rng = rng();
    let waiting: Vec<_> = devices
        .iter()
        .map(|device| {
            let saved = open_session(&issuer, device, NOW, &mut rng).unwrap();
            send(&issuer, device.challenge(&saved), NOW)
        })
        .collect();
    issuer.end();
    let writer = issuer.start_writer().unwrap();
    for receiver in waiting {
        receiver.recv().unwrap().unwrap();
    }
    writer.join().unwrap();
    assert!(issuer.is_stopped());
    let device = sample.device(0, 0);
    assert_eq!(open_session(&issuer, &device, NOW, &mut rng), Err(Refusal::Stopped));
}

/// A request with a wrong signature has its handle in hand for a moment; who comes in that moment is answered all the same.
#[test]
fn answers_who_waited_for_a_request_that_was_refused() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    for round in 0..200 {
        let issuer = Arc::new(sample.issuing(MemoryStore::default(), &[&device]));
        let writer = issuer.start_writer().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(round);
        let wrong = open_session(&issuer, &device, NOW, &mut rng).unwrap();
        let right = open_session(&issuer, &device, NOW, &mut rng).unwrap();
        let mut false_request = device.challenge(&wrong);
        false_request.signature = device.request(NOW).signature;
        let request = device.challenge(&right);
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                let refused = send(&issuer, false_request.clone(), NOW).recv().unwrap();
                assert!(matches!(refused, Err(Refusal::InvalidSignature | Refusal::AlreadyIssued)));
            });
            scope.spawn(|| {
                barrier.wait();
                device.finish(&right, &send(&issuer, request.clone(), NOW).recv().unwrap().unwrap());
            });
        });
        issuer.end();
        writer.join().unwrap();
    }
}
