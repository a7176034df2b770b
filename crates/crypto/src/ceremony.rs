//! The key ceremony: n trustees make an election key of which any t of them hold enough, without a dealer
//! (`spec/trustees.md`, TRU-1 to TRU-6).
//!
//! ```text
//! every trustee i    f_i(x) = a_i0 + a_i1 x + … + a_i,t-1 x^(t-1) random,  phi_ik = a_ik G
//! round 1, to all    phi_i0 … phi_i,t-1, proof of knowledge of a_i0, signature over plan id and package
//! round 2, i to j    f_i(j), sealed to j's enrolment key, signed over the hash of all packages
//! trustee j          f_i(j) G = sum over k of j^k phi_ik for every i,  x_j = sum over i of f_i(j)
//! anyone             Y = sum over i of phi_i0,  Y_j = sum over i and k of j^k phi_ik = x_j G
//! ```
//!
//! The polynomials, the proof of knowledge and the sum are those of `frost_ristretto255::keys::dkg` (FROST, ePrint
//! 2020/852, figure 1). What is Urna's own is around it: who said it, in which plan, to whom, and what anyone can
//! recompute. The states of a trustee are values that the next step consumes:
//!
//! ```text
//! Ceremony ─▶ Round1Secret::start ─▶ receive(Round1) ─▶ Round2Secret::finish ─▶ TrusteeShare
//!                       │                  ▲      │                ▲
//!                 Round1Package ─▶ Ceremony::check │                │
//!                                          SealedShare, one for each other trustee
//! ```

mod error;
mod package;
mod rounds;
#[cfg(test)]
pub(crate) mod sample;
mod share;

use std::collections::BTreeMap;

use crate::context::PlanId;
use crate::group::{DecodeError, Point, Scalar, SecretScalar};
use crate::keys::{ElectionKey, ShareKey, TrusteeKey};
use crate::transcript::{Transcript, step};

pub use error::CeremonyError;
pub use package::Round1Package;
pub use rounds::{Round1Secret, Round2Secret};
pub use share::{TrusteeSecretKey, TrusteeShare};

/// The most trustees of a ceremony, as of a manifest (MAN-7). Lists of packages then stay below 3 MiB.
const MOST_TRUSTEES: u16 = 255;

/// What is agreed before a ceremony starts: the plan, the threshold t, and who takes part. The place of an enrolment
/// key in the list, from 1, is its trustee's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceremony {
    plan: PlanId,
    threshold: u16,
    count: u16,
    trustees: Vec<TrusteeKey>,
}

impl Ceremony {
    /// A ceremony of 2 to 255 trustees, any `threshold` of whom will be able to open ballots.
    ///
    /// # Errors
    /// [`CeremonyError::ThresholdBelowTwo`], [`CeremonyError::ThresholdAboveCount`], [`CeremonyError::TooManyTrustees`]
    /// and [`CeremonyError::RepeatedEnrolmentKey`].
    pub fn new(plan: PlanId, threshold: u16, trustees: Vec<TrusteeKey>) -> Result<Self, CeremonyError> {
        let count = u16::try_from(trustees.len()).unwrap_or(u16::MAX);
        if count > MOST_TRUSTEES {
            return Err(CeremonyError::TooManyTrustees);
        }
        if threshold < 2 {
            return Err(CeremonyError::ThresholdBelowTwo { threshold });
        }
        if threshold > count {
            return Err(CeremonyError::ThresholdAboveCount { threshold, count });
        }
        if let Some((first, second)) = first_repeated(&trustees) {
            return Err(CeremonyError::RepeatedEnrolmentKey { first, second });
        }
        Ok(Self { plan, threshold, count, trustees })
    }

    /// The plan that everything is bound to.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }

    /// How many trustees open ballots together, t.
    pub fn threshold(&self) -> u16 {
        self.threshold
    }

    /// How many trustees there are, n.
    pub fn count(&self) -> u16 {
        self.count
    }

