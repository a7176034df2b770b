//! What the state refuses after the close: agreements, openings and results, rule by rule.

use super::rejections::{blob, id};
use super::sample::Election;
use super::voters::tests::{cast, voting};
use crate::blob::BlobKind;
use crate::entry::Kind;
use crate::json::Integer;
use crate::manifest::{Revote, sample};
use crate::phase::Phase;
use crate::rejected::Rejected;

/// Closed, two ballots counted, all issuance posted, nobody agreed.
fn issued() -> Election {
    let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
    cast(&mut election, &voters[0], 0).unwrap();
    cast(&mut election, &voters[3], 0).unwrap();
    election.close_voting();
    election.post_issuance();
    election
}

#[test]
fn rejects_an_agreement_on_something_else_sta_18() {
    let mut election = issued();
    let right = election.agreed(0).body;
    let changes: [fn(&mut crate::entry::Agreed); 6] = [
        |body| body.counted.0[0] ^= 1,
        |body| body.issuance[1].0[31] ^= 1,
        |body| body.issuance.swap(0, 1),
        |body| body.issuance.truncate(1),
        |body| body.size = Integer::try_from(body.size.value() + 1).unwrap(),
        |body| body.size = Integer::try_from(body.size.value() - 1).unwrap(),
    ];
    for change in changes {
        let mut body = right.clone();
        change(&mut body);
        let entry = election.trustee(0, body);
        assert_eq!(election.post(entry), Err(Rejected::OtherAgreement));
    }
    let close = u64::try_from(election.log.len() - 2).unwrap();
    assert_eq!(right.size.value(), close);
}

#[test]
fn rejects_an_agreement_before_all_issuance_lists_sta_19() {
    let (mut election, voters) = voting(Revote::ReplaceAndWithdraw, 16);
    cast(&mut election, &voters[0], 0).unwrap();
    assert_eq!(
        election.state.agreement([0; 32]),
        Err(Rejected::Phase { kind: Kind::Agreed, phase: Phase::Voting })
    );
    election.close_voting();
    let missing = |issuer: &str| Rejected::IssuanceMissing { issuer: id(issuer) };
    assert_eq!(election.state.agreement([0; 32]), Err(missing("office")));
    let entry = election.issuance(0);
    election.admit(entry);
    assert_eq!(election.state.agreement([0; 32]), Err(missing("senate")));
    let mut other = issued();
    let body = other.agreed(0).body;
    let entry = election.trustee(0, body);
    assert_eq!(election.post(entry), Err(missing("senate")));
}

#[test]
fn rejects_openings_before_enough_trustees_agreed_sta_20() {
    let mut election = issued();
    assert_eq!(election.state.agreement_threshold(), 2);
    let entry = election.agreed(0);
    election.admit(entry);
    assert_eq!(election.state.agreed(), None);
    // What anna would open, had two agreed.
    let opening = {
        let mut ahead = issued();
        ahead.agree();
        ahead.openings(0).remove(0)
    };
    let few = |actual| Err(Rejected::TooFewAgreed { expected: 2, actual });
    let entry = election.trustee(0, opening.clone());
    assert_eq!(election.post(entry), few(1));
    // Boris saw another root: he agreed to something, but not to this.
    let mut body = election.agreed(1).body;
    body.root.0[0] ^= 1;
    let entry = election.trustee(1, body.clone());
    election.admit(entry);
    let entry = election.trustee(0, opening.clone());
    assert_eq!(election.post(entry), few(1));
    let entry = election.agreed(2);
    election.admit(entry);
    // Two agreed, boris not among them.
    let entry = election.trustee(1, opening.clone());
    assert_eq!(election.post(entry), few(2));
    let mut his = opening.clone();
    his.agreed.0 = body.digest();
    let entry = election.trustee(1, his);
    assert_eq!(election.post(entry), few(1));
    let entry = election.trustee(0, opening);
    election.admit(entry);
}

