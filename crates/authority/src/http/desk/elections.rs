//! Which elections there are, and a new one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use urna_api::authority::{Awaited, Draft, IssuerParty, Listed, Step};
use urna_api::server::JSON;
use urna_election::Phase;
use urna_election::manifest::draft::{Class, Contest, ContestOption, Texts};
use urna_pages::Words;
use urna_pages::desk::{self, Standing, Who, Wrong};

use super::{Fields, Shown, Visit, file, look_at, refused, shown};
use crate::access::Caller;
use crate::draft::preset;
use crate::error::AuthorityError;
use crate::http::Service;
use crate::service::{Authority, Result, parse_slug};

/// The elections in which the account has a role.
pub(super) async fn list(State(service): State<Service>, visit: Visit) -> Shown {
    let caller = visit.caller.clone();
    let around = visit.around("/desk");
    let listed = service.authority.on_disk(move |authority| {
        let listed = authority.list(&caller)?.into_iter().map(|listed| {
            let slug = parse_slug(&listed.slug)?;
            let is_voting = listed.phase == "voting";
            let turnout = if is_voting { authority.newest_turnout(&slug)? } else { None };
            Ok((listed, authority.election(&slug)?.owner, turnout, authority.draft_of(&slug)?))
        });
        listed.collect::<Result<Vec<_>>>()
    });
    let listed = listed.await.map_err(|error| refused(&around, "/desk", error))?;
    let account = visit.caller.account();
    let listed =
        listed.into_iter().map(|(Listed { slug, title, trial, phase, awaited }, owner, turnout, draft)| {
            desk::Listed {
                slug,
                title,
                trial,
                standing: standing(&phase),
                turnout,
                awaited: awaited
                    .iter()
                    .map(|awaited| self::awaited(account, &owner, &draft, awaited))
                    .collect(),
            }
        });
    let listed: Vec<_> = listed.collect();
    let (may_create, is_operator) = (visit.caller.may_create().is_ok(), visit.caller.is_operator());
    Ok(shown(StatusCode::OK, desk::list(&around, &listed, may_create, is_operator)))
}

/// The form of a new election.
pub(super) async fn asked(State(service): State<Service>, visit: Visit) -> Shown {
    let others = others(&service, &visit).await?;
    let page = desk::new(&visit.around("/desk/new"), &desk::NewElection::default(), &others);
    Ok(shown(StatusCode::OK, page))
}

/// Those that can be copied.
async fn others(
    service: &Service,
    visit: &Visit,
) -> std::result::Result<Vec<(String, String)>, super::Refusal> {
    let caller = visit.caller.clone();
    let listed = service.authority.on_disk(move |authority| {
        caller.may_create()?;
        authority.list(&caller)
    });
    let listed = listed.await.map_err(|error| refused(&visit.around("/desk"), "/desk", error))?;
    Ok(listed.into_iter().map(|election| (election.slug, election.title)).collect())
}

/// Makes an election.
pub(super) async fn make(State(service): State<Service>, visit: Visit, fields: Fields) -> Shown {
    let (slug, from) = (fields.get("slug").to_owned(), fields.get("from").to_owned());
    let (copy_of, file) = (fields.get("copy_of").to_owned(), fields.get("file").to_owned());
    let (caller, words) = (visit.caller.clone(), visit.words);
    let (named, begin, copied, text) = (slug.clone(), from.clone(), copy_of.clone(), file.clone());
    let made = service.authority.on_disk(move |authority| {
        let beginning = match begin.as_str() {
            "copy" => Beginning::Copy(&copied),
            "file" => Beginning::File(&text),
            preset => Beginning::Preset(preset),
        };
        authority.begin(&caller, words, &named, beginning)
    });
    let error = match made.await {
        Ok(()) => return Ok(look_at(&format!("/desk/{slug}?said={}", desk::Said::Made.word()))),
        Err(error) => error,
    };
    let typed =
        desk::NewElection { slug: &slug, from: &from, copy_of: &copy_of, file: &file, ..Default::default() };
    let why = error.to_string();
    let typed = match error {
        AuthorityError::NotASlug => desk::NewElection { wrong: Some(Wrong::NotASlug), ..typed },
        AuthorityError::SlugInUse(_) => desk::NewElection { wrong: Some(Wrong::SlugInUse), ..typed },
        AuthorityError::ReservedSlug(_) => desk::NewElection { wrong: Some(Wrong::ReservedSlug), ..typed },
        AuthorityError::Record(_) => desk::NewElection { wrong_file: Some(&why), ..typed },
        error => return Err(refused(&visit.around("/desk/new"), "/desk/new", error)),
    };
    let others = others(&service, &visit).await?;
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, desk::new(&visit.around("/desk/new"), &typed, &others)))
}

/// The draft as a file from which other elections can begin.
pub(super) async fn preset_file(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let draft = service.authority.on_disk(move |authority| {
        let (draft, _) = authority.draft(&caller, &slug)?;
        // Whose approval is needed is a matter of each election, and so is the bundle.
        let draft = Draft { approvers: Vec::new(), booth: None, ..draft };
        Ok(serde_json::to_vec_pretty(&draft)?)
    });
    let draft = draft.await.map_err(|error| refused(&visit.around("/desk"), &here.path(""), error))?;
    Ok(file(&format!("{}.preset.json", here.slug), JSON, draft))
}

