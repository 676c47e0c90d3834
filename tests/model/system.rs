//! The system, told apart from the reference by its ids and texts: what was made of the reference's names.

use super::{
    act::{Act, Leaked, What},
    state::{
        Bearer, CookieNo, KeyNo, LinkNo, Model, Place, Policy, Role, SecretNo, SessionNo, Slug, SpaceNo,
        TokenNo, UserNo,
    },
};
use crate::support::{
    Answer, Call, Person, Tenant, World, canary, check, credentials::claims, in_process::Patience,
};
use auth::{access::SpaceRole, password::generate_first};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// The system, and the texts of all credentials that it ever gave.
pub(super) struct System {
    pub(super) world: World,
    pub(super) tenants: Vec<Tenant>,
    pub(super) started: OffsetDateTime,
    pub(super) people: BTreeMap<UserNo, Person>,
    pub(super) users: BTreeMap<UserNo, String>,
    pub(super) spaces: BTreeMap<SpaceNo, String>,
    pub(super) keys: BTreeMap<KeyNo, String>,
    pub(super) sessions: BTreeMap<SessionNo, String>,
    secrets: BTreeMap<SecretNo, String>,
    tokens: BTreeMap<TokenNo, String>,
    pub(super) cookies: BTreeMap<CookieNo, String>,
    links: BTreeMap<LinkNo, String>,
}

impl Place {
    pub(super) const fn address(self) -> &'static str {
        match self {
            Self::Home => "203.0.113.7",
            Self::Away => "198.51.100.9",
        }
    }

    pub(super) const fn network(self) -> &'static str {
        match self {
            Self::Home => "203.0.113.0/24",
            Self::Away => "198.51.100.0/24",
        }
    }
}

impl Slug {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::North => "north",
            Self::South => "south",
        }
    }
}

impl Role {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl System {
    /// What [`Model::beginning`] says, in a new deployment.
    pub(super) async fn beginning(model: &Model) -> Self {
        let world = World::in_process(Patience::Usual).await.expect("a deployment inside the test");
        let world = world.without_sender();
        let started = world.now();
        let mut system = Self {
            tenants: vec![world.tenant().await, world.tenant().await],
            started,
            world,
            people: BTreeMap::new(),
            users: BTreeMap::new(),
            spaces: BTreeMap::new(),
            keys: BTreeMap::new(),
            sessions: BTreeMap::new(),
            secrets: BTreeMap::new(),
            tokens: BTreeMap::new(),
            cookies: BTreeMap::new(),
            links: BTreeMap::new(),
        };
        for number in model.users.keys() {
            system.settle(model, *number).await;
        }
        // Who made the organizations is no part of the reference.
        for tenant in &system.tenants {
            let (store, first) = (&system.world.store, &tenant.admin.user);
            assert_eq!(store.begin_user_deletion(first).await.unwrap(), store::UserUpdate::Done);
            while store.delete_some_of_user(first).await.unwrap() != store::UserRest::Gone {}
        }
        for (number, space) in &model.spaces {
            let made = system.world.space(&system.tenants[space.organization], space.slug.text()).await;
            system.spaces.insert(*number, made.id.to_string());
            for (user, role) in &space.members {
                let role = SpaceRole::parse(role.text()).unwrap();
                system.world.join(&system.people[user], &made, role).await;
            }
        }
        for (number, key) in &model.keys {
            let made = system.world.key(&system.people[&key.owner]).await;
            system.keys.insert(*number, made.id.to_string());
            system.secrets.insert(key.secret, made.text);
        }
        system
    }

    /// A user of the beginning, with its session.
    async fn settle(&mut self, model: &Model, number: UserNo) {
        let user = &model.users[&number];
        let tenant = &self.tenants[user.organization];
        let person = match (user.account, user.admin) {
            (true, _) => self.world.service_account(tenant).await,
            (false, true) => self.world.admin_with(tenant, true).await,
            (false, false) => self.world.member_with_password(tenant, false).await,
        };
        self.users.insert(number, person.user.id.to_string());
        if !user.account {
            let session = self.world.session(&person).await;
            self.sessions.insert(SessionNo(number.0), session.id.to_string());
            self.cookies.insert(CookieNo(number.0), session.cookie().to_owned());
            self.tokens.insert(TokenNo(number.0), session.token);
        }
        self.people.insert(number, person);
    }

    /// The answer, which the document has said may come.
    pub(super) async fn send(&self, call: &Call) -> Answer {
        let answer = self.world.raw_call(call).await;
        check::documented(call, &answer);
        answer
    }

    pub(super) fn text(&self, bearer: Bearer) -> &str {
        match bearer {
            Bearer::Token(token) => &self.tokens[&token],
            Bearer::Secret(secret) => &self.secrets[&secret],
        }
    }

