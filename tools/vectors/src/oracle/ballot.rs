//! Pseudonym, identifier, encryption and the joint proof.

use sha2::{Digest, Sha256};

use super::transcript::Transcript;
use super::{G, Point, Scalar, point, rows, scalar, token};
use crate::fields::Fields;
use crate::vector::{No, no};

/// sk = KDF(seed, election id)
pub fn pseudonym_secret(seed: &[u8; 32], election: &[u8; 32]) -> Scalar {
    Transcript::new("urna/v1/pseudonym/key").bytes("seed", seed).bytes("election", election).challenge("sk")
}

/// The credential's secret, derived from an invitation's.
pub fn credential_secret(secret: &[u8; 32], election: &[u8; 32]) -> Scalar {
    Transcript::new("urna/v1/credential/key")
        .bytes("secret", secret)
        .bytes("election", election)
        .challenge("sk")
}

/// The first 100 bits of SHA-256 over label, election id and pk: 20 Crockford characters in groups of four.
pub fn identifier(election: &[u8; 32], pk: &Point) -> String {
    let hash = Sha256::new()
        .chain_update("urna/v1/identifier")
        .chain_update(election)
        .chain_update(pk.compress().as_bytes())
        .finalize();
    let alphabet: Vec<char> = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().collect();
    let bit = |i: usize| usize::from(hash[i / 8] >> (7 - i % 8) & 1);
    let digits = (0..20).map(|digit| (0..5).fold(0, |value, i| 2 * value + bit(5 * digit + i)));
    let characters: Vec<char> = digits.map(|digit| alphabet[digit]).collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// An encrypted ballot and everything on the way to it.
pub struct Encrypted {
    /// r, secret.
    pub r: Scalar,
    /// R.
    pub ephemeral: Point,
    /// ct.
    pub ciphertext: Vec<u8>,
    /// r, R, S, keystream and ct.
    pub values: Fields,
}

/// The keystream of a ballot.
pub fn keystream(
    election: &[u8; 32],
    pk: &Point,
    ephemeral: &Point,
    y: &Point,
    s: &Point,
    length: usize,
) -> Vec<u8> {
    Transcript::new("urna/v1/ballot/encryption")
        .bytes("election", election)
        .point("pk", pk)
        .point("R", ephemeral)
        .point("Y", y)
        .point("S", s)
        .draw("keystream", length)
}

/// Byte by byte.
pub fn xor(text: &[u8], keystream: &[u8]) -> Vec<u8> {
    text.iter().zip(keystream).map(|(text, key)| text ^ key).collect()
}

/// r = KDF(seed, election id, sequence, plaintext), R = rG, S = rY, ct = plaintext XOR keystream
pub fn encrypt(
    election: &[u8; 32],
    seed: &[u8; 32],
    sequence: u32,
    plaintext: &[u8],
    pk: &Point,
    y: &Point,
) -> Encrypted {
    let r = Transcript::new("urna/v1/ballot/nonce")
        .bytes("election", election)
        .bytes("seed", seed)
        .integer("sequence", sequence.into())
        .bytes("plaintext", plaintext)
        .challenge("r");
    let (ephemeral, s) = (r * G, r * y);
    let keystream = keystream(election, pk, &ephemeral, y, &s, plaintext.len());
    let ciphertext = xor(plaintext, &keystream);
    let values = Fields::new()
        .with("R", &ephemeral)
        .with("S", &s)
        .with("ct", &ciphertext)
        .with("keystream", &keystream)
        .with("r", &r);
    Encrypted { r, ephemeral, ciphertext, values }
}

/// What a ballot's proof is over.
#[derive(Clone)]
pub struct Statement {
    /// The election id.
    pub election: [u8; 32],
    /// The class.
    pub class: String,
    /// pk.
    pub pk: Point,
    /// The sequence number.
    pub sequence: u32,
    /// The tokens.
    pub tokens: Vec<[u8; 96]>,
    /// R.
    pub ephemeral: Point,
    /// ct.
    pub ciphertext: Vec<u8>,
}

impl Statement {
    /// e
    pub fn challenge(&self, t1: &Point, t2: &Point) -> Scalar {
        let transcript = Transcript::new("urna/v1/ballot/proof")
            .bytes("election", &self.election)
            .bytes("class", self.class.as_bytes())
            .point("pk", &self.pk)
            .integer("sequence", self.sequence.into());
        token::absorb(transcript, &self.tokens)
            .point("R", &self.ephemeral)
            .bytes("ct", &self.ciphertext)
            .point("T1", t1)
            .point("T2", t2)
            .challenge("e")
    }

    /// T1 = k1 G, T2 = k2 G, s1 = k1 + e sk, s2 = k2 + e r
    pub fn prove(&self, sk: &Scalar, r: &Scalar, nonces: [Scalar; 2]) -> ([u8; 128], Fields) {
        let [k1, k2] = nonces;
        let (t1, t2) = (k1 * G, k2 * G);
        let e = self.challenge(&t1, &t2);
        let (s1, s2) = (k1 + e * sk, k2 + e * r);
        let proof =
            token::join(&[t1.compress().as_bytes(), t2.compress().as_bytes(), s1.as_bytes(), s2.as_bytes()]);
        let values = Fields::new()
            .with("T1", &t1)
            .with("T2", &t2)
            .with("e", &e)
            .with("k1", &k1)
            .with("k2", &k2)
            .with("s1", &s1)
            .with("s2", &s2);
        (proof, values)
    }

    /// s1 G = T1 + e pk, s2 G = T2 + e R
    ///
    /// # Errors
    /// GRP-1 to GRP-3, BAL-5.
    pub fn verify(&self, proof: &[u8; 128]) -> Result<(), No> {
        let [t1, t2, s1, s2] = rows(proof);
        let (t1, t2, s1, s2) = (point(&t1)?, point(&t2)?, scalar(&s1)?, scalar(&s2)?);
        let e = self.challenge(&t1, &t2);
        if s1 * G == t1 + e * self.pk && s2 * G == t2 + e * self.ephemeral {
            Ok(())
        } else {
            Err(no("BAL-5"))
        }
    }
}
