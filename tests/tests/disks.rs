//! A board whose disk loses power, is full or reports errors keeps its word; so do an issuer and an authority. `tools/powercut` and `tools/baddisk` do more of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BOARD_DISK: &str = env!("CARGO_BIN_EXE_board-disk");

/// An empty folder of this test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disks").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the program; none where the machine refuses, which is said.
fn board_disk(name: &str, mounts: bool, arguments: &[&str]) -> Option<Output> {
    let mut command = if mounts {
        // Mounts of a name space of one's own end with it, whatever happens.
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", BOARD_DISK]);
        unshare
    } else {
        Command::new(BOARD_DISK)
    };
    let folder = scratch(name);
    let started = command.args(arguments).arg("--dir").arg(&folder).output();
    let Ok(output) = started.inspect_err(|error| skipped(name, &error.to_string())) else { return None };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if stderr.starts_with("unshare: ") {
        skipped(name, &stderr);
        return None;
    }
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if let Some(line) = stdout.lines().find(|line| line.starts_with("SKIPPED: ")) {
        skipped(name, line);
        return None;
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    fs::remove_dir_all(folder).unwrap();
    Some(output)
}

/// Past the capture of a test's output, so that it is seen.
fn skipped(name: &str, reason: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{name} SKIPPED: {}", reason.trim());
}

#[track_caller]
fn expect(output: &Output, says: &str) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(says), "{stdout}");
}

#[test]
fn keeps_its_word_when_the_power_is_cut() {
    let arguments = ["powercut", "--cuts", "2", "--control", "0", "--ballots", "600", "--young", "200"];
    let Some(output) = board_disk("powercut", true, &arguments) else { return };
    expect(&output, "0 lost");
    expect(&output, "2 cuts in ");
}

/// The tool can fail: without the sync it finds what is lost.
#[test]
fn finds_what_a_board_without_sync_loses_when_the_power_is_cut() {
    let arguments = ["powercut", "--cuts", "0", "--control", "8", "--young", "700"];
    let Some(output) = board_disk("control", true, &arguments) else { return };
    expect(&output, "control: without fdatasync, 1 of ");
}

#[test]
fn refuses_while_its_disk_is_full_and_goes_on_by_itself() {
    let arguments = ["full", "--times", "1", "--ballots", "1500", "--seed", "3"];
    let Some(output) = board_disk("full", true, &arguments) else { return };
    expect(&output, "the board went on by itself");
}

#[test]
fn refuses_while_its_disk_reports_errors_and_goes_on_by_itself() {
    let arguments = ["errors", "--times", "1", "--ballots", "300", "--seed", "3"];
    let Some(output) = board_disk("errors", false, &arguments) else { return };
    expect(&output, "the board went on by itself");
}

#[test]
fn an_issuer_refuses_while_its_disk_is_full_and_goes_on_by_itself() {
    let arguments = ["full", "--service", "issuer", "--times", "1", "--ballots", "600", "--seed", "3"];
    let Some(output) = board_disk("full-issuer", true, &arguments) else { return };
    expect(&output, "0 lost");
    expect(&output, "the issuer went on by itself");
}

#[test]
fn an_issuer_refuses_while_its_disk_reports_errors_and_goes_on_by_itself() {
    let arguments = ["errors", "--service", "issuer", "--times", "1", "--ballots", "300", "--seed", "3"];
    let Some(output) = board_disk("errors-issuer", false, &arguments) else { return };
    expect(&output, "the issuer went on by itself");
}

#[test]
fn an_authority_refuses_while_its_disk_is_full_and_goes_on_by_itself() {
    let arguments = ["full", "--service", "authority", "--times", "1", "--in-flight", "6", "--seed", "3"];
    let Some(output) = board_disk("full-authority", true, &arguments) else { return };
    expect(&output, "0 lost");
    expect(&output, "the authority went on by itself");
}

#[test]
fn an_authority_refuses_while_its_disk_reports_errors_and_goes_on_by_itself() {
    let arguments = ["errors", "--service", "authority", "--times", "1", "--in-flight", "6", "--seed", "3"];
    let Some(output) = board_disk("errors-authority", false, &arguments) else { return };
    expect(&output, "the authority went on by itself");
}
