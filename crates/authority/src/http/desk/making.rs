//! Making an election: a checklist, and a form for each part of the draft.
//!
//! ```text
//! draft ─ fill ─▶ form ─ page ─▶ browser ─▶ form ─ read ─▶ draft ─▶ Authority::edit, with the version that the form was made from
//! ```
//!
//! `fill` and `read` are pure functions, one pair for each part: a form that is sent as it was shown gives the draft that it was made
//! of. What cannot be read, and what somebody else has edited meanwhile, is shown in the same form, with everything that was typed.

mod check;
mod classes;
mod contests;
mod invitation;
mod parties;
mod policies;
pub(super) mod problems;
mod reading;
mod schedule;
mod titles;
mod trustees;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use urna_api::Item;
use urna_api::authority::{Draft, Step};
use urna_election::{Id, Slug};
use urna_pages::desk::At;
use urna_pages::desk::making::{self, Awaited, Checklist, Fixed, Form, Locked, NotRead, Part, Sheet, Stage};
use urna_pages::{Language, Words};

use super::{Fields, Here, Shown, Visit, look_at, refused, shown};
use crate::access::{Caller, Right};
use crate::bundles::hexadecimal;
use crate::error::AuthorityError;
use crate::http::Service;
use crate::records::Election;
use crate::service::{Authority, Result};
use trustees::Own;

/// The pages on which an election is made.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/desk/{election}/making", get(checklist))
        .route("/desk/{election}/making/{part}", get(part).post(save_part))
        .route("/desk/{election}/making/contests/{contest}", get(contest).post(save_contest))
        .route("/desk/{election}/making/trustees/restart", post(parties::restart))
        .route("/desk/{election}/making/trustees/keys", post(parties::remove_keys))
        .route("/desk/{election}/making/check", get(check::page))
        .route("/desk/{election}/making/check/plan", post(check::plan))
        .route("/desk/{election}/making/check/approve", post(check::approve))
        .route("/desk/{election}/making/check/publish", post(check::publish))
        .route("/desk/{election}/making/check/manifest.json", get(check::manifest))
}

/// What a page that one is sent to says first.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    saved: Option<String>,
}

/// What is known of an election that is made.
struct Made {
    draft: Draft,
    version: u64,
    election: Election,
    locked: Option<Locked>,
    /// Everything that keeps it from being published.
    problems: Vec<Item>,
    /// Accounts with a role in it.
    accounts: Vec<String>,
    /// People on the list of voters, by class.
    people: BTreeMap<Id, u64>,
    /// Who takes part, once that is fixed.
    fixed: Option<Fixed>,
    /// The address of the authority, and the name of the issuer beside it in the election's first language.
    own: (String, String),
}

impl Made {
    fn load(authority: &Authority, caller: &Caller, slug: &Slug) -> Result<Self> {
        let election = authority.allowed(caller, Right::Read, slug)?;
        let may_edit = caller.require(Right::Manage, slug, &election.owner).is_ok();
        let locked = match (&election.published, may_edit) {
            (Some(_), _) => Some(Locked::Published),
            (None, false) => Some(Locked::Role),
            (None, true) => None,
        };
        let problems = match locked {
            Some(Locked::Published) => Vec::new(),
            _ => authority.complete(slug, &election)?.err().unwrap_or_default(),
        };
        let draft = authority.draft_of(slug)?;
        let tag = draft.languages.first().and_then(|tag| Language::of(tag)).unwrap_or(Language::English);
        Ok(Self {
            version: election.version,
            locked,
            problems,
            accounts: authority.accounts(slug, &election)?,
            people: authority.entitled(slug)?,
            fixed: parties::fixed(authority, caller, slug, &election)?,
            own: (authority.config.url.clone(), making::own_issuer(Words::new(tag))),
            draft,
            election,
        })
    }

    fn own(&self) -> Own<'_> {
        Own { url: &self.own.0, name: &self.own.1 }
    }
}

/// A page with a form.
#[derive(Clone)]
enum Target {
    Part(Part),
    /// A contest, by its id.
    Contest(String),
}

impl Target {
    fn of(part: &str) -> Option<Self> {
        Part::of(part).map(Self::Part)
    }

    fn path(&self) -> String {
        match self {
            Self::Part(part) => format!("/making/{}", part.path()),
            Self::Contest(id) => format!("/making/contests/{id}"),
        }
    }

