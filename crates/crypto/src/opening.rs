//! Opening: partial decryptions with one batched proof for each chunk, and their combination.
//!
//! ```text
//! D_ij = x_i R_j                                   for all counted j, in log order, in chunks of 4,096
//! transcript absorbs label, election id, i, Y_i, the agreed hash, the chunk's position, all (R_j, D_ij);
//!            only then d_j = 128-bit weights
//! M = sum d_j R_j,  Z = sum d_j D_ij               = x_i M, if every D_ij is right
//! proof      T1 = kG,  T2 = kM,  e,  s = k + e x_i
//! verify     sG = T1 + e Y_i,  sM = T2 + e Z
//! combine    S_j = sum lambda_i D_ij               lambda_i = product over k != i of k / (k - i)
//! ```
//!
//! The weights depend on the whole chunk. Weights that depend on single items only let a malicious trustee forge the
//! proof of a large batch by a k-sum, one item at a time.
//!
//! More than 600 lines with its tests: chunk, rehearsal and combination share one proof and its private weights.

use rand_core::{CryptoRngCore, RngCore};

use crate::VerificationFailure;
use crate::ceremony::TrusteeShare;
use crate::context::ElectionId;
use crate::encoding;
use crate::group::{DecodeError, Msm, Point, Scalar, SecretScalar};
use crate::keys::ShareKey;
use crate::transcript::{Transcript, step};

/// How many ballots one chunk holds at most.
pub const CHUNK: usize = 4_096;

/// Where a chunk of partial decryptions belongs.
#[derive(Clone, Copy)]
pub struct ChunkContext<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The trustee's index i, 1 to n.
    pub trustee: u16,
    /// Y_i.
    pub share_key: &'a ShareKey,
    /// The hash of what enough trustees agreed to open, 32 bytes (TRU-9).
    pub agreed: &'a [u8; 32],
    /// The chunk's position among the trustee's chunks, from 0.
    pub position: u32,
}

impl ChunkContext<'_> {
    fn transcript(&self, nonces: &[Point], decryptions: &[Point]) -> Transcript {
        let mut transcript = Transcript::new(step::OPENING);
        transcript.message(b"election", self.election.as_bytes());
        transcript.integer(b"trustee", self.trustee.into());
        transcript.point(b"Y_i", &self.share_key.0);
        transcript.message(b"agreed", self.agreed);
        transcript.integer(b"position", self.position.into());
        transcript.integer(b"pairs", u64::try_from(nonces.len()).unwrap_or(u64::MAX));
        for (nonce, decryption) in nonces.iter().zip(decryptions) {
            transcript.point(b"R_j", nonce);
            transcript.point(b"D_ij", decryption);
        }
        transcript
    }
}

/// D_ij = x_i R_j for every counted ballot of a chunk (TRU-10). Constant time in x_i.
pub fn partial_decrypt(share: &TrusteeShare, nonces: &[Point]) -> Vec<Point> {
    nonces.iter().map(|nonce| nonce.mul_secret(share.secret())).collect()
}

/// A proof (T1, T2, s) that log_G Y_i = log_M Z, 96 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DleqProof {
    t1: Point,
    t2: Point,
    s: Scalar,
}

impl DleqProof {
    /// The length in bytes.
    pub const LENGTH: usize = 96;

    /// Decodes T1, T2 and s, 32 bytes each.
    ///
    /// # Errors
    /// [`DecodeError`] if one is not canonical or a point is the identity.
    pub fn from_bytes(bytes: &[u8; 96]) -> Result<Self, DecodeError> {
        let [t1, t2, s] = encoding::split(bytes);
        Ok(Self { t1: Point::from_bytes(&t1)?, t2: Point::from_bytes(&t2)?, s: Scalar::from_bytes(&s)? })
    }

