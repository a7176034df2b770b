//! Backup, agreement to the manifest, rehearsal.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use urna_api::client::{AuthorityClient, BoardClient};
use urna_crypto::ElectionId;
use urna_election::TRIAL;
use urna_election::entry::Kind;
use urna_election::json::Integer;
use urna_election::manifest::{Manifest, Schedule};
use urna_trustee::TrusteeError;
use urna_trustee::driver::{Backup, FileDriver};

use super::{Key, ending};
use crate::answer::{Answer, End};
use crate::definition;
use crate::organiser::refused;
use crate::prompt::confirm;

#[derive(Args)]
#[command(after_help = "\
  urna trustee backup --file anna.key /media/stick/anna.key

BACKUP is under the same passphrase. It is made when you have your share, and the rehearsal reads it. Keep it in another
place than FILE. It replaces an older backup of yours, and nothing else. Never use both: FILE is used, and the backup only if
FILE is lost.")]
pub(super) struct BackupArguments {
    #[command(flatten)]
    pub(super) key: Key,
    /// Where the backup goes
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
}

#[derive(Args)]
#[command(after_help = "\
  urna trustee agree --file anna.key --election 6dccd5a0…

ID is the election id from the announcement, 64 digits: type it from there, not from what the authority shows. The command shows
the election, asks for its name, and posts your agreement to the board. It cannot be taken back: the file belongs to this
election from then on.")]
pub(super) struct AgreeArguments {
    #[command(flatten)]
    pub(super) key: Key,
    /// The announced election id
    #[arg(long, value_name = "ID", value_parser = urna_client::driver::answer::parse_id)]
    election: ElectionId,
    /// The manifest's file, instead of asking the authority
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Args)]
#[command(after_help = "\
  urna trustee rehearse --file anna.key --backup /media/stick/anna.key

Do it on the device on which you will open the ballots. Voting cannot begin before every trustee has done this.")]
pub(super) struct RehearseArguments {
    #[command(flatten)]
    pub(super) key: Key,
    /// The backup: it is read, and decrypts
    #[arg(long, value_name = "BACKUP")]
    backup: PathBuf,
}

/// `urna trustee backup`.
pub(super) fn back_up(arguments: &BackupArguments) -> Result<Answer, End> {
    let BackupArguments { key, backup } = arguments;
    let (driver, passphrase) = key.open()?;
    let written = driver.back_up(backup, &passphrase).map_err(ending::of)?;
    let mut text =
        format!("{} holds what {} holds, under the same passphrase.\n", backup.display(), key.file.display());
    same_disk(&mut text, written);
    Ok(Answer::yes(text, json!({ "backup": backup, "same_disk": written.same_disk })))
}

/// `urna trustee agree`.
pub(super) async fn agree(arguments: &AgreeArguments) -> Result<Answer, End> {
    let AgreeArguments { key, election, manifest, yes } = arguments;
    let (mut driver, _) = key.open()?;
    let bytes = match (manifest, driver.trustee().authority()) {
        (Some(path), _) => {
            fs::read(path).map_err(|error| End::unreadable(format!("{}: {error}", path.display())))?
        }
        (None, Some(authority)) => {
            let courier = AuthorityClient::new(authority).map_err(refused)?;
            courier.manifest(&driver.trustee().plan().slug).await.map_err(refused)?
        }
        (None, None) => return Err(End::unreadable("where is the manifest? --manifest FILE")),
    };
    let manifest = Manifest::parse(&bytes).map_err(|error| End::no(format!("the manifest: {error}")))?;
    // Before anything is shown: what a person reads is what is agreed to.
    if manifest.id() != election {
        let wrong = TrusteeError::OtherElection { expected: *election, found: *manifest.id() };
        return Err(ending::of(wrong.into()));
    }
    if driver.trustee().election() != Some(election) {
        confirm(&describe(&manifest), Some(manifest.slug().as_str()), *yes)?;
    }
    let agreed =
        driver.change(|trustee, rng| trustee.agree(election, &manifest, rng)).await.map_err(ending::of)?;
    agreed.map_err(|error| ending::of(error.into()))?;
    driver.keep_manifest(&manifest).map_err(ending::of)?;
    let board = board(&manifest)?;
    driver.adopt(&board, &manifest).await.map_err(ending::of)?;
    let stands = driver.post(&board, &manifest, Kind::Ceremony).await.map_err(ending::of)?;
    let text = format!(
        "You have agreed to this manifest; its key is the one of your ceremony. Your agreement is entry {} of the log.\n\
         Next: urna trustee rehearse --file {} --backup BACKUP",
        stands.index,
        key.file.display()
    );
    Ok(Answer::yes(text, json!({ "election_id": election.to_string(), "index": stands.index })))
}

