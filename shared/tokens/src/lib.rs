//! Session tokens of one deployment: issued with keys from the secret, verified with keys from the table.
//!
//! What needs both the store and the Lambda side stands here, once, for the functions that open, refresh, end
//! and check sessions.

mod cookie;
mod device;
mod fresh;
mod issuer;
mod open;
mod session_list;
mod verifiers;

pub use cookie::{COOKIE, ended as ended_cookie};
pub use fresh::require_fresh;
pub use issuer::Issuer;
pub use open::{lifetime, open_session};
pub use session_list::list_sessions;
pub use verifiers::{Unverified, Verifiers};

use time::Duration;

/// Signers and verifiers read the keys again this often. A rotation publishes a key at least twice as long before
/// it signs, so that no one waits; a withdrawal holds within it.
pub const KEYS_AGE: Duration = Duration::seconds(60);
