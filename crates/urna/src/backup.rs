//! `urna backup` and `urna restore`: what authority and issuer keep, in one file.
//!
//! The file is a tar archive, which any tool can look into: `about.json` first, then `authority/…` and `issuer/<slug>/…`, and
//! last `end.json` with a hash of all of it: a copy that is cut off, or changed, is no backup. It has no secret with which tokens
//! are signed: whoever starts from it, and however often, gives nobody a second token ([`IssuerFolder::back_up`]).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tar::{Archive, Builder, EntryType, Header};
use urna_authority::{Folder, FolderError};
use urna_disk::{Copied, sync_folder};
use urna_election::Slug;
use urna_issuer::IssuerFolder;

use crate::answer::{Answer, End, finish};
use crate::serve::installation::Data;
use crate::service::no;

/// The first file of a backup.
const ABOUT: &str = "about.json";
/// What it says a backup is.
const FORMAT: &str = "urna backup 1";
/// The last one.
const END: &str = "end.json";
/// The most bytes of either.
const LIMIT: u64 = 1 << 20;

/// Copy what authority and issuer keep into one file; nobody can give second tokens with it
#[derive(Args)]
#[command(after_help = "\
DIR is that of `urna serve`, of `urna authority` or of `urna issuer`, and the service does not run: stop it first. A minute is
enough; voters are told to come again, and their devices do.

The file has everything but three things: the secrets with which an issuer signs tokens, so that no copy can give
anybody a second token; the keys of elections whose issuance has not begun, which are made anew; and the board, which must never be
continued from an older copy. Keep the board's folder on a disk that is mirrored, and copies of the public record with
`urna mirror`. The file holds names, addresses, the authority's key, unsent invitations, and who has taken a token: it is readable
by you only, and belongs where nobody else reads it.

Complete example:

  urna backup --data union union-2027-03-01.tar

Exit status: 0 done; 1 the service runs, or there is nothing to copy; 2 something cannot be read or written.")]
pub(crate) struct BackupArguments {
    /// The service's folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The new file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// Put a backup into a new folder
#[derive(Args)]
#[command(after_help = "\
DIR is new. Start the service on it as before, with the same configuration; the folder of the board, where `urna serve` has one, goes
to DIR/board as it was.

What an authority that is older than the log does: it posts nothing, and says so. What a restored issuer does: who had a token when
the backup was made gets the same one again, and nobody gets a new one; in an election that is not published yet, take its old keys
out with `urna election keys SLUG --remove-issuer ID`, and it makes others. After the close it posts the list of those that it knows. If
tokens were taken since, the verifier says that more have voted than the list has. Then the election has to be
held again, or its other issuers vouch for it: nothing that could hide a second token is possible.

Complete example:

  urna restore union-2027-03-01.tar --data union

Exit status: 0 done; 1 DIR exists; 2 something cannot be read or written, and DIR is not there.")]
pub(crate) struct RestoreArguments {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The folder that is made
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// What a backup says of itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    format: String,
    /// Whether the folder was that of `urna serve`, with a folder for each role.
    serve: bool,
    /// Unix second.
    made: u64,
}

/// What a backup ends with.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    /// How many files there are between the first and this one.
    files: usize,
    /// SHA-256 of them, hexadecimal: of each the length of its name in 8 bytes, the name, the length of its content, the content.
    sha256: String,
}

/// Adds files up.
#[derive(Default)]
struct Summing {
    files: usize,
    hash: Sha256,
}

impl Summing {
    fn begin(&mut self, name: &Path, length: u64) {
        let name = name.as_os_str().as_encoded_bytes();
        self.files += 1;
        self.hash.update(u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.hash.update(name);
        self.hash.update(length.to_be_bytes());
    }

    fn end(self) -> Sum {
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Sum { files: self.files, sha256 }
    }
}

/// Adds up what is read.
struct Summed<'s, R> {
    from: R,
    sum: &'s mut Summing,
}

impl<R: Read> Read for Summed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        self.sum.hash.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// What lies in a folder.
struct Found {
    serve: bool,
    authority: Option<PathBuf>,
    issuer: Option<PathBuf>,
}

/// Runs `urna backup`.
pub(crate) fn back_up(arguments: &BackupArguments) -> ExitCode {
    let BackupArguments { data, file, json } = arguments;
    finish("urna backup", *json, copy(data, file))
}

