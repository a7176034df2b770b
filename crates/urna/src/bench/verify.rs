//! `urna bench verify`: records replayed in processes of their own, on one thread and on all cores.

pub(super) mod replay;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use serde::Serialize;

use super::goal::Goal;
use super::machine::Machine;
use super::{Folder, record};
use replay::Replay;

/// The goals (spec/performance.md): ballots a second on each core, and for a million ballots seconds on two cores and MiB.
const BALLOTS_PER_CORE: f64 = 8_000.0;
const MILLION: f64 = 1_000_000.0;
const SECONDS: f64 = 75.0;
const MEBIBYTES: f64 = 500.0;
/// By how much the first pass may exceed its floor.
const ABOVE_FLOOR: f64 = 1.3;

#[derive(clap::Args)]
#[command(after_help = "\
Each record is verified with all checks, by a process of its own for each number of threads, as `urna-verify` does it. A
ballot's floor is what nobody can avoid who checks every point: decompressing and multiplying 12 points (token and proof 5,
openings of two trustees 3, issuance row 4), measured in the same process before and after. `us` is processor time for a
ballot; it and the ratio hold on a busy machine too, seconds do not. Memory is the most that the process held (VmHWM).

Exit status: 0 every record verifies, however fast; 1 one does not; 2 wrong arguments, or a record that cannot be read.")]
pub(crate) struct Arguments {
    /// Directories that `urna bench record` has made [default: a record of --ballots, made for this]
    #[arg(value_name = "DIR")]
    records: Vec<PathBuf>,
    /// How many ballots, where no directory is given
    #[arg(long, value_name = "N", default_value_t = 10_000, conflicts_with = "records",
          value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    ballots: u32,
    /// How many threads, a figure for each [default: 1 and all cores]
    #[arg(long, value_name = "N,…", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Vec<u16>,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// The whole report.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    machine: Machine,
    /// Unix seconds.
    date: u64,
    version: &'static str,
    pub(super) figures: Vec<Replay>,
}

impl Report {
    /// The first record that does not verify, and why.
    pub(super) fn failure(&self) -> Option<String> {
        let failed = |figure: &Replay| {
            let why = figure.failure.as_ref()?;
            Some(format!("{} does not verify: {why}", figure.record))
        };
        self.figures.iter().find_map(failed)
    }

    pub(super) fn goals(&self) -> Vec<Goal> {
        self.figures.iter().flat_map(goals).collect()
    }
}

/// What a replay is to reach; seconds and memory only with a million ballots.
fn goals(figure: &Replay) -> Vec<Goal> {
    let what = |what: &str| {
        let threads = if figure.threads == 1 { "1 thread" } else { &format!("{} threads", figure.threads) };
        format!("{what}, {} ballots, {threads}", figure.counted)
    };
    let above = figure.entries_us() / figure.entries_floor_us();
    let mut goals = vec![
        Goal::at_least(what("replay"), 1e6 / figure.core_us(), BALLOTS_PER_CORE, "ballots/s/core"),
        Goal::at_most(what("entries by themselves"), above, ABOVE_FLOOR, "x floor"),
    ];
    if f64::from(figure.counted) >= MILLION {
        goals.push(Goal::at_most(what("replay"), figure.seconds, SECONDS, "s"));
        let used = figure.mebibytes().unwrap_or(f64::INFINITY);
        goals.push(Goal::at_most(what("memory"), used, MEBIBYTES, "MiB"));
    }
    goals
}

impl Arguments {
    /// What is measured if nothing is said, with a record of so many ballots.
    pub(super) const fn usual(ballots: u32) -> Self {
        Self { records: Vec::new(), ballots, threads: Vec::new(), json: false }
    }
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let report = match measure(arguments) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("urna bench verify: {error:#}");
            return ExitCode::from(2);
        }
    };
    let output = if arguments.json {
        serde_json::to_string_pretty(&report).unwrap_or_default()
    } else {
        report.to_string()
    };
    #[expect(clippy::print_stdout, reason = "the command's result")]
    {
        println!("{}", output.trim_end());
    }
    match report.failure() {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            eprintln!("urna bench verify: {failure}");
            ExitCode::from(1)
        }
    }
}

