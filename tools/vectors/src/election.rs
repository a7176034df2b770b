//! A small election, made by the second implementation: keys, plan, manifest, and whatever its parties send.
//!
//! Three classes of voters, two contests, two issuers, trustees two of three. Everything is JSON built field by field from
//! the pages of `spec/`, so that no type of `urna-election` has a say in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::area::sharing::Three;
use crate::fields::Fields;
use crate::oracle::signature::{Ed25519, Signed, sign, statement};
use crate::oracle::token::Context;
use crate::oracle::{G, Point, Random, Scalar};

/// Standard base64 with padding.
pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// A point in base64.
pub fn point(point: &Point) -> String {
    base64(point.compress().as_bytes())
}

/// The canonical text of a document: `serde_json` sorts the members of a value.
pub fn canonical(value: &Value) -> String {
    value.to_string()
}

/// SHA-256.
pub fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// How an entry names a blob.
pub fn blob(kind: &str, bytes: impl AsRef<[u8]>) -> Value {
    json!({"kind": kind, "length": bytes.as_ref().len(), "sha256": base64(sha256(bytes.as_ref()))})
}

/// What distinguishes one election of the vectors from another.
#[derive(Clone, Copy)]
pub struct Rules {
    /// The slug, which also seeds everything random.
    pub slug: &'static str,
    /// `revote`.
    pub revote: &'static str,
    /// `revote_limit`.
    pub limit: u32,
    /// One trustee, alone.
    pub solo: bool,
}

/// The election with revotes and withdrawals, and trustees two of three.
pub const MAIN: Rules = Rules { slug: "club-2030", revote: "replace_and_withdraw", limit: 3, solo: false };

/// The election with one ballot each, and one trustee.
pub const FINAL: Rules = Rules { slug: "club-2031", revote: "never", limit: 1, solo: true };

/// The classes, in the manifest's order.
pub const CLASSES: [&str; 3] = ["north", "south", "collective"];

/// The issuers, in the manifest's order.
pub const ISSUERS: [&str; 2] = ["office", "senate"];

/// The trustees, in the manifest's order.
pub const TRUSTEES: [&str; 3] = ["anna", "boris", "clara"];

/// An election and all secrets of its parties.
pub struct Election {
    /// What it is.
    pub rules: Rules,
    /// Everything random that is not a key.
    pub random: Random,
    /// The manifest.
    pub manifest: Value,
    /// Its canonical text.
    pub text: String,
    /// The election id.
    pub id: [u8; 32],
    /// The plan.
    pub plan: Value,
    /// The plan id.
    pub plan_id: [u8; 32],
    /// The authority's key.
    pub authority: Ed25519,
    /// The key of the board's log, and the one of its promises.
    pub board: [Ed25519; 2],
    /// The issuers' signing keys.
    pub issuers: Vec<Scalar>,
    /// The issuers' blind-signing keys, per class.
    pub blind: Vec<Vec<Scalar>>,
    /// The key ceremony.
    pub three: Three,
    /// x_1 … x_n.
    pub shares: Vec<Scalar>,
    /// p_1 … p_n.
    pub enrolment: Vec<Scalar>,
}

fn title(text: &str) -> Value {
    json!({"en": text})
}

fn options(ids: &[&str]) -> Value {
    let option =
        |id: &&str| json!({"description": null, "id": id, "title": title(&format!("Candidate {id}"))});
    ids.iter().map(option).collect()
}

