//! The same as [`bad_disk`](crate::bad_disk) for an issuer and for an authority, whose disk has no log: what was acknowledged is
//! asked for again.
//!
//! ```text
//! ask ─> trouble ─> ask until everybody is refused ─> no trouble ─> acknowledged again, without a restart ─┐
//!   └──────────────────────────────────────── times ────────────────────────────────────────────────────────┘
//!   ─> trouble, SIGKILL ─> no trouble, start ─> acknowledged again, check everything
//! ```

pub mod authority;
pub mod issuer;

use std::fs::{self, File};
use std::future::Future;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use urna::load::{ServiceFolder, ServiceProcess};
use urna_api::ProblemType;
use urna_api::client::ClientError;

use crate::bad_disk::{ASK, DISK, ERRORS, PATIENCE, TRIED_AGAIN, Trouble, mend};
use crate::disk_image::DiskImage;
use crate::preload::with_errors;

/// How hard.
#[derive(Clone, Debug)]
pub struct FailingDisk {
    /// The service's program, which is asked for `issuer` or `authority`.
    pub program: PathBuf,
    /// Where everything lies.
    pub folder: PathBuf,
    /// What befalls the disk.
    pub trouble: Trouble,
    /// How often, while the service runs.
    pub times: usize,
    /// How many ask at once.
    pub in_flight: usize,
    /// The most that is acknowledged before there is trouble.
    pub before: usize,
    /// Draws the moments.
    pub seed: u64,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was acknowledged.
    pub acknowledged: usize,
    /// What was refused meanwhile.
    pub refused: usize,
    /// The longest that the service took to go on, once it could.
    pub slowest: Duration,
    /// How long it took.
    pub took: Duration,
    /// Everything that is wrong.
    pub failures: Vec<String>,
}

/// What a service says to whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is done, and will be so for good.
    Acknowledged,
    /// Not now.
    Refused,
}

/// Something that was acknowledged is not there, or not as a whole.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Lost(pub String);

/// Whoever asks a service for something, and remembers what was acknowledged.
pub trait Askers: Send + Sync + 'static {
    /// Asks for the next thing; `place` is one of those that ask at once. What is refused is asked for again later.
    fn ask(&self, url: &str, place: usize) -> impl Future<Output = anyhow::Result<Said>> + Send;

    /// Compares what the service has with what was acknowledged; answers with everything that is wrong.
    fn check(&self, url: &str) -> impl Future<Output = anyhow::Result<Vec<String>>> + Send;

    /// The same with what lies on the disk behind the service's end.
    ///
    /// # Errors
    /// It cannot be read.
    fn check_stored(&self, data: &Path) -> anyhow::Result<Vec<String>>;
}

/// What a refusal is for whoever asks a service whose disk fails.
///
/// # Errors
/// Every other problem.
pub fn refused(error: ClientError) -> anyhow::Result<Said> {
    use ProblemType::{Busy, Stopped, TooEarly, UnknownOutcome};
    match error.kind() {
        // The last two are an issuer's that has not read the board yet, at its start and when it is open again.
        Some(Stopped | UnknownOutcome | TooEarly | Busy) => Ok(Said::Refused),
        _ => Err(error.into()),
    }
}

/// Where a service's data lie, and what can befall them.
pub struct Place {
    disk: Option<DiskImage>,
    preload: Option<PathBuf>,
    /// Where the files lie whose names are those of the steps that fail.
    failing: PathBuf,
    /// Its configuration, and its data in `data`.
    pub service: PathBuf,
}

impl FailingDisk {
    /// Makes the disk, for a service of this role.
    ///
    /// # Errors
    /// The machine does not let us.
    pub fn place(&self, role: &str) -> anyhow::Result<Place> {
        let (service, failing) = (self.folder.join(role), self.folder.join("failing"));
        fs::create_dir_all(&service)?;
        fs::create_dir_all(&failing)?;
        let (disk, preload) = match self.trouble {
            Trouble::Full => {
                // What the service says goes there too.
                let log = format!("{role}.log");
                symlink(Path::new("data").join(&log), service.join(&log))?;
                let image = DiskImage::create(&self.folder.join("disk.img"), &service.join("data"), DISK)?;
                (Some(image), None)
            }
            Trouble::Errors => (None, Some(with_errors(&self.folder, &failing)?)),
        };
        Ok(Place { disk, preload, failing, service })
    }

