//! How many links chance alone makes.

/// Independent trials that each succeed with the same probability: a person's ballot picked blindly among those among which it
/// inevitably stands.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// How many ballots are to be linked.
    pub ballots: u32,
    /// How many right links blind picking makes on average: one in each set, whatever its size.
    pub sets: u32,
}

impl Chance {
    /// The probability of one.
    pub fn probability(&self) -> f64 {
        f64::from(self.sets) / f64::from(self.ballots.max(1))
    }

    /// The smallest number that is exceeded with a probability of at most `level`.
    pub fn bound(&self, level: f64) -> u32 {
        let p = self.probability();
        if p >= 1.0 {
            return self.ballots;
        }
        let (mut exactly, mut at_most) = ((f64::from(self.ballots) * (-p).ln_1p()).exp(), 0.0);
        for successes in 0..self.ballots {
            at_most += exactly;
            if at_most >= 1.0 - level {
                return successes;
            }
            let (left, next) = (f64::from(self.ballots - successes), f64::from(successes + 1));
            exactly *= left / next * p / (1.0 - p);
        }
        self.ballots
    }
}

impl std::ops::Add for Chance {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { ballots: self.ballots + other.ballots, sets: self.sets + other.sets }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From tables of the binomial distribution.
    #[test]
    fn bounds_are_those_of_the_binomial_distribution() {
        assert_eq!(Chance { ballots: 20, sets: 1 }.bound(0.01), 4);
        assert_eq!(Chance { ballots: 100, sets: 50 }.bound(0.01), 62);
        assert_eq!(Chance { ballots: 240, sets: 12 }.bound(0.01), 20);
        assert_eq!(Chance { ballots: 10, sets: 10 }.bound(0.01), 10);
        let chance = Chance { ballots: 240, sets: 12 };
        assert!(chance.bound(1e-6) > chance.bound(0.01));
    }
}
