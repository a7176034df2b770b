//! The booth's program, driven by what would be JavaScript in a browser, against real services: closed at every step there is, and
//! open in two windows at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use urna_booth::Booth;
use urna_client::{Invitation, RecoveryCode};
use urna_crypto::Identifier;
use urna_election::manifest::draft::Revote;

use crate::gate::Action;
use crate::world::{Terms, World};

/// A place and a record.
type Key = (String, String);

/// What a browser keeps for all windows of an origin: versions and texts.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<Key, (u64, String)>>>);

impl Kept {
    fn load(&self, load: &Value) -> (Value, Vec<u8>) {
        let kept = self.0.lock().unwrap();
        let (version, text) = kept.get(&key(load)).cloned().unwrap_or_default();
        (json!({ "loaded": { "version": version } }), text.into_bytes())
    }

    fn store(&self, store: &Value) -> Value {
        let mut kept = self.0.lock().unwrap();
        let (version, text) = kept.entry(key(store)).or_default();
        if store["version"].as_u64().is_some_and(|expected| expected != *version) {
            return json!("other_window");
        }
        (*version, *text) = (*version + 1, store["text"].as_str().unwrap().to_owned());
        json!({ "stored": { "version": *version } })
    }

    fn forms(&self) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        kept.iter().filter(|((_, record), _)| record == "form").map(|(_, (_, text))| text.clone()).collect()
    }
}

fn key(want: &Value) -> Key {
    (want["place"].as_str().unwrap().to_owned(), want["record"].as_str().unwrap().to_owned())
}

/// One window with one operation.
struct Window<'a> {
    world: &'a World,
    kept: Kept,
    http: reqwest::Client,
    booth: Booth,
    wants: VecDeque<Value>,
    notices: Vec<Value>,
    ended: Option<Value>,
    /// Every request that left: its method and address, and its body.
    sent: Vec<(String, String)>,
}

impl<'a> Window<'a> {
    fn new(world: &'a World, kept: &Kept, start: &Value) -> Self {
        let (wants, notices, sent) = (VecDeque::new(), Vec::new(), Vec::new());
        let (kept, http, booth) = (kept.clone(), reqwest::Client::new(), Booth::new());
        let mut window = Self { world, kept, http, booth, wants, notices, ended: None, sent };
        world.manifest_from_authority();
        window.turn(json!({ "start": start }), &[]);
        window
    }

    fn turn(&mut self, mut head: Value, body: &[u8]) {
        head["now"] = self.world.clock.now().into();
        let said: Value = serde_json::from_slice(&self.booth.turn(&message(&head, body))).unwrap();
        assert_eq!(said["refused"], Value::Null);
        self.wants.extend(said["wants"].as_array().unwrap().iter().cloned());
        self.notices.extend(said["notices"].as_array().unwrap().iter().cloned());
        let withdrawn = said["withdrawn"].as_array().unwrap();
        self.wants.retain(|want| !withdrawn.contains(&want["id"]));
        if said["ended"] != Value::Null {
            self.ended = Some(said["ended"].clone());
        }
        assert!(self.ended.is_some() || !self.wants.is_empty(), "it waits for nothing");
    }

    /// Does what is wanted first, and gives its answer if it is not closed meanwhile.
    async fn step(&mut self, closes: bool) {
        let Some(want) = self.wants.pop_front() else { return };
        let (kind, what) = want["want"].as_object().unwrap().iter().next().unwrap();
        let (is, body) = match kind.as_str() {
            "fetch" => self.fetch(what).await,
            "wait" => {
                self.world
                    .clock
                    .forward(std::time::Duration::from_millis(what["milliseconds"].as_u64().unwrap()));
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                (json!("waited"), Vec::new())
            }
            "load" => self.kept.load(what),
            "store" => (self.kept.store(what), Vec::new()),
            other => panic!("{other}"),
        };
        if !closes {
            self.turn(json!({ "answer": { "id": want["id"], "is": is } }), &body);
        }
    }

    async fn fetch(&mut self, fetch: &Value) -> (Value, Vec<u8>) {
        let (method, url) = (fetch["method"].as_str().unwrap(), fetch["url"].as_str().unwrap());
        let mut request = self.http.request(method.parse().unwrap(), url);
        for header in fetch["headers"].as_array().unwrap() {
            assert_eq!(*header, json!(["content-type", "application/json"]), "{url}");
            request = request.header("content-type", "application/json");
        }
        let body = fetch["body"].as_str().unwrap_or_default().to_owned();
        self.sent.push((format!("{method} {url}"), body.clone()));
        let request = if body.is_empty() { request } else { request.body(body) };
        match request.send().await {
            Ok(response) => {
                let headers: Vec<_> = response
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                    .collect();
                let status = response.status().as_u16();
                let is = json!({ "answered": { "complete": true, "headers": headers, "status": status } });
                (is, response.bytes().await.unwrap().to_vec())
            }
            Err(error) => (json!({ "unreachable": { "reason": error.to_string() } }), Vec::new()),
        }
    }

