//! The issuer over HTTP: both moves, every problem with its status, the board followed, the list posted.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use urna_api::client::{ClientError, IssuerClient};
use urna_api::issuer::{AskAnswer, AskIssued, OpenSession, SessionAnswered, SessionOpened};
use urna_api::server::Clock;
use urna_api::server::{Limits, PROBLEM_JSON};
use urna_api::{Problem, ProblemType};
use urna_crypto::{Answer, Challenge, Commitment, Ed25519SigningKey, Handle, IssuedRequest};
use urna_election::Slug;
use urna_election::entry::{Cause, Entry};
use urna_election::issuance::{Eligible, check_list};
use urna_election::json::Base64;
use urna_election::register::Register;
use urna_issuer::{
    FollowError, IssuerError, IssuerFolder, IssuerService, Served, SessionId, StartError, run,
};

use crate::board::TestBoard;
use crate::folder::Folder;
use crate::privacy::{Logged, listed_messages};
use crate::sample::{CLOSES, Device, Hours, NOW, Sample, Saved, rng};

struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// An issuer that is served, and its board.
struct World {
    sample: Sample,
    folder: Folder,
    board: TestBoard,
    clock: Arc<TestClock>,
    service: Arc<IssuerService>,
    client: IssuerClient,
    address: String,
    slug: Slug,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<()>,
}

/// Serves the folder's election; the board has what was posted there.
async fn served(
    folder: &Folder,
    board: &TestBoard,
    sample: &Sample,
) -> Result<Arc<IssuerService>, StartError> {
    let clock: Arc<dyn Clock> = Arc::new(TestClock(AtomicU64::new(NOW)));
    start(folder, board, sample, clock).await
}

async fn start(
    folder: &Folder,
    board: &TestBoard,
    sample: &Sample,
    clock: Arc<dyn Clock>,
) -> Result<Arc<IssuerService>, StartError> {
    let service = Arc::new(IssuerService::new(&folder.0, clock, tokio::runtime::Handle::current()));
    let election = Served {
        slug: sample.plan.slug.clone(),
        issuer: "office".parse().unwrap(),
        board: format!("http://{}", board.serve().await).parse().unwrap(),
        election: *sample.manifest.id(),
    };
    let serving = Arc::clone(&service);
    tokio::task::spawn_blocking(move || serving.serve(election, false)).await.unwrap()?;
    Ok(service)
}

impl World {
    async fn new(sample: Sample, devices: &[&Device]) -> Self {
        let folder = Folder::new();
        IssuerFolder::of(&folder.0, &sample.plan.slug).put_keys(&sample.keys("office")).unwrap();
        let board = TestBoard::default();
        board.put_blob(sample.manifest.bytes());
        board.post(&sample.until_register(devices));
        Self::open(sample, folder, board).await
    }

    async fn open(sample: Sample, folder: Folder, board: TestBoard) -> Self {
        let clock = Arc::new(TestClock(AtomicU64::new(NOW)));
        let shared: Arc<dyn Clock> = clock.clone();
        let service = start(&folder, &board, &sample, shared).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (end, ending) = tokio::sync::oneshot::channel::<()>();
        let running = run(Arc::clone(&service), listener, Limits::default(), async {
            let _ = ending.await;
        });
        let ended = tokio::spawn(async { running.await.unwrap() });
        let client = IssuerClient::new(&address).unwrap();
        let slug = sample.plan.slug.clone();
        Self { sample, folder, board, clock, service, client, address, slug, end: Some(end), ended }
    }

    /// Ends it, and opens it again.
    async fn again(mut self) -> Self {
        self.end.take().unwrap().send(()).unwrap();
        self.ended.await.unwrap();
        drop(self.service);
        Self::open(self.sample, self.folder, self.board).await
    }

