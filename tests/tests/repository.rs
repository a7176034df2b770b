//! What the repository promises to whoever opens it: tools that explain themselves, links that lead somewhere, and
//! nothing that reaches outside.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use urna_tests::{files_below, repository};

#[test]
fn every_tool_explains_itself() {
    let mut tools: Vec<PathBuf> = fs::read_dir(repository().join("tools"))
        .expect("tools/ exists")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.is_file())
        .collect();
    tools.sort();
    assert!(tools.iter().any(|path| path.ends_with("test")), "tools/test is missing");
    for tool in tools {
        let output = Command::new(&tool).arg("--help").output();
        let output = output.unwrap_or_else(|error| panic!("{} does not start: {error}", tool.display()));
        assert!(output.status.success(), "{} --help: {}", tool.display(), output.status);
        let help = String::from_utf8(output.stdout).expect("help in UTF-8");
        assert!(help.starts_with("Usage: "), "{} --help does not begin with its usage", tool.display());
    }
}

/// The files that a Markdown text links to, without web addresses and links within the page.
fn linked_files(markdown: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut files = Vec::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Odd pieces lie between backquotes.
        for prose in line.split('`').step_by(2) {
            for after in prose.split("](").skip(1) {
                let link = after.split([')', '#', ' ']).next().unwrap_or_default();
                if !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:") {
                    files.push(link);
                }
            }
        }
    }
    files
}

#[test]
fn finds_links_in_prose_only() {
    let page = "See [a](spec/a.md#part), [b](../b.md) and [`c`](c.rs).\n[web](https://example.org/) `[x](no.md)` [here](#here)\n\
                ```\n[code](no.md)\n```\n";
    // The label in backquotes hides its own text, not its link.
    assert_eq!(linked_files(page), ["spec/a.md", "../b.md", "c.rs"]);
}

#[test]
fn links_between_pages_lead_to_files() {
    let pages = files_below(&repository()).expect("a readable repository");
    let pages: Vec<_> = pages.iter().filter(|path| path.extension() == Some(OsStr::new("md"))).collect();
    assert!(pages.iter().any(|path| path.ends_with("README.md")), "README.md is missing");
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(page).expect("a readable page");
        let directory = page.parent().expect("a page lies in a directory");
        let missing = linked_files(&text).into_iter().filter(|link| !directory.join(link).exists());
        broken.extend(missing.map(|link| format!("{} -> {link}", page.display())));
    }
    assert!(broken.is_empty(), "links to files that do not exist:\n{}", broken.join("\n"));
}

#[test]
fn nothing_reaches_outside_the_repository() {
    // In two pieces, so that this file does not name it either.
    let outside = ["..", "shared"].join("/");
    for path in files_below(&repository()).expect("a readable repository") {
        let bytes = fs::read(&path).expect("a readable file");
        let found = bytes.windows(outside.len()).any(|window| window == outside.as_bytes());
        assert!(!found, "{} mentions {outside}", path.display());
    }
}

#[test]
fn licences_are_complete() {
    for (file, words) in [
        ("LICENSE", "Apache-2.0 OR MIT"),
        ("LICENSE-APACHE", "END OF TERMS AND CONDITIONS"),
        ("LICENSE-MIT", "without restriction"),
    ] {
        let path: &Path = &repository().join(file);
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(words), "{file} does not say {words:?}");
    }
}
