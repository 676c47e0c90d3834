//! Requests, parsed: who calls, which route, and a body that is exactly what its type says.

use crate::response::Rejection;
use auth::{
    access::{CredentialKind, OrganizationRole, SpaceRole},
    decide::{Caller, CredentialId},
};
use http::{HeaderName, HeaderValue, Method, header};
use lambda_http::{
    Body, RequestExt,
    aws_lambda_events::apigw::{
        ApiGatewayProxyRequest, ApiGatewayProxyRequestContext, ApiGatewayRequestAuthorizer,
    },
    request::{LambdaRequest, RequestContext},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use std::{net::IpAddr, str::FromStr};

/// The largest body of a route that does not say otherwise, in bytes.
pub const BODY_LIMIT: usize = 10 * 1024;

/// The keys of the request context, which the authorizer writes and [`Request::caller`] reads.
/// Spelled here and nowhere else.
pub mod context {
    /// The user's id.
    pub const USER: &str = "user_id";
    /// The organization's id.
    pub const ORGANIZATION: &str = "org_id";
    /// The user's role in the organization.
    pub const ORGANIZATION_ROLE: &str = "org_role";
    /// The kind of credential.
    pub const CREDENTIAL_KIND: &str = "credential_kind";
    /// The credential's id.
    pub const CREDENTIAL: &str = "credential_id";
    /// The id of the space of the path.
    pub const SPACE: &str = "space";
    /// The effective role in it.
    pub const SPACE_ROLE: &str = "space_role";
}

/// A request as the gateway hands it to a function.
pub struct Request {
    inner: lambda_http::Request,
    context: Option<ApiGatewayProxyRequestContext>,
}

impl From<ApiGatewayProxyRequest> for Request {
    fn from(mut event: ApiGatewayProxyRequest) -> Self {
        // `headers` has the last value of each header only, and lambda_http lets it replace all of them.
        if !event.multi_value_headers.is_empty() {
            event.headers.clear();
        }
        let inner = lambda_http::Request::from(LambdaRequest::ApiGatewayV1(event));
        let context = match inner.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => Some(context.clone()),
            _ => None,
        };
        Self { inner, context }
    }
}

impl Request {
    /// The method.
    pub fn method(&self) -> &Method {
        self.inner.method()
    }

    /// The path as the document spells it, such as `/api-keys/{id}`. Empty where the gateway says none.
    pub fn template(&self) -> &str {
        self.context.as_ref().and_then(|it| it.resource_path.as_deref()).unwrap_or_default()
    }

    /// The path as the browser sees it: with the stage, or with the path that a custom domain maps to it. Empty
    /// where the gateway says none.
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>
    pub fn visible_path(&self) -> &str {
        self.context.as_ref().and_then(|it| it.path.as_deref()).unwrap_or_default()
    }

    /// A parameter of the path, parsed.
    ///
    /// # Errors
    /// 404 where it names nothing that can be: no such thing exists.
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T, Rejection> {
        self.inner
            .path_parameters_ref()
            .and_then(|parameters| parameters.first(name))
            .and_then(|value| value.parse().ok())
            .ok_or(Rejection::NotFound)
    }

    /// A parameter of the query, parsed. `None` where it is absent.
    ///
    /// # Errors
    /// 422 where it is there twice or not what `expected` says.
    pub fn query<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Rejection> {
        let values = self.inner.query_string_parameters_ref().and_then(|it| it.all(name)).unwrap_or_default();
        match values.as_slice() {
            [] => Ok(None),
            [value] => value.parse().map(Some).map_err(|_| Rejection::field(name, expected)),
            _ => Err(Rejection::field(name, "must stand there once")),
        }
    }

    /// The page size of a list: `limit`, 1 to 100, 50 where it is absent.
    ///
    /// # Errors
    /// 422 where it is out of bounds.
    pub fn limit(&self) -> Result<usize, Rejection> {
        const EXPECTED: &str = "must be a number from 1 to 100";
        match self.query("limit", EXPECTED)? {
            None => Ok(50),
            Some(limit @ 1..=100) => Ok(limit),
            Some(_) => Err(Rejection::field("limit", EXPECTED)),
        }
    }

    /// A header, where it stands there once and is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        let mut values = self.inner.headers().get_all(name).into_iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// Every line of a header whose lines are one list (RFC 9110 §5.3).
    pub fn header_lines(&self, name: HeaderName) -> impl Iterator<Item = &[u8]> {
        self.inner.headers().get_all(name).into_iter().map(HeaderValue::as_bytes)
    }

    /// The credential of `Authorization: Bearer <credential>` (RFC 6750 §2.1).
    pub fn bearer(&self) -> Option<&str> {
        bearer(self.header(header::AUTHORIZATION)?)
    }

