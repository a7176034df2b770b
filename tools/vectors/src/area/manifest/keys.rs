//! Manifests with a key or a proof that is not right.

use serde_json::{Value, json};

use super::{change, refused};
use crate::election::{Election, base64, point};
use crate::fields::Fields;
use crate::oracle::signature::{sign, statement};
use crate::oracle::{G, Random};
use crate::vector::Vector;

/// Keys and proofs.
pub(super) fn keys(vectors: &mut Vec<Vector>, election: &Election) {
    let keys = &election.manifest["keys"];
    let other = point(&(Random::new("manifest").scalar() * G));
    let (zero, ones) = (base64([0; 32]), base64([0xff; 32]));
    let mut weak = [0; 32];
    weak[0] = 1;
    let issuer_key = |issuer: usize, class: usize| keys["issuers"][issuer]["keys"][class].clone();
    let member = |i: usize| &keys["trustees"]["members"][i];
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        ("the identity as log key", "/board/log_key", json!(base64(weak)), &["board.log_key: MAN-22"]),
        ("a log key of small order", "/board/log_key", json!(zero), &["board.log_key: MAN-22"]),
        ("a promise key that is no point", "/board/promise_key", json!(ones), &["board.promise_key: MAN-22"]),
        (
            "one key for log and promises",
            "/board/promise_key",
            election.manifest["board"]["log_key"].clone(),
            &["board.promise_key: MAN-23"],
        ),
        (
            "the authority's key as log key",
            "/board/log_key",
            election.manifest["authority_key"].clone(),
            &["board.log_key: MAN-23"],
        ),
        ("the identity as election key", "/keys/election_key", json!(zero), &["keys.election_key: MAN-22"]),
        (
            "another election key",
            "/keys/election_key",
            json!(other),
            &["keys.trustees.members[1].share_key: MAN-27"],
        ),
        (
            "the identity as an issuer's signing key",
            "/keys/issuers/1/signing_key",
            json!(zero),
            &["keys.issuers[1].signing_key: MAN-22"],
        ),
        (
            "one signing key for two issuers",
            "/keys/issuers/1/signing_key",
            keys["issuers"][0]["signing_key"].clone(),
            &["keys.issuers[1].signing_key: MAN-23"],
        ),
        (
            "a class key that is no point",
            "/keys/issuers/1/keys/1/key",
            json!(ones),
            &["keys.issuers[1].keys[1].key: MAN-22"],
        ),
        (
            "the identity as a class key",
            "/keys/issuers/0/keys/2/key",
            json!(zero),
            &["keys.issuers[0].keys[2].key: MAN-22"],
        ),
        (
            "a class key without its proof",
            "/keys/issuers/1/keys/1/key",
            json!(other),
            &["keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "a proof that is no signature",
            "/keys/issuers/1/keys/1/proof",
            json!(base64([0; 64])),
            &["keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "the proof of another class",
            "/keys/issuers/1/keys/1/proof",
            issuer_key(1, 0)["proof"].clone(),
            &["keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "another issuer's key, with its proof",
            "/keys/issuers/1/keys/1",
            issuer_key(0, 1),
            &["keys.issuers[1].keys[1].key: MAN-23", "keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "class keys in another order",
            "/keys/issuers/1/keys",
            json!([issuer_key(1, 1), issuer_key(1, 0), issuer_key(1, 2)]),
            &["keys.issuers[1].keys[0].class: MAN-24", "keys.issuers[1].keys[1].class: MAN-24"],
        ),
        (
            "a class key missing",
            "/keys/issuers/1/keys",
            json!([issuer_key(1, 0), issuer_key(1, 1)]),
            &["keys.issuers[1].keys: MAN-24"],
        ),
        (
            "the identity as an enrolment key",
            "/keys/trustees/members/2/key",
            json!(zero),
            &["keys.trustees.members[2].key: MAN-22"],
        ),
        (
            "a trustee with an issuer's key",
            "/keys/trustees/members/2/key",
            keys["issuers"][0]["signing_key"].clone(),
            &["keys.trustees.members[2].key: MAN-23"],
        ),
        (
            "a share key that does not fit",
            "/keys/trustees/members/2/share_key",
            json!(other),
            &["keys.trustees.members[2].share_key: MAN-27"],
        ),
        (
            "one share key twice",
            "/keys/trustees/members/2/share_key",
            member(1)["share_key"].clone(),
            &["keys.trustees.members[2].share_key: MAN-23", "keys.trustees.members[2].share_key: MAN-27"],
        ),
        (
            "share keys exchanged",
            "/keys/trustees/members",
            json!([member(0), swapped(member(1), member(2)), swapped(member(2), member(1))]),
            &["keys.trustees.members[1].share_key: MAN-27"],
        ),
        ("one trustee suffices", "/keys/trustees/threshold", json!(1), &["keys.trustees.threshold: MAN-26"]),
        ("no trustee is needed", "/keys/trustees/threshold", json!(0), &["keys.trustees.threshold: MAN-26"]),
        (
            "more trustees are needed than there are",
            "/keys/trustees/threshold",
            json!(4),
            &["keys.trustees.threshold: MAN-26"],
        ),
        ("solo with three trustees", "/keys/trustees/solo", json!(true), &["keys.trustees.solo: MAN-27"]),
    ];
    for (name, path, value, problems) in cases {
        vectors.push(refused(
            name,
            "A key, proof or number of `keys` changed.",
            vec![change("replace", path, value)],
            problems,
        ));
    }
    // A proof for a key over another plan: valid in itself.
    let x = election.blind[1][1];
    let fields = Fields::new().with("plan", &[7; 32]).with("issuer", "senate").with("class", "south");
    let nonce = Random::new("manifest: another plan").scalar();
    let proof = sign(statement("issuer_possession", &fields).unwrap(), &x, &nonce);
    vectors.push(refused(
        "a proof over another plan",
        "By the right key, for the right class.",
        vec![change("replace", "/keys/issuers/1/keys/1/proof", json!(base64(proof.bytes)))],
        &["keys.issuers[1].keys[1].proof: MAN-25"],
    ));
    let all: Vec<String> =
        (0..6).map(|i| format!("keys.issuers[{}].keys[{}].proof: MAN-25", i / 3, i % 3)).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    vectors.push(refused(
        "another slug",
        "Another plan: no proof of possession is for it.",
        vec![
            change("replace", "/slug", json!("club-2032")),
            change("replace", "/board/origin", json!("board.example/club-2032")),
        ],
        &all,
    ));
}

fn swapped(member: &Value, other: &Value) -> Value {
    let mut member = member.clone();
    member["share_key"] = other["share_key"].clone();
    member
}
