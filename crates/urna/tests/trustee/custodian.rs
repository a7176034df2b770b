//! The trustee's program for browsers, driven by what would be JavaScript, against real services: two trustees with the command and
//! one with it, closed at every step there is, open in two windows, given wrong files. What leaves is what `urna-trustee` makes of the
//! same randomness.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use serde_json::{Value, json};
use urna_api::authority::{CeremonyShown, Restart};
use urna_custodian::Custodian;
use urna_election::entry::Kind;
use urna_election::json::Base64;
use urna_trustee::{Cost, KeyFile, Sharing, Trustee};
use urna_worker::Outside;

use crate::running::{PASSPHRASE, Person};
use crate::world::{SLUG, World, slug};

const TRUSTEES: [&str; 3] = ["anna", "boris", "clara"];

fn cheap() -> Cost {
    Cost::new(8, 1, 1).unwrap()
}

/// One stream of randomness, wherever it is asked.
#[derive(Clone)]
struct Stream(Arc<Mutex<ChaCha20Rng>>);

impl Stream {
    fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }
}

impl CryptoRng for Stream {}

impl RngCore for Stream {
    fn next_u32(&mut self) -> u32 {
        self.0.lock().unwrap().next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.lock().unwrap().next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// What a browser keeps for all windows of an origin: by place a version and a text.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, (u64, String)>>>);

impl Kept {
    fn form(&self) -> String {
        self.0.lock().unwrap().values().next().map(|(_, text)| text.clone()).unwrap_or_default()
    }

    fn trustee(&self) -> (KeyFile, Trustee) {
        KeyFile::open(self.form().as_bytes(), PASSPHRASE).unwrap()
    }
}

/// Requests that are waited for.
#[derive(Clone)]
struct Network(tokio::runtime::Handle, reqwest::Client);

impl Outside for Network {
    fn read(&self, path: &str, limit: usize) -> Option<(u16, Vec<u8>)> {
        let Self(runtime, http) = self;
        tokio::task::block_in_place(|| {
            runtime.block_on(async {
                let answer = http.get(path).send().await.ok()?;
                let status = answer.status().as_u16();
                let bytes = answer.bytes().await.ok()?;
                Some((status, bytes.iter().take(limit + 1).copied().collect()))
            })
        })
    }

    fn say(&self, message: &[u8]) {
        let said: Value = serde_json::from_slice(message).unwrap();
        assert!(said["progress"]["per_cent"].as_u64().unwrap() <= 100, "{said}");
    }
}

/// One window.
struct Window<'w> {
    world: &'w World,
    kept: Kept,
    program: Custodian<Network, Stream>,
    http: reqwest::Client,
    /// Every request that changes something: its address and body.
    sent: Vec<(String, Vec<u8>)>,
    /// Every state of the ceremony that the authority showed.
    shown: Vec<CeremonyShown>,
}

impl<'w> Window<'w> {
    fn new(world: &'w World, kept: &Kept, rng: &Stream) -> Self {
        // Requests need a provider of cryptography, which clients set.
        world.board();
        let http = reqwest::Client::new();
        let network = Network(tokio::runtime::Handle::current(), http.clone());
        let program = Custodian::new(network, rng.clone(), cheap());
        Self { world, kept: kept.clone(), program, http, sent: Vec::new(), shown: Vec::new() }
    }

    fn turn(&mut self, mut head: Value, body: &[u8]) -> Value {
        head["now"] = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs().into();
        let head = serde_json::to_vec(&head).unwrap();
        let length = u32::try_from(head.len()).unwrap().to_le_bytes();
        serde_json::from_slice(&self.program.turn(&[&length[..], &head, body].concat())).unwrap()
    }

    /// Does it, unless the window is closed before its want of this number is met.
    async fn until(&mut self, what: &str, more: Value, body: &[u8], closes: usize) -> Option<Value> {
        let mut start =
            json!({ "authority": self.world.authority, "slug": SLUG, "trustee": "clara", "what": what });
        start.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut said = self.turn(json!({ "start": start }), body);
        for met in 0.. {
            assert_eq!(said["refused"], Value::Null, "{what}");
            let Some(want) = said.get("want").cloned() else { break };
            if met == closes {
                return None;
            }
            let (answer, body) = self.meet(&want).await;
            said = self.turn(json!({ "answer": answer }), &body);
        }
        Some(said)
    }

    async fn perform(&mut self, what: &str, more: Value, body: &[u8]) -> Value {
        self.until(what, more, body, usize::MAX).await.unwrap()
    }

