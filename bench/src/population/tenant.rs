//! One organization: who and what there is of number *n*.

use super::Size;
use auth::{
    access::{OrganizationRole, SpaceRole},
    address::Addresses,
    api_key::{ApiKey, Prefix},
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    ids::{KeyId, OrganizationId, SessionId, SpaceId, UserId},
    records::{
        KeySpaces, Membership, Organization, Policy, Session, SessionKind, Space, StoredKey, User, UserKind,
    },
};
use rand::{SeedableRng, rngs::StdRng};
use std::{fmt::Debug, str::FromStr};
use time::{Duration, OffsetDateTime, macros::datetime};

/// All ids and secrets follow from it.
const SEED: u64 = 5;
/// When everything was made.
const MADE_AT: OffsetDateTime = datetime!(2030-04-09 12:00 UTC);
/// The user of this number is the organization's admin.
const ADMIN: u32 = 0;
/// A service account with many keys.
const MACHINE: u32 = 1;
/// A member of every space, with many sessions.
const EVERYWHERE: u32 = 2;
/// A member like most.
const MEMBER: u32 = 3;
/// The most keys of one user.
const MOST_KEYS: u32 = 1_000;
/// The most sessions of one user.
const MOST_SESSIONS: u32 = 200;

/// One organization.
#[derive(Debug, Clone, Copy)]
pub struct Tenant {
    pub(super) number: u32,
    /// How much there is of it.
    pub size: Size,
}

impl Tenant {
    /// Its id.
    pub fn id(&self) -> OrganizationId {
        OrganizationId::from_bits(self.bits("organization", 0))
    }

    /// Its record.
    pub fn organization(&self) -> Organization {
        Organization {
            id: self.id(),
            name: format!("Organization {:03}", self.number),
            created_at: MADE_AT,
            admins: 1,
        }
    }

    /// Its policy, as a new organization has it.
    pub fn policy(&self) -> Policy {
        Policy::initial(self.id())
    }

    /// Its admin.
    pub fn admin(&self) -> User {
        self.user(ADMIN)
    }

    /// Its service account with many keys.
    pub fn machine(&self) -> User {
        self.user(MACHINE)
    }

    /// The user who is in every space and has many sessions.
    pub fn everywhere(&self) -> User {
        self.user(EVERYWHERE)
    }

    /// A user with two keys, in one or two spaces.
    pub fn member(&self) -> User {
        self.user(MEMBER)
    }

    /// A space in which that member is at home.
    pub fn home_of_member(&self) -> Space {
        self.space(MEMBER % self.size.spaces)
    }

    /// The space with many members.
    pub fn busy_space(&self) -> Space {
        self.space(0)
    }

    pub(super) fn user(&self, number: u32) -> User {
        let organization = self.id();
        let kind = if number % 50 == MACHINE { UserKind::ServiceAccount } else { UserKind::Human };
        let role = if number == ADMIN { OrganizationRole::Admin } else { OrganizationRole::Member };
        User {
            id: self.user_id(number),
            organization,
            email: parsed(&format!("user-{number:06}@org-{:03}.example.test", self.number)),
            name: format!("Ada Example {number:06}"),
            kind,
            organization_role: role,
            disabled: false,
            session_epoch: 0,
            key_epoch: 0,
            created_at: MADE_AT,
        }
    }

    fn user_id(&self, number: u32) -> UserId {
        UserId::from_bits(self.bits("user", number))
    }

