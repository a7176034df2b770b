//! Signatures that hold, and all the ways in which one does not.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::EdwardsPoint;

use super::second;
use crate::area::tamper::{NOT_A_POINT, flipped, plus_order, with_row};
use crate::fields::{Fields, List};
use crate::oracle::signature::{
    Ed25519, authority_message, challenge, ed25519_point, ed25519_sign, ed25519_verify, sign, statement,
};
use crate::oracle::{self, G, Random, Scalar, rows};
use crate::vector::{File, Vector};

pub(super) fn write() -> File {
    let mut random = Random::new("signatures");
    let (election, plan): ([u8; 32], [u8; 32]) = (random.bytes(), random.bytes());
    let mut vectors = Vec::new();
    statements(&mut vectors, &election, &plan, &mut random);
    let secret: [u8; 32] = random.bytes();
    let x = oracle::ballot::credential_secret(&secret, &election);
    vectors.push(Vector::accept(
        "derive_credential",
        "a credential from an invitation",
        "TOK-2",
        "x = KDF(the invitation's 32-byte secret, election id), P = xG.",
        Fields::new().with("election", &election).with("secret", &secret),
        Fields::new().with("P", &(x * G)).with("x", &x),
    ));
    ed25519(&mut vectors, &election, &mut random);
    ed25519_keys(&mut vectors);
    File { area: "signatures".into(), shared: Fields::new(), vectors }
}

/// Every statement: the rule that asks for it, and its fields.
fn all(
    election: &[u8; 32],
    plan: &[u8; 32],
    random: &mut Random,
) -> Vec<(&'static str, &'static str, Fields)> {
    let elected = Fields::new().with("election", election);
    let planned = Fields::new().with("plan", plan);
    let commitment = [random.scalar() * G, random.scalar() * G].map(|point| point.compress().to_bytes());
    let tokens: Vec<[u8; 96]> = (0..2)
        .map(|_| {
            oracle::token::join(&[
                (random.scalar() * G).compress().as_bytes(),
                random.scalar().as_bytes(),
                random.scalar().as_bytes(),
            ])
        })
        .collect();
    let handle: [u8; 32] = random.bytes();
    vec![
        ("issuer_possession", "TOK-1", planned.clone().with("issuer", "office").with("class", "staff")),
        (
            "session_request",
            "TOK-2",
            elected
                .clone()
                .with("issuer", "office")
                .with("handle", &handle)
                .with("class", "staff")
                .with("time", &1_800_000_000_u64),
        ),
        (
            "session_challenge",
            "TOK-4",
            elected
                .clone()
                .with("issuer", "office")
                .with("handle", &handle)
                .with("class", "staff")
                .with("session", &random.bytes::<16>())
                .with("commitment", &commitment.concat())
                .with("challenge", &random.scalar()),
        ),
        ("withdrawal", "BAL-7", elected.clone().with("class", "staff").with("sequence", &3_u32)),
        ("returned", "TOK-8", elected.clone().with("class", "staff").with("tokens", &List(&tokens))),
        (
            "entry",
            "ENT-3",
            elected
                .clone()
                .with("kind", "issuance")
                .with("signer", "office")
                .with("number", &0_u64)
                .with("body", "{}"),
        ),
        ("trustee_possession", "TRU-1", planned.clone().with("trustee", "anna")),
        ("share_possession", "TRU-6", elected.with("trustee", &1_u16)),
        ("share_confirmation", "TRU-15", planned.with("ceremony", &[7_u8; 32]).with("trustee", &1_u16)),
    ]
}

