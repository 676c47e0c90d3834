//! Which events are asked for.

use auth::audit::{Action, Actor, is_ulid};
use edge::{Rejection, Request, input};
use std::str::FromStr;
use store::{ActionFilter, AuditQuery};
use time::{Duration, OffsetDateTime};

/// How far back is looked where nobody says.
pub(crate) const USUAL: Duration = Duration::days(90);

/// Longer than any id.
const TARGET_LIMIT: usize = 64;

/// The name of the last event of the page before.
#[derive(Debug, PartialEq)]
pub(crate) struct Position(pub(crate) String);

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if is_ulid(text) { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

/// What the parameters say, with what they leave out filled in.
///
/// # Errors
/// 422 that names the first parameter that is not as it should be.
pub(crate) fn parse(request: &Request, now: OffsetDateTime) -> Result<AuditQuery, Rejection> {
    let to = moment(request, "to")?.unwrap_or(now.saturating_add(Duration::SECOND));
    let from = moment(request, "from")?.unwrap_or(to.saturating_sub(USUAL));
    if from >= to {
        return Err(Rejection::field("from", "must be before to"));
    }
    let text = |name: &str, expected: &str| request.query::<String>(name, expected);
    const ACTOR: &str = "must be a user's id, system or unknown";
    let actor = match text("actor", ACTOR)? {
        None => None,
        Some(word) => Some(Actor::parse(&word).ok_or_else(|| Rejection::field("actor", ACTOR))?),
    };
    const ACTION: &str = "must be an action, or with a dot at the end what actions begin with";
    let action = match text("action", ACTION)? {
        None => None,
        Some(word) => Some(action(word).ok_or_else(|| Rejection::field("action", ACTION))?),
    };
    const TARGET: &str = "must be an id";
    let target = text("target", TARGET)?;
    if target.as_ref().is_some_and(|it| !(1..=TARGET_LIMIT).contains(&it.len())) {
        return Err(Rejection::field("target", TARGET));
    }
    Ok(AuditQuery { from, to, actor, action, target })
}

fn moment(request: &Request, name: &str) -> Result<Option<OffsetDateTime>, Rejection> {
    const EXPECTED: &str = "must be an RFC 3339 time";
    let Some(text) = request.query::<String>(name, EXPECTED)? else { return Ok(None) };
    input::moment(&text).map(Some).ok_or_else(|| Rejection::field(name, EXPECTED))
}

fn action(word: String) -> Option<ActionFilter> {
    let known = |begins: &str| Action::ALL.iter().any(|it| it.as_str().starts_with(begins));
    if Action::parse(&word).is_some() {
        Some(ActionFilter::Is(word))
    } else if word.ends_with('.') && known(&word) {
        Some(ActionFilter::BeginsWith(word))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_word_or_what_words_begin_with() {
        assert_eq!(
            action("api_key.created".to_owned()),
            Some(ActionFilter::Is("api_key.created".to_owned()))
        );
        assert_eq!(action("api_key.".to_owned()), Some(ActionFilter::BeginsWith("api_key.".to_owned())));
        for word in ["", ".", "api_key", "api_key.c", "nothing."] {
            assert_eq!(action(word.to_owned()), None, "{word}");
        }
    }

    #[test]
    fn a_position_is_a_name_in_its_one_spelling() {
        let name = "01JQZ7V3M8N4P5R6S7T8V9WXYZ";
        assert_eq!(name.parse(), Ok(Position(name.to_owned())));
        for text in ["", "01jqz7v3m8n4p5r6s7t8v9wxyz", &name[1..], "01JQZ7V3M8N4P5R6S7T8V9WXYI"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
