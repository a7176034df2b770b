//! The anchor: whether this is the announced election, and whether it is ready for tokens to be given out (CLI-1 to CLI-8).
//!
//! Only [`AnchoredElection::check`] makes an [`AnchoredElection`] from what a board says, and only
//! [`AnchoredElection::entitle`] an [`Entitlement`]; every state of a [`Voter`](crate::Voter) needs both. A saved state has
//! passed both before it was saved.

#[cfg(test)]
mod rejections;

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use urna_crypto::{Ed25519Key, ElectionId, Handle};
use urna_election::blob::BlobRef;
use urna_election::entry::{Body, Entry, Register, Role, Signed};
use urna_election::invitation::Invitation;
use urna_election::json::JsonError;
use urna_election::manifest::{ClassIndex, Manifest, Witnesses};
use urna_election::register::RegisterError;
use urna_election::{ElectionState, EntryVerifier, Id, Phase, register};
use urna_log::{Hash, KeyName, SignedCheckpoint, VerifierKey, leaf_hash};
use zeroize::Zeroizing;

use crate::ClientError;

/// An entry of authority, issuer or trustee as the board shows it (`spec/http.md`, Official entries).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialEntry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// Its inclusion proof to the page's checkpoint, from the leaf upwards.
    pub proof: Vec<Hash>,
}

/// One answer of the board: a checkpoint, and entries with proofs that lead to it.
#[derive(Clone, Copy, Debug)]
pub struct OfficialPage<'a> {
    /// The checkpoint's bytes.
    pub checkpoint: &'a [u8],
    /// Entries in the log's order.
    pub entries: &'a [OfficialEntry],
}

/// An election that is the announced one and ready: nothing else makes a voter. It keeps the newest checkpoint it has seen.
pub struct AnchoredElection {
    manifest: Arc<Manifest>,
    log: VerifierKey,
    promises: VerifierKey,
    checkpoint: SignedCheckpoint,
    /// The newest `register` entry; none where the election was taken from a saved form.
    register: Option<Register>,
}

