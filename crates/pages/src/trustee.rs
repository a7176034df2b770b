//! The page on which a trustee without a terminal does its part: key ceremony, agreement, rehearsal, opening (`spec/trustees.md`).
//!
//! All that is ever said stands in the page, in its language. Its script (`crates/custodian/web`) shows one part after the other,
//! and puts names and numbers where `data-fill` marks their places; the program beside it decides which part that is.

use maud::{Markup, html};

use crate::assets;
use crate::booth::filled;
use crate::language::Language;
use crate::layout::{Address, Frame};
use crate::words::Words;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A file beside the page, by its name: media type and bytes.
pub fn file(name: &str) -> Option<(&'static str, &'static [u8])> {
    Some(match name {
        "trustee.js" => (SCRIPT, include_bytes!("../../custodian/web/trustee.js")),
        "worker.js" => (SCRIPT, include_bytes!("../../custodian/web/worker.js")),
        "custodian.wasm" => ("application/wasm", include_bytes!("../../custodian/web/custodian.wasm")),
        // What the booth's own pages do with requests, storage and markup.
        "booth.js" => (SCRIPT, include_bytes!("../../booth/web/booth.js")),
        "page.js" => (SCRIPT, include_bytes!("../../booth/web/page.js")),
        "style.css" => ("text/css; charset=utf-8", assets::bytes(assets::STYLE)),
        "icon.svg" => ("image/svg+xml", assets::bytes(assets::ICON)),
        _ => return None,
    })
}

/// The page of an address at which there is no election.
pub fn unknown(words: Words, address: &Address) -> String {
    let title = words.text("trustee-unknown");
    let content = html! {
        h1 { (title) }
        p.lead { (words.text("trustee-unknown-note")) }
    };
    page(words, &title, address, false, &content)
}

/// The page `/trustee/<slug>`.
pub fn trustee(words: Words, address: &Address) -> String {
    let title = words.text("trustee-title");
    let content = html! {
        p.trial role="note" data-if="trial" hidden {
            strong { (words.text("trial")) } " " (words.text("trial-note"))
        }
        h1 { (title) }
        p.lead data-if="before" { (words.text("trustee-lead")) }
        p data-if="you" hidden { (filled(words, "trustee-you", &["name", "slug"])) }
        noscript { p.warning { (words.text("trustee-noscript")) } }
        nav aria-label=(words.text("trustee-way")) {
            ol.progress {
                @for key in ["trustee-way-key", "trustee-way-ceremony", "trustee-way-agree", "trustee-way-rehearse", "trustee-way-open"] {
                    li { (words.text(key)) }
                }
            }
        }
        p #status.status role="status" aria-live="polite" { (words.text("trustee-says-look")) }
        div.running #running hidden {
            progress #bar max="100" value="0" aria-labelledby="stage" {}
            span #stage {}
        }
        div #wrong.warning role="alert" hidden {
            p data-fill="reason" {}
            p.note data-fill="detail" lang="en" {}
            p data-if="may-repeat" hidden { button.plain type="button" data-do="again" { (words.text("trustee-again")) } }
        }
        (before(words))
        (ceremony(words))
        (agreement(words))
        (rehearsal(words))
        (opening(words))
        (key_file(words))
        (hash(words))
        (people(words))
        p.buttons data-if="open" hidden { button.link type="button" data-do="lock" { (words.text("trustee-lock")) } }
        (sayings(words))
        (reasons(words))
    };
    page(words, &title, address, true, &content)
}

fn page(words: Words, title: &str, address: &Address, has_script: bool, content: &Markup) -> String {
    let elsewhere = |other: Language| address.with(other, &[]);
    let beside = |name: &str| format!("{}/{name}", address.path);
    let frame = Frame {
        title,
        above: html! { p.above data-fill="organiser" {} },
        elsewhere: &elsewhere,
        style: &beside("style.css"),
        icon: &beside("icon.svg"),
        script: has_script.then(|| beside("trustee.js")),
        below: html! { p { (words.text("trustee-footer")) } },
    };
    frame.around(words, content)
}

/// What the script calls a text.
fn name(key: &str) -> &str {
    key.strip_prefix("trustee-").unwrap_or(key)
}

/// One part of the page, with its title; the script shows one at a time.
fn step(words: Words, key: &str, content: Markup) -> Markup {
    html! {
        section data-step=(name(key)) aria-labelledby={ "step-" (name(key)) } hidden {
            h2 id={ "step-" (name(key)) } tabindex="-1" { (words.text(key)) }
            (content)
        }
    }
}

/// A part that says something and asks for nothing.
fn told(words: Words, key: &str, keys: &[&str]) -> Markup {
    step(words, key, html! { @for key in keys { p { (words.text(key)) } } })
}

