//! Urna's Ristretto protocols.


mod batch;
mod ceremony;
mod context;
mod encoding;
mod group;
mod keys;
mod schnorr;
mod seed;
mod statement;
mod token;
mod transcript;

pub use batch::{Batch, Equation, Equations, Verifiable};
pub use ceremony::{CeremonyError, TrusteeSecretKey, TrusteeShare};
pub use context::{ElectionId, Handle, PlanId};
pub use group::{DecodeError, GENERATOR_H_LABEL, Point, Scalar, SecretScalar, bare_decompress_and_sum};
pub use keys::*;
pub use schnorr::{Signature, Signed, SigningKey, Statement};
pub use seed::{CredentialSecretKey, Identifier, PseudonymKey, Seed};
pub use statement::*;
pub use token::{Answer, Answered, Blinding, Challenge, Commitment, IssuerSecretKey, Session, Token, TokenContext, Tokened};

/// A signature, token or proof does not verify. It says no more: a failed proof tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("verification failed")]
pub struct VerificationFailure;
