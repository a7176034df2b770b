//! Encodings: points, scalars, names, base64, canonical documents, plaintexts, handles, register rows (GRP, ENC, PLA, REG).

use anyhow::anyhow;
use serde_json::{Value, json};
use urna_crypto::{ElectionId, Handle, Point, Scalar, SecretScalar, Signature, Token};
use urna_election::entry::Entry;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::register::{Register, RegisterError, handle};
use urna_election::selection::{
    BallotPlaintext, Choice as CrateChoice, Invalid, OpenedBallot, Selection, SelectionError, Standing,
};
use urna_election::{Id, Language, Slug};

use super::manifest::{document, json_rules};
use super::token::{NOT_A_POINT, plus_order};
use crate::election::{Election, MAIN, base64, canonical, sha256};
use crate::fields::{Fields, List, hex};
use crate::oracle::plaintext::{self, Choice};
use crate::oracle::{self, G, Random};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

/// The area.
pub const AREA: Area = Area {
    name: "encoding",
    write,
    crates,
    oracle: second,
};

/// The manifest that the vectors of a file are read under.
pub(super) fn manifest(shared: &Fields) -> Result<Manifest, No> {
    Ok(Manifest::parse(shared.text("manifest")?.as_bytes()).map_err(anyhow::Error::from)?)
}

/// The class of a vector.
pub(super) fn class(manifest: &Manifest, input: &Fields) -> Result<urna_election::manifest::ClassIndex, No> {
    let id: Id = input.text("class")?.parse().map_err(anyhow::Error::from)?;
    Ok(manifest
        .class_index(&id)
        .ok_or_else(|| anyhow!("there is no class `{id}`"))?)
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &vector.input;
    let none = Fields::new();
    match vector.operation.as_str() {
        "read_point" => {
            Point::from_bytes(&input.array("bytes")?)?;
            Ok(none)
        }
        "read_scalar" => {
            Scalar::from_bytes(&input.array("bytes")?)?;
            Ok(none)
        }
        "read_secret_scalar" => {
            SecretScalar::from_bytes(&input.array("bytes")?)?;
            Ok(none)
        }
        "second_generator" => Ok(none.with("H", &Point::generator_h().to_bytes())),
        "read_name" => {
            let text = input.text("text")?;
            let valid = match input.text("kind")? {
                "slug" => text.parse::<Slug>().is_ok(),
                "id" => text.parse::<Id>().is_ok(),
                "language" => text.parse::<Language>().is_ok(),
                other => return Err(No::Malformed(anyhow!("there is no kind of name `{other}`"))),
            };
            if valid { Ok(none) } else { Err(no("ENC-5")) }
        }
        "read_integer" => {
            let text = input.text("json")?.as_bytes();
            let read: Result<Integer, _> = urna_election::json::parse(text, 100);
            read.map_err(|error| json_rules(&error, &[]))?;
            Ok(none)
        }
        "read_bytes" => read_bytes(input),
        "read_entry" => {
            let text = document(shared.text("entry")?, input)?;
            let entry = Entry::parse(text.as_bytes()).map_err(|error| json_rules(&error, &["ENT-1"]))?;
            Ok(none
                .with("kind", entry.kind().as_str())
                .with("sha256", &sha256(entry.to_bytes())))
        }
        "handle" => {
            let election = ElectionId::from_bytes(input.array("election")?);
            let handle = handle(&election, &input.array("salt")?, input.text("person")?);
            Ok(none.with("handle", handle.as_bytes()))
        }
        "decode_plaintext" => {
            let manifest = manifest(shared)?;
            let class = class(&manifest, input)?;
            let opened = OpenedBallot::decode(&manifest, class, &input.bytes("plaintext")?);
            let choices = opened.choices().map_err(|invalid| {
                no(match invalid {
                    Invalid::Length => "PLA-1",
                    Invalid::Tag => "PLA-2",
                    Invalid::Padding => "PLA-4",
                    Invalid::AbstentionWithMarks => "PLA-5",
                    Invalid::Class => "REG-4",
                })
            })?;
            let values: Vec<Value> = choices.iter().map(choice_value).collect();
            let standings = manifest.ballot_style(class).zip(choices);
            let standings: Vec<Value> = standings
                .map(|((_, contest), choice)| json!(standing(contest.standing(choice))))
                .collect();
            Ok(none
                .with("choices", &Value::Array(values))
                .with("standings", &Value::Array(standings)))
        }
        "encode_plaintext" => {
            let manifest = manifest(shared)?;
            let class = class(&manifest, input)?;
            let choices = input
                .list("choices")?
                .iter()
                .map(crate_choice)
                .collect::<Result<_, _>>()?;
            let encoded = BallotPlaintext::encode(&manifest, class, &Selection::new(choices));
            let plaintext = encoded.map_err(|error| match error {
                SelectionError::Contests { .. }
                | SelectionError::NoSuchOption { .. }
                | SelectionError::MarksOutOfOrder { .. } => no("PLA-3"),
                SelectionError::Void { .. } => No::Refused(vec!["PLA-3", "PLA-6"]),
            })?;
            Ok(none.with("plaintext", plaintext.as_bytes()))
        }
        "read_register" => {
            let manifest = manifest(shared)?;
            let read = |name: &str| -> Result<Register, No> {
                let blobs: Vec<&str> = input.list(name)?.iter().filter_map(Value::as_str).collect();
                Register::parse(&manifest, &blobs).map_err(|error| refused(&error))
            };
            let previous = if input.has("previous") {
                read("previous")?
            } else {
                Register::default()
            };
            let register = read("blobs")?;
            let changes = register.follows(&previous).map_err(|error| refused(&error))?;
            let list = |handles: &[Handle]| -> Value {
                handles
                    .iter()
                    .map(|handle| Value::from(hex(handle.as_bytes())))
                    .collect()
            };
            Ok(none
                .with("added", &list(&changes.added))
                .with("entitled", &List(register.entitled_by_class()))
                .with("filled", &list(&changes.filled))
                .with("moved", &list(&changes.moved))
                .with("removed", &list(&changes.removed))
                .with("replaced", &list(&changes.replaced)))
        }
        other => Err(unknown(other)),
    }
}

