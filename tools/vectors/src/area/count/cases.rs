//! Ballots with their count, and results that are not it.

use serde_json::{Value, json};

use super::second;
use crate::area::manifest::document;
use crate::election::{Election, MAIN, canonical};
use crate::fields::{Fields, List, hex};
use crate::oracle::plaintext::{self, Ballot, Choice};
use crate::vector::{File, Vector};

/// Counts a vector's ballots, and writes down what comes out.
struct Maker {
    manifest: Value,
    shared: Fields,
    vectors: Vec<Vector>,
}

/// A ballot of a class with these choices.
pub(super) fn ballot(manifest: &Value, class: &str, choices: &[Choice]) -> Ballot {
    (class.to_owned(), plaintext::encode(manifest, class, choices))
}

fn marks(marks: &[usize]) -> Choice {
    Choice::Marks(marks.to_vec())
}

impl Maker {
    fn input(ballots: &[Ballot], entitled: u64) -> Fields {
        let objects: Vec<Fields> = ballots
            .iter()
            .map(|(class, plaintext)| Fields::new().with("class", class).with("plaintext", plaintext))
            .collect();
        let seen = u64::try_from(ballots.len()).unwrap();
        Fields::new()
            .with("ballots", &List(&objects))
            .with("entitled", &entitled)
            .with("issued", &(seen + 1))
            .with("returned", &0_u64)
            .with("seen", &seen)
    }

    fn count(&mut self, name: &str, rule: &str, comment: &str, input: Fields) -> Fields {
        let mut vector = Vector::accept("count", name, rule, comment, input, Fields::new());
        vector.values = second(&vector, &self.shared).unwrap();
        let values = vector.values.clone();
        self.vectors.push(vector);
        values
    }

    fn changed(&self, changes: &Value) -> Value {
        let input = Fields::new().with("changes", changes);
        serde_json::from_str(&document(&canonical(&self.manifest), &input).unwrap()).unwrap()
    }
}

fn replace(path: &str, value: Value) -> Value {
    json!({"op": "replace", "path": path, "value": value})
}

pub(super) fn write() -> File {
    let election = Election::new(MAIN);
    let shared = Fields::new().with("manifest", &election.text);
    let mut maker = Maker { manifest: election.manifest, shared: shared.clone(), vectors: Vec::new() };
    let m = maker.manifest.clone();
    let both = [
        ballot(&m, "north", &[marks(&[0, 1]), marks(&[0])]),
        ballot(&m, "north", &[marks(&[0]), marks(&[1])]),
        ballot(&m, "south", &[marks(&[1]), marks(&[1])]),
        ballot(&m, "south", &[Choice::Abstain, marks(&[2])]),
        ballot(&m, "north", &[marks(&[]), marks(&[1])]),
        ballot(&m, "south", &[marks(&[0, 1, 2]), marks(&[0])]),
        ballot(&m, "collective", &[marks(&[4])]),
        ("north".into(), vec![2, 0, 0, 1]),
    ];
    let input = Maker::input(&both, 20);
    let values = maker.count(
        "everything once",
        "CNT-4",
        "Marks, an abstention, a blank, a void and an invalid one, weights 1 and 3, two districts.",
        input.clone(),
    );
    results(&mut maker, &input, values.text("result").unwrap());
    maker.count("no ballots", "CNT-7", "Nobody wins without votes.", Maker::input(&[], 20));
    maker.count("nobody is entitled", "CNT-5", "There is no percentage.", Maker::input(&[], 0));
    let tied = [
        ballot(&m, "north", &[marks(&[0, 2]), marks(&[0])]),
        ballot(&m, "south", &[marks(&[0, 3]), marks(&[1])]),
    ];
    let input = Maker::input(&tied, 2);
    let values = maker.count(
        "ties",
        "CNT-7",
        "cyd and dan for the second seat, fay and gus for the only one.",
        input.clone(),
    );
    broken_ties(&mut maker, &input, values.text("result").unwrap());
    requirements(&mut maker);
    policies(&mut maker);
    outcomes(&mut maker.vectors);
    File { area: "count".into(), shared, vectors: maker.vectors }
}

