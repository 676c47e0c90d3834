//! `infra/openapi.yaml`, as the gateway and the tests read it.

use access::{Access, openapi};
use http::{HeaderName, HeaderValue};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
    sync::{LazyLock, OnceLock},
};

/// The one origin whose pages may read answers, in the tests in process.
pub(crate) const ALLOWED_ORIGIN: &str = "https://console.example.test";

/// The document, read once a process.
pub(crate) static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::read);

/// The document.
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    gateway_responses: HashMap<String, Canned>,
    /// The components' schemas as JSON Schema has them.
    schemas: Value,
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) template: String,
    pub(crate) access: Access,
    pub(crate) integration: Integration,
    responses: BTreeMap<u16, Documented>,
}

/// What answers.
pub(crate) enum Integration {
    /// The function of this logical id, without its suffix `Function`.
    Function(String),
    /// The gateway itself.
    Mock(Canned),
}

/// An answer that the gateway makes.
#[derive(Clone)]
pub(crate) struct Canned {
    pub(crate) status: Option<u16>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: String,
}

/// What the document says of one status of an operation.
struct Documented {
    headers: Vec<DocumentedHeader>,
    body: Option<Value>,
    /// Compiled when it is first needed: few tests need many.
    validator: OnceLock<Validator>,
    /// The content types of it, where it is no JSON object.
    texts: Vec<String>,
}

/// A header of an answer.
struct DocumentedHeader {
    name: String,
    schema: Value,
    /// Whether each such answer has it. The document says so where one may lack it.
    required: bool,
}

/// Where a request goes.
pub(crate) struct Routed<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Document {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/openapi.yaml");
        let text = fs::read_to_string(path).expect("infra/openapi.yaml can be read");
        let document: Value = serde_norway::from_str(&text).expect("infra/openapi.yaml is YAML");
        let accesses = openapi::operations(&document).expect("each operation says who may use it");
        let operations = accesses.into_iter().map(|it| Operation::read(&document, it)).collect();
        let gateway_responses = document["x-amazon-apigateway-gateway-responses"]
            .as_object()
            .expect("the document has gateway responses")
            .iter()
            .map(|(kind, response)| (kind.clone(), gateway_response(response)))
            .collect();
        let mut schemas = document["components"]["schemas"].clone();
        to_json_schema(&mut schemas);
        Self { operations, gateway_responses, schemas }
    }

    /// The operation of a method and a path, as the gateway finds it: a literal segment before a parameter.
    pub(crate) fn route(&self, method: &str, path: &str) -> Option<Routed<'_>> {
        self.operations
            .iter()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| {
                let parameters = fit(&operation.template, path)?;
                Some(Routed { operation, parameters })
            })
            .min_by_key(|routed| routed.parameters.len())
    }

    /// All of them.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter()
    }

    /// Those that ask the authorizer.
    pub(crate) fn protected(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.access != Access::Public)
    }

    /// The gateway's own answer of this type.
    pub(crate) fn gateway_response(&self, kind: &str) -> &Canned {
        self.gateway_responses.get(kind).unwrap_or_else(|| panic!("no gateway response {kind}"))
    }
}

/// The parameters of a path, where it is one of this template. A slash at its end is none of it, to a REST API.
fn fit(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut parameters = Vec::new();
    let mut found = path.strip_suffix('/').unwrap_or(path).split('/');
    for wanted in template.split('/') {
        let name = wanted.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        // A greedy one takes what is left.
        if let Some(name) = name.and_then(|it| it.strip_suffix('+')) {
            let left = found.by_ref().collect::<Vec<_>>().join("/");
            parameters.push((name.to_owned(), Some(left).filter(|it| !it.is_empty())?));
            continue;
        }
        let found = found.next()?;
        match name {
            Some(name) if !found.is_empty() => parameters.push((name.to_owned(), found.to_owned())),
            None if wanted == found => {}
            _ => return None,
        }
    }
    found.next().is_none().then_some(parameters)
}

impl Operation {
    fn read(document: &Value, operation: openapi::Operation) -> Self {
        let openapi::Operation { method, template, access } = operation;
        let value = &document["paths"][&template][method.to_lowercase()];
        let integration = integration(&value["x-amazon-apigateway-integration"])
            .unwrap_or_else(|| panic!("{method} {template} has no integration"));
        let responses = value["responses"]
            .as_object()
            .unwrap_or_else(|| panic!("{method} {template} documents no responses"))
            .iter()
            .map(|(status, response)| {
                let status =
                    status.parse().unwrap_or_else(|_| panic!("{method} {template}: status {status}"));
                (status, Documented::read(response))
            })
            .collect();
        Self { method, template, access, integration, responses }
    }

