//! The page of one election.

use maud::{Markup, html};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{Disclosure, Schedule};
use urna_election::result::{ContestResult, ElectionResult, OptionResult};
use urna_election::{Id, Phase};

use super::{bar, figure, foreign, phase, tenths, text_of, title_of, trial};
use crate::layout::{Address, page};
use crate::words::Words;

/// What the board knows of an election.
#[derive(Clone, Debug)]
pub struct Election<'e> {
    /// Its definition.
    pub manifest: &'e Manifest,
    /// Where its record is: scheme, host, slug, and a slash at the end.
    pub prefix: String,
    /// Where it stands.
    pub phase: Phase,
    /// Pseudonyms with a ballot, and people on the register; none where the policy withholds it.
    pub turnout: Option<(u64, u64)>,
    /// How many entries the log has.
    pub size: u64,
    /// Its newest checkpoint, as it is signed.
    pub checkpoint: String,
    /// What each trustee has done, in the manifest's order.
    pub trustees: Vec<Party>,
    /// What each issuer has done, in the manifest's order.
    pub issuers: Vec<Party>,
    /// The published result, and the name of the blob that it is.
    pub result: Option<(&'e ElectionResult, String)>,
}

/// A trustee or an issuer.
#[derive(Clone, Debug)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// What it has done.
    pub done: Vec<Act>,
}

/// What a trustee or an issuer does for an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Agreed to the manifest.
    Agreed,
    /// Decrypted a canary from its backup.
    Rehearsed,
    /// Agreed on what is opened.
    AgreedToOpen,
    /// Opened ballots.
    Opened,
    /// Posted the issuance list.
    Posted,
}

impl Act {
    fn said(self, words: Words) -> String {
        words.text(match self {
            Self::Agreed => "did-agree",
            Self::Rehearsed => "did-rehearse",
            Self::AgreedToOpen => "did-agree-to-open",
            Self::Opened => "did-open",
            Self::Posted => "did-post",
        })
    }
}

/// The page of an election whose manifest is published.
pub fn election(words: Words, election: &Election<'_>, address: &Address) -> String {
    let manifest = election.manifest;
    let title = title_of(words, manifest);
    let lang = foreign(words, manifest);
    let content = html! {
        h1 lang=[lang] { (title) }
        @if manifest.is_trial() { (trial(words)) }
        @if let Some(description) = manifest.description() { p.lead lang=[lang] { (text_of(words, description)) } }
        (standing(words, election))
        @if let Some((result, blob)) = &election.result { (result_of(words, election, result, blob)) }
        (questions(words, election))
        (identity(words, election))
        (parties(words, election))
        (record(words, election))
    };
    page(words, &title, Some(&manifest.organiser().name), address, &content)
}

fn standing(words: Words, election: &Election<'_>) -> Markup {
    let zone = election.manifest.time_zone();
    html! {
        section.standing aria-labelledby="standing" {
            h2 #standing { (phase(words, Some(election.phase))) }
            @match election.manifest.schedule() {
                Schedule::Manual => p { (words.text("schedule-manual")) },
                Schedule::Times(times) => p {
                    (words.with("schedule-times", &[
                        ("opens", words.moment(times.opens.value(), zone).into()),
                        ("closes", words.moment(times.closes.value(), zone).into()),
                    ]))
                },
            }
            @if let Some((cast, entitled)) = election.turnout {
                p.figure {
                    strong { (words.number(cast)) } " "
                    (words.with("turnout-of", &[("cast", figure(cast)), ("entitled", figure(entitled))]))
                    @if let Some(tenths) = tenths(cast, entitled) { " (" (words.per_cent(tenths)) ")" }
                }
                (bar(cast, entitled))
            } @else if election.phase == Phase::Voting {
                p { (words.text("turnout-withheld")) }
            }
        }
    }
}

fn result_of(words: Words, election: &Election<'_>, result: &ElectionResult, blob: &str) -> Markup {
    let Election { manifest, .. } = election;
    html! {
        section.result aria-labelledby="result" {
            h2 #result { (words.text("result")) }
            @if election.phase != Phase::Certified { p.note { (words.text("not-certified")) } }
            @for contest in &result.contests { (contest_result(words, manifest, contest)) }
            (counted(words, result))
            ul.actions {
                @if manifest.policy().disclosure == Disclosure::PerPseudonym {
                    li { a.button href={ "votes?lang=" (words.language().tag()) } { (words.text("how-who-voted")) } }
                }
                li { a href={ "blob/" (blob) } download="result.json" type="application/json" { (words.text("download-json")) } }
                li { a href="result.csv" download="result.csv" type="text/csv" { (words.text("download-csv")) } }
            }
        }
    }
}

