//! `GET /admin/api-keys`: an organization's keys, with their last use.

use auth::{
    ids::{KeyId, UserId},
    records::UserKind,
};
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;
use std::str::FromStr;
use store::{KeyPosition, OrganizationKey, Store};
use time::{Duration, OffsetDateTime, serde::rfc3339};

#[derive(Serialize)]
struct List<'a> {
    api_keys: Vec<KeyView<'a>>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct KeyView<'a> {
    id: KeyId,
    name: &'a str,
    hint: &'a str,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    rotated_at: Option<OffsetDateTime>,
    read_only: bool,
    user: UserView<'a>,
    #[serde(with = "rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
}

#[derive(Serialize)]
struct UserView<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
    kind: &'static str,
}

/// Days, as `90d`.
struct Unused(Duration);

impl FromStr for Unused {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_suffix('d').filter(|it| it.bytes().all(|it| it.is_ascii_digit())).ok_or(())?;
        match digits.parse::<u16>() {
            Ok(days @ 1..=730) => Ok(Self(Duration::days(days.into()))),
            _ => Err(()),
        }
    }
}

pub(crate) async fn list(store: &Store, request: &Request, ambient: &Ambient) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let unused: Option<Unused> = request.query("unused_for", "must be 1 to 730 days, such as 90d")?;
    let (limit, after) = (request.limit()?, request.cursor::<KeyPosition>()?);
    let page =
        store.organization_keys(caller.organization, after, limit).await.map_err(Rejection::dependency)?;
    let since = unused.map(|Unused(time)| ambient.now.saturating_sub(time));
    let wanted = |it: &&OrganizationKey| since.is_none_or(|since| is_unused(it, since));
    let body = List {
        api_keys: page.keys.iter().filter(wanted).map(KeyView::new).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

/// Neither made nor used since then. A new key is not called unused.
fn is_unused(it: &OrganizationKey, since: OffsetDateTime) -> bool {
    let used = it.last_use.as_ref().is_some_and(|last| last.last_used_at >= since);
    it.key.created_at < since && !used
}

impl<'a> KeyView<'a> {
    fn new(it: &'a OrganizationKey) -> Self {
        let OrganizationKey { key, user, last_use } = it;
        Self {
            id: key.id,
            name: &key.name,
            hint: &key.hint,
            created_at: key.created_at,
            expires_at: key.expires_at,
            rotated_at: key.rotated_at,
            read_only: key.read_only,
            user: UserView {
                id: user.id,
                email: user.email.as_str(),
                name: &user.name,
                kind: match user.kind {
                    UserKind::Human => "human",
                    UserKind::ServiceAccount => "service_account",
                },
            },
            last_used_at: last_use.as_ref().map(|it| it.last_used_at),
        }
    }
}
