//! Entries of authority, issuers and trustees.

use std::collections::BTreeMap;

use urna_crypto::CHUNK;

use super::{Closed, ElectionState, Issued};
use crate::blob::{BlobKind, BlobRef, ROWS_PER_BLOB};
use crate::entry::{
    Agreed, Cause, Ceremony, Entry, Issuance, Kind, Opening, Register, ResultPublished, Role, Signed,
};
use crate::id::Id;
use crate::json::{Base64, Integer};
use crate::phase::Phase;
use crate::rejected::Rejected;
use crate::verify::sharing_index;

/// The bytes of one point in a blob.
const POINT: u64 = 32;

impl ElectionState {
    /// Applies an entry of the signer at `place` of its role. Everything is checked before anything is changed.
    pub(super) fn apply_signed(&mut self, entry: &Entry, place: usize) -> Result<(), Rejected> {
        match entry {
            Entry::Ceremony(signed) => {
                self.check(Role::Trustee, place, signed)?;
                self.apply_ceremony(signed, place)
            }
            Entry::Rehearsal(signed) => {
                self.check(Role::Trustee, place, signed)?;
                self.apply_rehearsal(&signed.signer, place)
            }
            Entry::Register(signed) => {
                self.check(Role::Authority, place, signed)?;
                self.apply_register(&signed.body)
            }
            Entry::Issuance(signed) => {
                self.check(Role::Issuer, place, signed)?;
                self.apply_issuance(signed, place)
            }
            Entry::Agreed(signed) => {
                self.check(Role::Trustee, place, signed)?;
                self.apply_agreed(signed, place)
            }
            Entry::Opening(signed) => {
                self.check(Role::Trustee, place, signed)?;
                self.apply_opening(&signed.body, place)
            }
            Entry::Result(signed) => {
                self.check(Role::Authority, place, signed)?;
                self.apply_result(&signed.body)
            }
            Entry::VotingOpened(signed) => {
                self.check(Role::Authority, place, signed)?;
                check_details(signed.body.details.as_ref())?;
                self.entitled.as_ref().ok_or(Rejected::RegisterMissing)?;
                self.phase = Phase::Voting;
                Ok(())
            }
            Entry::VotingClosed(signed) => {
                self.check(Role::Authority, place, signed)?;
                check_details(signed.body.details.as_ref())?;
                self.close();
                self.phase = Phase::Closed;
                Ok(())
            }
            Entry::Certified(signed) => {
                self.check(Role::Authority, place, signed)?;
                check_details(signed.body.details.as_ref())?;
                self.phase = Phase::Certified;
                Ok(())
            }
            Entry::Cancelled(signed) => {
                self.check(Role::Authority, place, signed)?;
                check_details(signed.body.details.as_ref())?;
                self.phase = Phase::Cancelled;
                Ok(())
            }
            Entry::Erased(signed) => {
                self.check(Role::Authority, place, signed)?;
                check_details(signed.body.details.as_ref())?;
                if !signed.body.blobs.is_sorted_by(|a, b| a < b) {
                    return Err(Rejected::Blobs);
                }
                self.erased.extend(signed.body.blobs.iter().map(|hash| hash.0));
                Ok(())
            }
            Entry::Manifest(_) | Entry::Ballot(_) | Entry::Withdrawal(_) | Entry::Returned(_) => {
                Err(Rejected::Phase {
                    kind: entry.kind(),
                    phase: self.phase,
                })
            }
        }?;
        self.count_number(entry.role(), place);
        Ok(())
    }

    /// STA-5: running numbers have no gaps.
    fn check<B>(&self, role: Role, place: usize, signed: &Signed<B>) -> Result<(), Rejected> {
        let expected = self.next_number(role, place).map_or(u64::MAX, Integer::value);
        check_number(&signed.signer, expected, signed.number)
    }

    fn count_number(&mut self, role: Option<Role>, place: usize) {
        let number = match role {
            Some(Role::Authority) => Some(&mut self.authority),
            Some(Role::Issuer) => self.issuers.get_mut(place).map(|issuer| &mut issuer.number),
            Some(Role::Trustee) => self.trustees.get_mut(place).map(|trustee| &mut trustee.number),
            None => None,
        };
        if let Some(number) = number {
            *number += 1;
        }
    }

    /// Every trustee once, all naming the same round-1 packages; a solo trustee none (V-05).
    fn apply_ceremony(&mut self, signed: &Signed<Ceremony>, place: usize) -> Result<(), Rejected> {
        let repeated = Rejected::Repeated {
            signer: signed.signer.clone(),
            kind: Kind::Ceremony,
        };
        let solo = self.trustees.len() == 1;
        let same = match (&signed.body.round_1, &self.round_1) {
            (None, _) => solo,
            (Some(_), _) if solo => false,
            (Some(named), None) => named.kind == BlobKind::Round1,
            (Some(named), Some(before)) => named == before,
        };
        let trustee = self.trustees.get_mut(place).ok_or_else(|| repeated.clone())?;
        if trustee.ceremony {
            return Err(repeated);
        }
        if !same {
            return Err(Rejected::OtherCeremony {
                trustee: signed.signer.clone(),
            });
        }
        trustee.ceremony = true;
        self.round_1 = signed.body.round_1;
        Ok(())
    }

