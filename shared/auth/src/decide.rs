//! The decision: credential, route and records in; allow, forbidden or unauthorized out.
//!
//! This is the one place that decides a 401 or a 403 for a protected route:
//!
//! 1. the credential's organization, user and key or session exist, agree, and are live: else 401
//! 2. the organization and the key allow the caller's address, and the organization allows keys: else 403
//! 3. the route accepts this kind of credential: else 403
//! 4. the key's own restrictions (read-only, spaces) allow the route: else 403
//! 5. the user's role, in the organization or in the space of the path, reaches: else 403
//!
//! INVARIANT: every branch that does not end in `Allow` ends in a refusal; an absent record refuses.

mod reason;

pub use reason::{Forbidden, Unauthorized};
pub(crate) use reason::{attributable, authenticated_fault};

use crate::{
    access::{
        Access, CredentialKind, OrganizationRole, RestrictedKeys, Route, Scope, SpaceRole,
        effective_space_role,
    },
    api_key::{ApiKey, SecretHash},
    ids::{KeyId, OrganizationId, SessionId, Slug, SpaceId, UserId},
    records::{KeySpaces, Membership, Policy, Session, SessionKind, Space, StoredKey, User, UserKind},
    session::Claims,
};
use std::{fmt, net::IpAddr};
use time::OffsetDateTime;

/// A credential whose own form is valid; whether it is good, the records tell.
pub enum Credential {
    /// An API key, with the hash of the secret that was presented.
    ApiKey {
        /// The organization it names.
        organization: OrganizationId,
        /// The user it names.
        user: UserId,
        /// The key it names.
        key: KeyId,
        /// The hash of its secret.
        hash: SecretHash,
    },
    /// A session token whose signature and claims are valid.
    Session {
        /// The organization it names.
        organization: OrganizationId,
        /// The user it names.
        user: UserId,
        /// The session it names.
        session: SessionId,
        /// When the token was issued. The policy may give it a shorter life than it says.
        issued_at: OffsetDateTime,
    },
}

impl From<&ApiKey> for Credential {
    fn from(key: &ApiKey) -> Self {
        Self::ApiKey { organization: key.organization, user: key.user, key: key.key, hash: key.secret_hash() }
    }
}

impl From<&Claims> for Credential {
    fn from(claims: &Claims) -> Self {
        // A time beyond what can be told is one of the past: closed.
        let issued_at = OffsetDateTime::from_unix_timestamp(claims.iat).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self::Session { organization: claims.org, user: claims.sub, session: claims.sid, issued_at }
    }
}

impl Credential {
    /// The user it names.
    pub const fn user(&self) -> UserId {
        match self {
            Self::ApiKey { user, .. } | Self::Session { user, .. } => *user,
        }
    }

    /// The organization it names.
    pub const fn organization(&self) -> OrganizationId {
        match self {
            Self::ApiKey { organization, .. } | Self::Session { organization, .. } => *organization,
        }
    }

    /// Its own id.
    pub const fn id(&self) -> CredentialId {
        match self {
            Self::ApiKey { key, .. } => CredentialId::ApiKey(*key),
            Self::Session { session, .. } => CredentialId::Session(*session),
        }
    }
}

/// The id of a credential, by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialId {
    /// An API key.
    ApiKey(KeyId),
    /// A session.
    Session(SessionId),
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiKey(id) => id.fmt(f),
            Self::Session(id) => id.fmt(f),
        }
    }
}

/// The parameters of the path that a decision looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path<'a> {
    /// `{space}`.
    pub space: Option<&'a Slug>,
    /// `{id}`, as it was sent.
    pub id: Option<&'a str>,
}

/// When and from where a credential is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// The time of the request.
    pub now: OffsetDateTime,
    /// The caller's address, as the gateway saw it; `None` where it cannot be told.
    pub source: Option<IpAddr>,
}

/// What one read brings. An absent record is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Where the key was moved: to this user, whose are the key, the user and the membership here. The credential's
    /// text still names another.
    pub moved_to: Option<UserId>,
    /// The credential's user.
    pub user: Option<User>,
    /// The API key, where the credential is one.
    pub key: Option<StoredKey>,
    /// The session, where the credential is one's token.
    pub session: Option<Session>,
    /// The organization's policy.
    pub policy: Option<Policy>,
    /// The space of the path.
    pub space: Option<Space>,
    /// The user's membership under the slug of the path.
    pub membership: Option<Membership>,
}

