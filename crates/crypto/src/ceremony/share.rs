//! The two secrets of a trustee: its enrolment key, and its share of the election key (`spec/trustees.md`).
//!
//! Both are wiped when dropped, and neither copied nor printed. Their bytes leave them only for the trustee's key file.

use rand_core::CryptoRngCore;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::error::CeremonyError;
use crate::encoding;
use crate::group::{DecodeError, SecretScalar};
use crate::keys::{ElectionKey, ShareKey, TrusteeKey};
use crate::schnorr::{Signature, SigningKey, Statement};
use crate::statement::{ShareConfirmation, SharePossession, TrusteePossession};

/// A trustee's enrolment key: made before the ceremony, signs the trustee's packages and log entries, and opens the
/// shares that are sealed to it (TRU-1).
#[derive(ZeroizeOnDrop)]
pub struct TrusteeSecretKey(SigningKey);

impl TrusteeSecretKey {
    /// Makes a key from fresh randomness.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// Reads a key that [`TrusteeSecretKey::to_bytes`] wrote.
    ///
    /// # Errors
    /// Those of [`SecretScalar::from_bytes`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        SigningKey::from_bytes(bytes).map(Self)
    }

    /// The secret's 32 bytes, for the trustee's key file.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_bytes()
    }

    /// The public enrolment key.
    pub fn public(&self) -> TrusteeKey {
        TrusteeKey(self.0.public())
    }

    /// Proves possession of the key over the plan id (TRU-1).
    pub fn prove_possession(
        &self,
        statement: &TrusteePossession<'_>,
        rng: &mut impl CryptoRngCore,
    ) -> Signature {
        self.sign(statement, rng)
    }

    /// Signs a package, a sealed share or a log entry.
    pub fn sign(&self, statement: &impl Statement, rng: &mut impl CryptoRngCore) -> Signature {
        self.0.sign(statement, rng)
    }

    /// The secret, for sealing.
    pub(crate) fn secret(&self) -> &SecretScalar {
        self.0.secret()
    }
}

/// A trustee's share x_i of the election key, with its index i, Y_i = x_i G and Y. Comes out of the key ceremony
/// ([`crate::Round2Secret::finish`]) or of the solo path ([`crate::solo_share`]), or is read back from the key file.
#[derive(ZeroizeOnDrop)]
pub struct TrusteeShare {
    #[zeroize(skip)]
    index: u16,
    key: SigningKey,
    #[zeroize(skip)]
    election_key: ElectionKey,
}

impl TrusteeShare {
    /// The length of the secret bytes: index, x_i, Y_i, Y.
    pub const LENGTH: usize = 2 + 3 * 32;

    pub(crate) fn new(index: u16, secret: SecretScalar, election_key: ElectionKey) -> Self {
        Self { index, key: SigningKey::from_secret(secret), election_key }
    }

    /// Reads a share that [`TrusteeShare::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`CeremonyError::NotATrustee`] if the index is 0, [`CeremonyError::DamagedState`] if Y_i is not x_i G, and
    /// [`CeremonyError::Decode`].
    pub fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Result<Self, CeremonyError> {
        let (index, rest) = bytes.split_first_chunk::<2>().unwrap_or((&[0; 2], &[]));
        let index = u16::from_le_bytes(*index);
        if index == 0 {
            return Err(CeremonyError::NotATrustee { index });
        }
        let rest = Zeroizing::new(encoding::array::<96>(rest)?);
        let fields = Zeroizing::new(encoding::split::<96, 3>(&rest));
        let [secret, share_key, election_key] = &*fields;
        let share =
            Self::new(index, SecretScalar::from_bytes(secret)?, ElectionKey::from_bytes(election_key)?);
        if share.share_key().to_bytes() == *share_key { Ok(share) } else { Err(CeremonyError::DamagedState) }
    }

