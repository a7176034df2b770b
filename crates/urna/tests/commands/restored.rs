//! What `urna restore` has put back, and the board has gone on meanwhile.

use std::fs;
use std::path::Path;

use serde_json::json;
use urna_api::client::BoardClient;
use urna_election::{Plan, Slug};

use crate::running::Run;
use crate::serve::Serving;
use crate::services::{Trustees, until};
use crate::world::scratch;

const SLUG: &str = "union-2030";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The restored authority does not know its last entry, and would contradict it with every other one.
#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_older_than_the_log_posts_nothing() {
    let folder = scratch("restored");
    let (data, file, again) = (folder.join("data"), folder.join("union.tar"), folder.join("again"));
    let mut serving = Serving::start(text(&data), &[]).await;
    let [organiser, _] = serving.links().await;
    let eva = folder.join("eva.toml");
    Run::with(&["key", "accept", "-", "--out", text(&eva)], &organiser).await.expect(0, &[]);
    let run = async |arguments: &[&str]| Run::with(&[arguments, &["--as", text(&eva)]].concat(), "").await;
    let write = |name: &str, content: String| {
        let file = folder.join(name);
        fs::write(&file, content).unwrap();
        text(&file).to_owned()
    };

    // A published election.
    let preset = run(&["election", "new", SLUG, "--from", "meeting", "--json"]).await.expect(0, &[]).json();
    let mut draft = preset["draft"].clone();
    let english = |text: &str| json!({ "en": text });
    let option = |id: &str| json!({ "description": null, "id": id, "title": english(id) });
    draft["title"] = english("Union elections 2030");
    draft["organiser"] = json!({ "contact": "elections@union.example", "name": "The Union" });
    draft["contests"][0]["options"] = json!([option("ada"), option("bob")]);
    draft["contests"][0]["title"] = english("Council");
    draft["issuers"] = json!([{ "id": "office", "name": "The office", "url": serving.vote }]);
    let member = |id: &str| json!({ "id": id, "name": id });
    let members = ["anna", "bert", "cleo"].map(member);
    draft["trustees"] = json!({ "members": members, "solo": false, "threshold": 2 });
    let draft = write("draft.json", draft.to_string());
    run(&["election", "edit", SLUG, &draft]).await.expect(0, &[]);
    let plan = folder.join("plan.json");
    run(&["election", "plan", SLUG, "--yes", "--save", text(&plan)]).await.expect(0, &[]);
    let trustees = Trustees::of(&Plan::parse(&fs::read(&plan).unwrap()).unwrap());
    let keys = write("trustees.json", json!(trustees.keys).to_string());
    run(&["election", "keys", SLUG, "--trustees", &keys]).await.expect(0, &[]);
    let people = (0..6).fold("id,name\n".to_owned(), |list, person| format!("{list}p{person},Person\n"));
    run(&["register", "load", SLUG, &write("voters.csv", people)]).await.expect(0, &[]);
    until(async || run(&["election", "approve", SLUG, "--yes"]).await.status == 0).await;
    run(&["election", "publish", SLUG, "--yes"]).await.expect(0, &[]);

    // Backed up; then there is another entry.
    let ports = [&serving.vote, &serving.board].map(|url| url.trim_start_matches("http://").to_owned());
    let ports = [format!("vote.listen={}", ports[0]), format!("board.listen={}", ports[1])];
    let ports = ["--set", &ports[0], "--set", &ports[1]];
    serving.stop().await;
    Run::with(&["backup", "--data", text(&data), text(&file)], "").await.expect(0, &[]);
    let serving = Serving::start(text(&data), &ports).await;
    let add = |person| ["register", "add", SLUG, person, "--name", "Gro"];
    run(&add("late")).await.expect(0, &["1 added"]);
    let (board, slug): (_, Slug) = (BoardClient::new(&serving.board).unwrap(), SLUG.parse().unwrap());
    let size = board.status(&slug).await.unwrap().size;
    serving.stop().await;

    // The machine is gone; the board's disk is not.
    Run::with(&["restore", text(&file), "--data", text(&again)], "").await.expect(0, &[]);
    fs::rename(data.join("board"), again.join("board")).unwrap();
    let serving = Serving::start(text(&again), &ports).await;
    let says = ["it is an older copy", "Nothing is posted; go on with the newest copy of the folder"];
    run(&add("later")).await.expect(1, &says);
    let reason = write("reason.txt", "The machine burnt.\n".to_owned());
    run(&["election", "cancel", SLUG, "--yes", "--reason", &reason]).await.expect(1, &says);
    assert_eq!(board.status(&slug).await.unwrap().size, size);
    serving.stop().await;
}
