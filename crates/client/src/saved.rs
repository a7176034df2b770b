//! The saved form (CLI-22 to CLI-24): one canonical JSON document for every state. It is all that a device keeps of a voter, and the
//! only place where seed, credential and plaintexts are written.

#[cfg(test)]
mod rejections;

use serde::{Deserialize, Serialize};
use urna_crypto::{Commitment, ElectionId, Handle, Identifier, Pseudonym, Seed, Token};
use urna_election::Id;
use urna_election::entry::{Entry, Kind};
use urna_election::json::{Base64, Integer, JsonError};
use urna_election::manifest::ClassIndex;
use zeroize::Zeroizing;

use crate::voter::casting::{are_valid, is_valid, parse_promise, parse_receipt};
use crate::voter::recorded::encrypts;
use crate::voter::{
    Asked, Asking, Cast, Core, Kept, May, Move, Progress, Promised, Receipted, Record, Seeded, Spending,
    State, Voter, WithToken,
};
use crate::{AnchoredElection, ClientError, RecoveryCode};

const VERSION: u32 = 1;

/// A state's name in the saved form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    /// A seed, and nothing asked for.
    Seeded,
    /// Tokens are asked for.
    Asked,
    /// Tokens of all issuers, unused.
    WithToken,
    /// An entry is made, and not yet answered.
    Cast,
    /// The board has promised to log the entry.
    Promised,
    /// The entry is in the log.
    Receipted,
}

/// Secret bytes of the document.
type Secret = Zeroizing<Vec<u8>>;

fn secret(bytes: &[u8]) -> Base64<Secret> {
    Base64(Zeroizing::new(bytes.to_vec()))
}

fn exact<const LENGTH: usize>(
    secret: &Secret,
    field: &'static str,
) -> Result<Zeroizing<[u8; LENGTH]>, ClientError> {
    let bytes = secret.as_slice().try_into();
    bytes.map(Zeroizing::new).map_err(|_| ClientError::SavedContradiction { field })
}

/// The document. Members stand in alphabetical order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    asking: Option<AskingPart>,
    checkpoint: String,
    class: Id,
    election: Base64<ElectionId>,
    records: Vec<RecordPart>,
    revision: Integer,
    seed: Base64<Secret>,
    state: StateName,
    tokens: Vec<Base64<Token>>,
    version: u32,
}

