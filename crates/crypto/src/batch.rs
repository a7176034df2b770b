//! Batch verification: many equations in one multiscalar multiplication (BAT-1).
//!
//! Every proof of this crate is a list of equations
//!
//! ```text
//! C + sum of (a_k P_k) + g G + h H = 0
//! ```
//!
//! with a commitment C of its own. Singly, each equation is evaluated as it stands. In a batch, equation i is
//! multiplied by a random 128-bit weight and all are added up: the sum vanishes if all hold, and otherwise only with
//! probability 2^-128 over the weights, which are drawn after every statement and scalar was absorbed, together with
//! private coins. The group has prime order, so both ways are the same predicate. On failure the batch is halved
//! until the bad items are named.

use std::collections::BTreeMap;
use std::ops::Range;

use rand_core::{CryptoRngCore, RngCore};

use crate::VerificationFailure;
use crate::group::{Msm, Point, Scalar};
use crate::transcript::{Transcript, step};

/// How many items are verified one by one rather than halved once more: below this, halving costs more.
const SINGLY: usize = 4;

/// Something that holds exactly when all of its equations do.
pub trait Verifiable {
    /// Writes the equations down.
    #[doc(hidden)]
    fn equations(&self, equations: &mut Equations);

    /// Verifies this item alone. Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if an equation does not hold.
    fn verify(&self) -> Result<(), VerificationFailure> {
        let mut equations = Equations::default();
        self.equations(&mut equations);
        if equations.hold_singly() { Ok(()) } else { Err(VerificationFailure) }
    }
}

/// Both: an item made of two.
impl<A: Verifiable, B: Verifiable> Verifiable for (A, B) {
    fn equations(&self, equations: &mut Equations) {
        self.0.equations(equations);
        self.1.equations(equations);
    }
}

/// All: an item made of many.
impl<T: Verifiable> Verifiable for [T] {
    fn equations(&self, equations: &mut Equations) {
        self.iter().for_each(|item| item.equations(equations));
    }
}

/// All: an item made of many.
impl<T: Verifiable> Verifiable for Vec<T> {
    fn equations(&self, equations: &mut Equations) {
        self.as_slice().equations(equations);
    }
}

/// C + sum of (a_k P_k) + g G + h H = 0, with at most one P of the item's own and one that many items share.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Equation {
    commitment: Point,
    own: Option<(Scalar, Point)>,
    shared: Option<(Scalar, Point)>,
    g: Scalar,
    h: Scalar,
}

impl Equation {
    pub(crate) fn of(commitment: &Point) -> Self {
        Self { commitment: *commitment, own: None, shared: None, g: Scalar::ZERO, h: Scalar::ZERO }
    }

    pub(crate) fn term(mut self, scalar: Scalar, point: &Point) -> Self {
        self.own = Some((scalar, *point));
        self
    }

    /// A term whose point recurs in many items: its multiples are added up before the multiplication.
    pub(crate) fn shared_term(mut self, scalar: Scalar, point: &Point) -> Self {
        self.shared = Some((scalar, *point));
        self
    }

    pub(crate) fn basepoint(mut self, scalar: Scalar) -> Self {
        self.g = scalar;
        self
    }

    pub(crate) fn second_generator(mut self, scalar: Scalar) -> Self {
        self.h = scalar;
        self
    }

    fn absorb(&self, transcript: &mut Transcript) {
        let mut message = [0_u8; 32 * 7];
        let terms = [self.own, self.shared];
        let fields = core::iter::once(self.commitment.to_bytes())
            .chain(
                terms.into_iter().flatten().flat_map(|(scalar, point)| [scalar.to_bytes(), point.to_bytes()]),
            )
            .chain([self.g.to_bytes(), self.h.to_bytes()]);
        let mut length = 0;
        for (slot, field) in message.as_chunks_mut::<32>().0.iter_mut().zip(fields) {
            *slot = field;
            length += 32;
        }
        transcript.message(b"equation", message.get(..length).unwrap_or(&message));
    }
}

/// The equations of one or more items.
#[doc(hidden)]
#[derive(Default)]
pub struct Equations {
    list: Vec<Equation>,
    /// Set when a condition outside the equations fails, such as a scalar that must not be zero.
    refused: bool,
}

impl Equations {
    pub(crate) fn push(&mut self, equation: Equation) {
        self.list.push(equation);
    }

    /// Marks the item as failed whatever its equations say.
    pub(crate) fn refuse(&mut self) {
        self.refused = true;
    }

