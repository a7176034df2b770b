//! Fixed-length wire forms as rows of 32 bytes.

use crate::group::DecodeError;

/// Splits a wire form into its 32-byte fields.
pub(crate) fn split<const BYTES: usize, const FIELDS: usize>(bytes: &[u8; BYTES]) -> [[u8; 32]; FIELDS] {
    const { assert!(BYTES == 32 * FIELDS) };
    let mut chunks = bytes.as_chunks::<32>().0.iter();
    core::array::from_fn(|_| chunks.next().copied().unwrap_or_default())
}

/// Joins 32-byte fields to a wire form.
pub(crate) fn join<const BYTES: usize, const FIELDS: usize>(fields: [[u8; 32]; FIELDS]) -> [u8; BYTES] {
    const { assert!(BYTES == 32 * FIELDS) };
    let mut bytes = fields.iter().flatten();
    core::array::from_fn(|_| bytes.next().copied().unwrap_or_default())
}

/// Takes a slice as an array of the expected length.
///
/// # Errors
/// [`DecodeError::Length`].
pub(crate) fn array<const BYTES: usize>(bytes: &[u8]) -> Result<[u8; BYTES], DecodeError> {
    bytes.try_into().map_err(|_| DecodeError::Length { expected: BYTES, actual: bytes.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rejects_any_other_length() {
        for actual in [0, 63, 65] {
            let error = DecodeError::Length { expected: 64, actual };
            assert_eq!(array::<64>(&vec![1; actual]), Err(error));
        }
        assert_eq!(array::<64>(&[1; 64]), Ok([1; 64]));
    }

    proptest! {
        #[test]
        fn round_trips_fields_in_order(fields in any::<[[u8; 32]; 4]>()) {
            let bytes: [u8; 128] = join(fields);
            prop_assert_eq!(bytes.to_vec(), fields.concat());
            prop_assert_eq!(split::<128, 4>(&bytes), fields);
        }
    }
}
