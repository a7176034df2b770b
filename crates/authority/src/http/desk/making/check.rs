//! Checking an election as a whole: fixing who takes part, approving exact bytes, publishing.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use urna_api::server::JSON;
use urna_election::manifest::Manifest;
use urna_pages::desk::making::{self, Check};
use urna_pages::desk::{At, Wrong};

use super::list;
use crate::error::AuthorityError;
use crate::http::Service;
use crate::http::desk::{Fields, Here, Shown, Visit, file, look_at, refused, shown};
use crate::http::elections::hash;
use crate::records::Election;
use crate::service::{Authority, Result};

const PATH: &str = "/making/check";

/// `GET /desk/<slug>/making/check`.
pub(super) async fn page(State(service): State<Service>, visit: Visit, Path(slug): Path<String>) -> Shown {
    let here = visit.election(&service, &slug).await?;
    look(&service, &visit, &here, StatusCode::OK, None).await
}

/// The page, with why an act was not done.
async fn look(
    service: &Service,
    visit: &Visit,
    here: &Here,
    status: StatusCode,
    wrong: Option<Wrong>,
) -> Shown {
    let around = visit.at(here, At::Making, PATH);
    let seen = seen(service, visit, here).await.map_err(|error| refused(&around, &here.path(""), error))?;
    let Seen { made, list, manifest } = seen;
    let approved = |account: &str| {
        let id = manifest.as_ref().map(|manifest| *manifest.id().as_bytes());
        let mut given = made.election.approvals.iter();
        given.any(|given| given.account == account && Some(given.sha256.0) == id)
    };
    let draft = &made.draft;
    let approvers: Vec<(String, bool)> =
        draft.approvers.iter().map(|account| (account.clone(), approved(account))).collect();
    let own = visit.caller.account();
    let check = Check {
        may_approve: !is_published(&made.election)
            && approvers.iter().any(|(account, approved)| account == own && !approved),
        approvers,
        people: manifest.as_ref().map_or_else(Vec::new, |manifest| {
            manifest.classes().iter().map(|class| made.people.get(&class.id).copied().unwrap_or(0)).collect()
        }),
        manifest: manifest.as_ref(),
        issuers: draft.issuers.iter().map(|issuer| issuer.name.clone()).collect(),
        trustees: draft.trustees.members.iter().map(|trustee| trustee.name.clone()).collect(),
        threshold: draft.trustees.threshold.value(),
        list,
        wrong,
    };
    Ok(shown(status, making::check(&around, &check)))
}

fn is_published(election: &Election) -> bool {
    election.published.is_some()
}

struct Seen {
    made: super::Made,
    list: making::Checklist,
    manifest: Option<Manifest>,
}

async fn seen(service: &Service, visit: &Visit, here: &Here) -> Result<Seen> {
    let made = super::made(service, visit, here).await?;
    let list = list(service, visit, here, &made, false).await?;
    let slug = here.slug.clone();
    let election = made.election.clone();
    let manifest = service.authority.on_disk(move |authority| {
        if is_published(&election) {
            return Ok(Some(authority.manifest_of(&slug)?.as_ref().clone()));
        }
        Ok(authority.complete(&slug, &election)?.ok())
    });
    Ok(Seen { manifest: manifest.await?, made, list })
}

/// Does what involves the board, also if the browser goes away.
async fn to_its_end<T: Send + 'static, F>(
    service: &Service,
    work: impl FnOnce(Arc<Authority>) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>> + Send + 'static,
{
    let done = tokio::spawn(work(Arc::clone(&service.authority))).await;
    done.unwrap_or(Err(AuthorityError::BrokenOff))
}

/// Fixes who takes part.
pub(super) async fn plan(State(service): State<Service>, visit: Visit, Path(slug): Path<String>) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let (caller, name) = (visit.caller.clone(), here.slug.clone());
    let fixed = to_its_end(&service, |authority| async move { authority.fix_plan(&caller, &name).await });
    match fixed.await {
        Ok(_) => Ok(look_at(&here.path("/making/trustees?saved=yes"))),
        Err(AuthorityError::InvalidDraft(_)) => {
            look(&service, &visit, &here, StatusCode::UNPROCESSABLE_ENTITY, Some(Wrong::Draft)).await
        }
        Err(error) => Err(refused(&visit.at(&here, At::Making, PATH), &here.path(PATH), error)),
    }
}

/// Approves the manifest whose hash was shown.
pub(super) async fn approve(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    // What is no hash is none of this manifest.
    let sha256 = hash(fields.get("sha256")).unwrap_or_default();
    let (caller, name) = (visit.caller.clone(), here.slug.clone());
    match service.authority.on_disk(move |authority| authority.approve(&caller, &name, &sha256)).await {
        Ok(()) => Ok(look_at(&format!("{}#approve", here.path(PATH)))),
        Err(AuthorityError::OtherManifest) => {
            look(&service, &visit, &here, StatusCode::PRECONDITION_FAILED, Some(Wrong::OtherManifest)).await
        }
        Err(error) => Err(refused(&visit.at(&here, At::Making, PATH), &here.path(PATH), error)),
    }
}

/// Publishes.
pub(super) async fn publish(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let (caller, name) = (visit.caller.clone(), here.slug.clone());
    let work = |authority: Arc<Authority>| async move {
        authority.publish(&caller, &name, fields.get("confirm")).await
    };
    let wrong = match to_its_end(&service, work).await {
        Ok(_) => return Ok(look_at(&here.path(""))),
        Err(AuthorityError::NotConfirmed(_)) => Wrong::NotConfirmed,
        Err(AuthorityError::ApprovalsMissing(_)) => Wrong::ApprovalsMissing,
        Err(AuthorityError::InvalidDraft(_)) => Wrong::Draft,
        Err(error) => return Err(refused(&visit.at(&here, At::Making, PATH), &here.path(PATH), error)),
    };
    look(&service, &visit, &here, StatusCode::UNPROCESSABLE_ENTITY, Some(wrong)).await
}

/// The exact bytes.
pub(super) async fn manifest(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let (caller, name) = (visit.caller.clone(), here.slug.clone());
    let bytes = service.authority.on_disk(move |authority| authority.manifest(Some(&caller), &name)).await;
    let bytes =
        bytes.map_err(|error| refused(&visit.at(&here, At::Making, PATH), &here.path(PATH), error))?;
    Ok(file(&format!("{}.manifest.json", here.slug), JSON, bytes))
}
