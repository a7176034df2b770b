//! Rehearsals, and combinations of what trustees opened.

use super::cases::encoded;
use crate::area::tamper::{NOT_A_POINT, flipped, plus_order, with_row};
use crate::fields::{Fields, List};
use crate::oracle::opening::{combine, lambda, rehearse};
use crate::oracle::{self, G, Random, Scalar, rows};
use crate::vector::Vector;

pub(super) fn rehearsals(
    vectors: &mut Vec<Vector>,
    election: &[u8; 32],
    shares: &[Scalar],
    random: &mut Random,
) {
    let (bytes, values) = rehearse(election, 2, &shares[1], &random.scalar());
    let rehearsal = Vector::accept(
        "verify_rehearsal",
        "a rehearsal",
        "TRU-7",
        "The canary is a point hashed from label, election id and trustee.",
        Fields::new().with("Y_i", &(shares[1] * G)).with("rehearsal", &bytes).with("trustee", &2_u16),
        values,
    );
    vectors.push(rehearsal.clone());
    let [d, t1, t2, s] = rows(&bytes);
    let moved = |bytes: &[u8; 32]| (oracle::point(bytes).unwrap() + G).compress().to_bytes();
    let plus = (oracle::scalar(&s).unwrap() + Scalar::ONE).to_bytes();
    let (of_third, _) = rehearse(election, 3, &shares[2], &random.scalar());
    // The holder of share 2 decrypts the canary of trustee 3.
    let (others_canary, _) = rehearse(election, 3, &shares[1], &random.scalar());
    for (name, check, comment, bytes) in [
        ("rehearsal with another point", "TRU-7", "D + G.", with_row(&bytes, 0, &moved(&d))),
        ("rehearsal with T1 + G", "TRU-7", "Another commitment.", with_row(&bytes, 1, &moved(&t1))),
        ("rehearsal with T2 + G", "TRU-7", "Another commitment.", with_row(&bytes, 2, &moved(&t2))),
        ("rehearsal with s + 1", "TRU-7", "Another response.", with_row(&bytes, 3, &plus)),
        ("rehearsal with D the identity", "GRP-2", "D = O.", with_row(&bytes, 0, &[0; 32])),
        (
            "rehearsal with D no point",
            "GRP-1",
            "A negative field element.",
            with_row(&bytes, 0, &NOT_A_POINT),
        ),
        (
            "rehearsal with s + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            with_row(&bytes, 3, &plus_order(&s)),
        ),
        ("rehearsal of another trustee", "TRU-7", "Trustee 3's own.", of_third),
        ("rehearsal of another trustee's canary", "TRU-7", "With the right share.", others_canary),
    ] {
        vectors.push(rehearsal.changed(name, check, comment, "rehearsal", &bytes));
    }
    vectors.extend([
        rehearsal.changed(
            "rehearsal named as another trustee's",
            "TRU-7",
            "Another canary.",
            "trustee",
            &1_u16,
        ),
        rehearsal.changed(
            "rehearsal of another election",
            "TRU-7",
            "Another canary.",
            "election",
            &flipped(election, 0),
        ),
        rehearsal.changed(
            "rehearsal under another share key",
            "TRU-7",
            "Y_i + G.",
            "Y_i",
            &(shares[1] * G + G),
        ),
    ]);
}

