//! The key ceremony as the log shows it: the round-1 packages of all trustees give the keys of the manifest (V-05).

use urna_crypto::{Ceremony, CeremonyError};

use crate::manifest::Manifest;

/// Why round-1 packages are not those of the manifest's keys. Trustees are named by their index, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyCeremonyError {
    /// A solo trustee has no packages, and several trustees have some.
    #[error("a solo trustee makes no round-1 packages, and several trustees do")]
    Presence,
    /// The packages break a rule of the ceremony (TRU-2 to TRU-4).
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The packages give another Y_i than the manifest.
    #[error("the packages give trustee {trustee} another share key than the manifest")]
    ShareKey {
        /// Which trustee.
        trustee: u16,
    },
    /// The packages give another Y than the manifest.
    #[error("the packages give another election key than the manifest")]
    ElectionKey,
    /// A solo trustee whose share key is not the election key.
    #[error("the share key of the solo trustee is not the election key")]
    Solo,
}

/// Recomputes Y and all Y_i from the round-1 packages of all trustees and compares them with the manifest (TRU-4, V-05).
/// `round_1` is the blob that every `ceremony` entry names, `None` of a solo trustee, whose Y_1 is Y. Variable time.
///
/// Trustees do this before they post their `ceremony`, the board before it admits one, and every verifier.
///
/// # Errors
/// [`KeyCeremonyError`].
pub fn check_key_ceremony(manifest: &Manifest, round_1: Option<&[u8]>) -> Result<(), KeyCeremonyError> {
    let trustees = manifest.trustees();
    let round_1 = match (round_1, trustees.members.as_slice()) {
        (None, [solo]) if solo.share_key.to_bytes() == manifest.election_key().to_bytes() => return Ok(()),
        (None, [_]) => return Err(KeyCeremonyError::Solo),
        (Some(round_1), [_, _, ..]) => round_1,
        _ => return Err(KeyCeremonyError::Presence),
    };
    let keys = trustees.members.iter().map(|trustee| trustee.key).collect();
    let ceremony = Ceremony::new(*manifest.plan_id(), trustees.threshold, keys)?;
    let round_1 = ceremony.parse(round_1)?;
    for ((index, trustee), key) in (1..).zip(&trustees.members).zip(round_1.share_keys()) {
        if trustee.share_key != *key {
            return Err(KeyCeremonyError::ShareKey { trustee: index });
        }
    }
    if round_1.election_key() == *manifest.election_key() {
        Ok(())
    } else {
        Err(KeyCeremonyError::ElectionKey)
    }
}
