//! The organiser's desk: the pages on which an election is made, run and finished, without a terminal.
//!
//! A page is made of what the authority knows about one account and, mostly, one election; the authority decides what the account
//! may do, and leaves out what it may not. Every page works without a script but for signing in by a link, whose secret stands
//! behind a `#` and reaches no server by itself.

pub mod making;

mod access;
mod account;
mod audit;
mod invitations;
mod list;
mod new;
mod overview;
mod refused;
mod result;
mod signing_in;
mod voters;

use maud::{Markup, html};

use crate::assets;
use crate::language::Language;
use crate::layout::Frame;
use crate::words::Words;

pub use access::{Given, Member, Role, Secret, access, accounts};
pub use account::{Session, account};
pub use audit::{Done, audit};
pub use invitations::{Counts, DoneMailing, Invitations, Letter, Sending, TestWrong, invitations};
pub use list::{Listed, list};
pub use new::{Beginning, NewElection, beginning, new};
pub use overview::{Awaited, May, Overview, Said, Standing, Step, Turnout, Who, overview};
pub use refused::{Wrong, refused};
pub use result::{result, result_text};
pub use signing_in::{Why, sign_in};
pub use voters::{
    BadRow, BadRows, Change, ClassCount, DoneVoters, Invited, Look, NoList, Person, RowNotice, RowProblem,
    Stage, Typed, Voter, Voters, bad_rows, bad_rows_header, look, person, printed, template, voters,
};

/// What a page of the desk may load and send: only what is of its own origin, and nothing written into it.
pub const DESK_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
                               form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Who looks, and where: what stands around every page of the desk.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    /// The words of the reader's language.
    pub words: Words,
    /// The path of the page, with its query if it has one, where it is in other languages. Of an answer to a form, the page that the form stands on.
    pub path: String,
    /// Whose browser it is; none before signing in.
    pub account: Option<&'a str>,
    /// The election that the page is about.
    pub election: Option<Election<'a>>,
}

/// The election that a page is about, for what stands above it.
#[derive(Clone, Copy, Debug)]
pub struct Election<'a> {
    /// Its short name.
    pub slug: &'a str,
    /// Its title in its first language; empty before there is one.
    pub title: &'a str,
    /// Which of its pages this is.
    pub at: At,
    /// Whether the account is its owner's.
    pub is_owner: bool,
    /// Whether the account may change draft and list, and write to voters.
    pub may_manage: bool,
}

/// The pages of an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Where it stands, and what comes next.
    Overview,
    /// The checklist of making it, and its parts.
    Making,
    /// The list of voters.
    Voters,
    /// Invitations and reminders.
    Invitations,
    /// Who else may do something.
    Access,
    /// Who did what.
    Audit,
}

impl At {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Overview, "", "desk-at-overview"),
        (Self::Making, "/making", "desk-at-making"),
        (Self::Voters, "/voters", "desk-at-voters"),
        (Self::Invitations, "/invitations", "desk-at-invitations"),
        (Self::Access, "/access", "desk-at-access"),
        (Self::Audit, "/audit", "desk-at-audit"),
    ];
}

/// A page of the desk.
pub(crate) fn page(around: &Around<'_>, title: &str, script: Option<usize>, content: &Markup) -> String {
    let words = around.words;
    let frame = Frame {
        title: &format!("{title} · {}", words.text("desk-title")),
        above: html! {
            @if let Some(account) = around.account {
                nav.desk aria-label=(words.text("desk-title")) {
                    a href="/desk" { (words.text("desk-elections")) }
                    a href="/desk/account" { (account) }
                }
            } @else {
                p.above { (words.text("desk-title")) }
            }
        },
        elsewhere: &|other: Language| {
            let joint = if around.path.contains('?') { '&' } else { '?' };
            format!("{}{joint}lang={}", around.path, other.tag())
        },
        style: &assets::address(assets::STYLE),
        icon: &assets::address(assets::ICON),
        script: script.map(assets::address),
        below: html! { p { (words.text("desk-footer")) } },
    };
    let content = html! {
        @if let Some(election) = around.election { (above(words, election)) }
        (content)
    };
    frame.around(words, &content)
}

/// Where an election stands, in the words of the desk.
fn desk_phase(words: Words, standing: Standing) -> String {
    match standing {
        Standing::Draft => words.text("desk-phase-draft"),
        Standing::Planned => words.text("desk-phase-planned"),
        Standing::Publishing => words.text("desk-phase-publishing"),
        Standing::Published(phase) => crate::board::phase(words, Some(phase)),
    }
}

/// The election's name and the ways to its pages.
fn above(words: Words, election: Election<'_>) -> Markup {
    let Election { slug, title, at, is_owner, may_manage } = election;
    let is_offered = |part: At| match part {
        At::Overview | At::Making => true,
        At::Voters | At::Invitations => may_manage,
        At::Access | At::Audit => is_owner,
    };
    html! {
        // The overview's own heading says it.
        @if at != At::Overview { p.above { @if title.is_empty() { (slug) } @else { (title) } } }
        nav.parts aria-label=(words.text("desk-parts")) {
            @for (part, path, name) in At::ALL {
                @if is_offered(part) {
                    a href={ "/desk/" (slug) (path) } aria-current=[(part == at).then_some("page")] { (words.text(name)) }
                }
            }
        }
    }
}
