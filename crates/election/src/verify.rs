//! Cryptographic verification of entries: everything about an entry that depends on the manifest alone.
//!
//! Only [`EntryVerifier::verify`] makes a [`VerifiedEntry`], and [`crate::ElectionState::apply`] takes nothing else, so
//! that no entry is admitted, replayed or counted whose signature, tokens or proof were not verified. Many entries are
//! verified in one batch (V-07, V-08, V-17).

use std::sync::Arc;

use rand_core::CryptoRngCore;
use urna_crypto::{
    AuthorityEntry, BallotContext, BallotStatement, Batch, ElectionId, Proved, Pseudonym, SharePossession,
    SignedEntry, Token, TokenContext, Tokened, Verifiable,
};

use crate::entry::{self, Ballot, Body, Ceremony, Entry, RehearsalDone, Returned, Role, Signed, Withdrawal};
use crate::id::Id;
use crate::json;
use crate::manifest::{Class, ClassIndex, Issuer, Manifest, Trustee};
use crate::rejected::Rejected;

/// An entry whose signature, tokens and proofs verify under the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEntry {
    election: ElectionId,
    entry: Entry,
    place: Place,
}

/// An entry as it lies in somebody's log, whether its signature, tokens and proofs hold or not: what an observer follows
/// ([`crate::ElectionState::follow`]) so as to see what else is wrong. Nothing is admitted by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEntry {
    pub(crate) entry: Entry,
    pub(crate) place: Place,
}

impl RecordedEntry {
    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// What is wrong with an entry by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// A token does not verify (V-07).
    #[error("the token of issuer `{issuer}` does not verify")]
    Token {
        /// Whose it claims to be.
        issuer: Id,
    },
    /// The proof of a ballot, or the signature of a withdrawal or of a returned token, does not verify (V-08).
    #[error("the proof or signature of the pseudonym does not verify")]
    Proof,
    /// Another rule.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// What verification has looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The class of a voter's entry.
    Class(ClassIndex),
    /// The signer's place among those of its role; 0 for the authority.
    Signer(usize),
}

impl VerifiedEntry {
    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The same as an entry of a log.
    pub fn into_recorded(self) -> RecordedEntry {
        RecordedEntry { entry: self.entry, place: self.place }
    }

    /// The entry and what was looked up, if it was verified for this election (STA-2).
    pub(crate) fn into_parts(self, election: &ElectionId) -> Result<(Entry, Place), Rejected> {
        if self.election == *election { Ok((self.entry, self.place)) } else { Err(Rejected::OtherElection) }
    }
}

/// Verifies entries under one manifest.
pub struct EntryVerifier {
    manifest: Arc<Manifest>,
    classes: Vec<ClassContext>,
}

/// What the entries of a class have in common.
struct ClassContext {
    ballots: BallotContext,
    /// One for each issuer, in the manifest's order.
    tokens: Vec<TokenContext>,
}

impl EntryVerifier {
    /// A verifier of the entries of `manifest`'s election.
    pub fn new(manifest: Arc<Manifest>) -> Self {
        let classes = manifest
            .class_indices()
            .map(|(index, class)| ClassContext::new(&manifest, index, class))
            .collect();
        Self { manifest, classes }
    }

    /// Verifies entries, all voters' proofs in one batch. The answers stand in the order of the entries. Variable
    /// time: entries are public. `rng` supplies the private coins of the batch.
    pub fn verify(
        &self,
        entries: Vec<Entry>,
        rng: &mut impl CryptoRngCore,
    ) -> Vec<Result<VerifiedEntry, Rejected>> {
        let mut batch = Batch::new();
        // The position of each item of the batch in the answers.
        let mut positions = Vec::new();
        let mut answers: Vec<_> = entries
            .into_iter()
            .enumerate()
            .map(|(position, entry)| {
                let items = batch.len();
                let place = self.check(&entry, &mut batch)?;
                if batch.len() > items {
                    positions.push(position);
                }
                Ok(VerifiedEntry { election: *self.manifest.id(), entry, place })
            })
            .collect();
        if let Err(bad) = batch.verify(rng) {
            let bad = bad.into_iter().filter_map(|item| positions.get(item));
            for position in bad {
                if let Some(answer) = answers.get_mut(*position) {
                    *answer = Err(Rejected::Proof);
                }
            }
        }
        answers
    }