impl AnchoredElection {
    /// Checks the anchor (CLI-1 to CLI-5): the manifest hashes to `election`, it is entry 0 of the log, the log's key of the manifest
    /// signed every checkpoint, every entry is in the log, no official entry before the opening of voting is missing, every
    /// trustee has agreed and rehearsed, there is a register, and the witness policy is satisfied.
    ///
    /// `election` comes from the voter's invitation or from a poster, never from the board. `pages` are the board's official
    /// entries from the first on; `rng` supplies private coins of a batch.
    ///
    /// # Errors
    /// [`ClientError`], the first thing that is wrong or missing.
    pub fn check(
        election: &ElectionId,
        manifest: &[u8],
        pages: &[OfficialPage<'_>],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, ClientError> {
        let manifest = Arc::new(anchored(election, manifest)?);
        let (log, promises) = keys(&manifest)?;
        let checkpoint = check_pages(&log, pages)?;
        let all: Vec<&OfficialEntry> = pages.iter().flat_map(|page| page.entries).collect();
        let register = check_entries(&manifest, &all, rng)?;
        // The witness policy. A new one does not compile before it is checked here.
        match manifest.witnesses() {
            Witnesses::None => {}
        }
        Ok(Self { manifest, log, promises, checkpoint, register: Some(register) })
    }

    /// The election of a saved form: its anchor was checked before the form was written.
    pub(crate) fn resume(
        election: &ElectionId,
        manifest: &[u8],
        checkpoint: &str,
    ) -> Result<Self, ClientError> {
        let manifest = Arc::new(anchored(election, manifest)?);
        let (log, promises) = keys(&manifest)?;
        let checkpoint = signed(&log, checkpoint.as_bytes())?;
        Ok(Self { manifest, log, promises, checkpoint, register: None })
    }

    /// The election's definition.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The election id.
    pub fn id(&self) -> &ElectionId {
        self.manifest.id()
    }

    /// Verifies the log's checkpoints and receipts.
    pub fn log_key(&self) -> &VerifierKey {
        &self.log
    }

    /// Verifies the board's promises.
    pub fn promise_key(&self) -> &VerifierKey {
        &self.promises
    }

    /// The newest checkpoint that was seen.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The blobs of the newest version of the register, ascending by handle. Empty where the election was taken from a saved form.
    pub fn register(&self) -> &[BlobRef] {
        self.register.as_ref().map(|register| register.rows.as_slice()).unwrap_or_default()
    }

    /// Looks for the invitation's row in a blob of the newest register (CLI-6, CLI-7; V-06). Handles ascend over all blobs,
    /// so that who has many of them to fetch begins in the middle; where one blob says [`Lookup::After`] and the next one
    /// [`Lookup::Before`], there is no row.
    ///
    /// # Errors
    /// [`ClientError::OtherElection`], [`ClientError::OtherSlug`], [`ClientError::RegisterBlob`], [`ClientError::Register`],
    /// [`ClientError::NotOnRegister`], [`ClientError::CredentialNotSet`], [`ClientError::OtherCredential`].
    pub fn entitle(&self, invitation: &Invitation, blob: usize, bytes: &[u8]) -> Result<Lookup, ClientError> {
        if invitation.election() != self.id() {
            return Err(ClientError::OtherElection);
        }
        if invitation.slug() != self.manifest.slug() {
            return Err(ClientError::OtherSlug);
        }
        let blobs = self.register();
        let named = blobs.get(blob).ok_or(ClientError::RegisterBlob(blob))?;
        if named.check(bytes).is_err() {
            return Err(RegisterError::Blob { blob }.into());
        }
        let register = register::Register::parse(&self.manifest, [bytes])?;
        let handle = invitation.handle();
        let Some(row) = register.entitled(&handle) else {
            let (first, last) = (register.rows().next(), register.rows().last());
            return match (first, last) {
                (Some((first, _)), _) if handle < *first && blob > 0 => Ok(Lookup::Before),
                (_, Some((last, _))) if handle > *last && blob + 1 < blobs.len() => Ok(Lookup::After),
                _ => Err(ClientError::NotOnRegister),
            };
        };
        match row.credential {
            None => return Err(ClientError::CredentialNotSet),
            Some(credential) if credential != invitation.credential().public().to_bytes() => {
                return Err(ClientError::OtherCredential { replaced: row.replaced });
            }
            Some(_) => {}
        }
        Ok(Lookup::Found(Entitlement {
            election: *self.id(),
            handle,
            class: row.class,
            secret: Zeroizing::new(*invitation.secret()),
        }))
    }

    /// Takes a checkpoint that was seen later, or earlier, with the consistency proof between the two (CLI-8): the log only
    /// grew. The larger one is kept. Of equal size the proof is empty.
    ///
    /// # Errors
    /// [`ClientError::Checkpoint`] if the log's key did not sign it; [`ClientError::Forked`] and
    /// [`ClientError::NotContinued`], which hold both checkpoints.
    pub(crate) fn follow(&mut self, checkpoint: &[u8], proof: &[Hash]) -> Result<(), ClientError> {
        let other = signed(&self.log, checkpoint)?;
        self.check_fork(&other)?;
        let (kept, head) = (self.checkpoint.unverified().head, other.unverified().head);
        let grown = if head.size >= kept.size {
            head.verify_consistency(&kept, proof)
        } else {
            kept.verify_consistency(&head, proof)
        };
        if let Err(error) = grown {
            let (kept, other) = (self.checkpoint.to_string().into(), other.to_string().into());
            return Err(ClientError::NotContinued { kept, other, error });
        }
        if head.size > kept.size {
            self.checkpoint = other;
        }
        Ok(())
    }

    /// What two checkpoints show without a proof: of one size, they have one root (CLI-8).
    pub(crate) fn check_fork(&self, other: &SignedCheckpoint) -> Result<(), ClientError> {
        let (kept, head) = (self.checkpoint.unverified().head, other.unverified().head);
        if kept.size == head.size && kept.root != head.root {
            let (kept, other) = (self.checkpoint.to_string().into(), other.to_string().into());
            return Err(ClientError::Forked { kept, other });
        }
        Ok(())
    }
}

/// Where the own row is, seen from one blob of the register.
pub enum Lookup {
    /// In this blob.
    Found(Entitlement),
    /// In an earlier blob, if anywhere.
    Before,
    /// In a later blob, if anywhere.
    After,
}

/// A row of the register that is the voter's own: handle and class, and the secret of its credential. Wiped when dropped.
pub struct Entitlement {
    pub(crate) election: ElectionId,
    pub(crate) handle: Handle,
    pub(crate) class: ClassIndex,
    pub(crate) secret: Zeroizing<[u8; 32]>,
}

impl Entitlement {
    /// The voter's handle.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The voter's class.
    pub fn class(&self) -> ClassIndex {
        self.class
    }
}

/// CLI-1.
fn anchored(election: &ElectionId, manifest: &[u8]) -> Result<Manifest, ClientError> {
    let length = manifest.len();
    if length > Manifest::LIMIT {
        let error = JsonError::TooLong { length, limit: Manifest::LIMIT };
        return Err(ClientError::Manifest(error.into()));
    }
    // Before anything is read of it: whatever else these bytes are, they are not this election.
    let found = ElectionId::from_bytes(Sha256::digest(manifest).into());
    if found != *election {
        return Err(ClientError::OtherManifest { expected: *election, found });
    }
    Ok(Manifest::parse(manifest)?)
}

/// The keys of log and promises (LOG-13, LOG-18).
fn keys(manifest: &Manifest) -> Result<(VerifierKey, VerifierKey), ClientError> {
    let board = manifest.board();
    let key = |name: String, key: &Ed25519Key| {
        let name: KeyName = name.parse()?;
        VerifierKey::new(name, &key.to_bytes())
    };
    let keys = || {
        Ok((
            key(board.origin.clone(), &board.log_key)?,
            key(format!("{}/promise", board.origin), &board.promise_key)?,
        ))
    };
    keys().map_err(ClientError::Checkpoint)
}

/// A checkpoint that the log's key signed (CLI-2).
fn signed(log: &VerifierKey, bytes: &[u8]) -> Result<SignedCheckpoint, ClientError> {
    let checkpoint = SignedCheckpoint::from_bytes(bytes).map_err(ClientError::Checkpoint)?;
    checkpoint.verify(log).map_err(ClientError::Checkpoint)?;
    Ok(checkpoint)
}

/// CLI-2 and CLI-3: what stands in the tree. Answers the largest checkpoint.
fn check_pages(log: &VerifierKey, pages: &[OfficialPage<'_>]) -> Result<SignedCheckpoint, ClientError> {
    let mut newest: Option<SignedCheckpoint> = None;
    for page in pages {
        let checkpoint = signed(log, page.checkpoint)?;
        let head = checkpoint.unverified().head;
        for OfficialEntry { index, bytes, proof } in page.entries {
            let leaf = leaf_hash(bytes);
            head.verify_inclusion(*index, &leaf, proof)
                .map_err(|error| ClientError::NotInLog { index: *index, error })?;
        }
        match &newest {
            Some(kept) if kept.unverified().head.size > head.size => {}
            Some(kept)
                if kept.unverified().head.size == head.size && kept.unverified().head.root != head.root =>
            {
                let (kept, other) = (kept.to_string().into(), checkpoint.to_string().into());
                return Err(ClientError::Forked { kept, other });
            }
            _ => newest = Some(checkpoint),
        }
    }
    newest.ok_or(ClientError::EntryMissing { index: 0 })
}

/// CLI-3 to CLI-5. Answers the newest register.
fn check_entries(
    manifest: &Arc<Manifest>,
    official: &[&OfficialEntry],
    rng: &mut impl CryptoRngCore,
) -> Result<Register, ClientError> {
    let mut entries = Vec::with_capacity(official.len());
    let mut previous = None;
    for OfficialEntry { index, bytes, .. } in official {
        let index = *index;
        if previous.is_some_and(|previous| previous >= index) {
            return Err(ClientError::EntryOrder { index });
        }
        previous = Some(index);
        let entry = Entry::parse(bytes).map_err(|error| ClientError::Entry { index, error })?;
        entries.push((index, entry));
    }
    let verified = EntryVerifier::new(Arc::clone(manifest))
        .verify(entries.iter().map(|(_, entry)| entry.clone()).collect(), rng);

    // Until voting opens, every entry is official: the rules of the board are replayed without a gap. Behind that, between
    // ballots that are not shown, what can be seen is that no signer's number is left out.
    let mut state: Option<ElectionState> = None;
    let mut numbers = BTreeMap::<(Role, Id), u64>::new();
    let mut register = None;
    for ((index, entry), verified) in entries.into_iter().zip(verified) {
        let verified = verified.map_err(|rejected| ClientError::Rejected { index, rejected })?;
        let (role, signer, found) = signature(&entry).ok_or(ClientError::NotOfficial { index })?;
        let next = numbers.entry((role, signer.clone())).or_default();
        if *next != found {
            return Err(ClientError::RunningNumber { index, signer: signer.clone(), expected: *next, found });
        }
        *next += 1;
        let rejected = |rejected| ClientError::Rejected { index, rejected };
        match &mut state {
            None if index > 0 => return Err(ClientError::EntryMissing { index: 0 }),
            None => state = Some(ElectionState::begin(Arc::clone(manifest), verified).map_err(rejected)?),
            Some(state) if index == state.size() => drop(state.apply(verified).map_err(rejected)?),
            Some(state) if state.phase() < Phase::Voting => return Err(missing(manifest, state, true)),
            Some(_) => {}
        }
        match entry {
            Entry::Register(signed) => register = Some(signed.body),
            Entry::Cancelled(_) => return Err(ClientError::Cancelled),
            _ => {}
        }
    }
    let state = state.ok_or(ClientError::EntryMissing { index: 0 })?;
    if state.phase() < Phase::Rehearsed {
        return Err(missing(manifest, &state, false));
    }
    register.ok_or(ClientError::RegisterMissing)
}

/// What an election lacks whose state this is; `gap` if later entries were shown.
fn missing(manifest: &Manifest, state: &ElectionState, gap: bool) -> ClientError {
    if gap {
        return ClientError::EntryMissing { index: state.size() };
    }
    // A trustee's entries before voting are its `ceremony` and its `rehearsal`, in this order.
    let lacks = |posted: u64| {
        let mut members = manifest.trustees().members.iter().enumerate();
        members.find(|(place, _)| {
            let next = state.next_number(Role::Trustee, *place);
            next.is_none_or(|next| next.value() <= posted)
        })
    };
    match (lacks(0), lacks(1)) {
        (Some((_, trustee)), _) => ClientError::CeremonyMissing { trustee: trustee.id.clone() },
        (None, Some((_, trustee))) => ClientError::RehearsalMissing { trustee: trustee.id.clone() },
        (None, None) => ClientError::EntryMissing { index: state.size() },
    }
}

/// Who signed the entry in which role, and its running number; nothing of a voter's entry.
fn signature(entry: &Entry) -> Option<(Role, &Id, u64)> {
    fn of<B: Body>(signed: &Signed<B>) -> (Role, &Id, u64) {
        (B::ROLE, &signed.signer, signed.number.value())
    }
    macro_rules! signed {
        ($($kind:ident),*) => {
            match entry {
                $(Entry::$kind(signed) => Some(of(signed)),)*
                Entry::Ballot(_) | Entry::Withdrawal(_) | Entry::Returned(_) => None,
            }
        };
    }
    signed!(
        Manifest,
        Ceremony,
        Rehearsal,
        Register,
        VotingOpened,
        VotingClosed,
        Issuance,
        Agreed,
        Opening,
        Result,
        Certified,
        Cancelled,
        Erased
    )
}
