//! A blob of an issuance list: its rows, and the whole check under an entry that names it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::Issuance;
use urna_election::issuance::{Eligible, Row, check_list};
use urna_election::json;
use urna_fuzz::MANIFEST;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Blob {
    rows: Vec<Row>,
}

fuzz_target!(|data: &[u8]| {
    if let Ok(blob) = json::parse::<Blob>(data, 1 << 20) {
        assert_eq!(json::to_bytes(&blob), data);
    }
    let Some(reference) = BlobRef::new(BlobKind::IssuanceRows, data) else {
        return;
    };
    let entry = Issuance { issued: Default::default(), rows: vec![reference] };
    let issuer = &MANIFEST.issuers()[0];
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    // Nobody is entitled, so nothing is accepted.
    let checked = check_list(&MANIFEST, issuer, &entry, [data], &Eligible::default(), &mut rng);
    assert!(checked.is_err());
});
