//! `linking-attack`: whether dumps of authority, issuer and board tell whose ballot is whose. `tools/link` runs it.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Parser;
use urna_tests::linking::{Leak, Linked, Outcome, Recording, Terms, attack, record};

/// Tries to link voters to ballots from everything that authority, issuer and board keep
#[derive(Parser)]
#[command(name = "linking-attack")]
#[command(
    after_help = "Exit status: 0 chance explains what is linked, and each planted leak links more than 90 %; 1 not so; 2 wrong arguments, or no election."
)]
struct Arguments {
    /// How many people vote in each election
    #[arg(long, value_name = "N", default_value_t = 240)]
    voters: usize,
    /// Into how many classes they are divided
    #[arg(long, value_name = "N", default_value_t = 3)]
    classes: usize,
    /// For how many ballots of a class a batch waits
    #[arg(long, value_name = "N", default_value_t = 20)]
    batch: u32,
    /// How many elections are attacked, after the one on which the attacker learns
    #[arg(long, value_name = "N", default_value_t = 3)]
    elections: u64,
    /// Tokens are taken hours before the ballots, not half a minute
    #[arg(long)]
    ahead: bool,
    /// Draws the moments of the first election; the others have the numbers that follow
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Where the services' data lie, kept afterwards [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<std::path::PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("linking-attack: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    ensure!(arguments.elections > 0, "--elections: at least one is attacked");
    ensure!(arguments.classes > 0, "--classes: there is at least one");
    let temporary = tempfile::tempdir()?;
    let folder = arguments.dir.as_deref().unwrap_or(temporary.path());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut recordings = Vec::new();
    for seed in (arguments.seed..).take(usize::try_from(arguments.elections)? + 1) {
        let terms = Terms {
            voters: arguments.voters,
            classes: arguments.classes,
            batch: arguments.batch,
            revotes: arguments.voters / 20,
            ahead: arguments.ahead,
            seed,
        };
        let data = folder.join(format!("election-{seed}"));
        recordings.push(runtime.block_on(record(&data, &terms)).context(format!("seed {seed}"))?);
        eprintln!("seed {seed}: {} ballots, the log grew {} times", terms.voters, growths(recordings.last()));
    }
    let (first, others) = recordings.split_first().context("an election")?;
    let outcome = attack(first, others)?;
    say("as it is", &outcome);
    let mut holds = outcome.findings().is_empty();
    // Who takes a token ahead cannot be linked by the moment of the request, whatever else is kept.
    for leak in Leak::ALL.into_iter().filter(|_| !arguments.ahead) {
        let planted: Vec<Recording> =
            recordings.iter().map(|recording| leak.planted(recording)).collect::<Result<_, _>>()?;
        let (first, others) = planted.split_first().context("an election")?;
        let outcome = attack(first, others)?;
        say(&format!("planted: {}", leak.name()), &outcome);
        holds &= outcome.most() > 0.9;
    }
    Ok(holds)
}

fn growths(recording: Option<&Recording>) -> usize {
    recording.map_or(0, |recording| recording.growth.len())
}

#[expect(clippy::print_stdout, reason = "what was asked for")]
fn say(what: &str, outcome: &Outcome) {
    let of = outcome.chance.ballots;
    let line = |kind: &str, linked: &Linked| {
        let share = 100.0 * f64::from(linked.right) / f64::from(of.max(1));
        println!("  {kind:<9} {:>5} of {of} ({share:5.1} %)  {}", linked.right, linked.signal);
    };
    println!("{what}");
    println!(
        "  chance    {:>5} of {of} ({:5.1} %)  within class and batch; at most {} with 99 %; {} within the class",
        outcome.chance.sets,
        100.0 * outcome.chance.probability(),
        outcome.chance.bound(0.01),
        outcome.chance_in_class.sets,
    );
    println!("  {} signals", outcome.signals);
    line("learned", &outcome.learned);
    line("together", &outcome.together);
    outcome.best.iter().take(5).for_each(|linked| line("best", linked));
    outcome.beside.iter().for_each(|linked| line("beside", linked));
    let findings = outcome.findings().len();
    if findings > 0 {
        println!("  {findings} of these and of the best twenty link more than chance explains");
    }
}
