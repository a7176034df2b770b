//! What a start accepts and what it refuses, with what it says.

use urna_board::{BoardError, Sequencer};
use urna_log::{Checkpoint, EMPTY_ROOT, SigningKey, TreeHead};

use crate::memory::{Disk, MemoryStore};
use crate::observer::read_log;
use crate::sample::{ORIGIN, PAIRS, rng, submission};

fn open(store: &MemoryStore, at_least: Option<&Checkpoint>) -> Result<Sequencer<MemoryStore>, BoardError> {
    Sequencer::open(store.clone(), PAIRS.settings(), at_least, &mut rng())
}

/// A log with three ballots, and a fourth that is promised.
fn logged() -> MemoryStore {
    let store = MemoryStore::default();
    let mut sequencer = PAIRS.voting(store.clone());
    for voter in [0, 1, 5, 6, 7] {
        let ballot = submission(&PAIRS.voters[voter].ballots[0], 500);
        sequencer.admit(vec![ballot], 500, &mut rng()).unwrap();
    }
    assert_eq!((sequencer.state().unwrap().size(), sequencer.held()), (9, 1));
    store
}

fn committed(store: &MemoryStore) -> Checkpoint {
    open(store, None).unwrap().checkpoint().unwrap().unverified().clone()
}

#[test]
fn accepts_an_empty_store_and_what_it_left_itself() {
    let store = MemoryStore::default();
    assert!(open(&store, None).unwrap().state().is_none());
    let store = logged();
    let log = read_log(&store).unwrap();
    let mut sequencer = open(&store, None).unwrap();
    assert_eq!((sequencer.state().unwrap().size(), sequencer.held()), (9, 1));
    assert_eq!(read_log(&store).unwrap(), log);
    assert_eq!(sequencer.next_due(), Some(600));
    sequencer.advance(600).unwrap();
    let log = read_log(&store).unwrap();
    assert_eq!(log.last(), Some(&PAIRS.voters[7].ballots[0]));
}

#[test]
fn accepts_what_a_crash_left_and_finishes_it() {
    let store = logged();
    let log = read_log(&store).unwrap();
    for change in [
        |disk: &mut Disk| disk.tiles.clear(),
        |disk: &mut Disk| disk.tiles.values_mut().for_each(|tile| tile.truncate(64)),
        |disk: &mut Disk| disk.published = None,
        // Staged, and never committed.
        |disk: &mut Disk| {
            disk.entries.insert(9, b"never committed".to_vec());
        },
    ] {
        store.tamper(change);
        open(&store, None).unwrap();
        assert_eq!(read_log(&store).unwrap(), log);
    }
}

#[test]
fn accepts_a_checkpoint_that_somebody_kept() {
    let store = logged();
    let mut known = committed(&store);
    open(&store, Some(&known)).unwrap();
    // Of a smaller tree of the same log.
    let log = read_log(&store).unwrap();
    let mut tree = urna_log::Tree::new();
    for entry in &log[..7] {
        tree.push(entry);
    }
    known.head = tree.head();
    open(&store, Some(&known)).unwrap();
    known.head = TreeHead { size: 0, root: EMPTY_ROOT };
    open(&store, Some(&known)).unwrap();
    // Tiles are compared, and written, across the smaller size too.
    store.tamper(|disk| disk.tiles.clear());
    known.head = tree.head();
    open(&store, Some(&known)).unwrap();
    assert_eq!(read_log(&store).unwrap(), log);
}

#[test]
fn rejects_an_older_copy_and_another_history() {
    let store = logged();
    let copy = store.copy();
    let mut sequencer = open(&store, None).unwrap();
    sequencer.advance(600).unwrap();
    let known = sequencer.checkpoint().unwrap().unverified().clone();
    assert!(matches!(open(&copy, Some(&known)), Err(BoardError::OlderCopy { size: 9, known: 10 })));
    // Nothing was changed by that.
    assert_eq!(read_log(&copy).unwrap().len(), 9);
    let mut fork = committed(&copy);
    fork.head.root = [1; 32];
    assert!(matches!(open(&copy, Some(&fork)), Err(BoardError::OtherHistory { known: 9 })));
    let mut other = committed(&copy);
    other.origin = "board.example/other".parse().unwrap();
    assert!(matches!(open(&copy, Some(&other)), Err(BoardError::OtherHistory { .. })));
}

