//! The ballot file: districts, options, and a choice for every voter.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, bail, ensure};

/// Values that are no choice: nothing marked, or more than one.
pub(crate) const NO_CHOICE: [&str; 3] = ["", "undervote", "overvote"];

/// A district or an option: its name in the file and its id in the manifest.
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A line of the file, by places in the lists of districts and options.
pub(crate) struct Line {
    pub(crate) district: usize,
    /// `None` is a blank ballot.
    pub(crate) choice: Option<usize>,
}

pub(crate) struct BallotFile {
    pub(crate) districts: Vec<Named>,
    pub(crate) options: Vec<Named>,
    pub(crate) lines: Vec<Line>,
}

impl BallotFile {
    /// Reads the first `voters` lines of a file. Options and districts stand in alphabetical order, and all options of
    /// the file stand for election, whichever lines vote.
    pub(crate) fn parse(bytes: &[u8], voters: Option<usize>) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let header = reader.headers().context("the ballot file has no header")?.clone();
        ensure!(
            header.len() >= 2 && header.iter().enumerate().all(|(i, name)| name == column(i)),
            "the ballot file's header must be district,choice_1,…,choice_k, not {}",
            header.iter().collect::<Vec<_>>().join(",")
        );
        let mut rows = Vec::new();
        let (mut districts, mut options) = (BTreeSet::new(), BTreeSet::new());
        for record in reader.records() {
            let record = record.context("the ballot file")?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut fields = record.iter().map(str::to_owned);
            let district = fields.next().filter(|district| !district.is_empty());
            let Some(district) = district else { bail!("line {line} of the ballot file names no district") };
            let choices: Vec<_> = fields.filter(|value| !NO_CHOICE.contains(&value.as_str())).collect();
            options.extend(choices.iter().cloned());
            if voters.is_none_or(|voters| rows.len() < voters) {
                districts.insert(district.clone());
                rows.push((district, choices.into_iter().next()));
            }
        }
        ensure!(!rows.is_empty(), "the ballot file has no ballots: it needs a line for each voter");
        ensure!(!options.is_empty(), "no line of the ballot file names an option");
        if let Some(voters) = voters.filter(|voters| *voters > rows.len()) {
            bail!("--voters {voters}, but the ballot file has {} lines", rows.len());
        }

        let districts = named(districts, "district");
        let options = named(options, "option");
        let places = |list: &[Named]| -> HashMap<String, usize> {
            list.iter().enumerate().map(|(place, named)| (named.name.clone(), place)).collect()
        };
        let (district_places, option_places) = (places(&districts), places(&options));
        let lines = rows.into_iter().filter_map(|(district, choice)| {
            let choice = choice.and_then(|choice| option_places.get(&choice).copied());
            Some(Line { district: *district_places.get(&district)?, choice })
        });
        let lines = lines.collect();
        Ok(Self { districts, options, lines })
    }
}

fn column(place: usize) -> String {
    if place == 0 { "district".into() } else { format!("choice_{place}") }
}

/// Gives every name an id of the manifest's alphabet: the name itself in lower case where that is possible.
fn named(names: BTreeSet<String>, what: &str) -> Vec<Named> {
    let mut taken = BTreeSet::new();
    let names = names.into_iter().enumerate();
    names
        .map(|(place, name)| {
            let words = name.split(|character: char| !character.is_ascii_alphanumeric());
            let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
            let mut id = words.join("-").to_ascii_lowercase();
            if !(1..=40).contains(&id.len()) || !taken.insert(id.clone()) {
                id = format!("{what}-number-{}", place + 1);
                taken.insert(id.clone());
            }
            Named { id, name }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, voters: Option<usize>) -> anyhow::Result<BallotFile> {
        BallotFile::parse(text.as_bytes(), voters)
    }

    #[test]
    fn accepts_quotes_blank_lines_and_few_voters() {
        let text = "district,choice_1,choice_2\n\"North, old\",overvote,\"Åsa \"\"A\"\"\"\nSouth,undervote,undervote\nSouth,Bo,Åsa\n";
        let file = parse(text, Some(2)).unwrap();
        let names = |list: &[Named]| {
            list.iter().map(|named| (named.id.clone(), named.name.clone())).collect::<Vec<_>>()
        };
        assert_eq!(
            names(&file.districts),
            [("north-old".into(), "North, old".into()), ("south".into(), "South".into())]
        );
        assert_eq!(file.options.len(), 3);
        assert_eq!(file.lines.len(), 2);
        assert_eq!(file.lines[1].choice, None);
        assert_eq!(file.options[file.lines[0].choice.unwrap()].name, "Åsa \"A\"");
    }

    #[test]
    fn gives_every_name_its_own_id() {
        let long = "x".repeat(41);
        let file = parse(&format!("district,choice_1\na,A b\na,a-B\na,Ф\na,{long}\n"), None).unwrap();
        let ids: BTreeSet<_> = file.options.iter().map(|option| option.id.as_str()).collect();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn rejects_what_is_no_ballot_file_and_says_where() {
        for (text, voters, message) in [
            ("", None, "header"),
            ("district\na\n", None, "header"),
            ("district,choice_2\na,b\n", None, "header"),
            ("choice_1,district\na,b\n", None, "header"),
            ("district,choice_1\n", None, "no ballots"),
            ("district,choice_1\na,undervote\n", None, "option"),
            ("district,choice_1\na,b\n,b\n", None, "line 3"),
            ("district,choice_1\na,b\na,b,c\n", None, "ballot file"),
            ("district,choice_1\na,b\n", Some(2), "--voters 2"),
        ] {
            let error = format!("{:#}", parse(text, voters).err().unwrap());
            assert!(error.contains(message), "{text:?}: {error}");
        }
    }
}
