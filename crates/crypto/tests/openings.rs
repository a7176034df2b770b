//! Openings: chunks of partial decryptions, their combination and the rehearsal, accepted and refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test: a panic is its failure, and its numbers are small"
)]

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use urna_crypto::{
    BallotContext, CHUNK, ChunkContext, ChunkError, Ciphertext, Combination, CombinationError, DleqProof,
    ElectionId, ElectionKey, Point, Pseudonym, Rehearsal, Scalar, Seed, ShareKey, SigningKey, TrusteeShare,
    VerificationFailure, bare_decompress_and_sum, partial_decrypt,
};

const ELECTION: ElectionId = ElectionId::from_bytes([0x33; 32]);
const AGREED: [u8; 32] = [0x44; 32];

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Shares x_i = f(i) of a key Y = f(0) G, f a random polynomial of degree t - 1.
fn shares(t: usize, n: u16, rng: &mut ChaCha20Rng) -> Vec<TrusteeShare> {
    let random = |rng: &mut ChaCha20Rng| SigningKey::generate(rng);
    let coefficients: Vec<_> = (0..t).map(|_| random(rng)).collect();
    let election_key = coefficients[0].public();
    let share = |index: u16| {
        let x = coefficients.iter().rev().fold(Scalar::ZERO, |sum, coefficient| {
            sum * Scalar::from(u64::from(index)) + Scalar::from_bytes(&coefficient.to_bytes()).unwrap()
        });
        let key = SigningKey::from_bytes(&x.to_bytes()).unwrap();
        let fields = [x.to_bytes(), key.public().to_bytes(), election_key.to_bytes()];
        let bytes = [&index.to_le_bytes(), fields.as_flattened()].concat();
        TrusteeShare::from_bytes(&bytes.try_into().unwrap()).unwrap()
    };
    (1..=n).map(share).collect()
}

fn points(count: usize, rng: &mut ChaCha20Rng) -> Vec<Point> {
    (0..count).map(|_| SigningKey::generate(rng).public()).collect()
}

/// A chunk as it is published, in wire form, so that bits can be changed.
#[derive(Clone)]
struct Chunk {
    election: ElectionId,
    trustee: u16,
    share_key: [u8; 32],
    agreed: [u8; 32],
    position: u32,
    nonces: Vec<[u8; 32]>,
    decryptions: Vec<[u8; 32]>,
    proof: [u8; 96],
}

impl Chunk {
    fn new(share: &TrusteeShare, position: u32, nonces: &[Point], rng: &mut ChaCha20Rng) -> Self {
        let decryptions = partial_decrypt(share, nonces);
        let share_key = share.share_key();
        let context = ChunkContext {
            election: &ELECTION,
            trustee: share.index(),
            share_key: &share_key,
            agreed: &AGREED,
            position,
        };
        let proof = DleqProof::prove(&context, share, nonces, &decryptions, rng).unwrap();
        Self {
            election: ELECTION,
            trustee: share.index(),
            share_key: share_key.to_bytes(),
            agreed: AGREED,
            position,
            nonces: nonces.iter().map(Point::to_bytes).collect(),
            decryptions: decryptions.iter().map(Point::to_bytes).collect(),
            proof: proof.to_bytes(),
        }
    }

    /// `None` if a field does not decode.
    fn verify(&self) -> Option<Result<(), VerificationFailure>> {
        let decode = |list: &[[u8; 32]]| -> Option<Vec<_>> {
            list.iter().map(|bytes| Point::from_bytes(bytes).ok()).collect()
        };
        let context = ChunkContext {
            election: &self.election,
            trustee: self.trustee,
            share_key: &ShareKey::from_bytes(&self.share_key).ok()?,
            agreed: &self.agreed,
            position: self.position,
        };
        let proof = DleqProof::from_bytes(&self.proof).ok()?;
        Some(proof.verify(&context, &decode(&self.nonces)?, &decode(&self.decryptions)?))
    }

    fn is_refused(&self) -> bool {
        self.verify() == Some(Err(VerificationFailure))
    }
}