fn statements(vectors: &mut Vec<Vector>, election: &[u8; 32], plan: &[u8; 32], random: &mut Random) {
    let statements = all(election, plan, random);
    for (kind, rule, fields) in &statements {
        let (x, k) = (random.scalar(), random.scalar());
        let signed = sign(statement(kind, fields).unwrap(), &x, &k);
        let accepted = Vector::accept(
            "verify_statement",
            kind,
            rule,
            "A valid signature over this statement.",
            Fields::new()
                .with("P", &(x * G))
                .with("fields", fields)
                .with("signature", &signed.bytes)
                .with("statement", *kind),
            signed.values,
        );
        vectors.push(accepted.clone());
        for (name, value) in fields.iter() {
            let other = changed(name, value);
            let name = format!("{kind}: another {name}");
            let fields = fields.clone().with(name.rsplit(' ').next().unwrap(), &other);
            vectors.push(accepted.changed(&name, "SIG-1", "Not what was signed.", "fields", &fields));
        }
        if *kind == "withdrawal" {
            wire_forms(vectors, &accepted, &signed.bytes, &x, fields);
        }
    }
    // Labels: the same fields under another statement's label. A withdrawal's class and number fit nothing else, so a
    // trustee's possession is read as an issuer's would be, and the other way round, by the fields they share.
    let (x, k) = (random.scalar(), random.scalar());
    let fields =
        Fields::new().with("plan", plan).with("issuer", "anna").with("class", "").with("trustee", "anna");
    for (signed_as, read_as) in
        [("issuer_possession", "trustee_possession"), ("trustee_possession", "issuer_possession")]
    {
        let signed = sign(statement(signed_as, &fields).unwrap(), &x, &k);
        vectors.push(Vector::reject(
            "verify_statement",
            &format!("{signed_as} read as {read_as}"),
            "SIG-1",
            "Every statement has a label of its own.",
            Fields::new()
                .with("P", &(x * G))
                .with("fields", &fields)
                .with("signature", &signed.bytes)
                .with("statement", read_as),
        ));
    }
}

/// Another value of the same form.
fn changed(name: &str, value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
        Value::Array(list) => list.iter().rev().cloned().collect(),
        Value::String(text) if name == "commitment" => {
            let (a, b) = text.split_at(64);
            format!("{b}{a}").into()
        }
        Value::String(text) if name == "challenge" => {
            let bytes = crate::fields::unhex(text).unwrap().try_into().unwrap();
            let scalar = oracle::scalar(&bytes).unwrap() + Scalar::ONE;
            crate::fields::hex(scalar.to_bytes()).into()
        }
        Value::String(text) if text.len() >= 32 => {
            let last = if text.ends_with('0') { '1' } else { '0' };
            format!("{}{last}", &text[..text.len() - 1]).into()
        }
        Value::String(text) => format!("{text}x").into(),
        other => other.clone(),
    }
}

/// Changes of the signature's own bytes.
fn wire_forms(vectors: &mut Vec<Vector>, accepted: &Vector, bytes: &[u8; 64], x: &Scalar, fields: &Fields) {
    let [r, s] = rows(bytes);
    let (point, scalar) = (oracle::point(&r).unwrap(), oracle::scalar(&s).unwrap());
    let other = (point + G).compress().to_bytes();
    // e over the statement and R, but not the key: so that the signature could be moved to a related key.
    let k = Random::new("signatures: unkeyed").scalar();
    let unkeyed = statement("withdrawal", fields).unwrap().point("R", &(k * G)).challenge("e");
    let unkeyed = [(k * G).compress().as_bytes().as_slice(), (k + unkeyed * x).as_bytes()].concat();
    let (key, e) = (x * G, challenge(statement("withdrawal", fields).unwrap(), &(x * G), &point));
    for (name, check, comment, bytes) in [
        ("signature with R + G", "SIG-1", "Another commitment.", with_row(bytes, 0, &other)),
        (
            "signature with -R",
            "SIG-1",
            "The other sign.",
            with_row(bytes, 0, &(-point).compress().to_bytes()),
        ),
        (
            "signature with s + 1",
            "SIG-1",
            "Another response.",
            with_row(bytes, 1, &(scalar + Scalar::ONE).to_bytes()),
        ),
        ("signature with -s", "SIG-1", "The other sign.", with_row(bytes, 1, &(-scalar).to_bytes())),
        (
            "signature with s = 0",
            "SIG-1",
            "A canonical scalar, but not this one.",
            with_row(bytes, 1, &[0; 32]),
        ),
        (
            "signature with s + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            with_row(bytes, 1, &plus_order(&s)),
        ),
        (
            "signature with R the identity",
            "GRP-2",
            "k = 0: s would give the key away.",
            with_row(bytes, 0, &[0; 32]),
        ),
        ("signature with R no point", "GRP-1", "A negative field element.", with_row(bytes, 0, &NOT_A_POINT)),
        (
            "signature with e for R",
            "SIG-1",
            "The form (e, s), which is not this one's.",
            with_row(bytes, 0, &(e * G).compress().to_bytes()),
        ),
        (
            "signature whose challenge leaves out the key",
            "SIG-1",
            "P is absorbed before R.",
            unkeyed.try_into().unwrap(),
        ),
    ] {
        vectors.push(accepted.changed(name, check, comment, "signature", &bytes));
    }
    for bit in [0, 300, 511] {
        let mut vector = accepted.changed(
            &format!("bit {bit} of a signature"),
            "",
            "One bit changed.",
            "signature",
            &flipped(bytes, bit),
        );
        vector.check = crate::area::tamper::refusal(second(&vector, &Fields::new())).into();
        vectors.push(vector);
    }
    vectors.push(accepted.changed("signature under another key", "SIG-1", "P + G.", "P", &(key + G)));
    vectors.push(accepted.changed("signature under -P", "SIG-1", "The key's other sign.", "P", &-key));
    vectors.push(accepted.changed("signature under the identity", "GRP-2", "x = 0.", "P", &[0; 32]));
}

