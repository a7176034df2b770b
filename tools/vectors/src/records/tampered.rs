//! Elections with one thing that is not as it must be, done by somebody who holds every key of the operators: the log's tree,
//! its checkpoint and whatever follows are made anew. The check in the name is the first that sees it.

use serde_json::{Value, json};
use urna_log::{NoteSigner, SigningKey};

use super::story::{Story, changed, encode, marks};
use super::{Expected, Record};
use crate::area::sharing::Three;
use crate::election::{Election, MAIN, TRUSTEES, base64, canonical, point};
use crate::log::{Voter, rows_blob, unbase64};
use crate::oracle::{G, Random};

/// The name begins with the check that fails first.
fn record(name: &'static str, comment: &str, story: &Story, entry: Option<u64>) -> Record {
    Record::new(name, comment, story, Expected::Failed { entry })
}

pub(super) fn all() -> Vec<Record> {
    let mut all = Vec::new();
    all.extend(log());
    all.extend(manifest());
    all.extend(ceremony());
    all.extend(register());
    all.extend(ballots());
    all.extend(issuance());
    all.extend(voting());
    all.extend(openings());
    all.extend(result());
    all.extend(receipts());
    all.extend(blobs());
    all.extend(signatures());
    all
}

fn whole() -> Story {
    let mut story = Story::voted(MAIN);
    story.finish();
    story
}

fn log() -> Vec<Record> {
    let story = whole();
    let forged = {
        let foreign = SigningKey::from_seed(story.log_key().name().clone(), &[9; 32]);
        let comment = "The checkpoint is signed by a key that is not the manifest's.";
        let mut record = record("V-01-checkpoint-of-another-key", comment, &story, None);
        record.files.insert("checkpoint".into(), story.files_by(&foreign)["checkpoint"].clone());
        record
    };
    let replaced = {
        let mut other = Story::voted(MAIN);
        let voter = other.voter(0);
        other.log.entries[9] = other.ballot(&voter, 0, &[marks(&[4]), marks(&[0])], |_| {});
        other.finish();
        let comment = "A ballot was replaced by another of the same voter, but neither tiles nor checkpoint were made anew.";
        let mut record = record("V-01-replaced-entry", comment, &story, Some(9));
        let bundle = record.files.keys().find(|path| path.starts_with("tile/entries/")).unwrap().clone();
        record.files.insert(bundle.clone(), other.files()[&bundle].clone());
        record
    };
    let rewritten = {
        let mut kept = story.log.entries[..13].to_vec();
        kept.swap(9, 10);
        let checkpoint = story.checkpoint(&kept).to_string().into_bytes();
        let comment = "Somebody kept a checkpoint of the time when two ballots stood in the other order.";
        record("V-02-rewritten-history", comment, &story, None).given("checkpoint", checkpoint)
    };
    let shortened = {
        let mut kept = story.log.entries.clone();
        kept.push(kept[9].clone());
        let checkpoint = story.checkpoint(&kept).to_string().into_bytes();
        let comment = "Somebody kept a checkpoint of the time when the log had an entry more.";
        record("V-02-shortened-history", comment, &story, None).given("checkpoint", checkpoint)
    };
    let spaced = {
        let mut story = Story::voted(MAIN);
        story.log.entries[10].insert(1, ' ');
        story.finish();
        record("V-03-not-canonical", "A ballot with a space after its first brace.", &story, Some(10))
    };
    let unknown = {
        let mut story = Story::voted(MAIN);
        let entry = changed(&story.log.entries[10], |entry| entry["note"] = json!("for Eva"));
        story.log.entries[10] = entry;
        story.finish();
        record("V-03-unknown-field", "A ballot with a member that no ballot has.", &story, Some(10))
    };
    let twice = {
        let mut story = Story::voted(MAIN);
        story.close();
        let index = story.next();
        story.post("voting_closed", None);
        story.count();
        record("V-03-closed-twice", "`voting_closed` stands in the log a second time.", &story, Some(index))
    };
    vec![forged, replaced, rewritten, shortened, spaced, unknown, twice]
}

