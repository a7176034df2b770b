//! Everything that a voter's client refuses, one flat list.

use urna_crypto::ElectionId;
use urna_election::Id;
use urna_election::Rejected;
use urna_election::json::JsonError;
use urna_election::manifest::ManifestError;
use urna_election::register::RegisterError;
use urna_election::selection::SelectionError;
use urna_log::LogError;

/// Why the client does not go on. Nothing has changed. The rules are those of `spec/client.md`.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// CLI-1: the bytes are another election's manifest, or changed.
    #[error("this is the definition of election {found}, and the link is for {expected}: do not vote here")]
    OtherManifest {
        /// The id in the invitation.
        expected: ElectionId,
        /// The SHA-256 of the bytes.
        found: ElectionId,
    },
    /// CLI-1: the manifest hashes to the id and breaks rules all the same.
    #[error("the election's definition breaks the rules: {0}")]
    Manifest(#[from] ManifestError),
    /// CLI-1: the link names another election than its id.
    #[error("the link's address names another election than its personal part")]
    OtherSlug,
    /// CLI-2: a checkpoint that the log's key did not sign.
    #[error("the board's checkpoint does not hold: {0}")]
    Checkpoint(LogError),
    /// CLI-3: the entry is not in the tree of the checkpoint.
    #[error("entry {index} is not in the board's log: {error}")]
    NotInLog {
        /// Which entry.
        index: u64,
        /// Why.
        error: LogError,
    },
    /// CLI-3: not canonical JSON of an entry.
    #[error("entry {index} is no entry: {error}")]
    Entry {
        /// Which entry.
        index: u64,
        /// Why.
        error: JsonError,
    },
    /// CLI-3: a ballot, withdrawal or return among the official entries.
    #[error("entry {index} is not by the authority, an issuer or a trustee")]
    NotOfficial {
        /// Which entry.
        index: u64,
    },
    /// CLI-3: entries are repeated or not in the log's order.
    #[error("entry {index} is out of order")]
    EntryOrder {
        /// Which entry.
        index: u64,
    },
    /// CLI-4: the entry's signature or proof does not hold, or it may not stand where it stands.
    #[error("entry {index} is against the rules: {rejected}")]
    Rejected {
        /// Which entry.
        index: u64,
        /// Which rule.
        rejected: Rejected,
    },
    /// CLI-4: an entry of this signer was left out.
    #[error("entry {index} is number {found} of {signer}, where {expected} follows: the board left one out")]
    RunningNumber {
        /// Which entry.
        index: u64,
        /// Who signed it.
        signer: Id,
        /// The number that follows.
        expected: u64,
        /// The number it has.
        found: u64,
    },
    /// CLI-4: until voting opens every entry is official, and this one was not shown.
    #[error("the board did not show entry {index} of the log")]
    EntryMissing {
        /// The first index that is missing.
        index: u64,
    },
    /// CLI-5: a trustee has not agreed to the manifest and shown its share.
    #[error("trustee {trustee} has not yet agreed to the election: voting cannot open")]
    CeremonyMissing {
        /// Which one.
        trustee: Id,
    },
    /// CLI-5: a trustee has not decrypted its canary.
    #[error("trustee {trustee} has not yet rehearsed the opening: tokens cannot be given out")]
    RehearsalMissing {
        /// Which one.
        trustee: Id,
    },
    /// CLI-5: there is no electoral register.
    #[error("the electoral register is not published yet")]
    RegisterMissing,
    /// CLI-5: the election was cancelled.
    #[error("the election was cancelled")]
    Cancelled,
    /// CLI-8: two checkpoints of one size with other roots: the board signed two logs. Together they convict it.
    #[error("the board has signed two different logs of one size; keep both checkpoints as evidence")]
    Forked {
        /// The checkpoint that the client kept.
        kept: Box<str>,
        /// The other one.
        other: Box<str>,
    },
    /// CLI-8: the proof does not show that one checkpoint continues the other.
    #[error("the board's log does not continue what it showed before: {error}; keep both checkpoints")]
    NotContinued {
        /// The checkpoint that the client kept.
        kept: Box<str>,
        /// The other one.
        other: Box<str>,
        /// What is wrong with the proof.
        error: LogError,
    },
    /// CLI-6: a blob is not part of the register.
    #[error("the electoral register cannot be read: {0}")]
    Register(#[from] RegisterError),
    /// CLI-6: the blob is none of those that the newest `register` entry names.
    #[error("blob {0} is not part of the electoral register")]
    RegisterBlob(usize),
    /// CLI-6: the register has no row with the invitation's handle.
    #[error("you are not on the electoral register: tell the organiser")]
    NotOnRegister,
    /// CLI-7: the row has no credential yet.
    #[error("your row of the electoral register has no key yet: tell the organiser")]
    CredentialNotSet,
    /// CLI-7: the row has another credential than the invitation's.
    #[error(
        "your row of the electoral register has another key than your link (replaced {replaced} times): use the newest \
         link, and if you have no newer one, tell the organiser and the commission"
    )]
    OtherCredential {
        /// How often the row's credential was replaced.
        replaced: u32,
    },
    /// CLI-10: what was checked for one election is used in another.
    #[error("this belongs to another election")]
    OtherElection,

    /// CLI-9: a group of the recovery code is wrong.
    #[error("group {group} of the recovery code is wrong; a group has 5 characters")]
    RecoveryGroup {
        /// Which one, from 1.
        group: usize,
    },
    /// CLI-9: too few or too many groups, the ones that are there being right.
    #[error("a recovery code has {expected} groups, and these are {found}")]
    RecoveryGroups {
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// CLI-9: every group looks right, and they do not belong together.
    #[error("the recovery code does not fit together: at least one group is wrong")]
    RecoveryCheck,

    /// CLI-11: the state has changed since it was saved; nothing is sent before.
    #[error("the state must be saved before anything is sent")]
    NotSaved,
    /// CLI-12: no such issuer in the manifest.
    #[error("the election has no issuer {0}")]
    UnknownIssuer(Id),
    /// CLI-12: the first move is no pair of points.
    #[error("issuer {issuer} answered what is no first move")]
    FirstMove {
        /// Which issuer.
        issuer: Id,
    },
    /// CLI-13: no session of this id is open with this issuer.
    #[error("there is no such session with issuer {issuer}")]
    UnknownSession {
        /// Which issuer.
        issuer: Id,
    },
    /// CLI-13: more sessions were lost than any honest issuer loses.
    #[error("issuer {issuer} has lost too many sessions")]
    TooManySessions {
        /// Which issuer.
        issuer: Id,
    },
    /// CLI-14: the answer does not open the first move, or y is 0. Nothing may be cast with it.
    #[error("the answer of issuer {issuer} is wrong; keep it, and tell the organiser and the commission")]
    Answer {
        /// Which issuer.
        issuer: Id,
    },
    /// CLI-15: an issuer's token is missing.
    #[error("the token of issuer {issuer} is missing")]
    TokenMissing {
        /// Which issuer.
        issuer: Id,
    },

    /// CLI-16: the selection would not count.
    #[error("{0}")]
    Selection(#[from] SelectionError),
    /// CLI-17: the election allows one ballot only.
    #[error("in this election a ballot is final")]
    RevoteNotAllowed,
    /// CLI-17: the election allows no withdrawals.
    #[error("in this election a ballot cannot be withdrawn")]
    WithdrawalNotAllowed,
    /// CLI-17: what was cast last is no ballot.
    #[error("there is no ballot to withdraw")]
    NothingToWithdraw,
    /// CLI-17: as many entries as the election allows one voter.
    #[error("you have cast and withdrawn {limit} times, which is as often as this election allows")]
    RevoteLimit {
        /// The manifest's `revote_limit`.
        limit: u32,
    },
    /// CLI-17: a token that was used is not given back.
    #[error("the token was used and cannot be given back")]
    TokenSpent,
    /// CLI-17: the token was returned as unspent.
    #[error("the token was given back and cannot be used any more")]
    TokenReturned,

    /// CLI-18: the receipt is not one of the entry, or not by the log's key.
    #[error("the receipt does not hold: {0}. Your ballot may not be recorded: check, and keep the receipt")]
    Receipt(LogError),
    /// CLI-18: the promise is not by the board's key.
    #[error("the promise does not hold: {0}")]
    Promise(LogError),
    /// CLI-18: the promise is for another entry.
    #[error("the board promised another entry than the one that was sent")]
    OtherPromise,
    /// CLI-18: longer than any receipt or promise has to be.
    #[error("{0} bytes are more than a receipt or promise has")]
    NoteTooLong(usize),
    /// CLI-20: what the board shows as the voter's own entry is none, though it is in its log. Evidence against the board.
    #[error(
        "the board's log has an entry under your identifier, at {index}, that does not verify: keep it as evidence"
    )]
    Unverifiable {
        /// Where it stands.
        index: u64,
    },
    /// CLI-20: the board shows neither the entry nor another one in its place.
    #[error("the board shows neither your entry nor another one in its place: send it again")]
    NotRecorded,
    /// CLI-21: the board shows no ballot with tokens of this seed.
    #[error("the board shows no ballot of this recovery code, from which its token could be had")]
    NothingToRecover,

    /// CLI-22: not canonical JSON of a saved form.
    #[error("the saved state cannot be read: {0}")]
    Saved(#[from] JsonError),
    /// CLI-22: a saved form of another version.
    #[error("the saved state has version {0}, and this program knows version 1: use a newer program")]
    SavedVersion(u64),
    /// CLI-23: a part of the saved form contradicts the rest of it.
    #[error("the saved state was changed: `{field}` does not fit")]
    SavedContradiction {
        /// Which member.
        field: &'static str,
    },
    /// CLI-24: the stored copy is another one than this state was made from.
    #[error("another window or device has gone on (stored: revision {stored}; expected: {expected}): reload")]
    OtherCopy {
        /// The revision of the stored copy.
        stored: u64,
        /// The revision that this state was made from.
        expected: u64,
    },
    /// CLI-24: the stored copy is of another voter or election.
    #[error("another voter's state is stored in this place")]
    OtherVoter,
}

