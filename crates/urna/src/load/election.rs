//! An election of any size, from the plan to open voting.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use urna_api::client::BlobSender;
use urna_crypto::{Ed25519SigningKey, LogRequest};
use urna_election::blob::BlobRef;
use urna_election::entry::{Entry, VotingClosed, VotingOpened};
use urna_election::issuance::Eligible;
use urna_election::json::Base64;
use urna_election::manifest::draft;
use urna_election::manifest::{InterimFigures, Manifest};
use urna_election::{Id, Plan, Slug};
use urna_issuer::PublicKeys;
use urna_log::VerifierKey;

use super::asking::Asker;
use super::ballots;
use crate::demo::Trustees;
use crate::demo::ballot_file::{BallotFile, Line, Named};
use crate::load::memory::Election;
use crate::load::organisation::{
    Authority, Organisation, Planned as PlannedOrganisation, REVOTE_LIMIT, Terms,
};
use crate::load::voter::Voter;

/// How many options stand for election.
const OPTIONS: usize = 3;

/// How large the election is, and how its board is to hold ballots back.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many voters there are.
    pub voters: usize,
    /// How often each of them casts, 1 to 1,000: the manifest's revote limit.
    pub ballots_each: u32,
    /// In how many classes, at least 1; each has a queue of its own on the board.
    pub classes: usize,
    /// How long ballots are held back.
    pub batch: Batch,
    /// What is public while voting goes on.
    pub interim_figures: InterimFigures,
}

/// The manifest's policy `batch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many ballots of a class go together.
    pub min: u32,
    /// How many seconds one waits at most.
    pub wait: u32,
}

/// Where the board keeps the log, and the keys that it made for it.
pub struct LogOfBoard {
    /// The log's name.
    pub origin: String,
    /// The board's address, as the manifest gives it.
    pub url: String,
    /// Under which checkpoints are signed.
    pub log_key: VerifierKey,
    /// Under which promises are signed.
    pub promise_key: VerifierKey,
}

/// An election of which there is a plan, and no key yet but the authority's.
pub struct Planned(PlannedOrganisation);

/// Who sends a blob or an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The organiser's service.
    Authority,
    /// The trustee with this id.
    Trustee(Id),
}

/// A blob, ready to be sent.
pub struct Blob {
    /// Its name in the entry.
    pub named: BlobRef,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Who sends it, with the signature for it (HTTP-3).
    pub sender: BlobSender,
}

/// An entry, and the blobs that must be with the board before it.
pub struct Posting {
    /// Who signed both.
    pub signer: Signer,
    /// The blobs that the entry names.
    pub blobs: Vec<Blob>,
    /// The entry's bytes.
    pub entry: Vec<u8>,
}

/// An election with all that its parties send until its voting is closed.
pub struct Prepared {
    /// The rules and keys.
    pub manifest: Arc<Manifest>,
    /// From entry 0 to `voting_opened`, in their order.
    pub postings: Vec<Posting>,
    /// The ballots, those of one pseudonym in the order of their sequence.
    pub ballots: Vec<Vec<u8>>,
    /// `voting_closed`.
    pub closing: Posting,
}

/// An issuer that runs elsewhere: where, and its public keys.
pub struct IssuerElsewhere {
    /// Its address in the manifest.
    pub url: String,
    /// What `urna issuer keys` prints.
    pub keys: PublicKeys,
}

/// An election with all that authority and trustees send until voting is closed, and voters who have still to come.
pub struct PreparedIssuance {
    /// The rules and keys.
    pub manifest: Arc<Manifest>,
    /// From entry 0 to the register, in their order.
    pub postings: Vec<Posting>,
    /// `voting_opened`.
    pub opening: Posting,
    /// `voting_closed`.
    pub closing: Posting,
    /// Everybody on the register, who has no token yet.
    pub askers: Vec<Asker>,
    /// Who may have a token, for the check of the issuance list (V-10).
    pub eligible: Eligible,
}

