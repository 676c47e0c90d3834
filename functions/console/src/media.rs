// Also a module of build.rs, which refuses to embed what has no type here.

/// The media type of a file, by the end of its name. `None` for what no page of ours needs.
///
/// Text only: an API that returns bytes has to declare binary media types, and these hold for all of its routes.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>
pub(crate) fn media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        // RFC 9239 §6.
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}
