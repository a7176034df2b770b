//! The authority's records: what is stored under which key, as JSON.
//!
//! Keys of what belongs to an election begin with its slug and a zero byte, which no slug has.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand_core::{OsRng, RngCore};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use urna_api::authority::{Draft, IssuerKeys, TrusteeKeys};
use urna_crypto::{ElectionId, Handle};
use urna_election::blob::BlobRef;
use urna_election::ceremony::ExchangeRecord;
use urna_election::entry::Kind;
use urna_election::json::Base64;
use urna_election::{Id, Plan, Slug};

use crate::access::{Actor, KeyRecord};
use crate::error::AuthorityError;
use crate::import::Listed;
use crate::store::{Changes, Store, Table};

static AUDITED: AtomicU64 = AtomicU64::new(0);

type Result<T> = std::result::Result<T, AuthorityError>;

/// Where an election stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Election {
    /// The account whose election it is.
    pub(crate) owner: String,
    pub(crate) made: u64,
    /// Counts the edits of the draft.
    pub(crate) version: u64,
    pub(crate) plan: Option<PlanRecord>,
    /// What issuers gave.
    pub(crate) issuers: BTreeMap<Id, IssuerKeys>,
    /// What the key ceremony ended with.
    pub(crate) trustees: Option<TrusteeKeys>,
    pub(crate) approvals: Vec<Approval>,
    /// SHA-256 of the words of the last test mail that was accepted.
    pub(crate) tested: Option<Base64<[u8; 32]>>,
    pub(crate) published: Option<Published>,
}

/// A plan that is fixed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanRecord {
    pub(crate) plan: Plan,
    /// The board's log; none until the board has answered.
    pub(crate) log: Option<LogRecord>,
}

/// The log that the board created for a plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogRecord {
    pub(crate) origin: String,
    /// The board's address, without the slug.
    pub(crate) url: String,
    /// C2SP verifier keys.
    pub(crate) log_key: String,
    pub(crate) promise_key: String,
}

/// An approval of a manifest by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    pub(crate) account: String,
    pub(crate) sha256: Base64<[u8; 32]>,
}

/// A manifest that is frozen, and what was posted since.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Published {
    pub(crate) election: Base64<ElectionId>,
    /// The running number of the next entry.
    pub(crate) number: u64,
    /// The entry that is being posted: signed, and sent as it is until the board has answered.
    pub(crate) pending: Option<Pending>,
    /// What stands in the log.
    pub(crate) posted: Vec<PostedRecord>,
}

impl Published {
    /// The entry of this kind that stands in the log; of several the last.
    pub(crate) fn posted(&self, kind: Kind) -> Option<&PostedRecord> {
        self.posted.iter().rev().find(|posted| posted.kind == kind)
    }

    /// Whether nothing more can come of it.
    pub(crate) fn is_over(&self) -> bool {
        self.posted(Kind::Certified).is_some() || self.posted(Kind::Cancelled).is_some()
    }

    /// Whether nothing more can be changed for voters.
    pub(crate) fn has_ended(&self) -> bool {
        self.posted(Kind::VotingClosed).is_some() || self.posted(Kind::Cancelled).is_some()
    }
}

/// An entry that is being posted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    pub(crate) kind: Kind,
    pub(crate) entry: Base64<Vec<u8>>,
    /// Its blobs, in the table of blobs under their places.
    pub(crate) blobs: Vec<BlobRef>,
    pub(crate) by: Actor,
}

/// An entry that stands in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedRecord {
    pub(crate) kind: Kind,
    pub(crate) number: u64,
    pub(crate) index: u64,
    /// The blob that a `result` names: the board has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) result: Option<BlobRef>,
}

/// What turnout was while voting was open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turnouts {
    /// Unix second, pseudonyms with a ballot.
    pub(crate) seen: Vec<(u64, u64)>,
}

/// A person on the list of voters, or one who was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) class: Id,
    /// Ties the handle to the person. Kept when a person is removed: who comes back has the same handle, and so no
    /// second token.
    pub(crate) salt: Base64<[u8; 16]>,
    pub(crate) credential: Option<Base64<[u8; 32]>>,
    pub(crate) replaced: u32,
    /// Whether the person is on the register.
    pub(crate) listed: bool,
}

impl Person {
    /// The person's handle in this election (REG-1).
    pub(crate) fn handle(&self, election: &ElectionId, person: &str) -> Handle {
        urna_election::register::handle(election, &self.salt.0, person)
    }

    /// As a list would name the person.
    pub(crate) fn as_listed(&self, person: &str) -> Listed {
        let Self { name, email, class, .. } = self.clone();
        Listed { person: person.to_owned(), name, email, class }
    }
}

/// What will be true of a person when the entry that is being posted stands in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Staged {
    pub(crate) person: Person,
    /// A new invitation.
    pub(crate) invitation: Option<Invitation>,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Invitation {
    /// Its secret, sealed.
    Unsent(Base64<Vec<u8>>),
    /// Accepted by the mail server, and the secret forgotten.
    Sent,
    /// The secret was forgotten without being mailed.
    Erased,
}

/// What somebody did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditRecord {
    pub(crate) time: u64,
    pub(crate) by: Actor,
    pub(crate) what: String,
}

/// Reads records, and puts them into changes.
#[derive(Clone)]
pub(crate) struct Records(pub(crate) Arc<dyn Store>);

impl Records {
    fn read<T: DeserializeOwned>(&self, table: Table, key: &[u8]) -> Result<Option<T>> {
        let value = self.0.get(table, key)?;
        Ok(value.map(|value| serde_json::from_slice(&value)).transpose()?)
    }