#[test]
fn requires_a_majority_or_t_whichever_is_more_sta_20() {
    for (threshold, count, expected) in [(2, 2, 2), (2, 3, 2), (3, 3, 3), (2, 4, 3), (2, 5, 3), (4, 5, 4)] {
        let election = Election::publish(|draft| {
            let members = &mut draft.keys.trustees.members;
            members.truncate(count);
            for place in members.len()..count {
                let mut member = members[0].clone();
                member.id = format!("trustee-{place}");
                member.key = sample::public(700 + u64::try_from(place).unwrap());
                member.share_key = sample::public(sample::share(u64::try_from(place).unwrap() + 1));
                members.push(member);
            }
            draft.keys.trustees.threshold = Integer::from(threshold);
            sample::prove(draft);
        });
        assert_eq!(election.state.agreement_threshold(), expected, "{threshold} of {count}");
    }
}

#[test]
fn rejects_chunks_out_of_order_or_of_another_size_sta_21() {
    let mut election = issued();
    election.agree();
    let right = election.openings(1).remove(0);
    let mut with = |position: u32, length: u32| {
        let mut body = right.clone();
        body.position = position;
        body.chunk.length = length.into();
        let entry = election.trustee(1, body);
        election.post(entry)
    };
    let chunk = |position, length, expected_position, expected_length| {
        Err(Rejected::Chunk { position, length, expected_position, expected_length })
    };
    assert_eq!(with(1, 64), chunk(1, 64, 0, 64));
    assert_eq!(with(0, 32), chunk(0, 32, 0, 64));
    assert_eq!(with(0, 96), chunk(0, 96, 0, 64));
    assert_eq!(with(0, 0), chunk(0, 0, 0, 64));
    assert!(with(0, 64).is_ok());
    assert_eq!(with(0, 64), chunk(0, 64, 1, 0));
    assert_eq!(with(1, 64), chunk(1, 64, 1, 0));
    assert_eq!(with(1, 0), chunk(1, 0, 1, 0));
    let mut kind = election.openings(0).remove(0);
    kind.chunk.kind = BlobKind::CombinedOpenings;
    let entry = election.trustee(0, kind);
    assert_eq!(
        election.post(entry),
        Err(Rejected::BlobKind {
            expected: BlobKind::PartialDecryptions,
            actual: BlobKind::CombinedOpenings
        })
    );
}

/// The state of an election with more counted ballots than fit into a chunk; nobody could cast so many in a test.
fn crowded(counted: u64) -> Election {
    let mut election = issued();
    election.state.closed.as_mut().unwrap().counted = counted;
    election.agree();
    election
}

#[test]
fn accepts_chunks_of_4096_in_order_and_the_rest_sta_21() {
    let mut election = crowded(2 * 4_096 + 1);
    let mut body = election.openings(0).remove(0);
    for (position, expected) in [(0, 131_072), (1, 131_072), (2, 32)] {
        body.position = position;
        body.chunk.length = Integer::from(expected - 32);
        let entry = election.trustee(0, body.clone());
        assert!(matches!(election.post(entry), Err(Rejected::Chunk { .. })));
        body.chunk.length = Integer::from(expected);
        let entry = election.trustee(0, body.clone());
        election.admit(entry);
    }
    body.position = 3;
    let entry = election.trustee(0, body);
    assert!(matches!(election.post(entry), Err(Rejected::Chunk { expected_length: 0, .. })));
}

#[test]
fn rejects_a_result_without_complete_openings_sta_22() {
    let mut election = issued();
    let missing = Err(Rejected::OpeningsMissing { threshold: 2 });
    let right = {
        let mut ahead = issued();
        ahead.agree();
        ahead.open_ballots(&[0, 2]);
        ahead.result(&[1, 3], b"{}".to_vec()).body
    };
    let post = |election: &mut Election, trustees: &[u16]| {
        let mut body = right.clone();
        body.trustees = trustees.to_vec();
        election.post(election.authority(body))
    };
    assert_eq!(post(&mut election, &[1, 3]), missing, "nobody agreed");
    election.agree();
    assert_eq!(post(&mut election, &[1, 3]), missing, "nobody opened");
    election.open_ballots(&[0]);
    assert_eq!(post(&mut election, &[1, 3]), missing, "one opened");
    election.open_ballots(&[2]);
    for trustees in [[].as_slice(), &[1], &[1, 1], &[3, 1], &[1, 2], &[1, 2, 3], &[0, 1], &[1, 4]] {
        assert_eq!(post(&mut election, trustees), missing, "{trustees:?}");
    }
    assert!(post(&mut election, &[1, 3]).is_ok());
    assert_eq!(election.state.phase(), Phase::Tallied);
}

