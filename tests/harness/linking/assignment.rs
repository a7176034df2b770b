//! The cheapest way of giving each row a column of its own (the Hungarian method, by shortest augmenting paths).

#![expect(clippy::indexing_slicing, reason = "all indices are below the matrix's size, which is made here")]

/// For each row its column. `cost` is asked for row and column below `size`.
pub(super) fn cheapest(size: usize, cost: impl Fn(usize, usize) -> i64) -> Vec<usize> {
    // Row and column 0 stand for nobody; the potentials u and v keep all reduced costs at 0 or above.
    let (mut u, mut v) = (vec![0_i64; size + 1], vec![0_i64; size + 1]);
    let mut row_of = vec![0_usize; size + 1];
    for row in 1..=size {
        row_of[0] = row;
        let mut least = vec![i64::MAX; size + 1];
        let mut before = vec![0_usize; size + 1];
        let mut done = vec![false; size + 1];
        let mut column = 0;
        loop {
            done[column] = true;
            let (from, mut delta, mut next) = (row_of[column], i64::MAX, 0);
            for other in (1..=size).filter(|other| !done[*other]) {
                let reduced = cost(from - 1, other - 1) - u[from] - v[other];
                if reduced < least[other] {
                    (least[other], before[other]) = (reduced, column);
                }
                if least[other] < delta {
                    (delta, next) = (least[other], other);
                }
            }
            for other in 0..=size {
                if done[other] {
                    u[row_of[other]] += delta;
                    v[other] -= delta;
                } else if other > 0 {
                    least[other] -= delta;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            row_of[column] = row_of[before[column]];
            column = before[column];
        }
    }
    let mut column_of = vec![0; size];
    for column in 1..=size {
        column_of[row_of[column] - 1] = column - 1;
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_trying_everything_finds() {
        let costs: [[i64; 4]; 4] = [[7, 3, 6, 9], [2, 8, 5, 4], [6, 1, 7, 2], [5, 5, 3, 8]];
        let found = cheapest(4, |row, column| costs[row][column]);
        let price = |columns: &[usize]| {
            (0..).zip(columns).map(|(row, column): (usize, &usize)| costs[row][*column]).sum::<i64>()
        };
        let mut least = i64::MAX;
        for number in 0..256_usize {
            let columns = [number % 4, number / 4 % 4, number / 16 % 4, number / 64];
            if (0..4).all(|column| columns.contains(&column)) {
                least = least.min(price(&columns));
            }
        }
        assert_eq!(price(&found), least);
        let mut columns = found;
        columns.sort_unstable();
        assert_eq!(columns, [0, 1, 2, 3]);
    }
}
