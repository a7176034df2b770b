//! The elections of an account.

use maud::html;

use super::{Around, page};

/// An election in the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its short name.
    pub slug: String,
    /// Its title; empty before there is one.
    pub title: String,
}

/// The elections in which the account has a role.
pub fn list(around: &Around<'_>, elections: &[Listed]) -> String {
    let words = around.words;
    let title = words.text("desk-elections");
    let content = html! {
        h1 { (title) }
        @if elections.is_empty() { p.lead { (words.text("desk-none")) } }
        ul.elections {
            @for election in elections {
                li {
                    a href={ "/desk/" (election.slug) } {
                        @if election.title.is_empty() { (election.slug) } @else { (election.title) }
                    }
                }
            }
        }
        p.buttons { a.button href="/desk/new" { (words.text("desk-new")) } }
    };
    page(around, &title, None, &content)
}
