//! The fuzz bodies, so that they always compile and run.

use causeway_media::fuzz;
use proptest::prelude::*;

proptest! {
    #[test]
    fn hostile_bytes_harm_nothing(data in prop::collection::vec(any::<u8>(), 0..2000)) {
        fuzz::decode_opus(&data);
        fuzz::decode_g722(&data);
        fuzz::decode_g711(&data);
        fuzz::mixer_ops(&data);
    }
}
