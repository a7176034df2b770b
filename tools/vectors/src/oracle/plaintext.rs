//! Ballots as bytes, and the count, read off the manifest's JSON.

use serde_json::{Map, Value, json};

use crate::vector::{No, no};

/// What a ballot says in one contest.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Abstains.
    Abstain,
    /// Marks, ascending.
    Marks(Vec<usize>),
}

impl Choice {
    /// As vectors have it: `"abstain"`, or the list of marks.
    pub fn value(&self) -> Value {
        match self {
            Self::Abstain => json!("abstain"),
            Self::Marks(marks) => json!(marks),
        }
    }
}

fn find<'m>(list: &'m Value, id: &Value) -> &'m Value {
    let mut items = list.as_array().unwrap().iter();
    items.find(|item| &item["id"] == id).unwrap_or(&Value::Null)
}

/// The contests on the ballot of a class, in order.
pub fn style<'m>(manifest: &'m Value, class: &str) -> Vec<&'m Value> {
    let class = find(&manifest["classes"], &json!(class));
    let style = find(&manifest["ballot_styles"], &class["ballot_style"]);
    let ids = style["contests"].as_array().unwrap();
    ids.iter().map(|id| find(&manifest["contests"], id)).collect()
}

fn options(contest: &Value) -> usize {
    contest["options"].as_array().unwrap().len()
}

/// The one length of all plaintexts: that of the longest ballot style.
pub fn length(manifest: &Value) -> usize {
    let classes = manifest["classes"].as_array().unwrap().iter();
    let lengths = classes.map(|class| {
        let contests = style(manifest, class["id"].as_str().unwrap());
        contests.iter().map(|contest| 1 + options(contest).div_ceil(8)).sum()
    });
    lengths.max().unwrap()
}

/// Encodes choices, whether or not they keep the contests' rules.
pub fn encode(manifest: &Value, class: &str, choices: &[Choice]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (contest, choice) in style(manifest, class).iter().zip(choices) {
        let start = bytes.len();
        bytes.resize(start + 1 + options(contest).div_ceil(8), 0);
        match choice {
            Choice::Abstain => bytes[start] = 1,
            Choice::Marks(marks) => {
                for mark in marks {
                    bytes[start + 1 + mark / 8] |= 1 << (mark % 8);
                }
            }
        }
    }
    bytes.resize(length(manifest), 0);
    bytes
}

/// Reads a plaintext.
///
/// # Errors
/// PLA-1, PLA-2, PLA-4, PLA-5.
pub fn decode(manifest: &Value, class: &str, plaintext: &[u8]) -> Result<Vec<Choice>, No> {
    if plaintext.len() != length(manifest) {
        return Err(no("PLA-1"));
    }
    let mut at = 0;
    let mut choices = Vec::new();
    for contest in style(manifest, class) {
        let count = options(contest);
        let (tag, bitmap) = (plaintext[at], &plaintext[at + 1..at + 1 + count.div_ceil(8)]);
        let marks: Vec<usize> = (0..8 * bitmap.len()).filter(|i| bitmap[i / 8] >> (i % 8) & 1 == 1).collect();
        if marks.iter().any(|mark| *mark >= count) {
            return Err(no("PLA-4"));
        }
        choices.push(match (tag, marks.is_empty()) {
            (0, _) => Choice::Marks(marks),
            (1, true) => Choice::Abstain,
            (1, false) => return Err(no("PLA-5")),
            _ => return Err(no("PLA-2")),
        });
        at += 1 + bitmap.len();
    }
    if plaintext[at..].iter().any(|byte| *byte != 0) {
        return Err(no("PLA-4"));
    }
    Ok(choices)
}

/// How a choice stands: `valid`, `blank`, `abstain` or `void`.
pub fn standing(contest: &Value, choice: &Choice) -> &'static str {
    let number = |field: &str| usize::try_from(contest[field].as_u64().unwrap()).unwrap();
    match choice {
        Choice::Abstain if contest["abstain"] == json!(true) => "abstain",
        Choice::Abstain => "void",
        Choice::Marks(marks) if marks.len() < number("min") || marks.len() > number("max") => "void",
        Choice::Marks(marks) if marks.is_empty() => "blank",
        Choice::Marks(_) => "valid",
    }
}

/// A ballot to count: class and plaintext.
pub type Ballot = (String, Vec<u8>);

/// The contests of a result, as its JSON has them.
pub fn contests(manifest: &Value, ballots: &[Ballot]) -> Value {
    let contests = manifest["contests"].as_array().unwrap();
    let language = manifest["languages"][0].as_str().unwrap();
    contests.iter().map(|contest| contest_result(manifest, contest, ballots, language)).collect()
}