/// Changes each of `bits` bits in turn; what decodes must be refused, and something must decode.
fn assert_every_bit_refused<T: Clone>(
    what: &str,
    honest: &T,
    bits: usize,
    flip: impl Fn(&mut T, usize),
    verify: impl Fn(&T) -> Option<Result<(), VerificationFailure>>,
) {
    assert_eq!(verify(honest), Some(Ok(())), "{what}");
    let mut decoded = 0;
    for bit in 0..bits {
        let mut changed = honest.clone();
        flip(&mut changed, bit);
        if let Some(verdict) = verify(&changed) {
            assert_eq!(verdict, Err(VerificationFailure), "bit {bit} of {what}");
            decoded += 1;
        }
    }
    assert!(decoded > 0, "{what}");
}

fn flip(bytes: &mut [u8], bit: usize) {
    bytes[bit / 8] ^= 1 << (bit % 8);
}

fn flip_id(id: &ElectionId, bit: usize) -> ElectionId {
    let mut bytes = *id.as_bytes();
    flip(&mut bytes, bit);
    ElectionId::from_bytes(bytes)
}

#[test]
fn accepts_chunks_of_one_two_and_4096_tru_12() {
    let mut rng = rng(1);
    let share = &shares(2, 3, &mut rng)[1];
    for size in [1, 2, CHUNK] {
        let nonces = points(size, &mut rng);
        let chunk = Chunk::new(share, 3, &nonces, &mut rng);
        assert_eq!(chunk.verify(), Some(Ok(())), "{size}");
        // The same R_j may be decrypted twice: what is counted is judged elsewhere.
        let twice = vec![nonces[0]; size];
        assert_eq!(Chunk::new(share, 3, &twice, &mut rng).verify(), Some(Ok(())));
    }
}

#[test]
fn rejects_empty_long_and_unpaired_chunks_tru_11_tru_12() {
    let mut rng = rng(2);
    let share = &shares(2, 3, &mut rng)[0];
    let nonces = points(CHUNK + 1, &mut rng);
    let decryptions = partial_decrypt(share, &nonces);
    let context = ChunkContext {
        election: &ELECTION,
        trustee: 1,
        share_key: &share.share_key(),
        agreed: &AGREED,
        position: 0,
    };
    let mut prove =
        |r: usize, d: usize| DleqProof::prove(&context, share, &nonces[..r], &decryptions[..d], &mut rng);
    let proof = prove(CHUNK, CHUNK).unwrap();
    assert_eq!(prove(0, 0), Err(ChunkError::Size { pairs: 0 }));
    assert_eq!(prove(CHUNK + 1, CHUNK + 1), Err(ChunkError::Size { pairs: CHUNK + 1 }));
    for (r, d) in [(1, 0), (0, 1), (2, 1), (CHUNK, CHUNK - 1), (CHUNK, CHUNK + 1)] {
        let unpaired = ChunkError::Unpaired { nonces: r, decryptions: d };
        assert_eq!(prove(r, d), Err(unpaired));
        assert!(proof.verify(&context, &nonces[..r], &decryptions[..d]).is_err());
    }
    let verify = |n: usize| proof.verify(&context, &nonces[..n], &decryptions[..n]);
    assert_eq!(verify(CHUNK), Ok(()));
    for n in [0, 1, CHUNK - 1, CHUNK + 1] {
        assert_eq!(verify(n), Err(VerificationFailure), "{n}");
    }
}

#[test]
fn rejects_every_changed_bit_of_a_chunk_tru_12() {
    let mut rng = rng(3);
    let share = &shares(2, 3, &mut rng)[1];
    let nonces = points(3, &mut rng);
    let chunk = Chunk::new(share, 2, &nonces, &mut rng);
    let every = |what: &str, bits: usize, change: fn(&mut Chunk, usize)| {
        assert_every_bit_refused(what, &chunk, bits, change, Chunk::verify);
    };
    every("the election id", 256, |chunk, bit| {
        chunk.election = flip_id(&chunk.election, bit);
    });
    every("the trustee", 16, |chunk, bit| chunk.trustee ^= 1 << bit);
    every("Y_i", 256, |chunk, bit| flip(&mut chunk.share_key, bit));
    every("the agreed hash", 256, |chunk, bit| flip(&mut chunk.agreed, bit));
    every("the position", 32, |chunk, bit| chunk.position ^= 1 << bit);
    every("R_j", 3 * 256, |chunk, bit| {
        flip(chunk.nonces.as_flattened_mut(), bit);
    });
    every("D_ij", 3 * 256, |chunk, bit| {
        flip(chunk.decryptions.as_flattened_mut(), bit);
    });
    every("the proof", 768, |chunk, bit| flip(&mut chunk.proof, bit));
}

