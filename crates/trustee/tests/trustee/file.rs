//! The key file: its passphrase, every byte of it, and what it costs (TRU-17).

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_trustee::{Cost, KeyFile, KeyFileError};

use crate::table::{PASSPHRASE, Table, cheap};

fn refused(bytes: &[u8], passphrase: &str) -> KeyFileError {
    KeyFile::open(bytes, passphrase).err().expect("it opens")
}

#[test]
fn opens_with_its_passphrase_only() {
    let table = Table::finished(2, 2);
    let disk = &table.people[0].disk;
    for wrong in ["", "correct horse batter", "correct horse battery ", "Correct horse battery"] {
        assert!(matches!(refused(disk, wrong), KeyFileError::Passphrase), "{wrong:?}");
    }
    assert!(KeyFile::open(disk, PASSPHRASE).is_ok());
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    assert!(matches!(KeyFile::new("too short", cheap(), &mut rng), Err(KeyFileError::Short(10))));
}

#[test]
fn rejects_every_flipped_byte_and_every_shorter_file() {
    let table = Table::new(2, 2);
    let disk = &table.people[0].disk;
    for place in 0..disk.len() {
        let mut changed = disk.clone();
        changed[place] ^= 1;
        refused(&changed, PASSPHRASE);
    }
    for length in (0..disk.len()).step_by(7) {
        refused(&disk[..length], PASSPHRASE);
    }
}

#[test]
fn rejects_every_changed_member_of_the_head() {
    let table = Table::new(2, 2);
    let text = String::from_utf8(table.people[0].disk.clone()).unwrap();
    for (from, to) in [
        ("\"lanes\":1", "\"lanes\":2"),
        ("\"memory\":8,", "\"memory\":9,"),
        ("\"memory\":8,", "\"memory\":4294967295,"),
        ("\"passes\":1", "\"passes\":2"),
        ("\"passes\":1", "\"passes\":0"),
        ("\"version\":1", "\"version\":2"),
        ("\"version\":1", "\"more\":1,\"version\":1"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        refused(changed.as_bytes(), PASSPHRASE);
    }
}

#[test]
fn holds_what_was_put_into_it_and_shows_nothing_of_it() {
    let mut table = Table::new(2, 3);
    for _ in 0..5 {
        for place in 0..3 {
            table.ceremony(place, None);
            let person = &table.people[place];
            let (file, trustee) = person.open();
            let mut rng = ChaCha20Rng::seed_from_u64(1);
            // The same again, under another nonce.
            let again = file.seal(&trustee, &mut rng);
            assert_ne!(again.as_bytes(), person.disk);
            assert_eq!(again.as_bytes().len(), person.disk.len());
            let (_, read) = KeyFile::open(again.as_bytes(), PASSPHRASE).unwrap();
            assert_eq!(read.packages().unwrap(), trustee.packages().unwrap());
            assert_eq!(read.stage(), trustee.stage());
            let text = String::from_utf8_lossy(&person.disk).into_owned();
            assert!(!text.contains("anna") && !text.contains("union-2027"), "names of the plan are inside");
        }
    }
}

#[test]
fn costs_what_a_passphrase_should_cost() {
    assert_eq!(Cost::default(), Cost::new(256 << 10, 3, 1).unwrap());
    for (memory, passes, lanes) in
        [(7, 1, 1), ((1 << 20) + 1, 1, 1), (8, 0, 1), (8, 17, 1), (8, 1, 0), (64, 1, 17), (8, 1, 2)]
    {
        assert!(
            matches!(Cost::new(memory, passes, lanes), Err(KeyFileError::Cost { .. })),
            "{memory} {passes} {lanes}"
        );
    }
}
