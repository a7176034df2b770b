//! The booth's program in a real browser: the committed bundle, its storage and its requests, in headless Chromium over WebDriver.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use urna_client::Invitation;

use crate::gate::Action;
use crate::world::{Terms, World};

/// What a booth's page may do: files and programs of its own, and requests to board and issuers.
const PAGE: &str = "text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                    connect-src 'self' http://127.0.0.1:*";

/// Chromium and what drives it. Both end with this value.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    http: reqwest::Client,
}

impl Browser {
    pub(crate) async fn start(folder: &Path) -> Self {
        let mut command = Command::new("chromedriver");
        let command = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut driver = command.spawn().expect("chromedriver is there: `tools/test test` installs it");
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
        let started =
            |line: String| line.split_once("successfully on port ").map(|(_, port)| port.to_owned());
        let port = said.find_map(started);
        let port = port.expect("chromedriver says its port");
        let http = reqwest::Client::new();
        let session = format!("http://127.0.0.1:{}/session", port.trim_end_matches('.'));
        let mut browser = Self { driver, session, http };
        let data = format!("--user-data-dir={}", folder.join("chromium").display());
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            &data,
        ];
        let wanted = json!({
            "goog:chromeOptions": { "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "script": 120_000 },
        });
        let made = browser.post("", json!({ "capabilities": { "alwaysMatch": wanted } })).await;
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().unwrap());
        browser
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let answer =
            self.http.post(format!("{}{path}", self.session)).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        answer["value"].clone()
    }

    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// Runs a script that has `booth`, `start` and, to say what came of it, `say`.
    async fn run(&self, script: &str, start: &Value) -> Value {
        let script = format!(
            "const [start, say] = arguments;
             import('/booth.js').then(async (module) => {{
               const booth = await module.Booth.load('/booth.wasm');
               const told = (error) => ({{ failed: error.document ?? String(error) }});
               const perform = (start) => booth.perform(start).then((done) => ({{ done }}), told);
               {script}
             }}).catch((error) => say({{ broken: String(error) }}));"
        );
        self.post("/execute/async", json!({ "args": [start], "script": script })).await
    }

    async fn perform(&self, start: &Value) -> Value {
        self.run("say(await perform(start));", start).await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg("--").arg(format!("-{}", self.driver.id())).status();
        let _ = self.driver.wait();
    }
}

/// The authority's origin: a page, the program, the manifest.
fn serve(world: &World) {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../booth/web");
    let file = |name: &str| fs::read(web.join(name)).expect("the bundle is there");
    let (script, program) = (file("booth.js"), file("booth.wasm"));
    let manifest = world.manifest.bytes().to_vec();
    world.authority.rule(move |request| match request.path.as_str() {
        "/" => Action::Say(200, PAGE, b"<!doctype html><title>Booth</title>".to_vec()),
        "/booth.js" => Action::Say(200, "text/javascript", script.clone()),
        "/booth.wasm" => Action::Say(200, "application/wasm", program.clone()),
        path if path.ends_with("/manifest") => Action::Say(200, "application/json", manifest.clone()),
        _ => Action::Say(204, "text/plain", Vec::new()),
    });
}

fn start(what: &str, invitation: &Invitation, council: Option<&str>) -> Value {
    let choices = council.map(|option| json!({ "auditor": [], "council": [option] }));
    json!({ "choices": choices, "link": *invitation.to_link(), "what": what })
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_in_chromium() {
    let world = World::new("booth-chromium", Terms { live: true, ..Terms::default() }).await;
    serve(&world);
    let browser = Browser::start(&world.folder).await;
    let page = format!("{}/", world.authority.url);
    browser.open(&page).await;
    let invitation = world.invitation(0);

    let shown = browser.perform(&start("show", &invitation, None)).await;
    assert_eq!(shown["done"]["document"]["election_id"], world.manifest.id().to_string(), "{shown}");
    let token = browser.perform(&start("token", &invitation, None)).await;
    let place = token["done"]["place"].clone();
    assert_eq!(token["done"]["document"]["issuers"], json!(["office", "senate"]), "{token}");

    // The page is left in the middle of it, and what is stored goes on, without the link.
    let cast = json!({ "choices": { "auditor": [], "council": ["ada"] }, "place": place, "what": "cast" });
    for milliseconds in [0, 5, 20, 80] {
        let leave = format!("perform(start); setTimeout(() => say(null), {milliseconds});");
        browser.run(&leave, &cast).await;
        browser.open(&page).await;
    }
    let done = browser.perform(&cast).await;
    assert_eq!(done["done"]["document"]["is"], "recorded", "{done}");
    let identifier = done["done"]["document"]["identifier"].as_str().unwrap().parse().unwrap();
    assert_eq!(world.on_board(&identifier).await, [("ballot".to_owned(), Some(0))]);

    // Another window has the place: this one is told so, and can do it when the other is closed.
    let check = json!({ "place": place, "what": "check" });
    let hold = "navigator.locks.request(`urna ${start.place}`, () => new Promise(() => {})).catch(() => {}); say(null);";
    browser.run(hold, &check).await;
    let window = browser.post("/window/new", json!({ "type": "tab" })).await;
    browser.post("/window", json!({ "handle": window["handle"] })).await;
    browser.open(&page).await;
    assert_eq!(browser.perform(&check).await["failed"]["reason"], "other_window");
    browser
        .run("navigator.locks.request(`urna ${start.place}`, { steal: true }, () => say(null));", &check)
        .await;
    let checked = browser.perform(&check).await;
    assert_eq!(checked["done"]["document"]["is"], "as_saved", "{checked}");
    assert_eq!(checked["done"]["document"]["choices"]["council"], json!(["ada"]));

    // Without locks, what is stored is compared in the transaction: of two that begin at once, one goes on.
    let other = world.invitation(2);
    let both = "Object.defineProperty(navigator, 'locks', { value: undefined });
                say(await Promise.all(['bob', 'eva'].map((council) =>
                  perform({ ...start, choices: { auditor: [], council: [council] } }))));";
    let both = browser.run(both, &start("cast", &other, None)).await;
    let outcomes = both.as_array().unwrap_or_else(|| panic!("{both}"));
    let conflicts = outcomes.iter().filter(|outcome| outcome["failed"]["reason"] == "other_window").count();
    let done: Vec<_> = outcomes.iter().filter(|outcome| outcome["done"].is_object()).collect();
    assert_eq!((conflicts, done.len()), (1, 1), "{both}");
    let checked = browser.perform(&start("check", &other, None)).await;
    assert_eq!(checked["done"]["document"]["is"], "as_saved", "{checked}");

    // What is forgotten is not brought back by a window that still has it.
    let forget = "const keeper = new module.Keeper();
                  const before = await keeper.places();
                  const { is } = await keeper.load({ place: start.place, record: 'form' });
                  await keeper.forget(start.place);
                  const again = await keeper.store({ place: start.place, record: 'form', text: '{}', version: is.loaded.version });
                  say([before.length, (await keeper.places()).length, again.is]);";
    assert_eq!(browser.run(forget, &check).await, json!([2, 1, "other_window"]));
    assert_eq!(browser.perform(&check).await["failed"]["reason"], "link_needed");

    let log = browser.post("/se/log", json!({ "type": "browser" })).await;
    assert_eq!(log, json!([]), "the console is empty");
}
