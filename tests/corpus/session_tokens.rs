//! Forged session tokens, at every door that takes one.

use super::{
    Expected, Report, cases, is,
    signatures::{malleable, sign},
    template::{Names, bytes, hex},
};
use crate::support::{Call, Person, World, canary, credentials::Session};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How a token is made of a good one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    #[serde(default)]
    header: Part,
    #[serde(default)]
    claims: Part,
    /// `kept` is the good token's own signature; others: [`sign`].
    #[serde(default = "kept")]
    sign: String,
    /// The text of `{header}`, `{claims}` and `{signature}`, each in base64url.
    #[serde(default = "dotted")]
    spell: String,
    /// What logging out with it is answered; where it is absent, what everything else is.
    log_out: Option<u16>,
    /// Whether that ends the good token's session; where it is absent, it does with a 204.
    ends: Option<bool>,
}

/// One of the two JSON objects.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Part {
    /// Members that are other ones, or more. Text that begins with `=` is no string but stands there as it is.
    set: Map<String, Value>,
    without: Vec<String>,
    /// The whole text; `{good}` is the object.
    text: Option<String>,
    /// The whole text as bytes; `{good}` is the object.
    hex: Option<String>,
}

fn kept() -> String {
    "kept".to_owned()
}

fn dotted() -> String {
    "{header}.{claims}.{signature}".to_owned()
}

impl Part {
    fn is_good(&self) -> bool {
        self.set.is_empty() && self.without.is_empty() && self.text.is_none() && self.hex.is_none()
    }

    /// The bytes, made of those of a good one.
    fn of(&self, good: &[u8], names: &Names) -> Vec<u8> {
        if self.is_good() {
            return good.to_vec();
        }
        let good: Map<String, Value> = serde_json::from_slice(good).expect("an object");
        for name in &self.without {
            assert!(good.contains_key(name), "{name} is not there anyway");
        }
        let kept = good.iter().filter(|(name, _)| !self.without.contains(name));
        let changed = kept.map(|(name, value)| (name, self.set.get(name).unwrap_or(value)));
        let more = self.set.iter().filter(|(name, _)| !good.contains_key(*name));
        let members: Vec<String> = changed
            .chain(more)
            .map(|(name, value)| format!("{}:{}", json!(names.fill(name)), literal(value, names)))
            .collect();
        let object = format!("{{{}}}", members.join(","));
        match (&self.text, &self.hex) {
            (Some(text), None) => names.clone().with("good", object).fill(text).into_bytes(),
            (None, Some(digits)) => bytes(&names.clone().with("good", hex(object.as_bytes())).fill(digits)),
            (None, None) => object.into_bytes(),
            (Some(_), Some(_)) => panic!("a part has one text"),
        }
    }
}

/// A value as it stands in the JSON text.
fn literal(value: &Value, names: &Names) -> String {
    match value {
        Value::String(text) => match text.strip_prefix('=') {
            Some(literal) => names.fill(literal),
            None => json!(names.fill(text)).to_string(),
        },
        Value::Array(_) | Value::Object(_) => names.fill(&value.to_string()),
        other => other.to_string(),
    }
}

/// The good token of a session, and what names stand for.
struct Good {
    session: Session,
    names: Names,
    segments: [String; 3],
}

impl Good {
    async fn of(world: &World, person: &Person, stranger: &Session) -> Self {
        let session = world.session(person).await;
        let segments: Vec<_> = session.token.split('.').map(str::to_owned).collect();
        let segments: [String; 3] = segments.try_into().expect("three segments");
        let read = |text: &str| -> Value { serde_json::from_slice(&decoded(text)).expect("JSON") };
        let (header, claims) = (read(&segments[0]), read(&segments[1]));
        let other = read(stranger.token.split('.').nth(1).expect("claims"));
        let mut names = Names::default();
        for (name, value) in header.as_object().into_iter().chain(claims.as_object()).flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            names.set(name, text);
        }
        for name in ["sub", "sid", "org"] {
            names.set(&format!("other {name}"), other[name].as_str().expect("an id"));
        }
        names.set("now", world.now().unix_timestamp().to_string());
        Self { session, names, segments }
    }

    fn token(&self, recipe: &Recipe, world: &World, jwks: &Value) -> String {
        let [header, claims, signature] = &self.segments;
        let [header, claims] = [(&recipe.header, header), (&recipe.claims, claims)]
            .map(|(part, good)| URL_SAFE_NO_PAD.encode(part.of(&decoded(good), &self.names)));
        let ours = world.is_in_process().then(|| &world.deployment().signer);
        let signature = match &*recipe.sign {
            "kept" => signature.clone(),
            "kept with n-s" => URL_SAFE_NO_PAD.encode(malleable(&decoded(signature))),
            other => URL_SAFE_NO_PAD.encode(sign(other, &format!("{header}.{claims}"), ours, jwks)),
        };
        let segments = Names::default().with("header", header).with("claims", claims);
        segments.with("signature", signature).with("good", &self.session.token).fill(&recipe.spell)
    }
}

fn decoded(segment: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(segment).expect("base64url")
}

#[tokio::test]
async fn each_session_token_is_answered_as_its_line_says() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let other = world.member_with_password(&world.tenant().await, false).await;
    let stranger = world.session(&other).await;
    let jwks = world.call(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let mut good = Good::of(&world, &person, &stranger).await;
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("session_tokens") {
        if !world.is_in_process() && recipe.sign.starts_with("ours") {
            report.leave_out(&expected);
            continue;
        }
        let token = good.token(&recipe, &world, &jwks);
        canary::note(&token);
        let log_out = recipe.log_out.unwrap_or(if expected.status == 200 { 204 } else { expected.status });
        let ends = recipe.ends.unwrap_or(log_out == 204);
        report.add(&expected, tried(&world, &good, &token, &expected, log_out, ends).await);
        if ends {
            good = Good::of(&world, &person, &stranger).await;
        }
    }
    report.check();
}

/// A token at the doors: a protected route, revocation, logging out. It ends the session of the good one, or nothing.
async fn tried(
    world: &World,
    good: &Good,
    token: &str,
    expected: &Expected,
    log_out: u16,
    ends: bool,
) -> Result<(), String> {
    let me = async |token: &str| world.raw_call(&Call::get("/users/me").bearer(token)).await;
    expected.is(&me(token).await, &good.names)?;
    // What would end a session by logging out ends it by this as well, and so is not asked twice.
    if log_out != 204 {
        let answer = world.raw_call(&Call::post("/auth/revoke").json(json!({ "token": token }))).await;
        if (1..=4096).contains(&token.len()) {
            is(&answer, 200, None).map_err(|it| format!("revoking: {it}"))?;
        }
    }
    let answer = world.raw_call(&Call::post("/auth/logout").bearer(token)).await;
    is(&answer, log_out, None).map_err(|it| format!("logging out: {it}"))?;
    if !ends {
        return is(&me(&good.session.token).await, 200, None)
            .map_err(|it| format!("the good token afterwards: {it}"));
    }
    // However else the same session's tokens are spelled, they have ended with it.
    for token in [token, &good.session.token] {
        is(&me(token).await, 401, None).map_err(|it| format!("after its session's end: {it}"))?;
    }
    Ok(())
}
