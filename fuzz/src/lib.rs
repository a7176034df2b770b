//! What several fuzz targets need: fixed keys, a ceremony, and the manifest of the test vectors.

use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use urna_crypto::{Ceremony, IssuerPossession, IssuerSecretKey, PlanId, Round1Secret, TrusteeSecretKey};
use urna_election::json::{self, Base64};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{ClassKey, Draft};
use urna_election::{Party, Plan};
use urna_log::SigningKey;

/// The manifest of `spec/vectors/manifest.json`.
pub static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../spec/vectors/manifest.json")).expect("the vectors");
    let text = vectors["shared"]["manifest"].as_str().expect("a text");
    Manifest::parse(text.as_bytes()).expect("the manifest of the vectors is valid")
});

/// An election whose log and only issuer have keys that are known, so that a voter's saved forms can be made for it.
pub struct VotersElection {
    /// The manifest.
    pub manifest: Manifest,
    /// Signs checkpoints.
    pub log: SigningKey,
    /// The issuer's key for the first class.
    pub issuer: IssuerSecretKey,
}

/// The election of the target `voter`.
pub static VOTERS: LazyLock<VotersElection> = LazyLock::new(|| {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let mut draft: Draft = json::parse(MANIFEST.bytes(), Manifest::LIMIT).expect("a draft");
    let log = SigningKey::from_seed(draft.board.origin.parse().expect("an origin"), &[2; 32]);
    draft.board.log_key = Base64(log.verifier().to_bytes());
    let keys = &mut draft.keys;
    keys.issuers.truncate(1);
    let party = |id: &String, name: &String| Party { id: id.parse().expect("an id"), name: name.clone() };
    let plan = Plan {
        authority_key: draft.authority_key,
        issuers: keys.issuers.iter().map(|issuer| party(&issuer.id, &issuer.name)).collect(),
        slug: draft.slug.parse().expect("a slug"),
        spec: u32::try_from(draft.spec.value()).expect("a small number"),
        threshold: u16::try_from(keys.trustees.threshold.value()).expect("a small number"),
        trustees: keys.trustees.members.iter().map(|member| party(&member.id, &member.name)).collect(),
    };
    let mut secrets = Vec::new();
    for issuer in &mut keys.issuers {
        for ClassKey { class, key, proof } in &mut issuer.keys {
            let secret = IssuerSecretKey::generate(&mut rng);
            let statement = IssuerPossession { plan: &plan.id(), issuer: &issuer.id, class };
            *key = Base64(secret.public().to_bytes());
            *proof = Base64(secret.prove_possession(&statement, &mut rng).to_bytes());
            secrets.push(secret);
        }
    }
    let issuer = secrets.into_iter().next().expect("a class");
    let manifest = Manifest::from_draft(&draft).expect("a valid draft");
    VotersElection { manifest, log, issuer }
});

/// A ceremony of three trustees, two of whom suffice, from fixed randomness.
pub struct Fixture {
    /// Its parameters.
    pub ceremony: Ceremony,
    /// The packages of all, one after the other.
    pub packages: Vec<u8>,
    /// The saved state of trustee 1 after its package.
    pub after_1: Vec<u8>,
    /// The saved state of trustee 1 after all packages.
    pub after_2: Vec<u8>,
    /// A share sealed by trustee 1 to trustee 2.
    pub sealed: Vec<u8>,
}

/// How long the parameters of a ceremony are in a saved state: plan id, t, n, three enrolment keys.
pub const PARAMETERS: usize = 32 + 2 + 2 + 3 * 32;

/// The ceremony.
pub static CEREMONY: LazyLock<Fixture> = LazyLock::new(|| {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let keys: Vec<_> = (0..3).map(|_| TrusteeSecretKey::generate(&mut rng)).collect();
    let trustees = keys.iter().map(TrusteeSecretKey::public).collect();
    let ceremony = Ceremony::new(PlanId::from_bytes([1; 32]), 2, trustees).expect("valid parameters");
    let (secrets, packages): (Vec<_>, Vec<_>) = (1..)
        .zip(&keys)
        .map(|(index, key)| Round1Secret::start(&ceremony, index, key, &mut rng).expect("round 1"))
        .unzip();
    let round1 = ceremony.check(packages).expect("valid packages");
    let first = secrets.into_iter().next().expect("three trustees");
    let after_1 = first.to_bytes().expect("a state").to_vec();
    let packages = round1.to_bytes();
    let (second, sealed) = first.receive(round1, &keys[0], &mut rng).expect("round 2");
    Fixture {
        ceremony,
        packages,
        after_1,
        after_2: second.to_bytes().to_vec(),
        sealed: sealed[0].to_bytes().to_vec(),
    }
});

/// The first bytes of an input as an array, if there are enough.
pub fn first<const LENGTH: usize>(data: &[u8]) -> Option<&[u8; LENGTH]> {
    data.first_chunk()
}

/// Reads the first bytes of `data` by `$read`; if that succeeds, `to_bytes` gives them back.
#[macro_export]
macro_rules! round_trips {
    ($data:expr, $($type:ty),* $(,)?) => {{$(
        if let Some(bytes) = $crate::first::<{ <$type>::LENGTH }>($data)
            && let Ok(value) = <$type>::from_bytes(bytes)
        {
            assert_eq!(&value.to_bytes()[..], &bytes[..], stringify!($type));
        }
    )*}};
}
