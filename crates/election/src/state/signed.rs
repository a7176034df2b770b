//! Entries of authority, issuers and trustees.

use std::collections::BTreeMap;

use urna_crypto::{CHUNK, Round1Package};

use super::{Closed, ElectionState, Issued};
use crate::blob::{BlobKind, BlobRef, ROWS_PER_BLOB};
use crate::entry::{
    Agreed, Body, Cause, Ceremony, Entry, Erased, Issuance, Kind, Opening, Register, RehearsalDone,
    ResultPublished, Role, Signed,
};
use crate::id::Id;
use crate::json::{Base64, Integer};
use crate::manifest::Manifest;
use crate::phase::Phase;
use crate::rejected::Rejected;
use crate::verify::sharing_index;

/// The bytes of one point in a blob.
const POINT: u64 = 32;

/// How many ballots a chunk holds.
const CHUNK_SIZE: u64 = {
    #[expect(clippy::as_conversions, reason = "a constant that fits")]
    let size = CHUNK as u64;
    size
};

/// How many rows or points a blob holds.
const BLOB_SIZE: u64 = {
    #[expect(clippy::as_conversions, reason = "a constant that fits")]
    let size = ROWS_PER_BLOB as u64;
    size
};

/// Entry 0: the authority's publication of this manifest, under its number 0 (STA-2, STA-5).
pub(super) fn check_manifest(manifest: &Manifest, entry: &Entry) -> Result<(), Rejected> {
    let Entry::Manifest(published) = entry else {
        return Err(Rejected::OtherManifest);
    };
    let blob = &published.body.manifest;
    if blob.check(manifest.bytes()).is_err() || blob.kind != BlobKind::Manifest {
        return Err(Rejected::OtherManifest);
    }
    check_number(&published.signer, published.number, 0)
}

impl ElectionState {
    /// Applies an entry of the signer at `place` of its role, under its next running number, which counts only if the entry
    /// is admitted (STA-5).
    pub(super) fn apply_signed(&mut self, entry: &Entry, place: usize) -> Result<(), Rejected> {
        let phase = Rejected::Phase { kind: entry.kind(), phase: self.phase };
        let (role, signer, number) = entry.signed_by().ok_or(phase)?;
        let unknown = || Rejected::UnknownSigner { signer: signer.clone(), role };
        check_number(signer, number, *self.number_mut(role, place).ok_or_else(unknown)?)?;
        self.apply_body(entry, place)?;
        *self.number_mut(role, place).ok_or_else(unknown)? += 1;
        Ok(())
    }

    /// Applies what a signed entry says. Everything is checked before anything changes.
    pub(super) fn apply_body(&mut self, entry: &Entry, place: usize) -> Result<(), Rejected> {
        match entry {
            Entry::Ceremony(signed) => self.apply_ceremony(signed, place),
            Entry::Rehearsal(signed) => self.apply_rehearsal(signed, place),
            Entry::Register(signed) => self.apply_register(&signed.body),
            Entry::VotingOpened(signed) => {
                self.entitled.as_ref().ok_or(Rejected::RegisterMissing)?;
                self.move_to(Phase::Voting, signed.body.details.as_ref())
            }
            Entry::VotingClosed(signed) => {
                self.move_to(Phase::Closed, signed.body.details.as_ref())?;
                self.close();
                Ok(())
            }
            Entry::Issuance(signed) => self.apply_issuance(signed, place),
            Entry::Agreed(signed) => self.apply_agreed(signed, place),
            Entry::Opening(signed) => self.apply_opening(&signed.body, place),
            Entry::Result(signed) => self.apply_result(&signed.body),
            Entry::Certified(signed) => self.move_to(Phase::Certified, signed.body.details.as_ref()),
            Entry::Cancelled(signed) => self.move_to(Phase::Cancelled, signed.body.details.as_ref()),
            Entry::Erased(signed) => self.apply_erased(&signed.body),
            Entry::Manifest(_) | Entry::Ballot(_) | Entry::Withdrawal(_) | Entry::Returned(_) => {
                Err(Rejected::Phase { kind: entry.kind(), phase: self.phase })
            }
        }
    }

