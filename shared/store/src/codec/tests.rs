//! Every record comes back from its item as it was, and only whole seconds of its times do.

use super::{Attempts, EmailClaim, PolicyCopy, Readable as _, Record, item};
use crate::{MailKind, OutboxItem, Product, Published, Subject, item::Key};
use auth::{
    access::{OrganizationRole, SpaceRole},
    address::{AddressKey, Addresses},
    api_key::SecretHash,
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    email::Email,
    ids::{KeyId, OrganizationId, ProductId, SessionId, Slug, SpaceId, UserId},
    one_time::{OneTimeHash, OneTimePurpose, StoredOneTime},
    password::PasswordHash,
    records::{
        Forwarding, KeySpace, KeySpaces, Membership, Organization, Policy, PreviousSecret, Session,
        SessionKind, Space, StoredKey, StoredPassword, User, UserKind,
    },
    refresh::{PreviousValue, RefreshState},
    signing::PublicKey,
    throttle::AttemptState,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};
use time::OffsetDateTime;

const PHC: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                   c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g";

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,40}"
}

fn at() -> impl Strategy<Value = OffsetDateTime> {
    // From 1970 to 9999: what the API takes and writes.
    (0..253_402_300_799i64).prop_map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap())
}

fn slug() -> impl Strategy<Value = Slug> {
    "[a-z0-9-]{1,63}".prop_map(|text| text.parse().unwrap())
}

fn email() -> impl Strategy<Value = Email> {
    "[a-z0-9#+.]{1,20}@[a-z0-9#-]{1,20}".prop_map(|text| text.parse().unwrap())
}

/// To the millisecond.
fn instant() -> impl Strategy<Value = OffsetDateTime> {
    (at(), 0..1000u16).prop_map(|(at, millis)| at.replace_millisecond(millis).unwrap())
}

fn addresses() -> impl Strategy<Value = Addresses> {
    let some = select(vec!["203.0.113.0/24", "198.51.100.7", "2001:db8::/32", "0.0.0.0/0", "::1"]);
    prop_oneof![
        Just(Addresses::Any),
        Just(Addresses::Only(Vec::new())),
        vec(some, 1..5).prop_map(|list| Addresses::parse(&list).unwrap()),
    ]
}

prop_compose! {
    fn attempts()(
        attempts: u32, not_before in option::of(instant()), last in option::of(instant()),
    ) -> AttemptState {
        AttemptState { attempts, not_before, last }
    }
}

prop_compose! {
    fn refresh_state()(
        (session, user, organization) in any::<(u64, u64, u64)>(), generation: u32, tag_key: [u8; 32],
        current: [u8; 32], previous in option::of((any::<([u8; 32], [u8; 32])>(), instant(), text())),
        refreshed_at in at(), expires_at in at(),
    ) -> RefreshState {
        RefreshState {
            session: SessionId::from_bits(session), user: UserId::from_bits(user),
            organization: OrganizationId::from_bits(organization), generation, tag_key: tag_key.into(), current,
            previous: previous.map(|((hash, salt), rotated_at, source)| {
                PreviousValue { hash, salt, rotated_at, source }
            }),
            refreshed_at, expires_at,
        }
    }
}

prop_compose! {
    fn one_time()(
        hash: [u8; 32], purpose in select(vec![OneTimePurpose::Reset, OneTimePurpose::Setup]),
        (user, organization, password_version) in any::<(u64, u64, u64)>(), created_at in at(), expires_at in at(),
        made_by in option::of(any::<u64>()),
    ) -> StoredOneTime {
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        StoredOneTime {
            hash: OneTimeHash::from_hex(&hex).unwrap(), purpose, user: UserId::from_bits(user),
            organization: OrganizationId::from_bits(organization), password_version, created_at, expires_at,
            made_by: made_by.map(UserId::from_bits),
        }
    }
}

fn mail_kind() -> impl Strategy<Value = MailKind> {
    let id = || any::<u64>().prop_map(UserId::from_bits);
    prop_oneof![
        email().prop_map(|email| MailKind::ResetAsked { email }),
        (id(), id()).prop_map(|(user, by)| MailKind::ResetStarted { user, by }),
        (id(), id()).prop_map(|(user, by)| MailKind::SetupStarted { user, by }),
        id().prop_map(|user| MailKind::PasswordDisabled { user }),
    ]
}

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        any::<u64>().prop_map(|id| Actor::User(UserId::from_bits(id))),
        Just(Actor::System),
        Just(Actor::Unknown),
    ]
}