/// T-3, T-6 and T-10 of `spec/requirements.md`.
fn requirements(maker: &mut Maker) {
    // T-3: at most 15 of 20; fifteen marks count, sixteen are void in this contest only.
    let twenty: Value = (0..20)
        .map(|i| json!({"description": null, "id": format!("m{i}"), "title": {"en": format!("Member {i}")}}))
        .collect();
    let changes = json!([
        replace("/contests/0/options", twenty),
        replace("/contests/0/max", json!(15)),
        replace("/contests/0/seats", json!(15)),
    ]);
    let manifest = maker.changed(&changes);
    let all: Vec<usize> = (0..16).collect();
    let ballots = [
        ballot(&manifest, "north", &[marks(&all[..15]), marks(&[0])]),
        ballot(&manifest, "north", &[marks(&all), marks(&[2])]),
    ];
    let input = Maker::input(&ballots, 10).with("changes", &changes);
    maker.count(
        "sixteen marks where fifteen are allowed",
        "T-3",
        "Void for the board; the auditor's vote counts.",
        input,
    );
    // T-6: an empty ballot of weight 3.
    let m = maker.manifest.clone();
    let empty = [ballot(&m, "collective", &[marks(&[])])];
    maker.count(
        "an empty ballot of weight three",
        "T-6",
        "Three in the weighted turnout, no votes.",
        Maker::input(&empty, 1),
    );
    // T-10: 50 choose, 10 abstain, of 200.
    let changes = json!([replace("/contests/1/abstain", json!(true))]);
    let manifest = maker.changed(&changes);
    let mut ballots = vec![ballot(&manifest, "north", &[marks(&[0]), marks(&[1])]); 50];
    ballots.extend(vec![ballot(&manifest, "south", &[Choice::Abstain, Choice::Abstain]); 10]);
    let input = Maker::input(&ballots, 200).with("changes", &changes);
    maker.count("fifty choose and ten abstain", "T-10", "60 of 200 took part: 30.0 %.", input);
    for (participated, entitled, comment) in [
        (1_usize, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 16, "6.25, rounded half up to 6.3"),
        (1, 2_000, "0.05, rounded half up to 0.1"),
    ] {
        let ballots = vec![ballot(&m, "north", &[marks(&[0]), marks(&[0])]); participated];
        let name = format!("{participated} of {entitled}");
        maker.count(&name, "CNT-5", comment, Maker::input(&ballots, entitled));
    }
}

fn policies(maker: &mut Maker) {
    for blank in ["participated", "unused"] {
        for invalid in ["participated", "unused"] {
            let changes = json!([
                replace("/contests/1/min", json!(0)),
                replace("/policy/blank_counts_as", json!(blank)),
                replace("/policy/invalid_counts_as", json!(invalid)),
            ]);
            let manifest = maker.changed(&changes);
            let ballots = [
                ballot(&manifest, "collective", &[marks(&[])]),
                ballot(&manifest, "collective", &[marks(&[0])]),
                ballot(&manifest, "north", &[marks(&[]), marks(&[0])]),
                ballot(&manifest, "south", &[marks(&[]), marks(&[])]),
                ("north".into(), Vec::new()),
            ];
            let name = format!("blank {blank}, invalid {invalid}");
            let comment = "Who took part; blank in one contest only is not blank.";
            let input = Maker::input(&ballots, 20).with("changes", &changes);
            maker.count(&name, "CNT-5", comment, input);
        }
    }
}

