//! The key ceremony: packages, the keys that anyone recomputes, sealed shares, and a share by itself (TRU-1 to TRU-8).

use urna_crypto::{
    Ceremony, CeremonyError, PlanId, Round2Secret, SealedShare, ShareKey, TrusteeKey, TrusteeSecretKey,
    TrusteeShare,
};

use super::token::{NOT_A_POINT, flipped, plus_order};
use crate::fields::{Fields, List};
use crate::oracle::ceremony::{Ceremony as Second, Maker, evaluate};
use crate::oracle::{self, G, Random, Scalar};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

/// The area.
pub const AREA: Area = Area {
    name: "sharing",
    write,
    crates,
    oracle: |vector, shared| Some(second(vector, shared)),
};

/// A share as its key file has it, of an election key that does not matter here.
pub(super) fn share(index: u16, x: &[u8; 32], share_key: &ShareKey) -> Result<TrusteeShare, No> {
    let key = share_key.to_bytes();
    let bytes = [index.to_le_bytes().as_slice(), x, &key, &key].concat();
    TrusteeShare::from_bytes(&bytes.try_into().unwrap()).map_err(|error| refused(&error))
}

/// The rules by which a ceremony's error refuses.
fn refused(error: &CeremonyError) -> No {
    use CeremonyError as E;
    match *error {
        E::ThresholdBelowTwo { .. } | E::ThresholdAboveCount { .. } => no("MAN-26"),
        E::TooManyTrustees => no("MAN-7"),
        E::RepeatedEnrolmentKey { .. } => no("TRU-1"),
        E::NotATrustee { .. } => No::Refused(vec!["TRU-2", "TRU-5", "TRU-8"]),
        E::PackageThreshold { .. }
        | E::PackageCount { .. }
        | E::MissingPackage { .. }
        | E::RepeatedPackage { .. }
        | E::PackageOrder { .. }
        | E::PackageSignature { .. } => no("TRU-2"),
        E::UndecodablePackage { error, .. } | E::Decode(error) => match error {
            urna_crypto::DecodeError::Length { .. } => no("TRU-2"),
            error => error.into(),
        },
        E::ProofOfKnowledge { .. } => no("TRU-3"),
        E::IdentityElectionKey | E::IdentityShareKey { .. } | E::EqualShareKeys { .. } => no("TRU-4"),
        E::MissingShare { .. }
        | E::RepeatedShare { .. }
        | E::WrongRecipient { .. }
        | E::ShareSignature { .. }
        | E::ShareMismatch { .. } => no("TRU-5"),
        E::DamagedState => no("TRU-8"),
        E::NotOwnKey { .. } | E::OwnPackageReplaced { .. } | E::OtherCeremony | E::KeyGeneration => {
            No::Malformed(anyhow::anyhow!("{error}"))
        }
    }
}