    /// The enrolment key of trustee `index`.
    ///
    /// # Errors
    /// [`CeremonyError::NotATrustee`] unless `index` is from 1 to n.
    pub fn trustee(&self, index: u16) -> Result<&TrusteeKey, CeremonyError> {
        usize::from(index)
            .checked_sub(1)
            .and_then(|place| self.trustees.get(place))
            .ok_or(CeremonyError::NotATrustee { index })
    }

    /// Checks one package by itself: signature, numbers, proof of knowledge (TRU-2, TRU-3). Whoever passes packages on does
    /// so, and whoever wants to know about one before all are there. Variable time.
    ///
    /// # Errors
    /// [`CeremonyError::NotATrustee`], [`CeremonyError::PackageSignature`], [`CeremonyError::PackageThreshold`],
    /// [`CeremonyError::PackageCount`], [`CeremonyError::ProofOfKnowledge`].
    pub fn check_package(&self, package: &Round1Package) -> Result<(), CeremonyError> {
        package.check(self)
    }

    /// Checks the packages of round 1, in whatever order they came, and computes the election key (TRU-2, TRU-3).
    /// Trustees do so before they send a share. Variable time.
    ///
    /// Whether the share keys are fit (TRU-4) is not asked yet: who sends last can choose commitments so that they are
    /// not, and nothing in the packages shows whose doing it is. That trustee cannot open its commitments, so round 2
    /// names it; everybody else learns of it from [`Round1::share_keys`].
    ///
    /// # Errors
    /// The first rule that is broken, and by whom. A package counts as a trustee's only if that trustee signed it.
    pub fn check(&self, packages: Vec<Round1Package>) -> Result<Round1, CeremonyError> {
        let mut by_index = BTreeMap::new();
        for package in packages {
            package.check(self)?;
            if let Some(package) = by_index.insert(package.trustee(), package) {
                return Err(CeremonyError::RepeatedPackage { trustee: package.trustee() });
            }
        }
        if let Some(trustee) = (1..=self.count).find(|index| !by_index.contains_key(index)) {
            return Err(CeremonyError::MissingPackage { trustee });
        }
        Round1::new(self.clone(), by_index.into_values().collect())
    }

    /// Reads and checks the packages of a finished ceremony as [`Round1::to_bytes`] writes them: the blob of every
    /// trustee's `ceremony` entry (TRU-2, TRU-3, TRU-4, V-05). For auditors, at any time after. Variable time.
    ///
    /// # Errors
    /// [`CeremonyError::Decode`] if the length is not that of n packages, [`CeremonyError::UndecodablePackage`],
    /// [`CeremonyError::PackageOrder`], and those of [`Ceremony::check`] and [`Round1::share_keys`].
    pub fn parse(&self, bytes: &[u8]) -> Result<Round1, CeremonyError> {
        let round1 = self.parse_unfinished(bytes)?;
        round1.share_keys()?;
        Ok(round1)
    }

    /// The same of a ceremony whose round 2 may still fail: without TRU-4 of the share keys.
    fn parse_unfinished(&self, bytes: &[u8]) -> Result<Round1, CeremonyError> {
        let length = Round1Package::length(self.threshold);
        let expected = length * usize::from(self.count);
        if bytes.len() != expected {
            return Err(DecodeError::Length { expected, actual: bytes.len() }.into());
        }
        let mut packages = Vec::with_capacity(usize::from(self.count));
        for (place, bytes) in (1..=self.count).zip(bytes.chunks_exact(length)) {
            let package = Round1Package::from_bytes(bytes)
                .map_err(|error| CeremonyError::UndecodablePackage { trustee: place, error })?;
            if package.trustee() != place {
                return Err(CeremonyError::PackageOrder { place, trustee: package.trustee() });
            }
            packages.push(package);
        }
        self.check(packages)
    }

    /// Checks that `key` is that of trustee `index`.
    fn check_own(&self, index: u16, key: &TrusteeSecretKey) -> Result<(), CeremonyError> {
        if *self.trustee(index)? == key.public() { Ok(()) } else { Err(CeremonyError::NotOwnKey { index }) }
    }

