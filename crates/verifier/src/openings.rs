//! Opening the counted ballots once more, 16,384 at a time and on several threads: partial decryptions and their proofs, the
//! combination, the plaintexts and the count (V-12 to V-14). What a piece needs is read when it is its turn and then let go.

use std::collections::BTreeMap;

use rand_core::CryptoRngCore;
use serde::Deserialize;
use urna_crypto::{CHUNK, Ciphertext, Point};
use urna_election::blob::{BlobRef, ROWS_PER_BLOB};
use urna_election::count::{Count, CountError, Turnout};
use urna_election::entry::Opening;
use urna_election::json::Base64;
use urna_election::manifest::Manifest;
use urna_election::opening::{
    BallotOpener, check_chunk, check_combined, combine, points_from_bytes, points_to_bytes,
};
use urna_election::result::{ElectionResult, ResultError};
use urna_election::selection::{Choice, OpenedBallot, Standing};
use urna_election::{CountedBallot, Id};
use urna_log::{FULL, Hash};

use crate::audit::{Halt, Outcome};
use crate::blobs::Blobs;
use crate::reading::{Reader, Unreadable};
use crate::record::{File, Record};
use crate::watch::Watch;

/// What the openings of a whole election came to.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// By trustee's place, how many chunks hold.
    pub(crate) chunks: BTreeMap<usize, usize>,
    /// Why the combination does not hold, or was not checked; none if it does.
    pub(crate) combination: Option<Outcome>,
    /// The count of the plaintexts, once there is a combination.
    pub(crate) computed: Option<Result<ElectionResult, ResultError>>,
    pub(crate) turnout: Option<Turnout>,
    /// Entries whose bytes encode no choice.
    pub(crate) invalid: Vec<u64>,
    /// Entries that break a contest's rules, with the contest.
    pub(crate) void: Vec<(u64, Id)>,
    /// What the wanted entries choose, by contest; none of an invalid one.
    pub(crate) wanted: BTreeMap<u64, Option<Vec<(Id, Choice)>>>,
    /// What is to be published, where nothing is yet and enough trustees have opened.
    pub(crate) tally: Option<Tally>,
}

/// The result of an election that has none yet, from the openings that its trustees posted: what its authority publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The indices of the trustees whose openings are combined, ascending.
    pub trustees: Vec<u16>,
    /// The blobs of combined openings, in the counted list's order.
    pub combined: Vec<Vec<u8>>,
    /// The result, with the figures of the log as it stands.
    pub result: ElectionResult,
}

/// What all pieces share.
pub(crate) struct Openings<'a, R> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) reader: &'a Reader<'a, R>,
    pub(crate) blobs: &'a Blobs<'a, R>,
    /// The hash over the leaves of each bundle.
    pub(crate) bundles: &'a [Hash],
    pub(crate) counted: &'a [CountedBallot],
    /// By chunk and trustee's place: the opening with its entry's index.
    pub(crate) posted: BTreeMap<(usize, usize), (u64, &'a Opening)>,
    /// The combined openings, with the entry's index and the places of the trustees.
    pub(crate) combined: Option<(u64, &'a [BlobRef], &'a [u16])>,
    /// Before there are any: the trustees that have opened everything, as many as are needed.
    pub(crate) complete: Option<Vec<u16>>,
    /// Entries whose choices are wanted.
    pub(crate) wanted: &'a [u64],
}

/// What one piece came to.
pub(crate) struct Piece<'m> {
    pub(crate) chunks: Vec<usize>,
    pub(crate) combination: Option<Outcome>,
    /// The combined openings, where none are published.
    pub(crate) combined: Vec<u8>,
    pub(crate) count: Count<'m>,
    pub(crate) invalid: Vec<u64>,
    pub(crate) void: Vec<(u64, Id)>,
    pub(crate) wanted: BTreeMap<u64, Option<Vec<(Id, Choice)>>>,
}

/// What it takes of a ballot to open it; the rest was verified in the first pass.
#[derive(Deserialize)]
struct Countable {
    ciphertext: Base64<Vec<u8>>,
    class: Id,
    pseudonym: Base64<[u8; 32]>,
}

/// How many chunks a piece has: as many as a blob of combined openings.
const CHUNKS: usize = ROWS_PER_BLOB / CHUNK;

impl<'a, R: Record> Openings<'a, R> {
    /// How many pieces there are.
    pub(crate) fn pieces(&self) -> usize {
        self.counted.len().div_ceil(ROWS_PER_BLOB)
    }

