//! The list of voters.

mod said;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use url::form_urlencoded;
use urna_api::authority::{Cause, Draft, Move, RegisterChanges, RegisterRow};
use urna_election::Slug;
use urna_election::manifest::Credentials;
use urna_election::manifest::draft::{Class, Texts};
use urna_pages::Words;
use urna_pages::desk::{
    self, ClassCount, DoneVoters, Invited, NoList, RowProblem, Stage, Typed, Voter, Voters,
};

use super::upload::Upload;
use super::{At, CSV, Fields, Here, Refusal, Shown, Visit, file, look_at, refused, shown};
use crate::error::AuthorityError;
use crate::http::Service;
use crate::import::Listed;
use crate::look::Looked;
use crate::service::{Authority, Result as Done};

/// So many people are on a page.
const PAGE: usize = 50;

/// The pages of the list of voters.
pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/desk/{election}/voters", get(list))
        .route("/desk/{election}/voters/template.csv", get(template))
        .route("/desk/{election}/voters/print", get(print))
        .route("/desk/{election}/voters/list", get(look).post(give))
        .route("/desk/{election}/voters/list.csv", get(bad_rows))
        .route("/desk/{election}/voters/list/take", post(take))
        .route("/desk/{election}/voters/add", post(add))
        .route("/desk/{election}/voters/person", get(person))
        .route("/desk/{election}/voters/person/move", post(shift))
        .route("/desk/{election}/voters/person/remove", post(remove))
        .route("/desk/{election}/voters/person/resend", post(resend))
}

/// What the page is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    page: Option<u64>,
    done: Option<String>,
    list: Option<String>,
}

/// Who a page or a form is about.
#[derive(Deserialize)]
struct Who {
    #[serde(default)]
    id: String,
    done: Option<String>,
}

impl Visit {
    /// The page of an error, from which one goes on at the list of voters.
    fn refused_voters(&self, here: &Here, error: AuthorityError) -> Refusal {
        refused(&self.at(here, At::Voters, "/voters"), &here.path("/voters"), error)
    }
}

/// What is known of the list.
struct Known {
    draft: Draft,
    stage: Stage,
    rows: Vec<RegisterRow>,
}

impl Authority {
    /// How far an election is, as it matters to who may be changed.
    pub(super) fn voters_stage(&self, slug: &Slug) -> Done<Stage> {
        Ok(match self.election(slug)?.published {
            None => Stage::Draft,
            Some(published) if published.has_ended() => Stage::Ended,
            Some(_) => Stage::Public,
        })
    }
}

async fn known(service: &Service, visit: &Visit, here: &Here) -> Result<Known, Refusal> {
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let read = service.authority.on_disk(move |authority| {
        let rows = authority.register(&caller, &slug)?;
        Ok(Known { draft: authority.draft_of(&slug)?, stage: authority.voters_stage(&slug)?, rows })
    });
    read.await.map_err(|error| visit.refused_voters(here, error))
}

/// `GET /desk/<slug>/voters`
async fn list(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let known = known(&service, &visit, &here).await?;
    let no_list = asked.list.as_ref().map(|_| NoList::Gone);
    let done = asked.done.as_deref().and_then(DoneVoters::named);
    let page = Voters { no_list, done, ..page(visit.words, &here, known, &asked) };
    let path = with_query("/voters", &[("q", &page.searched), ("page", &page.page.to_string())]);
    Ok(shown(StatusCode::OK, desk::voters(&visit.at(&here, At::Voters, &path), &page)))
}

/// `GET /desk/<slug>/voters/print`: everybody, in the order of names.
async fn print(State(service): State<Service>, Path(election): Path<String>, visit: Visit) -> Shown {
    let here = visit.election(&service, &election).await?;
    let Known { draft, mut rows, .. } = known(&service, &visit, &here).await?;
    rows.sort_by_cached_key(|row| row.name.to_lowercase());
    let mut classes: Vec<(String, Vec<Voter>)> = Vec::new();
    for class in counts(visit.words, &draft) {
        let own = rows.iter().filter(|row| row.class == class.id);
        classes.push((class.title, own.map(|row| voter(visit.words, &draft, row)).collect()));
    }
    let now = visit.words.moment(service.authority.now(), &draft.time_zone);
    let around = visit.at(&here, At::Voters, "/voters/print");
    Ok(shown(StatusCode::OK, desk::printed(&around, &now, &classes)))
}

