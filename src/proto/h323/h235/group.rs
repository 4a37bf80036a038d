//! The groups of Diffie-Hellman that H.235.6 names, and the secret that two sides share.

use super::power::{EXPONENT_LEN, Prime};
use causeway_rtp::h235::KeyWrap;

/// A group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// 1024 bits (RFC 2409 section 6.2).
    Dh1024,
    /// 2048 bits (RFC 3526 section 3).
    Dh2048,
}

/// Both have this generator.
pub(super) const GENERATOR: u8 = 2;

const P1024: Prime<16> = Prime([
    0xffff_ffff_ffff_ffff,
    0x4928_6651_ece6_5381,
    0xae9f_2411_7c4b_1fe6,
    0xee38_6bfb_5a89_9fa5,
    0x0bff_5cb6_f406_b7ed,
    0xf44c_42e9_a637_ed6b,
    0xe485_b576_625e_7ec6,
    0x4fe1_356d_6d51_c245,
    0x302b_0a6d_f25f_1437,
    0xef95_19b3_cd3a_431b,
    0x514a_0879_8e34_04dd,
    0x020b_bea6_3b13_9b22,
    0x2902_4e08_8a67_cc74,
    0xc4c6_628b_80dc_1cd1,
    0xc90f_daa2_2168_c234,
    0xffff_ffff_ffff_ffff,
]);

const P2048: Prime<32> = Prime([
    0xffff_ffff_ffff_ffff,
    0x1572_8e5a_8aac_aa68,
    0x15d2_2618_98fa_0510,
    0x3995_497c_ea95_6ae5,
    0xde2b_cbf6_9558_1718,
    0xb5c5_5df0_6f4c_52c9,
    0x9b27_83a2_ec07_a28f,
    0xe39e_772c_180e_8603,
    0x3290_5e46_2e36_ce3b,
    0xf174_6c08_ca18_217c,
    0x670c_354e_4abc_9804,
    0x9ed5_2907_7096_966d,
    0x1c62_f356_2085_52bb,
    0x8365_5d23_dca3_ad96,
    0x6916_3fa8_fd24_cf5f,
    0x98da_4836_1c55_d39a,
    0xc200_7cb8_a163_bf05,
    0x4928_6651_ece4_5b3d,
    0xae9f_2411_7c4b_1fe6,
    0xee38_6bfb_5a89_9fa5,
    0x0bff_5cb6_f406_b7ed,
    0xf44c_42e9_a637_ed6b,
    0xe485_b576_625e_7ec6,
    0x4fe1_356d_6d51_c245,
    0x302b_0a6d_f25f_1437,
    0xef95_19b3_cd3a_431b,
    0x514a_0879_8e34_04dd,
    0x020b_bea6_3b13_9b22,
    0x2902_4e08_8a67_cc74,
    0xc4c6_628b_80dc_1cd1,
    0xc90f_daa2_2168_c234,
    0xffff_ffff_ffff_ffff,
]);

impl Group {
    /// Where both are offered, the first is taken: stacks that have both tie the second to AES-256,
    /// which we do not have.
    pub(super) const ALL: [Group; 2] = [Group::Dh1024, Group::Dh2048];

    /// Its name in tokens.
    pub(super) const fn oid(self) -> [u32; 7] {
        match self {
            Group::Dh1024 => [0, 0, 8, 235, 0, 3, 43],
            Group::Dh2048 => [0, 0, 8, 235, 0, 3, 45],
        }
    }

    /// Bytes of its numbers.
    pub(super) const fn len(self) -> usize {
        match self {
            Group::Dh1024 => 128,
            Group::Dh2048 => 256,
        }
    }

    /// Its prime, the highest byte first.
    pub(super) fn prime(self) -> Vec<u8> {
        match self {
            Group::Dh1024 => written(&P1024.0),
            Group::Dh2048 => written(&P2048.0),
        }
    }

    fn power(self, base: &[u8], exponent: &[u8; EXPONENT_LEN]) -> Vec<u8> {
        match self {
            Group::Dh1024 => written(&P1024.power(&read(base), exponent)),
            Group::Dh2048 => written(&P2048.power(&read(base), exponent)),
        }
    }

