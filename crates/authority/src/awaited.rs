//! What trustees and issuers have still to do, by the board's official entries.

use std::collections::BTreeMap;
use std::sync::Arc;

use urna_api::authority::{Awaited, Step};
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::{Manifest, Trustee};
use urna_election::{Id, Slug};
use urna_pages::board::{Act, Party};

use crate::error::AuthorityError;
use crate::posting::board_error;
use crate::service::{Authority, Result};

/// How often each party has posted what. Read from the board, and not verified: for people who wait.
#[derive(Default)]
pub(crate) struct Official(BTreeMap<(Kind, Id), usize>);

impl Authority {
    /// The phase, and what trustees and issuers have still to do.
    pub(crate) async fn others_awaited(self: &Arc<Self>, slug: &Slug) -> Result<(String, Vec<Awaited>)> {
        let status = self.board.status(slug).await.map_err(board_error)?;
        if !matches!(status.phase.as_str(), "announced" | "closed") {
            return Ok((status.phase, Vec::new()));
        }
        let official = self.official(slug).await?;
        let name = slug.clone();
        let manifest = self.on_disk(move |authority| authority.manifest_of(&name)).await?;
        if status.phase == "announced" {
            return Ok((status.phase, official.awaited_before_voting(&manifest)));
        }
        let mut awaited = official.awaited_before_opening(&manifest);
        let is_empty = status.turnout.is_some_and(|turnout| turnout.cast == 0);
        if awaited.is_empty() && !is_empty {
            awaited = official.awaited_openings(&manifest, None);
        }
        if awaited.is_empty() {
            awaited.push(awaits("owner".to_owned(), Step::Tally, "to publish the result"));
        }
        Ok((status.phase, awaited))
    }

    /// What everybody has posted so far.
    pub(crate) async fn official(&self, slug: &Slug) -> Result<Official> {
        let mut official = Official::default();
        let mut after = None;
        loop {
            let page = self.board.official(slug, after).await.map_err(board_error)?;
            for entry in &page.entries {
                if let Ok(entry) = Entry::parse(&entry.entry.0) {
                    official.take(entry);
                }
            }
            let last = page.entries.last().map(|entry| entry.index);
            if !page.more || last.is_none() {
                return Ok(official);
            }
            if last <= after {
                return Err(AuthorityError::BoardContradicts);
            }
            after = last;
        }
    }
}

impl Official {
    fn take(&mut self, entry: Entry) {
        let kind = entry.kind();
        let signer = match entry {
            Entry::Ceremony(signed) => signed.signer,
            Entry::Rehearsal(signed) => signed.signer,
            Entry::Issuance(signed) => signed.signer,
            Entry::Agreed(signed) => signed.signer,
            Entry::Opening(signed) => signed.signer,
            _ => return,
        };
        *self.0.entry((kind, signer)).or_default() += 1;
    }

    fn count(&self, kind: Kind, id: &Id) -> usize {
        self.0.get(&(kind, id.clone())).copied().unwrap_or_default()
    }

    fn has(&self, kind: Kind, id: &Id) -> bool {
        self.count(kind, id) > 0
    }

    /// What each trustee has done, in the order of the manifest.
    pub(crate) fn done(&self, manifest: &Manifest) -> Vec<Party> {
        const ACTS: [(Kind, Act); 4] = [
            (Kind::Ceremony, Act::Agreed),
            (Kind::Rehearsal, Act::Rehearsed),
            (Kind::Agreed, Act::AgreedToOpen),
            (Kind::Opening, Act::Opened),
        ];
        let done = |trustee: &Trustee| Party {
            name: trustee.name.clone(),
            done: ACTS.iter().filter(|(kind, _)| self.has(*kind, &trustee.id)).map(|(_, act)| *act).collect(),
        };
        manifest.trustees().members.iter().map(done).collect()
    }

    fn awaited_before_voting(&self, manifest: &Manifest) -> Vec<Awaited> {
        let members = manifest.trustees().members.iter();
        let awaited = members.filter_map(|trustee| {
            if !self.has(Kind::Ceremony, &trustee.id) {
                Some(awaits(of(trustee), Step::Agree, "its agreement to the manifest"))
            } else if !self.has(Kind::Rehearsal, &trustee.id) {
                Some(awaits(of(trustee), Step::Rehearse, "its rehearsal"))
            } else {
                None
            }
        });
        awaited.collect()
    }

    /// Until enough trustees have agreed on what they will open (STA-19, STA-20).
    pub(crate) fn awaited_before_opening(&self, manifest: &Manifest) -> Vec<Awaited> {
        let issuers = manifest.issuers().iter().filter(|issuer| !self.has(Kind::Issuance, &issuer.id));
        let issuers: Vec<Awaited> = issuers
            .map(|issuer| {
                awaits(format!("issuer {}", issuer.id), Step::PostIssuance, "the list of what it issued")
            })
            .collect();
        let members = &manifest.trustees().members;
        let silent: Vec<&Trustee> =
            members.iter().filter(|trustee| !self.has(Kind::Agreed, &trustee.id)).collect();
        let needed = usize::from(manifest.trustees().threshold).max(members.len() / 2 + 1);
        if !issuers.is_empty() || members.len().saturating_sub(silent.len()) >= needed {
            return issuers;
        }
        let what = "its agreement on what is opened";
        silent.into_iter().map(|trustee| awaits(of(trustee), Step::AgreeToOpen, what)).collect()
    }

    /// Until enough of those who agreed have opened: everything, where it is known how many chunks that is.
    pub(crate) fn awaited_openings(&self, manifest: &Manifest, chunks: Option<usize>) -> Vec<Awaited> {
        let trustees = manifest.trustees();
        let agreed = trustees.members.iter().filter(|trustee| self.has(Kind::Agreed, &trustee.id));
        let (done, waiting): (Vec<&Trustee>, Vec<&Trustee>) =
            agreed.partition(|trustee| self.count(Kind::Opening, &trustee.id) >= chunks.unwrap_or(1));
        if done.len() >= usize::from(trustees.threshold) {
            return Vec::new();
        }
        let awaited = waiting.into_iter().map(|trustee| {
            let opened = self.count(Kind::Opening, &trustee.id);
            let what = match chunks {
                Some(chunks) => format!("its opening, chunk {opened} of {chunks}"),
                None => "its opening".to_owned(),
            };
            awaits(of(trustee), Step::OpenBallots, &what)
        });
        awaited.collect()
    }

    /// In a line: how many have agreed, and who is awaited.
    pub(crate) fn describe(&self, manifest: &Manifest, awaited: &[Awaited]) -> String {
        let members = &manifest.trustees().members;
        let agreed = members.iter().filter(|trustee| self.has(Kind::Agreed, &trustee.id)).count();
        let mut text = format!("{agreed} of {} trustees have agreed", members.len());
        for Awaited { from, what, .. } in awaited {
            text.push_str(&format!("; awaited: {from}, {what}"));
        }
        text
    }
}

fn of(trustee: &Trustee) -> String {
    format!("trustee {}", trustee.id)
}

fn awaits(from: String, step: Step, what: &str) -> Awaited {
    Awaited { from, step, what: what.to_owned() }
}
