//! The organization and its first admin.

use crate::{Event, Setup, SetupError, event::Properties, stack};
use auth::{
    access::OrganizationRole,
    audit::{Action, Actor, AuditEvent},
    ids::{OrganizationId, UserId},
    password::{Hasher, Password, generate_first},
    records::{Organization, Policy, StoredPassword, User, UserKind},
};
use edge::Ambient;
use serde::{Deserialize, Serialize};
use store::Created;
use zeroize::Zeroizing;

/// What the first admin's secret holds, for the one who reads it.
#[derive(Serialize, Deserialize)]
struct FirstAdmin {
    email: String,
    password: Zeroizing<String>,
}

/// Makes the organization of this stack, unless it is there: its id follows from the stack's, so that a
/// second run, and a run with another address, find the first one's.
pub(crate) async fn create(
    setup: &Setup,
    event: &Event,
    properties: &Properties,
    ambient: &mut Ambient,
) -> Result<(), SetupError> {
    let organization = OrganizationId::from_bits(stack::bits("organization", &event.stack_id));
    if setup.store.organization(organization).await?.is_some() {
        return Ok(());
    }
    let password = first_password(setup, event, properties, ambient).await?;
    let user = UserId::from_bits(stack::bits("first admin", &event.stack_id));
    let now = ambient.now;
    let hash = Hasher::new().hash(&password, &mut ambient.rng).map_err(|_| SetupError::Hash)?;
    let event = AuditEvent::new(
        organization,
        Actor::System,
        None,
        Action::OrganizationCreated,
        organization.to_string(),
        "",
        now,
        &mut ambient.rng,
    )
    .with("first_admin", user.to_string());
    let created = setup
        .store
        .recording(event)
        .create_organization(
            &Organization {
                id: organization,
                name: properties.organization_name.clone(),
                created_at: now,
                admins: 1,
            },
            &Policy::initial(organization),
            &User {
                id: user,
                organization,
                email: properties.admin_email.clone(),
                name: properties.admin_email.to_string(),
                kind: UserKind::Human,
                organization_role: OrganizationRole::Admin,
                disabled: false,
                session_epoch: 0,
                key_epoch: 0,
                created_at: now,
            },
            Some(&StoredPassword::new(user, hash, true)),
        )
        .await?;
    if created == Created::EmailTaken {
        // A retained table of an earlier stack: its users stay as they are.
        tracing::warn!("the first admin's address belongs to a user already; no organization was made");
    }
    Ok(())
}

/// The password of the secret, or a new one that is put there before anything depends on it.
async fn first_password(
    setup: &Setup,
    event: &Event,
    properties: &Properties,
    ambient: &mut Ambient,
) -> Result<Password, SetupError> {
    let text = match setup.secrets.read(&setup.first_admin_secret).await? {
        Some(text) => text,
        None => {
            let email = properties.admin_email.to_string();
            let first = FirstAdmin { email, password: generate_first(&mut ambient.rng) };
            let text = serde_json::to_string(&first).map_err(|_| SetupError::FirstAdminSecret)?;
            let token = stack::token("first password", &event.stack_id);
            setup.secrets.put_first(&setup.first_admin_secret, &token, Zeroizing::new(text)).await?
        }
    };
    let first: FirstAdmin = serde_json::from_str(&text).map_err(|_| SetupError::FirstAdminSecret)?;
    Password::try_from(first.password).map_err(|_| SetupError::FirstAdminSecret)
}
