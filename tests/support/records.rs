//! Sample records, each with another value in each field.

use auth::{
    access::{OrganizationRole, SpaceRole},
    address::Addresses,
    api_key::SecretHash,
    ids::{KeyId, OrganizationId, ProductId, SessionId, Slug, SpaceId, UserId},
    password::PasswordHash,
    records::{
        KeySpaces, Membership, Organization, Policy, Session, SessionKind, Space, StoredKey, StoredPassword,
        User, UserKind,
    },
};
use store::Product;
use time::{OffsetDateTime, macros::datetime};

/// When the tests happen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-04 05:06:07 UTC);

/// The organization of the tests.
pub(crate) const ORG: OrganizationId = OrganizationId::from_bits(11);

pub(crate) fn organization() -> Organization {
    Organization { id: ORG, name: "Qarion".to_owned(), created_at: NOW, admins: 1 }
}

pub(crate) fn policy() -> Policy {
    Policy::initial(ORG)
}

/// A member of the organization whose id and address come from `bits`.
pub(crate) fn user(bits: u64) -> User {
    User {
        id: UserId::from_bits(bits),
        organization: ORG,
        email: format!("user-{bits}@example.com").parse().unwrap(),
        name: format!("User {bits}"),
        kind: UserKind::Human,
        organization_role: OrganizationRole::Member,
        disabled: false,
        session_epoch: 3,
        key_epoch: 5,
        created_at: NOW,
    }
}

/// An organization admin.
pub(crate) fn admin(bits: u64) -> User {
    User { organization_role: OrganizationRole::Admin, ..user(bits) }
}

/// A hash that belongs to no password; another for each `tag`.
pub(crate) fn password_hash(tag: char) -> PasswordHash {
    let text =
        format!("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA${}", tag.to_string().repeat(42) + "A");
    PasswordHash::parse(&text).unwrap()
}

pub(crate) fn password(user: &User) -> StoredPassword {
    StoredPassword::new(user.id, password_hash('B'), true)
}

pub(crate) fn session(user: &User, bits: u64) -> Session {
    Session {
        id: SessionId::from_bits(bits),
        user: user.id,
        organization: user.organization,
        kind: SessionKind::Full,
        epoch: user.session_epoch,
        created_at: NOW,
        expires_at: NOW + time::Duration::minutes(15),
        source_address: "192.0.2.7".to_owned(),
        user_agent: "test".to_owned(),
    }
}

pub(crate) fn secret_hash(byte: u8) -> SecretHash {
    SecretHash::from_slice(&[byte; 32]).unwrap()
}

/// A key that a session made.
pub(crate) fn key(user: &User, bits: u64) -> StoredKey {
    StoredKey {
        id: KeyId::from_bits(bits),
        user: user.id,
        organization: user.organization,
        name: format!("Key {bits}"),
        hash: secret_hash(1),
        hint: "abcd".to_owned(),
        previous: None,
        created_at: NOW,
        rotated_at: None,
        expires_at: None,
        read_only: false,
        spaces: KeySpaces::All,
        addresses: Addresses::Any,
        created_by_key: None,
        epoch: user.key_epoch,
        forwarding: None,
        revoked_at: None,
        version: 1,
    }
}

/// A key that the key `parent` made.
pub(crate) fn key_of(user: &User, parent: u64, bits: u64) -> StoredKey {
    StoredKey { created_by_key: Some(KeyId::from_bits(parent)), ..key(user, bits) }
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub(crate) fn space(bits: u64, name: &str) -> Space {
    Space {
        id: SpaceId::from_bits(bits),
        organization: ORG,
        slug: slug(name),
        name: name.to_uppercase(),
        created_at: NOW,
        admins: 0,
        members: 0,
        deleting: false,
    }
}

pub(crate) fn membership(user: &User, space: &Space, role: SpaceRole) -> Membership {
    Membership {
        user: user.id,
        organization: user.organization,
        slug: space.slug.clone(),
        space: space.id,
        role,
    }
}

pub(crate) fn product(space: &Space, bits: u64) -> Product {
    Product {
        id: ProductId::from_bits(bits),
        space: space.id,
        name: format!("Product {bits}"),
        description: String::new(),
        tags: vec!["one".to_owned(), "two".to_owned()],
        version: 1,
        created_at: NOW,
        updated_at: NOW,
        created_by: UserId::from_bits(1),
        updated_by: UserId::from_bits(1),
    }
}