/// Whose passphrase it is, for who keeps it; the script says so.
fn user() -> Markup {
    html! { input name="username" type="text" autocomplete="username" hidden; }
}

/// A field for the passphrase of a key that exists.
fn passphrase(words: Words, id: &str) -> Markup {
    html! {
        (user())
        p.field {
            label for=(id) { (words.text("trustee-passphrase")) }
            input id=(id) name="passphrase" type="password" autocomplete="current-password" required;
        }
    }
}

/// A field for a key file.
fn chosen_file(words: Words, id: &str) -> Markup {
    html! {
        p.field {
            label for=(id) { (words.text("trustee-file")) }
            input id=(id) name="file" type="file" required;
        }
    }
}

fn submit(words: Words, key: &str) -> Markup {
    html! { p.buttons { button type="submit" { (words.text(key)) } } }
}

/// Who one is, and where the key is.
fn before(words: Words) -> Markup {
    let restoring = |id: &str| {
        html! {
            p { (words.text("trustee-restore-note")) }
            form data-form="restore" novalidate {
                (chosen_file(words, &format!("{id}-file")))
                (passphrase(words, &format!("{id}-passphrase")))
                (submit(words, "trustee-restore-do"))
            }
        }
    };
    html! {
        (told(words, "trustee-no-plan", &["trustee-no-plan-note"]))
        (step(words, "trustee-who", html! {
            p { (words.text("trustee-who-note")) }
            ul #names {}
            template #one-name { li { a {} } }
        }))
        (step(words, "trustee-enrol", html! {
            p { (words.text("trustee-enrol-note")) }
            form data-form="enrol" novalidate {
                (user())
                p.field {
                    label for="new-passphrase" { (words.text("trustee-passphrase")) }
                    input #new-passphrase name="passphrase" type="password" autocomplete="new-password" required
                        aria-describedby="passphrase-rule";
                }
                p #passphrase-rule.note { (words.text("trustee-passphrase-rule")) }
                p.field {
                    label for="same-passphrase" { (words.text("trustee-passphrase-again")) }
                    input #same-passphrase name="again" type="password" autocomplete="new-password" required
                        aria-describedby="passphrase-differs";
                }
                p #passphrase-differs.wrong hidden { (words.text("trustee-passphrase-differs")) }
                (submit(words, "trustee-enrol-do"))
            }
            details {
                summary { (words.text("trustee-restore")) }
                (restoring("enrol"))
            }
        }))
        (step(words, "trustee-elsewhere", html! {
            p { (words.text("trustee-elsewhere-note")) }
            h3 { (words.text("trustee-restore")) }
            (restoring("elsewhere"))
        }))
        (step(words, "trustee-locked", html! {
            p { (words.text("trustee-locked-note")) }
            form data-form="unlock" novalidate {
                (passphrase(words, "passphrase"))
                (submit(words, "trustee-unlock-do"))
            }
            details {
                summary { (words.text("trustee-forget")) }
                p { (words.text("trustee-forget-note")) }
                p.buttons { button.plain type="button" data-do="forget" { (words.text("trustee-forget-do")) } }
            }
        }))
    }
}

fn ceremony(words: Words) -> Markup {
    html! {
        (told(words, "trustee-ceremony", &["trustee-ceremony-note"]))
        (step(words, "trustee-restart", html! {
            p { (filled(words, "trustee-restart-note", &["attempt", "own"])) }
            p.warning data-if="again" hidden { (filled(words, "trustee-restart-names", &["names"])) }
            p.buttons data-if="ahead" hidden {
                button type="button" data-do="restart" { (words.text("trustee-restart-do")) }
            }
            p data-if="behind" hidden { (words.text("trustee-restart-behind")) }
        }))
        (told(words, "trustee-prepared", &["trustee-prepared-note", "trustee-prepared-next"]))
        div #problems {}
    }
}

