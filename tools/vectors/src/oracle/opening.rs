//! Partial decryptions, their batched proof, the rehearsal, and combination.

use curve25519_dalek::traits::{Identity, IsIdentity};

use super::transcript::Transcript;
use super::{G, Point, Scalar, point, rows, scalar, token};
use crate::fields::{Fields, List};
use crate::vector::{No, no};

/// A chunk and where it belongs.
#[derive(Clone)]
pub struct Chunk {
    /// The election id.
    pub election: [u8; 32],
    /// i
    pub trustee: u16,
    /// Y_i
    pub share_key: Point,
    /// The agreed hash.
    pub agreed: [u8; 32],
    /// From 0.
    pub position: u32,
    /// R_j
    pub nonces: Vec<Point>,
    /// D_ij
    pub decryptions: Vec<Point>,
}

fn sum(weights: &[Scalar], points: &[Point]) -> Point {
    weights.iter().zip(points).fold(Point::identity(), |sum, (weight, point)| sum + weight * point)
}

impl Chunk {
    fn transcript(&self) -> Transcript {
        let start = Transcript::new("urna/v1/opening/chunk")
            .bytes("election", &self.election)
            .integer("trustee", self.trustee.into())
            .point("Y_i", &self.share_key)
            .bytes("agreed", &self.agreed)
            .integer("position", self.position.into())
            .integer("pairs", u64::try_from(self.nonces.len()).unwrap());
        let pairs = self.nonces.iter().zip(&self.decryptions);
        pairs.fold(start, |transcript, (nonce, decryption)| {
            transcript.point("R_j", nonce).point("D_ij", decryption)
        })
    }

    /// d_j, after everything else was absorbed.
    pub fn weights(&self) -> Vec<Scalar> {
        self.weighted().0
    }

    fn weighted(&self) -> (Vec<Scalar>, Transcript) {
        let mut transcript = self.transcript();
        let bytes = transcript.draw("d_j", 16 * self.nonces.len());
        let weights = bytes.as_chunks::<16>().0.iter().map(|bytes| Scalar::from(u128::from_le_bytes(*bytes)));
        (weights.collect(), transcript)
    }

    /// The proof with nonce k, and everything on the way.
    pub fn prove(&self, x: &Scalar, k: &Scalar) -> ([u8; 96], Fields) {
        let (weights, transcript) = self.weighted();
        self.prove_with(&weights, transcript, x, k)
    }

    /// A proof with weights of the prover's choice, which a verifier must refuse.
    pub fn prove_with(
        &self,
        weights: &[Scalar],
        transcript: Transcript,
        x: &Scalar,
        k: &Scalar,
    ) -> ([u8; 96], Fields) {
        let (m, z) = (sum(weights, &self.nonces), sum(weights, &self.decryptions));
        let (proof, values) = prove_equal_logs(transcript, &m, &z, x, k);
        (proof, values.with("d_j", &List(weights)))
    }

    /// The transcript after the weights were drawn.
    pub fn after_weights(&self) -> Transcript {
        self.weighted().1
    }

    /// Verifies a proof.
    ///
    /// # Errors
    /// GRP-1 to GRP-3, TRU-12.
    pub fn verify(&self, proof: &[u8; 96]) -> Result<(), No> {
        let count = self.nonces.len();
        let parts = decode(proof)?;
        if count != self.decryptions.len() || !(1..=4_096).contains(&count) {
            return Err(no("TRU-12"));
        }
        let (weights, transcript) = self.weighted();
        let (m, z) = (sum(&weights, &self.nonces), sum(&weights, &self.decryptions));
        verify_equal_logs(transcript, &m, &z, &self.share_key, parts, "TRU-12")
    }
}

fn challenge(transcript: Transcript, m: &Point, z: &Point, t1: &Point, t2: &Point) -> Scalar {
    transcript.point("M", m).point("Z", z).point("T1", t1).point("T2", t2).challenge("e")
}

