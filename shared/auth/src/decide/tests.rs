use super::*;
use crate::{
    access::Credentials,
    address::Addresses,
    records::{KeySpace, PreviousSecret},
};
use rand::{SeedableRng, rngs::StdRng};
use time::{Duration, macros::datetime};

mod order;

pub(crate) const NOW: OffsetDateTime = datetime!(2030-01-01 00:00 UTC);
const ORGANIZATION: OrganizationId = OrganizationId::from_bits(1);
const USER: UserId = UserId::from_bits(2);
const SPACE: SpaceId = SpaceId::from_bits(5);
const ALL_KINDS: Credentials = Credentials { session: true, password_change: true, api_key: true };

/// All that a decision looks at, of an editor in a space. Allowed, until a test changes something.
struct Case {
    credential: Credential,
    route: Route,
    slug: Option<Slug>,
    id: Option<&'static str>,
    records: Records,
    circumstances: Circumstances,
}

impl Case {
    fn decide(&self) -> Decision {
        let path = Path { space: self.slug.as_ref(), id: self.id };
        decide(&self.credential, &self.route, &path, &self.records, &self.circumstances)
    }

    fn user(&mut self) -> &mut User {
        self.records.user.as_mut().unwrap()
    }

    fn key(&mut self) -> &mut StoredKey {
        self.records.key.as_mut().unwrap()
    }

    fn session(&mut self) -> &mut Session {
        self.records.session.as_mut().unwrap()
    }

    fn policy(&mut self) -> &mut Policy {
        self.records.policy.as_mut().unwrap()
    }

    fn accept(&mut self, accepted: Credentials) {
        if let Access::Protected { credentials, .. } = &mut self.route.access {
            *credentials = accepted;
        }
    }

    fn organization(mut self, role: OrganizationRole, restricted_keys: RestrictedKeys) -> Self {
        let scope = Scope::Organization { role, restricted_keys };
        self.route.access = Access::Protected { credentials: ALL_KINDS, scope, write: true };
        self
    }
}

fn slug() -> Slug {
    "shop".parse().unwrap()
}

fn only(list: &[&str]) -> Addresses {
    Addresses::parse(list).unwrap()
}

fn hash(seed: u64) -> SecretHash {
    ApiKey::generate(ORGANIZATION, USER, KeyId::from_bits(3), &mut StdRng::seed_from_u64(seed)).secret_hash()
}

fn case(credential: Credential) -> Case {
    let scope = Scope::Space { role: SpaceRole::Editor };
    Case {
        credential,
        route: Route {
            method: "PUT",
            template: "/catalog/spaces/{space}/products/{product}",
            access: Access::Protected { credentials: ALL_KINDS, scope, write: true },
        },
        slug: Some(slug()),
        id: None,
        records: Records {
            user: Some(User {
                id: USER,
                organization: ORGANIZATION,
                email: "editor@example.test".parse().unwrap(),
                name: "Editor".to_owned(),
                kind: UserKind::Human,
                organization_role: OrganizationRole::Member,
                disabled: false,
                session_epoch: 1,
                key_epoch: 2,
                created_at: NOW,
            }),
            policy: Some(Policy::initial(ORGANIZATION)),
            space: Some(Space {
                id: SPACE,
                organization: ORGANIZATION,
                slug: slug(),
                name: "Shop".to_owned(),
                created_at: NOW,
                admins: 1,
                members: 0,
                deleting: false,
            }),
            membership: Some(Membership {
                user: USER,
                organization: ORGANIZATION,
                slug: slug(),
                space: SPACE,
                role: SpaceRole::Editor,
            }),
            ..Records::default()
        },
        circumstances: Circumstances { now: NOW, source: Some([203, 0, 113, 7].into()) },
    }
}

/// A key that is ten days old.
pub(crate) fn stored_key() -> StoredKey {
    StoredKey {
        id: KeyId::from_bits(3),
        user: USER,
        organization: ORGANIZATION,
        name: "deploy".to_owned(),
        hash: hash(1),
        hint: "abcd".to_owned(),
        previous: None,
        created_at: NOW - Duration::days(10),
        rotated_at: None,
        expires_at: None,
        read_only: false,
        spaces: KeySpaces::All,
        addresses: Addresses::Any,
        created_by_key: None,
        epoch: 2,
        forwarding: None,
        revoked_at: None,
        version: 1,
    }
}

