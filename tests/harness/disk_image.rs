//! A disk whose power can be cut: an ext4 image on a loop device.
//!
//! The cut is the ioctl `EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH`: from one moment to the next nothing reaches the disk any more,
//! neither data that wait in memory nor the file system's journal, and whoever reads or writes there is told of an .output().with_context(|| format!("cannot start {program}"))?.
//! What follows is what follows a real cut: the journal is recovered at the next mount. Lost with the memory is what the
//! kernel held; that a disk keeps what it has confirmed is taken for granted.
//!
//! It takes root, and a kernel that lets root mount loop devices. Perl does the ioctl: calling it from Rust is `unsafe`, which
//! no code here is, and Perl's base belongs to every Debian.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

/// An image, mounted or not. Dropped, it is unmounted.
pub struct DiskImage {
    file: PathBuf,
    folder: PathBuf,
    is_mounted: bool,
}

/// The journal is written when somebody asks for it. By itself it would be every five seconds, and a cut right behind that
/// loses nothing, not even of a board that never asks.
const MOUNT: &str = "loop,commit=300";

/// The ioctl, and its flag.
const CUT: &str = r#"open(my $disk, "<", $ARGV[0]) or die "$ARGV[0]: $!\n";
my $nologflush = pack("L", 2);
ioctl($disk, 0x8004587d, $nologflush) or die "$ARGV[0]: EXT4_IOC_SHUTDOWN: $!\n";"#;

impl DiskImage {
    /// Makes an empty file system of so many bytes in a new file, and mounts it on a folder, which is made.
    ///
    /// # Errors
    /// The machine does not let us, and says why.
    pub fn create(file: &Path, folder: &Path, bytes: u64) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let made = File::create_new(file).and_then(|image| image.set_len(bytes));
        made.with_context(|| file.display().to_string())?;
        // Nothing is left to be initialised later, the blocks are those of a real disk, and none are reserved for root.
        let options = ["-q", "-b", "4096", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"];
        run(Command::new("mkfs.ext4").args(options).arg(file))?;
        let mut image = Self { file: file.to_owned(), folder: folder.to_owned(), is_mounted: false };
        image.mount()?;
        Ok(image)
    }

    /// Mounts it; what the journal holds is recovered.
    ///
    /// # Errors
    /// It cannot be mounted.
    pub fn mount(&mut self) -> anyhow::Result<()> {
        run(Command::new("mount").args(["-t", "ext4", "-o", MOUNT]).args([&self.file, &self.folder]))?;
        self.is_mounted = true;
        Ok(())
    }

    /// Unmounts it. Nobody may have a file open there.
    ///
    /// # Errors
    /// Somebody has.
    pub fn unmount(&mut self) -> anyhow::Result<()> {
        self.is_mounted = false;
        run(Command::new("umount").arg(&self.folder))
    }

    /// Cuts the power.
    ///
    /// # Errors
    /// The file system does not do it.
    pub fn cut_power(&self) -> anyhow::Result<()> {
        run(Command::new("perl").args(["-e", CUT]).arg(&self.folder))
    }

    /// Fills it with a file, to the last byte. Removing the file makes room again.
    ///
    /// # Errors
    /// It cannot be written, for another reason than that it is full.
    pub fn fill(&self) -> anyhow::Result<PathBuf> {
        let path = self.folder.join("filled");
        let mut file = File::create(&path).with_context(|| path.display().to_string())?;
        let mut length = 1 << 20;
        while length > 0 {
            match file.write(&vec![1; length]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => length /= 2,
                Err(error) => bail!("{}: {error}", path.display()),
            }
        }
        // Room that was only counted on is taken.
        match file.sync_all() {
            Err(error) if error.kind() != ErrorKind::StorageFull => bail!("{}: {error}", path.display()),
            _ => Ok(path),
        }
    }
}

impl Drop for DiskImage {
    fn drop(&mut self) {
        if self.is_mounted {
            // The process is ending early; what it ends with is said elsewhere.
            let _ = self.unmount();
        }
    }
}

/// Why this machine cannot cut the power of an image in this folder, or none if it can: it is tried.
pub fn refused(folder: &Path) -> Option<String> {
    let attempt = || -> anyhow::Result<()> {
        let file = folder.join("attempt.img");
        let mut image = DiskImage::create(&file, &folder.join("attempt"), 16 << 20)?;
        image.cut_power()?;
        ensure!(fs::write(folder.join("attempt").join("file"), b"no").is_err(), "the disk was not stopped");
        image.unmount()?;
        image.mount()?;
        image.unmount()?;
        fs::remove_dir(folder.join("attempt"))?;
        Ok(fs::remove_file(&file)?)
    };
    attempt().err().map(|error| format!("{error:#}"))
}

/// A command, which says why it fails.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {program}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program}: {}", said.trim().replace('\n', "; "));
    Ok(())
}
