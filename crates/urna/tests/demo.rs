//! `urna demo` as a user runs it: arguments, exit status, output.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// Choices that are none.
const NONE: [&str; 2] = ["undervote", "overvote"];

fn demo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_urna"));
    command.arg("demo").args(arguments).output().unwrap()
}

fn ward_5() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/minneapolis-2013-ward-5.csv");
    std::fs::read_to_string(path).unwrap()
}

fn ballot_file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Votes by option title, blank ballots under "", from the command's JSON.
fn counted(output: &Output) -> BTreeMap<String, u64> {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let contest = &result["contests"][0];
    let options = contest["options"].as_array().unwrap();
    let votes = options.iter().map(|option| {
        let total = option["votes"].as_u64().unwrap();
        let districts: u64 =
            option["districts"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(total, districts);
        (option["title"].as_str().unwrap().to_owned(), total)
    });
    votes
        .chain([(String::new(), contest["blank"].as_u64().unwrap())])
        .filter(|(_, votes)| *votes > 0)
        .collect()
}

/// The same, from lines without quotes.
fn by_hand<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut votes = BTreeMap::new();
    for line in lines {
        let choice = line.split(',').skip(1).find(|choice| !NONE.contains(choice)).unwrap_or_default();
        *votes.entry(choice.to_owned()).or_default() += 1;
    }
    votes
}

/// The city's own tabulation of round 1 (`tests/data/README.md`).
#[test]
fn equals_the_official_first_round() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("official");
    let _ = std::fs::remove_dir_all(&folder);
    let output = demo(&["--dir", folder.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let official = [
        ("BLONG YANG", 1475),
        ("IAN ALEXANDER", 1048),
        ("BRETT BUCKNER", 746),
        ("KALE R. SEVERSON", 220),
        ("UWI", 10),
        ("blank", 123),
    ];
    for (option, votes) in official {
        // Counted, by the script, by the city.
        let line = text.lines().find(|line| line.starts_with(option)).unwrap();
        let columns: Vec<_> = line.split_whitespace().rev().take(3).collect();
        let votes = votes.to_string();
        assert_eq!(columns, [votes.as_str(); 3], "{line}");
    }
    assert!(text.contains("the count equals the ballot file and the city's own count"), "{text}");
    let result: Value = serde_json::from_slice(&std::fs::read(folder.join("result.json")).unwrap()).unwrap();
    for (figure, value) in
        [("entitled", 3622), ("issued", 3622), ("seen", 3622), ("counted", 3622), ("gap", 0)]
    {
        assert_eq!(result[figure], value, "{figure}");
    }
    // The demo is no election.
    assert_eq!(result["trial"], true);
    assert_eq!(result["contests"][0]["winners"], serde_json::json!(["blong-yang"]));
    assert_eq!(result["election_id"].as_str().map(str::len), Some(64));
}

/// Lines are moved to other districts, get other choices and change places; the count follows.
#[test]
fn follows_a_randomly_altered_copy() {
    let text = ward_5();
    let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    // A small generator, seeded by the clock: another copy each time.
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = u64::try_from(clock.as_nanos() & u128::from(u64::MAX)).unwrap();
    let mut state = seed;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..1_000 {
        let (line, other) = (random(lines.len()), random(lines.len()));
        let choice = ["Åsa Ö.", "BLONG YANG", "undervote", "overvote", "UWI"][random(5)];
        let mut fields: Vec<_> = lines[line].split(',').map(str::to_owned).collect();
        let column = 1 + random(3);
        choice.clone_into(&mut fields[column]);
        fields[0] = format!("W-5 P-{}", random(3));
        lines[line] = fields.join(",");
        lines.swap(line, other);
    }
    let header = text.lines().next().unwrap();
    let path = ballot_file("altered.csv", &format!("{header}\n{}\n", lines.join("\n")));
    let output = demo(&["--json", "--voters", "600", "--ballots", path.to_str().unwrap()]);
    assert_eq!(counted(&output), by_hand(lines.iter().map(String::as_str).take(600)), "seed {seed}");
}

#[test]
fn accepts_other_trustees_issuers_and_columns() {
    // Two districts, one of them with a single voter; quotes; one choice a line.
    let text = "district,choice_1\nNorth,\"Ann, of the North\"\nNorth,\"Ann, of the North\"\nSouth,Bo\nNorth,undervote\n";
    let path = ballot_file("small.csv", text);
    for (trustees, issuers) in [("solo", "1"), ("3of5", "2"), ("2of2", "3")] {
        let arguments =
            ["--json", "--trustees", trustees, "--issuers", issuers, "--ballots", path.to_str().unwrap()];
        let expected = [("Ann, of the North", 2), ("Bo", 1), ("", 1)];
        assert_eq!(
            counted(&demo(&arguments)),
            expected.map(|(title, votes)| (title.to_owned(), votes)).into()
        );
    }
}

#[test]
fn shows_the_count_beside_the_file() {
    let output = demo(&["--voters", "50"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("the count equals the ballot file"), "{text}");
    assert!(text.contains("gap 0"), "{text}");
}

#[test]
fn rejects_bad_arguments_and_files_with_status_2() {
    let no_header = ballot_file("no-header.csv", "W-5 P-05,BLONG YANG\n");
    let ragged = ballot_file("ragged.csv", "district,choice_1\na,b\na,b,c\n");
    for (arguments, message) in [
        (vec!["--trustees", "1of1"], "solo"),
        (vec!["--trustees", "4of3"], "2of3"),
        (vec!["--issuers", "0"], "0"),
        (vec!["--voters", "0"], "0"),
        (vec!["--voters", "4000"], "3622"),
        (vec!["--ballots", "/nowhere/at-all.csv"], "/nowhere/at-all.csv"),
        (vec!["--ballots", no_header.to_str().unwrap()], "header"),
        (vec!["--ballots", ragged.to_str().unwrap()], "line: 3"),
    ] {
        let output = demo(&arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(message), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty());
    }
}
