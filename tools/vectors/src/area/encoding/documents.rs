//! Entries and rows of the register as canonical documents; handles.

use serde_json::{Value, json};

use crate::election::{Election, base64, canonical, sha256};
use crate::fields::{Fields, List, hex};
use crate::oracle::{G, Random};
use crate::vector::Vector;

/// One entry, a withdrawal, written otherwise.
pub(super) fn entries(vectors: &mut Vec<Vector>, entry: &str) {
    vectors.push(Vector::accept(
        "read_entry",
        "an entry",
        "ENT-1",
        "A withdrawal; whether it verifies is not asked here.",
        Fields::new(),
        Fields::new().with("kind", "withdrawal").with("sha256", &sha256(entry)),
    ));
    for (name, rule, comment, find, with) in [
        ("entry: a space behind the opening brace", "ENC-1", "Whitespace.", "{\"class\"", "{ \"class\""),
        ("entry: a line break at the end", "ENC-1", "Whitespace.", "\"}", "\"}\n"),
        (
            "entry: members in another order",
            "ENC-1",
            "kind before class.",
            "\"class\":\"north\",\"kind\":\"withdrawal\"",
            "\"kind\":\"withdrawal\",\"class\":\"north\"",
        ),
        (
            "entry: a member twice",
            "ENC-1",
            "The second would win, or the first.",
            "\"sequence\":1",
            "\"sequence\":1,\"sequence\":2",
        ),
        (
            "entry: a member twice, the same",
            "ENC-1",
            "Also.",
            "\"sequence\":1",
            "\"sequence\":1,\"sequence\":1",
        ),
        (
            "entry: the kind twice",
            "ENC-1",
            "A reader that takes the first and one that takes the second would differ.",
            "\"kind\":\"withdrawal\"",
            "\"kind\":\"ballot\",\"kind\":\"withdrawal\"",
        ),
        ("entry: an escape that is not needed", "ENC-1", "n as \\u006e.", "\"north\"", "\"\\u006eorth\""),
        (
            "entry: an escaped slash",
            "ENC-1",
            "Base64 is written without escapes.",
            "\"withdrawal\"",
            "\"withdrawa\\u006c\"",
        ),
        ("entry: an escape in a name", "ENC-1", "class as \\u0063lass.", "\"class\"", "\"\\u0063lass\""),
        ("entry: a fraction", "ENC-3", "1.0.", "\"sequence\":1", "\"sequence\":1.0"),
        ("entry: an exponent", "ENC-3", "1e0.", "\"sequence\":1", "\"sequence\":1e0"),
        ("entry: a leading zero", "ENC-3", "01.", "\"sequence\":1", "\"sequence\":01"),
        ("entry: a number above 32 bits", "ENC-3", "2^32.", "\"sequence\":1", "\"sequence\":4294967296"),
        ("entry: a negative number", "ENC-3", "-1.", "\"sequence\":1", "\"sequence\":-1"),
        ("entry: a member left out", "ENC-2", "No sequence number.", "\"sequence\":1,", ""),
        (
            "entry: an unknown member",
            "ENC-2",
            "Refused, never ignored.",
            "\"sequence\":1",
            "\"note\":\"\",\"sequence\":1",
        ),
        (
            "entry: an unknown kind",
            "ENT-1",
            "Refused, never ignored.",
            "\"kind\":\"withdrawal\"",
            "\"kind\":\"comment\"",
        ),
        (
            "entry: a kind in capitals",
            "ENT-1",
            "Words are compared as bytes.",
            "\"kind\":\"withdrawal\"",
            "\"kind\":\"Withdrawal\"",
        ),
        (
            "entry: another kind",
            "ENC-2",
            "The members are not those of a ballot.",
            "\"kind\":\"withdrawal\"",
            "\"kind\":\"ballot\"",
        ),
        ("entry: a class that is no id", "ENC-5", "A capital.", "\"north\"", "\"North\""),
        ("entry: null", "ENC-2", "Nothing where a class belongs.", "\"north\"", "null"),
        ("entry: something behind it", "ENC-2", "A second document.", "\"}", "\"}{}"),
        ("entry: cut off", "ENC-2", "The last brace is missing.", "\"}", "\""),
        ("entry: a byte order mark", "ENC-1", "U+FEFF first.", "{\"class\"", "\u{feff}{\"class\""),
        ("entry: a comma too many", "ENC-2", "Not JSON.", "\"}", "\",}"),
        ("entry: a comment", "ENC-2", "Not JSON.", "{\"class\"", "/**/{\"class\""),
        ("entry: a list", "ENC-2", "An entry in a list.", "{\"class\"", "[{\"class\""),
        ("entry: single quotes", "ENC-2", "Not JSON.", "\"north\"", "'north'"),
        ("entry: half a surrogate pair", "ENC-2", "Not Unicode.", "\"north\"", "\"\\ud800\""),
    ] {
        let piece = json!([{"find": find, "with": with}]);
        let input = Fields::new().with("replace", &piece);
        vectors.push(Vector::reject("read_entry", name, rule, comment, input));
    }
    let nested = format!("{}1", "[".repeat(200));
    let long = "a".repeat(65_535);
    for (name, rule, comment, with) in [
        ("entry: nested deeply", "ENC-2", "200 brackets: refused, without exhausting the stack.", nested),
        ("entry: longer than 65,535 bytes", "ENC-6", "Refused before it is read.", format!("\"{long}\"")),
    ] {
        let piece = json!([{"find": "\"north\"", "with": with}]);
        vectors.push(Vector::reject(
            "read_entry",
            name,
            rule,
            comment,
            Fields::new().with("replace", &piece),
        ));
    }
}

