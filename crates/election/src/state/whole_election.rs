//! A whole election in memory, from the manifest to the erasure, with everything that can happen to a ballot.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests, also those of other crates: it fails by panicking"
)]

use super::sample::{Election, Voter, marks};
use crate::count::Count;
use crate::entry::Entry;
use crate::issuance::{self, check_figures};
use crate::opening::BallotOpener;
use crate::result::ElectionResult;
use crate::selection::Choice;

/// The whole election, and its voters by person. Every kind but `cancelled` is in its log.
pub fn whole_election() -> (Election, Vec<Voter>) {
    let mut election = Election::publish(|_| {});
    election.hold_ceremony();
    election.rehearse();
    election.publish_register();
    let voters: Vec<Voter> = (0..9).map(|person| election.voter(person)).collect();
    election.open_voting();

    let cast = |election: &mut Election, person: usize, sequence: u32, choices: &[Choice]| {
        let ballot = election.ballot(&voters[person], sequence, choices);
        election.admit(ballot);
    };
    cast(&mut election, 0, 0, &[marks(&[0, 1]), marks(&[0])]);
    cast(&mut election, 1, 0, &[marks(&[4]), marks(&[2])]);
    // Person 0 thinks again, and again.
    cast(&mut election, 0, 1, &[marks(&[2]), marks(&[1])]);
    cast(&mut election, 0, 2, &[marks(&[1]), marks(&[1])]);
    // Person 2 withdraws for good, person 3 withdraws and casts again.
    cast(&mut election, 2, 0, &[marks(&[3]), marks(&[2])]);
    let withdrawal = election.withdrawal(&voters[2], 1);
    election.admit(withdrawal);
    cast(&mut election, 3, 0, &[marks(&[3]), marks(&[2])]);
    let withdrawal = election.withdrawal(&voters[3], 1);
    election.admit(withdrawal);
    cast(&mut election, 3, 2, &[Choice::Abstain, marks(&[1])]);
    // Persons 4 and 5 use programs of their own: one bitmap with three of at most two marks, one tag that means nothing.
    let void = election.raw_ballot(&voters[4], 0, &[0, 0b111, 0, 0b1]);
    election.admit(void);
    let invalid = election.raw_ballot(&voters[5], 0, &[7, 0b1, 0, 0b1]);
    election.admit(invalid);
    // A collective member votes on the board only, blank.
    cast(&mut election, 7, 0, &[marks(&[])]);
    assert_eq!(election.state.cast(), 6);

    election.close_voting();
    election.post_issuance();
    let returned = election.returned(&voters[6]);
    election.admit(returned);
    election.agree();
    election.open_ballots(&[0, 2]);
    let result = computed_result(&mut election).to_bytes();
    let entry = election.result(&[1, 3], result);
    election.admit(entry);
    election.certify();
    let details = election.log.iter().find_map(|(_, entry)| match entry {
        Entry::VotingClosed(signed) => signed.body.details,
        _ => None,
    });
    let erased = election.erase(vec![details.unwrap().sha256.0]);
    election.admit(erased);
    (election, voters)
}