    pub(super) fn number_mut(&mut self, role: Role, place: usize) -> Option<&mut u64> {
        match role {
            Role::Authority => Some(&mut self.authority),
            Role::Issuer => self.issuers.get_mut(place).map(|issuer| &mut issuer.number),
            Role::Trustee => self.trustees.get_mut(place).map(|trustee| &mut trustee.number),
        }
    }

    fn move_to(&mut self, phase: Phase, details: Option<&BlobRef>) -> Result<(), Rejected> {
        check_details(details)?;
        self.phase = phase;
        Ok(())
    }

    /// Every trustee once, all naming the same round-1 packages; a solo trustee none (STA-13, STA-24).
    fn apply_ceremony(&mut self, signed: &Signed<Ceremony>, place: usize) -> Result<(), Rejected> {
        let trustees = self.manifest.trustees();
        match (&signed.body.round_1, &self.round_1) {
            (None, _) if trustees.members.len() == 1 => {}
            (Some(named), None) if trustees.members.len() > 1 => {
                let packages = u64::try_from(trustees.members.len()).unwrap_or(u64::MAX);
                let length = u64::try_from(Round1Package::length(trustees.threshold)).unwrap_or(u64::MAX);
                check_exact(named, BlobKind::Round1, packages.saturating_mul(length))?;
            }
            (Some(named), Some(before)) if named == before => {}
            _ => {
                return Err(Rejected::OtherCeremony { trustee: signed.signer.clone() });
            }
        }
        match self.trustees.get_mut(place) {
            Some(trustee) if !trustee.ceremony => trustee.ceremony = true,
            _ => return Err(repeated(signed)),
        }
        self.round_1 = signed.body.round_1;
        Ok(())
    }

    /// Every trustee once, after all ceremonies; the last one ends the announcement (STA-13, STA-14).
    fn apply_rehearsal(&mut self, signed: &Signed<RehearsalDone>, place: usize) -> Result<(), Rejected> {
        let members = self.manifest.trustees().members.iter();
        if let Some((_, trustee)) = self.trustees.iter().zip(members).find(|(state, _)| !state.ceremony) {
            return Err(Rejected::CeremonyMissing { trustee: trustee.id.clone() });
        }
        match self.trustees.get_mut(place) {
            Some(trustee) if !trustee.rehearsed => trustee.rehearsed = true,
            _ => return Err(repeated(signed)),
        }
        if self.trustees.iter().all(|trustee| trustee.rehearsed) {
            self.phase = Phase::Rehearsed;
        }
        Ok(())
    }

    /// A version of the register: initial first, then others; no class starts small unless confirmed (STA-15, STA-16,
    /// STA-26). One that shrinks later is admitted: the manifest is frozen, and nothing could mend it.
    fn apply_register(&mut self, register: &Register) -> Result<(), Rejected> {
        let is_first = self.entitled.is_none();
        if is_first != (register.cause == Cause::Initial) {
            return Err(Rejected::RegisterCause);
        }
        let entitled = self.per_class(&register.entitled)?;
        check_rows(&register.rows, BlobKind::RegisterRows, entitled.iter().sum())?;
        // Counts of the classes that have their first voters; an empty class has no problem.
        let first = self.classes.iter().zip(&entitled);
        let first: Vec<u64> = first.map(|(class, count)| if class.had_voters { 0 } else { *count }).collect();
        if let Some(problem) = self.manifest.class_size_problems(&first).into_iter().next() {
            return Err(Rejected::SmallClass(problem));
        }
        for (class, count) in self.classes.iter_mut().zip(&entitled) {
            class.had_voters |= *count > 0;
        }
        self.entitled = Some(entitled);
        Ok(())
    }

    /// Every issuer once (STA-13, STA-15; the rows are the verifier's to check, V-10).
    fn apply_issuance(&mut self, signed: &Signed<Issuance>, place: usize) -> Result<(), Rejected> {
        let per_class = self.per_class(&signed.body.issued)?;
        check_rows(&signed.body.rows, BlobKind::IssuanceRows, per_class.iter().sum())?;
        let issued = Issued { digest: signed.body.digest(), per_class };
        match self.issuers.get_mut(place) {
            Some(issuer) if issuer.issued.is_none() => issuer.issued = Some(issued),
            _ => return Err(repeated(signed)),
        }
        Ok(())
    }

