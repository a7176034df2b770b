//! One person on the list of voters.

use maud::html;

use super::{ClassCount, DoneVoters, Stage, Voter, class_field, reason_field};
use crate::assets::DESK;
use crate::desk::{Around, page};

/// What is known of somebody on the list, and what can be done. Nothing of the vote is known to anybody.
#[derive(Clone, Debug)]
pub struct Person {
    /// The election's short name.
    pub slug: String,
    /// How far it is.
    pub stage: Stage,
    /// Who it is.
    pub voter: Voter,
    /// The id of the class.
    pub class: String,
    /// How often the credential was replaced, which everybody sees.
    pub replaced: u64,
    /// The classes.
    pub classes: Vec<ClassCount>,
    /// Whether this service makes the invitations.
    pub has_invitations: bool,
    /// What was done just before.
    pub done: Option<DoneVoters>,
}

/// The page of somebody on the list.
pub fn person(around: &Around<'_>, person: &Person) -> String {
    let words = around.words;
    let Person { slug, stage, voter, classes, .. } = person;
    let act = |what: &str| format!("/desk/{slug}/voters/person/{what}");
    let is_public = *stage == Stage::Public;
    let content = html! {
        p.above { a href={ "/desk/" (slug) "/voters" } { "← " (words.text("voters-title")) } }
        h1 { (voter.name) }
        @if let Some(done) = person.done { (done.said(words)) }
        dl.facts {
            dt { (words.text("voters-person")) }
            dd { (voter.person) }
            dt { (words.text("voters-email")) }
            dd { @if let Some(email) = &voter.email { (email) } @else { (words.text("voters-no-email")) } }
            dt { (words.text("voters-class")) }
            dd { (voter.class) }
            @if is_public || *stage == Stage::Ended {
                dt { (words.text("voters-invitation")) }
                dd {
                    (words.text(voter.invited.words()))
                    @if person.replaced > 0 { " " span.note { (words.count("voters-replaced", person.replaced)) } }
                }
            }
        }
        p.note { (words.text("voters-nothing-of-the-vote")) }
        @if is_public && person.has_invitations {
            h2 { (words.text("voters-resend")) }
            p { (words.text(match voter.invited {
                super::Invited::Unsent | super::Invited::None => "voters-resend-unsent",
                super::Invited::Sent | super::Invited::Erased => "voters-resend-replaces",
            })) }
            @if voter.email.is_none() { p { (words.text("voters-resend-letter")) } }
            form method="post" action=(act("resend")) {
                input type="hidden" name="id" value=(voter.person);
                p.buttons { button.plain { (words.text("voters-resend-do")) } }
            }
        }
        @if *stage != Stage::Ended {
            @if classes.len() > 1 {
                h2 { (words.text("voters-move")) }
                @if is_public { p { (words.text("voters-move-public")) } }
                form method="post" action=(act("move")) {
                    input type="hidden" name="id" value=(voter.person);
                    (class_field(words, classes, &person.class))
                    @if is_public { (reason_field(words, "move-reason")) }
                    p.buttons { button.plain { (words.text("voters-move-do")) } }
                }
            }
            h2 { (words.text("voters-remove")) }
            p { (words.text(if is_public { "voters-remove-public" } else { "voters-remove-note" })) }
            form method="post" action=(act("remove")) {
                input type="hidden" name="id" value=(voter.person);
                p.field {
                    label for="confirm" { (words.of("voters-remove-confirm", "slug", slug)) }
                    input #confirm name="confirm" required autocomplete="off" autocapitalize="off" spellcheck="false";
                }
                @if is_public { (reason_field(words, "remove-reason")) }
                p.buttons { button.plain { (words.text("voters-remove-do")) } }
            }
        }
    };
    page(around, &voter.name, Some(DESK), &content)
}
