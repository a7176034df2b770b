//! The key ceremony: crashes at every step, and packages that are wrong, late, repeated or somebody else's.

use std::collections::BTreeSet;

use rand_core::{RngCore, SeedableRng};
use urna_crypto::{CeremonyError, Scalar, SigningKey};
use urna_election::ceremony::{ExchangeError, PackageKind};
use urna_election::json::Base64;
use urna_trustee::{Sharing, Stage, Trustee, TrusteeError};

use crate::table::{Crash, Person, Table, holds_share, plan};

/// All have the same public keys, and every share is that of its Y_i (which reading it from the file checks).
fn all_agree(table: &Table) {
    let keys: Vec<_> = table.people.iter().map(|person| person.trustee().public_keys().unwrap()).collect();
    assert!(keys.iter().all(|other| *other == keys[0]));
    let shares: BTreeSet<_> = keys[0].members.iter().map(|(_, _, _, share)| *share).collect();
    assert_eq!(shares.len(), table.people.len());
}

#[test]
fn accepts_ceremonies_of_2_of_2_2_of_3_and_3_of_5() {
    for (threshold, count) in [(2, 2), (2, 3), (3, 5)] {
        let table = Table::finished(threshold, count);
        all_agree(&table);
        assert!(table.people[0].trustee().exchange().awaited().is_none());
    }
}

#[test]
fn accepts_a_solo_trustee_only_by_name_tru_8() {
    let mut table = Table::new(1, 1);
    assert!(table.hold());
    let keys = table.people[0].trustee().public_keys().unwrap();
    assert_eq!(keys.members[0].3.to_bytes(), keys.election_key.to_bytes());
    let mut rng = rand_chacha::ChaCha20Rng::from_seed([1; 32]);
    let anna = "anna".parse().unwrap();
    let enrol =
        |count, sharing, rng: &mut _| Trustee::enrol(plan(count, count.into()), &anna, sharing, rng).err();
    assert!(matches!(enrol(1, Sharing::Shared, &mut rng), Some(TrusteeError::SoloNotAsked)));
    assert!(matches!(enrol(2, Sharing::Solo, &mut rng), Some(TrusteeError::NotSolo)));
    let zoe = "zoe".parse().unwrap();
    let unknown = Trustee::enrol(plan(2, 2), &zoe, Sharing::Shared, &mut rng);
    assert!(matches!(unknown, Err(TrusteeError::NotATrustee(id)) if id == zoe));
}

/// One trustee is killed at its c-th command, before or after the file is written; nobody notices but by waiting.
#[test]
fn survives_a_crash_of_one_trustee_at_every_step() {
    let mut crashes = 0;
    for (threshold, count) in [(1, 1), (2, 3), (3, 5)] {
        for at in 0..4 {
            for crash in [Crash::BeforeWriting, Crash::BeforeSending] {
                for victim in BTreeSet::from([0, count - 1]) {
                    let mut table = Table::new(threshold, count);
                    for round in 0..6 {
                        for place in 0..count {
                            let crash = (place == victim && round == at).then_some(crash);
                            match table.ceremony(place, crash) {
                                Some(advanced) => assert!(advanced.is_clean(), "{advanced:?}"),
                                None => crashes += 1,
                            }
                        }
                    }
                    all_agree(&table);
                }
            }
        }
    }
    assert_eq!(crashes, 4 * 2 * (1 + 2 + 2));
}

#[test]
fn hands_out_nothing_that_is_not_in_the_file() {
    let mut table = Table::new(2, 2);
    table.ceremony(1, None).unwrap();
    let packages = table.courier.0.clone();
    let (file, mut trustee) = table.people[0].open();
    assert_eq!(trustee.packages().unwrap().len(), 1, "the enrolment is in the file");
    let mut rng = rand_core::OsRng;
    assert!(trustee.advance(&packages, &mut rng).is_clean());
    assert_eq!(trustee.stage(), Stage::Round1);
    assert!(matches!(trustee.packages(), Err(TrusteeError::Unsaved)));
    let sealed = file.seal(&trustee, &mut rng);
    assert!(matches!(trustee.packages(), Err(TrusteeError::Unsaved)), "sealed is not written yet");
    trustee.mark_saved(&sealed);
    assert_eq!(trustee.packages().unwrap().len(), 2);
}

