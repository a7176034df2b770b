//! The program without a browser: records in memory, and what it says of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Mutex;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use urna_election::Phase;
use urna_election::json::Base64;
use urna_election::sample::{Election, whole_election};
use urna_verifier::sample::record;
use urna_verifier::{Files, Given};

use super::*;

/// A board with one election.
#[derive(Default)]
struct Board {
    files: Files,
    withheld: &'static str,
    official: Vec<(u64, Vec<u8>)>,
    /// The status of everything below this path.
    broken: Option<(&'static str, u16)>,
    said: Mutex<Vec<Value>>,
}

impl Outside for Board {
    fn read(&self, path: &str, limit: usize) -> Option<(u16, Vec<u8>)> {
        if let Some((_, status)) = self.broken.filter(|(below, _)| path.starts_with(below)) {
            return (status != 0).then(|| (status, Vec::new()));
        }
        if let Some(query) = path.strip_prefix("../v1/elections/union-2027/official") {
            // Two to a page.
            let after = query.strip_prefix("?after=").map(|index| index.parse::<u64>().unwrap());
            let rest = self.official.iter().filter(|(index, _)| after.is_none_or(|after| *index > after));
            let rest: Vec<_> = rest
                .map(|(index, entry)| json!({ "entry": Base64(entry.clone()), "index": index }))
                .collect();
            let page = json!({ "entries": rest.iter().take(2).collect::<Vec<_>>(), "more": rest.len() > 2 });
            return Some((200, page.to_string().into_bytes()));
        }
        if !self.withheld.is_empty() && path.starts_with(self.withheld) {
            return Some((404, br#"{"type":"urn:urna:problem:not-yet-public","title":"Later"}"#.to_vec()));
        }
        match self.files.0.get(path) {
            Some(bytes) => Some((200, bytes.iter().take(limit + 1).copied().collect())),
            None => Some((404, b"nothing".to_vec())),
        }
    }

    fn say(&self, message: &[u8]) {
        self.said.lock().unwrap().push(serde_json::from_slice(message).unwrap());
    }
}

fn coins() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

/// What it says at last, and what before.
fn ask(board: &Board, election: &str) -> (Value, Vec<Value>) {
    let question = json!({ "election": election, "language": "sv", "slug": "union-2027" });
    verify(question.to_string().as_bytes(), board, &coins);
    let mut said = std::mem::take(&mut *board.said.lock().unwrap());
    (said.pop().unwrap(), said)
}

/// What the library says of the same record.
fn report(files: &Files, given: &Given) -> Value {
    serde_json::to_value(urna_verifier::verify(files, given, &coins, &()).unwrap().report).unwrap()
}

#[test]
fn accepts_a_whole_election_as_the_library_does() {
    let (election, _) = whole_election();
    let files = record(&election);
    let board = Board { files: files.clone(), ..Board::default() };
    let id = election.manifest.id().to_string();
    let (grouped, rest) = id.split_at(8);

    let (said, progress) = ask(&board, &format!(" {grouped} {}\n", rest.to_uppercase()));
    let given = Given { election: Some(*election.manifest.id()), ..Given::default() };
    assert_eq!(said["verified"]["report"], report(&files, &given));
    assert_eq!(said["verified"]["report"]["verdict"], "verified");
    assert_eq!(said["verified"]["size"], 33);
    let counts = &said["verified"]["counts"];
    for row in counts["figures"].as_array().unwrap() {
        assert_eq!(row["computed"], row["published"], "{row}");
    }
    assert_eq!(
        counts["figures"][0],
        json!({ "title": null, "figure": "counted", "computed": 6, "published": 6 })
    );
    assert_eq!(counts["contests"].as_array().unwrap().len(), election.manifest.contests().len());

    let stages: Vec<_> = progress.iter().map(|said| said["progress"]["stage"].as_str().unwrap()).collect();
    let mut order = stages.clone();
    order.dedup();
    assert_eq!(order, ["entries", "issuance", "openings", "blobs"]);
    assert!(progress.iter().any(|said| said["progress"]["per_cent"] == 100));
}

#[test]
fn rejects_what_the_library_rejects() {
    let (election, _) = whole_election();
    let board = Board { files: record(&election), ..Board::default() };

    let (other, _) = ask(&board, &"9f".repeat(32));
    assert_eq!(other["verified"]["report"]["checks"][3]["status"], "failed");
    assert_eq!(ask(&board, "9f").0, json!("not_an_election"));

    for (below, status, says) in [
        ("checkpoint", 0, "the board cannot be reached"),
        ("tile/0/", 503, "the board answers with status 503"),
        ("tile/entries/", 404, "the record is not complete"),
    ] {
        let board = Board { files: board.files.clone(), broken: Some((below, status)), ..Board::default() };
        let (said, _) = ask(&board, "");
        assert!(said["unreadable"].as_str().unwrap().contains(says), "{said}");
    }
    verify(b"{}", &board, &coins);
    assert!(board.said.lock().unwrap().pop().unwrap()["unreadable"].is_string());
}

#[test]
fn says_so_far_while_ballots_are_withheld() {
    let mut election = Election::at(Phase::Voting);
    let official: Vec<_> = (0..).zip(election.log.iter().map(|(_, entry)| entry.to_bytes())).collect();
    let voter = election.voter(1);
    let ballot =
        election.ballot(&voter, 0, &[urna_election::sample::marks(&[1]), urna_election::sample::marks(&[0])]);
    election.admit(ballot);
    let board = Board { files: record(&election), withheld: "tile/entries/", official, ..Board::default() };
    let (said, _) = ask(&board, "");
    let report = &said["verified"]["report"];
    assert_eq!((&report["verdict"], &report["anchor"]), (&json!("so far"), &json!("none")), "{said}");
    assert_eq!(said["verified"]["counts"], Value::Null);
    for (check, status) in [(0, "passed"), (3, "passed"), (7, "not yet"), (13, "not yet")] {
        assert_eq!(report["checks"][check]["status"], status, "{report}");
    }
}
