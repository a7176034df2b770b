//! V-07, V-08, V-09, V-11: ballots, withdrawals, returned tokens.

use std::collections::BTreeMap;

use rand_core::CryptoRngCore;
use urna_crypto::{Identifier, Pseudonym};
use urna_election::Phase;
use urna_election::entry::{Entry, Kind};
use urna_election::json::Base64;
use urna_log::FULL;

use super::{length, listed, plural};
use crate::audit::{Answer, Audit, Outcome};
use crate::reading::Unreadable;
use crate::record::{Hexadecimal, Record};
use crate::watch::Watch;

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-07: every token. All were verified entry by entry, in batches.
    pub(crate) fn v_07(&mut self) -> Answer<R> {
        self.of_voters()?;
        let (manifest, _) = self.state()?;
        let carriers = self.notes.count(Kind::Ballot) + self.notes.count(Kind::Returned);
        let tokens = carriers.saturating_mul(length(manifest.issuers()));
        Ok(Outcome::passed(plural(tokens, "token", "tokens")))
    }

    /// V-08: every proof and signature of a pseudonym. All were verified entry by entry, in batches.
    pub(crate) fn v_08(&mut self) -> Answer<R> {
        self.of_voters()?;
        let [ballots, withdrawals] = [Kind::Ballot, Kind::Withdrawal].map(|kind| self.notes.count(kind));
        let ballots = plural(ballots, "ballot", "ballots");
        Ok(Outcome::passed(format!("{ballots}, {}", plural(withdrawals, "withdrawal", "withdrawals"))))
    }

    /// V-09: sequences, limits, reused R were asked entry by entry; what is counted follows. Clashes are reported.
    pub(crate) fn v_09(&mut self) -> Answer<R> {
        self.of_voters()?;
        let (manifest, state) = self.state()?;
        let seen = manifest.class_indices().map(|(class, _)| state.seen(class)).sum::<u64>();
        let counted = match &self.notes.close {
            Some(close) => format!("{} counted", close.counted.len()),
            None => format!("{} cast so far", state.cast()),
        };
        let clashes = self.clashes()?;
        let clashes = if clashes.is_empty() { String::new() } else { format!("; {}", listed(&clashes)) };
        Ok(Outcome::passed(format!("{}, {counted}{clashes}", plural(seen, "pseudonym", "pseudonyms"))))
    }

    /// V-11: where ballots, withdrawals and returned tokens stand was asked entry by entry. There are no witnesses, so the
    /// hour is the board's word.
    pub(crate) fn v_11(&mut self) -> Answer<R> {
        self.unless_withheld()?;
        self.reached(Phase::Closed, "voting closed")?;
        Ok(Outcome::passed("board's clock only"))
    }

    fn of_voters(&self) -> Result<(), Outcome> {
        self.unless_withheld()?;
        self.reached(Phase::Voting, "voting opened")
    }

    /// Different pseudonyms with one identifier, with their full keys.
    fn clashes(&mut self) -> Result<Vec<String>, Unreadable<R::Error>> {
        // Nobody asks for them again.
        let mut identifiers = std::mem::take(&mut self.notes.identifiers);
        identifiers.sort_unstable();
        let mut same: BTreeMap<Identifier, Vec<u64>> = BTreeMap::new();
        for (one, other) in identifiers.iter().zip(identifiers.iter().skip(1)) {
            if one.0 == other.0 {
                same.entry(one.0).or_insert_with(|| vec![one.1]).push(other.1);
            }
        }
        drop(identifiers);
        let mut clashes = Vec::new();
        for (identifier, entries) in same {
            let keys = entries.into_iter().map(|index| self.pseudonym(index));
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            let keys: Vec<_> =
                keys.iter().flatten().map(|key| Hexadecimal(&key.to_bytes()).to_string()).collect();
            clashes.push(format!("identifier {identifier} stands for the keys {}", keys.join(" and ")));
        }
        Ok(clashes)
    }

    /// Who made the voter's entry at this index.
    fn pseudonym(&self, index: u64) -> Result<Option<Pseudonym>, Unreadable<R::Error>> {
        Ok(match self.entry(index)? {
            Some(Entry::Ballot(ballot)) => Some(ballot.pseudonym),
            Some(Entry::Withdrawal(withdrawal)) => Some(withdrawal.pseudonym),
            Some(Entry::Returned(returned)) => Some(returned.pseudonym),
            _ => None,
        }
        .map(|Base64(pseudonym)| pseudonym))
    }

    /// An entry, read again.
    pub(crate) fn entry(&self, index: u64) -> Result<Option<Entry>, Unreadable<R::Error>> {
        let bundle = index / FULL;
        let root = usize::try_from(bundle).ok().and_then(|bundle| self.notes.bundles.get(bundle));
        let entries = self.reader.bundle_again(bundle, root)?;
        let entries = entries.of()?;
        let place = usize::try_from(index % FULL).unwrap_or(usize::MAX);
        Ok(entries.get(place).and_then(|bytes| Entry::parse(bytes).ok()))
    }
}
