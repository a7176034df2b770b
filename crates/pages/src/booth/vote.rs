//! The page on which a voter votes: one part after the other, from the personal link to the identifier.

use maud::{Markup, html};

use super::{filled, page};
use crate::words::Words;

/// The page `/vote/<slug>`.
pub fn vote(words: Words) -> String {
    let title = words.text("booth-title");
    let content = html! {
        p.trial role="note" data-if="trial" hidden {
            strong { (words.text("trial")) } " " (words.text("trial-note"))
        }
        h1 data-fill="title" { (title) }
        noscript { p.warning { (words.text("booth-noscript")) } }
        p #status.status role="status" aria-live="polite" { (words.text("booth-says-opening")) }
        p #limit.warning role="alert" hidden {}
        (landing(words))
        (choosing_device_state(words))
        (welcome(words))
        (preparing(words))
        (ballot(words))
        (review(words))
        (sending(words))
        (done(words))
        (withdrawing(words))
        (returning(words))
        (failed(words))
        (sayings(words))
        (reasons(words))
    };
    page(words, &title, Some("vote.js"), &content)
}

/// One part of the page; the script shows one at a time.
pub(super) fn step(name: &str, title: &str, content: Markup) -> Markup {
    html! {
        section data-step=(name) aria-labelledby={ "step-" (name) } hidden {
            h2 id={ "step-" (name) } tabindex="-1" { (title) }
            (content)
        }
    }
}

/// Somebody came without a link.
fn landing(words: Words) -> Markup {
    step(
        "landing",
        &words.text("booth-landing"),
        html! {
            p { (words.text("booth-landing-note")) }
            form #paste novalidate {
                p.field {
                    label for="link" { (words.text("booth-paste")) }
                    input #link name="link" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                        aria-describedby="link-wrong" required;
                }
                p #link-wrong.wrong hidden { (words.text("booth-paste-wrong")) }
                p.buttons { button type="submit" { (words.text("booth-open")) } }
            }
            (recovering(words, "code"))
            p { (super::mine(words)) }
        },
    )
}

/// For who has a recovery code: without a link, or with the link of a device that is lost.
fn recovering(words: Words, field: &str) -> Markup {
    html! {
        details {
            summary { (words.text("booth-recover")) }
            p { (words.text("booth-recover-note")) }
            form data-form="recover" novalidate {
                p.field {
                    label for=(field) { (words.text("booth-recovery-code")) }
                    textarea id=(field) name="code" rows="3" autocomplete="off" autocapitalize="characters" spellcheck="false" required {}
                }
                p.buttons { button type="submit" { (words.text("booth-recover-do")) } }
            }
        }
    }
}

/// Several people have voted on this device.
fn choosing_device_state(words: Words) -> Markup {
    step(
        "whose",
        &words.text("booth-whose"),
        html! {
            p { (words.text("booth-whose-note")) }
            ul.mine {}
            template #one-of-them { li { button.plain.identifier type="button" {} } }
        },
    )
}

/// What this election is, before the first step.
pub(super) fn welcome(words: Words) -> Markup {
    step(
        "welcome",
        &words.text("booth-welcome"),
        html! {
            p.warning role="note" data-fill="not-ready" data-if="not-ready" hidden {}
            p.lead data-fill="description" data-if="description" hidden {}
            dl.facts {
                dt { (words.text("booth-who")) }
                dd { (filled(words, "booth-who-contact", &["organiser", "contact"])) }
                dt { (words.text("booth-until")) }
                dd data-if="scheduled" hidden { (filled(words, "schedule-times", &["opens", "closes"])) }
                dd data-if="manual" hidden { (words.text("schedule-manual")) }
                div data-if="classes" hidden {
                    dt { (words.text("booth-class")) }
                    dd data-fill="class" {}
                }
                dt { (words.text("booth-secret")) }
                dd { (words.text("booth-secret-note")) }
                dt { (words.text("booth-changes")) }
                dd data-if="never" hidden { (words.text("booth-changes-never")) }
                dd data-if="replace" hidden { (words.text("booth-changes-replace")) }
                dd data-if="replace_and_withdraw" hidden { (words.text("booth-changes-withdraw")) }
                div data-if="limited" hidden {
                    dt { (words.text("booth-limit")) }
                    dd { (filled(words, "booth-limit-note", &["minutes"])) }
                }
            }
            p.buttons data-if="ready" hidden {
                button type="button" data-do="begin" { (words.text("booth-begin")) }
            }
            p.buttons data-if="not-ready" hidden {
                button.plain type="button" data-do="reload" { (words.text("booth-look-again")) }
            }
            details {
                summary { (words.text("booth-compare")) }
                p { (words.text("compare-id")) }
                p.id data-fill="election" {}
                p { a data-href="board" { (words.text("booth-to-board")) } }
            }
            (recovering(words, "code-here"))
        },
    )
}

