//! The rehearsal: before anything is issued, every trustee decrypts a canary under the live key, from the device and
//! the backup to be used at the end (TRU-7). Lost keys have annulled real elections.

use rand_core::CryptoRngCore;

use crate::VerificationFailure;
use crate::ceremony::TrusteeShare;
use crate::context::ElectionId;
use crate::encoding;
use crate::group::{DecodeError, Point};
use crate::keys::ShareKey;
use crate::opening::DleqProof;
use crate::transcript::{Transcript, step};

/// A canary decrypted under the live key, with its proof, 128 bytes (TRU-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    decryption: Point,
    proof: DleqProof,
}

impl Rehearsal {
    /// The length in bytes.
    pub const LENGTH: usize = 128;

    /// Decrypts the canary of this trustee: a point hashed from label, election id and trustee, chosen by nobody.
    /// Constant time in x_i.
    pub fn new(election: &ElectionId, share: &TrusteeShare, rng: &mut impl CryptoRngCore) -> Self {
        let canary = canary(election, share.index());
        let decryption = canary.mul_secret(share.secret());
        let transcript = Self::transcript(election, share.index(), &share.share_key());
        let proof = DleqProof::prove_equal_logs(transcript, &canary, &decryption, share, rng);
        Self { decryption, proof }
    }

    /// Verifies the rehearsal of trustee `trustee` (index 1 to n) with share key Y_i (TRU-7). Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if the canary was not decrypted with the share.
    pub fn verify(
        &self,
        election: &ElectionId,
        trustee: u16,
        share_key: &ShareKey,
    ) -> Result<(), VerificationFailure> {
        let transcript = Self::transcript(election, trustee, share_key);
        self.proof.verify_equal_logs(transcript, &canary(election, trustee), &self.decryption, share_key)
    }

    /// Decodes the decrypted canary and T1, T2, s, 32 bytes each.
    ///
    /// # Errors
    /// [`DecodeError`] if one is not canonical or a point is the identity.
    pub fn from_bytes(bytes: &[u8; 128]) -> Result<Self, DecodeError> {
        let [decryption, t1, t2, s] = encoding::split(bytes);
        let proof = DleqProof::from_bytes(&encoding::join([t1, t2, s]))?;
        Ok(Self { decryption: Point::from_bytes(&decryption)?, proof })
    }

    /// The decrypted canary and T1, T2, s, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 128] {
        let [t1, t2, s] = encoding::split(&self.proof.to_bytes());
        encoding::join([self.decryption.to_bytes(), t1, t2, s])
    }

    fn transcript(election: &ElectionId, trustee: u16, share_key: &ShareKey) -> Transcript {
        let mut transcript = Transcript::new(step::REHEARSAL);
        transcript.message(b"election", election.as_bytes());
        transcript.integer(b"trustee", trustee.into());
        transcript.point(b"Y_i", &share_key.0);
        transcript
    }
}

/// The canary of a trustee; should the hash be the identity, the next one of the same transcript.
fn canary(election: &ElectionId, trustee: u16) -> Point {
    let mut transcript = Transcript::new(step::CANARY);
    transcript.message(b"election", election.as_bytes());
    transcript.integer(b"trustee", trustee.into());
    loop {
        let mut uniform = [0; 64];
        transcript.challenge_bytes(b"canary", &mut uniform);
        if let Some(point) = Point::from_uniform_bytes(&uniform) {
            return point;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELECTION: ElectionId = ElectionId::from_bytes([1; 32]);

    /// The canary of each trustee and election is another point, and none is a generator.
    #[test]
    fn accepts_a_canary_of_its_own_for_every_trustee_and_election_tru_7() {
        let other = ElectionId::from_bytes([3; 32]);
        let mut points = vec![
            canary(&ELECTION, 1),
            canary(&ELECTION, 2),
            canary(&other, 1),
            Point::generator_g(),
            Point::generator_h(),
        ];
        assert_eq!(canary(&ELECTION, 1), points[0]);
        points.sort();
        points.dedup();
        assert_eq!(points.len(), 5);
    }
}