impl Election {
    /// Makes keys, plan and manifest.
    pub fn new(rules: Rules) -> Self {
        let mut random = Random::new(rules.slug);
        let trustees = if rules.solo { 1 } else { 3 };
        let authority = Ed25519::new(random.bytes());
        let [log, promise] = [random.bytes(), random.bytes()].map(Ed25519::new);
        let party = |id: &&str| json!({"id": id, "name": format!("The {id}")});
        let plan = json!({
            "authority_key": base64(authority.public()),
            "issuers": ISSUERS.iter().map(party).collect::<Vec<_>>(),
            "slug": rules.slug,
            "spec": 1,
            "threshold": if rules.solo { 1 } else { 2 },
            "trustees": TRUSTEES[..trustees].iter().map(party).collect::<Vec<_>>(),
        });
        let plan_id = sha256(canonical(&plan));
        let three = Three::new(plan_id, &mut random);
        let solo = random.scalar();
        let shares: Vec<Scalar> =
            (1..=3).take(trustees).map(|i| if rules.solo { solo } else { three.share(i) }).collect();
        let election_key = if rules.solo {
            solo * G
        } else {
            three.makers.iter().map(|maker| maker.coefficients[0]).sum::<Scalar>() * G
        };
        let enrolment: Vec<Scalar> = three.makers.iter().map(|maker| maker.secret).collect();
        let issuers: Vec<Scalar> = ISSUERS.iter().map(|_| random.scalar()).collect();
        let blind: Vec<Vec<Scalar>> =
            ISSUERS.iter().map(|_| CLASSES.iter().map(|_| random.scalar()).collect()).collect();
        let mut class_key = |issuer: usize, class: usize| {
            let x = blind[issuer][class];
            let fields = Fields::new()
                .with("plan", &plan_id)
                .with("issuer", ISSUERS[issuer])
                .with("class", CLASSES[class]);
            let proof = sign(statement("issuer_possession", &fields).unwrap(), &x, &random.scalar());
            json!({"class": CLASSES[class], "key": point(&(x * G)), "proof": base64(proof.bytes)})
        };
        let issuer_list: Vec<Value> = (0..ISSUERS.len())
            .map(|i| {
                json!({
                    "id": ISSUERS[i],
                    "keys": (0..CLASSES.len()).map(|class| class_key(i, class)).collect::<Vec<_>>(),
                    "name": format!("The {}", ISSUERS[i]),
                    "signing_key": point(&(issuers[i] * G)),
                    "url": format!("https://{}.example", ISSUERS[i]),
                })
            })
            .collect();
        let members: Vec<Value> = (0..trustees)
            .map(|i| {
                json!({
                    "id": TRUSTEES[i],
                    "key": point(&(enrolment[i] * G)),
                    "name": format!("The {}", TRUSTEES[i]),
                    "share_key": point(&(shares[i] * G)),
                })
            })
            .collect();
        let class = |id: &str, style: &str, district: Value, weight: u32| json!({"ballot_style": style, "district": district, "id": id, "title": title(&format!("Members {id}")), "weight": weight});
        let manifest = json!({
            "authority_key": plan["authority_key"],
            "ballot_styles": [
                {"contests": ["board", "auditor"], "id": "full"},
                {"contests": ["board"], "id": "board-only"},
            ],
            "board": {
                "log_key": base64(log.public()),
                "origin": format!("board.example/{}", rules.slug),
                "promise_key": base64(promise.public()),
                "url": "https://board.example",
            },
            "booth": base64(random.bytes::<32>()),
            "classes": [
                class("north", "full", json!("n"), 1),
                class("south", "full", json!("s"), 1),
                class("collective", "board-only", Value::Null, 3),
            ],
            "contests": [
                {
                    "abstain": true,
                    "description": null,
                    "id": "board",
                    "max": 2,
                    "method": "top_n",
                    "min": 0,
                    "options": options(&["ada", "bob", "cyd", "dan", "eva"]),
                    "seats": 2,
                    "title": title("Election of the board"),
                },
                {
                    "abstain": false,
                    "description": title("One of three."),
                    "id": "auditor",
                    "max": 1,
                    "method": "top_n",
                    "min": 1,
                    "options": options(&["fay", "gus", "hal"]),
                    "seats": 1,
                    "title": title("Election of the auditor"),
                },
            ],
            "description": null,
            "keys": {
                "election_key": point(&election_key),
                "issuers": issuer_list,
                "trustees": {"members": members, "solo": rules.solo, "threshold": plan["threshold"]},
            },
            "languages": ["en"],
            "organiser": {"contact": "elections@club.example", "name": "The club"},
            "policy": {
                "batch": {"min": 20, "wait": 600},
                "blank_counts_as": "participated",
                "credentials": "authority",
                "disclosure": "per_pseudonym",
                "form_time_limit": 300,
                "interim_figures": "none",
                "invalid_counts_as": "unused",
                "issuance": "ahead",
                "revote": rules.revote,
                "revote_limit": rules.limit,
                "smallest_class": {"confirmed": ["collective"], "entitled": 2},
            },
            "schedule": {"times": {
                "closes": 1_900_100_000_u64,
                "issuance_opens": 1_899_900_000_u64,
                "opening_not_before": 1_900_100_060_u64,
                "opens": 1_900_000_000_u64,
            }},
            "slug": rules.slug,
            "spec": 1,
            "time_zone": "Europe/Prague",
            "title": title("Club election"),
            "trial": false,
            "witnesses": "none",
        });
        let text = canonical(&manifest);
        Self {
            rules,
            random,
            id: sha256(&text),
            manifest,
            text,
            plan,
            plan_id,
            authority,
            board: [log, promise],
            issuers,
            blind,
            three,
            shares,
            enrolment,
        }
    }

    /// The election with another manifest, whatever rules that breaks.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.manifest);
        self.text = canonical(&self.manifest);
        self.id = sha256(&self.text);
        self
    }

    /// Y
    pub fn election_key(&self) -> Point {
        crate::oracle::point(
            &STANDARD
                .decode(self.manifest["keys"]["election_key"].as_str().unwrap())
                .unwrap()
                .try_into()
                .unwrap(),
        )
        .unwrap()
    }

    /// The context of an issuer's tokens for a class, both by place.
    pub fn token_context(&self, issuer: usize, class: usize) -> Context {
        Context {
            election: self.id,
            class: CLASSES[class].into(),
            issuer: ISSUERS[issuer].into(),
            key: self.blind[issuer][class] * G,
        }
    }

    /// Signs a statement of this election with a fresh nonce.
    pub fn sign(&mut self, kind: &str, fields: &Fields, secret: &Scalar) -> Signed {
        let fields = fields.clone().with("election", &self.id);
        sign(statement(kind, &fields).unwrap(), secret, &self.random.scalar())
    }
}
