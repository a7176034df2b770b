//! V-06: the versions of the register.

use std::collections::BTreeSet;

use rand_core::CryptoRngCore;
use urna_crypto::Handle;
use urna_election::Phase;
use urna_election::entry::Cause;
use urna_election::issuance::Eligible;
use urna_election::register::Register;

use super::{length, plural};
use crate::audit::{Answer, Audit, Outcome};
use crate::record::Record;
use crate::watch::Watch;

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-06: counts equal rows, keys are distinct, and every version changes only what may change. Causes, classes and
    /// sizes were asked entry by entry.
    pub(crate) fn v_06(&mut self) -> Answer<R> {
        let (manifest, _) = self.state()?;
        if self.notes.registers.is_empty() {
            self.reached(Phase::Voting, "a register was published")?;
            return Ok(Outcome::failed(None, "there is no register"));
        }
        let mut eligible = Eligible::default();
        let mut last = Register::default();
        let mut history = History::default();
        for (entry, version) in &self.notes.registers {
            // Read one after the other; what keeps one from being read is more than that it is missing.
            let mut lack = None;
            let blobs = version.rows.iter().map_while(|blob| {
                let read = self.blobs.read(blob);
                read.map_err(|error| lack = Some(error)).ok()
            });
            let register = Register::check_version(manifest, version, blobs);
            if let Some(lack) = lack {
                return Err(lack.into());
            }
            let wrong = |error| Outcome::failed(*entry, error);
            let register = register.map_err(wrong)?;
            let changes = register.follows(&last).map_err(wrong)?;
            for handle in &changes.replaced {
                let credential = last.entitled(handle).and_then(|entitled| entitled.credential);
                history.superseded.extend(credential.map(|credential| (*handle, credential)));
            }
            history.add(version.cause, &changes);
            if version.cause != Cause::Initial {
                for problem in manifest.class_size_problems(register.entitled_by_class()) {
                    history.warnings.push(problem.to_string());
                }
            }
            eligible.take(std::mem::replace(&mut last, register));
        }
        let nulls = last.rows().filter(|(_, entitled)| entitled.credential.is_none()).count();
        let entitled = last.entitled_by_class().iter().sum::<u64>();
        let versions = plural(length(&self.notes.registers), "version", "versions");
        let reason = format!("{entitled} entitled, {versions}; keys: {nulls} null, {}", history.text());
        eligible.take(last);
        self.eligible = Some(eligible);
        self.superseded = history.superseded;
        Ok(Outcome::Passed(reason))
    }
}

/// What all versions together changed.
#[derive(Default)]
struct History {
    filled: usize,
    replaced: usize,
    added: usize,
    removed: usize,
    moved: usize,
    again: usize,
    /// Handles that some version removed.
    gone: BTreeSet<Handle>,
    superseded: BTreeSet<(Handle, [u8; 32])>,
    /// What each version after the first removed, moved and brought back.
    versions: Vec<String>,
    warnings: Vec<String>,
}

impl History {
    fn add(&mut self, cause: Cause, changes: &urna_election::register::Changes) {
        self.filled += changes.filled.len();
        self.replaced += changes.replaced.len();
        self.moved += changes.moved.len();
        self.removed += changes.removed.len();
        let again = changes.added.iter().filter(|handle| self.gone.contains(*handle)).count();
        self.again += again;
        self.gone.extend(&changes.removed);
        let cause = match cause {
            Cause::Initial => return,
            Cause::Nightly => "nightly",
            Cause::Manual => "manual",
        };
        self.added += changes.added.len();
        if changes.removed.len() + changes.moved.len() + again > 0 {
            self.versions.push(format!(
                "; one {cause} version: {} removed, {} moved, {again} removed and added again",
                changes.removed.len(),
                changes.moved.len()
            ));
        }
    }

    fn text(&self) -> String {
        let Self { filled, replaced, added, removed, moved, again, .. } = self;
        let warnings: String = self.warnings.iter().map(|warning| format!("; warning: {warning}")).collect();
        format!(
            "{filled} filled, {replaced} replaced; handles: {added} added, {removed} removed, {moved} moved, \
             {again} removed and added again{}{warnings}",
            self.versions.concat()
        )
    }
}
