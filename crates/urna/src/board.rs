//! `urna board`: runs a bulletin board.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;
use urna_api::server::Limits;
use urna_api::server::SystemClock;
use urna_board::{Board, Config};
use urna_log::SignedCheckpoint;

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
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// A checkpoint that somebody kept: do not start on an older copy of its log (may be repeated)
    #[arg(long, value_name = "CHECKPOINT")]
    at_least: Vec<PathBuf>,
}

/// What ends the program with a message.
struct Failure(ExitCode, anyhow::Error);

/// The data says no: in use, older, unreadable.
fn no(error: impl Into<anyhow::Error>) -> Failure {
    Failure(ExitCode::from(1), error.into())
}

/// The arguments are wrong.
fn wrong(error: impl Into<anyhow::Error>) -> Failure {
    Failure(ExitCode::from(2), error.into())
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(LevelFilter::INFO)
        .with_target(false)
        // Standard error may be a file on the disk that is full. What cannot be said must not end whoever says it: with
        // this, the subscriber would complain to standard error by a macro that panics.
        .log_internal_errors(false)
        .init();
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(status, error)) => {
            let _ = writeln!(io::stderr(), "urna board: {error:#}");
            status
        }
    }
}

fn serve(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.config.display();
    let config = fs::read_to_string(&arguments.config).with_context(|| file.to_string()).map_err(wrong)?;
    let config = Config::parse(&config).with_context(|| file.to_string()).map_err(wrong)?;
    let mut at_least = Vec::new();
    for path in &arguments.at_least {
        let bytes = fs::read(path).with_context(|| path.display().to_string()).map_err(wrong)?;
        let checkpoint = SignedCheckpoint::from_bytes(&bytes);
        at_least
            .push(checkpoint.with_context(|| format!("{} is no checkpoint", path.display())).map_err(wrong)?);
    }
    let listen = config.listen;
    let board = Board::open(config, &arguments.data, &at_least, Arc::new(SystemClock)).map_err(no)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no)?;
    runtime.block_on(async {
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("listen: {listen}")).map_err(wrong)?;
        let address = listener.local_addr().map_err(no)?;
        // Asked for before anybody is told that the board runs, so that no signal is missed.
        let mut terminate = signal(SignalKind::terminate()).map_err(no)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(no)?;
        let mut out = io::stdout();
        // Whoever started the board may have closed its output; it serves nevertheless.
        let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
        let end = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("ending after the batch in hand");
        };
        urna_board::run(Arc::new(board), listener, Limits::default(), end).await.map_err(no)
    })
}