    /// Every trustee once, after all ceremonies; the last one ends the announcement (V-05, STA-14).
    fn apply_rehearsal(&mut self, signer: &Id, place: usize) -> Result<(), Rejected> {
        if let Some(missing) = self.trustees.iter().position(|trustee| !trustee.ceremony) {
            let trustee = self
                .manifest
                .trustees()
                .members
                .get(missing)
                .map(|trustee| trustee.id.clone());
            return Err(Rejected::CeremonyMissing {
                trustee: trustee.unwrap_or_else(|| signer.clone()),
            });
        }
        let repeated = Rejected::Repeated {
            signer: signer.clone(),
            kind: Kind::Rehearsal,
        };
        let trustee = self.trustees.get_mut(place).ok_or_else(|| repeated.clone())?;
        if trustee.rehearsed {
            return Err(repeated);
        }
        trustee.rehearsed = true;
        if self.trustees.iter().all(|trustee| trustee.rehearsed) {
            self.phase = Phase::Rehearsed;
        }
        Ok(())
    }

    /// A version of the register: initial first, then others; small classes only if confirmed (STA-16, MAN-29).
    fn apply_register(&mut self, register: &Register) -> Result<(), Rejected> {
        let is_first = self.entitled.is_none();
        if is_first != (register.cause == Cause::Initial) {
            return Err(Rejected::RegisterCause);
        }
        let entitled = self.per_class(&register.entitled)?;
        check_rows(&register.rows, BlobKind::RegisterRows, entitled.iter().sum())?;
        if let Some(problem) = self.manifest.class_size_problems(&entitled).into_iter().next() {
            return Err(Rejected::SmallClass(problem));
        }
        self.entitled = Some(entitled);
        Ok(())
    }

    /// Every issuer once (V-10; the rows are the verifier's to check).
    fn apply_issuance(&mut self, signed: &Signed<Issuance>, place: usize) -> Result<(), Rejected> {
        let per_class = self.per_class(&signed.body.issued)?;
        check_rows(&signed.body.rows, BlobKind::IssuanceRows, per_class.iter().sum())?;
        let repeated = Rejected::Repeated {
            signer: signed.signer.clone(),
            kind: Kind::Issuance,
        };
        let issuer = self.issuers.get_mut(place).ok_or_else(|| repeated.clone())?;
        if issuer.issued.is_some() {
            return Err(repeated);
        }
        issuer.issued = Some(Issued {
            digest: signed.body.digest(),
            per_class,
        });
        Ok(())
    }

    /// Every trustee once, saying what this log says; the root is compared by the verifier (STA-18, V-12).
    fn apply_agreed(&mut self, signed: &Signed<Agreed>, place: usize) -> Result<(), Rejected> {
        let expected = Agreed {
            root: signed.body.root,
            ..self.expected_agreement()?
        };
        if signed.body != expected {
            return Err(Rejected::OtherAgreement);
        }
        let repeated = Rejected::Repeated {
            signer: signed.signer.clone(),
            kind: Kind::Agreed,
        };
        let trustee = self.trustees.get_mut(place).ok_or_else(|| repeated.clone())?;
        if trustee.agreed.is_some() {
            return Err(repeated);
        }
        trustee.agreed = Some(signed.body.digest());
        Ok(())
    }

    /// What `agreed` must say, with a root of zeros.
    pub(super) fn expected_agreement(&self) -> Result<Agreed, Rejected> {
        let closed = self.closed()?;
        let issuers = self.issuers.iter().zip(self.manifest.issuers());
        let issuance = issuers.map(|(state, issuer)| match &state.issued {
            Some(issued) => Ok(Base64(issued.digest)),
            None => Err(Rejected::IssuanceMissing {
                issuer: issuer.id.clone(),
            }),
        });
        Ok(Agreed {
            counted: Base64(closed.digest),
            issuance: issuance.collect::<Result<_, _>>()?,
            root: Base64([0; 32]),
            size: Integer::try_from(closed.size).unwrap_or(Integer::MAX),
        })
    }

    fn closed(&self) -> Result<&Closed, Rejected> {
        let phase = Rejected::Phase {
            kind: Kind::Agreed,
            phase: self.phase,
        };
        self.closed.as_ref().ok_or(phase)
    }

