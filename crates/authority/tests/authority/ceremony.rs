//! The authority as the trustees' courier: three trustees over HTTP, what it refuses, and commits that fail.

use rand_core::OsRng;
use serde_json::{Value, json};
use urna_api::authority::{CeremonyAwaited, Draft, NewElection, Restart, TrusteeParties, TrusteeParty};
use urna_api::client::{ApiKey, AuthorityClient, ClientError};
use urna_api::{Problem, ProblemType};
use urna_authority::AuthorityError;
use urna_crypto::{TrusteePossession, TrusteeSecretKey};
use urna_election::ceremony::{Package, PackageKind};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::{Id, Plan};
use urna_trustee::{Cost, KeyFile, Sharing, Trustee};

use crate::http::Served;
use crate::memory::Failing;
use crate::sample::{LIST, SLUG, World, draft, sha256, slug};

/// The usual draft, with three trustees of whom two open.
fn shared(world: &World) -> Draft {
    let member = |id: &str| TrusteeParty { id: id.into(), name: format!("Trustee {id}") };
    let members = ["anna", "boris", "clara"].map(member).to_vec();
    Draft {
        trustees: TrusteeParties { members, solo: false, threshold: Integer::from(2_u32) },
        ..draft(world)
    }
}

/// From nothing to a plan with the issuers' keys.
async fn plan(world: &World) -> Plan {
    let (authority, owner) = (world.authority(), world.owner());
    let (_, version) = authority.create(&owner, &NewElection { slug: SLUG.into(), from: None }).unwrap();
    authority.edit(&owner, &slug(), &shared(world), version).unwrap();
    let plan = authority.fix_plan(&owner, &slug()).await.unwrap();
    for (place, issuer) in ["office", "senate"].into_iter().enumerate() {
        authority.take_issuer_keys(&slug(), issuer, world.issuer_keys(&plan.id(), place)).unwrap();
    }
    plan
}

fn enrol(plan: &Plan, id: &str) -> Trustee {
    Trustee::enrol(plan.clone(), &id.parse().unwrap(), Sharing::Shared, &mut OsRng).unwrap()
}

fn everybody(plan: &Plan) -> Vec<Trustee> {
    ["anna", "boris", "clara"].map(|id| enrol(plan, id)).into()
}

/// What the trustee sends, as if its file were written.
fn packages(trustee: &mut Trustee) -> Vec<Package> {
    let file = KeyFile::new("a long passphrase", Cost::new(8, 1, 1).unwrap(), &mut OsRng).unwrap();
    let sealed = file.seal(trustee, &mut OsRng);
    trustee.mark_saved(&sealed);
    trustee.packages().unwrap()
}

/// A trustee's command.
async fn turn(client: &AuthorityClient, trustee: &mut Trustee) {
    let there = client.ceremony(&slug()).await.unwrap().packages.unwrap();
    let advanced = trustee.advance(&there, &mut OsRng);
    assert!(advanced.is_clean(), "{advanced:?}");
    for package in packages(trustee) {
        client.put_package(&slug(), &package).await.unwrap();
    }
}

async fn hold(client: &AuthorityClient, trustees: &mut [Trustee]) {
    for _ in 0..4 {
        for trustee in &mut *trustees {
            turn(client, trustee).await;
        }
    }
}

fn awaited(kind: &str, trustees: &[&str]) -> Option<CeremonyAwaited> {
    let trustees = trustees.iter().map(|&id| id.to_owned()).collect();
    Some(CeremonyAwaited { kind: kind.to_owned(), trustees })
}

