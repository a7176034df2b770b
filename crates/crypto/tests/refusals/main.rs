//! Every single-bit change is refused, alone and among 200 others, and a batch names exactly what was changed.
//!
//! An item is held as its named wire fields, as a verifier reads it. A bit of a field is changed, everything is decoded
//! again, and what then still decodes must not verify. Twenty changed records at a time replace those at [`POSITIONS`]
//! in a batch of 200, which must name exactly the proofs that the changed field is bound into.
//!
//! The election key Y is no field here: a ballot's proof binds it through the election id, which hashes the manifest,
//! and its keystream binds it too (tested with the ballot).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test: a panic is its failure, and its numbers are small"
)]

mod record;

use record::{BALLOT, ISSUANCE, Kind, RECORDS, Record, STATEMENTS, Sink, batch_of, numbers_of};
use urna_crypto::{Batch, Scalar};

/// Where changed records stand: first, last, neighbours, both sides of the halves and quarters.
const POSITIONS: [usize; 20] =
    [0, 1, 2, 24, 25, 49, 50, 75, 98, 99, 100, 101, 124, 125, 150, 151, 170, 197, 198, 199];

#[test]
fn rejects_every_changed_bit_of_a_ballot_and_its_tokens_tok_7_bal_5() {
    rejects_every_changed_bit(&BALLOT);
}

#[test]
fn rejects_every_changed_bit_of_an_issuance_row_tok_9() {
    rejects_every_changed_bit(&ISSUANCE);
}

#[test]
fn rejects_every_changed_bit_of_every_signed_statement_sig_1_sig_2() {
    for kind in &STATEMENTS {
        rejects_every_changed_bit(kind);
    }
}

fn rejects_every_changed_bit(kind: &Kind) {
    let honest = kind.records();
    let name = kind.name;
    assert_eq!(batch_of(kind, &honest).verify(&mut record::rng(1)), Ok(()), "{name}");
    let mut changed: Vec<Change> = Vec::new();
    for (field, (label, bound)) in kind.fields.iter().enumerate() {
        let (mut undecodable, mut refused) = (0, 0);
        for bit in 0..8 * honest[0].fields[field].len() {
            let position = POSITIONS[changed.len()];
            let mut record = honest[position].clone();
            assert_eq!(honest[0].fields[field].len(), record.fields[field].len(), "{name} {label}");
            record.fields[field][bit / 8] ^= 1 << (bit % 8);
            let mut alone = Sink::singly();
            if (kind.read)(&record, &mut alone).is_none() {
                undecodable += 1;
                continue;
            }
            let refusals: Vec<_> = alone.refused();
            assert_eq!(refusals, *bound, "{name}: bit {bit} of {label}");
            refused += 1;
            changed.push(Change { position, record, bound });
            if changed.len() == POSITIONS.len() {
                assert_named(kind, &honest, &std::mem::take(&mut changed));
            }
        }
        // A field of text or bytes has no undecodable value but text that is no UTF-8; points and scalars have many.
        assert!(refused > 0, "{name}: nothing of {label} decodes");
        assert!(refused + undecodable == 8 * honest[0].fields[field].len(), "{name}: {label}");
    }
    assert_named(kind, &honest, &changed);
}

struct Change {
    position: usize,
    record: Record,
    bound: &'static [usize],
}

/// The batch with the changed records in place names exactly their proofs, and those only that the change concerns.
fn assert_named(kind: &Kind, honest: &[Record], changes: &[Change]) {
    let mut records = honest.to_vec();
    let mut expected = Vec::new();
    for change in changes {
        records[change.position] = change.record.clone();
        expected.extend(numbers_of(kind, change.position, change.bound));
    }
    assert_eq!(records.len(), RECORDS);
    let verdict = batch_of(kind, &records).verify(&mut record::rng(2));
    assert_eq!(verdict.err().unwrap_or_default(), expected, "{}", kind.name);
}

/// Errors that cancel in an unweighted sum: `add` to one scalar, and the same taken from another.
struct Cancelling {
    what: &'static str,
    kind: &'static Kind,
    /// Record, field and byte offset of the scalar to which d is added, then of that from which it is taken.
    plus: (usize, &'static str, usize),
    minus: (usize, &'static str, usize),
    /// The proofs that must be named, by record.
    named: &'static [(usize, &'static [usize])],
}

