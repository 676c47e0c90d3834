//! What the store keeps, as the decisions see it. No field here names a table, a key or an index.

use crate::{
    access::{OrganizationRole, SpaceRole},
    address::{AddressKey, Addresses},
    api_key::SecretHash,
    email::Email,
    ids::{KeyId, OrganizationId, SessionId, Slug, SpaceId, UserId},
    password::PasswordHash,
    throttle::{AttemptState, MAX_FAILURES},
};
use time::OffsetDateTime;

pub use crate::policy::Policy;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name, for people.
    pub name: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// How many of its users are active organization admins: the last one stays.
    pub admins: u32,
}

/// Who may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserKind {
    /// A person: logs in with a password.
    Human,
    /// A user that cannot log in and acts through API keys.
    ServiceAccount,
}

impl UserKind {
    /// The word for it in the API and in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::ServiceAccount => "service_account",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Human, Self::ServiceAccount].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A user, human or service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The one organization it belongs to.
    pub organization: OrganizationId,
    /// The name under which it logs in. Unique in the deployment.
    pub email: Email,
    /// Its name, for people.
    pub name: String,
    /// Human or service account.
    pub kind: UserKind,
    /// Its role in the organization.
    pub organization_role: OrganizationRole,
    /// A disabled user's credentials are refused, all of them.
    pub disabled: bool,
    /// Sessions copy it when they are made and are refused once it differs.
    pub session_epoch: u64,
    /// API keys copy it when they are made and are refused once it differs.
    pub key_epoch: u64,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

/// A user's password, in a partition of its own that the authorizer cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPassword {
    /// Whose it is.
    pub user: UserId,
    /// argon2id, as a PHC string.
    pub hash: PasswordHash,
    /// Counts the changes; the condition of the next one.
    pub version: u64,
    /// A first password: it opens a session that can change it and nothing else.
    pub must_change: bool,
    /// The attempts on it.
    pub throttle: AttemptState,
    /// Consecutive failures, however long they take. A success or a reset ends them.
    pub failures: u32,
    /// Addresses from which it was entered rightly, newest first, at most [`StoredPassword::KNOWN`].
    pub known_addresses: Vec<AddressKey>,
    /// Whether its user was told that too many failures have disabled it.
    pub disabled_told: bool,
}

impl StoredPassword {
    /// How many addresses are remembered.
    pub const KNOWN: usize = 8;

    /// A password that nobody has tried yet.
    pub const fn new(user: UserId, hash: PasswordHash, must_change: bool) -> Self {
        let throttle = AttemptState { attempts: 0, not_before: None, last: None };
        Self {
            user,
            hash,
            version: 1,
            must_change,
            throttle,
            failures: 0,
            known_addresses: Vec::new(),
            disabled_told: false,
        }
    }

    /// Whether it opens nothing any more until it is reset.
    pub const fn is_disabled(&self) -> bool {
        self.failures >= MAX_FAILURES
    }

    /// The known addresses after a success at `address`.
    pub fn remembering(&self, address: &AddressKey) -> Vec<AddressKey> {
        let others = self.known_addresses.iter().filter(|it| *it != address);
        [address].into_iter().chain(others).take(Self::KNOWN).cloned().collect()
    }
}

/// What a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// Whatever its user may.
    Full,
    /// Change the password that opened it, and nothing else.
    PasswordChange,
}

impl SessionKind {
    /// The word for it in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::PasswordChange => "password_change",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Full, Self::PasswordChange].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A session, from login to logout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, the `sid` of its tokens.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// Its user's organization.
    pub organization: OrganizationId,
    /// What it may do.
    pub kind: SessionKind,
    /// The user's `session_epoch` when it was made.
    pub epoch: u64,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// After this it is refused, whatever its tokens say and however often it is refreshed.
    pub expires_at: OffsetDateTime,
    /// The address that logged in, as the gateway saw it.
    pub source_address: String,
    /// The browser that logged in, as it named itself; cut at 256 characters.
    pub user_agent: String,
}

/// One space that a key is restricted to. The slug is for people; the id decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpace {
    /// The space.
    pub id: SpaceId,
    /// Its name in paths.
    pub slug: Slug,
}

/// Which spaces a key reaches, of those its user reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySpaces {
    /// Each of the user's spaces, and the routes outside of spaces.
    All,
    /// These, and of the other routes only a few. Empty means none.
    Only(Vec<KeySpace>),
}

impl KeySpaces {
    /// Whether `space` is among them.
    pub fn contains(&self, space: SpaceId) -> bool {
        match self {
            Self::All => true,
            Self::Only(spaces) => spaces.iter().any(|each| each.id == space),
        }
    }
}

/// The secret that a rotation replaced, good until its overlap ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousSecret {
    /// Its hash.
    pub hash: SecretHash,
    /// When it was made: the policy's greatest age counts from then.
    pub made_at: OffsetDateTime,
    /// The end of the overlap.
    pub expires_at: OffsetDateTime,
}

/// The place that a key was moved from, which leads to it: a text made before the move names that place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forwarding {
    /// The user who had it.
    pub from: UserId,
    /// It leads here no longer than this; `None` until the next rotation.
    pub until: Option<OffsetDateTime>,
}

/// An API key as it is stored: never the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its id, which outlives rotations.
    pub id: KeyId,
    /// Whose permissions it has.
    pub user: UserId,
    /// Its user's organization.
    pub organization: OrganizationId,
    /// Its name, for people.
    pub name: String,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// The last four characters of the key, to recognize it by.
    pub hint: String,
    /// The secret before the last rotation, while it overlaps.
    pub previous: Option<PreviousSecret>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// The last rotation.
    pub rotated_at: Option<OffsetDateTime>,
    /// Refused from then on; `None` is a key without end.
    pub expires_at: Option<OffsetDateTime>,
    /// Whether it only reads.
    pub read_only: bool,
    /// Which spaces it reaches.
    pub spaces: KeySpaces,
    /// From where it may be used, within what the organization allows.
    pub addresses: Addresses,
    /// The key that made it: revoking that one revokes this one.
    pub created_by_key: Option<KeyId>,
    /// The user's `key_epoch` when it was made.
    pub epoch: u64,
    /// The place that it was moved from, while that leads here.
    pub forwarding: Option<Forwarding>,
    /// Revoked then. It stays as a tombstone for a while, so that revoking again is no error.
    pub revoked_at: Option<OffsetDateTime>,
    /// Counts the changes; the condition of the next one.
    pub version: u64,
}

impl StoredKey {
    /// When its current secret was made.
    pub fn secret_made_at(&self) -> OffsetDateTime {
        self.rotated_at.unwrap_or(self.created_at)
    }

    /// Whether a text that names another user still leads here at `now`.
    pub fn is_forwarded(&self, now: OffsetDateTime) -> bool {
        self.forwarding.is_some_and(|it| it.until.is_none_or(|end| now < end))
    }

    /// Neither revoked nor expired at `now`.
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A space of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Its name in paths, unique in the organization.
    pub slug: Slug,
    /// Its name, for people.
    pub name: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// How many of its members are Admins: the last one stays.
    pub admins: u32,
    /// How many members it has: 0 in a space that a deletion has emptied.
    pub members: u32,
    /// It is being deleted: nobody reaches it, and nobody enters it any more.
    pub deleting: bool,
}

/// A user's place in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub user: UserId,
    /// The user's and the space's organization.
    pub organization: OrganizationId,
    /// The space's name in paths.
    pub slug: Slug,
    /// The space: a slug that is used again revives no membership.
    pub space: SpaceId,
    /// As what.
    pub role: SpaceRole,
}

#[cfg(test)]
mod tests;
