//! `urna bench issue`: a board and an issuer in processes of their own, and as many voters as it takes.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use rand_core::{OsRng, RngCore};
use tokio::time::sleep;
use urna_api::client::{BoardClient, IssuerClient};
use urna_api::issuer::SessionAnswered;
use urna_crypto::Ed25519SigningKey;
use urna_election::Slug;
use urna_election::manifest::InterimFigures;
use urna_issuer::{IssuerFolder, Served};

use super::Folder;
use super::figures::{Figure, Measured, Report};
use super::machine::Machine;
use crate::load::{Asked, Asker, Batch, IssuerElsewhere, Pace, Planned, ServiceFolder, Shape, paced};
use crate::progress::progress_bar;

/// How long the issuer may take to read the register before something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is asked whether it has.
const POLL: Duration = Duration::from_millis(50);

#[derive(clap::Args)]
#[command(after_help = "\
One election with one voter class and one issuer, whose register is on a board beside it. A voter signs the first move, gets a
session, blinds and signs the second, and gets the answer, whose row is on the disk by then; a token is what both moves
bring. What the voters compute for it is measured too, except the last check, which is made of every token afterwards.

`N at a time`: N voters at once on open connections, the next N when all of them have their token. `in flight`: N voters under
way at every moment. The rates are those of the disk that --dir lies on.

The goal is 1,000 tokens a second, with the voters on the same two cores (spec/performance.md).

Exit status: 0 every voter has a valid token, however fast; 1 one has not; 2 wrong arguments, or no issuer.")]
pub(crate) struct Arguments {
    /// How many voters for each figure
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    voters: u32,
    /// How many voters come at a time, a figure for each
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,100,1000",
          value_parser = clap::value_parser!(u32).range(1..=4_000))]
    batch: Vec<u32>,
    /// How many voters are under way for the last figure; 0 leaves it out
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(..=4_000))]
    in_flight: u32,
    /// Print JSON instead of the table
    #[arg(long)]
    pub(super) json: bool,
    /// The folder for the data of issuer and board, on the disk to be measured [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Arguments {
    /// What is measured if nothing is said, with so many voters.
    pub(super) fn usual(voters: u32, dir: Option<PathBuf>) -> Self {
        Self { voters, batch: vec![1, 100, 1_000], in_flight: 256, json: false, dir }
    }
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    super::finish("urna bench issue", arguments.json, measure(arguments))
}

/// The report, and what was said to a voter who got no token.
pub(super) async fn measure(arguments: &Arguments) -> anyhow::Result<(Report, Option<String>)> {
    let paces = super::paces(&arguments.batch, arguments.in_flight)?;
    ensure!(!paces.is_empty(), "nothing is to be measured; give --batch or --in-flight");
    let voters = usize::try_from(arguments.voters)?;
    let folder = Folder::new(arguments.dir.as_deref())?;
    let program = std::env::current_exe().context("which program is this?")?;

    let mut seed = [0; 32];
    OsRng.fill_bytes(&mut seed);
    let authority = Ed25519SigningKey::from_bytes(&seed);
    let board = ServiceFolder::board(program.clone(), &folder.0.join("board"), &authority.public())?;
    let board = board.start()?.listening().await?;
    let slug: Slug = format!("load-{:016x}", OsRng.next_u64()).parse()?;
    let planned = Planned::new(authority, slug.clone())?;
    let shape = Shape {
        voters: voters * paces.len(),
        ballots_each: 1,
        classes: 1,
        batch: Batch { min: 1, wait: 1 },
        interim_figures: InterimFigures::Turnout,
    };
    let id = planned.plan().issuers.first().context("a plan without issuers")?.id.clone();
    let issuer_folder = folder.0.join("issuer");
    let keys = IssuerFolder::of(&issuer_folder.join("data"), &slug);
    let keys = keys.make_keys(planned.plan(), &id, &shape.class_ids()?, &mut OsRng)?;
    // Nobody asks for it: the voters know where the issuer listens.
    let elsewhere = IssuerElsewhere { url: "https://issuer.example".to_owned(), keys };
    let prepared = planned.open_issuance(&BoardClient::new(board.url())?, &shape, &elsewhere).await?;

    let served = Served {
        slug: slug.clone(),
        issuer: id,
        board: board.url().parse()?,
        election: *prepared.manifest.id(),
    };
    let issuer = ServiceFolder::issuer(program, &issuer_folder, (Ipv4Addr::LOCALHOST, 0).into(), &[served])?;
    let issuer = issuer.start()?.listening().await?;
    let client = IssuerClient::new(issuer.url())?;
    wait_until_open(&client, &slug).await?;

    let mut report = Report {
        machine: Machine::this(),
        date: now()?,
        version: env!("CARGO_PKG_VERSION"),
        measured: Measured::Tokens,
        figures: Vec::new(),
        kept: None,
    };
    let mut refused = None;
    let mut askers = prepared.askers.into_iter().map(Arc::new);
    for pace in paces {
        let askers: Vec<_> = askers.by_ref().take(voters).collect();
        let figure = take_figure(&client, &slug, askers, pace, &mut refused).await?;
        report.figures.push(figure);
    }
    for (role, process) in [("issuer", issuer), ("board", board)] {
        let status = process.stop().await?;
        ensure!(status.success(), "the {role} ended with {status}");
    }
    Ok((report, refused))
}

