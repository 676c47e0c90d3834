//! What there is, as the reference sees it: no epochs, tombstones, forwardings or hashes, only what they are for.

use std::{collections::BTreeMap, fmt};

/// Defines names of things: a letter and a number.
macro_rules! names {
    ($($name:ident $letter:literal $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(pub(super) u32);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }
    )*};
}

names! {
    UserNo "user" "A person or a service account.";
    SpaceNo "space" "A space: one that is made after another of the same slug has another number.";
    KeyNo "key" "An API key.";
    SecretNo "secret" "A secret of an API key: a rotation makes another.";
    SessionNo "session" "A session.";
    TokenNo "token" "A session token.";
    CookieNo "cookie" "A refresh token.";
    LinkNo "link" "A link to another password.";
}

/// From where a request comes, and where a key or an organization may be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Home,
    Away,
}

/// The slugs that are used. There is a space `North` in both organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slug {
    North,
    South,
}

/// A role in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Viewer,
    Editor,
    Admin,
}

/// A credential that is sent with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearer {
    Token(TokenNo),
    Secret(SecretNo),
}

/// What an organization allows. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) session: i64,
    pub(super) idle: i64,
    pub(super) absolute: i64,
    pub(super) keys: bool,
    pub(super) key_days: Option<i64>,
    pub(super) place: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Organization {
    pub(super) policy: Policy,
    /// Counts the changes of the policy.
    pub(super) version: u32,
    pub(super) suspended: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) organization: usize,
    pub(super) account: bool,
    pub(super) admin: bool,
    pub(super) disabled: bool,
    /// The number of what set the password. Service accounts have none.
    pub(super) password: u32,
    /// How many logins were refused: too many would be delayed, which is not looked at here.
    pub(super) refused: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) organization: usize,
    pub(super) slug: Slug,
    pub(super) members: BTreeMap<UserNo, Role>,
}

/// What a key is restricted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) read_only: bool,
    /// `None` is every space of its user.
    pub(super) spaces: Option<Vec<SpaceNo>>,
    pub(super) ends: Option<i64>,
    pub(super) place: Option<Place>,
}

/// A secret that a rotation replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Previous {
    pub(super) secret: SecretNo,
    pub(super) made: i64,
    pub(super) until: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) owner: UserNo,
    /// The key that made it, unless that was left behind by a move.
    pub(super) maker: Option<KeyNo>,
    pub(super) name: u32,
    pub(super) reach: Reach,
    pub(super) secret: SecretNo,
    /// When the secret was made.
    pub(super) made: i64,
    pub(super) previous: Option<Previous>,
    /// Ended by itself or with the key that made it.
    pub(super) revoked: bool,
    /// Ended with all keys of its user.
    pub(super) signed_out: bool,
    /// Whose it was before.
    pub(super) left: Vec<UserNo>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) user: UserNo,
    pub(super) created: i64,
    pub(super) ends: i64,
    pub(super) refreshed: i64,
    pub(super) cookie: CookieNo,
    /// The refresh token before, when it was used, and from where.
    pub(super) previous: Option<(CookieNo, i64, Place)>,
    /// Ended with others of its user. One that is ended by itself is no more.
    pub(super) signed_out: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) session: SessionNo,
    pub(super) user: UserNo,
    pub(super) issued: i64,
    pub(super) seconds: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) user: UserNo,
    /// The password that it is to replace.
    pub(super) password: u32,
    pub(super) ends: i64,
}

/// All of it. What was deleted is not there.
#[derive(Clone, PartialEq)]
pub(super) struct Model {
    /// Seconds since the beginning.
    pub(super) now: i64,
    pub(super) organizations: [Organization; 2],
    pub(super) users: BTreeMap<UserNo, User>,
    /// Each user that ever was, and whether it is a service account.
    pub(super) named: BTreeMap<UserNo, bool>,
    pub(super) spaces: BTreeMap<SpaceNo, Space>,
    pub(super) keys: BTreeMap<KeyNo, Key>,
    /// Each secret that ever was, and its key.
    pub(super) secrets: BTreeMap<SecretNo, KeyNo>,
    pub(super) sessions: BTreeMap<SessionNo, Session>,
    /// Each token that ever was.
    pub(super) tokens: BTreeMap<TokenNo, Token>,
    /// Each refresh token that ever was, and its session.
    pub(super) cookies: BTreeMap<CookieNo, SessionNo>,
    pub(super) links: BTreeMap<LinkNo, Link>,
    /// The number of what is made next.
    pub(super) next: u32,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("now", &self.now).field("next", &self.next).finish_non_exhaustive()
    }
}