    /// The caller's address, as the gateway saw it. Empty where it says none.
    pub fn source_address(&self) -> &str {
        self.context.as_ref().and_then(|it| it.identity.source_ip.as_deref()).unwrap_or_default()
    }

    /// The caller's address, as the gateway saw it. `None` where it says none, or one that is none.
    pub fn source(&self) -> Option<IpAddr> {
        self.source_address().parse().ok()
    }

    /// The cookie of this name, where it stands there once (RFC 6265 §5.4). Twice is none: whichever of them the
    /// browser's owner did not set, somebody else did.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.inner.headers().get_all(header::COOKIE).into_iter();
        let pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        let mut values =
            pairs.filter_map(|pair| pair.trim_matches(' ').strip_prefix(name)?.strip_prefix('='));
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// Whether a browser says that it sent this, by any header of Fetch Metadata
    /// (<https://www.w3.org/TR/fetch-metadata/>).
    pub fn is_from_browser(&self) -> bool {
        self.inner.headers().keys().any(|name| name.as_str().starts_with("sec-fetch-"))
    }

    /// Whether a header is there at all, in whatever form.
    pub fn has_header(&self, name: HeaderName) -> bool {
        self.inner.headers().contains_key(name)
    }

    /// The caller's `User-Agent`, cut at 256 characters.
    pub fn user_agent(&self) -> String {
        self.header(header::USER_AGENT).unwrap_or_default().chars().take(256).collect()
    }

    /// Who calls, from the authorizer's context and from nothing else.
    ///
    /// # Errors
    /// 500 where it is absent: a route that is wired without the authorizer is closed, not open.
    pub fn caller(&self) -> Result<Caller, Rejection> {
        self.context
            .as_ref()
            .and_then(|context| caller(&context.authorizer))
            .ok_or_else(|| Rejection::internal("the authorizer's context is absent"))
    }

    /// The space of the path and the caller's role in it, from the authorizer's context.
    ///
    /// # Errors
    /// 500 where it is absent.
    pub fn caller_in_space(&self) -> Result<(Caller, auth::ids::SpaceId), Rejection> {
        let caller = self.caller()?;
        match caller.space {
            Some((space, _)) => Ok((caller, space)),
            None => Err(Rejection::internal("the authorizer's context names no space")),
        }
    }

    /// The body as a `T`, which refuses unknown, repeated and mistyped fields by its own declaration.
    ///
    /// # Errors
    /// 415 another content type, 413 a body over [`BODY_LIMIT`], 400 no JSON or JSON of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Rejection> {
        if !self.header(header::CONTENT_TYPE).is_some_and(is_json) {
            return Err(Rejection::MediaType("application/json"));
        }
        json_object(self.body(BODY_LIMIT)?)
    }

    /// The body as text of one of these content types, and which one it is. `expected` says them in words.
    ///
    /// # Errors
    /// 415 another content type, or another charset than UTF-8; 413 a body over `limit` bytes; 400 no UTF-8.
    pub fn text<const N: usize>(
        &self,
        content_types: [&'static str; N],
        expected: &'static str,
        limit: usize,
    ) -> Result<(&'static str, &str), Rejection> {
        let header = self.header(header::CONTENT_TYPE).unwrap_or_default();
        let found = content_types.into_iter().find(|it| is_utf8(header, it));
        let content_type = found.ok_or(Rejection::MediaType(expected))?;
        let text = std::str::from_utf8(self.body(limit)?).ok();
        // The gateway hands bodies on as text, with this in the place of what is no UTF-8.
        let text = text.filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
        Ok((content_type, text.ok_or_else(|| Rejection::BodyShape("body: must be UTF-8".to_owned()))?))
    }

    /// The body as a `T`, or `T`'s default where there is no body.
    ///
    /// # Errors
    /// Those of [`Request::json`].
    pub fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Rejection> {
        if self.body(BODY_LIMIT)?.is_empty() { Ok(T::default()) } else { self.json() }
    }

    fn body(&self, limit: usize) -> Result<&[u8], Rejection> {
        let bytes = match self.inner.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if bytes.len() > limit { Err(Rejection::BodyTooLarge) } else { Ok(bytes) }
    }
}

/// The credential of an `Authorization` header's value. The scheme's case does not matter (RFC 9110 §11.1).
pub fn bearer(value: &str) -> Option<&str> {
    let (scheme, credential) = value.split_once(' ')?;
    let credential = credential.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !credential.is_empty()).then_some(credential)
}

fn is_json(content_type: &str) -> bool {
    // RFC 8259 §8.1: JSON is UTF-8. Another charset is a statement that the body is something else.
    is_utf8(content_type, "application/json")
}

