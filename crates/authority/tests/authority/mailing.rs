//! The desk's page of invitations, as a browser has it: what they say, a test, sending, letters, forgetting; and who may not.

use std::sync::atomic::Ordering;

use reqwest::StatusCode;
use urna_api::authority::Role;
use urna_election::manifest::Credentials;

use crate::http::Served;
use crate::sample::{LIST, SLUG, World, draft, slug};
use crate::voters::{Desk, Page};

fn at(rest: &str) -> String {
    format!("/desk/{SLUG}/invitations{rest}")
}

/// An election with this list whose register is in the log, and its owner's browser.
async fn published(list: &str) -> (Served, Desk) {
    let served = Served::new().await;
    let World { owner, .. } = &served.world;
    served.world.prepare(draft(&served.world)).await;
    served.world.load(list).await.unwrap();
    served.world.approve();
    served.world.authority().publish(&served.world.owner(), &slug(), SLUG).await.unwrap();
    let desk = Desk::sign_in(&served, owner).await;
    (served, desk)
}

/// The page when no mail is on its way any more. No page has a link in it that opens something.
async fn sent(desk: &Desk) -> Page {
    for _ in 0..2_000 {
        let page = desk.open(&at("")).await;
        assert!(!page.text.replace("/vote/union-2027#…", "").contains("/vote/"), "{}", page.text);
        if !page.text.contains("<progress") {
            return page;
        }
        tokio::task::yield_now().await;
    }
    panic!("the mails do not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_what_the_mails_say_before_there_are_any() {
    let served = Served::new().await;
    served.world.prepare(draft(&served.world)).await;
    let desk = Desk::sign_in(&served, &served.world.owner.clone()).await;
    let page = desk.open(&at("")).await;
    page.is(StatusCode::OK).says(&[
        "Invitations are made when the election is published",
        "Union election 2027: your invitation to vote",
        "Dear Test Person,",
        "https://vote.example/vote/union-2027#…",
        "you have not taken part yet",
    ]);
    assert!(!page.text.contains("<form"), "there is nothing to send");
    let early = desk.send(&at("/test"), &[("to", "eva@uni.example")]).await;
    early.is(StatusCode::CONFLICT).says(&["This cannot be done now"]);
    desk.send(&at("/send"), &[("audience", "all")]).await.is(StatusCode::CONFLICT);
    desk.send(&at("/letters"), &[]).await.is(StatusCode::CONFLICT);
    // Where voters' devices make the credentials there are none.
    let (authority, owner) = (served.world.authority(), served.world.owner());
    let (mut own, version) = authority.draft(&owner, &slug()).unwrap();
    own.policy.credentials = Credentials::Device;
    authority.edit(&owner, &slug(), &own, version).unwrap();
    let page = desk.open(&at("")).await;
    page.says(&["this service has no invitations to send"]);
    assert!(!page.text.contains("Dear Test Person"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_sends_and_says_how_far_it_is() {
    let list = LIST.replace("robin@", "refused@").replace("ada@", "slow@");
    let (served, desk) = published(&list).await;
    let outbox = &served.world.outbox;
    desk.open(&at("")).await.says(&["0 invitations are sent. 11 are not.", "Send a test mail first."]);
    let untested = desk.send(&at("/send"), &[("audience", "all")]).await;
    untested.is(StatusCode::CONFLICT).says(&["First send yourself a test mail"]);
    let none = desk.send(&at("/test"), &[("to", "no <b>")]).await;
    none.is(StatusCode::UNPROCESSABLE_ENTITY).says(&["This is no e-mail address.", "value=\"no &lt;b&gt;\""]);
    let refused = desk.send(&at("/test"), &[("to", "refused@uni.example")]).await;
    refused
        .is(StatusCode::BAD_GATEWAY)
        .says(&["The mail server did not take the mail.", "550 no such mailbox"]);
    let tested = desk.follow(&at("/test"), &[("to", "eva@uni.example")]).await;
    tested.says(&["The test mail was sent.", "Send 10 invitations", "Remind those who have not begun"]);
    assert!(outbox.take()[0].2.contains("/vote/union-2027#TEST"));

    // One mail waits, and so the job does: nobody begins another one.
    let begun = desk.follow(&at("/send"), &[("audience", "all")]).await;
    begun.says(&["<progress", "Mails are being sent", "Look again"]);
    assert!(!begun.text.contains("value=\"all\""));
    let again = desk.send(&at("/send"), &[("audience", "all")]).await;
    again.is(StatusCode::CONFLICT).says(&["Mails of this election are being sent already."]);
    outbox.1.notify_one();
    sent(&desk).await.says(&[
        "9 mails were sent",
        "1 mail was not taken by the mail server",
        "1 person has no e-mail address",
        "<th scope=\"row\">b5</th><td lang=\"en\">the mail was not accepted: 550 no such mailbox</td>",
        "9 invitations are sent. 2 are not.",
        "Download 2 letters",
    ]);
    assert_eq!(outbox.take().len(), 9);
    desk.open(&at("")).await.says(&["Send 1 invitation", "Remind those"]);

    // Reminders go to those who have not begun, if the issuers say who that is.
    let tokens = served.world.tokens.as_ref().unwrap();
    tokens.silent.store(true, Ordering::SeqCst);
    let silent = desk.send(&at("/send"), &[("audience", "no_token_yet")]).await;
    silent.is(StatusCode::BAD_GATEWAY).says(&["does not answer just now"]);
    tokens.silent.store(false, Ordering::SeqCst);
    let register = served.world.board.with(|log| log.register.clone());
    tokens.taken.lock().unwrap().extend(register.rows().map(|(handle, _)| *handle));
    desk.send(&at("/send"), &[("audience", "no_token_yet")]).await.is(StatusCode::SEE_OTHER);
    sent(&desk).await.says(&["0 mails were sent"]);
    assert_eq!(outbox.take(), []);

    // When voting has ended, nothing is sent.
    served.world.authority().cancel(&served.world.owner(), &slug(), SLUG, "No quorum").await.unwrap();
    let ended = desk.open(&at("")).await;
    ended.says(&["Voting has ended"]);
    assert!(!ended.text.contains("<form"));
    desk.send(&at("/send"), &[("audience", "all")]).await.is(StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_letters_to_the_owner_alone_and_forgets_them() {
    let (served, desk) = published(LIST).await;
    let page = desk.open(&at("")).await;
    page.says(&["Download 11 letters", "Whoever has this file can vote in the place of everybody in it."]);
    assert!(!page.text.replace("union-2027#…", "").contains("union-2027#"));
    let letters = desk.send(&at("/letters"), &[("letters", "all")]).await;
    letters.is(StatusCode::OK);
    assert!(letters.name.contains("attachment; filename=\"union-2027-letters.csv\""), "{}", letters.name);
    assert_eq!(letters.text.matches("https://vote.example/vote/union-2027#").count(), 11);
    let audit = served.world.authority().audit(&served.world.owner(), &slug()).unwrap();
    assert!(audit.iter().any(|done| done.what == "read all invitations, for letters"), "{audit:?}");

    // Others may not, and see no button.
    let (key, _) = served.world.key("jan", Role::Manager);
    let manager = Desk::sign_in(&served, &key).await;
    let page = manager.open(&at("")).await;
    page.is(StatusCode::OK).says(&["Send a test mail"]);
    assert!(!page.text.contains("/letters") && !page.text.contains("/erase"));
    let operator = Desk::sign_in(&served, &served.world.operator.clone()).await;
    for refused in [
        manager.send(&at("/letters"), &[]).await,
        manager.send(&at("/erase"), &[("confirm", SLUG)]).await,
        operator.open(&at("")).await,
        operator.send(&at("/letters"), &[]).await,
        operator.send(&at("/erase"), &[("confirm", SLUG)]).await,
        operator.send(&at("/test"), &[("to", "it@uni.example")]).await,
        operator.send(&at("/send"), &[("audience", "all")]).await,
    ] {
        refused.is(StatusCode::FORBIDDEN).says(&["Your role in this election does not allow this."]);
        assert!(!refused.text.contains("/vote/"));
    }
    // No link of another page leads to the file.
    assert_eq!(desk.open(&at("/letters")).await.status, StatusCode::METHOD_NOT_ALLOWED);

    let unconfirmed = desk.send(&at("/erase"), &[("confirm", "union")]).await;
    unconfirmed.is(StatusCode::BAD_REQUEST).says(&["is not that of this election"]);
    let erased = desk.follow(&at("/erase"), &[("confirm", SLUG)]).await;
    erased.says(&[
        "The unsent invitations are forgotten.",
        "11 are on paper, or forgotten.",
        "There is nothing to print",
    ]);
    let letters = desk.send(&at("/letters"), &[]).await;
    assert!(!letters.text.contains("/vote/"));
}
