//! Entity tags; `If-Match`: a change that must not overwrite what its maker has not seen; `If-None-Match`: what its
//! reader has already.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The entity tag of a version (RFC 9110 §8.8.3): a strong one, where each write counts the version up.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// The entity tag of a text: a strong one, of an answer that stays as it is.
pub fn etag_of(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default()))
}

/// The entity tag of a text that the gateway may compress behind us: one tag for both codings of it, which a strong
/// one must not be (RFC 9110 §8.8.3.3).
pub fn weak_etag_of(text: &str) -> String {
    format!("W/{}", etag_of(text))
}

/// Whether `If-None-Match` names the tag: a list, compared weakly, or `*` (RFC 9110 §13.1.2).
pub fn is_known(if_none_match: &str, etag: &str) -> bool {
    if_none_match.split(',').map(str::trim).any(|tag| tag == "*" || opaque(tag) == opaque(etag))
}

fn opaque(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag)
}

/// What the `If-Match` of a request asks for.
#[derive(Debug, PartialEq)]
pub enum IfMatch {
    /// Nothing, or `*`: any current version will do.
    Any,
    /// One of these entity tags, as they were sent.
    OneOf(Vec<String>),
}

impl IfMatch {
    /// What the lines of the header say; no line is no condition.
    ///
    /// Nothing that is written here is ever overlooked: a weak tag, another server's and one that is none
    /// at all stand in the list and match nothing.
    pub fn parse<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        // RFC 9110 §5.3: several lines are one list.
        let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
        let value = lines.join(",");
        // RFC 9110 §13.1.1: "*" stands alone.
        if lines.is_empty() || value.trim() == "*" {
            return Self::Any;
        }
        // A tag of ours holds no comma, and no piece of a tag that holds one is quoted on both sides.
        Self::OneOf(value.split(',').map(|tag| tag.trim().to_owned()).collect())
    }

    /// Whether what has this version may be changed.
    ///
    /// RFC 9110 §13.1.1: "An origin server MUST use the strong comparison function when comparing entity
    /// tags for If-Match". So `W/"1"` is not `"1"`, and the tags are compared as they are spelled.
    pub fn accepts(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.contains(&etag(version)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_a_list_weakly_or_as_any() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(is_known(known, "\"a\"") && is_known(known, "W/\"a\""), "{known}");
        }
        for known in ["", "a", "\"b\"", "\"A\""] {
            assert!(!is_known(known, "\"a\"") && !is_known(known, "W/\"a\""), "{known}");
        }
    }

    fn parsed(lines: &[&str]) -> IfMatch {
        IfMatch::parse(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn no_header_and_a_star_accept_any_version() {
        assert_eq!(parsed(&[]), IfMatch::Any);
        assert_eq!(parsed(&[" * "]), IfMatch::Any);
    }

    #[test]
    fn the_tag_of_the_version_is_accepted_alone_and_in_a_list() {
        for lines in [&[r#""5""#][..], &[r#""4", "5""#], &[r#""4""#, r#""5""#], &[r#""a,b" ,"5""#]] {
            assert!(parsed(lines).accepts(5), "{lines:?}");
        }
    }

    #[test]
    fn nothing_else_is_accepted_or_overlooked() {
        for lines in [
            &[r#""4""#][..],
            &[r#""05""#],
            &[r#"W/"5""#],
            &["5"],
            &[""],
            &[r#""4,5,6""#],
            &["*", "*"],
            &[r#"*, "4""#],
            &["\u{fffd}"],
        ] {
            assert!(!parsed(lines).accepts(5), "{lines:?}");
        }
    }
}
