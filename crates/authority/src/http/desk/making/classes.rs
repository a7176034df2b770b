//! Groups of voters. Their ballot styles follow: one for each set of contests that a group votes on.

use std::collections::BTreeMap;

use urna_api::authority::Draft;
use urna_election::Id;
use urna_election::manifest::draft::{BallotStyle, Class};
use urna_pages::desk::making::{ClassesKnown, Form, NotRead};

use super::reading::{Reading, fresh_id, plain_id, put_texts, said};

/// What the page shows besides its form.
pub(super) fn known(draft: &Draft, people: &BTreeMap<Id, u64>) -> ClassesKnown {
    let contests = draft.contests.iter();
    ClassesKnown {
        contests: contests
            .map(|contest| (contest.id.clone(), said(&contest.title, &draft.languages).to_owned()))
            .collect(),
        people: people.iter().map(|(id, people)| (id.to_string(), *people)).collect(),
    }
}

/// The contests that a class votes on, in the order of the election.
fn contests_of(draft: &Draft, class: &Class) -> Vec<String> {
    let style = draft.ballot_styles.iter().find(|style| style.id == class.ballot_style);
    let own = |id: &String| style.is_some_and(|style| style.contests.contains(id));
    draft.contests.iter().map(|contest| contest.id.clone()).filter(own).collect()
}

pub(super) fn fill(draft: &Draft) -> Form {
    let mut form = Form::default();
    for (place, class) in draft.classes.iter().enumerate() {
        let row = format!("classes[{place}]");
        form.put(format!("{row}.id"), &class.id);
        put_texts(&mut form, &format!("{row}.title"), &class.title);
        form.put(format!("{row}.weight"), class.weight);
        form.put(format!("{row}.district"), class.district.as_deref().unwrap_or_default());
        for contest in contests_of(draft, class) {
            form.tick(format!("{row}.contests.{contest}"), true);
        }
        form.tick(format!("{row}.confirmed"), draft.policy.smallest_class.confirmed.contains(&class.id));
    }
    form.put("policy.smallest_class.entitled", draft.policy.smallest_class.entitled);
    form
}

/// The draft with the groups as the form says, without the row that `remove:3` names.
pub(super) fn read(form: &Form, before: &Draft, act: &str) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    let removed = act.strip_prefix("remove:").and_then(|row| row.parse::<usize>().ok());
    let (mut classes, mut ballots, mut confirmed) = (Vec::<Class>::new(), Vec::new(), Vec::new());
    let rows = form.filled_rows("classes", &["id", "title", "district"]);
    for row in rows.into_iter().filter(|row| Some(*row) != removed) {
        let field = format!("classes[{row}]");
        let typed = form.get(&format!("{field}.id"));
        let old = before.classes.iter().find(|class| class.id == typed);
        let title =
            reading.texts(&format!("{field}.title"), &before.languages, old.map(|class| &class.title));
        let taken = before.classes.iter().chain(&classes).map(|class| class.id.as_str());
        let id = match typed {
            "" => fresh_id(said(&title, &before.languages), "group", taken),
            typed => typed.to_owned(),
        };
        let district = match form.get(&format!("{field}.district")) {
            "" => None,
            typed => Some(plain_id(typed)),
        };
        let contests = before.contests.iter().map(|contest| contest.id.clone());
        ballots.push(contests.filter(|id| form.has(&format!("{field}.contests.{id}"))).collect::<Vec<_>>());
        if form.has(&format!("{field}.confirmed")) {
            confirmed.push(id.clone());
        }
        let ballot_style = old.map(|class| class.ballot_style.clone()).unwrap_or_default();
        let weight = reading.number(&format!("{field}.weight"));
        classes.push(Class { ballot_style, district, id, title, weight });
    }
    draft.classes = classes;
    styles(&mut draft, before, &ballots);
    let small = &mut draft.policy.smallest_class;
    small.entitled = reading.number("policy.smallest_class.entitled");
    let place = |id: &String| before.policy.smallest_class.confirmed.iter().position(|known| known == id);
    confirmed.sort_by_key(|id| place(id).unwrap_or(usize::MAX));
    small.confirmed = confirmed;
    reading.end(draft)
}

