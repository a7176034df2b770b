//! Headless Chromium, driven over WebDriver and the DevTools protocol.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use urna_election::json::Base64;

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
        self.try_post(path, body).await.unwrap_or_else(|answer| panic!("{path}: {answer}"))
    }

    async fn try_post(&self, path: &str, body: Value) -> Result<Value, Value> {
        let address = format!("{}{path}", self.session);
        let answer = self.http.post(address).body(body.to_string()).send().await.unwrap();
        let is_done = answer.status().is_success();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        if is_done { Ok(answer["value"].clone()) } else { Err(answer) }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", json!({ "url": url })).await;
    }

    /// What a script answers: a function's body.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "args": [], "script": script })).await
    }

    /// Waits until this expression is true on the page that is then there.
    pub(crate) async fn until(&self, expression: &str) {
        let script = format!(
            "const say = arguments[0];
             const look = (left) => {{
               if ({expression}) say(true);
               else if (left > 0) setTimeout(look, 20, left - 20);
               else say(false);
             }};
             look(60_000);"
        );
        // A page that is left in the meantime takes the script with it.
        for _ in 0..5 {
            if let Ok(came) = self.try_post("/execute/async", json!({ "args": [], "script": script })).await {
                if came != true {
                    panic!("not {expression}:\n{}", self.ask("return document.body.innerText").await);
                }
                return;
            }
        }
        panic!("the page is left again and again");
    }

    /// Clicks as a person does: what is hidden or covered cannot be.
    pub(crate) async fn click(&self, selector: &str) {
        self.on(selector, "click", json!({})).await;
    }

    /// Types into a field that is empty.
    pub(crate) async fn write(&self, selector: &str, text: &str) {
        self.on(selector, "value", json!({ "text": text })).await;
    }

    async fn on(&self, selector: &str, what: &str, body: Value) {
        let found = self.post("/element", json!({ "using": "css selector", "value": selector })).await;
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
        let done = self.try_post(&format!("/element/{id}/{what}"), body).await;
        done.unwrap_or_else(|answer| panic!("{what} on {selector}: {}", answer["value"]["message"]));
    }

    /// Presses a key, where the focus is.
    pub(crate) async fn press(&self, key: &str) {
        let actions = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let keyboard = json!({ "actions": [{ "actions": actions, "id": "keyboard", "type": "key" }] });
        self.post("/actions", keyboard).await;
    }

    /// Presses the tabulator until this has the focus.
    pub(crate) async fn tab_to(&self, selector: &str) {
        for _ in 0..80 {
            self.press("\u{e004}").await;
            let is_there = format!("return document.activeElement.matches({})", json!(selector));
            if self.ask(&is_there).await == true {
                return;
            }
        }
        panic!("the keyboard does not lead to {selector}");
    }

    /// Opens another window, in which everything goes on.
    pub(crate) async fn another_window(&self) {
        let window = self.post("/window/new", json!({ "type": "tab" })).await;
        self.post("/window", json!({ "handle": window["handle"] })).await;
    }

    /// Closes all windows but the one in which everything goes on.
    pub(crate) async fn close_others(&self) {
        let here = self.get("/window").await;
        for other in self.get("/window/handles").await.as_array().unwrap() {
            if *other != here {
                self.post("/window", json!({ "handle": other })).await;
                self.http.delete(format!("{}/window", self.session)).send().await.unwrap();
            }
        }
        self.post("/window", json!({ "handle": here })).await;
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.session)).send().await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        answer["value"].clone()
    }

    /// The text that is seen of an element.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector({})?.innerText ?? ''", json!(selector));
        self.ask(&script).await.as_str().unwrap().to_owned()
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// Looks at the page as it is now: no rule of accessibility broken in dark and light, nothing wider than the narrowest screen
    /// (WCAG 2.2, 1.4.10: 320 px, which is also 1280 px at 400 %), and pictures on a desktop and on a phone, on which it stays.
    pub(crate) async fn looks(&self, folder: &Path, name: &str) {
        // In the dark, colours alone are others.
        for (scheme, only) in [("dark", json!(["color-contrast"])), ("light", Value::Null)] {
            let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            self.devtools("Emulation.setEmulatedMedia", features).await;
            assert_eq!(self.broken_rules(&only).await, json!([]), "{name}, {scheme}");
        }
        self.size(320, 640).await;
        let wide = self.ask("return [document.documentElement.scrollWidth, innerWidth]").await;
        assert!(wide[0].as_u64() <= wide[1].as_u64(), "{name} is wider than the screen: {wide}");
        for (size, width, height) in [("desktop", 1280, 900), ("phone", 390, 844)] {
            self.size(width, height).await;
            self.picture(&folder.join(format!("{name}-{size}.png"))).await;
        }
    }

    pub(crate) async fn size(&self, width: u32, height: u32) {
        let metrics =
            json!({ "deviceScaleFactor": 1, "height": height, "mobile": width < 600, "width": width });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A picture of the whole page.
    pub(crate) async fn picture(&self, file: &Path) {
        let taken = json!({ "captureBeyondViewport": true, "format": "png" });
        let taken = self.devtools("Page.captureScreenshot", taken).await;
        let Base64(bytes) = serde_json::from_value::<Base64<Vec<u8>>>(taken["data"].clone()).unwrap();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    /// Rules of accessibility that the page breaks, with where: axe-core, all of WCAG 2.2 A and AA that a program can judge, or only
    /// these rules.
    async fn broken_rules(&self, only: &Value) -> Value {
        let axe =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/npm/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(axe).expect("axe-core is there: `tools/test test` installs it");
        let script = format!(
            "const say = arguments[0];
             if (!window.axe) {{ {axe} }}
             window.axe.run({{ resultTypes: ['violations'], runOnly: {only} ?? undefined }}).then(({{ violations }}) =>
               say(violations.map(({{ id, nodes }}) => [id, nodes.map(({{ html, failureSummary }}) => [html, failureSummary])])));"
        );
        self.post("/execute/async", json!({ "args": [], "script": script })).await
    }

    /// What a click downloads, as text; its name ends like this.
    pub(crate) async fn downloaded(&self, folder: &Path, selector: &str, ending: &str) -> String {
        let to = folder.join("downloaded");
        let _ = fs::remove_dir_all(&to);
        fs::create_dir_all(&to).unwrap();
        let parameters = json!({ "behavior": "allow", "downloadPath": to, "eventsEnabled": true });
        self.devtools("Browser.setDownloadBehavior", parameters).await;
        self.click(selector).await;
        loop {
            let found = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path());
            let texts = found.filter(|path| path.extension().is_some_and(|extension| extension == ending));
            // Under its name it is whole, but before that Chromium reserves the name.
            if let Some(text) =
                texts.map(|path| fs::read_to_string(path).unwrap()).find(|text| !text.is_empty())
            {
                return text;
            }
            tokio::task::yield_now().await;
        }
    }

    /// What was written to the console since it was asked last.
    pub(crate) async fn console(&self) -> Value {
        self.post("/se/log", json!({ "type": "browser" })).await
    }

    /// What went over the network since it was asked last: events of the DevTools protocol, each with its parameters.
    pub(crate) async fn network(&self) -> Vec<(String, Value)> {
        let log = self.post("/se/log", json!({ "type": "performance" })).await;
        let events = log.as_array().unwrap().iter().map(|entry| {
            let mut entry: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = entry["message"].take();
            (event["method"].as_str().unwrap().to_owned(), event["params"].clone())
        });
        events.filter(|(event, _)| event.starts_with("Network.")).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg("--").arg(format!("-{}", self.driver.id())).status();
        let _ = self.driver.wait();
    }
}
