//! The one place that spells the table: keys, index, attributes.
//!
//! | Item | pk | sk | gsi1pk / gsi1sk |
//! |---|---|---|---|
//! | User | `USER#<id>` | `PROFILE` | `ORG#<org>#<shard>` / `USER#<email>`, of a service account `SERVICE#<email>` |
//! | Email claim | `EMAIL#<email>` | `EMAIL` | |
//! | Password | `PASSWORD#<user id>` | `PASSWORD` | |
//! | API key | `USER#<id>` | `KEY#<key id>` | `ORG#<org>#<shard>` / `KEY#<created>#<key id>` |
//! | Forwarding of a key that was moved to another user | `USER#<old id>` | `KEY#<key id>` | |
//! | Session | `USER#<id>` | `SESSION#<id>` | |
//! | Refresh state of a session | `SESSIONSECRET#<id>` | `SESSIONSECRET` | |
//! | Membership | `USER#<id>` | `SPACE#<slug>` | `ORG#<org>#SPACE#<slug>` / `USER#<id>` |
//! | Organization | `ORG#<id>` | `ORGANIZATION` | |
//! | Policy, 16 equal copies | `ORG#<id>#<copy>` | `POLICY` | |
//! | Space | `ORG#<id>` | `SPACE#<slug>` | |
//! | Product | `SPACE#<space id>` | `PRODUCT#<id>` | |
//! | Public signing keys, base URL | `JWKS` | `JWKS` | |
//! | One-time token | `ONCE#<SHA-256>` | `ONCE` | |
//! | Attempts on a subject | `THROTTLE#<SHA-256 of the subject>` | `WINDOW` | |
//! | Mail to be sent | `OUTBOX#<shard>` | `<ULID>` | |
//! | Audit event | `AUDIT#<org>#<yyyy-mm>` | `<ULID>` | |
//! | Usage of a key in an hour | `USAGE#<key id>` | `<yyyy-mm-ddThh>` | |
//! | Usage in a day, by key, user, space, route | `ORG#<org>#USAGE#<kind>#<shard>` | `<yyyy-mm-dd>#<name>` | |
//! | Last use of a key | `LASTUSED#<key id>` | `LASTUSED` | |
//! | Marker of a counted chunk of a batch | `USAGE-BATCH#<SHA-256>#<chunk>` | `BATCH` | |
//!
//! A password and a session's refresh state have partitions of their own, which the authorizer's role cannot
//! read. So has the last use of a key: who writes it, writes no user's records.

use crate::StoreError;
use auth::{
    address::AddressKey,
    email::Email,
    ids::{KeyId, OrganizationId, ProductId, SessionId, Slug, SpaceId, UserId},
    one_time::OneTimeHash,
    records::{User, UserKind},
    usage::{Day, DayPosition, Group, GroupBy, Hour},
};
use aws_lc_rs::digest;
use aws_sdk_dynamodb::types::AttributeValue;
use std::{collections::HashMap, fmt::Display};
use time::{OffsetDateTime, UtcOffset};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The index over an organization, and over a space's members.
pub const INDEX: &str = "gsi1";

/// The attribute that DynamoDB's TTL watches: epoch seconds.
pub const TTL_ATTRIBUTE: &str = EXPIRES_AT;

/// How many equal copies of a policy there are. Each is a partition of its own, because every request of
/// an organization reads its policy and a partition serves 3,000 reads a second.
pub const POLICY_COPIES: u8 = 16;

/// Over how many partitions of the index an organization is spread: a partition takes 1,000 writes a
/// second, and each key and user of the organization writes there. A listing asks all of them.
pub const ORGANIZATION_SHARDS: u8 = 4;

/// Over how many partitions the outbox is spread.
const OUTBOX_SHARDS: u8 = 4;

pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";
pub(crate) const INDEX_PK: &str = "gsi1pk";
pub(crate) const INDEX_SK: &str = "gsi1sk";

