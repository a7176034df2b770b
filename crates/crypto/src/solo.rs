//! The solo trustee, n = t = 1: one person holds the whole election key. For tests and tiny polls, asked for by name.
//!
//! The key generation of the frost library refuses fewer than two. What comes out has the same form as that of the
//! key ceremony: one package with one commitment, checked by the same [`Ceremony::check`] (TRU-8).

use rand_core::CryptoRngCore;

use crate::ceremony::{Ceremony, CeremonyError, Round1, TrusteeSecretKey, TrusteeShare, solo_package};
use crate::context::PlanId;
use crate::group::SecretScalar;
use crate::transcript::{Transcript, step};

/// Makes an election key that one trustee holds alone: x random, Y = Y_1 = xG (TRU-8). Whoever has the share can read
/// every ballot at any time.
///
/// # Errors
/// None that can be met; they are those of checking the package just made.
pub fn solo_ceremony(
    plan: PlanId,
    key: &TrusteeSecretKey,
    rng: &mut impl CryptoRngCore,
) -> Result<(TrusteeShare, Round1), CeremonyError> {
    let ceremony = Ceremony::solo(plan, key.public());
    let mut transcript = Transcript::new(step::CEREMONY_RANDOMNESS);
    transcript.message(b"plan", plan.as_bytes());
    let mut hedged = transcript.hedged_rng(&[key.secret()], rng);
    let secret = SecretScalar::random(&mut hedged);
    let package = solo_package(&ceremony, &secret, key, &mut hedged);
    let round1 = ceremony.check(vec![package])?;
    Ok((TrusteeShare::new(1, secret, round1.election_key()), round1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::sample::{enrol, plan, rng, start};

    #[test]
    fn accepts_the_key_of_a_solo_trustee_tru_8() {
        let key = TrusteeSecretKey::generate(&mut rng(1));
        let (share, round1) = solo_ceremony(plan(), &key, &mut rng(2)).unwrap();
        assert_eq!(share.index(), 1);
        assert_eq!(share.share_key().0, share.election_key().0);
        assert_eq!(round1.share_keys(), [share.share_key()]);
        assert_eq!(round1.election_key(), share.election_key());
        let read = Ceremony::solo(plan(), key.public())
            .parse(&round1.to_bytes())
            .unwrap();
        assert_eq!(read.election_key(), share.election_key());
    }

    #[test]
    fn rejects_the_package_of_another_plan_or_key_tru_8() {
        let key = TrusteeSecretKey::generate(&mut rng(3));
        let (_, round1) = solo_ceremony(plan(), &key, &mut rng(4)).unwrap();
        let other_key = TrusteeSecretKey::generate(&mut rng(5)).public();
        for other in [
            Ceremony::solo(PlanId::from_bytes([2; 32]), key.public()),
            Ceremony::solo(plan(), other_key),
        ] {
            let error = other.parse(&round1.to_bytes()).unwrap_err();
            assert_eq!(error, CeremonyError::PackageSignature { trustee: 1 });
        }
    }

    #[test]
    fn rejects_packages_of_several_trustees_tru_8() {
        let (ceremony, keys) = enrol(2, 2, &mut rng(6));
        let (_, packages) = start(&ceremony, &keys, &mut rng(7));
        let solo = Ceremony::solo(plan(), keys[0].public());
        let error = solo.check(vec![packages[0].clone()]).unwrap_err();
        assert_eq!(
            error,
            CeremonyError::PackageThreshold {
                trustee: 1,
                expected: 1,
                found: 2
            }
        );
        assert_eq!(solo.check(packages).unwrap_err(), error);
    }
}
