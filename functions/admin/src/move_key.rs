//! `POST /admin/users/{id}/api-keys/{key}/move`: a person's key becomes a service account's, and its secret goes on
//! working.
//!
//! 1. parse: to whom, and whether the key may lose or gain by it
//! 2. decide: the caller's password was entered within the last minutes
//! 3. load: the person, the key with those that it made, the service account
//! 4. decide: the key is of use, was not moved before, and loses and gains nothing, or may
//! 5. write: the keys in their new place, the forwardings in the old one, the events
//! 6. again for keys that the moved one made meanwhile
//!
//! A move to where the key is already is done: what 6 left, if the request before was cut off, it finishes.

use crate::{Admin, user_view::own, users::load};
use auth::{
    access::{SpaceRole, effective_space_role},
    audit::Action,
    decide::Caller,
    ids::{KeyId, Slug, UserId},
    records::{KeySpaces, Membership, StoredKey, User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, audit, response};
use http::StatusCode;
use keys::KeyView;
use serde::Deserialize;
use std::{cmp::Ordering, collections::BTreeSet};
use store::{KeyPlace, MOVED_DESCENDANTS, MoveKey};
use time::OffsetDateTime;

/// How many rounds of keys that were made meanwhile are moved after a key.
const ROUNDS: usize = 4;
/// How many spaces a refusal names.
const NAMED: usize = 10;

const CHANGED: Rejection = Rejection::Conflict("The key was changed at the same time");
const DISABLED: Rejection = Rejection::Conflict("The service account is disabled");
const OWNER_DISABLED: Rejection = Rejection::Conflict("The user is disabled, and with it the key");
const ENDED: Rejection = Rejection::Conflict("The key has expired or was ended");
const ELSEWHERE: Rejection = Rejection::Conflict("The key was moved to another service account");
const MANY: Rejection = Rejection::Conflict(
    "The key made more than 20 keys that are still good: revoke those that are not needed",
);
const NO_ACCOUNT: &str = "must be a service account of the organization";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    to: String,
    #[serde(default)]
    allow_loss: bool,
    #[serde(default)]
    allow_gain: bool,
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
            require_same_reach(admin, &key, (&from, &to), &body).await?;
            let (mut keys, more) = descendants(admin, &from, id, ambient.now).await?;
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
    // What a disabled user's keys made is refused, and stays where it is.
    for _ in 0..if from.disabled { 0 } else { ROUNDS } {
        let (left, _) = descendants(admin, &from, id, ambient.now).await?;
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

async fn descendants(
    admin: &Admin,
    from: &User,
    id: KeyId,
    now: OffsetDateTime,
) -> Result<(Vec<StoredKey>, bool), Rejection> {
    admin.store.key_descendants(from.id, id, MOVED_DESCENDANTS, now).await.map_err(Rejection::dependency)
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
    if from.disabled {
        return Err(OWNER_DISABLED);
    }
    if !key.is_live(ambient.now) || key.epoch != from.key_epoch {
        return Err(ENDED);
    }
    Ok(())
}

/// Refuses what would have the key do less than before, or more, where the body does not say that it may: a pipeline
/// is not to stop unawares, and a secret that its old owner still knows is not to open more.
async fn require_same_reach(
    admin: &Admin,
    key: &StoredKey,
    (from, to): (&User, &User),
    body: &Body,
) -> Result<(), Rejection> {
    if body.allow_loss && body.allow_gain {
        return Ok(());
    }
    let (mut lost, mut gained) = (Vec::new(), Vec::new());
    let mut note = |change: Ordering, name: &str| match change {
        Ordering::Less => gained.push(name.to_owned()),
        Ordering::Equal => {}
        Ordering::Greater => lost.push(name.to_owned()),
    };
    let slugs: BTreeSet<Slug> = match &key.spaces {
        KeySpaces::Only(spaces) => spaces.iter().map(|space| space.slug.clone()).collect(),
        KeySpaces::All => {
            note(from.organization_role.cmp(&to.organization_role), "the organization");
            let (before, after) = (memberships(admin, from).await?, memberships(admin, to).await?);
            before.into_iter().chain(after).map(|membership| membership.slug).collect()
        }
    };
    let roles = async |user: &User| {
        let found = admin.store.spaces_and_memberships(user, &slugs).await;
        found.map_err(Rejection::dependency)
    };
    let ((spaces, before), (_, after)) = (roles(from).await?, roles(to).await?);
    for space in spaces.iter().filter(|space| key.spaces.contains(space.id)) {
        let role = |user: &User, memberships: &[Membership]| -> Option<SpaceRole> {
            let membership = memberships.iter().find(|it| it.space == space.id).map(|it| it.role);
            effective_space_role(user.organization_role, membership)
        };
        note(role(from, &before).cmp(&role(to, &after)), space.slug.as_str());
    }
    if !body.allow_loss {
        require_none("less", lost)?;
    }
    if !body.allow_gain {
        require_none("more", gained)?;
    }
    Ok(())
}

async fn memberships(admin: &Admin, user: &User) -> Result<Vec<Membership>, Rejection> {
    admin.store.memberships_of(user.id).await.map_err(Rejection::dependency)
}

fn require_none(change: &str, mut names: Vec<String>) -> Result<(), Rejection> {
    let Some(more) = names.len().checked_sub(1) else { return Ok(()) };
    let more = (more + 1).checked_sub(NAMED).filter(|more| *more > 0);
    names.truncate(NAMED);
    let more = more.map(|more| format!(" and {more} more")).unwrap_or_default();
    let names = names.join(", ");
    Err(Rejection::ConflictOf(format!("The service account may do {change} than the user in {names}{more}")))
}