    /// T1, T2 and s, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 96] {
        encoding::join([self.t1.to_bytes(), self.t2.to_bytes(), self.s.to_bytes()])
    }

    /// Proves that `decryptions` are the share's partial decryptions of `nonces`, pairwise and in this order
    /// (TRU-11). Constant time in x_i.
    ///
    /// # Errors
    /// [`ChunkError`] if the chunk is empty, too long, or the two lists differ in length.
    pub fn prove(
        context: &ChunkContext<'_>,
        share: &TrusteeShare,
        nonces: &[Point],
        decryptions: &[Point],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, ChunkError> {
        check_lengths(nonces, decryptions)?;
        let mut transcript = context.transcript(nonces, decryptions);
        let weights = weights(&mut transcript, nonces.len());
        let (m, z) = (
            weighted_sum(&weights, nonces).ok_or(ChunkError::Degenerate)?,
            weighted_sum(&weights, decryptions).ok_or(ChunkError::Degenerate)?,
        );
        Ok(Self::prove_equal_logs(transcript, &m, &z, share, rng))
    }

    pub(crate) fn prove_equal_logs(
        transcript: Transcript,
        m: &Point,
        z: &Point,
        share: &TrusteeShare,
        rng: &mut impl CryptoRngCore,
    ) -> Self {
        let k = SecretScalar::random(&mut transcript.hedged_rng(&[share.secret()], rng));
        let (t1, t2) = (Point::mul_base(&k), m.mul_secret(&k));
        let e = challenge(transcript, m, z, &t1, &t2);
        Self { t1, t2, s: *k.expose() + e * *share.secret().expose() }
    }

    /// Verifies that `decryptions` are the trustee's partial decryptions of `nonces`, pairwise, in this order and at
    /// this position (TRU-12, V-12). Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if a length is wrong or an equation does not hold.
    pub fn verify(
        &self,
        context: &ChunkContext<'_>,
        nonces: &[Point],
        decryptions: &[Point],
    ) -> Result<(), VerificationFailure> {
        check_lengths(nonces, decryptions).map_err(|_| VerificationFailure)?;
        let mut transcript = context.transcript(nonces, decryptions);
        let weights = weights(&mut transcript, nonces.len());
        let m = weighted_sum(&weights, nonces).ok_or(VerificationFailure)?;
        let z = weighted_sum(&weights, decryptions).ok_or(VerificationFailure)?;
        self.verify_equal_logs(transcript, &m, &z, context.share_key)
    }

    pub(crate) fn verify_equal_logs(
        &self,
        transcript: Transcript,
        m: &Point,
        z: &Point,
        share_key: &ShareKey,
    ) -> Result<(), VerificationFailure> {
        let Self { t1, t2, s } = self;
        let e = challenge(transcript, m, z, t1, t2);
        // T1 + e Y_i - sG = 0 and T2 + e Z - sM = 0
        let holds = |terms: [(Scalar, &Point); 3]| {
            let mut msm = Msm::with_capacity(terms.len());
            terms.into_iter().for_each(|(scalar, point)| msm.push(scalar, point));
            msm.vartime_is_identity()
        };
        let keys = holds([(Scalar::ONE, t1), (e, &share_key.0), (-*s, &Point::generator_g())]);
        let pairs = holds([(Scalar::ONE, t2), (e, z), (-*s, m)]);
        if keys && pairs { Ok(()) } else { Err(VerificationFailure) }
    }
}

/// The combination of t trustees' partial decryptions by Lagrange interpolation at 0.
pub struct Combination {
    lambda: Vec<Scalar>,
}

impl Combination {
    /// The combination of the trustees with these indices, each 1 to n.
    ///
    /// # Errors
    /// [`CombinationError`] if an index is zero or occurs twice, or there is none.
    pub fn new(trustees: &[u16]) -> Result<Self, CombinationError> {
        if trustees.is_empty() {
            return Err(CombinationError::NoTrustee);
        }
        if trustees.contains(&0) {
            return Err(CombinationError::ZeroIndex);
        }
        let scalar = |index: u16| Scalar::from(u64::from(index));
        // lambda_i = product over k != i of k / (k - i)
        let coefficient = |(position, i): (usize, &u16)| {
            let others = trustees.iter().enumerate().filter(|(other, _)| *other != position);
            let (numerator, denominator) = others.fold((Scalar::ONE, Scalar::ONE), |(n, d), (_, k)| {
                (n * scalar(*k), d * (scalar(*k) - scalar(*i)))
            });
            denominator
                .invert()
                .map(|inverse| numerator * inverse)
                .ok_or(CombinationError::RepeatedTrustee { index: *i })
        };
        let lambda = trustees.iter().enumerate().map(coefficient).collect::<Result<_, _>>()?;
        Ok(Self { lambda })
    }