/// One wrong share among 200 right ones.
#[test]
fn rejects_every_changed_bit_of_a_share_among_200_tru_12() {
    let mut rng = rng(4);
    let share = &shares(2, 3, &mut rng)[1];
    let chunk = Chunk::new(share, 0, &points(200, &mut rng), &mut rng);
    for position in [0, 99, 199] {
        assert_every_bit_refused(
            &format!("D_ij at {position}"),
            &chunk,
            256,
            |chunk, bit| flip(&mut chunk.decryptions[position], bit),
            Chunk::verify,
        );
    }
}

#[test]
fn rejects_pairs_in_another_order_tru_12() {
    let mut rng = rng(5);
    let share = &shares(2, 3, &mut rng)[1];
    let chunk = Chunk::new(share, 0, &points(5, &mut rng), &mut rng);
    let changed = |change: fn(&mut Chunk)| {
        let mut changed = chunk.clone();
        change(&mut changed);
        changed.is_refused()
    };
    assert!(changed(|chunk| {
        chunk.nonces.swap(0, 1);
        chunk.decryptions.swap(0, 1);
    }));
    assert!(changed(|chunk| chunk.decryptions.swap(3, 4)));
    assert!(changed(|chunk| chunk.nonces.swap(0, 4)));
    assert!(changed(|chunk| {
        chunk.nonces.reverse();
        chunk.decryptions.reverse();
    }));
    // A repeated pair, a pair less, and one more that is right in itself.
    assert!(changed(|chunk| {
        chunk.nonces[1] = chunk.nonces[0];
        chunk.decryptions[1] = chunk.decryptions[0];
    }));
    assert!(changed(|chunk| {
        chunk.nonces.pop();
        chunk.decryptions.pop();
    }));
    assert!(changed(|chunk| {
        chunk.nonces.push(chunk.nonces[0]);
        chunk.decryptions.push(chunk.decryptions[0]);
    }));
}

#[test]
fn rejects_a_chunk_moved_to_another_position_trustee_or_election_tru_12() {
    let mut rng = rng(6);
    let shares = shares(2, 3, &mut rng);
    let nonces = points(4, &mut rng);
    let chunks: Vec<_> = (0..2).map(|position| Chunk::new(&shares[0], position, &nonces, &mut rng)).collect();
    let moved = |change: &dyn Fn(&mut Chunk)| {
        let mut moved = chunks[0].clone();
        change(&mut moved);
        moved.is_refused()
    };
    assert!(moved(&|chunk| chunk.position = 1));
    assert!(moved(&|chunk| chunk.proof = chunks[1].proof));
    assert!(moved(&|chunk| chunk.trustee = 2));
    assert!(moved(&|chunk| chunk.share_key = shares[1].share_key().to_bytes()));
    assert!(moved(&|chunk| {
        chunk.trustee = 2;
        chunk.share_key = shares[1].share_key().to_bytes();
    }));
    assert!(moved(&|chunk| chunk.election = ElectionId::from_bytes([0x34; 32])));
    assert!(moved(&|chunk| chunk.agreed = [0x45; 32]));
    // Another trustee's shares under this one's proof.
    let other = Chunk::new(&shares[1], 0, &nonces, &mut rng);
    assert!(moved(&|chunk| chunk.decryptions.clone_from(&other.decryptions)));
}

/// A trustee that proves, with all its knowledge, what is not so.
#[test]
fn rejects_proofs_made_for_wrong_shares_tru_12() {
    let mut rng = rng(7);
    let all = shares(2, 3, &mut rng);
    let nonces = points(10, &mut rng);
    let share_key = all[0].share_key();
    let context =
        ChunkContext { election: &ELECTION, trustee: 1, share_key: &share_key, agreed: &AGREED, position: 0 };
    let mut refused = |decryptions: &[Point]| {
        let proof = DleqProof::prove(&context, &all[0], &nonces, decryptions, &mut rng).unwrap();
        proof.verify(&context, &nonces, decryptions) == Err(VerificationFailure)
    };
    let right = partial_decrypt(&all[0], &nonces);
    assert!(!refused(&right));
    assert!(refused(&partial_decrypt(&all[1], &nonces)));
    let mut one_wrong = right.clone();
    one_wrong[9] = nonces[9];
    assert!(refused(&one_wrong));
    let mut two_swapped = right;
    two_swapped.swap(0, 1);
    assert!(refused(&two_swapped));
}