/// The page with those who are searched for.
fn page(words: Words, here: &Here, known: Known, asked: &Asked) -> Voters {
    let Known { draft, stage, rows } = known;
    let mut classes = counts(words, &draft);
    for row in &rows {
        match classes.iter_mut().find(|class| class.id == row.class) {
            Some(class) => class.listed += 1,
            // Of a class that the draft has no more.
            None => classes.push(ClassCount { id: row.class.clone(), title: row.class.clone(), listed: 1 }),
        }
    }
    let searched = asked.q.trim().to_owned();
    let wanted = searched.to_lowercase();
    let is_wanted = |row: &&RegisterRow| {
        let mut texts = [Some(&row.name), Some(&row.person), row.email.as_ref()].into_iter().flatten();
        texts.any(|text| text.to_lowercase().contains(&wanted))
    };
    let found: Vec<&RegisterRow> = rows.iter().filter(is_wanted).collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let place = asked.page.and_then(|page| usize::try_from(page).ok()).unwrap_or(1).clamp(1, pages);
    let shown = found.iter().skip((place - 1) * PAGE).take(PAGE);
    Voters {
        slug: here.slug.to_string(),
        stage,
        shown: shown.map(|row| voter(words, &draft, row)).collect(),
        classes,
        found: number(found.len()),
        searched,
        page: number(place),
        pages: number(pages),
        done: None,
        no_list: None,
        typed: Typed::default(),
        wrong: Vec::new(),
    }
}

fn voter(words: Words, draft: &Draft, row: &RegisterRow) -> Voter {
    Voter {
        person: row.person.clone(),
        name: row.name.clone(),
        email: row.email.clone(),
        class: class_title(words, draft, &row.class),
        invited: match row.invitation.as_str() {
            "unsent" => Invited::Unsent,
            "sent" => Invited::Sent,
            "erased" => Invited::Erased,
            _ => Invited::None,
        },
    }
}

/// The draft's classes, with nobody in them.
fn counts(words: Words, draft: &Draft) -> Vec<ClassCount> {
    let count = |class: &Class| ClassCount {
        id: class.id.clone(),
        title: class_title(words, draft, &class.id),
        listed: 0,
    };
    draft.classes.iter().map(count).collect()
}

/// The title of a class: in the reader's language, else in the election's first, else its id.
pub(super) fn class_title(words: Words, draft: &Draft, id: &str) -> String {
    let class = draft.classes.iter().find(|class| class.id == id);
    let title = class.map(|class| in_language(words, draft, &class.title)).unwrap_or_default();
    if title.is_empty() { id.to_owned() } else { title }
}

/// A text in the reader's language, else in the election's first.
pub(super) fn in_language(words: Words, draft: &Draft, texts: &Texts) -> String {
    let own = texts.iter().find(|(tag, _)| tag.split('-').next() == Some(words.language().tag()));
    let first = || draft.languages.first().and_then(|first| texts.get(first));
    own.map(|(_, text)| text).or_else(first).cloned().unwrap_or_default()
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// `GET /desk/<slug>/voters/template.csv`
async fn template(State(service): State<Service>, Path(election): Path<String>, visit: Visit) -> Shown {
    let here = visit.election(&service, &election).await?;
    let slug = here.slug.clone();
    let draft = service.authority.on_disk(move |authority| authority.draft_of(&slug)).await;
    let draft = draft.map_err(|error| visit.refused_voters(&here, error))?;
    let classes: Vec<String> = draft.classes.into_iter().map(|class| class.id).collect();
    Ok(file("voters.csv", CSV, desk::template(visit.words, &classes).into_bytes()))
}

/// `POST /desk/<slug>/voters/list`: a list to look at.
async fn give(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    upload: Upload,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    if upload.list.is_empty() {
        let known = known(&service, &visit, &here).await?;
        let page = page(visit.words, &here, known, &Asked::default());
        let page = Voters { no_list: Some(NoList::NothingGiven), ..page };
        let around = visit.at(&here, At::Voters, "/voters");
        return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, desk::voters(&around, &page)));
    }
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let form = upload.form();
    let held = service
        .authority
        .on_disk(move |authority| authority.hold_list(&caller, &slug, upload.list, form))
        .await;
    held.map_err(|error| visit.refused_voters(&here, error))?;
    Ok(look_at(&here.path("/voters/list")))
}

async fn looked(service: &Service, visit: &Visit, here: &Here) -> Result<(Draft, Stage, Looked), Refusal> {
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let looked = service.authority.on_disk(move |authority| {
        let looked = authority.look(&caller, &slug)?;
        Ok((authority.draft_of(&slug)?, authority.voters_stage(&slug)?, looked))
    });
    looked.await.map_err(|error| match error {
        AuthorityError::NoList => Refusal::of(look_at(&here.path("/voters?list=none"))),
        error => visit.refused_voters(here, error),
    })
}

