//! `urna demo`: the main job from end to end on this machine, through the real services over HTTP.
//!
//! ```text
//! draft ─> plan ─> keys of issuers, key ceremony ─> register ─> manifest ─> rehearsal ─> open ─> every line votes ─> close
//!   ─> issuance ─> agreed, opening ─> result ─> certified ─> mirror ─> all checks ─> the table
//! ```
//!
//! Authority, board and the first issuer are an installation as `urna serve` runs it ([`services`]); organiser, [`trustees`] and
//! [`voters`] ask it as they would from anywhere. All that is believed at the end is the mirror: `urna-verifier`, which knows
//! the election id, checks it, and its result stands in the table beside what a script counts that shares
//! nothing with Urna ([`expected`]).

pub(crate) mod ballot_file;
mod definition;
mod expected;
mod services;
mod table;
mod trustees;
mod voters;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Instant;

use anyhow::{Context, ensure};
use rand_core::OsRng;
use urna_crypto::ElectionId;
use urna_election::result::ElectionResult;
use urna_verifier::source::{Directory, Prefix, mirror};
use urna_verifier::{Given, Verdict, Verified, verify};

use crate::service;
use ballot_file::BallotFile;
use expected::Expected;
use services::Services;

/// The real ballots of `tests/data`, so that the demo runs wherever the program is.
const WARD_5: &[u8] = include_bytes!("../../../tests/data/minneapolis-2013-ward-5.csv");
/// The name of the demo's election.
const SLUG: &str = "demo";

#[derive(clap::Args)]
#[command(after_help = "\
The ballot file is CSV with the header district,choice_1,…,choice_k. Each line is a voter; the options are
the distinct values except `undervote` and `overvote`; a voter's choice is the first such value of the line,
and a line without one is a blank ballot. Each district is a voter class. Without --ballots, the 3,622
ballots of the Minneapolis City Council, Ward 5, of 2013 are voted again.

Authority, issuers and board run in this process on free ports of this machine, each with its folder on the disk; trustees
and voters speak to them over HTTP. Now and then somebody votes twice or withdraws first; what stands in the file is
always the last. In DIR stay record/, the verified copy of the public record, result.json, and receipts/, a receipt of
each voter.

Complete example:

  urna demo --voters 500 --dir seen
  urna-verify seen/record

Exit status: 0 the count equals the file, 1 it does not or a step was refused, 2 wrong arguments or file.")]
pub(crate) struct Arguments {
    /// Vote the ballots of this file
    #[arg(long, value_name = "FILE")]
    ballots: Option<PathBuf>,
    /// Take the first N lines of the file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    voters: Option<u32>,
    /// How many of how many trustees open the ballots: 2of3, 3of5, … or `solo`
    #[arg(long, value_name = "TofN", default_value = "2of3")]
    trustees: Trustees,
    /// How many issuers sign every token
    #[arg(long, value_name = "M", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    issuers: u8,
    /// Where the record, the result and the receipts go: a folder that is new or empty [default: a new one for temporary files]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Go on serving afterwards, until Ctrl-C; what the services keep stays in DIR too
    #[arg(long)]
    keep: bool,
    /// Print the result as JSON (spec/verification.md) instead of the table
    #[arg(long)]
    json: bool,
}

/// The trustees asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trustees {
    /// One trustee who holds the whole key.
    Solo,
    /// Any `threshold` of `count`.
    Shared {
        /// t, at least 2.
        threshold: u16,
        /// n, at most 255.
        count: u16,
    },
}

impl Trustees {
    /// How many of how many open.
    pub(crate) const fn threshold_of(self) -> (u16, u16) {
        match self {
            Self::Solo => (1, 1),
            Self::Shared { threshold, count } => (threshold, count),
        }
    }
}

