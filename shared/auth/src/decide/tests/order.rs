//! Of several reasons the first counts: all of them in their order, and each beside each later one.

use super::*;

type Fault = (fn(&mut Case), Decision);

const fn refused(reason: Unauthorized) -> Decision {
    Decision::Unauthorized(reason)
}

const fn denied(reason: Forbidden) -> Decision {
    Decision::Forbidden(reason)
}

const NONE: Credentials = Credentials { session: false, password_change: false, api_key: false };

/// Before the credential itself is looked at.
const RECORDS: [Fault; 3] = [
    (|it| it.records.user = None, refused(Unauthorized::Unknown)),
    (|it| it.records.policy = None, refused(Unauthorized::Unknown)),
    (|it| it.policy().organization = OrganizationId::from_bits(9), refused(Unauthorized::Mismatch)),
];

const KEY: [Fault; 6] = [
    (|it| it.records.key = None, refused(Unauthorized::Unknown)),
    (|it| it.key().user = UserId::from_bits(9), refused(Unauthorized::Mismatch)),
    // Who does not hold the secret learns nothing of what follows.
    (|it| it.key().hash = hash(2), refused(Unauthorized::Secret)),
    (|it| it.key().revoked_at = Some(NOW), refused(Unauthorized::Revoked)),
    (|it| it.key().expires_at = Some(NOW), refused(Unauthorized::Expired)),
    (|it| it.policy().max_key_age_days = Some(1), refused(Unauthorized::Expired)),
];

const SESSION: [Fault; 7] = [
    (|it| it.records.session = None, refused(Unauthorized::Unknown)),
    (|it| it.session().user = UserId::from_bits(9), refused(Unauthorized::Mismatch)),
    (|it| it.user().kind = UserKind::ServiceAccount, refused(Unauthorized::ServiceAccount)),
    (|it| it.user().session_epoch += 1, refused(Unauthorized::Revoked)),
    (|it| it.session().expires_at = NOW, refused(Unauthorized::Expired)),
    (|it| it.policy().refresh_absolute_seconds = 3600, refused(Unauthorized::Expired)),
    (|it| it.policy().session_seconds = 300, refused(Unauthorized::Expired)),
];

const STANDING: [Fault; 3] = [
    (|it| it.user().disabled = true, refused(Unauthorized::Disabled)),
    (|it| it.policy().suspended = true, refused(Unauthorized::Suspended)),
    (|it| it.policy().addresses = only(&["192.0.2.0/24"]), denied(Forbidden::Address)),
];

const KEYS_ONLY: [Fault; 2] = [
    (|it| it.key().addresses = only(&["192.0.2.0/24"]), denied(Forbidden::Address)),
    (|it| it.policy().api_keys_allowed = false, denied(Forbidden::ApiKeys)),
];

const KIND: Fault = (|it| it.accept(NONE), denied(Forbidden::CredentialKind));
const READ_ONLY: Fault = (|it| it.key().read_only = true, denied(Forbidden::ReadOnly));
const NO_SPACE: Fault = (|it| it.records.space = None, denied(Forbidden::NoSpace));
const RESTRICTED: Fault = (|it| it.key().spaces = KeySpaces::Only(Vec::new()), denied(Forbidden::Restricted));
const SPACE_ROLE: Fault = (
    |it| it.records.membership.iter_mut().for_each(|it| it.role = SpaceRole::Viewer),
    denied(Forbidden::SpaceRole),
);
const ORGANIZATION_ROLE: Fault =
    (|it| it.user().organization_role = OrganizationRole::Member, denied(Forbidden::OrganizationRole));

/// Each alone gives its reason, and together with any later one too.
fn in_order(case: fn() -> Case, faults: &[Fault]) {
    assert!(matches!(case().decide(), Decision::Allow(_)));
    for (at, (fault, expected)) in faults.iter().enumerate() {
        for (later_at, (later, _)) in faults.iter().enumerate().skip(at) {
            let mut case = case();
            later(&mut case);
            fault(&mut case);
            assert_eq!(case.decide(), *expected, "reason {at} beside {later_at}");
        }
    }
}

#[test]
fn a_key_is_refused_for_the_first_reason_there_is() {
    let space = [KIND, READ_ONLY, NO_SPACE, RESTRICTED, SPACE_ROLE];
    in_order(by_key, &[&RECORDS[..], &KEY, &STANDING, &KEYS_ONLY, &space].concat());
    let organization = [KIND, READ_ONLY, ORGANIZATION_ROLE, RESTRICTED];
    let admin = || {
        let mut case = by_key().organization(OrganizationRole::Admin, RestrictedKeys::Refuse);
        case.user().organization_role = OrganizationRole::Admin;
        case
    };
    in_order(admin, &[&RECORDS[..], &KEY, &STANDING, &KEYS_ONLY, &organization].concat());
}

#[test]
fn a_session_is_refused_for_the_first_reason_there_is() {
    let space = [KIND, NO_SPACE, SPACE_ROLE];
    in_order(by_session, &[&RECORDS[..], &SESSION, &STANDING, &space].concat());
}

#[test]
fn an_epoch_ends_keys_as_a_revocation_does() {
    unauthorized(by_key(), |it| it.user().key_epoch += 1, Unauthorized::Revoked);
    allowed(by_key(), |it| it.user().session_epoch += 1);
    allowed(by_session(), |it| it.user().key_epoch += 1);
}

#[test]
fn each_reason_has_a_word_of_its_own() {
    let words = [
        Forbidden::Address.as_str(),
        Forbidden::ApiKeys.as_str(),
        Forbidden::ReadOnly.as_str(),
        Forbidden::Restricted.as_str(),
    ];
    assert_eq!(words, ["address", "api_keys", "read_only", "restricted"]);
}
