//! `urna voter` as people run it: arguments, exit status, output; killed with SIGKILL at every request.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::process::Command;
use tokio::sync::Notify;
use urna_election::TRIAL;
use urna_election::manifest::draft::{InterimFigures, Revote};

use crate::gate::{Action, Gate};
use crate::running::{self, Run};
use crate::world::{SLUG, Terms, World, scratch, storage};

fn urna(arguments: &[&str]) -> Command {
    running::urna(&[&["voter"], arguments].concat())
}

async fn run_with(arguments: &[&str], input: &str) -> Run {
    Run::with(&[&["voter"], arguments].concat(), input).await
}

async fn run(arguments: &[&str]) -> Run {
    run_with(arguments, "").await
}

/// A person with a file for the link and one for the state.
struct Person {
    link: String,
    state: String,
}

impl World {
    async fn live(name: &str, terms: Terms) -> Self {
        let world = Self::new(name, Terms { live: true, ..terms }).await;
        world.manifest_from_authority();
        world
    }

    fn person(&self, person: u32) -> Person {
        let link = self.folder.join(format!("link-{person}"));
        fs::write(&link, format!("\n <{}>\n", *self.invitation(person).to_link())).unwrap();
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        Person { link: path(link), state: path(self.state(person)) }
    }
}

impl Person {
    async fn token(&self) {
        run(&["token", "--link", &self.link, "--state", &self.state])
            .await
            .expect(0, &[TRIAL, "You have your voting token, of OFFICE and SENATE."]);
        fs::remove_file(&self.link).unwrap();
    }

