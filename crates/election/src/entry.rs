//! The entries of the log and their canonical JSON (`spec/entries.md`, ENT-1 to ENT-10).
//!
//! An [`Entry`] has been read: its JSON is canonical and its points are points. It is not verified; that is
//! [`crate::EntryVerifier::verify`], and whether it may stand where it stands is [`crate::ElectionState::apply`].

mod body;
#[cfg(test)]
mod rejections;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use urna_crypto::{
    AuthorityEntry, BallotProof, Ciphertext, Ed25519SigningKey, ElectionId, Point, Pseudonym, Signature,
    SignedEntry, Token,
};

use crate::id::Id;
use crate::json::{self, Base64, Integer, JsonError};
use crate::manifest::ENTRY_LIMIT;

pub use body::{
    Agreed, Body, Cancelled, Cause, Ceremony, Certified, Erased, Issuance, ManifestPublished, Opening,
    Register, RehearsalDone, ResultPublished, Role, VotingClosed, VotingOpened,
};

/// The kind of an entry, as in its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The manifest is published. Always entry 0.
    Manifest,
    /// A trustee agrees to the manifest and proves its share.
    Ceremony,
    /// A trustee has decrypted its canary.
    Rehearsal,
    /// A version of the electoral register.
    Register,
    /// Voting is open.
    VotingOpened,
    /// A ballot.
    Ballot,
    /// A voter withdraws what was cast last.
    Withdrawal,
    /// Voting is closed.
    VotingClosed,
    /// An issuer's list of everything it signed.
    Issuance,
    /// The holder of an unspent token shows it.
    Returned,
    /// A trustee says what it will open.
    Agreed,
    /// A chunk of a trustee's partial decryptions.
    Opening,
    /// The result.
    Result,
    /// The result is certified.
    Certified,
    /// The election is cancelled.
    Cancelled,
    /// Blobs were erased.
    Erased,
}

impl Kind {
    /// Every kind, in the order of an election.
    pub const ALL: [Self; 16] = [
        Self::Manifest,
        Self::Ceremony,
        Self::Rehearsal,
        Self::Register,
        Self::VotingOpened,
        Self::Ballot,
        Self::Withdrawal,
        Self::VotingClosed,
        Self::Issuance,
        Self::Returned,
        Self::Agreed,
        Self::Opening,
        Self::Result,
        Self::Certified,
        Self::Cancelled,
        Self::Erased,
    ];

    /// The kind's name in JSON and in what is signed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Ceremony => "ceremony",
            Self::Rehearsal => "rehearsal",
            Self::Register => "register",
            Self::VotingOpened => "voting_opened",
            Self::Ballot => "ballot",
            Self::Withdrawal => "withdrawal",
            Self::VotingClosed => "voting_closed",
            Self::Issuance => "issuance",
            Self::Returned => "returned",
            Self::Agreed => "agreed",
            Self::Opening => "opening",
            Self::Result => "result",
            Self::Certified => "certified",
            Self::Cancelled => "cancelled",
            Self::Erased => "erased",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can have one kind only, so that JSON of another kind is refused wherever it is read (ENT-1).
trait OneKind {
    const KIND: Kind;
}

impl<B: Body> OneKind for B {
    const KIND: Kind = B::KIND;
}

fn own_kind<'de, T: OneKind, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let kind = Kind::deserialize(deserializer)?;
    if kind == T::KIND {
        Ok(kind)
    } else {
        Err(D::Error::custom(format_args!("expected the kind {}", T::KIND)))
    }
}

/// An entry that its role signs, with a running number of its own (ENT-2, ENT-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "B: Body + Deserialize<'de>"))]
pub struct Signed<B> {
    /// What the entry says.
    pub body: B,
    #[serde(deserialize_with = "own_kind::<B, _>")]
    kind: Kind,
    /// The signer's running number, from 0, without gaps.
    pub number: Integer,
    /// Ed25519 for the authority, Schnorr for issuers and trustees; 64 bytes.
    pub signature: Base64<[u8; 64]>,
    /// The issuer's or trustee's id; `authority` for the authority.
    pub signer: Id,
}