    /// S_j = sum lambda_i D_ij for one ballot, the trustees in the order given to [`Combination::new`] (TRU-13).
    /// Variable time: partial decryptions are public.
    ///
    /// # Errors
    /// [`CombinationError`] if there is not one D_ij for each trustee, or their sum is the identity, which proved
    /// partial decryptions of an R other than the identity never give.
    pub fn combine(&self, decryptions: &[Point]) -> Result<Point, CombinationError> {
        if decryptions.len() != self.lambda.len() {
            return Err(CombinationError::Length { expected: self.lambda.len(), actual: decryptions.len() });
        }
        Point::vartime_sum(self.lambda.iter().copied().zip(decryptions)).ok_or(CombinationError::Identity)
    }

    /// Verifies published S_j against the trustees' D_ij by one random combination (TRU-14, V-13): `decryptions` holds
    /// one list for each trustee, in the order given to [`Combination::new`]. Variable time.
    ///
    /// # Errors
    /// The positions of exactly the wrong S_j, ascending; all positions, which may be none, if the lists differ in length:
    /// whatever the list says, an error is a refusal.
    pub fn verify(
        &self,
        combined: &[Point],
        decryptions: &[&[Point]],
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), Vec<usize>> {
        let complete = decryptions.len() == self.lambda.len();
        if !complete || decryptions.iter().any(|list| list.len() != combined.len()) {
            return Err((0..combined.len()).collect());
        }
        let mut coins = self.transcript(combined, decryptions).public_rng(rng);
        let mut wrong = Vec::new();
        self.bisect(combined, decryptions, 0, &mut coins, &mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Everything that the weights depend on besides private coins (BAT-1).
    fn transcript(&self, combined: &[Point], decryptions: &[&[Point]]) -> Transcript {
        let mut transcript = Transcript::new(step::COMBINATION);
        for lambda in &self.lambda {
            transcript.scalar(b"lambda_i", lambda);
        }
        for list in decryptions.iter().chain(core::iter::once(&combined)) {
            for point in list.iter() {
                transcript.point(b"point", point);
            }
        }
        transcript
    }

    fn bisect(
        &self,
        combined: &[Point],
        decryptions: &[&[Point]],
        start: usize,
        coins: &mut impl RngCore,
        wrong: &mut Vec<usize>,
    ) {
        if self.holds(combined, decryptions, coins) {
            return;
        }
        if combined.len() == 1 {
            wrong.push(start);
            return;
        }
        let middle = combined.len() / 2;
        let (left, right) = combined.split_at(middle);
        let (lefts, rights): (Vec<_>, Vec<_>) = decryptions.iter().map(|list| list.split_at(middle)).unzip();
        self.bisect(left, &lefts, start, coins, wrong);
        self.bisect(right, &rights, start + middle, coins, wrong);
    }

    /// sum w_j S_j = sum_i lambda_i (sum_j w_j D_ij), the inner sums with 128-bit weights.
    fn holds(&self, combined: &[Point], decryptions: &[&[Point]], coins: &mut impl RngCore) -> bool {
        if combined.is_empty() {
            return true;
        }
        // A single item needs no weight: its equation is evaluated as it stands.
        let weights =
            if combined.len() == 1 { vec![Scalar::ONE] } else { draw_weights(coins, combined.len()) };
        let mut outer = Msm::with_capacity(decryptions.len() + 1);
        if let Some(sum) = weighted_sum(&weights, combined) {
            outer.push(-Scalar::ONE, &sum);
        }
        for (lambda, list) in self.lambda.iter().zip(decryptions) {
            if let Some(sum) = weighted_sum(&weights, list) {
                outer.push(*lambda, &sum);
            }
        }
        outer.vartime_is_identity()
    }
}

/// Why a chunk cannot be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// A chunk holds at least one pair and at most [`CHUNK`].
    #[error("a chunk of {pairs} pairs, where 1 to {CHUNK} belong")]
    Size {
        /// How many pairs there are.
        pairs: usize,
    },
    /// There must be one partial decryption for each R_j.
    #[error("{nonces} points to decrypt, but {decryptions} partial decryptions")]
    Unpaired {
        /// How many R_j there are.
        nonces: usize,
        /// How many D_ij there are.
        decryptions: usize,
    },
    /// A weighted sum vanished, which happens with probability 2^-128.
    #[error("the weighted sum of the chunk is the identity")]
    Degenerate,
}

/// Why partial decryptions cannot be combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CombinationError {
    /// There is no trustee.
    #[error("no trustee")]
    NoTrustee,
    /// Trustees are numbered from 1.
    #[error("trustee 0 does not exist")]
    ZeroIndex,
    /// A trustee is named twice.
    #[error("trustee {index} occurs twice")]
    RepeatedTrustee {
        /// Its index.
        index: u16,
    },
    /// One partial decryption belongs to each trustee.
    #[error("{actual} partial decryptions where {expected} belong")]
    Length {
        /// How many trustees there are.
        expected: usize,
        /// How many partial decryptions there are.
        actual: usize,
    },
    /// The combination is the identity.
    #[error("the combined opening is the identity")]
    Identity,
}

