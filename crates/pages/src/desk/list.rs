//! The elections of an account.

use maud::html;

use super::overview::Standing;
use super::{Around, desk_phase, page};

/// An election in the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its short name.
    pub slug: String,
    /// Its title; empty before there is one.
    pub title: String,
    /// Whether it is only a trial.
    pub trial: bool,
    /// Where it stands.
    pub standing: Standing,
    /// Pseudonyms with a ballot, and people on the register, as everybody is told.
    pub turnout: Option<(u64, u64)>,
    /// What is awaited, from whom.
    pub awaited: Vec<super::Awaited>,
}

/// The elections in which the account has a role. Only owners make new ones; operators let people in.
pub fn list(around: &Around<'_>, elections: &[Listed], may_create: bool, is_operator: bool) -> String {
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
                    @if election.trial { span.mark { (words.text("trial")) } }
                    span.note { (desk_phase(words, election.standing)) }
                    @if let Some((cast, entitled)) = election.turnout {
                        span.note {
                            (words.number(cast)) " "
                            (words.with("turnout-of", &[("cast", cast.into()), ("entitled", entitled.into())]))
                        }
                    }
                    @for awaited in election.awaited.iter().take(3) { span.note { (awaited.said(words)) } }
                }
            }
        }
        p.buttons {
            @if may_create { a.button href="/desk/new" { (words.text("desk-new")) } }
            @if is_operator { a.button.plain href="/desk/accounts" { (words.text("accounts-title")) } }
        }
    };
    page(around, &title, None, &content)
}
