//! What the board's entries do: who is entitled, moved, removed, replaced.

use urna_crypto::CredentialSecretKey;
use urna_election::entry::Cause;
use urna_election::json::Base64;
use urna_issuer::{IssuerError, Refusal};

use crate::memory::{Failure, Fault, MemoryStore};
use crate::sample::{Device, Hours, NOW, Sample, answer, open_session, rng};

/// A person's device with another credential.
fn replaced(sample: &Sample, person: usize, class: usize) -> Device {
    let mut device = sample.device(person, class);
    device.credential = CredentialSecretKey::from_invitation(&[0x77; 32], sample.manifest.id());
    device.replaced = 1;
    device
}

#[test]
fn rejects_who_was_removed_and_keeps_their_row() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(3);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &devices.iter().collect::<Vec<_>>());
    let mut rng = rng();
    let saved = open_session(&issuer, &devices[0], NOW, &mut rng).unwrap();
    let request = devices[0].challenge(&saved);
    let first = answer(&issuer, request.clone(), NOW).unwrap();
    let open = open_session(&issuer, &devices[1], NOW, &mut rng).unwrap();
    let (entry, blobs) = sample.register(2, Cause::Manual, &[devices[2].row()]);
    issuer.follow(&entry, &blobs, &mut rng).unwrap();
    // Who has the token keeps it; who had only a session is not answered.
    assert_eq!(answer(&issuer, request, NOW), Ok(first));
    assert_eq!(answer(&issuer, devices[1].challenge(&open), NOW), Err(Refusal::InvalidSignature));
    assert_eq!(open_session(&issuer, &devices[1], NOW, &mut rng), Err(Refusal::InvalidSignature));
    open_session(&issuer, &devices[2], NOW, &mut rng).unwrap();
    // Entitled again: the row is there, whatever the register said meanwhile.
    let rows: Vec<_> = devices.iter().map(Device::row).collect();
    let (entry, blobs) = sample.register(3, Cause::Manual, &rows);
    issuer.follow(&entry, &blobs, &mut rng).unwrap();
    assert_eq!(open_session(&issuer, &devices[0], NOW, &mut rng), Err(Refusal::AlreadyIssued));
    assert_eq!(store.durable().rows.len(), 1);
}

#[test]
fn rejects_a_second_token_in_another_class_or_with_another_key() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let mut rng = rng();
    let saved = open_session(&issuer, &device, NOW, &mut rng).unwrap();
    answer(&issuer, device.challenge(&saved), NOW).unwrap();
    let moved = replaced(&sample, 0, 1);
    let (entry, blobs) = sample.register(2, Cause::Manual, &[moved.row()]);
    issuer.follow(&entry, &blobs, &mut rng).unwrap();
    assert_eq!(open_session(&issuer, &moved, NOW, &mut rng), Err(Refusal::AlreadyIssued));
}

#[test]
fn accepts_the_session_of_who_was_moved_under_the_class_of_the_first_move() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
    let mut moved = sample.device(0, 1);
    let (entry, blobs) = sample.register(2, Cause::Manual, &[moved.row()]);
    issuer.follow(&entry, &blobs, &mut rng()).unwrap();
    moved.class = 0;
    device.finish(&saved, &answer(&issuer, moved.challenge(&saved), NOW).unwrap());
}

#[test]
fn accepts_the_credential_in_force_at_the_second_move() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    for old_credential in [true, false] {
        let issuer = sample.issuing(MemoryStore::default(), &[&device]);
        let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
        let new = replaced(&sample, 0, 0);
        let (entry, blobs) = sample.register(2, Cause::Manual, &[new.row()]);
        issuer.follow(&entry, &blobs, &mut rng()).unwrap();
        let request = if old_credential { device.challenge(&saved) } else { new.challenge(&saved) };
        let answered = answer(&issuer, request, NOW);
        assert_eq!(answered.is_err(), old_credential);
    }
}

/// No version of the register has the old class with the new key: V-10 would refuse such a row, and the whole list.
#[test]
fn rejects_the_session_of_who_was_moved_and_replaced_at_once() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let saved = open_session(&issuer, &device, NOW, &mut rng()).unwrap();
    let moved = replaced(&sample, 0, 1);
    let (entry, blobs) = sample.register(2, Cause::Manual, &[moved.row()]);
    issuer.follow(&entry, &blobs, &mut rng()).unwrap();
    let mut in_old_class = replaced(&sample, 0, 1);
    in_old_class.class = 0;
    assert_eq!(answer(&issuer, in_old_class.challenge(&saved), NOW), Err(Refusal::InvalidSignature));
    // A new session has both.
    let saved = open_session(&issuer, &moved, NOW, &mut rng()).unwrap();
    answer(&issuer, moved.challenge(&saved), NOW).unwrap();
}

