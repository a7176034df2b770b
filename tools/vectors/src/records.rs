//! Whole elections, `spec/vectors/records/`: good ones, and for every check of `spec/verification.md` some in which it is the
//! first that fails. `index.json` says what a verifier must answer of each; `urna-verifier` is asked.

mod good;
mod story;
mod tampered;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use urna_crypto::ElectionId;
use urna_log::{Receipt, SignedCheckpoint, SignedPromise};
use urna_verifier::{Check, Files, Given, Named, Report, Status, Verdict, verify};

use crate::fields::hex;
use crate::oracle::Random;
use story::Story;

/// The folder in that of the vectors.
const FOLDER: &str = "records";

/// What must be answered of each record.
const INDEX: &str = "index.json";

/// Later than every deadline.
const NOW: u64 = 2_000_000_000;

/// What a verifier must answer.
#[derive(Clone, Copy)]
enum Expected {
    /// Every check passed, exit status 0.
    Verified,
    /// The check that the name begins with is the first that fails, exit status 1.
    Failed {
        /// At this entry.
        entry: Option<u64>,
    },
    /// The record cannot be read, exit status 2.
    Unreadable,
    /// What can be checked so far passed, exit status 3.
    SoFar,
}

impl Expected {
    const fn verdict(self) -> &'static str {
        match self {
            Self::Verified => Verdict::Verified.as_str(),
            Self::Failed { .. } => Verdict::Failed.as_str(),
            Self::Unreadable => "unreadable",
            Self::SoFar => Verdict::SoFar.as_str(),
        }
    }

    const fn exit(self) -> u8 {
        match self {
            Self::Verified => Verdict::Verified.exit_status(),
            Self::Failed { .. } => Verdict::Failed.exit_status(),
            Self::Unreadable => 2,
            Self::SoFar => Verdict::SoFar.exit_status(),
        }
    }
}

/// A whole election as its board serves it, and what somebody has of it besides.
struct Record {
    name: &'static str,
    comment: String,
    expected: Expected,
    /// The id on the poster.
    announced: String,
    files: BTreeMap<String, Vec<u8>>,
    /// Options of the command that name a file, with its bytes.
    given: Vec<(&'static str, Vec<u8>)>,
}

impl Record {
    fn new(name: &'static str, comment: &str, story: &Story, expected: Expected) -> Self {
        let announced = hex(story.log.election.id);
        Self { name, comment: comment.into(), expected, announced, files: story.files(), given: Vec::new() }
    }

    /// With a file that somebody has kept.
    fn given(mut self, option: &'static str, bytes: Vec<u8>) -> Self {
        self.given.push((option, bytes));
        self
    }

    fn index(&self) -> Value {
        let mut arguments = vec!["--election".to_owned(), self.announced.clone()];
        for (option, _) in &self.given {
            arguments.extend([format!("--{option}"), format!("given/{option}")]);
        }
        let failed = match self.expected {
            Expected::Failed { entry } => json!({"check": self.check(), "entry": entry}),
            _ => Value::Null,
        };
        json!({
            "arguments": arguments,
            "comment": self.comment,
            "exit": self.expected.exit(),
            "failed": failed,
            "name": self.name,
            "verdict": self.expected.verdict(),
        })
    }

    /// The check that the name begins with.
    fn check(&self) -> &'static str {
        self.name.get(..4).unwrap_or_default()
    }

    /// What the verifier's answer should have been, if it is another.
    fn difference(&self, files: &Files, given: &Given) -> Option<String> {
        let coins = || Random::new("coins").rng().clone();
        let report = match (verify(files, given, &coins, &()), self.expected) {
            (Err(_), Expected::Unreadable) => return None,
            (Err(unreadable), _) => return Some(format!("cannot be read: {unreadable}")),
            (Ok(verified), _) => verified.report,
        };
        let (verdict, first) = (report.verdict(), report.first_failure());
        if (verdict.as_str(), verdict.exit_status()) != (self.expected.verdict(), self.expected.exit()) {
            return Some(format!("the verdict is `{}`:\n{report}", verdict.as_str()));
        }
        match (self.expected, first) {
            (Expected::Failed { entry }, Some(first)) => {
                let same = first.check.id() == self.check() && first.status == Status::Failed { entry };
                (!same || !evaluates_what_is_before(&report, first.check))
                    .then(|| format!("fails otherwise:\n{report}"))
            }
            _ => None,
        }
    }
}

