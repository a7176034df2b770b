//! What turnout was while voting was open, where the policy lets everybody see it: for a curve.
//!
//! The board is asked now and then for the number that it shows to everybody. Nothing else of it is kept: when that number was
//! seen, to within [`EVERY`] seconds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use urna_election::Slug;
use urna_election::entry::Kind;
use urna_election::manifest::draft::InterimFigures;

use crate::posting::board_error;
use crate::records::{Turnouts, Write};
use crate::service::{Authority, Result};
use crate::store::{Changes, Table};

/// How often the board is asked, in seconds.
const EVERY: u64 = 20;
/// The most moments that are kept: of more, every second is forgotten.
const MOMENTS: usize = 720;

/// When the board was asked last, by election.
#[derive(Default)]
pub(crate) struct Asked(Mutex<BTreeMap<Slug, u64>>);

impl Asked {
    /// Whether it is time to ask again; then it counts as asked.
    fn is_time(&self, slug: &Slug, now: u64) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = asked.get(slug).is_none_or(|before| now.abs_diff(*before) >= EVERY);
        if is_time {
            asked.insert(slug.clone(), now);
        }
        is_time
    }
}

impl Authority {
    /// Keeps what turnout is now, if voting is open, everybody may see it, and it is time to look again.
    ///
    /// # Errors
    /// [`AuthorityError::Board`](crate::AuthorityError::Board).
    pub async fn watch_turnout(self: &Arc<Self>, slug: &Slug) -> Result<()> {
        let name = slug.clone();
        let is_shown = self.on_disk(move |authority| {
            let Some(published) = authority.election(&name)?.published else { return Ok(false) };
            let is_open = published.posted(Kind::VotingOpened).is_some() && !published.has_ended();
            Ok(is_open && authority.shows_turnout(&name)?)
        });
        if !is_shown.await? || !self.asked.is_time(slug, self.now()) {
            return Ok(());
        }
        let Some(turnout) = self.board.status(slug).await.map_err(board_error)?.turnout else {
            return Ok(());
        };
        let name = slug.clone();
        self.on_disk(move |authority| authority.keep_turnout(&name, turnout.cast)).await
    }

    /// Whether everybody may see turnout while voting is open.
    fn shows_turnout(&self, slug: &Slug) -> Result<bool> {
        Ok(self.manifest_of(slug)?.policy().interim_figures == InterimFigures::Turnout)
    }

    /// The curve begins with nobody, when voting opens.
    pub(crate) fn begin_turnout(&self, slug: &Slug) -> Result<()> {
        if self.shows_turnout(slug)? { self.keep_turnout(slug, 0) } else { Ok(()) }
    }

    fn keep_turnout(&self, slug: &Slug, cast: u64) -> Result<()> {
        let _changing = self.changing();
        let Turnouts { seen } = self.records.turnout(slug)?;
        let kept = Turnouts { seen: extended(seen, self.now(), cast) };
        let mut changes = Changes::default();
        changes.write(Table::Turnouts, slug.as_str().into(), &kept)?;
        self.records.commit(&changes)
    }

    /// The last that was kept, and how many are on the list now; none where nothing is kept.
    pub(crate) fn newest_turnout(&self, slug: &Slug) -> Result<Option<(u64, u64)>> {
        let Some((_, cast)) = self.records.turnout(slug)?.seen.pop() else { return Ok(None) };
        Ok(Some((cast, self.entitled(slug)?.into_values().sum())))
    }
}

/// The moments with one more. Of a time in which nothing changed, the first and the last are kept.
fn extended(mut moments: Vec<(u64, u64)>, now: u64, cast: u64) -> Vec<(u64, u64)> {
    if let [.., (_, first), (_, last)] = moments.as_slice()
        && (first, last) == (&cast, &cast)
    {
        moments.pop();
    }
    moments.push((now, cast));
    if moments.len() > MOMENTS {
        let last = moments.len() - 1;
        let mut place = 0;
        moments.retain(|_| {
            place += 1;
            place % 2 == 1 || place > last
        });
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_shape_of_the_curve_in_bounded_room() {
        let seen = [(0, 0), (20, 0), (40, 0), (60, 2), (80, 2), (100, 2), (120, 3)];
        let kept = seen.into_iter().fold(Vec::new(), |kept, (now, cast)| extended(kept, now, cast));
        assert_eq!(kept, [(0, 0), (40, 0), (60, 2), (100, 2), (120, 3)]);
        let kept = (0..100_000).fold(Vec::new(), |kept, now| extended(kept, now, now));
        assert!(kept.len() <= MOMENTS && kept.len() > MOMENTS / 4);
        assert_eq!((kept.first(), kept.last()), (Some(&(0, 0)), Some(&(99_999, 99_999))));
        assert!(kept.is_sorted());
    }

    #[test]
    fn asks_now_and_then() {
        let (asked, slug) = (Asked::default(), "council-2027".parse().unwrap());
        let asked: Vec<_> = (100..150).filter(|now| asked.is_time(&slug, *now)).collect();
        assert_eq!(asked, [100, 120, 140]);
    }
}