    fn password(&self, user: UserNo, number: u32) -> String {
        match number {
            0 => self.people[&user].password.clone().expect("a person"),
            _ => {
                let password = generate_first(&mut StdRng::seed_from_u64(number.into())).to_string();
                canary::note(&password);
                password
            }
        }
    }

    /// What the request is. All that it names has been made, in the reference: what was not made here, as two requests
    /// at once ended otherwise, has no text, and there is no request.
    pub(super) fn request(&self, model: &Model, act: &Act) -> Option<Call> {
        let (by, call) = self.unsigned(model, act)?;
        let call = call.from(act.from.address());
        Some(match by {
            None => call,
            Some(Bearer::Token(token)) => call.bearer(self.tokens.get(&token)?),
            Some(Bearer::Secret(secret)) => call.bearer(self.secrets.get(&secret)?),
        })
    }

    fn unsigned(&self, model: &Model, act: &Act) -> Option<(Option<Bearer>, Call)> {
        use What::*;
        let keys = |of: &Option<UserNo>| -> Option<String> {
            Some(match of {
                None => "/api-keys".to_owned(),
                Some(user) => format!("{}/api-keys", self.admin_path(model, *user)?),
            })
        };
        // For a person nobody else makes, rotates or renames keys: there is only the path of service accounts.
        let made_keys = |of: &Option<UserNo>| -> Option<String> {
            let Some(user) = of else { return keys(of) };
            Some(format!("/admin/service-accounts/{}/api-keys", self.users.get(user)?))
        };
        Some(match &act.what {
            CreateKey { by, of, wanted } => {
                let ends = wanted.seconds.map(|it| self.started + Duration::seconds(model.now + it));
                let mut body = json!({ "name": name_of(0), "read_only": wanted.read_only });
                if let Some(ends) = ends {
                    body["expires_at"] = json!(ends.format(&Rfc3339).unwrap());
                }
                if let Some(slugs) = &wanted.spaces {
                    body["spaces"] = slugs.iter().map(|slug| slug.text()).collect();
                }
                if let Some(place) = wanted.place {
                    body["allowed_addresses"] = json!([place.network()]);
                }
                (Some(*by), Call::post(made_keys(of)?).json(body))
            }
            RotateKey { by, of, key, overlap } => {
                let path = format!("{}/{}/rotate", made_keys(of)?, self.keys.get(key)?);
                (Some(*by), Call::post(path).json(json!({ "overlap_seconds": overlap })))
            }
            RenameKey { by, of, key, name } => {
                let path = format!("{}/{}", made_keys(of)?, self.keys.get(key)?);
                (Some(*by), Call::patch(path).json(json!({ "name": name_of(*name) })))
            }
            RevokeKey { by, of, key } => {
                (Some(*by), Call::delete(format!("{}/{}", keys(of)?, self.keys.get(key)?)))
            }
            MoveKey { by, owner, key, to } => {
                let path =
                    format!("/admin/users/{}/api-keys/{}/move", self.users.get(owner)?, self.keys.get(key)?);
                let body = json!({ "to": self.users.get(to)?, "allow_loss": true, "allow_gain": true });
                (Some(*by), Call::post(path).json(body))
            }
            EndSession { by, of, session } => {
                let session = self.sessions.get(session)?;
                let path = match of {
                    None => format!("/users/me/sessions/{session}"),
                    Some(user) => format!("/admin/users/{}/sessions/{session}", self.users.get(user)?),
                };
                (Some(*by), Call::delete(path))
            }
            EndOthers { by } => (Some(*by), Call::delete("/users/me/sessions")),
            SignOut { by, user, keys } => {
                let path = format!("/admin/users/{}/sign-out", self.users.get(user)?);
                (Some(*by), Call::post(path).json(json!({ "api_keys": keys })))
            }
            Disable { by, user, disabled } => {
                (Some(*by), Call::patch(self.admin_path(model, *user)?).json(json!({ "disabled": disabled })))
            }
            Promote { by, user, admin } => {
                let role = if *admin { "admin" } else { "member" };
                (Some(*by), Call::patch(self.admin_path(model, *user)?).json(json!({ "org_role": role })))
            }
            Delete { by, user } => (Some(*by), Call::delete(self.admin_path(model, *user)?)),
            CreateAccount { by } => {
                (Some(*by), Call::post("/admin/service-accounts").json(json!({ "name": "Pipeline" })))
            }
            PutMember { by, slug, user, role } => {
                let path = format!("/spaces/{}/members/{}", slug.text(), self.users.get(user)?);
                (Some(*by), Call::put(path).json(json!({ "role": role.text() })))
            }
            RemoveMember { by, slug, user } => {
                let path = format!("/spaces/{}/members/{}", slug.text(), self.users.get(user)?);
                (Some(*by), Call::delete(path))
            }
            CreateSpace { by, slug } => {
                let body = json!({ "slug": slug.text(), "name": "A space" });
                (Some(*by), Call::post("/admin/spaces").json(body))
            }
            DeleteSpace { by, slug } => (Some(*by), Call::delete(format!("/admin/spaces/{}", slug.text()))),
            PutPolicy { by, policy, version } => {
                let call = Call::put("/admin/policy").header("If-Match", format!("\"{version}\""));
                (Some(*by), call.json(body_of(policy)))
            }
            StartReset { by, user } => {
                (Some(*by), Call::post(format!("/admin/users/{}/password-reset", self.users.get(user)?)))
            }
            Reset { link } => {
                let user = model.links[link].user;
                let body =
                    json!({ "token": self.links.get(link)?, "password": self.password(user, act.new) });
                (None, Call::post("/auth/password/reset").json(body))
            }
            ChangePassword { by, user, current } => {
                let (old, new) = (self.password(*user, *current), self.password(*user, act.new));
                let body = json!({ "current_password": old, "new_password": new });
                (Some(*by), Call::put("/users/me/password").json(body))
            }
            Login { user, password } => {
                let email = self.people.get(user)?.user.email.as_str();
                let body = json!({ "email": email, "password": self.password(*user, *password) });
                (None, Call::post("/auth/login").json(body))
            }
            Refresh { cookie } => (None, Call::post("/auth/refresh").cookie(self.cookies.get(cookie)?)),
            LogOut { by: Leaked::Bearer(bearer) } => (Some(*bearer), Call::post("/auth/logout")),
            LogOut { by: Leaked::Cookie(cookie) } => {
                (None, Call::post("/auth/logout").cookie(self.cookies.get(cookie)?))
            }
            Revoke { found } => {
                let token = match found {
                    Leaked::Bearer(Bearer::Token(token)) => self.tokens.get(token)?,
                    Leaked::Bearer(Bearer::Secret(secret)) => self.secrets.get(secret)?,
                    Leaked::Cookie(cookie) => self.cookies.get(cookie)?,
                };
                (None, Call::post("/auth/revoke").json(json!({ "token": token })))
            }
        })
    }

