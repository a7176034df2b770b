//! `urna demo --in-memory`: a whole election in this process, through the same pure functions as the services.
//!
//! ```text
//! plan -> keys -> manifest -> rehearsal -> register -> tokens -> ballots -> close -> agreed -> opening -> result
//! ```
//!
//! What the parties do is in [`organisation`] and [`voting`]; all they leave is the [`record`], a log and its blobs.
//! Then `urna-verifier`, which knows the election id and the record only, checks it, and its count is compared with what
//! [`expected`] reads from the file without any of Urna's code.

pub(crate) mod ballot_file;
mod expected;
pub(crate) mod organisation;
pub(crate) mod record;
mod table;
pub(crate) mod voter;
pub(crate) mod voting;

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Instant;

use anyhow::{Context, ensure};
use rand_core::OsRng;
use urna_crypto::ElectionId;
use urna_election::result::ElectionResult;
use urna_verifier::{Files, Given, Verdict, Verified};

use ballot_file::BallotFile;
use expected::Expected;

/// The real ballots of `tests/data`, so that the demo runs wherever the program is.
const WARD_5: &[u8] = include_bytes!("../../../tests/data/minneapolis-2013-ward-5.csv");

#[derive(clap::Args)]
#[command(after_help = "\
The ballot file is CSV with the header district,choice_1,…,choice_k. Each line is a voter; the options are
the distinct values except `undervote` and `overvote`; a voter's choice is the first such value of the line,
and a line without one is a blank ballot. Each district is a voter class. Without --ballots, the 3,622
ballots of the Minneapolis City Council, Ward 5, of 2013 are voted again.

Exit status: 0 the count equals the file, 1 it does not or a step was refused, 2 wrong arguments or file.")]
pub(crate) struct Arguments {
    /// Run inside this process, without services and without a disk
    #[arg(long, required = true)]
    in_memory: bool,
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
    /// A step of the protocol was refused.
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
            eprintln!("urna demo: refused: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// Runs the election; whether its count is the expected one.
fn vote_and_compare(arguments: &Arguments) -> Result<bool, Failure> {
    let bytes = match &arguments.ballots {
        None => WARD_5.to_vec(),
        Some(path) => std::fs::read(path)
            .with_context(|| format!("cannot read the ballot file {}", path.display()))
            .map_err(Failure::Input)?,
    };
    let voters = arguments.voters.map(|voters| usize::try_from(voters).unwrap_or(usize::MAX));
    let file = BallotFile::parse(&bytes, voters).map_err(Failure::Input)?;
    let expected = Expected::read(&bytes, voters).map_err(Failure::Input)?;
    let started = Instant::now();

    let (anchor, record) =
        voting::run(&file, arguments.trustees, arguments.issuers).map_err(Failure::Refused)?;
    eprintln!("the log and its blobs are complete; all checks of urna-verify");
    let result = check(anchor, &record).map_err(Failure::Refused)?;
    eprintln!("election {anchor} verified, {:.1} s in all", started.elapsed().as_secs_f64());

    let comparison = table::Comparison::new(&file, &result, &expected);
    let output = if arguments.json {
        String::from_utf8_lossy(&result.to_bytes()).into_owned()
    } else {
        comparison.to_string()
    };
    #[expect(clippy::print_stdout, reason = "the command's result")]
    {
        println!("{}", output.trim_end());
    }
    if !comparison.is_equal() {
        eprintln!("urna demo: the count differs from the ballot file");
    }
    Ok(comparison.is_equal())
}

/// All checks of the record; the published result, if every one passes.
fn check(anchor: ElectionId, record: &Files) -> anyhow::Result<ElectionResult> {
    let given = Given { election: Some(anchor), ..Given::default() };
    let Verified { report, result, .. } = urna_verifier::verify(record, &given, &|| OsRng, &())?;
    ensure!(report.verdict() == Verdict::Verified, "the record does not verify\n{report}");
    result.context("a record that verifies has no result")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_record_and_rejects_it_changed_anywhere() {
        let file =
            BallotFile::parse(b"district,choice_1\nNorth,Bo\nSouth,Ann\nNorth,undervote\n", None).unwrap();
        let trustees = Trustees::Shared { threshold: 2, count: 3 };
        let (anchor, record) = voting::run(&file, trustees, 2).unwrap();
        assert_eq!(check(anchor, &record).unwrap().counted.value(), 3);
        assert!(check(ElectionId::from_bytes([0; 32]), &record).is_err());
        for (name, bytes) in &record.0 {
            for place in [0, bytes.len() / 2, bytes.len() - 1] {
                let mut changed = record.clone();
                changed.0.get_mut(name).unwrap()[place] ^= 1;
                assert!(check(anchor, &changed).is_err(), "accepted: {name}, byte {place}");
            }
        }
    }

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
