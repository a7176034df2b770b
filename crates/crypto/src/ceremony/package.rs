//! The package of round 1: a trustee's commitments, its proof of knowledge, its signature (TRU-2, TRU-3).

use frost_ristretto255::Signature as FrostSignature;
use frost_ristretto255::keys::VerifiableSecretSharingCommitment;
use frost_ristretto255::keys::dkg::round1::Package as FrostPackage;
use rand_core::CryptoRngCore;
use sha2::{Digest, Sha512};

use super::{Ceremony, CeremonyError, TrusteeSecretKey};
use crate::batch::{Equation, Equations, Verifiable};
use crate::context::PlanId;
use crate::encoding;
use crate::group::{DecodeError, Point, Scalar};
use crate::schnorr::{Signature, Statement, sealed::Sealed};
use crate::transcript::{Transcript, step};

/// The context string of FROST(ristretto255, SHA-512) and the name of its hash for key generation: what the proof of
/// knowledge hashes first.
const PROOF_CONTEXT: &[u8] = b"FROST-RISTRETTO255-SHA512-v1dkg";

/// A trustee's package of round 1. Public; its wire form is fixed in `spec/trustees.md`.
///
/// ```text
/// offset      length
/// 0           2        index i, from 1, little-endian
/// 2           2        threshold t, little-endian
/// 4           2        number of trustees n, little-endian
/// 6           32 t     commitments phi_i0 … phi_i,t-1, points
/// 6 + 32 t    32       R_i of the proof of knowledge, a point
/// 38 + 32 t   32       mu_i of the proof of knowledge, a scalar
/// 70 + 32 t   64       signature by the enrolment key over plan id and all bytes before it
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round1Package {
    trustee: u16,
    threshold: u16,
    count: u16,
    commitments: Vec<Point>,
    knowledge: Knowledge,
    signature: Signature,
}

/// The proof of knowledge (R_i, mu_i) of a_i0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Knowledge {
    pub(super) commitment: Point,
    pub(super) response: Scalar,
}

impl Round1Package {
    const HEADER: usize = 6;
    const PROOF: usize = 64;

    /// The length in bytes of a package for threshold `threshold`: 134 + 32 t.
    pub fn length(threshold: u16) -> usize {
        Self::HEADER + Point::LENGTH * usize::from(threshold) + Self::PROOF + Signature::LENGTH
    }

