//! An election before it is published: draft, plan, keys of the others, approvals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use urna_api::Item;
use urna_api::authority::{Draft, IssuerKeys, NewElection, TrusteeKeys};
use urna_api::board::CreateLog;
use urna_crypto::{IssuerSigningKey, LogRequest};
use urna_election::json::Base64;
use urna_election::manifest::Manifest;
use urna_election::{Id, Plan, Slug};
use urna_log::{Origin, VerifierKey};

use crate::access::{Caller, Right};
use crate::draft::{self, Circumstances};
use crate::error::AuthorityError;
use crate::records::{Approval, Election, LogRecord, PlanRecord, Write};
use crate::service::{Authority, Result, parse_slug};
use crate::store::{Changes, Table};

/// The preset of a new election that names none.
const USUAL: &str = "council";
/// Pages of the desk that stand where its elections do.
const RESERVED: [&str; 4] = ["account", "accounts", "new", "sign-out"];

impl Authority {
    /// Makes an election, which is the caller's for good. Begins from another election's draft, or from a preset.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::NotASlug`]; [`AuthorityError::ReservedSlug`];
    /// [`AuthorityError::SlugInUse`]; [`AuthorityError::UnknownPreset`].
    pub fn create(&self, caller: &Caller, new: &NewElection) -> Result<(Draft, u64)> {
        caller.may_create()?;
        let slug = parse_slug(&new.slug)?;
        let name = new.from.as_deref().unwrap_or(USUAL);
        let draft = match draft::preset(name, &caller.account, &self.config.url) {
            Some(preset) => preset,
            None => self.copy(caller, name)?,
        };
        let version = self.create_with(caller, &slug, &draft, &format!("made the election from {name}"))?;
        Ok((draft, version))
    }

    /// Makes an election that begins with this draft.
    ///
    /// # Errors
    /// [`AuthorityError::Forbidden`]; [`AuthorityError::ReservedSlug`]; [`AuthorityError::SlugInUse`].
    pub(crate) fn create_with(&self, caller: &Caller, slug: &Slug, draft: &Draft, what: &str) -> Result<u64> {
        caller.may_create()?;
        if RESERVED.contains(&slug.as_str()) {
            return Err(AuthorityError::ReservedSlug(slug.clone()));
        }
        let _changing = self.changing();
        if self.records.election(slug)?.is_some() {
            return Err(AuthorityError::SlugInUse(slug.clone()));
        }
        let election = Election {
            owner: caller.account.clone(),
            made: self.now(),
            version: 0,
            plan: None,
            issuers: BTreeMap::new(),
            trustees: None,
            approvals: Vec::new(),
            tested: None,
            published: None,
        };
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        changes.write(Table::Drafts, slug.as_str().into(), draft)?;
        self.audited(&mut changes, Some(slug), &caller.actor(), what)?;
        self.records.commit(&changes)?;
        Ok(election.version)
    }

    /// Another election's draft, for a new one of the caller's.
    pub(crate) fn copy(&self, caller: &Caller, name: &str) -> Result<Draft> {
        let unknown = || AuthorityError::UnknownPreset(name.to_owned());
        let slug: Slug = name.parse().map_err(|_| unknown())?;
        self.allowed(caller, Right::Read, &slug).map_err(|error| match error {
            AuthorityError::UnknownElection(_) => unknown(),
            error => error,
        })?;
        let draft = self.records.draft(&slug)?.ok_or_else(unknown)?;
        Ok(Draft { approvers: vec![caller.account.clone()], ..draft })
    }

    /// The draft, and how often it was edited.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownElection`].
    pub fn draft(&self, caller: &Caller, slug: &Slug) -> Result<(Draft, u64)> {
        let election = self.allowed(caller, Right::Read, slug)?;
        Ok((self.draft_of(slug)?, election.version))
    }

    pub(crate) fn draft_of(&self, slug: &Slug) -> Result<Draft> {
        self.records.draft(slug)?.ok_or_else(|| AuthorityError::UnknownElection(slug.to_string()))
    }

