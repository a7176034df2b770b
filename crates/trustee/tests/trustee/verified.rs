//! What the verifier of this program says of whole records, and what a trustee makes of it (TRU-9).

use rand_core::OsRng;
use urna_crypto::ElectionId;
use urna_election::Phase;
use urna_election::entry::Entry;
use urna_election::sample::Election;
use urna_trustee::{TrusteeError, VerifiedClose};
use urna_verifier::{Given, Verified, sample, verify};

fn verified(election: &Election, anchor: Option<ElectionId>) -> Verified {
    let given = Given { election: anchor, now: 2_000_000_000, ..Given::default() };
    verify(&sample::record(election), &given, &|| OsRng, &()).unwrap()
}

fn close(election: &Election) -> Result<VerifiedClose, TrusteeError> {
    let id = *election.manifest.id();
    VerifiedClose::of(&id, &verified(election, Some(id)))
}

#[test]
fn accepts_a_record_in_which_everything_until_the_close_holds() {
    let mut election = Election::at(Phase::Closed);
    election.post_issuance();
    assert_eq!(close(&election).unwrap().ballots(), election.state.counted().len());
    // Others may have agreed and opened meanwhile.
    election.agree();
    close(&election).unwrap();
}

#[test]
fn rejects_a_record_before_the_close_and_before_every_list_of_what_was_issued() {
    for phase in [Phase::Announced, Phase::Rehearsed, Phase::Voting, Phase::Closed] {
        let refused = close(&Election::at(phase)).unwrap_err();
        assert!(matches!(&refused, TrusteeError::NotVerified { .. }), "{phase:?}: {refused}");
    }
}

#[test]
fn rejects_a_verification_without_the_id_or_of_another_election() {
    let mut election = Election::at(Phase::Closed);
    election.post_issuance();
    let id = *election.manifest.id();
    let unanchored = VerifiedClose::of(&id, &verified(&election, None));
    assert!(matches!(unanchored, Err(TrusteeError::NotAnchored)));
    let other = ElectionId::from_bytes([1; 32]);
    assert!(matches!(
        VerifiedClose::of(&other, &verified(&election, Some(id))),
        Err(TrusteeError::NotAnchored)
    ));
    assert!(VerifiedClose::of(&other, &verified(&election, Some(other))).is_err());
}

#[test]
fn rejects_a_record_with_a_wrong_entry_and_says_which_check() {
    let mut election = Election::at(Phase::Closed);
    election.post_issuance();
    // An issuer's list that claims one token more: signed by nobody.
    let place = election.log.iter().position(|(_, entry)| matches!(entry, Entry::Issuance(_))).unwrap();
    let Entry::Issuance(list) = &mut election.log[place].1 else { panic!("a list") };
    list.signature.0[0] ^= 1;
    let refused = close(&election).unwrap_err();
    assert!(refused.to_string().starts_with("V-"), "{refused}");
}
