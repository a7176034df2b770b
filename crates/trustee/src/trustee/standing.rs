//! Where a trustee's part in the election stands, in one line: what is awaited, of whom.

use std::collections::BTreeSet;
use std::fmt;

use urna_election::Id;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;

use super::{Stage, Trustee};

/// What is awaited before this trustee can go on, or is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose turn it is, for people; empty when nothing is awaited.
    pub from: Vec<String>,
    /// What they are to do.
    pub what: &'static str,
    /// Whether it is this trustee's own turn.
    pub own: bool,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.own, self.from.as_slice()) {
            (true, _) => write!(f, "it is your turn: {}", self.what),
            (false, []) => f.write_str(self.what),
            (false, from) => write!(f, "awaited from {}: {}", from.join(", "), self.what),
        }
    }
}

impl Standing {
    fn own(what: &'static str) -> Self {
        Self { from: vec!["you".to_owned()], what, own: true }
    }

    fn of(from: Vec<String>, what: &'static str) -> Self {
        Self { from, what, own: false }
    }
}

impl Trustee {
    /// Where this trustee stands. `published` is the manifest, once there is one that it agreed to, and what the board shows of
    /// the official entries: nothing of it is verified, and nothing is done by it.
    pub fn standing(&self, published: Option<(&Manifest, &[Entry])>) -> Standing {
        if let Some(awaited) = self.exchange.awaited() {
            let others: Vec<_> = awaited.from.iter().filter(|member| member.index != self.index).collect();
            // What is made of what is there already is one's own turn.
            return if others.len() < awaited.from.len() || self.stage_is_behind() {
                Standing::own("`urna trustee ceremony`")
            } else {
                use urna_election::ceremony::PackageKind as Of;
                let what = match awaited.kind {
                    Of::Enrolment => "the enrolment",
                    Of::Round1 => "the package of round 1",
                    Of::Round2 => "the package of round 2",
                    Of::Confirmation => "the confirmation of the share",
                };
                Standing::of(others.iter().map(ToString::to_string).collect(), what)
            };
        }
        if self.stage() != Stage::HoldsShare {
            return Standing::own("`urna trustee ceremony`");
        }
        let Some((manifest, entries)) = published.filter(|_| self.bound.is_some()) else {
            return Standing::own(
                "`urna trustee backup`, then `urna trustee agree` as soon as the manifest is published",
            );
        };
        self.standing_in(manifest, entries)
    }

    fn stage_is_behind(&self) -> bool {
        match self.stage() {
            Stage::Enrolled => self.exchange.ceremony().is_some(),
            Stage::Round1 => self.exchange.round_1().is_some(),
            Stage::Round2 | Stage::HoldsShare => false,
        }
    }

    fn standing_in(&self, manifest: &Manifest, entries: &[Entry]) -> Standing {
        let has = |kind| entries.iter().any(|entry| entry.kind() == kind);
        if has(Kind::Cancelled) {
            return Standing::of(Vec::new(), "nothing: the election was cancelled");
        }
        if has(Kind::Result) {
            return Standing::of(Vec::new(), "nothing: the result is published");
        }
        let own = self.id();
        let trustees: Vec<_> = manifest.trustees().members.iter().map(|member| &member.id).collect();
        let missing = |kind| {
            let done: BTreeSet<_> = entries.iter().filter_map(|entry| signer(entry, kind)).collect();
            trustees.iter().filter(|id| !done.contains(**id)).copied().collect::<Vec<_>>()
        };
        let names = |ids: &[&Id]| {
            let member = |id: &&Id| {
                let found = (1..).zip(&trustees).find(|(_, other)| *other == id);
                found.and_then(|(index, _)| Some(self.exchange.member(index)?.to_string()))
            };
            ids.iter().filter_map(member).collect::<Vec<_>>()
        };
        for (kind, command, what) in [
            (Kind::Ceremony, "`urna trustee agree`", "the agreement to the manifest"),
            (Kind::Rehearsal, "`urna trustee rehearse`", "the rehearsal"),
        ] {
            let missing = missing(kind);
            if missing.iter().any(|id| Some(*id) == own) {
                return Standing::own(command);
            }
            if !missing.is_empty() {
                return Standing::of(names(&missing), what);
            }
        }
        if !has(Kind::VotingClosed) {
            return Standing::of(vec!["the organiser".to_owned()], "the end of voting");
        }
        let lists: BTreeSet<_> = entries.iter().filter_map(|entry| signer(entry, Kind::Issuance)).collect();
        let issuers: Vec<_> = manifest
            .issuers()
            .iter()
            .filter(|issuer| !lists.contains(&issuer.id))
            .map(|issuer| format!("issuer {}", issuer.name))
            .collect();
        if !issuers.is_empty() {
            return Standing::of(issuers, "the list of what was issued");
        }
        let without = missing(Kind::Agreed);
        if without.iter().any(|id| Some(*id) == own) {
            return Standing::own("`urna trustee open`");
        }
        if trustees.len() - without.len() < manifest.trustees().agreement_threshold() {
            return Standing::of(names(&without), "the agreement on what is opened, of enough of them");
        }
        if missing(Kind::Opening).iter().any(|id| Some(*id) == own) {
            return Standing::own("`urna trustee open`");
        }
        Standing::of(
            vec!["the other trustees and the authority".to_owned()],
            "their openings and the result; if your own opening broke off, `urna trustee open` goes on",
        )
    }
}

/// Who signs an entry, if it is of this kind, and an issuer or a trustee does.
pub fn signer(entry: &Entry, kind: Kind) -> Option<&Id> {
    match entry {
        _ if entry.kind() != kind => None,
        Entry::Ceremony(entry) => Some(&entry.signer),
        Entry::Rehearsal(entry) => Some(&entry.signer),
        Entry::Issuance(entry) => Some(&entry.signer),
        Entry::Agreed(entry) => Some(&entry.signer),
        Entry::Opening(entry) => Some(&entry.signer),
        _ => None,
    }
}
