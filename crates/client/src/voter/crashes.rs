//! Whatever is lost, doubled or crashes between any two steps, a voter ends with one token of each issuer and the ballots that
//! were meant, and no number ever leaves with two contents (CLI-11, CLI-13, CLI-16).
//!
//! The device is nothing but its saved form: every step begins by reading it, so every step begins after a crash.

use proptest::prelude::*;
use urna_election::entry::{Entry, Kind};

use super::{BoardEntry, Recorded};
use crate::sample::{
    Answered, Board, ELECTION, Election, Issuer, NOW, Reply, cast, receipt, resume, rng, selection, store,
    with_token,
};
use crate::{Resumed, Saved, SavedForm, State, Voter};

/// What goes wrong in one step.
#[derive(Clone, Copy, Debug, Default)]
struct Fault {
    /// The request does not arrive.
    request_lost: bool,
    /// It arrives, and its answer does not.
    answer_lost: bool,
    /// It arrives twice, and both answers arrive.
    twice: bool,
    /// The device crashes before it has stored what it learned.
    crash: bool,
    /// The issuers crash before the step.
    issuer_crash: bool,
}

/// What the voter wants next, once the last entry is answered.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Cast(u16),
    Withdraw,
}

struct World<'e> {
    election: &'e Election,
    issuers: Vec<Issuer<'e>>,
    board: Board<'e>,
    stored: Vec<u8>,
    wishes: Vec<Wish>,
    random: u64,
}

impl<'e> World<'e> {
    fn new(election: &'e Election, promising: bool, wishes: Vec<Wish>) -> Self {
        let mut voter = election.voter(0, 9);
        let stored = store(&mut voter).as_bytes().to_vec();
        let mut board = Board::open(election);
        board.promising = promising;
        Self { election, issuers: election.issuers(), board, stored, wishes, random: 0 }
    }

    /// A crash is that nothing is written.
    fn write<S: State>(&mut self, voter: &Voter<S>, fault: Fault) {
        if !fault.crash {
            let form: SavedForm = voter.save();
            form.check_replaces(Some(&self.stored)).unwrap();
            self.stored = form.as_bytes().to_vec();
        }
    }

    /// One step of a device; whether there is more to do.
    fn step(&mut self, fault: Fault) -> bool {
        self.random += 1;
        let rng = &mut rng(self.random);
        if fault.issuer_crash {
            self.issuers.iter_mut().for_each(Issuer::crash);
        }
        match Saved::parse(&self.stored).unwrap().resume(self.election.manifest.bytes()).unwrap() {
            Resumed::Seeded(voter) => {
                self.write(&voter.ask(), fault);
                true
            }
            Resumed::Asked(voter) => {
                self.ask(voter, fault);
                true
            }
            Resumed::WithToken(voter) => {
                // Without a wish the voter does not know yet.
                let Some(Wish::Cast(choice)) = self.wishes.first().copied() else { return false };
                let voter = voter.cast(&selection(choice), rng).unwrap();
                self.wished(&voter, fault);
                true
            }
            Resumed::Cast(voter) => {
                let (_, entry) = voter.entry().unwrap();
                let entry = entry.to_vec();
                if let Some(reply) = self.send(&entry, fault) {
                    match reply {
                        Reply::Receipt(receipt) => self.write(&voter.receipt(&receipt).unwrap(), fault),
                        Reply::Promise(promise) => self.write(&voter.promise(&promise).unwrap(), fault),
                        Reply::Refused(rejected) => panic!("{rejected}"),
                    }
                }
                true
            }
            Resumed::Promised(voter) => {
                if fault.twice || self.wishes.is_empty() {
                    self.board.flush();
                    let (_, entry) = voter.entry().unwrap();
                    let entry = entry.to_vec();
                    if let Some(Reply::Receipt(receipt)) = self.send(&entry, fault) {
                        self.write(&voter.receipt(&receipt).unwrap(), fault);
                    }
                } else {
                    let voter = match self.wishes[0] {
                        Wish::Cast(choice) => voter.cast(&selection(choice), rng).unwrap(),
                        Wish::Withdraw => voter.withdraw(rng).unwrap(),
                    };
                    self.wished(&voter, fault);
                }
                true
            }
            Resumed::Receipted(voter) => {
                let Some(wish) = self.wishes.first() else { return false };
                let voter = match wish {
                    Wish::Cast(choice) => voter.cast(&selection(*choice), rng).unwrap(),
                    Wish::Withdraw => voter.withdraw(rng).unwrap(),
                };
                self.wished(&voter, fault);
                true
            }
        }
    }