/// What is needed until there are tokens.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskingPart {
    credential: Base64<Secret>,
    handle: Base64<Handle>,
    /// Of `asked` one for each issuer, of `seeded` none.
    issuers: Vec<ProgressPart>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgressPart {
    lost: Vec<MovePart>,
    open: Option<MovePart>,
    token: Option<Base64<Token>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MovePart {
    commitment: Base64<Commitment>,
    session: Base64<[u8; 16]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordPart {
    entry: Option<Base64<Vec<u8>>>,
    kind: Option<Kind>,
    own: bool,
    plaintext: Option<Base64<Secret>>,
    promise: Option<String>,
    receipt: Option<String>,
    sequence: Option<u32>,
}

/// A state as it is to be stored: canonical bytes, and the revision that they have. Wiped when dropped.
pub struct SavedForm {
    bytes: Zeroizing<Vec<u8>>,
    pub(crate) revision: u64,
    pub(crate) changes: u64,
    pub(crate) election: ElectionId,
    pub(crate) pseudonym: Pseudonym,
}

impl SavedForm {
    pub(crate) fn of<S: State>(voter: &Voter<S>) -> Self {
        let core = &voter.core;
        let revision = core.revision + 1;
        let spending = voter.state.spending();
        let document = Document {
            asking: voter.state.asking().map(|(asking, asked)| AskingPart::of(asking, asked)),
            checkpoint: core.election.checkpoint().to_string(),
            class: core.class_id.clone(),
            election: Base64(*core.election.id()),
            records: spending.iter().flat_map(|spending| &spending.records).map(RecordPart::of).collect(),
            revision: Integer::try_from(revision).unwrap_or(Integer::MAX),
            seed: secret(core.seed.expose()),
            state: S::NAME,
            tokens: spending.iter().flat_map(|spending| &spending.tokens).copied().map(Base64).collect(),
            version: VERSION,
        };
        Self {
            bytes: write(&document),
            revision,
            changes: core.changes,
            election: *core.election.id(),
            pseudonym: core.pseudonym(),
        }
    }

    /// The bytes to store, readable by the voter alone.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The revision of this form, one above the one that its state was made from.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether this form may replace what is stored (CLI-24): the very form that its state was made from, or nothing, or this form
    /// itself. Otherwise another window or device has gone further, and the state must be loaded again. Comparing and storing
    /// should be one step, under a lock or in a transaction.
    ///
    /// # Errors
    /// [`ClientError::OtherCopy`], [`ClientError::OtherVoter`]; those of [`Saved::parse`].
    pub fn check_replaces(&self, stored: Option<&[u8]>) -> Result<(), ClientError> {
        let Some(stored) = stored else { return Ok(()) };
        if stored == self.as_bytes() {
            return Ok(());
        }
        let stored = Saved::parse(stored)?;
        let seed = Seed::from_bytes(*exact::<32>(&stored.0.seed.0, "seed")?);
        let pseudonym = seed.pseudonym_key(&self.election).pseudonym();
        if *stored.election() != self.election || pseudonym != self.pseudonym {
            return Err(ClientError::OtherVoter);
        }
        let expected = self.revision.saturating_sub(1);
        match stored.revision() {
            stored if stored == expected => Ok(()),
            stored => Err(ClientError::OtherCopy { stored, expected }),
        }
    }
}

/// A saved form that was read: well formed, and not yet compared with an election.
pub struct Saved(Document);

/// A voter as taken from a saved form, in the state that it has.
pub enum Resumed {
    /// A seed, and nothing asked for.
    Seeded(Voter<Seeded>),
    /// Tokens are asked for.
    Asked(Voter<Asked>),
    /// Tokens of all issuers, unused.
    WithToken(Voter<WithToken>),
    /// An entry is made, and not yet answered.
    Cast(Voter<Cast>),
    /// The board has promised to log the entry.
    Promised(Voter<Promised>),
    /// The entry is in the log.
    Receipted(Voter<Receipted>),
}

/// The same of whichever state it is.
macro_rules! of_each {
    ($resumed:expr, $voter:ident => $what:expr) => {
        match $resumed {
            Resumed::Seeded($voter) => $what,
            Resumed::Asked($voter) => $what,
            Resumed::WithToken($voter) => $what,
            Resumed::Cast($voter) => $what,
            Resumed::Promised($voter) => $what,
            Resumed::Receipted($voter) => $what,
        }
    };
}

impl Resumed {
    /// The election.
    pub fn election(&self) -> &AnchoredElection {
        of_each!(self, voter => voter.election())
    }

    /// The voter's class.
    pub fn class(&self) -> ClassIndex {
        of_each!(self, voter => voter.class())
    }

    /// The identifier under which people find the voter's entries on the board (BAL-2).
    pub fn identifier(&self) -> Identifier {
        of_each!(self, voter => voter.identifier())
    }

    /// The seed as something to write down.
    pub fn recovery_code(&self) -> RecoveryCode {
        of_each!(self, voter => voter.recovery_code())
    }

    /// The state that it is in.
    pub fn state(&self) -> StateName {
        match self {
            Self::Seeded(_) => StateName::Seeded,
            Self::Asked(_) => StateName::Asked,
            Self::WithToken(_) => StateName::WithToken,
            Self::Cast(_) => StateName::Cast,
            Self::Promised(_) => StateName::Promised,
            Self::Receipted(_) => StateName::Receipted,
        }
    }

    /// The voter's handle in the register; none once there are tokens (CLI-15).
    pub fn handle(&self) -> Option<&Handle> {
        match self {
            Self::Seeded(voter) => Some(voter.handle()),
            Self::Asked(voter) => Some(voter.handle()),
            _ => None,
        }
    }

    /// What may still be done with the tokens; none before there are any.
    pub fn may(&self) -> Option<May> {
        match self {
            Self::Seeded(_) | Self::Asked(_) => None,
            Self::WithToken(voter) => Some(voter.may()),
            Self::Cast(voter) => Some(voter.may()),
            Self::Promised(voter) => Some(voter.may()),
            Self::Receipted(voter) => Some(voter.may()),
        }
    }

    /// Everything that was made or seen under the pseudonym, with the board's answers.
    pub fn kept(&self) -> Vec<Kept<'_>> {
        match self {
            Self::Seeded(_) | Self::Asked(_) => Vec::new(),
            Self::WithToken(voter) => voter.kept().collect(),
            Self::Cast(voter) => voter.kept().collect(),
            Self::Promised(voter) => voter.kept().collect(),
            Self::Receipted(voter) => voter.kept().collect(),
        }
    }
}

impl Saved {
    /// The most bytes of a saved form: a thousand entries of the greatest length, with plaintext, promise and receipt.
    pub const LIMIT: usize = 320 << 20;

    /// Reads a saved form (CLI-22).
    ///
    /// # Errors
    /// [`ClientError::SavedVersion`]; [`ClientError::Saved`] of what is not canonical JSON of this form.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClientError> {
        if bytes.len() > Self::LIMIT {
            return Err(JsonError::TooLong { length: bytes.len(), limit: Self::LIMIT }.into());
        }
        let VersionOnly { version } = serde_json::from_slice(bytes).map_err(JsonError::from)?;
        if version != u64::from(VERSION) {
            return Err(ClientError::SavedVersion(version));
        }
        let document: Document = serde_json::from_slice(bytes).map_err(JsonError::from)?;
        let again = write(&document);
        if *again != bytes {
            let offset = again.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            return Err(JsonError::NotCanonical { offset }.into());
        }
        Ok(Self(document))
    }

    /// The election that it is for, whose manifest [`Saved::resume`] needs.
    pub fn election(&self) -> &ElectionId {
        &self.0.election.0
    }

    /// The state that it was saved in.
    pub fn state(&self) -> StateName {
        self.0.state
    }

    /// Its revision: of two copies, the one with the greater has gone further (CLI-24).
    pub fn revision(&self) -> u64 {
        self.0.revision.value()
    }

    /// Goes on where the voter was when this was saved (CLI-23). The manifest is checked by its id, and every part of the form
    /// against the others: tokens, entries, plaintexts, receipts and promises hold as they did when they came.
    ///
    /// # Errors
    /// [`ClientError::OtherManifest`], [`ClientError::Manifest`]; [`ClientError::SavedContradiction`].
    pub fn resume(self, manifest: &[u8]) -> Result<Resumed, ClientError> {
        let document = self.0;
        let wrong = |field| ClientError::SavedContradiction { field };
        let election = AnchoredElection::resume(&document.election.0, manifest, &document.checkpoint);
        let election = election.map_err(|error| match error {
            ClientError::Checkpoint(_) => wrong("checkpoint"),
            other => other,
        })?;
        let class = election.manifest().class_index(&document.class).ok_or(wrong("class"))?;
        let seed = Seed::from_bytes(*exact::<32>(&document.seed.0, "seed")?);
        let mut core = Core::new(election, class, seed).ok_or(wrong("class"))?;
        core.revision = document.revision.value();
        if core.revision == 0 {
            return Err(wrong("revision"));
        }
        if let Some(asking) = document.asking {
            let unspent = document.tokens.is_empty() && document.records.is_empty();
            return if unspent { asking.resume(core, document.state) } else { Err(wrong("asking")) };
        }
        let tokens: Vec<Token> = document.tokens.iter().map(|token| token.0).collect();
        if !are_valid(&core, &tokens) {
            return Err(wrong("tokens"));
        }
        let mut spending = Spending { tokens, records: Vec::new() };
        for part in document.records {
            let record = part.resume(&core, &spending)?;
            spending.records.push(record);
        }
        if spending.name() != document.state {
            return Err(wrong("state"));
        }
        Ok(match document.state {
            StateName::WithToken => Resumed::WithToken(Voter { core, state: WithToken(spending) }),
            StateName::Cast => Resumed::Cast(Voter { core, state: Cast(spending) }),
            StateName::Promised => Resumed::Promised(Voter { core, state: Promised(spending) }),
            StateName::Receipted => Resumed::Receipted(Voter { core, state: Receipted(spending) }),
            StateName::Seeded | StateName::Asked => return Err(wrong("state")),
        })
    }
}

