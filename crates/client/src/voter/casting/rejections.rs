//! What is cast and answered, step by step, and every step that is refused.

use super::*;
use crate::sample::{
    Board, ELECTION, FINAL, NOW, Reply, cast, promise, receipt, rng, selection, store, with_token,
};
use urna_election::selection::{Choice, SelectionError, VoidReason};

fn refused<T, S>(step: Result<Voter<T>, Refused<S>>) -> (ClientError, Voter<S>) {
    let Err(Refused { voter, error }) = step else { panic!("accepted") };
    (error, *voter)
}

#[test]
fn accepts_a_ballot_another_one_and_a_withdrawal() {
    let mut board = Board::open(&ELECTION);
    let voter = cast(&ELECTION, 0, 1, 1);
    let (kind, entry) = voter.entry().unwrap();
    assert_eq!(kind, Kind::Ballot);
    let reply = receipt(board.post(entry));
    let mut voter = voter.receipt(&reply).unwrap().cast(&selection(3), &mut rng(1)).unwrap();
    store(&mut voter);
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let mut voter = voter.receipt(&reply).unwrap().withdraw(&mut rng(1)).unwrap();
    store(&mut voter);
    assert_eq!(voter.entry().unwrap().0, Kind::Withdrawal);
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let voter = voter.receipt(&reply).unwrap();
    let kept: Vec<_> = voter.kept().map(|kept| (kept.kind, kept.sequence, kept.choices.is_some())).collect();
    assert_eq!(
        kept,
        [
            (Some(Kind::Ballot), Some(0), true),
            (Some(Kind::Ballot), Some(1), true),
            (Some(Kind::Withdrawal), Some(2), false)
        ]
    );
    let first = voter.kept().next().unwrap().choices.unwrap();
    assert_eq!(first.choices().unwrap(), [Choice::Marks(vec![1]), Choice::Marks(vec![0])]);
    // A second withdrawal has nothing to take back; the last of four entries may still be cast.
    let (error, voter) = refused(voter.withdraw(&mut rng(1)));
    assert!(matches!(error, ClientError::NothingToWithdraw));
    let mut voter = voter.cast(&selection(0), &mut rng(1)).unwrap();
    store(&mut voter);
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let voter = voter.receipt(&reply).unwrap();
    let (error, voter) = refused(voter.cast(&selection(0), &mut rng(1)));
    assert!(matches!(error, ClientError::RevoteLimit { limit: 4 }));
    let (error, _) = refused(voter.withdraw(&mut rng(1)));
    assert!(matches!(error, ClientError::RevoteLimit { limit: 4 }));
}

#[test]
fn rejects_casting_again_where_a_ballot_is_final() {
    let mut board = Board::open(&FINAL);
    let voter = cast(&FINAL, 0, 1, 1);
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let (error, voter) = refused(voter.receipt(&reply).unwrap().cast(&selection(0), &mut rng(1)));
    assert!(matches!(error, ClientError::RevoteNotAllowed));
    let (error, _) = refused(voter.withdraw(&mut rng(1)));
    assert!(matches!(error, ClientError::WithdrawalNotAllowed));
}

#[test]
fn rejects_selections_that_would_not_count_cli_16() {
    let voter = with_token(&ELECTION, 0, 1);
    let too_many = Selection::new(vec![Choice::Marks(vec![0, 1, 2]), Choice::Marks(vec![0])]);
    let (error, voter) = refused(voter.cast(&too_many, &mut rng(1)));
    let void = VoidReason::TooManyMarks { marks: 3, max: 2 };
    assert!(matches!(
        error,
        ClientError::Selection(SelectionError::Void { contest: 0, reason }) if reason == void
    ));
    // Nothing has changed: the voter still has a token to use.
    assert!(!voter.is_unsaved());
    assert!(voter.cast(&selection(1), &mut rng(1)).is_ok());
}

#[test]
fn rejects_receipts_of_other_entries_and_by_other_keys_cli_18() {
    let mut board = Board::open(&ELECTION);
    let (voter, other) = (cast(&ELECTION, 0, 1, 1), cast(&ELECTION, 1, 2, 1));
    let foreign = receipt(board.post(other.entry().unwrap().1));
    let (error, voter) = refused(voter.receipt(&foreign));
    assert!(matches!(error, ClientError::Receipt(urna_log::LogError::RootDiffers)));
    let own = receipt(board.post(voter.entry().unwrap().1));
    let text = String::from_utf8(own.clone()).unwrap();
    let resigned = text.replace("— ", "— other.example/");
    let (error, voter) = refused(voter.receipt(resigned.as_bytes()));
    assert!(matches!(error, ClientError::Receipt(urna_log::LogError::NotSigned)));
    let (error, voter) = refused(voter.receipt(b"thanks for voting"));
    assert!(matches!(error, ClientError::Receipt(_)));
    let (error, voter) = refused(voter.receipt(&vec![b'a'; NOTE_LIMIT + 1]));
    assert!(matches!(error, ClientError::NoteTooLong(_)));
    let (error, voter) = refused(voter.promise(&own));
    assert!(matches!(error, ClientError::Promise(_)));
    assert!(voter.receipt(&own).is_ok());
}

