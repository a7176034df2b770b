//! `urna trustee`: a trustee's part in an election, from the enrolment to the opening.
//!
//! What is checked, signed and kept is `urna-trustee`'s; here are arguments, questions, texts for a person and exit statuses. The
//! passphrase is read from a prompt, a file or standard input, never from the arguments.

mod agreeing;
mod ceremony;
mod ending;
mod opening;
mod passphrase;

pub(crate) use ceremony::trustee_keys;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use urna_trustee::driver::FileDriver;
use zeroize::Zeroizing;

use crate::answer::{Answer, End, finish};
use crate::organiser::block_on;

/// Guard a part of the election's key: ceremony, rehearsal, opening
#[derive(Args)]
#[command(after_help = "\
A complete example. Anna is one of three trustees of whom two can open the ballots; the organiser has told her the authority's
address. Everything she has is in the file `anna.key`, under a passphrase that she chooses and tells nobody.

  urna trustee enrol    --file anna.key --trustee anna --authority https://vote.example --election council-2027
      makes her key and enrols
  urna trustee ceremony --file anna.key
      the next step of the key ceremony, as far as the others have come; again, until it says that she has her share.
      Then compare the ceremony hash with the other trustees, by voice
  urna trustee backup   --file anna.key /media/stick/anna.key
      a second copy, on another disk, to be kept in another place

When the election is published, and its id announced:

  urna trustee agree    --file anna.key --election 6dccd5a0…
      shows the election, checks that its key is the trustees', and agrees
  urna trustee rehearse --file anna.key --backup /media/stick/anna.key
      shows that she can decrypt, with what is read from the backup

After the close:

  urna trustee open     --file anna.key
      reads and verifies the whole board, agrees on what is opened and, when enough trustees have agreed to the same, opens.
      Again, until it says that all is open

  urna trustee status   --file anna.key
      at any time: whose turn it is

A command that was interrupted can be given again: it goes on where it was. Without an authority between them, trustees carry
packages as files: enrol with the plan's file, then `ceremony --in … --out …`.

Trustees without a terminal do the same on the authority's page, /trustee/SLUG, with the same key file: a file that is saved there
is a FILE here, and the other way round.

Files: FILE (under the passphrase), FILE.lock, FILE.manifest (public). The passphrase is asked for, or read from
--passphrase-file. Whoever has FILE and passphrase has this trustee's part of the key; whoever loses both FILE and backup, or
the passphrase, can open nothing.

Exit status: 0 done, whatever is awaited next; 1 the answer is no: a package, a manifest or a record that does not hold, a
service that refuses; 2 wrong arguments or passphrase, or something that cannot be read or reached.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the enrolment key and the key file
    Enrol(ceremony::EnrolArguments),
    /// Take the next step of the key ceremony, as far as the others have come
    Ceremony(ceremony::CeremonyArguments),
    /// Write a backup of the key file
    Backup(agreeing::BackupArguments),
    /// Agree to the published manifest
    Agree(agreeing::AgreeArguments),
    /// Show that you can decrypt, with what is read from the backup
    Rehearse(agreeing::RehearseArguments),
    /// Verify the record, agree on what is opened, and open it; once for each election
    Open(opening::OpenArguments),
    /// Say whose turn it is
    Status(Key),
}

/// The key file, and how it is opened.
#[derive(Args)]
struct Key {
    /// The key file
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// File with the passphrase; `-` is standard input. Without it, it is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Key {
    /// Opens the file.
    fn open(&self) -> Result<(FileDriver, Zeroizing<String>), End> {
        if !self.file.exists() {
            return Err(ending::of(urna_trustee::driver::FileError::Missing(self.file.clone()).into()));
        }
        let passphrase = passphrase::read(self.passphrase_file.as_deref(), &self.file)?;
        let driver = FileDriver::open(&self.file, &passphrase).map_err(ending::of)?;
        Ok((driver, passphrase))
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let json = match &arguments.command {
        Command::Enrol(enrol) => enrol.key.json,
        Command::Ceremony(ceremony) => ceremony.key.json,
        Command::Backup(backup) => backup.key.json,
        Command::Agree(agree) => agree.key.json,
        Command::Rehearse(rehearse) => rehearse.key.json,
        Command::Open(open) => open.key.json,
        Command::Status(key) => key.json,
    };
    let answered = block_on(async {
        match &arguments.command {
            Command::Enrol(enrol) => ceremony::enrol(enrol).await,
            Command::Ceremony(arguments) => ceremony::hold(arguments).await,
            Command::Backup(backup) => agreeing::back_up(backup),
            Command::Agree(agree) => agreeing::agree(agree).await,
            Command::Rehearse(rehearse) => agreeing::rehearse(rehearse).await,
            Command::Open(open) => opening::open(open).await,
            Command::Status(key) => status(key).await,
        }
    });
    finish("urna trustee", json, answered)
}

/// `urna trustee status`: one line.
async fn status(key: &Key) -> Result<Answer, End> {
    let (mut driver, _) = key.open()?;
    let mut wanting = None;
    let standing = match driver.manifest().map_err(ending::of)? {
        Some(manifest) => {
            let board = agreeing::board(&manifest)?;
            let shown = driver.official(&board, &manifest).await.map_err(ending::of)?;
            driver.trustee().standing(Some((&manifest, &shown)))
        }
        None => {
            if let Some(courier) = ceremony::courier(&driver)? {
                // What the others have sent meanwhile is worth knowing; nothing is made of it here.
                let slug = driver.trustee().plan().slug.clone();
                match courier.ceremony(&slug).await {
                    Ok(shown) if shown.attempt == driver.trustee().exchange().attempt() => {
                        let packages = shown.packages.unwrap_or_default();
                        driver.change(|trustee, _| trustee.take(&packages)).await.map_err(ending::of)?;
                    }
                    Ok(shown) => wanting = Some(ceremony::other_attempt(&driver, shown.attempt)),
                    Err(error) => wanting = Some(error.to_string()),
                }
            }
            driver.trustee().standing(None)
        }
    };
    let line = wanting.unwrap_or_else(|| standing.to_string());
    let trustee = driver.trustee();
    let document = json!({
        "attempt": trustee.exchange().attempt(),
        "awaited": standing.from,
        "ceremony_hash": trustee.exchange().round_1().map(|round_1| ceremony::hexadecimal(round_1.hash())),
        "election_id": trustee.election().map(ToString::to_string),
        "holds_share": trustee.stage() == urna_trustee::Stage::HoldsShare,
        "index": trustee.index(),
        "own_turn": standing.own,
        "plan_id": trustee.plan().id().to_string(),
        "status": line,
        "trustee": trustee.id().map(|id| id.as_str()),
    });
    let member = trustee.member().map(|member| member.to_string()).unwrap_or_default();
    Ok(Answer::yes(format!("{member} of {}: {line}", trustee.plan().slug), document))
}
