//! The complete example of `spec/client.md`: its forms are read, its link and code are written again.

use urna_client::{Invitation, RecoveryCode, Saved, StateName};
use urna_crypto::{ElectionId, Seed};

const PAGE: &str = include_str!("../../../spec/client.md");

#[test]
fn the_example_s_link_and_code_are_these() {
    let slug = "union-2027".parse().unwrap();
    let election = ElectionId::from_bytes([1; 32]);
    let link = Invitation::new("https://vote.example", slug, election, [4; 32], [6; 16], "ada").unwrap();
    assert!(PAGE.contains(&format!("\n{}\n", *link.to_link())));
    let code = RecoveryCode::of(&Seed::from_bytes([3; 32]));
    assert!(PAGE.contains(&format!("\n{}\n", code.as_str())));
}

#[test]
fn the_example_s_forms_are_saved_forms() {
    let forms: Vec<&str> = PAGE.split("```json\n").skip(1).map(|rest| rest.lines().next().unwrap()).collect();
    let [asked, receipted] = forms.as_slice() else { panic!("two forms") };
    let (asked, later) =
        (Saved::parse(asked.as_bytes()).unwrap(), Saved::parse(receipted.as_bytes()).unwrap());
    assert_eq!((asked.state(), later.state()), (StateName::Asked, StateName::Receipted));
    assert_eq!(asked.election(), later.election());
    assert!(asked.revision() < later.revision());
    assert!(receipted.contains("\"plaintext\":\"AAIAAQ==\"") && receipted.contains("tlog-proof"));
}
