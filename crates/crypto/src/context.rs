//! What statements are bound to: the plan id before the manifest exists, the election id afterwards.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Takes the 32 bytes of the hash.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes of the hash.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

id! {
    /// SHA-256 of the canonical plan. Absorbed by every statement made before the manifest exists: proofs of
    /// possession of issuer keys and the packages of the key ceremony. Printed as 64 hexadecimal digits.
    PlanId
}

id! {
    /// SHA-256 of the canonical manifest: the election's anchor. Absorbed by every statement made after publication,
    /// so that all keys and rules are inside every hash. Printed as 64 hexadecimal digits.
    ElectionId
}

id! {
    /// SHA-256 of label, election id, salt and person id: one per person, the only name that the issuer knows.
    Handle
}
