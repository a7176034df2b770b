//! Invitations: what they say, a test, sending, how far that is, letters.

use maud::{Markup, html};

use super::voters::Stage;
use super::{Around, page};
use crate::assets::DESK;
use crate::words::Words;

/// A mail as its reader will see it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// How far sending is.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Mails that the mail server has.
    pub sent: u64,
    /// Mails that it did not take.
    pub failed: u64,
    /// To whom, and what the server said: the first of them.
    pub reasons: Vec<(String, String)>,
    /// Mails that are still to be sent.
    pub left: u64,
    /// People without an address.
    pub without_address: u64,
    /// Whether it has ended.
    pub done: bool,
}

/// How many invitations are how far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// A mail server has them.
    pub sent: u64,
    /// Not sent.
    pub unsent: u64,
    /// Of those, to people without an address.
    pub without_address: u64,
    /// On paper, if anywhere.
    pub erased: u64,
}

/// What was done just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneMailing {
    /// A test mail was sent.
    Tested,
    /// Unsent invitations were forgotten.
    Erased,
}

impl DoneMailing {
    /// The one of this name in an address.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "tested" => Some(Self::Tested),
            "erased" => Some(Self::Erased),
            _ => None,
        }
    }
}

/// Why a test mail was not sent.
#[derive(Clone, Debug)]
pub enum TestWrong {
    /// What was typed is no address.
    Address,
    /// The mail server did not take it, and says this.
    Refused(String),
}

/// The page of the invitations.
#[derive(Clone, Debug)]
pub struct Invitations {
    /// The election's short name.
    pub slug: String,
    /// How far it is.
    pub stage: Stage,
    /// Whether the account is its owner's.
    pub is_owner: bool,
    /// Whether this service makes the invitations.
    pub makes_them: bool,
    /// Whether the register is on the board, so that there are some.
    pub has_register: bool,
    /// Whether mails can be sent.
    pub has_mailer: bool,
    /// Whether a test mail was sent with just these words.
    pub is_tested: bool,
    /// How many are how far.
    pub counts: Counts,
    /// The invitation and the reminder.
    pub letters: [Letter; 2],
    /// How far sending is, where something was sent since the service began.
    pub sending: Option<Sending>,
    /// What was done just before.
    pub done: Option<DoneMailing>,
    /// The address that was typed, and why nothing was sent there.
    pub typed: String,
    /// Why no test mail was sent.
    pub wrong: Option<TestWrong>,
}