/// All have sent round 1, and boris and clara round 2; it is anna's turn.
fn annas_turn() -> Table {
    let mut table = Table::new(2, 3);
    for _ in 0..2 {
        for place in 0..3 {
            table.ceremony(place, None).unwrap();
        }
    }
    table
}

/// What anna's command says of this, and that nothing was lost by it.
#[track_caller]
fn refused(table: &mut Table, spoil: impl FnOnce(&mut Table)) -> ExchangeError {
    let honest = table.courier.clone();
    spoil(table);
    let packages = table.courier.0.clone();
    let before = table.people[0].disk.clone();
    let (_, advanced) =
        table.people[0].command(None, |trustee, rng| trustee.advance(&packages, rng)).unwrap();
    assert!(advanced.failed.is_none() && advanced.strangers.is_empty(), "{advanced:?}");
    let mut refused = advanced.refused;
    assert_eq!(refused.len(), 1, "{refused:?}");
    // With what was really sent, the ceremony goes on from either file.
    for disk in [table.people[0].disk.clone(), before] {
        let mut again = Table { courier: honest.clone(), ..table.clone() };
        again.people[0].disk = disk;
        assert!(again.hold());
        all_agree(&again);
    }
    refused.remove(0)
}

#[track_caller]
fn names(error: &ExchangeError, says: &str) {
    let said = error.to_string();
    assert!(said.contains("trustee 3 (Clara)") && said.contains(says), "{said}");
}

#[test]
fn rejects_wrong_enrolments_and_names_them_tru_1() {
    let enrolled = || {
        let mut table = Table::new(2, 3);
        for place in 0..3 {
            let trustee = table.people[place].trustee();
            table.courier.take(trustee.packages().unwrap());
        }
        table
    };
    let kind = PackageKind::Enrolment;
    let error =
        refused(&mut enrolled(), |table| table.courier.of("clara", kind).parts[0] = Base64(vec![9; 32]));
    names(&error, "does not decode");
    let error = refused(&mut enrolled(), |table| table.courier.of("clara", kind).parts.truncate(1));
    names(&error, "does not decode");
    // Boris' key under Clara's name: the proof is of his name.
    let error = refused(&mut enrolled(), |table| {
        let parts = table.courier.of("boris", kind).parts.clone();
        table.courier.of("clara", kind).parts = parts;
    });
    names(&error, "does not prove");
}

#[test]
fn rejects_wrong_packages_of_round_1_and_names_them_tru_2_tru_3() {
    let kind = PackageKind::Round1;
    // Garbage.
    let mut table = Table::new(2, 3);
    for round in 0..2 {
        for place in 0..3 {
            if round == 0 || place > 0 {
                table.ceremony(place, None).unwrap();
            }
        }
    }
    let error =
        refused(&mut table.clone(), |table| table.courier.of("clara", kind).parts[0] = Base64(vec![1; 198]));
    names(&error, "does not decode");
    let error = refused(&mut table.clone(), |table| table.courier.of("clara", kind).parts[0].0[100] ^= 1);
    assert!(matches!(error.from().map(|from| from.index), Some(3)), "{error}");
    // Another's package under her name.
    let error = refused(&mut table.clone(), |table| {
        let parts = table.courier.of("boris", kind).parts.clone();
        table.courier.of("clara", kind).parts = parts;
    });
    names(&error, "is that of trustee 2");
    assert!(matches!(error, ExchangeError::Ceremony { error: CeremonyError::PackageOrder { .. }, .. }));
    // Of another attempt.
    let error = refused(&mut table.clone(), |table| table.courier.of("clara", kind).attempt = 2);
    names(&error, "is of attempt 2, and this is attempt 1");
    // Of another plan, and of nobody.
    let error = refused(&mut table.clone(), |table| {
        table.courier.of("clara", kind).plan = Base64(urna_crypto::PlanId::from_bytes([1; 32]));
    });
    assert!(matches!(error, ExchangeError::OtherPlan { .. }));
    let error = refused(&mut table.clone(), |table| {
        table.courier.of("clara", kind).trustee = "zoe".parse().unwrap();
    });
    assert!(matches!(error, ExchangeError::UnknownTrustee { .. }));
}