fn by_key() -> Case {
    let key = stored_key();
    let mut case =
        case(Credential::ApiKey { organization: ORGANIZATION, user: USER, key: key.id, hash: hash(1) });
    case.records.key = Some(key);
    case
}

/// With a token of ten minutes, of a session of ten hours.
fn by_session() -> Case {
    let id = SessionId::from_bits(4);
    let issued_at = NOW - Duration::minutes(10);
    let mut case =
        case(Credential::Session { organization: ORGANIZATION, user: USER, session: id, issued_at });
    case.records.session = Some(Session {
        id,
        user: USER,
        organization: ORGANIZATION,
        kind: SessionKind::Full,
        epoch: 1,
        created_at: NOW - Duration::hours(10),
        expires_at: NOW + Duration::days(30),
        source_address: "203.0.113.7".to_owned(),
        user_agent: String::new(),
    });
    case
}

fn unauthorized(mut case: Case, change: impl FnOnce(&mut Case), reason: Unauthorized) {
    change(&mut case);
    assert_eq!(case.decide(), Decision::Unauthorized(reason));
}

fn forbidden(mut case: Case, change: impl FnOnce(&mut Case), reason: Forbidden) {
    change(&mut case);
    assert_eq!(case.decide(), Decision::Forbidden(reason));
}

