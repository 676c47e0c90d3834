//! `POST /auth/revoke`: the credential that is sent ends.
//!
//! Possession is enough, as who found a leaked credential can do worse than end it; and the answer to anything
//! is the same, so that it tells nothing (RFC 7009 §2.2). Not so a failure: it asks for another try.

use crate::{Sessions, known::Known};
use auth::{
    api_key::{ApiKey, SecretHash},
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    records::StoredKey,
    refresh::RefreshToken,
};
use edge::{Ambient, Rejection, Request, Response, response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use store::Write;
use zeroize::Zeroizing;

/// Longer than any credential.
const LONGEST: usize = 4096;
/// How often a key is read again because it was changed at the same time.
const REREADS: u32 = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    token: Zeroizing<String>,
}

pub(crate) async fn revoke(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let Body { token } = request.json()?;
    if !(1..=LONGEST).contains(&token.len()) {
        return Err(Rejection::field("token", "must have 1 to 4096 characters"));
    }
    if let Ok(key) = ApiKey::parse(&token, &sessions.prefix) {
        end_key(sessions, &key, request, ambient).await?;
    } else if let Ok(refresh) = RefreshToken::parse(&token) {
        if sessions.issued(&refresh).await? {
            Known::from(&refresh).end(sessions, Actor::Unknown, request, ambient).await?;
        }
    } else if token.contains('.')
        && let Ok(claims) = sessions.claims(&token, ambient).await?
    {
        Known::from(&claims).end(sessions, Actor::Unknown, request, ambient).await?;
    }
    Ok(response::json(StatusCode::OK, &json!({})))
}

/// The current secret ends its key and what that made. A secret that a rotation replaced ends itself: who holds
/// it shall not end its owner's new one.
async fn end_key(
    sessions: &Sessions,
    key: &ApiKey,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<(), Rejection> {
    let hash = key.secret_hash();
    for _ in 0..REREADS {
        let stored = sessions.store.key_or_moved(key.user, key.key).await.map_err(Rejection::dependency)?;
        let Some(stored) = stored.filter(|stored| stored.organization == key.organization) else {
            return Ok(());
        };
        if stored.hash == hash {
            // That it was revoked before is no reason to stop: a revocation may have been cut off.
            let store = sessions.store.recording(event(&stored, Action::ApiKeyRevoked, request, ambient));
            let revoked = store.revoke_key(stored.user, stored.id, ambient.second()).await;
            let _done_or_gone = revoked.map_err(Rejection::dependency)?;
            return Ok(());
        }
        if !replaced(&stored, &hash) {
            return Ok(());
        }
        let event = event(&stored, Action::ApiKeyPreviousSecretEnded, request, ambient);
        let ended = sessions
            .store
            .recording(event)
            .end_previous_secret(&stored)
            .await
            .map_err(Rejection::dependency)?;
        if ended == Write::Done {
            return Ok(());
        }
    }
    Err(Rejection::Unavailable)
}

/// Nobody knows who holds a credential that is sent here.
fn event(key: &StoredKey, action: Action, request: &Request, ambient: &mut Ambient) -> AuditEvent {
    AuditEvent::new(
        key.organization,
        Actor::Unknown,
        Some(CredentialId::ApiKey(key.id)),
        action,
        key.id.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
    .with("user", key.user.to_string())
    .with("name", &key.name)
}

fn replaced(stored: &StoredKey, hash: &SecretHash) -> bool {
    stored.revoked_at.is_none() && stored.previous.as_ref().is_some_and(|it| it.hash == *hash)
}