fn ceremony(input: &Fields) -> Result<Ceremony, No> {
    let keys = input.array_list("P")?;
    let keys = keys
        .iter()
        .map(TrusteeKey::from_bytes)
        .collect::<Result<_, _>>()?;
    let plan = PlanId::from_bytes(input.array("plan")?);
    Ceremony::new(plan, input.number("threshold")?, keys).map_err(|error| refused(&error))
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "check_packages" => {
            let round1 = ceremony(input)?
                .parse(&input.bytes("packages")?)
                .map_err(|error| refused(&error))?;
            let share_keys = round1.share_keys().map_err(|error| refused(&error))?;
            let share_keys: Vec<_> = share_keys.iter().map(ShareKey::to_bytes).collect();
            Ok(Fields::new()
                .with("Y", &round1.election_key().to_bytes())
                .with("Y_i", &List(&share_keys))
                .with("hash", round1.hash()))
        }
        "verify_sealed_share" => {
            let round1 = ceremony(input)?
                .parse(&input.bytes("packages")?)
                .map_err(|error| refused(&error))?;
            let sealed = SealedShare::from_bytes(&input.array("sealed")?)?;
            sealed.verify(&round1).map_err(|error| refused(&error))?;
            Ok(Fields::new())
        }
        "open_shares" => {
            let ceremony = ceremony(input)?;
            let (index, own): (u16, [u8; 32]) = (input.number("i")?, input.array("own")?);
            // The state of a trustee who has sent its shares, as its program saves it.
            let keys: Vec<[u8; 32]> = input.array_list("P")?;
            let state = [
                input.array::<32>("plan")?.as_slice(),
                &input.number::<u16>("threshold")?.to_le_bytes(),
                &ceremony.count().to_le_bytes(),
                &keys.concat(),
                &index.to_le_bytes(),
                &own,
                &input.bytes("packages")?,
            ]
            .concat();
            let state = Round2Secret::from_bytes(&ceremony, &state).map_err(|error| refused(&error))?;
            let key = TrusteeSecretKey::from_bytes(&input.array("p_i")?)?;
            let sealed = input.array_list("sealed")?;
            let sealed: Vec<_> = sealed
                .iter()
                .map(SealedShare::from_bytes)
                .collect::<Result<_, _>>()?;
            let share = state.finish(&sealed, &key).map_err(|error| refused(&error))?;
            Ok(Fields::new()
                .with("Y_i", &share.share_key().to_bytes())
                .with("x_i", &share.to_bytes()[2..34]))
        }
        "read_share" => {
            let share = TrusteeShare::from_bytes(&input.array("share")?).map_err(|error| refused(&error))?;
            Ok(Fields::new()
                .with("Y", &share.election_key().to_bytes())
                .with("Y_i", &share.share_key().to_bytes())
                .with("i", &share.index()))
        }
        other => Err(unknown(other)),
    }
}

fn second_ceremony(input: &Fields) -> Result<Second, No> {
    let keys: Vec<[u8; 32]> = input.array_list("P")?;
    let keys: Vec<_> = keys.iter().map(oracle::point).collect::<Result<_, _>>()?;
    let threshold = input.number("threshold")?;
    if threshold < 2 || usize::from(threshold) > keys.len() {
        return Err(no("MAN-26"));
    }
    if (0..keys.len()).any(|i| keys[..i].contains(&keys[i])) {
        return Err(no("TRU-1"));
    }
    Ok(Second {
        plan: input.array("plan")?,
        threshold,
        keys,
    })
}

fn second(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "check_packages" => {
            let keys = second_ceremony(input)?.check(&input.bytes("packages")?)?;
            Ok(Fields::new()
                .with("Y", &keys.election_key)
                .with("Y_i", &List(&keys.share_keys))
                .with("hash", &keys.hash))
        }
        "verify_sealed_share" => {
            let ceremony = second_ceremony(input)?;
            let keys = ceremony.check(&input.bytes("packages")?)?;
            ceremony.verify_sealed(&keys, &input.array("sealed")?)?;
            Ok(Fields::new())
        }
        "open_shares" => {
            let ceremony = second_ceremony(input)?;
            let keys = ceremony.read(&input.bytes("packages")?)?;
            let (p, own) = (
                oracle::scalar(&input.array("p_i")?)?,
                oracle::scalar(&input.array("own")?)?,
            );
            let sealed = input.array_list("sealed")?;
            let x = ceremony.finish(&keys, input.number("i")?, &p, &own, &sealed)?;
            Ok(Fields::new().with("Y_i", &(x * G)).with("x_i", &x))
        }
        "read_share" => {
            let bytes = input.array::<98>("share")?;
            let [x, share_key, election_key] = oracle::rows(&bytes[2..]);
            let index = u16::from_le_bytes([bytes[0], bytes[1]]);
            let x = oracle::scalar(&x)?;
            let key = oracle::point(&election_key)?;
            if x == Scalar::ZERO {
                return Err(no("GRP-3"));
            }
            if index == 0 || (x * G).compress().to_bytes() != share_key {
                return Err(no("TRU-8"));
            }
            Ok(Fields::new()
                .with("Y", &key)
                .with("Y_i", &(x * G))
                .with("i", &index))
        }
        other => Err(unknown(other)),
    }
}

