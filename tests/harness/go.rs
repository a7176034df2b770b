//! Go's own reading of notes and logs: the program `tests/go/checklog`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use urna_log::VerifierKey;

use crate::repository;

/// Where Debian's package of Go's library lies; a GOPATH of one's own is searched too.
const DEBIAN: &str = "/usr/share/gocode";

/// Where the program and Go's cache are.
fn scratch(name: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join("tmp").join("go").join(name)
}

/// A command of Go's, started in the repository.
///
/// # Panics
/// It does not start, or fails.
pub fn go(command: &str, arguments: &[&str]) -> Output {
    let missing = "Go and its library are needed: install the Debian packages golang-go and \
                   golang-golang-x-mod-dev, which `tools/test test` does where it may";
    let gopath = std::env::var("GOPATH").map_or(DEBIAN.to_owned(), |own| format!("{DEBIAN}:{own}"));
    let output = Command::new(command)
        .args(arguments)
        .current_dir(repository())
        .env("GO111MODULE", "off")
        .env("GOPATH", gopath)
        .env("GOCACHE", scratch("cache"))
        .env("GOFLAGS", "")
        .output()
        .unwrap_or_else(|error| panic!("`{command}` does not start: {error}. {missing}"));
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command} {arguments:?} failed. {missing}\n{stdout}{stderr}");
    output
}

/// The program, compiled once by each process: several may be at it.
static CHECKLOG: LazyLock<PathBuf> = LazyLock::new(|| {
    let program = scratch(&format!("checklog-{}", std::process::id()));
    go("go", &["build", "-o", program.to_str().unwrap(), "./tests/go/checklog"]);
    program
});

/// Checks the log at a prefix, a directory or an address, with checkpoints and receipts that somebody kept: the
/// program's line, or the line with which it refuses.
///
/// # Errors
/// Why the log is refused.
///
/// # Panics
/// The program cannot be built or run.
pub fn checklog(
    key: &VerifierKey,
    kept: &[PathBuf],
    receipts: &[PathBuf],
    prefix: &str,
) -> Result<String, String> {
    let mut checklog = Command::new(&*CHECKLOG);
    checklog.arg("-key").arg(key.to_string()).arg("-partials");
    let files = kept.iter().map(|file| ("-kept", file)).chain(receipts.iter().map(|file| ("-receipt", file)));
    for (flag, file) in files {
        checklog.arg(flag).arg(Path::new(file));
    }
    let output = checklog.arg(prefix).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(0) => Ok(stdout),
        Some(1) => Err(stderr),
        _ => panic!("checklog: {}: {stderr}", output.status),
    }
}
