//! The list of voters, and the versions of the register that the log has of it (S1-116 to S1-121).
//!
//! Before publication the list is only stored. From then on every change of who is entitled, in which class and with
//! which credential is a version: all rows as blobs, and a `register` entry with the counts and the cause. What changes
//! only names and addresses changes nothing public.
//!
//! - A person's salt, hence the handle, is made once and kept even when the person is removed: who comes back cannot take a
//!   second token.
//! - Where the authority makes credentials, it draws 32 bytes for each new person, keeps the public key in the row, and
//!   the secret sealed until the invitation is sent.
//! - Where voters' devices or a third party make them, a row's credential is null until it is filled, once.
//! - A credential is only ever replaced with the visible mark (REG-6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand_core::{CryptoRngCore, OsRng, RngCore};
use urna_api::Item;
use urna_api::authority::{Cause, RegisterChanged, RegisterChanges, RegisterLoaded, RegisterRow, Salt};
use urna_crypto::{CredentialKey, CredentialSecretKey, ElectionId};
use urna_election::blob::BlobKind;
use urna_election::entry::{self, Kind};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::{Credentials, Manifest};
use urna_election::register::{Register, Row};
use urna_election::{Id, Slug};
use zeroize::Zeroizing;

use crate::access::{Actor, Caller, Right};
use crate::error::AuthorityError;
use crate::import::{self, Form, Listed};
use crate::posting::{Blob, blob};
use crate::records::{Invitation, Person, Staged, Write, of};
use crate::sealing::SealingKey;
use crate::service::{Authority, Result};
use crate::store::{Changes, Table};

/// People by id.
type People = BTreeMap<String, Person>;

impl Authority {
    /// How many are listed, by class.
    pub(crate) fn entitled(&self, slug: &Slug) -> Result<BTreeMap<Id, u64>> {
        let mut entitled = BTreeMap::new();
        for person in self.records.people(slug)?.into_values().filter(|person| person.listed) {
            *entitled.entry(person.class).or_default() += 1;
        }
        Ok(entitled)
    }

    /// Loads a whole list of voters in the place of the one before. After publication a version of the register follows.
    ///
    /// # Errors
    /// [`AuthorityError::InvalidRegister`] with every bad line, and nothing loaded; [`AuthorityError::InvalidChanges`] of
    /// classes that are too small; [`AuthorityError::Ended`]; those of posting.
    pub async fn load_register(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        list: Vec<u8>,
        form: Form,
        cause: Cause,
    ) -> Result<RegisterLoaded> {
        let act = self.act(slug);
        let _act = act.lock().await;
        self.may_change(caller, slug).await?;
        let (by, name) = (caller.actor(), slug.clone());
        let (import, changes) = self
            .on_disk(move |authority| {
                let classes = authority.draft_of(&name)?.classes;
                let import = import::import(&list, form, &classes)?;
                let replace = |people: &mut People| {
                    replace_all(people, &import.people, &mut OsRng);
                    Ok(())
                };
                let changes = authority.change(&name, replace, BTreeSet::new(), cause, &by)?;
                Ok((import, changes))
            })
            .await?;
        let changes = self.delivered(slug, changes).await?;
        let name = slug.clone();
        let entitled = self.on_disk(move |authority| authority.entitled(&name)).await?;
        Ok(RegisterLoaded {
            entitled: entitled.into_iter().map(|(id, count)| (id.into(), count)).collect(),
            merged: u64::try_from(import.merged).unwrap_or(u64::MAX),
            notices: import.notices.iter().map(|n| Item::line(n.line, n.kind.to_string())).collect(),
            changes,
        })
    }

    /// Adds, removes and moves people, and fills credentials. All of it or nothing.
    ///
    /// # Errors
    /// [`AuthorityError::InvalidRegister`] of people to add; [`AuthorityError::InvalidChanges`] of all else; as
    /// [`Authority::load_register`].
    pub async fn change_register(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        asked: RegisterChanges,
    ) -> Result<RegisterChanged> {
        let list = if asked.add.is_empty() { Vec::new() } else { serde_json::to_vec(&asked.add)? };
        self.change_with(caller, slug, asked, list, Form::Json).await
    }

