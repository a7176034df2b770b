//! Who takes part, once that is fixed: where each one stands, and what the owner can begin again.

use axum::extract::{Path, State};
use urna_api::authority::Restart;
use urna_election::Slug;
use urna_pages::desk::At;
use urna_pages::desk::making::{Fixed, IssuerFixed, TrusteeFixed};

use crate::access::{Caller, Right};
use crate::error::AuthorityError;
use crate::http::Service;
use crate::http::desk::{Fields, Shown, Visit, look_at, refused};
use crate::records::Election;
use crate::service::{Authority, Result};

/// The parties of a plan whose log there is.
pub(super) fn fixed(
    authority: &Authority,
    caller: &Caller,
    slug: &Slug,
    election: &Election,
) -> Result<Option<Fixed>> {
    let Some(record) = election.plan.as_ref().filter(|record| record.log.is_some()) else { return Ok(None) };
    let ceremony = authority.ceremony(slug)?;
    let awaited = |id: &str| {
        let awaited = ceremony.awaited.as_ref().filter(|_| election.trustees.is_none());
        awaited
            .filter(|awaited| awaited.trustees.iter().any(|of| of == id))
            .map(|awaited| awaited.kind.clone())
    };
    let trustees = record.plan.trustees.iter().map(|party| TrusteeFixed {
        id: party.id.to_string(),
        name: party.name.clone(),
        link: format!("{}/trustee/{slug}?trustee={}", authority.config.url, party.id),
        awaited: awaited(party.id.as_str()),
    });
    let issuers = record.plan.issuers.iter().map(|party| IssuerFixed {
        id: party.id.to_string(),
        name: party.name.clone(),
        has_keys: election.issuers.contains_key(&party.id),
    });
    Ok(Some(Fixed {
        trustees: trustees.collect(),
        threshold: record.plan.threshold.into(),
        issuers: issuers.collect(),
        attempt: ceremony.attempt,
        has_key: election.trustees.is_some(),
        is_owner: caller.require(Right::Own, slug, &election.owner).is_ok(),
    }))
}

/// Begins the key ceremony again.
pub(super) async fn restart(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let around = visit.at(&here, At::Making, "/making/trustees");
    let back = here.path("/making/trustees");
    let attempt = fields.get("attempt").parse().unwrap_or_default();
    let forget =
        fields.all().filter_map(|(name, _)| name.strip_prefix("forget.")).map(str::to_owned).collect();
    let is_confirmed = fields.get("confirm") == here.slug.as_str();
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let restarted = service.authority.on_disk(move |authority| {
        if !is_confirmed {
            return Err(AuthorityError::NotConfirmed(slug));
        }
        authority.restart_ceremony(&caller, &slug, &Restart { attempt, forget })
    });
    restarted.await.map_err(|error| refused(&around, &back, error))?;
    Ok(look_at(&format!("{back}?saved=yes")))
}

/// Removes an issuer's keys, so that it makes others.
pub(super) async fn remove_keys(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let around = visit.at(&here, At::Making, "/making/trustees");
    let back = here.path("/making/trustees");
    let issuer = fields.get("issuer").to_owned();
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let removed = service
        .authority
        .on_disk(move |authority| authority.remove_issuer_keys(&caller, &slug, &issuer))
        .await;
    removed.map_err(|error| refused(&around, &back, error))?;
    Ok(look_at(&format!("{back}?saved=yes")))
}
