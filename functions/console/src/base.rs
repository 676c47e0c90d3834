//! The path that the console is served under, as the browser sees it.

/// What stands before `/console` in the path of the browser: `/v1` at the API's default URL, where the stage is
/// part of it, nothing or a mapping's path at a custom domain.
///
/// `visible` is the request context's path, which has either
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>);
/// `below` is what follows `/console` in it, as the gateway found it. Counted from the end, so that a stage or a
/// mapping may be called `console` as well. `None` where it is not of this form.
pub(crate) fn prefix<'a>(visible: &'a str, below: &str) -> Option<&'a str> {
    let mut rest = visible.trim_end_matches('/');
    for _ in below.split('/').filter(|segment| !segment.is_empty()) {
        rest = rest.rsplit_once('/')?.0.trim_end_matches('/');
    }
    rest.strip_suffix("/console").filter(|prefix| is_plain(prefix))
}

/// Whether it consists of names of stages and mappings, which hold nothing that has a meaning in HTML, and could
/// not be taken for another host.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateBasePathMapping.html>
fn is_plain(prefix: &str) -> bool {
    let name = |segment: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&byte);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(plain)
    };
    prefix.is_empty() || prefix.strip_prefix('/').is_some_and(|names| names.split('/').all(name))
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn it_is_what_stands_before_the_console() {
        for (visible, below, expected) in [
            ("/v1/console", "", "/v1"),
            ("/v1/console/", "", "/v1"),
            ("/v1/console/settings/api-keys", "settings/api-keys", "/v1"),
            ("/v1/console/settings/", "settings", "/v1"),
            ("/v1/console//settings", "/settings", "/v1"),
            ("/v1/console/console", "console", "/v1"),
            ("/console/", "", ""),
            ("/console/console/x", "console/x", ""),
            ("/console/console/x", "x", "/console"),
            ("/a/b/console/reset", "reset", "/a/b"),
            ("/it's+(1)/console/x", "x", "/it's+(1)"),
            ("/v1/console/a%2Fb", "a%2Fb", "/v1"),
        ] {
            assert_eq!(prefix(visible, below), Some(expected), "{visible} {below}");
        }
    }

    #[test]
    fn what_is_no_such_path_has_none() {
        for (visible, below) in [
            ("", ""),
            ("/", ""),
            ("/v1", ""),
            ("/v1/consoles", ""),
            ("console", ""),
            ("/v1/console", "x"),
            ("/v1/console/a%2Fb", "a/b"),
            ("//evil.example/console", ""),
            ("https://evil.example/console", ""),
            ("/../console", ""),
            ("/\"><script>/console", ""),
            ("/a&b/console", ""),
            ("/a\\b/console", ""),
            ("/%2f/console", ""),
            ("/ü/console", ""),
        ] {
            assert_eq!(prefix(visible, below), None, "{visible} {below}");
        }
    }
}
