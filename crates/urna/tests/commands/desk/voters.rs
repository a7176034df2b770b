//! The desk's pages of voters, invitations and the preview as an organiser uses them, in headless Chromium.
//! Pictures of every page go to a folder (`pages/` in the test's own), for looking at.

use std::fs;

use serde_json::json;
use urna_api::authority::{Cause, Draft};
use urna_election::manifest::draft::{BallotStyle, Class, Contest};

use crate::pages::World;

/// An installation with an organiser whose browser is signed in.
async fn signed_in(name: &str) -> World {
    let world = World::new(name).await;
    world.open("/sign-in?lang=en").await;
    world.browser.write("#secret", &world.key).await;
    world.browser.click("#sign-in button").await;
    world.browser.until("location.pathname === '/desk'").await;
    world
}

impl World {
    async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.vote.url)).await;
    }

    /// Clicks, and waits for the page that says this.
    async fn leads(&self, selector: &str, said: &str) {
        self.browser.click(selector).await;
        self.browser.until(&format!("document.body.innerText.includes({})", json!(said))).await;
    }

    async fn console_is_empty(&self) {
        let console = self.browser.console().await;
        // Whatever is refused is also noted by the browser itself.
        let said: Vec<_> =
            console.as_array().unwrap().iter().filter(|line| line["source"] != "network").collect();
        assert!(said.is_empty(), "the console is not empty: {said:?}");
    }
}

