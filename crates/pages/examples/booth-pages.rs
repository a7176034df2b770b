//! Writes the booth's pages, in every language, and their stylesheet to a folder: what of the bundle is made of this crate
//! (`tools/build-web`).

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or_else(|| io::Error::other("name a folder"))?);
    for (name, content) in urna_pages::booth::files() {
        fs::write(folder.join(name), content)?;
    }
    Ok(())
}
