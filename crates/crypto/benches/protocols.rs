//! What the protocols cost, each batch beside its floor: a bare decompression and one multiscalar multiplication of as
//! many points, with full-size random scalars, measured in the same run. `spec/performance.md` has the figures.
//!
//! What is measured of a batch is what a verifier does with bytes: decode every field, push, verify.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark: a panic is its failure, and it prints figures"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use urna_crypto::{
    Answer, Answered, BallotContext, BallotProof, BallotStatement, Batch, Blinding, CHUNK, Challenge,
    ChunkContext, Ciphertext, Combination, Commitment, CredentialKey, CredentialSecretKey, DleqProof,
    ElectionId, ElectionKey, Handle, IssuerSecretKey, PlanId, Point, Proved, Pseudonym, Scalar, Seed,
    Session, SessionChallenge, Signature, Signed, SigningKey, Token, TokenContext, Tokened, TrusteeSecretKey,
    bare_decompress_and_sum, partial_decrypt, solo_share,
};

const ELECTION: ElectionId = ElectionId::from_bytes([1; 32]);
const CLASS: &str = "members";
const ISSUER: &str = "union";

/// How long a padded plaintext is here: a ballot of some contests.
const PLAINTEXT: usize = 64;

const BATCH: usize = 16_384;
const SMALL: usize = 1_024;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// A ballot with one token, and the issuance row of the token, as bytes.
struct Row {
    pseudonym: [u8; 32],
    token: [u8; 96],
    r: [u8; 32],
    text: Vec<u8>,
    proof: [u8; 128],
    handle: Handle,
    session: [u8; 16],
    commitment: [u8; 64],
    challenge: [u8; 32],
    answer: [u8; 96],
    credential: [u8; 32],
    signature: [u8; 64],
}

struct Election {
    tokens: TokenContext,
    ballots: BallotContext,
    rows: Vec<Row>,
}

impl Election {
    fn new() -> Self {
        let mut rng = rng();
        let issuer = IssuerSecretKey::generate(&mut rng);
        let tokens = TokenContext::new(&ELECTION, CLASS, ISSUER, &issuer.public());
        let election_key = ElectionKey::from_bytes(&SigningKey::generate(&mut rng).public().to_bytes());
        let ballots = BallotContext::new(&ELECTION, CLASS, &election_key.unwrap());
        let rows = (0..BATCH).map(|_| row(&issuer, &tokens, &ballots, &mut rng)).collect();
        Self { tokens, ballots, rows }
    }
}

fn row(
    issuer: &IssuerSecretKey,
    tokens: &TokenContext,
    ballots: &BallotContext,
    rng: &mut ChaCha20Rng,
) -> Row {
    let seed = Seed::generate(rng);
    let key = seed.pseudonym_key(&ELECTION);
    let pseudonym = key.pseudonym();
    let credential = CredentialSecretKey::from_invitation(seed.expose(), &ELECTION);
    let (mut handle, mut id) = ([0; 32], [0; 16]);
    rng.fill_bytes(&mut handle);
    rng.fill_bytes(&mut id);
    let handle = Handle::from_bytes(handle);
    let session = Session::open(rng);
    let commitment = session.commitment();
    let blinding = Blinding::new(&seed, tokens, &commitment, &pseudonym).unwrap();
    let challenge = blinding.challenge();
    let request = SessionChallenge {
        election: &ELECTION,
        issuer: ISSUER,
        handle: &handle,
        class: CLASS,
        session: &id,
        commitment: &commitment,
        challenge: &challenge,
    };
    let signature = credential.sign(&request, rng);
    let answer = session.answer(issuer, &challenge);
    let token = blinding.finalize(&answer).unwrap();
    let encrypted = ballots.encrypt(&seed, 0, &[0; PLAINTEXT], &key);
    let (ciphertext, proof) = encrypted.prove(ballots, &key, &[token], rng);
    Row {
        pseudonym: pseudonym.to_bytes(),
        token: token.to_bytes(),
        r: ciphertext.r.to_bytes(),
        text: ciphertext.text,
        proof: proof.to_bytes(),
        handle,
        session: id,
        commitment: commitment.to_bytes(),
        challenge: challenge.to_bytes(),
        answer: answer.to_bytes(),
        credential: credential.public().to_bytes(),
        signature: signature.to_bytes(),
    }
}

/// `points` points and full-size scalars: what a floor multiplies.
struct Floor {
    points: Vec<[u8; 32]>,
    scalars: Vec<Scalar>,
}

impl Floor {
    fn new(points: usize) -> Self {
        let mut rng = rng();
        let secret = |rng: &mut ChaCha20Rng| SigningKey::generate(rng);
        let scalar = |rng: &mut ChaCha20Rng| Scalar::from_bytes(&secret(rng).to_bytes()).unwrap();
        Self {
            points: (0..points).map(|_| secret(&mut rng).public().to_bytes()).collect(),
            scalars: (0..points).map(|_| scalar(&mut rng)).collect(),
        }
    }

