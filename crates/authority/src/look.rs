//! A look at a list of voters before it takes the place of the one that is there: what would change, or which rows are bad.
//!
//! A list that was given is held in memory for whoever gave it, until it is taken, or for [`HELD_SECONDS`]; nothing of it is written.
//! What is taken is what was looked at: if the list of voters has changed meanwhile, it is to be looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use urna_api::authority::{Cause, RegisterLoaded};
use urna_election::{Id, Slug};
use zeroize::Zeroizing;

use crate::access::{Caller, Right};
use crate::error::AuthorityError;
use crate::import::{self, Form, LineProblem, Listed, Notice, Quoted};
use crate::records::Person;
use crate::service::{Authority, Result};

/// How long a list is held that nobody takes.
pub(crate) const HELD_SECONDS: u64 = 3_600;
/// Lists that are held at once; the oldest makes room.
const HELD: usize = 8;

/// The lists that are held, by election and account.
#[derive(Default)]
pub(crate) struct Lists(Mutex<BTreeMap<(Slug, String), Held>>);

/// A list that was given.
#[derive(Clone)]
struct Held {
    list: Arc<Zeroizing<Vec<u8>>>,
    form: Form,
    since: u64,
}

impl Lists {
    fn with<T>(&self, now: u64, work: impl FnOnce(&mut BTreeMap<(Slug, String), Held>) -> T) -> T {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, list| now.saturating_sub(list.since) < HELD_SECONDS);
        work(&mut held)
    }
}

/// What a list comes to.
pub(crate) enum Looked {
    /// It can be taken.
    Good(Box<Look>),
    /// Nothing of it can be.
    Bad(BadRows),
}

/// What would change.
pub(crate) struct Look {
    /// How many are listed in each class, before and after.
    pub(crate) entitled: BTreeMap<Id, (u64, u64)>,
    /// How many lines more there are than people.
    pub(crate) merged: usize,
    pub(crate) notices: Vec<Notice>,
    pub(crate) noticed: usize,
    pub(crate) added: Vec<Listed>,
    /// As they are listed now.
    pub(crate) removed: Vec<Listed>,
    /// Each with the class of before.
    pub(crate) moved: Vec<(Listed, Id)>,
    /// How many have another name or address.
    pub(crate) renamed: usize,
    /// What it is a look at: the list, and the one in whose place it would come.
    pub(crate) seen: String,
}

/// What is wrong with a list.
pub(crate) struct BadRows {
    /// How many problems there are in all.
    pub(crate) found: usize,
    /// By line: the first of them.
    pub(crate) problems: BTreeMap<u64, Vec<LineProblem>>,
    /// The rows themselves.
    pub(crate) quoted: Quoted,
}

impl Authority {
    /// Holds a list, to be looked at and taken by the same account.
    pub(crate) fn hold_list(&self, caller: &Caller, slug: &Slug, list: Vec<u8>, form: Form) -> Result<()> {
        self.allowed(caller, Right::Manage, slug)?;
        let now = self.now();
        let held = Held { list: Arc::new(Zeroizing::new(list)), form, since: now };
        self.lists.with(now, |lists| {
            lists.insert((slug.clone(), caller.account.clone()), held);
            while lists.len() > HELD {
                let oldest = lists.iter().min_by_key(|(_, held)| held.since).map(|(key, _)| key.clone());
                oldest.and_then(|oldest| lists.remove(&oldest));
            }
        });
        Ok(())
    }

    fn held(&self, caller: &Caller, slug: &Slug) -> Result<Held> {
        self.allowed(caller, Right::Manage, slug)?;
        let key = (slug.clone(), caller.account.clone());
        self.lists.with(self.now(), |lists| lists.get(&key).cloned()).ok_or(AuthorityError::NoList)
    }

    /// Looks at the list that is held.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::NoList`].
    pub(crate) fn look(&self, caller: &Caller, slug: &Slug) -> Result<Looked> {
        let Held { list, form, .. } = self.held(caller, slug)?;
        let classes = self.draft_of(slug)?.classes;
        let read = match import::import(&list, form, &classes) {
            Ok(read) => read,
            Err(refused) => {
                let mut problems: BTreeMap<u64, Vec<LineProblem>> = BTreeMap::new();
                for bad in refused.lines {
                    problems.entry(bad.line).or_default().push(bad.problem);
                }
                let quoted = import::quote(&list, form, &problems.keys().copied().collect());
                return Ok(Looked::Bad(BadRows { found: refused.found, problems, quoted }));
            }
        };
        let people = self.records.people(slug)?;
        let mut look = Look {
            entitled: BTreeMap::new(),
            merged: read.merged,
            notices: read.notices,
            noticed: read.noticed,
            added: Vec::new(),
            removed: Vec::new(),
            moved: Vec::new(),
            renamed: 0,
            seen: seen(&list, &people),
        };
        for class in classes.iter().filter_map(|class| class.id.parse::<Id>().ok()) {
            look.entitled.entry(class).or_default();
        }
        for person in people.values().filter(|person| person.listed) {
            look.entitled.entry(person.class.clone()).or_default().0 += 1;
        }
        let named: BTreeSet<&str> = read.people.iter().map(|listed| listed.person.as_str()).collect();
        for (id, person) in people.iter().filter(|(id, person)| person.listed && !named.contains(id.as_str()))
        {
            look.removed.push(person.as_listed(id));
        }
        for listed in read.people {
            look.entitled.entry(listed.class.clone()).or_default().1 += 1;
            match people.get(&listed.person).filter(|person| person.listed) {
                None => look.added.push(listed),
                Some(before) if before.class != listed.class => {
                    look.moved.push((listed, before.class.clone()))
                }
                Some(before) => {
                    look.renamed += usize::from(before.name != listed.name || before.email != listed.email);
                }
            }
        }
        Ok(Looked::Good(Box::new(look)))
    }

    /// Loads the list that is held and was looked at.
    ///
    /// # Errors
    /// [`AuthorityError::NoList`]; [`AuthorityError::ListChanged`] if the list of voters is another one than the one that was looked
    /// at; as [`Authority::load_register`].
    pub(crate) async fn take_list(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        looked_at: &str,
        cause: Cause,
    ) -> Result<RegisterLoaded> {
        let (by, name) = (caller.clone(), slug.clone());
        let (held, now) = self
            .on_disk(move |authority| {
                let held = authority.held(&by, &name)?;
                let now = seen(&held.list, &authority.records.people(&name)?);
                Ok((held, now))
            })
            .await?;
        if now != looked_at {
            return Err(AuthorityError::ListChanged);
        }
        let loaded = self.load_register(caller, slug, held.list.to_vec(), held.form, cause).await?;
        let key = (slug.clone(), caller.account.clone());
        self.lists.with(self.now(), |lists| lists.remove(&key));
        Ok(loaded)
    }
}

/// Names a list and the one that it would replace.
fn seen(list: &[u8], people: &BTreeMap<String, Person>) -> String {
    let mut hash = Sha256::new().chain_update(Sha256::digest(list));
    for (id, person) in people.iter().filter(|(_, person)| person.listed) {
        let parts =
            [id.as_str(), person.class.as_str(), &person.name, person.email.as_deref().unwrap_or_default()];
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
