//! 200 valid records of each kind, as named wire fields, and how a verifier reads them.

use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use urna_crypto::{
    Answer, Answered, BallotContext, BallotProof, BallotStatement, Batch, Blinding, Challenge, Ciphertext,
    Commitment, CredentialKey, CredentialSecretKey, ElectionId, ElectionKey, Handle, IssuerKey,
    IssuerPossession, IssuerSecretKey, IssuerSigningKey, PlanId, Point, Proved, Pseudonym, Returned, Seed,
    Session, SessionChallenge, SessionRequest, ShareKey, SharePossession, Signature, Signed, SignedEntry,
    SigningKey, Statement, Token, TokenContext, Tokened, TrusteeKey, TrusteePossession, Verifiable,
    VerifyingKey, Withdrawal,
};

/// How many records of each kind there are, and how many a batch holds.
pub(crate) const RECORDS: usize = 200;

pub(crate) const CLASS: &str = "students";
const ISSUERS: [&str; 2] = ["union", "committee"];
const ELECTION: ElectionId = ElectionId::from_bytes([0x21; 32]);
const PLAN: PlanId = PlanId::from_bytes([0x12; 32]);

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The wire fields of one record, in the order of [`Kind::fields`].
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) fields: Vec<Vec<u8>>,
}

/// What a field is called, and which of the record's proofs are bound to it.
type Field = (&'static str, &'static [usize]);

/// A kind of record.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    /// How many proofs a record carries, each an item of its own in a batch.
    pub(crate) proofs: usize,
    /// Decodes a record and hands over its proofs; `None` if a field does not decode.
    pub(crate) read: fn(&Record, &mut Sink) -> Option<()>,
    records: LazyLock<Vec<Record>>,
}

impl Kind {
    pub(crate) fn records(&self) -> Vec<Record> {
        self.records.clone()
    }

    /// The number of the field with this label.
    pub(crate) fn field(&self, label: &str) -> usize {
        self.fields.iter().position(|(name, _)| *name == label).unwrap()
    }
}

/// Takes a record's proofs: into a batch, or each alone.
pub(crate) struct Sink {
    batch: Option<Batch>,
    alone: Vec<bool>,
}

impl Sink {
    pub(crate) fn singly() -> Self {
        Self { batch: None, alone: Vec::new() }
    }

    /// Which proofs were refused alone.
    pub(crate) fn refused(&self) -> Vec<usize> {
        (0..self.alone.len()).filter(|i| !self.alone[*i]).collect()
    }

    fn proof(&mut self, item: &impl Verifiable) {
        match &mut self.batch {
            Some(batch) => batch.push(item),
            None => self.alone.push(item.verify().is_ok()),
        }
    }
}

/// All proofs of `records` in one batch.
pub(crate) fn batch_of(kind: &Kind, records: &[Record]) -> Batch {
    let mut sink = Sink { batch: Some(Batch::new()), alone: Vec::new() };
    for record in records {
        (kind.read)(record, &mut sink).unwrap();
    }
    let batch = sink.batch.unwrap();
    assert_eq!(batch.len(), records.len() * kind.proofs);
    batch
}