    /// What lies under keys of this election, by the rest of the key.
    fn of_election<T: DeserializeOwned>(&self, table: Table, slug: &Slug) -> Result<BTreeMap<String, T>> {
        let prefix = of(slug, "");
        let pairs = self.0.scan(table, &prefix)?;
        let read = pairs.into_iter().map(|(key, value)| {
            let key = key.get(prefix.len()..).unwrap_or_default();
            Ok((String::from_utf8_lossy(key).into_owned(), serde_json::from_slice(&value)?))
        });
        read.collect()
    }

    pub(crate) fn election(&self, slug: &Slug) -> Result<Option<Election>> {
        self.read(Table::Elections, slug.as_str().as_bytes())
    }

    pub(crate) fn slugs(&self) -> Result<Vec<Slug>> {
        let pairs = self.0.scan(Table::Elections, b"")?;
        Ok(pairs.into_iter().filter_map(|(key, _)| String::from_utf8(key).ok()?.parse().ok()).collect())
    }

    pub(crate) fn draft(&self, slug: &Slug) -> Result<Option<Draft>> {
        self.read(Table::Drafts, slug.as_str().as_bytes())
    }

    /// The bytes of a frozen manifest.
    pub(crate) fn manifest(&self, slug: &Slug) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(Table::Manifests, slug.as_str().as_bytes())?)
    }

    pub(crate) fn person(&self, slug: &Slug, person: &str) -> Result<Option<Person>> {
        if person.len() > crate::import::PERSON_LIMIT {
            return Ok(None);
        }
        self.read(Table::People, &of(slug, person))
    }

    /// The packages of the trustees' key ceremony, once there are some.
    pub(crate) fn ceremony(&self, slug: &Slug) -> Result<Option<ExchangeRecord>> {
        self.read(Table::Ceremonies, slug.as_str().as_bytes())
    }

    /// What turnout was, in the order of time.
    pub(crate) fn turnout(&self, slug: &Slug) -> Result<Turnouts> {
        Ok(self.read(Table::Turnouts, slug.as_str().as_bytes())?.unwrap_or_default())
    }

    /// All who are or were on the list, by id.
    pub(crate) fn people(&self, slug: &Slug) -> Result<BTreeMap<String, Person>> {
        self.of_election(Table::People, slug)
    }

    pub(crate) fn staged(&self, slug: &Slug) -> Result<BTreeMap<String, Staged>> {
        self.of_election(Table::Staged, slug)
    }

    /// The blobs of the entry that is being posted, in its order.
    pub(crate) fn blob(&self, slug: &Slug, place: usize) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(Table::Blobs, &blob_key(slug, place))?)
    }

    pub(crate) fn invitation(&self, slug: &Slug, person: &str) -> Result<Option<Invitation>> {
        self.read(Table::Invitations, &of(slug, person))
    }

    pub(crate) fn invitations(&self, slug: &Slug) -> Result<BTreeMap<String, Invitation>> {
        self.of_election(Table::Invitations, slug)
    }

    pub(crate) fn key(&self, id: &str) -> Result<Option<KeyRecord>> {
        self.read(Table::Keys, id.as_bytes())
    }

    pub(crate) fn keys(&self) -> Result<Vec<(String, KeyRecord)>> {
        let pairs = self.0.scan(Table::Keys, b"")?;
        let read = pairs.into_iter().map(|(key, value)| {
            Ok((String::from_utf8_lossy(&key).into_owned(), serde_json::from_slice(&value)?))
        });
        read.collect()
    }

    /// Who did what, in the order of time.
    pub(crate) fn audit(&self, slug: Option<&Slug>) -> Result<Vec<AuditRecord>> {
        let pairs = self.0.scan(Table::Audit, &audit_prefix(slug))?;
        pairs.into_iter().map(|(_, value)| Ok(serde_json::from_slice(&value)?)).collect()
    }

    pub(crate) fn commit(&self, changes: &Changes) -> Result<()> {
        Ok(self.0.commit(changes)?)
    }
}

/// Writes records into changes.
pub(crate) trait Write {
    fn write<T: Serialize>(&mut self, table: Table, key: Vec<u8>, value: &T) -> Result<()>;
    fn election(&mut self, slug: &Slug, election: &Election) -> Result<()>;
    fn audit(&mut self, slug: Option<&Slug>, record: &AuditRecord) -> Result<()>;
}

impl Write for Changes {
    fn write<T: Serialize>(&mut self, table: Table, key: Vec<u8>, value: &T) -> Result<()> {
        self.put(table, key, serde_json::to_vec(value)?);
        Ok(())
    }

    fn election(&mut self, slug: &Slug, election: &Election) -> Result<()> {
        self.write(Table::Elections, slug.as_str().into(), election)
    }

    fn audit(&mut self, slug: Option<&Slug>, record: &AuditRecord) -> Result<()> {
        // Within a second the order is that of this process; what an earlier one wrote is told apart by chance.
        let number = AUDITED.fetch_add(1, Ordering::Relaxed);
        let prefix = audit_prefix(slug);
        let key = [
            prefix.as_slice(),
            &record.time.to_be_bytes(),
            &number.to_be_bytes(),
            &OsRng.next_u64().to_be_bytes(),
        ];
        self.write(Table::Audit, key.concat(), record)
    }
}

/// The key of something of an election.
pub(crate) fn of(slug: &Slug, rest: &str) -> Vec<u8> {
    [slug.as_str().as_bytes(), b"\0", rest.as_bytes()].concat()
}

/// The key of a blob of the entry that is being posted.
pub(crate) fn blob_key(slug: &Slug, place: usize) -> Vec<u8> {
    of(slug, &format!("{place:08}"))
}

fn audit_prefix(slug: Option<&Slug>) -> Vec<u8> {
    [slug.map_or(b"".as_slice(), |slug| slug.as_str().as_bytes()), b"\0"].concat()
}
