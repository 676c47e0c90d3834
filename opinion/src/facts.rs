//! A case as Cedar reads it: what is absent is absent, times are seconds, roles are numbers that rise.

use crate::{Failure, random::Case};
use auth::{
    access::{Access, CredentialKind, OrganizationRole, RestrictedKeys, Scope, SpaceRole},
    address::Addresses,
    api_key::SecretHash,
    decide::Credential,
    records::{KeySpaces, Membership, Policy, Session, SessionKind, Space, StoredKey, User, UserKind},
};
use cedar_policy::{Context, RestrictedExpression as Value};
use std::net::IpAddr;
use time::OffsetDateTime;

type Member = (String, Value);

/// The whole case.
///
/// # Errors
/// Where Cedar cannot hold it.
pub fn context(case: &Case) -> Result<Context, Failure> {
    let records = &case.records;
    let mut members = vec![
        ("credential", credential(&case.credential)?),
        ("now", time(case.circumstances.now)),
        ("route", route(case)?),
        ("kind", text(kind(case))),
    ];
    let mut path = Vec::new();
    path.extend(case.space_of_path.as_ref().map(|it| ("space", text(it.as_str()))));
    path.extend(case.id_of_path.as_deref().map(|it| ("id", text(it))));
    members.push(("path", record(path)?));
    members.extend(case.circumstances.source.map(|it| ("source", address(it))));
    members.extend(records.moved_to.map(|it| ("moved_to", text(&it))));
    members.extend(records.user.as_ref().map(user).transpose()?.map(|it| ("user", it)));
    members.extend(records.key.as_ref().map(key).transpose()?.map(|it| ("key", it)));
    members.extend(records.session.as_ref().map(session).transpose()?.map(|it| ("session", it)));
    members.extend(records.policy.as_ref().map(policy).transpose()?.map(|it| ("policy", it)));
    members.extend(records.space.as_ref().map(space).transpose()?.map(|it| ("space", it)));
    members.extend(records.membership.as_ref().map(membership).transpose()?.map(|it| ("membership", it)));
    Ok(Context::from_pairs(members.into_iter().map(named))?)
}

/// What the route calls the credential.
fn kind(case: &Case) -> &'static str {
    let kind = match (&case.credential, &case.records.session) {
        (Credential::ApiKey { .. }, _) => CredentialKind::ApiKey,
        (Credential::Session { .. }, Some(Session { kind: SessionKind::PasswordChange, .. })) => {
            CredentialKind::PasswordChange
        }
        (Credential::Session { .. }, _) => CredentialKind::Session,
    };
    kind.as_str()
}

fn credential(credential: &Credential) -> Result<Value, Failure> {
    match credential {
        Credential::ApiKey { organization, user, key, hash } => record([
            ("kind", text("api_key")),
            ("organization", text(organization)),
            ("user", text(user)),
            ("id", text(key)),
            ("secret", secret(hash)),
        ]),
        Credential::Session { organization, user, session, issued_at } => record([
            ("kind", text("session")),
            ("organization", text(organization)),
            ("user", text(user)),
            ("id", text(session)),
            ("issued_at", time(*issued_at)),
        ]),
    }
}

fn route(case: &Case) -> Result<Value, Failure> {
    let Access::Protected { credentials, scope, write } = case.route.access else {
        return record([
            ("protected", Value::new_bool(false)),
            ("scope", text("none")),
            ("write", Value::new_bool(false)),
            ("kinds", Value::new_set([])),
        ]);
    };
    let kinds = CredentialKind::ALL.into_iter().filter(|kind| credentials.accept(*kind));
    let mut members = vec![
        ("protected", Value::new_bool(true)),
        ("write", Value::new_bool(write)),
        ("kinds", Value::new_set(kinds.map(|kind| text(kind.as_str())))),
    ];
    match scope {
        Scope::Organization { role, restricted_keys } => {
            let restricted = match restricted_keys {
                RestrictedKeys::Refuse => "refuse",
                RestrictedKeys::Itself => "itself",
                RestrictedKeys::Allow => "allow",
            };
            members.push(("scope", text("organization")));
            members.push(("least_role", organization_role(role)));
            members.push(("restricted_keys", text(restricted)));
        }
        Scope::Space { role } => {
            members.push(("scope", text("space")));
            members.push(("least_role", space_role(role)));
        }
    }
    record(members)
}

fn user(user: &User) -> Result<Value, Failure> {
    let kind = match user.kind {
        UserKind::Human => "human",
        UserKind::ServiceAccount => "service_account",
    };
    record([
        ("id", text(&user.id)),
        ("organization", text(&user.organization)),
        ("kind", text(kind)),
        ("organization_role", organization_role(user.organization_role)),
        ("disabled", Value::new_bool(user.disabled)),
        ("session_epoch", count(user.session_epoch)?),
        ("key_epoch", count(user.key_epoch)?),
    ])
}