impl Records {
    /// Whose the credential is: the user that it names, or that its key was moved to.
    pub fn owner(&self, credential: &Credential) -> UserId {
        match credential {
            Credential::ApiKey { user, .. } => self.moved_to.unwrap_or(*user),
            Credential::Session { user, .. } => *user,
        }
    }
}

/// Who calls, as the functions behind the authorizer see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// Its organization.
    pub organization: OrganizationId,
    /// Its role there.
    pub organization_role: OrganizationRole,
    /// The kind of credential it used.
    pub credential_kind: CredentialKind,
    /// The credential it used.
    pub credential: CredentialId,
    /// The space of the path and the effective role in it.
    pub space: Option<(SpaceId, SpaceRole)>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go on, as this caller.
    Allow(Caller),
    /// 403: the credential is good, the permission is missing.
    Forbidden(Forbidden),
    /// 401: the credential is not good.
    Unauthorized(Unauthorized),
}

/// Whether `credential` may use `route` with `path` in these circumstances, by what `records` say.
pub fn decide(
    credential: &Credential,
    route: &Route,
    path: &Path<'_>,
    records: &Records,
    circumstances: &Circumstances,
) -> Decision {
    let subject = match authenticate(credential, records, circumstances.now) {
        Ok(subject) => subject,
        Err(reason) => return Decision::Unauthorized(reason),
    };
    let permitted = permitted_here(&subject, circumstances.source);
    match permitted.and_then(|()| authorize(credential, &subject, route, path, records)) {
        Ok(caller) => Decision::Allow(caller),
        Err(reason) => Decision::Forbidden(reason),
    }
}

/// An authenticated credential: the user, and the key where it is one.
struct Subject<'a> {
    user: &'a User,
    policy: &'a Policy,
    kind: CredentialKind,
    key: Option<&'a StoredKey>,
}

fn authenticate<'a>(
    credential: &Credential,
    records: &'a Records,
    now: OffsetDateTime,
) -> Result<Subject<'a>, Unauthorized> {
    let user = records.user.as_ref().ok_or(Unauthorized::Unknown)?;
    let policy = records.policy.as_ref().ok_or(Unauthorized::Unknown)?;
    if user.id != records.owner(credential)
        || user.organization != credential.organization()
        || policy.organization != user.organization
    {
        return Err(Unauthorized::Mismatch);
    }
    let (kind, key) = match credential {
        Credential::ApiKey { key, hash, .. } => {
            let stored = records.key.as_ref().ok_or(Unauthorized::Unknown)?;
            good_key(stored, *key, hash, user, policy, now)?;
            (CredentialKind::ApiKey, Some(stored))
        }
        Credential::Session { session, issued_at, .. } => {
            let stored = records.session.as_ref().ok_or(Unauthorized::Unknown)?;
            let kind = good_session(stored, *session, user, policy, now)?;
            if now >= policy.token_ends_at(*issued_at) {
                return Err(Unauthorized::Expired);
            }
            (kind, None)
        }
    };
    if user.disabled {
        return Err(Unauthorized::Disabled);
    }
    if policy.suspended {
        return Err(Unauthorized::Suspended);
    }
    Ok(Subject { user, policy, kind, key })
}

fn good_key(
    stored: &StoredKey,
    id: KeyId,
    hash: &SecretHash,
    user: &User,
    policy: &Policy,
    now: OffsetDateTime,
) -> Result<(), Unauthorized> {
    if stored.id != id || stored.user != user.id || stored.organization != user.organization {
        return Err(Unauthorized::Mismatch);
    }
    // The secret first: who does not hold it learns nothing of the key's state, not even by timing.
    let current = stored.hash == *hash;
    let previous = stored.previous.as_ref().filter(|it| it.hash == *hash && now < it.expires_at);
    let made_at = match previous {
        _ if current => stored.secret_made_at(),
        Some(previous) => previous.made_at,
        None => return Err(Unauthorized::Secret),
    };
    if stored.revoked_at.is_some() || stored.epoch != user.key_epoch {
        return Err(Unauthorized::Revoked);
    }
    if !stored.is_live(now) || policy.secret_ends_at(made_at).is_some_and(|end| now >= end) {
        return Err(Unauthorized::Expired);
    }
    Ok(())
}

