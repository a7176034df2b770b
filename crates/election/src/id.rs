//! Names that programs compare: slugs, ids and language tags (ENC-5).
//!
//! All are restricted ASCII, so byte order, character order and the UTF-16 order of RFC 8785 are the same, nothing needs
//! normalising, and none needs escaping in a URL, a file name or a command line.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $error:ident, $message:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        #[doc = concat!("A text that is not a [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($message)]
        pub struct $error;

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                if $valid(&text) { Ok(Self(text)) } else { Err($error) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The election's short name on its board, `[a-z0-9-]{3,40}`. Part of the log's origin and of every route.
    Slug, NotASlug, "a slug is 3 to 40 characters from a-z, 0-9 and -",
    |text: &str| (3..=40).contains(&text.len()) && lower_case(text)
}

name! {
    /// The id of a contest, option, class, district, ballot style, issuer or trustee, `[a-z0-9-]{1,40}`.
    Id, NotAnId, "an id is 1 to 40 characters from a-z, 0-9 and -",
    |text: &str| (1..=40).contains(&text.len()) && lower_case(text)
}

name! {
    /// A language tag, the part `[a-z]{2,3}(-[A-Za-z0-9]{2,8})*` of BCP 47, at most 35 characters: `cs`, `pt-BR`.
    Language, NotALanguage, "a language is a tag such as en, cs or pt-BR",
    language
}

fn lower_case(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    text.len() <= 35
        && (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepts_and_rejects_slugs_and_ids_enc_5() {
        for (text, slug, id) in [
            ("abc", true, true),
            ("-0-", true, true),
            ("ab", false, true),
            ("a", false, true),
            ("", false, false),
            ("aBc", false, false),
            ("a_c", false, false),
            ("a c", false, false),
            ("ábc", false, false),
            ("abc\n", false, false),
        ] {
            assert_eq!(text.parse::<Slug>().is_ok(), slug, "{text:?}");
            assert_eq!(text.parse::<Id>().is_ok(), id, "{text:?}");
        }
        assert!("a".repeat(40).parse::<Id>().is_ok());
        assert!("a".repeat(41).parse::<Id>().is_err());
        assert!("a".repeat(40).parse::<Slug>().is_ok());
        assert!("a".repeat(41).parse::<Slug>().is_err());
    }

    #[test]
    fn accepts_and_rejects_languages_enc_5() {
        for text in ["en", "cs", "ces", "pt-BR", "zh-Hant-TW", "sl-rozaj"] {
            assert!(text.parse::<Language>().is_ok(), "{text}");
        }
        for text in ["", "e", "EN", "english", "en-", "en--US", "en-a", "en_US", "-en", "čs", "en-Abcdefghi"]
        {
            assert!(text.parse::<Language>().is_err(), "{text}");
        }
        assert!(format!("en{}", "-abcdefgh".repeat(4)).parse::<Language>().is_err());
    }

    proptest! {
        #[test]
        fn byte_order_is_utf_16_order(a in "[a-z0-9-]{1,40}", b in "[a-z0-9-]{1,40}") {
            let (x, y): (Id, Id) = (a.parse().unwrap(), b.parse().unwrap());
            prop_assert_eq!(x.cmp(&y), a.encode_utf16().cmp(b.encode_utf16()));
            prop_assert_eq!(serde_json::from_str::<Id>(&serde_json::to_string(&x).unwrap()).unwrap(), x);
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            let _ = (text.parse::<Slug>(), text.parse::<Id>(), text.parse::<Language>());
        }
    }
}