impl Planned {
    /// The plan of an election with one issuer and a solo trustee.
    ///
    /// # Errors
    /// None that a slug could cause.
    pub fn new(authority: Ed25519SigningKey, slug: Slug) -> anyhow::Result<Self> {
        PlannedOrganisation::new(Authority { key: authority }, slug, Trustees::Solo, 1).map(Self)
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// The authority's signature with which a board creates the log (HTTP-1), 64 bytes.
    pub fn signature(&self) -> [u8; 64] {
        self.0.authority.key.sign(&LogRequest { plan: &self.0.plan.id() })
    }

    /// Makes the manifest, the entries until voting is open and after it, and every voter's ballot.
    ///
    /// # Errors
    /// A shape that the manifest's rules refuse, such as no voters at all.
    pub fn prepare(self, log: &LogOfBoard, shape: &Shape) -> anyhow::Result<Prepared> {
        let (mut election, voters) = self.rehearse_and_register(log, shape, None)?;
        election.authority(VotingOpened { details: None }, Entry::VotingOpened)?;
        let ballots = ballots::cast(&election.manifest, &election.issuers, &voters, shape.ballots_each)?;
        election.authority(VotingClosed { details: None }, Entry::VotingClosed)?;
        let mut postings = postings(&election)?;
        let closing = postings.pop().context("an election without entries")?;
        Ok(Prepared { manifest: election.manifest, postings, ballots, closing })
    }

    /// Makes the manifest with the keys of an issuer that runs elsewhere, the entries until tokens are issued and after it,
    /// and the voters.
    ///
    /// # Errors
    /// As [`Planned::prepare`]; keys that are not those of the plan's issuer.
    pub fn prepare_issuance(
        self,
        log: &LogOfBoard,
        shape: &Shape,
        issuer: &IssuerElsewhere,
    ) -> anyhow::Result<PreparedIssuance> {
        let IssuerElsewhere { url, keys } = issuer;
        let party = self.0.plan.issuers.first().context("a plan without issuers")?;
        let issuer = draft::Issuer {
            id: party.id.to_string(),
            keys: keys.keys.clone(),
            name: party.name.clone(),
            signing_key: keys.signing_key,
            url: url.clone(),
        };
        let (mut election, voters) = self.rehearse_and_register(log, shape, Some(vec![issuer]))?;
        election.authority(VotingOpened { details: None }, Entry::VotingOpened)?;
        election.authority(VotingClosed { details: None }, Entry::VotingClosed)?;
        let mut postings = postings(&election)?;
        let mut last = || postings.pop().context("an election without entries");
        let (closing, opening) = (last()?, last()?);
        let (manifest, eligible) = (election.manifest, election.eligible);
        let askers = voters.into_iter().map(|voter| Asker::new(Arc::clone(&manifest), voter)).collect();
        Ok(PreparedIssuance { manifest, postings, opening, closing, askers, eligible })
    }

    fn rehearse_and_register(
        self,
        log: &LogOfBoard,
        shape: &Shape,
        issuers: Option<Vec<draft::Issuer>>,
    ) -> anyhow::Result<(Election, Vec<Voter>)> {
        let file = ballot_file(shape)?;
        let terms = Terms {
            title: "Load for a board",
            board: draft::Board {
                log_key: Base64(log.log_key.to_bytes()),
                origin: log.origin.clone(),
                promise_key: Base64(log.promise_key.to_bytes()),
                url: log.url.clone(),
            },
            batch: draft::Batch { min: shape.batch.min.into(), wait: shape.batch.wait.into() },
            interim_figures: shape.interim_figures,
            revote_limit: shape.ballots_each.max(REVOTE_LIMIT),
            issuers,
        };
        let organisation = Organisation::found(self.0, &file, terms)?;
        let (mut election, round_1) = Election::publish(organisation)?;
        election.rehearse(round_1)?;
        let voters = election.register(&file)?;
        Ok((election, voters))
    }
}

impl Shape {
    /// The ids of the classes.
    ///
    /// # Errors
    /// As [`Planned::prepare`].
    pub fn class_ids(&self) -> anyhow::Result<Vec<Id>> {
        ballot_file(self)?.districts.iter().map(|class| Ok(class.id.parse()?)).collect()
    }
}

/// As if it had been a file: voters spread over classes and options, some of them blank.
fn ballot_file(shape: &Shape) -> anyhow::Result<BallotFile> {
    ensure!(shape.voters >= 1, "a load needs at least one ballot");
    ensure!((1..=shape.voters).contains(&shape.classes), "a load needs at least one voter in each class");
    let named = |what: &str, count: usize| -> Vec<Named> {
        let named = (1..=count).map(|number| format!("{what}-{number}"));
        named.map(|id| Named { name: id.clone(), id }).collect()
    };
    let line = |place: usize| Line {
        district: place % shape.classes,
        choice: Some(place % (OPTIONS + 1)).filter(|choice| *choice < OPTIONS),
    };
    Ok(BallotFile {
        districts: named("class", shape.classes),
        options: named("option", OPTIONS),
        lines: (0..shape.voters).map(line).collect(),
    })
}

/// What has to be sent for the whole record.
fn postings(election: &Election) -> anyhow::Result<Vec<Posting>> {
    election.board.record.entries.iter().map(|entry| posting(election, entry)).collect()
}

/// What has to be sent for an entry of the record.
fn posting(election: &Election, bytes: &[u8]) -> anyhow::Result<Posting> {
    let (signer, named) = match Entry::parse(bytes)? {
        Entry::Manifest(signed) => (Signer::Authority, vec![signed.body.manifest]),
        Entry::Register(signed) => (Signer::Authority, signed.body.rows),
        Entry::VotingOpened(_) | Entry::VotingClosed(_) => (Signer::Authority, Vec::new()),
        Entry::Ceremony(signed) => (Signer::Trustee(signed.signer), Vec::new()),
        Entry::Rehearsal(signed) => (Signer::Trustee(signed.signer), Vec::new()),
        other => bail!("no entry of kind {} belongs into a load", other.kind()),
    };
    let blobs = named.iter().map(|named| blob(election, named)).collect::<anyhow::Result<_>>()?;
    Ok(Posting { signer, blobs, entry: bytes.to_vec() })
}

fn blob(election: &Election, named: &BlobRef) -> anyhow::Result<Blob> {
    let sender = BlobSender::authority(election.manifest.id(), &election.authority.key, named);
    Ok(Blob { named: *named, bytes: election.board.record.blob(named)?.to_vec(), sender })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_core::OsRng;
    use urna_election::{ElectionState, EntryVerifier, Phase};
    use urna_log::SigningKey;

    use super::*;

    fn prepare(shape: &Shape) -> anyhow::Result<Prepared> {
        let origin = "board.example/load-1";
        let key = |name: &str, seed: u8| SigningKey::from_seed(name.parse().unwrap(), &[seed; 32]).verifier();
        let log = LogOfBoard {
            origin: origin.into(),
            url: "https://board.example".into(),
            log_key: key(origin, 2),
            promise_key: key(&format!("{origin}/promise"), 3),
        };
        Planned::new(Ed25519SigningKey::from_bytes(&[1; 32]), "load-1".parse()?)?.prepare(&log, shape)
    }

    const SHAPE: Shape = Shape {
        ballots_each: 1,
        voters: 40,
        classes: 2,
        batch: Batch { min: 20, wait: 600 },
        interim_figures: InterimFigures::None,
    };

    #[test]
    fn accepts_everything_that_is_made() {
        let Prepared { manifest, postings, ballots, closing } = prepare(&SHAPE).unwrap();
        assert_eq!((manifest.policy().batch.min, manifest.policy().batch.wait.get()), (20, 600));
        assert_eq!(manifest.policy().interim_figures, InterimFigures::None);
        let entries = postings.iter().map(|posting| &posting.entry).chain(&ballots).chain([&closing.entry]);
        let entries: Vec<_> = entries.map(|bytes| Entry::parse(bytes).unwrap()).collect();
        let verifier = EntryVerifier::new(Arc::clone(&manifest));
        let mut verified = verifier.verify(entries, &mut OsRng).into_iter().map(Result::unwrap);
        let mut state = ElectionState::begin(Arc::clone(&manifest), verified.next().unwrap()).unwrap();
        for entry in verified {
            state.apply(entry).unwrap();
        }
        assert_eq!((state.phase(), state.cast()), (Phase::Closed, 40));

        let distinct: HashSet<_> = ballots.iter().collect();
        assert_eq!(distinct.len(), 40);
        // Casting again comes after everybody's first ballot.
        let again = prepare(&Shape { ballots_each: 20, ..SHAPE }).unwrap().ballots;
        let sequences = again.iter().map(|bytes| match Entry::parse(bytes).unwrap() {
            Entry::Ballot(ballot) => ballot.sequence,
            other => panic!("{other:?}"),
        });
        assert!(sequences.eq((0..20).flat_map(|sequence| [sequence; 40])));
        for blob in postings.iter().flat_map(|posting| &posting.blobs) {
            blob.named.check(&blob.bytes).unwrap();
        }
    }

    #[test]
    fn rejects_shapes_without_voters() {
        for (voters, classes) in [(0, 1), (1, 0), (1, 2)] {
            assert!(prepare(&Shape { voters, classes, ..SHAPE }).is_err(), "{voters} in {classes}");
        }
    }
}
