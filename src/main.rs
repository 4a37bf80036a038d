//! The `causeway` binary: arguments -> configuration -> run.
fn main() {}