    /// Goes on to the end.
    async fn end(mut self) -> Self {
        while self.ended.is_none() {
            self.step(false).await;
        }
        self
    }

    #[track_caller]
    fn done(&self) -> &Value {
        let ended = self.ended.as_ref().expect("it has not ended");
        let done = &ended["done"]["document"];
        assert!(done.is_object(), "{ended}");
        done
    }

    #[track_caller]
    fn failed(&self) -> &Value {
        let failed = &self.ended.as_ref().expect("it has not ended")["failed"]["document"];
        assert!(failed.is_object(), "{:?}", self.ended);
        failed
    }
}

fn message(head: &Value, body: &[u8]) -> Vec<u8> {
    let head = serde_json::to_vec(head).unwrap();
    [&u32::try_from(head.len()).unwrap().to_le_bytes()[..], &head, body].concat()
}

fn start(what: &str, invitation: &Invitation, more: Value) -> Value {
    let mut start = json!({ "link": *invitation.to_link(), "what": what });
    start.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    start
}

fn identifier(done: &Value) -> Identifier {
    done["identifier"].as_str().unwrap().parse().unwrap()
}

/// What a person does, one thing after the other.
fn steps(invitation: &Invitation) -> [Value; 6] {
    let first = json!({ "choices": { "auditor": ["fay"], "council": ["ada", "bob"] } });
    let second = json!({ "choices": { "auditor": [], "council": "abstain" } });
    [
        start("token", invitation, json!({})),
        start("cast", invitation, first.clone()),
        start("cast", invitation, second),
        start("withdraw", invitation, json!({})),
        start("cast", invitation, first),
        start("check", invitation, json!({})),
    ]
}

