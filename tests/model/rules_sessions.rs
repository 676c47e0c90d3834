//! Sessions and passwords.

use super::{
    access::{By, Scope},
    act::{Act, Leaked},
    rules::Ruled,
    state::{Bearer, CookieNo, Link, LinkNo, Model, SessionNo, UserNo},
};

/// For so many seconds the refresh token before the current one gets that again, at the same place.
const GRACE: i64 = 10;
const LINK_SECONDS: i64 = 1800;

impl Model {
    pub(super) fn log_in(&mut self, user: UserNo, password: u32, act: &Act) -> Ruled {
        let found = self.users.get_mut(&user).ok_or(401_u16)?;
        if found.password != password {
            found.refused += 1;
            return Err(401);
        }
        let admitted = self.active(user).is_some_and(|organization| {
            self.organizations[organization].policy.place.is_none_or(|place| place == act.from)
        });
        if !admitted {
            self.users.get_mut(&user).unwrap().refused += 1;
            return Err(401);
        }
        self.open_session(user, act.new);
        Ok(200)
    }

    /// The refresh token that is given, a new one or again.
    pub(super) fn refresh(&mut self, cookie: CookieNo, act: &Act) -> Result<CookieNo, u16> {
        let number = self.cookies[&cookie];
        let user = self.good_session(number).ok_or(401_u16)?;
        let organization = self.active(user).ok_or(401_u16)?;
        let policy = &self.organizations[organization].policy;
        let session = &self.sessions[&number];
        if self.now >= session.refreshed + policy.idle {
            return Err(401);
        }
        if policy.place.is_some_and(|place| place != act.from) {
            return Err(403);
        }
        let now = self.now;
        let given = if session.cookie == cookie {
            let given = CookieNo(act.new);
            let session = self.sessions.get_mut(&number).unwrap();
            session.previous = Some((cookie, now, act.from));
            (session.cookie, session.refreshed) = (given, now);
            self.cookies.insert(given, number);
            given
        } else if session
            .previous
            .is_some_and(|(previous, at, from)| previous == cookie && now - at < GRACE && from == act.from)
        {
            session.cookie
        } else {
            // Of the past: the owner's or a thief's, and nobody knows whose.
            self.sessions.remove(&number);
            return Err(401);
        };
        self.issue_token(number, act.new);
        Ok(given)
    }

    /// What names a session ends it, whatever has become of it and of its user.
    pub(super) fn log_out(&mut self, by: Leaked) -> Ruled {
        let session = match by {
            Leaked::Bearer(Bearer::Secret(_)) => return Err(401),
            Leaked::Bearer(Bearer::Token(token)) => self.tokens[&token].session,
            Leaked::Cookie(cookie) => self.cookies[&cookie],
        };
        self.sessions.remove(&session);
        Ok(204)
    }

    pub(super) fn end_session(
        &mut self,
        (by, of): (Bearer, Option<UserNo>),
        session: SessionNo,
        act: &Act,
    ) -> Ruled {
        let route = match of {
            None => Scope::Member.write_by_session(),
            Some(_) => Scope::Admin.write(),
        };
        let caller = self.admit(by, act.from, route)?;
        if let Some(user) = of {
            self.found(&caller, user, false)?;
        }
        let user = of.unwrap_or(caller.user);
        self.sessions.get(&session).filter(|it| it.user == user).ok_or(404_u16)?;
        self.sessions.remove(&session);
        Ok(204)
    }

    pub(super) fn end_others(&mut self, by: Bearer, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Member.write_by_session())?;
        let By::Session(kept) = caller.by else { panic!("a session is asked for") };
        self.sign_out_others(caller.user, kept);
        Ok(204)
    }

    fn sign_out_others(&mut self, user: UserNo, kept: SessionNo) {
        for (number, session) in &mut self.sessions {
            session.signed_out |= session.user == user && *number != kept;
        }
    }

    /// Every session of the user ends, and every key if `keys`.
    pub(super) fn sign_out(&mut self, user: UserNo, keys: bool) {
        self.sessions.values_mut().filter(|it| it.user == user).for_each(|it| it.signed_out = true);
        self.keys.values_mut().filter(|it| keys && it.owner == user).for_each(|it| it.signed_out = true);
    }

    pub(super) fn start_reset(&mut self, by: Bearer, user: UserNo, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Admin.write_by_session())?;
        if !self.fresh(&caller) {
            return Err(403);
        }
        let found = self.users.get(&user).filter(|it| it.organization == caller.organization);
        let found = found.ok_or(404_u16)?;
        if found.account || found.disabled {
            return Err(409);
        }
        let link = Link { user, password: found.password, ends: self.now + LINK_SECONDS };
        self.links.insert(LinkNo(act.new), link);
        Ok(200)
    }

    pub(super) fn reset(&mut self, link: LinkNo, act: &Act) -> Ruled {
        let Link { user, password, ends } = self.links[&link];
        let good = self.now < ends
            && self.active(user).is_some()
            && self.users.get(&user).is_some_and(|it| it.password == password);
        if !good {
            return Err(422);
        }
        self.users.get_mut(&user).unwrap().password = act.new;
        self.sign_out(user, false);
        Ok(204)
    }

    pub(super) fn change_password(&mut self, by: Bearer, user: UserNo, current: u32, act: &Act) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Member.write_by_session())?;
        let By::Session(kept) = caller.by else { panic!("a session is asked for") };
        let user = self.users.get_mut(&user).expect("the session is good");
        // Another was set meanwhile.
        if user.password != current {
            return Err(403);
        }
        user.password = act.new;
        self.sign_out_others(caller.user, kept);
        Ok(204)
    }
}
