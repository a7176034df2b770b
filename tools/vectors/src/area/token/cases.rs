//! Tokens that are accepted, and all the ways in which one is not.

use crate::area::tamper::{NOT_A_POINT, flipped, plus_order, refusal, with_row};
use crate::fields::{Fields, List};
use crate::oracle::token::{Context, join};
use crate::oracle::{self, G, Random, Scalar, fifth, h, rows};
use crate::vector::{File, Vector};

pub(super) fn write() -> File {
    let mut random = Random::new("token");
    let election: [u8; 32] = random.bytes();
    let (x, seed, sk) = (random.scalar(), random.bytes::<32>(), random.scalar());
    let (key, pk) = (x * G, sk * G);
    let shared = Fields::new()
        .with("X", &key)
        .with("class", "staff")
        .with("election", &election)
        .with("issuer", "office");
    let context = Context { election, class: "staff".into(), issuer: "office".into(), key };
    let issued = context.issue(&x, [random.scalar(), random.scalar(), random.scalar()], &seed, &pk);
    let input = Fields::new()
        .with("answer", &issued.answer)
        .with("commitment", &issued.commitment)
        .with("pk", &pk)
        .with("seed", &seed);
    let issue = Vector::accept(
        "issue_token",
        "a token is issued",
        "TOK-6",
        "The voter blinds the challenge on pk with secrets derived from the seed, and unblinds the issuer's answer.",
        input,
        issued.values.clone().with("X", &key).with("sk", &sk),
    );
    let mut vectors = vec![issue.clone()];
    answers(&mut vectors, &issue, &issued);
    let verify = Vector::accept(
        "verify_token",
        "the token verifies",
        "TOK-7",
        "The token of the first vector.",
        Fields::new().with("pk", &pk).with("token", &issued.token),
        Fields::new(),
    );
    vectors.push(verify.clone());
    tokens(&mut vectors, &verify, &issued.token, &context, &x, &mut random);
    batches(&mut vectors, &context, &x, &mut random);
    let answered = Vector::accept(
        "verify_answer",
        "the answer is valid",
        "TOK-9",
        "What anyone checks of a row of an issuance list: y != 0, zG = A + (c + y^5) X, B = bG + yH.",
        Fields::new()
            .with("answer", &issued.answer)
            .with("challenge", &issued.challenge)
            .with("commitment", &issued.commitment),
        Fields::new(),
    );
    rows_of_answers(&mut vectors, &answered, &issued);
    File { area: "token".into(), shared, vectors }
}

/// Answers that the voter refuses (TOK-6).
fn answers(vectors: &mut Vec<Vector>, issue: &Vector, issued: &oracle::token::Issued) {
    let [b, y, z] = rows(&issued.answer);
    let scalar = |bytes: &[u8; 32]| oracle::scalar(bytes).unwrap();
    let (b, y, z) = (scalar(&b), scalar(&y), scalar(&z));
    let answer = |b: &Scalar, y: &Scalar, z: &Scalar| -> [u8; 96] {
        join(&[b.as_bytes(), y.as_bytes(), z.as_bytes()])
    };
    let one = Scalar::ONE;
    let [a, b_point] = rows(&issued.commitment);
    for (name, check, comment, bytes) in [
        ("answer with z + 1", "TOK-6", "zG = A + (c + y^5) X does not hold.", answer(&b, &y, &(z + one))),
        ("answer with b + 1", "TOK-6", "B = bG + yH does not hold.", answer(&(b + one), &y, &z)),
        ("answer with y + 1", "TOK-6", "Neither equation holds.", answer(&b, &(y + one), &z)),
        ("answer with -y", "TOK-6", "The other sign of y.", answer(&b, &-y, &z)),
        ("answer with y and b exchanged", "TOK-6", "The fields in another order.", answer(&y, &b, &z)),
        (
            "answer with b not canonical",
            "GRP-3",
            "b + l.",
            with_row(&issued.answer, 0, &plus_order(&b.to_bytes())),
        ),
        (
            "answer with y not canonical",
            "GRP-3",
            "y + l.",
            with_row(&issued.answer, 1, &plus_order(&y.to_bytes())),
        ),
        (
            "answer with z not canonical",
            "GRP-3",
            "z + l.",
            with_row(&issued.answer, 2, &plus_order(&z.to_bytes())),
        ),
    ] {
        vectors.push(issue.changed(name, check, comment, "answer", &bytes));
    }
    // y = 0 with B = bG: everything holds but y != 0. The issuer knows the voter's c only after (A, B), so c of these.
    let seed: [u8; 32] = issue.input.array("seed").unwrap();
    let x = scalar(&issue.values.array("x").unwrap());
    let pk = oracle::point(&issue.input.array("pk").unwrap()).unwrap();
    let context = Context {
        election: Random::new("token").bytes(),
        class: "staff".into(),
        issuer: "office".into(),
        key: x * G,
    };
    let zero = context.issue(&x, [scalar(&issue.values.array("a").unwrap()), b, Scalar::ZERO], &seed, &pk);
    let mut vector = issue.changed(
        "answer with y = 0",
        "TOK-6",
        "B = bG and y = 0: both equations hold, but the token would not be blind.",
        "answer",
        &zero.answer,
    );
    vector.input = vector.input.with("commitment", &zero.commitment);
    vectors.push(vector);
    for (name, check, comment, commitment) in [
        ("commitment with A the identity", "GRP-2", "A = O.", with_row(&issued.commitment, 0, &[0; 32])),
        ("commitment with B the identity", "GRP-2", "B = O.", with_row(&issued.commitment, 1, &[0; 32])),
        (
            "commitment with A no point",
            "GRP-1",
            "A is a negative field element.",
            with_row(&issued.commitment, 0, &NOT_A_POINT),
        ),
        (
            "commitment with A and B exchanged",
            "TOK-6",
            "Another first move, and so another blinding: the answer does not fit it.",
            join(&[&b_point, &a]),
        ),
    ] {
        vectors.push(issue.changed(name, check, comment, "commitment", &commitment));
    }
    let other: [u8; 32] = Random::new("token: another seed").bytes();
    for (field, value) in [("seed", other.as_slice()), ("election", &other)] {
        vectors.push(issue.changed(
            &format!("answer to a session of another {field}"),
            "TOK-6",
            "The blinding, and so c, is another; the answer was given to the first c.",
            field,
            value,
        ));
    }
    for field in ["class", "issuer"] {
        vectors.push(issue.changed(
            &format!("answer to a session of another {field}"),
            "TOK-6",
            "The blinding, and so c, is another; the answer was given to the first c.",
            field,
            "other",
        ));
    }
}

