//! Whose pages may use the cookie: our own, and those of the one allowed origin.
//!
//! `SameSite=Strict` keeps other sites from sending it; other origins of the same site are kept out here.

use crate::Sessions;
use edge::{Ambient, Rejection, Request};
use http::header;

const FOREIGN: Rejection = Rejection::Forbidden("This origin may not use the session");

/// Refuses a request of a page of another origin. A request without an origin is no browser's, which sends one
/// with every POST (<https://fetch.spec.whatwg.org/#origin-header>): only where nothing else says that it is.
///
/// # Errors
/// 403; 503 where the deployment's own origin cannot be read.
pub(crate) async fn require(
    sessions: &Sessions,
    request: &Request,
    ambient: &Ambient,
) -> Result<(), Rejection> {
    if !request.has_header(header::ORIGIN) {
        return if request.is_from_browser() { Err(FOREIGN) } else { Ok(()) };
    }
    // More than one, or one that is no text, is none of ours.
    let origin = request.header(header::ORIGIN).ok_or(FOREIGN)?;
    if sessions.allowed_origin.as_deref() == Some(origin) {
        return Ok(());
    }
    let base_url = sessions.issuer.base_url(ambient).await?;
    if of(&base_url) == Some(origin) { Ok(()) } else { Err(FOREIGN) }
}

/// The origin of a URL: its scheme, host and port (RFC 6454 §6.2).
fn of(url: &str) -> Option<&str> {
    let scheme = url.find("://")?;
    let host = scheme + "://".len();
    let end = url.get(host..)?.find('/').map_or(url.len(), |at| host + at);
    url.get(..end)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (url, origin) in [
            ("https://auth.example.test", Some("https://auth.example.test")),
            ("https://auth.example.test/v1/x", Some("https://auth.example.test")),
            ("http://127.0.0.1:4566/restapis/a/v1", Some("http://127.0.0.1:4566")),
            ("auth.example.test", None),
        ] {
            assert_eq!(of(url), origin, "{url}");
        }
    }
}
