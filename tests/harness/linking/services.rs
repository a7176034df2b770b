//! The authority, the issuer and the board as their crates serve them: HTTP on loopback, each with a folder of its own, and one
//! clock that stands still unless it is set.

use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use rand_core::OsRng;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use urna_api::authority::{
    Cause, Draft, IssuerKeys, IssuerParty, NewElection, NewKey, Role, TrusteeKey, TrusteeKeys,
    TrusteeParties, TrusteeParty,
};
use urna_api::client::{BoardClient, IssuerClient};
use urna_api::server::{Limits, described, serve};
use urna_authority::import::Form;
use urna_authority::{Authority, Caller};
use urna_crypto::{
    ElectionId, PlanId, Rehearsal, SharePossession, SignedEntry, TrusteePossession, TrusteeSecretKey,
    TrusteeShare, solo_share,
};
use urna_election::entry::{Ceremony, Entry, Kind, RehearsalDone, Signed};
use urna_election::invitation::Invitation;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::draft::{Batch, Class, ContestOption, Schedule};
use urna_election::{Id, Slug};
use urna_issuer::{IssuerFolder, IssuerService, Served};
use urna_log::Bundle;

use super::voting::Terms;

const SLUG: &str = "union-2031";
const ISSUER: &str = "office";
const TRUSTEE: &str = "anna";
/// The longest that a batch may wait: within one day, only its size counts.
const DAY: u64 = 86_400;
/// The first second, at which a day begins.
pub(super) const BEGIN: u64 = 22_000 * DAY;
/// How often something is asked for that takes its time, and how long.
const POLL: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(60);

/// One clock for services and voters.
#[derive(Clone)]
pub(super) struct SetClock(Arc<AtomicU64>);

impl SetClock {
    pub(super) fn set(&self, now: u64) {
        self.0.store(now, Ordering::SeqCst);
    }
}

impl urna_api::server::Clock for SetClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl urna_client::driver::Clock for SetClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    async fn wait(&self, _: Duration) {
        tokio::time::sleep(POLL).await;
    }
}

/// The head of a request, as whoever runs the service can see it.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Who sent it, and whether it was to cast a ballot.
    pub(super) sender: Sender,
    /// Which service.
    pub(super) service: &'static str,
    /// Its headers.
    pub(super) headers: Vec<(String, String)>,
}

/// Whose turn it is. An issuer reads who asks in the request; a board reads a pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    pub(super) person: usize,
    pub(super) casts: bool,
}

/// What is written down of requests.
#[derive(Clone, Default)]
pub(super) struct Heads(Arc<Mutex<(Option<Sender>, Vec<Head>)>>);

impl Heads {
    /// Whose turn it is.
    pub(super) fn of(&self, sender: Option<Sender>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = sender;
    }

    pub(super) fn take(&self) -> Vec<Head> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).1)
    }

    fn watched(&self, service: &'static str, routes: Router) -> Router {
        let heads = self.clone();
        routes.layer(middleware::from_fn(move |request: Request, next: Next| {
            let mut heads = heads.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(sender) = heads.0 {
                let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                };
                let headers = request.headers().iter().map(header).collect();
                heads.1.push(Head { sender, service, headers });
            }
            next.run(request)
        }))
    }
}

/// The services of one election, and what was needed to found it.
pub(super) struct Services {
    pub(super) clock: SetClock,
    pub(super) heads: Heads,
    pub(super) board: BoardClient,
    pub(super) slug: Slug,
    pub(super) election: ElectionId,
    authority: Arc<Authority>,
    organiser: Caller,
    issuer: Option<Arc<IssuerService>>,
    /// True when they are to end.
    ending: watch::Sender<bool>,
    listening: Vec<JoinHandle<()>>,
}

/// A listener, and the address at which clients find it.
async fn listen() -> Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

