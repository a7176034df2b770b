//! Saved forms that were changed, that contradict themselves, or that are not the newest copy.

use super::*;
use crate::sample::{Board, ELECTION, FINAL, asked, cast, promise, receipt, resume, rng, store, with_token};
use serde_json::Value;

/// A saved form of each state.
fn forms() -> Vec<(StateName, SavedForm)> {
    let mut board = Board::open(&ELECTION);
    board.promising = true;
    let mut seeded = ELECTION.voter(0, 1);
    let mut open = asked(&ELECTION, 0, 1);
    let mut issuer = ELECTION.issuers().remove(1);
    let opened = issuer.open(&open.session_requests(1, &mut rng(1)).unwrap()[1]).unwrap();
    open.session_opened(issuer.id(), opened.0, &opened.1).unwrap();
    open.session_lost(issuer.id(), &opened.0).unwrap();
    let mut pending = cast(&ELECTION, 0, 1, 1);
    let reply = promise(board.post(pending.entry().unwrap().1));
    let mut promised = cast(&ELECTION, 0, 1, 1).promise(&reply).unwrap();
    board.flush();
    let reply = receipt(board.post(pending.entry().unwrap().1));
    let mut receipted = cast(&ELECTION, 0, 1, 1).receipt(&reply).unwrap();
    vec![
        (StateName::Seeded, store(&mut seeded)),
        (StateName::Asked, store(&mut open)),
        (StateName::WithToken, store(&mut with_token(&ELECTION, 0, 1))),
        (StateName::Cast, store(&mut pending)),
        (StateName::Promised, store(&mut promised)),
        (StateName::Receipted, store(&mut receipted)),
    ]
}

fn again(resumed: &Resumed) -> SavedForm {
    match resumed {
        Resumed::Seeded(voter) => voter.save(),
        Resumed::Asked(voter) => voter.save(),
        Resumed::WithToken(voter) => voter.save(),
        Resumed::Cast(voter) => voter.save(),
        Resumed::Promised(voter) => voter.save(),
        Resumed::Receipted(voter) => voter.save(),
    }
}

#[test]
fn round_trips_every_state_cli_22() {
    for (state, form) in forms() {
        let saved = Saved::parse(form.as_bytes()).unwrap();
        assert_eq!((saved.state(), saved.revision()), (state, form.revision()));
        assert_eq!(saved.election(), ELECTION.id());
        let next = again(&resume(&form, &ELECTION));
        let count = |form: &SavedForm| format!("\"revision\":{},", form.revision());
        let text = String::from_utf8(next.as_bytes().to_vec()).unwrap();
        assert_eq!(next.revision(), form.revision() + 1);
        assert_eq!(text.replace(&count(&next), &count(&form)).as_bytes(), form.as_bytes(), "{state:?}");
    }
}

