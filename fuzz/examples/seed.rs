//! Writes seeds for the fuzz targets to `corpus/`, from the test vectors, the log's page and a fixed ceremony.

use std::fs;
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use urna_client::{Invitation, RecoveryCode, Resumed, Saved, State, Voter};
use urna_crypto::{Seed, Session};
use urna_election::json::Base64;
use urna_election::selection::{Choice, Selection};
use urna_fuzz::{CEREMONY, PARAMETERS, VOTERS};
use urna_log::{Checkpoint, EMPTY_ROOT, Receipt, SignedCheckpoint, TreeHead, leaf_hash};

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
    for text in voters() {
        seed("voter", &text)?;
    }
    println!("{count} seeds");
    Ok(())
}

/// An invitation, a recovery code, and a voter's saved forms from the seed to the receipt.
fn voters() -> Vec<Vec<u8>> {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let (manifest, id) = (&VOTERS.manifest, *VOTERS.manifest.id());
    let invitation =
        Invitation::new("https://vote.example", manifest.slug().clone(), id, [4; 32], [6; 16], "ada");
    let invitation = invitation.expect("an invitation");
    let mut texts = vec![
        invitation.to_link().as_bytes().to_vec(),
        RecoveryCode::of(&Seed::from_bytes([3; 32])).as_str().as_bytes().to_vec(),
    ];
    let sign = |head| {
        let origin = manifest.board().origin.parse().expect("an origin");
        SignedCheckpoint::sign(&Checkpoint { origin, head }, &VOTERS.log).expect("a checkpoint")
    };
    let seeded = json!({
        "asking": {
            "credential": Base64(*invitation.secret()), "handle": Base64(invitation.handle()), "issuers": [],
        },
        "checkpoint": sign(TreeHead { size: 0, root: EMPTY_ROOT }).to_string(),
        "class": manifest.classes()[0].id, "election": Base64(id), "records": [], "revision": 1,
        "seed": Base64([3; 32]), "state": "seeded", "tokens": [], "version": 1,
    });
    texts.push(seeded.to_string().into_bytes());
    let saved = Saved::parse(seeded.to_string().as_bytes()).expect("a saved form");
    let Ok(Resumed::Seeded(voter)) = saved.resume(manifest.bytes()) else { panic!("not seeded") };
    let mut voter = voter.ask();
    texts.push(store(&mut voter));
    let issuer = manifest.issuers()[0].id.clone();
    let session = Session::open(&mut rng);
    voter.session_opened(&issuer, [5; 16], &session.commitment().to_bytes()).expect("a first move");
    texts.push(store(&mut voter));
    let challenge = voter.challenge_requests(&mut rng).expect("saved")[0].challenge;
    let answer = session.answer(&VOTERS.issuer, &challenge).to_bytes();
    voter.answered(&issuer, &[5; 16], &answer).expect("an answer");
    texts.push(store(&mut voter));
    let mut voter = voter.finish().expect("all tokens");
    texts.push(store(&mut voter));
    let selection = Selection::new(vec![Choice::Marks(vec![1]), Choice::Marks(vec![0])]);
    let mut voter = voter.cast(&selection, &mut rng).expect("a selection");
    texts.push(store(&mut voter));
    let root = leaf_hash(voter.entry().expect("saved").1);
    let receipt = Receipt::new(0, Vec::new(), sign(TreeHead { size: 1, root })).expect("a receipt");
    let mut voter = voter.receipt(receipt.to_string().as_bytes()).expect("a receipt of the entry");
    texts.push(store(&mut voter));
    texts
}

fn store<S: State>(voter: &mut Voter<S>) -> Vec<u8> {
    let form = voter.save();
    voter.mark_saved(&form).expect("its own form");
    form.as_bytes().to_vec()
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