    /// Does it. `progress` is told each time.
    ///
    /// # Errors
    /// The service does not start, does not go on, or says something that no disk explains.
    pub async fn run(
        &self,
        mut place: Place,
        folder: &ServiceFolder,
        askers: impl Askers,
        progress: impl Fn(),
    ) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let askers = Arc::new(askers);
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut outcome = Outcome::default();
        let mut process = place.start(folder).await?;
        self.goes_on(&*askers, &process, &mut outcome).await?;
        for turn in 0..=self.times {
            let share = u64::try_from(self.before.max(1))?;
            let within = usize::try_from(rng.next_u64().checked_rem(share).unwrap_or(0))?;
            let troubled =
                self.trouble(&place, folder, turn, within, &askers, &process, &mut outcome).await?;
            progress();
            if turn == self.times {
                process.kill().await?;
                mend(&troubled)?;
                process = place.start(folder).await?;
            } else {
                mend(&troubled)?;
            }
            let mended = Instant::now();
            self.goes_on(&*askers, &process, &mut outcome).await?;
            outcome.slowest = outcome.slowest.max(mended.elapsed());
        }
        outcome.failures = askers.check(process.url()).await?;
        let status = process.stop().await?;
        ensure!(status.success(), "the service was asked to end and ended with {status}");
        outcome.failures.extend(askers.check_stored(&place.service.join("data"))?);
        if outcome.failures.is_empty() {
            if let Some(disk) = &mut place.disk {
                disk.unmount()?;
            }
            fs::remove_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        }
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    /// Asks until there is trouble, after so many acknowledgements, and everybody has been refused since. Returns the files
    /// that are to be removed for the trouble to end.
    #[expect(clippy::too_many_arguments, reason = "the service, who asks it, and when")]
    async fn trouble(
        &self,
        place: &Place,
        folder: &ServiceFolder,
        turn: usize,
        acknowledgements: usize,
        askers: &Arc<impl Askers>,
        process: &ServiceProcess,
        outcome: &mut Outcome,
    ) -> anyhow::Result<Vec<PathBuf>> {
        let heard = Arc::new(Heard::default());
        let mut asking = JoinSet::new();
        for number in 0..self.in_flight {
            let (askers, heard, url) = (Arc::clone(askers), Arc::clone(&heard), process.url().to_owned());
            asking.spawn(async move {
                loop {
                    let in_trouble = heard.in_trouble.load(Ordering::SeqCst);
                    match askers.ask(&url, number).await? {
                        Said::Acknowledged => heard.acknowledged.fetch_add(1, Ordering::SeqCst),
                        Said::Refused if in_trouble || heard.in_trouble.load(Ordering::SeqCst) => {
                            return anyhow::Ok(());
                        }
                        Said::Refused => anyhow::bail!("a service in no trouble refuses"),
                    };
                    heard.more.notify_one();
                }
            });
        }
        while heard.acknowledged.load(Ordering::SeqCst) < acknowledgements {
            tokio::select! {
                () = heard.more.notified() => {}
                Some(ended) = asking.join_next() => ended??,
            }
        }
        let log = folder.log();
        let tried_before = tried_again(&log);
        heard.in_trouble.store(true, Ordering::SeqCst);
        let steps = ERRORS.iter().cycle().nth(turn).copied().unwrap_or_default();
        let files = match &place.disk {
            Some(disk) => vec![disk.fill()?],
            None => steps.iter().map(|step| place.failing.join(step)).collect(),
        };
        if place.disk.is_none() {
            for file in &files {
                File::create(file).with_context(|| file.display().to_string())?;
            }
        }
        let everybody = async {
            while let Some(ended) = asking.join_next().await {
                ended??;
                outcome.refused += 1;
            }
            anyhow::Ok(())
        };
        let refused = tokio::time::timeout(PATIENCE, everybody).await;
        refused.context("the disk is in trouble, and not everybody is refused")??;
        outcome.acknowledged += heard.acknowledged.load(Ordering::SeqCst);
        if place.disk.is_none() && steps.contains(&"fdatasync") {
            // Without it nothing is opened: it has been tried in vain.
            let started = Instant::now();
            while tried_again(&log) == tried_before {
                ensure!(started.elapsed() < PATIENCE, "the service does not try to open its data again");
                tokio::time::sleep(ASK).await;
            }
        }
        Ok(files)
    }

    /// Waits until something is acknowledged.
    async fn goes_on(
        &self,
        askers: &impl Askers,
        process: &ServiceProcess,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        let since = Instant::now();
        while askers.ask(process.url(), 0).await? == Said::Refused {
            ensure!(since.elapsed() < PATIENCE, "there is no trouble, and the service does not go on");
            tokio::time::sleep(ASK).await;
        }
        outcome.acknowledged += 1;
        Ok(())
    }
}

/// What those who ask at once have heard.
#[derive(Default)]
struct Heard {
    acknowledged: AtomicUsize,
    more: Notify,
    in_trouble: AtomicBool,
}

impl Place {
    async fn start(&self, folder: &ServiceFolder) -> anyhow::Result<ServiceProcess> {
        let starting = folder.start_with(|command| {
            if let Some(library) = &self.preload {
                command.env("LD_PRELOAD", library);
            }
        })?;
        starting.listening().await
    }
}

fn tried_again(log: &Path) -> usize {
    fs::read_to_string(log).map_or(0, |said| said.matches(TRIED_AGAIN).count())
}
