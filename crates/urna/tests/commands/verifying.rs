//! "Verify this election in your browser": the board's page with the committed program, in headless Chromium over WebDriver. Of
//! every record in `spec/vectors/records`, good or tampered, it says what `urna-verify` says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::Notify;
use urna_api::client::BoardClient;
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::InterimFigures;
use urna_pages::board::Verify;
use urna_pages::{Address, Language, PROGRAM_POLICY, Words, asset, board};

use crate::choices;
use crate::chromium::Browser;
use crate::gate::{Action, Gate, Request};
use crate::world::{SLUG, Terms, World, scratch};

const GOOD: &str = "good-2-of-3";

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/records")
}

/// A board's web server with records of these folders, of which the first that has a file counts; each with the page around it.
fn served(folders: Vec<PathBuf>) -> impl FnMut(&Request) -> Action + Send {
    let found = move |path: &str| folders.iter().find_map(|folder| fs::read(folder.join(path)).ok());
    move |request| match answer(request, &found) {
        Some((kind, body)) => Action::Say(200, Box::leak(kind.into_boxed_str()), body),
        // What every browser asks for.
        None if request.path == "/favicon.ico" => Action::Say(204, "image/svg+xml", Vec::new()),
        None => Action::Say(404, "text/plain", Vec::new()),
    }
}

async fn start(folder: &Path, gate: &Gate) -> Browser {
    // Requests to the browser need a provider of cryptography, which clients of boards set.
    BoardClient::new(&gate.url).unwrap();
    Browser::start(folder).await
}

fn answer(request: &Request, found: &impl Fn(&str) -> Option<Vec<u8>>) -> Option<(String, Vec<u8>)> {
    let url: reqwest::Url = format!("http://board{}", request.path).parse().unwrap();
    let path = url.path().trim_start_matches('/');
    let policy = |policy: &str| format!("\r\nContent-Security-Policy: {policy}");
    if let Some(name) = path.strip_prefix("v1/assets/") {
        let asset = asset(name)?;
        let kind = [asset.content_type, &asset.policy.map(policy).unwrap_or_default()].concat();
        return Some((kind, asset.bytes.to_vec()));
    }
    let Some(name) = path.strip_suffix("/verify") else {
        return found(path).map(|bytes| ("application/octet-stream".to_owned(), bytes));
    };
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    // What cannot be read has a page, too: the board shows it as long as it knows the manifest.
    let of = |record: &str| {
        let id = String::from_utf8(found(&format!("{record}/election-id"))?).ok()?;
        Manifest::parse(&found(&format!("{record}/blob/{}", id.trim()))?).ok()
    };
    let manifest = of(name).or_else(|| of(GOOD)).unwrap();
    let words = Words::new(Language::wanted(query.get("lang").map(String::as_str), None));
    let election = query.get("election").cloned().unwrap_or_default();
    let prefix = format!("https://board.example/{name}/");
    let verify = Verify { manifest: &manifest, prefix, board: "board.example", election };
    let page = board::verify(words, &verify, &Address { path: format!("/{path}"), query: Vec::new() });
    Some((format!("text/html; charset=utf-8{}", policy(PROGRAM_POLICY)), page.into_bytes()))
}

/// What `urna-verify --json` says: the statuses of its checks, and the entries that they name.
async fn native(source: &str, election: &str) -> Vec<Value> {
    let program = Path::new(env!("CARGO_BIN_EXE_urna")).with_file_name("examples").join("urna-verify");
    let output = Command::new(program).args([source, "--json", "--election", election]).output().await;
    let report: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let checks = report["checks"].as_array().unwrap().iter();
    checks.map(|check| json!([check["id"], check["status"], check["reason"]])).collect()
}

impl Browser {
    async fn script(&self, script: &str, arguments: Value) -> Value {
        self.post("/execute/async", json!({ "args": arguments, "script": script })).await
    }

