//! A manifest for tests: a student union like S3's, with keys anybody can compute.
//!
//! Two contests, board (at most 2 of 5, 2 seats, abstention offered) and auditor (exactly 1 of 3); individual members of
//! two districts with weight 1 and both contests, collective members with weight 3 and the board only; two issuers;
//! trustees 2 of 3.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests, also those of other crates: it fails by panicking"
)]

use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_crypto::{Ed25519SigningKey, IssuerPossession, IssuerSecretKey, PlanId, Scalar, SigningKey};

use super::draft::*;
use super::{Manifest, Problem};
use crate::json::{Base64, Integer};
use crate::plan::Plan;

pub fn number(value: u64) -> Integer {
    Integer::try_from(value).unwrap()
}

pub fn texts(english: &str) -> Texts {
    [("cs", format!("{english} (cs)")), ("en", english.to_owned())]
        .map(|(tag, text)| (tag.to_owned(), text))
        .into()
}

/// The secret key with this small number.
pub fn secret(number: u64) -> [u8; 32] {
    Scalar::from(number).to_bytes()
}

pub fn public(number: u64) -> Base64<[u8; 32]> {
    Base64(SigningKey::from_bytes(&secret(number)).unwrap().public().to_bytes())
}

pub fn ed25519(number: u8) -> Ed25519SigningKey {
    Ed25519SigningKey::from_bytes(&[number; 32])
}

fn ed25519_public(number: u8) -> Base64<[u8; 32]> {
    Base64(ed25519(number).public().to_bytes())
}

/// The number of an issuer's blind-signing key for a class, both by place.
pub fn issuer_key(issuer: usize, class: usize) -> u64 {
    u64::try_from(10_000 * (issuer + 1) + class).unwrap()
}

/// The share of the trustee with this index: 500 + 7 i.
pub fn share(index: u64) -> u64 {
    500 + 7 * index
}

fn option(id: &str) -> ContestOption {
    ContestOption { description: None, id: id.into(), title: texts(&format!("Candidate {id}")) }
}

pub fn contest(id: &str, options: &[&str], min: u64, max: u64, seats: u64, abstain: bool) -> Contest {
    Contest {
        abstain,
        description: None,
        id: id.into(),
        max: number(max),
        method: Method::TopN,
        min: number(min),
        options: options.iter().map(|id| option(id)).collect(),
        seats: number(seats),
        title: texts(&format!("Election of the {id}")),
    }
}

pub fn class(id: &str, style: &str, district: Option<&str>, weight: u64) -> Class {
    Class {
        ballot_style: style.into(),
        district: district.map(str::to_owned),
        id: id.into(),
        title: texts(&format!("Members {id}")),
        weight: number(weight),
    }
}

pub fn draft() -> Draft {
    let issuer = |place: usize, id: &str| Issuer {
        id: id.into(),
        keys: vec![],
        name: format!("Issuer {id}"),
        signing_key: public(900 + u64::try_from(place).unwrap()),
        url: format!("https://{id}.example/urna"),
    };
    let trustee = |index: u64, id: &str| Trustee {
        id: id.into(),
        key: public(800 + index),
        name: format!("Trustee {id}"),
        share_key: public(share(index)),
    };
    let mut draft = Draft {
        authority_key: ed25519_public(1),
        ballot_styles: vec![
            BallotStyle { contests: vec!["board".into(), "auditor".into()], id: "full".into() },
            BallotStyle { contests: vec!["board".into()], id: "board-only".into() },
        ],
        board: Board {
            log_key: ed25519_public(2),
            origin: "board.example/union-2027".into(),
            promise_key: ed25519_public(3),
            url: "https://board.example".into(),
        },
        booth: Base64([9; 32]),
        classes: vec![
            class("north", "full", Some("n"), 1),
            class("south", "full", Some("s"), 1),
            class("collective", "board-only", None, 3),
        ],
        contests: vec![
            contest("board", &["ada", "bob", "cyd", "dan", "eva"], 0, 2, 2, true),
            contest("auditor", &["fay", "gus", "hal"], 1, 1, 1, false),
        ],
        description: Some(texts("Election to the board and of the auditor.")),
        keys: Keys {
            election_key: public(share(0)),
            issuers: vec![issuer(0, "office"), issuer(1, "senate")],
            trustees: Trustees {
                members: vec![trustee(1, "anna"), trustee(2, "boris"), trustee(3, "clara")],
                solo: false,
                threshold: number(2),
            },
        },
        languages: vec!["en".into(), "cs".into()],
        organiser: Organiser { contact: "elections@union.example".into(), name: "Student Union".into() },
        policy: Policy {
            batch: Batch { min: number(20), wait: number(600) },
            blank_counts_as: CountsAs::Participated,
            credentials: Credentials::Authority,
            disclosure: Disclosure::PerPseudonym,
            form_time_limit: number(300),
            interim_figures: InterimFigures::None,
            invalid_counts_as: CountsAs::Unused,
            issuance: Issuance::Ahead,
            revote: Revote::ReplaceAndWithdraw,
            revote_limit: number(16),
            smallest_class: SmallestClass { confirmed: vec!["collective".into()], entitled: number(5) },
        },
        schedule: Schedule::Times(Times {
            closes: number(1_800_100_000),
            issuance_opens: number(1_799_900_000),
            opening_not_before: number(1_800_100_060),
            opens: number(1_800_000_000),
        }),
        slug: "union-2027".into(),
        spec: number(1),
        time_zone: "Europe/Prague".into(),
        title: texts("Union election 2027"),
        trial: false,
        witnesses: Witnesses::None,
    };
    prove(&mut draft);
    draft
}

