//! What whoever runs a board decides: its name, its address, and whom it serves.

use std::net::SocketAddr;

use serde::Deserialize;
use url::Url;
use urna_api::server::{ConfigError, public_address};
use urna_crypto::Ed25519Key;
use urna_election::Slug;
use urna_election::json::Base64;
use urna_log::Origin;

/// The configuration of a board, a TOML document (`spec/cli.md`).
#[derive(Clone, Debug)]
pub struct Config {
    name: String,
    url: Url,
    /// Where the board listens.
    pub listen: SocketAddr,
    authorities: Vec<Ed25519Key>,
}

/// The document as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: String,
    url: String,
    listen: SocketAddr,
    authorities: Vec<Base64<[u8; 32]>>,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError`], with every problem at once.
    pub fn parse(toml: &str) -> Result<Self, ConfigError> {
        let document: Document = toml::from_str(toml)?;
        let mut problems = Vec::new();
        if format!("{}/abc", document.name).parse::<Origin>().is_err() {
            problems.push(format!(
                "name: \"{}\" is no name for a log; use a domain such as board.example",
                document.name
            ));
        }
        let url = public_address(&document.url).map_err(|wrong| problems.push(format!("url: {wrong}"))).ok();
        let mut authorities = Vec::new();
        for (place, key) in document.authorities.iter().enumerate() {
            match Ed25519Key::from_bytes(&key.0) {
                Ok(key) => authorities.push(key),
                Err(weak) => problems.push(format!("authorities[{place}]: {weak}")),
            }
        }
        if document.authorities.is_empty() {
            problems.push(
                "authorities: nobody could create an election; give the key that `urna key authority` prints"
                    .to_owned(),
            );
        }
        match url {
            Some(url) if problems.is_empty() => {
                Ok(Self { name: document.name, url, listen: document.listen, authorities })
            }
            _ => Err(ConfigError::Fields(problems)),
        }
    }

    /// The board's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether this board serves an authority.
    pub fn serves(&self, authority: &Ed25519Key) -> bool {
        self.authorities.contains(authority)
    }

    /// The origin of an election's log; none if the slug makes the name too long.
    pub fn origin(&self, slug: &Slug) -> Option<Origin> {
        format!("{}/{slug}", self.name).parse().ok()
    }

    /// Where an election's log is read, without a slash at the end.
    pub fn prefix(&self, slug: &Slug) -> String {
        format!("{}/{slug}", self.url.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str, url: &str, authorities: &str) -> Result<Config, ConfigError> {
        let toml = format!(
            "name = {name:?}\nurl = {url:?}\nlisten = \"127.0.0.1:0\"\nauthorities = [{authorities}]\n"
        );
        Config::parse(&toml)
    }

    fn key() -> String {
        let key = urna_crypto::Ed25519SigningKey::from_bytes(&[1; 32]).public();
        serde_json::to_string(&Base64(key.to_bytes())).unwrap()
    }

    #[test]
    fn accepts_public_addresses_and_loopback() {
        for url in ["https://board.example:8443/", "http://127.0.0.1:80"] {
            let config = config("board.example", url, &key()).unwrap();
            let slug = "council-2027".parse().unwrap();
            assert_eq!(config.origin(&slug).unwrap().as_str(), "board.example/council-2027");
            assert!(!config.prefix(&slug).contains("//council"), "{}", config.prefix(&slug));
        }
    }

    #[test]
    fn rejects_with_every_problem_at_once() {
        let weak = serde_json::to_string(&Base64([0_u8; 32])).unwrap();
        let error = config("a b", "http://board.example", &weak).unwrap_err().to_string();
        for field in ["name:", "url:", "authorities[0]:"] {
            assert!(error.contains(field), "{error}");
        }
        assert!(
            config("board.example", "https://board.example", "")
                .unwrap_err()
                .to_string()
                .contains("authorities")
        );
        assert!(matches!(Config::parse("name = 1"), Err(ConfigError::Toml(_))));
        assert!(matches!(Config::parse("more = 1"), Err(ConfigError::Toml(_))));
    }
}
