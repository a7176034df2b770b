//! Invitations: the link that is each voter's own, as mail, as a list for letters, or again.
//!
//! A secret is sealed until the mail server has taken the mail; then it is forgotten, and the register keeps the public key
//! only. Opening a link tells no server anything. What a crash interrupts is sent at the next try; at worst somebody gets
//! the same link twice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rand_core::{OsRng, RngCore};
use sha2::{Digest, Sha256};
use urna_api::authority::{Audience, Draft, InvitationText, Job, MailFailure, Resent};
use urna_crypto::ElectionId;
use urna_election::Slug;
use urna_election::entry::Kind;
use urna_election::invitation::Invitation as Link;
use urna_election::json::Base64;
use zeroize::Zeroizing;

use crate::access::{Actor, Caller, Right};
use crate::error::AuthorityError;
use crate::import::LISTED;
use crate::mail::{Mail, is_address};
use crate::phases::title;
use crate::records::{Invitation, Person, Write, of};
use crate::sealing::SealingKey;
use crate::service::{Authority, Result};
use crate::store::{Changes, Table};

/// Mails on their way at once.
const AT_ONCE: usize = 4;
/// To whom a mail is that nobody is to use.
const SAMPLE: &str = "Test Person";
/// Jobs that are remembered.
const REMEMBERED: usize = 100;

/// Jobs of this run of the service, the newest last.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<Vec<(String, Slug, Job)>>);

impl Jobs {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<(String, Slug, Job)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a job, unless one of the election is under way.
    fn begin(&self, slug: &Slug, job: Job) -> Result<String> {
        let mut id = [0; 8];
        OsRng.fill_bytes(&mut id);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        self.with(|jobs| {
            if jobs.iter().any(|(_, other, job)| other == slug && !job.done) {
                return Err(AuthorityError::AlreadySending);
            }
            while jobs.len() >= REMEMBERED {
                let Some(ended) = jobs.iter().position(|(_, _, job)| job.done) else { break };
                jobs.remove(ended);
            }
            jobs.push((id.clone(), slug.clone(), job));
            Ok(id)
        })
    }

    fn update(&self, id: &str, change: impl FnOnce(&mut Job)) {
        self.with(|jobs| {
            if let Some((_, _, job)) = jobs.iter_mut().find(|(own, ..)| own == id) {
                change(job);
            }
        });
    }
}

/// What is known of an election's mails.
pub(crate) struct Mailing {
    /// An invitation and a reminder to a sample person, with a link that opens nothing.
    pub(crate) mails: [Mail; 2],
    /// Whether mails can be sent.
    pub(crate) has_mailer: bool,
    /// Whether there are invitations: the register is in the log.
    pub(crate) has_register: bool,
    /// Whether a test mail was sent with just these words.
    pub(crate) is_tested: bool,
    /// The newest job of this run of the service.
    pub(crate) job: Option<Job>,
}

/// What a mail to somebody is.
enum Letter {
    /// With the link.
    Invitation(Zeroizing<String>),
    /// To use the link that was sent.
    Reminder,
}

impl Authority {
    /// Sends one mail with the election's words and a link that opens nothing. Invitations are sent only with words that
    /// were tried so.
    ///
    /// # Errors
    /// [`AuthorityError::NoMailServer`]; [`AuthorityError::NotPublished`]; [`AuthorityError::NotAnAddress`]; [`AuthorityError::Mail`].
    pub async fn test_mail(self: &Arc<Self>, caller: &Caller, slug: &Slug, to: &str) -> Result<()> {
        let mailer = self.mailer.clone().ok_or(AuthorityError::NoMailServer)?;
        let (by, name, to) = (caller.clone(), slug.clone(), to.to_owned());
        let (mail, words) = self
            .on_disk(move |authority| {
                let election = authority.allowed(&by, Right::Manage, &name)?;
                let published = election.published.ok_or(AuthorityError::NotPublished)?;
                if !is_address(&to) {
                    return Err(AuthorityError::NotAnAddress);
                }
                let draft = authority.draft_of(&name)?;
                let link = format!("{}/vote/{name}#TEST", authority.config.url);
                let id = published.election.0;
                let mail =
                    compose(&draft, &id.to_string(), &to, SAMPLE, &Letter::Invitation(Zeroizing::new(link)));
                Ok((mail, words_hash(&draft)))
            })
            .await?;
        mailer.send(&mail).await.map_err(AuthorityError::Mail)?;
        let (by, name) = (caller.actor(), slug.clone());
        self.on_disk(move |authority| {
            let _changing = authority.changing();
            let mut election = authority.election(&name)?;
            election.tested = Some(Base64(words));
            let mut changes = Changes::default();
            changes.election(&name, &election)?;
            authority.audited(&mut changes, Some(&name), &by, "sent a test mail")?;
            authority.records.commit(&changes)
        })
        .await
    }

