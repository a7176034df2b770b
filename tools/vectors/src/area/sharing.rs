//! The key ceremony: packages, the keys that anyone recomputes, sealed shares, and a share by itself (TRU-1 to TRU-8).

mod packages;
mod shares;

use urna_crypto::{
    Ceremony, CeremonyError, PlanId, Round2Secret, SealedShare, ShareKey, TrusteeKey, TrusteeSecretKey,
    TrusteeShare,
};

use crate::fields::{Fields, List};
use crate::oracle::ceremony::{Ceremony as Second, Maker, evaluate};
use crate::oracle::{self, G, Random, Scalar};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

use packages::changed_packages;
use packages::lists;
use packages::parameters;
use packages::polynomials;
use shares::shares;
use shares::single;

/// The area.
pub const AREA: Area =
    Area { name: "sharing", write, crates, oracle: |vector, shared| Some(second(vector, shared)) };

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
    let keys = keys.iter().map(TrusteeKey::from_bytes).collect::<Result<_, _>>()?;
    let plan = PlanId::from_bytes(input.array("plan")?);
    Ceremony::new(plan, input.number("threshold")?, keys).map_err(|error| refused(&error))
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "check_packages" => {
            let round1 =
                ceremony(input)?.parse(&input.bytes("packages")?).map_err(|error| refused(&error))?;
            let share_keys = round1.share_keys().map_err(|error| refused(&error))?;
            let share_keys: Vec<_> = share_keys.iter().map(ShareKey::to_bytes).collect();
            Ok(Fields::new()
                .with("Y", &round1.election_key().to_bytes())
                .with("Y_i", &List(&share_keys))
                .with("hash", round1.hash()))
        }
        "verify_sealed_share" => {
            let round1 =
                ceremony(input)?.parse(&input.bytes("packages")?).map_err(|error| refused(&error))?;
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
            let sealed: Vec<_> = sealed.iter().map(SealedShare::from_bytes).collect::<Result<_, _>>()?;
            let share = state.finish(&sealed, &key).map_err(|error| refused(&error))?;
            Ok(Fields::new().with("Y_i", &share.share_key().to_bytes()).with("x_i", &share.to_bytes()[2..34]))
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
    Ok(Second { plan: input.array("plan")?, threshold, keys })
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
            let (p, own) = (oracle::scalar(&input.array("p_i")?)?, oracle::scalar(&input.array("own")?)?);
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
            Ok(Fields::new().with("Y", &key).with("Y_i", &(x * G)).with("i", &index))
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
        let ceremony = Second { plan, threshold: 2, keys };
        Self { ceremony, makers }
    }

    /// The packages of all.
    pub fn packages(&self) -> Vec<Vec<u8>> {
        self.makers.iter().map(|maker| self.ceremony.package(maker).0).collect()
    }

    /// x_i of the trustee with index i.
    pub fn share(&self, index: u16) -> Scalar {
        self.makers.iter().map(|maker| evaluate(&maker.coefficients, index)).sum()
    }
}

fn write() -> File {
    let mut random = Random::new("sharing");
    let plan: [u8; 32] = random.bytes();
    let three = Three::new(plan, &mut random);
    let shared =
        Fields::new().with("P", &List(&three.ceremony.keys)).with("plan", &plan).with("threshold", &2_u16);
    let packages = three.packages();
    let keys = three.ceremony.check(&packages.concat()).unwrap();
    let makers: Vec<Fields> = three.makers.iter().map(|maker| three.ceremony.package(maker).1).collect();
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
    File { area: "sharing".into(), shared, vectors }
}

/// Trustee 3 chose its second commitment after it saw the others': it is named in round 2, where it cannot open it.
fn late_choices(vectors: &mut Vec<Vector>, three: &Three) {
    // Randomness of its own, so that other vectors stay as they are.
    let mut random = Random::new("sharing, late choices");
    let sums: Vec<Scalar> =
        (0..2).map(|k| three.makers.iter().take(2).map(|maker| maker.coefficients[k]).sum()).collect();
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
            let share = if sender == 3 && !known { random.scalar() } else { share };
            let nonces = [random.scalar(), random.scalar()];
            let secret = &late.makers[usize::from(sender) - 1].secret;
            let seal = late.ceremony.seal(&keys.hash, [sender, 2], secret, &share.to_bytes(), nonces);
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
