//! The key ceremony (`spec/trustees.md`).

mod error;
mod share;

pub use error::CeremonyError;
pub use share::{TrusteeSecretKey, TrusteeShare};