    /// Presses the button, and says what the page shows when it is over.
    async fn verify(&self, election: &str) -> Value {
        let script = "
            const [election, say] = arguments;
            const place = (name) => document.getElementById(name);
            const text = (element) => element.textContent.trim();
            place('election').value = election;
            const heard = new Set();
            const shown = () => ({
              verdict: place('outcome').dataset.verdict,
              title: text(place('verdict')),
              note: text(place('verdict-note')),
              detail: text(place('detail')),
              compare: !place('compare').hidden,
              id: text(place('found-id')),
              failures: [...place('failures').children].map(text),
              focus: document.activeElement.id,
              heard: [...heard],
              checks: [...document.querySelectorAll('.checks li')].map((line) => [
                line.id,
                line.querySelector('.status')?.dataset.status ?? null,
                line.querySelector('.status')?.textContent ?? null,
                line.querySelector('.reason')?.textContent ?? null,
                line.querySelector('.reason')?.lang ?? null,
              ]),
              rows: [...document.querySelectorAll('#tables tbody tr')].map((row) =>
                [row.className, ...[...row.children].map(text)]),
            });
            const watch = new MutationObserver(() => {
              if (text(place('status'))) heard.add(text(place('status')));
              const isOver = !place('outcome').hidden && document.activeElement.id === 'verdict';
              if (isOver || !place('election-wrong').hidden) {
                watch.disconnect();
                setTimeout(() => say(shown()));
              }
            });
            watch.observe(document.body, { attributes: true, childList: true, subtree: true });
            document.body.addEventListener('focusin', () => place('verdict').toggleAttribute('data-focused', true));
            place('start').click();";
        self.script(script, json!([election])).await
    }

    /// Nothing in the console, and no request to anybody else.
    async fn was_quiet(&self, origin: &str) {
        assert_eq!(self.console().await, json!([]), "the console is empty");
        let network = self.network().await;
        let sent = network.iter().filter(|(event, _)| event == "Network.requestWillBeSent");
        let urls = sent.map(|(_, parameters)| parameters["request"]["url"].as_str().unwrap());
        // Chromium's own page, with which it starts.
        let urls: Vec<_> = urls.filter(|url| url.starts_with("http")).collect();
        assert!(urls.len() > 2, "the network's log is kept");
        assert!(urls.iter().all(|url| url.starts_with(&format!("{origin}/"))), "{urls:?}");
    }
}

/// The statuses that a page shows, as [`native`] says them.
fn statuses(shown: &Value) -> Vec<Value> {
    let checks = shown["checks"].as_array().unwrap().iter();
    checks.map(|check| json!([check[0], check[1], check[3]])).collect()
}

fn status<'v>(shown: &'v Value, check: &str) -> &'v str {
    let mut checks = shown["checks"].as_array().unwrap().iter();
    checks.find(|line| line[0] == check).unwrap()[1].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn says_of_every_record_what_the_command_says() {
    let folder = scratch("verify-records");
    let gate = Gate::open().await;
    gate.rule(served(vec![vectors()]));
    let browser = start(&folder, &gate).await;
    let index: Value = serde_json::from_slice(&fs::read(vectors().join("index.json")).unwrap()).unwrap();
    let mut verdicts = BTreeMap::<_, usize>::new();
    for record in index["records"].as_array().unwrap() {
        let (name, arguments) = (record["name"].as_str().unwrap(), record["arguments"].as_array().unwrap());
        let election = arguments[1].as_str().unwrap();
        browser.open(&format!("{}/{name}/verify", gate.url)).await;
        let shown = browser.verify(election).await;
        let verdict = shown["verdict"].as_str().unwrap();
        let expected = native(vectors().join(name).to_str().unwrap(), election).await;
        if verdict == "unreadable" {
            assert_eq!((expected.len(), shown["detail"] == ""), (0, false), "{name}: {shown}");
        } else {
            assert_eq!(statuses(&shown), expected, "{name}");
            // Without the checkpoint, receipt or promise that somebody has kept, some of them are in order.
            if arguments.len() == 2 {
                let failed = record["failed"]["check"].as_str();
                let is_good = !["failed", "other"].contains(&verdict);
                assert!(failed.map_or(is_good, |check| status(&shown, check) == "failed"), "{name}: {shown}");
            }
        }
        *verdicts.entry(verdict.to_owned()).or_default() += 1;
    }
    assert!(verdicts["failed"] > 30 && verdicts["verified"] > 2, "{verdicts:?}");
    let kinds: Vec<_> = verdicts.keys().map(String::as_str).collect();
    assert_eq!(kinds, ["cancelled", "erased", "failed", "other", "so-far", "unreadable", "verified"]);
    // What is missing is written into the console by the browser itself.
}