fn read_bytes(input: &Fields) -> Answer {
    fn read<T: urna_election::json::Bytes>(text: &str) -> Answer {
        let read: Result<Base64<T>, _> = serde_json::from_str(text);
        let bytes = read.map_err(|_| No::Refused(vec!["ENC-4", "GRP-1", "GRP-2", "GRP-3"]))?;
        Ok(Fields::new().with("bytes", bytes.0.encode().as_ref()))
    }
    let text = input.text("json")?;
    match input.text("kind")? {
        "bytes" => read::<Vec<u8>>(text),
        "hash" => read::<[u8; 32]>(text),
        "point" => read::<Point>(text),
        "scalar" => read::<Scalar>(text),
        "signature" => read::<Signature>(text),
        "token" => read::<Token>(text),
        other => Err(No::Malformed(anyhow!("there is no kind of bytes `{other}`"))),
    }
}

fn refused(error: &RegisterError) -> No {
    match error {
        RegisterError::Json { error, .. } => json_rules(error, &["REG-2"]),
        RegisterError::BlobRows { .. } => no("REG-2"),
        RegisterError::HandleOrder { .. } => no("REG-3"),
        RegisterError::UnknownClass { .. } => no("REG-4"),
        RegisterError::CredentialRepeated { .. } => no("REG-5"),
        RegisterError::UnmarkedReplacement { .. } => no("REG-6"),
        RegisterError::ReplacedWithoutReplacement { .. } => no("REG-7"),
    }
}

fn choice_value(choice: &CrateChoice) -> Value {
    match choice {
        CrateChoice::Abstain => json!("abstain"),
        CrateChoice::Marks(marks) => json!(marks),
    }
}

fn crate_choice(value: &Value) -> Result<CrateChoice, No> {
    if value == "abstain" {
        return Ok(CrateChoice::Abstain);
    }
    let marks = serde_json::from_value(value.clone()).map_err(anyhow::Error::from)?;
    Ok(CrateChoice::Marks(marks))
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Valid => "valid",
        Standing::Blank => "blank",
        Standing::Abstained => "abstain",
        Standing::Void(_) => "void",
    }
}

