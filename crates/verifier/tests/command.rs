//! `urna-verify` as an observer runs it: arguments, exit status, output.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use urna_crypto::Identifier;
use urna_election::Phase;
use urna_election::sample::{Election, whole_election};
use urna_log::{Promise, SignedPromise};
use urna_verifier::Files;
use urna_verifier::sample::{log_key, promise_key, record};

const ORIGIN: &str = "board.example/union-2027";

fn verify(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_urna-verify")).args(arguments).output().unwrap()
}

fn written(files: &Files) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in &files.0 {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    directory
}

fn path(directory: &TempDir) -> &str {
    directory.path().to_str().unwrap()
}

#[track_caller]
fn answers(output: &Output, status: i32) -> (String, String) {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    assert_eq!(output.status.code(), Some(status), "{out}\n{err}");
    (out, err)
}

fn json(output: &Output, status: i32) -> Value {
    let (out, _) = answers(output, status);
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn verifies_a_whole_election_and_prints_its_result() {
    let (election, voters) = whole_election();
    let directory = written(&record(&election));
    let id = election.manifest.id().to_string();
    let (text, err) = answers(&verify(&[path(&directory), "--election", &id]), 0);
    assert!(
        text.starts_with(&format!("anchored: election {id}, phase certified, 33 entries\n\nV-01  passed"))
    );
    assert!(text.contains("\nverified: every check passed and the record is complete\n"), "{text}");
    assert!(
        text.contains(
            "
Election of the board
  Candidate ada          0 (0.0 %)
    ",
        ),
        "{text}"
    );
    for line in [
        "  Candidate bob          1 (50.0 %)  elected",
        "  Candidate eva          1 (50.0 %)  elected",
        "  votes                  2",
        "  ballots: 1 blank, 1 abstain, 1 void, 1 invalid",
        "  Candidate gus          2 (50.0 %)  elected",
        "counted 6 of 9 entitled (66.7 %)",
        "issued 9, seen 7, returned 1, gap 1",
        "turnout 5 of 9 (55.6 %), as the election's rules count it",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    // No progress bar where there is no terminal.
    assert_eq!(err, "");

    let report = json(&verify(&[path(&directory), "--json", "--election", &id]), 0);
    let members: Vec<_> = report.as_object().unwrap().keys().collect();
    assert_eq!(members, ["anchor", "checks", "election_id", "phase", "trial", "verdict"]);
    assert_eq!((&report["verdict"], &report["anchor"]), (&"verified".into(), &"given".into()));
    assert_eq!(report["election_id"], id);
    let checks = report["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 17);
    assert_eq!(
        checks[13],
        serde_json::json!({"id": "V-14", "status": "passed", "entry": null, "reason": "counts equal"})
    );

    let (text, _) = answers(&verify(&[path(&directory)]), 0);
    assert!(text.starts_with(&format!("not anchored: compare election id {id}\n")), "{text}");
    assert_eq!(json(&verify(&[path(&directory), "--json"]), 0)["anchor"], "none");

    // What voters ask for.
    let identifier = |person: usize| Identifier::new(election.manifest.id(), &voters[person].key.pseudonym());
    let asked = |person: usize| verify(&[path(&directory), "--identifier", &identifier(person).to_string()]);
    let (text, _) = answers(&asked(0), 0);
    assert!(
        text.contains(&format!("identifier {}: 3 recorded\n  entry 9: ballot, not counted", identifier(0)))
    );
    assert!(text.contains("; board: bob; auditor: gus\n"), "{text}");
    assert!(answers(&asked(3), 0).0.contains("; board: abstains; auditor: gus\n"));
    assert!(answers(&asked(5), 0).0.contains("; invalid\n"));
    assert!(answers(&asked(6), 0).0.contains("returned, not counted"));
    assert!(answers(&asked(8), 0).0.contains("nothing is recorded under it"));
    let found = json(&verify(&[path(&directory), "--json", "--identifier", &identifier(0).to_string()]), 0);
    let last = &found["identifier"]["entries"][2];
    assert_eq!((&last["counted"], &last["choices"]["board"]), (&true.into(), &serde_json::json!(["bob"])));
}

#[test]
fn ends_with_1_where_a_check_fails() {
    let (election, _) = whole_election();
    let directory = written(&record(&election));
    let other = "00".repeat(32);
    let (text, _) = answers(&verify(&[path(&directory), "--election", &other]), 1);
    assert!(
        text.contains(&format!("V-04  FAILED because this is election {}", election.manifest.id())),
        "{text}"
    );
    assert!(text.contains("FAILED: this record does not prove its result"), "{text}");
    assert!(!text.contains("Candidate"), "no result is shown: {text}");
    let report = json(&verify(&[path(&directory), "--json", "--election", &other]), 1);
    assert_eq!((&report["verdict"], &report["checks"][3]["status"]), (&"failed".into(), &"failed".into()));
    assert_eq!(report["checks"][4]["reason"], "because V-04");

    let promise = Promise::new(ORIGIN.parse().unwrap(), b"never logged", 5).unwrap();
    let file = directory.path().join("promise");
    fs::write(&file, SignedPromise::sign(promise, &promise_key(ORIGIN)).unwrap().to_string()).unwrap();
    let (text, _) = answers(&verify(&[path(&directory), "--promise", file.to_str().unwrap()]), 1);
    assert!(text.contains("V-15  FAILED because"), "{text}");

    // An older checkpoint of another history, and one that is only older.
    let mut entries: Vec<_> = election.log[..20].iter().map(|(_, entry)| entry.to_bytes()).collect();
    let mut checkpoint = |name: &str| {
        let files = Files::publish(&entries, &election.blobs, &log_key(ORIGIN)).unwrap();
        entries.swap(9, 10);
        let file = directory.path().join(name);
        fs::write(&file, &files.0["checkpoint"]).unwrap();
        file
    };
    let (older, forked) = (checkpoint("older"), checkpoint("forked"));
    answers(&verify(&[path(&directory), "--checkpoint", older.to_str().unwrap()]), 0);
    let both =
        [path(&directory), "--checkpoint", older.to_str().unwrap(), "--checkpoint", forked.to_str().unwrap()];
    let (text, _) = answers(&verify(&both), 1);
    assert!(text.contains("V-02  FAILED because"), "{text}");
}

#[test]
fn ends_with_2_where_nothing_can_be_said() {
    let (election, _) = whole_election();
    let good = record(&election);
    let directory = written(&good);
    let nowhere = directory.path().join("nowhere");
    let checkpoint = directory.path().join("checkpoint");
    for (arguments, says) in [
        (vec![nowhere.to_str().unwrap()], "nowhere"),
        (vec![checkpoint.to_str().unwrap()], "checkpoint"),
        (vec![path(&directory), "--election", "9f2c"], "64 hexadecimal digits"),
        (vec![path(&directory), "--identifier", "9C0Q"], "20 digits and letters"),
        (vec![path(&directory), "--receipt", checkpoint.to_str().unwrap()], "is not a receipt"),
        (vec![path(&directory), "--promise", checkpoint.to_str().unwrap()], "is not a promise"),
        (vec![path(&directory), "--checkpoint", nowhere.to_str().unwrap()], "nowhere"),
        (vec!["http://"], "address"),
        (vec![path(&directory), "--unknown"], "--unknown"),
        (vec![], "Usage"),
    ] {
        let (out, err) = answers(&verify(&arguments), 2);
        assert!(err.contains(says), "{arguments:?}: {err}");
        assert_eq!(out, "");
    }
    // Any file cut off in its middle, or not there.
    for (name, bytes) in &good.0 {
        if name.starts_with("blob/") || name == "log.vkey" || name == "election-id" {
            continue;
        }
        let file = directory.path().join(name);
        fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        let (_, err) = answers(&verify(&[path(&directory)]), 2);
        assert!(err.contains(name) && err.contains("cut off"), "{name}: {err}");
        assert_eq!(err.lines().count(), 1, "{err}");
        fs::remove_file(&file).unwrap();
        let unread = json(&verify(&[path(&directory), "--json"]), 2);
        assert_eq!((&unread["verdict"], &unread["checks"]), (&"unreadable".into(), &serde_json::json!([])));
        fs::write(&file, bytes).unwrap();
    }
}

#[test]
fn ends_with_3_while_there_is_more_to_come() {
    for phase in [Phase::Announced, Phase::Voting, Phase::Closed, Phase::Cancelled] {
        let election = Election::at(phase);
        let directory = written(&record(&election));
        let (text, _) = answers(&verify(&[path(&directory)]), 3);
        assert!(text.contains("so far: everything that can be checked so far passed"), "{text}");
        let report = json(&verify(&[path(&directory), "--json"]), 3);
        assert_eq!((&report["verdict"], &report["phase"]), (&"so far".into(), &phase.as_str().into()));
    }
}

#[test]
fn says_of_a_trial_that_it_is_one_c22() {
    for trial in [false, true] {
        let election = Election::publish(|draft| draft.trial = trial);
        let directory = written(&record(&election));
        let id = election.manifest.id().to_string();
        for anchor in [&["--election", &id][..], &[]] {
            let (text, _) = answers(&verify(&[&[path(&directory)], anchor].concat()), 3);
            assert_eq!(
                text.contains("1 entries\nThis is a trial: it decides nothing.\n\nV-01"),
                trial,
                "{text}"
            );
            assert_eq!(text.contains("trial"), trial, "{text}");
        }
        assert_eq!(json(&verify(&[path(&directory), "--json"]), 3)["trial"], trial);
    }
}

/// A damaged disk, or somebody who holds no key: whatever byte is changed wherever, it is V-01, V-16, or nothing can be said.
#[test]
fn finds_every_flipped_byte() {
    let mut election = Election::at(Phase::Voting);
    let voter = election.voter(0);
    let marks = urna_election::sample::marks;
    let ballot = election.ballot(&voter, 0, &[marks(&[1]), marks(&[0])]);
    election.admit(ballot);
    let (whole, _) = whole_election();
    for (election, status) in [(election, 3), (whole, 0)] {
        flip_bytes(&record(&election), status);
    }
}

fn flip_bytes(good: &Files, status: i32) {
    let directory = written(good);
    let mut tried = 0;
    for (name, bytes) in &good.0 {
        let file = directory.path().join(name);
        let step = (bytes.len() / 6).max(1);
        for place in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (tried % 8);
            fs::write(&file, &changed).unwrap();
            let output = verify(&[path(&directory), "--json"]);
            match output.status.code() {
                Some(2) => {}
                Some(1) => {
                    let report = json(&output, 1);
                    let checks = report["checks"].as_array().unwrap();
                    let first = checks.iter().find(|check| check["status"] == "failed").unwrap();
                    assert!(first["id"] == "V-01" || first["id"] == "V-16", "{name}, byte {place}: {report}");
                }
                other => panic!("{name}, byte {place}: {other:?}"),
            }
            tried += 1;
        }
        fs::write(&file, bytes).unwrap();
    }
    assert!(tried > 50, "{tried}");
    answers(&verify(&[path(&directory)]), status);
}

/// The records of `spec/vectors`, which are made by a second implementation of the equations.
#[test]
fn answers_of_every_record_what_its_index_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/records");
    let index: Value = serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let mut failed = std::collections::BTreeSet::new();
    for record in index["records"].as_array().unwrap() {
        let name = record["name"].as_str().unwrap();
        let directory = folder.join(name);
        let arguments = record["arguments"].as_array().unwrap().iter();
        let mut command = Command::new(env!("CARGO_BIN_EXE_urna-verify"));
        command.current_dir(&directory).args([".", "--json"]).args(arguments.map(|it| it.as_str().unwrap()));
        let exit = i32::try_from(record["exit"].as_i64().unwrap()).unwrap();
        let report = json(&command.output().unwrap(), exit);
        assert_eq!(report["verdict"], record["verdict"], "{name}");
        let mut checks = report["checks"].as_array().unwrap().iter();
        let first = checks.find(|check| check["status"] == "failed");
        let first = first.map(|check| serde_json::json!({"check": check["id"], "entry": check["entry"]}));
        assert_eq!(first.unwrap_or_default(), record["failed"], "{name}: {report}");
        failed.extend(record["failed"]["check"].as_str().map(str::to_owned));
    }
    assert_eq!(failed.len(), 17, "{failed:?}");
}

#[test]
fn shows_what_helps() {
    let (help, _) = answers(&verify(&["--help"]), 0);
    for said in ["Exit status:", "Complete example:", "--identifier", "mirror"] {
        assert!(help.contains(said), "{said}: {help}");
    }
    assert!(Path::new(env!("CARGO_BIN_EXE_urna-verify")).exists());
}
