//! Services are killed under load and keep their word; and who lost something is found out. `tools/torture` does more of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tokio::runtime::Runtime;
use urna::load::{ServiceFolder, ServiceProcess};
use urna_crypto::Ed25519SigningKey;

const BOARD_LOAD: &str = env!("CARGO_BIN_EXE_board-load");

/// An empty folder of this test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torture").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn board_load(arguments: &[&str]) -> Output {
    Command::new(BOARD_LOAD).args(arguments).output().unwrap()
}

#[track_caller]
fn expect(output: &Output, status: i32, says: &str) {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let both = String::from_utf8(both).unwrap();
    assert_eq!(output.status.code(), Some(status), "{both}");
    assert!(both.contains(says), "{both}");
}

#[test]
fn keeps_its_word_when_it_is_killed() {
    let folder = scratch("killed");
    let arguments = ["--kills", "4", "--ballots", "150", "--in-flight", "8", "--seed", "3", "--dir"];
    let output = board_load(&[&["torture"], arguments.as_slice(), &[folder.to_str().unwrap()]].concat());
    expect(&output, 0, "Nothing is lost");
    expect(&output, 0, "4 kills (");
}

#[test]
fn gives_everybody_one_token_when_the_issuer_is_killed() {
    let folder = scratch("issuer");
    let arguments = ["--kills", "5", "--voters", "60", "--in-flight", "8", "--seed", "3", "--dir"];
    let output =
        board_load(&[&["torture-issuer"], arguments.as_slice(), &[folder.to_str().unwrap()]].concat());
    expect(&output, 0, "Nothing is lost");
    expect(&output, 0, "60 of 60 voters have voted");
    expect(&output, 0, "25 second devices were refused; the issuance list has 60 rows");
}

/// A whole election whose services are killed. A refusal, a count that differs or an entry too many would be a failure.
fn holds_an_election(form: &str) {
    let folder = scratch(form);
    let arguments = ["torture-installation", "--form", form, "--kills", "8", "--voters", "30", "--seed", "3"];
    let output = board_load(&[&arguments, &["--dir", folder.to_str().unwrap()][..]].concat());
    expect(&output, 0, "Nothing is lost: the record verifies with all checks");
    expect(&output, 0, "8 kills (");
    expect(&output, 0, "10 second devices refused");
}

#[test]
fn holds_an_election_though_the_installation_is_killed() {
    holds_an_election("serve");
}

#[test]
fn holds_an_election_though_authority_issuer_and_board_are_killed() {
    holds_an_election("roles");
}

/// A board that runs in a folder, an election on it, and the ledger of what it said.
struct Run {
    runtime: Runtime,
    folder: PathBuf,
    board: ServiceFolder,
}

impl Run {
    fn new(name: &str) -> Self {
        let folder = scratch(name);
        let seed = [5; 32];
        let authority = Ed25519SigningKey::from_bytes(&seed).public();
        fs::write(folder.join("authority.key"), "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\n").unwrap();
        let board = ServiceFolder::board(BOARD_LOAD.into(), &folder.join("board"), &authority).unwrap();
        Self { runtime: Runtime::new().unwrap(), folder, board }
    }

    fn start(&self) -> ServiceProcess {
        self.runtime.block_on(async { self.board.start().unwrap().listening().await.unwrap() })
    }

    fn kill(&self, process: ServiceProcess) {
        self.runtime.block_on(process.kill()).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn prepare(&self, process: &ServiceProcess, more: &[&str]) {
        let (key, election) = (self.path("authority.key"), self.path("election"));
        let arguments = ["prepare", "--url", process.url(), "--authority-key", &key, "--election", &election];
        expect(&board_load(&[arguments.as_slice(), more].concat()), 0, "is open");
    }

    fn with_ledger(&self, command: &str, process: &ServiceProcess, more: &[&str]) -> Output {
        let (election, ledger) = (self.path("election"), self.path("ledger"));
        let arguments = [command, "--election", &election, "--url", process.url(), "--ledger", &ledger];
        board_load(&[arguments.as_slice(), more].concat())
    }
}

/// What a disk that forgets would do.
#[test]
fn finds_what_an_older_copy_of_the_data_has_lost() {
    let run = Run::new("older-copy");
    let process = run.start();
    run.prepare(&process, &["--ballots", "60"]);
    expect(
        &run.with_ledger("send", &process, &["--ballots", "30"]),
        0,
        "30 ballots acknowledged and noted, 30 in all",
    );
    run.kill(process);
    copy(&run.folder.join("board/data"), &run.folder.join("older"));

    let process = run.start();
    expect(&run.with_ledger("check", &process, &[]), 0, "30 acknowledgements: 30 receipts hold");
    expect(&run.with_ledger("send", &process, &[]), 0, "30 ballots acknowledged and noted, 60 in all");
    expect(&run.with_ledger("check", &process, &[]), 0, "60 acknowledgements: 60 receipts hold");
    run.kill(process);
    fs::remove_dir_all(run.folder.join("board/data")).unwrap();
    fs::rename(run.folder.join("older"), run.folder.join("board/data")).unwrap();

    let process = run.start();
    expect(&run.with_ledger("check", &process, &[]), 1, "LOST");
    run.kill(process);
}

/// Promises are checked too, and the ledger is believed in nothing that it cannot prove.
#[test]
fn finds_promises_that_are_not_the_boards_and_receipts_of_other_ballots() {
    let run = Run::new("false-words");
    let process = run.start();
    run.prepare(
        &process,
        &["--ballots", "12", "--min", "1024", "--wait", "600", "--interim-figures", "none"],
    );
    expect(
        &run.with_ledger("send", &process, &["--ballots", "8"]),
        0,
        "8 ballots acknowledged and noted, 8 in all",
    );
    expect(&run.with_ledger("check", &process, &[]), 0, "0 promises are kept, 8 are open");
    run.kill(process);

    let process = run.start();
    expect(&run.with_ledger("check", &process, &["--close"]), 0, "8 promises are kept, 0 are open");
    let ledger = run.folder.join("ledger");
    let honest = fs::read_to_string(&ledger).unwrap();
    let lines: Vec<Value> = honest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["said"] == "promised"));
    let with_first = |change: &dyn Fn(&mut Value)| {
        let mut lines = lines.clone();
        change(&mut lines[0]);
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(&ledger, lines).unwrap();
    };
    with_first(&|line| line["promise"] = lines[1]["promise"].clone());
    expect(&run.with_ledger("check", &process, &[]), 1, "its promise is for another entry");
    with_first(&|line| line["ballot"] = 11.into());
    expect(&run.with_ledger("check", &process, &[]), 1, "its promise is for another entry");
    with_first(&|line| {
        let promise = line["promise"].as_str().unwrap().replacen("17", "18", 1);
        line["promise"] = promise.into();
    });
    expect(&run.with_ledger("check", &process, &[]), 1, "its promise is not the board's");
    fs::write(&ledger, &honest[..honest.len() - 1]).unwrap();
    expect(&run.with_ledger("check", &process, &[]), 0, "7 acknowledgements");
    run.kill(process);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