/// The result as anyone computes it from log and blobs.
pub fn computed_result(election: &mut Election) -> ElectionResult {
    let eligible = election.eligible();
    let log: Vec<Entry> = election.log.iter().map(|(_, entry)| entry.clone()).collect();
    for entry in &log {
        if let Entry::Issuance(signed) = entry {
            let issuers = election.manifest.issuers().iter();
            let issuer = issuers.clone().find(|issuer| issuer.id == signed.signer).unwrap();
            let blobs = election.blobs_of(&signed.body.rows);
            let manifest = &election.manifest;
            issuance::check_list(manifest, issuer, &signed.body, blobs, &eligible, &mut election.rng)
                .unwrap();
        }
    }
    let figures = check_figures(&election.state, &eligible).unwrap();
    let manifest = &election.manifest;
    let opener = BallotOpener::new(manifest);
    let mut count = Count::new(manifest);
    for (counted, opening) in election.state.counted().iter().zip(election.combined(&[1, 3])) {
        let Entry::Ballot(ballot) = &log[usize::try_from(counted.index).unwrap()] else {
            panic!("entry {} is counted and no ballot", counted.index);
        };
        count.add(&opener.open(ballot, &opening).unwrap()).unwrap();
    }
    ElectionResult::new(manifest, &count, figures).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::check_key_ceremony;
    use crate::entry::Kind;
    use crate::opening;
    use crate::phase::Phase;
    use crate::result::Figures;
    use crate::selection::{Invalid, Standing};
    use crate::state::sample::{COLLECTIVE, solo};

    #[test]
    fn accepts_a_whole_election() {
        let (mut election, voters) = whole_election();
        assert_eq!(election.state.phase(), Phase::Certified);
        check_key_ceremony(&election.manifest, election.round_1.as_deref()).unwrap();

        // The result that was published is the one that follows from log and blobs.
        let published = election.log.iter().find_map(|(_, entry)| match entry {
            Entry::Result(signed) => Some(signed.body.clone()),
            _ => None,
        });
        let published = published.unwrap();
        let bytes = &election.blobs[&published.result.sha256.0].clone();
        let computed = computed_result(&mut election);
        assert_eq!(ElectionResult::parse(bytes).unwrap(), computed);

        // And it is what these nine people voted.
        let [board, auditor] = computed.contests.as_slice() else {
            panic!("two contests");
        };
        let votes = |contest: &crate::result::ContestResult| -> Vec<u64> {
            contest.options.iter().map(|option| option.votes.value()).collect()
        };
        // Board: person 0 bob, person 1 eva; 3 abstains, 4 void, 5 invalid, 7 blank.
        assert_eq!(votes(board), [0, 1, 0, 0, 1]);
        let ballots = |contest: &crate::result::ContestResult| {
            [contest.blank, contest.abstain, contest.void, contest.invalid].map(|figure| figure.value())
        };
        assert_eq!(ballots(board), [1, 1, 1, 1]);
        // Auditor: person 0 gus, 1 hal, 3 gus, 4 fay although void in the other contest; 5 invalid.
        assert_eq!(votes(auditor), [1, 2, 1]);
        assert_eq!(ballots(auditor), [0, 0, 0, 1]);
        assert_eq!(auditor.winners, ["gus".parse().unwrap()]);
        assert_eq!(computed.counted.value(), 6);

        // 9 tokens; 7 pseudonyms seen, the withdrawn one too; 1 returned; person 8 has a token and never came.
        let figures = [computed.entitled, computed.issued, computed.seen, computed.returned, computed.gap];
        assert_eq!(figures.map(|figure| figure.value()), [9, 9, 7, 1, 1]);
        let figures = check_figures(&election.state, &election.eligible()).unwrap();
        assert_eq!(figures, Figures { entitled: 9, issued: 9, seen: 7, returned: 1 });
        let (collective, _) = election.manifest.class_indices().nth(COLLECTIVE).unwrap();
        assert_eq!(election.state.seen(collective), 1);
        assert_eq!(election.state.returned(collective), 0);
        assert_eq!(election.state.issued(1, collective), Some(2));
        assert_eq!(election.state.erased().len(), 1);
        assert_eq!(election.state.next_sequence(&voters[0].key.pseudonym()), 3);
        assert_eq!(election.state.next_sequence(&voters[6].key.pseudonym()), 0);

        // The published openings are the combination of the shares, and of any other t trustees' too.
        let combined = election.blobs_of(&published.combined).concat();
        let combined = opening::points_from_bytes(&combined).unwrap();
        let lists = [0, 2].map(|place| election.decryptions(place));
        opening::check_combined(&[1, 3], &lists, &combined, &mut election.rng).unwrap();
    }

    #[test]
    fn opens_invalid_and_void_ballots_as_such() {
        let (election, _) = whole_election();
        let opener = BallotOpener::new(&election.manifest);
        let combined = election.combined(&[1, 3]);
        let mut seen = Vec::new();
        for (counted, opening) in election.state.counted().iter().zip(&combined) {
            let (_, Entry::Ballot(ballot)) = &election.log[usize::try_from(counted.index).unwrap()] else {
                panic!("a ballot");
            };
            let opened = opener.open(ballot, opening).unwrap();
            let styles = election.manifest.ballot_style(opened.class());
            seen.push(opened.choices().map(|choices| {
                let void = |((_, contest), choice): ((usize, &crate::manifest::Contest), &Choice)| {
                    matches!(contest.standing(choice), Standing::Void(_))
                };
                styles.zip(choices).map(void).collect::<Vec<_>>()
            }));
        }
        let valid = || Ok(vec![false, false]);
        assert_eq!(
            seen,
            [valid(), valid(), valid(), Ok(vec![true, false]), Err(Invalid::Tag), Ok(vec![false]),]
        );
    }

    #[test]
    fn accepts_the_same_log_again_and_makes_the_same_state() {
        let (mut election, _) = whole_election();
        let entries: Vec<Entry> = election.log.iter().map(|(_, entry)| entry.clone()).collect();
        // As an observer: the bytes, in one batch.
        let parsed = entries.iter().map(|entry| Entry::parse(&entry.to_bytes()).unwrap());
        let parsed: Vec<_> = parsed.collect();
        let mut verified = election.verifier.verify(parsed, &mut election.rng).into_iter();
        let first = verified.next().unwrap().unwrap();
        let mut state = crate::ElectionState::begin(election.manifest.clone(), first).unwrap();
        for (index, entry) in (1..).zip(verified) {
            assert_eq!(state.apply(entry.unwrap()), Ok(index));
        }
        assert!(state == election.state);
    }

    #[test]
    fn accepts_a_whole_election_of_a_solo_trustee() {
        let mut election = Election::publish(solo);
        assert_eq!(election.state.agreement_threshold(), 1);
        election.hold_ceremony();
        election.rehearse();
        election.publish_register();
        election.open_voting();
        let voter = election.voter(8);
        let ballot = election.ballot(&voter, 0, &[marks(&[3])]);
        election.admit(ballot);
        election.close_voting();
        election.post_issuance();
        election.agree();
        election.open_ballots(&[0]);
        election.publish_result(&[1]);
        let (_, entry) = &election.log[election.log.len() - 1];
        assert_eq!(entry.kind(), Kind::Result);
        assert_eq!(check_key_ceremony(&election.manifest, None), Ok(()));
    }
}
