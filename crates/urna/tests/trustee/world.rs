//! A whole organisation in this process, with the machine's clock: authority, board and one issuer, each on its disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand_core::OsRng;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use urna_api::authority::{
    Cause, Draft, IssuerParty, NewElection, NewKey, Role, TrusteeParties, TrusteeParty,
};
use urna_api::client::{ApiKey, AuthorityClient, BoardClient};
use urna_api::server::{Limits, SystemClock};
use urna_authority::{Authority, Folder};
use urna_board::Board;
use urna_client::Invitation;
use urna_client::driver::{Driver, FileStorage};
use urna_election::entry::{Entry, Kind};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::ContestOption;
use urna_election::selection::Choice;
use urna_election::{Plan, Slug};
use urna_issuer::{IssuerFolder, IssuerService, Served};
use zeroize::Zeroizing;

use crate::running::scratch;

pub(crate) const SLUG: &str = "union-2030";

pub(crate) fn slug() -> Slug {
    SLUG.parse().unwrap()
}

/// A board that can be stopped.
pub(crate) struct RunningBoard {
    pub(crate) url: String,
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningBoard {
    pub(crate) async fn stop(self) {
        let _ = self.end.send(());
        self.task.await.unwrap();
    }
}

pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) authority: String,
    pub(crate) organiser: AuthorityClient,
    pub(crate) board_url: String,
    pub(crate) plan: Plan,
    /// The organiser's API key.
    pub(crate) key: String,
    authority_key: String,
    issuer: Option<Arc<IssuerService>>,
}

impl World {
    /// A plan with these trustees, of whom two open; the issuer's keys are there. And the board.
    pub(crate) async fn new(name: &str, trustees: &[&str]) -> (Self, RunningBoard) {
        let folder = scratch(name);
        let [board_port, authority_port] = [listen(0).await, listen(0).await];
        let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (board_url, authority) = (url(&board_port), url(&authority_port));
        let signing_key = Folder::new(folder.join("authority")).make_signing_key(&mut OsRng).unwrap();
        let authority_key = serde_json::to_string(&Base64(signing_key.public().to_bytes())).unwrap();
        let board = serve_board(&folder.join("board"), board_port, &board_url, &authority_key);

        let config = format!("url = \"{authority}\"\nlisten = \"127.0.0.1:0\"\nboard = \"{board_url}\"\n");
        let config = urna_authority::Config::parse(&config).unwrap();
        let service =
            Arc::new(Authority::open(config, &folder.join("authority"), Arc::new(SystemClock)).unwrap());
        let new = NewKey { account: "eva".into(), role: Role::Owner, election: None, link: false };
        let key = service.make_first_key(&new).unwrap().key;
        let api_key = ApiKey::parse(&key).unwrap();
        tokio::spawn(urna_authority::run(service, authority_port, Limits::default(), std::future::pending()));
        let organiser = AuthorityClient::with_key(&authority, api_key).unwrap();
        let issuer_url = url(&listen(0).await);
        let (plan, issuer) = (planned(&organiser, trustees, &issuer_url).await, "office".parse().unwrap());
        let classes = ["voters".parse().unwrap()];
        let keys = IssuerFolder::of(&folder.join("issuer"), &slug());
        let keys = keys.make_keys(&plan, &issuer, &classes, &mut OsRng).unwrap();
        let keys = urna_api::authority::IssuerKeys { keys: keys.keys, signing_key: keys.signing_key };
        organiser.put_issuer_keys(&slug(), &issuer, &keys).await.unwrap();
        let world = Self { folder, authority, organiser, board_url, plan, key, authority_key, issuer: None };
        (world, board)
    }

    /// The board on a folder of data, at its own address or another one.
    pub(crate) async fn serve(&self, data: &Path, is_its_own: bool) -> RunningBoard {
        let port = if is_its_own { self.board_url.rsplit(':').next().unwrap().parse().unwrap() } else { 0 };
        let listener = listen(port).await;
        let url = format!("http://{}", listener.local_addr().unwrap());
        serve_board(data, listener, &url, &self.authority_key)
    }

    /// Register, approval, publication; the issuer starts.
    pub(crate) async fn publish(&mut self) -> Manifest {
        let list = (0..6).fold("id,name,e-mail\n".to_owned(), |list, person| {
            format!("{list}p{person},Person {person},\n")
        });
        self.organiser.load_register(&slug(), list.into_bytes(), false, Cause::Manual).await.unwrap();
        let bytes = self.organiser.manifest(&slug()).await.unwrap();
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.organiser.approve(&slug(), &hash).await.unwrap();
        self.organiser.publish(&slug()).await.unwrap();
        let manifest = Manifest::parse(&bytes).unwrap();
        let (data, runtime) = (self.folder.join("issuer"), tokio::runtime::Handle::current());
        let service = Arc::new(IssuerService::new(&data, Arc::new(SystemClock), runtime));
        let served = Served {
            slug: slug(),
            issuer: "office".parse().unwrap(),
            board: self.board_url.parse().unwrap(),
            election: *manifest.id(),
        };
        let serving = Arc::clone(&service);
        tokio::task::spawn_blocking(move || serving.serve(served, false)).await.unwrap().unwrap();
        let port = manifest.issuers()[0].url.rsplit(':').next().unwrap().parse().unwrap();
        tokio::spawn(urna_issuer::run(
            Arc::clone(&service),
            listen(port).await,
            Limits::default(),
            std::future::pending(),
        ));
        self.issuer = Some(service);
        manifest
    }