#[tokio::test(flavor = "multi_thread")]
async fn verifies_in_chromium() {
    let folder = scratch("verify-page");
    let pictures = folder.join("pictures");
    fs::create_dir_all(&pictures).unwrap();
    let gate = Gate::open().await;
    // A copy in which one byte of a tile is another.
    let changed = folder.join("records/changed");
    copy(&vectors().join(GOOD), &changed);
    let tile = fs::read_dir(changed.join("tile/0")).unwrap().next().unwrap().unwrap().path();
    let tile =
        if tile.is_dir() { fs::read_dir(&tile).unwrap().next().unwrap().unwrap().path() } else { tile };
    let mut bytes = fs::read(&tile).unwrap();
    bytes[100] ^= 1;
    fs::write(&tile, bytes).unwrap();
    let folders = vec![folder.join("records"), vectors()];
    gate.rule(served(folders.clone()));
    let election = fs::read_to_string(vectors().join(GOOD).join("election-id")).unwrap();
    let (election, grouped) = (election.trim(), format!("{} {}", &election[..8], &election[8..]));

    let browser = start(&folder, &gate).await;
    let address = |record: &str, query: &str| format!("{}/{record}/verify?{query}", gate.url);

    // A good one: with the id, as it is copied from paper.
    browser.open(&address(GOOD, "lang=en")).await;
    browser.looks(&pictures, "before").await;
    let shown = browser.verify(&grouped.to_uppercase()).await;
    assert_eq!((&shown["verdict"], &shown["title"]), (&json!("verified"), &json!("Verified")), "{shown}");
    assert_eq!((&shown["focus"], &shown["compare"]), (&json!("verdict"), &json!(false)), "{shown}");
    assert!(
        shown["heard"].as_array().unwrap().contains(&json!("Opening the counted ballots again")),
        "{shown}"
    );
    for check in shown["checks"].as_array().unwrap() {
        assert!(["passed", "not applicable"].contains(&check[2].as_str().unwrap()), "{check}");
        assert_eq!(check[4], "en", "{check}");
    }
    let rows = shown["rows"].as_array().unwrap();
    assert!(rows.len() > 10 && rows.iter().all(|row| row[0] == "same" && row[2] == row[3]), "{shown}");
    browser.looks(&pictures, "verified").await;
    browser.was_quiet(&gate.url).await;

    // Without it, the page says what that leaves open. In another language, details stay English.
    browser.open(&address(GOOD, "lang=sv")).await;
    let shown = browser.verify("").await;
    assert_eq!((&shown["verdict"], &shown["compare"]), (&json!("unanchored"), &json!(true)), "{shown}");
    assert_eq!(shown["id"].as_str().unwrap().replace(' ', ""), election);
    assert_eq!(shown["checks"][0][2], "godkänd");
    assert_eq!(shown["checks"][0][4], "en");
    browser.looks(&pictures, "unanchored-sv").await;

    // Another one's, and none.
    let other = "9f".repeat(32);
    browser.open(&address(GOOD, &format!("lang=uk&election={other}"))).await;
    let filled = browser.script("arguments[0](document.getElementById('election').value);", json!([])).await;
    assert_eq!(filled, other);
    let shown = browser.verify(&other).await;
    assert_eq!((&shown["verdict"], status(&shown, "V-04")), (&json!("other"), "failed"), "{shown}");
    assert_eq!(status(&shown, "V-14"), "not evaluated");
    browser.looks(&pictures, "other-uk").await;
    let shown = browser.verify("9f2c").await;
    assert_eq!((&shown["focus"], &shown["checks"][0][1]), (&json!("election"), &Value::Null), "{shown}");
    browser.was_quiet(&gate.url).await;

    // Tampered ones name the check, and show what differs.
    for (record, check) in [
        ("changed", "V-01"),
        ("V-16-changed-blob", "V-16"),
        ("V-14-a-vote-more", "V-14"),
        ("V-08-another-vote", "V-08"),
    ] {
        browser.open(&address(record, "lang=en")).await;
        let shown = browser.verify("").await;
        assert_eq!((&shown["verdict"], status(&shown, check)), (&json!("failed"), "failed"), "{shown}");
        assert!(shown["failures"][0].as_str().unwrap().starts_with(check), "{shown}");
        let earlier = shown["checks"].as_array().unwrap().iter().take_while(|line| line[0] != check);
        assert!(earlier.clone().all(|line| line[1] == "passed" || line[1] == "not applicable"), "{shown}");
        if check == "V-14" {
            let differs: Vec<_> =
                shown["rows"].as_array().unwrap().iter().filter(|row| row[0] == "differs").collect();
            assert!(differs.len() == 1 && differs[0][2] != differs[0][3], "{shown}");
            browser.looks(&pictures, "failed").await;
        }
        browser.was_quiet(&gate.url).await;
    }

    // A board that does not answer: it can be stopped, and begun again.
    let silent = Arc::new(Notify::new());
    let never = Action::Kill { arrives: false, victim: Arc::clone(&silent) };
    browser.open(&address(GOOD, "lang=cs")).await;
    let (mut never, mut served) = (Some(never), served(folders));
    gate.rule(move |request| {
        let never = never.take_if(|_| request.path.ends_with("/checkpoint"));
        never.unwrap_or_else(|| served(request))
    });
    browser.script("document.getElementById('start').click(); arguments[0](null);", json!([])).await;
    tokio::time::timeout(Duration::from_secs(30), silent.notified()).await.expect("it reads");
    browser.looks(&pictures, "running-cs").await;
    let stop = "const [say] = arguments;
                const text = () => document.getElementById('status').textContent;
                const before = text();
                const focused = document.activeElement.id;
                document.getElementById('stop').click();
                say([before, focused, text(), document.getElementById('running').hidden, document.activeElement.id]);";
    let stopped = browser.script(stop, json!([])).await;
    let said = ["Načítá se program", "stop", "Zastaveno. O volbách není nic známo."];
    assert_eq!(stopped, json!([said[0], said[1], said[2], true, "start"]));
    let shown = browser.verify(election).await;
    assert_eq!(shown["verdict"], "verified", "{shown}");
}

