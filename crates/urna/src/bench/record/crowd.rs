//! Voters, their issuer, and the ballots of all of them.
//!
//! They come in the order of their handles, which is the order of the issuance list, so that its rows can be written as they
//! are made. In a real election that order would tie ballots to people; these are nobody's.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use rand_core::{OsRng, RngCore};
use rayon::prelude::*;
use urna_crypto::{
    BallotContext, Blinding, Handle, Identifier, IssuerPossession, IssuerSecretKey, Seed, Session,
    SessionChallenge, SigningKey, TokenContext,
};
use urna_election::blob::{BlobKind, BlobRef, ROWS_PER_BLOB};
use urna_election::entry::{Ballot, Entry};
use urna_election::invitation::Invitation;
use urna_election::json::Base64;
use urna_election::manifest::{ClassIndex, Manifest, draft};
use urna_election::register::{self, Register};
use urna_election::selection::{BallotPlaintext, Choice, Selection};
use urna_election::{EntryVerifier, Id, Party, Plan, issuance};

use super::directory::{Checked, Directory};
use crate::progress::progress_bar;

/// How many ballots are in one batch, as on a busy board.
const BATCH: usize = 1_024;

/// The only issuer, with one class.
pub(super) struct IssuerKeys {
    pub(super) id: Id,
    pub(super) signing_key: SigningKey,
    key: IssuerSecretKey,
    draft: draft::Issuer,
}

impl IssuerKeys {
    /// New keys of the plan's issuer.
    pub(super) fn generate(plan: &Plan, class: &str) -> anyhow::Result<Self> {
        let Party { id, name } = plan.issuers.first().context("a plan without issuers")?.clone();
        let (signing_key, key) = (SigningKey::generate(&mut OsRng), IssuerSecretKey::generate(&mut OsRng));
        let statement = IssuerPossession { plan: &plan.id(), issuer: id.as_str(), class };
        let proof = key.prove_possession(&statement, &mut OsRng);
        let public = Base64(key.public().to_bytes());
        let draft = draft::Issuer {
            id: id.to_string(),
            keys: vec![draft::ClassKey {
                class: class.to_owned(),
                key: public,
                proof: Base64(proof.to_bytes()),
            }],
            name,
            signing_key: Base64(signing_key.public().to_bytes()),
            url: "https://issuer.example".to_owned(),
        };
        Ok(Self { id, signing_key, key, draft })
    }

    /// What the manifest says of it.
    pub(super) fn draft(&self) -> draft::Issuer {
        self.draft.clone()
    }
}

/// What is kept of a voter.
struct Voter {
    handle: Handle,
    secret: [u8; 32],
    salt: [u8; 16],
    place: usize,
}

impl Voter {
    fn invitation(
        manifest: &Manifest,
        place: usize,
        secret: [u8; 32],
        salt: [u8; 16],
    ) -> anyhow::Result<Invitation> {
        let (slug, person) = (manifest.slug().clone(), format!("voter-{place}"));
        Ok(Invitation::new("https://vote.example", slug, *manifest.id(), secret, salt, &person)?)
    }

    fn new(manifest: &Manifest, place: usize) -> anyhow::Result<Self> {
        let (mut secret, mut salt) = ([0; 32], [0; 16]);
        OsRng.fill_bytes(&mut secret);
        OsRng.fill_bytes(&mut salt);
        let handle = Self::invitation(manifest, place, secret, salt)?.handle();
        Ok(Self { handle, secret, salt, place })
    }
}

/// Everybody who votes, in the order of their handles, and who issues their tokens.
pub(super) struct Crowd {
    manifest: Arc<Manifest>,
    issuer: IssuerKeys,
    class: Id,
    index: ClassIndex,
    tokens: TokenContext,
    ballots: BallotContext,
    voters: Vec<Voter>,
}

impl Crowd {
    pub(super) fn invite(
        manifest: Arc<Manifest>,
        issuer: IssuerKeys,
        class: Id,
        voters: usize,
    ) -> anyhow::Result<Self> {
        let index = manifest.class_index(&class).context("a class without a place")?;
        let tokens =
            TokenContext::new(manifest.id(), class.as_str(), issuer.id.as_str(), &issuer.key.public());
        let ballots = BallotContext::new(manifest.id(), class.as_str(), manifest.election_key());
        let voters = (0..voters).into_par_iter().map(|place| Voter::new(&manifest, place));
        let mut voters = voters.collect::<anyhow::Result<Vec<_>>>()?;
        voters.par_sort_unstable_by_key(|voter| voter.handle);
        Ok(Self { manifest, issuer, class, index, tokens, ballots, voters })
    }

