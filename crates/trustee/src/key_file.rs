//! The key file: everything a trustee has, under a passphrase (TRU-17).
//!
//! ```text
//! passphrase, salt ─ argon2id ─▶ 32 bytes of key
//! content, nonce, all other members of the file ─ XChaCha20-Poly1305 ─▶ ciphertext
//! ```
//!
//! The key is derived once for a command and used for every form that it writes, each under a nonce of its own: 24 random
//! bytes do not meet twice.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_election::json::{self, Base64};
use zeroize::{Zeroize, Zeroizing};

use crate::content::Document;
use crate::error::KeyFileError;
use crate::trustee::Trustee;

const VERSION: u32 = 1;
/// What the largest ceremony leaves has 20 MB.
const LIMIT: usize = 64 << 20;
/// The fewest characters of a passphrase.
const SHORTEST: usize = 10;

/// What it costs to try a passphrase: parameters of argon2id (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Default for Cost {
    /// 256 MiB and three passes: about a second on a laptop.
    fn default() -> Self {
        Self { memory: 256 << 10, passes: 3, lanes: 1 }
    }
}

impl Cost {
    /// `memory` KiB, at most 1 GiB; 1 to 16 passes over it; 1 to 16 lanes.
    ///
    /// # Errors
    /// [`KeyFileError::Cost`].
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Result<Self, KeyFileError> {
        let allowed = (8..=1 << 20).contains(&memory)
            && (1..=16).contains(&passes)
            && (1..=16).contains(&lanes)
            && memory >= 8 * lanes;
        if allowed {
            Ok(Self { memory, passes, lanes })
        } else {
            Err(KeyFileError::Cost { memory, passes, lanes })
        }
    }

    /// The key of a passphrase. The memory is wiped.
    fn derive(self, passphrase: &str, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        let Self { memory, passes, lanes } = self;
        let cost = || KeyFileError::Cost { memory, passes, lanes };
        let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| cost())?;
        let mut blocks: Vec<Block> = Vec::new();
        blocks.try_reserve_exact(params.block_count()).map_err(|_| KeyFileError::Memory)?;
        blocks.resize(params.block_count(), Block::default());
        let mut key = Zeroizing::new([0; 32]);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let derived =
            argon.hash_password_into_with_memory(passphrase.as_bytes(), salt, key.as_mut(), &mut blocks);
        blocks.iter_mut().for_each(Zeroize::zeroize);
        derived.map_err(|_| cost())?;
        Ok(key)
    }
}

/// The document. Members stand in alphabetical order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    ciphertext: Base64<Vec<u8>>,
    lanes: u32,
    memory: u32,
    nonce: Base64<[u8; 24]>,
    passes: u32,
    salt: Base64<[u8; 16]>,
    version: u32,
}

impl Outer {
    /// Everything but the ciphertext, which is bound to it.
    fn associated(&self) -> Vec<u8> {
        let numbers = [self.version, self.memory, self.passes, self.lanes].map(u32::to_be_bytes);
        let label = b"urna/v1/trustee-key-file\0".as_slice();
        [label, numbers.as_flattened(), &self.salt.0, &self.nonce.0].concat()
    }
}

/// The key under which one file is written.
pub struct KeyFile {
    cost: Cost,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

/// A state as it is to be written to the file.
pub struct Sealed {
    bytes: Vec<u8>,
    pub(crate) revision: u64,
}

impl Sealed {
    /// The file's bytes. They are of no use without the passphrase.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl KeyFile {
    /// For a new file under this passphrase. `cost` is [`Cost::default`] but in tests.
    ///
    /// # Errors
    /// [`KeyFileError::Short`], [`KeyFileError::Memory`].
    pub fn new(passphrase: &str, cost: Cost, rng: &mut impl CryptoRngCore) -> Result<Self, KeyFileError> {
        if passphrase.chars().count() < SHORTEST {
            return Err(KeyFileError::Short(SHORTEST));
        }
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        Ok(Self { cost, salt, key: cost.derive(passphrase, &salt)? })
    }

    /// Opens a file's bytes.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn open(bytes: &[u8], passphrase: &str) -> Result<(Self, Trustee), KeyFileError> {
        let outer: Outer = json::parse(bytes, LIMIT)?;
        if outer.version != VERSION {
            return Err(KeyFileError::Version(outer.version));
        }
        let cost = Cost::new(outer.memory, outer.passes, outer.lanes)?;
        let file = Self { cost, salt: outer.salt.0, key: cost.derive(passphrase, &outer.salt.0)? };
        let payload = Payload { msg: &outer.ciphertext.0, aad: &outer.associated() };
        let content = file.cipher().decrypt(XNonce::from_slice(&outer.nonce.0), payload);
        let content = Zeroizing::new(content.map_err(|_| KeyFileError::Passphrase)?);
        let document: Document =
            json::parse(&content, LIMIT).map_err(|_| KeyFileError::Content("not the expected document"))?;
        Ok((file, document.restore()?))
    }

    /// Seals a trustee's state, with a nonce of its own.
    pub fn seal(&self, trustee: &Trustee, rng: &mut impl CryptoRngCore) -> Sealed {
        let Self { cost: Cost { memory, passes, lanes }, salt, .. } = *self;
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let mut outer = Outer {
            ciphertext: Base64(Vec::new()),
            lanes,
            memory,
            nonce: Base64(nonce),
            passes,
            salt: Base64(salt),
            version: VERSION,
        };
        let content = Zeroizing::new(json::to_bytes(&Document::of(trustee)));
        let payload = Payload { msg: &content, aad: &outer.associated() };
        #[expect(clippy::expect_used, reason = "fails only above 2^38 bytes")]
        let ciphertext = self.cipher().encrypt(XNonce::from_slice(&nonce), payload).expect("short enough");
        outer.ciphertext = Base64(ciphertext);
        Sealed { bytes: json::to_bytes(&outer), revision: trustee.revision() }
    }

    /// What it costs to try a passphrase.
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }
}