#[test]
fn rejects_what_is_not_the_log_of_its_checkpoint() {
    type Case = (&'static str, fn(&mut Disk), fn(&BoardError) -> bool);
    let cases: [Case; 8] = [
        (
            "a missing entry",
            |disk| drop(disk.entries.remove(&6)),
            |error| matches!(error, BoardError::EntryMissing { index: 6, size: 9 }),
        ),
        (
            "a changed entry",
            |disk| disk.entries.get_mut(&6).unwrap()[20] ^= 1,
            |error| matches!(error, BoardError::RootDiffers { size: 9 }),
        ),
        (
            "entries in another order",
            |disk| {
                let (a, b) = (disk.entries[&5].clone(), disk.entries[&6].clone());
                disk.entries.extend([(5, b), (6, a)]);
            },
            |error| matches!(error, BoardError::RootDiffers { size: 9 }),
        ),
        (
            "a changed tile",
            |disk| disk.tiles.get_mut(&(0, 0)).unwrap()[33] ^= 1,
            |error| matches!(error, BoardError::TileDiffers(tile) if tile.to_string() == "tile/0/000.p/9"),
        ),
        (
            "no checkpoint",
            |disk| disk.checkpoint = None,
            |error| matches!(error, BoardError::PublishedAhead { published: 9, committed: 0 }),
        ),
        (
            "a changed checkpoint",
            |disk| {
                let text = String::from_utf8(disk.checkpoint.clone().unwrap()).unwrap();
                disk.checkpoint = Some(text.replacen("\n9\n", "\n8\n", 1).into_bytes());
            },
            |error| matches!(error, BoardError::Log(urna_log::LogError::SignatureFailed)),
        ),
        (
            "no blobs",
            |disk| disk.blobs.clear(),
            |error| matches!(error, BoardError::EntryRefused { index: 0, .. }),
        ),
        (
            "a published checkpoint of nobody",
            |disk| disk.published = Some(b"x".to_vec()),
            |error| matches!(error, BoardError::Log(_)),
        ),
    ];
    let store = logged();
    for (what, change, expected) in cases {
        let copy = store.copy();
        copy.tamper(change);
        let error = open(&copy, None).err().unwrap_or_else(|| panic!("{what}"));
        assert!(expected(&error), "{what}: {error:?}");
        for step in ["stage", "swap_checkpoint", "put_tiles", "publish", "promise", "forget"] {
            assert!(!copy.calls().contains_key(step), "{what}: {step} was called");
        }
    }
}

#[test]
fn rejects_another_key() {
    let store = logged();
    let settings = urna_board::Settings {
        log_key: SigningKey::from_seed(ORIGIN.parse().unwrap(), &[8; 32]),
        ..PAIRS.settings()
    };
    let opened = Sequencer::open(store, settings, None, &mut rng());
    assert!(matches!(opened.err(), Some(BoardError::Log(urna_log::LogError::NotSigned))));
}

#[test]
fn says_what_differs_and_what_to_do() {
    let message = BoardError::OlderCopy { size: 9, known: 10 }.to_string();
    assert_eq!(
        message,
        "the log has 9 entries, and had 10 when the checkpoint given by --at-least was signed: this is an older copy, \
         which would fork the log; use the newest one"
    );
    let message = BoardError::RootDiffers { size: 9 }.to_string();
    assert_eq!(
        message,
        "the 9 stored entries do not have the root of the stored checkpoint; restore the folder from a copy, and start \
         with --at-least"
    );
}
