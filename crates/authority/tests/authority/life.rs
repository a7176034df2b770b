//! From publication to the end, by hand and by the clock, with a board that is down, forgetful or false.

use urna_api::authority::Role;
use urna_authority::AuthorityError;
use urna_election::Phase;
use urna_election::entry::{Entry, Kind};

use crate::sample::{LIST, NOW, SLUG, World, by_the_clock, draft, slug};

#[tokio::test(flavor = "multi_thread")]
async fn opens_and_closes_by_hand_s1_53() {
    let world = World::new().await;
    world.publish(draft(&world)).await;
    let (authority, owner) = (world.authority(), world.owner());
    let awaited = authority.status(&owner, &slug()).await.unwrap().awaited;
    assert!(awaited.iter().any(|a| a.from == "trustee anna" && a.what.contains("agreement")), "{awaited:?}");
    // The board refuses while rehearsals are missing; then nothing is pending.
    let early = authority.open_voting(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(&early, AuthorityError::RehearsalsMissing(who) if who == &["trustee anna"]), "{early}");
    let unopened = authority.close_voting(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(unopened, AuthorityError::NotOpened));
    world.rehearse();
    let unconfirmed = authority.open_voting(&owner, &slug(), "").await.unwrap_err();
    assert!(matches!(unconfirmed, AuthorityError::NotConfirmed(_)));
    let operator = authority.open_voting(&world.operator(), &slug(), SLUG).await.unwrap_err();
    assert!(matches!(operator, AuthorityError::Forbidden { .. }));
    let (_, manager) = world.key("jan", Role::Manager);
    let opened = authority.open_voting(&manager, &slug(), SLUG).await.unwrap();
    assert_eq!(authority.open_voting(&owner, &slug(), SLUG).await.unwrap(), opened, "the same again");
    assert_eq!(authority.turnout(&owner, &slug()).await.unwrap().unwrap().entitled, 6);
    // The clock has no say.
    world.clock.set(NOW + 1_000_000);
    assert!(authority.tick().await.is_empty());
    assert_eq!(world.board.phase(), Some(Phase::Voting));
    let closed = authority.close_voting(&owner, &slug(), SLUG).await.unwrap();
    assert_eq!(authority.close_voting(&owner, &slug(), SLUG).await.unwrap(), closed);
    assert!(matches!(world.load(LIST).await.unwrap_err(), AuthorityError::Ended));
    use Kind::{Ceremony, Manifest, Register, Rehearsal, VotingClosed, VotingOpened};
    let kinds = [Manifest, Register, Ceremony, Rehearsal, VotingOpened, VotingClosed];
    assert_eq!(world.board.kinds(), kinds);
    assert_eq!(authority.status(&owner, &slug()).await.unwrap().phase, "closed");
    // Who opened is in a blob, for everybody.
    let details = world.board.with(|log| log.blobs.values().any(|blob| blob == b"Opened by hand by jan.\n"));
    assert!(details);
    // The secrets of invitations are gone with the vote.
    assert!(!world.directory.path().join("sealing").join(format!("{SLUG}.key")).exists());
    assert_eq!(authority.status(&owner, &slug()).await.unwrap().unsent, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn opens_and_closes_by_the_clock() {
    let world = World::new().await;
    world.publish(by_the_clock(draft(&world))).await;
    let (authority, owner) = (world.authority(), world.owner());
    let by_hand = authority.open_voting(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(by_hand, AuthorityError::NotByHand));
    for now in [NOW, NOW + 3_599] {
        world.clock.set(now);
        assert!(authority.tick().await.is_empty());
        assert_eq!(world.board.phase(), Some(Phase::Announced));
    }
    // At the second, but the trustee is late: tried again until it can be done.
    world.clock.set(NOW + 3_600);
    let failed = authority.tick().await;
    assert!(matches!(failed[..], [(_, AuthorityError::BoardRefused(_))]), "{failed:?}");
    world.rehearse();
    assert!(authority.tick().await.is_empty());
    assert_eq!(world.board.phase(), Some(Phase::Voting));
    world.clock.set(NOW + 7_199);
    assert!(authority.tick().await.is_empty());
    assert_eq!(world.board.phase(), Some(Phase::Voting));
    // The board is down at the close: closed as soon as it answers.
    world.clock.set(NOW + 7_200);
    world.board.with(|log| log.is_down = true);
    let failed = authority.tick().await;
    assert!(matches!(failed[..], [(_, AuthorityError::Board(_))]), "{failed:?}");
    world.board.with(|log| log.is_down = false);
    assert!(authority.tick().await.is_empty());
    assert!(authority.tick().await.is_empty());
    assert_eq!(world.board.phase(), Some(Phase::Closed));
    assert_eq!(world.board.kinds().iter().filter(|kind| **kind == Kind::VotingClosed).count(), 1);
}

/// What is open stays open, what is closed stays closed, and nothing is posted twice, also after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn goes_on_where_it_is_when_the_clock_is_set_back() {
    let mut world = World::new().await;
    world.publish(by_the_clock(draft(&world))).await;
    world.rehearse();
    for (now, phase) in [(NOW + 3_600, Phase::Voting), (NOW + 7_200, Phase::Closed)] {
        world.clock.set(now);
        assert!(world.authority().tick().await.is_empty());
        assert_eq!(world.board.phase(), Some(phase));
        let posted = world.board.kinds();
        for back in [7_200, 1_800] {
            world.clock.set(now - back);
            assert!(world.authority().tick().await.is_empty());
            world.start();
            assert!(world.authority().tick().await.is_empty());
            assert_eq!(world.board.kinds(), posted);
        }
    }
}

/// Whose rehearsals came only after the close is not opened for no time at all.
#[tokio::test(flavor = "multi_thread")]
async fn does_not_open_after_the_close() {
    let world = World::new().await;
    world.publish(by_the_clock(draft(&world))).await;
    world.rehearse();
    world.clock.set(NOW + 7_200);
    assert!(world.authority().tick().await.is_empty());
    assert_eq!(world.board.phase(), Some(Phase::Rehearsed));
    let reason = "the trustee was late";
    let cancelled = world.authority().cancel(&world.operator(), &slug(), SLUG, reason).await.unwrap();
    assert_eq!(cancelled.kind, "cancelled");
    assert_eq!(world.board.phase(), Some(Phase::Cancelled));
    let again = world.authority().cancel(&world.owner(), &slug(), SLUG, "other").await.unwrap();
    assert_eq!(again, cancelled);
    assert!(world.authority().tick().await.is_empty());
}

/// Every answer of the board is lost once: what was done is found done, nothing is done twice.
#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_lost_answers() {
    let world = World::new().await;
    let (authority, owner) = (world.authority(), world.owner());
    world.prepare(draft(&world)).await;
    world.load(LIST).await.unwrap();
    world.approve();
    // The manifest's blob, entry 0; then what follows, which is the clock's.
    for (request, expected) in [(0, 0), (1, 1)] {
        world.board.with(|log| log.loses_after = Some(request));
        let lost = authority.publish(&owner, &slug(), SLUG).await.unwrap_err();
        assert!(matches!(lost, AuthorityError::Board(_)), "{lost}");
        assert_eq!(world.board.kinds().len(), expected);
    }
    world.board.with(|log| log.loses_after = Some(2));
    authority.publish(&owner, &slug(), SLUG).await.unwrap();
    world.board.with(|log| log.loses_after = Some(1));
    assert_eq!(authority.tick().await.len(), 1);
    assert!(authority.tick().await.is_empty());
    assert_eq!(world.board.kinds(), [Kind::Manifest, Kind::Register]);
    world.rehearse();
    for request in [0, 1] {
        world.board.with(|log| log.loses_after = Some(request));
        authority.open_voting(&owner, &slug(), SLUG).await.unwrap_err();
    }
    authority.open_voting(&owner, &slug(), SLUG).await.unwrap();
    assert_eq!(world.board.kinds().last(), Some(&Kind::VotingOpened));
    let numbers = world.board.with(|log| {
        let authority = log.entries.iter().map(|entry| Entry::parse(entry).unwrap());
        authority.filter(|entry| !matches!(entry, Entry::Ceremony(_) | Entry::Rehearsal(_))).count()
    });
    assert_eq!(numbers, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_back_what_the_board_refuses_for_good() {
    let world = World::new().await;
    let (authority, owner) = (world.authority(), world.owner());
    world.prepare(draft(&world)).await;
    world.load(LIST).await.unwrap();
    world.approve();
    world.board.with(|log| log.refuses = true);
    let refused = authority.publish(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(refused, AuthorityError::BoardRefused(_)));
    // Nothing is frozen.
    let (edited, version) = authority.draft(&owner, &slug()).unwrap();
    authority.edit(&owner, &slug(), &edited, version).unwrap();
    world.approve();
    authority.publish(&owner, &slug(), SLUG).await.unwrap();
    // A refused version changes nobody.
    let before = authority.register(&owner, &slug()).unwrap();
    world.board.with(|log| log.refuses = true);
    let more = format!("{LIST}c1,New Person,,staff\n");
    assert!(matches!(world.load(&more).await.unwrap_err(), AuthorityError::BoardRefused(_)));
    assert_eq!(authority.register(&owner, &slug()).unwrap(), before);
    assert_eq!(world.load(&more).await.unwrap().changes.added, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn believes_no_receipt_that_the_log_has_not_signed() {
    let world = World::new().await;
    let (authority, owner) = (world.authority(), world.owner());
    world.prepare(draft(&world)).await;
    world.approve();
    world.board.with(|log| log.is_false = true);
    let error = authority.publish(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(error, AuthorityError::BoardContradicts));
    assert_eq!(authority.status(&owner, &slug()).await.unwrap().phase, "publishing");
    world.board.with(|log| log.is_false = false);
    authority.publish(&owner, &slug(), SLUG).await.unwrap();
}

/// A copy of the records from before an entry does not go on as if it were not there.
#[tokio::test(flavor = "multi_thread")]
async fn stops_on_an_older_copy_of_its_records() {
    let mut world = World::new().await;
    world.publish(draft(&world)).await;
    let copy = world.store.copy();
    world.rehearse();
    world.authority().open_voting(&world.owner(), &slug(), SLUG).await.unwrap();
    world.store = copy;
    world.start();
    let error = world.authority().cancel(&world.owner(), &slug(), SLUG, "x").await.unwrap_err();
    assert!(matches!(error, AuthorityError::OlderCopy), "{error}");
    assert_eq!(world.board.phase(), Some(Phase::Voting));
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_again_changes_nothing_and_says_nothing() {
    let world = World::new().await;
    let (authority, owner) = (world.authority(), world.owner());
    world.publish(draft(&world)).await;
    let audit = || authority.audit(&owner, &slug()).unwrap().len();
    let (before, id) = (audit(), world.board.election().unwrap().to_string());
    assert_eq!(authority.publish(&owner, &slug(), SLUG).await.unwrap(), id);
    assert_eq!(audit(), before);
}
