//! The key ring, and its public half beside the base URL.

use crate::{Event, Setup, SetupError, event::Properties, stack};
use auth::signing::{KeyRing, SigningKey, rotate};
use edge::Ambient;
use store::{Published, Write};

pub(crate) async fn publish(
    setup: &Setup,
    event: &Event,
    properties: &Properties,
    ambient: &Ambient,
) -> Result<(), SetupError> {
    let ring = ring(setup, event, ambient).await?;
    let current = setup.store.published().await?;
    let expected = current.as_ref().map(|it| it.version);
    // A rotation may have published keys that this ring does not hold yet: those stay.
    let mut keys = current.as_ref().map(|it| it.keys.clone()).unwrap_or_default();
    for key in ring.public() {
        match keys.iter_mut().find(|known| known.kid == key.kid) {
            None => keys.push(key),
            // The earlier end counts: an end that stands in either place is never taken back.
            Some(known) => known.retire_at = known.retire_at.into_iter().chain(key.retire_at).min(),
        }
    }
    let unchanged = current.as_ref().is_some_and(|it| it.base_url == properties.base_url && it.keys == keys);
    if unchanged {
        return Ok(());
    }
    let published =
        Published { base_url: properties.base_url.clone(), keys, version: expected.unwrap_or_default() + 1 };
    match setup.store.publish(&published, expected).await? {
        Write::Done => Ok(()),
        Write::Conflict => Err(SetupError::Conflict),
    }
}

/// The ring of the signing secret; the first one signs at once, as no verifier holds older keys.
async fn ring(setup: &Setup, event: &Event, ambient: &Ambient) -> Result<KeyRing, SetupError> {
    if let Some(text) = setup.secrets.read(&setup.signing_secret).await? {
        return Ok(KeyRing::from_json(&text)?);
    }
    let ring = KeyRing { keys: vec![SigningKey::generate(rotate::by_every_clock(ambient.now))?] };
    let token = stack::token("signing keys", &event.stack_id);
    let first = setup.secrets.put_first(&setup.signing_secret, &token, ring.to_json()).await?;
    Ok(KeyRing::from_json(&first)?)
}