impl ClientError {
    /// The rule that does not hold, in one word for programs: a page says it in the voter's language.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OtherManifest { .. } => "other_manifest",
            Self::Manifest(_) => "manifest",
            Self::OtherSlug => "other_slug",
            Self::Checkpoint(_) => "checkpoint",
            Self::NotInLog { .. } => "not_in_log",
            Self::Entry { .. } => "entry",
            Self::NotOfficial { .. } => "not_official",
            Self::EntryOrder { .. } => "entry_order",
            Self::Rejected { .. } => "rejected",
            Self::RunningNumber { .. } => "running_number",
            Self::EntryMissing { .. } => "entry_missing",
            Self::CeremonyMissing { .. } => "ceremony_missing",
            Self::RehearsalMissing { .. } => "rehearsal_missing",
            Self::RegisterMissing => "register_missing",
            Self::Cancelled => "cancelled",
            Self::Forked { .. } => "forked",
            Self::NotContinued { .. } => "not_continued",
            Self::Register(_) => "register",
            Self::RegisterBlob(_) => "register_blob",
            Self::NotOnRegister => "not_on_register",
            Self::CredentialNotSet => "credential_not_set",
            Self::OtherCredential { .. } => "other_credential",
            Self::OtherElection => "other_election",
            Self::RecoveryGroup { .. } => "recovery_group",
            Self::RecoveryGroups { .. } => "recovery_groups",
            Self::RecoveryCheck => "recovery_check",
            Self::NotSaved => "not_saved",
            Self::UnknownIssuer(_) => "unknown_issuer",
            Self::FirstMove { .. } => "first_move",
            Self::UnknownSession { .. } => "unknown_session",
            Self::TooManySessions { .. } => "too_many_sessions",
            Self::Answer { .. } => "answer",
            Self::TokenMissing { .. } => "token_missing",
            Self::Selection(_) => "selection",
            Self::RevoteNotAllowed => "revote_not_allowed",
            Self::WithdrawalNotAllowed => "withdrawal_not_allowed",
            Self::NothingToWithdraw => "nothing_to_withdraw",
            Self::RevoteLimit { .. } => "revote_limit",
            Self::TokenSpent => "token_spent",
            Self::TokenReturned => "token_returned",
            Self::Receipt(_) => "receipt",
            Self::Promise(_) => "promise",
            Self::OtherPromise => "other_promise",
            Self::NoteTooLong(_) => "note_too_long",
            Self::Unverifiable { .. } => "unverifiable",
            Self::NotRecorded => "not_recorded",
            Self::NothingToRecover => "nothing_to_recover",
            Self::Saved(_) => "saved",
            Self::SavedVersion(_) => "saved_version",
            Self::SavedContradiction { .. } => "saved_contradiction",
            Self::OtherCopy { .. } => "other_copy",
            Self::OtherVoter => "other_voter",
        }
    }
}