    /// The voter has made up their mind when the form is stored; who crashed before may choose anew.
    fn wished(&mut self, voter: &Voter<crate::Cast>, fault: Fault) {
        self.write(voter, fault);
        if fault.crash {
            if let Some(Wish::Cast(choice)) = self.wishes.first_mut() {
                *choice = (*choice + 1) % 5;
            }
        } else {
            self.wishes.remove(0);
        }
    }

    fn send(&mut self, entry: &[u8], fault: Fault) -> Option<Reply> {
        if fault.request_lost {
            return None;
        }
        if fault.twice {
            self.board.post(entry);
        }
        let reply = self.board.post(entry);
        (!fault.answer_lost).then_some(reply)
    }

    fn ask(&mut self, mut voter: Voter<crate::Asked>, fault: Fault) {
        let times = if fault.request_lost { 0 } else { 1 + usize::from(fault.twice) };
        let random = self.random;
        let challenges = voter.challenge_requests(&mut rng(random)).unwrap();
        if let Some(request) = challenges.first() {
            let (session, handle) = (request.session, *request.handle);
            let (challenge, signature, id) =
                (request.challenge, request.signature, request.issuer.id.clone());
            drop(challenges);
            for _ in 0..times {
                let issuer = self.issuers.iter_mut().find(|issuer| *issuer.id() == id).unwrap();
                match issuer.answer(session, &handle, challenge, signature) {
                    _ if fault.answer_lost => {}
                    Answered::Answer(answer) => voter.answered(&id, &session, &answer).unwrap(),
                    Answered::SessionGone => voter.session_lost(&id, &session).unwrap(),
                    Answered::AlreadyIssued => panic!("this device holds the only session that was answered"),
                }
            }
        } else if voter.awaited().next().is_some() {
            drop(challenges);
            let requests = voter.session_requests(NOW, &mut rng(random)).unwrap();
            let request = requests.first().unwrap();
            let id = request.issuer.id.clone();
            let issuer = self.issuers.iter_mut().find(|issuer| *issuer.id() == id).unwrap();
            let opened: Vec<_> = (0..times).map(|_| issuer.open(request).unwrap()).collect();
            for (session, commitment) in opened {
                if !fault.answer_lost {
                    voter.session_opened(&id, session, &commitment).unwrap();
                }
            }
        } else {
            drop(challenges);
            let voter = voter.finish().unwrap();
            return self.write(&voter, fault);
        }
        if voter.is_unsaved() {
            self.write(&voter, fault);
        }
    }

