//! An election with a board and two issuers in this process, each behind a gate, and one clock for all of them.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rand_core::OsRng;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use urna_api::ProblemType;
use urna_api::board::CreateLog;
use urna_api::client::{BlobSender, BoardClient, IssuerClient, Native};
use urna_api::server::Limits;
use urna_board::{Board, Config};
use urna_client::Invitation;
use urna_client::driver::{Driver, FileStorage, Patience, StorageError};
use urna_crypto::{
    Ed25519SigningKey, LogRequest, Rehearsal, SharePossession, TrusteeSecretKey, TrusteeShare, solo_share,
};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{
    self, Body, Cause, Ceremony, Entry, ManifestPublished, RehearsalDone, Signed, VotingClosed, VotingOpened,
};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{
    self, BallotStyle, Batch, Contest, ContestOption, CountsAs, Credentials, Disclosure, Draft,
    InterimFigures, Issuance, Keys, Method, Organiser, Policy, Revote, Schedule, SmallestClass, Texts,
    Trustee, Trustees, Witnesses,
};
use urna_election::register::{Register, Row};
use urna_election::{Id, Party, Plan, Slug};
use urna_issuer::{IssuerFolder, IssuerService, PublicKeys, Served};
use urna_log::VerifierKey;

use crate::gate::{Action, Gate};

pub(crate) const SLUG: &str = "union-2030";
pub(crate) const NOW: u64 = 1_900_000_000;
const ISSUERS: [&str; 2] = ["office", "senate"];
const CLASSES: [&str; 2] = ["north", "south"];

/// One clock for services and voters. Waiting sets it forward.
#[derive(Clone)]
pub(crate) struct TestClock {
    millis: Arc<AtomicU64>,
    live: bool,
    board: Weak<Board>,
}

impl TestClock {
    pub(crate) fn now(&self) -> u64 {
        if self.live {
            return urna_client::driver::Clock::now(&urna_client::driver::SystemClock);
        }
        self.millis.load(Ordering::SeqCst) / 1_000
    }

    pub(crate) fn forward(&self, duration: Duration) {
        self.millis.fetch_add(u64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
        if let Some(board) = self.board.upgrade() {
            board.wake();
        }
    }
}

impl urna_api::server::Clock for TestClock {
    fn now(&self) -> u64 {
        self.now()
    }
}

impl urna_client::driver::Clock for TestClock {
    fn now(&self) -> u64 {
        self.now()
    }

    async fn wait(&self, duration: Duration) {
        self.forward(duration);
        // Enough for a board's thread to look at the clock.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What elections differ in here.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) people: u32,
    pub(crate) batch: (u32, u32),
    pub(crate) revote: Revote,
    pub(crate) interim: InterimFigures,
    /// Whether voting is opened.
    pub(crate) open: bool,
    /// Whether the clock runs with the machine's, for voters in processes of their own.
    pub(crate) live: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            people: 8,
            batch: (1, 1),
            revote: Revote::ReplaceAndWithdraw,
            interim: InterimFigures::Turnout,
            open: true,
            live: false,
        }
    }
}

/// Everything. Its parts end with the test's process.
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) clock: TestClock,
    pub(crate) authority: Gate,
    pub(crate) board: Gate,
    pub(crate) issuers: Vec<Gate>,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) direct: BoardClient,
    services: Vec<Arc<IssuerService>>,
    key: Ed25519SigningKey,
    number: Mutex<u32>,
    _board: Arc<Board>,
}

