//! `POST /admin/users/{id}/api-keys/{key}/move`: a person's key becomes a service account's, and its secret goes on
//! working.
//!
//! 1. parse: to whom, and whether the key may lose by it
//! 2. decide: the caller's password was entered within the last minutes
//! 3. load: the person, the key with those that it made, the service account
//! 4. decide: the key is of use, was not moved before, and loses nothing, or may
//! 5. write: the keys in their new place, the forwardings in the old one, the events
//! 6. again for keys that the moved one made meanwhile
//!
//! A move to where the key is already is done: what 6 left, if the request before was cut off, it finishes.

use crate::{Admin, user_view::own, users::load};
use auth::{
    access::{OrganizationRole, SpaceRole, effective_space_role},
    audit::Action,
    decide::Caller,
    ids::{KeyId, Slug, UserId},
    records::{KeySpaces, Membership, StoredKey, User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, audit, response};
use http::StatusCode;
use keys::KeyView;
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{KeyPlace, MOVED_DESCENDANTS, MoveKey};

/// How many rounds of keys that were made meanwhile are moved after a key.
const ROUNDS: usize = 4;
/// How many spaces a refusal names.
const NAMED: usize = 10;

const CHANGED: Rejection = Rejection::Conflict("The key was changed at the same time");
const DISABLED: Rejection = Rejection::Conflict("The service account is disabled");
const ENDED: Rejection = Rejection::Conflict("The key has expired or was ended");
const ELSEWHERE: Rejection = Rejection::Conflict("The key was moved to another service account");
const MANY: Rejection = Rejection::Conflict("The key made more keys than can be moved with it");
const NO_ACCOUNT: &str = "must be a service account of the organization";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    to: String,
    #[serde(default)]
    allow_loss: bool,
}

pub(crate) async fn move_key(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: KeyId = request.path("key")?;
    let body: Body = request.json()?;
    let to: UserId = body.to.parse().map_err(|_| Rejection::field("to", NO_ACCOUNT))?;
    tokens::require_fresh(&admin.store, &caller, ambient.now).await?;
    let from = load(admin, &caller, request, UserKind::Human).await?;
    let to = admin.store.user(to).await.map_err(Rejection::dependency)?;
    let to = own(to, caller.organization, UserKind::ServiceAccount)
        .map_err(|_| Rejection::field("to", NO_ACCOUNT))?;
    match admin.store.key_place(from.id, id).await.map_err(Rejection::dependency)? {
        Some(KeyPlace::Here(key)) if key.revoked_at.is_none() => {
            require_use(&key, &from, &to, ambient)?;
            if !body.allow_loss {
                require_no_loss(admin, &key, &from, &to).await?;
            }
            let (mut keys, more) = descendants(admin, &from, id).await?;
            if more {
                return Err(MANY);
            }
            keys.insert(0, *key);
            moved(admin, request, &caller, (&from, &to), &keys, ambient).await?;
        }
        Some(KeyPlace::MovedTo(owner)) if owner == to.id => {}
        Some(KeyPlace::MovedTo(_)) => return Err(ELSEWHERE),
        Some(KeyPlace::Here(_)) | None => return Err(Rejection::NotFound),
    }
    for _ in 0..ROUNDS {
        let (left, _) = descendants(admin, &from, id).await?;
        if left.is_empty() {
            break;
        }
        moved(admin, request, &caller, (&from, &to), &left, ambient).await?;
    }
    let key = admin.store.key(to.id, id).await.map_err(Rejection::dependency)?;
    let key = key.filter(|key| key.revoked_at.is_none()).ok_or(Rejection::NotFound)?;
    let last = admin.store.last_use(id).await.map_err(Rejection::dependency)?;
    let last_used_at = last.map(|it| it.last_used_at);
    Ok(response::json(StatusCode::OK, &KeyView::new(&key, last_used_at, ambient.now)))
}

async fn descendants(admin: &Admin, from: &User, id: KeyId) -> Result<(Vec<StoredKey>, bool), Rejection> {
    admin.store.key_descendants(from.id, id, MOVED_DESCENDANTS).await.map_err(Rejection::dependency)
}

async fn moved(
    admin: &Admin,
    request: &Request,
    caller: &Caller,
    (from, to): (&User, &User),
    keys: &[StoredKey],
    ambient: &mut Ambient,
) -> Result<(), Rejection> {
    let Some(first) = keys.first() else { return Ok(()) };
    let event = audit::event(request, caller, Action::ApiKeyMoved, first.id, ambient)
        .with("user.before", from.id.to_string())
        .with("user.after", to.id.to_string());
    let outcome = admin.store.recording(event).move_keys(keys, from, to).await;
    match outcome.map_err(Rejection::dependency)? {
        MoveKey::Done => Ok(()),
        MoveKey::Changed => Err(CHANGED),
        MoveKey::NoOwner => Err(DISABLED),
    }
}

/// A move revives nothing, and a key that is reached through a forwarding gets no second one.
fn require_use(key: &StoredKey, from: &User, to: &User, ambient: &Ambient) -> Result<(), Rejection> {
    if to.disabled {
        return Err(DISABLED);
    }
    if !key.is_live(ambient.now) || key.epoch != from.key_epoch {
        return Err(ENDED);
    }
    Ok(())
}

/// Refuses what would have the key do less than before.
async fn require_no_loss(admin: &Admin, key: &StoredKey, from: &User, to: &User) -> Result<(), Rejection> {
    if to.organization_role == OrganizationRole::Admin {
        return Ok(());
    }
    let unrestricted = key.spaces == KeySpaces::All;
    let mut lost = Vec::new();
    if unrestricted && from.organization_role > to.organization_role {
        lost.push("the organization".to_owned());
    }
    let slugs: BTreeSet<Slug> = match &key.spaces {
        KeySpaces::Only(spaces) => spaces.iter().map(|space| space.slug.clone()).collect(),
        KeySpaces::All => {
            let memberships = admin.store.memberships_of(from.id).await.map_err(Rejection::dependency)?;
            memberships.into_iter().map(|membership| membership.slug).collect()
        }
    };
    let roles = async |user: &User| {
        let found = admin.store.spaces_and_memberships(user, &slugs).await;
        found.map_err(Rejection::dependency)
    };
    let ((spaces, before), (_, after)) = (roles(from).await?, roles(to).await?);
    let reached = |space: &auth::records::Space| key.spaces.contains(space.id);
    for space in spaces.iter().filter(|space| reached(space)) {
        let role = |user: &User, memberships: &[Membership]| -> Option<SpaceRole> {
            let membership = memberships.iter().find(|it| it.space == space.id).map(|it| it.role);
            effective_space_role(user.organization_role, membership)
        };
        if role(from, &before) > role(to, &after) {
            lost.push(space.slug.to_string());
        }
    }
    match lost.len() {
        0 => Ok(()),
        all => {
            let more = all.checked_sub(NAMED).filter(|more| *more > 0);
            lost.truncate(NAMED);
            let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
            let names = lost.join(", ");
            Err(Rejection::ConflictOf(format!(
                "The service account may do less than the user in {names}{more}"
            )))
        }
    }
}
