//! Every field of every kind of entry and blob, changed at its first, middle and last byte, before and after the close, by who
//! holds the log's key: the tree and the checkpoint are made anew. No change goes unnoticed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::process::Command;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use urna_election::Phase;
use urna_election::entry::{Entry, Kind};
use urna_election::json::Base64;
use urna_election::sample::{Election, marks, whole_election};
use urna_verifier::sample::log_key;
use urna_verifier::{Files, Given, Verdict, verify};

const ORIGIN: &str = "board.example/union-2027";

/// A log that nobody has touched.
struct Log {
    name: &'static str,
    entries: Vec<Vec<u8>>,
    blobs: HashMap<[u8; 32], Vec<u8>>,
    untouched: Verdict,
}

impl Log {
    fn new(name: &'static str, election: &Election, size: usize, untouched: Verdict) -> Self {
        let entries = election.log[..size].iter().map(|(_, entry)| entry.to_bytes()).collect();
        Self { name, entries, blobs: election.blobs.clone(), untouched }
    }

    /// A whole election, what of it stood while voting was open, and one that was cancelled.
    fn all() -> [Self; 3] {
        let (whole, _) = whole_election();
        let close = whole.log.iter().position(|(_, entry)| entry.kind() == Kind::VotingClosed).unwrap();
        let mut cancelled = Election::at(Phase::Voting);
        let voter = cancelled.voter(0);
        let ballot = cancelled.ballot(&voter, 0, &[marks(&[1]), marks(&[0])]);
        cancelled.admit(ballot);
        cancelled.cancel();
        [
            Self::new("after the close", &whole, whole.log.len(), Verdict::Verified),
            Self::new("before the close", &whole, close, Verdict::SoFar),
            Self::new("cancelled", &cancelled, cancelled.log.len(), Verdict::SoFar),
        ]
    }

    fn files(&self) -> Files {
        Files::publish(&self.entries, &self.blobs, &log_key(ORIGIN)).unwrap()
    }

    /// The first entry of each kind.
    fn kinds(&self) -> BTreeMap<Kind, usize> {
        let kinds = self.entries.iter().map(|entry| Entry::parse(entry).unwrap().kind());
        let mut first = BTreeMap::new();
        for (index, kind) in kinds.enumerate() {
            first.entry(kind).or_insert(index);
        }
        first
    }
}

/// The verdict, or none if the record cannot be read.
fn verdict(files: &Files, seed: u64) -> Option<Verdict> {
    let coins = || ChaCha20Rng::seed_from_u64(seed);
    verify(files, &Given::default(), &coins, &()).ok().map(|verified| verified.report.verdict())
}

/// Where the members of a document are that have no members themselves.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| leaves(member, &format!("{path}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, item)| leaves(item, &format!("{path}/{place}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

/// The value with its first, middle and last byte changed: bytes stay bytes, texts texts, and numbers numbers.
fn others(value: &Value) -> Vec<Value> {
    let places = |length: usize| BTreeSet::from([0, length / 2, length.saturating_sub(1)]);
    match value {
        Value::String(text) => {
            let bytes = serde_json::from_value::<Base64<Vec<u8>>>(value.clone());
            if let Ok(Base64(bytes)) = bytes
                && bytes.len() >= 16
            {
                let change = |place: usize| {
                    let mut bytes = bytes.clone();
                    bytes[place] ^= 1;
                    json!(Base64(bytes))
                };
                return places(bytes.len()).into_iter().map(change).collect();
            }
            let change = |place: usize| {
                let mut bytes = text.clone().into_bytes();
                bytes[place] = if bytes[place] == b'a' { b'b' } else { b'a' };
                json!(String::from_utf8(bytes).unwrap())
            };
            if text.is_empty() {
                vec![json!("a")]
            } else {
                places(text.len()).into_iter().map(change).collect()
            }
        }
        Value::Number(number) => {
            let digits = number.to_string().into_bytes();
            let change = |place: usize| {
                let mut digits = digits.clone();
                digits[place] = if digits[place] == b'9' { b'8' } else { digits[place] + 1 };
                serde_json::from_slice(&digits).unwrap()
            };
            places(digits.len()).into_iter().map(change).collect()
        }
        Value::Bool(value) => vec![json!(!value)],
        Value::Null => {
            vec![json!({"kind": "details", "length": 1, "sha256": Base64(Sha256::digest([0]).to_vec())})]
        }
        _ => Vec::new(),
    }
}

/// The document after every change of every member.
fn changes(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    // Else every change would be refused for its form.
    assert_eq!(serde_json::to_vec(&value).unwrap(), bytes);
    let mut paths = Vec::new();
    leaves(&value, "", &mut paths);
    let mut changes = Vec::new();
    for path in paths {
        for other in others(value.pointer(&path).unwrap()) {
            let mut changed = value.clone();
            *changed.pointer_mut(&path).unwrap() = other;
            changes.push((path.clone(), serde_json::to_vec(&changed).unwrap()));
        }
    }
    changes
}

/// No verdict but a failure; of some, asked again with other coins, and of the command as it is built.
struct Asked {
    count: usize,
    unnoticed: Vec<String>,
}

