//! Trying the ballot.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use urna_api::authority::Draft;
use urna_election::manifest::Schedule;
use urna_election::manifest::draft::{Class, Contest, Organiser, Policy, Texts};
use urna_pages::booth;

use super::making::problems::problem;
use super::voters::{class_title, in_language};
use super::{At, Here, Refusal, Shown, Visit, refused, shown};
use crate::http::{Service, fresh};

/// The page and what it shows.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/desk/{election}/preview", get(page))
        .route("/desk/{election}/preview.json", get(draft))
}

/// As whose voter one tries.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    class: String,
}

/// What the page needs of a draft, under the names of a manifest.
#[derive(Serialize)]
struct Tried {
    /// Its title: none where the draft has no class.
    class: Option<Class>,
    /// Those on which the class votes, and that have options.
    contests: Vec<Contest>,
    description: Option<Texts>,
    languages: Vec<String>,
    organiser: Organiser,
    policy: Policy,
    schedule: Schedule,
    several_classes: bool,
    time_zone: String,
    title: Texts,
    trial: bool,
}

impl Tried {
    fn new(draft: Draft, class: &str) -> Self {
        let class = own_class(&draft, class).cloned();
        let style = class.as_ref().map(|class| class.ballot_style.as_str());
        let style = draft.ballot_styles.iter().find(|own| Some(own.id.as_str()) == style);
        let wanted = style.map(|style| style.contests.as_slice()).unwrap_or_default();
        let contest = |id: &String| draft.contests.iter().find(|contest| contest.id == *id);
        let contests = wanted.iter().filter_map(contest).filter(|contest| !contest.options.is_empty());
        Self {
            contests: contests.cloned().collect(),
            class,
            several_classes: draft.classes.len() > 1,
            description: draft.description,
            languages: draft.languages,
            organiser: draft.organiser,
            policy: draft.policy,
            schedule: draft.schedule,
            time_zone: draft.time_zone,
            title: draft.title,
            trial: draft.trial,
        }
    }
}

/// The class of this id, else the first.
fn own_class<'d>(draft: &'d Draft, id: &str) -> Option<&'d Class> {
    draft.classes.iter().find(|class| class.id == id).or(draft.classes.first())
}

/// What an account may see of a draft, and what is missing in it.
async fn known(
    service: &Service,
    visit: &Visit,
    here: &Here,
) -> Result<(Draft, Vec<urna_api::Item>, String), Refusal> {
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let read = service.authority.on_disk(move |authority| {
        let (draft, _) = authority.draft(&caller, &slug)?;
        let is_draft = authority.election(&slug)?.published.is_none();
        let missing = if is_draft { authority.validate(&caller, &slug)? } else { Vec::new() };
        let chosen = draft.booth.and_then(|booth| authority.bundles.find(&booth.0));
        let bundle = chosen.unwrap_or(authority.bundles.newest()).name();
        Ok((draft, missing, bundle))
    });
    read.await.map_err(|error| refused(&visit.at(here, At::Making, "/preview"), &here.path(""), error))
}

/// `GET /desk/<slug>/preview?class=…`
async fn page(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let (draft, missing, bundle) = known(&service, &visit, &here).await?;
    let words = visit.words;
    let classes = draft.classes.iter().map(|class| class.id.clone());
    let preview = booth::Preview {
        slug: here.slug.to_string(),
        title: in_language(words, &draft, &draft.title),
        bundle,
        classes: classes.map(|id| (id.clone(), class_title(words, &draft, &id))).collect(),
        class: own_class(&draft, &asked.class).map(|class| class.id.clone()).unwrap_or_default(),
        missing: missing.iter().map(|item| problem(item, &draft)).collect(),
    };
    Ok(shown(StatusCode::OK, booth::preview(words, &preview)))
}

/// `GET /desk/<slug>/preview.json?class=…`
async fn draft(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let (draft, ..) = known(&service, &visit, &here).await?;
    Ok(fresh(Tried::new(draft, &asked.class)).into_response())
}
