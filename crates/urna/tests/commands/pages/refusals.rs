//! What goes wrong: time, links, networks, windows, the close. Each says what is wrong and what to do, in four languages.

use serde_json::json;
use urna_api::ProblemType;
use urna_api::authority::Draft;
use urna_election::json::Integer;
use urna_election::manifest::draft::{Issuance, Revote};

use super::{World, to_ballot, union};
use crate::gate::Action;
use crate::interrupted::problem;

/// Votes are final, and the form has a minute.
fn final_vote(draft: &mut Draft) {
    union(draft);
    draft.contests.truncate(1);
    draft.ballot_styles[0].contests.truncate(1);
    draft.policy.revote = Revote::Never;
    draft.policy.revote_limit = Integer::from(1_u32);
    draft.policy.issuance = Issuance::WithBallot;
    draft.policy.form_time_limit = Integer::from(90_u32);
}

#[tokio::test(flavor = "multi_thread")]
async fn says_what_is_wrong_and_what_to_do() {
    let world = World::new("pages-refused").await;
    let (links, finals) =
        tokio::join!(world.election("union-2030", union), world.election("final-2030", final_vote));
    let browser = &world.browser;
    let reason = async || browser.text("[data-fill=reason]").await;

    // One vote, with time for one form.
    to_ballot(&world, &finals[0]).await;
    let earlier = |seconds: u32| {
        format!(
            "const at = 'urna final-2030 draft';
             const draft = JSON.parse(sessionStorage.getItem(at));
             draft.opened -= {seconds} * 1000;
             sessionStorage.setItem(at, JSON.stringify(draft));"
        )
    };
    browser.click("#ballot input[value=bob]").await;
    browser.ask(&earlier(50)).await;
    world.reload("ballot").await;
    assert!(browser.text("#limit").await.contains("s left"));
    world.look("time-left").await;
    browser.ask(&earlier(50)).await;
    world.reload("ballot").await;
    assert!(browser.text("#limit").await.contains("is over"));
    assert_eq!(browser.ask("return document.querySelector('#ballot').inert").await, true);
    world.look("time-up").await;
    browser.click("#limit button").await;
    assert_eq!(browser.ask("return document.querySelector('#ballot').inert").await, false);
    assert_eq!(browser.ask("return document.querySelector('#ballot :checked').value").await, "bob");
    browser.click("#ballot [type=submit]").await;
    world.at("review").await;
    // Both cases in which somebody would want another vote (S0-14, S0-15).
    let warning = browser.text("[data-step=review] .warning").await;
    assert!(
        warning.contains("cannot be undone")
            && warning.contains("other choices")
            && warning.contains("somebody else")
    );
    world.look("review-final").await;
    // The session is gone when its answer is asked for, and the network once: the page goes on by itself.
    world.vote.once("/answer", problem(ProblemType::SessionExpired, None));
    browser.click("[data-do=cast]").await;
    world.at("done").await;
    world.vote.free();
    browser.until("document.querySelector('.qr svg')").await;
    for part in ["may-vote", "may-withdraw", "may-return", "may-resend"] {
        assert_eq!(
            browser.ask(&format!("return document.querySelector('[data-if={part}]').hidden")).await,
            true,
            "{part}"
        );
    }

    browser.click("#recovery summary").await;
    browser.click("[data-do=recovery]").await;
    browser.until("document.querySelector('[data-fill=recovery]').textContent.length > 80").await;
    let code = browser.text("[data-fill=recovery]").await;
    // Another window has the place: this one does not say that nothing was cast.
    let place = browser.ask("return JSON.parse(sessionStorage.getItem('urna final-2030 place'))").await;
    let hold = "const [place, say] = arguments;
                navigator.locks.request(`urna ${place}`, () => (say(), new Promise(() => {})));";
    browser.post("/execute/async", json!({ "args": [place], "script": hold })).await;
    browser.click("[data-do=check]").await;
    world.at("failed").await;
    assert!(reason().await.contains("Another window"), "{}", reason().await);
    assert!(browser.text("#standing").await.contains("Your vote is recorded"));
    browser.click("[data-step=failed] [data-do=back]").await;
    world.at("done").await;

    // Somebody else's link; a link that was used; one of another election; one that was cut; no election.
    to_ballot(&world, &finals[0]).await;
    browser.click("#ballot input[value=ada]").await;
    browser.click("#ballot [type=submit]").await;
    world.at("review").await;
    browser.click("[data-do=cast]").await;
    world.at("failed").await;
    assert!(reason().await.contains("used already"), "{}", reason().await);
    world.look("failed-used").await;
    browser.click("[data-step=failed] [data-do=back]").await;
    world.at("welcome").await;
    browser.click("[data-step=welcome] details:last-of-type summary").await;
    browser.write("#code-here", &code).await;
    browser.click("[data-step=welcome] [data-form=recover] [type=submit]").await;
    world.at("done").await;
    assert!(browser.text("#standing-text").await.contains("was cast on another device"));

    world.arrive(&links[1].to_link().replace("union-2030", "final-2030")).await;
    world.at("failed").await;
    assert!(reason().await.contains("another election"), "{}", reason().await);
    world.look("failed-other-election").await;
    let link = finals[1].to_link();
    world.arrive(&link[..link.len() - 3]).await;
    world.at("failed").await;
    assert!(reason().await.contains("cannot be read"), "{}", reason().await);
    browser.click("[data-do=landing]").await;
    world.at("landing").await;
    browser.open(&format!("{}/vote/nothing-2030", world.vote.url)).await;
    browser.until("document.querySelector('h1').textContent.includes('no such election')").await;
    world.look("unknown").await;

    // No network at the token, and then it is back; a page that is left in the middle of it goes on.
    world.arrive(&links[1].to_link()).await;
    world.at("welcome").await;
    world.vote.rule(|request| if request.path.ends_with("/sessions") { Action::Cut } else { Action::Pass });
    browser.click("[data-do=begin]").await;
    browser.until("document.querySelector('#status').textContent.includes('issuer does not answer')").await;
    world.reload("welcome").await;
    browser.click("[data-do=begin]").await;
    browser.until("document.querySelector('#status').textContent.includes('issuer does not answer')").await;
    world.vote.free();
    world.at("ballot").await;

    // Two windows at one ballot.
    let place = browser.ask("return JSON.parse(sessionStorage.getItem('urna union-2030 place'))").await;
    browser.post("/execute/async", json!({ "args": [place], "script": hold })).await;
    browser.another_window().await;
    browser.open(&links[1].to_link()).await;
    world.at("failed").await;
    assert!(reason().await.contains("Another window"), "{}", reason().await);
    world.look("failed-window").await;
    browser.close_others().await;
    browser.click("[data-do=repeat]").await;
    world.at("welcome").await;

    // By keyboard alone.
    world.arrive(&finals[2].to_link()).await;
    world.at("welcome").await;
    for (target, key) in [
        ("[data-do=begin]", "\u{e007}"),
        ("#ballot input[value=eva]", " "),
        ("#ballot [type=submit]", "\u{e007}"),
        ("[data-do=cast]", "\u{e007}"),
        ("[data-do=check]", "\u{e007}"),
    ] {
        browser.tab_to(target).await;
        browser.press(key).await;
        let next = match target {
            "[data-do=begin]" => "ballot",
            "#ballot [type=submit]" => "review",
            "[data-do=cast]" | "[data-do=check]" => "done",
            _ => continue,
        };
        world.at(next).await;
    }
    browser.until("document.querySelector('#checked').innerText.includes('exactly what you cast')").await;

    // In the other languages.
    for language in ["cs", "sv", "uk"] {
        world.arrive(&finals[3].to_link()).await;
        world.at("welcome").await;
        browser.click(&format!("nav [hreflang={language}]")).await;
        browser.until(&format!("document.documentElement.lang === '{language}'")).await;
        world.at("welcome").await;
        world.look(&format!("welcome-{language}")).await;
        browser.click("[data-do=begin]").await;
        world.at("ballot").await;
        browser.click("#ballot input[value=eva]").await;
        browser.click("#ballot [type=submit]").await;
        world.at("review").await;
        world.look(&format!("review-{language}")).await;
        let title = if language == "cs" { "Volby studentské unie 2030" } else { "Volby" };
        assert!(browser.text("h1").await.contains(title));
    }
    browser.click("[data-do=cast]").await;
    world.at("done").await;
    world.look("done-uk").await;

    // After the close: nothing can be cast; a token that was not used is given back; the board shows who voted how.
    to_ballot(&world, &links[2]).await;
    world.making().close("union-2030").await;
    browser.click("#ballot input[value=ada]").await;
    browser.click("#ballot input[value=person-1]").await;
    browser.click("#ballot [type=submit]").await;
    world.at("review").await;
    browser.click("[data-do=cast]").await;
    world.at("failed").await;
    assert!(reason().await.contains("Voting is closed"), "{}", reason().await);
    world.look("failed-closed").await;
    browser.click("[data-step=failed] [data-do=back]").await;
    world.at("done").await;
    browser.until("!document.querySelector('[data-if=may-return]').hidden").await;
    assert!(browser.text("#standing-text").await.contains("not recorded"));
    browser.click("[data-if=may-return] button").await;
    world.at("returning").await;
    world.look("returning").await;
    browser.click("[data-do=return]").await;
    world.at("done").await;
    browser.until("document.querySelector('#standing-text').textContent.includes('given back')").await;
    world.arrive(&links[3].to_link()).await;
    world.at("welcome").await;
    assert!(browser.text("[data-fill=not-ready]").await.contains("closed"));
    world.look("closed").await;
    let voters: Vec<_> = links.into_iter().chain(finals).collect();
    world.was_discreet(&voters, Vec::new()).await;
}