/// Before the check that fails, all passed; behind it, all were evaluated, or say why not.
fn evaluates_what_is_before(report: &Report, first: Check) -> bool {
    report.findings.iter().all(|finding| match finding.status {
        Status::Passed | Status::NotApplicable => true,
        Status::NotEvaluated { .. } | Status::Failed { .. } => finding.check >= first,
        Status::NotYet | Status::Erased { .. } => false,
    })
}

/// All records, made once.
fn all() -> &'static [Record] {
    static ALL: OnceLock<Vec<Record>> = OnceLock::new();
    ALL.get_or_init(|| good::all().into_iter().chain(tampered::all()).collect())
}

/// All files, by their paths below the folder.
fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for record in all() {
        for (path, bytes) in &record.files {
            files.insert(format!("{}/{path}", record.name), bytes.clone());
        }
        for (option, bytes) in &record.given {
            files.insert(format!("{}/given/{option}", record.name), bytes.clone());
        }
    }
    let index: Vec<Value> = all().iter().map(Record::index).collect();
    let index = serde_json::to_string_pretty(&json!({"records": index})).unwrap() + "\n";
    files.insert(INDEX.into(), index.into_bytes());
    files
}

/// The files below a folder, by their paths; what is said for readers is not one of them.
fn found(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                bail!("{}: not a name of these files", path.display());
            };
            let name = format!("{prefix}{name}");
            if path.is_dir() {
                folders.push((path, format!("{name}/")));
            } else if name != "README.md" {
                let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
                found.insert(name, bytes);
            }
        }
    }
    Ok(found)
}

/// Writes all records below `folder`, and removes what is none.
///
/// # Errors
/// A file cannot be read or written.
pub fn write(folder: &Path) -> Result<()> {
    let folder = folder.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
        }
    }
    for (name, bytes) in files() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).with_context(|| path.display().to_string())?;
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Checks all records below `folder`: the verifier answers what the index says, and what `write` writes is there.
///
/// # Errors
/// A file cannot be read.
pub fn check(folder: &Path, report: &mut crate::Report) -> Result<()> {
    let folder = folder.join(FOLDER);
    let (found, written) = (found(&folder)?, files());
    let names: BTreeSet<&String> = found.keys().chain(written.keys()).collect();
    for name in names {
        let says = match (found.get(name), written.get(name)) {
            (Some(found), Some(written)) if found == written => continue,
            (Some(_), Some(_)) => {
                "not what `write` writes; run it, and look at the difference before committing it"
            }
            (Some(_), None) => "`write` does not write it",
            (None, _) => "missing",
        };
        report.differences.push(format!("{}: {says}", folder.join(name).display()));
    }
    for record in all() {
        let prefix = format!("{}/", record.name);
        let of = found.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?, bytes.clone())));
        let files = Files(of.map(|(path, bytes)| (path.to_owned(), bytes)).collect());
        let difference = match given(record, &files) {
            Ok(given) => record.difference(&files, &given),
            Err(error) => Some(format!("{error:#}")),
        };
        report.records += 1;
        report
            .differences
            .extend(difference.map(|said| format!("{}: {said}", folder.join(record.name).display())));
    }
    Ok(())
}

/// What the record's arguments say.
fn given(record: &Record, files: &Files) -> Result<Given> {
    let mut given = Given { now: NOW, ..Given::default() };
    let mut id = [0; 32];
    for (place, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&record.announced[2 * place..2 * place + 2], 16)?;
    }
    given.election = Some(ElectionId::from_bytes(id));
    for (option, _) in &record.given {
        let name = format!("given/{option}");
        let bytes = files.0.get(&name).with_context(|| name.clone())?;
        match *option {
            "checkpoint" => given.older.push(Named { name, item: SignedCheckpoint::from_bytes(bytes)? }),
            "receipt" => given.receipts.push(Named { name, item: Receipt::from_bytes(bytes)? }),
            "promise" => given.promises.push(Named { name, item: SignedPromise::from_bytes(bytes)? }),
            other => bail!("there is no option --{other}"),
        }
    }
    Ok(given)
}