/// Runs `urna restore`.
pub(crate) fn restore(arguments: &RestoreArguments) -> ExitCode {
    let RestoreArguments { file, data, json } = arguments;
    finish("urna restore", *json, put_back(file, data))
}

fn copy(data: &Path, file: &Path) -> Result<Answer, End> {
    let found = find(data)?;
    let name = file.display();
    let created = OpenOptions::new().create_new(true).write(true).mode(0o600).open(file);
    let created = created.map_err(|error| End::unreadable(format!("{name}: {error}")))?;
    let written = write(&found, &created).and_then(|count| {
        created.sync_all()?;
        sync_folder(file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        Ok(count)
    });
    match written {
        Ok(files) => {
            let text = format!(
                "{name} holds {files} files of {}. Keep it where nobody else reads it.",
                data.display()
            );
            Ok(Answer::yes(text, json!({ "file": file, "files": files })))
        }
        Err(error) => {
            // What is not whole is no backup.
            let _ = fs::remove_file(file);
            Err(no(error))
        }
    }
}

/// Which roles have something in this folder.
fn find(data: &Path) -> Result<Found, End> {
    let installation = Data::new(data);
    if installation.has_authority().map_err(no)? {
        let (authority, issuer) = (installation.authority(), installation.issuer());
        return Ok(Found { serve: true, authority: Some(authority), issuer: Some(issuer) });
    }
    match Folder::new(data).signing_key() {
        Ok(_) => return Ok(Found { serve: false, authority: Some(data.to_owned()), issuer: None }),
        Err(FolderError::NoSigningKey(_)) => {}
        Err(error) => return Err(no(error)),
    }
    let found = Found { serve: false, authority: None, issuer: Some(data.to_owned()) };
    let slugs = slugs(data).map_err(|error| End::unreadable(format!("{}: {error}", data.display())))?;
    if slugs.iter().any(|slug| data.join(slug.as_str()).join("started").exists()) {
        return Ok(found);
    }
    Err(End::no(format!(
        "{} has no authority's key, and no election that an issuer has opened: name the folder of a service",
        data.display()
    )))
}

/// The elections that have a folder here.
fn slugs(folder: &Path) -> io::Result<Vec<Slug>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name()));
    let names: Vec<_> = names.collect::<io::Result<_>>()?;
    let mut slugs: Vec<Slug> = names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
    slugs.sort();
    Ok(slugs)
}

/// Writes the archive; how many files it has.
fn write(found: &Found, file: &File) -> anyhow::Result<usize> {
    let made = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let about = About { format: FORMAT.to_owned(), serve: found.serve, made };
    let mut archive = Builder::new(file);
    let mut sum = Summing::default();
    append(&mut archive, Path::new(ABOUT), Copied::Bytes(&serde_json::to_vec(&about)?), None)?;
    let mut add = |name: &Path, copied: Copied<'_>| append(&mut archive, name, copied, Some(&mut sum));
    if let Some(folder) = &found.authority {
        let before = Path::new("authority");
        Folder::new(folder).back_up(|name, copied| add(&before.join(name), copied))?;
    }
    if let Some(folder) = &found.issuer {
        for slug in slugs(folder)? {
            let before = Path::new("issuer").join(slug.as_str());
            IssuerFolder::of(folder, &slug).back_up(|name, copied| add(&before.join(name), copied))?;
        }
    }
    let sum = sum.end();
    append(&mut archive, Path::new(END), Copied::Bytes(&serde_json::to_vec(&sum)?), None)?;
    archive.finish()?;
    Ok(sum.files)
}

fn append(
    archive: &mut Builder<&File>,
    name: &Path,
    copied: Copied<'_>,
    sum: Option<&mut Summing>,
) -> anyhow::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(0o600);
    header.set_entry_type(EntryType::Regular);
    let (length, from): (u64, Box<dyn Read + '_>) = match copied {
        Copied::Bytes(bytes) => (bytes.len().try_into()?, Box::new(bytes)),
        Copied::File(path) => {
            let file = File::open(path).with_context(|| path.display().to_string())?;
            let length = file.metadata()?.len();
            // Not more than is announced, should somebody write to it.
            (length, Box::new(file.take(length)))
        }
    };
    header.set_size(length);
    match sum {
        Some(sum) => {
            sum.begin(name, length);
            archive.append_data(&mut header, name, Summed { from, sum })?;
        }
        None => archive.append_data(&mut header, name, from)?,
    }
    Ok(())
}

