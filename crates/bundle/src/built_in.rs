//! The bundle that is compiled in: what `tools/build-web` has written. A test holds that these are the names of its list.

/// The files of this folder, by name.
macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_bytes!(concat!("../../booth/web/", $name)).as_slice())),*]
    };
}

pub(crate) const LIST: &[u8] = include_bytes!("../../booth/web/bundle.json");

pub(crate) const FILES: &[(&str, &[u8])] = files![
    "ballot.js"
    "booth.js"
    "booth.wasm"
    "booth.wasm.br"
    "done.js"
    "elections.cs.html"
    "elections.en.html"
    "elections.js"
    "elections.sv.html"
    "elections.uk.html"
    "icon.svg"
    "page.js"
    "program.js"
    "style.css"
    "unknown.cs.html"
    "unknown.en.html"
    "unknown.sv.html"
    "unknown.uk.html"
    "vote.cs.html"
    "vote.en.html"
    "vote.js"
    "vote.sv.html"
    "vote.uk.html"
];