    /// Every space.
    pub fn spaces(&self) -> impl Iterator<Item = Space> {
        let tenant = *self;
        (0..self.size.spaces).map(move |number| tenant.space(number))
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = StoredKey> {
        let tenant = *self;
        (0..self.size.keys).map(move |number| tenant.key(number).0)
    }

    /// The memberships of the user of this number.
    pub(super) fn memberships(&self, number: u32) -> impl Iterator<Item = Membership> {
        let home = number % self.size.spaces;
        let visits_all = number == EVERYWHERE;
        let spaces = (0..self.size.spaces)
            .filter(move |space| visits_all || *space == home || (*space == 0 && number.is_multiple_of(10)));
        let (tenant, user) = (*self, self.user_id(number));
        spaces.map(move |space| {
            // The first who is at home in a space is its Admin.
            let role = match space == home {
                true if number < tenant.size.spaces => SpaceRole::Admin,
                true => SpaceRole::Editor,
                false => SpaceRole::Viewer,
            };
            let space = tenant.space(space);
            Membership { user, organization: space.organization, slug: space.slug, space: space.id, role }
        })
    }

    /// The sessions of the user who has many.
    pub fn sessions(&self) -> impl Iterator<Item = Session> {
        let tenant = *self;
        let user = self.everywhere();
        (0..(self.size.users / 10).min(MOST_SESSIONS)).map(move |number| Session {
            id: SessionId::from_bits(tenant.bits("session", number)),
            user: user.id,
            organization: user.organization,
            kind: SessionKind::Full,
            epoch: user.session_epoch,
            created_at: MADE_AT,
            expires_at: MADE_AT + Duration::days(30),
            source_address: "192.0.2.7".to_owned(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
        })
    }

    /// The key of this number, as it is stored and as its owner has it.
    pub fn key(&self, number: u32) -> (StoredKey, ApiKey) {
        let many = self.keys_of_machine();
        let owner = match number.checked_sub(many) {
            None => MACHINE,
            Some(rest) => rest % self.size.users,
        };
        let user = self.user(owner);
        let id = KeyId::from_bits(self.bits("key", number));
        let mut rng = StdRng::seed_from_u64(self.bits("secret", number));
        let key = ApiKey::generate(user.organization, user.id, id, &mut rng);
        let stored = StoredKey {
            id,
            user: user.id,
            organization: user.organization,
            name: format!("Deployment pipeline {number:06}"),
            hash: key.secret_hash(),
            hint: key.hint(&Prefix::default()),
            previous: None,
            created_at: MADE_AT,
            rotated_at: None,
            expires_at: None,
            read_only: false,
            spaces: KeySpaces::All,
            addresses: Addresses::Any,
            created_by_key: None,
            epoch: user.key_epoch,
            forwarding: None,
            revoked_at: None,
            version: 1,
        };
        (stored, key)
    }

    /// A key of the service account that has many.
    pub fn key_of_machine(&self) -> (StoredKey, ApiKey) {
        self.key(0)
    }

    /// Another key of that service account.
    pub fn other_key_of_machine(&self) -> StoredKey {
        self.key(1).0
    }

    /// A key of the member who is like most.
    pub fn key_of_member(&self) -> (StoredKey, ApiKey) {
        self.key(self.keys_of_machine() + MEMBER)
    }

    pub(super) fn event(&self, number: u32, rng: &mut StdRng) -> AuditEvent {
        let (user, key) = (self.user(number % self.size.users), KeyId::from_bits(self.bits("key", number)));
        let event = AuditEvent::new(
            user.organization,
            Actor::User(user.id),
            Some(CredentialId::ApiKey(key)),
            Action::PolicyUpdated,
            user.organization.to_string(),
            "192.0.2.7",
            MADE_AT,
            rng,
        );
        event.with("session_seconds.before", "900").with("session_seconds.after", "600")
    }

    fn space(&self, number: u32) -> Space {
        Space {
            id: SpaceId::from_bits(self.bits("space", number)),
            organization: self.id(),
            slug: parsed(&format!("space-{number:04}")),
            name: format!("Space {number:04}"),
            created_at: MADE_AT,
            admins: u32::from(number < self.size.users),
            members: self.members(number),
            deleting: false,
        }
    }

    /// How many memberships name the space of this number.
    fn members(&self, space: u32) -> u32 {
        let Size { users, spaces, .. } = self.size;
        let home = users / spaces + u32::from(space < users % spaces);
        let everywhere = u32::from(EVERYWHERE < users && EVERYWHERE % spaces != space);
        let visitors =
            (0..users).step_by(10).filter(|user| space == 0 && user % spaces != 0 && *user != EVERYWHERE);
        home + everywhere + u32::try_from(visitors.count()).expect("fewer than users")
    }

    /// How many keys that service account has, and some.
    pub fn keys_of_machine(&self) -> u32 {
        (self.size.keys / 10).min(MOST_KEYS)
    }

    /// 64 bits that follow from the organization, a word and a number.
    fn bits(&self, word: &str, number: u32) -> u64 {
        let numbers = u64::from(self.number) << 32 | u64::from(number);
        let word = word.bytes().fold(SEED, |bits, byte| mix(bits ^ u64::from(byte)));
        mix(word ^ mix(numbers))
    }
}

/// One step of SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>).
const fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// An address or a slug that is known to be one.
fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("made to fit")
}
