//! Agreement and opening: on the trustee's own verification, by its own clock, on enough others' word, and once.

use rand_core::OsRng;
use urna_crypto::Combination;
use urna_election::CountedBallot;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_election::opening::{check_chunk, combine};
use urna_trustee::{Outcome, Trustee, TrusteeError, VerifiedClose};

use crate::table::{CLOSES, Crash, OPENING, Table, entry, verification, verified};

/// Everybody has agreed to the manifest and made a backup.
fn published(threshold: u16, count: usize) -> (Table, Manifest) {
    let mut table = Table::finished(threshold, count);
    let manifest = table.manifest();
    table.agree(&manifest);
    (table, manifest)
}

/// A trustee's `agreed` on this log, posted.
fn agreed(
    table: &mut Table,
    place: usize,
    manifest: &Manifest,
    close: &VerifiedClose,
) -> Result<Entry, TrusteeError> {
    let (trustee, done) = table.people[place]
        .command(None, |trustee, rng| trustee.agree_to_open(manifest, close, OPENING, rng))
        .unwrap();
    done.map(|()| entry(&trustee, Kind::Agreed))
}

#[test]
fn opens_what_all_have_verified_and_gives_the_key_of_every_ballot_tru_10_to_13() {
    for (threshold, count) in [(1, 1), (2, 3), (3, 5)] {
        let (mut table, manifest) = published(threshold, count);
        let close = verified(&manifest, 7, 1);
        let counted: Vec<_> =
            verification(&manifest, 7, 1).counted.iter().map(|c| c.point().unwrap()).collect();
        let log: Vec<_> =
            (0..count).map(|place| agreed(&mut table, place, &manifest, &close).unwrap()).collect();
        // The last one is lost after the rehearsal: the others answer, if they are enough.
        let answer: Vec<_> = (0..count).rev().take(usize::from(threshold)).collect();
        let mut lists = Vec::new();
        for place in &answer {
            let (trustee, ()) = table.people[*place]
                .command(None, |trustee, rng| {
                    let quorum = trustee.quorum(&manifest, &log, rng).unwrap();
                    trustee.open_chunk(&manifest, quorum, &close, 0, rng).unwrap();
                })
                .unwrap();
            let posting = trustee.posting(Kind::Opening).unwrap().unwrap();
            let Entry::Opening(entry) = Entry::parse(&posting.entry).unwrap() else { panic!("an opening") };
            assert_eq!(entry.number.value(), 3);
            lists.push(
                check_chunk(&manifest, *place, &entry.body, &posting.blob.unwrap().1, &counted).unwrap(),
            );
        }
        let indices: Vec<u16> = answer.iter().map(|place| u16::try_from(place + 1).unwrap()).collect();
        assert_eq!(combine(&indices, &lists).unwrap().len(), 7);
        assert!(Combination::new(&indices).is_ok());
    }
}