/// How many ballots are counted, of how many people, and what became of the tokens.
pub(crate) fn counted(words: Words, result: &ElectionResult) -> Markup {
    html! {
        p.figure { (counted_of(words, result)) }
        p.note { (gap_figures(words, result)) }
    }
}

pub(crate) fn counted_of(words: Words, result: &ElectionResult) -> String {
    let (counted, entitled) = (result.counted.value(), result.entitled.value());
    let said = words.with("counted-of", &[("counted", figure(counted)), ("entitled", figure(entitled))]);
    tenths(counted, entitled).map_or(said.clone(), |tenths| format!("{said} ({})", words.per_cent(tenths)))
}

pub(crate) fn gap_figures(words: Words, result: &ElectionResult) -> String {
    words.with(
        "gap-figures",
        &[
            ("issued", figure(result.issued.value())),
            ("seen", figure(result.seen.value())),
            ("returned", figure(result.returned.value())),
            ("gap", figure(result.gap.value())),
        ],
    )
}

pub(crate) fn other_ballots(words: Words, result: &ContestResult) -> String {
    words.with(
        "other-ballots",
        &[
            ("blank", figure(result.blank.value())),
            ("abstain", figure(result.abstain.value())),
            ("void", figure(result.void.value())),
            ("invalid", figure(result.invalid.value())),
        ],
    )
}

pub(crate) fn contest_result(words: Words, manifest: &Manifest, result: &ContestResult) -> Markup {
    let contest = manifest.contest(&result.id).map(|(_, contest)| contest);
    let lang = foreign(words, manifest);
    let all: u64 = result.options.iter().map(|option| option.votes.value()).sum();
    let mut order: Vec<_> = result.options.iter().collect();
    order.sort_by_key(|option| std::cmp::Reverse(option.votes.value()));
    let districts: Vec<_> = order.first().map(|option| option.districts.keys().collect()).unwrap_or_default();
    let title = |id: &Id, default: &str| {
        let option = contest.and_then(|contest| contest.options.iter().find(|option| option.id == *id));
        option.map_or(default, |option| text_of(words, &option.title)).to_owned()
    };
    html! {
        article.contest {
            @let name = contest.map_or(result.title.as_str(), |contest| text_of(words, &contest.title));
            h3 lang=[lang] { (name) }
            div.scroll role="region" tabindex="0" aria-label=(name) {
                table {
                    thead {
                        tr {
                            th scope="col" { (words.text("option")) }
                            th.number scope="col" { (words.text("votes")) }
                            th.number scope="col" { (words.text("share")) }
                            th.wide { span.hidden { (words.text("share")) } }
                        }
                    }
                    tbody {
                        @for option in &order {
                            tr.elected[result.winners.contains(&option.id)] {
                                th scope="row" {
                                    span lang=[lang] { (title(&option.id, &option.title)) }
                                    @if result.winners.contains(&option.id) { " " span.mark { (words.text("elected")) } }
                                    @if result.ties.iter().any(|tie| tie.options.contains(&option.id)) {
                                        " " span.mark { (words.text("tied")) }
                                    }
                                }
                                td.number { (words.number(option.votes.value())) }
                                td.number { (tenths(option.votes.value(), all).map_or_else(|| "–".to_owned(), |tenths| words.per_cent(tenths))) }
                                td.wide { (bar(option.votes.value(), all)) }
                            }
                        }
                    }
                }
            }
            @if !districts.is_empty() { (by_district(words, (name, lang), &order, &districts, &title)) }
            p.note { (other_ballots(words, result)) }
            @for tie in &result.ties {
                p.note {
                    (words.with("tie", &[
                        ("options", tie.options.iter().map(|id| title(id, id.as_str())).collect::<Vec<_>>().join(", ").into()),
                        ("seats", figure(tie.seats.value())),
                    ]))
                }
            }
        }
    }
}

