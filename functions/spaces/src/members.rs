//! `/spaces/{space}/members[/{user}]`.
//!
//! The authorizer has found the caller to be an Admin of the space, and says which space that is; its slug may be
//! another space's by now, which the store finds out.

use crate::{Spaces, view::MemberView};
use auth::{
    access::SpaceRole,
    audit::{Action, AuditEvent},
    decide::Caller,
    ids::{Slug, SpaceId, UserId},
    records::{Membership, Space, User},
};
use edge::{Ambient, Rejection, Request, Response, audit, cursor, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::MemberChange;

const LAST_ADMIN: Rejection = Rejection::Conflict("The user is the space's last Admin");

#[derive(Serialize)]
struct List<'a> {
    members: Vec<MemberView<'a>>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    role: String,
}

pub(crate) async fn list(spaces: &Spaces, request: &Request) -> Result<Response, Rejection> {
    request.caller_in_space()?;
    let (limit, after) = (request.limit()?, request.cursor::<UserId>()?);
    let (_, space) = load(spaces, request).await?;
    let page = spaces.store.members_page(&space, after, limit).await.map_err(Rejection::dependency)?;
    let ids: Vec<_> = page.members.iter().map(|member| member.user).collect();
    let users = spaces.store.users(&ids).await.map_err(Rejection::dependency)?;
    let view = |member: &Membership| {
        // A member whose user is gone is on its way out as well.
        let user = users.iter().find(|user| user.id == member.user)?;
        Some(MemberView::new(user, member))
    };
    let body = List {
        members: page.members.iter().filter_map(view).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

pub(crate) async fn put(
    spaces: &Spaces,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    request.caller_in_space()?;
    let id: UserId = request.path("user")?;
    let body: Put = request.json()?;
    let role = SpaceRole::parse(&body.role)
        .ok_or_else(|| Rejection::field("role", "must be viewer, editor or admin"))?;
    let (caller, space) = load(spaces, request).await?;
    let user = member(spaces, &caller, id).await?;
    let before = spaces.store.membership(id, &space.slug).await.map_err(Rejection::dependency)?;
    let before = before.filter(|it| it.space == space.id).map(|it| it.role);
    let membership = Membership {
        user: id,
        organization: space.organization,
        slug: space.slug.clone(),
        space: space.id,
        role,
    };
    let event = event(request, &caller, &space, id, Action::MemberSet, ambient);
    let event = with_role(event, "role.before", before).with("role.after", role.as_str());
    match spaces.store.recording(event).put_member(&membership).await.map_err(Rejection::dependency)? {
        MemberChange::Done => Ok(response::json(StatusCode::OK, &MemberView::new(&user, &membership))),
        MemberChange::NoUser | MemberChange::NoMember => Err(Rejection::NotFound),
        MemberChange::NoSpace => Err(gone()),
        MemberChange::LastAdmin => Err(LAST_ADMIN),
    }
}

pub(crate) async fn remove(
    spaces: &Spaces,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let (caller, space) = load(spaces, request).await?;
    let id: UserId = request.path("user")?;
    let before = spaces.store.membership(id, &space.slug).await.map_err(Rejection::dependency)?;
    let before = before.filter(|it| it.space == space.id).ok_or(Rejection::NotFound)?;
    let event = event(request, &caller, &space, id, Action::MemberRemoved, ambient);
    let event = event.with("role.before", before.role.as_str());
    let removed = spaces.store.recording(event).remove_member(id, space.organization, &space.slug).await;
    match removed.map_err(Rejection::dependency)? {
        MemberChange::Done => Ok(response::empty(StatusCode::NO_CONTENT)),
        MemberChange::NoUser | MemberChange::NoMember => Err(Rejection::NotFound),
        MemberChange::NoSpace => Err(gone()),
        MemberChange::LastAdmin => Err(LAST_ADMIN),
    }
}

/// Who asks, and the space that the authorizer let them into.
async fn load(spaces: &Spaces, request: &Request) -> Result<(Caller, Space), Rejection> {
    let (caller, id) = request.caller_in_space()?;
    let slug: Slug = request.path("space")?;
    let space = spaces.store.space(caller.organization, &slug).await.map_err(Rejection::dependency)?;
    Ok((caller, space.filter(|space| space.id == id && !space.deleting).ok_or_else(gone)?))
}

/// The space has gone since the authorizer looked: as if it had gone before.
fn gone() -> Rejection {
    Rejection::Forbidden(response::NOT_PERMITTED)
}

/// A user who can be a member. Another organization's is not found.
async fn member(spaces: &Spaces, caller: &Caller, id: UserId) -> Result<User, Rejection> {
    let user = spaces.store.user(id).await.map_err(Rejection::dependency)?;
    user.filter(|user| user.organization == caller.organization).ok_or(Rejection::NotFound)
}

fn event(
    request: &Request,
    caller: &Caller,
    space: &Space,
    user: UserId,
    action: Action,
    ambient: &mut Ambient,
) -> AuditEvent {
    let id: SpaceId = space.id;
    audit::event(request, caller, action, user, ambient)
        .with("space", space.slug.as_str())
        .with("space_id", id.to_string())
}

fn with_role(event: AuditEvent, name: &str, role: Option<SpaceRole>) -> AuditEvent {
    match role {
        None => event,
        Some(role) => event.with(name, role.as_str()),
    }
}
