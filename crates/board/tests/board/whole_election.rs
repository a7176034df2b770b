//! An election from the first entry to the result: what the board checks of the bytes of blobs, row by row of the table
//! in `spec/entries.md`.

use serde::Serialize;
use urna_board::{Answer, Refusal, Sequencer};
use urna_crypto::Point;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::count::{Count, CountError};
use urna_election::entry::{
    Body, Cause, Ceremony, Certified, Entry, Issuance, Opening, Register, ResultPublished, Signed,
};
use urna_election::issuance::{self, Eligible, IssuanceError};
use urna_election::json::Base64;
use urna_election::opening::{self, BallotOpener, OpeningError};
use urna_election::register::{self, RegisterError};
use urna_election::result::ElectionResult;

use crate::memory::MemoryStore;
use crate::observer::read_log;
use crate::sample::{MANUAL, PEOPLE, Sample, rng, submission};

struct Board {
    store: MemoryStore,
    sequencer: Sequencer<MemoryStore>,
}

impl Board {
    fn put(&self, kind: BlobKind, bytes: &[u8]) -> BlobRef {
        self.sequencer.put_blob(kind, bytes).unwrap().unwrap()
    }

    fn send(&mut self, entry: &[u8]) -> Answer {
        self.sequencer.admit(vec![submission(entry, 5_000)], 5_000, &mut rng()).unwrap().remove(0)
    }

    fn admit(&mut self, entry: &[u8]) -> u64 {
        match self.send(entry) {
            Answer::Logged { receipt, repeated: false } => receipt.index(),
            other => panic!("{other:?}"),
        }
    }

    /// Refused, and nothing was appended.
    fn refuse(&mut self, entry: &[u8]) -> Refusal {
        let before = self.store.calls()["stage"];
        match self.send(entry) {
            Answer::Refused(refusal) => {
                assert_eq!(self.store.calls()["stage"], before);
                refusal
            }
            other => panic!("{other:?}"),
        }
    }

    /// The log after a restart, too.
    fn restart(&mut self) {
        self.store.lose_power();
        self.sequencer = Sequencer::open(self.store.clone(), MANUAL.settings(), None, &mut rng()).unwrap();
    }
}

/// A board with a log of everything before the entry of this number of the opening.
fn before(number: usize) -> Board {
    let store = MemoryStore::default();
    let mut sequencer = Sequencer::open(store.clone(), MANUAL.settings(), None, &mut rng()).unwrap();
    for (kind, bytes) in &MANUAL.blobs {
        sequencer.put_blob(*kind, bytes).unwrap().unwrap();
    }
    for entry in &MANUAL.opening[..number] {
        sequencer.admit(vec![submission(entry, 1)], 1, &mut rng()).unwrap();
    }
    Board { store, sequencer }
}

fn signed<B: Body + Serialize>(sample: &Sample, number: u32, body: B) -> Vec<u8>
where
    Entry: From<Signed<B>>,
{
    sample.signed(number, body)
}

#[test]
fn rejects_a_ceremony_whose_packages_are_not_the_manifest_s_v_05() {
    let mut board = before(1);
    let Entry::Ceremony(right) = Entry::parse(&MANUAL.opening[1]).unwrap() else { panic!("no ceremony") };
    let round_1 = Some(board.put(BlobKind::Round1, &[0; 166]));
    let wrong = MANUAL.by_trustee(0, Ceremony { round_1, ..right.body });
    assert!(matches!(board.refuse(&wrong), Refusal::KeyCeremony(_)));
    board.admit(&MANUAL.opening[1]);
}

#[test]
fn rejects_a_register_that_breaks_its_rules_v_06() {
    let mut board = before(3);
    let Entry::Register(right) = Entry::parse(&MANUAL.opening[3]).unwrap() else { panic!("no register") };
    let entitled = MANUAL.counts([4, 4]);
    let wrong = signed(&MANUAL, 1, Register { entitled, ..right.body.clone() });
    assert!(matches!(board.refuse(&wrong), Refusal::Register(_)));
    let rows = vec![BlobRef::new(BlobKind::RegisterRows, b"{\"rows\":[]}").unwrap()];
    let missing = signed(&MANUAL, 1, Register { rows, ..right.body.clone() });
    assert!(matches!(board.refuse(&missing), Refusal::BlobMissing { kind: BlobKind::RegisterRows, .. }));
    board.admit(&MANUAL.opening[3]);

    // Against the version before, also when that was read from the log again.
    let mut rows: Vec<_> =
        PEOPLE.iter().enumerate().map(|(person, class)| MANUAL.row(person, *class)).collect();
    rows[0].credential = Some(Base64(urna_crypto::SigningKey::generate(&mut rng()).public().to_bytes()));
    rows.sort_by_key(|row| row.handle.0);
    let register = register::Register::from_rows(&MANUAL.manifest, &rows);
    let Ok(register) = register else { panic!("{register:?}") };
    let blobs = register.to_blobs(&MANUAL.manifest);
    let rows = blobs.iter().map(|bytes| board.put(BlobKind::RegisterRows, bytes)).collect();
    let wrong = signed(&MANUAL, 2, Register { cause: Cause::Manual, rows, ..right.body });
    for _ in 0..2 {
        let refusal = board.refuse(&wrong);
        assert!(
            matches!(refusal, Refusal::Register(RegisterError::UnmarkedReplacement { .. })),
            "{refusal:?}"
        );
        board.restart();
    }
}

