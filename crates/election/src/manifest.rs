//! The manifest: the frozen definition that the count executes (`spec/manifest.md`).
//!
//! [`draft::Draft`] is what people and programs write; [`Manifest`] is what has passed every rule, and nothing else makes
//! one: `Manifest::parse(bytes)` reports all problems at once, each naming its field. What holds of a `Manifest` — ids
//! are distinct, references resolve, keys are valid and distinct, issuers have proved possession, every ballot fits into
//! an entry, the count into memory and its result into a blob — need not be asked again.

pub mod draft;
mod problem;
#[cfg(test)]
mod rejections;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod validate;

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use sha2::{Digest, Sha256};
use urna_crypto::{
    Ed25519Key, ElectionId, ElectionKey, IssuerKey, IssuerSigningKey, PlanId, ShareKey, TrusteeKey,
};

use crate::id::{Id, Language, Slug};
use crate::json::{self, JsonError};
use crate::plan::Plan;

pub use draft::{
    CountsAs, Credentials, Disclosure, Draft, InterimFigures, Issuance, Method, Revote, Schedule, Times,
    Witnesses,
};
pub(crate) use problem::first;
pub use problem::{Problem, Rule};
pub(crate) use validate::plan_problems;

/// The most bytes that an entry of the log may have, by the format of its bundles.
pub const ENTRY_LIMIT: usize = 65_535;

/// What is reserved of a ballot entry for everything but ciphertext and tokens: field names, class, pseudonym, R and
/// proof, as canonical JSON.
pub const BALLOT_RESERVE: usize = 1_024;

/// Why bytes are not the manifest of an election.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not canonical JSON of a manifest (MAN-1, MAN-2).
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A well-formed manifest that breaks rules, all of them listed (MAN-3 to MAN-34 without MAN-29).
    #[error("{} problems in the manifest, the first: {}", .0.len(), first(.0))]
    Invalid(Vec<Problem>),
}

/// A text in the manifest's languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Vec<(Language, String)>);

impl Text {
    /// The text in the manifest's first language.
    pub fn default_language(&self) -> &str {
        self.0.first().map_or("", |(_, text)| text)
    }

    /// The text in `language`, if the manifest has it.
    pub fn language(&self, language: &Language) -> Option<&str> {
        self.0.iter().find(|(tag, _)| tag == language).map(|(_, text)| text.as_str())
    }
}

/// A class's place in the manifest's list. Smaller than the id, and the order of everything kept per class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassIndex(usize);

impl ClassIndex {
    /// The place, from 0.
    pub const fn position(self) -> usize {
        self.0
    }
}

/// A class of voters.
#[derive(Clone, Debug)]
pub struct Class {
    /// What entries and rows call it.
    pub id: Id,
    /// Its name for people.
    pub title: Text,
    /// The district whose figures it adds to.
    pub district: Option<Id>,
    /// How many votes one mark of its voters is, 1 to 1,000,000.
    pub weight: u32,
    /// Places of its contests in [`Manifest::contests`], ascending.
    contests: Vec<usize>,
}

impl Class {
    /// Whether the contest at this place of [`Manifest::contests`] is on the class's ballot.
    pub fn votes_on(&self, contest: usize) -> bool {
        self.contests.binary_search(&contest).is_ok()
    }
}

/// A contest.
#[derive(Clone, Debug)]
pub struct Contest {
    /// Its id.
    pub id: Id,
    /// The question, for people.
    pub title: Text,
    /// More about it.
    pub description: Option<Text>,
    /// What can be marked, at most 65,535 options.
    pub options: Vec<ContestOption>,
    /// The fewest marks of a valid vote. With 0, a vote without marks is blank; otherwise it is void.
    pub min: usize,
    /// The most marks of a valid vote.
    pub max: usize,
    /// How many options win.
    pub seats: usize,
    /// Whether the voter may abstain.
    pub abstain: bool,
    /// How winners are found.
    pub method: Method,
}

/// An option of a contest.
#[derive(Clone, Debug)]
pub struct ContestOption {
    /// Its id, unique in the contest.
    pub id: Id,
    /// Its name, for people.
    pub title: Text,
    /// More about it.
    pub description: Option<Text>,
}

