//! What the state refuses of authority, issuers and trustees, rule by rule; what comes after the close is in
//! [`super::after_close`], what voters try in `voters.rs`. That a refusal changes nothing is asserted by
//! [`Election::post`] itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::ElectionState;
use super::sample::{Election, marks, solo};
use crate::blob::{BlobKind, BlobRef};
use crate::entry::{
    Agreed, Cancelled, Cause, Certified, Entry, Erased, Kind, ResultPublished, Role, Signed, VotingClosed,
    VotingOpened,
};
use crate::id::Id;
use crate::json::{Base64, Integer};
use crate::manifest::{Rule, sample};
use crate::phase::Phase;
use crate::rejected::Rejected;

type MakeEntry = fn(&Election, Option<BlobRef>) -> Entry;

pub(super) fn id(text: &str) -> Id {
    text.parse().unwrap()
}

pub(super) fn blob(kind: BlobKind, length: u64) -> BlobRef {
    BlobRef { kind, length: length.try_into().unwrap(), sha256: Base64([7; 32]) }
}

#[test]
fn rejects_every_other_entry_0_sta_2() {
    let mut election = Election::publish(|_| {});
    let other = Election::publish(|draft| draft.trial = true);
    let manifest = Arc::clone(&election.manifest);
    let mut begin = |entry: Entry| {
        let verified = election.verify(entry).unwrap();
        ElectionState::begin(Arc::clone(&manifest), verified).unwrap_err()
    };
    let published = |blob: BlobRef, number: u32| {
        let key = sample::ed25519(1);
        let body = crate::entry::ManifestPublished { manifest: blob };
        Entry::Manifest(Signed::by_authority(manifest.id(), &key, number.into(), body))
    };
    let right = BlobRef::new(BlobKind::Manifest, manifest.bytes()).unwrap();
    let wrong = BlobRef::new(BlobKind::Manifest, other.manifest.bytes()).unwrap();
    assert_eq!(begin(published(wrong, 0)), Rejected::OtherManifest);
    let kind = BlobKind::Details;
    assert_eq!(begin(published(BlobRef { kind, ..right }, 0)), Rejected::OtherManifest);
    let length = Integer::from(1_u32);
    assert_eq!(begin(published(BlobRef { length, ..right }, 0)), Rejected::OtherManifest);
    assert_eq!(
        begin(published(right, 1)),
        Rejected::RunningNumber { signer: id("authority"), expected: 0, actual: 1 }
    );
    let key = sample::ed25519(1);
    let opened = Signed::by_authority(manifest.id(), &key, 0_u32.into(), VotingOpened { details: None });
    assert_eq!(begin(Entry::VotingOpened(opened)), Rejected::OtherManifest);
}

#[test]
fn rejects_entries_verified_for_another_election_sta_2() {
    let mut other = Election::publish(|draft| draft.trial = true);
    let cancelled = other.authority(Cancelled { details: None });
    let foreign = other.verify(cancelled.into()).unwrap();
    let mut election = Election::publish(|_| {});
    let before = election.state.clone();
    assert_eq!(election.state.apply(foreign), Err(Rejected::OtherElection));
    assert!(election.state == before);
    let (_, first) = other.log.remove(0);
    let first = other.verify(first).unwrap();
    let begun = ElectionState::begin(Arc::clone(&election.manifest), first);
    assert_eq!(begun.unwrap_err(), Rejected::OtherElection);
}

#[test]
fn rejects_gaps_and_repetitions_of_running_numbers_sta_5() {
    let mut election = Election::publish(|_| {});
    let number = |election: &Election, number: u32| {
        let key = sample::ed25519(1);
        let body = Cancelled { details: None };
        Signed::by_authority(election.manifest.id(), &key, number.into(), body)
    };
    for actual in [0, 2, 3, u32::MAX] {
        let entry = number(&election, actual);
        let rejected =
            Rejected::RunningNumber { signer: id("authority"), expected: 1, actual: actual.into() };
        assert_eq!(election.post(entry), Err(rejected));
    }
    // Each signer counts on its own, and what was refused did not count.
    let [first, second] = [0, 1].map(|place| election.ceremony(place));
    assert_eq!((first.number.value(), second.number.value()), (0, 0));
    election.admit(second.clone());
    election.admit(first);
    let again = Rejected::RunningNumber { signer: second.signer.clone(), expected: 1, actual: 0 };
    assert_eq!(election.post(second), Err(again));
    let entry = number(&election, 1);
    election.admit(entry);
}

