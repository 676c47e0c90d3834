//! What a browser is told about every answer, beside what it is told about all answers of the API.

use edge::{Response, response::with_header};
use http::{HeaderName, header};

/// Nothing but what this origin serves; no inline script, no `eval`, no form that a browser submits by itself, and
/// no page around it (CSP level 3; ASVS 5.0 V3.4.3, V3.4.6).
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                       connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'self'; \
                       form-action 'none'; frame-ancestors 'none'";

/// Nothing of the device, the clipboard aside, to which a new key is copied.
/// <https://www.w3.org/TR/permissions-policy/>
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(self), \
                           display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), \
                           hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
                           picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), \
                           screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    // A reset's link has its token in the fragment, which no referrer holds; the path is nobody's business either.
    (header::REFERRER_POLICY, "no-referrer"),
    // Another window that opened this one, or was opened by it, cannot reach it (ASVS 5.0 V3.4.8).
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // The gateway compresses, and does not say that the answer depends on what was accepted.
    (header::VARY, "Accept-Encoding"),
];

/// The answer with all of them.
pub(crate) fn with_all(response: Response) -> Response {
    HEADERS.into_iter().fold(response, |response, (name, value)| with_header(response, name, value))
}
