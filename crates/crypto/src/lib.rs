//! Urna's cryptographic protocols over ristretto255, without IO, clock or randomness of their own.
//!
//! An election's life, as this crate sees it:
//!
//! ```text
//! issuer    IssuerSecretKey ─ public() ─> IssuerKey X, with a proof of possession over the plan id
//! trustees  ceremony: round 1, round 2 ─> TrusteeShare x_i each, ShareKey Y_i, ElectionKey Y; Rehearsal of all
//! voter     Seed ─> PseudonymKey sk ─> Pseudonym pk ─> Identifier, which people compare
//!
//! token     issuer  Session::open ─ Commitment (A, B) ─> Blinding::new  voter
//!           issuer  Session::answer <─ Challenge c ─────             voter
//!           issuer                  ─ Answer (b, y, z) ──> Blinding::finalize ─> Token
//!
//! ballot    BallotContext::encrypt ─> Encrypted ─ prove ─> (Ciphertext, BallotProof)
//! board     Batch of Tokened, Proved, Signed, Answered: one multiscalar multiplication, the bad items named
//! opening   partial_decrypt ─> D_ij with DleqProof ─> Combination ─> S_j ─> BallotContext::decrypt
//! ```
//!
//! | module | what | page |
//! |---|---|---|
//! | `group` | points, scalars, the second generator; the only file that names the curve | `spec/encoding.md` |
//! | `transcript` | Fiat-Shamir transcripts and the label of every step | `spec/encoding.md` |
//! | `batch` | equations, their verification singly and together | `spec/ballot.md` |
//! | `schnorr`, `statement`, `ed25519` | signatures and everything that is signed | `spec/encoding.md`, SIG-1 to SIG-3 |
//! | `token`, `seed` | blind tokens; the voter's secrets | `spec/token.md` |
//! | `ballot` | encryption and its proof | `spec/ballot.md` |
//! | `ceremony`, `sealing`, `solo` | key generation without a dealer | `spec/trustees.md` |
//! | `rehearsal`, `opening` | canaries; partial decryption and combination | `spec/trustees.md` |
//!
//! **Secrets** ([`SecretScalar`], [`Seed`], [`IssuerSecretKey`], [`TrusteeShare`] …) are wiped when dropped and
//! neither `Clone` nor `Debug` nor serialisable; what may be used once is consumed by the use. Functions that touch
//! them are constant time and say so; verification takes variable time, on public values only.
//!
//! **Failures** say no more than that: [`VerificationFailure`] is a unit, and wire forms that do not decode are a
//! [`DecodeError`]. Only the key ceremony, where one of several parties is at fault, names the culprit.

mod ballot;
mod batch;
mod ceremony;
mod context;
mod ed25519;
mod encoding;
mod group;
mod keys;
mod opening;
mod rehearsal;
mod schnorr;
mod sealing;
mod seed;
mod solo;
mod statement;
mod token;
mod transcript;

pub use ballot::{BallotContext, BallotProof, BallotStatement, Ciphertext, Encrypted, Proved};
pub use batch::{Batch, Equation, Equations, Verifiable};
pub use ceremony::{
    Ceremony, CeremonyError, Round1, Round1Package, Round1Secret, Round2Secret, TrusteeSecretKey,
    TrusteeShare,
};
pub use context::{ElectionId, Handle, PlanId};
pub use ed25519::{
    AuthorityBlob, AuthorityEntry, AuthorityStatement, Ed25519Key, Ed25519SigningKey, IssuedRequest,
    LogRequest, WeakKey,
};
pub use group::{DecodeError, GENERATOR_H_LABEL, Point, Scalar, SecretScalar, bare_decompress_and_sum};
pub use keys::{
    CredentialKey, ElectionKey, IssuerKey, IssuerSigningKey, Pseudonym, ShareKey, TrusteeKey, VerifyingKey,
};
pub use opening::{
    CHUNK, ChunkContext, ChunkError, Combination, CombinationError, DleqProof, partial_decrypt,
};
pub use rehearsal::Rehearsal;
pub use schnorr::{Signature, Signed, SigningKey, Statement};
pub use sealing::SealedShare;
pub use seed::{CredentialSecretKey, Identifier, NotAnIdentifier, PseudonymKey, Seed};
pub use solo::solo_share;
pub use statement::{
    IssuerPossession, Returned, SessionChallenge, SessionRequest, ShareConfirmation, SharePossession,
    SignedBlob, SignedEntry, TrusteePossession, Withdrawal,
};
pub use token::{
    Answer, Answered, Blinding, Challenge, Commitment, IssuerSecretKey, Session, Token, TokenContext, Tokened,
};

/// A signature, token or proof does not verify. It says no more: a failed proof tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("verification failed")]
pub struct VerificationFailure;
