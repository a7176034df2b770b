//! Ballots that are accepted, and all the ways in which one is not.

use super::second;
use crate::area::tamper::{NOT_A_POINT, flipped, plus_order, refusal, with_row};
use crate::fields::{Fields, List};
use crate::oracle::ballot::{Statement, encrypt, identifier, keystream, pseudonym_secret, xor};
use crate::oracle::token::{Context, join};
use crate::oracle::{self, G, Random, Scalar, rows};
use crate::vector::{File, Vector};

fn ballot_fields(statement: &Statement, proof: &[u8; 128]) -> Fields {
    Fields::new()
        .with("R", &statement.ephemeral)
        .with("ct", &statement.ciphertext)
        .with("pk", &statement.pk)
        .with("proof", proof)
        .with("sequence", &statement.sequence)
        .with("tokens", &List(&statement.tokens))
}

pub(super) fn write() -> File {
    let mut random = Random::new("ballot");
    let election: [u8; 32] = random.bytes();
    let y = random.scalar();
    let shared = Fields::new().with("Y", &(y * G)).with("class", "staff").with("election", &election);
    let mut vectors = Vec::new();

    let seed: [u8; 32] = random.bytes();
    let sk = pseudonym_secret(&seed, &election);
    let pk = sk * G;
    vectors.push(Vector::accept(
        "derive_pseudonym",
        "pseudonym and identifier from the seed",
        "BAL-1",
        "sk = KDF(seed, election id), pk = sk G; the identifier is what people compare (BAL-2).",
        Fields::new().with("seed", &seed),
        Fields::new().with("identifier", &identifier(&election, &pk)).with("pk", &pk).with("sk", &sk),
    ));
    let plaintext = [0, 0b0000_0101, 1, 0, 0, 0, 0];
    let encrypted = encrypt(&election, &seed, 1, &plaintext, &pk, &(y * G));
    vectors.push(Vector::accept(
        "encrypt",
        "a plaintext is encrypted",
        "BAL-3",
        "r from seed, election id, sequence and plaintext: the same input gives the same ciphertext.",
        Fields::new().with("plaintext", &plaintext).with("seed", &seed).with("sequence", &1_u32),
        encrypted.values.clone().with("pk", &pk),
    ));
    let s = y * encrypted.ephemeral;
    for (name, comment, opening) in [
        ("a ballot is decrypted", "S = y R, as the trustees' partial decryptions combine to.", s),
        (
            "a ballot opened with another point",
            "Decryption itself refuses nothing: other bytes come out, and the plaintext encoding judges them.",
            s + G,
        ),
    ] {
        let stream = keystream(&election, &pk, &encrypted.ephemeral, &(y * G), &opening, 7);
        vectors.push(Vector::accept(
            "decrypt",
            name,
            "BAL-6",
            comment,
            Fields::new()
                .with("R", &encrypted.ephemeral)
                .with("S", &opening)
                .with("ct", &encrypted.ciphertext)
                .with("pk", &pk),
            Fields::new().with("keystream", &stream).with("plaintext", &xor(&encrypted.ciphertext, &stream)),
        ));
    }
    // Two issuers' tokens on pk. The proof covers their bytes; whether they verify is TOK-7.
    let mut token = |issuer: &str| {
        let x = random.scalar();
        let context = Context { election, class: "staff".into(), issuer: issuer.into(), key: x * G };
        let nonces = [random.scalar(), random.scalar(), random.scalar()];
        context.issue(&x, nonces, &seed, &pk).token
    };
    let statement = Statement {
        election,
        class: "staff".into(),
        pk,
        sequence: 1,
        tokens: vec![token("office"), token("senate")],
        ephemeral: encrypted.ephemeral,
        ciphertext: encrypted.ciphertext.clone(),
    };
    let (proof, values) = statement.prove(&sk, &encrypted.r, [random.scalar(), random.scalar()]);
    let verify = Vector::accept(
        "verify_ballot",
        "a ballot's proof verifies",
        "BAL-5",
        "One challenge for both secrets, sk and r.",
        ballot_fields(&statement, &proof),
        values.with("r", &encrypted.r).with("sk", &sk),
    );
    vectors.push(verify.clone());
    statements(&mut vectors, &verify, &statement, &proof, &shared);
    proofs(&mut vectors, &verify, &statement, &proof, &mut random, (&sk, &encrypted.r));
    batches(&mut vectors, &statement, &mut random);
    File { area: "ballot".into(), shared, vectors }
}