fn put_back(file: &Path, data: &Path) -> Result<Answer, End> {
    if data.exists() {
        return Err(End::no(format!(
            "{} exists: a backup goes into a new folder, and what was there stays as it is",
            data.display()
        )));
    }
    // Under another name until it is whole.
    let mut unfinished = data.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let unpacked = unpack(file, &unfinished).and_then(|done| {
        fs::rename(&unfinished, data)?;
        sync_folder(data.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        Ok(done)
    });
    match unpacked {
        Ok((about, files)) => {
            let made = about.made;
            let text = format!(
                "{} holds {files} files again, as they were when the backup was made (Unix second {made}).\n\
                 Its issuer gives everybody what they were given before, and no new token to anybody.",
                data.display()
            );
            Ok(Answer::yes(text, json!({ "data": data, "files": files, "made": made })))
        }
        Err(error) => {
            let _ = fs::remove_dir_all(&unfinished);
            Err(End::unreadable(format!("{}: {error:#}", file.display())))
        }
    }
}

/// Unpacks a backup into a folder that is made; what it says of itself, and how many files it has.
fn unpack(file: &Path, folder: &Path) -> anyhow::Result<(About, usize)> {
    let mut archive = Archive::new(File::open(file)?);
    let mut entries = archive.entries()?;
    let mut first = entries.next().context("it is empty")??;
    ensure!(first.path()? == Path::new(ABOUT), "it is no backup of Urna: the first file of one is {ABOUT}");
    let about: About = read_json(&mut first).context(ABOUT)?;
    ensure!(about.format == FORMAT, "it is of another kind: {}", about.format);
    fs::create_dir(folder).with_context(|| folder.display().to_string())?;
    let (mut sum, mut folders) = (Summing::default(), vec![folder.to_owned()]);
    let mut stated: Option<Sum> = None;
    for entry in entries {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        ensure!(stated.is_none(), "{} stands behind its end", name.display());
        if name == Path::new(END) {
            stated = Some(read_json(&mut entry).context(END)?);
            continue;
        }
        let role = role_of(&name).filter(|_| entry.header().entry_type() == EntryType::Regular);
        let Some(role) = role else { bail!("{} does not belong into a backup", name.display()) };
        let announced = entry.header().size()?;
        sum.begin(&name, announced);
        let path = folder.join(if about.serve { name.as_path() } else { name.strip_prefix(role)? });
        let above = path.parent().context("a file without a folder")?;
        if !above.exists() {
            fs::create_dir_all(above)?;
            folders.push(above.to_owned());
        }
        let created = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path);
        let mut created = created.with_context(|| path.display().to_string())?;
        let copied = io::copy(&mut Summed { from: &mut entry, sum: &mut sum }, &mut created)?;
        ensure!(copied == announced, "{} is cut off", name.display());
        created.sync_all()?;
    }
    let (sum, stated) = (sum.end(), stated.context("it is cut off")?);
    ensure!(
        sum == stated,
        "it was changed since it was made: {} files, and not the hash that it states",
        sum.files
    );
    for folder in folders.iter().rev() {
        sync_folder(folder)?;
    }
    Ok((about, sum.files))
}

/// One of the two documents of a backup itself.
fn read_json<T: DeserializeOwned>(from: &mut impl Read) -> anyhow::Result<T> {
    let mut text = Vec::new();
    from.take(LIMIT).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// The role to which a file of a backup belongs; none of a name that leads elsewhere.
fn role_of(name: &Path) -> Option<&'static str> {
    let mut components = name.components();
    let Some(Component::Normal(first)) = components.next() else { return None };
    let role = ["authority", "issuer"].into_iter().find(|role| first == *role)?;
    let is_within = components.clone().next().is_some()
        && components.all(|component| matches!(component, Component::Normal(_)));
    is_within.then_some(role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_names_within_a_role_only() {
        for (name, role) in [
            ("authority/authority.key", Some("authority")),
            ("issuer/union/answered/db", Some("issuer")),
            ("authority", None),
            ("authority/../../etc/passwd", None),
            ("/authority/x", None),
            ("../authority/x", None),
            ("board/x", None),
            ("", None),
        ] {
            assert_eq!(role_of(Path::new(name)), role, "{name}");
        }
    }
}
