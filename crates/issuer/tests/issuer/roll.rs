//! The seconds of answers: kept where tokens are taken with the ballot, and nowhere else (S3-22, S3-28).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use urna_issuer::{DiskStore, Issuer, IssuerError, IssuerFolder, Refusal, Store};

use crate::folder::Folder;
use crate::memory::{Failure, Fault, MemoryStore};
use crate::sample::{Device, Hours, NOW, Posted, Sample, answer, open_session, rng};

/// The entries until voting is open.
fn until_opened(sample: &Sample, devices: &[Device]) -> Vec<Posted> {
    let mut posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
    posted.push(sample.opened(2));
    posted
}

/// Voting is closed, and the log has the issuer's list.
fn close<S: Store>(issuer: &Issuer<S>, sample: &Sample) -> Vec<Posted> {
    let closed = sample.closed(3);
    issuer.follow(&closed.0, &[], &mut rng()).unwrap();
    let entry = issuer.issuance_entry(&issuer.issuance_list().unwrap(), &mut rng()).unwrap();
    issuer.follow(&entry, &[], &mut rng()).unwrap();
    vec![closed, (entry, Vec::new())]
}

#[test]
fn keeps_the_second_of_the_answer_whoever_asks_again_s3_22() {
    let sample = Sample::new(Hours::WithBallot);
    let devices = sample.devices(4);
    let mut posted = until_opened(&sample, &devices);
    let mut store = MemoryStore::default();
    let mut issuer = sample.open(store.clone(), &posted).unwrap();
    let mut sessions = rng();
    let mut expected = Vec::new();
    for (device, second) in devices[..3].iter().zip([NOW + 40, NOW + 20, NOW + 30]) {
        let saved = open_session(&issuer, device, NOW, &mut sessions).unwrap();
        let first = answer(&issuer, device.challenge(&saved), second).unwrap();
        // The same again, and behind a loss of power once more; and another challenge.
        assert_eq!(answer(&issuer, device.challenge(&saved), second + 7).unwrap(), first);
        store = store.without_power();
        issuer = sample.open(store.clone(), &posted).unwrap();
        assert_eq!(answer(&issuer, device.challenge(&saved), second + 9).unwrap(), first);
        let mut other = device.challenge(&saved);
        other.challenge = devices[3].challenge(&saved).challenge;
        assert!(matches!(answer(&issuer, other, second + 11), Err(Refusal::AlreadyIssued)));
        expected.push(format!("{},office,{second}\n", device.handle));
    }
    // Who only opened the form is not on the roll.
    open_session(&issuer, &devices[3], NOW, &mut sessions).unwrap();
    assert!(matches!(issuer.roll(), Err(IssuerError::NotClosed)));
    posted.extend(close(&issuer, &sample));
    expected.sort();
    let roll = format!("handle,issuer,second\n{}", expected.concat());
    assert_eq!(issuer.roll().unwrap(), Some(roll.clone()));
    issuer.destroy_keys().unwrap();
    let issuer = sample.open(store.without_power(), &posted).unwrap();
    assert_eq!(issuer.roll().unwrap(), Some(roll));
}

/// A crash between the second and its row: nobody was answered, and the second goes with the next answer.
#[test]
fn replaces_a_second_whose_row_was_never_written() {
    let sample = Sample::new(Hours::WithBallot);
    let devices = sample.devices(1);
    let posted = until_opened(&sample, &devices);
    let (device, store) = (&devices[0], MemoryStore::default());
    let issuer = sample.open(store.clone(), &posted).unwrap();
    let mut sessions = rng();
    let saved = open_session(&issuer, device, NOW, &mut sessions).unwrap();
    store.fail_next(Some(Fault { step: "put_answered", call: 0, failure: Failure::Torn }));
    let failed = answer(&issuer, device.challenge(&saved), NOW + 1);
    assert!(matches!(failed, Err(Refusal::UnknownOutcome)), "{failed:?}");
    let store = store.killed();
    let issuer = sample.open(store.clone(), &posted).unwrap();
    let disk = store.durable();
    assert_eq!((disk.rows.len(), disk.seconds.get(&device.handle)), (0, Some(&(NOW + 1))));

    let saved = open_session(&issuer, device, NOW + 2, &mut sessions).unwrap();
    answer(&issuer, device.challenge(&saved), NOW + 30).unwrap();
    close(&issuer, &sample);
    let roll = format!("handle,issuer,second\n{},office,{}\n", device.handle, NOW + 30);
    assert_eq!(issuer.roll().unwrap(), Some(roll));
}

/// Takes a token at this second; says what the folder has when the issuer is finished.
fn finished(sample: &Sample, folder: &Path, second: u64) -> IssuerFolder {
    let devices = sample.devices(1);
    let own = IssuerFolder::new(folder);
    own.put_keys(&sample.keys("office")).unwrap();
    let open =
        || own.open(Arc::clone(&sample.manifest), "office".parse().unwrap(), false, &mut rng()).unwrap();
    let issuer: Issuer<DiskStore> = open();
    let mut posted = until_opened(sample, &devices);
    for (entry, blobs) in &posted {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    let saved = open_session(&issuer, &devices[0], second, &mut rng()).unwrap();
    answer(&issuer, devices[0].challenge(&saved), second).unwrap();
    posted.extend(close(&issuer, sample));
    drop(issuer);
    // What a crash behind the roll, and before the end of the keys, leaves.
    fs::write(folder.join("roll.csv"), b"older").unwrap();
    let issuer = open();
    for (entry, blobs) in &posted {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    own.finish(&issuer).unwrap();
    assert!(issuer.are_keys_destroyed());
    own
}

fn has(folder: &Path, needle: &[u8]) -> bool {
    let bytes = fs::read(folder.join("answered").join("db")).unwrap();
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn writes_the_roll_for_its_owner_alone() {
    let sample = Sample::new(Hours::WithBallot);
    let folder = Folder::new();
    let second = 12_345_u64;
    finished(&sample, &folder.0, second);
    let roll = folder.0.join("roll.csv");
    let handle = sample.devices(1)[0].handle;
    assert_eq!(fs::read_to_string(&roll).unwrap(), format!("handle,issuer,second\n{handle},office,12345\n"));
    assert_eq!(fs::metadata(&roll).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(has(&folder.0, &second.to_be_bytes()));
}

/// With tokens taken ahead no time of an answer is anywhere, in whatever form it could have been written.
#[test]
fn keeps_no_time_where_tokens_are_taken_ahead() {
    let sample = Sample::new(Hours::Manual);
    let folder = Folder::new();
    let second = 0x0123_4567_89ab_cdef_u64;
    finished(&sample, &folder.0, second);
    assert_eq!(fs::read(folder.0.join("roll.csv")).unwrap(), b"older");
    let forms =
        [second.to_be_bytes().to_vec(), second.to_le_bytes().to_vec(), second.to_string().into_bytes()];
    assert!(forms.iter().all(|form| !has(&folder.0, form)));
    let memory = MemoryStore::default();
    let devices = sample.devices(1);
    let issuer = sample.open(memory.clone(), &until_opened(&sample, &devices)).unwrap();
    let saved = open_session(&issuer, &devices[0], NOW, &mut rng()).unwrap();
    answer(&issuer, devices[0].challenge(&saved), NOW).unwrap();
    close(&issuer, &sample);
    assert_eq!((memory.durable().rows.len(), memory.durable().seconds.len()), (1, 0));
    assert_eq!(issuer.roll().unwrap(), None);
}