fn key(key: &StoredKey) -> Result<Value, Failure> {
    let mut members = vec![
        ("id", text(&key.id)),
        ("user", text(&key.user)),
        ("organization", text(&key.organization)),
        ("secret", secret(&key.hash)),
        ("created_at", time(key.created_at)),
        ("read_only", Value::new_bool(key.read_only)),
        ("epoch", count(key.epoch)?),
    ];
    members.extend(key.rotated_at.map(|at| ("rotated_at", time(at))));
    members.extend(key.expires_at.map(|at| ("expires_at", time(at))));
    members.extend(key.revoked_at.map(|at| ("revoked_at", time(at))));
    if let KeySpaces::Only(spaces) = &key.spaces {
        members.push(("spaces", Value::new_set(spaces.iter().map(|space| text(&space.id)))));
    }
    if let Some(previous) = &key.previous {
        let previous = record([
            ("secret", secret(&previous.hash)),
            ("made_at", time(previous.made_at)),
            ("expires_at", time(previous.expires_at)),
        ])?;
        members.push(("previous", previous));
    }
    members.extend(networks(&key.addresses)?.map(|it| ("networks", it)));
    record(members)
}

fn session(session: &Session) -> Result<Value, Failure> {
    record([
        ("id", text(&session.id)),
        ("user", text(&session.user)),
        ("organization", text(&session.organization)),
        ("epoch", count(session.epoch)?),
        ("created_at", time(session.created_at)),
        ("expires_at", time(session.expires_at)),
    ])
}

fn policy(policy: &Policy) -> Result<Value, Failure> {
    let mut members = vec![
        ("organization", text(&policy.organization)),
        ("suspended", Value::new_bool(policy.suspended)),
        ("session_seconds", Value::new_long(policy.session_seconds.into())),
        ("refresh_absolute_seconds", Value::new_long(policy.refresh_absolute_seconds.into())),
        ("api_keys_allowed", Value::new_bool(policy.api_keys_allowed)),
    ];
    members.extend(
        policy.max_key_age_days.map(|days| ("max_key_age", Value::new_long(i64::from(days) * 86_400))),
    );
    members.extend(networks(&policy.addresses)?.map(|it| ("networks", it)));
    record(members)
}

fn space(space: &Space) -> Result<Value, Failure> {
    record([
        ("id", text(&space.id)),
        ("organization", text(&space.organization)),
        ("slug", text(space.slug.as_str())),
        ("deleting", Value::new_bool(space.deleting)),
    ])
}

fn membership(membership: &Membership) -> Result<Value, Failure> {
    record([
        ("user", text(&membership.user)),
        ("organization", text(&membership.organization)),
        ("space", text(&membership.space)),
        ("role", space_role(membership.role)),
    ])
}

/// Cedar has no "one of these": a list of up to three, the last of which fills it up.
fn networks(addresses: &Addresses) -> Result<Option<Value>, Failure> {
    let Addresses::Only(networks) = addresses else { return Ok(None) };
    let at = |place: usize| networks.get(place).or(networks.last()).map(|it| Value::new_ip(it.to_string()));
    match (at(0), at(1), at(2)) {
        (Some(one), Some(two), Some(three)) if networks.len() <= 3 => {
            record([("one", one), ("two", two), ("three", three)]).map(Some)
        }
        _ => Err("a case has one to three networks".into()),
    }
}

/// An IPv4 address that comes as an IPv6 one is what it is (RFC 4291 §2.5.5.2); Cedar keeps the two apart.
fn address(source: IpAddr) -> Value {
    let plain = match source {
        IpAddr::V6(address) => match address.octets() {
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
            _ => address.to_string(),
        },
        IpAddr::V4(address) => address.to_string(),
    };
    Value::new_ip(plain)
}

fn organization_role(role: OrganizationRole) -> Value {
    Value::new_long(match role {
        OrganizationRole::Member => 0,
        OrganizationRole::Admin => 1,
    })
}

fn space_role(role: SpaceRole) -> Value {
    Value::new_long(match role {
        SpaceRole::Viewer => 0,
        SpaceRole::Editor => 1,
        SpaceRole::Admin => 2,
    })
}

fn text(value: &(impl ToString + ?Sized)) -> Value {
    Value::new_string(value.to_string())
}

fn secret(hash: &SecretHash) -> Value {
    text(&hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn time(at: OffsetDateTime) -> Value {
    Value::new_long(at.unix_timestamp())
}

fn count(number: u64) -> Result<Value, Failure> {
    Ok(Value::new_long(i64::try_from(number)?))
}

fn named((name, value): (&'static str, Value)) -> Member {
    (name.to_owned(), value)
}

fn record(members: impl IntoIterator<Item = (&'static str, Value)>) -> Result<Value, Failure> {
    Ok(Value::new_record(members.into_iter().map(named))?)
}