pub(super) fn measure(arguments: &Arguments) -> anyhow::Result<Report> {
    let machine = Machine::this();
    let threads = if arguments.threads.is_empty() {
        let cores = u16::try_from(machine.cores)?;
        if cores > 1 { vec![1, cores] } else { vec![1] }
    } else {
        arguments.threads.clone()
    };
    // Removed when it is dropped.
    let temporary;
    let records = if arguments.records.is_empty() {
        temporary = Folder::new(None)?;
        let directory = temporary.0.join("record");
        record::make(arguments.ballots, &directory)?;
        vec![directory]
    } else {
        arguments.records.clone()
    };
    let mut figures = Vec::new();
    for record in &records {
        for threads in &threads {
            figures.push(replay(record, *threads)?);
        }
    }
    let date = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(Report { machine, date, version: env!("CARGO_PKG_VERSION"), figures })
}

/// One replay, by this program in a process of its own.
fn replay(record: &Path, threads: u16) -> anyhow::Result<Replay> {
    let program = std::env::current_exe().context("which program is this?")?;
    let mut command = Command::new(program);
    command.args(["bench", "replay"]).arg(record).arg("--threads").arg(threads.to_string());
    let said =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot start a replay")?;
    ensure!(said.status.success(), "{} cannot be verified ({})", record.display(), said.status);
    serde_json::from_slice(&said.stdout).context("the replay's figures")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Records verified with all checks, on {}", self.machine)?;
        writeln!(f, "urna {}; processor time (us) is for a ballot\n", self.version)?;
        writeln!(
            f,
            "{:>9} {:>7} {:>8} {:>10} {:>7} {:>8} {:>6} {:>10} {:>6} {:>6}",
            "ballots",
            "threads",
            "seconds",
            "ballots/s",
            "us",
            "floor us",
            "ratio",
            "entries us",
            "ratio",
            "MiB"
        )?;
        for figure in &self.figures {
            writeln!(
                f,
                "{:>9} {:>7} {:>8.2} {:>10.0} {:>7.1} {:>8.1} {:>6.2} {:>10.1} {:>6.2} {:>6.0}",
                figure.counted,
                figure.threads,
                figure.seconds,
                figure.per_second(),
                figure.core_us(),
                figure.floor_us(),
                figure.core_us() / figure.floor_us(),
                figure.entries_us(),
                figure.entries_us() / figure.entries_floor_us(),
                figure.mebibytes().unwrap_or(f64::NAN),
            )?;
        }
        for alone in self.figures.iter().filter(|figure| figure.threads == 1) {
            let same = |other: &&Replay| other.record == alone.record && other.threads > 1;
            for other in self.figures.iter().filter(same) {
                let times = alone.seconds / other.seconds;
                writeln!(
                    f,
                    "\n{} ballots: {times:.2} times as fast on {} threads",
                    alone.counted, other.threads
                )?;
            }
        }
        writeln!(f)?;
        self.goals().iter().try_for_each(|goal| writeln!(f, "{goal}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_whether_the_goals_were_reached() {
        let figure = Replay {
            record: "record".to_owned(),
            threads: 1,
            counted: 1_000_000,
            seconds: 74.0,
            core_seconds: 124.0,
            entries_core_seconds: 65.0,
            point_us: 10.0,
            peak_kib: Some(511_000),
            stages: Vec::new(),
            failure: None,
        };
        let report = |figures| Report {
            machine: Machine { cores: 2, cpu: "a processor".into(), kernel: "linux".into() },
            date: 0,
            version: "0.1.0",
            figures,
        };
        let text =
            report(vec![figure.clone(), Replay { threads: 2, seconds: 37.0, ..figure.clone() }]).to_string();
        assert!(!text.contains("missed"), "{text}");
        assert!(text.contains("2.00 times as fast on 2 threads"), "{text}");
        let slow = Replay {
            seconds: 75.1,
            core_seconds: 125.1,
            entries_core_seconds: 65.1,
            peak_kib: Some(512_100),
            ..figure
        };
        let goals: Vec<_> = report(vec![slow]).goals().iter().map(|goal| (goal.unit, goal.reached)).collect();
        assert_eq!(goals, [("ballots/s/core", false), ("x floor", false), ("s", false), ("MiB", false)]);
    }
}