fn second(vector: &Vector, shared: &Fields) -> Option<Answer> {
    let input = &vector.input;
    let answer = || -> Answer {
        match vector.operation.as_str() {
            "read_point" => oracle::point(&input.array("bytes")?).map(|_| Fields::new()),
            "read_scalar" => oracle::scalar(&input.array("bytes")?).map(|_| Fields::new()),
            "read_secret_scalar" => {
                if oracle::scalar(&input.array("bytes")?)? == oracle::Scalar::ZERO {
                    return Err(no("GRP-3"));
                }
                Ok(Fields::new())
            }
            "second_generator" => Ok(Fields::new().with("H", &oracle::h())),
            "handle" => {
                let bytes = [
                    b"urna/v1/handle".as_slice(),
                    &input.array::<32>("election")?,
                    &input.array::<16>("salt")?,
                    input.text("person")?.as_bytes(),
                ];
                Ok(Fields::new().with("handle", &sha256(bytes.concat())))
            }
            "decode_plaintext" => {
                let manifest: Value =
                    serde_json::from_str(shared.text("manifest")?).map_err(anyhow::Error::from)?;
                let class = input.text("class")?;
                let choices = plaintext::decode(&manifest, class, &input.bytes("plaintext")?)?;
                Ok(readings(&manifest, class, &choices))
            }
            "encode_plaintext" => {
                let manifest: Value =
                    serde_json::from_str(shared.text("manifest")?).map_err(anyhow::Error::from)?;
                let class = input.text("class")?;
                let choices = second_choices(&manifest, class, input.list("choices")?)?;
                Ok(Fields::new().with("plaintext", &plaintext::encode(&manifest, class, &choices)))
            }
            other => Err(unknown(other)),
        }
    };
    let has = [
        "read_point",
        "read_scalar",
        "read_secret_scalar",
        "second_generator",
        "handle",
        "decode_plaintext",
        "encode_plaintext",
    ];
    has.contains(&vector.operation.as_str()).then(answer)
}

fn readings(manifest: &Value, class: &str, choices: &[Choice]) -> Fields {
    let style = plaintext::style(manifest, class);
    let standings: Vec<Value> = style
        .iter()
        .zip(choices)
        .map(|(contest, choice)| json!(plaintext::standing(contest, choice)))
        .collect();
    let choices: Vec<Value> = choices.iter().map(Choice::value).collect();
    Fields::new()
        .with("choices", &Value::Array(choices))
        .with("standings", &Value::Array(standings))
}

/// What an encoder takes: choices of this ballot style that count.
fn second_choices(manifest: &Value, class: &str, list: &[Value]) -> Result<Vec<Choice>, No> {
    let style = plaintext::style(manifest, class);
    if list.len() != style.len() {
        return Err(no("PLA-3"));
    }
    let mut choices = Vec::new();
    for (contest, value) in style.iter().zip(list) {
        let choice = match value.as_array() {
            None => Choice::Abstain,
            Some(marks) => Choice::Marks(
                marks
                    .iter()
                    .map(|mark| usize::try_from(mark.as_u64().unwrap()).unwrap())
                    .collect(),
            ),
        };
        if let Choice::Marks(marks) = &choice {
            let count = contest["options"].as_array().unwrap().len();
            if !marks.is_sorted_by(|a, b| a < b) || marks.iter().any(|mark| *mark >= count) {
                return Err(no("PLA-3"));
            }
        }
        if plaintext::standing(contest, &choice) == "void" {
            return Err(No::Refused(vec!["PLA-6", "PLA-3"]));
        }
        choices.push(choice);
    }
    Ok(choices)
}

fn write() -> File {
    let election = Election::new(MAIN);
    let mut random = Random::new("encoding");
    let entry = json!({
        "class": "north",
        "kind": "withdrawal",
        "pseudonym": base64((random.scalar() * G).compress().as_bytes()),
        "sequence": 1,
        "signature": base64([(random.scalar() * G).compress().to_bytes(), random.scalar().to_bytes()].concat()),
    });
    let shared = Fields::new()
        .with("entry", &canonical(&entry))
        .with("manifest", &election.text);
    let mut vectors = Vec::new();
    group(&mut vectors, &mut random);
    names(&mut vectors);
    integers(&mut vectors);
    bytes(&mut vectors, &mut random);
    entries(&mut vectors, &canonical(&entry));
    plaintexts(&mut vectors, &election.manifest);
    selections(&mut vectors, &election.manifest);
    handles(&mut vectors, &election);
    registers(&mut vectors, &mut random);
    File {
        area: "encoding".into(),
        shared,
        vectors,
    }
}