/// Two classes, of which the second votes on one contest of two.
fn two_classes(draft: &mut Draft) {
    let text = |text: &str| [("en".to_owned(), text.to_owned())].into();
    let council = draft.contests[0].clone();
    let dean = Contest { id: "dean".into(), title: text("Dean"), ..council.clone() };
    draft.contests = vec![council, dean];
    let all = vec!["council".to_owned(), "dean".to_owned()];
    draft.contests[0].id = "council".into();
    draft.ballot_styles = vec![
        BallotStyle { contests: all, id: "all".into() },
        BallotStyle { contests: vec!["dean".into()], id: "dean-only".into() },
    ];
    let class = |id: &str, title: &str, style: &str| Class {
        ballot_style: style.into(),
        district: None,
        id: id.into(),
        title: text(title),
        weight: 1_u32.into(),
    };
    draft.classes = vec![class("voters", "Students", "all"), class("staff", "Staff", "dean-only")];
    draft.policy.smallest_class.confirmed = vec!["voters".into(), "staff".into()];
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_a_list_with_bad_rows_then_a_good_one() {
    let world = signed_in("desk-voters").await;
    world.making().draft("union", |_| {}).await;
    let slug = "union".parse().unwrap();
    let (mut draft, edit) = world.client.draft(&slug).await.unwrap();
    two_classes(&mut draft);
    world.client.edit(&slug, &draft, &edit).await.unwrap();
    let browser = &world.browser;

    world.open("/desk/union/voters").await;
    browser.ask("document.querySelectorAll('details').forEach((part) => (part.open = true))").await;
    world.look("voters").await;
    let list = world.folder.join("list.csv");
    let bad =
        "id;name;e-mail;class\n1;Ada;ada@uni.example;voters\n2;Bob;bob;guests\n3;=1+1;;\n4;Eva\n;;;staff\n";
    fs::write(&list, bad).unwrap();
    browser.write("#file", list.to_str().unwrap()).await;
    world.leads("[enctype] button", "Nothing was taken").await;
    world.look("bad-rows").await;
    world.open("/desk/union/voters").await;
    let good: String = (6..=70).map(|n| format!("{n};Person number {n};p{n}@uni.example;staff\n")).collect();
    let good = format!(
        "id;name;e-mail;class;shoes\n1;Ada Lovelace;p6@uni.example;staff;1\n2;Bob;;voters;2\n{}",
        good.replace("staff\n", "staff;3\n")
    );
    fs::write(&list, good).unwrap();
    browser.write("#file", list.to_str().unwrap()).await;
    world.leads("[enctype] button", "Nothing has been changed yet").await;
    world.look("look").await;
    world.leads("form button:not(.plain)", "The list was taken.").await;
    world.look("list").await;
    world.leads("tbody a", "Whether and how somebody voted").await;
    world.look("person").await;
    world.open("/desk/union/voters?lang=uk").await;
    browser.write("#person", "1").await;
    browser.write("#name", "Ada").await;
    browser.ask("document.querySelector('form[action$=add] button').click()").await;
    browser.until("document.querySelector('#add-wrong') !== null").await;
    world.look("add-wrong").await;
    world.console_is_empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_invitations_and_sees_how_far_it_is() {
    let world = signed_in("desk-invitations").await;
    let making = world.making();
    making.draft("mails", |_| {}).await;
    let list: String = (1..=40).map(|n| format!("{n},Person {n},p{n}@uni.example\n")).collect();
    let list = format!("id,name,e-mail\n41,Without Address,\n{list}");
    let slug = "mails".parse().unwrap();
    world.client.load_register(&slug, list.into(), false, Cause::Manual).await.unwrap();
    let browser = &world.browser;
    world.open("/desk/mails/invitations").await;
    world.look("invitations-draft").await;
    making.open("mails").await;
    world.open("/desk/mails/invitations").await;
    world.look("invitations").await;
    browser.write("#to", "eva@uni.example").await;
    world.leads("[action$=test] button", "The test mail was sent.").await;
    world.leads("[value=all]", "Send").await;
    // By itself, and after another look.
    browser.until("document.querySelector('#sending').innerText.includes('40 mails were sent')").await;
    world.open("/desk/mails/invitations?lang=cs").await;
    world.look("invitations-sent").await;
    assert_eq!(browser.ask("return document.querySelector('[value=all]')").await, json!(null));
    let mails = fs::read_dir(world.folder.join("mails")).unwrap();
    assert_eq!(mails.count(), 41);
    world.open("/desk/mails/voters/person?id=7&lang=en").await;
    world.look("person-invited").await;
    world.leads("[action$=resend] button", "(replaced once)").await;
    world.open("/desk/mails/voters").await;
    world.look("list-public").await;
    let text = "id,name,e-mail\n1,Person 1,p1@uni.example\n2,Person 2,\n42,Joan,\n";
    browser.write("#text", text).await;
    world.leads("[enctype] button", "becomes public at once").await;
    world.look("look-public").await;
    world.console_is_empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_the_ballot_and_casts_nothing() {
    let world = signed_in("desk-preview").await;
    // The list that comes with it names no class.
    world.making().draft("tried", |_| {}).await;
    let slug = "tried".parse().unwrap();
    let (mut draft, edit) = world.client.draft(&slug).await.unwrap();
    two_classes(&mut draft);
    world.client.edit(&slug, &draft, &edit).await.unwrap();
    let browser = &world.browser;
    browser.network().await;
    let at = async |step: &str| browser.until(&format!("document.body.dataset.at === '{step}'")).await;
    world.open("/desk/tried/preview").await;
    at("welcome").await;
    world.look("preview-welcome").await;
    browser.click("[data-do=begin]").await;
    at("ballot").await;
    assert_eq!(browser.ask("return document.querySelectorAll('fieldset.contest').length").await, 2);
    browser.click("#ballot [type=submit]").await;
    browser.until("!document.querySelector('#mistakes').hidden").await;
    world.look("preview-mistakes").await;
    for contest in [1, 2] {
        browser.click(&format!("fieldset:nth-of-type({contest}) input[value=ada]")).await;
    }
    world.look("preview-ballot").await;
    browser.click("#ballot [type=submit]").await;
    at("review").await;
    world.look("preview-review").await;
    browser.click("[data-do=back]").await;
    at("ballot").await;
    browser.click("#ballot [type=submit]").await;
    at("review").await;
    let banner = "const {top, bottom} = document.querySelector('#preview').getBoundingClientRect(); return top >= 0 && bottom > 0";
    browser.ask("scrollTo(0, document.body.scrollHeight)").await;
    assert_eq!(browser.ask(banner).await, true, "the banner is always in sight");
    browser.click("[data-do=cast]").await;
    at("cast").await;
    world.look("preview-cast").await;
    assert!(browser.text("[data-step=cast]").await.contains("Nothing was sent."));
    browser.click("[data-do=again]").await;
    at("ballot").await;
    // The other class, by the keyboard as well as by the mouse.
    world.open("/desk/tried/preview?class=staff&lang=sv").await;
    at("welcome").await;
    browser.click("[data-do=begin]").await;
    at("ballot").await;
    assert_eq!(browser.ask("return document.querySelectorAll('fieldset.contest').length").await, 1);
    // A draft in which something is missing.
    let (mut draft, edit) = world.client.draft(&slug).await.unwrap();
    draft.contests.iter_mut().for_each(|contest| contest.options.clear());
    world.client.edit(&slug, &draft, &edit).await.unwrap();
    world.open("/desk/tried/preview?lang=en").await;
    at("nothing").await;
    browser.click("summary").await;
    world.look("preview-nothing").await;

    // What left the browser: this page, its files, the draft; and of the booth what shows a ballot.
    let events = browser.network().await;
    let sent = events.iter().filter(|(event, _)| event == "Network.requestWillBeSent");
    let mut asked = std::collections::BTreeSet::new();
    for (_, parameters) in sent {
        let request = &parameters["request"];
        assert_eq!(request["method"], "GET", "{request}");
        let url = request["url"].as_str().unwrap();
        let path = url.strip_prefix(&world.vote.url).unwrap_or_else(|| panic!("to another origin: {url}"));
        let path = path.split('?').next().unwrap();
        let name = path.rsplit('/').next().unwrap();
        asked.insert(name.split(['-', '.']).next().unwrap().to_owned());
        let is_own = path.starts_with("/desk/tried/preview") || path.starts_with("/v1/assets/");
        let is_shown = path.starts_with("/booth/") && ["ballot.js", "page.js"].contains(&name);
        assert!(is_own || is_shown, "{url}");
    }
    for needed in ["ballot", "page", "preview", "style"] {
        assert!(asked.contains(needed), "{asked:?}");
    }
    world.console_is_empty().await;
}
