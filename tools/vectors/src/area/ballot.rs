//! Ballots: pseudonym and identifier, encryption, the joint proof, decryption (BAL-1 to BAL-6).

mod cases;

use urna_crypto::{
    BallotContext, BallotProof, BallotStatement, Batch, Ciphertext, ElectionId, ElectionKey, Identifier,
    Point, Proved, Pseudonym, Seed, Token,
};

use super::token::named;
use crate::fields::Fields;
use crate::oracle::ballot::{Statement, encrypt, identifier, keystream, pseudonym_secret, xor};
use crate::oracle::{self, G, Random, rows};
use crate::vector::{Answer, Area, No, Vector, no, unknown};

use cases::write;

/// The area.
pub const AREA: Area =
    Area { name: "ballot", write, crates, oracle: |vector, shared| Some(second(vector, shared)) };

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "derive_pseudonym" => {
            let election = ElectionId::from_bytes(input.array("election")?);
            let seed = Seed::from_bytes(input.array("seed")?);
            let pk = seed.pseudonym_key(&election).pseudonym();
            Ok(Fields::new()
                .with("identifier", &Identifier::new(&election, &pk).to_string())
                .with("pk", &pk.to_bytes()))
        }
        "encrypt" => {
            let seed = Seed::from_bytes(input.array("seed")?);
            let key = seed.pseudonym_key(&ElectionId::from_bytes(input.array("election")?));
            let (sequence, plaintext) = (input.number("sequence")?, input.bytes("plaintext")?);
            let encrypted = context(input)?.encrypt(&seed, sequence, &plaintext, &key);
            let Ciphertext { r, text } = encrypted.ciphertext();
            Ok(Fields::new()
                .with("R", &r.to_bytes())
                .with("ct", text)
                .with("pk", &key.pseudonym().to_bytes()))
        }
        "decrypt" => {
            let (pk, ciphertext) = (Pseudonym::from_bytes(&input.array("pk")?)?, ciphertext(input)?);
            let s = Point::from_bytes(&input.array("S")?)?;
            let plaintext = context(input)?.decrypt(&pk, &ciphertext, &s);
            Ok(Fields::new().with("plaintext", &*plaintext))
        }
        "verify_ballot" => {
            let ballot = Ballot::read(input)?;
            let verified = ballot.proof.verify(ballot.statement(&context(input)?));
            verified.map_err(|_| no("BAL-5"))?;
            Ok(Fields::new())
        }
        "verify_ballots" => {
            let context = context(input)?;
            let read = |item: &Fields| Ballot::read(&input.clone().and(item));
            let ballots: Vec<Ballot> =
                input.object_list("ballots")?.iter().map(read).collect::<Result<_, _>>()?;
            let mut batch = Batch::new();
            for ballot in &ballots {
                batch.push(&Proved { statement: ballot.statement(&context), proof: &ballot.proof });
            }
            named(batch.verify(Random::new("batch").rng()), vector, "BAL-5")
        }
        other => Err(unknown(other)),
    }
}

struct Ballot {
    pk: Pseudonym,
    sequence: u32,
    tokens: Vec<Token>,
    ciphertext: Ciphertext,
    proof: BallotProof,
}

impl Ballot {
    fn read(input: &Fields) -> Result<Self, No> {
        let tokens = input.array_list("tokens")?;
        Ok(Self {
            pk: Pseudonym::from_bytes(&input.array("pk")?)?,
            sequence: input.number("sequence")?,
            tokens: tokens.iter().map(Token::from_bytes).collect::<Result<_, _>>()?,
            ciphertext: ciphertext(input)?,
            proof: BallotProof::from_bytes(&input.array("proof")?)?,
        })
    }

    fn statement<'a>(&'a self, context: &'a BallotContext) -> BallotStatement<'a> {
        BallotStatement {
            context,
            pseudonym: &self.pk,
            sequence: self.sequence,
            tokens: &self.tokens,
            ciphertext: &self.ciphertext,
        }
    }
}

fn context(input: &Fields) -> Result<BallotContext, No> {
    let election = ElectionId::from_bytes(input.array("election")?);
    let key = ElectionKey::from_bytes(&input.array("Y")?)?;
    Ok(BallotContext::new(&election, input.text("class")?, &key))
}

fn ciphertext(input: &Fields) -> Result<Ciphertext, No> {
    Ok(Ciphertext { r: Point::from_bytes(&input.array("R")?)?, text: input.bytes("ct")? })
}

fn second(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    let point = |name: &str| -> Result<oracle::Point, No> { oracle::point(&input.array(name)?) };
    match vector.operation.as_str() {
        "derive_pseudonym" => {
            let election = input.array("election")?;
            let sk = pseudonym_secret(&input.array("seed")?, &election);
            let identifier = identifier(&election, &(sk * G));
            Ok(Fields::new().with("identifier", &identifier).with("pk", &(sk * G)).with("sk", &sk))
        }
        "encrypt" => {
            let (election, seed) = (input.array("election")?, input.array("seed")?);
            let pk = pseudonym_secret(&seed, &election) * G;
            let (sequence, plaintext) = (input.number("sequence")?, input.bytes("plaintext")?);
            Ok(encrypt(&election, &seed, sequence, &plaintext, &pk, &point("Y")?).values)
        }
        "decrypt" => {
            let (pk, r, y, s) = (point("pk")?, point("R")?, point("Y")?, point("S")?);
            let ct = input.bytes("ct")?;
            let keystream = keystream(&input.array("election")?, &pk, &r, &y, &s, ct.len());
            Ok(Fields::new().with("keystream", &keystream).with("plaintext", &xor(&ct, &keystream)))
        }
        "verify_ballot" => {
            second_verify(input)?;
            Ok(Fields::new())
        }
        "verify_ballots" => {
            let mut bad = Vec::new();
            for (place, item) in input.object_list("ballots")?.iter().enumerate() {
                if second_verify(&input.clone().and(item)).is_err() {
                    bad.push(place);
                }
            }
            named(if bad.is_empty() { Ok(()) } else { Err(bad) }, vector, "BAL-5")
        }
        other => Err(unknown(other)),
    }
}

fn second_verify(input: &Fields) -> Result<(), No> {
    let tokens: Vec<[u8; 96]> = input.array_list("tokens")?;
    for token in &tokens {
        let [rbar, zbar, ybar] = rows(token);
        oracle::point(&rbar)?;
        oracle::scalar(&zbar)?;
        oracle::scalar(&ybar)?;
    }
    let statement = Statement {
        election: input.array("election")?,
        class: input.text("class")?.to_owned(),
        pk: oracle::point(&input.array("pk")?)?,
        sequence: input.number("sequence")?,
        tokens,
        ephemeral: oracle::point(&input.array("R")?)?,
        ciphertext: input.bytes("ct")?,
    };
    statement.verify(&input.array("proof")?)
}
