//! The count: opened plaintexts to the published result, and published results that the plaintexts do not give (CNT, V-14).

mod cases;

use anyhow::anyhow;
use serde_json::{Value, json};
use urna_crypto::ElectionId;
use urna_election::count::{Count, top_n};
use urna_election::manifest::Manifest;
use urna_election::result::{ElectionResult, Figures};
use urna_election::selection::OpenedBallot;

use super::manifest::{document, json_rules};
use crate::election::{canonical, sha256};
use crate::fields::Fields;
use crate::oracle::plaintext::{self, Ballot};
use crate::vector::{Answer, Area, No, Vector, no, unknown};

use cases::write;

/// The area.
pub const AREA: Area =
    Area { name: "count", write, crates, oracle: |vector, shared| Some(second(vector, shared)) };

fn ballots(input: &Fields) -> Result<Vec<Ballot>, No> {
    let ballot = |item: &Fields| Ok((item.text("class")?.to_owned(), item.bytes("plaintext")?));
    input.object_list("ballots")?.iter().map(ballot).collect()
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &vector.input;
    match vector.operation.as_str() {
        "count" | "check_result" => {
            let text = document(shared.text("manifest")?, input)?;
            let manifest = Manifest::parse(text.as_bytes()).map_err(anyhow::Error::from)?;
            let mut count = Count::new(&manifest);
            for (class, plaintext) in ballots(input)? {
                let class = class.parse().ok().and_then(|id| manifest.class_index(&id));
                let class = class.ok_or_else(|| anyhow!("an unknown class"))?;
                count
                    .add(&OpenedBallot::decode(&manifest, class, &plaintext))
                    .map_err(anyhow::Error::from)?;
            }
            let (entitled, issued) = (input.number("entitled")?, input.number("issued")?);
            let (seen, returned) = (input.number("seen")?, input.number("returned")?);
            let figures = Figures { entitled, issued, seen, returned };
            let result = ElectionResult::new(&manifest, &count, figures).map_err(|_| no("V-10"))?;
            if vector.operation == "check_result" {
                let published = input.text("result")?.as_bytes();
                ElectionResult::parse(published).map_err(|error| json_rules(&error, &["V-14"]))?;
                return if published == result.to_bytes() { Ok(Fields::new()) } else { Err(no("V-14")) };
            }
            let turnout = count.turnout().map_err(anyhow::Error::from)?;
            let figures = json!({
                "blank": turnout.blank,
                "counted": turnout.counted,
                "invalid": turnout.invalid,
                "participated": turnout.participated,
                "weighted": turnout.weighted,
            });
            let mut answer = Fields::new()
                .with("result", &String::from_utf8(result.to_bytes()).unwrap())
                .with("turnout", &figures);
            if let Some(tenths) = turnout.tenths_of_percent(entitled) {
                answer = answer.with("tenths_of_percent", &tenths);
            }
            Ok(answer)
        }
        "top_n" => {
            let outcome = top_n(&input.number_list::<u64>("votes")?, input.number("seats")?);
            let ties: Vec<Value> =
                outcome.ties.iter().map(|tie| json!({"options": tie.options, "seats": tie.seats})).collect();
            Ok(Fields::new().with("ties", &Value::Array(ties)).with("winners", &json!(outcome.winners)))
        }
        other => Err(unknown(other)),
    }
}

fn second(vector: &Vector, shared: &Fields) -> Answer {
    let input = &vector.input;
    match vector.operation.as_str() {
        "count" | "check_result" => {
            let text = document(shared.text("manifest")?, input)?;
            let manifest: Value = serde_json::from_str(&text).map_err(anyhow::Error::from)?;
            let ballots = ballots(input)?;
            let [entitled, issued, seen, returned] =
                ["entitled", "issued", "seen", "returned"].map(|name| input.number::<u64>(name));
            let (entitled, issued, seen, returned) = (entitled?, issued?, seen?, returned?);
            let gap = issued.checked_sub(seen + returned).ok_or_else(|| no("V-10"))?;
            let result = json!({
                "contests": plaintext::contests(&manifest, &ballots),
                "counted": ballots.len(),
                "election_id": ElectionId::from_bytes(sha256(&text)).to_string(),
                "entitled": entitled,
                "gap": gap,
                "issued": issued,
                "returned": returned,
                "seen": seen,
                "trial": manifest["trial"],
            });
            let result = canonical(&result);
            if vector.operation == "check_result" {
                let published = input.text("result")?;
                // Which rule the text breaks first does not matter here: it is not the result.
                let rules = vec!["V-14", "ENC-1", "ENC-2", "ENC-3", "ENC-5"];
                return if published == result { Ok(Fields::new()) } else { Err(No::Refused(rules)) };
            }
            let turnout = plaintext::turnout(&manifest, &ballots);
            let mut answer = Fields::new().with("result", &result).with("turnout", &turnout);
            if entitled > 0 {
                let participated = turnout["participated"].as_u64().unwrap();
                // Rounded half up to a tenth of a percent.
                let tenths = (participated * 1_000 * 2 + entitled) / (entitled * 2);
                answer = answer.with("tenths_of_percent", &tenths);
            }
            Ok(answer)
        }
        "top_n" => {
            let (winners, tie) =
                plaintext::outcome(&input.number_list::<u64>("votes")?, input.number("seats")?);
            let ties: Vec<Value> =
                tie.iter().map(|(options, seats)| json!({"options": options, "seats": seats})).collect();
            Ok(Fields::new().with("ties", &Value::Array(ties)).with("winners", &json!(winners)))
        }
        other => Err(unknown(other)),
    }
}