/// A voter with the issuer's answer, which is still to be checked.
type Taken = (Arc<Asker>, Asked, SessionAnswered);

async fn take_figure(
    client: &IssuerClient,
    slug: &Slug,
    askers: Vec<Arc<Asker>>,
    pace: Pace,
    refused: &mut Option<String>,
) -> anyhow::Result<Figure> {
    let taken: Arc<Mutex<Vec<Taken>>> = Arc::default();
    let ask = {
        let (client, slug, taken) = (client.clone(), slug.clone(), Arc::clone(&taken));
        move |asker: Arc<Asker>| {
            let (client, slug, taken) = (client.clone(), slug.clone(), Arc::clone(&taken));
            async move {
                let (asked, answered) =
                    take(&client, &slug, &asker).await.map_err(|error| format!("{error:#}"))?;
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.push((asker, asked, answered));
                Ok(false)
            }
        }
    };
    let progress = progress_bar("tokens", askers.len());
    let sent = paced(askers, pace, &progress, ask).await?;
    progress.finish_and_clear();
    if let Some((error, count)) = &sent.refused {
        refused.get_or_insert_with(|| format!("{count} voters got no token, the first with: {error}"));
    }
    let taken = std::mem::take(&mut *taken.lock().unwrap_or_else(PoisonError::into_inner));
    for (asker, asked, answered) in taken {
        if let Err(error) = asker.finish(asked, &answered) {
            refused.get_or_insert_with(|| format!("an answer gives no token: {error:#}"));
        }
    }
    Ok(Figure::new(pace, &sent))
}

/// Both moves.
async fn take(client: &IssuerClient, slug: &Slug, asker: &Asker) -> anyhow::Result<(Asked, SessionAnswered)> {
    let opened = client.open_session(slug, &asker.open(now()?)?).await?;
    let asked = asker.challenge(&opened)?;
    let answered = client.ask_answer(slug, &asked.session, &asked.body).await?;
    Ok((asked, answered))
}

/// Until the issuer has read the register.
async fn wait_until_open(client: &IssuerClient, slug: &Slug) -> anyhow::Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        let said = match client.status(slug).await {
            Ok(status) if status.open => return Ok(()),
            Ok(_) => "it is not open".to_owned(),
            Err(error) => error.to_string(),
        };
        if waited >= PATIENCE {
            bail!("the issuer does not begin to issue: {said}");
        }
        sleep(POLL).await;
        waited += POLL;
    }
}

fn now() -> anyhow::Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
