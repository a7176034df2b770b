//! Names that programs compare: slugs, ids, languages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use urna_election::{Id, Language, Slug};

fuzz_target!(|text: &str| {
    if let Ok(slug) = text.parse::<Slug>() {
        assert_eq!(slug.as_str(), text);
        assert!(text.parse::<Id>().is_ok(), "every slug is an id");
    }
    if let Ok(id) = text.parse::<Id>() {
        assert_eq!(id.as_str(), text);
    }
    if let Ok(language) = text.parse::<Language>() {
        assert_eq!(language.as_str(), text);
    }
});