    /// Plan id, t, n, enrolment keys: what a saved secret is compared with.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.plan.as_bytes().to_vec();
        bytes.extend(self.threshold.to_le_bytes());
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(self.trustees.iter().flat_map(TrusteeKey::to_bytes));
        bytes
    }
}

/// The packages of all n trustees, checked, and what follows from them. The public outcome of a ceremony is here
/// already after round 1; round 2 hands out the shares, and shows that every trustee can open its commitments.
#[derive(Clone, Debug)]
pub struct Round1 {
    ceremony: Ceremony,
    packages: Vec<Round1Package>,
    hash: [u8; 32],
    election_key: ElectionKey,
    share_keys: Result<Vec<ShareKey>, CeremonyError>,
}

impl Round1 {
    /// `packages` are checked and in the order of their indices (TRU-4). Proofs of knowledge keep the last sender from
    /// making Y the identity; nothing yet keeps it from doing so to some Y_i.
    fn new(ceremony: Ceremony, packages: Vec<Round1Package>) -> Result<Self, CeremonyError> {
        // Phi_k = sum over j of phi_jk; one that vanishes contributes nothing
        let columns: Vec<Option<Point>> = (0..usize::from(ceremony.threshold))
            .map(|k| {
                let column = packages.iter().filter_map(|package| package.commitments().get(k));
                Point::vartime_sum(column.map(|point| (Scalar::ONE, point)))
            })
            .collect();
        // Y = Phi_0
        let election_key = columns.first().copied().flatten().ok_or(CeremonyError::IdentityElectionKey)?;
        let hash = ceremony_hash(&ceremony, &packages);
        Ok(Self {
            share_keys: share_keys(ceremony.count, &columns),
            ceremony,
            packages,
            hash,
            election_key: ElectionKey(election_key),
        })
    }

    /// What was agreed before.
    pub fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    /// The hash of plan id, threshold, enrolment keys and all packages, 32 bytes: trustees who read it to each other
    /// know that they saw the same packages. Every sealed share is bound to it.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The election key Y.
    pub fn election_key(&self) -> ElectionKey {
        self.election_key
    }

    /// Y_1 … Y_n in this order, all different (TRU-4).
    ///
    /// # Errors
    /// [`CeremonyError::IdentityShareKey`] and [`CeremonyError::EqualShareKeys`]. Neither is the doing of the trustees
    /// that it names: it is of one who chose commitments after seeing the others', and whom round 2 names.
    pub fn share_keys(&self) -> Result<&[ShareKey], CeremonyError> {
        self.share_keys.as_deref().map_err(|error| *error)
    }

    /// All packages in the order of their indices, n times [`Round1Package::length`] bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.packages.iter().flat_map(Round1Package::to_bytes).collect()
    }

    /// The package of trustee `index`.
    ///
    /// # Errors
    /// [`CeremonyError::NotATrustee`] unless `index` is from 1 to n.
    pub fn package(&self, index: u16) -> Result<&Round1Package, CeremonyError> {
        usize::from(index)
            .checked_sub(1)
            .and_then(|place| self.packages.get(place))
            .ok_or(CeremonyError::NotATrustee { index })
    }

    /// Whether `share` is f_sender(recipient): share G = sum over k of recipient^k phi_sender,k (TRU-5).
    pub(crate) fn matches(
        &self,
        sender: u16,
        recipient: u16,
        share: &SecretScalar,
    ) -> Result<bool, CeremonyError> {
        let commitments = self.package(sender)?.commitments();
        Ok(Point::vartime_sum(powers(recipient).zip(commitments)) == Some(Point::mul_base(share)))
    }
}

/// Y_i = sum over k of i^k Phi_k (TRU-4)
fn share_keys(count: u16, columns: &[Option<Point>]) -> Result<Vec<ShareKey>, CeremonyError> {
    let key = |index| {
        let terms = powers(index).zip(columns).filter_map(|(power, column)| Some((power, column.as_ref()?)));
        let key = Point::vartime_sum(terms).ok_or(CeremonyError::IdentityShareKey { trustee: index })?;
        Ok(ShareKey(key))
    };
    let keys = (1..=count).map(key).collect::<Result<Vec<_>, CeremonyError>>()?;
    match first_repeated(&keys) {
        Some((first, second)) => Err(CeremonyError::EqualShareKeys { first, second }),
        None => Ok(keys),
    }
}