    /// Decodes a package. Whether it proves and is signed is not looked at yet.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if the length is not that of the threshold the package names, or there is no commitment;
    /// [`DecodeError`] if a point or a scalar is not canonical or a point is the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let wrong_length = |expected| DecodeError::Length { expected, actual: bytes.len() };
        let (header, rest) = bytes.split_first_chunk::<6>().ok_or(wrong_length(Self::length(1)))?;
        let [i0, i1, t0, t1, n0, n1] = *header;
        let threshold = u16::from_le_bytes([t0, t1]);
        let expected = Self::length(threshold.max(1));
        if threshold == 0 || bytes.len() != expected {
            return Err(wrong_length(expected));
        }
        let (rest, signature) = rest.split_last_chunk::<64>().ok_or(wrong_length(expected))?;
        let (commitments, proof) = rest.split_last_chunk::<64>().ok_or(wrong_length(expected))?;
        Ok(Self {
            trustee: u16::from_le_bytes([i0, i1]),
            threshold,
            count: u16::from_le_bytes([n0, n1]),
            commitments: commitments.as_chunks().0.iter().map(Point::from_bytes).collect::<Result<_, _>>()?,
            knowledge: Knowledge::from_bytes(proof)?,
            signature: Signature::from_bytes(signature)?,
        })
    }

    /// The wire form, [`Round1Package::length`] bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.unsigned().to_bytes();
        bytes.extend(self.signature.to_bytes());
        bytes
    }

    /// The trustee's index as the package names it.
    pub fn trustee(&self) -> u16 {
        self.trustee
    }

    /// phi_i0 … phi_i,t-1
    pub(super) fn commitments(&self) -> &[Point] {
        &self.commitments
    }

    /// Signs commitments and proof as the package of trustee `trustee` (TRU-2).
    pub(super) fn sign(
        ceremony: &Ceremony,
        trustee: u16,
        commitments: Vec<Point>,
        knowledge: Knowledge,
        key: &TrusteeSecretKey,
        rng: &mut impl CryptoRngCore,
    ) -> Self {
        let Ceremony { plan, threshold, count, .. } = ceremony;
        let unsigned =
            Unsigned { trustee, threshold: *threshold, count: *count, commitments: &commitments, knowledge };
        let signature = key.sign(&PackageStatement { plan, package: unsigned }, rng);
        Self { trustee, threshold: *threshold, count: *count, commitments, knowledge, signature }
    }

    /// Signs what the frost library made. `None` in the case, never met, that a commitment is the identity.
    pub(super) fn from_frost(
        ceremony: &Ceremony,
        trustee: u16,
        package: &FrostPackage,
        key: &TrusteeSecretKey,
        rng: &mut impl CryptoRngCore,
    ) -> Option<Self> {
        let serialised = package.commitment().serialize().ok()?;
        let commitments = serialised.iter().map(|bytes| Point::from_bytes(&encoding::array(bytes)?));
        let commitments = commitments.collect::<Result<Vec<_>, _>>().ok()?;
        let proof = encoding::array(&package.proof_of_knowledge().serialize().ok()?).ok()?;
        Some(Self::sign(ceremony, trustee, commitments, Knowledge::from_bytes(&proof).ok()?, key, rng))
    }

    /// The package as the frost library takes it.
    pub(super) fn to_frost(&self) -> Result<FrostPackage, CeremonyError> {
        Ok(FrostPackage::new(
            self.frost_commitment()?,
            FrostSignature::deserialize(&self.knowledge.to_bytes())
                .map_err(|_| CeremonyError::KeyGeneration)?,
        ))
    }

    pub(super) fn frost_commitment(&self) -> Result<VerifiableSecretSharingCommitment, CeremonyError> {
        let commitments = self.commitments.iter().map(Point::to_bytes);
        VerifiableSecretSharingCommitment::deserialize(commitments).map_err(|_| CeremonyError::KeyGeneration)
    }

    /// Checks signature, numbers and proof of knowledge (TRU-2, TRU-3), the signature first: what a trustee did not
    /// sign is not held against it, except that it is not signed. Variable time.
    pub(super) fn check(&self, ceremony: &Ceremony) -> Result<(), CeremonyError> {
        let trustee = self.trustee;
        let statement = PackageStatement { plan: &ceremony.plan, package: self.unsigned() };
        self.signature
            .verify(ceremony.trustee(trustee)?, &statement)
            .map_err(|_| CeremonyError::PackageSignature { trustee })?;
        if self.threshold != ceremony.threshold {
            return Err(CeremonyError::PackageThreshold {
                trustee,
                expected: ceremony.threshold,
                found: self.threshold,
            });
        }
        if self.count != ceremony.count {
            return Err(CeremonyError::PackageCount { trustee, expected: ceremony.count, found: self.count });
        }
        let constant = self.commitments.first().ok_or(CeremonyError::ProofOfKnowledge { trustee })?;
        Known { trustee, constant, knowledge: &self.knowledge }
            .verify()
            .map_err(|_| CeremonyError::ProofOfKnowledge { trustee })
    }

    fn unsigned(&self) -> Unsigned<'_> {
        let Self { trustee, threshold, count, ref commitments, knowledge, .. } = *self;
        Unsigned { trustee, threshold, count, commitments, knowledge }
    }
}

impl Knowledge {
    fn from_bytes(bytes: &[u8; 64]) -> Result<Self, DecodeError> {
        let [commitment, response] = encoding::split(bytes);
        Ok(Self { commitment: Point::from_bytes(&commitment)?, response: Scalar::from_bytes(&response)? })
    }

    fn to_bytes(self) -> [u8; 64] {
        encoding::join([self.commitment.to_bytes(), self.response.to_bytes()])
    }
}

/// A proof of knowledge beside what it is for.
struct Known<'a> {
    trustee: u16,
    constant: &'a Point,
    knowledge: &'a Knowledge,
}

impl Verifiable for Known<'_> {
    fn equations(&self, equations: &mut Equations) {
        let Knowledge { commitment, response } = self.knowledge;
        let c = challenge(self.trustee, self.constant, commitment);
        // R_i + c_i phi_i0 - mu_i G = 0
        equations.push(Equation::of(commitment).term(c, self.constant).basepoint(-*response));
    }
}