/// Who is there at the beginning: two admins, two members and an account of one organization, an admin and a member
/// of another.
const USERS: [(usize, bool, bool); 7] = [
    (0, false, true),
    (0, false, true),
    (0, false, false),
    (0, false, false),
    (0, true, false),
    (1, false, true),
    (1, false, false),
];
const SPACES: [(usize, Slug); 3] = [(0, Slug::North), (0, Slug::South), (1, Slug::North)];
const MEMBERS: [(u32, u32, Role); 6] = [
    (0, 2, Role::Editor),
    (0, 3, Role::Viewer),
    (0, 4, Role::Editor),
    (1, 3, Role::Admin),
    (1, 2, Role::Viewer),
    (2, 6, Role::Editor),
];
/// Whose are the keys that are there at the beginning.
const KEYS: [u32; 4] = [2, 4, 1, 6];

impl Policy {
    pub(super) const INITIAL: Self =
        Self { session: 900, idle: 604_800, absolute: 2_592_000, keys: true, key_days: None, place: None };
}

impl Reach {
    pub(super) const ALL: Self = Self { read_only: false, spaces: None, ends: None, place: None };

    /// Whether it is no narrower than `other` in anything.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let spaces = match (&self.spaces, &other.spaces) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(others)) => others.iter().all(|space| mine.contains(space)),
        };
        let ends = self.ends.is_none_or(|mine| other.ends.is_some_and(|other| other <= mine));
        let place = self.place.is_none() || self.place == other.place;
        (!self.read_only || other.read_only) && spaces && ends && place
    }
}

impl Model {
    /// Each person has a session; see above for the rest.
    pub(super) fn beginning() -> Self {
        let organization = || Organization { policy: Policy::INITIAL, version: 1, suspended: false };
        let mut model = Self {
            now: 0,
            organizations: [organization(), organization()],
            users: BTreeMap::new(),
            named: BTreeMap::new(),
            spaces: BTreeMap::new(),
            keys: BTreeMap::new(),
            secrets: BTreeMap::new(),
            sessions: BTreeMap::new(),
            tokens: BTreeMap::new(),
            cookies: BTreeMap::new(),
            links: BTreeMap::new(),
            next: 10,
        };
        for (number, (organization, account, admin)) in (0..).zip(USERS) {
            let user = User { organization, account, admin, disabled: false, password: 0, refused: 0 };
            model.users.insert(UserNo(number), user);
            model.named.insert(UserNo(number), account);
            if !account {
                model.open_session(UserNo(number), number);
            }
        }
        for (number, (organization, slug)) in (0..).zip(SPACES) {
            model.spaces.insert(SpaceNo(number), Space { organization, slug, members: BTreeMap::new() });
        }
        for (space, user, role) in MEMBERS {
            model.spaces.get_mut(&SpaceNo(space)).unwrap().members.insert(UserNo(user), role);
        }
        for (number, owner) in (0..).zip(KEYS) {
            model.new_key(UserNo(owner), None, Reach::ALL, number);
        }
        model
    }

    pub(super) fn organization_of(&self, user: UserNo) -> usize {
        self.users[&user].organization
    }

    pub(super) fn policy_of(&self, user: UserNo) -> &Policy {
        &self.organizations[self.organization_of(user)].policy
    }

    /// The space that has this slug in the organization now.
    pub(super) fn space(&self, organization: usize, slug: Slug) -> Option<SpaceNo> {
        let found = self.spaces.iter().find(|(_, it)| it.organization == organization && it.slug == slug);
        found.map(|(number, _)| *number)
    }

    /// What this user may in the space: an admin of the organization is Admin in each.
    pub(super) fn role_in(&self, user: UserNo, space: SpaceNo) -> Option<Role> {
        let (user_is, space) = (&self.users[&user], &self.spaces[&space]);
        if user_is.admin { Some(Role::Admin) } else { space.members.get(&user).copied() }
    }

    pub(super) fn new_key(&mut self, owner: UserNo, maker: Option<KeyNo>, reach: Reach, number: u32) {
        let (secret, made) = (SecretNo(number), self.now);
        let key = Key {
            owner,
            maker,
            name: 0,
            reach,
            secret,
            made,
            previous: None,
            revoked: false,
            signed_out: false,
            left: Vec::new(),
        };
        self.keys.insert(KeyNo(number), key);
        self.secrets.insert(secret, KeyNo(number));
    }

    pub(super) fn open_session(&mut self, user: UserNo, number: u32) {
        let (cookie, created) = (CookieNo(number), self.now);
        let ends = created + self.policy_of(user).absolute;
        let session =
            Session { user, created, ends, refreshed: created, cookie, previous: None, signed_out: false };
        self.sessions.insert(SessionNo(number), session);
        self.cookies.insert(cookie, SessionNo(number));
        self.issue_token(SessionNo(number), number);
    }

    pub(super) fn issue_token(&mut self, session: SessionNo, number: u32) {
        let user = self.sessions[&session].user;
        let token = Token { session, user, issued: self.now, seconds: self.policy_of(user).session };
        self.tokens.insert(TokenNo(number), token);
    }
}
