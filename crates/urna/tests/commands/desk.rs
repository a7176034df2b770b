//! The organiser's desk as a student union's secretary uses it, in headless Chromium, without a terminal. Pictures of every page go
//! to a folder (`pages/` in the test's own), for looking at.

mod preparing;
mod voters;
mod whole;

use std::path::PathBuf;

use serde_json::{Value, json};
use urna_api::authority::{NewKey, Role};
use urna_api::client::{ApiKey, AuthorityClient};
use urna_election::manifest::draft::InterimFigures;

use crate::chromium::Browser;
use crate::gate::Gate;
use crate::making::{Making, installation};
use crate::serve::Serving;
use crate::world::scratch;

/// An installation at its first start, the operator's way in, and a browser in which the organiser's link is open.
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) vote: Gate,
    pub(crate) board: Gate,
    operator: AuthorityClient,
    pub(crate) browser: Browser,
    _serving: Option<Serving>,
}

impl World {
    pub(crate) async fn new(name: &str) -> Self {
        let folder = scratch(name);
        let (vote, board) = (Gate::open().await, Gate::open().await);
        let mut serving = installation(&folder, &vote, &board).await;
        let [organiser, operator] = serving.links().await;
        let secret = operator.split_once('#').unwrap().1;
        let key = AuthorityClient::exchange_link(&vote.url, secret).await.unwrap().key;
        let operator = AuthorityClient::with_key(&vote.url, ApiKey::parse(&key).unwrap()).unwrap();
        let browser = Browser::start(&folder).await;
        browser.open(&organiser).await;
        Self { folder, vote, board, operator, browser, _serving: Some(serving) }
    }

    /// The same installation, in the browser of somebody else.
    async fn beside(&self, name: &str) -> Self {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let browser = Browser::start(&folder).await;
        let (vote, board, operator) = (self.vote.clone(), self.board.clone(), self.operator.clone());
        Self { folder, vote, board, operator, browser, _serving: None }
    }

    pub(crate) async fn look(&self, name: &str) {
        self.browser.looks(&self.folder.join("pages"), name).await;
        // Where a secretary works.
        self.browser.size(1280, 900).await;
    }

