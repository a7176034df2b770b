//! A look at a list before it is taken: what would change, or which of its rows are bad.

use maud::{Markup, html};

use super::{Stage, reason_field};
use crate::assets::DESK;
use crate::desk::{Around, page};
use crate::words::Words;

/// How many of those who are added, removed or moved are named.
const NAMED: usize = 50;

/// What a list would change.
#[derive(Clone, Debug)]
pub struct Look {
    /// The election's short name.
    pub slug: String,
    /// How far it is.
    pub stage: Stage,
    /// Each class's title, how many are in it now, and how many would be.
    pub classes: Vec<(String, u64, u64)>,
    /// Who would be added.
    pub added: Vec<Change>,
    /// Who would be removed.
    pub removed: Vec<Change>,
    /// Who would be in another class.
    pub moved: Vec<Change>,
    /// How many would have another name or address.
    pub renamed: u64,
    /// How many lines more there are than people.
    pub merged: u64,
    /// What to look at: the line, and what it is.
    pub notices: Vec<(u64, String)>,
    /// How many of these there are in all.
    pub noticed: u64,
    /// What is taken: this list, in the place of that one.
    pub seen: String,
}

/// Somebody who would be added, removed or moved.
#[derive(Clone, Debug)]
pub struct Change {
    /// The person's id.
    pub person: String,
    /// The name.
    pub name: String,
    /// The title of the class.
    pub class: String,
    /// The title of the class of before, where it is another one.
    pub before: Option<String>,
}

/// The page on which a good list is looked at, and taken.
pub fn look(around: &Around<'_>, look: &Look) -> String {
    let words = around.words;
    let title = words.text("voters-look-title");
    let Look { slug, stage, classes, added, removed, moved, .. } = look;
    let is_same = added.is_empty() && removed.is_empty() && moved.is_empty();
    let content = html! {
        h1 { (title) }
        p.lead { (words.text("voters-look-good")) }
        div.scroll role="region" tabindex="0" aria-label=(words.text("voters-classes")) {
            table {
                thead { tr {
                    th scope="col" { (words.text("voters-class")) }
                    th.number scope="col" { (words.text("voters-now")) }
                    th.number scope="col" { (words.text("voters-then")) }
                } }
                tbody {
                    @for (class, before, after) in classes {
                        tr {
                            th scope="row" { (class) }
                            td.number { (words.number(*before)) }
                            td.number { (words.number(*after)) }
                        }
                    }
                }
            }
        }
        @if is_same { p { (words.text("voters-look-same")) } }
        (changed(words, "voters-would-add", added))
        (changed(words, "voters-would-remove", removed))
        (changed(words, "voters-would-move", moved))
        @if look.renamed > 0 { p { (words.count("voters-would-rename", look.renamed)) } }
        @if look.merged > 0 { p { (words.count("voters-merged", look.merged)) } }
        @if !look.notices.is_empty() {
            h2 { (words.count("voters-notices", look.noticed)) }
            (lines(words, "voters-notice", look.notices.iter().map(|(line, text)| (*line, None, text.as_str()))))
        }
        h2 { (words.text("voters-take")) }
        p { (words.text(if *stage == Stage::Public { "voters-take-public" } else { "voters-take-note" })) }
        form method="post" action={ "/desk/" (slug) "/voters/list/take" } {
            input type="hidden" name="seen" value=(look.seen);
            @if *stage == Stage::Public {
                p.field {
                    label for="cause" { (words.text("voters-cause")) }
                    select #cause name="cause" {
                        option value="manual" { (words.text("voters-cause-manual")) }
                        option value="nightly" { (words.text("voters-cause-nightly")) }
                    }
                }
                (reason_field(words, "take-reason"))
            }
            p.buttons {
                button { (words.text("voters-take-do")) }
                a.button.plain href={ "/desk/" (slug) "/voters" } { (words.text("voters-leave")) }
            }
        }
    };
    page(around, &title, Some(DESK), &content)
}

/// Who would be added, removed or moved.
fn changed(words: Words, key: &str, people: &[Change]) -> Markup {
    let count = u64::try_from(people.len()).unwrap_or(u64::MAX);
    let more = u64::try_from(people.len().saturating_sub(NAMED)).unwrap_or(u64::MAX);
    html! {
        @if count > 0 {
            details open[people.len() <= 10] {
                summary { (words.count(key, count)) }
                ul {
                    @for Change { person, name, class, before } in people.iter().take(NAMED) {
                        li {
                            (name) " " span.note {
                                (person) " · " @if let Some(before) = before { (before) " → " } (class)
                            }
                        }
                    }
                }
                @if more > 0 { p.note { (words.count("voters-more", more)) } }
            }
        }
    }
}

/// A table of lines.
fn lines<'a>(
    words: Words,
    what: &str,
    lines: impl Iterator<Item = (u64, Option<&'a str>, &'a str)> + Clone,
) -> Markup {
    let has_rows = lines.clone().any(|(_, row, _)| row.is_some());
    html! {
        div.scroll role="region" tabindex="0" aria-label=(words.text(what)) {
            table {
                thead { tr {
                    th.number scope="col" { (words.text("voters-line")) }
                    th scope="col" { (words.text(what)) }
                    @if has_rows { th scope="col" { (words.text("voters-row")) } }
                } }
                tbody {
                    @for (line, row, text) in lines {
                        tr {
                            th.number scope="row" { (line) }
                            td { (text) }
                            @if has_rows { td { code { (row.unwrap_or_default()) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A row of which nothing can be taken.
#[derive(Clone, Debug)]
pub struct BadRow {
    /// Its line.
    pub line: u64,
    /// What is wrong.
    pub problem: String,
    /// The row itself, as far as it helps to find it.
    pub row: String,
}

/// A list of which nothing can be taken.
#[derive(Clone, Debug)]
pub struct BadRows {
    /// The election's short name.
    pub slug: String,
    /// How many problems there are in all.
    pub found: u64,
    /// The first of them, by line.
    pub rows: Vec<BadRow>,
    /// Whether there are more.
    pub has_more: bool,
}

/// The page of a list of which nothing can be taken.
pub fn bad_rows(around: &Around<'_>, bad: &BadRows) -> String {
    let words = around.words;
    let title = words.text("voters-bad-title");
    let BadRows { slug, found, rows, has_more } = bad;
    let content = html! {
        h1 { (title) }
        p.warning role="alert" { strong { (words.count("voters-bad-found", *found)) } " " (words.text("voters-bad-nothing-taken")) }
        p { (words.text("voters-bad-mend")) }
        p.buttons {
            a.button href={ "/desk/" (slug) "/voters/list.csv" } download { (words.text("voters-bad-download")) }
            a.button.plain href={ "/desk/" (slug) "/voters" } { (words.text("voters-bad-again")) }
        }
        (lines(words, "voters-bad-what", rows.iter().map(|bad| (bad.line, Some(bad.row.as_str()), bad.problem.as_str()))))
        @if *has_more { p.note { (words.text("voters-bad-first")) } }
    };
    page(around, &title, Some(DESK), &content)
}

/// What stands above the first columns of the bad rows, as they are downloaded.
pub fn bad_rows_header(words: Words) -> [String; 2] {
    ["voters-line", "voters-bad-what"].map(|key| words.text(key))
}
