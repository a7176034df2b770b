//! The ballot: hashed ElGamal to the trustees' key, and one proof for both secrets.
//!
//! ```text
//! r = KDF(seed, election id, sequence, plaintext),  R = rG,  S = rY
//! keystream = transcript(encryption label, election id, pk, R, Y, S).challenge_bytes(len)
//! ct        = plaintext XOR keystream
//! proof     T1 = k1 G,  T2 = k2 G,  e = H(label, election id, class, pk, sequence, tokens, R, ct, T1, T2)
//!           s1 = k1 + e sk,  s2 = k2 + e r
//! verify    s1 G = T1 + e pk,  s2 G = T2 + e R
//! ```
//!
//! The proof of knowledge of r makes this signed ElGamal: nobody can copy a ballot or use the trustees as an oracle.
//! The proof of knowledge of sk, under the same challenge, makes it the pseudonym's signature on the whole ballot.

use rand_core::CryptoRngCore;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::VerificationFailure;
use crate::batch::{Equation, Equations, Verifiable};
use crate::context::ElectionId;
use crate::encoding;
use crate::group::{DecodeError, Point, Scalar, SecretScalar};
use crate::keys::{ElectionKey, Pseudonym};
use crate::seed::{PseudonymKey, Seed};
use crate::statement::absorb_tokens;
use crate::token::Token;
use crate::transcript::{Transcript, step};

/// What a ballot is bound to besides its voter: election, class and the election key.
#[derive(Clone)]
pub struct BallotContext {
    election_key: ElectionKey,
    encryption: Transcript,
    nonce: Transcript,
    proof: Transcript,
}

impl BallotContext {
    /// The context of ballots of `class` (its id in the manifest), encrypted to `election_key`.
    pub fn new(election: &ElectionId, class: &str, election_key: &ElectionKey) -> Self {
        let absorb = |step| {
            let mut transcript = Transcript::new(step);
            transcript.message(b"election", election.as_bytes());
            transcript
        };
        let mut proof = absorb(step::BALLOT_PROOF);
        proof.message(b"class", class.as_bytes());
        Self {
            election_key: *election_key,
            encryption: absorb(step::BALLOT_ENCRYPTION),
            nonce: absorb(step::BALLOT_NONCE),
            proof,
        }
    }

    /// plaintext XOR keystream, which is its own inverse. Constant time.
    fn apply_keystream(&self, pseudonym: &[u8; 32], r: &Point, s: &Point, text: &mut [u8]) {
        let mut transcript = self.encryption.clone();
        transcript.message(b"pk", pseudonym);
        transcript.point(b"R", r);
        transcript.point(b"Y", &self.election_key.0);
        transcript.point(b"S", s);
        let mut keystream = Zeroizing::new(vec![0; text.len()]);
        transcript.challenge_bytes(b"keystream", &mut keystream);
        for (byte, key) in text.iter_mut().zip(keystream.iter()) {
            *byte ^= key;
        }
    }

    /// Encrypts `plaintext`, already padded to the election's length, as the voter's entry number `sequence` (BAL-3).
    /// Constant time. The same input gives the same ciphertext, so that a voter who crashed casts the same ballot.
    pub fn encrypt(&self, seed: &Seed, sequence: u32, plaintext: &[u8], key: &PseudonymKey) -> Encrypted {
        // r = KDF(seed, election id, sequence, plaintext)
        let mut kdf = self.nonce.clone();
        kdf.message(b"seed", seed.expose());
        kdf.integer(b"sequence", sequence.into());
        kdf.message(b"plaintext", plaintext);
        let r = kdf.derive_secret(b"r");
        // R = rG,  S = rY
        let nonce_point = Point::mul_base(&r);
        let s = Zeroizing::new(self.election_key.0.mul_secret(&r));
        let mut text = plaintext.to_vec();
        self.apply_keystream(&key.pseudonym().to_bytes(), &nonce_point, &s, &mut text);
        Encrypted { r, sequence, ciphertext: Ciphertext { r: nonce_point, text } }
    }

