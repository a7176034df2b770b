//! `urna register roll`, on the files that the issuers of an election have written.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::services::Organisation;

/// Of each person in a roll for the commission: the second and the time.
fn accepted(path: &str) -> BTreeMap<String, (String, String)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["person", "name", "class", "second", "accepted"]);
    let row = |row: csv::StringRecord| (row[0].to_owned(), (row[3].to_owned(), row[4].to_owned()));
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// S3-26 to S3-28, for an election with two issuers in which these people have voted. An issuer learns of the close when it asks the
/// board, so the last one may have taken a token and been refused the ballot.
pub(crate) async fn joins_names_and_seconds(it: &Organisation, slug: &str, voted: &[&str], too_late: &str) {
    let path = |data: String| Path::new(&data).join(slug).join("roll.csv").to_str().unwrap().to_owned();
    let [office, senate] = [0, 1].map(|place| path(it.issuers[place].1.data()));
    let out = it.file("commission.csv");
    let roll = |files: [&str; 2], out: &str| {
        let arguments = ["register", "roll", slug, files[0], files[1], "--out", out].map(str::to_owned);
        async move { it.run("eva", &arguments.each_ref().map(String::as_str)).await }
    };
    roll([&office, &senate], &out).await.expect(0, &["13 people are on the roll"]);
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let people = accepted(&out);
    let with_time = people.iter().filter(|(_, (second, _))| !second.is_empty());
    assert!(with_time.map(|(person, _)| person).filter(|person| *person != too_late).eq(voted), "{people:?}");
    assert!(people.values().all(|(second, time)| second.is_empty() == time.is_empty()));
    assert_eq!(people.len(), 13);
    roll([&office, &senate], &out).await.expect(2, &["is not replaced"]);

    // The latest second is the one; whom one issuer did not answer has none; who was removed has no line.
    let lines = fs::read_to_string(&senate).unwrap();
    let (header, rows) = lines.split_once('\n').unwrap();
    let later = rows.lines().zip(1_900_000_000_u64..).map(|(row, second)| {
        let (before, _) = row.rsplit_once(',').unwrap();
        format!("{before},{second}\n")
    });
    let gone = format!("{},senate,7\n", "0".repeat(64));
    let later = it.write("later-roll.csv", format!("{header}\n{}{gone}", later.collect::<String>()));
    let of_office = fs::read_to_string(&office).unwrap();
    let more = format!("{}{},office,9\n", gone.replace("senate", "office"), "1".repeat(64));
    let more = it.write("more-roll.csv", of_office + &more);
    let told = roll([&more, &later], &it.file("later-commission.csv")).await;
    told.expect(
        0,
        &["1 more were accepted who are not on the register", "1 were answered by some issuers only"],
    );
    let people = accepted(&it.file("later-commission.csv"));
    let mut seconds: Vec<_> = people.values().filter(|(second, _)| !second.is_empty()).collect();
    seconds.sort();
    assert_eq!(seconds[0], &("1900000000".to_owned(), "2030-03-17 18:46:40 +01:00".to_owned()));
    assert_eq!(seconds[seconds.len() - 1].0, (1_899_999_999 + seconds.len()).to_string());

    // What does not fit together makes no file.
    let never = it.file("never.csv");
    let strange = it.write("strange.csv", format!("{header}\n{},senate,7\n", "2".repeat(64)));
    let other = it.write("other.csv", format!("{header}\n{},office,7\n", "2".repeat(64)));
    let torn = it.write("torn.csv", format!("{header}\n{},senate,soon\n", "2".repeat(64)));
    let unknown = it.write("unknown.csv", format!("{header}\n{},mayor,7\n", "2".repeat(64)));
    for (files, says) in [
        ([&office, &office], "the same issuer"),
        ([&office, &torn], "torn.csv:2: a line is"),
        ([&office, &unknown], "unknown.csv:2: the election has no such issuer"),
        ([&office, &it.file("voters.csv")], "voters.csv:1: this is no issuer's roll"),
        ([&other, &strange], "of another election"),
    ] {
        roll(files.map(String::as_str), &never).await.expect(2, &[says]);
    }
    let one = ["register", "roll", slug, &office, "--out", &never];
    it.run("eva", &one).await.expect(2, &["one roll of each issuer of the election: office, senate"]);
    assert!(!fs::exists(&never).unwrap());
}
