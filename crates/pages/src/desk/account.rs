//! The account, and where it is signed in.

use maud::html;

use super::{Around, page};

/// A browser that is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Whether it is the one that asks.
    pub own: bool,
    /// Unix second.
    pub since: u64,
    /// Unix second.
    pub until: u64,
}

/// The account's page.
pub fn account(around: &Around<'_>, sessions: &[Session]) -> String {
    let words = around.words;
    let title = words.text("account-title");
    let moment = |second| words.moment(second, "UTC").into();
    let content = html! {
        h1 { (title) }
        p.lead { (around.account.unwrap_or_default()) }
        h2 { (words.text("account-sessions")) }
        ul.parties {
            @for session in sessions {
                li {
                    strong { (words.text(if session.own { "account-own" } else { "account-other" })) }
                    " "
                    span.note { (words.with("account-since", &[("since", moment(session.since)), ("until", moment(session.until))])) }
                }
            }
        }
        form method="post" action="/desk/sign-out" {
            p.buttons {
                button name="where" value="here" { (words.text("account-sign-out")) }
                button.plain name="where" value="everywhere" { (words.text("account-everywhere")) }
            }
            p.note { (words.text("account-everywhere-note")) }
        }
    };
    page(around, &title, None, &content)
}
