//! Secrets of invitations at rest: XChaCha20-Poly1305 under a key of the election, bound to election and person.
//!
//! A nonce is 24 random bytes, so that no counter has to survive a crash. Who has the records only, a backup for example,
//! reads no secret.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRngCore;
use urna_election::Slug;
use zeroize::Zeroizing;

const LABEL: &[u8] = b"urna/v1/sealed-invitation";
const NONCE: usize = 24;
/// Nonce, secret, authentication tag.
const SEALED: usize = NONCE + 32 + 16;

/// A sealed secret cannot be opened: another key, another person, or other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed invitation cannot be opened: its key is another one or destroyed")]
pub struct Unsealable;

/// Seals the invitations of one election. Neither copied nor printed.
pub(crate) struct SealingKey(XChaCha20Poly1305);

impl SealingKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(secret.into()))
    }

    /// Seals the secret of a person's invitation.
    pub(crate) fn seal(
        &self,
        slug: &Slug,
        person: &str,
        secret: &[u8; 32],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<u8>, Unsealable> {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: secret, aad: &bound_to(slug, person) };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this person.
    pub(crate) fn open(
        &self,
        slug: &Slug,
        person: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, Unsealable> {
        let (nonce, text) =
            sealed.split_at_checked(NONCE).filter(|_| sealed.len() == SEALED).ok_or(Unsealable)?;
        let payload = Payload { msg: text, aad: &bound_to(slug, person) };
        let opened = self.0.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| Unsealable)?;
        let opened = Zeroizing::new(opened);
        let secret: [u8; 32] = opened.as_slice().try_into().map_err(|_| Unsealable)?;
        Ok(Zeroizing::new(secret))
    }
}

/// A slug has no zero byte, so no two pairs are the same bytes.
fn bound_to(slug: &Slug, person: &str) -> Vec<u8> {
    [LABEL, b"\0", slug.as_str().as_bytes(), b"\0", person.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn rejects_another_person_election_key_or_byte() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (slug, other): (Slug, Slug) = ("council-2027".parse().unwrap(), "council-2028".parse().unwrap());
        let key = SealingKey::new(&[1; 32]);
        let sealed = key.seal(&slug, "ada", &[7; 32], &mut rng).unwrap();
        assert_eq!(*key.open(&slug, "ada", &sealed).unwrap(), [7; 32]);
        assert!(!sealed.windows(8).any(|window| window == [7; 8]));
        assert_eq!(key.open(&slug, "bob", &sealed), Err(Unsealable));
        assert_eq!(key.open(&other, "ada", &sealed), Err(Unsealable));
        assert_eq!(SealingKey::new(&[2; 32]).open(&slug, "ada", &sealed), Err(Unsealable));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.open(&slug, "ada", &changed), Err(Unsealable), "{place}");
        }
        assert_eq!(key.open(&slug, "ada", &sealed[..SEALED - 1]), Err(Unsealable));
        assert_ne!(key.seal(&slug, "ada", &[7; 32], &mut rng).unwrap(), sealed, "another nonce");
    }
}
