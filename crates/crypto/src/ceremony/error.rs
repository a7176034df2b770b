//! What goes wrong in a key ceremony, and whose doing it is.

use crate::group::DecodeError;

/// A rule of the key ceremony is broken. Trustees are named by their index, from 1. Whatever it is, the ceremony starts
/// again with fresh randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    /// Fewer than two trustees could open everything alone; that is the solo path, asked for by name.
    #[error("the threshold is {threshold}, and a shared key needs at least 2")]
    ThresholdBelowTwo {
        /// How many trustees shall open together.
        threshold: u16,
    },
    /// More trustees would be needed than there are.
    #[error("the threshold is {threshold}, and there are {count} trustees")]
    ThresholdAboveCount {
        /// How many trustees shall open together.
        threshold: u16,
        /// How many trustees there are.
        count: u16,
    },
    /// More than 255 trustees, which no manifest can have (MAN-7).
    #[error("more than 255 trustees")]
    TooManyTrustees,
    /// Two trustees enrolled with one key.
    #[error("trustees {first} and {second} have the same enrolment key")]
    RepeatedEnrolmentKey {
        /// The lower index.
        first: u16,
        /// The higher index.
        second: u16,
    },
    /// An index that belongs to no trustee.
    #[error("there is no trustee {index}")]
    NotATrustee {
        /// The index given.
        index: u16,
    },
    /// The secret key at hand does not belong to the enrolment key of this index.
    #[error("this is not the enrolment key of trustee {index}")]
    NotOwnKey {
        /// The index given.
        index: u16,
    },
    /// A package was made for another threshold (TRU-2).
    #[error("the package of trustee {trustee} is for a threshold of {found}, not {expected}")]
    PackageThreshold {
        /// Whose package.
        trustee: u16,
        /// The threshold of the plan.
        expected: u16,
        /// The threshold of the package.
        found: u16,
    },
    /// A package was made for another number of trustees (TRU-2).
    #[error("the package of trustee {trustee} is for {found} trustees, not {expected}")]
    PackageCount {
        /// Whose package.
        trustee: u16,
        /// How many trustees there are.
        expected: u16,
        /// The number in the package.
        found: u16,
    },
    /// A trustee's package is not there (TRU-2).
    #[error("the package of trustee {trustee} is missing")]
    MissingPackage {
        /// Whose package.
        trustee: u16,
    },
    /// Two packages of one trustee (TRU-2).
    #[error("trustee {trustee} has more than one package")]
    RepeatedPackage {
        /// Whose packages.
        trustee: u16,
    },
    /// A package of a list does not decode (TRU-2).
    #[error("the package at place {trustee}: {error}")]
    UndecodablePackage {
        /// The place in the list, from 1.
        trustee: u16,
        /// Why it does not.
        error: DecodeError,
    },
    /// A package of a list is not where its index belongs (TRU-2).
    #[error("the package at place {place} is that of trustee {trustee}")]
    PackageOrder {
        /// The place in the list, from 1.
        place: u16,
        /// Whose package is there.
        trustee: u16,
    },
    /// A package is not signed by its trustee's enrolment key over this plan (TRU-2).
    #[error("the package of trustee {trustee} is not signed by it")]
    PackageSignature {
        /// Whose package.
        trustee: u16,
    },
    /// A trustee does not know the constant term of its polynomial (TRU-3).
    #[error("trustee {trustee} does not prove that it knows its part of the key")]
    ProofOfKnowledge {
        /// Whose package.
        trustee: u16,
    },
    /// The list holds a package that this trustee signed at some time, but not in this ceremony.
    #[error("the package of trustee {trustee} in the list is not the one it made in this ceremony")]
    OwnPackageReplaced {
        /// The trustee that found out.
        trustee: u16,
    },
    /// The parts of the key cancel out (TRU-4).
    #[error("the election key is the identity")]
    IdentityElectionKey,
    /// The parts of a share cancel out: somebody chose commitments after seeing the others', not this trustee (TRU-4).
    #[error(
        "the parts of trustee {trustee}'s share cancel out, which is not its own doing: another package was made after \
         all others were seen, and whose share does not match in round 2 made it"
    )]
    IdentityShareKey {
        /// Whose share.
        trustee: u16,
    },
    /// Two trustees would have the same share: somebody chose commitments after seeing the others' (TRU-4).
    #[error(
        "trustees {first} and {second} would have the same share, which is not their own doing alone: a package was \
         made after all others were seen, and whose share does not match in round 2 made it"
    )]
    EqualShareKeys {
        /// The lower index.
        first: u16,
        /// The higher index.
        second: u16,
    },
    /// No share came from this trustee.
    #[error("the sealed share of trustee {sender} is missing")]
    MissingShare {
        /// Who did not send.
        sender: u16,
    },
    /// Two shares came from one trustee.
    #[error("trustee {sender} sent more than one sealed share")]
    RepeatedShare {
        /// Who sent them.
        sender: u16,
    },
    /// A sealed share is for somebody else, or from the recipient itself (TRU-5).
    #[error("the sealed share of trustee {sender} is for trustee {recipient}")]
    WrongRecipient {
        /// Who sent it.
        sender: u16,
        /// Whom it is for.
        recipient: u16,
    },
    /// A sealed share is not signed by its sender over this ceremony: it is altered, or made from other packages (TRU-5).
    #[error("the sealed share of trustee {sender} is not signed by it for this ceremony")]
    ShareSignature {
        /// Who sent it.
        sender: u16,
    },
    /// A share is not the value of the polynomial that its sender committed to (TRU-5).
    #[error("the share of trustee {sender} does not match its commitments")]
    ShareMismatch {
        /// Who sent it.
        sender: u16,
    },
    /// A saved secret belongs to another ceremony: other plan, threshold or enrolment keys.
    #[error("the saved state belongs to another ceremony")]
    OtherCeremony,
    /// A saved secret does not fit together.
    #[error("the saved state is damaged")]
    DamagedState,
    /// A value does not decode.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The key generation of the frost library failed where nobody is to blame.
    #[error("key generation failed")]
    KeyGeneration,
}

impl CeremonyError {
    /// The index of the trustee whose doing it is, or who did not do it; none where nobody can be named. Of a package that
    /// a trustee did not sign, it is whoever brought it in that trustee's name.
    pub const fn culprit(&self) -> Option<u16> {
        match self {
            Self::PackageThreshold { trustee, .. }
            | Self::PackageCount { trustee, .. }
            | Self::MissingPackage { trustee }
            | Self::RepeatedPackage { trustee }
            | Self::UndecodablePackage { trustee, .. }
            | Self::PackageOrder { place: trustee, .. }
            | Self::PackageSignature { trustee }
            | Self::ProofOfKnowledge { trustee } => Some(*trustee),
            Self::MissingShare { sender }
            | Self::RepeatedShare { sender }
            | Self::WrongRecipient { sender, .. }
            | Self::ShareSignature { sender }
            | Self::ShareMismatch { sender } => Some(*sender),
            Self::ThresholdBelowTwo { .. }
            | Self::ThresholdAboveCount { .. }
            | Self::TooManyTrustees
            | Self::RepeatedEnrolmentKey { .. }
            | Self::NotATrustee { .. }
            | Self::NotOwnKey { .. }
            | Self::OwnPackageReplaced { .. }
            | Self::IdentityElectionKey
            | Self::IdentityShareKey { .. }
            | Self::EqualShareKeys { .. }
            | Self::OtherCeremony
            | Self::DamagedState
            | Self::Decode(_)
            | Self::KeyGeneration => None,
        }
    }
}