    /// Begins to send mails, and answers with the job's id.
    ///
    /// # Errors
    /// [`AuthorityError::NoMailServer`]; [`AuthorityError::NoTestMail`]; [`AuthorityError::NoIssuerWord`] of a reminder;
    /// [`AuthorityError::AlreadySending`]; [`AuthorityError::Ended`]; [`AuthorityError::NotPublished`].
    pub async fn send_invitations(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        audience: Audience,
    ) -> Result<String> {
        self.mailer.as_ref().ok_or(AuthorityError::NoMailServer)?;
        let (by, name) = (caller.clone(), slug.clone());
        let (id, people) = self
            .on_disk(move |authority| {
                let election = authority.allowed(&by, Right::Manage, &name)?;
                let published = election.published.as_ref().ok_or(AuthorityError::NotPublished)?;
                if published.has_ended() {
                    return Err(AuthorityError::Ended);
                }
                if published.posted(Kind::Register).is_none() {
                    return Err(AuthorityError::NobodyListed);
                }
                if election.tested != Some(Base64(words_hash(&authority.draft_of(&name)?))) {
                    return Err(AuthorityError::NoTestMail);
                }
                let people = authority.records.people(&name)?;
                let listed = people.into_iter().filter(|(_, person)| person.listed);
                Ok((published.election.0, listed.collect::<BTreeMap<_, _>>()))
            })
            .await?;
        let issued = match audience {
            Audience::All => None,
            Audience::NoTokenYet => {
                let name = slug.clone();
                let manifest = self.on_disk(move |authority| authority.manifest_of(&name)).await?;
                Some(self.word.issued(&manifest).await?)
            }
        };
        let name = slug.clone();
        let invitations = self.on_disk(move |authority| authority.records.invitations(&name)).await?;
        let mut queue = Vec::new();
        let mut without_address = 0;
        for (person, record) in people {
            let is_unsent = matches!(invitations.get(&person), Some(Invitation::Unsent(_)));
            let is_wanted = match &issued {
                None => is_unsent,
                Some(issued) => !issued.contains(&record.handle(&id, &person)),
            };
            if is_wanted && record.email.is_none() {
                without_address += 1;
            } else if is_wanted {
                queue.push(person);
            }
        }
        let left = u64::try_from(queue.len()).unwrap_or(u64::MAX);
        let job = Job { sent: 0, failed: 0, reasons: Vec::new(), left, without_address, done: false };
        let job = self.jobs.begin(slug, job)?;
        let (by, name) = (caller.actor(), slug.clone());
        let started = self
            .on_disk(move |authority| {
                let mut changes = Changes::default();
                authority.audited(&mut changes, Some(&name), &by, format!("began to send {left} mails"))?;
                authority.records.commit(&changes)
            })
            .await;
        if let Err(error) = started {
            self.jobs.update(&job, |job| job.done = true);
            return Err(error);
        }
        let (authority, name, id) = (Arc::clone(self), slug.clone(), job.clone());
        tokio::spawn(async move { authority.work(&name, &id, queue).await });
        Ok(job)
    }