/// The proof of another statement.
fn statements(
    vectors: &mut Vec<Vector>,
    verify: &Vector,
    statement: &Statement,
    proof: &[u8; 128],
    shared: &Fields,
) {
    let [one, two] = [statement.tokens[0], statement.tokens[1]];
    let zbar = oracle::scalar(&rows::<3>(&two)[1]).unwrap() + Scalar::ONE;
    let list = |name: &str, comment: &str, tokens: &[[u8; 96]]| {
        verify.changed(name, "BAL-5", comment, "tokens", &List(tokens))
    };
    vectors.extend([
        verify.changed(
            "another election",
            "BAL-5",
            "One bit of the election id.",
            "election",
            &flipped(&statement.election, 100),
        ),
        verify.changed("another class", "BAL-5", "The ballot moved to another class.", "class", "student"),
        verify.changed(
            "another pseudonym",
            "BAL-5",
            "A copied ballot under the copier's pseudonym.",
            "pk",
            &(statement.pk + G),
        ),
        verify.changed(
            "another sequence number",
            "BAL-5",
            "A ballot replayed as the next one.",
            "sequence",
            &2_u32,
        ),
        verify.changed(
            "sequence number 0",
            "BAL-5",
            "A ballot replayed as the first one.",
            "sequence",
            &0_u32,
        ),
        list("tokens exchanged", "The same tokens, in another order.", &[two, one]),
        list("a token left out", "Never a subset of the issuers.", &[one]),
        list("a token twice", "One more than was proved.", &[one, two, two]),
        list("no tokens", "The count of tokens is proved too.", &[]),
        list(
            "another token",
            "zbar + 1 in the second: every token byte is proved.",
            &[one, with_row(&two, 1, &zbar.to_bytes())],
        ),
        verify.changed("another R", "BAL-5", "R + G.", "R", &(statement.ephemeral + G)),
        verify.changed("R the identity", "GRP-2", "Everybody would know S.", "R", &[0; 32]),
        verify.changed("R no point", "GRP-1", "A negative field element.", "R", &NOT_A_POINT),
        verify.changed("pk the identity", "GRP-2", "sk = 0.", "pk", &[0; 32]),
        verify.changed("a byte of ct left out", "BAL-5", "The last one.", "ct", &statement.ciphertext[..6]),
        verify.changed(
            "a byte appended to ct",
            "BAL-5",
            "Zero.",
            "ct",
            &[statement.ciphertext.as_slice(), &[0]].concat(),
        ),
        verify.changed("no ct", "BAL-5", "No bytes.", "ct", &Vec::new()),
    ]);
    for bit in [0, 9, 55] {
        let mut ct = statement.ciphertext.clone();
        ct[bit / 8] ^= 1 << (bit % 8);
        vectors.push(verify.changed(
            &format!("bit {bit} of ct"),
            "BAL-5",
            "The plaintext's bit would change with it.",
            "ct",
            &ct,
        ));
    }
    for bit in [0, 255, 256, 300, 511, 512, 600, 767, 768, 900, 1023] {
        let mut vector = verify.changed(
            &format!("bit {bit} of the proof"),
            "",
            "One bit changed.",
            "proof",
            &flipped(proof, bit),
        );
        vector.check = refusal(second(&vector, shared)).into();
        vectors.push(vector);
    }
}