/// `GET /desk/<slug>/voters/list`: what the list would change, or its bad rows.
async fn look(State(service): State<Service>, Path(election): Path<String>, visit: Visit) -> Shown {
    let here = visit.election(&service, &election).await?;
    let (draft, stage, looked) = looked(&service, &visit, &here).await?;
    let (words, slug) = (visit.words, here.slug.to_string());
    let around = visit.at(&here, At::Voters, "/voters/list");
    let look = match looked {
        Looked::Bad(bad) => {
            let rows = said::bad_rows(words, &bad);
            let has_more = bad.problems.values().map(Vec::len).sum::<usize>() < bad.found;
            let found = number(bad.found);
            let page = desk::bad_rows(&around, &desk::BadRows { slug, found, rows, has_more });
            return Ok(shown(StatusCode::OK, page));
        }
        Looked::Good(look) => *look,
    };
    let change = |listed: &Listed, before: Option<String>| desk::Change {
        person: listed.person.clone(),
        name: listed.name.clone(),
        class: class_title(words, &draft, listed.class.as_str()),
        before,
    };
    let order = |id: &str| draft.classes.iter().position(|class| class.id == id).unwrap_or(usize::MAX);
    let mut classes: Vec<_> = look.entitled.iter().collect();
    classes.sort_by_key(|(id, _)| order(id.as_str()));
    let page = desk::Look {
        slug,
        stage,
        classes: classes
            .into_iter()
            .map(|(id, (now, then))| (class_title(words, &draft, id.as_str()), *now, *then))
            .collect(),
        added: look.added.iter().map(|listed| change(listed, None)).collect(),
        removed: look.removed.iter().map(|listed| change(listed, None)).collect(),
        moved: look
            .moved
            .iter()
            .map(|(listed, before)| change(listed, Some(class_title(words, &draft, before.as_str()))))
            .collect(),
        renamed: number(look.renamed),
        merged: number(look.merged),
        notices: look.notices.iter().map(|notice| (notice.line, said::notice(words, &notice.kind))).collect(),
        noticed: number(look.noticed),
        seen: look.seen,
    };
    Ok(shown(StatusCode::OK, desk::look(&around, &page)))
}

/// `GET /desk/<slug>/voters/list.csv`: the bad rows, to be mended in a spreadsheet.
async fn bad_rows(State(service): State<Service>, Path(election): Path<String>, visit: Visit) -> Shown {
    let here = visit.election(&service, &election).await?;
    match looked(&service, &visit, &here).await? {
        (_, _, Looked::Bad(bad)) => match said::bad_rows_csv(visit.words, &bad) {
            Ok(csv) => Ok(file(&format!("{}-bad-rows.csv", here.slug), CSV, csv)),
            Err(_) => Err(visit.refused_voters(&here, AuthorityError::BrokenOff)),
        },
        _ => Ok(look_at(&here.path("/voters/list"))),
    }
}

/// Does something to the register, to its end also if the browser goes away meanwhile.
pub(super) async fn act<T: Send + 'static, F>(
    service: &Service,
    work: impl FnOnce(Arc<Authority>) -> F,
) -> Done<T>
where
    F: Future<Output = Done<T>> + Send + 'static,
{
    let done = tokio::spawn(work(Arc::clone(&service.authority))).await;
    done.unwrap_or(Err(AuthorityError::BrokenOff))
}

/// `POST /desk/<slug>/voters/list/take`
async fn take(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let cause = if fields.get("cause") == "nightly" { Cause::Nightly } else { Cause::Manual };
    let (caller, slug, seen) = (visit.caller.clone(), here.slug.clone(), fields.get("seen").to_owned());
    let reason = fields.get("reason").to_owned();
    let work = |authority: Arc<Authority>| async move {
        authority.take_list(&caller, &slug, &seen, cause).await?;
        authority.give_reason(&caller, &slug, &reason).await
    };
    match act(&service, work).await {
        Ok(_) => Ok(look_at(&here.path("/voters?done=loaded"))),
        Err(AuthorityError::NoList) => Ok(look_at(&here.path("/voters?list=none"))),
        Err(error) => {
            let around = visit.at(&here, At::Voters, "/voters/list");
            Err(refused(&around, &here.path("/voters/list"), error))
        }
    }
}

