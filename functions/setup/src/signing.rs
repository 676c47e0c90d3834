//! The key ring, and its public half beside the base URL.

use crate::{Setup, SetupError, event::Properties};
use auth::signing::{KeyRing, SigningKey};
use edge::Ambient;
use store::{Published, Write};

pub(crate) async fn publish(
    setup: &Setup,
    properties: &Properties,
    ambient: &Ambient,
) -> Result<(), SetupError> {
    let ring = ring(setup, ambient).await?;
    let current = setup.store.published().await?;
    let expected = current.as_ref().map(|it| it.version);
    // A rotation may have published keys that this ring does not hold yet: those stay.
    let mut keys = current.as_ref().map(|it| it.keys.clone()).unwrap_or_default();
    for key in ring.public() {
        if !keys.iter().any(|known| known.kid == key.kid) {
            keys.push(key);
        }
    }
    let unchanged = current
        .as_ref()
        .is_some_and(|it| it.base_url == properties.base_url && it.keys.len() == keys.len());
    if unchanged {
        return Ok(());
    }
    let published = Published {
        base_url: properties.base_url.clone(),
        keys,
        version: expected.unwrap_or_default() + 1,
    };
    match setup.store.publish(&published, expected).await? {
        Write::Done => Ok(()),
        Write::Conflict => Err(SetupError::Conflict),
    }
}

/// The ring of the signing secret; the first one signs at once, as no verifier holds older keys.
async fn ring(setup: &Setup, ambient: &Ambient) -> Result<KeyRing, SetupError> {
    if let Some(text) = setup.secrets.read(&setup.signing_secret).await? {
        return Ok(KeyRing::from_json(&text)?);
    }
    let ring = KeyRing {
        keys: vec![SigningKey::generate(ambient.now)?],
    };
    setup.secrets.put(&setup.signing_secret, &ring.to_json()).await?;
    Ok(ring)
}