#[test]
fn rejects_a_second_ceremony_rehearsal_issuance_and_agreement_sta_13() {
    let repeated = |signer: &str, kind| Err(Rejected::Repeated { signer: id(signer), kind });
    let mut election = Election::publish(|_| {});
    let entry = election.ceremony(0);
    election.admit(entry);
    let entry = election.ceremony(0);
    assert_eq!(election.post(entry), repeated("anna", Kind::Ceremony));
    for place in [1, 2] {
        let entry = election.ceremony(place);
        election.admit(entry);
    }
    let entry = election.rehearsal(2);
    election.admit(entry);
    let entry = election.rehearsal(2);
    assert_eq!(election.post(entry), repeated("clara", Kind::Rehearsal));

    let mut election = Election::at(Phase::Closed);
    let entry = election.issuance(1);
    election.admit(entry);
    let entry = election.issuance(1);
    assert_eq!(election.post(entry), repeated("senate", Kind::Issuance));
    let entry = election.issuance(0);
    election.admit(entry);
    let entry = election.agreed(1);
    election.admit(entry);
    let entry = election.agreed(1);
    assert_eq!(election.post(entry), repeated("boris", Kind::Agreed));
}

#[test]
fn rejects_a_rehearsal_before_all_ceremonies_sta_14() {
    let mut election = Election::publish(|_| {});
    for place in [0, 2] {
        let entry = election.ceremony(place);
        election.admit(entry);
    }
    let entry = election.rehearsal(0);
    let missing = Rejected::CeremonyMissing { trustee: id("boris") };
    assert_eq!(election.post(entry), Err(missing));
    let entry = election.ceremony(1);
    election.admit(entry);
    for place in [2, 0] {
        let entry = election.rehearsal(place);
        election.admit(entry);
        assert_eq!(election.state.phase(), Phase::Announced);
    }
    let entry = election.rehearsal(1);
    election.admit(entry);
    assert_eq!(election.state.phase(), Phase::Rehearsed);
}

#[test]
fn rejects_other_round_1_packages_sta_24() {
    let mut election = Election::publish(|_| {});
    let length = u64::try_from(election.round_1.as_ref().unwrap().len()).unwrap();
    let with = |election: &mut Election, place: usize, round_1: Option<BlobRef>| {
        let mut body = election.ceremony(place).body;
        body.round_1 = round_1;
        let entry = election.trustee(place, body);
        election.post(entry)
    };
    let other = |trustee: &str| Err(Rejected::OtherCeremony { trustee: id(trustee) });
    assert_eq!(with(&mut election, 0, None), other("anna"));
    let kind = BlobKind::Details;
    assert_eq!(
        with(&mut election, 0, Some(blob(kind, length))),
        Err(Rejected::BlobKind { expected: BlobKind::Round1, actual: kind })
    );
    assert_eq!(
        with(&mut election, 0, Some(blob(BlobKind::Round1, length + 1))),
        Err(Rejected::BlobLength {
            kind: BlobKind::Round1,
            expected: length,
            exact: true,
            actual: length + 1
        })
    );
    let entry = election.ceremony(1);
    election.admit(entry);
    assert_eq!(with(&mut election, 0, Some(blob(BlobKind::Round1, length))), other("anna"));
    assert_eq!(with(&mut election, 2, None), other("clara"));
    let entry = election.ceremony(0);
    election.admit(entry);
}