    /// Sends a job's mails, a few at once.
    async fn work(self: Arc<Self>, slug: &Slug, job: &str, mut queue: Vec<String>) {
        queue.reverse();
        let mut under_way = tokio::task::JoinSet::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(person) = queue.pop()
            {
                let (authority, slug) = (Arc::clone(&self), slug.clone());
                under_way.spawn(async move {
                    let sent = authority.mail_to(&slug, &person).await;
                    (person, sent)
                });
            }
            let Some(ended) = under_way.join_next().await else { break };
            self.jobs.update(job, |job| {
                job.left = job.left.saturating_sub(1);
                match ended {
                    Ok((_, Ok(()))) => job.sent += 1,
                    Ok((person, Err(error))) => {
                        job.failed += 1;
                        if job.reasons.len() < LISTED {
                            job.reasons.push(MailFailure { person, reason: error.to_string() });
                        }
                    }
                    Err(_) => job.failed += 1,
                }
            });
        }
        self.jobs.update(job, |job| job.done = true);
    }

    /// Mails somebody the invitation, or a reminder if it was sent.
    async fn mail_to(self: &Arc<Self>, slug: &Slug, person: &str) -> Result<()> {
        let mailer = self.mailer.clone().ok_or(AuthorityError::NoMailServer)?;
        let (name, id) = (slug.clone(), person.to_owned());
        let (mail, credential, is_invitation) = self
            .on_disk(move |authority| {
                let unknown = || AuthorityError::UnknownPerson(id.clone());
                let record = authority.records.person(&name, &id)?.filter(|person| person.listed);
                let record = record.ok_or_else(unknown)?;
                let published = authority.election(&name)?.published.ok_or(AuthorityError::NotPublished)?;
                let election = published.election.0;
                let letter = match authority.records.invitation(&name, &id)? {
                    Some(Invitation::Unsent(sealed)) => {
                        let sealing = authority.folder.folder.sealing_key(&name, false, &mut OsRng)?;
                        let sealing = sealing.ok_or(crate::sealing::Unsealable)?;
                        let link = authority.link(&name, &election, &id, &record, &sealing, &sealed.0)?;
                        Letter::Invitation(link)
                    }
                    _ => Letter::Reminder,
                };
                let to = record.email.clone().ok_or_else(|| AuthorityError::Mail("no address".to_owned()))?;
                let draft = authority.draft_of(&name)?;
                let mail = compose(&draft, &election.to_string(), &to, &record.name, &letter);
                Ok((mail, record.credential, matches!(letter, Letter::Invitation(_))))
            })
            .await?;
        mailer.send(&mail).await.map_err(AuthorityError::Mail)?;
        if !is_invitation {
            return Ok(());
        }
        let (name, id) = (slug.clone(), person.to_owned());
        self.on_disk(move |authority| {
            let _changing = authority.changing();
            // A replacement may have come in between; its invitation is not the one that was sent.
            let record = authority.records.person(&name, &id)?;
            if record.and_then(|record| record.credential) != credential {
                return Ok(());
            }
            let mut changes = Changes::default();
            changes.write(Table::Invitations, of(&name, &id), &Invitation::Sent)?;
            authority.records.commit(&changes)
        })
        .await
    }

    /// A person's link.
    fn link(
        &self,
        slug: &Slug,
        election: &ElectionId,
        person: &str,
        record: &Person,
        sealing: &SealingKey,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>> {
        let secret = sealing.open(slug, person, sealed)?;
        let link = Link::new(&self.config.url, slug.clone(), *election, *secret, record.salt.0, person);
        // The address and the id were checked when they were read.
        Ok(link.map_err(|_| crate::sealing::Unsealable)?.to_link())
    }

    /// How far a job is.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownJob`].
    pub fn job(&self, caller: &Caller, slug: &Slug, id: &str) -> Result<Job> {
        self.allowed(caller, Right::Manage, slug)?;
        let found = self.jobs.with(|jobs| {
            let mut own = jobs.iter().filter(|(own, of, _)| own == id && of == slug);
            own.next().map(|(_, _, job)| job.clone())
        });
        found.ok_or_else(|| AuthorityError::UnknownJob(id.to_owned()))
    }

    /// What is known of an election's mails before they are sent, and how far the newest job is.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`].
    pub(crate) fn mailing(&self, caller: &Caller, slug: &Slug) -> Result<Mailing> {
        let election = self.allowed(caller, Right::Manage, slug)?;
        let draft = self.draft_of(slug)?;
        let published = election.published.as_ref();
        // Until it is published, an election has no id.
        let id = published.map(|published| published.election.0);
        let link = format!("{}/vote/{slug}#…", self.config.url);
        let letters = [Letter::Invitation(Zeroizing::new(link)), Letter::Reminder];
        let mails = letters.map(|letter| {
            let id = id.map_or_else(|| "…".to_owned(), |id| id.to_string());
            compose(&draft, &id, "", SAMPLE, &letter)
        });
        let jobs = |jobs: &mut Vec<(String, Slug, Job)>| {
            jobs.iter().rev().find(|(_, of, _)| of == slug).map(|(_, _, job)| job.clone())
        };
        Ok(Mailing {
            mails,
            has_mailer: self.mailer.is_some(),
            has_register: published.is_some_and(|published| published.posted(Kind::Register).is_some()),
            is_tested: election.tested == Some(Base64(words_hash(&draft))),
            job: self.jobs.with(jobs),
        })
    }

    /// The invitations that are not sent, as CSV for mail merge and letters: person, name, e-mail, class, link, and whether
    /// it is a trial. It is as secret as all of them together.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::NotPublished`]; [`AuthorityError::NobodyListed`] before the register
    /// is in the log.
    pub fn letters(&self, caller: &Caller, slug: &Slug) -> Result<Zeroizing<Vec<u8>>> {
        let election = self.allowed(caller, Right::Own, slug)?;
        let published = election.published.as_ref().ok_or(AuthorityError::NotPublished)?;
        if published.posted(Kind::Register).is_none() {
            return Err(AuthorityError::NobodyListed);
        }
        let trial = if self.draft_of(slug)?.trial { "trial" } else { "" };
        let mut people = self.records.people(slug)?;
        let invitations = self.records.invitations(slug)?;
        // Room for all of it: a text that grows would leave copies behind.
        let room = invitations.len() * (900 + self.config.url.len()) + 100;
        let mut list = Zeroizing::new(Vec::with_capacity(room));
        let mut csv = csv::Writer::from_writer(&mut *list);
        let failed = |_| AuthorityError::BrokenOff;
        csv.write_record(["person", "name", "email", "class", "link", "trial"]).map_err(failed)?;
        let sealing = self.folder.folder.sealing_key(slug, false, &mut OsRng)?;
        for (id, invitation) in invitations {
            let Invitation::Unsent(sealed) = invitation else { continue };
            let Some(person) = people.remove(&id).filter(|person| person.listed) else { continue };
            let sealing = sealing.as_ref().ok_or(crate::sealing::Unsealable)?;
            let link = self.link(slug, &published.election.0, &id, &person, sealing, &sealed.0)?;
            let email = person.email.as_deref().unwrap_or_default();
            let row = [id.as_str(), &person.name, email, person.class.as_str(), &link, trial].map(harmless);
            csv.write_record(row.iter().map(|field| field.as_bytes())).map_err(failed)?;
        }
        csv.flush().map_err(|_| AuthorityError::BrokenOff)?;
        drop(csv);
        let mut changes = Changes::default();
        self.audited(&mut changes, Some(slug), &caller.actor(), "read all invitations, for letters")?;
        self.records.commit(&changes)?;
        Ok(list)
    }

    /// Forgets the secrets of all invitations that are not sent, after letters were printed. Answers how many.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::NotConfirmed`]; those of posting what was begun before.
    pub async fn erase_invitations(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        typed: &str,
    ) -> Result<u64> {
        let act = self.act(slug);
        let _act = act.lock().await;
        let (by, name, typed) = (caller.clone(), slug.clone(), typed.to_owned());
        self.on_disk(move |authority| {
            authority.allowed(&by, Right::Own, &name)?;
            if typed == name.as_str() { Ok(()) } else { Err(AuthorityError::NotConfirmed(name)) }
        })
        .await?;
        // What is staged is sealed with the key that is destroyed below.
        self.deliver(slug).await?;
        let (by, name) = (caller.actor(), slug.clone());
        self.on_disk(move |authority| authority.erase_now(&name, &by)).await
    }

    fn erase_now(&self, slug: &Slug, by: &Actor) -> Result<u64> {
        let _changing = self.changing();
        let mut changes = Changes::default();
        let mut erased = 0;
        for (id, invitation) in self.records.invitations(slug)? {
            if matches!(invitation, Invitation::Unsent(_)) {
                changes.write(Table::Invitations, of(slug, &id), &Invitation::Erased)?;
                erased += 1;
            }
        }
        self.audited(&mut changes, Some(slug), by, format!("erased {erased} invitations"))?;
        self.records.commit(&changes)?;
        // Copies that the database has left are unreadable without the key; the next invitation makes another one.
        self.folder.folder.destroy_sealing_key(slug)?;
        Ok(erased)
    }

    /// Sends somebody an invitation again. One that is unsent is sent as it is; otherwise its secret is forgotten, and the
    /// credential is replaced, visibly (`replaced`).
    ///
    /// # Errors
    /// [`AuthorityError::UnknownPerson`]; [`AuthorityError::AlreadyIssued`]; [`AuthorityError::NoIssuerWord`] where the credential
    /// would be replaced; [`AuthorityError::NoSecrets`]; [`AuthorityError::Mail`], after which the invitation is unsent; those of
    /// posting.
    pub async fn resend(self: &Arc<Self>, caller: &Caller, slug: &Slug, person: &str) -> Result<Resent> {
        let (by, name, id) = (caller.clone(), slug.clone(), person.to_owned());
        let (record, invitation, manifest) = self
            .on_disk(move |authority| {
                let election = authority.allowed(&by, Right::Manage, &name)?;
                let published = election.published.ok_or(AuthorityError::NotPublished)?;
                if published.has_ended() {
                    return Err(AuthorityError::Ended);
                }
                let record = authority.records.person(&name, &id)?.filter(|person| person.listed);
                let record = record.ok_or_else(|| AuthorityError::UnknownPerson(id.clone()))?;
                Ok((record, authority.records.invitation(&name, &id)?, authority.manifest_of(&name)?))
            })
            .await?;
        let replaced = !matches!(invitation, Some(Invitation::Unsent(_)));
        match self.word.issued(&manifest).await {
            Ok(issued) if issued.contains(&record.handle(manifest.id(), person)) => {
                return Err(AuthorityError::AlreadyIssued);
            }
            // The same link again takes nothing from anybody.
            Err(_) if !replaced => {}
            issued => drop(issued?),
        }
        if replaced {
            let act = self.act(slug);
            let _act = act.lock().await;
            self.replace_credential(&caller.actor(), slug, person).await?;
        }
        let mailed = self.mailer.is_some() && record.email.is_some();
        if mailed {
            self.mail_to(slug, person).await?;
        }
        Ok(Resent { replaced, mailed })
    }
}

