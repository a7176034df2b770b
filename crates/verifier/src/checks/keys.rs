//! V-04 and V-05: manifest and keys.

use rand_core::CryptoRngCore;
use urna_election::Phase;
use urna_election::ceremony::check_key_ceremony;
use urna_election::entry::Kind;

use super::{length, plural};
use crate::audit::{Answer, Audit, Outcome};
use crate::check::Check;
use crate::record::Record;
use crate::watch::Watch;

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-04: the manifest keeps every rule, and is the one announced. Both were asked before the log was read.
    pub(crate) fn v_04(&mut self) -> Answer<R> {
        let manifest = self.manifest.as_ref().ok_or(Outcome::failed(0, "there is no manifest"))?;
        let issuers = plural(length(manifest.issuers()), "issuer", "issuers");
        let classes = plural(length(manifest.classes()), "class", "classes");
        let trustees = plural(length(&manifest.trustees().members), "trustee", "trustees");
        let anchor = if self.given.election.is_some() { "" } else { "; not anchored" };
        Ok(Outcome::passed(format_args!("manifest, {issuers}, {classes}, {trustees}{anchor}")))
    }

    /// V-05: the round-1 packages give Y and all Y_i; all trustees have agreed and rehearsed before voting. The entries' own
    /// proofs and their order were asked entry by entry.
    pub(crate) fn v_05(&mut self) -> Answer<R> {
        let (manifest, _) = self.state()?;
        let Some((entry, round_1)) = self.notes.ceremony else {
            self.reached(Phase::Rehearsed, "trustees agreed to the manifest")?;
            return Ok(Outcome::failed(None, "no trustee has agreed to the manifest"));
        };
        let blob = round_1.map(|blob| self.blobs.read(&blob)).transpose()?;
        check_key_ceremony(manifest, blob.as_deref()).map_err(|error| Outcome::failed(entry, error))?;
        let members = length(&manifest.trustees().members);
        let rehearsed = self.notes.count(Kind::Rehearsal);
        let reason = format!("election key recomputed; {rehearsed} of {members} rehearsed");
        if self.notes.count(Kind::Ceremony) == members && rehearsed == members {
            return Ok(Outcome::Passed(reason));
        }
        match self.phase {
            Phase::Announced => Ok(Outcome::NotYet(reason)),
            Phase::Cancelled => Ok(Outcome::NotApplicable(format!("{reason}; the election was cancelled"))),
            _ if self.notes.withheld => Ok(Outcome::Because(Check::Entries)),
            _ => Ok(Outcome::failed(None, reason)),
        }
    }
}
