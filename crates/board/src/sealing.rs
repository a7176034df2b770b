//! What is promised, at rest: sealed under a key of its batch, which is destroyed when the batch is in the log.
//!
//! Promises are written as ballots come, and a database's file keeps what was written in the order of writing long after it was
//! removed. Beside the order in which an issuer's file has its rows, that order would tell whose ballot is whose (T-19). With
//! the key gone, what is left in the file are names and texts that fit no entry, each as long as the others.
//!
//! ```text
//! name    SHA-256(label · secret · SHA-256 of the entry)                    in the place of the entry's hash
//! text    nonce (24 random bytes) · XChaCha20-Poly1305(SHA-256(label · secret), nonce, name,
//!             deadline · length · entry · zeros up to a multiple of PADDED)
//! ```

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::store::Sha256Hash;

const NAME_LABEL: &[u8] = b"urna/v1/promised-name";
const KEY_LABEL: &[u8] = b"urna/v1/promised-key";
const NONCE: usize = 24;
/// Texts have multiples of this many bytes: a ballot and a withdrawal are alike.
const PADDED: usize = 2_048;

/// Bytes that a text has more than its entry, at the most.
pub(crate) const MORE: usize = NONCE + 16 + 12 + PADDED;

/// The key of one batch of one queue. Neither copied nor printed.
pub(crate) struct BatchKey {
    secret: Zeroizing<[u8; 32]>,
    cipher: XChaCha20Poly1305,
}

impl BatchKey {
    /// A new key.
    pub(crate) fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *secret);
        Self::new(secret)
    }

    /// The key with these bytes.
    pub(crate) fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        let key = Zeroizing::new(<[u8; 32]>::from(
            Sha256::new().chain_update(KEY_LABEL).chain_update(secret.as_slice()).finalize(),
        ));
        Self { cipher: XChaCha20Poly1305::new((&*key).into()), secret }
    }

    /// What is written to disk.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Under what an entry of this hash is kept.
    pub(crate) fn name(&self, sha256: &Sha256Hash) -> [u8; 32] {
        Sha256::new()
            .chain_update(NAME_LABEL)
            .chain_update(self.secret.as_slice())
            .chain_update(sha256)
            .finalize()
            .into()
    }

    /// Seals an entry that is promised by `deadline`; none if it is longer than a length of four bytes says.
    pub(crate) fn seal(
        &self,
        name: &[u8; 32],
        deadline: u64,
        entry: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> Option<Vec<u8>> {
        let length = u32::try_from(entry.len()).ok()?;
        let mut text = [deadline.to_be_bytes().as_slice(), &length.to_be_bytes(), entry].concat();
        text.resize(text.len().next_multiple_of(PADDED), 0);
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let sealed =
            self.cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: &text, aad: name }).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// The deadline and the entry, if it was sealed with this key under this name.
    pub(crate) fn open(&self, name: &[u8], sealed: &[u8]) -> Option<(u64, Vec<u8>)> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let text = self.cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: name }).ok()?;
        let (deadline, text) = text.split_first_chunk()?;
        let (length, text) = text.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        Some((u64::from_be_bytes(*deadline), text.get(..length)?.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn rejects_another_key_name_or_byte_and_shows_no_length() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (key, other) = (BatchKey::generate(&mut rng), BatchKey::generate(&mut rng));
        let entry = b"an entry of some bytes".to_vec();
        let name = key.name(&Sha256::digest(&entry).into());
        let sealed = key.seal(&name, 60, &entry, &mut rng).unwrap();
        assert_eq!(key.open(&name, &sealed), Some((60, entry.clone())));
        assert_eq!(
            BatchKey::new(Zeroizing::new(*key.as_bytes())).open(&name, &sealed),
            Some((60, entry.clone()))
        );
        assert_eq!(other.open(&name, &sealed), None);
        assert_eq!(key.open(&other.name(&Sha256::digest(&entry).into()), &sealed), None);
        for place in (0..sealed.len()).step_by(97) {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.open(&name, &changed), None, "{place}");
        }
        assert_eq!(key.open(&name, &sealed[..10]), None);
        assert_ne!(key.seal(&name, 60, &entry, &mut rng).unwrap(), sealed, "another nonce");
        for length in [0, 1, 2_036] {
            let longer = key.seal(&name, 60, &vec![1; length], &mut rng).unwrap();
            assert_eq!(longer.len(), sealed.len(), "{length}");
            assert_eq!(key.open(&name, &longer).unwrap().1.len(), length);
        }
        let longest = key.seal(&name, 60, &vec![1; 65_535], &mut rng).unwrap();
        assert!(longest.len() <= 65_535 + MORE);
    }
}
