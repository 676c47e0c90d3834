//! Session tokens, signed with the current key of the ring.

use auth::{
    records::Session,
    session::{Claims, issue},
    signing::{KeyRing, SigningKey},
};
use edge::{Ambient, Cached, Rejection, Response, response, secrets::Secrets};
use http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use store::Store;
use time::Duration;

/// Signers reread the ring this often; with the verifiers' same age it lets a rotation publish a key first
/// and sign with it later, without a wait.
const RING_AGE: Duration = Duration::seconds(60);

/// Signs for one deployment.
pub(crate) struct Issuer {
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
    pub(crate) const fn new(store: Store, secrets: Secrets, signing_secret: String) -> Self {
        Self { store, secrets, signing_secret, material: Cached::new(RING_AGE) }
    }

    /// The answer that hands out a token of `session`, good for `lifetime` seconds.
    pub(crate) async fn respond(
        &self,
        session: &Session,
        lifetime: u32,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        let material = self.material(ambient).await?;
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
        Ok(response::json(StatusCode::OK, &body))
    }

    /// Fails early where no token could be signed, before anything is written.
    pub(crate) async fn ready(&self, ambient: &Ambient) -> Result<(), Rejection> {
        self.material(ambient).await?.signer(ambient).map(|_| ())
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
        // What no verifier knows signs nothing.
        let ring = KeyRing {
            keys: ring
                .keys
                .into_iter()
                .filter(|key| published.keys.iter().any(|it| it.kid == key.public.kid))
                .collect(),
        };
        Ok(Material { ring, base_url: published.base_url })
    }
}
