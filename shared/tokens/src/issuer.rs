//! The answers that hand out a session token, signed with the current key of the ring.

use crate::{KEYS_AGE, cookie};
use auth::{
    records::{Policy, Session},
    refresh::RefreshToken,
    session::{Claims, issue},
    signing::{KeyRing, SigningKey},
};
use edge::{
    Ambient, Cached, Rejection, Response,
    response::{self, with_header},
    secrets::Secrets,
};
use http::{StatusCode, header};
use serde::Serialize;
use std::sync::Arc;
use store::Store;
use time::Duration;

/// Signs for one deployment.
pub struct Issuer {
    store: Store,
    secrets: Secrets,
    signing_secret: String,
    material: Cached<Material>,
}

/// What a token is made with.
struct Material {
    ring: KeyRing,
    base_url: String,
}

impl Material {
    fn signer(&self, ambient: &Ambient) -> Result<&SigningKey, Rejection> {
        let signer = self.ring.signer(ambient.now);
        signer.ok_or_else(|| Rejection::internal("no key of the ring signs now"))
    }
}

/// A login's answer (RFC 6749 §5.1).
#[derive(Serialize)]
struct TokenBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u32,
}

impl Issuer {
    /// Over this store, with the key ring in the secret of this name.
    pub const fn new(store: Store, secrets: Secrets, signing_secret: String) -> Self {
        Self { store, secrets, signing_secret, material: Cached::new(KEYS_AGE) }
    }

    /// The answer that hands out a token of `session`, good for `lifetime` seconds, and with it the refresh
    /// token if there is one: in its cookie, until the session is over unless it is refreshed again, by the
    /// policy beside it.
    ///
    /// # Errors
    /// 503 where the keys cannot be read, 500 where none signs.
    pub async fn respond(
        &self,
        session: &Session,
        lifetime: u32,
        refresh: Option<(&RefreshToken, &Policy)>,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        let material = self.signing(ambient).await?;
        let signer = material.signer(ambient)?;
        let claims = Claims::new(
            &material.base_url,
            session.user,
            session.id,
            session.organization,
            ambient.now,
            lifetime,
            &mut ambient.rng,
        );
        let token = issue(signer, &claims).map_err(|error| Rejection::internal(&error.to_string()))?;
        let body = TokenBody { access_token: &token, token_type: "bearer", expires_in: lifetime };
        let response = response::json(StatusCode::OK, &body);
        Ok(match refresh {
            None => response,
            Some((refresh, policy)) => {
                let end = session.expires_at.min(policy.session_ends_at(session.created_at));
                let end = end.min(policy.session_idles_until(ambient.now));
                let left = (end - ambient.now).whole_seconds();
                with_header(response, header::SET_COOKIE, &cookie::kept(refresh, left))
            }
        })
    }

    /// The deployment's base URL: the issuer of its tokens, and its own origin.
    ///
    /// # Errors
    /// Those of [`Issuer::respond`].
    pub async fn base_url(&self, ambient: &Ambient) -> Result<String, Rejection> {
        Ok(self.material(ambient).await?.base_url.clone())
    }

    /// Fails early where no token could be signed, before anything is written.
    ///
    /// # Errors
    /// Those of [`Issuer::respond`].
    pub async fn ready(&self, ambient: &Ambient) -> Result<(), Rejection> {
        self.signing(ambient).await?.signer(ambient).map(|_| ())
    }

    /// The material; read again at once where none of its keys signs, so that a ring which is put right is used with
    /// the next request.
    async fn signing(&self, ambient: &Ambient) -> Result<Arc<Material>, Rejection> {
        let material = self.material(ambient).await?;
        if material.ring.signer(ambient.now).is_some() {
            return Ok(material);
        }
        self.material.get_younger(ambient.now, Duration::ZERO, async || self.load().await).await
    }

    async fn material(&self, ambient: &Ambient) -> Result<Arc<Material>, Rejection> {
        self.material.get(ambient.now, async || self.load().await).await
    }

    async fn load(&self) -> Result<Material, Rejection> {
        let secret = self.secrets.read(&self.signing_secret).await.map_err(Rejection::dependency)?;
        let secret = secret
            .ok_or_else(|| Rejection::internal("the signing secret has no value: setup has not run"))?;
        let published = self.store.published().await.map_err(Rejection::dependency)?;
        let published =
            published.ok_or_else(|| Rejection::internal("no base URL is published: setup has not run"))?;
        let ring = KeyRing::from_json(&secret).map_err(|error| Rejection::internal(&error.to_string()))?;
        // What no verifier knows signs nothing; and from when to when a key signs, the table says, where the
        // verifiers read it too.
        let keys = ring.keys.into_iter().filter_map(|mut key| {
            key.public = published.keys.iter().find(|it| it.kid == key.public.kid)?.clone();
            Some(key)
        });
        Ok(Material { ring: KeyRing { keys: keys.collect() }, base_url: published.base_url })
    }
}
