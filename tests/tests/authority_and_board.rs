//! The authority and the board, each on its disk, over HTTP: an election from its draft to its close, in which every answer of
//! the board is lost once and the authority is started again after each loss. The log then has every entry once.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use rand_core::OsRng;
use sha2::{Digest, Sha256};
use urna_api::authority::{
    Cause, Draft, IssuerKeys, IssuerParty, NewElection, NewKey, Role, TrusteeKey, TrusteeKeys,
    TrusteeParties, TrusteeParty,
};
use urna_api::client::BoardClient;
use urna_api::server::SystemClock;
use urna_api::server::{Limits, described, serve};
use urna_api::{Problem, ProblemType};
use urna_authority::import::Form;
use urna_authority::{Authority, AuthorityError, Caller, Config, Folder};
use urna_crypto::{
    ElectionId, IssuerPossession, IssuerSecretKey, PlanId, Rehearsal, SharePossession, SigningKey,
    TrusteePossession, TrusteeSecretKey, TrusteeShare, solo_share,
};
use urna_election::entry::{Ceremony, Entry, Kind, RehearsalDone, Signed};
use urna_election::invitation::Invitation;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{ClassKey, ContestOption};
use urna_election::register::Register;
use urna_election::{Id, Slug};

const SLUG: &str = "union-2027";

/// Loses one answer: the request is done, and answered with an error.
#[derive(Clone, Default)]
struct Loss(Arc<AtomicI64>);

impl Loss {
    fn after(&self, answers: i64) {
        self.0.store(answers + 1, Ordering::SeqCst);
    }

    fn is_over(&self) -> bool {
        self.0.load(Ordering::SeqCst) <= 0
    }
}

async fn lossy(loss: Loss, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if loss.0.fetch_sub(1, Ordering::SeqCst) == 1 {
        return Problem::new(ProblemType::UnknownOutcome, "Perhaps.").into_response();
    }
    response
}

/// A board on its disk, of which one answer at a time can be lost.
async fn serve_board(data: &Path, authority: &urna_crypto::Ed25519Key) -> (String, Loss) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let key = serde_json::to_string(&Base64(authority.to_bytes())).unwrap();
    let config = format!(
        "name = \"board.example\"\nurl = \"{url}\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{key}]\n"
    );
    let config = urna_board::Config::parse(&config).unwrap();
    let board = urna_board::Board::open(config, data, &[], Arc::new(urna_api::server::SystemClock)).unwrap();
    let loss = Loss::default();
    let losing = loss.clone();
    let routes =
        described(urna_board::routes(Arc::new(board), Limits::default()), Vec::new, Limits::default())
            .layer(middleware::from_fn(move |request, next| lossy(losing.clone(), request, next)));
    tokio::spawn(serve(listener, routes, Limits::default(), std::future::pending()));
    (url, loss)
}

/// The organiser's service, on its disk; each act is repeated, by a new process each time, until it is done.
struct Organiser {
    data: tempfile::TempDir,
    config: String,
    key: String,
    loss: Loss,
    running: Option<Arc<Authority>>,
}