/// An issuer of tokens.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Where its API is.
    pub url: String,
    /// Signs its entries.
    pub signing_key: IssuerSigningKey,
    /// Its blind-signing keys, one per class in the order of the classes.
    keys: Vec<IssuerKey>,
}

impl Issuer {
    /// The blind-signing key for a class.
    pub fn key(&self, class: ClassIndex) -> Option<&IssuerKey> {
        self.keys.get(class.0)
    }
}

/// A trustee.
#[derive(Clone, Debug)]
pub struct Trustee {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its enrolment key: signs its packages and entries.
    pub key: TrusteeKey,
    /// Its share Y_i of the election key.
    pub share_key: ShareKey,
}

/// The trustees.
#[derive(Clone, Debug)]
pub struct Trustees {
    /// The trustees; the place from 1 is the index in the sharing.
    pub members: Vec<Trustee>,
    /// How many of them open the ballots, t.
    pub threshold: u16,
}

impl Trustees {
    /// How many trustees must have signed the same `agreed` before any of them opens: max(t, floor(n/2) + 1) (STA-20).
    pub fn agreement_threshold(&self) -> usize {
        usize::from(self.threshold).max(self.members.len() / 2 + 1)
    }
}

/// The board of the election.
#[derive(Clone, Debug)]
pub struct Board {
    /// The log's origin, `<board name>/<slug>`.
    pub origin: String,
    /// Where the board is, without the slug and a slash at the end.
    pub url: String,
    /// Signs checkpoints.
    pub log_key: Ed25519Key,
    /// Signs promises.
    pub promise_key: Ed25519Key,
}

/// How long ballots and withdrawals are held back, so that the log's growth does not show who voted when (C10). Those of
/// a class enter the log together, as soon as either holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// So many are together, 1 to [`Batch::MOST`] (MAN-32).
    pub min: usize,
    /// The next multiple of so many seconds, 1 to 86,400, has come (MAN-33).
    pub wait: NonZeroU64,
}

impl Batch {
    /// The most entries of one batch.
    pub const MOST: usize = 1_024;
}

/// The policies. `spec/manifest.md` maps each to its C-id.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long ballots are held back.
    pub batch: Batch,
    /// Whether a ballot that is blank in every contest counts as taking part.
    pub blank_counts_as: CountsAs,
    /// Who makes the voters' credentials.
    pub credentials: Credentials,
    /// What becomes public of single ballots.
    pub disclosure: Disclosure,
    /// For how many seconds an issuer's session is answered, 60 to 3,600: a form must be sent within it (S3-17, T-4).
    pub form_time_limit: u64,
    /// What is public while voting goes on.
    pub interim_figures: InterimFigures,
    /// Whether an unreadable ballot counts as taking part.
    pub invalid_counts_as: CountsAs,
    /// When tokens are taken.
    pub issuance: Issuance,
    /// Whether a voter may cast again.
    pub revote: Revote,
    /// The most entries of one pseudonym, withdrawals included, 1 to 1,000.
    pub revote_limit: u32,
    /// A class with fewer entitled voters must be confirmed by name.
    smallest_class: u64,
    confirmed_small: Vec<ClassIndex>,
}

impl Policy {
    /// A class with fewer voters must be confirmed by name, and is warned of where fewer have cast.
    pub const fn smallest_class(&self) -> u64 {
        self.smallest_class
    }
}

/// A manifest that has passed every rule.
#[derive(Clone, Debug)]
pub struct Manifest {
    bytes: Vec<u8>,
    id: ElectionId,
    plan: Plan,
    plan_id: PlanId,
    content: Content,
    class_by_id: BTreeMap<Id, ClassIndex>,
    contest_by_id: BTreeMap<Id, usize>,
    plaintext_length: usize,
}