/// The numbers in a batch of these proofs of the record at `position`.
pub(crate) fn numbers_of(kind: &Kind, position: usize, proofs: &[usize]) -> Vec<usize> {
    proofs.iter().map(|proof| position * kind.proofs + proof).collect()
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

// Ballots with the tokens of two issuers: proofs 0 and 1 are the tokens', 2 is the ballot's own.

pub(crate) static BALLOT: Kind = Kind {
    name: "ballot",
    fields: &[
        ("election", &[0, 1, 2]),
        ("class", &[0, 1, 2]),
        ("first issuer", &[0]),
        ("key of the first issuer", &[0]),
        ("token of the first issuer", &[0, 2]),
        ("second issuer", &[1]),
        ("key of the second issuer", &[1]),
        ("token of the second issuer", &[1, 2]),
        ("pseudonym", &[0, 1, 2]),
        ("sequence", &[2]),
        ("R", &[2]),
        ("ct", &[2]),
        ("proof", &[2]),
    ],
    proofs: 3,
    read: |record, sink| {
        let [
            election,
            class,
            issuer_1,
            key_1,
            token_1,
            issuer_2,
            key_2,
            token_2,
            pseudonym,
            sequence,
            r,
            ct,
            proof,
        ] = record.fields.as_slice()
        else {
            panic!("a ballot's fields")
        };
        let election = ElectionId::from_bytes(array(election)?);
        let class = str::from_utf8(class).ok()?;
        let pseudonym = Pseudonym::from_bytes(&array(pseudonym)?).ok()?;
        let issuers = [(issuer_1, key_1), (issuer_2, key_2)]
            .into_iter()
            .map(|(issuer, key)| {
                let key = IssuerKey::from_bytes(&array(key)?).ok()?;
                let issuer = str::from_utf8(issuer).ok()?;
                Some(TokenContext::new(&election, class, issuer, &key))
            })
            .collect::<Option<Vec<_>>>()?;
        let tokens = [token_1, token_2]
            .into_iter()
            .map(|token| Token::from_bytes(&array(token)?).ok())
            .collect::<Option<Vec<_>>>()?;
        let ciphertext = Ciphertext { r: Point::from_bytes(&array(r)?).ok()?, text: ct.clone() };
        let proof = BallotProof::from_bytes(&array(proof)?).ok()?;
        let context = BallotContext::new(&election, class, &KEYS.election);
        for (context, token) in issuers.iter().zip(&tokens) {
            sink.proof(&Tokened { context, pseudonym: &pseudonym, token });
        }
        sink.proof(&Proved {
            statement: BallotStatement {
                context: &context,
                pseudonym: &pseudonym,
                sequence: u32::from_le_bytes(array(sequence)?),
                tokens: &tokens,
                ciphertext: &ciphertext,
            },
            proof: &proof,
        });
        Some(())
    },
    records: LazyLock::new(|| {
        let record = |number| {
            let ballot = ballot(number);
            let [one, two] = &ballot.tokens;
            let issuer = |i: usize| KEYS.issuers[i].public().to_bytes().to_vec();
            Record {
                fields: vec![
                    ELECTION.as_bytes().to_vec(),
                    CLASS.into(),
                    ISSUERS[0].into(),
                    issuer(0),
                    one.to_bytes().to_vec(),
                    ISSUERS[1].into(),
                    issuer(1),
                    two.to_bytes().to_vec(),
                    ballot.pseudonym.to_bytes().to_vec(),
                    ballot.sequence.to_le_bytes().to_vec(),
                    ballot.ciphertext.r.to_bytes().to_vec(),
                    ballot.ciphertext.text.clone(),
                    ballot.proof.to_bytes().to_vec(),
                ],
            }
        };
        (0..RECORDS).map(record).collect()
    }),
};

/// The keys of the one election that all records belong to.
struct Keys {
    issuers: [IssuerSecretKey; 2],
    election: ElectionKey,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let mut rng = rng(100);
    Keys {
        issuers: [IssuerSecretKey::generate(&mut rng), IssuerSecretKey::generate(&mut rng)],
        election: ElectionKey::from_bytes(&SigningKey::generate(&mut rng).public().to_bytes()).unwrap(),
    }
});

pub(crate) struct Ballot {
    context: BallotContext,
    pseudonym: Pseudonym,
    sequence: u32,
    pub(crate) tokens: [Token; 2],
    ciphertext: Ciphertext,
    pub(crate) proof: BallotProof,
}

impl Ballot {
    /// What the ballot would state with these tokens.
    pub(crate) fn statement<'a>(&'a self, tokens: &'a [Token]) -> BallotStatement<'a> {
        BallotStatement {
            context: &self.context,
            pseudonym: &self.pseudonym,
            sequence: self.sequence,
            tokens,
            ciphertext: &self.ciphertext,
        }
    }
}