fn credential() -> impl Strategy<Value = CredentialId> {
    prop_oneof![
        any::<u64>().prop_map(|id| CredentialId::ApiKey(KeyId::from_bits(id))),
        any::<u64>().prop_map(|id| CredentialId::Session(SessionId::from_bits(id))),
    ]
}

fn hash() -> impl Strategy<Value = SecretHash> {
    any::<[u8; 32]>().prop_map(|bytes| SecretHash::from_slice(&bytes).unwrap())
}

fn key_spaces() -> impl Strategy<Value = KeySpaces> {
    let one = (any::<u64>(), slug()).prop_map(|(id, slug)| KeySpace { id: SpaceId::from_bits(id), slug });
    prop_oneof![Just(KeySpaces::All), vec(one, 0..4).prop_map(KeySpaces::Only)]
}

prop_compose! {
    fn user()(
        id: u64, organization: u64, email in email(), name in text(), disabled: bool,
        kind in select(vec![UserKind::Human, UserKind::ServiceAccount]),
        organization_role in select(OrganizationRole::ALL.to_vec()),
        session_epoch: u64, key_epoch: u64, created_at in at(),
    ) -> User {
        User {
            id: UserId::from_bits(id), organization: OrganizationId::from_bits(organization), email, name, kind,
            organization_role, disabled, session_epoch, key_epoch, created_at,
        }
    }
}

prop_compose! {
    fn key()(
        (id, user, organization, epoch, version) in any::<(u64, u64, u64, u64, u64)>(), name in text(), hash in hash(),
        hint in text(), previous in option::of((hash(), at(), at())), created_at in at(),
        rotated_at in option::of(at()), expires_at in option::of(at()), revoked_at in option::of(at()),
        read_only: bool, spaces in key_spaces(), created_by_key in option::of(any::<u64>()),
        addresses in addresses(), forwarded in option::of((any::<u64>(), option::of(at()))),
    ) -> StoredKey {
        StoredKey {
            id: KeyId::from_bits(id), user: UserId::from_bits(user),
            organization: OrganizationId::from_bits(organization), name, hash, hint,
            previous: previous.map(|(hash, made_at, expires_at)| PreviousSecret { hash, made_at, expires_at }),
            created_at, rotated_at, expires_at, read_only, spaces, addresses,
            created_by_key: created_by_key.map(KeyId::from_bits), epoch, revoked_at, version,
            forwarding: forwarded.map(|(from, until)| Forwarding { from: UserId::from_bits(from), until }),
        }
    }
}

prop_compose! {
    fn session()(
        (id, user, organization, epoch) in any::<(u64, u64, u64, u64)>(), created_at in at(), expires_at in at(),
        kind in select(vec![SessionKind::Full, SessionKind::PasswordChange]),
        source_address in text(), user_agent in text(),
    ) -> Session {
        Session {
            id: SessionId::from_bits(id), user: UserId::from_bits(user),
            organization: OrganizationId::from_bits(organization), kind, epoch, created_at, expires_at,
            source_address, user_agent,
        }
    }
}

prop_compose! {
    fn product()(
        (id, space, by, last_by, version) in any::<(u64, u64, u64, u64, u64)>(), name in text(), description in text(),
        tags in vec(text(), 0..4), created_at in at(), updated_at in at(),
    ) -> Product {
        Product {
            id: ProductId::from_bits(id), space: SpaceId::from_bits(space), name, description, tags, version,
            created_at, updated_at, created_by: UserId::from_bits(by), updated_by: UserId::from_bits(last_by),
        }
    }
}

prop_compose! {
    fn public_key()(
        kid in text(), x: [u8; 32], y: [u8; 32], sign_from in at(), retire_at in option::of(at()),
    ) -> PublicKey {
        PublicKey { kid, x, y, sign_from, retire_at }
    }
}

fn comes_back<R: Record + PartialEq + std::fmt::Debug>(record: &R) -> Result<(), TestCaseError> {
    let read = R::from_item(&record.to_item());
    prop_assert_eq!(read.as_ref(), Ok(record));
    Ok(())
}

