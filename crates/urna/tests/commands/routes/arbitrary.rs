//! Requests that nobody sends: real ones and ones made from the description, and changes of every part of them.

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;
use serde_json::{Map, Value, json};

use super::operations::{Operation, Operations};
use super::wire::{Framing, Request};

/// Where decisions come from.
pub(super) struct Dice(pub(super) ChaCha20Rng);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.next_u64() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Once in so many.
    pub(super) fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

/// Texts with which programs have been surprised before.
const TEXTS: [&str; 30] = [
    "",
    " ",
    "\0",
    "\n",
    "..",
    ".",
    "/",
    "\\",
    "../../etc/passwd",
    "-",
    "0",
    "-1",
    "null",
    "{}",
    "[]",
    "\"",
    "'; DROP TABLE people; --",
    "%",
    "%s%n",
    "\u{202e}",
    "\u{feff}",
    "e\u{301}",
    "𝕌𝕣𝕟𝕒",
    "ÅÄÖ",
    "=1+1",
    "1e400",
    "18446744073709551616",
    "<script>",
    "AAAA",
    "0000000000000000000000000000000000000000000000000000000000000000",
];
/// Numbers, as they stand in a text.
const NUMBERS: [&str; 16] = [
    "0",
    "-0",
    "-1",
    "1",
    "65535",
    "65536",
    "4294967296",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e400",
    "-1e400",
    "1.5",
    "1E2",
    "00",
];
/// Stands for a number until the text is written.
const NUMBER: &str = "@@number@@";
/// Segments of paths, as they stand in a target.
const SEGMENTS: [&str; 22] = [
    "",
    ".",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%2F",
    "%00",
    "%0d%0aX-Y:%20z",
    "%ff%fe",
    "%",
    "%2",
    "%zz",
    "%C0%AE",
    "~",
    "*",
    "a;b=c",
    "%F0%9F%97%B3",
    "-1",
    "0",
    "18446744073709551616",
    "{election}",
    "union%20",
];
const QUERIES: [&str; 14] = [
    "?",
    "?cause=manual",
    "?cause=nightly&cause=manual",
    "?cause=",
    "?cause=%ff",
    "?kind=ballot",
    "?kind=",
    "?after=-1",
    "?after=18446744073709551616",
    "?after=1&after=2",
    "?x=y",
    "?%00=%00",
    "?&&&===",
    "?after=%31&kind=%72egister",
];
const METHODS: [&str; 12] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "PROPFIND", "URNA",
    "M-SEARCH",
];
/// Headers that services read, or that are known for mischief.
const HEADERS: [(&str, &str); 40] = [
    ("content-type", ""),
    ("content-type", "text/plain"),
    ("content-type", "application/json; charset=utf-16"),
    ("content-type", "APPLICATION/JSON"),
    ("content-type", "text/csv"),
    ("content-type", "application/octet-stream"),
    ("content-type", "multipart/form-data"),
    ("content-type", "\u{ff}"),
    ("if-match", "*"),
    ("if-match", "\"0\""),
    ("if-match", "W/\"1\""),
    ("if-match", "\"18446744073709551616\""),
    ("if-none-match", "*"),
    ("if-none-match", "\"\", \"x\","),
    ("accept", "text/csv"),
    ("accept", "text/plain;q=0"),
    ("accept", ",;"),
    ("accept-encoding", "gzip"),
    ("accept-encoding", "br;q=1, *;q=0"),
    ("content-encoding", "gzip"),
    ("expect", "100-continue"),
    ("expect", "the unexpected"),
    ("range", "bytes=0-1"),
    ("upgrade", "h2c"),
    ("origin", "null"),
    ("access-control-request-method", "DELETE"),
    ("host", ""),
    ("host", "[::1"),
    ("host", "127.0.0.1"),
    ("x-forwarded-for", "203.0.113.7"),
    ("x-http-method-override", "DELETE"),
    ("cookie", "a=b; a=c"),
    ("urna-kind", "register_rows"),
    ("urna-kind", "\"\\"),
    ("urna-signer", "authority"),
    ("urna-signer", "trustee anna boris"),
    ("urna-signer", "issuer "),
    ("urna-signature", "AAAA"),
    ("authorization", "Bearer"),
    ("te", "trailers"),
];

/// One request of this operation.
pub(super) fn request(dice: &mut Dice, operations: &Operations, operation: &Operation) -> Request {
    let mut request = if operation.heard.is_empty() || dice.once_in(3) {
        made(dice, operations, operation)
    } else {
        dice.one(&operation.heard).clone()
    };
    // Some are sent as they are: what differs then is who sends them.
    let changes = dice.below(4);
    for _ in 0..changes {
        change(dice, operations, operation, &mut request);
    }
    // Near or above the limits of a head.
    let head: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    request.is_odd |= request.headers.len() > 90 || head + request.target.len() > 12_000;
    request
}

