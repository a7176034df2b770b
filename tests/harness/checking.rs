//! Checks a log against what its board has said: nothing that it acknowledged may be missing or elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::sync::Arc;

use anyhow::{Context, bail};
use tokio::task::JoinSet;
use urna_api::ProblemType;
use urna_api::client::BoardClient;
use urna_log::{
    Bundle, Hash, LogError, Receipt, SignedCheckpoint, SignedPromise, Tile, TileReader, TiledTree,
    consistency_proof, leaf_hash,
};

use crate::casting::cast_ballot;
use crate::election_files::ElectionUnderLoad;
use crate::ledger::{Acknowledgement, Said};

/// How many requests are under way while everything is asked for again.
const IN_FLIGHT: usize = 32;

/// What was checked, and what does not hold.
#[derive(Debug, Default)]
pub struct Checked {
    /// Entries of the log.
    pub entries: u64,
    /// Its root, base64.
    pub root: String,
    /// Receipts that hold.
    pub receipts: usize,
    /// Promises whose entry is in the log.
    pub kept: usize,
    /// Promises whose entry is not yet in the log, while voting is open.
    pub open: usize,
    /// Different checkpoints that the log is consistent with.
    pub checkpoints: usize,
    /// Ballots that were sent again and had the same answer.
    pub again: usize,
    /// Everything that is wrong.
    pub failures: Vec<String>,
}

impl Checked {
    fn fail(&mut self, what: impl Display) {
        self.failures.push(what.to_string());
    }
}

/// A log, as it is served.
struct Served {
    checkpoint: SignedCheckpoint,
    entries: Vec<Vec<u8>>,
    tiles: BTreeMap<Tile, Vec<u8>>,
}

/// Reads the whole log and compares it with what the board has said, and with checkpoints that somebody kept; then sends
/// every acknowledged ballot again.
///
/// # Errors
/// The log cannot be read: the board does not answer, or withholds the entries.
pub async fn check(
    board: &BoardClient,
    election: &Arc<ElectionUnderLoad>,
    acknowledgements: &[Acknowledgement],
    kept: &[SignedCheckpoint],
) -> anyhow::Result<Checked> {
    let served = read(board, election).await?;
    let mut checked = Checked::default();
    let size = check_tree(election, &served, &mut checked);
    let places = places(election, &served, &mut checked);
    let mut checkpoints: Vec<_> = kept.to_vec();
    let closed = served.entries.last() == Some(&election.closing);
    let mut closing = (0_u64..).zip(&served.entries).filter(|(_, entry)| **entry == election.closing);
    let end = closing.next().map(|(index, _)| index);
    if end.is_some() && !closed {
        checked.fail("something follows voting_closed, which the load never sent");
    }
    for acknowledgement in acknowledgements {
        let place = places.get(&acknowledgement.ballot).copied();
        if let Err(wrong) =
            check_acknowledgement(election, acknowledgement, place, end, &mut checked, &mut checkpoints)
        {
            checked.fail(format!("ballot {}: {wrong}", acknowledgement.ballot));
        }
    }
    check_checkpoints(election, &served, size, &checkpoints, &mut checked);
    send_again(board, election, acknowledgements, &places, &mut checked).await?;
    Ok(checked)
}

/// Checkpoint, all entries, all tiles.
async fn read(board: &BoardClient, election: &ElectionUnderLoad) -> anyhow::Result<Served> {
    let slug = &election.slug;
    let checkpoint = board.checkpoint(slug).await?;
    let size = checkpoint.unverified().head.size;
    let mut entries = Vec::new();
    for bundle in Bundle::between(0, size) {
        let bytes = match board.bundle(slug, bundle).await {
            Err(error) if error.kind() == Some(ProblemType::NotYetPublic) => {
                bail!("the entries of {slug} are withheld until voting is closed")
            }
            bytes => bytes?,
        };
        entries.extend(bundle.parse(&bytes)?.into_iter().map(<[u8]>::to_vec));
    }
    let mut tiles = BTreeMap::new();
    for tile in Tile::between(0, size) {
        tiles.insert(tile, board.tile(slug, tile).await?);
    }
    Ok(Served { checkpoint, entries, tiles })
}

/// The entries have the signed root, and the tiles are theirs. Returns the size.
fn check_tree(election: &ElectionUnderLoad, served: &Served, checked: &mut Checked) -> u64 {
    let mut tree = TiledTree::new();
    let tiles: BTreeMap<_, _> =
        tree.append(served.entries.iter().map(|entry| leaf_hash(entry))).into_iter().collect();
    let head = tree.head();
    checked.entries = head.size;
    match served.checkpoint.verify(&election.log_key) {
        Err(error) => checked.fail(format!("the log's checkpoint: {error}")),
        Ok(checkpoint) => {
            // Its lines are origin, size and root.
            checked.root = checkpoint.to_string().lines().nth(2).unwrap_or_default().to_owned();
            if checkpoint.head != head {
                checked.fail("the entries do not have the root that the log signed");
            }
        }
    }
    for (tile, bytes) in &served.tiles {
        if tiles.get(tile) != Some(bytes) {
            checked.fail(format!("{tile} has not the hashes of the entries"));
        }
    }
    head.size
}

