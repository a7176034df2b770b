//! API keys, sign-in links, and the sessions of browsers (C16).

use std::collections::BTreeMap;

use rand_core::OsRng;
use urna_api::authority::{KeyListed, KeyMade, NewKey, Role};
use urna_election::Slug;
use zeroize::Zeroizing;

use crate::access::{
    Actor, Caller, FreshKey, KeyRecord, LINK_SECONDS, Right, SESSION_SECONDS, Use, account, is_same,
    parse_key,
};
use crate::error::AuthorityError;
use crate::records::Write;
use crate::service::{Authority, Result, parse_slug};
use crate::store::{Changes, Table};

impl Authority {
    /// Who shows this key.
    ///
    /// # Errors
    /// [`AuthorityError::Unauthenticated`] of whatever is no key that is known.
    pub fn authenticate(&self, key: &str) -> Result<Caller> {
        let (id, record) = self.shown(key)?.ok_or(AuthorityError::Unauthenticated)?;
        match record.good_for {
            Use::Key => Ok(Caller::new(&id, record)),
            Use::Link { .. } | Use::Session { .. } => Err(AuthorityError::Unauthenticated),
        }
    }

    /// Whose browser shows this, and until when it is signed in.
    ///
    /// # Errors
    /// [`AuthorityError::NoSession`] of whatever is no session, or one that has ended.
    pub fn session(&self, secret: &str) -> Result<(Caller, u64)> {
        let (id, record) = self.shown(secret)?.ok_or(AuthorityError::NoSession)?;
        match record.good_for {
            Use::Session { until, .. } if self.now() <= until => Ok((Caller::new(&id, record), until)),
            _ => Err(AuthorityError::NoSession),
        }
    }

    /// The record of what is shown; none where it is no secret that is known.
    fn shown(&self, secret: &str) -> Result<Option<(String, KeyRecord)>> {
        let Some((id, hash)) = parse_key(secret) else { return Ok(None) };
        let record = self.records.key(&id)?.filter(|record| is_same(&record.hash, &hash));
        Ok(record.map(|record| (id, record)))
    }

    /// Exchanges what a sign-in link carries for a key of the same account and role. Once.
    ///
    /// # Errors
    /// [`AuthorityError::NoLink`] of whatever is no link that can be exchanged now.
    pub fn exchange_link(&self, link: &str) -> Result<KeyMade> {
        let _changing = self.changing();
        let shown = self.shown(link)?.filter(|(_, record)| self.is_open_link(record));
        let (id, record) = shown.ok_or(AuthorityError::NoLink)?;
        self.exchanged(&id, record, Use::Key)
    }

    /// Signs a browser in, by what a sign-in link carries, which is used up, or by an API key.
    ///
    /// # Errors
    /// [`AuthorityError::NoLink`] of whatever is neither.
    pub fn sign_in(&self, secret: &str) -> Result<KeyMade> {
        let _changing = self.changing();
        let shown = self.shown(secret)?;
        let good = shown.filter(|(_, record)| record.good_for == Use::Key || self.is_open_link(record));
        let (id, record) = good.ok_or(AuthorityError::NoLink)?;
        let key = (record.good_for == Use::Key).then(|| id.clone());
        let until = self.now().saturating_add(SESSION_SECONDS);
        self.exchanged(&id, record, Use::Session { until, key })
    }

    fn is_open_link(&self, record: &KeyRecord) -> bool {
        matches!(record.good_for, Use::Link { until } if self.now() <= until)
    }

