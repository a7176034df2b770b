//! Trustees on the page, in two browsers, with one who uses the command: from the link to the published result.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::process::Command;
use urna_api::authority::TrusteeParty;
use urna_election::Slug;
use urna_election::json::Integer;

use super::{World, to_ballot, vote};
use crate::chromium::Browser;
use crate::making::PASSPHRASE;

/// A trustee's page in a browser, and what its person does there.
pub(crate) struct TrusteePage<'b> {
    browser: &'b Browser,
    link: String,
    folder: PathBuf,
}

impl<'b> TrusteePage<'b> {
    /// The page of this trustee; `folder` is where its key file is saved.
    pub(crate) fn new(
        browser: &'b Browser,
        authority: &str,
        slug: &str,
        trustee: &str,
        folder: &Path,
    ) -> Self {
        let link = format!("{authority}/trustee/{slug}?trustee={trustee}");
        Self { browser, link, folder: folder.to_owned() }
    }

    /// The key file that was saved.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("saved.key")
    }

    /// Waits until the page is there, and rests.
    pub(crate) async fn at(&self, step: &str) {
        self.browser
            .until(&format!("document.body.dataset.at === '{step}' && !document.body.ariaBusy"))
            .await;
    }

    /// Waits until the page says why something is not done.
    pub(crate) async fn refuses(&self, says: &str) {
        let says = json!(says);
        self.browser
            .until(&format!(
                "!document.body.ariaBusy && !document.querySelector('#wrong').hidden && document.querySelector('#wrong').innerText.includes({says})"
            ))
            .await;
    }

    pub(crate) async fn open_page(&self) {
        self.browser.open(&self.link).await;
    }

    pub(crate) async fn reload(&self, step: &str) {
        self.browser.post("/refresh", json!({})).await;
        self.at(step).await;
    }

    async fn submit(&self, form: &str, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            let field = format!("[data-step]:not([hidden]) [data-form={form}] [name={name}]");
            if *name != "file" {
                let cleared = format!("document.querySelector({}).value = ''", json!(field));
                self.browser.ask(&cleared).await;
            }
            self.browser.write(&field, text).await;
        }
        self.browser.click(&format!("[data-step]:not([hidden]) [data-form={form}] [type=submit]")).await;
    }

    /// Makes a key.
    pub(crate) async fn enrol(&self) {
        self.open_page().await;
        self.at("enrol").await;
        self.submit("enrol", &[("passphrase", PASSPHRASE), ("again", PASSPHRASE)]).await;
        self.at("ceremony").await;
    }

    /// Opens the key that the browser keeps.
    pub(crate) async fn unlock(&self, step: &str) {
        self.at("locked").await;
        self.submit("unlock", &[("passphrase", PASSPHRASE)]).await;
        self.at(step).await;
    }

    /// Waits for the end of the ceremony; the ceremony hash.
    pub(crate) async fn ceremony(&self) -> String {
        self.at("prepared").await;
        let hash = self.browser.ask("return document.querySelector('[data-fill=hash]').textContent").await;
        hash.as_str().unwrap().to_owned()
    }

    /// Saves the key file.
    pub(crate) async fn save(&self) {
        let file = self.browser.downloaded(&self.folder, "[data-do=file]", "key").await;
        std::fs::write(self.file(), file).unwrap();
    }

    /// Agrees to the election that was announced with this id.
    pub(crate) async fn agree(&self, election: &str) {
        self.at("agree").await;
        self.submit("agree", &[("election", election)]).await;
        self.browser
            .until("['agreed', 'rehearse'].includes(document.body.dataset.at) && !document.body.ariaBusy")
            .await;
    }

    /// Rehearses with the file that was saved.
    pub(crate) async fn rehearse(&self) {
        self.at("rehearse").await;
        let file = self.file();
        self.submit("rehearse", &[("file", file.to_str().unwrap()), ("passphrase", PASSPHRASE)]).await;
        self.at("voting").await;
    }

    /// Checks the record and agrees to open.
    pub(crate) async fn open(&self) {
        self.at("verify").await;
        self.browser.click("[data-do=verify]").await;
        self.at("verified").await;
        self.browser.click("[data-do=open]").await;
        self.browser
            .until("['opening', 'opened'].includes(document.body.dataset.at) && !document.body.ariaBusy")
            .await;
    }
}

