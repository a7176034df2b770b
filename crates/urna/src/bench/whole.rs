//! `urna bench` by itself: everything that can be measured, and the goals in one table.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;

use super::goal::Goal;
use super::machine::Machine;
use super::{admit, figures, issue, verify};
use crate::service;

pub(super) const AFTER_HELP: &str = "\
Without a command, all of it is measured in the sizes that the commands have by themselves: tokens issued, ballots admitted, a
board started again on them, and a record verified on one thread and on all. It ends with the figures that have goals, and
takes a minute or two. Nothing passes or fails by a figure: on a busy machine all of them are worse.

Complete examples:

  urna bench --dir /var/lib/urna-bench           on the disk that the services will have
  urna bench record --ballots 1000000 --dir million && urna bench verify million

Exit status: 0 measured, however fast; 1 a token or a ballot was refused, or a record does not verify; 2 wrong arguments, or a
service that does not start.";

#[derive(clap::Args)]
pub(crate) struct Sizes {
    /// How many ballots are admitted at each pace, and how many the record has; half as many tokens are issued
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    ballots: u32,
    /// The folder for the data of issuer and board, on the disk to be measured [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print JSON instead of the tables
    #[arg(long)]
    json: bool,
}

/// All reports, and their goals.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    issue: figures::Report,
    admit: figures::Report,
    verify: verify::Report,
    goals: Vec<Goal>,
}

pub(super) fn run(arguments: &Sizes) -> ExitCode {
    let (report, refused) = match measure(arguments) {
        Ok(measured) => measured,
        Err(error) => {
            eprintln!("urna bench: {error:#}");
            return ExitCode::from(2);
        }
    };
    let output = if arguments.json {
        serde_json::to_string_pretty(&report).unwrap_or_default()
    } else {
        report.to_string()
    };
    service::announce(output.trim_end());
    match refused {
        None => ExitCode::SUCCESS,
        Some(refused) => {
            eprintln!("urna bench: {refused}");
            ExitCode::from(1)
        }
    }
}

/// The report, and the first thing that was refused.
fn measure(arguments: &Sizes) -> anyhow::Result<(Report, Option<String>)> {
    let Sizes { ballots, dir, .. } = arguments;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime")?;
    eprintln!("tokens: a board and an issuer");
    let (issue, no_token) =
        runtime.block_on(issue::measure(&issue::Arguments::usual(ballots / 2, dir.clone())))?;
    eprintln!("ballots: a board, and a start on what it has kept");
    let (admit, no_ballot) =
        runtime.block_on(admit::measure(&admit::Arguments::usual(*ballots, dir.clone())))?;
    drop(runtime);
    eprintln!("a record: made and verified");
    let verify = verify::measure(&verify::Arguments::usual(*ballots))?;
    let goals = [issue.goals(), admit.goals(), verify.goals()].concat();
    let refused = no_token.or(no_ballot).or_else(|| verify.failure());
    Ok((Report { machine: Machine::this(), issue, admit, verify, goals }, refused))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.issue, self.admit, self.verify)?;
        writeln!(f, "All goals, on {}\n", self.machine)?;
        self.goals.iter().try_for_each(|goal| writeln!(f, "{goal}"))
    }
}
