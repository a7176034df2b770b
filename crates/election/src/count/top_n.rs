//! The method `top_n`: the options with the most votes win, as many as there are seats (CNT-7).

/// Who wins a contest. Options by their places in the contest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Who has a seat: by votes, the most first; with equal votes in the manifest's order, which decides nothing.
    pub winners: Vec<usize>,
    /// Seats that equal votes leave open, for a decision outside the count (C17).
    pub ties: Vec<Tie>,
}

/// Options with equal votes, more of them than the seats that are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The options, in the manifest's order.
    pub options: Vec<usize>,
    /// How many of them win.
    pub seats: usize,
}

/// Gives `seats` seats to the options with the most votes.
///
/// An option without votes wins nothing, so a seat can stay unfilled. Where equal votes meet at the last seat,
/// none of these options is a winner and the tie is reported; it is never broken here.
pub fn top_n(votes: &[u64], seats: usize) -> Outcome {
    let mut ranked: Vec<(u64, usize)> = votes
        .iter()
        .enumerate()
        .filter(|(_, votes)| **votes > 0)
        .map(|(option, &votes)| (votes, option))
        .collect();
    ranked.sort_by(|(a_votes, a), (b_votes, b)| b_votes.cmp(a_votes).then(a.cmp(b)));
    // The first option without a seat; if it has as many votes as the one before it, all with these votes are tied.
    let tied_at = match (seats.checked_sub(1).and_then(|last| ranked.get(last)), ranked.get(seats)) {
        (Some((last, _)), Some((next, _))) if last == next => Some(*last),
        _ => None,
    };
    let above = |votes: u64| tied_at.is_none_or(|tied| votes > tied);
    let winners: Vec<usize> =
        ranked.iter().take(seats).filter(|(votes, _)| above(*votes)).map(|(_, option)| *option).collect();
    let ties = tied_at.map(|tied| Tie {
        options: ranked.iter().filter(|(votes, _)| *votes == tied).map(|(_, option)| *option).collect(),
        seats: seats.saturating_sub(winners.len()),
    });
    Outcome { winners, ties: ties.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tie(options: &[usize], seats: usize) -> Vec<Tie> {
        vec![Tie { options: options.to_vec(), seats }]
    }

    #[test]
    fn accepts_clear_results() {
        assert_eq!(top_n(&[3, 9, 5, 5], 1), Outcome { winners: vec![1], ties: vec![] });
        assert_eq!(top_n(&[3, 9, 5, 5], 3), Outcome { winners: vec![1, 2, 3], ties: vec![] });
        assert_eq!(top_n(&[3, 9, 5, 5], 4), Outcome { winners: vec![1, 2, 3, 0], ties: vec![] });
    }

    #[test]
    fn reports_ties_at_the_last_seat_and_breaks_none() {
        assert_eq!(top_n(&[80, 80], 1), Outcome { winners: vec![], ties: tie(&[0, 1], 1) });
        assert_eq!(top_n(&[3, 9, 5, 5, 5], 3), Outcome { winners: vec![1], ties: tie(&[2, 3, 4], 2) });
    }

    #[test]
    fn leaves_seats_unfilled_rather_than_give_them_without_votes_x_11() {
        assert_eq!(top_n(&[0, 2, 0], 3), Outcome { winners: vec![1], ties: vec![] });
        assert_eq!(top_n(&[0, 0, 0], 1), Outcome::default());
        assert_eq!(top_n(&[], 1), Outcome::default());
    }

    proptest! {
        #[test]
        fn gives_every_seat_once(votes in prop::collection::vec(0_u64..6, 0..12), seats in 0_usize..12) {
            let outcome = top_n(&votes, seats);
            let contested: usize = outcome.ties.iter().map(|tie| tie.seats).sum();
            let with_votes = votes.iter().filter(|votes| **votes > 0).count();
            prop_assert_eq!(outcome.winners.len() + contested, seats.min(with_votes));
            let losers: Vec<usize> = (0..votes.len())
                .filter(|option| !outcome.winners.contains(option))
                .filter(|option| !outcome.ties.iter().any(|tie| tie.options.contains(option)))
                .collect();
            for tie in &outcome.ties {
                prop_assert!(tie.seats > 0 && tie.seats < tie.options.len());
                prop_assert!(tie.options.iter().all(|option| votes[*option] == votes[tie.options[0]]));
                prop_assert!(outcome.winners.iter().all(|winner| votes[*winner] > votes[tie.options[0]]));
                prop_assert!(losers.iter().all(|loser| votes[*loser] < votes[tie.options[0]]));
            }
            let least = outcome.winners.iter().map(|winner| votes[*winner]).min();
            prop_assert!(least.is_none_or(|least| losers.iter().all(|loser| votes[*loser] < least)));
        }
    }
}
