//! What a client may say about a product. The rest (id, version, times, authors) is ours to say.

use edge::{Rejection, input};
use serde::Deserialize;

const NAME_LIMIT: usize = 200;
const DESCRIPTION_LIMIT: usize = 2000;
const TAGS_LIMIT: usize = 20;
const TAG_LIMIT: usize = 50;

/// The body of POST and PUT, by its shape only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<String>,
}

/// The body within its bounds. There is no other way to one than [`Content::try_from`].
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
}

impl TryFrom<Body> for Content {
    type Error = Rejection;

    fn try_from(body: Body) -> Result<Self, Rejection> {
        if body.tags.len() > TAGS_LIMIT {
            return Err(Rejection::field("tags", format!("must be at most {TAGS_LIMIT}")));
        }
        Ok(Self {
            name: input::line("name", &body.name, NAME_LIMIT)?,
            description: description(body.description)?,
            tags: body
                .tags
                .iter()
                .map(|tag| input::line("tags", tag, TAG_LIMIT))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// Text of any number of lines, kept as it was sent.
fn description(text: String) -> Result<String, Rejection> {
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().count() <= DESCRIPTION_LIMIT && !text.contains(strange) {
        return Ok(text);
    }
    Err(Rejection::field(
        "description",
        format!(
            "must have at most {DESCRIPTION_LIMIT} characters, of control characters only \\n, \\r and \\t"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn content(body: serde_json::Value) -> Result<Content, String> {
        let body: Body = serde_json::from_value(body).map_err(|_| "shape".to_owned())?;
        Content::try_from(body).map_err(|rejection| match rejection {
            Rejection::Field(name, _) => name,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn what_is_left_out_is_empty() {
        let expected = Content { name: "Lamp".to_owned(), description: String::new(), tags: Vec::new() };
        assert_eq!(content(json!({"name": " Lamp "})), Ok(expected));
    }

    #[test]
    fn bounds_are_inclusive_and_counted_in_characters() {
        let fits = json!({
            "name": "ä".repeat(200),
            "description": "ä\n\t".repeat(666) + "ää",
            "tags": vec!["ä".repeat(50); 20],
        });
        assert!(content(fits).is_ok());
    }

    #[test]
    fn a_value_out_of_bounds_names_its_field() {
        for (body, field) in [
            (json!({"name": ""}), "name"),
            (json!({"name": "x".repeat(201)}), "name"),
            (json!({"name": "a\u{0}b"}), "name"),
            (json!({"name": "x", "description": "x".repeat(2001)}), "description"),
            (json!({"name": "x", "description": "a\u{1b}[31m"}), "description"),
            (json!({"name": "x", "tags": vec!["x"; 21]}), "tags"),
            (json!({"name": "x", "tags": [""]}), "tags"),
            (json!({"name": "x", "tags": ["x".repeat(51)]}), "tags"),
            (json!({"name": "x", "id": "prd_00000000001"}), "shape"),
            (json!({"name": "x", "description": null}), "shape"),
            (json!({"description": "x"}), "shape"),
        ] {
            assert_eq!(content(body.clone()), Err(field.to_owned()), "{body}");
        }
    }
}
