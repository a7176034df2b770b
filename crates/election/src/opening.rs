//! Opening the counted ballots: chunks of partial decryptions, their combination, and reading what comes out
//! (TRU-10 to TRU-14, V-12, V-13).
//!
//! ```text
//! counted list ─ chunks of 4,096 R_j ─> partial decryptions D_ij of trustee i, with one proof a chunk
//! t trustees' D_ij ─ Combination ─> S_j ─ decrypt ─> plaintext ─ OpenedBallot::decode ─> the count
//! ```

use rand_core::CryptoRngCore;
use urna_crypto::{
    BallotContext, CHUNK, ChunkContext, Ciphertext, Combination, CombinationError, DecodeError, DleqProof,
    Point, TrusteeShare, VerificationFailure, partial_decrypt,
};

use crate::blob::{BlobKind, BlobRef, ROWS_PER_BLOB};
use crate::entry::{Ballot, Opening};
use crate::id::Id;
use crate::json::Base64;
use crate::manifest::Manifest;
use crate::selection::OpenedBallot;
pub use crate::verify::sharing_index;

/// Why openings cannot be checked or combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// A blob is not a whole number of points (TRU-12).
    #[error("{length} bytes, which is no whole number of points")]
    Length {
        /// How many bytes there are.
        length: usize,
    },
    /// 32 bytes are not a point (TRU-12).
    #[error("point {place} of the blob: {error}")]
    Point {
        /// Which point, from 0.
        place: usize,
        /// Why it is none.
        error: DecodeError,
    },
    /// The proof of a chunk does not verify (TRU-12).
    #[error("the proof of chunk {position} does not verify")]
    Proof {
        /// The chunk's position.
        position: u32,
    },
    /// A chunk of no or too many ballots, or of other blobs than the entry names.
    #[error("chunk {position} has no or too many partial decryptions")]
    Chunk {
        /// The chunk's position.
        position: u32,
    },
    /// No trustee of this index.
    #[error("there is no trustee {index}")]
    UnknownTrustee {
        /// The index, from 1.
        index: u16,
    },
    /// Not one list for each trustee, each as long as the counted list (TRU-13).
    #[error("not one partial decryption of each trustee for each counted ballot")]
    Incomplete,
    /// Published openings that are not the combination of the partial decryptions (TRU-14).
    #[error("{count} combined openings are wrong, the first is that of counted ballot {first}")]
    Combined {
        /// The first that is wrong, by its place in the counted list, from 0.
        first: usize,
        /// How many are wrong.
        count: usize,
    },
    /// Partial decryptions that do not combine (TRU-13).
    #[error(transparent)]
    Combination(#[from] CombinationError),
}

/// Points one after the other, 32 bytes each: the blobs of partial decryptions and combined openings.
pub fn points_to_bytes(points: &[Point]) -> Vec<u8> {
    points.iter().flat_map(Point::to_bytes).collect()
}

/// Reads points that [`points_to_bytes`] wrote.
///
/// # Errors
/// [`OpeningError::Length`] and [`OpeningError::Point`].
pub fn points_from_bytes(bytes: &[u8]) -> Result<Vec<Point>, OpeningError> {
    let (chunks, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(OpeningError::Length { length: bytes.len() });
    }
    let decode =
        |(place, chunk)| Point::from_bytes(chunk).map_err(|error| OpeningError::Point { place, error });
    chunks.iter().enumerate().map(decode).collect()
}

/// The R_j of all counted ballots cut into chunks, in log order.
pub fn chunks(ephemerals: &[Point]) -> impl Iterator<Item = (u32, &[Point])> {
    (0..).zip(ephemerals.chunks(CHUNK))
}

/// Opens one chunk as a trustee: the entry's body and its blob (TRU-10, TRU-11). Constant time in the share.
///
/// # Errors
/// [`OpeningError::Chunk`] if the chunk is empty or longer than 4,096.
pub fn open_chunk(
    manifest: &Manifest,
    share: &TrusteeShare,
    agreed: &[u8; 32],
    position: u32,
    ephemerals: &[Point],
    rng: &mut impl CryptoRngCore,
) -> Result<(Opening, Vec<u8>), OpeningError> {
    let decryptions = partial_decrypt(share, ephemerals);
    let share_key = share.share_key();
    let context = ChunkContext {
        election: manifest.id(),
        trustee: share.index(),
        share_key: &share_key,
        agreed,
        position,
    };
    let chunk = OpeningError::Chunk { position };
    let proof = DleqProof::prove(&context, share, ephemerals, &decryptions, rng).map_err(|_| chunk)?;
    let blob = points_to_bytes(&decryptions);
    let reference = BlobRef::new(BlobKind::PartialDecryptions, &blob).ok_or(chunk)?;
    Ok((Opening { agreed: Base64(*agreed), chunk: reference, position, proof: Base64(proof) }, blob))
}

