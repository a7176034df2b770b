//! Wire forms and signatures: what is an entry, and whose.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::manifest::{BALLOT_RESERVE, largest_ballot_entry, largest_plaintext, sample};
use crate::rejected::Rejected;
use crate::state::ElectionState;
use crate::state::sample::Election;
use crate::state::whole_election::whole_election;

/// The first entry of each kind, with the state before it.
fn first_of_each(election: &Election) -> Vec<(ElectionState, Entry)> {
    let first = |kind| election.log.iter().find(|(_, entry)| entry.kind() == kind);
    let mut firsts: Vec<_> = Kind::ALL.into_iter().filter_map(first).cloned().collect();
    let cancelled = election.authority(Cancelled { details: None });
    firsts.push((election.state.clone(), cancelled.into()));
    assert_eq!(firsts.len(), Kind::ALL.len());
    firsts
}

/// The bytes of an entry of each kind.
static EXAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let (election, _) = whole_election();
    let firsts = first_of_each(&election).into_iter();
    firsts.map(|(_, entry)| entry.to_bytes()).collect()
});

/// `spec/entries.md` shows an entry of each kind. Whoever changes a wire form, or the manifest that the example rests on,
/// writes the page again: `URNA_WRITE_PAGES=1 cargo test -p urna-election writes_the_entries`.
#[test]
fn writes_the_entries_of_the_page_ent_1() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/entries.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mut examples = EXAMPLES.iter().map(|bytes| std::str::from_utf8(bytes).unwrap());
    let is_entry = |line: &str| line.starts_with("{\"") && line.ends_with('}');
    let lines = page.lines().map(|line| if is_entry(line) { examples.next().unwrap_or("") } else { line });
    let mut written = lines.collect::<Vec<_>>().join("\n");
    written.push('\n');
    assert_eq!(examples.count(), 0, "the page shows too few entries");
    if std::env::var_os("URNA_WRITE_PAGES").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    assert!(written == page, "spec/entries.md shows other entries than are written");
}

#[test]
fn rejects_every_changed_bit_of_every_kind() {
    let (mut election, _) = whole_election();
    for (state, entry) in first_of_each(&election) {
        let bytes = entry.to_bytes();
        let mut unparsed = 0;
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let Ok(changed) = Entry::parse(&changed) else {
                unparsed += 1;
                continue;
            };
            let verified = election.verify(changed);
            let mut state = state.clone();
            let answer = verified.and_then(|verified| state.apply(verified));
            assert!(answer.is_err(), "bit {bit} of {}", entry.kind());
        }
        // Both lines of defence are met: what is no entry, and what is not what was signed.
        assert!(unparsed > 0 && unparsed < 8 * bytes.len(), "{}", entry.kind());
    }
}

