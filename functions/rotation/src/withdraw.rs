//! The emergency: a signing key is in wrong hands.
//!
//! 1. every published key ends now. From here on no old token is accepted by whoever reads the keys again,
//!    which all do within a minute
//! 2. a rotation that is going on is given up: its ring holds the old keys
//! 3. a fresh ring becomes the secret's value
//! 4. its key is published and signs at once, and what another rotation has published since 1 ends
//!
//! Cut off before the end, nobody can log in until it is run again; then it ends well. It never opens anything.

use crate::{Rotation, RotationError, ring};
use auth::signing::{KeyRing, rotate};
use edge::{
    Ambient,
    secrets::{CURRENT, PENDING, Which},
};
use rand::Rng;

impl Rotation {
    pub(crate) async fn withdraw(&self, ambient: &mut Ambient) -> Result<&'static str, RotationError> {
        let now = ambient.now;
        self.publish(async |keys| Ok(rotate::withdrawn(keys, now))).await?;
        let pending = self.secrets.version(&self.secret, Which::Stage(PENDING)).await?;
        // Also of a finished one, which has both stages until a fresh ring is the current version: Secrets Manager
        // would take it to be going on, and begin no other.
        if let Some(pending) = pending {
            self.secrets.move_stage(&self.secret, PENDING, &pending.id, None).await?;
        }
        let fresh = KeyRing::default().renewed(&[], now)?;
        let token = format!("{:016x}{:016x}", ambient.rng.next_u64(), ambient.rng.next_u64());
        self.secrets.put_version(&self.secret, &token, &fresh.to_json(), CURRENT).await?;
        // The ring as it is now: another withdrawal at the same time may have put its own after this one's.
        self.publish(async |keys| Ok(rotate::installed(keys, &ring(&self.current().await?)?, now))).await?;
        Ok("every key is withdrawn, and a fresh one signs")
    }
}