/// A ceremony of three, two of whom suffice.
pub struct Three {
    /// Plan, threshold, keys.
    pub ceremony: Second,
    /// What each makes its package of.
    pub makers: Vec<Maker>,
}

impl Three {
    /// With everything random.
    pub fn new(plan: [u8; 32], random: &mut Random) -> Self {
        let makers: Vec<Maker> = (1..=3)
            .map(|index| Maker {
                index,
                secret: random.scalar(),
                coefficients: vec![random.scalar(), random.scalar()],
                nonce: random.scalar(),
                signature_nonce: random.scalar(),
            })
            .collect();
        let keys = makers.iter().map(|maker| maker.secret * G).collect();
        let ceremony = Second {
            plan,
            threshold: 2,
            keys,
        };
        Self { ceremony, makers }
    }

    /// The packages of all.
    pub fn packages(&self) -> Vec<Vec<u8>> {
        self.makers
            .iter()
            .map(|maker| self.ceremony.package(maker).0)
            .collect()
    }

    /// x_i of the trustee with index i.
    pub fn share(&self, index: u16) -> Scalar {
        self.makers
            .iter()
            .map(|maker| evaluate(&maker.coefficients, index))
            .sum()
    }
}

fn write() -> File {
    let mut random = Random::new("sharing");
    let plan: [u8; 32] = random.bytes();
    let three = Three::new(plan, &mut random);
    let shared = Fields::new()
        .with("P", &List(&three.ceremony.keys))
        .with("plan", &plan)
        .with("threshold", &2_u16);
    let packages = three.packages();
    let keys = three.ceremony.check(&packages.concat()).unwrap();
    let makers: Vec<Fields> = three
        .makers
        .iter()
        .map(|maker| three.ceremony.package(maker).1)
        .collect();
    let check = Vector::accept(
        "check_packages",
        "the packages of a ceremony",
        "TRU-4",
        "Three trustees, two of whom suffice. Y, all Y_i and the ceremony hash follow from the packages alone.",
        Fields::new().with("packages", &packages.concat()),
        Fields::new()
            .with("Y", &keys.election_key)
            .with("Y_i", &List(&keys.share_keys))
            .with("hash", &keys.hash)
            .with("trustees", &List(&makers)),
    );
    let mut vectors = vec![check.clone()];
    parameters(&mut vectors, &check, &three);
    lists(&mut vectors, &check, &three, &mut random);
    changed_packages(&mut vectors, &check, &three, &packages);
    polynomials(&mut vectors, &check, &three, &mut random);
    shares(&mut vectors, &three, &packages, &keys, &mut random);
    late_choices(&mut vectors, &three);
    single(&mut vectors, &three, &keys.election_key);
    File {
        area: "sharing".into(),
        shared,
        vectors,
    }
}

fn parameters(vectors: &mut Vec<Vector>, check: &Vector, three: &Three) {
    let keys = &three.ceremony.keys;
    let other = flipped(&three.ceremony.plan, 5);
    vectors.extend([
        check.changed(
            "a threshold of 1",
            "MAN-26",
            "One trustee alone is the solo path.",
            "threshold",
            &1_u16,
        ),
        check.changed(
            "a threshold of 4 with 3 trustees",
            "MAN-26",
            "Nobody could open.",
            "threshold",
            &4_u16,
        ),
        check.changed(
            "a threshold of 3",
            "TRU-2",
            "The packages are for 2.",
            "threshold",
            &3_u16,
        ),
        check.changed(
            "packages for another plan",
            "TRU-2",
            "The signatures are over the plan id.",
            "plan",
            &other,
        ),
        check.changed(
            "one enrolment key twice",
            "TRU-1",
            "All must differ.",
            "P",
            &List(&[keys[0], keys[1], keys[0]]),
        ),
        check.changed(
            "enrolment keys exchanged",
            "TRU-2",
            "The signatures are by others.",
            "P",
            &List(&[keys[1], keys[0], keys[2]]),
        ),
        check.changed(
            "another enrolment key",
            "TRU-2",
            "P_2 + G.",
            "P",
            &List(&[keys[0], keys[1] + G, keys[2]]),
        ),
        check.changed(
            "one trustee more than packages",
            "TRU-2",
            "The package of trustee 4 is missing.",
            "P",
            &List(&[keys[0], keys[1], keys[2], keys[2] + G]),
        ),
    ]);
}

