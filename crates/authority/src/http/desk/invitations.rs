//! Invitations and reminders.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use urna_api::authority::Audience;
use urna_election::manifest::Credentials;
use urna_pages::desk::{self, Counts, DoneMailing, Invitations, Letter, Sending, TestWrong};

use super::voters::act;
use super::{At, CSV, Fields, Here, Refusal, Shown, Visit, file, look_at, refused, shown};
use crate::error::AuthorityError;
use crate::http::Service;

/// The pages of the invitations.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/desk/{election}/invitations", get(page))
        .route("/desk/{election}/invitations/test", post(test))
        .route("/desk/{election}/invitations/send", post(send))
        .route("/desk/{election}/invitations/letters", post(letters))
        .route("/desk/{election}/invitations/erase", post(erase))
}

const AT: At = At::Invitations;
const PATH: &str = "/invitations";

/// What the page is asked for.
#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

impl Visit {
    fn refused_mailing(&self, here: &Here, error: AuthorityError) -> Refusal {
        refused(&self.at(here, AT, PATH), &here.path(PATH), error)
    }
}

async fn known(service: &Service, visit: &Visit, here: &Here) -> Result<Invitations, Refusal> {
    let (caller, slug, is_owner) = (visit.caller.clone(), here.slug.clone(), here.is_owner);
    let read = service.authority.on_disk(move |authority| {
        let mailing = authority.mailing(&caller, &slug)?;
        let draft = authority.draft_of(&slug)?;
        let mut counts = Counts::default();
        for row in authority.register(&caller, &slug)? {
            match row.invitation.as_str() {
                "sent" => counts.sent += 1,
                "erased" => counts.erased += 1,
                "unsent" => {
                    counts.unsent += 1;
                    counts.without_address += u64::from(row.email.is_none());
                }
                _ => {}
            }
        }
        let sending = mailing.job.map(|job| Sending {
            sent: job.sent,
            failed: job.failed,
            reasons: job.reasons.into_iter().map(|failure| (failure.person, failure.reason)).collect(),
            left: job.left,
            without_address: job.without_address,
            done: job.done,
        });
        Ok(Invitations {
            slug: slug.to_string(),
            stage: authority.voters_stage(&slug)?,
            is_owner,
            makes_them: draft.policy.credentials == Credentials::Authority,
            has_register: mailing.has_register,
            has_mailer: mailing.has_mailer,
            is_tested: mailing.is_tested,
            counts,
            letters: mailing.mails.map(|mail| Letter { subject: mail.subject, text: mail.text.to_string() }),
            sending,
            done: None,
            typed: String::new(),
            wrong: None,
        })
    });
    read.await.map_err(|error| visit.refused_mailing(here, error))
}

/// `GET /desk/<slug>/invitations`
async fn page(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let known = known(&service, &visit, &here).await?;
    let page = Invitations { done: asked.done.as_deref().and_then(DoneMailing::named), ..known };
    Ok(shown(StatusCode::OK, desk::invitations(&visit.at(&here, AT, PATH), &page)))
}

/// `POST /desk/<slug>/invitations/test`
async fn test(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let to = fields.get("to").to_owned();
    let (status, wrong) = match service.authority.test_mail(&visit.caller, &here.slug, &to).await {
        Ok(()) => return Ok(look_at(&here.path("/invitations?done=tested"))),
        Err(AuthorityError::NotAnAddress) => (StatusCode::UNPROCESSABLE_ENTITY, TestWrong::Address),
        Err(AuthorityError::Mail(said)) => (StatusCode::BAD_GATEWAY, TestWrong::Refused(said)),
        Err(error) => return Err(visit.refused_mailing(&here, error)),
    };
    let known = known(&service, &visit, &here).await?;
    let page = Invitations { typed: to, wrong: Some(wrong), ..known };
    Ok(shown(status, desk::invitations(&visit.at(&here, AT, PATH), &page)))
}

/// `POST /desk/<slug>/invitations/send`: to all who were sent nothing yet, or to those who have not used their link.
async fn send(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let audience = if fields.get("audience") == "all" { Audience::All } else { Audience::NoTokenYet };
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let begun =
        act(&service, |authority| async move { authority.send_invitations(&caller, &slug, audience).await });
    begun.await.map_err(|error| visit.refused_mailing(&here, error))?;
    Ok(look_at(&here.path(PATH)))
}

/// `POST /desk/<slug>/invitations/letters`: a file with everybody's link who was sent none. No other page or file has one in it.
async fn letters(State(service): State<Service>, Path(election): Path<String>, visit: Visit) -> Shown {
    let here = visit.election(&service, &election).await?;
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let letters = service.authority.on_disk(move |authority| authority.letters(&caller, &slug)).await;
    let letters = letters.map_err(|error| visit.refused_mailing(&here, error))?;
    Ok(file(&format!("{}-letters.csv", here.slug), CSV, letters.to_vec()))
}

/// `POST /desk/<slug>/invitations/erase`
async fn erase(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let (caller, slug, typed) = (visit.caller.clone(), here.slug.clone(), fields.get("confirm").to_owned());
    let erased =
        act(&service, |authority| async move { authority.erase_invitations(&caller, &slug, &typed).await });
    erased.await.map_err(|error| visit.refused_mailing(&here, error))?;
    Ok(look_at(&here.path("/invitations?done=erased")))
}
