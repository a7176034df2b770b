//! What comes before publication: rights, problems all at once, approvals of bytes.

use urna_api::authority::{Draft, NewElection, NewKey, Role};
use urna_authority::AuthorityError;

use crate::sample::{LIST, SLUG, World, draft, sha256, slug, text};

fn fields(problems: &[urna_api::Item]) -> Vec<&str> {
    problems.iter().filter_map(|item| item.field.as_deref()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn says_everything_that_is_wrong_and_missing_at_once() {
    let world = World::new().await;
    let (authority, owner) = (world.authority(), world.owner());
    let new = NewElection { slug: SLUG.into(), from: None };
    let (mut broken, version) = authority.create(&owner, &new).unwrap();
    broken.classes[0].ballot_style = "none".into();
    broken.approvers = vec!["nobody".into(), "nobody".into()];
    broken.invitation =
        Some(urna_api::authority::InvitationText { subject: "\n".into(), text: "No link.".into() });
    let version = authority.edit(&owner, &slug(), &broken, version).unwrap();
    let problems = authority.validate(&owner, &slug()).unwrap();
    let fields = fields(&problems);
    for field in [
        "title.en",
        "organiser.name",
        "classes[0].ballot_style",
        "contests[0].options",
        "issuers[0].name",
        "issuers[0].url",
        "issuers[0]",
        "trustees",
        "trustees.members",
        "approvers[0]",
        "approvers[1]",
        "invitation.text",
        "invitation.subject",
    ] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    // What only holds a placeholder is not called wrong.
    assert!(!fields.iter().any(|field| field.contains("keys") || field.contains("board")), "{fields:?}");

    // A plan needs its own fields only.
    let error = authority.fix_plan(&owner, &slug()).await.unwrap_err();
    let AuthorityError::InvalidDraft(problems) = error else { panic!("{error}") };
    assert!(
        self::fields(&problems)
            .iter()
            .all(|field| field.starts_with("issuers") || field.starts_with("trustees"))
    );
    let planned = Draft { title: text(""), ..draft(&world) };
    authority.edit(&owner, &slug(), &planned, version).unwrap();
    let plan = authority.fix_plan(&owner, &slug()).await.unwrap();
    assert_eq!(authority.fix_plan(&owner, &slug()).await.unwrap(), plan, "the same again");

    // From then on the parties are fixed.
    let (mut other, version) = authority.draft(&owner, &slug()).unwrap();
    other.issuers[0].name = "Another office".into();
    other.trustees.members[0].name = "Somebody else".into();
    authority.edit(&owner, &slug(), &other, version).unwrap();
    let problems = authority.validate(&owner, &slug()).unwrap();
    let fields = self::fields(&problems);
    assert!(fields.contains(&"issuers") && fields.contains(&"trustees.members"), "{fields:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn voids_approvals_with_every_edit_s1_21() {
    let world = World::new().await;
    let plan = world.prepare(draft(&world)).await;
    let (authority, owner) = (world.authority(), world.owner());
    let slug = slug();
    let publish = || authority.publish(&owner, &slug, SLUG);
    world.load(LIST).await.unwrap();
    let missing =
        |error: AuthorityError| matches!(error, AuthorityError::ApprovalsMissing(who) if who == ["eva"]);
    assert!(missing(publish().await.unwrap_err()));

    // Approved are bytes: others are refused.
    let manifest = authority.manifest(Some(&owner), &slug).unwrap();
    let other = authority.approve(&owner, &slug, &[0; 32]).unwrap_err();
    assert!(matches!(other, AuthorityError::OtherManifest));
    world.approve();
    world.approve();
    let status = authority.status(&owner, &slug).await.unwrap();
    assert_eq!(status.approved_by, ["eva"]);
    assert_eq!(status.awaited[0].what, "to publish");

    // One letter.
    let (mut edited, version) = authority.draft(&owner, &slug).unwrap();
    edited.title = text("Union election 2027!");
    let stale = authority.edit(&owner, &slug, &edited, version - 1).unwrap_err();
    assert!(matches!(stale, AuthorityError::EditedMeanwhile));
    let version = authority.edit(&owner, &slug, &edited, version).unwrap();
    assert!(missing(publish().await.unwrap_err()));
    let old = authority.approve(&owner, &slug, &sha256(&manifest)).unwrap_err();
    assert!(matches!(old, AuthorityError::OtherManifest));

    // And back again: what was approved once is not approved for good.
    edited.title = text("Union election 2027");
    authority.edit(&owner, &slug, &edited, version).unwrap();
    assert_eq!(authority.manifest(Some(&owner), &slug).unwrap(), manifest);
    assert!(missing(publish().await.unwrap_err()));

    // So do keys.
    world.approve();
    authority.remove_issuer_keys(&owner, &slug, "senate").unwrap();
    authority.take_issuer_keys(&slug, "senate", world.issuer_keys(&plan.id(), 1)).unwrap();
    assert!(missing(publish().await.unwrap_err()));
    world.approve();
    let unconfirmed = authority.publish(&owner, &slug, "union").await.unwrap_err();
    assert!(matches!(unconfirmed, AuthorityError::NotConfirmed(_)));
    publish().await.unwrap();

    // Nothing changes any more.
    let (edited, version) = authority.draft(&owner, &slug).unwrap();
    let edit = authority.edit(&owner, &slug, &edited, version).unwrap_err();
    assert!(matches!(edit, AuthorityError::AlreadyPublished));
    let approval = authority.approve(&owner, &slug, &sha256(&manifest)).unwrap_err();
    assert!(matches!(approval, AuthorityError::AlreadyPublished));
    assert!(matches!(
        authority.remove_issuer_keys(&owner, &slug, "senate").unwrap_err(),
        AuthorityError::AlreadyPublished
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_keys_that_are_not_proved_or_not_awaited() {
    let world = World::new().await;
    let plan = world.prepare(draft(&world)).await;
    let (authority, owner) = (world.authority(), world.owner());
    let invalid = |error: AuthorityError| matches!(error, AuthorityError::InvalidProof { .. });
    // The keys of the other issuer, whose proofs are not over this one's name.
    let others = world.issuer_keys(&plan.id(), 1);
    assert!(invalid(authority.take_issuer_keys(&slug(), "office", others).unwrap_err()));
    // Another plan.
    let other_plan = urna_crypto::PlanId::from_bytes([1; 32]);
    let keys = world.issuer_keys(&other_plan, 0);
    assert!(invalid(authority.take_issuer_keys(&slug(), "office", keys).unwrap_err()));
    let keys = world.trustee_keys(&other_plan);
    assert!(invalid(authority.take_trustee_keys(&owner, &slug(), keys).unwrap_err()));
    // Of nobody in the plan.
    let keys = world.issuer_keys(&plan.id(), 0);
    let unknown = authority.take_issuer_keys(&slug(), "stranger", keys.clone()).unwrap_err();
    assert!(matches!(unknown, AuthorityError::UnknownIssuer(_)));
    // The same keys with proofs that were made anew are the same.
    authority.take_issuer_keys(&slug(), "office", keys).unwrap();
    // A stranger, who can prove possession of keys of its own, does not take the place of those that are there.
    let stranger = World::new().await.issuer_keys(&plan.id(), 0);
    let refused = authority.take_issuer_keys(&slug(), "office", stranger.clone()).unwrap_err();
    assert!(matches!(refused, AuthorityError::OtherKeys { .. }));
    authority.remove_issuer_keys(&owner, &slug(), "office").unwrap();
    authority.take_issuer_keys(&slug(), "office", stranger).unwrap();
    // Other trustees than the plan's.
    let mut keys = world.trustee_keys(&plan.id());
    keys.members[0].id = "boris".into();
    let refused = authority.take_trustee_keys(&owner, &slug(), keys).unwrap_err();
    assert!(matches!(refused, AuthorityError::InvalidDraft(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_owners_and_shows_elections_to_their_own_c16() {
    let world = World::new().await;
    world.prepare(draft(&world)).await;
    let (authority, owner) = (world.authority(), world.owner());
    let (manager_key, manager) = world.key("jan", Role::Manager);
    // A manager edits, and does not decide.
    let (edited, version) = authority.draft(&manager, &slug()).unwrap();
    authority.edit(&manager, &slug(), &edited, version).unwrap();
    let forbidden = |error: AuthorityError| matches!(error, AuthorityError::Forbidden { .. });
    assert!(forbidden(authority.publish(&manager, &slug(), SLUG).await.unwrap_err()));
    assert!(forbidden(authority.salts(&manager, &slug()).unwrap_err()));
    let approval = authority.approve(&manager, &slug(), &[0; 32]).unwrap_err();
    assert!(matches!(approval, AuthorityError::NotAnApprover { .. }));
    // An operator does not edit.
    let operator = world.operator();
    assert!(forbidden(authority.edit(&operator, &slug(), &edited, version + 1).unwrap_err()));
    assert!(forbidden(authority.register(&operator, &slug()).unwrap_err()));
    // Nobody becomes another owner, not even by the operator.
    let new = NewKey { account: "jan".into(), role: Role::Owner, election: Some(SLUG.into()), link: false };
    for caller in [&owner, &operator] {
        let refused = authority.make_key(caller, &new).unwrap_err();
        assert!(matches!(refused, AuthorityError::OtherOwner { owner } if owner == "eva"));
    }
    assert!(authority.make_key(&manager, &new).is_err());
    // Another owner does not learn that there is such an election.
    let new = NewKey { account: "zoe".into(), role: Role::Owner, election: None, link: false };
    let zoe = authority.make_key(&operator, &new).unwrap();
    let zoe = authority.authenticate(&zoe.key).unwrap();
    assert!(matches!(authority.draft(&zoe, &slug()).unwrap_err(), AuthorityError::UnknownElection(_)));
    assert!(authority.list(&zoe).unwrap().is_empty());
    let copy = NewElection { slug: "copy".into(), from: Some(SLUG.into()) };
    assert!(matches!(authority.create(&zoe, &copy).unwrap_err(), AuthorityError::UnknownPreset(_)));
    let (copied, _) = authority.create(&owner, &copy).unwrap();
    assert_eq!(copied.title, edited.title);
    // A revoked key is none.
    let id = authority.keys(&owner).unwrap().into_iter().find(|key| key.account == "jan").unwrap().id;
    assert!(authority.revoke_key(&zoe, &id).is_err());
    authority.revoke_key(&owner, &id).unwrap();
    assert!(matches!(authority.authenticate(&manager_key).unwrap_err(), AuthorityError::Unauthenticated));
    // Who did what is written down.
    let done: Vec<String> =
        authority.audit(&owner, &slug()).unwrap().into_iter().map(|done| done.what).collect();
    for what in
        ["made the election", "edited the draft", "fixed the plan", "gave its keys", "revoked the API key"]
    {
        assert!(done.iter().any(|line| line.contains(what)), "{what}: {done:?}");
    }
    // No key is stored.
    let secret = world.owner.rsplit('_').next().unwrap();
    assert!(!String::from_utf8_lossy(&world.store.dump()).contains(secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_an_opening_in_the_past_and_small_classes() {
    let world = World::new().await;
    world.prepare(crate::sample::by_the_clock(draft(&world))).await;
    let (authority, owner) = (world.authority(), world.owner());
    world.clock.set(crate::sample::NOW + 3_600);
    let problems = authority.validate(&owner, &slug()).unwrap();
    assert_eq!(fields(&problems), ["schedule.times.opens"]);
    world.clock.set(crate::sample::NOW);
    // Four of staff, where five are the least.
    world.load(LIST.trim_end().rsplit_once('\n').unwrap().0).await.unwrap();
    let problems = authority.validate(&owner, &slug()).unwrap();
    assert_eq!(fields(&problems), ["classes[1]"]);
    assert!(problems[0].problem.contains("MAN-29"), "{problems:?}");
}
