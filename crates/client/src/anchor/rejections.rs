//! Elections that are not the announced one, not ready, or shown in two ways; and rows that are not the voter's.

use super::*;
use crate::sample::{Board, ELECTION, Election, FINAL, rng};
use urna_election::entry::{Cause, VotingOpened};
use urna_log::LogError;

fn refused(board: &Board<'_>, change: impl FnOnce(&mut Vec<OfficialEntry>)) -> ClientError {
    let mut entries = board.official();
    change(&mut entries);
    board.anchor_with(&entries).err().unwrap()
}

/// A board that stopped after this many entries.
fn stopped(election: &Election, size: usize) -> ClientError {
    let mut board = Board::open(election);
    board.log.truncate(size);
    board.anchor().err().unwrap()
}

#[test]
fn accepts_an_election_that_is_ready_cli_1_to_cli_5() {
    let mut board = Board::open(&ELECTION);
    let election = board.anchor().unwrap();
    assert_eq!(election.id(), ELECTION.id());
    assert_eq!(election.register().len(), 1);
    assert_eq!(election.checkpoint().unverified().head.size, 9);
    // Tokens can be taken before voting opens, and given back after it closed.
    board.log.pop();
    assert!(board.anchor().is_ok());
    let mut board = Board::open(&ELECTION);
    board.close();
    assert!(board.anchor().is_ok());
}

#[test]
fn rejects_another_manifest_before_reading_it_cli_1() {
    let board = Board::open(&ELECTION);
    let checkpoint = board.checkpoint().to_string();
    let entries = board.official();
    let pages = [OfficialPage { checkpoint: checkpoint.as_bytes(), entries: &entries }];
    let check =
        |id, manifest: &[u8]| AnchoredElection::check(id, manifest, &pages, &mut rng(1)).err().unwrap();
    let other = FINAL.manifest.bytes();
    assert!(matches!(
        check(ELECTION.id(), other),
        ClientError::OtherManifest { expected, found } if expected == *ELECTION.id() && found == *FINAL.id()
    ));
    assert!(matches!(check(ELECTION.id(), b"not JSON"), ClientError::OtherManifest { .. }));
    let id = ElectionId::from_bytes(Sha256::digest(b"not JSON").into());
    assert!(matches!(check(&id, b"not JSON"), ClientError::Manifest(_)));
    assert!(matches!(check(ELECTION.id(), &vec![b' '; Manifest::LIMIT + 1]), ClientError::Manifest(_)));
    // The right manifest of another election, with this one's log.
    assert!(matches!(check(FINAL.id(), other), ClientError::Rejected { index: 0, .. }));
}

#[test]
fn rejects_a_checkpoint_that_the_log_s_key_did_not_sign_cli_2() {
    let board = Board::open(&ELECTION);
    let entries = board.official();
    let check = |checkpoint: &str| {
        let page = OfficialPage { checkpoint: checkpoint.as_bytes(), entries: &entries };
        AnchoredElection::check(ELECTION.id(), ELECTION.manifest.bytes(), &[page], &mut rng(1)).err().unwrap()
    };
    let right = board.checkpoint().to_string();
    let wrong = right.replacen("club-2030\n9\n", "club-2030\n10\n", 1);
    assert_ne!(wrong, right);
    assert!(matches!(check(&wrong), ClientError::Checkpoint(LogError::SignatureFailed)));
    let other = right.replace("club-2030", "club-2031");
    assert!(matches!(check(&other), ClientError::Checkpoint(LogError::OtherOrigin)));
    assert!(matches!(check(""), ClientError::Checkpoint(_)));
    let nothing = AnchoredElection::check(ELECTION.id(), ELECTION.manifest.bytes(), &[], &mut rng(1));
    assert!(matches!(nothing.err().unwrap(), ClientError::EntryMissing { index: 0 }));
}

