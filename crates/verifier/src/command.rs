//! The command `urna-verify`: arguments in, a report out.

mod progress;
mod table;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow, bail};
use clap::Parser;
use rand_core::OsRng;
use serde::Serialize;
use urna_crypto::{ElectionId, Identifier};
use urna_election::TRIAL;
use urna_log::{MAX_NOTE, MAX_RECEIPT, Receipt, SignedCheckpoint, SignedPromise};

use crate::record::Hexadecimal;
use crate::source::{Directory, Prefix, mirror};
use crate::{Given, Named, Report, Verdict, Verified, parse_election, verify};

pub use progress::Progress;

/// Verify the public record of an election, and count it again
#[derive(Parser)]
#[command(name = "urna-verify", version, about, arg_required_else_help = true)]
#[command(after_help = "\
Complete example:

  urna-verify https://board.example/council-2026/ --election 9f2c…41d0

reads the whole record of an election, makes all seventeen checks of spec/verification.md, and prints them and the result.
The election id is on the poster, in the voting link and in every receipt: without --election, some election was verified,
and it is for you to compare its id.

SOURCE may be a directory that `urna mirror URL DIR` has filled. What is read from an address is kept in the folder for
temporary files (TMPDIR) until the end, about a kilobyte for each ballot.

Exit status: 0 every check passed and the record is complete; 1 a check failed; 2 the record cannot be read, or the arguments
are wrong; 3 all that can be checked so far passed.")]
struct Arguments {
    /// A board's address of the election, or a mirrored directory
    source: String,
    /// The election id from the announcement, 64 hexadecimal digits
    #[arg(long, value_name = "ID", value_parser = election_id)]
    election: Option<ElectionId>,
    /// A checkpoint that somebody kept: the log must begin with it (may be repeated)
    #[arg(long, value_name = "OLD")]
    checkpoint: Vec<PathBuf>,
    /// A receipt (may be repeated)
    #[arg(long, value_name = "FILE")]
    receipt: Vec<PathBuf>,
    /// A promise (may be repeated)
    #[arg(long, value_name = "FILE")]
    promise: Vec<PathBuf>,
    /// Also show what is recorded under this identifier
    #[arg(long, value_name = "ID")]
    identifier: Option<Identifier>,
    /// Print the report as one JSON document
    #[arg(long)]
    json: bool,
}

fn election_id(text: &str) -> Result<ElectionId, String> {
    parse_election(text).ok_or_else(|| "an election id has 64 hexadecimal digits".to_owned())
}

/// Runs the command with the arguments of this process.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match check(&arguments) {
        Ok(verdict) => ExitCode::from(verdict.exit_status()),
        Err(Stop::Contradiction(error)) => {
            eprintln!("urna-verify: {error:#}");
            ExitCode::from(Verdict::Failed.exit_status())
        }
        Err(Stop::Unreadable(error)) => {
            if arguments.json {
                print(UNREADABLE);
            }
            eprintln!("urna-verify: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// What is printed as JSON where nothing is known of the election.
const UNREADABLE: &str =
    r#"{"verdict":"unreadable","election_id":null,"anchor":"none","phase":null,"trial":null,"checks":[]}"#;

/// Why there is no report.
enum Stop {
    /// The record cannot be read, or an argument is wrong.
    Unreadable(anyhow::Error),
    /// The board shows what it did not sign.
    Contradiction(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Unreadable(error)
    }
}

fn check(arguments: &Arguments) -> Result<Verdict, Stop> {
    let given = given(arguments)?;
    // Removed when it is dropped.
    let temporary;
    let directory = if Prefix::is_address(&arguments.source) {
        let prefix = Prefix::new(&arguments.source).map_err(anyhow::Error::from)?;
        temporary = tempfile::tempdir().context("no folder for what is read")?;
        fetch(&prefix, temporary.path())?;
        temporary.path()
    } else {
        Path::new(&arguments.source)
    };
    let record = Directory::open(directory).map_err(anyhow::Error::from)?;
    let progress = Progress::new();
    let verified = verify(&record, &given, &|| OsRng, &progress);
    progress.end();
    let verified = verified.map_err(anyhow::Error::from)?;
    if arguments.json {
        print(&document(&verified, arguments.identifier)?);
    } else {
        print(&text(&verified, arguments.identifier));
    }
    Ok(verified.report.verdict())
}

/// Copies what is behind an address.
fn fetch(prefix: &Prefix, directory: &Path) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("no threads for reading")?;
    let progress = Progress::new();
    let mirrored = runtime.block_on(mirror(prefix, directory, &progress));
    progress.end();
    match mirrored {
        Ok(_) => Ok(()),
        // The evidence would go away with the folder.
        Err(error) if error.is_contradiction() => {
            let hint = "run `urna mirror` with the same address to keep the evidence";
            Err(Stop::Contradiction(anyhow!(error).context(hint)))
        }
        Err(error) => Err(Stop::Unreadable(error.into())),
    }
}

/// Reads what the caller has.
fn given(arguments: &Arguments) -> anyhow::Result<Given> {
    Ok(Given {
        election: arguments.election,
        older: read_all(&arguments.checkpoint, MAX_NOTE, "a checkpoint", SignedCheckpoint::from_bytes)?,
        receipts: read_all(&arguments.receipt, MAX_RECEIPT, "a receipt", Receipt::from_bytes)?,
        promises: read_all(&arguments.promise, MAX_NOTE, "a promise", SignedPromise::from_bytes)?,
        identifier: arguments.identifier,
        now: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()),
    })
}

fn read_all<T, E: Display>(
    files: &[PathBuf],
    limit: usize,
    what: &str,
    parse: impl Fn(&[u8]) -> Result<T, E>,
) -> anyhow::Result<Vec<Named<T>>> {
    let read = |file: &PathBuf| {
        let name = file.display().to_string();
        let length = std::fs::metadata(file).with_context(|| name.clone())?.len();
        if length > u64::try_from(limit)? {
            bail!("{name} is not {what}: it has more than {limit} bytes");
        }
        let bytes = std::fs::read(file).with_context(|| name.clone())?;
        let item = parse(&bytes).map_err(|error| anyhow!("{name} is not {what}: {error}"))?;
        Ok(Named { name, item })
    };
    files.iter().map(read).collect()
}

/// The report, and what stands under the identifier, if one was asked for.
fn document(verified: &Verified, identifier: Option<Identifier>) -> anyhow::Result<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        #[serde(flatten)]
        report: &'a Report,
        #[serde(skip_serializing_if = "Option::is_none")]
        identifier: Option<serde_json::Value>,
    }
    let identifier = identifier.map(|identifier| table::found_document(verified, &identifier));
    Ok(serde_json::to_string(&Document { report: &verified.report, identifier })?)
}

/// The report for people.
fn text(verified: &Verified, identifier: Option<Identifier>) -> String {
    let Verified { report, head, .. } = verified;
    let id = Hexadecimal(report.election.as_bytes());
    let (phase, size) = (report.phase, head.size);
    let anchor = if report.anchored {
        format!("anchored: election {id}, phase {phase}, {size} entries")
    } else {
        format!("not anchored: compare election id {id}\nphase {phase}, {size} entries")
    };
    let trial = if report.trial { format!("\n{TRIAL}") } else { String::new() };
    let mut text = format!("{anchor}{trial}\n\n{report}");
    if let Some(identifier) = identifier {
        text.push_str(&table::found(verified, &identifier));
    }
    text.push_str(&table::result(verified));
    text
}

fn print(text: &str) {
    #[expect(clippy::print_stdout, reason = "the command's answer")]
    {
        println!("{}", text.trim_end());
    }
}
