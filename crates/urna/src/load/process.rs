//! A board, an issuer, an authority or an installation in a process of its own, that can be killed.

use std::fs::{self, File, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use urna_crypto::Ed25519Key;
use urna_election::json::Base64;
use urna_issuer::Served;

/// How long a start, or an end that was asked for, may take before something is wrong. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(120);

/// Which service: the program, and a folder for its data, its configuration and what it says.
#[derive(Clone, Debug)]
pub struct ServiceFolder {
    program: PathBuf,
    folder: PathBuf,
    /// The subcommand that runs it, after which its files are called.
    role: &'static str,
}

/// A service that was started and may not serve yet. Dropped, it is killed.
pub struct StartingService {
    child: Child,
    stdout: BufReader<ChildStdout>,
    role: &'static str,
    log: PathBuf,
}

/// A service that serves. Dropped, it is killed.
pub struct ServiceProcess {
    starting: StartingService,
    url: String,
}

impl ServiceFolder {
    /// Prepares a board that serves this authority, on a free port of this machine at every start.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn board(program: PathBuf, folder: &Path, authority: &Ed25519Key) -> anyhow::Result<Self> {
        let key = serde_json::to_string(&Base64(authority.to_bytes()))?;
        let configuration = format!(
            "name = \"board.example\"\nurl = \"http://127.0.0.1:0\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{key}]\n"
        );
        Self::create(program, folder, "board", &configuration)
    }

    /// Prepares an issuer that serves these elections at this address; port 0 is a free one at every start. Their keys are
    /// made in [`ServiceFolder::data`].
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn issuer(
        program: PathBuf,
        folder: &Path,
        listen: SocketAddr,
        elections: &[Served],
    ) -> anyhow::Result<Self> {
        let elections = elections.iter().map(|served| {
            let Served { slug, issuer, board, election } = served;
            format!(
                "[[elections]]\nslug = \"{slug}\"\nissuer = \"{issuer}\"\nboard = \"{board}\"\nelection = \"{election}\"\n"
            )
        });
        let configuration = format!("listen = \"{listen}\"\n{}", elections.collect::<String>());
        Self::create(program, folder, "issuer", &configuration)
    }

    /// Prepares an authority that uses the board at this address, on a free port of this machine at every start. Its key is made
    /// in [`ServiceFolder::data`].
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn authority(program: PathBuf, folder: &Path, board: &str) -> anyhow::Result<Self> {
        let configuration =
            format!("url = \"https://vote.example\"\nlisten = \"127.0.0.1:0\"\nboard = \"{board}\"\n");
        Self::create(program, folder, "authority", &configuration)
    }

    /// Prepares the service that this subcommand runs, with this configuration.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create(
        program: PathBuf,
        folder: &Path,
        role: &'static str,
        configuration: &str,
    ) -> anyhow::Result<Self> {
        let what = || format!("cannot write the configuration of the {role} to {}", folder.display());
        fs::create_dir_all(folder).with_context(what)?;
        let folder = fs::canonicalize(folder).with_context(what)?;
        let prepared = Self { program, folder, role };
        fs::write(prepared.config(), configuration).with_context(what)?;
        Ok(prepared)
    }

    /// The service's configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.join(self.role).with_extension("toml")
    }

    /// Where the service keeps its data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The file with what the service says: `board.log`, `issuer.log` or `authority.log` in the folder.
    pub fn log(&self) -> PathBuf {
        self.folder.join(self.role).with_extension("log")
    }

    /// Starts the service on what the folder holds. What it says goes to [`ServiceFolder::log`].
    ///
    /// # Errors
    /// The program does not start.
    pub fn start(&self) -> anyhow::Result<StartingService> {
        self.start_with(|_| {})
    }

    /// The same, with more arguments, or another environment.
    ///
    /// # Errors
    /// The program does not start.
    pub fn start_with(&self, adjust: impl FnOnce(&mut Command)) -> anyhow::Result<StartingService> {
        let role = self.role;
        let log = self.log();
        let said: File = OpenOptions::new().create(true).append(true).open(&log)?;
        let mut command = Command::new(&self.program);
        command
            .arg(role)
            .arg("--data")
            .arg(self.data())
            .arg("--config")
            .arg(self.config())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said)
            .kill_on_drop(true);
        adjust(&mut command);
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        let stdout =
            BufReader::new(child.stdout.take().with_context(|| format!("the {role} has no output"))?);
        Ok(StartingService { child, stdout, role, log })
    }
}

impl StartingService {
    /// Waits for the line with which the service says where it listens.
    ///
    /// # Errors
    /// It ended instead, or said nothing for two minutes.
    pub async fn listening(mut self) -> anyhow::Result<ServiceProcess> {
        let (role, mut line) = (self.role, String::new());
        let read = timeout(PATIENCE, self.stdout.read_line(&mut line)).await;
        read.with_context(|| format!("the {role} does not start; see {}", self.log.display()))??;
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            let status = timeout(PATIENCE, self.child.wait())
                .await
                .with_context(|| format!("the {role} neither listens nor ends"))??;
            bail!("the {role} did not start ({status}); see {}", self.log.display());
        };
        Ok(ServiceProcess { url: url.to_owned(), starting: self })
    }

    /// Ends the service at once, wherever it is, with SIGKILL.
    ///
    /// # Errors
    /// It had ended by itself.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the {} ended by itself ({status}); see {}", self.role, self.log.display());
        }
        self.child.kill().await.context("cannot kill the service")
    }
}

impl ServiceProcess {
    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next line that it prints after that; none when it has ended.
    ///
    /// # Errors
    /// It prints none for two minutes.
    pub async fn line(&mut self) -> anyhow::Result<Option<String>> {
        let mut line = String::new();
        let read = timeout(PATIENCE, self.starting.stdout.read_line(&mut line)).await;
        let length = read.context("the service says nothing more")??;
        Ok((length > 0).then_some(line))
    }

    /// Ends the service at once, wherever it is, with SIGKILL.
    ///
    /// # Errors
    /// It had ended by itself.
    pub async fn kill(self) -> anyhow::Result<()> {
        self.starting.kill().await
    }

    /// Asks the service to end, with SIGTERM, and waits until it has.
    ///
    /// # Errors
    /// It did not end within two minutes.
    pub async fn stop(mut self) -> anyhow::Result<ExitStatus> {
        self.signal("TERM").await?;
        Ok(timeout(PATIENCE, self.starting.child.wait()).await.context("the service does not end")??)
    }

    /// Sends the service a signal, such as `HUP`.
    ///
    /// # Errors
    /// It ended by itself.
    pub async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.starting.child.id().context("the service ended by itself")?.to_string();
        // Every shell can send a signal, and the standard library cannot.
        let sent = Command::new("sh").args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &id]).status().await?;
        ensure!(sent.success(), "cannot send the service a signal");
        Ok(())
    }
}
