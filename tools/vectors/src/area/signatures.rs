//! Signatures: Schnorr over each statement (SIG-1, SIG-2), Ed25519 over the authority's entries (SIG-3).

mod cases;

use urna_crypto::{
    AuthorityEntry, Challenge, Commitment, CredentialKey, CredentialSecretKey, Ed25519Key, Ed25519SigningKey,
    ElectionId, Handle, IssuerPossession, PlanId, Returned, SessionChallenge, SessionRequest,
    ShareConfirmation, SharePossession, Signature, SignedEntry, Statement, Token, TrusteePossession,
    Withdrawal,
};

use crate::fields::Fields;
use crate::oracle::signature::{authority_message, ed25519_point, ed25519_verify, statement, verify};
use crate::oracle::{self, G};
use crate::vector::{Answer, Area, No, Vector, no, unknown};

use cases::write;

/// The area.
pub const AREA: Area =
    Area { name: "signatures", write, crates, oracle: |vector, shared| Some(second(vector, shared)) };

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "verify_statement" => {
            let key = CredentialKey::from_bytes(&input.array("P")?)?;
            let signature = Signature::from_bytes(&input.array("signature")?)?;
            verify_statement(input, &key, &signature)?;
            Ok(Fields::new())
        }
        "derive_credential" => {
            let election = ElectionId::from_bytes(input.array("election")?);
            let key = CredentialSecretKey::from_invitation(&input.array("secret")?, &election).public();
            Ok(Fields::new().with("P", &key.to_bytes()))
        }
        "verify_authority_entry" => {
            let key = Ed25519Key::from_bytes(&input.array("key")?).map_err(|_| no("SIG-3"))?;
            let election = ElectionId::from_bytes(input.array("election")?);
            let entry = AuthorityEntry {
                election: &election,
                kind: input.text("kind")?,
                number: input.number("number")?,
                body: input.text("body")?.as_bytes(),
            };
            let signature = input.array("signature")?;
            key.verify(&entry, &signature).map_err(|_| no("SIG-3"))?;
            if !vector.values.has("seed") {
                return Ok(Fields::new());
            }
            let secret = Ed25519SigningKey::from_bytes(&vector.values.array("seed")?);
            Ok(Fields::new().with("signature", &secret.sign(&entry)))
        }
        "read_ed25519_key" => {
            Ed25519Key::from_bytes(&input.array("key")?).map_err(|_| no("SIG-3"))?;
            Ok(Fields::new())
        }
        other => Err(unknown(other)),
    }
}

/// Any key type verifies any statement; which key belongs to which statement is the caller's to know.
fn verify_statement(input: &Fields, key: &CredentialKey, signature: &Signature) -> Result<(), No> {
    fn check(statement: &impl Statement, key: &CredentialKey, signature: &Signature) -> Result<(), No> {
        signature.verify(key, statement).map_err(|_| no("SIG-1"))
    }
    let fields: Fields =
        serde_json::from_value(input.value("fields")?.clone()).map_err(anyhow::Error::from)?;
    let election = || fields.array("election").map(ElectionId::from_bytes);
    let plan = || fields.array("plan").map(PlanId::from_bytes);
    let text = |name: &'static str| fields.text(name);
    match input.text("statement")? {
        "issuer_possession" => {
            let (plan, issuer, class) = (&plan()?, text("issuer")?, text("class")?);
            check(&IssuerPossession { plan, issuer, class }, key, signature)
        }
        "session_request" => check(
            &SessionRequest {
                election: &election()?,
                issuer: text("issuer")?,
                handle: &Handle::from_bytes(fields.array("handle")?),
                class: text("class")?,
                time: fields.number("time")?,
            },
            key,
            signature,
        ),
        "session_challenge" => check(
            &SessionChallenge {
                election: &election()?,
                issuer: text("issuer")?,
                handle: &Handle::from_bytes(fields.array("handle")?),
                class: text("class")?,
                session: &fields.array("session")?,
                commitment: &Commitment::from_bytes(&fields.array("commitment")?)?,
                challenge: &Challenge::from_bytes(&fields.array("challenge")?)?,
            },
            key,
            signature,
        ),
        "withdrawal" => {
            let (election, class, sequence) = (&election()?, text("class")?, fields.number("sequence")?);
            check(&Withdrawal { election, class, sequence }, key, signature)
        }
        "returned" => {
            let tokens = fields.array_list("tokens")?;
            let tokens: Vec<_> = tokens.iter().map(Token::from_bytes).collect::<Result<_, _>>()?;
            let (election, class) = (&election()?, text("class")?);
            check(&Returned { election, class, tokens: &tokens }, key, signature)
        }
        "entry" => check(
            &SignedEntry {
                election: &election()?,
                kind: text("kind")?,
                signer: text("signer")?,
                number: fields.number("number")?,
                body: text("body")?.as_bytes(),
            },
            key,
            signature,
        ),
        "trustee_possession" => {
            let (plan, trustee) = (&plan()?, text("trustee")?);
            check(&TrusteePossession { plan, trustee }, key, signature)
        }
        "share_possession" => {
            let (election, trustee) = (&election()?, fields.number("trustee")?);
            check(&SharePossession { election, trustee }, key, signature)
        }
        "share_confirmation" => {
            let (plan, ceremony, trustee) = (&plan()?, &fields.array("ceremony")?, fields.number("trustee")?);
            check(&ShareConfirmation { plan, ceremony, trustee }, key, signature)
        }
        other => Err(No::Malformed(anyhow::anyhow!("there is no statement `{other}`"))),
    }
}

fn second(vector: &Vector, shared: &Fields) -> Answer {
    let input = &shared.clone().and(&vector.input);
    match vector.operation.as_str() {
        "verify_statement" => {
            let fields: Fields =
                serde_json::from_value(input.value("fields")?.clone()).map_err(anyhow::Error::from)?;
            let statement = statement(input.text("statement")?, &fields)?;
            let key = oracle::point(&input.array("P")?)?;
            verify(statement, &key, &input.array("signature")?, "SIG-1")?;
            Ok(Fields::new())
        }
        "derive_credential" => {
            let x = oracle::ballot::credential_secret(&input.array("secret")?, &input.array("election")?);
            Ok(Fields::new().with("P", &(x * G)).with("x", &x))
        }
        "verify_authority_entry" => {
            let message = authority_message(input)?;
            ed25519_verify(&input.array("key")?, &message, &input.array("signature")?)?;
            Ok(Fields::new().with("message", &message))
        }
        "read_ed25519_key" => {
            ed25519_point(&input.array("key")?)?;
            Ok(Fields::new())
        }
        other => Err(unknown(other)),
    }
}
