//! Why an entry is refused: one flat list, each named after the rule that was broken.

use crate::blob::BlobKind;
use crate::entry::{Kind, Role};
use crate::id::Id;
use crate::manifest::Problem;
use crate::phase::Phase;

/// Why an entry may not be appended. Nothing has changed. `spec/entries.md` lists every variant with its rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The entry's kind does not belong into this phase (STA-1).
    #[error("{kind} is not admitted while the election is {phase}")]
    Phase {
        /// What was sent.
        kind: Kind,
        /// Where the election stands.
        phase: Phase,
    },
    /// Entry 0 does not carry this manifest (STA-2).
    #[error("entry 0 does not name the manifest")]
    OtherManifest,
    /// The entry was verified under another election's manifest (STA-2). No entry that came from outside gets here: its
    /// signature or proof is over its election.
    #[error("the entry was verified for another election")]
    OtherElection,
    /// No class of this id (STA-3).
    #[error("there is no class {0}")]
    UnknownClass(Id),
    /// No issuer or trustee of this id, or not the authority (STA-4, V-17).
    #[error("{signer} is not a signer of this kind ({role:?})")]
    UnknownSigner {
        /// Who claims to sign.
        signer: Id,
        /// Whose kind it is.
        role: Role,
    },
    /// The signature does not verify (ENT-2, ENT-3, V-17).
    #[error("the signature of {signer} does not verify")]
    Signature {
        /// Who claims to sign.
        signer: Id,
    },
    /// The signer's running number has a gap or repeats (STA-5, V-17).
    #[error("running number {actual} of {signer}, where {expected} follows")]
    RunningNumber {
        /// Who signs.
        signer: Id,
        /// The next number.
        expected: u64,
        /// The number sent.
        actual: u64,
    },
    /// Not one token of each issuer (BAL-8).
    #[error("{actual} tokens, where {expected} belong: one of each issuer")]
    TokenCount {
        /// How many issuers there are.
        expected: usize,
        /// How many tokens there are.
        actual: usize,
    },
    /// A token, proof or signature of a voter's entry does not verify (V-07, V-08).
    #[error("a token, the proof or the signature does not verify")]
    Proof,
    /// The ciphertext does not have the election's length (BAL-9).
    #[error("a ciphertext of {actual} bytes, where {expected} belong")]
    CiphertextLength {
        /// The manifest's length.
        expected: usize,
        /// The length sent.
        actual: usize,
    },
    /// This voter's entry is in the log already (STA-9). A client that lost the answer has its index here.
    #[error("this is entry {index} already")]
    AlreadyLogged {
        /// Where it stands.
        index: u64,
    },
    /// R stands in another ballot (STA-10, V-09).
    #[error("the ciphertext's R stands in entry {index} already")]
    ReusedNonce {
        /// Where.
        index: u64,
    },
    /// Not the pseudonym's next number (STA-6, V-09).
    #[error("sequence number {actual}, where {expected} follows")]
    Sequence {
        /// The next number.
        expected: u32,
        /// The number sent.
        actual: u32,
    },
    /// The manifest does not let a voter cast again (STA-25, C1).
    #[error("this election does not let a voter cast again")]
    RevoteNotAllowed,
    /// The manifest does not let a voter withdraw (STA-25, C1).
    #[error("this election does not let a voter withdraw")]
    WithdrawalNotAllowed,
    /// As many entries of the pseudonym as the manifest allows (STA-7).
    #[error("the limit of {limit} entries of one voter is reached")]
    RevoteLimit {
        /// The manifest's limit.
        limit: u32,
    },
    /// The pseudonym's last entry is no ballot, so there is nothing to withdraw (STA-8).
    #[error("there is no ballot to withdraw")]
    NothingToWithdraw,
    /// The pseudonym stands in another class (STA-11).
    #[error("the pseudonym belongs to another class")]
    OtherClass,
    /// A token was returned whose pseudonym stands on the board (STA-12).
    #[error("the token was used: entry {index} is of its pseudonym")]
    TokenUsed {
        /// The pseudonym's last entry.
        index: u64,
    },
    /// A trustee does again what is done once (STA-13).
    #[error("{signer} has posted its {kind} before")]
    Repeated {
        /// Who.
        signer: Id,
        /// What.
        kind: Kind,
    },
    /// The possession of a share is not proved (ENT-6, V-05).
    #[error("{trustee} does not prove possession of its share")]
    Possession {
        /// Which trustee.
        trustee: Id,
    },
    /// Trustees name different round-1 packages, or none, or a solo trustee names some (STA-24, V-05).
    #[error("{trustee} names other round-1 packages than the manifest or the trustees before it")]
    OtherCeremony {
        /// Which trustee.
        trustee: Id,
    },
    /// The canary was not decrypted with the trustee's share (ENT-7, V-05).
    #[error("the rehearsal of {trustee} does not verify")]
    Rehearsal {
        /// Which trustee.
        trustee: Id,
    },
    /// A rehearsal before all trustees have posted their ceremony (STA-14).
    #[error("the ceremony of {trustee} is missing")]
    CeremonyMissing {
        /// The first that is missing.
        trustee: Id,
    },
    /// Counts that do not name exactly the manifest's classes (STA-15).
    #[error("the counts do not name exactly the classes of the manifest")]
    Classes,
    /// A blob of another kind than belongs here (ENT-4).
    #[error("a blob of kind {actual}, where {expected} belongs")]
    BlobKind {
        /// The kind that belongs here.
        expected: BlobKind,
        /// The kind named.
        actual: BlobKind,
    },
    /// A blob of another length than what it holds has, or above its kind's limit (ENT-9).
    #[error("a blob of kind {kind} of {actual} bytes, where {expected} are {}", if *.exact { "needed" } else { "allowed" })]
    BlobLength {
        /// The blob's kind.
        kind: BlobKind,
        /// The length, or the limit.
        expected: u64,
        /// Whether it must be just this length.
        exact: bool,
        /// The length named.
        actual: u64,
    },
    /// More or fewer blobs than the counts need (ENT-10).
    #[error("{actual} blobs of kind {kind}, where the counts need {expected}")]
    BlobCount {
        /// Their kind.
        kind: BlobKind,
        /// How many are needed.
        expected: u64,
        /// How many are named.
        actual: u64,
    },
    /// An `erased` that names no blob, or not in strictly ascending order (STA-23).
    #[error("an erasure names at least one blob, in strictly ascending order of hashes")]
    ErasedList,
    /// An `erased` that names the manifest, without which nothing in the log can be verified (STA-23).
    #[error("the manifest cannot be erased: nothing in the log could be verified without it")]
    ManifestErased,
    /// The first version of the register is `initial`, later ones are not (STA-16).
    #[error("the first version of the register has the cause initial, and no other has")]
    RegisterCause,
    /// Voting cannot open without a register (STA-17).
    #[error("there is no register yet")]
    RegisterMissing,
    /// A class gets its first voters, fewer than the manifest accepts, and was not confirmed by name (STA-26, MAN-29).
    #[error("too few voters for their secrecy: {0}")]
    SmallClass(Problem),
    /// An `agreed` that does not say what this log says (STA-18).
    #[error("agreed on something else than this log holds")]
    OtherAgreement,
    /// An issuer's list is missing (STA-19).
    #[error("the issuance list of {issuer} is missing")]
    IssuanceMissing {
        /// The first that is missing.
        issuer: Id,
    },
    /// Too few trustees agreed on what this opening opens (STA-20).
    #[error("{actual} trustees have agreed on this, where {expected} are needed")]
    TooFewAgreed {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// A chunk at the wrong position or of the wrong size (STA-21).
    #[error(
        "chunk {position} of {length} bytes, where chunk {expected_position} of {expected_length} follows"
    )]
    Chunk {
        /// The position sent.
        position: u32,
        /// The length sent, in bytes.
        length: u64,
        /// The next position.
        expected_position: u64,
        /// Its length, in bytes; 0 if nothing follows.
        expected_length: u64,
    },
    /// The result names a trustee that has not opened everything, or fewer than t (STA-22).
    #[error("the result does not rest on the complete openings of at least {threshold} trustees")]
    OpeningsMissing {
        /// t.
        threshold: u16,
    },
}

#[cfg(test)]
mod tests {
    /// The variants of the enums of a source file.
    fn variants(source: &str) -> impl Iterator<Item = &str> {
        let lines = source.lines().filter_map(|line| line.strip_prefix("    "));
        let names = lines.filter_map(|line| line.split([' ', '(', ',']).next());
        names.filter(|name| {
            name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.chars().all(|character| character.is_ascii_alphanumeric())
        })
    }

    /// Whoever adds a reason adds its rule to `spec/entries.md`.
    #[test]
    fn names_every_reason_on_the_page() {
        let page = include_str!("../../../spec/entries.md");
        let all: Vec<_> = variants(include_str!("rejected.rs")).collect();
        assert!(all.contains(&"Phase") && all.contains(&"UnknownClass") && all.contains(&"OpeningsMissing"));
        for variant in all {
            assert!(page.contains(&format!("`{variant}`")), "{variant} is not on the page");
        }
        for (rule, last) in [("STA", 26), ("ENT", 10), ("ISS", 8)] {
            for number in 1..=last {
                let bold = format!("**{rule}-{number}**");
                assert!(page.contains(&bold), "{bold} is not on the page");
            }
        }
    }
}
