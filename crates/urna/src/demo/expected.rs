//! What the count must be, read from the ballot file by itself: nothing here knows of manifests, ids or elections.

use std::collections::BTreeMap;

use super::ballot_file::NO_CHOICE;

/// Votes by (option, district) as the file names them; blank ballots under `None`.
pub(crate) struct Expected(BTreeMap<(Option<String>, String), u64>);

impl Expected {
    pub(crate) fn read(bytes: &[u8], voters: Option<usize>) -> anyhow::Result<Self> {
        let mut votes = BTreeMap::new();
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        for row in reader.deserialize::<Vec<String>>().take(voters.unwrap_or(usize::MAX)) {
            let mut row = row?.into_iter();
            let district = row.next().unwrap_or_default();
            let choice = row.find(|value| !NO_CHOICE.contains(&value.as_str()));
            *votes.entry((choice, district)).or_default() += 1;
        }
        Ok(Self(votes))
    }

    pub(crate) fn votes(&self, option: Option<&str>, district: &str) -> u64 {
        self.0.get(&(option.map(str::to_owned), district.to_owned())).copied().unwrap_or_default()
    }

    /// Votes over all districts.
    pub(crate) fn total(&self, option: Option<&str>) -> u64 {
        self.0.iter().filter(|((name, _), _)| name.as_deref() == option).map(|(_, votes)| votes).sum()
    }
}
