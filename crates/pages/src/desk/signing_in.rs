//! Signing in, and what is said to those who are not.

use maud::html;

use super::{Around, page};
use crate::assets;

/// Why somebody is asked to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nothing is wrong.
    Asked,
    /// The browser shows no session, or one that has ended.
    NoSession,
    /// What was shown is no link that can be used, and no key.
    NoLink,
    /// The account has signed out.
    SignedOut,
}

/// The page on which a link, or a key, becomes a session.
pub fn sign_in(around: &Around<'_>, why: Why) -> String {
    let words = around.words;
    let title = words.text("sign-in-title");
    let wrong = match why {
        Why::Asked => None,
        Why::NoSession => Some("sign-in-no-session"),
        Why::NoLink => Some("sign-in-no-link"),
        Why::SignedOut => Some("sign-in-signed-out"),
    };
    let content = html! {
        h1 { (title) }
        @if let Some(wrong) = wrong { p.warning role="alert" { (words.text(wrong)) } }
        form #sign-in method="post" action="/sign-in" {
            div data-part="paste" {
                p { (words.text("sign-in-lead")) }
                p.field {
                    label for="secret" { (words.text("sign-in-secret")) }
                    input #secret type="password" name="secret" required autocomplete="off" spellcheck="false";
                }
            }
            p.lead data-part="ready" hidden { (words.text("sign-in-ready")) }
            p.buttons { button { (words.text("sign-in-do")) } }
        }
        p.note { (words.text("sign-in-note")) }
        p { a href="/desk" { (words.text("sign-in-again")) } }
    };
    page(around, &title, Some(assets::SIGN_IN), &content)
}