#[test]
fn rejects_errors_that_cancel_bat_1() {
    let cases = [
        Cancelling {
            what: "s1 of two ballots",
            kind: &BALLOT,
            plus: (3, "proof", 64),
            minus: (150, "proof", 64),
            named: &[(3, &[2]), (150, &[2])],
        },
        Cancelling {
            what: "s1 and s2 of one ballot",
            kind: &BALLOT,
            plus: (77, "proof", 64),
            minus: (77, "proof", 96),
            named: &[(77, &[2])],
        },
        Cancelling {
            what: "s1 and s2 of neighbours",
            kind: &BALLOT,
            plus: (99, "proof", 64),
            minus: (100, "proof", 96),
            named: &[(99, &[2]), (100, &[2])],
        },
        Cancelling {
            what: "z and b of one answer, which multiply the same G",
            kind: &ISSUANCE,
            plus: (199, "z", 0),
            minus: (199, "b", 0),
            named: &[(199, &[0])],
        },
        Cancelling {
            what: "z of two answers",
            kind: &ISSUANCE,
            plus: (0, "z", 0),
            minus: (199, "z", 0),
            named: &[(0, &[0]), (199, &[0])],
        },
        Cancelling {
            what: "z of an answer and the signature of another row",
            kind: &ISSUANCE,
            plus: (5, "z", 0),
            minus: (6, "signature", 32),
            named: &[(5, &[0]), (6, &[1])],
        },
        Cancelling {
            what: "two signatures",
            kind: &STATEMENTS[0],
            plus: (0, "signature", 32),
            minus: (1, "signature", 32),
            named: &[(0, &[0]), (1, &[0])],
        },
    ];
    let d = Scalar::from(0x00de_fec7);
    for case in cases {
        let mut records = case.kind.records();
        let mut shift = |(record, field, offset): (usize, &str, usize), by: Scalar| {
            let field = case.kind.field(field);
            let bytes: &mut [u8; 32] =
                (&mut records[record].fields[field][offset..offset + 32]).try_into().unwrap();
            *bytes = (Scalar::from_bytes(bytes).unwrap() + by).to_bytes();
        };
        shift(case.plus, d);
        shift(case.minus, -d);
        let expected: Vec<_> =
            case.named.iter().flat_map(|(record, bound)| numbers_of(case.kind, *record, bound)).collect();
        assert_eq!(batch_of(case.kind, &records).verify(&mut record::rng(3)), Err(expected), "{}", case.what);
    }
}

/// zbar and ybar of two tokens: the errors are multiples of G in one, and of H in the other case. The ballots' proofs
/// are over the tokens' bytes, so that the tokens stand alone here.
#[test]
fn rejects_errors_that_cancel_between_tokens_bat_1() {
    let d = Scalar::from(0x00de_fec7);
    for (what, offset, other) in
        [("zbar and zbar", 32, 32), ("ybar and ybar", 64, 64), ("zbar and ybar", 32, 64)]
    {
        let mut records = BALLOT.records();
        let field = BALLOT.field("token of the first issuer");
        for (record, offset, by) in [(40, offset, d), (41, other, -d)] {
            let bytes: &mut [u8; 32] =
                (&mut records[record].fields[field][offset..offset + 32]).try_into().unwrap();
            *bytes = (Scalar::from_bytes(bytes).unwrap() + by).to_bytes();
        }
        let mut expected = numbers_of(&BALLOT, 40, &[0, 2]);
        expected.extend(numbers_of(&BALLOT, 41, &[0, 2]));
        assert_eq!(batch_of(&BALLOT, &records).verify(&mut record::rng(4)), Err(expected), "{what}");
    }
}

/// What every issuer signed is bound to its issuer, class and election, and the ballot's proof to the order.
#[test]
fn rejects_tokens_out_of_place_tok_7() {
    let (first, second) =
        (BALLOT.field("token of the first issuer"), BALLOT.field("token of the second issuer"));
    let refused_alone = |record: &Record| {
        let mut alone = Sink::singly();
        (BALLOT.read)(record, &mut alone).unwrap();
        alone.refused()
    };
    let honest = BALLOT.records();
    let swapped_between_issuers = {
        let mut record = honest[7].clone();
        record.fields.swap(first, second);
        record
    };
    let taken_from_another_ballot = {
        let mut record = honest[7].clone();
        record.fields[first] = honest[8].fields[first].clone();
        record
    };
    let twice_the_same = {
        let mut record = honest[7].clone();
        record.fields[second] = honest[7].fields[first].clone();
        record
    };
    assert_eq!(refused_alone(&swapped_between_issuers), [0, 1, 2]);
    assert_eq!(refused_alone(&taken_from_another_ballot), [0, 2]);
    assert_eq!(refused_alone(&twice_the_same), [1, 2]);
    for (label, value) in [("class", b"teachers".as_slice()), ("class", b""), ("election", &[0x5a; 32])] {
        let mut record = honest[7].clone();
        record.fields[BALLOT.field(label)] = value.to_vec();
        assert_eq!(refused_alone(&record), [0, 1, 2], "{label}");
    }
    for (label, value, bound) in
        [("first issuer", b"committee".as_slice(), [0]), ("second issuer", b"union", [1])]
    {
        let mut record = honest[7].clone();
        record.fields[BALLOT.field(label)] = value.to_vec();
        assert_eq!(refused_alone(&record), bound, "{label}");
    }
    let mut keys_swapped = honest[7].clone();
    keys_swapped
        .fields
        .swap(BALLOT.field("key of the first issuer"), BALLOT.field("key of the second issuer"));
    assert_eq!(refused_alone(&keys_swapped), [0, 1]);
}

