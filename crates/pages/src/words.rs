//! The texts of the pages, each in every language (Fluent).

use std::fmt::Display;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::language::Language;

/// What the words of a language are for: the board and all pages, the booth, the desk and its parts, the trustee's page.
type Sources = [&'static str; 6];

/// The words of each language, English first.
const SOURCES: [Sources; 4] = [
    [
        include_str!("../words/en.ftl"),
        include_str!("../words/booth/en.ftl"),
        include_str!("../words/desk/en.ftl"),
        include_str!("../words/making/en.ftl"),
        include_str!("../words/voters/en.ftl"),
        include_str!("../words/trustee/en.ftl"),
    ],
    [
        include_str!("../words/cs.ftl"),
        include_str!("../words/booth/cs.ftl"),
        include_str!("../words/desk/cs.ftl"),
        include_str!("../words/making/cs.ftl"),
        include_str!("../words/voters/cs.ftl"),
        include_str!("../words/trustee/cs.ftl"),
    ],
    [
        include_str!("../words/sv.ftl"),
        include_str!("../words/booth/sv.ftl"),
        include_str!("../words/desk/sv.ftl"),
        include_str!("../words/making/sv.ftl"),
        include_str!("../words/voters/sv.ftl"),
        include_str!("../words/trustee/sv.ftl"),
    ],
    [
        include_str!("../words/uk.ftl"),
        include_str!("../words/booth/uk.ftl"),
        include_str!("../words/desk/uk.ftl"),
        include_str!("../words/making/uk.ftl"),
        include_str!("../words/voters/uk.ftl"),
        include_str!("../words/trustee/uk.ftl"),
    ],
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 4]> = LazyLock::new(|| Language::ALL.map(bundle));

fn sources(language: Language) -> Sources {
    let [english, czech, swedish, ukrainian] = SOURCES;
    match language {
        Language::English => english,
        Language::Czech => czech,
        Language::Swedish => swedish,
        Language::Ukrainian => ukrainian,
    }
}

fn bundle(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The pages mark the direction of foreign names themselves, where it matters.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |value, _| grouped(value, ','),
        _ => |value, _| grouped(value, '\u{a0}'),
    }));
    for source in sources(language) {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// A whole number with its thousands apart.
fn grouped(value: &FluentValue<'_>, between: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = format!("{:.0}", number.value);
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(place);
        if place > 0 && left.is_multiple_of(3) {
            text.push(between);
        }
        text.push(digit);
    }
    Some(text)
}

/// Everything that the pages say, in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(Language);

impl Words {
    /// The words of this language.
    pub const fn new(language: Language) -> Self {
        Self(language)
    }

    /// Their language.
    pub const fn language(self) -> Language {
        self.0
    }

    /// A text. The key itself where there is none, which a test excludes.
    pub fn text(self, key: &str) -> String {
        self.say(key, None)
    }

    /// A text about a number, which decides about its plural and stands in it as `$count`.
    pub fn count(self, key: &str, count: u64) -> String {
        self.with(key, &[("count", count.into())])
    }

    /// A text with other texts or numbers in it.
    pub fn with(self, key: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let arguments: FluentArgs<'_> =
            arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.say(key, Some(&arguments))
    }

    /// A text with one other text in it.
    pub fn of(self, key: &str, name: &'static str, value: impl Display) -> String {
        self.with(key, &[(name, value.to_string().into())])
    }

    /// A whole number as the language writes it.
    pub fn number(self, number: u64) -> String {
        self.count("number", number)
    }

    /// Tenths of a per cent as the language writes them, such as `41,6 %`.
    pub fn per_cent(self, tenths: u64) -> String {
        let (whole, tenth) = (tenths / 10, tenths % 10);
        match self.0 {
            Language::English => format!("{whole}.{tenth}%"),
            _ => format!("{whole},{tenth}\u{a0}%"),
        }
    }

    fn say(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let [english, czech, swedish, ukrainian] = &*BUNDLES;
        let bundle = match self.0 {
            Language::English => english,
            Language::Czech => czech,
            Language::Swedish => swedish,
            Language::Ukrainian => ukrainian,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        // What a text lacks shows in it by its name.
        bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
    use fluent_syntax::parser;

    use super::*;

    fn variables(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else { continue };
            let (inline, variants) = match expression {
                Expression::Inline(inline) => (inline, None),
                Expression::Select { selector, variants } => (selector, Some(variants)),
            };
            if let InlineExpression::VariableReference { id } = inline {
                into.insert(id.name.to_owned());
            }
            variants.into_iter().flatten().for_each(|variant| variables(&variant.value, into));
        }
    }

    /// Every message with the variables in it.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let resources = sources(language).map(|source| parser::parse(source).unwrap());
        let entries = resources.iter().flat_map(|resource| &resource.body);
        let messages = entries.filter_map(|entry| match entry {
            Entry::Message(message) => {
                let mut found = BTreeSet::new();
                variables(message.value.as_ref().unwrap(), &mut found);
                Some((message.id.name.to_owned(), found))
            }
            _ => None,
        });
        let list: Vec<_> = messages.collect();
        let all: BTreeMap<_, _> = list.iter().cloned().collect();
        assert_eq!(all.len(), list.len(), "{language:?} says something twice");
        all
    }

    #[test]
    fn every_language_says_everything() {
        let english = messages(Language::English);
        assert!(english.len() > 60);
        for language in Language::ALL {
            assert_eq!(messages(language), english, "{language:?}");
        }
    }

    /// All code in a folder.
    fn code(folder: &Path) -> String {
        let paths = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let read = |path: PathBuf| match path.extension() {
            None => code(&path),
            Some(extension) if extension == "rs" => std::fs::read_to_string(path).unwrap(),
            Some(_) => String::new(),
        };
        paths.map(read).collect()
    }

    /// Every key in the code exists, and every key that exists is used.
    #[test]
    fn every_word_is_used_and_exists() {
        let code = code(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        for key in messages(Language::English).keys() {
            let is_numbered = key.rsplit_once('-').is_some_and(|(stem, number)| {
                number.parse::<u8>().is_ok() && code.contains(&format!("\"{stem}-{{"))
            });
            assert!(is_numbered || code.contains(&format!("\"{key}\"")), "nobody says {key}");
        }
    }

    #[test]
    fn counts_as_each_language_does() {
        let say = |language, count| Words::new(language).count("ballots", count);
        assert_eq!(say(Language::English, 1), "1 ballot");
        assert_eq!(say(Language::English, 12_345), "12,345 ballots");
        assert_eq!(say(Language::Czech, 1), "1 hlasovací lístek");
        assert_eq!(say(Language::Czech, 3), "3 hlasovací lístky");
        assert_eq!(say(Language::Czech, 1_000), "1\u{a0}000 hlasovacích lístků");
        assert_eq!(say(Language::Swedish, 2), "2 valsedlar");
        assert_eq!(say(Language::Ukrainian, 21), "21 бюлетень");
        assert_eq!(say(Language::Ukrainian, 22), "22 бюлетені");
        assert_eq!(say(Language::Ukrainian, 25), "25 бюлетенів");
        assert_eq!(Words::new(Language::Swedish).per_cent(416), "41,6\u{a0}%");
        assert_eq!(Words::new(Language::English).number(1_234_567), "1,234,567");
        assert_eq!(Words::new(Language::English).number(0), "0");
    }
}
