//! The four steps.

use crate::{Rotation, RotationError, ring};
use auth::{
    ids::{OrganizationId, SessionId, UserId},
    session::{Claims, Verifier, issue},
    signing::{KeyRing, PublicKey, SigningKey, rotate},
};
use edge::{
    Ambient,
    secrets::{CURRENT, PENDING, Version, Which},
};

type Outcome = Result<&'static str, RotationError>;

impl Rotation {
    /// `createSecret`. The version of a rotation is put once: what a repeated step finds stays.
    pub(crate) async fn create(&self, token: &str, ambient: &Ambient) -> Outcome {
        if self.secrets.version(&self.secret, Which::Id(token)).await?.is_some() {
            return Ok("the version is there");
        }
        let current = self.current().await?;
        let published = self.published().await?;
        let next = ring(&current)?.renewed(&published.keys, ambient.now)?;
        self.secrets.put_version(&self.secret, token, &next.to_json(), PENDING).await?;
        Ok("a key is made")
    }

    /// `setSecret`.
    pub(crate) async fn set(&self, token: &str, ambient: &Ambient) -> Outcome {
        // A withdrawal that came first has taken the version's stage, one that comes later ends the key.
        self.publish(async |keys| {
            let pending = self.pending(token, keys, ambient).await?;
            Ok(pending.map_or_else(|| keys.to_vec(), |it| rotate::announced(keys, &it.ring, ambient.now)))
        })
        .await?;
        Ok("the key is published")
    }

    /// `testSecret`. Without a pending ring, as when a new schedule is tried out, the current one is tested.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>
    pub(crate) async fn test(&self, token: &str, ambient: &mut Ambient) -> Outcome {
        let version = match self.secrets.version(&self.secret, Which::Id(token)).await? {
            Some(version) => version,
            None => self.current().await?,
        };
        let ring = ring(&version)?;
        let published = self.published().await?;
        let verifier = Verifier::new(&published.base_url, &published.keys)?;
        for key in &ring.keys {
            let known = published.keys.iter().find(|it| it.kid == key.public.kid);
            let known = known.filter(|it| (it.x, it.y) == (key.public.x, key.public.y));
            if known.ok_or(RotationError::NotPublished)?.is_retired(ambient.now) {
                continue;
            }
            // A token of nobody's, which ends before it could be sent.
            let rng = &mut ambient.rng;
            let (user, session) = (UserId::generate(rng), SessionId::generate(rng));
            let organization = OrganizationId::generate(rng);
            let claims = Claims::new(&published.base_url, user, session, organization, ambient.now, 1, rng);
            verifier.verify(&issue(key, &claims)?, ambient.now)?;
        }
        Ok("the ring can be verified")
    }

    /// `finishSecret`. The stage moves only from the version that the pending ring was held against; the ends
    /// are given after it has moved, so that a rotation that is cut off leaves nobody without a key to sign with.
    pub(crate) async fn finish(&self, token: &str, ambient: &Ambient) -> Outcome {
        let published = self.published().await?;
        if let Some(Pending { ring, current }) = self.pending(token, &published.keys, ambient).await? {
            let known = |key: &SigningKey| published.keys.iter().any(|it| it.kid == key.public.kid);
            if !ring.keys.iter().all(known) {
                return Err(RotationError::NotPublished);
            }
            self.secrets.move_stage(&self.secret, CURRENT, &current, Some(token)).await?;
        }
        self.publish(async |keys| Ok(rotate::handed_over(keys, &ring(&self.current().await?)?, ambient.now)))
            .await?;
        Ok("the key is handed over")
    }

    pub(crate) async fn current(&self) -> Result<Version, RotationError> {
        let current = self.secrets.version(&self.secret, Which::Stage(CURRENT)).await?;
        current.ok_or(RotationError::NotSetUp)
    }

    /// What this rotation is to make current; `None` where it is already.
    async fn pending(
        &self,
        token: &str,
        published: &[PublicKey],
        ambient: &Ambient,
    ) -> Result<Option<Pending>, RotationError> {
        let version = self.secrets.version(&self.secret, Which::Id(token)).await?;
        let version = version.ok_or(RotationError::NotPending)?;
        if version.is(CURRENT) {
            return Ok(None);
        }
        if !version.is(PENDING) {
            return Err(RotationError::NotPending);
        }
        let (pending, current) = (ring(&version)?, self.current().await?);
        if !follows(&pending, &ring(&current)?, published, ambient) {
            // While the stage is there, Secrets Manager takes this rotation to be going on and begins no other.
            self.secrets.move_stage(&self.secret, PENDING, token, None).await?;
            return Err(RotationError::Stale);
        }
        Ok(Some(Pending { ring: pending, current: current.id }))
    }
}

/// A rotation that is going on.
struct Pending {
    /// Its ring.
    ring: KeyRing,
    /// The id of the version that it is to follow.
    current: String,
}

/// Whether the pending ring was made of the current one, and has a key left that was not withdrawn.
fn follows(pending: &KeyRing, current: &KeyRing, published: &[PublicKey], ambient: &Ambient) -> bool {
    let withdrawn = |kid: &str| published.iter().any(|it| it.kid == kid && it.is_retired(ambient.now));
    let alive = pending.keys.iter().any(|key| !withdrawn(&key.public.kid));
    alive && pending.succeeds(current, published, ambient.now)
}
