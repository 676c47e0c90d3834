//! Bounds of what people type, said the same way on every route.

use crate::response::Rejection;
use auth::{access::OrganizationRole, email::Email, text};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// Longest name of a user or a service account, in characters.
pub const USER_NAME_LIMIT: usize = 200;

/// The email address of a field, by which somebody is looked for.
///
/// # Errors
/// 422 that names `email`.
pub fn email(text: &str) -> Result<Email, Rejection> {
    text.parse().map_err(|_| no_address())
}

/// The email address of a field, of somebody who is to be made: one that a mail system takes as it stands. Without
/// quotes, comments and routes (of RFC 5322 the `dot-atom` alone, of any script by RFC 6532), without characters that
/// nobody would see or type, and at a domain whose names could be registered.
///
/// # Errors
/// 422 that names `email`.
pub fn new_email(text: &str) -> Result<Email, Rejection> {
    let email: Email = email(text)?;
    let strange = |c: char| text::is_replaced(c) || text::is_invisible(c) || "<>()[]\\,;:\"".contains(c);
    let dotted = |part: &str| part.split('.').all(|label| !label.is_empty());
    let name = |label: &str| {
        let ends = |c: char| c == '-';
        !label.starts_with(ends)
            && !label.ends_with(ends)
            && label.chars().all(|c| c == '-' || c.is_alphanumeric() || !c.is_ascii())
    };
    let good = email.as_str().split_once('@').is_some_and(|(local, domain)| {
        let domain_is_good = dotted(domain) && domain.split('.').all(name) && !domain.ends_with(".invalid");
        dotted(local) && domain_is_good
    });
    if good && !text.chars().any(strange) { Ok(email) } else { Err(no_address()) }
}

fn no_address() -> Rejection {
    Rejection::field("email", "must be an e-mail address")
}

/// The moment of an RFC 3339 time, in UTC; `None` where it is none, or in none of the years 0 to 9999 there, so that
/// what follows can count and write it.
pub fn moment(text: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    (0..=9999).contains(&at.year()).then_some(at)
}

/// The role in the organization of this word.
///
/// # Errors
/// 422 that names `org_role`.
pub fn organization_role(word: &str) -> Result<OrganizationRole, Rejection> {
    OrganizationRole::parse(word).ok_or_else(|| Rejection::field("org_role", "must be member or admin"))
}

/// A line of text for people: without the white space around it, 1 to `max` characters of which one can be seen, none
/// of them a control character, one that turns the direction, or what stands for bytes that were no UTF-8.
///
/// # Errors
/// 422 that names `field`.
pub fn line(field: &str, text: &str, max: usize) -> Result<String, Rejection> {
    let text = text.trim();
    let strange = |c: char| c.is_control() || text::turns_direction(c) || text::is_replaced(c);
    let seen = text.chars().any(|c| !text::is_invisible(c));
    if seen && text.chars().count() <= max && !text.chars().any(strange) {
        return Ok(text.to_owned());
    }
    Err(Rejection::field(field, format!("must have 1 to {max} characters and no control characters")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_bounded_in_characters_and_printable() {
        assert_eq!(line("name", "  Ärger \n", 5).as_deref(), Ok("Ärger"));
        for text in
            ["", " \t ", "sechs!", "a\nb", "a\u{7f}b", "\u{200b}", "a\u{202e}b", "M\u{fffd}", "\u{2066}a"]
        {
            assert!(line("name", text, 5).is_err(), "{text:?}");
        }
        // Joined of three, and of a script that joins.
        for text in ["👩\u{200d}💻", "می\u{200c}خ"] {
            assert_eq!(line("name", text, 5).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_new_address_is_one_that_mail_systems_take_as_it_stands() {
        for text in
            ["ada@example.test", "a.b+c@x-y.test", "o'hara@localhost", "änne@bücher.test", "用户@例子.test"]
        {
            assert!(new_email(text).is_ok(), "{text:?}");
        }
        for text in [
            "a\u{fffd}@b",
            "a\u{200b}@b",
            "\u{202e}a@b",
            "a@b\u{e0001}",
            "foo<x@evil.test>",
            "foo<x@evil.test",
            "\"a\"@b.test",
            "a,b@c.test",
            "x@b..c",
            "x@-",
            "x@-b.test",
            "x@.b",
            "x@b.",
            "a..b@c.test",
            ".a@c.test",
            "x@b_c.test",
            "x@[192.0.2.1]",
            "0000000000000001@service-accounts.invalid",
        ] {
            assert!(new_email(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_one_of_the_years_that_can_be_written() {
        let utc = |text| moment(text).map(|it| (it.offset(), it.unix_timestamp()));
        assert_eq!(utc("1970-01-01T01:00:00+01:00"), Some((UtcOffset::UTC, 0)));
        for text in ["9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+00:01", "2026-01-01", "", "now"] {
            assert_eq!(moment(text), None, "{text}");
        }
        assert!(moment("9999-12-31T23:59:59Z").is_some());
    }
}