/// Issues both tokens, encrypts and proves.
pub(crate) fn ballot(number: usize) -> Ballot {
    let mut rng = rng(1_000 + number as u64);
    let seed = Seed::generate(&mut rng);
    let key = seed.pseudonym_key(&ELECTION);
    let pseudonym = key.pseudonym();
    let tokens = [0, 1].map(|i| {
        let secret = &KEYS.issuers[i];
        let context = TokenContext::new(&ELECTION, CLASS, ISSUERS[i], &secret.public());
        let session = Session::open(&mut rng);
        let blinding = Blinding::new(&seed, &context, &session.commitment(), &pseudonym).unwrap();
        let answer = session.answer(secret, &blinding.challenge());
        blinding.finalize(&answer).unwrap()
    });
    let context = BallotContext::new(&ELECTION, CLASS, &KEYS.election);
    let sequence = number as u32 % 16;
    let mut plaintext = [0; 40];
    plaintext[0] = number as u8;
    let (ciphertext, proof) =
        context.encrypt(&seed, sequence, &plaintext, &key).prove(&context, &key, &tokens, &mut rng);
    Ballot { context, pseudonym, sequence, tokens, ciphertext, proof }
}

// Issuance rows: proof 0 is the issuer's answer, 1 the voter's signed request.

pub(crate) static ISSUANCE: Kind = Kind {
    name: "issuance row",
    fields: &[
        ("election", &[1]),
        ("issuer", &[1]),
        ("handle", &[1]),
        ("class", &[1]),
        ("session", &[1]),
        ("A, B", &[0, 1]),
        ("c", &[0, 1]),
        ("b", &[0]),
        ("y", &[0]),
        ("z", &[0]),
        ("signature", &[1]),
        ("credential key", &[1]),
        ("issuer key", &[0]),
    ],
    proofs: 2,
    read: |record, sink| {
        let [
            election,
            issuer,
            handle,
            class,
            session,
            commitment,
            challenge,
            b,
            y,
            z,
            signature,
            credential,
            key,
        ] = record.fields.as_slice()
        else {
            panic!("an issuance row's fields")
        };
        let commitment = Commitment::from_bytes(&array(commitment)?).ok()?;
        let challenge = Challenge::from_bytes(&array(challenge)?).ok()?;
        sink.proof(&Answered {
            key: &IssuerKey::from_bytes(&array(key)?).ok()?,
            commitment: &commitment,
            challenge: &challenge,
            answer: &Answer::from_bytes(&array(&[b.as_slice(), y, z].concat())?).ok()?,
        });
        sink.proof(&Signed {
            key: &CredentialKey::from_bytes(&array(credential)?).ok()?,
            statement: &SessionChallenge {
                election: &ElectionId::from_bytes(array(election)?),
                issuer: str::from_utf8(issuer).ok()?,
                handle: &Handle::from_bytes(array(handle)?),
                class: str::from_utf8(class).ok()?,
                session: &array(session)?,
                commitment: &commitment,
                challenge: &challenge,
            },
            signature: &Signature::from_bytes(&array(signature)?).ok()?,
        });
        Some(())
    },
    records: LazyLock::new(|| {
        let secret = &KEYS.issuers[0];
        let context = TokenContext::new(&ELECTION, CLASS, ISSUERS[0], &secret.public());
        let record = |number| {
            let mut rng = rng(2_000 + number as u64);
            let seed = Seed::generate(&mut rng);
            let pseudonym = seed.pseudonym_key(&ELECTION).pseudonym();
            let credential = CredentialSecretKey::from_invitation(&random(&mut rng), &ELECTION);
            let (handle, id) = (Handle::from_bytes(random(&mut rng)), random(&mut rng));
            let session = Session::open(&mut rng);
            let commitment = session.commitment();
            let challenge = Blinding::new(&seed, &context, &commitment, &pseudonym).unwrap().challenge();
            let signature = credential.sign(
                &SessionChallenge {
                    election: &ELECTION,
                    issuer: ISSUERS[0],
                    handle: &handle,
                    class: CLASS,
                    session: &id,
                    commitment: &commitment,
                    challenge: &challenge,
                },
                &mut rng,
            );
            let answer = session.answer(secret, &challenge).to_bytes();
            Record {
                fields: vec![
                    ELECTION.as_bytes().to_vec(),
                    ISSUERS[0].into(),
                    handle.as_bytes().to_vec(),
                    CLASS.into(),
                    id.to_vec(),
                    commitment.to_bytes().to_vec(),
                    challenge.to_bytes().to_vec(),
                    answer[..32].to_vec(),
                    answer[32..64].to_vec(),
                    answer[64..].to_vec(),
                    signature.to_bytes().to_vec(),
                    credential.public().to_bytes().to_vec(),
                    secret.public().to_bytes().to_vec(),
                ],
            }
        };
        (0..RECORDS).map(record).collect()
    }),
};