fn allowed(mut case: Case, change: impl FnOnce(&mut Case)) -> Caller {
    change(&mut case);
    match case.decide() {
        Decision::Allow(caller) => caller,
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn a_good_credential_is_allowed_as_its_user() {
    let expected = Caller {
        user: USER,
        organization: ORGANIZATION,
        organization_role: OrganizationRole::Member,
        credential_kind: CredentialKind::ApiKey,
        credential: CredentialId::ApiKey(KeyId::from_bits(3)),
        space: Some((SPACE, SpaceRole::Editor)),
    };
    assert_eq!(allowed(by_key(), |_| ()), expected);
    let expected = Caller {
        credential_kind: CredentialKind::Session,
        credential: CredentialId::Session(SessionId::from_bits(4)),
        ..expected
    };
    assert_eq!(allowed(by_session(), |_| ()), expected);
    let expected = Caller { credential_kind: CredentialKind::PasswordChange, ..expected };
    assert_eq!(allowed(by_session(), |it| it.session().kind = SessionKind::PasswordChange), expected);
}

#[test]
fn what_is_absent_or_another_s_refuses() {
    for case in [by_key, by_session] {
        unauthorized(case(), |it| it.records.user = None, Unauthorized::Unknown);
        unauthorized(case(), |it| it.records.policy = None, Unauthorized::Unknown);
        let other = OrganizationId::from_bits(9);
        unauthorized(case(), |it| it.user().id = UserId::from_bits(9), Unauthorized::Mismatch);
        unauthorized(case(), |it| it.user().organization = other, Unauthorized::Mismatch);
        unauthorized(case(), |it| it.policy().organization = other, Unauthorized::Mismatch);
        forbidden(case(), |it| it.records.space = None, Forbidden::NoSpace);
        forbidden(case(), |it| it.records.membership = None, Forbidden::NoSpace);
        forbidden(case(), |it| it.slug = None, Forbidden::NoSpace);
        let reused = SpaceId::from_bits(6);
        forbidden(case(), |it| it.records.space.as_mut().unwrap().id = reused, Forbidden::NoSpace);
        forbidden(case(), |it| it.route.access = Access::Public, Forbidden::CredentialKind);
    }
    unauthorized(by_key(), |it| it.records.key = None, Unauthorized::Unknown);
    unauthorized(by_key(), |it| it.key().id = KeyId::from_bits(9), Unauthorized::Mismatch);
    unauthorized(by_key(), |it| it.key().user = UserId::from_bits(9), Unauthorized::Mismatch);
    unauthorized(by_session(), |it| it.records.session = None, Unauthorized::Unknown);
    unauthorized(by_session(), |it| it.session().id = SessionId::from_bits(9), Unauthorized::Mismatch);
    unauthorized(by_session(), |it| it.session().user = UserId::from_bits(9), Unauthorized::Mismatch);
    unauthorized(by_session(), |it| it.user().kind = UserKind::ServiceAccount, Unauthorized::ServiceAccount);
}

#[test]
fn a_previous_secret_is_good_until_its_overlap_ends() {
    let previous = |expires_at| PreviousSecret { hash: hash(1), made_at: NOW, expires_at };
    let rotated = |it: &mut Case, expires_at| {
        it.key().hash = hash(2);
        it.key().previous = Some(previous(expires_at));
    };
    allowed(by_key(), |it| rotated(it, NOW + Duration::SECOND));
    unauthorized(by_key(), |it| rotated(it, NOW), Unauthorized::Secret);
    unauthorized(by_key(), |it| it.key().hash = hash(2), Unauthorized::Secret);
}

#[test]
fn an_end_is_the_first_moment_in_which_a_credential_is_refused() {
    let soon = NOW + Duration::SECOND;
    allowed(by_key(), |it| it.key().expires_at = Some(soon));
    unauthorized(by_key(), |it| it.key().expires_at = Some(NOW), Unauthorized::Expired);
    allowed(by_session(), |it| it.session().expires_at = soon);
    unauthorized(by_session(), |it| it.session().expires_at = NOW, Unauthorized::Expired);
}

#[test]
fn a_shorter_life_of_tokens_holds_for_those_that_are_out() {
    allowed(by_session(), |it| it.policy().session_seconds = 601);
    unauthorized(by_session(), |it| it.policy().session_seconds = 600, Unauthorized::Expired);
    allowed(by_key(), |it| it.policy().session_seconds = 300);
}

#[test]
fn a_shorter_absolute_life_holds_for_sessions_that_are_open() {
    let ten_hours = 36_000;
    allowed(by_session(), |it| it.policy().refresh_absolute_seconds = ten_hours + 1);
    unauthorized(by_session(), |it| it.policy().refresh_absolute_seconds = ten_hours, Unauthorized::Expired);
    // A longer one gives none back: the session has an end of its own.
    unauthorized(
        by_session(),
        |it| {
            it.session().expires_at = NOW;
            it.policy().refresh_absolute_seconds = 31_536_000;
        },
        Unauthorized::Expired,
    );
}

#[test]
fn a_greatest_age_holds_for_each_secret_by_when_it_was_made() {
    allowed(by_key(), |it| it.policy().max_key_age_days = Some(11));
    unauthorized(by_key(), |it| it.policy().max_key_age_days = Some(10), Unauthorized::Expired);
    allowed(by_key(), |it| {
        it.policy().max_key_age_days = Some(10);
        it.key().rotated_at = Some(NOW - Duration::days(9));
    });
    // The secret before has its own age, not its successor's.
    let overlapping = |it: &mut Case, days| {
        it.policy().max_key_age_days = Some(10);
        it.key().hash = hash(2);
        it.key().rotated_at = Some(NOW);
        let made_at = NOW - Duration::days(days);
        it.key().previous = Some(PreviousSecret { hash: hash(1), made_at, expires_at: NOW + Duration::DAY });
    };
    allowed(by_key(), |it| overlapping(it, 9));
    unauthorized(by_key(), |it| overlapping(it, 10), Unauthorized::Expired);
    allowed(by_session(), |it| it.policy().max_key_age_days = Some(1));
}

#[test]
fn where_keys_are_not_allowed_sessions_go_on() {
    forbidden(by_key(), |it| it.policy().api_keys_allowed = false, Forbidden::ApiKeys);
    allowed(by_session(), |it| it.policy().api_keys_allowed = false);
}

#[test]
fn both_the_organization_and_the_key_must_admit_the_address() {
    let (here, there) = (only(&["203.0.113.0/24"]), only(&["198.51.100.0/24"]));
    for case in [by_key, by_session] {
        allowed(case(), |it| it.policy().addresses = here.clone());
        forbidden(case(), |it| it.policy().addresses = there.clone(), Forbidden::Address);
        forbidden(case(), |it| it.policy().addresses = Addresses::Only(Vec::new()), Forbidden::Address);
        let unknown = |it: &mut Case| {
            it.policy().addresses = here.clone();
            it.circumstances.source = None;
        };
        forbidden(case(), unknown, Forbidden::Address);
        allowed(case(), |it| it.circumstances.source = None);
    }
    allowed(by_key(), |it| it.key().addresses = here.clone());
    forbidden(by_key(), |it| it.key().addresses = there.clone(), Forbidden::Address);
    let both = |it: &mut Case, organization: &Addresses, key: &Addresses| {
        it.policy().addresses = organization.clone();
        it.key().addresses = key.clone();
    };
    forbidden(by_key(), |it| both(it, &there, &here), Forbidden::Address);
    forbidden(by_key(), |it| both(it, &here, &there), Forbidden::Address);
    allowed(by_key(), |it| both(it, &here, &here));
}

#[test]
fn a_restricted_key_reaches_its_spaces_and_itself() {
    let to = |space| KeySpaces::Only(vec![KeySpace { id: space, slug: slug() }]);
    allowed(by_key(), |it| it.key().spaces = to(SPACE));
    forbidden(by_key(), |it| it.key().spaces = to(SpaceId::from_bits(6)), Forbidden::Restricted);
    forbidden(by_key(), |it| it.key().spaces = KeySpaces::Only(Vec::new()), Forbidden::Restricted);
    let route = |rule| by_key().organization(OrganizationRole::Member, rule);
    let restricted = |it: &mut Case| it.key().spaces = to(SPACE);
    allowed(route(RestrictedKeys::Allow), restricted);
    forbidden(route(RestrictedKeys::Refuse), restricted, Forbidden::Restricted);
    forbidden(route(RestrictedKeys::Itself), restricted, Forbidden::Restricted);
    let own: &'static str = KeyId::from_bits(3).to_string().leak();
    let named = |id| move |it: &mut Case| (it.key().spaces, it.id) = (to(SPACE), Some(id));
    allowed(route(RestrictedKeys::Itself), named(own));
    forbidden(route(RestrictedKeys::Itself), named("key_00000000004"), Forbidden::Restricted);
    allowed(route(RestrictedKeys::Refuse), |_| ());
}

#[test]
fn an_iat_that_is_no_time_ends_at_once() {
    let mut rng = StdRng::seed_from_u64(1);
    let session = SessionId::from_bits(4);
    let mut claims =
        Claims::new("https://auth.example.test", USER, session, ORGANIZATION, NOW, 900, &mut rng);
    allowed(by_session(), |it| it.credential = Credential::from(&claims));
    for iat in [i64::MIN, i64::MAX] {
        claims.iat = iat;
        unauthorized(by_session(), |it| it.credential = (&claims).into(), Unauthorized::Expired);
    }
}

#[test]
fn a_credential_is_named_by_its_own_id() {
    let (key, session) = (KeyId::from_bits(3), SessionId::from_bits(4));
    assert_eq!(CredentialId::ApiKey(key).to_string(), key.to_string());
    assert_eq!(CredentialId::Session(session).to_string(), session.to_string());
}

/// Who is Admin in each space of the organization needs no membership, and no space of another one or by another name.
#[test]
fn a_space_is_the_one_of_the_path_in_the_user_s_own_organization() {
    type Change = fn(&mut Space);
    let other: [Change; 3] = [
        |space| space.organization = OrganizationId::from_bits(9),
        |space| space.slug = "other".parse().unwrap(),
        |space| space.deleting = true,
    ];
    for case in [by_key, by_session] {
        for change in other {
            let of_admin = |it: &mut Case| {
                it.user().organization_role = OrganizationRole::Admin;
                it.records.membership = None;
                change(it.records.space.as_mut().unwrap());
            };
            forbidden(case(), of_admin, Forbidden::NoSpace);
            forbidden(case(), |it| change(it.records.space.as_mut().unwrap()), Forbidden::NoSpace);
        }
    }
}