    /// To where saving leads.
    fn above(&self) -> &'static str {
        match self {
            Self::Part(_) => "/making",
            Self::Contest(_) => "/making/contests",
        }
    }

    /// The form of the draft; none of a contest that is no more.
    fn fill(&self, made: &Made) -> Option<Form> {
        let draft = &made.draft;
        match self {
            Self::Part(Part::Titles) => Some(titles::fill(draft)),
            Self::Part(Part::Contests) => Some(Form::default()),
            Self::Part(Part::Classes) => Some(classes::fill(draft)),
            Self::Part(Part::Schedule) => Some(schedule::fill(draft)),
            Self::Part(Part::Policies) => Some(policies::fill(draft)),
            Self::Part(Part::Trustees) => Some(trustees::fill(draft, &made.own())),
            Self::Part(Part::Words) => Some(invitation::fill(draft, &made.accounts)),
            Self::Contest(id) => contests::fill(draft, id),
        }
    }

    /// The draft with what a form says in it, after what its button does besides.
    fn read(&self, form: &Form, made: &Made) -> std::result::Result<Draft, Vec<(String, NotRead)>> {
        let draft = &made.draft;
        let act = form.get("do");
        match self {
            Self::Part(Part::Titles) => titles::read(form, draft),
            Self::Part(Part::Contests) => contests::act(form, draft, act),
            Self::Part(Part::Classes) => classes::read(form, draft, act),
            Self::Part(Part::Schedule) => schedule::read(form, draft),
            Self::Part(Part::Policies) => policies::read(form, draft),
            Self::Part(Part::Trustees) => {
                trustees::read(form, draft, act, &made.own(), made.election.plan.is_some())
            }
            Self::Part(Part::Words) => invitation::read(form, draft),
            Self::Contest(id) => contests::read(form, draft, id, act),
        }
    }

    fn show(&self, sheet: &Sheet<'_>, made: &Made) -> String {
        match self {
            Self::Part(Part::Titles) => making::titles(sheet),
            Self::Part(Part::Contests) => {
                making::contests(sheet, &contests::lines(&made.draft, &made.problems))
            }
            Self::Part(Part::Classes) => making::classes(sheet, &classes::known(&made.draft, &made.people)),
            Self::Part(Part::Schedule) => making::schedule(sheet, &made.draft.time_zone),
            Self::Part(Part::Policies) => {
                making::policies(sheet, made.draft.booth.map(|booth| hexadecimal(&booth.0)).as_deref())
            }
            Self::Part(Part::Trustees) => making::trustees(sheet, made.fixed.as_ref()),
            Self::Part(Part::Words) => making::invitation(sheet),
            Self::Contest(_) => making::contest(sheet),
        }
    }
}

async fn made(service: &Service, visit: &Visit, here: &Here) -> Result<Made> {
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    service.authority.on_disk(move |authority| Made::load(authority, &caller, &slug)).await
}

async fn part(
    State(service): State<Service>,
    visit: Visit,
    Path((slug, part)): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    match Target::of(&part) {
        Some(target) => show(&service, &visit, &here, &target, &said).await,
        None => Ok(look_at(&here.path("/making"))),
    }
}

async fn contest(
    State(service): State<Service>,
    visit: Visit,
    Path((slug, contest)): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    show(&service, &visit, &here, &Target::Contest(contest), &said).await
}

async fn save_part(
    State(service): State<Service>,
    visit: Visit,
    Path((slug, part)): Path<(String, String)>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    match Target::of(&part) {
        Some(target) => save(&service, &visit, &here, &target, &fields).await,
        None => Ok(look_at(&here.path("/making"))),
    }
}

async fn save_contest(
    State(service): State<Service>,
    visit: Visit,
    Path((slug, contest)): Path<(String, String)>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    save(&service, &visit, &here, &Target::Contest(contest), &fields).await
}

/// A form as the draft is.
async fn show(service: &Service, visit: &Visit, here: &Here, target: &Target, said: &Said) -> Shown {
    let around = visit.at(here, At::Making, &target.path());
    let made = made(service, visit, here).await.map_err(|error| refused(&around, "/desk", error))?;
    let Some(form) = target.fill(&made) else { return Ok(look_at(&here.path(target.above()))) };
    let sheet = Sheet { was_saved: said.saved.is_some(), ..sheet(visit, here, target, &made, form) };
    Ok(shown(StatusCode::OK, target.show(&sheet, &made)))
}

fn sheet<'a>(visit: &'a Visit, here: &'a Here, target: &Target, made: &Made, form: Form) -> Sheet<'a> {
    Sheet {
        around: visit.at(here, At::Making, &target.path()),
        form,
        wrong: Vec::new(),
        meanwhile: None,
        version: made.version,
        locked: made.locked,
        has_approvals: !made.election.approvals.is_empty(),
        was_saved: false,
        languages: made.draft.languages.clone(),
    }
}

