//! Dates and times.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::words::Words;

impl Words {
    /// A Unix second as a date and time of this zone (IANA), with the zone's name where it is not known to all. UTC where there is
    /// no such zone.
    pub fn moment(self, second: u64, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let stamp = i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok());
        let there = stamp.unwrap_or(Timestamp::MAX).to_zoned(zone);
        let month = self.text(&format!("month-{}", there.month()));
        self.with(
            "moment",
            &[
                ("day", there.day().to_string().into()),
                ("month", month.into()),
                ("year", there.year().to_string().into()),
                ("time", there.strftime("%H:%M").to_string().into()),
                ("zone", there.strftime("%Z").to_string().into()),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;

    use super::*;

    #[test]
    fn tells_the_time_of_the_zone() {
        let say = |language, second, zone| Words::new(language).moment(second, zone);
        assert_eq!(say(Language::English, 1_795_340_460, "Europe/Prague"), "22 November 2026, 10:41 CET");
        assert_eq!(
            say(Language::Czech, 1_795_340_460, "Europe/Prague"),
            "22. listopadu 2026 v\u{a0}10:41 CET"
        );
        assert_eq!(say(Language::Swedish, 1_782_000_000, "Europe/Stockholm"), "21 juni 2026 kl. 02:00 CEST");
        assert_eq!(say(Language::Ukrainian, 0, "no/where"), "1 січня 1970, 00:00 UTC");
    }
}
