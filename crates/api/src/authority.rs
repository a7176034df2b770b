//! The authority's bodies (`spec/http.md`, Authority).
//!
//! The [`Draft`] is what organisers write; the authority adds what others give (keys, the board's log) and makes the
//! manifest of it. Its fields stand in alphabetical order, so that one draft has one form.
//!
//! A long file of short structs: one for each body, in the order of the page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use urna_election::ceremony::Package;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::draft::{
    BallotStyle, Class, ClassKey, Contest, Organiser, Policy, Schedule, Texts, Witnesses,
};
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// What the organiser decides about an election. All fields but four are the manifest's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Whose approval the manifest needs: names of accounts, at least one.
    pub approvers: Vec<String>,
    /// Which contests a class votes on.
    #[schema(value_type = Vec<Object>)]
    pub ballot_styles: Vec<BallotStyle>,
    /// SHA-256 of the bundle in which voters vote; null for the newest that the authority has.
    #[schema(value_type = Option<String>, content_encoding = "base64")]
    pub booth: Option<Base64<[u8; 32]>>,
    /// The classes of voters.
    #[schema(value_type = Vec<Object>)]
    pub classes: Vec<Class>,
    /// The contests.
    #[schema(value_type = Vec<Object>)]
    pub contests: Vec<Contest>,
    /// What the election is about.
    #[schema(value_type = Option<Object>)]
    pub description: Option<Texts>,
    /// The words of invitations; null for the usual ones. Not in the manifest.
    pub invitation: Option<InvitationText>,
    /// Who will issue tokens; their keys are added when they post them.
    pub issuers: Vec<IssuerParty>,
    /// Tags of languages, the default first.
    pub languages: Vec<String>,
    /// Who answers for the election.
    #[schema(value_type = Object)]
    pub organiser: Organiser,
    /// The policies.
    #[schema(value_type = Object)]
    pub policy: Policy,
    /// When the phases change.
    #[schema(value_type = Object)]
    pub schedule: Schedule,
    /// In which times are shown.
    pub time_zone: String,
    /// The election's title.
    #[schema(value_type = Object)]
    pub title: Texts,
    /// Whether this is only a trial.
    pub trial: bool,
    /// Who will open the ballots; their keys are added when the key ceremony is done.
    pub trustees: TrusteeParties,
    /// Which witnesses must have cosigned.
    #[schema(value_type = String)]
    pub witnesses: Witnesses,
}

/// The newest bundle in which voters vote (`spec/booth.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Booth {
    /// Its files by name, at `/booth/<sha256>/<name>`.
    pub files: BTreeMap<String, BoothFile>,
    /// SHA-256 of its list of files, 64 lowercase hexadecimal digits: the manifest's `booth`.
    pub sha256: String,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoothFile {
    /// SHA-256, 64 lowercase hexadecimal digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// What an invitation says. `{name}`, `{title}`, `{link}`, `{contact}` and `{election}` stand for what they name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationText {
    /// The mail's subject.
    pub subject: String,
    /// The mail's text, with `{link}` in it.
    pub text: String,
}

/// An issuer, before it has keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerParty {
    /// Its id in the manifest.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where its API will be.
    pub url: String,
}

/// The trustees, before they have keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrusteeParties {
    /// The trustees, in the order of their indices from 1.
    pub members: Vec<TrusteeParty>,
    /// True of a single trustee who holds the whole key.
    pub solo: bool,
    /// How many of them open the ballots.
    #[schema(value_type = u64)]
    pub threshold: Integer,
}

/// A trustee, before it has keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrusteeParty {
    /// Its id in the manifest.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// A new election.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewElection {
    /// Its short name, `[a-z0-9-]{3,40}`.
    pub slug: String,
    /// An election to begin from, or one of the presets `council`, `committee`, `meeting`, `practice`; null for `council`.
    pub from: Option<String>,
}

/// An election in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listed {
    /// Its short name.
    pub slug: String,
    /// Its title in the default language.
    pub title: String,
    /// Whether it is only a trial.
    pub trial: bool,
    /// `draft`, `planned`, `publishing`, then as in the record.
    pub phase: String,
    /// What is awaited from whom.
    pub awaited: Vec<Awaited>,
}

/// What is awaited from whom before an election can go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Awaited {
    /// `owner`, `approver NAME`, `issuer ID`, `trustee ID`, `trustees`, `board`, `clock`.
    pub from: String,
    /// What, for programs.
    pub step: Step,
    /// What, in a few words.
    pub what: String,
}

/// What somebody has to do before an election can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The owner fixes the plan.
    FixPlan,
    /// An issuer gives its keys.
    IssuerKeys,
    /// A trustee gives the next package of the key ceremony.
    CeremonyPackage,
    /// The owner gives the solo trustee's key.
    ElectionKey,
    /// The owner or a manager mends the draft.
    MendDraft,
    /// An approver approves the manifest.
    Approve,
    /// The owner publishes.
    Publish,
    /// The board takes an entry, or answers.
    Board,
    /// A trustee agrees to the manifest.
    Agree,
    /// A trustee rehearses.
    Rehearse,
    /// Somebody loads the list of voters.
    Register,
    /// Voting opens.
    Open,
    /// Voting closes.
    Close,
    /// An issuer posts the list of what it issued.
    PostIssuance,
    /// A trustee agrees on what will be opened.
    AgreeToOpen,
    /// A trustee opens the ballots.
    OpenBallots,
    /// The owner publishes the result.
    Tally,
    /// The owner certifies the result.
    Certify,
}

