//! Libraries that take the place of some of C's functions in a board (`LD_PRELOAD`): so the program under test is the very
//! one that is shipped, and has no switch that would make it lose ballots.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// What a board does to make the disk keep something, as C names it.
pub const STEPS: [&str; 4] = ["pwrite64", "sync_file_range", "fdatasync", "fsync"];

/// Compiles a library whose `fdatasync` does nothing and calls it a success; everything else is C's.
///
/// # Errors
/// There is no C compiler.
pub fn without_fdatasync(folder: &Path) -> anyhow::Result<PathBuf> {
    let source = "int fdatasync(int file) { (void)file; return 0; }\n";
    compile(&fs::canonicalize(folder)?.join("without-fdatasync.so"), source)
}

/// Compiles a library in which each of the [`STEPS`] reports an input/output error, while there is a file of its name in the
/// folder `failing`.
///
/// # Errors
/// There is no C compiler.
pub fn with_errors(folder: &Path, failing: &Path) -> anyhow::Result<PathBuf> {
    let failing = failing.to_str().filter(|path| !path.contains(['"', '\\'])).context("an unusual folder")?;
    let source = format!(
        r#"#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#define FAIL(step) if (access("{failing}/" step, F_OK) == 0) {{ errno = EIO; return -1; }}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {{
  FAIL("pwrite64")
  return syscall(SYS_pwrite64, file, bytes, length, offset);
}}
int sync_file_range(int file, off64_t offset, off64_t length, unsigned flags) {{
  FAIL("sync_file_range")
  return syscall(SYS_sync_file_range, file, offset, length, flags);
}}
int fdatasync(int file) {{
  FAIL("fdatasync")
  return syscall(SYS_fdatasync, file);
}}
int fsync(int file) {{
  FAIL("fsync")
  return syscall(SYS_fsync, file);
}}
"#
    );
    compile(&fs::canonicalize(folder)?.join("with-errors.so"), &source)
}

fn compile(library: &Path, source: &str) -> anyhow::Result<PathBuf> {
    let mut compiler = Command::new("cc")
        .args(["-shared", "-fPIC", "-x", "c", "-", "-o"])
        .arg(library)
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start the C compiler, cc")?;
    let mut stdin = compiler.stdin.take().context("the compiler reads nothing")?;
    stdin.write_all(source.as_bytes())?;
    drop(stdin);
    ensure!(compiler.wait()?.success(), "the C compiler fails");
    Ok(library.to_owned())
}
