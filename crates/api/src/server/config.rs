//! What is alike in the configurations of all services.

use std::net::IpAddr;

use url::{Host, Url};

/// What is wrong with a configuration, all of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Not TOML, a field too many or too few, or of the wrong type.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// Fields that cannot be.
    #[error("{}", .0.join("\n"))]
    Fields(Vec<String>),
}

/// Why an address cannot be a service's public one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongAddress {
    /// Not an address.
    #[error("{0}; use an address such as https://urna.example")]
    NotAnAddress(url::ParseError),
    /// Without encryption, and not on this machine.
    #[error(
        "without https anybody on the way could read and change what is sent; only loopback may do without"
    )]
    Unprotected,
    /// Another scheme.
    #[error("use https")]
    Scheme,
    /// More than scheme, host and port.
    #[error("give scheme, host and port only")]
    NotBare,
}

/// Reads the address of a service: https, or http on loopback, with host and port and nothing else.
///
/// # Errors
/// [`WrongAddress`].
pub fn public_address(text: &str) -> Result<Url, WrongAddress> {
    let url = Url::parse(text).map_err(WrongAddress::NotAnAddress)?;
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        "http" => return Err(WrongAddress::Unprotected),
        _ => return Err(WrongAddress::Scheme),
    }
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    if is_bare && is_anonymous { Ok(url) } else { Err(WrongAddress::NotBare) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_https_and_loopback() {
        for text in [
            "https://board.example",
            "https://board.example:8443/",
            "http://127.0.0.1:80",
            "http://[::1]:8080",
            "http://localhost",
        ] {
            public_address(text).unwrap();
        }
    }

    #[test]
    fn rejects_what_is_unprotected_or_more_than_an_address() {
        for (text, wrong) in [
            ("http://board.example", WrongAddress::Unprotected),
            ("http://localhost.example", WrongAddress::Unprotected),
            ("http://192.168.0.1", WrongAddress::Unprotected),
            ("ftp://board.example", WrongAddress::Scheme),
            ("board.example:80", WrongAddress::Scheme),
            ("https://board.example/path", WrongAddress::NotBare),
            ("https://board.example/?q", WrongAddress::NotBare),
            ("https://board.example/#f", WrongAddress::NotBare),
            ("https://a@board.example", WrongAddress::NotBare),
            ("https://:b@board.example", WrongAddress::NotBare),
            ("board.example", WrongAddress::NotAnAddress(url::ParseError::RelativeUrlWithoutBase)),
        ] {
            assert_eq!(public_address(text), Err(wrong), "{text}");
        }
    }
}
