//! A path that the bridge shares with others: `/bridge/j/…` is `/j/…` here, whether a proxy takes
//! the prefix off or leaves it.

use axum::http::uri::PathAndQuery;
use axum::http::{Request, Uri};

/// The request without the prefix, where it begins with it as a whole.
pub(crate) fn without<B>(mut request: Request<B>, prefix: &str) -> Request<B> {
    if let Some(uri) = inside(request.uri(), prefix) {
        *request.uri_mut() = uri;
    }
    request
}

fn inside(uri: &Uri, prefix: &str) -> Option<Uri> {
    let address = uri.path_and_query()?.as_str();
    let rest =
        address.strip_prefix(prefix).filter(|rest| !prefix.is_empty() && rest.starts_with('/'))?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_taken_off_as_a_whole_and_once() {
        let of = |address: &str, prefix: &str| {
            let request = Request::builder().uri(address).body(()).expect("a request");
            without(request, prefix).uri().to_string()
        };
        assert_eq!(of("/bridge/j/m1?x=1", "/bridge"), "/j/m1?x=1");
        assert_eq!(of("/j/m1", "/bridge"), "/j/m1", "a proxy took it off");
        assert_eq!(of("/bridges/j/m1", "/bridge"), "/bridges/j/m1");
        assert_eq!(of("/bridge", "/bridge"), "/bridge");
        assert_eq!(of("/bridge/bridge/j/m1", "/bridge"), "/bridge/j/m1");
        assert_eq!(of("/bridge/j/m1", ""), "/bridge/j/m1");
        let absolute = of("https://meet.example.com/bridge/j/m1", "/bridge");
        assert_eq!(absolute, "https://meet.example.com/j/m1");
    }
}
