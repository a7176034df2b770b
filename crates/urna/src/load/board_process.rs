//! A board in a process of its own, that can be killed.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use urna_crypto::Ed25519Key;
use urna_election::json::Base64;

/// How long a start, or an end that was asked for, may take before something is wrong. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(120);

/// Which board: the program, and a folder for its data, its configuration and what it says.
#[derive(Clone, Debug)]
pub struct BoardFolder {
    program: PathBuf,
    folder: PathBuf,
}

/// A board that was started and may not serve yet. Dropped, it is killed.
pub struct StartingBoard {
    child: Child,
    stdout: BufReader<ChildStdout>,
    log: PathBuf,
}

/// A board that serves. Dropped, it is killed.
pub struct BoardProcess {
    starting: StartingBoard,
    url: String,
}

impl BoardFolder {
    /// Prepares a board that serves this authority, on a free port of this machine at every start.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create(program: PathBuf, folder: &Path, authority: &Ed25519Key) -> anyhow::Result<Self> {
        let what = || format!("cannot write the board's configuration to {}", folder.display());
        fs::create_dir_all(folder).with_context(what)?;
        let folder = fs::canonicalize(folder).with_context(what)?;
        let key = serde_json::to_string(&Base64(authority.to_bytes()))?;
        let configuration = format!(
            "name = \"board.example\"\nurl = \"http://127.0.0.1:0\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{key}]\n"
        );
        fs::write(folder.join("board.toml"), configuration).with_context(what)?;
        Ok(Self { program, folder })
    }

    /// Starts the board on what the folder holds. What it says goes to `board.log` in the folder.
    ///
    /// # Errors
    /// The program does not start.
    pub fn start(&self) -> anyhow::Result<StartingBoard> {
        self.start_with(|_| {})
    }

    /// The same, with more arguments, or another environment.
    ///
    /// # Errors
    /// The program does not start.
    pub fn start_with(&self, adjust: impl FnOnce(&mut Command)) -> anyhow::Result<StartingBoard> {
        let log = self.folder.join("board.log");
        let said: File = OpenOptions::new().create(true).append(true).open(&log)?;
        let mut command = Command::new(&self.program);
        command
            .arg("board")
            .arg("--data")
            .arg(self.folder.join("data"))
            .arg("--config")
            .arg(self.folder.join("board.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said)
            .kill_on_drop(true);
        adjust(&mut command);
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        let stdout = BufReader::new(child.stdout.take().context("the board has no output")?);
        Ok(StartingBoard { child, stdout, log })
    }
}

impl StartingBoard {
    /// Waits for the line with which the board says where it listens.
    ///
    /// # Errors
    /// The board ended instead, or said nothing for two minutes.
    pub async fn listening(mut self) -> anyhow::Result<BoardProcess> {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.stdout.read_line(&mut line)).await;
        read.with_context(|| format!("the board does not start; see {}", self.log.display()))??;
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            let status = timeout(PATIENCE, self.child.wait())
                .await
                .context("the board neither listens nor ends")??;
            bail!("the board did not start ({status}); see {}", self.log.display());
        };
        Ok(BoardProcess { url: url.to_owned(), starting: self })
    }

    /// Ends the board at once, wherever it is, with SIGKILL.
    ///
    /// # Errors
    /// It had ended by itself.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the board ended by itself ({status}); see {}", self.log.display());
        }
        self.child.kill().await.context("cannot kill the board")
    }
}

impl BoardProcess {
    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the board at once, wherever it is, with SIGKILL.
    ///
    /// # Errors
    /// It had ended by itself.
    pub async fn kill(self) -> anyhow::Result<()> {
        self.starting.kill().await
    }

    /// Asks the board to end, with SIGTERM, and waits until it has.
    ///
    /// # Errors
    /// It did not end within two minutes.
    pub async fn stop(self) -> anyhow::Result<ExitStatus> {
        let mut child = self.starting.child;
        let id = child.id().context("the board ended by itself")?;
        // Every shell can send a signal, and the standard library cannot.
        let sent =
            Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh"]).arg(id.to_string()).status().await?;
        ensure!(sent.success(), "cannot ask the board to end");
        Ok(timeout(PATIENCE, child.wait()).await.context("the board does not end")??)
    }
}