#[test]
fn rejects_round_1_packages_of_a_solo_trustee_sta_24() {
    let mut election = Election::publish(solo);
    let mut body = election.ceremony(0).body;
    body.round_1 = Some(blob(BlobKind::Round1, 134 + 32));
    let entry = election.trustee(0, body);
    let other = Rejected::OtherCeremony { trustee: id("anna") };
    assert_eq!(election.post(entry), Err(other));
    let entry = election.ceremony(0);
    election.admit(entry);
}

#[test]
fn rejects_counts_of_other_classes_sta_15() {
    let mut election = Election::at(Phase::Closed);
    let right = election.issuance(0).body;
    let changes: [fn(&mut BTreeMap<Id, Integer>); 4] = [
        |counts| {
            counts.remove(&id("north"));
        },
        |counts| {
            counts.insert(id("south"), Integer::from(0_u32));
        },
        |counts| {
            counts.remove(&id("north"));
            counts.insert(id("south"), Integer::from(0_u32));
        },
        |counts| {
            counts.insert(id("north"), Integer::MAX);
            counts.insert(id("collective"), Integer::from(1_u32));
        },
    ];
    for change in changes {
        let mut body = right.clone();
        change(&mut body.issued);
        let entry = election.issuer(0, body);
        assert_eq!(election.post(entry), Err(Rejected::Classes));
    }
    let mut election = Election::publish(|_| {});
    let mut body = election.register(Cause::Initial, election.register_rows()).body;
    body.entitled.remove(&id("collective"));
    assert_eq!(election.post(election.authority(body)), Err(Rejected::Classes));
}

#[test]
fn rejects_more_and_fewer_blobs_than_rows_need_ent_10() {
    let mut election = Election::publish(|_| {});
    let right = election.register(Cause::Initial, election.register_rows()).body;
    let kind = BlobKind::RegisterRows;
    let mut with = |north: u32, rows: Vec<BlobRef>| {
        let mut body = right.clone();
        body.entitled.insert(id("north"), north.into());
        body.rows = rows;
        election.post(election.authority(body))
    };
    let count = |expected, actual| Err(Rejected::BlobCount { kind, expected, actual });
    assert_eq!(with(7, vec![]), count(1, 0));
    assert_eq!(with(7, vec![blob(kind, 9); 2]), count(1, 2));
    // 16,382 and the two of `collective` fill one blob.
    assert_eq!(with(16_383, vec![blob(kind, 9)]), count(2, 1));
    assert_eq!(
        with(7, vec![blob(BlobKind::IssuanceRows, 9)]),
        Err(Rejected::BlobKind { expected: kind, actual: BlobKind::IssuanceRows })
    );
    assert_eq!(
        with(7, vec![blob(kind, (4 << 20) + 1)]),
        Err(Rejected::BlobLength { kind, expected: 4 << 20, exact: false, actual: (4 << 20) + 1 })
    );
    assert_eq!(with(16_382, vec![blob(kind, 4 << 20)]), Ok(1));
}

#[test]
fn rejects_wrong_causes_of_register_versions_sta_16() {
    let mut election = Election::publish(|_| {});
    let rows = election.register_rows();
    for cause in [Cause::Nightly, Cause::Manual] {
        let entry = election.register(cause, rows.clone());
        assert_eq!(election.post(entry), Err(Rejected::RegisterCause));
    }
    election.publish_register();
    let entry = election.register(Cause::Initial, rows.clone());
    assert_eq!(election.post(entry), Err(Rejected::RegisterCause));
    let entry = election.register(Cause::Manual, rows[1..].to_vec());
    election.admit(entry);
    assert_eq!(election.state.entitled(), Some([6, 2].as_slice()));
    election.hold_ceremony();
    election.rehearse();
    election.open_voting();
    let entry = election.register(Cause::Nightly, rows);
    election.admit(entry);
    assert_eq!(election.state.entitled(), Some([7, 2].as_slice()));
}