fn random<const N: usize>(rng: &mut ChaCha20Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

// Every statement that is signed: the fields of the statement, then the key and the signature.

/// Writes a kind of signed statement down: its fields with the values in the n-th record, and the statement they make.
macro_rules! statement {
    ($name:literal, $key:ty, |$number:ident| [$(($label:literal, $value:expr)),* $(,)?],
     |$fields:ident, $with:ident| $read:expr) => {
        Kind {
            name: $name,
            fields: &[$(($label, &[0]),)* ("key", &[0]), ("signature", &[0])],
            proofs: 1,
            read: |record, sink| {
                let [statement @ .., key, signature] = record.fields.as_slice() else {
                    panic!("key and signature")
                };
                let $with = Check {
                    key: <$key>::from_bytes(&array(key)?).ok()?,
                    signature: Signature::from_bytes(&array(signature)?).ok()?,
                    sink,
                };
                let $fields = statement;
                $read
            },
            records: LazyLock::new(|| {
                let record = |number: usize| {
                    let $number = number;
                    let values: Vec<Vec<u8>> = vec![$($value.to_vec()),*];
                    let mut rng = rng(3_000 + number as u64);
                    let secret = SigningKey::generate(&mut rng);
                    let mut signature = None;
                    let mut sign = || -> Option<()> {
                        let $with = Sign { secret: &secret, rng: &mut rng, signature: &mut signature };
                        let $fields = values.as_slice();
                        $read
                    };
                    sign().unwrap();
                    let signature: Signature = signature.unwrap();
                    let mut fields = values;
                    fields.push(secret.public().to_bytes().to_vec());
                    fields.push(signature.to_bytes().to_vec());
                    Record { fields }
                };
                (0..RECORDS).map(record).collect()
            }),
        }
    };
}

/// Checks the record's signature on the statement that was read.
struct Check<'a, K> {
    key: K,
    signature: Signature,
    sink: &'a mut Sink,
}

impl<K: VerifyingKey> Check<'_, K> {
    fn statement(self, statement: &impl Statement) -> Option<()> {
        self.sink.proof(&Signed { key: &self.key, statement, signature: &self.signature });
        Some(())
    }
}

/// Signs the statement that was read.
struct Sign<'a> {
    secret: &'a SigningKey,
    rng: &'a mut ChaCha20Rng,
    signature: &'a mut Option<Signature>,
}

impl Sign<'_> {
    fn statement(self, statement: &impl Statement) -> Option<()> {
        *self.signature = Some(self.secret.sign(statement, self.rng));
        Some(())
    }
}

