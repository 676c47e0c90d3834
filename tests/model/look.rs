//! What can be seen from outside: who gets in where, and what the lists say.

use super::{
    access::{Route, Scope},
    state::{Bearer, KeyNo, Model, Place, Role, Slug, UserNo},
    system::{System, name_of},
};
use crate::support::{Answer, Call};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// A look at the system that changes nothing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// Whether this credential gets in at this door.
    Door(Bearer, usize, Place),
    /// What this credential is shown.
    List(Bearer, List),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum List {
    /// The spaces that the caller reaches, and its role in the organization.
    Me(UserNo),
    OwnKeys(UserNo),
    OwnSessions(UserNo),
    People(usize),
    Accounts(usize),
    Spaces(usize),
    Members(usize, Slug),
    KeysOf(UserNo),
    SessionsOf(UserNo),
}

/// A route, a request of it that changes nothing, and the status for who gets in.
type Door = (Route, fn() -> Call, u16);

/// A write is asked for with a body that is refused behind the door.
const DOORS: [Door; 9] = [
    (Scope::Anyone.read(), || Call::get("/users/me"), 200),
    (Scope::Member.write(), || Call::patch("/users/me").json(json!({"name": ""})), 422),
    (Scope::Member.read_by_session(), || Call::get("/users/me/sessions"), 200),
    (Scope::Member.read(), || Call::get("/api-keys?limit=1"), 200),
    (Scope::Admin.read(), || Call::get("/admin/policy"), 200),
    (
        Scope::Space(Slug::North, Role::Viewer).read(),
        || Call::get("/catalog/spaces/north/products?limit=1"),
        200,
    ),
    (
        Scope::Space(Slug::North, Role::Editor).write(),
        || Call::post("/catalog/spaces/north/products").json(json!({"name": ""})),
        422,
    ),
    (
        Scope::Space(Slug::South, Role::Viewer).read(),
        || Call::get("/catalog/spaces/south/products?limit=1"),
        200,
    ),
    (Scope::Space(Slug::South, Role::Admin).read(), || Call::get("/spaces/south/members?limit=1"), 200),
];

/// How many doors there are.
pub(super) const DOOR_COUNT: usize = DOORS.len();

/// What this door asks for.
pub(super) const fn route(door: usize) -> Route {
    DOORS[door].0
}

impl Look {
    /// What has to be seen, by this reference: a status, and what is shown where it is a list.
    pub(super) fn expected(self, model: &Model, system: &System) -> Value {
        match self {
            Self::Door(bearer, door, from) => {
                let (route, _, good) = DOORS[door];
                let admitted = model.admit(bearer, from, route);
                json!(admitted.map_or_else(|refused| refused, |_| good))
            }
            Self::List(bearer, list) => {
                let admitted = model.admit(bearer, Place::Home, list.route());
                let caller = match admitted {
                    Ok(caller) => caller,
                    Err(refused) => return json!(refused),
                };
                list.shows(model, system, caller.organization).map_or(json!(404), sorted)
            }
        }
    }

    pub(super) async fn seen(self, model: &Model, system: &System) -> Value {
        match self {
            Self::Door(bearer, door, from) => {
                let (_, call, _) = DOORS[door];
                let call = call().bearer(system.text(bearer)).from(from.address());
                json!(system.send(&call).await.status)
            }
            Self::List(bearer, list) => {
                let call = Call::get(list.path(model, system)).bearer(system.text(bearer));
                let answer = system.send(&call).await;
                if answer.status == 200 { sorted(list.read(&answer)) } else { json!(answer.status) }
            }
        }
    }
}

impl List {
    pub(super) const fn route(self) -> Route {
        match self {
            Self::Me(_) => Scope::Anyone.read(),
            Self::OwnKeys(_) => Scope::Member.read(),
            Self::OwnSessions(_) => Scope::Member.read_by_session(),
            Self::Members(_, slug) => Scope::Space(slug, Role::Admin).read(),
            _ => Scope::Admin.read(),
        }
    }

    fn path(self, model: &Model, system: &System) -> String {
        let of = |user| system.admin_path(model, user).expect("a user that was made");
        let path = match self {
            Self::Me(_) => "/users/me".to_owned(),
            Self::OwnKeys(_) => "/api-keys".to_owned(),
            Self::OwnSessions(_) => "/users/me/sessions".to_owned(),
            Self::People(_) => "/admin/users".to_owned(),
            Self::Accounts(_) => "/admin/service-accounts".to_owned(),
            Self::Spaces(_) => "/admin/spaces".to_owned(),
            Self::Members(_, slug) => format!("/spaces/{}/members", slug.text()),
            Self::KeysOf(user) => format!("{}/api-keys", of(user)),
            Self::SessionsOf(user) => format!("{}/sessions", of(user)),
        };
        format!("{path}?limit=100")
    }

