//! A trustee's own states of the key ceremony. Each is consumed by the next step and wiped when dropped.

use std::collections::BTreeMap;

use frost_ristretto255::keys::{SigningShare, dkg};
use frost_ristretto255::{Ciphersuite, Field, Group, Identifier, Ristretto255Sha512};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::{Ceremony, CeremonyError, Round1, Round1Package, TrusteeSecretKey, TrusteeShare};
use crate::encoding;
use crate::group::SecretScalar;
use crate::sealing::SealedShare;
use crate::transcript::{Transcript, step};

type FrostField = <<Ristretto255Sha512 as Ciphersuite>::Group as Group>::Field;

/// A trustee's state after its own package of round 1 was made: the polynomial f_i. Neither copied nor printed; the
/// frost library's part of it wipes itself when dropped.
///
/// ```compile_fail,E0382
/// use rand_core::CryptoRngCore;
/// use urna_crypto::{Round1, Round1Secret, TrusteeSecretKey};
///
/// fn twice(secret: Round1Secret, round1: Round1, key: &TrusteeSecretKey, rng: &mut impl CryptoRngCore) {
///     let _ = secret.receive(round1.clone(), key, rng);
///     let _ = secret.receive(round1, key, rng); // the state was moved
/// }
/// ```
pub struct Round1Secret {
    ceremony: Ceremony,
    package: Round1Package,
    secret: dkg::round1::SecretPackage,
}