fn lists(vectors: &mut Vec<Vector>, check: &Vector, three: &Three, random: &mut Random) {
    let packages = three.packages();
    let [one, two, last] = [0, 1, 2].map(|place| packages[place].as_slice());
    let list = |name: &str, comment: &str, list: &[&[u8]]| {
        check.changed(name, "TRU-2", comment, "packages", &list.concat())
    };
    vectors.extend([
        list("a package missing", "That of trustee 3.", &[one, two]),
        list(
            "a package too many",
            "That of trustee 3 twice.",
            &[one, two, last, last],
        ),
        list(
            "one package in place of another",
            "Trustee 2's twice, trustee 3's not at all.",
            &[one, two, two],
        ),
        list("packages in another order", "3, 1, 2.", &[last, one, two]),
        list("a byte behind the last package", "Zero.", &[one, two, last, &[0]]),
        list(
            "the last byte left out",
            "Of the signature.",
            &[one, two, &last[..last.len() - 1]],
        ),
        list("no packages", "No bytes.", &[]),
    ]);
    // Trustee 2's package with other numbers in its header, signed again by trustee 2.
    let maker = &three.makers[1];
    let resigned = |at: usize, number: u16| {
        let mut unsigned = two[..two.len() - 64].to_vec();
        unsigned[at..at + 2].copy_from_slice(&number.to_le_bytes());
        three
            .ceremony
            .sign_package(&unsigned, &maker.secret, &random_once())
    };
    fn random_once() -> Scalar {
        Random::new("sharing: signed again").scalar()
    }
    for (name, comment, package) in [
        ("a package for four trustees", "Validly signed.", resigned(4, 4)),
        (
            "a package with index 3 at place 2",
            "Validly signed by trustee 2.",
            resigned(0, 3),
        ),
        (
            "a package with index 0",
            "Validly signed by trustee 2.",
            resigned(0, 0),
        ),
        (
            "a package with index 4",
            "Validly signed by trustee 2.",
            resigned(0, 4),
        ),
        (
            "a package with threshold 0",
            "Validly signed; its length does not fit.",
            resigned(2, 0),
        ),
        (
            "a package with threshold 3",
            "Validly signed; its length does not fit.",
            resigned(2, 3),
        ),
    ] {
        vectors.push(list(name, comment, &[one, &package, last]));
    }
    let stranger = three
        .ceremony
        .sign_package(&two[..two.len() - 64], &random.scalar(), &random.scalar());
    vectors.push(list(
        "a package signed by a stranger",
        "In trustee 2's place.",
        &[one, &stranger, last],
    ));
}