fn manifest() -> Vec<Record> {
    let another = {
        let mut record = record("V-04-another-election", "The id on the poster is another.", &whole(), None);
        record.announced = "9f".repeat(32);
        record
    };
    let possession = {
        let election = Election::new(MAIN).with(|manifest| {
            let keys = &mut manifest["keys"]["issuers"][1]["keys"];
            keys[0]["proof"] = keys[1]["proof"].clone();
        });
        let mut story = Story::of(election);
        story.prepare();
        story.open_and_vote();
        story.finish();
        let comment =
            "An issuer does not prove that it has its key for a class: it could be made from the other's.";
        record("V-04-key-without-possession", comment, &story, Some(0))
    };
    vec![another, possession]
}

fn ceremony() -> Vec<Record> {
    let other_key = {
        let mut election = Election::new(MAIN);
        election.three = Three::new(election.plan_id, &mut Random::new("another ceremony"));
        let mut story = Story::of(election);
        story.prepare();
        story.open_and_vote();
        story.finish();
        let comment =
            "The election key is not that of the key ceremony: whoever made it opens everything alone.";
        record("V-05-another-election-key", comment, &story, Some(1))
    };
    let mut story = Story::new(MAIN);
    story.hold_ceremonies();
    let index = story.next();
    for (place, by) in [(0, 1), (1, 1), (2, 2)] {
        story.rehearse(place, by);
    }
    story.publish_register();
    story.open_and_vote();
    story.finish();
    let comment = "A trustee who lost the share posts another's rehearsal as the own.";
    let borrowed = record("V-05-borrowed-rehearsal", comment, &story, Some(index));

    let mut story = Story::new(MAIN);
    story.hold_ceremonies();
    for place in 0..2 {
        story.rehearse(place, place);
    }
    story.publish_register();
    let index = story.next();
    story.open_and_vote();
    story.finish();
    let comment = "Voting opens although a trustee has not rehearsed.";
    vec![other_key, borrowed, record("V-05-voting-before-rehearsal", comment, &story, Some(index))]
}

/// Rows of a blob, each changed.
fn each_row(text: &str, mut change: impl FnMut(usize, &mut Value)) -> String {
    let mut rows: Value = serde_json::from_str(text).unwrap();
    for (place, row) in rows["rows"].as_array_mut().unwrap().iter_mut().enumerate() {
        change(place, row);
    }
    canonical(&rows)
}

fn register() -> Vec<Record> {
    let prepared = || {
        let mut story = Story::new(MAIN);
        story.hold_ceremonies();
        for place in 0..3 {
            story.rehearse(place, place);
        }
        story
    };
    let end = |mut story: Story| {
        story.open_and_vote();
        story.finish();
        story
    };
    let counts = {
        let mut story = prepared();
        story.publish_register();
        story.log.entries.pop();
        let mut body = story.log.register_body();
        body["entitled"]["north"] = json!(3);
        let entry = story.log.numbered("authority", 1, "register", &body);
        let index = story.append(entry);
        record(
            "V-06-counts-one-more",
            "Three are counted in a class that lists two.",
            &end(story),
            Some(index),
        )
    };
    let invented = {
        let mut story = prepared();
        let key = point(&(story.log.voters[0].credential * G));
        story.log.register = each_row(&story.log.register, |_, row| row["credential"] = json!(key));
        let index = story.next();
        story.publish_register();
        let comment = "All persons of the register have the same credential: somebody votes for all of them.";
        record("V-06-one-credential-for-all", comment, &end(story), Some(index))
    };
    let replaced = {
        let mut story = Story::voted(MAIN);
        let key = point(&(story.log.election.random.scalar() * G));
        let rows = each_row(&story.log.register, |place, row| {
            if place == 2 {
                row["credential"] = json!(key);
            }
        });
        let mut body = story.log.register_body();
        body["cause"] = json!("manual");
        body["rows"] = json!([story.store("register_rows", rows)]);
        let index = story.next();
        story.log.post("authority", "register", &body);
        story.finish();
        let comment = "A voter's credential is replaced without its mark while voting is open.";
        record("V-06-key-replaced-without-mark", comment, &story, Some(index))
    };
    vec![counts, invented, replaced]
}

/// One more pseudonym, with tokens that are not its own.
fn stranger(story: &mut Story, tokens: impl FnOnce(&Story) -> Vec<[u8; 96]>) -> Voter {
    let mut voter = story.voter(3);
    voter.sk = story.log.election.random.scalar();
    voter.seed = story.log.election.random.bytes();
    voter.tokens = tokens(story);
    voter
}

