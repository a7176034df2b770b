//! Agreement to the manifest, and the rehearsal from the backup.

use rand_core::OsRng;
use urna_crypto::ElectionId;
use urna_election::EntryVerifier;
use urna_election::blob::BlobKind;
use urna_election::ceremony::check_key_ceremony;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_trustee::{Sharing, Trustee, TrusteeError};

use crate::table::{Crash, Person, Table, entry};

fn verifies(manifest: &Manifest, entry: &Entry) {
    let verifier = EntryVerifier::new(std::sync::Arc::new(manifest.clone()));
    verifier.verify(vec![entry.clone()], &mut OsRng).remove(0).unwrap();
}

#[track_caller]
fn refused(table: &Table, announced: &ElectionId, manifest: &Manifest) -> TrusteeError {
    let mut trustee = table.people[0].trustee();
    let error = trustee.agree(announced, manifest, &mut OsRng).unwrap_err();
    assert!(!trustee.is_unsaved() && trustee.election().is_none(), "nothing has changed");
    error
}

#[test]
fn agrees_to_the_manifest_of_its_ceremony_v_05_tru_6() {
    for (threshold, count) in [(1, 1), (2, 3)] {
        let mut table = Table::finished(threshold, count);
        let manifest = table.manifest();
        for entry in table.agree(&manifest) {
            verifies(&manifest, &entry);
        }
        let trustee = table.people[0].trustee();
        let posting = trustee.posting(Kind::Ceremony).unwrap().unwrap();
        let blob = posting.blob.map(|(kind, bytes)| {
            assert_eq!(kind, BlobKind::Round1);
            bytes
        });
        check_key_ceremony(&manifest, blob.as_deref()).unwrap();
    }
}

#[test]
fn agrees_again_with_the_same_bytes_after_a_crash() {
    let mut table = Table::finished(2, 3);
    let manifest = table.manifest();
    let agree = |trustee: &mut Trustee, rng: &mut rand_chacha::ChaCha20Rng| {
        trustee.agree(manifest.id(), &manifest, rng).unwrap();
        assert!(
            matches!(trustee.posting(Kind::Ceremony), Err(TrusteeError::Unsaved)) || !trustee.is_unsaved()
        );
    };
    table.people[0].command(Some(Crash::BeforeWriting), agree);
    assert_eq!(table.people[0].trustee().election(), None);
    table.people[0].command(Some(Crash::BeforeSending), agree);
    let written = entry(&table.people[0].trustee(), Kind::Ceremony);
    let (trustee, ()) = table.people[0].command(None, agree).unwrap();
    assert_eq!(entry(&trustee, Kind::Ceremony), written);
}

#[test]
fn rejects_another_manifest_than_the_announced_one_or_its_own() {
    let table = Table::finished(2, 3);
    let manifest = table.manifest();
    let other = ElectionId::from_bytes([1; 32]);
    assert!(matches!(refused(&table, &other, &manifest), TrusteeError::OtherElection { .. }));
    // Another plan: another authority.
    let foreign = Table::finished(2, 2);
    let manifest = foreign.manifest();
    assert!(matches!(refused(&table, manifest.id(), &manifest), TrusteeError::OtherPlan { .. }));
    // Keys of another ceremony of the same plan.
    let mut again = Table::finished(2, 3);
    for person in &mut again.people {
        person.command(None, |trustee, _| trustee.restart(2, &[])).unwrap().1.unwrap();
    }
    again.courier.0.retain(|package| package.attempt == 0);
    assert!(again.hold());
    let manifest = again.manifest();
    assert!(matches!(refused(&table, manifest.id(), &manifest), TrusteeError::OtherShareKey));
    // Two trustees' keys exchanged, their names kept.
    let swap = |change: fn(&mut Vec<urna_election::manifest::draft::Trustee>)| {
        table.manifest_with(|draft| change(&mut draft.keys.trustees.members))
    };
    let manifest = swap(|members| {
        let key = members[0].key;
        members[0].key = members[1].key;
        members[1].key = key;
    });
    assert!(matches!(refused(&table, manifest.id(), &manifest), TrusteeError::OtherEnrolmentKey));
    // The other two's.
    let manifest = swap(|members| {
        let key = members[1].key;
        members[1].key = members[2].key;
        members[2].key = key;
    });
    assert!(matches!(refused(&table, manifest.id(), &manifest), TrusteeError::KeyCeremony(_)));
}