#[test]
fn accepts_the_combination_of_any_t_trustees_tru_13() {
    let mut rng = rng(8);
    let shares = shares(3, 5, &mut rng);
    let election_key = shares[0].election_key();
    let ballots = BallotContext::new(&ELECTION, "members", &election_key);
    let seed = Seed::generate(&mut rng);
    let key = seed.pseudonym_key(&ELECTION);
    let plaintext = [7; 33];
    let encrypted = ballots.encrypt(&seed, 0, &plaintext, &key);
    let Ciphertext { r, .. } = encrypted.ciphertext();
    let open = |trustees: &[u16]| {
        let decryptions: Vec<_> =
            trustees.iter().map(|i| partial_decrypt(&shares[usize::from(*i) - 1], &[*r])[0]).collect();
        let opening = Combination::new(trustees).unwrap().combine(&decryptions).unwrap();
        ballots.decrypt(&key.pseudonym(), encrypted.ciphertext(), &opening).to_vec()
    };
    for (i, j, k) in (1..=5).flat_map(|i| (1..=5).flat_map(move |j| (1..=5).map(move |k| (i, j, k)))) {
        if i != j && j != k && i != k {
            assert_eq!(open(&[i, j, k]), plaintext, "{i} {j} {k}");
        }
    }
    assert_eq!(open(&[5, 4, 3, 2, 1]), plaintext);
    // Fewer than t open nothing, and neither do the right shares in the wrong trustees' names.
    for few in [&[1][..], &[1, 2], &[4, 5]] {
        assert_ne!(open(few), plaintext);
    }
    let decryptions: Vec<_> = shares[..3].iter().map(|share| partial_decrypt(share, &[*r])[0]).collect();
    let misnamed = Combination::new(&[1, 2, 4]).unwrap().combine(&decryptions).unwrap();
    assert_ne!(*ballots.decrypt(&key.pseudonym(), encrypted.ciphertext(), &misnamed), plaintext);
}

#[test]
fn rejects_no_trustee_trustee_zero_and_one_twice_tru_13() {
    let error = |trustees: &[u16]| Combination::new(trustees).err();
    assert_eq!(error(&[]), Some(CombinationError::NoTrustee));
    assert_eq!(error(&[0]), Some(CombinationError::ZeroIndex));
    assert_eq!(error(&[1, 2, 0]), Some(CombinationError::ZeroIndex));
    for trustees in [&[2, 2][..], &[1, 2, 2], &[2, 1, 2], &[7, 2, 1, 2]] {
        assert_eq!(error(trustees), Some(CombinationError::RepeatedTrustee { index: 2 }));
    }
    assert_eq!(error(&[1, u16::MAX]), None);
}

#[test]
fn rejects_a_combination_of_too_few_too_many_or_cancelling_decryptions_tru_13() {
    let mut rng = rng(9);
    let given = points(3, &mut rng);
    let combination = Combination::new(&[1, 2]).unwrap();
    for count in [0, 1, 3] {
        let length = CombinationError::Length { expected: 2, actual: count };
        assert_eq!(combination.combine(&given[..count]), Err(length));
    }
    // lambda_1 = 2 and lambda_2 = -1: D_2 = 2 D_1 cancels.
    let key = SigningKey::from_bytes(&Scalar::from(2).to_bytes()).unwrap();
    let one = SigningKey::from_bytes(&Scalar::ONE.to_bytes()).unwrap().public();
    assert_eq!(combination.combine(&[one, key.public()]), Err(CombinationError::Identity));
}

/// Published S_j and their trustees' D_ij; t = 3.
struct Opened {
    combination: Combination,
    combined: Vec<Point>,
    decryptions: Vec<Vec<Point>>,
}

fn opened(count: usize, rng: &mut ChaCha20Rng) -> Opened {
    let nonces = points(count, rng);
    let decryptions: Vec<_> =
        [0, 2, 3].map(|i| partial_decrypt(&shares(3, 4, &mut self::rng(10))[i], &nonces)).to_vec();
    let combination = Combination::new(&[1, 3, 4]).unwrap();
    let combined = (0..count)
        .map(|j| {
            let of_ballot: Vec<_> = decryptions.iter().map(|list| list[j]).collect();
            combination.combine(&of_ballot).unwrap()
        })
        .collect();
    Opened { combination, combined, decryptions }
}

