//! What can be wrong with a manifest, one variant for each broken rule of `spec/manifest.md`.

use std::fmt;

use crate::id::{NotALanguage, NotASlug, NotAnId};

/// One broken rule, with the field that breaks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, as in `contests[2].max`.
    pub field: String,
    /// The rule, with what was found.
    pub rule: Rule,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.rule, self.rule.number())
    }
}

/// The rules of a manifest. The text says what to do; names from the document are quoted and escaped, because nobody has
/// checked them yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant describes it and its values")]
pub enum Rule {
    #[error("specification version {found} is not known here; use version 1, or a newer program")]
    SpecVersion { found: u64 },
    #[error("{0}")]
    Slug(#[from] NotASlug),
    #[error("{0}")]
    Id(#[from] NotAnId),
    #[error("{0}")]
    Language(#[from] NotALanguage),
    #[error("{found} in the list, where {least} to {most} are allowed")]
    ListLength { found: usize, least: usize, most: usize },
    #[error("{id:?} stands in this list already, as number {first}; give each its own")]
    Repeated { id: String, first: usize },
    #[error("{id:?} is not defined; define it or correct the name")]
    NotDefined { id: String },
    #[error("{id:?} is used nowhere; use it or remove it")]
    NotUsed { id: String },
    #[error("stands in another order than in the manifest's list; put {id:?} where it belongs")]
    OutOfOrder { id: String },
    #[error("the text in {language:?} is missing; write it, or take the language off the list")]
    TextMissing { language: String },
    #[error("{language:?} is not in the list of languages; add it there, or remove the text")]
    TextSuperfluous { language: String },
    #[error("must not be empty")]
    Empty,
    #[error("is {length} bytes long, where at most {most} are allowed; shorten it")]
    TextLength { length: usize, most: usize },
    #[error("begins or ends with a space; remove it")]
    SpaceAtEnd,
    #[error("contains the control character U+{character:04X}; remove it")]
    ControlCharacter { character: u32 },
    #[error(
        "looks the same to voters as option number {first}; give one of them another title or description"
    )]
    SameOption { first: usize },
    #[error("is {found}, where {least} to {most} is allowed")]
    Range { found: u64, least: u64, most: u64 },
    #[error("at least {min} marks are asked for but at most {max} allowed; lower min or raise max")]
    MinAboveMax { min: u64, max: u64 },
    #[error("is {found}, but `never` means exactly 1; write 1, or choose another value for revote")]
    RevoteNever { found: u64 },
    #[error(
        "is earlier than {earlier}; the times must follow each other as issuance_opens, opens, closes, opening_not_before"
    )]
    TimesOutOfOrder { earlier: &'static str },
    #[error(
        "is {found}, where batches of 1 to {most} ballots are possible; write 1 if no ballot should wait for others"
    )]
    BatchMin { found: u64, most: u64 },
    #[error(
        "is {found} seconds, where ballots may wait for 1 to {most}; write 600 for the usual ten minutes, or 1 in a meeting"
    )]
    BatchWait { found: u64, most: u64 },
    #[error(
        "is not {opens}, when voting opens, though policy.issuance says that tokens are taken with the ballot; write {opens}, or `ahead`"
    )]
    IssuanceWithBallot { opens: u64 },
    #[error("must be a board name of letters, digits and .:_/- followed by a slash and {slug:?}")]
    Origin { slug: String },
    #[error(
        "must begin with https:// or http://, contain printable ASCII without ?, #, quotes and spaces, and not end with a slash"
    )]
    Url,
    #[error("must be the name of a time zone such as Europe/Prague or UTC")]
    TimeZone,
    #[error("is not a valid public key; copy it again from its owner")]
    KeyInvalid,
    #[error("is the same key as {first}; every key must be its own")]
    KeyRepeated { first: String },
    #[error(
        "has a key for class {found:?} where the one for {expected:?} belongs; list one key per class in the order of the classes"
    )]
    ClassKeyOrder { expected: String, found: String },
    #[error("has {found} keys for {expected} classes; list one key per class in the order of the classes")]
    ClassKeyCount { expected: usize, found: usize },
    #[error(
        "does not prove that issuer {issuer:?} has the key of class {class:?}; make it again for this plan"
    )]
    PossessionUnproven { issuer: String, class: String },
    #[error(
        "is {found}, but fewer than 2 trustees can open ballots only with `solo`: true and one trustee; raise it"
    )]
    ThresholdBelowTwo { found: u64 },
    #[error("is {found}, more than the {trustees} trustees there are; lower it")]
    ThresholdAboveTrustees { found: u64, trustees: usize },
    #[error("needs exactly one trustee and threshold 1; set it to false")]
    SoloWithSeveral,
    #[error("must be the election key itself, because the trustee is solo")]
    SoloShare,
    #[error("does not fit the election key and the shares before it; copy the ceremony's results again")]
    SharesDisagree,
    #[error(
        "needs ballots of {length} bytes, where {most} fit with this many issuers; the largest contests are {contests:?}: \
         give them fewer options, or split the election"
    )]
    BallotTooLarge { length: usize, most: usize, contests: Vec<String> },
    #[error(
        "makes most of a result that can have {length} bytes, where {most} are allowed: {options} options, each with its \
         votes in {districts} districts; give it fewer options or shorter titles, let classes share districts, or split \
         the election"
    )]
    ResultTooLarge { length: u64, most: u64, options: u64, districts: u64 },
    #[error(
        "makes most of {figures} figures to count, one for each option of each class, where {most} are allowed: \
         {options} options on the ballots of {classes} classes; give it fewer options, merge classes, or split the \
         election"
    )]
    CountTooLarge { figures: u64, most: u64, options: u64, classes: u64 },
    #[error(
        "has {entitled} entitled voters, fewer than {least}: the result could show how single persons voted; wait for \
         more before they enter the register, or, in a new manifest, merge it with another class or name it under \
         policy.smallest_class.confirmed"
    )]
    ClassTooSmall { entitled: u64, least: u64 },
}