    /// Every trustee once, saying what this log says; the root is compared by the verifier (STA-13, STA-18, V-12).
    fn apply_agreed(&mut self, signed: &Signed<Agreed>, place: usize) -> Result<(), Rejected> {
        if signed.body != self.expected_agreement(signed.body.root.0)? {
            return Err(Rejected::OtherAgreement);
        }
        match self.trustees.get_mut(place) {
            Some(trustee) if trustee.agreed.is_none() => trustee.agreed = Some(signed.body.digest()),
            _ => return Err(repeated(signed)),
        }
        Ok(())
    }

    /// What `agreed` must say (STA-18, STA-19).
    pub(super) fn expected_agreement(&self, root: [u8; 32]) -> Result<Agreed, Rejected> {
        let closed = self.closed()?;
        let issuers = self.issuers.iter().zip(self.manifest.issuers());
        let issuance = issuers.map(|(state, issuer)| match &state.issued {
            Some(issued) => Ok(Base64(issued.digest)),
            None => Err(Rejected::IssuanceMissing { issuer: issuer.id.clone() }),
        });
        Ok(Agreed {
            counted: Base64(closed.digest),
            issuance: issuance.collect::<Result<_, _>>()?,
            root: Base64(root),
            size: Integer::try_from(closed.size).unwrap_or(Integer::MAX),
        })
    }

    fn closed(&self) -> Result<&Closed, Rejected> {
        let phase = Rejected::Phase { kind: Kind::Agreed, phase: self.phase };
        self.closed.as_ref().ok_or(phase)
    }

    /// The trustee's next chunk of what enough trustees, itself among them, agreed on (STA-20, STA-21).
    fn apply_opening(&mut self, opening: &Opening, place: usize) -> Result<(), Rejected> {
        let agreed = Some(opening.agreed.0);
        let actual = self.trustees.iter().filter(|trustee| trustee.agreed == agreed).count();
        let expected = self.agreement_threshold();
        let counted = self.closed()?.counted;
        let trustee = match self.trustees.get_mut(place) {
            Some(trustee) if actual >= expected && trustee.agreed == agreed => trustee,
            _ => return Err(Rejected::TooFewAgreed { expected, actual }),
        };
        let before = trustee.chunks.saturating_mul(CHUNK_SIZE);
        let expected_length = counted.saturating_sub(before).min(CHUNK_SIZE) * POINT;
        let length = opening.chunk.length.value();
        let is_next = u64::from(opening.position) == trustee.chunks && length == expected_length;
        if !is_next || expected_length == 0 {
            return Err(Rejected::Chunk {
                position: opening.position,
                length,
                expected_position: trustee.chunks,
                expected_length,
            });
        }
        check_kind(&opening.chunk, BlobKind::PartialDecryptions)?;
        trustee.chunks += 1;
        Ok(())
    }

    /// The result rests on complete openings of at least t trustees (STA-22).
    fn apply_result(&mut self, result: &ResultPublished) -> Result<(), Rejected> {
        let threshold = self.manifest.trustees().threshold;
        let missing = Rejected::OpeningsMissing { threshold };
        let counted = self.closed()?.counted;
        let chunks = counted.div_ceil(CHUNK_SIZE);
        let agreed = Some(self.agreed().ok_or_else(|| missing.clone())?);
        let complete = |(place, trustee): (usize, &super::TrusteeState)| {
            let has_opened = trustee.agreed == agreed && trustee.chunks == chunks;
            has_opened.then(|| sharing_index(place))
        };
        let complete: Vec<u16> = self.trustees.iter().enumerate().filter_map(complete).collect();
        let named = &result.trustees;
        let distinct = named.is_sorted_by(|a, b| a < b);
        if named.len() < usize::from(threshold) || !distinct || !named.iter().all(|t| complete.contains(t)) {
            return Err(missing);
        }
        check_rows(&result.combined, BlobKind::CombinedOpenings, counted)?;
        let mut rest = counted;
        for blob in &result.combined {
            check_exact(blob, BlobKind::CombinedOpenings, rest.min(BLOB_SIZE) * POINT)?;
            rest = rest.saturating_sub(BLOB_SIZE);
        }
        check_blob(&result.result, BlobKind::Result)?;
        self.phase = Phase::Tallied;
        Ok(())
    }

