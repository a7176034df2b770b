//! The key ceremony: the [`Exchange`] of packages before there is a manifest, and what the log shows of it, the round-1
//! packages of all trustees, which give the keys of the manifest (V-05).

mod exchange;
mod package;

use urna_crypto::{Ceremony, CeremonyError};

use crate::manifest::Manifest;

pub use exchange::{Awaited, CeremonyKeys, Exchange, ExchangeError, ExchangeRecord, Member};
pub use package::{Package, PackageKind};

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
    for ((index, trustee), key) in (1..).zip(&trustees.members).zip(round_1.share_keys()?) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::draft::Draft;
    use crate::manifest::sample;
    use crate::state::sample::{Election, solo};

    /// The manifest of this election with other keys of the trustees.
    fn changed(election: &Election, change: impl FnOnce(&mut Draft)) -> Manifest {
        let mut draft: Draft = crate::json::parse(election.manifest.bytes(), Manifest::LIMIT).unwrap();
        change(&mut draft);
        Manifest::from_draft(&draft).unwrap()
    }

    /// Shares and key of the linear sample: they agree with each other, but not with any packages.
    fn other_keys(draft: &mut Draft) {
        draft.keys.election_key = sample::public(sample::share(0));
        for (index, member) in (1..).zip(&mut draft.keys.trustees.members) {
            member.share_key = sample::public(sample::share(index));
        }
    }

    #[test]
    fn accepts_the_packages_of_the_manifest_v_05() {
        let election = Election::publish(|_| {});
        assert_eq!(check_key_ceremony(&election.manifest, election.round_1.as_deref()), Ok(()));
    }

    #[test]
    fn rejects_other_keys_than_those_of_the_packages_v_05() {
        let election = Election::publish(|_| {});
        let manifest = changed(&election, other_keys);
        assert_eq!(
            check_key_ceremony(&manifest, election.round_1.as_deref()),
            Err(KeyCeremonyError::ShareKey { trustee: 1 })
        );
    }

    #[test]
    fn rejects_every_changed_byte_of_the_packages_v_05() {
        let election = Election::publish(|_| {});
        let packages = election.round_1.clone().unwrap();
        for place in 0..packages.len() {
            let mut changed = packages.clone();
            changed[place] ^= 1;
            let result = check_key_ceremony(&election.manifest, Some(&changed));
            assert!(matches!(result, Err(KeyCeremonyError::Ceremony(_))), "byte {place}: {result:?}");
        }
        let longer = [packages.as_slice(), &[0]].concat();
        assert!(check_key_ceremony(&election.manifest, Some(&longer)).is_err());
    }

    #[test]
    fn rejects_the_packages_of_another_plan_or_other_trustees_v_05() {
        let election = Election::publish(|_| {});
        let packages = election.round_1.as_deref();
        let renamed = changed(&election, |draft| {
            draft.keys.trustees.members[0].name = "Somebody else".into();
            sample::prove(draft);
        });
        let signature = |trustee| Err(CeremonyError::PackageSignature { trustee }.into());
        assert_eq!(check_key_ceremony(&renamed, packages), signature(1));
        let enrolled = changed(&election, |draft| {
            draft.keys.trustees.members[1].key = sample::public(77);
        });
        assert_eq!(check_key_ceremony(&enrolled, packages), signature(2));
    }

    #[test]
    fn rejects_packages_of_a_solo_trustee_and_their_absence_elsewhere_v_05() {
        let election = Election::publish(|_| {});
        assert_eq!(check_key_ceremony(&election.manifest, None), Err(KeyCeremonyError::Presence));
        let solo = Election::publish(solo);
        assert_eq!(check_key_ceremony(&solo.manifest, None), Ok(()));
        assert_eq!(
            check_key_ceremony(&solo.manifest, election.round_1.as_deref()),
            Err(KeyCeremonyError::Presence)
        );
    }
}
