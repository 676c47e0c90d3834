//! A session that a credential names, ended on record.

use crate::Sessions;
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    ids::{OrganizationId, SessionId, UserId},
    refresh::RefreshToken,
    session::Claims,
};
use edge::{Ambient, Rejection, Request};

/// What a good token says of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
}

impl From<&Claims> for Known {
    fn from(claims: &Claims) -> Self {
        Self { organization: claims.org, user: claims.sub, session: claims.sid }
    }
}

impl From<&RefreshToken> for Known {
    fn from(token: &RefreshToken) -> Self {
        Self { organization: token.organization, user: token.user, session: token.session }
    }
}

impl Known {
    /// Ends the session. That it has ended already is no error, and no event.
    pub(crate) async fn end(
        &self,
        sessions: &Sessions,
        actor: Actor,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<(), Rejection> {
        let event = AuditEvent::new(
            self.organization,
            actor,
            Some(CredentialId::Session(self.session)),
            Action::SessionEnded,
            self.session.to_string(),
            request.source_address(),
            ambient.now,
            &mut ambient.rng,
        )
        .with("user", self.user.to_string());
        let ended = sessions.store.recording(event).end_session(self.user, self.session).await;
        ended.map_err(Rejection::dependency)
    }
}