/// From the manifest to the opening, one trustee is killed at every command, before or after the file is written; the commands
/// that are given again do what was left undone, and what had been sent by then is the same.
#[test]
fn survives_a_crash_at_every_step_after_the_ceremony() {
    for (threshold, count) in [(1, 1), (2, 3), (3, 5)] {
        for crash in [Crash::BeforeWriting, Crash::BeforeSending] {
            let mut table = Table::finished(threshold, count);
            let manifest = table.manifest();
            let close = verified(&manifest, 7, 1);
            let counted = verification(&manifest, 7, 1).counted;
            let counted: Vec<_> = counted.iter().map(|ballot| ballot.point().unwrap()).collect();
            let backups: Vec<_> = table.people.iter().map(crate::table::Person::trustee).collect();
            let mut log = Vec::new();
            for place in (0..count).rev() {
                for kind in [Kind::Ceremony, Kind::Rehearsal, Kind::Agreed] {
                    let command = |trustee: &mut Trustee, rng: &mut rand_chacha::ChaCha20Rng| match kind {
                        Kind::Ceremony => trustee.agree(manifest.id(), &manifest, rng).unwrap(),
                        Kind::Rehearsal => trustee.rehearse(&backups[place], rng).unwrap(),
                        _ => trustee.agree_to_open(&manifest, &close, OPENING, rng).unwrap(),
                    };
                    assert!(table.people[place].command(Some(crash), command).is_none());
                    let written = table.people[place].trustee().posting(kind).unwrap();
                    assert_eq!(written.is_some(), crash == Crash::BeforeSending, "{kind}");
                    let (trustee, ()) = table.people[place].command(None, command).unwrap();
                    let posted = entry(&trustee, kind);
                    assert!(written.is_none_or(|written| written.entry == posted.to_bytes()), "{kind}");
                    log.extend((kind == Kind::Agreed).then_some(posted));
                }
            }
            let mut lists = Vec::new();
            for place in 0..usize::from(threshold) {
                let open = |trustee: &mut Trustee, rng: &mut rand_chacha::ChaCha20Rng| {
                    let quorum = trustee.quorum(&manifest, &log, rng).unwrap();
                    trustee.open_chunk(&manifest, quorum, &close, 0, rng).unwrap();
                };
                assert!(table.people[place].command(Some(crash), open).is_none());
                let (trustee, ()) = table.people[place].command(None, open).unwrap();
                let posting = trustee.posting(Kind::Opening).unwrap().unwrap();
                let Entry::Opening(entry) = Entry::parse(&posting.entry).unwrap() else {
                    panic!("an opening")
                };
                lists.push(
                    check_chunk(&manifest, place, &entry.body, &posting.blob.unwrap().1, &counted).unwrap(),
                );
            }
            let indices: Vec<u16> = (1..=threshold).collect();
            assert_eq!(combine(&indices, &lists).unwrap().len(), 7);
        }
    }
}

#[test]
fn rejects_a_verification_in_which_anything_did_not_pass_tru_9() {
    let (_, manifest) = published(2, 3);
    let good = verification(&manifest, 3, 1);
    assert!(VerifiedClose::new(manifest.id(), good.clone()).is_ok());
    for check in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17] {
        for outcome in [Some(Outcome::Other("failed".into())), None, Some(Outcome::NotApplicable)] {
            let mut bad = good.clone();
            bad.checks.retain(|(number, _)| *number != check);
            let is_allowed = check == 2 && outcome == Some(Outcome::NotApplicable);
            bad.checks.extend(outcome.map(|outcome| (check, outcome)));
            let refused = VerifiedClose::new(manifest.id(), bad);
            let expected =
                matches!(&refused, Err(TrusteeError::NotVerified { check: named, .. }) if *named == check);
            assert!(expected || is_allowed, "V-{check:02}");
        }
    }
    let unanchored = urna_trustee::OwnVerification { anchor: None, ..good.clone() };
    assert!(matches!(VerifiedClose::new(manifest.id(), unanchored), Err(TrusteeError::NotAnchored)));
    let mut other = good;
    other.counted.pop();
    assert!(matches!(VerifiedClose::new(manifest.id(), other), Err(TrusteeError::OtherList)));
}

#[test]
fn agrees_to_nothing_before_its_own_clock_says_so_tru_9() {
    let (mut table, manifest) = published(2, 3);
    let close = verified(&manifest, 3, 1);
    for now in [0, CLOSES - 1, CLOSES, OPENING - 1] {
        let (trustee, refused) = table.people[0]
            .command(None, |trustee, rng| trustee.agree_to_open(&manifest, &close, now, rng))
            .unwrap();
        assert!(matches!(refused, Err(TrusteeError::TooEarly { not_before: OPENING, .. })), "{now}");
        assert_eq!(trustee.posting(Kind::Agreed).unwrap(), None);
    }
    agreed(&mut table, 0, &manifest, &close).unwrap();
}

