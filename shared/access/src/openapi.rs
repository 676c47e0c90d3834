//! `x-qarion-access`: from the OpenAPI document to routes, or a message that names what is wrong.
//!
//! The grammar, one value an operation:
//!
//! ```yaml
//! x-qarion-access: public
//! x-qarion-access: {credentials: [session, api_key], organization: member}
//! x-qarion-access: {credentials: [session, api_key], organization: member, restricted_keys: self}
//! x-qarion-access: {credentials: [session, api_key], space: editor}
//! ```
//!
//! `write: true` stands where the method does not say it. An operation without the extension, with a role
//! or a kind that does not exist, or with a `space` role and no `{space}` in its path is an error: no route
//! is open because a word was forgotten.

use crate::{Access, CredentialKind, Credentials, OrganizationRole, RestrictedKeys, Scope, SpaceRole};
use serde_json::{Map, Value};
use std::fmt;

/// The name of the extension.
pub const EXTENSION: &str = "x-qarion-access";

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// What may stand beside the methods of a path.
const BESIDE_METHODS: [&str; 3] = ["parameters", "summary", "description"];

/// An operation of the document, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The method, in capitals.
    pub method: String,
    /// The path as the document spells it.
    pub template: String,
    /// What it asks for.
    pub access: Access,
}

/// What is wrong with an operation's access, and with which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessError {
    operation: String,
    problem: String,
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.problem)
    }
}

impl std::error::Error for AccessError {}

/// Every operation of `document`, in its order.
///
/// # Errors
/// The first operation whose access is absent or does not follow the grammar, by name.
pub fn operations(document: &Value) -> Result<Vec<Operation>, AccessError> {
    let fail = |problem: &str| AccessError { operation: "the document".into(), problem: problem.into() };
    let paths = document.get("paths").and_then(Value::as_object).ok_or_else(|| fail("has no `paths`"))?;
    let mut operations = Vec::new();
    for (template, item) in paths {
        let item = item.as_object().ok_or_else(|| fail("has a path that is no object"))?;
        for (method, operation) in item {
            if BESIDE_METHODS.contains(&method.as_str()) {
                continue;
            }
            // Such as `x-amazon-apigateway-any-method`, which the gateway would serve to everyone.
            if !METHODS.contains(&method.as_str()) {
                return Err(AccessError {
                    operation: format!("{method} {template}"),
                    problem: "is no method that this document may have".into(),
                });
            }
            let method = method.to_uppercase();
            let access = access(&method, template, operation)
                .map_err(|problem| AccessError { operation: format!("{method} {template}"), problem })?;
            operations.push(Operation { method, template: template.clone(), access });
        }
    }
    if operations.is_empty() { Err(fail("has no operation")) } else { Ok(operations) }
}

fn access(method: &str, template: &str, operation: &Value) -> Result<Access, String> {
    match operation.get(EXTENSION) {
        None => Err(format!("has no `{EXTENSION}`")),
        Some(Value::String(word)) if word == "public" => Ok(Access::Public),
        Some(Value::Object(map)) => protected(method, template, map),
        Some(other) => Err(format!("`{EXTENSION}` is neither `public` nor an object: {other}")),
    }
}

fn protected(method: &str, template: &str, map: &Map<String, Value>) -> Result<Access, String> {
    const KNOWN: [&str; 5] = ["credentials", "organization", "space", "write", "restricted_keys"];
    if let Some(unknown) = map.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(format!("`{unknown}` is not a word of `{EXTENSION}`"));
    }
    let write = match map.get("write") {
        None => !matches!(method, "GET" | "HEAD"),
        Some(Value::Bool(true)) => true,
        Some(_) => return Err("`write` can only be true".into()),
    };
    Ok(Access::Protected { credentials: credentials(map)?, scope: scope(template, map)?, write })
}

fn credentials(map: &Map<String, Value>) -> Result<Credentials, String> {
    let kinds = map.get("credentials").and_then(Value::as_array).ok_or("`credentials` is not a list")?;
    let mut accepted = Credentials::default();
    for kind in kinds {
        match kind.as_str().and_then(CredentialKind::parse) {
            Some(CredentialKind::Session) => accepted.session = true,
            Some(CredentialKind::PasswordChange) => accepted.password_change = true,
            Some(CredentialKind::ApiKey) => accepted.api_key = true,
            None => return Err(format!("no kind of credential is called {kind}")),
        }
    }
    if accepted == Credentials::default() { Err("`credentials` is empty".into()) } else { Ok(accepted) }
}