/// Text that moves from one field to its neighbour is other text.
#[test]
fn rejects_bytes_moved_between_neighbouring_fields_sig_2() {
    let moved = |kind: &Kind, from: &str, to: &str| {
        let mut record = kind.records()[0].clone();
        let byte = record.fields[kind.field(from)].pop().unwrap();
        record.fields[kind.field(to)].insert(0, byte);
        let mut alone = Sink::singly();
        (kind.read)(&record, &mut alone).unwrap();
        alone.refused()
    };
    let statement = |name: &str| STATEMENTS.iter().find(|kind| kind.name == name).unwrap();
    assert_eq!(moved(statement("issuer possession"), "issuer", "class"), [0]);
    assert_eq!(moved(statement("signed entry"), "kind", "signer"), [0]);
}

/// A signature on one statement is none on another of the same shape and the same bytes.
#[test]
fn rejects_a_signature_taken_for_another_statement_sig_2() {
    use urna_crypto::{ElectionId, PlanId, Signature, Withdrawal};
    use urna_crypto::{SharePossession, SigningKey, TrusteePossession, VerificationFailure, VerifyingKey};

    struct Key(urna_crypto::Point);
    impl VerifyingKey for Key {
        fn point(&self) -> &urna_crypto::Point {
            &self.0
        }
    }
    let mut rng = record::rng(5);
    let key = SigningKey::generate(&mut rng);
    let public = Key(key.public());
    let id = [9; 32];
    let (plan, election) = (PlanId::from_bytes(id), ElectionId::from_bytes(id));
    let possession = TrusteePossession { plan: &plan, trustee: "" };
    let share = SharePossession { election: &election, trustee: 0 };
    let withdrawal = Withdrawal { election: &election, class: "", sequence: 0 };
    let signed: [Signature; 3] =
        [key.sign(&possession, &mut rng), key.sign(&share, &mut rng), key.sign(&withdrawal, &mut rng)];
    for (i, signature) in signed.iter().enumerate() {
        let verdicts = [
            signature.verify(&public, &possession),
            signature.verify(&public, &share),
            signature.verify(&public, &withdrawal),
        ];
        for (j, verdict) in verdicts.into_iter().enumerate() {
            let expected = if i == j { Ok(()) } else { Err(VerificationFailure) };
            assert_eq!(verdict, expected, "signature {i} on statement {j}");
        }
    }
}

/// The number of tokens is bound too, not only their bytes.
#[test]
fn rejects_a_missing_an_extra_and_reordered_tokens_bal_5() {
    let ballot = record::ballot(0);
    let [one, two] = &ballot.tokens;
    assert_eq!(ballot.proof.verify(ballot.statement(&[*one, *two])), Ok(()));
    for (what, changed) in [
        ("none", vec![]),
        ("missing the last", vec![*one]),
        ("missing the first", vec![*two]),
        ("reordered", vec![*two, *one]),
        ("extra at the end", vec![*one, *two, *two]),
        ("extra at the start", vec![*one, *one, *two]),
    ] {
        assert!(ballot.proof.verify(ballot.statement(&changed)).is_err(), "{what}");
    }
}

#[test]
fn rejects_a_longer_and_a_shorter_ciphertext_bal_5() {
    let ct = BALLOT.field("ct");
    let honest = BALLOT.records()[9].clone();
    let refused = |change: fn(&mut Vec<u8>)| {
        let mut record = honest.clone();
        change(&mut record.fields[ct]);
        let mut alone = Sink::singly();
        (BALLOT.read)(&record, &mut alone).unwrap();
        alone.refused()
    };
    assert_eq!(refused(|_| ()), Vec::<usize>::new());
    assert_eq!(refused(|ct| ct.push(0)), [2]);
    assert_eq!(refused(|ct| _ = ct.pop()), [2]);
    assert_eq!(refused(Vec::clear), [2]);
}

/// All good, all bad, one good among bad ones, and batches around the size below which items are verified singly.
#[test]
fn accepts_and_rejects_batches_of_every_small_size_bat_1() {
    let kind = &STATEMENTS[3];
    let honest = kind.records();
    let bad = |record: &Record| {
        let mut bad = record.clone();
        let field = kind.field("signature");
        bad.fields[field][32] ^= 1;
        bad
    };
    assert_eq!(Batch::new().verify(&mut record::rng(6)), Ok(()));
    for size in 1..=17 {
        let all_good = &honest[..size];
        let all_bad: Vec<_> = all_good.iter().map(bad).collect();
        assert_eq!(batch_of(kind, all_good).verify(&mut record::rng(7)), Ok(()), "{size}");
        let everything: Vec<_> = (0..size).collect();
        assert_eq!(batch_of(kind, &all_bad).verify(&mut record::rng(7)), Err(everything.clone()), "{size}");
        for exception in 0..size {
            let mut one_bad = all_good.to_vec();
            one_bad[exception] = bad(&honest[exception]);
            assert_eq!(
                batch_of(kind, &one_bad).verify(&mut record::rng(8)),
                Err(vec![exception]),
                "{exception} of {size}"
            );
            let mut one_good = all_bad.clone();
            one_good[exception] = honest[exception].clone();
            let others: Vec<_> = (0..size).filter(|i| *i != exception).collect();
            let verdict = batch_of(kind, &one_good).verify(&mut record::rng(8));
            assert_eq!(verdict.err().unwrap_or_default(), others, "{exception} of {size}");
        }
    }
}
