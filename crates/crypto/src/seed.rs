//! The voter's secrets: the device's seed and what is derived from it, and the credential from the invitation.

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

use crate::context::ElectionId;
use crate::keys::{CredentialKey, Pseudonym};
use crate::schnorr::{Signature, SigningKey, Statement};
use crate::transcript::{Transcript, step};

/// 32 bytes of the device's own randomness, never derived from the invitation. Everything else of the voter follows
/// from it, so that it is also the recovery code. Wiped when dropped, neither copied nor printed.
#[derive(ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Draws a seed.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut seed = Self([0; 32]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// Takes a seed from the device's saved state or a recovery code.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes, for the device's saved state.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The secret sk of the voter's pseudonym pk = sk G in `election` (BAL-1): sk = KDF(seed, election id).
    pub fn pseudonym_key(&self, election: &ElectionId) -> PseudonymKey {
        let mut kdf = Transcript::new(step::PSEUDONYM_KEY);
        kdf.message(b"seed", &self.0);
        kdf.message(b"election", election.as_bytes());
        PseudonymKey(SigningKey::from_secret(kdf.derive_secret(b"sk")))
    }
}

/// The secret key sk of a pseudonym: casts, withdraws, returns.
#[derive(ZeroizeOnDrop)]
pub struct PseudonymKey(pub(crate) SigningKey);

impl PseudonymKey {
    /// The pseudonym pk.
    pub fn pseudonym(&self) -> Pseudonym {
        Pseudonym(self.0.public())
    }

    /// Signs a withdrawal or the return of a token (BAL-7, TOK-8).
    pub fn sign(&self, statement: &impl Statement, rng: &mut impl CryptoRngCore) -> Signature {
        self.0.sign(statement, rng)
    }
}

/// The secret key of a voter's credential, derived from the invitation's secret.
#[derive(ZeroizeOnDrop)]
pub struct CredentialSecretKey(SigningKey);

impl CredentialSecretKey {
    /// Derives the credential from the 32-byte secret of an invitation to `election` (TOK-2).
    pub fn from_invitation(secret: &[u8; 32], election: &ElectionId) -> Self {
        let mut kdf = Transcript::new(step::CREDENTIAL_KEY);
        kdf.message(b"secret", secret);
        kdf.message(b"election", election.as_bytes());
        Self(SigningKey::from_secret(kdf.derive_secret(b"sk")))
    }

    /// The public key, for the register.
    pub fn public(&self) -> CredentialKey {
        CredentialKey(self.0.public())
    }

    /// Signs a session request or a challenge (TOK-2, TOK-4).
    pub fn sign(&self, statement: &impl Statement, rng: &mut impl CryptoRngCore) -> Signature {
        self.0.sign(statement, rng)
    }
}

/// The public identifier of a pseudonym that people compare: 20 Crockford base32 characters in groups of four,
/// the first 100 bits of SHA-256 over label, election id and pk (BAL-2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier([u8; 20]);

const IDENTIFIER_LABEL: &[u8] = b"urna/v1/identifier";
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Identifier {
    /// The identifier of `pseudonym` in `election`.
    pub fn new(election: &ElectionId, pseudonym: &Pseudonym) -> Self {
        let hash = Sha256::new()
            .chain_update(IDENTIFIER_LABEL)
            .chain_update(election.as_bytes())
            .chain_update(pseudonym.to_bytes())
            .finalize();
        let bits = hash.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        Self(core::array::from_fn(|i| {
            let digit = (0..i).fold(bits, |bits, _| bits << 5) >> 123;
            usize::try_from(digit).ok().and_then(|digit| CROCKFORD.get(digit)).copied().unwrap_or(b'0')
        }))
    }
}

/// A text is no identifier: not 20 characters of Crockford's base32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier has 20 digits and letters, such as 9C0Q-JQCN-F6EW-5DBG-P2EG")]
pub struct NotAnIdentifier;

impl core::str::FromStr for Identifier {
    type Err = NotAnIdentifier;

    /// Reads an identifier as people write it: with or without hyphens, in either case, I and L for 1, O for 0 (BAL-2).
    fn from_str(text: &str) -> Result<Self, NotAnIdentifier> {
        let mut characters = [0; 20];
        let mut written =
            text.bytes().filter(|byte| *byte != b'-').map(|byte| match byte.to_ascii_uppercase() {
                b'I' | b'L' => b'1',
                b'O' => b'0',
                byte => byte,
            });
        for character in &mut characters {
            *character = written.next().filter(|byte| CROCKFORD.contains(byte)).ok_or(NotAnIdentifier)?;
        }
        if written.next().is_some() { Err(NotAnIdentifier) } else { Ok(Self(characters)) }
    }
}

