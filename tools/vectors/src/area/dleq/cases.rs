//! Openings that are accepted, and all the ways in which one is not.

use super::combination::{combinations, rehearsals};
use super::second;
use crate::area::tamper::{NOT_A_POINT, flipped, plus_order, refusal, with_row};
use crate::fields::{Fields, List};
use crate::oracle::ceremony::evaluate;
use crate::oracle::opening::Chunk;
use crate::oracle::token::join;
use crate::oracle::transcript::Transcript;
use crate::oracle::{self, G, Random, Scalar, rows};
use crate::vector::{File, Vector};

pub(super) fn encoded(points: &[oracle::Point]) -> Vec<[u8; 32]> {
    points.iter().map(|point| point.compress().to_bytes()).collect()
}

fn chunk_fields(chunk: &Chunk, proof: &[u8; 96]) -> Fields {
    Fields::new()
        .with("D", &List(&encoded(&chunk.decryptions)))
        .with("R", &List(&encoded(&chunk.nonces)))
        .with("Y_i", &chunk.share_key)
        .with("agreed", &chunk.agreed)
        .with("position", &chunk.position)
        .with("proof", proof)
        .with("trustee", &chunk.trustee)
}

pub(super) fn write() -> File {
    let mut random = Random::new("dleq");
    let election: [u8; 32] = random.bytes();
    let polynomial = [random.scalar(), random.scalar()];
    let shares: Vec<Scalar> = (1..=3).map(|i| evaluate(&polynomial, i)).collect();
    let nonces: Vec<oracle::Point> = (0..5).map(|_| random.scalar() * G).collect();
    let chunk = Chunk {
        election,
        trustee: 1,
        share_key: shares[0] * G,
        agreed: random.bytes(),
        position: 3,
        decryptions: nonces.iter().map(|nonce| shares[0] * nonce).collect(),
        nonces,
    };
    let (proof, values) = chunk.prove(&shares[0], &random.scalar());
    let verify = Vector::accept(
        "verify_chunk",
        "a chunk is opened",
        "TRU-12",
        "Five partial decryptions with one proof; the weights d_j come from the whole chunk.",
        chunk_fields(&chunk, &proof),
        values.with("D", &List(&encoded(&chunk.decryptions))),
    );
    let mut vectors = vec![verify.clone()];
    let shared = Fields::new().with("election", &election);
    moved(&mut vectors, &verify, &chunk);
    altered(&mut vectors, &verify, &chunk, &mut random);
    proofs(&mut vectors, &verify, &chunk, &proof, &shares[0], &mut random, &shared);
    rehearsals(&mut vectors, &election, &shares, &mut random);
    combinations(&mut vectors, &shares, &chunk.nonces);
    File { area: "dleq".into(), shared, vectors }
}

/// The chunk somewhere else.
fn moved(vectors: &mut Vec<Vector>, verify: &Vector, chunk: &Chunk) {
    vectors.extend([
        verify.changed("moved to another position", "TRU-12", "Chunk 3 as chunk 0.", "position", &0_u32),
        verify.changed(
            "moved to another trustee",
            "TRU-12",
            "The index is absorbed, not only the key.",
            "trustee",
            &2_u16,
        ),
        verify.changed(
            "moved to another election",
            "TRU-12",
            "One bit of the election id.",
            "election",
            &flipped(&chunk.election, 3),
        ),
        verify.changed(
            "moved to another agreement",
            "TRU-12",
            "One bit of the agreed hash.",
            "agreed",
            &flipped(&chunk.agreed, 255),
        ),
        verify.changed("under another share key", "TRU-12", "Y_i + G.", "Y_i", &(chunk.share_key + G)),
        verify.changed("under the identity as share key", "GRP-2", "x_i = 0.", "Y_i", &[0; 32]),
    ]);
}