/// A field of a CSV file, so that no spreadsheet takes it for a formula.
pub fn harmless(field: &str) -> Zeroizing<String> {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    Zeroizing::new(if is_formula { format!("'{field}") } else { field.to_owned() })
}

/// The words of an election's invitations.
fn words(draft: &Draft) -> InvitationText {
    draft.invitation.clone().unwrap_or_else(|| InvitationText {
        subject: "{title}: your invitation to vote".to_owned(),
        text: "Dear {name},\n\nyou are entitled to vote: {title}.\n\nThis link is yours alone. Whoever has it can vote \
               in your place, so do not pass it on:\n\n{link}\n\nThe election's id, to compare with the one that was \
               announced:\n{election}\n\nQuestions: {contact}\n"
            .to_owned(),
    })
}

/// What a test mail has tried: everything of a mail that is the same for all.
fn words_hash(draft: &Draft) -> [u8; 32] {
    let InvitationText { subject, text } = words(draft);
    let parts = [subject, text, title(draft), draft.organiser.contact.clone(), draft.trial.to_string()];
    let hash = parts
        .iter()
        .fold(Sha256::new(), |hash, part| hash.chain_update(part.len().to_be_bytes()).chain_update(part));
    hash.finalize().into()
}

/// Writes a mail. Of a trial it says so, in its first words and in its subject.
fn compose(draft: &Draft, election: &str, to: &str, name: &str, letter: &Letter) -> Mail {
    let words = words(draft);
    let (subject, text, link) = match letter {
        Letter::Invitation(link) => (words.subject, words.text, link.clone()),
        Letter::Reminder => {
            let subject = "{title}: you have not taken part yet".to_owned();
            let text = "Dear {name},\n\nyou are entitled to vote: {title}.\n\nSo far you have not used your personal \
                        link, which was sent to you earlier. If you cannot find it, ask for another one: {contact}\n\nThe \
                        election's id: {election}\n"
                .to_owned();
            (subject, text, Zeroizing::default())
        }
    };
    let title = title(draft);
    let values = [
        ("{name}", name),
        ("{title}", title.as_str()),
        ("{link}", link.as_str()),
        ("{contact}", draft.organiser.contact.as_str()),
        ("{election}", election),
    ];
    let (mut trial_subject, mut trial_text) = (String::new(), "");
    if draft.trial {
        trial_subject = "[TRIAL] ".to_owned();
        trial_text = "This is a trial: it elects nobody and decides nothing.\n\n";
    }
    let subject: String =
        fill(&subject, &values).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Mail {
        to: to.to_owned(),
        subject: trial_subject + &subject,
        text: Zeroizing::new(format!("{trial_text}{}", *fill(&text, &values))),
    }
}

/// Puts values into a text. What a value says is not looked at again.
fn fill(text: &str, values: &[(&str, &str)]) -> Zeroizing<String> {
    // Room for all of it: a text that grows would leave copies behind.
    let room = text.len()
        + values.iter().map(|(name, value)| value.len() * text.matches(name).count()).sum::<usize>();
    let mut filled = Zeroizing::new(String::with_capacity(room));
    let mut rest = text;
    while let Some(place) = rest.find('{') {
        let (before, from) = rest.split_at(place);
        filled.push_str(before);
        match values.iter().find(|(name, _)| from.starts_with(name)) {
            Some((name, value)) => {
                filled.push_str(value);
                rest = from.get(name.len()..).unwrap_or_default();
            }
            None => {
                filled.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}