pub(crate) const ACTION: &str = "action";
pub(crate) const ACTOR: &str = "actor";
pub(crate) const ADDRESSES: &str = "addresses";
pub(crate) const ADMINS: &str = "admins";
pub(crate) const ADDRESS: &str = "address";
pub(crate) const ALLOWED: &str = "allowed";
pub(crate) const API_KEYS_ALLOWED: &str = "api_keys_allowed";
pub(crate) const AT: &str = "at";
pub(crate) const ATTEMPT: &str = "attempt";
pub(crate) const ATTEMPTS: &str = "attempts";
pub(crate) const BASE_URL: &str = "base_url";
pub(crate) const BUCKETS: &str = "buckets";
pub(crate) const CREATED_AT: &str = "created_at";
pub(crate) const CREATED_BY: &str = "created_by";
pub(crate) const CREATED_BY_KEY: &str = "created_by_key";
pub(crate) const CREDENTIAL: &str = "credential";
pub(crate) const CURRENT: &str = "current";
pub(crate) const DELETING: &str = "deleting";
pub(crate) const DETAILS: &str = "details";
pub(crate) const DESCRIPTION: &str = "description";
pub(crate) const DISABLED: &str = "disabled";
pub(crate) const DISABLED_TOLD: &str = "disabled_told";
pub(crate) const EMAIL: &str = "email";
pub(crate) const ENDS_AT: &str = "ends_at";
pub(crate) const EPOCH: &str = "epoch";
pub(crate) const EXPIRES_AT: &str = "expires_at";
pub(crate) const FAILURES: &str = "failures";
pub(crate) const FAULTS: &str = "faults";
pub(crate) const FIRST_USED_AT: &str = "first_used_at";
pub(crate) const FORBIDDEN: &str = "forbidden";
/// Of a key that was moved: from whose place a forwarding leads to it, and until when if not for ever.
pub(crate) const FORWARDED_FROM: &str = "forwarded_from";
pub(crate) const FORWARDED_UNTIL: &str = "forwarded_until";
pub(crate) const GENERATION: &str = "generation";
pub(crate) const HASH: &str = "hash";
pub(crate) const HINT: &str = "hint";
pub(crate) const ID: &str = "id";
pub(crate) const KEYS: &str = "keys";
pub(crate) const KEY_EPOCH: &str = "key_epoch";
pub(crate) const KIND: &str = "kind";
pub(crate) const KNOWN_ADDRESSES: &str = "known_addresses";
pub(crate) const LAST: &str = "last";
pub(crate) const LAST_USED_AT: &str = "last_used_at";
pub(crate) const MADE_AT: &str = "made_at";
pub(crate) const MADE_BY: &str = "made_by";
pub(crate) const MAX_KEY_AGE_DAYS: &str = "max_key_age_days";
pub(crate) const MEMBERS: &str = "members";
/// Of a key that was moved: to whom. Such an item is the way to the key's new place, and no key.
pub(crate) const MOVED_TO: &str = "moved_to";
pub(crate) const MUST_CHANGE: &str = "must_change";
pub(crate) const NAME: &str = "name";
pub(crate) const NEW_ADDRESSES: &str = "new_addresses";
pub(crate) const NOT_BEFORE: &str = "not_before";
pub(crate) const ORGANIZATION: &str = "organization";
pub(crate) const ORGANIZATION_ROLE: &str = "organization_role";
pub(crate) const PASSWORD_VERSION: &str = "password_version";
pub(crate) const PREVIOUS: &str = "previous";
pub(crate) const PURPOSE: &str = "purpose";
pub(crate) const READ_ONLY: &str = "read_only";
pub(crate) const REFRESHED_AT: &str = "refreshed_at";
pub(crate) const REFRESH_ABSOLUTE_SECONDS: &str = "refresh_absolute_seconds";
pub(crate) const REFRESH_IDLE_SECONDS: &str = "refresh_idle_seconds";
pub(crate) const RETIRE_AT: &str = "retire_at";
pub(crate) const REVOKED_AT: &str = "revoked_at";
pub(crate) const ROLE: &str = "role";
pub(crate) const ROTATED_AT: &str = "rotated_at";
pub(crate) const SALT: &str = "salt";
pub(crate) const SESSION_EPOCH: &str = "session_epoch";
pub(crate) const SESSION_SECONDS: &str = "session_seconds";
pub(crate) const SIGN_FROM: &str = "sign_from";
pub(crate) const SLUG: &str = "slug";
pub(crate) const SOURCE_ADDRESS: &str = "source_address";
pub(crate) const SPACE: &str = "space";
pub(crate) const SPACES: &str = "spaces";
pub(crate) const SUSPENDED: &str = "suspended";
pub(crate) const TAGS: &str = "tags";
pub(crate) const TAG_KEY: &str = "tag_key";
pub(crate) const TARGET: &str = "target";
pub(crate) const UNAUTHORIZED: &str = "unauthorized";
pub(crate) const UPDATED_AT: &str = "updated_at";
pub(crate) const UPDATED_BY: &str = "updated_by";
pub(crate) const USER: &str = "user";
pub(crate) const USER_AGENT: &str = "user_agent";
pub(crate) const VERSION: &str = "version";
pub(crate) const X: &str = "x";
pub(crate) const Y: &str = "y";

