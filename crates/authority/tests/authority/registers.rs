//! Versions of the register in the log: additions, removals, moves, credentials.

use std::collections::BTreeMap;

use urna_api::authority::{Cause, Draft, Fill, Move, RegisterChanges};
use urna_authority::AuthorityError;
use urna_crypto::{CredentialSecretKey, Handle};
use urna_election::entry::{self, Entry};
use urna_election::json::Base64;
use urna_election::manifest::Credentials;
use urna_election::register::{self, Entitled};

use crate::sample::{LIST, World, draft, slug};

/// The register in force on the board, by handle.
fn on_board(world: &World) -> BTreeMap<Handle, Entitled> {
    world.board.with(|log| log.register.rows().map(|(handle, entitled)| (*handle, *entitled)).collect())
}

/// The handles of everybody, by person.
fn handles(world: &World) -> BTreeMap<String, Handle> {
    let election = world.board.election().unwrap();
    let salts = world.authority().salts(&world.owner(), &slug()).unwrap();
    let handle = |salt: urna_api::authority::Salt| {
        let handle = register::handle(&election, &salt.salt.0, &salt.person);
        (salt.person, handle)
    };
    salts.into_iter().map(handle).collect()
}

fn causes(world: &World) -> Vec<entry::Cause> {
    world.board.with(|log| {
        let entries = log.entries.iter().filter_map(|entry| match Entry::parse(entry).unwrap() {
            Entry::Register(signed) => Some(signed.body.cause),
            _ => None,
        });
        entries.collect()
    })
}

async fn change(
    world: &World,
    changes: RegisterChanges,
) -> Result<urna_api::authority::RegisterChanged, AuthorityError> {
    world.authority().change_register(&world.owner(), &slug(), changes).await
}

