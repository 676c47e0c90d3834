//! Random cases: one that would be allowed, and then a few things changed in it. Ids, secrets, slugs, networks and times
//! come from so few values that two of them are often the same.
#![expect(
    clippy::unreachable,
    reason = "what is parsed here, and picked from, are this file's own constants"
)]

use auth::{
    access::{Access, Credentials, OrganizationRole, RestrictedKeys, Route, Scope, SpaceRole},
    address::Addresses,
    api_key::SecretHash,
    decide::{Circumstances, Credential, Records},
    email::Email,
    ids::{KeyId, OrganizationId, SessionId, Slug, SpaceId, UserId},
    records::{
        KeySpace, KeySpaces, Membership, Policy, PreviousSecret, Session, SessionKind, Space, StoredKey,
        User, UserKind,
    },
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use std::net::IpAddr;
use time::{Duration, OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2030-01-01 00:00 UTC);
const SPACE_ROLES: [SpaceRole; 3] = [SpaceRole::Viewer, SpaceRole::Editor, SpaceRole::Admin];
const NETWORKS: [&str; 8] = [
    "203.0.113.0/24",
    "203.0.113.7/32",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8:1::/48",
    "198.51.100.0/25",
    "2001:db8::7/128",
];
const SOURCES: [&str; 7] = [
    "203.0.113.7",
    "203.0.113.8",
    "198.51.100.127",
    "198.51.100.128",
    "2001:db8::7",
    "2001:db8:1::1",
    "::ffff:203.0.113.7",
];

/// All that a decision looks at.
pub struct Case {
    /// What was presented.
    pub credential: Credential,
    /// What is asked for.
    pub route: Route,
    /// `{space}`.
    pub space_of_path: Option<Slug>,
    /// `{id}`.
    pub id_of_path: Option<String>,
    /// What was read.
    pub records: Records,
    /// When and from where.
    pub circumstances: Circumstances,
}

/// The case of this number, always the same one.
pub fn case(number: u64) -> Case {
    let rng = &mut StdRng::seed_from_u64(number);
    let mut case = good(rng);
    let changes = pick(rng, &[0, 1, 1, 1, 2, 2, 3, 6]);
    for _ in 0..changes {
        change(&mut case, rng);
    }
    case
}

/// One that is allowed on most routes.
fn good(rng: &mut StdRng) -> Case {
    let (organization, user) = (OrganizationId::from_bits(1), UserId::from_bits(1));
    let space = SpaceId::from_bits(1);
    let slug = slug(1);
    let by_key = rng.random();
    let credential = if by_key {
        Credential::ApiKey { organization, user, key: KeyId::from_bits(1), hash: hash(1) }
    } else {
        let session = SessionId::from_bits(1);
        Credential::Session { organization, user, session, issued_at: NOW - Duration::MINUTE }
    };
    let records = Records {
        moved_to: None,
        user: Some(person(organization, user)),
        key: by_key.then(|| key(organization, user, rng)),
        session: (!by_key).then(|| session(organization, user, rng)),
        policy: Some(Policy::initial(organization)),
        space: Some(Space {
            id: space,
            organization,
            slug: slug.clone(),
            name: String::new(),
            created_at: NOW,
            admins: 1,
            members: 1,
            deleting: false,
        }),
        membership: Some(Membership {
            user,
            organization,
            slug: slug.clone(),
            space,
            role: pick(rng, &SPACE_ROLES),
        }),
    };
    Case {
        credential,
        route: route(rng),
        space_of_path: Some(slug),
        id_of_path: Some(
            pick(rng, &["key_00000000001", "key_00000000002", "usr_00000000001", "key_", "*"]).to_owned(),
        ),
        records,
        circumstances: Circumstances { now: NOW, source: source(1) },
    }
}

fn person(organization: OrganizationId, id: UserId) -> User {
    User {
        id,
        organization,
        email: Email::of_service_account(id),
        name: String::new(),
        kind: UserKind::Human,
        organization_role: OrganizationRole::Member,
        disabled: false,
        session_epoch: 1,
        key_epoch: 1,
        created_at: NOW,
    }
}

fn key(organization: OrganizationId, user: UserId, rng: &mut StdRng) -> StoredKey {
    StoredKey {
        id: KeyId::from_bits(1),
        user,
        organization,
        name: String::new(),
        hash: hash(1),
        hint: String::new(),
        previous: None,
        created_at: NOW - Duration::days(10),
        rotated_at: None,
        expires_at: None,
        read_only: rng.random_ratio(1, 4),
        spaces: if rng.random_ratio(1, 3) { key_spaces(rng) } else { KeySpaces::All },
        addresses: Addresses::Any,
        created_by_key: None,
        epoch: 1,
        forwarding: None,
        revoked_at: None,
        version: 1,
    }
}

fn session(organization: OrganizationId, user: UserId, rng: &mut StdRng) -> Session {
    Session {
        id: SessionId::from_bits(1),
        user,
        organization,
        kind: pick(rng, &[SessionKind::Full, SessionKind::Full, SessionKind::PasswordChange]),
        epoch: 1,
        created_at: NOW - Duration::HOUR,
        expires_at: NOW + Duration::HOUR,
        source_address: String::new(),
        user_agent: String::new(),
    }
}

fn route(rng: &mut StdRng) -> Route {
    let credentials = Credentials {
        session: rng.random_ratio(3, 4),
        password_change: rng.random_ratio(1, 3),
        api_key: rng.random_ratio(3, 4),
    };
    let scope = if rng.random() {
        let restricted_keys =
            pick(rng, &[RestrictedKeys::Refuse, RestrictedKeys::Itself, RestrictedKeys::Allow]);
        Scope::Organization { role: pick(rng, &OrganizationRole::ALL), restricted_keys }
    } else {
        Scope::Space { role: pick(rng, &SPACE_ROLES) }
    };
    let access = match rng.random_ratio(1, 50) {
        true => Access::Public,
        false => Access::Protected { credentials, scope, write: rng.random() },
    };
    Route { method: "PUT", template: "/any", access }
}

/// One thing becomes another, or is gone.
fn change(case: &mut Case, rng: &mut StdRng) {
    match rng.random_range(0..8) {
        0 => presented(&mut case.credential, rng),
        1 => circumstances(case, rng),
        2 | 3 => case.records.user.iter_mut().for_each(|it| of_user(it, rng)),
        4 if case.records.key.is_some() => case.records.key.iter_mut().for_each(|it| of_key(it, rng)),
        4 => case.records.session.iter_mut().for_each(|it| of_session(it, rng)),
        5 => case.records.policy.iter_mut().for_each(|it| of_policy(it, rng)),
        6 => in_space(case, rng),
        _ => absent(case, rng),
    }
}

fn presented(credential: &mut Credential, rng: &mut StdRng) {
    match credential {
        Credential::ApiKey { organization, user, key, hash: secret } => match rng.random_range(0..4) {
            0 => *organization = OrganizationId::from_bits(bit(rng)),
            1 => *user = UserId::from_bits(bit(rng)),
            2 => *key = KeyId::from_bits(bit(rng)),
            _ => *secret = hash(bit(rng)),
        },
        Credential::Session { organization, user, session, issued_at } => match rng.random_range(0..4) {
            0 => *organization = OrganizationId::from_bits(bit(rng)),
            1 => *user = UserId::from_bits(bit(rng)),
            2 => *session = SessionId::from_bits(bit(rng)),
            _ => *issued_at = moment(rng),
        },
    }
}

fn circumstances(case: &mut Case, rng: &mut StdRng) {
    match rng.random_range(0..4) {
        0 => case.circumstances.now = moment(rng),
        1 => case.circumstances.source = None,
        _ => case.circumstances.source = source(rng.random_range(0..SOURCES.len())),
    }
}

fn of_user(user: &mut User, rng: &mut StdRng) {
    match rng.random_range(0..8) {
        0 => user.id = UserId::from_bits(bit(rng)),
        1 => user.organization = OrganizationId::from_bits(bit(rng)),
        2 => user.kind = UserKind::ServiceAccount,
        3 => user.disabled = true,
        4 => user.session_epoch = bit(rng),
        5 => user.key_epoch = bit(rng),
        _ => user.organization_role = OrganizationRole::Admin,
    }
}

fn of_key(key: &mut StoredKey, rng: &mut StdRng) {
    match rng.random_range(0..13) {
        0 => key.id = KeyId::from_bits(bit(rng)),
        1 => key.user = UserId::from_bits(bit(rng)),
        2 => key.organization = OrganizationId::from_bits(bit(rng)),
        3 => key.hash = hash(bit(rng)),
        4 | 5 => {
            let (made_at, expires_at) = (moment(rng), moment(rng));
            key.previous = Some(PreviousSecret { hash: hash(bit(rng)), made_at, expires_at });
        }
        6 => key.rotated_at = Some(moment(rng)),
        7 => key.created_at = moment(rng),
        8 => key.expires_at = Some(moment(rng)),
        9 => key.spaces = key_spaces(rng),
        10 => key.addresses = networks(rng),
        11 => key.epoch = bit(rng),
        _ => key.revoked_at = Some(moment(rng)),
    }
}

fn of_session(session: &mut Session, rng: &mut StdRng) {
    match rng.random_range(0..6) {
        0 => session.id = SessionId::from_bits(bit(rng)),
        1 => session.user = UserId::from_bits(bit(rng)),
        2 => session.organization = OrganizationId::from_bits(bit(rng)),
        3 => session.epoch = bit(rng),
        4 => session.created_at = moment(rng),
        _ => session.expires_at = moment(rng),
    }
}

fn of_policy(policy: &mut Policy, rng: &mut StdRng) {
    match rng.random_range(0..7) {
        0 => policy.organization = OrganizationId::from_bits(bit(rng)),
        1 => policy.suspended = true,
        2 => policy.session_seconds = pick(rng, &[59, 60, 61, 3600]),
        3 => policy.refresh_absolute_seconds = pick(rng, &[3599, 3600, 3601]),
        4 => policy.api_keys_allowed = false,
        5 => policy.max_key_age_days = Some(pick(rng, &[1, 9, 10, 11])),
        _ => policy.addresses = networks(rng),
    }
}

fn in_space(case: &mut Case, rng: &mut StdRng) {
    let place = rng.random_range(0..10);
    match (place, &mut case.records.space, &mut case.records.membership) {
        (0, Some(space), _) => space.id = SpaceId::from_bits(bit(rng)),
        (1, Some(space), _) => space.organization = OrganizationId::from_bits(bit(rng)),
        (2, Some(space), _) => space.slug = slug(bit(rng)),
        (3, Some(space), _) => space.deleting = true,
        (4, _, Some(membership)) => membership.user = UserId::from_bits(bit(rng)),
        (5, _, Some(membership)) => membership.organization = OrganizationId::from_bits(bit(rng)),
        (6, _, Some(membership)) => membership.space = SpaceId::from_bits(bit(rng)),
        (7, _, Some(membership)) => membership.role = pick(rng, &SPACE_ROLES),
        (8, ..) => case.space_of_path = Some(slug(bit(rng))),
        _ => case.records.moved_to = Some(UserId::from_bits(bit(rng))),
    }
}

fn absent(case: &mut Case, rng: &mut StdRng) {
    let records = &mut case.records;
    match rng.random_range(0..8) {
        0 => records.user = None,
        1 => records.key = None,
        2 => records.session = None,
        3 => records.policy = None,
        4 => records.space = None,
        5 => records.membership = None,
        6 => case.space_of_path = None,
        _ => case.id_of_path = None,
    }
}

fn key_spaces(rng: &mut StdRng) -> KeySpaces {
    let count = rng.random_range(0..3);
    let one = |_| {
        let number = bit(rng);
        KeySpace { id: SpaceId::from_bits(number), slug: slug(number) }
    };
    KeySpaces::Only((0..count).map(one).collect())
}

fn networks(rng: &mut StdRng) -> Addresses {
    let count = rng.random_range(1..=3);
    let texts: Vec<_> = (0..count).map(|_| pick(rng, &NETWORKS)).collect();
    Addresses::parse(&texts).unwrap_or(Addresses::Any)
}

/// Around the ends of everything: of now, of a day, of ten days, of an hour.
fn moment(rng: &mut StdRng) -> OffsetDateTime {
    let around = pick(rng, &[0, -60, -3600, 3600, -86_400, -864_000]);
    NOW + Duration::seconds(around + pick(rng, &[-1, 0, 1]))
}

/// One or two: half of the time what the others have.
fn bit(rng: &mut StdRng) -> u64 {
    pick(rng, &[1, 2])
}

fn slug(number: u64) -> Slug {
    let text = if number == 1 { "north" } else { "south" };
    text.parse().unwrap_or_else(|_| unreachable!("a slug"))
}

fn hash(number: u64) -> SecretHash {
    let bytes = [if number == 1 { 1 } else { 2 }; 32];
    SecretHash::from_slice(&bytes).unwrap_or_else(|| unreachable!("32 bytes"))
}

fn source(place: usize) -> Option<IpAddr> {
    SOURCES.get(place).and_then(|text| text.parse().ok())
}

fn pick<T: Copy>(rng: &mut StdRng, values: &[T]) -> T {
    *values.choose(rng).unwrap_or_else(|| unreachable!("there are values"))
}