/// What stands before the id in a key.
pub(crate) mod prefix {
    pub(crate) const USER: &str = "USER#";
    pub(crate) const SERVICE: &str = "SERVICE#";
    pub(crate) const EMAIL: &str = "EMAIL#";
    pub(crate) const PASSWORD: &str = "PASSWORD#";
    pub(crate) const KEY: &str = "KEY#";
    pub(crate) const SESSION: &str = "SESSION#";
    pub(crate) const SPACE: &str = "SPACE#";
    pub(crate) const ORGANIZATION: &str = "ORG#";
    pub(crate) const PRODUCT: &str = "PRODUCT#";
    pub(crate) const SESSION_SECRET: &str = "SESSIONSECRET#";
    pub(crate) const ONCE: &str = "ONCE#";
    pub(crate) const THROTTLE: &str = "THROTTLE#";
    pub(crate) const OUTBOX: &str = "OUTBOX#";
    pub(crate) const AUDIT: &str = "AUDIT#";
    pub(crate) const USAGE: &str = "USAGE#";
    pub(crate) const USAGE_BATCH: &str = "USAGE-BATCH#";
    pub(crate) const LAST_USED: &str = "LASTUSED#";
    /// Of an attribute, not of a key: what stands before a method and route that is counted.
    pub(crate) const ROUTE: &str = "route#";
}

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Display, sk: impl Display) -> Self {
        Self { pk: pk.to_string(), sk: sk.to_string() }
    }

    pub(crate) fn user(user: UserId) -> Self {
        Self::new(user_partition(user), "PROFILE")
    }

    pub(crate) fn email(email: &Email) -> Self {
        Self::new(format_args!("{}{email}", prefix::EMAIL), "EMAIL")
    }

    pub(crate) fn password(user: UserId) -> Self {
        Self::new(format_args!("{}{user}", prefix::PASSWORD), "PASSWORD")
    }

    pub(crate) fn api_key(user: UserId, key: KeyId) -> Self {
        Self::new(user_partition(user), format_args!("{}{key}", prefix::KEY))
    }

    pub(crate) fn session(user: UserId, session: SessionId) -> Self {
        Self::new(user_partition(user), format_args!("{}{session}", prefix::SESSION))
    }

    pub(crate) fn session_secret(session: SessionId) -> Self {
        Self::new(format_args!("{}{session}", prefix::SESSION_SECRET), "SESSIONSECRET")
    }

    pub(crate) fn one_time(hash: OneTimeHash) -> Self {
        Self::new(format_args!("{}{}", prefix::ONCE, hash.to_hex()), "ONCE")
    }

    pub(crate) fn throttle(subject: &Subject) -> Self {
        Self::new(format_args!("{}{}", prefix::THROTTLE, subject.0), "WINDOW")
    }

    /// The shard follows from the id.
    pub(crate) fn outbox(id: &str) -> Self {
        let shard = id.bytes().last().unwrap_or_default() % OUTBOX_SHARDS;
        Self::new(format_args!("{}{shard}", prefix::OUTBOX), id)
    }

    pub(crate) fn audit(organization: OrganizationId, at: OffsetDateTime, id: &str) -> Self {
        Self::new(audit_partition(organization, at), id)
    }

    pub(crate) fn membership(user: UserId, slug: &Slug) -> Self {
        Self::new(user_partition(user), format_args!("{}{slug}", prefix::SPACE))
    }

    pub(crate) fn organization(organization: OrganizationId) -> Self {
        Self::new(organization_partition(organization), "ORGANIZATION")
    }

    /// Any `copy` names one of the [`POLICY_COPIES`]: it is taken modulo their number.
    pub(crate) fn policy(organization: OrganizationId, copy: u8) -> Self {
        let copy = copy % POLICY_COPIES;
        Self::new(format_args!("{}#{copy}", organization_partition(organization)), "POLICY")
    }

    pub(crate) fn space(organization: OrganizationId, slug: &Slug) -> Self {
        Self::new(organization_partition(organization), format_args!("{}{slug}", prefix::SPACE))
    }

    pub(crate) fn product(space: SpaceId, product: ProductId) -> Self {
        Self::new(product_partition(space), format_args!("{}{product}", prefix::PRODUCT))
    }

    pub(crate) fn usage_hour(key: KeyId, hour: Hour) -> Self {
        Self::new(usage_partition(key), hour)
    }

    pub(crate) fn usage_day(group: &Group, day: Day) -> Self {
        let shard = usage_shard(&group.name);
        let position = DayPosition { day, name: group.name.clone() };
        Self::new(usage_days_partition(group.organization, group.by, shard), position)
    }

    pub(crate) fn last_use(key: KeyId) -> Self {
        Self::new(format_args!("{}{key}", prefix::LAST_USED), "LASTUSED")
    }

    pub(crate) fn usage_batch(batch: &str, chunk: usize) -> Self {
        Self::new(format_args!("{}{batch}#{chunk}", prefix::USAGE_BATCH), "BATCH")
    }

    pub(crate) fn signing_keys() -> Self {
        Self::new("JWKS", "JWKS")
    }

    /// The key of an item that was read.
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        let part = |name| match item.get(name) {
            Some(AttributeValue::S(text)) => Ok(text.clone()),
            _ => Err(StoreError::Corrupt { record: "unknown", attribute: name }),
        };
        Ok(Self { pk: part(PK)?, sk: part(SK)? })
    }

    /// The key as the start of an item.
    pub(crate) fn into_item(self) -> Item {
        HashMap::from([(PK.to_owned(), text(self.pk)), (SK.to_owned(), text(self.sk))])
    }
}