/// Votes, and closes.
fn closed() -> Board {
    let mut board = before(5);
    for voter in &MANUAL.voters[..7] {
        board.admit(&voter.ballots[0]);
    }
    board.admit(&MANUAL.closed);
    board
}

fn issuance(board: &Board, change: impl FnOnce(&mut Vec<issuance::Row>)) -> Vec<u8> {
    let mut rows = MANUAL.rows.clone();
    change(&mut rows);
    let blobs = issuance::to_blobs(rows);
    let rows = blobs.iter().map(|bytes| board.put(BlobKind::IssuanceRows, bytes)).collect();
    MANUAL.by_issuer(0, Issuance { issued: MANUAL.counts([5, 3]), rows })
}

fn ephemerals(board: &Board) -> Vec<Point> {
    let state = board.sequencer.state().unwrap();
    state.counted().iter().filter_map(|ballot| ballot.point()).collect()
}

/// The trustee's chunk of these R_j.
fn chunk(board: &Board, ephemerals: &[Point]) -> Opening {
    let agreed = board.sequencer.state().unwrap().agreed().unwrap();
    let (body, blob) =
        opening::open_chunk(&MANUAL.manifest, &MANUAL.share, &agreed, 0, ephemerals, &mut rng()).unwrap();
    board.put(BlobKind::PartialDecryptions, &blob);
    body
}

/// The result that follows from these combined openings.
fn result(board: &Board, combined: &[Point]) -> Result<ElectionResult, CountError> {
    let manifest = &MANUAL.manifest;
    let state = board.sequencer.state().unwrap();
    let (opener, mut count) = (BallotOpener::new(manifest), Count::new(manifest));
    let log = read_log(&board.store).unwrap();
    for (counted, opened) in state.counted().iter().zip(combined) {
        let Entry::Ballot(ballot) = Entry::parse(&log[usize::try_from(counted.index).unwrap()]).unwrap()
        else {
            panic!("a counted entry is no ballot")
        };
        count.add(&opener.open(&ballot, opened).unwrap())?;
    }
    let mut eligible = Eligible::default();
    let rows: Vec<_> = MANUAL.blobs.iter().filter(|(kind, _)| *kind == BlobKind::RegisterRows).collect();
    eligible.add(&register::Register::parse(manifest, rows.iter().map(|(_, bytes)| bytes)).unwrap());
    let figures = issuance::check_figures(state, &eligible).unwrap();
    Ok(ElectionResult::new(manifest, &count, figures).unwrap())
}

#[test]
fn accepts_an_election_to_its_end_and_rejects_what_would_make_its_record_fail() {
    let mut board = closed();
    let root = board.sequencer.checkpoint().unwrap().unverified().head.root;

    // V-10
    let other = |rows: &mut Vec<issuance::Row>| rows[0].answer = rows[1].answer;
    let wrong = issuance(&board, other);
    let refusal = board.refuse(&wrong);
    assert!(matches!(refusal, Refusal::Issuance(IssuanceError::Unproved { .. })), "{refusal:?}");
    let right = issuance(&board, |_| {});
    board.admit(&right);
    board.restart();

    let agreement = board.sequencer.state().unwrap().agreement(root).unwrap();
    board.admit(&MANUAL.by_trustee(2, agreement));

    // V-12
    let mut swapped = ephemerals(&board);
    swapped.swap(0, 1);
    let wrong = MANUAL.by_trustee(3, chunk(&board, &swapped));
    let refusal = board.refuse(&wrong);
    assert!(matches!(refusal, Refusal::Opening(OpeningError::Proof { position: 0 })), "{refusal:?}");
    let right = chunk(&board, &ephemerals(&board));
    let bytes = board.sequencer.state().map(|_| right.chunk.sha256.0).unwrap();
    board.admit(&MANUAL.by_trustee(3, right));
    board.restart();

    // V-13, V-14
    let mut points = Vec::new();
    board.store.tamper(|disk| points = opening::points_from_bytes(&disk.blobs[&bytes]).unwrap());
    let combined = opening::combine(&[1], &[points]).unwrap();
    let published = |board: &Board, combined: &[Point], result: &ElectionResult| {
        let blobs = opening::combined_to_blobs(combined);
        let combined = blobs.iter().map(|bytes| board.put(BlobKind::CombinedOpenings, bytes)).collect();
        let result = board.put(BlobKind::Result, &result.to_bytes());
        signed(&MANUAL, 4, ResultPublished { combined, result, trustees: vec![1] })
    };
    let true_result = result(&board, &combined).unwrap();
    let mut other = combined.clone();
    other.swap(0, 1);
    let wrong = published(&board, &other, &true_result);
    let refusal = board.refuse(&wrong);
    assert!(matches!(refusal, Refusal::Opening(OpeningError::Combined { .. })), "{refusal:?}");
    let mut false_result = true_result.clone();
    false_result.counted = 6_u32.into();
    let wrong = published(&board, &combined, &false_result);
    let refusal = board.refuse(&wrong);
    assert!(matches!(refusal, Refusal::OtherResult), "{refusal:?}");
    let right = published(&board, &combined, &true_result);
    board.admit(&right);

    // The eighth shows the unspent token; everything is there after a restart.
    let returned = &MANUAL.voters[7].returned;
    board.admit(returned);
    board.restart();
    assert!(matches!(board.send(returned), Answer::Logged { repeated: true, .. }));
    board.admit(&signed(&MANUAL, 5, Certified { details: None }));
    assert_eq!(read_log(&board.store).unwrap().len(), 5 + 7 + 1 + 6);
}
