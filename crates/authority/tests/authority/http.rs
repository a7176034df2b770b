//! The routes: a whole election over HTTP, and every error with its status and document.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use reqwest::header::{CONTENT_TYPE, ETAG, IF_MATCH, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use urna_api::ProblemType;
use urna_api::authority::Role;
use urna_api::client::AuthorityClient;
use urna_api::server::Limits;
use urna_bundle::Bundle;

use crate::memory::Failing;
use crate::sample::{LIST, SLUG, World, draft, sha256};

/// A served authority, and who asks it.
pub(crate) struct Served {
    pub(crate) world: World,
    address: SocketAddr,
    client: Client,
    end: tokio::sync::oneshot::Sender<()>,
}

impl Served {
    pub(crate) async fn new() -> Self {
        Self::with(None).await
    }

    /// One that brings this bundle, or the one that is compiled in.
    pub(crate) async fn with(bundle: Option<Bundle>) -> Self {
        let mut world = World::new().await;
        if bundle.is_some() {
            world.bundle = bundle;
            world.start();
        }
        Self::serve(world).await
    }

    /// Starts it again, with a program that brings this bundle.
    pub(crate) async fn upgrade(&mut self, bundle: Bundle) {
        self.stop();
        self.world.bundle = Some(bundle);
        self.world.start();
        (self.address, self.end) = Self::listen(&self.world).await;
    }

    pub(crate) fn stop(&mut self) {
        // Whoever listened may have ended already.
        let (end, _) = tokio::sync::oneshot::channel();
        let _ = std::mem::replace(&mut self.end, end).send(());
        self.world.stop();
    }

    async fn serve(world: World) -> Self {
        let (address, end) = Self::listen(&world).await;
        Self { world, address, client: Client::new(), end }
    }

