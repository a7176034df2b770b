//! The bytes of entry bundles (LOG-7): entries, each after its length as a big-endian u16.
//!
//! A wider bundle begins with the bytes of the narrower one, so a log appends frames to the last bundle's bytes.

use crate::{Bundle, LogError};

/// The most bytes an entry may have: what the length field can say.
pub const MAX_ENTRY: usize = 65_535;

/// Appends an entry's frame to the bytes of a bundle.
///
/// # Errors
/// [`LogError::EntryTooLong`]; the bundle then is as it was.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), LogError> {
    let length = u16::try_from(entry.len()).map_err(|_| LogError::EntryTooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

impl Bundle {
    /// The entries in these bytes, as many as the bundle is wide.
    ///
    /// # Errors
    /// [`LogError::BundleCutOff`] or [`LogError::BundleTooLong`].
    pub fn parse<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, LogError> {
        let mut entries = Vec::with_capacity(self.width().into());
        let mut rest = bytes;
        for number in 0..self.width().into() {
            let cut_off = LogError::BundleCutOff(number);
            let (length, after) = rest.split_first_chunk().ok_or(cut_off)?;
            let length = u16::from_be_bytes(*length).into();
            let (entry, after) = after.split_at_checked(length).ok_or(cut_off)?;
            entries.push(entry);
            rest = after;
        }
        if rest.is_empty() { Ok(entries) } else { Err(LogError::BundleTooLong(rest.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bundle(width: u16) -> Bundle {
        Bundle::new(0, width).unwrap()
    }

    #[test]
    fn accepts_a_frame_for_each_entry_log_7() {
        let mut bytes = Vec::new();
        push_entry(&mut bytes, b"{}").unwrap();
        push_entry(&mut bytes, b"").unwrap();
        push_entry(&mut bytes, &[7; 258]).unwrap();
        assert_eq!(bytes[..8], [0, 2, b'{', b'}', 0, 0, 1, 2]);
        assert_eq!(bundle(3).parse(&bytes).unwrap(), [b"{}".as_slice(), b"", &[7; 258]]);
    }

    #[test]
    fn rejects_more_and_fewer_entries_log_7() {
        let mut bytes = Vec::new();
        push_entry(&mut bytes, b"one").unwrap();
        push_entry(&mut bytes, b"two").unwrap();
        assert_eq!(bundle(1).parse(&bytes), Err(LogError::BundleTooLong(5)));
        assert_eq!(bundle(3).parse(&bytes), Err(LogError::BundleCutOff(2)));
        for end in 5..bytes.len() {
            assert_eq!(bundle(2).parse(&bytes[..end]), Err(LogError::BundleCutOff(1)), "{end}");
        }
        bytes.push(0);
        assert_eq!(bundle(2).parse(&bytes), Err(LogError::BundleTooLong(1)));
        assert_eq!(bundle(3).parse(&bytes), Err(LogError::BundleCutOff(2)));
    }

    #[test]
    fn rejects_entries_that_no_length_can_say_log_7() {
        let mut bytes = vec![1];
        assert_eq!(push_entry(&mut bytes, &vec![0; MAX_ENTRY + 1]), Err(LogError::EntryTooLong(65_536)));
        assert_eq!(bytes, [1]);
        bytes.clear();
        push_entry(&mut bytes, &vec![0; MAX_ENTRY]).unwrap();
        assert_eq!(bundle(1).parse(&bytes).unwrap(), [vec![0; MAX_ENTRY]]);
    }

    proptest! {
        #[test]
        fn round_trips(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..20)) {
            let mut bytes = Vec::new();
            for entry in &entries {
                push_entry(&mut bytes, entry).unwrap();
            }
            let width = u16::try_from(entries.len()).unwrap();
            prop_assert_eq!(bundle(width).parse(&bytes).unwrap(), entries);
        }

        #[test]
        fn any_bytes_are_a_bundle_or_refused(bytes in prop::collection::vec(0_u8..4, 0..200), width in 1_u16..=256) {
            if let Ok(entries) = bundle(width).parse(&bytes) {
                let mut again = Vec::new();
                for entry in entries {
                    push_entry(&mut again, entry).unwrap();
                }
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
