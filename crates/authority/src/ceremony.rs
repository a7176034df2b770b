//! The authority as the trustees' courier (TRU-16): it keeps their packages, checks of them what anybody can, and takes the keys
//! of the manifest from them when all trustees have confirmed.

use urna_api::authority::{CeremonyAwaited, CeremonyShown, Restart, TrusteeKey, TrusteeKeys};
use urna_election::ceremony::{CeremonyKeys, Exchange, Package, PackageKind};
use urna_election::json::Base64;
use urna_election::{Id, Plan, Slug};

use crate::access::{Actor, Caller, Right};
use crate::error::AuthorityError;
use crate::records::{Election, Write};
use crate::service::{Authority, Result};
use crate::store::{Changes, Table};

impl Authority {
    /// Takes a package of a trustee's key ceremony, authenticated by what is signed in it. With the last confirmation the
    /// trustees' keys are complete, and approvals are void.
    ///
    /// # Errors
    /// [`AuthorityError::NoPlan`]; [`AuthorityError::UnknownTrustee`]; [`AuthorityError::OtherPackage`];
    /// [`AuthorityError::Package`] names the trustee; [`AuthorityError::AlreadyPublished`].
    pub fn take_package(
        &self,
        slug: &Slug,
        trustee: &str,
        kind: PackageKind,
        package: &Package,
    ) -> Result<CeremonyShown> {
        let _changing = self.changing();
        let mut election = self.election(slug)?;
        let plan = plan(&election)?;
        let unknown = || AuthorityError::UnknownTrustee(trustee.to_owned());
        let id: Id = trustee.parse().map_err(|_| unknown())?;
        plan.trustees.iter().find(|party| party.id == id).ok_or_else(unknown)?;
        if package.trustee != id || package.kind != kind {
            return Err(AuthorityError::OtherPackage);
        }
        let mut exchange = self.exchange(slug, plan.clone())?;
        if !exchange.take(package).map_err(AuthorityError::Package)? {
            return Ok(shown(&exchange));
        }
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        let mut changes = Changes::default();
        changes.write(Table::Ceremonies, slug.as_str().into(), &exchange.record())?;
        if let Some(keys) = exchange.keys() {
            election.trustees = Some(trustee_keys(plan, &keys));
            election.approvals.clear();
            changes.election(slug, &election)?;
        }
        let by = Actor { account: format!("trustee {id}"), key: None };
        self.audited(
            &mut changes,
            Some(slug),
            &by,
            format!("gave its {kind}, attempt {}", exchange.attempt()),
        )?;
        self.records.commit(&changes)?;
        Ok(shown(&exchange))
    }

    /// The packages that are there, and what is awaited. For everybody.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownElection`]; [`AuthorityError::NoPlan`].
    pub fn ceremony(&self, slug: &Slug) -> Result<CeremonyShown> {
        let election = self.election(slug)?;
        let exchange = self.exchange(slug, plan(&election)?.clone())?;
        let packages = exchange.packages().cloned().collect();
        Ok(CeremonyShown { packages: Some(packages), ..shown(&exchange) })
    }

    /// Ends an attempt and begins the next, without its packages and keys. Voids approvals. The same again has the same answer.
    ///
    /// # Errors
    /// [`AuthorityError::UnknownTrustee`] of one who is to be forgotten; [`AuthorityError::OtherAttempt`];
    /// [`AuthorityError::NoPlan`]; [`AuthorityError::AlreadyPublished`].
    pub fn restart_ceremony(&self, caller: &Caller, slug: &Slug, restart: &Restart) -> Result<CeremonyShown> {
        let _changing = self.changing();
        let mut election = self.allowed(caller, Right::Own, slug)?;
        let plan = plan(&election)?;
        if election.published.is_some() {
            return Err(AuthorityError::AlreadyPublished);
        }
        let mut forgotten = Vec::new();
        for name in &restart.forget {
            let party = plan.trustees.iter().find(|party| party.id.as_str() == name);
            forgotten.push(party.ok_or_else(|| AuthorityError::UnknownTrustee(name.clone()))?.id.clone());
        }
        let mut exchange = self.exchange(slug, plan.clone())?;
        let (ended, current) = (restart.attempt, exchange.attempt());
        let next = ended.saturating_add(1);
        if next == current && forgotten.is_empty() {
            return Ok(shown(&exchange));
        }
        if ended != current {
            return Err(AuthorityError::OtherAttempt { current });
        }
        exchange.restart(next, &forgotten);
        election.trustees = None;
        election.approvals.clear();
        let mut changes = Changes::default();
        changes.write(Table::Ceremonies, slug.as_str().into(), &exchange.record())?;
        changes.election(slug, &election)?;
        let mut what = format!("began attempt {next} of the key ceremony");
        if !restart.forget.is_empty() {
            what = format!("{what}, without the enrolment of {}", restart.forget.join(", "));
        }
        self.audited(&mut changes, Some(slug), &caller.actor(), what)?;
        self.records.commit(&changes)?;
        Ok(shown(&exchange))
    }

    pub(crate) fn exchange(&self, slug: &Slug, plan: Plan) -> Result<Exchange> {
        match self.records.ceremony(slug)? {
            Some(record) => Exchange::restore(plan, &record).map_err(AuthorityError::StoredCeremony),
            None => Ok(Exchange::new(plan)),
        }
    }
}

fn plan(election: &Election) -> Result<&Plan> {
    let record = election.plan.as_ref().filter(|record| record.log.is_some());
    record.map(|record| &record.plan).ok_or(AuthorityError::NoPlan)
}

fn shown(exchange: &Exchange) -> CeremonyShown {
    let awaited = exchange.awaited().map(|awaited| CeremonyAwaited {
        kind: awaited.kind.as_str().to_owned(),
        trustees: awaited.from.into_iter().map(|member| member.id.into()).collect(),
    });
    CeremonyShown { attempt: exchange.attempt(), awaited, packages: None }
}

fn trustee_keys(plan: &Plan, keys: &CeremonyKeys) -> TrusteeKeys {
    let members = plan.trustees.iter().zip(&keys.members);
    let members = members.map(|(party, (key, possession, share_key))| TrusteeKey {
        id: party.id.to_string(),
        key: Base64(key.to_bytes()),
        possession: Base64(possession.to_bytes()),
        share_key: Base64(share_key.to_bytes()),
    });
    TrusteeKeys { election_key: Base64(keys.election_key.to_bytes()), members: members.collect() }
}
