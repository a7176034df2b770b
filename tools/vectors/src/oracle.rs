//! A second implementation of Urna's equations, from the pages of `spec/` alone: slow, straightforward, and not constant
//! time. It shares no code with `urna-crypto` but the curve, merlin and the hashes, makes the vectors from randomness that
//! it writes down, and answers for them beside the crates.

pub mod ballot;
pub mod ceremony;
pub mod opening;
pub mod plaintext;
pub mod signature;
pub mod token;
pub mod transcript;

pub use curve25519_dalek::ristretto::RistrettoPoint as Point;
pub use curve25519_dalek::scalar::Scalar;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::IsIdentity;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256, Sha512};

use crate::vector::{No, no};

/// The basepoint.
pub const G: Point = RISTRETTO_BASEPOINT_POINT;

/// The second generator: SHA-512 of a label, mapped to the group by the one-way map of RFC 9496.
pub fn h() -> Point {
    Point::from_uniform_bytes(&Sha512::digest(b"urna/v1/generator-h").into())
}

/// Decodes a point: canonical, and not the identity.
///
/// # Errors
/// GRP-1, GRP-2.
pub fn point(bytes: &[u8; 32]) -> Result<Point, No> {
    let point = CompressedRistretto(*bytes).decompress().ok_or_else(|| no("GRP-1"))?;
    if point.is_identity() {
        return Err(no("GRP-2"));
    }
    Ok(point)
}

/// Decodes a scalar: the little-endian integer below l.
///
/// # Errors
/// GRP-3.
pub fn scalar(bytes: &[u8; 32]) -> Result<Scalar, No> {
    Option::from(Scalar::from_canonical_bytes(*bytes)).ok_or_else(|| no("GRP-3"))
}

/// The 32-byte fields of a wire form.
pub fn rows<const COUNT: usize>(bytes: &[u8]) -> [[u8; 32]; COUNT] {
    std::array::from_fn(|i| bytes[32 * i..32 * i + 32].try_into().unwrap())
}

/// x^5
pub fn fifth(x: &Scalar) -> Scalar {
    x * x * x * x * x
}

/// The randomness of the vectors: the same for the same purpose, every time.
pub struct Random(ChaCha20Rng);

impl Random {
    /// Seeded with the SHA-256 of `purpose`.
    pub fn new(purpose: &str) -> Self {
        Self(ChaCha20Rng::from_seed(Sha256::digest(purpose).into()))
    }

    /// A random scalar.
    pub fn scalar(&mut self) -> Scalar {
        let mut wide = [0; 64];
        self.0.fill_bytes(&mut wide);
        Scalar::from_bytes_mod_order_wide(&wide)
    }

    /// Random bytes.
    pub fn bytes<const LENGTH: usize>(&mut self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// The generator itself, for functions of the crates that draw.
    pub fn rng(&mut self) -> &mut ChaCha20Rng {
        &mut self.0
    }
}