fn check_lengths(nonces: &[Point], decryptions: &[Point]) -> Result<(), ChunkError> {
    if nonces.len() != decryptions.len() {
        return Err(ChunkError::Unpaired { nonces: nonces.len(), decryptions: decryptions.len() });
    }
    if nonces.is_empty() || nonces.len() > CHUNK {
        return Err(ChunkError::Size { pairs: nonces.len() });
    }
    Ok(())
}

/// The weights d_j, after everything else was absorbed.
fn weights(transcript: &mut Transcript, count: usize) -> Vec<Scalar> {
    let mut bytes = vec![0; 16 * count];
    transcript.challenge_bytes(b"d_j", &mut bytes);
    to_weights(&bytes)
}

fn draw_weights(coins: &mut impl RngCore, count: usize) -> Vec<Scalar> {
    let mut bytes = vec![0; 16 * count];
    coins.fill_bytes(&mut bytes);
    to_weights(&bytes)
}

fn to_weights(bytes: &[u8]) -> Vec<Scalar> {
    bytes.as_chunks::<16>().0.iter().map(|weight| Scalar::from_weight(*weight)).collect()
}

fn weighted_sum(weights: &[Scalar], points: &[Point]) -> Option<Point> {
    Point::vartime_sum(weights.iter().copied().zip(points))
}

