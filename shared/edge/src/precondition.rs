//! Entity tags, and `If-Match`: a change that must not overwrite what its maker has not seen.

/// The entity tag of a version (RFC 9110 §8.8.3): a strong one, where each write counts the version up.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
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
