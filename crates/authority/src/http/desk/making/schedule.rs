//! When voting opens and closes, in the election's time zone.

use urna_api::authority::Draft;
use urna_election::json::Integer;
use urna_election::manifest::draft::{Schedule, Times};
use urna_pages::desk::making::{Form, NotRead, local_time, parse_local_time};

use super::reading::Reading;

pub(super) fn fill(draft: &Draft) -> Form {
    let mut form = Form::default();
    let Schedule::Times(times) = draft.schedule else {
        form.put("schedule", "manual");
        return form;
    };
    form.put("schedule", "times");
    let mut put = |name: &str, time: Integer| {
        form.put(format!("schedule.times.{name}"), local_time(time.value(), &draft.time_zone));
    };
    put("opens", times.opens);
    put("closes", times.closes);
    let mut more = false;
    // What is left empty follows, also when the other is changed.
    for (name, time, follows) in [
        ("issuance_opens", times.issuance_opens, times.opens),
        ("opening_not_before", times.opening_not_before, times.closes),
    ] {
        if time != follows {
            put(name, time);
            more = true;
        }
    }
    form.tick("schedule.times.more", more);
    form
}

pub(super) fn read(form: &Form, before: &Draft) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    if form.get("schedule") == "manual" {
        draft.schedule = Schedule::Manual;
        return reading.end(draft);
    }
    let was = match before.schedule {
        Schedule::Times(times) => Some(times),
        Schedule::Manual => None,
    };
    let opens = time(&mut reading, before, "opens", was.map(|times| times.opens), None);
    let closes = time(&mut reading, before, "closes", was.map(|times| times.closes), None);
    let issuance = was.map(|times| times.issuance_opens);
    let issuance_opens = time(&mut reading, before, "issuance_opens", issuance, Some(opens));
    let opening = was.map(|times| times.opening_not_before);
    let opening_not_before = time(&mut reading, before, "opening_not_before", opening, Some(closes));
    draft.schedule = Schedule::Times(Times { closes, issuance_opens, opening_not_before, opens });
    reading.end(draft)
}

/// A time that is typed; as it was, if it is typed as that is shown (of an hour that there is twice only one can be typed).
fn time(
    reading: &mut Reading<'_>,
    draft: &Draft,
    name: &str,
    was: Option<Integer>,
    empty: Option<Integer>,
) -> Integer {
    let field = format!("schedule.times.{name}");
    let typed = reading.form.get(&field);
    if let (true, Some(follows)) = (typed.is_empty(), empty) {
        return follows;
    }
    if let Some(was) = was.filter(|was| local_time(was.value(), &draft.time_zone) == typed) {
        return was;
    }
    let read = parse_local_time(typed, &draft.time_zone);
    read.and_then(|second| Integer::try_from(second).map_err(|_| NotRead::Time)).unwrap_or_else(|wrong| {
        reading.note(field, wrong);
        Integer::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::preset;

    #[test]
    fn reads_times_of_the_elections_own_zone() {
        let draft = preset("council", "eva", "").unwrap();
        let fields = [
            ("schedule", "times"),
            ("schedule.times.opens", "2027-05-03T08:00"),
            ("schedule.times.closes", "2027-05-07T20:00"),
        ];
        let mut form: Form = fields.into_iter().collect();
        let read = super::read(&form, &draft).unwrap();
        let Schedule::Times(times) = read.schedule else { panic!("{:?}", read.schedule) };
        assert_eq!((times.opens.value(), times.issuance_opens.value()), (1_809_324_000, 1_809_324_000));
        assert_eq!(times.closes, times.opening_not_before);
        // What follows goes on following.
        let mut later = fill(&read);
        assert_eq!(later.get("schedule.times.opening_not_before"), "");
        later.put("schedule.times.closes", "2027-05-08T20:00");
        let Schedule::Times(times) = super::read(&later, &read).unwrap().schedule else { panic!() };
        assert_eq!(times.closes, times.opening_not_before);
        // The second of two equal times is kept.
        let second = super::read(&form, &draft).unwrap().schedule;
        let Schedule::Times(mut twice) = second else { panic!() };
        twice.closes = Integer::try_from(1_793_495_400_u64).unwrap();
        let draft = Draft { schedule: Schedule::Times(twice), ..draft };
        assert_eq!(super::read(&fill(&draft), &draft).unwrap(), draft);

        form.put("schedule.times.opens", "2027-03-28T02:30");
        form.put("schedule.times.closes", "");
        let wrong = super::read(&form, &draft).unwrap_err();
        assert_eq!(
            wrong,
            [
                ("schedule.times.opens".to_owned(), NotRead::NoSuchTime),
                ("schedule.times.closes".to_owned(), NotRead::Time)
            ]
        );
        form.put("schedule", "manual");
        assert_eq!(super::read(&form, &draft).unwrap().schedule, Schedule::Manual);
    }
}
