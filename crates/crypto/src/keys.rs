//! Public keys by role. All are points; each has its own type, so that none stands in for another.

use crate::group::{DecodeError, Point};

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) Point);

        impl $name {
            /// The length in bytes.
            pub const LENGTH: usize = 32;

            /// Decodes 32 bytes.
            ///
            /// # Errors
            /// Those of [`Point::from_bytes`].
            pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
                Point::from_bytes(bytes).map(Self)
            }

            /// The canonical encoding, 32 bytes.
            pub fn to_bytes(&self) -> [u8; 32] {
                self.0.to_bytes()
            }
        }

        impl VerifyingKey for $name {
            fn point(&self) -> &Point {
                &self.0
            }
        }
    };
}

/// A key under which Schnorr signatures ([`crate::Signature`], SIG-1) are verified.
pub trait VerifyingKey {
    /// The key as a point.
    fn point(&self) -> &Point;
}

key! {
    /// An issuer's blind-signing key X = xG for one voter class of one election.
    IssuerKey
}

key! {
    /// An issuer's key for its own log entries, one per election.
    IssuerSigningKey
}

key! {
    /// The voter's credential: all that the register holds of the invitation's secret.
    CredentialKey
}

key! {
    /// The voter's per-election pseudonym pk = sk G.
    Pseudonym
}

key! {
    /// A trustee's enrolment key: signs its packages and entries, and receives sealed shares.
    TrusteeKey
}

key! {
    /// A trustee's public share Y_i = x_i G of the election key.
    ShareKey
}

key! {
    /// The election key Y to which ballots are encrypted.
    ElectionKey
}
