//! What forms have in common: texts in several languages, numbers, ids made of titles.

use urna_election::Id;
use urna_election::json::Integer;
use urna_election::manifest::draft::Texts;
use urna_pages::desk::making::{Form, NotRead};

/// A form that is read, and what of it could not be.
pub(super) struct Reading<'f> {
    pub(super) form: &'f Form,
    wrong: Vec<(String, NotRead)>,
}

impl<'f> Reading<'f> {
    pub(super) const fn new(form: &'f Form) -> Self {
        Self { form, wrong: Vec::new() }
    }

    /// What was read, if all of it could be.
    pub(super) fn end<T>(self, read: T) -> Result<T, Vec<(String, NotRead)>> {
        if self.wrong.is_empty() { Ok(read) } else { Err(self.wrong) }
    }

    pub(super) fn note(&mut self, field: impl Into<String>, wrong: NotRead) {
        self.wrong.push((field.into(), wrong));
    }

    /// A whole number, which may be written in groups of digits.
    pub(super) fn number(&mut self, field: &str) -> Integer {
        let digits: String = self.form.get(field).split_whitespace().collect();
        let number = digits.parse::<u64>().ok().and_then(|number| Integer::try_from(number).ok());
        number.unwrap_or_else(|| {
            self.note(field, NotRead::Number);
            Integer::default()
        })
    }

    /// A text in these languages, which is now so. Where there is none and none was, there is none; where there is one in a language
    /// that the election does not have, it stays until it is emptied.
    pub(super) fn texts(&self, field: &str, languages: &[String], before: Option<&Texts>) -> Texts {
        let mut texts = Texts::new();
        for tag in languages {
            let text = one_line(self.form.get(&format!("{field}.{tag}")));
            if !text.is_empty() || before.is_some_and(|before| before.contains_key(tag)) {
                texts.insert(tag.clone(), text);
            }
        }
        let others = before.into_iter().flat_map(Texts::keys).filter(|tag| !languages.contains(tag));
        for tag in others {
            let text = one_line(self.form.get(&format!("{field}.{tag}")));
            if !text.is_empty() {
                texts.insert(tag.clone(), text);
            }
        }
        texts
    }

    /// The same of a text that need not be: none if it says nothing in any language.
    pub(super) fn optional(
        &self,
        field: &str,
        languages: &[String],
        before: Option<&Texts>,
    ) -> Option<Texts> {
        let texts = self.texts(field, languages, before);
        texts.values().any(|text| !text.is_empty()).then_some(texts)
    }
}

/// Fills the fields of a text.
pub(super) fn put_texts(form: &mut Form, field: &str, texts: &Texts) {
    for (tag, text) in texts {
        form.put(format!("{field}.{tag}"), text);
    }
}

/// A text as manifests have it: without line breaks, which some fields let people type.
fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text in the first language in which there is one.
pub(super) fn said<'t>(texts: &'t Texts, languages: &[String]) -> &'t str {
    let mut first = languages.iter().filter_map(|tag| texts.get(tag)).chain(texts.values());
    first.find(|text| !text.is_empty()).map(String::as_str).unwrap_or_default()
}

/// Bytes of an id, without the number that may follow it.
const LONGEST: usize = 34;

/// An id of a title that none of these is: `jana-novakova`, `jana-novakova-2`; `stem-1` of a title of other letters.
pub(super) fn fresh_id<'t>(title: &str, stem: &str, taken: impl Iterator<Item = &'t str> + Clone) -> String {
    let id = letters(title);
    let (base, first) = if id.is_empty() { (stem, 1) } else { (id.as_str(), 2) };
    let mut candidate = if id.is_empty() { format!("{stem}-1") } else { id.clone() };
    let mut number: usize = first;
    while taken.clone().any(|taken| taken == candidate) {
        candidate = format!("{base}-{number}");
        number = number.saturating_add(1);
    }
    candidate
}

/// What was typed as an id, which it becomes if it can.
pub(super) fn plain_id(text: &str) -> String {
    let plain = letters(text);
    if text.parse::<Id>().is_ok() || plain.is_empty() { text.to_owned() } else { plain }
}

