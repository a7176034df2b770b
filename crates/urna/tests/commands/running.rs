//! Running a command to its end: arguments, standard input, exit status, output.

use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A command that has ended.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The built program, not started; killed when it is dropped. It finds no configuration of whoever runs the tests.
pub(crate) fn urna(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_urna"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("HOME").env_remove("XDG_CONFIG_HOME").env_remove("URNA_ORGANISER");
    command.kill_on_drop(true);
    command
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            status: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Runs it to its end.
    pub(crate) async fn to_end(mut command: Command, input: &str) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read it may have ended.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        Self::of(&child.wait_with_output().await.unwrap())
    }

    /// Runs `urna` with these arguments, and this on standard input.
    pub(crate) async fn with(arguments: &[&str], input: &str) -> Self {
        Self::to_end(urna(arguments), input).await
    }

    #[track_caller]
    pub(crate) fn expect(self, status: i32, says: &[&str]) -> Self {
        let both = format!("{}{}", self.out, self.err);
        assert_eq!(self.status, status, "{both}");
        for said in says {
            assert!(both.contains(said), "no {said:?} in: {both}");
        }
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }
}
