#[cfg(feature = "h460-traversal")]
mod crossing;
mod flow;
mod pair;
mod secret;
mod start;
mod tshark;