    /// Checks what is checked singly, and pushes the proofs of voters' entries onto the batch.
    fn check(&self, entry: &Entry, batch: &mut Batch) -> Result<Place, Rejected> {
        match entry {
            Entry::Ballot(ballot) => self.check_ballot(ballot, batch).map(Place::Class),
            Entry::Withdrawal(withdrawal) => self.check_withdrawal(withdrawal, batch).map(Place::Class),
            Entry::Returned(returned) => self.check_returned(returned, batch).map(Place::Class),
            Entry::Manifest(signed) => self.check_signature(signed),
            Entry::Ceremony(signed) => self.check_ceremony(signed),
            Entry::Rehearsal(signed) => self.check_rehearsal(signed),
            Entry::Register(signed) => self.check_signature(signed),
            Entry::VotingOpened(signed) => self.check_signature(signed),
            Entry::VotingClosed(signed) => self.check_signature(signed),
            Entry::Issuance(signed) => self.check_signature(signed),
            Entry::Agreed(signed) => self.check_signature(signed),
            Entry::Opening(signed) => self.check_signature(signed),
            Entry::Result(signed) => self.check_signature(signed),
            Entry::Certified(signed) => self.check_signature(signed),
            Entry::Cancelled(signed) => self.check_signature(signed),
            Entry::Erased(signed) => self.check_signature(signed),
        }
    }

    fn class(&self, id: &Id) -> Result<(ClassIndex, &ClassContext), Rejected> {
        let index = self.manifest.class_index(id);
        index
            .and_then(|index| Some((index, self.classes.get(index.position())?)))
            .ok_or_else(|| Rejected::UnknownClass(id.clone()))
    }

    /// V-07 and V-08 of a ballot.
    fn check_ballot(&self, ballot: &Ballot, batch: &mut Batch) -> Result<ClassIndex, Rejected> {
        let (index, class) = self.class(&ballot.class)?;
        let expected = self.manifest.plaintext_length();
        if ballot.text().len() != expected {
            return Err(Rejected::CiphertextLength { expected, actual: ballot.text().len() });
        }
        let tokens = ballot.tokens();
        let tokened = class.tokened(&ballot.pseudonym.0, &tokens)?;
        let statement = BallotStatement {
            context: &class.ballots,
            pseudonym: &ballot.pseudonym.0,
            sequence: ballot.sequence,
            tokens: &tokens,
            ciphertext: &ballot.ciphertext(),
        };
        batch.push(&(tokened, Proved { statement, proof: &ballot.proof.0 }));
        Ok(index)
    }

    /// V-08 of a withdrawal. It carries no tokens: the state admits it only after a ballot that did.
    fn check_withdrawal(&self, withdrawal: &Withdrawal, batch: &mut Batch) -> Result<ClassIndex, Rejected> {
        let (index, _) = self.class(&withdrawal.class)?;
        let statement = urna_crypto::Withdrawal {
            election: self.manifest.id(),
            class: withdrawal.class.as_str(),
            sequence: withdrawal.sequence,
        };
        batch.push(&urna_crypto::Signed {
            key: &withdrawal.pseudonym.0,
            statement: &statement,
            signature: &withdrawal.signature.0,
        });
        Ok(index)
    }

