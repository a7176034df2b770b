//! Changes of bytes that many vectors make.

use crate::vector::{Answer, No};

/// The encoding of `scalar` + l: what a lax decoder would take for the same scalar.
pub(super) fn plus_order(scalar: &[u8; 32]) -> [u8; 32] {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    std::array::from_fn(|i| {
        let sum = u16::from(scalar[i]) + u16::from(ORDER[i]) + carry;
        carry = sum >> 8;
        u8::try_from(sum & 0xff).unwrap()
    })
}

/// With the 32-byte field number `row` replaced.
pub(super) fn with_row<const LENGTH: usize>(
    bytes: &[u8; LENGTH],
    row: usize,
    field: &[u8; 32],
) -> [u8; LENGTH] {
    let mut changed = *bytes;
    changed[32 * row..32 * row + 32].copy_from_slice(field);
    changed
}

/// With one bit changed.
pub(super) fn flipped<const LENGTH: usize>(bytes: &[u8; LENGTH], bit: usize) -> [u8; LENGTH] {
    let mut changed = *bytes;
    changed[bit / 8] ^= 1 << (bit % 8);
    changed
}

/// An encoding that is no point: a negative field element.
pub(super) const NOT_A_POINT: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// The rule by which the second implementation refuses a vector, for cases where the outcome depends on the bytes.
pub(super) fn refusal(answer: Answer) -> &'static str {
    match answer {
        Err(No::Refused(rules)) => rules[0],
        other => unreachable!("a vector that must be refused: {other:?}"),
    }
}