/// No test, but the figures of `spec/performance.md`: seconds from the button to the verdict for the record in `URNA_RECORD`, such as
/// one that `urna bench record` has made.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, and needs a record"]
async fn measures_a_record() {
    let record = PathBuf::from(std::env::var("URNA_RECORD").expect("URNA_RECORD is a record's folder"));
    let gate = Gate::open().await;
    gate.rule(served(vec![record.parent().unwrap().to_owned(), vectors()]));
    let browser = start(&scratch("verify-measure"), &gate).await;
    browser.post("/timeouts", json!({ "script": 600_000 })).await;
    for _ in 0..3 {
        let name = record.file_name().unwrap().to_str().unwrap();
        browser.open(&format!("{}/{name}/verify", gate.url)).await;
        let begin = std::time::Instant::now();
        let shown = browser.verify("").await;
        eprintln!("{} in {:.2} s", shown["verdict"], begin.elapsed().as_secs_f64());
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verifies_an_open_election_of_a_real_board() {
    let terms = Terms { interim: InterimFigures::None, ..Terms::default() };
    let world = World::new("verify-open", terms).await;
    let mut driver = world.device(0);
    driver.open(Some(&world.invitation(0))).await.unwrap();
    driver.tokens().await.unwrap();
    driver.cast(&choices(&[0], &[0])).await.unwrap();
    let id = world.manifest.id().to_string();

    let browser = Browser::start(&world.folder).await;
    browser.open(&format!("{}/{SLUG}/", world.board.url)).await;
    let follow = "document.querySelector('a[href^=verify]').click(); arguments[0](null);";
    browser.script(follow, json!([])).await;
    let shown = browser.verify(&id).await;
    assert_eq!(
        (&shown["verdict"], &shown["title"]),
        (&json!("so-far"), &json!("All well so far")),
        "{shown}"
    );
    let source = format!("{}/{SLUG}/", world.board.url);
    assert_eq!(statuses(&shown), native(&source, &id).await);
    for (check, expected) in
        [("V-01", "passed"), ("V-04", "passed"), ("V-08", "not yet"), ("V-14", "not yet")]
    {
        assert_eq!(status(&shown, check), expected, "{shown}");
    }
    assert_eq!(shown["rows"], json!([]));
    assert!(
        world.board.asked().iter().any(|asked| asked.contains(&format!("/v1/elections/{SLUG}/official")))
    );
}
