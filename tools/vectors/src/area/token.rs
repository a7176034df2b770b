//! Blind tokens: issuing, the voter's check, verification singly and in a batch (TOK-3 to TOK-9).

mod cases;

use urna_crypto::{
    Answer as IssuerAnswer, Answered, Batch, Blinding, Challenge, Commitment, ElectionId, IssuerKey,
    IssuerSecretKey, Pseudonym, Seed, Token, TokenContext, Tokened, Verifiable,
};

use crate::fields::Fields;
use crate::oracle::token::{Context, check_answer, join};
use crate::oracle::{self, G, Random, fifth, rows};
use crate::vector::{Answer, Area, No, Vector, no, unknown};

use cases::write;

/// The area.
pub const AREA: Area = Area { name: "token", write, crates, oracle: second };

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "issue_token" => {
            let (context, pseudonym) = (context(input)?, pseudonym(input)?);
            let seed = Seed::from_bytes(input.array("seed")?);
            let commitment = Commitment::from_bytes(&input.array("commitment")?)?;
            let blinding =
                Blinding::new(&seed, &context, &commitment, &pseudonym).map_err(|_| no("TOK-4"))?;
            let challenge = blinding.challenge();
            let answer = IssuerAnswer::from_bytes(&input.array("answer")?)?;
            let token = blinding.finalize(&answer).map_err(|_| no("TOK-6"))?;
            token.verify(&context, &pseudonym).map_err(|_| no("TOK-7"))?;
            let mut answer =
                Fields::new().with("challenge", &challenge.to_bytes()).with("token", &token.to_bytes());
            if vector.values.has("x") {
                // The issuer's secret is that of the key.
                let x = IssuerSecretKey::from_bytes(&vector.values.array("x")?)?;
                answer = answer.with("X", &x.public().to_bytes());
            }
            Ok(answer)
        }
        "verify_token" => {
            let token = Token::from_bytes(&input.array("token")?)?;
            let verified = token.verify(&context(input)?, &pseudonym(input)?);
            verified.map_err(|_| no("TOK-7"))?;
            Ok(Fields::new())
        }
        "verify_tokens" => {
            let context = context(input)?;
            let mut tokens = Vec::new();
            for item in input.object_list("tokens")? {
                tokens.push((pseudonym(&item)?, Token::from_bytes(&item.array("token")?)?));
            }
            let mut batch = Batch::new();
            for (pseudonym, token) in &tokens {
                batch.push(&Tokened { context: &context, pseudonym, token });
            }
            named(batch.verify(Random::new("batch").rng()), vector, "TOK-7")
        }
        "verify_answer" => {
            let answered = Answered {
                key: &IssuerKey::from_bytes(&input.array("X")?)?,
                commitment: &Commitment::from_bytes(&input.array("commitment")?)?,
                challenge: &Challenge::from_bytes(&input.array("challenge")?)?,
                answer: &IssuerAnswer::from_bytes(&input.array("answer")?)?,
            };
            answered.verify().map_err(|_| no("TOK-9"))?;
            Ok(Fields::new())
        }
        other => Err(unknown(other)),
    }
}

/// A batch must name exactly the items that the vector does, in `bad`.
pub(super) fn named(outcome: Result<(), Vec<usize>>, vector: &Vector, rule: &'static str) -> Answer {
    match outcome {
        Ok(()) => Ok(Fields::new()),
        Err(bad) if bad == vector.values.number_list::<usize>("bad")? => Err(no(rule)),
        Err(bad) => Err(No::Malformed(anyhow::anyhow!("the items {bad:?} were named"))),
    }
}

fn context(input: &Fields) -> Result<TokenContext, No> {
    Ok(TokenContext::new(
        &ElectionId::from_bytes(input.array("election")?),
        input.text("class")?,
        input.text("issuer")?,
        &IssuerKey::from_bytes(&input.array("X")?)?,
    ))
}

fn pseudonym(input: &Fields) -> Result<Pseudonym, No> {
    Ok(Pseudonym::from_bytes(&input.array("pk")?)?)
}

fn second(vector: &Vector, shared: &Fields) -> Option<Answer> {
    let input = shared.clone().and(&vector.input);
    Some(second_answer(vector, &input))
}

fn second_context(input: &Fields) -> Result<Context, No> {
    Ok(Context {
        election: input.array("election")?,
        class: input.text("class")?.to_owned(),
        issuer: input.text("issuer")?.to_owned(),
        key: oracle::point(&input.array("X")?)?,
    })
}

fn second_answer(vector: &Vector, input: &Fields) -> Answer {
    match vector.operation.as_str() {
        "issue_token" => {
            let context = second_context(input)?;
            let pk = oracle::point(&input.array("pk")?)?;
            let commitment: [u8; 64] = input.array("commitment")?;
            let answer: [u8; 96] = input.array("answer")?;
            let [a, b_point] = rows(&commitment);
            let (a, b_point) = (oracle::point(&a)?, oracle::point(&b_point)?);
            let [r, alpha, beta] = context.blinding(&input.array("seed")?, &a, &b_point, &pk);
            let alpha5 = fifth(&alpha);
            let rbar = r * G + alpha5 * a + alpha * b_point + alpha5 * beta * context.key;
            let c = context.challenge(&pk, &rbar) * alpha5.invert() + beta;
            check_answer(&context.key, &commitment, &c.to_bytes(), &answer, "TOK-6")?;
            let [b, y, z] = rows(&answer).map(|bytes| oracle::scalar(&bytes));
            let (b, y, z) = (b?, y?, z?);
            let (zbar, ybar) = (r + alpha5 * z + alpha * b, alpha * y);
            let token: [u8; 96] = join(&[rbar.compress().as_bytes(), zbar.as_bytes(), ybar.as_bytes()]);
            context.verify(&pk, &token)?;
            Ok(Fields::new().with("challenge", &c).with("token", &token))
        }
        "verify_token" => {
            let pk = oracle::point(&input.array("pk")?)?;
            second_context(input)?.verify(&pk, &input.array("token")?)?;
            Ok(Fields::new())
        }
        "verify_tokens" => {
            let context = second_context(input)?;
            let mut bad = Vec::new();
            for (place, item) in input.object_list("tokens")?.iter().enumerate() {
                let pk = oracle::point(&item.array("pk")?)?;
                if context.verify(&pk, &item.array("token")?).is_err() {
                    bad.push(place);
                }
            }
            named(if bad.is_empty() { Ok(()) } else { Err(bad) }, vector, "TOK-7")
        }
        "verify_answer" => {
            let key = oracle::point(&input.array("X")?)?;
            let (commitment, answer) = (input.array("commitment")?, input.array("answer")?);
            check_answer(&key, &commitment, &input.array("challenge")?, &answer, "TOK-9")?;
            Ok(Fields::new())
        }
        other => Err(unknown(other)),
    }
}
