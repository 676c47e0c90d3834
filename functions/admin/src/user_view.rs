//! A person or a service account in answers, and what may be said of one in a request.

use auth::{
    audit::AuditEvent,
    email::Email,
    ids::UserId,
    records::{User, UserKind},
};
use edge::Rejection;
use serde::Serialize;
use time::{OffsetDateTime, serde::rfc3339};

/// A user, as admins see it.
#[derive(Serialize)]
pub(crate) struct UserView<'a> {
    id: UserId,
    email: &'a Email,
    name: &'a str,
    kind: &'static str,
    org_role: &'static str,
    disabled: bool,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
}

impl<'a> From<&'a User> for UserView<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id,
            email: &user.email,
            name: &user.name,
            kind: user.kind.as_str(),
            org_role: user.organization_role.as_str(),
            disabled: user.disabled,
            created_at: user.created_at,
        }
    }
}

/// The user, where it is of this kind and not another organization's.
///
/// # Errors
/// 404, the same as for one that is not there.
pub(crate) fn own(
    user: Option<User>,
    organization: auth::ids::OrganizationId,
    kind: UserKind,
) -> Result<User, Rejection> {
    user.filter(|it| it.organization == organization && it.kind == kind).ok_or(Rejection::NotFound)
}

/// The event with each member that changes, as it was and as it is.
pub(crate) fn described(event: AuditEvent, before: &User, after: &User) -> AuditEvent {
    let members = |user: &User| {
        [
            ("name", user.name.clone()),
            ("org_role", user.organization_role.as_str().to_owned()),
            ("disabled", user.disabled.to_string()),
        ]
    };
    event.with_changes(members(before), members(after))
}