impl Organiser {
    fn start(&mut self) -> (Arc<Authority>, Caller) {
        self.running = None;
        let open = || {
            let config = Config::parse(&self.config).unwrap();
            Authority::open(config, self.data.path(), Arc::new(SystemClock))
        };
        // The threads of the one before may hold its folder for a moment.
        let authority = (0..100).find_map(|_| {
            open().ok().or_else(|| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                None
            })
        });
        let authority = Arc::new(authority.expect("the folder becomes free"));
        self.running = Some(Arc::clone(&authority));
        let caller = authority.authenticate(&self.key).unwrap();
        (authority, caller)
    }

    /// Does an act, with every answer of the board lost once.
    async fn act<T, F>(&mut self, act: impl Fn(Arc<Authority>, Caller) -> F) -> T
    where
        F: Future<Output = Result<T, AuthorityError>>,
    {
        for answers in 0..20 {
            self.loss.after(answers);
            let (authority, caller) = self.start();
            match act(authority, caller).await {
                Ok(done) if !self.loss.is_over() => {
                    self.loss.0.store(0, Ordering::SeqCst);
                    return done;
                }
                // What was lost is not what counted, or was gone on with.
                Ok(_) | Err(AuthorityError::Board(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("an act that needs more than twenty answers")
    }
}

struct Parties {
    signing: SigningKey,
    issuer: IssuerSecretKey,
    trustee: TrusteeSecretKey,
}

impl Parties {
    fn issuer_keys(&self, plan: &PlanId) -> IssuerKeys {
        let statement = IssuerPossession { plan, issuer: "office", class: "voters" };
        let key = ClassKey {
            class: "voters".into(),
            key: Base64(self.issuer.public().to_bytes()),
            proof: Base64(self.issuer.prove_possession(&statement, &mut OsRng).to_bytes()),
        };
        IssuerKeys { keys: vec![key], signing_key: Base64(self.signing.public().to_bytes()) }
    }

    fn trustee_keys(&self, plan: &PlanId, share: &TrusteeShare) -> TrusteeKeys {
        let statement = TrusteePossession { plan, trustee: "anna" };
        let member = TrusteeKey {
            id: "anna".into(),
            key: Base64(self.trustee.public().to_bytes()),
            possession: Base64(self.trustee.prove_possession(&statement, &mut OsRng).to_bytes()),
            share_key: Base64(share.share_key().to_bytes()),
        };
        TrusteeKeys { election_key: Base64(share.election_key().to_bytes()), members: vec![member] }
    }

    async fn rehearse(&self, board: &BoardClient, slug: &Slug, election: &ElectionId, share: &TrusteeShare) {
        let anna: Id = "anna".parse().unwrap();
        let sign = |statement: &urna_crypto::SignedEntry<'_>| self.trustee.sign(statement, &mut OsRng);
        let statement = SharePossession { election, trustee: 1 };
        let possession = Base64(share.prove_possession(&statement, &mut OsRng));
        let ceremony = Ceremony { possession, round_1: None };
        let ceremony: Entry = Signed::by_party(election, &anna, 0_u32.into(), ceremony, sign).into();
        board.post_trustee(slug, &anna, ceremony.to_bytes()).await.unwrap();
        let rehearsal = RehearsalDone { rehearsal: Base64(Rehearsal::new(election, share, &mut OsRng)) };
        let rehearsal: Entry = Signed::by_party(election, &anna, 1_u32.into(), rehearsal, sign).into();
        board.post_trustee(slug, &anna, rehearsal.to_bytes()).await.unwrap();
    }
}

fn list(people: usize) -> Vec<u8> {
    let rows: String = (0..people).map(|id| format!("p{id},Person {id},p{id}@uni.example\n")).collect();
    format!("id,name,e-mail\n{rows}").into_bytes()
}

fn complete(mut draft: Draft) -> Draft {
    let text = |text: &str| [("en".to_owned(), text.to_owned())].into();
    let option = |id: &str| ContestOption { description: None, id: id.into(), title: text(id) };
    draft.title = text("Union election 2027");
    draft.organiser.name = "Student Union".into();
    draft.organiser.contact = "elections@union.example".into();
    draft.contests[0].title = text("Shall it be so?");
    draft.contests[0].options = vec![option("yes"), option("no")];
    draft.issuers = vec![IssuerParty {
        id: "office".into(),
        name: "The office".into(),
        url: "https://office.example".into(),
    }];
    let anna = TrusteeParty { id: "anna".into(), name: "Anna".into() };
    draft.trustees = TrusteeParties { members: vec![anna], solo: true, threshold: Integer::from(1_u32) };
    draft
}

/// The kinds in the log, by its official entries.
async fn kinds(board: &BoardClient, slug: &Slug) -> Vec<Kind> {
    let page = board.official(slug, None).await.unwrap();
    assert!(!page.more);
    page.entries.iter().map(|entry| Entry::parse(&entry.entry.0).unwrap().kind()).collect()
}

/// The register in force, from the board's blobs.
async fn register(board: &BoardClient, slug: &Slug, manifest: &Manifest) -> Register {
    let page = board.official(slug, None).await.unwrap();
    let mut entries = page.entries.iter().filter_map(|entry| match Entry::parse(&entry.entry.0).unwrap() {
        Entry::Register(signed) => Some(signed.body),
        _ => None,
    });
    let last = entries.next_back().unwrap();
    let mut blobs = Vec::new();
    for blob in &last.rows {
        blobs.push(board.blob(slug, &blob.sha256.0).await.unwrap());
    }
    Register::check_version(manifest, &last, &blobs).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_survives_every_lost_answer() {
    let slug: Slug = SLUG.parse().unwrap();
    let (data, board_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let signing = Folder::new(data.path()).make_signing_key(&mut OsRng).unwrap();
    let (board_url, loss) = serve_board(board_data.path(), &signing.public()).await;
    let board = BoardClient::new(&board_url).unwrap();
    let config =
        format!("url = \"https://vote.example\"\nlisten = \"127.0.0.1:0\"\nboard = \"{board_url}\"\n");
    let key = {
        let config = Config::parse(&config).unwrap();
        let authority = Authority::open(config, data.path(), Arc::new(SystemClock)).unwrap();
        let new = NewKey { account: "eva".into(), role: Role::Owner, election: None, link: false };
        authority.make_first_key(&new).unwrap().key
    };
    let mut organiser = Organiser { data, config, key, loss, running: None };
    let parties = Parties {
        signing: SigningKey::generate(&mut OsRng),
        issuer: IssuerSecretKey::generate(&mut OsRng),
        trustee: TrusteeSecretKey::generate(&mut OsRng),
    };

    let (authority, eva) = organiser.start();
    let new = NewElection { slug: SLUG.into(), from: Some("meeting".into()) };
    let (draft, version) = authority.create(&eva, &new).unwrap();
    authority.edit(&eva, &slug, &complete(draft), version).unwrap();
    drop(authority);
    let plan = organiser
        .act(|authority, eva| {
            let slug = slug.clone();
            async move { authority.fix_plan(&eva, &slug).await }
        })
        .await;
    let share = solo_share(&plan.id(), &parties.trustee, &mut OsRng);
    let (authority, eva) = organiser.start();
    authority.take_issuer_keys(&slug, "office", parties.issuer_keys(&plan.id())).unwrap();
    authority.take_trustee_keys(&eva, &slug, parties.trustee_keys(&plan.id(), &share)).unwrap();
    authority.load_register(&eva, &slug, list(6), Form::Csv, Cause::Manual).await.unwrap();
    let manifest = authority.manifest(Some(&eva), &slug).unwrap();
    authority.approve(&eva, &slug, &Sha256::digest(&manifest).into()).unwrap();
    drop(authority);

    let id = organiser
        .act(|authority, eva| {
            let slug = slug.clone();
            async move {
                let id = authority.publish(&eva, &slug, SLUG).await?;
                // What publishing has left, the clock goes on with.
                match authority.tick().await.into_iter().next() {
                    Some((_, error)) => Err(error),
                    None => Ok(id),
                }
            }
        })
        .await;
    let manifest = Manifest::parse(&manifest).unwrap();
    assert_eq!(id, manifest.id().to_string());
    assert_eq!(kinds(&board, &slug).await, [Kind::Manifest, Kind::Register]);
    parties.rehearse(&board, &slug, manifest.id(), &share).await;
    organiser
        .act(|authority, eva| {
            let slug = slug.clone();
            async move { authority.open_voting(&eva, &slug, SLUG).await }
        })
        .await;
    let loaded = organiser
        .act(|authority, eva| {
            let slug = slug.clone();
            async move { authority.load_register(&eva, &slug, list(7), Form::Csv, Cause::Nightly).await }
        })
        .await;
    assert_eq!(loaded.entitled["voters"], 7);

    // Every link opens the own row of the register on the board.
    let (authority, eva) = organiser.start();
    let letters = authority.letters(&eva, &slug).unwrap();
    drop(authority);
    let register = register(&board, &slug, &manifest).await;
    let mut links = 0;
    for row in String::from_utf8_lossy(&letters).lines().skip(1) {
        let link: Invitation = row.split(',').nth(4).unwrap().parse().unwrap();
        let entitled = register.entitled(&link.handle()).unwrap();
        assert_eq!(entitled.credential, Some(link.credential().public().to_bytes()));
        links += 1;
    }
    assert_eq!((links, register.rows().len()), (7, 7));

    organiser
        .act(|authority, eva| {
            let slug = slug.clone();
            async move { authority.close_voting(&eva, &slug, SLUG).await }
        })
        .await;
    organiser
        .act(|authority, eva| {
            let slug = slug.clone();
            async move { authority.cancel(&eva, &slug, SLUG, "only a test").await }
        })
        .await;
    use Kind::{Cancelled, Ceremony, Manifest as Published, Rehearsal, VotingClosed, VotingOpened};
    let expected = [
        Published,
        Kind::Register,
        Ceremony,
        Rehearsal,
        VotingOpened,
        Kind::Register,
        VotingClosed,
        Cancelled,
    ];
    assert_eq!(kinds(&board, &slug).await, expected);
}