impl FromStr for Trustees {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "solo" {
            return Ok(Self::Solo);
        }
        let numbers = text.split_once("of").and_then(|(t, n)| Some((t.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((1, 1)) => {
                Err("one trustee who can open everything alone is asked for by name: solo".into())
            }
            Some((threshold, count)) if (2..=count).contains(&threshold) && count <= 255 => {
                Ok(Self::Shared { threshold, count })
            }
            _ => Err("write T`of`N with 2 <= T <= N <= 255, such as 2of3, or `solo`".into()),
        }
    }
}

/// Why the demo stopped.
enum Failure {
    /// Wrong arguments or an unreadable file.
    Input(anyhow::Error),
    /// A step was refused, or something is not as it should be.
    Refused(anyhow::Error),
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match vote_and_compare(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(Failure::Input(error)) => {
            eprintln!("urna demo: {error:#}");
            ExitCode::from(2)
        }
        Err(Failure::Refused(error)) => {
            eprintln!("urna demo: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// Runs the election; whether its count is the expected one.
fn vote_and_compare(arguments: &Arguments) -> Result<bool, Failure> {
    let bytes = match &arguments.ballots {
        None => WARD_5.to_vec(),
        Some(path) => fs::read(path)
            .with_context(|| format!("cannot read the ballot file {}", path.display()))
            .map_err(Failure::Input)?,
    };
    let voters = arguments.voters.map(|voters| usize::try_from(voters).unwrap_or(usize::MAX));
    let file = BallotFile::parse(&bytes, voters).map_err(Failure::Input)?;
    let expected = Expected::count(&bytes, voters).map_err(Failure::Input)?;
    let is_ward_5 = arguments.ballots.is_none() && voters.is_none();
    let official = is_ward_5.then(expected::official).transpose().map_err(Failure::Input)?;
    let folder = match &arguments.dir {
        Some(folder) => new_folder(folder).map_err(Failure::Input)?,
        None => {
            let made = tempfile::Builder::new().prefix("urna-demo-").tempdir();
            made.context("no folder for temporary files").map_err(Failure::Input)?.keep()
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Refused(error.into()))?;
    runtime.block_on(async {
        let started = Instant::now();
        let (services, election) = hold(&file, arguments, &folder).await.map_err(Failure::Refused)?;
        let record = folder.join("record");
        step("mirror of the public record; all checks of urna-verify");
        let result = check(&services.record_url(), &record, election).await.map_err(Failure::Refused)?;
        let path = folder.join("result.json");
        fs::write(&path, result.to_bytes())
            .with_context(|| path.display().to_string())
            .map_err(Failure::Refused)?;
        eprintln!("election {election} verified, {:.1} s in all\n", started.elapsed().as_secs_f64());

        let comparison = table::Comparison::new(&file, &result, &expected, official.as_ref());
        let output = if arguments.json {
            String::from_utf8_lossy(&result.to_bytes()).into_owned()
        } else {
            comparison.to_string()
        };
        service::announce(output.trim_end());
        if !comparison.is_equal() {
            eprintln!("urna demo: the count differs from what it must be");
        }
        eprintln!("\n{}", further(&folder, election));
        if arguments.keep {
            let asked = service::asked_to_end().map_err(|end| Failure::Refused(anyhow::anyhow!("{end}")))?;
            eprintln!(
                "serving until Ctrl-C: voters {}, board {}",
                services.authority_url(),
                services.record_url()
            );
            asked.await;
        }
        services.stop().await.map_err(Failure::Refused)?;
        if !arguments.keep {
            // Secrets of a demo, and databases that nobody needs any more.
            fs::remove_dir_all(folder.join("services")).context("services").map_err(Failure::Refused)?;
        }
        Ok(comparison.is_equal())
    })
}

/// From the draft to the certified result.
async fn hold(
    file: &BallotFile,
    arguments: &Arguments,
    folder: &Path,
) -> anyhow::Result<(Services, ElectionId)> {
    step("authority, issuers and board; draft, plan, keys of issuers");
    let mut services = Services::start(&folder.join("services"), arguments.issuers.into()).await?;
    let plan = services.plan(file, arguments.trustees).await?;
    step("key ceremony of the trustees");
    let keys = folder.join("services").join("trustees");
    let held = trustees::AllTrustees::hold_ceremony(
        &keys,
        &plan,
        arguments.trustees,
        services.authority_url(),
        services.organiser(),
    );
    let mut trustees = held.await?;
    step("register, approval, publication");
    let manifest = services.publish(definition::register(file)).await?;
    let election = *manifest.id();
    step("every trustee agrees to the manifest and decrypts its canary from the backup");
    trustees.agree_and_rehearse(&manifest).await?;
    let letters = services.open().await?;
    step("every line of the file votes");
    let voted = voters::vote(file, &manifest, &letters, &folder.join("receipts")).await?;
    let tokens = file.lines.len();
    step(&format!(
        "{tokens} tokens taken, {} ballots and {} withdrawals cast; close, issuance lists",
        voted.ballots, voted.withdrawals
    ));
    services.close().await?;
    step("the trustees verify the record, agree and open");
    trustees.open(&manifest, &keys).await?;
    step("result, certified");
    services.certify().await?;
    Ok((services, election))
}

/// Copies the record and makes all checks; the published result, if every one passes.
async fn check(url: &str, folder: &Path, anchor: ElectionId) -> anyhow::Result<ElectionResult> {
    mirror(&Prefix::new(url)?, folder, &()).await?;
    let record = Directory::open(folder)?;
    let given = Given { election: Some(anchor), ..Given::default() };
    let Verified { report, result, .. } =
        tokio::task::block_in_place(|| verify(&record, &given, &|| OsRng, &()))?;
    ensure!(report.verdict() == Verdict::Verified, "the record does not verify\n{report}");
    result.context("a record that verifies has no result")
}

/// A folder that holds nothing yet.
fn new_folder(folder: &Path) -> anyhow::Result<PathBuf> {
    let name = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(name)?;
    let is_empty = fs::read_dir(folder).with_context(name)?.next().is_none();
    ensure!(is_empty, "{} holds something: name a folder that is new or empty", folder.display());
    fs::canonicalize(folder).with_context(name)
}

/// How to look further, as whoever runs this can type it.
fn further(folder: &Path, election: ElectionId) -> String {
    let verify = match std::env::var_os("CARGO") {
        Some(_) => "cargo run --release -p urna-verifier --features cli --",
        None => "urna-verify",
    };
    let folder = folder.display();
    format!(
        "Look further:\n  {verify} {folder}/record --election {election}\n  \
         {verify} {folder}/record --election {election} --receipt {folder}/receipts/voter-1\n  \
         less {folder}/result.json"
    )
}

fn step(what: &str) {
    eprintln!("{what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_and_rejects_trustees() {
        assert_eq!("2of3".parse(), Ok(Trustees::Shared { threshold: 2, count: 3 }));
        assert_eq!("5of5".parse(), Ok(Trustees::Shared { threshold: 5, count: 5 }));
        assert_eq!("solo".parse(), Ok(Trustees::Solo));
        for text in ["1of1", "1of2", "4of3", "2of256", "0of0", "2 of 3", "2of", "of3", "", "two of three"] {
            assert!(text.parse::<Trustees>().is_err(), "{text}");
        }
    }
}