/// Gives each class the ballot style of its contests. Styles that are as they should be stay.
fn styles(draft: &mut Draft, before: &Draft, ballots: &[Vec<String>]) {
    let fits = |(class, ballot): (&Class, &Vec<String>)| {
        before.ballot_styles.iter().any(|style| style.id == class.ballot_style && style.contests == *ballot)
    };
    let is_used = |style: &BallotStyle| draft.classes.iter().any(|class| class.ballot_style == style.id);
    if draft.classes.iter().zip(ballots).all(fits) && before.ballot_styles.iter().all(is_used) {
        return;
    }
    let mut styles: Vec<BallotStyle> = Vec::new();
    for (class, ballot) in draft.classes.iter_mut().zip(ballots) {
        let same = |style: &&BallotStyle| style.contests == *ballot;
        let known = styles.iter().find(same).map(|style| style.id.clone());
        class.ballot_style = known.unwrap_or_else(|| {
            let is_free = |id: &str| !styles.iter().any(|style| style.id == id);
            let old =
                before.ballot_styles.iter().filter(same).map(|style| style.id.clone()).find(|id| is_free(id));
            let is_everything = ballot.len() == before.contests.len();
            let title = if is_everything { "all" } else { "" };
            let taken = before.ballot_styles.iter().chain(&styles).map(|style| style.id.as_str());
            let id = old.unwrap_or_else(|| fresh_id(title, "ballot", taken));
            styles.push(BallotStyle { contests: ballot.clone(), id: id.clone() });
            id
        });
    }
    draft.ballot_styles = styles;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::preset;

    #[test]
    fn makes_one_ballot_style_for_each_set_of_contests() {
        let mut draft = preset("practice", "eva", "").unwrap();
        let second = draft.contests[0].clone();
        draft.contests.push(urna_election::manifest::draft::Contest { id: "food".into(), ..second });
        draft.ballot_styles[0].contests.push("food".into());
        let mut form = fill(&draft);
        for (row, title, on) in [(1, "Staff", "food"), (2, "Guests", "food"), (5, "Гості", "drink")] {
            form.put(format!("classes[{row}].title.en"), title);
            form.put(format!("classes[{row}].weight"), 2);
            form.tick(format!("classes[{row}].contests.{on}"), true);
        }
        form.put("classes[2].district", "Sever 1");
        form.tick("classes[2].confirmed", true);
        form.put("classes[3].weight", 1);
        let read = read(&form, &draft, "save").unwrap();
        let classes: Vec<_> =
            read.classes.iter().map(|class| (class.id.as_str(), class.ballot_style.as_str())).collect();
        let expected =
            [("voters", "all"), ("staff", "ballot-1"), ("guests", "ballot-1"), ("hosti", "ballot-2")];
        assert_eq!(classes, expected);
        let styles: Vec<_> = read.ballot_styles.iter().map(|style| style.contests.join("+")).collect();
        assert_eq!(styles, ["drink+food", "food", "drink"]);
        assert_eq!(read.classes[2].district.as_deref(), Some("sever-1"));
        assert_eq!(read.policy.smallest_class.confirmed, ["voters", "guests"]);

        // Without the staff the guests keep the style; without both it goes.
        let fewer = super::read(&fill(&read), &read, "remove:1").unwrap();
        assert_eq!(fewer.ballot_styles, read.ballot_styles);
        let fewer = super::read(&fill(&fewer), &fewer, "remove:1").unwrap();
        assert_eq!(fewer.ballot_styles.len(), 2);
        assert_eq!(fewer.policy.smallest_class.confirmed, ["voters"]);
        // What is in disorder is put in order.
        let mut broken = fewer.clone();
        broken.ballot_styles[0].contests.reverse();
        assert_eq!(
            super::read(&fill(&broken), &broken, "save").unwrap().ballot_styles[0].contests,
            ["drink", "food"]
        );
    }
}