/// Serves these routes until all end.
fn listened(ending: &watch::Sender<bool>, listener: TcpListener, routes: Router) -> JoinHandle<()> {
    let mut ended = ending.subscribe();
    tokio::spawn(async move {
        let end = async move {
            // Whoever would say so is gone, which is an end too.
            let _ = ended.wait_for(|ended| *ended).await;
        };
        // A listener that fails is noticed by whoever asks it.
        let _ = serve(listener, routes, Limits::default(), end).await;
    })
}

fn text(english: impl Into<String>) -> urna_election::manifest::draft::Texts {
    [("en".to_owned(), english.into())].into()
}

/// The class of a person.
pub(super) fn class(person: usize, terms: &Terms) -> String {
    format!("class-{}", person % terms.classes.max(1))
}

/// The draft of the election.
fn complete(mut draft: Draft, terms: &Terms, issuer: &str) -> Draft {
    let class = |id: String| Class {
        ballot_style: "all".into(),
        district: None,
        title: text(id.clone()),
        id,
        weight: Integer::from(1_u32),
    };
    let option = |id: &str| ContestOption { description: None, id: id.into(), title: text(id) };
    draft.title = text("Union election 2031");
    draft.organiser.name = "Student Union".into();
    draft.organiser.contact = "elections@union.example".into();
    draft.classes = (0..terms.classes.max(1)).map(|place| class(format!("class-{place}"))).collect();
    if let Some(contest) = draft.contests.first_mut() {
        contest.title = text("Shall it be so?");
        contest.options = vec![option("yes"), option("no")];
    }
    draft.issuers =
        vec![IssuerParty { id: ISSUER.into(), name: "The office".into(), url: issuer.to_owned() }];
    let anna = TrusteeParty { id: TRUSTEE.into(), name: "Anna".into() };
    draft.trustees = TrusteeParties { members: vec![anna], solo: true, threshold: Integer::from(1_u32) };
    draft.policy.batch = Batch { min: Integer::from(terms.batch), wait: Integer::from(86_400_u32) };
    draft.schedule = Schedule::Manual;
    draft
}

/// The one trustee, who holds the whole key.
struct Trustee {
    key: TrusteeSecretKey,
    share: TrusteeShare,
}

impl Trustee {
    fn new(plan: &PlanId) -> Self {
        let key = TrusteeSecretKey::generate(&mut OsRng);
        let share = solo_share(plan, &key, &mut OsRng);
        Self { key, share }
    }

    fn keys(&self, plan: &PlanId) -> TrusteeKeys {
        let statement = TrusteePossession { plan, trustee: TRUSTEE };
        let member = TrusteeKey {
            id: TRUSTEE.into(),
            key: Base64(self.key.public().to_bytes()),
            possession: Base64(self.key.prove_possession(&statement, &mut OsRng).to_bytes()),
            share_key: Base64(self.share.share_key().to_bytes()),
        };
        TrusteeKeys { election_key: Base64(self.share.election_key().to_bytes()), members: vec![member] }
    }

    async fn rehearse(&self, board: &BoardClient, slug: &Slug, election: &ElectionId) -> Result<()> {
        let anna: Id = TRUSTEE.parse()?;
        let sign = |statement: &SignedEntry<'_>| self.key.sign(statement, &mut OsRng);
        let statement = SharePossession { election, trustee: 1 };
        let possession = Base64(self.share.prove_possession(&statement, &mut OsRng));
        let ceremony = Ceremony { possession, round_1: None };
        let ceremony: Entry = Signed::by_party(election, &anna, 0_u32.into(), ceremony, sign).into();
        board.post_trustee(slug, &anna, ceremony.to_bytes()).await?;
        let rehearsal = Base64(Rehearsal::new(election, &self.share, &mut OsRng));
        let done: Entry =
            Signed::by_party(election, &anna, 1_u32.into(), RehearsalDone { rehearsal }, sign).into();
        board.post_trustee(slug, &anna, done.to_bytes()).await?;
        Ok(())
    }
}

