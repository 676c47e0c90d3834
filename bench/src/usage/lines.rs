//! Decision lines, always the same, in batches as CloudWatch Logs hands them over.

use anyhow::Result;
use auth::ids::{KeyId, OrganizationId, SpaceId, UserId};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use std::io::Write as _;
use time::{Duration, OffsetDateTime};

/// What CloudWatch Logs counts of each line beside its text.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
pub(super) const OVERHEAD: usize = 26;

/// How many keys an organization has at most, and how many a user.
const KEYS_OF_ORGANIZATION: u32 = 2_000;
const KEYS_OF_USER: u32 = 10;
const SPACES: u32 = 20;

/// Of a hundred lines so many are 401, and so many that or 403.
const UNAUTHORIZED: u32 = 1;
const REFUSED: u32 = 3;

const ROUTES: [(&str, &str); 10] = [
    ("GET", "/catalog/spaces/{space}/products"),
    ("GET", "/catalog/spaces/{space}/products/{product}"),
    ("POST", "/catalog/spaces/{space}/products"),
    ("PUT", "/catalog/spaces/{space}/products/{product}"),
    ("DELETE", "/catalog/spaces/{space}/products/{product}"),
    ("GET", "/users/me"),
    ("GET", "/api-keys"),
    ("GET", "/api-keys/{id}"),
    ("POST", "/api-keys/{id}/rotate"),
    ("GET", "/api-keys/{id}/usage"),
];

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    /// Among how many keys the lines are spread, evenly.
    pub(super) keys: u32,
    /// How many lines, spread over an hour.
    pub(super) lines: u32,
    /// How large a batch is before it is packed, at most.
    pub(super) bytes: usize,
}

/// Some lines, as the function is invoked with them.
pub(super) struct Batch {
    pub(super) event: Value,
    pub(super) lines: usize,
    /// What CloudWatch Logs counts of the lines.
    pub(super) bytes: usize,
}

/// All batches of a profile.
pub(super) struct Batches {
    profile: Profile,
    begins: OffsetDateTime,
    random: StdRng,
    made: u32,
    number: usize,
    /// The line that had no place in the batch before.
    left: Option<(String, OffsetDateTime)>,
}

impl Batches {
    /// Of the hour that begins then.
    pub(super) fn of(profile: Profile, begins: OffsetDateTime) -> Self {
        Self { profile, begins, random: StdRng::seed_from_u64(1), made: 0, number: 0, left: None }
    }

    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Batch>> {
        let (mut events, mut bytes) = (Vec::new(), 0);
        while let Some((line, at)) = self.left.take().or_else(|| self.line()) {
            bytes += line.len() + OVERHEAD;
            if bytes > self.profile.bytes {
                bytes -= line.len() + OVERHEAD;
                self.left = Some((line, at));
                break;
            }
            let milliseconds = at.unix_timestamp_nanos() / 1_000_000;
            let id = format!("{:056}", events.len());
            events.push(json!({"id": id, "timestamp": i64::try_from(milliseconds)?, "message": line}));
        }
        if events.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let lines = events.len();
        let message = json!({
            "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/qarion-auth/bench/authorizer",
            "logStream": format!("2026/01/01/[1]{:032x}", self.number), "subscriptionFilters": ["usage"],
            "logEvents": events,
        });
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&serde_json::to_vec(&message)?)?;
        let event = json!({"awslogs": {"data": STANDARD.encode(gzip.finish()?)}});
        Ok(Some(Batch { event, lines, bytes }))
    }

    fn line(&mut self) -> Option<(String, OffsetDateTime)> {
        if self.made == self.profile.lines {
            return None;
        }
        let at = self.begins + Duration::HOUR / self.profile.lines * self.made;
        self.made += 1;
        let random = &mut self.random;
        let key = random.random_range(0..self.profile.keys);
        // Each key has some routes and some addresses of its own.
        let route = usize::try_from(key + random.random_range(0..4)).unwrap_or_default() % ROUTES.len();
        let (method, route) = ROUTES[route];
        let [_, b, c, d] = (key * 4 + random.random_range(0..4)).to_be_bytes();
        let (decision, reason) = match random.random_range(0..100) {
            ..UNAUTHORIZED => ("unauthorized", r#","reason":"secret""#),
            UNAUTHORIZED..REFUSED => ("forbidden", r#","reason":"read_only""#),
            _ => ("allow", ""),
        };
        let bits = |number: u32| u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let space = if decision == "allow" && route.contains("{space}") {
            format!(r#","space":"{}""#, SpaceId::from_bits(bits(key % SPACES)))
        } else {
            String::new()
        };
        let line = format!(
            r#"{{"decision":"{decision}"{reason},"cred":"{}","user":"{}","org":"{}"{space},"method":"{method}","route":"{route}","ip":"10.{b}.{c}.{d}"}}"#,
            KeyId::from_bits(bits(key)),
            UserId::from_bits(bits(key / KEYS_OF_USER)),
            OrganizationId::from_bits(bits(key / KEYS_OF_ORGANIZATION)),
        );
        Some((line, at))
    }
}