pub(super) fn handles(vectors: &mut Vec<Vector>, election: &Election) {
    for (name, person) in [("a handle", "žofie@club.example"), ("a handle of nobody", "")] {
        let salt = [2; 16];
        let bytes = [b"urna/v1/handle".as_slice(), &election.id, &salt, person.as_bytes()];
        vectors.push(Vector::accept(
            "handle",
            name,
            "REG-1",
            "SHA-256 of label, election id, salt and person id in UTF-8.",
            Fields::new().with("election", &election.id).with("person", person).with("salt", &salt),
            Fields::new().with("handle", &sha256(bytes.concat())),
        ));
    }
}

pub(super) fn registers(vectors: &mut Vec<Vector>, random: &mut Random) {
    let mut handles: Vec<[u8; 32]> = (0..4).map(|_| random.bytes()).collect();
    handles.sort_unstable();
    let keys: Vec<[u8; 32]> = (0..5).map(|_| (random.scalar() * G).compress().to_bytes()).collect();
    let row = |handle: usize, class: &str, key: Option<usize>, replaced: u64| {
        let credential = key.map_or(Value::Null, |key| json!(base64(keys[key])));
        json!({"class": class, "credential": credential, "handle": base64(handles[handle]), "replaced": replaced})
    };
    let blob = |rows: &[Value]| canonical(&json!({"rows": rows}));
    let first = vec![
        row(0, "north", Some(0), 0),
        row(1, "south", None, 0),
        row(2, "south", Some(2), 0),
        row(3, "collective", Some(3), 0),
    ];
    let second = vec![row(0, "south", Some(0), 0), row(1, "south", Some(1), 0), row(2, "south", Some(4), 1)];
    let input = |rows: &[Value]| Fields::new().with("blobs", &json!([blob(rows)]));
    let after = |rows: &[Value]| input(rows).with("previous", &json!([blob(&first)]));
    let list =
        |handles: &[[u8; 32]]| -> Value { handles.iter().map(|handle| Value::from(hex(handle))).collect() };
    let values = |entitled: [u64; 3], changes: [&[[u8; 32]]; 5]| {
        ["added", "filled", "moved", "removed", "replaced"]
            .iter()
            .zip(changes)
            .fold(Fields::new().with("entitled", &List(&entitled)), |fields, (name, handles)| {
                fields.with(name, &list(handles))
            })
    };
    vectors.push(Vector::accept(
        "read_register",
        "a register",
        "REG-2",
        "Four rows in one blob, one without a credential.",
        input(&first),
        values([1, 2, 1], [&handles, &[], &[], &[], &[]]),
    ));
    vectors.push(Vector::accept(
        "read_register",
        "its next version",
        "REG-6",
        "One row moved to another class, one filled, one replaced, one removed.",
        after(&second),
        values([0, 3, 0], [&[], &handles[1..2], &handles[..1], &handles[3..], &handles[2..3]]),
    ));
    vectors.push(Vector::accept(
        "read_register",
        "a register without rows",
        "REG-2",
        "No blobs.",
        Fields::new().with("blobs", &json!([])),
        values([0, 0, 0], [&[], &[], &[], &[], &[]]),
    ));
    let with = |place: usize, new: Value| {
        let mut rows = first.clone();
        rows[place] = new;
        rows
    };
    for (name, rule, comment, input) in [
        (
            "register: rows exchanged",
            "REG-3",
            "Handles ascend strictly.",
            input(&[first[1].clone(), first[0].clone()]),
        ),
        (
            "register: a handle twice",
            "REG-3",
            "One person, two rows.",
            input(&[first[0].clone(), row(0, "south", Some(1), 0)]),
        ),
        (
            "register: an unknown class",
            "REG-4",
            "Not in the manifest.",
            input(&with(1, row(1, "east", None, 0))),
        ),
        (
            "register: a credential twice",
            "REG-5",
            "Two persons with one key.",
            input(&with(1, row(1, "south", Some(0), 0))),
        ),
        ("register: an empty blob", "REG-2", "A register without rows has no blobs.", input(&[])),
        (
            "register: two blobs for four rows",
            "REG-2",
            "Every blob but the last is full.",
            Fields::new().with("blobs", &json!([blob(&first[..2]), blob(&first[2..])])),
        ),
        (
            "register: a new row that says it was replaced",
            "REG-7",
            "replaced is 0 in a new row.",
            input(&with(0, row(0, "north", Some(0), 1))),
        ),
        (
            "register: a replacement that is not marked",
            "REG-6",
            "Another key, replaced still 0.",
            after(&with(2, row(2, "south", Some(4), 0))),
        ),
        (
            "register: a replacement marked twice",
            "REG-6",
            "replaced is 2 where 1 belongs.",
            after(&with(2, row(2, "south", Some(4), 2))),
        ),
        (
            "register: a credential taken away unmarked",
            "REG-6",
            "Null again, replaced still 0.",
            after(&with(2, row(2, "south", None, 0))),
        ),
        (
            "register: a mark without a replacement",
            "REG-7",
            "The same key, replaced 1.",
            after(&with(2, row(2, "south", Some(2), 1))),
        ),
        (
            "register: a first credential that is marked",
            "REG-7",
            "Null became a key, replaced 1.",
            after(&with(1, row(1, "south", Some(1), 1))),
        ),
    ] {
        vectors.push(Vector::reject("read_register", name, rule, comment, input));
    }
    let text = blob(&first);
    for (name, rule, comment, find, with) in [
        ("register: whitespace", "ENC-1", "Behind the brace.", "{\"rows\"", "{ \"rows\""),
        (
            "register: members in another order",
            "ENC-1",
            "replaced first.",
            "\"class\":\"north\",",
            "\"replaced\":0,\"class\":\"north\",",
        ),
        ("register: a row without replaced", "ENC-2", "Every member is there.", ",\"replaced\":0", ""),
        (
            "register: a row with a name",
            "ENC-2",
            "Names are never public.",
            "\"replaced\":0",
            "\"name\":\"\",\"replaced\":0",
        ),
        ("register: replaced beyond 32 bits", "ENC-3", "2^32.", "\"replaced\":0", "\"replaced\":4294967296"),
        ("register: a class that is no id", "ENC-5", "A capital.", "\"north\"", "\"North\""),
    ] {
        let changed = text.replacen(find, with, 1);
        let input = Fields::new().with("blobs", &json!([changed]));
        vectors.push(Vector::reject("read_register", name, rule, comment, input));
    }
}