    /// Checks the piece of this number.
    pub(crate) fn check(
        &self,
        number: usize,
        rng: &mut impl CryptoRngCore,
        watch: &impl Watch,
    ) -> Result<Piece<'a>, Halt<R::Error>> {
        let mut piece = Piece {
            chunks: Vec::new(),
            combination: None,
            combined: Vec::new(),
            count: Count::new(self.manifest),
            invalid: Vec::new(),
            void: Vec::new(),
            wanted: BTreeMap::new(),
        };
        let ballots = self.counted.chunks(ROWS_PER_BLOB).nth(number).unwrap_or_default();
        let combined = self.combined_points(number, ballots.len());
        let combined = match combined {
            Ok(combined) => combined,
            Err(Halt::With(outcome)) => {
                piece.combination = Some(outcome);
                None
            }
            Err(unreadable) => return Err(unreadable),
        };
        for (place, ballots) in ballots.chunks(CHUNK).enumerate() {
            let chunk = number.saturating_mul(CHUNKS).saturating_add(place);
            let nonces: Vec<Point> = ballots.iter().filter_map(CountedBallot::point).collect();
            let lists = self.check_chunk(chunk, &nonces, &mut piece)?;
            let start = place.saturating_mul(CHUNK);
            let openings =
                combined.as_deref().and_then(|all| all.get(start..start.saturating_add(ballots.len())));
            if let Some((entry, _, trustees)) = self.combined
                && let Some(openings) = openings
                && piece.combination.is_none()
            {
                let lists: Option<Vec<_>> = trustees.iter().map(|index| place_of(*index, &lists)).collect();
                let checked = match lists {
                    Some(lists) => check_combined(trustees, &lists, openings, rng).map_err(|error| {
                        let first = match error {
                            urna_election::opening::OpeningError::Combined { first, .. } => {
                                ballots.get(first)
                            }
                            _ => None,
                        };
                        first.map_or_else(
                            || error.to_string(),
                            |ballot| {
                                let index = ballot.index;
                                format!("the opening of ballot {index} is not the combination of the shares")
                            },
                        )
                    }),
                    None => Err("a trustee that it names has not opened everything".to_owned()),
                };
                match checked {
                    Ok(()) => self.read_ballots(ballots, &nonces, openings, &mut piece)?,
                    Err(reason) => piece.combination = Some(Outcome::failed(entry, reason)),
                }
            }
            if self.combined.is_none()
                && let Some(trustees) = &self.complete
            {
                let lists: Option<Vec<_>> = trustees.iter().map(|index| place_of(*index, &lists)).collect();
                let openings = combine(trustees, &lists.unwrap_or_default());
                let openings = openings.map_err(|error| Outcome::failed(None, error))?;
                piece.combined.extend(points_to_bytes(&openings));
                self.read_ballots(ballots, &nonces, &openings, &mut piece)?;
            }
            watch.advance(u64::try_from(ballots.len()).unwrap_or(0));
        }
        Ok(piece)
    }

    /// The published openings of a piece.
    fn combined_points(&self, number: usize, ballots: usize) -> Result<Option<Vec<Point>>, Halt<R::Error>> {
        let Some((entry, blobs, _)) = self.combined else { return Ok(None) };
        let missing = || Outcome::failed(entry, "there are openings for fewer ballots than are counted");
        let blob = blobs.get(number).ok_or_else(missing)?;
        let points = points_from_bytes(&self.blobs.read(blob)?);
        let points = points.map_err(|error| Outcome::failed(entry, error))?;
        if points.len() == ballots { Ok(Some(points)) } else { Err(missing().into()) }
    }

    /// The chunk's partial decryptions by trustee's place, all proved (TRU-12).
    fn check_chunk(
        &self,
        chunk: usize,
        nonces: &[Point],
        piece: &mut Piece<'_>,
    ) -> Result<BTreeMap<usize, Vec<Point>>, Halt<R::Error>> {
        let mut lists = BTreeMap::new();
        for ((_, place), (entry, opening)) in self.posted.range((chunk, 0)..=(chunk, usize::MAX)) {
            let blob = self.blobs.read(&opening.chunk)?;
            let points = check_chunk(self.manifest, *place, opening, &blob, nonces);
            lists.insert(*place, points.map_err(|error| Outcome::failed(*entry, error))?);
            piece.chunks.push(*place);
        }
        Ok(lists)
    }

    /// Decrypts and counts (BAL-6).
    fn read_ballots(
        &self,
        ballots: &[CountedBallot],
        nonces: &[Point],
        openings: &[Point],
        piece: &mut Piece<'a>,
    ) -> Result<(), Halt<R::Error>> {
        let opener = BallotOpener::new(self.manifest);
        let mut read: Option<(u64, crate::reading::Entries)> = None;
        for ((ballot, r), opening) in ballots.iter().zip(nonces).zip(openings) {
            let number = ballot.index / FULL;
            let bundle = match read.take() {
                Some((same, bundle)) if same == number => bundle,
                _ => {
                    let root = usize::try_from(number).ok().and_then(|number| self.bundles.get(number));
                    self.reader.bundle_again(number, root)?
                }
            };
            let place = usize::try_from(ballot.index % FULL).unwrap_or(usize::MAX);
            let opened = bundle.entry(place).and_then(|bytes| {
                let Countable { ciphertext, class, pseudonym } = serde_json::from_slice(bytes).ok()?;
                let ciphertext = Ciphertext { r: *r, text: ciphertext.0 };
                opener.open_ciphertext(&class, &pseudonym.0, &ciphertext, opening)
            });
            let changed = || Unreadable::Changed { file: File::Checkpoint.to_string() };
            let opened = opened.ok_or_else(changed)?;
            let counted = piece.count.add(&opened);
            counted.map_err(|error: CountError| Outcome::failed(ballot.index, error))?;
            self.note(ballot.index, &opened, piece);
            read = Some((number, bundle));
        }
        Ok(())
    }

    fn note(&self, index: u64, ballot: &OpenedBallot, piece: &mut Piece<'_>) {
        let contests = || self.manifest.ballot_style(ballot.class()).map(|(_, contest)| contest);
        match ballot.choices() {
            Err(_) => piece.invalid.push(index),
            Ok(choices) => {
                for (contest, choice) in contests().zip(choices) {
                    if matches!(contest.standing(choice), Standing::Void(_)) {
                        piece.void.push((index, contest.id.clone()));
                    }
                }
            }
        }
        if self.wanted.contains(&index) {
            let choices = ballot.choices().ok().map(|choices| {
                let pairs = contests().zip(choices);
                pairs.map(|(contest, choice)| (contest.id.clone(), choice.clone())).collect()
            });
            piece.wanted.insert(index, choices);
        }
    }
}

fn place_of(index: u16, lists: &BTreeMap<usize, Vec<Point>>) -> Option<Vec<Point>> {
    lists.get(&usize::from(index).checked_sub(1)?).cloned()
}