    /// Decrypts with the combined opening S of the trustees (BAL-6). Any bytes may come out; their meaning is judged
    /// by the plaintext encoding.
    pub fn decrypt(
        &self,
        pseudonym: &Pseudonym,
        ciphertext: &Ciphertext,
        opening: &Point,
    ) -> Zeroizing<Vec<u8>> {
        self.decrypt_recorded(&pseudonym.to_bytes(), ciphertext, opening)
    }

    /// The same with the encoded pseudonym, 32 bytes, for whoever has decoded it before and need not do so again.
    pub fn decrypt_recorded(
        &self,
        pseudonym: &[u8; 32],
        ciphertext: &Ciphertext,
        opening: &Point,
    ) -> Zeroizing<Vec<u8>> {
        let mut text = Zeroizing::new(ciphertext.text.clone());
        self.apply_keystream(pseudonym, &ciphertext.r, opening, &mut text);
        text
    }
}

/// An encrypted choice (R, ct).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    /// R = rG: fresh for every ballot; the log refuses one that it has seen.
    pub r: Point,
    /// ct, as long as the padded plaintext of the election.
    pub text: Vec<u8>,
}

/// A ciphertext with its secret nonce r, to be proved once. Consumed by [`Encrypted::prove`].
#[derive(ZeroizeOnDrop)]
pub struct Encrypted {
    r: SecretScalar,
    #[zeroize(skip)]
    sequence: u32,
    #[zeroize(skip)]
    ciphertext: Ciphertext,
}

impl Encrypted {
    /// The ciphertext.
    pub fn ciphertext(&self) -> &Ciphertext {
        &self.ciphertext
    }

    /// Proves knowledge of sk and r over the whole ballot (BAL-4). Constant time. The nonces k1 and k2 are drawn from
    /// statement, secrets and `rng` together.
    pub fn prove(
        self,
        context: &BallotContext,
        key: &PseudonymKey,
        tokens: &[Token],
        rng: &mut impl CryptoRngCore,
    ) -> (Ciphertext, BallotProof) {
        let pseudonym = key.pseudonym();
        let transcript = BallotStatement {
            context,
            pseudonym: &pseudonym,
            sequence: self.sequence,
            tokens,
            ciphertext: &self.ciphertext,
        }
        .transcript();
        let mut hedged = transcript.hedged_rng(&[key.0.secret(), &self.r], rng);
        let (k1, k2) = (SecretScalar::random(&mut hedged), SecretScalar::random(&mut hedged));
        let (t1, t2) = (Point::mul_base(&k1), Point::mul_base(&k2));
        let e = challenge(transcript, &t1, &t2);
        let proof = BallotProof {
            t1,
            t2,
            s1: *k1.expose() + e * *key.0.secret().expose(),
            s2: *k2.expose() + e * *self.r.expose(),
        };
        (self.ciphertext.clone(), proof)
    }
}

/// The joint proof (T1, T2, s1, s2), 128 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BallotProof {
    t1: Point,
    t2: Point,
    s1: Scalar,
    s2: Scalar,
}

impl BallotProof {
    /// The length in bytes.
    pub const LENGTH: usize = 128;

    /// Decodes T1, T2, s1 and s2, 32 bytes each.
    ///
    /// # Errors
    /// [`DecodeError`] if one is not canonical or a point is the identity.
    pub fn from_bytes(bytes: &[u8; 128]) -> Result<Self, DecodeError> {
        let [t1, t2, s1, s2] = encoding::split(bytes);
        Ok(Self {
            t1: Point::from_bytes(&t1)?,
            t2: Point::from_bytes(&t2)?,
            s1: Scalar::from_bytes(&s1)?,
            s2: Scalar::from_bytes(&s2)?,
        })
    }