/// Gives every issuer a key for every class, with proofs over the draft's plan as it is now.
pub fn prove(draft: &mut Draft) {
    let party =
        |id: &String, name: &String| crate::plan::Party { id: id.parse().unwrap(), name: name.clone() };
    let plan = Plan {
        authority_key: draft.authority_key,
        issuers: draft.keys.issuers.iter().map(|issuer| party(&issuer.id, &issuer.name)).collect(),
        slug: draft.slug.parse().unwrap(),
        spec: 1,
        threshold: u16::try_from(draft.keys.trustees.threshold.value()).unwrap(),
        trustees: draft.keys.trustees.members.iter().map(|member| party(&member.id, &member.name)).collect(),
    };
    let plan = plan.id();
    let classes: Vec<String> = draft.classes.iter().map(|class| class.id.clone()).collect();
    for (place, issuer) in draft.keys.issuers.iter_mut().enumerate() {
        let key = |(i, class): (usize, &String)| class_key(&plan, &issuer.id, class, issuer_key(place, i));
        issuer.keys = classes.iter().enumerate().map(key).collect();
    }
}

fn class_key(plan: &PlanId, issuer: &str, class: &str, number: u64) -> ClassKey {
    let key = IssuerSecretKey::from_bytes(&secret(number)).unwrap();
    let statement = IssuerPossession { plan, issuer, class };
    let proof = key.prove_possession(&statement, &mut ChaCha20Rng::seed_from_u64(number));
    ClassKey { class: class.into(), key: Base64(key.public().to_bytes()), proof: Base64(proof.to_bytes()) }
}

pub fn manifest() -> Manifest {
    // Made once: property tests ask for it hundreds of times.
    static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| Manifest::from_draft(&draft()).unwrap());
    MANIFEST.clone()
}

/// The problems of a draft of any size as `field (MAN-n)`.
pub fn problems(draft: &Draft) -> Vec<String> {
    let short = |problem: &Problem| format!("{} ({})", problem.field, problem.rule.number());
    super::validate::validate(draft).err().unwrap_or_default().iter().map(short).collect()
}

/// The example of `spec/manifest.md`: the sample in one language, with one issuer and two classes.
pub fn example() -> Draft {
    fn english(texts: &mut Texts) {
        texts.remove("cs");
    }
    let mut draft = draft();
    draft.languages = vec!["en".into()];
    draft.description = None;
    english(&mut draft.title);
    draft.keys.issuers.truncate(1);
    draft.classes.remove(1);
    draft.classes.iter_mut().for_each(|class| english(&mut class.title));
    for contest in &mut draft.contests {
        english(&mut contest.title);
        contest.options.iter_mut().for_each(|option| english(&mut option.title));
    }
    prove(&mut draft);
    draft
}