/// The storage in a file. A process that another test starts holds the lock of every file for as long as it takes to start.
pub(crate) fn storage(path: impl Into<PathBuf>) -> FileStorage {
    let (path, begin) = (path.into(), Instant::now());
    loop {
        match FileStorage::open(&path) {
            Ok(storage) => return storage,
            Err(StorageError::InUse(_)) if begin.elapsed() < Duration::from_secs(10) => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// An empty folder of this test's own.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("voter").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}

fn sixteen(person: u32) -> [u8; 16] {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&person.to_be_bytes());
    bytes
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

impl World {
    pub(crate) async fn new(name: &str, terms: Terms) -> Self {
        let folder = scratch(name);
        let key = Ed25519SigningKey::from_bytes(&[1; 32]);
        let (authority, gate) = (Gate::open().await, Gate::open().await);
        let mut issuer_gates = Vec::new();
        for _ in ISSUERS {
            issuer_gates.push(Gate::open().await);
        }

        // The board.
        let public = serde_json::to_string(&Base64(key.public().to_bytes())).unwrap();
        let config = format!(
            "name = \"board.example\"\nurl = \"{}\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{public}]\n",
            gate.url
        );
        let millis = Arc::new(AtomicU64::new(NOW * 1_000));
        let boards_clock =
            Arc::new(TestClock { millis: Arc::clone(&millis), live: terms.live, board: Weak::new() });
        let data = folder.join("board");
        fs::create_dir_all(&data).unwrap();
        let opened = tokio::task::spawn_blocking(move || {
            Board::open(Config::parse(&config).unwrap(), &data, &[], boards_clock).unwrap()
        });
        let board = Arc::new(opened.await.unwrap());
        let (listener, address) = listen().await;
        tokio::spawn(urna_board::run(
            Arc::clone(&board),
            listener,
            Limits::default(),
            std::future::pending(),
        ));
        gate.lead_to(address);
        let direct = BoardClient::new(&format!("http://{address}")).unwrap();
        let clock = TestClock { millis, live: terms.live, board: Arc::downgrade(&board) };

        // Plan, keys, manifest.
        let trustee = TrusteeSecretKey::generate(&mut OsRng);
        let party = |id: &str| Party { id: id.parse().unwrap(), name: id.to_uppercase() };
        let plan = Plan {
            authority_key: Base64(key.public().to_bytes()),
            issuers: ISSUERS.map(party).into(),
            slug: SLUG.parse().unwrap(),
            spec: 1,
            threshold: 1,
            trustees: vec![party("anna")],
        };
        let signature = Base64(key.sign(&LogRequest { plan: &plan.id() }));
        let created = direct.create_log(&CreateLog { plan: plan.clone(), signature }).await.unwrap();
        let share = solo_share(&plan.id(), &trustee, &mut OsRng);
        let classes: Vec<Id> = CLASSES.iter().map(|class| class.parse().unwrap()).collect();
        let data = |issuer: &str| folder.join(issuer);
        let keys = ISSUERS.map(|issuer| {
            let folder = IssuerFolder::of(&data(issuer), &plan.slug);
            folder.make_keys(&plan, &issuer.parse().unwrap(), &classes, &mut OsRng).unwrap()
        });
        let log_keys =
            [&created.log_key, &created.promise_key].map(|key| key.parse::<VerifierKey>().unwrap());
        let board_keys = draft::Board {
            log_key: Base64(log_keys[0].to_bytes()),
            origin: created.origin,
            promise_key: Base64(log_keys[1].to_bytes()),
            url: gate.url.clone(),
        };
        let draft = draft(&plan, &terms, board_keys, keys, &issuer_gates, &trustee, &share);
        let manifest = Arc::new(Manifest::from_draft(&draft).unwrap());

        let mut world = Self {
            folder: folder.clone(),
            clock,
            authority,
            board: gate,
            issuers: issuer_gates,
            manifest,
            direct,
            services: Vec::new(),
            key,
            number: Mutex::new(0),
            _board: board,
        };
        world.announce(&trustee, &share).await;
        world.publish_register(terms.people).await;
        if terms.open {
            world.open_voting().await;
        }
        for issuer in ISSUERS {
            let service = world.start_issuer(issuer, data(issuer)).await;
            world.services.push(service);
        }
        for gate in &world.issuers {
            let client = IssuerClient::new(&gate.url).unwrap();
            world.until(async || client.status(&plan.slug).await.is_ok_and(|status| status.open)).await;
            gate.asked();
        }
        world
    }

    async fn start_issuer(&self, issuer: &str, data: PathBuf) -> Arc<IssuerService> {
        let clock = Arc::new(self.clock.clone());
        let service = Arc::new(IssuerService::new(&data, clock, tokio::runtime::Handle::current()));
        // Past the gate, at which voters are tried.
        let (place, board) = (usize::from(issuer == ISSUERS[1]), self.direct_url());
        let served = Served {
            slug: SLUG.parse().unwrap(),
            issuer: issuer.parse().unwrap(),
            board: board.parse().unwrap(),
            election: *self.manifest.id(),
        };
        let serving = Arc::clone(&service);
        tokio::task::spawn_blocking(move || serving.serve(served, false)).await.unwrap().unwrap();
        let (listener, address) = listen().await;
        tokio::spawn(urna_issuer::run(
            Arc::clone(&service),
            listener,
            Limits::default(),
            std::future::pending(),
        ));
        self.issuers[place].lead_to(address);
        service
    }

    fn direct_url(&self) -> String {
        self.board.target()
    }

    /// Waits until it is so; whoever polls is woken.
    pub(crate) async fn until(&self, mut what: impl AsyncFnMut() -> bool) {
        let begin = Instant::now();
        loop {
            self.services.iter().for_each(|service| service.wake());
            if what().await {
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "it does not come to that");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn slug(&self) -> Slug {
        SLUG.parse().unwrap()
    }

    async fn put(&self, kind: BlobKind, bytes: &[u8]) -> BlobRef {
        let named = BlobRef::new(kind, bytes).unwrap();
        let sender = BlobSender::authority(self.manifest.id(), &self.key, &named);
        self.direct.put_blob(&self.slug(), kind, bytes.to_vec(), &named.sha256.0, &sender).await.unwrap();
        named
    }

    async fn by_authority<B: Body + serde::Serialize>(&self, body: B)
    where
        Entry: From<Signed<B>>,
    {
        let mut number = self.number.lock().await;
        let signed = Signed::by_authority(self.manifest.id(), &self.key, (*number).into(), body);
        self.direct.post_authority(&self.slug(), Entry::from(signed).to_bytes()).await.unwrap();
        *number += 1;
    }

    async fn announce(&self, trustee: &TrusteeSecretKey, share: &TrusteeShare) {
        let manifest = self.put(BlobKind::Manifest, self.manifest.bytes()).await;
        self.by_authority(ManifestPublished { manifest }).await;
        let (election, anna): (_, Id) = (self.manifest.id(), "anna".parse().unwrap());
        let statement = SharePossession { election, trustee: 1 };
        let possession = Base64(share.prove_possession(&statement, &mut OsRng));
        let rehearsal = Base64(Rehearsal::new(election, share, &mut OsRng));
        let sign = |statement: &urna_crypto::SignedEntry<'_>| trustee.sign(statement, &mut OsRng);
        let ceremony =
            Signed::by_party(election, &anna, 0_u32.into(), Ceremony { possession, round_1: None }, sign);
        let done = Signed::by_party(election, &anna, 1_u32.into(), RehearsalDone { rehearsal }, sign);
        for entry in [Entry::from(ceremony), Entry::from(done)] {
            self.direct.post_trustee(&self.slug(), &anna, entry.to_bytes()).await.unwrap();
        }
    }

    async fn publish_register(&self, people: u32) {
        let row = |person| {
            let invitation = self.invitation(person);
            Row {
                class: CLASSES[usize::try_from(person % 2).unwrap()].parse().unwrap(),
                credential: Some(Base64(invitation.credential().public().to_bytes())),
                handle: Base64(invitation.handle()),
                replaced: 0,
            }
        };
        let mut rows: Vec<_> = (0..people).map(row).collect();
        rows.sort_by_key(|row| row.handle.0);
        let register = Register::from_rows(&self.manifest, &rows).unwrap();
        let mut named = Vec::new();
        for blob in register.to_blobs(&self.manifest) {
            named.push(self.put(BlobKind::RegisterRows, &blob).await);
        }
        let counts = register.entitled_by_class().iter().map(|count| Integer::try_from(*count).unwrap());
        let classes = CLASSES.iter().map(|class| class.parse().unwrap());
        let entitled: BTreeMap<Id, Integer> = classes.zip(counts).collect();
        self.by_authority(entry::Register { cause: Cause::Initial, entitled, rows: named }).await;
    }

    pub(crate) async fn open_voting(&self) {
        self.by_authority(VotingOpened { details: None }).await;
    }

    /// Ends voting, and waits for the issuers' lists.
    pub(crate) async fn close(&self) {
        self.by_authority(VotingClosed { details: None }).await;
        self.until(async || {
            let page = self.direct.official(&self.slug(), None).await.unwrap();
            let kinds = page.entries.iter().map(|entry| Entry::parse(&entry.entry.0).unwrap());
            kinds.filter(|entry| matches!(entry, Entry::Issuance(_))).count() == ISSUERS.len()
        })
        .await;
    }

    /// How many tokens each issuer's list has.
    pub(crate) async fn issued(&self) -> Vec<u64> {
        let page = self.direct.official(&self.slug(), None).await.unwrap();
        let lists = page.entries.iter().filter_map(|entry| match Entry::parse(&entry.entry.0).unwrap() {
            Entry::Issuance(list) => Some(list.body.issued.values().map(|count| count.value()).sum()),
            _ => None,
        });
        lists.collect()
    }

    /// Persons of even numbers are of the class `north`, the others of `south`.
    pub(crate) fn invitation(&self, person: u32) -> Invitation {
        let mut secret = *self.manifest.id().as_bytes();
        secret[..4].copy_from_slice(&person.to_be_bytes());
        let name = format!("person {person}");
        Invitation::new(&self.authority.url, self.slug(), *self.manifest.id(), secret, sixteen(person), &name)
            .unwrap()
    }

    /// The authority gives everybody the manifest, and nothing else.
    pub(crate) fn manifest_from_authority(&self) {
        let manifest = self.manifest.bytes().to_vec();
        self.authority.rule(move |request| {
            assert_eq!(request.path, format!("/v1/elections/{SLUG}/manifest"));
            Action::Say(200, "application/json", manifest.clone())
        });
    }

    pub(crate) fn state(&self, person: u32) -> PathBuf {
        self.folder.join(format!("vote-{person}"))
    }

    /// The device of a person. It keeps its clock and its patience.
    pub(crate) fn device(&self, person: u32) -> Driver<FileStorage, TestClock> {
        self.driver(storage(self.state(person)))
    }

    pub(crate) fn driver<S: urna_client::driver::Storage>(&self, storage: S) -> Driver<S, TestClock> {
        self.manifest_from_authority();
        Driver::new(storage, self.clock.clone(), Native::new()).patience(Patience::default())
    }

    /// What the board has under an identifier: kinds and numbers.
    pub(crate) async fn on_board(&self, identifier: &urna_crypto::Identifier) -> Vec<(String, Option<u32>)> {
        match self.direct.entries_of(&self.slug(), identifier).await {
            Ok(shown) => shown.entries.into_iter().map(|entry| (entry.kind, entry.sequence)).collect(),
            Err(error) => {
                assert_eq!(error.kind(), Some(ProblemType::UnknownIdentifier));
                Vec::new()
            }
        }
    }
}

fn draft(
    plan: &Plan,
    terms: &Terms,
    board: draft::Board,
    keys: [PublicKeys; 2],
    gates: &[Gate],
    trustee: &TrusteeSecretKey,
    share: &TrusteeShare,
) -> Draft {
    let class = |id: &&str| draft::Class {
        ballot_style: if *id == "north" { "both".into() } else { "one".into() },
        district: None,
        id: (*id).into(),
        title: text(&format!("The {id}")),
        weight: 1_u32.into(),
    };
    let option =
        |id: &str, title: &str| ContestOption { description: None, id: id.into(), title: text(title) };
    let issuers = plan.issuers.iter().zip(keys).zip(gates);
    let issuers = issuers.map(|((party, keys), gate)| draft::Issuer {
        id: party.id.to_string(),
        keys: keys.keys,
        name: party.name.clone(),
        signing_key: keys.signing_key,
        url: gate.url.clone(),
    });
    Draft {
        authority_key: plan.authority_key,
        ballot_styles: vec![
            BallotStyle { contests: vec!["council".into(), "auditor".into()], id: "both".into() },
            BallotStyle { contests: vec!["auditor".into()], id: "one".into() },
        ],
        board,
        booth: Base64([0; 32]),
        classes: CLASSES.iter().map(class).collect(),
        contests: vec![
            Contest {
                abstain: true,
                description: Some(text("Two seats until 2031.")),
                id: "council".into(),
                max: 2_u32.into(),
                method: Method::TopN,
                min: 1_u32.into(),
                options: vec![option("ada", "Ada Ek"), option("bob", "Bob Lind"), option("eva", "Eva Ros")],
                seats: 2_u32.into(),
                title: text("Council"),
            },
            Contest {
                abstain: false,
                description: None,
                id: "auditor".into(),
                max: 1_u32.into(),
                method: Method::TopN,
                min: 0_u32.into(),
                options: vec![option("fay", "Fay Holm"), option("gus", "Gus Berg")],
                seats: 1_u32.into(),
                title: text("Auditor"),
            },
        ],
        description: Some(text("The yearly elections of the union.")),
        keys: Keys {
            election_key: Base64(share.election_key().to_bytes()),
            issuers: issuers.collect(),
            trustees: Trustees {
                members: vec![Trustee {
                    id: "anna".into(),
                    key: Base64(trustee.public().to_bytes()),
                    name: "ANNA".into(),
                    share_key: Base64(share.share_key().to_bytes()),
                }],
                solo: true,
                threshold: 1_u32.into(),
            },
        },
        languages: vec!["en".into()],
        organiser: Organiser { contact: "elections@union.example".into(), name: "The Union".into() },
        policy: Policy {
            batch: Batch { min: terms.batch.0.into(), wait: terms.batch.1.into() },
            blank_counts_as: CountsAs::Participated,
            credentials: Credentials::Authority,
            disclosure: Disclosure::PerPseudonym,
            form_time_limit: Integer::from(300_u32),
            interim_figures: terms.interim,
            invalid_counts_as: CountsAs::Participated,
            issuance: Issuance::Ahead,
            revote: terms.revote,
            revote_limit: if terms.revote == Revote::Never { 1_u32.into() } else { 8_u32.into() },
            smallest_class: SmallestClass {
                confirmed: CLASSES.map(str::to_owned).into(),
                entitled: 5_u32.into(),
            },
        },
        schedule: Schedule::Manual,
        slug: plan.slug.to_string(),
        spec: 1_u32.into(),
        time_zone: "Europe/Stockholm".into(),
        title: text("Union elections 2030"),
        trial: true,
        witnesses: Witnesses::None,
    }
}