    /// What there is to see when it is done.
    async fn done(&mut self, what: &str, more: Value, body: &[u8]) -> Value {
        let said = self.perform(what, more, body).await;
        assert_ne!(said["done"], Value::Null, "{what}: {said}");
        said["done"].clone()
    }

    /// Why it is not done, and whether the key is open still.
    async fn failed(&mut self, what: &str, more: Value, body: &[u8]) -> (String, bool) {
        let said = self.perform(what, more, body).await;
        let failed = &said["failed"];
        assert!(!said.to_string().contains(PASSPHRASE));
        (
            failed["reason"].as_str().unwrap_or_else(|| panic!("{what}: {said}")).to_owned(),
            failed["open"] == true,
        )
    }

    async fn meet(&mut self, want: &Value) -> (Value, Vec<u8>) {
        let (kind, what) = want.as_object().unwrap().iter().next().unwrap();
        match kind.as_str() {
            "fetch" => self.fetch(what).await,
            "load" => {
                let kept = self.kept.0.lock().unwrap();
                let (version, text) = kept.get(what["place"].as_str().unwrap()).cloned().unwrap_or_default();
                (json!({ "loaded": { "version": version } }), text.into_bytes())
            }
            "store" => {
                let mut kept = self.kept.0.lock().unwrap();
                let (version, text) = kept.entry(what["place"].as_str().unwrap().to_owned()).or_default();
                if what["version"] != *version {
                    return (json!("other_window"), Vec::new());
                }
                (*version, *text) = (*version + 1, what["text"].as_str().unwrap().to_owned());
                (json!({ "stored": { "version": *version } }), Vec::new())
            }
            other => panic!("{other}"),
        }
    }

    async fn fetch(&mut self, fetch: &Value) -> (Value, Vec<u8>) {
        let (method, url) = (fetch["method"].as_str().unwrap(), fetch["url"].as_str().unwrap());
        let mut request = self.http.request(method.parse().unwrap(), url);
        for header in fetch["headers"].as_array().unwrap() {
            request = request.header(header[0].as_str().unwrap(), header[1].as_str().unwrap());
        }
        if let Some(body) = fetch["body"].as_str() {
            let Base64(bytes) = serde_json::from_value::<Base64<Vec<u8>>>(json!(body)).unwrap();
            self.was_saved(url, &bytes);
            self.sent.push((url.to_owned(), bytes.clone()));
            request = request.body(bytes);
        }
        let answer = request.send().await.unwrap();
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers: Vec<_> =
            answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let is = json!({ "answered": { "complete": true, "headers": headers, "status": answer.status().as_u16() } });
        let body = answer.bytes().await.unwrap().to_vec();
        if url.ends_with("/ceremony") {
            self.shown.push(serde_json::from_slice(&body).unwrap());
        }
        (is, body)
    }

    /// Whatever leaves is what is kept already, byte for byte.
    fn was_saved(&self, url: &str, bytes: &[u8]) {
        let (_, trustee) = self.kept.trustee();
        let packages: Vec<_> = trustee.packages().unwrap().iter().map(|package| package.to_bytes()).collect();
        let kinds = [Kind::Ceremony, Kind::Rehearsal, Kind::Agreed];
        let postings = kinds.map(|kind| trustee.posting(kind).unwrap());
        let entries = postings.iter().flatten().map(|posting| &posting.entry);
        let blobs = postings.iter().flatten().filter_map(|posting| posting.blob.as_ref());
        let mut all = packages.iter().chain(entries).chain(blobs.map(|(_, blob)| blob));
        // Of an opening the points are computed again.
        let is_opening = trustee.agreed().is_some();
        assert!(is_opening || all.any(|kept| kept == bytes), "{url} left before it was saved");
    }
}

/// What `urna-trustee` makes of the same randomness and of the same packages.
struct Replica {
    file: KeyFile,
    trustee: Trustee,
    rng: ChaCha20Rng,
    form: Vec<u8>,
}

impl Replica {
    fn new(world: &World, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let file = KeyFile::new(PASSPHRASE, cheap(), &mut rng).unwrap();
        let clara = "clara".parse().unwrap();
        let mut trustee = Trustee::enrol(world.plan.clone(), &clara, Sharing::Shared, &mut rng).unwrap();
        trustee.set_authority(Some(world.authority.clone()));
        let mut replica = Self { file, trustee, rng, form: Vec::new() };
        replica.save();
        replica
    }

