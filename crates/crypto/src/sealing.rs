//! Round 2 of the key ceremony: a share f_i(j) sealed to its recipient (TRU-5).
//!
//! ```text
//! r hedged,  R = rG,  S = rP_j                       P_j = enrolment key of the recipient
//! keystream = transcript(ceremony hash, i, j, R, P_j, S).challenge_bytes(32)
//! ct        = f_i(j) XOR keystream
//! signature by i over (ceremony hash, i, j, R, ct)
//! ```
//!
//! Hashed ElGamal as for ballots, under its own label. The signature takes the place of the ballot's proof: nobody can
//! send another's sealed share as its own, because the sender is in the keystream too.

use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::ceremony::{CeremonyError, Round1, TrusteeSecretKey};
use crate::encoding;
use crate::group::{DecodeError, Point, SecretScalar};
use crate::schnorr::{Signature, Statement, sealed::Sealed};
use crate::transcript::{Transcript, step};

/// A share on its way from one trustee to another. Anyone may see it; only the recipient can open it.
///
/// ```text
/// offset  length
/// 0       2       index of the sender, little-endian
/// 2       2       index of the recipient, little-endian
/// 4       32      R, a point
/// 36      32      ct
/// 68      64      signature by the sender's enrolment key
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedShare {
    sender: u16,
    recipient: u16,
    nonce: Point,
    ciphertext: [u8; 32],
    signature: Signature,
}

impl SealedShare {
    /// The length in bytes.
    pub const LENGTH: usize = 132;

    /// Decodes a sealed share.
    ///
    /// # Errors
    /// [`DecodeError`] if a point or a scalar is not canonical or a point is the identity.
    pub fn from_bytes(bytes: &[u8; 132]) -> Result<Self, DecodeError> {
        let [s0, s1, r0, r1, rest @ ..] = bytes;
        let [nonce, ciphertext, commitment, response] = encoding::split::<128, 4>(rest);
        Ok(Self {
            sender: u16::from_le_bytes([*s0, *s1]),
            recipient: u16::from_le_bytes([*r0, *r1]),
            nonce: Point::from_bytes(&nonce)?,
            ciphertext,
            signature: Signature::from_bytes(&encoding::join([commitment, response]))?,
        })
    }

    /// The wire form.
    pub fn to_bytes(&self) -> [u8; 132] {
        let mut bytes = [0; 132];
        let numbers = [self.sender.to_le_bytes(), self.recipient.to_le_bytes()];
        let rest = [self.nonce.to_bytes(), self.ciphertext];
        let fields = numbers.iter().flatten().chain(rest.iter().flatten());
        for (slot, byte) in bytes.iter_mut().zip(fields.copied().chain(self.signature.to_bytes())) {
            *slot = byte;
        }
        bytes
    }

    /// Who sent it, as it says itself.
    pub fn sender(&self) -> u16 {
        self.sender
    }

    /// Whom it is for, as it says itself.
    pub fn recipient(&self) -> u16 {
        self.recipient
    }

    /// Verifies that its sender made it in this ceremony (TRU-5). Anyone can; whoever passes it on should.
    ///
    /// # Errors
    /// [`CeremonyError::NotATrustee`], [`CeremonyError::WrongRecipient`] if a trustee sends to itself, and
    /// [`CeremonyError::ShareSignature`].
    pub fn verify(&self, round1: &Round1) -> Result<(), CeremonyError> {
        let Self { sender, recipient, .. } = *self;
        let key = round1.ceremony().trustee(sender)?;
        round1.ceremony().trustee(recipient)?;
        if sender == recipient {
            return Err(CeremonyError::WrongRecipient { sender, recipient });
        }
        self.signature
            .verify(key, &self.statement(round1))
            .map_err(|_| CeremonyError::ShareSignature { sender })
    }

