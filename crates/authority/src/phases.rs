//! Publishing, opening, closing, cancelling: by hand or by the clock; and where an election stands.

use std::sync::Arc;

use urna_api::authority::{Awaited, Listed, Posted, Status, Step};
use urna_api::board::Turnout;
use urna_election::Slug;
use urna_election::blob::BlobKind;
use urna_election::ceremony::Awaited as Wanted;
use urna_election::entry::{Cancelled, Certified, Kind, ManifestPublished, VotingClosed, VotingOpened};
use urna_election::json::Base64;
use urna_election::manifest::Schedule;

use crate::access::{Actor, Caller, Right};
use crate::error::AuthorityError;
use crate::posting::{Blob, blob, board_error};
use crate::records::{Election, Invitation, Published};
use crate::service::{Authority, Result};
use crate::store::{Changes, Table};

impl Authority {
    /// Publishes the manifest that all approvers have approved: its bytes are frozen, and posted as entry 0; then the
    /// register, if people are listed. The same again goes on where it broke off, or says what is published.
    ///
    /// # Errors
    /// [`AuthorityError::NotConfirmed`]; [`AuthorityError::InvalidDraft`]; [`AuthorityError::ApprovalsMissing`];
    /// [`AuthorityError::Board`]; [`AuthorityError::BoardRefused`], after which nothing is frozen.
    pub async fn publish(self: &Arc<Self>, caller: &Caller, slug: &Slug, typed: &str) -> Result<String> {
        let act = self.act(slug);
        let _act = act.lock().await;
        let (by, name, typed) = (caller.clone(), slug.clone(), typed.to_owned());
        let id = self.on_disk(move |authority| authority.freeze(&by, &name, &typed)).await?;
        self.deliver(slug).await?;
        // The election is published. Whatever keeps the register back is awaited, and said so.
        if let Err(error) = self.first_register(slug, &caller.actor()).await {
            tracing::warn!(election = %slug, %error, "the register is not posted yet");
        }
        Ok(id)
    }

