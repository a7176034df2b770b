//! Ed25519: what the authority signs, and the keys under which boards sign checkpoints and promises (SIG-3).
//!
//! The exact rule, so that two verifiers never disagree (`verify_strict`, never in batches): the key is the canonical
//! encoding of a point that is not of small order; s is below the group order; R is the canonical encoding of a
//! point that is not of small order; and R = sB - kA, without the cofactor, with k = SHA-512(R, A, message).

use core::fmt;

use ed25519_dalek::{Signer, VerifyingKey};
use rand_core::CryptoRngCore;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::VerificationFailure;
use crate::context::{ElectionId, PlanId};

/// An Ed25519 public key, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ed25519Key(VerifyingKey);

/// 32 bytes are no acceptable Ed25519 key: not the canonical encoding of a point, or of small order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical encoding of an Ed25519 key of large order")]
pub struct WeakKey;

impl Ed25519Key {
    /// The length in bytes.
    pub const LENGTH: usize = 32;

    /// Decodes a key (SIG-3).
    ///
    /// # Errors
    /// [`WeakKey`] if the bytes are no canonical encoding or the point is of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, WeakKey> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| WeakKey)?;
        if key.is_weak() || key.to_edwards().compress().to_bytes() != *bytes {
            return Err(WeakKey);
        }
        Ok(Self(key))
    }

    /// The encoding, 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Verifies the authority's 64-byte signature on `statement` (SIG-3). Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if the strict rule does not hold.
    pub fn verify(
        &self,
        statement: &impl AuthorityStatement,
        signature: &[u8; 64],
    ) -> Result<(), VerificationFailure> {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(&statement.message(), &signature).map_err(|_| VerificationFailure)
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Key(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// An Ed25519 secret key. Wiped when dropped, neither copied nor printed.
#[derive(ZeroizeOnDrop)]
pub struct Ed25519SigningKey(ed25519_dalek::SigningKey);

impl Ed25519SigningKey {
    /// Makes a key from fresh randomness.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_bytes(&seed)
    }

    /// Takes the 32-byte seed of RFC 8032.
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The 32-byte seed, for a key file. The caller keeps it from logs and other roles.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> Ed25519Key {
        Ed25519Key(self.0.verifying_key())
    }

    /// Signs what the authority says.
    pub fn sign(&self, statement: &impl AuthorityStatement) -> [u8; 64] {
        self.0.sign(&statement.message()).to_bytes()
    }
}

/// What the authority signs: one type for each statement, one label for each type (SIG-3).
pub trait AuthorityStatement: Sealed {}

/// Keeps other crates from signing bytes of their own making.
mod sealed {
    pub trait Sealed {
        /// The bytes that are signed: the label first, and no two readings of the rest.
        fn message(&self) -> Vec<u8>;
    }
}
use sealed::Sealed;

/// What the authority signs of an entry of the log (ENT-2).
#[derive(Clone, Copy)]
pub struct AuthorityEntry<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The entry's kind, as in its JSON; at most 255 bytes.
    pub kind: &'a str,
    /// The authority's running number, from 0, without gaps.
    pub number: u64,
    /// The canonical JSON of the entry's body.
    pub body: &'a [u8],
}

impl AuthorityStatement for AuthorityEntry<'_> {}
impl Sealed for AuthorityEntry<'_> {
    /// label, 00, election id (32), length of kind (1), kind, number (8, big-endian), body
    fn message(&self) -> Vec<u8> {
        let number = self.number.to_be_bytes();
        [ENTRY, self.election.as_bytes(), &prefixed(self.kind), &number, self.body].concat()
    }
}

/// The authority gives the board a blob that an entry will name (HTTP-3).
#[derive(Clone, Copy)]
pub struct AuthorityBlob<'a> {
    /// The election; of the manifest, which makes the election id, the same 32 bytes are the blob's hash.
    pub election: &'a ElectionId,
    /// The blob's kind, as in entries; at most 255 bytes.
    pub kind: &'a str,
    /// The blob's length in bytes.
    pub length: u64,
    /// SHA-256 of the blob.
    pub sha256: &'a [u8; 32],
}

impl AuthorityStatement for AuthorityBlob<'_> {}
impl Sealed for AuthorityBlob<'_> {
    /// label, 00, election id (32), length of kind (1), kind, length (8, big-endian), SHA-256 (32)
    fn message(&self) -> Vec<u8> {
        let length = self.length.to_be_bytes();
        [BLOB, self.election.as_bytes(), &prefixed(self.kind), &length, self.sha256].concat()
    }
}