    fn hold_singly(&self) -> bool {
        !self.refused && self.list.iter().all(|equation| hold(&[(Scalar::ONE, equation)]))
    }
}

/// A batch of items under verification. Items are numbered in the order in which they were pushed, from 0.
#[derive(Default)]
pub struct Batch {
    equations: Vec<Equation>,
    items: Vec<Range<usize>>,
    refused: Vec<usize>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items were pushed.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds an item.
    pub fn push(&mut self, item: &impl Verifiable) {
        let start = self.equations.len();
        let mut equations = Equations { list: core::mem::take(&mut self.equations), refused: false };
        item.equations(&mut equations);
        self.equations = equations.list;
        if equations.refused {
            self.equations.truncate(start);
            self.refused.push(self.items.len());
        }
        self.items.push(start..self.equations.len());
    }

    /// Verifies all items (BAT-1). Variable time. `rng` supplies the private coins of the weights.
    ///
    /// # Errors
    /// The numbers of exactly the items that do not verify, ascending.
    pub fn verify(self, rng: &mut impl CryptoRngCore) -> Result<(), Vec<usize>> {
        let mut transcript = Transcript::new(step::BATCH);
        for equation in &self.equations {
            equation.absorb(&mut transcript);
        }
        let mut coins = transcript.public_rng(rng);
        let mut bad = self.refused.clone();
        self.bisect(0..self.items.len(), &mut coins, &mut bad);
        bad.sort_unstable();
        bad.dedup();
        if bad.is_empty() { Ok(()) } else { Err(bad) }
    }

    fn bisect(&self, items: Range<usize>, coins: &mut impl RngCore, bad: &mut Vec<usize>) {
        let range = |item: usize| self.items.get(item).cloned().unwrap_or(0..0);
        let equations = |items: &Range<usize>| {
            let end = items.end.checked_sub(1).map_or(0, |last| range(last).end);
            self.equations.get(range(items.start).start..end).unwrap_or_default()
        };
        if items.len() <= SINGLY {
            let singly = |item: &usize| {
                let range = range(*item);
                !self.equations.get(range).unwrap_or_default().iter().all(|e| hold(&[(Scalar::ONE, e)]))
            };
            bad.extend(items.filter(singly));
            return;
        }
        let weighted = equations(&items);
        // 16 bytes of weight an equation, drawn in one piece.
        let mut bytes = vec![0; 16 * weighted.len()];
        coins.fill_bytes(&mut bytes);
        let weights = bytes.as_chunks::<16>().0.iter().map(|bytes| Scalar::from_weight(*bytes));
        if hold(&weights.zip(weighted).collect::<Vec<_>>()) {
            return;
        }
        let middle = items.start + items.len() / 2;
        self.bisect(items.start..middle, coins, bad);
        self.bisect(middle..items.end, coins, bad);
    }
}

