//! What can happen, and when it makes sense to send it.

use super::state::{
    Bearer, CookieNo, KeyNo, LinkNo, Model, Place, Policy, Role, SessionNo, Slug, SpaceNo, UserNo,
};

/// One step.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A request.
    One(Act),
    /// Two requests at once. Their calls to the table are made in this order (`true` is the first one's), then in
    /// turn.
    Both(Act, Act, Vec<bool>),
    /// So many seconds pass.
    Pass(i64),
    /// All functions begin anew, with nothing in memory.
    Restart,
    /// An operator suspends an organization, or ends that.
    Suspend(usize, bool),
}

/// A request. What it makes has the number `new`.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) from: Place,
    pub(super) new: u32,
    pub(super) what: What,
}

/// What is asked for, and by whom.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// Of the caller, or as an admin of a service account (`of`).
    CreateKey {
        by: Bearer,
        of: Option<UserNo>,
        wanted: Wanted,
    },
    RotateKey {
        by: Bearer,
        of: Option<UserNo>,
        key: KeyNo,
        overlap: i64,
    },
    RenameKey {
        by: Bearer,
        of: Option<UserNo>,
        key: KeyNo,
        name: u32,
    },
    /// Of the caller, or as an admin of anybody.
    RevokeKey {
        by: Bearer,
        of: Option<UserNo>,
        key: KeyNo,
    },
    MoveKey {
        by: Bearer,
        owner: UserNo,
        key: KeyNo,
        to: UserNo,
    },
    EndSession {
        by: Bearer,
        of: Option<UserNo>,
        session: SessionNo,
    },
    EndOthers {
        by: Bearer,
    },
    SignOut {
        by: Bearer,
        user: UserNo,
        keys: bool,
    },
    Disable {
        by: Bearer,
        user: UserNo,
        disabled: bool,
    },
    Promote {
        by: Bearer,
        user: UserNo,
        admin: bool,
    },
    Delete {
        by: Bearer,
        user: UserNo,
    },
    CreateAccount {
        by: Bearer,
    },
    PutMember {
        by: Bearer,
        slug: Slug,
        user: UserNo,
        role: Role,
    },
    RemoveMember {
        by: Bearer,
        slug: Slug,
        user: UserNo,
    },
    CreateSpace {
        by: Bearer,
        slug: Slug,
    },
    DeleteSpace {
        by: Bearer,
        slug: Slug,
    },
    /// On the condition that the policy is the one of this version.
    PutPolicy {
        by: Bearer,
        policy: Policy,
        version: u32,
    },
    StartReset {
        by: Bearer,
        user: UserNo,
    },
    Reset {
        link: LinkNo,
    },
    /// With the right present password.
    ChangePassword {
        by: Bearer,
        user: UserNo,
        current: u32,
    },
    /// With the user's right password.
    Login {
        user: UserNo,
        password: u32,
    },
    Refresh {
        cookie: CookieNo,
    },
    LogOut {
        by: Leaked,
    },
    /// Somebody found it, and ends it.
    Revoke {
        found: Leaked,
    },
}

/// A new key as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) read_only: bool,
    pub(super) spaces: Option<Vec<Slug>>,
    pub(super) seconds: Option<i64>,
    pub(super) place: Option<Place>,
}

/// A credential of any kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaked {
    Bearer(Bearer),
    Cookie(CookieNo),
}

impl Model {
    /// Whether all that the step names has been made.
    pub(super) fn knows_step(&self, step: &Step) -> bool {
        match step {
            Step::One(act) => self.knows(act),
            Step::Both(one, other, _) => self.knows(one) && self.knows(other),
            Step::Pass(_) | Step::Restart | Step::Suspend(..) => true,
        }
    }

    fn knows(&self, act: &Act) -> bool {
        use What::*;
        match &act.what {
            CreateKey { by, of, .. } => self.has(*by) && self.have(*of),
            RotateKey { by, of, key, .. } | RenameKey { by, of, key, .. } | RevokeKey { by, of, key } => {
                self.has(*by) && self.have(*of) && self.had_key(*key)
            }
            // To where it was before, a key does not go: the way back would lead to itself.
            MoveKey { by, owner, key, to } => {
                let moved = self.keys.get(key).is_none_or(|it| it.left.contains(owner));
                self.has(*by) && self.have([*owner, *to]) && !moved
            }
            EndSession { by, of, session } => {
                self.has(*by)
                    && self.have(*of)
                    && session.0 < self.next
                    && self.cookies.values().any(|it| it == session)
            }
            EndOthers { by } | CreateAccount { by } | CreateSpace { by, .. } | DeleteSpace { by, .. } => {
                self.has(*by)
            }
            SignOut { by, user, .. }
            | Disable { by, user, .. }
            | Promote { by, user, .. }
            | Delete { by, user }
            | PutMember { by, user, .. }
            | RemoveMember { by, user, .. }
            | StartReset { by, user } => self.has(*by) && self.have([*user]),
            PutPolicy { by, .. } => self.has(*by),
            Reset { link } => self.links.contains_key(link),
            ChangePassword { by, user, current } => {
                let theirs =
                    matches!(by, Bearer::Token(it) if self.tokens.get(it).is_some_and(|it| it.user == *user));
                theirs && self.users.get(user).is_some_and(|it| it.password == *current)
            }
            // Many refused logins would be delayed.
            Login { user, password } => self
                .users
                .get(user)
                .is_some_and(|it| !it.account && it.password == *password && it.refused < 2),
            Refresh { cookie } => self.cookies.contains_key(cookie),
            LogOut { by: it } | Revoke { found: it } => match it {
                Leaked::Bearer(bearer) => self.has(*bearer),
                Leaked::Cookie(cookie) => self.cookies.contains_key(cookie),
            },
        }
    }

    fn has(&self, bearer: Bearer) -> bool {
        match bearer {
            Bearer::Token(token) => self.tokens.contains_key(&token),
            Bearer::Secret(secret) => self.secrets.contains_key(&secret),
        }
    }

    /// A user who was deleted is known, too: the requests name it in vain.
    fn have(&self, users: impl IntoIterator<Item = UserNo>) -> bool {
        users.into_iter().all(|user| self.named.contains_key(&user))
    }

    fn had_key(&self, key: KeyNo) -> bool {
        self.secrets.values().any(|it| *it == key)
    }

    /// The space of this slug, for a user of whom it must be reached.
    pub(super) fn reached(&self, user: UserNo, slug: Slug) -> Option<SpaceNo> {
        let space = self.space(self.organization_of(user), slug)?;
        self.role_in(user, space).map(|_| space)
    }
}
