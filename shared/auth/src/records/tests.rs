use super::*;
use crate::decide::tests::{NOW, stored_key};
use std::net::Ipv4Addr;
use time::Duration;

const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn password() -> StoredPassword {
    StoredPassword::new(UserId::from_bits(2), PasswordHash::parse(HASH).unwrap(), false)
}

fn address(last: usize) -> AddressKey {
    AddressKey::of(Some(Ipv4Addr::new(192, 0, 2, u8::try_from(last).unwrap()).into()))
}

#[test]
fn each_kind_has_its_word_in_the_table_and_no_other_word_is_one() {
    let users = [(UserKind::Human, "human"), (UserKind::ServiceAccount, "service_account")];
    let sessions = [(SessionKind::Full, "full"), (SessionKind::PasswordChange, "password_change")];
    for (kind, word) in users {
        assert_eq!((kind.as_str(), UserKind::parse(word)), (word, Some(kind)));
    }
    for (kind, word) in sessions {
        assert_eq!((kind.as_str(), SessionKind::parse(word)), (word, Some(kind)));
    }
    for other in ["", "Human", "full ", "robot"] {
        assert_eq!((UserKind::parse(other), SessionKind::parse(other)), (None, None), "{other}");
    }
}

#[test]
fn a_password_is_disabled_by_the_hundredth_failure() {
    let after = |failures| StoredPassword { failures, ..password() }.is_disabled();
    assert_eq!([0, 99, 100, 101].map(after), [false, false, true, true]);
}

#[test]
fn the_newest_addresses_are_remembered_and_each_once() {
    let mut stored = password();
    for last in 0..10 {
        stored.known_addresses = stored.remembering(&address(last));
    }
    assert_eq!(stored.known_addresses, [9, 8, 7, 6, 5, 4, 3, 2].map(address));
    assert_eq!(stored.remembering(&address(4)), [4, 9, 8, 7, 6, 5, 3, 2].map(address));
}

#[test]
fn a_key_answers_to_the_place_it_was_moved_from_until_the_end_of_that() {
    let forwarded = |forwarding| StoredKey { forwarding, ..stored_key() }.is_forwarded(NOW);
    let until = |until| forwarded(Some(Forwarding { from: UserId::from_bits(9), until }));
    assert!(!forwarded(None));
    assert!(until(None));
    assert!(until(Some(NOW + Duration::SECOND)));
    assert!(!until(Some(NOW)));
    assert!(!until(Some(NOW - Duration::SECOND)));
}

#[test]
fn a_key_is_live_until_it_is_revoked_or_its_end_has_come() {
    let expires = |expires_at| StoredKey { expires_at, ..stored_key() }.is_live(NOW);
    assert!(expires(None));
    assert!(expires(Some(NOW + Duration::SECOND)));
    assert!(!expires(Some(NOW)));
    assert!(!expires(Some(NOW - Duration::SECOND)));
    assert!(!StoredKey { revoked_at: Some(NOW), ..stored_key() }.is_live(NOW));
}

#[test]
fn the_age_of_a_secret_counts_from_the_last_rotation() {
    let mut key = stored_key();
    assert_eq!(key.secret_made_at(), key.created_at);
    key.rotated_at = Some(NOW);
    assert_eq!(key.secret_made_at(), NOW);
}