proptest! {
    #[test]
    fn users_come_back(user in user()) {
        comes_back(&user)?;
        comes_back(&EmailClaim::from(&user))?;
    }

    #[test]
    fn keys_come_back(key in key()) {
        comes_back(&key)?;
    }

    #[test]
    fn sessions_come_back(session in session()) {
        comes_back(&session)?;
    }

    #[test]
    fn products_come_back(product in product()) {
        comes_back(&product)?;
    }

    #[test]
    fn what_is_published_comes_back(base_url in text(), keys in vec(public_key(), 0..4), version: u64) {
        comes_back(&Published { base_url, keys, version })?;
    }

    #[test]
    fn passwords_come_back(
        (user, version, must_change, failures, disabled_told) in any::<(u64, u64, bool, u32, bool)>(), throttle in attempts(),
        known in vec(any::<std::net::IpAddr>(), 0..8),
    ) {
        let hash = PasswordHash::parse(PHC).unwrap();
        let known_addresses = known.into_iter().map(|it| AddressKey::of(Some(it))).collect();
        let user = UserId::from_bits(user);
        comes_back(&StoredPassword {
            user, hash, version, must_change, throttle, failures, known_addresses, disabled_told,
        })?;
    }

    #[test]
    fn refresh_states_come_back(state in refresh_state()) {
        comes_back(&state)?;
    }

    #[test]
    fn attempts_come_back(state in attempts(), email in email(), nonce: u64, forgotten_at in at()) {
        let attributes = Attempts(state).attributes(nonce, forgotten_at);
        let item = item(Key::throttle(&Subject::account(&email)), None, attributes);
        prop_assert_eq!(Attempts::from_item(&item).map(|it| it.0), Ok(state));
    }

    #[test]
    fn one_time_tokens_come_back(token in one_time()) {
        comes_back(&token)?;
    }

    #[test]
    fn mails_come_back(
        id in "[0-9A-HJKMNP-TV-Z]{26}", kind in mail_kind(), source_address in text(), created_at in at(),
        expires_at in at(),
    ) {
        let mail = OutboxItem { id: id.clone(), kind, source_address, created_at, expires_at };
        comes_back(&mail)?;
        prop_assert_eq!(Key::of(&mail.to_item()).unwrap().sk, id, "which is all that a stream's consumer needs");
    }

    #[test]
    fn audit_events_come_back(
        id in "[0-9A-HJKMNP-TV-Z]{26}", organization: u64, at in at(), actor in actor(),
        credential in option::of(credential()), target in text(), source_address in text(),
        action in select(vec![Action::SessionReuseDetected, Action::PasswordReset, Action::PolicyUpdated]),
        details in btree_map("[a-z_]{1,20}", text(), 0..4),
    ) {
        let organization = OrganizationId::from_bits(organization);
        comes_back(&AuditEvent {
            id, organization, at, actor, credential, action, target, source_address, details,
        })?;
    }

    #[test]
    fn organizations_spaces_and_memberships_come_back(
        (id, space, user, admins) in any::<(u64, u64, u64, u32)>(), name in text(), slug in slug(), created_at in at(),
        (members, deleting) in any::<(u32, bool)>(), role in select(SpaceRole::ALL.to_vec()),
    ) {
        let (id, space) = (OrganizationId::from_bits(id), SpaceId::from_bits(space));
        comes_back(&Organization { id, name: name.clone(), created_at, admins })?;
        let slugged = slug.clone();
        comes_back(&Space {
            id: space, organization: id, slug: slugged, name, created_at, admins, members, deleting,
        })?;
        comes_back(&Membership { user: UserId::from_bits(user), organization: id, slug, space, role })?;
    }

    #[test]
    fn policies_come_back_from_every_copy(
        (id, suspended, session_seconds, version, copy) in any::<(u64, bool, u32, u64, u8)>(),
        (refresh_idle_seconds, refresh_absolute_seconds, api_keys_allowed) in any::<(u32, u32, bool)>(),
        max_key_age_days in option::of(any::<u32>()), addresses in addresses(),
    ) {
        let organization = OrganizationId::from_bits(id);
        let policy = Policy {
            organization, suspended, session_seconds, refresh_idle_seconds, refresh_absolute_seconds,
            api_keys_allowed, max_key_age_days, addresses, version,
        };
        let item = PolicyCopy { policy: &policy, copy }.to_item();
        prop_assert_eq!(PolicyCopy::read(&item), Ok(policy));
    }

    /// An end is never later in the table than it was in the record.
    #[test]
    fn a_fraction_of_a_second_is_cut_off(session in session(), nanoseconds in 0..1_000_000_000u32) {
        let expires_at = session.expires_at.replace_nanosecond(nanoseconds).unwrap();
        let read = Session::from_item(&Session { expires_at, ..session.clone() }.to_item());
        prop_assert_eq!(read, Ok(session));
    }
}
