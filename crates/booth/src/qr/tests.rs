//! Reads the code as a camera does, by ISO/IEC 18004.

use super::*;

const IDENTIFIER: &str = "7KQM-4RTX-Z09C-A1BD-WV5E";

/// The rectangles of a path, as rows of modules.
fn drawn(path: &str, size: usize) -> Vec<Vec<bool>> {
    let mut rows = vec![vec![false; size]; size];
    for rectangle in path.strip_suffix('z').unwrap().split('z') {
        let numbers: Vec<usize> = rectangle
            .split(|character: char| !character.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .collect();
        let [x, y, width, 1, back] = numbers[..] else { panic!("{rectangle}") };
        assert_eq!(width, back);
        rows[y][x..x + width].fill(true);
    }
    rows
}

/// Whether a module is part of the finders, the timing lines, the small finder of version 2 or the format.
fn is_fixed(x: usize, y: usize) -> bool {
    let (low, high) = (0..9, 17..25);
    let is_corner = match low.contains(&y) {
        true => low.contains(&x) || high.contains(&x),
        false => low.contains(&x) && high.contains(&y),
    };
    is_corner || x == 6 || y == 6 || ((16..21).contains(&x) && (16..21).contains(&y))
}

/// Reads a code of version 2 by ISO/IEC 18004, without correcting anything: the mask, the bits in their zigzag, and an
/// alphanumeric text.
fn read(rows: &[Vec<bool>]) -> String {
    // Bits 10 to 12 of the format, masked with 101 0100 0001 0010.
    let mask = (2..5).fold(0, |mask, x| mask << 1 | u8::from(rows[8][x])) ^ 0b101;
    let is_masked = |x: usize, y: usize| match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (x / 3 + y / 2).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    };
    let mut bits = Vec::new();
    let columns = (0..25).rev().filter(|column| *column != 6).collect::<Vec<_>>();
    for (number, pair) in columns.chunks(2).enumerate() {
        for step in 0..25 {
            let y = if number.is_multiple_of(2) { 24 - step } else { step };
            for x in pair.iter().copied().filter(|x| !is_fixed(*x, y)) {
                bits.push(rows[y][x] != is_masked(x, y));
            }
        }
    }
    let mut bits = bits.into_iter();
    let mut number =
        |length| bits.by_ref().take(length).fold(0_usize, |number, bit| number << 1 | usize::from(bit));
    assert_eq!(number(4), 0b0010, "alphanumeric");
    let length = number(9);
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut text = String::new();
    while text.len() + 1 < length {
        let pair = number(11);
        text.extend([pair / 45, pair % 45].map(|digit| char::from(digits[digit])));
    }
    if text.len() < length {
        text.push(char::from(digits[number(6)]));
    }
    text
}

#[test]
fn draws_what_a_camera_reads() {
    for identifier in [IDENTIFIER, "0000-0000-0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZ"] {
        let code = code(identifier).unwrap();
        assert_eq!((&code["identifier"], &code["size"]), (&json!(identifier), &json!(25)));
        let rows = drawn(code["path"].as_str().unwrap(), 25);
        // The three finders, in the corners.
        for (x, y) in [(0, 0), (18, 0), (0, 18)] {
            assert!(rows[y][x..x + 7].iter().all(|dark| *dark) && !rows[y + 1][x + 1]);
        }
        assert_eq!(read(&rows), identifier);
    }
}
