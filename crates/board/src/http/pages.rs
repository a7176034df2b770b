//! The pages that people read in a browser: the board's elections, one election, its result for spreadsheets, how who voted,
//! and where one is verified.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderMap, LOCATION, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::OnceCell;
use urna_api::server::{HTML, cacheable, for_ever};
use urna_api::{Problem, ProblemType};
use urna_crypto::ElectionId;
use urna_election::Phase;
use urna_election::entry::{Entry, ResultPublished};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::Disclosure;
use urna_election::result::ElectionResult;
use urna_election::selection::Choice;
use urna_pages::board::{
    Act, Election as ElectionPage, Listed, Narrowed, Party, Row, Shown, Verify, Votes, foreign, text_of,
};
use urna_pages::{Address, CONTENT_SECURITY_POLICY as POLICY, Language, PROGRAM_POLICY, Words, asset, board};

use super::read::{BRIEFLY, read};
use super::{Service, stopped};
use crate::error::BoardError;
use crate::opened::{Opened, OpenedBallots};
use crate::store::DiskStore;
use crate::writer::Reading;

/// How many ballots a page shows.
const ROWS: usize = 100;

/// Opened ballots of elections that somebody has looked at, read once each.
pub(super) type OpenedCache = Mutex<BTreeMap<[u8; 32], Arc<OnceCell<Arc<OpenedBallots>>>>>;

/// The language that was chosen on a page.
#[derive(Deserialize)]
pub(super) struct Chosen {
    lang: Option<String>,
}

/// What the reader of the page that verifies came with.
#[derive(Deserialize)]
pub(super) struct Came {
    lang: Option<String>,
    #[serde(default)]
    election: String,
}

/// What is looked for among ballots.
#[derive(Deserialize)]
pub(super) struct Looked {
    lang: Option<String>,
    #[serde(default)]
    q: String,
    #[serde(default)]
    choice: String,
    #[serde(default)]
    page: String,
}

fn words(chosen: Option<&str>, headers: &HeaderMap) -> Words {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Words::new(Language::wanted(chosen, accepted))
}

/// A page, which browsers ask for again, in the language that they prefer.
fn shown(headers: &HeaderMap, page: String) -> Response {
    let mut response = cacheable(headers, HTML, BRIEFLY, page.into_bytes());
    let own = response.headers_mut();
    own.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    own.insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

/// Files that pages name, for ever.
pub(super) async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let found =
        asset(&name).ok_or_else(|| Problem::new(ProblemType::UnknownRoute, "There is no such file."))?;
    Ok(for_ever(found.content_type, found.policy, found.bytes))
}

