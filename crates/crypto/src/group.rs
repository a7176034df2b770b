//! The group: ristretto255 (RFC 9496), prime order l, basepoint G, second generator H.
//!
//! This is the only file that names the curve crate; everything else works with [`Point`], [`Scalar`] and
//! [`SecretScalar`]. Three rules hold by construction:
//!
//! - a [`Point`] decodes from exactly one 32-byte string and is never the identity (GRP-1, GRP-2);
//! - a [`Scalar`] decodes from exactly one 32-byte string, the little-endian integer below l (GRP-3);
//! - a [`SecretScalar`] is never zero, is wiped when dropped, and enters only constant-time operations.
//!
//! Operations whose names start with `vartime` take time that depends on their input. They are for public values.

use core::fmt;
use core::ops::{Add, Mul, Neg, Sub};
use std::sync::LazyLock;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar as CurveScalar;
use curve25519_dalek::traits::{Identity, IsIdentity, MultiscalarMul, VartimeMultiscalarMul};
use rand_core::CryptoRngCore;
use sha2::Sha512;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The label that is hashed (SHA-512, then the one-way map of RFC 9496 section 4.3.4) to the second generator H.
pub const GENERATOR_H_LABEL: &[u8] = b"urna/v1/generator-h";

static GENERATOR_H: LazyLock<Point> = LazyLock::new(|| {
    let point = RistrettoPoint::hash_from_bytes::<Sha512>(GENERATOR_H_LABEL);
    #[expect(
        clippy::expect_used,
        reason = "a constant of the program; with H = identity tokens are forgeable"
    )]
    Point::from_curve(point).expect("the second generator is not the identity")
});

static GENERATOR_G: LazyLock<Point> = LazyLock::new(|| Point {
    bytes: RISTRETTO_BASEPOINT_POINT.compress().to_bytes(),
    point: RISTRETTO_BASEPOINT_POINT,
});

/// Why 32 bytes are not a point or a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not the canonical encoding of a ristretto255 element (GRP-1).
    #[error("not the canonical encoding of a ristretto255 point")]
    NonCanonicalPoint,
    /// The identity, which no public value of the protocol may be (GRP-2).
    #[error("the point is the identity")]
    Identity,
    /// An integer that is not below the group order (GRP-3).
    #[error("not the canonical encoding of a scalar")]
    NonCanonicalScalar,
    /// A secret scalar, or a value that must not vanish, is zero.
    #[error("the scalar is zero")]
    ZeroScalar,
    /// The wrong number of bytes.
    #[error("{actual} bytes where {expected} belong")]
    Length {
        /// How many bytes the value has.
        expected: usize,
        /// How many bytes there were.
        actual: usize,
    },
}

/// An element of ristretto255 other than the identity, kept beside its canonical 32-byte encoding.
///
/// Comparison, ordering and hashing go by the encoding and take variable time; points are public.
#[derive(Clone, Copy)]
pub struct Point {
    bytes: [u8; 32],
    point: RistrettoPoint,
}

impl Point {
    /// The length of an encoded point in bytes.
    pub const LENGTH: usize = 32;

    /// Decodes a point (GRP-1, GRP-2).
    ///
    /// # Errors
    /// [`DecodeError::NonCanonicalPoint`] and [`DecodeError::Identity`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        if *bytes == [0; 32] {
            return Err(DecodeError::Identity);
        }
        let point = CompressedRistretto(*bytes).decompress().ok_or(DecodeError::NonCanonicalPoint)?;
        Ok(Self { bytes: *bytes, point })
    }

    /// The canonical encoding, 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.bytes
    }

    /// The canonical encoding, borrowed.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The basepoint G.
    pub fn generator_g() -> Self {
        *GENERATOR_G
    }

    /// The second generator H, whose logarithm to base G nobody knows: it is hashed from [`GENERATOR_H_LABEL`].
    pub fn generator_h() -> Self {
        *GENERATOR_H
    }

    /// Maps 64 uniform bytes to a point of unknown logarithm (the one-way map of RFC 9496 section 4.3.4).
    /// `None` if the result is the identity, which nobody will ever see.
    pub(crate) fn from_uniform_bytes(bytes: &[u8; 64]) -> Option<Self> {
        Self::from_curve(RistrettoPoint::from_uniform_bytes(bytes))
    }

    /// xG for a secret x. Constant time.
    pub(crate) fn mul_base(x: &SecretScalar) -> Self {
        // The table of G's multiples would be a tenth of the program that a browser loads to multiply a few times.
        if cfg!(target_arch = "wasm32") {
            return Self::generator_g().mul_secret(x);
        }
        Self::from_nonzero(RistrettoPoint::mul_base(&x.0.0))
    }

    /// xP for a secret x. Constant time.
    pub(crate) fn mul_secret(&self, x: &SecretScalar) -> Self {
        Self::from_nonzero(self.point * x.0.0)
    }

    /// A sum of secret multiples, in constant time. `None` if it is the identity.
    pub(crate) fn secret_sum<const N: usize>(terms: [(&Scalar, &Point); N]) -> Option<Self> {
        let sum = RistrettoPoint::multiscalar_mul(
            terms.iter().map(|(scalar, _)| scalar.0),
            terms.iter().map(|(_, point)| point.point),
        );
        Self::from_curve(sum)
    }

    /// A sum of public multiples, in variable time. `None` if it is the identity.
    pub(crate) fn vartime_sum<'a>(terms: impl Iterator<Item = (Scalar, &'a Point)>) -> Option<Self> {
        let mut msm = Msm::default();
        for (scalar, point) in terms {
            msm.push(scalar, point);
        }
        Self::from_curve(msm.vartime_sum())
    }

    /// A prime-order element times a nonzero scalar, or a sum already known not to vanish.
    fn from_nonzero(point: RistrettoPoint) -> Self {
        debug_assert!(!point.is_identity());
        Self { bytes: point.compress().to_bytes(), point }
    }

    fn from_curve(point: RistrettoPoint) -> Option<Self> {
        (!point.is_identity()).then(|| Self::from_nonzero(point))
    }
}