    /// The register with all of them.
    pub(super) fn register(&self) -> anyhow::Result<Register> {
        let row = |voter: &Voter| -> anyhow::Result<register::Row> {
            let invitation = Voter::invitation(&self.manifest, voter.place, voter.secret, voter.salt)?;
            let credential = Some(Base64(invitation.credential().public().to_bytes()));
            Ok(register::Row {
                class: self.class.clone(),
                credential,
                handle: Base64(voter.handle),
                replaced: 0,
            })
        };
        let rows = self.voters.par_iter().map(row).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Register::from_rows(&self.manifest, &rows)?)
    }

    /// Everybody takes a token and casts a ballot; the blobs of the issuance list.
    pub(super) fn vote(&self, log: &mut Directory, options: usize) -> anyhow::Result<Vec<BlobRef>> {
        let progress = progress_bar("tokens and ballots", self.voters.len());
        let verifier = log.verifier();
        let mut blobs = Vec::new();
        for voters in self.voters.chunks(ROWS_PER_BLOB) {
            let batches = voters.par_chunks(BATCH).map(|voters| {
                let batch = self.cast(voters, options, &verifier);
                progress.inc(u64::try_from(voters.len()).unwrap_or(0));
                batch
            });
            let mut rows = Vec::with_capacity(voters.len());
            for (ballots, answered) in batches.collect::<anyhow::Result<Vec<_>>>()? {
                log.append(ballots)?;
                rows.extend(answered);
            }
            blobs.extend(log.put_all(BlobKind::IssuanceRows, issuance::to_blobs(rows))?);
        }
        progress.finish_and_clear();
        Ok(blobs)
    }

    /// Nobody else takes a token.
    pub(super) fn into_issuer(self) -> IssuerKeys {
        self.issuer
    }

    /// A batch, in the order in which a board would append it.
    fn cast(
        &self,
        voters: &[Voter],
        options: usize,
        verifier: &EntryVerifier,
    ) -> anyhow::Result<(Vec<Checked>, Vec<issuance::Row>)> {
        let cast = voters.iter().map(|voter| self.cast_one(voter, options));
        let (mut ballots, rows): (Vec<_>, Vec<_>) =
            cast.collect::<anyhow::Result<Vec<_>>>()?.into_iter().unzip();
        ballots.sort_unstable_by_key(|(identifier, _)| *identifier);
        let ballots = ballots.into_iter().map(|(_, ballot)| ballot).collect();
        let verified = verifier.verify(ballots, &mut OsRng).into_iter();
        let checked = verified.map(|entry| Ok(Checked::new(entry?)));
        Ok((checked.collect::<anyhow::Result<_>>()?, rows))
    }

    /// Both moves with the issuer (TOK-2 to TOK-6), and the ballot.
    fn cast_one(
        &self,
        voter: &Voter,
        options: usize,
    ) -> anyhow::Result<((Identifier, Entry), issuance::Row)> {
        let election = self.manifest.id();
        let invitation = Voter::invitation(&self.manifest, voter.place, voter.secret, voter.salt)?;
        let credential = invitation.credential();
        let seed = Seed::generate(&mut OsRng);
        let key = seed.pseudonym_key(election);
        let pseudonym = key.pseudonym();
        let mut id = [0; 16];
        OsRng.fill_bytes(&mut id);
        let session = Session::open(&mut OsRng);
        let commitment = session.commitment();
        let blinding = Blinding::new(&seed, &self.tokens, &commitment, &pseudonym)?;
        let challenge = blinding.challenge();
        let statement = SessionChallenge {
            election,
            issuer: self.issuer.id.as_str(),
            handle: &voter.handle,
            class: self.class.as_str(),
            session: &id,
            commitment: &commitment,
            challenge: &challenge,
        };
        let signature = credential.sign(&statement, &mut OsRng);
        let answer = session.answer(&self.issuer.key, &challenge);
        let token = blinding.finalize(&answer).map_err(|_| anyhow!("an answer gives no token"))?;

        let choice = voter.place % (options + 1);
        let marks = (choice < options).then_some(choice).map(u16::try_from).transpose()?;
        let selection = Selection::new(vec![Choice::Marks(marks.into_iter().collect())]);
        let plaintext = BallotPlaintext::encode(&self.manifest, self.index, &selection)?;
        let encrypted = self.ballots.encrypt(&seed, 0, plaintext.as_bytes(), &key);
        let tokens = vec![token];
        let (ciphertext, proof) = encrypted.prove(&self.ballots, &key, &tokens, &mut OsRng);
        let ballot = Ballot::new(self.class.clone(), pseudonym, 0, tokens, ciphertext, proof);
        let row = issuance::Row {
            answer: Base64(answer),
            challenge: Base64(challenge),
            class: self.class.clone(),
            commitment: Base64(commitment),
            credential: Base64(credential.public()),
            handle: Base64(voter.handle),
            session: Base64(id),
            signature: Base64(signature),
        };
        Ok(((Identifier::new(election, &pseudonym), Entry::Ballot(ballot)), row))
    }
}
