//! A whole election without a terminal on the organiser's side: made from a checklist, with a list of voters that has bad rows, three
//! trustees of whom two have the page and one the command, twelve voters, and everything that is refused on the way.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;
use tokio::process::Command;

use super::World;
use crate::chromium::Browser;
use crate::gate::{Action, Gate};
use crate::making::{PASSPHRASE, text};
use crate::pages::trustees::TrusteePage;
use crate::running::Run;

const SLUG: &str = "union-2030";

fn at(rest: &str) -> String {
    format!("/desk/{SLUG}{rest}")
}

/// Ten with an address, two without.
fn list(rows: &str) -> String {
    let people = (1..=10).map(|place| {
        let class = if place > 6 { "staff" } else { "voters" };
        format!("p{place};Person {place};p{place}@union.example;{class}\n")
    });
    let people: String = people.collect();
    format!("id;name;e-mail;class\n{people}q1;Quiet One;;voters\n{rows}")
}

impl World {
    /// Types into fields of the page, by name.
    async fn fill(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            let field = format!("[name=\"{name}\"]");
            self.browser.ask(&format!("document.querySelector({}).value = ''", json!(field))).await;
            self.browser.write(&field, text).await;
        }
    }

    /// Goes to a part of the preparation, fills it in, and saves it.
    async fn prepare(&self, part: &str, fields: &[(&str, &str)]) {
        self.go(&at(&format!("/making/{part}"))).await;
        self.fill(fields).await;
        self.save("save").await;
    }

    /// Presses the button with this meaning, and waits for what says that it was kept.
    async fn save(&self, act: &str) {
        self.leave().await;
        self.browser.click(&format!("main [name=do][value=\"{act}\"]:not(.hidden)")).await;
        self.arrive().await;
        assert_eq!(self.browser.ask("return location.search.includes('saved=yes')").await, true);
    }

    async fn says_in_time(&self, text: &str) {
        self.browser.until(&format!("document.body?.innerText.includes({})", json!(text))).await;
    }

    /// Everything under the summaries.
    async fn unfold(&self) {
        self.browser.ask("document.querySelectorAll('details').forEach((part) => (part.open = true))").await;
    }

    /// The links of the mails that were sent, each to one person; not of the one that was a test.
    fn mailed(&self) -> Vec<String> {
        let mails = fs::read_dir(self.folder.join("mails")).unwrap().map(|mail| mail.unwrap().path());
        let texts = mails.map(|mail| fs::read_to_string(mail).unwrap());
        // A long line is broken by a `=` at its end (RFC 2045, 6.7), and a `=` is `=3D`.
        let texts = texts.map(|text| text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "="));
        let link = |text: String| {
            if text.contains("secretary@union.example") {
                return None;
            }
            let link = text.split_whitespace().find(|word| word.contains("/vote/") && word.contains('#'))?;
            Some(link.to_owned())
        };
        texts.filter_map(link).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A voter votes, by the command.
    async fn vote(&self, link: &str, number: usize, choices: &[&str]) {
        let (file, state) =
            (self.folder.join(format!("{number}.link")), self.folder.join(format!("{number}.vote")));
        fs::write(&file, link).unwrap();
        let cast = ["voter", "cast", "--link", text(&file), "--state", text(&state), "--yes"];
        Run::with(&[&cast[..], choices].concat(), "").await.expect(0, &[]);
    }
}

/// The third trustee, who has a terminal.
struct Clara<'a> {
    folder: &'a Path,
    authority: &'a str,
}