/// Checks one chunk of the trustee at `place` of the manifest against the R_j it must open (TRU-12, V-12).
///
/// # Errors
/// [`OpeningError`]; otherwise the partial decryptions, in the order of the R_j.
pub fn check_chunk(
    manifest: &Manifest,
    place: usize,
    opening: &Opening,
    blob: &[u8],
    ephemerals: &[Point],
) -> Result<Vec<Point>, OpeningError> {
    let position = opening.position;
    opening.chunk.check(blob).map_err(|_| OpeningError::Chunk { position })?;
    let decryptions = points_from_bytes(blob)?;
    let index = sharing_index(place);
    let trustee = manifest.trustees().members.get(place).ok_or(OpeningError::UnknownTrustee { index })?;
    let context = ChunkContext {
        election: manifest.id(),
        trustee: index,
        share_key: &trustee.share_key,
        agreed: &opening.agreed.0,
        position,
    };
    let verified = opening.proof.0.verify(&context, ephemerals, &decryptions);
    verified.map_err(|VerificationFailure| OpeningError::Proof { position })?;
    Ok(decryptions)
}

/// Combines the checked partial decryptions of the trustees with these indices: `decryptions` holds one list for
/// each, all as long as the counted list (TRU-13).
///
/// # Errors
/// [`OpeningError::Incomplete`] and [`OpeningError::Combination`].
pub fn combine(trustees: &[u16], decryptions: &[Vec<Point>]) -> Result<Vec<Point>, OpeningError> {
    let combination = Combination::new(trustees)?;
    let ballots = complete(trustees, decryptions)?;
    let column = |ballot: usize| -> Vec<Point> {
        decryptions.iter().filter_map(|list| list.get(ballot).copied()).collect()
    };
    Ok((0..ballots).map(|ballot| combination.combine(&column(ballot))).collect::<Result<_, _>>()?)
}

/// Checks published combined openings against the checked partial decryptions of the trustees that the `result` names, by
/// one random combination (TRU-14, V-13). `rng` supplies its private coins.
///
/// # Errors
/// [`OpeningError::Combined`], [`OpeningError::Incomplete`] and [`OpeningError::Combination`].
pub fn check_combined(
    trustees: &[u16],
    decryptions: &[Vec<Point>],
    combined: &[Point],
    rng: &mut impl CryptoRngCore,
) -> Result<(), OpeningError> {
    let combination = Combination::new(trustees)?;
    if complete(trustees, decryptions)? != combined.len() {
        return Err(OpeningError::Incomplete);
    }
    let lists: Vec<&[Point]> = decryptions.iter().map(Vec::as_slice).collect();
    combination.verify(combined, &lists, rng).map_err(|wrong| OpeningError::Combined {
        first: wrong.first().copied().unwrap_or_default(),
        count: wrong.len(),
    })
}

/// How many ballots all trustees' lists have.
fn complete(trustees: &[u16], decryptions: &[Vec<Point>]) -> Result<usize, OpeningError> {
    let mut lengths = decryptions.iter().map(Vec::len);
    let ballots = lengths.next().ok_or(OpeningError::Incomplete)?;
    if decryptions.len() == trustees.len() && lengths.all(|length| length == ballots) {
        Ok(ballots)
    } else {
        Err(OpeningError::Incomplete)
    }
}

/// Cuts combined openings into the blobs of the `result` entry.
pub fn combined_to_blobs(combined: &[Point]) -> Vec<Vec<u8>> {
    combined.chunks(ROWS_PER_BLOB).map(points_to_bytes).collect()
}

/// Reads counted ballots with their combined openings (BAL-6, V-13).
pub struct BallotOpener<'m> {
    manifest: &'m Manifest,
    /// One for each class, in the manifest's order.
    classes: Vec<BallotContext>,
}

impl<'m> BallotOpener<'m> {
    /// An opener of the ballots of `manifest`'s election.
    pub fn new(manifest: &'m Manifest) -> Self {
        let context = |class: &crate::manifest::Class| {
            BallotContext::new(manifest.id(), class.id.as_str(), manifest.election_key())
        };
        Self { manifest, classes: manifest.classes().iter().map(context).collect() }
    }

    /// Decrypts a ballot with its combined opening S_j and reads it under the manifest. `None` of a class that the
    /// manifest does not have, which no admitted ballot names.
    pub fn open(&self, ballot: &Ballot, opening: &Point) -> Option<OpenedBallot> {
        self.open_ciphertext(&ballot.class, &ballot.pseudonym.0.to_bytes(), &ballot.ciphertext(), opening)
    }