impl Opened {
    fn verify(&self, combined: &[Point]) -> Result<(), Vec<usize>> {
        let decryptions: Vec<_> = self.decryptions.iter().map(Vec::as_slice).collect();
        self.combination.verify(combined, &decryptions, &mut rng(11))
    }
}

/// P + dG.
fn shifted(point: &Point, d: Scalar) -> Point {
    let points = [point.to_bytes(), Point::generator_g().to_bytes()];
    bare_decompress_and_sum(&points, &[Scalar::ONE, d]).unwrap()
}

#[test]
fn accepts_right_and_names_exactly_the_wrong_combined_openings_tru_14() {
    let mut rng = rng(12);
    let opened = opened(200, &mut rng);
    assert_eq!(opened.verify(&opened.combined), Ok(()));
    let d = Scalar::from(99);
    for wrong in
        [&[0][..], &[199], &[0, 199], &[99, 100], &[0, 1, 2, 3], &[3, 17, 64, 99, 100, 127, 128, 198, 199]]
    {
        let mut combined = opened.combined.clone();
        for (i, j) in wrong.iter().enumerate() {
            combined[*j] = shifted(&combined[*j], d * Scalar::from(1 + i as u64));
        }
        assert_eq!(opened.verify(&combined), Err(wrong.to_vec()));
    }
    let all: Vec<_> = opened.combined.iter().map(|s| shifted(s, d)).collect();
    assert_eq!(opened.verify(&all), Err((0..200).collect()));
}

#[test]
fn rejects_combined_openings_whose_errors_cancel_tru_14() {
    let mut rng = rng(13);
    let opened = opened(200, &mut rng);
    let d = Scalar::from(99);
    for (one, other) in [(0, 199), (0, 1), (99, 100), (42, 43)] {
        let mut combined = opened.combined.clone();
        combined[one] = shifted(&combined[one], d);
        combined[other] = shifted(&combined[other], -d);
        assert_eq!(opened.verify(&combined), Err(vec![one, other]));
        let mut swapped = opened.combined.clone();
        swapped.swap(one, other);
        assert_eq!(opened.verify(&swapped), Err(vec![one, other]));
    }
}

#[test]
fn rejects_every_changed_bit_of_a_combined_opening_tru_14() {
    let mut rng = rng(14);
    let opened = opened(200, &mut rng);
    for position in [0, 100, 199] {
        let mut decoded = 0;
        for bit in 0..256 {
            let mut bytes = opened.combined[position].to_bytes();
            flip(&mut bytes, bit);
            if let Ok(point) = Point::from_bytes(&bytes) {
                let mut combined = opened.combined.clone();
                combined[position] = point;
                assert_eq!(opened.verify(&combined), Err(vec![position]), "bit {bit}");
                decoded += 1;
            }
        }
        assert!(decoded > 0);
    }
}

#[test]
fn rejects_lists_of_different_lengths_tru_14() {
    let mut rng = rng(15);
    let opened = opened(3, &mut rng);
    let lists: Vec<_> = opened.decryptions.iter().map(Vec::as_slice).collect();
    let verify = |combined: &[Point], lists: &[&[Point]]| {
        opened.combination.verify(combined, lists, &mut self::rng(16))
    };
    assert_eq!(verify(&opened.combined, &lists), Ok(()));
    assert_eq!(verify(&opened.combined, &lists[..2]), Err(vec![0, 1, 2]));
    assert_eq!(verify(&opened.combined, &[lists[0], lists[1], lists[2], lists[0]]), Err(vec![0, 1, 2]));
    assert_eq!(verify(&opened.combined[..2], &lists), Err(vec![0, 1]));
    assert_eq!(verify(&opened.combined, &[lists[0], lists[1], &lists[2][..2]]), Err(vec![0, 1, 2]));
    assert!(verify(&[], &lists).is_err());
    // The lists of two trustees in each other's place.
    assert_eq!(verify(&opened.combined, &[lists[1], lists[0], lists[2]]), Err(vec![0, 1, 2]));
}