    /// The trustee's next chunk of what enough trustees, itself among them, agreed on (STA-20, STA-21).
    fn apply_opening(&mut self, opening: &Opening, place: usize) -> Result<(), Rejected> {
        let signed = self
            .trustees
            .iter()
            .filter(|trustee| trustee.agreed == Some(opening.agreed.0))
            .count();
        let own = self.trustees.get(place).and_then(|trustee| trustee.agreed);
        let expected = self.agreement_threshold();
        if signed < expected || own != Some(opening.agreed.0) {
            return Err(Rejected::TooFewAgreed {
                expected,
                actual: signed,
            });
        }
        let expected_position = self.trustees.get(place).map_or(0, |trustee| trustee.chunks);
        let expected_length = self.chunk_length(expected_position)?;
        let next = u64::from(opening.position) == expected_position
            && opening.chunk.length.value() == expected_length
            && expected_length > 0;
        if !next || opening.chunk.kind != BlobKind::PartialDecryptions {
            return Err(Rejected::Chunk {
                position: opening.position,
                length: opening.chunk.length.value(),
                expected_position,
                expected_length,
            });
        }
        if let Some(trustee) = self.trustees.get_mut(place) {
            trustee.chunks += 1;
        }
        Ok(())
    }

    /// The length in bytes of the chunk at a position; 0 behind the last.
    fn chunk_length(&self, position: u64) -> Result<u64, Rejected> {
        let before = position.saturating_mul(chunk_size());
        Ok(self.closed()?.counted.saturating_sub(before).min(chunk_size()) * POINT)
    }

    /// The result rests on complete openings of at least t trustees (STA-22).
    fn apply_result(&mut self, result: &ResultPublished) -> Result<(), Rejected> {
        let threshold = self.manifest.trustees().threshold;
        let missing = Rejected::OpeningsMissing { threshold };
        let counted = self.closed()?.counted;
        let chunks = counted.div_ceil(chunk_size());
        let agreed = self.agreed().ok_or_else(|| missing.clone())?;
        let complete = |(place, trustee): (usize, &super::TrusteeState)| {
            let has_opened = trustee.agreed == Some(agreed) && trustee.chunks == chunks;
            has_opened.then(|| sharing_index(place))
        };
        let complete: Vec<u16> = self.trustees.iter().enumerate().filter_map(complete).collect();
        let named = &result.trustees;
        let distinct = named.is_sorted_by(|a, b| a < b);
        if named.len() < usize::from(threshold) || !distinct || !named.iter().all(|t| complete.contains(t)) {
            return Err(missing);
        }
        check_rows(&result.combined, BlobKind::CombinedOpenings, counted)?;
        let lengths: u64 = result.combined.iter().map(|blob| blob.length.value()).sum();
        if result.result.kind != BlobKind::Result || lengths != counted * POINT {
            return Err(Rejected::Blobs);
        }
        self.phase = Phase::Tallied;
        Ok(())
    }

    /// Counts in the order of the classes, if they name exactly these.
    fn per_class(&self, counts: &BTreeMap<Id, Integer>) -> Result<Vec<u64>, Rejected> {
        let classes = self.manifest.classes();
        if counts.len() != classes.len() {
            return Err(Rejected::Classes);
        }
        let count = |class: &crate::manifest::Class| counts.get(&class.id).map(|count| count.value());
        let counts: Vec<u64> = classes
            .iter()
            .map(count)
            .collect::<Option<_>>()
            .ok_or(Rejected::Classes)?;
        // So that sums over classes stay exact.
        let total = counts
            .iter()
            .try_fold(0_u64, |total, count| total.checked_add(*count));
        if total.is_none_or(|total| total > Integer::MAX.value()) {
            return Err(Rejected::Classes);
        }
        Ok(counts)
    }
}

impl Entry {
    fn role(&self) -> Option<Role> {
        match self {
            Self::Ballot(_) | Self::Withdrawal(_) | Self::Returned(_) => None,
            Self::Ceremony(_) | Self::Rehearsal(_) | Self::Agreed(_) | Self::Opening(_) => {
                Some(Role::Trustee)
            }
            Self::Issuance(_) => Some(Role::Issuer),
            Self::Manifest(_)
            | Self::Register(_)
            | Self::VotingOpened(_)
            | Self::VotingClosed(_)
            | Self::Result(_)
            | Self::Certified(_)
            | Self::Cancelled(_)
            | Self::Erased(_) => Some(Role::Authority),
        }
    }
}

pub(super) fn check_number(signer: &Id, expected: u64, actual: Integer) -> Result<(), Rejected> {
    if actual.value() == expected {
        return Ok(());
    }
    Err(Rejected::RunningNumber {
        signer: signer.clone(),
        expected,
        actual: actual.value(),
    })
}

/// As many blobs of the kind as the rows need, none more.
fn check_rows(blobs: &[BlobRef], kind: BlobKind, rows: u64) -> Result<(), Rejected> {
    let needed = usize::try_from(rows).map_or(usize::MAX, |rows| rows.div_ceil(ROWS_PER_BLOB));
    if blobs.len() != needed || blobs.iter().any(|blob| blob.kind != kind) {
        return Err(Rejected::Blobs);
    }
    Ok(())
}

fn check_details(details: Option<&BlobRef>) -> Result<(), Rejected> {
    match details {
        Some(blob) if blob.kind != BlobKind::Details => Err(Rejected::Blobs),
        _ => Ok(()),
    }
}

fn chunk_size() -> u64 {
    u64::try_from(CHUNK).unwrap_or(u64::MAX)
}
