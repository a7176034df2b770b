//! How who voted: every counted ballot under its identifier.

use maud::{Markup, html};
use urna_election::manifest::Manifest;
use urna_election::selection::Choice;

use super::{figure, foreign, text_of, title_of, trial};
use crate::layout::{Address, page};
use crate::words::Words;

/// What a reader looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// The beginning of an identifier, as it was typed.
    pub identifier: String,
    /// Only ballots with this choice: a contest's id, a colon, and an option's id, `blank` or `abstain`.
    pub choice: String,
}

/// A counted ballot.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its identifier.
    pub identifier: String,
    /// The place of its class in the manifest.
    pub class: usize,
    /// Its choices, one for each contest of its ballot style; none of a ballot that cannot be read.
    pub shown: Shown,
}

/// What a ballot says.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Its choices, one for each contest of its ballot style.
    Choices(Vec<Choice>),
    /// The bytes encode no choice.
    Invalid,
}

/// A page of ballots.
#[derive(Clone, Debug)]
pub struct Votes<'v> {
    /// The election.
    pub manifest: &'v Manifest,
    /// What was looked for.
    pub narrowed: Narrowed,
    /// The ballots of this page.
    pub rows: Vec<Row>,
    /// How many were found on all pages.
    pub found: u64,
    /// How many ballots are counted.
    pub counted: u64,
    /// Which page this is, from 1.
    pub page: u64,
    /// How many there are.
    pub pages: u64,
}

/// The page with some of the ballots.
pub fn votes(words: Words, votes: &Votes<'_>, address: &Address) -> String {
    let manifest = votes.manifest;
    let title = words.text("how-who-voted");
    let content = html! {
        p.above { a lang=[foreign(words, manifest)] href={ "./?lang=" (words.language().tag()) } { "← " (title_of(words, manifest)) } }
        h1 { (title) }
        @if manifest.is_trial() { (trial(words)) }
        p.lead { (words.text("votes-lead")) }
        (search(words, votes))
        p aria-live="polite" {
            (words.with("found", &[("found", figure(votes.found)), ("counted", figure(votes.counted))]))
        }
        @if !votes.rows.is_empty() { (table(words, votes)) }
        (turn(words, votes, address))
    };
    page(
        words,
        &format!("{title} – {}", title_of(words, manifest)),
        Some(&manifest.organiser().name),
        address,
        &content,
    )
}

fn search(words: Words, votes: &Votes<'_>) -> Markup {
    let Narrowed { identifier, choice } = &votes.narrowed;
    let lang = foreign(words, votes.manifest);
    html! {
        form.search method="get" action="votes" role="search" {
            input type="hidden" name="lang" value=(words.language().tag());
            p {
                label for="q" { (words.text("identifier")) }
                input #q type="search" name="q" value=(identifier) maxlength="40" autocomplete="off" autocapitalize="characters"
                    spellcheck="false" placeholder="9C0Q-JQCN-…";
            }
            p {
                label for="choice" { (words.text("option")) }
                select #choice name="choice" {
                    option value="" { (words.text("all-options")) }
                    @for contest in votes.manifest.contests() {
                        optgroup lang=[lang] label=(text_of(words, &contest.title)) {
                            @for option in &contest.options {
                                @let value = format!("{}:{}", contest.id, option.id);
                                option lang=[lang] value=(value) selected[value == *choice] { (text_of(words, &option.title)) }
                            }
                            @let value = format!("{}:blank", contest.id);
                            option lang=[lang] value=(value) selected[value == *choice] { (words.text("blank")) }
                            @if contest.abstain {
                                @let value = format!("{}:abstain", contest.id);
                                option lang=[lang] value=(value) selected[value == *choice] { (words.text("abstain")) }
                            }
                        }
                    }
                }
            }
            p { button type="submit" { (words.text("search")) } }
        }
    }
}

fn table(words: Words, votes: &Votes<'_>) -> Markup {
    let contests = votes.manifest.contests();
    let lang = foreign(words, votes.manifest);
    html! {
        div.scroll role="region" tabindex="0" aria-label=(words.text("how-who-voted")) {
            table.votes {
                thead {
                    tr {
                        th scope="col" { (words.text("identifier")) }
                        @for contest in contests { th scope="col" lang=[lang] { (text_of(words, &contest.title)) } }
                    }
                }
                tbody {
                    @for row in &votes.rows {
                        tr {
                            th.identifier scope="row" { (row.identifier) }
                            @for place in 0..contests.len() { (cell(words, votes.manifest, row, place)) }
                        }
                    }
                }
            }
        }
    }
}

/// What a ballot says in one contest.
fn cell(words: Words, manifest: &Manifest, row: &Row, place: usize) -> Markup {
    let said = |text: String| html! { td { (text) } };
    let nothing = || said("–".to_owned());
    let Some(class) = manifest.classes().get(row.class).filter(|class| class.votes_on(place)) else {
        return nothing();
    };
    let Shown::Choices(choices) = &row.shown else { return said(words.text("invalid")) };
    let before = (0..place).filter(|contest| class.votes_on(*contest)).count();
    let options =
        manifest.contests().get(place).map(|contest| contest.options.as_slice()).unwrap_or_default();
    match choices.get(before) {
        None => nothing(),
        Some(Choice::Abstain) => said(words.text("abstain")),
        Some(Choice::Marks(marks)) if marks.is_empty() => said(words.text("blank")),
        Some(Choice::Marks(marks)) => {
            let titles = marks.iter().filter_map(|mark| options.get(usize::from(*mark)));
            let titles: Vec<_> = titles.map(|option| text_of(words, &option.title)).collect();
            html! { td lang=[foreign(words, manifest)] { (titles.join(", ")) } }
        }
    }
}

/// To the other pages.
fn turn(words: Words, votes: &Votes<'_>, address: &Address) -> Markup {
    let to = |page: u64| address.with(words.language(), &[("page", page.to_string())]);
    html! {
        @if votes.pages > 1 {
            nav.pages aria-label=(words.text("pages")) {
                @if votes.page > 1 { a rel="prev" href=(to(votes.page - 1)) { (words.text("previous")) } }
                span { (words.with("page-of", &[("page", figure(votes.page)), ("pages", figure(votes.pages))])) }
                @if votes.page < votes.pages { a rel="next" href=(to(votes.page + 1)) { (words.text("next")) } }
            }
        }
    }
}