    /// Adds the people of a list to those who are on the register. All of them or nobody.
    ///
    /// # Errors
    /// As [`Authority::change_register`].
    pub async fn add_to_register(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        list: Vec<u8>,
        form: Form,
        cause: Cause,
    ) -> Result<RegisterChanged> {
        let nothing_else = RegisterChanges { cause, ..RegisterChanges::default() };
        self.change_with(caller, slug, nothing_else, list, form).await
    }

    async fn change_with(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        asked: RegisterChanges,
        list: Vec<u8>,
        form: Form,
    ) -> Result<RegisterChanged> {
        let act = self.act(slug);
        let _act = act.lock().await;
        self.may_change(caller, slug).await?;
        let (by, name) = (caller.actor(), slug.clone());
        let changed = self
            .on_disk(move |authority| {
                let draft = authority.draft_of(&name)?;
                let classes: Vec<Id> =
                    draft.classes.iter().filter_map(|class| class.id.parse().ok()).collect();
                let added = if list.is_empty() && form == Form::Json {
                    Vec::new()
                } else {
                    import::import(&list, form, &draft.classes)?.people
                };
                let work = |people: &mut People| {
                    let problems = apply(people, &asked, &added, &classes, draft.policy.credentials);
                    if problems.is_empty() { Ok(()) } else { Err(AuthorityError::InvalidChanges(problems)) }
                };
                authority.change(&name, work, BTreeSet::new(), asked.cause, &by)
            })
            .await?;
        self.delivered(slug, changed).await
    }