/// Tokens that everyone refuses (TOK-7).
pub(super) fn tokens(
    vectors: &mut Vec<Vector>,
    verify: &Vector,
    token: &[u8; 96],
    context: &Context,
    x: &Scalar,
    random: &mut Random,
) {
    let [rbar, zbar, ybar] = rows(token);
    let (point, z, y) =
        (oracle::point(&rbar).unwrap(), oracle::scalar(&zbar).unwrap(), oracle::scalar(&ybar).unwrap());
    let pk = oracle::point(&verify.input.array("pk").unwrap()).unwrap();
    let encoded = |point: &oracle::Point| point.compress().to_bytes();
    let one = Scalar::ONE;
    for (name, check, comment, bytes) in [
        ("Rbar + G", "TOK-7", "Another point.", with_row(token, 0, &encoded(&(point + G)))),
        ("-Rbar", "TOK-7", "The other sign.", with_row(token, 0, &encoded(&-point))),
        ("zbar + 1", "TOK-7", "Another scalar.", with_row(token, 1, &(z + one).to_bytes())),
        ("zbar = 0", "TOK-7", "A canonical scalar, but not this one.", with_row(token, 1, &[0; 32])),
        ("ybar + 1", "TOK-7", "Another scalar.", with_row(token, 2, &(y + one).to_bytes())),
        ("-ybar", "TOK-7", "The other sign: ybar^5 changes with it.", with_row(token, 2, &(-y).to_bytes())),
        ("ybar = 0", "TOK-7", "The equation does not hold.", with_row(token, 2, &[0; 32])),
        ("zbar and ybar exchanged", "TOK-7", "The fields in another order.", join(&[&rbar, &ybar, &zbar])),
        ("Rbar the identity", "GRP-2", "Not a public value of the protocol.", with_row(token, 0, &[0; 32])),
        ("Rbar a negative field element", "GRP-1", "Not canonical.", with_row(token, 0, &NOT_A_POINT)),
        (
            "Rbar above p",
            "GRP-1",
            "The field element is not below 2^255 - 19.",
            with_row(token, 0, &[0xff; 32]),
        ),
        (
            "zbar + l",
            "GRP-3",
            "Not canonical: the same scalar, written otherwise.",
            with_row(token, 1, &plus_order(&zbar)),
        ),
        (
            "ybar + l",
            "GRP-3",
            "Not canonical: the same scalar, written otherwise.",
            with_row(token, 2, &plus_order(&ybar)),
        ),
        ("ybar with the highest bit set", "GRP-3", "Not canonical.", flipped(token, 767)),
    ] {
        vectors.push(verify.changed(name, check, comment, "token", &bytes));
    }
    for bit in [0, 97, 255, 256, 384, 511, 512, 640, 767] {
        let changed = flipped(token, bit);
        let check = refusal(context.verify(&pk, &changed).map(|()| Fields::new()));
        let name = format!("bit {bit} of the token");
        vectors.push(verify.changed(&name, check, "One bit changed.", "token", &changed));
    }
    let other = random.scalar() * G;
    vectors.push(verify.changed("another pseudonym", "TOK-7", "The token of somebody else.", "pk", &other));
    vectors.push(verify.changed("-pk", "TOK-7", "The pseudonym's other sign.", "pk", &-pk));
    vectors.push(verify.changed("another key", "TOK-7", "X + G.", "X", &(context.key + G)));
    vectors.push(verify.changed(
        "another class",
        "TOK-7",
        "X is the same here, the class is not.",
        "class",
        "student",
    ));
    vectors.push(verify.changed(
        "another issuer",
        "TOK-7",
        "X is the same here, the issuer is not.",
        "issuer",
        "senate",
    ));
    let mut swapped = verify.changed(
        "class and issuer exchanged",
        "TOK-7",
        "Each value is a message of its own.",
        "class",
        "office",
    );
    swapped.input = swapped.input.with("issuer", "staff");
    vectors.push(swapped);
    let mut moved = verify.changed(
        "a character moved from class to issuer",
        "TOK-7",
        "Concatenation would not see it.",
        "class",
        "staf",
    );
    moved.input = moved.input.with("issuer", "foffice");
    vectors.push(moved);
    vectors.push(verify.changed(
        "another election",
        "TOK-7",
        "One bit of the election id.",
        "election",
        &flipped(&context.election, 7),
    ));
    // A plain Schnorr signature by the issuer: holds with ybar = 0, and is not a token.
    let k = random.scalar();
    let plain = k * G;
    let z = k + context.challenge(&pk, &plain) * x;
    let schnorr: [u8; 96] = join(&[&encoded(&plain), z.as_bytes(), &[0; 32]]);
    vectors.push(verify.changed(
        "a Schnorr signature with ybar = 0",
        "TOK-7",
        "Rbar + cbar X = zbar G holds; only ybar != 0 refuses it.",
        "token",
        &schnorr,
    ));
    // With H = hG anybody can make tokens: Rbar = uG + vX, ybar = (-v - cbar)^(1/5), zbar = u - h ybar.
    let (u, v, hidden) = (random.scalar(), random.scalar(), random.scalar());
    let forged_rbar = u * G + v * context.key;
    let forged_ybar = fifth_root(&(-v - context.challenge(&pk, &forged_rbar)));
    let forged_zbar = u - hidden * forged_ybar;
    let holds = forged_rbar + (context.challenge(&pk, &forged_rbar) + fifth(&forged_ybar)) * context.key
        == forged_zbar * G + forged_ybar * (hidden * G);
    assert!(holds && hidden * G != h());
    vectors.push(verify.changed(
        "forged for a second generator of known logarithm",
        "TOK-7",
        "Made without x for H' = hG with h known, under which it verifies: H must be the hashed one.",
        "token",
        &join::<96>(&[&encoded(&forged_rbar), forged_zbar.as_bytes(), forged_ybar.as_bytes()]),
    ));
}