#[test]
fn rejects_entries_that_are_not_in_the_log_cli_3() {
    let board = Board::open(&ELECTION);
    let changed = refused(&board, |entries| entries[2].bytes.push(b' '));
    assert!(matches!(changed, ClientError::NotInLog { index: 2, error: LogError::RootDiffers }));
    let moved = refused(&board, |entries| entries[3].index = 4);
    assert!(matches!(moved, ClientError::NotInLog { index: 4, .. }));
    let short = refused(&board, |entries| {
        entries[5].proof.pop();
    });
    assert!(matches!(short, ClientError::NotInLog { index: 5, error: LogError::ProofLength }));
    let doubled = refused(&board, |entries| entries.insert(1, entries[0].clone()));
    assert!(matches!(doubled, ClientError::EntryOrder { index: 0 }));
    let swapped = refused(&board, |entries| entries.swap(1, 2));
    assert!(matches!(swapped, ClientError::EntryOrder { index: 1 }));
}

#[test]
fn rejects_what_no_board_may_log_cli_4() {
    // The board logs what it should not have admitted: the proofs hold, the rules do not.
    let with = |place: usize, bytes: Vec<u8>| {
        let mut board = Board::open(&ELECTION);
        board.log[place] = bytes;
        board.anchor().err().unwrap()
    };
    let board = Board::open(&ELECTION);
    let (first, second) = (board.log[1].clone(), board.log[2].clone());
    assert!(matches!(with(1, b"{}".to_vec()), ClientError::Entry { index: 1, .. }));
    let signature = String::from_utf8(second).unwrap().replace("boris", "clara").into_bytes();
    assert!(matches!(with(2, signature), ClientError::Rejected { index: 2, .. }));
    assert!(matches!(with(2, first), ClientError::RunningNumber { index: 2, expected: 1, found: 0, .. }));
    let other = Board::open(&FINAL);
    assert!(matches!(with(3, other.log[3].clone()), ClientError::Rejected { index: 3, .. }));
    // A rehearsal before all have agreed.
    let mut board = Board::open(&ELECTION);
    board.log[2] = Entry::from(ELECTION.rehearsal(0)).to_bytes();
    assert!(matches!(
        board.anchor().err().unwrap(),
        ClientError::Rejected { index: 2, rejected: urna_election::Rejected::CeremonyMissing { .. } }
    ));
}

#[test]
fn rejects_a_gap_before_voting_opens_cli_4() {
    let board = Board::open(&ELECTION);
    for missing in 0..8 {
        let refused = refused(&board, |entries| drop(entries.remove(missing)));
        let named = match refused {
            ClientError::EntryMissing { index } => index == u64::try_from(missing).unwrap(),
            // The trustee's next entry has the wrong number.
            ClientError::RunningNumber { expected: 0, found: 1, .. } => (1..=3).contains(&missing),
            // So has the authority's.
            ClientError::RunningNumber { expected: 1, found: 2, .. } => missing == 7,
            _ => false,
        };
        assert!(named, "{missing}: {refused}");
    }
    // The last one cannot be missed; then voting has not opened, as far as can be seen.
    let mut entries = board.official();
    entries.pop();
    assert!(board.anchor_with(&entries).is_ok());
}

#[test]
fn rejects_a_register_left_out_between_ballots_cli_4() {
    let mut board = Board::open(&ELECTION);
    let mut voter = crate::sample::cast(&ELECTION, 0, 1, 1);
    crate::sample::store(&mut voter);
    crate::sample::receipt(board.post(voter.entry().unwrap().1));
    let mut blobs = Vec::new();
    for replaced in 1..=2 {
        let blob = ELECTION.register_blob(|rows| rows.truncate(8 - replaced));
        board.admit(ELECTION.register_entry(&board.state, Cause::Manual, &blob));
        blobs.push(blob);
    }
    let election = board.anchor().unwrap();
    let newest = election.register();
    assert!(newest[0].check(&blobs[1]).is_ok());
    let left_out = refused(&board, |entries| drop(entries.remove(9)));
    assert!(matches!(left_out, ClientError::RunningNumber { index: 11 | 10, expected: 3, found: 4, .. }));
    let ballot = refused(&board, |entries| {
        entries.insert(9, OfficialEntry { index: 9, bytes: board.log[9].clone(), proof: board.proof(9) });
    });
    assert!(matches!(ballot, ClientError::NotOfficial { index: 9 }));
}