    /// The path of a person or of a service account, whichever it was made as.
    pub(super) fn admin_path(&self, model: &Model, user: UserNo) -> Option<String> {
        let kind = if *model.named.get(&user)? { "service-accounts" } else { "users" };
        Some(format!("/admin/{kind}/{}", self.users.get(&user)?))
    }

    /// Keeps what was made. `cookies` are the names that its refresh token may have.
    pub(super) fn keep(&mut self, act: &Act, answer: &Answer, cookies: &[CookieNo]) {
        if answer.status >= 300 {
            return;
        }
        let new = act.new;
        match &act.what {
            What::CreateKey { .. } => {
                self.keys.insert(KeyNo(new), answer.text("id"));
                self.keep_secret(new, answer);
            }
            What::RotateKey { .. } => self.keep_secret(new, answer),
            What::CreateAccount { .. } => {
                self.users.insert(UserNo(new), answer.text("id"));
            }
            What::CreateSpace { .. } => {
                self.spaces.insert(SpaceNo(new), answer.text("id"));
            }
            What::StartReset { .. } => {
                let link = answer.text("link").split_once("#token=").expect("a link").1.to_owned();
                canary::note(&link);
                self.links.insert(LinkNo(new), link);
            }
            What::Login { .. } | What::Refresh { .. } => {
                let token = answer.text("access_token");
                canary::note(&token);
                if matches!(act.what, What::Login { .. }) {
                    let session = claims(&token)["sid"].as_str().expect("a session").to_owned();
                    self.sessions.insert(SessionNo(new), session);
                }
                self.tokens.insert(TokenNo(new), token);
                let text = answer.cookie().expect("a refresh token");
                canary::note(&text);
                for cookie in cookies {
                    self.cookies.insert(*cookie, text.clone());
                }
            }
            _ => {}
        }
    }

    fn keep_secret(&mut self, new: u32, answer: &Answer) {
        let text = answer.text("key");
        canary::note(&text);
        self.secrets.insert(SecretNo(new), text);
    }
}

pub(super) fn name_of(number: u32) -> String {
    match number {
        0 => "a key of the tests".to_owned(),
        _ => format!("name {number}"),
    }
}

fn body_of(policy: &Policy) -> Value {
    json!({
        "session_seconds": policy.session,
        "refresh_idle_seconds": policy.idle,
        "refresh_absolute_seconds": policy.absolute,
        "api_keys_allowed": policy.keys,
        "max_key_age_days": policy.key_days,
        "allowed_addresses": policy.place.map(|place| [place.network()]),
    })
}