    /// Writes into the audit trail why the register was changed, in the words of whoever did it. Nothing where there are none.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub(crate) async fn give_reason(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        reason: &str,
    ) -> Result<()> {
        if reason.is_empty() {
            return Ok(());
        }
        let (by, slug, what) =
            (caller.actor(), slug.clone(), format!("why the register was changed: {reason}"));
        self.on_disk(move |authority| {
            let mut changes = Changes::default();
            authority.audited(&mut changes, Some(&slug), &by, what)?;
            authority.records.commit(&changes)
        })
        .await
    }

    /// Replaces a person's credential, with the visible mark, so that a new invitation can be sent. Called by whoever
    /// holds the election's act.
    pub(crate) async fn replace_credential(
        self: &Arc<Self>,
        by: &Actor,
        slug: &Slug,
        person: &str,
    ) -> Result<()> {
        self.deliver(slug).await?;
        let (by, name, person) = (by.clone(), slug.clone(), person.to_owned());
        let changed = self
            .on_disk(move |authority| {
                let replaced = BTreeSet::from([person]);
                authority.change(&name, |_| Ok(()), replaced, Cause::Manual, &by)
            })
            .await?;
        self.delivered(slug, changed).await.map(|_| ())
    }

    /// Posts the first version of the register, if people are listed and there is none. Called by whoever holds the act.
    pub(crate) async fn first_register(self: &Arc<Self>, slug: &Slug, by: &Actor) -> Result<()> {
        let (by, name) = (by.clone(), slug.clone());
        let changed = self
            .on_disk(move |authority| {
                let published = authority.election(&name)?.published;
                let is_posted = published.is_some_and(|published| published.posted(Kind::Register).is_some());
                if is_posted || authority.entitled(&name)?.is_empty() {
                    return Ok(Changed::default());
                }
                authority.change(&name, |_| Ok(()), BTreeSet::new(), Cause::Manual, &by)
            })
            .await?;
        self.delivered(slug, changed).await.map(|_| ())
    }

    /// Whether the caller may change who is entitled; what was begun before is posted first.
    async fn may_change(self: &Arc<Self>, caller: &Caller, slug: &Slug) -> Result<()> {
        let (by, name) = (caller.clone(), slug.clone());
        self.on_disk(move |authority| authority.allowed(&by, Right::Manage, &name).map(|_| ())).await?;
        self.deliver(slug).await
    }

    /// Changes the list of voters: stored at once before publication, else staged with a version of the register. Those in
    /// `replace` get another credential.
    fn change(
        &self,
        slug: &Slug,
        work: impl FnOnce(&mut People) -> Result<()>,
        replace: BTreeSet<String>,
        cause: Cause,
        by: &Actor,
    ) -> Result<Changed> {
        let _changing = self.changing();
        let mut election = self.election(slug)?;
        let before = self.records.people(slug)?;
        let mut people = before.clone();
        work(&mut people)?;
        let mut changes = Changes::default();
        let Some(published) = &election.published else {
            let changed = compare(&before, &people);
            // No handle was ever published, so nobody needs to be remembered.
            people.retain(|_, person| person.listed);
            for person in before.keys().filter(|person| !people.contains_key(*person)) {
                changes.remove(Table::People, of(slug, person));
            }
            for (id, person) in &people {
                if before.get(id) != Some(person) {
                    changes.write(Table::People, of(slug, id), person)?;
                }
            }
            self.audited(&mut changes, Some(slug), by, describe(&changed))?;
            self.records.commit(&changes)?;
            return Ok(Changed { changed, posted: false });
        };
        if published.has_ended() {
            return Err(AuthorityError::Ended);
        }
        if published.posted(Kind::Manifest).is_none() {
            return Err(AuthorityError::NotPublished);
        }
        let is_first = published.posted(Kind::Register).is_none();
        let id = published.election.0;
        let manifest = self.manifest_of(slug)?;
        let invitations = self.make_credentials(slug, &id, &mut people, &replace)?;

        let register = rows(&manifest, &id, &people)?;
        let previous = if is_first { Register::default() } else { rows(&manifest, &id, &before)? };
        // The board and every verifier ask the same.
        let changed = register.follows(&previous).map_err(|error| {
            AuthorityError::InvalidChanges(vec![Item::field("", format!("{error}; nothing was changed"))])
        })?;
        if is_first {
            let small = manifest.class_size_problems(register.entitled_by_class());
            if !small.is_empty() {
                let item = |problem: urna_election::manifest::Problem| {
                    Item::field(problem.field, format!("{} ({})", problem.rule, problem.rule.number()))
                };
                return Err(AuthorityError::InvalidChanges(small.into_iter().map(item).collect()));
            }
        }
        let count = |list: &Vec<_>| u64::try_from(list.len()).unwrap_or(u64::MAX);
        let summary = RegisterChanged {
            added: count(&changed.added),
            removed: count(&changed.removed),
            moved: count(&changed.moved),
            filled: count(&changed.filled),
            replaced: count(&changed.replaced),
            index: None,
        };
        if register == previous && !is_first {
            // Names and addresses, if anything: not public, hence at once.
            for (person, now) in people.iter().filter(|(person, now)| before.get(*person) != Some(now)) {
                changes.write(Table::People, of(slug, person), now)?;
            }
            self.audited(&mut changes, Some(slug), by, "changed names or addresses")?;
            self.records.commit(&changes)?;
            return Ok(Changed { changed: summary, posted: false });
        }
        for (person, now) in people {
            let invitation =
                invitations.get(&person).map(|sealed| Invitation::Unsent(Base64(sealed.clone())));
            if before.get(&person) != Some(&now) || invitation.is_some() {
                let key = of(slug, &person);
                changes.write(Table::Staged, key, &Staged { person: now, invitation })?;
            }
        }
        let blobs: Vec<Blob> = register
            .to_blobs(&manifest)
            .into_iter()
            .map(|bytes| blob(BlobKind::RegisterRows, bytes))
            .collect::<Result<_>>()?;
        let entitled = manifest.classes().iter().zip(register.entitled_by_class());
        let body = entry::Register {
            cause: match cause {
                _ if is_first => entry::Cause::Initial,
                Cause::Nightly => entry::Cause::Nightly,
                Cause::Manual => entry::Cause::Manual,
            },
            entitled: entitled
                .map(|(class, count)| (class.id.clone(), Integer::try_from(*count).unwrap_or(Integer::MAX)))
                .collect(),
            rows: blobs.iter().map(|(named, _)| *named).collect(),
        };
        self.stage(slug, &mut election, body, blobs, by, &mut changes)?;
        self.audited(&mut changes, Some(slug), by, describe(&summary))?;
        self.records.commit(&changes)?;
        Ok(Changed { changed: summary, posted: true })
    }

    /// Posts a version that was staged.
    async fn delivered(self: &Arc<Self>, slug: &Slug, changed: Changed) -> Result<RegisterChanged> {
        if !changed.posted {
            return Ok(changed.changed);
        }
        self.deliver(slug).await?;
        let name = slug.clone();
        let index = self
            .on_disk(move |authority| {
                let published = authority.election(&name)?.published;
                Ok(published
                    .and_then(|published| published.posted(Kind::Register).map(|posted| posted.index)))
            })
            .await?;
        Ok(RegisterChanged { index, ..changed.changed })
    }

    /// Draws secrets for whoever is listed without a credential, where the authority makes them, and for those in `replace`.
    /// Answers with the sealed secrets by person.
    fn make_credentials(
        &self,
        slug: &Slug,
        election: &ElectionId,
        people: &mut People,
        replace: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Vec<u8>>> {
        let mut sealed = BTreeMap::new();
        if self.draft_of(slug)?.policy.credentials != Credentials::Authority {
            return if replace.is_empty() { Ok(sealed) } else { Err(AuthorityError::NoSecrets) };
        }
        let mut sealing: Option<SealingKey> = None;
        for (id, person) in people.iter_mut().filter(|(_, person)| person.listed) {
            let is_replaced = replace.contains(id);
            if person.credential.is_some() && !is_replaced {
                continue;
            }
            let key = match sealing.take() {
                Some(key) => key,
                None => self
                    .folder
                    .folder
                    .sealing_key(slug, true, &mut OsRng)?
                    .ok_or(crate::sealing::Unsealable)?,
            };
            let mut secret = Zeroizing::new([0; 32]);
            OsRng.fill_bytes(&mut *secret);
            let credential = CredentialSecretKey::from_invitation(&secret, election).public();
            if person.credential.replace(Base64(credential.to_bytes())).is_some() {
                person.replaced += 1;
            }
            sealed.insert(id.clone(), key.seal(slug, id, &secret, &mut OsRng)?);
            sealing = Some(key);
        }
        if let Some(person) = replace.iter().find(|person| !sealed.contains_key(*person)) {
            return Err(AuthorityError::UnknownPerson(person.clone()));
        }
        Ok(sealed)
    }

    /// The list of voters.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`].
    pub fn register(&self, caller: &Caller, slug: &Slug) -> Result<Vec<RegisterRow>> {
        self.allowed(caller, Right::Manage, slug)?;
        let invitations = self.records.invitations(slug)?;
        let people = self.records.people(slug)?.into_iter().filter(|(_, person)| person.listed);
        let row = |(id, person): (String, Person)| {
            let invitation = match invitations.get(&id) {
                None => "none",
                Some(Invitation::Unsent(_)) => "unsent",
                Some(Invitation::Sent) => "sent",
                Some(Invitation::Erased) => "erased",
            };
            RegisterRow {
                person: id,
                name: person.name,
                email: person.email,
                class: person.class.into(),
                credential: person.credential.is_some(),
                replaced: person.replaced,
                invitation: invitation.to_owned(),
            }
        };
        Ok(people.map(row).collect())
    }

    /// The salts of all who are on the register, for a commission that compares it with people.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`].
    pub fn salts(&self, caller: &Caller, slug: &Slug) -> Result<Vec<Salt>> {
        self.allowed(caller, Right::Own, slug)?;
        let mut changes = Changes::default();
        self.audited(&mut changes, Some(slug), &caller.actor(), "read the salts")?;
        self.records.commit(&changes)?;
        let people = self.records.people(slug)?.into_iter().filter(|(_, person)| person.listed);
        Ok(people.map(|(person, record)| Salt { person, salt: record.salt }).collect())
    }
}