#[test]
fn rejects_an_election_that_is_not_ready_and_names_who_is_missing_cli_5() {
    let trustee = |place: usize| ELECTION.manifest.trustees().members[place].id.clone();
    for (size, place) in [(1, 0), (2, 1), (3, 2)] {
        assert!(matches!(
            stopped(&ELECTION, size),
            ClientError::CeremonyMissing { trustee: missing } if missing == trustee(place)
        ));
    }
    for (size, place) in [(4, 0), (5, 1), (6, 2)] {
        assert!(matches!(
            stopped(&ELECTION, size),
            ClientError::RehearsalMissing { trustee: missing } if missing == trustee(place)
        ));
    }
    assert!(matches!(stopped(&ELECTION, 7), ClientError::RegisterMissing));
    let mut board = Board::open(&ELECTION);
    board.cancel();
    assert!(matches!(board.anchor().err().unwrap(), ClientError::Cancelled));
    // Voting opened without a register is against the rules of every board.
    let mut board = Board::announced(&ELECTION);
    (0..3).for_each(|place| board.admit(ELECTION.ceremony(place)));
    (0..3).for_each(|place| board.admit(ELECTION.rehearsal(place)));
    let opened = ELECTION.authority(Some(&board.state), VotingOpened { details: None });
    board.log.push(Entry::from(opened).to_bytes());
    assert!(matches!(board.anchor().err().unwrap(), ClientError::Rejected { index: 7, .. }));
}

#[test]
fn finds_the_own_row_and_rejects_another_key_cli_6_cli_7() {
    let mut board = Board::open(&ELECTION);
    let entitle = |board: &Board<'_>, person, blob: &[u8]| {
        let election = board.anchor().unwrap();
        election.entitle(&ELECTION.invitation(person), 0, blob)
    };
    let Ok(Lookup::Found(found)) = entitle(&board, 3, &ELECTION.register) else { panic!("not found") };
    assert_eq!(*found.handle(), ELECTION.invitation(3).handle());
    assert_eq!(ELECTION.manifest.class(found.class()).unwrap().id.as_str(), "north");
    let error = |board: &Board<'_>, person, blob: &[u8]| entitle(board, person, blob).err().unwrap();
    assert!(matches!(error(&board, 100, &ELECTION.register), ClientError::NotOnRegister));
    let other = ELECTION.register_blob(|rows| rows.truncate(4));
    assert!(matches!(error(&board, 3, &other), ClientError::Register(RegisterError::Blob { blob: 0 })));

    let own = ELECTION.invitation(3).handle();
    for (credential, replaced) in [(None, 1), (Some([7; 32]), 1)] {
        let blob = ELECTION.register_blob(|rows| {
            let row = rows.iter_mut().find(|row| row.handle.0 == own).unwrap();
            row.credential = credential.map(urna_election::json::Base64);
            row.replaced = replaced;
        });
        board.admit(ELECTION.register_entry(&board.state, Cause::Manual, &blob));
        let refused = error(&board, 3, &blob);
        assert!(match credential {
            None => matches!(refused, ClientError::CredentialNotSet),
            Some(_) => matches!(refused, ClientError::OtherCredential { replaced: 1 }),
        });
        assert!(entitle(&board, 4, &blob).is_ok());
    }
    let election = board.anchor().unwrap();
    assert!(matches!(
        election.entitle(&ELECTION.invitation(3), 1, &ELECTION.register).err().unwrap(),
        ClientError::RegisterBlob(1)
    ));
    assert!(matches!(
        election.entitle(&FINAL.invitation(3), 0, &ELECTION.register).err().unwrap(),
        ClientError::OtherElection
    ));
    let slug = "another-slug".parse().unwrap();
    let elsewhere =
        Invitation::new("https://vote.example", slug, *ELECTION.id(), [1; 32], [1; 16], "ada").unwrap();
    assert!(matches!(
        election.entitle(&elsewhere, 0, &ELECTION.register).err().unwrap(),
        ClientError::OtherSlug
    ));
    // An entitlement of one election makes no voter of another.
    let foreign = Board::open(&FINAL).anchor().unwrap();
    let voter = crate::Voter::new(foreign, found, urna_crypto::Seed::from_bytes([1; 32]));
    assert!(matches!(voter.err().unwrap(), ClientError::OtherElection));
}

