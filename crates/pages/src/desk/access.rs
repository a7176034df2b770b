//! Who else may do something: in one election, for its owner; in the service, for its operators.

use maud::{Markup, html};

use super::{Around, page};
use crate::assets;
use crate::words::Words;

/// What somebody may do (C16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whose election it is.
    Owner,
    /// Prepares and runs it.
    Manager,
    /// Keeps the service; sees where elections stand, and may cancel.
    Operator,
}

impl Role {
    /// By its value in a form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Manager, Self::Operator].into_iter().find(|role| role.value() == text)
    }

    const fn value(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Operator => "operator",
        }
    }

    fn words(self, words: Words) -> String {
        words.text(match self {
            Self::Owner => "access-role-owner",
            Self::Manager => "access-role-manager",
            Self::Operator => "access-role-operator",
        })
    }
}

/// Somebody with a role in an election.
#[derive(Clone, Debug)]
pub struct Member {
    /// The account.
    pub name: String,
    /// What it may.
    pub role: Role,
    /// Until when a sign-in link waits, in Unix seconds.
    pub link_until: Option<u64>,
    /// API keys.
    pub keys: u64,
    /// Browsers that are signed in.
    pub sessions: u64,
}

/// What came of the form.
#[derive(Clone, Debug)]
pub enum Given<'a> {
    /// Nothing was asked yet.
    Nothing,
    /// Somebody's access is gone.
    Removed,
    /// A link for somebody of this name, which is shown once.
    Link {
        /// For whom.
        name: &'a str,
        /// The link.
        link: &'a str,
    },
    /// The name is none.
    NotAName,
}

/// Who else may work on an election.
pub fn access(around: &Around<'_>, slug: &str, members: &[Member], given: &Given<'_>) -> String {
    let words = around.words;
    let title = words.text("access-title");
    let path = format!("/desk/{slug}/access");
    let content = html! {
        h1 { (title) }
        p.lead { (words.text("access-lead")) }
        (came(words, given))
        @if members.is_empty() { p { (words.text("access-nobody")) } }
        ul.elections {
            @for member in members {
                li {
                    strong { (member.name) }
                    span.note { (member.role.words(words)) }
                    @if member.sessions > 0 { span.note { (words.count("access-signed-in", member.sessions)) } }
                    @if member.keys > 0 { span.note { (words.count("access-keys", member.keys)) } }
                    @if let Some(until) = member.link_until {
                        span.note { (words.of("access-link-waits", "until", words.moment(until, "UTC"))) }
                    }
                    form method="post" action={ (path) "/remove" } {
                        input type="hidden" name="account" value=(member.name);
                        button.link { (words.of("access-remove", "name", &member.name)) }
                    }
                }
            }
        }
        section {
            h2 { (words.text("access-add")) }
            (asking(words, &path, given, &[(Role::Manager, "access-role-manager"), (Role::Operator, "access-role-operator")]))
        }
    };
    page(around, &title, Some(assets::DESK), &content)
}

/// A key or link of the service.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its id.
    pub id: String,
    /// Whose.
    pub account: String,
    /// What it may.
    pub role: Role,
    /// For which election alone.
    pub election: Option<String>,
    /// Whether it is a link that waits.
    pub is_link: bool,
}

/// Who may do something in the whole service, for its operators.
pub fn accounts(around: &Around<'_>, secrets: &[Secret], given: &Given<'_>) -> String {
    let words = around.words;
    let title = words.text("accounts-title");
    let content = html! {
        h1 { (title) }
        p.lead { (words.text("accounts-lead")) }
        (came(words, given))
        ul.elections {
            @for secret in secrets {
                li {
                    strong { (secret.account) }
                    span.note { (secret.role.words(words)) }
                    @if let Some(election) = &secret.election { span.note { (election) } }
                    span.note { (words.text(if secret.is_link { "accounts-kind-link" } else { "accounts-kind-key" })) }
                    form method="post" action="/desk/accounts/revoke" {
                        input type="hidden" name="id" value=(secret.id);
                        button.link { (words.of("accounts-revoke", "id", &secret.id)) }
                    }
                }
            }
        }
        section {
            h2 { (words.text("access-add")) }
            (asking(words, "/desk/accounts", given, &[(Role::Owner, "accounts-owner"), (Role::Operator, "accounts-operator")]))
        }
    };
    page(around, &title, Some(assets::DESK), &content)
}

/// What came of the form: a link, to be handed over.
pub(super) fn came(words: Words, given: &Given<'_>) -> Markup {
    html! {
        @match given {
            Given::Nothing | Given::NotAName => {},
            Given::Removed => p.checked role="status" { (words.text("said-removed")) },
            Given::Link { name, link } => section.card role="status" {
                h2 { (words.of("access-made", "name", name)) }
                p { (words.text("access-made-note")) }
                pre #link tabindex="0" aria-label=(words.text("access-made-link")) { (link) }
                p.buttons {
                    button.plain type="button" hidden data-copy="link" data-copied=(words.text("booth-copied")) { (words.text("booth-copy")) }
                }
            },
        }
    }
}

fn asking(words: Words, path: &str, given: &Given<'_>, roles: &[(Role, &str)]) -> Markup {
    html! {
        form method="post" action=(path) {
            div.field {
                label for="account" { (words.text("access-name")) }
                @if matches!(given, Given::NotAName) { p.wrong role="alert" { (words.text("access-name-wrong")) } }
                input #account name="account" required maxlength="100" autocomplete="off";
            }
            fieldset.contest {
                legend { (words.text("access-role")) }
                div.choices {
                    @for (place, (role, said)) in roles.iter().enumerate() {
                        label.option {
                            input type="radio" name="role" value=(role.value()) checked[place == 0];
                            span.name { (words.text(said)) }
                        }
                    }
                }
            }
            p.buttons { button { (words.text("access-do")) } }
        }
    }
}
