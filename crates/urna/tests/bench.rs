//! `urna bench` as a user runs it: arguments, exit status, output. How fast it is, is nobody's business here.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::process::{Command, Output};

use serde_json::Value;

fn admit(arguments: &[&str]) -> Output {
    bench("admit", arguments)
}

fn bench(what: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_urna")).args(["bench", what]).args(arguments).output().unwrap()
}

/// The figures of a report, one for each pace, each with 25 that were accepted.
fn figures(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figures: Vec<_> = report["figures"].as_array().unwrap().iter().collect();
    let paces: Vec<_> =
        figures.iter().map(|figure| (figure["pace"].as_str(), figure["at_once"].as_u64())).collect();
    assert_eq!(paces, [(Some("waves"), Some(1)), (Some("waves"), Some(10)), (Some("in_flight"), Some(4))]);
    for figure in figures {
        assert_eq!(
            (figure["accepted"].as_u64(), figure["promised"].as_u64()),
            (Some(25), Some(0)),
            "{figure}"
        );
        let at_most =
            |less: &str, more: &str| figure[less].as_f64().unwrap() <= figure[more].as_f64().unwrap();
        assert!(at_most("p50_ms", "p99_ms") && at_most("p99_ms", "max_ms"), "{figure}");
        assert!(figure["per_second"].as_f64().unwrap() > 0.0, "{figure}");
    }
    assert!(report["machine"]["cores"].as_u64().unwrap() >= 1);
    report
}

#[test]
fn accepts_every_ballot_at_every_pace() {
    let output = admit(&["--ballots", "25", "--batch", "1,10", "--in-flight", "4", "--json"]);
    assert_eq!(figures(&output)["measured"]["ballots"]["wait"].as_u64(), Some(1));
}

#[test]
fn gives_every_voter_a_token_at_every_pace() {
    let output = bench("issue", &["--voters", "25", "--batch", "1,10", "--in-flight", "4", "--json"]);
    assert_eq!(figures(&output)["measured"].as_str(), Some("tokens"));
}

#[test]
fn rejects_wrong_arguments_of_issuing() {
    for arguments in [&["--voters", "0"][..], &["--batch", "0"], &["--dir", "/proc/nowhere"]] {
        let output = bench("issue", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn makes_records_that_verify_and_measures_them() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("new/record");
    let record = ["--ballots", "600", "--json", "--dir", directory.to_str().unwrap()];
    let output = bench("record", &record);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(made["ballots"].as_u64(), Some(600));
    let id = std::fs::read_to_string(directory.join("election-id")).unwrap();
    assert_eq!(made["election_id"].as_str(), Some(id.trim_end()));
    let around = std::fs::read_dir(directory.parent().unwrap()).unwrap().count();
    assert_eq!(around, 1, "nothing else is left");
    // What lies there is kept.
    assert_eq!(bench("record", &record).status.code(), Some(2));

    let source = urna_verifier::source::Directory::open(&directory).unwrap();
    let verified =
        urna_verifier::verify(&source, &urna_verifier::Given::default(), &|| rand_core::OsRng, &()).unwrap();
    assert_eq!(verified.report.verdict(), urna_verifier::Verdict::Verified, "{}", verified.report);
    let result = verified.result.unwrap();
    let votes: Vec<_> = result.contests[0].options.iter().map(|option| option.votes.value()).collect();
    assert_eq!((votes, result.contests[0].blank.value()), (vec![150; 3], 150));

    let output = bench("verify", &[directory.to_str().unwrap(), "--threads", "1,2", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figures = report["figures"].as_array().unwrap();
    for (figure, threads) in figures.iter().zip([1, 2]) {
        assert_eq!((figure["counted"].as_u64(), figure["threads"].as_u64()), (Some(600), Some(threads)));
        assert!(figure["seconds"].as_f64().unwrap() > 0.0 && figure["failure"].is_null(), "{figure}");
    }
    // A record in which a byte is another one.
    let blob = std::fs::read_dir(directory.join("blob")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&blob, bytes).unwrap();
    let output = bench("verify", &[directory.to_str().unwrap(), "--threads", "1"]);
    assert_ne!(output.status.code(), Some(0));
}

#[test]
fn measures_everything_and_sets_it_beside_the_goals() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_urna"));
    let command = command.args(["bench", "--ballots", "20", "--json", "--dir"]).arg(folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (part, figures) in [("issue", 4), ("admit", 4)] {
        assert_eq!(report[part]["figures"].as_array().unwrap().len(), figures, "{part}");
    }
    assert!(report["admit"]["kept"]["start_seconds"].as_f64().unwrap() > 0.0);
    assert!(report["admit"]["kept"]["bytes"].as_u64().unwrap() > 20_000);
    assert_eq!(report["verify"]["figures"][0]["counted"], 20);
    let units: Vec<_> = report["goals"].as_array().unwrap().iter().map(|goal| &goal["unit"]).collect();
    assert_eq!(units[..5], ["tokens/s", "ballots/s", "ms", "ballots/s/core", "x floor"]);
}

#[test]
fn rejects_records_that_cannot_be_made_or_read() {
    for (what, arguments) in [
        ("record", &["--ballots", "0", "--dir", "/tmp/record"][..]),
        ("record", &["--dir", "/proc/nowhere/record"]),
        ("record", &["--ballots", "10"]),
        ("verify", &["/nowhere"]),
        ("verify", &["--threads", "0"]),
        ("verify", &["/nowhere", "--ballots", "10"]),
    ] {
        let output = bench(what, arguments);
        assert_eq!(output.status.code(), Some(2), "{what} {arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{what} {arguments:?}");
    }
}

#[test]
fn counts_promises_where_the_policy_holds_ballots_back() {
    let output = admit(&["--ballots", "6", "--batch", "6", "--in-flight", "0", "--policy", "1000,600"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("6 at a time") && table.contains("6 of them were promised first"), "{table}");
}

#[test]
fn rejects_wrong_arguments_and_boards_that_do_not_answer() {
    let wrong: [&[&str]; 8] = [
        &["--ballots", "0"],
        &["--batch", "0"],
        &["--batch", "1,"],
        &["--in-flight", "100000"],
        &["--policy", "0,1"],
        &["--board", "http://127.0.0.1:1"],
        &["--board", "http://127.0.0.1:1", "--authority-key", "/nowhere/authority.key"],
        &["--dir", "/proc/nowhere"],
    ];
    for arguments in wrong {
        let output = admit(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}