/// All that is needed to know whether the rest can be read.
#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

impl AskingPart {
    fn of(asking: &Asking, asked: Option<&Asked>) -> Self {
        let progress = |progress: &Progress| ProgressPart {
            lost: progress.lost.iter().map(MovePart::of).collect(),
            open: progress.open.as_ref().map(MovePart::of),
            token: progress.token.map(Base64),
        };
        Self {
            credential: secret(&*asking.secret),
            handle: Base64(asking.handle),
            issuers: asked.iter().flat_map(|asked| &asked.progress).map(progress).collect(),
        }
    }

    fn resume(self, core: Core, state: StateName) -> Result<Resumed, ClientError> {
        let secret = exact::<32>(&self.credential.0, "credential")?;
        let asking = Asking::new(core.election.id(), self.handle.0, secret);
        let issuers = core.election.manifest().issuers();
        match state {
            StateName::Seeded if self.issuers.is_empty() => {
                Ok(Resumed::Seeded(Voter { core, state: Seeded(asking) }))
            }
            StateName::Asked if self.issuers.len() == issuers.len() => {
                let progress = self.issuers.into_iter().map(ProgressPart::resume).collect::<Vec<_>>();
                // Single tokens are checked as all of them are later: against the issuer in whose place they stand.
                let fit = issuers.iter().zip(&progress).all(|(issuer, progress)| {
                    let context = crate::voter::asking::token_context(&core, issuer);
                    progress.token.is_none_or(|token| {
                        context.is_some_and(|context| token.verify(&context, &core.pseudonym()).is_ok())
                    })
                });
                if !fit {
                    return Err(ClientError::SavedContradiction { field: "token" });
                }
                Ok(Resumed::Asked(Voter { core, state: Asked { asking, progress } }))
            }
            _ => Err(ClientError::SavedContradiction { field: "issuers" }),
        }
    }
}

