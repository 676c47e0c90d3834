//! A table with one very large organization among small ones, always the same.
//!
//! Everything follows from a number: a test can name any user or key of a table that another process filled. The items
//! are those that `store` writes ([`store::bulk`]).

mod tenant;

pub use tenant::Tenant;

use rand::{SeedableRng, rngs::StdRng};
use store::{Store, StoreError, bulk::Bulk};

/// How many items wait until they are written: what bounds the memory.
const WAITING: usize = 2_000;

/// How much there is of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Users, one of them the admin, one in fifty a service account.
    pub users: u32,
    /// API keys of all users; one service account has a tenth of them, at most 1,000.
    pub keys: u32,
    /// Spaces. One user is in all of them, one space has a tenth of the users.
    pub spaces: u32,
    /// Audit events, all of one month.
    pub events: u32,
}

impl Size {
    /// The large organization.
    pub const LARGE: Self = Self { users: 100_000, keys: 200_000, spaces: 1_000, events: 100_000 };
    /// The large organization where there is no time for one.
    pub const MIDDLE: Self = Self { users: 1_000, keys: 2_000, spaces: 120, events: 500 };
    /// Every other organization.
    pub const SMALL: Self = Self { users: 10, keys: 20, spaces: 8, events: 20 };
}

/// All organizations: the one of number 0 is the large one.
#[derive(Debug, Clone, Copy)]
pub struct Population {
    organizations: u32,
    large: Size,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Items of the table.
    pub items: usize,
}

impl Population {
    /// So many organizations, one of them of this size. Organizations of the same number and size are the same.
    pub const fn new(organizations: u32, large: Size) -> Self {
        Self { organizations, large }
    }

    /// The large organization.
    pub fn large(&self) -> Tenant {
        self.tenant(0)
    }

    /// One of the small organizations.
    pub fn small(&self) -> Tenant {
        self.tenant(1)
    }

    fn tenant(&self, number: u32) -> Tenant {
        let size = if number == 0 { self.large } else { Size::SMALL };
        Tenant { number, size }
    }

    /// Writes everything, over whatever is there; tells `progress` now and then how many items are written.
    ///
    /// # Errors
    /// As for [`Store::put_bulk`].
    pub async fn fill(&self, store: &Store, mut progress: impl FnMut(usize)) -> Result<Written, StoreError> {
        let mut writer = Writer { store, waiting: Bulk::default(), written: Written::default() };
        for number in 0..self.organizations {
            let tenant = self.tenant(number);
            writer.waiting.organization(&tenant.organization(), &tenant.policy());
            for space in tenant.spaces() {
                writer.waiting.space(&space);
                writer.some(&mut progress).await?;
            }
            for user in 0..tenant.size.users {
                writer.waiting.user(&tenant.user(user));
                tenant.memberships(user).for_each(|it| writer.waiting.membership(&it));
                writer.some(&mut progress).await?;
            }
            for key in tenant.keys() {
                writer.waiting.key(&key);
                writer.some(&mut progress).await?;
            }
            let mut rng = StdRng::seed_from_u64(u64::from(number));
            for event in 0..tenant.size.events {
                writer.waiting.audit_event(&tenant.event(event, &mut rng));
                writer.some(&mut progress).await?;
            }
            for session in tenant.sessions() {
                writer.waiting.session(&session, None);
            }
        }
        writer.all().await?;
        Ok(writer.written)
    }
}

struct Writer<'a> {
    store: &'a Store,
    waiting: Bulk,
    written: Written,
}

impl Writer<'_> {
    /// Writes what waits if it is enough.
    async fn some(&mut self, progress: &mut impl FnMut(usize)) -> Result<(), StoreError> {
        if self.waiting.len() < WAITING {
            return Ok(());
        }
        self.all().await?;
        progress(self.written.items);
        Ok(())
    }

    async fn all(&mut self) -> Result<(), StoreError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.written.items += waiting.len();
        // Two requests at a time: one is made while the other is served.
        let other = waiting.split();
        let (one, other) = tokio::join!(self.store.put_bulk(waiting), self.store.put_bulk(other));
        one.and(other)
    }
}
