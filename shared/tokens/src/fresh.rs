//! What needs a password that was entered just now, so that a session that was left open or stolen takes nobody's
//! account and makes none.

use auth::decide::{Caller, CredentialId};
use edge::Rejection;
use store::Store;
use time::{Duration, OffsetDateTime};

/// How long ago the caller's session may have been opened. A refresh does not make it younger.
const FRESH: Duration = Duration::minutes(10);

const STALE: Rejection =
    Rejection::Forbidden("Log in again: this needs a password that was entered within the last 10 minutes");

/// Refuses a session that was opened earlier.
///
/// # Errors
/// 403 that says so; 401 where the session has ended since the authorizer looked.
pub async fn require_fresh(store: &Store, caller: &Caller, now: OffsetDateTime) -> Result<(), Rejection> {
    let CredentialId::Session(id) = caller.credential else {
        return Err(Rejection::internal("the route accepts sessions only"));
    };
    let session = store.session(caller.user, id).await.map_err(Rejection::dependency)?;
    // Gone since the authorizer looked.
    let session = session.ok_or(Rejection::Unauthorized)?;
    if now < session.created_at.saturating_add(FRESH) { Ok(()) } else { Err(STALE) }
}