fn ed25519(vectors: &mut Vec<Vector>, election: &[u8; 32], random: &mut Random) {
    let signer = Ed25519::new(random.bytes());
    let public = EdwardsPoint::mul_base(&signer.secret);
    let key = public.compress().to_bytes();
    let entry = Fields::new()
        .with("body", r#"{"details":null}"#)
        .with("election", election)
        .with("kind", "voting_opened")
        .with("number", &2_u64);
    let message = authority_message(&entry).unwrap();
    let nonce = signer.nonce(&message);
    let commitment = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
    let signature = ed25519_sign(&key, &commitment, &message, &signer.secret, &nonce);
    let accepted = Vector::accept(
        "verify_authority_entry",
        "an entry of the authority",
        "ENT-2",
        "RFC 8032 over label, election id, length of kind, kind, number (big-endian), body.",
        entry.with("key", &key).with("signature", &signature),
        Fields::new()
            .with("message", &message)
            .with("r", &nonce)
            .with("s", &signer.secret)
            .with("seed", &signer.seed)
            .with("signature", &signature),
    );
    vectors.push(accepted.clone());
    vectors.extend([
        accepted.changed("authority: another kind", "SIG-3", "Not what was signed.", "kind", "voting_closed"),
        accepted.changed("authority: another number", "SIG-3", "A replayed entry.", "number", &3_u64),
        accepted.changed("authority: another body", "SIG-3", "A space more.", "body", r#"{"details": null}"#),
        accepted.changed(
            "authority: another election",
            "SIG-3",
            "One bit of the election id.",
            "election",
            &flipped(election, 9),
        ),
    ]);
    let mut moved = accepted.changed(
        "authority: a character moved from number to kind",
        "SIG-3",
        "The kind's length is signed: \"voting_opened\\0\" and 7 bytes of number are not the same.",
        "kind",
        "voting_opened\0",
    );
    moved.input = moved.input.with("number", &(2_u64 << 8 | 0x7b));
    vectors.push(moved);
    let [_, s] = rows(&signature);
    let torsion = EIGHT_TORSION[1];
    // R + T with T of order 8: 8sB = 8R + 8kA holds, sB = R + kA does not.
    let mixed_r = (EdwardsPoint::mul_base(&nonce) + torsion).compress().to_bytes();
    let cofactored_r = ed25519_sign(&key, &mixed_r, &message, &signer.secret, &nonce);
    let plus = oracle::scalar(&s).unwrap() + Scalar::ONE;
    let identity = EdwardsPoint::default().compress().to_bytes();
    let small = torsion.compress().to_bytes();
    // R = O: s = kA's secret, so that the equation holds.
    let zero_r = ed25519_sign(&key, &identity, &message, &signer.secret, &Scalar::ZERO);
    let encoded_twice = {
        // y = 1 + p: a second encoding of the identity's y.
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xee, 0x7f);
        bytes
    };
    let twice_r = ed25519_sign(&key, &encoded_twice, &message, &signer.secret, &Scalar::ZERO);
    for (name, comment, signature) in [
        ("authority: s + l", "The same signature, malleated.", with_row(&signature, 1, &plus_order(&s))),
        ("authority: s + 1", "Another response.", with_row(&signature, 1, &plus.to_bytes())),
        ("authority: a bit of R", "Another commitment.", flipped(&signature, 1)),
        (
            "authority: R with a small component",
            "Holds with the cofactor, which the rule does not have.",
            cofactored_r,
        ),
        ("authority: R the identity", "The equation holds, but R is of small order.", zero_r),
        ("authority: R of order 8", "Of small order.", with_row(&signature, 0, &small)),
        (
            "authority: R not canonical",
            "A second encoding of the identity; the equation holds over points.",
            twice_r,
        ),
    ] {
        vectors.push(accepted.changed(name, "SIG-3", comment, "signature", &signature));
    }
    // A key with a small component is a key. A signature that holds with the cofactor only is refused; since k decides
    // whether k T vanishes, try nonces until it does not.
    let mixed_key = (public + torsion).compress().to_bytes();
    let cofactored = (0_u64..64)
        .map(|try_number| {
            let nonce = nonce + Scalar::from(try_number);
            let commitment = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
            ed25519_sign(&mixed_key, &commitment, &message, &signer.secret, &nonce)
        })
        .find(|signature| ed25519_verify(&mixed_key, &message, signature).is_err())
        .unwrap();
    let mut mixed = accepted.changed(
        "authority: a key with a small component",
        "SIG-3",
        "A + T with T of order 8: 8sB = 8R + 8kA holds, sB = R + kA does not. Batches would accept it.",
        "key",
        &mixed_key,
    );
    mixed.input = mixed.input.with("signature", &cofactored);
    vectors.push(mixed);
    let other = Ed25519::new(random.bytes());
    let other = EdwardsPoint::mul_base(&other.secret).compress().to_bytes();
    vectors.push(accepted.changed("authority: another key", "SIG-3", "Somebody else's.", "key", &other));
    // A = O: any message "verifies" with R = sB.
    let mut anyone = accepted.changed(
        "authority: the identity as key",
        "SIG-3",
        "R = sB holds for every message.",
        "key",
        &identity,
    );
    let forged: [u8; 64] = oracle::token::join(&[&commitment, nonce.as_bytes()]);
    anyone.input = anyone.input.with("signature", &forged);
    vectors.push(anyone);
}

fn ed25519_keys(vectors: &mut Vec<Vector>) {
    let key = |name: &str, comment: &str, bytes: &[u8; 32]| {
        Vector::reject("read_ed25519_key", name, "SIG-3", comment, Fields::new().with("key", bytes))
    };
    let basepoint = EdwardsPoint::mul_base(&Scalar::ONE).compress().to_bytes();
    vectors.push(Vector::accept(
        "read_ed25519_key",
        "key: the basepoint",
        "SIG-3",
        "A canonical encoding of a point of large order.",
        Fields::new().with("key", &basepoint),
        Fields::new(),
    ));
    for (order, point) in [1, 8, 4, 8, 2, 8, 4, 8].iter().zip(EIGHT_TORSION).take(5) {
        let bytes = point.compress().to_bytes();
        let name = format!("key: small order {order}, {}", crate::fields::hex(&bytes[..2]));
        vectors.push(key(&name, "A point of small order.", &bytes));
    }
    let mut minus_zero = [0; 32];
    (minus_zero[0], minus_zero[31]) = (1, 0x80);
    vectors.push(key("key: the identity with the sign of x set", "x = 0 has no sign.", &minus_zero));
    for low in [0xed_u8, 0xee, 0xf0, 0xff] {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (low, 0x7f);
        vectors.push(key(&format!("key: y = p + {}", low - 0xed), "y is not below p.", &bytes));
    }
    let not_on_curve = (2_u8..)
        .map(|y| {
            let mut bytes = [0; 32];
            bytes[0] = y;
            bytes
        })
        .find(|bytes| ed25519_point(bytes).is_err())
        .unwrap();
    vectors.push(key(
        "key: no point",
        "The smallest y above 1 that is on no point of the curve.",
        &not_on_curve,
    ));
}
