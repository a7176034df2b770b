//! Invitations: every voter's link opens the own row, and is forgotten when it is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use urna_api::authority::{Audience, Draft, InvitationText, IssuerParty, Job};
use urna_api::issuer::{AskIssued, Issued};
use urna_authority::AuthorityError;
use urna_crypto::{Ed25519Key, ElectionId, Handle, IssuedRequest};
use urna_election::invitation::Invitation;
use urna_election::json::Base64;

use crate::sample::{LIST, NOW, SLUG, World, draft, slug};

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
    // An address that is none is refused before anything is sent.
    let no_address = authority.test_mail(&owner, &slug(), "-").await.unwrap_err();
    assert!(matches!(no_address, AuthorityError::NotAnAddress), "{no_address}");
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
    let world = World::new().await;
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
    world.tokens.as_ref().unwrap().taken.lock().unwrap().insert(second.handle());
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

/// What two issuers say.
#[derive(Default)]
struct Said {
    election: Option<ElectionId>,
    taken: [BTreeSet<Handle>; 2],
    silent: Option<usize>,
}

/// Two issuers, who say to the authority who has taken a token, one handle a page.
async fn issuers(said: &Arc<Mutex<Said>>, key: Ed25519Key) -> Vec<IssuerParty> {
    let mut parties = Vec::new();
    for (place, id) in ["office", "senate"].into_iter().enumerate() {
        let said = Arc::clone(said);
        let tell = move |Json(asked): Json<AskIssued>| async move {
            let said = said.lock().unwrap();
            if said.silent == Some(place) {
                return Err(StatusCode::BAD_GATEWAY);
            }
            let election = said.election.as_ref().unwrap();
            let statement = IssuedRequest { election, issuer: id, time: NOW };
            assert_eq!((asked.time, key.verify(&statement, &asked.signature.0)), (NOW, Ok(())));
            let behind = |handle: &&Handle| asked.after.is_none_or(|after| **handle > after.0);
            let mut rest = said.taken[place].iter().filter(behind).copied().map(Base64);
            Ok(Json(Issued { handles: rest.next().into_iter().collect(), more: rest.next().is_some() }))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route(&format!("/v1/elections/{SLUG}/issued"), post(tell));
        tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
        parties.push(IssuerParty { id: id.into(), name: format!("Issuer {id}"), url });
    }
    parties
}

#[tokio::test(flavor = "multi_thread")]
async fn asks_every_issuer_who_has_taken_a_token_s1_28() {
    let mut world = World::new().await;
    world.tokens = None;
    world.start();
    let said = Arc::new(Mutex::new(Said::default()));
    let parties = issuers(&said, world.authority().public_key()).await;
    world.publish(Draft { issuers: parties, ..draft(&world) }).await;
    test_mail(&world).await;
    let (authority, owner) = (world.authority(), world.owner());
    assert_eq!(finished(&world, Audience::All).await.sent, 10);
    let handles: BTreeMap<String, Handle> = world
        .outbox
        .take()
        .iter()
        .map(|(_, _, text)| link(text))
        .map(|link| (link.person().to_owned(), link.handle()))
        .collect();
    let of = |people: &[&str]| people.iter().map(|person| handles[*person]).collect::<BTreeSet<_>>();
    // Whoever has the answer of one issuer has begun, and one of them may have no more than that.
    let taken = [of(&["a1", "b1"]), of(&["a1", "a2", "a3"])];
    *said.lock().unwrap() = Said { election: world.board.election(), taken, silent: None };
    let job = finished(&world, Audience::NoTokenYet).await;
    assert_eq!((job.sent, job.without_address), (6, 1));
    let mails = world.outbox.take();
    assert!(
        mails.iter().all(|(to, ..)| !["ada@", "alan@", "grace@", "tony@"].iter().any(|t| to.starts_with(t)))
    );
    for person in ["a2", "b1"] {
        let used = authority.resend(&owner, &slug(), person).await.unwrap_err();
        assert!(matches!(used, AuthorityError::AlreadyIssued));
    }

    // One that does not answer: nobody is reminded, and no credential is replaced.
    said.lock().unwrap().silent = Some(1);
    let refused = authority.send_invitations(&owner, &slug(), Audience::NoTokenYet).await.unwrap_err();
    assert!(matches!(&refused, AuthorityError::NoIssuerWord { issuer, .. } if issuer.as_str() == "senate"));
    let refused = authority.resend(&owner, &slug(), "b2").await.unwrap_err();
    assert!(matches!(refused, AuthorityError::NoIssuerWord { .. }));
    assert!(authority.register(&owner, &slug()).unwrap().iter().all(|row| row.replaced == 0));
    // What is unsent is sent as it is: the same link again takes nothing from anybody.
    let resent = authority.resend(&owner, &slug(), "a6").await.unwrap();
    assert_eq!((resent.replaced, resent.mailed), (false, false));
    assert_eq!(world.outbox.take(), []);
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
