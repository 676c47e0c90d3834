//! The store, through the real SDK, on a table of the template's definition.

mod attempts;
mod audit;
mod decision;
mod direct;
mod direct_answers;
mod direct_item;
mod direct_transaction;
mod earlier;
mod faults;
mod items;
mod keys;
mod members;
mod one_time;
mod organizations;
mod outbox;
mod passwords;
mod products;
mod refresh;
mod reset;
mod revoke;
mod sessions;
mod spaces;
mod usage;
mod users;

use crate::support::{
    canary,
    records::{NOW, ORG, admin, organization, password, policy},
    table::{TestTable, table},
};
use auth::{
    audit::{Action, Actor, AuditEvent},
    records::{Session, User},
    refresh::{Presented, RefreshState, RefreshToken},
};
use rand::{SeedableRng, rngs::StdRng};
use store::{Created, Write};

/// A table with the organization and its first admin, user 1.
async fn table_with_admin() -> (TestTable, User) {
    let table = table().await;
    let admin = admin(1);
    let password = password(&admin);
    let made = table.store.create_organization(&organization(), &policy(), &admin, Some(&password)).await;
    assert_eq!(made, Ok(Created::Done));
    table.wire.take();
    (table, admin)
}

fn rng() -> StdRng {
    let mut system: StdRng = rand::make_rng();
    StdRng::from_rng(&mut system)
}

/// The refresh state of a session that begins now, and its first token.
fn begun(session: &Session) -> (RefreshState, RefreshToken) {
    let (state, token) = RefreshState::begin(session, NOW, &mut rng());
    canary::note(&token.reveal());
    (state, token)
}

/// A rotation of this state by its current token, with a salt of its own each time.
fn rotated(state: &RefreshState, token: &RefreshToken) -> (RefreshState, RefreshToken) {
    match state.present(token, NOW, "192.0.2.7", &mut rng()) {
        Presented::Rotate { next, token } => {
            canary::note(&token.reveal());
            (*next, token)
        }
        other => panic!("{other:?}"),
    }
}

/// A session of the user that can be refreshed.
async fn refreshable(table: &TestTable, user: &User, bits: u64) -> (Session, RefreshState, RefreshToken) {
    let session = crate::support::records::session(user, bits);
    let (state, token) = begun(&session);
    assert_eq!(table.store.create_session(&session, Some(&state)).await, Ok(Write::Done));
    table.wire.take();
    (session, state, token)
}

fn event(action: Action) -> AuditEvent {
    AuditEvent::new(ORG, Actor::System, None, action, "target", "192.0.2.7", NOW, &mut rng())
}

/// What the organization's audit says of this month, newest first.
async fn audited(table: &TestTable) -> Vec<AuditEvent> {
    crate::support::fixtures::audited(&table.store, ORG, NOW).await
}