    async fn listen(world: &World) -> (SocketAddr, tokio::sync::oneshot::Sender<()>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = tokio::sync::oneshot::channel();
        let limits = Limits { body: std::time::Duration::from_secs(2), ..Limits::default() };
        tokio::spawn(urna_authority::run(world.authority(), listener, limits, async {
            let _ = ended.await;
        }));
        (address, end)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client without a key.
    pub(crate) fn client(&self) -> AuthorityClient {
        AuthorityClient::new(&self.url()).unwrap()
    }

    /// A PUT without a key to an address of the election, which is refused.
    pub(crate) async fn refused_at(&self, rest: &str, body: Value, kind: ProblemType) {
        self.refused(PUT, &at(rest), None, body, kind).await;
    }

    fn request(&self, method: Method, path: &str, key: Option<&str>) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://{}{path}", self.address));
        match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    async fn send(&self, method: Method, path: &str, key: Option<&str>, body: Value) -> Response {
        let request = self.request(method, path, key);
        let request = if body.is_null() { request } else { request.json(&body) };
        request.send().await.unwrap()
    }

    /// The owner's request, which succeeds.
    async fn ok(&self, method: Method, path: &str, body: Value) -> Value {
        let response = self.send(method, path, Some(&self.world.owner), body).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    /// A request that is refused, with this problem.
    async fn refused(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Value,
        kind: ProblemType,
    ) -> Value {
        let what = format!("{method} {path} {body}");
        let response = self.send(method, path, key, body).await;
        problem(&what, response, kind).await
    }
}

pub(crate) async fn problem(what: &str, response: Response, kind: ProblemType) -> Value {
    let status = response.status().as_u16();
    let content_type = response.headers().get(CONTENT_TYPE).cloned();
    let text = response.text().await.unwrap();
    assert_eq!(status, kind.status(), "{what}: {text}");
    assert_eq!(content_type.unwrap(), "application/problem+json", "{what}");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["type"], format!("urn:urna:problem:{}", kind.name()), "{what}: {text}");
    assert_eq!(document["status"], status);
    assert!(!document["detail"].as_str().unwrap().is_empty());
    document
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

fn at(rest: &str) -> String {
    format!("/v1/elections/{SLUG}{rest}")
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_an_election_over_http() {
    let served = Served::new().await;
    let world = &served.world;
    let made = served
        .send(POST, "/v1/elections", Some(&world.owner), json!({"slug": SLUG, "from": "meeting"}))
        .await;
    assert_eq!(made.status(), 201);
    assert_eq!(made.headers()[ETAG], "\"0\"");
    let read = served.send(GET, &at("/draft"), Some(&world.owner), Value::Null).await;
    let tag = read.headers()[ETAG].clone();
    let request = served.request(PUT, &at("/draft"), Some(&world.owner)).header(IF_MATCH, tag);
    let edited = request.json(&draft(world)).send().await.unwrap();
    assert_eq!((edited.status().as_u16(), edited.headers()[ETAG].to_str().unwrap()), (200, "\"1\""));

    let planned = served.ok(POST, &at("/plan"), Value::Null).await;
    let plan = served.send(GET, &at("/plan"), None, Value::Null).await;
    let plan = urna_election::Plan::parse(&plan.bytes().await.unwrap()).unwrap();
    assert_eq!(planned["plan_id"], plan.id().to_string());
    for (place, issuer) in ["office", "senate"].into_iter().enumerate() {
        let keys = world.issuer_keys(&plan.id(), place);
        let path = at(&format!("/issuers/{issuer}/keys"));
        assert_eq!(served.send(PUT, &path, None, json!(keys)).await.status(), 200);
    }
    let wanting = served.ok(POST, &at("/validate"), Value::Null).await;
    assert_eq!(wanting["problems"][0]["field"], "trustees");
    served.ok(PUT, &at("/trustees"), json!(world.trustee_keys(&plan.id()))).await;
    assert_eq!(served.ok(POST, &at("/validate"), Value::Null).await["problems"], json!([]));

    let list = served.request(PUT, &at("/register"), Some(&world.owner)).header(CONTENT_TYPE, "text/csv");
    let loaded: Value = list.body(LIST).send().await.unwrap().json().await.unwrap();
    assert_eq!(loaded["entitled"], json!({"students": 6, "staff": 5}));
    let manifest = served.send(GET, &at("/manifest"), Some(&world.owner), Value::Null).await;
    let manifest = manifest.bytes().await.unwrap();
    let hash: String = sha256(&manifest).iter().map(|byte| format!("{byte:02x}")).collect();
    let approved = served.send(POST, &at("/approvals"), Some(&world.owner), json!({"sha256": hash})).await;
    assert_eq!(approved.status(), 201);
    let published = served.ok(POST, &at("/publish"), json!({"slug": SLUG})).await;
    assert_eq!(published["election_id"], hash);
    // Now it is everybody's.
    let public = served.send(GET, &at("/manifest"), None, Value::Null).await;
    assert_eq!(public.bytes().await.unwrap(), manifest);

    let changes = json!({"add": [{"person": "n1", "name": "New", "class": "staff"}], "cause": "manual"});
    assert_eq!(served.ok(POST, &at("/register/changes"), changes).await["added"], 1);
    assert_eq!(served.ok(GET, &at("/register"), Value::Null).await.as_array().unwrap().len(), 12);
    assert_eq!(served.ok(GET, &at("/register/salts"), Value::Null).await.as_array().unwrap().len(), 12);
    served.ok(POST, &at("/invitations/test"), json!({"to": "eva@uni.example"})).await;
    let started =
        served.send(POST, &at("/invitations/send"), Some(&world.owner), json!({"audience": "all"})).await;
    assert_eq!(started.status(), 202);
    let job = started.json::<Value>().await.unwrap()["job"].as_str().unwrap().to_owned();
    loop {
        let job = served.ok(GET, &at(&format!("/invitations/jobs/{job}")), Value::Null).await;
        if job["done"] == true {
            assert_eq!((job["sent"].as_u64(), job["without_address"].as_u64()), (Some(10), Some(2)));
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let letters = served.send(GET, &at("/invitations.csv"), Some(&world.owner), Value::Null).await;
    assert_eq!(letters.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(letters.headers()["cache-control"], "no-store");
    assert_eq!(letters.text().await.unwrap().lines().count(), 3);
    assert_eq!(served.ok(POST, &at("/invitations/a1/resend"), Value::Null).await["replaced"], true);
    served.ok(POST, &at("/invitations/erase"), json!({"slug": SLUG})).await;

    world.rehearse();
    assert_eq!(served.ok(POST, &at("/open"), json!({"slug": SLUG})).await["kind"], "voting_opened");
    assert_eq!(served.ok(GET, &at("/turnout"), Value::Null).await["entitled"], 6);
    let status = served.ok(GET, &at(""), Value::Null).await;
    assert_eq!((&status["phase"], &status["election_id"]), (&json!("voting"), &json!(hash)));
    assert_eq!(served.ok(POST, &at("/close"), json!({"slug": SLUG})).await["kind"], "voting_closed");
    let reason = json!({"slug": SLUG, "reason": "nobody counts"});
    assert_eq!(served.ok(POST, &at("/cancel"), reason).await["kind"], "cancelled");
    assert!(served.ok(GET, &at("/audit"), Value::Null).await.as_array().unwrap().len() > 10);
    assert!(served.ok(GET, "/v1/elections", Value::Null).await.as_array().unwrap().len() > 1);

    let (_, _) = world.key("jan", Role::Manager);
    let keys = served.ok(GET, "/v1/keys", Value::Null).await;
    let jan = keys.as_array().unwrap().iter().find(|key| key["account"] == "jan").unwrap()["id"].clone();
    served.ok(DELETE, &format!("/v1/keys/{}", jan.as_str().unwrap()), Value::Null).await;
    let new = json!({"account": "zoe", "role": "owner", "election": null});
    let made = served.send(POST, "/v1/keys", Some(&world.operator), new).await;
    assert_eq!(made.status(), 201);
    let Served { end, .. } = served;
    end.send(()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_whoever_has_no_key() {
    let served = Served::new().await;
    let routes = [
        (POST, "/v1/elections".to_owned()),
        (GET, "/v1/elections".to_owned()),
        (GET, at("")),
        (GET, at("/draft")),
        (PUT, at("/draft")),
        (POST, at("/plan")),
        (POST, at("/validate")),
        (POST, at("/approvals")),
        (POST, at("/publish")),
        (POST, at("/open")),
        (POST, at("/close")),
        (POST, at("/cancel")),
        (POST, at("/tally")),
        (POST, at("/certify")),
        (GET, at("/turnout")),
        (GET, at("/audit")),
        (DELETE, at("/issuers/office/keys")),
        (PUT, at("/trustees")),
        (POST, at("/ceremony/restart")),
        (PUT, at("/register")),
        (GET, at("/register")),
        (POST, at("/register/changes")),
        (GET, at("/register/salts")),
        (POST, at("/invitations/test")),
        (POST, at("/invitations/send")),
        (GET, at("/invitations/jobs/1")),
        (GET, at("/invitations.csv")),
        (POST, at("/invitations/erase")),
        (POST, at("/invitations/a1/resend")),
        (POST, "/v1/keys".to_owned()),
        (GET, "/v1/keys".to_owned()),
        (DELETE, "/v1/keys/1".to_owned()),
        (POST, "/v1/sign-in".to_owned()),
    ];
    let (most, last) = served.world.owner.split_at(served.world.owner.len() - 1);
    let almost = format!("{most}{}", if last == "A" { "E" } else { "A" });
    for (method, path) in &routes {
        for key in [None, Some("x"), Some(almost.as_str())] {
            let response = served.send(method.clone(), path, key, Value::Null).await;
            assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer", "{path}");
            problem(path, response, ProblemType::Unauthenticated).await;
        }
    }
    // The description lists these routes, the six of everybody, the issuers' and the trustees'.
    let description: Value =
        served.send(GET, "/v1/openapi.json", None, Value::Null).await.json().await.unwrap();
    let paths = description["paths"].as_object().unwrap();
    let described: usize = paths.values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(described, routes.len() + 8);
    assert_eq!(description["openapi"], "3.1.0");
    let public = paths[&at("/plan").replace(SLUG, "{election}")]["get"].get("security");
    assert!(public.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_with_problem_documents() {
    use ProblemType::{
        AlreadyIssued, BoardUnreachable, EditedMeanwhile, Forbidden, InvalidDraft, InvalidEntry,
        InvalidProof, InvalidRegister, IssuerUnreachable, MailFailed, Malformed, Method as WrongMethod,
        NotYetPublic, TooLarge, UnknownElection, UnknownJob, UnknownKey, UnknownPerson, UnknownRoute,
        UnknownSigner, UnsupportedMediaType, WrongPhase,
    };
    let served = Served::new().await;
    let tokens = served.world.tokens.clone().unwrap();
    let owner = served.world.owner.clone();
    let operator = served.world.operator.clone();
    let owner = Some(owner.as_str());
    let operator = Some(operator.as_str());
    let null = || Value::Null;
    let confirm = || json!({"slug": SLUG});

    // Elections that are none.
    served.refused(GET, "/v1/elections/none", owner, null(), UnknownElection).await;
    served.refused(GET, "/v1/elections/NO", owner, null(), UnknownElection).await;
    served.refused(GET, "/v1/elections/none/plan", None, null(), UnknownElection).await;
    served.refused(GET, "/v1/elections/none/manifest", None, null(), NotYetPublic).await;
    served.refused(GET, "/v1/none", owner, null(), UnknownRoute).await;
    served.refused(DELETE, "/v1/elections", owner, null(), WrongMethod).await;
    served.refused(POST, "/v1/elections", owner, json!({"slug": "NO", "from": null}), Malformed).await;
    served.refused(POST, "/v1/elections", owner, json!({"slug": SLUG, "from": "none"}), Malformed).await;
    served.refused(POST, "/v1/elections", owner, json!({"from": null}), Malformed).await;
    served
        .refused(POST, "/v1/elections", owner, json!({"slug": SLUG, "from": null, "x": 1}), Malformed)
        .await;
    served.refused(POST, "/v1/elections", operator, json!({"slug": SLUG, "from": null}), Forbidden).await;
    let response = served.request(POST, "/v1/elections", owner).body("x").send().await.unwrap();
    problem("text", response, UnsupportedMediaType).await;

    // A draft.
    served.ok(POST, "/v1/elections", json!({"slug": SLUG, "from": null})).await;
    served.refused(POST, "/v1/elections", owner, json!({"slug": SLUG, "from": null}), WrongPhase).await;
    served.refused(PUT, &at("/draft"), owner, json!(draft(&served.world)), EditedMeanwhile).await;
    let edit = |tag: &str, body: Value| {
        served.request(PUT, &at("/draft"), owner).header(IF_MATCH, format!("\"{tag}\"")).json(&body).send()
    };
    problem("tag", edit("7", json!(draft(&served.world))).await.unwrap(), EditedMeanwhile).await;
    problem("draft", edit("0", json!({})).await.unwrap(), Malformed).await;
    // Who sees results is everybody (C13): what promises another thing, or this one, is refused by its name.
    for whom in ["orderer", "voters", "users", "public"] {
        let mut promising = json!(draft(&served.world));
        promising["policy"]["results_visible_to"] = whom.into();
        let refused = problem("visible", edit("0", promising).await.unwrap(), Malformed).await;
        assert!(refused["detail"].as_str().unwrap().contains("results_visible_to"), "{refused}");
    }
    let large = served.request(PUT, &at("/draft"), owner).header(IF_MATCH, "\"0\"");
    let large = large.header(CONTENT_TYPE, "application/json").body(vec![b' '; (16 << 20) + 1]);
    problem("draft", large.send().await.unwrap(), TooLarge).await;
    served.refused(PUT, &at("/draft"), operator, json!({}), EditedMeanwhile).await;
    let by_operator = served.request(PUT, &at("/draft"), operator).header(IF_MATCH, "\"0\"");
    let by_operator = by_operator.json(&draft(&served.world)).send().await.unwrap();
    problem("operator", by_operator, Forbidden).await;
    let invalid = served.refused(POST, &at("/plan"), owner, null(), InvalidDraft).await;
    assert!(invalid["problems"][0]["field"].is_string());
    served.refused(POST, &at("/plan"), operator, null(), Forbidden).await;
    served.refused(GET, &at("/plan"), None, null(), WrongPhase).await;
    served.refused(GET, &at("/manifest"), None, null(), NotYetPublic).await;
    served.refused(GET, &at("/manifest"), owner, null(), InvalidDraft).await;
    let keys = json!({"keys": [], "signing_key": urna_election::json::Base64([0_u8; 32])});
    served.refused(PUT, &at("/issuers/office/keys"), None, keys.clone(), WrongPhase).await;
    let stranger = json!({"election_key": urna_election::json::Base64([0_u8; 32]), "members": []});
    served.refused(PUT, &at("/trustees"), owner, stranger.clone(), WrongPhase).await;
    served.refused(POST, &at("/open"), owner, confirm(), WrongPhase).await;
    served.refused(POST, &at("/cancel"), owner, json!({"slug": SLUG, "reason": ""}), WrongPhase).await;
    served.refused(GET, &at("/turnout"), owner, null(), WrongPhase).await;
    served.refused(POST, &at("/invitations/test"), owner, json!({"to": "a@b.example"}), WrongPhase).await;
    served.refused(POST, &at("/invitations/send"), owner, json!({"audience": "all"}), WrongPhase).await;
    served.refused(POST, &at("/invitations/send"), owner, json!({"audience": "some"}), Malformed).await;
    served.refused(GET, &at("/invitations.csv"), owner, null(), WrongPhase).await;

    // A plan, without a board and with one.
    assert!(edit("0", json!(draft(&served.world))).await.unwrap().status().is_success());
    served.world.board.with(|log| log.is_down = true);
    let response = served.send(POST, &at("/plan"), owner, null()).await;
    assert_eq!(response.headers()["retry-after"], "5");
    problem("plan", response, BoardUnreachable).await;
    served.world.board.with(|log| log.is_down = false);
    let plan = served.ok(POST, &at("/plan"), null()).await;
    let plan = served.world.authority().plan(&SLUG.parse().unwrap()).map(|p| (p.id(), plan)).unwrap().0;
    served.refused(PUT, &at("/issuers/office/keys"), None, keys, InvalidProof).await;
    served
        .refused(PUT, &at("/issuers/x/keys"), None, json!(served.world.issuer_keys(&plan, 0)), UnknownSigner)
        .await;
    served.refused(PUT, &at("/issuers/office/keys"), None, json!({"keys": 1}), Malformed).await;
    served.refused(DELETE, &at("/issuers/office/keys"), owner, null(), UnknownSigner).await;
    served.refused(DELETE, &at("/issuers/office/keys"), operator, null(), Forbidden).await;
    served.refused(PUT, &at("/trustees"), owner, stranger, InvalidDraft).await;
    let mut trustees = served.world.trustee_keys(&plan);
    trustees.members[0].possession = urna_election::json::Base64([0; 64]);
    served.refused(PUT, &at("/trustees"), owner, json!(trustees), InvalidProof).await;
    for (place, issuer) in ["office", "senate"].into_iter().enumerate() {
        let keys = json!(served.world.issuer_keys(&plan, place));
        served.ok(PUT, &at(&format!("/issuers/{issuer}/keys")), keys).await;
    }
    let other = json!(World::new().await.issuer_keys(&plan, 0));
    served.refused(PUT, &at("/issuers/office/keys"), None, other, WrongPhase).await;
    served.ok(PUT, &at("/trustees"), json!(served.world.trustee_keys(&plan))).await;

    // A register.
    let load = |content_type: &'static str, list: String, query: &str| {
        let request = served.request(PUT, &at(&format!("/register{query}")), owner);
        request.header(CONTENT_TYPE, content_type).body(list).send()
    };
    let bad = problem(
        "list",
        load("text/csv", "id,name,class\n1,A,dean\n2,,staff\n".into(), "").await.unwrap(),
        InvalidRegister,
    );
    let bad = bad.await;
    assert_eq!((&bad["problems"][0]["line"], &bad["problems"][1]["line"]), (&json!(2), &json!(3)));
    problem("list", load("application/json", "{}".into(), "").await.unwrap(), InvalidRegister).await;
    problem("list", load("text/plain", LIST.into(), "").await.unwrap(), UnsupportedMediaType).await;
    problem("list", load("text/csv", LIST.into(), "?cause=x").await.unwrap(), Malformed).await;
    problem("list", load("text/csv", " ".repeat((64 << 20) + 1), "").await.unwrap(), TooLarge).await;
    assert!(load("text/csv", LIST.into(), "?cause=nightly").await.unwrap().status().is_success());
    let changes = json!({"remove": ["nobody"], "cause": "manual"});
    let bad = served.refused(POST, &at("/register/changes"), owner, changes, InvalidRegister).await;
    assert_eq!(bad["problems"][0]["field"], "remove[0]");
    served.refused(POST, &at("/register/changes"), owner, json!({"remove": []}), Malformed).await;
    served.refused(GET, &at("/register"), operator, null(), Forbidden).await;
    served.refused(GET, &at("/register/salts"), operator, null(), Forbidden).await;

    // Approval and publication.
    served.refused(POST, &at("/approvals"), owner, json!({"sha256": "x"}), Malformed).await;
    served.refused(POST, &at("/approvals"), owner, json!({"sha256": "0".repeat(64)}), EditedMeanwhile).await;
    served.refused(POST, &at("/approvals"), operator, json!({"sha256": "0".repeat(64)}), Forbidden).await;
    served.refused(POST, &at("/publish"), owner, confirm(), WrongPhase).await;
    served.refused(POST, &at("/publish"), owner, json!({"slug": "other"}), Malformed).await;
    served.refused(POST, &at("/publish"), operator, confirm(), Forbidden).await;
    served.world.approve();
    served.world.board.with(|log| log.refuses = true);
    let refused = served.refused(POST, &at("/publish"), owner, confirm(), InvalidEntry).await;
    assert_eq!(refused["check"], "V-04");
    served.world.board.with(|log| log.is_down = true);
    served.refused(POST, &at("/publish"), owner, confirm(), BoardUnreachable).await;
    served.world.board.with(|log| log.is_down = false);
    served.ok(POST, &at("/publish"), confirm()).await;
    problem("draft", edit("1", json!(draft(&served.world))).await.unwrap(), WrongPhase).await;
    served.refused(DELETE, &at("/issuers/office/keys"), owner, null(), WrongPhase).await;
    served.refused(PUT, &at("/trustees"), owner, json!(served.world.trustee_keys(&plan)), WrongPhase).await;
    served.refused(POST, &at("/approvals"), owner, json!({"sha256": "0".repeat(64)}), WrongPhase).await;

    // Invitations.
    served
        .refused(POST, &at("/invitations/test"), owner, json!({"to": "refused@b.example"}), MailFailed)
        .await;
    served.refused(POST, &at("/invitations/test"), operator, json!({"to": "a@b.example"}), Forbidden).await;
    served.refused(POST, &at("/invitations/send"), owner, json!({"audience": "all"}), WrongPhase).await;
    served.refused(GET, &at("/invitations/jobs/1"), owner, null(), UnknownJob).await;
    served.refused(GET, &at("/invitations.csv"), operator, null(), Forbidden).await;
    served.refused(POST, &at("/invitations/erase"), owner, json!({"slug": "x"}), Malformed).await;
    served.refused(POST, &at("/invitations/nobody/resend"), owner, null(), UnknownPerson).await;

    // Phases.
    served.refused(POST, &at("/open"), owner, confirm(), WrongPhase).await;
    served.refused(POST, &at("/open"), owner, json!({"slug": "x"}), Malformed).await;
    served.refused(POST, &at("/open"), operator, confirm(), Forbidden).await;
    served.refused(POST, &at("/close"), owner, confirm(), WrongPhase).await;
    for act in ["/tally", "/certify"] {
        served.refused(POST, &at(act), owner, confirm(), WrongPhase).await;
        served.refused(POST, &at(act), owner, json!({"slug": "x"}), Malformed).await;
        served.refused(POST, &at(act), operator, confirm(), Forbidden).await;
    }
    served.refused(GET, &at("/result"), None, null(), NotYetPublic).await;
    served.refused(GET, "/v1/elections/none/result", None, null(), UnknownElection).await;
    let (_, manager) = served.world.key("jan", Role::Manager);
    let cancel = served.world.authority().cancel(&manager, &SLUG.parse().unwrap(), SLUG, "").await;
    assert!(cancel.is_err());
    served.world.board.with(|log| log.is_down = true);
    served.refused(GET, &at("/turnout"), owner, null(), BoardUnreachable).await;
    served.world.board.with(|log| log.is_down = false);

    // Keys.
    let key = |account: &str, role: &str, election: Value| json!({"account": account, "role": role, "election": election});
    served.refused(POST, "/v1/keys", owner, key("zoe", "owner", Value::Null), Forbidden).await;
    // An operator of one election only may be let in by its owner; it is none of the service.
    let made = served.send(POST, "/v1/keys", owner, key("zoe", "operator", json!(SLUG))).await;
    let limited = made.json::<Value>().await.unwrap()["key"].as_str().unwrap().to_owned();
    served.refused(POST, "/v1/keys", Some(&limited), key("eve", "owner", Value::Null), Forbidden).await;
    served.refused(POST, "/v1/keys", Some(&limited), key("eve", "operator", json!(SLUG)), Forbidden).await;
    served.refused(POST, "/v1/keys", owner, key("zoe", "owner", json!(SLUG)), Forbidden).await;
    served.refused(POST, "/v1/keys", operator, key("zoe", "manager", Value::Null), Malformed).await;
    served.refused(POST, "/v1/keys", operator, key("", "owner", Value::Null), Malformed).await;
    served.refused(POST, "/v1/keys", operator, key("zoe", "boss", Value::Null), Malformed).await;
    served.refused(POST, "/v1/keys", operator, key("zoe", "manager", json!("none")), UnknownElection).await;
    served.refused(DELETE, "/v1/keys/0", owner, null(), UnknownKey).await;
    let id = served.world.operator.split('_').nth(1).unwrap().to_owned();
    served.refused(DELETE, &format!("/v1/keys/{id}"), owner, null(), UnknownKey).await;

    // Whose token was issued, and where that cannot be said.
    let handles = served.world.board.with(|log| log.register.rows().map(|(handle, _)| *handle).collect());
    *tokens.taken.lock().unwrap() = handles;
    served.refused(POST, &at("/invitations/a1/resend"), owner, null(), AlreadyIssued).await;
    served.ok(POST, &at("/invitations/erase"), confirm()).await;
    tokens.silent.store(true, Ordering::SeqCst);
    served.refused(POST, &at("/invitations/a1/resend"), owner, null(), IssuerUnreachable).await;
}

/// Nothing is acknowledged that is not kept; while the records are closed, whoever asks is told to come again.
#[tokio::test(flavor = "multi_thread")]
async fn rejects_what_its_disk_does_not_keep() {
    let served = Served::new().await;
    let (world, owner) = (&served.world, Some(served.world.owner.as_str()));
    let new = || json!({"slug": SLUG, "from": null});
    world.store.fail_at(world.store.commits(), Failing::Before);
    served.refused(POST, "/v1/elections", owner, new(), ProblemType::UnknownOutcome).await;
    world.store.close(true);
    for (method, path, body) in [(POST, "/v1/elections", new()), (GET, "/v1/elections", Value::Null)] {
        let response = served.send(method, path, owner, body).await;
        assert_eq!(response.headers()[RETRY_AFTER], "2");
        let document = problem(path, response, ProblemType::Stopped).await;
        assert!(!document.to_string().contains("memory"), "what failed is for whoever runs it: {document}");
    }
    world.store.close(false);
    served.ok(POST, "/v1/elections", new()).await;
}