/// An election with one more entry of a voter.
fn with_entry(name: &'static str, comment: &str, make: impl FnOnce(&mut Story) -> String) -> Record {
    let mut story = Story::voted(MAIN);
    let entry = make(&mut story);
    let index = story.append(entry);
    story.finish();
    record(name, comment, &story, Some(index))
}

fn ballots() -> Vec<Record> {
    let vote = [marks(&[4]), marks(&[2])];
    vec![
        with_entry("V-07-stolen-token", "A ballot with the tokens of another voter's pseudonym.", |story| {
            let thief = stranger(story, |story| story.voter(3).tokens);
            story.ballot(&thief, 0, &vote, |_| {})
        }),
        with_entry(
            "V-07-one-of-two-issuers",
            "A ballot that one issuer signed without the other, whose place has the first one's token.",
            |story| {
                let voter = story.voter(3);
                story.ballot(&voter, 0, &vote, |cast| cast.tokens[1] = cast.tokens[0])
            },
        ),
        with_entry("V-08-another-vote", "A ballot's ciphertext, replaced under its old proof.", |story| {
            let voter = story.voter(3);
            let [old, new] =
                [&vote, &[marks(&[0]), marks(&[0])]].map(|choices| story.ballot(&voter, 0, choices, |_| {}));
            let new: Value = serde_json::from_str(&new).unwrap();
            changed(&old, |entry| {
                entry["ciphertext"] = new["ciphertext"].clone();
                entry["ephemeral"] = new["ephemeral"].clone();
            })
        }),
        with_entry("V-08-withdrawn-by-another", "A voter's ballot, withdrawn by somebody else.", |story| {
            let victim = point(&(story.log.voters[0].sk * G));
            let other = story.voter(3);
            let entry = story.log.withdrawal(&other, "north", 1);
            changed(&entry, |entry| entry["pseudonym"] = json!(victim))
        }),
        with_entry("V-09-reused-r", "Two ballots with the same R: one opening would open both.", |story| {
            let first = story.voter(0);
            let plaintext = story.plaintext(&first, &[marks(&[1]), marks(&[0])]);
            let r = story.log.nonce(&crate::log::Cast::new(&first, 0, &plaintext));
            let voter = story.voter(3);
            story.ballot(&voter, 0, &vote, |cast| cast.r = Some(r))
        }),
        with_entry("V-09-left-out", "A ballot with number 1 whose number 0 was left out.", |story| {
            let voter = story.voter(3);
            story.ballot(&voter, 1, &vote, |_| {})
        }),
        with_entry("V-09-cast-twice", "The same ballot stands in the log twice.", |story| {
            story.log.entries[9].clone()
        }),
        {
            let mut story = Story::voted(MAIN);
            story.vote(1, 2, &vote);
            let voter = story.voter(1);
            let entry = story.ballot(&voter, 3, &vote, |_| {});
            let index = story.append(entry);
            story.finish();
            record("V-09-over-the-limit", "A fourth ballot where three are allowed.", &story, Some(index))
        },
    ]
}

fn issuance() -> Vec<Record> {
    let listed = |name, comment, entry: Option<u64>, change: fn(&mut Story)| {
        let mut story = Story::voted(MAIN);
        story.vote(3, 0, &[marks(&[4]), marks(&[2])]);
        story.vote(4, 0, &[marks(&[4])]);
        story.close();
        let first = story.next();
        change(&mut story);
        story.count();
        story.post("certified", None);
        record(name, comment, &story, entry.map(|place| first + place))
    };
    vec![
        listed(
            "V-10-answer-of-another-row",
            "An issuer's list has an answer that is none to the request beside it.",
            Some(0),
            |story| {
                let rows: Value = serde_json::from_str(&story.log.issuance[0]).unwrap();
                let other = rows["rows"][1]["answer"].clone();
                story.log.issuance[0] = each_row(&story.log.issuance[0], |place, row| {
                    if place == 0 {
                        row["answer"] = other.clone();
                    }
                });
            },
        ),
        listed(
            "V-10-token-for-nobody",
            "The second issuer lists a row of somebody who is not on the register.",
            Some(1),
            |story| {
                let rows: Value = serde_json::from_str(&story.log.issuance[1]).unwrap();
                let mut rows = rows["rows"].as_array().unwrap().clone();
                rows[0]["handle"] = json!(base64([7; 32]));
                let keyed = |row: Value| (unbase64(&row["handle"]).try_into().unwrap(), row);
                story.log.issuance[1] = rows_blob(rows.into_iter().map(keyed).collect());
            },
        ),
        listed(
            "V-10-more-ballots-than-tokens",
            "The second issuer's list is short of a row: it signed for a ballot that nobody asked for.",
            None,
            |story| {
                let mut rows: Value = serde_json::from_str(&story.log.issuance[1]).unwrap();
                rows["rows"].as_array_mut().unwrap().remove(0);
                story.log.issuance[1] = canonical(&rows);
            },
        ),
    ]
}

