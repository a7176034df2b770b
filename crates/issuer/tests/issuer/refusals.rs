//! Every refusal of both moves, in the order of the page.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_crypto::{Challenge, CredentialSecretKey, Seed};
use urna_issuer::{Refusal, Settings};

use crate::memory::{Failure, Fault, MemoryStore};
use crate::sample::{
    CLOSES, FORM_SECONDS, Hours, ISSUANCE_OPENS, NOW, OPENS, Sample, Saved, answer, open_session, rng, send,
};

#[test]
fn accepts_both_moves_and_the_answer_again_tok_2_to_tok_7() {
    let sample = Sample::new(Hours::Timed);
    let device = sample.device(0, 0);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &[&device]);
    let opened = issuer.open_session(&device.request(NOW), NOW, &mut rng()).unwrap();
    assert_eq!((opened.expires, issuer.sessions()), (NOW + FORM_SECONDS, 1));
    let saved = Saved::from(opened);
    let request = device.challenge(&saved);
    let first = answer(&issuer, request.clone(), NOW + 1).unwrap();
    let token = device.finish(&saved, &first);
    assert_eq!(issuer.sessions(), 0);
    // Repeated: the same, also later than the session, after the close, and behind a restart.
    for time in [NOW + 2, NOW + 10_000, CLOSES] {
        assert_eq!(answer(&issuer, request.clone(), time), Ok(first));
    }
    let posted = sample.until_register(&[&device]);
    let again = sample.open(store.without_power(), &posted).unwrap();
    let repeated = answer(&again, request, NOW).unwrap();
    assert_eq!(device.finish(&saved, &repeated), token);
}

#[test]
fn rejects_an_unknown_class() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut request = device.request(NOW);
    request.class = "west".parse().unwrap();
    let refused = issuer.open_session(&request, NOW, &mut rng());
    assert_eq!(refused, Err(Refusal::UnknownClass("west".parse().unwrap())));
}

#[test]
fn rejects_sessions_outside_the_hours_half_open() {
    let sample = Sample::new(Hours::Timed);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut rng = rng();
    let early = Err(Refusal::TooEarly { opens: Some(ISSUANCE_OPENS) });
    assert_eq!(open_session(&issuer, &device, ISSUANCE_OPENS - 1, &mut rng), early);
    open_session(&issuer, &device, ISSUANCE_OPENS, &mut rng).unwrap();
    let saved = open_session(&issuer, &device, CLOSES - 1, &mut rng).unwrap();
    assert_eq!(open_session(&issuer, &device, CLOSES, &mut rng), Err(Refusal::IssuanceClosed));
    // What decides is when the request was complete.
    let request = device.challenge(&saved);
    assert_eq!(answer(&issuer, request.clone(), CLOSES), Err(Refusal::IssuanceClosed));
    answer(&issuer, request, CLOSES - 1).unwrap();
}

/// S3-17, S3-22: tokens are taken as a part of casting, and another limit of the form is obeyed.
#[test]
fn rejects_tokens_ahead_where_they_are_taken_with_the_ballot() {
    let sample = Sample::new(Hours::WithBallot);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut rng = rng();
    let early = Err(Refusal::TooEarly { opens: Some(OPENS) });
    // The time has come, but voting is not open.
    for now in [OPENS - 1, OPENS, NOW] {
        assert_eq!(open_session(&issuer, &device, now, &mut rng), early);
    }
    let (entry, blobs) = sample.opened(2);
    issuer.follow(&entry, &blobs, &mut rng).unwrap();
    assert_eq!(open_session(&issuer, &device, OPENS - 1, &mut rng), early);
    let late = open_session(&issuer, &device, OPENS, &mut rng).unwrap();
    assert_eq!(answer(&issuer, device.challenge(&late), OPENS + 61), Err(Refusal::SessionExpired));
    let saved = open_session(&issuer, &device, OPENS + 61, &mut rng).unwrap();
    answer(&issuer, device.challenge(&saved), OPENS + 121).unwrap();
}

