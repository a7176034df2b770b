//! `urna serve` as a small organisation runs it: first start, sign-in links, its own issuer, settings, what it refuses.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::running::{Run, urna};
use crate::services::until;
use crate::world::scratch;

const SLUG: &str = "union-2030";
/// Any free ports.
const FREE: [&str; 4] = ["--set", "vote.listen=127.0.0.1:0", "--set", "board.listen=127.0.0.1:0"];

/// A process of `urna serve`, which is killed when this is dropped.
pub(crate) struct Serving {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    pub(crate) vote: String,
    pub(crate) board: String,
}

impl Serving {
    pub(crate) async fn start(data: &str, more: &[&str]) -> Self {
        let mut command = urna(&[&["serve", "--data", data], &FREE[..], more].concat());
        // What it says, also of starts before.
        let said = OpenOptions::new().create(true).append(true).open(format!("{data}.said")).unwrap();
        let mut child = command.stdin(Stdio::null()).stderr(said).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = async |before: &str| {
            let line = out.next_line().await.unwrap().unwrap();
            line.strip_prefix(before).unwrap_or_else(|| panic!("{line}")).to_owned()
        };
        let (vote, board) = (address("listening on ").await, address("board on ").await);
        Self { child, out, vote, board }
    }

    /// Both sign-in links of a first start: the organiser's, the operator's.
    pub(crate) async fn links(&mut self) -> [String; 2] {
        let mut links = Vec::new();
        while links.len() < 2 {
            let line = self.out.next_line().await.unwrap().unwrap();
            links.extend(line.contains("/sign-in#").then(|| line.trim().to_owned()));
        }
        links.try_into().unwrap()
    }

