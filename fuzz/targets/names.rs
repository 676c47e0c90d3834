//! Every id, slug, name and word has one spelling.
#![no_main]

use access::{CredentialKind, OrganizationRole, SpaceRole};
use auth::{
    api_key::Prefix,
    audit,
    ids::{KeyId, OrganizationId, ProductId, SessionId, Slug, SpaceId, UserId},
    usage::{Day, GroupBy, Hour},
};
use libfuzzer_sys::fuzz_target;
use std::fmt::Display;
use time::OffsetDateTime;

fn one_spelling<T: std::str::FromStr + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
    }
}

fuzz_target!(|text: &str| {
    one_spelling::<OrganizationId>(text);
    one_spelling::<UserId>(text);
    one_spelling::<KeyId>(text);
    one_spelling::<SessionId>(text);
    one_spelling::<SpaceId>(text);
    one_spelling::<ProductId>(text);
    one_spelling::<Day>(text);
    one_spelling::<Hour>(text);
    assert_eq!(text.parse::<Slug>().is_ok(), Slug::is_valid(text));
    if let Ok(slug) = text.parse::<Slug>() {
        assert_eq!(slug.as_str(), text);
        assert!(
            text.len() <= 63
                && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        );
    }
    if let Ok(prefix) = text.parse::<Prefix>() {
        assert_eq!(prefix.as_str(), text);
    }
    let words = [
        OrganizationRole::parse(text).map(|it| it.as_str()),
        SpaceRole::parse(text).map(|it| it.as_str()),
        CredentialKind::parse(text).map(|it| it.as_str()),
        GroupBy::parse(text).map(|it| it.as_str()),
        audit::Action::parse(text).map(|it| it.as_str()),
    ];
    for word in words.into_iter().flatten() {
        assert_eq!(word, text);
    }
    if let Some(actor) = audit::Actor::parse(text) {
        assert_eq!(actor.to_string(), text);
    }
    if audit::is_ulid(text) {
        assert_eq!(text.len(), 26);
        // There are ULIDs of years that no time here has, and none are before the first millisecond of 1970.
        if let Some(at) = audit::ulid_time(text) {
            let first = at == OffsetDateTime::UNIX_EPOCH;
            assert!(audit::first_ulid(at).as_str() <= text);
            assert!(first || text > audit::last_ulid(at).as_str());
        }
        if let Some(before) = audit::ulid_before(text) {
            assert!(audit::is_ulid(&before) && before.as_str() < text);
        }
    }
});