/// The right to vote is taken before the ballot is opened.
fn preparing(words: Words) -> Markup {
    step("preparing", &words.text("booth-preparing"), html! { p { (words.text("booth-preparing-note")) } })
}

pub(super) fn ballot(words: Words) -> Markup {
    step(
        "ballot",
        &words.text("booth-ballot"),
        html! {
            p.note { (words.text("booth-ballot-note")) }
            div.wrong #mistakes tabindex="-1" hidden {
                p { (words.text("booth-mistakes")) }
                ul {}
            }
            form #ballot novalidate {
                div #contests {}
                p.buttons {
                    button type="submit" { (words.text("booth-to-review")) }
                    button.plain type="button" data-do="to-done" data-if="is-cast" hidden { (words.text("booth-keep")) }
                }
            }
            template #contest {
                fieldset.contest {
                    legend { span.title data-part="title" {} }
                    p data-part="description" {}
                    p.note data-part="rule-one" { (words.text("booth-rule-one")) }
                    p.note data-part="rule-up-to" { (filled(words, "booth-rule-up-to", &["max"])) }
                    p.note data-part="rule-exactly" { (filled(words, "booth-rule-exactly", &["max"])) }
                    p.note data-part="rule-from-to" { (filled(words, "booth-rule-from-to", &["min", "max"])) }
                    p.field data-part="search" {
                        label { (words.text("booth-search")) input type="search" autocomplete="off"; }
                        span.note role="status" data-part="matches" {
                            (filled(words, "booth-matches", &["shown", "all"]))
                        }
                    }
                    div.choices data-part="options" {}
                    p.chosen role="status" data-part="chosen" { (filled(words, "booth-chosen", &["chosen", "max"])) }
                    p.wrong role="alert" data-part="too-many" hidden { (filled(words, "booth-too-many", &["max"])) }
                }
            }
            template #option {
                label.option {
                    input;
                    span {
                        span.name data-part="name" {}
                        span.note data-part="description" {}
                    }
                }
            }
        },
    )
}

pub(super) fn review(words: Words) -> Markup {
    step(
        "review",
        &words.text("booth-review"),
        html! {
            p { (words.text("booth-review-note")) }
            dl.choices {}
            p.note data-if="blank" hidden { (words.text("booth-blank-note")) }
            div.warning role="note" {
                p data-if="never" hidden { strong { (words.text("booth-final")) } " " (words.text("booth-final-note")) }
                p data-if="replace" hidden { (words.text("booth-replace-note")) }
                p data-if="replace_and_withdraw" hidden { (words.text("booth-withdraw-note")) }
                p data-if="again" hidden { (words.text("booth-again-note")) }
            }
            p.buttons {
                button type="button" data-do="cast" { (words.text("booth-cast")) }
                button.plain type="button" data-do="back" { (words.text("booth-back")) }
            }
        },
    )
}

fn sending(words: Words) -> Markup {
    step(
        "sending",
        &words.text("booth-sending"),
        html! {
            p { (words.text("booth-sending-note")) }
            ol.progress {
                li data-stage="checking" { (words.text("booth-stage-checking")) }
                li data-stage="token" { (words.text("booth-stage-token")) }
                li data-stage="casting" { (words.text("booth-stage-casting")) }
            }
        },
    )
}