    /// What stands in the answer, of that which the reference knows.
    fn read(self, answer: &Answer) -> Vec<Value> {
        let body = answer.json();
        assert_eq!(body["next_cursor"], Value::Null, "more than fits a page");
        let (member, names): (_, &[&str]) = match self {
            Self::Me(_) => {
                let mut shown = each(&body["spaces"], &["id", "slug", "role"]);
                shown.push(body["organization"]["role"].clone());
                return shown;
            }
            Self::OwnKeys(_) | Self::KeysOf(_) => (
                "api_keys",
                &["id", "name", "read_only", "created_by_key", "expires_at", "previous_secret_expires_at"],
            ),
            Self::OwnSessions(_) | Self::SessionsOf(_) => {
                ("sessions", &["id", "created_at", "last_used_at", "expires_at"])
            }
            Self::People(_) => ("users", &["id", "org_role", "disabled"]),
            Self::Accounts(_) => ("service_accounts", &["id", "org_role", "disabled"]),
            Self::Spaces(_) => ("spaces", &["id", "slug", "members"]),
            Self::Members(..) => {
                let members = body["members"].as_array().expect("a list");
                return members.iter().map(|it| json!([it["user"]["id"], it["role"]])).collect();
            }
        };
        each(&body[member], names)
    }

    /// What has to stand there; `None` where there is no such thing in the caller's organization.
    fn shows(self, model: &Model, system: &System, organization: usize) -> Option<Vec<Value>> {
        let user_of = |user: UserNo| model.users.get(&user).filter(|it| it.organization == organization);
        Some(match self {
            Self::Me(user) => {
                let admin = user_of(user)?.admin;
                let mut shown = Vec::new();
                for (number, space) in model.spaces.iter().filter(|(_, it)| it.organization == organization) {
                    if let Some(role) = model.role_in(user, *number) {
                        shown.push(json!([system.spaces[number], space.slug.text(), role.text()]));
                    }
                }
                shown.push(json!(role_text(admin)));
                shown
            }
            Self::OwnKeys(user) | Self::KeysOf(user) => {
                user_of(user)?;
                keys(model, system, user)
            }
            Self::OwnSessions(user) | Self::SessionsOf(user) => {
                user_of(user)?;
                sessions(model, system, user)
            }
            Self::People(_) => users(model, system, organization, false),
            Self::Accounts(_) => users(model, system, organization, true),
            Self::Spaces(_) => {
                let spaces = model.spaces.iter().filter(|(_, it)| it.organization == organization);
                let shown = spaces
                    .map(|(number, it)| json!([system.spaces[number], it.slug.text(), it.members.len()]));
                shown.collect()
            }
            Self::Members(_, slug) => {
                let space = &model.spaces[&model.space(organization, slug)?];
                let members = space.members.iter();
                members.map(|(user, role)| json!([system.users[user], role.text()])).collect()
            }
        })
    }
}

fn users(model: &Model, system: &System, organization: usize, account: bool) -> Vec<Value> {
    let users = model.users.iter().filter(|(_, it)| it.organization == organization && it.account == account);
    users.map(|(number, it)| json!([system.users[number], role_text(it.admin), it.disabled])).collect()
}

fn keys(model: &Model, system: &System, user: UserNo) -> Vec<Value> {
    let keys = model.keys.iter().filter(|(_, it)| it.owner == user && !it.revoked && !it.signed_out);
    let id = |key: KeyNo| system.keys[&key].clone();
    keys.map(|(number, it)| {
        let overlap = it.previous.as_ref().map(|it| it.until).filter(|until| model.now < *until);
        json!([
            id(*number),
            name_of(it.name),
            it.reach.read_only,
            it.maker.map(id),
            it.reach.ends.map(|at| time(system, at)),
            overlap.map(|at| time(system, at)),
        ])
    })
    .collect()
}

fn sessions(model: &Model, system: &System, user: UserNo) -> Vec<Value> {
    let policy = model.policy_of(user);
    let mut shown = Vec::new();
    for (number, it) in model.sessions.iter().filter(|(_, it)| it.user == user && !it.signed_out) {
        let ends = it.ends.min(it.created + policy.absolute).min(it.refreshed + policy.idle);
        if model.now < ends {
            let times = [it.created, it.refreshed, ends].map(|at| time(system, at));
            let [created, refreshed, ends] = times;
            shown.push(json!([system.sessions[number], created, refreshed, ends]));
        }
    }
    shown
}

fn role_text(admin: bool) -> &'static str {
    if admin { "admin" } else { "member" }
}

fn time(system: &System, at: i64) -> String {
    let at: OffsetDateTime = system.started + Duration::seconds(at);
    at.format(&Rfc3339).expect("a time")
}

fn each(list: &Value, names: &[&str]) -> Vec<Value> {
    let list = list.as_array().expect("a list");
    list.iter().map(|it| names.iter().map(|name| it[*name].clone()).collect()).collect()
}

fn sorted(mut shown: Vec<Value>) -> Value {
    shown.sort_by_key(Value::to_string);
    json!(shown)
}
