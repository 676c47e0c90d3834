//! What a request has to be answered, and what it changes.
//!
//! Each rule reads as the handler's documentation does: who is let in, what is refused and in which order, what
//! becomes of it. A refusal is an `Err` with the status.

use super::{
    access::{Caller, Scope},
    act::{Act, Leaked, What},
    state::{Bearer, CookieNo, Model, Role, Slug, Space, SpaceNo, User, UserNo},
};

/// The answer that has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// The refresh token that comes with it: a new one, or the one that was given before.
    pub(super) cookie: Option<CookieNo>,
}

/// A status, or that of the refusal.
pub(super) type Ruled = Result<u16, u16>;

impl Model {
    /// Makes of the state what the request makes of it, and says how it has to be answered.
    pub(super) fn apply(&mut self, act: &Act) -> Expected {
        self.next = self.next.max(act.new + 1);
        let ruled = match &act.what {
            What::Refresh { cookie } => match self.refresh(*cookie, act) {
                Ok(given) => return Expected { status: 200, cookie: Some(given) },
                Err(status) => Err(status),
            },
            What::Login { user, password } => {
                let ruled = self.log_in(*user, *password, act);
                let cookie = ruled.is_ok().then_some(CookieNo(act.new));
                let status = ruled.unwrap_or_else(|refused| refused);
                return Expected { status, cookie };
            }
            _ => self.rule(act),
        };
        Expected { status: ruled.unwrap_or_else(|refused| refused), cookie: None }
    }

    fn rule(&mut self, act: &Act) -> Ruled {
        use What::*;
        match &act.what {
            CreateKey { by, of, wanted } => self.create_key((*by, *of), wanted, act),
            RotateKey { by, of, key, overlap } => self.rotate_key((*by, *of), *key, *overlap, act),
            RenameKey { by, of, key, name } => self.rename_key((*by, *of), *key, *name, act),
            RevokeKey { by, of, key } => self.revoke_key((*by, *of), *key, act),
            MoveKey { by, owner, key, to } => self.move_key(*by, (*owner, *to), *key, act),
            EndSession { by, of, session } => self.end_session((*by, *of), *session, act),
            EndOthers { by } => self.end_others(*by, act),
            SignOut { by, user, keys } => {
                let caller = self.admit(*by, act.from, Scope::Admin.write())?;
                self.found(&caller, *user, false)?;
                self.sign_out(*user, *keys);
                Ok(204)
            }
            Disable { by, user, disabled } => self.disable(*by, *user, *disabled, act),
            Promote { by, user, admin } => self.promote(*by, *user, *admin, act),
            Delete { by, user } => self.delete(*by, *user, act),
            CreateAccount { by } => {
                let caller = self.admit(*by, act.from, Scope::Admin.write())?;
                let organization = caller.organization;
                let account = User {
                    organization,
                    account: true,
                    admin: false,
                    disabled: false,
                    password: 0,
                    refused: 0,
                };
                self.users.insert(UserNo(act.new), account);
                self.named.insert(UserNo(act.new), true);
                Ok(201)
            }
            PutMember { by, slug, user, role } => self.put_member(*by, *slug, *user, *role, act),
            RemoveMember { by, slug, user } => self.remove_member(*by, *slug, *user, act),
            CreateSpace { by, slug } => {
                let caller = self.admit(*by, act.from, Scope::Admin.write())?;
                let organization = caller.organization;
                if self.space(organization, *slug).is_some() {
                    return Err(409);
                }
                let space = Space { organization, slug: *slug, members: [].into() };
                self.spaces.insert(SpaceNo(act.new), space);
                Ok(201)
            }
            DeleteSpace { by, slug } => {
                let caller = self.admit(*by, act.from, Scope::Admin.write())?;
                let space = self.space(caller.organization, *slug).ok_or(404_u16)?;
                self.spaces.remove(&space);
                Ok(204)
            }
            PutPolicy { by, policy, version } => {
                let caller = self.admit(*by, act.from, Scope::Admin.write())?;
                let key = caller.key().map(|key| &self.keys[&key]);
                let ends_key = key.is_some_and(|key| {
                    !policy.keys || policy.key_days.is_some_and(|days| key.made + days * 86_400 <= self.now)
                });
                // It must leave the caller a way back.
                if policy.place.is_some_and(|place| place != act.from) || ends_key {
                    return Err(422);
                }
                let organization = &mut self.organizations[caller.organization];
                if organization.version != *version {
                    return Err(412);
                }
                if organization.policy != *policy {
                    organization.policy = policy.clone();
                    organization.version += 1;
                }
                Ok(200)
            }
            StartReset { by, user } => self.start_reset(*by, *user, act),
            Reset { link } => self.reset(*link, act),
            ChangePassword { by, user, current } => self.change_password(*by, *user, *current, act),
            LogOut { by } => self.log_out(*by),
            Revoke { found } => {
                match found {
                    Leaked::Bearer(Bearer::Secret(secret)) => self.revoke_secret(*secret),
                    // As from a cookie: what is not one of ours has no effect.
                    other => {
                        let _ended = self.log_out(*other);
                    }
                }
                Ok(200)
            }
            Refresh { .. } | Login { .. } => panic!("they come with a refresh token"),
        }
    }