    /// V-07 and V-08 of a returned token.
    fn check_returned(&self, returned: &Returned, batch: &mut Batch) -> Result<ClassIndex, Rejected> {
        let (index, class) = self.class(&returned.class)?;
        let tokens = returned.tokens();
        let tokened = class.tokened(&returned.pseudonym.0, &tokens)?;
        let statement = urna_crypto::Returned {
            election: self.manifest.id(),
            class: returned.class.as_str(),
            tokens: &tokens,
        };
        let signed = urna_crypto::Signed {
            key: &returned.pseudonym.0,
            statement: &statement,
            signature: &returned.signature.0,
        };
        batch.push(&(tokened, signed));
        Ok(index)
    }

    /// Everything that is wrong with an entry by itself, one rule after the other, where [`EntryVerifier::verify`] says one;
    /// and the entry to be followed, unless its class or signer is not in the manifest. Variable time.
    pub fn examine(&self, entry: Entry) -> (Vec<EntryFault>, Option<RecordedEntry>) {
        let mut faults = Vec::new();
        let place = match &entry {
            Entry::Ballot(ballot) => self.examine_ballot(ballot, &mut faults),
            Entry::Withdrawal(_) => self.examine_proof(&entry, &mut faults),
            Entry::Returned(returned) => {
                self.examine_tokens(&returned.class, &returned.pseudonym.0, &returned.tokens(), &mut faults);
                self.examine_proof(&entry, &mut faults)
            }
            Entry::Manifest(signed) => self.examine_signed(signed, &mut faults),
            Entry::Ceremony(signed) => self.examine_share(signed, Self::possession, &mut faults),
            Entry::Rehearsal(signed) => self.examine_share(signed, Self::canary, &mut faults),
            Entry::Register(signed) => self.examine_signed(signed, &mut faults),
            Entry::VotingOpened(signed) => self.examine_signed(signed, &mut faults),
            Entry::VotingClosed(signed) => self.examine_signed(signed, &mut faults),
            Entry::Issuance(signed) => self.examine_signed(signed, &mut faults),
            Entry::Agreed(signed) => self.examine_signed(signed, &mut faults),
            Entry::Opening(signed) => self.examine_signed(signed, &mut faults),
            Entry::Result(signed) => self.examine_signed(signed, &mut faults),
            Entry::Certified(signed) => self.examine_signed(signed, &mut faults),
            Entry::Cancelled(signed) => self.examine_signed(signed, &mut faults),
            Entry::Erased(signed) => self.examine_signed(signed, &mut faults),
        };
        (faults, place.map(|place| RecordedEntry { entry, place }))
    }

    fn examine_ballot(&self, ballot: &Ballot, faults: &mut Vec<EntryFault>) -> Option<Place> {
        let tokens = ballot.tokens();
        let place = self.examine_tokens(&ballot.class, &ballot.pseudonym.0, &tokens, faults)?;
        let (expected, actual) = (self.manifest.plaintext_length(), ballot.text().len());
        if actual != expected {
            faults.push(Rejected::CiphertextLength { expected, actual }.into());
        }
        let statement = BallotStatement {
            context: &self.classes.get(place.position())?.ballots,
            pseudonym: &ballot.pseudonym.0,
            sequence: ballot.sequence,
            tokens: &tokens,
            ciphertext: &ballot.ciphertext(),
        };
        if ballot.proof.0.verify(statement).is_err() {
            faults.push(EntryFault::Proof);
        }
        Some(Place::Class(place))
    }

    /// V-07 of a voter's entry.
    fn examine_tokens(
        &self,
        class: &Id,
        pseudonym: &Pseudonym,
        tokens: &[Token],
        faults: &mut Vec<EntryFault>,
    ) -> Option<ClassIndex> {
        let (place, class) = noted(self.class(class), faults)?;
        if let Some(tokened) = noted(class.tokened(pseudonym, tokens), faults) {
            let pairs = tokened.iter().zip(self.manifest.issuers());
            let bad = pairs.filter(|(tokened, _)| tokened.verify().is_err());
            faults.extend(bad.map(|(_, issuer)| EntryFault::Token { issuer: issuer.id.clone() }));
        }
        Some(place)
    }

