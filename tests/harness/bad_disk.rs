//! Fills the disk that a board writes to, or has it report errors; checks what the board does meanwhile, and afterwards.
//!
//! ```text
//! cast ─> trouble ─> cast: refused ─> no trouble ─> taken again, without a restart ─┐
//!   └────────────────────────────────── times ──────────────────────────────────────┘
//!   ─> trouble, SIGKILL ─> no trouble, start --at-least ─> cast the rest, close, check everything
//! ```

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use urna::load::ServiceProcess;
use urna_api::ProblemType;

use crate::board_on_disk::{BoardOnDisk, Counted, Making};
use crate::preload::{STEPS, with_errors};

/// What befalls the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is full, to the last byte; also what the board says goes there, as it may on a machine with one disk. Not being
    /// able to complain must not keep it from going on.
    Full,
    /// Its steps report input/output errors ([`ERRORS`]).
    Errors,
}

impl Trouble {
    /// Its name, for a folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Errors => "errors",
        }
    }

    /// What is said of the disk.
    pub const fn befell(self) -> &'static str {
        match self {
            Self::Full => "was full",
            Self::Errors => "reported errors",
        }
    }
}

/// Which steps report errors, by turns.
pub const ERRORS: [&[&str]; 5] =
    [&["fdatasync", "fsync"], &["pwrite64"], &["fdatasync"], &["sync_file_range"], &STEPS];

/// How hard.
#[derive(Clone, Debug)]
pub struct BadDisk {
    /// The board's program, which is asked for `board`.
    pub program: PathBuf,
    /// Where its data lie, or the image with them.
    pub folder: PathBuf,
    /// What befalls the disk.
    pub trouble: Trouble,
    /// How often, while the board runs.
    pub times: usize,
    /// Ballots of each election.
    pub ballots: usize,
    /// Requests under way in each election.
    pub in_flight: usize,
    /// Draws the moments.
    pub seed: u64,
    /// Whether Go reads the logs too.
    pub with_go: bool,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was counted.
    pub counted: Counted,
    /// New ballots that were refused meanwhile, beside those in doubt.
    pub refused: usize,
    /// The longest that the board took to take ballots again, once it could.
    pub slowest: Duration,
    /// How long it took.
    pub took: Duration,
}

/// A small disk: the databases of two elections on a board alone take half of it.
pub(crate) const DISK: u64 = 32 << 20;

/// How long a service may take to go on: its longest pause is a minute. Nothing waits for it to pass.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// How often it is asked meanwhile.
pub(crate) const ASK: Duration = Duration::from_millis(50);

/// What a service says when it has failed to open its data again.
pub(crate) const TRIED_AGAIN: &str = "trying again in 2 s";

impl BadDisk {
    /// Does it. `progress` is told each time.
    ///
    /// # Errors
    /// The machine does not let us, or the board does not go on.
    pub async fn run(&self, progress: impl Fn()) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut outcome = Outcome::default();
        let (mut board, process) = BoardOnDisk::create(self.making(&mut rng)?).await?;
        // On the average, an eighth of the ballots is cast before anything happens.
        let share = u64::try_from(board.left() / 4 / (self.times + 1) + 1)?;
        for turn in 0..=self.times {
            let within = usize::try_from(rng.next_u64().checked_rem(share).unwrap_or(0))?;
            let troubled = self.trouble(turn, within, &mut board, &process, &mut outcome).await?;
            progress();
            if turn == self.times {
                process.kill().await?;
                mend(&troubled)?;
                break;
            }
            mend(&troubled)?;
            let mended = Instant::now();
            goes_on(&board, &process, turn, mended).await?;
            outcome.slowest = outcome.slowest.max(mended.elapsed());
        }
        let process = board.start(true).await?;
        board.check(&process, false, &mut outcome.counted).await?;
        board.cast(&process, usize::MAX, usize::MAX, async |_| Ok(()), &mut outcome.counted).await?;
        ensure!(board.left() == 0, "{} ballots were never answered", board.left());
        board.check(&process, true, &mut outcome.counted).await?;
        if outcome.counted.failures.is_empty() {
            board.end(process).await?;
        }
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    fn making(&self, rng: &mut ChaCha20Rng) -> anyhow::Result<Making> {
        let mut authority = [0; 32];
        rng.fill_bytes(&mut authority);
        let (folder, preload) = match self.trouble {
            Trouble::Full => {
                let folder = self.folder.join("full");
                fs::create_dir_all(folder.join("board"))?;
                symlink("data/board.log", folder.join("board").join("board.log"))?;
                (folder, None)
            }
            Trouble::Errors => {
                fs::create_dir_all(self.failing())?;
                (self.folder.join("errors"), Some(with_errors(&self.folder, &self.failing())?))
            }
        };
        Ok(Making {
            program: self.program.clone(),
            folder,
            disk: (self.trouble == Trouble::Full).then_some(DISK),
            ballots: self.ballots,
            spare: self.times + 1,
            in_flight: self.in_flight,
            authority,
            preload,
            with_go: self.with_go,
        })
    }

