//! Running and finishing an election: where it stands, opening, closing, cancelling, the result.

use std::future::Future;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use serde::Deserialize;
use urna_api::authority::{Draft, Posted, Status};
use urna_api::server::JSON;
use urna_election::entry::Kind;
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::Schedule;
use urna_election::result::ElectionResult;
use urna_election::{Phase, Slug};
use urna_pages::board::Party;
use urna_pages::desk::{self, At, May, Overview, Said, Standing, Turnout};

use super::elections::{awaited, standing};
use super::{CSV, Fields, Here, Refusal, Shown, Visit, file, look_at, refused, shown};
use crate::access::{Caller, Right};
use crate::error::AuthorityError;
use crate::http::Service;
use crate::phases::posted;
use crate::service::{Authority, Result};

/// What a page that one is sent to says first.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    said: String,
}

/// Where an election stands.
pub(super) async fn overview(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let around = visit.at(&here, At::Overview, "");
    let seen = service.authority.seen(&visit.caller, &here.slug).await;
    let Seen { status, draft, turnout, trustees, board, rights, counted } =
        seen.map_err(|error| refused(&visit.around("/desk"), "/desk", error))?;
    let standing = standing(&status.phase);
    let account = visit.caller.account();
    let times = match draft.schedule {
        Schedule::Manual => None,
        Schedule::Times(times) => Some((times.opens.value(), times.closes.value())),
    };
    let by_hand = times.is_none();
    let published =
        |phases: &[Phase]| matches!(standing, Standing::Published(phase) if phases.contains(&phase));
    let may = May {
        open: rights.open_and_close && by_hand && published(&[Phase::Announced, Phase::Rehearsed]),
        close: rights.open_and_close && by_hand && published(&[Phase::Voting]),
        cancel: rights.cancel
            && published(&[Phase::Announced, Phase::Rehearsed, Phase::Voting, Phase::Closed]),
        tally: rights.own
            && status.awaited.iter().any(|awaited| awaited.step == urna_api::authority::Step::Tally),
        certify: rights.own && published(&[Phase::Tallied]),
    };
    let shown_page = Overview {
        standing,
        trial: status.trial,
        said: Said::parse(&asked.said),
        awaited: status.awaited.iter().map(|one| awaited(account, &status.owner, &draft, one)).collect(),
        may,
        entitled: status.entitled.values().sum(),
        unsent: status.unsent,
        zone: &draft.time_zone,
        times,
        turnout,
        trustees,
        board,
        vote: format!("/vote/{}", here.slug),
        result: counted.as_ref().map(|counted| (counted.manifest.as_ref(), &counted.result)),
    };
    Ok(shown(StatusCode::OK, desk::overview(&around, here.slug.as_str(), &shown_page)))
}

/// Opens voting.
pub(super) async fn open(service: State<Service>, visit: Visit, slug: Path<String>, fields: Fields) -> Shown {
    act(service, visit, slug, fields, Said::Opened, |authority, caller, slug, fields| async move {
        authority.open_voting(&caller, &slug, fields.get("confirm")).await
    })
    .await
}

/// Closes it.
pub(super) async fn close(
    service: State<Service>,
    visit: Visit,
    slug: Path<String>,
    fields: Fields,
) -> Shown {
    act(service, visit, slug, fields, Said::Closed, |authority, caller, slug, fields| async move {
        authority.close_voting(&caller, &slug, fields.get("confirm")).await
    })
    .await
}

/// Ends the election without a result.
pub(super) async fn cancel(
    service: State<Service>,
    visit: Visit,
    slug: Path<String>,
    fields: Fields,
) -> Shown {
    act(service, visit, slug, fields, Said::Cancelled, |authority, caller, slug, fields| async move {
        authority.cancel(&caller, &slug, fields.get("confirm"), fields.get("reason")).await
    })
    .await
}

/// Publishes the result.
pub(super) async fn tally(
    service: State<Service>,
    visit: Visit,
    slug: Path<String>,
    fields: Fields,
) -> Shown {
    act(service, visit, slug, fields, Said::Tallied, |authority, caller, slug, fields| async move {
        authority.publish_result(&caller, &slug, fields.get("confirm")).await
    })
    .await
}

/// Certifies it.
pub(super) async fn certify(
    service: State<Service>,
    visit: Visit,
    slug: Path<String>,
    fields: Fields,
) -> Shown {
    act(service, visit, slug, fields, Said::Certified, |authority, caller, slug, fields| async move {
        authority.certify(&caller, &slug, fields.get("confirm")).await
    })
    .await
}

/// Does what cannot be undone, to its end also if the browser goes away.
async fn act<F>(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
    said: Said,
    work: impl FnOnce(Arc<Authority>, Caller, Slug, Fields) -> F,
) -> Shown
where
    F: Future<Output = Result<Posted>> + Send + 'static,
{
    let here = visit.election(&service, &slug).await?;
    let done = work(Arc::clone(&service.authority), visit.caller.clone(), here.slug.clone(), fields);
    let done = tokio::spawn(done).await.unwrap_or(Err(AuthorityError::BrokenOff));
    let around = visit.at(&here, At::Overview, "");
    done.map_err(|error| refused(&around, &here.path(""), error))?;
    Ok(look_at(&here.path(&format!("?said={}", said.word()))))
}