#[test]
fn rejects_small_classes_that_nobody_confirmed_sta_26() {
    let mut election = Election::publish(|_| {});
    // `collective` is confirmed by name and may have two; `north` may not have four of seven.
    let entry = election.register(Cause::Initial, election.register_rows()[3..].to_vec());
    let Err(Rejected::SmallClass(problem)) = election.post(entry) else {
        panic!("four are too few");
    };
    assert_eq!(problem.rule, Rule::ClassTooSmall { entitled: 4, least: 5 });
    assert_eq!(problem.field, "classes[0]");
    let entry = election.register(Cause::Initial, election.register_rows()[2..].to_vec());
    election.admit(entry);
}

#[test]
fn rejects_a_class_whose_first_voters_come_later_and_are_too_few_sta_26() {
    let mut election = Election::publish(|_| {});
    let rows = election.register_rows();
    let nobody_yet = rows[7..].to_vec();
    let entry = election.register(Cause::Initial, nobody_yet.clone());
    election.admit(entry);
    for (people, admitted) in [(1, false), (4, false), (5, true)] {
        let rows = [&rows[..people], &nobody_yet].concat();
        let entry = election.register(Cause::Nightly, rows);
        let answer = election.post(entry);
        assert_eq!(answer.is_ok(), admitted, "{people}: {answer:?}");
        assert!(admitted || matches!(answer, Err(Rejected::SmallClass(_))), "{answer:?}");
    }
    assert_eq!(election.state.entitled(), Some([5, 2].as_slice()));
}

#[test]
fn accepts_classes_that_shrink_in_any_phase_sta_26() {
    let mut election = Election::publish(|_| {});
    election.publish_register();
    let rows = election.register_rows();
    let shrink = |election: &mut Election, left: usize| {
        let entry = election.register(Cause::Nightly, rows[7 - left..].to_vec());
        election.admit(entry);
        let entitled = election.state.entitled().unwrap().to_vec();
        assert_eq!(entitled[0], u64::try_from(left).unwrap());
        election.manifest.class_size_problems(&entitled).len()
    };
    assert_eq!(shrink(&mut election, 5), 0);
    // From here on the verifier reports it.
    assert_eq!(shrink(&mut election, 4), 1);
    election.hold_ceremony();
    election.rehearse();
    election.open_voting();
    assert_eq!(shrink(&mut election, 1), 1);
    assert_eq!(shrink(&mut election, 0), 0);
    // Who was removed by mistake may come back alone.
    assert_eq!(shrink(&mut election, 1), 1);
}

#[test]
fn rejects_an_opening_of_voting_without_a_register_sta_17() {
    let mut election = Election::publish(|_| {});
    election.hold_ceremony();
    election.rehearse();
    let entry = election.authority(VotingOpened { details: None });
    assert_eq!(election.post(entry), Err(Rejected::RegisterMissing));
    election.publish_register();
    election.open_voting();
}

#[test]
fn rejects_details_that_are_none_ent_4() {
    let wrong = Some(blob(BlobKind::Result, 1));
    let long = Some(blob(BlobKind::Details, (1 << 20) + 1));
    for details in [wrong, long] {
        let entries: [(Phase, MakeEntry); 5] = [
            (Phase::Rehearsed, |e, details| e.authority(VotingOpened { details }).into()),
            (Phase::Voting, |e, details| e.authority(VotingClosed { details }).into()),
            (Phase::Closed, |e, details| e.authority(Cancelled { details }).into()),
            (Phase::Tallied, |e, details| e.authority(Certified { details }).into()),
            (Phase::Certified, |e, details| {
                let blobs = vec![Base64([1; 32])];
                e.authority(Erased { blobs, details }).into()
            }),
        ];
        for (phase, entry) in entries {
            let mut election = Election::at(phase);
            let entry = entry(&election, details);
            let rejected = election.post(entry).unwrap_err();
            let expected = matches!(rejected, Rejected::BlobKind { .. } | Rejected::BlobLength { .. });
            assert!(expected, "{phase}: {rejected}");
        }
    }
}