    /// Where the files lie whose names are those of the steps that fail.
    fn failing(&self) -> PathBuf {
        self.folder.join("failing")
    }

    /// Casts until there is trouble, after so many acknowledgements, and the board refuses everything. Returns the files that
    /// are to be removed for the trouble to end.
    async fn trouble(
        &self,
        turn: usize,
        acknowledgements: usize,
        board: &mut BoardOnDisk,
        process: &ServiceProcess,
        outcome: &mut Outcome,
    ) -> anyhow::Result<Vec<PathBuf>> {
        let steps = ERRORS.iter().cycle().nth(turn).copied().unwrap_or_default();
        let mut files = Vec::new();
        let tried_before = tried_again(&board.log());
        let Outcome { counted, refused, .. } = outcome;
        let casting = board.cast(
            process,
            usize::MAX,
            acknowledgements,
            async |disk| {
                match disk {
                    Some(disk) => files.push(disk.fill()?),
                    None => {
                        for step in steps {
                            let file = self.failing().join(step);
                            File::create(&file).with_context(|| file.display().to_string())?;
                            files.push(file);
                        }
                    }
                }
                Ok(())
            },
            counted,
        );
        casting.await?;
        ensure!(
            board.each_has_left(),
            "an election took all its ballots in spite of the trouble: give it more"
        );
        for answer in board.try_another(process, turn).await? {
            match answer.as_ref().err().and_then(|error| error.kind()) {
                Some(ProblemType::Stopped | ProblemType::UnknownOutcome) => *refused += 1,
                _ => counted.failures.push(format!("a board in trouble says to a new ballot: {answer:?}")),
            }
        }
        if self.trouble == Trouble::Errors && steps.contains(&"fdatasync") {
            // Without it no log is opened. Both logs have been opened again in vain.
            let started = Instant::now();
            while tried_again(&board.log()) < tried_before + board.logs() {
                ensure!(started.elapsed() < PATIENCE, "the board does not try to open its logs again");
                tokio::time::sleep(ASK).await;
            }
        }
        Ok(files)
    }
}

pub(crate) fn mend(troubled: &[PathBuf]) -> anyhow::Result<()> {
    for file in troubled {
        fs::remove_file(file).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn tried_again(log: &Path) -> usize {
    fs::read_to_string(log).map_or(0, |said| said.matches(TRIED_AGAIN).count())
}

/// Waits until every election takes a ballot.
async fn goes_on(
    board: &BoardOnDisk,
    process: &ServiceProcess,
    turn: usize,
    since: Instant,
) -> anyhow::Result<()> {
    loop {
        let answers = board.try_another(process, turn).await?;
        let Some(Err(error)) = answers.into_iter().find(Result::is_err) else { return Ok(()) };
        if since.elapsed() > PATIENCE {
            bail!("the trouble is over, and the board does not go on: {error}");
        }
        tokio::time::sleep(ASK).await;
    }
}
