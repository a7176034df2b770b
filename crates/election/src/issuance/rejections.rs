//! Lists and figures that are accepted, and every way in which one is refused.

use super::*;
use crate::blob::{BlobKind, BlobRef};
use crate::entry::Cause;
use crate::manifest::sample;
use crate::state::sample::{Election, NORTH};
use crate::state::whole_election::whole_election;
use urna_crypto::{IssuerSecretKey, Scalar};

/// Seven of `north` and two of `collective` have taken tokens of both issuers.
fn issued() -> Election {
    let mut election = Election::publish(|_| {});
    election.publish_register();
    (0..9).for_each(|person| drop(election.voter(person)));
    for rows in &mut election.rows {
        rows.sort_by_key(|row| row.handle.0);
    }
    election
}

/// Checks these rows as the list of `office`, whose entry states what they are.
fn check(election: &mut Election, rows: &[Row], eligible: &Eligible) -> Result<(), IssuanceError> {
    let blobs: Vec<_> =
        rows.chunks(ROWS_PER_BLOB).map(|rows| json::to_bytes(&Blob { rows: rows.to_vec() })).collect();
    let mut issuance = election.issuance(0).body;
    for class in election.manifest.classes() {
        let count = rows.iter().filter(|row| row.class == class.id).count();
        issuance.issued.insert(class.id.clone(), u32::try_from(count).unwrap().into());
    }
    issuance.rows = blobs.iter().map(|bytes| BlobRef::new(BlobKind::IssuanceRows, bytes).unwrap()).collect();
    let issuer = &election.manifest.issuers()[0];
    check_list(&election.manifest, issuer, &issuance, blobs, eligible, &mut election.rng)
}

fn check_changed(change: impl FnOnce(&mut Vec<Row>)) -> Result<(), IssuanceError> {
    let mut election = issued();
    let eligible = election.eligible();
    let mut rows = election.rows[0].clone();
    change(&mut rows);
    check(&mut election, &rows, &eligible)
}

fn scalar(bytes: &[u8]) -> Scalar {
    Scalar::from_bytes(bytes.try_into().unwrap()).unwrap()
}

/// Adds `more` to b, y or z of an answer.
fn add(row: &mut Row, field: usize, more: Scalar) {
    let mut bytes = row.answer.0.to_bytes();
    let range = 32 * field..32 * field + 32;
    let sum = scalar(&bytes[range.clone()]) + more;
    bytes[range].copy_from_slice(&sum.to_bytes());
    row.answer.0 = Answer::from_bytes(&bytes).unwrap();
}

