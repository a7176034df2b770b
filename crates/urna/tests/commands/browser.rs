//! The booth's program in a real browser: the committed bundle, its storage and its requests, in headless Chromium over WebDriver.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use urna_client::Invitation;

use crate::chromium::Browser;
use crate::gate::Action;
use crate::world::{Terms, World};

/// What a booth's page may do: files and programs of its own, and requests to board and issuers.
const PAGE: &str = "text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                    connect-src 'self' http://127.0.0.1:*";

/// Runs a script that has `booth`, `start` and, to say what came of it, `say`.
async fn run(browser: &Browser, script: &str, start: &Value) -> Value {
    let script = format!(
        "const [start, say] = arguments;
         import('/booth.js').then(async (module) => {{
           const booth = await module.Booth.load('/booth.wasm');
           const told = (error) => ({{ failed: error.document ?? String(error) }});
           const perform = (start) => booth.perform(start).then((done) => ({{ done }}), told);
           {script}
         }}).catch((error) => say({{ broken: String(error) }}));"
    );
    browser.post("/execute/async", json!({ "args": [start], "script": script })).await
}

async fn perform(browser: &Browser, start: &Value) -> Value {
    run(browser, "say(await perform(start));", start).await
}

/// The authority's origin: a page, the program, the manifest.
fn serve(world: &World) {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../booth/web");
    let file = |name: &str| fs::read(web.join(name)).expect("the bundle is there");
    let (script, program) = (file("booth.js"), file("booth.wasm"));
    let manifest = world.manifest.bytes().to_vec();
    world.authority.rule(move |request| match request.path.as_str() {
        "/" => Action::Say(200, PAGE, b"<!doctype html><title>Booth</title>".to_vec()),
        "/booth.js" => Action::Say(200, "text/javascript", script.clone()),
        "/booth.wasm" => Action::Say(200, "application/wasm", program.clone()),
        path if path.ends_with("/manifest") => Action::Say(200, "application/json", manifest.clone()),
        _ => Action::Say(204, "text/plain", Vec::new()),
    });
}

fn start(what: &str, invitation: &Invitation, council: Option<&str>) -> Value {
    let choices = council.map(|option| json!({ "auditor": [], "council": [option] }));
    json!({ "choices": choices, "link": *invitation.to_link(), "what": what })
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_in_chromium() {
    let world = World::new("booth-chromium", Terms { live: true, ..Terms::default() }).await;
    serve(&world);
    let browser = Browser::start(&world.folder).await;
    let page = format!("{}/", world.authority.url);
    browser.open(&page).await;
    let invitation = world.invitation(0);

    let shown = perform(&browser, &start("show", &invitation, None)).await;
    assert_eq!(shown["done"]["document"]["election_id"], world.manifest.id().to_string(), "{shown}");
    let token = perform(&browser, &start("token", &invitation, None)).await;
    let place = token["done"]["place"].clone();
    assert_eq!(token["done"]["document"]["issuers"], json!(["office", "senate"]), "{token}");

    // The page is left in the middle of it, and what is stored goes on, without the link.
    let cast = json!({ "choices": { "auditor": [], "council": ["ada"] }, "place": place, "what": "cast" });
    for milliseconds in [0, 5, 20, 80] {
        let leave = format!("perform(start); setTimeout(() => say(null), {milliseconds});");
        run(&browser, &leave, &cast).await;
        browser.open(&page).await;
    }
    let done = perform(&browser, &cast).await;
    assert_eq!(done["done"]["document"]["is"], "recorded", "{done}");
    let identifier = done["done"]["document"]["identifier"].as_str().unwrap().parse().unwrap();
    assert_eq!(world.on_board(&identifier).await, [("ballot".to_owned(), Some(0))]);

    // Another window has the place: this one is told so, and can do it when the other is closed.
    let check = json!({ "place": place, "what": "check" });
    let hold = "navigator.locks.request(`urna ${start.place}`, () => new Promise(() => {})).catch(() => {}); say(null);";
    run(&browser, hold, &check).await;
    browser.another_window().await;
    browser.open(&page).await;
    assert_eq!(perform(&browser, &check).await["failed"]["reason"], "other_window");
    run(
        &browser,
        "navigator.locks.request(`urna ${start.place}`, { steal: true }, () => say(null));",
        &check,
    )
    .await;
    let checked = perform(&browser, &check).await;
    assert_eq!(checked["done"]["document"]["is"], "as_saved", "{checked}");
    assert_eq!(checked["done"]["document"]["choices"]["council"], json!(["ada"]));

    // Without locks, what is stored is compared in the transaction: of two that begin at once, one goes on.
    let other = world.invitation(2);
    let both = "Object.defineProperty(navigator, 'locks', { value: undefined });
                say(await Promise.all(['bob', 'eva'].map((council) =>
                  perform({ ...start, choices: { auditor: [], council: [council] } }))));";
    let both = run(&browser, both, &start("cast", &other, None)).await;
    let outcomes = both.as_array().unwrap_or_else(|| panic!("{both}"));
    let conflicts = outcomes.iter().filter(|outcome| outcome["failed"]["reason"] == "other_window").count();
    let done: Vec<_> = outcomes.iter().filter(|outcome| outcome["done"].is_object()).collect();
    assert_eq!((conflicts, done.len()), (1, 1), "{both}");
    let checked = perform(&browser, &start("check", &other, None)).await;
    assert_eq!(checked["done"]["document"]["is"], "as_saved", "{checked}");

    // What is forgotten is not brought back by a window that still has it.
    let forget = "const keeper = new module.Keeper();
                  await keeper.summarise({ place: start.place, title: 'kept' });
                  const before = await keeper.summaries();
                  const { is, body } = await keeper.load({ place: start.place, record: 'form' });
                  await keeper.forget(start.place);
                  const again = await keeper.store({ place: start.place, record: 'form', text: '{}', version: is.loaded.version });
                  const after = await keeper.load({ place: start.place, record: 'form' });
                  const left = [await keeper.summaries(), await keeper.manifest(start.place), after.body.length];
                  say([before.length, body.length > 1000, left, again.is]);";
    assert_eq!(run(&browser, forget, &check).await, json!([1, true, [[], null, 0], "other_window"]));
    assert_eq!(perform(&browser, &check).await["failed"]["reason"], "link_needed");

    assert_eq!(browser.console().await, json!([]), "the console is empty");
}