/// A request as the description has it.
fn made(dice: &mut Dice, operations: &Operations, operation: &Operation) -> Request {
    let segments = operation.path.split('/').skip(1).map(|segment| match parameter(segment) {
        Some(name) => match operations.values(name) {
            [] => (*dice.one(&SEGMENTS)).to_owned(),
            known => dice.one(known).clone(),
        },
        None => segment.to_owned(),
    });
    let target: String = segments.flat_map(|segment| ["/".to_owned(), segment]).collect();
    let mut request = Request::new(&operation.method, &target);
    for name in &operation.headers {
        let sent: Vec<_> = operation.heard.iter().filter_map(|heard| heard.header(name)).collect();
        let value = if sent.is_empty() { b"x" } else { *dice.one(&sent) };
        request.set(name, value);
    }
    if !operation.bodies.is_empty() {
        let (content_type, schema) = dice.one(&operation.bodies);
        request.set("content-type", content_type.as_bytes());
        request.body = match content_type.as_str() {
            "application/json" => {
                let document = value(dice, operations, schema, 0);
                written(dice, &document)
            }
            "text/csv" => b"id,name,e-mail\n1,Ada,\n1,Eva,\n".to_vec(),
            _ => {
                let length = dice.below(300);
                dice.bytes(length)
            }
        };
    }
    request
}

/// The name of a parameter of a path.
pub(super) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// A value that a schema allows, as far as that is easy to say.
fn value(dice: &mut Dice, operations: &Operations, schema: &Value, depth: usize) -> Value {
    let schema = operations.resolve(schema);
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let chosen = dice.one(alternatives).clone();
        return value(dice, operations, &chosen, depth);
    }
    if let Some(words) = schema["enum"].as_array() {
        return dice.one(words).clone();
    }
    let kind = match &schema["type"] {
        Value::Array(several) => dice.one(several).as_str().unwrap_or_default(),
        one => one.as_str().unwrap_or_default(),
    };
    match kind {
        "object" => match schema["properties"].as_object() {
            Some(properties) => {
                let members = properties.iter().map(|(name, schema)| match operations.members(name) {
                    known @ [_, ..] if !dice.once_in(3) => (name.clone(), dice.one(known).clone()),
                    _ => (name.clone(), value(dice, operations, schema, depth + 1)),
                });
                members.collect::<Map<_, _>>().into()
            }
            None => dice.one(&operations.documents).clone(),
        },
        "array" => {
            let length = if depth > 6 { 0 } else { dice.below(4) };
            (0..length).map(|_| value(dice, operations, &schema["items"], depth + 1)).collect()
        }
        "integer" | "number" => json!(dice.0.next_u32() >> dice.below(32)),
        "boolean" => json!(dice.once_in(2)),
        "null" => Value::Null,
        _ if dice.once_in(4) => json!(dice.one(&TEXTS)),
        _ => json!(dice.one(&operations.texts)),
    }
}

fn change(dice: &mut Dice, operations: &Operations, operation: &Operation, request: &mut Request) {
    match dice.below(20) {
        0..=2 => change_target(dice, operations, operation, request),
        3 => request.target.extend(dice.one(&QUERIES).as_bytes()),
        4 => request.method = dice.one(&METHODS).as_bytes().to_vec(),
        5..=7 => change_headers(dice, request),
        8 => {
            let more = [1, 1_000, 1 << 40, u64::MAX / 2];
            let framings = [
                Framing::Chunked,
                Framing::Chunked,
                Framing::BrokenChunks,
                Framing::Short(*dice.one(&more)),
                Framing::Unannounced,
            ];
            request.framing = *dice.one(&framings);
        }
        9..=10 => change_bytes(dice, &mut request.body),
        _ => match serde_json::from_slice(&request.body) {
            Ok(mut document) => {
                let nodes = count(&document);
                let chosen = dice.below(nodes);
                change_node(dice, operations, nth(&mut document, &mut { chosen }).unwrap());
                request.body = written(dice, &document);
            }
            Err(_) => change_bytes(dice, &mut request.body),
        },
    }
}

fn change_target(dice: &mut Dice, operations: &Operations, operation: &Operation, request: &mut Request) {
    let target = String::from_utf8_lossy(&request.target).into_owned();
    let mut segments: Vec<_> = target.split('/').map(str::to_owned).collect();
    let at = dice.below(segments.len());
    match dice.below(10) {
        // Another value of the same parameter.
        0..=4 => {
            let template: Vec<_> = operation.path.split('/').collect();
            let places: Vec<_> =
                (0..template.len()).filter(|at| parameter(template[*at]).is_some()).collect();
            if !places.is_empty() {
                let at = *dice.one(&places);
                let known = operations.values(parameter(template[at]).unwrap());
                if let (Some(segment), false) = (segments.get_mut(at), known.is_empty()) {
                    dice.one(known).clone_into(segment);
                }
            }
        }
        5..=6 => segments[at] = (*dice.one(&SEGMENTS)).to_owned(),
        7 => segments.insert(at, (*dice.one(&SEGMENTS)).to_owned()),
        8 => segments[at] = segments[at].bytes().map(|byte| format!("%{byte:02x}")).collect(),
        _ => {
            let length = *dice.one(&[256, 5_000, 20_000]);
            segments[at] = "a".repeat(length);
        }
    }
    request.target = segments.join("/").into_bytes();
    if !request.target.starts_with(b"/") {
        request.target.insert(0, b'/');
    }
    if dice.once_in(20) {
        let at = dice.below(request.target.len()) + 1;
        request.target.insert(at, *dice.one(&[b' ', b'#', b'\\', 0xff, b'^', 1]));
        request.is_odd = true;
    }
}

