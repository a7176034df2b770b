//! Ed25519 keys, and the strict rule on a signature by whatever key is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_crypto::{AuthorityEntry, Ed25519Key, ElectionId};
use urna_fuzz::first;

fuzz_target!(|data: &[u8]| {
    let Some(bytes) = first::<32>(data) else { return };
    let Ok(key) = Ed25519Key::from_bytes(bytes) else {
        return;
    };
    assert_eq!(key.to_bytes(), *bytes);
    if let Some(signature) = first::<64>(&data[32..]) {
        let election = ElectionId::from_bytes([0; 32]);
        let entry = AuthorityEntry { election: &election, kind: "manifest", number: 0, body: b"{}" };
        let _ = key.verify(&entry, signature);
    }
});