/// What [`validate`] makes of the draft's fields.
#[derive(Clone, Debug)]
struct Content {
    languages: Vec<Language>,
    title: Text,
    description: Option<Text>,
    organiser: draft::Organiser,
    authority_key: Ed25519Key,
    board: Board,
    booth: [u8; 32],
    classes: Vec<Class>,
    contests: Vec<Contest>,
    election_key: ElectionKey,
    issuers: Vec<Issuer>,
    trustees: Trustees,
    policy: Policy,
    schedule: Schedule,
    time_zone: String,
    trial: bool,
    witnesses: Witnesses,
}

impl Manifest {
    /// The most bytes that a manifest may have, 16 MiB.
    pub const LIMIT: usize = 16 << 20;

    /// Reads the manifest and checks every rule (MAN-1 to MAN-34 without MAN-29).
    ///
    /// # Errors
    /// [`ManifestError::Json`] for bytes that are not a canonical manifest; otherwise all problems at once.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let draft: Draft = json::parse(bytes, Self::LIMIT)?;
        Self::check(&draft, bytes)
    }

    /// Checks a draft by every rule but canonical form, which its own [`Draft::to_bytes`] has.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn from_draft(draft: &Draft) -> Result<Self, ManifestError> {
        let bytes = draft.to_bytes();
        if bytes.len() > Self::LIMIT {
            return Err(JsonError::TooLong { length: bytes.len(), limit: Self::LIMIT }.into());
        }
        Self::check(draft, &bytes)
    }

    fn check(draft: &Draft, bytes: &[u8]) -> Result<Self, ManifestError> {
        let (content, plan) = validate::validate(draft).map_err(ManifestError::Invalid)?;
        let class_by_id =
            content.classes.iter().enumerate().map(|(i, class)| (class.id.clone(), ClassIndex(i))).collect();
        let contest_by_id =
            content.contests.iter().enumerate().map(|(i, contest)| (contest.id.clone(), i)).collect();
        let plaintext_length =
            content.classes.iter().map(|class| content.style_length(&class.contests)).max();
        Ok(Self {
            bytes: bytes.to_vec(),
            id: ElectionId::from_bytes(Sha256::digest(bytes).into()),
            plan_id: plan.id(),
            plan,
            content,
            class_by_id,
            contest_by_id,
            plaintext_length: plaintext_length.unwrap_or_default(),
        })
    }

    /// The canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The election id: SHA-256 of the canonical bytes.
    pub fn id(&self) -> &ElectionId {
        &self.id
    }

    /// The plan that this manifest completes.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The plan's id.
    pub fn plan_id(&self) -> &PlanId {
        &self.plan_id
    }

    /// The election's short name on its board.
    pub fn slug(&self) -> &Slug {
        &self.plan.slug
    }

    /// The languages of all texts, the default first.
    pub fn languages(&self) -> &[Language] {
        &self.content.languages
    }

    /// The election's title.
    pub fn title(&self) -> &Text {
        &self.content.title
    }

    /// What the election is about.
    pub fn description(&self) -> Option<&Text> {
        self.content.description.as_ref()
    }

    /// The organiser's name and contact.
    pub fn organiser(&self) -> &draft::Organiser {
        &self.content.organiser
    }

    /// The authority's key.
    pub fn authority_key(&self) -> &Ed25519Key {
        &self.content.authority_key
    }

    /// The board.
    pub fn board(&self) -> &Board {
        &self.content.board
    }

    /// SHA-256 of the program in which voters vote.
    pub fn booth(&self) -> &[u8; 32] {
        &self.content.booth
    }

    /// The classes.
    pub fn classes(&self) -> &[Class] {
        &self.content.classes
    }

    /// The class with this id.
    pub fn class_index(&self, id: &Id) -> Option<ClassIndex> {
        self.class_by_id.get(id).copied()
    }

    /// The class at this place; `None` only for an index of another manifest.
    pub fn class(&self, index: ClassIndex) -> Option<&Class> {
        self.content.classes.get(index.0)
    }

    /// The classes, each with its index.
    pub fn class_indices(&self) -> impl Iterator<Item = (ClassIndex, &Class)> {
        self.content.classes.iter().enumerate().map(|(place, class)| (ClassIndex(place), class))
    }

    /// The contests.
    pub fn contests(&self) -> &[Contest] {
        &self.content.contests
    }

    /// The contest with this id, and its place in [`Manifest::contests`].
    pub fn contest(&self, id: &Id) -> Option<(usize, &Contest)> {
        let place = *self.contest_by_id.get(id)?;
        Some((place, self.content.contests.get(place)?))
    }

    /// The contests on a class's ballot in their order, each with its place in [`Manifest::contests`].
    pub fn ballot_style(&self, class: ClassIndex) -> impl Iterator<Item = (usize, &Contest)> {
        let places = self.class(class).map(|class| class.contests.as_slice()).unwrap_or_default();
        places.iter().filter_map(|&place| Some((place, self.content.contests.get(place)?)))
    }

    /// The election key Y, to which ballots are encrypted.
    pub fn election_key(&self) -> &ElectionKey {
        &self.content.election_key
    }

    /// The issuers; a ballot carries a token of each, in this order.
    pub fn issuers(&self) -> &[Issuer] {
        &self.content.issuers
    }

    /// The trustees.
    pub fn trustees(&self) -> &Trustees {
        &self.content.trustees
    }

    /// The policies.
    pub fn policy(&self) -> &Policy {
        &self.content.policy
    }

    /// When the phases change.
    pub fn schedule(&self) -> Schedule {
        self.content.schedule
    }

    /// The time zone in which times are shown.
    pub fn time_zone(&self) -> &str {
        &self.content.time_zone
    }

    /// Whether this is only a trial.
    pub fn is_trial(&self) -> bool {
        self.content.trial
    }

    /// The witness policy.
    pub fn witnesses(&self) -> Witnesses {
        self.content.witnesses
    }

    /// The length of every ballot's plaintext in bytes: that of the longest ballot style (PLA-1).
    pub fn plaintext_length(&self) -> usize {
        self.plaintext_length
    }

    /// Checks how many voters each class has (MAN-29): fewer than the policy's `smallest_class` only where confirmed by
    /// name. `entitled` are the counts of a register, in the order of the classes. An empty class harms nobody.
    ///
    /// The first version with voters of a class must have no such problem (STA-26). Of later versions it is reported
    /// (V-06): people die and leave, the manifest is frozen, and to refuse the version would end the election.
    pub fn class_size_problems(&self, entitled: &[u64]) -> Vec<Problem> {
        let policy = self.policy();
        let small = entitled.iter().zip(self.classes()).enumerate().filter(|(place, (count, _))| {
            **count > 0
                && **count < policy.smallest_class
                && !policy.confirmed_small.contains(&ClassIndex(*place))
        });
        small
            .map(|(place, (count, _))| Problem {
                field: format!("classes[{place}]"),
                rule: Rule::ClassTooSmall { entitled: *count, least: policy.smallest_class },
            })
            .collect()
    }
}

impl Content {
    fn style_length(&self, contests: &[usize]) -> usize {
        contests.iter().filter_map(|&place| self.contests.get(place)).map(Contest::encoded_length).sum()
    }
}

impl Contest {
    /// The bytes that a choice in this contest takes in the plaintext: a tag, and a bit for every option (PLA-2).
    pub fn encoded_length(&self) -> usize {
        encoded_length(self.options.len())
    }
}

/// The bytes of a choice among so many options (PLA-2).
const fn encoded_length(options: usize) -> usize {
    1 + options.div_ceil(8)
}

/// The most bytes that a ballot entry can have with this plaintext length and this many issuers.
pub const fn largest_ballot_entry(plaintext_length: usize, issuers: usize) -> usize {
    // 96 bytes of token are 128 characters of base64, and quotes and a comma.
    BALLOT_RESERVE + plaintext_length.div_ceil(3) * 4 + issuers * (128 + 3)
}

/// The longest plaintext with which a ballot entry of this many issuers still fits into the log (MAN-28).
pub(crate) const fn largest_plaintext(issuers: usize) -> usize {
    ENTRY_LIMIT.saturating_sub(largest_ballot_entry(0, issuers)) / 4 * 3
}
