//! Every commit of an election's life fails once in both ways, and the authority is started again, or goes on when its store
//! is open again: the log then has each entry once, and every voter's link opens the own row.

use urna_api::authority::NewElection;
use urna_authority::AuthorityError;
use urna_election::entry::Kind;
use urna_election::invitation::Invitation;

use crate::memory::Failing;
use crate::sample::{LIST, SLUG, World, draft, slug};

/// One step of an organiser, who repeats what failed.
async fn step(world: &World, number: usize) -> Result<(), AuthorityError> {
    let (authority, owner) = (world.authority(), world.owner());
    let slug = slug();
    match number {
        0 => match authority.create(&owner, &NewElection { slug: SLUG.into(), from: None }) {
            Ok(_) | Err(AuthorityError::SlugInUse(_)) => Ok(()),
            Err(error) => Err(error),
        },
        1 => {
            let (_, version) = authority.draft(&owner, &slug)?;
            authority.edit(&owner, &slug, &draft(world), version).map(|_| ())
        }
        2 => authority.fix_plan(&owner, &slug).await.map(|_| ()),
        3 | 4 => {
            let plan = authority.plan(&slug)?;
            let issuer = ["office", "senate"][number - 3];
            authority.take_issuer_keys(&slug, issuer, world.issuer_keys(&plan.id(), number - 3))
        }
        5 => {
            let plan = authority.plan(&slug)?;
            authority.take_trustee_keys(&owner, &slug, world.trustee_keys(&plan.id()))
        }
        6 => world.load(LIST).await.map(|_| ()),
        7 => {
            let manifest = authority.manifest(Some(&owner), &slug)?;
            authority.approve(&owner, &slug, &crate::sample::sha256(&manifest))
        }
        8 => authority.publish(&owner, &slug, SLUG).await.map(|_| ()),
        9 => {
            // The first register is the clock's to go on with.
            authority.tick().await.into_iter().next().map_or(Ok(()), |(_, error)| Err(error))
        }
        10 => world
            .load(&LIST.replace("a6,Donald Knuth,,students", "a7,New Student,,students"))
            .await
            .map(|_| ()),
        11 => {
            if world.board.phase() == Some(urna_election::Phase::Announced) {
                world.rehearse();
            }
            authority.open_voting(&owner, &slug, SLUG).await.map(|_| ())
        }
        12 => authority.resend(&owner, &slug, "a1").await.map(|_| ()),
        _ => Ok(()),
    }
}

const STEPS: usize = 13;

/// What comes after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    /// The process is gone; another one begins with what is stored.
    Start,
    /// The store is opened again, and the process goes on.
    GoOn,
}

/// Lives an election; `fails` is what fails and how. Answers how many commits there were.
async fn live(fails: Option<(usize, Failing, Recovery)>) -> usize {
    let mut world = World::new().await;
    let begun = world.store.commits();
    if let Some((commit, failing, _)) = fails {
        world.store.fail_at(begun + commit, failing);
    }
    for number in 0..STEPS {
        let mut attempts = 0;
        loop {
            let done = match number {
                1 => {
                    let (authority, owner) = (world.authority(), world.owner());
                    let probe = NewElection { slug: "probe".into(), from: None };
                    match authority.create(&owner, &probe) {
                        Ok(_) | Err(AuthorityError::SlugInUse(_)) => step(&world, number).await,
                        Err(error) => Err(error),
                    }
                }
                _ => step(&world, number).await,
            };
            match done {
                Ok(()) => break,
                Err(AuthorityError::Store(_)) => {
                    if fails.is_some_and(|(_, _, recovery)| recovery == Recovery::Start) {
                        world.start();
                    }
                }
                Err(error) => panic!("step {number} of {fails:?}: {error}"),
            }
            attempts += 1;
            assert!(attempts < 3, "step {number} of {fails:?}");
        }
    }
    let commits = world.store.commits() - begun;
    assert!(!world.store.will_fail() || fails.is_none(), "{fails:?} is beyond the end");
    let kinds: Vec<_> = world
        .board
        .kinds()
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Ceremony | Kind::Rehearsal))
        .collect();
    use Kind::{Manifest, Register, VotingOpened};
    // Sent again after a failure that hid that it was sent, an invitation replaces the credential once more.
    assert_eq!(kinds[..4], [Manifest, Register, Register, VotingOpened], "{fails:?}");
    assert!(kinds[4..].iter().all(|kind| *kind == Register) && kinds.len() <= 5, "{fails:?}: {kinds:?}");
    let letters = world.authority().letters(&world.owner(), &slug()).unwrap();
    let mut links: Vec<Invitation> = String::from_utf8_lossy(&letters)
        .lines()
        .skip(1)
        .map(|row| row.split(',').find(|part| part.contains("/vote/")).unwrap().parse().unwrap())
        .collect();
    let mails = world.outbox.take();
    let last = mails.last().unwrap().2.lines().find(|line| line.contains("/vote/")).unwrap();
    // Of several mails to a1 the newest link is the one that counts; they sort by text, so all are tried.
    let sent: Vec<Invitation> = mails
        .iter()
        .flat_map(|mail| mail.2.lines())
        .filter(|line| line.contains("/vote/"))
        .map(|line| line.parse().unwrap())
        .collect();
    assert!(last.contains("/vote/"));
    world.board.with(|log| {
        let opens = |link: &Invitation| {
            let entitled = log.register.entitled(&link.handle()).copied();
            entitled.is_some_and(|e| e.credential == Some(link.credential().public().to_bytes()))
        };
        links.retain(|link| link.person() != "a1");
        assert_eq!(links.len(), 10, "{fails:?}");
        assert!(links.iter().all(opens), "{fails:?}");
        assert_eq!(
            sent.iter()
                .filter(|link| opens(link))
                .map(|link| link.to_link().to_string())
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            1,
            "{fails:?}"
        );
        assert_eq!(log.register.rows().len(), 11, "{fails:?}");
    });
    commits
}

#[tokio::test(flavor = "multi_thread")]
async fn survives_the_failure_of_every_commit() {
    let commits = live(None).await;
    assert!(commits > 15, "{commits}");
    for commit in 0..commits {
        for failing in [Failing::Before, Failing::After] {
            for recovery in [Recovery::Start, Recovery::GoOn] {
                live(Some((commit, failing, recovery))).await;
            }
        }
    }
}
