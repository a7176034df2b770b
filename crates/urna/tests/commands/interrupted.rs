//! A voter who is killed, whose disk fails, or whose requests are lost, at every step there is: it goes on, no number gets two
//! contents, and nobody gets two tokens.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use urna_api::{Problem, ProblemType};
use urna_client::driver::{Driver, Failure, FileStorage, Landed, Storage, StorageError};
use urna_client::{Invitation, Recorded, SavedForm};
use zeroize::Zeroizing;

use crate::choices;
use crate::gate::{Action, Gate, Request};
use crate::world::{Terms, TestClock, World, storage};

/// Counts what happens, and says which of it goes wrong.
#[derive(Clone)]
struct Fault {
    at: usize,
    happened: Arc<AtomicUsize>,
    victim: Arc<Notify>,
}

impl Fault {
    fn new(at: usize) -> Self {
        Self { at, happened: Arc::default(), victim: Arc::default() }
    }

    /// Whether it goes wrong now: before it is done, or after.
    fn strikes(&self) -> Option<bool> {
        let place = self.happened.fetch_add(2, Ordering::SeqCst);
        (place / 2 == self.at / 2).then_some(self.at % 2 == 1)
    }

    fn has_struck(&self) -> bool {
        self.happened.load(Ordering::SeqCst) > self.at
    }

    fn rule(&self) -> impl FnMut(&Request) -> Action + Send + 'static {
        let fault = self.clone();
        move |_| match fault.strikes() {
            Some(arrives) => Action::Kill { arrives, victim: Arc::clone(&fault.victim) },
            None => Action::Pass,
        }
    }
}

/// A disk that fails once, before or after it has written.
struct Disk {
    file: FileStorage,
    fault: Fault,
}

impl Disk {
    fn new(path: PathBuf, fault: &Fault) -> Self {
        Self { file: storage(path), fault: fault.clone() }
    }
}

impl Storage for Disk {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.file.load().await
    }

    async fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        let strikes = self.fault.strikes();
        if strikes != Some(false) {
            self.file.replace(form).await?;
        }
        match strikes {
            None => Ok(()),
            Some(_) => {
                let source = std::io::ErrorKind::StorageFull.into();
                Err(StorageError::File { path: self.file.path().to_owned(), source })
            }
        }
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        self.file.manifest().await
    }

    async fn keep_manifest(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.file.keep_manifest(bytes).await
    }
}

const STEPS: usize = 6;

/// What a person does, one thing after the other.
async fn step<S: Storage>(
    driver: &mut Driver<S, TestClock>,
    invitation: &Invitation,
    step: usize,
) -> Result<(), Failure> {
    driver.open(Some(invitation)).await?;
    match step {
        0 => driver.tokens().await,
        1 => driver.cast(&choices(&[0, 1], &[0])).await.map(drop),
        2 => driver.cast(&choices(&[2], &[])).await.map(drop),
        3 => driver.withdraw().await.map(drop),
        4 => driver.cast(&choices(&[0, 1], &[0])).await.map(drop),
        _ => {
            let checked = driver.check().await?;
            assert!(matches!(checked.recorded, Recorded::AsSaved { sequence: 3, .. }), "{checked:?}");
            Ok(())
        }
    }
}