#[test]
fn accepts_a_promise_and_the_receipt_that_follows_cli_18() {
    let mut board = Board::open(&ELECTION);
    board.promising = true;
    let (voter, other) = (cast(&ELECTION, 0, 1, 1), cast(&ELECTION, 1, 2, 1));
    let foreign = promise(board.post(other.entry().unwrap().1));
    let (error, voter) = refused(voter.promise(&foreign));
    assert!(matches!(error, ClientError::OtherPromise));
    let own = promise(board.post(voter.entry().unwrap().1));
    let forged = String::from_utf8(own.clone()).unwrap().replace("1900000600", "1900000601");
    let (error, voter) = refused(voter.promise(forged.as_bytes()));
    assert!(matches!(error, ClientError::Promise(urna_log::LogError::SignatureFailed)));

    let mut voter = voter.promise(&own).unwrap();
    assert!(voter.entry().is_err());
    store(&mut voter);
    assert_eq!(voter.deadline(), Some(NOW + 600));
    // Kept until the second of the deadline has passed; then there is evidence.
    assert!(voter.overdue(NOW + 600).is_none());
    let broken = voter.overdue(NOW + 601).unwrap();
    assert!(broken.promise.verify(voter.election().promise_key()).unwrap().is_for(broken.entry));
    board.flush();
    let own = receipt(board.post(voter.entry().unwrap().1));
    let voter = voter.receipt(&own).unwrap();
    let kept = voter.kept().next().unwrap();
    assert!(kept.promise.is_some() && kept.receipt.is_some());
}

#[test]
fn accepts_what_follows_a_promise_before_its_receipt() {
    let mut board = Board::open(&ELECTION);
    board.promising = true;
    let voter = cast(&ELECTION, 0, 1, 1);
    let first = promise(board.post(voter.entry().unwrap().1));
    let mut voter = voter.promise(&first).unwrap().withdraw(&mut rng(1)).unwrap();
    store(&mut voter);
    let second = promise(board.post(voter.entry().unwrap().1));
    let mut voter = voter.promise(&second).unwrap();
    store(&mut voter);
    board.flush();
    let shown = board.voters_entries();
    let entries: Vec<_> =
        shown.iter().map(|(entry, receipt)| crate::BoardEntry { entry: Some(entry), receipt }).collect();
    let voter = voter.reconcile(&entries).unwrap();
    assert!(voter.kept().all(|kept| kept.receipt.is_some() && kept.promise.is_some()));
}

#[test]
fn accepts_an_unspent_token_given_back_after_the_close_tok_8() {
    let mut board = Board::open(&ELECTION);
    let mut voter = with_token(&ELECTION, 0, 1).give_back(&mut rng(1));
    store(&mut voter);
    assert_eq!(voter.entry().unwrap().0, Kind::Returned);
    assert!(matches!(board.post(voter.entry().unwrap().1), Reply::Refused(_)));
    board.close();
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let (error, _) = refused(voter.receipt(&reply).unwrap().cast(&selection(1), &mut rng(1)));
    assert!(matches!(error, ClientError::TokenReturned));

    // The ballot that came too late leaves the token unspent.
    let mut late = cast(&ELECTION, 1, 2, 1);
    assert!(matches!(board.post(late.entry().unwrap().1), Reply::Refused(_)));
    late = late.give_back(&mut rng(1)).unwrap();
    store(&mut late);
    let reply = receipt(board.post(late.entry().unwrap().1));
    let mut late = late.receipt(&reply).unwrap();
    crate::sample::resume(&store(&mut late), &ELECTION);
}

#[test]
fn rejects_giving_back_what_was_used() {
    let mut board = Board::open(&ELECTION);
    let voter = cast(&ELECTION, 0, 1, 1);
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let voter = voter.receipt(&reply).unwrap().cast(&selection(2), &mut rng(1)).unwrap();
    let (error, _) = refused(voter.give_back(&mut rng(1)));
    assert!(matches!(error, ClientError::TokenSpent));

    // Whose answer was lost gives back in vain, learns it from the board and goes on.
    let voter = cast(&ELECTION, 1, 2, 1);
    receipt(board.post(voter.entry().unwrap().1));
    board.close();
    let mut voter = voter.give_back(&mut rng(1)).unwrap();
    store(&mut voter);
    assert!(matches!(
        board.post(voter.entry().unwrap().1),
        Reply::Refused(urna_election::Rejected::TokenUsed { .. })
    ));
    let shown = board.voters_entries();
    let entries: Vec<_> =
        shown.iter().map(|(entry, receipt)| crate::BoardEntry { entry: Some(entry), receipt }).collect();
    let voter = voter.reconcile(&entries).unwrap();
    assert_eq!(voter.kept().map(|kept| kept.kind).collect::<Vec<_>>(), [Some(Kind::Ballot)]);
}