/// What an election begins with.
enum Beginning<'a> {
    Preset(&'a str),
    Copy(&'a str),
    File(&'a str),
}

impl Authority {
    /// Makes an election for people who have not written a word yet: in their language, with the issuer beside the authority.
    fn begin(&self, caller: &Caller, words: Words, slug: &str, from: Beginning<'_>) -> Result<()> {
        caller.may_create()?;
        let slug = parse_slug(slug)?;
        let (draft, what) = match from {
            Beginning::Preset(name) => {
                let preset = preset(name, caller.account(), &self.config.url);
                let preset = preset.ok_or_else(|| AuthorityError::UnknownPreset(name.to_owned()))?;
                (self.spoken(words, preset), format!("made the election from {name}"))
            }
            Beginning::Copy(other) => (self.copy(caller, other)?, format!("made the election from {other}")),
            Beginning::File(text) => {
                let draft: Draft = serde_json::from_str(text)?;
                let draft = Draft { approvers: vec![caller.account().to_owned()], booth: None, ..draft };
                (draft, "made the election from a preset file".to_owned())
            }
        };
        self.create_with(caller, &slug, &draft, &what).map(drop)
    }

    /// A preset in the language of whoever makes it. What a practice election says already stays as it is, in English words.
    fn spoken(&self, words: Words, preset: Draft) -> Draft {
        let desk::Beginning { voters, issuer, time_zone } = desk::beginning(words);
        let tag = words.language().tag();
        let in_language = |texts: Texts| {
            let first = texts.into_values().next();
            Texts::from_iter(first.map(|text| (tag.to_owned(), text)))
        };
        let own = |party: IssuerParty| match party.url.as_str() {
            "" => IssuerParty { name: issuer.clone(), url: self.config.url.clone(), ..party },
            _ => party,
        };
        Draft {
            classes: preset
                .classes
                .into_iter()
                .map(|class| Class { title: Texts::from([(tag.to_owned(), voters.clone())]), ..class })
                .collect(),
            contests: preset
                .contests
                .into_iter()
                .map(|contest| Contest {
                    options: contest
                        .options
                        .into_iter()
                        .map(|option| ContestOption { title: in_language(option.title), ..option })
                        .collect(),
                    title: in_language(contest.title),
                    ..contest
                })
                .collect(),
            issuers: preset.issuers.into_iter().map(own).collect(),
            languages: vec![tag.to_owned()],
            time_zone: time_zone.to_owned(),
            title: in_language(preset.title),
            ..preset
        }
    }
}

/// A phase, by its name.
pub(super) fn standing(phase: &str) -> Standing {
    match phase {
        "planned" => Standing::Planned,
        "publishing" => Standing::Publishing,
        "announced" => Standing::Published(Phase::Announced),
        "rehearsed" => Standing::Published(Phase::Rehearsed),
        "voting" => Standing::Published(Phase::Voting),
        "closed" => Standing::Published(Phase::Closed),
        "tallied" => Standing::Published(Phase::Tallied),
        "certified" => Standing::Published(Phase::Certified),
        "cancelled" => Standing::Published(Phase::Cancelled),
        _ => Standing::Draft,
    }
}

/// What is awaited, for somebody of this account.
pub(super) fn awaited(account: &str, owner: &str, draft: &Draft, awaited: &Awaited) -> desk::Awaited {
    let issuers = draft.issuers.iter().map(|party| (&party.id, &party.name));
    let trustees = draft.trustees.members.iter().map(|party| (&party.id, &party.name));
    let name_of = |id: &str| {
        let mut parties = issuers.clone().chain(trustees.clone());
        parties.find(|(own, _)| *own == id).map_or(id, |(_, name)| name.as_str()).to_owned()
    };
    let own = |name: &str, other: fn(String) -> Who| {
        if name == account { Who::You } else { other(name.to_owned()) }
    };
    let who = match awaited.from.split_once(' ') {
        Some(("approver", name)) => own(name, Who::Approver),
        Some(("issuer", id)) => Who::Issuer(name_of(id)),
        Some(("trustee", id)) => Who::Trustee(name_of(id)),
        _ if awaited.from == "board" => Who::Board,
        _ if awaited.from == "clock" => Who::Clock,
        _ => own(owner, Who::Owner),
    };
    let step = match awaited.step {
        Step::FixPlan => desk::Step::FixPlan,
        Step::IssuerKeys => desk::Step::IssuerKeys,
        Step::CeremonyPackage => desk::Step::CeremonyPackage,
        Step::ElectionKey => desk::Step::ElectionKey,
        Step::MendDraft => desk::Step::MendDraft,
        Step::Approve => desk::Step::Approve,
        Step::Publish => desk::Step::Publish,
        Step::Board => desk::Step::Board,
        Step::Agree => desk::Step::Agree,
        Step::Rehearse => desk::Step::Rehearse,
        Step::Register => desk::Step::Register,
        Step::Open => desk::Step::Open,
        Step::Close => desk::Step::Close,
        Step::PostIssuance => desk::Step::PostIssuance,
        Step::AgreeToOpen => desk::Step::AgreeToOpen,
        Step::OpenBallots => desk::Step::OpenBallots,
        Step::Tally => desk::Step::Tally,
        Step::Certify => desk::Step::Certify,
    };
    desk::Awaited { who, step }
}