impl<B: Body + Serialize> Signed<B> {
    /// Signs an entry as the authority (ENT-2).
    pub fn by_authority(election: &ElectionId, key: &Ed25519SigningKey, number: Integer, body: B) -> Self {
        let bytes = json::to_bytes(&body);
        let message =
            AuthorityEntry { election, kind: B::KIND.as_str(), number: number.value(), body: &bytes };
        let signature = Base64(key.sign(&message));
        Self { body, kind: B::KIND, number, signature, signer: authority() }
    }

    /// Signs an entry as the issuer or trustee `signer`; `sign` makes its Schnorr signature (ENT-3).
    pub fn by_party(
        election: &ElectionId,
        signer: &Id,
        number: Integer,
        body: B,
        sign: impl FnOnce(&SignedEntry<'_>) -> Signature,
    ) -> Self {
        let bytes = json::to_bytes(&body);
        let statement = SignedEntry {
            election,
            kind: B::KIND.as_str(),
            signer: signer.as_str(),
            number: number.value(),
            body: &bytes,
        };
        let signature = Base64(sign(&statement).to_bytes());
        Self { body, kind: B::KIND, number, signature, signer: signer.clone() }
    }
}

/// The authority's name as a signer.
pub(crate) fn authority() -> Id {
    #[expect(clippy::expect_used, reason = "a constant that is an id")]
    "authority".parse().expect("an id")
}

/// A ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    ciphertext: Base64<Vec<u8>>,
    /// The voter's class.
    pub class: Id,
    ephemeral: Base64<Point>,
    #[serde(deserialize_with = "own_kind::<Ballot, _>")]
    kind: Kind,
    /// The joint proof.
    pub proof: Base64<BallotProof>,
    /// The voter's pseudonym pk.
    pub pseudonym: Base64<Pseudonym>,
    /// The number of this entry among the pseudonym's, from 0.
    pub sequence: u32,
    tokens: Vec<Base64<Token>>,
}

impl OneKind for Ballot {
    const KIND: Kind = Kind::Ballot;
}

impl Ballot {
    /// Puts a ballot together.
    pub fn new(
        class: Id,
        pseudonym: Pseudonym,
        sequence: u32,
        tokens: Vec<Token>,
        ciphertext: Ciphertext,
        proof: BallotProof,
    ) -> Self {
        Self {
            ciphertext: Base64(ciphertext.text),
            class,
            ephemeral: Base64(ciphertext.r),
            kind: Kind::Ballot,
            proof: Base64(proof),
            pseudonym: Base64(pseudonym),
            sequence,
            tokens: tokens.into_iter().map(Base64).collect(),
        }
    }

    /// R of the ciphertext.
    pub fn ephemeral(&self) -> &Point {
        &self.ephemeral.0
    }

    /// ct, of the length that the manifest gives.
    pub fn text(&self) -> &[u8] {
        &self.ciphertext.0
    }

    /// (R, ct).
    pub fn ciphertext(&self) -> Ciphertext {
        Ciphertext { r: self.ephemeral.0, text: self.ciphertext.0.clone() }
    }

    /// The tokens, one of each issuer in the manifest's order.
    pub fn tokens(&self) -> Vec<Token> {
        self.tokens.iter().map(|token| token.0).collect()
    }
}

/// A withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The voter's class.
    pub class: Id,
    #[serde(deserialize_with = "own_kind::<Withdrawal, _>")]
    kind: Kind,
    /// The voter's pseudonym pk.
    pub pseudonym: Base64<Pseudonym>,
    /// The number of this entry among the pseudonym's, from 1.
    pub sequence: u32,
    /// The pseudonym's signature.
    pub signature: Base64<Signature>,
}

impl OneKind for Withdrawal {
    const KIND: Kind = Kind::Withdrawal;
}

impl Withdrawal {
    /// Puts a withdrawal together.
    pub fn new(class: Id, pseudonym: Pseudonym, sequence: u32, signature: Signature) -> Self {
        let (pseudonym, signature) = (Base64(pseudonym), Base64(signature));
        Self { class, kind: Kind::Withdrawal, pseudonym, sequence, signature }
    }
}

