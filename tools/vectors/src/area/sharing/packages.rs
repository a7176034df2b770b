//! Packages of round 1: lists, fields, polynomials.

use super::Three;
use crate::area::tamper::{NOT_A_POINT, flipped, plus_order};
use crate::fields::List;
use crate::oracle::{self, G, Random, Scalar};
use crate::vector::Vector;

pub(super) fn parameters(vectors: &mut Vec<Vector>, check: &Vector, three: &Three) {
    let keys = &three.ceremony.keys;
    let other = flipped(&three.ceremony.plan, 5);
    vectors.extend([
        check.changed(
            "a threshold of 1",
            "MAN-26",
            "One trustee alone is the solo path.",
            "threshold",
            &1_u16,
        ),
        check.changed(
            "a threshold of 4 with 3 trustees",
            "MAN-26",
            "Nobody could open.",
            "threshold",
            &4_u16,
        ),
        check.changed("a threshold of 3", "TRU-2", "The packages are for 2.", "threshold", &3_u16),
        check.changed(
            "packages for another plan",
            "TRU-2",
            "The signatures are over the plan id.",
            "plan",
            &other,
        ),
        check.changed(
            "one enrolment key twice",
            "TRU-1",
            "All must differ.",
            "P",
            &List(&[keys[0], keys[1], keys[0]]),
        ),
        check.changed(
            "enrolment keys exchanged",
            "TRU-2",
            "The signatures are by others.",
            "P",
            &List(&[keys[1], keys[0], keys[2]]),
        ),
        check.changed(
            "another enrolment key",
            "TRU-2",
            "P_2 + G.",
            "P",
            &List(&[keys[0], keys[1] + G, keys[2]]),
        ),
        check.changed(
            "one trustee more than packages",
            "TRU-2",
            "The package of trustee 4 is missing.",
            "P",
            &List(&[keys[0], keys[1], keys[2], keys[2] + G]),
        ),
    ]);
}

pub(super) fn lists(vectors: &mut Vec<Vector>, check: &Vector, three: &Three, random: &mut Random) {
    let packages = three.packages();
    let [one, two, last] = [0, 1, 2].map(|place| packages[place].as_slice());
    let list = |name: &str, comment: &str, list: &[&[u8]]| {
        check.changed(name, "TRU-2", comment, "packages", &list.concat())
    };
    vectors.extend([
        list("a package missing", "That of trustee 3.", &[one, two]),
        list("a package too many", "That of trustee 3 twice.", &[one, two, last, last]),
        list(
            "one package in place of another",
            "Trustee 2's twice, trustee 3's not at all.",
            &[one, two, two],
        ),
        list("packages in another order", "3, 1, 2.", &[last, one, two]),
        list("a byte behind the last package", "Zero.", &[one, two, last, &[0]]),
        list("the last byte left out", "Of the signature.", &[one, two, &last[..last.len() - 1]]),
        list("no packages", "No bytes.", &[]),
    ]);
    // Trustee 2's package with other numbers in its header, signed again by trustee 2.
    let maker = &three.makers[1];
    let resigned = |at: usize, number: u16| {
        let mut unsigned = two[..two.len() - 64].to_vec();
        unsigned[at..at + 2].copy_from_slice(&number.to_le_bytes());
        three.ceremony.sign_package(&unsigned, &maker.secret, &random_once())
    };
    fn random_once() -> Scalar {
        Random::new("sharing: signed again").scalar()
    }
    for (name, comment, package) in [
        ("a package for four trustees", "Validly signed.", resigned(4, 4)),
        ("a package with index 3 at place 2", "Validly signed by trustee 2.", resigned(0, 3)),
        ("a package with index 0", "Validly signed by trustee 2.", resigned(0, 0)),
        ("a package with index 4", "Validly signed by trustee 2.", resigned(0, 4)),
        ("a package with threshold 0", "Validly signed; its length does not fit.", resigned(2, 0)),
        ("a package with threshold 3", "Validly signed; its length does not fit.", resigned(2, 3)),
    ] {
        vectors.push(list(name, comment, &[one, &package, last]));
    }
    let stranger = three.ceremony.sign_package(&two[..two.len() - 64], &random.scalar(), &random.scalar());
    vectors.push(list("a package signed by a stranger", "In trustee 2's place.", &[one, &stranger, last]));
}