    /// The same of what it takes of a ballot, its pseudonym as it is encoded, for whoever has verified all of it before.
    pub fn open_ciphertext(
        &self,
        class: &Id,
        pseudonym: &[u8; 32],
        ciphertext: &Ciphertext,
        opening: &Point,
    ) -> Option<OpenedBallot> {
        let class = self.manifest.class_index(class)?;
        let context = self.classes.get(class.position())?;
        let plaintext = context.decrypt_recorded(pseudonym, ciphertext, opening);
        Some(OpenedBallot::decode(self.manifest, class, &plaintext))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use urna_crypto::SigningKey;

    use super::*;
    use crate::state::sample::Election;

    static ELECTION: LazyLock<Election> = LazyLock::new(|| Election::publish(|_| {}));
    const AGREED: [u8; 32] = [5; 32];

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(3)
    }

    /// R_j of as many ballots.
    fn ephemerals(count: usize) -> Vec<Point> {
        let mut rng = rng();
        (0..count).map(|_| SigningKey::generate(&mut rng).public()).collect()
    }

    fn open(place: usize, position: u32, ephemerals: &[Point]) -> (Opening, Vec<u8>) {
        let share = &ELECTION.shares[place];
        open_chunk(&ELECTION.manifest, share, &AGREED, position, ephemerals, &mut rng()).unwrap()
    }

    fn check(
        place: usize,
        opening: &Opening,
        blob: &[u8],
        ephemerals: &[Point],
    ) -> Result<Vec<Point>, OpeningError> {
        check_chunk(&ELECTION.manifest, place, opening, blob, ephemerals)
    }

    #[test]
    fn cuts_the_counted_list_into_chunks_of_4096() {
        let points = vec![ephemerals(1)[0]; 2 * CHUNK + 1];
        let lengths: Vec<_> = chunks(&points).map(|(position, chunk)| (position, chunk.len())).collect();
        assert_eq!(lengths, [(0, 4_096), (1, 4_096), (2, 1)]);
        assert_eq!(chunks(&[]).count(), 0);
        let blobs: Vec<_> =
            combined_to_blobs(&vec![points[0]; ROWS_PER_BLOB + 1]).iter().map(Vec::len).collect();
        assert_eq!(blobs, [ROWS_PER_BLOB * 32, 32]);
    }

    #[test]
    fn accepts_the_openings_of_any_t_trustees_and_all_combine_to_the_same_tru_13() {
        let points = ephemerals(5);
        let lists: Vec<_> = (0..3)
            .map(|place| {
                let (opening, blob) = open(place, 7, &points);
                check(place, &opening, &blob, &points).unwrap()
            })
            .collect();
        let combined = combine(&[1, 2], &[lists[0].clone(), lists[1].clone()]).unwrap();
        for pair in [[1, 3], [2, 3], [3, 1]] {
            let of = pair.map(|index| lists[usize::from(index) - 1].clone());
            assert_eq!(combine(&pair, &of).unwrap(), combined);
            check_combined(&pair, &of, &combined, &mut rng()).unwrap();
        }
        assert_eq!(combine(&[1, 2, 3], &lists).unwrap(), combined);
    }

    #[test]
    fn rejects_other_ephemerals_order_position_trustee_and_agreement_tru_12() {
        let points = ephemerals(4);
        let (opening, blob) = open(0, 0, &points);
        let refused = Err(OpeningError::Proof { position: 0 });
        let mut other = points.clone();
        other[2] = ephemerals(5)[4];
        assert_eq!(check(0, &opening, &blob, &other), refused);
        other = points.clone();
        other.swap(0, 1);
        assert_eq!(check(0, &opening, &blob, &other), refused);
        assert_eq!(check(0, &opening, &blob, &points[..3]), refused);
        assert_eq!(check(1, &opening, &blob, &points), refused);
        let moved = Opening { position: 1, ..opening.clone() };
        assert_eq!(check(0, &moved, &blob, &points), Err(OpeningError::Proof { position: 1 }));
        let agreed = Base64([6; 32]);
        assert_eq!(check(0, &Opening { agreed, ..opening.clone() }, &blob, &points), refused);
        assert_eq!(check(3, &opening, &blob, &points), Err(OpeningError::UnknownTrustee { index: 4 }));
        assert!(check(0, &opening, &blob, &points).is_ok());
    }