    fn finish(&mut self) {
        for _ in 0..64 {
            if !self.step(Fault::default()) {
                return;
            }
        }
        panic!("no end");
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    let often = prop::bool::weighted(0.25);
    (often, often, often, often, prop::bool::weighted(0.1)).prop_map(
        |(request_lost, answer_lost, twice, crash, issuer_crash)| Fault {
            request_lost,
            answer_lost,
            twice,
            crash,
            issuer_crash,
        },
    )
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let cast = (0_u16..5).prop_map(Wish::Cast);
    let later = prop::option::of((cast.clone(), any::<bool>()));
    (cast, later).prop_map(|(first, later)| match later {
        None => vec![first],
        Some((cast, false)) => vec![first, cast],
        Some((cast, true)) => vec![first, Wish::Withdraw, cast],
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn ends_with_one_token_and_the_ballots_that_were_meant(
        faults in prop::collection::vec(fault(), 0..40), wishes in wishes(), promising: bool,
    ) {
        let meant = wishes.len();
        let mut world = World::new(&ELECTION, promising, wishes);
        for fault in faults {
            world.step(fault);
        }
        world.finish();

        // One token of each issuer.
        for issuer in &world.issuers {
            prop_assert_eq!(issuer.rows.len(), 1);
        }
        // No number with two contents, not even two proofs: what leaves is what was stored.
        let mut left = world.board.received.clone();
        left.sort();
        left.dedup();
        prop_assert_eq!(left.len(), meant);
        // Exactly these are in the log, and the device knows.
        let shown = world.board.voters_entries();
        prop_assert_eq!(shown.len(), meant);
        let Resumed::Receipted(voter) = Saved::parse(&world.stored).unwrap()
            .resume(world.election.manifest.bytes()).unwrap() else { panic!("not receipted") };
        let entries: Vec<_> = shown.iter()
            .map(|(entry, receipt)| BoardEntry { entry: Some(entry), receipt })
            .collect();
        let last = u32::try_from(meant - 1).unwrap();
        let Recorded::AsSaved { sequence, choices, .. } = voter.check_recorded(&entries).unwrap() else {
            panic!("not as saved")
        };
        prop_assert_eq!(sequence, last);
        prop_assert!(choices.is_some());
        prop_assert!(voter.kept().all(|kept| kept.own && kept.entry.is_some()));
        prop_assert_eq!(voter.kept().count(), meant);
    }
}

/// The same without chance: the device crashes once at each step, before and after it has stored it.
#[test]
fn ends_the_same_whichever_step_crashes() {
    let run = |crash: Option<usize>| {
        let mut world = World::new(&ELECTION, false, vec![Wish::Cast(2)]);
        for step in 0..40 {
            let crash = crash == Some(step);
            world.step(Fault { crash, ..Fault::default() });
        }
        let Resumed::Receipted(voter) =
            Saved::parse(&world.stored).unwrap().resume(world.election.manifest.bytes()).unwrap()
        else {
            panic!("not receipted")
        };
        assert!(world.issuers.iter().all(|issuer| issuer.rows.len() == 1));
        assert_eq!(world.board.voters_entries().len(), 1);
        (voter.identifier(), world.board.received.len())
    };
    let (identifier, _) = run(None);
    for step in 0..10 {
        assert_eq!(run(Some(step)).0, identifier, "step {step}");
    }
}

/// An answer that the issuer gave to a session that it then said it had lost is still had (CLI-13).
#[test]
fn finds_the_answer_of_a_session_that_was_called_lost() {
    let election = &ELECTION;
    let mut voter = crate::sample::asked(election, 0, 5);
    let mut issuer = election.issuers().remove(0);
    let id = issuer.id().clone();
    let open = |voter: &mut Voter<crate::Asked>, issuer: &mut Issuer<'_>| {
        let opened = {
            let requests = voter.session_requests(NOW, &mut rng(1)).unwrap();
            issuer.open(&requests[0])
        };
        let (session, commitment) = opened.unwrap();
        voter.session_opened(&id, session, &commitment).unwrap();
        store(voter);
        session
    };
    let first = open(&mut voter, &mut issuer);
    // Another copy of the request is about to be answered; the one that this device waits for says 410.
    voter.session_lost(&id, &first).unwrap();
    store(&mut voter);
    let second = open(&mut voter, &mut issuer);
    assert_ne!(first, second);
    let requests = voter.earlier_challenge_requests(&id, &mut rng(2)).unwrap();
    let [late] = requests.as_slice() else { panic!("one lost session") };
    assert_eq!(late.session, first);
    let answer = issuer.answer(late.session, late.handle, late.challenge, late.signature);
    let Answered::Answer(answer) = answer else { panic!("answered") };
    drop(requests);
    // The newer session is refused from now on, and the older one gives the token.
    let requests = voter.challenge_requests(&mut rng(3)).unwrap();
    let newer = &requests[0];
    assert_eq!(newer.session, second);
    let refused = issuer.answer(newer.session, newer.handle, newer.challenge, newer.signature);
    assert_eq!(refused, Answered::AlreadyIssued);
    drop(requests);
    voter.answered(&id, &first, &answer).unwrap();
    assert_eq!(voter.awaited().count(), 1);
    store(&mut voter);
    assert!(voter.challenge_requests(&mut rng(4)).unwrap().is_empty());
    assert!(voter.earlier_challenge_requests(&id, &mut rng(4)).unwrap().is_empty());
}

/// Two windows go on from one form: the board takes the first, the other reads what stands there (CLI-20, CLI-24).
#[test]
fn two_windows_cast_at_once_and_one_follows() {
    let election = &ELECTION;
    let form = {
        let mut voter = with_token(election, 0, 6);
        voter.follow(voter.election().checkpoint().to_string().as_bytes(), &[]).unwrap();
        store(&mut voter)
    };
    let window = |choice, seed| {
        let Resumed::WithToken(voter) = resume(&form, election) else { panic!("with token") };
        voter.cast(&selection(choice), &mut rng(seed)).unwrap()
    };
    let (mut one, mut other) = (window(1, 1), window(2, 2));
    let stored = store(&mut one);
    // The store shows it before anything is sent.
    assert!(other.save().check_replaces(Some(form.as_bytes())).is_ok());
    let late = other.save().check_replaces(Some(stored.as_bytes())).unwrap_err();
    assert!(matches!(late, crate::ClientError::OtherCopy { stored, expected } if stored == expected + 1));

    // Where nothing compares (two devices), the board decides.
    store(&mut other);
    let mut board = Board::open(election);
    let first = receipt(board.post(one.entry().unwrap().1));
    let one = one.receipt(&first).unwrap();
    assert!(matches!(board.post(other.entry().unwrap().1), Reply::Refused(_)));
    let shown = board.voters_entries();
    let entries = [BoardEntry { entry: Some(&shown[0].0), receipt: &shown[0].1 }];
    assert!(matches!(
        other.check_recorded(&entries).unwrap(),
        Recorded::Another { sequence: 0, kind: Some(Kind::Ballot), .. }
    ));
    let Ok(Entry::Ballot(ballot)) = Entry::parse(&shown[0].0) else { panic!("a ballot") };
    assert!(other.holds(&ballot, &selection(1)).unwrap());
    assert!(!other.holds(&ballot, &selection(2)).unwrap());
    // It follows with the next number; its own first ballot is kept as what was never recorded.
    let mut other = other.reconcile(&entries).unwrap();
    let form = store(&mut other);
    let Resumed::Receipted(other) = resume(&form, election) else { panic!("receipted") };
    let mut other = other.cast(&selection(2), &mut rng(3)).unwrap();
    store(&mut other);
    let second = receipt(board.post(other.entry().unwrap().1));
    let other = other.receipt(&second).unwrap();
    let sequences: Vec<_> =
        other.kept().map(|kept| (kept.own, kept.sequence, kept.receipt.is_some())).collect();
    assert_eq!(sequences, [(true, Some(0), false), (false, Some(0), true), (true, Some(1), true)]);
    // And the first window sees that it is no longer the last.
    let shown = board.voters_entries();
    let entries: Vec<_> =
        shown.iter().map(|(entry, receipt)| BoardEntry { entry: Some(entry), receipt }).collect();
    assert!(matches!(one.check_recorded(&entries).unwrap(), Recorded::Another { sequence: 1, .. }));
    assert!(matches!(other.check_recorded(&entries).unwrap(), Recorded::AsSaved { sequence: 1, .. }));
}

/// A state that was not stored hands out nothing, and one entry's bytes stay the same until they are answered (CLI-11, CLI-16).
#[test]
fn rejects_sending_before_saving_cli_11() {
    let election = &ELECTION;
    let mut voter = election.voter(0, 9).ask();
    assert!(voter.session_requests(NOW, &mut rng(1)).is_err());
    store(&mut voter);
    assert_eq!(voter.session_requests(NOW, &mut rng(1)).unwrap().len(), 2);
    let mut issuer = election.issuers().remove(0);
    let opened = issuer.open(&voter.session_requests(NOW, &mut rng(1)).unwrap()[0]);
    let (session, commitment) = opened.unwrap();
    let before = voter.save();
    voter.session_opened(issuer.id(), session, &commitment).unwrap();
    assert!(voter.challenge_requests(&mut rng(1)).is_err());
    // An older form does not count.
    assert!(voter.mark_saved(&before).is_err());
    assert!(voter.challenge_requests(&mut rng(1)).is_err());

    let voter = with_token(election, 0, 9).cast(&selection(1), &mut rng(8)).unwrap();
    assert!(voter.entry().is_err() && voter.is_unsaved());
    let mut voter = cast(election, 0, 9, 1);
    let entry = voter.entry().unwrap().1.to_vec();
    for _ in 0..3 {
        let form = store(&mut voter);
        let Resumed::Cast(again) = resume(&form, election) else { panic!("cast") };
        voter = again;
        assert_eq!(voter.entry().unwrap().1, entry);
    }
}
