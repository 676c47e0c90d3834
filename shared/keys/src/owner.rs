//! Whose keys a request is about.

use crate::authority::Authority;
use auth::{audit::AuditEvent, decide::Caller, ids::UserId, records::User};

/// Whose keys a request is about.
#[derive(Debug, Clone)]
pub enum Owner {
    /// The caller's.
    Caller,
    /// This user's, for whom an admin of its organization acts.
    User(User),
}

impl Owner {
    pub(crate) const fn id(&self, caller: &Caller) -> UserId {
        match self {
            Self::Caller => caller.user,
            Self::User(user) => user.id,
        }
    }

    pub(crate) const fn user<'a>(&'a self, authority: &'a Authority) -> &'a User {
        match self {
            Self::Caller => &authority.user,
            Self::User(user) => user,
        }
    }

    /// The event, which names the owner where that is not who acts.
    pub(crate) fn named(&self, event: AuditEvent) -> AuditEvent {
        match self {
            Self::Caller => event,
            Self::User(user) => event.with("user", user.id.to_string()),
        }
    }
}
