//! What the count must be: as a script counts the ballot file that shares nothing with this program, and for the ballots of
//! Ward 5 as the city did.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Counts a ballot file; it is as short as a reader who trusts nobody wants it.
const SCRIPT: &str = include_str!("../../../../tools/expected-counts");
/// The city's own count.
const WARD_5: &[u8] = include_bytes!("../../../../tests/data/minneapolis-2013-ward-5-first-round.csv");

/// Votes by (option, district) as the file names them; blank ballots under the empty option.
pub(crate) struct Expected(BTreeMap<(String, String), u64>);

impl Expected {
    /// Has the script count the first `voters` ballots of a file.
    ///
    /// # Errors
    /// There is no perl, or the script refuses the file.
    pub(crate) fn count(bytes: &[u8], voters: Option<usize>) -> anyhow::Result<Self> {
        let mut command = Command::new("perl");
        command.args(["-e", SCRIPT, "--", "-"]).args(voters.map(|voters| voters.to_string()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut perl = command.spawn().context(
            "the demo compares its count with that of tools/expected-counts, for which it needs perl (Debian: perl-base)",
        )?;
        // The script reads everything before it says anything; one that ends early has said why.
        let _ = perl.stdin.take().context("perl has no input")?.write_all(bytes);
        let output = perl.wait_with_output()?;
        if !output.status.success() {
            bail!("tools/expected-counts: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let mut votes = BTreeMap::new();
        for row in csv::Reader::from_reader(output.stdout.as_slice()).into_deserialize() {
            let (count, district, option): (u64, String, String) = row.context("tools/expected-counts")?;
            votes.insert((option, district), count);
        }
        Ok(Self(votes))
    }

    /// Votes for an option in a district; the empty option is blank ballots.
    pub(crate) fn votes(&self, option: &str, district: &str) -> u64 {
        self.0.get(&(option.to_owned(), district.to_owned())).copied().unwrap_or_default()
    }

    /// Votes over all districts.
    pub(crate) fn total(&self, option: &str) -> u64 {
        self.0.iter().filter(|((name, _), _)| name == option).map(|(_, votes)| votes).sum()
    }
}

/// The city's votes by option of the ballots of Ward 5; blank ballots under the empty option.
pub(crate) fn official() -> anyhow::Result<BTreeMap<String, u64>> {
    let rows = csv::Reader::from_reader(WARD_5).into_deserialize();
    rows.collect::<Result<_, _>>().context("the city's own count")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_quotes_blank_lines_and_fewer_ballots() {
        let file = "district,choice_1,choice_2\r\n\"a \"\"b\"\", c\",undervote,\"x\ny\"\r\n\r\n p ,\"\",Åsa\np,overvote,\np,z,\n";
        let votes = Expected::count(file.as_bytes(), Some(3)).unwrap();
        assert_eq!(votes.votes("x\ny", "a \"b\", c"), 1);
        assert_eq!((votes.votes("Åsa", "p"), votes.votes("", "p"), votes.votes("z", "p")), (1, 1, 0));
        assert_eq!((votes.total("Åsa"), votes.total("nobody")), (1, 0));
    }

    #[test]
    fn rejects_what_is_no_ballot_file() {
        for file in ["", "name,choice_1\na,b\n", "district,choice_1\na,\"b", "district,choice_1\na,\"b\"c\n"]
        {
            assert!(Expected::count(file.as_bytes(), None).is_err(), "{file}");
        }
    }
}