pub(super) fn combinations(vectors: &mut Vec<Vector>, shares: &[Scalar], nonces: &[oracle::Point]) {
    let of = |trustee: u16| -> Vec<oracle::Point> {
        let share = shares[usize::from(trustee) - 1];
        nonces.iter().map(|nonce| share * nonce).collect()
    };
    let first = |trustees: &[u16]| -> Vec<oracle::Point> { trustees.iter().map(|i| of(*i)[0]).collect() };
    for (name, comment, trustees) in [
        ("two trustees' partial decryptions combine", "Two of three suffice.", vec![1_u16, 3]),
        ("the order of the trustees does not matter", "The same S.", vec![3, 1]),
        ("three combine to the same", "More than t give the same S.", vec![1, 2, 3]),
    ] {
        let decryptions = first(&trustees);
        let values = Fields::new()
            .with("S", &combine(&trustees, &decryptions).unwrap())
            .with("lambda", &List(&lambda(&trustees).unwrap()));
        let input = Fields::new().with("D", &List(&encoded(&decryptions))).with("trustees", &List(&trustees));
        vectors.push(Vector::accept("combine", name, "TRU-13", comment, input, values));
    }
    // lambda = (3/2, -1/2) of trustees 1 and 3: the sum vanishes for D_3 = 3 D_1.
    let vanishing = [G, Scalar::from(3_u8) * G];
    for (name, comment, trustees, decryptions) in [
        ("combined without trustees", "There is none.", vec![], vec![]),
        (
            "combined with trustee 0",
            "Indices begin at 1; 0 is where the secret is.",
            vec![0_u16, 1],
            first(&[1, 2]),
        ),
        ("combined with a trustee twice", "Its own share is not two.", vec![2, 2], first(&[2, 2])),
        ("combined with a partial decryption missing", "Two trustees, one point.", vec![1, 3], first(&[1])),
        ("combined with one too many", "Two trustees, three points.", vec![1, 3], first(&[1, 3, 2])),
        (
            "combined to the identity",
            "Which proved partial decryptions never give.",
            vec![1, 3],
            vanishing.to_vec(),
        ),
    ] {
        let input = Fields::new().with("D", &List(&encoded(&decryptions))).with("trustees", &List(&trustees));
        vectors.push(Vector::reject("combine", name, "TRU-13", comment, input));
    }
    let combined: Vec<oracle::Point> =
        (0..nonces.len()).map(|j| combine(&[1, 2], &[of(1)[j], of(2)[j]]).unwrap()).collect();
    let input = |trustees: &[u16], lists: &[Vec<oracle::Point>], combined: &[oracle::Point]| {
        let lists: Vec<Fields> =
            lists.iter().map(|list| Fields::new().with("D", &List(&encoded(list)))).collect();
        Fields::new()
            .with("S", &List(&encoded(combined)))
            .with("decryptions", &List(&lists))
            .with("trustees", &List(trustees))
    };
    vectors.push(Vector::accept(
        "verify_combination",
        "published openings are combinations",
        "TRU-14",
        "Five S_j of trustees 1 and 2, checked at once.",
        input(&[1, 2], &[of(1), of(2)], &combined),
        Fields::new(),
    ));
    let mut wrong = combined.clone();
    wrong[3] += G;
    let mut cancelling = combined.clone();
    cancelling[1] += G;
    cancelling[4] -= G;
    let mut exchanged = combined.clone();
    exchanged.swap(0, 2);
    let all = vec![0_u64, 1, 2, 3, 4];
    let both = [of(1), of(2)];
    for (name, comment, input, bad) in [
        ("one wrong opening", "S_3 + G.", input(&[1, 2], &both, &wrong), vec![3]),
        (
            "two wrong openings that cancel",
            "S_1 + G and S_4 - G.",
            input(&[1, 2], &both, &cancelling),
            vec![1, 4],
        ),
        ("two openings exchanged", "S_0 and S_2.", input(&[1, 2], &both, &exchanged), vec![0, 2]),
        (
            "combined with another trustee's index",
            "The points of trustees 1 and 2 with the coefficients of 1 and 3.",
            input(&[1, 3], &both, &combined),
            all.clone(),
        ),
        (
            "combined with the trustees exchanged",
            "The points of 1 and 2 with the coefficients of 2 and 1.",
            input(&[2, 1], &both, &combined),
            all.clone(),
        ),
        (
            "combined of fewer lists",
            "Two trustees, one list.",
            input(&[1, 2], &both[..1], &combined),
            all.clone(),
        ),
        (
            "combined of a shorter list",
            "Trustee 2 opened four of five.",
            input(&[1, 2], &[of(1), of(2)[..4].to_vec()], &combined),
            all,
        ),
    ] {
        let values = Fields::new().with("bad", &List(&bad));
        vectors.push(Vector::reject("verify_combination", name, "TRU-14", comment, input).naming(values));
    }
}