/// The fifth root: gcd(5, l - 1) = 1, so 5 has an inverse modulo l - 1.
fn fifth_root(value: &Scalar) -> Scalar {
    // 5^-1 mod (l - 1) = (m (l - 1) + 1) / 5 for the m of 1 … 4 that makes it whole; found by trying.
    let minus_one = (-Scalar::ONE).to_bytes();
    let exponent = (1..5_u16).find_map(|m| {
        let mut product = [0_u16; 33];
        for i in 0..33 {
            let byte = minus_one.get(i).copied().unwrap_or(0);
            let sum = u16::from(byte) * m + product[i] + u16::from(i == 0);
            product[i] = sum & 0xff;
            if i < 32 {
                product[i + 1] = sum >> 8;
            }
        }
        let mut rest = 0;
        let mut quotient = [0_u8; 33];
        for i in (0..33).rev() {
            let value = rest << 8 | product[i];
            quotient[i] = u8::try_from(value / 5).unwrap();
            rest = value % 5;
        }
        (rest == 0).then_some(quotient)
    });
    let exponent = exponent.unwrap();
    let root = (0..264).rev().fold(Scalar::ONE, |power, bit| {
        let square = power * power;
        if exponent[bit / 8] >> (bit % 8) & 1 == 1 { square * value } else { square }
    });
    assert_eq!(fifth(&root), *value);
    root
}