/// Proofs that are none.
fn proofs(
    vectors: &mut Vec<Vector>,
    verify: &Vector,
    statement: &Statement,
    proof: &[u8; 128],
    random: &mut Random,
    (sk, r): (&Scalar, &Scalar),
) {
    let [t1, t2, s1, s2] = rows(proof);
    let plus = |bytes: &[u8; 32]| (oracle::scalar(bytes).unwrap() + Scalar::ONE).to_bytes();
    let moved = |bytes: &[u8; 32]| (oracle::point(bytes).unwrap() + G).compress().to_bytes();
    let [k1, k2] = [random.scalar(), random.scalar()];
    // The two equations proved with a challenge each, that does not absorb the other's commitment.
    let (u1, u2) = (k1 * G, k2 * G);
    let separate = |sk_half: bool| {
        let e = statement.challenge(&u1, &u1);
        let f = statement.challenge(&u2, &u2);
        if sk_half { k1 + e * sk } else { k2 + f * r }
    };
    let apart: [u8; 128] = join(&[
        u1.compress().as_bytes(),
        u2.compress().as_bytes(),
        separate(true).as_bytes(),
        separate(false).as_bytes(),
    ]);
    // Somebody who does not know r, only sk.
    let guess = random.scalar();
    let (without_r, _) = statement.prove(sk, &guess, [k1, k2]);
    let (without_sk, _) = statement.prove(&guess, r, [k1, k2]);
    for (name, check, comment, bytes) in [
        ("T1 + G", "BAL-5", "Another commitment.", with_row(proof, 0, &moved(&t1))),
        ("T2 + G", "BAL-5", "Another commitment.", with_row(proof, 1, &moved(&t2))),
        ("s1 + 1", "BAL-5", "Another response.", with_row(proof, 2, &plus(&s1))),
        ("s2 + 1", "BAL-5", "Another response.", with_row(proof, 3, &plus(&s2))),
        ("s1 and s2 exchanged", "BAL-5", "Each belongs to its own equation.", join(&[&t1, &t2, &s2, &s1])),
        (
            "T1 and T2 exchanged, s1 and s2 too",
            "BAL-5",
            "The order is absorbed.",
            join(&[&t2, &t1, &s2, &s1]),
        ),
        ("T1 the identity", "GRP-2", "No commitment.", with_row(proof, 0, &[0; 32])),
        ("T2 the identity", "GRP-2", "No commitment.", with_row(proof, 1, &[0; 32])),
        ("T2 no point", "GRP-1", "A negative field element.", with_row(proof, 1, &NOT_A_POINT)),
        ("s1 + l", "GRP-3", "The same scalar, written otherwise.", with_row(proof, 2, &plus_order(&s1))),
        ("s2 + l", "GRP-3", "The same scalar, written otherwise.", with_row(proof, 3, &plus_order(&s2))),
        (
            "a proof with a challenge for each half",
            "BAL-5",
            "Both must be answered under one challenge over everything.",
            apart,
        ),
        ("a proof without r", "BAL-5", "The holder of sk did not make this ciphertext.", without_r),
        ("a proof without sk", "BAL-5", "The maker of this ciphertext does not hold pk.", without_sk),
    ] {
        vectors.push(verify.changed(name, check, comment, "proof", &bytes));
    }
}

/// Batches: the bad ballots are named, and errors that cancel are found.
fn batches(vectors: &mut Vec<Vector>, statement: &Statement, random: &mut Random) {
    let ballots: Vec<(Statement, [u8; 128])> = (0..6)
        .map(|sequence| {
            let (sk, r) = (random.scalar(), random.scalar());
            let statement =
                Statement { pk: sk * G, sequence, ephemeral: r * G, tokens: Vec::new(), ..statement.clone() };
            let (proof, _) = statement.prove(&sk, &r, [random.scalar(), random.scalar()]);
            (statement, proof)
        })
        .collect();
    let list = |ballots: &[(Statement, [u8; 128])]| {
        let objects: Vec<Fields> =
            ballots.iter().map(|(statement, proof)| ballot_fields(statement, proof)).collect();
        Fields::new().with("ballots", &List(&objects))
    };
    vectors.push(Vector::accept(
        "verify_ballots",
        "a batch of ballots verifies",
        "BAL-5",
        "Six ballots, verified together; without tokens, to be short.",
        list(&ballots),
        Fields::new(),
    ));
    let moved = |proof: &[u8; 128], row: usize, by: Scalar| {
        let s = oracle::scalar(&rows::<4>(proof)[row]).unwrap() + by;
        with_row(proof, row, &s.to_bytes())
    };
    let delta = random.scalar();
    let mut cancelling = ballots.clone();
    cancelling[0].1 = moved(&ballots[0].1, 2, delta);
    cancelling[5].1 = moved(&ballots[5].1, 2, -delta);
    let mut halves = ballots.clone();
    halves[2].1 = moved(&moved(&ballots[2].1, 2, delta), 3, -delta);
    let mut several = ballots.clone();
    for place in [0, 1, 4] {
        several[place].0.sequence += 1;
    }
    for (name, comment, ballots, bad) in [
        (
            "a batch with two errors that cancel",
            "s1 + d in one ballot, s1 - d in another.",
            &cancelling,
            vec![0_u64, 5],
        ),
        (
            "a batch with errors that cancel in one ballot",
            "s1 + d and s2 - d: each equation has a weight of its own.",
            &halves,
            vec![2],
        ),
        ("a batch with three bad ballots", "Other sequence numbers.", &several, vec![0, 1, 4]),
    ] {
        let input = list(ballots);
        let values = Fields::new().with("bad", &List(&bad));
        vectors.push(Vector::reject("verify_ballots", name, "BAL-5", comment, input).naming(values));
    }
}