/// Changes of trustee 2's package, field by field.
pub(super) fn changed_packages(
    vectors: &mut Vec<Vector>,
    check: &Vector,
    three: &Three,
    packages: &[Vec<u8>],
) {
    let maker = &three.makers[1];
    let nonce = Random::new("sharing: changed").scalar();
    let with = |name: &str, rule: &str, comment: &str, package: &[u8]| {
        let list = [packages[0].as_slice(), package, &packages[2]].concat();
        check.changed(name, rule, comment, "packages", &list)
    };
    let original = &packages[1];
    let unsigned = original.len() - 64;
    for (field, at, is_point) in [
        ("phi_20", 6, true),
        ("phi_21", 38, true),
        ("R_2", 70, true),
        ("mu_2", 102, false),
        ("the signature's R", 134, true),
        ("the signature's s", 166, false),
    ] {
        let old: [u8; 32] = original[at..at + 32].try_into().unwrap();
        let put = |field: &[u8; 32]| {
            let mut package = original.clone();
            package[at..at + 32].copy_from_slice(field);
            package
        };
        if is_point {
            let other = (oracle::point(&old).unwrap() + G).compress().to_bytes();
            vectors.push(with(
                &format!("{field} + G"),
                "TRU-2",
                "No longer what trustee 2 signed.",
                &put(&other),
            ));
            vectors.push(with(
                &format!("{field} is the identity"),
                "GRP-2",
                "Does not decode.",
                &put(&[0; 32]),
            ));
            vectors.push(with(
                &format!("{field} is no point"),
                "GRP-1",
                "A negative field element.",
                &put(&NOT_A_POINT),
            ));
        } else {
            let other = (oracle::scalar(&old).unwrap() + Scalar::ONE).to_bytes();
            vectors.push(with(
                &format!("{field} + 1"),
                "TRU-2",
                "No longer what trustee 2 signed.",
                &put(&other),
            ));
            vectors.push(with(
                &format!("{field} + l"),
                "GRP-3",
                "The same scalar, written otherwise.",
                &put(&plus_order(&old)),
            ));
        }
        if (70..134).contains(&at) {
            let other = if is_point {
                (oracle::point(&old).unwrap() + G).compress().to_bytes()
            } else {
                (oracle::scalar(&old).unwrap() + Scalar::ONE).to_bytes()
            };
            let package = three.ceremony.sign_package(&put(&other)[..unsigned], &maker.secret, &nonce);
            let name = format!("{field} changed, and signed");
            vectors.push(with(
                &name,
                "TRU-3",
                "Trustee 2 signed a proof of knowledge that does not hold.",
                &package,
            ));
        }
    }
    // Trustee 3's commitments and proof, signed by trustee 2 as its own.
    let mut copied = packages[2].clone();
    copied[..2].copy_from_slice(&2_u16.to_le_bytes());
    let package = three.ceremony.sign_package(&copied[..unsigned], &maker.secret, &nonce);
    vectors.push(with(
        "a copied proof of knowledge",
        "TRU-3",
        "Trustee 2 signs trustee 3's commitments and proof as its own: the index is hashed.",
        &package,
    ));
}

/// Polynomials that together make no key: with every proof and signature valid (TRU-4).
pub(super) fn polynomials(vectors: &mut Vec<Vector>, check: &Vector, three: &Three, random: &mut Random) {
    let [first, second] = [&three.makers[0].coefficients, &three.makers[1].coefficients];
    let (constant, slope) = (first[0] + second[0], first[1] + second[1]);
    let other = random.scalar();
    for (name, comment, coefficients) in [
        ("the election key cancels out", "a_30 = -(a_10 + a_20), so Y = O.", [-constant, other]),
        (
            "a share key cancels out",
            "f_1 + f_2 + f_3 vanishes at 2, so Y_2 = O.",
            [other, -(constant + other) * Scalar::from(2_u8).invert() - slope],
        ),
        ("all share keys are equal", "The sum of the polynomials is constant.", [other, -slope]),
    ] {
        let mut makers = three.makers.clone();
        makers[2].coefficients = coefficients.to_vec();
        let cancelling = Three { ceremony: three.ceremony.clone(), makers };
        let list = cancelling.packages().concat();
        vectors.push(check.changed(name, "TRU-4", comment, "packages", &list));
    }
}