/// Clara signs two packages; who has the first refuses the second, and names her.
#[test]
fn rejects_a_second_package_of_one_trustee_tru_2() {
    let mut table = annas_turn();
    // Her file once more, with other randomness, as if she had copied it before round 1.
    let mut copied = Table::new(2, 3).people.remove(2);
    copied.command(Some(Crash::BeforeWriting), |_, rng| rng.next_u64());
    let enrolments: Vec<_> =
        table.courier.0.iter().filter(|package| package.kind == PackageKind::Enrolment).cloned().collect();
    let (second, _) = copied.command(None, |trustee, rng| trustee.advance(&enrolments, rng)).unwrap();
    let second = second.packages().unwrap().remove(1);
    assert_ne!(second, *table.courier.of("clara", PackageKind::Round1));
    let error = refused(&mut table, |table| table.courier.0.push(second));
    names(&error, "only one of the two can stand");
    // She herself is told that somebody has used a copy of her file.
    let packages = table.courier.0.clone();
    let (_, advanced) =
        table.people[2].command(None, |trustee, rng| trustee.advance(&packages, rng)).unwrap();
    assert_eq!(advanced.strangers, [PackageKind::Round1]);
}

#[test]
fn rejects_wrong_packages_of_round_2_and_names_them_tru_5() {
    let kind = PackageKind::Round2;
    let error =
        refused(&mut annas_turn(), |table| table.courier.of("clara", kind).parts[0] = Base64(vec![1; 132]));
    names(&error, "does not decode");
    let error = refused(&mut annas_turn(), |table| {
        table.courier.of("clara", kind).parts.pop();
    });
    names(&error, "does not decode");
    let error = refused(&mut annas_turn(), |table| table.courier.of("clara", kind).parts.swap(0, 1));
    names(&error, "does not decode");
    let error = refused(&mut annas_turn(), |table| table.courier.of("clara", kind).parts[1].0[40] ^= 1);
    names(&error, "not signed by it");
    let error = refused(&mut annas_turn(), |table| {
        let parts = table.courier.of("boris", kind).parts.clone();
        table.courier.of("clara", kind).parts = parts;
    });
    names(&error, "does not decode");
}

/// Clara's program is replaced by one that sends a share of another polynomial, signed as it should be.
#[test]
fn names_who_sends_a_share_that_does_not_match_and_starts_again_tru_5() {
    let mut table = annas_turn();
    table.courier.of("clara", PackageKind::Round2).parts[0] = lying_share(&table);
    let packages = table.courier.0.clone();
    let (trustee, advanced) =
        table.people[0].command(None, |trustee, rng| trustee.advance(&packages, rng)).unwrap();
    let failed = advanced.failed.unwrap();
    assert!(
        matches!(&failed, TrusteeError::Ceremony { culprit: Some(clara), error: CeremonyError::ShareMismatch { sender: 3 } }
            if clara.name == "Clara"),
        "{failed}"
    );
    assert!(failed.to_string().starts_with("trustee 3 (Clara): "), "{failed}");
    assert_eq!(trustee.stage(), Stage::Round2, "nothing is lost");
    // Again the same, until people decide to begin again.
    assert!(table.ceremony(0, None).unwrap().failed.is_some());
    restart(&mut table, 2);
    assert!(table.hold());
    all_agree(&table);
}

/// Clara's sealed share for anna with another ciphertext, and Clara's signature on it, made by the page alone (TRU-5, SIG-1).
fn lying_share(table: &Table) -> Base64<Vec<u8>> {
    let trustee = table.people[2].trustee();
    let mut share = trustee.exchange().package(3, PackageKind::Round2).unwrap().parts[0].0.clone();
    share[40] ^= 1;
    let key = table.people[2].enrolment_key();
    let number = |bytes: &[u8]| u64::from(u16::from_le_bytes([bytes[0], bytes[1]]));
    let mut transcript = merlin::Transcript::new(b"urna/v1/share/sealed");
    transcript.append_message(b"ceremony", trustee.exchange().round_1().unwrap().hash());
    transcript.append_u64(b"sender", number(&share[..2]));
    transcript.append_u64(b"recipient", number(&share[2..4]));
    transcript.append_message(b"R", &share[4..36]);
    transcript.append_message(b"ct", &share[36..68]);
    transcript.append_message(b"P", &key.public().to_bytes());
    let k = [4; 32];
    let commitment = SigningKey::from_bytes(&k).unwrap().public().to_bytes();
    transcript.append_message(b"R", &commitment);
    let mut wide = [0; 64];
    transcript.challenge_bytes(b"e", &mut wide);
    let scalar = |bytes: &[u8]| {
        let digits = bytes.iter().rev().map(|byte| Scalar::from(u64::from(*byte)));
        digits.fold(Scalar::from(0), |sum, digit| sum * Scalar::from(256) + digit)
    };
    let response = scalar(&k) + scalar(&wide) * scalar(&*key.to_bytes());
    Base64([&share[..68], &commitment, &response.to_bytes()].concat())
}

