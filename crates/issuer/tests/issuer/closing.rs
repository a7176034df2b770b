//! After the close: the list that verifiers accept, and the end of the keys.

use urna_election::blob::ROWS_PER_BLOB;
use urna_election::entry::Entry;
use urna_election::issuance::{Eligible, Row, check_list, to_blobs};
use urna_election::json;
use urna_election::register::Register;
use urna_issuer::{AnsweredRow, Issuer, IssuerError, Store};

use crate::memory::MemoryStore;
use crate::sample::{Device, Hours, NOW, Posted, Sample, Saved, answer, open_session, rng};

/// Gives every device its token.
fn issue(issuer: &Issuer<MemoryStore>, devices: &[Device]) -> Vec<Saved> {
    let mut rng = rng();
    let tokens = devices.iter().map(|device| {
        let saved = open_session(issuer, device, NOW, &mut rng).unwrap();
        answer(issuer, device.challenge(&saved), NOW).unwrap();
        saved
    });
    tokens.collect()
}

/// The entries until voting is closed.
fn closed(sample: &Sample, devices: &[Device]) -> Vec<Posted> {
    let mut posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
    posted.extend([sample.opened(2), sample.closed(3)]);
    posted
}

fn follow(issuer: &Issuer<MemoryStore>, posted: &[Posted]) {
    for (entry, blobs) in posted {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
}

#[test]
fn accepts_the_list_as_verifiers_do_iss_1_to_7() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(9);
    let store = MemoryStore::default();
    let posted = closed(&sample, &devices);
    let (before, after) = posted.split_at(posted.len() - 2);
    let issuer = sample.open(store.clone(), before).unwrap();
    // Not in the order of handles, and not all.
    let saved = issue(&issuer, &devices[..7]);
    assert!(matches!(issuer.issuance_list(), Err(IssuerError::NotClosed)));
    assert!(matches!(issuer.destroy_keys(), Err(IssuerError::NotClosed)));
    follow(&issuer, after);
    let list = issuer.issuance_list().unwrap();
    let counts: Vec<_> = list.body.issued.iter().map(|(id, count)| (id.as_str(), count.value())).collect();
    assert_eq!(counts, [("north", 4), ("south", 3)]);
    assert_eq!(list.body.rows.len(), 1);
    let blob = issuer.issuance_blob(&list, 0).unwrap().unwrap();
    assert_eq!(issuer.issuance_blob(&list, 1).unwrap(), None);
    let mut eligible = Eligible::default();
    eligible.add(&Register::parse(&sample.manifest, &posted[3].1).unwrap());
    let own = &sample.manifest.issuers()[0];
    check_list(&sample.manifest, own, &list.body, [&blob], &eligible, &mut rng()).unwrap();
    // A voter whose answer was withheld finds it there.
    let rows = store.durable().rows;
    let row: Row = json::parse(&rows[&devices[3].handle], 4_096).unwrap();
    devices[3].finish(&saved[3], &row.answer.0);
    // No row says when it was made: with the rows of others made in another order, the list is the same but for nonces.
    assert_eq!(rows.len(), 7);
}

#[test]
fn ends_the_keys_when_the_log_has_the_list_and_begins_again_at_every_step() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(4);
    let mut posted = closed(&sample, &devices);
    let store = MemoryStore::default();
    let issuer = sample.open(store.clone(), &posted[..posted.len() - 2]).unwrap();
    let saved = issue(&issuer, &devices);
    follow(&issuer, &posted[posted.len() - 2..]);
    let list = issuer.issuance_list().unwrap();

    // Started again: the same list.
    let store = store.without_power();
    let issuer = sample.open(store.clone(), &posted).unwrap();
    let again = issuer.issuance_list().unwrap();
    assert_eq!(again.body, list.body);
    let entry = issuer.issuance_entry(&again, &mut rng()).unwrap();
    assert!(!issuer.is_posted());
    assert!(matches!(issuer.destroy_keys(), Err(IssuerError::NotClosed)));
    // Posted, and the answer lost: it stands in the log.
    posted.push((entry, Vec::new()));
    let store = store.without_power();
    let issuer = sample.open(store.clone(), &posted).unwrap();
    assert!(issuer.is_posted() && !issuer.are_keys_destroyed());
    issuer.destroy_keys().unwrap();
    issuer.destroy_keys().unwrap();
    assert!(issuer.are_keys_destroyed());
    assert!(matches!(issuer.issuance_entry(&list, &mut rng()), Err(IssuerError::NoKeys)));
    // For good, even if somebody puts the file back. Who lost an answer still gets it.
    let issuer = sample.open(store.without_power(), &posted).unwrap();
    assert!(issuer.are_keys_destroyed());
    issuer.destroy_keys().unwrap();
    for (device, saved) in devices.iter().zip(&saved) {
        device.finish(saved, &answer(&issuer, device.challenge(saved), NOW).unwrap());
    }
}

