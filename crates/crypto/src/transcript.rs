//! Fiat-Shamir transcripts over merlin, one constant label per protocol step (`spec/encoding.md`, ENC-T).
//!
//! Every value is a message of its own with its own label, so that nothing depends on concatenation. Scalars are 64
//! transcript bytes reduced modulo l.

use merlin::TranscriptRng;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::group::{Point, Scalar, SecretScalar};

/// The steps. A label never serves two purposes; a changed rule gets a new version.
pub(crate) mod step {
    pub(crate) const TOKEN_CHALLENGE: &[u8] = b"urna/v1/token/challenge";
    pub(crate) const TOKEN_BLINDING: &[u8] = b"urna/v1/token/blinding";
    pub(crate) const ISSUER_POSSESSION: &[u8] = b"urna/v1/issuer/possession";
    pub(crate) const SESSION_REQUEST: &[u8] = b"urna/v1/session/request";
    pub(crate) const SESSION_CHALLENGE: &[u8] = b"urna/v1/session/challenge";
    pub(crate) const CREDENTIAL_KEY: &[u8] = b"urna/v1/credential/key";
    pub(crate) const PSEUDONYM_KEY: &[u8] = b"urna/v1/pseudonym/key";
    pub(crate) const RETURNED: &[u8] = b"urna/v1/returned";
    pub(crate) const BALLOT_NONCE: &[u8] = b"urna/v1/ballot/nonce";
    pub(crate) const BALLOT_ENCRYPTION: &[u8] = b"urna/v1/ballot/encryption";
    pub(crate) const BALLOT_PROOF: &[u8] = b"urna/v1/ballot/proof";
    pub(crate) const WITHDRAWAL: &[u8] = b"urna/v1/withdrawal";
    pub(crate) const ENTRY: &[u8] = b"urna/v1/entry";
    pub(crate) const BLOB: &[u8] = b"urna/v1/blob";
    pub(crate) const TRUSTEE_POSSESSION: &[u8] = b"urna/v1/trustee/possession";
    pub(crate) const CEREMONY_RANDOMNESS: &[u8] = b"urna/v1/ceremony/randomness";
    pub(crate) const CEREMONY_PACKAGE: &[u8] = b"urna/v1/ceremony/package";
    pub(crate) const CEREMONY_HASH: &[u8] = b"urna/v1/ceremony/hash";
    pub(crate) const SHARE_SEALING: &[u8] = b"urna/v1/share/sealing";
    pub(crate) const SHARE_SEALED: &[u8] = b"urna/v1/share/sealed";
    pub(crate) const SHARE_CONFIRMATION: &[u8] = b"urna/v1/share/confirmation";
    pub(crate) const SHARE_POSSESSION: &[u8] = b"urna/v1/share/possession";
    pub(crate) const CANARY: &[u8] = b"urna/v1/rehearsal/canary";
    pub(crate) const REHEARSAL: &[u8] = b"urna/v1/rehearsal/proof";
    pub(crate) const OPENING: &[u8] = b"urna/v1/opening/chunk";
    pub(crate) const BATCH: &[u8] = b"urna/v1/batch";
    pub(crate) const COMBINATION: &[u8] = b"urna/v1/combination";
}

/// A transcript. Cloning one keeps a common prefix from being hashed again.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    pub(crate) fn new(step: &'static [u8]) -> Self {
        Self(merlin::Transcript::new(step))
    }

    pub(crate) fn message(&mut self, label: &'static [u8], message: &[u8]) {
        self.0.append_message(label, message);
    }

    /// An integer as eight bytes, little-endian.
    pub(crate) fn integer(&mut self, label: &'static [u8], value: u64) {
        self.0.append_u64(label, value);
    }

    pub(crate) fn point(&mut self, label: &'static [u8], point: &Point) {
        self.0.append_message(label, point.as_bytes());
    }

    pub(crate) fn scalar(&mut self, label: &'static [u8], scalar: &Scalar) {
        self.0.append_message(label, Zeroizing::new(scalar.to_bytes()).as_ref());
    }

    pub(crate) fn challenge(&mut self, label: &'static [u8]) -> Scalar {
        let mut wide = Zeroizing::new([0; 64]);
        self.0.challenge_bytes(label, wide.as_mut());
        Scalar::from_wide_bytes(&wide)
    }

    pub(crate) fn challenge_bytes(&mut self, label: &'static [u8], out: &mut [u8]) {
        self.0.challenge_bytes(label, out);
    }

    /// A secret derived from what was absorbed; the next one if it is zero, which nobody will ever see.
    pub(crate) fn derive_secret(&mut self, label: &'static [u8]) -> SecretScalar {
        loop {
            if let Some(secret) = SecretScalar::new(self.challenge(label)) {
                return secret;
            }
        }
    }

    /// Nonces hedged against a bad random generator: drawn from what was absorbed, the secret and `rng` together.
    pub(crate) fn hedged_rng(
        &self,
        secrets: &[&SecretScalar],
        rng: &mut impl CryptoRngCore,
    ) -> TranscriptRng {
        let mut builder = self.0.build_rng();
        for secret in secrets {
            builder = builder.rekey_with_witness_bytes(b"secret", secret.to_bytes().as_ref());
        }
        builder.finalize(rng)
    }

    /// Randomness that depends on everything absorbed and on `rng`: for weights of batches of public values.
    pub(crate) fn public_rng(&self, rng: &mut impl CryptoRngCore) -> TranscriptRng {
        self.0.build_rng().finalize(rng)
    }
}