    /// Freezes the manifest, unless it is frozen, and stages entry 0.
    fn freeze(&self, caller: &Caller, slug: &Slug, typed: &str) -> Result<String> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Own, slug)?;
        confirmed(slug, typed)?;
        if let Some(published) = &election.published {
            return Ok(published.election.0.to_string());
        }
        let manifest = self.complete(slug, &election)?.map_err(AuthorityError::InvalidDraft)?;
        let approvers = self.draft_of(slug)?.approvers;
        let has_approved = |account: &String| {
            let mut approvals = election.approvals.iter();
            approvals.any(|given| given.account == *account && given.sha256.0 == *manifest.id().as_bytes())
        };
        let missing: Vec<String> = approvers.into_iter().filter(|account| !has_approved(account)).collect();
        if !missing.is_empty() {
            return Err(AuthorityError::ApprovalsMissing(missing));
        }
        let id = *manifest.id();
        election.published =
            Some(Published { election: Base64(id), number: 0, pending: None, posted: Vec::new() });
        let named = blob(BlobKind::Manifest, manifest.bytes().to_vec())?;
        let body = ManifestPublished { manifest: named.0 };
        let mut changes = Changes::default();
        changes.put(Table::Manifests, slug.as_str().as_bytes(), manifest.bytes().to_vec());
        let by = caller.actor();
        self.stage(slug, &mut election, body, vec![named], &by, &mut changes)?;
        self.audited(&mut changes, Some(slug), &by, format!("published {id}"))?;
        self.records.commit(&changes)?;
        Ok(id.to_string())
    }

    /// Opens voting by hand (S1-55).
    ///
    /// # Errors
    /// [`AuthorityError::NotByHand`]; [`AuthorityError::RehearsalsMissing`] names the trustees; as the others.
    pub async fn open_voting(self: &Arc<Self>, caller: &Caller, slug: &Slug, typed: &str) -> Result<Posted> {
        match self.by_hand(caller, Right::OpenAndClose, slug, typed, Kind::VotingOpened, None).await {
            // The board knows who has rehearsed, and says no more than that the phase is another.
            Err(AuthorityError::BoardRefused(problem)) => {
                let awaited = self.others_awaited(slug).await.map(|(_, awaited)| awaited).unwrap_or_default();
                let missing =
                    awaited.into_iter().filter(|one| matches!(one.step, Step::Agree | Step::Rehearse));
                let missing: Vec<_> = missing.map(|one| one.from).collect();
                Err(if missing.is_empty() {
                    AuthorityError::BoardRefused(problem)
                } else {
                    AuthorityError::RehearsalsMissing(missing)
                })
            }
            done => done,
        }
    }

    /// Closes voting by hand (S1-56).
    ///
    /// # Errors
    /// [`AuthorityError::NotOpened`]; as [`Authority::open_voting`].
    pub async fn close_voting(self: &Arc<Self>, caller: &Caller, slug: &Slug, typed: &str) -> Result<Posted> {
        self.by_hand(caller, Right::OpenAndClose, slug, typed, Kind::VotingClosed, None).await
    }

    /// Ends the election without a result. Everybody reads the reason.
    ///
    /// # Errors
    /// [`AuthorityError::BoardRefused`] once there is a result; as the others.
    pub async fn cancel(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        typed: &str,
        reason: &str,
    ) -> Result<Posted> {
        self.by_hand(caller, Right::Cancel, slug, typed, Kind::Cancelled, Some(reason)).await
    }

    pub(crate) async fn by_hand(
        self: &Arc<Self>,
        caller: &Caller,
        right: Right,
        slug: &Slug,
        typed: &str,
        kind: Kind,
        reason: Option<&str>,
    ) -> Result<Posted> {
        let act = self.act(slug);
        let _act = act.lock().await;
        let (by, name, typed) = (caller.clone(), slug.clone(), typed.to_owned());
        self.on_disk(move |authority| {
            authority.allowed(&by, right, &name)?;
            confirmed(&name, &typed)
        })
        .await?;
        let verb = match kind {
            Kind::VotingOpened => "Opened",
            Kind::VotingClosed => "Closed",
            Kind::Certified => "Certified",
            _ => "Cancelled",
        };
        let text = match reason {
            None => format!("{verb} by hand by {}.\n", caller.account),
            Some(reason) => format!("{verb} by {}: {}\n", caller.account, reason.trim()),
        };
        self.change_phase(slug, kind, Some(text), &caller.actor()).await
    }

    /// Posts a change of phase, unless it stands in the log. Called by whoever holds the election's act.
    async fn change_phase(
        self: &Arc<Self>,
        slug: &Slug,
        kind: Kind,
        details: Option<String>,
        by: &Actor,
    ) -> Result<Posted> {
        // What was begun before comes first, and may be just this.
        self.deliver(slug).await?;
        let (name, by) = (slug.clone(), by.clone());
        let there = self.on_disk(move |authority| authority.stage_phase(&name, kind, details, &by)).await?;
        if let Some(there) = there {
            return Ok(there);
        }
        self.deliver(slug).await?;
        let name = slug.clone();
        let there = self.on_disk(move |authority| {
            if kind == Kind::VotingOpened {
                authority.begin_turnout(&name)?;
            }
            Ok(posted(&authority.election(&name)?, kind))
        });
        there.await?.ok_or(AuthorityError::BrokenOff)
    }

    /// Stages a change of phase; where it stands, if it does.
    fn stage_phase(
        &self,
        slug: &Slug,
        kind: Kind,
        details: Option<String>,
        by: &Actor,
    ) -> Result<Option<Posted>> {
        let _changing = self.changing();
        let mut election = self.election(slug)?;
        if let Some(posted) = posted(&election, kind) {
            return Ok(Some(posted));
        }
        let published = election.published.as_ref().ok_or(AuthorityError::NotPublished)?;
        let is_clock = *by == Actor::clock();
        let is_timed = matches!(kind, Kind::VotingOpened | Kind::VotingClosed);
        if !is_clock && is_timed && self.manifest_of(slug)?.schedule() != Schedule::Manual {
            return Err(AuthorityError::NotByHand);
        }
        if published.posted(Kind::Cancelled).is_some()
            || (kind == Kind::VotingOpened && published.has_ended())
        {
            return Err(AuthorityError::Ended);
        }
        if kind == Kind::VotingClosed && published.posted(Kind::VotingOpened).is_none() {
            return Err(AuthorityError::NotOpened);
        }
        if kind == Kind::Certified && published.posted(Kind::Result).is_none() {
            return Err(AuthorityError::NoResult);
        }
        let blobs: Vec<Blob> = details
            .into_iter()
            .map(|text| blob(BlobKind::Details, text.into_bytes()))
            .collect::<Result<_>>()?;
        let details = blobs.first().map(|(named, _)| *named);
        let mut changes = Changes::default();
        match kind {
            Kind::VotingOpened => {
                self.stage(slug, &mut election, VotingOpened { details }, blobs, by, &mut changes)?;
            }
            Kind::VotingClosed => {
                self.stage(slug, &mut election, VotingClosed { details }, blobs, by, &mut changes)?;
            }
            Kind::Certified => {
                self.stage(slug, &mut election, Certified { details }, blobs, by, &mut changes)?;
            }
            _ => self.stage(slug, &mut election, Cancelled { details }, blobs, by, &mut changes)?,
        }
        self.records.commit(&changes)?;
        Ok(None)
    }

    /// Does for every election what its time has come for: goes on with what was begun, posts the first register, opens
    /// and closes by the clock. Answers with what failed; it is tried again at the next call.
    pub async fn tick(self: &Arc<Self>) -> Vec<(Slug, AuthorityError)> {
        let mut failed = Vec::new();
        let slugs = match self.on_disk(|authority| authority.records.slugs()).await {
            Ok(slugs) => slugs,
            Err(error) => {
                tracing::error!(%error, "the records cannot be read");
                return failed;
            }
        };
        for slug in slugs {
            if let Err(error) = self.tick_election(&slug).await {
                failed.push((slug, error));
            }
        }
        failed
    }

    /// As [`Authority::tick`], for one election.
    pub(crate) async fn tick_election(self: &Arc<Self>, slug: &Slug) -> Result<()> {
        let name = slug.clone();
        if !self.on_disk(move |authority| authority.is_due(&name)).await? {
            return Ok(());
        }
        let act = self.act(slug);
        let _act = act.lock().await;
        self.deliver(slug).await?;
        let clock = Actor::clock();
        let name = slug.clone();
        let due = self.on_disk(move |authority| authority.due(&name)).await?;
        if due.register {
            self.first_register(slug, &clock).await?;
        }
        if let Some(kind) = due.phase {
            self.change_phase(slug, kind, None, &clock).await?;
        }
        Ok(())
    }

    fn is_due(&self, slug: &Slug) -> Result<bool> {
        let pending = self.election(slug)?.published.is_some_and(|published| published.pending.is_some());
        let due = self.due(slug)?;
        Ok(pending || due.register || due.phase.is_some())
    }

    fn due(&self, slug: &Slug) -> Result<Due> {
        let election = self.election(slug)?;
        let Some(published) = &election.published else { return Ok(Due::default()) };
        if published.has_ended() || published.posted(Kind::Manifest).is_none() {
            return Ok(Due::default());
        }
        let register = published.posted(Kind::Register).is_none() && !self.entitled(slug)?.is_empty();
        let mut due = Due { register, phase: None };
        if let Schedule::Times(times) = self.manifest_of(slug)?.schedule() {
            let now = self.now();
            let is_open = published.posted(Kind::VotingOpened).is_some();
            due.phase = if is_open && now >= times.closes.value() {
                Some(Kind::VotingClosed)
            } else if !is_open && now >= times.opens.value() && now < times.closes.value() {
                Some(Kind::VotingOpened)
            } else {
                None
            };
        }
        Ok(due)
    }

    /// The elections that a caller has a role in.
    ///
    /// # Errors
    /// [`AuthorityError::Store`].
    pub fn list(&self, caller: &Caller) -> Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for slug in self.records.slugs()? {
            let election = self.election(&slug)?;
            if caller.role_in(&slug, &election.owner).is_none() {
                continue;
            }
            let draft = self.draft_of(&slug)?;
            listed.push(Listed {
                title: title(&draft),
                trial: draft.trial,
                phase: phase(&election).to_owned(),
                awaited: self.awaited(&slug, &election)?,
                slug: slug.to_string(),
            });
        }
        Ok(listed)
    }

    /// Where an election stands, by what is known here and, once it is published, by what the board says.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownElection`]. That the board does not answer is among what is awaited.
    pub async fn status(self: &Arc<Self>, caller: &Caller, slug: &Slug) -> Result<Status> {
        let (by, name) = (caller.clone(), slug.clone());
        let (mut status, election) = self
            .on_disk(move |authority| {
                let election = authority.allowed(&by, Right::Read, &name)?;
                Ok((authority.status_here(&name, &election)?, election))
            })
            .await?;
        if election.published.is_some_and(|published| !published.posted.is_empty()) {
            match self.others_awaited(slug).await {
                Ok((phase, awaited)) => {
                    status.phase = phase;
                    status.awaited.extend(awaited);
                }
                Err(error) => {
                    let what = error.to_string();
                    status.awaited.push(Awaited { from: "board".to_owned(), step: Step::Board, what });
                }
            }
        }
        Ok(status)
    }

    fn status_here(&self, slug: &Slug, election: &Election) -> Result<Status> {
        let draft = self.draft_of(slug)?;
        let manifest = match self.records.manifest(slug)? {
            Some(_) => election.published.as_ref().map(|published| published.election.0.to_string()),
            None => self.complete(slug, election)?.ok().map(|manifest| manifest.id().to_string()),
        };
        let published = election.published.as_ref().filter(|published| !published.posted.is_empty());
        let current = |given: &&crate::records::Approval| {
            manifest
                .as_deref()
                .is_some_and(|id| urna_crypto::ElectionId::from_bytes(given.sha256.0).to_string() == id)
        };
        let invitations = self.records.invitations(slug)?;
        let unsent = invitations.values().filter(|invitation| matches!(invitation, Invitation::Unsent(_)));
        Ok(Status {
            slug: slug.to_string(),
            title: title(&draft),
            trial: draft.trial,
            owner: election.owner.clone(),
            phase: phase(election).to_owned(),
            awaited: self.awaited(slug, election)?,
            plan_id: election.plan.as_ref().map(|record| record.plan.id().to_string()),
            election_id: published.map(|published| published.election.0.to_string()),
            approved_by: election
                .approvals
                .iter()
                .filter(current)
                .map(|given| given.account.clone())
                .collect(),
            manifest,
            entitled: self.entitled(slug)?.into_iter().map(|(id, count)| (id.into(), count)).collect(),
            unsent: u64::try_from(unsent.count()).unwrap_or(u64::MAX),
        })
    }

    /// What is awaited, as far as it is known here.
    fn awaited(&self, slug: &Slug, election: &Election) -> Result<Vec<Awaited>> {
        let awaits =
            |from: &str, step, what: &str| Awaited { from: from.to_owned(), step, what: what.to_owned() };
        let mut awaited = Vec::new();
        let Some(published) = &election.published else {
            let draft = self.draft_of(slug)?;
            let Some(plan) = election.plan.as_ref().filter(|record| record.log.is_some()) else {
                return Ok(vec![awaits("owner", Step::FixPlan, "to fix the plan")]);
            };
            for party in plan.plan.issuers.iter().filter(|party| !election.issuers.contains_key(&party.id)) {
                awaited.push(awaits(&format!("issuer {}", party.id), Step::IssuerKeys, "its keys"));
            }
            if election.trustees.is_none() {
                match self.exchange(slug, plan.plan.clone())?.awaited() {
                    Some(Wanted { kind, from }) => {
                        let what = format!("its {kind}");
                        awaited.extend(from.iter().map(|member| {
                            awaits(&format!("trustee {}", member.id), Step::CeremonyPackage, &what)
                        }));
                    }
                    // Only a solo trustee itself knows its key.
                    None => {
                        awaited.push(awaits("owner", Step::ElectionKey, "to give the solo trustee's key"))
                    }
                }
            }
            if !awaited.is_empty() {
                return Ok(awaited);
            }
            let Ok(manifest) = self.complete(slug, election)? else {
                return Ok(vec![awaits("owner", Step::MendDraft, "to mend the draft")]);
            };
            for approver in draft.approvers {
                let approved = election
                    .approvals
                    .iter()
                    .any(|given| given.account == approver && given.sha256.0 == *manifest.id().as_bytes());
                if !approved {
                    awaited.push(awaits(
                        &format!("approver {approver}"),
                        Step::Approve,
                        "approval of the manifest",
                    ));
                }
            }
            if awaited.is_empty() {
                awaited.push(awaits("owner", Step::Publish, "to publish"));
            }
            return Ok(awaited);
        };
        if published.posted(Kind::Result).is_some() && published.posted(Kind::Certified).is_none() {
            awaited.push(awaits("owner", Step::Certify, "to certify the result"));
        }
        if published.has_ended() {
            return Ok(awaited);
        }
        if published.pending.is_some() {
            awaited.push(awaits("board", Step::Board, "to take an entry"));
        }
        if published.posted(Kind::Register).is_none() {
            awaited.push(awaits("owner", Step::Register, "the register"));
        }
        let is_open = published.posted(Kind::VotingOpened).is_some();
        let by_hand = self.manifest_of(slug)?.schedule() == Schedule::Manual;
        let (step, what) =
            if is_open { (Step::Close, "to close voting") } else { (Step::Open, "to open voting") };
        awaited.push(awaits(if by_hand { "owner" } else { "clock" }, step, what));
        Ok(awaited)
    }

    /// Turnout as the board shows it to everybody; never a result.
    ///
    /// # Errors
    /// [`AuthorityError::NotPublished`]; [`AuthorityError::Board`].
    pub async fn turnout(self: &Arc<Self>, caller: &Caller, slug: &Slug) -> Result<Option<Turnout>> {
        let (by, name) = (caller.clone(), slug.clone());
        self.on_disk(move |authority| {
            let election = authority.allowed(&by, Right::Read, &name)?;
            election.published.map(|_| ()).ok_or(AuthorityError::NotPublished)
        })
        .await?;
        Ok(self.board.status(slug).await.map_err(board_error)?.turnout)
    }

    /// Who did what.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`].
    pub fn audit(&self, caller: &Caller, slug: &Slug) -> Result<Vec<urna_api::authority::Done>> {
        self.allowed(caller, Right::Own, slug)?;
        let records = self.records.audit(Some(slug))?;
        let done = records.into_iter().map(|record| urna_api::authority::Done {
            time: record.time,
            account: record.by.account,
            key: record.by.key,
            what: record.what,
        });
        Ok(done.collect())
    }
}