/// Batches: the bad tokens are named, and errors that cancel are found.
fn batches(vectors: &mut Vec<Vector>, context: &Context, x: &Scalar, random: &mut Random) {
    let mut items: Vec<([u8; 32], [u8; 96])> = Vec::new();
    for _ in 0..6 {
        let pk = random.scalar() * G;
        let nonces = [random.scalar(), random.scalar(), random.scalar()];
        let issued = context.issue(x, nonces, &random.bytes(), &pk);
        items.push((pk.compress().to_bytes(), issued.token));
    }
    let list = |items: &[([u8; 32], [u8; 96])]| {
        let objects: Vec<Fields> =
            items.iter().map(|(pk, token)| Fields::new().with("pk", pk).with("token", token)).collect();
        Fields::new().with("tokens", &List(&objects))
    };
    vectors.push(Vector::accept(
        "verify_tokens",
        "a batch of tokens verifies",
        "TOK-7",
        "Six tokens of one issuer and class, verified together.",
        list(&items),
        Fields::new(),
    ));
    let zbar = |token: &[u8; 96]| oracle::scalar(&rows::<3>(token)[1]).unwrap();
    let moved = |token: &[u8; 96], by: Scalar| with_row(token, 1, &(zbar(token) + by).to_bytes());
    let delta = random.scalar();
    let mut cancelling = items.clone();
    cancelling[1].1 = moved(&items[1].1, delta);
    cancelling[4].1 = moved(&items[4].1, -delta);
    let mut swapped = items.clone();
    swapped.swap(2, 3);
    (swapped[2].0, swapped[3].0) = (items[2].0, items[3].0);
    let mut one = items.clone();
    one[5].1 = moved(&items[5].1, Scalar::ONE);
    let none = items.iter().map(|(pk, _)| (*pk, items[0].1)).collect::<Vec<_>>();
    for (name, comment, items, bad) in [
        (
            "a batch with two errors that cancel",
            "zbar + d in one token, zbar - d in another: the plain sum of all equations vanishes.",
            &cancelling,
            vec![1_u64, 4],
        ),
        (
            "a batch with the tokens of two voters exchanged",
            "Each is a token, but not of this pseudonym.",
            &swapped,
            vec![2, 3],
        ),
        ("a batch with one bad token", "The last one.", &one, vec![5]),
        ("a batch with one token for all", "A token is of one pseudonym only.", &none, vec![1, 2, 3, 4, 5]),
    ] {
        let input = list(items);
        let values = Fields::new().with("bad", &List(&bad));
        vectors.push(Vector::reject("verify_tokens", name, "TOK-7", comment, input).naming(values));
    }
}

/// Rows of issuance lists (TOK-9).
fn rows_of_answers(vectors: &mut Vec<Vector>, answered: &Vector, issued: &oracle::token::Issued) {
    vectors.push(answered.clone());
    for (field, row, rule) in [
        ("commitment", 0, "TOK-9"),
        ("commitment", 1, "TOK-9"),
        ("challenge", 0, "TOK-9"),
        ("answer", 0, "TOK-9"),
        ("answer", 1, "TOK-9"),
        ("answer", 2, "TOK-9"),
    ] {
        let mut bytes = answered.input.bytes(field).unwrap();
        let place = 32 * row..32 * row + 32;
        let old: [u8; 32] = bytes[place.clone()].try_into().unwrap();
        let new = match oracle::point(&old) {
            Ok(point) if field == "commitment" => (point + G).compress().to_bytes(),
            _ => (oracle::scalar(&old).unwrap() + Scalar::ONE).to_bytes(),
        };
        bytes[place].copy_from_slice(&new);
        let name = format!("row with another value {row} of the {field}");
        vectors.push(answered.changed(&name, rule, "No longer a valid answer.", field, &bytes));
    }
    vectors.push(answered.changed(
        "row under another key",
        "TOK-9",
        "X + G.",
        "X",
        &(issued_key(issued) + G),
    ));
    // y = 0: zG = A + cX and B = bG hold.
    let scalar = |name: &str| oracle::scalar(&issued.values.array(name).unwrap()).unwrap();
    let (a, b, c, x) = (scalar("a"), scalar("b"), scalar("c"), scalar("x"));
    let z = a + c * x;
    let mut zero = answered.changed(
        "row with y = 0",
        "TOK-9",
        "Both equations hold; only y != 0 refuses it.",
        "answer",
        &join::<96>(&[b.as_bytes(), &[0; 32], z.as_bytes()]),
    );
    let (point_a, point_b) = ((a * G).compress(), (b * G).compress());
    zero.input = zero.input.with("commitment", &join::<64>(&[point_a.as_bytes(), point_b.as_bytes()]));
    vectors.push(zero);
    vectors.push(answered.changed(
        "row with c not canonical",
        "GRP-3",
        "c + l.",
        "challenge",
        &plus_order(&issued.challenge),
    ));
}

fn issued_key(issued: &oracle::token::Issued) -> oracle::Point {
    oracle::scalar(&issued.values.array("x").unwrap()).unwrap() * G
}