    /// Seals `share` from `sender` to `recipient` (TRU-5). Constant time in key and share.
    pub(crate) fn seal(
        round1: &Round1,
        sender: u16,
        key: &TrusteeSecretKey,
        recipient: u16,
        share: &SecretScalar,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, CeremonyError> {
        let recipient_key = &round1.ceremony().trustee(recipient)?.0;
        let prefix = prefix(round1, sender, recipient);
        let r = SecretScalar::random(&mut prefix.hedged_rng(&[key.secret(), share], rng));
        let nonce = Point::mul_base(&r);
        let shared = Zeroizing::new(recipient_key.mul_secret(&r));
        let keystream = keystream(prefix, &nonce, recipient_key, &shared);
        let ciphertext = xor(&share.to_bytes(), &keystream);
        let statement = ShareStatement { round1, sender, recipient, nonce: &nonce, ciphertext: &ciphertext };
        let signature = key.sign(&statement, rng);
        Ok(Self { sender, recipient, nonce, ciphertext, signature })
    }

    /// Opens the share as its recipient: first the signature, then the ciphertext, then the share against the
    /// sender's commitments (TRU-5). Constant time in key and share.
    ///
    /// # Errors
    /// Those of [`SealedShare::verify`], [`CeremonyError::WrongRecipient`] and [`CeremonyError::ShareMismatch`].
    pub(crate) fn open(
        &self,
        round1: &Round1,
        recipient: u16,
        key: &TrusteeSecretKey,
    ) -> Result<SecretScalar, CeremonyError> {
        let Self { sender, .. } = *self;
        self.verify(round1)?;
        if self.recipient != recipient {
            return Err(CeremonyError::WrongRecipient { sender, recipient: self.recipient });
        }
        let shared = Zeroizing::new(self.nonce.mul_secret(key.secret()));
        let keystream = keystream(prefix(round1, sender, recipient), &self.nonce, &key.public().0, &shared);
        let share = Zeroizing::new(xor(&self.ciphertext, &keystream));
        let share = SecretScalar::from_bytes(&share).map_err(|_| CeremonyError::ShareMismatch { sender })?;
        if round1.matches(sender, recipient, &share)? {
            Ok(share)
        } else {
            Err(CeremonyError::ShareMismatch { sender })
        }
    }

    fn statement<'a>(&'a self, round1: &'a Round1) -> ShareStatement<'a> {
        let Self { sender, recipient, ref nonce, ref ciphertext, .. } = *self;
        ShareStatement { round1, sender, recipient, nonce, ciphertext }
    }
}

fn prefix(round1: &Round1, sender: u16, recipient: u16) -> Transcript {
    let mut transcript = Transcript::new(step::SHARE_SEALING);
    transcript.message(b"ceremony", round1.hash());
    transcript.integer(b"sender", sender.into());
    transcript.integer(b"recipient", recipient.into());
    transcript
}

fn keystream(
    mut transcript: Transcript,
    nonce: &Point,
    recipient: &Point,
    shared: &Point,
) -> Zeroizing<[u8; 32]> {
    transcript.point(b"R", nonce);
    transcript.point(b"P", recipient);
    transcript.point(b"S", shared);
    let mut keystream = Zeroizing::new([0; 32]);
    transcript.challenge_bytes(b"keystream", keystream.as_mut());
    keystream
}

fn xor(text: &[u8; 32], keystream: &[u8; 32]) -> [u8; 32] {
    let mut bytes = text.iter().zip(keystream).map(|(text, key)| text ^ key);
    core::array::from_fn(|_| bytes.next().unwrap_or_default())
}

/// A trustee sends a sealed share. Signed with the enrolment key (TRU-5).
struct ShareStatement<'a> {
    round1: &'a Round1,
    sender: u16,
    recipient: u16,
    nonce: &'a Point,
    ciphertext: &'a [u8; 32],
}

