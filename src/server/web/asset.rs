//! The files of the page, as `build.rs` made them: embedded, compressed beside themselves.

use axum::http::HeaderMap;
use axum::http::header;

/// The page itself.
pub(super) const PAGE: &str = "index.html";

/// One file.
#[derive(Clone, Copy)]
pub(super) struct File {
    /// Its name, which changes with its content but for that of the page.
    pub(super) name: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

impl File {
    /// The file of a name. Only names that were built are known: no path leads out.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.name == name)
    }

    /// Its media type.
    pub(super) fn kind(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("woff2") => "font/woff2",
            Some("wasm") => "application/wasm",
            Some("json" | "map") => "application/json",
            _ => "application/octet-stream",
        }
    }

    /// Its bytes in the smallest form that the client takes, and the name of that form.
    pub(super) fn encoded(&self, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
        let forms = [(self.brotli, "br"), (self.gzip, "gzip")];
        let taken = forms.into_iter().find_map(|(bytes, form)| {
            let bytes = bytes.filter(|bytes| bytes.len() < self.plain.len())?;
            accepts(headers, form).then_some((bytes, Some(form)))
        });
        taken.unwrap_or((self.plain, None))
    }
}

/// The most codings that are looked at.
const MAX_CODINGS: usize = 16;

/// Whether `Accept-Encoding` names a coding without refusing it (RFC 9110 section 12.5.3). A
/// wildcard is not taken at its word: nobody who means compression writes one.
fn accepts(headers: &HeaderMap, form: &str) -> bool {
    let value = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut codings = value.unwrap_or_default().split(',').take(MAX_CODINGS);
    codings.any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = quality.trim().strip_prefix("q=").and_then(|text| text.parse().ok());
        name.trim().eq_ignore_ascii_case(form) && quality.unwrap_or(1.0_f32) > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser gets before the page works.
    const FIRST_LOAD: usize = 150_000;

    #[test]
    fn the_first_load_is_light() {
        let gzip = |file: &File| file.gzip.map_or(file.plain.len(), <[u8]>::len);
        let load: usize = FILES.iter().map(gzip).sum();
        assert!(load <= FIRST_LOAD, "{load} bytes by gzip");
        assert!(load > 10_000, "{load} bytes: is this the page?");
    }

    #[test]
    fn the_page_asks_for_files_that_are_there_and_for_nothing_elsewhere() {
        let page = File::named(PAGE).expect("built");
        let text = std::str::from_utf8(page.plain).expect("UTF-8");
        let mut asked = 0;
        for name in ["src=\"", "href=\""] {
            for rest in text.split(name).skip(1) {
                let address = rest.split('"').next().unwrap_or_default();
                let file = address.strip_prefix("./assets/").unwrap_or_else(|| panic!("{address}"));
                assert!(File::named(file).is_some(), "{file}");
                asked += 1;
            }
        }
        assert!(asked >= 3, "a script, a style and an icon");
        assert!(!text.contains("<style") && !text.contains("<script>"), "the policy forbids them");
    }

    #[test]
    fn a_client_gets_the_smallest_form_that_it_takes() {
        let script = FILES.iter().find(|file| file.name.ends_with(".js")).expect("built");
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, text.parse().expect("a value"));
            script.encoded(&headers).1
        };
        assert_eq!(of("gzip, deflate, br, zstd"), Some("br"));
        assert_eq!(of("gzip"), Some("gzip"));
        assert_eq!(of("GZIP;q=0.5, br;q=0"), Some("gzip"));
        for none in ["", "identity", "*", "gzip;q=0", "gzipped"] {
            assert_eq!(of(none), None, "{none}");
        }
        let plain = script.encoded(&HeaderMap::new());
        assert_eq!((plain.0.len(), plain.1), (script.plain.len(), None));
    }
}
