//! A secretary prepares an election at the desk, in headless Chromium, from nothing to its publication: every form by typing and
//! clicking, and a look at each page.

use serde_json::json;

use super::World;
use crate::making::Making;
use crate::services::until;

const SLUG: &str = "council-2031";

/// The secretary at the forms of one election.
struct Secretary<'a>(&'a World);

impl Secretary<'_> {
    fn field(name: &str) -> String {
        format!("[id='{name}']")
    }

    /// Goes to a page of the preparation.
    async fn to(&self, page: &str) {
        self.0.go(&format!("/desk/{SLUG}/making{page}")).await;
    }

    /// Types into a field, in the place of what is there.
    async fn write(&self, name: &str, text: &str) {
        let field = Self::field(name);
        self.0.browser.ask(&format!("document.querySelector({}).value = ''", json!(field))).await;
        self.0.browser.write(&field, text).await;
    }

    /// Chooses a date and a time, or what stands in a list.
    async fn choose(&self, name: &str, value: &str) {
        let field = json!(Self::field(name));
        let script = format!("document.querySelector({field}).value = {}", json!(value));
        self.0.browser.ask(&script).await;
    }

    /// Presses a button, and waits for the page to which it leads.
    async fn press(&self, act: &str, page: &str) {
        self.0.browser.ask("document.documentElement.dataset.before = ''").await;
        self.0.browser.click(&format!("button[value='{act}']:not(.hidden)")).await;
        self.0.browser.until("document.documentElement.dataset.before === undefined").await;
        self.0.at(&format!("/desk/{SLUG}/making{page}")).await;
        self.0.says("Saved.").await;
    }

    /// Looks at a page with everything on it unfolded.
    async fn look(&self, name: &str) {
        self.0.browser.ask("for (const more of document.querySelectorAll('details')) more.open = true").await;
        self.0.look(&format!("making-{name}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secretary_prepares_an_election() {
    let world = World::new("desk-preparing").await;
    let browser = &world.browser;
    browser.click("#sign-in button").await;
    world.at("/desk").await;
    world.send("/desk/new", json!({ "slug": SLUG, "from": "council" })).await;
    let secretary = Secretary(&world);
    secretary.to("").await;
    world.says("Nobody is on the list yet").await;
    secretary.look("empty").await;

    // Two languages, and their texts.
    browser.click("a[href$='/making/titles']").await;
    browser.until("document.querySelector(\"[id='language.cs']\")").await;
    browser.click("[id='language.cs']").await;
    secretary.press("stay", "/titles").await;
    secretary.write("title.en", "Student council 2031").await;
    secretary.write("title.cs", "Studentská rada 2031").await;
    secretary.write("organiser.name", "The Union").await;
    secretary.write("organiser.contact", "elections@union.example").await;
    secretary.choose("time_zone", "Europe/Stockholm").await;
    secretary.press("save", "").await;
    secretary.to("/titles").await;
    secretary.look("titles").await;

    // The question that is there, with candidates from a list; and what cannot be read.
    secretary.to("/contests").await;
    secretary.look("contests").await;
    browser.click("a.large").await;
    browser.until("document.querySelector('#paste')").await;
    secretary.write("title.en", "Council").await;
    secretary.write("title.cs", "Rada").await;
    secretary.write("paste", "Ada Nováková | informatics\nBo Strand\nČeněk Dvořák").await;
    secretary.write("max", "a few").await;
    browser.click("button[value='paste']").await;
    browser.until("document.querySelector('#max-wrong')").await;
    secretary.look("wrong").await;
    secretary.write("max", "2").await;
    secretary.press("paste", "/contests/council").await;
    assert_eq!(
        browser.ask("return document.querySelector(\"[id='options[2].title.cs']\").value").await,
        "Čeněk Dvořák"
    );
    secretary.look("contest").await;
    secretary.press("save", "/contests").await;

    // The group's name is missing in the second language: the checklist leads to its field.
    secretary.to("/classes").await;
    secretary.look("classes").await;
    secretary.write("classes[0].title.cs", "Členové").await;
    secretary.press("save", "").await;
    secretary.to("/schedule").await;
    browser.click("input[value='times']").await;
    secretary.choose("schedule.times.opens", "2031-05-05T08:00").await;
    secretary.choose("schedule.times.closes", "2031-05-09T20:00").await;
    secretary.press("save", "").await;
    secretary.to("/schedule").await;
    world.says("5 May 2031, 08:00 CEST").await;
    secretary.look("schedule").await;
    secretary.to("/policies").await;
    secretary.look("policies").await;
    secretary.to("/trustees").await;
    secretary.write("trustees.members[0].name", "anna").await;
    secretary.write("trustees.members[1].name", "boris").await;
    secretary.press("stay", "/trustees").await;
    secretary.look("trustees").await;
    secretary.to("/words").await;
    browser.click("input[value='own']").await;
    secretary.press("save", "").await;
    secretary.to("/words").await;
    secretary.look("words").await;
    secretary.to("").await;
    world.says("Every part is complete").await;
    secretary.look("complete").await;

    // Somebody else saves in between.
    secretary.to("/titles").await;
    let path = format!("/desk/{SLUG}/making/titles");
    let other = format!(
        "const fields = new URLSearchParams(new FormData(document.querySelector('form.part')));
         fields.set('title.en', 'Council 2031');
         return fetch('{path}', {{ method: 'POST', body: fields }}).then((answer) => answer.ok)"
    );
    assert_eq!(browser.ask(&other).await, true);
    secretary.write("title.en", "The student council 2031").await;
    browser.click(".save button[value='save']").await;
    browser.until("document.querySelector('.meanwhile')").await;
    world.says("Somebody else has changed this election").await;
    secretary.look("meanwhile").await;
    secretary.press("stay", "/titles").await;

    // Who takes part is fixed; the others make their keys.
    secretary.to("/check").await;
    secretary.look("check-plan").await;
    browser.click("form[action$='/plan'] button").await;
    world.at(&format!("/desk/{SLUG}/making/trustees")).await;
    world.says("Has not begun yet").await;
    secretary.look("trustees-fixed").await;
    let making = Making {
        folder: &world.folder,
        vote: &world.vote.url,
        board: &world.board.url,
        client: world.owner().await,
    };
    making.ceremony(SLUG).await;
    let slug = SLUG.parse().unwrap();
    until(async || making.client.validate(&slug).await.unwrap().problems.is_empty()).await;
    secretary.to("/check").await;
    world.says("Čeněk Dvořák").await;
    secretary.look("check-approve").await;
    browser.click("form[action$='/approve'] button").await;
    browser.until("document.querySelector('#confirm-publish')").await;
    secretary.look("check-publish").await;
    world.confirm("council", "publish").await;
    browser.until("document.querySelector('.warning[role=alert]')").await;
    world.says("is not that of this election").await;
    world.confirm(SLUG, "publish").await;
    world.at(&format!("/desk/{SLUG}")).await;
    secretary.to("/policies").await;
    world.says("nothing can be changed here any more").await;
    secretary.look("published").await;
    secretary.to("").await;
    secretary.look("over").await;
    world.was_discreet().await;
}