/// Whether a session is good, for `user` and by `policy`, and what it may do. Asked by every decision, and by a
/// refresh.
///
/// # Errors
/// The first reason why it is not.
pub fn good_session(
    stored: &Session,
    id: SessionId,
    user: &User,
    policy: &Policy,
    now: OffsetDateTime,
) -> Result<CredentialKind, Unauthorized> {
    if stored.id != id || stored.user != user.id || stored.organization != user.organization {
        return Err(Unauthorized::Mismatch);
    }
    if user.kind == UserKind::ServiceAccount {
        return Err(Unauthorized::ServiceAccount);
    }
    if stored.epoch != user.session_epoch {
        return Err(Unauthorized::Revoked);
    }
    if now >= stored.expires_at || now >= policy.session_ends_at(stored.created_at) {
        return Err(Unauthorized::Expired);
    }
    Ok(match stored.kind {
        SessionKind::Full => CredentialKind::Session,
        SessionKind::PasswordChange => CredentialKind::PasswordChange,
    })
}

/// What the organization, and the key, say of where and whether it is used at all.
fn permitted_here(subject: &Subject<'_>, source: Option<IpAddr>) -> Result<(), Forbidden> {
    let admitted =
        subject.policy.addresses.admit(source) && subject.key.is_none_or(|key| key.addresses.admit(source));
    if !admitted {
        return Err(Forbidden::Address);
    }
    if subject.key.is_some() && !subject.policy.api_keys_allowed {
        return Err(Forbidden::ApiKeys);
    }
    Ok(())
}

fn authorize(
    credential: &Credential,
    subject: &Subject<'_>,
    route: &Route,
    path: &Path<'_>,
    records: &Records,
) -> Result<Caller, Forbidden> {
    // A public route is not for the authorizer: one that asks all the same is wired wrongly, and closed.
    let Access::Protected { credentials, scope, write } = route.access else {
        return Err(Forbidden::CredentialKind);
    };
    if !credentials.accept(subject.kind) {
        return Err(Forbidden::CredentialKind);
    }
    if write && subject.key.is_some_and(|key| key.read_only) {
        return Err(Forbidden::ReadOnly);
    }
    let space = match scope {
        Scope::Organization { role, restricted_keys } => {
            if subject.user.organization_role < role {
                return Err(Forbidden::OrganizationRole);
            }
            if !restriction_allows(subject.key, restricted_keys, path) {
                return Err(Forbidden::Restricted);
            }
            None
        }
        Scope::Space { role } => Some(role_in_space(subject, role, path, records)?),
    };
    Ok(Caller {
        user: subject.user.id,
        organization: subject.user.organization,
        organization_role: subject.user.organization_role,
        credential_kind: subject.kind,
        credential: credential.id(),
        space,
    })
}

fn restriction_allows(key: Option<&StoredKey>, restricted_keys: RestrictedKeys, path: &Path<'_>) -> bool {
    let Some(key) = key.filter(|key| key.spaces != KeySpaces::All) else {
        return true;
    };
    match restricted_keys {
        RestrictedKeys::Refuse => false,
        RestrictedKeys::Allow => true,
        RestrictedKeys::Itself => path.id.and_then(|id| id.parse().ok()) == Some(key.id),
    }
}

fn role_in_space(
    subject: &Subject<'_>,
    least: SpaceRole,
    path: &Path<'_>,
    records: &Records,
) -> Result<(SpaceId, SpaceRole), Forbidden> {
    let user = subject.user;
    let slug = path.space.ok_or(Forbidden::NoSpace)?;
    let space = records
        .space
        .as_ref()
        .filter(|space| space.organization == user.organization && space.slug == *slug && !space.deleting)
        .ok_or(Forbidden::NoSpace)?;
    // The membership counts only for the space it was made for: a slug used again revives none.
    let membership = records
        .membership
        .as_ref()
        .filter(|it| it.user == user.id && it.organization == user.organization && it.space == space.id)
        .map(|it| it.role);
    let role = effective_space_role(user.organization_role, membership).ok_or(Forbidden::NoSpace)?;
    if subject.key.is_some_and(|key| !key.spaces.contains(space.id)) {
        return Err(Forbidden::Restricted);
    }
    if role < least {
        return Err(Forbidden::SpaceRole);
    }
    Ok((space.id, role))
}

#[cfg(test)]
pub(crate) mod tests;
