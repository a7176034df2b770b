//! The booth's pages as a voter uses them, in headless Chromium: `urna serve` with gates before it, a phone's and a desktop's window.
//! Pictures of every page go to a folder (`pages/` in the test's own), for looking at.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};
use urna_api::authority::Draft;
use urna_api::client::{ApiKey, AuthorityClient};
use urna_client::Invitation;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::draft::{Contest, ContestOption, Revote};

use crate::chromium::Browser;
use crate::gate::Gate;
use crate::making::{Making, installation};
use crate::serve::Serving;
use crate::world::scratch;

mod refusals;
pub(crate) mod trustees;
mod voting;

/// An installation, an organiser, and a browser.
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) vote: Gate,
    board: Gate,
    /// The organiser's API key.
    pub(crate) key: String,
    pub(crate) client: AuthorityClient,
    pub(crate) browser: Browser,
    _serving: Serving,
}

impl World {
    pub(crate) async fn new(name: &str) -> Self {
        let folder = scratch(name);
        let (vote, board) = (Gate::open().await, Gate::open().await);
        let mut serving = installation(&folder, &vote, &board).await;
        let [organiser, _] = serving.links().await;
        let link = organiser.split_once('#').unwrap().1;
        let key = AuthorityClient::exchange_link(&vote.url, link).await.unwrap().key;
        let client = AuthorityClient::with_key(&vote.url, ApiKey::parse(&key).unwrap()).unwrap();
        let browser = Browser::start(&folder).await;
        Self { folder, vote, board, key, client, browser, _serving: serving }
    }

    pub(crate) fn making(&self) -> Making<'_> {
        Making {
            folder: &self.folder,
            vote: &self.vote.url,
            board: &self.board.url,
            client: self.client.clone(),
        }
    }

    /// An election that is open, and its voters' links.
    async fn election(&self, slug: &str, change: impl FnOnce(&mut Draft)) -> Vec<Invitation> {
        let making = self.making();
        making.draft(slug, change).await;
        making.open(slug).await;
        making.links(slug).await
    }

    async fn at(&self, step: &str) {
        self.browser
            .until(&format!("document.body.dataset.at === '{step}' && !document.body.ariaBusy"))
            .await;
    }

    pub(crate) async fn look(&self, name: &str) {
        self.browser.looks(&self.folder.join("pages"), name).await;
    }

    /// Opens a voter's link as another person on another device would: nothing is kept there.
    async fn arrive(&self, link: &str) {
        for origin in [&self.vote.url, &self.board.url] {
            let all = json!({ "origin": origin, "storageTypes": "all" });
            self.browser.devtools("Storage.clearDataForOrigin", all).await;
        }
        self.browser.open("about:blank").await;
        self.browser.open(&format!("{}/v1/booth", self.vote.url)).await;
        self.browser.ask("sessionStorage.clear()").await;
        self.browser.open(link).await;
    }

    async fn reload(&self, step: &str) {
        self.browser.post("/refresh", json!({})).await;
        self.at(step).await;
    }

    /// That nothing went to any other place, and to the board nothing that tells who the voters are; that the console is empty.
    /// `before` is what was taken from the browser's network log already.
    async fn was_discreet(&self, voters: &[Invitation], before: Vec<(String, Value)>) {
        let events = before.into_iter().chain(self.browser.network().await);
        let sent = events.filter(|(event, _)| event == "Network.requestWillBeSent");
        let requests: Vec<_> = sent.map(|(_, parameters)| parameters["request"].clone()).collect();
        assert!(requests.len() > 20);
        let mut to_board = 0;
        for mut request in requests {
            // The browser shows the address that was typed, of which it sends what stands before the #.
            request["urlFragment"].take();
            let url = request["url"].as_str().unwrap();
            if !url.starts_with("http") {
                continue;
            }
            let is_on_board = url.starts_with(&self.board.url);
            assert!(is_on_board || url.starts_with(&self.vote.url), "a request to another origin: {url}");
            let whole = request.to_string();
            for voter in voters {
                let link = voter.to_link();
                let personal = link.split_once('#').unwrap().1;
                assert!(!whole.contains(&personal[45..80]), "the link is sent: {url}");
                if is_on_board {
                    let handle: String =
                        voter.handle().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
                    let encoded = json!(Base64(voter.handle().as_bytes().to_vec()));
                    let encoded = encoded.as_str().unwrap();
                    assert!(
                        !whole.contains(&handle) && !whole.contains(encoded),
                        "the board hears who it is: {url}"
                    );
                    let headers = &request["headers"];
                    assert!(
                        headers["Cookie"].is_null() && matches!(headers["Referer"].as_str(), None | Some("")),
                        "{whole}"
                    );
                }
            }
            to_board += u32::from(is_on_board);
        }
        assert!(to_board > 5);
        let console = self.browser.console().await;
        // Whatever is refused is also noted by the browser itself.
        let said: Vec<_> =
            console.as_array().unwrap().iter().filter(|line| line["source"] != "network").collect();
        assert!(said.is_empty(), "the console is not empty: {said:?}");
    }
}