#[test]
fn accepts_a_log_that_grew_and_rejects_two_logs_cli_8() {
    let mut board = Board::open(&ELECTION);
    let mut election = board.anchor().unwrap();
    let text = |board: &Board<'_>, size: usize| board.sign(board.head(size)).to_string();
    for person in 0..3 {
        let mut voter = crate::sample::cast(&ELECTION, person, person, 1);
        crate::sample::store(&mut voter);
        crate::sample::receipt(board.post(voter.entry().unwrap().1));
    }
    election.follow(text(&board, 9).as_bytes(), &[]).unwrap();
    election.follow(text(&board, 11).as_bytes(), &board.consistency(9, 11)).unwrap();
    assert_eq!(election.checkpoint().unverified().head.size, 11);
    // An older one that was seen elsewhere; the newer stays.
    election.follow(text(&board, 7).as_bytes(), &board.consistency(7, 11)).unwrap();
    assert_eq!(election.checkpoint().unverified().head.size, 11);
    let wrong = election.follow(text(&board, 12).as_bytes(), &[]).unwrap_err();
    assert!(matches!(wrong, ClientError::NotContinued { .. }));

    // The board signs another history.
    let mut forked = Board::open(&ELECTION);
    forked.log.extend(board.log[9..].iter().rev().cloned());
    let same = election.follow(text(&forked, 11).as_bytes(), &[]).unwrap_err();
    let ClientError::Forked { kept, other } = same else { panic!("{same}") };
    assert_eq!((&*kept, &*other), (&*text(&board, 11), &*text(&forked, 11)));
    let longer = election.follow(text(&forked, 12).as_bytes(), &forked.consistency(11, 12)).unwrap_err();
    assert!(matches!(longer, ClientError::NotContinued { error: LogError::RootDiffers, .. }));
    assert!(matches!(election.follow(b"", &[]).unwrap_err(), ClientError::Checkpoint(_)));
    // Pages of two logs.
    let (one, two) = (board.checkpoint().to_string(), forked.checkpoint().to_string());
    let (first, second) = (board.official(), Vec::new());
    let pages = [
        OfficialPage { checkpoint: one.as_bytes(), entries: &first },
        OfficialPage { checkpoint: two.as_bytes(), entries: &second },
    ];
    let mixed = AnchoredElection::check(ELECTION.id(), ELECTION.manifest.bytes(), &pages, &mut rng(1));
    assert!(matches!(mixed.err().unwrap(), ClientError::Forked { .. }));
}

#[test]
fn finds_the_own_row_in_the_middle_of_many_blobs_cli_6() {
    let mut handles: Vec<_> =
        (0..crate::sample::PEOPLE).map(|person| (ELECTION.invitation(person).handle(), person)).collect();
    handles.sort();
    let blobs = [0..2, 2..5, 5..8].map(|range| ELECTION.register_blob(|rows| *rows = rows[range].to_vec()));
    let mut election = Board::open(&ELECTION).anchor().unwrap();
    let named = blobs.iter().map(|blob| BlobRef::new(urna_election::blob::BlobKind::RegisterRows, blob));
    election.register.as_mut().unwrap().rows = named.map(Option::unwrap).collect();
    let look = |person: u8, blob: usize| election.entitle(&ELECTION.invitation(person), blob, &blobs[blob]);
    for (place, (handle, person)) in handles.iter().enumerate() {
        let own = [0, 0, 1, 1, 1, 2, 2, 2][place];
        for blob in 0..3 {
            match look(*person, blob).unwrap() {
                Lookup::Found(found) => assert!(blob == own && found.handle() == handle),
                Lookup::Before => assert!(own < blob),
                Lookup::After => assert!(own > blob),
            }
        }
    }
    // Who is in no blob is told so at either end, or where two blobs send each other.
    for person in 100..130 {
        let handle = ELECTION.invitation(person).handle();
        let behind = handles.iter().filter(|(other, _)| *other < handle).count();
        let answers = [0, 1, 2].map(|blob| look(person, blob));
        let nowhere = answers.iter().any(|answer| matches!(answer, Err(ClientError::NotOnRegister)));
        let between = answers.windows(2).any(|pair| matches!(pair, [Ok(Lookup::After), Ok(Lookup::Before)]));
        assert_eq!(between, behind == 2 || behind == 5, "{person}");
        assert!(nowhere || between);
        assert!(!answers.iter().any(|answer| matches!(answer, Ok(Lookup::Found(_)))));
    }
}
