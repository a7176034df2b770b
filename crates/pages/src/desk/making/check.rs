//! Everything at once before it is published: what is missing, the whole election to read, who has approved it.

use maud::{Markup, html};
use urna_election::manifest::Manifest;

use super::checklist::{Checklist, Stage, awaited, problem};
use super::summary::summary;
use crate::desk::overview::confirmation;
use crate::desk::{Around, Wrong, page};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Check<'a> {
    /// Where it stands, what is missing, who is awaited.
    pub list: Checklist,
    /// The manifest, once everything is there.
    pub manifest: Option<&'a Manifest>,
    /// Accounts that have to approve, and whether they have approved just this manifest.
    pub approvers: Vec<(String, bool)>,
    /// Whether the account is one of them, and has not.
    pub may_approve: bool,
    /// Who takes part by the draft: issuers, and trustees with how many of them open the ballots.
    pub issuers: Vec<String>,
    /// Names of the trustees.
    pub trustees: Vec<String>,
    /// How many of them open the ballots.
    pub threshold: u64,
    /// People on the list of voters, for each class of the manifest.
    pub people: Vec<u64>,
    /// Why the last act here was not done.
    pub wrong: Option<Wrong>,
}

/// The page on which an election is checked, approved and published.
pub fn check(around: &Around<'_>, check: &Check<'_>) -> String {
    let words = around.words;
    let election = around.election;
    let slug = election.map(|election| election.slug).unwrap_or_default();
    let is_owner = election.is_some_and(|election| election.is_owner);
    let making = format!("/desk/{slug}/making");
    let list = &check.list;
    let title = words.text("make-check");
    let (others, own): (Vec<_>, Vec<_>) = list.problems.iter().partition(|problem| problem.what.is_awaited());
    let content = html! {
        p.back { a href=(making) { "← " (words.text("make-title")) } }
        h1 { (title) }
        @if let Some(wrong) = check.wrong { p.warning role="alert" { (words.text(wrong.words())) } }
        @if list.stage == Stage::Published {
            p.lead { (words.text("make-next-published")) }
        } @else if own.is_empty() {
            p.lead { (words.text("make-nothing-wrong")) }
        } @else {
            p.lead { (words.count("make-problems", u64::try_from(own.len()).unwrap_or(u64::MAX))) }
            ul.problems { @for found in own { (problem(words, &making, found)) } }
        }
        @if list.stage == Stage::Parts { (plan(around, check, is_owner, &making)) }
        @if list.stage == Stage::Keys && !others.is_empty() {
            h2 { (words.text("make-others")) }
            ul.problems { @for found in others { (problem(words, &making, found)) } }
        }
        @if !list.awaited.is_empty() { (awaited(words, &list.awaited)) }
        @if let Some(manifest) = check.manifest {
            h2 id="whole" { (words.text("make-whole")) }
            p { (words.text("make-whole-note")) }
            (summary(words, manifest, &check.people))
            (approval(around, check, manifest, &making))
        }
        @if list.stage == Stage::Ready {
            section.act aria-labelledby="publish" {
                h2 #publish { (words.text("make-publish")) }
                @if is_owner {
                    p.warning { (words.text("make-publish-note")) }
                    @if list.voters == 0 { p { (words.text("make-publish-nobody")) } }
                    form method="post" action={ (making) "/check/publish" } {
                        (confirmation(words, slug, "publish"))
                        p.buttons { button { (words.text("make-publish-do")) } }
                    }
                } @else {
                    p { (words.text("make-owner-only")) }
                }
            }
        }
    };
    page(around, &title, None, &content)
}

/// What is fixed with the plan, and the button that does it.
fn plan(around: &Around<'_>, check: &Check<'_>, is_owner: bool, making: &str) -> Markup {
    let words = around.words;
    html! {
        section.act aria-labelledby="plan" {
            h2 #plan { (words.text("make-plan")) }
            p { (words.text("make-plan-note")) }
            dl {
                dt { (words.text("make-trustees-title")) }
                dd { @if check.trustees.is_empty() { (words.text("make-nobody")) } @else { (check.trustees.join(", ")) } }
                dt { (words.text("make-threshold")) }
                dd { (words.number(check.threshold)) }
                dt { (words.text("make-issuers-title")) }
                dd { @if check.issuers.is_empty() { (words.text("make-nobody")) } @else { (check.issuers.join(", ")) } }
            }
            @if is_owner {
                p.warning { (words.text("make-plan-final")) }
                form method="post" action={ (making) "/check/plan" } {
                    p.buttons { button { (words.text("make-plan-do")) } }
                }
            } @else {
                p { (words.text("make-owner-only")) }
            }
        }
    }
}

/// The manifest's hash and bytes, who has approved it, and the button that does.
fn approval(around: &Around<'_>, check: &Check<'_>, manifest: &Manifest, making: &str) -> Markup {
    let words = around.words;
    let id = manifest.id().to_string();
    let groups: Vec<_> = id.as_bytes().chunks(8).map(String::from_utf8_lossy).collect();
    html! {
        section.act aria-labelledby="approve" {
            h2 #approve { (words.text("make-approve")) }
            p { (words.text("make-approve-note")) }
            p.id { @for group in &groups { span { (group) } " " } }
            p { a href={ (making) "/check/manifest.json" } download { (words.text("make-manifest")) } }
            ul.parties {
                @for (account, approved) in &check.approvers {
                    li {
                        @if *approved { span.done { (words.text("make-approved")) } } @else { span.note { (words.text("make-not-approved")) } }
                        " " (account)
                    }
                }
            }
            @if check.may_approve {
                form method="post" action={ (making) "/check/approve" } {
                    input type="hidden" name="sha256" value=(id);
                    p.buttons { button { (words.text("make-approve-do")) } }
                }
            }
        }
    }
}
