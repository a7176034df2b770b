//! From the personal link to a vote that is checked, changed, taken back, brought back, and found on the board.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{World, union, vote};
use crate::gate::Action;

/// How many bytes came over the network, heads included and compressed as they were.
fn received(events: &[(String, Value)]) -> u64 {
    let is_page = |parameters: &Value| parameters["request"]["url"].as_str().unwrap().starts_with("http://");
    let sent = events
        .iter()
        .filter(|(event, parameters)| event == "Network.requestWillBeSent" && is_page(parameters));
    let pages: BTreeSet<_> = sent.map(|(_, parameters)| parameters["requestId"].as_str().unwrap()).collect();
    let came = events.iter().filter(|(event, parameters)| {
        event == "Network.loadingFinished" && pages.contains(parameters["requestId"].as_str().unwrap())
    });
    came.map(|(_, parameters)| parameters["encodedDataLength"].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_from_the_link_to_a_vote_that_can_be_checked_and_changed() {
    let world = World::new("pages-vote").await;
    let links = world.election("union-2030", union).await;
    let browser = &world.browser;
    let link = links[0].to_link();
    browser.open(&links[1].to_link()).await;
    world.at("welcome").await;
    assert!(
        !browser.ask("return location.href").await.as_str().unwrap().contains('#'),
        "the link leaves the address"
    );
    browser.click("[data-do=begin]").await;
    world.at("ballot").await;
    // Everything that came until the ballot could be seen, as it was on the wire.
    let first = browser.network().await;
    let bytes = received(&first);
    eprintln!("{bytes} bytes to the first ballot");
    assert!((100_000..400_000).contains(&bytes), "{bytes} bytes to the first ballot");
    world.arrive(&link).await;
    world.at("welcome").await;
    world.look("welcome").await;
    world.reload("welcome").await;
    browser.click("[data-do=begin]").await;
    world.at("ballot").await;
    // What is missing is said, and leads there.
    browser.click("#ballot [type=submit]").await;
    assert!(browser.text("#mistakes").await.contains("Council"));
    world.look("ballot-mistakes").await;
    browser.click("#mistakes button").await;
    assert_eq!(browser.ask("return document.activeElement.name").await, "contest council");
    // At most two; an abstention takes both away.
    for option in ["ada", "bob", "eva"] {
        browser.click(&format!("#ballot input[value={option}]")).await;
    }
    assert_eq!(browser.ask("return document.querySelectorAll('#ballot :checked').length").await, 2);
    assert!(browser.text("fieldset [data-part=too-many]").await.contains("More than 2"));
    world.look("ballot").await;
    browser.click("[data-means=abstain]").await;
    assert_eq!(browser.ask("return document.querySelectorAll('#ballot :checked').length").await, 1);
    browser.click("#ballot input[value=ada]").await;
    browser.click("#ballot input[value=eva]").await;
    assert_eq!(browser.ask("return document.querySelectorAll('#ballot :checked').length").await, 2);
    // What was not marked yet is not marked by a reload, as a blank vote would be.
    world.reload("ballot").await;
    assert_eq!(browser.ask("return document.querySelectorAll('#ballot :checked').length").await, 2);
    browser.write("fieldset:nth-of-type(2) input[type=search]", "NUMBER 1").await;
    assert!(browser.text("fieldset:nth-of-type(2) [data-part=matches]").await.contains("13 of 25"));
    browser.click("#ballot input[value=person-17]").await;
    world.reload("ballot").await;
    assert_eq!(browser.ask("return document.querySelectorAll('#ballot :checked').length").await, 3);
    browser.click("#ballot [type=submit]").await;
    world.at("review").await;
    world.look("review").await;
    world.reload("review").await;
    let shown = browser.text("[data-step=review] dl").await;
    assert!(
        ["Ada Lovelace", "Eva Ångström", "Person number 17"].iter().all(|name| shown.contains(name)),
        "{shown}"
    );
    assert!(!shown.contains("Bohumil"));

    // The page is left while it casts, and goes on.
    world.vote.rule(|request| if request.path.ends_with("/sessions") { Action::Cut } else { Action::Pass });
    browser.click("[data-do=back]").await;
    world.at("ballot").await;
    browser.click("#ballot [type=submit]").await;
    world.vote.free();
    world.board.rule(|request| if request.method == "POST" { Action::Lose } else { Action::Pass });
    browser.click("[data-do=cast]").await;
    browser.until("document.querySelector('#status').textContent.includes('board does not answer')").await;
    world.look("sending").await;
    // Whoever comes without the link finds it, too: it was noted before anything left (BOOTH-11).
    browser.ask("sessionStorage.clear()").await;
    browser.open(&format!("{}/vote", world.vote.url)).await;
    browser.until("document.querySelector('#running li')").await;
    assert!(browser.text("#running").await.contains("not known whether your vote has arrived"));
    world.look("mine-unknown").await;
    browser.click("[data-part=open]").await;
    browser.until("document.body.dataset.at === 'sending'").await;
    world.board.free();
    world.at("done").await;
    browser.until("document.querySelector('#standing-text').className === 'done'").await;
    browser.until("document.querySelector('.qr svg')").await;
    world.look("done").await;
    let identifier = browser.text("[data-step=done] [data-fill=identifier]").await;
    world.reload("done").await;
    assert_eq!(browser.text("[data-step=done] [data-fill=identifier]").await, identifier);

    browser.click("[data-do=check]").await;
    browser.until("document.querySelector('#checked').innerText.includes('exactly what you cast')").await;
    world.look("checked").await;
    browser.click("[data-step=done] [data-if=own-vote] summary").await;
    assert!(browser.text("[data-step=done] dl").await.contains("Person number 17"));
    browser.click("#recovery summary").await;
    browser.click("[data-do=recovery]").await;
    browser.until("document.querySelector('[data-fill=recovery]').textContent.length > 80").await;
    let code = browser.text("[data-fill=recovery]").await;
    world.look("recovery").await;
    let receipt = browser.downloaded(&world.folder, "[data-do=receipt]", "txt").await;
    assert!(receipt.starts_with("c2sp.org/tlog-proof@v1\n"), "{receipt}");
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    browser.picture(&world.folder.join("pages/done-print.png")).await;
    assert!(browser.ask("return document.querySelector('.print-only').checkVisibility()").await == true);
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;

    // Another vote takes its place; it is taken back; there is a third.
    browser.until("!document.querySelector('[data-if=may-vote]').hidden").await;
    browser.click("[data-if=may-vote] button").await;
    world.at("ballot").await;
    assert_eq!(browser.ask("return document.querySelectorAll('#ballot :checked').length").await, 3);
    browser.click("#ballot input[value=ada]").await;
    vote(&world, &["bob"]).await;
    browser.until("!document.querySelector('[data-if=may-withdraw]').hidden").await;
    browser.click("[data-if=may-withdraw] button").await;
    world.at("withdrawing").await;
    world.look("withdrawing").await;
    world.reload("done").await;
    browser.until("!document.querySelector('[data-if=may-withdraw]').hidden").await;
    browser.click("[data-if=may-withdraw] button").await;
    browser.click("[data-do=withdraw]").await;
    world.at("done").await;
    assert!(browser.text("#standing-text").await.contains("taken back"));
    browser.click("[data-do=check]").await;
    browser.until("document.querySelector('#checked').innerText.includes('took your vote back')").await;
    browser.until("!document.querySelector('[data-if=may-vote]').hidden").await;
    browser.click("[data-if=may-vote] button").await;
    world.at("ballot").await;
    vote(&world, &["bob", "person-3"]).await;

    for (name, path) in [("board", ""), ("board-voting", "union-2030/")] {
        browser.open(&format!("{}/{path}", world.board.url)).await;
        world.look(name).await;
    }

    // My elections; another window; what is forgotten comes back with the code.
    browser.open(&format!("{}/vote", world.vote.url)).await;
    browser.until("document.querySelector('#running li')").await;
    let mine = browser.text("#running").await;
    assert!(mine.contains(&identifier) && mine.contains("Elections of the Student Union 2030"), "{mine}");
    browser.click("#running details summary").await;
    assert!(browser.text("#running dl").await.contains("Person number 3"));
    world.look("mine").await;
    browser.click("[data-part=open]").await;
    world.at("done").await;
    browser.open(&format!("{}/vote", world.vote.url)).await;
    browser.until("document.querySelector('#running li')").await;
    browser.click("[data-part=forget]").await;
    world.look("mine-forget").await;
    browser.click("[data-part=yes]").await;
    browser.until("!document.querySelector('#none').hidden").await;
    world.look("mine-none").await;
    browser.open(&format!("{}/vote/union-2030", world.vote.url)).await;
    world.at("landing").await;
    assert_eq!(browser.text("#status").await, "");
    world.look("landing").await;
    browser.write("#link", link.split_once('#').unwrap().0).await;
    browser.click("#paste [type=submit]").await;
    assert!(!browser.text("#link-wrong").await.is_empty());
    browser.click("[data-step=landing] details summary").await;
    // One character is another one, whatever the code is.
    let other = if code.starts_with('0') { '1' } else { '0' };
    browser.write("#code", &format!("{other}{}", &code[1..])).await;
    browser.click("[data-step=landing] [data-form=recover] [type=submit]").await;
    world.at("failed").await;
    assert!(browser.text("[data-fill=reason]").await.contains("recovery code is not right"));
    world.look("failed-code").await;
    browser.open(&format!("{}/vote/union-2030", world.vote.url)).await;
    world.at("landing").await;
    browser.click("[data-step=landing] details summary").await;
    browser.write("#code", &code).await;
    browser.click("[data-step=landing] [data-form=recover] [type=submit]").await;
    world.at("done").await;
    assert_eq!(browser.text("[data-step=done] [data-fill=identifier]").await, identifier);
    // What this device has not cast, it does not call its own.
    assert!(browser.text("#standing-text").await.contains("was cast on another device"));
    browser.click("[data-do=check]").await;
    browser.until("document.querySelector('#checked').innerText.includes('cast on another device')").await;

    // When it is over, everybody finds everybody's vote on the board, by the identifier, too.
    world.making().close("union-2030").await;
    world.making().certify("union-2030").await;
    browser.open(&format!("{}/union-2030/", world.board.url)).await;
    world.look("board-result").await;
    browser.open(&format!("{}/union-2030/votes", world.board.url)).await;
    world.look("board-votes").await;
    browser.write("input[name=q]", &identifier[..9]).await;
    browser.click("form button").await;
    browser
        .until("location.search.includes('q=') && document.querySelectorAll('tbody tr').length === 1")
        .await;
    assert!(browser.text("tbody").await.contains(&identifier));
    assert!(browser.text("tbody").await.contains("Person number 3"));
    // The device finds what it recovered, and that it counted.
    browser.open(&format!("{}/vote", world.vote.url)).await;
    browser.until("document.querySelector('#running li')").await;
    browser.click("[data-part=open]").await;
    world.at("done").await;
    browser.click("[data-do=check]").await;
    browser.until("document.querySelector('#checked').innerText.includes('cast on another device')").await;
    browser.open(&format!("{}/vote", world.vote.url)).await;
    browser.until("document.querySelector('#past li')").await;
    world.was_discreet(&links, first).await;
}
