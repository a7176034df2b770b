//! What voters live through: two devices, a lost one, a token that was not used, one final ballot.

use std::fs;

use urna_client::driver::{DriverError, ElectionAddress, Landed, Standing};
use urna_client::{ClientError, Recorded, RecoveryCode, StateName};
use urna_election::entry::Kind;
use urna_election::manifest::draft::{InterimFigures, Revote};

use crate::gate::Action;
use crate::world::{SLUG, Terms, World};
use crate::{choices, failed};

fn recorded(landed: Landed) -> u64 {
    match landed {
        Landed::Recorded { index } => index,
        Landed::Promised { .. } => panic!("a promise"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_device_and_two_devices() {
    let world = World::new("two-devices", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut first = world.device(0);
    first.open(Some(&invitation)).await.unwrap();
    first.tokens().await.unwrap();
    recorded(first.cast(&choices(&[0], &[0])).await.unwrap());
    let code = first.voter().unwrap().recovery_code();
    let seed = || RecoveryCode::parse(code.as_str()).unwrap();

    // Without the link, from code, election id and the board alone.
    let address: ElectionAddress = format!("{}/{SLUG}", world.board.url).parse().unwrap();
    let mut second = world.device(1).at(Some(address));
    let voter = second.recover(*world.manifest.id(), None, seed()).await.unwrap();
    assert_eq!(voter.state(), StateName::Receipted);
    failed(
        second.recover(*world.manifest.id(), None, seed()).await.map(drop),
        &invitation,
        "saved here already",
    );
    let checked = second.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::Another { sequence: 0, .. }), "{checked:?}");
    recorded(second.cast(&choices(&[1], &[])).await.unwrap());

    // The device is not lost at all.
    let failure = failed(first.cast(&choices(&[2], &[])).await, &invitation, "another device");
    assert!(matches!(failure.error, DriverError::Displaced));
    let checked = first.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::Another { sequence: 1, .. }), "{checked:?}");
    recorded(first.cast(&choices(&[2], &[])).await.unwrap());
    let checked = first.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::AsSaved { sequence: 2, .. }), "{checked:?}");
    recorded(second.withdraw().await.err().map_or(Landed::Recorded { index: 0 }, |failure| {
        assert!(matches!(failure.error, DriverError::Displaced), "{failure}");
        Landed::Recorded { index: 0 }
    }));
    recorded(second.withdraw().await.unwrap());
    recorded(second.withdraw().await.unwrap());
    assert_eq!(world.on_board(&first.voter().unwrap().identifier()).await.len(), 4);

    // A saved form from a backup: the number was used.
    let path = world.folder.join("vote-0");
    let backup = fs::read(&path).unwrap();
    recorded(
        first
            .cast(&choices(&[0, 2], &[1]))
            .await
            .err()
            .map_or(Landed::Recorded { index: 0 }, |_| Landed::Recorded { index: 0 }),
    );
    recorded(first.cast(&choices(&[0, 2], &[1])).await.unwrap());
    drop(first);
    fs::write(&path, backup).unwrap();
    let mut first = world.device(0);
    let failure = failed(first.cast(&choices(&[1, 2], &[1])).await, &invitation, "another device");
    assert!(matches!(failure.standing, Standing::Recorded { .. }));
    recorded(first.cast(&choices(&[1, 2], &[1])).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_used_are_given_back() {
    let world = World::new("given-back", Terms::default()).await;
    let [unused, answers_lost, voted, lost] = [0, 2, 4, 6];
    let mut driver = world.device(unused);
    driver.open(Some(&world.invitation(unused))).await.unwrap();
    driver.tokens().await.unwrap();
    failed(driver.give_back().await, &world.invitation(unused), "voting has not closed");
    drop(driver);

    // The answers were given and never came.
    for gate in &world.issuers {
        gate.rule(|request| if request.path.ends_with("/answer") { Action::Lose } else { Action::Pass });
    }
    let mut driver = world.device(answers_lost);
    driver.open(Some(&world.invitation(answers_lost))).await.unwrap();
    failed(driver.tokens().await, &world.invitation(answers_lost), "does not answer as it should");
    world.issuers.iter().for_each(crate::gate::Gate::free);
    drop(driver);

    let mut driver = world.device(voted);
    driver.open(Some(&world.invitation(voted))).await.unwrap();
    driver.tokens().await.unwrap();
    recorded(driver.cast(&choices(&[1], &[])).await.unwrap());
    drop(driver);

    // The device is lost before it has cast.
    let mut driver = world.device(lost);
    driver.open(Some(&world.invitation(lost))).await.unwrap();
    driver.tokens().await.unwrap();
    let code = driver.voter().unwrap().recovery_code();
    let seed = || RecoveryCode::parse(code.as_str()).unwrap();
    let mut again = world.device(1_006);
    let without_link = again.recover(*world.manifest.id(), None, seed()).await.map(drop);
    failed(without_link, &world.invitation(lost), "give the personal link");
    let voter = again.recover(*world.manifest.id(), Some(&world.invitation(lost)), seed()).await.unwrap();
    assert_eq!(voter.state(), StateName::Asked);
    failed(again.tokens().await, &world.invitation(lost), "has given a token for your link already");

    world.close().await;
    recorded(again.give_back().await.unwrap());
    // The lost one is found, and says the same.
    recorded(driver.give_back().await.unwrap());
    drop((driver, again));
    for person in [unused, answers_lost] {
        let invitation = world.invitation(person);
        let mut driver = world.device(person);
        let index = recorded(driver.give_back().await.unwrap());
        assert_eq!(recorded(driver.give_back().await.unwrap()), index);
        assert_eq!(driver.standing(), Standing::Recorded { kind: Some(Kind::Returned), index, own: true });
        let failure = failed(driver.cast(&choices(&[1], &[])).await, &invitation, "was given back");
        assert!(matches!(failure.error, DriverError::Rule(ClientError::TokenReturned)));
    }
    let mut driver = world.device(voted);
    let failure = failed(driver.give_back().await, &world.invitation(voted), "your ballot is in the log");
    assert!(matches!(failure.error, DriverError::Used { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_ballot_behind_a_veil() {
    let terms =
        Terms { revote: Revote::Never, interim: InterimFigures::None, batch: (20, 600), ..Terms::default() };
    let world = World::new("final", terms).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    driver.open(Some(&invitation)).await.unwrap();
    driver.tokens().await.unwrap();
    world.board.once("/ballots", Action::Cut);
    world.board.rule(|request| if request.method == "POST" { Action::Lose } else { Action::Pass });
    let failure = failed(driver.cast(&choices(&[0], &[])).await, &invitation, "the board does not answer");
    assert_eq!(failure.standing, Standing::Pending { kind: Kind::Ballot, earlier: false });
    world.board.free();
    let failure = failed(driver.cast(&choices(&[1], &[])).await, &invitation, "a ballot is final");
    assert!(matches!(failure.error, DriverError::OtherBallotPending));
    let Some(Landed::Promised { deadline }) = driver.resend().await.unwrap() else { panic!() };
    assert!(deadline > world.clock.now());
    let checked = driver.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::Missing { promised: Some(_), .. }), "{checked:?}");
    assert!(!checked.overdue);
    let landed = driver.wait_for_receipt(deadline + 60).await.unwrap();
    assert!(matches!(landed, Some(Landed::Recorded { .. })), "{landed:?}");
    // The board shows receipts only.
    let checked = driver.check().await.unwrap();
    assert!(matches!(checked.recorded, Recorded::AsSaved { sequence: 0, .. }), "{checked:?}");
    failed(driver.cast(&choices(&[1], &[])).await, &invitation, "a ballot is final");
    failed(driver.withdraw().await, &invitation, "cannot be withdrawn");
    // A code gives nothing back before the board shows entries.
    let code = driver.voter().unwrap().recovery_code();
    let seed = RecoveryCode::parse(code.as_str()).unwrap();
    let mut lost = world.device(1);
    let address: ElectionAddress = format!("{}/{SLUG}", world.board.url).parse().unwrap();
    lost = lost.at(Some(address));
    failed(lost.recover(*world.manifest.id(), None, seed).await.map(drop), &invitation, "shows no ballot");
    world.close().await;
    let seed = RecoveryCode::parse(code.as_str()).unwrap();
    assert_eq!(lost.recover(*world.manifest.id(), None, seed).await.unwrap().state(), StateName::Receipted);
}

/// While voters cast, the board cannot be reached: nothing is lost, and the same ballot goes out when it is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_board_that_cannot_be_reached() {
    let world = World::new("unreachable", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    driver.open(Some(&invitation)).await.unwrap();
    driver.tokens().await.unwrap();
    let identifier = driver.voter().unwrap().identifier();
    world.board.rule(|_| Action::Cut);
    let mut made = Vec::new();
    // On another day again, by the program started anew.
    for _ in 0..2 {
        let failure =
            failed(driver.cast(&choices(&[0], &[1])).await, &invitation, "the board does not answer");
        let said = failure.to_string();
        for says in [
            "not known whether your ballot has arrived",
            "it is kept here, and the same ballot is sent again",
            "Doing the same again is safe",
        ] {
            assert!(said.contains(says), "{said}");
        }
        drop(driver);
        driver = world.device(0);
        driver.open(None).await.unwrap();
        made.push(driver.voter().unwrap().kept().last().unwrap().entry.unwrap().to_vec());
    }
    assert_eq!(made[0], made[1]);
    world.board.free();
    let landed = driver.cast(&choices(&[0], &[1])).await.unwrap();
    assert!(matches!(landed, Landed::Recorded { .. }), "{landed:?}");
    let shown = world.direct.entries_of(&SLUG.parse().unwrap(), &identifier).await.unwrap().entries;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].entry.as_ref().map(|entry| &entry.0), Some(&made[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_for_one_voter() {
    let world = World::new("one-file", Terms::default()).await;
    let mut driver = world.device(0);
    failed(driver.tokens().await, &world.invitation(0), "the personal link is needed");
    driver.open(Some(&world.invitation(0))).await.unwrap();
    world.issuers[0].rule(|_| Action::Cut);
    driver.tokens().await.unwrap_err();
    failed(driver.open(Some(&world.invitation(2))).await, &world.invitation(2), "another link");
    let foreign = World::new("one-file-other", Terms::default()).await.invitation(0);
    failed(driver.open(Some(&foreign)).await, &foreign, "use another file");
    // What is kept of the manifest is checked, and fetched again.
    fs::write(world.folder.join("vote-0.manifest"), b"{}").unwrap();
    failed(driver.open(None).await, &world.invitation(0), "is not kept here");
    driver.open(Some(&world.invitation(0))).await.unwrap();
    drop(driver);
    fs::write(world.folder.join("vote-0"), b"{}").unwrap();
    let mut driver = world.device(0);
    failed(driver.open(Some(&world.invitation(0))).await, &world.invitation(0), "cannot be read");
}