fn scope(template: &str, map: &Map<String, Value>) -> Result<Scope, String> {
    let restricted_keys = match map.get("restricted_keys").map(|word| (word, word.as_str())) {
        None => RestrictedKeys::Refuse,
        Some((_, Some("allow"))) => RestrictedKeys::Allow,
        Some((_, Some("self"))) if template.contains("{id}") => RestrictedKeys::Itself,
        Some((_, Some("self"))) => return Err("`restricted_keys: self` needs `{id}` in the path".into()),
        Some((word, _)) => return Err(format!("`restricted_keys` is neither `allow` nor `self`: {word}")),
    };
    match (map.get("organization"), map.get("space")) {
        (Some(role), None) => {
            let role = role
                .as_str()
                .and_then(OrganizationRole::parse)
                .ok_or_else(|| format!("no role in an organization is called {role}"))?;
            Ok(Scope::Organization { role, restricted_keys })
        }
        (None, Some(_)) if map.contains_key("restricted_keys") => {
            Err("`restricted_keys` is for routes outside of spaces".into())
        }
        (None, Some(_)) if !template.contains("{space}") => {
            Err("a role in a space needs `{space}` in the path".into())
        }
        (None, Some(role)) => {
            let role = role
                .as_str()
                .and_then(SpaceRole::parse)
                .ok_or_else(|| format!("no role in a space is called {role}"))?;
            Ok(Scope::Space { role })
        }
        _ => Err("exactly one of `organization` and `space` must stand there".into()),
    }
}

/// The Rust source of a static table of `operations`, for a build script to write out.
pub fn to_source(operations: &[Operation]) -> String {
    let mut source = String::from("&[\n");
    for Operation { method, template, access } in operations {
        let access = match access {
            Access::Public => "::access::Access::Public".to_owned(),
            Access::Protected { credentials, scope, write } => {
                let Credentials { session, password_change, api_key } = credentials;
                let scope = match scope {
                    Scope::Organization { role, restricted_keys } => format!(
                        "::access::Scope::Organization {{ role: ::access::OrganizationRole::{role:?}, \
                         restricted_keys: ::access::RestrictedKeys::{restricted_keys:?} }}"
                    ),
                    Scope::Space { role } => {
                        format!("::access::Scope::Space {{ role: ::access::SpaceRole::{role:?} }}")
                    }
                };
                format!(
                    "::access::Access::Protected {{ credentials: ::access::Credentials {{ session: {session}, \
                     password_change: {password_change}, api_key: {api_key} }}, scope: {scope}, write: {write} }}"
                )
            }
        };
        source.push_str(&format!(
            "    ::access::Route {{ method: {method:?}, template: {template:?}, access: {access} }},\n"
        ));
    }
    source.push(']');
    source
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(template: &str, method: &str, operation: &Value) -> String {
        operations(&json!({"paths": {template: {method: operation}}})).unwrap_err().to_string()
    }

    #[test]
    fn an_operation_without_access_is_named() {
        assert_eq!(error("/things", "get", &json!({})), "GET /things: has no `x-qarion-access`");
    }

    #[test]
    fn a_role_that_does_not_exist_is_named() {
        let access = json!({"credentials": ["session"], "organization": "owner"});
        assert_eq!(
            error("/things", "post", &json!({EXTENSION: access})),
            "POST /things: no role in an organization is called \"owner\""
        );
        let access = json!({"credentials": ["session"], "space": "writer"});
        assert_eq!(
            error("/s/{space}", "get", &json!({EXTENSION: access})),
            "GET /s/{space}: no role in a space is called \"writer\""
        );
    }

    #[test]
    fn what_the_grammar_does_not_know_is_refused() {
        let role = json!("member");
        for (access, problem) in [
            (json!("open"), "neither `public` nor an object"),
            (json!(null), "neither `public` nor an object"),
            (json!({"organization": role}), "`credentials` is not a list"),
            (json!({"credentials": [], "organization": role}), "`credentials` is empty"),
            (json!({"credentials": ["cookie"], "organization": role}), "no kind of credential"),
            (json!({"credentials": ["session"]}), "exactly one of"),
            (json!({"credentials": ["session"], "organization": role, "space": "viewer"}), "exactly one of"),
            (json!({"credentials": ["session"], "space": "viewer"}), "needs `{space}` in the path"),
            (json!({"credentials": ["session"], "organization": role, "write": false}), "can only be true"),
            (
                json!({"credentials": ["session"], "organization": role, "restricted_keys": "self"}),
                "needs `{id}`",
            ),
            (
                json!({"credentials": ["session"], "organization": role, "restricted_keys": "any"}),
                "neither `allow`",
            ),
            (json!({"credentials": ["session"], "organization": role, "rôle": 1}), "is not a word"),
        ] {
            let message = error("/things", "get", &json!({EXTENSION: access}));
            assert!(message.contains(problem) && message.starts_with("GET /things: "), "{message}");
        }
    }

    #[test]
    fn a_path_has_no_other_way_in() {
        for key in ["x-amazon-apigateway-any-method", "Get", "x-anything", "$ref"] {
            let problem = error("/things", key, &json!({}));
            assert_eq!(problem, format!("{key} /things: is no method that this document may have"));
        }
    }

    #[test]
    fn only_get_and_head_read() {
        let access = json!({"credentials": ["session"], "organization": "member"});
        for (method, writes) in
            [("get", false), ("head", false), ("post", true), ("delete", true), ("patch", true)]
        {
            let document = json!({"paths": {"/t": {method: {EXTENSION: access}}}});
            let found = operations(&document).unwrap();
            assert!(
                matches!(found[0].access, Access::Protected { write, .. } if write == writes),
                "{method}"
            );
        }
    }

    #[test]
    fn a_document_without_operations_is_refused() {
        assert!(operations(&json!({"paths": {}})).is_err());
        assert!(operations(&json!({})).is_err());
    }
}
