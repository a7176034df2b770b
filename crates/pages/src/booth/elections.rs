//! "My elections": those in which this device has voted.

use maud::html;

use super::{filled, page};
use crate::words::Words;

/// The page `/vote`. What is on it comes from the device's own storage, and goes nowhere.
pub fn elections(words: Words) -> String {
    let title = words.text("mine-title");
    let content = html! {
        h1 tabindex="-1" { (title) }
        noscript { p.warning { (words.text("booth-noscript")) } }
        p.lead { (words.text("mine-lead")) }
        p #none hidden { (words.text("mine-none")) }
        p #broken.warning role="alert" hidden { (words.text("booth-no-storage")) }
        section #running aria-labelledby="running-title" hidden {
            h2 #running-title { (words.text("mine-running")) }
            ul.mine {}
        }
        section #past aria-labelledby="past-title" hidden {
            h2 #past-title { (words.text("mine-past")) }
            ul.mine {}
        }
        template #election {
            li {
                h3 { a data-part="title" {} }
                p.note data-part="organiser" {}
                p data-part="standing" {}
                p.note data-part="closes" { (filled(words, "booth-runs-until", &["closes"])) }
                p.identifier.large data-part="identifier" {}
                details data-part="vote" {
                    summary { (words.text("booth-own-vote")) }
                    dl.choices {}
                }
                ul.actions {
                    li { a data-part="open" { (words.text("mine-open")) } }
                    li { a data-part="board" { (words.text("booth-to-board")) } }
                    li { button.plain type="button" data-part="forget" { (words.text("mine-forget")) } }
                }
                div.warning data-part="sure" hidden {
                    p { (words.text("mine-forget-warning")) }
                    p.buttons {
                        button type="button" data-part="yes" { (words.text("mine-forget-yes")) }
                        button.plain type="button" data-part="no" { (words.text("booth-keep")) }
                    }
                }
            }
        }
        (super::vote::sayings(words))
    };
    page(words, &title, Some("elections.js"), &content)
}