#[test]
fn rejects_erasures_of_nothing_out_of_order_or_of_the_manifest_sta_23() {
    let mut election = Election::at(Phase::Certified);
    let manifest = *election.manifest.id().as_bytes();
    let mut erase = |blobs: Vec<[u8; 32]>| {
        let entry = election.erase(blobs);
        election.post(entry)
    };
    let (one, two) = ([1; 32], [2; 32]);
    assert_eq!(erase(vec![]), Err(Rejected::ErasedList));
    assert_eq!(erase(vec![two, one]), Err(Rejected::ErasedList));
    assert_eq!(erase(vec![one, one]), Err(Rejected::ErasedList));
    assert_eq!(erase(vec![manifest]), Err(Rejected::ManifestErased));
    assert!(erase(vec![one, two]).is_ok());
    assert_eq!(election.state.erased().len(), 2);
    let mut cancelled = Election::at(Phase::Cancelled);
    let entry = cancelled.erase(vec![one]);
    cancelled.admit(entry);
}

#[test]
fn knows_whose_next_number_is_what() {
    let election = Election::at(Phase::Closed);
    let next = |role, place| election.state.next_number(role, place).map(Integer::value);
    // Authority: manifest, register, voting_opened, voting_closed. Trustees: ceremony, rehearsal.
    assert_eq!(next(Role::Authority, 0), Some(4));
    assert_eq!(next(Role::Trustee, 2), Some(2));
    assert_eq!(next(Role::Trustee, 3), None);
    assert_eq!(next(Role::Issuer, 1), Some(0));
    assert_eq!(next(Role::Issuer, 2), None);
}

/// What authority, trustees and issuers may try; of several, the one at this place.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    Ceremony(usize),
    Rehearsal(usize),
    Register(Cause),
    Open,
    Close,
    Issuance(usize),
    Agreed(usize),
    Opening(usize),
    Result,
    Certify,
    Cancel,
    Erase,
}

/// The way to a certified election in which one vote is cast.
const WAY: [Attempt; 19] = [
    Attempt::Ceremony(0),
    Attempt::Ceremony(1),
    Attempt::Ceremony(2),
    Attempt::Rehearsal(0),
    Attempt::Rehearsal(1),
    Attempt::Rehearsal(2),
    Attempt::Register(Cause::Initial),
    Attempt::Open,
    Attempt::Close,
    Attempt::Issuance(0),
    Attempt::Issuance(1),
    Attempt::Agreed(0),
    Attempt::Agreed(1),
    Attempt::Agreed(2),
    Attempt::Opening(0),
    Attempt::Opening(2),
    Attempt::Result,
    Attempt::Certify,
    Attempt::Erase,
];

fn any_attempt() -> impl Strategy<Value = Attempt> {
    let unlikely = [Attempt::Cancel, Attempt::Register(Cause::Nightly), Attempt::Opening(1)];
    prop_oneof![
        12 => prop::sample::select(WAY.to_vec()),
        1 => prop::sample::select(unlikely.to_vec()),
    ]
}