fn voting() -> Vec<Record> {
    let vote = [marks(&[4]), marks(&[2])];
    let early = {
        let mut story = Story::new(MAIN);
        story.prepare();
        let index = story.next();
        story.vote(3, 0, &vote);
        story.post("voting_opened", None);
        story.vote(0, 0, &vote);
        story.finish();
        record("V-11-before-voting", "A ballot before voting was opened.", &story, Some(index))
    };
    let mut story = whole();
    let index = story.next();
    story.vote(3, 0, &vote);
    vec![early, record("V-11-after-the-close", "A ballot at the end of the log.", &story, Some(index))]
}

fn openings() -> Vec<Record> {
    let closed = || {
        let mut story = Story::voted(MAIN);
        story.close();
        story.post_issuance();
        story
    };
    let wrong = {
        let mut story = closed();
        story.agree();
        let index = story.next();
        let mut body = story.opening(0);
        let agreed = story.agreement();
        let (mut points, _) = story.log.opening(0, &agreed);
        points.swap(0, 1);
        body["chunk"] = story.store("partial_decryptions", encode(&points));
        story.post_of(0, "opening", &body);
        let body = story.opening(1);
        story.post_of(1, "opening", &body);
        story.result(|_, _| {});
        record("V-12-wrong-share", "Two partial decryptions of a trustee change places.", &story, Some(index))
    };
    let uncounted = {
        let mut story = closed();
        story.agree();
        let index = story.next();
        let mut nonces = story.log.ephemerals();
        // The first ballot of the voter who voted twice.
        let superseded: Value = serde_json::from_str(&story.log.entries[10]).unwrap();
        let r = unbase64(&superseded["ephemeral"]).try_into().unwrap();
        nonces[1] = crate::oracle::point(&r).unwrap();
        let agreed = story.agreement();
        let (points, body) = story.log.opening_of(0, &agreed, nonces);
        story.store("partial_decryptions", encode(&points));
        story.post_of(0, "opening", &body);
        for place in [1, 2] {
            let body = story.opening(place);
            story.post_of(place, "opening", &body);
        }
        story.result(|_, _| {});
        let comment = "A trustee opens a ballot that its voter has replaced. Two others open what they must.";
        record("V-12-opens-what-is-not-counted", comment, &story, Some(index))
    };
    let alone = {
        let mut story = closed();
        let body = story.agreement();
        story.post_of(0, "agreed", &body);
        let index = story.next();
        story.open_ballots();
        story.result(|_, _| {});
        record("V-12-too-few-agreed", "Ballots are opened when one of three has agreed.", &story, Some(index))
    };
    let fork = {
        let mut story = closed();
        let mut body = story.agreement();
        body["root"] = json!(base64([5; 32]));
        for trustee in TRUSTEES {
            story.log.post(trustee, "agreed", &body);
        }
        for place in 0..2 {
            let (points, opening) = story.log.opening(place, &body);
            story.opening(place);
            story.store("partial_decryptions", encode(&points));
            story.post_of(place, "opening", &opening);
        }
        story.result(|_, _| {});
        record("V-12-agreed-on-another-log", "All trustees agreed on the root of another log.", &story, None)
    };
    vec![wrong, uncounted, alone, fork]
}