pub(crate) static STATEMENTS: [Kind; 8] = [
    statement!(
        "issuer possession",
        IssuerKey,
        |_n| [("plan", PLAN.as_bytes()), ("issuer", b"union"), ("class", b"students")],
        |fields, with| with.statement(&IssuerPossession {
            plan: &PlanId::from_bytes(array(&fields[0])?),
            issuer: str::from_utf8(&fields[1]).ok()?,
            class: str::from_utf8(&fields[2]).ok()?,
        })
    ),
    statement!(
        "session request",
        CredentialKey,
        |n| [
            ("election", ELECTION.as_bytes()),
            ("issuer", b"union"),
            ("handle", [n as u8; 32]),
            ("class", b"students"),
            ("time", (1_800_000_000 + n as u64).to_le_bytes())
        ],
        |fields, with| with.statement(&SessionRequest {
            election: &ElectionId::from_bytes(array(&fields[0])?),
            issuer: str::from_utf8(&fields[1]).ok()?,
            handle: &Handle::from_bytes(array(&fields[2])?),
            class: str::from_utf8(&fields[3]).ok()?,
            time: u64::from_le_bytes(array(&fields[4])?),
        })
    ),
    statement!(
        "session challenge",
        CredentialKey,
        |n| [
            ("election", ELECTION.as_bytes()),
            ("issuer", b"union"),
            ("handle", [n as u8; 32]),
            ("class", b"students"),
            ("session", [n as u8 ^ 0xff; 16]),
            ("A, B", Session::open(&mut rng(n as u64)).commitment().to_bytes()),
            ("c", urna_crypto::Scalar::from(n as u64 + 1).to_bytes())
        ],
        |fields, with| with.statement(&SessionChallenge {
            election: &ElectionId::from_bytes(array(&fields[0])?),
            issuer: str::from_utf8(&fields[1]).ok()?,
            handle: &Handle::from_bytes(array(&fields[2])?),
            class: str::from_utf8(&fields[3]).ok()?,
            session: &array(&fields[4])?,
            commitment: &Commitment::from_bytes(&array(&fields[5])?).ok()?,
            challenge: &Challenge::from_bytes(&array(&fields[6])?).ok()?,
        })
    ),
    statement!(
        "withdrawal",
        Pseudonym,
        |n| [
            ("election", ELECTION.as_bytes()),
            ("class", b"students"),
            ("sequence", (n as u32 % 16).to_le_bytes())
        ],
        |fields, with| with.statement(&Withdrawal {
            election: &ElectionId::from_bytes(array(&fields[0])?),
            class: str::from_utf8(&fields[1]).ok()?,
            sequence: u32::from_le_bytes(array(&fields[2])?),
        })
    ),
    statement!(
        "returned",
        Pseudonym,
        |n| [
            ("election", ELECTION.as_bytes()),
            ("class", b"students"),
            ("first token", BALLOT.records[n].fields[BALLOT.field("token of the first issuer")]),
            ("second token", BALLOT.records[n].fields[BALLOT.field("token of the second issuer")])
        ],
        |fields, with| with.statement(&Returned {
            election: &ElectionId::from_bytes(array(&fields[0])?),
            class: str::from_utf8(&fields[1]).ok()?,
            tokens: &[
                Token::from_bytes(&array(&fields[2])?).ok()?,
                Token::from_bytes(&array(&fields[3])?).ok()?,
            ],
        })
    ),
    statement!(
        "signed entry",
        IssuerSigningKey,
        |n| [
            ("election", ELECTION.as_bytes()),
            ("kind", b"issuance"),
            ("signer", b"union"),
            ("number", (n as u64).to_le_bytes()),
            ("body", b"{\"counts\":[3]}")
        ],
        |fields, with| with.statement(&SignedEntry {
            election: &ElectionId::from_bytes(array(&fields[0])?),
            kind: str::from_utf8(&fields[1]).ok()?,
            signer: str::from_utf8(&fields[2]).ok()?,
            number: u64::from_le_bytes(array(&fields[3])?),
            body: &fields[4],
        })
    ),
    statement!(
        "trustee possession",
        TrusteeKey,
        |_n| [("plan", PLAN.as_bytes()), ("trustee", b"warden")],
        |fields, with| with.statement(&TrusteePossession {
            plan: &PlanId::from_bytes(array(&fields[0])?),
            trustee: str::from_utf8(&fields[1]).ok()?,
        })
    ),
    statement!(
        "share possession",
        ShareKey,
        |n| [("election", ELECTION.as_bytes()), ("trustee", (n as u16 + 1).to_le_bytes())],
        |fields, with| with.statement(&SharePossession {
            election: &ElectionId::from_bytes(array(&fields[0])?),
            trustee: u16::from_le_bytes(array(&fields[1])?),
        })
    ),
];
