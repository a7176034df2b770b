//! Openings: the batched proof of a chunk, the rehearsal, combination (TRU-7, TRU-10 to TRU-14).

use urna_crypto::{
    ChunkContext, Combination, DleqProof, ElectionId, Point, Rehearsal, ShareKey, partial_decrypt,
};

use super::token::{NOT_A_POINT, flipped, named, plus_order, refusal, with_row};
use crate::fields::{Fields, List};
use crate::oracle::ceremony::evaluate;
use crate::oracle::opening::{Chunk, canary, combine, lambda, rehearse, verify_rehearsal};
use crate::oracle::token::join;
use crate::oracle::transcript::Transcript;
use crate::oracle::{self, G, Random, Scalar, rows};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

/// The area.
pub const AREA: Area = Area {
    name: "dleq",
    write,
    crates,
    oracle: |vector, shared| Some(second(vector, shared)),
};

fn points(list: &[[u8; 32]]) -> Result<Vec<Point>, No> {
    Ok(list.iter().map(Point::from_bytes).collect::<Result<_, _>>()?)
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "verify_chunk" => {
            let share_key = ShareKey::from_bytes(&input.array("Y_i")?)?;
            let context = ChunkContext {
                election: &ElectionId::from_bytes(input.array("election")?),
                trustee: input.number("trustee")?,
                share_key: &share_key,
                agreed: &input.array("agreed")?,
                position: input.number("position")?,
            };
            let nonces = points(&input.array_list("R")?)?;
            let decryptions = points(&input.array_list("D")?)?;
            let proof = DleqProof::from_bytes(&input.array("proof")?)?;
            proof
                .verify(&context, &nonces, &decryptions)
                .map_err(|_| no("TRU-12"))?;
            if !vector.values.has("x_i") {
                return Ok(Fields::new());
            }
            // The share decrypts to these points, and the crates' own proof of them verifies too.
            let share = super::sharing::share(1, &vector.values.array("x_i")?, &share_key)?;
            let own = partial_decrypt(&share, &nonces);
            let rng = &mut Random::new("proof").rng().clone();
            let own_proof =
                DleqProof::prove(&context, &share, &nonces, &own, rng).map_err(|_| no("TRU-11"))?;
            own_proof
                .verify(&context, &nonces, &decryptions)
                .map_err(|_| no("TRU-11"))?;
            let own: Vec<[u8; 32]> = own.iter().map(Point::to_bytes).collect();
            Ok(Fields::new().with("D", &List(&own)))
        }
        "verify_rehearsal" => {
            let rehearsal = Rehearsal::from_bytes(&input.array("rehearsal")?)?;
            let (election, trustee) = (
                ElectionId::from_bytes(input.array("election")?),
                input.number("trustee")?,
            );
            let share_key = ShareKey::from_bytes(&input.array("Y_i")?)?;
            let verified = rehearsal.verify(&election, trustee, &share_key);
            verified.map_err(|_| no("TRU-7"))?;
            Ok(Fields::new())
        }
        "combine" => {
            let combination =
                Combination::new(&input.number_list::<u16>("trustees")?).map_err(|_| no("TRU-13"))?;
            let combined = combination.combine(&points(&input.array_list("D")?)?);
            Ok(Fields::new().with("S", &combined.map_err(|_| no("TRU-13"))?.to_bytes()))
        }
        "verify_combination" => {
            let combination =
                Combination::new(&input.number_list::<u16>("trustees")?).map_err(|_| no("TRU-13"))?;
            let lists: Vec<Vec<Point>> = input
                .object_list("decryptions")?
                .iter()
                .map(|list| points(&list.array_list("D")?))
                .collect::<Result<_, _>>()?;
            let lists: Vec<&[Point]> = lists.iter().map(Vec::as_slice).collect();
            let combined = points(&input.array_list("S")?)?;
            let verified = combination.verify(&combined, &lists, Random::new("batch").rng());
            named(verified, vector, "TRU-14")
        }
        other => Err(unknown(other)),
    }
}

fn second_points(list: &[[u8; 32]]) -> Result<Vec<oracle::Point>, No> {
    list.iter().map(oracle::point).collect()
}