/// What attempts are counted by. A hash, so that the table's keys name no address and no email.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject(String);

impl Subject {
    /// Logins to an account that may not exist.
    pub fn account(email: &Email) -> Self {
        Self::of("account", email)
    }

    /// Logins from an address.
    pub fn address(address: &AddressKey) -> Self {
        Self::of("address", address)
    }

    /// Logins of a user from an address that it has logged in from.
    pub fn known(user: UserId, address: &AddressKey) -> Self {
        Self::of("known", format_args!("{user} {address}"))
    }

    /// Reset mails to an address of email.
    pub fn forgot_account(email: &Email) -> Self {
        Self::of("forgot account", email)
    }

    /// Reset mails asked for from an address.
    pub fn forgot_address(address: &AddressKey) -> Self {
        Self::of("forgot address", address)
    }

    fn of(kind: &str, name: impl Display) -> Self {
        let hash = digest::digest(&digest::SHA256, format!("{kind} {name}").as_bytes());
        Self(hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The partition of a user: the profile, the keys, the sessions, the memberships.
pub(crate) fn user_partition(user: UserId) -> String {
    format!("{}{user}", prefix::USER)
}

/// The partition of an organization: itself and its spaces.
pub(crate) fn organization_partition(organization: OrganizationId) -> String {
    format!("{}{organization}", prefix::ORGANIZATION)
}

/// The partition of an organization's audit events in the month of `at`.
pub(crate) fn audit_partition(organization: OrganizationId, at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{}{organization}#{:04}-{:02}", prefix::AUDIT, at.year(), u8::from(at.month()))
}

/// The partition of a space's products.
pub(crate) fn product_partition(space: SpaceId) -> String {
    format!("{}{space}", prefix::SPACE)
}

/// Over how many partitions an organization's days of one kind are spread: a partition takes 1,000 writes a second.
pub(crate) const USAGE_SHARDS: u8 = 4;

/// The partition of a key's hours.
pub(crate) fn usage_partition(key: KeyId) -> String {
    format!("{}{key}", prefix::USAGE)
}

/// The partition of an organization's days of one kind: one of [`USAGE_SHARDS`].
pub(crate) fn usage_days_partition(organization: OrganizationId, by: GroupBy, shard: u8) -> String {
    format!("{}#{}{}#{shard}", organization_partition(organization), prefix::USAGE, by.as_str())
}

/// In which shard the days of this name stand.
fn usage_shard(name: &str) -> u8 {
    let hash = digest::digest(&digest::SHA256, name.as_bytes());
    hash.as_ref().last().copied().unwrap_or_default() % USAGE_SHARDS
}

/// The index's partitions of an organization, all of them: users and keys stand in the one that the low
/// bits of their id name.
pub fn organization_shards(organization: OrganizationId) -> impl Iterator<Item = String> {
    (0..ORGANIZATION_SHARDS).map(move |shard| index_partition(organization, u64::from(shard)))
}

/// The index's partition of the item with these id bits.
pub(crate) fn index_partition(organization: OrganizationId, bits: u64) -> String {
    format!("{}#{}", organization_partition(organization), bits % u64::from(ORGANIZATION_SHARDS))
}

/// The index's keys of a user: people and service accounts are listed apart.
pub(crate) fn user_index(user: &User) -> (String, String) {
    (index_partition(user.organization, user.id.bits()), user_position(user.kind, user.email.as_str()))
}

/// The index's sort key of the user of this kind and email address, or the start of those of several.
pub(crate) fn user_position(kind: UserKind, email: &str) -> String {
    let kind = match kind {
        UserKind::Human => prefix::USER,
        UserKind::ServiceAccount => prefix::SERVICE,
    };
    format!("{kind}{email}")
}

/// The index's keys of an API key: by creation, with room for ten digits and more of seconds.
pub(crate) fn key_index(
    organization: OrganizationId,
    key: KeyId,
    created: OffsetDateTime,
) -> (String, String) {
    let seconds = created.unix_timestamp();
    (index_partition(organization, key.bits()), format!("{}{seconds:012}#{key}", prefix::KEY))
}

/// The index's keys of a membership: a space's members stand together.
pub(crate) fn membership_index(organization: OrganizationId, slug: &Slug, user: UserId) -> (String, String) {
    let partition = format!("{}#{}{slug}", organization_partition(organization), prefix::SPACE);
    (partition, user_partition(user))
}

/// A string value.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number value.
pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A time value: epoch seconds, rounded down.
pub(crate) fn time(value: OffsetDateTime) -> AttributeValue {
    number(value.unix_timestamp())
}

/// A time value to the millisecond, rounded down: where seconds are too coarse.
pub(crate) fn millis(value: OffsetDateTime) -> AttributeValue {
    number(value.unix_timestamp_nanos().div_euclid(1_000_000))
}

/// An absent value, written out: an attribute that is missing is a fault and never a default.
pub(crate) fn null() -> AttributeValue {
    AttributeValue::Null(true)
}
