//! What voters were told, and whether the board and its result say the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use urna_api::ProblemType;
use urna_api::client::BoardClient;
use urna_client::Recorded;
use urna_client::driver::Failure;
use urna_election::Slug;
use urna_election::result::ElectionResult;
use urna_log::{Receipt, SignedPromise};
use urna_verifier::Named;

use super::organising::{CLASSES, OPTIONS, SLUG};
use super::services::Acknowledged;
use crate::voters::{Guest, Polls, Step};

/// What was acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Voters with a token.
    pub issued: u64,
    /// Voters who ever cast.
    pub seen: u64,
    /// Tokens given back.
    pub returned: u64,
    /// Voters whose ballot stands.
    pub counted: u64,
    /// Ballots without a mark.
    pub blank: u64,
    /// Votes by option and district.
    pub votes: BTreeMap<(String, String), u64>,
}

impl Model {
    /// What these voters did, of whom so many gave their tokens back.
    ///
    /// # Errors
    /// None of the voters of this torture.
    pub(super) fn of(guests: &[Arc<Guest>], returned: usize) -> anyhow::Result<Self> {
        let mut model = Self { returned: returned.try_into()?, ..Self::default() };
        for option in OPTIONS {
            for class in CLASSES {
                model.votes.insert((option.to_owned(), class.to_owned()), 0);
            }
        }
        for guest in guests {
            model.issued += 1;
            model.seen += u64::from(!guest.steps.is_empty());
            let Some(Step::Cast(mark)) = guest.steps.last() else { continue };
            model.counted += 1;
            let Some(mark) = mark else {
                model.blank += 1;
                continue;
            };
            let option = OPTIONS.get(usize::from(*mark)).context("no such option")?;
            let place: usize = guest.invitation.person().trim_start_matches('v').parse()?;
            let class = CLASSES.iter().cycle().nth(place).context("no classes")?;
            *model.votes.entry(((*option).to_owned(), (*class).to_owned())).or_default() += 1;
        }
        Ok(model)
    }

    /// What a result says.
    pub(super) fn published(result: &ElectionResult) -> Self {
        let mut votes = BTreeMap::new();
        let mut blank = 0;
        for contest in &result.contests {
            blank += contest.blank.value();
            for option in &contest.options {
                for (district, count) in &option.districts {
                    votes.insert((option.id.to_string(), district.to_string()), count.value());
                }
            }
        }
        Self {
            issued: result.issued.value(),
            seen: result.seen.value(),
            returned: result.returned.value(),
            counted: result.counted.value(),
            blank,
            votes,
        }
    }
}

/// Takes the token and casts: how often the device was dropped.
pub(super) async fn come(guest: Arc<Guest>, acknowledged: Acknowledged) -> Result<usize, Failure> {
    Polls::default().come(&guest, || acknowledged.tell()).await
}

/// Gives an unused token back.
pub(super) async fn give_back(guest: Arc<Guest>, acknowledged: Acknowledged) -> Result<(), Failure> {
    let mut driver = Polls::default().device(&guest);
    driver.open(None).await?;
    driver.give_back().await?;
    acknowledged.tell();
    Ok(())
}

/// What the board has said to a voter.
#[derive(Default)]
pub(super) struct Words {
    pub(super) receipts: Vec<Named<Receipt>>,
    pub(super) promises: Vec<Named<SignedPromise>>,
}

/// What the voter's own device finds on the board, and all that the board ever said to it.
///
/// # Errors
/// What is wrong.
pub(super) async fn look(guest: Arc<Guest>, acknowledged: Acknowledged) -> Result<Words, String> {
    let name = guest.invitation.person();
    let failed = |failure: Failure| format!("{name} cannot check: {failure}");
    let mut driver = Polls::default().device(&guest);
    driver.open(None).await.map_err(failed)?;
    let found = driver.check().await.map_err(failed)?;
    acknowledged.tell();
    let last = u32::try_from(guest.steps.len()).unwrap_or(u32::MAX).checked_sub(1);
    let is_there = match (&found.recorded, last) {
        (Recorded::AsSaved { sequence, .. }, Some(last)) => *sequence == last,
        (Recorded::Nothing | Recorded::Returned { .. }, None) => true,
        _ => false,
    };
    if !is_there || found.overdue {
        return Err(format!("{name} did {:?} and finds {found:?}: LOST", guest.steps));
    }
    let mut words = Words::default();
    for (place, kept) in driver.voter().into_iter().flat_map(|voter| voter.kept()).enumerate() {
        let name = format!("{name}, entry {place}");
        if let Some(promise) = kept.promise {
            words.promises.push(Named { name: name.clone(), item: promise.clone() });
        }
        match kept.receipt {
            Some(receipt) => words.receipts.push(Named { name, item: receipt.clone() }),
            None => return Err(format!("{name}: the board has given no receipt for it")),
        }
    }
    Ok(words)
}

/// Whether the board has as many entries of a voter as the voter has cast.
///
/// # Errors
/// The board does not answer.
pub(super) async fn entries_of(board: &BoardClient, guest: &Arc<Guest>) -> anyhow::Result<Option<String>> {
    if guest.steps.is_empty() {
        return Ok(None);
    }
    let name = guest.invitation.person();
    let slug: Slug = SLUG.parse()?;
    let mut driver = Polls::default().device(guest);
    let identifier = driver.open(None).await?.identifier();
    let entries = match board.entries_of(&slug, &identifier).await {
        Err(error) if error.kind() == Some(ProblemType::UnknownIdentifier) => Vec::new(),
        shown => shown?.entries,
    };
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    let done: Vec<_> = guest
        .steps
        .iter()
        .map(|step| match step {
            Step::Cast(_) => "ballot",
            Step::Withdraw => "withdrawal",
        })
        .collect();
    Ok((kinds != done).then(|| format!("{name} did {done:?}, and the board has {kinds:?}")))
}
