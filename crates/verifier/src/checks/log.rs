//! V-01, V-02, V-03, V-15, V-17: the log and its entries.

use rand_core::CryptoRngCore;
use urna_election::manifest::Witnesses;
use urna_log::{Receipt, SignedCheckpoint, SignedPromise, VerifierKey};

use super::{length, listed, plural};
use crate::audit::{Answer, Audit, Outcome};
use crate::record::{Hexadecimal, Record};
use crate::watch::Watch;

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-01: signature, origin, root and tiles. All of it was compared while the log was read.
    pub(crate) fn v_01(&mut self) -> Answer<R> {
        Ok(Outcome::passed(format_args!("checkpoint of size {}, root recomputed", self.head.size)))
    }

    /// V-02: the log begins with what older checkpoints say. The witness policy is `none`, which every checkpoint satisfies.
    pub(crate) fn v_02(&mut self) -> Answer<R> {
        for older in &self.given.older {
            self.begins_with(&older.item)
                .map_err(|why| Outcome::failed(None, format_args!("{}: {why}", older.name)))?;
        }
        let Witnesses::None = self.manifest.as_ref().map_or(Witnesses::None, |manifest| manifest.witnesses());
        if self.given.older.is_empty() {
            let reason = "no older checkpoint was given; the manifest asks for no witnesses";
            return Ok(Outcome::not_applicable(reason));
        }
        let count = plural(length(&self.given.older), "older checkpoint", "older checkpoints");
        Ok(Outcome::passed(format_args!(
            "the log only grew since {count}; the manifest asks for no witnesses"
        )))
    }

    /// V-03: canonical entries in the order of phases. Both were asked entry by entry.
    pub(crate) fn v_03(&mut self) -> Answer<R> {
        self.unless_withheld()?;
        let entries = plural(self.head.size, "canonical entry", "canonical entries");
        Ok(Outcome::passed(format_args!("{entries}, phases in order")))
    }

    /// V-15: what the caller has from the board is true.
    pub(crate) fn v_15(&mut self) -> Answer<R> {
        let (receipts, promises) = (&self.given.receipts, &self.given.promises);
        if receipts.is_empty() && promises.is_empty() {
            return Ok(Outcome::not_applicable("no receipt or promise was given"));
        }
        for receipt in receipts {
            self.holds(&receipt.item).map_err(|why| {
                Outcome::failed(receipt.item.index(), format_args!("{}: {why}", receipt.name))
            })?;
        }
        let mut open = Vec::new();
        for promise in promises {
            let kept = self.keeps(&promise.item);
            let kept = kept.map_err(|why| Outcome::failed(None, format_args!("{}: {why}", promise.name)))?;
            if !kept {
                open.push(&promise.name);
            }
        }
        if !open.is_empty() {
            let names = listed(&open);
            return Ok(Outcome::not_yet(format_args!(
                "{names}: the promised entry is not in the log, nor due"
            )));
        }
        let receipts = plural(length(receipts), "receipt", "receipts");
        let promises = plural(length(promises), "promise", "promises");
        Ok(Outcome::passed(format_args!("{receipts}, {promises}")))
    }

    /// V-17: signer, running number, phase, signature. All of it was asked entry by entry.
    pub(crate) fn v_17(&mut self) -> Answer<R> {
        self.unless_withheld()?;
        let (manifest, state) = self.state()?;
        let _ = (manifest, state);
        let signed = self.notes.kinds.iter().filter(|(kind, _)| !is_voters(**kind));
        let signed = signed.map(|(_, count)| count).sum::<u64>();
        Ok(Outcome::passed(plural(signed, "signed entry", "signed entries")))
    }

    /// The checkpoint is the log's, and the log begins with what it says.
    fn begins_with(&self, older: &SignedCheckpoint) -> Result<(), String> {
        let checkpoint = older.verify(&self.log_key).map_err(|error| error.to_string())?;
        let (size, root) = (checkpoint.head.size, checkpoint.head.root);
        if size > self.head.size {
            let own = self.head.size;
            return Err(format!("the log signed a size of {size} before, and shows {own} entries now"));
        }
        let recomputed = if size == 0 { Some(urna_log::EMPTY_ROOT) } else { self.root_at(size) };
        if recomputed == Some(root) {
            Ok(())
        } else {
            Err(format!("the checkpoint of size {size} is not a prefix of this log"))
        }
    }

    fn root_at(&self, size: u64) -> Option<urna_log::Hash> {
        self.notes.roots.get(&size).copied().flatten()
    }

    fn holds(&self, receipt: &Receipt) -> Result<(), String> {
        self.begins_with(receipt.checkpoint())?;
        let leaf = self.notes.leaves.get(&receipt.index()).copied().flatten();
        let leaf = leaf.ok_or("the log has no such entry")?;
        let head = receipt.checkpoint().unverified().head;
        let included = head.verify_inclusion(receipt.index(), &leaf, receipt.proof());
        included.map_err(|error| error.to_string())
    }

    /// Whether the promised entry is in the log; `false` if there is time left.
    fn keeps(&self, promise: &SignedPromise) -> Result<bool, String> {
        let board = self.manifest.as_ref().map(|manifest| manifest.board());
        let key = board.and_then(|board| {
            let origin: urna_log::Origin = board.origin.parse().ok()?;
            VerifierKey::new(origin.promise_key_name(), &board.promise_key.to_bytes()).ok()
        });
        let promise = promise.verify(&key.ok_or("the manifest has no promise key")?);
        let promise = promise.map_err(|error| error.to_string())?;
        if self.notes.promised.get(promise.entry()).copied().flatten().is_some() {
            return Ok(true);
        }
        let name = Hexadecimal(promise.entry());
        if self.notes.close.is_some() {
            return Err(format!("the promised entry {name} is not in the log before voting_closed"));
        }
        if !self.notes.withheld && self.given.now > promise.deadline() {
            return Err(format!("the promised entry {name} is not in the log, and was due"));
        }
        Ok(false)
    }
}

const fn is_voters(kind: urna_election::entry::Kind) -> bool {
    use urna_election::entry::Kind;
    matches!(kind, Kind::Ballot | Kind::Withdrawal | Kind::Returned)
}
