//! The recovery code: the seed as something that people write down and type again (CLI-9).
//!
//! 14 groups of five characters of Crockford's base32, the alphabet of the identifier. The first four characters of a group
//! are data, the fifth says whether the group is right and in its place. All data together are the 32 bytes of the seed and three
//! bytes of a hash.

use sha2::{Digest, Sha256};
use urna_crypto::Seed;
use zeroize::{Zeroize, Zeroizing};

use crate::ClientError;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 14;
/// Characters of a group, the check character included.
const GROUP: usize = 5;
const LABEL: &[u8] = b"urna/v1/recovery";

/// A recovery code. It is the seed, and as secret: wiped when dropped, printed by [`RecoveryCode::as_str`] only.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// The code of a seed. Memory is read at places that depend on the seed, on the voter's own device.
    pub fn of(seed: &Seed) -> Self {
        let mut bytes = Zeroizing::new([0; 35]);
        for (place, byte) in bytes.iter_mut().zip(seed.expose().iter().chain(&check(seed.expose()))) {
            *place = *byte;
        }
        // Five bytes are eight digits, and these two groups.
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        let mut number = 0;
        for chunk in bytes.chunks(5) {
            let mut bits = chunk.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for half in [bits >> 20, bits & 0xf_ffff] {
                let mut digits = [15, 10, 5, 0].map(|shift| u8::try_from(half >> shift & 31).unwrap_or(0));
                number += 1;
                if number > 1 {
                    text.push('-');
                }
                let check = group_check(number, &digits);
                for digit in digits.iter().chain([&check]) {
                    text.push(char::from(ALPHABET.get(usize::from(*digit)).copied().unwrap_or(b'0')));
                }
                digits.zeroize();
            }
            bits.zeroize();
        }
        Self(text)
    }

    /// The code, groups joined by `-`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a code as people type it: in capitals or not, with or without separators (white space, hyphens) between groups,
    /// O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`ClientError::RecoveryGroup`], the first group that is wrong; [`ClientError::RecoveryGroups`] if all that are there
    /// are right; [`ClientError::RecoveryCheck`].
    pub fn parse(text: &str) -> Result<Seed, ClientError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(35));
        let mut bits: u64 = 0;
        let mut found = 0;
        let parts = text.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty());
        for part in parts {
            let mut characters = part.chars().peekable();
            while characters.peek().is_some() {
                found += 1;
                if found > GROUPS {
                    return Err(too_many(text));
                }
                let wrong = || ClientError::RecoveryGroup { group: found };
                let mut digits = Zeroizing::new([0; GROUP]);
                for digit in digits.iter_mut() {
                    *digit = characters.next().and_then(value).ok_or_else(wrong)?;
                }
                let [data @ .., last] = *digits;
                if group_check(found, &data) != last {
                    return Err(wrong());
                }
                bits = data.iter().fold(bits, |bits, digit| bits << 5 | u64::from(*digit));
                if found % 2 == 0 {
                    bytes.extend(bits.to_be_bytes().iter().skip(3));
                    bits = 0;
                }
            }
        }
        let exact = bytes.split_first_chunk::<32>().filter(|_| found == GROUPS);
        let (seed, rest) = exact.ok_or(ClientError::RecoveryGroups { expected: GROUPS, found })?;
        if check(seed) != *rest {
            return Err(ClientError::RecoveryCheck);
        }
        Ok(Seed::from_bytes(*seed))
    }
}

/// How many groups there are, if all are as long as they must be.
fn too_many(text: &str) -> ClientError {
    let characters = text.chars().filter(|c| !c.is_whitespace() && *c != '-').count();
    ClientError::RecoveryGroups { expected: GROUPS, found: characters.div_ceil(GROUP) }
}

/// The first three bytes of SHA-256 over label and seed.
fn check(seed: &[u8; 32]) -> [u8; 3] {
    let hash: [u8; 32] = Sha256::new().chain_update(LABEL).chain_update(seed).finalize().into();
    let [a, b, c, ..] = hash;
    [a, b, c]
}

/// What a character stands for.
fn value(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(character).ok()?;
    ALPHABET.iter().position(|digit| *digit == byte).and_then(|place| u8::try_from(place).ok())
}