/// The page of the invitations.
pub fn invitations(around: &Around<'_>, shown: &Invitations) -> String {
    let words = around.words;
    let title = words.text("mail-title");
    let can_send = shown.stage == Stage::Public && shown.has_register && shown.makes_them;
    let content = html! {
        h1 { (title) }
        @if let Some(done) = shown.done {
            p.checked role="status" { (words.text(match done {
                DoneMailing::Tested => "mail-done-tested",
                DoneMailing::Erased => "mail-done-erased",
            })) }
        }
        p.lead { (words.text("mail-lead")) }
        @if !shown.makes_them {
            p { (words.text("mail-not-made-here")) }
        } @else if shown.stage == Stage::Ended {
            p { (words.text("mail-ended")) }
        } @else if !can_send {
            p { (words.text("mail-too-early")) }
        }
        @if can_send || shown.counts.sent > 0 { div #counts data-live { (counts(words, shown.counts)) } }
        div #sending data-live { @if let Some(sending) = &shown.sending { (progress(words, sending)) } }
        @if shown.makes_them {
            h2 { (words.text("mail-says")) }
            p { (words.text(if shown.stage == Stage::Draft { "mail-says-draft" } else { "mail-says-fixed" })) }
            @let [invitation, reminder] = &shown.letters;
            (letter(words, "mail-invitation", invitation, true))
            (letter(words, "mail-reminder", reminder, false))
        }
        @if can_send {
            @if shown.has_mailer {
                (test(words, shown))
                h2 { (words.text("mail-send")) }
                div #send data-live { (send(words, shown)) }
            } @else {
                p.warning { (words.text("mail-no-server")) }
            }
            (one(words, &shown.slug))
            @if shown.is_owner {
                div #letters data-live { (letters(words, shown)) }
                div #erase data-live { (erase(words, shown)) }
            }
        }
    };
    page(around, &title, Some(DESK), &content)
}

fn counts(words: Words, counts: Counts) -> Markup {
    html! {
        p { (words.count("mail-count-sent", counts.sent)) " " (words.count("mail-count-unsent", counts.unsent)) }
        @if counts.without_address > 0 { p { (words.count("mail-count-without-address", counts.without_address)) } }
        @if counts.erased > 0 { p { (words.count("mail-count-erased", counts.erased)) } }
    }
}

/// How far sending is; the page looks again by itself, or when somebody follows the link.
fn progress(words: Words, sending: &Sending) -> Markup {
    let all = sending.sent.saturating_add(sending.failed).saturating_add(sending.left);
    html! {
        h2 { (words.text(if sending.done { "mail-progress-done" } else { "mail-progress" })) }
        @if !sending.done {
            p { progress max=(all) value=(all.saturating_sub(sending.left)) aria-label=(words.text("mail-progress")) {} }
            p { a href="" { (words.text("mail-look-again")) } }
        }
        div role="status" {
            ul {
                li { (words.count("mail-sent", sending.sent)) }
                @if sending.left > 0 { li { (words.count("mail-left", sending.left)) } }
                @if sending.failed > 0 { li { (words.count("mail-failed", sending.failed)) } }
                @if sending.without_address > 0 { li { (words.count("mail-without-address", sending.without_address)) } }
            }
        }
        @if !sending.reasons.is_empty() {
            div.scroll role="region" tabindex="0" aria-label=(words.text("mail-reasons")) {
                table {
                    thead { tr {
                        th scope="col" { (words.text("voters-person")) }
                        th scope="col" { (words.text("mail-reason")) }
                    } }
                    tbody {
                        @for (person, reason) in &sending.reasons { tr { th scope="row" { (person) } td lang="en" { (reason) } } }
                    }
                }
            }
            p { (words.text("mail-failed-note")) }
        }
    }
}

fn letter(words: Words, title: &str, letter: &Letter, is_open: bool) -> Markup {
    html! {
        details open[is_open] {
            summary { (words.text(title)) }
            p { strong { (letter.subject) } }
            pre { (letter.text) }
        }
    }
}

fn test(words: Words, shown: &Invitations) -> Markup {
    html! {
        h2 { (words.text("mail-test")) }
        p {
            @if shown.is_tested { span.done { (words.text("mail-tested")) } " " }
            (words.text("mail-test-note"))
        }
        form method="post" action={ "/desk/" (shown.slug) "/invitations/test" } {
            @if let Some(wrong) = &shown.wrong {
                div #to-wrong.wrong role="alert" {
                    @match wrong {
                        TestWrong::Address => p { (words.text("mail-not-an-address")) },
                        TestWrong::Refused(said) => { p { (words.text("mail-refused")) } p lang="en" { (said) } },
                    }
                }
            }
            p.field {
                label for="to" { (words.text("mail-test-to")) }
                input #to type="email" name="to" value=(shown.typed) required autocomplete="email"
                    aria-describedby=[shown.wrong.as_ref().map(|_| "to-wrong")];
            }
            p.buttons { button.plain[shown.is_tested] { (words.text("mail-test-do")) } }
        }
    }
}

fn send(words: Words, shown: &Invitations) -> Markup {
    let to_send = shown.counts.unsent.saturating_sub(shown.counts.without_address);
    let is_sending = shown.sending.as_ref().is_some_and(|sending| !sending.done);
    html! {
        @if is_sending {
            p { (words.text("mail-is-sending")) }
        } @else if !shown.is_tested {
            p { (words.text("mail-first-test")) }
        } @else {
            p { (words.text(if to_send > 0 { "mail-send-note" } else { "mail-all-sent" })) }
            form method="post" action={ "/desk/" (shown.slug) "/invitations/send" } {
                p.buttons {
                    @if to_send > 0 { button name="audience" value="all" { (words.count("mail-send-do", to_send)) } }
                    button.plain name="audience" value="no_token_yet" { (words.text("mail-remind-do")) }
                }
            }
            p.note { (words.text("mail-remind-note")) }
        }
    }
}

