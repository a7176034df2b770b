//! The page on which one tries the ballot: what it is given of a draft, for each class, whatever is missing.

use reqwest::StatusCode;
use serde_json::Value;
use urna_api::authority::NewElection;
use urna_election::manifest::draft::BallotStyle;

use crate::http::Served;
use crate::sample::{LIST, SLUG, draft, slug, text};
use crate::voters::Desk;

fn at(rest: &str) -> String {
    format!("/desk/{SLUG}/preview{rest}")
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_each_class_its_own_ballot_of_a_draft() {
    let served = Served::new().await;
    let (authority, owner) = (served.world.authority(), served.world.owner());
    let mut draft = draft(&served.world);
    let board = draft.contests[0].clone();
    let dean =
        urna_election::manifest::draft::Contest { id: "dean".into(), title: text("Dean"), ..board.clone() };
    draft.contests.push(dean);
    draft.ballot_styles.push(BallotStyle { contests: vec!["dean".into()], id: "dean-only".into() });
    draft.classes[1].ballot_style = "dean-only".into();
    draft.classes[1].title = text("<Staff>");
    let (_, version) = authority.create(&owner, &NewElection { slug: SLUG.into(), from: None }).unwrap();
    authority.edit(&owner, &slug(), &draft, version).unwrap();
    let desk = Desk::sign_in(&served, &served.world.owner.clone()).await;

    let page = desk.open(&at("?class=staff")).await;
    page.is(StatusCode::OK).says(&[
        "nothing is sent, and nothing is counted",
        "data-draft=\"/desk/union-2027/preview.json?class=staff\"",
        "<option value=\"staff\" selected>&lt;Staff&gt;</option>",
        "things are missing before this election can be published",
        "href=\"/desk/union-2027/making/",
        "Union election 2027",
    ]);
    // What votes, takes tokens, or knows the board is not loaded.
    for program in ["vote.js", "booth.js", "program.js", ".wasm", "/board/"] {
        assert!(!page.text.contains(program), "{program}");
    }
    // The scripts are those of the newest bundle.
    let (_, rest) = page.text.split_once("data-bundle=\"").unwrap();
    let bundle = rest.split('"').next().unwrap();
    for script in ["ballot.js", "page.js"] {
        desk.open(&format!("/booth/{bundle}/{script}")).await.is(StatusCode::OK).says(&["export"]);
    }
    let contests = async |class: &str| {
        let json = desk.open(&at(&format!(".json?class={class}"))).await;
        let tried: Value = serde_json::from_str(&json.is(StatusCode::OK).text).unwrap();
        let ids = tried["contests"].as_array().unwrap().iter().map(|contest| contest["id"].to_string());
        (tried["class"]["id"].as_str().unwrap().to_owned(), ids.collect::<Vec<_>>(), tried)
    };
    let (class, ids, tried) = contests("staff").await;
    assert_eq!((class.as_str(), ids), ("staff", vec!["\"dean\"".to_owned()]));
    // What the booth's scripts read in a manifest is there, under the same names and in the same form.
    assert!(tried["contests"][0]["max"].is_number() && tried["contests"][0]["description"].is_null());
    assert!(tried["policy"]["revote"].is_string() && tried["languages"][0] == "en");
    for secret in ["approvers", "issuers", "trustees", "witnesses"] {
        assert!(tried[secret].is_null(), "{secret}");
    }
    let (class, ids, _) = contests("students").await;
    assert_eq!((class.as_str(), ids.len()), ("students", 1));
    let (class, ..) = contests("nobody").await;
    assert_eq!(class, "students");
    // Nobody without a part in the election.
    let stranger = Desk::stranger(&served);
    stranger.open(&at("")).await.is(StatusCode::UNAUTHORIZED);
    stranger.open(&at(".json")).await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_what_there_is_of_an_empty_draft_and_of_what_is_published() {
    let served = Served::new().await;
    let (authority, owner) = (served.world.authority(), served.world.owner());
    let (mut empty, version) =
        authority.create(&owner, &NewElection { slug: "empty".into(), from: None }).unwrap();
    empty.contests[0].options.clear();
    empty.classes.clear();
    empty.title.clear();
    authority.edit(&owner, &"empty".parse().unwrap(), &empty, version).unwrap();
    let desk = Desk::sign_in(&served, &served.world.owner.clone()).await;
    desk.open("/desk/empty/preview").await.is(StatusCode::OK).says(&["<h1 data-fill=\"title\">Preview</h1>"]);
    let json = desk.open("/desk/empty/preview.json").await;
    let tried: Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!((&tried["class"], tried["contests"].as_array().unwrap().len()), (&Value::Null, 0));

    served.world.prepare(draft(&served.world)).await;
    served.world.load(LIST).await.unwrap();
    served.world.approve();
    authority.publish(&owner, &slug(), SLUG).await.unwrap();
    let page = desk.open(&at("")).await;
    assert!(!page.is(StatusCode::OK).text.contains("missing before"));
}