fn second(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "verify_chunk" => {
            let chunk = Chunk {
                election: input.array("election")?,
                trustee: input.number("trustee")?,
                share_key: oracle::point(&input.array("Y_i")?)?,
                agreed: input.array("agreed")?,
                position: input.number("position")?,
                nonces: second_points(&input.array_list("R")?)?,
                decryptions: second_points(&input.array_list("D")?)?,
            };
            chunk.verify(&input.array("proof")?)?;
            Ok(Fields::new().with("d_j", &List(&chunk.weights())))
        }
        "verify_rehearsal" => {
            let (election, trustee) = (input.array("election")?, input.number("trustee")?);
            let key = oracle::point(&input.array("Y_i")?)?;
            verify_rehearsal(&election, trustee, &key, &input.array("rehearsal")?)?;
            Ok(Fields::new().with("canary", &canary(&election, trustee)))
        }
        "combine" => {
            let trustees: Vec<u16> = input.number_list("trustees")?;
            let combined = combine(&trustees, &second_points(&input.array_list("D")?)?)?;
            Ok(Fields::new()
                .with("S", &combined)
                .with("lambda", &List(&lambda(&trustees)?)))
        }
        "verify_combination" => {
            let trustees: Vec<u16> = input.number_list("trustees")?;
            lambda(&trustees)?;
            let combined = second_points(&input.array_list("S")?)?;
            let lists: Vec<Vec<oracle::Point>> = input
                .object_list("decryptions")?
                .iter()
                .map(|list| second_points(&list.array_list("D")?))
                .collect::<Result<_, _>>()?;
            let fit = lists.len() == trustees.len() && lists.iter().all(|list| list.len() == combined.len());
            let is_bad = |place: &usize| {
                let column: Vec<_> = lists
                    .iter()
                    .filter_map(|list| list.get(*place).copied())
                    .collect();
                !fit || combine(&trustees, &column).ok() != Some(combined[*place])
            };
            let bad: Vec<usize> = (0..combined.len()).filter(is_bad).collect();
            named(if bad.is_empty() { Ok(()) } else { Err(bad) }, vector, "TRU-14")
        }
        other => Err(unknown(other)),
    }
}