/// Where an election stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// Its short name.
    pub slug: String,
    /// Its title in the default language.
    pub title: String,
    /// Whether it is only a trial.
    pub trial: bool,
    /// Whose election it is.
    pub owner: String,
    /// `draft`, `planned`, `publishing`, then as in the record.
    pub phase: String,
    /// What is awaited from whom.
    pub awaited: Vec<Awaited>,
    /// SHA-256 of the plan, hexadecimal, once it is fixed.
    pub plan_id: Option<String>,
    /// SHA-256 of the manifest, hexadecimal, once it is complete; the election id when it is published.
    pub manifest: Option<String>,
    /// The election id, hexadecimal, once the manifest is entry 0.
    pub election_id: Option<String>,
    /// Whose approvals of just this manifest are there.
    pub approved_by: Vec<String>,
    /// People on the list of voters, for each class.
    pub entitled: BTreeMap<String, u64>,
    /// Invitations that are neither sent nor erased.
    pub unsent: u64,
}

/// The plan's log was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Planned {
    /// SHA-256 of the plan, hexadecimal.
    pub plan_id: String,
}

/// Everything that keeps a draft from being published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Validated {
    /// Each with its field; empty if there is nothing.
    pub problems: Vec<crate::problem::Item>,
}

/// Approval of a manifest by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// SHA-256 of the bytes that were read, hexadecimal.
    pub sha256: String,
}

/// What cannot be undone asks for the election's name again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The election's short name.
    pub slug: String,
}

/// The end of an election without a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// Why; everybody reads it.
    pub reason: String,
    /// The election's short name.
    pub slug: String,
}

/// A published election.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    /// SHA-256 of the manifest, hexadecimal.
    pub election_id: String,
}

/// An entry that stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Posted {
    /// Its kind.
    pub kind: String,
    /// Where it stands.
    pub index: u64,
}

/// An issuer's public keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerKeys {
    /// A key for each class, with its proof of possession over the plan id (TOK-1).
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<ClassKey>,
    /// Signs the issuer's entries.
    #[schema(value_type = String, content_encoding = "base64")]
    pub signing_key: Base64<[u8; 32]>,
}

/// What the trustees' key ceremony ended with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrusteeKeys {
    /// Y, to which ballots are encrypted.
    #[schema(value_type = String, content_encoding = "base64")]
    pub election_key: Base64<[u8; 32]>,
    /// One for each trustee of the plan, in its order.
    pub members: Vec<TrusteeKey>,
}

/// A trustee's public keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrusteeKey {
    /// Its id.
    pub id: String,
    /// Its enrolment key.
    #[schema(value_type = String, content_encoding = "base64")]
    pub key: Base64<[u8; 32]>,
    /// Its proof of possession of the enrolment key over the plan id (TRU-1), 64 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub possession: Base64<[u8; 64]>,
    /// Its share Y_i.
    #[schema(value_type = String, content_encoding = "base64")]
    pub share_key: Base64<[u8; 32]>,
}

/// The trustees' key ceremony, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CeremonyShown {
    /// The attempt, from 1.
    pub attempt: u32,
    /// What comes next; null when all is there.
    pub awaited: Option<CeremonyAwaited>,
    /// All packages of this attempt and all enrolments, in an order in which they can be taken; null in answer to a package.
    #[schema(value_type = Option<Vec<Object>>)]
    pub packages: Option<Vec<Package>>,
}

/// Whose packages are awaited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CeremonyAwaited {
    /// `enrolment`, `round1`, `round2` or `confirmation`.
    pub kind: String,
    /// Ids of trustees.
    pub trustees: Vec<String>,
}

/// Another attempt of the key ceremony.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// The attempt that ends.
    pub attempt: u32,
    /// Trustees who enrol again, because they lost their files or the key was not theirs.
    #[serde(default)]
    pub forget: Vec<String>,
}

/// A list of voters was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterLoaded {
    /// How many are entitled, for each class.
    pub entitled: BTreeMap<String, u64>,
    /// How many lines more there were than people.
    pub merged: u64,
    /// What somebody should look at: at most 1,000.
    pub notices: Vec<crate::problem::Item>,
    /// What became of it.
    pub changes: RegisterChanged,
}

/// What a version of the register changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterChanged {
    /// People who were not on it.
    pub added: u64,
    /// People who are no longer on it.
    pub removed: u64,
    /// People of another class than before.
    pub moved: u64,
    /// Credentials that were null.
    pub filled: u64,
    /// Credentials that are others than before.
    pub replaced: u64,
    /// Where the `register` entry stands; null before there is a log to post it to, and if nothing changed.
    pub index: Option<u64>,
}