    /// Index (two bytes, little-endian), x_i, Y_i and Y (32 bytes each), for the trustee's key file.
    pub fn to_bytes(&self) -> Zeroizing<[u8; Self::LENGTH]> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        let (index, rest) = bytes.split_at_mut(2);
        index.copy_from_slice(&self.index.to_le_bytes());
        let secret = self.key.to_bytes();
        let fields = [&*secret, &self.share_key().to_bytes(), &self.election_key.to_bytes()];
        for (slot, field) in rest.as_chunks_mut::<32>().0.iter_mut().zip(fields) {
            *slot = *field;
        }
        bytes
    }

    /// The trustee's index i, from 1.
    pub fn index(&self) -> u16 {
        self.index
    }

    /// The public share Y_i = x_i G.
    pub fn share_key(&self) -> ShareKey {
        ShareKey(self.key.public())
    }

    /// The election key Y that the share is of.
    pub fn election_key(&self) -> ElectionKey {
        self.election_key
    }

    /// Confirms over the plan id that x_i came out of this ceremony (TRU-15).
    pub fn confirm(&self, statement: &ShareConfirmation<'_>, rng: &mut impl CryptoRngCore) -> Signature {
        self.key.sign(statement, rng)
    }

    /// Proves possession of x_i over the election id (TRU-6).
    pub fn prove_possession(
        &self,
        statement: &SharePossession<'_>,
        rng: &mut impl CryptoRngCore,
    ) -> Signature {
        self.key.sign(statement, rng)
    }

    /// x_i, for rehearsal and opening.
    pub(crate) fn secret(&self) -> &SecretScalar {
        self.key.secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::sample::{plan, rng, shares};
    use crate::{DecodeError, ElectionId, PlanId};

    #[test]
    fn accepts_a_share_read_back() {
        let (shares, _) = shares(2, 3, &mut rng(1));
        for share in shares {
            let read = TrusteeShare::from_bytes(&share.to_bytes()).unwrap();
            assert_eq!(read.to_bytes(), share.to_bytes());
            assert_eq!(read.index(), share.index());
            assert_eq!(read.share_key(), share.share_key());
            assert_eq!(read.election_key(), share.election_key());
        }
    }

    #[test]
    fn rejects_a_damaged_share() {
        let (shares, _) = shares(2, 2, &mut rng(2));
        let bytes = shares[0].to_bytes();
        // x_i and Y_i
        for bit in 16..16 + 512 {
            let mut changed = *bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            let error = TrusteeShare::from_bytes(&changed).err().unwrap();
            let decode = CeremonyError::Decode(DecodeError::NonCanonicalScalar);
            assert!(error == CeremonyError::DamagedState || error == decode, "bit {bit}: {error}");
        }
        let mut nobody = *bytes;
        nobody[..2].fill(0);
        let error = TrusteeShare::from_bytes(&nobody).err();
        assert_eq!(error, Some(CeremonyError::NotATrustee { index: 0 }));
        let mut identity = *bytes;
        identity[66..].fill(0);
        let error = TrusteeShare::from_bytes(&identity).err();
        assert_eq!(error, Some(CeremonyError::Decode(DecodeError::Identity)));
    }

    #[test]
    fn accepts_possession_of_an_enrolment_key_for_its_own_plan_and_trustee_only_tru_1() {
        let key = TrusteeSecretKey::generate(&mut rng(3));
        let key = TrusteeSecretKey::from_bytes(&key.to_bytes()).unwrap();
        let (plan, other) = (plan(), PlanId::from_bytes([2; 32]));
        let proof = key.prove_possession(&TrusteePossession { plan: &plan, trustee: "anna" }, &mut rng(4));
        let holds = |plan, trustee| proof.verify(&key.public(), &TrusteePossession { plan, trustee }).is_ok();
        assert!(holds(&plan, "anna"));
        assert!(!holds(&other, "anna"));
        assert!(!holds(&plan, "bo"));
        let stranger = TrusteeSecretKey::generate(&mut rng(5)).public();
        assert!(proof.verify(&stranger, &TrusteePossession { plan: &plan, trustee: "anna" }).is_err());
    }

    #[test]
    fn accepts_possession_of_a_share_for_its_own_election_and_trustee_only_tru_6() {
        let (shares, _) = shares(2, 2, &mut rng(6));
        let (election, other) = (ElectionId::from_bytes([1; 32]), ElectionId::from_bytes([2; 32]));
        let proof =
            shares[0].prove_possession(&SharePossession { election: &election, trustee: 1 }, &mut rng(7));
        let holds = |key: ShareKey, election, trustee| {
            proof.verify(&key, &SharePossession { election, trustee }).is_ok()
        };
        assert!(holds(shares[0].share_key(), &election, 1));
        assert!(!holds(shares[0].share_key(), &other, 1));
        assert!(!holds(shares[0].share_key(), &election, 2));
        assert!(!holds(shares[1].share_key(), &election, 1));
    }
}