    /// V-08 of a withdrawal or a returned token.
    fn examine_proof(&self, entry: &Entry, faults: &mut Vec<EntryFault>) -> Option<Place> {
        let election = self.manifest.id();
        let (class, verified) = match entry {
            Entry::Withdrawal(withdrawal) => {
                let (class, sequence) = (withdrawal.class.as_str(), withdrawal.sequence);
                let statement = urna_crypto::Withdrawal { election, class, sequence };
                let signature = &withdrawal.signature.0;
                (&withdrawal.class, signature.verify(&withdrawal.pseudonym.0, &statement))
            }
            Entry::Returned(returned) => {
                let (class, tokens) = (returned.class.as_str(), &returned.tokens());
                let statement = urna_crypto::Returned { election, class, tokens };
                (&returned.class, returned.signature.0.verify(&returned.pseudonym.0, &statement))
            }
            _ => return None,
        };
        if verified.is_err() {
            faults.push(EntryFault::Proof);
        }
        let Some(place) = self.manifest.class_index(class) else {
            let unknown = EntryFault::from(Rejected::UnknownClass(class.clone()));
            if !faults.contains(&unknown) {
                faults.push(unknown);
            }
            return None;
        };
        Some(Place::Class(place))
    }

    fn examine_signed<B: Body + serde::Serialize>(
        &self,
        signed: &Signed<B>,
        faults: &mut Vec<EntryFault>,
    ) -> Option<Place> {
        match noted(self.signer(signed), faults) {
            Some(place) => {
                noted(self.signature(signed, place), faults);
                Some(Place::Signer(place))
            }
            // There is one authority: who else signs in its place is refused, and what the entry says can be followed.
            None => (B::ROLE == Role::Authority).then_some(Place::Signer(0)),
        }
    }

    fn examine_share<B: Body + serde::Serialize>(
        &self,
        signed: &Signed<B>,
        check: fn(&Self, &Signed<B>) -> Result<(), Rejected>,
        faults: &mut Vec<EntryFault>,
    ) -> Option<Place> {
        let place = self.examine_signed(signed, faults)?;
        noted(check(self, signed), faults);
        Some(place)
    }

    /// V-17: the signature of authority, issuer or trustee.
    fn check_signature<B: Body + serde::Serialize>(&self, signed: &Signed<B>) -> Result<Place, Rejected> {
        let place = self.signer(signed)?;
        self.signature(signed, place)?;
        Ok(Place::Signer(place))
    }

    /// The signer's place among those of the role that the kind requires.
    fn signer<B: Body>(&self, signed: &Signed<B>) -> Result<usize, Rejected> {
        let signer = &signed.signer;
        let place = match B::ROLE {
            Role::Authority => (*signer == entry::authority()).then_some(0),
            Role::Issuer => self.manifest.issuers().iter().position(|issuer| issuer.id == *signer),
            Role::Trustee => {
                self.manifest.trustees().members.iter().position(|trustee| trustee.id == *signer)
            }
        };
        place.ok_or_else(|| Rejected::UnknownSigner { signer: signer.clone(), role: B::ROLE })
    }

    fn signature<B: Body + serde::Serialize>(
        &self,
        signed: &Signed<B>,
        place: usize,
    ) -> Result<(), Rejected> {
        let signer = signed.signer.as_str();
        let body = json::to_bytes(&signed.body);
        let (election, kind, number) = (self.manifest.id(), B::KIND.as_str(), signed.number.value());
        let statement = SignedEntry { election, kind, signer, number, body: &body };
        let schnorr = || urna_crypto::Signature::from_bytes(&signed.signature.0).ok();
        let verified = match B::ROLE {
            Role::Authority => {
                let entry = AuthorityEntry { election, kind, number, body: &body };
                self.manifest.authority_key().verify(&entry, &signed.signature.0).is_ok()
            }
            Role::Issuer => self.manifest.issuers().get(place).is_some_and(|issuer| {
                schnorr().is_some_and(|signature| signature.verify(&issuer.signing_key, &statement).is_ok())
            }),
            Role::Trustee => self.manifest.trustees().members.get(place).is_some_and(|trustee| {
                schnorr().is_some_and(|signature| signature.verify(&trustee.key, &statement).is_ok())
            }),
        };
        if verified { Ok(()) } else { Err(Rejected::Signature { signer: signed.signer.clone() }) }
    }

