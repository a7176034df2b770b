//! Cuts the power of the disk that a board writes to, again and again, and checks that it keeps its word.
//!
//! ```text
//! start ─> cast ─> the disk is stopped ─> refuses? ─> SIGKILL ─> unmount, mount ─> start --at-least ─> check ─┐
//!   └──────────────────────────── cuts, by turns of a new database and of one that is old ────────────────────┘
//! ```
//!
//! **The control** does the same to boards whose `fdatasync` does nothing ([`crate::preload`]), while all else that reaches the
//! disk still does: sled's `sync_file_range`, the `fsync` of blobs and folders. By chance all may be on the disk nevertheless, so
//! there are further cuts until something is lost. If nothing is lost in all of them, this finds nothing.

use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use urna::load::ServiceProcess;
use urna_api::ProblemType;

use crate::board_on_disk::{BoardOnDisk, Counted, Making};
use crate::preload::without_fdatasync;

/// How hard.
#[derive(Clone, Debug)]
pub struct Powercut {
    /// The board's program, which is asked for `board`.
    pub program: PathBuf,
    /// Where the images lie.
    pub folder: PathBuf,
    /// How often the power is cut.
    pub cuts: usize,
    /// How often at most with boards that do not sync: until something is lost.
    pub control: usize,
    /// Ballots of each election in the old database.
    pub ballots: usize,
    /// Ballots of each election in a young database.
    pub young: usize,
    /// Requests under way in each election.
    pub in_flight: usize,
    /// Draws the moments.
    pub seed: u64,
    /// Whether Go reads the logs too.
    pub with_go: bool,
}

/// What happened to some databases.
#[derive(Debug, Default)]
pub struct Cuts {
    /// How often the power was cut.
    pub cuts: usize,
    /// Cuts behind which something was wrong.
    pub with_losses: usize,
    /// What was counted.
    pub counted: Counted,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Outcome {
    /// To new databases, one for each cut.
    pub young: Cuts,
    /// To the one that was carried on.
    pub old: Cuts,
    /// To those whose boards do not sync.
    pub control: Cuts,
    /// How long it took.
    pub took: Duration,
}

/// The longest that is waited after the last acknowledgement, in microseconds: a few batches.
const LONGEST_AFTER: u64 = 20_000;

/// Enough for what the elections here need.
const DISK: u64 = 256 << 20;
const NO_DISK: &str = "the board has no disk of its own";

impl Powercut {
    /// Does it. `progress` is told of every cut.
    ///
    /// # Errors
    /// The machine does not let us, or a board fails for another reason than its data.
    pub async fn run(&self, progress: impl Fn()) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut outcome = Outcome::default();

        for number in 0..self.cuts.div_ceil(2) {
            self.one_young(&format!("young-{number}"), None, &mut outcome.young, &mut rng).await?;
            progress();
        }
        if self.cuts > 1 {
            self.one_old(self.cuts / 2, &mut outcome.old, &mut rng, &progress).await?;
        }
        if self.control > 0 {
            let library = without_fdatasync(&self.folder)?;
            for number in 0..self.control {
                if outcome.control.with_losses > 0 {
                    break;
                }
                let (name, library) = (format!("control-{number}"), Some(library.clone()));
                self.one_young(&name, library, &mut outcome.control, &mut rng).await?;
                progress();
            }
        }
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    fn making(&self, name: &str, ballots: usize, rng: &mut ChaCha20Rng) -> Making {
        let mut authority = [0; 32];
        rng.fill_bytes(&mut authority);
        Making {
            program: self.program.clone(),
            folder: self.folder.join(name),
            disk: Some(DISK),
            ballots,
            spare: 1,
            in_flight: self.in_flight,
            authority,
            preload: None,
            with_go: self.with_go,
        }
    }