    /// A user of the caller's organization and of this kind.
    pub(super) fn found(&self, caller: &Caller, user: UserNo, account: bool) -> Result<&User, u16> {
        let found = self.users.get(&user);
        found.filter(|it| it.organization == caller.organization && it.account == account).ok_or(404)
    }

    fn disable(&mut self, by: Bearer, user: UserNo, disabled: bool, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Admin.write())?;
        let found = self.found(&caller, user, self.named[&user])?;
        if found.disabled == disabled {
            return Ok(200);
        }
        if found.admin && !disabled && !self.fresh(&caller) {
            return Err(403);
        }
        if disabled && self.last_admin(user) {
            return Err(409);
        }
        self.users.get_mut(&user).unwrap().disabled = disabled;
        if disabled {
            self.sign_out(user, false);
        }
        Ok(200)
    }

    fn promote(&mut self, by: Bearer, user: UserNo, admin: bool, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Admin.write())?;
        let found = self.found(&caller, user, self.named[&user])?;
        if found.admin == admin {
            return Ok(200);
        }
        if admin && !found.disabled && !self.fresh(&caller) {
            return Err(403);
        }
        if !admin && self.last_admin(user) {
            return Err(409);
        }
        self.users.get_mut(&user).unwrap().admin = admin;
        Ok(200)
    }

    fn delete(&mut self, by: Bearer, user: UserNo, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Admin.write_by_session())?;
        self.found(&caller, user, self.named[&user])?;
        if user == caller.user || self.last_admin(user) {
            return Err(409);
        }
        self.users.remove(&user);
        self.keys.retain(|_, key| key.owner != user);
        self.sessions.retain(|_, session| session.user != user);
        self.spaces.values_mut().for_each(|space| {
            space.members.remove(&user);
        });
        Ok(204)
    }

    fn put_member(&mut self, by: Bearer, slug: Slug, user: UserNo, role: Role, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Space(slug, Role::Admin).write())?;
        let organization = self.users.get(&user).map(|it| it.organization);
        if organization != Some(caller.organization) {
            return Err(404);
        }
        let members = self.members(&caller, slug);
        if role != Role::Admin && last_in(members, user) {
            return Err(409);
        }
        members.insert(user, role);
        Ok(200)
    }

    fn remove_member(&mut self, by: Bearer, slug: Slug, user: UserNo, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Space(slug, Role::Admin).write())?;
        let members = self.members(&caller, slug);
        if !members.contains_key(&user) {
            return Err(404);
        }
        if last_in(members, user) {
            return Err(409);
        }
        members.remove(&user);
        Ok(204)
    }

    fn members(&mut self, caller: &Caller, slug: Slug) -> &mut std::collections::BTreeMap<UserNo, Role> {
        let space = self.space(caller.organization, slug).expect("the caller was let into it");
        &mut self.spaces.get_mut(&space).unwrap().members
    }
}

/// Whether the user is the space's last Admin.
fn last_in(members: &std::collections::BTreeMap<UserNo, Role>, user: UserNo) -> bool {
    let admins = members.iter().filter(|(_, role)| **role == Role::Admin);
    admins.map(|(member, _)| *member).collect::<Vec<_>>() == [user]
}