/// T1 = kG, T2 = kM, s = k + e x
pub fn prove_equal_logs(
    transcript: Transcript,
    m: &Point,
    z: &Point,
    x: &Scalar,
    k: &Scalar,
) -> ([u8; 96], Fields) {
    let (t1, t2) = (k * G, k * m);
    let e = challenge(transcript, m, z, &t1, &t2);
    let s = k + e * x;
    let proof = token::join(&[t1.compress().as_bytes(), t2.compress().as_bytes(), s.as_bytes()]);
    let values = Fields::new()
        .with("M", m)
        .with("T1", &t1)
        .with("T2", &t2)
        .with("Z", z)
        .with("e", &e)
        .with("k", k)
        .with("s", &s)
        .with("x_i", x);
    (proof, values)
}

fn decode(proof: &[u8; 96]) -> Result<(Point, Point, Scalar), No> {
    let [t1, t2, s] = rows(proof);
    Ok((point(&t1)?, point(&t2)?, scalar(&s)?))
}

fn verify_equal_logs(
    transcript: Transcript,
    m: &Point,
    z: &Point,
    share_key: &Point,
    (t1, t2, s): (Point, Point, Scalar),
    rule: &'static str,
) -> Result<(), No> {
    let e = challenge(transcript, m, z, &t1, &t2);
    if s * G == t1 + e * share_key && s * m == t2 + e * z { Ok(()) } else { Err(no(rule)) }
}

/// The canary of a trustee.
pub fn canary(election: &[u8; 32], trustee: u16) -> Point {
    let wide = Transcript::new("urna/v1/rehearsal/canary")
        .bytes("election", election)
        .integer("trustee", trustee.into())
        .draw("canary", 64);
    Point::from_uniform_bytes(&wide.try_into().unwrap())
}

fn rehearsal_transcript(election: &[u8; 32], trustee: u16, share_key: &Point) -> Transcript {
    Transcript::new("urna/v1/rehearsal/proof")
        .bytes("election", election)
        .integer("trustee", trustee.into())
        .point("Y_i", share_key)
}

/// The rehearsal: D = x C, and its proof.
pub fn rehearse(election: &[u8; 32], trustee: u16, x: &Scalar, k: &Scalar) -> ([u8; 128], Fields) {
    let canary = canary(election, trustee);
    let decryption = x * canary;
    let transcript = rehearsal_transcript(election, trustee, &(x * G));
    let (proof, values) = prove_equal_logs(transcript, &canary, &decryption, x, k);
    let bytes = [decryption.compress().as_bytes().as_slice(), &proof].concat();
    (bytes.try_into().unwrap(), values.with("canary", &canary).with("decryption", &decryption))
}

/// Verifies a rehearsal.
///
/// # Errors
/// GRP-1 to GRP-3, TRU-7.
pub fn verify_rehearsal(
    election: &[u8; 32],
    trustee: u16,
    share_key: &Point,
    rehearsal: &[u8; 128],
) -> Result<(), No> {
    let [decryption, t1, t2, s] = rows(rehearsal);
    let parts = decode(&token::join(&[&t1, &t2, &s]))?;
    let decryption = point(&decryption)?;
    let transcript = rehearsal_transcript(election, trustee, share_key);
    let canary = canary(election, trustee);
    verify_equal_logs(transcript, &canary, &decryption, share_key, parts, "TRU-7")
}

/// lambda_i = product over k != i of k / (k - i)
///
/// # Errors
/// TRU-13.
pub fn lambda(trustees: &[u16]) -> Result<Vec<Scalar>, No> {
    let repeated = |i: usize| trustees[..i].contains(&trustees[i]);
    if trustees.is_empty() || trustees.contains(&0) || (0..trustees.len()).any(repeated) {
        return Err(no("TRU-13"));
    }
    let coefficient = |i: &u16| {
        trustees.iter().filter(|k| *k != i).fold(Scalar::ONE, |product, k| {
            let (k, i) = (Scalar::from(*k), Scalar::from(*i));
            product * k * (k - i).invert()
        })
    };
    Ok(trustees.iter().map(coefficient).collect())
}

/// S = sum lambda_i D_i
///
/// # Errors
/// TRU-13.
pub fn combine(trustees: &[u16], decryptions: &[Point]) -> Result<Point, No> {
    let lambda = lambda(trustees)?;
    let combined = sum(&lambda, decryptions);
    if decryptions.len() != trustees.len() || combined.is_identity() {
        return Err(no("TRU-13"));
    }
    Ok(combined)
}