#[test]
fn accepts_a_rehearsal_and_rejects_every_changed_bit_tru_7() {
    let mut rng = rng(17);
    let shares = shares(2, 3, &mut rng);
    let share = &shares[1];
    let honest = (
        ELECTION,
        2_u16,
        share.share_key().to_bytes(),
        Rehearsal::new(&ELECTION, share, &mut rng).to_bytes(),
    );
    let verify = |(election, trustee, key, rehearsal): &(ElectionId, u16, [u8; 32], [u8; 128])| {
        let key = ShareKey::from_bytes(key).ok()?;
        Some(Rehearsal::from_bytes(rehearsal).ok()?.verify(election, *trustee, &key))
    };
    assert_every_bit_refused("the election id", &honest, 256, |r, bit| r.0 = flip_id(&r.0, bit), verify);
    assert_every_bit_refused("the trustee", &honest, 16, |r, bit| r.1 ^= 1 << bit, verify);
    assert_every_bit_refused("Y_i", &honest, 256, |r, bit| flip(&mut r.2, bit), verify);
    assert_every_bit_refused("the rehearsal", &honest, 1024, |r, bit| flip(&mut r.3, bit), verify);
    // Another trustee's rehearsal, and one that was made with another share.
    let other = Rehearsal::new(&ELECTION, &shares[2], &mut rng);
    assert_eq!(other.verify(&ELECTION, 3, &shares[2].share_key()), Ok(()));
    assert!(other.verify(&ELECTION, 2, &share.share_key()).is_err());
    assert!(other.verify(&ELECTION, 2, &shares[2].share_key()).is_err());
}

/// A rehearsal proves one canary only: its proof says nothing about a chunk, nor the other way round.
#[test]
fn rejects_a_rehearsal_taken_for_an_opening_tru_12() {
    let mut rng = rng(18);
    let share = &shares(2, 3, &mut rng)[0];
    let rehearsal = Rehearsal::new(&ELECTION, share, &mut rng).to_bytes();
    let mut chunk = Chunk::new(share, 0, &points(1, &mut rng), &mut rng);
    chunk.decryptions[0].copy_from_slice(&rehearsal[..32]);
    chunk.proof.copy_from_slice(&rehearsal[32..]);
    assert!(chunk.is_refused());
}

/// With a wrong opening, pseudonym, R or election key another plaintext comes out.
#[test]
fn rejects_decryption_with_anything_else_bal_6() {
    let mut rng = rng(19);
    let share = &shares(1, 1, &mut rng)[0];
    let ballots = BallotContext::new(&ELECTION, "members", &share.election_key());
    let seed = Seed::generate(&mut rng);
    let key = seed.pseudonym_key(&ELECTION);
    let plaintext = [0; 64];
    let encrypted = ballots.encrypt(&seed, 0, &plaintext, &key);
    let ciphertext = encrypted.ciphertext();
    let opening = partial_decrypt(share, &[ciphertext.r])[0];
    let decrypt = |context: &BallotContext, pseudonym: &Pseudonym, ciphertext: &Ciphertext, s: &Point| {
        context.decrypt(pseudonym, ciphertext, s).to_vec()
    };
    let pseudonym = key.pseudonym();
    assert_eq!(decrypt(&ballots, &pseudonym, ciphertext, &opening), plaintext);
    let other = points(1, &mut rng)[0];
    assert_ne!(decrypt(&ballots, &pseudonym, ciphertext, &other), plaintext);
    assert_ne!(decrypt(&ballots, &pseudonym, ciphertext, &ciphertext.r), plaintext);
    let stranger = Seed::generate(&mut rng).pseudonym_key(&ELECTION).pseudonym();
    assert_ne!(decrypt(&ballots, &stranger, ciphertext, &opening), plaintext);
    let other_r = Ciphertext { r: other, text: ciphertext.text.clone() };
    assert_ne!(decrypt(&ballots, &pseudonym, &other_r, &opening), plaintext);
    let other_key = ElectionKey::from_bytes(&other.to_bytes()).unwrap();
    let elsewhere = BallotContext::new(&ELECTION, "members", &other_key);
    assert_ne!(decrypt(&elsewhere, &pseudonym, ciphertext, &opening), plaintext);
    let elsewhere = BallotContext::new(&ElectionId::from_bytes([0x35; 32]), "members", &share.election_key());
    assert_ne!(decrypt(&elsewhere, &pseudonym, ciphertext, &opening), plaintext);
}
