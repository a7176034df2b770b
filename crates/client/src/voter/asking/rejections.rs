//! What issuers say at the wrong time, twice, or wrongly.

use super::*;
use crate::sample::{Answered, ELECTION, Issuer, NOW, asked, rng, store};

/// The issuer's first move, saved.
fn open(voter: &mut Voter<Asked>, issuer: &mut Issuer<'_>) -> ([u8; 16], [u8; 64]) {
    let opened = {
        let requests = voter.session_requests(NOW, &mut rng(1)).unwrap();
        let request = requests.iter().find(|request| request.issuer.id == *issuer.id()).unwrap();
        issuer.open(request).unwrap()
    };
    voter.session_opened(issuer.id(), opened.0, &opened.1).unwrap();
    store(voter);
    opened
}

fn answer(voter: &Voter<Asked>, issuer: &mut Issuer<'_>) -> [u8; 96] {
    let requests = voter.challenge_requests(&mut rng(2)).unwrap();
    let request = requests.iter().find(|request| request.issuer.id == *issuer.id()).unwrap();
    let answer = issuer.answer(request.session, request.handle, request.challenge, request.signature);
    let Answered::Answer(answer) = answer else { panic!("{answer:?}") };
    answer
}

#[test]
fn rejects_a_second_first_move_while_one_is_open_cli_12() {
    let mut voter = asked(&ELECTION, 0, 1);
    let mut issuer = ELECTION.issuers().remove(0);
    let (session, _) = open(&mut voter, &mut issuer);
    let before = voter.challenge_requests(&mut rng(2)).unwrap()[0].challenge;
    // A first move that was late, after the challenge has left: the session that is answered is the first.
    let late = urna_crypto::Session::open(&mut rng(9)).commitment().to_bytes();
    voter.session_opened(issuer.id(), [9; 16], &late).unwrap();
    assert!(!voter.is_unsaved());
    let requests = voter.challenge_requests(&mut rng(3)).unwrap();
    let [request] = requests.as_slice() else { panic!("one session") };
    assert_eq!((request.session, request.challenge), (session, before));
    drop(requests);
    let answer = answer(&voter, &mut issuer);
    voter.answered(issuer.id(), &session, &answer).unwrap();
    // Nor does one come in after the token; and a second answer changes nothing, whatever it is.
    store(&mut voter);
    voter.session_opened(issuer.id(), [9; 16], &late).unwrap();
    voter.answered(issuer.id(), &session, &[0; 96]).unwrap();
    assert!(!voter.is_unsaved());
    assert_eq!(voter.awaited().map(|issuer| issuer.id.as_str()).collect::<Vec<_>>(), ["senate"]);
    assert_eq!(voter.session_requests(NOW, &mut rng(4)).unwrap().len(), 1);
}

#[test]
fn rejects_first_moves_that_are_none_cli_12() {
    let mut voter = asked(&ELECTION, 0, 1);
    let issuer = ELECTION.issuers().remove(0);
    let right = urna_crypto::Session::open(&mut rng(9)).commitment().to_bytes();
    for half in [0, 32] {
        let mut identity = right;
        identity[half..half + 32].fill(0);
        assert!(matches!(
            voter.session_opened(issuer.id(), [1; 16], &identity).unwrap_err(),
            ClientError::FirstMove { issuer: named } if named == *issuer.id()
        ));
    }
    let stranger = "stranger".parse().unwrap();
    let unknown = |error: ClientError| assert!(matches!(error, ClientError::UnknownIssuer(_)), "{error}");
    unknown(voter.session_opened(&stranger, [1; 16], &right).unwrap_err());
    unknown(voter.session_lost(&stranger, &[1; 16]).unwrap_err());
    unknown(voter.answered(&stranger, &[1; 16], &[0; 96]).unwrap_err());
    unknown(voter.earlier_challenge_requests(&stranger, &mut rng(1)).err().unwrap());
    assert!(!voter.is_unsaved());
}

#[test]
fn rejects_answers_that_do_not_open_the_first_move_cli_14() {
    let mut voter = asked(&ELECTION, 0, 1);
    let (mut issuer, mut other) = {
        let mut issuers = ELECTION.issuers();
        (issuers.remove(0), issuers.remove(0))
    };
    let (session, _) = open(&mut voter, &mut issuer);
    let (foreign, _) = open(&mut voter, &mut other);
    let right = answer(&voter, &mut issuer);
    let wrong = answer(&voter, &mut other);
    let id = issuer.id().clone();
    assert!(matches!(
        voter.answered(&id, &[77; 16], &right).unwrap_err(),
        ClientError::UnknownSession { issuer: named } if named == id
    ));
    let mut not_scalars = right;
    not_scalars[..32].fill(0xff);
    let mut y_zero = right;
    y_zero[32..64].fill(0);
    for answer in [wrong, not_scalars, y_zero, [0; 96]] {
        assert!(matches!(
            voter.answered(&id, &session, &answer).unwrap_err(),
            ClientError::Answer { issuer: named } if named == id
        ));
    }
    // Nothing has changed, and the right one is still taken.
    assert!(!voter.is_unsaved());
    voter.answered(&id, &session, &right).unwrap();
    let refused = voter.finish().err().unwrap();
    assert!(matches!(
        refused.error,
        ClientError::TokenMissing { issuer: named } if named == *other.id()
    ));
    let mut voter = *refused.voter;
    voter.answered(other.id(), &foreign, &wrong).unwrap();
    assert!(voter.finish().is_ok());
}

#[test]
fn rejects_losing_sessions_without_end_cli_13() {
    let mut voter = asked(&ELECTION, 0, 1);
    let id = ELECTION.issuers().remove(0).id().clone();
    let commitment = urna_crypto::Session::open(&mut rng(9)).commitment().to_bytes();
    let session = |number: usize| {
        let mut session = [0; 16];
        session[..8].copy_from_slice(&u64::try_from(number).unwrap().to_le_bytes());
        session
    };
    for number in 0..=LOST_LIMIT {
        voter.session_opened(&id, session(number), &commitment).unwrap();
        // One that is not open is not lost.
        voter.session_lost(&id, &session(LOST_LIMIT + 1)).unwrap();
        let lost = voter.session_lost(&id, &session(number));
        if number < LOST_LIMIT {
            lost.unwrap();
        } else {
            assert!(matches!(lost.unwrap_err(), ClientError::TooManySessions { .. }));
        }
    }
    store(&mut voter);
    assert_eq!(voter.earlier_challenge_requests(&id, &mut rng(1)).unwrap().len(), LOST_LIMIT);
    // The last one is still open.
    assert_eq!(voter.challenge_requests(&mut rng(1)).unwrap()[0].session, session(LOST_LIMIT));
}