#[test]
fn belongs_to_one_election_for_good() {
    let mut table = Table::finished(2, 3);
    let manifest = table.manifest();
    table.agree(&manifest);
    let other = table.manifest_with(|draft| draft.title = [("en".to_owned(), "Another".to_owned())].into());
    let (_, refused) =
        table.people[0].command(None, |trustee, rng| trustee.agree(other.id(), &other, rng)).unwrap();
    assert!(matches!(refused, Err(TrusteeError::Bound(election)) if election == *manifest.id()));
    let (_, refused) = table.people[0].command(None, |trustee, _| trustee.restart(2, &[])).unwrap();
    assert!(matches!(refused, Err(TrusteeError::Bound(_))));
}

#[test]
fn agrees_to_nothing_before_it_has_a_share() {
    let finished = Table::finished(2, 3);
    let manifest = finished.manifest();
    let mut table = Table::new(2, 3);
    table.ceremony(0, None);
    let refused = refused(&table, manifest.id(), &manifest);
    assert!(matches!(&refused, TrusteeError::NoShare(Some(_))));
    assert!(
        refused.to_string().contains("the enrolment of trustee 2 (Boris) and trustee 3 (Clara) are awaited"),
        "{refused}"
    );
}

#[test]
fn rehearses_from_a_backup_that_holds_the_same_share_tru_7() {
    let mut table = Table::finished(2, 3);
    let manifest = table.manifest();
    let before = Table::new(2, 3).people.remove(0);
    let others = table.people[1].trustee();
    let backup = table.people[0].trustee();
    let rehearse = |table: &mut Table, backup: &Trustee| {
        table.people[0].command(None, |trustee, rng| trustee.rehearse(backup, rng)).unwrap().1
    };
    assert!(matches!(rehearse(&mut table, &backup), Err(TrusteeError::NotAgreed)));
    table.agree(&manifest);
    assert!(matches!(rehearse(&mut table, &before.trustee()), Err(TrusteeError::BackupWithoutShare)));
    assert!(matches!(rehearse(&mut table, &others), Err(TrusteeError::OtherBackup("plan or trustee"))));
    let stranger = Person::enrol(&table.plan, "anna", Sharing::Shared, 5).trustee();
    assert!(matches!(rehearse(&mut table, &stranger), Err(TrusteeError::OtherBackup("enrolment key"))));
    // A backup made after the ceremony of an earlier attempt.
    let mut again = Table::finished(2, 3);
    for person in &mut again.people {
        person.command(None, |trustee, _| trustee.restart(2, &[])).unwrap().1.unwrap();
    }
    again.courier.0.retain(|package| package.attempt == 0);
    assert!(again.hold());
    let old = again.people[0].trustee();
    assert!(matches!(rehearse(&mut table, &old), Err(TrusteeError::OtherBackup("share"))));
    // The backup was made before the manifest was agreed to: it is the same share.
    rehearse(&mut table, &backup).unwrap();
    let trustee = table.people[0].trustee();
    let made = entry(&trustee, Kind::Rehearsal);
    verifies(&manifest, &made);
    // Again, the backup is read again and the entry is the same.
    rehearse(&mut table, &backup).unwrap();
    assert_eq!(entry(&table.people[0].trustee(), Kind::Rehearsal), made);
    assert!(matches!(rehearse(&mut table, &others), Err(TrusteeError::OtherBackup(_))));
}