    /// A trustee's entry that names these points under the proof of the right ones.
    fn with_points(opening: &Opening, points: &[Point]) -> (Opening, Vec<u8>) {
        let blob = points_to_bytes(points);
        let chunk = BlobRef::new(BlobKind::PartialDecryptions, &blob).unwrap();
        (Opening { chunk, ..opening.clone() }, blob)
    }

    #[test]
    fn rejects_wrong_shares_of_a_trustee_tru_12() {
        let points = ephemerals(3);
        let (opening, blob) = open(1, 0, &points);
        let right = points_from_bytes(&blob).unwrap();
        let refused = Err(OpeningError::Proof { position: 0 });
        for place in 0..3 {
            let mut wrong = right.clone();
            wrong[place] = points[place];
            let (opening, blob) = with_points(&opening, &wrong);
            assert_eq!(check(1, &opening, &blob, &points), refused);
        }
        let mut swapped = right.clone();
        swapped.swap(0, 2);
        let (swapped, blob) = with_points(&opening, &swapped);
        assert_eq!(check(1, &swapped, &blob, &points), refused);
        // Shares of another key, with a proof for that key.
        let (anothers, blob) = open(2, 0, &points);
        assert_eq!(check(1, &anothers, &blob, &points), refused);
    }

    #[test]
    fn rejects_blobs_that_are_not_the_chunk_tru_12() {
        let points = ephemerals(2);
        let (opening, blob) = open(0, 0, &points);
        let chunk = Err(OpeningError::Chunk { position: 0 });
        assert_eq!(check(0, &opening, &blob[..32], &points), chunk);
        assert_eq!(check(0, &opening, &[blob.as_slice(), &[0]].concat(), &points), chunk);
        let named = |bytes: &[u8]| {
            let chunk = BlobRef::new(BlobKind::PartialDecryptions, bytes).unwrap();
            check(0, &Opening { chunk, ..opening.clone() }, bytes, &points)
        };
        assert_eq!(named(&blob[..63]), Err(OpeningError::Length { length: 63 }));
        let mut identity = blob.clone();
        identity[32..].fill(0);
        assert_eq!(named(&identity), Err(OpeningError::Point { place: 1, error: DecodeError::Identity }));
        assert_eq!(named(&blob[..32]), Err(OpeningError::Proof { position: 0 }));
        assert_eq!(named(&[]), Err(OpeningError::Proof { position: 0 }));
    }

    #[test]
    fn rejects_empty_and_overlong_chunks_tru_11() {
        let (manifest, share) = (&ELECTION.manifest, &ELECTION.shares[0]);
        let long = vec![ephemerals(1)[0]; CHUNK + 1];
        for points in [[].as_slice(), &long] {
            let opened = open_chunk(manifest, share, &AGREED, 4, points, &mut rng());
            assert_eq!(opened.unwrap_err(), OpeningError::Chunk { position: 4 });
        }
    }

    #[test]
    fn rejects_wrong_combined_openings_and_names_the_first_tru_14() {
        let points = ephemerals(9);
        let lists = [0, 2].map(|place| {
            let (opening, blob) = open(place, 0, &points);
            check(place, &opening, &blob, &points).unwrap()
        });
        let right = combine(&[1, 3], &lists).unwrap();
        let check = |combined: &[Point]| check_combined(&[1, 3], &lists, combined, &mut rng());
        assert_eq!(check(&right), Ok(()));
        let mut wrong = right.clone();
        wrong[4] = points[4];
        assert_eq!(check(&wrong), Err(OpeningError::Combined { first: 4, count: 1 }));
        wrong.swap(6, 8);
        assert_eq!(check(&wrong), Err(OpeningError::Combined { first: 4, count: 3 }));
        assert_eq!(check(&right[..8]), Err(OpeningError::Incomplete));
        // The right points, but combined of other trustees than the result names.
        let other = check_combined(&[1, 2], &lists, &right, &mut rng());
        assert_eq!(other, Err(OpeningError::Combined { first: 0, count: 9 }));
    }

    #[test]
    fn rejects_lists_that_are_not_complete_tru_13() {
        let points = ephemerals(2);
        let list = points.clone();
        let incomplete = Err(OpeningError::Incomplete);
        assert_eq!(combine(&[1, 2], std::slice::from_ref(&list)), incomplete);
        assert_eq!(combine(&[1, 2], &[list.clone(), list[..1].to_vec()]), incomplete);
        assert_eq!(combine(&[1], &[]), incomplete);
        assert_eq!(combine(&[], &[]), Err(CombinationError::NoTrustee.into()));
        let repeated = CombinationError::RepeatedTrustee { index: 1 };
        assert_eq!(combine(&[1, 1], &[list.clone(), list]), Err(repeated.into()));
    }
}
