//! What a page does wrong is refused and changes nothing. What it does right is in `crates/urna/tests/commands/booth.rs`, with real
//! services.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use urna_booth::Booth;

/// The link of `spec/client.md`.
const LINK: &str = "https://vote.example/vote/union-2027#AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQG\
                    BgYGBgYGBgYGBgYGBgYGA2FkYdzler8";

fn turn(booth: &mut Booth, head: &Value) -> Value {
    let head = serde_json::to_vec(head).unwrap();
    let length = u32::try_from(head.len()).unwrap().to_le_bytes();
    serde_json::from_slice(&booth.turn(&[&length[..], &head].concat())).unwrap()
}

fn start() -> Value {
    json!({ "now": 1, "start": { "link": LINK, "what": "token" } })
}

#[test]
fn rejects_what_cannot_be_read() {
    let mut booth = Booth::new();
    for message in [&[][..], &[1, 0, 0], &[9, 0, 0, 0, b'{', b'}'], &[255; 8]] {
        let said: Value = serde_json::from_slice(&booth.turn(message)).unwrap();
        assert_eq!(said["refused"], "the message is shorter than its head");
    }
    for head in [
        json!({}),
        json!(null),
        json!({ "now": 1, "start": { "what": "nothing" } }),
        json!({ "now": 1, "start": { "more": 1, "what": "show" } }),
        json!({ "answer": { "id": 0, "is": "waited" } }),
        json!({ "answer": { "id": 0, "is": { "stored": {} } }, "now": 1 }),
    ] {
        assert_eq!(turn(&mut booth, &head)["refused"], "the head has another shape", "{head}");
    }
    assert_eq!(turn(&mut booth, &json!({ "now": 1 }))["refused"], "a turn starts or answers");
    // It still works.
    assert_eq!(turn(&mut booth, &start())["wants"][0]["want"]["load"]["record"], "form");
}

#[test]
fn rejects_a_second_operation_and_answers_without_one() {
    let mut booth = Booth::new();
    let waited = |id: u64| json!({ "answer": { "id": id, "is": "waited" }, "now": 1 });
    assert_eq!(turn(&mut booth, &waited(0))["refused"], "no operation is under way");
    assert_eq!(turn(&mut booth, &start())["refused"], Value::Null);
    assert_eq!(turn(&mut booth, &start())["refused"], "an operation is under way");
    // An answer to something else is ignored.
    let said = turn(&mut booth, &waited(7));
    assert_eq!((&said["wants"], &said["ended"]), (&json!([]), &Value::Null));
    // One that is none of a load is as good as none.
    let said = turn(&mut booth, &waited(0));
    assert_eq!(said["ended"]["failed"]["document"]["reason"], "keeper");
    assert_eq!(turn(&mut booth, &waited(0))["refused"], "no operation is under way");
}

/// Where a link's state lies does not tell whose it is, and another link's lies elsewhere.
#[test]
fn finds_the_place_of_a_link() {
    let place = |link: &str| {
        let head = json!({ "now": 1, "start": { "link": link, "what": "show" } });
        turn(&mut Booth::new(), &head)["wants"][0]["want"]["load"]["place"].as_str().map(str::to_owned)
    };
    let found = place(LINK).unwrap();
    assert_eq!((found.len(), place(&format!(" <{LINK}>\n"))), (64, Some(found)));
    let said =
        turn(&mut Booth::new(), &json!({ "now": 1, "start": { "link": &LINK[..80], "what": "show" } }));
    let failed = &said["ended"]["failed"]["document"];
    assert_eq!(failed["reason"], "link");
    assert!(!failed.to_string().contains(&LINK[40..80]), "{failed}");
    let said = turn(&mut Booth::new(), &json!({ "now": 1, "start": { "what": "check" } }));
    assert_eq!(said["ended"]["failed"]["document"]["reason"], "link_needed");
}
