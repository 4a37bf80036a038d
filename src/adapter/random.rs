//! Random bytes from the system.

/// Random bytes for the secrets of one leg.
pub(crate) fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    // Without a source of randomness the kernel itself would not have booted.
    if getrandom::fill(&mut seed).is_err() {
        tracing::error!("no randomness: media keys of this call are weak");
    }
    seed
}
