//! A result for people, as text, and for spreadsheets, as CSV. Both say what the JSON says, and no more.

use core::fmt::Write;

use super::{ContestResult, ElectionResult};
use crate::TRIAL;
use crate::id::Id;

impl ElectionResult {
    /// First, if it was a trial, that it decides nothing. For each contest the votes with their shares, by district too, who is elected and what is tied; then the figures around
    /// the count.
    pub fn to_text(&self) -> String {
        let mut text = if self.trial { format!("{TRIAL}\n") } else { String::new() };
        for contest in &self.contests {
            contest.write_text(&mut text);
        }
        let Self { counted, entitled, gap, issued, returned, seen, .. } = self;
        let share = percent(counted.value(), entitled.value());
        let _ = writeln!(text, "counted {counted} of {entitled} entitled{share}");
        let _ = writeln!(text, "issued {issued}, seen {seen}, returned {returned}, gap {gap}");
        text
    }

    /// One row for each figure: its contest, its option, its district, what it counts, and the figure. An option's figure without
    /// a district is its sum; figures of the whole election have no contest. A trial's last row is
    /// `,,,trial,1`; other elections have none such.
    pub fn to_csv(&self) -> String {
        let mut text = "contest,option,district,what,figure\n".to_owned();
        let mut row = |contest: &str, option: &str, district: &str, what: &str, figure: u64| {
            let _ = writeln!(text, "{contest},{option},{district},{what},{figure}");
        };
        for contest in &self.contests {
            let id = contest.id.as_str();
            for option in &contest.options {
                row(id, option.id.as_str(), "", "votes", option.votes.value());
                for (district, votes) in &option.districts {
                    row(id, option.id.as_str(), district.as_str(), "votes", votes.value());
                }
            }
            let ContestResult { abstain, blank, invalid, void, .. } = contest;
            for (what, figure) in
                [("blank", blank), ("abstain", abstain), ("void", void), ("invalid", invalid)]
            {
                row(id, "", "", what, figure.value());
            }
            for (place, winner) in (1..).zip(&contest.winners) {
                row(id, winner.as_str(), "", "elected", place);
            }
            for tie in &contest.ties {
                for option in &tie.options {
                    row(id, option.as_str(), "", "tied for seats", tie.seats.value());
                }
            }
        }
        let Self { counted, entitled, gap, issued, returned, seen, .. } = self;
        for (what, figure) in [
            ("entitled", entitled),
            ("issued", issued),
            ("seen", seen),
            ("returned", returned),
            ("counted", counted),
            ("gap", gap),
        ] {
            row("", "", "", what, figure.value());
        }
        if self.trial {
            row("", "", "", "trial", 1);
        }
        text
    }
}

impl ContestResult {
    fn write_text(&self, text: &mut String) {
        let total: u64 = self.options.iter().map(|option| option.votes.value()).sum();
        let titles = || self.options.iter().map(|option| printable(&option.title));
        let width = titles().map(|title| title.chars().count()).max().unwrap_or(0).max(10);
        let _ = writeln!(text, "\n{}", printable(&self.title));
        for (option, title) in self.options.iter().zip(titles()) {
            let votes = option.votes.value();
            let share = percent(votes, total);
            let mark = if self.winners.contains(&option.id) { "  elected" } else { "" };
            let _ = writeln!(text, "  {title:width$}  {votes:>9}{share}{mark}");
            for (district, votes) in &option.districts {
                let width = width - 2;
                let _ = writeln!(text, "    {:>width$}  {:>9}", district.as_str(), votes.value());
            }
        }
        let _ = writeln!(text, "  {:width$}  {total:>9}", "votes");
        let Self { blank, abstain, void, invalid, .. } = self;
        let _ = writeln!(text, "  ballots: {blank} blank, {abstain} abstain, {void} void, {invalid} invalid");
        for tie in &self.ties {
            let options: Vec<&str> = tie.options.iter().map(Id::as_str).collect();
            let _ = writeln!(text, "  tie: {} for {} seat(s)", options.join(", "), tie.seats);
        }
        let _ = writeln!(text);
    }
}

/// The share in brackets, in tenths of a percent, rounded half up; nothing of nothing.
pub fn percent(part: u64, whole: u64) -> String {
    let tenths = part.checked_mul(2_000).and_then(|part| part.checked_add(whole));
    match tenths.and_then(|tenths| tenths.checked_div(whole.checked_mul(2)?)) {
        Some(tenths) => format!(" ({}.{} %)", tenths / 10, tenths % 10),
        None => String::new(),
    }
}

/// Text of the record is data: what could move a terminal's cursor, or change the direction of what follows, is shown as a sign.
pub fn printable(text: &str) -> String {
    let shown = |character: char| {
        let is_directional =
            matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || is_directional { '\u{fffd}' } else { character }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{FIGURES, result};
    use super::*;

    #[test]
    fn says_everything_for_people() {
        let text = result(FIGURES).unwrap().to_text();
        for line in [
            "Election of the board",
            "  Candidate bob          2 (66.7 %)  elected",
            "              n          1",
            "  votes                  3",
            "  ballots: 1 blank, 1 abstain, 0 void, 1 invalid",
            "  tie: fay, gus for 1 seat(s)",
            "counted 5 of 20 entitled (25.0 %)",
            "issued 9, seen 6, returned 1, gap 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn has_a_row_for_each_figure() {
        let csv = result(FIGURES).unwrap().to_csv();
        for row in [
            "board,bob,,votes,2",
            "board,bob,s,votes,1",
            "board,,,abstain,1",
            "board,bob,,elected,1",
            "board,ada,,elected,2",
            "auditor,gus,,tied for seats,1",
            ",,,counted,5",
            ",,,gap,2",
        ] {
            assert!(csv.lines().any(|found| found == row), "{row}\n{csv}");
        }
        assert!(csv.lines().all(|row| row.split(',').count() == 5));
    }

    #[test]
    fn says_of_a_trial_that_it_is_one_c22() {
        let mut result = result(FIGURES).unwrap();
        assert!(!result.trial);
        let [text, csv, json] =
            [result.to_text(), result.to_csv(), String::from_utf8(result.to_bytes()).unwrap()];
        assert!(!text.contains(TRIAL) && !csv.contains("trial") && json.ends_with(",\"trial\":false}"));
        result.trial = true;
        assert_eq!(result.to_text(), format!("{TRIAL}\n{text}"));
        assert_eq!(result.to_csv(), format!("{csv},,,trial,1\n"));
        assert_eq!(ElectionResult::parse(&result.to_bytes()).unwrap(), result);
    }

    #[test]
    fn titles_steer_no_terminal() {
        assert_eq!(printable("a\u{1b}[2J\n\u{202e}b"), "a\u{fffd}[2J\u{fffd}\u{fffd}b");
        assert_eq!(
            (percent(1, 3), percent(2, 3), percent(1, 0)),
            (" (33.3 %)".into(), " (66.7 %)".into(), String::new())
        );
    }
}
