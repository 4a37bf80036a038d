//! Where the sources of a case are shown.

use causeway_conference::layout::Layout;
use causeway_plan::picture::Area;

/// The places of so many sources: equal ones.
pub(crate) fn areas(sources: usize) -> Vec<Area> {
    Layout::Equal.areas(sources)
}