impl core::fmt::Display for Identifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (i, character) in self.0.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*character))?;
        }
        Ok(())
    }
}

impl core::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Identifier({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ELECTION: ElectionId = ElectionId::from_bytes([1; 32]);
    const OTHER: ElectionId = ElectionId::from_bytes([2; 32]);

    fn pseudonym(seed: [u8; 32], election: &ElectionId) -> Pseudonym {
        Seed::from_bytes(seed).pseudonym_key(election).pseudonym()
    }

    /// The first 100 bits of SHA-256("urna/v1/identifier", 32 times 1, pk), computed by other means.
    #[test]
    fn accepts_only_the_pinned_identifier_bal_2() {
        let pseudonym = Pseudonym(crate::group::Point::generator_g());
        assert_eq!(Identifier::new(&ELECTION, &pseudonym).to_string(), "9C0Q-JQCN-F6EW-5DBG-P2EG");
    }

    #[test]
    fn accepts_identifiers_as_people_write_them() {
        let identifier = Identifier::new(&ELECTION, &Pseudonym(crate::group::Point::generator_g()));
        for text in ["9C0Q-JQCN-F6EW-5DBG-P2EG", "9c0qjqcnf6ew5dbgp2eg", "9coq-jqcn-f6ew-5dbg-p2eg"] {
            assert_eq!(text.parse(), Ok(identifier), "{text}");
        }
        assert_eq!(
            "ILIL-0000-0000-0000-0000".parse::<Identifier>().unwrap().to_string(),
            "1111-0000-0000-0000-0000"
        );
        for text in [
            "",
            "9C0Q-JQCN-F6EW-5DBG-P2E",
            "9C0Q-JQCN-F6EW-5DBG-P2EG0",
            "9C0Q-JQCN-F6EW-5DBG-P2EU",
            "9C0Q JQCN F6EW 5DBG P2EG",
        ] {
            assert_eq!(text.parse::<Identifier>(), Err(NotAnIdentifier), "{text}");
        }
    }

    #[test]
    fn accepts_only_the_pinned_keys_bal_1_tok_2() {
        assert_eq!(
            format!("{:?}", pseudonym([3; 32], &ELECTION)),
            "Pseudonym(Point(7219262e84d9c669760bd3400ce38a3329716a2ebec0909bbd633d1d49fa6364))"
        );
        let credential = CredentialSecretKey::from_invitation(&[3; 32], &ELECTION);
        assert_eq!(
            format!("{:?}", credential.public()),
            "CredentialKey(Point(6e78682a542f4ae11abe6e47de45bff920562b289577a71011c5b0665545ad02))"
        );
    }

    /// One secret never serves two elections or two purposes.
    #[test]
    fn rejects_a_key_of_another_seed_election_or_purpose() {
        let mine = pseudonym([3; 32], &ELECTION);
        assert_eq!(mine, pseudonym([3; 32], &ELECTION));
        assert_ne!(mine, pseudonym([3; 32], &OTHER));
        assert_ne!(mine, pseudonym([4; 32], &ELECTION));
        let credential = |secret, election| CredentialSecretKey::from_invitation(&secret, election).public();
        assert_ne!(credential([3; 32], &ELECTION).0, mine.0);
        assert_ne!(credential([3; 32], &ELECTION), credential([3; 32], &OTHER));
        assert_ne!(credential([3; 32], &ELECTION), credential([4; 32], &ELECTION));
        assert_ne!(Identifier::new(&ELECTION, &mine), Identifier::new(&OTHER, &mine));
    }

    proptest! {
        #[test]
        fn accepts_five_groups_of_four_crockford_characters_bal_2(seed in any::<[u8; 32]>()) {
            let identifier = Identifier::new(&ELECTION, &pseudonym(seed, &ELECTION)).to_string();
            let groups: Vec<_> = identifier.split('-').collect();
            prop_assert_eq!(groups.len(), 5);
            for group in groups {
                prop_assert_eq!(group.len(), 4);
                prop_assert!(group.bytes().all(|c| CROCKFORD.contains(&c)));
            }
        }
    }
}
