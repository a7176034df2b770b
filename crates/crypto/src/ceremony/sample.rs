//! Trustees for tests.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_core::CryptoRngCore;

use super::package::{Knowledge, challenge};
use super::{Ceremony, Round1, Round1Package, Round1Secret, Round2Secret, TrusteeSecretKey, TrusteeShare};
use crate::context::PlanId;
use crate::group::{Point, Scalar, SecretScalar};
use crate::sealing::SealedShare;

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn plan() -> PlanId {
    PlanId::from_bytes([1; 32])
}

pub(crate) fn enrol(
    threshold: u16,
    count: u16,
    rng: &mut impl CryptoRngCore,
) -> (Ceremony, Vec<TrusteeSecretKey>) {
    let keys: Vec<_> = (0..count).map(|_| TrusteeSecretKey::generate(rng)).collect();
    let trustees = keys.iter().map(TrusteeSecretKey::public).collect();
    (Ceremony::new(plan(), threshold, trustees).unwrap(), keys)
}

/// The first step of all trustees.
pub(crate) fn start(
    ceremony: &Ceremony,
    keys: &[TrusteeSecretKey],
    rng: &mut impl CryptoRngCore,
) -> (Vec<Round1Secret>, Vec<Round1Package>) {
    (1..).zip(keys).map(|(index, key)| Round1Secret::start(ceremony, index, key, rng).unwrap()).unzip()
}

/// The second step of all trustees; the sealed shares by sender, then recipient.
pub(crate) fn exchange(
    secrets: Vec<Round1Secret>,
    round1: &Round1,
    keys: &[TrusteeSecretKey],
    rng: &mut impl CryptoRngCore,
) -> (Vec<Round2Secret>, Vec<SealedShare>) {
    let moves =
        secrets.into_iter().zip(keys).map(|(secret, key)| secret.receive(round1.clone(), key, rng).unwrap());
    let (secrets, sealed): (Vec<_>, Vec<_>) = moves.unzip();
    (secrets, sealed.concat())
}

/// A whole ceremony.
pub(crate) fn shares(
    threshold: u16,
    count: u16,
    rng: &mut impl CryptoRngCore,
) -> (Vec<TrusteeShare>, Round1) {
    let (ceremony, keys) = enrol(threshold, count, rng);
    let (secrets, packages) = start(&ceremony, &keys, rng);
    let round1 = ceremony.check(packages).unwrap();
    let (secrets, sealed) = exchange(secrets, &round1, &keys, rng);
    let shares = (1..).zip(secrets).zip(&keys).map(|((index, secret), key)| {
        let inbox: Vec<_> = sealed.iter().filter(|sealed| sealed.recipient() == index).cloned().collect();
        secret.finish(&inbox, key).unwrap()
    });
    (shares.collect(), round1)
}

/// A package for a polynomial of the caller's choice, with a valid proof and signature.
pub(crate) fn package(
    ceremony: &Ceremony,
    trustee: u16,
    coefficients: &[Scalar],
    key: &TrusteeSecretKey,
    rng: &mut impl CryptoRngCore,
) -> Round1Package {
    let secrets: Vec<_> = coefficients.iter().map(|a| SecretScalar::new(*a).unwrap()).collect();
    let knowledge = prove(trustee, &secrets[0], rng);
    let commitments = secrets.iter().map(Point::mul_base).collect();
    Round1Package::sign(ceremony, trustee, commitments, knowledge, key, rng)
}

/// Proves knowledge of a_i0 as the frost library does.
pub(super) fn prove(trustee: u16, secret: &SecretScalar, rng: &mut impl CryptoRngCore) -> Knowledge {
    let k = SecretScalar::random(rng);
    let commitment = Point::mul_base(&k);
    let c = challenge(trustee, &Point::mul_base(secret), &commitment);
    // mu_i = k + a_i0 c_i
    Knowledge { commitment, response: *k.expose() + *secret.expose() * c }
}