    /// T1, T2, s1 and s2, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 128] {
        encoding::join([self.t1.to_bytes(), self.t2.to_bytes(), self.s1.to_bytes(), self.s2.to_bytes()])
    }

    /// Verifies the proof over `statement` (BAL-5). Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if an equation does not hold.
    pub fn verify(&self, statement: BallotStatement<'_>) -> Result<(), VerificationFailure> {
        Proved { statement, proof: self }.verify()
    }
}

/// Everything that a ballot's proof is bound to. The tokens themselves are verified as [`crate::Tokened`].
#[derive(Clone, Copy)]
pub struct BallotStatement<'a> {
    /// Election, class and election key.
    pub context: &'a BallotContext,
    /// pk.
    pub pseudonym: &'a Pseudonym,
    /// The number of this entry among the pseudonym's, from 0.
    pub sequence: u32,
    /// The tokens of all issuers, in the manifest's order.
    pub tokens: &'a [Token],
    /// (R, ct).
    pub ciphertext: &'a Ciphertext,
}

impl BallotStatement<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = self.context.proof.clone();
        transcript.point(b"pk", &self.pseudonym.0);
        transcript.integer(b"sequence", self.sequence.into());
        absorb_tokens(&mut transcript, self.tokens);
        transcript.point(b"R", &self.ciphertext.r);
        transcript.message(b"ct", &self.ciphertext.text);
        transcript
    }
}

/// A proof beside its statement, as an item of a [`crate::Batch`] (BAL-5).
pub struct Proved<'a> {
    /// What is proved.
    pub statement: BallotStatement<'a>,
    /// The proof.
    pub proof: &'a BallotProof,
}

impl Verifiable for Proved<'_> {
    fn equations(&self, equations: &mut Equations) {
        let BallotProof { t1, t2, s1, s2 } = self.proof;
        let e = challenge(self.statement.transcript(), t1, t2);
        // T1 + e pk - s1 G = 0,  T2 + e R - s2 G = 0
        equations.push(Equation::of(t1).term(e, &self.statement.pseudonym.0).basepoint(-*s1));
        equations.push(Equation::of(t2).term(e, &self.statement.ciphertext.r).basepoint(-*s2));
    }
}

