//! The web console: the files that the build of `console/` left, embedded, under `/console/`.
//!
//! Console and API are one origin, one deployment and one version. A path is looked up in a table that the
//! compiler made: there is no file system to climb around in. What is no file is a place of the console, which
//! finds out itself where it is, and gets the page. The page's `<base>` says where that is: behind the stage's
//! name, or behind a custom domain's.

mod base;
mod headers;
mod media;

use edge::{Ambient, Function, Rejection, Request, Response, precondition, response};
use http::{StatusCode, header};
use std::collections::BTreeMap;

/// What `console/dist` held when this was compiled: names and contents.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

const INDEX: &str = "index.html";
/// The folder of the files whose names are made of their contents.
const ASSETS: &str = "assets/";
/// As the built page spells it.
const BASE: &str = r#"<base href="/console/">"#;

/// For a year, the longest that caches take seriously, and not asked for again (RFC 8246).
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for each time, and answered with 304 as long as it is the same.
const EACH_TIME: &str = "no-cache";

/// This was compiled without a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the console was not built: run `npm ci && npm run build` in console/, and compile again")]
pub struct NotBuilt;

/// The function of one process.
pub struct Console {
    files: BTreeMap<&'static str, File>,
    /// The page, before its `<base>` and after it.
    index: (&'static str, &'static str),
}

struct File {
    media_type: &'static str,
    text: &'static str,
    tag: String,
}

impl Console {
    /// Of the files that were there when this was compiled.
    ///
    /// # Errors
    /// Where there were none.
    pub fn embedded() -> Result<Self, NotBuilt> {
        Self::of(EMBEDDED)
    }

    fn of(files: &[(&'static str, &'static str)]) -> Result<Self, NotBuilt> {
        let mut index = None;
        let mut table = BTreeMap::new();
        for &(name, text) in files {
            if name == INDEX {
                index = text.split_once(BASE);
            } else if let Some(media_type) = media::media_type(name) {
                table.insert(name, File { media_type, text, tag: precondition::weak_etag_of(text) });
            }
        }
        Ok(Self { files: table, index: index.ok_or(NotBuilt)? })
    }

    fn find(&self, request: &Request) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            // The gateway takes both spellings for this one; only below the second do relative addresses lead here.
            ("GET", "/console") if !request.visible_path().ends_with('/') => redirect(request),
            ("GET", "/console") => self.page(request, ""),
            ("GET", "/console/{proxy+}") => {
                let path: String = request.path("proxy")?;
                match self.files.get(path.as_str()) {
                    Some(file) => {
                        let caching = if path.starts_with(ASSETS) { FOR_EVER } else { EACH_TIME };
                        Ok(conditional(request, &file.tag, caching, file.media_type, || file.text.to_owned()))
                    }
                    // A page in the place of a script of another release would only be harder to understand.
                    None if path.starts_with(ASSETS) => Err(Rejection::NotFound),
                    None => self.page(request, &path),
                }
            }
            _ => Err(Rejection::NotFound),
        }
    }

    /// The page, told where it is.
    fn page(&self, request: &Request, below: &str) -> Result<Response, Rejection> {
        let prefix = base::prefix(request.visible_path(), below).ok_or(Rejection::NotFound)?;
        let (before, after) = self.index;
        let text = format!(r#"{before}<base href="{prefix}/console/">{after}"#);
        let tag = precondition::weak_etag_of(&text);
        Ok(conditional(request, &tag, EACH_TIME, "text/html; charset=utf-8", || text))
    }
}

impl Function for Console {
    async fn handle(&self, request: &Request, _: &mut Ambient) -> Result<Response, Rejection> {
        Ok(headers::with_all(self.find(request).unwrap_or_else(Response::from)))
    }
}

fn redirect(request: &Request) -> Result<Response, Rejection> {
    let prefix = base::prefix(request.visible_path(), "").ok_or(Rejection::NotFound)?;
    let answer = response::empty(StatusCode::FOUND);
    Ok(response::with_header(answer, header::LOCATION, &format!("{prefix}/console/")))
}

/// The text, or that it is still the one that the browser has.
fn conditional(
    request: &Request,
    tag: &str,
    caching: &'static str,
    media_type: &'static str,
    text: impl FnOnce() -> String,
) -> Response {
    let known = request.header(header::IF_NONE_MATCH).is_some_and(|known| precondition::is_known(known, tag));
    let answer = if known {
        response::empty(StatusCode::NOT_MODIFIED)
    } else {
        response::text(StatusCode::OK, media_type, text())
    };
    let answer = response::with_header(answer, header::ETAG, tag);
    response::with_header(answer, header::CACHE_CONTROL, caching)
}

#[cfg(test)]
mod tests;