    /// Decompresses and multiplies the first `points`.
    fn multiply(&self, points: usize) {
        black_box(bare_decompress_and_sum(&self.points[..points], &self.scalars[..points]));
    }
}

/// A group whose figures are of `items` items together; beside it, the floor of `points` points for each. Work and floor
/// run alternately, so that the ratio printed last, the median of all pairs, holds on a busy machine too.
fn beside_floor(
    criterion: &mut Criterion,
    name: &str,
    (items, points): (usize, usize),
    floor: &Floor,
    work: impl Fn(),
) {
    let mut ratios = Vec::new();
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(u64::try_from(items).unwrap()));
    group.bench_function("verify", |bencher| {
        bencher.iter_custom(|iterations| {
            let pairs = (0..iterations).map(|_| (timed(&work), timed(|| floor.multiply(items * points))));
            pairs
                .inspect(|(work, floor)| ratios.push(work.div_duration_f64(*floor)))
                .map(|(work, _)| work)
                .sum()
        });
    });
    group.bench_function("floor", |bencher| bencher.iter(|| floor.multiply(items * points)));
    group.finish();
    ratios.sort_by(f64::total_cmp);
    if let Some(median) = ratios.get(ratios.len() / 2) {
        println!("{name}: {median:.2} x the floor, the median of {} pairs\n", ratios.len());
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn verify_tokens(election: &Election, rows: &[Row]) {
    let mut batch = Batch::new();
    for row in rows {
        batch.push(&Tokened {
            context: &election.tokens,
            pseudonym: &Pseudonym::from_bytes(&row.pseudonym).unwrap(),
            token: &Token::from_bytes(&row.token).unwrap(),
        });
    }
    assert_eq!(batch.verify(&mut rng()), Ok(()));
}

/// As [`verify_tokens`], where the pseudonym was decoded already: it belongs to the ballot.
fn verify_tokens_of(election: &Election, rows: &[Row], pseudonyms: &[Pseudonym]) {
    let mut batch = Batch::new();
    for (row, pseudonym) in rows.iter().zip(pseudonyms) {
        batch.push(&Tokened {
            context: &election.tokens,
            pseudonym,
            token: &Token::from_bytes(&row.token).unwrap(),
        });
    }
    assert_eq!(batch.verify(&mut rng()), Ok(()));
}

/// Ballot proofs over tokens that are decoded already or, where `with_tokens`, decoded and verified too.
fn verify_ballots(election: &Election, rows: &[Row], tokens: &[Token], with_tokens: bool) {
    let mut batch = Batch::new();
    for (row, token) in rows.iter().zip(tokens) {
        let pseudonym = Pseudonym::from_bytes(&row.pseudonym).unwrap();
        let token = if with_tokens { Token::from_bytes(&row.token).unwrap() } else { *token };
        let ciphertext = Ciphertext { r: Point::from_bytes(&row.r).unwrap(), text: row.text.clone() };
        let proved = Proved {
            statement: BallotStatement {
                context: &election.ballots,
                pseudonym: &pseudonym,
                sequence: 0,
                tokens: &[token],
                ciphertext: &ciphertext,
            },
            proof: &BallotProof::from_bytes(&row.proof).unwrap(),
        };
        if with_tokens {
            let tokened = Tokened { context: &election.tokens, pseudonym: &pseudonym, token: &token };
            batch.push(&(tokened, proved));
        } else {
            batch.push(&proved);
        }
    }
    assert_eq!(batch.verify(&mut rng()), Ok(()));
}

/// Issuance rows: the issuer's answer and the voter's signed request. Credential keys come from the register.
fn verify_issuance(election: &Election, rows: &[Row]) {
    let mut batch = Batch::new();
    for row in rows {
        let commitment = Commitment::from_bytes(&row.commitment).unwrap();
        let challenge = Challenge::from_bytes(&row.challenge).unwrap();
        let answered = Answered {
            key: election.tokens.key(),
            commitment: &commitment,
            challenge: &challenge,
            answer: &Answer::from_bytes(&row.answer).unwrap(),
        };
        let request = SessionChallenge {
            election: &ELECTION,
            issuer: ISSUER,
            handle: &row.handle,
            class: CLASS,
            session: &row.session,
            commitment: &commitment,
            challenge: &challenge,
        };
        let signed = Signed {
            key: &CredentialKey::from_bytes(&row.credential).unwrap(),
            statement: &request,
            signature: &Signature::from_bytes(&row.signature).unwrap(),
        };
        batch.push(&(answered, signed));
    }
    assert_eq!(batch.verify(&mut rng()), Ok(()));
}

fn batches(criterion: &mut Criterion) {
    let election = Election::new();
    let floor = Floor::new(5 * BATCH);
    let rows = election.rows.as_slice();
    let tokens: Vec<_> = rows.iter().map(|row| Token::from_bytes(&row.token).unwrap()).collect();
    let pseudonyms: Vec<_> = rows.iter().map(|row| Pseudonym::from_bytes(&row.pseudonym).unwrap()).collect();

    criterion.bench_function("token, one", |bencher| {
        bencher.iter(|| tokens[0].verify(&election.tokens, &pseudonyms[0]).unwrap());
    });
    for (name, size) in [("1k", SMALL), ("16k", BATCH)] {
        let rows = &rows[..size];
        beside_floor(criterion, &format!("tokens, {name}"), (size, 1), &floor, || {
            verify_tokens_of(&election, rows, &pseudonyms);
        });
        let name = format!("tokens and pseudonyms, {name}");
        beside_floor(criterion, &name, (size, 2), &floor, || {
            verify_tokens(&election, rows);
        });
    }
    beside_floor(criterion, "ballot proofs, 16k", (BATCH, 4), &floor, || {
        verify_ballots(&election, rows, &tokens, false);
    });
    beside_floor(criterion, "ballots with a token, 16k", (BATCH, 5), &floor, || {
        verify_ballots(&election, rows, &tokens, true);
    });
    beside_floor(criterion, "issuance rows, 16k", (BATCH, 4), &floor, || {
        verify_issuance(&election, rows);
    });
}

fn voting(criterion: &mut Criterion) {
    let mut rng = rng();
    let issuer = IssuerSecretKey::generate(&mut rng);
    let tokens = TokenContext::new(&ELECTION, CLASS, ISSUER, &issuer.public());
    let seed = Seed::generate(&mut rng);
    let key = seed.pseudonym_key(&ELECTION);
    let election_key = ElectionKey::from_bytes(&SigningKey::generate(&mut rng).public().to_bytes());
    let ballots = BallotContext::new(&ELECTION, CLASS, &election_key.unwrap());
    let token = Token::from_bytes(&row(&issuer, &tokens, &ballots, &mut rng).token).unwrap();

    criterion.bench_function("encrypt and prove", |bencher| {
        bencher.iter(|| {
            ballots.encrypt(&seed, 0, black_box(&[0; PLAINTEXT]), &key).prove(
                &ballots,
                &key,
                &[token],
                &mut rng,
            )
        });
    });
    let (session, pseudonym) = (Session::open(&mut rng), key.pseudonym());
    let commitment = session.commitment();
    let blind = || Blinding::new(&seed, &tokens, &commitment, &pseudonym).unwrap();
    let challenge = blind().challenge();
    let answer = session.answer(&issuer, &challenge);
    criterion.bench_function("session, open and answer", |bencher| {
        bencher.iter(|| Session::open(&mut rng).answer(&issuer, &challenge));
    });
    criterion.bench_function("blind and finalize", |bencher| {
        bencher.iter(|| blind().finalize(&answer).unwrap());
    });
}

fn openings(criterion: &mut Criterion) {
    let mut rng = rng();
    let key = TrusteeSecretKey::generate(&mut rng);
    let share = solo_share(&PlanId::from_bytes([3; 32]), &key, &mut rng);
    let share_key = share.share_key();
    let context = ChunkContext {
        election: &ELECTION,
        trustee: 1,
        share_key: &share_key,
        agreed: &[2; 32],
        position: 0,
    };
    let floor = Floor::new(3 * CHUNK);
    let bytes = &floor.points[..CHUNK];
    let decode = |bytes: &[[u8; 32]]| -> Vec<_> {
        bytes.iter().map(|bytes| Point::from_bytes(bytes).unwrap()).collect()
    };
    let nonces = decode(bytes);
    let decryptions = partial_decrypt(&share, &nonces);
    let proof = DleqProof::prove(&context, &share, &nonces, &decryptions, &mut rng).unwrap();

    criterion.bench_function("partial decryption, one", |bencher| {
        bencher.iter(|| partial_decrypt(&share, black_box(&nonces[..1])));
    });
    criterion.bench_function("chunk of 4096, prove", |bencher| {
        bencher.iter(|| DleqProof::prove(&context, &share, &nonces, &decryptions, &mut rng).unwrap());
    });
    let published: Vec<_> = decryptions.iter().map(Point::to_bytes).collect();
    beside_floor(criterion, "chunk of 4096", (CHUNK, 2), &floor, || {
        let (nonces, decryptions) = (decode(bytes), decode(&published));
        proof.verify(&context, &nonces, &decryptions).unwrap();
    });

    // Any two lists of points can be combined, and S_j checked against them.
    let lists = [decryptions.as_slice(), nonces.as_slice()];
    let combination = Combination::new(&[1, 2]).unwrap();
    let combine = |j: usize| combination.combine(&[lists[0][j], lists[1][j]]).unwrap();
    let combined: Vec<_> = (0..CHUNK).map(|j| combine(j).to_bytes()).collect();
    criterion.bench_function("combination of two, one", |bencher| bencher.iter(|| combine(0)));
    beside_floor(criterion, "combinations of two, 4096", (CHUNK, 3), &floor, || {
        let (first, second) = (decode(&published), decode(bytes));
        combination.verify(&decode(&combined), &[&first, &second], &mut self::rng()).unwrap();
    });
}

fn settings() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! {
    name = protocols;
    config = settings();
    targets = batches, voting, openings
}
criterion_main!(protocols);
