//! `board-load`: a board under load, and what becomes of it. `tools/torture` runs it; so may whoever has another idea of
//! what could happen to a board between `send` and `check`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::ProgressBar;
use rand_core::{OsRng, RngCore};
use tokio::sync::mpsc::unbounded_channel;
use urna::load::{Batch, Shape};
use urna_api::client::BoardClient;
use urna_crypto::Ed25519SigningKey;
use urna_election::Slug;
use urna_election::json::Base64;
use urna_election::manifest::InterimFigures;
use urna_tests::casting::{Queue, cast};
use urna_tests::checking::check;
use urna_tests::election_files::ElectionUnderLoad;
use urna_tests::installation_torture::{self, InstallationTorture};
use urna_tests::issuer_torture::{self, IssuerTorture};
use urna_tests::ledger::Ledger;
use urna_tests::torture::{Outcome, Torture};

/// One misfortune makes many failures, all alike.
const SHOWN: usize = 20;

/// Puts a board under load and checks that it keeps its word
#[derive(Parser)]
#[command(name = "board-load", arg_required_else_help = true)]
#[command(after_help = "Exit status: 0 nothing is wrong, 1 something is, 2 wrong arguments, or no answer.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Kill a board under load, again and again, and check that nothing acknowledged is lost
    Torture(TortureArguments),
    /// Kill an issuer under load, again and again, and check that everybody gets one token and nobody two
    TortureIssuer(TortureIssuerArguments),
    /// Open an election's voting on a board, and write its ballots and keys to a folder
    Prepare(PrepareArguments),
    /// Cast its ballots until the board stops answering, and note each acknowledgement in a file
    Send(SendArguments),
    /// Compare a board with the acknowledgements in that file
    Check(CheckArguments),
    /// Kill all roles during a whole election, and check that its result is what the voters were told
    TortureInstallation(TortureInstallationArguments),
    /// Every other command is that of `urna`, so that a test needs no other program
    #[command(external_subcommand)]
    Urna(#[expect(dead_code, reason = "urna reads its own arguments")] Vec<OsString>),
}

#[derive(Args)]
struct TortureInstallationArguments {
    /// What is killed: `serve`, all roles in one process; or `roles`, a process each, any of them
    #[arg(long, value_enum, value_name = "FORM")]
    form: Form,
    /// How often anything is killed
    #[arg(long, value_name = "N", default_value_t = 50)]
    kills: usize,
    /// How many are entitled
    #[arg(long, value_name = "N", default_value_t = 300)]
    voters: usize,
    /// How many of them come at once
    #[arg(long, value_name = "N", default_value_t = 12)]
    in_flight: usize,
    /// Draws the moments [default: at random, and printed]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Where everything goes; kept afterwards [default: a temporary folder, kept only if something is wrong]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Serve,
    Roles,
}