    fn save(&mut self) {
        if self.trustee.is_unsaved() {
            let sealed = self.file.seal(&self.trustee, &mut self.rng);
            self.form = sealed.as_bytes().to_vec();
            self.trustee.mark_saved(&sealed);
        }
    }
}

fn passphrase() -> Value {
    json!({ "passphrase": PASSPHRASE })
}

impl World {
    /// Two who use the command.
    fn two(&self) -> [Person; 2] {
        ["anna", "boris"].map(|id| {
            let person = Person::new(&self.folder.join(id), id);
            person.enrol_cheaply(&self.plan, Sharing::Shared, Some(&self.authority));
            person
        })
    }
}

async fn all(people: &[Person; 2], command: &str, more: &[&str]) {
    for person in people {
        person.run(command, more).await.expect(0, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn is_a_trustee_among_others() {
    let (mut world, _board) = World::new("a-custodian", &TRUSTEES).await;
    let people = world.two();
    let (kept, rng) = (Kept::default(), Stream::new(7));
    {
        let mut window = Window::new(&world, &kept, &rng);
        assert_eq!(window.done("look", json!({ "trustee": null }), &[]).await["step"], "who");
        assert_eq!(window.failed("look", json!({ "trustee": "eve" }), &[]).await.0, "not-a-trustee");
        assert_eq!(window.failed("look", json!({ "slug": "nothing-2030" }), &[]).await.0, "unknown-election");
        assert_eq!(window.done("look", json!({}), &[]).await["step"], "enrol");
        assert_eq!(window.failed("enrol", json!({ "passphrase": "short" }), &[]).await.0, "short");
        assert_eq!(window.failed("go_on", json!({}), &[]).await, ("locked".to_owned(), false));
        assert!(kept.form().is_empty());
    }

    // The ceremony: to the byte what urna-trustee makes.
    let rng = Stream::new(7);
    let mut window = Window::new(&world, &kept, &rng);
    let mut replica = Replica::new(&world, 7);
    let seen = window.done("enrol", passphrase(), &[]).await;
    assert_eq!((&seen["step"], &seen["people"][2]["enrolled"]), (&json!("ceremony"), &json!(true)));
    for _ in 0..4 {
        all(&people, "ceremony", &[]).await;
        window.done("go_on", json!({}), &[]).await;
    }
    for shown in std::mem::take(&mut window.shown) {
        let advanced = replica.trustee.advance(&shown.packages.unwrap(), &mut replica.rng);
        assert!(advanced.is_clean(), "{advanced:?}");
        replica.save();
    }
    assert_eq!(kept.form(), String::from_utf8(replica.form.clone()).unwrap());
    let sent: Vec<_> = window.sent.iter().map(|(_, body)| body.clone()).collect();
    let made: Vec<_> = replica.trustee.packages().unwrap().iter().map(|package| package.to_bytes()).collect();
    assert_eq!((sent.len(), sent), (4, made));
    let seen = window.done("go_on", json!({}), &[]).await;
    assert_eq!(
        (&seen["step"], &seen["problems"], &seen["holds_share"]),
        (&json!("prepared"), &json!([]), &json!(true))
    );
    let told = people[0].run("status", &["--json"]).await.json();
    assert_eq!(told["ceremony_hash"], seen["ceremony_hash"]);
    let saved = window.done("file", json!({}), &[]).await["file"].as_str().unwrap().to_owned();
    drop(window);

    for person in &people {
        person.run("backup", &[person.backup.to_str().unwrap()]).await.expect(0, &[]);
    }
    let manifest = world.publish().await;
    let id = manifest.id().to_string();
    let mut window = Window::new(&world, &kept, &rng);
    assert_eq!(window.done("look", json!({}), &[]).await["step"], "locked");
    assert_eq!(
        window.failed("unlock", json!({ "passphrase": "another one" }), &[]).await,
        ("passphrase".into(), false)
    );
    assert_eq!(window.done("unlock", passphrase(), &[]).await["step"], "agree");
    for (given, reason) in [("12", "not-an-election"), (&*"0".repeat(64), "other-election")] {
        assert_eq!(window.failed("agree", json!({ "election": given }), &[]).await, (reason.into(), true));
    }
    let agreed = window
        .done("agree", json!({ "election": format!(" {} {}\n", &id[..8], id[8..].to_uppercase()) }), &[])
        .await;
    assert_eq!((&agreed["step"], &agreed["people"][2]["agreed"]), (&json!("agreed"), &json!(true)));
    all(&people, "agree", &["--election", &id, "--yes"]).await;

    // Wrong files; then the one that was saved, though the one that is kept has gone on since.
    let anna = std::fs::read(&people[0].file).unwrap();
    for (file, given, reason) in [
        (&b"{}"[..], PASSPHRASE, "key-file"),
        (b"", PASSPHRASE, "key-file"),
        (&anna, PASSPHRASE, "other-backup"),
        (saved.as_bytes(), "another one", "passphrase"),
    ] {
        assert_eq!(
            window.failed("rehearse", json!({ "passphrase": given }), file).await,
            (reason.into(), true)
        );
    }
    let seen = window.done("rehearse", passphrase(), saved.as_bytes()).await;
    assert_eq!((&seen["step"], &seen["people"][2]["rehearsed"]), (&json!("voting"), &json!(true)));
    for person in &people {
        person.run("rehearse", &["--backup", person.backup.to_str().unwrap()]).await.expect(0, &[]);
    }
    assert_eq!(window.failed("verify", json!({}), &[]).await, ("not-verified".into(), true));
    drop(window);

    world.organiser.open(&slug()).await.unwrap();
    let invitations = world.invitations().await;
    for (person, option) in [(0, 0), (1, 1), (2, 0)] {
        world.vote(&invitations[person], option).await;
    }
    world.organiser.close(&slug()).await.unwrap();
    world.issued().await;

    // The browser's storage was cleared: the saved file is older than the log, and takes over what stands there.
    let kept = Kept::default();
    let mut window = Window::new(&world, &kept, &rng);
    assert_eq!(window.done("look", json!({}), &[]).await["step"], "elsewhere");
    assert_eq!(window.failed("restore", passphrase(), &anna).await, ("other-file".into(), false));
    assert!(kept.form().is_empty());
    assert_eq!(window.done("restore", passphrase(), saved.as_bytes()).await["step"], "agree");
    assert_eq!(window.failed("restore", passphrase(), saved.as_bytes()).await.0, "kept");
    assert_eq!(window.done("agree", json!({ "election": id }), &[]).await["step"], "verify");
    assert_eq!(window.failed("open", json!({}), &[]).await.0, "not-verified-yet");
    let seen = window.done("verify", json!({}), &[]).await;
    assert_eq!((&seen["step"], &seen["verified"]["ballots"]), (&json!("verified"), &json!(3)));
    assert_eq!(seen["verified"]["small"], json!([{ "cast": 3, "class": "voters" }]));
    let seen = window.done("open", json!({}), &[]).await;
    let waiting = json!({ "agreed": ["Trustee clara"], "needed": 2, "otherwise": [] });
    assert_eq!((&seen["step"], &seen["waiting"]), (&json!("opening"), &waiting));
    drop(window);
    // Anna opens with the command; the page goes on by itself, from what is kept.
    people[0].run("open", &["--yes"]).await.expect(0, &["Your part is open: 3 ballots"]);
    let mut window = Window::new(&world, &kept, &rng);
    assert_eq!(window.done("unlock", passphrase(), &[]).await["step"], "opening");
    let seen = window.done("go_on", json!({}), &[]).await;
    assert_eq!((&seen["step"], &seen["people"][2]["opened"]), (&json!("opened"), &json!(true)));
    // The command takes the page's file, and has nothing left to do.
    let clara = Person::new(&world.folder.join("clara"), "clara");
    std::fs::write(&clara.file, kept.form()).unwrap();
    clara.run("open", &["--yes"]).await.expect(0, &["Nothing more is asked of you"]);
    world.publishes_and_certifies(&manifest).await;
    assert_eq!(window.done("go_on", json!({}), &[]).await["step"], "over");
}

/// Wherever a window is closed, another one goes on, and nobody sees two different things in one place.
#[tokio::test(flavor = "multi_thread")]
async fn goes_on_wherever_it_was_closed() {
    let (mut world, _board) = World::new("a-custodian-closed", &TRUSTEES).await;
    let people = world.two();
    let (kept, rng) = (Kept::default(), Stream::new(9));
    let closed_everywhere = async |world: &World, what: &str, more: Value, file: &[u8]| {
        for closes in 0.. {
            let mut window = Window::new(world, &kept, &rng);
            if what != "enrol" && what != "unlock" {
                window.done("unlock", passphrase(), &[]).await;
            }
            match window.until(what, more.clone(), file, closes).await {
                None => continue,
                // What was enrolled before the window was closed is kept.
                Some(said) if what == "enrol" => return assert_eq!(said["failed"]["reason"], "kept"),
                Some(said) => return assert_ne!(said["done"], Value::Null, "{what}: {said}"),
            }
        }
    };
    closed_everywhere(&world, "enrol", passphrase(), &[]).await;
    for _ in 0..5 {
        closed_everywhere(&world, "go_on", json!({}), &[]).await;
        all(&people, "ceremony", &[]).await;
    }
    let mut window = Window::new(&world, &kept, &rng);
    assert_eq!(window.done("unlock", passphrase(), &[]).await["step"], "prepared");
    drop(window);
    let manifest = world.publish().await;
    let id = manifest.id().to_string();
    let file = kept.form();
    // Two windows with one key: whichever goes on first is the one that may.
    let (mut one, mut other) = (Window::new(&world, &kept, &rng), Window::new(&world, &kept, &rng));
    for window in [&mut one, &mut other] {
        window.done("unlock", passphrase(), &[]).await;
    }
    one.done("agree", json!({ "election": id }), &[]).await;
    assert_eq!(other.failed("agree", json!({ "election": id }), &[]).await, ("other-window".into(), false));
    drop((one, other));
    closed_everywhere(&world, "agree", json!({ "election": id }), &[]).await;
    // Too early for the board: what was made then is sent when the others have agreed.
    let mut window = Window::new(&world, &kept, &rng);
    window.done("unlock", passphrase(), &[]).await;
    assert_eq!(window.failed("rehearse", passphrase(), file.as_bytes()).await, ("wrong-phase".into(), true));
    assert_eq!(window.done("go_on", json!({}), &[]).await["step"], "agreed");
    drop(window);
    all(&people, "agree", &["--election", &id, "--yes"]).await;
    closed_everywhere(&world, "go_on", json!({}), &[]).await;
    closed_everywhere(&world, "rehearse", passphrase(), file.as_bytes()).await;
    for person in &people {
        person.run("backup", &[person.backup.to_str().unwrap()]).await.expect(0, &[]);
        person.run("rehearse", &["--backup", person.backup.to_str().unwrap()]).await.expect(0, &[]);
    }
    world.organiser.open(&slug()).await.unwrap();
    let invitations = world.invitations().await;
    world.vote(&invitations[0], 0).await;
    world.organiser.close(&slug()).await.unwrap();
    world.issued().await;
    all(&people, "open", &["--yes"]).await;
    let mut window = Window::new(&world, &kept, &rng);
    window.done("unlock", passphrase(), &[]).await;
    window.done("verify", json!({}), &[]).await;
    assert_eq!(window.until("open", json!({}), &[], 5).await, None);
    drop(window);
    closed_everywhere(&world, "go_on", json!({}), &[]).await;
    let mut window = Window::new(&world, &kept, &rng);
    window.done("unlock", passphrase(), &[]).await;
    let seen = window.done("go_on", json!({}), &[]).await;
    assert_eq!((&seen["step"], &seen["people"][2]["opened"]), (&json!("opened"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_along_with_another_attempt() {
    let (world, _board) = World::new("a-custodian-restarts", &TRUSTEES).await;
    let people = world.two();
    let (kept, rng) = (Kept::default(), Stream::new(11));
    let mut window = Window::new(&world, &kept, &rng);
    window.done("enrol", passphrase(), &[]).await;
    all(&people, "ceremony", &[]).await;
    window.done("go_on", json!({}), &[]).await;
    world
        .organiser
        .restart_ceremony(&slug(), &Restart { attempt: 1, forget: vec!["anna".into()] })
        .await
        .unwrap();
    assert_eq!(window.failed("go_on", json!({}), &[]).await, ("other-attempt".into(), true));
    let seen = window.done("look", json!({}), &[]).await;
    let restart = json!({ "again": ["Trustee anna"], "attempt": 2, "own": 1 });
    assert_eq!((&seen["step"], &seen["restart"]), (&json!("restart"), &restart));
    // Nobody goes along with an attempt that they were not asked about.
    assert_eq!(window.failed("restart", json!({ "attempt": 3 }), &[]).await.0, "other-attempt");
    assert_eq!(window.done("restart", json!({ "attempt": 2 }), &[]).await["step"], "ceremony");

    // Somebody else has enrolled as clara: her own page says so.
    let forget = vec!["clara".to_owned()];
    world.organiser.restart_ceremony(&slug(), &Restart { attempt: 2, forget }).await.unwrap();
    let stranger = Person::new(&world.folder.join("stranger"), "clara");
    stranger.enrol_cheaply(&world.plan, Sharing::Shared, Some(&world.authority));
    stranger.run("ceremony", &["--restart"]).await;
    window.done("restart", json!({ "attempt": 3 }), &[]).await;
    let seen = window.done("go_on", json!({}), &[]).await;
    assert_eq!(seen["problems"][0]["is"], "stranger", "{seen}");
}
