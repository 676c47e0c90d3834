//! A table with one very large organization among small ones, always the same.
//!
//! Everything follows from a number: a test can name any user or key of a table that another process filled. The items
//! are those that `store` writes ([`store::bulk`]).

mod tenant;

pub use tenant::Tenant;

use rand::{SeedableRng, rngs::StdRng};
use store::bulk::Bulk;

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

    /// Hands everything to `write`, some thousand items at a time, so that no more than those are held.
    ///
    /// # Errors
    /// The first of `write`.
    pub async fn fill<E>(&self, write: impl AsyncFnMut(Bulk) -> Result<(), E>) -> Result<(), E> {
        let mut writer = Writer { write, waiting: Bulk::default() };
        for number in 0..self.organizations {
            let tenant = self.tenant(number);
            writer.waiting.organization(&tenant.organization(), &tenant.policy());
            for space in tenant.spaces() {
                writer.waiting.space(&space);
                writer.some().await?;
            }
            for user in 0..tenant.size.users {
                writer.waiting.user(&tenant.user(user));
                tenant.memberships(user).for_each(|it| writer.waiting.membership(&it));
                writer.some().await?;
            }
            for key in tenant.keys() {
                writer.waiting.key(&key);
                writer.some().await?;
            }
            let mut rng = StdRng::seed_from_u64(u64::from(number));
            for event in 0..tenant.size.events {
                writer.waiting.audit_event(&tenant.event(event, &mut rng));
                writer.some().await?;
            }
            for session in tenant.sessions() {
                writer.waiting.session(&session, None);
            }
        }
        writer.all().await
    }
}

struct Writer<W> {
    write: W,
    waiting: Bulk,
}

impl<W> Writer<W> {
    /// Writes what waits if it is enough.
    async fn some<E>(&mut self) -> Result<(), E>
    where
        W: AsyncFnMut(Bulk) -> Result<(), E>,
    {
        if self.waiting.len() < WAITING { Ok(()) } else { self.all().await }
    }

    async fn all<E>(&mut self) -> Result<(), E>
    where
        W: AsyncFnMut(Bulk) -> Result<(), E>,
    {
        (self.write)(std::mem::take(&mut self.waiting)).await
    }
}
