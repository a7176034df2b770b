//! The bundle (`spec/booth.md`, The bundle): everything that a voter's browser runs or shows, under one hash.
//!
//! `bundle.json` lists the files with their hashes, and its own SHA-256 is the bundle's: it stands in manifests, so that whoever
//! serves a voter cannot quietly serve another program, style or word. The newest bundle is compiled into the program that
//! serves it ([`Bundle::built_in`]); older ones come from wherever they are kept, and are checked against their lists
//! ([`Bundle::read`]).
//!
//! Nothing here is stored, and nobody is asked.

mod built_in;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The name of a bundle's list of files.
pub const LIST: &str = "bundle.json";
/// What stands for the bundle's hash in its pages, which are in it.
const PLACEHOLDER: &str = "{bundle}";
/// The language in which every page exists.
const FIRST_LANGUAGE: &str = "en";

/// Why a bundle cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// No list.
    #[error("{LIST} cannot be read: {0}")]
    List(#[from] serde_json::Error),
    /// A name that could lead elsewhere.
    #[error("{LIST} lists {0:?}, which is no name of a file in it")]
    Name(String),
    /// A file is not there.
    #[error("{0} is not there")]
    Missing(String),
    /// A file is another one.
    #[error("{0} is not the file that {LIST} lists")]
    Changed(String),
}

/// A file of a bundle.
#[derive(Clone, Debug)]
pub struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

impl File {
    fn new(bytes: Bytes) -> Self {
        Self { sha256: Sha256::digest(&bytes).into(), bytes }
    }
}

/// A bundle whose files are those that its list names.
#[derive(Clone, Debug)]
pub struct Bundle {
    list: File,
    files: BTreeMap<String, File>,
}

/// What of a list counts here.
#[derive(Deserialize)]
struct List {
    files: BTreeMap<String, Listed>,
}

#[derive(Deserialize)]
struct Listed {
    sha256: String,
}

impl Bundle {
    /// The bundle that is compiled into this program.
    ///
    /// # Errors
    /// None of a program whose tests have passed.
    pub fn built_in() -> Result<Self, BundleError> {
        let file = |name: &str| {
            let found = built_in::FILES.iter().find(|(own, _)| *own == name);
            Ok(found.map(|(_, bytes)| Bytes::from_static(bytes)))
        };
        Self::read(Bytes::from_static(built_in::LIST), file)
    }

    /// Reads a bundle by its list; `file` reads one of its files, if there is one of that name.
    ///
    /// # Errors
    /// [`BundleError`]; whatever `file` says.
    pub fn read<E: From<BundleError>>(
        list: Bytes,
        mut file: impl FnMut(&str) -> Result<Option<Bytes>, E>,
    ) -> Result<Self, E> {
        let listed: List = serde_json::from_slice(&list).map_err(BundleError::from)?;
        let mut files = BTreeMap::new();
        for (name, Listed { sha256 }) in listed.files {
            if !is_a_name(&name) || name == LIST {
                return Err(BundleError::Name(name).into());
            }
            let found = file(&name)?.map(File::new).ok_or_else(|| BundleError::Missing(name.clone()))?;
            if hexadecimal(&found.sha256) != sha256 {
                return Err(BundleError::Changed(name).into());
            }
            files.insert(name, found);
        }
        Ok(Self { list: File::new(list), files })
    }

    /// The bundle's hash: SHA-256 of its list.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.list.sha256
    }

    /// The hash as addresses and pages have it: 64 lowercase digits.
    pub fn name(&self) -> String {
        hexadecimal(&self.list.sha256)
    }

    /// The files that the list names, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(name, file)| (name.as_str(), file))
    }

    /// The file of this name, which may be the list.
    pub fn file(&self, name: &str) -> Option<&File> {
        if name == LIST { Some(&self.list) } else { self.files.get(name) }
    }

    /// A page in this language, else in English, with the bundle's hash where it belongs.
    pub fn page(&self, page: &str, language: &str) -> Option<String> {
        let file = [language, FIRST_LANGUAGE]
            .into_iter()
            .find_map(|language| self.files.get(&format!("{page}.{language}.html")))?;
        Some(str::from_utf8(&file.bytes).ok()?.replace(PLACEHOLDER, &self.name()))
    }
}