impl Asked {
    fn ask(&mut self, what: impl Fn() -> String, files: &Files) {
        let first = verdict(files, 1);
        if !matches!(first, None | Some(Verdict::Failed)) {
            self.unnoticed.push(what());
        }
        if self.count.is_multiple_of(20) {
            assert_eq!(verdict(files, 2), first, "{}", what());
            let status = command(files);
            assert_eq!(status, first.map_or(2, |verdict| i32::from(verdict.exit_status())), "{}", what());
        }
        self.count += 1;
    }

    #[track_caller]
    fn done(self, at_least: usize) {
        assert_eq!(self.unnoticed, [""; 0]);
        assert!(self.count >= at_least, "{}", self.count);
    }
}

/// The exit status of `urna-verify`.
fn command(files: &Files) -> i32 {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in &files.0 {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_urna-verify")).arg(directory.path()).output().unwrap();
    output.status.code().unwrap()
}

#[test]
fn notices_every_changed_field_of_every_entry() {
    let mut asked = Asked { count: 0, unnoticed: Vec::new() };
    let mut seen = BTreeSet::new();
    for log in Log::all() {
        assert_eq!(verdict(&log.files(), 1), Some(log.untouched), "{}", log.name);
        for (kind, index) in log.kinds() {
            seen.insert(kind);
            for (path, changed) in changes(&log.entries[index]) {
                let mut entries = log.entries.clone();
                entries[index] = changed;
                let files = Files::publish(&entries, &log.blobs, &log_key(ORIGIN)).unwrap();
                asked.ask(|| format!("{}, {kind:?}: {path}", log.name), &files);
            }
        }
    }
    assert_eq!(seen.len(), Kind::ALL.len(), "{seen:?}");
    asked.done(500);
}

/// A changed blob under its old name, and under its own, with the entries that name it changed too.
#[test]
fn notices_every_changed_field_of_every_blob() {
    let mut asked = Asked { count: 0, unnoticed: Vec::new() };
    let mut seen = BTreeSet::new();
    let [whole, voting, _] = Log::all();
    for log in [whole, voting] {
        for (kind, sha256) in named(&log) {
            // One of each kind is enough; all of them are asked of in the tests of V-16.
            if !seen.insert((log.name, kind.clone())) {
                continue;
            }
            let old = &log.blobs[&sha256];
            for (path, changed) in byte_changes(old) {
                let mut kept = log.blobs.clone();
                kept.insert(sha256, changed);
                let files = Files::publish(&log.entries, &kept, &log_key(ORIGIN)).unwrap();
                asked.ask(|| format!("{}, {kind}: {path}, under its old name", log.name), &files);
            }
            // Under another manifest no entry is one of this election, before the close or after it: once is enough.
            let fields = if kind == "manifest" && log.untouched == Verdict::Verified {
                byte_changes(old)
            } else {
                blob_changes(old)
            };
            for (path, changed) in fields {
                let hash: [u8; 32] = Sha256::digest(&changed).into();
                let mut renamed = log.blobs.clone();
                renamed.insert(hash, changed.clone());
                let rename = |entry: &Vec<u8>| {
                    let mut value = serde_json::from_slice(entry).unwrap();
                    rename(&mut value, &json!(Base64(sha256.to_vec())), &hash, changed.len());
                    serde_json::to_vec(&value).unwrap()
                };
                let entries: Vec<_> = log.entries.iter().map(rename).collect();
                let files = Files::publish(&entries, &renamed, &log_key(ORIGIN)).unwrap();
                asked.ask(|| format!("{}, {kind}: {path}, under its own name", log.name), &files);
            }
        }
    }
    let kinds: BTreeSet<_> = seen.into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds.len(), 8, "{kinds:?}");
    asked.done(200);
}

/// Kind and hash of every blob that the log names.
fn named(log: &Log) -> Vec<(String, [u8; 32])> {
    fn find(value: &Value, found: &mut Vec<(String, [u8; 32])>) {
        if let (Some(kind), Ok(Base64(hash))) =
            (value["kind"].as_str(), serde_json::from_value::<Base64<[u8; 32]>>(value["sha256"].clone()))
        {
            found.push((kind.to_owned(), hash));
        }
        match value {
            Value::Object(members) => members.values().for_each(|member| find(member, found)),
            Value::Array(items) => items.iter().for_each(|item| find(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    log.entries.iter().for_each(|entry| find(&serde_json::from_slice(entry).unwrap(), &mut found));
    found
}

/// Every field of a document, of rows those of the first; of what is no document its first, middle and last byte.
fn blob_changes(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    if serde_json::from_slice::<Value>(bytes).is_ok_and(|value| value.is_object()) {
        let mut changes = changes(bytes);
        let later = |path: &str| path.strip_prefix("/rows/").is_some_and(|rest| !rest.starts_with("0/"));
        changes.retain(|(path, _)| !later(path));
        return changes;
    }
    byte_changes(bytes)
}

/// The first, middle and last byte.
fn byte_changes(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let change = |place: usize| {
        let mut changed = bytes.to_vec();
        changed[place] ^= 1;
        (format!("byte {place}"), changed)
    };
    [0, bytes.len() / 2, bytes.len() - 1].map(change).to_vec()
}

/// Gives a blob another name wherever it is named.
fn rename(value: &mut Value, old: &Value, new: &[u8; 32], length: usize) {
    if value.get("sha256") == Some(old) {
        value["sha256"] = json!(Base64(new.to_vec()));
        value["length"] = json!(length);
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| rename(member, old, new, length)),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, old, new, length)),
        _ => {}
    }
}