impl Round1Secret {
    /// Starts the ceremony as trustee `index`: draws the polynomial and makes the package for all others (TRU-2,
    /// TRU-3). The randomness is hedged with the enrolment key. Constant time in the secrets.
    ///
    /// # Errors
    /// [`CeremonyError::NotATrustee`] and [`CeremonyError::NotOwnKey`].
    pub fn start(
        ceremony: &Ceremony,
        index: u16,
        key: &TrusteeSecretKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(Self, Round1Package), CeremonyError> {
        let (threshold, count) = (ceremony.threshold, ceremony.count);
        ceremony.check_own(index, key)?;
        let mut transcript = Transcript::new(step::CEREMONY_RANDOMNESS);
        transcript.message(b"plan", ceremony.plan.as_bytes());
        transcript.integer(b"trustee", index.into());
        let mut hedged = transcript.hedged_rng(&[key.secret()], rng);
        let (secret, package) = dkg::part1(identifier(index)?, count, threshold, &mut hedged)
            .map_err(|_| CeremonyError::KeyGeneration)?;
        let package = Round1Package::from_frost(ceremony, index, &package, key, rng)
            .ok_or(CeremonyError::KeyGeneration)?;
        Ok((Self { ceremony: ceremony.clone(), package: package.clone(), secret }, package))
    }

    /// Takes the checked packages of all trustees and seals to each other trustee its share (TRU-5). The polynomial is
    /// gone afterwards.
    ///
    /// # Errors
    /// [`CeremonyError::OtherCeremony`] if the packages were checked for other parameters,
    /// [`CeremonyError::OwnPackageReplaced`] if the own one is not among them, [`CeremonyError::NotOwnKey`], and
    /// [`CeremonyError::DamagedState`] if the polynomial is not the one of the own package.
    pub fn receive(
        self,
        round1: Round1,
        key: &TrusteeSecretKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(Round2Secret, Vec<SealedShare>), CeremonyError> {
        let index = self.package.trustee();
        self.ceremony.check_own(index, key)?;
        if round1.ceremony != self.ceremony {
            return Err(CeremonyError::OtherCeremony);
        }
        if *round1.package(index)? != self.package {
            return Err(CeremonyError::OwnPackageReplaced { trustee: index });
        }
        let (secret, shares) = dkg::part2(self.secret, &frost_packages(&round1, index)?).map_err(blame)?;
        let own_share = SecretScalar::from_bytes(&Zeroizing::new(secret.secret_share().to_bytes()))?;
        // A polynomial read from a damaged file: nothing of it may leave.
        if !round1.matches(index, index, &own_share)? {
            return Err(CeremonyError::DamagedState);
        }
        let mut sealed = Vec::with_capacity(shares.len());
        for recipient in others(&round1, index) {
            let package = shares.get(&identifier(recipient)?).ok_or(CeremonyError::KeyGeneration)?;
            let share = secret_scalar(Zeroizing::new(package.signing_share().serialize()))?;
            sealed.push(SealedShare::seal(&round1, index, key, recipient, &share, rng)?);
        }
        Ok((Round2Secret { index, round1, own_share }, sealed))
    }

    /// The state as bytes, for the trustee's encrypted key file: the parameters of the ceremony (plan id, t, n,
    /// enrolment keys), the own package, and the polynomial as the frost library serialises it. Secret.
    ///
    /// # Errors
    /// [`CeremonyError::KeyGeneration`] if the frost library cannot serialise it, which nobody will meet.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CeremonyError> {
        let secret = Zeroizing::new(self.secret.serialize().map_err(|_| CeremonyError::KeyGeneration)?);
        Ok(Zeroizing::new([&*self.ceremony.to_bytes(), &self.package.to_bytes(), &secret].concat()))
    }

    /// Reads a state that [`Round1Secret::to_bytes`] wrote, to go on after a crash in the same `ceremony`.
    ///
    /// # Errors
    /// [`CeremonyError::OtherCeremony`], [`CeremonyError::DamagedState`], and those of a package that does not decode
    /// or verify.
    pub fn from_bytes(ceremony: &Ceremony, bytes: &[u8]) -> Result<Self, CeremonyError> {
        let bytes = bytes.strip_prefix(&*ceremony.to_bytes()).ok_or(CeremonyError::OtherCeremony)?;
        let (package, secret) = bytes
            .split_at_checked(Round1Package::length(ceremony.threshold))
            .ok_or(CeremonyError::DamagedState)?;
        let package = Round1Package::from_bytes(package)?;
        package.check(ceremony)?;
        let bytes = secret;
        let secret =
            dkg::round1::SecretPackage::deserialize(bytes).map_err(|_| CeremonyError::DamagedState)?;
        let again = Zeroizing::new(secret.serialize().map_err(|_| CeremonyError::DamagedState)?);
        let fits = again.as_slice() == bytes
            && *secret.identifier() == identifier(package.trustee())?
            && *secret.commitment() == package.frost_commitment()?
            && *secret.min_signers() == ceremony.threshold
            && *secret.max_signers() == ceremony.count;
        if fits {
            Ok(Self { ceremony: ceremony.clone(), package, secret })
        } else {
            Err(CeremonyError::DamagedState)
        }
    }
}

/// A trustee's state after it sent its shares: its own share f_i(i), and the packages of all. Neither copied nor
/// printed; wiped when dropped.
pub struct Round2Secret {
    index: u16,
    round1: Round1,
    own_share: SecretScalar,
}

impl Round2Secret {
    /// Opens the shares of all other trustees, checks each against its sender's commitments, and adds them up to the
    /// share of the election key (TRU-5). Constant time in the secrets.
    ///
    /// # Errors
    /// [`CeremonyError::NotOwnKey`]; and, naming the sender: [`CeremonyError::ShareSignature`],
    /// [`CeremonyError::WrongRecipient`], [`CeremonyError::RepeatedShare`], [`CeremonyError::ShareMismatch`],
    /// [`CeremonyError::MissingShare`]; then those of [`Round1::share_keys`], which remain only if trustees conspire.
    pub fn finish(
        self,
        sealed: &[SealedShare],
        key: &TrusteeSecretKey,
    ) -> Result<TrusteeShare, CeremonyError> {
        let Self { index, round1, own_share } = self;
        round1.ceremony.check_own(index, key)?;
        let mut shares = BTreeMap::new();
        for sealed in sealed {
            let sender = sealed.sender();
            let share = sealed.open(&round1, index, key)?;
            let share =
                SigningShare::deserialize(&*share.to_bytes()).map_err(|_| CeremonyError::KeyGeneration)?;
            if shares.insert(identifier(sender)?, dkg::round2::Package::new(share)).is_some() {
                return Err(CeremonyError::RepeatedShare { sender });
            }
        }
        for sender in others(&round1, index) {
            if !shares.contains_key(&identifier(sender)?) {
                return Err(CeremonyError::MissingShare { sender });
            }
        }
        // Only now: whoever chose its commitments to spoil these keys could not open them, and was named above.
        let share_keys = round1.share_keys()?;
        let secret = dkg::round2::SecretPackage::new(
            identifier(index)?,
            round1.package(index)?.frost_commitment()?,
            FrostField::deserialize(&own_share.to_bytes()).map_err(|_| CeremonyError::KeyGeneration)?,
            round1.ceremony.threshold,
            round1.ceremony.count,
        );
        let (key_package, _) =
            dkg::part3(&secret, &frost_packages(&round1, index)?, &shares).map_err(blame)?;
        let secret = secret_scalar(Zeroizing::new(key_package.signing_share().serialize()))?;
        let share = TrusteeShare::new(index, secret, round1.election_key);
        // What the trustee holds is what everyone computes from the packages.
        let verifying_key =
            key_package.verifying_key().serialize().map_err(|_| CeremonyError::KeyGeneration)?;
        let public = share_keys.get(usize::from(index).saturating_sub(1));
        if public == Some(&share.share_key()) && verifying_key == round1.election_key.to_bytes() {
            Ok(share)
        } else {
            Err(CeremonyError::KeyGeneration)
        }
    }