fn change_headers(dice: &mut Dice, request: &mut Request) {
    match dice.below(12) {
        0..=5 => {
            let (name, value) = dice.one(&HEADERS);
            request.set(name, value.as_bytes());
        }
        6 => {
            let (name, value) = dice.one(&HEADERS);
            request.headers.push(((*name).to_owned(), value.as_bytes().to_vec()));
        }
        7 if !request.headers.is_empty() => {
            let twice = dice.one(&request.headers).clone();
            request.headers.push(twice);
        }
        8 if !request.headers.is_empty() => {
            let at = dice.below(request.headers.len());
            request.headers.remove(at);
        }
        9 => {
            // Above the limit of a head, and not.
            let length = *dice.one(&[4_000, 12_000, 20_000, 100_000]);
            request.set("x-long", &b"x".repeat(length));
        }
        10 => {
            let many = *dice.one(&[50, 300]);
            request.headers.extend((0..many).map(|number| (format!("x-{number}"), b"x".to_vec())));
        }
        _ => {
            let odd: [(&str, &[u8]); 7] = [
                ("content-length", b"3"),
                ("content-length", b"-1"),
                ("content-length", b"18446744073709551616"),
                ("transfer-encoding", b"gzip, chunked"),
                ("x-odd", b"a\x01b"),
                ("x odd", b"a"),
                ("host", b"two hosts"),
            ];
            let (name, value) = *dice.one(&odd);
            request.headers.push((name.to_owned(), value.to_vec()));
            request.is_odd = true;
        }
    }
}

fn change_bytes(dice: &mut Dice, body: &mut Vec<u8>) {
    let at = dice.below(body.len() + 1);
    match dice.below(9) {
        0 => body.truncate(at),
        1 if at < body.len() => body[at] ^= 1 << dice.below(8),
        2 => {
            let length = dice.below(64);
            let bytes = dice.bytes(length);
            body.splice(at..at, bytes);
        }
        3 => *body = dice.bytes(500),
        4 => *body = dice.one(&["[", "{\"a\":"]).repeat(*dice.one(&[10, 1_000, 60_000])).into_bytes(),
        5 => body.extend(b" {}"),
        6 => {
            let twice = body.clone();
            body.extend(twice);
        }
        7 => body.splice(at..at, b" ".repeat(*dice.one(&[1, 5_000, 70_000, 300_000]))).for_each(drop),
        _ => body.splice(0..0, b"\xef\xbb\xbf".iter().copied()).for_each(drop),
    }
}

/// How many values there are in a document, with itself.
fn count(document: &Value) -> usize {
    let below = match document {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    };
    1 + below
}

/// The value at this place.
fn nth<'a>(document: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(document);
    }
    *place -= 1;
    match document {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, place)),
        Value::Object(members) => members.values_mut().find_map(|member| nth(member, place)),
        _ => None,
    }
}

fn change_node(dice: &mut Dice, operations: &Operations, node: &mut Value) {
    match (dice.below(10), &mut *node) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let names: Vec<_> = members.keys().cloned().collect();
            members.remove(dice.one(&names));
        }
        (1, Value::Object(members)) => {
            members.insert((*dice.one(&TEXTS)).to_owned(), Value::Null);
        }
        (0 | 1, Value::Array(items)) if !items.is_empty() => {
            let again = dice.one(items).clone();
            if dice.once_in(2) { items.push(again) } else { items.truncate(1) }
        }
        // Where numbers belong, mostly other numbers.
        (0..=4, Value::Number(_)) => *node = json!(NUMBER),
        (2, _) => *node = Value::Null,
        (3 | 4, _) => *node = json!(NUMBER),
        (5, _) => *node = json!(dice.one(&operations.texts)),
        (6, _) => *node = json!("a".repeat(*dice.one(&[101, 600, 70_000]))),
        (7, _) => *node = if dice.once_in(2) { json!([]) } else { json!({}) },
        (8, _) => *node = dice.one(&operations.documents).clone(),
        _ => *node = json!(dice.one(&TEXTS)),
    }
}

/// The text of a document, with the numbers that it is to have.
fn written(dice: &mut Dice, document: &Value) -> Vec<u8> {
    let text = document.to_string();
    let number = *dice.one(&NUMBERS);
    text.replace(&format!("\"{NUMBER}\""), number).into_bytes()
}