#[test]
fn rejects_sessions_before_rehearsal_and_register() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let posted = sample.until_register(&[&device]);
    let issuer = sample.open(MemoryStore::default(), &[]).unwrap();
    for (entry, blobs) in &posted {
        let refused = open_session(&issuer, &device, NOW, &mut rng());
        assert_eq!(refused, Err(Refusal::TooEarly { opens: None }));
        assert_eq!(issuer.is_open(NOW), Err(Refusal::TooEarly { opens: None }));
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    open_session(&issuer, &device, NOW, &mut rng()).unwrap();
}

#[test]
fn rejects_both_moves_behind_the_close_and_a_cancellation() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    for cancelled in [false, true] {
        let issuer = sample.issuing(MemoryStore::default(), &[&device]);
        let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
        let ending =
            if cancelled { vec![sample.cancelled(2)] } else { vec![sample.opened(2), sample.closed(3)] };
        for (entry, blobs) in ending {
            issuer.follow(&entry, &blobs, &mut rng()).unwrap();
        }
        assert_eq!(issuer.sessions(), 0);
        assert_eq!(open_session(&issuer, &device, NOW, &mut rng()), Err(Refusal::IssuanceClosed));
        assert_eq!(answer(&issuer, device.challenge(&saved), NOW), Err(Refusal::IssuanceClosed));
    }
}

#[test]
fn rejects_a_time_more_than_120_seconds_away_tok_2() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    for time in [NOW - 121, NOW + 121] {
        let refused = issuer.open_session(&device.request(time), NOW, &mut rng());
        assert_eq!(refused, Err(Refusal::WrongTime { time, now: NOW }));
    }
    for (time, seed) in [(NOW - 120, 1), (NOW + 120, 2)] {
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        issuer.open_session(&device.request(time), NOW, &mut rng).unwrap();
    }
    // The time is signed.
    let mut request = device.request(NOW);
    request.time = NOW + 1;
    assert_eq!(issuer.open_session(&request, NOW, &mut rng()), Err(Refusal::InvalidSignature));
}

/// One answer for whatever is wrong with who asks.
#[test]
fn rejects_unknown_handle_wrong_class_no_credential_and_wrong_signature_alike_tok_2() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(4);
    let (listed, unknown, null, garbage) = (&devices[0], &devices[1], &devices[2], &devices[3]);
    let mut rows = vec![listed.row(), null.row(), garbage.row()];
    rows[1].credential = None;
    rows[2].credential = Some(urna_election::json::Base64([0xff; 32]));
    let mut posted = sample.until_rehearsal();
    posted.push(sample.register(1, urna_election::entry::Cause::Initial, &rows));
    let issuer = sample.open(MemoryStore::default(), &posted).unwrap();

    let mut moved = sample.device(0, 1);
    assert_eq!(moved.handle, listed.handle);
    let mut other_issuer = sample.device(0, 0);
    other_issuer.issuer = "senate";
    let mut other_credential = sample.device(0, 0);
    other_credential.credential = CredentialSecretKey::from_invitation(&[9; 32], sample.manifest.id());
    moved.issuer = "office";
    for device in [unknown, null, garbage, &moved, &other_issuer, &other_credential] {
        let refused = issuer.open_session(&device.request(NOW), NOW, &mut rng());
        assert_eq!(refused, Err(Refusal::InvalidSignature));
    }
    let mut other_handle = listed.request(NOW);
    other_handle.handle = null.handle;
    assert_eq!(issuer.open_session(&other_handle, NOW, &mut rng()), Err(Refusal::InvalidSignature));
    assert_eq!(issuer.sessions(), 0);
    open_session(&issuer, listed, NOW, &mut rng()).unwrap();
}

#[test]
fn rejects_a_second_token_for_a_handle_tok_5() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut rng = rng();
    let first = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    let second = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    answer(&issuer, device.challenge(&first), NOW).unwrap();
    assert_eq!(issuer.sessions(), 0, "nonces that nobody needs any more");
    // Another session that was open, another challenge for the answered one, a new session.
    assert_eq!(answer(&issuer, device.challenge(&second), NOW), Err(Refusal::AlreadyIssued));
    let mut other_seed = sample.device(0, 0);
    other_seed.seed = Seed::from_bytes([9; 32]);
    assert_eq!(answer(&issuer, other_seed.challenge(&first), NOW), Err(Refusal::AlreadyIssued));
    assert_eq!(open_session(&issuer, &device, NOW, &mut rng), Err(Refusal::AlreadyIssued));
}

