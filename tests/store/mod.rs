//! The store, through the real SDK, on a table of the template's definition.

mod decision;
mod faults;
mod items;
mod keys;
mod members;
mod organizations;
mod passwords;
mod products;
mod revoke;
mod sessions;
mod spaces;
mod users;

use crate::support::{
    records::{admin, organization, password, policy},
    table::{TestTable, table},
};
use auth::records::User;
use store::Created;

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