/// What changed, and whether an entry is staged that says so.
#[derive(Default)]
struct Changed {
    changed: RegisterChanged,
    posted: bool,
}

/// The register of the people who are listed.
fn rows(manifest: &Manifest, election: &ElectionId, people: &People) -> Result<Register> {
    let mut rows: Vec<Row> = people
        .iter()
        .filter(|(_, person)| person.listed)
        .map(|(id, person)| Row {
            class: person.class.clone(),
            credential: person.credential,
            handle: Base64(person.handle(election, id)),
            replaced: person.replaced,
        })
        .collect();
    rows.sort_unstable_by_key(|row| row.handle.0);
    Register::from_rows(manifest, &rows)
        .map_err(|error| AuthorityError::InvalidChanges(vec![Item::field("", error.to_string())]))
}

/// Makes the people of a list the ones who are listed.
fn replace_all(people: &mut People, list: &[Listed], rng: &mut impl CryptoRngCore) {
    let named: BTreeSet<&str> = list.iter().map(|listed| listed.person.as_str()).collect();
    for (id, person) in people.iter_mut() {
        person.listed &= named.contains(id.as_str());
    }
    list.iter().for_each(|listed| enlist(people, listed, rng));
}

/// Puts a person on the list, or changes what it says of the person.
fn enlist(people: &mut People, listed: &Listed, rng: &mut impl CryptoRngCore) {
    let Listed { person, name, email, class } = listed.clone();
    match people.get_mut(&person) {
        Some(known) => {
            // A row that was not in the version before has no replacements (REG-7).
            if !known.listed {
                known.replaced = 0;
            }
            (known.name, known.email, known.class, known.listed) = (name, email, class, true);
        }
        None => {
            let mut salt = [0; 16];
            rng.fill_bytes(&mut salt);
            let new = Person {
                name,
                email,
                class,
                salt: Base64(salt),
                credential: None,
                replaced: 0,
                listed: true,
            };
            people.insert(person, new);
        }
    }
}