/// Other points.
fn altered(vectors: &mut Vec<Vector>, verify: &Vector, chunk: &Chunk, random: &mut Random) {
    let lists =
        |name: &str, check: &str, comment: &str, nonces: &[oracle::Point], decryptions: &[oracle::Point]| {
            let mut vector = verify.changed(name, check, comment, "R", &List(&encoded(nonces)));
            vector.input = vector.input.with("D", &List(&encoded(decryptions)));
            vector
        };
    let (nonces, decryptions) = (&chunk.nonces, &chunk.decryptions);
    let with = |list: &[oracle::Point], changes: &[(usize, oracle::Point)]| {
        let mut list = list.to_vec();
        changes.iter().for_each(|(place, point)| list[*place] = *point);
        list
    };
    let exchanged = |list: &[oracle::Point]| with(list, &[(1, list[2]), (2, list[1])]);
    let delta = random.scalar() * G;
    // Errors E_0 and E_4 with d_0 E_0 + d_4 E_4 = 0 under the weights of the honest chunk.
    let weights = chunk.weights();
    let error = random.scalar() * G;
    let counter = -(weights[0] * weights[4].invert()) * error;
    let cancelling = with(decryptions, &[(0, decryptions[0] + error), (4, decryptions[4] + counter)]);
    vectors.extend([
        lists(
            "one wrong partial decryption",
            "TRU-12",
            "D_2 + G.",
            nonces,
            &with(decryptions, &[(2, decryptions[2] + G)]),
        ),
        lists(
            "the sign of one partial decryption",
            "TRU-12",
            "-D_0.",
            nonces,
            &with(decryptions, &[(0, -decryptions[0])]),
        ),
        lists(
            "two errors that cancel without weights",
            "TRU-12",
            "D_1 + E and D_3 - E.",
            nonces,
            &with(decryptions, &[(1, decryptions[1] + delta), (3, decryptions[3] - delta)]),
        ),
        lists(
            "two errors that cancel under the honest weights",
            "TRU-12",
            "Changing one D changes every weight.",
            nonces,
            &cancelling,
        ),
        lists("two partial decryptions exchanged", "TRU-12", "D_1 and D_2.", nonces, &exchanged(decryptions)),
        lists(
            "two pairs exchanged",
            "TRU-12",
            "(R_1, D_1) and (R_2, D_2): the order is proved.",
            &exchanged(nonces),
            &exchanged(decryptions),
        ),
        lists(
            "another ballot's R",
            "TRU-12",
            "R_0 + G, which is not in the verifier's counted list.",
            &with(nonces, &[(0, nonces[0] + G)]),
            decryptions,
        ),
        lists("R and D exchanged", "TRU-12", "The lists in each other's place.", decryptions, nonces),
        lists("the last pair left out", "TRU-12", "Four pairs.", &nonces[..4], &decryptions[..4]),
        lists(
            "a pair twice",
            "TRU-12",
            "Six pairs.",
            &[nonces.as_slice(), &nonces[4..]].concat(),
            &[decryptions.as_slice(), &decryptions[4..]].concat(),
        ),
        lists("a partial decryption missing", "TRU-12", "Five R, four D.", nonces, &decryptions[..4]),
        lists(
            "a partial decryption too many",
            "TRU-12",
            "Five R, six D.",
            nonces,
            &[decryptions.as_slice(), &decryptions[..1]].concat(),
        ),
        lists(
            "an empty chunk",
            "TRU-12",
            "There is nothing to prove; a chunk has at least one pair.",
            &[],
            &[],
        ),
    ]);
    let mut bytes = encoded(decryptions);
    bytes[1] = [0; 32];
    vectors.push(verify.changed(
        "a partial decryption is the identity",
        "GRP-2",
        "D_1 = O.",
        "D",
        &List(&bytes),
    ));
    bytes[1] = NOT_A_POINT;
    vectors.push(verify.changed(
        "a partial decryption is no point",
        "GRP-1",
        "A negative field element.",
        "D",
        &List(&bytes),
    ));
}

/// Other proofs.
fn proofs(
    vectors: &mut Vec<Vector>,
    verify: &Vector,
    chunk: &Chunk,
    proof: &[u8; 96],
    x: &Scalar,
    random: &mut Random,
    shared: &Fields,
) {
    let [t1, t2, s] = rows(proof);
    let plus = (oracle::scalar(&s).unwrap() + Scalar::ONE).to_bytes();
    let moved = |bytes: &[u8; 32]| (oracle::point(bytes).unwrap() + G).compress().to_bytes();
    // Weights of 1, of single pairs as in RFC 9497, and honest ones drawn before anything is absorbed.
    let ones = vec![Scalar::ONE; 5];
    let single: Vec<Scalar> = (0..5)
        .map(|j| {
            Transcript::new("urna/v1/opening/chunk")
                .point("R_j", &chunk.nonces[j])
                .point("D_ij", &chunk.decryptions[j])
                .challenge("d_j")
        })
        .collect();
    let (with_ones, _) = chunk.prove_with(&ones, chunk.after_weights(), x, &random.scalar());
    let (with_single, _) = chunk.prove_with(&single, chunk.after_weights(), x, &random.scalar());
    let fresh = Transcript::new("urna/v1/opening/chunk");
    let (unbound, _) = chunk.prove_with(&chunk.weights(), fresh, x, &random.scalar());
    let (other_share, _) = chunk.prove(&(x + Scalar::ONE), &random.scalar());
    for (name, check, comment, bytes) in [
        ("T1 + G", "TRU-12", "Another commitment.", with_row(proof, 0, &moved(&t1))),
        ("T2 + G", "TRU-12", "Another commitment.", with_row(proof, 1, &moved(&t2))),
        ("s + 1", "TRU-12", "Another response.", with_row(proof, 2, &plus)),
        ("s = 0", "TRU-12", "Another response.", with_row(proof, 2, &[0; 32])),
        ("T1 and T2 exchanged", "TRU-12", "Each belongs to its equation.", join(&[&t2, &t1, &s])),
        ("T1 the identity", "GRP-2", "k = 0.", with_row(proof, 0, &[0; 32])),
        ("T2 the identity", "GRP-2", "k = 0.", with_row(proof, 1, &[0; 32])),
        ("T1 no point", "GRP-1", "A negative field element.", with_row(proof, 0, &NOT_A_POINT)),
        ("s + l", "GRP-3", "The same scalar, written otherwise.", with_row(proof, 2, &plus_order(&s))),
        ("proved with weights of 1", "TRU-12", "The plain sums M and Z: errors would cancel.", with_ones),
        (
            "proved with weights of single pairs",
            "TRU-12",
            "As in RFC 9497: in a large chunk wrong shares could be found that cancel.",
            with_single,
        ),
        (
            "proved in a transcript without the chunk",
            "TRU-12",
            "The challenge must follow everything.",
            unbound,
        ),
        ("proved with another secret", "TRU-12", "x_i + 1.", other_share),
    ] {
        vectors.push(verify.changed(name, check, comment, "proof", &bytes));
    }
    for bit in [0, 255, 256, 400, 512, 700, 767] {
        let mut vector = verify.changed(
            &format!("bit {bit} of the proof"),
            "",
            "One bit changed.",
            "proof",
            &flipped(proof, bit),
        );
        vector.check = refusal(second(&vector, shared)).into();
        vectors.push(vector);
    }
}