/// What is due in an election.
#[derive(Default)]
struct Due {
    register: bool,
    phase: Option<Kind>,
}

/// What cannot be undone needs the slug once more.
pub(crate) fn confirmed(slug: &Slug, typed: &str) -> Result<()> {
    if typed == slug.as_str() { Ok(()) } else { Err(AuthorityError::NotConfirmed(slug.clone())) }
}

pub(crate) fn posted(election: &Election, kind: Kind) -> Option<Posted> {
    let posted = election.published.as_ref()?.posted(kind)?;
    Some(Posted { kind: kind.to_string(), index: posted.index })
}

/// The phase, by what is known here.
fn phase(election: &Election) -> &'static str {
    match &election.published {
        None if election.plan.as_ref().is_none_or(|record| record.log.is_none()) => "draft",
        None => "planned",
        Some(published) if published.posted.is_empty() => "publishing",
        Some(published) if published.posted(Kind::Cancelled).is_some() => "cancelled",
        Some(published) if published.posted(Kind::Certified).is_some() => "certified",
        Some(published) if published.posted(Kind::Result).is_some() => "tallied",
        Some(published) if published.posted(Kind::VotingClosed).is_some() => "closed",
        Some(published) if published.posted(Kind::VotingOpened).is_some() => "voting",
        Some(_) => "announced",
    }
}

/// The title in the default language.
pub(crate) fn title(draft: &urna_api::authority::Draft) -> String {
    let language = draft.languages.first().map(String::as_str).unwrap_or_default();
    draft.title.get(language).cloned().unwrap_or_default()
}
