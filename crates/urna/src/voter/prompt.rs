//! Questions to a person, and secrets that are read from files or standard input.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;

use urna_client::{Invitation, RecoveryCode};
use urna_crypto::Seed;
use zeroize::Zeroizing;

use super::ending::End;

/// The most bytes of a file with a link or a code.
const LIMIT: u64 = 16 << 10;

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

/// All of a file, or of standard input if it is `-`.
pub(super) fn read_secret(path: &Path, what: &str) -> Result<Zeroizing<String>, End> {
    if path == Path::new("-") {
        return read_all(&mut io::stdin(), "standard input");
    }
    let name = path.display().to_string();
    let mut file = File::open(path)
        .map_err(|error| End::unreadable(format!("{name}, which should hold {what}: {error}")))?;
    read_all(&mut file, &name)
}

/// A line from a person, or all of what a program sends.
fn ask_secret(question: &str) -> Result<Zeroizing<String>, End> {
    let mut stdin = io::stdin();
    if !stdin.is_terminal() {
        return read_all(&mut stdin, "standard input");
    }
    let mut line = Zeroizing::new(String::with_capacity(4 << 10));
    ask(question, &mut line)?;
    Ok(line)
}

fn ask(question: &str, line: &mut String) -> Result<(), End> {
    let mut err = io::stderr();
    let asked = write!(err, "{question}").and_then(|()| err.flush());
    asked
        .and_then(|()| io::stdin().lock().read_line(line).map(drop))
        .map_err(|error| End::unreadable(format!("no answer: {error}")))
}

fn read_all(from: &mut impl Read, name: &str) -> Result<Zeroizing<String>, End> {
    // With room for all of it, so that no copy is left behind where it grew.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(LIMIT).unwrap_or_default() + 1));
    let read = from.take(LIMIT).read_to_string(&mut text);
    read.map_err(|error| End::unreadable(format!("{name}: {error}")))?;
    Ok(text)
}

/// Shows what will be done, and asks; `typed` is what must be typed, otherwise it is `yes`.
pub(super) fn confirm(what: &str, typed: Option<&str>, yes: bool) -> Result<(), End> {
    let mut err = io::stderr();
    let _ = writeln!(err, "{what}");
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(End::unreadable("nobody is there to confirm this: --yes does it without a question"));
    }
    let expected = typed.unwrap_or("yes");
    let mut line = String::new();
    ask(&format!("Type {expected} to go on: "), &mut line)?;
    if line.trim() == expected { Ok(()) } else { Err(End::no("nothing was done, as you wished")) }
}
