//! What all pages have around them.

use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::language::Language;
use crate::words::Words;

/// What a page may load: its own origin's files, and nothing written into it.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                                           base-uri 'none'; frame-ancestors 'none'";

/// The same of a page that runs a program of this origin, which asks this origin alone.
pub const PROGRAM_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
                                  worker-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
                                  frame-ancestors 'none'";

/// Where a page is, so that it can be had in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its path.
    pub path: String,
    /// Its query, without the language, in the order in which it is written: names and values, not encoded.
    pub query: Vec<(&'static str, String)>,
}

impl Address {
    /// The path and the query, with this language and other values in the place of some.
    pub(crate) fn with(&self, language: Language, other: &[(&'static str, String)]) -> String {
        let kept = self.query.iter().filter(|(name, _)| other.iter().all(|(another, _)| another != name));
        let all = kept.chain(other).filter(|(_, value)| !value.is_empty());
        let language = ("lang", language.tag().to_owned());
        let query: Vec<_> =
            all.chain([&language]).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("{}?{}", self.path, query.join("&"))
    }
}

/// Percent-encoded but for what RFC 3986 reserves for nothing.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// What a page has around its content.
pub(crate) struct Frame<'a> {
    /// The page's title, which is that of the window, too.
    pub(crate) title: &'a str,
    /// What stands above it: the part that a script fills, or whose election it is.
    pub(crate) above: Markup,
    /// Where the same page is in another language.
    pub(crate) elsewhere: &'a dyn Fn(Language) -> String,
    /// Where the stylesheet is.
    pub(crate) style: &'a str,
    /// Where the icon is.
    pub(crate) icon: &'a str,
    /// Where its script is, a module.
    pub(crate) script: Option<String>,
    /// What stands below everything.
    pub(crate) below: Markup,
}

impl Frame<'_> {
    /// The whole page.
    pub(crate) fn around(&self, words: Words, content: &Markup) -> String {
        let language = words.language();
        html! {
            (DOCTYPE)
            html lang=(language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    link rel="icon" type="image/svg+xml" href=(self.icon);
                    link rel="stylesheet" href=(self.style);
                    @if let Some(script) = &self.script { script type="module" src=(script) {} }
                }
                body {
                    a.skip href="#content" { (words.text("skip")) }
                    header.site {
                        (self.above)
                        nav.languages aria-label=(words.text("languages")) {
                            @for other in Language::ALL {
                                @if other == language {
                                    span lang=(other.tag()) aria-current="true" { (other.name()) }
                                } @else {
                                    a href=((self.elsewhere)(other)) lang=(other.tag()) hreflang=(other.tag()) rel="alternate" {
                                        (other.name())
                                    }
                                }
                            }
                        }
                    }
                    main #content tabindex="-1" { (content) }
                    footer.site { (self.below) }
                }
            }
        }
        .into_string()
    }
}

/// A page of the board: its title, whose it is, where it is, what stands in it.
pub(crate) fn page(
    words: Words,
    title: &str,
    above: Option<&str>,
    address: &Address,
    content: &Markup,
) -> String {
    let frame = Frame {
        title,
        above: html! { @if let Some(above) = above { p.above { (above) } } },
        elsewhere: &|other| address.with(other, &[]),
        style: &assets::address(assets::STYLE),
        icon: &assets::address(assets::ICON),
        script: None,
        below: html! { p { (words.text("footer")) } },
    };
    frame.around(words, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_addresses_that_keep_what_was_asked() {
        let address =
            Address { path: "/a/votes".into(), query: vec![("q", "Å&b".into()), ("page", "3".into())] };
        assert_eq!(address.with(Language::Czech, &[]), "/a/votes?q=%C3%85%26b&page=3&lang=cs");
        let other = [("page", "4".to_owned()), ("q", String::new())];
        assert_eq!(address.with(Language::English, &other), "/a/votes?page=4&lang=en");
    }

    #[test]
    fn writes_nothing_into_a_page_that_the_policy_forbids() {
        let address = Address { path: "/".into(), query: Vec::new() };
        let text = page(Words::new(Language::English), "<b>", Some("\"x\""), &address, &html! { "&" });
        assert!(
            text.contains("&lt;b&gt;") && text.contains("&quot;x&quot;") && text.contains("&amp;"),
            "{text}"
        );
        for inline in ["style=", "<script", "onclick", "http://", "https://"] {
            assert!(!text.contains(inline), "{inline}");
        }
    }
}