impl Services {
    /// Starts all three in folders below this one, and brings the election as far as voting. Answers with everybody's link too.
    pub(super) async fn start(folder: &Path, terms: &Terms) -> Result<(Self, Vec<Invitation>)> {
        let clock = SetClock(Arc::new(AtomicU64::new(BEGIN)));
        let heads = Heads::default();
        let (ending, _) = watch::channel(false);
        let data = |name: &str| folder.join(name);

        // The authority's key is named in the board's configuration, and the board's address in the authority's.
        let signing = urna_authority::Folder::new(data("authority")).make_signing_key(&mut OsRng)?;
        let (listener, board_url) = listen().await?;
        let key = serde_json::to_string(&Base64(signing.public().to_bytes()))?;
        let config = format!(
            "name = \"board.example\"\nurl = \"{board_url}\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{key}]\n"
        );
        let config = urna_board::Config::parse(&config)?;
        let board = Arc::new(urna_board::Board::open(config, &data("board"), &[], Arc::new(clock.clone()))?);
        let routes = described(urna_board::routes(board, Limits::default()), Vec::new, Limits::default());
        let mut listening = vec![listened(&ending, listener, heads.watched("board", routes))];
        let board = BoardClient::new(&board_url)?;

        let (listener, url) = listen().await?;
        let config = format!("url = \"{url}\"\nlisten = \"127.0.0.1:0\"\nboard = \"{board_url}\"\n");
        let config = urna_authority::Config::parse(&config)?;
        let authority = Arc::new(Authority::open(config, &data("authority"), Arc::new(clock.clone()))?);
        let made = authority.make_first_key(&NewKey {
            account: "eva".into(),
            role: Role::Owner,
            election: None,
            link: false,
        })?;
        let organiser = authority.authenticate(&made.key)?;
        let routes = described(
            urna_authority::routes(Arc::clone(&authority), Limits::default()),
            Vec::new,
            Limits::default(),
        );
        listening.push(listened(&ending, listener, heads.watched("authority", routes)));

        let (issuer_listener, issuer_url) = listen().await?;
        let mut services = Self {
            clock,
            heads,
            board,
            slug: SLUG.parse()?,
            election: ElectionId::from_bytes([0; 32]),
            authority,
            organiser,
            issuer: None,
            ending,
            listening,
        };
        services.election = services.found(&data("issuer"), terms, &issuer_url).await?;

        let service =
            IssuerService::new(&data("issuer"), Arc::new(services.clock.clone()), Handle::current());
        let service = Arc::new(service);
        let served = Served {
            slug: services.slug.clone(),
            issuer: ISSUER.parse()?,
            board: board_url.parse()?,
            election: services.election,
        };
        let serving = Arc::clone(&service);
        tokio::task::spawn_blocking(move || serving.serve(served, false)).await??;
        let routes = described(
            urna_issuer::routes(Arc::clone(&service), Limits::default()),
            Vec::new,
            Limits::default(),
        );
        let routes = services.heads.watched("issuer", routes);
        services.listening.push(listened(&services.ending, issuer_listener, routes));
        services.issuer = Some(service);
        let (client, slug) = (IssuerClient::new(&issuer_url)?, services.slug.clone());
        services.until(async || client.status(&slug).await.is_ok_and(|status| status.open)).await?;
        let links = services.links()?;
        Ok((services, links))
    }

