//! Elections that keep every rule.

use serde_json::json;

use super::story::{Story, marks};
use super::{Expected, Record};
use crate::election::{FINAL, MAIN, base64};
use crate::oracle::plaintext::Choice;

pub(super) fn all() -> Vec<Record> {
    vec![two_of_three(), solo(), everything(), erased(), voting(), cancelled(), cut_off()]
}

fn two_of_three() -> Record {
    let mut story = Story::voted(MAIN);
    story.finish();
    Record::new(
        "good-2-of-3",
        "Two issuers, trustees two of three; one voter votes twice.",
        &story,
        Expected::Verified,
    )
}

fn solo() -> Record {
    let mut story = Story::open(FINAL);
    for place in 0..4 {
        story.vote(place, 0, &[marks(&[place]), marks(&[2])]);
    }
    story.finish();
    Record::new("good-solo", "One trustee alone; one ballot each.", &story, Expected::Verified)
}

/// Whatever can happen to a ballot.
fn all_kinds() -> Story {
    let mut story = Story::open(MAIN);
    let rows = story.log.register_body();
    let again = json!({"cause": "nightly", "entitled": rows["entitled"], "rows": rows["rows"]});
    story.log.post("authority", "register", &again);
    // Votes, votes otherwise, withdraws; votes, withdraws, votes.
    let [first, second] = [0, 1].map(|place| story.voter(place));
    story.vote(0, 0, &[marks(&[1]), marks(&[0])]);
    story.vote(1, 0, &[marks(&[0]), marks(&[0])]);
    story.vote(0, 1, &[marks(&[]), marks(&[0])]);
    let withdrawals = [(&first, 2), (&second, 1)];
    for (voter, sequence) in withdrawals {
        let entry = story.log.withdrawal(voter, "north", sequence);
        story.append(entry);
    }
    story.vote(1, 2, &[Choice::Abstain, marks(&[2])]);
    // Three marks where two are allowed; nothing where one is asked.
    story.vote(2, 0, &[marks(&[0, 1, 2]), marks(&[])]);
    // No encoding of any choice.
    let collective = story.voter(4);
    let entry = story.ballot(&collective, 0, &[marks(&[0])], |cast| cast.plaintext[0] = 7);
    story.append(entry);
    story.close();
    story.post_issuance();
    let unspent = story.voter(3);
    let entry = story.log.returned(&unspent, "south");
    story.append(entry);
    story.agree();
    story.open_ballots();
    story.result(|_, _| {});
    story.post("certified", Some("Certified by the commission."));
    story
}

fn everything() -> Record {
    let story = all_kinds();
    let then = &story.log.entries[..14];
    let checkpoint = story.checkpoint(then).to_string().into_bytes();
    let receipt = story.receipt(12, then);
    let promise = story.promise(&story.log.entries[15]);
    let comment = "A second version of the register, revotes, withdrawals, an abstention, a void and an invalid ballot, a \
                   returned token. Somebody kept a checkpoint, a receipt and a promise.";
    let record = Record::new("good-all-kinds", comment, &story, Expected::Verified);
    let record = record.given("checkpoint", checkpoint);
    record.given("receipt", receipt).given("promise", promise)
}

fn erased() -> Record {
    let mut story = all_kinds();
    let register = story.log.register_body()["rows"][0].clone();
    let details = story.store("details", "As the law asks.");
    let hash = base64(crate::log::unbase64(&register["sha256"]));
    story.log.post("authority", "erased", &json!({"blobs": [hash], "details": details}));
    story.lose(&register);
    let comment = "The rows of the register were lawfully erased: V-16, V-06 and V-10 say so.";
    Record::new("good-erased", comment, &story, Expected::SoFar)
}

fn voting() -> Record {
    let story = Story::voted(MAIN);
    Record::new("good-voting", "Voting is open.", &story, Expected::SoFar)
}

fn cancelled() -> Record {
    let mut story = Story::voted(MAIN);
    story.post("cancelled", Some("The wrong list of candidates."));
    Record::new("good-cancelled", "Cancelled while voting was open.", &story, Expected::SoFar)
}

fn cut_off() -> Record {
    let mut story = Story::voted(MAIN);
    story.finish();
    let comment = "The bundle of entries ends in its middle: nothing can be said of the election.";
    let mut record = Record::new("unreadable-cut-off", comment, &story, Expected::Unreadable);
    let bundle = record.files.iter_mut().find(|(path, _)| path.starts_with("tile/entries/"));
    let (_, bytes) = bundle.unwrap();
    bytes.truncate(bytes.len() / 2);
    record
}
