//! Schnorr signatures over ristretto255: of voters' credentials, pseudonyms, issuers and trustees (SIG-1).
//!
//! ```text
//! sign     k hedged,  R = kG,  e = H(statement, P, R),  s = k + e x
//! verify   sG = R + eP
//! ```
//!
//! What is signed is a [`Statement`]: a type for each, with a transcript label of its own, so that no signature can
//! be taken for one on something else. The commitment R is sent, not the challenge, so that many verify in one batch.

use rand_core::CryptoRngCore;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::VerificationFailure;
use crate::batch::{Equation, Equations, Verifiable};
use crate::group::{DecodeError, Point, Scalar, SecretScalar};
use crate::keys::VerifyingKey;
use crate::transcript::Transcript;

/// Something that can be signed: it fills a transcript with everything the signature is bound to.
pub trait Statement: sealed::Sealed {}

pub(crate) mod sealed {
    /// Implemented by the statements of this crate only: nobody outside can name the transcript.
    pub trait Sealed {
        /// A transcript under the statement's own label that holds all of its fields.
        #[doc(hidden)]
        fn transcript(&self) -> crate::transcript::Transcript;
    }
}

/// A secret signing key x with its public key P = xG. Wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct SigningKey {
    secret: SecretScalar,
    #[zeroize(skip)]
    public: Point,
}

impl SigningKey {
    /// Makes a key from fresh randomness.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        Self::from_secret(SecretScalar::random(rng))
    }

    /// Takes a secret scalar as signing key.
    pub fn from_secret(secret: SecretScalar) -> Self {
        let public = Point::mul_base(&secret);
        Self { secret, public }
    }

    /// Reads a key that [`SigningKey::to_bytes`] wrote.
    ///
    /// # Errors
    /// Those of [`SecretScalar::from_bytes`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        SecretScalar::from_bytes(bytes).map(Self::from_secret)
    }

    /// The secret's 32 bytes, for a key file. The caller keeps them from logs and other roles.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.secret.to_bytes()
    }

    /// The public key P as a point; wrap it in the key type of the signer's role.
    pub fn public(&self) -> Point {
        self.public
    }

    /// Signs `statement` (SIG-1). Constant time in the key; the nonce is drawn from statement, key and `rng` together.
    pub fn sign(&self, statement: &impl Statement, rng: &mut impl CryptoRngCore) -> Signature {
        let transcript = keyed(statement.transcript(), &self.public);
        let k = SecretScalar::random(&mut transcript.hedged_rng(&[&self.secret], rng));
        let commitment = Point::mul_base(&k);
        let e = challenge(transcript, &commitment);
        // s = k + e x
        Signature { commitment, response: *k.expose() + e * *self.secret.expose() }
    }

    /// The secret, for the protocols of this crate.
    pub(crate) fn secret(&self) -> &SecretScalar {
        &self.secret
    }
}

/// A signature (R, s), 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    commitment: Point,
    response: Scalar,
}

impl Signature {
    /// The length in bytes.
    pub const LENGTH: usize = 64;

    /// Decodes R and s, 32 bytes each.
    ///
    /// # Errors
    /// [`DecodeError`] if either is not canonical or R is the identity.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, DecodeError> {
        let [commitment, response] = crate::encoding::split(bytes);
        Ok(Self { commitment: Point::from_bytes(&commitment)?, response: Scalar::from_bytes(&response)? })
    }

    /// R and s, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 64] {
        crate::encoding::join([self.commitment.to_bytes(), self.response.to_bytes()])
    }

    /// Verifies the signature on `statement` under `key` (SIG-1). Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if the equation does not hold.
    pub fn verify(
        &self,
        key: &impl VerifyingKey,
        statement: &impl Statement,
    ) -> Result<(), VerificationFailure> {
        Signed { key, statement, signature: self }.verify()
    }
}

/// A signature beside its key and statement, as an item of a [`crate::Batch`].
pub struct Signed<'a, K, S> {
    /// Whose signature it is.
    pub key: &'a K,
    /// What is signed.
    pub statement: &'a S,
    /// The signature.
    pub signature: &'a Signature,
}

impl<K: VerifyingKey, S: Statement> Verifiable for Signed<'_, K, S> {
    fn equations(&self, equations: &mut Equations) {
        let key = self.key.point();
        let Signature { commitment, response } = self.signature;
        let e = challenge(keyed(self.statement.transcript(), key), commitment);
        // R + eP - sG = 0
        equations.push(Equation::of(commitment).term(e, key).basepoint(-*response));
    }
}

fn keyed(mut transcript: Transcript, key: &Point) -> Transcript {
    transcript.point(b"P", key);
    transcript
}

fn challenge(mut transcript: Transcript, commitment: &Point) -> Scalar {
    transcript.point(b"R", commitment);
    transcript.challenge(b"e")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::ElectionId;
    use crate::keys::Pseudonym;
    use crate::statement::Withdrawal;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    const ELECTION: ElectionId = ElectionId::from_bytes([1; 32]);

    fn withdrawal(sequence: u32) -> Withdrawal<'static> {
        Withdrawal { election: &ELECTION, class: "members", sequence }
    }

    /// A generator that repeats itself must not make a nonce serve two statements: two such signatures give x away.
    #[test]
    fn accepts_a_repeating_generator_without_repeating_a_nonce_sig_1() {
        let repeating = || ChaCha20Rng::seed_from_u64(1);
        let (key, other) = (
            SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(2)),
            SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(3)),
        );
        let one = key.sign(&withdrawal(0), &mut repeating());
        assert_eq!(one, key.sign(&withdrawal(0), &mut repeating()));
        let two = key.sign(&withdrawal(1), &mut repeating());
        let third = other.sign(&withdrawal(0), &mut repeating());
        assert_ne!(one.commitment, two.commitment);
        assert_ne!(one.commitment, third.commitment);
        // A good generator makes every signature another.
        let fresh = key.sign(&withdrawal(0), &mut ChaCha20Rng::seed_from_u64(4));
        assert_ne!(one.commitment, fresh.commitment);
        for (signature, sequence) in [(one, 0), (two, 1), (fresh, 0)] {
            let verdict = signature.verify(&Pseudonym(key.public()), &withdrawal(sequence));
            assert_eq!(verdict, Ok(()));
        }
    }

    /// The challenge binds the key: R' = R + e d G, s' = s + ... for a key shifted by d does not verify.
    #[test]
    fn rejects_a_signature_carried_over_to_a_related_key_sig_1() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let key = SigningKey::generate(&mut rng);
        let d = Scalar::from(7);
        let related = SigningKey::from_secret(SecretScalar::new(*key.secret().expose() + d).unwrap());
        let signature = key.sign(&withdrawal(0), &mut rng);
        // If e did not depend on P, s + e d would answer for P + dG.
        let e = challenge(
            keyed(crate::schnorr::sealed::Sealed::transcript(&withdrawal(0)), &key.public()),
            &signature.commitment,
        );
        let carried = Signature { commitment: signature.commitment, response: signature.response + e * d };
        assert_eq!(carried.verify(&Pseudonym(related.public()), &withdrawal(0)), Err(VerificationFailure));
        let g = Point::generator_g();
        assert_eq!(
            Point::vartime_sum([(carried.response, &g)].into_iter()),
            Point::vartime_sum([(Scalar::ONE, &carried.commitment), (e, &related.public())].into_iter())
        );
    }
}