fn challenge(mut transcript: Transcript, m: &Point, z: &Point, t1: &Point, t2: &Point) -> Scalar {
    transcript.point(b"M", m);
    transcript.point(b"Z", z);
    transcript.point(b"T1", t1);
    transcript.point(b"T2", t2);
    transcript.challenge(b"e")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    const ELECTION: ElectionId = ElectionId::from_bytes([1; 32]);
    const AGREED: [u8; 32] = [2; 32];

    /// D_1 + d_2 E and D_2 - d_1 E with the weights d_j of the honest chunk: the weighted sum stays x_i M. It is refused
    /// because the weights of the changed chunk are others (were they drawn from single items, or before the D_ij were
    /// absorbed, it would pass).
    #[test]
    fn rejects_wrong_shares_that_cancel_under_the_weights_of_the_honest_chunk_tru_12() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let secret = SecretScalar::random(&mut rng);
        let share = share_of(&secret);
        let share_key = share.share_key();
        let context = ChunkContext {
            election: &ELECTION,
            trustee: 1,
            share_key: &share_key,
            agreed: &AGREED,
            position: 0,
        };
        for (size, one, other) in [(2, 0, 1), (200, 0, 199), (200, 99, 100)] {
            let nonces: Vec<_> =
                (0..size).map(|_| Point::mul_base(&SecretScalar::random(&mut rng))).collect();
            let honest = partial_decrypt(&share, &nonces);
            let proof = DleqProof::prove(&context, &share, &nonces, &honest, &mut rng).unwrap();
            assert_eq!(proof.verify(&context, &nonces, &honest), Ok(()));

            let d = weights(&mut context.transcript(&nonces, &honest), size);
            let error = Point::mul_base(&SecretScalar::random(&mut rng));
            let shifted = |point: &Point, by: Scalar| {
                Point::vartime_sum([(Scalar::ONE, point), (by, &error)].into_iter()).unwrap()
            };
            let mut wrong = honest.clone();
            wrong[one] = shifted(&honest[one], d[other]);
            wrong[other] = shifted(&honest[other], -d[one]);
            assert_ne!(wrong[one], honest[one]);
            assert_ne!(wrong[other], honest[other]);
            assert_eq!(
                weighted_sum(&d, &wrong),
                weighted_sum(&d, &honest),
                "the errors cancel under the honest weights"
            );
            // Neither with the honest chunk's proof, nor with one made for the wrong chunk, nor with one made over the
            // wrong chunk's transcript for the honest M and Z.
            let transcript = || context.transcript(&nonces, &wrong);
            let (m, z) = (weighted_sum(&d, &nonces).unwrap(), weighted_sum(&d, &wrong).unwrap());
            let mut drawn = transcript();
            weights(&mut drawn, size);
            let proofs = [
                proof,
                DleqProof::prove(&context, &share, &nonces, &wrong, &mut rng).unwrap(),
                DleqProof::prove_equal_logs(transcript(), &m, &z, &share, &mut rng),
                DleqProof::prove_equal_logs(drawn, &m, &z, &share, &mut rng),
            ];
            for proof in proofs {
                assert_eq!(
                    proof.verify(&context, &nonces, &wrong),
                    Err(VerificationFailure),
                    "{size}: {one}, {other}"
                );
            }
        }
    }

    /// The two equations are checked each by itself: errors that cancel in their sum are refused.
    #[test]
    fn rejects_errors_that_cancel_between_the_two_equations_tru_12() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let secret = SecretScalar::random(&mut rng);
        let share = share_of(&secret);
        let (m, k) = (Point::generator_h(), SecretScalar::random(&mut rng));
        let z = m.mul_secret(&secret);
        let shifted = |point: Point, by: Scalar| {
            Point::vartime_sum([(Scalar::ONE, &point), (by, &m)].into_iter()).unwrap()
        };
        // T1 + dM and T2 - dM, with the challenge and the response that belong to them.
        let d = Scalar::from(5);
        let transcript = || Transcript::new(step::OPENING);
        let (t1, t2) = (shifted(Point::mul_base(&k), d), shifted(m.mul_secret(&k), -d));
        let e = challenge(transcript(), &m, &z, &t1, &t2);
        let s = *k.expose() + e * *secret.expose();
        let left = Point::vartime_sum([(s, &Point::generator_g()), (s, &m)].into_iter());
        let right = Point::vartime_sum(
            [(Scalar::ONE, &t1), (Scalar::ONE, &t2), (e, &share.share_key().0), (e, &z)].into_iter(),
        );
        assert_eq!(left, right, "the sum of the two equations holds");
        let proof = DleqProof { t1, t2, s };
        assert_eq!(
            proof.verify_equal_logs(transcript(), &m, &z, &share.share_key()),
            Err(VerificationFailure)
        );
    }

    /// S_1 + w_2 E and S_2 - w_1 E with the weights w_j of the honest list, known to whoever knows the private coins.
    #[test]
    fn rejects_combined_openings_that_cancel_under_the_weights_of_the_honest_list_tru_14() {
        let coins = || ChaCha20Rng::seed_from_u64(4);
        let combination = Combination::new(&[1, 2]).unwrap();
        let draw = |combination: &Combination, combined: &[Point], lists: &[&[Point]]| {
            draw_weights(&mut combination.transcript(combined, lists).public_rng(&mut coins()), 2)
        };
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut point = || Point::mul_base(&SecretScalar::random(&mut rng));
        let points: [Point; 5] = core::array::from_fn(|_| point());
        let (first, second, error) = (&points[..2], &points[2..4], points[4]);
        let lists = [first, second];
        let honest = [0, 1].map(|j| combination.combine(&[first[j], second[j]]).unwrap());
        let w = draw(&combination, &honest, &lists);
        let shifted = |point: &Point, by: Scalar| {
            Point::vartime_sum([(Scalar::ONE, point), (by, &error)].into_iter()).unwrap()
        };
        let wrong = [shifted(&honest[0], w[1]), shifted(&honest[1], -w[0])];
        assert_eq!(weighted_sum(&w, &wrong), weighted_sum(&w, &honest));
        assert_eq!(combination.verify(&honest, &lists, &mut coins()), Ok(()));
        assert_eq!(combination.verify(&wrong, &lists, &mut coins()), Err(vec![0, 1]));
        // The weights depend on every list and on whose they are.
        let drawn = [
            w,
            draw(&combination, &wrong, &lists),
            draw(&combination, &honest, &[second, first]),
            draw(&Combination::new(&[1, 3]).unwrap(), &honest, &lists),
        ];
        for (i, one) in drawn.iter().enumerate() {
            assert!(drawn[..i].iter().all(|other| one[0] != other[0]), "{i}");
        }
    }

    fn share_of(secret: &SecretScalar) -> TrusteeShare {
        let public = Point::mul_base(secret).to_bytes();
        let bytes = [&[1, 0], [*secret.to_bytes(), public, public].as_flattened()].concat();
        TrusteeShare::from_bytes(&bytes.try_into().unwrap()).unwrap()
    }
}
