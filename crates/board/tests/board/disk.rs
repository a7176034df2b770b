//! The store on disk: the database and files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use urna_board::{Answer, DiskStore, Promised, Sequencer, Store, StoreError};
use urna_disk::DiskError;
use urna_log::{MAX_ENTRY, Tile};

use crate::memory::MemoryStore;
use crate::observer::{Observer, read_log};
use crate::sample::{THREES, rng, submission};

/// A folder that is removed in the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("board-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Files that sled keeps beside its own, and nobody syncs.
fn side_files(folder: &Path) -> usize {
    fs::read_dir(folder.join("log").join("blobs")).map_or(0, Iterator::count)
}

fn promised(deadline: u64, queue: &str, entry: &[u8]) -> Promised {
    Promised { deadline, queue: queue.parse().unwrap(), entry: entry.to_vec() }
}

#[test]
fn keeps_what_it_is_given() {
    let folder = Folder::new();
    let tile = |width| Tile::new(0, 3, width).unwrap();
    let long = vec![7; MAX_ENTRY];
    let promised =
        [promised(9, "south", b"nine"), promised(4, "north", &[4; MAX_ENTRY]), promised(4, "south", b"four")];
    let blob = {
        let store = DiskStore::open(&folder.0).unwrap();
        assert_eq!((store.checkpoint().unwrap(), store.published().unwrap()), (None, None));
        store.stage(0, &[b"old".to_vec(), long.clone(), Vec::new()]).unwrap();
        store.stage(0, &[b"zero".to_vec()]).unwrap();
        // A shorter value in the place of a longer one.
        store.stage(3, std::slice::from_ref(&long)).unwrap();
        store.stage(3, &[vec![1; 5_000]]).unwrap();
        store.put_tiles(&[(tile(2), vec![2; 64])]).unwrap();
        store.put_tiles(&[(tile(256), vec![3; 8_192])]).unwrap();
        store.swap_checkpoint(None, b"first").unwrap();
        store.swap_checkpoint(Some(b"first"), b"second").unwrap();
        for wrong in [None, Some(b"first".as_slice())] {
            assert!(matches!(store.swap_checkpoint(wrong, b"third"), Err(StoreError::OtherCheckpoint)));
        }
        store.publish(b"first").unwrap();
        store.promise(&promised).unwrap();
        store.put_blob(b"blob").unwrap();
        store.put_blob(b"blob").unwrap()
    };
    // Opened again.
    fs::write(folder.0.join("blobs").join("left.0.new"), b"by a crash").unwrap();
    let store = DiskStore::open(&folder.0).unwrap();
    assert_eq!(fs::read_dir(folder.0.join("blobs")).unwrap().count(), 1);
    let entries: Vec<_> = (0..5).map(|index| store.entry(index).unwrap()).collect();
    assert_eq!(entries, [Some(b"zero".to_vec()), Some(long), Some(Vec::new()), Some(vec![1; 5_000]), None]);
    assert_eq!(store.tile(0, 3).unwrap(), Some(vec![3; 8_192]));
    assert_eq!(store.tile(1, 3).unwrap(), None);
    assert_eq!(store.checkpoint().unwrap(), Some(b"second".to_vec()));
    assert_eq!(store.published().unwrap(), Some(b"first".to_vec()));
    let mut kept = store.promised().unwrap();
    kept.sort();
    let mut expected = promised.to_vec();
    expected.sort();
    assert_eq!(kept, expected);
    store.forget(&promised[1..]).unwrap();
    assert_eq!(store.promised().unwrap(), promised[..1]);
    assert_eq!(store.blob(&blob).unwrap(), Some(b"blob".to_vec()));
    assert_eq!(store.blob(&[0; 32]).unwrap(), None);
    store.keep_blobs(&[blob]).unwrap();
    assert!(matches!(store.keep_blobs(&[[0; 32]]), Err(StoreError::Disk(DiskError::File { .. }))));
    assert!(matches!(
        store.stage(9, &[vec![0; MAX_ENTRY + 1]]),
        Err(StoreError::Disk(DiskError::TooLong { length: 65_536, .. }))
    ));
    let too_long = store.swap_checkpoint(Some(b"second"), &[0; 5_000]);
    assert!(matches!(too_long, Err(StoreError::Disk(DiskError::TooLong { .. }))));
}