fn restart(table: &mut Table, attempt: u32) {
    for person in &mut table.people {
        let (_, done) = person.command(None, |trustee, _| trustee.restart(attempt, &[])).unwrap();
        done.unwrap();
    }
    table.courier.0.retain(|package| package.kind == PackageKind::Enrolment);
}

#[test]
fn replaces_an_attempt_by_an_explicit_act_only() {
    let mut table = annas_turn();
    let first = table.courier.of("clara", PackageKind::Round1).clone();
    let stale = first.clone();
    let same = table.people[0].command(None, |trustee, _| trustee.restart(1, &[])).unwrap().1;
    assert!(matches!(same, Err(TrusteeError::NotLater { current: 1, attempt: 1 })));
    restart(&mut table, 2);
    for person in &table.people {
        assert_eq!(person.trustee().stage(), Stage::Enrolled);
        assert_eq!(person.trustee().exchange().attempt(), 2);
    }
    // A package of the first attempt that comes late, as it is and with its number changed.
    let (_, late) = table.people[0]
        .command(None, |trustee, rng| trustee.advance(std::slice::from_ref(&stale), rng))
        .unwrap();
    names(&late.refused[0], "is of attempt 1, and this is attempt 2");
    let renumbered = urna_election::ceremony::Package { attempt: 2, ..stale };
    for place in 0..3 {
        table.ceremony(place, None).unwrap();
    }
    let (_, late) =
        table.people[0].command(None, |trustee, rng| trustee.advance(&[renumbered], rng)).unwrap();
    names(&late.refused[0], "an attempt that has ended");
    assert!(table.hold());
    all_agree(&table);
    assert_ne!(table.courier.of("clara", PackageKind::Round1).parts, first.parts, "with fresh randomness");
}

#[test]
fn lets_a_trustee_enrol_again_whose_file_is_lost() {
    let mut table = annas_turn();
    table.people[1] = Person::enrol(&table.plan, "boris", Sharing::Shared, 7);
    let boris: urna_election::Id = "boris".parse().unwrap();
    let packages = table.people[1].trustee().packages().unwrap();
    let (_, advanced) =
        table.people[0].command(None, |trustee, rng| trustee.advance(&packages, rng)).unwrap();
    let said = advanced.refused[0].to_string();
    assert!(said.contains("trustee 2 (Boris)") && said.contains("only one of the two can stand"), "{said}");
    for place in [0, 2] {
        let forget = [boris.clone()];
        table.people[place].command(None, |trustee, _| trustee.restart(2, &forget)).unwrap().1.unwrap();
    }
    table.people[1].command(None, |trustee, _| trustee.restart(2, &[])).unwrap().1.unwrap();
    table.courier.0.retain(|package| package.kind == PackageKind::Enrolment && package.trustee != boris);
    assert!(table.hold());
    all_agree(&table);
}

#[test]
fn says_whose_package_is_awaited() {
    let mut table = Table::new(2, 3);
    table.ceremony(0, None).unwrap();
    table.ceremony(1, None).unwrap();
    let awaited =
        |place: usize, table: &Table| table.people[place].trustee().exchange().awaited().unwrap().to_string();
    assert_eq!(awaited(1, &table), "the enrolment of trustee 3 (Clara)");
    assert_eq!(awaited(0, &table), "the enrolment of trustee 2 (Boris) and trustee 3 (Clara)");
    table.ceremony(2, None).unwrap();
    table.ceremony(0, None).unwrap();
    assert_eq!(awaited(0, &table), "the package of round 1 of trustee 2 (Boris)");
    table.ceremony(1, None).unwrap();
    assert_eq!(awaited(1, &table), "the package of round 2 of trustee 1 (Anna) and trustee 3 (Clara)");
    assert!(!holds_share(&table.people[1]));
}
