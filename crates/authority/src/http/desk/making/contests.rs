//! What is voted on: the list of contests, and each of them with its options.

use urna_api::Item;
use urna_api::authority::Draft;
use urna_election::json::Integer;
use urna_election::manifest::draft::{Contest, ContestOption, Method, Texts};
use urna_pages::desk::making::{ContestLine, Form, NotRead};

use super::reading::{Reading, fresh_id, put_texts, said};

/// The contests in a list.
pub(super) fn lines(draft: &Draft, problems: &[Item]) -> Vec<ContestLine> {
    let line = |(place, contest): (usize, &Contest)| {
        let own = format!("contests[{place}]");
        let of = |item: &&Item| item.field.as_deref().is_some_and(|field| field.starts_with(&own));
        ContestLine {
            id: contest.id.clone(),
            title: said(&contest.title, &draft.languages).to_owned(),
            options: contest.options.len(),
            seats: contest.seats.value(),
            problems: problems.iter().filter(of).count(),
        }
    };
    draft.contests.iter().enumerate().map(line).collect()
}

/// What a button in the list does: `add` one, `up`, `down` or `remove` with the id of one.
pub(super) fn act(form: &Form, before: &Draft, act: &str) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    if act == "add" {
        let title = reading.texts("title", &before.languages, None);
        let named = said(&title, &before.languages);
        if named.is_empty() {
            reading.note("title", NotRead::Empty);
        }
        add(&mut draft, title);
        return reading.end(draft);
    }
    let Some((what, id)) = act.split_once(':') else { return Ok(draft) };
    let Some(place) = draft.contests.iter().position(|contest| contest.id == id) else { return Ok(draft) };
    shift(&mut draft.contests, place, what);
    let order: Vec<String> = draft.contests.iter().map(|contest| contest.id.clone()).collect();
    for style in &mut draft.ballot_styles {
        style.contests.retain(|id| order.contains(id));
        style.contests.sort_by_key(|id| order.iter().position(|contest| contest == id));
    }
    Ok(draft)
}

/// A contest with one winner, on the ballot of everybody.
fn add(draft: &mut Draft, title: Texts) {
    let taken = draft.contests.iter().map(|contest| contest.id.as_str());
    let id = fresh_id(said(&title, &draft.languages), "contest", taken);
    draft.ballot_styles.iter_mut().for_each(|style| style.contests.push(id.clone()));
    let one = Integer::from(1_u32);
    draft.contests.push(Contest {
        abstain: false,
        description: None,
        id,
        max: one,
        method: Method::TopN,
        min: Integer::default(),
        options: Vec::new(),
        seats: one,
        title,
    });
}

/// Moves a row up or down, or removes it.
fn shift<T>(rows: &mut Vec<T>, place: usize, what: &str) {
    match what {
        "up" if place > 0 && place < rows.len() => rows.swap(place, place.saturating_sub(1)),
        "down" if place.saturating_add(1) < rows.len() => rows.swap(place, place.saturating_add(1)),
        "remove" if place < rows.len() => {
            rows.remove(place);
        }
        _ => {}
    }
}

pub(super) fn fill(draft: &Draft, id: &str) -> Option<Form> {
    let contest = draft.contests.iter().find(|contest| contest.id == id)?;
    let mut form = Form::default();
    put_texts(&mut form, "title", &contest.title);
    contest.description.iter().for_each(|texts| put_texts(&mut form, "description", texts));
    form.put("min", contest.min);
    form.put("max", contest.max);
    form.put("seats", contest.seats);
    form.tick("abstain", contest.abstain);
    for (place, option) in contest.options.iter().enumerate() {
        let row = format!("options[{place}]");
        form.put(format!("{row}.id"), &option.id);
        put_texts(&mut form, &format!("{row}.title"), &option.title);
        let description = option.description.iter();
        description.for_each(|texts| put_texts(&mut form, &format!("{row}.description"), texts));
    }
    Some(form)
}

/// The draft with a contest as its form says; then `up:3`, `down:3` or `remove:3` of a row, and names that were pasted.
pub(super) fn read(
    form: &Form,
    before: &Draft,
    id: &str,
    act: &str,
) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    let languages = &before.languages;
    let Some(contest) = draft.contests.iter_mut().find(|contest| contest.id == id) else { return Ok(draft) };
    contest.title = reading.texts("title", languages, Some(&contest.title));
    contest.description = reading.optional("description", languages, contest.description.as_ref());
    contest.min = reading.number("min");
    contest.max = reading.number("max");
    contest.seats = reading.number("seats");
    contest.abstain = form.has("abstain");
    let (numbers, mut options): (Vec<usize>, Vec<ContestOption>) = form
        .rows("options")
        .into_iter()
        .filter_map(|row| Some((row, option(&reading, languages, contest, row)?)))
        .unzip();
    if let Some((what, row)) = act.split_once(':') {
        let place = row.parse().ok().and_then(|row: usize| numbers.iter().position(|number| *number == row));
        place.into_iter().for_each(|place| shift(&mut options, place, what));
    }
    // Whatever button was pressed: nothing that was typed is lost.
    options.extend(form.get("paste").lines().filter_map(|line| pasted(line, languages)));
    for place in 0..options.len() {
        let taken: Vec<String> = options.iter().map(|option| option.id.clone()).collect();
        if let Some(option) = options.get_mut(place).filter(|option| option.id.is_empty()) {
            option.id = fresh_id(said(&option.title, languages), "option", taken.iter().map(String::as_str));
        }
    }
    contest.options = options;
    reading.end(draft)
}