/// The result on a page to print.
pub(super) async fn result(State(service): State<Service>, visit: Visit, Path(slug): Path<String>) -> Shown {
    let (here, Counted { manifest, result, is_final, .. }) = counted(&service, &visit, &slug).await?;
    let around = visit.at(&here, At::Overview, "/result");
    Ok(shown(StatusCode::OK, desk::result(&around, &manifest, &result, is_final)))
}

/// The result as a file: `.txt`, `.json` as it is published, `.csv`.
pub(super) async fn result_file(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    asked: Uri,
) -> Shown {
    let (here, Counted { manifest, result, bytes, is_final }) = counted(&service, &visit, &slug).await?;
    let (content_type, ending, body) = match asked.path().rsplit_once('.') {
        Some((_, "json")) => (JSON, "json", bytes),
        Some((_, "csv")) => (CSV, "csv", result.to_csv().into_bytes()),
        _ => {
            let text = desk::result_text(visit.words, &manifest, &result, is_final);
            ("text/plain; charset=utf-8", "txt", text.into_bytes())
        }
    };
    Ok(file(&format!("{}-result.{ending}", here.slug), content_type, body))
}

/// A published result.
struct Counted {
    manifest: Arc<Manifest>,
    result: ElectionResult,
    /// As the log names it.
    bytes: Vec<u8>,
    is_final: bool,
}

async fn counted(
    service: &Service,
    visit: &Visit,
    slug: &str,
) -> std::result::Result<(Here, Counted), Refusal> {
    let here = visit.election(service, slug).await?;
    let counted = service.authority.counted(&here.slug).await;
    let counted = counted.and_then(|counted| counted.ok_or(AuthorityError::NoResult));
    match counted {
        Ok(counted) => Ok((here, counted)),
        Err(error) => Err(refused(&visit.at(&here, At::Overview, ""), &here.path(""), error)),
    }
}

/// What an account sees of an election.
struct Seen {
    status: Status,
    draft: Draft,
    turnout: Option<Turnout>,
    /// What each trustee has done.
    trustees: Vec<Party>,
    /// Where everybody reads the record.
    board: Option<String>,
    rights: Rights,
    counted: Option<Counted>,
}

/// What the account's role allows in some phase.
struct Rights {
    own: bool,
    open_and_close: bool,
    cancel: bool,
}

impl Authority {
    async fn seen(self: &Arc<Self>, caller: &Caller, slug: &Slug) -> Result<Seen> {
        let status = self.status(caller, slug).await?;
        let (by, name) = (caller.clone(), slug.clone());
        let (draft, board, rights, before) = self
            .on_disk(move |authority| {
                let election = authority.allowed(&by, Right::Read, &name)?;
                let may = |right| by.require(right, &name, &election.owner).is_ok();
                let rights = Rights {
                    own: may(Right::Own),
                    open_and_close: may(Right::OpenAndClose),
                    cancel: may(Right::Cancel),
                };
                let is_public = election.published.is_some_and(|published| !published.posted.is_empty());
                let log = election.plan.and_then(|plan| plan.log).filter(|_| is_public);
                let board = log.map(|log| format!("{}/{name}/", log.url));
                Ok((authority.draft_of(&name)?, board, rights, authority.records.turnout(&name)?.seen))
            })
            .await?;
        // What the board does not say now is among what is awaited.
        let turnout = match &board {
            Some(_) => self.board.status(slug).await.ok().and_then(|status| status.turnout),
            None => None,
        };
        let trustees = match &board {
            Some(_) => self.trustees_done(slug).await.unwrap_or_default(),
            None => Vec::new(),
        };
        let is_voting = status.phase == "voting";
        let turnout = turnout.map(|now| {
            let mut before = before;
            before.extend(is_voting.then(|| (self.now(), now.cast)));
            Turnout { cast: now.cast, entitled: now.entitled, before }
        });
        let counted = self.counted(slug).await.ok().flatten();
        Ok(Seen { status, draft, turnout, trustees, board, rights, counted })
    }

    /// What each trustee has done, as the board says.
    async fn trustees_done(self: &Arc<Self>, slug: &Slug) -> Result<Vec<Party>> {
        let official = self.official(slug).await?;
        let name = slug.clone();
        let manifest = self.on_disk(move |authority| authority.manifest_of(&name)).await?;
        Ok(official.done(&manifest))
    }

    /// The published result, if there is one.
    async fn counted(self: &Arc<Self>, slug: &Slug) -> Result<Option<Counted>> {
        let bytes = match self.result(slug).await {
            Err(AuthorityError::NoResult) => return Ok(None),
            bytes => bytes?,
        };
        let result = ElectionResult::parse(&bytes).map_err(|_| AuthorityError::BoardContradicts)?;
        let name = slug.clone();
        let found = self.on_disk(move |authority| {
            let is_final = posted(&authority.election(&name)?, Kind::Certified).is_some();
            Ok((authority.manifest_of(&name)?, is_final))
        });
        let (manifest, is_final) = found.await?;
        Ok(Some(Counted { manifest, result, bytes, is_final }))
    }
}