/// Changes of trustee 2's package, field by field.
fn changed_packages(vectors: &mut Vec<Vector>, check: &Vector, three: &Three, packages: &[Vec<u8>]) {
    let maker = &three.makers[1];
    let nonce = Random::new("sharing: changed").scalar();
    let with = |name: &str, rule: &str, comment: &str, package: &[u8]| {
        let list = [packages[0].as_slice(), package, &packages[2]].concat();
        check.changed(name, rule, comment, "packages", &list)
    };
    let original = &packages[1];
    let unsigned = original.len() - 64;
    for (field, at, is_point) in [
        ("phi_20", 6, true),
        ("phi_21", 38, true),
        ("R_2", 70, true),
        ("mu_2", 102, false),
        ("the signature's R", 134, true),
        ("the signature's s", 166, false),
    ] {
        let old: [u8; 32] = original[at..at + 32].try_into().unwrap();
        let put = |field: &[u8; 32]| {
            let mut package = original.clone();
            package[at..at + 32].copy_from_slice(field);
            package
        };
        if is_point {
            let other = (oracle::point(&old).unwrap() + G).compress().to_bytes();
            vectors.push(with(
                &format!("{field} + G"),
                "TRU-2",
                "No longer what trustee 2 signed.",
                &put(&other),
            ));
            vectors.push(with(
                &format!("{field} is the identity"),
                "GRP-2",
                "Does not decode.",
                &put(&[0; 32]),
            ));
            vectors.push(with(
                &format!("{field} is no point"),
                "GRP-1",
                "A negative field element.",
                &put(&NOT_A_POINT),
            ));
        } else {
            let other = (oracle::scalar(&old).unwrap() + Scalar::ONE).to_bytes();
            vectors.push(with(
                &format!("{field} + 1"),
                "TRU-2",
                "No longer what trustee 2 signed.",
                &put(&other),
            ));
            vectors.push(with(
                &format!("{field} + l"),
                "GRP-3",
                "The same scalar, written otherwise.",
                &put(&plus_order(&old)),
            ));
        }
        if (70..134).contains(&at) {
            let other = if is_point {
                (oracle::point(&old).unwrap() + G).compress().to_bytes()
            } else {
                (oracle::scalar(&old).unwrap() + Scalar::ONE).to_bytes()
            };
            let package = three
                .ceremony
                .sign_package(&put(&other)[..unsigned], &maker.secret, &nonce);
            let name = format!("{field} changed, and signed");
            vectors.push(with(
                &name,
                "TRU-3",
                "Trustee 2 signed a proof of knowledge that does not hold.",
                &package,
            ));
        }
    }
    // Trustee 3's commitments and proof, signed by trustee 2 as its own.
    let mut copied = packages[2].clone();
    copied[..2].copy_from_slice(&2_u16.to_le_bytes());
    let package = three
        .ceremony
        .sign_package(&copied[..unsigned], &maker.secret, &nonce);
    vectors.push(with(
        "a copied proof of knowledge",
        "TRU-3",
        "Trustee 2 signs trustee 3's commitments and proof as its own: the index is hashed.",
        &package,
    ));
}

/// Polynomials that together make no key: with every proof and signature valid (TRU-4).
fn polynomials(vectors: &mut Vec<Vector>, check: &Vector, three: &Three, random: &mut Random) {
    let [first, second] = [&three.makers[0].coefficients, &three.makers[1].coefficients];
    let (constant, slope) = (first[0] + second[0], first[1] + second[1]);
    let other = random.scalar();
    for (name, comment, coefficients) in [
        (
            "the election key cancels out",
            "a_30 = -(a_10 + a_20), so Y = O.",
            [-constant, other],
        ),
        (
            "a share key cancels out",
            "f_1 + f_2 + f_3 vanishes at 2, so Y_2 = O.",
            [other, -(constant + other) * Scalar::from(2_u8).invert() - slope],
        ),
        (
            "all share keys are equal",
            "The sum of the polynomials is constant.",
            [other, -slope],
        ),
    ] {
        let mut makers = three.makers.clone();
        makers[2].coefficients = coefficients.to_vec();
        let cancelling = Three {
            ceremony: three.ceremony.clone(),
            makers,
        };
        let list = cancelling.packages().concat();
        vectors.push(check.changed(name, "TRU-4", comment, "packages", &list));
    }
}

