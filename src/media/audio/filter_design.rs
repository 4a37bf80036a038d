//! The filters of the resamplers, made when they are first needed.
//!
//! A linear-phase low-pass delays by half its length: 1 ms a conversion at 8 kHz, twice on the
//! way through a conference. Speech does not need linear phase, so the filter with the same
//! magnitude and the least delay is used, found by folding its cepstrum (Oppenheim and Schafer,
//! *Discrete-Time Signal Processing*, section 13.5).

/// Points of the transforms: enough that the cepstrum of a hundred taps does not alias.
const POINTS: usize = 4096;

/// Where the magnitude is zero its logarithm is not: what is let through there instead (-70 dB).
const FLOOR: f64 = 3e-4;

/// A low-pass at 48 kHz of so many taps that halves (-6 dB) at 24 kHz / `ratio`, newest sample's
/// tap first, of minimum phase.
pub(super) fn minimum_phase_lowpass(taps: usize, ratio: usize) -> Vec<f64> {
    let linear = windowed_sinc(taps, ratio);
    let gain: f64 = linear.iter().sum();
    let mut spectrum: Vec<Complex> = linear.iter().map(|tap| Complex::real(tap / gain)).collect();
    spectrum.resize(POINTS, Complex::real(0.0));
    transform(&mut spectrum);
    for point in &mut spectrum {
        *point = Complex::real(point.magnitude().max(FLOOR).ln());
    }
    // The logarithm is real and even, so that forward and inverse differ by the scale alone.
    transform(&mut spectrum);
    for (at, point) in spectrum.iter_mut().enumerate() {
        let fold = match at {
            0 => 1.0,
            at if at == POINTS / 2 => 1.0,
            at if at < POINTS / 2 => 2.0,
            _ => 0.0,
        };
        *point = Complex::real(point.re * fold / POINTS as f64);
    }
    transform(&mut spectrum);
    for point in &mut spectrum {
        // Conjugate, so that the forward transform below is the inverse.
        *point = point.exp().conjugate();
    }
    transform(&mut spectrum);
    spectrum.iter().take(taps).map(|point| gain * point.re / POINTS as f64).collect()
}

#[derive(Clone, Copy)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    const fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    fn magnitude(self) -> f64 {
        self.re.hypot(self.im)
    }

    fn exp(self) -> Self {
        let (sin, cos) = self.im.sin_cos();
        let scale = self.re.exp();
        Self { re: scale * cos, im: scale * sin }
    }

    fn conjugate(self) -> Self {
        Self { re: self.re, im: -self.im }
    }
}

/// The discrete Fourier transform, by halves; the length is a power of two.
fn transform(points: &mut [Complex]) {
    let half = points.len() / 2;
    if half == 0 {
        return;
    }
    let mut even: Vec<_> = points.iter().copied().step_by(2).collect();
    let mut odd: Vec<_> = points.iter().copied().skip(1).step_by(2).collect();
    transform(&mut even);
    transform(&mut odd);
    for at in 0..half {
        let (sin, cos) = (-std::f64::consts::PI * at as f64 / half as f64).sin_cos();
        let (e, o) = (even[at], odd[at]);
        let turned = Complex { re: o.re * cos - o.im * sin, im: o.re * sin + o.im * cos };
        points[at] = Complex { re: e.re + turned.re, im: e.im + turned.im };
        points[at + half] = Complex { re: e.re - turned.re, im: e.im - turned.im };
    }
}

/// A linear-phase low-pass that halves (-6 dB) at 24 kHz / `ratio`, under a Kaiser window.
fn windowed_sinc(taps: usize, ratio: usize) -> Vec<f64> {
    /// Side lobes at about -53 dB.
    const BETA: f64 = 4.6;
    let middle = (taps - 1) as f64 / 2.0;
    (0..taps)
        .map(|at| {
            let offset = at as f64 - middle;
            let x = std::f64::consts::PI * offset / ratio as f64;
            let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
            let edge = offset / middle;
            sinc * bessel(BETA * (1.0 - edge * edge).max(0.0).sqrt())
        })
        .collect()
}

/// The modified Bessel function of the first kind, order zero.
fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..30 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}