impl Rule {
    /// The rule's number in `spec/manifest.md`.
    pub const fn number(&self) -> &'static str {
        match self {
            Self::SpecVersion { .. } => "MAN-3",
            Self::Slug(_) => "MAN-4",
            Self::Id(_) => "MAN-5",
            Self::Language(_) => "MAN-6",
            Self::ListLength { .. } => "MAN-7",
            Self::Repeated { .. } => "MAN-8",
            Self::NotDefined { .. } => "MAN-9",
            Self::NotUsed { .. } => "MAN-10",
            Self::OutOfOrder { .. } => "MAN-11",
            Self::TextMissing { .. } | Self::TextSuperfluous { .. } => "MAN-12",
            Self::Empty | Self::TextLength { .. } | Self::SpaceAtEnd | Self::ControlCharacter { .. } => {
                "MAN-13"
            }
            Self::SameOption { .. } => "MAN-14",
            Self::Range { .. } => "MAN-15",
            Self::MinAboveMax { .. } => "MAN-16",
            Self::RevoteNever { .. } => "MAN-17",
            Self::TimesOutOfOrder { .. } => "MAN-18",
            Self::Origin { .. } => "MAN-19",
            Self::Url => "MAN-20",
            Self::TimeZone => "MAN-21",
            Self::KeyInvalid => "MAN-22",
            Self::KeyRepeated { .. } => "MAN-23",
            Self::ClassKeyOrder { .. } | Self::ClassKeyCount { .. } => "MAN-24",
            Self::PossessionUnproven { .. } => "MAN-25",
            Self::ThresholdBelowTwo { .. } | Self::ThresholdAboveTrustees { .. } => "MAN-26",
            Self::SoloWithSeveral | Self::SoloShare | Self::SharesDisagree => "MAN-27",
            Self::BallotTooLarge { .. } => "MAN-28",
            Self::ClassTooSmall { .. } => "MAN-29",
            Self::ResultTooLarge { .. } => "MAN-30",
            Self::CountTooLarge { .. } => "MAN-31",
            Self::BatchMin { .. } => "MAN-32",
            Self::BatchWait { .. } => "MAN-33",
            Self::IssuanceWithBallot { .. } => "MAN-34",
        }
    }
}

/// The first problem as text, for one-line errors.
pub(crate) fn first(problems: &[Problem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}
