//! `GET /admin/users/{id}/offboarding`: what stops when a user is disabled.

use crate::{Admin, user_view::UserView, users::load};
use auth::{
    access::SpaceRole,
    ids::{KeyId, Slug, SpaceId},
    records::{Space, StoredKey, User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use keys::KeyView;
use serde::Serialize;
use std::{fmt, str::FromStr};
use store::{LastUse, ReachPage};
use time::OffsetDateTime;

#[derive(Serialize)]
struct Preview<'a> {
    user: UserView<'a>,
    last_organization_admin: bool,
    api_keys: Vec<StoppedKey<'a>>,
    spaces: Vec<LeftSpace<'a>>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct StoppedKey<'a> {
    api_key: KeyView<'a>,
    callers: Vec<String>,
}

#[derive(Serialize)]
struct LeftSpace<'a> {
    id: SpaceId,
    slug: &'a Slug,
    name: &'a str,
    role: &'static str,
    last_admin: bool,
}

/// Where a page ends: in each of the two lists behind something, or at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    keys: Place<KeyId>,
    spaces: Place<Slug>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place<T> {
    Start,
    Behind(T),
    End,
}

impl<T> Place<T> {
    fn of(next: Option<T>) -> Self {
        next.map_or(Self::End, Self::Behind)
    }

    fn behind(&self) -> Option<&T> {
        match self {
            Self::Behind(it) => Some(it),
            Self::Start | Self::End => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Place<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => Ok(()),
            Self::Behind(it) => it.fmt(f),
            Self::End => f.write_str("."),
        }
    }
}

impl<T: FromStr> FromStr for Place<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        match text {
            "" => Ok(Self::Start),
            "." => Ok(Self::End),
            it => it.parse().map(Self::Behind),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.keys, self.spaces)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (keys, spaces) = text.split_once('/').ok_or(())?;
        Ok(Self { keys: keys.parse().map_err(drop)?, spaces: spaces.parse().map_err(drop)? })
    }
}

pub(crate) async fn preview(
    admin: &Admin,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let limit = request.limit()?;
    let position = request.cursor::<Position>()?;
    let position = position.unwrap_or(Position { keys: Place::Start, spaces: Place::Start });
    let user = load(admin, &caller, request, UserKind::Human).await?;
    let (keys, next_key) = keys(admin, &user, &position.keys, limit, ambient.now).await?;
    let spaces = spaces(admin, &user, &position.spaces, limit).await?;
    let next = Position { keys: Place::of(next_key), spaces: Place::of(spaces.next) };
    let last = admin.store.is_last_admin(&user).await.map_err(Rejection::dependency)?;
    let body = Preview {
        user: UserView::from(&user),
        last_organization_admin: last,
        api_keys: keys.iter().map(|(key, use_)| stopped(key, use_.as_ref(), ambient.now)).collect(),
        spaces: spaces.spaces.iter().map(|(space, role)| left(space, *role)).collect(),
        next_cursor: (next != Position { keys: Place::End, spaces: Place::End })
            .then(|| cursor::encode(&next)),
    };
    Ok(response::json(StatusCode::OK, &body))
}

/// The keys of one page that are of use, with their last use.
async fn keys(
    admin: &Admin,
    user: &User,
    place: &Place<KeyId>,
    limit: usize,
    now: OffsetDateTime,
) -> Result<(Vec<(StoredKey, Option<LastUse>)>, Option<KeyId>), Rejection> {
    if *place == Place::End {
        return Ok((Vec::new(), None));
    }
    let page = admin.store.keys_page(user, place.behind().copied(), limit).await;
    let page = page.map_err(Rejection::dependency)?;
    let live: Vec<_> = page.keys.into_iter().filter(|key| key.is_live(now)).collect();
    let uses = admin.store.last_uses(live.iter().map(|key| key.id)).await;
    let mut uses = uses.map_err(Rejection::dependency)?;
    let with_use = |key: StoredKey| {
        let last = uses.remove(&key.id);
        (key, last)
    };
    Ok((live.into_iter().map(with_use).collect(), page.next))
}

/// The spaces of one page that the user is a member of, with its role there.
async fn spaces(
    admin: &Admin,
    user: &User,
    place: &Place<Slug>,
    limit: usize,
) -> Result<ReachPage, Rejection> {
    if *place == Place::End {
        return Ok(ReachPage { spaces: Vec::new(), next: None });
    }
    admin.store.member_spaces(user, place.behind(), limit).await.map_err(Rejection::dependency)
}

fn stopped<'a>(key: &'a StoredKey, last: Option<&LastUse>, now: OffsetDateTime) -> StoppedKey<'a> {
    StoppedKey {
        api_key: KeyView::new(key, last.map(|it| it.last_used_at), now),
        callers: last
            .map(|it| it.known_addresses.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
}

fn left(space: &Space, role: SpaceRole) -> LeftSpace<'_> {
    LeftSpace {
        id: space.id,
        slug: &space.slug,
        name: &space.name,
        role: role.as_str(),
        last_admin: role == SpaceRole::Admin && space.admins <= 1,
    }
}