#[test]
fn rejects_entries_that_break_a_rule_and_stays_as_it_was() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let follow = |entry: &[u8], blobs: &[Vec<u8>]| issuer.follow(entry, blobs, &mut rng());
    assert!(matches!(follow(b"{}", &[]), Err(IssuerError::Json(_))));
    // A running number that does not follow, a key replaced without a mark, a blob that is missing, a changed signature.
    let (entry, blobs) = sample.register(1, Cause::Manual, &[device.row()]);
    assert!(matches!(follow(&entry, &blobs), Err(IssuerError::Rejected(_))));
    let mut row = device.row();
    row.credential = Some(Base64([5; 32]));
    let (entry, blobs) = sample.register(2, Cause::Manual, &[row]);
    assert!(matches!(follow(&entry, &blobs), Err(IssuerError::Register(_))));
    let (entry, blobs) = sample.register(2, Cause::Manual, &[device.row()]);
    assert!(matches!(follow(&entry, &[]), Err(IssuerError::Register(_))));
    let other = Sample::titled(Hours::Manual, "Another election");
    let (foreign, _) = other.register(2, Cause::Manual, &[device.row()]);
    assert!(matches!(follow(&foreign, &blobs), Err(IssuerError::Rejected(_))));
    open_session(&issuer, &device, NOW, &mut rng()).unwrap();
    follow(&entry, &blobs).unwrap();
}

#[test]
fn rejects_an_older_and_another_register_after_a_restart() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let store = MemoryStore::default();
    let mut posted = sample.until_register(&[&devices[0], &devices[1]]);
    let issuer = sample.open(store.clone(), &posted).unwrap();
    let removed = sample.register(2, Cause::Manual, &[devices[0].row()]);
    issuer.follow(&removed.0, &removed.1, &mut rng()).unwrap();

    // The board shows only what was before: nobody is served under it.
    let store = store.killed();
    let issuer = sample.open(store.clone(), &posted).unwrap();
    assert_eq!(open_session(&issuer, &devices[1], NOW, &mut rng()), Err(Refusal::Busy));
    assert_eq!(issuer.is_open(NOW), Err(Refusal::Busy));
    let other = sample.register(2, Cause::Nightly, &[devices[0].row()]);
    let forked = issuer.follow(&other.0, &other.1, &mut rng());
    assert!(matches!(forked, Err(IssuerError::OtherRegister { number: 2 })));
    assert_eq!(open_session(&issuer, &devices[0], NOW, &mut rng()), Err(Refusal::Busy));
    posted.push(removed);
    let issuer = sample.open(store.killed(), &posted).unwrap();
    open_session(&issuer, &devices[0], NOW, &mut rng()).unwrap();
}

#[test]
fn stops_when_the_register_in_force_cannot_be_kept() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &[&device]);
    store.fail_next(Some(Fault { step: "set_register", call: 0, failure: Failure::Failed }));
    let (entry, blobs) = sample.register(2, Cause::Manual, &[device.row()]);
    assert!(matches!(issuer.follow(&entry, &blobs, &mut rng()), Err(IssuerError::Stopped)));
    assert!(issuer.is_stopped());
    assert!(matches!(issuer.follow(&entry, &blobs, &mut rng()), Err(IssuerError::Stopped)));
}

/// With a second issuer at another place, a token of each is needed; they know nothing of each other.
#[test]
fn accepts_the_same_voter_at_a_second_issuer() {
    let sample = Sample::new(Hours::Manual);
    let mut device = sample.device(0, 0);
    let posted = sample.until_register(&[&device]);
    for issuer in crate::sample::ISSUERS {
        let settings = sample.settings(issuer);
        let store = MemoryStore::default();
        let open = urna_issuer::Issuer::open(store, settings, Default::default(), &mut rng()).unwrap();
        for (entry, blobs) in &posted {
            open.follow(entry, blobs, &mut rng()).unwrap();
        }
        device.issuer = issuer;
        let saved = open_session(&open, &device, NOW, &mut rng()).unwrap();
        device.finish(&saved, &answer(&open, device.challenge(&saved), NOW).unwrap());
    }
}
