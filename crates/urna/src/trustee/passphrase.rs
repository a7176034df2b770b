//! The passphrase: asked for without showing it, or from a file.

use std::io::{self, IsTerminal};
use std::path::Path;

use zeroize::Zeroizing;

use crate::answer::End;
use crate::prompt::read_secret;

/// The passphrase of a key file.
pub(super) fn read(file: Option<&Path>, of: &Path) -> Result<Zeroizing<String>, End> {
    match file {
        Some(file) => from(file),
        None => ask(&format!("Passphrase of {}: ", of.display())),
    }
}

/// The passphrase for a new key file, typed twice.
pub(super) fn choose(file: Option<&Path>) -> Result<Zeroizing<String>, End> {
    if let Some(file) = file {
        return from(file);
    }
    let first = ask("Choose a passphrase, for example five words that nobody else would choose: ")?;
    if io::stdin().is_terminal() && *ask("The same again: ")? != *first {
        return Err(End::unreadable("the two passphrases differ: nothing was made"));
    }
    Ok(first)
}

/// The first line of a file.
fn from(file: &Path) -> Result<Zeroizing<String>, End> {
    let text = read_secret(file, "the passphrase")?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn ask(question: &str) -> Result<Zeroizing<String>, End> {
    if !io::stdin().is_terminal() {
        return from(Path::new("-"));
    }
    let typed = rpassword::prompt_password(question);
    typed.map(Zeroizing::new).map_err(|error| End::unreadable(format!("no passphrase: {error}")))
}
