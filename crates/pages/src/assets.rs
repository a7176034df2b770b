//! Files that pages name. Their names change with what is in them, so that browsers may keep them for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

/// A file that a page names.
pub struct Asset {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

static STYLE_NAME: LazyLock<String> = LazyLock::new(|| {
    let hash = Sha256::digest(STYLE);
    let digits: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("style-{digits}.css")
});

/// Where the stylesheet is, on whichever origin a page comes from.
pub(crate) fn style() -> String {
    format!("/v1/assets/{}", *STYLE_NAME)
}

/// The file of this name, as `GET /v1/assets/{name}` serves it.
pub fn asset(name: &str) -> Option<Asset> {
    (name == *STYLE_NAME)
        .then_some(Asset { content_type: "text/css; charset=utf-8", bytes: STYLE.as_bytes() })
}