/// `/<slug>`, where people leave the slash away.
pub(super) async fn without_slash(
    State(service): State<Service>,
    Path(election): Path<String>,
) -> Result<Response, Problem> {
    let election = service.election(&election)?;
    let location = HeaderValue::from_str(&format!("/{}/", election.folder.slug)).map_err(|_| stopped())?;
    Ok((StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response())
}

/// Which elections there are.
pub(super) async fn elections(
    State(service): State<Service>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = words(chosen.lang.as_deref(), &headers);
    let listed = service.board.elections().into_iter().map(|election| {
        let known = election.writer.read(|reading| {
            let index = reading.index()?;
            Some((index.manifest().cloned(), index.phase()))
        });
        let (manifest, phase) = known.flatten().unwrap_or_default();
        Listed {
            slug: election.folder.slug.to_string(),
            title: manifest.as_ref().map(|manifest| text_of(words, manifest.title()).to_owned()),
            language: manifest.as_ref().and_then(|manifest| foreign(words, manifest)).map(str::to_owned),
            phase,
            trial: manifest.is_some_and(|manifest| manifest.is_trial()),
        }
    });
    let listed: Vec<_> = listed.collect();
    let address = Address { path: "/".to_owned(), query: Vec::new() };
    Ok(shown(&headers, board::list(words, service.board.name(), &listed, &address)))
}

/// Where an election stands.
pub(super) async fn election(
    State(service): State<Service>,
    Path(slug): Path<String>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = words(chosen.lang.as_deref(), &headers);
    let known = known(&service, &slug).await?;
    let Known { manifest, phase, turnout, size, checkpoint, parties, result } = &known;
    let did = |id: &urna_election::Id| parties.get(id.as_str()).cloned().unwrap_or_default();
    let party = |name: &str, id| Party { name: name.to_owned(), done: did(id) };
    let page = board::election(
        words,
        &ElectionPage {
            manifest,
            prefix: format!("{}/", service.board.prefix(manifest.slug())),
            phase: *phase,
            turnout: *turnout,
            size: *size,
            checkpoint: checkpoint.clone(),
            trustees: manifest
                .trustees()
                .members
                .iter()
                .map(|member| party(&member.name, &member.id))
                .collect(),
            issuers: manifest.issuers().iter().map(|issuer| party(&issuer.name, &issuer.id)).collect(),
            result: result
                .as_ref()
                .map(|(result, published)| (result, hexadecimal(&published.result.sha256.0))),
        },
        &Address { path: format!("/{slug}/"), query: Vec::new() },
    );
    Ok(shown(&headers, page))
}

/// The result for spreadsheets.
pub(super) async fn result_csv(
    State(service): State<Service>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (result, _) = known(&service, &slug).await?.result.ok_or_else(no_result)?;
    Ok(cacheable(&headers, "text/csv; charset=utf-8", BRIEFLY, result.to_csv().into_bytes()))
}

/// How who voted.
pub(super) async fn votes(
    State(service): State<Service>,
    Path(slug): Path<String>,
    Query(looked): Query<Looked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = words(looked.lang.as_deref(), &headers);
    let Known { manifest, result, .. } = known(&service, &slug).await?;
    let (_, published) = result.ok_or_else(no_result)?;
    if manifest.policy().disclosure != Disclosure::PerPseudonym {
        return Err(no_result());
    }
    let opened = opened(&service, &slug, &manifest, &published).await?;
    let Looked { q, choice, page, .. } = looked;
    // What is longer is no beginning of an identifier.
    let narrowed = Narrowed { identifier: q.chars().take(40).collect(), choice };
    let wanted = Wanted::parse(&manifest, &narrowed.choice);
    let found: Vec<&Opened> = opened
        .beginning_with(&narrowed.identifier)
        .iter()
        .filter(|ballot| wanted.as_ref().is_none_or(|wanted| wanted.is_in(&manifest, ballot)))
        .collect();
    let pages = found.len().div_ceil(ROWS).max(1);
    let page = page.parse().unwrap_or(1_usize).clamp(1, pages);
    let row = |ballot: &&Opened| Row {
        identifier: ballot.identifier.to_string(),
        class: ballot.class.position(),
        shown: ballot.choices().map_or(Shown::Invalid, Shown::Choices),
    };
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let text = board::votes(
        words,
        &Votes {
            manifest: &manifest,
            rows: found.iter().skip((page - 1) * ROWS).take(ROWS).map(row).collect(),
            found: number(found.len()),
            counted: number(opened.all().len()),
            page: number(page),
            pages: number(pages),
            narrowed: narrowed.clone(),
        },
        &Address {
            path: format!("/{slug}/votes"),
            query: vec![("q", narrowed.identifier), ("choice", narrowed.choice), ("page", page.to_string())],
        },
    );
    Ok(shown(&headers, text))
}

/// Where an election is verified in the reader's browser.
pub(super) async fn verify(
    State(service): State<Service>,
    Path(slug): Path<String>,
    Query(came): Query<Came>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = words(came.lang.as_deref(), &headers);
    let manifest =
        read(&service, &slug, |_, reading| Ok(reading.index().and_then(|index| index.manifest().cloned())));
    let manifest = manifest.await?.ok_or_else(no_manifest)?;
    // What is longer is no election id, however it is grouped.
    let election: String = came.election.chars().take(160).collect();
    let page = board::verify(
        words,
        &Verify {
            manifest: &manifest,
            prefix: format!("{}/", service.board.prefix(manifest.slug())),
            board: service.board.name(),
            election: election.clone(),
        },
        &Address { path: format!("/{slug}/verify"), query: vec![("election", election)] },
    );
    let mut response = shown(&headers, page);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PROGRAM_POLICY));
    Ok(response)
}

/// A choice that is looked for.
struct Wanted {
    contest: usize,
    choice: WantedChoice,
}

enum WantedChoice {
    Option(u16),
    Blank,
    Abstain,
}

impl Wanted {
    /// `contest:option`, `contest:blank` or `contest:abstain`; an option of that name comes first. What is none of them narrows
    /// nothing.
    fn parse(manifest: &Manifest, text: &str) -> Option<Self> {
        let (contest, choice) = text.split_once(':')?;
        let (place, contest) = manifest.contest(&contest.parse().ok()?)?;
        let option = contest.options.iter().position(|option| option.id.as_str() == choice);
        let choice = match (option, choice) {
            (Some(option), _) => WantedChoice::Option(u16::try_from(option).ok()?),
            (None, "blank") => WantedChoice::Blank,
            (None, "abstain") => WantedChoice::Abstain,
            _ => return None,
        };
        Some(Self { contest: place, choice })
    }