/// Whether the weighted sum of the equations vanishes.
fn hold(equations: &[(Scalar, &Equation)]) -> bool {
    let mut msm = Msm::with_capacity(2 * equations.len() + 3);
    let mut shared: BTreeMap<&Point, Scalar> = BTreeMap::new();
    let (mut g, mut h) = (Scalar::ZERO, Scalar::ZERO);
    for (weight, equation) in equations {
        msm.push(*weight, &equation.commitment);
        if let Some((scalar, point)) = &equation.own {
            msm.push(*weight * *scalar, point);
        }
        if let Some((scalar, point)) = &equation.shared {
            let sum = shared.entry(point).or_insert(Scalar::ZERO);
            *sum = *sum + *weight * *scalar;
        }
        g = g + *weight * equation.g;
        h = h + *weight * equation.h;
    }
    for (point, scalar) in shared {
        msm.push(scalar, point);
    }
    msm.push(g, &Point::generator_g());
    if !h.is_zero() {
        msm.push(h, &Point::generator_h());
    }
    msm.vartime_is_identity()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::SecretScalar;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// P - pG = 0
    #[derive(Clone, Copy)]
    struct Known {
        point: Point,
        log: Scalar,
        refused: bool,
    }

    impl Verifiable for Known {
        fn equations(&self, equations: &mut Equations) {
            if self.refused {
                equations.refuse();
            }
            equations.push(Equation::of(&self.point).basepoint(-self.log));
        }
    }

    fn known(count: usize) -> Vec<Known> {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut one = || {
            let secret = SecretScalar::random(&mut rng);
            Known { point: Point::mul_base(&secret), log: *secret.expose(), refused: false }
        };
        (0..count).map(|_| one()).collect()
    }

    fn batch(items: &[Known]) -> Batch {
        let mut batch = Batch::new();
        items.iter().for_each(|item| batch.push(item));
        batch
    }

    fn coins() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(2)
    }

    /// The weights of the whole batch's first combination, for one who knows the private coins.
    fn weights(items: &[Known]) -> Vec<Scalar> {
        let mut transcript = Transcript::new(step::BATCH);
        let batch = batch(items);
        batch.equations.iter().for_each(|equation| equation.absorb(&mut transcript));
        let mut bytes = vec![0; 16 * items.len()];
        transcript.public_rng(&mut coins()).fill_bytes(&mut bytes);
        bytes.as_chunks::<16>().0.iter().map(|bytes| Scalar::from_weight(*bytes)).collect()
    }

    /// Whoever foresees the private coins still does not foresee the weights: they depend on every scalar.
    #[test]
    fn rejects_errors_that_cancel_under_the_weights_of_the_honest_batch_bat_1() {
        let honest = known(200);
        let w = weights(&honest);
        let mut wrong = honest.clone();
        wrong[0].log = wrong[0].log + w[199];
        wrong[199].log = wrong[199].log - w[0];
        let sum = |items: &[Known], w: &[Scalar]| {
            let terms = items.iter().zip(w);
            terms.fold(Scalar::ZERO, |sum, (item, w)| sum + *w * item.log)
        };
        assert_eq!(sum(&wrong, &w), sum(&honest, &w), "the errors cancel");
        let changed = weights(&wrong);
        assert!(w.iter().zip(&changed).all(|(before, after)| before != after));
        assert_eq!(batch(&honest).verify(&mut coins()), Ok(()));
        assert_eq!(batch(&wrong).verify(&mut coins()), Err(vec![0, 199]));
    }

    /// Every part of an equation is absorbed before the weights are drawn.
    #[test]
    fn accepts_no_equation_part_that_the_weights_do_not_depend_on_bat_1() {
        let [one, other] = [known(2)[0].point, known(2)[1].point];
        let (a, b) = (Scalar::from(3), Scalar::from(4));
        let full = |commitment, p: (Scalar, Point), q: (Scalar, Point), g, h| {
            Equation::of(&commitment).term(p.0, &p.1).shared_term(q.0, &q.1).basepoint(g).second_generator(h)
        };
        let equations = [
            full(one, (a, one), (a, one), a, a),
            full(other, (a, one), (a, one), a, a),
            full(one, (b, one), (a, one), a, a),
            full(one, (a, other), (a, one), a, a),
            full(one, (a, one), (b, one), a, a),
            full(one, (a, one), (a, other), a, a),
            full(one, (a, one), (a, one), b, a),
            full(one, (a, one), (a, one), a, b),
        ];
        let mut drawn: Vec<_> = equations
            .iter()
            .map(|equation| {
                let mut transcript = Transcript::new(step::BATCH);
                equation.absorb(&mut transcript);
                transcript.public_rng(&mut coins()).next_u64()
            })
            .collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), equations.len());
    }

    /// A refused item is named whatever its equations say, and does not take its neighbours with it.
    #[test]
    fn rejects_refused_items_beside_wrong_ones_bat_1() {
        let mut items = known(20);
        for i in [0, 7, 19] {
            items[i].refused = true;
        }
        items[8].log = Scalar::ONE;
        items[19].log = Scalar::ONE;
        assert_eq!(batch(&items).verify(&mut coins()), Err(vec![0, 7, 8, 19]));
        assert_eq!(items[7].verify(), Err(VerificationFailure));
        assert_eq!(items[6].verify(), Ok(()));
    }

    /// An item with several equations is named once, and only as a whole.
    #[test]
    fn rejects_an_item_of_many_equations_once_bat_1() {
        let good = known(30);
        let mut bad = good.clone();
        bad[3].log = Scalar::ONE;
        bad[5].log = Scalar::ONE;
        let mut batch = Batch::new();
        for items in [&good[..10], &bad[..10], &good[10..], &bad[..4]] {
            batch.push(&items.to_vec());
        }
        for i in 0..10 {
            batch.push(&(good[i], bad[i]));
        }
        assert_eq!(batch.len(), 14);
        assert_eq!(batch.verify(&mut coins()), Err(vec![1, 3, 7, 9]));
        // No equations: nothing to hold.
        let mut batch = Batch::new();
        batch.push(&Vec::<Known>::new());
        assert_eq!(batch.verify(&mut coins()), Ok(()));
    }
}