    /// Whether a public value hides anything: it is neither 0, 1 nor one less than the prime, whose
    /// powers are known, and below the prime.
    fn hides(self, public: &[u8]) -> bool {
        let mut last = self.prime();
        if let Some(byte) = last.last_mut() {
            *byte -= 1;
        }
        let small = |bytes: &[u8]| matches!(bytes, [] | [0 | 1]);
        let public = stripped(public);
        !small(public) && (public.len(), public) < (last.len(), &last[..])
    }
}

/// Without the zeros before it.
pub(super) fn stripped(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Words of bytes of which the highest stands first; what is more is left out.
fn read<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.rchunks(8)) {
        *word = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

fn written(words: &[u64]) -> Vec<u8> {
    words.iter().rev().flat_map(|word| word.to_be_bytes()).collect()
}

/// Our half of an exchange.
pub(super) struct Half {
    group: Group,
    exponent: [u8; EXPONENT_LEN],
}

impl Half {
    /// Of random bytes.
    pub(super) const fn new(group: Group, exponent: [u8; EXPONENT_LEN]) -> Self {
        Self { group, exponent }
    }

    pub(super) const fn group(&self) -> Group {
        self.group
    }

    /// What the other side is told, as long as the numbers of the group.
    pub(super) fn public(&self) -> Vec<u8> {
        self.group.power(&[GENERATOR], &self.exponent)
    }

    /// What both share: its last 128 bits. `None` for a public value that would give it away.
    pub(super) fn share(&self, theirs: &[u8]) -> Option<KeyWrap> {
        if !self.group.hides(theirs) {
            return None;
        }
        let shared = self.group.power(stripped(theirs), &self.exponent);
        shared.last_chunk().map(KeyWrap::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against Python's `pow`.
    #[test]
    fn powers_are_as_counted_elsewhere() {
        let exponent = std::array::from_fn(|at| at as u8 + 1);
        for (group, public, shared) in [
            (
                Group::Dh1024,
                "457120764f3a1e6fd58103e41a4093a6",
                "307d211ea271773896b9da94ac8bd7fa8091e84113654ac54bb4343adcd7c114",
            ),
            (
                Group::Dh2048,
                "ce8736a3ad7c8260e0c5e5a457931ad1",
                "a40a139bda6cda39084756543828ee27ae42b33e101867d1ea7bf2ac8b49c28c",
            ),
        ] {
            let half = Half::new(group, exponent);
            assert_eq!(hex::encode(half.public().get(..16).expect("long")), public);
            let base: Vec<u8> = (0..group.len()).map(|at| (at * 7 + 3) as u8).collect();
            let power = hex::encode(group.power(&base, &exponent));
            assert!(power.ends_with(shared), "{group:?}");
        }
    }

    #[test]
    fn both_sides_share_the_same() {
        for group in Group::ALL {
            let halves = [[3; EXPONENT_LEN], [0xff; EXPONENT_LEN]].map(|e| Half::new(group, e));
            let [a, b] = [(0, 1), (1, 0)].map(|(one, other)| {
                halves[one].share(&halves[other].public()).expect("a good value").wrap([7; 16])
            });
            assert_eq!(a, b, "{group:?}");
        }
    }

    #[test]
    fn values_that_give_the_secret_away_are_refused() {
        for group in Group::ALL {
            let half = Half::new(group, [9; EXPONENT_LEN]);
            let prime = group.prime();
            let with_last = |byte: u8| {
                let mut value = prime.clone();
                *value.last_mut().expect("long") = byte;
                value
            };
            let long = [&[1], &prime[..]].concat();
            let weak =
                [vec![], vec![0], vec![0; 300], vec![1], prime.clone(), with_last(0xfe), long];
            for public in weak {
                assert!(half.share(&public).is_none(), "{group:?} {public:x?}");
            }
            for public in [vec![2], vec![0, 0, 2], with_last(0xfd)] {
                assert!(half.share(&public).is_some(), "{group:?} {public:x?}");
            }
        }
    }
}
