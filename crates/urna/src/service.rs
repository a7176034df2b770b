//! What `urna serve`, `urna authority`, `urna board` and `urna issuer` share: settings, messages, listening, signals, exit
//! status.

pub(crate) mod settings;

use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

use crate::answer::End;

/// Ready when somebody asks the service to end.
pub(crate) type Asked = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How a service says what it does.
#[derive(Args, Clone, Copy)]
pub(crate) struct Messages {
    /// How messages are written to standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    log: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line for people
    Text,
    /// A JSON object a line, for programs that collect messages
    Json,
}

/// Runs a service to its end. Its messages go to standard error.
pub(crate) fn run(command: &str, messages: Messages, work: impl FnOnce() -> Result<(), End>) -> ExitCode {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(LevelFilter::INFO)
        .with_target(false)
        // Standard error may be a file on the disk that is full. What cannot be said must not end whoever says it: with
        // this, the subscriber would complain to standard error by a macro that panics.
        .log_internal_errors(false);
    match messages.log {
        Format::Text => subscriber.init(),
        Format::Json => subscriber.json().flatten_event(true).init(),
    }
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(end) => crate::answer::finish(command, false, Err(end)),
    }
}

/// The threads on which a service runs.
pub(crate) fn runtime() -> Result<Runtime, End> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no)
}

/// The data, or the machine, says no.
pub(crate) fn no(error: impl Into<anyhow::Error>) -> End {
    End::no(format!("{:#}", error.into()))
}

/// Listens, says where on standard output, and serves until SIGTERM or SIGINT.
pub(crate) async fn listen<F>(
    address: SocketAddr,
    serve: impl FnOnce(TcpListener, Asked) -> F,
) -> Result<(), End>
where
    F: Future<Output = io::Result<()>>,
{
    let (listener, address) = bind("listen", address).await?;
    let asked = asked_to_end()?;
    announce(&format!("listening on http://{address}"));
    serve(listener, asked).await.map_err(no)
}

/// Listens; where, if the port is any free one. `setting` names the address for a message.
pub(crate) async fn bind(setting: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), End> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| End::unreadable(format!("{setting}: {address}: {error}")))?;
    let address = listener.local_addr().map_err(no)?;
    Ok((listener, address))
}

/// Ready at SIGTERM or SIGINT. Called before anybody is told that the service runs, so that no signal is missed.
pub(crate) fn asked_to_end() -> Result<Asked, End> {
    let mut terminate = signal(SignalKind::terminate()).map_err(no)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no)?;
    Ok(Box::pin(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending after what is in hand");
    }))
}

/// Says something on standard output. Whoever started the service may have closed it; it serves nevertheless.
pub(crate) fn announce(text: &str) {
    let mut out = io::stdout();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
