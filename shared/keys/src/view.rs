//! A key in an answer: never its hash, and the key itself only in the answer that made its secret.

use auth::{
    api_key::{ApiKey, Prefix},
    audit::AuditEvent,
    ids::{KeyId, Slug, UserId},
    records::{KeySpaces, StoredKey},
};
use edge::{Response, response};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use time::{OffsetDateTime, serde::rfc3339};

/// What a key's owner, and an admin, sees of it.
#[derive(Debug, Serialize)]
pub struct KeyView<'a> {
    id: KeyId,
    name: &'a str,
    hint: &'a str,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    read_only: bool,
    /// `null` in the contract is every space that the user reaches.
    spaces: Option<Vec<&'a Slug>>,
    /// `null` in the contract is wherever the organization allows.
    allowed_addresses: Option<Vec<String>>,
    created_by_key: Option<KeyId>,
    /// Whose it was, until its next rotation has ended the secret that names them.
    moved_from: Option<UserId>,
    #[serde(with = "rfc3339::option")]
    rotated_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    previous_secret_expires_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    revoked_at: Option<OffsetDateTime>,
}

impl<'a> KeyView<'a> {
    /// The key as it is at `now`, last used then: a previous secret that is over is not mentioned.
    pub fn new(key: &'a StoredKey, last_used_at: Option<OffsetDateTime>, now: OffsetDateTime) -> Self {
        let overlap = key.previous.as_ref().map(|it| it.expires_at);
        Self {
            id: key.id,
            name: &key.name,
            hint: &key.hint,
            created_at: key.created_at,
            expires_at: key.expires_at,
            read_only: key.read_only,
            spaces: match &key.spaces {
                KeySpaces::All => None,
                KeySpaces::Only(spaces) => Some(spaces.iter().map(|space| &space.slug).collect()),
            },
            allowed_addresses: key.addresses.texts(),
            created_by_key: key.created_by_key,
            moved_from: key.forwarding.filter(|it| it.until.is_none_or(|end| now < end)).map(|it| it.from),
            rotated_at: key.rotated_at,
            previous_secret_expires_at: overlap.filter(|end| now < *end),
            last_used_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// The event with what a key may do.
pub(crate) fn told(event: AuditEvent, key: &StoredKey) -> AuditEvent {
    let view = KeyView::new(key, None, key.created_at);
    let members = serde_json::to_value(&view).unwrap_or_default();
    ["name", "expires_at", "read_only", "spaces", "allowed_addresses"].into_iter().fold(
        event,
        |event, name| match members.get(name) {
            None | Some(Value::Null) => event,
            Some(Value::String(text)) => event.with(name, text),
            Some(other) => event.with(name, other.to_string()),
        },
    )
}

#[derive(Serialize)]
struct RevealedView<'a> {
    #[serde(flatten)]
    description: KeyView<'a>,
    key: &'a str,
}

/// 200 with a key's description.
pub(crate) fn described(
    key: &StoredKey,
    last_used_at: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Response {
    response::json(StatusCode::OK, &KeyView::new(key, last_used_at, now))
}

/// 201 with a key's description and, this once, the key.
pub(crate) fn revealed(
    stored: &StoredKey,
    last_used_at: Option<OffsetDateTime>,
    key: &ApiKey,
    prefix: &Prefix,
    now: OffsetDateTime,
) -> Response {
    let body =
        RevealedView { description: KeyView::new(stored, last_used_at, now), key: &key.reveal(prefix) };
    response::json(StatusCode::CREATED, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::tests::key;
    use auth::{
        address::Addresses,
        records::{KeySpace, PreviousSecret},
    };
    use serde_json::json;
    use time::macros::datetime;

    #[test]
    fn a_view_has_the_contract_s_members_and_no_hash() {
        let stored = key();
        assert_eq!(
            serde_json::to_value(KeyView::new(&stored, None, stored.created_at)).unwrap(),
            json!({
                "id": "key_00000000003", "name": "deploy", "hint": "abcd",
                "created_at": "2026-01-02T03:04:05Z",
                "expires_at": null, "read_only": false, "spaces": null, "allowed_addresses": null,
                "created_by_key": null, "moved_from": null, "rotated_at": null, "previous_secret_expires_at": null,
                "last_used_at": null, "revoked_at": null,
            })
        );
    }

    #[test]
    fn a_restriction_shows_slugs_and_networks_and_an_overlap_shows_until_it_is_over() {
        let end = datetime!(2026-01-03 00:00 UTC);
        let space = KeySpace { id: auth::ids::SpaceId::from_bits(1), slug: "north".parse().unwrap() };
        let stored = StoredKey {
            spaces: KeySpaces::Only(vec![space]),
            addresses: Addresses::parse(&["2001:db8::/32", "203.0.113.7"]).unwrap(),
            previous: Some(PreviousSecret { hash: key().hash, made_at: key().created_at, expires_at: end }),
            ..key()
        };
        let shown = |now| serde_json::to_value(KeyView::new(&stored, Some(stored.created_at), now)).unwrap();
        assert_eq!(shown(end)["last_used_at"], "2026-01-02T03:04:05Z");
        assert_eq!(shown(stored.created_at)["spaces"], json!(["north"]));
        let addresses = json!(["2001:db8::/32", "203.0.113.7/32"]);
        assert_eq!(shown(stored.created_at)["allowed_addresses"], addresses);
        assert_eq!(shown(stored.created_at)["previous_secret_expires_at"], "2026-01-03T00:00:00Z");
        assert_eq!(shown(end)["previous_secret_expires_at"], json!(null));
    }
}
