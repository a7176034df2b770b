//! The demo's services: an installation, further issuers, and the organiser who asks the authority.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rand_core::OsRng;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use urna_api::authority::{Cause, IssuerKeys, NewElection, NewKey, Role, Step};
use urna_api::client::{ApiKey, AuthorityClient, IssuerClient};
use urna_api::server::{Limits, SystemClock};
use urna_election::manifest::Manifest;
use urna_election::{Id, Plan, Slug};
use urna_issuer::{IssuerFolder, IssuerService, Served};

use super::ballot_file::BallotFile;
use super::{SLUG, Trustees, definition};
use crate::serve::config::Config;
use crate::serve::installation::{Data, Installation, Listeners};

/// How long a service may take for what it does by itself; it takes a second or two.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked meanwhile.
const ASK: Duration = Duration::from_millis(50);

/// The services of the demo, and whoever organises its election.
pub(super) struct Services {
    slug: Slug,
    authority: String,
    board_url: String,
    organiser: AuthorityClient,
    installed: Arc<IssuerService>,
    further: Vec<Further>,
    ending: watch::Sender<bool>,
    serving: Vec<JoinHandle<std::io::Result<()>>>,
}

/// An issuer beside the installation's own.
struct Further {
    id: Id,
    url: String,
    service: Arc<IssuerService>,
    folder: IssuerFolder,
}

impl Services {
    /// Starts an installation, and as many issuers beside its own as are wanted.
    pub(super) async fn start(folder: &Path, issuers: usize) -> anyhow::Result<Self> {
        let listeners = Listeners { vote: listen().await?, board: listen().await? };
        let (authority, board_url) = (url(&listeners.vote)?, url(&listeners.board)?);
        let runtime = tokio::runtime::Handle::current();
        let config = Config::parse("[board]\nname = \"demo.example\"\n")?;
        let opened = tokio::task::block_in_place(|| {
            let data = Data::new(&folder.join("installation"));
            Installation::open(data, &config, &listeners, Arc::new(SystemClock), runtime.clone())
        });
        let installation = opened?;
        let new = NewKey { account: "organiser".into(), role: Role::Owner, election: None, link: false };
        let key = ApiKey::parse(&installation.authority.make_first_key(&new)?.key)?;
        let ending = watch::Sender::new(false);
        let installed = Arc::clone(&installation.issuer);
        let mut serving = vec![tokio::spawn(installation.run(listeners, ended(&ending)))];
        let slug: Slug = SLUG.parse()?;
        let mut further = Vec::new();
        for number in 2..=issuers {
            let data = folder.join(format!("issuer-{number}"));
            let listener = listen().await?;
            let url = url(&listener)?;
            let service = Arc::new(IssuerService::new(&data, Arc::new(SystemClock), runtime.clone()));
            let run = urna_issuer::run(Arc::clone(&service), listener, Limits::default(), ended(&ending));
            serving.push(tokio::spawn(run));
            let folder = IssuerFolder::of(&data, &slug);
            further.push(Further { id: format!("issuer-{number}").parse()?, url, service, folder });
        }
        Ok(Self {
            organiser: AuthorityClient::with_key(&authority, key)?,
            slug,
            authority,
            board_url,
            installed,
            further,
            ending,
            serving,
        })
    }

    /// Where authority and first issuer are.
    pub(super) fn authority_url(&self) -> &str {
        &self.authority
    }

    /// The organiser's client.
    pub(super) const fn organiser(&self) -> &AuthorityClient {
        &self.organiser
    }

    /// Where everybody reads the record.
    pub(super) fn record_url(&self) -> String {
        format!("{}/{SLUG}/", self.board_url)
    }