fn group(vectors: &mut Vec<Vector>, random: &mut Random) {
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
        (
            "point: the highest bit set",
            "GRP-1",
            "The point of the first vector with one more bit.",
            {
                let mut bytes = point;
                bytes[31] |= 0x80;
                bytes
            },
        ),
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
        vectors.push(Vector::accept(
            "read_scalar",
            name,
            "GRP-3",
            comment,
            field(&bytes),
            Fields::new(),
        ));
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
        (
            "scalar + l",
            "The first one, written otherwise.",
            plus_order(&scalar),
        ),
    ] {
        vectors.push(Vector::reject(
            "read_scalar",
            name,
            "GRP-3",
            comment,
            field(&bytes),
        ));
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

fn names(vectors: &mut Vec<Vector>) {
    let long = "a".repeat(40);
    let longer = "a".repeat(41);
    let many = format!("en{}", "-abcdefgh".repeat(4));
    for (kind, accepted, refused) in [
        (
            "slug",
            vec!["abc", "-0-", &long],
            vec!["ab", "", "aBc", "a_c", "a c", "ábc", "abc\n", "a.c", &longer],
        ),
        (
            "id",
            vec!["a", "0", "-", &long],
            vec!["", "A", "a_c", "a/c", "č", " a", &longer],
        ),
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
            vectors.push(Vector::accept(
                "read_name",
                &name,
                "ENC-5",
                "Valid.",
                input(text),
                Fields::new(),
            ));
        }
        for text in refused {
            let name = format!("{kind} {text:?}");
            vectors.push(Vector::reject(
                "read_name",
                &name,
                "ENC-5",
                "Not of this form.",
                input(text),
            ));
        }
    }
}

fn integers(vectors: &mut Vec<Vector>) {
    let input = |text: &str| Fields::new().with("json", text);
    for text in ["0", "1", "9007199254740991"] {
        let name = format!("integer {text}");
        vectors.push(Vector::accept(
            "read_integer",
            &name,
            "ENC-3",
            "Valid.",
            input(text),
            Fields::new(),
        ));
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
        vectors.push(Vector::reject(
            "read_integer",
            &name,
            rule,
            "No canonical integer.",
            input(text),
        ));
    }
}

fn bytes(vectors: &mut Vec<Vector>, random: &mut Random) {
    let input = |kind: &str, json: &str| Fields::new().with("json", json).with("kind", kind);
    for (text, bytes) in [
        ("\"\"", vec![]),
        ("\"/+8=\"", vec![0xff, 0xef]),
        ("\"AAAA\"", vec![0; 3]),
    ] {
        let name = format!("bytes {text}");
        let values = Fields::new().with("bytes", &bytes);
        vectors.push(Vector::accept(
            "read_bytes",
            &name,
            "ENC-4",
            "Valid.",
            input("bytes", text),
            values,
        ));
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
        vectors.push(Vector::reject(
            "read_bytes",
            &name,
            "ENC-4",
            comment,
            input("bytes", text),
        ));
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
        (
            "scalar",
            "ENC-4",
            "31 bytes: a leading zero left out.",
            scalar[..31].to_vec(),
        ),
        ("scalar", "GRP-3", "A scalar + l.", plus_order(&scalar).to_vec()),
        (
            "signature",
            "ENC-4",
            "65 bytes.",
            [point.as_slice(), &scalar, &[0]].concat(),
        ),
        (
            "signature",
            "GRP-2",
            "R is the identity.",
            [[0; 32], scalar].concat(),
        ),
        (
            "signature",
            "GRP-3",
            "s + l.",
            [point, plus_order(&scalar)].concat(),
        ),
        ("token", "ENC-4", "95 bytes.", token[..95].to_vec()),
        ("token", "ENC-4", "97 bytes.", [token.as_slice(), &[0]].concat()),
        (
            "token",
            "ENC-4",
            "Two tokens.",
            [token.as_slice(), &token].concat(),
        ),
        (
            "token",
            "GRP-2",
            "Rbar is the identity.",
            [[0; 32], scalar, scalar].concat(),
        ),
    ] {
        let name = format!("{kind}: {comment}");
        vectors.push(Vector::reject(
            "read_bytes",
            &name,
            rule,
            comment,
            input(kind, &quoted(&bytes)),
        ));
    }
}

