//! The authority as a whole: its parts, its locks, and who may ask it what.
//!
//! Methods that only touch records are synchronous and meant for a thread that may wait for the disk. Acts that involve
//! the board are `async`, one at a time for each election, and consist of steps that are durable one by one: an act that
//! breaks off anywhere is gone on with by the same request, or by the clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand_core::OsRng;
use urna_api::authority::{KeyListed, KeyMade, NewKey, Role};
use urna_api::client::BoardClient;
use urna_bundle::Bundle;
use urna_crypto::{Ed25519Key, Ed25519SigningKey};
use urna_election::Slug;
use urna_election::manifest::Manifest;
use zeroize::Zeroizing;

use crate::access::{Actor, Caller, FreshKey, KeyRecord, LINK_SECONDS, Right, account, is_same, parse_key};
use crate::bundles::{self, Bundles};
use crate::config::Config;
use crate::error::AuthorityError;
use crate::folder::{Folder, LockedFolder};
use crate::invitations::Jobs;
use crate::issued::{AskIssuers, IssuerWord};
use crate::mail::Mailer;
use crate::records::{AuditRecord, Election, Records, Write};
use crate::store::{Changes, DiskStore, Store, Table};
use urna_api::server::Clock;

pub(crate) type Result<T> = std::result::Result<T, AuthorityError>;

/// The organiser's service.
pub struct Authority {
    pub(crate) config: Config,
    pub(crate) folder: LockedFolder,
    pub(crate) key: Arc<Ed25519SigningKey>,
    pub(crate) records: Records,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) board: BoardClient,
    pub(crate) bundles: Bundles,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) word: Arc<dyn IssuerWord>,
    pub(crate) jobs: Jobs,
    /// Held from reading a record to writing it.
    changing: Mutex<()>,
    /// Held during an act that involves the board.
    acts: Mutex<BTreeMap<Slug, Arc<tokio::sync::Mutex<()>>>>,
    /// Manifests that were published; they never change.
    manifests: Mutex<BTreeMap<Slug, Arc<Manifest>>>,
}

/// What an authority is put together from, where tests or other programs choose.
pub struct Parts {
    /// What whoever runs it decides.
    pub config: Config,
    /// Its folder, locked.
    pub folder: LockedFolder,
    /// Its records.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Sends mails, if any are sent.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Knows who took a token; none asks the issuers themselves.
    pub word: Option<Arc<dyn IssuerWord>>,
    /// The newest bundle in which voters vote; none is the one that is compiled in.
    pub bundle: Option<Bundle>,
}

impl Authority {
    /// Opens the authority in this folder, where `urna key authority` has made its key.
    ///
    /// # Errors
    /// [`AuthorityError::Folder`], without the key for example; [`AuthorityError::Store`]; [`AuthorityError::Mail`].
    pub fn open(config: Config, data: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let folder = Folder::new(data).lock()?;
        let store = Arc::new(DiskStore::open(&folder.folder.records())?);
        let mailer = config.mail.as_ref().map(crate::mail::mailer).transpose()?;
        Self::new(Parts { config, folder, store, clock, mailer, word: None, bundle: None })
    }

    /// Puts an authority together.
    ///
    /// # Errors
    /// [`AuthorityError::Folder`]; [`AuthorityError::Board`] of an address that is none.
    pub fn new(parts: Parts) -> Result<Self> {
        let Parts { config, folder, store, clock, mailer, word, bundle } = parts;
        let key = Arc::new(folder.folder.signing_key()?);
        let ask = || Arc::new(AskIssuers { key: Arc::clone(&key), clock: Arc::clone(&clock) });
        let word = word.unwrap_or_else(|| ask());
        let board = BoardClient::new(config.board.as_str()).map_err(AuthorityError::Board)?;
        let records = Records(store);
        let bundle = bundle.map_or_else(Bundle::built_in, Ok)?;
        let bundles = Bundles::open(&folder.folder.booth(), bundle, bundles::named(&records)?)?;
        let authority = Self {
            config,
            folder,
            key,
            records,
            clock,
            board,
            bundles,
            mailer,
            word,
            jobs: Jobs::default(),
            changing: Mutex::default(),
            acts: Mutex::default(),
            manifests: Mutex::default(),
        };
        authority.forget_ended()?;
        Ok(authority)
    }

    /// The key under which boards know this authority.
    pub fn public_key(&self) -> Ed25519Key {
        self.key.public()
    }

    /// What cannot be used just now: the records, the booths of elections.
    pub fn failing(&self) -> Vec<String> {
        let records = self.records.slugs().err().map(|error| format!("the records ({error})"));
        records.into_iter().chain(self.bundles.missing().cloned()).collect()
    }

