//! Encodings: points, scalars, names, base64, canonical documents, plaintexts, handles, register rows (GRP, ENC, PLA, REG).

mod documents;
mod plaintexts;
mod values;

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
use crate::election::{Election, MAIN, base64, canonical, sha256};
use crate::fields::{Fields, List, hex};
use crate::oracle::plaintext::{self, Choice};
use crate::oracle::{self, G, Random};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

use documents::entries;
use documents::handles;
use documents::registers;
use plaintexts::plaintexts;
use plaintexts::selections;
use values::bytes;
use values::group;
use values::integers;
use values::names;

/// The area.
pub const AREA: Area = Area { name: "encoding", write, crates, oracle: second };

/// The manifest that the vectors of a file are read under.
pub(super) fn manifest(shared: &Fields) -> Result<Manifest, No> {
    Ok(Manifest::parse(shared.text("manifest")?.as_bytes()).map_err(anyhow::Error::from)?)
}

/// The class of a vector.
pub(super) fn class(manifest: &Manifest, input: &Fields) -> Result<urna_election::manifest::ClassIndex, No> {
    let id: Id = input.text("class")?.parse().map_err(anyhow::Error::from)?;
    Ok(manifest.class_index(&id).ok_or_else(|| anyhow!("there is no class `{id}`"))?)
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
            Ok(none.with("kind", entry.kind().as_str()).with("sha256", &sha256(entry.to_bytes())))
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
            let standings: Vec<Value> =
                standings.map(|((_, contest), choice)| json!(standing(contest.standing(choice)))).collect();
            Ok(none.with("choices", &Value::Array(values)).with("standings", &Value::Array(standings)))
        }
        "encode_plaintext" => {
            let manifest = manifest(shared)?;
            let class = class(&manifest, input)?;
            let choices = input.list("choices")?.iter().map(crate_choice).collect::<Result<_, _>>()?;
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
            let previous = if input.has("previous") { read("previous")? } else { Register::default() };
            let register = read("blobs")?;
            let changes = register.follows(&previous).map_err(|error| refused(&error))?;
            let list = |handles: &[Handle]| -> Value {
                handles.iter().map(|handle| Value::from(hex(handle.as_bytes()))).collect()
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

pub(super) fn refused(error: &RegisterError) -> No {
    match error {
        RegisterError::Blob { .. } => no("ENT-4"),
        RegisterError::Count { .. } => no("REG-8"),
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
    Fields::new().with("choices", &Value::Array(choices)).with("standings", &Value::Array(standings))
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
                marks.iter().map(|mark| usize::try_from(mark.as_u64().unwrap()).unwrap()).collect(),
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
    let shared = Fields::new().with("entry", &canonical(&entry)).with("manifest", &election.text);
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
    File { area: "encoding".into(), shared, vectors }
}