    /// From the draft to voting.
    async fn found(&self, issuer_data: &Path, terms: &Terms, issuer_url: &str) -> Result<ElectionId> {
        let (authority, eva, slug) = (&self.authority, &self.organiser, &self.slug);
        let new = NewElection { slug: SLUG.into(), from: None };
        let (draft, version) = authority.create(eva, &new)?;
        authority.edit(eva, slug, &complete(draft, terms, issuer_url), version)?;
        let plan = authority.fix_plan(eva, slug).await?;
        let classes: Vec<Id> =
            (0..terms.classes.max(1)).map(|place| class(place, terms).parse()).collect::<Result<_, _>>()?;
        let made =
            IssuerFolder::of(issuer_data, slug).make_keys(&plan, &ISSUER.parse()?, &classes, &mut OsRng)?;
        let keys = IssuerKeys { keys: made.keys, signing_key: made.signing_key };
        authority.take_issuer_keys(slug, ISSUER, keys)?;
        let trustee = Trustee::new(&plan.id());
        authority.take_trustee_keys(eva, slug, trustee.keys(&plan.id()))?;
        let row = |person: usize| {
            format!("p{person:05},Person {person:05},p{person:05}@uni.example,{}\n", class(person, terms))
        };
        let rows: String = (0..terms.voters).map(row).collect();
        let list = format!("id,name,e-mail,class\n{rows}").into_bytes();
        authority.load_register(eva, slug, list, Form::Csv, Cause::Manual).await?;
        let manifest = authority.manifest(Some(eva), slug)?;
        let id: [u8; 32] = Sha256::digest(&manifest).into();
        authority.approve(eva, slug, &id)?;
        authority.publish(eva, slug, SLUG).await?;
        if let Some((_, error)) = authority.tick().await.into_iter().next() {
            return Err(error.into());
        }
        let election = ElectionId::from_bytes(id);
        trustee.rehearse(&self.board, slug, &election).await?;
        authority.open_voting(eva, slug, SLUG).await?;
        Ok(election)
    }

    /// Everybody's link, by person.
    fn links(&self) -> Result<Vec<Invitation>> {
        let letters = self.authority.letters(&self.organiser, &self.slug)?;
        let mut rows: Vec<(String, Invitation)> = Vec::new();
        for row in str::from_utf8(&letters)?.lines().skip(1) {
            let mut fields = row.split(',');
            let person = fields.next().context("a person")?.to_owned();
            rows.push((person, fields.nth(3).context("a link")?.parse()?));
        }
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(rows.into_iter().map(|(_, link)| link).collect())
    }

    /// Closes voting, and waits for the issuer's list.
    pub(super) async fn close(&self) -> Result<()> {
        self.authority.close_voting(&self.organiser, &self.slug, SLUG).await?;
        self.until(async || {
            let page = self.board.official(&self.slug, None).await;
            let kinds = |entry: &urna_api::board::OfficialEntry| {
                Entry::parse(&entry.entry.0).is_ok_and(|entry| entry.kind() == Kind::Issuance)
            };
            page.is_ok_and(|page| page.entries.iter().any(kinds))
        })
        .await?;
        Ok(())
    }

    /// The entries of the public log, by index.
    pub(super) async fn public_log(&self) -> Result<Vec<Vec<u8>>> {
        let size = self.board.checkpoint(&self.slug).await?.unverified().head.size;
        let mut entries = Vec::new();
        for bundle in Bundle::between(0, size) {
            let bytes = self.board.bundle(&self.slug, bundle).await?;
            entries.extend(bundle.parse(&bytes)?.into_iter().map(<[u8]>::to_vec));
        }
        Ok(entries)
    }

    /// Ends all three; their files are nobody's then.
    pub(super) async fn stop(self) -> Result<()> {
        self.ending.send_replace(true);
        for listening in self.listening {
            listening.await?;
        }
        if let Some(issuer) = self.issuer {
            tokio::task::spawn_blocking(move || issuer.stop()).await?;
        }
        Ok(())
    }

    /// Waits until it is so; who polls is woken.
    async fn until<F: Future<Output = bool>>(&self, mut what: impl FnMut() -> F) -> Result<()> {
        let begin = Instant::now();
        loop {
            if let Some(issuer) = &self.issuer {
                issuer.wake();
            }
            if what().await {
                return Ok(());
            }
            ensure!(begin.elapsed() < PATIENCE, "it does not come to that");
            tokio::time::sleep(POLL).await;
        }
    }
}
