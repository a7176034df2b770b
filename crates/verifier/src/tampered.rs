//! For every check, a whole election in which it is the first that fails: made as an attacker would who holds every key of the
//! operators.
//!
//! A long file: one function for each way to tamper, none longer than a page, all over the same few helpers that rebuild tree and
//! signatures. What the directories of `spec/vectors/records` are called is decided here and nowhere else.

use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use urna_election::Phase;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{
    Ballot, Body, Cause, Certified, Entry, Erased, ManifestPublished, RehearsalDone, Signed, VotingClosed,
};
use urna_election::json::Base64;
use urna_election::manifest::Manifest;
use urna_election::result::ElectionResult;
use urna_election::sample::{Election, Voter, computed_result, manifest as sample, marks, whole_election};
use urna_log::{Checkpoint, Promise, Receipt, SignedCheckpoint, SignedPromise, TreeHead};

use crate::sample::{log_key, promise_key, record};
use crate::{Check, Files, Given, Named, Report, Status, Unreadable, Verdict, Verified, verify};

const ORIGIN: &str = "board.example/union-2027";

fn coins() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn verified(files: &Files, given: &Given) -> Verified {
    verify(files, given, &coins, &()).unwrap()
}

fn report(files: &Files) -> Report {
    verified(files, &Given::default()).report
}

/// The check is the first to fail, and those before it were evaluated.
#[track_caller]
fn fails_first(report: &Report, check: Check, entry: Option<u64>) {
    let text = report.to_string();
    for finding in report.findings.iter().take_while(|finding| finding.check != check) {
        assert!(matches!(finding.status, Status::Passed | Status::NotApplicable | Status::NotYet), "{text}");
    }
    assert_eq!(report.finding(check).unwrap().status, Status::Failed { entry }, "{text}");
    assert_eq!(report.verdict(), Verdict::Failed);
}

fn statuses(report: &Report) -> BTreeMap<&'static str, &'static str> {
    report.findings.iter().map(|finding| (finding.check.id(), finding.status.as_str())).collect()
}

/// An election until voting is open, and its voters.
fn voting() -> (Election, Vec<Voter>) {
    let mut election = Election::at(Phase::Voting);
    let voters = (0..9).map(|person| election.voter(person)).collect();
    (election, voters)
}

/// The rest, with everything as it must be.
fn finish(election: &mut Election) {
    if election.state.phase() == Phase::Voting {
        election.close_voting();
    }
    election.post_issuance();
    election.agree();
    election.open_ballots(&[0, 2]);
    let result = computed_result(election).to_bytes();
    let entry = election.result(&[1, 3], result);
    election.admit(entry);
    election.certify();
}

/// A whole election with one ballot that is not what it should be.
fn with_ballot(make: impl FnOnce(&mut Election, &mut [Voter]) -> Ballot) -> (Election, u64) {
    let (mut election, mut voters) = voting();
    let good = election.ballot(&voters[1], 0, &[marks(&[1]), marks(&[0])]);
    election.admit(good);
    let bad = make(&mut election, &mut voters);
    let index = election.state.size();
    election.force(bad);
    finish(&mut election);
    (election, index)
}

/// The index of the first entry of its kind.
fn first(election: &Election, kind: urna_election::entry::Kind) -> usize {
    election.log.iter().position(|(_, entry)| entry.kind() == kind).unwrap()
}

fn resigned<B: Body + serde::Serialize>(election: &Election, old: &Signed<B>, body: B) -> Signed<B> {
    Signed::by_authority(election.manifest.id(), &sample::ed25519(1), old.number, body)
}

#[test]
fn accepts_a_whole_election() {
    let (election, _) = whole_election();
    let files = record(&election);
    let given = Given { election: Some(*election.manifest.id()), ..Given::default() };
    let Verified { report, result, turnout, figures, .. } = verified(&files, &given);
    assert_eq!(
        report.to_string(),
        "\
V-01  passed          checkpoint of size 33, root recomputed
V-02  not applicable  no older checkpoint was given; the manifest asks for no witnesses
V-03  passed          33 canonical entries, phases in order
V-04  passed          manifest, 2 issuers, 2 classes, 3 trustees
V-05  passed          election key recomputed; 3 of 3 rehearsed
V-06  passed          9 entitled, 1 version; keys: 0 null, 0 filled, 0 replaced; handles: 0 added, 0 removed, 0 moved, 0 removed and added again
V-07  passed          22 tokens
V-08  passed          10 ballots, 2 withdrawals
V-09  passed          7 pseudonyms, 6 counted
V-10  passed          issued 9, seen 7, returned 1, gap 1
V-11  passed          board's clock only
V-12  passed          3 agreed, 2 opened
V-13  passed          6 opened, 1 invalid (entries 19), 1 void (entries 18 in board)
V-14  passed          counts equal
V-15  not applicable  no receipt or promise was given
V-16  passed          10 blobs
V-17  passed          20 signed entries

verified: every check passed and the record is complete
"
    );
    assert_eq!(
        (report.verdict(), report.phase, report.anchored),
        (Verdict::Verified, Phase::Certified, true)
    );
    let mut election = election;
    assert_eq!(result, Some(computed_result(&mut election)));
    assert_eq!((turnout.unwrap().counted, turnout.unwrap().participated), (6, 5));
    assert_eq!(figures.unwrap().issued, 9);

    // The blob that was erased may be gone, and then the record is not complete.
    let mut erased = files.clone();
    let details = election.state.erased().iter().next().unwrap();
    let name = crate::File::Blob(*details).to_string();
    assert!(erased.0.remove(&name).is_some());
    let report = report_of(&erased);
    assert_eq!((report.verdict(), statuses(&report)["V-16"]), (Verdict::SoFar, "erased"));
    assert!(
        report
            .findings
            .iter()
            .filter(|finding| finding.check != Check::Blobs)
            .all(|finding| { matches!(finding.status, Status::Passed | Status::NotApplicable) })
    );
}