    pub(crate) async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &id]).status().await.unwrap().success());
        assert!(self.child.wait().await.unwrap().success());
    }

    async fn get(&self, address: &str, path: &str) -> (u16, String) {
        // Chooses the provider of TLS for this process.
        urna_api::client::BoardClient::new(address).unwrap();
        let answer = reqwest::get(format!("{address}{path}")).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// What refuses to start, with its status.
async fn refuses(arguments: &[&str], status: i32, says: &[&str]) {
    Run::with(arguments, "").await.expect(status, says);
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_first_and_again_and_gives_keys_for_links_once() {
    let folder = scratch("serve-first");
    let data = folder.join("data");
    let mut serving = Serving::start(text(&data), &[]).await;
    let [organiser, operator] = serving.links().await;
    assert!(organiser.starts_with(&serving.vote), "{organiser}");
    let key = data.join("authority/authority.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    // What it holds in memory goes into no core file.
    let limits = fs::read_to_string(format!("/proc/{}/limits", serving.child.id().unwrap())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    for address in [&serving.vote, &serving.board] {
        assert_eq!(serving.get(address, "/healthz").await, (200, "alive\n".into()));
        assert_eq!(serving.get(address, "/readyz").await, (200, "ready\n".into()));
    }
    // One description for both roles.
    let description: Value =
        serde_json::from_str(&serving.get(&serving.vote, "/v1/openapi.json").await.1).unwrap();
    for path in ["/v1/elections/{election}/draft", "/v1/elections/{election}/sessions", "/v1/sign-in"] {
        assert!(!description["paths"][path].is_null(), "{path}");
    }

    // The link is exchanged once; what is no link, never; a link is no key.
    let (eva, it) = (folder.join("eva.toml"), folder.join("it.toml"));
    let accept = |out| ["key", "accept", "-", "--out", text(out)];
    Run::with(&accept(&eva), "https://vote.example/vote/x#y").await.expect(2, &["this is no sign-in link"]);
    let said = Run::with(&accept(&eva), &organiser).await.expect(0, &["Give the file to its owner"]);
    assert!(!said.out.contains("urna_"), "{}", said.out);
    assert_eq!(fs::metadata(&eva).unwrap().permissions().mode() & 0o777, 0o600);
    let again = folder.join("again.toml");
    Run::with(&accept(&again), &organiser).await.expect(1, &["no sign-in link that can be used"]);
    assert!(!again.exists());
    let secret = operator.split_once('#').unwrap().1;
    let list = ["election", "list", "--authority", &serving.vote, "--key-file", "-"];
    Run::with(&list, secret).await.expect(1, &["API key"]);
    Run::with(&accept(&it), &operator).await.expect(0, &[]);
    Run::with(&["election", "list", "--as", text(&eva)], "").await.expect(0, &[]);
    let keys = Run::with(&["key", "list", "--json", "--as", text(&it)], "").await.expect(0, &[]).json();
    let accounts: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["account"].clone()).collect();
    assert_eq!(accounts.len(), 2, "{keys}");
    let further = ["key", "api", "--account", "bo", "--role", "operator", "--link", "--as", text(&it)];
    let link = Run::with(&further, "").await.expect(0, &["/sign-in#urna_"]);
    Run::with(&["key", "list", "--as", text(&it)], "").await.expect(0, &["a sign-in link, not used yet"]);
    let bo = folder.join("bo.toml");
    Run::with(&accept(&bo), &link.out).await.expect(0, &[]);

    // A second process on the same data; the same data again.
    let serve = ["serve", "--data", text(&data)];
    refuses(&[&serve[..], &FREE].concat(), 1, &["another authority uses"]).await;
    serving.stop().await;
    let serving = Serving::start(text(&data), &[]).await;
    let list = ["election", "list", "--authority", &serving.vote, "--as", text(&eva)];
    Run::with(&list, "").await.expect(0, &[]);
    serving.stop().await;

    // All keys are lost.
    let lost = ["key", "api", "--account", "operator", "--role", "operator", "--link", "--data", text(&data)];
    let link = Run::with(&lost, "").await.expect(0, &["http://127.0.0.1:8080/sign-in#urna_"]);
    let there = link.out.replace("http://127.0.0.1:8080", "{vote}");

    // A key that is gone is never replaced by another.
    fs::rename(&key, folder.join("kept")).unwrap();
    refuses(&[&serve[..], &FREE].concat(), 1, &["authority.key", "restore it from a backup"]).await;
    assert!(!key.exists());
    fs::rename(folder.join("kept"), &key).unwrap();
    let serving = Serving::start(text(&data), &[]).await;
    let found = folder.join("found.toml");
    Run::with(&accept(&found), &there.replace("{vote}", &serving.vote)).await.expect(0, &[]);
    Run::with(&["key", "list", "--as", text(&found)], "").await.expect(0, &["organiser"]);
    serving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn makes_the_keys_of_its_own_issuer_when_a_plan_names_it() {
    let folder = scratch("serve-issuer");
    let data = folder.join("data");
    let mut serving = Serving::start(text(&data), &[]).await;
    let [organiser, _] = serving.links().await;
    let eva = folder.join("eva.toml");
    Run::with(&["key", "accept", "-", "--out", text(&eva)], &organiser).await.expect(0, &[]);
    let run = async |arguments: &[&str]| Run::with(&[arguments, &["--as", text(&eva)]].concat(), "").await;
    let preset = run(&["election", "new", SLUG, "--from", "meeting", "--json"]).await.expect(0, &[]).json();
    let mut draft = preset["draft"].clone();
    draft["issuers"] = json!([{ "id": "office", "name": "The office", "url": serving.vote }]);
    let member = |id: &str| json!({ "id": id, "name": id });
    draft["trustees"] = json!({ "members": [member("ann"), member("bob")], "solo": false, "threshold": 2 });
    let edit = async |draft: &Value| {
        let file = folder.join("draft.json");
        fs::write(&file, draft.to_string()).unwrap();
        run(&["election", "edit", SLUG, text(&file)]).await.expect(0, &[]);
    };
    edit(&draft).await;
    let keys = data.join("issuer").join(SLUG).join("keys");
    assert!(!keys.exists());
    run(&["election", "plan", SLUG, "--yes"]).await.expect(0, &[]);
    let awaits_keys = async || {
        let status = run(&["election", "status", SLUG, "--json"]).await.expect(0, &[]).json();
        status["awaited"].as_array().unwrap().iter().any(|awaited| awaited["step"] == "issuer_keys")
    };
    until(async || !awaits_keys().await).await;
    assert_eq!(fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    let first = fs::read(&keys).unwrap();

    // Classes change: the keys that no longer fit are removed, and others made.
    let mut other = preset["draft"]["classes"][0].clone();
    other["id"] = "staff".into();
    draft["classes"] = json!([preset["draft"]["classes"][0], other]);
    edit(&draft).await;
    run(&["election", "keys", SLUG, "--remove-issuer", "office", "--yes"]).await.expect(0, &[]);
    until(async || !awaits_keys().await).await;
    let second = fs::read(&keys).unwrap();
    assert_ne!(first, second);
    // Those are kept over a restart.
    let port = serving.vote.rsplit(':').next().unwrap().to_owned();
    serving.stop().await;
    let listen = format!("vote.listen=127.0.0.1:{port}");
    let serving = Serving::start(text(&data), &["--set", &listen]).await;
    assert!(!awaits_keys().await);
    assert_eq!(fs::read(&keys).unwrap(), second);
    serving.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_messages_for_programs_too() {
    let data = scratch("serve-log").join("data");
    let mut command = urna(&[&["serve", "--data", text(&data), "--log", "json"], &FREE[..]].concat());
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    while !out.next_line().await.unwrap().unwrap().starts_with("board on ") {}
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &id]).status().await.unwrap().success());
    let ended = child.wait_with_output().await.unwrap();
    let lines: Vec<Value> = ended
        .stderr
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert!(
        lines.iter().any(|line| line["level"] == "INFO" && line["message"] == "ending after what is in hand"),
        "{lines:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn accepts_and_rejects_settings() {
    let folder = scratch("serve-settings");
    let file = folder.join("urna.toml");
    fs::write(&file, "[vote]\nurl = \"https://vote.union.example\"\n[mail]\nfrom = \"E <e@union.example>\"\nfolder = \"mails\"\n")
        .unwrap();
    let check = ["config", "check", "serve", "--config", text(&file)];
    let mut command = urna(&[&check[..], &["--set", "board.url=https://board.union.example"]].concat());
    command.env("URNA__BOARD__LISTEN", "127.0.0.1:9001");
    let said = Run::to_end(command, "").await.expect(0, &[]).out;
    for line in [
        "board.listen = \"127.0.0.1:9001\"   # environment",
        "board.url    = \"https://board.union.example\"   # --set",
        "vote.url     = \"https://vote.union.example\"   # file",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
    // Every problem at once, with where it comes from.
    let wrong = [
        "--set",
        "board.url=http://board.union.example",
        "--set",
        "vote.listen=0.0.0.0:80",
        "--set",
        "mail.from=?",
    ];
    refuses(
        &[&check[..], &wrong].concat(),
        2,
        &["board.url: without https", "mail.from", "board.url (--set)"],
    )
    .await;
    refuses(&[&check[..], &["--set", "vote.port=1"]].concat(), 2, &["unknown field `port`"]).await;
    refuses(&[&check[..], &["--set", "vote.listen"]].concat(), 2, &["KEY=VALUE"]).await;
    fs::write(&file, "[vote\n").unwrap();
    refuses(&check, 2, &["urna.toml", "line 1"]).await;
    // Nothing is made before the settings are right, nor in a folder that holds something else.
    let data = folder.join("data");
    refuses(&["serve", "--data", text(&data), "--set", "vote.url=http://vote.example"], 2, &["vote.url"])
        .await;
    assert!(!data.exists());
    fs::create_dir(&data).unwrap();
    fs::write(data.join("photo.jpg"), "x").unwrap();
    refuses(&[&["serve", "--data", text(&data)], &FREE[..]].concat(), 1, &["new or empty"]).await;
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
    for service in ["authority", "issuer", "board"] {
        refuses(&["config", "check", service, "--set", "listen=x"], 2, &["listen"]).await;
    }
}