fn encoded(points: &[oracle::Point]) -> Vec<[u8; 32]> {
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

fn write() -> File {
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
    proofs(
        &mut vectors,
        &verify,
        &chunk,
        &proof,
        &shares[0],
        &mut random,
        &shared,
    );
    rehearsals(&mut vectors, &election, &shares, &mut random);
    combinations(&mut vectors, &shares, &chunk.nonces);
    File {
        area: "dleq".into(),
        shared,
        vectors,
    }
}

/// The chunk somewhere else.
fn moved(vectors: &mut Vec<Vector>, verify: &Vector, chunk: &Chunk) {
    vectors.extend([
        verify.changed(
            "moved to another position",
            "TRU-12",
            "Chunk 3 as chunk 0.",
            "position",
            &0_u32,
        ),
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
        verify.changed(
            "under another share key",
            "TRU-12",
            "Y_i + G.",
            "Y_i",
            &(chunk.share_key + G),
        ),
        verify.changed(
            "under the identity as share key",
            "GRP-2",
            "x_i = 0.",
            "Y_i",
            &[0; 32],
        ),
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
    let cancelling = with(
        decryptions,
        &[(0, decryptions[0] + error), (4, decryptions[4] + counter)],
    );
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
            &with(
                decryptions,
                &[(1, decryptions[1] + delta), (3, decryptions[3] - delta)],
            ),
        ),
        lists(
            "two errors that cancel under the honest weights",
            "TRU-12",
            "Changing one D changes every weight.",
            nonces,
            &cancelling,
        ),
        lists(
            "two partial decryptions exchanged",
            "TRU-12",
            "D_1 and D_2.",
            nonces,
            &exchanged(decryptions),
        ),
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
        lists(
            "R and D exchanged",
            "TRU-12",
            "The lists in each other's place.",
            decryptions,
            nonces,
        ),
        lists(
            "the last pair left out",
            "TRU-12",
            "Four pairs.",
            &nonces[..4],
            &decryptions[..4],
        ),
        lists(
            "a pair twice",
            "TRU-12",
            "Six pairs.",
            &[nonces.as_slice(), &nonces[4..]].concat(),
            &[decryptions.as_slice(), &decryptions[4..]].concat(),
        ),
        lists(
            "a partial decryption missing",
            "TRU-12",
            "Five R, four D.",
            nonces,
            &decryptions[..4],
        ),
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
        (
            "T1 + G",
            "TRU-12",
            "Another commitment.",
            with_row(proof, 0, &moved(&t1)),
        ),
        (
            "T2 + G",
            "TRU-12",
            "Another commitment.",
            with_row(proof, 1, &moved(&t2)),
        ),
        ("s + 1", "TRU-12", "Another response.", with_row(proof, 2, &plus)),
        (
            "s = 0",
            "TRU-12",
            "Another response.",
            with_row(proof, 2, &[0; 32]),
        ),
        (
            "T1 and T2 exchanged",
            "TRU-12",
            "Each belongs to its equation.",
            join(&[&t2, &t1, &s]),
        ),
        ("T1 the identity", "GRP-2", "k = 0.", with_row(proof, 0, &[0; 32])),
        ("T2 the identity", "GRP-2", "k = 0.", with_row(proof, 1, &[0; 32])),
        (
            "T1 no point",
            "GRP-1",
            "A negative field element.",
            with_row(proof, 0, &NOT_A_POINT),
        ),
        (
            "s + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            with_row(proof, 2, &plus_order(&s)),
        ),
        (
            "proved with weights of 1",
            "TRU-12",
            "The plain sums M and Z: errors would cancel.",
            with_ones,
        ),
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

fn rehearsals(vectors: &mut Vec<Vector>, election: &[u8; 32], shares: &[Scalar], random: &mut Random) {
    let (bytes, values) = rehearse(election, 2, &shares[1], &random.scalar());
    let rehearsal = Vector::accept(
        "verify_rehearsal",
        "a rehearsal",
        "TRU-7",
        "The canary is a point hashed from label, election id and trustee.",
        Fields::new()
            .with("Y_i", &(shares[1] * G))
            .with("rehearsal", &bytes)
            .with("trustee", &2_u16),
        values,
    );
    vectors.push(rehearsal.clone());
    let [d, t1, t2, s] = rows(&bytes);
    let moved = |bytes: &[u8; 32]| (oracle::point(bytes).unwrap() + G).compress().to_bytes();
    let plus = (oracle::scalar(&s).unwrap() + Scalar::ONE).to_bytes();
    let (of_third, _) = rehearse(election, 3, &shares[2], &random.scalar());
    // The holder of share 2 decrypts the canary of trustee 3.
    let (others_canary, _) = rehearse(election, 3, &shares[1], &random.scalar());
    for (name, check, comment, bytes) in [
        (
            "rehearsal with another point",
            "TRU-7",
            "D + G.",
            with_row(&bytes, 0, &moved(&d)),
        ),
        (
            "rehearsal with T1 + G",
            "TRU-7",
            "Another commitment.",
            with_row(&bytes, 1, &moved(&t1)),
        ),
        (
            "rehearsal with T2 + G",
            "TRU-7",
            "Another commitment.",
            with_row(&bytes, 2, &moved(&t2)),
        ),
        (
            "rehearsal with s + 1",
            "TRU-7",
            "Another response.",
            with_row(&bytes, 3, &plus),
        ),
        (
            "rehearsal with D the identity",
            "GRP-2",
            "D = O.",
            with_row(&bytes, 0, &[0; 32]),
        ),
        (
            "rehearsal with D no point",
            "GRP-1",
            "A negative field element.",
            with_row(&bytes, 0, &NOT_A_POINT),
        ),
        (
            "rehearsal with s + l",
            "GRP-3",
            "The same scalar, written otherwise.",
            with_row(&bytes, 3, &plus_order(&s)),
        ),
        (
            "rehearsal of another trustee",
            "TRU-7",
            "Trustee 3's own.",
            of_third,
        ),
        (
            "rehearsal of another trustee's canary",
            "TRU-7",
            "With the right share.",
            others_canary,
        ),
    ] {
        vectors.push(rehearsal.changed(name, check, comment, "rehearsal", &bytes));
    }
    vectors.extend([
        rehearsal.changed(
            "rehearsal named as another trustee's",
            "TRU-7",
            "Another canary.",
            "trustee",
            &1_u16,
        ),
        rehearsal.changed(
            "rehearsal of another election",
            "TRU-7",
            "Another canary.",
            "election",
            &flipped(election, 0),
        ),
        rehearsal.changed(
            "rehearsal under another share key",
            "TRU-7",
            "Y_i + G.",
            "Y_i",
            &(shares[1] * G + G),
        ),
    ]);
}

fn combinations(vectors: &mut Vec<Vector>, shares: &[Scalar], nonces: &[oracle::Point]) {
    let of = |trustee: u16| -> Vec<oracle::Point> {
        let share = shares[usize::from(trustee) - 1];
        nonces.iter().map(|nonce| share * nonce).collect()
    };
    let first = |trustees: &[u16]| -> Vec<oracle::Point> { trustees.iter().map(|i| of(*i)[0]).collect() };
    for (name, comment, trustees) in [
        (
            "two trustees' partial decryptions combine",
            "Two of three suffice.",
            vec![1_u16, 3],
        ),
        (
            "the order of the trustees does not matter",
            "The same S.",
            vec![3, 1],
        ),
        (
            "three combine to the same",
            "More than t give the same S.",
            vec![1, 2, 3],
        ),
    ] {
        let decryptions = first(&trustees);
        let values = Fields::new()
            .with("S", &combine(&trustees, &decryptions).unwrap())
            .with("lambda", &List(&lambda(&trustees).unwrap()));
        let input = Fields::new()
            .with("D", &List(&encoded(&decryptions)))
            .with("trustees", &List(&trustees));
        vectors.push(Vector::accept("combine", name, "TRU-13", comment, input, values));
    }
    // lambda = (3/2, -1/2) of trustees 1 and 3: the sum vanishes for D_3 = 3 D_1.
    let vanishing = [G, Scalar::from(3_u8) * G];
    for (name, comment, trustees, decryptions) in [
        ("combined without trustees", "There is none.", vec![], vec![]),
        (
            "combined with trustee 0",
            "Indices begin at 1; 0 is where the secret is.",
            vec![0_u16, 1],
            first(&[1, 2]),
        ),
        (
            "combined with a trustee twice",
            "Its own share is not two.",
            vec![2, 2],
            first(&[2, 2]),
        ),
        (
            "combined with a partial decryption missing",
            "Two trustees, one point.",
            vec![1, 3],
            first(&[1]),
        ),
        (
            "combined with one too many",
            "Two trustees, three points.",
            vec![1, 3],
            first(&[1, 3, 2]),
        ),
        (
            "combined to the identity",
            "Which proved partial decryptions never give.",
            vec![1, 3],
            vanishing.to_vec(),
        ),
    ] {
        let input = Fields::new()
            .with("D", &List(&encoded(&decryptions)))
            .with("trustees", &List(&trustees));
        vectors.push(Vector::reject("combine", name, "TRU-13", comment, input));
    }
    let combined: Vec<oracle::Point> = (0..nonces.len())
        .map(|j| combine(&[1, 2], &[of(1)[j], of(2)[j]]).unwrap())
        .collect();
    let input = |trustees: &[u16], lists: &[Vec<oracle::Point>], combined: &[oracle::Point]| {
        let lists: Vec<Fields> = lists
            .iter()
            .map(|list| Fields::new().with("D", &List(&encoded(list))))
            .collect();
        Fields::new()
            .with("S", &List(&encoded(combined)))
            .with("decryptions", &List(&lists))
            .with("trustees", &List(trustees))
    };
    vectors.push(Vector::accept(
        "verify_combination",
        "published openings are combinations",
        "TRU-14",
        "Five S_j of trustees 1 and 2, checked at once.",
        input(&[1, 2], &[of(1), of(2)], &combined),
        Fields::new(),
    ));
    let mut wrong = combined.clone();
    wrong[3] += G;
    let mut cancelling = combined.clone();
    cancelling[1] += G;
    cancelling[4] -= G;
    let mut exchanged = combined.clone();
    exchanged.swap(0, 2);
    let all = vec![0_u64, 1, 2, 3, 4];
    let both = [of(1), of(2)];
    for (name, comment, input, bad) in [
        (
            "one wrong opening",
            "S_3 + G.",
            input(&[1, 2], &both, &wrong),
            vec![3],
        ),
        (
            "two wrong openings that cancel",
            "S_1 + G and S_4 - G.",
            input(&[1, 2], &both, &cancelling),
            vec![1, 4],
        ),
        (
            "two openings exchanged",
            "S_0 and S_2.",
            input(&[1, 2], &both, &exchanged),
            vec![0, 2],
        ),
        (
            "combined with another trustee's index",
            "The points of trustees 1 and 2 with the coefficients of 1 and 3.",
            input(&[1, 3], &both, &combined),
            all.clone(),
        ),
        (
            "combined with the trustees exchanged",
            "The points of 1 and 2 with the coefficients of 2 and 1.",
            input(&[2, 1], &both, &combined),
            all.clone(),
        ),
        (
            "combined of fewer lists",
            "Two trustees, one list.",
            input(&[1, 2], &both[..1], &combined),
            all.clone(),
        ),
        (
            "combined of a shorter list",
            "Trustee 2 opened four of five.",
            input(&[1, 2], &[of(1), of(2)[..4].to_vec()], &combined),
            all,
        ),
    ] {
        let values = Fields::new().with("bad", &List(&bad));
        vectors.push(Vector::reject("verify_combination", name, "TRU-14", comment, input).naming(values));
    }
}