/// Trustee 3 chose its second commitment after it saw the others': it is named in round 2, where it cannot open it.
fn late_choices(vectors: &mut Vec<Vector>, three: &Three) {
    // Randomness of its own, so that other vectors stay as they are.
    let mut random = Random::new("sharing, late choices");
    let sums: Vec<Scalar> = (0..2)
        .map(|k| {
            three
                .makers
                .iter()
                .take(2)
                .map(|maker| maker.coefficients[k])
                .sum()
        })
        .collect();
    let constant = three.makers[2].coefficients[0];
    let of = |slope: Scalar| {
        let mut makers = three.makers.clone();
        makers[2].coefficients = vec![constant, slope];
        let ceremony = three.ceremony.clone();
        Three { ceremony, makers }
    };
    let half = Scalar::from(2_u8).invert();
    for (name, comment, slope, known, check) in [
        (
            "equal share keys, and a share that does not match",
            "phi_31 = -(phi_11 + phi_21); trustee 3 does not know its logarithm and sends a guess.",
            -sums[1],
            false,
            "TRU-5",
        ),
        (
            "a share key that cancels out, and a share that does not match",
            "Y_2 = O by the choice of phi_31; trustee 3 does not know its logarithm and sends a guess.",
            -(sums[0] + constant) * half - sums[1],
            false,
            "TRU-5",
        ),
        (
            "equal share keys, and all shares match",
            "The same by trustees who know each other's polynomials.",
            -sums[1],
            true,
            "TRU-4",
        ),
    ] {
        let late = of(slope);
        let list = late.packages().concat();
        let keys = late.ceremony.read(&list).unwrap();
        let sealed = [1_u16, 3].map(|sender| {
            let share = evaluate(&late.makers[usize::from(sender) - 1].coefficients, 2);
            let share = if sender == 3 && !known {
                random.scalar()
            } else {
                share
            };
            let nonces = [random.scalar(), random.scalar()];
            let secret = &late.makers[usize::from(sender) - 1].secret;
            let seal = late
                .ceremony
                .seal(&keys.hash, [sender, 2], secret, &share.to_bytes(), nonces);
            seal.0
        });
        let input = Fields::new()
            .with("i", &2_u16)
            .with("own", &evaluate(&late.makers[1].coefficients, 2))
            .with("p_i", &late.makers[1].secret)
            .with("packages", &list)
            .with("sealed", &List(&sealed));
        vectors.push(Vector::reject("open_shares", name, check, comment, input));
    }
}