fn outcomes(vectors: &mut Vec<Vector>) {
    for (name, comment, votes, seats) in [
        ("one seat", "The most votes.", vec![3_u64, 9, 5, 5], 1_u64),
        ("three seats, equals within", "Equal votes within the seats are no tie.", vec![3, 9, 5, 5], 3),
        ("as many seats as options", "All win.", vec![3, 9, 5, 5], 4),
        ("two seats, equals at the last", "A tie of two for one seat.", vec![3, 9, 5, 5], 2),
        ("three equals for two seats", "A tie of three for two.", vec![3, 9, 5, 5, 5], 3),
        ("all equal", "A tie of all, no winner.", vec![80, 80], 1),
        ("seats without votes", "A seat stays unfilled.", vec![0, 2, 0], 3),
        ("no votes at all", "Nobody wins, nobody is tied.", vec![0, 0, 0], 1),
    ] {
        let input = Fields::new().with("seats", &seats).with("votes", &List(&votes));
        let mut vector = Vector::accept("top_n", name, "CNT-7", comment, input, Fields::new());
        vector.values = second(&vector, &Fields::new()).unwrap();
        vectors.push(vector);
    }
}

/// A published result that is not the count.
fn wrong(input: &Fields, name: &str, rule: &str, comment: &str, result: &str) -> Vector {
    Vector::reject("check_result", name, rule, comment, input.clone().with("result", result))
}

fn results(maker: &mut Maker, input: &Fields, result: &str) {
    maker.vectors.push(Vector::accept(
        "check_result",
        "the published result is the count",
        "V-14",
        "Byte by byte.",
        input.clone().with("result", result),
        Fields::new(),
    ));
    let value: Value = serde_json::from_str(result).unwrap();
    let with = |path: &str, new: Value| {
        let mut value = value.clone();
        let at = value.pointer_mut(path).unwrap();
        assert_ne!(*at, new, "{path}");
        *at = new;
        canonical(&value)
    };
    for (name, comment, path, new) in [
        ("one vote more", "ada.", "/contests/0/options/0/votes", json!(3)),
        (
            "the weight forgotten",
            "eva has 3 votes by one ballot of weight 3.",
            "/contests/0/options/4/votes",
            json!(1),
        ),
        (
            "void votes counted",
            "cyd was marked on a void ballot only.",
            "/contests/0/options/2/votes",
            json!(1),
        ),
        (
            "a district's figure moved",
            "The sum is right, the district is not.",
            "/contests/0/options/0/districts/n",
            json!(1),
        ),
        (
            "a district added",
            "The contest's classes have n and s.",
            "/contests/0/options/0/districts",
            json!({"e": 0, "n": 2, "s": 0}),
        ),
        (
            "districts left out",
            "Figures per district are part of the result.",
            "/contests/0/options/0/districts",
            json!({}),
        ),
        ("the void counted as blank", "Void.", "/contests/0/void", json!(0)),
        ("the blank counted as an abstention", "Abstentions are explicit.", "/contests/0/abstain", json!(2)),
        ("the invalid left out", "Invalid ballots are listed.", "/contests/0/invalid", json!(0)),
        (
            "void in one contest, void in all",
            "The auditor's vote of that ballot counts.",
            "/contests/1/void",
            json!(1),
        ),
        ("another winner", "eva has the most votes.", "/contests/0/winners", json!(["ada", "bob"])),
        ("winners in another order", "The most votes first.", "/contests/1/winners", json!([])),
        (
            "a tie that is none",
            "gus has the most votes.",
            "/contests/1/ties",
            json!([{"options": ["fay", "gus"], "seats": 1}]),
        ),
        (
            "an option's title changed",
            "As in the manifest.",
            "/contests/1/options/0/title",
            json!("Candidate fey"),
        ),
        (
            "a contest's title changed",
            "As in the manifest.",
            "/contests/1/title",
            json!("Election of the auditors"),
        ),
        (
            "an option left out",
            "All options, in the manifest's order.",
            "/contests/1/options",
            json!([value["contests"][1]["options"][0], value["contests"][1]["options"][1]]),
        ),
        (
            "options in another order",
            "As in the manifest.",
            "/contests/1/options",
            json!([
                value["contests"][1]["options"][1],
                value["contests"][1]["options"][0],
                value["contests"][1]["options"][2]
            ]),
        ),
        (
            "contests in another order",
            "As in the manifest.",
            "/contests",
            json!([value["contests"][1], value["contests"][0]]),
        ),
        ("a contest left out", "All contests.", "/contests", json!([value["contests"][0]])),
        ("fewer counted", "All counted ballots, whatever is on them.", "/counted", json!(7)),
        ("the gap hidden", "issued - seen - returned.", "/gap", json!(0)),
        ("more entitled", "The last register's.", "/entitled", json!(21)),
        ("more seen", "Every pseudonym that appeared.", "/seen", json!(9)),
        ("another election", "The id of this election.", "/election_id", json!(hex([7; 32]))),
    ] {
        maker.vectors.push(wrong(input, &format!("result: {name}"), "V-14", comment, &with(path, new)));
    }
    for (name, rule, comment, find, to) in [
        ("whitespace", "ENC-1", "Not canonical.", "{\"contests\"", "{ \"contests\""),
        ("an unknown member", "ENC-2", "Refused, never ignored.", "\"gap\":", "\"fair\":true,\"gap\":"),
        ("a fraction", "ENC-3", "Figures are integers.", "\"counted\":8", "\"counted\":8.0"),
        ("a negative figure", "ENC-3", "Figures are not negative.", "\"gap\":1", "\"gap\":-1"),
        (
            "a figure beyond 2^53 - 1",
            "ENC-3",
            "Not exact in every reader.",
            "\"gap\":1",
            "\"gap\":9007199254740993",
        ),
        ("a winner that is no id", "ENC-5", "A capital.", "\"winners\":[\"eva\"", "\"winners\":[\"Eva\""),
    ] {
        let text = result.replacen(find, to, 1);
        assert_ne!(text, result, "{name}");
        maker.vectors.push(wrong(input, &format!("result: {name}"), rule, comment, &text));
    }
    let more = input.clone().with("seen", &30_u64);
    maker.vectors.push(Vector::reject(
        "count",
        "more seen than issued",
        "V-10",
        "An issuer signed without a request: there is no result.",
        more,
    ));
    let more = input.clone().with("returned", &2_u64);
    maker.vectors.push(Vector::reject(
        "count",
        "more seen and returned than issued",
        "V-10",
        "8 seen, 2 returned, 9 issued.",
        more,
    ));
}

