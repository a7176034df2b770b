//! Compresses a file for browsers, as `tools/build-web` asks: the file and its place come as arguments. The same file always
//! becomes the same bytes, on every machine, because the library that does it is the one of Cargo.lock.

use std::{env, fs, io};

fn main() -> io::Result<()> {
    let paths: Vec<_> = env::args_os().skip(1).collect();
    let [plain, compressed] = paths.as_slice() else {
        return Err(io::Error::other("the file, and where it is to be compressed"));
    };
    // The best that there is, with a window larger than any file here.
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..brotli::enc::BrotliEncoderParams::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut fs::read(plain)?.as_slice(), &mut out, &parameters)?;
    fs::write(compressed, out)
}
