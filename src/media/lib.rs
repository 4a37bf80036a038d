//! Media compute: codecs, resampling, concealment, levels, mixer.
