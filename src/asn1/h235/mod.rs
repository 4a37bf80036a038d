//! H.235.0: made by `generate/`, not by hand. The recommendation says what each type is for.

#![allow(missing_docs, reason = "the recommendation has them")]
#![allow(unused_imports, reason = "each part takes all names")]

mod token;

pub use token::*;
