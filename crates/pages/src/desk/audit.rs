//! Who did what, for the owner.

use maud::html;

use super::{Around, page};

/// What somebody did.
#[derive(Clone, Debug)]
pub struct Done {
    /// Unix second.
    pub time: u64,
    /// Who.
    pub account: String,
    /// With which key or session; none of the clock.
    pub key: Option<String>,
    /// What.
    pub what: String,
}

/// The record of an election, in the order in which it is given.
pub fn audit(around: &Around<'_>, slug: &str, zone: &str, done: &[Done]) -> String {
    let words = around.words;
    let title = words.text("audit-title");
    let content = html! {
        h1 { (title) }
        p.lead { (words.text("audit-lead")) }
        p { a href={ "/desk/" (slug) "/audit.csv" } download { (words.text("audit-download")) } }
        div.scroll role="region" tabindex="0" aria-label=(title) {
            table {
                thead {
                    tr {
                        th scope="col" { (words.text("audit-time")) }
                        th scope="col" { (words.text("audit-who")) }
                        th scope="col" { (words.text("audit-what")) }
                        th scope="col" { (words.text("audit-key")) }
                    }
                }
                tbody {
                    @for done in done {
                        tr {
                            td.when { (words.moment(done.time, zone)) }
                            td { (done.account) }
                            td.what lang="en" { (done.what) }
                            td.identifier { (done.key.as_deref().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    };
    page(around, &title, None, &content)
}