/// Takes what was typed, or shows it again with what is wrong.
async fn save(service: &Service, visit: &Visit, here: &Here, target: &Target, fields: &Fields) -> Shown {
    let around = visit.at(here, At::Making, &target.path());
    let back = here.path(&target.path());
    let refuse = |error| refused(&around, &back, error);
    let made = made(service, visit, here).await.map_err(refuse)?;
    let Some(saved) = target.fill(&made) else { return Ok(look_at(&here.path(target.above()))) };
    let form: Form = fields.all().collect();
    let version: u64 = form.get("version").parse().unwrap_or_default();
    let draft = match target.read(&form, &made) {
        Ok(draft) => draft,
        // Why nothing can be edited at all is said first.
        Err(_) if made.locked.is_some() => made.draft.clone(),
        Err(wrong) => {
            let sheet = Sheet { wrong, version, ..sheet(visit, here, target, &made, form) };
            return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, target.show(&sheet, &made)));
        }
    };
    if draft != made.draft || made.locked.is_some() {
        let (caller, slug) = (visit.caller.clone(), here.slug.clone());
        let edited =
            service.authority.on_disk(move |authority| authority.edit(&caller, &slug, &draft, version)).await;
        match edited {
            Ok(_) => {}
            Err(AuthorityError::EditedMeanwhile) => {
                let sheet = Sheet { meanwhile: Some(saved), ..sheet(visit, here, target, &made, form) };
                return Ok(shown(StatusCode::PRECONDITION_FAILED, target.show(&sheet, &made)));
            }
            Err(error) => return Err(refuse(error)),
        }
    }
    let next = match (form.get("do"), target) {
        ("save", _) => format!("{}?saved=yes", here.path(target.above())),
        ("stay", _) | (_, Target::Part(_)) => format!("{back}?saved=yes"),
        // Whoever moves candidates goes on moving them.
        (_, Target::Contest(_)) => format!("{back}?saved=yes#options"),
    };
    Ok(look_at(&next))
}

/// `GET /desk/<slug>/making`.
async fn checklist(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    Query(said): Query<Said>,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let around = visit.at(&here, At::Making, "/making");
    let refuse = |error| refused(&around, "/desk", error);
    let made = made(&service, &visit, &here).await.map_err(refuse)?;
    let list = list(&service, &visit, &here, &made, said.saved.is_some()).await.map_err(refuse)?;
    Ok(shown(StatusCode::OK, making::checklist(&around, &list)))
}

/// What the checklist says.
async fn list(service: &Service, visit: &Visit, here: &Here, made: &Made, saved: bool) -> Result<Checklist> {
    let status = service.authority.status(&visit.caller, &here.slug).await?;
    let stage = match &made.election {
        election if election.published.is_some() => Stage::Published,
        _ if status.awaited.iter().any(|awaited| awaited.step == Step::Publish) => Stage::Ready,
        _ if status.awaited.iter().any(|awaited| awaited.step == Step::Approve) => Stage::Approvals,
        election if election.plan.as_ref().is_some_and(|plan| plan.log.is_some()) => Stage::Keys,
        _ => Stage::Parts,
    };
    let awaited = match stage {
        Stage::Published => Vec::new(),
        _ => status.awaited.iter().filter_map(|step| awaited(step, &made.draft)).collect(),
    };
    Ok(Checklist {
        stage,
        problems: made.problems.iter().map(|item| problems::problem(item, &made.draft)).collect(),
        awaited,
        voters: status.entitled.values().sum(),
        locked: made.locked,
        saved,
    })
}

/// Who else is awaited, by a name for people.
fn awaited(awaited: &urna_api::authority::Awaited, draft: &Draft) -> Option<Awaited> {
    let id = awaited.from.split_once(' ').map_or(awaited.from.as_str(), |(_, id)| id);
    let mut issuers = draft.issuers.iter().filter(|issuer| issuer.id == id).map(|issuer| issuer.name.clone());
    let mut trustees =
        draft.trustees.members.iter().filter(|trustee| trustee.id == id).map(|trustee| trustee.name.clone());
    match awaited.step {
        Step::IssuerKeys => Some(Awaited::Issuer(issuers.next().unwrap_or_else(|| id.to_owned()))),
        Step::CeremonyPackage => Some(Awaited::Trustee(trustees.next().unwrap_or_else(|| id.to_owned()))),
        Step::ElectionKey => Some(Awaited::SoloKey),
        Step::Approve => Some(Awaited::Approver(id.to_owned())),
        _ => None,
    }
}