fn result() -> Vec<Record> {
    let published = |name, comment, change: fn(&mut Vec<u8>, &mut String)| {
        let mut story = Story::voted(MAIN);
        story.close();
        story.post_issuance();
        story.agree();
        story.open_ballots();
        let index = story.next();
        story.result(change);
        story.post("certified", None);
        record(name, comment, &story, Some(index))
    };
    // A token is returned before the trustees agree; the result says that so many were.
    let returned = |name, comment, says: u64| {
        let mut story = Story::voted(MAIN);
        story.close();
        story.post_issuance();
        let unspent = story.voter(3);
        let entry = story.log.returned(&unspent, "south");
        story.append(entry);
        story.agree();
        story.open_ballots();
        let index = story.next();
        story.result(|_, result| {
            let mut value: Value = serde_json::from_str(result).unwrap();
            value["gap"] = json!(value["gap"].as_u64().unwrap() + 1 - says);
            value["returned"] = json!(says);
            *result = canonical(&value);
        });
        story.post("certified", None);
        record(name, comment, &story, Some(index))
    };
    vec![
        published("V-13-another-opening", "Two combined openings change places.", |combined, _| {
            combined.rotate_left(32);
        }),
        published("V-14-a-vote-more", "The result has a vote more than the ballots.", |_, result| {
            let mut value: Value = serde_json::from_str(result).unwrap();
            let votes = &mut value["contests"][0]["options"][4]["votes"];
            *votes = json!(votes.as_u64().unwrap() + 1);
            *result = canonical(&value);
        }),
        published("V-14-another-winner", "The votes are right, and somebody else has won.", |_, result| {
            let mut value: Value = serde_json::from_str(result).unwrap();
            value["contests"][1]["winners"] = json!(["hal"]);
            *result = canonical(&value);
        }),
        published("V-14-gap-hidden", "The result hides that tokens were not used.", |_, result| {
            let mut value: Value = serde_json::from_str(result).unwrap();
            value["gap"] = json!(0);
            *result = canonical(&value);
        }),
        returned(
            "V-14-return-left-out",
            "A token was returned, the trustees opened, and the result leaves the return out.",
            0,
        ),
        returned(
            "V-14-return-invented",
            "The result tells of a second returned token, which nobody has returned.",
            2,
        ),
    ]
}

fn receipts() -> Vec<Record> {
    let story = whole();
    let mut other = story.log.entries[..13].to_vec();
    other.swap(9, 10);
    let forked = story.receipt(9, &other);
    let mut lost = Story::voted(MAIN);
    let voter = lost.voter(3);
    let promised = lost.ballot(&voter, 0, &[marks(&[4]), marks(&[2])], |_| {});
    let promise = story.promise(&promised);
    vec![
        record(
            "V-15-receipt-of-another-log",
            "A voter's receipt is of a log in which ballots stood in another order.",
            &story,
            Some(9),
        )
        .given("receipt", forked),
        record("V-15-broken-promise", "A ballot that the board promised to log is not in it.", &story, None)
            .given("promise", promise),
    ]
}

fn blobs() -> Vec<Record> {
    // Nothing else is read from these.
    let closing = |story: &Story| {
        let entry = story.log.entries.iter().find(|entry| entry.contains("\"kind\":\"voting_closed\""));
        let entry: Value = serde_json::from_str(entry.unwrap()).unwrap();
        entry["body"]["details"].clone()
    };
    let mut story = whole();
    let index = 13;
    let details = closing(&story);
    story.lose(&details);
    let missing = record("V-16-missing-blob", "What an entry names is not there.", &story, Some(index));
    let mut story = whole();
    story.damage(&details);
    let damaged = record("V-16-changed-blob", "What an entry names has another hash.", &story, Some(index));
    let mut story = Story::voted(MAIN);
    let index = story.next();
    let hash = details["sha256"].clone();
    story.log.post("authority", "erased", &json!({"blobs": [hash], "details": null}));
    story.finish();
    let comment = "A blob is erased while voting is open.";
    vec![missing, damaged, record("V-16-erased-too-early", comment, &story, Some(index))]
}

fn signatures() -> Vec<Record> {
    let certified = |name, comment, make: fn(&mut Story) -> String| {
        let mut story = Story::voted(MAIN);
        story.close();
        story.count();
        let entry = make(&mut story);
        let index = story.append(entry);
        record(name, comment, &story, Some(index))
    };
    vec![
        certified(
            "V-17-left-out",
            "An entry of the authority was left out: its numbers have a gap.",
            |story| story.log.numbered("authority", 6, "certified", &json!({"details": null})),
        ),
        certified("V-17-forged-signature", "`certified`, signed by somebody else.", |story| {
            story.log.election.authority = crate::oracle::signature::Ed25519::new([9; 32]);
            story.log.next("authority", "certified", &json!({"details": null}))
        }),
        certified("V-17-certified-by-a-trustee", "A trustee certifies in the authority's place.", |story| {
            story.log.next(TRUSTEES[0], "certified", &json!({"details": null}))
        }),
    ]
}
