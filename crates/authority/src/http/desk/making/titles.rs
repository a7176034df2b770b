//! Languages, titles, who answers for the election, the time zone.

use urna_api::authority::Draft;
use urna_election::Language as Tag;
use urna_election::manifest::draft::Texts;
use urna_pages::Language;
use urna_pages::desk::making::{Form, NotRead};

use super::reading::{Reading, put_texts};

fn is_offered(tag: &str) -> bool {
    Language::ALL.into_iter().any(|language| language.tag() == tag)
}

pub(super) fn fill(draft: &Draft) -> Form {
    let mut form = Form::default();
    for tag in draft.languages.iter().filter(|tag| is_offered(tag)) {
        form.tick(format!("language.{tag}"), true);
    }
    let others: Vec<&str> =
        draft.languages.iter().map(String::as_str).filter(|tag| !is_offered(tag)).collect();
    form.put("language.other", others.join(" "));
    form.put("language.first", draft.languages.first().map(String::as_str).unwrap_or_default());
    put_texts(&mut form, "title", &draft.title);
    draft.description.iter().for_each(|texts| put_texts(&mut form, "description", texts));
    form.put("organiser.name", &draft.organiser.name);
    form.put("organiser.contact", &draft.organiser.contact);
    form.put("time_zone", &draft.time_zone);
    form.tick("trial", draft.trial);
    form
}

pub(super) fn read(form: &Form, before: &Draft) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    draft.title = reading.texts("title", &before.languages, Some(&before.title));
    draft.description = reading.optional("description", &before.languages, before.description.as_ref());
    draft.organiser.name = form.get("organiser.name").to_owned();
    draft.organiser.contact = form.get("organiser.contact").to_owned();
    draft.time_zone = form.get("time_zone").to_owned();
    draft.trial = form.has("trial");
    draft.languages = languages(&mut reading, before);
    if draft.languages.iter().any(|tag| !before.languages.contains(tag))
        || before.languages.iter().any(|tag| !draft.languages.contains(tag))
    {
        only(&mut draft);
    }
    reading.end(draft)
}

/// The languages that are ticked or typed, in the order in which they were, the first as chosen.
fn languages(reading: &mut Reading<'_>, before: &Draft) -> Vec<String> {
    let form = reading.form;
    let offered = Language::ALL.into_iter().map(Language::tag);
    let mut wanted: Vec<String> =
        offered.filter(|tag| form.has(&format!("language.{tag}"))).map(str::to_owned).collect();
    let typed = form.get("language.other").split([' ', ',', ';', '\n']).filter(|tag| !tag.is_empty());
    for tag in typed {
        if tag.parse::<Tag>().is_err() {
            reading.note("language.other", NotRead::Language);
        } else if !wanted.iter().any(|known| known == tag) {
            wanted.push(tag.to_owned());
        }
    }
    if wanted.is_empty() {
        reading.note("languages", NotRead::Empty);
    }
    let (mut languages, new): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|tag| before.languages.contains(tag));
    languages.sort_by_key(|tag| before.languages.iter().position(|known| known == tag));
    languages.extend(new);
    let first = form.get("language.first");
    languages.sort_by_key(|tag| tag != first);
    languages
}

/// Leaves texts in the election's languages only.
fn only(draft: &mut Draft) {
    let languages = draft.languages.clone();
    let keep = |texts: &mut Texts| texts.retain(|tag, _| languages.contains(tag));
    let keep_optional = |texts: &mut Option<Texts>| {
        texts.iter_mut().for_each(keep);
        *texts = texts.take().filter(|texts| !texts.is_empty());
    };
    keep(&mut draft.title);
    keep_optional(&mut draft.description);
    for contest in &mut draft.contests {
        keep(&mut contest.title);
        keep_optional(&mut contest.description);
        for option in &mut contest.options {
            keep(&mut option.title);
            keep_optional(&mut option.description);
        }
    }
    draft.classes.iter_mut().for_each(|class| keep(&mut class.title));
}
