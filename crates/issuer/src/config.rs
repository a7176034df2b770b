//! What whoever runs an issuer decides: where it listens, and which elections it serves.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde::Deserialize;
use url::Url;
use urna_api::server::{ConfigError, public_address};
use urna_crypto::ElectionId;
use urna_election::{Id, Slug};

/// The configuration of an issuer, a TOML document (`spec/cli.md`).
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the issuer listens.
    pub listen: SocketAddr,
    /// The elections that it serves.
    pub elections: Vec<Served>,
}

/// An election that an issuer serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Its name in every route, and that of its folder.
    pub slug: Slug,
    /// Which of the election's issuers this is.
    pub issuer: Id,
    /// Where its board is.
    pub board: Url,
    /// Its id, as it was announced. The keys are bound to it (TOK-1).
    pub election: ElectionId,
}

/// The document as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    listen: SocketAddr,
    #[serde(default)]
    elections: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    slug: String,
    issuer: String,
    board: String,
    election: String,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError`], with every problem at once.
    pub fn parse(toml: &str) -> Result<Self, ConfigError> {
        let document: Document = toml::from_str(toml)?;
        let (mut problems, mut slugs) = (Vec::new(), BTreeSet::new());
        let mut elections = Vec::new();
        for (place, table) in document.elections.iter().enumerate() {
            let mut wrong = |field, what: &dyn std::fmt::Display| {
                problems.push(format!("elections[{place}].{field}: {what}"));
            };
            let slug = table.slug.parse::<Slug>().map_err(|error| wrong("slug", &error)).ok();
            let issuer = table.issuer.parse().map_err(|error| wrong("issuer", &error)).ok();
            let board = public_address(&table.board).map_err(|error| wrong("board", &error)).ok();
            let election = read_hash(&table.election).map(ElectionId::from_bytes);
            if election.is_none() {
                wrong("election", &"give the 64 hexadecimal digits of the announced election id");
            }
            if slug.as_ref().is_some_and(|slug| !slugs.insert(slug.clone())) {
                wrong("slug", &"this election is there twice");
            }
            if let (Some(slug), Some(issuer), Some(board), Some(election)) = (slug, issuer, board, election) {
                elections.push(Served { slug, issuer, board, election });
            }
        }
        if problems.is_empty() {
            Ok(Self { listen: document.listen, elections })
        } else {
            Err(ConfigError::Fields(problems))
        }
    }
}

/// 64 lower-case hexadecimal digits.
pub(crate) fn read_hash(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(slug: &str, board: &str, election: &str) -> String {
        format!(
            "[[elections]]\nslug = {slug:?}\nissuer = \"main\"\nboard = {board:?}\nelection = {election:?}\n"
        )
    }

    #[test]
    fn accepts_elections_on_boards_with_https_or_on_loopback() {
        let id = "0123456789abcdef".repeat(4);
        let elections = [
            table("council-2027", "https://board.example", &id),
            table("senate-2027", "http://127.0.0.1:8080", &id),
        ];
        let config = Config::parse(&format!("listen = \"127.0.0.1:0\"\n{}", elections.concat())).unwrap();
        assert_eq!(config.elections.len(), 2);
        assert_eq!(config.elections[0].election.to_string(), id);
        assert!(Config::parse("listen = \"127.0.0.1:0\"\n").unwrap().elections.is_empty());
    }

    #[test]
    fn rejects_with_every_problem_at_once() {
        let id = "0123456789abcdef".repeat(4);
        let elections = [
            table("council-2027", "https://board.example", &id),
            table("council-2027", "http://board.example", &id.to_uppercase()),
            table("X", "board.example", &id[1..]),
        ];
        let error = Config::parse(&format!("listen = \"127.0.0.1:0\"\n{}", elections.concat())).unwrap_err();
        let text = error.to_string();
        for problem in ["[1].slug", "[1].board", "[1].election", "[2].slug", "[2].board", "[2].election"] {
            assert!(text.contains(problem), "{problem} in {text}");
        }
        assert!(!text.contains("[0]"), "{text}");
        assert!(matches!(Config::parse("name = 1"), Err(ConfigError::Toml(_))));
    }
}
