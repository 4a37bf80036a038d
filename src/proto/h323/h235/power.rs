//! Powers modulo the primes of Diffie-Hellman groups, in the same steps whatever the numbers are.

/// Bits of exponents that are taken: twice as many as the strongest of the groups is worth
/// (RFC 3526 section 8).
pub(super) const EXPONENT_LEN: usize = 32;

/// Bits of an exponent that are taken at a time.
const WINDOW: usize = 4;

/// A prime of `N` words, the lowest first. Its highest and its lowest word have all bits set, as in
/// every group of RFC 2409 and RFC 3526.
pub(super) struct Prime<const N: usize>(pub(super) [u64; N]);

impl<const N: usize> Prime<N> {
    /// `base` to the power of `exponent`, whose highest byte stands first. `base` is below the prime.
    pub(super) fn power(&self, base: &[u64; N], exponent: &[u8; EXPONENT_LEN]) -> [u64; N] {
        // Montgomery's form: x stands as x * R, where R is 2 to the bits of the prime.
        let one = self.negated();
        let mut square = one;
        for _ in 0..64 * N {
            square = self.doubled(&square);
        }
        let base = self.product(base, &square);
        let mut powers = [one; 1 << WINDOW];
        for at in 1..powers.len() {
            powers[at] = self.product(&powers[at - 1], &base);
        }
        let mut result = one;
        for byte in exponent {
            for window in [byte >> 4, byte & 0x0f] {
                for _ in 0..WINDOW {
                    result = self.product(&result, &result);
                }
                result = self.product(&result, &chosen(&powers, window));
            }
        }
        let mut unit = [0; N];
        unit[0] = 1;
        self.product(&result, &unit)
    }

    /// R modulo the prime: as that is over half of R, it is what lacks.
    fn negated(&self) -> [u64; N] {
        let mut out = [0; N];
        let mut carry = true;
        for (out, word) in out.iter_mut().zip(&self.0) {
            (*out, carry) = (!word).overflowing_add(u64::from(carry));
        }
        out
    }

    fn doubled(&self, x: &[u64; N]) -> [u64; N] {
        let mut out = [0; N];
        let mut carry = 0;
        for (out, word) in out.iter_mut().zip(x) {
            *out = word << 1 | carry;
            carry = word >> 63;
        }
        self.reduced(&out, carry)
    }

    /// `x`, with `over` in the word above its highest, less the prime where that goes.
    fn reduced(&self, x: &[u64; N], over: u64) -> [u64; N] {
        let mut less = [0; N];
        let mut borrow = 0;
        for ((out, word), prime) in less.iter_mut().zip(x).zip(&self.0) {
            let wide =
                u128::from(*word).wrapping_sub(u128::from(*prime)).wrapping_sub(u128::from(borrow));
            *out = wide as u64;
            borrow = (wide >> 127) as u64;
        }
        // All ones where it stays as it is.
        let keep = (borrow & !over & 1).wrapping_neg();
        for (less, word) in less.iter_mut().zip(x) {
            *less = word & keep | *less & !keep;
        }
        less
    }

    /// `a` times `b` divided by R (Montgomery's multiplication, word by word). The lowest word of
    /// the prime being -1, the factor that clears a word is that word itself.
    fn product(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let mut sum = [0u64; N];
        let mut over = 0u64;
        for a in a {
            let mut carry = 0;
            for (sum, b) in sum.iter_mut().zip(b) {
                (*sum, carry) = fused(*sum, *a, *b, carry);
            }
            let (top, more) = over.overflowing_add(carry);
            let factor = sum[0];
            let (_, mut carry) = fused(sum[0], factor, self.0[0], 0);
            for at in 1..N {
                (sum[at - 1], carry) = fused(sum[at], factor, self.0[at], carry);
            }
            let (last, most) = top.overflowing_add(carry);
            sum[N - 1] = last;
            over = u64::from(more) + u64::from(most);
        }
        self.reduced(&sum, over)
    }
}

/// `sum + a * b + carry`: its low word and its high one.
fn fused(sum: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(a) * u128::from(b) + u128::from(sum) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}

/// One of the powers; all of them are read.
fn chosen<const N: usize>(powers: &[[u64; N]; 1 << WINDOW], which: u8) -> [u64; N] {
    let mut out = [0; N];
    for (at, power) in (0u8..).zip(powers) {
        let differs = u64::from(at ^ which);
        let mask = (differs.wrapping_sub(1) >> 63).wrapping_neg();
        for (out, word) in out.iter_mut().zip(power) {
            *out |= word & mask;
        }
    }
    out
}