/// c_i = H("FROST-RISTRETTO255-SHA512-v1" || "dkg" || i || phi_i0 || R_i): SHA-512 reduced modulo l, i as a scalar
pub(super) fn challenge(trustee: u16, constant: &Point, commitment: &Point) -> Scalar {
    let hash = Sha512::new()
        .chain_update(PROOF_CONTEXT)
        .chain_update(Scalar::from(u64::from(trustee)).to_bytes())
        .chain_update(constant.as_bytes())
        .chain_update(commitment.as_bytes())
        .finalize();
    Scalar::from_wide_bytes(&hash.into())
}

/// A package before it is signed.
struct Unsigned<'a> {
    trustee: u16,
    threshold: u16,
    count: u16,
    commitments: &'a [Point],
    knowledge: Knowledge,
}

impl Unsigned<'_> {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Round1Package::length(self.threshold));
        for number in [self.trustee, self.threshold, self.count] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.commitments.iter().flat_map(Point::as_bytes));
        bytes.extend(self.knowledge.to_bytes());
        bytes
    }
}

/// A trustee sends a package for this plan. Signed with the enrolment key (TRU-2).
struct PackageStatement<'a> {
    plan: &'a PlanId,
    package: Unsigned<'a>,
}

impl Statement for PackageStatement<'_> {}
impl Sealed for PackageStatement<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::CEREMONY_PACKAGE);
        transcript.message(b"plan", self.plan.as_bytes());
        transcript.message(b"package", &self.package.to_bytes());
        transcript
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::Round1Secret;
    use crate::ceremony::sample::{enrol, package, prove, rng, start};
    use crate::group::SecretScalar;
    use frost_ristretto255::keys::dkg;
    use frost_ristretto255::{Error, Identifier};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn accepts_and_rejects_proofs_of_knowledge_as_frost_does_tru_3() {
        let mut rng = rng(1);
        let (ceremony, keys) = enrol(2, 2, &mut rng);
        let id = |index: u16| Identifier::try_from(index).unwrap();
        // Frost's opinion of trustee 2's package, as a trustee 1 who receives it.
        let mut frost = |package: &Round1Package| {
            let (secret, _) = dkg::part1(id(1), 2, 2, &mut rng).unwrap();
            dkg::part2(secret, &BTreeMap::from([(id(2), package.to_frost().unwrap())])).map(|_| ())
        };
        // Made by frost, made here.
        let (_, theirs) =
            Round1Secret::start(&ceremony, 2, &keys[1], &mut crate::ceremony::sample::rng(2)).unwrap();
        let coefficients = [Scalar::from(5), Scalar::from(7)];
        let ours = package(&ceremony, 2, &coefficients, &keys[1], &mut crate::ceremony::sample::rng(3));
        let mut coins = crate::ceremony::sample::rng(4);
        for good in [theirs, ours] {
            assert_eq!(frost(&good), Ok(()));
            assert_eq!(good.check(&ceremony), Ok(()));
            // A proof of somebody else's knowledge, another response, another index: signed, and refused by both.
            let knowledge = good.knowledge;
            let other = prove(2, &SecretScalar::random(&mut coins), &mut coins);
            let index = prove(1, &SecretScalar::new(Scalar::from(5)).unwrap(), &mut coins);
            let response = Knowledge { response: knowledge.response + Scalar::ONE, ..knowledge };
            for knowledge in [other, index, response] {
                let commitments = good.commitments.clone();
                let bad = Round1Package::sign(&ceremony, 2, commitments, knowledge, &keys[1], &mut coins);
                assert_eq!(frost(&bad), Err(Error::InvalidProofOfKnowledge { culprit: id(2) }));
                assert_eq!(bad.check(&ceremony), Err(CeremonyError::ProofOfKnowledge { trustee: 2 }));
            }
        }
    }

    /// The example of `spec/trustees.md`: a_10 = 5, k = 9.
    #[test]
    fn accepts_the_challenge_of_the_specification_tru_3() {
        let multiple = |x: u64| Point::mul_base(&SecretScalar::new(Scalar::from(x)).unwrap());
        let c = challenge(1, &multiple(5), &multiple(9));
        let mu = Scalar::from(9) + Scalar::from(5) * c;
        let pinned = [
            (c, "7e5017780d2aff0fbbc274294c3e407ce48f457e5842597a129c3543a1e6e300"),
            (mu, "7f92745843d2fb4fa7cd47cf7c37416d76cf5b77ba4bbe635c0c0c5026817304"),
        ];
        for (scalar, hex) in pinned {
            assert_eq!(format!("{scalar:?}"), format!("Scalar({hex})"));
        }
    }

    #[test]
    fn rejects_a_package_copied_to_another_index_tru_3() {
        let mut rng = rng(5);
        let (ceremony, keys) = enrol(2, 2, &mut rng);
        let (_, packages) = start(&ceremony, &keys, &mut rng);
        let [first, _] = &packages[..] else { panic!("two packages") };
        let (commitments, knowledge) = (first.commitments.clone(), first.knowledge);
        let copy = Round1Package::sign(&ceremony, 2, commitments, knowledge, &keys[1], &mut rng);
        let error = ceremony.check(vec![first.clone(), copy]).unwrap_err();
        assert_eq!(error, CeremonyError::ProofOfKnowledge { trustee: 2 });
    }

    #[test]
    fn rejects_every_changed_bit_tru_2() {
        let mut rng = rng(6);
        let (ceremony, keys) = enrol(2, 2, &mut rng);
        let (_, packages) = start(&ceremony, &keys, &mut rng);
        let bytes = packages[1].to_bytes();
        assert_eq!(bytes.len(), 134 + 32 * 2);
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(package) = Round1Package::from_bytes(&changed) {
                let error = ceremony.check(vec![packages[0].clone(), package]).unwrap_err();
                let named = matches!(
                    error,
                    CeremonyError::PackageSignature { .. } | CeremonyError::NotATrustee { .. }
                );
                assert!(named, "bit {bit}: {error}");
            }
        }
    }

    #[test]
    fn rejects_lengths_that_are_not_those_of_the_threshold() {
        let (ceremony, keys) = enrol(2, 2, &mut rng(7));
        let (_, packages) = start(&ceremony, &keys, &mut rng(8));
        let bytes = packages[0].to_bytes();
        for length in 0..bytes.len() {
            let expected = if length < 6 { Round1Package::length(1) } else { Round1Package::length(2) };
            let error = DecodeError::Length { expected, actual: length };
            assert_eq!(Round1Package::from_bytes(&bytes[..length]), Err(error));
        }
        let longer = [&bytes[..], &[0]].concat();
        let error = DecodeError::Length { expected: bytes.len(), actual: bytes.len() + 1 };
        assert_eq!(Round1Package::from_bytes(&longer), Err(error));
        // No commitment at all.
        let mut none = [&bytes[..6], &bytes[70..]].concat();
        none[2] = 0;
        let error =
            DecodeError::Length { expected: Round1Package::length(1), actual: Round1Package::length(0) };
        assert_eq!(Round1Package::from_bytes(&none), Err(error));
    }

    proptest! {
        #[test]
        fn round_trips_whatever_decodes(
            polynomial in proptest::collection::vec(1_u64.., 1..6),
            noise in proptest::collection::vec(any::<u8>(), 0..400),
            place in any::<proptest::sample::Index>(),
            value in any::<u8>(),
        ) {
            let mut rng = rng(9);
            let key = TrusteeSecretKey::generate(&mut rng);
            let threshold = u16::try_from(polynomial.len()).unwrap();
            let trustees = vec![key.public()];
            let ceremony = Ceremony { plan: PlanId::from_bytes([1; 32]), threshold, count: 1, trustees };
            let coefficients: Vec<_> = polynomial.into_iter().map(Scalar::from).collect();
            let package = package(&ceremony, 1, &coefficients, &key, &mut rng);
            let mut bytes = package.to_bytes();
            prop_assert_eq!(bytes.len(), Round1Package::length(threshold));
            prop_assert_eq!(Round1Package::from_bytes(&bytes), Ok(package));
            let place = place.index(bytes.len());
            bytes[place] = value;
            for bytes in [bytes, noise] {
                if let Ok(package) = Round1Package::from_bytes(&bytes) {
                    prop_assert_eq!(package.to_bytes(), bytes);
                }
            }
        }
    }
}