/// `POST /desk/<slug>/voters/add`: somebody who was left out.
async fn add(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let typed = |name: &str| fields.get(name).to_owned();
    let typed =
        Typed { person: typed("person"), name: typed("name"), email: typed("email"), class: typed("class") };
    let columns =
        [("person", &typed.person), ("name", &typed.name), ("email", &typed.email), ("class", &typed.class)];
    let row = columns.into_iter().filter(|(_, value)| !value.is_empty());
    let row = row.map(|(name, value)| (name.to_owned(), value.as_str().into())).collect();
    let changes = RegisterChanges { add: vec![row], ..RegisterChanges::default() };
    let wrong = match try_change(&service, &visit, &here, changes, &fields).await {
        Ok(_) => return Ok(look_at(&person_path(&here, &typed.person, DoneVoters::Added))),
        Err(AuthorityError::InvalidRegister(refused)) => {
            refused.lines.iter().map(|bad| said::problem(visit.words, &bad.problem)).collect()
        }
        Err(AuthorityError::InvalidChanges(items))
            if items.iter().all(|item| item.field.as_deref() == Some("add[0]")) =>
        {
            vec![RowProblem::ListedAlready.text(visit.words)]
        }
        Err(error) => return Err(visit.refused_voters(&here, error)),
    };
    let known = known(&service, &visit, &here).await?;
    let page = Voters { typed, wrong, ..page(visit.words, &here, known, &Asked::default()) };
    let around = visit.at(&here, At::Voters, "/voters");
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, desk::voters(&around, &page)))
}

/// Where somebody's page is, which says what was done.
fn person_path(here: &Here, person: &str, done: DoneVoters) -> String {
    here.path(&with_query("/voters/person", &[("id", person), ("done", done.name())]))
}

fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

/// `GET /desk/<slug>/voters/person?id=…`
async fn person(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(who): Query<Who>,
    visit: Visit,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let Known { draft, stage, rows } = known(&service, &visit, &here).await?;
    let Some(row) = rows.into_iter().find(|row| row.person == who.id) else {
        return Err(visit.refused_voters(&here, AuthorityError::UnknownPerson(who.id)));
    };
    let page = desk::Person {
        slug: here.slug.to_string(),
        stage,
        voter: voter(visit.words, &draft, &row),
        class: row.class,
        replaced: row.replaced.into(),
        classes: counts(visit.words, &draft),
        has_invitations: draft.policy.credentials == Credentials::Authority,
        done: who.done.as_deref().and_then(DoneVoters::named),
    };
    let path = with_query("/voters/person", &[("id", &who.id)]);
    Ok(shown(StatusCode::OK, desk::person(&visit.at(&here, At::Voters, &path), &page)))
}

/// `POST /desk/<slug>/voters/person/move`
async fn shift(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let person = fields.get("id").to_owned();
    let moved = Move { class: fields.get("class").to_owned(), person: person.clone() };
    let changes = RegisterChanges { r#move: vec![moved], ..RegisterChanges::default() };
    let changed = try_change(&service, &visit, &here, changes, &fields).await;
    changed.map_err(|error| visit.refused_voters(&here, error))?;
    Ok(look_at(&person_path(&here, &person, DoneVoters::Moved)))
}

/// `POST /desk/<slug>/voters/person/remove`
async fn remove(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    if fields.get("confirm") != here.slug.as_str() {
        return Err(visit.refused_voters(&here, AuthorityError::NotConfirmed(here.slug.clone())));
    }
    let changes = RegisterChanges { remove: vec![fields.get("id").to_owned()], ..RegisterChanges::default() };
    let changed = try_change(&service, &visit, &here, changes, &fields).await;
    changed.map_err(|error| visit.refused_voters(&here, error))?;
    Ok(look_at(&here.path("/voters?done=removed")))
}

/// Changes the register, and keeps why.
async fn try_change(
    service: &Service,
    visit: &Visit,
    here: &Here,
    changes: RegisterChanges,
    fields: &Fields,
) -> Result<(), AuthorityError> {
    let (caller, slug, reason) = (visit.caller.clone(), here.slug.clone(), fields.get("reason").to_owned());
    let work = |authority: Arc<Authority>| async move {
        authority.change_register(&caller, &slug, changes).await?;
        authority.give_reason(&caller, &slug, &reason).await
    };
    act(service, work).await
}

/// `POST /desk/<slug>/voters/person/resend`
async fn resend(
    State(service): State<Service>,
    Path(election): Path<String>,
    visit: Visit,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &election).await?;
    let person = fields.get("id").to_owned();
    let (caller, slug, id) = (visit.caller.clone(), here.slug.clone(), person.clone());
    let work = |authority: Arc<Authority>| async move { authority.resend(&caller, &slug, &id).await };
    let resent = act(&service, work).await.map_err(|error| visit.refused_voters(&here, error))?;
    let done = if resent.mailed { DoneVoters::Resent } else { DoneVoters::ForLetter };
    Ok(look_at(&person_path(&here, &person, done)))
}