#[test]
fn agrees_once_and_durably_tru_9() {
    let (mut table, manifest) = published(2, 3);
    let close = verified(&manifest, 3, 1);
    let agree = |trustee: &mut Trustee, rng: &mut rand_chacha::ChaCha20Rng| {
        trustee.agree_to_open(&manifest, &close, OPENING, rng).unwrap();
    };
    table.people[0].command(Some(Crash::BeforeWriting), agree);
    assert_eq!(table.people[0].trustee().agreed(), None, "nothing was written, and nothing was sent");
    table.people[0].command(Some(Crash::BeforeSending), agree);
    let written = entry(&table.people[0].trustee(), Kind::Agreed);
    // Another log of the same election, shown after the crash: it is in the file already.
    for fork in [2, 3] {
        let refused = agreed(&mut table, 0, &manifest, &verified(&manifest, 4, fork)).unwrap_err();
        assert!(matches!(refused, TrusteeError::AgreedOtherwise { before: 14, now: 15 }), "{refused}");
    }
    // The other root alone makes it another.
    assert!(agreed(&mut table, 0, &manifest, &verified(&manifest, 3, 2)).is_err());
    assert_eq!(agreed(&mut table, 0, &manifest, &close).unwrap(), written, "the same bytes");
}

#[test]
fn gives_no_share_before_enough_have_agreed_to_the_same_tru_9() {
    for (threshold, count, needed) in [(2, 3, 2), (2, 5, 3), (3, 5, 3), (4, 5, 4)] {
        let (mut table, manifest) = published(threshold, count);
        let close = verified(&manifest, 3, 1);
        let fork = verified(&manifest, 3, 2);
        let mut log = Vec::new();
        // One is shown another log before the close, and agrees to that.
        let forked = agreed(&mut table, count - 1, &manifest, &fork).unwrap();
        for place in 0..needed {
            let trustee = table.people[0].trustee();
            let quorum = trustee.quorum(&manifest, &log, &mut OsRng);
            match quorum {
                Err(TrusteeError::NotAgreed) => assert_eq!(place, 0),
                Err(TrusteeError::TooFewAgreed { needed: said, agreed, .. }) => {
                    assert_eq!((said, agreed.len()), (needed, place));
                }
                other => panic!("{other:?}"),
            }
            if place < count - 1 {
                log.push(agreed(&mut table, place, &manifest, &close).unwrap());
            }
        }
        log.push(forked.clone());
        // The forked one gets no share of anybody, whatever it is shown of them.
        let refused = table.people[count - 1].trustee().quorum(&manifest, &log, &mut OsRng).unwrap_err();
        let TrusteeError::TooFewAgreed { agreed: alone, otherwise, .. } = &refused else {
            panic!("{refused}")
        };
        assert_eq!((alone.len(), otherwise.len()), (1, needed.min(count - 1)));
        assert!(refused.to_string().contains("evidence of two logs"), "{refused}");
        if needed < count {
            let quorum = table.people[0].trustee().quorum(&manifest, &log, &mut OsRng).unwrap();
            let (_, wrong) = table.people[0]
                .command(None, |trustee, rng| trustee.open_chunk(&manifest, quorum, &fork, 0, rng))
                .unwrap();
            assert!(matches!(wrong, Err(TrusteeError::OtherList)));
        }
        // Repeated, or signed by somebody else, they are no more.
        let (mut twice, mut stolen) = (log[0].clone(), log[0].clone());
        for entry in [&mut twice, &mut stolen] {
            let Entry::Agreed(entry) = entry else { panic!("agreed") };
            entry.number = 3_u32.into();
        }
        let Entry::Agreed(entry) = &mut stolen else { panic!("agreed") };
        entry.signer = "clara".parse().unwrap();
        let few = [log[0].clone(), twice, stolen];
        assert!(matches!(
            table.people[0].trustee().quorum(&manifest, &few, &mut OsRng),
            Err(TrusteeError::TooFewAgreed { .. })
        ));
    }
}

