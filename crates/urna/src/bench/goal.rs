//! A figure beside the goal that it is to reach.

use std::fmt;

use serde::Serialize;

/// A figure and its goal. What the goals are, and why, is in `spec/performance.md`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Goal {
    /// What was measured, and how.
    pub(super) what: String,
    pub(super) unit: &'static str,
    pub(super) figure: f64,
    pub(super) goal: f64,
    /// Whether less is better.
    pub(super) at_most: bool,
    pub(super) reached: bool,
}

impl Goal {
    /// So much or more.
    pub(super) fn at_least(what: String, figure: f64, goal: f64, unit: &'static str) -> Self {
        Self { what, unit, figure, goal, at_most: false, reached: figure >= goal }
    }

    /// So much or less.
    pub(super) fn at_most(what: String, figure: f64, goal: f64, unit: &'static str) -> Self {
        Self { what, unit, figure, goal, at_most: true, reached: figure <= goal }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, unit, figure, goal, .. } = self;
        let digits = if *goal < 10.0 { 2 } else { 0 };
        let bound = if self.at_most { "at most" } else { "at least" };
        let reached = if self.reached { "reached" } else { "missed" };
        write!(f, "{what:<52} {figure:>8.digits$} {unit:<15} goal: {bound} {goal}, {reached}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_whether_it_was_reached() {
        let text = |goal: Goal| goal.to_string();
        assert!(text(Goal::at_least("a".into(), 3_000.0, 3_000.0, "/s")).ends_with("at least 3000, reached"));
        assert!(text(Goal::at_least("a".into(), 2_999.9, 3_000.0, "/s")).ends_with("at least 3000, missed"));
        assert!(text(Goal::at_most("a".into(), 1.3, 1.3, "x floor")).ends_with("at most 1.3, reached"));
        assert!(text(Goal::at_most("a".into(), 1.301, 1.3, "x floor")).ends_with("at most 1.3, missed"));
        // A ratio shows what it misses by.
        assert!(text(Goal::at_most("a".into(), 1.31, 1.3, "x floor")).contains(" 1.31 x floor "));
    }
}
