//! Sessions: begun, listed, refreshed, ended.
//!
//! A session is two items: itself, which every decision reads, and its refresh state in a partition of its own,
//! which only a refresh reads. They begin and end together.

use crate::{
    Store, StoreError, Write,
    codec::{PolicyCopy, Readable as _, Reader, Record as _, changed},
    expression::Expression,
    item::{CURRENT, EPOCH, GENERATION, Key, REFRESHED_AT, SESSION_EPOCH, number, prefix, user_partition},
    passwords::{active_in_session_epoch, next_epoch},
    read::{BATCH_KEYS, Listing},
    transact::Transaction,
    write::Attempt,
};
use auth::{
    audit::AuditEvent,
    ids::{OrganizationId, SessionId, UserId},
    records::{Policy, Session, User},
    refresh::RefreshState,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use time::OffsetDateTime;

/// What a refresh looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefreshRecords {
    /// The user.
    pub user: Option<User>,
    /// The session.
    pub session: Option<Session>,
    /// The organization's policy.
    pub policy: Option<Policy>,
    /// The session's refresh state.
    pub state: Option<RefreshState>,
}

/// Some of a user's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPage {
    /// In the order of their ids, also those that are over and not yet deleted, or whose epoch was ended.
    pub sessions: Vec<Session>,
    /// The session to go on after; `None` at the end.
    pub next: Option<SessionId>,
}

/// What became of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Rotation {
    /// The state is now the next one.
    Done,
    /// Another rotation came first, or the session has ended. The state as it is, if it is.
    Lost(Option<Box<RefreshState>>),
}

impl Store {
    /// Begins a session, with its refresh state if it can be refreshed, in one transaction with the condition
    /// that its user is not disabled and still has the session's epoch: who signs out everywhere does not meet a
    /// session begun at the same moment.
    pub async fn create_session(
        &self,
        session: &Session,
        state: Option<&RefreshState>,
    ) -> Result<Write, StoreError> {
        let mut parts = self.new_session(session, state)?;
        parts.push(active_in_session_epoch(session.epoch).check(&self.table, Key::user(session.user))?);
        Ok(self.transact("create session", parts).await?.into())
    }

    /// The parts of a transaction that begin a session.
    pub(crate) fn new_session(
        &self,
        session: &Session,
        state: Option<&RefreshState>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut parts = vec![Expression::absent().put(&self.table, session.to_item())?];
        if let Some(state) = state {
            parts.push(Expression::absent().put(&self.table, state.to_item())?);
        }
        Ok(parts)
    }

    /// A session, over or not.
    pub async fn session(&self, user: UserId, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.get("session", Key::session(user, session)).await
    }

