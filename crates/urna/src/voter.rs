//! `urna voter`: votes from the terminal, without a browser.
//!
//! What may be done and what is believed is `urna-client`'s; here are arguments, questions, texts for a person and exit
//! statuses. The link and the recovery code are read from a file, a prompt or standard input, never from the arguments.

mod acting;
pub(crate) mod ballot;
mod ending;
mod looking;
mod prompt;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use urna_api::client::Native;
use urna_client::Invitation;
use urna_client::driver::{Driver, ElectionAddress, FileStorage, Notice, Storage, SystemClock};

use crate::answer::{End, finish};

/// Vote from the terminal: token, ballot, check, withdrawal, recovery
#[derive(Args)]
#[command(after_help = "\
A complete example. Ada has got a mail with a personal link, and saved the link in the file `link`. The notice board shows
the election's id, 64 digits.

  urna voter show     --link link
      what this election is: compare its id with the notice board; how your choices are called
  urna voter token    --link link --state ada.vote
      takes your voting token; nobody who gave it can recognise it. `ada.vote` now holds your secrets: keep it
  rm link
  urna voter cast     --state ada.vote council=ada,eva auditor=blank
      shows your ballot, asks, encrypts, casts, and keeps the receipt. It prints your identifier: write it down
  urna voter check    --state ada.vote
      whether the board has just what you cast; at any time
  urna voter recovery --state ada.vote
      a code to write down, with which a lost file can be replaced (urna voter recover)

If a command is interrupted, or says that a service does not answer, give it again: it goes on where it was. It never casts
twice. To vote in another way, cast again. What you cast can be read in FILE.

Files: FILE (readable by you only), FILE.manifest (public), FILE.lock.
Exit status: 0 done, or recorded as you cast it; 1 the answer is no: an election that is not the announced one, a service
that refuses, a ballot that is not recorded; 2 wrong arguments, or something that cannot be read or reached.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what this election is: the id to compare, times, contests and how to write your choices
    Show(looking::ShowArguments),
    /// Check the election and take your voting token from every issuer
    Token(Device),
    /// Cast a ballot; again: a ballot in the place of the last one
    Cast(acting::CastArguments),
    /// Say whether the board has just what you cast
    Check(Device),
    /// Take back what you cast last, where the election allows it
    Withdraw(acting::Confirmed),
    /// After the close: give back a token that you did not use, so that nobody can claim it
    Return(acting::Confirmed),
    /// Print the recovery code: whoever has it can vote in your place
    Recovery(Device),
    /// Replace a lost file with the recovery code
    Recover(looking::RecoverArguments),
}

/// Where the voter's secrets lie, and where the election is found.
#[derive(Args)]
struct Device {
    /// Where your seed, ballots and receipts are kept; made by `token`
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Where the election is found.
#[derive(Args)]
struct Place {
    /// File with your personal link; `-` is standard input
    #[arg(long, value_name = "FILE")]
    link: Option<PathBuf>,
    /// The election's address on its board, as in https://board.example/council-2027, instead of asking the link's server
    #[arg(long, value_name = "URL")]
    board: Option<ElectionAddress>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let json = match &arguments.command {
        Command::Show(show) => show.place.json,
        Command::Token(device) | Command::Check(device) | Command::Recovery(device) => device.place.json,
        Command::Cast(cast) => cast.act.device.place.json,
        Command::Withdraw(act) | Command::Return(act) => act.device.place.json,
        Command::Recover(recover) => recover.device.place.json,
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return finish("urna voter", json, Err(End::unreadable(error.to_string()))),
    };
    let answered = runtime.block_on(async {
        match &arguments.command {
            Command::Show(show) => looking::show(show).await,
            Command::Token(device) => acting::token(device).await,
            Command::Cast(cast) => acting::cast(cast).await,
            Command::Check(device) => looking::check(device).await,
            Command::Withdraw(act) => acting::withdraw(act).await,
            Command::Return(act) => acting::give_back(act).await,
            Command::Recovery(device) => looking::recovery(device).await,
            Command::Recover(recover) => looking::recover(recover).await,
        }
    });
    finish("urna voter", json, answered)
}

impl Place {
    /// The link that was named, or none.
    fn invitation(&self) -> Result<Option<Invitation>, End> {
        self.link.as_deref().map(prompt::read_link).transpose()
    }

    fn driver<S: Storage>(&self, storage: S) -> Driver<S, SystemClock> {
        Driver::new(storage, SystemClock, Native::new()).at(self.board.clone()).notices(notice)
    }
}

impl Device {
    fn driver(&self) -> Result<Driver<FileStorage, SystemClock>, End> {
        let storage = FileStorage::open(&self.state).map_err(End::storage)?;
        Ok(self.place.driver(storage))
    }

    /// The link that was named; where nothing is saved yet, one is asked for.
    fn invitation(&self) -> Result<Option<Invitation>, End> {
        match self.place.invitation()? {
            None if !self.state.exists() => prompt::ask_link().map(Some),
            named => Ok(named),
        }
    }

    /// What is saved must be there.
    fn must_exist(&self) -> Result<(), End> {
        if self.state.exists() {
            return Ok(());
        }
        Err(End::unreadable(format!(
            "{} does not exist: `urna voter token` makes it from your link, `urna voter recover` from your recovery code",
            self.state.display()
        )))
    }
}

/// Progress, for a person who waits.
fn notice(notice: Notice) {
    let mut err = io::stderr();
    let text = match notice {
        // Also for a log: why a command took so long.
        Notice::Waiting { service, pause } if pause.as_secs() >= 5 => {
            format!("{service} cannot answer just now; asking again in {} s", pause.as_secs())
        }
        _ if !err.is_terminal() => return,
        Notice::Waiting { .. } => return,
        Notice::Anchoring => "checking the election and your row of the register …".to_owned(),
        Notice::Asking => "asking every issuer for its part of your token …".to_owned(),
        Notice::Token(issuer) => format!("token of {issuer}: there, and right"),
        Notice::Sending => "sending …".to_owned(),
        _ => return,
    };
    let _ = writeln!(err, "{text}");
}
