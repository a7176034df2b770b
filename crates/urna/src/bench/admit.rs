//! `urna bench admit`: a board in a process of its own, an election on it, and as many ballots as it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use rand_core::{OsRng, RngCore};
use urna_api::client::BoardClient;
use urna_crypto::Ed25519SigningKey;
use urna_election::Slug;
use urna_election::json::Base64;
use urna_election::manifest::InterimFigures;

use super::Folder;
use super::figures::{Figure, Kept, Measured, Policy, Report};
use super::machine::Machine;
use crate::load::{Batch, Planned, ServiceFolder, ServiceProcess, Shape, send};
use crate::progress::progress_bar;

#[derive(clap::Args)]
#[command(after_help = "\
Each figure has an election of its own with one voter class and one issuer; its ballots are made before
anything is measured. `N at a time`: N requests at once on open connections, the next N when all of them are
answered. `in flight`: N requests under way at every moment. A ballot is answered when it is durable, so the
rates are those of the disk that --dir lies on.

The goal is 3,000 ballots a second, and 99 % answered within the batch policy's interval and 250 ms, with the
generator on the same two cores (spec/performance.md).

Exit status: 0 every ballot was accepted, however fast; 1 one was not; 2 wrong arguments, or no board.")]
pub(crate) struct Arguments {
    /// How many ballots for each figure
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    ballots: u32,
    /// How many ballots come in at a time, a figure for each
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,100,1000",
          value_parser = clap::value_parser!(u32).range(1..=4_000))]
    batch: Vec<u32>,
    /// How many requests are in flight for the last figure; 0 leaves it out
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(..=4_000))]
    in_flight: u32,
    /// The manifest's batch policy: so many ballots together, or so many seconds
    #[arg(long, value_name = "MIN,WAIT", default_value = "1,1")]
    policy: BatchPolicy,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// The folder for the board's data, on the disk to be measured [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Use the board at this address instead of one of our own
    #[arg(long, value_name = "URL", requires = "authority_key", conflicts_with = "dir")]
    board: Option<String>,
    /// File with the secret key of an authority that this board serves: 32 bytes in base64
    #[arg(long, value_name = "FILE", requires = "board")]
    authority_key: Option<PathBuf>,
}

/// The manifest's policy `batch`, as it is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BatchPolicy(Batch);

impl FromStr for BatchPolicy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers =
            text.split_once(',').and_then(|(min, wait)| Some((min.parse().ok()?, wait.parse().ok()?)));
        let (min, wait) = numbers.ok_or("write MIN,WAIT, such as 20,600")?;
        if !(1..=1_024).contains(&min) || !(1..=86_400).contains(&wait) {
            return Err("MIN is 1 to 1024 ballots, WAIT 1 to 86400 seconds");
        }
        Ok(Self(Batch { min, wait }))
    }
}

impl Arguments {
    /// What is measured if nothing is said, with so many ballots.
    pub(super) fn usual(ballots: u32, dir: Option<PathBuf>) -> Self {
        Self {
            ballots,
            batch: vec![1, 100, 1_000],
            in_flight: 256,
            policy: BatchPolicy(Batch { min: 1, wait: 1 }),
            json: false,
            dir,
            board: None,
            authority_key: None,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    super::finish("urna bench admit", arguments.json, measure(arguments))
}

/// The report, and what was said to a ballot that was not accepted.
pub(super) async fn measure(arguments: &Arguments) -> anyhow::Result<(Report, Option<String>)> {
    let Batch { min, wait } = arguments.policy.0;
    let mut report = Report {
        machine: Machine::this(),
        date: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        version: env!("CARGO_PKG_VERSION"),
        measured: Measured::Ballots(Policy { min, wait }),
        figures: Vec::new(),
        kept: None,
    };
    let mut refused = None;
    if let (Some(url), Some(file)) = (&arguments.board, &arguments.authority_key) {
        let seed = read_key(file)?;
        take_figures(arguments, url, &seed, &mut report, &mut refused).await?;
    } else {
        let folder = Folder::new(arguments.dir.as_deref())?;
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        let authority = Ed25519SigningKey::from_bytes(&seed).public();
        let program = std::env::current_exe().context("which program is this?")?;
        let service = ServiceFolder::board(program, &folder.0, &authority)?;
        let board = service.start()?.listening().await?;
        take_figures(arguments, board.url(), &seed, &mut report, &mut refused).await?;
        stop(board).await?;
        let bytes = size(&service.data())?;
        let started = Instant::now();
        let board = service.start()?.listening().await?;
        report.kept = Some(Kept { bytes, start_seconds: started.elapsed().as_secs_f64() });
        stop(board).await?;
    }
    Ok((report, refused))
}

async fn take_figures(
    arguments: &Arguments,
    url: &str,
    authority: &[u8; 32],
    report: &mut Report,
    refused: &mut Option<String>,
) -> anyhow::Result<()> {
    let board = BoardClient::new(url)?;
    for pace in super::paces(&arguments.batch, arguments.in_flight)? {
        let slug: Slug = format!("load-{:016x}", OsRng.next_u64()).parse()?;
        let planned = Planned::new(Ed25519SigningKey::from_bytes(authority), slug.clone())?;
        let shape = Shape {
            voters: usize::try_from(arguments.ballots)?,
            ballots_each: 1,
            classes: 1,
            batch: arguments.policy.0,
            interim_figures: InterimFigures::Turnout,
        };
        let (_, prepared) = planned.open(&board, &shape).await?;
        let progress = progress_bar("admitted", prepared.ballots.len());
        let sent = send(&board, &slug, &prepared.ballots, pace, &progress).await?;
        progress.finish_and_clear();
        if let Some((error, count)) = &sent.refused {
            refused
                .get_or_insert_with(|| format!("{count} ballots were not accepted, the first with: {error}"));
        }
        report.figures.push(Figure::new(pace, &sent));
    }
    Ok(())
}

async fn stop(board: ServiceProcess) -> anyhow::Result<()> {
    let status = board.stop().await?;
    ensure!(status.success(), "the board ended with {status}");
    Ok(())
}

/// How many bytes the files of a folder have.
fn size(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

fn read_key(file: &Path) -> anyhow::Result<[u8; 32]> {
    let what = || format!("the key file {}", file.display());
    let text = fs::read_to_string(file).with_context(what)?;
    let Base64(seed) = serde_json::from_value::<Base64<[u8; 32]>>(text.trim().into()).with_context(what)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_rejects_batch_policies() {
        assert_eq!("20,600".parse(), Ok(BatchPolicy(Batch { min: 20, wait: 600 })));
        for text in ["", "1", "1,", ",1", "0,1", "1,0", "1025,1", "1,86401", "1,1,1", "one,two"] {
            assert!(text.parse::<BatchPolicy>().is_err(), "{text}");
        }
    }
}