#[test]
fn rejects_a_fourth_open_session_of_a_handle() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let issuer = sample.issuing(MemoryStore::default(), &[&devices[0], &devices[1]]);
    let mut rng = rng();
    for time in [NOW, NOW + 10, NOW + 20] {
        open_session(&issuer, &devices[0], time, &mut rng).unwrap();
    }
    let refused = open_session(&issuer, &devices[0], NOW + 30, &mut rng);
    assert_eq!(refused, Err(Refusal::TooManySessions { retry_after: 271 }));
    // Somebody else is not concerned.
    open_session(&issuer, &devices[1], NOW + 30, &mut rng).unwrap();
    let refused = open_session(&issuer, &devices[0], NOW + 300, &mut rng);
    assert_eq!(refused, Err(Refusal::TooManySessions { retry_after: 1 }));
    open_session(&issuer, &devices[0], NOW + 301, &mut rng).unwrap();
    assert_eq!(issuer.sessions(), 4);
    issuer.expire(NOW + 1_000);
    assert_eq!(issuer.sessions(), 0);
}

#[test]
fn rejects_sessions_beyond_the_bound_of_all() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(3);
    let all: Vec<_> = devices.iter().collect();
    let settings = Settings { most_sessions: 2, ..sample.settings("office") };
    let issuer =
        urna_issuer::Issuer::open(MemoryStore::default(), settings, Default::default(), &mut rng()).unwrap();
    for (entry, blobs) in sample.until_register(&all) {
        issuer.follow(&entry, &blobs, &mut rng()).unwrap();
    }
    let mut rng = rng();
    open_session(&issuer, &devices[0], NOW, &mut rng).unwrap();
    open_session(&issuer, &devices[1], NOW, &mut rng).unwrap();
    assert_eq!(open_session(&issuer, &devices[2], NOW, &mut rng), Err(Refusal::Busy));
    open_session(&issuer, &devices[2], NOW + 301, &mut rng).unwrap();
}

#[test]
fn rejects_at_301_seconds_what_it_answers_at_300_t_4() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut rng = rng();
    let late = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    let expired = answer(&issuer, device.challenge(&late), NOW + FORM_SECONDS + 1);
    assert_eq!(expired, Err(Refusal::SessionExpired));
    // The right to vote is not burnt: a new session may start at once, and is answered in its last second.
    let now = NOW + FORM_SECONDS + 1;
    let saved = open_session(&issuer, &device, now, &mut rng).unwrap();
    let answered = answer(&issuer, device.challenge(&saved), now + FORM_SECONDS).unwrap();
    device.finish(&saved, &answered);
}

/// Sessions of a second that is still to come neither live on nor keep their voter from new ones.
#[test]
fn rejects_sessions_from_before_the_clock_was_set_back() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut rng = rng();
    let before = NOW + 7_200;
    let old = open_session(&issuer, &device, before, &mut rng).unwrap();
    while open_session(&issuer, &device, before, &mut rng).is_ok() {}
    let full = open_session(&issuer, &device, before, &mut rng);
    assert!(matches!(full, Err(Refusal::TooManySessions { .. })), "{full:?}");
    let saved = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    assert_eq!(answer(&issuer, device.challenge(&old), NOW), Err(Refusal::SessionExpired));
    let answered = answer(&issuer, device.challenge(&saved), NOW).unwrap();
    device.finish(&saved, &answered);
}

#[test]
fn rejects_sessions_lost_in_a_restart_tok_5() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &[&device]);
    let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
    let issuer = sample.issuing(store.killed(), &[&device]);
    assert_eq!(answer(&issuer, device.challenge(&saved), NOW), Err(Refusal::SessionExpired));
}