#[test]
fn rejects_what_is_not_a_saved_form_cli_22() {
    let (_, form) = forms().remove(3);
    let text = String::from_utf8(form.as_bytes().to_vec()).unwrap();
    let error = |text: &str| Saved::parse(text.as_bytes()).err().unwrap();
    for other in ["", "{}", "[]", "null", "{\"version\":1}", &format!("{text} "), &text[1..]] {
        assert!(matches!(error(other), ClientError::Saved(_)), "{other}");
    }
    for (from, to) in [
        ("{\"asking\"", "{ \"asking\""),
        ("{\"asking\"", "{\"more\":1,\"asking\""),
        ("\"state\":\"cast\"", "\"state\":\"sent\""),
        ("\"asking\":null,", ""),
        ("\"own\":true", "\"own\":1"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert!(matches!(error(&changed), ClientError::Saved(_)), "{from}");
    }
    let newer = text.replace("\"version\":1}", "\"version\":2}");
    assert!(matches!(error(&newer), ClientError::SavedVersion(2)));
    // A newer version may have other members too.
    assert!(matches!(error("{\"new\":1,\"version\":7}"), ClientError::SavedVersion(7)));
}

#[test]
fn rejects_a_form_whose_parts_contradict_each_other_cli_23() {
    let forms: Vec<Value> =
        forms().iter().map(|(_, form)| serde_json::from_slice(form.as_bytes()).unwrap()).collect();
    let refused = |value: &Value| {
        let bytes = serde_json::to_vec(value).unwrap();
        let saved = Saved::parse(&bytes)?;
        saved.resume(ELECTION.manifest.bytes()).map(drop)
    };
    let [seeded, asked, with_token, cast, promised, receipted] = forms.as_slice() else { panic!("six") };
    let own = |form: &Value| {
        assert!(refused(form).is_ok());
        form.clone()
    };
    let other = {
        let mut voter = crate::sample::cast(&ELECTION, 1, 2, 2);
        let form = store(&mut voter);
        let value: Value = serde_json::from_slice(form.as_bytes()).unwrap();
        value
    };
    type Change = fn(&mut Value, &Value);
    let changes: [(&Value, &str, Change); 21] = [
        (seeded, "revision", |form, _| form["revision"] = 0.into()),
        (seeded, "class", |form, _| form["class"] = "nobody".into()),
        (seeded, "checkpoint", |form, _| form["checkpoint"] = "none".into()),
        (seeded, "seed", |form, _| form["seed"] = "AAAA".into()),
        (seeded, "credential", |form, _| form["asking"]["credential"] = "AAAA".into()),
        (seeded, "tokens", |form, _| form["asking"] = Value::Null),
        (seeded, "issuers", |form, _| form["state"] = "asked".into()),
        (asked, "issuers", |form, _| form["state"] = "seeded".into()),
        (asked, "issuers", |form, _| form["state"] = "cast".into()),
        (asked, "token", |form, other| {
            form["asking"]["issuers"][0]["token"] = other["tokens"][0].clone();
        }),
        (asked, "asking", |form, other| form["tokens"] = other["tokens"].clone()),
        (with_token, "tokens", |form, other| form["tokens"] = other["tokens"].clone()),
        (with_token, "tokens", |form, _| form["tokens"].as_array_mut().unwrap().reverse()),
        (with_token, "tokens", |form, other| form["seed"] = other["seed"].clone()),
        (with_token, "state", |form, _| form["state"] = "receipted".into()),
        (cast, "entry", |form, other| form["records"] = other["records"].clone()),
        (cast, "entry", |form, _| form["records"][0]["entry"] = Value::Null),
        (cast, "plaintext", |form, other| {
            form["records"][0]["plaintext"] = other["records"][0]["plaintext"].clone();
        }),
        (cast, "sequence", |form, _| form["records"][0]["sequence"] = 1.into()),
        (cast, "kind", |form, _| form["records"][0]["kind"] = "withdrawal".into()),
        (cast, "plaintext", |form, _| form["records"][0]["own"] = false.into()),
    ];
    let check = |form: &Value, field: &str, change: &dyn Fn(&mut Value)| {
        let mut changed = own(form);
        change(&mut changed);
        assert_ne!(changed, *form, "{field}");
        let error = refused(&changed).unwrap_err();
        assert!(
            matches!(&error, ClientError::SavedContradiction { field: found } if *found == field),
            "{field}: {error}"
        );
    };
    for (form, field, change) in changes {
        check(form, field, &|form| change(form, &other));
    }
    check(promised, "promise", &|form| {
        let text = form["records"][0]["promise"].as_str().unwrap().replace("1900000600", "1900000601");
        form["records"][0]["promise"] = text.into();
    });
    check(receipted, "receipt", &|form| {
        let text = form["records"][0]["receipt"].as_str().unwrap().replace("index 9", "index 8");
        form["records"][0]["receipt"] = text.into();
    });
    check(receipted, "sequence", &|form| {
        let record = form["records"][0].clone();
        form["records"].as_array_mut().unwrap().push(record);
    });
    let saved = Saved::parse(&serde_json::to_vec(seeded).unwrap()).unwrap();
    let other = saved.resume(FINAL.manifest.bytes()).err().unwrap();
    assert!(matches!(other, ClientError::OtherManifest { .. }));
}

#[test]
fn rejects_overwriting_another_copy_cli_24() {
    let mut voter = ELECTION.voter(0, 1);
    let first = voter.save();
    assert!(first.check_replaces(None).is_ok());
    voter.mark_saved(&first).unwrap();
    let mut voter = voter.ask();
    let second = voter.save();
    assert!(second.check_replaces(Some(first.as_bytes())).is_ok());
    // Storing the same again, after an answer of the disk was lost, is no other copy.
    assert!(second.check_replaces(Some(second.as_bytes())).is_ok());
    assert!(matches!(
        first.check_replaces(Some(second.as_bytes())).unwrap_err(),
        ClientError::OtherCopy { stored: 2, expected: 0 }
    ));
    voter.mark_saved(&second).unwrap();
    let third = voter.save();
    assert!(matches!(
        third.check_replaces(Some(first.as_bytes())).unwrap_err(),
        ClientError::OtherCopy { stored: 1, expected: 2 }
    ));
    let other = ELECTION.voter(0, 2).save();
    assert!(matches!(third.check_replaces(Some(other.as_bytes())).unwrap_err(), ClientError::OtherVoter));
    let elsewhere = FINAL.voter(0, 1).save();
    assert!(matches!(third.check_replaces(Some(elsewhere.as_bytes())).unwrap_err(), ClientError::OtherVoter));
    assert!(matches!(third.check_replaces(Some(b"{}")).unwrap_err(), ClientError::Saved(_)));
    // Nor is it marked as stored by the form of another voter.
    assert!(matches!(voter.mark_saved(&other).unwrap_err(), ClientError::NotSaved));
}

/// Once there are tokens, nothing in the form names the person or could ask for another one.
#[test]
fn drops_handle_and_credential_with_the_tokens_cli_15() {
    let invitation = ELECTION.invitation(0);
    let text = |bytes: &[u8]| Base64(bytes.to_vec());
    let written = |value: &Base64<Vec<u8>>| serde_json::to_string(value).unwrap();
    let (handle, secret) =
        (written(&text(invitation.handle().as_bytes())), written(&text(invitation.secret())));
    for (state, form) in forms() {
        let form = String::from_utf8(form.as_bytes().to_vec()).unwrap();
        let asking = matches!(state, StateName::Seeded | StateName::Asked);
        assert_eq!(form.contains(&handle), asking, "{state:?}");
        assert_eq!(form.contains(&secret), asking, "{state:?}");
    }
}