#[test]
fn rejects_a_result_of_a_half_opened_trustee_sta_22() {
    let mut election = crowded(4_097);
    let mut body = election.openings(0).remove(0);
    for (place, positions) in [(0, 2), (1, 1)] {
        for position in 0..positions {
            body.position = position;
            body.chunk.length = Integer::from([131_072_u32, 32][usize::try_from(position).unwrap()]);
            let entry = election.trustee(place, body.clone());
            election.admit(entry);
        }
    }
    let result = crate::entry::ResultPublished {
        combined: vec![blob(BlobKind::CombinedOpenings, 4_097 * 32)],
        result: blob(BlobKind::Result, 2),
        trustees: vec![1, 2],
    };
    let entry = election.authority(result.clone());
    assert_eq!(election.post(entry), Err(Rejected::OpeningsMissing { threshold: 2 }));
    body.position = 1;
    body.chunk.length = 32_u32.into();
    let entry = election.trustee(1, body);
    election.admit(entry);
    let entry = election.authority(result);
    election.admit(entry);
}

#[test]
fn rejects_results_with_other_blobs_ent_9() {
    let mut election = issued();
    election.agree();
    election.open_ballots(&[0, 2]);
    let right = election.result(&[1, 3], b"{}".to_vec()).body;
    let changes: [fn(&mut crate::entry::ResultPublished); 6] = [
        |body| body.combined.clear(),
        |body| body.combined.push(body.combined[0]),
        |body| body.combined[0].length = Integer::from(32_u32),
        |body| body.combined[0].kind = BlobKind::PartialDecryptions,
        |body| body.result.kind = BlobKind::Details,
        |body| body.result.length = Integer::from((64 << 20) + 1),
    ];
    for change in changes {
        let mut body = right.clone();
        change(&mut body);
        let rejected = election.post(election.authority(body)).unwrap_err();
        let expected = matches!(
            rejected,
            Rejected::BlobKind { .. } | Rejected::BlobLength { .. } | Rejected::BlobCount { .. }
        );
        assert!(expected, "{rejected}");
    }
    election.admit(election.authority(right));
}

#[test]
fn rejects_combined_openings_cut_elsewhere_ent_9() {
    let mut election = crowded(16_385);
    for place in [0, 2] {
        let mut body = election.openings(place).remove(0);
        for (position, length) in [(0, 131_072), (1, 131_072), (2, 131_072), (3, 131_072), (4, 32_u32)] {
            body.position = position;
            body.chunk.length = length.into();
            let entry = election.trustee(place, body.clone());
            election.admit(entry);
        }
    }
    let mut result = |lengths: [u64; 2]| {
        let body = crate::entry::ResultPublished {
            combined: lengths.map(|length| blob(BlobKind::CombinedOpenings, length)).into(),
            result: blob(BlobKind::Result, 2),
            trustees: vec![1, 3],
        };
        election.post(election.authority(body))
    };
    let full = 16_384 * 32;
    for lengths in [[full - 32, 64], [32, full], [full, 64], [full, 0], [full + 32, 0]] {
        assert!(matches!(result(lengths), Err(Rejected::BlobLength { .. })), "{lengths:?}");
    }
    assert!(result([full, 32]).is_ok());
}

#[test]
fn rejects_a_result_of_trustees_who_did_not_agree_though_nothing_is_to_be_opened_sta_22() {
    let mut election = Election::at(Phase::Closed);
    election.post_issuance();
    for place in [0, 2] {
        let entry = election.agreed(place);
        election.admit(entry);
    }
    let mut result = |trustees: &[u16]| {
        let body = crate::entry::ResultPublished {
            combined: vec![],
            result: blob(BlobKind::Result, 2),
            trustees: trustees.to_vec(),
        };
        election.post(election.authority(body))
    };
    let missing = Err(Rejected::OpeningsMissing { threshold: 2 });
    assert_eq!(result(&[1, 2]), missing);
    assert_eq!(result(&[1, 2, 3]), missing);
    assert!(result(&[1, 3]).is_ok());
}

#[test]
fn accepts_the_result_of_an_election_in_which_nobody_voted() {
    // No counted ballot: agreed is enough, nothing is opened.
    let election = Election::at(Phase::Certified);
    let openings = election.log.iter().filter(|(_, entry)| entry.kind() == Kind::Opening).count();
    assert_eq!((openings, election.state.counted().len()), (0, 0));
}