fn report_of(files: &Files) -> Report {
    report(files)
}

#[test]
fn says_not_yet_until_there_is_something_to_check() {
    let (election, _) = whole_election();
    let mut seen = Vec::new();
    for size in 1..=election.log.len() {
        let entries: Vec<_> = election.log[..size].iter().map(|(_, entry)| entry.to_bytes()).collect();
        let report = report(&Files::publish(&entries, &election.blobs, &log_key(ORIGIN)).unwrap());
        let (verdict, statuses) = (report.verdict(), statuses(&report));
        let done = matches!(report.phase, Phase::Tallied | Phase::Certified);
        assert_eq!(verdict, if done { Verdict::Verified } else { Verdict::SoFar }, "{size}: {report}");
        let not_yet: Vec<_> =
            statuses.iter().filter(|(_, status)| **status == "not yet").map(|(id, _)| *id).collect();
        if seen.last() != Some(&(report.phase, not_yet.clone())) {
            seen.push((report.phase, not_yet));
        }
    }
    let after_voting = vec!["V-10", "V-12", "V-13", "V-14"];
    let expected = [
        (
            Phase::Announced,
            vec!["V-05", "V-06", "V-07", "V-08", "V-09", "V-10", "V-11", "V-12", "V-13", "V-14"],
        ),
        (Phase::Rehearsed, vec!["V-06", "V-07", "V-08", "V-09", "V-10", "V-11", "V-12", "V-13", "V-14"]),
        (Phase::Rehearsed, vec!["V-07", "V-08", "V-09", "V-10", "V-11", "V-12", "V-13", "V-14"]),
        (Phase::Voting, vec!["V-10", "V-11", "V-12", "V-13", "V-14"]),
        (Phase::Closed, after_voting),
        (Phase::Closed, vec!["V-12", "V-13", "V-14"]),
        (Phase::Closed, vec!["V-13", "V-14"]),
        (Phase::Tallied, vec![]),
        (Phase::Certified, vec![]),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn accepts_a_cancelled_election_so_far() {
    let election = Election::at(Phase::Cancelled);
    let report = report(&record(&election));
    assert_eq!(report.verdict(), Verdict::SoFar, "{report}");
    assert_eq!(statuses(&report)["V-14"], "not applicable");
}

#[test]
fn rejects_a_log_that_its_checkpoint_does_not_sign_v_01() {
    let (election, _) = whole_election();
    let good = record(&election);
    let changed = |file: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = good.clone();
        change(files.0.get_mut(file).unwrap());
        files
    };
    let root = |report: &Report| assert_eq!(report.first_failure().unwrap().check, Check::Root, "{report}");
    // A tile, an entry, the checkpoint's root, another log's key.
    let tile = report(&changed("tile/0/000.p/33", &|bytes| bytes[32 * 7] ^= 1));
    fails_first(&tile, Check::Root, Some(7));
    root(&report(&changed("tile/entries/000.p/33", &|bytes| {
        let at = bytes.windows(9).position(|window| window == b"\"number\":").unwrap();
        bytes[at + 9] = b'7';
    })));
    let resigned = |origin: &str, root: [u8; 32], seed: u8| {
        let checkpoint = Checkpoint { origin: origin.parse().unwrap(), head: TreeHead { size: 33, root } };
        let key = urna_log::SigningKey::from_seed(origin.parse().unwrap(), &[seed; 32]);
        changed("checkpoint", &|bytes| {
            *bytes = SignedCheckpoint::sign(&checkpoint, &key).unwrap().to_string().into_bytes();
        })
    };
    let true_root = verified(&good, &Given::default()).head.root;
    for (origin, tree_root, seed) in
        [(ORIGIN, [1; 32], 2), (ORIGIN, true_root, 9), ("board.example/other-2027", true_root, 2)]
    {
        let report = report(&resigned(origin, tree_root, seed));
        fails_first(&report, Check::Root, None);
        let others = report.findings.iter().skip(1);
        assert!(others.map(|finding| finding.status.as_str()).all(|status| status == "not evaluated"));
    }
    fails_first(&report(&changed("log.vkey", &|bytes| bytes[3] ^= 1)), Check::Root, None);
    fails_first(&report(&changed("election-id", &|bytes| bytes[3] ^= 1)), Check::Root, None);
}

/// A log of several tiles, read in several pieces: also the tile that is partial, and above others, is compared.
#[test]
fn rejects_tiles_that_are_not_those_of_the_entries_v_01() {
    let (election, _) = whole_election();
    let mut entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    entries.extend((entries.len()..9_000).map(|number| format!("no entry {number}").into_bytes()));
    let good = Files::publish(&entries, &election.blobs, &log_key(ORIGIN)).unwrap();
    fails_first(&report(&good), Check::Entries, Some(33));
    for (name, place, entry) in
        [("tile/0/020", 3, 20 * 256 + 3), ("tile/0/035.p/40", 39, 8_999), ("tile/1/000.p/35", 34, 34 * 256)]
    {
        let mut files = good.clone();
        files.0.get_mut(name).unwrap()[32 * place] ^= 1;
        fails_first(&report(&files), Check::Root, Some(entry));
    }
}

/// A checkpoint of the log's first `size` entries, after `change`.
fn older(election: &Election, size: usize, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> SignedCheckpoint {
    let mut entries: Vec<_> = election.log[..size].iter().map(|(_, entry)| entry.to_bytes()).collect();
    change(&mut entries);
    let files = Files::publish(&entries, &election.blobs, &log_key(ORIGIN)).unwrap();
    SignedCheckpoint::from_bytes(&files.0["checkpoint"]).unwrap()
}

fn named<T>(item: T) -> Vec<Named<T>> {
    vec![Named { name: "kept".into(), item }]
}

#[test]
fn rejects_a_rewritten_history_v_02() {
    let (election, _) = whole_election();
    let files = record(&election);
    let of = |older| verified(&files, &Given { older: named(older), ..Given::default() }).report;
    let good = of(older(&election, 20, |_| {}));
    assert_eq!((good.verdict(), statuses(&good)["V-02"]), (Verdict::Verified, "passed"));
    fails_first(&of(older(&election, 20, |entries| entries.swap(10, 11))), Check::History, None);
    // The log had an entry more.
    let longer = older(&election, 33, |entries| entries.push(entries[32].clone()));
    fails_first(&of(longer), Check::History, None);
    let foreign = urna_log::SigningKey::from_seed(ORIGIN.parse().unwrap(), &[9; 32]);
    let checkpoint = older(&election, 20, |_| {}).unverified().clone();
    fails_first(&of(SignedCheckpoint::sign(&checkpoint, &foreign).unwrap()), Check::History, None);
}

#[test]
fn rejects_entries_without_canonical_form_or_out_of_order_v_03() {
    let (election, _) = whole_election();
    let mut entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    entries[12].insert(1, b' ');
    let report_of =
        |entries: &[Vec<u8>]| report(&Files::publish(entries, &election.blobs, &log_key(ORIGIN)).unwrap());
    let report = report_of(&entries);
    fails_first(&report, Check::Entries, Some(12));
    let rest: Vec<_> = Check::ALL[3..].iter().filter(|check| **check != Check::Receipts).collect();
    assert!(rest.iter().all(|check| statuses(&report)[check.id()] == "not evaluated"), "{report}");
    entries[12] = b"{}".to_vec();
    fails_first(&report_of(&entries), Check::Entries, Some(12));

    let mut election = Election::at(Phase::Closed);
    let again = election.authority(VotingClosed { details: None });
    let index = election.state.size();
    election.force(again);
    finish(&mut election);
    fails_first(&super::tampered::report(&record(&election)), Check::Entries, Some(index));
}

#[test]
fn rejects_another_election_and_a_bad_manifest_v_04() {
    let (election, _) = whole_election();
    let files = record(&election);
    let given = Given { election: Some(urna_crypto::ElectionId::from_bytes([9; 32])), ..Given::default() };
    let other = verified(&files, &given).report;
    fails_first(&other, Check::Manifest, None);
    assert_eq!(statuses(&other)["V-16"], "passed", "{other}");

    let mut draft = urna_election::sample::draft();
    let proof = &mut draft.keys.issuers[0].keys[0].proof;
    proof.0[40] ^= 1;
    let bytes = draft.to_bytes();
    assert!(Manifest::parse(&bytes).is_err());
    let blob = BlobRef::new(BlobKind::Manifest, &bytes).unwrap();
    let id = urna_crypto::ElectionId::from_bytes(blob.sha256.0);
    let body = ManifestPublished { manifest: blob };
    let first = Signed::by_authority(&id, &sample::ed25519(1), 0_u32.into(), body);
    let mut entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    entries[0] = Entry::from(first).to_bytes();
    let mut blobs = election.blobs.clone();
    blobs.insert(blob.sha256.0, bytes);
    fails_first(
        &report(&Files::publish(&entries, &blobs, &log_key(ORIGIN)).unwrap()),
        Check::Manifest,
        Some(0),
    );
}

#[test]
fn rejects_a_ceremony_and_a_rehearsal_that_prove_nothing_v_05() {
    let (mut election, _) = whole_election();
    // Boris opens Anna's canary with his share.
    let index = first(&election, urna_election::entry::Kind::Rehearsal);
    let (Entry::Rehearsal(anna), Entry::Rehearsal(boris)) =
        (election.log[index].1.clone(), election.log[index + 1].1.clone())
    else {
        panic!("two rehearsals");
    };
    let (key, rng) = (&election.trustees[0], &mut election.rng);
    let body = RehearsalDone { rehearsal: boris.body.rehearsal };
    let forged = Signed::by_party(election.manifest.id(), &anna.signer, anna.number, body, |statement| {
        key.sign(statement, rng)
    });
    election.log[index].1 = forged.into();
    let report = report(&record(&election));
    fails_first(&report, Check::Ceremony, Some(u64::try_from(index).unwrap()));
    let count = statuses(&report);
    assert_eq!(
        (count["V-10"], count["V-12"], count["V-17"]),
        ("passed", "not evaluated", "passed"),
        "{report}"
    );

    // Voting opens although nobody has rehearsed.
    let mut election = Election::publish(|_| {});
    election.hold_ceremony();
    election.publish_register();
    let opened = election.authority(urna_election::entry::VotingOpened { details: None });
    let index = election.state.size();
    election.force(opened);
    finish(&mut election);
    fails_first(&super::tampered::report(&record(&election)), Check::Ceremony, Some(index));

    // The packages of another ceremony, which all trustees name.
    let mut election = Election::publish(|_| {});
    let other = Election::publish(|draft| {
        draft.keys.trustees.members[0].name = "Another Anna".into();
        sample::prove(draft);
    });
    election.round_1 = other.round_1;
    election.hold_ceremony();
    election.rehearse();
    election.publish_register();
    election.open_voting();
    finish(&mut election);
    fails_first(&super::tampered::report(&record(&election)), Check::Ceremony, Some(1));
}

#[test]
fn rejects_a_register_that_counts_otherwise_v_06() {
    let (mut election, _) = whole_election();
    let index = first(&election, urna_election::entry::Kind::Register);
    let Entry::Register(old) = election.log[index].1.clone() else { panic!("a register") };
    let mut body = old.body.clone();
    body.entitled.insert("north".parse().unwrap(), 8_u32.into());
    election.log[index].1 = resigned(&election, &old, body).into();
    let at = Some(u64::try_from(index).unwrap());
    let report = report(&record(&election));
    fails_first(&report, Check::Register, at);
    assert_eq!(statuses(&report)["V-10"], "not evaluated", "{report}");

    // A credential is replaced without its mark, while voting is open.
    let (mut election, _) = voting();
    let mut rows = election.register_rows();
    rows[3].credential = Some(Base64(election.credential(3, 9).public().to_bytes()));
    let entry = election.register(Cause::Manual, rows);
    let index = election.admit(entry);
    finish(&mut election);
    fails_first(&super::tampered::report(&record(&election)), Check::Register, Some(index));
}

#[test]
fn says_what_versions_of_the_register_changed_v_06() {
    let (mut election, _) = voting();
    let all = election.register_rows();
    let mut rows = all.clone();
    rows[3].credential = Some(Base64(election.credential(3, 9).public().to_bytes()));
    rows[3].replaced = 1;
    let north = rows.remove(6);
    let entry = election.register(Cause::Manual, rows.clone());
    election.admit(entry);
    rows.push(north);
    rows[7].credential = None;
    rows[7].replaced = 1;
    let entry = election.register(Cause::Nightly, rows);
    election.admit(entry);
    finish(&mut election);
    let report = report(&record(&election));
    assert_eq!(report.verdict(), Verdict::Verified, "{report}");
    assert_eq!(
        report.finding(Check::Register).unwrap().reason,
        "9 entitled, 3 versions; keys: 1 null, 0 filled, 2 replaced; handles: 1 added, 1 removed, 0 moved, \
         1 removed and added again; one manual version: 1 removed, 0 moved, 0 removed and added again; \
         one nightly version: 0 removed, 0 moved, 1 removed and added again"
    );
    assert_eq!(
        report.finding(Check::Issuance).unwrap().reason,
        "issued 9, seen 0, returned 0, gap 9; 4 under keys that were replaced afterwards"
    );
}

#[test]
fn rejects_a_token_of_another_pseudonym_v_07() {
    let (election, index) = with_ballot(|election, voters| {
        voters[0].tokens[1] = voters[2].tokens[1];
        // The proof is the thief's own and holds.
        election.ballot(&voters[0], 0, &[marks(&[2]), marks(&[1])])
    });
    let report = report(&record(&election));
    fails_first(&report, Check::Tokens, Some(index));
    let reason = &report.finding(Check::Tokens).unwrap().reason;
    assert!(reason.contains("issuer `senate`"), "{reason}");
    let others = statuses(&report);
    assert_eq!((others["V-08"], others["V-09"], others["V-14"]), ("passed", "passed", "passed"), "{report}");
}

#[test]
fn rejects_a_proof_of_another_ballot_v_08() {
    let (election, index) = with_ballot(|election, voters| {
        let one = election.ballot(&voters[0], 0, &[marks(&[2]), marks(&[1])]);
        let other = election.ballot(&voters[0], 0, &[marks(&[3]), marks(&[1])]);
        Ballot::new(one.class.clone(), one.pseudonym.0, 0, one.tokens(), one.ciphertext(), other.proof.0)
    });
    let report = report(&record(&election));
    fails_first(&report, Check::Proofs, Some(index));
    assert_eq!(statuses(&report)["V-14"], "passed", "{report}");
}

#[test]
fn rejects_gaps_in_a_sequence_and_a_reused_r_v_09() {
    let (election, index) =
        with_ballot(|election, voters| election.ballot(&voters[0], 1, &[marks(&[2]), marks(&[1])]));
    fails_first(&report(&record(&election)), Check::Sequences, Some(index));
    let (election, index) = with_ballot(|election, voters| {
        let first = election.ballot(&voters[3], 0, &[marks(&[2]), marks(&[1])]);
        election.admit(first.clone());
        first
    });
    fails_first(&report(&record(&election)), Check::Sequences, Some(index));
}

#[test]
fn rejects_lists_with_bad_rows_and_more_ballots_than_tokens_v_10() {
    let bad = |change: fn(&mut Election)| {
        let (mut election, voters) = voting();
        for voter in &voters[..7] {
            let ballot = election.ballot(voter, 0, &[marks(&[1]), marks(&[0])]);
            election.admit(ballot);
        }
        change(&mut election);
        // The result is the true one: it is made before the lists are looked at.
        election.close_voting();
        election.post_issuance();
        let index = first(&election, urna_election::entry::Kind::Issuance);
        (report(&record(&election)), u64::try_from(index).unwrap())
    };
    let (answer, index) = bad(|election| {
        let other = election.rows[0][1].answer;
        election.rows[0][0].answer = other;
    });
    fails_first(&answer, Check::Issuance, Some(index));
    let (stranger, index) = bad(|election| {
        let handle = urna_crypto::Handle::from_bytes([7; 32]);
        election.rows[1][0].handle = Base64(handle);
    });
    fails_first(&stranger, Check::Issuance, Some(index + 1));
    let (more, _) = bad(|election| drop(election.rows[1].remove(0)));
    fails_first(&more, Check::Issuance, None);
}

#[test]
fn rejects_a_ballot_outside_voting_v_11() {
    for phase in [Phase::Rehearsed, Phase::Certified] {
        let mut election = Election::at(Phase::Rehearsed);
        let voter = election.voter(0);
        if phase == Phase::Certified {
            election.open_voting();
            finish(&mut election);
        }
        let ballot = election.ballot(&voter, 0, &[marks(&[1]), marks(&[0])]);
        let index = election.state.size();
        election.force(ballot);
        if phase == Phase::Rehearsed {
            election.open_voting();
            finish(&mut election);
        }
        let report = report(&record(&election));
        fails_first(&report, Check::Voting, Some(index));
    }
}

#[test]
fn rejects_openings_that_are_not_of_this_log_v_12() {
    // A wrong partial decryption.
    let (mut election, _) = whole_election();
    let index = first(&election, urna_election::entry::Kind::Opening);
    let Entry::Opening(old) = election.log[index].1.clone() else { panic!("an opening") };
    let mut bytes = election.blobs[&old.body.chunk.sha256.0].clone();
    let (start, rest) = bytes.split_at_mut(32);
    start.swap_with_slice(&mut rest[..32]);
    let mut body = old.body.clone();
    body.chunk = election.store(BlobKind::PartialDecryptions, bytes);
    let (key, rng) = (&election.trustees[0], &mut election.rng);
    let forged = Signed::by_party(election.manifest.id(), &old.signer, old.number, body, |statement| {
        key.sign(statement, rng)
    });
    election.log[index].1 = forged.into();
    let report_1 = report(&record(&election));
    fails_first(&report_1, Check::Openings, Some(u64::try_from(index).unwrap()));
    assert_eq!(statuses(&report_1)["V-13"], "not evaluated");

    // Only one of two has opened, and there is a result all the same.
    let (mut election, voters) = voting();
    let ballot = election.ballot(&voters[0], 0, &[marks(&[1]), marks(&[0])]);
    election.admit(ballot);
    election.close_voting();
    election.post_issuance();
    election.agree();
    election.open_ballots(&[0]);
    let result = election.result(&[1], b"{}".to_vec());
    election.force(result);
    fails_first(&report(&record(&election)), Check::Openings, None);

    // All agreed on the root of another log.
    let mut election = Election::at(Phase::Closed);
    election.post_issuance();
    for place in 0..3 {
        let mut body = election.agreed(place).body;
        body.root.0[0] ^= 1;
        let entry = election.trustee(place, body);
        election.admit(entry);
    }
    fails_first(&report(&record(&election)), Check::Openings, None);
}

#[test]
fn rejects_openings_that_are_not_the_combination_v_13() {
    let (mut election, _) = whole_election();
    let index = first(&election, urna_election::entry::Kind::Result);
    let Entry::Result(old) = election.log[index].1.clone() else { panic!("a result") };
    let mut bytes = election.blobs[&old.body.combined[0].sha256.0].clone();
    let (start, rest) = bytes.split_at_mut(32);
    start.swap_with_slice(&mut rest[..32]);
    let mut body = old.body.clone();
    body.combined[0] = election.store(BlobKind::CombinedOpenings, bytes);
    election.log[index].1 = resigned(&election, &old, body).into();
    let report = report(&record(&election));
    fails_first(&report, Check::Plaintexts, Some(u64::try_from(index).unwrap()));
    let reason = &report.finding(Check::Plaintexts).unwrap().reason;
    assert_eq!(reason, "the opening of ballot 10 is not the combination of the shares");
}

/// Publishes another result; says why V-14 refuses it.
fn refused_result(change: impl FnOnce(&mut ElectionResult)) -> String {
    let (mut election, _) = whole_election();
    let index = first(&election, urna_election::entry::Kind::Result);
    let Entry::Result(old) = election.log[index].1.clone() else { panic!("a result") };
    let mut result = computed_result(&mut election);
    change(&mut result);
    let mut body = old.body.clone();
    body.result = election.store(BlobKind::Result, result.to_bytes());
    election.log[index].1 = resigned(&election, &old, body).into();
    let report = report(&record(&election));
    fails_first(&report, Check::Count, Some(u64::try_from(index).unwrap()));
    report.finding(Check::Count).unwrap().reason.clone()
}

#[test]
fn rejects_a_result_with_a_vote_more_v_14() {
    let reason = refused_result(|result| result.contests[0].options[0].votes = 1_u32.into());
    assert_eq!(reason, "contest `board`, option `ada`: 0 counted, 1 published");
}

#[test]
fn rejects_a_result_that_calls_an_election_a_trial_v_14() {
    let reason = refused_result(|result| result.trial = true);
    assert_eq!(reason, "trial: false by the manifest, true published");
}

/// An election in which trustees 1 and 3 can open, and a token that can be returned.
fn closed() -> (Election, Vec<Voter>) {
    let (mut election, voters) = voting();
    for (person, choice) in [(0, 1), (1, 1), (2, 0)] {
        let ballot = election.ballot(&voters[person], 0, &[marks(&[choice]), marks(&[0])]);
        election.admit(ballot);
    }
    election.close_voting();
    election.post_issuance();
    (election, voters)
}

#[test]
fn tallies_once_enough_trustees_have_opened() {
    let (mut election, _) = closed();
    let tally = |election: &Election| verified(&record(election), &Given::default()).tally;
    assert_eq!(tally(&election), None);
    election.agree();
    assert_eq!(tally(&election), None);
    election.open_ballots(&[2]);
    assert_eq!(tally(&election), None);
    election.open_ballots(&[0]);
    let made = tally(&election).unwrap();
    assert_eq!(made.trustees, [1, 3]);
    assert_eq!(made.result, computed_result(&mut election));
    assert_eq!(made.combined.concat(), urna_election::opening::points_to_bytes(&election.combined(&[1, 3])));
    election.open_ballots(&[1]);
    assert_eq!(tally(&election).unwrap().trustees, [1, 2]);
    let entry = election.result(&made.trustees, made.result.to_bytes());
    election.admit(entry);
    let Verified { report, result, tally, .. } = verified(&record(&election), &Given::default());
    assert_eq!((report.verdict(), result, tally), (Verdict::Verified, Some(made.result), None), "{report}");
}

#[test]
fn tallies_an_election_in_which_nobody_voted() {
    let mut election = Election::at(Phase::Closed);
    election.post_issuance();
    for place in [0, 2] {
        let entry = election.agreed(place);
        election.admit(entry);
    }
    let made = verified(&record(&election), &Given::default()).tally.unwrap();
    assert_eq!((made.trustees, made.combined.len(), made.result.counted.value()), (vec![1, 3], 0, 0));
}

#[test]
fn tallies_nothing_of_wrong_openings() {
    let (mut election, _) = closed();
    election.agree();
    election.open_ballots(&[0]);
    let mut wrong = election.openings(2).remove(0);
    wrong.proof = election.openings(1).remove(0).proof;
    let entry = election.trustee(2, wrong);
    election.force(entry);
    let Verified { report, tally, .. } = verified(&record(&election), &Given::default());
    fails_first(&report, Check::Openings, Some(u64::try_from(election.log.len()).unwrap() - 1));
    assert_eq!(tally, None);
}

/// Opened, with a token returned before the openings and two behind them; and the result as it was made in between.
fn opened() -> (Election, urna_election::result::ElectionResult) {
    let (mut election, voters) = closed();
    let early = election.returned(&voters[4]);
    election.admit(early);
    election.agree();
    election.open_ballots(&[0, 2]);
    let made = verified(&record(&election), &Given::default()).tally.unwrap();
    for person in [5, 6] {
        let late = election.returned(&voters[person]);
        election.admit(late);
    }
    (election, made.result)
}

/// A token may be returned while the result is on its way; what was returned before the openings is in it.
#[test]
fn accepts_returns_between_openings_and_result_v_14() {
    let (_, made) = opened();
    assert_eq!(made.returned.value(), 1);
    for (returned, gap_less, passes) in
        [(1_u32, 0_u64, true), (2, 1, true), (3, 2, true), (4, 3, false), (2, 0, false), (1, 1, false)]
    {
        let (mut election, mut result) = opened();
        result.returned = returned.into();
        result.gap = (result.gap.value() - gap_less).try_into().unwrap();
        let entry = election.result(&[1, 3], result.to_bytes());
        let index = election.admit(entry);
        let report = report(&record(&election));
        if passes {
            assert_eq!(report.verdict(), Verdict::Verified, "{report}");
        } else {
            fails_first(&report, Check::Count, Some(index));
        }
    }
    // The one before the openings is not left out.
    let (mut election, mut result) = opened();
    result.returned = 0_u32.into();
    result.gap = (result.gap.value() + 1).try_into().unwrap();
    let entry = election.result(&[1, 3], result.to_bytes());
    let index = election.admit(entry);
    fails_first(&report(&record(&election)), Check::Count, Some(index));
}

#[test]
fn judges_receipts_and_promises_v_15() {
    let (election, _) = whole_election();
    let files = record(&election);
    let checkpoint = older(&election, 20, |_| {});
    let receipt = |index: u64, checkpoint: &SignedCheckpoint, change: u8| {
        let leaves: Vec<_> =
            election.log[..20].iter().map(|(_, entry)| urna_log::leaf_hash(&entry.to_bytes())).collect();
        let mut reader = Leaves(leaves);
        let mut proof = urna_log::inclusion_proof(index, 20, &mut reader).unwrap();
        proof[0][0] ^= change;
        Receipt::new(index, proof, checkpoint.clone()).unwrap()
    };
    let of = |given: Given| verified(&files, &given).report;
    let receipts = |receipt| of(Given { receipts: named(receipt), ..Given::default() });
    let good = receipts(receipt(12, &checkpoint, 0));
    assert_eq!((good.verdict(), statuses(&good)["V-15"]), (Verdict::Verified, "passed"), "{good}");
    fails_first(&receipts(receipt(12, &checkpoint, 1)), Check::Receipts, Some(12));
    let forked = older(&election, 20, |entries| entries.swap(10, 11));
    fails_first(&receipts(receipt(12, &forked, 0)), Check::Receipts, Some(12));

    let promise = |entry: &[u8], deadline| {
        let promise = Promise::new(ORIGIN.parse().unwrap(), entry, deadline).unwrap();
        SignedPromise::sign(promise, &promise_key(ORIGIN)).unwrap()
    };
    let promises = |promise, now| of(Given { promises: named(promise), now, ..Given::default() });
    let ballot = election.log[12].1.to_bytes();
    assert_eq!(statuses(&promises(promise(&ballot, 5), 9))["V-15"], "passed");
    fails_first(&promises(promise(b"lost", 5), 0), Check::Receipts, None);
    // What came into the log after the close is late.
    let last = election.log[32].1.to_bytes();
    fails_first(&promises(promise(&last, 5), 0), Check::Receipts, None);

    let (mut election, voters) = voting();
    let ballot = election.ballot(&voters[0], 0, &[marks(&[1]), marks(&[0])]);
    election.admit(ballot);
    let files = record(&election);
    let promises =
        |promise, now| verified(&files, &Given { promises: named(promise), now, ..Given::default() }).report;
    assert_eq!(statuses(&promises(promise(b"held back", 100), 100))["V-15"], "not yet");
    fails_first(&promises(promise(b"held back", 100), 101), Check::Receipts, None);
}

/// A reader of a small tree's hashes.
struct Leaves(Vec<urna_log::Hash>);

impl urna_log::HashReader for Leaves {
    type Error = urna_log::LogError;

    fn hash(&mut self, node: urna_log::Node) -> Result<urna_log::Hash, Self::Error> {
        let mut tree = urna_log::Tree::new();
        let (start, end) = (node.index << node.level, (node.index + 1) << node.level);
        for leaf in &self.0[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()] {
            tree.push_leaf(*leaf);
        }
        Ok(tree.root())
    }
}

#[test]
fn rejects_missing_and_changed_blobs_v_16() {
    let mut election = Election::at(Phase::Voting);
    finish(&mut election);
    let good = record(&election);
    assert_eq!(report(&good).verdict(), Verdict::Verified);
    let manifest = crate::File::Blob(*election.manifest.id().as_bytes()).to_string();
    for file in good.0.keys().filter(|file| file.starts_with("blob/")) {
        for change in ["missing", "flipped", "longer", "shorter"] {
            let mut files = good.clone();
            let bytes = files.0.get_mut(file).unwrap();
            match change {
                "flipped" => bytes[0] ^= 1,
                "longer" => bytes.push(0),
                "shorter" => drop(bytes.pop()),
                _ => drop(files.0.remove(file)),
            }
            if *file == manifest {
                let read = verify(&files, &Given::default(), &coins, &());
                assert!(matches!(read, Err(Unreadable::ManifestBlob { .. })), "{change}");
                continue;
            }
            let report = report(&files);
            let first = report.first_failure().unwrap();
            assert_eq!(first.check, Check::Blobs, "{file} {change}: {report}");
        }
    }
    // Erased while the election is open.
    let mut election = Election::at(Phase::Voting);
    let erased = election.authority(Erased { blobs: vec![Base64([1; 32])], details: None });
    let index = election.state.size();
    election.force(erased);
    finish(&mut election);
    fails_first(&report(&record(&election)), Check::Blobs, Some(index));
}

#[test]
fn rejects_gaps_signatures_and_signers_v_17() {
    for wrong in ["number", "signature", "signer"] {
        let (mut election, _) = whole_election();
        let index = first(&election, urna_election::entry::Kind::Certified);
        let Entry::Certified(mut entry) = election.log[index].1.clone() else { panic!("certified") };
        match wrong {
            "number" => {
                let key = sample::ed25519(1);
                let (id, number) = (election.manifest.id(), 9_u32.into());
                entry = Signed::by_authority(id, &key, number, Certified { details: None });
            }
            "signature" => entry.signature.0[5] ^= 1,
            _ => entry.signer = "anna".parse().unwrap(),
        }
        election.log[index].1 = entry.into();
        let report = report(&record(&election));
        fails_first(&report, Check::Signatures, Some(u64::try_from(index).unwrap()));
    }
}

#[test]
fn refuses_to_judge_a_record_that_is_not_complete() {
    let (election, _) = whole_election();
    let good = record(&election);
    let read = |files: &Files| verify(files, &Given::default(), &coins, &()).map(|verified| verified.report);
    let without = |file: &str| {
        let mut files = good.clone();
        assert!(files.0.remove(file).is_some());
        read(&files)
    };
    for file in ["checkpoint", "tile/0/000.p/33", "tile/entries/000.p/33"] {
        assert!(matches!(without(file), Err(Unreadable::Missing { .. })), "{file}");
        let mut files = good.clone();
        let bytes = files.0.get_mut(file).unwrap();
        bytes.truncate(bytes.len() - 3);
        assert!(matches!(read(&files), Err(Unreadable::Form { .. })), "{file}");
        files.0.get_mut(file).unwrap().clear();
        assert!(matches!(read(&files), Err(Unreadable::Form { .. })), "{file}");
    }
    // For convenience only.
    for file in ["log.vkey", "election-id"] {
        assert_eq!(without(file).unwrap().verdict(), Verdict::Verified);
    }
    let empty = Checkpoint {
        origin: ORIGIN.parse().unwrap(),
        head: TreeHead { size: 0, root: urna_log::EMPTY_ROOT },
    };
    let mut files = good.clone();
    let signed = SignedCheckpoint::sign(&empty, &log_key(ORIGIN)).unwrap();
    files.0.insert("checkpoint".into(), signed.to_string().into_bytes());
    assert!(matches!(read(&files), Err(Unreadable::Empty)));
}