fn done(words: Words) -> Markup {
    step(
        "done",
        &words.text("booth-done"),
        html! {
            p.warning role="note" data-if="cancelled" hidden { (words.text("booth-is-cancelled")) }
            p.standing { span #standing-text {} }
            div.card {
                p.note { (words.text("booth-identifier")) }
                p.identifier.large data-fill="identifier" {}
                p.note { (words.text("booth-identifier-note")) }
                div.qr role="img" aria-label=(words.text("booth-qr")) hidden {}
                ul.actions {
                    li { button.plain type="button" data-do="copy" { (words.text("booth-copy")) } }
                    li { button.plain type="button" data-do="print" { (words.text("booth-print")) } }
                    li data-if="has-receipt" hidden { button.plain type="button" data-do="receipt" { (words.text("booth-receipt")) } }
                }
                p.note role="status" #copied hidden { (words.text("booth-copied")) }
            }
            div #checked.checked role="status" tabindex="-1" hidden {}
            p.buttons { button type="button" data-do="check" { (words.text("booth-check")) } }
            p.note { (words.text("booth-check-note")) }
            details data-if="own-vote" hidden {
                summary { (words.text("booth-own-vote")) }
                p.note { (words.text("booth-own-vote-note")) }
                dl.choices {}
            }
            details #recovery {
                summary { (words.text("booth-recovery")) }
                p { (words.text("booth-recovery-note")) }
                p.buttons { button.plain type="button" data-do="recovery" { (words.text("booth-recovery-show")) } }
                p.identifier.code data-fill="recovery" {}
            }
            ul.actions {
                li data-if="may-resend" hidden { button type="button" data-do="resend" { (words.text("booth-resend")) } }
                li data-if="may-vote" hidden { button.plain type="button" data-do="begin" { (words.text("booth-vote-again")) } }
                li data-if="may-withdraw" hidden { button.plain type="button" data-do="withdrawing" { (words.text("booth-withdraw")) } }
                li data-if="may-return" hidden { button.plain type="button" data-do="returning" { (words.text("booth-return")) } }
            }
            ul.actions {
                li { a data-href="board" { (words.text("booth-to-board")) } }
                li { (super::mine(words)) }
            }
            div.print-only {
                p { (filled(words, "booth-who-contact", &["organiser", "contact"])) }
                p { (words.text("election-id")) }
                p.id data-fill="election" {}
                p data-fill="board-address" {}
            }
        },
    )
}

fn withdrawing(words: Words) -> Markup {
    step(
        "withdrawing",
        &words.text("booth-withdraw"),
        html! {
            div.warning role="note" { p { (words.text("booth-withdrawing-note")) } }
            p.buttons {
                button type="button" data-do="withdraw" { (words.text("booth-withdraw-yes")) }
                button.plain type="button" data-do="to-done" { (words.text("booth-keep")) }
            }
        },
    )
}

fn returning(words: Words) -> Markup {
    step(
        "returning",
        &words.text("booth-return"),
        html! {
            p { (words.text("booth-returning-note")) }
            p.buttons {
                button type="button" data-do="return" { (words.text("booth-return-yes")) }
                button.plain type="button" data-do="to-done" { (words.text("booth-keep")) }
            }
        },
    )
}

fn failed(words: Words) -> Markup {
    step(
        "failed",
        &words.text("booth-failed"),
        html! {
            div.warning {
                p data-fill="reason" {}
                p.note lang="en" data-fill="detail" {}
            }
            p #standing {}
            p data-if="may-repeat" hidden { (words.text("booth-safe")) }
            p.buttons {
                button type="button" data-do="repeat" data-if="may-repeat" hidden { (words.text("booth-repeat")) }
                button.plain type="button" data-do="back" data-if="may-back" hidden { (words.text("booth-back")) }
                button.plain type="button" data-do="landing" data-if="may-paste" hidden { (words.text("booth-other-link")) }
            }
            p.organiser { (filled(words, "ask-organiser", &["name", "contact"])) }
        },
    )
}

/// What the scripts say at some time, each under its name.
pub(super) fn sayings(words: Words) -> Markup {
    let plain = [
        ("opening", "booth-says-opening"),
        ("anchoring", "booth-says-anchoring"),
        ("asking", "booth-says-asking"),
        ("token", "booth-says-token"),
        ("sending", "booth-says-sending"),
        ("waiting-authority", "booth-says-waiting-authority"),
        ("waiting-board", "booth-says-waiting-board"),
        ("waiting-issuer", "booth-says-waiting-issuer"),
        ("blank", "blank"),
        ("abstain", "abstain"),
        ("choose-abstain", "booth-abstain"),
        ("choose-blank", "booth-blank"),
        ("time-up", "booth-time-up"),
        ("restart", "booth-restart"),
        ("stands-ballot", "booth-stands-ballot"),
        ("stands-withdrawal", "booth-stands-withdrawal"),
        ("stands-returned", "booth-stands-returned"),
        ("stands-unknown", "booth-stands-unknown"),
        ("stands-unknown-returned", "booth-stands-unknown-returned"),
        ("stands-unknown-earlier", "booth-stands-unknown-earlier"),
        ("stands-not-recorded", "booth-stands-not-recorded"),
        ("stands-not-recorded-earlier", "booth-stands-not-recorded-earlier"),
        ("stands-other", "booth-stands-other"),
        ("stands-nothing", "booth-stands-nothing"),
        ("not-yet-open", "booth-not-yet-open"),
        ("is-closed", "booth-is-closed"),
        ("is-cancelled", "booth-is-cancelled"),
        ("not-prepared", "booth-not-prepared"),
        ("not-accepting", "booth-not-accepting"),
        ("checked-nothing", "booth-checked-nothing"),
        ("checked-as_saved", "booth-checked-as-saved"),
        ("checked-withdrawn", "booth-checked-withdrawn"),
        ("checked-another", "booth-checked-another"),
        ("checked-returned", "booth-checked-returned"),
        ("checked-missing", "booth-checked-missing"),
        ("checked-overdue", "booth-checked-overdue"),
        ("checked-contradicted", "booth-checked-contradicted"),
        ("checked-too-late", "booth-checked-too-late"),
    ];
    let with: [(_, _, &[&str]); 6] = [
        ("time-left", "booth-time-left", &["seconds"]),
        ("opens-at", "booth-opens-at", &["opens"]),
        ("stands-promised", "booth-stands-promised", &["deadline"]),
        ("stands-overdue", "booth-stands-overdue", &["deadline"]),
        ("checked-promised", "booth-checked-promised", &["deadline"]),
        ("too-few", "booth-too-few", &["contest"]),
    ];
    html! {
        @for (name, key) in plain { template data-saying=(name) { (words.text(key)) } }
        @for (name, key, places) in with { template data-saying=(name) { (filled(words, key, places)) } }
    }
}

