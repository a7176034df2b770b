//! Writes seeds for the fuzz targets to `corpus/`, from the test vectors, the log's page and a fixed ceremony.

use std::fs;
use std::path::Path;

use serde_json::Value;
use urna_fuzz::{CEREMONY, PARAMETERS};

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let vectors = |area: &str| -> std::io::Result<Value> {
        let text = fs::read_to_string(root.join(format!("../spec/vectors/{area}.json")))?;
        Ok(serde_json::from_str(&text)?)
    };
    let mut count = 0;
    let mut seed = |target: &str, bytes: &[u8]| {
        let folder = root.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        count += 1;
        fs::write(folder.join(format!("seed-{count}")), bytes)
    };
    // Every example of the log's page, whatever it is.
    let page = fs::read_to_string(root.join("../spec/log.md"))?;
    for example in page.split("```\n").skip(1).step_by(2) {
        seed("log_notes", example.as_bytes())?;
        for line in example.lines() {
            seed("log_notes", line.as_bytes())?;
            seed("log_tiles", line.as_bytes())?;
        }
    }
    seed("log_tiles", &[b"tile/0/000.p/1\0".as_slice(), &[7; 32]].concat())?;
    seed("log_tiles", b"tile/entries/000.p/2\0\0\x02{}\0\0")?;
    let manifest = vectors("manifest")?;
    for name in ["manifest", "plan"] {
        seed(name, text(&manifest["shared"][name]))?;
    }
    let state = vectors("state")?;
    for log in ["main", "final"] {
        seed("manifest", text(&state["shared"][log]["manifest"]))?;
        seed("register_rows", text(&state["shared"][log]["register"]))?;
        for entry in list(&state["shared"][log]["entries"]) {
            seed("entry", text(entry))?;
        }
    }
    for vector in list(&state["vectors"]) {
        for blob in list(&vector["input"]["blobs"]) {
            seed("issuance_rows", text(blob))?;
        }
    }
    for vector in list(&vectors("count")?["vectors"]) {
        seed("result", text(&vector["input"]["result"]))?;
    }
    for vector in list(&vectors("encoding")?["vectors"]) {
        let input = &vector["input"];
        seed("names", text(&input["text"]))?;
        seed("integers", text(&input["json"]))?;
        seed("group", &bytes(&input["bytes"]))?;
        seed("plaintext", &[&[0], bytes(&input["plaintext"]).as_slice()].concat())?;
        for blob in list(&input["blobs"]) {
            seed("register_rows", text(blob))?;
        }
    }
    for vector in list(&vectors("token")?["vectors"]) {
        for name in ["token", "answer", "commitment", "challenge"] {
            seed("tokens", &bytes(&vector["input"][name]))?;
        }
    }
    for (area, name) in
        [("ballot", "proof"), ("dleq", "proof"), ("dleq", "rehearsal"), ("signatures", "signature")]
    {
        for vector in list(&vectors(area)?["vectors"]) {
            seed("proofs", &bytes(&vector["input"][name]))?;
        }
    }
    for vector in list(&vectors("dleq")?["vectors"]) {
        let points: Vec<u8> = list(&vector["input"]["D"]).iter().flat_map(bytes).collect();
        seed("opening_points", &points)?;
    }
    for vector in list(&vectors("signatures")?["vectors"]) {
        let input = &vector["input"];
        seed("ed25519_key", &[bytes(&input["key"]), bytes(&input["signature"])].concat())?;
    }
    for vector in list(&vectors("sharing")?["vectors"]) {
        seed("trustee_share", &bytes(&vector["input"]["share"]))?;
        seed("sealed_share", &bytes(&vector["input"]["sealed"]))?;
        let packages = bytes(&vector["input"]["packages"]);
        packages.chunks(198).try_for_each(|package| seed("round1_package", package))?;
    }
    seed("round1_list", &CEREMONY.packages)?;
    seed("sealed_share", &CEREMONY.sealed)?;
    seed("ceremony_state", &CEREMONY.after_1[PARAMETERS..])?;
    seed("ceremony_state", &CEREMONY.after_2[PARAMETERS..])?;
    println!("{count} seeds");
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &[u8] {
    value.as_str().unwrap_or_default().as_bytes()
}

/// Hexadecimal; nothing of anything else.
fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or_default();
    let digit = |i: usize| text.get(i..i + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map_while(digit).collect()
}