/// Applies changes; answers with what is wrong with them.
fn apply(
    people: &mut People,
    asked: &RegisterChanges,
    added: &[Listed],
    classes: &[Id],
    credentials: Credentials,
) -> Vec<Item> {
    let mut problems = Vec::new();
    let mut touched = BTreeSet::new();
    let mut once = |field: String, person: &str, problems: &mut Vec<Item>| {
        if !touched.insert(person.to_owned()) {
            problems.push(Item::field(field, "stands twice in these changes"));
        }
    };
    for (place, listed) in added.iter().enumerate() {
        let field = format!("add[{place}]");
        once(field.clone(), &listed.person, &mut problems);
        if people.get(&listed.person).is_some_and(|person| person.listed) {
            problems.push(Item::field(field, "is on the register already; move the person, or load a list"));
        } else {
            enlist(people, listed, &mut OsRng);
        }
    }
    for (place, id) in asked.remove.iter().enumerate() {
        let field = format!("remove[{place}]");
        once(field.clone(), id, &mut problems);
        match people.get_mut(id).filter(|person| person.listed) {
            Some(person) => person.listed = false,
            None => problems.push(Item::field(field, "is not on the register")),
        }
    }
    for (place, moved) in asked.r#move.iter().enumerate() {
        let field = format!("move[{place}]");
        once(field.clone(), &moved.person, &mut problems);
        let class = classes.iter().find(|class| class.as_str() == moved.class);
        match (people.get_mut(&moved.person).filter(|person| person.listed), class) {
            (Some(person), Some(class)) => person.class = class.clone(),
            (None, _) => problems.push(Item::field(field, "is not on the register")),
            (_, None) => {
                problems.push(Item::field(format!("{field}.class"), "is none of the election's classes"))
            }
        }
    }
    for (place, fill) in asked.fill.iter().enumerate() {
        let field = format!("fill[{place}]");
        once(field.clone(), &fill.person, &mut problems);
        let person = people.get_mut(&fill.person).filter(|person| person.listed);
        match (person, CredentialKey::from_bytes(&fill.credential.0)) {
            _ if credentials == Credentials::Authority => {
                problems.push(Item::field(field, "the authority makes the credentials of this election"));
            }
            (None, _) => problems.push(Item::field(field, "is not on the register")),
            (_, Err(_)) => {
                problems.push(Item::field(format!("{field}.credential"), "is not a valid public key"))
            }
            (Some(person), Ok(_)) => match person.credential {
                None => person.credential = Some(fill.credential),
                Some(known) if known == fill.credential => {}
                Some(_) => {
                    problems.push(Item::field(field, "has a credential already, which is filled once"))
                }
            },
        }
    }
    problems
}

/// What changed of a list that was not published.
fn compare(before: &People, after: &People) -> RegisterChanged {
    let mut changed = RegisterChanged::default();
    let listed = |people: &People, id: &String| people.get(id).filter(|person| person.listed).cloned();
    for id in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (listed(before, id), listed(after, id)) {
            (None, Some(_)) => changed.added += 1,
            (Some(_), None) => changed.removed += 1,
            (Some(old), Some(new)) if old.class != new.class => changed.moved += 1,
            _ => {}
        }
    }
    changed
}

fn describe(changed: &RegisterChanged) -> String {
    let RegisterChanged { added, removed, moved, filled, replaced, .. } = changed;
    format!("register: {added} added, {removed} removed, {moved} moved, {filled} filled, {replaced} replaced")
}
