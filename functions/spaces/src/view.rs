//! Spaces and members in answers.

use auth::{
    ids::{Slug, SpaceId, UserId},
    records::{Membership, Space, User},
};
use serde::Serialize;
use time::{OffsetDateTime, serde::rfc3339};

/// A space.
#[derive(Serialize)]
pub(crate) struct SpaceView<'a> {
    id: SpaceId,
    slug: &'a Slug,
    name: &'a str,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    members: u32,
}

impl<'a> From<&'a Space> for SpaceView<'a> {
    fn from(space: &'a Space) -> Self {
        Self {
            id: space.id,
            slug: &space.slug,
            name: &space.name,
            created_at: space.created_at,
            members: space.members,
        }
    }
}

/// A member: who, and as what.
#[derive(Serialize)]
pub(crate) struct MemberView<'a> {
    user: UserView<'a>,
    role: &'static str,
}

#[derive(Serialize)]
struct UserView<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
    kind: &'static str,
}

impl<'a> MemberView<'a> {
    pub(crate) fn new(user: &'a User, membership: &Membership) -> Self {
        let user =
            UserView { id: user.id, email: user.email.as_str(), name: &user.name, kind: user.kind.as_str() };
        Self { user, role: membership.role.as_str() }
    }
}