fn shares(
    vectors: &mut Vec<Vector>,
    three: &Three,
    packages: &[Vec<u8>],
    keys: &oracle::ceremony::Keys,
    random: &mut Random,
) {
    let list = packages.concat();
    let secret = |index: u16| &three.makers[usize::from(index) - 1];
    let mut seal = |hash: &[u8; 32], sender: u16, recipient: u16, share: &[u8; 32], by: u16| {
        let nonces = [random.scalar(), random.scalar()];
        three
            .ceremony
            .seal(hash, [sender, recipient], &secret(by).secret, share, nonces)
    };
    let share = |sender: u16, recipient: u16| evaluate(&secret(sender).coefficients, recipient).to_bytes();
    let (from_one, values_one) = seal(&keys.hash, 1, 2, &share(1, 2), 1);
    let (from_three, values_three) = seal(&keys.hash, 3, 2, &share(3, 2), 3);
    let open = Vector::accept(
        "open_shares",
        "trustee 2 opens its shares",
        "TRU-5",
        "The shares sealed by trustees 1 and 3, and its own, add up to x_2.",
        Fields::new()
            .with("i", &2_u16)
            .with("own", &share(2, 2))
            .with("p_i", &secret(2).secret)
            .with("packages", &list)
            .with("sealed", &List(&[from_one, from_three])),
        Fields::new()
            .with("Y_i", &(three.share(2) * G))
            .with("shares", &List(&[values_one, values_three]))
            .with("x_i", &three.share(2)),
    );
    vectors.push(open.clone());
    let verify = Vector::accept(
        "verify_sealed_share",
        "a sealed share is its sender's",
        "TRU-5",
        "What whoever passes it on should check; it says nothing about its contents.",
        Fields::new().with("packages", &list).with("sealed", &from_one),
        Fields::new(),
    );
    vectors.push(verify.clone());
    let wrong = oracle::scalar(&share(1, 2)).unwrap() + Scalar::ONE;
    let (to_three, _) = seal(&keys.hash, 1, 3, &share(1, 3), 1);
    let (mismatched, _) = seal(&keys.hash, 1, 2, &wrong.to_bytes(), 1);
    let (for_three, _) = seal(&keys.hash, 1, 2, &share(1, 3), 1);
    let (zero, _) = seal(&keys.hash, 1, 2, &[0; 32], 1);
    let (lax, _) = seal(&keys.hash, 1, 2, &plus_order(&share(1, 2)), 1);
    let (elsewhere, _) = seal(&flipped(&keys.hash, 0), 1, 2, &share(1, 2), 1);
    let (impostor, _) = seal(&keys.hash, 1, 2, &share(1, 2), 3);
    let (to_itself, _) = seal(&keys.hash, 2, 2, &share(2, 2), 2);
    // Trustee 3 passes trustee 1's ciphertext off as its own: signed by 3, but the keystream names 1.
    let mut copied = from_one;
    copied[..2].copy_from_slice(&3_u16.to_le_bytes());
    let signed = sign_again(&keys.hash, &copied, &secret(3).secret);
    for (name, comment, sealed) in [
        (
            "a share that does not match",
            "f_1(2) + 1, validly sealed.",
            vec![mismatched, from_three],
        ),
        (
            "the share of trustee 3",
            "f_1(3), validly sealed to trustee 2.",
            vec![for_three, from_three],
        ),
        ("a share of zero", "Validly sealed.", vec![zero, from_three]),
        (
            "a share that is not canonical",
            "f_1(2) + l, validly sealed.",
            vec![lax, from_three],
        ),
        (
            "a share sealed to another trustee",
            "Trustee 1's for trustee 3.",
            vec![to_three, from_three],
        ),
        (
            "a share of another ceremony",
            "Another ceremony hash.",
            vec![elsewhere, from_three],
        ),
        (
            "a share signed by another trustee",
            "In the name of 1, signed by 3.",
            vec![impostor, from_three],
        ),
        (
            "a copied share",
            "Trustee 3 signs trustee 1's R and ct as its own.",
            vec![from_one, signed],
        ),
        (
            "a share to itself",
            "From trustee 2 to trustee 2.",
            vec![from_one, from_three, to_itself],
        ),
        ("a share missing", "Nothing from trustee 3.", vec![from_one]),
        (
            "a share twice",
            "Trustee 1's.",
            vec![from_one, from_three, from_one],
        ),
        ("no shares", "Nothing from anybody.", vec![]),
    ] {
        vectors.push(open.changed(name, "TRU-5", comment, "sealed", &List(&sealed)));
    }
    let at = |place: usize, bytes: &[u8]| {
        let mut changed = from_one;
        changed[place..place + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let moved = (oracle::point(&from_one[4..36].try_into().unwrap()).unwrap() + G)
        .compress()
        .to_bytes();
    let response: [u8; 32] = from_one[100..].try_into().unwrap();
    let plus = (oracle::scalar(&response).unwrap() + Scalar::ONE).to_bytes();
    for (name, rule, comment, sealed) in [
        (
            "sealed: sender 3",
            "TRU-5",
            "The signature is by 1.",
            at(0, &3_u16.to_le_bytes()),
        ),
        (
            "sealed: sender 0",
            "TRU-5",
            "There is no trustee 0.",
            at(0, &0_u16.to_le_bytes()),
        ),
        (
            "sealed: sender 4",
            "TRU-5",
            "There is no trustee 4.",
            at(0, &4_u16.to_le_bytes()),
        ),
        (
            "sealed: recipient 3",
            "TRU-5",
            "Redirected.",
            at(2, &3_u16.to_le_bytes()),
        ),
        (
            "sealed: recipient 1",
            "TRU-5",
            "To its own sender.",
            at(2, &1_u16.to_le_bytes()),
        ),
        ("sealed: R + G", "TRU-5", "Signed.", at(4, &moved)),
        (
            "sealed: R the identity",
            "GRP-2",
            "S would be known.",
            at(4, &[0; 32]),
        ),
        (
            "sealed: R no point",
            "GRP-1",
            "A negative field element.",
            at(4, &NOT_A_POINT),
        ),
        (
            "sealed: a bit of ct",
            "TRU-5",
            "Signed.",
            flipped(&from_one, 8 * 36),
        ),
        (
            "sealed: the signature's s + 1",
            "TRU-5",
            "Another response.",
            at(100, &plus),
        ),
        (
            "sealed: the signature's s + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            at(100, &plus_order(&response)),
        ),
    ] {
        vectors.push(verify.changed(name, rule, comment, "sealed", &sealed));
    }
}

/// A sealed share with another signature.
fn sign_again(hash: &[u8; 32], sealed: &[u8; 132], secret: &Scalar) -> [u8; 132] {
    let number = |at: usize| u64::from(u16::from_le_bytes([sealed[at], sealed[at + 1]]));
    let statement = oracle::transcript::Transcript::new("urna/v1/share/sealed")
        .bytes("ceremony", hash)
        .integer("sender", number(0))
        .integer("recipient", number(2))
        .bytes("R", &sealed[4..36])
        .bytes("ct", &sealed[36..68]);
    let nonce = Random::new("sharing: copied").scalar();
    let signed = oracle::signature::sign(statement, secret, &nonce);
    let mut bytes = *sealed;
    bytes[68..].copy_from_slice(&signed.bytes);
    bytes
}

/// A share by itself, as a key file has it; and that of a solo trustee.
fn single(vectors: &mut Vec<Vector>, three: &Three, election_key: &oracle::Point) {
    let bytes = |index: u16, x: &[u8; 32], share_key: &[u8; 32], key: &[u8; 32]| {
        [index.to_le_bytes().as_slice(), x, share_key, key].concat()
    };
    let (x, key) = (three.share(2), election_key.compress().to_bytes());
    let share_key = (x * G).compress().to_bytes();
    let input = |bytes: Vec<u8>| Fields::new().with("share", &bytes);
    vectors.push(Vector::accept(
        "read_share",
        "a share",
        "TRU-8",
        "Index, x_i, Y_i, Y, as the key file has them.",
        input(bytes(2, &x.to_bytes(), &share_key, &key)),
        Fields::new()
            .with("Y", election_key)
            .with("Y_i", &(x * G))
            .with("i", &2_u16),
    ));
    vectors.push(Vector::accept(
        "read_share",
        "the share of a solo trustee",
        "TRU-8",
        "n = t = 1: Y = Y_1 = x_1 G.",
        input(bytes(1, &x.to_bytes(), &share_key, &share_key)),
        Fields::new()
            .with("Y", &(x * G))
            .with("Y_i", &(x * G))
            .with("i", &1_u16),
    ));
    let other = (x * G + G).compress().to_bytes();
    for (name, rule, comment, bytes) in [
        (
            "a share with index 0",
            "TRU-8",
            "Trustees are numbered from 1.",
            bytes(0, &x.to_bytes(), &share_key, &key),
        ),
        (
            "a share of another Y_i",
            "TRU-8",
            "Y_i is not x_i G.",
            bytes(2, &x.to_bytes(), &other, &key),
        ),
        (
            "a share of zero, saved",
            "GRP-3",
            "x_i = 0.",
            bytes(2, &[0; 32], &share_key, &key),
        ),
        (
            "a share with x_i + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            bytes(2, &plus_order(&x.to_bytes()), &share_key, &key),
        ),
        (
            "a share of the identity",
            "GRP-2",
            "Y = O.",
            bytes(2, &x.to_bytes(), &share_key, &[0; 32]),
        ),
    ] {
        vectors.push(Vector::reject("read_share", name, rule, comment, input(bytes)));
    }
}
