//! What signed entries say (ENT-5 to ENT-8). Fields stand in alphabetical order, which is their canonical order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use urna_crypto::{DleqProof, Rehearsal, Signature};

use super::Kind;
use crate::blob::BlobRef;
use crate::id::Id;
use crate::json::{self, Base64, Integer};

/// Who signs an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The organiser's service, with its Ed25519 key.
    Authority,
    /// An issuer, with its signing key.
    Issuer,
    /// A trustee, with its enrolment key.
    Trustee,
}

/// The body of a signed entry: each has one kind, and each kind one role that signs it.
pub trait Body {
    /// The kind.
    const KIND: Kind;
    /// Who signs.
    const ROLE: Role;
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $role:ident $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* } = $kind:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Body for $name {
            const KIND: Kind = Kind::$kind;
            const ROLE: Role = Role::$role;
        }
    )*};
}

bodies! {
    /// The manifest is published: always entry 0.
    Authority ManifestPublished {
        /// The manifest; its hash is the election id.
        manifest: BlobRef,
    } = Manifest

    /// A trustee has checked the manifest, and holds its share of the election key (V-05).
    Trustee Ceremony {
        /// Signature with x_i over election id and index.
        possession: Base64<Signature>,
        /// The round-1 packages of all trustees, from which anyone recomputes Y and all Y_i; none of a solo trustee.
        round_1: Option<BlobRef>,
    } = Ceremony

    /// A trustee has decrypted its canary, from the device and backup to be used at the end (V-05).
    Trustee RehearsalDone {
        /// The decrypted canary and its proof, 128 bytes.
        rehearsal: Base64<Rehearsal>,
    } = Rehearsal

    /// A version of the electoral register (V-06).
    Authority Register {
        /// Why there is a version.
        cause: Cause,
        /// How many people are entitled, for each class of the manifest.
        entitled: BTreeMap<Id, Integer>,
        /// The rows, sorted by handle.
        rows: Vec<BlobRef>,
    } = Register

    /// Voting is open.
    Authority VotingOpened {
        /// Reason and names, for people.
        details: Option<BlobRef>,
    } = VotingOpened

    /// Voting is closed.
    Authority VotingClosed {
        /// Reason and names, for people.
        details: Option<BlobRef>,
    } = VotingClosed

    /// What an issuer signed: one row for each token (V-10).
    Issuer Issuance {
        /// How many tokens, for each class of the manifest.
        issued: BTreeMap<Id, Integer>,
        /// The rows, sorted by handle.
        rows: Vec<BlobRef>,
    } = Issuance

    /// What a trustee will open: the same of enough trustees, or no share is published (V-12).
    Trustee Agreed {
        /// Hash of the list of counted ballots.
        counted: Base64<[u8; 32]>,
        /// SHA-256 of the body of each issuer's `issuance` entry, in the manifest's order of issuers.
        issuance: Vec<Base64<[u8; 32]>>,
        /// Root of the log at `voting_closed`.
        root: Base64<[u8; 32]>,
        /// Size of the log at `voting_closed`, which is its last entry.
        size: Integer,
    } = Agreed

    /// A chunk of a trustee's partial decryptions (V-12).
    Trustee Opening {
        /// SHA-256 of the body of the `agreed` entries that are opened.
        agreed: Base64<[u8; 32]>,
        /// The partial decryptions, 32 bytes each.
        chunk: BlobRef,
        /// The chunk's position, from 0.
        position: u32,
        /// The batched proof.
        proof: Base64<DleqProof>,
    } = Opening

    /// The result (V-13, V-14).
    Authority ResultPublished {
        /// The combined openings S_j of the counted ballots, 32 bytes each, in log order.
        combined: Vec<BlobRef>,
        /// The result.
        result: BlobRef,
        /// The trustees whose partial decryptions were combined, ascending indices.
        trustees: Vec<u16>,
    } = Result

    /// The result is certified.
    Authority Certified {
        /// Reason and names, for people.
        details: Option<BlobRef>,
    } = Certified

    /// The election is cancelled.
    Authority Cancelled {
        /// Reason and names, for people.
        details: Option<BlobRef>,
    } = Cancelled

    /// Blobs were erased; their entries stay (V-16).
    Authority Erased {
        /// SHA-256 of each erased blob, at least one, ascending.
        blobs: Vec<Base64<[u8; 32]>>,
        /// Reason and names, for people.
        details: Option<BlobRef>,
    } = Erased
}

/// Why there is a version of the register (S1-116, S1-119, S1-120).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The first version, before issuance.
    Initial,
    /// Recomputed by the clock.
    Nightly,
    /// Changed by a person.
    Manual,
}

/// SHA-256 of a body's canonical JSON: how entries name the bodies of others.
pub(crate) fn digest(body: &impl Serialize) -> [u8; 32] {
    Sha256::digest(json::to_bytes(body)).into()
}

impl Issuance {
    /// The hash by which `agreed` names this list.
    pub fn digest(&self) -> [u8; 32] {
        digest(self)
    }
}

impl Agreed {
    /// The hash by which openings name what was agreed.
    pub fn digest(&self) -> [u8; 32] {
        digest(self)
    }
}