#[test]
fn rejects_json_of_another_kind_wherever_it_is_read_ent_1() {
    let opened = Election::publish(|_| {}).authority(VotingOpened { details: None });
    let text = String::from_utf8(json::to_bytes(&opened)).unwrap();
    assert!(serde_json::from_str::<Signed<VotingOpened>>(&text).is_ok());
    let renamed = text.replace("voting_opened", "voting_closed");
    assert!(serde_json::from_str::<Signed<VotingOpened>>(&renamed).is_err());
    // As the kind it says it is an entry, whose signature is on another kind.
    let renamed = Entry::parse(renamed.as_bytes()).unwrap();
    let mut election = Election::publish(|_| {});
    assert!(matches!(election.verify(renamed), Err(Rejected::Signature { .. })));
    for bytes in EXAMPLES.iter() {
        let text = std::str::from_utf8(bytes).unwrap();
        assert_eq!(serde_json::from_str::<Ballot>(text).is_ok(), text.contains(r#""kind":"ballot""#));
        assert_eq!(serde_json::from_str::<Withdrawal>(text).is_ok(), text.contains(r#""kind":"withdrawal""#));
        assert_eq!(serde_json::from_str::<Returned>(text).is_ok(), text.contains(r#""kind":"returned""#));
    }
}

#[test]
fn rejects_other_ways_to_write_an_entry_ent_1() {
    for bytes in EXAMPLES.iter() {
        let text = std::str::from_utf8(bytes).unwrap();
        let parse = |text: String| Entry::parse(text.as_bytes());
        assert!(parse(text.to_owned()).is_ok());
        let sorted: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&sorted).unwrap(), text);
        assert!(matches!(parse(format!(" {text}")), Err(JsonError::NotCanonical { .. })));
        assert!(matches!(parse(format!("{text}\n")), Err(JsonError::NotCanonical { .. })));
        assert!(matches!(parse(text.replacen("\"kind\"", "\"z\":0,\"kind\"", 1)), Err(JsonError::Syntax(_))));
        assert!(matches!(parse(text.replacen("\"kind\"", "\"kinds\"", 1)), Err(JsonError::Syntax(_))));
        let kind = text.find("\"kind\":\"").unwrap();
        let twice = format!("{}\"kind\":\"ballot\",{}", &text[..kind], &text[kind..]);
        assert!(parse(twice).is_err());
        let unknown = format!("{}\"kind\":\"un{}", &text[..kind], &text[kind + 8..]);
        assert!(matches!(parse(unknown), Err(JsonError::Syntax(_))));
    }
}

#[test]
fn rejects_entries_that_are_too_long_ent_1() {
    let long = " ".repeat(ENTRY_LIMIT + 1);
    assert!(matches!(Entry::parse(long.as_bytes()), Err(JsonError::TooLong { .. })));
    // 1,380 erased blobs fit into an entry, 1,500 do not.
    let election = Election::publish(|_| {});
    let erased = |count: u32| {
        let hash = |number: u32| {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&number.to_be_bytes());
            Base64(hash)
        };
        let blobs = (0..count).map(hash).collect();
        Entry::from(election.authority(Erased { blobs, details: None })).to_bytes()
    };
    assert!(Entry::parse(&erased(1_380)).is_ok());
    assert!(matches!(Entry::parse(&erased(1_500)), Err(JsonError::TooLong { .. })));
}

#[test]
fn rejects_signatures_by_others_ent_2_ent_3() {
    let mut election = Election::publish(|_| {});
    let manifest = std::sync::Arc::clone(&election.manifest);
    let wrong = |signer: &str| Rejected::Signature { signer: signer.parse().unwrap() };
    let unknown = |signer: &str, role| Rejected::UnknownSigner { signer: signer.parse().unwrap(), role };
    // The authority's name with another key, and its key under another name.
    let body = VotingOpened { details: None };
    let forged = Signed::by_authority(manifest.id(), &sample::ed25519(2), 1_u32.into(), body.clone());
    assert_eq!(election.post(forged), Err(wrong("authority")));
    let mut renamed = election.authority(body.clone());
    renamed.signer = "anna".parse().unwrap();
    assert_eq!(election.post(renamed), Err(unknown("anna", Role::Authority)));
    let other = Election::publish(|draft| draft.trial = true);
    assert_eq!(election.post(other.authority(body)), Err(wrong("authority")));
    // Anna in the name of boris, and a trustee whom nobody knows.
    let mut annas = election.ceremony(0);
    annas.signer = "boris".parse().unwrap();
    assert_eq!(election.post(annas.clone()), Err(wrong("boris")));
    annas.signer = "office".parse().unwrap();
    assert_eq!(election.post(annas), Err(unknown("office", Role::Trustee)));
    // One issuer in the name of the other, and as a trustee's.
    let mut offices = election.issuance(0);
    offices.signer = "senate".parse().unwrap();
    assert_eq!(election.post(offices.clone()), Err(wrong("senate")));
    offices.signer = "anna".parse().unwrap();
    assert_eq!(election.post(offices), Err(unknown("anna", Role::Issuer)));
    // Another number, another body.
    let mut numbered = election.ceremony(0);
    numbered.number = 1_u32.into();
    assert_eq!(election.post(numbered), Err(wrong("anna")));
    let mut said = election.ceremony(0);
    said.body.round_1 = None;
    assert_eq!(election.post(said), Err(wrong("anna")));
    // 64 bytes that are no signature at all.
    let mut none = election.ceremony(0);
    none.signature = Base64([0xff; 64]);
    assert_eq!(election.post(none), Err(wrong("anna")));
}

#[test]
fn rejects_a_share_that_is_not_proved_ent_6() {
    let mut election = Election::publish(|_| {});
    let theirs = election.ceremony(1).body;
    let entry = election.trustee(0, theirs);
    let trustee = entry.signer.clone();
    assert_eq!(election.post(entry), Err(Rejected::Possession { trustee }));
}

/// What MAN-28 reserves for everything else is enough for the longest class, number and list of tokens.
#[test]
fn the_longest_ballot_fits_into_an_entry_man_28() {
    let mut examples = EXAMPLES.iter().map(|bytes| Entry::parse(bytes).unwrap());
    let Some(Entry::Ballot(ballot)) = examples.find(|entry| entry.kind() == Kind::Ballot) else {
        panic!("an entry of each kind");
    };
    for issuers in [1, 2, 16] {
        let length = largest_plaintext(issuers);
        let ciphertext = urna_crypto::Ciphertext { text: vec![0xff; length], ..ballot.ciphertext() };
        let class = "c".repeat(40).parse().unwrap();
        let tokens = vec![ballot.tokens()[0]; issuers];
        let longest = Ballot::new(class, ballot.pseudonym.0, u32::MAX, tokens, ciphertext, ballot.proof.0);
        let bytes = Entry::from(longest).to_bytes();
        let rest = bytes.len() + BALLOT_RESERVE - largest_ballot_entry(length, issuers);
        assert!((256..=BALLOT_RESERVE).contains(&rest), "{rest} bytes");
        assert!(bytes.len() <= ENTRY_LIMIT);
        assert!(Entry::parse(&bytes).is_ok());
    }
}

#[test]
fn rejects_the_rehearsal_of_another_trustee_ent_7() {
    let mut election = Election::publish(|_| {});
    election.hold_ceremony();
    let theirs = election.rehearsal(1).body;
    let entry = election.trustee(0, theirs);
    let trustee = entry.signer.clone();
    assert_eq!(election.post(entry), Err(Rejected::Rehearsal { trustee }));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.to_bytes(), bytes);
        }
    }

    /// What is read is written as the same bytes, also where some of an entry's bytes are others.
    #[test]
    fn round_trips_whatever_parses(
        example in 0..Kind::ALL.len(),
        from in any::<prop::sample::Index>(),
        length in 0..4_usize,
        bytes in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut changed = EXAMPLES[example].clone();
        let from = from.index(changed.len());
        let to = (from + length).min(changed.len());
        changed.splice(from..to, bytes);
        if let Ok(entry) = Entry::parse(&changed) {
            prop_assert_eq!(entry.to_bytes(), changed);
        }
    }
}