/// Where each ballot of the load is in the log.
fn places(election: &ElectionUnderLoad, served: &Served, checked: &mut Checked) -> BTreeMap<usize, u64> {
    let numbers: HashMap<&[u8], usize> =
        election.ballots.iter().enumerate().map(|(number, ballot)| (ballot.as_slice(), number)).collect();
    let mut places = BTreeMap::new();
    for (index, entry) in (0..).zip(&served.entries) {
        if let Some(number) = numbers.get(entry.as_slice()) {
            if let Some(first) = places.insert(*number, index) {
                checked.fail(format!("ballot {number} is in the log twice, at {first} and {index}"));
            }
        } else if entry.windows(15).any(|bytes| bytes == br#""kind":"ballot""#) {
            checked.fail(format!("entry {index} is a ballot that nobody sent"));
        }
    }
    places
}

/// Receipt or promise is the board's and holds. Checkpoints of receipts are kept.
fn check_acknowledgement(
    election: &ElectionUnderLoad,
    acknowledgement: &Acknowledgement,
    place: Option<u64>,
    end: Option<u64>,
    checked: &mut Checked,
    checkpoints: &mut Vec<SignedCheckpoint>,
) -> anyhow::Result<()> {
    let ballot = election.ballots.get(acknowledgement.ballot).context("no such ballot was prepared")?;
    match &acknowledgement.said {
        Said::Logged { index, receipt } => {
            let receipt = Receipt::from_bytes(receipt.as_bytes())?;
            receipt.verify(ballot, &election.log_key).context("its receipt does not hold")?;
            match place {
                Some(place) if place == *index => checked.receipts += 1,
                Some(place) => bail!("acknowledged at index {index}, stands at {place}"),
                None => bail!("acknowledged at index {index}, LOST"),
            }
            checkpoints.push(receipt.checkpoint().clone());
        }
        Said::Promised { promise } => {
            let promise = SignedPromise::from_bytes(promise.as_bytes())?;
            let promise = promise.verify(&election.promise_key).context("its promise is not the board's")?;
            anyhow::ensure!(promise.is_for(ballot), "its promise is for another entry");
            match (place, end) {
                (Some(place), Some(end)) if place > end => {
                    bail!("promised, and only in the log after the close")
                }
                (Some(_), _) => checked.kept += 1,
                (None, Some(_)) => bail!("promised, and LOST"),
                (None, None) => checked.open += 1,
            }
        }
    }
    Ok(())
}

/// Every checkpoint is signed, and the log begins with its entries: by the roots of the entries, and by proofs from the
/// served tiles.
fn check_checkpoints(
    election: &ElectionUnderLoad,
    served: &Served,
    size: u64,
    checkpoints: &[SignedCheckpoint],
    checked: &mut Checked,
) {
    let mut wanted: BTreeMap<u64, BTreeSet<Hash>> = BTreeMap::new();
    for checkpoint in checkpoints {
        match checkpoint.verify(&election.log_key) {
            Err(error) => checked.fail(format!("a checkpoint that was kept: {error}")),
            Ok(checkpoint) => {
                wanted.entry(checkpoint.head.size).or_default().insert(checkpoint.head.root);
            }
        }
    }
    let head = &served.checkpoint.unverified().head;
    let mut tiles =
        TileReader::new(size, |tile: Tile| served.tiles.get(&tile).cloned().ok_or(LogError::TileOutOfRange));
    let mut tree = urna_log::Tree::new();
    let mut entries = served.entries.iter();
    for (older, roots) in wanted {
        if older > size {
            checked.fail(format!(
                "a checkpoint of size {older} was signed, and the log has {size} entries: LOST"
            ));
            continue;
        }
        while tree.size() < older {
            let Some(entry) = entries.next() else { break };
            tree.push(entry);
        }
        let proof = consistency_proof(older, size, &mut tiles);
        for root in roots {
            let kept = urna_log::TreeHead { size: older, root };
            let proven = proof.as_ref().is_ok_and(|proof| head.verify_consistency(&kept, proof).is_ok());
            if tree.head() == kept && proven {
                checked.checkpoints += 1;
            } else {
                checked.fail(format!("the log does not begin with what it signed at size {older}"));
            }
        }
    }
}

/// The same ballot again has the same index, or is promised still.
async fn send_again(
    board: &BoardClient,
    election: &Arc<ElectionUnderLoad>,
    acknowledgements: &[Acknowledgement],
    places: &BTreeMap<usize, u64>,
    checked: &mut Checked,
) -> anyhow::Result<()> {
    let ballots: BTreeSet<_> =
        acknowledgements.iter().map(|acknowledgement| acknowledgement.ballot).collect();
    let ballots: Vec<_> = ballots.into_iter().collect();
    for ballots in ballots.chunks(IN_FLIGHT) {
        let mut answers = JoinSet::new();
        for number in ballots.iter().copied() {
            let (board, election) = (board.clone(), Arc::clone(election));
            answers.spawn(async move { (number, cast_ballot(&board, &election, number).await) });
        }
        while let Some(answer) = answers.join_next().await {
            let (number, answer) = answer?;
            let same = match answer {
                Err(error) if error.problem().is_some() => {
                    checked.fail(format!("ballot {number}, sent again: {error}"));
                    continue;
                }
                answer => is_same(&answer?, places.get(&number).copied()),
            };
            if same {
                checked.again += 1;
            } else {
                checked.fail(format!("ballot {number}, sent again, has another answer than before"));
            }
        }
    }
    Ok(())
}

/// Whether this is the answer to a ballot that was accepted before, and is in the log here, or not yet.
pub fn is_same(answer: &Acknowledgement, place: Option<u64>) -> bool {
    let same = match (&answer.said, place) {
        (Said::Logged { index, .. }, Some(place)) => *index == place,
        // It has come into the log since it was read, or has not.
        (Said::Logged { .. } | Said::Promised { .. }, None) => true,
        (Said::Promised { .. }, Some(_)) => false,
    };
    same && answer.repeated
}
