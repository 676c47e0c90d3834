//! The cookie that holds the refresh token.

use auth::refresh::RefreshToken;
use zeroize::Zeroizing;

/// Its name. `__Host-`: browsers take it only from a secure origin, for that host alone and all of its paths
/// (RFC 6265bis §4.1.3.2), so that no other subdomain can plant one.
pub const COOKIE: &str = "__Host-qarion_refresh";

/// No script reads it, and no other site sends it.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The value of `Set-Cookie` that keeps `token` for so many seconds.
pub(crate) fn kept(token: &RefreshToken, seconds: i64) -> Zeroizing<String> {
    Zeroizing::new(format!("{COOKIE}={}; {ATTRIBUTES}; Max-Age={}", *token.reveal(), seconds.max(0)))
}

/// The value of `Set-Cookie` that ends the cookie.
pub fn ended() -> String {
    format!("{COOKIE}=; {ATTRIBUTES}; Max-Age=0")
}