    /// Goes to a page of the desk.
    pub(crate) async fn go(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.vote.url)).await;
    }

    /// Waits for the page at this path, whatever stands behind `?`.
    pub(crate) async fn at(&self, path: &str) {
        self.browser
            .until(&format!("location.pathname === '{path}' && document.readyState === 'complete'"))
            .await;
    }

    pub(crate) async fn says(&self, text: &str) {
        let found = self.browser.text("body").await;
        assert!(found.contains(text), "{text:?} in {found}");
    }

    /// Types the election's short name under an act, and does it.
    pub(crate) async fn confirm(&self, slug: &str, act: &str) {
        self.browser.until(&format!("document.querySelector('#confirm-{act}')")).await;
        self.browser.write(&format!("#confirm-{act}"), slug).await;
        self.browser.click(&format!("form[action$='/{act}'] button")).await;
    }

    /// The owner's way in for programs, of the same account as the browser's.
    pub(crate) async fn owner(&self) -> AuthorityClient {
        self.go("/desk/account").await;
        let account = self.browser.text("main .lead").await;
        let new = NewKey { account, role: Role::Owner, election: None, link: false };
        let made = self.operator.make_key(&new).await.unwrap();
        AuthorityClient::with_key(&self.vote.url, ApiKey::parse(&made.key).unwrap()).unwrap()
    }

    /// Marks the page that something leads away from.
    async fn leave(&self) {
        self.browser.ask("document.documentElement.dataset.before = ''").await;
    }

    /// Waits for another page than the one that was marked.
    async fn arrive(&self) {
        let is_another =
            "document.documentElement.dataset.before === undefined && document.readyState === 'complete'";
        self.browser.until(is_another).await;
    }

    /// A form that another page of this origin sends, or that somebody has kept from before: fields by name.
    pub(crate) async fn send(&self, path: &str, fields: Value) {
        let script = format!(
            "const form = Object.assign(document.createElement('form'), {{ method: 'post', action: '{path}' }});
             for (const [name, value] of Object.entries({fields})) form.append(Object.assign(document.createElement('input'), {{ name, value }}));
             document.body.append(form);
             form.submit();"
        );
        self.leave().await;
        self.browser.ask(&script).await;
        self.arrive().await;
    }

    /// That the console is empty but for what the browser itself notes of refusals, and nothing went to another origin.
    pub(crate) async fn was_discreet(&self) {
        let console = self.browser.console().await;
        let said: Vec<_> =
            console.as_array().unwrap().iter().filter(|line| line["source"] != "network").collect();
        assert!(said.is_empty(), "the console is not empty: {said:?}");
        let events = self.browser.network().await;
        let sent = events.into_iter().filter(|(event, _)| event == "Network.requestWillBeSent");
        for (_, parameters) in sent {
            let url = parameters["request"]["url"].as_str().unwrap();
            let is_own = url.starts_with(&self.vote.url) || url.starts_with(&self.board.url);
            assert!(is_own || !url.starts_with("http"), "a request to another origin: {url}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_opens_closes_and_certifies() {
    const SLUG: &str = "union-2030";
    let world = World::new("desk-running").await;
    let browser = &world.browser;
    // The secret has left the address, and is not used up by looking.
    browser.until("!document.querySelector('[data-part=ready]').hidden").await;
    assert_eq!(browser.ask("return location.hash").await, "");
    world.look("sign-in").await;
    browser.click("#sign-in button").await;
    world.at("/desk").await;
    assert_eq!(browser.ask("return document.cookie").await, "");
    world.look("desk-empty").await;
    browser.click("a[href='/desk/new']").await;
    world.at("/desk/new").await;
    world.look("new").await;
    world.go("/desk/account").await;
    world.look("account").await;

    let making = Making {
        folder: &world.folder,
        vote: &world.vote.url,
        board: &world.board.url,
        client: world.owner().await,
    };
    making
        .draft(SLUG, |draft| {
            draft.policy.interim_figures = InterimFigures::Turnout;
            draft.policy.smallest_class.confirmed = vec!["voters".into()];
        })
        .await;
    world.go(&format!("/desk/{SLUG}")).await;
    world.says("Draft").await;
    world.look("overview-draft").await;
    // What is of another phase is refused, and says so.
    world.send(&format!("/desk/{SLUG}/open"), json!({ "confirm": SLUG })).await;
    world.says("in the phase in which this election is").await;
    world.look("refused-phase").await;

    making.publish(SLUG).await;
    world.go(&format!("/desk/{SLUG}")).await;
    world.says("Voting cannot open before everybody named above has done their part").await;
    world.look("overview-blocked").await;
    world.send(&format!("/desk/{SLUG}/open"), json!({ "confirm": SLUG })).await;
    world.says("not every trustee has agreed and rehearsed").await;
    world.look("refused-rehearsal").await;
    browser.click(".buttons a").await;
    world.at(&format!("/desk/{SLUG}")).await;
    making.rehearse(SLUG).await;
    // The page sees it by itself.
    browser.until("document.querySelector('#confirm-open')").await;
    browser.until("document.querySelector('#done').innerText.includes('showed that the key is there')").await;
    world.look("overview-ready").await;
    world.confirm("union", "open").await;
    browser.until("document.querySelector('.warning')").await;
    world.says("is not that of this election").await;
    browser.click(".buttons a").await;
    world.at(&format!("/desk/{SLUG}")).await;
    world.confirm(SLUG, "open").await;
    browser.until("document.querySelector('#confirm-close')").await;
    world.says("Everybody with an invitation can vote now").await;
    making.await_issuer(SLUG).await;
    for (place, link) in making.links(SLUG).await.into_iter().enumerate() {
        making.vote(&link, "council", if place % 2 == 0 { "ada" } else { "bob" }).await;
    }
    browser.until("document.querySelector('.figure strong')?.textContent === '5'").await;
    browser.until("document.querySelector('figure.curve')").await;
    world.says("No result exists before the ballots are opened").await;
    world.look("overview-voting").await;
    world.go("/desk").await;
    world.says("of 5 ha").await;
    world.look("desk").await;
    world.go(&format!("/desk/{SLUG}")).await;
    world.confirm(SLUG, "close").await;
    browser.until("document.querySelector('main').innerText.includes('Voting is closed')").await;
    world.look("overview-closed").await;
    browser.until("document.querySelector('#awaited').innerText.includes('The trustee')").await;
    making.open_ballots(SLUG).await;
    browser.until("document.querySelector('#confirm-tally')").await;
    assert_eq!(browser.text("#done").await.matches("opened").count(), 4);
    world.confirm(SLUG, "tally").await;
    browser.until("document.querySelector('#confirm-certify')").await;
    world.says("and count again").await;
    world.look("overview-result").await;
    world.confirm(SLUG, "certify").await;
    browser.until("document.querySelector('main').innerText.includes('The election is over')").await;
    browser.click("a[href$='/result']").await;
    world.at(&format!("/desk/{SLUG}/result")).await;
    world.look("result").await;
    let text = browser.downloaded(&world.folder, "a[href$='result.txt']", "txt").await;
    assert!(text.contains("ada: 3, elected") && text.contains("bob: 2"), "{text}");

    // Somebody else, for a while.
    world.go(&format!("/desk/{SLUG}/access")).await;
    browser.write("#account", "Jan Novák").await;
    browser.click("form[action$='/access'] button").await;
    browser.until("document.querySelector('#link')").await;
    world.look("access").await;
    world.go(&format!("/desk/{SLUG}/audit")).await;
    world.says("opened").await;
    world.look("audit").await;
    world.was_discreet().await;
}
