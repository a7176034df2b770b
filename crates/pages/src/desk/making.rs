//! Making an election: a checklist that can be left and resumed, and a page with a form for each of its parts.
//!
//! A page shows a [`Form`], which is what somebody typed or what the draft says; what of it is wrong stands beside the field. So
//! nothing that was typed is lost, whatever becomes of it.

mod check;
mod checklist;
mod classes;
mod contests;
mod fields;
mod form;
mod invitation;
mod policies;
mod schedule;
mod summary;
mod titles;
mod trustees;

use maud::{Markup, html};

use super::{Around, page};
use crate::language::Language;

pub use check::{Check, check};
pub(crate) use checklist::problem;
pub use checklist::{Awaited, Checklist, Problem, Stage, What, checklist};
pub use classes::{ClassesKnown, classes};
pub use contests::{ContestLine, contest, contests};
pub use form::{Form, NotRead};
pub use invitation::{invitation, usual_invitation};
pub use policies::policies;
pub use schedule::{local_time, parse_local_time, schedule};
pub use titles::titles;
pub use trustees::{Fixed, IssuerFixed, TrusteeFixed, own_issuer, trustees};

/// The parts of making an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "their words say what each is")]
pub enum Part {
    Titles,
    Contests,
    Classes,
    Schedule,
    Policies,
    Trustees,
    Words,
}

impl Part {
    /// All of them, in the order in which they are gone through.
    pub const ALL: [Self; 7] = [
        Self::Titles,
        Self::Contests,
        Self::Classes,
        Self::Schedule,
        Self::Policies,
        Self::Trustees,
        Self::Words,
    ];

    /// The last part of its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Titles => "titles",
            Self::Contests => "contests",
            Self::Classes => "classes",
            Self::Schedule => "schedule",
            Self::Policies => "policies",
            Self::Trustees => "trustees",
            Self::Words => "words",
        }
    }

    /// The part of this address.
    pub fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.path() == path)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Titles => "make-titles",
            Self::Contests => "make-contests",
            Self::Classes => "make-classes",
            Self::Schedule => "make-schedule",
            Self::Policies => "make-policies",
            Self::Trustees => "make-trustees",
            Self::Words => "make-words",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Titles => "make-titles-about",
            Self::Contests => "make-contests-about",
            Self::Classes => "make-classes-about",
            Self::Schedule => "make-schedule-about",
            Self::Policies => "make-policies-about",
            Self::Trustees => "make-trustees-about",
            Self::Words => "make-words-about",
        }
    }
}

/// Why nothing can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// The election is published.
    Published,
    /// The account's role does not allow it.
    Role,
}

/// A part's form, and what is known about it.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    /// What stands around it.
    pub around: Around<'a>,
    /// What is typed.
    pub form: Form,
    /// What could not be read, by field.
    pub wrong: Vec<(String, NotRead)>,
    /// What the draft says now, where somebody else has edited it since the form was made.
    pub meanwhile: Option<Form>,
    /// The version of the draft that saving will replace.
    pub version: u64,
    /// Why nothing can be changed, if so.
    pub locked: Option<Locked>,
    /// Whether there are approvals, which saving voids.
    pub has_approvals: bool,
    /// Whether it was just saved.
    pub was_saved: bool,
    /// The election's languages.
    pub languages: Vec<String>,
}

impl Sheet<'_> {
    /// What a field is called; on the page of a contest its names begin there.
    fn label(&self, field: &str) -> Option<String> {
        let words = self.around.words;
        checklist::label(words, field).or_else(|| checklist::label(words, &format!("contests.{field}")))
    }

    /// The address of making this election.
    fn making(&self) -> String {
        let slug = self.around.election.map(|election| election.slug).unwrap_or_default();
        format!("/desk/{slug}/making")
    }

    /// The page of a form: to where it leads back, its title, what it is for, its fields. `act` is what the enter key does.
    fn page(&self, back: (&str, &str), title: &str, about: &str, act: &str, fields: &Markup) -> String {
        let words = self.around.words;
        let (to, named) = back;
        let content = html! {
            p.back { a href=(to) { "← " (named) } }
            h1 { (title) }
            @if self.meanwhile.is_some() {
                div.warning role="alert" {
                    p { (words.text("make-meanwhile")) }
                    p { a href=(self.around.path) target="_blank" { (words.text("make-meanwhile-look")) } }
                }
            } @else if !self.wrong.is_empty() {
                div.warning role="alert" {
                    p { (words.text("make-not-saved")) }
                    ul {
                        @for (field, wrong) in &self.wrong {
                            li {
                                a href={ "#" (field) } {
                                    @if let Some(label) = self.label(field) { (label) ": " }
                                    (words.text(wrong.words()))
                                }
                            }
                        }
                    }
                }
            } @else if self.was_saved {
                p.status.saved role="status" { (words.text("make-saved")) }
            }
            p.lead { (about) }
            @match self.locked {
                Some(Locked::Published) => p.note.honest { (words.text("make-locked-published")) },
                Some(Locked::Role) => p.note.honest { (words.text("make-locked-role")) },
                None if self.has_approvals => p.warning { (words.text("make-voids")) },
                None => {}
            }
            @if self.locked.is_some() {
                fieldset.part disabled { (fields) }
            } @else {
                form.part method="post" action=(self.around.path) {
                    // Whatever buttons come first in the fields.
                    button.hidden name="do" value=(act) tabindex="-1" aria-hidden="true" { (words.text("make-save")) }
                    input type="hidden" name="version" value=(self.version);
                    (fields)
                    @if act == "save" {
                        p.buttons.save {
                            button name="do" value="save" { (words.text("make-save")) }
                            button.plain name="do" value="stay" { (words.text("make-save-stay")) }
                        }
                    }
                }
            }
        };
        page(&self.around, title, None, &content)
    }

    /// The page of one of the parts.
    fn part(&self, part: Part, act: &str, fields: &Markup) -> String {
        let words = self.around.words;
        let back = (self.making(), words.text("make-title"));
        self.page((&back.0, &back.1), &words.text(part.title()), &words.text(part.about()), act, fields)
    }

    /// Whether something can be changed.
    const fn is_open(&self) -> bool {
        self.locked.is_none()
    }

    /// Whether everything is unfolded, because what has to be seen may stand in it.
    const fn is_unfolded(&self) -> bool {
        !self.wrong.is_empty() || self.meanwhile.is_some() || self.locked.is_some()
    }

    /// A button that saves what is typed, and does something more.
    fn button(&self, act: &str, text: &str, about: &str) -> Markup {
        html! {
            @if self.is_open() {
                button.link name="do" value=(act) aria-label={ (text) ": " (about) } { (text) }
            }
        }
    }
}

/// A language's own name, or its tag.
fn language_name(tag: &str) -> String {
    let known = Language::ALL.into_iter().find(|language| language.tag() == tag);
    known.map_or_else(|| tag.to_owned(), |language| language.name().to_owned())
}

/// A text in the election's first language, or in any.
pub(super) fn first<'f>(form: &'f Form, name: &str, languages: &[String]) -> &'f str {
    let texts = languages.iter().map(|tag| form.get(&format!("{name}.{tag}")));
    let mut said = texts.filter(|text| !text.is_empty());
    said.next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
