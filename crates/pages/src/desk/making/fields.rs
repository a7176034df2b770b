//! Fields of forms, each with its label, what is wrong with it, and what somebody else has saved in it meanwhile.

use maud::{Markup, html};

use super::{Sheet, language_name};

/// A value that can be chosen.
pub(super) struct Choice {
    /// What is sent.
    pub(super) value: &'static str,
    /// Its name.
    pub(super) named: &'static str,
    /// What it means.
    pub(super) means: &'static str,
    /// Which of the services that the requirements describe do so.
    pub(super) as_at: &'static [&'static str],
}

/// How long a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Line,
    Text,
}

impl Sheet<'_> {
    /// A line of text.
    pub(super) fn line(&self, name: &str, label: &str, note: Option<&str>) -> Markup {
        let about = self.about(name, note.is_some());
        html! {
            div.field {
                label for=(name) { (label) }
                @if let Some(note) = note { p.note id={ (name) "-note" } { (note) } }
                input id=(name) name=(name) type="text" value=(self.form.get(name)) autocomplete="off"
                    aria-describedby=[about] aria-invalid=[self.is_wrong(name)];
                (self.beside(name))
            }
        }
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str, label: &str, note: Option<&str>) -> Markup {
        let about = self.about(name, note.is_some());
        html! {
            div.field {
                label for=(name) { (label) }
                @if let Some(note) = note { p.note id={ (name) "-note" } { (note) } }
                input.short id=(name) name=(name) type="text" inputmode="numeric" value=(self.form.get(name)) autocomplete="off"
                    aria-describedby=[about] aria-invalid=[self.is_wrong(name)];
                (self.beside(name))
            }
        }
    }

    /// Several lines of text.
    pub(super) fn paragraph(&self, name: &str, label: &str, note: Option<&str>, rows: u32) -> Markup {
        let about = self.about(name, note.is_some());
        html! {
            div.field {
                label for=(name) { (label) }
                @if let Some(note) = note { p.note id={ (name) "-note" } { (note) } }
                textarea id=(name) name=(name) rows=(rows) aria-describedby=[about] aria-invalid=[self.is_wrong(name)] {
                    // The first line break of a text area is not part of its text.
                    "\n" (self.form.get(name))
                }
                (self.beside(name))
            }
        }
    }

    /// A text in every language of the election, and in those in which there is one besides.
    pub(super) fn texts(&self, name: &str, label: &str, note: Option<&str>, length: Length) -> Markup {
        let mut tags: Vec<&str> = self.languages.iter().map(String::as_str).collect();
        let others: Vec<&str> = self.form.under(name).filter(|tag| !tags.contains(tag)).collect();
        tags.extend(others);
        let field = |tag: &str| {
            let field = format!("{name}.{tag}");
            html! {
                @if length == Length::Line {
                    input id=(field) name=(field) type="text" lang=(tag) value=(self.form.get(&field)) autocomplete="off"
                        aria-describedby=[self.about(&field, false)] aria-invalid=[self.is_wrong(&field)];
                } @else {
                    textarea.prose id=(field) name=(field) rows="3" lang=(tag)
                        aria-describedby=[self.about(&field, false)] { "\n" (self.form.get(&field)) }
                }
                (self.beside(&field))
            }
        };
        html! {
            @match tags.as_slice() {
                [only] => div.field id=(name) {
                    label for={ (name) "." (only) } { (label) }
                    @if let Some(note) = note { p.note { (note) } }
                    (field(only))
                }
                _ => fieldset.texts id=(name) {
                    legend { (label) }
                    @if let Some(note) = note { p.note { (note) } }
                    @for tag in &tags {
                        div.field {
                            label for={ (name) "." (tag) } { (language_name(tag)) }
                            (field(tag))
                        }
                    }
                }
            }
        }
    }

    /// A box to tick.
    pub(super) fn tick(&self, name: &str, label: &str, note: Option<&str>) -> Markup {
        html! {
            label.option {
                input id=(name) name=(name) type="checkbox" value="on" checked[self.form.has(name)];
                span {
                    span.name { (label) }
                    @if let Some(note) = note { span.note { (note) } }
                }
            }
            (self.beside(name))
        }
    }

    /// One of several values.
    pub(super) fn choice(&self, name: &str, label: &str, note: Option<&str>, choices: &[Choice]) -> Markup {
        let words = self.around.words;
        let chosen = self.form.get(name);
        let saved = self.meanwhile.as_ref().map(|saved| saved.get(name)).filter(|saved| *saved != chosen);
        let saved = saved.and_then(|saved| choices.iter().find(|choice| choice.value == saved));
        html! {
            fieldset.group id=(name) {
                legend { (label) }
                @if let Some(note) = note { p.note { (note) } }
                div.choices {
                    @for Choice { value, named, means, as_at } in choices {
                        label.option {
                            input type="radio" name=(name) value=(value) checked[chosen == *value];
                            span {
                                span.name { (words.text(named)) }
                                span.note { (words.text(means)) }
                                @if !as_at.is_empty() { span.note.as-at { (words.of("make-as-at", "names", as_at.join(", "))) } }
                            }
                        }
                    }
                }
                @if let Some(saved) = saved {
                    p.note.meanwhile { (words.text("make-saved-now")) " " q { (words.text(saved.named)) } }
                }
            }
        }
    }

    /// What is wrong with a field, and what somebody else has saved in it meanwhile.
    pub(super) fn beside(&self, name: &str) -> Markup {
        let words = self.around.words;
        let wrong = self.wrong.iter().find(|(field, _)| field == name).map(|(_, wrong)| *wrong);
        let other = self
            .meanwhile
            .as_ref()
            .map(|saved| saved.get(name))
            .filter(|saved| *saved != self.form.get(name));
        html! {
            @if let Some(wrong) = wrong {
                p.wrong id={ (name) "-wrong" } { (words.text(wrong.words())) }
            }
            @if let Some(other) = other {
                p.note.meanwhile {
                    (words.text("make-saved-now")) " "
                    @if other.is_empty() { (words.text("make-nothing")) } @else { q { (other) } }
                }
            }
        }
    }

    fn is_wrong(&self, name: &str) -> Option<&'static str> {
        self.wrong.iter().any(|(field, _)| field == name).then_some("true")
    }

    /// The ids of what is said about a field.
    fn about(&self, name: &str, has_note: bool) -> Option<String> {
        let note = has_note.then(|| format!("{name}-note"));
        let wrong = self.is_wrong(name).map(|_| format!("{name}-wrong"));
        let all: Vec<String> = note.into_iter().chain(wrong).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}