    /// Draft, plan, and the keys of issuers; the installation's own gives its by itself.
    pub(super) async fn plan(&mut self, file: &BallotFile, trustees: Trustees) -> anyhow::Result<Plan> {
        let new = NewElection { slug: SLUG.into(), from: Some("meeting".into()) };
        let (mut draft, edit) = self.organiser.create(&new).await?;
        let own = std::iter::once(&self.authority);
        let issuers: Vec<_> = own.chain(self.further.iter().map(|issuer| &issuer.url)).cloned().collect();
        definition::fill(&mut draft, file, &issuers, trustees);
        self.organiser.edit(&self.slug, &draft, &edit).await?;
        self.organiser.fix_plan(&self.slug).await?;
        let plan = self.organiser.plan(&self.slug).await?;
        let classes: Vec<Id> =
            draft.classes.iter().map(|class| class.id.parse()).collect::<Result<_, _>>()?;
        for issuer in &self.further {
            let made = issuer.folder.make_keys(&plan, &issuer.id, &classes, &mut OsRng)?;
            let keys = IssuerKeys { keys: made.keys, signing_key: made.signing_key };
            self.organiser.put_issuer_keys(&self.slug, &issuer.id, &keys).await?;
        }
        Ok(plan)
    }

    /// Register, approval, publication. Further issuers begin to serve the election; the installation's own does so by itself.
    pub(super) async fn publish(&mut self, register: String) -> anyhow::Result<Manifest> {
        self.organiser.load_register(&self.slug, register.into_bytes(), false, Cause::Manual).await?;
        let started = Instant::now();
        loop {
            let problems = self.organiser.validate(&self.slug).await?.problems;
            let Some(first) = problems.first() else { break };
            if started.elapsed() > PATIENCE {
                let field = first.field.as_deref().unwrap_or("draft");
                bail!("the election cannot be published: {field}: {}", first.problem);
            }
            sleep(ASK).await;
        }
        let bytes = self.organiser.manifest(&self.slug).await?;
        let manifest = Manifest::parse(&bytes)?;
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.organiser.approve(&self.slug, &hash).await?;
        self.organiser.publish(&self.slug).await?;
        for issuer in &self.further {
            let served = Served {
                slug: self.slug.clone(),
                issuer: issuer.id.clone(),
                board: self.board_url.parse()?,
                election: *manifest.id(),
            };
            tokio::task::block_in_place(|| issuer.service.serve(served, false))?;
        }
        Ok(manifest)
    }

    /// Opens voting, and waits until every issuer knows. The personal links.
    pub(super) async fn open(&self) -> anyhow::Result<Vec<u8>> {
        self.organiser.open(&self.slug).await?;
        let urls = std::iter::once(&self.authority).chain(self.further.iter().map(|issuer| &issuer.url));
        for url in urls {
            let client = IssuerClient::new(url)?;
            self.until("an issuer does not open", async || {
                Ok(client.status(&self.slug).await.is_ok_and(|status| status.open))
            })
            .await?;
        }
        Ok(self.organiser.letters(&self.slug).await?.to_vec())
    }

    /// Closes voting, and waits for the lists of all issuers.
    pub(super) async fn close(&self) -> anyhow::Result<()> {
        self.organiser.close(&self.slug).await?;
        self.until("an issuer does not post its list", async || {
            let status = self.organiser.status(&self.slug).await?;
            let lists_are_missing = status.awaited.iter().any(|awaited| awaited.step == Step::PostIssuance);
            Ok(status.phase == "closed" && !lists_are_missing)
        })
        .await
    }

    /// Result and certification.
    pub(super) async fn certify(&self) -> anyhow::Result<()> {
        self.organiser.tally(&self.slug).await?;
        self.organiser.certify(&self.slug).await?;
        Ok(())
    }

    /// Ends all services, and waits until they have.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.ending.send_replace(true);
        for serving in self.serving {
            serving.await.context("a service")??;
        }
        Ok(())
    }

    /// Asks again and again, and has issuers look at the board meanwhile, as they do by themselves every two seconds.
    async fn until(
        &self,
        or: &str,
        mut what: impl AsyncFnMut() -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        while !what().await? {
            if started.elapsed() > PATIENCE {
                bail!("{or}");
            }
            self.installed.wake();
            self.further.iter().for_each(|issuer| issuer.service.wake());
            sleep(ASK).await;
        }
        Ok(())
    }
}

/// Ready when everything is to end.
fn ended(ending: &watch::Sender<bool>) -> impl Future<Output = ()> + use<> {
    let mut ended = ending.subscribe();
    async move {
        // An error means that the sender is gone, which is an end too.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// A free port of this machine.
async fn listen() -> anyhow::Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").await.context("no free port on 127.0.0.1")
}

fn url(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}