/// The faults of one part of all, so that they run side by side: whoever is struck does the same again.
async fn interrupt(name: &str, part: usize) {
    const PARTS: usize = 4;
    let world = World::new(name, Terms { people: 400, ..Terms::default() }).await;
    let mut voters = 0;
    for at in (part..).step_by(PARTS) {
        let fault = Fault::new(at);
        let (person, invitation) = (2 * voters, world.invitation(2 * voters));
        for gate in world.issuers.iter().chain([&world.board]) {
            gate.rule(fault.rule());
        }
        let mut struck = 0;
        let mut done = 0;
        while done < STEPS {
            let mut driver = world.driver(Disk::new(world.state(person), &fault));
            let result = tokio::select! {
                result = step(&mut driver, &invitation, done) => Some(result),
                () = fault.victim.notified() => None,
            };
            match result {
                Some(Ok(())) => done += 1,
                Some(Err(failure)) => {
                    assert!(failure.to_string().contains("Doing the same again is safe"), "{at}: {failure}");
                    struck += 1;
                }
                None => struck += 1,
            }
            assert!(struck <= 1, "fault {at} struck step {done} twice");
        }
        voters += 1;
        world.issuers.iter().chain([&world.board]).for_each(Gate::free);
        let mut driver = world.device(person);
        let identifier = driver.open(None).await.unwrap().identifier();
        let kinds = [("ballot", 0), ("ballot", 1), ("withdrawal", 2), ("ballot", 3)];
        let expected: Vec<_> = kinds.map(|(kind, number)| (kind.to_owned(), Some(number))).into();
        assert_eq!(world.on_board(&identifier).await, expected, "fault {at}");
        if !fault.has_struck() {
            assert_eq!(struck, 0);
            break;
        }
        assert_eq!(struck, 1, "fault {at}");
    }
    assert!(voters > 10, "{voters}");
    world.close().await;
    assert_eq!(world.issued().await, [u64::from(voters); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_a_fault_at_every_step_0() {
    interrupt("interrupted-0", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_a_fault_at_every_step_1() {
    interrupt("interrupted-1", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_a_fault_at_every_step_2() {
    interrupt("interrupted-2", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_a_fault_at_every_step_3() {
    interrupt("interrupted-3", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_what_is_lost_without_being_asked() {
    let world = World::new("lost", Terms::default()).await;
    for gate in world.issuers.iter().chain([&world.board]) {
        let mut count = 0;
        gate.rule(move |_| {
            count += 1;
            match count % 3 {
                1 => Action::Cut,
                2 => Action::Lose,
                _ => Action::Pass,
            }
        });
    }
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    for number in 0..STEPS {
        step(&mut driver, &invitation, number).await.unwrap();
    }
    let waited = world.clock.now() - crate::world::NOW;
    assert!(waited > 5, "nobody waited");
    let identifier = driver.voter().unwrap().identifier();
    assert_eq!(world.on_board(&identifier).await.len(), 4);
}

/// The issuer has not heard of the opening yet, and says when to come again; or it says only that it is too early.
#[tokio::test(flavor = "multi_thread")]
async fn comes_again_when_the_issuer_says_when() {
    let world = World::new("too-early", Terms::default()).await;
    let invitation = world.invitation(0);
    let mut driver = world.device(0);
    driver.open(Some(&invitation)).await.unwrap();
    world.issuers[0].once("/sessions", problem(ProblemType::TooEarly, None));
    let failure = driver.tokens().await.unwrap_err();
    assert_eq!(failure.error.problem().unwrap().kind, ProblemType::TooEarly);
    world.issuers[0].once("/sessions", problem(ProblemType::TooEarly, Some(240)));
    driver.tokens().await.unwrap();
    assert!(world.clock.now() - crate::world::NOW >= 240);
}

/// A copy of the second move is told that the session is gone, while the first copy is being answered.
#[tokio::test(flavor = "multi_thread")]
async fn finds_the_answer_of_a_session_that_it_had_given_up() {
    let world = World::new("given-up", Terms::default()).await;
    let mut answers = 0;
    world.issuers[0].rule(move |request| {
        if !request.path.ends_with("/answer") {
            return Action::Pass;
        }
        answers += 1;
        match answers {
            1 => Action::Lose,
            2 => problem(ProblemType::SessionExpired, None),
            _ => Action::Pass,
        }
    });
    // The other one has three open sessions of this handle, and says when to come again.
    let mut moves = 0;
    world.issuers[1].rule(move |_| {
        moves += 1;
        match moves {
            1 => problem(ProblemType::TooManySessions, Some(240)),
            2 => problem(ProblemType::Busy, None),
            _ => Action::Pass,
        }
    });
    let mut driver = world.device(0);
    driver.open(Some(&world.invitation(0))).await.unwrap();
    driver.tokens().await.unwrap();
    let asked = world.issuers[0].asked();
    // A first move that is under way while the wait for the other issuer sets the clock forward is of a wrong time, and repeated.
    let answered = asked.iter().position(|request| request.ends_with("/answer")).unwrap();
    let asked = &asked[answered - 1..];
    assert_eq!(asked.len(), 5, "{asked:?}");
    assert_eq!(asked[1], asked[4], "the session that was given up");
    assert!(world.clock.now() >= crate::world::NOW + 240);
    assert!(matches!(driver.cast(&choices(&[1], &[])).await.unwrap(), Landed::Recorded { .. }));
}

/// What a service says that does not do it.
pub(crate) fn problem(kind: ProblemType, retry_after: Option<u64>) -> Action {
    let problem = Problem::new(kind, "What this is. \u{1b}[31mRed.");
    let body = serde_json::to_vec(&problem).unwrap();
    match retry_after {
        None => Action::Say(kind.status(), "application/problem+json", body),
        Some(240) => Action::Say(kind.status(), "application/problem+json\r\nRetry-After: 240", body),
        Some(other) => panic!("{other}"),
    }
}
