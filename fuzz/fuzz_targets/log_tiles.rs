//! Paths of tiles and bundles, and the bytes that lie there: a path up to the first zero byte, then bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_log::{TilePath, parse_tile, push_entry};

fuzz_target!(|data: &[u8]| {
    let (path, bytes) = data.iter().position(|byte| *byte == 0).map_or((data, [].as_slice()), |zero| {
        let (path, rest) = data.split_at(zero);
        (path, &rest[1..])
    });
    let Ok(text) = str::from_utf8(path) else { return };
    let Ok(place) = text.parse::<TilePath>() else { return };
    assert_eq!(place.to_string(), text);
    match place {
        TilePath::Hashes(tile) => {
            if let Ok(hashes) = parse_tile(tile, bytes) {
                assert_eq!(hashes.as_flattened(), bytes);
            }
        }
        TilePath::Entries(bundle) => {
            if let Ok(entries) = bundle.parse(bytes) {
                let mut again = Vec::new();
                for entry in entries {
                    push_entry(&mut again, entry).unwrap();
                }
                assert_eq!(again, bytes);
            }
        }
    }
});