    /// Replaces the draft that was edited `version` times. Voids every approval (C28, S1-21).
    ///
    /// # Errors
    /// [`AuthorityError::AlreadyPublished`]; [`AuthorityError::EditedMeanwhile`].
    pub fn edit(&self, caller: &Caller, slug: &Slug, draft: &Draft, version: u64) -> Result<u64> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Manage, slug)?;
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        if election.version != version {
            return Err(AuthorityError::EditedMeanwhile);
        }
        election.version += 1;
        election.approvals.clear();
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        changes.write(Table::Drafts, slug.as_str().into(), draft)?;
        self.audited(&mut changes, Some(slug), &caller.actor(), "edited the draft; approvals are void")?;
        self.records.commit(&changes)?;
        Ok(election.version)
    }

    /// Everything that keeps the draft from being published, at once.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownElection`].
    pub fn validate(&self, caller: &Caller, slug: &Slug) -> Result<Vec<Item>> {
        let election = self.allowed(caller, Right::Read, slug)?;
        Ok(self.complete(slug, &election)?.err().unwrap_or_default())
    }

    /// Accounts that have a key with a role in this election, in the order of their names.
    pub(crate) fn accounts(&self, slug: &Slug, election: &Election) -> Result<Vec<String>> {
        let mut accounts = BTreeSet::new();
        for (id, record) in self.records.keys()? {
            let account = record.account.clone();
            if Caller::new(&id, record).role_in(slug, &election.owner).is_some() {
                accounts.insert(account);
            }
        }
        Ok(accounts.into_iter().collect())
    }

    /// The manifest, or what is wrong with it.
    pub(crate) fn complete(
        &self,
        slug: &Slug,
        election: &Election,
    ) -> Result<std::result::Result<Manifest, Vec<Item>>> {
        let accounts = self.accounts(slug, election)?;
        let circumstances = Circumstances {
            slug,
            authority: &self.key.public(),
            bundles: &self.bundles,
            election,
            accounts: &accounts,
            listed: &self.entitled(slug)?,
            now: self.now(),
        };
        Ok(draft::complete(&self.draft_of(slug)?, &circumstances))
    }

    /// The manifest's bytes: for everybody once it is published, before that for those who have a role in the election.
    ///
    /// # Errors
    /// [`AuthorityError::InvalidDraft`] with what is missing.
    pub fn manifest(&self, caller: Option<&Caller>, slug: &Slug) -> Result<Vec<u8>> {
        if let Some(bytes) = self.records.manifest(slug)? {
            return Ok(bytes);
        }
        let caller = caller.ok_or(AuthorityError::NotPublished)?;
        let election = self.allowed(caller, Right::Read, slug)?;
        let manifest = self.complete(slug, &election)?.map_err(AuthorityError::InvalidDraft)?;
        Ok(manifest.bytes().to_vec())
    }

    /// Approves a manifest by the SHA-256 of its bytes (S0-28). The same again changes nothing.
    ///
    /// # Errors
    /// [`AuthorityError::NotAnApprover`]; [`AuthorityError::OtherManifest`]; [`AuthorityError::InvalidDraft`];
    /// [`AuthorityError::AlreadyPublished`].
    pub fn approve(&self, caller: &Caller, slug: &Slug, sha256: &[u8; 32]) -> Result<()> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Read, slug)?;
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        if !self.draft_of(slug)?.approvers.contains(&caller.account) {
            return Err(AuthorityError::NotAnApprover { account: caller.account.clone() });
        }
        let manifest = self.complete(slug, &election)?.map_err(AuthorityError::InvalidDraft)?;
        if manifest.id().as_bytes() != sha256 {
            return Err(AuthorityError::OtherManifest);
        }
        let approval = Approval { account: caller.account.clone(), sha256: Base64(*sha256) };
        if election.approvals.contains(&approval) {
            return Ok(());
        }
        election.approvals.retain(|other| other.account != approval.account);
        election.approvals.push(approval);
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        self.audited(&mut changes, Some(slug), &caller.actor(), format!("approved {}", manifest.id()))?;
        self.records.commit(&changes)
    }

    /// The plan.
    ///
    /// # Errors
    /// [`AuthorityError::NoPlan`].
    pub fn plan(&self, slug: &Slug) -> Result<Plan> {
        let record = self.election(slug)?.plan.filter(|record| record.log.is_some());
        Ok(record.ok_or(AuthorityError::NoPlan)?.plan)
    }

    /// Fixes the plan of the draft, and has the board create its log. The same again changes nothing, or goes on where it
    /// broke off.
    ///
    /// # Errors
    /// [`AuthorityError::InvalidDraft`]; [`AuthorityError::BoardRefused`], after which the plan can be another;
    /// [`AuthorityError::Board`], after which it is the same again, because the board may have its log.
    pub async fn fix_plan(self: &Arc<Self>, caller: &Caller, slug: &Slug) -> Result<Plan> {
        let act = self.act(slug);
        let _act = act.lock().await;
        let (by, name) = (caller.clone(), slug.clone());
        let PlanRecord { plan, log } =
            self.on_disk(move |authority| authority.propose_plan(&by, &name)).await?;
        if log.is_some() {
            return Ok(plan);
        }
        let signature = Base64(self.key.sign(&LogRequest { plan: &plan.id() }));
        let created = self.board.create_log(&CreateLog { plan: plan.clone(), signature }).await;
        let log = match created.map_err(crate::posting::board_error) {
            Ok(created) => Some(log_record(&plan, created).ok_or(AuthorityError::BoardContradicts)?),
            Err(AuthorityError::BoardRefused(problem)) => {
                self.keep_plan(caller, slug, None).await?;
                return Err(AuthorityError::BoardRefused(problem));
            }
            Err(error) => return Err(error),
        };
        self.keep_plan(caller, slug, Some(PlanRecord { plan: plan.clone(), log })).await?;
        Ok(plan)
    }

    /// Keeps what the board has answered.
    async fn keep_plan(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        record: Option<PlanRecord>,
    ) -> Result<()> {
        let (by, slug) = (caller.actor(), slug.clone());
        self.on_disk(move |authority| {
            let _changing = authority.changing();
            let mut election = authority.election(&slug)?;
            let what = match &record {
                Some(record) => format!("fixed the plan {}", record.plan.id()),
                None => "the board refused the plan".to_owned(),
            };
            election.plan = record;
            let mut changes = Changes::default();
            changes.election(&slug, &election)?;
            authority.audited(&mut changes, Some(&slug), &by, what)?;
            authority.records.commit(&changes)
        })
        .await
    }

    /// The plan that is fixed, or the draft's, which is kept before the board hears of it.
    fn propose_plan(&self, caller: &Caller, slug: &Slug) -> Result<PlanRecord> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Own, slug)?;
        if let Some(record) = election.plan {
            return Ok(record);
        }
        let draft = self.draft_of(slug)?;
        let plan = draft::plan(&draft, slug, &self.key.public()).map_err(AuthorityError::InvalidDraft)?;
        if draft.trustees.solo != (plan.threshold == 1) {
            let problem = "is for a single trustee with threshold 1, and says that this is meant (MAN-27)";
            return Err(AuthorityError::InvalidDraft(vec![Item::field("trustees.solo", problem)]));
        }
        let record = PlanRecord { plan, log: None };
        election.plan = Some(record.clone());
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        self.records.commit(&changes)?;
        Ok(record)
    }

    /// Takes an issuer's keys, authenticated by their proofs of possession over the plan id (TOK-1). Voids approvals.
    ///
    /// A proof shows that whoever made it has the secret, not who that is. So keys that are there are never replaced by
    /// others, until the owner removes them; and people compare what they approve with what the issuer says.
    ///
    /// # Errors
    /// [`AuthorityError::NoPlan`]; [`AuthorityError::UnknownIssuer`]; [`AuthorityError::InvalidProof`];
    /// [`AuthorityError::OtherKeys`]; [`AuthorityError::AlreadyPublished`].
    pub fn take_issuer_keys(&self, slug: &Slug, issuer: &str, keys: IssuerKeys) -> Result<()> {
        let _changing = self.changing();
        let mut election = self.election(slug)?;
        let record = election.plan.as_ref().filter(|record| record.log.is_some());
        let plan = record.ok_or(AuthorityError::NoPlan)?.plan.clone();
        let unknown = || AuthorityError::UnknownIssuer(issuer.to_owned());
        let id: Id = issuer.parse().map_err(|_| unknown())?;
        plan.issuers.iter().find(|party| party.id == id).ok_or_else(unknown)?;
        let of = format!("the keys of {id}");
        let signing_key = IssuerSigningKey::from_bytes(&keys.signing_key.0);
        if signing_key.is_err() || keys.keys.is_empty() || !draft::proves_issuer_keys(&plan, &id, &keys.keys)
        {
            return Err(AuthorityError::InvalidProof { of, plan: plan.id().to_string() });
        }
        if let Some(given) = election.issuers.get(&id) {
            // Proofs are made with randomness; the keys are what counts.
            let same = given.signing_key == keys.signing_key
                && given.keys.len() == keys.keys.len()
                && given.keys.iter().zip(&keys.keys).all(|(a, b)| a.class == b.class && a.key == b.key);
            return if same { Ok(()) } else { Err(AuthorityError::OtherKeys { of }) };
        }
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        election.issuers.insert(id.clone(), keys);
        election.approvals.clear();
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        let by = crate::access::Actor { account: format!("issuer {id}"), key: None };
        self.audited(&mut changes, Some(slug), &by, "gave its keys")?;
        self.records.commit(&changes)
    }

    /// Removes an issuer's keys, so that it can give others. Voids approvals.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownIssuer`]; [`AuthorityError::AlreadyPublished`].
    pub fn remove_issuer_keys(&self, caller: &Caller, slug: &Slug, issuer: &str) -> Result<()> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Own, slug)?;
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        let id: Option<Id> = issuer.parse().ok();
        let removed = id.and_then(|id| election.issuers.remove(&id));
        removed.ok_or_else(|| AuthorityError::UnknownIssuer(issuer.to_owned()))?;
        election.approvals.clear();
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        let what = format!("removed the keys of the issuer {issuer}");
        self.audited(&mut changes, Some(slug), &caller.actor(), what)?;
        self.records.commit(&changes)
    }

    /// Takes what the trustees' key ceremony ended with, a solo trustee's key included. Voids approvals.
    ///
    /// Enrolment keys prove possession over the plan id (TRU-1). That the shares fit the election key is MAN-27; that
    /// they were made without a dealer, trustees say with their `ceremony` entries.
    ///
    /// # Errors
    /// [`AuthorityError::NoPlan`]; [`AuthorityError::InvalidProof`] names the trustee; [`AuthorityError::InvalidDraft`] of
    /// other trustees than the plan's; [`AuthorityError::AlreadyPublished`].
    pub fn take_trustee_keys(&self, caller: &Caller, slug: &Slug, keys: TrusteeKeys) -> Result<()> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Own, slug)?;
        let record = election.plan.as_ref().filter(|record| record.log.is_some());
        let plan = &record.ok_or(AuthorityError::NoPlan)?.plan;
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        let planned = plan.trustees.iter().map(|party| party.id.as_str());
        if !planned.eq(keys.members.iter().map(|member| member.id.as_str())) {
            let problem = "must be those of the plan, in its order";
            return Err(AuthorityError::InvalidDraft(vec![Item::field("members", problem)]));
        }
        for member in &keys.members {
            if !draft::proves_enrolment(plan, &member.id, &member.key.0, &member.possession.0) {
                let of = format!("the key of the trustee {}", member.id);
                return Err(AuthorityError::InvalidProof { of, plan: plan.id().to_string() });
            }
        }
        election.trustees = Some(keys);
        election.approvals.clear();
        let mut changes = Changes::default();
        changes.election(slug, &election)?;
        self.audited(&mut changes, Some(slug), &caller.actor(), "gave the trustees' keys")?;
        self.records.commit(&changes)
    }
}

/// The log that a board says it has created, if it is one for this plan.
fn log_record(plan: &Plan, created: urna_api::board::LogCreated) -> Option<LogRecord> {
    let origin: Origin = created.origin.parse().ok()?;
    let log_key: VerifierKey = created.log_key.parse().ok()?;
    let promise_key: VerifierKey = created.promise_key.parse().ok()?;
    let url = created.url.strip_suffix(&format!("/{}", plan.slug))?.to_owned();
    let is_its = created.plan_id == plan.id().to_string()
        && created.slug == plan.slug.as_str()
        && log_key.name() == origin.key_name()
        && promise_key.name() == &origin.promise_key_name();
    is_its.then_some(LogRecord {
        origin: created.origin,
        url,
        log_key: created.log_key,
        promise_key: created.promise_key,
    })
}
