//! `board-disk`: what happens to a board, an issuer or an authority when something happens to its disk. `tools/powercut` and
//! `tools/baddisk` run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::ProgressBar;
use rand_core::{OsRng, RngCore};
use urna_tests::bad_disk::{BadDisk, Outcome as After, Trouble};
use urna_tests::disk_image::refused;
use urna_tests::failing_disk::{FailingDisk, Lost, Outcome as Asked};
use urna_tests::powercut::{Cuts, Outcome, Powercut};

/// Cuts the power of a board's disk, or fills that of any service, and checks that it keeps its word
#[derive(Parser)]
#[command(name = "board-disk", arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 nothing is wrong, or SKIPPED; 1 something is; 2 wrong arguments, or no board."
)]
struct Arguments {
    #[command(subcommand)]
    command: Wanted,
}

#[derive(Subcommand)]
enum Wanted {
    /// Cut the power while ballots are cast, and check that nothing acknowledged is lost
    Powercut(PowercutArguments),
    /// Fill the disk while a service is asked for things, and check that it refuses, keeps what it has, and goes on
    Full(TroubleArguments),
    /// The same with a disk that reports errors
    Errors(TroubleArguments),
    /// The same as `urna board`, so that a test needs no other program
    #[command(disable_help_flag = true)]
    Board(OfUrna),
    /// The same as `urna issuer`
    #[command(disable_help_flag = true)]
    Issuer(OfUrna),
    /// The same as `urna authority`
    #[command(disable_help_flag = true)]
    Authority(OfUrna),
}

/// Whatever that command of `urna` takes.
#[derive(Args)]
struct OfUrna {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<String>,
}

/// Whose disk it is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Ballots are cast in two elections
    Board,
    /// Voters take tokens
    Issuer,
    /// Organisers load lists of voters and edit drafts
    Authority,
}

#[derive(Args)]
struct PowercutArguments {
    /// How often the power is cut, by halves of new databases and of one that is old
    #[arg(long, value_name = "N", default_value_t = 20)]
    cuts: usize,
    /// How often at most with boards that do not sync, until something is lost
    #[arg(long, value_name = "N", default_value_t = 8)]
    control: usize,
    /// How many ballots each election of the old database has; half of them before the first cut
    #[arg(long, value_name = "N", default_value_t = 6_000)]
    ballots: usize,
    /// How many ballots each election of a new database has
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    young: usize,
    #[command(flatten)]
    where_and_how: WhereAndHow,
}

#[derive(Args)]
struct TroubleArguments {
    /// Whose disk it is
    #[arg(long, value_enum, default_value = "board")]
    service: Role,
    /// How often that happens while the service runs
    #[arg(long, value_name = "N", default_value_t = 5)]
    times: usize,
    /// How many ballots each election of the board has; how many voters the issuer's
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    ballots: usize,
    #[command(flatten)]
    where_and_how: WhereAndHow,
}

