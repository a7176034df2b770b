//! Points, scalars, names, integers, bytes.

use crate::area::tamper::{NOT_A_POINT, plus_order};
use crate::election::base64;
use crate::fields::Fields;
use crate::oracle::{self, G, Random};
use crate::vector::Vector;

pub(super) fn group(vectors: &mut Vec<Vector>, random: &mut Random) {
    let field = |bytes: &[u8; 32]| Fields::new().with("bytes", bytes);
    vectors.push(Vector::accept(
        "second_generator",
        "the second generator",
        "GRP-1",
        "SHA-512 of the label `urna/v1/generator-h`, mapped to the group.",
        Fields::new(),
        Fields::new().with("H", &oracle::h()),
    ));
    let point = (random.scalar() * G).compress().to_bytes();
    vectors.push(Vector::accept(
        "read_point",
        "a point",
        "GRP-1",
        "A random one.",
        field(&point),
        Fields::new(),
    ));
    let unhex = |text: &str| -> [u8; 32] { crate::fields::unhex(text).unwrap().try_into().unwrap() };
    // RFC 9496, appendix A.3, and the bounds of its field.
    for (name, rule, comment, bytes) in [
        ("point: the identity", "GRP-2", "32 zero bytes.", [0; 32]),
        ("point: negative field element", "GRP-1", "1.", NOT_A_POINT),
        (
            "point: p",
            "GRP-1",
            "Another encoding of 0.",
            unhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ),
        (
            "point: p + 2",
            "GRP-1",
            "Another encoding of 2.",
            unhex("efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ),
        ("point: above p", "GRP-1", "All bits set.", [0xff; 32]),
        (
            "point: above 2^255",
            "GRP-1",
            "RFC 9496: a non-canonical field element.",
            unhex("00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        ),
        (
            "point: no square",
            "GRP-1",
            "RFC 9496: a non-square x^2.",
            unhex("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
        ),
        (
            "point: negative xy",
            "GRP-1",
            "RFC 9496.",
            unhex("3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e"),
        ),
        (
            "point: y = 0",
            "GRP-1",
            "RFC 9496: s = -1.",
            unhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        ),
        ("point: the highest bit set", "GRP-1", "The point of the first vector with one more bit.", {
            let mut bytes = point;
            bytes[31] |= 0x80;
            bytes
        }),
    ] {
        vectors.push(Vector::reject("read_point", name, rule, comment, field(&bytes)));
    }
    let scalar = random.scalar().to_bytes();
    let order = plus_order(&[0; 32]);
    let mut largest = order;
    largest[0] -= 1;
    for (name, comment, bytes) in [
        ("a scalar", "A random one.", scalar),
        ("scalar: 0", "A canonical scalar.", [0; 32]),
        ("scalar: l - 1", "The largest.", largest),
    ] {
        vectors.push(Vector::accept("read_scalar", name, "GRP-3", comment, field(&bytes), Fields::new()));
    }
    let mut high = [0; 32];
    high[31] = 0x20;
    for (name, comment, bytes) in [
        ("scalar: l", "Another encoding of 0.", order),
        ("scalar: l + 1", "Another encoding of 1.", {
            let mut bytes = order;
            bytes[0] += 1;
            bytes
        }),
        ("scalar: 2^253", "Above l.", high),
        ("scalar: 2^256 - 1", "All bits set.", [0xff; 32]),
        ("scalar + l", "The first one, written otherwise.", plus_order(&scalar)),
    ] {
        vectors.push(Vector::reject("read_scalar", name, "GRP-3", comment, field(&bytes)));
    }
    vectors.push(Vector::reject(
        "read_secret_scalar",
        "secret scalar: 0",
        "GRP-3",
        "A secret is never zero.",
        field(&[0; 32]),
    ));
    vectors.push(Vector::reject(
        "read_secret_scalar",
        "secret scalar: l",
        "GRP-3",
        "Zero, written otherwise.",
        field(&order),
    ));
}

pub(super) fn names(vectors: &mut Vec<Vector>) {
    let long = "a".repeat(40);
    let longer = "a".repeat(41);
    let many = format!("en{}", "-abcdefgh".repeat(4));
    for (kind, accepted, refused) in [
        (
            "slug",
            vec!["abc", "-0-", &long],
            vec!["ab", "", "aBc", "a_c", "a c", "ábc", "abc\n", "a.c", &longer],
        ),
        ("id", vec!["a", "0", "-", &long], vec!["", "A", "a_c", "a/c", "č", " a", &longer]),
        (
            "language",
            vec!["en", "ces", "pt-BR", "zh-Hant-TW", "sl-rozaj"],
            vec![
                "",
                "e",
                "EN",
                "english",
                "en-",
                "en--US",
                "en-a",
                "en_US",
                "-en",
                "čs",
                "en-Abcdefghi",
                &many,
            ],
        ),
    ] {
        let input = |text: &str| Fields::new().with("kind", kind).with("text", text);
        for text in accepted {
            let name = format!("{kind} {text:?}");
            vectors.push(Vector::accept("read_name", &name, "ENC-5", "Valid.", input(text), Fields::new()));
        }
        for text in refused {
            let name = format!("{kind} {text:?}");
            vectors.push(Vector::reject("read_name", &name, "ENC-5", "Not of this form.", input(text)));
        }
    }
}

pub(super) fn integers(vectors: &mut Vec<Vector>) {
    let input = |text: &str| Fields::new().with("json", text);
    for text in ["0", "1", "9007199254740991"] {
        let name = format!("integer {text}");
        vectors.push(Vector::accept("read_integer", &name, "ENC-3", "Valid.", input(text), Fields::new()));
    }
    for (text, rule) in [
        ("9007199254740992", "ENC-3"),
        ("18446744073709551616", "ENC-3"),
        ("-1", "ENC-3"),
        ("-0", "ENC-3"),
        ("1.0", "ENC-3"),
        ("1e3", "ENC-3"),
        ("1E3", "ENC-3"),
        ("00", "ENC-3"),
        ("01", "ENC-3"),
        ("+1", "ENC-3"),
        ("0x1", "ENC-3"),
        ("\"1\"", "ENC-3"),
        ("true", "ENC-3"),
        ("null", "ENC-3"),
        ("NaN", "ENC-3"),
        ("", "ENC-3"),
        (" 1", "ENC-1"),
        ("1\n", "ENC-1"),
        ("1,", "ENC-2"),
        ("1 1", "ENC-2"),
        ("\u{feff}1", "ENC-1"),
    ] {
        let name = format!("integer {text:?}");
        vectors.push(Vector::reject("read_integer", &name, rule, "No canonical integer.", input(text)));
    }
}

pub(super) fn bytes(vectors: &mut Vec<Vector>, random: &mut Random) {
    let input = |kind: &str, json: &str| Fields::new().with("json", json).with("kind", kind);
    for (text, bytes) in [("\"\"", vec![]), ("\"/+8=\"", vec![0xff, 0xef]), ("\"AAAA\"", vec![0; 3])] {
        let name = format!("bytes {text}");
        let values = Fields::new().with("bytes", &bytes);
        vectors.push(Vector::accept("read_bytes", &name, "ENC-4", "Valid.", input("bytes", text), values));
    }
    for (text, comment) in [
        ("\"/+8\"", "Without padding."),
        ("\"/+8==\"", "Too much padding."),
        ("\"/+9=\"", "Unused bits that are not zero."),
        ("\"/+//==\"", "Padding where none belongs."),
        ("\"AB==\"", "Unused bits that are not zero."),
        ("\"A===\"", "Six bits are no byte."),
        ("\"_-8=\"", "The alphabet for URLs."),
        ("\" /+8=\"", "A space."),
        ("\"/+8=\\n\"", "A line break."),
        ("\"/+\\n8=\"", "A line break inside."),
        ("\"/+8=AAAA\"", "Something behind the padding."),
        ("\"ffef\\u0000\"", "A zero character."),
        ("[255,239]", "A list of numbers."),
        ("null", "Nothing."),
    ] {
        let name = format!("bytes {text}");
        vectors.push(Vector::reject("read_bytes", &name, "ENC-4", comment, input("bytes", text)));
    }
    let quoted = |bytes: &[u8]| format!("\"{}\"", base64(bytes));
    let point = (random.scalar() * G).compress().to_bytes();
    let scalar = random.scalar().to_bytes();
    let token = [point, scalar, scalar].concat();
    for (kind, rule, comment, bytes) in [
        ("hash", "ENC-4", "31 bytes.", vec![1; 31]),
        ("hash", "ENC-4", "33 bytes.", vec![1; 33]),
        ("hash", "ENC-4", "No bytes.", vec![]),
        ("point", "ENC-4", "33 bytes.", [point.as_slice(), &[0]].concat()),
        ("point", "GRP-2", "The identity.", vec![0; 32]),
        ("point", "GRP-1", "No point.", vec![0xff; 32]),
        ("scalar", "ENC-4", "31 bytes: a leading zero left out.", scalar[..31].to_vec()),
        ("scalar", "GRP-3", "A scalar + l.", plus_order(&scalar).to_vec()),
        ("signature", "ENC-4", "65 bytes.", [point.as_slice(), &scalar, &[0]].concat()),
        ("signature", "GRP-2", "R is the identity.", [[0; 32], scalar].concat()),
        ("signature", "GRP-3", "s + l.", [point, plus_order(&scalar)].concat()),
        ("token", "ENC-4", "95 bytes.", token[..95].to_vec()),
        ("token", "ENC-4", "97 bytes.", [token.as_slice(), &[0]].concat()),
        ("token", "ENC-4", "Two tokens.", [token.as_slice(), &token].concat()),
        ("token", "GRP-2", "Rbar is the identity.", [[0; 32], scalar, scalar].concat()),
    ] {
        let name = format!("{kind}: {comment}");
        vectors.push(Vector::reject("read_bytes", &name, rule, comment, input(kind, &quoted(&bytes))));
    }
}