#[track_caller]
fn refused<T>(result: Result<T, ClientError>, kind: ProblemType, check: Option<&str>, says: &str) {
    let error = result.err().unwrap();
    let problem: &Problem = error.problem().unwrap();
    assert_eq!((problem.kind, problem.check.as_deref()), (kind, check), "{error}");
    assert!(problem.detail.contains(says), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn carries_packages_and_takes_the_keys_from_them() {
    let served = Served::new().await;
    let world = &served.world;
    let plan = plan(world).await;
    let client = served.client();
    let (authority, owner) = (world.authority(), world.owner());
    let awaits = async || {
        let status = authority.status(&owner, &slug()).await.unwrap();
        status
            .awaited
            .into_iter()
            .map(|awaited| format!("{}: {}", awaited.from, awaited.what))
            .collect::<Vec<_>>()
    };
    let mut trustees = everybody(&plan);
    let first = client.ceremony(&slug()).await.unwrap();
    assert_eq!((first.attempt, first.awaited), (1, awaited("enrolment", &["anna", "boris", "clara"])));
    turn(&client, &mut trustees[0]).await;
    assert_eq!(awaits().await, ["trustee boris: its enrolment", "trustee clara: its enrolment"]);
    turn(&client, &mut trustees[1]).await;
    turn(&client, &mut trustees[2]).await;
    assert_eq!(client.ceremony(&slug()).await.unwrap().awaited, awaited("round1", &["anna", "boris"]));
    hold(&client, &mut trustees).await;
    let end = client.ceremony(&slug()).await.unwrap();
    assert_eq!((end.awaited, end.packages.unwrap().len()), (None, 12));
    assert_eq!(awaits().await, ["approver eva: approval of the manifest"]);

    // The keys of the manifest are those that every trustee has.
    world.load(LIST).await.unwrap();
    let bytes = authority.manifest(Some(&owner), &slug()).unwrap();
    let manifest = Manifest::parse(&bytes).unwrap();
    for trustee in &mut trustees {
        trustee.agree(manifest.id(), &manifest, &mut OsRng).unwrap();
    }
    authority.approve(&owner, &slug(), &sha256(&bytes)).unwrap();

    // Beginning again takes the keys and the approval back.
    let with_key = AuthorityClient::with_key(&served.url(), ApiKey::parse(&world.owner).unwrap()).unwrap();
    let again = with_key.restart_ceremony(&slug(), &Restart { attempt: 1, forget: vec![] }).await.unwrap();
    assert_eq!((again.attempt, again.awaited), (2, awaited("round1", &["anna", "boris", "clara"])));
    assert!(authority.approve(&owner, &slug(), &sha256(&bytes)).is_err());
    let mut trustees = everybody(&plan);
    let forget = ["anna", "boris", "clara"].map(str::to_owned).to_vec();
    with_key.restart_ceremony(&slug(), &Restart { attempt: 2, forget }).await.unwrap();
    for trustee in &mut trustees {
        trustee.restart(3, &[]).unwrap();
    }
    hold(&client, &mut trustees).await;
    world.approve();
    authority.publish(&owner, &slug(), SLUG).await.unwrap();
    // Nothing changes any more; what is there is welcome.
    for package in packages(&mut trustees[0]) {
        client.put_package(&slug(), &package).await.unwrap();
    }
    let restart = with_key.restart_ceremony(&slug(), &Restart { attempt: 3, forget: vec![] }).await;
    refused(restart, ProblemType::WrongPhase, None, "published");
    let audit: Vec<_> = authority.audit(&owner, &slug()).unwrap().into_iter().map(|done| done.what).collect();
    for said in [
        "gave its enrolment, attempt 1",
        "gave its package of round 2, attempt 3",
        "began attempt 2 of the key ceremony",
    ] {
        assert!(audit.iter().any(|what| what == said), "{audit:?}");
    }
}

/// An enrolment of this name with this key.
pub(crate) fn enrolment(plan: &Plan, id: &str, proved_for: &str, key: &TrusteeSecretKey) -> Package {
    let statement = TrusteePossession { plan: &plan.id(), trustee: proved_for };
    let proof = key.prove_possession(&statement, &mut OsRng).to_bytes();
    let parts = vec![Base64(key.public().to_bytes().to_vec()), Base64(proof.to_vec())];
    Package {
        attempt: 0,
        kind: PackageKind::Enrolment,
        parts,
        plan: Base64(plan.id()),
        trustee: id.parse().unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_packages_with_problem_documents_that_name_the_trustee() {
    use ProblemType::{
        Forbidden, InvalidProof, Malformed, TooLarge, UnknownRoute, UnknownSigner, WrongPhase,
    };
    let served = Served::new().await;
    let world = &served.world;
    let client = served.client();
    refused(client.ceremony(&slug()).await, ProblemType::UnknownElection, None, SLUG);
    let (authority, owner) = (world.authority(), world.owner());
    authority.create(&owner, &NewElection { slug: SLUG.into(), from: None }).unwrap();
    refused(client.ceremony(&slug()).await, WrongPhase, None, "no plan");
    let plan = {
        let (_, version) = authority.draft(&owner, &slug()).unwrap();
        authority.edit(&owner, &slug(), &shared(world), version).unwrap();
        authority.fix_plan(&owner, &slug()).await.unwrap()
    };
    let put = async |package: &Package| client.put_package(&slug(), package).await;
    let key = TrusteeSecretKey::generate(&mut OsRng);

    // Enrolments.
    refused(put(&enrolment(&plan, "anna", "boris", &key)).await, InvalidProof, Some("TRU-1"), "Trustee anna");
    refused(put(&enrolment(&plan, "zoe", "zoe", &key)).await, UnknownSigner, None, "zoe");
    let mut other = plan.clone();
    other.threshold = 3;
    refused(put(&enrolment(&other, "anna", "anna", &key)).await, WrongPhase, Some("TRU-16"), "another plan");
    let mut short = enrolment(&plan, "anna", "anna", &key);
    short.parts[0].0.pop();
    refused(put(&short).await, Malformed, Some("TRU-16"), "Trustee anna");
    let mut trustees = everybody(&plan);
    for trustee in &mut trustees[..2] {
        turn(&client, trustee).await;
    }
    refused(put(&enrolment(&plan, "anna", "anna", &key)).await, WrongPhase, Some("TRU-16"), "Trustee anna");
    let thief = packages(&mut trustees[1]).remove(0);
    let stolen = Package { trustee: "clara".parse().unwrap(), ..thief };
    refused(put(&stolen).await, InvalidProof, Some("TRU-1"), "Trustee clara");
    // One key under two names.
    let twice = TrusteeSecretKey::generate(&mut OsRng);
    let served_twice = enrolment(&plan, "clara", "clara", &twice);
    put(&served_twice).await.unwrap();
    put(&enrolment(&plan, "clara", "clara", &twice)).await.unwrap();
    let with_key = AuthorityClient::with_key(&served.url(), ApiKey::parse(&world.owner).unwrap()).unwrap();
    let forget = vec!["anna".to_owned()];
    with_key.restart_ceremony(&slug(), &Restart { attempt: 1, forget }).await.unwrap();
    refused(
        put(&enrolment(&plan, "anna", "anna", &twice)).await,
        InvalidProof,
        Some("TRU-1"),
        "Trustee clara",
    );
    let forget = vec!["anna".to_owned(), "clara".to_owned()];
    with_key.restart_ceremony(&slug(), &Restart { attempt: 2, forget: forget.clone() }).await.unwrap();
    for trustee in &mut trustees {
        trustee.restart(3, &[]).unwrap();
    }

    // Too early: clara is not enrolled yet.
    let mut ahead = everybody(&plan);
    let all: Vec<_> = ahead.iter_mut().flat_map(packages).collect();
    assert!(ahead[0].advance(&all, &mut OsRng).is_clean());
    let mut early = packages(&mut ahead[0]).remove(1);
    early.attempt = 3;
    turn(&client, &mut trustees[0]).await;
    refused(put(&early).await, WrongPhase, Some("TRU-16"), "Trustee clara");
    turn(&client, &mut trustees[2]).await;
    turn(&client, &mut trustees[0]).await;
    // Round 1 of somebody else's making, of another attempt, and another one.
    refused(put(&early).await, InvalidProof, Some("TRU-2"), "Trustee anna");
    let mut right = packages(&mut trustees[0]).remove(1);
    refused(
        put(&Package { attempt: 2, ..right.clone() }).await,
        WrongPhase,
        Some("TRU-16"),
        "this is attempt 3",
    );
    right.parts[0].0[190] ^= 1;
    refused(put(&right).await, InvalidProof, Some("TRU-2"), "Trustee anna");
    turn(&client, &mut trustees[1]).await;
    turn(&client, &mut trustees[2]).await;

    // Round 2 and confirmation.
    let mut round_2 = packages(&mut trustees[2]).remove(2);
    round_2.parts[0].0[50] ^= 1;
    turn(&client, &mut trustees[0]).await;
    turn(&client, &mut trustees[1]).await;
    refused(put(&round_2).await, InvalidProof, Some("TRU-5"), "Trustee clara");
    let confirmation = |signature: Vec<u8>| Package {
        attempt: 3,
        kind: PackageKind::Confirmation,
        parts: vec![Base64(signature)],
        plan: Base64(plan.id()),
        trustee: "clara".parse().unwrap(),
    };
    let foreign = packages(&mut trustees[0]).remove(3).parts.remove(0).0;
    refused(put(&confirmation(foreign)).await, InvalidProof, Some("TRU-15"), "Trustee clara");
    refused(put(&confirmation(vec![0; 64])).await, Malformed, Some("TRU-16"), "Trustee clara");
    turn(&client, &mut trustees[2]).await;
    assert_eq!(client.ceremony(&slug()).await.unwrap().awaited, None);

    // A package of an attempt that has ended, with another number.
    let stale = packages(&mut trustees[0]).remove(1);
    with_key.restart_ceremony(&slug(), &Restart { attempt: 3, forget: vec![] }).await.unwrap();
    let stale = Package { attempt: 4, ..stale };
    refused(put(&stale).await, WrongPhase, Some("TRU-16"), "an attempt that has ended");
    let restarted =
        with_key.restart_ceremony(&slug(), &Restart { attempt: 3, forget: vec![] }).await.unwrap();
    assert_eq!(restarted.attempt, 4, "the same again");
    let gone = with_key.restart_ceremony(&slug(), &Restart { attempt: 2, forget: vec![] }).await;
    refused(gone, WrongPhase, None, "This is attempt 4");
    let unknown =
        with_key.restart_ceremony(&slug(), &Restart { attempt: 4, forget: vec!["zoe".into()] }).await;
    refused(unknown, UnknownSigner, None, "zoe");

    // At another's address, of another kind, and what is no package.
    let package = json!(packages(&mut trustees[0]).remove(0));
    served.refused_at("/trustees/boris/enrolment", package.clone(), Forbidden).await;
    served.refused_at("/trustees/anna/round1", package.clone(), Forbidden).await;
    served.refused_at("/trustees/zoe/enrolment", package.clone(), UnknownSigner).await;
    served.refused_at("/trustees/anna/round3", package, UnknownRoute).await;
    served.refused_at("/trustees/anna/enrolment", json!({}), Malformed).await;
    served.refused_at("/trustees/anna/enrolment", Value::String("x".repeat(300 << 10)), TooLarge).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn survives_the_failure_of_every_commit_of_a_ceremony() {
    let mut fails = None;
    let mut number = 0;
    loop {
        let mut world = World::new().await;
        let plan = plan(&world).await;
        let mut trustees = everybody(&plan);
        let begun = world.store.commits();
        if let Some((commit, failing)) = fails {
            world.store.fail_at(begun + commit, failing);
        }
        for turn in 0..12 {
            let there = world.authority().ceremony(&slug()).unwrap().packages.unwrap();
            let trustee = &mut trustees[turn % 3];
            assert!(trustee.advance(&there, &mut OsRng).is_clean());
            let id: Id = trustee.id().unwrap().clone();
            for package in packages(trustee) {
                let give = |world: &World| {
                    world.authority().take_package(&slug(), id.as_str(), package.kind, &package)
                };
                if let Err(error) = give(&world) {
                    assert!(matches!(error, AuthorityError::Store(_)), "{error}");
                    world.start();
                    give(&world).unwrap();
                }
            }
        }
        assert!(!world.store.will_fail(), "{fails:?} is beyond the end");
        assert_eq!(world.authority().ceremony(&slug()).unwrap().awaited, None);
        assert_eq!(world.authority().validate(&world.owner(), &slug()).unwrap(), []);
        // Twelve packages, each in one commit.
        fails = match number {
            24 => break,
            number => Some((number / 2, if number % 2 == 0 { Failing::Before } else { Failing::After })),
        };
        number += 1;
    }
}
