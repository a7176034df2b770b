//! A voter's link and recovery code, from files, a person or standard input.

use std::path::Path;

use urna_client::{Invitation, RecoveryCode};
use urna_crypto::Seed;

use crate::answer::End;
use crate::prompt::{ask_secret, read_secret};

/// The link in a file, or on standard input if it is `-`.
pub(super) fn read_link(path: &Path) -> Result<Invitation, End> {
    let text = read_secret(path, "your personal link")?;
    parse_link(&text, &path.display().to_string())
}

/// Asks for the link.
pub(super) fn ask_link() -> Result<Invitation, End> {
    let text = ask_secret("Paste your personal link, and press Enter: ")?;
    if text.trim().is_empty() {
        return Err(End::unreadable("a personal link is needed: --link FILE, or on standard input"));
    }
    parse_link(&text, "the link")
}

fn parse_link(text: &str, what: &str) -> Result<Invitation, End> {
    Invitation::from_pasted(text).map_err(|error| End::unreadable(format!("{what}: {error}")))
}

/// The recovery code in a file, or from standard input.
pub(super) fn read_code(path: Option<&Path>) -> Result<Seed, End> {
    let text = match path {
        Some(path) => read_secret(path, "your recovery code")?,
        None => ask_secret("Type your recovery code, and press Enter: ")?,
    };
    RecoveryCode::parse(&text).map_err(|error| End::unreadable(error.to_string()))
}
