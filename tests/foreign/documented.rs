//! What the document says of a request's parts.

use super::organization::Things;
use crate::support::document::Operation;
use serde_json::{Map, Value, json};
use std::{fs, path::Path, sync::LazyLock};

static RAW: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/openapi.yaml");
    serde_norway::from_str(&fs::read_to_string(path).unwrap()).unwrap()
});

/// One operation.
pub(super) struct Documented {
    parameters: Vec<&'static Value>,
    body: Option<(&'static str, &'static Value)>,
}

impl Documented {
    pub(super) fn of(operation: &Operation) -> Self {
        let path = &RAW["paths"][&operation.template];
        let own = &path[operation.method.to_lowercase()];
        let lists = [&path["parameters"], &own["parameters"]];
        let parameters = lists.into_iter().filter_map(Value::as_array).flatten().map(resolved).collect();
        let kinds = own["requestBody"]["content"].as_object().into_iter().flatten();
        let body = kinds.map(|(kind, content)| (kind.as_str(), resolved(&content["schema"]))).next();
        Self { parameters, body }
    }

    /// The names of the path's parameters, in the path's order.
    pub(super) fn path_parameters(&self) -> Vec<&'static str> {
        self.named("path").map(|(name, _)| name).collect()
    }

    /// The query's parameters and their schemas.
    pub(super) fn query_parameters(&self) -> impl Iterator<Item = (&'static str, &'static Value)> {
        self.named("query")
    }

    fn named(&self, place: &'static str) -> impl Iterator<Item = (&'static str, &'static Value)> {
        let here = self.parameters.iter().filter(move |it| it["in"] == place);
        here.map(|it| (it["name"].as_str().unwrap(), resolved(&it["schema"])))
    }

    /// A body about these things, and its type.
    pub(super) fn body(&self, things: &Things) -> Option<(&'static str, String)> {
        let (kind, schema) = self.body?;
        let text = match kind {
            "application/json" => example(schema, "", things).to_string(),
            // Rows of an import: one of somebody who is there, one of somebody new.
            "application/x-ndjson" => {
                let row = |email: &str| json!({"email": email, "name": "Somebody"}).to_string();
                format!("{}\n{}\n", row(&things.email), row("somebody.new@example.test"))
            }
            other => panic!("say what a body of {other} is"),
        };
        Some((kind, text))
    }

    /// Whether the body can name something.
    pub(super) fn body_names_something(&self) -> bool {
        let members = self.body.and_then(|(_, schema)| schema["properties"].as_object());
        members.into_iter().flatten().any(|(name, _)| names_something(name))
    }

    /// Whether the body is one of rows, with addresses of email: each is one user's of the whole deployment, so
    /// that one which is taken cannot be answered as one that is free.
    pub(super) fn body_has_rows(&self) -> bool {
        self.body.is_some_and(|(kind, _)| kind != "application/json")
    }
}

/// An example of this schema: what is required and what names something, or everything where nothing is.
fn example(schema: &'static Value, name: &str, things: &Things) -> Value {
    match (schema["type"].as_str(), name) {
        (_, "to") => json!(things.service_account),
        (_, "spaces") => json!([things.slug]),
        _ if schema["enum"].is_array() => schema["enum"][0].clone(),
        (Some("object"), _) => {
            let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
            let members = schema["properties"].as_object().unwrap().iter();
            let members = members.filter(|(name, _)| {
                required.is_empty() || required.contains(&&json!(name)) || names_something(name)
            });
            let member =
                |(name, schema): (&String, _)| (name.clone(), example(resolved(schema), name, things));
            members.map(member).collect::<Map<_, _>>().into()
        }
        _ if schema["nullable"] == true => Value::Null,
        (Some("integer"), _) => schema["minimum"].clone(),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        (Some("string"), "email") => json!("somebody.new@example.test"),
        (Some("string"), "slug") => json!("a-new-space"),
        (Some("string"), "name" | "description" | "current_password" | "new_password") => json!("Somebody"),
        _ => panic!("say what a body's `{name}` names"),
    }
}

/// Whether a member of a body names a thing of an organization.
fn names_something(member: &str) -> bool {
    matches!(member, "to" | "spaces")
}

/// What a reference stands for.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => RAW.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}
