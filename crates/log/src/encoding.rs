//! Decimal numbers and base64, one form each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Hash;

/// The largest number of the log's formats, 2^53 - 1 (LOG-1).
pub(crate) const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A number in decimal without sign or leading zeros, at most [`MAX_NUMBER`].
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|number| canonical && *number <= MAX_NUMBER)
}

/// Standard base64 with padding; unused bits are zero.
pub(crate) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// 32 bytes in base64.
pub(crate) fn parse_hash(text: &str) -> Option<Hash> {
    parse_base64(text)?.try_into().ok()
}

/// Writes base64 that [`parse_base64`] reads.
pub(crate) fn to_base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// The lines of a text in which every line, the last one too, ends with a line break.
pub(crate) fn lines<const N: usize>(text: &str) -> Option<[&str; N]> {
    let lines: Vec<&str> = text.strip_suffix('\n')?.splitn(N + 1, '\n').collect();
    lines.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_one_form_of_a_number_log_1() {
        for number in [0, 1, 9, 10, 255, MAX_NUMBER] {
            assert_eq!(parse_decimal(&number.to_string()), Some(number));
        }
        for text in [
            "",
            "00",
            "01",
            "+1",
            "-0",
            " 1",
            "1 ",
            "1_0",
            "0x1",
            "١",
            "9007199254740992",
            "18446744073709551616",
        ] {
            assert_eq!(parse_decimal(text), None, "{text:?}");
        }
    }

    #[test]
    fn accepts_one_form_of_base64() {
        assert_eq!(parse_base64("/+8="), Some(vec![0xff, 0xef]));
        for text in ["/+8", "/+9=", "_-8=", "/+8=\n", " /+8=", "/+8==", "=", "/+8=AAAA"] {
            assert_eq!(parse_base64(text), None, "{text:?}");
        }
    }

    #[test]
    fn rejects_too_few_and_too_many_lines() {
        assert_eq!(lines("a\nb\n"), Some(["a", "b"]));
        assert_eq!(lines("a\n\n"), Some(["a", ""]));
        for text in ["", "a\n", "a\nb", "a\nb\nc\n", "a\nb\n\n"] {
            assert_eq!(lines::<2>(text), None, "{text:?}");
        }
    }
}
