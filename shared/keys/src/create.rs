//! A key, made.
//!
//! 1. parse: name, life, restrictions
//! 2. load: the organization's policy, who asks, and the spaces that are named, of those that the owner reaches
//! 3. decide: the policy allows the key and its life, the owner reaches each space, and the key is no broader
//!    than who asks
//! 4. write, if the owner and the calling key have not ended meanwhile
//! 5. show the key, this once

use crate::{Keys, Owner, authority::Authority, limits, rename::NAME_LIMIT, spaces, view};
use auth::{
    address::Addresses,
    api_key::{ApiKey, Prefix},
    audit::Action,
    ids::{KeyId, Slug},
    records::{KeySpaces, StoredKey, User},
};
use edge::{Ambient, Rejection, Request, Response, audit, input};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::CreateKey;
use time::{Duration, OffsetDateTime};

/// The farthest end of a key that has one: ten years, with their leap days. Farther is a typing error, and
/// who means a key without end can say so.
const LIFE_LIMIT: Duration = Duration::days(3_653);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default)]
    expires_at: Option<String>,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    spaces: Option<Vec<String>>,
    #[serde(default)]
    allowed_addresses: Option<Vec<String>>,
}

/// A key as it is asked for, within its bounds.
#[derive(Debug, PartialEq)]
struct Wanted {
    name: String,
    expires_at: Option<OffsetDateTime>,
    read_only: bool,
    spaces: Option<BTreeSet<Slug>>,
    addresses: Addresses,
}

/// The answer where the owner is not who asks, and has ended or was signed out meanwhile.
const OWNER_GONE: Rejection = Rejection::Conflict("The owner is disabled, or was changed at the same time");

impl Keys {
    /// Makes a key of the owner's, as the body says: 201 with the key.
    ///
    /// # Errors
    /// 422 that names a member out of bounds; 403 where the policy or the calling key forbids it; 409 where the owner
    /// is another user who is disabled.
    pub async fn create(
        &self,
        owner: &Owner,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        let caller = request.caller()?;
        let now = ambient.second();
        let mut wanted = parse(&request.json()?, now)?;
        let policy = limits::policy(self, &caller, ambient).await?;
        wanted.expires_at = limits::end(&policy, wanted.expires_at, now)?;
        let authority = Authority::load(self, request, &caller, now).await?;
        let user = owner.user(&authority);
        if user.disabled {
            return Err(OWNER_GONE);
        }
        let spaces = spaces::resolve(self, user, wanted.spaces.take()).await?;
        let id = KeyId::generate(&mut ambient.rng);
        let key = ApiKey::generate(user.organization, user.id, id, &mut ambient.rng);
        let stored = stored(&key, &self.prefix, user, authority.parent_in(user.id), wanted, spaces, now);
        authority.require(&stored.reach())?;
        let event = owner.named(audit::event(request, &caller, Action::ApiKeyCreated, id, ambient));
        let store = self.store.recording(view::told(event, &stored));
        let created = store.create_key_by(&stored, authority.calling_key()).await;
        match created.map_err(Rejection::dependency)? {
            CreateKey::Done => Ok(view::revealed(&stored, None, &key, &self.prefix, now)),
            CreateKey::UserGone if matches!(owner, Owner::User(_)) => Err(OWNER_GONE),
            CreateKey::ParentGone | CreateKey::UserGone => {
                Err(self.missing(&caller, Rejection::Unauthorized).await)
            }
        }
    }
}

fn parse(body: &Create, now: OffsetDateTime) -> Result<Wanted, Rejection> {
    Ok(Wanted {
        name: input::line("name", &body.name, NAME_LIMIT)?,
        expires_at: body.expires_at.as_deref().map(|text| parse_end(text, now)).transpose()?,
        read_only: body.read_only,
        spaces: spaces::parse(body.spaces.as_deref())?,
        addresses: parse_addresses(body.allowed_addresses.as_deref())?,
    })
}

/// From where a key may be used. Absent is from anywhere; an empty list is refused, for it could be taken for
/// either that or nowhere.
fn parse_addresses(list: Option<&[String]>) -> Result<Addresses, Rejection> {
    let Some(list) = list else { return Ok(Addresses::Any) };
    Addresses::parse(list).map_err(|error| Rejection::field("allowed_addresses", error.to_string()))
}

/// The end of a key's life, in UTC and cut to the second, so that a key never lives longer than was asked.
fn parse_end(text: &str, now: OffsetDateTime) -> Result<OffsetDateTime, Rejection> {
    input::moment(text)
        .and_then(|time| OffsetDateTime::from_unix_timestamp(time.unix_timestamp()).ok())
        .filter(|end| now < *end && *end <= now.saturating_add(LIFE_LIMIT))
        .ok_or_else(|| Rejection::field("expires_at", "must be an RFC 3339 time within the next ten years"))
}

fn stored(
    key: &ApiKey,
    prefix: &Prefix,
    owner: &User,
    parent: Option<KeyId>,
    wanted: Wanted,
    spaces: KeySpaces,
    now: OffsetDateTime,
) -> StoredKey {
    StoredKey {
        id: key.key,
        user: key.user,
        organization: key.organization,
        name: wanted.name,
        hash: key.secret_hash(),
        hint: key.hint(prefix),
        previous: None,
        created_at: now,
        rotated_at: None,
        expires_at: wanted.expires_at,
        read_only: wanted.read_only,
        spaces,
        addresses: wanted.addresses,
        created_by_key: parent,
        epoch: owner.key_epoch,
        forwarding: None,
        revoked_at: None,
        version: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    #[test]
    fn a_key_ends_in_the_future_within_ten_years() {
        for (text, end) in [
            ("2026-01-02T03:04:06Z", datetime!(2026-01-02 03:04:06 UTC)),
            ("2026-01-02T03:04:06.999Z", datetime!(2026-01-02 03:04:06 UTC)),
            ("2026-01-02T05:04:06+02:00", datetime!(2026-01-02 03:04:06 UTC)),
            ("2036-01-02T03:04:05Z", datetime!(2036-01-02 03:04:05 UTC)),
        ] {
            assert_eq!(parse_end(text, NOW), Ok(end), "{text}");
        }
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.999Z",
            "2026-01-02T03:04:06",
            "2037-01-02T03:04:05Z",
            "9999-12-31T23:59:59Z",
            "2026-02-30T00:00:00Z",
            "tomorrow",
            "",
        ] {
            assert!(
                matches!(parse_end(text, NOW), Err(Rejection::Field(name, _)) if name == "expires_at"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_said_is_no_end_and_no_restriction() {
        let body: Create = serde_json::from_str(r#"{"name":" deploy "}"#).unwrap();
        let expected = Wanted {
            name: "deploy".to_owned(),
            expires_at: None,
            read_only: false,
            spaces: None,
            addresses: Addresses::Any,
        };
        assert_eq!(parse(&body, NOW), Ok(expected));
    }
}
