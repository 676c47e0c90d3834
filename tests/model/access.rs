//! Who gets in, as the reference sees it.

use super::state::{Bearer, KeyNo, Model, Place, Role, SessionNo, Slug, UserNo};

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    /// API keys are refused.
    pub(super) session_only: bool,
    pub(super) write: bool,
    pub(super) scope: Scope,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    /// Anybody, but no key that is restricted to spaces.
    Member,
    /// Anybody.
    Anyone,
    /// Anybody; a key that is restricted to spaces only for itself.
    Itself(KeyNo),
    /// The organization's admins, but no key that is restricted to spaces.
    Admin,
    /// Who has at least this role in the space.
    Space(Slug, Role),
}

impl Scope {
    pub(super) const fn read(self) -> Route {
        Route { session_only: false, write: false, scope: self }
    }

    pub(super) const fn write(self) -> Route {
        Route { session_only: false, write: true, scope: self }
    }

    pub(super) const fn read_by_session(self) -> Route {
        Route { session_only: true, write: false, scope: self }
    }

    pub(super) const fn write_by_session(self) -> Route {
        Route { session_only: true, write: true, scope: self }
    }
}

/// Who was let in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) user: UserNo,
    pub(super) organization: usize,
    pub(super) by: By,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Session(SessionNo),
    /// With the secret that a rotation replaced, or not.
    Key(KeyNo, bool),
}

impl Caller {
    pub(super) const fn key(&self) -> Option<KeyNo> {
        match self.by {
            By::Key(key, _) => Some(key),
            By::Session(_) => None,
        }
    }
}

impl Model {
    /// Who is let in, or the status of the refusal.
    pub(super) fn admit(&self, bearer: Bearer, from: Place, route: Route) -> Result<Caller, u16> {
        let caller = self.authenticate(bearer).ok_or(401_u16)?;
        let key = caller.key().map(|key| &self.keys[&key]);
        let policy = &self.organizations[caller.organization].policy;
        let bound = [policy.place, key.and_then(|key| key.reach.place)];
        let forbidden = bound.iter().flatten().any(|place| *place != from)
            || key.is_some_and(|key| {
                !policy.keys || route.session_only || (route.write && key.reach.read_only)
            })
            || !self.in_scope(&caller, route.scope);
        if forbidden { Err(403) } else { Ok(caller) }
    }

    fn in_scope(&self, caller: &Caller, scope: Scope) -> bool {
        let restricted = caller.key().and_then(|key| self.keys[&key].reach.spaces.as_ref());
        match scope {
            Scope::Anyone => true,
            Scope::Member => restricted.is_none(),
            Scope::Itself(key) => restricted.is_none() || caller.key() == Some(key),
            Scope::Admin => restricted.is_none() && self.users[&caller.user].admin,
            Scope::Space(slug, least) => self.space(caller.organization, slug).is_some_and(|space| {
                restricted.is_none_or(|spaces| spaces.contains(&space))
                    && self.role_in(caller.user, space).is_some_and(|role| role >= least)
            }),
        }
    }

    /// Whose credential it is, if it is good.
    fn authenticate(&self, bearer: Bearer) -> Option<Caller> {
        let (user, by) = match bearer {
            Bearer::Token(number) => {
                let token = self.tokens.get(&number)?;
                let user = self.good_session(token.session)?;
                let ends = token.issued + token.seconds.min(self.policy_of(user).session);
                (user, (self.now < ends).then_some(By::Session(token.session))?)
            }
            Bearer::Secret(number) => {
                let number_of_key = self.secrets.get(&number)?;
                let key = self.keys.get(number_of_key)?;
                let current = key.secret == number;
                let previous = key.previous.as_ref().filter(|it| it.secret == number && self.now < it.until);
                let made = if current { key.made } else { previous?.made };
                let too_old = self.policy_of(key.owner).key_days;
                let too_old = too_old.is_some_and(|days| made + days * 86_400 <= self.now);
                (self.is_live(*number_of_key) && !too_old)
                    .then_some((key.owner, By::Key(*number_of_key, !current)))?
            }
        };
        let organization = self.active(user)?;
        Some(Caller { user, organization, by })
    }

    /// The organization of a user who is there, not disabled, and whose organization is not suspended.
    pub(super) fn active(&self, user: UserNo) -> Option<usize> {
        let found = self.users.get(&user).filter(|it| !it.disabled)?;
        (!self.organizations[found.organization].suspended).then_some(found.organization)
    }

    /// Neither ended nor expired.
    pub(super) fn is_live(&self, key: KeyNo) -> bool {
        let key = &self.keys[&key];
        !key.revoked && !key.signed_out && key.reach.ends.is_none_or(|end| self.now < end)
    }

    /// Whose session it is, if it is good.
    pub(super) fn good_session(&self, session: SessionNo) -> Option<UserNo> {
        let session = self.sessions.get(&session).filter(|it| !it.signed_out)?;
        let ends = session.ends.min(session.created + self.policy_of(session.user).absolute);
        (self.now < ends).then_some(session.user)
    }

    /// Whether a password was entered for it within the last ten minutes.
    pub(super) fn fresh(&self, caller: &Caller) -> bool {
        matches!(caller.by, By::Session(session) if self.now < self.sessions[&session].created + 600)
    }

    /// Whether no other active admin could log in.
    pub(super) fn last_admin(&self, user: UserNo) -> bool {
        let organization = self.organization_of(user);
        let mut admins = self
            .users
            .iter()
            .filter(|(_, it)| it.organization == organization && it.admin && !it.account && !it.disabled);
        admins.next().is_some_and(|(number, _)| *number == user) && admins.next().is_none()
    }
}