    /// Makes a secret for this use in the place of a link, or beside a key.
    fn exchanged(&self, id: &str, record: KeyRecord, good_for: Use) -> Result<KeyMade> {
        let mut changes = Changes::default();
        let (from, by) = match record.good_for {
            Use::Link { .. } => {
                changes.remove(Table::Keys, id.as_bytes());
                ("sign-in link", Actor { account: record.account.clone(), key: Some(id.to_owned()) })
            }
            Use::Key | Use::Session { .. } => ("API key", Caller::new(id, record.clone()).actor()),
        };
        let key = FreshKey::generate(&mut OsRng);
        let what = match good_for {
            Use::Session { .. } => format!("signed in with the {from} {id}: session {}", key.id),
            _ => format!("exchanged the {from} {id} for the API key {}", key.id),
        };
        self.audited(&mut changes, record.election.as_ref(), &by, what)?;
        let now = self.now();
        for (old, record) in self.records.keys()? {
            if matches!(record.good_for, Use::Session { until, .. } if until < now) {
                changes.remove(Table::Keys, old.as_bytes());
            }
        }
        let record = KeyRecord { hash: key.hash, made: now, good_for, ..record };
        changes.write(Table::Keys, key.id.clone().into_bytes(), &record)?;
        self.records.commit(&changes)?;
        Ok(KeyMade { id: key.id, key: key.text.to_string() })
    }