/// That nothing went to any other place, nor a cookie anywhere, and that the console is empty.
async fn was_discreet(world: &World, browser: &Browser) {
    let sent = browser.network().await.into_iter().filter(|(event, _)| event == "Network.requestWillBeSent");
    let requests: Vec<_> = sent.map(|(_, parameters)| parameters["request"].clone()).collect();
    assert!(requests.len() > 5);
    for request in requests {
        let url = request["url"].as_str().unwrap();
        let is_ours = [&world.vote.url, &world.board.url].iter().any(|own| url.starts_with(*own));
        assert!(is_ours || !url.starts_with("http"), "a request to another origin: {url}");
        assert!(request["headers"]["Cookie"].is_null(), "{request}");
    }
    let console = browser.console().await;
    let said: Vec<_> =
        console.as_array().unwrap().iter().filter(|line| line["source"] != "network").collect();
    assert!(said.is_empty(), "the console is not empty: {said:?}");
}

async fn at(browser: &Browser) -> Value {
    browser.ask("return document.body.dataset.at").await
}

#[tokio::test(flavor = "multi_thread")]
async fn guard_the_key_from_the_link_to_the_result() {
    const SLUG: &str = "trustees-2030";
    let world = World::new("pages-trustees").await;
    let (making, slug) = (world.making(), SLUG.parse::<Slug>().unwrap());
    let other = Browser::start(&world.folder.join("other")).await;
    let (one, pictures) = (&world.browser, world.folder.join("pages"));
    making
        .draft(SLUG, |draft| {
            let member = |id: &str| TrusteeParty { id: id.into(), name: id[..1].to_uppercase() + &id[1..] };
            draft.trustees.members = ["anna", "boris", "clara"].map(member).into();
            draft.trustees.threshold = Integer::from(2_u32);
        })
        .await;
    let page =
        |browser, id: &str| TrusteePage::new(browser, &world.vote.url, SLUG, id, &world.folder.join(id));
    let (anna, boris) = (page(one, "anna"), page(&other, "boris"));
    for id in ["anna", "boris"] {
        std::fs::create_dir_all(world.folder.join(id)).unwrap();
    }

    // No plan yet, and it goes on by itself. Without a name in the link, it asks.
    one.open(&format!("{}/trustee/nothing-2030", world.vote.url)).await;
    assert!(one.text("h1").await.contains("no such election"));
    one.open(&format!("{}/trustee/{SLUG}", world.vote.url)).await;
    anna.at("no-plan").await;
    one.looks(&pictures, "trustee-no-plan").await;
    making.client.fix_plan(&slug).await.unwrap();
    let plan = making.client.plan(&slug).await.unwrap();
    anna.at("who").await;
    one.looks(&pictures, "trustee-who").await;
    one.click("#names li:first-child a").await;
    anna.at("enrol").await;
    anna.submit("enrol", &[("passphrase", PASSPHRASE), ("again", "another")]).await;
    one.until("!document.querySelector('#passphrase-differs').hidden").await;
    anna.submit("enrol", &[("passphrase", "short"), ("again", "short")]).await;
    anna.refuses("too short").await;
    one.looks(&pictures, "trustee-enrol").await;
    anna.enrol().await;
    one.looks(&pictures, "trustee-ceremony").await;

    // A reload, a wrong passphrase, a second window.
    anna.reload("locked").await;
    anna.submit("unlock", &[("passphrase", "not the passphrase")]).await;
    anna.refuses("wrong").await;
    one.looks(&pictures, "trustee-locked").await;
    anna.unlock("ceremony").await;
    one.another_window().await;
    anna.open_page().await;
    anna.refuses("another window").await;
    one.looks(&pictures, "trustee-other-window").await;
    one.close_others().await;
    one.click("[data-do=again]").await;
    anna.unlock("ceremony").await;

    // Three hold the ceremony, of whom one has the command.
    boris.enrol().await;
    making.enrol(&plan, "clara");
    let mut is_reloaded = false;
    for _ in 0..600 {
        making.trustee(SLUG, "clara", &["ceremony"]).await;
        if at(one).await == "prepared" && at(&other).await == "prepared" {
            break;
        }
        // Reloading in the middle of it changes nothing.
        let has_hash = one.ask("return !document.querySelector('[data-if=hash]').hidden").await;
        if !is_reloaded && has_hash == true {
            is_reloaded = true;
            anna.reload("locked").await;
            anna.submit("unlock", &[("passphrase", PASSPHRASE)]).await;
        }
    }
    assert!(is_reloaded);
    let hash = anna.ceremony().await;
    assert_eq!((hash.len(), &hash), (64, &boris.ceremony().await));
    one.looks(&pictures, "trustee-prepared").await;
    anna.save().await;
    boris.save().await;
    making.trustee(SLUG, "clara", &["ceremony"]).await;
    making.trustee(SLUG, "clara", &["backup", &making.backup(SLUG, "clara")]).await;

    // The election is published: wrong id, wrong file.
    let id = making.approve(&slug).await;
    anna.at("agree").await;
    one.looks(&pictures, "trustee-agree").await;
    anna.submit("agree", &[("election", &"0".repeat(64))]).await;
    anna.refuses("not the announced election").await;
    anna.agree(&format!("{} {}", &id[..8], &id[8..])).await;
    anna.at("agreed").await;
    one.looks(&pictures, "trustee-agreed").await;
    boris.agree(&id).await;
    making.trustee(SLUG, "clara", &["agree", "--election", &id, "--yes"]).await;
    anna.at("rehearse").await;
    one.looks(&pictures, "trustee-rehearse").await;
    let wrong = boris.file();
    anna.submit("rehearse", &[("file", wrong.to_str().unwrap()), ("passphrase", PASSPHRASE)]).await;
    anna.refuses("another key").await;
    anna.reload("locked").await;
    anna.unlock("rehearse").await;
    anna.rehearse().await;
    one.looks(&pictures, "trustee-voting").await;
    boris.rehearse().await;
    making.trustee(SLUG, "clara", &["rehearse", "--backup", &making.backup(SLUG, "clara")]).await;
    was_discreet(&world, one).await;

    // People vote, in the window in which anna had her key: everything that was kept there is lost.
    making.client.open(&slug).await.unwrap();
    making.await_issuer(SLUG).await;
    let links = making.links(SLUG).await;
    for (link, option) in links.iter().zip(["ada", "bob", "ada"]) {
        to_ballot(&world, link).await;
        vote(&world, &[option]).await;
    }
    making.close(SLUG).await;

    boris.at("verify").await;
    other.looks(&pictures, "trustee-verify").await;
    other.click("[data-do=verify]").await;
    boris.at("verified").await;
    assert!(other.text("[data-step=verified]").await.contains("counted: 3"));
    other.looks(&pictures, "trustee-verified").await;
    boris.reload("locked").await;
    boris.unlock("verify").await;
    boris.open().await;
    boris.at("opening").await;
    assert!(other.text("[data-step=opening]").await.contains("1 of 2"));
    other.looks(&pictures, "trustee-opening").await;

    // Anna goes on from the file that she saved before she had agreed.
    anna.open_page().await;
    anna.at("elsewhere").await;
    one.looks(&pictures, "trustee-elsewhere").await;
    anna.submit("restore", &[("file", wrong.to_str().unwrap()), ("passphrase", PASSPHRASE)]).await;
    anna.refuses("another trustee").await;
    let file = anna.file();
    anna.submit("restore", &[("file", file.to_str().unwrap()), ("passphrase", PASSPHRASE)]).await;
    anna.at("agree").await;
    anna.submit("agree", &[("election", &id)]).await;
    anna.open().await;
    anna.at("opened").await;
    one.looks(&pictures, "trustee-opened").await;
    boris.at("opened").await;

    // The command reads the file that the page has saved.
    let key = world.folder.join(format!("{SLUG}-anna.key"));
    anna.save().await;
    std::fs::copy(anna.file(), &key).unwrap();
    making.trustee(SLUG, "anna", &["open", "--yes"]).await;

    making.client.tally(&slug).await.unwrap();
    boris.at("over").await;
    other.looks(&pictures, "trustee-over").await;
    making.client.certify(&slug).await.unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_urna")).with_file_name("examples").join("urna-verify");
    let record = format!("{}/{SLUG}/", world.board.url);
    let verified = Command::new(program).args([&record, "--election", &id]).output().await.unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    for browser in [one, &other] {
        was_discreet(&world, browser).await;
    }

    // In every language.
    for (language, says) in [("cs", "Výsledek"), ("sv", "Resultatet"), ("uk", "Результат")] {
        other.open(&format!("{}/trustee/{SLUG}?trustee=boris&lang={language}", world.vote.url)).await;
        boris.unlock("over").await;
        assert!(other.text("#step-over").await.contains(says));
    }
}
