//! What each shown source and each listener takes in memory: the differences between cases.

use crate::case::Case;
use crate::engine;
use causeway_base::SizeClass;
use serde_json::json;
use std::io;

/// The name of its row.
pub(crate) const NAME: &str = "memory";

/// Measures cases that differ by sources, or by receivers, alone.
pub(crate) fn run() -> io::Result<()> {
    let of = |sources, size, receivers| engine::memory(&Case::shared(sources, size, receivers));
    let [few, many] = [4, 9].map(|sources| of(sources, SizeClass::P360, 10));
    let (few, many) = (few?, many?);
    let listeners = of(9, SizeClass::P360, 310)?;
    let [few_large, many_large] = [4, 9].map(|sources| of(sources, SizeClass::P720, 10));
    let (few_large, many_large) = (few_large?, many_large?);
    let each = |many: u64, few: u64, more: u64| many.saturating_sub(few) / more;
    println!(
        "{}",
        json!({
            "case": NAME,
            "kb_per_source_360": each(many, few, 5),
            "kb_per_source_720": each(many_large, few_large, 5),
            "kb_per_listener": each(listeners, many, 300),
        })
    );
    Ok(())
}