    /// Ends the session of whoever asks, or all sessions of the account; how many have ended.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub fn sign_out(&self, caller: &Caller, everywhere: bool) -> Result<usize> {
        let _changing = self.changing();
        let is_meant = |id: &str, record: &KeyRecord| {
            let is_session = matches!(record.good_for, Use::Session { .. });
            is_session && (id == caller.key || (everywhere && record.account == caller.account))
        };
        let keys = self.records.keys()?;
        let ended: Vec<_> = keys.iter().filter(|(id, record)| is_meant(id, record)).collect();
        let mut changes = Changes::default();
        for (id, record) in &ended {
            changes.remove(Table::Keys, id.as_bytes());
            let what = format!("signed out: session {id}");
            self.audited(&mut changes, record.election.as_ref(), &caller.actor(), what)?;
        }
        self.records.commit(&changes)?;
        Ok(ended.len())
    }

    /// The sessions that the caller's account has now: id, Unix second of signing in, and until when.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub fn sessions(&self, caller: &Caller) -> Result<Vec<(String, u64, u64)>> {
        let mine = |(id, record): (String, KeyRecord)| match record.good_for {
            Use::Session { until, .. } if record.account == caller.account && self.now() <= until => {
                Some((id, record.made, until))
            }
            _ => None,
        };
        Ok(self.records.keys()?.into_iter().filter_map(mine).collect())
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
        let is_good = |record: &KeyRecord| record.good_for == Use::Key || self.is_open_link(record);
        Ok(self.records.keys()?.iter().any(|(_, record)| is_good(record)))
    }

    /// Makes an API key for whoever has the machine: how the first operator or owner gets one.
    ///
    /// # Errors
    /// As [`Authority::make_key`], but for roles.
    pub fn make_first_key(&self, new: &NewKey) -> Result<KeyMade> {
        self.keep_key(new, &Actor::machine())
    }

    /// Makes an API key. Operators make any; an owner makes keys that are for one election of its own.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::UnknownElection`]; [`AuthorityError::OtherOwner`];
    /// [`AuthorityError::ManagerOfNothing`]; [`AuthorityError::NotAnAccount`].
    pub fn make_key(&self, caller: &Caller, new: &NewKey) -> Result<KeyMade> {
        if !caller.is_operator() {
            let slug = new.election.as_deref().ok_or(AuthorityError::Forbidden { needs: "operator" })?;
            self.allowed(caller, Right::Own, &parse_slug(slug)?)?;
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
            good_for: if new.link {
                Use::Link { until: self.now().saturating_add(LINK_SECONDS) }
            } else {
                Use::Key
            },
        };
        let mut changes = Changes::default();
        changes.write(Table::Keys, key.id.clone().into_bytes(), &record)?;
        let kind = if new.link { "sign-in link" } else { "API key" };
        let what = format!("made the {kind} {} for {account}", key.id);
        self.audited(&mut changes, slug.as_ref(), by, what)?;
        self.records.commit(&changes)?;
        Ok(KeyMade { id: key.id, key: key.text.to_string() })
    }

    /// API keys and sign-in links: all for operators, those of its account and of its elections for an owner.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub fn keys(&self, caller: &Caller) -> Result<Vec<KeyListed>> {
        let mut listed = Vec::new();
        for (id, record) in self.records.keys()? {
            if self.may_see(caller, &record)? {
                let election = record.election.map(String::from);
                let KeyRecord { account, role, made, good_for, .. } = record;
                let link_until = match good_for {
                    Use::Key => None,
                    Use::Link { until } => Some(until),
                    Use::Session { .. } => continue,
                };
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

    /// Revokes an API key, and ends the sessions that were begun by it.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownKey`], also of a key that the caller may not see.
    pub fn revoke_key(&self, caller: &Caller, id: &str) -> Result<()> {
        let _changing = self.changing();
        let unknown = || AuthorityError::UnknownKey(id.to_owned());
        let record = self.records.key(id)?.ok_or_else(unknown)?;
        if !self.may_see(caller, &record)? {
            return Err(unknown());
        }
        let mut changes = Changes::default();
        changes.remove(Table::Keys, id.as_bytes());
        for (session, begun) in self.records.keys()? {
            if matches!(&begun.good_for, Use::Session { key: Some(key), .. } if key == id) {
                changes.remove(Table::Keys, session.as_bytes());
            }
        }
        let what = format!("revoked the API key {id} of {}", record.account);
        self.audited(&mut changes, record.election.as_ref(), &caller.actor(), what)?;
        self.records.commit(&changes)
    }

    /// Who has a role in this election besides its owner, and by what.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`].
    pub fn access(&self, caller: &Caller, slug: &Slug) -> Result<Vec<Access>> {
        self.allowed(caller, Right::Own, slug)?;
        let mut found: BTreeMap<String, Access> = BTreeMap::new();
        for (_, record) in self.of_election(slug)? {
            let access = found.entry(record.account.clone()).or_insert_with(|| Access {
                account: record.account,
                role: record.role,
                link_until: None,
                keys: 0,
                sessions: 0,
            });
            match record.good_for {
                Use::Key => access.keys += 1,
                Use::Link { until } => access.link_until = access.link_until.max(Some(until)),
                Use::Session { .. } => access.sessions += 1,
            }
        }
        Ok(found.into_values().collect())
    }

    /// Takes everything from an account with which it has a role in this election alone: keys, links, sessions.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::UnknownKey`] where there is nothing to take.
    pub fn remove_access(&self, caller: &Caller, slug: &Slug, account: &str) -> Result<()> {
        let _changing = self.changing();
        self.allowed(caller, Right::Own, slug)?;
        let mut changes = Changes::default();
        let theirs = self.of_election(slug)?.into_iter().filter(|(_, record)| record.account == account);
        let ids: Vec<_> = theirs.map(|(id, _)| id).collect();
        if ids.is_empty() {
            return Err(AuthorityError::UnknownKey(account.to_owned()));
        }
        for id in ids {
            changes.remove(Table::Keys, id.as_bytes());
        }
        let what = format!("took the access of {account} to this election");
        self.audited(&mut changes, Some(slug), &caller.actor(), what)?;
        self.records.commit(&changes)
    }

    /// What is good now, for this election alone.
    fn of_election(&self, slug: &Slug) -> Result<Vec<(String, KeyRecord)>> {
        let now = self.now();
        let mut records = self.records.keys()?;
        records.retain(|(_, record)| {
            let is_good = match record.good_for {
                Use::Key => true,
                Use::Link { until } | Use::Session { until, .. } => now <= until,
            };
            is_good && record.election.as_ref() == Some(slug)
        });
        Ok(records)
    }
}

/// What an account has for one election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The account's name.
    pub account: String,
    /// What it may.
    pub role: Role,
    /// Until when a sign-in link can be used, if there is one.
    pub link_until: Option<u64>,
    /// API keys.
    pub keys: u64,
    /// Browsers that are signed in.
    pub sessions: u64,
}
