//! A voter: invited with a credential, with a seed of the own device, and one choice.

use anyhow::Context;
use rand_core::{OsRng, RngCore};
use urna_crypto::{
    Answer, BallotContext, Blinding, Commitment, CredentialSecretKey, Handle, Seed, SessionChallenge,
    SessionRequest, Signature, Token, TokenContext,
};
use urna_election::Id;
use urna_election::entry::{Ballot, Entry};
use urna_election::invitation::Invitation;
use urna_election::json::Base64;
use urna_election::manifest::{self, Manifest};
use urna_election::register::Row;
use urna_election::selection::{BallotPlaintext, Choice, Selection};

use super::organisation::Issuer;
use crate::demo::ballot_file::{BallotFile, Line};

pub(crate) struct Voter {
    pub(crate) invitation: Invitation,
    pub(crate) handle: Handle,
    pub(crate) class: Id,
    credential: CredentialSecretKey,
    seed: Seed,
    choice: Option<usize>,
}

impl Voter {
    /// The voter of a line of the file: the invitation's secret and salt, and a seed of the device's own.
    pub(crate) fn invite(
        manifest: &Manifest,
        file: &BallotFile,
        place: usize,
        line: &Line,
    ) -> anyhow::Result<Self> {
        let (mut secret, mut salt) = ([0; 32], [0; 16]);
        OsRng.fill_bytes(&mut secret);
        OsRng.fill_bytes(&mut salt);
        let district = file.districts.get(line.district).context("a line without a district")?;
        let (slug, person) = (manifest.slug().clone(), format!("voter-{place}"));
        let invitation =
            Invitation::new("https://vote.example", slug, *manifest.id(), secret, salt, &person)?;
        Ok(Self {
            handle: invitation.handle(),
            class: district.id.parse()?,
            credential: invitation.credential(),
            invitation,
            seed: Seed::generate(&mut OsRng),
            choice: line.choice,
        })
    }

    pub(crate) fn register_row(&self) -> Row {
        Row {
            class: self.class.clone(),
            credential: Some(Base64(self.credential.public().to_bytes())),
            handle: Base64(self.handle),
            replaced: 0,
        }
    }

    /// A token of every issuer, all on the same pseudonym (TOK-2 to TOK-7).
    pub(crate) fn take_tokens(&self, manifest: &Manifest, issuers: &[Issuer]) -> anyhow::Result<Vec<Token>> {
        let pairs = issuers.iter().zip(manifest.issuers());
        pairs.map(|(issuer, listed)| self.take_token(manifest, issuer, listed)).collect()
    }

    fn take_token(
        &self,
        manifest: &Manifest,
        issuer: &Issuer,
        listed: &manifest::Issuer,
    ) -> anyhow::Result<Token> {
        let (election, name, class) = (manifest.id(), listed.id.as_str(), self.class.as_str());
        let request = SessionRequest { election, issuer: name, handle: &self.handle, class, time: 0 };
        let opened = issuer.open(manifest, &request, &self.request(manifest, listed, 0))?;
        let (session, commitment) = (opened.id, opened.commitment());
        let (blinding, signature) = self.blind(manifest, listed, &session, &commitment)?;
        let answer = issuer.answer(manifest, opened, &blinding.challenge(), &signature)?;
        self.unblind(manifest, listed, blinding, &answer)
    }

    /// The signature of the first move, at this Unix second (TOK-2).
    pub(crate) fn request(&self, manifest: &Manifest, issuer: &manifest::Issuer, time: u64) -> Signature {
        let (issuer, class) = (issuer.id.as_str(), self.class.as_str());
        let request = SessionRequest { election: manifest.id(), issuer, handle: &self.handle, class, time };
        self.credential.sign(&request, &mut OsRng)
    }

    /// The blinded challenge, and the signature of the second move (TOK-4).
    pub(crate) fn blind(
        &self,
        manifest: &Manifest,
        issuer: &manifest::Issuer,
        session: &[u8; 16],
        commitment: &Commitment,
    ) -> anyhow::Result<(Blinding, Signature)> {
        let context = self.token_context(manifest, issuer)?;
        let pseudonym = self.seed.pseudonym_key(manifest.id()).pseudonym();
        let blinding = Blinding::new(&self.seed, &context, commitment, &pseudonym)?;
        let statement = SessionChallenge {
            election: manifest.id(),
            issuer: issuer.id.as_str(),
            handle: &self.handle,
            class: self.class.as_str(),
            session,
            commitment,
            challenge: &blinding.challenge(),
        };
        let signature = self.credential.sign(&statement, &mut OsRng);
        Ok((blinding, signature))
    }

