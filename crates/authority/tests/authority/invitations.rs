//! Invitations: every voter's link opens the own row, and is forgotten when it is sent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use urna_api::authority::{Audience, Draft, InvitationText, Job};
use urna_authority::AuthorityError;
use urna_election::invitation::Invitation;

use crate::sample::{LIST, SLUG, Tokens, World, draft, slug};

/// The link in a text.
fn link(text: &str) -> Invitation {
    let line = text.lines().find(|line| line.contains("/vote/")).unwrap();
    line.split(',').find(|part| part.contains("/vote/")).unwrap().trim().parse().unwrap()
}

/// Whether the link is the one of just this row on the board.
fn opens(world: &World, link: &Invitation) -> bool {
    let entitled = world.board.with(|log| log.register.entitled(&link.handle()).copied());
    let credential = link.credential().public().to_bytes();
    link.election() == &world.board.election().unwrap()
        && link.authority() == "https://vote.example"
        && entitled.is_some_and(|entitled| entitled.credential == Some(credential))
}

async fn finished(world: &World, audience: Audience) -> Job {
    let (authority, owner) = (world.authority(), world.owner());
    let job = authority.send_invitations(&owner, &slug(), audience).await.unwrap();
    for _ in 0..500 {
        let state = authority.job(&owner, &slug(), &job).unwrap();
        if state.done {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job does not end");
}

async fn test_mail(world: &World) {
    world.authority().test_mail(&world.owner(), &slug(), "eva@uni.example").await.unwrap();
    let mails = world.outbox.take();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].2.contains("https://vote.example/vote/union-2027#TEST"), "{mails:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_each_voter_the_own_link_and_forgets_it() {
    let world = World::new().await;
    world.prepare(draft(&world)).await;
    let list = LIST.replace("robin@uni.example", "refused@uni.example");
    world.load(&list).await.unwrap();
    world.approve();
    let (authority, owner) = (world.authority(), world.owner());
    authority.publish(&owner, &slug(), SLUG).await.unwrap();
    // First a test.
    let untested = authority.send_invitations(&owner, &slug(), Audience::All).await.unwrap_err();
    assert!(matches!(untested, AuthorityError::NoTestMail));
    let refused = authority.test_mail(&owner, &slug(), "refused@uni.example").await.unwrap_err();
    assert!(matches!(refused, AuthorityError::Mail(_)));
    assert!(authority.send_invitations(&owner, &slug(), Audience::All).await.is_err());
    test_mail(&world).await;

    let job = finished(&world, Audience::All).await;
    assert_eq!((job.sent, job.failed, job.left, job.without_address), (9, 1, 0, 1));
    assert_eq!((job.reasons[0].person.as_str(), job.reasons[0].reason.contains("550")), ("b5", true));
    let mails = world.outbox.take();
    let mut links = BTreeMap::new();
    for (to, subject, text) in &mails {
        let link = link(text);
        assert!(opens(&world, &link), "{to}");
        assert!(list.contains(&format!("{},", link.person())) && list.contains(to));
        assert!(subject.contains("Union election 2027") && text.contains(&link.election().to_string()));
        links.insert(link.person().to_owned(), link);
    }
    assert_eq!(links.len(), 9);
    // A second round has only those that are left.
    let job = finished(&world, Audience::All).await;
    assert_eq!((job.sent, job.failed, job.without_address), (0, 1, 1));

    // Letters for those that are left, and then they are forgotten too.
    let letters = String::from_utf8(authority.letters(&owner, &slug()).unwrap().to_vec()).unwrap();
    let rows: Vec<_> = letters.lines().skip(1).collect();
    assert_eq!(rows.len(), 2);
    assert!(rows[0].starts_with("a6,Donald Knuth,,students,https://vote.example/vote/union-2027#"));
    assert!(opens(&world, &link(rows[0])) && opens(&world, &link(rows[1])));
    assert!(authority.letters(&world.operator(), &slug()).is_err());
    assert_eq!(authority.status(&owner, &slug()).await.unwrap().unsent, 2);
    let unconfirmed = authority.erase_invitations(&owner, &slug(), "x").await.unwrap_err();
    assert!(matches!(unconfirmed, AuthorityError::NotConfirmed(_)));
    assert_eq!(authority.erase_invitations(&owner, &slug(), SLUG).await.unwrap(), 2);
    assert_eq!(String::from_utf8_lossy(&authority.letters(&owner, &slug()).unwrap()).lines().count(), 1);
}

/// Neither the records nor the log hold a secret in the clear, sent or unsent.
#[tokio::test(flavor = "multi_thread")]
async fn stores_no_secret_in_the_clear() {
    let world = World::new().await;
    world.publish(draft(&world)).await;
    let (authority, owner) = (world.authority(), world.owner());
    let letters = String::from_utf8(authority.letters(&owner, &slug()).unwrap().to_vec()).unwrap();
    let links: Vec<Invitation> = letters.lines().skip(1).map(link).collect();
    assert_eq!(links.len(), 11);
    let holds = |dump: &[u8], secret: &[u8; 32]| {
        let json = serde_json::to_string(&urna_election::json::Base64(*secret)).unwrap();
        let base64 = json.trim_matches('"');
        dump.windows(32).any(|window| window == secret) || String::from_utf8_lossy(dump).contains(base64)
    };
    let (records, blobs) = (
        world.store.dump(),
        world.board.with(|log| log.blobs.values().flatten().copied().collect::<Vec<u8>>()),
    );
    // The salts show that the search finds what is there.
    let salt = serde_json::to_string(&urna_election::json::Base64(*links[0].salt())).unwrap();
    assert!(String::from_utf8_lossy(&records).contains(salt.trim_matches('"')));
    for link in &links {
        assert!(!holds(&records, link.secret()) && !holds(&blobs, link.secret()));
    }
    let public = String::from_utf8_lossy(&blobs);
    assert!(!public.contains("Lovelace") && !public.contains("@uni.example"), "persons are not public");
}

#[tokio::test(flavor = "multi_thread")]
async fn replaces_a_credential_visibly_when_it_is_sent_again() {
    let mut world = World::new().await;
    world.tokens = Some(Arc::new(Tokens::default()));
    world.start();
    world.publish(draft(&world)).await;
    test_mail(&world).await;
    let (authority, owner) = (world.authority(), world.owner());
    // Unsent: the same link.
    let resent = authority.resend(&owner, &slug(), "a1").await.unwrap();
    assert_eq!((resent.replaced, resent.mailed), (false, true));
    let first = link(&world.outbox.take()[0].2);
    // Sent: another one, and the first opens nothing any more.
    let resent = authority.resend(&owner, &slug(), "a1").await.unwrap();
    assert_eq!((resent.replaced, resent.mailed), (true, true));
    let second = link(&world.outbox.take()[0].2);
    assert!(opens(&world, &second) && !opens(&world, &first));
    assert_eq!(first.handle(), second.handle());
    let replaced = world.board.with(|log| log.register.entitled(&second.handle()).unwrap().replaced);
    assert_eq!(replaced, 1);
    // Without an address there is a letter.
    let resent = authority.resend(&owner, &slug(), "a6").await.unwrap();
    assert_eq!((resent.replaced, resent.mailed), (false, false));
    // Used, by the issuer's word.
    world.tokens.as_ref().unwrap().0.lock().unwrap().push(second.handle());
    let used = authority.resend(&owner, &slug(), "a1").await.unwrap_err();
    assert!(matches!(used, AuthorityError::AlreadyIssued));
    let unknown = authority.resend(&owner, &slug(), "nobody").await.unwrap_err();
    assert!(matches!(unknown, AuthorityError::UnknownPerson(_)));

    // A reminder goes to whoever took no token; who was never sent the invitation gets that.
    let job = finished(&world, Audience::NoTokenYet).await;
    assert_eq!((job.sent, job.without_address), (9, 1));
    let mails = world.outbox.take();
    assert!(mails.iter().all(|(to, _, text)| to != "ada@uni.example" && text.contains("/vote/")));
    let job = finished(&world, Audience::NoTokenYet).await;
    assert_eq!(job.sent, 9);
    let mails = world.outbox.take();
    assert!(
        mails.iter().all(|(_, subject, text)| subject.contains("not taken part") && !text.contains("/vote/"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reminds_nobody_without_the_issuers_word() {
    let world = World::new().await;
    world.publish(draft(&world)).await;
    test_mail(&world).await;
    let refused = world.authority().send_invitations(&world.owner(), &slug(), Audience::NoTokenYet).await;
    assert!(matches!(refused.unwrap_err(), AuthorityError::NoIssuerWord));
}

#[tokio::test(flavor = "multi_thread")]
async fn says_of_a_trial_that_it_is_one_c22() {
    let world = World::new().await;
    let words = InvitationText {
        subject: "{title} {unknown}".into(),
        text: "{name} {link} {contact} {election} {name}".into(),
    };
    world.publish(Draft { trial: true, invitation: Some(words), ..draft(&world) }).await;
    world.authority().test_mail(&world.owner(), &slug(), "eva@uni.example").await.unwrap();
    let mails = world.outbox.take();
    assert_eq!(mails[0].1, "[TRIAL] Union election 2027 {unknown}");
    assert!(mails[0].2.starts_with("This is a trial"), "{mails:?}");
    assert!(mails[0].2.contains("Test Person") && mails[0].2.contains("elections@union.example"));
    let letters = world.authority().letters(&world.owner(), &slug()).unwrap();
    assert!(String::from_utf8_lossy(&letters).lines().skip(1).all(|row| row.ends_with(",trial")));
    let (authority, owner) = (world.authority(), world.owner());
    assert!(authority.status(&owner, &slug()).await.unwrap().trial);
    assert!(authority.list(&owner).unwrap().iter().any(|listed| listed.trial));
}