    /// Its name in messages.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// Fails unless the document has said that this answer may come.
    pub(crate) fn check(&self, status: u16, headers: &http::HeaderMap, body: &[u8]) {
        let name = self.name();
        let Some(documented) = self.responses.get(&status) else {
            panic!("{name}: status {status} is not documented: {}", String::from_utf8_lossy(body));
        };
        for DocumentedHeader { name: header, schema, required } in &documented.headers {
            let value = headers.get(header).or_else(|| headers.get(format!("x-amzn-remapped-{header}")));
            let Some(value) = value else {
                assert!(!required, "{name}: {status} has no {header}");
                continue;
            };
            let text = value.to_str().expect("headers are text");
            let typed = match schema["type"].as_str() {
                Some("integer") => json!(text.parse::<i64>().expect("a number")),
                _ => json!(text),
            };
            // By the rule, not the value: it may be a secret.
            if let Err(error) = jsonschema::validate(schema, &typed) {
                panic!("{name}: {status}: {header} does not fit `{}`", error.schema_path());
            }
        }
        match &documented.body {
            None if !documented.texts.is_empty() => {
                let found = headers["content-type"].to_str().expect("headers are text");
                let found = found.split(';').next().unwrap_or_default();
                assert!(documented.texts.iter().any(|it| it == found), "{name}: {status} is {found}");
            }
            None => assert!(body.is_empty(), "{name}: {status} has a body"),
            Some(schema) => {
                let validator = documented.validator.get_or_init(|| validator(schema));
                let value: Value = serde_json::from_slice(body).unwrap_or_else(|_| {
                    panic!("{name}: {status} is no JSON: {}", String::from_utf8_lossy(body))
                });
                assert_eq!(headers["content-type"], "application/json", "{name}: {status}");
                // The path of what does not fit, not the value: it may be a secret.
                if let Err(error) = validator.validate(&value) {
                    let (at, rule) = (error.instance_path(), error.schema_path());
                    panic!("{name}: the body of {status} is not as documented: at `{at}` by `{rule}`");
                }
            }
        }
    }
}

impl Documented {
    fn read(response: &Value) -> Self {
        let headers = response["headers"].as_object().cloned().unwrap_or_default();
        let types = response["content"].as_object().into_iter().flat_map(Map::keys);
        Self {
            headers: headers.into_iter().map(DocumentedHeader::read).collect(),
            body: response.pointer("/content/application~1json/schema").cloned(),
            texts: types.filter(|it| *it != "application/json").cloned().collect(),
            validator: OnceLock::new(),
        }
    }
}

impl DocumentedHeader {
    fn read((name, header): (String, Value)) -> Self {
        Self { name, schema: header["schema"].clone(), required: header["required"] != false }
    }
}

fn validator(schema: &Value) -> Validator {
    let schema = json!({"allOf": [schema], "components": {"schemas": DOCUMENT.schemas}});
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the document's schemas are valid")
}

/// OpenAPI 3.0 has `nullable` where JSON Schema has a type, and our times are to the second.
fn to_json_schema(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.remove("nullable") == Some(Value::Bool(true)) {
                let kind = map.remove("type").expect("what is nullable has a type");
                map.insert("type".to_owned(), json!([kind, "null"]));
            }
            if map.get("format").is_some_and(|it| it == "date-time") {
                map.insert("pattern".to_owned(), json!(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"));
            }
            map.values_mut().for_each(to_json_schema);
        }
        Value::Array(list) => list.iter_mut().for_each(to_json_schema),
        _ => {}
    }
}

fn integration(value: &Value) -> Option<Integration> {
    match value["type"].as_str()? {
        "aws_proxy" => {
            let uri = value["uri"]["Fn::Sub"].as_str()?;
            let (_, rest) = uri.split_once("/functions/${")?;
            let (function, alias) = rest.split_once("Function.Arn}")?;
            assert_eq!(alias, ":live/invocations", "integrations name the alias");
            Some(Integration::Function(function.to_owned()))
        }
        "mock" => {
            let response = &value["responses"]["default"];
            let headers = parameters(&response["responseParameters"], "method.response.header.");
            let status = response["statusCode"].as_str()?.parse().ok();
            Some(Integration::Mock(Canned { status, headers, body: String::new() }))
        }
        _ => None,
    }
}

fn gateway_response(value: &Value) -> Canned {
    Canned {
        status: value["statusCode"].as_str().map(|status| status.parse().expect("a status")),
        headers: parameters(&value["responseParameters"], "gatewayresponse.header."),
        body: value["responseTemplates"]["application/json"].as_str().expect("a JSON template").to_owned(),
    }
}

/// Header values in the document are literals in single quotes, the allowed origin aside.
fn parameters(value: &Value, prefix: &str) -> Vec<(HeaderName, HeaderValue)> {
    let empty = Map::new();
    let literal = |value: &Value| {
        let text = value["Fn::Sub"].as_str().or_else(|| value.as_str()).expect("a literal").to_owned();
        text.trim_matches('\'').replace("${AllowedOrigin}", ALLOWED_ORIGIN)
    };
    value
        .as_object()
        .unwrap_or(&empty)
        .iter()
        .map(|(name, value)| {
            let name = name.strip_prefix(prefix).expect("parameters set headers").to_lowercase();
            (name.parse().expect("a header's name"), literal(value).parse().expect("a header's value"))
        })
        .collect()
}