/// The option in a row; none of a row in which nothing was ever typed.
fn option(
    reading: &Reading<'_>,
    languages: &[String],
    contest: &Contest,
    row: usize,
) -> Option<ContestOption> {
    let field = format!("options[{row}]");
    let id = reading.form.get(&format!("{field}.id"));
    let before = contest.options.iter().find(|option| option.id == id);
    let title = reading.texts(&format!("{field}.title"), languages, before.map(|before| &before.title));
    let description = before.and_then(|before| before.description.as_ref());
    let description = reading.optional(&format!("{field}.description"), languages, description);
    let is_empty = id.is_empty() && title.is_empty() && description.is_none();
    (!is_empty).then(|| ContestOption { description, id: id.to_owned(), title })
}

/// An option of a pasted line: a name, and after a tabulator or ` | ` what is said about it. Names are the same in all languages.
fn pasted(line: &str, languages: &[String]) -> Option<ContestOption> {
    let (name, about) = line.split_once('\t').or_else(|| line.split_once(" | ")).unwrap_or((line, ""));
    let about: Vec<&str> = about.split_whitespace().collect();
    let (name, about) = (name.trim(), about.join(" "));
    let texts = |text: &str| languages.iter().map(|tag| (tag.clone(), text.to_owned())).collect::<Texts>();
    (!name.is_empty()).then(|| ContestOption {
        description: (!about.is_empty()).then(|| texts(&about)),
        id: String::new(),
        title: texts(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::preset;

    fn council() -> Draft {
        Draft { languages: vec!["en".into(), "cs".into()], ..preset("council", "eva", "").unwrap() }
    }

    fn ids(draft: &Draft) -> Vec<&str> {
        draft.contests[0].options.iter().map(|option| option.id.as_str()).collect()
    }

    #[test]
    fn pastes_names_with_what_is_said_about_them() {
        let draft = council();
        let mut form = fill(&draft, "council").unwrap();
        form.put("paste", "Ada Nováková\tinformatics,  2nd year\n\n Ada Nováková | law \nBo | \n");
        let draft = read(&form, &draft, "council", "paste").unwrap();
        assert_eq!(ids(&draft), ["ada-novakova", "ada-novakova-2", "bo"]);
        let options = &draft.contests[0].options;
        assert_eq!(options[0].description.as_ref().unwrap()["cs"], "informatics, 2nd year");
        assert_eq!(options[1].description.as_ref().unwrap()["en"], "law");
        assert_eq!((options[2].title["cs"].as_str(), &options[2].description), ("Bo", &None));

        // Ids stay when titles change, and go with their rows.
        let mut form = fill(&draft, "council").unwrap();
        form.put("options[0].title.en", "Ada Lovelace");
        form.put("options[7].title.en", "Bo");
        let changed = read(&form, &draft, "council", "up:7").unwrap();
        assert_eq!(ids(&changed), ["ada-novakova", "ada-novakova-2", "bo-2", "bo"]);
        assert_eq!(changed.contests[0].options[0].title["en"], "Ada Lovelace");
        let removed = read(&form, &changed, "council", "remove:1").unwrap();
        assert_eq!(ids(&removed), ["ada-novakova", "bo", "bo-2"]);
        let wrong = read(
            &[("min", "few"), ("max", "1"), ("seats", "")].into_iter().collect(),
            &draft,
            "council",
            "save",
        );
        assert_eq!(
            wrong.unwrap_err(),
            [("min".to_owned(), NotRead::Number), ("seats".to_owned(), NotRead::Number)]
        );
    }

    #[test]
    fn adds_moves_and_removes_contests_on_everybodys_ballot() {
        let form: Form = [("title.en", "Auditor")].into_iter().collect();
        let draft = act(&form, &council(), "add").unwrap();
        let contests = |draft: &Draft| draft.ballot_styles[0].contests.clone();
        assert_eq!(contests(&draft), ["council", "auditor"]);
        let draft = act(&form, &draft, "add").unwrap();
        let draft = act(&form, &draft, "up:auditor").unwrap();
        assert_eq!(contests(&draft), ["auditor", "council", "auditor-2"]);
        assert_eq!(draft.contests[0].id, "auditor");
        let draft = act(&form, &draft, "remove:council").unwrap();
        assert_eq!(contests(&draft), ["auditor", "auditor-2"]);
        assert_eq!(draft.contests.len(), 2);
        for nothing in ["up:auditor", "down:auditor-2", "remove:none", "save"] {
            assert_eq!(act(&form, &draft, nothing).unwrap(), draft);
        }
        let untitled = act(&Form::default(), &draft, "add").unwrap_err();
        assert_eq!(untitled, [("title".to_owned(), NotRead::Empty)]);
    }
}
