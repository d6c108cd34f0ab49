//! Our own style sheet, scripts and icon, served under an address that changes whenever one of them does.
//!
//! The version in the path covers all files together, so that a module importing `./app.js` gets the one it was
//! written with, and every answer may be kept for a year.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::RawPathParams;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// The parts of `app.css`. The first one declares the order of the layers; among the others the order is free.
const STYLES: [&str; 14] = [
    "foundations",
    "layout",
    "controls",
    "tables",
    "records",
    "utilities",
    "signin",
    "requests",
    "ledgers",
    "boards",
    "sheet",
    "cover",
    "phone",
    "print",
];

const A_YEAR: &str = "public, max-age=31536000, immutable";

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Static::iter().collect();
    names.sort_unstable();
    let mut hash = Sha256::new();
    for name in &names {
        hash.update(name.as_bytes());
        if let Some(file) = Static::get(name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// The address of a file: `asset_url("app.css")`, `asset_url("app.js")`, `asset_url("icon.svg")`.
#[must_use]
pub fn asset_url(name: &str) -> String {
    format!("/static/{}/{name}", *VERSION)
}

/// The open addresses that serve the files. They hold nothing about the organisation and need no sign-in.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/static/{version}/{name}", get(serve))
}

async fn serve(params: RawPathParams, asked: HeaderMap) -> Response {
    let part = |wanted: &str| params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    let Some(file) = part("name").and_then(|name| FILES.get(name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // A page from before an update still finds its style sheet, but must not keep the new one under the old address.
    let keep = if part("version") == Some(&VERSION) { A_YEAR } else { "no-cache" };
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, file.kind),
        (header::CACHE_CONTROL, keep),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::VARY, "accept-encoding"),
    ];
    if unpacks(&asked) {
        return (headers, [(header::CONTENT_ENCODING, "gzip")], file.packed.clone()).into_response();
    }
    (headers, file.plain.clone()).into_response()
}

/// Does the browser unpack gzip? One that says nothing, or refuses it, gets the file as it is.
fn unpacks(asked: &HeaderMap) -> bool {
    let accepts = asked.get(header::ACCEPT_ENCODING).and_then(|accepts| accepts.to_str().ok()).unwrap_or_default();
    accepts.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim() == "gzip" && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// A file as it is sent, packed once for all who ask.
struct Ready {
    kind: &'static str,
    plain: Bytes,
    packed: Bytes,
}

/// Everything that can be asked for, by its name in the address.
static FILES: LazyLock<BTreeMap<String, Ready>> = LazyLock::new(|| {
    let names = Static::iter().filter_map(|path| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path.as_ref()));
        matches!(folder, "" | "js").then(|| name.to_owned())
    });
    let found = names.chain(["app.css".to_owned()]).filter_map(|name| {
        let (kind, plain) = find(&name)?;
        let packed = packed(&plain);
        Some((name, Ready { kind, plain: Bytes::from(plain.into_owned()), packed: Bytes::from(packed) }))
    });
    found.collect()
});

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::best());
    // writing into memory does not fail
    let _ = packing.write_all(plain);
    packing.finish().unwrap_or_default()
}

fn find(name: &str) -> Option<(&'static str, Cow<'static, [u8]>)> {
    if name == "app.css" {
        return Some(("text/css; charset=utf-8", Cow::Owned(stylesheet())));
    }
    let (folder, kind) = match name.rsplit_once('.')?.1 {
        "js" => ("js/", "text/javascript; charset=utf-8"),
        "svg" => ("", "image/svg+xml"),
        _ => return None,
    };
    Some((kind, Static::get(&format!("{folder}{name}"))?.data))
}

fn stylesheet() -> Vec<u8> {
    let mut whole = Vec::with_capacity(100 * 1024);
    for part in STYLES {
        if let Some(file) = Static::get(&format!("css/{part}.css")) {
            whole.extend_from_slice(&file.data);
            whole.push(b'\n');
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        routes::<()>().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_current_file_is_kept_for_a_year() {
        let answer = ask(&asset_url("app.css")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], A_YEAR);
    }

    #[tokio::test]
    async fn whoever_unpacks_gets_the_sheet_packed_and_all_others_as_it_is() {
        let asked = async |accepts: &str| {
            let request = Request::get(asset_url("app.css")).header(header::ACCEPT_ENCODING, accepts);
            let answer = routes::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let packed = answer.headers().get(header::CONTENT_ENCODING).is_some_and(|how| how == "gzip");
            assert_eq!(answer.headers()[header::VARY], "accept-encoding");
            (packed, axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap())
        };
        let (plainly, plain) = asked("identity").await;
        assert!(!plainly && !asked("br, gzip;q=0").await.0);
        let (packed, small) = asked("gzip, deflate, br").await;
        assert!(packed && small.len() * 3 < plain.len(), "{} of {}", small.len(), plain.len());
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&small[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }

    #[tokio::test]
    async fn a_file_under_an_old_version_is_not_kept() {
        let answer = ask("/static/000000/icon.svg").await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        for path in
            ["/static/1/none.css", "/static/1/none.js", "/static/1/css%2Fprint.css", "/static/1/..%2FCargo.toml"]
        {
            assert_eq!(ask(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn every_style_file_is_part_of_the_sheet() {
        let mut listed: Vec<String> = STYLES.iter().map(|name| format!("css/{name}.css")).collect();
        let mut there: Vec<String> =
            Static::iter().filter(|name| name.starts_with("css/")).map(Cow::into_owned).collect();
        listed.sort();
        there.sort();
        assert_eq!(listed, there);
        assert_eq!(STYLES[0], "foundations", "the layers are declared first");
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        for name in Static::iter() {
            let text = String::from_utf8_lossy(&Static::get(&name).unwrap().data).into_owned();
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("@import"), "{name}");
        }
    }
}
