//! What a board shows of the voter's own entries: as saved, another's, missing, or what no board may show.

use super::*;
use crate::sample::{Board, ELECTION, cast, receipt, resume, rng, selection, store, with_token};
use crate::{Resumed, WithToken};

/// What the board shows, with or without bytes.
fn shown(shown: &[(Vec<u8>, Vec<u8>)], veiled: bool) -> Vec<BoardEntry<'_>> {
    shown
        .iter()
        .map(|(entry, receipt)| BoardEntry { entry: (!veiled).then_some(entry.as_slice()), receipt })
        .collect()
}

#[test]
fn says_what_is_recorded_cli_20() {
    let mut board = Board::open(&ELECTION);
    let unused = with_token(&ELECTION, 0, 1);
    assert_eq!(unused.check_recorded(&[]).unwrap(), Recorded::Nothing);
    let voter = cast(&ELECTION, 0, 1, 3);
    assert_eq!(voter.check_recorded(&[]).unwrap(), Recorded::Missing { latest: None, promised: None });
    receipt(board.post(voter.entry().unwrap().1));
    // Somebody else's entry under the same identifier, if there ever were one, is none of ours.
    let other = cast(&ELECTION, 1, 2, 1);
    receipt(board.post(other.entry().unwrap().1));
    let list = board.voters_entries();
    for veiled in [false, true] {
        let entries = &shown(&list, veiled)[..if veiled { 1 } else { 2 }];
        let Recorded::AsSaved { index: 9, sequence: 0, choices: Some(choices) } =
            voter.check_recorded(entries).unwrap()
        else {
            panic!("not as saved")
        };
        assert_eq!(choices.choices().unwrap()[0], urna_election::selection::Choice::Marks(vec![3]));
    }
    assert_eq!(
        unused.check_recorded(&shown(&list, false)).unwrap(),
        Recorded::Another { index: 9, sequence: 0, kind: Some(Kind::Ballot) }
    );
    // The next one is made, and is not there.
    let reply = list[0].1.clone();
    let voter = voter.receipt(&reply).unwrap().cast(&selection(1), &mut rng(1)).unwrap();
    assert_eq!(
        voter.check_recorded(&shown(&list, false)).unwrap(),
        Recorded::Missing { latest: Some(0), promised: None }
    );
    assert!(matches!(voter.reconcile(&shown(&list, false)).err().unwrap().error, ClientError::NotRecorded));
}

#[test]
fn accepts_the_same_ballot_with_the_proof_of_a_copy_cli_20() {
    let mut board = Board::open(&ELECTION);
    let form = store(&mut with_token(&ELECTION, 0, 1));
    let window = |seed| {
        let Resumed::WithToken(voter) = resume(&form, &ELECTION) else { panic!("with token") };
        let mut voter = voter.cast(&selection(2), &mut rng(seed)).unwrap();
        store(&mut voter);
        voter
    };
    let (one, other) = (window(1), window(2));
    receipt(board.post(one.entry().unwrap().1));
    // The board answers with the first one's receipt, which is not one of these bytes.
    let reply = receipt(board.post(other.entry().unwrap().1));
    let other = *other.receipt(&reply).err().unwrap().voter;
    let list = board.voters_entries();
    assert!(matches!(
        other.check_recorded(&shown(&list, false)).unwrap(),
        Recorded::AsSaved { sequence: 0, .. }
    ));
    let mut other = other.reconcile(&shown(&list, false)).unwrap();
    assert_eq!(other.kept().next().unwrap().entry, Some(list[0].0.as_slice()));
    resume(&store(&mut other), &ELECTION);
}

#[test]
fn follows_what_another_device_cast_behind_the_veil_cli_20() {
    let mut board = Board::open(&ELECTION);
    let form = store(&mut with_token(&ELECTION, 0, 1));
    let window = |choice| {
        let Resumed::WithToken(voter) = resume(&form, &ELECTION) else { panic!("with token") };
        let mut voter = voter.cast(&selection(choice), &mut rng(5)).unwrap();
        store(&mut voter);
        voter
    };
    let (one, other) = (window(1), window(2));
    receipt(board.post(one.entry().unwrap().1));
    let list = board.voters_entries();
    let mut other = other.reconcile(&shown(&list, true)).unwrap();
    assert_eq!(
        other.check_recorded(&shown(&list, true)).unwrap(),
        Recorded::Another { index: 9, sequence: 0, kind: None }
    );
    let Resumed::Receipted(other) = resume(&store(&mut other), &ELECTION) else { panic!("receipted") };
    let mut other = other.cast(&selection(2), &mut rng(6)).unwrap();
    store(&mut other);
    let reply = receipt(board.post(other.entry().unwrap().1));
    let other = other.receipt(&reply).unwrap();
    // After the close the bytes are there: they are filled in, not added.
    let list = board.voters_entries();
    let mut other = other.reconcile(&shown(&list, false)).unwrap();
    assert!(other.kept().all(|kept| kept.entry.is_some()));
    assert_eq!(other.kept().count(), 3);
    resume(&store(&mut other), &ELECTION);
}

