//! What people are told to type, typed: the tutorial word for word, and the commands of the README.

use std::collections::VecDeque;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::running::Run;
use crate::serve::Serving;
use crate::world::scratch;

/// Stands for the program, and answers its questions: nobody is there to do it.
const STANDS_IN: &str = r#"#!/bin/sh
case "$1 $2" in
  "election plan" | "election approve" | "election publish" | "election open" | "election close" | "election tally" \
    | "election certify" | "trustee agree" | "trustee open" | "voter cast") exec "$URNA" "$@" --yes ;;
esac
exec "$URNA" "$@"
"#;

/// One line after the other, in shells that hand the variables on, as the one shell of a person does.
struct Shell {
    folder: PathBuf,
}

impl Shell {
    fn new(folder: PathBuf) -> Self {
        let programs = folder.join("programs");
        fs::create_dir_all(&programs).unwrap();
        let stands_in = programs.join("urna");
        fs::write(&stands_in, STANDS_IN).unwrap();
        fs::set_permissions(&stands_in, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.join("variables"), "").unwrap();
        Self { folder }
    }

    async fn run(&self, line: &str, input: &str) -> Run {
        let script = format!(
            "set -eu; . ./variables\n{line}\n{{ declare -p URNA_ORGANISER ID 2>/dev/null || true; }} > variables"
        );
        let path = std::env::var("PATH").unwrap();
        // Where cargo has put `urna-verify`.
        let examples = Path::new(env!("CARGO_BIN_EXE_urna")).with_file_name("examples");
        assert!(examples.join("urna-verify").exists(), "first: cargo build -p urna --example urna-verify");
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(&self.folder).kill_on_drop(true);
        command.env("PATH", format!("{}/programs:{}:{path}", self.folder.display(), examples.display()));
        command.env("URNA", env!("CARGO_BIN_EXE_urna"));
        command.env_remove("HOME").env_remove("XDG_CONFIG_HOME").env_remove("URNA_ORGANISER");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Run::to_end(command, input).await
    }
}

/// A link from letters.csv.
fn link_of(folder: &Path, person: &str) -> String {
    let letters = fs::read_to_string(folder.join("letters.csv")).unwrap();
    let row = letters.lines().find(|line| line.starts_with(person)).unwrap();
    row.split(',').find(|field| field.starts_with("http")).unwrap().to_owned()
}

/// The tutorial's commands: they are indented by two, everything else is prose.
async fn tutorial() -> VecDeque<String> {
    let text = Run::with(&["help", "tutorial"], "").await.expect(0, &[]).out;
    assert_eq!(text, Run::with(&["tutorial"], "").await.expect(0, &[]).out);
    let commands = text.lines().filter_map(|line| line.strip_prefix("  "));
    commands.filter(|line| !line.starts_with(' ')).map(str::to_owned).collect()
}

/// An organiser who has got this link does what the tutorial says, but for the first line; the election's name is another.
async fn hold(serving: &Serving, folder: PathBuf, slug: &str, link: &str, commands: VecDeque<String>) {
    let shell = Shell::new(folder.clone());
    let named = |line: &str| {
        let line = line.replace(" tea ", &format!(" {slug} ")).replace("/tea/", &format!("/{slug}/"));
        line.strip_suffix(" tea")
            .map_or_else(|| line.clone(), |line| format!("{line} {slug}"))
            .replace(" tea;", &format!(" {slug};"))
    };
    let mut said = Vec::new();
    for line in commands {
        let there = named(&line).replace("http://127.0.0.1:8080", &serving.vote);
        let there = there.replace("http://127.0.0.1:8081", &serving.board);
        // What a person pastes.
        let input = match line.as_str() {
            "urna key accept --out organiser.toml" => link.to_owned(),
            "read -r ID" => {
                let status: &Run = said.last().unwrap();
                let id = status.out.lines().find_map(|line| line.strip_prefix("Election id ")).unwrap();
                format!("{id}\n")
            }
            "urna voter cast --state ada.vote drink=tea" => link_of(&folder, "ada"),
            "urna voter cast --state bo.vote drink=water" => link_of(&folder, "bo"),
            _ => String::new(),
        };
        let mut run = shell.run(&there, &input).await;
        // Whoever waits looks again.
        while run.out.contains("the list of what it issued") {
            tokio::time::sleep(Duration::from_millis(200)).await;
            run = shell.run(&there, &input).await;
        }
        if line.starts_with("urna election result") {
            for row in
                ["Tea                 0", "Coffee              1", "Water               1", "2 of 3 entitled"]
            {
                assert!(run.out.contains(row), "{}", run.out);
            }
        }
        said.push(run.expect(0, &[]));
    }
    let verified = said.pop().unwrap();
    assert!(verified.out.contains("V-17  passed") && !verified.out.contains("failed"), "{}", verified.out);
}