    /// The personal links, by person.
    pub(crate) async fn invitations(&self) -> Vec<Invitation> {
        let letters = self.organiser.letters(&slug()).await.unwrap();
        let letters = String::from_utf8_lossy(&letters).into_owned();
        let link = |row: &str| row.split(',').find(|part| part.contains("/vote/")).unwrap().parse().unwrap();
        letters.lines().skip(1).map(link).collect()
    }

    /// A person takes a token and casts a ballot for this option.
    pub(crate) async fn vote(&self, invitation: &Invitation, option: u16) {
        let file = FileStorage::open(self.folder.join(format!("vote-{}", invitation.person()))).unwrap();
        let mut driver = Driver::new(file, urna_client::driver::SystemClock, urna_api::client::Native::new());
        self.issuer.as_ref().unwrap().wake();
        driver.open(Some(invitation)).await.unwrap();
        driver.tokens().await.unwrap();
        driver.cast(&Zeroizing::new(vec![Choice::Marks(vec![option])])).await.unwrap();
        assert!(driver.wait_for_receipt(u64::MAX).await.unwrap().is_some());
    }

    /// Waits until the board has the issuer's list.
    pub(crate) async fn issued(&self) {
        self.until(async || {
            self.entries(&self.board()).await.iter().any(|entry| entry.kind() == Kind::Issuance)
        })
        .await;
    }

    /// Waits until it is so; the issuer, which follows the board every two seconds, is woken.
    pub(crate) async fn until(&self, mut what: impl AsyncFnMut() -> bool) {
        let begin = Instant::now();
        loop {
            self.issuer.iter().for_each(|issuer| issuer.wake());
            if what().await {
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "it does not come to that");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn board(&self) -> BoardClient {
        BoardClient::new(&self.board_url).unwrap()
    }

    /// What a board shows of the official entries.
    pub(crate) async fn entries(&self, board: &BoardClient) -> Vec<Entry> {
        let page = board.official(&slug(), None).await.unwrap();
        assert!(!page.more);
        page.entries.iter().map(|entry| Entry::parse(&entry.entry.0).unwrap()).collect()
    }

    /// Gives another board the entries of these kinds that the first one has, and their blobs: what whoever has both boards'
    /// disks could do.
    pub(crate) async fn replay(&self, to: &BoardClient, data: &Path, kinds: &[Kind]) {
        let blobs = |data: &Path| data.join(SLUG).join("blobs");
        for blob in fs::read_dir(blobs(&self.folder.join("board"))).unwrap() {
            let blob = blob.unwrap();
            fs::copy(blob.path(), blobs(data).join(blob.file_name())).unwrap();
        }
        for entry in self.entries(&self.board()).await {
            let bytes = entry.to_bytes();
            match &entry {
                _ if !kinds.contains(&entry.kind()) => {}
                Entry::Issuance(list) => drop(to.post_issuer(&slug(), &list.signer, bytes).await.unwrap()),
                _ => drop(to.post_authority(&slug(), bytes).await.unwrap()),
            }
        }
    }
}

async fn listen(port: u16) -> TcpListener {
    TcpListener::bind(("127.0.0.1", port)).await.unwrap()
}

fn serve_board(data: &Path, listener: TcpListener, url: &str, authority: &str) -> RunningBoard {
    fs::create_dir_all(data).unwrap();
    let config = format!(
        "name = \"board.example\"\nurl = \"{url}\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{authority}]\n"
    );
    let config = urna_board::Config::parse(&config).unwrap();
    let begin = Instant::now();
    // Tasks of the one before may hold the folder for a moment.
    let board = loop {
        match Board::open(config.clone(), data, &[], Arc::new(SystemClock)) {
            Ok(board) => break Arc::new(board),
            Err(error) => assert!(begin.elapsed() < Duration::from_secs(30), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let (end, ended) = oneshot::channel();
    let task = tokio::spawn(async move {
        let end = async {
            let _ = ended.await;
        };
        urna_board::run(board, listener, Limits::default(), end).await.unwrap();
    });
    RunningBoard { url: url.to_owned(), end, task }
}

/// The draft of a small election, and its plan.
async fn planned(organiser: &AuthorityClient, trustees: &[&str], issuer: &str) -> Plan {
    let new = NewElection { slug: SLUG.into(), from: Some("meeting".into()) };
    let (mut draft, edit): (Draft, _) = organiser.create(&new).await.unwrap();
    let text = |text: &str| [("en".to_owned(), text.to_owned())].into();
    let option =
        |id: &str, title: &str| ContestOption { description: None, id: id.into(), title: text(title) };
    draft.contests[0].options = vec![option("ada", "Ada Ek"), option("bob", "Bob Lind")];
    draft.contests[0].max = Integer::from(1_u32);
    draft.contests[0].seats = Integer::from(1_u32);
    draft.contests[0].title = text("Council");
    draft.title = text("Union elections 2030");
    draft.organiser.name = "The Union".into();
    draft.organiser.contact = "elections@union.example".into();
    draft.trial = true;
    draft.issuers = vec![IssuerParty { id: "office".into(), name: "The office".into(), url: issuer.into() }];
    let member = |id: &&str| TrusteeParty { id: (*id).into(), name: format!("Trustee {id}") };
    draft.trustees = TrusteeParties {
        members: trustees.iter().map(member).collect(),
        solo: false,
        threshold: Integer::from(2_u32),
    };
    organiser.edit(&slug(), &draft, &edit).await.unwrap();
    organiser.fix_plan(&slug()).await.unwrap();
    organiser.plan(&slug()).await.unwrap()
}
