//! Who is measured, with which events.

use super::Arguments;
use crate::{
    contender::Program,
    seed::{self, Credentials, ISSUER},
};
use anyhow::Result;
use flate2::{Compression, write::DeflateEncoder};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What has to be answered.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    Allow,
    Unauthorized,
}

/// A program with one event.
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) event: Arc<str>,
    pub(super) expected: Expected,
    pub(super) program: Program,
}

pub(super) const OURS: &str = "ours";
pub(super) const EMPTY: &str = "empty handler, Rust";
pub(super) const NODE: &str = "Node 20, AWS SDK v3";
pub(super) const EMPTY_NODE: &str = "empty handler, Node 20";
pub(super) const PYTHON: &str = "Python, boto3";
pub(super) const EMPTY_PYTHON: &str = "empty handler, Python";
pub(super) const JWT_VERIFY: &str = "aws-jwt-verify, Node 20";
pub(super) const BETTER_AUTH: &str = "better-auth, Node 20";

pub(super) const KEY: &str = "API key";
pub(super) const KEY_IN_SPACE: &str = "API key, route of a space";
pub(super) const SESSION: &str = "session token";
pub(super) const JUNK: &str = "junk";
pub(super) const MISTYPED: &str = "API key, mistyped";
pub(super) const FORGED: &str = "session token, forged";

pub(super) fn all(arguments: &Arguments, credentials: &Credentials) -> Vec<Contender> {
    let ours = Program::binary(&arguments.binaries.ours);
    let empty = Program::binary(&arguments.binaries.empty);
    let node_of = |file: PathBuf| Program {
        line: vec!["/usr/bin/env".into(), "node".into(), file],
        variables: vec![
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("PEER_ISSUER", ISSUER.to_owned()),
            ("PEER_JWKS", credentials.jwks.to_string()),
        ],
    };
    let node = |file: &str| node_of(arguments.bundles.join(file));
    // It does not run as one file: its modules import each other in circles.
    let better_auth = node_of(arguments.peers.join("src/better-auth.mjs"));
    let python = |file: &str| Program {
        line: vec![arguments.python.clone(), arguments.peers.join("src").join(file)],
        variables: Vec::new(),
    };
    let key: Arc<str> = seed::event(&credentials.key).into();
    let in_space: Arc<str> = seed::event_in_space(&credentials.key).into();
    let session: Arc<str> = seed::event(&credentials.session).into();
    let junk: Arc<str> = seed::event("0123456789abcdef").into();
    let mistyped: Arc<str> = seed::event(&credentials.mistyped_key).into();
    let forged: Arc<str> = seed::event(&credentials.forged_session).into();
    let (allow, refuse) = (Expected::Allow, Expected::Unauthorized);
    [
        (EMPTY, KEY, &key, allow, empty),
        (OURS, KEY, &key, allow, ours.clone()),
        (OURS, KEY_IN_SPACE, &in_space, allow, ours.clone()),
        (OURS, SESSION, &session, allow, ours.clone()),
        (OURS, JUNK, &junk, refuse, ours.clone()),
        (OURS, MISTYPED, &mistyped, refuse, ours.clone()),
        (OURS, FORGED, &forged, refuse, ours),
        (EMPTY_NODE, KEY, &key, allow, node("empty.mjs")),
        (NODE, KEY, &key, allow, node("authorizer.mjs")),
        (NODE, KEY_IN_SPACE, &in_space, allow, node("authorizer.mjs")),
        (NODE, SESSION, &session, allow, node("authorizer.mjs")),
        (NODE, FORGED, &forged, refuse, node("authorizer.mjs")),
        (JWT_VERIFY, SESSION, &session, allow, node("jwt-verify.mjs")),
        (BETTER_AUTH, KEY, &key, allow, better_auth),
        (EMPTY_PYTHON, KEY, &key, allow, python("empty.py")),
        (PYTHON, KEY, &key, allow, python("authorizer.py")),
        (PYTHON, SESSION, &session, allow, python("authorizer.py")),
    ]
    .into_iter()
    .map(|(name, what, event, expected, program)| Contender {
        name,
        what,
        event: Arc::clone(event),
        expected,
        program,
    })
    .collect()
}

/// Those that decide about an API key with a read.
pub(super) fn same_decision(contenders: &[Contender]) -> Vec<(&'static str, &Program)> {
    let same = contenders.iter().filter(|it| it.what == KEY && [OURS, NODE, PYTHON].contains(&it.name));
    same.map(|it| (it.name, &it.program)).collect()
}

/// Of what is uploaded, compressed as a zip file compresses it. Python's has no number: Lambda has boto3.
pub(super) fn sizes(arguments: &Arguments) -> Result<Vec<(&'static str, u64)>> {
    let node = arguments.bundles.join("authorizer.mjs");
    Ok(vec![(OURS, compressed(&arguments.binaries.ours)?), (NODE, compressed(&node)?)])
}

fn compressed(file: &Path) -> Result<u64> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&std::fs::read(file)?)?;
    Ok(encoder.finish()?.len().try_into()?)
}