    fn check_ceremony(&self, signed: &Signed<Ceremony>) -> Result<Place, Rejected> {
        let place = self.check_signature(signed)?;
        self.possession(signed)?;
        Ok(place)
    }

    /// ENT-6, V-05: the trustee has its share.
    fn possession(&self, signed: &Signed<Ceremony>) -> Result<(), Rejected> {
        let (index, trustee) = self.trustee(&signed.signer)?;
        let statement = SharePossession { election: self.manifest.id(), trustee: sharing_index(index) };
        let possession = &signed.body.possession.0;
        possession
            .verify(&trustee.share_key, &statement)
            .map_err(|_| Rejected::Possession { trustee: signed.signer.clone() })
    }

    fn check_rehearsal(&self, signed: &Signed<RehearsalDone>) -> Result<Place, Rejected> {
        let place = self.check_signature(signed)?;
        self.canary(signed)?;
        Ok(place)
    }

    /// ENT-7, V-05: the trustee has decrypted its canary.
    fn canary(&self, signed: &Signed<RehearsalDone>) -> Result<(), Rejected> {
        let (index, trustee) = self.trustee(&signed.signer)?;
        let rehearsal = &signed.body.rehearsal.0;
        rehearsal
            .verify(self.manifest.id(), sharing_index(index), &trustee.share_key)
            .map_err(|_| Rejected::Rehearsal { trustee: signed.signer.clone() })
    }

    fn trustee(&self, id: &Id) -> Result<(usize, &Trustee), Rejected> {
        let members = self.manifest.trustees().members.iter().enumerate();
        let mut found = members.filter(|(_, trustee)| trustee.id == *id);
        found.next().ok_or_else(|| Rejected::UnknownSigner { signer: id.clone(), role: Role::Trustee })
    }
}

impl ClassContext {
    fn new(manifest: &Manifest, index: ClassIndex, class: &Class) -> Self {
        let class = class.id.as_str();
        let token_context = |issuer: &Issuer| {
            Some(TokenContext::new(manifest.id(), class, issuer.id.as_str(), issuer.key(index)?))
        };
        Self {
            ballots: BallotContext::new(manifest.id(), class, manifest.election_key()),
            tokens: manifest.issuers().iter().filter_map(token_context).collect(),
        }
    }

    /// All issuers must have signed: never a subset (BAL-8).
    fn tokened<'a>(
        &'a self,
        pseudonym: &'a Pseudonym,
        tokens: &'a [Token],
    ) -> Result<Vec<Tokened<'a>>, Rejected> {
        if tokens.len() != self.tokens.len() {
            return Err(Rejected::TokenCount { expected: self.tokens.len(), actual: tokens.len() });
        }
        let pairs = self.tokens.iter().zip(tokens);
        Ok(pairs.map(|(context, token)| Tokened { context, pseudonym, token }).collect())
    }
}

/// The value, or its error among the faults.
fn noted<T>(answer: Result<T, Rejected>, faults: &mut Vec<EntryFault>) -> Option<T> {
    answer.map_err(|rejected| faults.push(rejected.into())).ok()
}