fn contest_result(manifest: &Value, contest: &Value, ballots: &[Ballot], language: &str) -> Value {
    let count = options(contest);
    let mut votes = vec![0_u64; count];
    // District to votes; a district of the contest stands there even without any.
    let mut districts: Map<String, Value> = Map::new();
    for class in manifest["classes"].as_array().unwrap() {
        let votes_on = style(manifest, class["id"].as_str().unwrap()).contains(&contest);
        if let (true, Some(district)) = (votes_on, class["district"].as_str()) {
            districts.insert(district.to_owned(), json!(vec![0_u64; count]));
        }
    }
    let mut figures = Map::new();
    for name in ["abstain", "blank", "invalid", "void"] {
        figures.insert(name.to_owned(), json!(0));
    }
    let mut more = |name: &str| {
        let figure = figures.get_mut(name).unwrap();
        *figure = json!(figure.as_u64().unwrap() + 1);
    };
    for (class_id, plaintext) in ballots {
        let class = find(&manifest["classes"], &json!(class_id));
        let style = style(manifest, class_id);
        let Some(place) = style.iter().position(|other| *other == contest) else {
            continue;
        };
        let Ok(choices) = decode(manifest, class_id, plaintext) else {
            more("invalid");
            continue;
        };
        match standing(contest, &choices[place]) {
            "valid" => {
                let Choice::Marks(marks) = &choices[place] else {
                    continue;
                };
                let weight = class["weight"].as_u64().unwrap();
                for mark in marks {
                    votes[*mark] += weight;
                    if let Some(district) = class["district"].as_str() {
                        let votes = &mut districts[district][mark];
                        *votes = json!(votes.as_u64().unwrap() + weight);
                    }
                }
            }
            other => more(other),
        }
    }
    let id = |place: &usize| contest["options"][place]["id"].clone();
    let (winners, ties) = outcome(&votes, usize::try_from(contest["seats"].as_u64().unwrap()).unwrap());
    let ties =
        ties.map(|(tied, seats)| json!({"options": tied.iter().map(id).collect::<Vec<_>>(), "seats": seats}));
    let options: Vec<Value> = (0..count)
        .map(|place| {
            let by_district: Map<String, Value> =
                districts.iter().map(|(district, votes)| (district.clone(), votes[place].clone())).collect();
            json!({
                "districts": by_district,
                "id": id(&place),
                "title": contest["options"][place]["title"][language],
                "votes": votes[place],
            })
        })
        .collect();
    figures.insert("id".into(), contest["id"].clone());
    figures.insert("options".into(), json!(options));
    figures.insert("ties".into(), ties.into_iter().collect());
    figures.insert("title".into(), contest["title"][language].clone());
    figures.insert("winners".into(), winners.iter().map(id).collect::<Vec<_>>().into());
    Value::Object(figures)
}

/// Who wins, the most votes first, and who is tied for how many seats.
pub fn outcome(votes: &[u64], seats: usize) -> (Vec<usize>, Option<(Vec<usize>, usize)>) {
    let (mut winners, mut left) = (Vec::new(), seats);
    let mut levels: Vec<u64> = votes.iter().copied().filter(|votes| *votes > 0).collect();
    levels.sort_unstable();
    levels.dedup();
    for level in levels.into_iter().rev() {
        let with: Vec<usize> = (0..votes.len()).filter(|i| votes[*i] == level).collect();
        if left == 0 {
            break;
        }
        if with.len() > left {
            return (winners, Some((with, left)));
        }
        left -= with.len();
        winners.extend(with);
    }
    (winners, None)
}

/// Figures of people: counted, blank, invalid, participated, weighted.
pub fn turnout(manifest: &Value, ballots: &[Ballot]) -> Value {
    let [mut blank, mut invalid, mut participated, mut weighted] = [0_u64; 4];
    let unused = |policy: &str| manifest["policy"][policy] == json!("unused");
    for (class_id, plaintext) in ballots {
        let class = find(&manifest["classes"], &json!(class_id));
        let contests = style(manifest, class_id);
        let (mut is_blank, mut is_invalid) = (false, true);
        if let Ok(choices) = decode(manifest, class_id, plaintext) {
            is_invalid = false;
            is_blank =
                contests.iter().zip(&choices).all(|(contest, choice)| standing(contest, choice) == "blank");
        }
        blank += u64::from(is_blank);
        invalid += u64::from(is_invalid);
        let absent = is_blank && unused("blank_counts_as") || is_invalid && unused("invalid_counts_as");
        if !absent {
            participated += 1;
            weighted += class["weight"].as_u64().unwrap();
        }
    }
    json!({
        "blank": blank,
        "counted": ballots.len(),
        "invalid": invalid,
        "participated": participated,
        "weighted": weighted,
    })
}