#[derive(Args)]
struct TortureIssuerArguments {
    /// How often the issuer is killed
    #[arg(long, value_name = "N", default_value_t = 50)]
    kills: usize,
    /// How many voters come
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    voters: usize,
    /// How many of them at once
    #[arg(long, value_name = "N", default_value_t = 24)]
    in_flight: usize,
    /// Draws the moments [default: at random, and printed]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Where the data of issuer and board go; kept afterwards [default: a temporary folder, kept only if something is wrong]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Args)]
struct TortureArguments {
    /// How often the board is killed
    #[arg(long, value_name = "N", default_value_t = 50)]
    kills: usize,
    /// How many ballots each of the three elections has
    #[arg(long, value_name = "N", default_value_t = 4_000)]
    ballots: usize,
    /// How many requests are under way in each election
    #[arg(long, value_name = "N", default_value_t = 24)]
    in_flight: usize,
    /// Draws the moments [default: at random, and printed]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Where the board's data go; kept afterwards [default: a temporary folder, kept only if something is wrong]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The board's program, started as PROGRAM board … [default: this one]
    #[arg(long, value_name = "PROGRAM")]
    board: Option<PathBuf>,
}

#[derive(Args)]
struct PrepareArguments {
    /// The board's address
    #[arg(long)]
    url: String,
    /// File with the secret key of an authority that the board serves: 32 bytes in base64
    #[arg(long, value_name = "FILE")]
    authority_key: PathBuf,
    /// The election's folder, to be made
    #[arg(long, value_name = "DIR")]
    election: PathBuf,
    /// The election's name [default: load- and something random]
    #[arg(long)]
    slug: Option<Slug>,
    /// How many ballots
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    ballots: usize,
    /// In how many voter classes
    #[arg(long, value_name = "N", default_value_t = 1)]
    classes: usize,
    /// The batch policy: so many ballots of a class together …
    #[arg(long, value_name = "N", default_value_t = 1)]
    min: u32,
    /// … or so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    wait: u32,
    /// What is public while voting goes on
    #[arg(long, value_enum, default_value_t = Figures::Turnout)]
    interim_figures: Figures,
}

#[derive(Clone, Copy, ValueEnum)]
enum Figures {
    Turnout,
    None,
}

#[derive(Args)]
struct SendArguments {
    /// The election's folder
    #[arg(long, value_name = "DIR")]
    election: PathBuf,
    /// The board's address
    #[arg(long)]
    url: String,
    /// The file of acknowledgements, on another disk than the board's. What it has is not cast again
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// How many requests are under way
    #[arg(long, value_name = "N", default_value_t = 64)]
    in_flight: usize,
    /// Stop after so many ballots [default: cast all that are left]
    #[arg(long, value_name = "N")]
    ballots: Option<usize>,
}

#[derive(Args)]
struct CheckArguments {
    /// The election's folder
    #[arg(long, value_name = "DIR")]
    election: PathBuf,
    /// The board's address
    #[arg(long)]
    url: String,
    /// The file of acknowledgements
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,
    /// End voting first, so that promises must be kept and entries are public
    #[arg(long)]
    close: bool,
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    if matches!(command, Command::Urna(_)) {
        return urna::run();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime");
    let done = runtime.and_then(|runtime| {
        runtime.block_on(async {
            match command {
                Command::Torture(arguments) => torture(arguments).await,
                Command::Prepare(arguments) => prepare(arguments).await,
                Command::Send(arguments) => send(arguments).await,
                Command::Check(arguments) => check_ledger(arguments).await,
                Command::TortureIssuer(arguments) => torture_issuer(arguments).await,
                Command::TortureInstallation(arguments) => torture_installation(arguments).await,
                Command::Urna(_) => Ok(Vec::new()),
            }
        })
    });
    match done {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            for failure in failures.iter().take(SHOWN) {
                eprintln!("board-load: {failure}");
            }
            eprintln!("board-load: {} things are wrong; at most {SHOWN} are shown", failures.len());
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("board-load: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// A result, on standard output.
#[expect(clippy::print_stdout, reason = "the command's result")]
fn say(line: &str) {
    println!("{line}");
}

/// The seed, and the folder for the data.
fn begin(seed: Option<u64>, dir: Option<&Path>) -> (u64, PathBuf) {
    let seed = seed.unwrap_or_else(|| u64::from(OsRng.next_u32()));
    say(&format!("seed {seed}"));
    let random = || std::env::temp_dir().join(format!("urna-torture-{:016x}", OsRng.next_u64()));
    (seed, dir.map_or_else(random, Path::to_path_buf))
}

/// Removes the data, unless somebody wants to look at them.
fn end(named: bool, folder: &Path, failures: &[String]) -> anyhow::Result<()> {
    if !named && failures.is_empty() {
        return fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()));
    }
    say(&format!("the data are in {}", folder.display()));
    Ok(())
}

async fn torture_issuer(arguments: TortureIssuerArguments) -> anyhow::Result<Vec<String>> {
    let TortureIssuerArguments { kills, voters, in_flight, seed, dir } = arguments;
    ensure!(kills >= 1 && voters >= 2 && in_flight >= 1, "nothing to do");
    let (seed, folder) = begin(seed, dir.as_deref());
    let program = std::env::current_exe().context("which program is this?")?;
    let torture = IssuerTorture { program, folder: folder.clone(), kills, voters, in_flight, seed };
    let progress = ProgressBar::new(kills.try_into()?);
    let outcome = torture.run(|| progress.inc(1)).await;
    progress.finish_and_clear();
    let outcome = outcome.with_context(|| format!("seed {seed}, data in {}", folder.display()))?;
    let issuer_torture::Outcome { under_load, starting, dropped, served, refused, rows, took, failures } =
        outcome;
    say(&format!(
        "{} kills ({under_load} under load, {starting} while starting) in {} s",
        under_load + starting,
        took.as_secs()
    ));
    say(&format!("{served} of {voters} voters have voted; their devices were dropped {dropped} times"));
    say(&format!("{refused} second devices were refused; the issuance list has {rows} rows"));
    if failures.is_empty() {
        say("Nothing is lost: everybody has one token, and nobody two.");
    }
    end(dir.is_some(), &folder, &failures)?;
    Ok(failures)
}

async fn torture_installation(arguments: TortureInstallationArguments) -> anyhow::Result<Vec<String>> {
    let TortureInstallationArguments { form, kills, voters, in_flight, seed, dir } = arguments;
    ensure!(kills >= 1 && voters >= 10 && in_flight >= 1, "too little to do: at least 1 kill and 10 voters");
    let (seed, folder) = begin(seed, dir.as_deref());
    let form = match form {
        Form::Serve => installation_torture::Form::Installation,
        Form::Roles => installation_torture::Form::Roles,
    };
    let program = std::env::current_exe().context("which program is this?")?;
    let torture =
        InstallationTorture { form, program, folder: folder.clone(), kills, voters, in_flight, seed };
    let progress = ProgressBar::new(kills.try_into()?);
    let told = |killed: usize| progress.set_position(killed.try_into().unwrap_or_default());
    let outcome = torture.run(told).await;
    progress.finish_and_clear();
    let outcome = outcome.with_context(|| format!("seed {seed}, data in {}", folder.display()))?;
    let installation_torture::Outcome { under_load, starting, broken_off, dropped, .. } = outcome;
    let installation_torture::Outcome { model, words, refused, failures, took, .. } = outcome;
    say(&format!(
        "{} kills ({under_load} of services that served, {starting} while starting) in {} s",
        under_load + starting,
        took.as_secs()
    ));
    say(&format!(
        "{broken_off} commands were broken off, devices were dropped {dropped} times, {refused} second devices refused"
    ));
    say(&format!(
        "{voters} entitled, {} tokens, {} have cast, {} returned, {} ballots counted; {words} receipts and promises",
        model.issued, model.seen, model.returned, model.counted
    ));
    if failures.is_empty() {
        say(
            "Nothing is lost: the record verifies with all checks, and its result is what the voters were told.",
        );
    }
    end(dir.is_some(), &folder, &failures)?;
    Ok(failures)
}

async fn torture(arguments: TortureArguments) -> anyhow::Result<Vec<String>> {
    ensure!(arguments.kills >= 1 && arguments.ballots >= 1 && arguments.in_flight >= 1, "nothing to do");
    let (seed, folder) = begin(arguments.seed, arguments.dir.as_deref());
    let program = arguments.board.map_or_else(std::env::current_exe, Ok).context("which program is this?")?;
    let torture = Torture {
        program,
        folder: folder.clone(),
        kills: arguments.kills,
        ballots: arguments.ballots,
        in_flight: arguments.in_flight,
        seed,
    };
    let progress = ProgressBar::new(arguments.kills.try_into()?);
    let outcome = torture.run(|| progress.inc(1)).await;
    progress.finish_and_clear();
    let outcome = outcome.with_context(|| format!("seed {seed}, data in {}", folder.display()))?;
    report(&outcome);
    end(arguments.dir.is_some(), &folder, &outcome.failures)?;
    Ok(outcome.failures)
}

fn report(outcome: &Outcome) {
    let Outcome { under_load, starting, took, failures, .. } = outcome;
    let kills = under_load + starting;
    let seconds = took.as_secs();
    say(&format!("{kills} kills ({under_load} under load, {starting} while starting) in {seconds} s\n"));
    say(&format!(
        "{:<10} {:<30} {:>8} {:>8} {:>8} {:>8} {:>8} {:>11} {:>6}",
        "election",
        "ballots go into the log",
        "receipts",
        "promises",
        "in doubt",
        "unheard",
        "entries",
        "checkpoints",
        "again"
    ));
    for victim in &outcome.victims {
        let (receipts, promises) = victim.acknowledged();
        let checked = &victim.checked;
        say(&format!(
            "{:<10} {:<30} {receipts:>8} {promises:>8} {:>8} {:>8} {:>8} {:>11} {:>6}",
            victim.name(),
            victim.policy,
            victim.in_doubt,
            victim.accepted_unheard,
            checked.entries,
            checked.checkpoints,
            checked.again
        ));
    }
    say("\nin doubt: no answer came before the kill; unheard: such a ballot turned out to be accepted.");
    if failures.is_empty() {
        say(
            "Nothing is lost: every acknowledged entry stands where the board said, every receipt holds, every promise",
        );
        say("is kept, all checkpoints are of one history, every ballot sent again has the same index.");
    }
}

async fn prepare(arguments: PrepareArguments) -> anyhow::Result<Vec<String>> {
    let authority = authority_key(&arguments.authority_key)?;
    let shape = Shape {
        voters: arguments.ballots,
        ballots_each: 1,
        classes: arguments.classes,
        batch: Batch { min: arguments.min, wait: arguments.wait },
        interim_figures: match arguments.interim_figures {
            Figures::Turnout => InterimFigures::Turnout,
            Figures::None => InterimFigures::None,
        },
    };
    let slug = match arguments.slug {
        Some(slug) => slug,
        None => format!("load-{:016x}", OsRng.next_u64()).parse()?,
    };
    let board = BoardClient::new(&arguments.url)?;
    let election = ElectionUnderLoad::open(&board, authority, slug, &shape).await?;
    election.save(&arguments.election)?;
    say(&format!("{} is open, with {} ballots to cast", election.slug, election.ballots.len()));
    Ok(Vec::new())
}

fn authority_key(file: &Path) -> anyhow::Result<Ed25519SigningKey> {
    let what = || format!("the key file {}", file.display());
    let text = fs::read_to_string(file).with_context(what)?;
    let Base64(seed) = serde_json::from_value::<Base64<[u8; 32]>>(text.trim().into()).with_context(what)?;
    Ok(Ed25519SigningKey::from_bytes(&seed))
}

async fn send(arguments: SendArguments) -> anyhow::Result<Vec<String>> {
    let election = Arc::new(ElectionUnderLoad::load(&arguments.election)?);
    let mut ledger = Ledger::open(&arguments.ledger)?;
    let known = ledger.ballots();
    let before = known.len();
    let left = (0..election.ballots.len()).filter(|ballot| !known.contains(ballot));
    let queue = Queue::new(left.take(arguments.ballots.unwrap_or(usize::MAX)));
    let (sender, mut receiver) = unbounded_channel();
    let writing = tokio::task::spawn_blocking(move || -> anyhow::Result<usize> {
        let mut acknowledgements = Vec::new();
        while receiver.blocking_recv_many(&mut acknowledgements, 1_024) > 0 {
            ledger.write(std::mem::take(&mut acknowledgements))?;
        }
        Ok(ledger.ballots().len())
    });
    let board = BoardClient::new(&arguments.url)?;
    // If the ledger cannot be written, that is what is told at the end.
    let acknowledged = move |acknowledgement| drop(sender.send(acknowledgement));
    let cast = cast(&board, &election, &queue, arguments.in_flight, acknowledged).await;
    let noted = writing.await??;
    say(&format!("{} ballots acknowledged and noted, {noted} in all", noted - before));
    if let Some(stopped) = cast.stopped {
        say(&format!("stopped, {} ballots in doubt: {stopped}", cast.in_doubt.len()));
    }
    Ok(cast.refused)
}

async fn check_ledger(arguments: CheckArguments) -> anyhow::Result<Vec<String>> {
    let election = Arc::new(ElectionUnderLoad::load(&arguments.election)?);
    let ledger = Ledger::open(&arguments.ledger)?;
    let board = BoardClient::new(&arguments.url)?;
    if arguments.close {
        election.close(&board).await?;
    }
    let checked = check(&board, &election, &ledger.acknowledgements, &[]).await?;
    say(&format!("{}: {} entries, root {}", election.slug, checked.entries, checked.root));
    say(&format!(
        "{} acknowledgements: {} receipts hold, {} promises are kept, {} are open; {} checkpoints are of this history",
        ledger.acknowledgements.len(),
        checked.receipts,
        checked.kept,
        checked.open,
        checked.checkpoints
    ));
    Ok(checked.failures)
}