/// Two organisers at once, on one installation: elections run beside each other (S0-33, S2-7).
#[tokio::test(flavor = "multi_thread")]
async fn the_tutorial_holds_two_elections() {
    let folder = scratch("tutorial");
    let mut serving = Serving::start(folder.join("practice").to_str().unwrap(), &[]).await;
    let [organiser, operator] = serving.links().await;
    let key = folder.join("operator.toml");
    Run::with(&["key", "accept", "-", "--out", key.to_str().unwrap()], &operator).await.expect(0, &[]);
    let further =
        ["key", "api", "--account", "bo", "--role", "owner", "--link", "--as", key.to_str().unwrap()];
    let further = Run::with(&further, "").await.expect(0, &[]).out;
    let mut commands = tutorial().await;
    assert_eq!(commands.pop_front().as_deref(), Some("urna serve --data practice"));
    let (first, second) = (folder.join("first"), folder.join("second"));
    tokio::join!(
        hold(&serving, first, "tea", &organiser, commands.clone()),
        hold(&serving, second, "union-2030", &further, commands),
    );
    serving.stop().await;
}

/// The shell commands of a document, without their comments.
fn commands(document: &str) -> Vec<String> {
    let blocks = document.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).map(|line| line.split("  #").next().unwrap().trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.lines().count() <= 150);
    let folder = scratch("readme");
    let shell = Shell::new(folder.clone());
    let mut commands: VecDeque<String> = commands(&readme).into();
    let mut next = || commands.pop_front().unwrap();

    // The demo as it stands there, but with fewer voters; it goes on serving, so that there is an election to be verified.
    assert_eq!(next(), "cargo run --release -- demo");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_urna"));
    demo.args(["demo", "--voters", "20", "--keep", "--dir", folder.join("demo").to_str().unwrap()]);
    let mut demo = demo.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(demo.stderr.take().unwrap()).lines();
    let serving = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some((_, board)) = line.split_once("board ").filter(|_| line.starts_with("serving")) {
            break board.to_owned();
        }
    };
    // The tests do not run all tests.
    assert_eq!(next(), "tools/test");

    let verify = next();
    let verify = verify.strip_prefix("cargo run --release -p urna-verifier --features cli -- ").unwrap();
    let id = fs::read_to_string(folder.join("demo/record/election-id")).unwrap();
    let verify =
        verify.replace("https://board.example/council-2026/", &serving).replace("9f2c…41d0", id.trim());
    shell.run(&format!("urna-verify {verify}"), "").await.expect(0, &["V-17  passed"]);
    let pid = demo.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &pid]).status().await.unwrap().success());
    assert!(demo.wait().await.unwrap().success());

    // Building takes minutes; whether cargo knows the packages and the feature, it says at once.
    let build = next();
    let build = build.strip_prefix("cargo build --release ").unwrap();
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(&root).args(["tree", "--quiet", "--locked", "--depth", "0"]).args(build.split(' '));
    assert!(tree.stdout(Stdio::null()).status().await.unwrap().success());
    assert_eq!(next(), "export PATH=\"$PWD/target/release:$PATH\"");
    shell.run(&next(), "").await.expect(0, &["A first election"]);
    let serve = next();
    let data = serve.strip_prefix("urna serve --data ").unwrap();
    let mut serving = Serving::start(folder.join(data).to_str().unwrap(), &[]).await;
    serving.links().await;
    serving.stop().await;
    assert!(commands.is_empty(), "nobody has tried {commands:?}");
}