impl Clara<'_> {
    async fn does(&self, command: &[&str]) -> Run {
        let file = self.folder.join("clara.key");
        let arguments = [&["trustee", command[0], "--file", text(&file)], &command[1..]].concat();
        Run::with(&arguments, &format!("{PASSPHRASE}\n{PASSPHRASE}\n")).await.expect(0, &[])
    }

    async fn enrols(&self) {
        self.does(&["enrol", "--trustee", "clara", "--authority", self.authority, "--election", SLUG]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secretary_holds_an_election_without_a_terminal() {
    let world = World::new("desk-whole").await;
    let browser = &world.browser;
    browser.size(1280, 900).await;
    browser.click("#sign-in button").await;
    world.at("/desk").await;

    // A new election, from the preset of meetings.
    world.go("/desk/new").await;
    world.fill(&[("slug", SLUG)]).await;
    browser.click("[value=meeting]").await;
    browser.click("main form button").await;
    world.at(&at("")).await;
    world.says("The election is made").await;
    world.go(&at("/making")).await;
    world.look("whole-checklist").await;

    // The checklist, in another order than it stands in.
    world
        .prepare(
            "titles",
            &[
                ("title.en", "Union elections 2030"),
                ("organiser.name", "The Union"),
                ("organiser.contact", "elections@union.example"),
            ],
        )
        .await;
    world.go(&at("/making/contests/council")).await;
    world.fill(&[("title.en", "Council"), ("max", "2"), ("seats", "2")]).await;
    world.fill(&[("paste", "Ada Lovelace | Mathematics\nBohumil Novák\nEva Ångström")]).await;
    world.save("paste").await;
    world.go(&at("/making/classes")).await;
    world.unfold().await;
    world
        .fill(&[
            ("classes[0].title.en", "Students"),
            ("classes[1].title.en", "Staff"),
            ("classes[1].weight", "2"),
        ])
        .await;
    world.save("stay").await;
    for class in ["0", "1"] {
        browser.click(&format!("[name=\"classes[{class}].confirmed\"]")).await;
    }
    world.save("save").await;
    world.go(&at("/making/policies")).await;
    world.look("whole-policies").await;
    world.go(&at("/making/trustees")).await;
    world
        .fill(&[
            ("trustees.members[0].name", "Anna"),
            ("trustees.members[1].name", "Boris"),
            ("trustees.members[2].name", "Clara"),
            ("trustees.threshold", "2"),
        ])
        .await;
    world.save("save").await;

    // Try the ballot, which can cast nothing.
    world.go(&at("/preview")).await;
    browser.until("document.body.dataset.at === 'welcome'").await;
    browser.click("[data-do=begin]").await;
    world.says_in_time("Ada Lovelace").await;
    world.look("whole-preview").await;

    // The list has bad rows first; nothing of it is taken.
    let file = world.folder.join("voters.csv");
    fs::write(&file, list("q2;;;voters\np1;Somebody Else;;voters\n")).unwrap();
    world.go(&at("/voters")).await;
    browser.write("#file", text(&file)).await;
    browser.click("[enctype] button").await;
    world.says_in_time("Nothing was taken").await;
    world.look("whole-bad-rows").await;
    fs::write(&file, list("q2;Quiet Two;;voters\n")).unwrap();
    world.go(&at("/voters")).await;
    browser.write("#file", text(&file)).await;
    browser.click("[enctype] button").await;
    world.says_in_time("Nothing has been changed yet").await;
    browser.click("form button:not(.plain)").await;
    world.says_in_time("The list was taken.").await;

    // Somebody helps, who may not do everything.
    world.go(&at("/access")).await;
    browser.write("#account", "Jan Novák").await;
    browser.click("form[action$='/access'] button").await;
    browser.until("document.querySelector('#link')").await;
    let link = browser.text("#link").await;
    let jan = world.beside("jan").await;
    jan.browser.size(1280, 900).await;
    jan.browser.open(link.trim()).await;
    jan.browser.click("#sign-in button").await;
    jan.at("/desk").await;
    jan.go(&at("")).await;
    jan.send(&at("/cancel"), json!({ "confirm": SLUG, "reason": "because" })).await;
    jan.says("Your role in this election does not allow this").await;
    jan.go(&at("/audit")).await;
    jan.says("Your role in this election does not allow this").await;
    jan.look("refused-role").await;

    // Who takes part is fixed.
    world.go(&at("/making/check")).await;
    world.look("whole-check").await;
    browser.click("form[action$='/check/plan'] button").await;
    browser.until("!document.querySelector('form[action$=\"/check/plan\"]')").await;
    world.go(&at("/making/trustees")).await;
    world.look("whole-trustees").await;

    // Two trustees on the page, each in a browser of their own; the third by the command.
    let trustees = world.folder.join("trustees");
    for name in ["anna", "boris"] {
        fs::create_dir_all(trustees.join(name).join("browser")).unwrap();
    }
    let clara = Clara { folder: &trustees, authority: &world.vote.url };
    let one = Browser::start(&trustees.join("anna/browser")).await;
    let two = Browser::start(&trustees.join("boris/browser")).await;
    let anna = TrusteePage::new(&one, &world.vote.url, SLUG, "anna", &trustees.join("anna"));
    let boris = TrusteePage::new(&two, &world.vote.url, SLUG, "boris", &trustees.join("boris"));
    anna.enrol().await;
    boris.enrol().await;
    clara.enrols().await;
    let step = async |browser: &Browser| browser.ask("return document.body.dataset.at").await;
    for _ in 0..600 {
        clara.does(&["ceremony"]).await;
        if step(&one).await == "prepared" && step(&two).await == "prepared" {
            break;
        }
    }
    let hash = anna.ceremony().await;
    assert_eq!(hash, boris.ceremony().await);
    assert!(clara.does(&["status", "--json"]).await.out.contains(&hash));
    anna.save().await;
    boris.save().await;
    let backup = trustees.join("clara.backup");
    clara.does(&["backup", text(&backup)]).await;

    // Approved, edited, so not approved; what was read before cannot be approved any more.
    world.go(&at("/making/check")).await;
    browser
        .until("document.querySelector('[name=sha256]') || (setTimeout(() => location.reload(), 500), false)")
        .await;
    let read = browser.ask("return document.querySelector('[name=sha256]').value").await;
    browser.click("form[action$='/check/approve'] button").await;
    browser.until("document.querySelector('#confirm-publish')").await;
    jan.prepare("titles", &[("title.en", "Union Elections 2030")]).await;
    world.send(&at("/making/check/publish"), json!({ "confirm": SLUG })).await;
    world.says("Not everybody who has to approve has approved").await;
    world.look("refused-edited").await;
    world.send(&at("/making/check/approve"), json!({ "sha256": read })).await;
    world.says("The election was changed after you read it").await;
    world.go(&at("/making/check")).await;
    browser.click("form[action$='/check/approve'] button").await;
    world.confirm(SLUG, "publish").await;
    world.go(&at("")).await;
    world.says("agrees to the published election").await;
    let id = world.operator.status(&SLUG.parse().unwrap()).await.unwrap().election_id.unwrap();

    // Voting does not open before everybody has rehearsed.
    world.send(&at("/open"), json!({ "confirm": SLUG })).await;
    world.says("not every trustee has agreed and rehearsed").await;
    anna.agree(&id).await;
    boris.agree(&id).await;
    clara.does(&["agree", "--election", &id, "--yes"]).await;
    anna.rehearse().await;
    boris.rehearse().await;
    clara.does(&["rehearse", "--backup", text(&backup)]).await;

    // A mail to try, then everybody's.
    world.go(&at("/invitations")).await;
    world.fill(&[("to", "secretary@union.example")]).await;
    browser.click("[action$=test] button").await;
    world.says_in_time("The test mail was sent.").await;
    browser.click("[value=all]").await;
    browser.until("document.querySelector('#sending')?.innerText.includes('10 mails were sent')").await;
    world.look("whole-invitations").await;

    // Another site's page cannot open voting in the secretary's name; a session that has ended cannot, either.
    world.was_discreet().await;
    let evil = Gate::open().await;
    let action = format!("{}{}", world.vote.url, at("/open"));
    let page = format!(
        "<form method=post action='{action}'><input name=confirm value='{SLUG}'></form><script>document.forms[0].submit()</script>"
    );
    evil.rule(move |_| Action::Say(200, "text/html", page.clone().into_bytes()));
    // Its host is another one, as far as browsers are concerned.
    browser.open(&evil.url.replace("127.0.0.1", "localhost")).await;
    world.says_in_time("did not come from a page of this service").await;
    world.look("refused-forged").await;
    // What the other site did is not ours.
    drop((browser.network().await, browser.console().await));
    world.go(&at("")).await;
    browser.until("document.querySelector('#confirm-open')").await;
    let session = browser.devtools("Network.getCookies", json!({ "urls": [world.vote.url] })).await;
    let session =
        session["cookies"].as_array().unwrap().iter().find(|cookie| cookie["name"] == "urna").unwrap();
    assert_eq!((&session["httpOnly"], &session["sameSite"]), (&json!(true), &json!("Strict")));
    browser
        .devtools(
            "Network.setCookie",
            json!({ "url": world.vote.url, "name": "urna", "value": "urna_ended", "httpOnly": true }),
        )
        .await;
    world.confirm(SLUG, "open").await;
    world.says_in_time("your session has ended").await;
    world.look("refused-session").await;
    browser
        .devtools(
            "Network.setCookie",
            json!({ "url": world.vote.url, "name": "urna", "value": session["value"], "httpOnly": true, "sameSite": "Strict" }),
        )
        .await;

    // Open, vote, close.
    world.go(&at("")).await;
    world.confirm(SLUG, "open").await;
    browser.until("document.querySelector('#confirm-close')").await;
    world.says("Everybody with an invitation can vote now").await;
    world.go(&at("/invitations")).await;
    let letters = browser.downloaded(&world.folder, "[name=letters]", "csv").await;
    let mut links: Vec<_> =
        letters.split([',', '\n']).filter(|field| field.contains("/vote/")).map(str::to_owned).collect();
    assert_eq!(links.len(), 2);
    links.extend(world.mailed());
    assert_eq!(links.len(), 12);
    for (number, link) in links.iter().enumerate() {
        let choices: &[&str] = match number % 3 {
            0 => &["council=ada-lovelace,eva-angstrom"],
            1 => &["council=ada-lovelace"],
            _ => &["council=bohumil-novak"],
        };
        world.vote(link, number, choices).await;
    }
    world.go(&at("")).await;
    browser.until("document.querySelector('.figure strong')?.textContent === '12'").await;
    world.look("whole-voting").await;
    world.confirm(SLUG, "close").await;
    world.says_in_time("Nobody can vote any more").await;

    // Opened by the trustees, published and certified by the secretary.
    browser.until("document.querySelector('#awaited').innerText.includes('The trustee')").await;
    let asked = ["open", "--yes"];
    let (_, _, _) = tokio::join!(anna.open(), boris.open(), clara.does(&asked));
    clara.does(&asked).await;
    browser.until("document.querySelector('#confirm-tally')").await;
    world.confirm(SLUG, "tally").await;
    browser.until("document.querySelector('#confirm-certify')").await;
    world.look("whole-result").await;
    world.confirm(SLUG, "certify").await;
    world.says_in_time("The election is over").await;
    let result = browser.downloaded(&world.folder, "a[href$='result.txt']", "txt").await;
    for said in ["Union Elections 2030", &id, "Ada Lovelace: ", "Eva Ångström: ", "12 ballots are counted"]
    {
        assert!(result.contains(said), "{said} in {result}");
    }
    world.go(&at("/audit")).await;
    for said in [
        "fixed the plan",
        "approved",
        "published",
        "posted voting_opened",
        "posted certified",
        "trustee anna",
    ] {
        world.says(said).await;
    }
    let audit = browser.downloaded(&world.folder, "a[href$='audit.csv']", "csv").await;
    assert!(audit.starts_with("time,account,key,what\n") && audit.contains("Jan Novák"));
    for link in &links {
        assert!(!audit.contains(&link.split_once('#').unwrap().1[..20]));
    }

    // Anybody checks all of it.
    let verify = Path::new(env!("CARGO_BIN_EXE_urna")).with_file_name("examples").join("urna-verify");
    let verified =
        Command::new(verify).args([&format!("{}/{SLUG}/", world.board.url), "--election", &id]).output();
    let verified = verified.await.unwrap();
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && said.contains("V-17  passed"), "{said}");
    world.was_discreet().await;
    jan.was_discreet().await;
}