/// The hash that these digits write.
pub fn parse_name(name: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = name.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    if rest.is_empty() { bytes?.try_into().ok() } else { None }
}

/// Whether it is a name in a folder and nothing else.
fn is_a_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_plain)
}

fn hexadecimal(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    const WEB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../booth/web");

    fn read(list: &str, files: &[(&str, &'static [u8])]) -> Result<Bundle, BundleError> {
        Bundle::read(Bytes::copy_from_slice(list.as_bytes()), |name| {
            Ok(files.iter().find(|(own, _)| *own == name).map(|(_, bytes)| Bytes::from_static(bytes)))
        })
    }

    fn list(name: &str, of: &[u8]) -> String {
        let sha256 = hexadecimal(&Sha256::digest(of).into());
        format!(r#"{{"compiler": "x", "files": {{"{name}": {{"sha256": "{sha256}", "size": 1}}}}}}"#)
    }

    #[test]
    fn has_compiled_in_what_the_list_names_and_nothing_else() {
        let bundle = Bundle::built_in().unwrap();
        let listed: Vec<_> = bundle.files().map(|(name, _)| name).collect();
        let compiled_in: Vec<_> = built_in::FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            listed, compiled_in,
            "crates/bundle/src/built_in.rs has the names of bundle.json, in their order"
        );
        let mut there: Vec<_> = fs::read_dir(WEB)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != LIST)
            .collect();
        there.sort();
        assert_eq!(listed, there, "run tools/build-web");
        assert_eq!(
            *bundle.sha256(),
            <[u8; 32]>::from(Sha256::digest(fs::read(Path::new(WEB).join(LIST)).unwrap()))
        );
        assert_eq!(parse_name(&bundle.name()), Some(*bundle.sha256()));
    }

    #[test]
    fn has_every_compressed_file_as_it_is_uncompressed() {
        let bundle = Bundle::built_in().unwrap();
        let mut found = 0;
        for (name, file) in bundle.files() {
            let Some(name) = name.strip_suffix(".br") else { continue };
            let mut plain = Vec::new();
            brotli::BrotliDecompress(&mut file.bytes.as_ref(), &mut plain).unwrap();
            assert!(plain == bundle.file(name).unwrap().bytes, "{name}");
            found += 1;
        }
        assert_eq!(found, 1);
    }

    #[test]
    fn writes_its_hash_into_its_pages_and_shows_what_there_is() {
        let page = b"<html lang=en>{bundle} {bundle}";
        let bundle = read(&list("vote.en.html", page), &[("vote.en.html", page)]).unwrap();
        let name = bundle.name();
        assert_eq!(bundle.page("vote", "sv").unwrap(), format!("<html lang=en>{name} {name}"));
        assert!(bundle.page("elections", "en").is_none());
        assert_eq!(&bundle.file(LIST).unwrap().sha256, bundle.sha256());
    }

    #[test]
    fn rejects_files_that_are_not_listed_so() {
        let of = |name: &str| list(name, b"a");
        read(&of("a.js"), &[("a.js", b"a")]).unwrap();
        assert!(matches!(read("{}", &[]), Err(BundleError::List(_))));
        assert!(matches!(read(&of("a.js"), &[]), Err(BundleError::Missing(name)) if name == "a.js"));
        assert!(
            matches!(read(&of("a.js"), &[("a.js", b"b")]), Err(BundleError::Changed(name)) if name == "a.js")
        );
        for name in ["", ".", "..", ".a", "a/b", "../a", "A", "a b", LIST] {
            assert!(matches!(read(&of(name), &[]), Err(BundleError::Name(_))), "{name}");
        }
        for name in ["", "0", &"0".repeat(63), &"0".repeat(66), &"A".repeat(64), &"g".repeat(64)] {
            assert_eq!(parse_name(name), None, "{name}");
        }
    }
}