#[test]
fn rejects_entries_that_the_board_cannot_have_admitted_cli_20() {
    let mut board = Board::open(&ELECTION);
    let voter = cast(&ELECTION, 0, 1, 1);
    let mut bytes = voter.entry().unwrap().1.to_vec();
    let Ok(Entry::Ballot(mut ballot)) = Entry::parse(&bytes) else { panic!("a ballot") };
    ballot.sequence = 1;
    bytes = Entry::from(ballot).to_bytes();
    board.log.push(bytes.clone());
    let reply = board.receipt(9);
    let entry = BoardEntry { entry: Some(&bytes), receipt: &reply };
    assert!(matches!(voter.check_recorded(&[entry]).unwrap_err(), ClientError::Unverifiable { index: 9 }));
    // A receipt of other bytes, and one by nobody.
    let own = voter.entry().unwrap().1.to_vec();
    let wrong = BoardEntry { entry: Some(&own), receipt: &reply };
    assert!(matches!(voter.check_recorded(&[wrong]).unwrap_err(), ClientError::Receipt(_)));
    let nobody = BoardEntry { entry: None, receipt: b"no receipt" };
    assert!(matches!(voter.check_recorded(&[nobody]).unwrap_err(), ClientError::Receipt(_)));
}

#[test]
fn recovers_a_lost_device_from_seed_and_board_cli_21() {
    let mut board = Board::open(&ELECTION);
    let lost = cast(&ELECTION, 0, 1, 4);
    receipt(board.post(lost.entry().unwrap().1));
    let code = lost.recovery_code();
    let list = board.voters_entries();
    let recover = |entries: &[BoardEntry<'_>]| {
        let seed = crate::RecoveryCode::parse(code.as_str()).unwrap();
        Voter::recover(board.anchor().unwrap(), seed, entries)
    };
    assert!(matches!(recover(&[]).err().unwrap(), ClientError::NothingToRecover));
    assert!(matches!(recover(&shown(&list, true)).err().unwrap(), ClientError::NothingToRecover));
    let mut voter = recover(&shown(&list, false)).unwrap();
    assert_eq!(voter.identifier(), lost.identifier());
    assert!(matches!(
        voter.check_recorded(&shown(&list, false)).unwrap(),
        Recorded::Another { sequence: 0, .. }
    ));
    let Ok(Entry::Ballot(ballot)) = Entry::parse(&list[0].0) else { panic!("a ballot") };
    let held: Vec<_> = (0..5).map(|choice| voter.holds(&ballot, &selection(choice)).unwrap()).collect();
    assert_eq!(held, [false, false, false, false, true]);
    let Resumed::Receipted(voter) = resume(&store(&mut voter), &ELECTION) else { panic!("receipted") };
    let mut voter = voter.withdraw(&mut rng(1)).unwrap();
    store(&mut voter);
    receipt(board.post(voter.entry().unwrap().1));
    // A code of another voter finds nothing.
    let other = with_token(&ELECTION, 1, 2);
    let seed = crate::RecoveryCode::parse(other.recovery_code().as_str()).unwrap();
    let list = board.voters_entries();
    let nothing = Voter::recover(board.anchor().unwrap(), seed, &shown(&list, false)).err().unwrap();
    assert!(matches!(nothing, ClientError::NothingToRecover));
}

/// Whose answer was withheld, or who lost every saved form, finds the row in the list (TOK-9).
#[test]
fn takes_the_token_from_the_issuance_list_tok_9() {
    let mut issuers = ELECTION.issuers();
    let mut voter = crate::sample::asked(&ELECTION, 0, 1);
    for issuer in &mut issuers {
        let opened = {
            let requests = voter.session_requests(1, &mut rng(1)).unwrap();
            let request = requests.iter().find(|request| request.issuer.id == *issuer.id());
            issuer.open(request.unwrap()).unwrap()
        };
        voter.session_opened(issuer.id(), opened.0, &opened.1).unwrap();
        store(&mut voter);
        let requests = voter.challenge_requests(&mut rng(1)).unwrap();
        let request = requests.iter().find(|request| request.issuer.id == *issuer.id()).unwrap();
        issuer.answer(request.session, request.handle, request.challenge, request.signature);
    }
    let mut again = crate::sample::asked(&ELECTION, 0, 1);
    let mut thief = crate::sample::asked(&ELECTION, 0, 2);
    for issuer in &issuers {
        let row = &issuer.rows[0];
        assert!(matches!(thief.answered_in_list(issuer.id(), row).unwrap_err(), ClientError::Answer { .. }));
        again.answered_in_list(issuer.id(), row).unwrap();
        voter.answered_in_list(issuer.id(), row).unwrap();
    }
    let voter: Voter<WithToken> = voter.finish().unwrap();
    let again = again.finish().unwrap();
    assert!(voter.state.0.tokens == again.state.0.tokens);
    assert!(thief.finish().is_err());
}

