//! Services that lie: the voter is told what is wrong in a sentence, believes nothing of it, and goes on when they are honest.

use serde_json::Value;
use urna_api::ProblemType;
use urna_client::driver::{DriverError, Landed, Standing};
use urna_client::{ClientError, Recorded};
use urna_election::entry::Kind;

use crate::gate::Action;
use crate::interrupted::problem;
use crate::world::{SLUG, Terms, World};
use crate::{choices, failed};

fn json(change: impl FnOnce(&mut Value) + Send + 'static) -> Action {
    Action::Change(Box::new(move |body| {
        let mut document: Value = serde_json::from_slice(&body).unwrap();
        change(&mut document);
        serde_json::to_vec(&document).unwrap()
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_another_election() {
    let world = World::new("lies-election", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    let other = String::from_utf8(world.manifest.bytes().to_vec()).unwrap().replace("Ada Ek", "Ada Eg");
    world.authority.rule(move |_| Action::Say(200, "application/json", other.clone().into_bytes()));
    let failure = failed(driver.open(Some(&invitation)).await, &invitation, "do not vote here");
    assert!(matches!(failure.error, DriverError::Rule(ClientError::OtherManifest { .. })));
    assert_eq!(failure.standing, Standing::NothingSent);
    world.authority.rule(|_| problem(ProblemType::UnknownElection, None));
    failed(driver.open(Some(&invitation)).await, &invitation, "the organiser's service refused");
    world.authority.rule(|_| Action::Say(200, "text/html", b"<html>".to_vec()));
    failed(driver.open(Some(&invitation)).await, &invitation, "do not vote here");
    world.authority.rule(|_| Action::Cut);
    failed(driver.open(Some(&invitation)).await, &invitation, "the organiser's service does not answer");
    // Nobody but the authority was asked, and nobody was told more than the election's name.
    assert!(
        world.authority.asked().iter().all(|asked| *asked == format!("GET /v1/elections/{SLUG}/manifest"))
    );
    assert!(world.board.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_what_the_board_leaves_out_or_changes() {
    let world = World::new("lies-anchor", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    world.board.once("/official", json(|page| drop(page["entries"].as_array_mut().unwrap().remove(2))));
    let failure = failed(driver.open(Some(&invitation)).await, &invitation, "did not show entry 2");
    assert!(matches!(failure.error, DriverError::Rule(ClientError::EntryMissing { index: 2 })));
    world.board.once("/official", json(|page| page["entries"] = Value::Array(Vec::new())));
    failed(driver.open(Some(&invitation)).await, &invitation, "did not show entry 0");
    world.board.once("/official", json(|page| page["more"] = true.into()));
    // The last index does not grow for ever.
    driver.open(Some(&invitation)).await.unwrap();
    let mut driver = {
        drop(driver);
        world.device(2)
    };
    let register =
        |body: Vec<u8>| String::from_utf8(body).unwrap().replacen("north", "south", 1).into_bytes();
    world.board.once("/blob/", Action::Change(Box::new(register)));
    failed(
        driver.open(Some(&world.invitation(2))).await,
        &invitation,
        "the electoral register cannot be read",
    );
    world.board.free();
    let stranger = world.invitation(1_000);
    failed(driver.open(Some(&stranger)).await, &stranger, "you are not on the electoral register");
    assert!(world.issuers.iter().all(|gate| gate.asked().is_empty()), "nobody was asked for a token");
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_an_issuers_wrong_answer_and_keeps_the_others() {
    let world = World::new("lies-issuer", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    driver.open(Some(&invitation)).await.unwrap();
    world.issuers[0].once("/answer", json(|answer| answer["z"] = answer["b"].clone()));
    let failure = failed(driver.tokens().await, &invitation, "the answer of issuer office is wrong");
    assert_eq!(failure.standing, Standing::NothingSent);
    assert_eq!(world.issuers[1].asked().len(), 2);
    world.issuers[0].once("/sessions", json(|first| first["a"] = "AAAA".into()));
    driver.tokens().await.unwrap();
    assert!(world.issuers[1].asked().is_empty(), "its token is there");

    let invitation = world.invitation(2);
    drop(driver);
    let mut driver = world.device(2);
    driver.open(Some(&invitation)).await.unwrap();
    let zeros = serde_json::to_value(urna_election::json::Base64([0; 32])).unwrap();
    world.issuers[1].once("/sessions", json(move |first| first["a"] = zeros));
    failed(driver.tokens().await, &invitation, "issuer senate answered what is no first move");
    world.issuers[1].rule(|request| match request.path.ends_with("/answer") {
        true => problem(ProblemType::SessionExpired, None),
        false => Action::Pass,
    });
    let failure = failed(driver.tokens().await, &invitation, "issuer senate");
    assert!(
        matches!(
            failure.error,
            DriverError::SessionsForgotten { .. }
                | DriverError::Refused { .. }
                | DriverError::Unanswered { .. }
        ),
        "{failure}"
    );
    world.issuers[1].free();
    world.clock.forward(std::time::Duration::from_secs(400));
    driver.tokens().await.unwrap();
    drop(driver);

    // Whoever has the link, and comes second.
    let mut thief = world.device(4_000);
    thief.open(Some(&invitation)).await.unwrap();
    let failure = failed(thief.tokens().await, &invitation, "has given a token for your link already");
    assert!(matches!(failure.error, DriverError::IssuedElsewhere { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_receipts_and_promises_of_other_entries() {
    let world = World::new("lies-receipt", Terms { batch: (3, 600), ..Terms::default() }).await;
    let slug = SLUG.parse().unwrap();
    let mut others = Vec::new();
    for person in [0, 2] {
        let mut driver = world.device(person);
        driver.open(Some(&world.invitation(person))).await.unwrap();
        driver.tokens().await.unwrap();
        let landed = driver.cast(&choices(&[0], &[0])).await.unwrap();
        assert!(matches!(landed, Landed::Promised { .. }));
        let urna_client::Resumed::Promised(voter) = driver.voter().unwrap() else { panic!() };
        others.push(voter.kept().next().unwrap().promise.unwrap().to_string());
    }
    let invitation = world.invitation(4);
    let mut driver = world.device(4);
    driver.open(Some(&invitation)).await.unwrap();
    driver.tokens().await.unwrap();
    world.board.once("/ballots", Action::Say(202, "text/plain", others[0].clone().into_bytes()));
    let failure = failed(driver.cast(&choices(&[1], &[])).await, &invitation, "promised another entry");
    assert_eq!(failure.standing, Standing::Pending { kind: Kind::Ballot, earlier: false });
    // Honest again: the same entry, which is the third of its batch.
    let landed = driver.cast(&choices(&[1], &[])).await.unwrap();
    let index = match landed {
        Landed::Recorded { index } => index,
        Landed::Promised { .. } => match driver.wait_for_receipt(u64::MAX).await.unwrap() {
            Some(Landed::Recorded { index }) => index,
            other => panic!("{other:?}"),
        },
    };
    let shown = world.direct.entries_of(&slug, &driver.voter().unwrap().identifier()).await.unwrap();
    let [own] = shown.entries.as_slice() else { panic!("{shown:?}") };
    assert_eq!(own.index, index);

    // The first one waits for a receipt, and is given somebody else's.
    let receipt = own.receipt.clone().into_bytes();
    drop(driver);
    let mut driver = world.device(0);
    let foreign = receipt.clone();
    world.board.rule(move |request| match request.method.as_str() {
        "POST" => Action::Say(200, "text/plain", foreign.clone()),
        _ => problem(ProblemType::UnknownIdentifier, None),
    });
    let failure = failed(driver.resend().await, &invitation, "the receipt does not hold");
    assert!(matches!(failure.standing, Standing::Promised { kind: Kind::Ballot, .. }));
    // It may have been a mistake: the board shows the entry itself.
    let mut copy = world.device(2);
    world.board.once("/ballots", Action::Say(200, "text/plain", receipt));
    assert!(matches!(copy.resend().await.unwrap(), Some(Landed::Recorded { .. })));
    // The board shows nothing, and the time is over.
    world.clock.forward(std::time::Duration::from_secs(1_000));
    world.board.rule(|request| match request.path.contains("/ballots/") {
        true => problem(ProblemType::UnknownIdentifier, None),
        false => Action::Pass,
    });
    let checked = driver.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::Missing { latest: None, promised: Some(_) }));
    assert!(checked.overdue);
    // It shows somebody else's entry instead.
    world.board.once(
        "/ballots/",
        json(move |document| document["entries"][0]["receipt"] = document["entries"][0]["entry"].clone()),
    );
    failed(driver.check().await, &invitation, "the receipt does not hold");
    world.board.free();
    let checked = driver.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::AsSaved { sequence: 0, .. }), "{checked:?}");
    assert!(!checked.overdue);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_what_was_refused_without_reason() {
    let world = World::new("lies-refusal", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    driver.open(Some(&invitation)).await.unwrap();
    let failure = failed(driver.cast(&choices(&[0], &[])).await, &invitation, "there is no token yet");
    assert!(matches!(failure.error, DriverError::NoToken));
    driver.tokens().await.unwrap();
    for kind in [ProblemType::Sequence, ProblemType::InvalidProof, ProblemType::VotingClosed] {
        world.board.once("/ballots", problem(kind, None));
        let failure = failed(driver.cast(&choices(&[0], &[])).await, &invitation, "the board refused");
        assert_eq!(failure.error.problem().unwrap().kind, kind);
        assert_eq!(failure.standing, Standing::NotTaken { kind: Kind::Ballot, earlier: false });
    }
    // It is refused, and is there: the answer to the first copy was lost.
    let mut posts = 0;
    world.board.rule(move |request| {
        if request.method != "POST" {
            return Action::Pass;
        }
        posts += 1;
        if posts == 1 { Action::Lose } else { problem(ProblemType::VotingClosed, None) }
    });
    assert!(matches!(driver.cast(&choices(&[0], &[])).await.unwrap(), Landed::Recorded { .. }));
    world.board.free();
    // What would not count is not made.
    let failure = failed(driver.cast(&choices(&[0, 1, 2], &[])).await, &invitation, "at most 2");
    assert!(matches!(failure.standing, Standing::Recorded { kind: Some(Kind::Ballot), .. }));
    assert_eq!(world.on_board(&driver.voter().unwrap().identifier()).await.len(), 1);
    // A checkpoint of a log that does not continue the one that was seen.
    world.board.once(
        "/checkpoint",
        Action::Change(Box::new(|body| {
            String::from_utf8(body).unwrap().replacen("union-2030", "union-2031", 1).into_bytes()
        })),
    );
    failed(driver.check().await, &invitation, "checkpoint does not hold");
    assert!(matches!(driver.check().await.unwrap().recorded, Recorded::AsSaved { .. }));
}