    /// A cut in the first moments of a database; then its elections go on to their end.
    async fn one_young(
        &self,
        name: &str,
        preload: Option<PathBuf>,
        cuts: &mut Cuts,
        rng: &mut ChaCha20Rng,
    ) -> anyhow::Result<()> {
        let control = preload.is_some();
        let making = Making { preload, ..self.making(name, self.young, rng) };
        let (mut board, process) = BoardOnDisk::create(making).await?;
        let before = cuts.counted.failures.len();
        // What was written is small, and may be on the disk by chance; so the control is cut later.
        let moments = if control { self.young..2 * self.young } else { 0..self.young };
        if let Some(process) = cut(&mut board, process, moments, cuts, rng).await? {
            let is_sound = cuts.counted.failures.len() == before;
            // The board goes on where nothing was lost.
            if is_sound && !control {
                board.cast(&process, usize::MAX, usize::MAX, async |_| Ok(()), &mut cuts.counted).await?;
                ensure!(board.left() == 0, "{} ballots of {name} were never answered", board.left());
                board.check(&process, true, &mut cuts.counted).await?;
            }
            if is_sound || control {
                board.end(process).await?;
            }
        }
        Ok(())
    }

    /// Cuts in the life of one database, which has half of its entries before the first.
    async fn one_old(
        &self,
        times: usize,
        cuts: &mut Cuts,
        rng: &mut ChaCha20Rng,
        progress: &impl Fn(),
    ) -> anyhow::Result<()> {
        let making = self.making("old", self.ballots, rng);
        let (mut board, mut process) = BoardOnDisk::create(making).await?;
        board.cast(&process, self.ballots / 2, usize::MAX, async |_| Ok(()), &mut cuts.counted).await?;
        // On the average, all cuts together use nine tenths of what is left.
        let share = 2 * board.left() * 9 / 10 / times;
        for _ in 0..times {
            let Some(next) = cut(&mut board, process, 0..share, cuts, rng).await? else { return Ok(()) };
            progress();
            process = next;
        }
        board.cast(&process, usize::MAX, usize::MAX, async |_| Ok(()), &mut cuts.counted).await?;
        ensure!(board.left() == 0, "{} ballots were never answered", board.left());
        board.check(&process, true, &mut cuts.counted).await?;
        if cuts.counted.failures.is_empty() {
            board.end(process).await?;
        }
        Ok(())
    }
}

/// Casts until the power is cut, which happens behind one of these acknowledgements; then compares what the disk holds with
/// what was said. The board that serves it, if one starts.
async fn cut(
    board: &mut BoardOnDisk,
    process: ServiceProcess,
    moments: Range<usize>,
    cuts: &mut Cuts,
    rng: &mut ChaCha20Rng,
) -> anyhow::Result<Option<ServiceProcess>> {
    let Cuts { counted, .. } = cuts;
    let before = counted.failures.len();
    let acknowledgements = moments.start + usize::try_from(draw(rng, u64::try_from(moments.len())?))? + 1;
    let after = Duration::from_micros(draw(rng, LONGEST_AFTER));
    let cutting = board.cast(
        &process,
        usize::MAX,
        acknowledgements,
        async |disk| {
            // Not to wait for something: this is the moment.
            tokio::time::sleep(after).await;
            disk.context(NO_DISK)?.cut_power()
        },
        counted,
    );
    cutting.await?;
    for answer in board.try_another(&process, 0).await? {
        let kind = answer.as_ref().err().and_then(|error| error.kind());
        if !matches!(kind, Some(ProblemType::Stopped | ProblemType::UnknownOutcome)) {
            counted.failures.push(format!("a board without a disk says to a new ballot: {answer:?}"));
        }
    }
    process.kill().await?;
    let disk = board.disk.as_mut().context(NO_DISK)?;
    disk.unmount()?;
    disk.mount()?;
    let process = match board.start(true).await {
        Ok(process) => Some(process),
        Err(error) => {
            counted.failures.push(format!("LOST, the board does not start: {error:#}"));
            // What is lost is counted nevertheless.
            board.start(false).await.ok()
        }
    };
    if let Some(process) = &process {
        board.check(process, false, counted).await?;
    }
    cuts.cuts += 1;
    cuts.with_losses += usize::from(cuts.counted.failures.len() > before);
    Ok(process)
}

/// A number below `limit`, or 0.
fn draw(rng: &mut ChaCha20Rng, limit: u64) -> u64 {
    rng.next_u64().checked_rem(limit).unwrap_or(0)
}