    /// Any blob but the manifest, without which not even this entry could be verified (STA-23).
    fn apply_erased(&mut self, erased: &Erased) -> Result<(), Rejected> {
        check_details(erased.details.as_ref())?;
        if erased.blobs.is_empty() || !erased.blobs.is_sorted_by(|a, b| a < b) {
            return Err(Rejected::ErasedList);
        }
        if erased.blobs.contains(&Base64(*self.manifest.id().as_bytes())) {
            return Err(Rejected::ManifestErased);
        }
        self.erased.extend(erased.blobs.iter().map(|hash| hash.0));
        Ok(())
    }

    /// Counts in the order of the classes, if they name exactly these (STA-15).
    fn per_class(&self, counts: &BTreeMap<Id, Integer>) -> Result<Vec<u64>, Rejected> {
        let classes = self.manifest.classes();
        if counts.len() != classes.len() {
            return Err(Rejected::Classes);
        }
        let count = |class: &crate::manifest::Class| counts.get(&class.id).map(|count| count.value());
        let counts: Vec<u64> = classes.iter().map(count).collect::<Option<_>>().ok_or(Rejected::Classes)?;
        // So that sums over classes stay exact.
        let total = counts.iter().try_fold(0_u64, |total, count| total.checked_add(*count));
        if total.is_none_or(|total| total > Integer::MAX.value()) {
            return Err(Rejected::Classes);
        }
        Ok(counts)
    }
}

pub(super) fn check_number(signer: &Id, actual: Integer, expected: u64) -> Result<(), Rejected> {
    let actual = actual.value();
    if actual == expected {
        return Ok(());
    }
    Err(Rejected::RunningNumber { signer: signer.clone(), expected, actual })
}

/// What a signer does again that is done once (STA-13).
fn repeated<B: Body>(signed: &Signed<B>) -> Rejected {
    Rejected::Repeated { signer: signed.signer.clone(), kind: B::KIND }
}

/// ENT-4
fn check_kind(blob: &BlobRef, expected: BlobKind) -> Result<(), Rejected> {
    if blob.kind == expected {
        return Ok(());
    }
    Err(Rejected::BlobKind { expected, actual: blob.kind })
}

/// ENT-4, ENT-9: the kind, within its limit.
fn check_blob(blob: &BlobRef, kind: BlobKind) -> Result<(), Rejected> {
    check_kind(blob, kind)?;
    let limit = u64::try_from(kind.limit()).unwrap_or(u64::MAX);
    if blob.length.value() > limit {
        return Err(Rejected::BlobLength {
            kind,
            expected: limit,
            exact: false,
            actual: blob.length.value(),
        });
    }
    Ok(())
}

/// ENT-4, ENT-9: the kind, at the length that what it holds has.
fn check_exact(blob: &BlobRef, kind: BlobKind, expected: u64) -> Result<(), Rejected> {
    check_kind(blob, kind)?;
    if blob.length.value() != expected {
        return Err(Rejected::BlobLength { kind, expected, exact: true, actual: blob.length.value() });
    }
    Ok(())
}

/// ENT-10: as many blobs of the kind as the rows need, none more.
fn check_rows(blobs: &[BlobRef], kind: BlobKind, rows: u64) -> Result<(), Rejected> {
    let expected = rows.div_ceil(BLOB_SIZE);
    let actual = u64::try_from(blobs.len()).unwrap_or(u64::MAX);
    if actual != expected {
        return Err(Rejected::BlobCount { kind, expected, actual });
    }
    blobs.iter().try_for_each(|blob| check_blob(blob, kind))
}

fn check_details(details: Option<&BlobRef>) -> Result<(), Rejected> {
    details.map_or(Ok(()), |blob| check_blob(blob, BlobKind::Details))
}
