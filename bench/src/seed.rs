//! An organization with one user, and credentials of it that are good and that are none.

use crate::store_over_tls::{StoreOverTls, TABLE};
use anyhow::{Context, Result, ensure};
use auth::{
    access::{OrganizationRole, SpaceRole},
    address::Addresses,
    api_key::{ApiKey, Prefix},
    ids::{KeyId, OrganizationId, SessionId, SpaceId, UserId},
    records::{
        KeySpaces, Membership, Organization, Policy, Session, SessionKind, Space, StoredKey, User, UserKind,
    },
    session::{Claims, issue},
    signing::{KeyRing, SigningKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edge::{Ambient, Config, clients};
use serde_json::{Value, json};
use store::{CreateKey, Created, MemberChange, Published, Store, Write};
use time::Duration;

/// What issues and takes the tokens.
pub(crate) const ISSUER: &str = "https://localhost";

/// The longest life of a session token, so that a slow run does not outlive it.
const LIFETIME: u32 = 3600;

pub(crate) struct Credentials {
    pub(crate) names: Names,
    pub(crate) key: String,
    pub(crate) session: String,
    /// A key of the right form with another checksum.
    pub(crate) mistyped_key: String,
    /// The session token with a signature of another key, under the right `kid`.
    pub(crate) forged_session: String,
    /// The public keys as `/.well-known/jwks.json` has them.
    pub(crate) jwks: Value,
}

/// Whose they are.
pub(crate) struct Names {
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
    pub(crate) key: KeyId,
}

/// Fills the table.
pub(crate) async fn plant(to: &StoreOverTls) -> Result<Credentials> {
    let store = Store::new(clients::dynamodb(&config(to)?, clients::http_client(&config(to)?)?), TABLE);
    let Ambient { now, mut rng } = Ambient::system()?;
    let signer = SigningKey::generate(now)?;
    let public = signer.public.clone();
    let jwks = json!({"keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": public.kid,
        "x": URL_SAFE_NO_PAD.encode(public.x), "y": URL_SAFE_NO_PAD.encode(public.y),
    }]});
    let ring = KeyRing { keys: vec![signer] };
    let published = Published { base_url: ISSUER.to_owned(), keys: ring.public(), version: 1 };
    ensure!(store.publish(&published, None).await? == Write::Done);

    let (organization, id) = (OrganizationId::generate(&mut rng), UserId::generate(&mut rng));
    let user = User {
        id,
        organization,
        email: "bench@example.test".parse()?,
        name: "Bench".to_owned(),
        kind: UserKind::Human,
        organization_role: OrganizationRole::Member,
        disabled: false,
        session_epoch: 0,
        key_epoch: 0,
        created_at: now,
    };
    let record = Organization { id: organization, name: "Bench".to_owned(), created_at: now, admins: 0 };
    let policy = Policy { session_seconds: LIFETIME, ..Policy::initial(organization) };
    ensure!(store.create_organization(&record, &policy, &user, None).await? == Created::Done);
    let space = Space {
        id: SpaceId::generate(&mut rng),
        organization,
        slug: "north".parse()?,
        name: "North".to_owned(),
        created_at: now,
        admins: 0,
        members: 0,
        deleting: false,
    };
    ensure!(store.create_space(&space, None).await? == Write::Done);
    let membership = Membership {
        user: id,
        organization,
        slug: space.slug.clone(),
        space: space.id,
        role: SpaceRole::Viewer,
    };
    ensure!(store.put_member(&membership).await? == MemberChange::Done);

    let session = Session {
        id: SessionId::generate(&mut rng),
        user: id,
        organization,
        kind: SessionKind::Full,
        epoch: 0,
        created_at: now,
        expires_at: now + Duration::days(1),
        source_address: "192.0.2.1".to_owned(),
        user_agent: "bench".to_owned(),
    };
    ensure!(store.create_session(&session, None).await? == Write::Done);
    let claims = Claims::new(ISSUER, id, session.id, organization, now, LIFETIME, &mut rng);
    let signer = ring.keys.first().context("one key was made")?;
    let token = issue(signer, &claims)?.to_string();
    let other = issue(&SigningKey::generate(now)?, &claims)?;
    let forged = forged(&token, &other);

    let key = ApiKey::generate(organization, id, KeyId::generate(&mut rng), &mut rng);
    ensure!(store.create_key(&stored(&key, now)).await? == CreateKey::Done);
    let names = Names { organization, user: id, key: key.key };
    let key = key.reveal(&Prefix::default()).to_string();
    let last = if key.ends_with('0') { '1' } else { '0' };
    let mistyped_key = format!("{}{last}", &key[..key.len() - 1]);
    Ok(Credentials { names, key, session: token, mistyped_key, forged_session: forged, jwks })
}

/// The first two parts of the one, the signature of the other.
fn forged(token: &str, other: &str) -> String {
    let (signed, _) = token.rsplit_once('.').expect("three parts");
    let (_, signature) = other.rsplit_once('.').expect("three parts");
    format!("{signed}.{signature}")
}

fn stored(key: &ApiKey, now: time::OffsetDateTime) -> StoredKey {
    StoredKey {
        id: key.key,
        user: key.user,
        organization: key.organization,
        name: "bench".to_owned(),
        hash: key.secret_hash(),
        hint: key.hint(&Prefix::default()),
        previous: None,
        created_at: now,
        rotated_at: None,
        expires_at: None,
        read_only: false,
        spaces: KeySpaces::All,
        created_by_key: None,
        epoch: 0,
        forwarding: None,
        revoked_at: None,
        addresses: Addresses::Any,
        version: 1,
    }
}

fn config(to: &StoreOverTls) -> Result<Config> {
    Ok(Config::from_lookup(|name| {
        Some(match name {
            "TABLE_NAME" => TABLE.to_owned(),
            "AWS_ENDPOINT_URL" => to.plain_endpoint.clone(),
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "bench".to_owned(),
            _ => return None,
        })
    })?)
}

/// The gateway's question about `GET /users/me`.
pub(crate) fn event(credential: &str) -> String {
    question(credential, "/users/me", "/users/me", &Value::Null)
}

/// The gateway's question about a route of a space.
pub(crate) fn event_in_space(credential: &str) -> String {
    let parameters = json!({"space": "north"});
    question(credential, "/catalog/spaces/{space}/products", "/catalog/spaces/north/products", &parameters)
}

fn question(credential: &str, resource: &str, path: &str, parameters: &Value) -> String {
    json!({
        "type": "REQUEST",
        "methodArn": format!("arn:aws:execute-api:eu-central-1:000000000000:bench/v1/GET{path}"),
        "resource": resource,
        "path": path,
        "httpMethod": "GET",
        "headers": {"Authorization": format!("Bearer {credential}")},
        "multiValueHeaders": {"Authorization": [format!("Bearer {credential}")]},
        "pathParameters": parameters,
        "requestContext": {"identity": {"sourceIp": "192.0.2.1"}},
    })
    .to_string()
}
