//! Sessions and API keys that the tests make.

use super::{Person, World, call::Call, canary, event::SOURCE_ADDRESS, in_process::BASE_URL};
use auth::{
    address::Addresses,
    api_key::ApiKey,
    ids::{KeyId, SessionId},
    records::{KeySpace, KeySpaces, SessionKind, Space, StoredKey, User},
    refresh::RefreshState,
    session::{Claims, issue},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use store::{CreateKey, Write};
use time::Duration;

/// A session with its token, and its refresh token unless a first password opened it.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) token: String,
    pub(crate) refresh: Option<String>,
}

impl Session {
    /// The refresh token of a session that has one.
    pub(crate) fn cookie(&self) -> &str {
        self.refresh.as_deref().expect("a session that is refreshed")
    }
}

/// An API key with its text.
pub(crate) struct Key {
    pub(crate) id: KeyId,
    pub(crate) text: String,
}

impl World {
    /// A session of a person, with its token: by login, or made as a login makes it.
    pub(crate) async fn session(&self, person: &Person) -> Session {
        if self.is_in_process() {
            self.made_session(person, SessionKind::Full).await
        } else {
            self.log_in(person).await
        }
    }

    /// A session that may do nothing but change the password.
    pub(crate) async fn first_session(&self, person: &Person) -> Session {
        if self.is_in_process() {
            self.made_session(person, SessionKind::PasswordChange).await
        } else {
            self.log_in(person).await
        }
    }

    /// A session by `POST /auth/login`.
    pub(crate) async fn log_in(&self, person: &Person) -> Session {
        let password = person.password.as_ref().expect("this person has a password");
        let body = json!({"email": person.user.email.as_str(), "password": password});
        let answer = self.call(Call::post("/auth/login").json(body)).await.expect(200);
        let token = answer.text("access_token");
        let id = claims(&token)["sid"].as_str().expect("a session").parse().expect("an id");
        Session { id, token, refresh: answer.cookie() }
    }

    async fn made_session(&self, person: &Person, kind: SessionKind) -> Session {
        let now = self.second();
        let user = self.store.user(person.user.id).await.expect("a table").expect("a user");
        let policy = self.store.policy(user.organization, 0).await.expect("a table").expect("a policy");
        let session = auth::records::Session {
            id: SessionId::from_bits(self.draw()),
            user: user.id,
            organization: user.organization,
            kind,
            epoch: user.session_epoch,
            created_at: now,
            expires_at: match kind {
                SessionKind::Full => policy.session_ends_at(now),
                SessionKind::PasswordChange => now + Duration::seconds(600),
            },
            source_address: SOURCE_ADDRESS.to_owned(),
            user_agent: "tests/1".to_owned(),
        };
        let begun = (kind == SessionKind::Full)
            .then(|| RefreshState::begin(&session, now, &mut *self.rng.lock().expect("the generator")));
        let (state, refresh) = begun.unzip();
        let written = self.store.create_session(&session, state.as_ref()).await;
        assert_eq!(written.expect("a table"), Write::Done);
        let refresh = refresh.map(|it| it.reveal().to_string());
        refresh.iter().for_each(|it| canary::note(it));
        let token = self.token(&user, session.id, tokens::lifetime(kind, &policy));
        Session { id: session.id, token, refresh }
    }

    /// A token that the deployment inside the test would have issued.
    pub(crate) fn token(&self, user: &User, session: SessionId, lifetime: u32) -> String {
        let issuer = BASE_URL;
        let mut rng = self.rng.lock().expect("the generator");
        let claims =
            Claims::new(issuer, user.id, session, user.organization, self.now(), lifetime, &mut *rng);
        let token = issue(&self.deployment().signer, &claims).expect("a token").to_string();
        canary::note(&token);
        token
    }

    /// Ends a session in the table.
    pub(crate) async fn end_session(&self, person: &Person, session: &Session) {
        self.store.end_session(person.user.id, session.id).await.expect("a table");
    }

    /// Lets a session be over in the table, whatever its token says.
    pub(crate) async fn expire_session(&self, person: &Person, session: &Session) {
        let stored =
            self.store.session(person.user.id, session.id).await.expect("a table").expect("a session");
        self.end_session(person, session).await;
        let over = auth::records::Session { expires_at: self.second() - Duration::seconds(1), ..stored };
        assert_eq!(self.store.create_session(&over, None).await.expect("a table"), Write::Done);
    }

    /// A key of a person that may what the person may.
    pub(crate) async fn key(&self, person: &Person) -> Key {
        self.key_with(person, |_| {}).await
    }

    /// A key of a person, with something about it changed before it is stored.
    pub(crate) async fn key_with(&self, person: &Person, change: impl FnOnce(&mut StoredKey)) -> Key {
        let user = &person.user;
        let id = KeyId::from_bits(self.draw());
        let key =
            ApiKey::generate(user.organization, user.id, id, &mut *self.rng.lock().expect("the generator"));
        let text = key.reveal(&self.prefix).to_string();
        canary::note(&text);
        let mut stored = StoredKey {
            id,
            user: user.id,
            organization: user.organization,
            name: "a key of the tests".to_owned(),
            hash: key.secret_hash(),
            hint: key.hint(&self.prefix),
            previous: None,
            created_at: self.second(),
            rotated_at: None,
            expires_at: None,
            read_only: false,
            spaces: KeySpaces::All,
            addresses: Addresses::Any,
            created_by_key: None,
            epoch: user.key_epoch,
            forwarding: None,
            revoked_at: None,
            version: 1,
        };
        change(&mut stored);
        assert_eq!(self.store.create_key(&stored).await.expect("a table"), CreateKey::Done);
        Key { id, text }
    }
}

/// Restricts a key to spaces.
pub(crate) fn only(spaces: &[&Space]) -> KeySpaces {
    KeySpaces::Only(spaces.iter().map(|it| KeySpace { id: it.id, slug: it.slug.clone() }).collect())
}

/// When a token ends, unverified.
pub(crate) fn expiry(token: &str) -> i64 {
    claims(token)["exp"].as_i64().expect("an end")
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}
