//! The pages of the booth: where a voter votes, and the elections that a device knows.
//!
//! They are the same for every election and every voter, so that they can be a part of the bundle that a manifest names
//! (`spec/booth.md`): a script fills in what the election's own manifest says, and shows one part after the other. All that is ever said
//! stands in the page, in its language; `data-fill` marks where the script puts a title, a name or a number.

mod elections;
mod preview;
mod vote;

use maud::{Markup, PreEscaped, html};

use crate::assets;
use crate::language::Language;
use crate::layout::Frame;
use crate::words::Words;

pub use elections::elections;
pub use preview::{Preview, preview};
pub use vote::vote;

/// Everything of the bundle that is made of this crate: names of files, and what is in them.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let pages = Language::ALL.into_iter().flat_map(|language| {
        let words = Words::new(language);
        let pages = [("vote", vote(words)), ("elections", elections(words)), ("unknown", unknown(words))];
        pages.map(|(name, page)| (format!("{name}.{}.html", language.tag()), page.into_bytes()))
    });
    let assets = [("icon.svg", assets::ICON), ("style.css", assets::STYLE)];
    pages.chain(assets.map(|(name, place)| (name.to_owned(), assets::bytes(place).to_vec()))).collect()
}

/// Stands in a page for the SHA-256 of the bundle that it belongs to; who serves the page puts it in.
pub const BUNDLE: &str = "{bundle}";

/// The page of an address at which there is no election.
pub fn unknown(words: Words) -> String {
    let title = words.text("booth-unknown");
    let content = html! {
        h1 { (title) }
        p.lead { (words.text("booth-why-unknown-election")) }
        p { (mine(words)) }
    };
    page(words, &title, None, &content)
}

/// A page with this script of the bundle.
fn page(words: Words, title: &str, script: Option<&str>, content: &Markup) -> String {
    let elsewhere = |other: Language| format!("?lang={}", other.tag());
    let frame = Frame {
        title,
        above: html! { p.above data-fill="organiser" {} },
        elsewhere: &elsewhere,
        style: &format!("/booth/{BUNDLE}/style.css"),
        icon: &format!("/booth/{BUNDLE}/icon.svg"),
        script: script.map(|script| format!("/booth/{BUNDLE}/{script}")),
        below: html! {
            p { (words.text("booth-footer")) }
            details {
                summary { (words.text("booth-program")) }
                p { (words.text("booth-program-note")) }
                p.id.small { (BUNDLE) }
            }
        },
    };
    frame.around(words, content)
}

/// The way to the elections of this device.
fn mine(words: Words) -> Markup {
    html! { a href={ "/vote?lang=" (words.language().tag()) } { (words.text("mine-title")) } }
}

/// A text with places that the script fills.
pub(crate) fn filled(words: Words, key: &str, places: &[&'static str]) -> Markup {
    // No text has these characters: they are for private use.
    const OPENS: char = '\u{e000}';
    const CLOSES: char = '\u{e001}';
    let arguments: Vec<_> =
        places.iter().map(|place| (*place, format!("{OPENS}{place}{CLOSES}").into())).collect();
    let text = words.with(key, &arguments);
    let parts = text.split(OPENS).enumerate().map(|(number, part)| match part.split_once(CLOSES) {
        Some((place, rest)) if number > 0 => html! { span data-fill=(place) {} (rest) },
        _ => html! { (part) },
    });
    PreEscaped(parts.map(|part| part.into_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_the_places_that_a_script_fills() {
        let said = filled(Words::new(Language::English), "booth-runs-until", &["closes"]).into_string();
        assert!(said.contains("<span data-fill=\"closes\"></span>") && !said.contains('\u{e000}'), "{said}");
    }

    #[test]
    fn says_all_in_every_language_and_nothing_inline() {
        for language in Language::ALL {
            let words = Words::new(language);
            for page in [vote(words), elections(words), unknown(words)] {
                assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
                assert_eq!(page.matches("<h1").count(), 1);
                for wrong in
                    [" style=", "<script>", "<style", " onclick", "http://", "https://", "booth-", "\u{e000}"]
                {
                    assert!(!page.contains(wrong), "{wrong}");
                }
                assert_eq!(page.matches("<section").count(), page.matches("</section>").count());
            }
        }
    }
}