/// One entry, a withdrawal, written otherwise.
fn entries(vectors: &mut Vec<Vector>, entry: &str) {
    vectors.push(Vector::accept(
        "read_entry",
        "an entry",
        "ENT-1",
        "A withdrawal; whether it verifies is not asked here.",
        Fields::new(),
        Fields::new()
            .with("kind", "withdrawal")
            .with("sha256", &sha256(entry)),
    ));
    for (name, rule, comment, find, with) in [
        (
            "entry: a space behind the opening brace",
            "ENC-1",
            "Whitespace.",
            "{\"class\"",
            "{ \"class\"",
        ),
        (
            "entry: a line break at the end",
            "ENC-1",
            "Whitespace.",
            "\"}",
            "\"}\n",
        ),
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
        (
            "entry: an escape that is not needed",
            "ENC-1",
            "n as \\u006e.",
            "\"north\"",
            "\"\\u006eorth\"",
        ),
        (
            "entry: an escaped slash",
            "ENC-1",
            "Base64 is written without escapes.",
            "\"withdrawal\"",
            "\"withdrawa\\u006c\"",
        ),
        (
            "entry: an escape in a name",
            "ENC-1",
            "class as \\u0063lass.",
            "\"class\"",
            "\"\\u0063lass\"",
        ),
        (
            "entry: a fraction",
            "ENC-3",
            "1.0.",
            "\"sequence\":1",
            "\"sequence\":1.0",
        ),
        (
            "entry: an exponent",
            "ENC-3",
            "1e0.",
            "\"sequence\":1",
            "\"sequence\":1e0",
        ),
        (
            "entry: a leading zero",
            "ENC-3",
            "01.",
            "\"sequence\":1",
            "\"sequence\":01",
        ),
        (
            "entry: a number above 32 bits",
            "ENC-3",
            "2^32.",
            "\"sequence\":1",
            "\"sequence\":4294967296",
        ),
        (
            "entry: a negative number",
            "ENC-3",
            "-1.",
            "\"sequence\":1",
            "\"sequence\":-1",
        ),
        (
            "entry: a member left out",
            "ENC-2",
            "No sequence number.",
            "\"sequence\":1,",
            "",
        ),
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
        (
            "entry: a class that is no id",
            "ENC-5",
            "A capital.",
            "\"north\"",
            "\"North\"",
        ),
        (
            "entry: null",
            "ENC-2",
            "Nothing where a class belongs.",
            "\"north\"",
            "null",
        ),
        (
            "entry: something behind it",
            "ENC-2",
            "A second document.",
            "\"}",
            "\"}{}",
        ),
        (
            "entry: cut off",
            "ENC-2",
            "The last brace is missing.",
            "\"}",
            "\"",
        ),
        (
            "entry: a byte order mark",
            "ENC-1",
            "U+FEFF first.",
            "{\"class\"",
            "\u{feff}{\"class\"",
        ),
        ("entry: a comma too many", "ENC-2", "Not JSON.", "\"}", "\",}"),
        (
            "entry: a comment",
            "ENC-2",
            "Not JSON.",
            "{\"class\"",
            "/**/{\"class\"",
        ),
        (
            "entry: a list",
            "ENC-2",
            "An entry in a list.",
            "{\"class\"",
            "[{\"class\"",
        ),
        (
            "entry: single quotes",
            "ENC-2",
            "Not JSON.",
            "\"north\"",
            "'north'",
        ),
        (
            "entry: half a surrogate pair",
            "ENC-2",
            "Not Unicode.",
            "\"north\"",
            "\"\\ud800\"",
        ),
    ] {
        let piece = json!([{"find": find, "with": with}]);
        let input = Fields::new().with("replace", &piece);
        vectors.push(Vector::reject("read_entry", name, rule, comment, input));
    }
    let nested = format!("{}1", "[".repeat(200));
    let long = "a".repeat(65_535);
    for (name, rule, comment, with) in [
        (
            "entry: nested deeply",
            "ENC-2",
            "200 brackets: refused, without exhausting the stack.",
            nested,
        ),
        (
            "entry: longer than 65,535 bytes",
            "ENC-6",
            "Refused before it is read.",
            format!("\"{long}\""),
        ),
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

/// Plaintexts of the manifest: board (5 options, tag and one byte), auditor (3 options, tag and one byte).
fn plaintexts(vectors: &mut Vec<Vector>, manifest: &Value) {
    let input =
        |class: &str, plaintext: &[u8]| Fields::new().with("class", class).with("plaintext", plaintext);
    for (name, rule, comment, class, plaintext) in [
        (
            "two marks and one",
            "PLA-2",
            "bob, eva; hal.",
            "north",
            [0, 0x12, 0, 0x04],
        ),
        (
            "an abstention",
            "PLA-2",
            "Abstains for the board; fay.",
            "north",
            [1, 0, 0, 0x01],
        ),
        (
            "blank for the board",
            "PLA-6",
            "No marks where min is 0; gus.",
            "south",
            [0, 0, 0, 0x02],
        ),
        (
            "void for the board",
            "PLA-6",
            "Three marks of at most two; fay: void in one contest only.",
            "north",
            [0, 0x07, 0, 0x01],
        ),
        (
            "void for the auditor",
            "PLA-6",
            "An abstention that is not offered.",
            "north",
            [0, 0, 1, 0],
        ),
        (
            "void for the auditor without a mark",
            "PLA-6",
            "min is 1.",
            "north",
            [0, 0x01, 0, 0],
        ),
        (
            "void in both",
            "PLA-6",
            "All marked.",
            "north",
            [0, 0x1f, 0, 0x07],
        ),
        (
            "the shorter ballot style",
            "PLA-1",
            "The board only, and zeros.",
            "collective",
            [0, 0x10, 0, 0],
        ),
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
        (
            "a byte missing",
            "PLA-1",
            "Three bytes.",
            "north",
            vec![0, 0x12, 0],
        ),
        (
            "a byte too many",
            "PLA-1",
            "Zero behind the last contest.",
            "north",
            vec![0, 0x12, 0, 0x04, 0],
        ),
        ("no bytes", "PLA-1", "Nothing.", "north", vec![]),
        (
            "the shorter ballot style's own length",
            "PLA-1",
            "All plaintexts of an election have one length.",
            "collective",
            vec![0, 0x10],
        ),
        ("an unknown tag", "PLA-2", "2.", "north", vec![2, 0, 0, 0x01]),
        (
            "an unknown tag in the second contest",
            "PLA-2",
            "255.",
            "north",
            vec![0, 0, 255, 0x01],
        ),
        (
            "a bit behind the last option",
            "PLA-4",
            "Option 5 of 5.",
            "north",
            vec![0, 0x20, 0, 0x01],
        ),
        (
            "the highest bit of a bitmap",
            "PLA-4",
            "Option 7 of 5.",
            "north",
            vec![0, 0x80, 0, 0x01],
        ),
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
        (
            "an abstention with marks",
            "PLA-5",
            "And ada.",
            "north",
            vec![1, 0x01, 0, 0x01],
        ),
        (
            "an abstention with marks where it is not offered",
            "PLA-5",
            "Invalid, not void.",
            "north",
            vec![0, 0, 1, 0x01],
        ),
    ];
    for (name, rule, comment, class, plaintext) in refused {
        vectors.push(Vector::reject(
            "decode_plaintext",
            name,
            rule,
            comment,
            input(class, &plaintext),
        ));
    }
}

fn selections(vectors: &mut Vec<Vector>, manifest: &Value) {
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
        (
            "encoded: a contest missing",
            "PLA-3",
            "One choice for two contests.",
            "north",
            json!([[1]]),
        ),
        (
            "encoded: a contest too many",
            "PLA-3",
            "Two choices for one contest.",
            "collective",
            json!([[1], [1]]),
        ),
        (
            "encoded: an option that is not there",
            "PLA-3",
            "Option 5 of 5.",
            "north",
            json!([[5], [0]]),
        ),
        (
            "encoded: marks out of order",
            "PLA-3",
            "4 before 1.",
            "north",
            json!([[4, 1], [0]]),
        ),
        (
            "encoded: a mark twice",
            "PLA-3",
            "1 and 1.",
            "north",
            json!([[1, 1], [0]]),
        ),
        (
            "encoded: too many marks",
            "PLA-6",
            "It would be void.",
            "north",
            json!([[0, 1, 2], [0]]),
        ),
        (
            "encoded: too few marks",
            "PLA-6",
            "It would be void.",
            "north",
            json!([[0], []]),
        ),
        (
            "encoded: an abstention that is not offered",
            "PLA-6",
            "It would be void.",
            "north",
            json!([[0], "abstain"]),
        ),
    ] {
        vectors.push(Vector::reject(
            "encode_plaintext",
            name,
            rule,
            comment,
            input(class, choices),
        ));
    }
}

fn handles(vectors: &mut Vec<Vector>, election: &Election) {
    for (name, person) in [("a handle", "žofie@club.example"), ("a handle of nobody", "")] {
        let salt = [2; 16];
        let bytes = [
            b"urna/v1/handle".as_slice(),
            &election.id,
            &salt,
            person.as_bytes(),
        ];
        vectors.push(Vector::accept(
            "handle",
            name,
            "REG-1",
            "SHA-256 of label, election id, salt and person id in UTF-8.",
            Fields::new()
                .with("election", &election.id)
                .with("person", person)
                .with("salt", &salt),
            Fields::new().with("handle", &sha256(bytes.concat())),
        ));
    }
}

fn registers(vectors: &mut Vec<Vector>, random: &mut Random) {
    let mut handles: Vec<[u8; 32]> = (0..4).map(|_| random.bytes()).collect();
    handles.sort_unstable();
    let keys: Vec<[u8; 32]> = (0..5)
        .map(|_| (random.scalar() * G).compress().to_bytes())
        .collect();
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
    let second = vec![
        row(0, "south", Some(0), 0),
        row(1, "south", Some(1), 0),
        row(2, "south", Some(4), 1),
    ];
    let input = |rows: &[Value]| Fields::new().with("blobs", &json!([blob(rows)]));
    let after = |rows: &[Value]| input(rows).with("previous", &json!([blob(&first)]));
    let list =
        |handles: &[[u8; 32]]| -> Value { handles.iter().map(|handle| Value::from(hex(handle))).collect() };
    let values = |entitled: [u64; 3], changes: [&[[u8; 32]]; 5]| {
        ["added", "filled", "moved", "removed", "replaced"]
            .iter()
            .zip(changes)
            .fold(
                Fields::new().with("entitled", &List(&entitled)),
                |fields, (name, handles)| fields.with(name, &list(handles)),
            )
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
        values(
            [0, 3, 0],
            [&[], &handles[1..2], &handles[..1], &handles[3..], &handles[2..3]],
        ),
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
        (
            "register: an empty blob",
            "REG-2",
            "A register without rows has no blobs.",
            input(&[]),
        ),
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
        (
            "register: whitespace",
            "ENC-1",
            "Behind the brace.",
            "{\"rows\"",
            "{ \"rows\"",
        ),
        (
            "register: members in another order",
            "ENC-1",
            "replaced first.",
            "\"class\":\"north\",",
            "\"replaced\":0,\"class\":\"north\",",
        ),
        (
            "register: a row without replaced",
            "ENC-2",
            "Every member is there.",
            ",\"replaced\":0",
            "",
        ),
        (
            "register: a row with a name",
            "ENC-2",
            "Names are never public.",
            "\"replaced\":0",
            "\"name\":\"\",\"replaced\":0",
        ),
        (
            "register: replaced beyond 32 bits",
            "ENC-3",
            "2^32.",
            "\"replaced\":0",
            "\"replaced\":4294967296",
        ),
        (
            "register: a class that is no id",
            "ENC-5",
            "A capital.",
            "\"north\"",
            "\"North\"",
        ),
    ] {
        let changed = text.replacen(find, with, 1);
        let input = Fields::new().with("blobs", &json!([changed]));
        vectors.push(Vector::reject("read_register", name, rule, comment, input));
    }
}
