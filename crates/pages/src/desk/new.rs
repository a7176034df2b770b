//! A new election: from scratch, from a copy, or from a preset file (S2-19).

use maud::{Markup, html};

use super::{Around, Wrong, page};
use crate::assets;
use crate::language::Language;
use crate::words::Words;

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct NewElection<'a> {
    /// The short name.
    pub slug: &'a str,
    /// From what: a preset's name, `copy` or `file`; empty for the first preset.
    pub from: &'a str,
    /// Which election to copy.
    pub copy_of: &'a str,
    /// What stands in the preset file.
    pub file: &'a str,
    /// What is wrong with the short name.
    pub wrong: Option<Wrong>,
    /// What is wrong with the file, in the service's words.
    pub wrong_file: Option<&'a str>,
}

const PRESETS: [(&str, &str, &str); 4] = [
    ("council", "new-council", "new-council-note"),
    ("committee", "new-committee", "new-committee-note"),
    ("meeting", "new-meeting", "new-meeting-note"),
    ("practice", "new-practice", "new-practice-note"),
];

/// The page of a new election. `others` are those that can be copied: short name and title.
pub fn new(around: &Around<'_>, typed: &NewElection<'_>, others: &[(String, String)]) -> String {
    let words = around.words;
    let title = words.text("new-title");
    let from = if typed.from.is_empty() { "council" } else { typed.from };
    let choice = |value: &str, name: &str, note: &str, more: Markup| {
        html! {
            div.from {
                label.option {
                    input type="radio" name="from" value=(value) checked[value == from];
                    span { span.name { (words.text(name)) } span.note { (words.text(note)) } }
                }
                (more)
            }
        }
    };
    let content = html! {
        h1 { (title) }
        form method="post" action="/desk/new" {
            div.field {
                label for="slug" { (words.text("new-slug")) }
                @if let Some(wrong) = typed.wrong { p.wrong #slug-wrong role="alert" { (words.text(wrong.words())) } }
                input #slug name="slug" value=(typed.slug) required maxlength="40" autocapitalize="none" spellcheck="false"
                    aria-describedby="slug-note" aria-invalid=[typed.wrong.map(|_| "true")];
                p.note #slug-note { (words.text("new-slug-note")) }
            }
            fieldset.contest {
                legend { (words.text("new-from")) }
                div.choices {
                    @for (value, name, note) in PRESETS { (choice(value, name, note, html! {})) }
                    (choice("copy", "new-copy", "new-copy-note", html! {
                        @if others.is_empty() {
                            p.note { (words.text("new-no-elections")) }
                        } @else {
                            p.field {
                                label for="copy_of" { (words.text("new-copy-of")) }
                                select #copy_of name="copy_of" {
                                    @for (slug, title) in others {
                                        option value=(slug) selected[slug == typed.copy_of] {
                                            @if title.is_empty() { (slug) } @else { (title) " (" (slug) ")" }
                                        }
                                    }
                                }
                            }
                        }
                    }))
                    (choice("file", "new-file", "new-file-note", html! {
                        @if let Some(why) = typed.wrong_file { p.wrong role="alert" { (words.of("new-file-wrong", "why", why)) } }
                        p.field {
                            label for="chosen" { (words.text("new-file-choose")) }
                            input #chosen type="file" accept=".json,application/json" data-into="file";
                        }
                        p.field {
                            label for="file" { (words.text("new-file-content")) }
                            textarea #file name="file" rows="3" spellcheck="false" { (typed.file) }
                        }
                    }))
                }
            }
            p.buttons { button { (words.text("new-do")) } }
        }
    };
    page(around, &title, Some(assets::DESK), &content)
}

/// What a new election says before anybody has written a word, in the language of whoever makes it.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The only class.
    pub voters: String,
    /// The issuer.
    pub issuer: String,
    /// In which times are shown (IANA).
    pub time_zone: &'static str,
}

/// What a new election says in this language.
pub fn beginning(words: Words) -> Beginning {
    let time_zone = match words.language() {
        Language::English => "Europe/London",
        Language::Czech => "Europe/Prague",
        Language::Swedish => "Europe/Stockholm",
        Language::Ukrainian => "Europe/Kyiv",
    };
    Beginning { voters: words.text("new-voters"), issuer: words.text("new-issuer"), time_zone }
}
