//! The store on disk.

use std::fs;

use proptest::prelude::*;
use urna_crypto::{ElectionId, Handle};
use urna_disk::DiskError;
use urna_issuer::{AnsweredRow, DiskStore, MAX_VALUE, RegisterVersion, Start, Store, StoreError};

use crate::folder::Folder;
use crate::memory::MemoryStore;

fn handle(byte: u8) -> Handle {
    Handle::from_bytes([byte; 32])
}

fn row(byte: u8, row: Vec<u8>, second: Option<u64>) -> AnsweredRow {
    AnsweredRow { handle: handle(byte), row, second }
}

fn start(number: u64) -> Start {
    Start { election: ElectionId::from_bytes([7; 32]), number }
}

fn version(number: u64) -> RegisterVersion {
    RegisterVersion { number, sha256: [8; 32] }
}

#[test]
fn keeps_what_it_is_given() {
    let folder = Folder::new();
    let (first, long) = (b"first".to_vec(), vec![1; MAX_VALUE]);
    {
        let store = DiskStore::open(&folder.0).unwrap();
        assert_eq!((store.start().unwrap(), store.register().unwrap()), (None, None));
        assert!(!store.keys_destroyed().unwrap() && store.answered_after(None, 9).unwrap().is_empty());
        store.set_start(&start(1)).unwrap();
        store.set_start(&start(2)).unwrap();
        store.set_register(&version(3)).unwrap();
        store.put_answered(&[row(5, first.clone(), Some(77)), row(2, long.clone(), None)]).unwrap();
        // In the place of nothing only, and what comes before it stays.
        let twice = store.put_answered(&[row(9, Vec::new(), None), row(5, b"other".to_vec(), Some(78))]);
        assert!(matches!(twice, Err(StoreError::AlreadyAnswered)));
        let too_long = store.put_answered(&[row(1, vec![0; MAX_VALUE + 1], Some(1))]);
        assert!(matches!(too_long, Err(StoreError::Disk(DiskError::TooLong { length: 4_097, .. }))));
    }
    let store = DiskStore::open(&folder.0).unwrap();
    assert_eq!((store.start().unwrap(), store.register().unwrap()), (Some(start(2)), Some(version(3))));
    assert_eq!(store.answered(&handle(5)).unwrap(), Some(first.clone()));
    assert_eq!(store.answered(&handle(1)).unwrap(), None);
    assert_eq!([1, 2, 5].map(|byte| store.second(&handle(byte)).unwrap()), [None, None, Some(77)]);
    assert_eq!(store.answered_after(None, 2).unwrap(), [long, first.clone()]);
    assert_eq!(store.answered_after(Some(&handle(2)), 1).unwrap(), [first]);
    assert_eq!(store.answered_after(Some(&handle(5)), 9).unwrap(), [Vec::<u8>::new()]);
    store.set_keys_destroyed().unwrap();
    assert!(store.keys_destroyed().unwrap());
}

#[test]
fn rejects_a_second_process_on_the_same_folder() {
    let folder = Folder::new();
    let store = DiskStore::open(&folder.0).unwrap();
    let second = DiskStore::open(&folder.0);
    let is_in_use =
        matches!(&second, Err(StoreError::Disk(DiskError::InUse { path, .. })) if *path == folder.0);
    assert!(is_in_use, "{second:?}");
    drop(store);
    DiskStore::open(&folder.0).unwrap();
}

/// A value, or a page of them, that is too large for sled's log becomes a file of its own that is never synced.
#[test]
fn keeps_nothing_beside_the_database() {
    let folder = Folder::new();
    let store = DiskStore::open(&folder.0).unwrap();
    for byte in 0..=255 {
        store.put_answered(&[row(byte, vec![byte; MAX_VALUE], Some(byte.into()))]).unwrap();
    }
    drop(store);
    let store = DiskStore::open(&folder.0).unwrap();
    assert_eq!(store.answered_after(None, 1_000).unwrap().len(), 256);
    assert_eq!(fs::read_dir(folder.0.join("blobs")).map_or(0, Iterator::count), 0);
    assert!(folder.0.join("db").is_file());
}

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<(u8, u8)>),
    Start(u64),
    Register(u64),
    Destroy,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec((0..12_u8, any::<u8>()), 0..4).prop_map(Step::Put),
        1 => any::<u64>().prop_map(Step::Start),
        1 => any::<u64>().prop_map(Step::Register),
        1 => Just(Step::Destroy),
        1 => Just(Step::Reopen),
    ]
}

/// Takes a step; says whether it was done.
fn take(store: &impl Store, step: &Step) -> bool {
    match step {
        Step::Put(rows) => {
            // Of some a second, and it depends on both.
            let second = |byte, value| (value % 3 > 0).then(|| u64::from(byte) << 32 | u64::from(value));
            let rows = rows.iter().map(|&(byte, value)| row(byte, vec![value; 900], second(byte, value)));
            let rows: Vec<_> = rows.collect();
            store.put_answered(&rows).is_ok()
        }
        Step::Start(number) => store.set_start(&start(*number)).is_ok(),
        Step::Register(number) => store.set_register(&version(*number)).is_ok(),
        Step::Destroy => store.set_keys_destroyed().is_ok(),
        Step::Reopen => store.sync().is_ok(),
    }
}

/// All that can be read: row by row, behind each row, all rows, and the rest.
type Contents =
    (Vec<Answered>, Vec<Vec<Vec<u8>>>, Vec<Vec<u8>>, (Option<Start>, Option<RegisterVersion>, bool));
/// A row with its second.
type Answered = (Option<Vec<u8>>, Option<u64>);

fn contents(store: &impl Store) -> Contents {
    let rows: Vec<_> =
        (0..12).map(handle).map(|of| (store.answered(&of).unwrap(), store.second(&of).unwrap())).collect();
    let behind: Vec<_> = (0..12).map(|byte| store.answered_after(Some(&handle(byte)), 3).unwrap()).collect();
    let heads = (store.start().unwrap(), store.register().unwrap(), store.keys_destroyed().unwrap());
    (rows, behind, store.answered_after(None, 100).unwrap(), heads)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The store in memory, which the fault table fails, does what the one on disk does.
    #[test]
    fn agrees_with_the_store_in_memory(steps in prop::collection::vec(step(), 1..30)) {
        let folder = Folder::new();
        let memory = MemoryStore::default();
        let mut disk = Some(DiskStore::open(&folder.0).unwrap());
        for step in steps {
            if matches!(step, Step::Reopen) {
                disk = None;
            }
            let store = match disk.take() {
                Some(store) => store,
                None => DiskStore::open(&folder.0).unwrap(),
            };
            prop_assert_eq!(take(&store, &step), take(&memory, &step));
            prop_assert_eq!(contents(&store), contents(&memory), "{:?}", step);
            disk = Some(store);
        }
    }
}