    async fn run(&self, command: &str, more: &[&str]) -> Run {
        run(&[&[command, "--state", &self.state], more].concat()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_voters() {
    let world = World::live("three-voters", Terms::default()).await;
    let id = world.manifest.id().to_string();
    let [ada, bo, cy] = [0, 2, 4].map(|person| world.person(person));

    // Two minutes to know what it is.
    run(&["show", "--link", &ada.link]).await.expect(
        0,
        &[
            "Union elections 2030",
            "This is a trial",
            &id[..8],
            "opens and closes by hand",
            "voting is open",
            "everybody can read every ballot",
            "up to 8 times",
            "The north",
            "Council: choose 1 to 2",
            "council=ada  Ada Ek",
            "council=abstain",
            "Auditor: choose up to 1",
            "auditor=blank",
            "this is the announced election",
        ],
    );
    assert!(world.issuers.iter().all(|gate| gate.asked().is_empty()));
    ada.token().await;
    assert!(!Path::new(&format!("{}.evidence", ada.state)).exists());

    // Cast, look, change, take back, cast.
    let cast = ada.run("cast", &["--yes", "council=ada,eva", "auditor=blank"]).await;
    let cast = cast.expect(
        0,
        &["Council: Ada Ek, Eva Ros", "Auditor: blank", TRIAL, "Your ballot is recorded", "write it down"],
    );
    let identifier = cast.out.lines().find(|line| line.trim().len() == 24).unwrap().trim().to_owned();
    assert_eq!(world.on_board(&identifier.parse().unwrap()).await.len(), 1);
    ada.run("check", &[])
        .await
        .expect(0, &[TRIAL, "Recorded as you cast it", "ballot number 1", "Ada Ek, Eva Ros"]);
    ada.run("cast", &["--yes", "council=abstain", "auditor=gus"])
        .await
        .expect(0, &["you abstain", "Gus Berg"]);
    ada.run("withdraw", &["--yes"]).await.expect(0, &[TRIAL, "Your withdrawal is recorded"]);
    ada.run("check", &[]).await.expect(0, &["nothing of yours counts"]);
    ada.run("withdraw", &["--yes"]).await.expect(0, &["Your withdrawal is recorded"]);
    let choices = world.folder.join("choices");
    fs::write(&choices, "council=bob\nauditor=fay\n").unwrap();
    let file = choices.to_str().unwrap();
    let landed = ada.run("cast", &["--yes", "--json", "--choices", file]).await.expect(0, &[]).json();
    assert_eq!(
        (&landed["is"], &landed["kind"], &landed["identifier"]),
        (&"recorded".into(), &"ballot".into(), &identifier.as_str().into())
    );
    let checked = ada.run("check", &["--json"]).await.expect(0, &[]).json();
    assert_eq!(checked["choices"], serde_json::json!({ "council": ["bob"], "auditor": ["fay"] }));
    assert_eq!((&checked["is"], &checked["index"]), (&"as_saved".into(), &landed["index"]));
    assert_eq!(world.on_board(&identifier.parse().unwrap()).await.len(), 4);

    // The link from standard input; the same choices again are no second ballot.
    let link = fs::read_to_string(&cy.link).unwrap();
    let arguments = ["cast", "--state", &cy.state, "--yes", "council=eva", "auditor=gus"];
    let first = run_with(&arguments, &link).await.expect(0, &["Your ballot is recorded"]);
    assert_eq!(run(&arguments).await.out, first.out);
    let code = cy.run("recovery", &["--json"]).await.expect(0, &[]).json();
    let code = code["code"].as_str().unwrap();
    fs::remove_file(&cy.state).unwrap();
    cy.run("check", &[]).await.expect(2, &["does not exist", "urna voter recover"]);
    let address = format!("{}/{SLUG}", world.board.url);
    let spaced = format!("{} {}", &id[..32], &id[32..]);
    let new = format!("{}-new", cy.state);
    let arguments = ["recover", "--state", &new, "--board", &address, "--election", &spaced];
    run_with(&arguments, &code.replace('-', " ").to_lowercase())
        .await
        .expect(0, &["what you cast are found"]);
    run(&["check", "--state", &new]).await.expect(1, &["was not made with this file"]);
    run(&["withdraw", "--state", &new, "--yes"]).await.expect(0, &["Your withdrawal is recorded"]);
    run_with(&arguments, code).await.expect(2, &["saved here already"]);
    let wrong = code.replacen(&code[6..11], "00000", 1);
    let arguments = ["recover", "--state", &ada.link, "--board", &address, "--election", &spaced];
    run_with(&arguments, &wrong).await.expect(2, &["group 2 of the recovery code is wrong"]);

    // A token that is not used.
    bo.token().await;
    bo.run("check", &[]).await.expect(0, &["have not cast"]);
    bo.run("return", &["--yes"]).await.expect(1, &["voting has not closed"]);
    world.close().await;
    bo.run("cast", &["--yes", "council=ada", "auditor=fay"])
        .await
        .expect(1, &["the board refused", "Voting is closed", "Your ballot is not recorded"]);
    bo.run("return", &["--yes"]).await.expect(0, &["Your token is given back"]);
    bo.run("check", &[]).await.expect(0, &["Your unused token is given back"]);
    ada.run("return", &["--yes"]).await.expect(1, &["your ballot is in the log"]);
    ada.run("check", &[]).await.expect(0, &["Bob Lind"]);
    assert_eq!(world.issued().await, [3, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_sigkill_at_every_request() {
    let world = World::live("sigkill", Terms { people: 200, ..Terms::default() }).await;
    let mut voters = 0;
    for at in 0.. {
        let person = world.person(2 * voters);
        let (asked, victim) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        for gate in world.issuers.iter().chain([&world.board]) {
            let (asked, victim) = (Arc::clone(&asked), Arc::clone(&victim));
            gate.rule(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
                place if place == at => {
                    Action::Kill { arrives: at % 2 == 0 || at > 6, victim: Arc::clone(&victim) }
                }
                _ => Action::Pass,
            });
        }
        let link = ["--link", &person.link];
        let cast = ["cast", "--state", &person.state, "--yes", "council=ada", "auditor=blank"];
        let mut child = urna(&[cast.as_slice(), &link].concat()).spawn().unwrap();
        let killed = tokio::select! {
            ended = child.wait() => {
                assert!(ended.unwrap().success());
                false
            }
            () = victim.notified() => {
                child.kill().await.unwrap();
                true
            }
        };
        world.issuers.iter().chain([&world.board]).for_each(Gate::free);
        if killed {
            run(&[cast.as_slice(), &link].concat()).await.expect(0, &["Your ballot is recorded"]);
        }
        person.run("check", &[]).await.expect(0, &["ballot number 1"]);
        voters += 1;
        if !killed {
            break;
        }
    }
    assert!(voters > 8, "{voters}");
    world.close().await;
    assert_eq!(world.issued().await, [u64::from(voters); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_what_is_wrong_before_anything_is_sent() {
    let terms =
        Terms { revote: Revote::Never, interim: InterimFigures::None, batch: (20, 600), ..Terms::default() };
    let world = World::live("before", terms).await;
    let person = world.person(0);
    person.token().await;
    world.board.asked();
    for (choices, says) in [
        (&["council=zoe", "auditor=fay"][..], &["`council` has no option `zoe`; it has ada, bob, eva"][..]),
        (&["council=ada,bob,eva", "auditor=fay"], &["`council`: 3 marks, where at most 2 are allowed"]),
        (&["council=blank", "auditor=fay"], &["`council`: 0 marks, where at least 1 belong"]),
        (&["council=ada,ada", "auditor=fay"], &["`ada` is there twice"]),
        (&["council=ada", "council=bob", "auditor=fay"], &["`council` is there twice"]),
        (
            &["council=ada", "auditor=abstain"],
            &["`auditor` has no abstention", "auditor=fay, auditor=gus, auditor=blank"],
        ),
        (&["council=ada"], &["nothing is said about `auditor`: auditor=fay"]),
        (
            &["mayor=ada"],
            &["no contest `mayor`", "there is council, auditor", "nothing is said about `council`"],
        ),
        (&["ada"], &["write CONTEST=OPTION"]),
    ] {
        person.run("cast", &[&["--yes"], choices].concat()).await.expect(2, says);
    }
    person.run("cast", &["council=ada", "auditor="]).await.expect(
        2,
        &["This cannot be undone", "somebody else has got your link", "nobody is there to confirm"],
    );
    person.run("cast", &["--yes"]).await.expect(2, &["nothing waits to be sent", "council=ada auditor=fay"]);
    person.run("withdraw", &["--yes"]).await.expect(1, &["there is no ballot to withdraw"]);
    assert_eq!(world.board.asked(), [""; 0], "something was sent");

    // Two at once.
    let lock = storage(&person.state);
    let busy = person.run("check", &["--json"]).await.expect(1, &["in use by another program"]);
    assert!(busy.json()["error"].as_str().unwrap().contains("in use"));
    drop(lock);

    // The board promises.
    let cast = ["--yes", "--wait", "0", "council=ada", "auditor="];
    person.run("cast", &cast).await.expect(0, &["The board has promised to record your ballot by", " CE"]);
    person.run("check", &[]).await.expect(1, &["Not recorded yet"]);
    let other = ["--yes", "--wait", "0", "council=bob", "auditor="];
    let refused =
        person.run("cast", &[other.as_slice(), &["--json"]].concat()).await.expect(1, &["a ballot is final"]);
    assert_eq!(refused.json()["standing"]["is"], "promised");
    assert_eq!(refused.json()["safe_to_repeat"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_is_not_the_announced_election() {
    let world = World::live("not-announced", Terms { open: false, ..Terms::default() }).await;
    let person = world.person(1);
    // Not open yet: tokens are given, ballots are not taken.
    run(&["show", "--link", &person.link]).await.expect(0, &["voting has not opened yet", "The south"]);
    person.token().await;
    person
        .run("cast", &["--yes", "auditor=fay"])
        .await
        .expect(1, &["the board refused", "Come again when it has opened"]);
    world.open_voting().await;
    person.run("check", &[]).await.expect(1, &["Not recorded", "without choices, sends it again"]);
    person.run("cast", &[]).await.expect(0, &["Your ballot is recorded"]);

    let person = world.person(3);
    world.authority.asked();
    let other = String::from_utf8(world.manifest.bytes().to_vec()).unwrap().replace("Fay Holm", "Eve Holm");
    world.authority.rule(move |_| Action::Say(200, "application/json", other.clone().into_bytes()));
    for (command, stands) in [
        (&["show", "--link", &person.link][..], "Whether you have cast is not known here"),
        (&["token", "--link", &person.link, "--state", &person.state], "Nothing was cast"),
        (
            &["cast", "--link", &person.link, "--state", &person.state, "--yes", "auditor=fay"],
            "Nothing was cast",
        ),
    ] {
        run(command).await.expect(1, &["do not vote here", stands, "Doing the same again is safe"]);
    }
    assert!(!Path::new(&person.state).exists());
    // Who knows the board does not need the authority.
    let address = format!("{}/{SLUG}", world.board.url);
    world.authority.rule(|_| Action::Cut);
    run(&["token", "--link", &person.link, "--state", &person.state, "--board", &address])
        .await
        .expect(0, &[]);
    assert_eq!(world.authority.asked().len(), 3);
}

/// Arguments, exit status and a piece of what is said, for all that needs no network.
#[tokio::test(flavor = "multi_thread")]
async fn rejects_arguments_and_what_cannot_be_read() {
    let folder = scratch("arguments");
    let state = folder.join("vote").to_str().unwrap().to_owned();
    let broken = folder.join("broken").to_str().unwrap().to_owned();
    fs::write(&broken, "{\"version\":1}").unwrap();
    let newer = folder.join("newer").to_str().unwrap().to_owned();
    fs::write(&newer, "{\"version\":2}").unwrap();
    let page = include_str!("../../../../spec/client.md");
    let link = page.lines().find(|line| line.starts_with("https://vote.example/vote/union-2027#")).unwrap();
    let cut = &link[..link.len() - 10];
    let changed = link.replacen("BAQE", "BAQF", 1);
    for (arguments, input, status, says) in [
        (&["token", "--state", &state][..], "", 2, "a personal link is needed"),
        (&["token", "--state", &state], cut, 2, "the link is cut off"),
        (&["token", "--state", &state], &changed, 2, "the link was changed on its way"),
        (&["token", "--state", &state], "https://vote.example/vote/union-2027", 2, "no personal part"),
        (
            &["token", "--state", &state, "--link", "/nowhere/link"],
            "",
            2,
            "/nowhere/link, which should hold your personal",
        ),
        (&["token"], "", 2, "--state <FILE>"),
        (&["show", "--link", "-"], "hello", 2, "this is not a voting link"),
        (&["check", "--state", &state], "", 2, "does not exist"),
        (&["withdraw", "--state", &state, "--yes"], "", 2, "does not exist"),
        (&["return", "--state", &state, "--yes"], "", 2, "does not exist"),
        (&["recovery", "--state", &state], "", 2, "does not exist"),
        (&["recovery", "--state", &broken], "", 2, "the saved state cannot be read"),
        (&["recovery", "--state", &newer], "", 2, "use a newer program"),
        (&["recover", "--state", &state], "", 2, "say which election"),
        (&["recover", "--state", &state, "--election", "12"], "", 2, "64 digits"),
        (&["show", "--board", "board.example"], "", 2, "is not the address of the board"),
        (
            &["cast", "--state", &state, "--choices", "/nowhere/x"],
            "",
            2,
            "/nowhere/x, which should hold your choices",
        ),
        (&["cast", "--state", &state, "--choices", "x", "council=ada"], "", 2, "cannot be used with"),
        (&["--help"], "", 0, "A complete example"),
        (&["cast", "--help"], "", 0, "urna voter cast --state ada.vote council=ada,eva auditor=blank"),
        (&["recover", "--help"], "", 0, "urna voter recover --state new.vote"),
    ] {
        let run = run_with(arguments, input).await;
        let secret = link.split_once('#').unwrap().1;
        for text in [&run.out, &run.err] {
            assert!(!text.contains(&secret[40..60]), "{text}");
        }
        run.expect(status, &[says]);
    }
    assert!(!Path::new(&state).exists());
}