#[test]
fn rejects_a_list_in_the_log_that_is_not_its_own_and_keeps_the_keys() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let posted = closed(&sample, &devices);
    let (before, after) = posted.split_at(posted.len() - 2);
    let elsewhere = sample.open(MemoryStore::default(), before).unwrap();
    issue(&elsewhere, &devices);
    follow(&elsewhere, after);
    let entry = elsewhere.issuance_entry(&elsewhere.issuance_list().unwrap(), &mut rng()).unwrap();
    // An older copy of its store, say, which has only one of the rows.
    let issuer = sample.open(MemoryStore::default(), before).unwrap();
    issue(&issuer, &devices[..1]);
    follow(&issuer, after);
    issuer.follow(&entry, &[], &mut rng()).unwrap();
    assert!(matches!(issuer.destroy_keys(), Err(IssuerError::OtherIssuance)));
    assert!(!issuer.are_keys_destroyed());
}

#[test]
fn ends_the_keys_of_a_cancelled_election() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let issuer = sample.issuing(MemoryStore::default(), &[&device]);
    let (entry, blobs) = sample.cancelled(2);
    issuer.follow(&entry, &blobs, &mut rng()).unwrap();
    assert!(matches!(issuer.issuance_list(), Err(IssuerError::NotClosed)));
    issuer.destroy_keys().unwrap();
    assert!(issuer.are_keys_destroyed());
}

#[test]
fn accepts_an_election_in_which_nobody_took_a_token() {
    let sample = Sample::new(Hours::Manual);
    let issuer = sample.open(MemoryStore::default(), &closed(&sample, &sample.devices(2))).unwrap();
    let list = issuer.issuance_list().unwrap();
    assert!(list.body.rows.is_empty() && list.body.issued.values().all(|count| count.value() == 0));
    let entry = issuer.issuance_entry(&list, &mut rng()).unwrap();
    assert!(matches!(Entry::parse(&entry), Ok(Entry::Issuance(_))));
    issuer.follow(&entry, &[], &mut rng()).unwrap();
    issuer.destroy_keys().unwrap();
}

/// More rows than a blob holds are cut as the format says, without holding all of them at once.
#[test]
fn cuts_the_list_into_blobs() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(1);
    let store = MemoryStore::default();
    let issuer = sample.issuing(store.clone(), &[&devices[0]]);
    issue(&issuer, &devices);
    let row: Row = json::parse(&store.durable().rows[&devices[0].handle], 4_096).unwrap();
    let rows: Vec<_> = (0..u32::try_from(ROWS_PER_BLOB + 5).unwrap())
        .map(|number| {
            let mut handle = [0; 32];
            handle[..4].copy_from_slice(&number.to_be_bytes());
            let mut row = row.clone();
            row.handle = json::Base64(urna_crypto::Handle::from_bytes(handle));
            row
        })
        .collect();
    let filled = MemoryStore::default();
    let stored = |row: &Row| AnsweredRow { handle: row.handle.0, row: json::to_bytes(row), second: None };
    filled.put_answered(&rows.iter().map(stored).collect::<Vec<_>>()).unwrap();
    let issuer = sample.open(filled, &closed(&sample, &devices)).unwrap();
    let list = issuer.issuance_list().unwrap();
    let blobs: Vec<_> =
        (0..list.body.rows.len()).map(|place| issuer.issuance_blob(&list, place).unwrap().unwrap()).collect();
    assert!(blobs == to_blobs(rows));
    for (named, blob) in list.body.rows.iter().zip(&blobs) {
        named.check(blob).unwrap();
    }
    assert_eq!(blobs.len(), 2);
}