/// Whether this content type is `expected`, in UTF-8 or in no charset that is said.
fn is_utf8(content_type: &str, expected: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let other_charset = parts.filter_map(|part| part.split_once('=')).any(|(name, value)| {
        name.eq_ignore_ascii_case("charset") && !value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    essence.eq_ignore_ascii_case(expected) && !other_charset
}

/// A member that may be left out, and is not `null` where it is there: for `#[serde(default, deserialize_with)]`.
///
/// # Errors
/// Those of `T`, to which `null` is another type.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A JSON object as a `T`, which refuses unknown, repeated and mistyped fields by its own declaration.
///
/// # Errors
/// 400 no JSON, or JSON of another shape. No value of it is repeated.
pub fn json_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    // serde takes a list for a struct's members, too.
    if !body.trim_ascii_start().starts_with(b"{") {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
        let shape = Rejection::BodyShape("body: must be a JSON object".to_owned());
        return Err(if is_json { shape } else { Rejection::MalformedBody });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() { misfit(&path, &error) } else { Rejection::MalformedBody }
    })?;
    deserializer.end().map_err(|_| Rejection::MalformedBody)?;
    Ok(value)
}

/// Names the field, in words of our own: the parser's would repeat the value, which may be a password.
fn misfit(path: &str, error: &serde_json::Error) -> Rejection {
    let message = error.to_string();
    // These two name a field of the type's own declaration, so nothing that was sent.
    let named = |opening| message.strip_prefix(opening).and_then(|rest: &str| rest.split('`').next());
    if let Some(field) = named("missing field `") {
        return Rejection::BodyShape(format!("{field}: is required"));
    }
    let path = named("duplicate field `").unwrap_or(path);
    let printable =
        !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte));
    let name = if path.len() <= 64 && printable && path != "." { path } else { "body" };
    Rejection::BodyShape(format!("{name}: is unknown, repeated or not of the expected form"))
}

fn caller(authorizer: &ApiGatewayRequestAuthorizer) -> Option<Caller> {
    let text = |key: &str| authorizer.fields.get(key).and_then(|value| value.as_str());
    let credential_kind = CredentialKind::parse(text(context::CREDENTIAL_KIND)?)?;
    let id = text(context::CREDENTIAL)?;
    let credential = match credential_kind {
        CredentialKind::ApiKey => CredentialId::ApiKey(id.parse().ok()?),
        CredentialKind::Session | CredentialKind::PasswordChange => CredentialId::Session(id.parse().ok()?),
    };
    let space = match text(context::SPACE) {
        None => None,
        Some(space) => Some((space.parse().ok()?, SpaceRole::parse(text(context::SPACE_ROLE)?)?)),
    };
    Some(Caller {
        user: text(context::USER)?.parse().ok()?,
        organization: text(context::ORGANIZATION)?.parse().ok()?,
        organization_role: OrganizationRole::parse(text(context::ORGANIZATION_ROLE)?)?,
        credential_kind,
        credential,
        space,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Login {
        email: String,
        password: String,
    }

    fn refused(body: &str) -> String {
        match json_object::<Login>(body.as_bytes()) {
            Err(Rejection::BodyShape(detail)) => detail,
            Err(Rejection::MalformedBody) => "malformed".to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_of_another_shape_names_its_field_and_no_value() {
        for (body, expected) in [
            (
                r#"{"email":"a@b","password":17}"#,
                "password: is unknown, repeated or not of the expected form",
            ),
            (
                r#"{"email":"a@b","password":["s3cret"]}"#,
                "password: is unknown, repeated or not of the expected form",
            ),
            (r#"{"email":"a@b"}"#, "password: is required"),
            (
                r#"{"email":"a@b","password":"x","role":"admin"}"#,
                "role: is unknown, repeated or not of the expected form",
            ),
            (
                r#"{"email":"a@b","password":"x","password":"y"}"#,
                "password: is unknown, repeated or not of the expected form",
            ),
            (r#"["a@b","s3cret"]"#, "body: must be a JSON object"),
            (r#""s3cret""#, "body: must be a JSON object"),
            (r#"{"email":"a@b","password":"x"} {}"#, "malformed"),
            (r#"{"email":"a@b","password":"x""#, "malformed"),
            ("", "malformed"),
            ("{'email':1}", "malformed"),
        ] {
            let problem = refused(body);
            assert!(!problem.contains("s3cret"), "{problem}");
            assert_eq!(problem, expected, "{body}");
        }
    }

    #[test]
    fn the_scheme_is_bearer_in_any_case_and_nothing_else() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bEARER   abc"), Some("abc"));
        for value in ["", "Bearer", "Bearer ", "Basic abc", "abc", " Bearer abc"] {
            assert_eq!(bearer(value), None, "{value:?}");
        }
    }

    #[test]
    fn json_is_json_with_any_parameter_and_in_any_case() {
        assert!(is_json("application/json") && is_json("Application/JSON; charset=utf-8"));
        assert!(!is_json("text/json") && !is_json("application/jsonp") && !is_json(""));
    }
}