/// For the few points that are secret: shared Diffie-Hellman values.
impl Zeroize for Point {
    fn zeroize(&mut self) {
        self.bytes.zeroize();
        self.point.zeroize();
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Point(")?;
        for byte in self.bytes {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Point {}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl core::hash::Hash for Point {
    fn hash<S: core::hash::Hasher>(&self, state: &mut S) {
        self.bytes.hash(state);
    }
}

/// A public integer modulo the group order l, such as a challenge or a response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scalar(CurveScalar);

impl Scalar {
    /// The length of an encoded scalar in bytes.
    pub const LENGTH: usize = 32;

    /// Zero.
    pub const ZERO: Self = Self(CurveScalar::ZERO);

    /// One.
    pub const ONE: Self = Self(CurveScalar::ONE);

    /// Decodes a little-endian integer below l (GRP-3).
    ///
    /// # Errors
    /// [`DecodeError::NonCanonicalScalar`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        Option::from(CurveScalar::from_canonical_bytes(*bytes))
            .map(Self)
            .ok_or(DecodeError::NonCanonicalScalar)
    }

    /// The canonical encoding, 32 bytes, little-endian.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Whether the scalar is zero.
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// 64 uniform bytes, little-endian, reduced modulo l.
    pub(crate) fn from_wide_bytes(bytes: &[u8; 64]) -> Self {
        Self(CurveScalar::from_bytes_mod_order_wide(bytes))
    }

    /// A 128-bit weight for a random linear combination, little-endian.
    pub(crate) fn from_weight(bytes: [u8; 16]) -> Self {
        Self(CurveScalar::from(u128::from_le_bytes(bytes)))
    }

    /// The multiplicative inverse, or `None` of zero. Variable time is not an issue: dalek's is constant time.
    pub(crate) fn invert(&self) -> Option<Self> {
        (!self.is_zero()).then(|| Self(self.0.invert()))
    }

    /// The fifth power. gcd(5, l - 1) = 1, so it is a permutation of the scalars (Snowblind section 4).
    pub(crate) fn fifth_power(&self) -> Self {
        let square = self.0 * self.0;
        Self(square * square * self.0)
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scalar(")?;
        for byte in self.to_bytes() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

impl From<u64> for Scalar {
    fn from(value: u64) -> Self {
        Self(CurveScalar::from(value))
    }
}

impl Add for Scalar {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Scalar {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Scalar {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// A secret integer modulo l, never zero. Wiped when dropped; neither copied, nor compared, nor printed.
#[derive(ZeroizeOnDrop)]
pub struct SecretScalar(Scalar);

impl SecretScalar {
    /// A uniform secret.
    pub(crate) fn random(rng: &mut impl CryptoRngCore) -> Self {
        loop {
            let mut wide = Zeroizing::new([0; 64]);
            rng.fill_bytes(wide.as_mut());
            if let Some(secret) = Self::new(Scalar::from_wide_bytes(&wide)) {
                return secret;
            }
        }
    }

    /// Takes a scalar as a secret; `None` of zero.
    pub(crate) fn new(scalar: Scalar) -> Option<Self> {
        (!scalar.is_zero()).then_some(Self(scalar))
    }

    /// Decodes a secret that was written by [`SecretScalar::to_bytes`].
    ///
    /// # Errors
    /// [`DecodeError::NonCanonicalScalar`] and [`DecodeError::ZeroScalar`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        Self::new(Scalar::from_bytes(bytes)?).ok_or(DecodeError::ZeroScalar)
    }

    /// The secret's 32 bytes, for a key file. The caller keeps them from logs and other roles.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The value, for the arithmetic of this crate.
    pub(crate) fn expose(&self) -> &Scalar {
        &self.0
    }
}

/// A multiscalar multiplication under construction.
#[derive(Default)]
pub(crate) struct Msm {
    scalars: Vec<CurveScalar>,
    points: Vec<RistrettoPoint>,
}

impl Msm {
    pub(crate) fn with_capacity(terms: usize) -> Self {
        Self { scalars: Vec::with_capacity(terms), points: Vec::with_capacity(terms) }
    }

    pub(crate) fn push(&mut self, scalar: Scalar, point: &Point) {
        self.scalars.push(scalar.0);
        self.points.push(point.point);
    }

    /// Whether the sum is the identity. Variable time.
    pub(crate) fn vartime_is_identity(&self) -> bool {
        self.vartime_sum().is_identity()
    }

    fn vartime_sum(&self) -> RistrettoPoint {
        if self.scalars.is_empty() {
            return RistrettoPoint::identity();
        }
        RistrettoPoint::vartime_multiscalar_mul(&self.scalars, &self.points)
    }
}

/// Decompresses `points` and multiplies them by `scalars` in one multiscalar multiplication: the floor beside which
/// batch verification is measured, and nothing else. `None` if a point does not decode or the sum is the identity.
pub fn bare_decompress_and_sum(points: &[[u8; 32]], scalars: &[Scalar]) -> Option<Point> {
    let decoded: Option<Vec<RistrettoPoint>> =
        points.iter().map(|bytes| CompressedRistretto(*bytes).decompress()).collect();
    Point::from_curve(RistrettoPoint::vartime_multiscalar_mul(scalars.iter().map(|s| s.0), decoded?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// l, little-endian.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    #[test]
    fn accepts_only_the_pinned_second_generator() {
        let expected = "02d42d214d5bd36ccf26f12004ee48bec8468099b6f6f04805af606e5076b74c";
        assert_eq!(format!("{:?}", Point::generator_h()), format!("Point({expected})"));
        assert_ne!(Point::generator_h(), Point::generator_g());
    }

    #[test]
    fn rejects_the_identity_grp_2() {
        assert_eq!(Point::from_bytes(&[0; 32]), Err(DecodeError::Identity));
    }

    #[test]
    fn rejects_non_canonical_points_grp_1() {
        // RFC 9496 appendix A.2: a non-canonical field element, a negative one, a non-square.
        for hex in [
            "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        ] {
            assert_eq!(Point::from_bytes(&bytes(hex)), Err(DecodeError::NonCanonicalPoint), "{hex}");
        }
    }

    #[test]
    fn rejects_non_canonical_scalars_grp_3() {
        assert_eq!(Scalar::from_bytes(&ORDER), Err(DecodeError::NonCanonicalScalar));
        assert_eq!(Scalar::from_bytes(&[0xff; 32]), Err(DecodeError::NonCanonicalScalar));
        let mut largest = ORDER;
        largest[0] -= 1;
        assert_eq!(Scalar::from_bytes(&largest), Ok(-Scalar::ONE));
    }

    #[test]
    fn rejects_a_zero_secret() {
        assert!(matches!(SecretScalar::from_bytes(&[0; 32]), Err(DecodeError::ZeroScalar)));
    }

    fn bytes(hex: &str) -> [u8; 32] {
        core::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
    }

    proptest! {
        #[test]
        fn round_trips_whatever_decodes(input in any::<[u8; 32]>(), small in 1_u64..) {
            if let Ok(point) = Point::from_bytes(&input) {
                prop_assert_eq!(point.to_bytes(), input);
                prop_assert_eq!(point.point.compress().to_bytes(), input);
            }
            if let Ok(scalar) = Scalar::from_bytes(&input) {
                prop_assert_eq!(scalar.to_bytes(), input);
            }
            let small = SecretScalar::new(Scalar::from(small)).unwrap();
            let point = Point::mul_base(&small);
            prop_assert_eq!(Point::from_bytes(&point.to_bytes()), Ok(point));
            // As in browsers, without the table.
            prop_assert_eq!(Point::generator_g().mul_secret(&small), point);
        }
    }
}
