//! The issuer that runs beside its authority, at the same address (`urna serve`): which elections want it, and for what.

use urna_crypto::ElectionId;
use urna_election::entry::Kind;
use urna_election::{Id, Plan, Slug};

use crate::service::{Authority, Result};

/// What an election wants of the issuer at this authority's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The election.
    pub slug: Slug,
    /// Which of its issuers that is.
    pub issuer: Id,
    /// What it is to do.
    pub task: Task,
}

/// What the issuer is to do for an election.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Make keys for this plan, one for each class, and give them ([`Authority::take_issuer_keys`]).
    Keys {
        /// The plan.
        plan: Plan,
        /// The classes, in the draft's order.
        classes: Vec<Id>,
    },
    /// Issue: the manifest stands on the board.
    Issue(ElectionId),
}

impl Authority {
    /// What elections want of the issuer at this authority's address: those whose draft names one there.
    ///
    /// # Errors
    /// [`AuthorityError::Store`](crate::AuthorityError::Store).
    pub fn wanted_of_own_issuer(&self) -> Result<Vec<Wanted>> {
        let mut wanted = Vec::new();
        for slug in self.records.slugs()? {
            let Some(election) = self.records.election(&slug)? else { continue };
            let draft = self.draft_of(&slug)?;
            let own = draft.issuers.iter().find(|issuer| own_address(&issuer.url, &self.config.url));
            let Some(issuer) = own.and_then(|issuer| issuer.id.parse::<Id>().ok()) else { continue };
            let task = match (&election.published, &election.plan) {
                (Some(published), _) if published.posted(Kind::Manifest).is_some() => {
                    // Its list stands in the log, and its keys are gone.
                    if published.posted(Kind::Certified).is_some() {
                        continue;
                    }
                    Task::Issue(published.election.0)
                }
                (None, Some(record)) if record.log.is_some() && !election.issuers.contains_key(&issuer) => {
                    let classes = draft.classes.iter().map(|class| class.id.parse());
                    // A draft whose classes have no ids is mended first.
                    let Ok(classes) = classes.collect::<std::result::Result<Vec<_>, _>>() else { continue };
                    Task::Keys { plan: record.plan.clone(), classes }
                }
                _ => continue,
            };
            wanted.push(Wanted { slug, issuer, task });
        }
        Ok(wanted)
    }

    /// Where this authority reaches its board.
    pub const fn board_address(&self) -> &url::Url {
        &self.config.board
    }
}

/// Whether an address that a draft names is this one.
fn own_address(named: &str, own: &str) -> bool {
    named.trim_end_matches('/') == own
}
