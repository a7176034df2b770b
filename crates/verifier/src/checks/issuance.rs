//! V-10: what was issued.

use rand_core::CryptoRngCore;
use serde::Deserialize;
use urna_crypto::Handle;
use urna_election::Phase;
use urna_election::issuance::{Eligible, ListChecker, check_figures};
use urna_election::json::Base64;

use super::length;
use crate::audit::{Answer, Audit, Halt, Outcome};
use crate::check::Check;
use crate::parallel;
use crate::record::Record;
use crate::watch::{Stage, Watch};

/// What of a row says whose it is.
#[derive(Deserialize)]
struct Row {
    credential: Base64<[u8; 32]>,
    handle: Base64<Handle>,
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<Row>,
}

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-10: every row of every list, and the numbers.
    pub(crate) fn v_10(&mut self) -> Answer<R> {
        self.unless_withheld()?;
        self.reached(Phase::Closed, "voting closed")?;
        let (manifest, state) = self.state()?;
        let mut missing = manifest
            .issuers()
            .iter()
            .filter(|issuer| !self.notes.issuance.iter().any(|(_, signer, _)| *signer == issuer.id));
        if let Some(issuer) = missing.next() {
            let reason = format!("issuer `{}` has not posted its list", issuer.id);
            return Ok(if self.phase == Phase::Closed {
                Outcome::NotYet(reason)
            } else {
                Outcome::failed(None, reason)
            });
        }
        let eligible = self.eligible.as_ref().ok_or(Outcome::Because(Check::Register))?;
        let superseded = self.lists(eligible)?;
        let figures = check_figures(state, eligible).map_err(|error| Outcome::failed(None, error))?;
        let gap = figures.issued.saturating_sub(figures.seen).saturating_sub(figures.returned);
        let late = if superseded == 0 {
            String::new()
        } else {
            format!("; {superseded} under keys that were replaced afterwards")
        };
        let reason = format!(
            "issued {}, seen {}, returned {}, gap {gap}{late}",
            figures.issued, figures.seen, figures.returned
        );
        self.figures = Some(figures);
        Ok(Outcome::Passed(reason))
    }

    /// Checks all rows of all lists; how many are under keys that were replaced later.
    fn lists(&self, eligible: &Eligible) -> Result<usize, Halt<R::Error>> {
        let (manifest, _) = self.state()?;
        let mut total: u64 = 0;
        for (_, _, issuance) in &self.notes.issuance {
            total = total.saturating_add(length(&issuance.rows));
        }
        self.watch.begin(Stage::Issuance, total);
        let mut superseded: usize = 0;
        for (entry, signer, issuance) in &self.notes.issuance {
            let Some(issuer) = manifest.issuers().iter().find(|issuer| issuer.id == *signer) else {
                return Err(Outcome::failed(*entry, format_args!("there is no issuer `{signer}`")).into());
            };
            let list = ListChecker { manifest, issuer, issuance, eligible };
            let wrong = |error| Halt::from(Outcome::failed(*entry, error));
            let check = |(number, blob)| {
                let bytes = self.blobs.read(blob)?;
                let part = list.check_blob(number, &bytes, &mut (self.coins)()).map_err(wrong)?;
                self.watch.advance(1);
                Ok((part, self.superseded_in(&bytes)))
            };
            let named = issuance.rows.iter().enumerate().collect();
            let parts =
                parallel::map(named, check).into_iter().collect::<Result<Vec<_>, Halt<R::Error>>>()?;
            let (parts, late): (Vec<_>, Vec<usize>) = parts.into_iter().unzip();
            list.check_parts(&parts).map_err(wrong)?;
            superseded = superseded.saturating_add(late.iter().sum());
        }
        Ok(superseded)
    }

    fn superseded_in(&self, blob: &[u8]) -> usize {
        if self.superseded.is_empty() {
            return 0;
        }
        let rows = serde_json::from_slice::<Rows>(blob).map(|blob| blob.rows).unwrap_or_default();
        rows.iter().filter(|row| self.superseded.contains(&(row.handle.0, row.credential.0))).count()
    }
}