impl ProgressPart {
    fn resume(self) -> Progress {
        Progress {
            open: self.open.map(MovePart::resume),
            lost: self.lost.into_iter().map(MovePart::resume).collect(),
            token: self.token.map(|token| token.0),
        }
    }
}

impl MovePart {
    fn of(first: &Move) -> Self {
        Self { commitment: Base64(first.commitment), session: Base64(first.session) }
    }

    fn resume(self) -> Move {
        Move { session: self.session.0, commitment: self.commitment.0 }
    }
}

impl RecordPart {
    fn of(record: &Record) -> Self {
        Self {
            entry: record.entry.clone().map(Base64),
            kind: record.kind,
            own: record.own,
            plaintext: record.plaintext.as_deref().map(|plaintext| secret(plaintext)),
            promise: record.promise.as_ref().map(ToString::to_string),
            receipt: record.receipt.as_ref().map(ToString::to_string),
            sequence: record.sequence,
        }
    }

    /// CLI-23: what a record says of an entry is what the entry says, and what the board said of it holds.
    fn resume(self, core: &Core, before: &Spending) -> Result<Record, ClientError> {
        let wrong = |field| ClientError::SavedContradiction { field };
        let bytes = self.entry.map(|entry| entry.0);
        let entry = bytes.as_deref().map(Entry::parse).transpose().map_err(|_| wrong("entry"))?;
        let plaintext = self.plaintext.map(|plaintext| plaintext.0);
        let (kind, sequence) = match &entry {
            Some(Entry::Ballot(ballot)) => (Some(Kind::Ballot), Some(ballot.sequence)),
            Some(Entry::Withdrawal(withdrawal)) => (Some(Kind::Withdrawal), Some(withdrawal.sequence)),
            Some(Entry::Returned(_)) => (Some(Kind::Returned), None),
            Some(_) => return Err(wrong("entry")),
            // Another device's, behind the board's veil: there is a receipt and nothing else.
            None if !self.own && self.receipt.is_some() => {
                (None, Some(self.sequence.ok_or(wrong("sequence"))?))
            }
            None => return Err(wrong("entry")),
        };
        if entry.as_ref().is_some_and(|entry| !is_valid(core, entry)) {
            return Err(wrong("entry"));
        }
        if kind != self.kind {
            return Err(wrong("kind"));
        }
        let known = before.records.iter().filter(|record| record.own == self.own || self.own);
        let ascends = sequence.is_none()
            || known.filter_map(|record| record.sequence).all(|known| Some(known) < sequence);
        if sequence != self.sequence || !ascends {
            return Err(wrong("sequence"));
        }
        let fits = match (&entry, &plaintext) {
            (Some(Entry::Ballot(ballot)), Some(plaintext)) => self.own && encrypts(core, ballot, plaintext),
            (Some(Entry::Ballot(_)), None) => !self.own,
            (_, None) => true,
            (_, Some(_)) => false,
        };
        if !fits {
            return Err(wrong("plaintext"));
        }
        let promise = self.promise.map(|promise| {
            let entry = bytes.as_deref().ok_or(wrong("promise"))?;
            parse_promise(core, promise.as_bytes(), entry).map_err(|_| wrong("promise"))
        });
        let receipt = self.receipt.map(|receipt| {
            parse_receipt(core, receipt.as_bytes(), bytes.as_deref()).map_err(|_| wrong("receipt"))
        });
        Ok(Record {
            kind,
            sequence,
            entry: bytes,
            own: self.own,
            plaintext,
            promise: promise.transpose()?,
            receipt: receipt.transpose()?,
        })
    }
}

/// Canonical JSON, without leaving copies of secrets behind where a buffer grew.
fn write(document: &Document) -> Zeroizing<Vec<u8>> {
    struct Length(usize);
    impl std::io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    let mut bytes = Zeroizing::new(Vec::new());
    // Neither fails: no map has keys that are not strings, and neither writer has errors.
    let _ = serde_json::to_writer(&mut length, document);
    bytes.reserve_exact(length.0);
    let _ = serde_json::to_writer(&mut *bytes, document);
    bytes
}
