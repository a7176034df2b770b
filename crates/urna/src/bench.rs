//! `urna bench`: figures of whole processes on this machine. Nothing passes or fails by them.

mod admit;
mod figures;
mod goal;
mod issue;
mod machine;
mod record;
mod verify;
mod whole;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use rand_core::{OsRng, RngCore};

use crate::load::Pace;
use figures::Report;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = whole::AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    whole: whole::Sizes,
}

#[derive(clap::Subcommand)]
enum What {
    /// How many ballots a second a board admits durably over HTTP, and how long one waits
    Admit(admit::Arguments),
    /// How many tokens a second an issuer issues durably over HTTP, and how long one takes
    Issue(issue::Arguments),
    /// Make a complete, valid record of any size, to be verified
    Record(record::Arguments),
    /// How fast records are verified, with how much memory, and how much of it is the curve's own work
    Verify(verify::Arguments),
    /// One replay of a record, in the process that `verify` starts
    #[command(hide = true)]
    Replay(verify::replay::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.what {
        None => whole::run(&arguments.whole),
        Some(What::Admit(arguments)) => admit::run(arguments),
        Some(What::Issue(arguments)) => issue::run(arguments),
        Some(What::Record(arguments)) => record::run(arguments),
        Some(What::Verify(arguments)) => verify::run(arguments),
        Some(What::Replay(arguments)) => verify::replay::run(arguments),
    }
}

/// Waits for the report and prints it; with it comes what was said to the first request that was refused.
fn finish(
    command: &str,
    json: bool,
    measured: impl Future<Output = anyhow::Result<(Report, Option<String>)>>,
) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime");
    let (report, refused) = match runtime.and_then(|runtime| runtime.block_on(measured)) {
        Ok(measured) => measured,
        Err(error) => {
            eprintln!("{command}: {error:#}");
            return ExitCode::from(2);
        }
    };
    let output =
        if json { serde_json::to_string_pretty(&report).unwrap_or_default() } else { report.to_string() };
    #[expect(clippy::print_stdout, reason = "the command's result")]
    {
        println!("{}", output.trim_end());
    }
    match refused {
        None => ExitCode::SUCCESS,
        Some(refused) => {
            eprintln!("{command}: {refused}");
            ExitCode::from(1)
        }
    }
}

/// The paces that are asked for.
fn paces(waves: &[u32], in_flight: u32) -> anyhow::Result<Vec<Pace>> {
    let waves = waves.iter().map(|at_once| usize::try_from(*at_once).map(Pace::Waves));
    let mut paces = waves.collect::<Result<Vec<_>, _>>()?;
    if in_flight > 0 {
        paces.push(Pace::InFlight(usize::try_from(in_flight)?));
    }
    Ok(paces)
}

/// The services' folder, removed at the end if nobody named it.
struct Folder(PathBuf, bool);

impl Folder {
    fn new(named: Option<&Path>) -> anyhow::Result<Self> {
        let random = format!("urna-bench-{:016x}", OsRng.next_u64());
        let path = named.map_or_else(std::env::temp_dir, Path::to_path_buf).join(random);
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path, named.is_none()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.1 {
            // What is left behind lies where temporary files lie.
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