/// What the folder's files have, and the names of the keys.
fn left(folder: &Folder) -> (Vec<u8>, Vec<String>) {
    let keys = fs::read_dir(folder.0.join("promises")).unwrap();
    let mut keys: Vec<_> = keys.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    keys.sort();
    (fs::read(folder.0.join("log").join("db")).unwrap(), keys)
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// With a batch goes all that could tell in which order it came (T-19); what is promised in another queue stays.
#[test]
fn seals_what_is_promised_until_its_batch_is_in_the_log() {
    let folder = Folder::new();
    let entries: Vec<Vec<u8>> = (0..4_u8).map(|number| vec![b'a' + number; 300]).collect();
    let of = |queue: &str, number: usize| promised(60, queue, &entries[number]);
    let store = DiskStore::open(&folder.0).unwrap();
    for (queue, number) in [("north", 2), ("south", 3), ("north", 0), ("north", 1)] {
        store.promise(&[of(queue, number)]).unwrap();
    }
    let (file, keys) = left(&folder);
    assert_eq!(keys, ["north.key", "south.key"]);
    let hash = |entry: &Vec<u8>| <[u8; 32]>::from(Sha256::digest(entry));
    assert!(entries.iter().all(|entry| !has(&file, entry) && !has(&file, &hash(entry))));
    let secret = fs::read(folder.0.join("promises").join("north.key")).unwrap();
    assert!(!has(&file, &secret));
    // A batch is staged and committed, and half of it forgotten.
    store.stage(0, &entries[..3]).unwrap();
    store.forget(&[of("north", 0), of("north", 2)]).unwrap();
    assert_eq!(left(&folder).1.len(), 2);
    drop(store);
    let store = DiskStore::open(&folder.0).unwrap();
    assert_eq!(store.promised().unwrap().len(), 2);
    store.forget(&[of("north", 1), of("north", 0)]).unwrap();
    assert_eq!(left(&folder).1, ["south.key"]);
    assert_eq!(store.promised().unwrap(), [of("south", 3)]);
    // The next batch has another key.
    store.promise(&[of("north", 0)]).unwrap();
    assert_ne!(fs::read(folder.0.join("promises").join("north.key")).unwrap(), secret);
    drop(store);
    assert_eq!(DiskStore::open(&folder.0).unwrap().promised().unwrap().len(), 2);
}

/// What a crash leaves between any two writes: a key under which nothing is sealed, and one that is half written.
#[test]
fn goes_on_behind_a_crash_and_rejects_what_none_has_left() {
    let folder = Folder::new();
    let store = DiskStore::open(&folder.0).unwrap();
    store.promise(&[promised(60, "north", b"first")]).unwrap();
    drop(store);
    let keys = folder.0.join("promises");
    fs::write(keys.join("south.new"), b"torn").unwrap();
    fs::copy(keys.join("north.key"), keys.join("east.key")).unwrap();
    fs::write(keys.join("east.key"), [7; 32]).unwrap();
    let store = DiskStore::open(&folder.0).unwrap();
    assert_eq!(left(&folder).1, ["north.key"]);
    assert_eq!(store.promised().unwrap(), [promised(60, "north", b"first")]);
    drop(store);
    // No crash takes a key from what it seals. The log can still be read.
    let key = keys.join("north.key");
    let kept = fs::read(&key).unwrap();
    for wrong in [None, Some(b"short".to_vec()), Some(vec![7; 32])] {
        fs::remove_file(&key).unwrap();
        if let Some(wrong) = &wrong {
            fs::write(&key, wrong).unwrap();
            fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let store = DiskStore::open(&folder.0).unwrap();
        let refused = store.promised().unwrap_err();
        assert!(matches!(&refused, StoreError::Sealed { keys: of, .. } if *of == keys), "{refused}");
        assert_eq!(store.entry(0).unwrap(), None);
        drop(store);
        fs::write(&key, &kept).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(DiskStore::open(&folder.0).is_err());
}

#[test]
fn rejects_a_second_writer_on_the_same_folder() {
    let folder = Folder::new();
    let store = DiskStore::open(&folder.0).unwrap();
    let second = DiskStore::open(&folder.0);
    let log = folder.0.join("log");
    let is_in_use = matches!(&second, Err(StoreError::Disk(DiskError::InUse { path, .. })) if *path == log);
    assert!(is_in_use, "{second:?}");
    drop(store);
    DiskStore::open(&folder.0).unwrap();
}

/// A value, or a page of them, that is too large for sled's log becomes a file of its own that is never synced.
#[test]
fn keeps_nothing_beside_the_database() {
    let folder = Folder::new();
    let store = DiskStore::open(&folder.0).unwrap();
    let tile = |index| (Tile::new(0, index, 256).unwrap(), vec![u8::try_from(index % 251).unwrap(); 8_192]);
    store.put_tiles(&(0..200).map(tile).collect::<Vec<_>>()).unwrap();
    for first in 0..40 {
        // One by one, so that pages are written again and again.
        store.put_tiles(&[tile(first)]).unwrap();
        store.stage(first, &[vec![5; MAX_ENTRY]]).unwrap();
        store.promise(&[promised(first, "north", &[u8::try_from(first).unwrap(); MAX_ENTRY])]).unwrap();
    }
    assert!(folder.0.join("log").join("db").is_file());
    assert_eq!(side_files(&folder.0), 0);
    drop(store);
    let store = DiskStore::open(&folder.0).unwrap();
    assert_eq!(side_files(&folder.0), 0);
    for index in 0..40 {
        assert_eq!(store.entry(index).unwrap(), Some(vec![5; MAX_ENTRY]));
        assert_eq!(store.tile(0, index).unwrap(), Some(tile(index).1));
    }
}

#[test]
fn accepts_an_election_and_opens_it_again() {
    let folder = Folder::new();
    let mut observer = Observer::default();
    let open = || {
        let store = DiskStore::open(&folder.0).unwrap();
        let sequencer = Sequencer::open(store.clone(), THREES.settings(), None, &mut rng()).unwrap();
        (store, sequencer)
    };
    {
        let (_, mut sequencer) = open();
        THREES.open_voting(&mut sequencer);
    }
    for voter in &THREES.voters {
        // A process for each ballot.
        let (store, mut sequencer) = open();
        let submissions = vec![submission(&voter.ballots[0], 100)];
        let answers = sequencer.admit(submissions.clone(), 100, &mut rng()).unwrap();
        observer.hear(&submissions, &answers).unwrap();
        observer.look(&store).unwrap();
    }
    let (store, mut sequencer) = open();
    assert_eq!(sequencer.held(), 2);
    let answers = sequencer.admit(vec![submission(&THREES.closed, 120)], 120, &mut rng()).unwrap();
    assert!(matches!(answers[..], [Answer::Logged { .. }]), "{answers:?}");
    let log = observer.check(&store).unwrap();
    assert_eq!(log.len(), 5 + 8 + 1);
    assert_eq!(read_log(&store).unwrap(), log);
}

#[derive(Clone, Debug)]
enum Step {
    Stage(u64, Vec<usize>),
    Swap(bool, u8),
    PutTile(u64, u16),
    Publish(u8),
    Promise(u64, usize),
    Forget(u64, usize),
    PutBlob(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let length = prop_oneof![0..20_usize, 4_000..4_200_usize, 65_000..=MAX_ENTRY];
    prop_oneof![
        (0..6_u64, prop::collection::vec(length.clone(), 0..4))
            .prop_map(|(first, all)| Step::Stage(first, all)),
        (any::<bool>(), any::<u8>()).prop_map(|(fits, new)| Step::Swap(fits, new)),
        (0..3_u64, 1..=256_u16).prop_map(|(index, width)| Step::PutTile(index, width)),
        any::<u8>().prop_map(Step::Publish),
        (0..3_u64, length.clone()).prop_map(|(deadline, length)| Step::Promise(deadline, length)),
        (0..3_u64, length.clone()).prop_map(|(deadline, length)| Step::Forget(deadline, length)),
        length.prop_map(Step::PutBlob),
        Just(Step::Reopen),
    ]
}

const fn queue(deadline: &u64) -> &'static str {
    if deadline.is_multiple_of(2) { "north" } else { "south" }
}

/// Takes a step; says whether a checkpoint was swapped.
fn take(store: &impl Store, step: &Step) -> bool {
    let bytes = |length: &usize| vec![u8::try_from(length % 256).unwrap(); *length];
    // No entry is promised for two seconds.
    let held = |deadline: &u64, length: &usize| {
        let entry = vec![
            u8::try_from((length + 1) % 64).unwrap() * 4 + u8::try_from(*deadline).unwrap();
            (*length).max(1)
        ];
        promised(*deadline, queue(deadline), &entry)
    };
    match step {
        Step::Stage(first, lengths) => {
            store.stage(*first, &lengths.iter().map(bytes).collect::<Vec<_>>()).unwrap();
        }
        Step::Swap(fits, new) => {
            let old = store.checkpoint().unwrap().filter(|_| *fits);
            return store.swap_checkpoint(old.as_deref(), &[*new; 300]).is_ok();
        }
        Step::PutTile(index, width) => {
            let tile = Tile::new(0, *index, *width).unwrap();
            store.put_tiles(&[(tile, vec![7; tile.length()])]).unwrap();
        }
        Step::Publish(new) => store.publish(&[*new; 200]).unwrap(),
        Step::Promise(deadline, length) => store.promise(&[held(deadline, length)]).unwrap(),
        Step::Forget(deadline, length) => {
            store.forget(&[held(deadline, length)]).unwrap();
        }
        Step::PutBlob(length) => {
            let sha256 = store.put_blob(&bytes(length)).unwrap();
            store.keep_blobs(&[sha256]).unwrap();
            assert_eq!(store.blob(&sha256).unwrap(), Some(bytes(length)));
        }
        Step::Reopen => {}
    }
    false
}

/// All that can be read but blobs.
type Contents = [Vec<Option<Vec<u8>>>; 3];

fn contents(store: &impl Store) -> (Contents, Vec<Promised>) {
    let heads = vec![store.checkpoint().unwrap(), store.published().unwrap()];
    let entries = (0..10).map(|index| store.entry(index).unwrap()).collect();
    let tiles = (0..3).map(|index| store.tile(0, index).unwrap()).collect();
    ([heads, entries, tiles], store.promised().unwrap())
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
            prop_assert!(contents(&store) == contents(&memory), "{:?}", step);
            disk = Some(store);
        }
        drop(disk);
        prop_assert_eq!(side_files(&folder.0), 0);
    }
}