    /// The state as bytes, for the trustee's encrypted key file: the parameters of the ceremony (plan id, t, n,
    /// enrolment keys), the own index (two bytes, little-endian), f_i(i) (32 bytes), all packages. Secret.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let own_share = self.own_share.to_bytes();
        let index = self.index.to_le_bytes();
        let parts = [&*self.round1.ceremony.to_bytes(), &index, own_share.as_ref(), &self.round1.to_bytes()];
        Zeroizing::new(parts.concat())
    }

    /// Reads a state that [`Round2Secret::to_bytes`] wrote, to go on after a crash in the same `ceremony`.
    ///
    /// # Errors
    /// [`CeremonyError::OtherCeremony`], [`CeremonyError::DamagedState`], and those of packages as
    /// [`Ceremony::parse`] finds them, except TRU-4 of the share keys, which [`Round2Secret::finish`] asks.
    pub fn from_bytes(ceremony: &Ceremony, bytes: &[u8]) -> Result<Self, CeremonyError> {
        let bytes = bytes.strip_prefix(&*ceremony.to_bytes()).ok_or(CeremonyError::OtherCeremony)?;
        let (index, bytes) = bytes.split_first_chunk::<2>().ok_or(CeremonyError::DamagedState)?;
        let (own_share, packages) = bytes.split_first_chunk::<32>().ok_or(CeremonyError::DamagedState)?;
        let index = u16::from_le_bytes(*index);
        let own_share = SecretScalar::from_bytes(own_share)?;
        let round1 = ceremony.parse_unfinished(packages)?;
        if round1.matches(index, index, &own_share)? {
            Ok(Self { index, round1, own_share })
        } else {
            Err(CeremonyError::DamagedState)
        }
    }
}

fn identifier(index: u16) -> Result<Identifier, CeremonyError> {
    Identifier::try_from(index).map_err(|_| CeremonyError::NotATrustee { index })
}

/// The indices of all trustees but `index`.
fn others(round1: &Round1, index: u16) -> impl Iterator<Item = u16> {
    (1..=round1.ceremony.count).filter(move |other| *other != index)
}

