//! Files that pages name. Their names change with what is in them, so that browsers may keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::layout::PROGRAM_POLICY;

/// A file that a page names.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    stem: &'static str,
    extension: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// What it may do, where it runs apart from a page and so by a policy of its own.
    pub policy: Option<&'static str>,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Places in [`ASSETS`]: the one stylesheet, of board, booth and desk.
pub(crate) const STYLE: usize = 0;
/// The script of the page that verifies.
pub(crate) const VERIFY: usize = 1;
/// What that page starts beside itself.
pub(crate) const WORKER: usize = 2;
/// The verifier.
pub(crate) const PROGRAM: usize = 3;
/// What stands beside a page's title.
pub(crate) const ICON: usize = 4;
/// The script of the desk's page on which one signs in.
pub(crate) const SIGN_IN: usize = 5;
/// The script of the desk's other pages.
pub(crate) const DESK: usize = 6;
/// The script of the page on which one tries the ballot.
pub(crate) const PREVIEW: usize = 7;

static ASSETS: [Asset; 8] = [
    Asset {
        stem: "style",
        extension: "css",
        content_type: "text/css; charset=utf-8",
        bytes: include_bytes!("style.css"),
        policy: None,
    },
    Asset {
        stem: "verify",
        extension: "js",
        content_type: SCRIPT,
        bytes: include_bytes!("../../observer/web/verify.js"),
        policy: None,
    },
    Asset {
        stem: "worker",
        extension: "js",
        content_type: SCRIPT,
        bytes: include_bytes!("../../observer/web/worker.js"),
        policy: Some(PROGRAM_POLICY),
    },
    Asset {
        stem: "observer",
        extension: "wasm",
        content_type: "application/wasm",
        bytes: include_bytes!("../../observer/web/observer.wasm"),
        policy: None,
    },
    Asset {
        stem: "icon",
        extension: "svg",
        content_type: "image/svg+xml",
        bytes: include_bytes!("icon.svg"),
        policy: None,
    },
    Asset {
        stem: "sign-in",
        extension: "js",
        content_type: SCRIPT,
        bytes: include_bytes!("../web/sign_in.js"),
        policy: None,
    },
    Asset {
        stem: "desk",
        extension: "js",
        content_type: SCRIPT,
        bytes: include_bytes!("../web/desk.js"),
        policy: None,
    },
    Asset {
        stem: "preview",
        extension: "js",
        content_type: SCRIPT,
        bytes: include_bytes!("../web/preview.js"),
        policy: None,
    },
];

static NAMES: LazyLock<[String; 8]> = LazyLock::new(|| {
    ASSETS.map(|Asset { stem, extension, bytes, .. }| {
        let digest = Sha256::digest(bytes);
        let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{stem}-{digits}.{extension}")
    })
});

/// Where a file is, on whichever origin a page comes from.
pub(crate) fn address(place: usize) -> String {
    format!("/v1/assets/{}", NAMES.get(place).map_or("", String::as_str))
}

/// What is in a file.
pub(crate) fn bytes(place: usize) -> &'static [u8] {
    ASSETS.get(place).map_or(&[], |asset| asset.bytes)
}

/// The file of this name, as `GET /v1/assets/{name}` serves it.
pub fn asset(name: &str) -> Option<Asset> {
    NAMES.iter().zip(ASSETS).find(|(own, _)| *own == name).map(|(_, asset)| asset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_pages_name_and_nothing_else() {
        for place in 0..ASSETS.len() {
            let address = address(place);
            let found = asset(address.strip_prefix("/v1/assets/").unwrap()).unwrap();
            assert!(!found.bytes.is_empty(), "{address}");
        }
        assert!(asset("style.css").is_none() && asset("").is_none());
    }
}