#[test]
fn rejects_another_handles_session_and_leaves_it_open() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let issuer = sample.issuing(MemoryStore::default(), &[&devices[0], &devices[1]]);
    let saved = open_session(&issuer, &devices[0], NOW, &mut rng()).unwrap();
    let stolen = answer(&issuer, devices[1].challenge(&saved), NOW);
    assert_eq!(stolen, Err(Refusal::UnknownSession));
    answer(&issuer, devices[0].challenge(&saved), NOW).unwrap();
}

#[test]
fn rejects_a_challenge_with_a_wrong_signature_and_drops_the_session_tok_4() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &[&device]);
    let mut rng = rng();
    let saved = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    let mut request = device.challenge(&saved);
    // The challenge is signed.
    let mut one = [0; 32];
    one[0] = 1;
    request.challenge = Challenge::from_bytes(&one).unwrap();
    assert_eq!(answer(&issuer, request, NOW), Err(Refusal::InvalidSignature));
    // Gone all the same: nothing else is computed from its nonces.
    assert_eq!(answer(&issuer, device.challenge(&saved), NOW), Err(Refusal::SessionExpired));
    assert!(store.durable().rows.is_empty());
    let saved = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    answer(&issuer, device.challenge(&saved), NOW).unwrap();
}

#[test]
fn rejects_everything_once_the_store_has_failed_until_it_is_opened_again() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let posted = sample.until_register(&[&devices[0], &devices[1]]);
    for failure in [Failure::Failed, Failure::Written] {
        let store = MemoryStore::default();
        let issuer = sample.open(store.clone(), &posted).unwrap();
        let mut rng = rng();
        let saved = open_session(&issuer, &devices[0], NOW, &mut rng).unwrap();
        let other = open_session(&issuer, &devices[1], NOW, &mut rng).unwrap();
        store.fail_next(Some(Fault { step: "put_answered", call: 0, failure }));
        let (first, repeated) = (
            send(&issuer, devices[0].challenge(&saved), NOW),
            // Waits for the same row.
            send(&issuer, devices[0].challenge(&saved), NOW),
        );
        assert!(issuer.commit().is_err());
        for receiver in [first, repeated] {
            assert_eq!(receiver.try_recv().unwrap(), Err(Refusal::UnknownOutcome));
        }
        assert!(issuer.is_stopped() && issuer.sessions() == 0);
        assert!(issuer.take_failure().is_some() && issuer.take_failure().is_none());
        let stopped = Err(Refusal::Stopped);
        assert_eq!(answer(&issuer, devices[0].challenge(&saved), NOW), stopped);
        assert_eq!(answer(&issuer, devices[1].challenge(&other), NOW), stopped);
        assert_eq!(open_session(&issuer, &devices[1], NOW, &mut rng), Err(Refusal::Stopped));
        assert_eq!(issuer.is_open(NOW), Err(Refusal::Stopped));

        let issuer = sample.open(store.killed(), &posted).unwrap();
        let again = answer(&issuer, devices[0].challenge(&saved), NOW);
        match failure {
            // Nothing was written: the session is gone, another gets the token.
            Failure::Failed => assert_eq!(again, Err(Refusal::SessionExpired)),
            // It was: whoever asks gets the one answer.
            _ => drop(devices[0].finish(&saved, &again.unwrap())),
        }
    }
}

#[test]
fn rejects_when_the_store_cannot_be_read() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &[&device]);
    store.fail_next(Some(Fault { step: "answered", call: 1, failure: Failure::Failed }));
    let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
    assert_eq!(answer(&issuer, device.challenge(&saved), NOW), Err(Refusal::Stopped));
    assert!(issuer.is_stopped() && store.durable().rows.is_empty());
}

/// A device that signs again makes another signature: session and c are what counts.
#[test]
fn accepts_a_repetition_under_a_fresh_signature() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
    let request = device.challenge(&saved);
    let first = answer(&issuer, request.clone(), NOW).unwrap();
    let mut again = request.clone();
    again.signature = device.request(NOW).signature;
    assert_ne!(again.signature, request.signature);
    assert_eq!(answer(&issuer, again, NOW), Ok(first));
}
