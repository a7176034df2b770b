//! The languages of the pages.

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, in which every word exists first.
    English,
    /// Czech.
    Czech,
    /// Swedish.
    Swedish,
    /// Ukrainian.
    Ukrainian,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::English, Self::Czech, Self::Swedish, Self::Ukrainian];

    /// Its tag of BCP 47.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Czech => "cs",
            Self::Swedish => "sv",
            Self::Ukrainian => "uk",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Czech => "Čeština",
            Self::Swedish => "Svenska",
            Self::Ukrainian => "Українська",
        }
    }

    /// The language of a tag, whatever region it names.
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that a reader wants: what was chosen on a page, else the first of `Accept-Language` by weight (RFC 9110,
    /// 12.5.4) that there is, else English.
    pub fn wanted(chosen: Option<&str>, accepted: Option<&str>) -> Self {
        let weighed = accepted.unwrap_or_default().split(',').filter_map(|range| {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                Some(weight) => weight.parse().ok().filter(|weight: &f32| (0.0..=1.0).contains(weight))?,
                None => 1.0,
            };
            Some((Self::of(tag.trim())?, weight))
        });
        let best =
            weighed.filter(|(_, weight)| *weight > 0.0).fold(None, |best: Option<(Self, f32)>, next| {
                if best.is_some_and(|(_, weight)| weight >= next.1) { best } else { Some(next) }
            });
        chosen.and_then(Self::of).or(best.map(|(language, _)| language)).unwrap_or(Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_choice_and_then_the_browser() {
        for (chosen, accepted, expected) in [
            (None, None, Language::English),
            (None, Some("cs-CZ,cs;q=0.9,en;q=0.8"), Language::Czech),
            (None, Some("de, en;q=0.5, uk;q=0.7"), Language::Ukrainian),
            (None, Some("sv;q=0, en;q=0.1"), Language::English),
            (None, Some("*;q=0.5, q=, ;;;, sv;q=2"), Language::English),
            (Some("SV"), Some("cs"), Language::Swedish),
            (Some("xx"), Some("cs"), Language::Czech),
        ] {
            assert_eq!(Language::wanted(chosen, accepted), expected, "{chosen:?} {accepted:?}");
        }
    }
}