    /// What time it is.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Destroys keys of invitations that a crash has left over.
    fn forget_ended(&self) -> Result<()> {
        for slug in self.records.slugs()? {
            let election = self.records.election(&slug)?;
            if election.and_then(|election| election.published).is_some_and(|published| published.has_ended())
            {
                self.folder.folder.destroy_sealing_key(&slug)?;
            }
        }
        Ok(())
    }

    /// From reading a record to writing it.
    pub(crate) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock of an election's acts.
    pub(crate) fn act(&self, slug: &Slug) -> Arc<tokio::sync::Mutex<()>> {
        let mut acts = self.acts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(acts.entry(slug.clone()).or_default())
    }

    /// Does what waits for the disk beside the tasks that wait for the network.
    pub(crate) async fn on_disk<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let authority = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&authority)).await.map_err(|_| AuthorityError::BrokenOff)?
    }

    /// An election's record.
    pub(crate) fn election(&self, slug: &Slug) -> Result<Election> {
        self.records.election(slug)?.ok_or_else(|| AuthorityError::UnknownElection(slug.to_string()))
    }

    /// An election's record, for a caller who has this right in it. Whoever has no role in it does not learn of it.
    pub(crate) fn allowed(&self, caller: &Caller, right: Right, slug: &Slug) -> Result<Election> {
        let election = self.election(slug)?;
        caller.require(right, slug, &election.owner)?;
        Ok(election)
    }

    /// The manifest of a published election.
    pub(crate) fn manifest_of(&self, slug: &Slug) -> Result<Arc<Manifest>> {
        let known = self.manifests.lock().unwrap_or_else(PoisonError::into_inner).get(slug).cloned();
        if let Some(manifest) = known {
            return Ok(manifest);
        }
        let bytes = self.records.manifest(slug)?.ok_or(AuthorityError::NotPublished)?;
        let manifest = Arc::new(Manifest::parse(&bytes)?);
        // Kept only when nothing can take it back any more.
        if self.election(slug)?.published.is_some_and(|published| !published.posted.is_empty()) {
            let mut manifests = self.manifests.lock().unwrap_or_else(PoisonError::into_inner);
            manifests.insert(slug.clone(), Arc::clone(&manifest));
        }
        Ok(manifest)
    }

    /// Adds to an audit trail.
    pub(crate) fn audited(
        &self,
        changes: &mut Changes,
        slug: Option<&Slug>,
        by: &Actor,
        what: impl Into<String>,
    ) -> Result<()> {
        changes.audit(slug, &AuditRecord { time: self.now(), by: by.clone(), what: what.into() })
    }

    /// Who shows this key.
    ///
    /// # Errors
    /// [`AuthorityError::Unauthenticated`] of whatever is no key that is known.
    pub fn authenticate(&self, key: &str) -> Result<Caller> {
        let (id, hash) = parse_key(key).ok_or(AuthorityError::Unauthenticated)?;
        let record = self.records.key(&id)?.filter(|record| record.link_until.is_none());
        let record = record.ok_or(AuthorityError::Unauthenticated)?;
        if is_same(&record.hash, &hash) {
            Ok(Caller::new(&id, record))
        } else {
            Err(AuthorityError::Unauthenticated)
        }
    }

    /// Exchanges what a sign-in link carries for a key of the same account and role. Once.
    ///
    /// # Errors
    /// [`AuthorityError::NoLink`] of whatever is no link that can be exchanged now.
    pub fn exchange_link(&self, link: &str) -> Result<KeyMade> {
        let _changing = self.changing();
        let (id, hash) = parse_key(link).ok_or(AuthorityError::NoLink)?;
        let record = self.records.key(&id)?.ok_or(AuthorityError::NoLink)?;
        let until = record.link_until.ok_or(AuthorityError::NoLink)?;
        if !is_same(&record.hash, &hash) || until < self.now() {
            return Err(AuthorityError::NoLink);
        }
        let mut changes = Changes::default();
        changes.remove(Table::Keys, id.as_bytes());
        let key = FreshKey::generate(&mut OsRng);
        let by = Actor { account: record.account.clone(), key: Some(id.clone()) };
        let what = format!("exchanged the sign-in link {id} for the API key {}", key.id);
        self.audited(&mut changes, record.election.as_ref(), &by, what)?;
        let record = KeyRecord { hash: key.hash, made: self.now(), link_until: None, ..record };
        changes.write(Table::Keys, key.id.clone().into_bytes(), &record)?;
        self.records.commit(&changes)?;
        Ok(KeyMade { id: key.id, key: key.text.to_string() })
    }

    /// The sign-in link of what was made as one.
    pub fn sign_in_link(&self, made: &KeyMade) -> Zeroizing<String> {
        made.sign_in_link(&self.config.url)
    }

    /// Whether anybody can come in: with a key, or with a sign-in link that is still good.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub fn has_keys(&self) -> Result<bool> {
        let now = self.now();
        let is_good = |record: &KeyRecord| record.link_until.is_none_or(|until| now <= until);
        Ok(self.records.keys()?.iter().any(|(_, record)| is_good(record)))
    }

    /// Makes an API key for whoever has the machine: how the first operator or owner gets one.
    ///
    /// # Errors
    /// As [`Authority::make_key`], but for roles.
    pub fn make_first_key(&self, new: &NewKey) -> Result<KeyMade> {
        self.keep_key(new, &Actor::machine())
    }

    /// Makes an API key. Operators make any; an owner makes keys for elections of its own.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::UnknownElection`]; [`AuthorityError::OtherOwner`];
    /// [`AuthorityError::ManagerOfNothing`]; [`AuthorityError::NotAnAccount`].
    pub fn make_key(&self, caller: &Caller, new: &NewKey) -> Result<KeyMade> {
        if !caller.is_operator() {
            let slug = new.election.as_deref().ok_or(AuthorityError::Forbidden { needs: "operator" })?;
            self.allowed(caller, Right::Own, &parse_slug(slug)?)?;
            if new.role == Role::Operator {
                return Err(AuthorityError::Forbidden { needs: "operator" });
            }
        }
        self.keep_key(new, &caller.actor())
    }

    fn keep_key(&self, new: &NewKey, by: &Actor) -> Result<KeyMade> {
        let account = account(&new.account)?;
        let slug = new.election.as_deref().map(parse_slug).transpose()?;
        match (&slug, new.role) {
            (None, Role::Manager) => return Err(AuthorityError::ManagerOfNothing),
            (Some(slug), role) => {
                let owner = self.election(slug)?.owner;
                if role == Role::Owner && owner != account {
                    return Err(AuthorityError::OtherOwner { owner });
                }
            }
            _ => {}
        }
        let key = FreshKey::generate(&mut OsRng);
        let record = KeyRecord {
            account: account.clone(),
            role: new.role,
            election: slug.clone(),
            hash: key.hash,
            made: self.now(),
            link_until: new.link.then(|| self.now().saturating_add(LINK_SECONDS)),
        };
        let mut changes = Changes::default();
        changes.write(Table::Keys, key.id.clone().into_bytes(), &record)?;
        let kind = if new.link { "sign-in link" } else { "API key" };
        let what = format!("made the {kind} {} for {account}", key.id);
        self.audited(&mut changes, slug.as_ref(), by, what)?;
        self.records.commit(&changes)?;
        Ok(KeyMade { id: key.id, key: key.text.to_string() })
    }

    /// API keys: all for operators, those of its account and of its elections for an owner.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub fn keys(&self, caller: &Caller) -> Result<Vec<KeyListed>> {
        let mut listed = Vec::new();
        for (id, record) in self.records.keys()? {
            if self.may_see(caller, &record)? {
                let election = record.election.map(String::from);
                let KeyRecord { account, role, made, link_until, .. } = record;
                listed.push(KeyListed { id, account, role, election, made, link_until });
            }
        }
        Ok(listed)
    }

    fn may_see(&self, caller: &Caller, record: &KeyRecord) -> Result<bool> {
        if caller.is_operator() || caller.account == record.account {
            return Ok(true);
        }
        let Some(slug) = &record.election else { return Ok(false) };
        let election = self.records.election(slug)?;
        Ok(election.is_some_and(|election| caller.require(Right::Own, slug, &election.owner).is_ok()))
    }

    /// Revokes an API key.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownKey`], also of a key that the caller may not see.
    pub fn revoke_key(&self, caller: &Caller, id: &str) -> Result<()> {
        let unknown = || AuthorityError::UnknownKey(id.to_owned());
        let record = self.records.key(id)?.ok_or_else(unknown)?;
        if !self.may_see(caller, &record)? {
            return Err(unknown());
        }
        let mut changes = Changes::default();
        changes.remove(Table::Keys, id.as_bytes());
        let what = format!("revoked the API key {id} of {}", record.account);
        self.audited(&mut changes, record.election.as_ref(), &caller.actor(), what)?;
        self.records.commit(&changes)
    }
}

/// The slug in an address or a body.
pub(crate) fn parse_slug(text: &str) -> Result<Slug> {
    text.parse().map_err(|_| AuthorityError::NotASlug)
}