    fn is_in(&self, manifest: &Manifest, ballot: &Opened) -> bool {
        let style = manifest.ballot_style(ballot.class).position(|(place, _)| place == self.contest);
        let choices = ballot.choices().unwrap_or_default();
        match (style.and_then(|place| choices.get(place)), &self.choice) {
            (Some(Choice::Marks(marks)), WantedChoice::Option(option)) => marks.contains(option),
            (Some(Choice::Marks(marks)), WantedChoice::Blank) => marks.is_empty(),
            (Some(Choice::Abstain), WantedChoice::Abstain) => true,
            _ => false,
        }
    }
}

/// What the log says of an election.
struct Known {
    manifest: Arc<Manifest>,
    phase: Phase,
    turnout: Option<(u64, u64)>,
    size: u64,
    checkpoint: String,
    /// What trustees and issuers have done, by id.
    parties: BTreeMap<String, Vec<Act>>,
    result: Option<(ElectionResult, ResultPublished)>,
}

async fn known(service: &Service, slug: &str) -> Result<Known, Problem> {
    let known = read(service, slug, |_, reading| Known::read(reading)).await?;
    known.ok_or_else(no_manifest)
}

impl Known {
    fn read(reading: &Reading<DiskStore>) -> Result<Option<Self>, BoardError> {
        let known = reading.index().and_then(|index| {
            let (official, _) = index.official(None, None, usize::MAX - 1);
            Some((Arc::clone(index.manifest()?), index.phase()?, index.turnout(), official))
        });
        let (Some((manifest, phase, turnout, official)), Some(checkpoint)) =
            (known, reading.log.checkpoint()?)
        else {
            return Ok(None);
        };
        let size = checkpoint.unverified().head.size;
        let (mut parties, mut result) = (BTreeMap::<String, Vec<Act>>::new(), None);
        for index in official {
            let Some(entry) = reading.log.entry(index)?.and_then(|bytes| Entry::parse(&bytes).ok()) else {
                continue;
            };
            let (who, act) = match entry {
                Entry::Ceremony(signed) => (signed.signer, Act::Agreed),
                Entry::Rehearsal(signed) => (signed.signer, Act::Rehearsed),
                Entry::Issuance(signed) => (signed.signer, Act::Posted),
                Entry::Agreed(signed) => (signed.signer, Act::AgreedToOpen),
                Entry::Opening(signed) => (signed.signer, Act::Opened),
                Entry::Result(signed) => {
                    let bytes = reading.log.blob(&signed.body.result.sha256.0)?.unwrap_or_default();
                    result = ElectionResult::parse(&bytes).ok().map(|result| (result, signed.body));
                    continue;
                }
                _ => continue,
            };
            let done = parties.entry(who.to_string()).or_default();
            if !done.contains(&act) {
                done.push(act);
            }
        }
        let checkpoint = checkpoint.to_string();
        Ok(Some(Self { manifest, phase, turnout, size, checkpoint, parties, result }))
    }
}

/// The opened ballots, read when somebody first asks; whoever asks meanwhile waits for the same reading.
async fn opened(
    service: &Service,
    slug: &str,
    manifest: &Arc<Manifest>,
    published: &ResultPublished,
) -> Result<Arc<OpenedBallots>, Problem> {
    let id: &ElectionId = manifest.id();
    let cell = {
        let mut cache = service.opened.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cache.entry(*id.as_bytes()).or_default())
    };
    let (manifest, combined) = (Arc::clone(manifest), published.combined.iter().map(|blob| blob.sha256.0));
    let combined: Vec<_> = combined.collect();
    let read = || async {
        let ballots = read(service, slug, move |_, reading| {
            let counted = reading.index().and_then(|index| index.counted());
            OpenedBallots::read(&reading.log, &manifest, &counted.unwrap_or_default(), &combined)
        });
        Ok::<_, Problem>(Arc::new(ballots.await?))
    };
    Ok(Arc::clone(cell.get_or_try_init(read).await?))
}

fn no_manifest() -> Problem {
    Problem::new(ProblemType::NotYetPublic, "The manifest is not published yet.")
}

fn no_result() -> Problem {
    Problem::new(
        ProblemType::NotYetPublic,
        "There is no result yet, or this election shows no single ballots.",
    )
}

fn hexadecimal(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