/// An unspent token, shown by its holder after the close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// The voter's class.
    pub class: Id,
    #[serde(deserialize_with = "own_kind::<Returned, _>")]
    kind: Kind,
    /// The pseudonym that was never used.
    pub pseudonym: Base64<Pseudonym>,
    /// The pseudonym's signature.
    pub signature: Base64<Signature>,
    tokens: Vec<Base64<Token>>,
}

impl OneKind for Returned {
    const KIND: Kind = Kind::Returned;
}

impl Returned {
    /// Puts a return together.
    pub fn new(class: Id, pseudonym: Pseudonym, tokens: Vec<Token>, signature: Signature) -> Self {
        let tokens = tokens.into_iter().map(Base64).collect();
        let (pseudonym, signature) = (Base64(pseudonym), Base64(signature));
        Self { class, kind: Kind::Returned, pseudonym, signature, tokens }
    }

    /// The tokens, one of each issuer in the manifest's order.
    pub fn tokens(&self) -> Vec<Token> {
        self.tokens.iter().map(|token| token.0).collect()
    }
}

/// Declares [`Entry`], and what differs by kind only in the type that is read or written.
macro_rules! entries {
    ($($kind:ident($type:ty),)*) => {
        /// An entry of the log.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is the kind of the same name")]
        pub enum Entry {
            $($kind($type),)*
        }

        $(
            impl From<$type> for Entry {
                fn from(entry: $type) -> Self {
                    Self::$kind(entry)
                }
            }
        )*

        impl Entry {
            /// Reads an entry (ENT-1): canonical JSON of at most 65,535 bytes, of a known kind, with exactly its fields.
            ///
            /// # Errors
            /// [`JsonError`].
            pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
                if bytes.len() > ENTRY_LIMIT {
                    return Err(JsonError::TooLong { length: bytes.len(), limit: ENTRY_LIMIT });
                }
                let KindOnly { kind } = serde_json::from_slice(bytes)?;
                match kind {
                    $(Kind::$kind => json::parse(bytes, ENTRY_LIMIT).map(Self::$kind),)*
                }
            }

            /// The canonical bytes: the leaf of the log.
            pub fn to_bytes(&self) -> Vec<u8> {
                match self {
                    $(Self::$kind(entry) => json::to_bytes(entry),)*
                }
            }

            /// The kind.
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }
        }
    };
}

entries! {
    Manifest(Signed<ManifestPublished>),
    Ceremony(Signed<Ceremony>),
    Rehearsal(Signed<RehearsalDone>),
    Register(Signed<Register>),
    VotingOpened(Signed<VotingOpened>),
    Ballot(Ballot),
    Withdrawal(Withdrawal),
    VotingClosed(Signed<VotingClosed>),
    Issuance(Signed<Issuance>),
    Returned(Returned),
    Agreed(Signed<Agreed>),
    Opening(Signed<Opening>),
    Result(Signed<ResultPublished>),
    Certified(Signed<Certified>),
    Cancelled(Signed<Cancelled>),
    Erased(Signed<Erased>),
}

impl Entry {
    /// Who signs an entry of authority, issuer or trustee, in which role, and under which running number; none of a voter's
    /// entry.
    pub fn signed_by(&self) -> Option<(Role, &Id, Integer)> {
        fn of<B: Body>(signed: &Signed<B>) -> Option<(Role, &Id, Integer)> {
            Some((B::ROLE, &signed.signer, signed.number))
        }
        match self {
            Self::Manifest(signed) => of(signed),
            Self::Ceremony(signed) => of(signed),
            Self::Rehearsal(signed) => of(signed),
            Self::Register(signed) => of(signed),
            Self::VotingOpened(signed) => of(signed),
            Self::VotingClosed(signed) => of(signed),
            Self::Issuance(signed) => of(signed),
            Self::Agreed(signed) => of(signed),
            Self::Opening(signed) => of(signed),
            Self::Result(signed) => of(signed),
            Self::Certified(signed) => of(signed),
            Self::Cancelled(signed) => of(signed),
            Self::Erased(signed) => of(signed),
            Self::Ballot(_) | Self::Withdrawal(_) | Self::Returned(_) => None,
        }
    }
}

/// All that is needed to know what else to read.
#[derive(Deserialize)]
struct KindOnly {
    kind: Kind,
}
