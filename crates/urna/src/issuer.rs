//! `urna issuer`: runs an issuer, or makes its keys for an election.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use rand_core::OsRng;
use tokio::signal::unix::{Signal, SignalKind, signal};
use urna_api::server::{Limits, SystemClock};
use urna_election::{Id, Plan, Slug};
use urna_issuer::{Config, IssuerFolder, IssuerService};

use crate::answer::{Answer, End, finish};
use crate::service::{self, Messages, settings::Settings};

/// Run an issuer, which signs one token for each entitled voter without seeing whose; or make its keys
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
The configuration is a TOML document:

  listen = \"127.0.0.1:8082\"            # where it listens, behind a proxy that does TLS

  [[elections]]                        # each election that this issuer serves
  slug = \"council-2027\"
  issuer = \"office\"                    # which of the election's issuers this is
  board = \"https://board.example\"
  election = \"6dccd5a0…\"               # the election id as it was announced, 64 digits

The keys of an election are made first, with `urna issuer keys`, in the same DIR, and given to the authority; the election
comes into the configuration when it is published.

To add an election while others go on: add it to the configuration and send SIGHUP (kill -HUP). What is served already goes
on, with its open sessions. An election that is taken out of the file is served until the next start. A restart is safe too,
but loses the sessions that voters have open just then: they start again by themselves.

When it is ready it prints one line on standard output, `listening on http://ADDRESS`; everything else goes to standard
error. SIGTERM or Ctrl-C ends it. After the close it posts what it issued to the board, and destroys the election's keys. If
the election's rules ask for a roll (issuance: with_ballot), it has written DIR/<slug>/roll.csv then: give it to the organiser.

Never copy DIR while it runs, and never start an older copy: with it, people could take a second token. If the store of an
election is lost for good, the issuer refuses to start; --accept-loss SLUG says that you know what that means
(spec/threat-model.md).

Exit status: 0 ended as asked; 1 an election's keys or store are missing, older or in use; 2 the configuration or an
argument is wrong.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    keys: Option<Command>,
    /// Where the issuer keeps its elections, each in a folder of its own
    #[arg(long, value_name = "DIR", required = true)]
    data: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    messages: Messages,
    /// Start although this election's store was lost for good: whoever had a token can then take a second one (may be
    /// repeated)
    #[arg(long, value_name = "SLUG")]
    accept_loss: Vec<Slug>,
}

#[derive(Subcommand)]
enum Command {
    /// Make this issuer's keys for a plan, once, and print the public ones with their proofs
    Keys(KeysArguments),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna issuer keys plan.json --issuer office --class students --class staff --data /var/lib/urna-issuer > office.json

PLAN is what `urna election plan SLUG --save plan.json` writes; it is public. The secret keys go to DIR/<slug>/keys, readable
by you only; they are made once, and destroyed after the election. What is printed is for the organiser:

  urna election keys council-2027 --issuer office office.json

The same command again prints the same keys, with new proofs.")]
struct KeysArguments {
    /// File with the election's plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Which of the plan's issuers this is
    #[arg(long, value_name = "ID")]
    issuer: Id,
    /// A class of voters, each with a key of its own; all that the election has, in its order
    #[arg(long = "class", value_name = "ID", required = true)]
    classes: Vec<Id>,
    /// Where the issuer keeps its elections
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match (&arguments.keys, &arguments.data) {
        (Some(Command::Keys(keys)), _) => finish("urna issuer keys", false, make_keys(keys)),
        (None, Some(data)) => service::run("urna issuer", arguments.messages, || {
            serve(data, &arguments.settings, &arguments.accept_loss)
        }),
        // The parser asks for it.
        (None, None) => finish("urna issuer", false, Err(End::unreadable("--data is needed"))),
    }
}

/// `urna issuer keys`. The document is what the authority takes.
fn make_keys(arguments: &KeysArguments) -> Result<Answer, End> {
    let KeysArguments { plan, issuer, classes, data } = arguments;
    let wrong = |error: &dyn std::fmt::Display| End::unreadable(format!("{}: {error}", plan.display()));
    let bytes = fs::read(plan).map_err(|error| wrong(&error))?;
    let plan =
        Plan::parse(bytes.trim_ascii()).map_err(|error| wrong(&format_args!("is no plan: {error}")))?;
    let folder = IssuerFolder::of(data, &plan.slug);
    let keys = folder.make_keys(&plan, issuer, classes, &mut OsRng).map_err(service::no)?;
    let document = serde_json::to_value(&keys).unwrap_or_default();
    Ok(Answer::yes(document.to_string(), document))
}

fn serve(data: &Path, settings: &Settings, accept_loss: &[Slug]) -> Result<(), End> {
    let config = settings.read(Config::parse)?;
    let slugs: BTreeSet<&Slug> = config.elections.iter().map(|served| &served.slug).collect();
    if let Some(unknown) = accept_loss.iter().find(|slug| !slugs.contains(slug)) {
        return Err(End::unreadable(format!(
            "--accept-loss {unknown}: the configuration has no such election"
        )));
    }
    let runtime = service::runtime()?;
    let issuer = Arc::new(IssuerService::new(data, Arc::new(SystemClock), runtime.handle().clone()));
    let failed: Vec<String> = config
        .elections
        .into_iter()
        .filter_map(|served| {
            let accepted = accept_loss.contains(&served.slug);
            issuer.serve(served, accepted).err().map(|error| error.to_string())
        })
        .collect();
    if !failed.is_empty() {
        issuer.stop();
        return Err(End::no(failed.join("\nurna issuer: ")));
    }
    // Asked for before anybody is told that the issuer runs: unasked, it would end the process.
    let hangup = runtime.block_on(async { signal(SignalKind::hangup()) }).map_err(service::no)?;
    runtime.block_on(service::listen(config.listen, |listener, asked| {
        let (reading, settings) = (Arc::clone(&issuer), settings.clone());
        async move {
            let reread = tokio::spawn(read_again(hangup, reading, settings));
            let served = urna_issuer::run(issuer, listener, Limits::default(), asked).await;
            reread.abort();
            served
        }
    }))
}

/// Begins to serve what was added to the configuration, at every SIGHUP.
async fn read_again(mut hangup: Signal, issuer: Arc<IssuerService>, settings: Settings) {
    while hangup.recv().await.is_some() {
        let (issuer, settings) = (Arc::clone(&issuer), settings.clone());
        // Opening a store waits for the disk, and fetching a manifest for the board.
        let _ = tokio::task::spawn_blocking(move || serve_added(&issuer, &settings)).await;
    }
}

fn serve_added(issuer: &IssuerService, settings: &Settings) {
    let elections = match settings.read(Config::parse) {
        Ok(config) => config.elections,
        Err(end) => return tracing::error!(error = %end, "the configuration was not read again"),
    };
    for served in elections.into_iter().filter(|served| !issuer.is_served(&served.slug)) {
        if let Err(error) = issuer.serve(served, false) {
            tracing::error!(%error, "an election that was added is not served");
        }
    }
    tracing::info!("the configuration was read again");
}
