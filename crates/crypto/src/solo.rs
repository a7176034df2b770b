//! The solo trustee, n = t = 1: one person holds the whole election key. For tests and tiny polls, asked for by name.
//!
//! There is nothing to recompute and nobody to send to, so no packages: Y = Y_1 in the manifest, and the trustee's proof
//! of possession of x_1 (TRU-6) takes the place of the proof of knowledge.

use rand_core::CryptoRngCore;

use crate::ceremony::{TrusteeSecretKey, TrusteeShare};
use crate::context::PlanId;
use crate::group::{Point, SecretScalar};
use crate::keys::ElectionKey;
use crate::transcript::{Transcript, step};

/// Makes an election key that one trustee holds alone: x_1 random, hedged with the enrolment key, Y = Y_1 = x_1 G
/// (TRU-8). Whoever has this share can read every ballot at any time.
pub fn solo_share(plan: &PlanId, key: &TrusteeSecretKey, rng: &mut impl CryptoRngCore) -> TrusteeShare {
    let mut transcript = Transcript::new(step::CEREMONY_RANDOMNESS);
    transcript.message(b"plan", plan.as_bytes());
    transcript.integer(b"trustee", 1);
    let secret = SecretScalar::random(&mut transcript.hedged_rng(&[key.secret()], rng));
    let election_key = ElectionKey(Point::mul_base(&secret));
    TrusteeShare::new(1, secret, election_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::sample::{plan, rng};
    use crate::{Combination, ElectionId, Rehearsal};

    #[test]
    fn accepts_the_key_of_a_solo_trustee_tru_8() {
        let key = TrusteeSecretKey::generate(&mut rng(1));
        let share = solo_share(&plan(), &key, &mut rng(2));
        assert_eq!(share.index(), 1);
        assert_eq!(share.share_key().0, share.election_key().0);
        let combined = Combination::new(&[1]).unwrap().combine(&[share.share_key().0]);
        assert_eq!(combined, Ok(share.election_key().0));
        let election = ElectionId::from_bytes([3; 32]);
        let rehearsal = Rehearsal::new(&election, &share, &mut rng(3));
        assert_eq!(rehearsal.verify(&election, 1, &share.share_key()), Ok(()));
    }

    #[test]
    fn makes_another_key_whenever_anything_differs_tru_8() {
        let [key, other] = [3, 4].map(|seed| TrusteeSecretKey::generate(&mut rng(seed)));
        let share = |plan: PlanId, key, seed| solo_share(&plan, key, &mut rng(seed)).election_key();
        let first = share(plan(), &key, 5);
        assert_ne!(share(plan(), &key, 6), first);
        // With the same bad randomness still another.
        assert_ne!(share(plan(), &other, 5), first);
        assert_ne!(share(PlanId::from_bytes([2; 32]), &key, 5), first);
    }
}
