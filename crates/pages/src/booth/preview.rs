//! The booth's own parts on what a draft says, for whoever makes the election: everything can be marked and looked over, nothing cast.
//!
//! It is a page of the desk: its script is no file of the bundle, but takes from one what shows the ballot (`web/preview.js`).

use maud::html;

use super::vote::{ballot, review, sayings, step, welcome};
use crate::assets;
use crate::desk::making::{Problem, problem};
use crate::language::Language;
use crate::layout::{Frame, encoded};
use crate::words::Words;

/// What is tried.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The election's short name.
    pub slug: String,
    /// Its title in the reader's language; empty before there is one.
    pub title: String,
    /// The SHA-256 of the bundle in which it would be voted.
    pub bundle: String,
    /// The classes: each one's id and title.
    pub classes: Vec<(String, String)>,
    /// The id of the class as whose voter one tries; empty where there is none.
    pub class: String,
    /// What is missing before the election can be published.
    pub missing: Vec<Problem>,
}

/// The page on which one tries the ballot.
pub fn preview(words: Words, preview: &Preview) -> String {
    let Preview { slug, title, bundle, classes, class, missing } = preview;
    let at = |what: &str| format!("/desk/{slug}/preview{what}?class={}", encoded(class));
    let own = words.text("preview-title");
    let shown = if title.is_empty() { &own } else { title };
    let content = html! {
        div #preview.preview role="note" data-bundle=(bundle) data-draft=(at(".json")) {
            p { strong { (own) } " " (words.text("preview-note")) }
            p { a href={ "/desk/" (slug) "/making" } { (words.text("preview-back")) } }
        }
        @if classes.len() > 1 {
            form.search method="get" action={ "/desk/" (slug) "/preview" } {
                p {
                    label for="class" { (words.text("preview-class")) }
                    select #class name="class" {
                        @for (id, title) in classes { option value=(id) selected[id == class] { (title) } }
                    }
                }
                p { button.plain { (words.text("preview-show")) } }
            }
        }
        @if !missing.is_empty() {
            details {
                summary { (words.count("preview-missing", u64::try_from(missing.len()).unwrap_or(u64::MAX))) }
                ul { @for missing in missing { (problem(words, &format!("/desk/{slug}/making"), missing)) } }
            }
        }
        p.trial role="note" data-if="trial" hidden {
            strong { (words.text("trial")) } " " (words.text("trial-note"))
        }
        h1 data-fill="title" { (shown) }
        noscript { p.warning { (words.text("booth-noscript")) } }
        p #status.status role="status" aria-live="polite" {}
        (welcome(words))
        (ballot(words))
        (review(words))
        (step("nothing", &words.text("preview-nothing"), html! { p { (words.text("preview-nothing-note")) } }))
        (step("cast", &words.text("preview-cast"), html! {
            p.lead { (words.text("preview-cast-note")) }
            dl.choices {}
            p.buttons {
                button type="button" data-do="again" { (words.text("preview-again")) }
                a.button.plain href={ "/desk/" (slug) "/making" } { (words.text("preview-back")) }
            }
        }))
        (sayings(words))
    };
    let frame = Frame {
        title: &format!("{own} · {shown}"),
        above: html! { p.above data-fill="organiser" {} },
        elsewhere: &|other: Language| format!("{}&lang={}", at(""), other.tag()),
        style: &assets::address(assets::STYLE),
        icon: &assets::address(assets::ICON),
        script: Some(assets::address(assets::PREVIEW)),
        below: html! { p { (words.text("preview-footer")) } },
    };
    frame.around(words, &content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::making::{Part, What};

    #[test]
    fn has_every_part_that_its_script_fills() {
        let script = include_str!("../../web/preview.js");
        for language in Language::ALL {
            let page = preview(
                Words::new(language),
                &Preview {
                    slug: "a-1".into(),
                    title: "<b>".into(),
                    bundle: "00ff".into(),
                    classes: vec![("x y".into(), "<b>X".into()), ("z".into(), "Z".into())],
                    class: "x y".into(),
                    missing: vec![Problem {
                        part: Some(Part::Titles),
                        at: "titles#title.cs".into(),
                        of: vec!["<b>".into()],
                        field: "title.cs".into(),
                        what: What::NoLink,
                        detail: "<b>".into(),
                    }],
                },
            );
            for wrong in [" style=", "<b>", ">preview-", "{ $", "vote.js", "booth.js", ".wasm"] {
                assert!(!page.contains(wrong), "{wrong} in {page}");
            }
            assert_eq!(page.matches("<h1").count(), 1);
            assert!(page.contains("data-draft=\"/desk/a-1/preview.json?class=x%20y\""));
            assert!(page.contains("preview?class=x%20y&amp;lang="));
            for part in script.split("step(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(page.contains(&format!("data-step=\"{part}\"")), "{part}");
            }
            for act in ["begin", "back", "cast", "again"] {
                assert!(page.contains(&format!("data-do=\"{act}\"")) && script.contains(act), "{act}");
            }
        }
    }
}