/// The index in the sharing of the trustee at this place: from 1, at most 255 by the manifest's rules.
pub fn sharing_index(place: usize) -> u16 {
    u16::try_from(place.saturating_add(1)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::sample::{Election, marks};
    use crate::state::whole_election::whole_election;

    #[test]
    fn names_exactly_the_bad_entries_of_a_batch() {
        let (mut election, voters) = whole_election();
        let mut entries: Vec<Entry> = election.log.iter().map(|(_, entry)| entry.clone()).collect();
        let mut expected: Vec<Result<(), Rejected>> = vec![Ok(()); entries.len()];
        let mut bad = Vec::new();
        for (place, entry) in entries.iter_mut().enumerate() {
            let other = &voters[8];
            match entry {
                // Every second ballot's proof is put on another pseudonym; withdrawals and returns likewise.
                Entry::Ballot(ballot) if place % 2 == 0 => ballot.pseudonym.0 = other.key.pseudonym(),
                Entry::Withdrawal(withdrawal) => withdrawal.sequence += 1,
                Entry::Returned(returned) => returned.pseudonym.0 = other.key.pseudonym(),
                Entry::Rehearsal(signed) if place % 2 == 0 => {
                    signed.number = 9_u32.into();
                    let signer = signed.signer.clone();
                    expected[place] = Err(Rejected::Signature { signer });
                    continue;
                }
                _ => continue,
            }
            bad.push(place);
            expected[place] = Err(Rejected::Proof);
        }
        assert!(bad.len() > 4 && bad.len() < entries.len() - 4);
        let answers = election.verifier.verify(entries, &mut election.rng);
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.map(drop)).collect();
        assert_eq!(answers, expected);
        assert!(election.verifier.verify(vec![], &mut election.rng).is_empty());
    }

    #[test]
    fn rejects_a_subset_of_tokens_their_repetition_and_another_order_bal_8() {
        let mut election = Election::publish(|_| {});
        let mut voter = election.voter(0);
        let right = voter.tokens.clone();
        let mut cast = |tokens: Vec<Token>| {
            voter.tokens = tokens;
            let ballot = election.ballot(&voter, 0, &[marks(&[1]), marks(&[1])]);
            let returned = election.returned(&voter);
            let answers = [ballot.into(), returned.into()].map(|entry| election.verify(entry).map(drop));
            let [ballot, returned] = answers;
            assert_eq!(ballot, returned);
            ballot
        };
        let count = |actual| Err(Rejected::TokenCount { expected: 2, actual });
        assert_eq!(cast(vec![]), count(0));
        assert_eq!(cast(vec![right[0]]), count(1));
        assert_eq!(cast(vec![right[0], right[1], right[1]]), count(3));
        assert_eq!(cast(vec![right[0], right[0]]), Err(Rejected::Proof));
        assert_eq!(cast(vec![right[1], right[0]]), Err(Rejected::Proof));
        assert_eq!(cast(right.clone()), Ok(()));
    }

    #[test]
    fn rejects_another_length_of_the_ciphertext_bal_9() {
        let mut election = Election::publish(|_| {});
        let voter = election.voter(0);
        let expected = election.manifest.plaintext_length();
        for actual in [0, expected - 1, expected + 1] {
            let ballot = election.raw_ballot(&voter, 0, &vec![0; actual]);
            let answer = election.verify(ballot.into()).map(drop);
            assert_eq!(answer, Err(Rejected::CiphertextLength { expected, actual }));
        }
    }

    #[test]
    fn rejects_an_unknown_class_and_the_tokens_of_another_sta_3() {
        let mut election = Election::publish(|_| {});
        let mut voter = election.voter(0);
        voter.class_id = "south".parse().unwrap();
        let unknown = Err(Rejected::UnknownClass(voter.class_id.clone()));
        let entries: [Entry; 3] = [
            election.raw_ballot(&voter, 0, &[0; 4]).into(),
            election.withdrawal(&voter, 0).into(),
            election.returned(&voter).into(),
        ];
        for entry in entries {
            assert_eq!(election.verify(entry).map(drop), unknown);
        }
        voter.class_id = "collective".parse().unwrap();
        let entries: [Entry; 2] =
            [election.raw_ballot(&voter, 0, &[0; 4]).into(), election.returned(&voter).into()];
        for entry in entries {
            assert_eq!(election.verify(entry).map(drop), Err(Rejected::Proof));
        }
    }
}