/// `urna trustee rehearse`.
pub(super) async fn rehearse(arguments: &RehearseArguments) -> Result<Answer, End> {
    let RehearseArguments { key, backup } = arguments;
    let (mut driver, passphrase) = key.open()?;
    let manifest = published(&driver).await?;
    let board = board(&manifest)?;
    driver.adopt(&board, &manifest).await.map_err(ending::of)?;
    let read = driver.rehearse(backup, &passphrase).await.map_err(ending::of)?;
    let stands = driver.post(&board, &manifest, Kind::Rehearsal).await.map_err(ending::of)?;
    let mut text = format!(
        "The backup was read, and it decrypts. Your rehearsal is entry {} of the log. Put the backup away.\n",
        stands.index
    );
    same_disk(&mut text, read);
    let document = json!({
        "election_id": manifest.id().to_string(),
        "index": stands.index,
        "same_disk": read.same_disk,
    });
    Ok(Answer::yes(text, document))
}

/// What a trustee agrees to, for a person who has two minutes.
fn describe(manifest: &Manifest) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_description(&mut text, manifest);
    text
}

fn write_description(text: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let organiser = manifest.organiser();
    writeln!(text, "{}", manifest.title().default_language())?;
    if manifest.is_trial() {
        writeln!(text, "{TRIAL}")?;
    }
    writeln!(text, "\nOrganiser    {} ({})", organiser.name, organiser.contact)?;
    writeln!(text, "Election id  {}", definition::grouped(manifest.id()))?;
    match manifest.schedule() {
        Schedule::Manual => writeln!(text, "Voting       opens and closes by hand")?,
        Schedule::Times(times) => {
            let time = |second: Integer| definition::time(manifest.time_zone(), second.value());
            writeln!(text, "Voting       from {}", time(times.opens))?;
            writeln!(text, "             until {}", time(times.closes))?;
            writeln!(text, "Opening      not before {}", time(times.opening_not_before))?;
        }
    }
    let issuers: Vec<_> = manifest.issuers().iter().map(|issuer| issuer.name.as_str()).collect();
    writeln!(text, "Issuers      {}", issuers.join(", "))?;
    let trustees = manifest.trustees();
    let names: Vec<_> = trustees.members.iter().map(|member| member.name.as_str()).collect();
    writeln!(
        text,
        "Trustees     {} ({} of {} open together)",
        names.join(", "),
        trustees.threshold,
        names.len()
    )?;
    for contest in manifest.contests() {
        let options: Vec<_> = contest.options.iter().map(|option| option.title.default_language()).collect();
        writeln!(text, "\n{}: {}", contest.title.default_language(), options.join(", "))?;
    }
    Ok(())
}

/// The manifest that was agreed to: kept beside the file, or from the authority again.
pub(super) async fn published(driver: &FileDriver) -> Result<Manifest, End> {
    if let Some(manifest) = driver.manifest().map_err(ending::of)? {
        return Ok(manifest);
    }
    let Some(election) = driver.trustee().election() else {
        return Err(ending::of(TrusteeError::NotAgreed.into()));
    };
    let Some(authority) = driver.trustee().authority() else {
        let path = driver.beside(".manifest");
        return Err(End::unreadable(format!(
            "{} is missing, with the manifest that was agreed to",
            path.display()
        )));
    };
    let courier = AuthorityClient::new(authority).map_err(refused)?;
    let bytes = courier.manifest(&driver.trustee().plan().slug).await.map_err(refused)?;
    let manifest = Manifest::parse(&bytes).map_err(|error| End::no(format!("the manifest: {error}")))?;
    if manifest.id() != election {
        let wrong = TrusteeError::OtherElection { expected: *election, found: *manifest.id() };
        return Err(ending::of(wrong.into()));
    }
    driver.keep_manifest(&manifest).map_err(ending::of)?;
    Ok(manifest)
}

/// The election's board.
pub(super) fn board(manifest: &Manifest) -> Result<BoardClient, End> {
    BoardClient::new(&manifest.board().url).map_err(refused)
}

fn same_disk(text: &mut String, backup: Backup) {
    if backup.same_disk {
        let _ = writeln!(
            text,
            "But it lies on the same disk as the key file: whoever loses one loses both. Copy it to a stick."
        );
    }
}