#[track_caller]
fn unproved(result: Result<(), IssuanceError>, expected: &[usize]) {
    match result {
        Err(IssuanceError::Unproved { rows }) => assert_eq!(rows, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn accepts_a_list_of_each_issuer() {
    assert!(check_changed(|_| {}).is_ok());
    assert!(check_changed(Vec::clear).is_ok());
    let mut election = issued();
    let eligible = election.eligible();
    for place in [0, 1] {
        let issuance = election.issuance(place).body;
        let blobs = election.blobs_of(&issuance.rows);
        let issuer = &election.manifest.issuers()[place];
        check_list(&election.manifest, issuer, &issuance, blobs, &eligible, &mut election.rng).unwrap();
    }
}

#[test]
fn rejects_the_list_of_another_issuer_iss_6() {
    let mut election = issued();
    let eligible = election.eligible();
    let rows = election.rows[1].clone();
    unproved(check(&mut election, &rows, &eligible), &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn rejects_exactly_the_rows_with_a_changed_answer_challenge_or_signature_iss_6() {
    for field in 0..3 {
        unproved(check_changed(|rows| add(&mut rows[4], field, Scalar::ONE)), &[4]);
    }
    unproved(
        check_changed(|rows| {
            add(&mut rows[8], 2, Scalar::ONE);
            rows[1].challenge = rows[2].challenge;
            rows[3].commitment = rows[2].commitment;
            rows[5].signature = rows[6].signature;
            rows[6].session.0[0] ^= 1;
        }),
        &[1, 3, 5, 6, 8],
    );
}

#[test]
fn rejects_two_errors_that_cancel_iss_6() {
    unproved(
        check_changed(|rows| {
            add(&mut rows[2], 2, Scalar::ONE);
            add(&mut rows[7], 2, -Scalar::ONE);
        }),
        &[2, 7],
    );
    // Within one row: B = bG + yH and zG = A + … are two equations.
    unproved(
        check_changed(|rows| {
            add(&mut rows[2], 0, Scalar::ONE);
            add(&mut rows[2], 2, -Scalar::ONE);
        }),
        &[2],
    );
}

#[test]
fn rejects_an_answer_with_y_zero_iss_6() {
    // An issuer that signs with y = 0, everything else right: B = bG, z = a + c x.
    let mut election = issued();
    let eligible = election.eligible();
    let manifest = std::sync::Arc::clone(&election.manifest);
    let mut rows = election.rows[0].clone();
    let person = 3;
    let place = rows.iter().position(|row| row.handle.0 == election.handle(person)).unwrap();
    let x = scalar(&sample::secret(sample::issuer_key(0, NORTH)));
    assert_eq!(
        IssuerSecretKey::from_bytes(&x.to_bytes()).unwrap().public(),
        *manifest.issuers()[0].key(manifest.class_index(&rows[place].class).unwrap()).unwrap()
    );
    let (a, b, c) = (Scalar::from(11), Scalar::from(13), Scalar::from(17));
    let point = |number| sample::public(number).0;
    let commitment = Commitment::from_bytes(&[point(11), point(13)].concat().try_into().unwrap()).unwrap();
    let challenge = Challenge::from_bytes(&c.to_bytes()).unwrap();
    let answer = |y: Scalar, z: Scalar| {
        let fields = [b.to_bytes(), y.to_bytes(), z.to_bytes()].concat();
        Answer::from_bytes(&fields.try_into().unwrap()).unwrap()
    };
    let statement = SessionChallenge {
        election: manifest.id(),
        issuer: "office",
        handle: &rows[place].handle.0,
        class: rows[place].class.as_str(),
        session: &rows[place].session.0,
        commitment: &commitment,
        challenge: &challenge,
    };
    let signature = election.credential(person, 0).sign(&statement, &mut election.rng);
    rows[place].signature.0 = signature;
    rows[place].commitment.0 = commitment;
    rows[place].challenge.0 = challenge;
    rows[place].answer.0 = answer(Scalar::ZERO, a + c * x);
    unproved(check(&mut election, &rows, &eligible), &[place]);
}

#[test]
fn rejects_rows_out_of_order_and_a_handle_twice_whatever_its_class_iss_3() {
    let order = |change: fn(&mut Vec<Row>)| match check_changed(change) {
        Err(IssuanceError::HandleOrder { row }) => row,
        other => panic!("{other:?}"),
    };
    assert_eq!(order(|rows| rows.swap(3, 4)), 4);
    assert_eq!(order(|rows| rows.insert(5, rows[5].clone())), 6);

    // Someone moved from one class to the other, and took a token in each: both versions entitled the handle.
    let mut election = issued();
    let mut register = election.register_rows();
    register[0].class = "collective".parse().unwrap();
    let entry = election.register(Cause::Manual, register);
    election.admit(entry);
    let eligible = election.eligible();
    let mut rows = election.rows[0].clone();
    let place = rows.iter().position(|row| row.handle.0 == election.handle(0)).unwrap();
    let mut again = rows[place].clone();
    again.class = "collective".parse().unwrap();
    rows.insert(place + 1, again);
    match check(&mut election, &rows, &eligible) {
        Err(IssuanceError::HandleOrder { row }) => assert_eq!(row, place + 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rejects_a_class_that_is_not_in_the_manifest_iss_4() {
    let result = check_changed(|rows| rows[2].class = "south".parse().unwrap());
    assert!(matches!(result, Err(IssuanceError::UnknownClass { row: 2, .. })));
}

#[test]
fn rejects_whom_no_register_entitles_iss_5() {
    let not_entitled = |change: fn(&mut Vec<Row>)| match check_changed(change) {
        Err(IssuanceError::NotEntitled { row }) => row,
        other => panic!("{other:?}"),
    };
    // An invented person, another's credential, and the other class.
    assert_eq!(not_entitled(|rows| rows[8].handle.0 = Handle::from_bytes([0xff; 32])), 8);
    assert_eq!(not_entitled(|rows| rows[4].credential = rows[5].credential), 4);
    assert_eq!(
        not_entitled(|rows| {
            let other = if rows[0].class.as_str() == "north" { "collective" } else { "north" };
            rows[0].class = other.parse().unwrap();
        }),
        0
    );
    // A row without a credential entitles nobody to a token yet.
    let mut election = issued();
    let mut register = election.register_rows();
    register[3].credential = None;
    let mut eligible = Eligible::default();
    register.sort_by_key(|row| row.handle.0);
    eligible.add(&Register::from_rows(&election.manifest, &register).unwrap());
    let place = election.rows[0].iter().position(|row| row.handle.0 == election.handle(3)).unwrap();
    let rows = election.rows[0].clone();
    match check(&mut election, &rows, &eligible) {
        Err(IssuanceError::NotEntitled { row }) => assert_eq!(row, place),
        other => panic!("{other:?}"),
    }
}

#[test]
fn accepts_a_credential_that_was_replaced_later_iss_5() {
    let mut election = issued();
    let mut register = election.register_rows();
    register[3].credential = Some(Base64(election.credential(3, 1).public().to_bytes()));
    register[3].replaced = 1;
    // And someone was removed who has a token already.
    register.remove(2);
    let entry = election.register(Cause::Manual, register);
    election.admit(entry);
    let eligible = election.eligible();
    let rows = election.rows[0].clone();
    check(&mut election, &rows, &eligible).unwrap();
    // The handles ever entitled are still nine, in nine rows of the first version and two more of the second.
    assert_eq!(eligible.handles_by_class(&election.manifest), [7, 2]);
}

#[test]
fn rejects_a_token_under_the_key_of_another_class_iss_6() {
    let mut election = issued();
    // Person 0 in both classes by two versions: the token was signed under the key of `north`.
    let mut register = election.register_rows();
    register[0].class = "collective".parse().unwrap();
    let entry = election.register(Cause::Manual, register);
    election.admit(entry);
    let eligible = election.eligible();
    let mut rows = election.rows[0].clone();
    let place = rows.iter().position(|row| row.handle.0 == election.handle(0)).unwrap();
    check(&mut election, &rows, &eligible).unwrap();
    rows[place].class = "collective".parse().unwrap();
    unproved(check(&mut election, &rows, &eligible), &[place]);
}

#[test]
fn rejects_blobs_that_the_entry_does_not_name_ent_4() {
    let mut election = issued();
    let eligible = election.eligible();
    let issuance = election.issuance(0).body;
    let right = election.blobs_of(&issuance.rows);
    let issuer = &election.manifest.issuers()[0];
    let mut with = |blobs: Vec<Vec<u8>>| {
        let rng = &mut election.rng;
        match check_list(&election.manifest, issuer, &issuance, blobs, &eligible, rng) {
            Err(IssuanceError::Blob { blob }) => Some(blob),
            Ok(()) => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with(right.clone()), None);
    assert_eq!(with(vec![]), Some(0));
    assert_eq!(with([right.clone(), right.clone()].concat()), Some(1));
    assert_eq!(with(vec![right[0][1..].to_vec()]), Some(0));
}

#[test]
fn rejects_what_is_no_list_of_rows_iss_1() {
    let mut election = issued();
    let eligible = election.eligible();
    let mut issuance = election.issuance(0).body;
    let right = String::from_utf8(election.blobs_of(&issuance.rows).remove(0)).unwrap();
    for wrong in ["", "[]", "{}", &format!(" {right}"), &right.replacen("answer", "reply", 1)] {
        issuance.rows = vec![BlobRef::new(BlobKind::IssuanceRows, wrong.as_bytes()).unwrap()];
        let issuer = &election.manifest.issuers()[0];
        let result = check_list(&election.manifest, issuer, &issuance, [wrong], &eligible, &mut election.rng);
        assert!(matches!(result, Err(IssuanceError::Json { blob: 0, .. })), "{wrong}: {result:?}");
    }
}

#[test]
fn rejects_empty_and_half_full_blobs_iss_2() {
    let mut election = issued();
    let eligible = election.eligible();
    let mut issuance = election.issuance(0).body;
    let rows = election.rows[0].clone();
    for (parts, bad) in [(vec![&rows[..4], &rows[4..]], (0, 4)), (vec![&[]], (0, 0))] {
        let blobs: Vec<_> = parts.iter().map(|rows| json::to_bytes(&Blob { rows: rows.to_vec() })).collect();
        let names = blobs.iter().map(|bytes| BlobRef::new(BlobKind::IssuanceRows, bytes).unwrap());
        issuance.rows = names.collect();
        let issuer = &election.manifest.issuers()[0];
        match check_list(&election.manifest, issuer, &issuance, blobs, &eligible, &mut election.rng) {
            Err(IssuanceError::BlobRows { blob, rows }) => assert_eq!((blob, rows), bad),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn counts_rows_over_all_blobs() {
    let mut election = issued();
    let eligible = election.eligible();
    let mut rows = election.rows[0].clone();
    add(&mut rows[6], 1, Scalar::ONE);
    let blobs = [&rows[..4], &rows[4..]].map(|rows| json::to_bytes(&Blob { rows: rows.to_vec() }));
    let mut issuance = election.issuance(0).body;
    issuance.rows = blobs.iter().map(|bytes| BlobRef::new(BlobKind::IssuanceRows, bytes).unwrap()).collect();
    let list = ListChecker {
        manifest: &election.manifest,
        issuer: &election.manifest.issuers()[0],
        issuance: &issuance,
        eligible: &eligible,
    };
    match list.check_blob(1, &blobs[1], &mut election.rng) {
        Err(IssuanceError::Unproved { rows }) => assert_eq!(rows, [ROWS_PER_BLOB + 2]),
        other => panic!("{other:?}"),
    }
    assert!(matches!(list.check_blob(1, &blobs[0], &mut election.rng), Err(IssuanceError::Blob { blob: 1 })));
    assert!(matches!(list.check_blob(2, &blobs[1], &mut election.rng), Err(IssuanceError::Blob { blob: 2 })));

    let part = |first: &Row, last: &Row, issued: [u64; 2]| CheckedPart {
        first: first.handle.0,
        last: last.handle.0,
        issued: issued.to_vec(),
    };
    let parts = [part(&rows[0], &rows[3], [4, 0]), part(&rows[4], &rows[8], [3, 2])];
    list.check_parts(&parts).unwrap();
    assert!(matches!(list.check_parts(&parts[..1]), Err(IssuanceError::Blob { blob: 1 })));
    let [first, second] = &parts;
    let swapped = [second.clone(), first.clone()];
    assert!(matches!(list.check_parts(&swapped), Err(IssuanceError::HandleOrder { row: ROWS_PER_BLOB })));
    let touching = [part(&rows[0], &rows[4], [4, 0]), second.clone()];
    assert!(matches!(list.check_parts(&touching), Err(IssuanceError::HandleOrder { row: ROWS_PER_BLOB })));
    let fewer = [part(&rows[0], &rows[3], [3, 0]), second.clone()];
    match list.check_parts(&fewer) {
        Err(IssuanceError::Count { class, stated, rows }) => {
            assert_eq!((class.as_str(), stated, rows), ("north", 7, 6));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn rejects_an_entry_that_counts_otherwise_iss_7() {
    let mut election = issued();
    let eligible = election.eligible();
    let right = election.issuance(0).body;
    let blobs = election.blobs_of(&right.rows);
    let issuer = &election.manifest.issuers()[0];
    for (class, stated, rows) in [("north", 8_u32, 7), ("collective", 1, 2)] {
        let mut issuance = right.clone();
        issuance.issued.insert(class.parse().unwrap(), stated.into());
        let rng = &mut election.rng;
        match check_list(&election.manifest, issuer, &issuance, blobs.clone(), &eligible, rng) {
            Err(IssuanceError::Count { class: found, stated: said, rows: there }) => {
                assert_eq!((found.as_str(), said, there), (class, stated.into(), rows));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn rejects_more_pseudonyms_than_tokens_iss_8() {
    // Somebody votes with a token for which no row is there.
    let mut election = Election::publish(|_| {});
    election.hold_ceremony();
    election.rehearse();
    election.publish_register();
    let voter = election.voter(7);
    let eligible = election.eligible();
    election.open_voting();
    let ballot = election.ballot(&voter, 0, &[crate::state::sample::marks(&[1])]);
    election.admit(ballot);
    election.close_voting();
    assert_eq!(check_figures(&election.state, &eligible), Err(FiguresError::NotYet));
    let entry = election.issuance(0);
    election.admit(entry);
    assert_eq!(check_figures(&election.state, &eligible), Err(FiguresError::NotYet));
    election.rows[1].clear();
    let entry = election.issuance(1);
    election.admit(entry);
    let more = |issuer: &str, returned, issued| {
        Err(FiguresError::MoreThanIssued {
            issuer: issuer.parse().unwrap(),
            class: "collective".parse().unwrap(),
            seen: 1,
            returned,
            issued,
        })
    };
    assert_eq!(check_figures(&election.state, &eligible), more("senate", 0, 0));
    let other = election.voter(8);
    let returned = election.returned(&other);
    election.admit(returned);
    assert_eq!(check_figures(&election.state, &eligible), more("office", 1, 1));
}

#[test]
fn rejects_more_tokens_than_people_iss_8() {
    let (election, _) = whole_election();
    assert!(check_figures(&election.state, &election.eligible()).is_ok());
    let mut fewer = election.register_rows();
    fewer.remove(6);
    fewer.sort_by_key(|row| row.handle.0);
    let mut eligible = Eligible::default();
    eligible.add(&Register::from_rows(&election.manifest, &fewer).unwrap());
    assert_eq!(
        check_figures(&election.state, &eligible),
        Err(FiguresError::MoreThanEntitled {
            issuer: "office".parse().unwrap(),
            class: "north".parse().unwrap(),
            issued: 7,
            entitled: 6,
        })
    );
}

#[test]
fn takes_the_smallest_of_the_issuers_numbers_class_by_class() {
    let mut election = issued();
    election.hold_ceremony();
    election.rehearse();
    election.open_voting();
    election.close_voting();
    // One issuer issued fewer in one class, the other in the other.
    let collective = |row: &Row| row.class.as_str() == "collective";
    let place = election.rows[0].iter().position(collective).unwrap();
    election.rows[0].remove(place);
    let place = election.rows[1].iter().position(|row| !collective(row)).unwrap();
    election.rows[1].remove(place);
    election.post_issuance();
    let figures = check_figures(&election.state, &election.eligible()).unwrap();
    assert_eq!(figures.issued, 6 + 1);
    assert_eq!((figures.entitled, figures.seen, figures.returned), (9, 0, 0));
}

#[test]
fn fits_the_longest_rows_into_the_limit_of_a_blob() {
    let mut row = issued().rows[0][0].clone();
    row.class = "a".repeat(40).parse().unwrap();
    let bytes = json::to_bytes(&Blob { rows: vec![row; 2] }).len();
    let one = json::to_bytes(&Blob { rows: vec![] }).len();
    assert!((bytes - one) / 2 * ROWS_PER_BLOB + ROWS_PER_BLOB < BLOB_LIMIT);
}