/// The authority asks a board to create the log of a plan (HTTP-1).
#[derive(Clone, Copy)]
pub struct LogRequest<'a> {
    /// The plan.
    pub plan: &'a PlanId,
}

impl AuthorityStatement for LogRequest<'_> {}
impl Sealed for LogRequest<'_> {
    /// label, 00, plan id (32)
    fn message(&self) -> Vec<u8> {
        [LOG, self.plan.as_bytes()].concat()
    }
}

/// The authority asks an issuer who has taken a token (HTTP-7).
#[derive(Clone, Copy)]
pub struct IssuedRequest<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The issuer asked; at most 255 bytes.
    pub issuer: &'a str,
    /// Seconds since the Unix epoch on the authority's clock; issuers accept 120 s either way.
    pub time: u64,
}

impl AuthorityStatement for IssuedRequest<'_> {}
impl Sealed for IssuedRequest<'_> {
    /// label, 00, election id (32), length of issuer (1), issuer, time (8, big-endian)
    fn message(&self) -> Vec<u8> {
        let time = self.time.to_be_bytes();
        [ISSUED, self.election.as_bytes(), &prefixed(self.issuer), &time].concat()
    }
}

/// Starts of the messages; the byte after a label cannot be part of a longer one.
const ENTRY: &[u8] = b"urna/v1/authority-entry\0";
const BLOB: &[u8] = b"urna/v1/authority-blob\0";
const LOG: &[u8] = b"urna/v1/authority-log\0";
const ISSUED: &[u8] = b"urna/v1/authority-issued\0";

/// A kind or an id after its length in one byte.
fn prefixed(word: &str) -> Vec<u8> {
    let length = u8::try_from(word.len()).unwrap_or(u8::MAX);
    [&[length], word.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    fn entry<'a>(election: &'a ElectionId, body: &'a [u8]) -> AuthorityEntry<'a> {
        AuthorityEntry { election, kind: "voting_opened", number: 3, body }
    }

    #[test]
    fn rejects_every_changed_bit_sig_3() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let key = Ed25519SigningKey::generate(&mut rng);
        let election = ElectionId::from_bytes([7; 32]);
        let signature = key.sign(&entry(&election, b"{}"));
        assert_eq!(key.public().verify(&entry(&election, b"{}"), &signature), Ok(()));
        for bit in 0..512 {
            let mut changed = signature;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.public().verify(&entry(&election, b"{}"), &changed).is_err(), "bit {bit}");
        }
        let other = ElectionId::from_bytes([8; 32]);
        assert!(key.public().verify(&entry(&other, b"{}"), &signature).is_err());
        assert!(key.public().verify(&entry(&election, b"{ }"), &signature).is_err());
        let mut numbered = entry(&election, b"{}");
        numbered.number = 4;
        assert!(key.public().verify(&numbered, &signature).is_err());
        numbered = AuthorityEntry { kind: "voting_closed", ..entry(&election, b"{}") };
        assert!(key.public().verify(&numbered, &signature).is_err());
    }

    #[test]
    fn rejects_weak_and_non_canonical_keys_sig_3() {
        // The identity, a point of order 8, and y = p (a second encoding of y = 0).
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(Ed25519Key::from_bytes(&identity), Err(WeakKey));
        let order_eight: [u8; 32] = [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ];
        assert_eq!(Ed25519Key::from_bytes(&order_eight), Err(WeakKey));
        // y + p for a y small enough to be encoded twice
        for low in 0xed..=0xff_u8 {
            let mut doubled = [0xff; 32];
            doubled[0] = low;
            doubled[31] = 0x7f;
            assert_eq!(Ed25519Key::from_bytes(&doubled), Err(WeakKey), "{low:#x}");
        }
    }

    #[test]
    fn accepts_no_second_reading_of_a_message() {
        let election = ElectionId::from_bytes([7; 32]);
        let one = AuthorityEntry { election: &election, kind: "a", number: 0x6161, body: b"" };
        let two = AuthorityEntry { election: &election, kind: "aa", number: 0x61, body: b"" };
        assert_ne!(one.message(), two.message());
        let plan = PlanId::from_bytes([7; 32]);
        let blob = AuthorityBlob { election: &election, kind: "a", length: 0, sha256: &[0; 32] };
        let asked = |issuer, time| IssuedRequest { election: &election, issuer, time }.message();
        assert_ne!(asked("a", 0x61), asked("aa", 0));
        let messages = [one.message(), blob.message(), LogRequest { plan: &plan }.message(), asked("a", 0)];
        let labels: std::collections::BTreeSet<_> =
            messages.iter().map(|message| message.split(|byte| *byte == 0).next()).collect();
        assert_eq!(labels.len(), messages.len());
    }
}
