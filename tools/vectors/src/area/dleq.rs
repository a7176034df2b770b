//! Openings: the batched proof of a chunk, the rehearsal, combination (TRU-7, TRU-10 to TRU-14).

mod cases;
mod combination;

use urna_crypto::{
    ChunkContext, Combination, DleqProof, ElectionId, Point, Rehearsal, ShareKey, partial_decrypt,
};

use super::token::named;
use crate::fields::{Fields, List};
use crate::oracle::opening::{Chunk, canary, combine, lambda, verify_rehearsal};
use crate::oracle::{self, Random};
use crate::vector::{Answer, Area, No, Vector, no, unknown};

use cases::write;

/// The area.
pub const AREA: Area =
    Area { name: "dleq", write, crates, oracle: |vector, shared| Some(second(vector, shared)) };

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
            proof.verify(&context, &nonces, &decryptions).map_err(|_| no("TRU-12"))?;
            if !vector.values.has("x_i") {
                return Ok(Fields::new());
            }
            // The share decrypts to these points, and the crates' own proof of them verifies too.
            let share = super::sharing::share(1, &vector.values.array("x_i")?, &share_key)?;
            let own = partial_decrypt(&share, &nonces);
            let rng = &mut Random::new("proof").rng().clone();
            let own_proof =
                DleqProof::prove(&context, &share, &nonces, &own, rng).map_err(|_| no("TRU-11"))?;
            own_proof.verify(&context, &nonces, &decryptions).map_err(|_| no("TRU-11"))?;
            let own: Vec<[u8; 32]> = own.iter().map(Point::to_bytes).collect();
            Ok(Fields::new().with("D", &List(&own)))
        }
        "verify_rehearsal" => {
            let rehearsal = Rehearsal::from_bytes(&input.array("rehearsal")?)?;
            let (election, trustee) =
                (ElectionId::from_bytes(input.array("election")?), input.number("trustee")?);
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
            Ok(Fields::new().with("S", &combined).with("lambda", &List(&lambda(&trustees)?)))
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
                let column: Vec<_> = lists.iter().filter_map(|list| list.get(*place).copied()).collect();
                !fit || combine(&trustees, &column).ok() != Some(combined[*place])
            };
            let bad: Vec<usize> = (0..combined.len()).filter(is_bad).collect();
            named(if bad.is_empty() { Ok(()) } else { Err(bad) }, vector, "TRU-14")
        }
        other => Err(unknown(other)),
    }
}