#[test]
fn hands_out_no_chunk_that_is_not_in_the_file_and_the_same_one_again_tru_11() {
    let (mut table, manifest) = published(2, 2);
    let ballots = 4_096 + 3;
    let close = verified(&manifest, ballots, 1);
    assert_eq!((close.chunks(), close.ballots()), (2, 4_099));
    let log: Vec<_> = (0..2).map(|place| agreed(&mut table, place, &manifest, &close).unwrap()).collect();
    let open = |position| {
        let (log, manifest, close) = (&log, &manifest, &close);
        move |trustee: &mut Trustee, rng: &mut rand_chacha::ChaCha20Rng| {
            let quorum = trustee.quorum(manifest, log, rng).unwrap();
            let opened = trustee.open_chunk(manifest, quorum, close, position, rng);
            assert!(
                !trustee.is_unsaved() || matches!(trustee.posting(Kind::Opening), Err(TrusteeError::Unsaved))
            );
            opened
        }
    };
    table.people[0].command(Some(Crash::BeforeWriting), open(0));
    assert_eq!(table.people[0].trustee().posting(Kind::Opening).unwrap(), None);
    table.people[0].command(Some(Crash::BeforeSending), open(0));
    let first = table.people[0].command(None, open(0)).unwrap().0.posting(Kind::Opening).unwrap().unwrap();
    let again = table.people[0].command(None, open(0)).unwrap().0.posting(Kind::Opening).unwrap().unwrap();
    assert_eq!(first, again);
    let second = table.people[0].command(None, open(1)).unwrap().0.posting(Kind::Opening).unwrap().unwrap();
    assert_eq!(second.blob.unwrap().1.len(), 3 * 32);
    let (_, none) = table.people[0].command(None, open(2)).unwrap();
    assert!(matches!(none, Err(TrusteeError::NoChunk(2))));
    // What stands in the log is counted; what strangers sign is not.
    let Entry::Opening(chunk) = Entry::parse(&first.entry).unwrap() else { panic!("an opening") };
    let mut strange = chunk.clone();
    strange.body.position = 1;
    let logged = [Entry::Opening(chunk), Entry::Opening(strange)];
    let (_, stand) =
        table.people[0].command(None, |trustee, rng| trustee.adopt(&manifest, &logged, rng)).unwrap();
    assert_eq!(stand.unwrap(), 1);
}

/// A file that is read back from the backup takes for its own what the log has of it, and can still agree to nothing else.
#[test]
fn goes_on_with_the_backup_when_the_file_is_lost() {
    let (mut table, manifest) = published(2, 3);
    let backup = table.people[0].disk.clone();
    let close = verified(&manifest, 3, 1);
    let log: Vec<_> = (0..2).map(|place| agreed(&mut table, place, &manifest, &close).unwrap()).collect();
    table.people[0].disk = backup;
    let (trustee, adopted) =
        table.people[0].command(None, |trustee, rng| trustee.adopt(&manifest, &log, rng)).unwrap();
    assert_eq!(adopted.unwrap(), 0);
    assert_eq!(entry(&trustee, Kind::Agreed), log[0]);
    assert!(agreed(&mut table, 0, &manifest, &verified(&manifest, 4, 2)).is_err());
    // A log that has another agreement of this trustee than its file.
    let mut other = Table::finished(2, 3);
    let same = other.manifest();
    assert_eq!(same.id(), manifest.id());
    other.agree(&same);
    let forked = agreed(&mut other, 0, &manifest, &verified(&manifest, 4, 2)).unwrap();
    let (_, refused) = table.people[0]
        .command(None, |trustee, rng| trustee.adopt(&manifest, std::slice::from_ref(&forked), rng))
        .unwrap();
    assert!(matches!(refused, Err(TrusteeError::AgreedOtherwise { .. })));
    // Who has signed both supports neither.
    let both = [log[0].clone(), log[1].clone(), forked];
    assert!(matches!(
        table.people[0].trustee().quorum(&manifest, &both, &mut OsRng),
        Err(TrusteeError::TooFewAgreed { .. })
    ));
}

#[test]
fn rejects_points_that_are_none() {
    let (_, manifest) = published(2, 2);
    let mut bad = verification(&manifest, 1, 1);
    bad.counted[0].ephemeral = [255; 32];
    bad.agreement.counted.0 = CountedBallot::digest(manifest.id(), &bad.counted);
    assert!(matches!(VerifiedClose::new(manifest.id(), bad), Err(TrusteeError::OtherList)));
}