    /// Every session of a user, also those that are over and not yet deleted, or whose epoch was ended.
    pub async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.all("list sessions", user_partition(user), prefix::SESSION).await
    }

    /// At most `limit` of a user's sessions, from behind `after`.
    pub async fn sessions_page(
        &self,
        user: UserId,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<SessionPage, StoreError> {
        // One more, to know whether one follows.
        let listing = Listing {
            partition: user_partition(user),
            prefix: prefix::SESSION,
            filter: Expression::always(),
            after: after.map(|session| Key::session(user, session)),
            limit: Some(limit.saturating_add(1)),
            backwards: false,
        };
        let (items, _) = self.page("list sessions", &listing).await?;
        let sessions = items.iter().take(limit).map(Session::from_item).collect::<Result<Vec<_>, _>>()?;
        let next = sessions.last().filter(|_| items.len() > limit).map(|session| session.id);
        Ok(SessionPage { sessions, next })
    }

    /// The refresh states of these sessions, in no order; a session that cannot be refreshed has none.
    pub async fn refresh_states(&self, sessions: &[SessionId]) -> Result<Vec<RefreshState>, StoreError> {
        let mut states = Vec::with_capacity(sessions.len());
        for some in sessions.chunks(BATCH_KEYS) {
            let keys: Vec<Key> = some.iter().map(|id| Key::session_secret(*id)).collect();
            let found = self.batch_get("refresh states", keys.clone()).await?;
            for key in &keys {
                states.extend(found.record(key)?);
            }
        }
        Ok(states)
    }

    /// When each of these sessions was last refreshed, in no order; one that cannot be refreshed is passed over.
    /// Nothing else of their refresh states is read.
    pub async fn refreshes(
        &self,
        sessions: &[SessionId],
    ) -> Result<Vec<(SessionId, OffsetDateTime)>, StoreError> {
        let mut refreshes = Vec::with_capacity(sessions.len());
        for some in sessions.chunks(BATCH_KEYS) {
            let keys: Vec<Key> = some.iter().map(|id| Key::session_secret(*id)).collect();
            let found = self.batch_get_attribute("refreshes", keys.clone(), REFRESHED_AT).await?;
            for (id, key) in some.iter().zip(&keys) {
                let at = found.item(key).map(|item| Reader::new(item, RefreshState::NAME).time(REFRESHED_AT));
                refreshes.extend(at.transpose()?.map(|at| (*id, at)));
            }
        }
        Ok(refreshes)
    }

    /// The user, the session, its refresh state and one copy of the policy: one strongly consistent read.
    pub async fn refresh_records(
        &self,
        organization: OrganizationId,
        user: UserId,
        session: SessionId,
        policy_copy: u8,
    ) -> Result<RefreshRecords, StoreError> {
        let (profile, item) = (Key::user(user), Key::session(user, session));
        let (state, policy) = (Key::session_secret(session), Key::policy(organization, policy_copy));
        let keys = vec![profile.clone(), item.clone(), state.clone(), policy.clone()];
        let found = self.batch_get("refresh", keys).await?;
        Ok(RefreshRecords {
            user: found.record(&profile)?,
            session: found.record(&item)?,
            policy: found.item(&policy).map(PolicyCopy::read).transpose()?,
            state: found.record(&state)?,
        })
    }

    /// Makes `next` the refresh state if that is still `read`: one conditional update. Ending a session deletes
    /// the state, so that an ended one is not refreshed.
    pub async fn rotate_refresh(
        &self,
        read: &RefreshState,
        next: &RefreshState,
    ) -> Result<Rotation, StoreError> {
        let [_, (_, current), ..] = changed(read);
        let change = Expression::exists()
            .equals(GENERATION, number(read.generation))
            .equals(CURRENT, current)
            .set_all(changed(next));
        match self.update("refresh", Key::session_secret(read.session), &change).await? {
            Attempt::Done(_) => Ok(Rotation::Done),
            Attempt::Lost(None) => Ok(Rotation::Lost(None)),
            Attempt::Lost(Some(item)) => {
                let found = RefreshState::from_item(&item)?;
                // Our own, whose answer was lost: nobody else drew this salt. Another may have gone on from it.
                let before = found.previous.as_ref().map(|it| it.hash);
                let ours = found.current == next.current || before == Some(next.current);
                Ok(if ours { Rotation::Done } else { Rotation::Lost(Some(Box::new(found))) })
            }
        }
    }

    /// Ends a session. That there is none is as good, and records nothing.
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<(), StoreError> {
        let ends = |this: Expression| -> Result<_, StoreError> {
            Ok(vec![
                this.delete(&self.table, Key::session(user, session))?,
                Expression::always().delete(&self.table, Key::session_secret(session))?,
            ])
        };
        if self.records() {
            let sent = self.transact("end session", ends(Expression::exists())?).await?;
            if let Transaction::Committed = sent {
                return Ok(());
            }
        }
        // Half of it may be left.
        self.silent().transact("end session", ends(Expression::always())?).await?;
        Ok(())
    }

    /// Ends a session that can be refreshed, and writes `event` in the same transaction. Where it has ended
    /// already, nothing is written.
    pub async fn end_session_for(
        &self,
        user: UserId,
        session: SessionId,
        event: &AuditEvent,
    ) -> Result<Write, StoreError> {
        let parts = vec![
            Expression::exists().delete(&self.table, Key::session_secret(session))?,
            Expression::always().delete(&self.table, Key::session(user, session))?,
            self.event_part(event)?,
        ];
        match self.transact("end session", parts).await? {
            Transaction::Committed => Ok(Write::Done),
            Transaction::Lost(_) => {
                // Half of it may be left of a session that can no longer be refreshed.
                self.end_session(user, session).await?;
                Ok(Write::Conflict)
            }
        }
    }

    /// Ends every session of a user but one, which must still be there: one transaction, however many they are.
    /// [`Write::Conflict`] where the user's epoch or the session had changed.
    pub async fn end_other_sessions(&self, user: &User, keep: SessionId) -> Result<Write, StoreError> {
        let epoch = next_epoch(user)?;
        let profile = active_in_session_epoch(user.session_epoch).set(SESSION_EPOCH, number(epoch));
        let parts = vec![
            profile.update(&self.table, Key::user(user.id))?,
            kept(user, epoch).update(&self.table, Key::session(user.id, keep))?,
        ];
        Ok(self.transact("end other sessions", parts).await?.into())
    }
}

/// The session of the user's present epoch goes on in the next one.
pub(crate) fn kept(user: &User, epoch: u64) -> Expression {
    Expression::exists().equals(EPOCH, number(user.session_epoch)).set(EPOCH, number(epoch))
}
