//! An opened plaintext: the first byte chooses the class. What can be read is written again to the same bytes, unless it
//! would be void, which no client writes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::selection::{BallotPlaintext, OpenedBallot, Selection, SelectionError};
use urna_fuzz::MANIFEST;

fuzz_target!(|data: &[u8]| {
    let Some((choice, plaintext)) = data.split_first() else {
        return;
    };
    let classes: Vec<_> = MANIFEST.class_indices().map(|(index, _)| index).collect();
    let class = classes[usize::from(*choice) % classes.len()];
    let opened = OpenedBallot::decode(&MANIFEST, class, plaintext);
    if let Ok(choices) = opened.choices() {
        match BallotPlaintext::encode(&MANIFEST, class, &Selection::new(choices.to_vec())) {
            Ok(encoded) => assert_eq!(encoded.as_bytes(), plaintext),
            Err(SelectionError::Void { .. }) => {}
            Err(error) => panic!("what was read cannot be written: {error}"),
        }
    }
});
