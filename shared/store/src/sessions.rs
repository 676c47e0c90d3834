//! Sessions.

use crate::{
    Store, StoreError, Write, codec::Record, expression::Expression, item::Key,
    passwords::active_in_session_epoch,
};
use auth::{
    ids::{SessionId, UserId},
    records::Session,
};

impl Store {
    /// Begins a session, in one transaction with the condition that its user is not disabled and still has
    /// the session's epoch: who signs out everywhere does not meet a session begun at the same moment.
    pub async fn create_session(&self, session: &Session) -> Result<Write, StoreError> {
        let parts = vec![
            Expression::absent().put(&self.table, session.to_item())?,
            active_in_session_epoch(session.epoch).check(&self.table, Key::user(session.user))?,
        ];
        Ok(self.transact("create session", parts).await?.into())
    }

    /// A session, over or not.
    pub async fn session(&self, user: UserId, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.get("session", Key::session(user, session)).await
    }

    /// Ends a session. That there is none is as good.
    pub async fn delete_session(&self, user: UserId, session: SessionId) -> Result<(), StoreError> {
        self.delete("delete session", Key::session(user, session), &Expression::always()).await?;
        Ok(())
    }
}