impl Statement for ShareStatement<'_> {}
impl Sealed for ShareStatement<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::SHARE_SEALED);
        transcript.message(b"ceremony", self.round1.hash());
        transcript.integer(b"sender", self.sender.into());
        transcript.integer(b"recipient", self.recipient.into());
        transcript.point(b"R", self.nonce);
        transcript.message(b"ct", self.ciphertext);
        transcript
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::sample::{enrol, exchange, rng, start};
    use proptest::prelude::*;

    /// The shares that trustees 1, 2, 3 sealed to each other, by sender, then recipient.
    fn sealed(seed: u64) -> (Round1, Vec<TrusteeSecretKey>, Vec<SealedShare>) {
        let mut rng = rng(seed);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (secrets, packages) = start(&ceremony, &keys, &mut rng);
        let round1 = ceremony.check(packages).unwrap();
        let (_, sealed) = exchange(secrets, &round1, &keys, &mut rng);
        (round1, keys, sealed)
    }

    fn error(result: Result<SecretScalar, CeremonyError>) -> CeremonyError {
        result.err().expect("must be refused")
    }

    #[test]
    fn accepts_for_the_recipient_only_tru_5() {
        let (round1, keys, sealed) = sealed(1);
        let from_1_to_2 = &sealed[0];
        assert_eq!((from_1_to_2.sender(), from_1_to_2.recipient()), (1, 2));
        assert!(from_1_to_2.open(&round1, 2, &keys[1]).is_ok());
        let wrong = CeremonyError::WrongRecipient { sender: 1, recipient: 2 };
        assert_eq!(error(from_1_to_2.open(&round1, 3, &keys[2])), wrong);
        // Another's key opens to noise.
        let mismatch = CeremonyError::ShareMismatch { sender: 1 };
        assert_eq!(error(from_1_to_2.open(&round1, 2, &keys[2])), mismatch);
    }

    #[test]
    fn rejects_shares_of_another_ceremony_tru_5() {
        let mut rng = rng(2);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (secrets, first) = start(&ceremony, &keys, &mut rng);
        let (_, second) = start(&ceremony, &keys, &mut rng);
        // Trustee 3 showed trustees 1 and 2 different packages.
        let split = vec![first[0].clone(), first[1].clone(), second[2].clone()];
        let (first, split) = (ceremony.check(first).unwrap(), ceremony.check(split).unwrap());
        let (_, sealed) = exchange(secrets, &first, &keys, &mut rng);
        assert!(sealed[0].open(&first, 2, &keys[1]).is_ok());
        assert_eq!(error(sealed[0].open(&split, 2, &keys[1])), CeremonyError::ShareSignature { sender: 1 });
    }

    #[test]
    fn rejects_a_share_passed_off_as_ones_own_tru_5() {
        let (round1, keys, sealed) = sealed(3);
        let from_1_to_2 = &sealed[0];
        // Trustee 3 signs what trustee 1 sealed.
        let SealedShare { nonce, ciphertext, .. } = from_1_to_2.clone();
        let mut stolen = SealedShare { sender: 3, ..from_1_to_2.clone() };
        assert_eq!(error(stolen.open(&round1, 2, &keys[1])), CeremonyError::ShareSignature { sender: 3 });
        let statement = ShareStatement {
            round1: &round1,
            sender: 3,
            recipient: 2,
            nonce: &nonce,
            ciphertext: &ciphertext,
        };
        stolen.signature = keys[2].sign(&statement, &mut rng(4));
        assert_eq!(error(stolen.open(&round1, 2, &keys[1])), CeremonyError::ShareMismatch { sender: 3 });
    }

    #[test]
    fn rejects_a_share_to_oneself_and_to_nobody_tru_5() {
        let (round1, keys, _) = sealed(5);
        let share = SecretScalar::random(&mut rng(6));
        let own = SealedShare::seal(&round1, 2, &keys[1], 2, &share, &mut rng(7)).unwrap();
        let expected = CeremonyError::WrongRecipient { sender: 2, recipient: 2 };
        assert_eq!(error(own.open(&round1, 2, &keys[1])), expected);
        let nobody = SealedShare::seal(&round1, 2, &keys[1], 4, &share, &mut rng(7));
        assert_eq!(nobody.err(), Some(CeremonyError::NotATrustee { index: 4 }));
    }

    #[test]
    fn rejects_every_changed_bit_tru_5() {
        let (round1, keys, sealed) = sealed(8);
        let bytes = sealed[0].to_bytes();
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(share) = SealedShare::from_bytes(&changed) {
                let error = error(share.open(&round1, 2, &keys[1]));
                let named = matches!(
                    error,
                    CeremonyError::ShareSignature { .. }
                        | CeremonyError::NotATrustee { .. }
                        | CeremonyError::WrongRecipient { .. }
                );
                assert!(named, "bit {bit}: {error}");
            }
        }
    }

    #[test]
    fn seals_differently_each_time_and_hides_the_share() {
        let (round1, keys, _) = sealed(9);
        let share = SecretScalar::random(&mut rng(10));
        let seal = |seed| SealedShare::seal(&round1, 1, &keys[0], 2, &share, &mut rng(seed)).unwrap();
        let (first, second) = (seal(11), seal(12));
        assert_ne!(first.nonce, second.nonce);
        assert_ne!(first.ciphertext, second.ciphertext);
        assert_ne!(first.ciphertext, *share.to_bytes());
    }

    proptest! {
        #[test]
        fn round_trips_whatever_decodes(
            noise in proptest::collection::vec(any::<u8>(), SealedShare::LENGTH),
            place in 0..SealedShare::LENGTH,
            value in any::<u8>(),
        ) {
            use std::sync::LazyLock;
            static REAL: LazyLock<[u8; 132]> = LazyLock::new(|| sealed(13).2[0].to_bytes());
            let mut changed = *REAL;
            changed[place] = value;
            for bytes in [*REAL, changed, noise.try_into().unwrap()] {
                if let Ok(share) = SealedShare::from_bytes(&bytes) {
                    prop_assert_eq!(share.to_bytes(), bytes);
                }
            }
            prop_assert!(SealedShare::from_bytes(&REAL).is_ok());
        }
    }
}