fn attempt(election: &mut Election, attempt: Attempt) -> Result<u64, Rejected> {
    let entry: Entry = match attempt {
        Attempt::Ceremony(place) => election.ceremony(place).into(),
        Attempt::Rehearsal(place) => election.rehearsal(place).into(),
        Attempt::Register(cause) => {
            let rows = election.register_rows();
            election.register(cause, rows).into()
        }
        Attempt::Open => election.authority(VotingOpened { details: None }).into(),
        Attempt::Close => {
            if election.state.phase() == Phase::Voting && election.state.cast() == 0 {
                let voter = election.voter(7);
                let ballot = election.ballot(&voter, 0, &[marks(&[1])]);
                election.admit(ballot);
            }
            election.authority(VotingClosed { details: None }).into()
        }
        Attempt::Issuance(place) => election.issuance(place).into(),
        Attempt::Agreed(place) => {
            let agreed = election.state.agreement([3; 32]).unwrap_or_else(|_| Agreed {
                counted: Base64([0; 32]),
                issuance: vec![],
                root: Base64([3; 32]),
                size: Integer::default(),
            });
            election.trustee(place, agreed).into()
        }
        Attempt::Opening(place) if election.state.agreed().is_some() => {
            let opening = election.openings(place).remove(0);
            election.trustee(place, opening).into()
        }
        Attempt::Opening(_) => return Err(Rejected::OtherAgreement),
        Attempt::Result => {
            let result = ResultPublished {
                combined: vec![blob(BlobKind::CombinedOpenings, 32)],
                result: blob(BlobKind::Result, 2),
                trustees: vec![1, 3],
            };
            election.authority(result).into()
        }
        Attempt::Certify => election.authority(Certified { details: None }).into(),
        Attempt::Cancel => election.authority(Cancelled { details: None }).into(),
        Attempt::Erase => election.erase(vec![[1; 32]]).into(),
    };
    election.post(entry)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is left out of the way, repeated or tried at the wrong time: what is rejected changes nothing
    /// ([`Election::post`] asserts it), and no log skips what must stand before.
    #[test]
    fn skips_nothing_whatever_is_tried(
        left_out in prop::collection::vec(prop::bool::weighted(0.03), WAY.len()),
        others in prop::collection::vec(prop::collection::vec(any_attempt(), 0..3), WAY.len()),
    ) {
        let mut election = Election::publish(|_| {});
        for ((step, left_out), others) in WAY.into_iter().zip(left_out).zip(others) {
            for other in others {
                let _ = attempt(&mut election, other);
            }
            if !left_out {
                let _ = attempt(&mut election, step);
            }
        }
        let kinds: Vec<Kind> = election.log.iter().map(|(_, entry)| entry.kind()).collect();
        let before = |kind: Kind, at: Kind| match kinds.iter().position(|of| *of == at) {
            Some(place) => kinds[..place].iter().filter(|of| **of == kind).count(),
            None => usize::MAX,
        };
        let count = |kind: Kind| kinds.iter().filter(|of| **of == kind).count();
        prop_assert!(before(Kind::Ceremony, Kind::Rehearsal) >= 3);
        prop_assert!(before(Kind::Rehearsal, Kind::VotingOpened) >= 3);
        prop_assert!(before(Kind::Register, Kind::VotingOpened) >= 1);
        prop_assert!(before(Kind::VotingOpened, Kind::VotingClosed) >= 1);
        prop_assert!(before(Kind::VotingClosed, Kind::Issuance) >= 1);
        prop_assert!(before(Kind::Issuance, Kind::Agreed) >= 2);
        prop_assert!(before(Kind::Agreed, Kind::Opening) >= 2);
        prop_assert!(before(Kind::Opening, Kind::Result) >= 2);
        prop_assert!(before(Kind::Result, Kind::Certified) >= 1);
        for (kind, most) in [
            (Kind::Manifest, 1),
            (Kind::Ceremony, 3),
            (Kind::Rehearsal, 3),
            (Kind::VotingOpened, 1),
            (Kind::VotingClosed, 1),
            (Kind::Issuance, 2),
            (Kind::Agreed, 3),
            (Kind::Opening, 3),
            (Kind::Result, 1),
            (Kind::Certified, 1),
            (Kind::Cancelled, 1),
        ] {
            prop_assert!(count(kind) <= most, "{} {kind}", count(kind));
        }
        let over = kinds.iter().position(|kind| *kind == Kind::Cancelled);
        if let Some(over) = over {
            prop_assert!(kinds[over + 1..].iter().all(|kind| *kind == Kind::Erased));
            prop_assert_eq!(count(Kind::Result), 0);
        }
        // Every signer's numbers are 0, 1, 2, …
        let mut numbers = BTreeMap::<String, u64>::new();
        for (_, entry) in &election.log {
            let value: serde_json::Value = serde_json::from_slice(&entry.to_bytes()).unwrap();
            if let Some(signer) = value["signer"].as_str() {
                let next = numbers.entry(signer.to_owned()).or_default();
                prop_assert_eq!(value["number"].as_u64(), Some(*next));
                *next += 1;
            }
        }
    }
}
