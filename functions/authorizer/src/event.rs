//! The event of a REQUEST authorizer, the fields that a decision needs.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>

use serde::Deserialize;
use std::{collections::HashMap, fmt};

/// What API Gateway asks.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    /// The method and path that is asked for, as an ARN: the resource of the answer's policy.
    pub method_arn: String,
    /// The operation's path as the document spells it.
    pub resource: String,
    /// The method.
    pub http_method: String,
    /// Every value of every header.
    pub multi_value_headers: Option<HashMap<String, Vec<String>>>,
    /// The last value of every header, where the gateway sends no list.
    pub headers: Option<HashMap<String, String>>,
    /// The path's parameters.
    pub path_parameters: Option<HashMap<String, String>>,
    /// Where the request came from.
    pub request_context: RequestContext,
}

/// The request's context.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestContext {
    /// Who asks.
    pub identity: Identity,
}

/// Who asks, as far as the gateway sees.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub struct Identity {
    /// The address.
    pub source_ip: String,
}

impl fmt::Debug for Event {
    /// Without the headers: one of them is the credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("http_method", &self.http_method)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

impl Event {
    /// The one value of `Authorization`. `None` where there is none, or more than one: which of two counts
    /// would be a guess.
    pub(crate) fn authorization(&self) -> Option<&str> {
        let named = |name: &str| name.eq_ignore_ascii_case("authorization");
        let mut values: Box<dyn Iterator<Item = &String>> = match (&self.multi_value_headers, &self.headers) {
            (Some(lists), _) => {
                Box::new(lists.iter().filter(move |(name, _)| named(name)).flat_map(|(_, values)| values))
            }
            (None, Some(headers)) => {
                Box::new(headers.iter().filter(move |(name, _)| named(name)).map(|(_, value)| value))
            }
            (None, None) => return None,
        };
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// A parameter of the path.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }
}
