//! Verification, agreement on what is opened, and opening.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rand_core::OsRng;
use serde_json::json;
use urna_api::client::BoardClient;
use urna_election::manifest::Manifest;
use urna_trustee::driver::Opened;
use urna_trustee::{TrusteeError, VerifiedClose};
use urna_verifier::command::Progress;
use urna_verifier::source::{Directory, Prefix, mirror};
use urna_verifier::{Given, Verified, verify};

use super::{Key, agreeing, ending};
use crate::answer::{Answer, End};
use crate::organiser::refused;
use crate::prompt::confirm;

#[derive(Args)]
#[command(after_help = "\
  urna trustee open --file anna.key

reads the whole record from the board, makes all checks of spec/verification.md on this machine, by this machine's clock, and
posts what you agree to open: the ballots that are counted, as you have found them. As soon as enough trustees have agreed to the
same, the command opens: your part of the decryption of every counted ballot goes to the board. Give it again until then, and
after an interruption; what stands in the log is not sent twice.

If a check fails, nothing is posted, and the report says which. A file agrees once, whatever it is shown later.

What is read goes to a folder for temporary files (TMPDIR), about a kilobyte for each ballot; --record DIR keeps it, and the next
time only what is new is read.")]
pub(super) struct OpenArguments {
    #[command(flatten)]
    pub(super) key: Key,
    /// The board's address, instead of the manifest's
    #[arg(long, value_name = "URL")]
    board: Option<String>,
    /// Where the copy of the record is kept
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// `urna trustee open`.
pub(super) async fn open(arguments: &OpenArguments) -> Result<Answer, End> {
    let OpenArguments { key, board, record, yes } = arguments;
    let (mut driver, _) = key.open()?;
    let manifest = agreeing::published(&driver).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let temporary;
    let folder = match record {
        Some(folder) => folder.as_path(),
        None => {
            temporary = tempfile::tempdir().map_err(|error| End::unreadable(error.to_string()))?;
            temporary.path()
        }
    };
    let address = board.as_deref().unwrap_or(&manifest.board().url).trim_end_matches('/');
    let verified = verify_record(&manifest, address, folder, now).await?;
    let warnings = small_classes(&manifest, &verified);
    let report = serde_json::to_value(&verified.report).unwrap_or_default();
    let close = VerifiedClose::of(manifest.id(), &verified).map_err(|error| {
        let text = format!("{error}. Nothing was posted. The report:\n{}", verified.report);
        End::new(1, text, json!({ "error": error.to_string(), "report": report }))
    })?;
    let (ballots, chunks) = (close.ballots(), close.chunks());
    if driver.trustee().agreed().is_none() {
        let mut what = format!(
            "{}\nEverything that can be checked now holds. {ballots} ballots are counted.\n",
            verified.report
        );
        for warning in &warnings {
            let _ = writeln!(what, "Warning: {warning}");
        }
        let _ = writeln!(what, "You agree to open these ballots and no others, once and for good.");
        confirm(&what, Some(manifest.slug().as_str()), *yes)?;
    }
    let board = BoardClient::new(address).map_err(refused)?;
    let stands = driver.agree_to_open(&board, &manifest, &close, now).await.map_err(ending::of)?;
    let bar = ProgressBar::new(chunks.into());
    if let Ok(style) = ProgressStyle::with_template("opening {bar:30} {pos}/{len} chunks, {eta} left") {
        bar.set_style(style);
    }
    let opened =
        driver.open_ballots(&board, &manifest, &close, |position, _| bar.set_position(position.into())).await;
    bar.finish_and_clear();
    let (text, waiting) = match opened.map_err(ending::of)? {
        Opened::Waiting(TrusteeError::TooFewAgreed { needed, agreed, otherwise }) => {
            let names = |members: &[urna_election::ceremony::Member]| {
                members.iter().map(ToString::to_string).collect::<Vec<_>>()
            };
            let mut text = format!(
                "You have agreed; it is entry {} of the log. {} of {needed} trustees have agreed to the same: {}.\n\
                 Nothing is opened before. Give the command again when the others have agreed.",
                stands.index,
                agreed.len(),
                names(&agreed).join(", ")
            );
            if !otherwise.is_empty() {
                let _ = write!(
                    text,
                    "\n{} agreed to something else: two logs of one election are evidence. Compare with the other trustees.",
                    names(&otherwise).join(", ")
                );
            }
            let waiting = json!({
                "agreed": names(&agreed), "needed": needed, "otherwise": names(&otherwise),
            });
            (text, Some(waiting))
        }
        Opened::Waiting(error) => return Err(ending::of(error.into())),
        Opened::All { chunks } => (
            format!("Your part is open: {ballots} ballots in {chunks} chunks. Nothing more is asked of you."),
            None,
        ),
    };
    let document = json!({
        "agreed_index": stands.index,
        "ballots": ballots,
        "chunks": chunks,
        "election_id": manifest.id().to_string(),
        "opened": waiting.is_none(),
        "report": report,
        "waiting": waiting,
        "warnings": warnings,
    });
    Ok(Answer::yes(text, document))
}

/// Copies the record from the board, and makes all checks.
async fn verify_record(manifest: &Manifest, board: &str, folder: &Path, now: u64) -> Result<Verified, End> {
    let unreadable = |error: &dyn std::fmt::Display| End::unreadable(error.to_string());
    let address = format!("{board}/{}/", manifest.slug());
    let prefix = Prefix::new(&address).map_err(|error| unreadable(&error))?;
    let progress = Progress::new();
    let mirrored = mirror(&prefix, folder, &progress).await;
    progress.end();
    mirrored.map_err(|error| {
        if error.is_contradiction() { End::no(error.to_string()) } else { unreadable(&error) }
    })?;
    let record = Directory::open(folder).map_err(|error| unreadable(&error))?;
    let given = Given { election: Some(*manifest.id()), now, ..Given::default() };
    let progress = Progress::new();
    let verified = verify(&record, &given, &|| OsRng, &progress);
    progress.end();
    verified.map_err(|error| unreadable(&error))
}

/// What is said of classes whose votes may be told apart once they are open.
fn small_classes(manifest: &Manifest, verified: &Verified) -> Vec<String> {
    let small = urna_trustee::small_classes(manifest, verified).into_iter().map(|(class, cast)| {
        format!("in the class {class} only {cast} have cast: whoever knows them may tell their votes apart")
    });
    small.collect()
}