fn agreement(words: Words) -> Markup {
    step(
        words,
        "trustee-agree",
        html! {
            p { (words.text("trustee-agree-note")) }
            div.card {
                h3 data-fill="title" {}
                dl.facts {
                    dt { (words.text("trustee-organiser")) }
                    dd { (filled(words, "trustee-contact", &["organiser", "contact"])) }
                    dt { (words.text("trustee-time")) }
                    dd data-if="scheduled" hidden { (filled(words, "schedule-times", &["opens", "closes"])) }
                    dd data-if="manual" hidden { (words.text("schedule-manual")) }
                    div data-if="scheduled" hidden {
                        dt { (words.text("trustee-not-before")) }
                        dd { (filled(words, "trustee-not-before-at", &["time"])) }
                    }
                    dt { (words.text("trustee-issuers")) }
                    dd data-fill="issuers" {}
                    dt { (words.text("trustee-contests")) }
                    dd { dl #contests {} }
                    dt { (words.text("trustee-election-shown")) }
                    dd.id data-fill="election" {}
                }
            }
            form data-form="agree" novalidate {
                p.field {
                    label for="election" { (words.text("trustee-election")) }
                    input #election name="election" autocomplete="off" autocapitalize="none" spellcheck="false" required
                        aria-describedby="election-why";
                }
                p #election-why.note { (words.text("trustee-election-why")) }
                (submit(words, "trustee-agree-do"))
            }
        },
    )
}

fn rehearsal(words: Words) -> Markup {
    html! {
        (told(words, "trustee-agreed", &["trustee-agreed-note"]))
        (step(words, "trustee-rehearse", html! {
            p { (words.text("trustee-rehearse-note")) }
            form data-form="rehearse" novalidate {
                (chosen_file(words, "rehearse-file"))
                (passphrase(words, "rehearse-passphrase"))
                (submit(words, "trustee-rehearse-do"))
            }
        }))
        (step(words, "trustee-voting", html! {
            p { (words.text("trustee-voting-note")) }
            p data-if="rehearsals" hidden { (words.text("trustee-voting-rehearsals")) }
            (to_board(words))
        }))
    }
}

fn opening(words: Words) -> Markup {
    html! {
        (step(words, "trustee-verify", html! {
            p { (words.text("trustee-verify-note")) }
            p.buttons { button type="button" data-do="verify" { (words.text("trustee-verify-do")) } }
        }))
        (step(words, "trustee-verified", html! {
            p { (filled(words, "trustee-verified-note", &["ballots"])) }
            ul #small {}
            p.buttons { button type="button" data-do="open" { (words.text("trustee-open-do")) } }
        }))
        (step(words, "trustee-opening", html! {
            p { (words.text("trustee-opening-note")) }
            p data-if="waiting" hidden { (filled(words, "trustee-opening-count", &["agreed", "needed", "names"])) }
            p.warning data-if="otherwise" hidden { (filled(words, "trustee-opening-otherwise", &["others"])) }
        }))
        (step(words, "trustee-opened", html! {
            p { (words.text("trustee-opened-note")) }
            (to_board(words))
        }))
        (step(words, "trustee-over", html! {
            p { (words.text("trustee-over-note")) }
            (to_board(words))
        }))
        (told(words, "trustee-cancelled", &["trustee-cancelled-note"]))
    }
}

fn to_board(words: Words) -> Markup {
    html! { p { a data-href="board" { (words.text("trustee-to-board")) } } }
}

fn key_file(words: Words) -> Markup {
    html! {
        p.buttons data-if="file" hidden {
            button.plain type="button" data-do="file" { (words.text("trustee-save")) }
        }
        p.note data-if="saved" hidden { (words.text("trustee-saved")) }
    }
}

/// What trustees compare by voice.
fn hash(words: Words) -> Markup {
    html! {
        section data-if="hash" aria-labelledby="hash" hidden {
            h2 #hash { (words.text("trustee-hash")) }
            p { (words.text("trustee-hash-note")) }
            p.id data-fill="hash" {}
        }
    }
}

fn people(words: Words) -> Markup {
    html! {
        section data-if="people" aria-labelledby="people" hidden {
            h2 #people { (words.text("trustee-people")) }
            p { (filled(words, "trustee-people-note", &["threshold", "count"])) }
            p data-if="awaited" hidden { strong { (filled(words, "trustee-awaited", &["awaited"])) } }
            table {
                thead {
                    tr {
                        th scope="col" { (words.text("trustee-person")) }
                        th scope="col" { (words.text("trustee-done-so-far")) }
                    }
                }
                tbody #states {}
            }
        }
    }
}

/// What the script says.
fn sayings(words: Words) -> Markup {
    const SAID: [&str; 30] = [
        "trustee-says-look",
        "trustee-says-unlock",
        "trustee-says-enrol",
        "trustee-says-restore",
        "trustee-says-restart",
        "trustee-says-agree",
        "trustee-says-rehearse",
        "trustee-says-verify",
        "trustee-says-open",
        "trustee-says-file",
        "trustee-says-forget",
        "trustee-says-retry",
        "trustee-stage-entries",
        "trustee-stage-issuance",
        "trustee-stage-openings",
        "trustee-stage-blobs",
        "trustee-stage-opening",
        "trustee-is-nothing",
        "trustee-is-enrolled",
        "trustee-is-round1",
        "trustee-is-round2",
        "trustee-is-confirmed",
        "trustee-is-agreed",
        "trustee-is-rehearsed",
        "trustee-is-counted",
        "trustee-is-opened",
        "trustee-is-you",
        "trustee-problem-stranger",
        "trustee-problem-copy",
        "trustee-problem-nobody",
    ];
    html! {
        @for key in SAID { template data-saying=(name(key)) { (words.text(key)) } }
        template data-saying="problem-refused" { (filled(words, "trustee-problem-refused", &["from"])) }
        template data-saying="problem-failed" { (filled(words, "trustee-problem-failed", &["from"])) }
        template data-saying="small" { (filled(words, "trustee-small", &["class", "cast"])) }
    }
}

/// Why something is not done, by the program's names. What is told further is told in the program's own words.
fn reasons(words: Words) -> Markup {
    let plain: [(_, &[&str]); 25] = [
        ("trustee-why-unanswered", &["unreachable"]),
        ("trustee-why-unknown", &["unknown-election"]),
        ("trustee-why-not-a-trustee", &["not-a-trustee"]),
        ("trustee-why-solo", &["solo"]),
        ("trustee-why-passphrase", &["passphrase"]),
        ("trustee-why-short", &["short"]),
        ("trustee-why-memory", &["memory"]),
        ("trustee-why-other-file", &["other-file"]),
        ("trustee-why-kept", &["kept"]),
        ("trustee-why-other-window", &["other-window"]),
        ("trustee-why-storage", &["storage"]),
        ("trustee-why-no-receipt", &["no-receipt"]),
        ("trustee-why-other-election", &["other-election"]),
        ("trustee-why-other-plan", &["other-plan"]),
        ("trustee-why-other-keys", &["other-keys"]),
        ("trustee-why-not-an-election", &["not-an-election"]),
        ("trustee-why-backup-early", &["backup-without-share"]),
        ("trustee-why-other-backup", &["other-backup"]),
        ("trustee-why-not-closed", &["not-closed", "not-verified-yet"]),
        ("trustee-why-agreed-otherwise", &["agreed-otherwise"]),
        ("trustee-why-stranger", &["stranger"]),
        ("trustee-why-locked", &["locked"]),
        ("trustee-passphrase-differs", &["differs"]),
        ("trustee-restart", &["other-attempt"]),
        ("trustee-no-plan-note", &["no-plan"]),
    ];
    let detailed: [(_, &[&str]); 7] = [
        ("trustee-why-refused", &["refused", "wrong-phase"]),
        ("trustee-why-key-file", &["key-file"]),
        ("trustee-why-bound", &["bound"]),
        ("trustee-why-record", &["record"]),
        ("trustee-why-not-verified", &["not-verified"]),
        ("trustee-why-program", &["program"]),
        ("trustee-why-other", &["other"]),
    ];
    html! {
        @for (key, names) in plain {
            @for name in names { template data-reason=(name) { (words.text(key)) } }
        }
        @for (key, names) in detailed {
            @for name in names { template data-reason=(name) data-detailed="" { (words.text(key)) } }
        }
        template data-reason="too-early" { (filled(words, "trustee-why-too-early", &["time"])) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address { path: "/trustee/union-2027".into(), query: vec![("trustee", "anna".into())] }
    }

    #[test]
    fn says_all_in_every_language_and_nothing_inline() {
        for language in Language::ALL {
            let words = Words::new(language);
            for page in [trustee(words, &address()), unknown(words, &address())] {
                assert_eq!(page.matches("<h1").count(), 1);
                for wrong in [
                    " style=", "<script>", "<style", " onclick", "http://", "https://", "trustee-",
                    "\u{e000}",
                ] {
                    assert!(!page.contains(wrong), "{wrong}");
                }
                assert!(page.contains("/trustee/union-2027?trustee=anna&amp;lang="));
            }
        }
    }

    /// Whatever the scripts name is in the page, and the page names no file that is not there.
    #[test]
    fn has_what_its_scripts_name() {
        let page = trustee(Words::new(Language::English), &address());
        let script = include_str!("../../custodian/web/trustee.js");
        let named = |opens: &str| {
            let parts = script.split(opens).skip(1);
            parts.filter_map(|part| part.split_once('"')).map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        };
        let (said, ids) = (named("saying(\""), named("$(\"#"));
        assert!(said.len() > 1 && ids.len() > 5, "{said:?} {ids:?}");
        for name in said {
            assert!(page.contains(&format!("data-saying=\"{name}\"")), "{name}");
        }
        for id in ids {
            let id = id.split([' ', '.']).next().unwrap();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        for name in ["trustee.js", "style.css", "icon.svg"] {
            assert!(page.contains(&format!("/trustee/union-2027/{name}")) && file(name).is_some(), "{name}");
        }
        assert!(file("worker.js").is_some() && file("custodian.wasm").is_some() && file("vote.js").is_none());
    }
}