    /// Waits until the issuer has read the board so far.
    async fn until(&self, what: impl Fn(&Result<urna_api::issuer::Status, ClientError>) -> bool) {
        let begin = Instant::now();
        loop {
            self.service.wake();
            if what(&self.client.status(&self.slug).await) {
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "it does not come to that");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_open(&self) {
        self.until(|status| status.as_ref().is_ok_and(|status| status.open)).await;
    }

    async fn first(&self, device: &Device) -> Result<Saved, ClientError> {
        self.client
            .open_session(&self.slug, &first(device, self.clock.now()))
            .await
            .map(|opened| saved(&opened))
    }

    async fn second(&self, device: &Device, saved: &Saved) -> Result<Answer, ClientError> {
        let (session, request) = second(device, saved);
        self.client.ask_answer(&self.slug, &session, &request).await.map(|answered| answer(&answered))
    }
}

fn first(device: &Device, now: u64) -> OpenSession {
    let request = device.request(now);
    let (handle, signature) = (Base64(request.handle), Base64(request.signature));
    OpenSession { class: request.class, handle, signature, time: request.time }
}

fn saved(opened: &SessionOpened) -> Saved {
    let bytes: Vec<u8> = (0..16)
        .map(|place| u8::from_str_radix(&opened.session[2 * place..2 * place + 2], 16).unwrap())
        .collect();
    let commitment = [opened.a.0, opened.b.0].concat();
    Saved {
        session: SessionId(bytes.try_into().unwrap()),
        commitment: Commitment::from_bytes(commitment.as_slice().try_into().unwrap()).unwrap(),
    }
}

fn second(device: &Device, saved: &Saved) -> (String, AskAnswer) {
    let request = device.challenge(saved);
    let (c, handle, signature) =
        (Base64(request.challenge), Base64(request.handle), Base64(request.signature));
    (request.session.to_string(), AskAnswer { c, handle, signature })
}

fn answer(answered: &SessionAnswered) -> Answer {
    let bytes = [answered.b.0, answered.y.0, answered.z.0].concat();
    Answer::from_bytes(bytes.as_slice().try_into().unwrap()).unwrap()
}

fn kind<T: std::fmt::Debug>(result: Result<T, ClientError>) -> ProblemType {
    result.unwrap_err().kind().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn accepts_an_election_from_the_first_token_to_the_end_of_the_keys() {
    let logged = Logged::begin();
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(6);
    let world = World::new(sample, &devices.iter().collect::<Vec<_>>()).await;
    world.until_open().await;
    let status = world.client.status(&world.slug).await.unwrap();
    assert_eq!((status.issuer.as_str(), status.session_seconds, status.now), ("office", 300, NOW));
    assert_eq!((status.issuance_opens, status.issuance_closes), (None, None));
    assert_eq!(status.election_id, world.sample.manifest.id().to_string());
    let mut kept = Vec::new();
    for device in &devices[..4] {
        let saved = world.first(device).await.unwrap();
        let first = world.second(device, &saved).await.unwrap();
        device.finish(&saved, &first);
        assert_eq!(world.second(device, &saved).await.unwrap(), first);
        kept.push((saved, first));
    }
    // A restart: the answers are there, and the board is read anew.
    let world = world.again().await;
    world.until_open().await;
    assert_eq!(world.second(&devices[0], &kept[0].0).await.unwrap(), kept[0].1);

    // The close, over a board whose answer is lost once, and which is down once.
    world.board.lose_answers(1);
    world.board.post(&[world.sample.opened(2), world.sample.closed(3)]);
    world.until(|status| status.as_ref().is_ok_and(|status| !status.open)).await;
    let keys = world.folder.0.join(world.slug.as_str()).join("keys");
    let begin = Instant::now();
    while keys.exists() {
        world.service.wake();
        assert!(begin.elapsed() < Duration::from_secs(30), "the keys are still there");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Posted once, whatever became of the answer.
    let entries = world.board.entries();
    let issuance: Vec<_> = entries
        .iter()
        .filter_map(|entry| match Entry::parse(entry).unwrap() {
            Entry::Issuance(signed) => Some(signed),
            _ => None,
        })
        .collect();
    assert_eq!((issuance.len(), world.board.posts()), (1, 1));
    let list = &issuance[0].body;
    let blobs: Vec<_> = list.rows.iter().map(|named| world.board.blob(&named.sha256.0).unwrap()).collect();
    let mut eligible = Eligible::default();
    let register = world.sample.until_register(&devices.iter().collect::<Vec<_>>()).pop().unwrap().1;
    eligible.add(&Register::parse(&world.sample.manifest, &register).unwrap());
    let issuer = &world.sample.manifest.issuers()[0];
    check_list(&world.sample.manifest, issuer, list, &blobs, &eligible, &mut rng()).unwrap();

    // Without keys: no new session, the answers as before.
    let world = world.again().await;
    world.until(Result::is_ok).await;
    assert_eq!(kind(world.first(&devices[5]).await), ProblemType::IssuanceClosed);
    assert_eq!(world.second(&devices[3], &kept[3].0).await.unwrap(), kept[3].1);

    // What was logged meanwhile, by the issuers of all tests of this process: lines of the page, and nobody (PRI-5).
    let text = logged.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("urna_issuer")).collect();
    assert!(lines.iter().any(|line| line.contains("the keys are destroyed")), "{text}");
    let messages = listed_messages();
    for line in lines {
        assert!(messages.iter().any(|message| line.contains(message.as_str())), "{line}");
    }
    for (device, (saved, _)) in devices.iter().zip(&kept) {
        let base64 = serde_json::to_string(&Base64(device.handle)).unwrap();
        let secrets =
            [device.handle.to_string(), base64.trim_matches('"').to_owned(), saved.session.to_string()];
        assert!(secrets.iter().all(|secret| !text.contains(secret)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn follows_the_register_and_refuses_who_was_removed() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let world = World::new(sample, &[&devices[0]]).await;
    world.until_open().await;
    assert_eq!(kind(world.first(&devices[1]).await), ProblemType::InvalidSignature);
    // A blob that is not the one that the entry names is not taken.
    world.board.set_false(true);
    world.board.post(&[world.sample.register(2, Cause::Manual, &[devices[1].row()])]);
    world.service.wake();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(kind(world.first(&devices[1]).await), ProblemType::InvalidSignature);
    world.board.set_false(false);
    let begin = Instant::now();
    while world.first(&devices[1]).await.is_err() {
        world.service.wake();
        assert!(begin.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(kind(world.first(&devices[0]).await), ProblemType::InvalidSignature);
}

/// Every refusal of both moves, with its status and document.
#[tokio::test(flavor = "multi_thread")]
async fn rejects_with_a_problem_document_each() {
    let sample = Sample::new(Hours::Timed);
    let devices = sample.devices(4);
    let world = World::new(sample, &[&devices[0], &devices[1], &devices[2]]).await;
    world.until_open().await;
    let http = reqwest::Client::new();
    let base = format!("{}/v1/elections/{}", world.address, world.slug);
    let problem = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON, "{status}");
        let headers = response.headers().clone();
        let problem: Problem = response.json().await.unwrap();
        assert_eq!((problem.status, problem.title.as_str()), (status, problem.kind.title()));
        assert!(problem.detail.len() > 20, "{}", problem.detail);
        (problem.kind, status, headers, problem)
    };
    let sessions = format!("{base}/sessions");
    let open = |device: &Device, time: u64| http.post(&sessions).json(&first(device, time));
    let ask = |device: &Device, saved: &Saved| {
        let (session, request) = second(device, saved);
        http.post(format!("{sessions}/{session}/answer")).json(&request)
    };
    let set = |now: u64| world.clock.0.store(now, Ordering::SeqCst);

    // What every service has.
    let (kind, status, ..) = problem(http.get(format!("{}/v1/nothing", world.address))).await;
    assert_eq!((kind, status), (ProblemType::UnknownRoute, 404));
    let (kind, status, headers, _) = problem(http.get(&sessions)).await;
    assert_eq!((kind, status, headers[ALLOW].to_str().unwrap()), (ProblemType::Method, 405, "POST"));
    let (kind, status, ..) = problem(http.get(format!("{base}x/issuance"))).await;
    assert_eq!((kind, status), (ProblemType::UnknownElection, 404));
    let (kind, status, ..) = problem(http.post(&sessions).body("{}")).await;
    assert_eq!((kind, status), (ProblemType::UnsupportedMediaType, 415));
    let json = |body: String| http.post(&sessions).header(CONTENT_TYPE, "application/json").body(body);
    let (kind, status, ..) = problem(json("x".repeat(4_097))).await;
    assert_eq!((kind, status), (ProblemType::TooLarge, 413));
    let good = serde_json::to_string(&first(&devices[0], NOW)).unwrap();
    for body in [
        "{}".to_owned(),
        "x".to_owned(),
        good.replace("\"time\"", "\"more\":1,\"time\""),
        good.replace("\"handle\":\"", "\"handle\":\"A"),
        good.replace(":\"north\"", ":\"North\""),
    ] {
        let (kind, status, ..) = problem(json(body.clone())).await;
        assert_eq!((kind, status), (ProblemType::Malformed, 400), "{body}");
    }

    // First move.
    let mut class = first(&devices[0], NOW);
    class.class = "west".parse().unwrap();
    let (kind, status, ..) = problem(http.post(&sessions).json(&class)).await;
    assert_eq!((kind, status), (ProblemType::UnknownClass, 404));
    for (now, expected) in [(999, ProblemType::TooEarly), (CLOSES, ProblemType::IssuanceClosed)] {
        set(now);
        let (kind, status, ..) = problem(open(&devices[0], now)).await;
        assert_eq!((kind, status), (expected, 409));
    }
    set(NOW);
    let (kind, status, _, document) = problem(open(&devices[0], NOW - 121)).await;
    assert_eq!((kind, status), (ProblemType::WrongTime, 422));
    assert!(document.detail.contains(&NOW.to_string()), "{}", document.detail);
    let mut bodies = Vec::new();
    let mut moved = world.sample.device(0, 1);
    moved.issuer = "office";
    for device in [&devices[3], &moved] {
        let (kind, status, _, document) = problem(open(device, NOW)).await;
        assert_eq!((kind, status), (ProblemType::InvalidSignature, 422));
        bodies.push(document);
    }
    let mut false_signature = first(&devices[0], NOW);
    false_signature.signature = first(&devices[1], NOW).signature;
    bodies.push(problem(http.post(&sessions).json(&false_signature)).await.3);
    // Who is on the register cannot be told from the answer.
    assert!(bodies.iter().all(|body| *body == bodies[0]));

    // Second move.
    let saved = world.first(&devices[0]).await.unwrap();
    let (session, request) = second(&devices[0], &saved);
    for wrong in ["0", &session.to_uppercase(), &format!("{session}0"), "ffff%2f"] {
        if wrong == session {
            continue;
        }
        let (kind, status, ..) =
            problem(http.post(format!("{sessions}/{wrong}/answer")).json(&request)).await;
        assert_eq!((kind, status), (ProblemType::UnknownSession, 404), "{wrong}");
    }
    let (kind, status, ..) = problem(ask(&devices[1], &saved)).await;
    assert_eq!((kind, status), (ProblemType::UnknownSession, 404));
    set(NOW + 301);
    let (kind, status, ..) = problem(ask(&devices[0], &saved)).await;
    assert_eq!((kind, status), (ProblemType::SessionExpired, 410));
    set(NOW);
    let saved = world.first(&devices[0]).await.unwrap();
    let (session, mut wrong) = second(&devices[0], &saved);
    wrong.c = Base64(Challenge::from_bytes(&[0; 32]).unwrap());
    let (kind, status, ..) = problem(http.post(format!("{sessions}/{session}/answer")).json(&wrong)).await;
    assert_eq!((kind, status), (ProblemType::InvalidSignature, 422));
    let (kind, status, ..) = problem(ask(&devices[0], &saved)).await;
    assert_eq!((kind, status), (ProblemType::SessionExpired, 410));
    let saved = world.first(&devices[0]).await.unwrap();
    set(CLOSES);
    let (kind, status, ..) = problem(ask(&devices[0], &saved)).await;
    assert_eq!((kind, status), (ProblemType::IssuanceClosed, 409));
    set(NOW);
    let other = world.first(&devices[0]).await.unwrap();
    world.second(&devices[0], &saved).await.unwrap();
    for request in [ask(&devices[0], &other), open(&devices[0], NOW)] {
        let (kind, status, _, document) = problem(request).await;
        assert_eq!(
            (kind, status, document.check.as_deref()),
            (ProblemType::AlreadyIssued, 409, Some("TOK-5"))
        );
    }
    for _ in 0..3 {
        world.first(&devices[1]).await.unwrap();
    }
    let (kind, status, headers, _) = problem(open(&devices[1], NOW)).await;
    assert_eq!(
        (kind, status, headers[RETRY_AFTER].to_str().unwrap()),
        (ProblemType::TooManySessions, 429, "301")
    );

    // Nothing is kept by caches, and pages of any origin may ask.
    let answer =
        http.get(format!("{base}/issuance")).header("origin", "https://vote.example").send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let description: serde_json::Value =
        http.get(format!("{}/v1/openapi.json", world.address)).send().await.unwrap().json().await.unwrap();
    assert_eq!(description["paths"].as_object().unwrap().len(), 5);
}

/// Only who signs as the authority of this election, to this issuer and just now, is told who has taken a token; handles without
/// times, and never fresher than a ballot's longest way into the log.
#[tokio::test(flavor = "multi_thread")]
async fn tells_the_authority_alone_who_has_taken_a_token_http_7() {
    let sample = Sample::new(Hours::Timed);
    let devices = sample.devices(3);
    let world = World::new(sample, &devices.iter().collect::<Vec<_>>()).await;
    world.until_open().await;
    let key = &world.sample.authority;
    let ask_as = |key: &Ed25519SigningKey, election, issuer, signed_at, time, after: Option<Handle>| {
        let statement = IssuedRequest { election, issuer, time: signed_at };
        AskIssued { after: after.map(Base64), signature: Base64(key.sign(&statement)), time }
    };
    let election = *world.sample.manifest.id();
    let ask = |now, after| ask_as(key, &election, "office", now, now, after);
    let told = async |now, after| {
        world.clock.0.store(now, Ordering::SeqCst);
        let page = world.client.issued(&world.slug, &ask(now, after)).await.unwrap();
        assert!(!page.more);
        page.handles.into_iter().map(|handle| handle.0).collect::<Vec<Handle>>()
    };
    assert_eq!(told(NOW, None).await, []);
    for device in &devices[..2] {
        let saved = world.first(device).await.unwrap();
        world.second(device, &saved).await.unwrap();
    }
    // A session that is open only is no token.
    world.first(&devices[2]).await.unwrap();
    // The sample's ballots wait for 600 s at most, and so does this.
    assert_eq!(told(NOW + 599, None).await, []);
    let mut taken = [devices[0].handle, devices[1].handle];
    taken.sort();
    assert_eq!(told(NOW + 600, None).await, taken);
    assert_eq!(told(NOW + 600, Some(taken[0])).await, taken[1..]);
    assert_eq!(told(NOW + 600, Some(taken[1])).await, []);
    // A clock that was set back is no reason to tell what is old for longer.
    assert_eq!(told(NOW, None).await, taken);

    // Every refusal.
    let refused = async |request: &AskIssued| kind(world.client.issued(&world.slug, request).await);
    for (now, time, fits) in [(NOW, NOW - 121, false), (NOW, NOW + 121, false), (NOW, NOW + 120, true)] {
        world.clock.0.store(now, Ordering::SeqCst);
        let asked = world.client.issued(&world.slug, &ask(time, None)).await;
        assert_eq!(asked.is_ok(), fits);
        if !fits {
            assert_eq!(kind(asked), ProblemType::WrongTime);
        }
    }
    let other = urna_crypto::ElectionId::from_bytes([9; 32]);
    let stranger = Ed25519SigningKey::from_bytes(&[9; 32]);
    for request in [
        ask_as(&stranger, &election, "office", NOW, NOW, None),
        ask_as(key, &other, "office", NOW, NOW, None),
        ask_as(key, &election, "senate", NOW, NOW, None),
        ask_as(key, &election, "office", NOW - 1, NOW, None),
    ] {
        assert_eq!(refused(&request).await, ProblemType::InvalidSignature);
    }
    let unknown = world.client.issued(&"other-2027".parse().unwrap(), &ask(NOW, None)).await;
    assert_eq!(kind(unknown), ProblemType::UnknownElection);
    let address = format!("{}/v1/elections/{}/issued", world.address, world.slug);
    let body = |text: String| {
        reqwest::Client::new().post(&address).header(CONTENT_TYPE, "application/json").body(text).send()
    };
    let good = serde_json::to_string(&ask(NOW, None)).unwrap();
    assert_eq!(body(good.clone()).await.unwrap().status(), 200);
    for wrong in ["x".to_owned(), good.replace("null", "\"AAAA\""), good.replace("{", "{\"more\":1,")] {
        assert_eq!(body(wrong).await.unwrap().status(), 400);
    }
    // After a start there is nothing that was told before.
    let world = world.again().await;
    world.until_open().await;
    let good: AskIssued = serde_json::from_str(&good).unwrap();
    let page = world.client.issued(&world.slug, &good).await.unwrap();
    assert_eq!(page.handles.len(), 2);
}

/// The disk cannot be reached for a moment: nobody is told anything false, and the issuer opens itself again.
#[tokio::test(flavor = "multi_thread")]
async fn stops_when_its_disk_fails_and_goes_on_by_itself() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(2);
    let world = World::new(sample, &[&devices[0], &devices[1]]).await;
    world.until_open().await;
    let saved = world.first(&devices[0]).await.unwrap();
    let database = world.folder.0.join(world.slug.as_str()).join("answered").join("db");
    let aside = database.with_extension("aside");
    fs::rename(&database, &aside).unwrap();
    assert_eq!(kind(world.second(&devices[0], &saved).await), ProblemType::UnknownOutcome);
    assert_eq!(kind(world.second(&devices[0], &saved).await), ProblemType::Stopped);
    fs::rename(&aside, &database).unwrap();
    world.until_open().await;
    match world.second(&devices[0], &saved).await {
        Ok(answer) => drop(devices[0].finish(&saved, &answer)),
        Err(error) => assert_eq!(error.kind(), Some(ProblemType::SessionExpired)),
    }
    let saved = world.first(&devices[1]).await.unwrap();
    devices[1].finish(&saved, &world.second(&devices[1], &saved).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_for_a_board_that_does_not_answer_yet() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let folder = Folder::new();
    IssuerFolder::of(&folder.0, &sample.plan.slug).put_keys(&sample.keys("office")).unwrap();
    let board = TestBoard::default();
    board.put_blob(sample.manifest.bytes());
    board.post(&sample.until_register(&[&device]));
    board.set_down(true);
    let world = World::open(sample, folder, board).await;
    assert_eq!(kind(world.first(&device).await), ProblemType::Stopped);
    world.board.set_down(false);
    world.until_open().await;
    world.first(&device).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_a_start_that_does_not_fit_and_says_why() {
    let sample = Sample::new(Hours::Manual);
    let folder = Folder::new();
    let board = TestBoard::default();
    // No keys; and bytes that are not the manifest.
    board.put_blob(sample.manifest.bytes());
    let refused = served(&folder, &board, &sample).await.map(drop).unwrap_err();
    assert!(matches!(refused.error, FollowError::Issuer(IssuerError::NoKeys)), "{refused}");
    let other = Folder::new();
    IssuerFolder::of(&other.0, &sample.plan.slug).put_keys(&sample.keys("office")).unwrap();
    board.set_false(true);
    let refused = served(&other, &board, &sample).await.map(drop).unwrap_err();
    assert!(matches!(refused.error, FollowError::Issuer(IssuerError::OtherManifestBytes(_))), "{refused}");
    assert!(refused.to_string().starts_with("small-2027: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_without_waiting_for_a_board_that_hangs() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let world = World::new(sample, &[&device]).await;
    world.until_open().await;
    world.board.hang();
    world.service.wake();
    tokio::time::sleep(Duration::from_millis(100)).await;
    // What voters ask for does not wait for the board either.
    let saved = world.first(&device).await.unwrap();
    device.finish(&saved, &world.second(&device, &saved).await.unwrap());
    let World { service, end, ended, .. } = world;
    end.unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap().unwrap();
    drop(service);
}