fn challenge(mut transcript: Transcript, t1: &Point, t2: &Point) -> Scalar {
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
    const OTHER: ElectionId = ElectionId::from_bytes([2; 32]);

    fn election_key(seed: u64) -> (SecretScalar, ElectionKey) {
        let secret = SecretScalar::random(&mut ChaCha20Rng::seed_from_u64(seed));
        let key = ElectionKey(Point::mul_base(&secret));
        (secret, key)
    }

    fn encrypt(election: &ElectionId, seed: [u8; 32], sequence: u32, plaintext: &[u8]) -> Ciphertext {
        let context = BallotContext::new(election, "members", &election_key(1).1);
        let seed = Seed::from_bytes(seed);
        context.encrypt(&seed, sequence, plaintext, &seed.pseudonym_key(election)).ciphertext().clone()
    }

    #[test]
    fn accepts_the_same_ballot_again_after_a_crash_bal_3() {
        let again = || encrypt(&ELECTION, [3; 32], 2, b"a choice");
        assert_eq!(again(), again());
    }

    /// One r for two plaintexts would publish their difference.
    #[test]
    fn rejects_one_nonce_for_two_ballots_bal_3() {
        let ciphertexts = [
            encrypt(&ELECTION, [3; 32], 2, b"a choice"),
            encrypt(&ELECTION, [3; 32], 2, b"a chance"),
            encrypt(&ELECTION, [3; 32], 2, b"a choice\0"),
            encrypt(&ELECTION, [3; 32], 3, b"a choice"),
            encrypt(&ELECTION, [4; 32], 2, b"a choice"),
            encrypt(&OTHER, [3; 32], 2, b"a choice"),
        ];
        for (i, one) in ciphertexts.iter().enumerate() {
            for other in &ciphertexts[..i] {
                assert_ne!(one.r, other.r);
                assert_ne!(one.text, other.text);
            }
        }
    }

    #[test]
    fn accepts_plaintexts_of_every_length_bal_6() {
        let (secret, key) = election_key(1);
        let context = BallotContext::new(&ELECTION, "members", &key);
        let seed = Seed::from_bytes([3; 32]);
        let pseudonym_key = seed.pseudonym_key(&ELECTION);
        for length in [0, 1, 32, 165, 166, 167, 5_000] {
            let plaintext = vec![0xa5; length];
            let encrypted = context.encrypt(&seed, 0, &plaintext, &pseudonym_key);
            let Ciphertext { r, text } = encrypted.ciphertext();
            assert_eq!(text.len(), length);
            assert!(length < 32 || *text != plaintext);
            let opening = r.mul_secret(&secret);
            let decrypted = context.decrypt(&pseudonym_key.pseudonym(), encrypted.ciphertext(), &opening);
            assert_eq!(*decrypted, plaintext);
        }
    }

    /// k1 and k2 differ, and never serve two statements, however bad the generator: s1 - s1' would give sk away.
    #[test]
    fn accepts_a_repeating_generator_without_repeating_a_nonce_bal_4() {
        let context = BallotContext::new(&ELECTION, "members", &election_key(1).1);
        let elsewhere = BallotContext::new(&ELECTION, "guests", &election_key(1).1);
        let seed = Seed::from_bytes([3; 32]);
        let key = seed.pseudonym_key(&ELECTION);
        let prove = |context: &BallotContext, plaintext: &[u8]| {
            context
                .encrypt(&seed, 0, plaintext, &key)
                .prove(context, &key, &[], &mut ChaCha20Rng::seed_from_u64(9))
                .1
        };
        let proofs = [prove(&context, b"one"), prove(&context, b"two"), prove(&elsewhere, b"one")];
        assert_eq!(proofs[0], prove(&context, b"one"));
        let mut commitments: Vec<_> = proofs.iter().flat_map(|proof| [proof.t1, proof.t2]).collect();
        commitments.sort();
        commitments.dedup();
        assert_eq!(commitments.len(), 6);
    }

    /// A stranger who copies (R, ct) cannot prove it under another pseudonym, nor with the voter's own proof.
    #[test]
    fn rejects_a_copied_ballot_bal_5() {
        let mut rng = ChaCha20Rng::seed_from_u64(10);
        let context = BallotContext::new(&ELECTION, "members", &election_key(1).1);
        let (voter, thief) = (Seed::from_bytes([3; 32]), Seed::from_bytes([4; 32]));
        let (key, stolen_by) = (voter.pseudonym_key(&ELECTION), thief.pseudonym_key(&ELECTION));
        let (ciphertext, proof) =
            context.encrypt(&voter, 0, b"a choice", &key).prove(&context, &key, &[], &mut rng);
        let verify = |proof: &BallotProof, key: &PseudonymKey| {
            proof.verify(BallotStatement {
                context: &context,
                pseudonym: &key.pseudonym(),
                sequence: 0,
                tokens: &[],
                ciphertext: &ciphertext,
            })
        };
        assert_eq!(verify(&proof, &key), Ok(()));
        assert_eq!(verify(&proof, &stolen_by), Err(VerificationFailure));
        // The thief knows its own sk, but no r: proving with any other r fails.
        let wrong_r =
            Encrypted { r: SecretScalar::random(&mut rng), sequence: 0, ciphertext: ciphertext.clone() };
        let (_, forged) = wrong_r.prove(&context, &stolen_by, &[], &mut rng);
        assert_eq!(verify(&forged, &stolen_by), Err(VerificationFailure));
        // T2 and s2 taken from the voter's proof answer another challenge.
        let spliced = BallotProof { t2: proof.t2, s2: proof.s2, ..forged };
        assert_eq!(verify(&spliced, &stolen_by), Err(VerificationFailure));
    }
}