/// Votes by district, folded away: there may be many.
fn by_district(
    words: Words,
    (contest, lang): (&str, Option<&str>),
    options: &[&OptionResult],
    districts: &[&Id],
    title: &impl Fn(&Id, &str) -> String,
) -> Markup {
    let votes_in = |district: &Id, option: &OptionResult| {
        option.districts.get(district).map_or(0, |votes| votes.value())
    };
    let all = |district: &Id| options.iter().map(|option| votes_in(district, option)).sum();
    html! {
        details {
            summary { (words.text("by-district")) }
            div.scroll role="region" tabindex="0" aria-label={ (words.text("by-district")) ": " (contest) } {
                table {
                    thead {
                        tr {
                            th scope="col" { (words.text("option")) }
                            @for district in districts { th.number scope="col" { (district) } }
                        }
                    }
                    tbody {
                        @for option in options {
                            tr {
                                th scope="row" lang=[lang] { (title(&option.id, &option.title)) }
                                @for district in districts {
                                    @let votes = votes_in(district, option);
                                    td.number { (words.number(votes)) (bar(votes, all(district))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is voted on, as long as there is no result to show.
fn questions(words: Words, election: &Election<'_>) -> Markup {
    let lang = foreign(words, election.manifest);
    html! {
        @if election.result.is_none() {
            section aria-labelledby="questions" {
                h2 #questions { (words.text("questions")) }
                @for contest in election.manifest.contests() {
                    article.contest {
                        h3 lang=[lang] { (text_of(words, &contest.title)) }
                        @if let Some(description) = &contest.description { p lang=[lang] { (text_of(words, description)) } }
                        p.note {
                            (words.with("marks", &[
                                ("min", figure(u64::try_from(contest.min).unwrap_or(u64::MAX))),
                                ("max", figure(u64::try_from(contest.max).unwrap_or(u64::MAX))),
                            ]))
                        }
                        ul.options {
                            @for option in &contest.options {
                                li lang=[lang] {
                                    (text_of(words, &option.title))
                                    @if let Some(description) = &option.description { p.note { (text_of(words, description)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn identity(words: Words, election: &Election<'_>) -> Markup {
    let id = election.manifest.id().to_string();
    let groups: Vec<_> = id.as_bytes().chunks(8).map(|group| String::from_utf8_lossy(group)).collect();
    let organiser = election.manifest.organiser();
    html! {
        section aria-labelledby="identity" {
            h2 #identity { (words.text("election-id")) }
            p.id { @for group in &groups { span { (group) } " " } }
            p.note { (words.text("compare-id")) }
            p.note { (words.with("ask-organiser", &[("name", organiser.name.clone().into()), ("contact", organiser.contact.clone().into())])) }
        }
    }
}

fn parties(words: Words, election: &Election<'_>) -> Markup {
    let trustees = election.manifest.trustees();
    html! {
        section aria-labelledby="trustees" {
            h2 #trustees { (words.text("trustees")) }
            p.note {
                (words.with("trustees-note", &[
                    ("threshold", figure(trustees.threshold.into())),
                    ("count", figure(u64::try_from(trustees.members.len()).unwrap_or(u64::MAX))),
                ]))
            }
            (rows(words, &election.trustees))
            h3 { (words.text("issuers")) }
            p.note { (words.text("issuers-note")) }
            (rows(words, &election.issuers))
        }
    }
}

/// What each of them has done.
pub(crate) fn rows(words: Words, parties: &[Party]) -> Markup {
    html! {
        ul.parties {
            @for party in parties {
                li {
                    strong { (party.name) } " "
                    @if party.done.is_empty() { span.note { (words.text("did-nothing")) } }
                    @for act in &party.done { span.done { (act.said(words)) } " " }
                }
            }
        }
    }
}

fn record(words: Words, election: &Election<'_>) -> Markup {
    html! {
        section aria-labelledby="record" {
            h2 #record { (words.text("verify")) }
            p { (words.text("verify-note")) }
            pre { code { "urna-verify " (election.prefix) " --election " (election.manifest.id()) } }
            p { a.button href={ "verify?lang=" (words.language().tag()) } { (words.text("verify-link")) } }
            p { (words.count("log-size", election.size)) " " (words.text("checkpoint-note")) }
            pre { code { (election.checkpoint) } }
            ul.actions {
                li { a href="checkpoint" { (words.text("checkpoint")) } }
                li { a href="log.vkey" { (words.text("log-key")) } }
                li { a href={ "blob/" (election.manifest.id()) } download="manifest.json" { (words.text("manifest")) } }
            }
        }
    }
}
