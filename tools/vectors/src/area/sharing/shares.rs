//! Sealed shares, and a share by itself.

use super::Three;
use crate::area::tamper::{NOT_A_POINT, flipped, plus_order};
use crate::fields::{Fields, List};
use crate::oracle::ceremony::evaluate;
use crate::oracle::{self, G, Random, Scalar};
use crate::vector::Vector;

pub(super) fn shares(
    vectors: &mut Vec<Vector>,
    three: &Three,
    packages: &[Vec<u8>],
    keys: &oracle::ceremony::Keys,
    random: &mut Random,
) {
    let list = packages.concat();
    let secret = |index: u16| &three.makers[usize::from(index) - 1];
    let mut seal = |hash: &[u8; 32], sender: u16, recipient: u16, share: &[u8; 32], by: u16| {
        let nonces = [random.scalar(), random.scalar()];
        three.ceremony.seal(hash, [sender, recipient], &secret(by).secret, share, nonces)
    };
    let share = |sender: u16, recipient: u16| evaluate(&secret(sender).coefficients, recipient).to_bytes();
    let (from_one, values_one) = seal(&keys.hash, 1, 2, &share(1, 2), 1);
    let (from_three, values_three) = seal(&keys.hash, 3, 2, &share(3, 2), 3);
    let open = Vector::accept(
        "open_shares",
        "trustee 2 opens its shares",
        "TRU-5",
        "The shares sealed by trustees 1 and 3, and its own, add up to x_2.",
        Fields::new()
            .with("i", &2_u16)
            .with("own", &share(2, 2))
            .with("p_i", &secret(2).secret)
            .with("packages", &list)
            .with("sealed", &List(&[from_one, from_three])),
        Fields::new()
            .with("Y_i", &(three.share(2) * G))
            .with("shares", &List(&[values_one, values_three]))
            .with("x_i", &three.share(2)),
    );
    vectors.push(open.clone());
    let verify = Vector::accept(
        "verify_sealed_share",
        "a sealed share is its sender's",
        "TRU-5",
        "What whoever passes it on should check; it says nothing about its contents.",
        Fields::new().with("packages", &list).with("sealed", &from_one),
        Fields::new(),
    );
    vectors.push(verify.clone());
    let wrong = oracle::scalar(&share(1, 2)).unwrap() + Scalar::ONE;
    let (to_three, _) = seal(&keys.hash, 1, 3, &share(1, 3), 1);
    let (mismatched, _) = seal(&keys.hash, 1, 2, &wrong.to_bytes(), 1);
    let (for_three, _) = seal(&keys.hash, 1, 2, &share(1, 3), 1);
    let (zero, _) = seal(&keys.hash, 1, 2, &[0; 32], 1);
    let (lax, _) = seal(&keys.hash, 1, 2, &plus_order(&share(1, 2)), 1);
    let (elsewhere, _) = seal(&flipped(&keys.hash, 0), 1, 2, &share(1, 2), 1);
    let (impostor, _) = seal(&keys.hash, 1, 2, &share(1, 2), 3);
    let (to_itself, _) = seal(&keys.hash, 2, 2, &share(2, 2), 2);
    // Trustee 3 passes trustee 1's ciphertext off as its own: signed by 3, but the keystream names 1.
    let mut copied = from_one;
    copied[..2].copy_from_slice(&3_u16.to_le_bytes());
    let signed = sign_again(&keys.hash, &copied, &secret(3).secret);
    for (name, comment, sealed) in [
        ("a share that does not match", "f_1(2) + 1, validly sealed.", vec![mismatched, from_three]),
        ("the share of trustee 3", "f_1(3), validly sealed to trustee 2.", vec![for_three, from_three]),
        ("a share of zero", "Validly sealed.", vec![zero, from_three]),
        ("a share that is not canonical", "f_1(2) + l, validly sealed.", vec![lax, from_three]),
        ("a share sealed to another trustee", "Trustee 1's for trustee 3.", vec![to_three, from_three]),
        ("a share of another ceremony", "Another ceremony hash.", vec![elsewhere, from_three]),
        ("a share signed by another trustee", "In the name of 1, signed by 3.", vec![impostor, from_three]),
        ("a copied share", "Trustee 3 signs trustee 1's R and ct as its own.", vec![from_one, signed]),
        ("a share to itself", "From trustee 2 to trustee 2.", vec![from_one, from_three, to_itself]),
        ("a share missing", "Nothing from trustee 3.", vec![from_one]),
        ("a share twice", "Trustee 1's.", vec![from_one, from_three, from_one]),
        ("no shares", "Nothing from anybody.", vec![]),
    ] {
        vectors.push(open.changed(name, "TRU-5", comment, "sealed", &List(&sealed)));
    }
    let at = |place: usize, bytes: &[u8]| {
        let mut changed = from_one;
        changed[place..place + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let moved = (oracle::point(&from_one[4..36].try_into().unwrap()).unwrap() + G).compress().to_bytes();
    let response: [u8; 32] = from_one[100..].try_into().unwrap();
    let plus = (oracle::scalar(&response).unwrap() + Scalar::ONE).to_bytes();
    for (name, rule, comment, sealed) in [
        ("sealed: sender 3", "TRU-5", "The signature is by 1.", at(0, &3_u16.to_le_bytes())),
        ("sealed: sender 0", "TRU-5", "There is no trustee 0.", at(0, &0_u16.to_le_bytes())),
        ("sealed: sender 4", "TRU-5", "There is no trustee 4.", at(0, &4_u16.to_le_bytes())),
        ("sealed: recipient 3", "TRU-5", "Redirected.", at(2, &3_u16.to_le_bytes())),
        ("sealed: recipient 1", "TRU-5", "To its own sender.", at(2, &1_u16.to_le_bytes())),
        ("sealed: R + G", "TRU-5", "Signed.", at(4, &moved)),
        ("sealed: R the identity", "GRP-2", "S would be known.", at(4, &[0; 32])),
        ("sealed: R no point", "GRP-1", "A negative field element.", at(4, &NOT_A_POINT)),
        ("sealed: a bit of ct", "TRU-5", "Signed.", flipped(&from_one, 8 * 36)),
        ("sealed: the signature's s + 1", "TRU-5", "Another response.", at(100, &plus)),
        (
            "sealed: the signature's s + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            at(100, &plus_order(&response)),
        ),
    ] {
        vectors.push(verify.changed(name, rule, comment, "sealed", &sealed));
    }
}

/// A sealed share with another signature.
fn sign_again(hash: &[u8; 32], sealed: &[u8; 132], secret: &Scalar) -> [u8; 132] {
    let number = |at: usize| u64::from(u16::from_le_bytes([sealed[at], sealed[at + 1]]));
    let statement = oracle::transcript::Transcript::new("urna/v1/share/sealed")
        .bytes("ceremony", hash)
        .integer("sender", number(0))
        .integer("recipient", number(2))
        .bytes("R", &sealed[4..36])
        .bytes("ct", &sealed[36..68]);
    let nonce = Random::new("sharing: copied").scalar();
    let signed = oracle::signature::sign(statement, secret, &nonce);
    let mut bytes = *sealed;
    bytes[68..].copy_from_slice(&signed.bytes);
    bytes
}

/// A share by itself, as a key file has it; and that of a solo trustee.
pub(super) fn single(vectors: &mut Vec<Vector>, three: &Three, election_key: &oracle::Point) {
    let bytes = |index: u16, x: &[u8; 32], share_key: &[u8; 32], key: &[u8; 32]| {
        [index.to_le_bytes().as_slice(), x, share_key, key].concat()
    };
    let (x, key) = (three.share(2), election_key.compress().to_bytes());
    let share_key = (x * G).compress().to_bytes();
    let input = |bytes: Vec<u8>| Fields::new().with("share", &bytes);
    vectors.push(Vector::accept(
        "read_share",
        "a share",
        "TRU-8",
        "Index, x_i, Y_i, Y, as the key file has them.",
        input(bytes(2, &x.to_bytes(), &share_key, &key)),
        Fields::new().with("Y", election_key).with("Y_i", &(x * G)).with("i", &2_u16),
    ));
    vectors.push(Vector::accept(
        "read_share",
        "the share of a solo trustee",
        "TRU-8",
        "n = t = 1: Y = Y_1 = x_1 G.",
        input(bytes(1, &x.to_bytes(), &share_key, &share_key)),
        Fields::new().with("Y", &(x * G)).with("Y_i", &(x * G)).with("i", &1_u16),
    ));
    let other = (x * G + G).compress().to_bytes();
    for (name, rule, comment, bytes) in [
        (
            "a share with index 0",
            "TRU-8",
            "Trustees are numbered from 1.",
            bytes(0, &x.to_bytes(), &share_key, &key),
        ),
        ("a share of another Y_i", "TRU-8", "Y_i is not x_i G.", bytes(2, &x.to_bytes(), &other, &key)),
        ("a share of zero, saved", "GRP-3", "x_i = 0.", bytes(2, &[0; 32], &share_key, &key)),
        (
            "a share with x_i + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            bytes(2, &plus_order(&x.to_bytes()), &share_key, &key),
        ),
        ("a share of the identity", "GRP-2", "Y = O.", bytes(2, &x.to_bytes(), &share_key, &[0; 32])),
    ] {
        vectors.push(Vector::reject("read_share", name, rule, comment, input(bytes)));
    }
}