/// Ties that somebody decided.
fn broken_ties(maker: &mut Maker, input: &Fields, result: &str) {
    let value: Value = serde_json::from_str(result).unwrap();
    let with = |contest: usize, winners: Value, ties: Value| {
        let mut value = value.clone();
        value["contests"][contest]["winners"] = winners;
        value["contests"][contest]["ties"] = ties;
        canonical(&value)
    };
    let open = value["contests"][0]["ties"].clone();
    for (name, comment, result) in [
        (
            "a tie broken by the manifest's order",
            "cyd before dan.",
            with(0, json!(["ada", "cyd"]), json!([])),
        ),
        (
            "a tie broken, and still reported",
            "dan wins and is tied.",
            with(0, json!(["ada", "dan"]), open.clone()),
        ),
        ("a tie broken for a single seat", "fay.", with(1, json!(["fay"]), json!([]))),
        ("a tie hidden", "Nobody wins, nobody is tied.", with(1, json!([]), json!([]))),
        (
            "a tie with one option more",
            "ada has a seat.",
            with(0, json!(["ada"]), json!([{"options": ["ada", "cyd", "dan"], "seats": 1}])),
        ),
        (
            "a tie for another number of seats",
            "One seat is left.",
            with(0, json!(["ada"]), json!([{"options": ["cyd", "dan"], "seats": 2}])),
        ),
        (
            "a tie in another order",
            "As in the manifest.",
            with(0, json!(["ada"]), json!([{"options": ["dan", "cyd"], "seats": 1}])),
        ),
        (
            "a clear winner declared tied",
            "ada has more.",
            with(0, json!([]), json!([{"options": ["ada", "cyd", "dan"], "seats": 2}])),
        ),
    ] {
        maker.vectors.push(wrong(input, name, "V-14", comment, &result));
    }
}