/// 1, i, i^2, …
fn powers(index: u16) -> impl Iterator<Item = Scalar> {
    let x = Scalar::from(u64::from(index));
    core::iter::successors(Some(Scalar::ONE), move |power| Some(*power * x))
}

fn ceremony_hash(ceremony: &Ceremony, packages: &[Round1Package]) -> [u8; 32] {
    let mut transcript = Transcript::new(step::CEREMONY_HASH);
    transcript.message(b"plan", ceremony.plan.as_bytes());
    transcript.integer(b"threshold", ceremony.threshold.into());
    transcript.integer(b"count", ceremony.count.into());
    for (key, package) in ceremony.trustees.iter().zip(packages) {
        transcript.point(b"P", &key.0);
        transcript.message(b"package", &package.to_bytes());
    }
    let mut hash = [0; 32];
    transcript.challenge_bytes(b"hash", &mut hash);
    hash
}

/// The indices, from 1, of the first value that occurs twice.
fn first_repeated<T: Ord>(values: &[T]) -> Option<(u16, u16)> {
    let mut seen = BTreeMap::new();
    (1..=u16::MAX).zip(values).find_map(|(index, value)| Some((seen.insert(value, index)?, index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opening::Combination;
    use sample::{enrol, package, plan, rng, shares, start};

    fn agrees(threshold: u16, count: u16) {
        let (shares, round1) = shares(threshold, count, &mut rng(threshold.into()));
        let keys: Vec<_> = shares.iter().map(TrusteeShare::share_key).collect();
        assert_eq!(keys, round1.share_keys().unwrap());
        assert!(shares.iter().all(|share| share.election_key() == round1.election_key()));
        assert!((1..).zip(&shares).all(|(index, share)| share.index() == index));
        // Any t shares give the one key; fewer do not.
        for subset in 1_u32..1 << count {
            let chosen: Vec<u16> = (1..=count).filter(|index| subset >> (index - 1) & 1 == 1).collect();
            let points: Vec<_> = chosen.iter().map(|index| keys[usize::from(*index) - 1].0).collect();
            let combined = Combination::new(&chosen).unwrap().combine(&points).unwrap();
            assert_eq!(
                combined == round1.election_key().0,
                chosen.len() >= usize::from(threshold),
                "{chosen:?}"
            );
        }
        // What an auditor reads is what the trustees had.
        let read = round1.ceremony().parse(&round1.to_bytes()).unwrap();
        assert_eq!(read.hash(), round1.hash());
        assert_eq!(read.share_keys(), round1.share_keys());
        assert_eq!(read.election_key(), round1.election_key());
    }

    #[test]
    fn accepts_two_of_three_tru_4() {
        agrees(2, 3);
    }

    #[test]
    fn accepts_three_of_five_tru_4() {
        agrees(3, 5);
    }

    #[test]
    fn accepts_all_of_four_tru_4() {
        agrees(4, 4);
    }

    #[test]
    fn rejects_parameters_that_make_no_ceremony() {
        let keys =
            |count| (0..count).map(|i| TrusteeSecretKey::generate(&mut rng(i)).public()).collect::<Vec<_>>();
        let new = |threshold, trustees| Ceremony::new(plan(), threshold, trustees).unwrap_err();
        assert_eq!(new(1, keys(3)), CeremonyError::ThresholdBelowTwo { threshold: 1 });
        assert_eq!(new(0, keys(3)), CeremonyError::ThresholdBelowTwo { threshold: 0 });
        assert_eq!(new(4, keys(3)), CeremonyError::ThresholdAboveCount { threshold: 4, count: 3 });
        let mut repeated = keys(3);
        repeated[2] = repeated[0];
        assert_eq!(new(2, repeated), CeremonyError::RepeatedEnrolmentKey { first: 1, second: 3 });
        for count in [256, 65_535, 65_536, 70_000] {
            assert_eq!(new(2, vec![keys(1)[0]; count]), CeremonyError::TooManyTrustees);
        }
        assert_eq!(
            new(2, vec![keys(1)[0]; 255]),
            CeremonyError::RepeatedEnrolmentKey { first: 1, second: 2 }
        );
        assert_eq!(Ceremony::new(plan(), 255, keys(255)).unwrap().count(), 255);
    }

    #[test]
    fn rejects_missing_and_repeated_packages_tru_2() {
        let mut rng = rng(1);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (_, packages) = start(&ceremony, &keys, &mut rng);
        let (_, again) = start(&ceremony, &keys, &mut rng);
        let list = |indices: [usize; 2]| indices.map(|i| packages[i].clone()).to_vec();
        assert_eq!(ceremony.check(list([0, 2])).unwrap_err(), CeremonyError::MissingPackage { trustee: 2 });
        assert_eq!(ceremony.check(list([2, 2])).unwrap_err(), CeremonyError::RepeatedPackage { trustee: 3 });
        let two_of_one = [packages.clone(), vec![again[1].clone()]].concat();
        assert_eq!(ceremony.check(two_of_one).unwrap_err(), CeremonyError::RepeatedPackage { trustee: 2 });
    }

    #[test]
    fn rejects_a_package_for_other_numbers_and_names_its_trustee_tru_2() {
        let mut rng = rng(2);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (_, packages) = start(&ceremony, &keys, &mut rng);
        let check = |second: Round1Package| {
            ceremony.check(vec![packages[0].clone(), second, packages[2].clone()]).unwrap_err()
        };
        let with =
            |ceremony: &Ceremony| Round1Secret::start(ceremony, 2, &keys[1], &mut sample::rng(3)).unwrap().1;
        let threshold = Ceremony { threshold: 3, ..ceremony.clone() };
        let expected = CeremonyError::PackageThreshold { trustee: 2, expected: 2, found: 3 };
        assert_eq!(check(with(&threshold)), expected);
        let count = Ceremony { count: 4, ..ceremony.clone() };
        assert_eq!(check(with(&count)), CeremonyError::PackageCount { trustee: 2, expected: 3, found: 4 });
        let plan = Ceremony { plan: PlanId::from_bytes([2; 32]), ..ceremony.clone() };
        assert_eq!(check(with(&plan)), CeremonyError::PackageSignature { trustee: 2 });
        // Somebody who is no trustee signs in the name of one.
        let stranger = TrusteeSecretKey::generate(&mut rng);
        let coefficients = [Scalar::ONE, Scalar::from(2)];
        let foreign = package(&ceremony, 2, &coefficients, &stranger, &mut rng);
        assert_eq!(check(foreign), CeremonyError::PackageSignature { trustee: 2 });
        let fourth = package(&ceremony, 4, &coefficients, &keys[1], &mut rng);
        assert_eq!(check(fourth), CeremonyError::NotATrustee { index: 4 });
    }

    #[test]
    fn rejects_lists_of_another_length_or_order_tru_2() {
        let mut rng = rng(4);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (_, packages) = start(&ceremony, &keys, &mut rng);
        let blob = |order: &[usize]| order.iter().flat_map(|i| packages[*i].to_bytes()).collect::<Vec<_>>();
        let length = Round1Package::length(2);
        for wrong in [blob(&[0, 1]), blob(&[0, 1, 2, 2]), blob(&[0, 1, 2])[1..].to_vec(), Vec::new()] {
            let error = DecodeError::Length { expected: 3 * length, actual: wrong.len() };
            assert_eq!(ceremony.parse(&wrong).unwrap_err(), CeremonyError::Decode(error));
        }
        let error = ceremony.parse(&blob(&[0, 2, 1])).unwrap_err();
        assert_eq!(error, CeremonyError::PackageOrder { place: 2, trustee: 3 });
        let mut undecodable = blob(&[0, 1, 2]);
        undecodable[length + 6..length + 38].fill(0);
        let error = CeremonyError::UndecodablePackage { trustee: 2, error: DecodeError::Identity };
        assert_eq!(ceremony.parse(&undecodable).unwrap_err(), error);
        assert!(ceremony.parse(&blob(&[0, 1, 2])).is_ok());
    }

    #[test]
    fn rejects_keys_that_cancel_out_tru_4() {
        let mut rng = rng(5);
        let (ceremony, keys) = enrol(2, 2, &mut rng);
        let scalar = |value: i64| {
            let magnitude = Scalar::from(value.unsigned_abs());
            if value < 0 { -magnitude } else { magnitude }
        };
        let mut check = |first: [i64; 2], second: [i64; 2]| {
            let packages = [(1, first), (2, second)].map(|(trustee, coefficients)| {
                let key = &keys[usize::from(trustee) - 1];
                package(&ceremony, trustee, &coefficients.map(scalar), key, &mut rng)
            });
            let round1 = ceremony.check(packages.to_vec())?;
            let read = ceremony.parse(&round1.to_bytes()).map(|_| ());
            assert_eq!(round1.share_keys().map(|_| ()), read);
            read
        };
        assert_eq!(check([5, 1], [-5, 1]), Err(CeremonyError::IdentityElectionKey));
        // f(x) = 4 - 2x
        assert_eq!(check([3, -1], [1, -1]), Err(CeremonyError::IdentityShareKey { trustee: 2 }));
        // f(x) = 4
        assert_eq!(check([3, 1], [1, -1]), Err(CeremonyError::EqualShareKeys { first: 1, second: 2 }));
        assert_eq!(check([3, 1], [1, 1]), Ok(()));
    }

    #[test]
    fn the_hash_depends_on_every_part_of_the_ceremony() {
        let mut rng = rng(6);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let (_, packages) = start(&ceremony, &keys, &mut rng);
        let (_, others) = start(&ceremony, &keys, &mut rng);
        let hash = ceremony_hash(&ceremony, &packages);
        for (changed, other) in others.into_iter().enumerate() {
            let mut packages = packages.clone();
            packages[changed] = other;
            assert_ne!(ceremony_hash(&ceremony, &packages), hash);
        }
        let plan = Ceremony { plan: PlanId::from_bytes([2; 32]), ..ceremony.clone() };
        assert_ne!(ceremony_hash(&plan, &packages), hash);
        let mut trustees = ceremony.trustees.clone();
        trustees.swap(0, 1);
        assert_ne!(ceremony_hash(&Ceremony { trustees, ..ceremony }, &packages), hash);
    }

    /// The example of `spec/trustees.md`: f_1 = 5 + 7x, f_2 = 11 + 2x, f_3 = 4 + 3x.
    #[test]
    fn accepts_the_example_of_the_specification_tru_4() {
        let mut rng = rng(7);
        let (ceremony, keys) = enrol(2, 3, &mut rng);
        let polynomials = [[5, 7], [11, 2], [4, 3]];
        let packages = (1..).zip(polynomials).map(|(trustee, coefficients)| {
            let key = &keys[usize::from(trustee) - 1];
            package(&ceremony, trustee, &coefficients.map(Scalar::from), key, &mut rng)
        });
        let round1 = ceremony.check(packages.collect()).unwrap();
        let share_keys = round1.share_keys().unwrap();
        let multiple = |x: u64| Point::mul_base(&SecretScalar::new(Scalar::from(x)).unwrap());
        let pinned = [
            (round1.election_key().0, 20, "ee016fbbdde54077fda69fecb546e0a93b1f4f03b1cfecf6fc5bde920f61e961"),
            (share_keys[0].0, 32, "d827a0808288a3c1ce91192c0770c3ad7372a50ac601dff8323a5bdda104322f"),
            (share_keys[1].0, 44, "2abbaf9343c09de9b63395414e298b3e30c1507b6be4a9e83e270e4fd1e6c435"),
            (share_keys[2].0, 56, "98022f4b1192d39e659014767392257440b0146dee7fd3b62d595c5f161b2521"),
        ];
        for (key, secret, hex) in pinned {
            assert_eq!(key, multiple(secret));
            assert_eq!(format!("{key:?}"), format!("Point({hex})"));
        }
    }
}