/// The check character of a group: in GF(32) = GF(2)\[x\] / (x^5 + x^2 + 1) the value at x of the polynomial with the group's number
/// and its digits as coefficients. Every character has another weight, so one wrong character, or two exchanged ones, never
/// pass, nor two exchanged groups.
fn group_check(number: usize, digits: &[u8; GROUP - 1]) -> u8 {
    let number = u8::try_from(number % 32).unwrap_or(0);
    let times_x = |value: u8| (value << 1 ^ if value & 16 == 0 { 0 } else { 0b10_0101 }) & 31;
    times_x(digits.iter().fold(number, |sum, digit| times_x(sum) ^ digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CODE: &str = "0C1GB-60R3C-0C1G1-60R3J-0C1GZ-60R3R-0C1GN-60R3B-0C1G6-60R31-0C1GC-60R3Z-0C1WA-SSXMT";

    fn parse(text: &str) -> Result<[u8; 32], String> {
        RecoveryCode::parse(text).map(|seed| *seed.expose()).map_err(|error| error.to_string())
    }

    fn group(number: usize) -> Result<[u8; 32], String> {
        Err(ClientError::RecoveryGroup { group: number }.to_string())
    }

    fn code(byte: u8) -> String {
        RecoveryCode::of(&Seed::from_bytes([byte; 32])).as_str().to_owned()
    }

    /// The example of `spec/client.md`.
    #[test]
    fn accepts_the_specification_s_code_cli_9() {
        assert_eq!(code(3), CODE);
        assert_eq!(parse(CODE), Ok([3; 32]));
    }

    #[test]
    fn accepts_it_as_people_type_it_cli_9() {
        let code = code(0xa7);
        let typed = [
            code.to_lowercase(),
            code.replace('-', " "),
            code.replace('-', ""),
            code.replace('-', "\n"),
            code.replace('0', "o").replace('1', "l"),
            code.replace('0', "O").replace('1', "I"),
            format!("  {}  ", code.replace('-', " - ")),
            // Two rows of seven groups.
            format!("{}\n{}", &code.replace('-', "")[..35], &code.replace('-', "")[35..]),
        ];
        for text in typed {
            assert_eq!(parse(&text), Ok([0xa7; 32]), "{text}");
        }
    }

    #[test]
    fn rejects_one_wrong_character_and_names_its_group_cli_9() {
        let code = code(0x5c);
        for (place, character) in code.chars().enumerate().filter(|(_, character)| *character != '-') {
            for other in ALPHABET.iter().map(|byte| char::from(*byte)).filter(|other| *other != character) {
                let mut changed: Vec<char> = code.chars().collect();
                changed[place] = other;
                assert_eq!(
                    parse(&changed.into_iter().collect::<String>()),
                    group(place / 6 + 1),
                    "{place} {other}"
                );
            }
        }
        for foreign in ['U', '!', 'é', '0'] {
            let changed = format!("{}{foreign}{foreign}{}", &code[..12], &code[14..]);
            assert_eq!(parse(&changed), group(3), "{foreign}");
        }
    }

    #[test]
    fn rejects_exchanged_characters_and_groups_cli_9() {
        let code = code(0x9d);
        let groups: Vec<&str> = code.split('-').collect();
        for number in 0..GROUPS {
            for (one, other) in [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (1, 3)] {
                let mut characters: Vec<char> = groups[number].chars().collect();
                if characters[one] == characters[other] {
                    continue;
                }
                characters.swap(one, other);
                let changed: String = characters.into_iter().collect();
                let mut changed_groups = groups.clone();
                changed_groups[number] = &changed;
                assert_eq!(parse(&changed_groups.join("-")), group(number + 1));
            }
            for other in number + 1..GROUPS {
                let mut exchanged = groups.clone();
                exchanged.swap(number, other);
                assert_eq!(parse(&exchanged.join("-")), group(number + 1));
            }
        }
    }

    #[test]
    fn rejects_missing_and_additional_characters_and_groups_cli_9() {
        let code = code(0x31);
        let count = |found| Err(ClientError::RecoveryGroups { expected: GROUPS, found }.to_string());
        assert_eq!(parse(""), count(0));
        assert_eq!(parse(&code[..6 * 13]), count(13));
        assert_eq!(parse(&code[..6 * 13 + 2]), group(14));
        assert_eq!(parse(&code[1..]), group(1));
        assert_eq!(parse(&code.replacen('-', "", 1)), Ok([0x31; 32]));
        assert_eq!(parse(&code[6..]), group(1));
        assert_eq!(parse(&format!("{code}-{}", &code[..5])), count(15));
        assert_eq!(parse(&format!("{code}-0")), count(15));
        let mut missing = code.clone();
        missing.remove(14);
        assert_eq!(parse(&missing), group(3));
    }

    /// Two errors in one group pass its check one time in 32; the whole is still refused.
    #[test]
    fn rejects_a_wrong_seed_whose_groups_are_right_cli_9() {
        let (one, other) = (code(1), code(2));
        let mixed = format!("{}{}", &one[..6], &other[6..]);
        assert_eq!(parse(&mixed), Err(ClientError::RecoveryCheck.to_string()));
    }

    proptest! {
        #[test]
        fn round_trips(seed: [u8; 32]) {
            let code = RecoveryCode::of(&Seed::from_bytes(seed));
            prop_assert_eq!(code.as_str().len(), 83);
            prop_assert_eq!(parse(code.as_str()), Ok(seed));
        }

        #[test]
        fn any_text_is_a_code_or_refused(text in "[0-9A-Z -]{0,90}|\\PC*") {
            let _ = parse(&text);
        }
    }
}
