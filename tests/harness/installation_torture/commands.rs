//! Commands of organiser and trustees, which are broken off in the middle too, and given again until they are done.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rand_chacha::ChaCha20Rng;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::services::Acknowledged;
use crate::torture::draw;

/// One of so many commands is broken off, after at most so many microseconds.
const BROKEN_OFF: u64 = 5;
const LONGEST_UNTIL_BROKEN_OFF: u64 = 400_000;
/// How long a command may be without success before something is wrong, and how soon it is given again.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// Whoever gives commands: a folder with their files, and the program.
pub(super) struct Commands {
    program: PathBuf,
    folder: PathBuf,
    moments: Mutex<Moments>,
    acknowledged: Acknowledged,
}

struct Moments {
    rng: ChaCha20Rng,
    broken_off: usize,
}

/// How a command ended.
pub(super) struct Ended {
    /// Its exit status.
    pub(super) status: i32,
    /// What it printed.
    pub(super) out: String,
    err: String,
}

impl Ended {
    /// The document that it printed.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.out).with_context(|| format!("no JSON: {}{}", self.out, self.err))
    }
}

impl Commands {
    /// Commands that are given in this folder.
    pub(super) fn new(
        program: PathBuf,
        folder: PathBuf,
        rng: ChaCha20Rng,
        acknowledged: Acknowledged,
    ) -> Self {
        Self { program, folder, moments: Mutex::new(Moments { rng, broken_off: 0 }), acknowledged }
    }

    /// A file of the folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// How many commands were broken off.
    pub(super) fn broken_off(&self) -> usize {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner).broken_off
    }

    /// Gives a command once.
    ///
    /// # Errors
    /// The program does not start.
    pub(super) async fn once(&self, arguments: &[&str], input: &str) -> anyhow::Result<Ended> {
        self.give(arguments, input, None).await?.context("a command that was broken off by nobody")
    }

    /// Gives a command, and breaks it off with SIGKILL at that moment; then there is no answer.
    async fn give(
        &self,
        arguments: &[&str],
        input: &str,
        moment: Option<Duration>,
    ) -> anyhow::Result<Option<Ended>> {
        // In files, because whatever else reads its output cannot wait for the end of a command that is killed.
        let (out, err) = (self.file("out"), self.file("err"));
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder).kill_on_drop(true);
        command.env("URNA_ORGANISER", self.file("organiser.toml"));
        command.stdin(Stdio::piped()).stdout(File::create(&out)?).stderr(File::create(&err)?);
        let mut child = command.spawn().with_context(|| format!("{arguments:?}"))?;
        let mut stdin = child.stdin.take().context("a command without input")?;
        // A command that does not read it may have ended.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let status = match moment {
            None => child.wait().await?,
            // Not to wait for something: this is the moment.
            Some(moment) => match timeout(moment, child.wait()).await {
                Ok(status) => status?,
                Err(_) => {
                    child.kill().await?;
                    return Ok(None);
                }
            },
        };
        let [out, err] = [fs::read_to_string(out)?, fs::read_to_string(err)?];
        Ok(Some(Ended { status: status.code().unwrap_or(-1), out, err }))
    }

    /// Gives a command again and again until its exit status is 0 and it has what it should have. It may have 2 in between,
    /// where a service does not answer; 1 is an answer, and so a failure. Sometimes it is broken off.
    ///
    /// # Errors
    /// It is refused, or is not done within a minute.
    pub(super) async fn until_done(
        &self,
        arguments: &[&str],
        input: &str,
        new_file: Option<&Path>,
        is_enough: impl Fn(&Ended) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Ended> {
        let started = Instant::now();
        loop {
            if let Some(file) = new_file
                && file.exists()
            {
                // Of the command before, which was broken off.
                fs::remove_file(file)?;
            }
            match self.give(arguments, input, self.moment()).await? {
                Some(ended) if ended.status == 0 && is_enough(&ended)? => {
                    self.acknowledged.tell();
                    return Ok(ended);
                }
                Some(Ended { status: 1, out, err }) => bail!("{arguments:?} is refused: {out}{err}"),
                Some(Ended { out, err, .. }) if started.elapsed() > PATIENCE => {
                    bail!("{arguments:?} does not come to its end: {out}{err}")
                }
                Some(_) => sleep(PAUSE).await,
                None => self.moments.lock().unwrap_or_else(PoisonError::into_inner).broken_off += 1,
            }
        }
    }

    /// The same, without input or a new file.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn done(&self, arguments: &[&str]) -> anyhow::Result<Ended> {
        self.until_done(arguments, "", None, |_| Ok(true)).await
    }

    fn moment(&self) -> Option<Duration> {
        let Moments { rng, .. } = &mut *self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let broken = draw(rng, BROKEN_OFF) == 0;
        let moment = Duration::from_micros(draw(rng, LONGEST_UNTIL_BROKEN_OFF));
        broken.then_some(moment)
    }
}
