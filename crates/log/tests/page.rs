//! The complete example of `spec/log.md`, made again; its receipt and promise are compared in the modules of those names.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use urna_log::{Bundle, SigningKey, Tile, TiledTree, leaf_hash, push_entry};

const PAGE: &str = include_str!("../../../spec/log.md");

/// What follows the page's heading for this part, up to the next one.
fn part(heading: &str) -> &'static str {
    let after = PAGE.split_once(heading).unwrap().1;
    after.split("\n**").next().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_example_s_keys_are_these() {
    for (name, seed) in [("board.example/union-2027", 1), ("board.example/union-2027/promise", 2)] {
        let key = SigningKey::from_seed(name.parse().unwrap(), &[seed; 32]);
        assert!(part("**Keys**").contains(&format!("\n{}\n", key.verifier())));
    }
}

#[test]
fn the_example_s_bundle_tile_and_root_are_these() {
    let entries: Vec<String> = (0..3).map(|number| format!("{{\"entry\":{number}}}")).collect();
    let mut bundle = Vec::new();
    for entry in &entries {
        push_entry(&mut bundle, entry.as_bytes()).unwrap();
        assert!(part("## A complete example").contains(entry));
    }
    let section = part("**Bundle**");
    assert!(section.contains(&Bundle::new(0, 3).unwrap().to_string()));
    assert!(section.replace(' ', "").contains(&hex(&bundle)));

    let mut tree = TiledTree::new();
    let tiles = tree.append(entries.iter().map(|entry| leaf_hash(entry.as_bytes())));
    assert_eq!(tiles.len(), 1);
    assert_eq!(tiles[0].0, Tile::new(0, 0, 3).unwrap());
    let section = part("**Tile**");
    assert!(section.contains(&tiles[0].0.to_string()));
    let leaves = section.lines().filter_map(|line| line.strip_prefix("leaf "));
    let leaves: String = leaves.map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(leaves, hex(&tiles[0].1));
    assert!(part("**Tree.**").contains(&hex(&tree.head().root)));
}

/// Every rule of the page has a number of its own, without gaps.
#[test]
fn the_page_numbers_every_rule() {
    let rules: Vec<&str> = PAGE
        .lines()
        .filter_map(|line| line.trim_start_matches("- ").strip_prefix("**LOG-"))
        .map(|rule| rule.split(|c: char| !c.is_ascii_digit()).next().unwrap())
        .collect();
    let expected: Vec<String> = (1..=rules.len()).map(|number| number.to_string()).collect();
    assert_eq!(rules, expected);
    assert_eq!(rules.len(), 19);
}
