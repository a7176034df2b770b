//! `urna board`: runs a bulletin board.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use urna_api::server::{Limits, SystemClock};
use urna_board::{Board, Config};
use urna_log::SignedCheckpoint;

use crate::answer::End;
use crate::service::{self, Messages, settings::Settings};

/// Run a bulletin board: the public log that takes ballots and that everybody reads
#[derive(Args)]
#[command(after_help = "\
The configuration is a TOML document:

  name = \"board.example\"               # logs are named <name>/<slug>; it never changes
  url = \"https://board.example\"        # where the public reaches this board; https, or http on loopback
  listen = \"127.0.0.1:8080\"            # where it listens, behind a proxy that does TLS
  authorities = [\"<base64>\", \"…\"]      # Ed25519 keys of the authorities that may create elections here

When it is ready it prints one line on standard output, `listening on http://ADDRESS`; everything else goes to standard
error. SIGTERM or Ctrl-C ends it after the batch in hand.

Back up DIR as a whole, and keep the newest checkpoint of every election (GET <url>/<slug>/checkpoint) somewhere else.
After restoring a copy, start with --at-least and these checkpoints: an older copy than they are is refused, because it
would fork the log.

Exit status: 0 ended as asked; 1 the data is in use, older than --at-least or cannot be opened; 2 the configuration or
an argument is wrong.")]
pub(crate) struct Arguments {
    /// Where the board keeps its elections; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    messages: Messages,
    /// A checkpoint that somebody kept: do not start on an older copy of its log (may be repeated)
    #[arg(long, value_name = "CHECKPOINT")]
    at_least: Vec<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    service::run("urna board", arguments.messages, || serve(arguments))
}

fn serve(arguments: &Arguments) -> Result<(), End> {
    let config = arguments.settings.read(Config::parse)?;
    let mut at_least = Vec::new();
    for path in &arguments.at_least {
        let wrong = |error: &dyn Display| End::unreadable(format!("{}: {error}", path.display()));
        let bytes = fs::read(path).map_err(|error| wrong(&error))?;
        let checkpoint = SignedCheckpoint::from_bytes(&bytes);
        at_least.push(checkpoint.map_err(|error| wrong(&format_args!("is no checkpoint: {error}")))?);
    }
    let listen = config.listen;
    let board =
        Board::open(config, &arguments.data, &at_least, Arc::new(SystemClock)).map_err(service::no)?;
    service::runtime()?.block_on(service::listen(listen, |listener, asked| {
        urna_board::run(Arc::new(board), listener, Limits::default(), asked)
    }))
}
