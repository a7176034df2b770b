//! Questions to a person, and secrets that are read from files or standard input.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::answer::End;

/// The most bytes of a file with a secret.
const LIMIT: u64 = 16 << 10;

/// All of a file, or of standard input if it is `-`.
pub(crate) fn read_secret(path: &Path, what: &str) -> Result<Zeroizing<String>, End> {
    if path == Path::new("-") {
        return read_all(&mut io::stdin(), "standard input");
    }
    let name = path.display().to_string();
    let mut file = File::open(path)
        .map_err(|error| End::unreadable(format!("{name}, which should hold {what}: {error}")))?;
    read_all(&mut file, &name)
}

/// A line from a person, or all of what a program sends.
pub(crate) fn ask_secret(question: &str) -> Result<Zeroizing<String>, End> {
    let mut stdin = io::stdin();
    if !stdin.is_terminal() {
        return read_all(&mut stdin, "standard input");
    }
    let mut line = Zeroizing::new(String::with_capacity(4 << 10));
    ask(question, &mut line)?;
    Ok(line)
}

pub(crate) fn ask(question: &str, line: &mut String) -> Result<(), End> {
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
pub(crate) fn confirm(what: &str, typed: Option<&str>, yes: bool) -> Result<(), End> {
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
