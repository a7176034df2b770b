//! Plaintexts and selections.

use serde_json::{Value, json};

use super::{readings, second_choices};
use crate::fields::Fields;
use crate::oracle::plaintext;
use crate::vector::Vector;

/// Plaintexts of the manifest: board (5 options, tag and one byte), auditor (3 options, tag and one byte).
pub(super) fn plaintexts(vectors: &mut Vec<Vector>, manifest: &Value) {
    let input =
        |class: &str, plaintext: &[u8]| Fields::new().with("class", class).with("plaintext", plaintext);
    for (name, rule, comment, class, plaintext) in [
        ("two marks and one", "PLA-2", "bob, eva; hal.", "north", [0, 0x12, 0, 0x04]),
        ("an abstention", "PLA-2", "Abstains for the board; fay.", "north", [1, 0, 0, 0x01]),
        ("blank for the board", "PLA-6", "No marks where min is 0; gus.", "south", [0, 0, 0, 0x02]),
        (
            "void for the board",
            "PLA-6",
            "Three marks of at most two; fay: void in one contest only.",
            "north",
            [0, 0x07, 0, 0x01],
        ),
        ("void for the auditor", "PLA-6", "An abstention that is not offered.", "north", [0, 0, 1, 0]),
        ("void for the auditor without a mark", "PLA-6", "min is 1.", "north", [0, 0x01, 0, 0]),
        ("void in both", "PLA-6", "All marked.", "north", [0, 0x1f, 0, 0x07]),
        ("the shorter ballot style", "PLA-1", "The board only, and zeros.", "collective", [0, 0x10, 0, 0]),
    ] {
        let choices = plaintext::decode(manifest, class, &plaintext).unwrap();
        let values = readings(manifest, class, &choices);
        vectors.push(Vector::accept(
            "decode_plaintext",
            name,
            rule,
            comment,
            input(class, &plaintext),
            values,
        ));
    }
    let refused: Vec<(&str, &str, &str, &str, Vec<u8>)> = vec![
        ("a byte missing", "PLA-1", "Three bytes.", "north", vec![0, 0x12, 0]),
        ("a byte too many", "PLA-1", "Zero behind the last contest.", "north", vec![0, 0x12, 0, 0x04, 0]),
        ("no bytes", "PLA-1", "Nothing.", "north", vec![]),
        (
            "the shorter ballot style's own length",
            "PLA-1",
            "All plaintexts of an election have one length.",
            "collective",
            vec![0, 0x10],
        ),
        ("an unknown tag", "PLA-2", "2.", "north", vec![2, 0, 0, 0x01]),
        ("an unknown tag in the second contest", "PLA-2", "255.", "north", vec![0, 0, 255, 0x01]),
        ("a bit behind the last option", "PLA-4", "Option 5 of 5.", "north", vec![0, 0x20, 0, 0x01]),
        ("the highest bit of a bitmap", "PLA-4", "Option 7 of 5.", "north", vec![0, 0x80, 0, 0x01]),
        (
            "a bit behind the last option of the second contest",
            "PLA-4",
            "Option 3 of 3.",
            "north",
            vec![0, 0, 0, 0x08],
        ),
        (
            "a bit behind the last contest",
            "PLA-4",
            "This class does not vote on the auditor.",
            "collective",
            vec![0, 0x10, 0, 0x01],
        ),
        (
            "a tag behind the last contest",
            "PLA-4",
            "This class does not vote on the auditor.",
            "collective",
            vec![0, 0x10, 1, 0],
        ),
        ("an abstention with marks", "PLA-5", "And ada.", "north", vec![1, 0x01, 0, 0x01]),
        (
            "an abstention with marks where it is not offered",
            "PLA-5",
            "Invalid, not void.",
            "north",
            vec![0, 0, 1, 0x01],
        ),
    ];
    for (name, rule, comment, class, plaintext) in refused {
        vectors.push(Vector::reject("decode_plaintext", name, rule, comment, input(class, &plaintext)));
    }
}

pub(super) fn selections(vectors: &mut Vec<Vector>, manifest: &Value) {
    let input = |class: &str, choices: Value| Fields::new().with("choices", &choices).with("class", class);
    for (name, class, choices) in [
        ("encoded: two marks and one", "north", json!([[1, 4], [2]])),
        ("encoded: an abstention", "south", json!(["abstain", [0]])),
        ("encoded: blank", "collective", json!([[]])),
    ] {
        let read = second_choices(manifest, class, choices.as_array().unwrap()).unwrap();
        let values = Fields::new().with("plaintext", &plaintext::encode(manifest, class, &read));
        vectors.push(Vector::accept(
            "encode_plaintext",
            name,
            "PLA-3",
            "Valid.",
            input(class, choices),
            values,
        ));
    }
    for (name, rule, comment, class, choices) in [
        ("encoded: a contest missing", "PLA-3", "One choice for two contests.", "north", json!([[1]])),
        (
            "encoded: a contest too many",
            "PLA-3",
            "Two choices for one contest.",
            "collective",
            json!([[1], [1]]),
        ),
        ("encoded: an option that is not there", "PLA-3", "Option 5 of 5.", "north", json!([[5], [0]])),
        ("encoded: marks out of order", "PLA-3", "4 before 1.", "north", json!([[4, 1], [0]])),
        ("encoded: a mark twice", "PLA-3", "1 and 1.", "north", json!([[1, 1], [0]])),
        ("encoded: too many marks", "PLA-6", "It would be void.", "north", json!([[0, 1, 2], [0]])),
        ("encoded: too few marks", "PLA-6", "It would be void.", "north", json!([[0], []])),
        (
            "encoded: an abstention that is not offered",
            "PLA-6",
            "It would be void.",
            "north",
            json!([[0], "abstain"]),
        ),
    ] {
        vectors.push(Vector::reject("encode_plaintext", name, rule, comment, input(class, choices)));
    }
}