fn person(id: &str, class: &str) -> serde_json::Map<String, serde_json::Value> {
    let json = serde_json::json!({"person": id, "name": format!("Person {id}"), "class": class});
    json.as_object().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn follows_the_list_until_voting_ends_s1_119() {
    let world = World::new().await;
    world.publish(draft(&world)).await;
    let first = on_board(&world);
    assert_eq!(first.len(), 11);
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        handles(&world).values().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    assert!(first.values().all(|entitled| entitled.credential.is_some() && entitled.replaced == 0));

    // The same list changes nothing and posts nothing; other names are not public.
    let unchanged = world.load(LIST).await.unwrap();
    assert_eq!((unchanged.changes.index, unchanged.changes.added), (None, 0));
    let renamed = world.load(&LIST.replace("Ada Lovelace", "Ada King")).await.unwrap();
    assert_eq!(renamed.changes.index, None);
    assert!(
        world.authority().register(&world.owner(), &slug()).unwrap().iter().any(|row| row.name == "Ada King")
    );

    // One leaves, one comes, one moves.
    let list = LIST
        .replace("a6,Donald Knuth,,students", "a7,New Student,,students")
        .replace("robin@uni.example,staff", "robin@uni.example,students");
    let changed = world.load(&list).await.unwrap();
    let changes = changed.changes;
    assert_eq!((changes.added, changes.removed, changes.moved, changes.replaced), (1, 1, 1, 0));
    assert_eq!(changed.entitled, BTreeMap::from([("students".into(), 7), ("staff".into(), 4)]));
    assert_eq!(causes(&world), [entry::Cause::Initial, entry::Cause::Manual]);

    // Who comes back is who left: same handle, same credential, no second token.
    let back = LIST.replace("robin@uni.example,staff", "robin@uni.example,students");
    assert_eq!(world.load(&back).await.unwrap().changes.added, 1);
    let second = on_board(&world);
    assert_eq!(second.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
    assert!(second.iter().all(|(handle, entitled)| first[handle].credential == entitled.credential));
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_changes_all_or_none() {
    let world = World::new().await;
    world.publish(draft(&world)).await;
    let before = on_board(&world);
    let bad = RegisterChanges {
        add: vec![person("a1", "staff"), person("n1", "staff")],
        remove: vec!["nobody".into(), "b1".into()],
        r#move: vec![
            Move { person: "b1".into(), class: "students".into() },
            Move { person: "b2".into(), class: "deans".into() },
        ],
        fill: vec![Fill { person: "b3".into(), credential: Base64([1; 32]) }],
        cause: Cause::Manual,
    };
    let AuthorityError::InvalidChanges(problems) = change(&world, bad).await.unwrap_err() else { panic!() };
    let fields: Vec<_> = problems.iter().filter_map(|item| item.field.as_deref()).collect();
    assert_eq!(fields, ["add[0]", "remove[0]", "move[0]", "move[0]", "move[1].class", "fill[0]"]);
    assert_eq!(on_board(&world), before);
    let invalid = RegisterChanges { add: vec![person("n1", "deans")], ..RegisterChanges::default() };
    assert!(matches!(change(&world, invalid).await.unwrap_err(), AuthorityError::InvalidRegister(_)));

    let good = RegisterChanges {
        add: vec![person("n1", "staff")],
        remove: vec!["b1".into()],
        r#move: vec![Move { person: "b2".into(), class: "students".into() }],
        cause: Cause::Nightly,
        ..RegisterChanges::default()
    };
    let changed = change(&world, good).await.unwrap();
    assert_eq!((changed.added, changed.removed, changed.moved), (1, 1, 1));
    assert_eq!(causes(&world), [entry::Cause::Initial, entry::Cause::Nightly]);
    assert_eq!(on_board(&world).len(), 11);
}

/// An election whose voters' devices make the credentials.
fn without_secrets(world: &World) -> Draft {
    let mut draft = draft(world);
    draft.policy.credentials = Credentials::Device;
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn fills_credentials_of_devices_once() {
    let world = World::new().await;
    world.publish(without_secrets(&world)).await;
    assert!(on_board(&world).values().all(|entitled| entitled.credential.is_none()));
    let election = world.board.election().unwrap();
    let key = |secret| CredentialSecretKey::from_invitation(&[secret; 32], &election).public().to_bytes();
    let fill = |person: &str, credential| RegisterChanges {
        fill: vec![Fill { person: person.into(), credential: Base64(credential) }],
        ..RegisterChanges::default()
    };
    assert_eq!(change(&world, fill("a1", key(1))).await.unwrap().filled, 1);
    assert_eq!(change(&world, fill("a1", key(1))).await.unwrap().index, None, "the same again");
    let handle = handles(&world)["a1"];
    assert_eq!(on_board(&world)[&handle].credential, Some(key(1)));
    for (person, credential) in [("a1", key(2)), ("a2", [0; 32]), ("nobody", key(3))] {
        let refused = change(&world, fill(person, credential)).await.unwrap_err();
        assert!(matches!(refused, AuthorityError::InvalidChanges(_)), "{person}");
    }
    // Somebody else's key.
    let refused = change(&world, fill("a2", key(1))).await.unwrap_err();
    assert!(matches!(refused, AuthorityError::InvalidChanges(_)), "{refused}");
    let refused = world.authority().resend(&world.owner(), &slug(), "a1").await.unwrap_err();
    assert!(matches!(refused, AuthorityError::NoSecrets), "{refused}");
    assert_eq!(on_board(&world).values().filter(|entitled| entitled.credential.is_some()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_the_register_after_publication_too() {
    let world = World::new().await;
    world.prepare(draft(&world)).await;
    world.approve();
    let (authority, owner) = (world.authority(), world.owner());
    authority.publish(&owner, &slug(), crate::sample::SLUG).await.unwrap();
    let awaited = authority.status(&owner, &slug()).await.unwrap().awaited;
    assert!(awaited.iter().any(|awaited| awaited.what == "the register"), "{awaited:?}");
    // Too few for a class: refused here, before the board has to.
    let few = LIST.trim_end().rsplit_once('\n').unwrap().0;
    let AuthorityError::InvalidChanges(problems) = world.load(few).await.unwrap_err() else { panic!() };
    assert!(problems[0].problem.contains("MAN-29"));
    assert_eq!(world.load(LIST).await.unwrap().changes.added, 11);
    assert_eq!(causes(&world), [entry::Cause::Initial]);
    // A class that shrinks later is reported by verifiers, not refused.
    assert_eq!(world.load(few).await.unwrap().changes.removed, 1);
}

/// 16,384 rows a blob: one more makes two.
#[tokio::test(flavor = "multi_thread")]
async fn cuts_a_long_register_into_blobs() {
    let world = World::new().await;
    world.prepare(without_secrets(&world)).await;
    let mut list = "id,name,class\n".to_owned();
    for id in 0..16_385 {
        list += &format!("p{id},Person {id},{}\n", if id % 2 == 0 { "students" } else { "staff" });
    }
    world.load(&list).await.unwrap();
    world.approve();
    world.authority().publish(&world.owner(), &slug(), crate::sample::SLUG).await.unwrap();
    assert_eq!(on_board(&world).len(), 16_385);
    let blobs = world.board.with(|log| match Entry::parse(&log.entries[1]).unwrap() {
        Entry::Register(signed) => signed.body.rows.len(),
        _ => 0,
    });
    assert_eq!(blobs, 2);
}
