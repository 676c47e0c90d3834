//! Bounds of what people type, said the same way on every route.

use crate::response::Rejection;
use auth::{access::OrganizationRole, email::Email};

/// Longest name of a user or a service account, in characters.
pub const USER_NAME_LIMIT: usize = 200;

/// The email address of a field.
///
/// # Errors
/// 422 that names `email`.
pub fn email(text: &str) -> Result<Email, Rejection> {
    text.parse().map_err(|_| Rejection::field("email", "must be an e-mail address"))
}

/// The role in the organization of this word.
///
/// # Errors
/// 422 that names `org_role`.
pub fn organization_role(word: &str) -> Result<OrganizationRole, Rejection> {
    OrganizationRole::parse(word).ok_or_else(|| Rejection::field("org_role", "must be member or admin"))
}

/// A line of text for people: without the white space around it, 1 to `max` characters, none of them a
/// control character.
///
/// # Errors
/// 422 that names `field`.
pub fn line(field: &str, text: &str, max: usize) -> Result<String, Rejection> {
    let text = text.trim();
    if (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
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
        for text in ["", " \t ", "sechs!", "a\nb", "a\u{7f}b"] {
            assert!(line("name", text, 5).is_err(), "{text:?}");
        }
    }
}