/// The packages of all trustees but `index`, as the frost library takes them.
fn frost_packages(
    round1: &Round1,
    index: u16,
) -> Result<BTreeMap<Identifier, dkg::round1::Package>, CeremonyError> {
    others(round1, index).map(|other| Ok((identifier(other)?, round1.package(other)?.to_frost()?))).collect()
}

fn secret_scalar(bytes: Zeroizing<Vec<u8>>) -> Result<SecretScalar, CeremonyError> {
    Ok(SecretScalar::from_bytes(&Zeroizing::new(encoding::array(&bytes)?))?)
}

/// The frost library repeats checks that were made before it was called, so that its errors are not met.
fn blame(_: frost_ristretto255::Error) -> CeremonyError {
    CeremonyError::KeyGeneration
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::sample::{enrol, exchange, package, prove, rng, start};
    use crate::group::{Point, Scalar};
    use proptest::prelude::*;

    fn finish_first(
        edit: impl FnOnce(&mut Vec<SealedShare>, &Round1, &[TrusteeSecretKey]),
    ) -> Result<TrusteeShare, CeremonyError> {
        let mut rng = rng(1);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (secrets, packages) = start(&ceremony, &keys, &mut rng);
        let round1 = ceremony.check(packages).unwrap();
        let (mut secrets, sealed) = exchange(secrets, &round1, &keys, &mut rng);
        let mut inbox: Vec<_> = sealed.into_iter().filter(|sealed| sealed.recipient() == 1).collect();
        edit(&mut inbox, &round1, &keys);
        secrets.remove(0).finish(&inbox, &keys[0])
    }

    #[test]
    fn accepts_the_shares_in_any_order() {
        let share = finish_first(|inbox, _, _| inbox.reverse()).unwrap();
        assert_eq!(share.index(), 1);
    }

    #[test]
    fn rejects_a_missing_share_and_names_its_sender() {
        let error = finish_first(|inbox, _, _| inbox.truncate(1)).err();
        assert_eq!(error, Some(CeremonyError::MissingShare { sender: 3 }));
    }

    #[test]
    fn rejects_a_repeated_share_and_names_its_sender() {
        let error = finish_first(|inbox, _, _| inbox.push(inbox[0].clone())).err();
        assert_eq!(error, Some(CeremonyError::RepeatedShare { sender: 2 }));
    }

    #[test]
    fn rejects_a_share_that_does_not_match_and_names_its_sender_tru_5() {
        let error = finish_first(|inbox, round1, keys| {
            let wrong = SecretScalar::random(&mut rng(7));
            inbox[1] = SealedShare::seal(round1, 3, &keys[2], 1, &wrong, &mut rng(8)).unwrap();
        });
        assert_eq!(error.err(), Some(CeremonyError::ShareMismatch { sender: 3 }));
    }

    /// Trustee 3 sends last: it chooses the commitment to its slope so that Y_1 = Y_2 = Y_3, or that an honest
    /// trustee's share key vanishes. The packages are valid, and it alone is named.
    #[test]
    fn names_who_chose_commitments_after_seeing_the_others_tru_5() {
        let mut rng = rng(9);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let minus_one = -Scalar::ONE;
        // Y_j = Phi_0 + j Phi_1 is the identity if Phi_1 = -Phi_0 / j
        let half = Scalar::from(2).invert().unwrap();
        for (name, of_constants, expected) in [
            ("equal", None, CeremonyError::EqualShareKeys { first: 1, second: 2 }),
            ("first", Some(minus_one), CeremonyError::IdentityShareKey { trustee: 1 }),
            ("second", Some(-half), CeremonyError::IdentityShareKey { trustee: 2 }),
        ] {
            let (mut secrets, mut packages) = start(&ceremony, &keys, &mut rng);
            let constant = SecretScalar::random(&mut rng);
            let own = Point::mul_base(&constant);
            let terms = packages[..2].iter().flat_map(|package| {
                let [constant, slope] = package.commitments() else { panic!("two commitments each") };
                let constant = of_constants.map(|factor| (factor, constant));
                [Some((minus_one, slope)), constant].into_iter().flatten()
            });
            let own_term = of_constants.map(|factor| (factor, &own));
            let slope = Point::vartime_sum(terms.chain(own_term)).unwrap();
            let knowledge = prove(3, &constant, &mut rng);
            packages[2] = Round1Package::sign(&ceremony, 3, vec![own, slope], knowledge, &keys[2], &mut rng);

            let round1 = ceremony.check(packages).unwrap();
            assert_eq!(round1.share_keys().err(), Some(expected), "{name}");
            assert_eq!(ceremony.parse(&round1.to_bytes()).err(), Some(expected), "{name}");
            secrets.truncate(2);
            let (secrets, mut sealed) = exchange(secrets, &round1, &keys, &mut rng);
            for recipient in [1, 2] {
                let guess = SecretScalar::random(&mut rng);
                sealed.push(SealedShare::seal(&round1, 3, &keys[2], recipient, &guess, &mut rng).unwrap());
            }
            for (secret, key) in secrets.into_iter().zip(&keys) {
                // After a crash too.
                let secret = Round2Secret::from_bytes(&ceremony, &secret.to_bytes()).unwrap();
                let recipient = secret.index;
                let inbox = sealed.iter().filter(|sealed| sealed.recipient() == recipient);
                let error = secret.finish(&inbox.cloned().collect::<Vec<_>>(), key).err();
                assert_eq!(error, Some(CeremonyError::ShareMismatch { sender: 3 }), "{name}");
            }
        }
    }

    /// Trustees who know each other's polynomials can open what they chose: the keys are refused then.
    #[test]
    fn rejects_share_keys_that_cancel_out_though_all_shares_match_tru_4() {
        let mut rng = rng(10);
        let (ceremony, keys) = enrol(2, 2, &mut rng);
        // f_1 + f_2 = 4: both have the share 4
        let (first, second) = ([3, 1].map(Scalar::from), [Scalar::ONE, -Scalar::ONE]);
        let packages = [(1, first), (2, second)].map(|(trustee, coefficients)| {
            let key = &keys[usize::from(trustee) - 1];
            package(&ceremony, trustee, &coefficients, key, &mut rng)
        });
        let round1 = ceremony.check(packages.to_vec()).unwrap();
        // f_1(1) = 4, f_2(1) = 0 is no share; f_1(2) = 5, f_2(2) = -1
        let share = SecretScalar::new(Scalar::from(5)).unwrap();
        let sealed = SealedShare::seal(&round1, 1, &keys[0], 2, &share, &mut rng).unwrap();
        let secret = Round2Secret { index: 2, round1, own_share: SecretScalar::new(-Scalar::ONE).unwrap() };
        assert_eq!(
            secret.finish(&[sealed], &keys[1]).err(),
            Some(CeremonyError::EqualShareKeys { first: 1, second: 2 })
        );
    }

    #[test]
    fn rejects_a_stranger() {
        let mut rng = rng(2);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        for index in [0, 4] {
            let error = Round1Secret::start(&ceremony, index, &keys[0], &mut rng).err();
            assert_eq!(error, Some(CeremonyError::NotATrustee { index }));
        }
        let error = Round1Secret::start(&ceremony, 2, &keys[0], &mut rng).err();
        assert_eq!(error, Some(CeremonyError::NotOwnKey { index: 2 }));
    }

    #[test]
    fn rejects_a_list_without_the_own_package() {
        let mut rng = rng(3);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (_, first_attempt) = start(&ceremony, &keys, &mut rng);
        let (mut secrets, mut packages) = start(&ceremony, &keys, &mut rng);
        packages[1] = first_attempt[1].clone();
        let round1 = ceremony.check(packages).unwrap();
        let error = secrets.remove(1).receive(round1.clone(), &keys[1], &mut rng).err();
        assert_eq!(error, Some(CeremonyError::OwnPackageReplaced { trustee: 2 }));
        assert!(secrets.remove(0).receive(round1, &keys[0], &mut rng).is_ok());
    }

    #[test]
    fn rejects_packages_that_were_checked_for_another_plan() {
        let mut rng = rng(4);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let other = Ceremony { plan: crate::PlanId::from_bytes([9; 32]), ..ceremony.clone() };
        let (mut secrets, _) = start(&ceremony, &keys, &mut rng);
        let (_, packages) = start(&other, &keys, &mut rng);
        let error = secrets.remove(0).receive(other.check(packages).unwrap(), &keys[0], &mut rng).err();
        assert_eq!(error, Some(CeremonyError::OtherCeremony));
    }

    #[test]
    fn accepts_states_read_back_after_a_crash() {
        let mut rng = rng(5);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (secrets, packages) = start(&ceremony, &keys, &mut rng);
        let round1 = ceremony.check(packages).unwrap();
        let secrets = secrets
            .iter()
            .map(|secret| Round1Secret::from_bytes(&ceremony, &secret.to_bytes().unwrap()).unwrap())
            .collect();
        let (secrets, sealed) = exchange(secrets, &round1, &keys, &mut rng);
        for (secret, key) in secrets.iter().zip(&keys) {
            let secret = Round2Secret::from_bytes(&ceremony, &secret.to_bytes()).unwrap();
            let index = secret.index;
            let inbox: Vec<_> = sealed.iter().filter(|sealed| sealed.recipient() == index).cloned().collect();
            let share = secret.finish(&inbox, key).unwrap();
            let share_keys = round1.share_keys().unwrap();
            assert_eq!(share.share_key(), share_keys[usize::from(index) - 1]);
        }
    }

    #[test]
    fn rejects_states_of_another_ceremony() {
        let mut rng = rng(6);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (secrets, packages) = start(&ceremony, &keys, &mut rng);
        let round1 = ceremony.check(packages).unwrap();
        let first = secrets[0].to_bytes().unwrap();
        let (secrets, _) = exchange(secrets, &round1, &keys, &mut rng);
        let other = Ceremony { threshold: 3, ..ceremony };
        assert_eq!(Round1Secret::from_bytes(&other, &first).err(), Some(CeremonyError::OtherCeremony));
        let second = secrets[0].to_bytes();
        assert_eq!(Round2Secret::from_bytes(&other, &second).err(), Some(CeremonyError::OtherCeremony));
    }

    #[test]
    fn rejects_every_changed_bit_of_a_saved_state() {
        let mut rng = rng(7);
        let (ceremony, keys) = enrol(2, 2, &mut rng);
        let (secrets, packages) = start(&ceremony, &keys, &mut rng);
        let round1 = ceremony.check(packages).unwrap();
        let bytes = secrets[0].to_bytes().unwrap();
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            let read = Round1Secret::from_bytes(&ceremony, &changed);
            assert!(
                read.and_then(|secret| secret.receive(round1.clone(), &keys[0], &mut rng)).is_err(),
                "{bit}"
            );
        }
        let (secrets, _) = exchange(secrets, &round1, &keys, &mut rng);
        let bytes = secrets[0].to_bytes();
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Round2Secret::from_bytes(&ceremony, &changed).is_err(), "{bit}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_on_arbitrary_states(tail in proptest::collection::vec(any::<u8>(), 0..600)) {
            let (ceremony, _) = enrol(2, 2, &mut rng(8));
            let bytes = [ceremony.to_bytes(), tail].concat();
            prop_assert!(Round1Secret::from_bytes(&ceremony, &bytes).is_err());
            prop_assert!(Round2Secret::from_bytes(&ceremony, &bytes).is_err());
        }
    }
}
