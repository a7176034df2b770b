//! The linking attack (T-19): everything that authority, issuer and board leave on their disks, with all moments that somebody
//! outside can see, does not tell whose ballot is whose; and the attack finds each leak that is planted. `tools/link` does more.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use urna_tests::linking::{Leak, Recording, Terms, attack, record};

/// An election of two classes, each with three batches of twenty, in which tokens are taken half a minute before the ballot.
fn recorded(seed: u64) -> Recording {
    let terms = Terms { voters: 120, classes: 2, revotes: 6, seed, ..Terms::default() };
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(record(folder.path(), &terms)).unwrap()
}

#[test]
fn what_is_kept_does_not_link_voters_to_ballots() {
    let [first, second] = [recorded(1), recorded(2)];
    // Chance alone exceeds the bound of 99 % now and then. Once more it hardly does.
    let mut outcome = attack(&first, std::slice::from_ref(&second)).unwrap();
    if !outcome.findings().is_empty() {
        outcome = attack(&first, &[recorded(3), recorded(4)]).unwrap();
    }
    assert!(outcome.signals > 1_000, "{outcome:#?}");
    assert!(outcome.findings().is_empty(), "{outcome:#?}");

    for leak in Leak::ALL {
        let [first, second] = [&first, &second].map(|recording| leak.planted(recording).unwrap());
        let outcome = attack(&first, &[second]).unwrap();
        assert!(outcome.most() > 0.9, "{}: {outcome:#?}", leak.name());
        assert!(!outcome.findings().is_empty());
    }
}
