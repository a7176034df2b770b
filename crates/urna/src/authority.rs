//! `urna authority`: runs the organiser's service.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use urna_api::server::{Limits, SystemClock};
use urna_authority::{Authority, Config};

use crate::answer::End;
use crate::service::{self, Messages, settings::Settings};

/// Run an authority: the organiser's service, with drafts, the register, invitations and phases
#[derive(Args)]
#[command(after_help = "\
The configuration is a TOML document:

  url = \"https://vote.example\"         # where voters reach it: their links begin so; https, or http on loopback
  listen = \"127.0.0.1:8081\"            # where it listens, behind a proxy that does TLS
  board = \"https://board.example\"      # the board, whose configuration names this authority's key

  [mail]                               # without it there are letters only
  from = \"Elections <elections@uni.example>\"
  server = \"smtp.uni.example\"          # port, security, user, password_file: spec/cli.md

Before the first start:

  urna key authority --data DIR
      makes the key with which it signs, and prints what the board's configuration needs
  urna key api --data DIR --config FILE --account eva --role owner --out eva.toml
      makes the first API key, for whoever will organise elections

When it is ready it prints one line on standard output, `listening on http://ADDRESS`; everything else goes to standard
error. SIGTERM or Ctrl-C ends it. It opens and closes elections at their times: do not leave it stopped.

Back up DIR as a whole while it is stopped. It holds names, addresses, the signing key and unsent invitations.

Exit status: 0 ended as asked; 1 the data is in use, has no key or cannot be opened; 2 the configuration or an argument is
wrong.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    messages: Messages,
}

/// Where an authority lies on this machine.
#[derive(Args)]
pub(crate) struct Place {
    /// Where the authority keeps its records and keys
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) settings: Settings,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    service::run("urna authority", arguments.messages, || serve(&arguments.place))
}

fn serve(place: &Place) -> Result<(), End> {
    let config = place.settings.read(Config::parse)?;
    let listen = config.listen;
    let authority = Authority::open(config, &place.data, Arc::new(SystemClock)).map_err(service::no)?;
    service::runtime()?.block_on(service::listen(listen, |listener, asked| {
        urna_authority::run(Arc::new(authority), listener, Limits::default(), asked)
    }))
}
