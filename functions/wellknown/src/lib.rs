//! What anyone may read: the public signing keys, and whether the API answers.

use auth::signing::PublicKey;
use edge::{Ambient, Cached, Function, Rejection, Request, Response, precondition, response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use store::Store;
use time::Duration;

/// How long we and then a reader may keep the keys, in seconds: together a minute, as our own verifiers do.
const MAX_AGE: i64 = 30;

/// The function of one process.
pub struct Wellknown {
    store: Store,
    keys: Cached<Vec<PublicKey>>,
}

impl Wellknown {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store, keys: Cached::new(Duration::seconds(MAX_AGE)) }
    }

    /// `GET /.well-known/jwks.json` (RFC 7517 §5): every key whose tokens may still be valid, also those that
    /// sign only later.
    async fn jwks(&self, request: &Request, ambient: &Ambient) -> Result<Response, Rejection> {
        let keys = self
            .keys
            .get(ambient.now, async || {
                let published = self.store.published().await.map_err(Rejection::dependency)?;
                let published =
                    published.ok_or_else(|| Rejection::internal("no signing keys are published"))?;
                Ok::<_, Rejection>(published.keys)
            })
            .await?;
        let keys: Vec<Value> =
            keys.iter().filter(|key| !key.is_retired(ambient.now)).map(PublicKey::to_jwk).collect();
        let body = json!({ "keys": keys });
        let etag = precondition::etag_of(&body.to_string());
        let unchanged =
            request.header(header::IF_NONE_MATCH).is_some_and(|known| precondition::is_known(known, &etag));
        let answer = if unchanged {
            response::empty(StatusCode::NOT_MODIFIED)
        } else {
            response::json(StatusCode::OK, &body)
        };
        let answer = response::with_header(answer, header::ETAG, &etag);
        Ok(response::with_header(answer, header::CACHE_CONTROL, &format!("public, max-age={MAX_AGE}")))
    }
}

impl Function for Wellknown {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            // No I/O: a probe asks whether the API answers, not whether its dependencies do.
            ("GET", "/health") => {
                let answer = response::json(StatusCode::OK, &json!({"status": "ok"}));
                Ok(response::with_header(answer, header::CACHE_CONTROL, "no-cache"))
            }
            ("GET", "/.well-known/jwks.json") => self.jwks(request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