fn text(english: &str, czech: &str) -> urna_election::manifest::draft::Texts {
    [("cs".to_owned(), czech.to_owned()), ("en".to_owned(), english.to_owned())].into()
}

/// A council of up to two, with abstention; a rector among 24, with search.
fn union(draft: &mut Draft) {
    let option = |id: &str, name: &str, about: Option<&str>| ContestOption {
        description: about.map(|about| text(about, about)),
        id: id.into(),
        title: text(name, name),
    };
    let number = Integer::from;
    draft.languages = vec!["cs".into(), "en".into()];
    draft.title = text("Elections of the Student Union 2030", "Volby studentské unie 2030");
    draft.description = Some(text(
        "The council and the rector’s adviser for two years.",
        "Rada a poradce rektora na dva roky.",
    ));
    draft.classes[0].title = text("Voters", "Voliči");
    let council = Contest {
        abstain: true,
        description: Some(text(
            "Whoever has most votes is elected; two are.",
            "Zvoleni jsou dva s nejvíce hlasy.",
        )),
        max: number(2_u32),
        min: number(1_u32),
        options: vec![
            option("ada", "Ada Lovelace", Some("Mathematics. For longer opening hours of the library.")),
            option("bob", "Bohumil Novák", None),
            option("eva", "Eva Ångström", Some("Physics.")),
        ],
        seats: number(2_u32),
        title: text("Council", "Rada"),
        ..draft.contests[0].clone()
    };
    let names =
        (1..=24_u32).map(|place| option(&format!("person-{place}"), &format!("Person number {place}"), None));
    let adviser = Contest {
        abstain: false,
        description: None,
        id: "adviser".into(),
        max: number(1_u32),
        min: number(0_u32),
        options: names.collect(),
        seats: number(1_u32),
        title: text("The rector’s adviser", "Poradce rektora"),
        ..council.clone()
    };
    draft.contests = vec![council, adviser];
    draft.ballot_styles[0].contests = vec!["council".into(), "adviser".into()];
    draft.policy.revote = Revote::ReplaceAndWithdraw;
    draft.policy.smallest_class.confirmed = vec!["voters".into()];
}

/// From the link to the ballot.
async fn to_ballot(world: &World, link: &Invitation) {
    world.arrive(&link.to_link()).await;
    world.at("welcome").await;
    world.browser.click("[data-do=begin]").await;
    world.at("ballot").await;
}

/// Marks, looks over, casts, and sees that it is recorded.
async fn vote(world: &World, options: &[&str]) {
    for option in options {
        world.browser.click(&format!("#ballot input[value={option}]")).await;
    }
    world.browser.click("#ballot [type=submit]").await;
    world.at("review").await;
    let cast = Instant::now();
    world.browser.click("[data-do=cast]").await;
    world.at("done").await;
    world.browser.until("document.querySelector('#standing-text').className === 'done'").await;
    eprintln!("{} ms from \"cast\" to the receipt", cast.elapsed().as_millis());
}