    /// The token that the issuer's answer gives (TOK-6, TOK-7).
    pub(crate) fn unblind(
        &self,
        manifest: &Manifest,
        issuer: &manifest::Issuer,
        blinding: Blinding,
        answer: &Answer,
    ) -> anyhow::Result<Token> {
        let token = blinding.finalize(answer)?;
        let pseudonym = self.seed.pseudonym_key(manifest.id()).pseudonym();
        token.verify(&self.token_context(manifest, issuer)?, &pseudonym)?;
        Ok(token)
    }

    fn token_context(&self, manifest: &Manifest, issuer: &manifest::Issuer) -> anyhow::Result<TokenContext> {
        let index = manifest.class_index(&self.class).context("a class without a place")?;
        let key = issuer.key(index).context("a class without a key")?;
        Ok(TokenContext::new(manifest.id(), self.class.as_str(), issuer.id.as_str(), key))
    }

    /// A ballot with the choice of the file, in the voter's message of this number to the board.
    pub(crate) fn numbered_ballot(
        &self,
        manifest: &Manifest,
        tokens: &[Token],
        sequence: u32,
    ) -> anyhow::Result<Entry> {
        self.ballot(manifest, tokens, sequence, self.choice)
    }

    fn ballot(
        &self,
        manifest: &Manifest,
        tokens: &[Token],
        sequence: u32,
        choice: Option<usize>,
    ) -> anyhow::Result<Entry> {
        let class = manifest.class_index(&self.class).context("a class without a place")?;
        let marks = choice.map(u16::try_from).transpose()?.into_iter().collect();
        let plaintext =
            BallotPlaintext::encode(manifest, class, &Selection::new(vec![Choice::Marks(marks)]))?;
        let key = self.seed.pseudonym_key(manifest.id());
        let context = BallotContext::new(manifest.id(), self.class.as_str(), manifest.election_key());
        let encrypted = context.encrypt(&self.seed, sequence, plaintext.as_bytes(), &key);
        let (ciphertext, proof) = encrypted.prove(&context, &key, tokens, &mut OsRng);
        let (class, pseudonym) = (self.class.clone(), key.pseudonym());
        Ok(Entry::Ballot(Ballot::new(class, pseudonym, sequence, tokens.to_vec(), ciphertext, proof)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Trustees;
    use crate::load::memory;
    use crate::load::organisation::{Authority, Organisation, Planned, Terms};
    use urna_election::register::Register;

    /// Issuers judge by the register that was published, whatever a voter says.
    #[test]
    fn rejects_whom_the_register_does_not_entitle_and_second_tokens() {
        let file = BallotFile::parse(b"district,choice_1\nNorth,Bo\nSouth,Bo\n", None).unwrap();
        let planned =
            Planned::new(Authority::generate(), "demo".parse().unwrap(), Trustees::Solo, 1).unwrap();
        let terms = Terms::trial(&planned.plan, &memory::log_key(&planned.plan).unwrap());
        let Organisation { mut issuers, manifest, .. } = Organisation::found(planned, &file, terms).unwrap();
        let voter = |place: usize| Voter::invite(&manifest, &file, place, &file.lines[place]).unwrap();
        let (mut entitled, stranger) = (voter(0), voter(1));
        let refusal = |voter: &Voter, issuers: &[Issuer]| {
            format!("{:#}", voter.take_tokens(&manifest, issuers).unwrap_err())
        };
        assert!(refusal(&entitled, &issuers).contains("handle"), "there is no register yet");
        issuers[0].register = Register::from_rows(&manifest, &[entitled.register_row()]).unwrap();
        assert!(refusal(&stranger, &issuers).contains("handle"));

        let thief = Voter { handle: entitled.handle, class: entitled.class.clone(), ..voter(1) };
        assert!(refusal(&thief, &issuers).contains("request"), "not the register's credential");
        let class = std::mem::replace(&mut entitled.class, "south".parse().unwrap());
        assert!(refusal(&entitled, &issuers).contains("request"), "not the register's class");
        entitled.class = class;

        assert!(entitled.take_tokens(&manifest, &issuers).is_ok());
        assert!(refusal(&entitled, &issuers).contains("has a token"));
        assert_eq!(issuers[0].answered().len(), 1);
    }
}