/// The way to one person.
fn one(words: Words, slug: &str) -> Markup {
    html! {
        h2 { (words.text("mail-one")) }
        p { (words.text("mail-one-note")) }
        form.search method="get" action={ "/desk/" (slug) "/voters" } role="search" {
            p {
                label for="q" { (words.text("voters-search")) }
                input #q type="search" name="q" autocomplete="off" spellcheck="false" maxlength="254" required;
            }
            p { button.plain { (words.text("search")) } }
        }
    }
}

fn letters(words: Words, shown: &Invitations) -> Markup {
    html! {
        h2 { (words.text("mail-letters")) }
        @if shown.counts.unsent == 0 {
            p { (words.text("mail-letters-none")) }
        } @else {
            p { (words.text("mail-letters-note")) }
            p.warning { (words.text("mail-letters-warning")) }
            form method="post" action={ "/desk/" (shown.slug) "/invitations/letters" } {
                p.buttons { button.plain name="letters" value="yes" { (words.count("mail-letters-do", shown.counts.unsent)) } }
            }
        }
    }
}

fn erase(words: Words, shown: &Invitations) -> Markup {
    html! {
        @if shown.counts.unsent > 0 {
            h2 { (words.text("mail-erase")) }
            p { (words.text("mail-erase-note")) }
            form method="post" action={ "/desk/" (shown.slug) "/invitations/erase" } {
                p.field {
                    label for="confirm" { (words.of("voters-remove-confirm", "slug", &shown.slug)) }
                    input #confirm name="confirm" required autocomplete="off" autocapitalize="off" spellcheck="false";
                }
                p.buttons { button.plain { (words.count("mail-erase-do", shown.counts.unsent)) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn letter() -> Letter {
        Letter { subject: "<b>subject".into(), text: "<b>text\n#…".into() }
    }

    #[test]
    fn shows_invitations_in_every_language_and_state() {
        let states =
            [(Stage::Draft, false, false), (Stage::Public, true, false), (Stage::Public, true, true)];
        for language in Language::ALL {
            for (stage, has_register, is_tested) in states {
                let around = Around {
                    words: Words::new(language),
                    path: "/desk/a-1/invitations".into(),
                    account: Some("eva"),
                    election: None,
                };
                let sending = Sending {
                    sent: 1,
                    failed: 2,
                    reasons: vec![("<b>".into(), "550".into())],
                    left: 3,
                    without_address: 5,
                    done: is_tested,
                };
                let page = invitations(
                    &around,
                    &Invitations {
                        slug: "a-1".into(),
                        stage,
                        is_owner: is_tested,
                        makes_them: true,
                        has_register,
                        has_mailer: true,
                        is_tested,
                        counts: Counts { sent: 1, unsent: 22, without_address: 5, erased: 2 },
                        letters: [letter(), letter()],
                        sending: has_register.then_some(sending),
                        done: Some(DoneMailing::Erased),
                        typed: "<b>".into(),
                        wrong: Some(TestWrong::Refused("<b>550".into())),
                    },
                );
                for wrong in [" style=", "<b>", "mail-", "voters-", "{ $", "&amp;amp;"] {
                    assert!(!page.contains(wrong), "{wrong} in {page}");
                }
                assert_eq!(page.matches("<h1").count(), 1);
                assert_eq!(page.contains("name=\"to\""), has_register);
                assert_eq!(page.contains("<progress max=\"6\" value=\"3\""), has_register && !is_tested);
                for owned in ["value=\"all\"", "/letters", "/erase"] {
                    assert_eq!(page.contains(owned), is_tested, "{owned}");
                }
            }
        }
    }
}