#[derive(Args)]
struct WhereAndHow {
    /// How many requests are under way in each election; how many elections the authority has
    #[arg(long, value_name = "N", default_value_t = 24)]
    in_flight: usize,
    /// Draws the moments [default: at random, and printed]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Where the images go; kept afterwards [default: a temporary folder, kept only if something is wrong]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The service's program, started as PROGRAM board … [default: this one]
    #[arg(long, value_name = "PROGRAM")]
    board: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Wanted::Board(_) | Wanted::Issuer(_) | Wanted::Authority(_) => return urna::run(),
        Wanted::Powercut(arguments) => powercut(&arguments),
        Wanted::Full(arguments) => trouble(&arguments, Trouble::Full),
        Wanted::Errors(arguments) => trouble(&arguments, Trouble::Errors),
    };
    match done {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            failures.iter().take(20).for_each(|failure| eprintln!("board-disk: {failure}"));
            eprintln!("board-disk: {} things are wrong", failures.len());
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("board-disk: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// A result, on standard output.
#[expect(clippy::print_stdout, reason = "the command's result")]
fn say(line: &str) {
    println!("{line}");
}

/// Where the images go, which program is the board, and by which seed.
struct Place {
    folder: PathBuf,
    program: PathBuf,
    seed: u64,
    is_kept: bool,
}

impl WhereAndHow {
    /// None where the machine does not let us, which is said.
    fn place(&self, obstacle: impl FnOnce(&Path) -> Option<String>) -> anyhow::Result<Option<Place>> {
        ensure!(self.in_flight >= 1, "nothing to do");
        let random = format!("urna-disk-{:016x}", OsRng.next_u64());
        let folder = self.dir.clone().unwrap_or_else(|| std::env::temp_dir().join(random));
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let folder = fs::canonicalize(folder)?;
        if let Some(reason) = obstacle(&folder) {
            say(&format!("SKIPPED: {reason}"));
            if self.dir.is_none() {
                fs::remove_dir_all(&folder)?;
            }
            return Ok(None);
        }
        let program =
            self.board.clone().map_or_else(std::env::current_exe, Ok).context("which program is this?")?;
        let seed = self.seed.unwrap_or_else(|| u64::from(OsRng.next_u32()));
        say(&format!("seed {seed}"));
        Ok(Some(Place { folder, program, seed, is_kept: self.dir.is_some() }))
    }
}

impl Place {
    fn leave(&self, failures: &[String]) -> anyhow::Result<()> {
        if self.is_kept || !failures.is_empty() {
            say(&format!("what is left is in {}", self.folder.display()));
            return Ok(());
        }
        fs::remove_dir_all(&self.folder).with_context(|| self.folder.display().to_string())
    }
}

fn powercut(arguments: &PowercutArguments) -> anyhow::Result<Vec<String>> {
    let PowercutArguments { cuts, control, ballots, young, where_and_how } = arguments;
    ensure!(cuts + control >= 1 && *ballots >= 2 && *young >= 1, "nothing to do");
    let Some(place) = where_and_how.place(refused)? else { return Ok(Vec::new()) };
    let with_go = has_go();
    let no_control = has_no_compiler(&place.folder).filter(|_| *control > 0);
    let control = if no_control.is_some() { 0 } else { *control };
    let powercut = Powercut {
        program: place.program.clone(),
        folder: place.folder.clone(),
        cuts: *cuts,
        control,
        ballots: *ballots,
        young: *young,
        in_flight: where_and_how.in_flight,
        seed: place.seed,
        with_go,
    };
    let progress = ProgressBar::new((cuts + control).try_into()?);
    let outcome = block_on(powercut.run(|| progress.inc(1)))?;
    progress.finish_and_clear();
    let outcome = outcome.with_context(|| format!("seed {}, in {}", place.seed, place.folder.display()))?;
    let mut failures =
        [outcome.young.counted.failures.clone(), outcome.old.counted.failures.clone()].concat();
    if control > 0 && outcome.control.with_losses == 0 {
        failures.push("the boards that do not sync lost nothing: this run proves nothing".into());
    }
    report(&outcome, with_go);
    if control > 0 {
        let lost = &outcome.control.counted.failures;
        say(&format!(
            "control: without fdatasync, {} of {} cuts lost something, {} losses; the first:",
            outcome.control.with_losses,
            outcome.control.cuts,
            lost.len()
        ));
        lost.iter().take(1).for_each(|loss| say(&format!("  {loss}")));
    }
    if let Some(reason) = no_control {
        say(&format!("the control is SKIPPED: {reason}"));
    }
    place.leave(&failures)?;
    Ok(failures)
}

fn report(outcome: &Outcome, with_go: bool) {
    let Outcome { young, old, control, took } = outcome;
    say(&format!("{} cuts in {} s\n", young.cuts + old.cuts + control.cuts, took.as_secs()));
    say(&format!(
        "{:<10} {:>6} {:>10} {:>8} {:>8} {:>8} {:>8} {:>10} {:>6}",
        "database", "cuts", "with loss", "receipts", "promises", "in doubt", "unheard", "checked", "again"
    ));
    for (name, Cuts { cuts, with_losses, counted }) in [("young", young), ("old", old), ("control", control)]
    {
        say(&format!(
            "{name:<10} {cuts:>6} {with_losses:>10} {:>8} {:>8} {:>8} {:>8} {:>10} {:>6}",
            counted.receipts,
            counted.promises,
            counted.in_doubt,
            counted.unheard,
            counted.entries,
            counted.again
        ));
    }
    say(
        "\nin doubt: no answer came before the cut, or none that says whether the ballot is kept; unheard: such a ballot",
    );
    say(
        "turned out to be accepted; checked: entries read behind all cuts; again: acknowledged ballots sent again.",
    );
    if young.cuts + old.cuts > 0 && young.with_losses + old.with_losses == 0 {
        say(
            "0 lost: every database opened, every acknowledged entry stands where the board said, every receipt holds,",
        );
        say("every promise is kept, and a board without its disk took nothing.");
    }
    say_of_go(with_go);
}

fn say_of_go(with_go: bool) {
    say(if with_go { "Go has read the logs too." } else { "Go's check SKIPPED: there is no Go." });
}

fn trouble(arguments: &TroubleArguments, trouble: Trouble) -> anyhow::Result<Vec<String>> {
    let TroubleArguments { service, times, ballots, where_and_how } = arguments;
    ensure!(*ballots >= 1, "nothing to do");
    let obstacle = match trouble {
        Trouble::Full => refused,
        Trouble::Errors => has_no_compiler,
    };
    let Some(place) = where_and_how.place(obstacle)? else { return Ok(Vec::new()) };
    if *service != Role::Board {
        return other_service(arguments, trouble, &place);
    }
    let with_go = has_go();
    let bad_disk = BadDisk {
        program: place.program.clone(),
        folder: place.folder.clone(),
        trouble,
        times: *times,
        ballots: *ballots,
        in_flight: where_and_how.in_flight,
        seed: place.seed,
        with_go,
    };
    let progress = ProgressBar::new((times + 1).try_into()?);
    let outcome = block_on(bad_disk.run(|| progress.inc(1)))?;
    progress.finish_and_clear();
    let outcome = outcome.with_context(|| format!("seed {}, in {}", place.seed, place.folder.display()))?;
    let After { counted, refused, slowest, took } = outcome;
    say(&format!("the disk {} {} times, {} s in all", trouble.befell(), times + 1, took.as_secs()));
    say(&format!(
        "{} receipts, {} promises; {} ballots in doubt, of which {} turned out to be accepted",
        counted.receipts, counted.promises, counted.in_doubt, counted.unheard
    ));
    say(&format!(
        "{refused} more refused meanwhile; ballots were taken again {} ms after that at the latest",
        slowest.as_millis()
    ));
    if counted.failures.is_empty() {
        say("0 lost: what was acknowledged stands where the board said, and the board went on by itself.");
    }
    say_of_go(with_go);
    place.leave(&counted.failures)?;
    Ok(counted.failures)
}

/// The same for an issuer or an authority.
fn other_service(
    arguments: &TroubleArguments,
    trouble: Trouble,
    place: &Place,
) -> anyhow::Result<Vec<String>> {
    let TroubleArguments { service, times, ballots, where_and_how } = arguments;
    let (name, what) = match service {
        Role::Issuer => ("issuer", "tokens"),
        _ => ("authority", "lists and drafts"),
    };
    // Half of the voters are for the trouble, in which some are still served.
    let before = match service {
        Role::Issuer => ballots / 2 / (times + 1),
        _ => 4 * where_and_how.in_flight,
    };
    let failing = FailingDisk {
        program: place.program.clone(),
        folder: place.folder.join(format!("{name}-{}", trouble.name())),
        trouble,
        times: *times,
        in_flight: where_and_how.in_flight,
        before,
        seed: place.seed,
    };
    let progress = ProgressBar::new((times + 1).try_into()?);
    let outcome = block_on(async {
        match service {
            Role::Issuer => failing.issuer(*ballots, || progress.inc(1)).await,
            _ => failing.authority(|| progress.inc(1)).await,
        }
    })?;
    progress.finish_and_clear();
    let outcome = match outcome {
        Err(error) if error.is::<Lost>() => {
            let failures = vec![format!("{error}, seed {}", place.seed)];
            place.leave(&failures)?;
            return Ok(failures);
        }
        outcome => outcome.with_context(|| format!("seed {}, in {}", place.seed, place.folder.display()))?,
    };
    let Asked { acknowledged, refused, slowest, took, failures } = outcome;
    say(&format!(
        "the disk of the {name} {} {} times, {} s in all",
        trouble.befell(),
        times + 1,
        took.as_secs()
    ));
    say(&format!(
        "{acknowledged} {what} acknowledged, {refused} refused meanwhile; it went on {} ms after that at the latest",
        slowest.as_millis()
    ));
    if failures.is_empty() {
        say(&format!("0 lost: what was acknowledged is there, once, and the {name} went on by itself."));
    }
    place.leave(&failures)?;
    Ok(failures)
}

fn has_no_compiler(_: &Path) -> Option<String> {
    let cc = Command::new("cc").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    (!cc.is_ok_and(|status| status.success())).then(|| "there is no C compiler, cc".to_owned())
}

fn has_go() -> bool {
    let version = Command::new("go").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

fn block_on<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    Ok(runtime.block_on(work))
}