/// A title's letters and digits as ids have them, with hyphens between words.
fn letters(title: &str) -> String {
    let mut id = String::new();
    for character in title.to_lowercase().chars() {
        match plain(character) {
            Some(letters) => id.push_str(letters),
            None if character.is_ascii_alphanumeric() => id.push(character),
            None if id.is_empty() || id.ends_with('-') => {}
            None => id.push('-'),
        }
        if id.len() > LONGEST {
            break;
        }
    }
    id.truncate(LONGEST);
    id.trim_end_matches('-').to_owned()
}

/// A letter of the pages' languages without its mark, or in Latin letters (the Ukrainian table of 2010).
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'а' => "a",
        'æ' => "ae",
        'б' => "b",
        'č' | 'ç' | 'ć' => "c",
        'ч' => "ch",
        'ď' | 'д' => "d",
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' | 'е' => "e",
        'ф' => "f",
        'ґ' => "g",
        'г' => "h",
        'í' | 'ì' | 'î' | 'ï' | 'і' | 'ї' | 'й' => "i",
        'є' => "ie",
        'ю' => "iu",
        'я' => "ia",
        'к' => "k",
        'х' => "kh",
        'ľ' | 'ĺ' | 'ł' | 'л' => "l",
        'м' => "m",
        'ň' | 'ñ' | 'ń' | 'н' => "n",
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' | 'о' => "o",
        'п' => "p",
        'ř' | 'ŕ' | 'р' => "r",
        'š' | 'ś' | 'с' => "s",
        'ш' => "sh",
        'щ' => "shch",
        'ß' => "ss",
        'ť' | 'т' => "t",
        'ц' => "ts",
        'ú' | 'ù' | 'û' | 'ü' | 'ů' | 'у' => "u",
        'в' => "v",
        'ý' | 'и' => "y",
        'ž' | 'ź' | 'ż' | 'з' => "z",
        'ж' => "zh",
        'ь' | '\'' | '’' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_ids_of_titles_in_the_languages_of_the_pages() {
        let id = |title: &str, taken: &[&str]| fresh_id(title, "option", taken.iter().copied());
        for (title, expected) in [
            ("Jana Nováková", "jana-novakova"),
            ("  Åsa  Öberg (ledamot) ", "asa-oberg-ledamot"),
            ("Лідія Щур’як", "lidiia-shchuriak"),
            ("2027/28", "2027-28"),
            ("評議会", "option-1"),
            ("", "option-1"),
        ] {
            assert_eq!(id(title, &[]), expected, "{title}");
        }
        assert_eq!(id("Ada", &["ada", "ada-2"]), "ada-3");
        assert_eq!(id("", &["option-1"]), "option-2");
        let long = id(&"щ".repeat(40), &[]);
        assert!(long.len() <= 40 && long.parse::<urna_election::Id>().is_ok(), "{long}");
    }

    #[test]
    fn keeps_what_was_not_shown_and_removes_what_was_emptied() {
        let before = Texts::from([("en".to_owned(), "A".to_owned()), ("de".to_owned(), "B".to_owned())]);
        let languages = ["en".to_owned(), "cs".to_owned()];
        let read = |fields: &[(&str, &str)]| {
            let form: Form = fields.iter().copied().collect();
            Reading::new(&form).texts("t", &languages, Some(&before))
        };
        assert_eq!(read(&[("t.en", "A"), ("t.cs", ""), ("t.de", "B")]), before);
        let emptied = Texts::from([("en".to_owned(), String::new()), ("cs".to_owned(), "C D".to_owned())]);
        assert_eq!(read(&[("t.en", ""), ("t.cs", "C\n D"), ("t.de", "")]), emptied);
        let form = Form::default();
        assert_eq!(Reading::new(&form).optional("t", &languages, Some(&before)), None);
    }

    #[test]
    fn rejects_what_is_no_number() {
        for (text, number) in
            [("12", Some(12)), (" 1 000 ", Some(1_000)), ("", None), ("-1", None), ("1.5", None)]
        {
            let form: Form = [("n", text)].into_iter().collect();
            let mut reading = Reading::new(&form);
            let read = reading.number("n").value();
            assert_eq!(reading.end(read).ok(), number, "{text}");
        }
    }
}