/// The window is closed before or after everything that is wanted, in one of these parts of all cases; the next one goes on from what
/// is stored.
async fn close_at_every_step(name: &str, part: usize) {
    const PARTS: usize = 2;
    let world = World::new(name, Terms { people: 500, ..Terms::default() }).await;
    let mut voters = 0;
    for fault in (part..).step_by(PARTS) {
        let (kept, invitation) = (Kept::default(), world.invitation(2 * voters));
        voters += 1;
        let (mut wanted, mut closed) = (0, false);
        let mut last = Value::Null;
        for step in steps(&invitation) {
            loop {
                let mut window = Window::new(&world, &kept, &step);
                while window.ended.is_none() {
                    let now = !closed && wanted == fault / 2;
                    wanted += 1;
                    if now {
                        closed = true;
                        // After it was done, or before.
                        if fault % 2 == 1 {
                            window.step(true).await;
                        }
                        break;
                    }
                    window.step(false).await;
                }
                if window.ended.is_some() {
                    last = window.done().clone();
                    break;
                }
            }
        }
        assert_eq!(last["is"], "as_saved", "{fault}: {last}");
        assert_eq!(last["choices"], json!({ "auditor": ["fay"], "council": ["ada", "bob"] }));
        let kinds = [("ballot", 0), ("ballot", 1), ("withdrawal", 2), ("ballot", 3)];
        let expected: Vec<_> = kinds.map(|(kind, number)| (kind.to_owned(), Some(number))).into();
        assert_eq!(world.on_board(&identifier(&last)).await, expected, "fault {fault}");
        if !closed {
            break;
        }
    }
    assert!(voters > 20, "{voters}");
    world.close().await;
    assert_eq!(world.issued().await, [u64::from(voters); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_when_it_is_closed_before_anything_is_done() {
    close_at_every_step("booth-before", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_when_it_is_closed_after_anything_was_done() {
    close_at_every_step("booth-after", 1).await;
}

/// Two windows of one browser do the same at once, in whatever order, without locks: no session is asked for two challenges, no
/// number is given two contents, and what the person has at the end is what is on the board.
#[tokio::test(flavor = "multi_thread")]
async fn rejects_what_a_second_window_would_use_again() {
    let world = World::new("booth-windows", Terms { people: 100, ..Terms::default() }).await;
    let (mut conflicts, mut both) = (0, 0);
    for (voter, ahead) in (0..40).zip([50, 2, 98, 20].into_iter().cycle()) {
        // Side by side, or one of them far ahead.
        let mut rng = ChaCha20Rng::seed_from_u64(u64::from(voter));
        let (kept, invitation) = (Kept::default(), world.invitation(2 * voter));
        let mut sent = Vec::new();
        for acts in [
            [json!({}), json!({})],
            [
                json!({ "auditor": ["fay"], "council": ["ada"] }),
                json!({ "auditor": ["gus"], "council": ["eva"] }),
            ],
        ] {
            let mut windows = acts.map(|choices| {
                let (what, more) = match choices.as_object().unwrap().is_empty() {
                    true => ("token", choices),
                    false => ("cast", json!({ "choices": choices })),
                };
                Window::new(&world, &kept, &start(what, &invitation, more))
            });
            while windows.iter().any(|window| window.ended.is_none()) {
                let place = usize::from(rng.next_u32() % 100 < ahead);
                if windows[place].ended.is_none() {
                    windows[place].step(false).await;
                }
            }
            let mut done = 0;
            for window in &windows {
                if window.ended.as_ref().unwrap().get("done").is_some() {
                    done += 1;
                } else {
                    assert_eq!(window.failed()["reason"], "other_window", "{:?}", window.ended);
                    conflicts += 1;
                }
                sent.extend(window.sent.iter().cloned());
            }
            both += usize::from(done == 2);
        }
        let mut contents = BTreeMap::<String, BTreeSet<String>>::new();
        for (url, body) in &sent {
            let body: Value = serde_json::from_str(body).unwrap_or_default();
            if url.ends_with("/answer") {
                contents.entry(url.clone()).or_default().insert(body["c"].to_string());
            } else if url.ends_with("/ballots") {
                let number = format!("{} {}", body["pseudonym"], body["sequence"]);
                contents.entry(number).or_default().insert(body.to_string());
            }
        }
        assert!(contents.values().all(|contents| contents.len() == 1), "{contents:?}");
        let choices = json!({ "choices": { "auditor": ["fay"], "council": ["bob"] } });
        Window::new(&world, &kept, &start("cast", &invitation, choices)).end().await.done();
        let checked = Window::new(&world, &kept, &start("check", &invitation, json!({}))).end().await;
        assert_eq!(checked.done()["is"], "as_saved");
        assert_eq!(checked.done()["choices"]["council"], json!(["bob"]));
    }
    assert!(conflicts > 10 && both > 0, "{conflicts} conflicts; {both} times both went through");
    world.close().await;
    assert_eq!(world.issued().await, [40; 2]);
}

/// Everything else that a voter does, as the terminal's voter does it.
#[tokio::test(flavor = "multi_thread")]
async fn says_what_the_terminals_voter_says() {
    let world = World::new("booth-says", Terms::default()).await;
    let (kept, invitation) = (Kept::default(), world.invitation(0));
    let perform = async |kept: &Kept, start: Value| Window::new(&world, kept, &start).end().await;

    let shown = perform(&kept, start("show", &invitation, json!({}))).await;
    assert_eq!(shown.done()["election_id"], world.manifest.id().to_string());
    assert_eq!((&shown.done()["ready"], &shown.done()["accepting"]), (&json!(true), &json!(true)));
    assert_eq!(shown.done()["contests"][0]["options"][1]["id"], "bob");
    let manifest = perform(&kept, start("manifest", &invitation, json!({}))).await;
    assert_eq!(manifest.done()["contests"][0]["title"]["en"], "Council");
    assert!(kept.forms().is_empty(), "looking stores nothing of the voter");
    for what in ["saved", "check", "withdraw", "return", "recovery"] {
        let nothing = perform(&kept, start(what, &invitation, json!({}))).await;
        assert_eq!(nothing.failed()["reason"], "link_needed", "{what}");
    }

    // An issuer that does not answer at first.
    world.issuers[0].once("/sessions", Action::Cut);
    let token = perform(&kept, start("token", &invitation, json!({}))).await;
    assert_eq!(token.done()["issuers"], json!(["office", "senate"]));
    let waiting = token.notices.iter().find(|notice| notice["is"] == "waiting").unwrap();
    assert_eq!((&waiting["service"], &waiting["issuer"]), (&json!("issuer"), &json!("office")));
    assert!(token.notices.contains(&json!({ "is": "token", "issuer": "senate" })));

    // Without the link from here on, by the place that every answer names.
    let place = token.ended.as_ref().unwrap()["done"]["place"].clone();
    let at = |what: &str, more: Value| {
        let mut start = json!({ "place": place, "what": what });
        start.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        start
    };
    let saved = perform(&kept, at("saved", json!({}))).await;
    assert_eq!((&saved.done()["state"], &saved.done()["class"]), (&json!("with_token"), &json!("north")));
    let may = json!({ "left": 8, "return": true, "revote": true, "withdraw": false });
    assert_eq!(saved.done()["may"], may);
    let nothing = perform(&kept, at("receipt", json!({}))).await;
    assert_eq!([&nothing.done()["kind"], &nothing.done()["receipt"]], [&Value::Null; 2]);
    let blank = json!({ "choices": { "auditor": [], "council": [] } });
    let wrong = perform(&kept, at("cast", blank)).await;
    assert_eq!(wrong.failed()["reason"], "choices");
    let cast = perform(&kept, at("cast", json!({ "choices": { "auditor": [], "council": ["eva"] } }))).await;
    assert_eq!((&cast.done()["is"], &cast.done()["kind"]), (&json!("recorded"), &json!("ballot")));
    let saved = perform(&kept, at("saved", json!({}))).await;
    assert!(saved.sent.is_empty(), "what is saved is read without asking anybody: {:?}", saved.sent);
    assert_eq!(saved.done()["choices"], json!({ "auditor": [], "council": ["eva"] }));
    assert_eq!(saved.done()["standing"]["is"], "recorded");
    let may = json!({ "left": 7, "return": false, "revote": true, "withdraw": true });
    assert_eq!(saved.done()["may"], may);

    // What is to be kept: the board's own receipt, and the identifier as a picture.
    let receipt = perform(&kept, at("receipt", json!({}))).await;
    let qr = perform(&kept, at("qr", json!({}))).await;
    assert!(receipt.sent.is_empty() && qr.sent.is_empty());
    let shown = world.direct.entries_of(world.manifest.slug(), &identifier(cast.done())).await.unwrap();
    let entry = &shown.entries[0].entry.as_ref().unwrap().0;
    let text = receipt.done()["receipt"].as_str().unwrap();
    let board = world.manifest.board();
    let log = urna_log::VerifierKey::new(board.origin.parse().unwrap(), &board.log_key.to_bytes()).unwrap();
    let parsed = urna_log::Receipt::from_bytes(text.as_bytes()).unwrap();
    parsed.verify(entry, &log).unwrap();
    assert_eq!(cast.done()["index"], parsed.index());
    assert_eq!((&receipt.done()["kind"], &receipt.done()["promise"]), (&json!("ballot"), &Value::Null));
    assert_eq!(qr.done()["identifier"], cast.done()["identifier"]);
    assert!(qr.done()["path"].as_str().unwrap().starts_with("M0 0h7v1h-7z"));

    // Another device, with the code alone.
    let code = perform(&kept, at("recovery", json!({}))).await.done()["code"].clone();
    RecoveryCode::parse(code.as_str().unwrap()).unwrap();
    let (other, board) = (Kept::default(), format!("{}/union-2030", world.board.url));
    let recover = json!({
        "board": board, "code": code, "election": world.manifest.id().to_string(), "what": "recover",
    });
    let recovered = perform(&other, recover.clone()).await;
    assert_eq!(recovered.done()["identifier"], cast.done()["identifier"]);
    assert_eq!(recovered.done()["cast"], true);
    assert_eq!(perform(&other, recover).await.failed()["reason"], "already_saved");

    // Nothing of what is secret is in what is printed.
    let window = Window::new(&world, &kept, &at("check", json!({})));
    assert!(!format!("{:?}", window.booth).contains(code.as_str().unwrap()));
    let damaged = invitation.to_link().replace("/vote/", "/veto/");
    let failed = perform(&kept, json!({ "link": damaged, "what": "token" })).await;
    assert_eq!(failed.failed()["reason"], "link");
    assert!(!failed.failed()["error"].as_str().unwrap().contains(&damaged[40..]));
}

/// While other ballots are waited for, there is a promise to be kept.
#[tokio::test(flavor = "multi_thread")]
async fn gives_the_promise_until_there_is_a_receipt() {
    let terms = Terms { batch: (2, 600), revote: Revote::Never, ..Terms::default() };
    let world = World::new("booth-promise", terms).await;
    let cast = |person: u32, wait: u64| {
        let choices = json!({ "choices": { "auditor": [], "council": ["ada"] }, "wait": wait });
        (Kept::default(), start("cast", &world.invitation(2 * person), choices))
    };
    let (kept, first) = cast(0, 0);
    let promised = Window::new(&world, &kept, &first).end().await;
    assert_eq!(promised.done()["is"], "promised");
    let invitation = world.invitation(0);
    let perform = async |what| Window::new(&world, &kept, &start(what, &invitation, json!({}))).end().await;
    let said = perform("receipt").await.done().clone();
    assert_eq!(
        (&said["receipt"], &said["index"], &said["kind"]),
        (&Value::Null, &Value::Null, &json!("ballot"))
    );
    let promise = urna_log::SignedPromise::from_bytes(said["promise"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(promised.done()["deadline"], promise.unverified().deadline());
    // The vote is cast, and by this election's policy for good.
    let may = json!({ "left": 0, "return": false, "revote": false, "withdraw": false });
    assert_eq!(perform("saved").await.done()["may"], may);

    let (others, second) = cast(1, 60);
    Window::new(&world, &others, &second).end().await.done();
    perform("check").await.done();
    let said = perform("receipt").await.done().clone();
    assert!(said["receipt"].is_string() && said["promise"].is_string() && said["index"].is_u64(), "{said}");
}

/// A store that does not work keeps everything from leaving, and a token that is not used is given back after the close.
#[tokio::test(flavor = "multi_thread")]
async fn sends_nothing_that_is_not_stored() {
    let world = World::new("booth-store", Terms { revote: Revote::Never, ..Terms::default() }).await;
    let (kept, invitation) = (Kept::default(), world.invitation(0));
    let mut window = Window::new(&world, &kept, &start("token", &invitation, json!({})));
    while window.wants.front().is_some_and(|want| want["want"]["store"]["record"] != "form") {
        window.step(false).await;
    }
    let store = window.wants.pop_front().unwrap();
    assert!(window.wants.is_empty(), "something else is wanted before it is stored: {:?}", window.wants);
    let failed = json!({ "failed": { "reason": "the disk is full" } });
    window.turn(json!({ "answer": { "id": store["id"], "is": failed } }), &[]);
    assert_eq!(window.failed()["reason"], "keeper");
    assert!(window.sent.iter().all(|(url, _)| !url.contains("/sessions")));

    Window::new(&world, &kept, &start("token", &invitation, json!({}))).end().await.done();
    let early = Window::new(&world, &kept, &start("return", &invitation, json!({}))).end().await;
    assert_eq!(early.failed()["reason"], "not_closed");
    world.close().await;
    let returned = Window::new(&world, &kept, &start("return", &invitation, json!({}))).end().await;
    assert_eq!((&returned.done()["is"], &returned.done()["kind"]), (&json!("recorded"), &json!("returned")));
    let saved = Window::new(&world, &kept, &start("saved", &invitation, json!({}))).end().await;
    let may = json!({ "left": 0, "return": false, "revote": false, "withdraw": false });
    assert_eq!(saved.done()["may"], may);
}

/// The page is of the authority's origin. Board and issuers let it ask what a voter asks, and see the answers, without credentials.
#[tokio::test(flavor = "multi_thread")]
async fn asks_what_pages_of_other_origins_may_ask() {
    let world = World::new("booth-origins", Terms::default()).await;
    let (kept, invitation) = (Kept::default(), world.invitation(0));
    let mut sent = BTreeSet::new();
    for step in steps(&invitation) {
        let window = Window::new(&world, &kept, &step).end().await;
        sent.extend(window.sent.into_iter().map(|(what, _)| what));
    }
    sent.retain(|what| !what.contains(&world.authority.url));
    assert!(
        ["/answer", "/sessions", "/ballots", "/withdrawals", "/checkpoint"]
            .iter()
            .all(|end| { sent.iter().any(|what| what.ends_with(end)) }),
        "{sent:?}"
    );
    let http = reqwest::Client::new();
    for what in sent {
        let (method, url) = what.split_once(' ').unwrap();
        let preflight = http.request(reqwest::Method::OPTIONS, url).header("origin", "https://vote.example");
        let preflight = preflight
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "content-type");
        let answer = preflight.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{what}");
        for name in ["allow-origin", "allow-methods", "allow-headers"] {
            assert_eq!(answer.headers()[&format!("access-control-{name}")], "*", "{what}");
        }
        assert!(!answer.headers().contains_key("access-control-allow-credentials"), "{what}");
        let asked = http.request(method.parse().unwrap(), url).header("origin", "https://vote.example");
        let answer = asked.header("content-type", "application/json").send().await.unwrap();
        for name in ["allow-origin", "expose-headers"] {
            assert_eq!(answer.headers()[&format!("access-control-{name}")], "*", "{what}");
        }
    }
}