/// Why something was not done, by the reason in a failure's document (`spec/cli.md`), or by the problem that a service gave.
/// The second list is of reasons that can be gone when the same is done again.
fn reasons(words: Words) -> Markup {
    let lasting: [(_, &[&str]); 22] = [
        ("booth-why-link", &["link"]),
        ("booth-why-link-needed", &["link_needed"]),
        ("booth-why-other-election", &["other_manifest", "other_slug"]),
        ("booth-why-unknown-election", &["unknown-election"]),
        ("booth-why-used", &["issued_elsewhere", "already-issued"]),
        ("booth-why-not-on-register", &["not_on_register"]),
        ("booth-why-replaced", &["other_credential", "credential_not_set", "invalid-signature"]),
        ("booth-is-cancelled", &["cancelled"]),
        ("booth-why-too-late", &["issuance-closed"]),
        ("booth-why-closed", &["voting-closed"]),
        ("booth-why-pending", &["other_ballot_pending"]),
        ("booth-why-final", &["revote_not_allowed"]),
        ("booth-why-no-withdrawal", &["withdrawal_not_allowed"]),
        ("booth-why-nothing-to-withdraw", &["nothing_to_withdraw"]),
        ("booth-why-limit", &["revote_limit"]),
        ("booth-why-spent", &["token_spent", "token-used", "used"]),
        ("booth-why-returned", &["token_returned"]),
        ("booth-why-never-issued", &["never_issued"]),
        ("booth-why-code", &["recovery_group", "recovery_groups", "recovery_check"]),
        ("booth-why-nothing-to-recover", &["nothing_to_recover"]),
        (
            "booth-why-already-saved",
            &["already_saved", "other_election_saved", "other_link_saved", "other_voter"],
        ),
        ("booth-why-saved", &["saved", "saved_version", "saved_contradiction"]),
    ];
    let passing: [(_, &[&str]); 12] = [
        ("booth-why-unanswered", &["unanswered", "sessions_forgotten", "too_many_sessions"]),
        ("booth-why-refused", &["refused"]),
        (
            "booth-not-prepared",
            &["not-yet-public", "ceremony_missing", "rehearsal_missing", "register_missing"],
        ),
        ("booth-not-yet-open", &["too-early"]),
        ("booth-why-clock", &["wrong-time"]),
        ("booth-why-other-window", &["other_window", "other_copy"]),
        ("booth-no-storage", &["keeper"]),
        ("booth-why-displaced", &["displaced", "sequence"]),
        ("booth-why-not-closed", &["not_closed"]),
        ("booth-why-not-recorded", &["not_recorded"]),
        ("booth-why-program", &["program"]),
        ("booth-why-other", &["other"]),
    ];
    // A service, or somebody between, says what cannot be so.
    let evidence: [(_, &[&str]); 1] = [(
        "booth-why-evidence",
        &[
            "answer",
            "checkpoint",
            "endless",
            "entry",
            "entry_missing",
            "entry_order",
            "first_move",
            "forked",
            "invalid-proof",
            "manifest",
            "not_continued",
            "not_in_log",
            "not_official",
            "note_too_long",
            "other_promise",
            "promise",
            "receipt",
            "register",
            "register_blob",
            "rejected",
            "running_number",
            "unverifiable",
        ],
    )];
    html! {
        @for (key, names) in lasting {
            @for name in names { template data-reason=(name) { (words.text(key)) } }
        }
        @for (key, names) in passing.into_iter().chain(evidence) {
            @for name in names { template data-reason=(name) data-passes="" { (words.text(key)) } }
        }
    }
}
