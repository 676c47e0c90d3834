//! State, in one DynamoDB table.
//!
//! The records are `auth`'s; this crate reads and writes them and decides nothing about them.
//!
//! - Absence is an `Option`, a lost condition is an outcome such as [`Write::Conflict`], a failure is an
//!   [`StoreError`]. An item that cannot be read is a failure, never a default.
//! - Every read is strongly consistent, and nothing scans.
//! - The store has no clock: it does not hide what has expired. `auth` compares `expires_at` with its
//!   `now`; the table's TTL only cleans up, days later. Times are kept in whole seconds, rounded down.
//! - Writes that must hold together are one transaction. Each has a client token of its own and keeps it
//!   through its retries, so that one whose answer was lost is not run twice. A
//!   single conditional write has no such token: the write that finds its own result there has succeeded.
//!
//! `item` spells the keys and the attributes, `codec` turns records into items and back, `expression`
//! writes conditions, `read`, `write` and `transact` talk to DynamoDB, `direct` does so past the SDK's orchestrator;
//! then there is one file for each aggregate. `bulk`, behind a feature, fills tables that are to be measured.

mod attempts;
mod audit;
#[cfg(feature = "bulk")]
pub mod bulk;
mod codec;
mod decision;
mod delete_space;
mod delete_user;
mod direct;
mod error;
mod expression;
mod import;
mod item;
mod keys;
mod members;
mod move_key;
mod one_time;
mod organizations;
mod outbox;
mod passwords;
mod products;
mod reach;
mod read;
mod recording;
mod revoke;
mod sdk;
mod sessions;
mod shards;
mod signing_keys;
mod spaces;
mod transact;
mod usage;
mod usage_report;
mod users;
mod write;

pub use audit::{ActionFilter, AuditPage, AuditQuery};
pub use decision::Lookup;
pub use delete_space::SpaceRest;
pub use delete_user::UserRest;
pub use error::StoreError;
pub use import::{IMPORT_LIMIT, Imported, NewUser};
pub use item::{INDEX, ORGANIZATION_SHARDS, POLICY_COPIES, Subject, TTL_ATTRIBUTE, organization_shards};
pub use keys::{CreateKey, KeyPage};
pub use members::{MemberChange, MemberPage};
pub use move_key::{KeyPlace, MOVED_DESCENDANTS, MoveKey};
pub use outbox::{MailKind, OutboxItem};
pub use passwords::{ChangePassword, LoginRecords};
pub use products::{Product, ProductPage, ProductWrite};
pub use reach::ReachPage;
pub use revoke::Revoke;
pub use sessions::{RefreshRecords, Rotation, SessionPage};
pub use signing_keys::Published;
pub use spaces::SpacePage;
pub use usage::{BatchId, Counted, LastUse};
pub use usage_report::{DayPage, KeyPosition, OrganizationKey, OrganizationKeys, UsageDay, UsageHour};
pub use users::{AdminChange, Created, Setup, UserPage, UserUpdate};

use auth::audit::AuditEvent;
use aws_sdk_dynamodb::config::Credentials;
use direct::Direct;
use recording::Recording;
use sdk::Sdk;
use std::sync::Arc;

/// The table, reached through one client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    sdk: Arc<Sdk>,
    table: String,
    /// How long an audit event is kept; `None` is for ever.
    audit_days: Option<u32>,
    /// What the next change is recorded as.
    recording: Recording,
    /// The way past the SDK's orchestrator, of reads of whole items, of updates of one and of transactions.
    direct: Option<Direct>,
}

impl Store {
    /// The table of this name. The client brings the region, the credentials, the timeouts and the sleep
    /// that the pauses between repeated attempts use.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self::through(Sdk::of(client), table.into())
    }

    /// The same of a client that is made when it is needed: for a process that answers sooner without. A configuration
    /// that makes none is a panic of that call.
    pub fn later(config: aws_sdk_dynamodb::Config, table: impl Into<String>) -> Self {
        Self::through(Sdk::later(config), table.into())
    }

    fn through(sdk: Sdk, table: String) -> Self {
        let (sdk, recording) = (Arc::new(sdk), Recording::default());
        Self { sdk, table, audit_days: None, recording, direct: None }
    }

    fn client(&self) -> &aws_sdk_dynamodb::Client {
        self.sdk.client()
    }

    /// The same table, whose reads of whole items, updates of one and transactions are tried without the SDK's
    /// orchestrator first, by the client's own configuration. An update whose answer is lost is sent again, as by the
    /// SDK: one that adds to what is there without a condition on it may be done twice, by either. The client does not
    /// show the credentials and the endpoint (`None` is the region's own): these must be the client's. Nor does it show whether its endpoint is one for FIPS or for IPv6 as well: such a one has to be
    /// named here. Connections are shared where the client's time to connect is set, and not the SDK's default.
    #[must_use]
    pub fn directly(self, credentials: Credentials, endpoint: Option<&str>) -> Self {
        Self { direct: Direct::beside(self.sdk.config(), credentials, endpoint), ..self }
    }

    /// The same table, whose audit events are kept for so many days; `None` is for ever, as without this.
    #[must_use]
    pub fn keeping_audit(self, days: Option<u32>) -> Self {
        Self { audit_days: days, ..self }
    }

    /// The same table, whose next change is written in one transaction with `event`.
    ///
    /// What writes nothing, because all is as wanted or a condition is lost, records nothing either. The event is
    /// used once: further changes through this handle, or a clone of it, record nothing.
    #[must_use]
    pub fn recording(&self, event: AuditEvent) -> Self {
        Self { recording: Recording::of(event), ..self.clone() }
    }

    /// The same table, whose changes are not recorded.
    fn silent(&self) -> Self {
        Self { recording: Recording::default(), ..self.clone() }
    }
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Write {
    /// It is written.
    Done,
    /// What it relied on had changed. Nothing is written.
    Conflict,
}
