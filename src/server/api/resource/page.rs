//! A list, page by page.

use super::text::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most entries of a page.
pub const MAX_PAGE: u16 = 200;

/// The entries of a page that nobody asked a number for.
pub const DEFAULT_PAGE: u16 = 50;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// At most so many entries, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<Cursor>,
}

/// Which part of a list is wanted, within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// At most so many entries, 1 to [`MAX_PAGE`].
    pub limit: u16,
    /// Where to go on; `None` at the beginning.
    pub cursor: Option<Cursor>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A list that fits one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}
