//! The command, and its trustees.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use rand_core::OsRng;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use urna_election::Plan;
use urna_trustee::driver::FileDriver;
use urna_trustee::{Cost, Sharing, Trustee};

pub(crate) const PASSPHRASE: &str = "five words nobody would choose";

/// A command that has ended.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let status = output.status.code().unwrap_or(-1);
        Self { status, out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn expect(self, status: i32, says: &[&str]) -> Self {
        let both = format!("{}{}", self.out, self.err);
        assert_eq!(self.status, status, "{both}");
        for said in says {
            assert!(both.contains(said), "no {said:?} in: {both}");
        }
        assert!(!both.contains(PASSPHRASE), "{both}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs `urna trustee` to its end, with this on standard input.
pub(crate) async fn run(arguments: &[&str], input: &str) -> Run {
    urna(&[&["trustee"], arguments].concat(), input).await
}

/// Runs the program to its end, with this on standard input.
pub(crate) async fn urna(arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_urna"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read it may have ended.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    Run::of(&child.wait_with_output().await.unwrap())
}

/// A trustee's machine.
pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) file: PathBuf,
    pub(crate) backup: PathBuf,
}

impl Person {
    pub(crate) fn new(folder: &Path, id: &'static str) -> Self {
        fs::create_dir_all(folder.join("stick")).unwrap();
        Self {
            id,
            file: folder.join(format!("{id}.key")),
            backup: folder.join("stick").join(format!("{id}.key")),
        }
    }

    /// Makes the key file as `enrol` does, but that trying a passphrase costs next to nothing.
    pub(crate) fn enrol_cheaply(&self, plan: &Plan, sharing: Sharing, authority: Option<&str>) {
        let mut trustee =
            Trustee::enrol(plan.clone(), &self.id.parse().unwrap(), sharing, &mut OsRng).unwrap();
        trustee.set_authority(authority.map(str::to_owned));
        FileDriver::create(&self.file, PASSPHRASE, Cost::new(8, 1, 1).unwrap(), trustee).unwrap();
    }

    /// A command of hers, which gets the passphrase on standard input.
    pub(crate) async fn run(&self, command: &str, more: &[&str]) -> Run {
        self.run_with(command, more, PASSPHRASE).await
    }

    pub(crate) async fn run_with(&self, command: &str, more: &[&str], passphrase: &str) -> Run {
        let file = self.file.to_str().unwrap();
        run(&[&[command, "--file", file], more].concat(), &format!("{passphrase}\n")).await
    }
}

/// An empty folder of this test's own.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trustee").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