/// Tokens are in no other check of a ballot than their own: its proof holds over whatever it carries.
#[test]
fn rejects_a_logged_ballot_without_valid_tokens_cli_20() {
    let mut board = Board::open(&ELECTION);
    let mut voter = with_token(&ELECTION, 0, 1);
    voter.state.0.tokens.reverse();
    let mut forged = voter.cast(&selection(1), &mut rng(1)).unwrap();
    store(&mut forged);
    let bytes = forged.entry().unwrap().1.to_vec();
    board.log.push(bytes.clone());
    let reply = board.receipt(9);
    let entries = [BoardEntry { entry: Some(&bytes), receipt: &reply }];
    let voter = with_token(&ELECTION, 0, 1);
    let unverifiable =
        |error: ClientError| assert!(matches!(error, ClientError::Unverifiable { index: 9 }), "{error}");
    unverifiable(voter.check_recorded(&entries).unwrap_err());
    let seed = Seed::from_bytes([1; 32]);
    unverifiable(Voter::recover(board.anchor().unwrap(), seed, &entries).err().unwrap());
}

/// A receipt of somebody else's entry in the list is no follower of what this device has cast since.
#[test]
fn ignores_unknown_receipts_before_the_own_last_entry_cli_20() {
    let mut board = Board::open(&ELECTION);
    let other = cast(&ELECTION, 1, 2, 1);
    receipt(board.post(other.entry().unwrap().1));
    let voter = cast(&ELECTION, 0, 1, 1);
    let reply = receipt(board.post(voter.entry().unwrap().1));
    let mut voter = voter.receipt(&reply).unwrap().cast(&selection(2), &mut rng(1)).unwrap();
    store(&mut voter);
    receipt(board.post(voter.entry().unwrap().1));
    let list = board.voters_entries();
    let voter = voter.reconcile(&shown(&list, true)).unwrap();
    let kept: Vec<_> = voter.kept().map(|kept| (kept.own, kept.receipt.is_some())).collect();
    assert_eq!(kept, [(true, true); 2]);
}

/// The board logs this voter's entry in another log than the one that it showed before.
#[test]
fn rejects_a_receipt_from_a_fork_of_the_log_cli_8() {
    let (mut board, mut fork) = (Board::open(&ELECTION), Board::open(&ELECTION));
    let other = cast(&ELECTION, 1, 2, 1);
    receipt(board.post(other.entry().unwrap().1));
    let mut voter = cast(&ELECTION, 0, 1, 1);
    voter.follow(board.checkpoint().to_string().as_bytes(), &board.consistency(9, 10)).unwrap();
    store(&mut voter);
    let reply = receipt(fork.post(voter.entry().unwrap().1));
    let refused = voter.receipt(&reply).err().unwrap();
    let ClientError::Forked { kept, other } = refused.error else { panic!("not forked") };
    assert_eq!(*kept, *board.checkpoint().to_string());
    assert_eq!(*other, *fork.checkpoint().to_string());
    let entry = refused.voter.entry().unwrap().1.to_vec();
    let shown = [BoardEntry { entry: Some(&entry), receipt: &reply }];
    assert!(matches!(refused.voter.check_recorded(&shown).unwrap_err(), ClientError::Forked { .. }));
}

#[test]
fn accepts_the_return_of_a_copy_with_another_signature_cli_20() {
    let mut board = Board::open(&ELECTION);
    let form = store(&mut with_token(&ELECTION, 0, 1));
    let copy = |seed| {
        let Resumed::WithToken(voter) = resume(&form, &ELECTION) else { panic!("with token") };
        let mut voter = voter.give_back(&mut rng(seed));
        store(&mut voter);
        voter
    };
    let (one, other) = (copy(1), copy(2));
    let mut stranger = with_token(&ELECTION, 1, 2).give_back(&mut rng(3));
    store(&mut stranger);
    let [first, second, strange] = [&one, &other, &stranger].map(|voter| voter.entry().unwrap().1.to_vec());
    assert_ne!(first, second);
    board.close();
    let [reply, strange_reply] = [&first, &strange].map(|entry| receipt(board.post(entry)));
    assert!(matches!(one.receipt(&reply).map(drop), Ok(())));
    let refused = other.receipt(&reply).err().unwrap();
    assert!(matches!(refused.error, ClientError::Receipt(_)));
    let others = [(strange, strange_reply), (second, reply.clone())];
    let refused = refused.voter.reconcile(&shown(&others[..1], false)).err().unwrap();
    assert!(matches!(refused.error, ClientError::NotRecorded));
    // A receipt of other bytes than the board shows beside it.
    let refused = refused.voter.reconcile(&shown(&others, false)).err().unwrap();
    assert!(matches!(refused.error, ClientError::Receipt(_)));
    let missing = Recorded::Missing { latest: None, promised: None };
    assert_eq!(refused.voter.check_recorded(&shown(&others[..1], false)).unwrap(), missing);
    let list = [(first, reply)];
    let mut voter = refused.voter.reconcile(&shown(&list, false)).unwrap();
    assert_eq!(voter.check_recorded(&shown(&list, false)).unwrap(), Recorded::Returned { index: 10 });
    assert_eq!(voter.check_recorded(&[]).unwrap(), missing);
    assert!(matches!(resume(&store(&mut voter), &ELECTION), Resumed::Receipted(_)));
}
