//! An identifier as a picture that a camera reads: the plain text, so that any reader shows what stands on the screen.

#[cfg(test)]
mod tests;

use core::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::{Value, json};

/// The code, none of a text that is too long for one. A quarter of it may be damaged.
pub(crate) fn code(identifier: &str) -> Option<Value> {
    let code = QrCode::encode_text(identifier, QrCodeEcc::Quartile).ok()?;
    Some(json!({ "identifier": identifier, "path": path(&code), "size": code.size() }))
}

/// The dark modules, each run of a row as one rectangle.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let width = x - start;
                // A text takes everything.
                let _ = write!(path, "M{start} {y}h{width}v1h-{width}z");
            }
            x += 1;
        }
    }
    path
}