/// Changes of the register.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterChanges {
    /// People to add, with the names of a list's columns: `person`, `name`, `email`, `class` or `district`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub add: Vec<serde_json::Map<String, serde_json::Value>>,
    /// Ids of people to remove.
    #[serde(default)]
    pub remove: Vec<String>,
    /// People who belong into another class.
    #[serde(default)]
    pub r#move: Vec<Move>,
    /// Credentials that voters' devices made.
    #[serde(default)]
    pub fill: Vec<Fill>,
    /// `nightly` or `manual`; the first version is `initial` by itself.
    pub cause: Cause,
}

/// Why there is another version of the register (S1-119, S1-120).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Recomputed by the clock.
    Nightly,
    /// Changed by a person.
    #[default]
    Manual,
}

/// Somebody belongs into another class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The class's id.
    pub class: String,
    /// The person's id.
    pub person: String,
}

/// A credential that a voter's device made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// The public key, 32 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub credential: Base64<[u8; 32]>,
    /// The person's id.
    pub person: String,
}

/// A person on the list of voters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterRow {
    /// The person's id.
    pub person: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The class.
    pub class: String,
    /// Whether there is a credential.
    pub credential: bool,
    /// How often it was replaced.
    pub replaced: u32,
    /// Of the invitation: `none`, `unsent`, `sent`, `erased`.
    pub invitation: String,
}

/// A person's salt: with it, a handle can be tied to the person. For a commission's audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Salt {
    /// The person's id.
    pub person: String,
    /// 16 bytes.
    #[schema(value_type = String, content_encoding = "base64")]
    pub salt: Base64<[u8; 16]>,
}

/// A mail to try the words and the server with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestMail {
    /// To which address.
    pub to: String,
}

/// Whom to write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Audience {
    /// Everybody whose invitation is not sent.
    #[serde(rename = "all")]
    All,
    /// Whoever took no token: an invitation if it is not sent, else a reminder.
    #[serde(rename = "no token yet")]
    NoTokenYet,
}

/// Invitations to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// Whom to write to.
    pub audience: Audience,
}

/// Mails are being sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobStarted {
    /// The job's id.
    pub job: String,
}

/// How far mails are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Accepted by the mail server.
    pub sent: u64,
    /// Not accepted.
    pub failed: u64,
    /// Why, by person: at most 1,000.
    pub reasons: Vec<MailFailure>,
    /// Still to be sent.
    pub left: u64,
    /// People without an address, who get a letter.
    pub without_address: u64,
    /// Whether it ended, and did not only pause.
    pub done: bool,
}

/// A mail that was not accepted. It can be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailFailure {
    /// To whom.
    pub person: String,
    /// What the mail server said.
    pub reason: String,
}

/// An invitation was sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resent {
    /// Whether the credential was replaced, which the register shows.
    pub replaced: bool,
    /// Whether the mail was accepted; false where the person has no address, and the link is in the list for letters.
    pub mailed: bool,
}

/// Who may do what (C16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Whose election it is. Never changes.
    Owner,
    /// Edits before publication, opens and closes by hand.
    Manager,
    /// Runs the service: keeps keys, and may cancel.
    Operator,
}

/// A new API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Who will have it: the account's name, 1 to 100 characters.
    pub account: String,
    /// What it may.
    pub role: Role,
    /// In which election; null for all of the account's (owner) or of the service (operator).
    pub election: Option<String>,
    /// A sign-in link instead, which is exchanged for a key once.
    #[serde(default)]
    pub link: bool,
}

/// An API key, or a sign-in link, was made. The key itself is shown here and never again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyMade {
    /// Names the key in lists and in the audit trail.
    pub id: String,
    /// The key: `Authorization: Bearer` and this. Of a sign-in link, what follows `#` in it.
    pub key: String,
}

/// What stands between an authority's address and the secret in a sign-in link. What follows `#` reaches no server.
const SIGN_IN: &str = "/sign-in#";

impl KeyMade {
    /// The sign-in link to the authority at this address, of what was made as one.
    pub fn sign_in_link(&self, authority: &str) -> Zeroizing<String> {
        Zeroizing::new(format!("{}{SIGN_IN}{}", authority.trim_end_matches('/'), self.key))
    }
}

/// The authority's address and the secret in a sign-in link; none of what is no such link.
pub fn parse_sign_in_link(link: &str) -> Option<(&str, &str)> {
    link.trim().split_once(SIGN_IN).filter(|(authority, secret)| !authority.is_empty() && !secret.is_empty())
}

/// An API key in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyListed {
    /// Its id.
    pub id: String,
    /// Who has it.
    pub account: String,
    /// What it may.
    pub role: Role,
    /// In which election.
    pub election: Option<String>,
    /// Unix second.
    pub made: u64,
    /// Of a sign-in link, the Unix second until which it can be exchanged; null of a key.
    pub link_until: Option<u64>,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// Unix second.
    pub time: u64,
    /// Who; `clock` of what is done at its time.
    pub account: String,
    /// With which key; null of the clock.
    pub key: Option<String>,
    /// What.
    pub what: String,
}
