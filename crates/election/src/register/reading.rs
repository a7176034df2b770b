//! A version of the register, taken blob by blob or row by row (REG-2 to REG-5).

use crate::blob::ROWS_PER_BLOB;
use crate::json;
use crate::manifest::Manifest;

use super::{BLOB_LIMIT, Blob, Entitled, Register, RegisterError, Row};

/// A version of the register while it is read.
pub(super) struct Reading<'m> {
    manifest: &'m Manifest,
    register: Register,
    blobs: usize,
    /// Whether the last blob is full, so that another may follow.
    full: bool,
}

impl<'m> Reading<'m> {
    pub(super) fn new(manifest: &'m Manifest) -> Self {
        let entitled = vec![0; manifest.classes().len()];
        Self { manifest, register: Register { rows: Vec::new(), entitled }, blobs: 0, full: true }
    }

    /// Makes room for so many more rows.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.register.rows.reserve_exact(rows);
    }

    /// REG-2.
    pub(super) fn take_blob(&mut self, bytes: &[u8]) -> Result<(), RegisterError> {
        let number = self.blobs;
        let blob: Blob =
            json::parse(bytes, BLOB_LIMIT).map_err(|error| RegisterError::Json { blob: number, error })?;
        if !self.full {
            let rows = self.register.rows.len() % ROWS_PER_BLOB;
            return Err(RegisterError::BlobRows { blob: number.saturating_sub(1), rows });
        }
        if !(1..=ROWS_PER_BLOB).contains(&blob.rows.len()) {
            return Err(RegisterError::BlobRows { blob: number, rows: blob.rows.len() });
        }
        self.full = blob.rows.len() == ROWS_PER_BLOB;
        self.blobs = number.saturating_add(1);
        blob.rows.iter().try_for_each(|row| self.take(row))
    }

    /// REG-3 and REG-4.
    pub(super) fn take(&mut self, row: &Row) -> Result<(), RegisterError> {
        let (register, handle) = (&mut self.register, row.handle.0);
        let place = register.rows.len();
        if register.rows.last().is_some_and(|(last, _)| *last >= handle) {
            return Err(RegisterError::HandleOrder { row: place });
        }
        let Some(class) = self.manifest.class_index(&row.class) else {
            return Err(RegisterError::UnknownClass { row: place, class: row.class.clone() });
        };
        let credential = row.credential.map(|credential| credential.0);
        register.entitled.get_mut(class.position()).into_iter().for_each(|count| *count += 1);
        register.rows.push((handle, Entitled { class, credential, replaced: row.replaced }));
        Ok(())
    }

    /// REG-5: every credential occurs once.
    pub(super) fn end(self) -> Result<Register, RegisterError> {
        let credential = |place: usize| self.register.rows.get(place).and_then(|(_, row)| row.credential);
        let mut places: Vec<usize> = (0..self.register.rows.len()).collect();
        places.retain(|place| credential(*place).is_some());
        places.sort_unstable_by_key(|place| (credential(*place), *place));
        let (before, after) = (places.iter(), places.iter().skip(1));
        let repeated = before.zip(after).filter(|(one, other)| credential(**one) == credential(**other));
        match repeated.map(|(_, later)| *later).min() {
            Some(row) => Err(RegisterError::CredentialRepeated { row }),
            None => Ok(self.register),
        }
    }
}
